//! Every recorded answer of the vendor's services, played back over a socket.
//!
//! Two things are tested apart: the decoded values equal what the recorded
//! service had to answer, and the client's verdict is the one that the
//! documented rules give. Both are worked out from the recording and the document
//! alone, by [`aim_tests::replay`].

use aim_tests::replay::{self, Player};
use aim_tests::{document, fixture, requests};

#[tokio::test]
async fn every_recorded_answer() {
    let document = document::document().unwrap();
    let operations = document::operations().unwrap();
    let player = Player::start();
    let mut failures = Vec::new();
    let (mut answers, mut json, mut values, mut proved) = (0, 0, 0, 0);
    for exchange in fixture::exchanges() {
        let Some(operation) = replay::operation_of(&operations, &exchange) else {
            continue;
        };
        // The client sends JSON, so the catch-all service is met by nobody's answer but its own.
        let response = &exchange.value["response"];
        let reply = replay::reply(response);
        let body = reply.body.clone();
        let outcome = player.play(operation, reply).await;
        answers += 1;
        let place = format!("{} ({})", exchange.place, exchange.id);
        let request = requests::minimal(operation);
        let verdict = replay::verdict(&document, operation, &request, response, &body);
        if outcome.delivery != verdict {
            failures.push(format!(
                "{place}: {:?} instead of {verdict:?}",
                outcome.delivery
            ));
        }
        proved += usize::from(outcome.delivery.is_none());
        let is_json = replay::header(response, "content-type")
            .is_some_and(|value| value.starts_with("application/json"));
        json += usize::from(is_json);
        // A batch answers a list; an exception, no answer of the operation.
        let kind = exchange.value["answer"]["kind"].as_str().unwrap_or("dto");
        let own = exchange.value["bound"]["type"] == operation.value["x-aim-request"];
        if is_json && own && kind == "dto" && response["status"] == 200 && body.starts_with(b"{") {
            values += 1;
            match &outcome.decoded {
                None => failures.push(format!("{place}: not decoded")),
                Some(decoded) => failures.extend(
                    replay::differences(&document, operation, &exchange, decoded)
                        .into_iter()
                        .map(|difference| format!("{place}: {difference}")),
                ),
            }
        }
    }
    println!(
        "{answers} recorded answers judged, {json} of them json, {values} compared value for value, {proved} proved"
    );
    assert!(
        failures.is_empty(),
        "{} failures:\n{}",
        failures.len(),
        failures.join("\n")
    );
    // The fixture is whole: a run over nothing would prove nothing.
    assert!(
        answers > 1_600 && values > 1_100 && proved > 100,
        "{answers} {values} {proved}"
    );
}

//! Replays every recorded answer of the vendor's services over a socket.
//!
//! It tests two things: the decoded values equal the answer that the recorded
//! service was told to give, and the client's verdict is the one that the
//! documented rules give. [`aim_tests::replay`] computes both from the
//! recording and the document alone.

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
        // The client calls only operations, so answers of the catch-all service
        // are not replayed.
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
        // A batch answers with a list, and an exception is not an answer of the
        // operation.
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
    let is_enough = answers > 1_600 && values > 1_100 && proved > 100;
    assert!(
        is_enough || !fixture::is_whole(),
        "{answers} {values} {proved}"
    );
}

//! Answers in XML, which a server may write in spite of `Accept`: read to the
//! same values as JSON, and judged by the same rules.

use std::collections::BTreeMap;

use aim_client::types::{
    C2BPostContractRequest, ContractFulfillmentRequest, ContractFulfillmentResponse,
    CustomerAccessTokenRequest, UpdateContractObj,
};
use aim_client::{AimClient, AnswerKind, Credentials, Delivery};
use aim_fake::internals::names;
use aim_tests::calls;
use aim_tests::document::{self, Operation};
use aim_tests::fixture::{self, Exchange};
use aim_tests::replay::{self, Player};
use aim_tests::server::{Reply, Server};
use serde_json::Value;

/// What an operation had to answer; two exchanges with the same of it are
/// twins, if one was answered in XML and one in JSON. `None`: the operation was
/// not called, so that the answer goes by the request.
fn prescribed(operation: &Operation, exchange: &Exchange) -> Option<String> {
    let value = &exchange.value;
    let bound = value["bound"]["type"].as_str()?;
    let status = &value["response"]["status"];
    Some(format!(
        "{} {bound} {status} {}",
        operation.id, value["answer"]
    ))
}

fn leaves(json: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    replay::leaves(json, "", &mut found);
    found
}

/// The leaves of what was read from XML as the twin in JSON has them: there
/// the recorded host writes a date without fraction and zone, and leaves out
/// its smallest date. In XML Mono writes a line break as `\n`.
fn as_in_json(xml: &str) -> BTreeMap<String, String> {
    let mut leaves = leaves(xml);
    leaves.retain(|path, text| !(path.ends_with("Date") && text.starts_with("\"0001-01-01")));
    for (path, text) in &mut leaves {
        if path.ends_with("Date") {
            *text = format!("{}\"", text.get(..20).unwrap());
        }
    }
    leaves
}

#[tokio::test]
async fn every_recorded_answer_in_xml_is_read_as_its_twin_in_json() {
    let document = document::document().unwrap();
    let operations = document::operations().unwrap();
    let exchanges = fixture::exchanges();
    let player = Player::start();
    let mut twins = BTreeMap::new();
    for exchange in &exchanges {
        let response = &exchange.value["response"];
        let is_json = replay::header(response, "content-type")
            .is_some_and(|value| value.starts_with("application/json"));
        if let Some(operation) = replay::operation_of(&operations, exchange)
            && let Some(answer) = prescribed(operation, exchange)
            && is_json
            // Another setting writes other dates; a batch answers a list.
            && exchange.value["settings"].is_null()
            && response["body"].as_str().is_some_and(|body| body.starts_with('{'))
        {
            twins.entry(answer).or_insert(exchange);
        }
    }
    let mut failures = Vec::new();
    let (mut answers, mut exceptions, mut others, mut cut) = (0, 0, 0, 0);
    let (mut recorded, mut with_twin, mut values) = (0, 0, 0);
    for exchange in &exchanges {
        let response = &exchange.value["response"];
        if !replay::is_xml(response) {
            continue;
        }
        let operation = replay::operation_of(&operations, exchange).unwrap();
        let reply = replay::reply(response);
        let independent = replay::xml_as_json(&document, &reply.body);
        let outcome = player.play(operation, reply).await;
        let mut fail = |text: String| failures.push(format!("{}: {text}", exchange.id));

        // Every one, as another library reads it.
        let Some((root, json)) = independent else {
            cut += 1;
            let is_found = outcome.kind == Some(AnswerKind::UnreadableXml)
                && outcome.delivery == Some(Delivery::Unknown)
                && outcome.text.contains("`Topic`, line ");
            if !is_found {
                fail(format!("cut short, yet {outcome:?}"));
            }
            continue;
        };
        let read = if root == operation.answer_type() {
            answers += 1;
            outcome.decoded.clone()
        } else if root == names::schema::ERROR_RESPONSE {
            exceptions += 1;
            let exception = outcome.exception.as_ref();
            exception.map(|exception| format!("{{\"ResponseStatus\":{exception}}}"))
        } else {
            others += 1;
            let verdict = (outcome.kind, outcome.delivery);
            if verdict != (Some(AnswerKind::Xml), Some(Delivery::Unknown)) {
                fail(format!("{root} became {outcome:?}"));
            }
            continue;
        };
        let Some(read) = read else {
            fail(format!("not read: {outcome:?}"));
            continue;
        };
        let found = leaves(&read);
        values += found.len();
        if found != leaves(&json) {
            fail(format!("{read} instead of {json}"));
        }

        // What the recorded service had to answer.
        let kind = exchange.value["answer"]["kind"].as_str().unwrap_or("dto");
        let own = exchange.value["bound"]["type"] == operation.value["x-aim-request"];
        if root != names::schema::ERROR_RESPONSE && own && kind == "dto" {
            recorded += 1;
            for difference in replay::differences(&document, operation, exchange, &read) {
                fail(difference);
            }
        }

        // What it answered to the same in JSON.
        if let Some(twin) = prescribed(operation, exchange).and_then(|answer| twins.get(&answer)) {
            with_twin += 1;
            let other = player
                .play(operation, replay::reply(&twin.value["response"]))
                .await;
            let json = if root == names::schema::ERROR_RESPONSE {
                other
                    .exception
                    .map(|exception| format!("{{\"ResponseStatus\":{exception}}}"))
            } else {
                other.decoded
            };
            let json = json.unwrap().replace("\\r\\n", "\\n");
            if as_in_json(&read) != leaves(&json) || outcome.delivery != other.delivery {
                fail(format!("{read} but in {} {json}", twin.id));
            }
        }
    }
    println!(
        "{} recorded answers in xml: {answers} read ({recorded} compared with what the service had to answer), {exceptions} exceptions read, {cut} cut short, {others} of another service; {values} values as another library reads them; {with_twin} compared with a recorded twin in json",
        answers + exceptions + cut + others
    );
    assert!(
        failures.is_empty(),
        "{} failures:\n{}",
        failures.len(),
        failures.join("\n")
    );
    // A run over nothing would prove nothing.
    if fixture::is_whole() {
        assert!(answers > 100 && exceptions > 30 && cut > 2 && others > 2);
        assert!(recorded > 100 && with_twin > 100, "{recorded} {with_twin}");
    }
}

fn serving(status: u16, content_type: &str, body: &str) -> (Server, AimClient) {
    let reply = Reply::of(status, content_type, body);
    let server = Server::start(move |_| reply.clone()).unwrap();
    let client = calls::builder(server.url())
        .credentials(Credentials::new("key", "app"))
        .build()
        .unwrap();
    (server, client)
}

const NAMESPACES: &str = "xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns=\"http://schemas.datacontract.org/2004/07/AIM.WebService\"";

/// The answer of `C2BPostContract`, as a server writes it.
fn contract(members: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><C2BPostContractResponse {NAMESPACES}>{members}</C2BPostContractResponse>"
    )
}

/// The page of this operation shows nothing but XML.
#[tokio::test]
async fn a_token_comes_in_xml() {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><CustomerAccessTokenResponse {NAMESPACES}><Status i:nil=\"true\" /><AccountManagementUrl>https://account.example.com/?a=1&amp;b=2</AccountManagementUrl><Token>cat+/=</Token></CustomerAccessTokenResponse>"
    );
    let bom = format!("\u{feff}{body}");
    for (content_type, body) in [
        ("application/xml", &body),
        ("application/xml; charset=utf-8", &bom),
        ("application/json; charset=utf-8", &body),
        ("text/html", &body),
    ] {
        let (_server, client) = serving(200, content_type, body);
        let request = CustomerAccessTokenRequest::new();
        let answer = client.customer_access_token(&request).await.unwrap();
        assert_eq!(answer.token.as_ref().unwrap().expose(), "cat+/=");
        let url = answer.account_management_url.as_ref().unwrap();
        assert_eq!(url.expose(), "https://account.example.com/?a=1&b=2");
    }
}

/// What XML is that is no answer, and what an error says of it.
#[tokio::test]
async fn xml_that_is_no_answer_is_named() {
    let proof = contract("<Status i:nil=\"true\" /><WebRef>W-1</WebRef>");
    let plain = proof.split_once("?>").unwrap().1;
    let cut = "<C2BPostContractResponse><WebRef>W-1</WebRef><Topic>canary-text";
    let rows = [
        (200, contract("<web_ref>W-1</web_ref><WebRef>W-1</WebRef>"), AnswerKind::UnreadableXml),
        // The answer of another operation or service.
        (200, proof.replace("C2BPostContractResponse", "PostServiceTicketResponse"), AnswerKind::Xml),
        (200, "<FallbackResponse><Status/></FallbackResponse>".to_owned(), AnswerKind::Xml),
        (200, format!("<s:Envelope xmlns:s=\"x\"><s:Body>{plain}</s:Body></s:Envelope>"), AnswerKind::Xml),
        (200, format!("<!DOCTYPE x>{plain}"), AnswerKind::Xml),
        (403, "<Error/>".to_owned(), AnswerKind::Xml),
        // What cannot be read.
        (200, cut.to_owned(), AnswerKind::UnreadableXml),
        (413, cut.to_owned(), AnswerKind::UnreadableXml),
        (200, format!("{proof}<"), AnswerKind::UnreadableXml),
        (200, proof.replace("W-1", "&canary;"), AnswerKind::UnreadableXml),
        (200, proof.replace("W-1", "<canary/>"), AnswerKind::UnreadableXml),
        // A page, even one that is well-formed.
        (200, "<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"><WebRef>W-1</WebRef></html>".to_owned(), AnswerKind::Html),
        (200, contract("<Topic><![CDATA[<html>]]>"), AnswerKind::UnreadableXml),
    ];
    for (status, body, kind) in rows {
        let (_server, client) = serving(status, "application/xml", &body);
        let error = client
            .c2b_post_contract(&C2BPostContractRequest::new())
            .await
            .unwrap_err();
        assert_eq!(error.delivery(), Delivery::Unknown, "{status} {body}");
        assert_eq!(error.answer_kind(), Some(kind), "{status} {body}");
        let text = format!("{error} {error:?}");
        assert!(!text.contains("canary") && !text.contains("W-1"), "{text}");
    }
    // What it has beside its outcome.
    for (body, has_exception) in [
        (contract("<Status><ErrorMessage>canary-text</ErrorMessage></Status>"), false),
        (contract("<web_ref>W-1</web_ref><response_status><ErrorCode>E</ErrorCode></response_status>"), true),
        ("<ErrorResponse><ResponseStatus><Message>canary-text</Message></ResponseStatus></ErrorResponse>".to_owned(), true),
    ] {
        let (_server, client) = serving(400, "application/xml", &body);
        let error = client
            .c2b_post_contract(&C2BPostContractRequest::new())
            .await
            .unwrap_err();
        assert_eq!(error.response_status().is_some(), has_exception, "{body}");
        assert_eq!(error.aim_status().is_some(), !has_exception, "{body}");
        let text = format!("{error} {error:?}");
        assert!(!text.contains("canary") && !text.contains("W-1"), "{text}");
    }
    let (_server, client) = serving(200, "application/xml", cut);
    let error = client
        .c2b_post_contract(&C2BPostContractRequest::new())
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "C2BPostContract: the answer is xml that cannot be read at `Topic`, line 1 column 63 (http 200); it may have been applied: look it up before anyone sends it again"
    );
}

#[tokio::test]
async fn a_mass_update_in_xml_lists_what_failed() {
    let body = format!(
        "<ContractFulfillmentResponse {NAMESPACES}><Status i:nil=\"true\" /><MassUpdateErrors><UpdateContractErrorObj><ErrorMessage>canary-text</ErrorMessage><Ref>C-1</Ref></UpdateContractErrorObj><UpdateContractErrorObj><Ref>C-2</Ref></UpdateContractErrorObj></MassUpdateErrors></ContractFulfillmentResponse>"
    );
    let (_server, client) = serving(200, "application/xml", &body);
    let items = ["C-1", "C-2", "C-3"].map(|item| UpdateContractObj::new().ref_(item));
    let request = ContractFulfillmentRequest::new().mass_update_items(items);
    let error = client.contract_fulfillment(&request).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::PartlyApplied);
    let answer = error.answer::<ContractFulfillmentResponse>().unwrap();
    let failed = answer.mass_update_errors.as_ref().unwrap();
    assert_eq!(failed.len(), 2);
    assert_eq!(failed[0].ref_.as_deref(), Some("C-1"));
}

/// The vendor's sample says `String` everywhere: a token, and a failure.
#[tokio::test]
async fn the_vendors_sample_is_read() {
    let pages = fixture::facts();
    let sample = pages
        .iter()
        .find_map(|page| page["samples"]["response_xml"].as_str());
    let (_server, client) = serving(200, "application/xml", sample.unwrap());
    let error = client
        .customer_access_token(&CustomerAccessTokenRequest::new())
        .await
        .unwrap_err();
    let status = serde_json::to_value(error.aim_status().unwrap()).unwrap();
    let members = status.as_object().unwrap();
    assert_eq!(members.len(), 7);
    assert!(
        members
            .values()
            .all(|value| value == &Value::from("String"))
    );
}

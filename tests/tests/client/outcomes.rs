//! The rule "Has it worked?" of `openapi/README.md`, as answers with their
//! outcomes in a file that clients in other languages are tested with, too.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use aim_client::Delivery;
use aim_tests::replay::Player;
use aim_tests::server::Reply;
use aim_tests::{document, fixture};
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    operation: String,
    #[serde(default)]
    request: Map<String, Value>,
    statuses: Vec<u16>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<String>,
    base64: Option<String>,
    outcome: String,
    why: String,
}

impl Row {
    fn bytes(&self) -> Vec<u8> {
        match (&self.body, &self.base64) {
            (Some(text), None) => text.clone().into_bytes(),
            (None, Some(text)) => fixture::base64(text),
            _ => panic!("{}: one of `body` and `base64` is wanted", self.name),
        }
    }

    /// `None`: proved.
    fn delivery(&self) -> Option<Delivery> {
        match self.outcome.as_str() {
            "succeeded" => None,
            "rejected" => Some(Delivery::Rejected),
            "partly applied" => Some(Delivery::PartlyApplied),
            "unknown" => Some(Delivery::Unknown),
            other => panic!("{}: there is no outcome `{other}`", self.name),
        }
    }
}

#[tokio::test]
async fn every_answer_has_its_outcome() {
    let text = fs::read_to_string(fixture::root().join("openapi/outcomes.json")).unwrap();
    let rows: Vec<Row> = serde_json::from_str(&text).unwrap();
    let operations = document::operations().unwrap();
    let player = Player::start();
    let (mut names, mut answers) = (BTreeSet::new(), BTreeSet::new());
    let (mut called, mut outcomes) = (BTreeSet::new(), BTreeSet::new());
    let mut failures = Vec::new();
    for row in &rows {
        assert!(names.insert(&row.name), "{} is there twice", row.name);
        assert!(!row.why.is_empty() && !row.statuses.is_empty());
        let operation = operations.iter().find(|it| it.id == row.operation);
        let operation = operation.unwrap();
        let request = Value::from(row.request.clone()).to_string();
        let body = row.bytes();
        for &status in &row.statuses {
            let answer = (&row.operation, request.clone(), status, &row.headers);
            assert!(
                answers.insert((answer, body.clone())),
                "{} is there twice",
                row.name
            );
            let mut reply = Reply::of(status, "application/json", body.clone());
            for (name, value) in &row.headers {
                reply.headers.retain(|(other, _)| other != name);
                reply.headers.push((name.clone(), value.clone()));
            }
            let outcome = player.play_with(operation, &request, reply).await;
            if outcome.delivery != row.delivery() {
                failures.push(format!(
                    "{} with status {status}: {}, since {}; the client says {:?}",
                    row.name, row.outcome, row.why, outcome.delivery
                ));
            }
            assert!(!outcome.text.contains("W-1") && !outcome.text.contains("canary"));
        }
        called.insert(row.operation.as_str());
        outcomes.insert(row.outcome.as_str());
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert_eq!(outcomes.len(), 4);
    let all: BTreeSet<_> = operations.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(
        called, all,
        "openapi/outcomes.json: each operation has an answer"
    );
}

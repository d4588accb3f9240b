use std::collections::BTreeMap;
use std::sync::LazyLock;

use aim_client::fuzz;
use aim_client::reqwest::StatusCode;
use aim_client::reqwest::header::HeaderMap;
use serde_json::Value;

use super::answer;
use crate::{document, replay};

/// An operation of each answer.
const OPERATIONS: [&str; 5] = [
    "PostServiceTicket",
    "ContractFulfillment",
    "C2BPostContract",
    "CustomerAccessToken",
    "GetContractDetails",
];

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| document::document().unwrap());

/// Answers in XML: the bytes are the body.
///
/// - It is read or refused, and the error tells nothing of it.
/// - What is read has the values that another library reads.
/// - Cut short, it is not read.
pub fn xml(data: &[u8]) {
    let is_xml = data.trim_ascii_start().starts_with(b"<");
    for id in OPERATIONS {
        let Some(read) = read(id, data) else {
            continue;
        };
        if !is_xml {
            continue;
        }
        let text = std::str::from_utf8(data).unwrap();
        let tree = match roxmltree::Document::parse(text) {
            Ok(tree) => tree,
            Err(error) => {
                assert!(is_tolerated(&error), "{id} was read, yet {error}");
                continue;
            }
        };
        let (_, expected) = replay::xml_as_json(&DOCUMENT, data).unwrap();
        assert_eq!(leaves(&read), leaves(&expected), "{id}");
        let end = tree.root_element().range().end;
        for part in 1..=4 {
            let cut = &data[..(end - 1) * part / 4];
            assert_eq!(self::read(id, cut), None, "{id}, cut to {}", cut.len());
        }
    }
}

/// What was read, whatever it proves.
fn read(id: &str, body: &[u8]) -> Option<String> {
    match fuzz::judge(id, StatusCode::OK, HeaderMap::new(), body).unwrap() {
        Ok(read) => Some(read),
        Err((error, read)) => {
            answer::tells_nothing(&error, id);
            read
        }
    }
}

/// What the client reads although it is no XML: nothing of it can make one
/// value look like another.
fn is_tolerated(_: &roxmltree::Error) -> bool {
    false
}

fn leaves(json: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    replay::leaves(json, "", &mut found);
    found
}

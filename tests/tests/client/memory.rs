//! What an answer makes the client hold: a few times its bytes, and the items
//! that its lists may hold, whatever they are.

use std::collections::BTreeMap;

use aim_client::reqwest::StatusCode;
use aim_client::reqwest::header::HeaderMap;
use aim_client::{Delivery, Limit, internals};
use aim_fake::internals::names;
use aim_tests::document;
use serde_json::{Map, Value};

/// A quarter of what an answer may be: more takes long without optimisation.
const SIZE: usize = 1 << 20;

/// What the client may hold beside the body; for a whole one it is less than
/// twice as much, since lists do not grow beyond their limit.
const MOST: u64 = 22_000_000;

/// `before`, as many of `part` as there is room for, and `after`; the parts
/// get numbers for `#`.
fn filled(before: &str, part: &str, after: &str) -> String {
    let count = (SIZE - before.len() - after.len()) / part.len();
    let parts = match part.split_once('#') {
        None => part.repeat(count),
        Some((start, end)) => {
            let numbers = 1_000_000..1_000_000 + count / 2;
            numbers
                .map(|number| format!("{start}{number}{end}"))
                .collect()
        }
    };
    format!("{before}{}{after}", parts.trim_end_matches(','))
}

/// Bodies for an answer with these members: names and the schemas of the
/// document.
fn bodies(root: &str, members: &Map<String, Value>) -> Vec<String> {
    let mut bodies = Vec::new();
    let mut add = |before: &str, part: &str, after: &str| bodies.push(filled(before, part, after));
    let mut types = BTreeMap::new();
    for (name, schema) in members {
        let kind = schema["x-aim-dotnet-type"].as_str().unwrap();
        types.entry(kind).or_insert(name);
    }
    for (kind, name) in types {
        let json = format!("{{\"{name}\":");
        let (start, end) = (format!("<{root}><{name}>"), format!("</{name}></{root}>"));
        if kind.starts_with("List<") {
            let list = format!("{json}[");
            for item in [
                "null,",
                "{},",
                "{\"Desc\":\"a\",\"Ref\":\"b\"},",
                "{\"New\":1},",
                "0,",
            ] {
                add(&list, item, "]}");
            }
            for item in ["<a/>", "<a><Desc>a</Desc><Ref>b</Ref></a>", "<a><New/></a>"] {
                add(&start, item, &end);
            }
        } else {
            add(&json, "1", "}");
            add(&format!("{json}\""), "\\n", "\"}");
            add(&json, "[", "");
            add(&start, "1", &end);
            add(&start, "&amp;", &end);
        }
    }
    for (before, part, after) in [
        ("{", "\"a#\":1,", "}"),
        ("{\"New\":", "[", ""),
        ("{\"Status\":{", "\"a#\":1,", "}}"),
        ("{\"ResponseStatus\":{\"Errors\":[", "null,", "]}}"),
        ("[", "null,", "]"),
        ("", "1", ""),
        ("", "a", ""),
    ] {
        add(before, part, after);
    }
    let (before, after) = (
        "<ErrorResponse><ResponseStatus><Errors>",
        "</Errors></ResponseStatus></ErrorResponse>",
    );
    add(before, "<ResponseError/>", after);
    bodies
}

#[test]
fn no_answer_makes_the_client_hold_many_times_its_size() {
    let document = document::document().unwrap();
    let operations = document::operations().unwrap();
    let mut limited = 0;
    // The one with a member of each type, and the one of a booking with a list.
    for id in [
        names::operation::GET_CONTRACT_DETAILS,
        names::operation::CONTRACT_FULFILLMENT,
    ] {
        let operation = operations.iter().find(|found| found.id == id).unwrap();
        let answer = operation.answer_type();
        let schema = &document["components"]["schemas"][answer];
        for body in bodies(answer, schema["properties"].as_object().unwrap()) {
            let mut judged = None;
            let held = allocation_counter::measure(|| {
                let (status, headers) = (StatusCode::OK, HeaderMap::new());
                judged = internals::judge(&operation.id, "{}", status, headers, body.as_bytes());
            });
            let begins = body.get(..80).unwrap_or_default();
            assert!(
                held.bytes_max < MOST,
                "{answer} of {begins}… holds {}",
                held.bytes_max
            );
            if let Err((error, _)) = judged.unwrap() {
                assert_ne!(
                    error.delivery(),
                    Delivery::Rejected,
                    "{answer} of {begins}…"
                );
                limited += usize::from(error.limit() == Some(Limit::AnswerItems));
            }
        }
    }
    assert!(limited > 0);
}

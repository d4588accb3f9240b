//! What an answer makes the client hold: a few times its bytes, and the items
//! that its lists may hold, whatever they are.

use std::collections::BTreeMap;

use aim_client::reqwest::StatusCode;
use aim_client::reqwest::header::HeaderMap;
use aim_client::{Delivery, Limit, internals};
use aim_fake::internals::names;
use aim_tests::{document, parallel};
use serde_json::{Map, Value};

/// An eighth of what an answer may be, which takes long without optimisation:
/// as many items as a list may have fit in.
const SIZE: usize = 1 << 19;

/// What the client may hold for each byte of the body.
const EACH: u64 = 8;

/// What the items of a list may take, which does not grow beyond its limit.
const ITEMS: u64 = 15_000_000;

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
/// document; and what the client may hold beside each.
fn bodies(root: &str, members: &Map<String, Value>) -> Vec<(String, u64)> {
    let mut bodies = Vec::new();
    let mut add = |before: &str, part: &str, after: &str| {
        let is_list = before.ends_with('[') || part.starts_with('<');
        let most = EACH * SIZE as u64 + if is_list { ITEMS } else { 0 };
        bodies.push((filled(before, part, after), most));
    };
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
    // The one with a member of each type, and the one of a booking with a list.
    let ids = [
        names::operation::GET_CONTRACT_DETAILS,
        names::operation::CONTRACT_FULFILLMENT,
    ];
    let cases: Vec<_> = ids
        .iter()
        .flat_map(|id| {
            let operation = operations.iter().find(|found| found.id == *id).unwrap();
            let answer = operation.answer_type();
            let schema = &document["components"]["schemas"][answer];
            let bodies = bodies(answer, schema["properties"].as_object().unwrap());
            bodies.into_iter().map(move |(body, most)| (id, body, most))
        })
        .collect();
    let limited = parallel::each(&cases, |(id, body, most)| {
        let mut judged = None;
        let held = allocation_counter::measure(|| {
            let (status, headers) = (StatusCode::OK, HeaderMap::new());
            judged = internals::judge(id, "{}", status, headers, body.as_bytes());
        });
        let place = format!("{id} of {}…", body.get(..80).unwrap_or_default());
        assert!(held.bytes_max < *most, "{place} holds {}", held.bytes_max);
        let Err((error, _)) = judged.unwrap() else {
            return false;
        };
        assert_ne!(error.delivery(), Delivery::Rejected, "{place}");
        error.limit() == Some(Limit::AnswerItems)
    });
    assert!(limited.contains(&true));
}

use std::collections::BTreeSet;
use std::error::Error as _;
use std::fmt;
use std::sync::LazyLock;

use aim_client::reqwest::StatusCode;
use aim_client::reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use aim_client::{Delivery, Error, internals};
use aim_fake::internals::names;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::head;
use crate::document::{self, Operation};
use crate::replay::{self, folded};
use crate::types;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| document::document().unwrap());
static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| document::operations().unwrap());
/// What counts of the names of all members.
static MEMBERS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let schemas = DOCUMENT["components"]["schemas"].as_object().unwrap();
    schemas
        .values()
        .filter_map(|schema| schema["properties"].as_object())
        .flat_map(|properties| properties.keys().map(|name| folded(name)))
        .collect()
});

/// What was asked, by operations that take it.
const REQUEST: &str =
    r#"{"Ref":"C-1","MassUpdateItems":[{"Ref":"C-2"},{"Ref":"C-3"},{"Ref":"c-3"}]}"#;

/// Answers. The first line is an operationId, a status and a content type, as
/// in `C2BPostContract 200 application/json`; the rest is the body.
///
/// - The verdict is that of the rules in the document's README, worked out by
///   other code from what was read.
/// - An error shows nothing of the body but codes and the names of members.
/// - What was read is written and read again as the same.
/// - The spelling of the names of members makes no difference.
pub fn answer(data: &[u8]) {
    let (head, body) = head(data);
    let mut words = head.splitn(3, ' ');
    let id = words.next().unwrap_or_default();
    let known = OPERATIONS.iter().find(|operation| operation.id == id);
    let operation = known.unwrap_or(&OPERATIONS[0]);
    let status = words.next().and_then(|word| word.parse().ok());
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    let status = status.unwrap_or(StatusCode::OK);
    let mut headers = HeaderMap::new();
    let content_type = words
        .next()
        .and_then(|word| HeaderValue::from_str(word).ok());
    if let Some(value) = &content_type {
        headers.insert(CONTENT_TYPE, value.clone());
    }

    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let judge =
        |body| internals::judge(&operation.id, REQUEST, status, headers.clone(), body).unwrap();
    let judged = judge(body);
    if let Some(respelled) = std::str::from_utf8(body).ok().and_then(respelled) {
        let outcome = |judged: &Result<String, (Error, Option<String>)>| match judged {
            Ok(read) => (None, Some(read.clone())),
            Err((error, read)) => (Some((error.kind(), error.delivery())), read.clone()),
        };
        let again = judge(respelled.as_bytes());
        assert_eq!(outcome(&again), outcome(&judged), "{respelled}");
    }
    let (error, read) = match judged {
        Ok(read) => (None, Some(read)),
        Err((error, read)) => (Some(error), read),
    };
    if let Some(error) = &error {
        assert_eq!(error.operation(), Some(&*operation.id));
        assert_eq!(error.http_status(), Some(status));
        assert_ne!(error.delivery(), Delivery::NotSent);
        shows_nothing(error, &operation.id);
    }
    if let Some(read) = &read {
        let again = types::rewritten(operation.answer_type(), read);
        assert_eq!(again.as_ref(), Ok(read));
    }

    let mut seen: Option<Value> = read.map(|read| serde_json::from_str(&read).unwrap());
    let exception = error.as_ref().and_then(Error::response_status);
    let exception = exception.map(|exception| json!({"ResponseStatus": exception}));
    if let Some(Value::Object(seen)) = &mut seen {
        // What was not read, since it belongs to the answers of others.
        let schema = &DOCUMENT["components"]["schemas"][operation.answer_type()];
        let own = schema["properties"].as_object().unwrap();
        let is_own = |name: &str| own.keys().any(|known| folded(known) == folded(name));
        let all: Pairs = serde_json::from_slice(body).unwrap_or_default();
        let others = all.0.iter().filter(|(name, value)| {
            value.get() != "null" && !is_own(name) && MEMBERS.contains(&folded(name))
        });
        for (name, value) in others {
            let value = serde_json::from_str(value.get()).unwrap_or(true.into());
            seen.entry(name).or_insert(value);
        }
        // What XML carries of it is not among them.
        if let Some(exception) = &exception {
            seen.entry(names::ErrorResponse::RESPONSE_STATUS)
                .or_insert_with(|| exception[names::ErrorResponse::RESPONSE_STATUS].clone());
        } else if is_thrown_in_xml(body) {
            seen.insert(
                names::ErrorResponse::RESPONSE_STATUS.to_owned(),
                "thrown".into(),
            );
        }
        match has_strange_status(body) {
            Some(true) => seen[names::BaseResponse::STATUS] = json!({ "strange": true }),
            Some(false) => {}
            // Nobody else can read it.
            None => return,
        }
    }
    let answer = replay::Answer {
        document: &DOCUMENT,
        operation,
        request: REQUEST,
        status: status.as_u16().into(),
        read: seen,
        exception,
        body,
    };
    let verdict = answer.verdict();
    let seen = (answer.read, answer.exception);
    assert_eq!(
        error.as_ref().map(Error::delivery),
        verdict,
        "{error:?} for {seen:?}"
    );
}

/// The members of a JSON object as they stand, twins included.
#[derive(Default)]
struct Pairs(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// The same JSON with other names that mean the same; none if it is no object.
fn respelled(json: &str) -> Option<String> {
    let pairs: Pairs = serde_json::from_str(json).ok()?;
    let value = |value: &RawValue| {
        let value = value.get();
        let items = || serde_json::from_str::<Vec<&RawValue>>(value).ok();
        let items = items().map(|items| {
            let item = |item: &&RawValue| respelled(item.get()).unwrap_or(item.get().to_owned());
            format!("[{}]", items.iter().map(item).collect::<Vec<_>>().join(","))
        });
        respelled(value).or(items).unwrap_or(value.to_owned())
    };
    let pairs = pairs.0.iter().enumerate().map(|(index, (name, found))| {
        let name = match index % 3 {
            0 => name.to_ascii_uppercase(),
            1 => format!("_{}", name.to_ascii_lowercase()),
            _ => name.chars().flat_map(|letter| [letter, '_']).collect(),
        };
        format!("{}:{}", Value::from(name), value(found))
    });
    Some(format!("{{{}}}", pairs.collect::<Vec<_>>().join(",")))
}

/// Whether XML holds a `ResponseStatus` with a text in it.
fn is_thrown_in_xml(body: &[u8]) -> bool {
    let text = std::str::from_utf8(body).unwrap_or_default();
    let Ok(tree) = roxmltree::Document::parse(text) else {
        return false;
    };
    let mut elements = tree.root_element().children();
    elements.any(|element| {
        let mut texts = element.descendants().filter_map(|node| node.text());
        folded(element.tag_name().name()) == "responsestatus"
            && texts.any(|text| !text.trim().is_empty())
    })
}

/// Whether there is a `Status` whose members are all unknown. None if it cannot
/// be told.
fn has_strange_status(body: &[u8]) -> Option<bool> {
    let status =
        DOCUMENT["components"]["schemas"][names::schema::BASE_RESPONSE_RESULT]["properties"]
            .as_object();
    let known: BTreeSet<_> = status.unwrap().keys().map(|name| folded(name)).collect();
    let is_status = |name: &str| folded(name) == "status";
    let names: Option<Vec<String>> = if body.trim_ascii_start().starts_with(b"<") {
        let tree = roxmltree::Document::parse(std::str::from_utf8(body).ok()?).ok()?;
        let elements = |node: roxmltree::Node<'_, '_>| {
            let names = node.children().filter(roxmltree::Node::is_element);
            names
                .map(|node| (node.tag_name().name().to_owned(), node.id()))
                .collect::<Vec<_>>()
        };
        let members = elements(tree.root_element());
        let status = members.iter().find(|(name, _)| is_status(name));
        status.map(|(_, id)| {
            let members = elements(tree.get_node(*id).unwrap()).into_iter();
            members.map(|(name, _)| name).collect()
        })
    } else {
        let all: Pairs = serde_json::from_slice(body).unwrap_or_default();
        let status = all.0.iter().find(|(name, _)| is_status(name));
        status.map(|(_, value)| {
            let members: Pairs = serde_json::from_str(value.get()).unwrap_or_default();
            members.0.into_iter().map(|(name, _)| name).collect()
        })
    };
    Some(names.is_some_and(|names| {
        !names.is_empty() && !names.iter().any(|name| known.contains(&folded(name)))
    }))
}

/// The text of the error is made of sentences that the client knows, of codes
/// that look like ones, and of a place: names of members that the document
/// knows, a line and a column. Nothing else shows anything more.
pub(super) fn shows_nothing(error: &Error, id: &str) {
    let text = error.to_string();
    assert!(is_known(error, id, &text).is_some(), "{text}");
    let (delivery, help) = (error.delivery(), error.help());
    assert_eq!(
        format!("{error:?}"),
        format!("Error {{ text: {text:?}, delivery: {delivery:?}, help: {help:?}, .. }}")
    );
    assert!(error.source().is_none());
}

fn is_known(error: &Error, id: &str, text: &str) -> Option<()> {
    const CREDENTIALS: [&str; 5] = ["ApiKey", "AppId", "Token", "DeviceId", "OAuthToken"];
    const ENDS: [&str; 7] = [
        "it was not applied",
        "nothing was read",
        "send again only the items that the answer lists",
        "it may have been applied: look it up before anyone sends it again",
        "it only reads, so it can be sent again",
        "no session was opened",
        "it books nothing, so it can be sent again",
    ];
    const WORDS: [&str; 2] = [
        "`Error::aim_status` says why, in words that may hold personal data",
        "`Error::response_status` says why, in words that may hold personal data",
    ];
    const ADVICE: [&str; 9] = [
        "",
        "check user name and password, ApiKey and AppId",
        "check ApiKey, AppId and the tokens; a login may have ended",
        "check the credentials, the licence, and what stands between, such as a firewall",
        "check the base url",
        "check the base url; `Location` in `Error::headers` has the address",
        "give them in the url of `proxy`",
        "perhaps a proxy, a page to sign in or another server has answered: check the base url",
        "perhaps a proxy or the web server has answered, not aim",
    ];
    const FINDINGS: [&str; 14] = [
        "no such path",
        "the answer holds nothing that proves the operation",
        "the answer is another operation's",
        "the answer lists items that were not applied",
        "the answer reports a failure",
        "the answer's `Status` is neither good nor a failure",
        "the path takes no such request",
        "the server forbids it",
        "the server redirects to another address",
        "the server refuses the credentials",
        "the server reports a failure",
        "the server reports an exception",
        "the server reports an exception that cannot be read",
        "a proxy asks for a user name and password",
    ];
    let status = format!(" (http {})", error.http_status()?.as_u16());
    let rest = text.strip_prefix(id)?.strip_prefix(": ")?;
    let (finding, rest) = rest.split_once(&status)?;
    let (advice, end) = rest.rsplit_once("; ")?;
    let advice = advice.strip_prefix(": ").unwrap_or(advice);
    let advice = WORDS
        .iter()
        .find_map(|words| advice.strip_suffix(words))
        .map_or(advice, |advice| advice.trim_end_matches("; "));
    ENDS.iter().find(|known| **known == end)?;
    ADVICE.iter().find(|known| **known == advice)?;
    if let Some(rest) = finding.strip_prefix("the answer is ")
        && let Some(rest) = error
            .answer_kind()
            .and_then(|kind| rest.strip_prefix(&kind.to_string()))
    {
        return match rest.strip_prefix(" at ") {
            None if rest.is_empty() => Some(()),
            None => None,
            Some("its end") => Some(()),
            Some(place) => is_place(place),
        };
    }
    let besides = [" and yet carries a result", " beside an exception"];
    let finding = besides
        .iter()
        .find_map(|text| finding.strip_suffix(text))
        .unwrap_or(finding);
    let (finding, codes) = finding.split_at(finding.find(" [").unwrap_or(finding.len()));
    are_codes(codes)?;
    let (finding, name) = finding
        .split_once(", naming ")
        .unwrap_or((finding, "Token"));
    CREDENTIALS.iter().find(|known| **known == name)?;
    FINDINGS.contains(&finding).then_some(())
}

/// ` [StatusCode Error] [ErrorCode 17]`.
fn are_codes(text: &str) -> Option<()> {
    let mut rest = text;
    while !rest.is_empty() {
        let (code, after) = rest.strip_prefix(" [")?.split_once(']')?;
        let (name, code) = code.split_once(' ')?;
        let words = DOCUMENT["x-aim-failure"]["words"].as_array()?;
        let mut members = words.iter().map(|words| &words["member"]);
        if !(name == "field" || members.any(|member| member == name)) {
            return None;
        }
        let looks_like_one =
            |letter: char| letter.is_ascii_alphanumeric() || "_.-".contains(letter);
        if code.is_empty() || code.len() > 60 || !code.chars().all(looks_like_one) {
            return None;
        }
        rest = after;
    }
    Some(())
}

/// `` `Inventory[1].Desc`, line 3 column 16 ``.
fn is_place(text: &str) -> Option<()> {
    let (path, place) = text.strip_prefix('`')?.rsplit_once("`, line ")?;
    let (line, column) = place.split_once(" column ")?;
    line.parse::<usize>().ok()?;
    column.parse::<usize>().ok()?;
    if path == "." {
        return Some(());
    }
    for step in path.split('.') {
        let name = step.split('[').next()?;
        let indices = step.strip_prefix(name)?.replace("][", "");
        let indices = indices
            .strip_prefix('[')
            .map_or(Some(""), |rest| rest.strip_suffix(']'))?;
        if !indices.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        if name != "?" && !MEMBERS.contains(&folded(name)) {
            return None;
        }
    }
    Some(())
}

//! The recorded answers, sent again: what a client is to make of them, worked
//! out from the recording and the document alone.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "only tests use this, and that is how a test fails"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex};

use aim_client::types::ResponseStatus;
use aim_client::{AimClient, AimDateTime, AnswerKind, Credentials, Delivery, Error, Retry};
use aim_fake::internals::names;
use chrono::{NaiveDateTime, TimeDelta, TimeZone, Utc};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::calls::{self, Called};
use crate::document::{self, Operation};
use crate::fixture::{self, Exchange};
use crate::requests;
use crate::server::{Reply, Server};

/// The types of all answers.
static ANSWERS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let operations = document::operations().unwrap();
    let answers = operations.iter().map(Operation::answer_type);
    answers.map(str::to_owned).collect()
});

/// The names of all members, by their spelling in small letters.
static MEMBERS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let document = document::document().unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let members = schemas
        .values()
        .filter_map(|schema| schema["properties"].as_object());
    let names = members.flat_map(|members| members.keys());
    names
        .map(|name| (name.to_lowercase(), name.clone()))
        .collect()
});

/// What the client made of an answer.
#[derive(Debug)]
pub struct Outcome {
    /// The decoded answer as JSON text, where it could be read.
    pub decoded: Option<String>,
    /// `None`: proved.
    pub delivery: Option<Delivery>,
    /// What the answer is, where it could not be read.
    pub kind: Option<AnswerKind>,
    /// ServiceStack's error as JSON text, where it is one.
    pub exception: Option<String>,
    /// The text of the error.
    pub text: String,
}

impl From<Called> for Outcome {
    fn from(called: Called) -> Self {
        let exception = |status: &ResponseStatus| serde_json::to_string(status).unwrap();
        let error = called.error.as_ref();
        Self {
            decoded: called.answer,
            delivery: error.map(Error::delivery),
            kind: error.and_then(Error::answer_kind),
            exception: error.and_then(Error::response_status).map(exception),
            text: error.map(ToString::to_string).unwrap_or_default(),
        }
    }
}

/// A client, and a server that answers it what was recorded.
pub struct Player {
    client: AimClient,
    next: Arc<Mutex<Reply>>,
    _server: Server,
}

impl Player {
    /// Starts both.
    #[must_use]
    pub fn start() -> Self {
        let next = Arc::new(Mutex::new(Reply::json("{}")));
        let answers = Arc::clone(&next);
        let server = Server::start(move |_| answers.lock().unwrap().clone()).unwrap();
        let client = calls::builder(server.url())
            .credentials(Credentials::new("key", "app"))
            .retry(Retry::never())
            .build()
            .unwrap();
        Self {
            client,
            next,
            _server: server,
        }
    }

    /// Calls an operation with the smallest request, which is answered by the
    /// reply.
    pub async fn play(&self, operation: &Operation, reply: Reply) -> Outcome {
        self.play_with(operation, &requests::minimal(operation), reply)
            .await
    }

    /// The same with a request, as JSON text.
    pub async fn play_with(&self, operation: &Operation, request: &str, reply: Reply) -> Outcome {
        *self.next.lock().unwrap() = reply;
        calls::call(&self.client, &operation.id, request)
            .await
            .unwrap()
            .into()
    }
}

/// The operation that an exchange called: by its verb and the name in its
/// path, with or without the suffix `Request` and a format.
pub fn operation_of<'a>(operations: &'a [Operation], exchange: &Exchange) -> Option<&'a Operation> {
    let request = &exchange.value["request"];
    let method = request["method"].as_str()?;
    let target = request["target"]
        .as_str()?
        .split('?')
        .next()?
        .to_lowercase();
    let last = target.trim_end_matches('/').rsplit('/').next()?;
    let name = last
        .split('.')
        .next()?
        .trim_end_matches("%5b%5d")
        .trim_end_matches("[]");
    let name = name.strip_suffix("request").unwrap_or(name);
    let named =
        |operation: &&Operation| operation.path.to_lowercase().rsplit('/').next() == Some(name);
    let same_verb = |operation: &&Operation| operation.method == method;
    operations
        .iter()
        .filter(named)
        .find(same_verb)
        .or_else(|| operations.iter().find(named))
}

/// A header of a recorded answer.
#[must_use]
pub fn header<'a>(response: &'a Value, name: &str) -> Option<&'a str> {
    response["headers"].as_array()?.iter().find_map(|pair| {
        let is_it = pair[0].as_str()?.eq_ignore_ascii_case(name);
        is_it.then(|| pair[1].as_str()).flatten()
    })
}

/// The recorded answer, as it is to be sent again.
pub fn reply(response: &Value) -> Reply {
    let body = if response["html_page"] == true {
        b"<!DOCTYPE html>\n<html><head></head><body>a page</body></html>".to_vec()
    } else {
        fixture::body(response).unwrap_or_default()
    };
    Reply {
        status: u16::try_from(response["status"].as_u64().unwrap()).unwrap(),
        reason: response["reason"].as_str().unwrap_or("").to_owned(),
        headers: response["headers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| {
                let text = |index: usize| pair[index].as_str().unwrap().to_owned();
                (text(0), text(1))
            })
            .collect(),
        body,
    }
}

/// The verdict by the rules of the document's README on the answer to a request
/// (JSON text); `None`: proved.
pub fn verdict(
    document: &Value,
    operation: &Operation,
    request: &str,
    response: &Value,
    body: &[u8],
) -> Option<Delivery> {
    let status = response["status"].as_u64().unwrap();
    // XML is an answer by its root, JSON by being an object.
    let json = serde_json::from_slice(body).ok().filter(Value::is_object);
    let (read, exception) = match (json, xml_as_json(document, body)) {
        (Some(object), _) => (Some(object), None),
        (None, Some((root, json))) => {
            let object = serde_json::from_str(&json).ok();
            let is = |name: &str| object.clone().filter(|_| root == name);
            (
                is(operation.answer_type()),
                is(names::schema::ERROR_RESPONSE),
            )
        }
        (None, None) => (None, None),
    };
    let answer = Answer {
        document,
        operation,
        request,
        status,
        read,
        exception,
        body,
    };
    answer.verdict()
}

/// An answer, as far as it can be read.
pub struct Answer<'a> {
    /// The document.
    pub document: &'a Value,
    /// What was called.
    pub operation: &'a Operation,
    /// What was sent, as JSON text.
    pub request: &'a str,
    /// The HTTP status.
    pub status: u64,
    /// What could be read as the operation's answer.
    pub read: Option<Value>,
    /// What could be read as an exception alone.
    pub exception: Option<Value>,
    /// The bytes.
    pub body: &'a [u8],
}

impl Answer<'_> {
    /// The verdict by the rules of the document's README; `None`: proved.
    #[must_use]
    pub fn verdict(&self) -> Option<Delivery> {
        let success = (200..300).contains(&self.status);
        let rejected_if = |rejected| {
            Some(if rejected {
                Delivery::Rejected
            } else {
                Delivery::Unknown
            })
        };
        let Some(object) = self.read.clone().map(with_the_documents_names) else {
            let exception = self.exception.clone().map(with_the_documents_names);
            let exception =
                exception.map(|object| object[names::ErrorResponse::RESPONSE_STATUS].clone());
            return rejected_if(self.cannot_have_run(exception.as_ref()) && !self.has_a_sign());
        };
        let listed = self.operation.value["x-aim-evidence"].as_array().unwrap();
        let listed: Vec<_> = listed.iter().filter_map(Value::as_str).collect();
        let mut evidence = listed.clone();
        evidence
            .retain(|name| *name != names::BaseResponse::STATUS && has_value(name, &object[*name]));
        let own = !evidence.is_empty();
        let status = Some(&object[names::BaseResponse::STATUS]).filter(|status| status.is_object());
        let says = status.map(|status| says(self.document, status));
        if says == Some(Says::Good) && proves(self.document, &object[names::BaseResponse::STATUS]) {
            evidence.extend(
                listed
                    .iter()
                    .filter(|name| **name == names::BaseResponse::STATUS),
            );
        }
        let thrown = is_thrown(&object[names::ErrorResponse::RESPONSE_STATUS]);
        // The name of the root tells whose answer XML is.
        let is_anothers = !self.body.trim_ascii_start().starts_with(b"<")
            && is_anothers(
                self.document,
                self.operation.answer_type(),
                &object,
                &evidence,
            );
        let partial = self.operation.value["x-aim-partial"].as_str();
        if let Some(failed) = partial.and_then(|name| object[name].as_array())
            && !failed.is_empty()
        {
            let is_clear = success
                && !thrown
                && !is_anothers
                && says.is_none_or(|says| says == Says::Good)
                && self.names_each_item(failed);
            return Some(if is_clear {
                Delivery::PartlyApplied
            } else {
                Delivery::Unknown
            });
        }
        if says == Some(Says::Failure) {
            let client_error = (400..500).contains(&self.status);
            return rejected_if((success || client_error) && !own && !is_anothers && !thrown);
        }
        let rejected = !own
            && status.is_none()
            && self.cannot_have_run(Some(&object[names::ErrorResponse::RESPONSE_STATUS]));
        let is_clear = match says {
            Some(Says::Nothing) => own,
            Some(Says::Both) => false,
            _ => true,
        };
        if success && !evidence.is_empty() && !is_anothers && !thrown && is_clear {
            None
        } else {
            rejected_if(!success && rejected)
        }
    }

    /// By its status and by what the body is.
    fn cannot_have_run(&self, exception: Option<&Value>) -> bool {
        let text = String::from_utf8_lossy(self.body).into_owned();
        let text = text.trim_start_matches('\u{feff}').trim();
        match self.status {
            400 => exception.is_some_and(|exception| {
                exception[names::ResponseStatus::ERROR_CODE] == "SerializationException"
                    && is_binders(
                        exception[names::ResponseStatus::MESSAGE]
                            .as_str()
                            .unwrap_or_default(),
                        self.operation.value["x-aim-request"].as_str().unwrap(),
                    )
            }),
            401 => true,
            403 | 405 | 411 | 413 | 414 => {
                let small = text.to_lowercase();
                let is_html = small.starts_with("<h1>")
                    || small.starts_with('<')
                        && (small.contains("<html") || small.contains("<!doctype html"));
                let is_json = text.starts_with(['{', '['])
                    || serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
                self.read.is_none() && (is_html || !is_json && !text.starts_with('<'))
            }
            404 => text.is_empty() || text == "404",
            _ => false,
        }
    }

    /// Whether a name of evidence stands where the name of a member or of an
    /// element stands.
    fn has_a_sign(&self) -> bool {
        let text = String::from_utf8_lossy(self.body).to_lowercase();
        let text = unescaped(&text).replace('_', "");
        let partial = self.operation.value["x-aim-partial"].as_str();
        let evidence = self.operation.value["x-aim-evidence"].as_array().unwrap();
        let mut names = evidence.iter().filter_map(Value::as_str).chain(partial);
        let is_sign = |name: &str| {
            let name = name.to_lowercase();
            text.match_indices(&name).any(|(at, _)| {
                let (before, after) = (&text[..at], &text[at + name.len()..]);
                let member = after.strip_prefix('\\').unwrap_or(after);
                let member = member.strip_prefix('"').map(str::trim_start);
                let is_member = before.ends_with('"')
                    && member.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'));
                let prefix = before.rsplit('<').next().unwrap_or_default();
                let prefix = prefix.trim_start_matches('/');
                let is_prefix = prefix.is_empty()
                    || prefix.ends_with(':') && !prefix.contains(char::is_whitespace);
                let is_element = before.contains('<')
                    && is_prefix
                    && (after.is_empty()
                        || after.starts_with(['/', '>', '<'])
                        || after.starts_with(char::is_whitespace));
                is_member || is_element
            })
        };
        is_sign(names::BaseResponse::STATUS) || names.any(is_sign)
    }

    /// Whether each item that failed is named by a reference that stands in the
    /// request once, and nothing there that differs in case or white space.
    fn names_each_item(&self, failed: &[Value]) -> bool {
        let by = self.operation.value["x-aim-lookup"]["by"].as_object();
        let name = by.unwrap().values().next().unwrap().as_str().unwrap();
        let request: Value = serde_json::from_str(self.request).unwrap();
        let lists = request.as_object().unwrap().values();
        let items = lists.filter_map(Value::as_array).flatten();
        let own: Vec<_> = [&request].into_iter().chain(items).collect();
        failed.iter().all(|item| {
            let Some(reference) = item[name].as_str() else {
                return false;
            };
            let same = own.iter().filter_map(|own| own[name].as_str());
            let same: Vec<_> = same.filter(|own| alike(own) == alike(reference)).collect();
            !alike(reference).is_empty() && same == [reference]
        })
    }
}

/// What databases take for the same.
fn alike(reference: &str) -> String {
    reference.trim_matches(is_invisible).to_lowercase()
}

/// `\u0053` as what it stands for.
fn unescaped(text: &str) -> String {
    let mut parts = text.split("\\u");
    let mut found = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part
            .get(..4)
            .and_then(|code| u32::from_str_radix(code, 16).ok());
        match code.and_then(char::from_u32) {
            Some(letter) => {
                found.extend(letter.to_lowercase());
                found.push_str(&part[4..]);
            }
            None => {
                found.push('?');
                found.push_str(part);
            }
        }
    }
    found
}

/// Whether a message is one of those of the recorded binders, of which each
/// names the type of the request.
fn is_binders(message: &str, request: &str) -> bool {
    let sentence =
        |beginning: &str, end: &str| message.starts_with(&format!("{beginning}{request}{end}"));
    let position = message.split_once(". ").is_some_and(|(place, rest)| {
        let is_place = place.starts_with("Error in line ");
        is_place && rest.starts_with(&format!("Expecting element '{request}' "))
    });
    sentence("Unable to bind to request '", "'")
        || sentence(
            "Type definitions should start with a '{', expecting serialized type '",
            "'",
        )
        || sentence(
            "There was an error deserializing the object of type AIM.WebService.",
            ". ",
        )
        || position
}

/// Whether a member says anything: by the document's README.
fn has_value(name: &str, value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(value) => value.as_f64() != Some(0.0),
        Value::Array(items) => items.iter().any(|item| has_value(name, item)),
        Value::Object(members) => members.iter().any(|(name, value)| has_value(name, value)),
        Value::String(text) => {
            let shown = text.trim_matches(is_invisible);
            let date: AimDateTime = serde_json::from_value(shown.into()).unwrap();
            // .NET's default value of a date, and what a date keeps of an
            // object or a list.
            let is_no_date =
                date.is_unset() || (name.ends_with("Date") && text.starts_with(['{', '[']));
            !is_no_date && !shown.eq_ignore_ascii_case("false") && !is_number_of_zeros(shown)
        }
    }
}

/// White space, control characters, and Unicode's `Default_Ignorable_Code_Point`
/// of the planes in use.
fn is_invisible(letter: char) -> bool {
    letter.is_whitespace()
        || letter.is_control()
        || matches!(u32::from(letter), 0xad | 0x34f | 0x61c | 0x115f | 0x1160 | 0x17b4 | 0x17b5
            | 0x180b..=0x180f | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0x2800
            | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0 | 0xfff0..=0xfffb | 0x1bca0..=0x1bca3
            | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff)
}

/// `-0`, `0.00`, `0e5`: no digit of the number counts.
fn is_number_of_zeros(text: &str) -> bool {
    let (number, exponent) = match text.find(['e', 'E']) {
        Some(place) => (&text[..place], Some(&text[place + 1..])),
        None => (text, None),
    };
    let unsigned = |text: &str| text.strip_prefix(['-', '+']).unwrap_or(text).to_owned();
    let is_exponent = exponent.map(unsigned).is_none_or(|digits| {
        !digits.is_empty() && digits.chars().all(|digit| digit.is_ascii_digit())
    });
    let zeros = unsigned(number).replace(['.', ','], "");
    is_exponent && !zeros.is_empty() && zeros.chars().all(|digit| digit == '0')
}

/// A `ResponseStatus` that says something, or one that is none.
fn is_thrown(exception: &Value) -> bool {
    let is_said = |name: &str| match &exception[name] {
        Value::Null => false,
        Value::String(text) => !text.chars().all(is_invisible),
        Value::Array(items) => !items.is_empty(),
        _ => true,
    };
    !exception.is_null()
        && (!exception.is_object()
            || [
                names::ResponseStatus::ERROR_CODE,
                names::ResponseStatus::MESSAGE,
                names::ResponseStatus::ERRORS,
            ]
            .into_iter()
            .any(is_said))
}

/// Whether every member of evidence is one of another type's answer, too, and
/// the answer also has a member that only the other's has.
fn is_anothers(document: &Value, own: &str, object: &Value, evidence: &[&str]) -> bool {
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let members = |schema: &str| schemas[schema]["properties"].as_object().unwrap();
    let is_there = |name: &String| !object[name].is_null();
    let of_others = |evidence: &str| {
        let others = ANSWERS.iter().filter(|name| *name != own);
        others
            .map(|other| members(other))
            .filter(|other| other.contains_key(evidence))
            .flat_map(|other| other.keys())
            .any(|name| !members(own).contains_key(name) && is_there(name))
    };
    // Without any, `Status` is what all have.
    let evidence = if evidence.is_empty() {
        &[names::BaseResponse::STATUS]
    } else {
        evidence
    };
    evidence.iter().all(|evidence| of_others(evidence))
}

/// What of a member's name counts: neither case nor `_`.
#[must_use]
pub fn folded(name: &str) -> String {
    name.to_lowercase().replace('_', "")
}

/// Hosts write names in other cases, and with `_`.
fn with_the_documents_names(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| {
                let known = MEMBERS.get(&folded(&name));
                (
                    known.cloned().unwrap_or(name),
                    with_the_documents_names(value),
                )
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(with_the_documents_names).collect(),
        value => value,
    }
}

/// What a `Status` says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    Failure,
    Good,
    /// An unknown code, and nothing else amiss.
    Nothing,
    /// Something amiss, and no code of failure.
    Both,
}

/// The rule `x-aim-failure` of the document.
fn says(document: &Value, status: &Value) -> Says {
    let words = document["x-aim-failure"]["words"].as_array().unwrap();
    let is_word_of = |words: &Value, key: &str| {
        let said = &status[words["member"].as_str().unwrap()];
        let said = said
            .as_str()
            .map_or_else(|| said.to_string(), str::to_owned);
        let said = said.trim_matches(is_invisible).to_lowercase();
        let known = words[key].as_array().into_iter().flatten();
        let mut known = known.map(|word| word.as_str().unwrap().to_lowercase());
        let number = |text: &str| {
            let is_plain = text
                .bytes()
                .all(|letter| b"+-.0123456789".contains(&letter));
            text.parse::<f64>().ok().filter(|_| is_plain)
        };
        known.any(|word| word == said || number(&word).is_some() && number(&word) == number(&said))
    };
    let is_blank = |words: &Value| match &status[words["member"].as_str().unwrap()] {
        Value::Null => true,
        Value::String(text) => text.chars().all(is_invisible),
        _ => false,
    };
    let is_good = |words: &&Value| is_blank(words) || is_word_of(words, "good");
    let is_bad: Vec<&Value> = words.iter().filter(|words| !is_good(words)).collect();
    if words.iter().any(|words| is_word_of(words, "failure")) {
        Says::Failure
    } else if is_bad.is_empty() {
        Says::Good
    } else if is_bad.iter().all(|words| words["failure"].is_array()) {
        Says::Nothing
    } else {
        Says::Both
    }
}

/// Whether a `Status` is one: empty, or with a member that it has.
fn proves(document: &Value, status: &Value) -> bool {
    let known =
        &document["components"]["schemas"][names::schema::BASE_RESPONSE_RESULT]["properties"];
    let members = status.as_object().unwrap();
    members.is_empty() || members.keys().any(|name| known[name].is_object())
}

/// The leaves of a JSON text by their paths, digits and all; lists also by
/// their lengths.
pub fn leaves(text: &str, path: &str, found: &mut BTreeMap<String, String>) {
    if let Ok(object) = serde_json::from_str::<BTreeMap<String, &RawValue>>(text) {
        for (name, value) in object {
            leaves(value.get(), &format!("{path}.{name}"), found);
        }
    } else if let Ok(list) = serde_json::from_str::<Vec<&RawValue>>(text) {
        found.insert(format!("{path}.length"), list.len().to_string());
        for (index, value) in list.iter().enumerate() {
            leaves(value.get(), &format!("{path}[{index}]"), found);
        }
    } else if text != "null" {
        found.insert(path.to_owned(), text.to_owned());
    }
}

/// Whether a decimal is zero, in whatever scale.
fn is_zero(decimal: &str) -> bool {
    decimal.contains('0') && decimal.chars().all(|letter| "-0.".contains(letter))
}

/// A leaf that the recording expects.
enum Expected {
    Text(String),
    Date { ticks: NaiveDateTime, kind: String },
}

/// What a service's answer object holds, with what .NET fills in.
fn expected(
    document: &Value,
    schema: &str,
    value: &Value,
    path: &str,
    found: &mut BTreeMap<String, Expected>,
) {
    // ServiceStack writes `{}` for a null item of a list.
    if value.is_null() {
        return;
    }
    let properties = document["components"]["schemas"][schema]["properties"]
        .as_object()
        .unwrap();
    for name in value.as_object().unwrap().keys() {
        assert!(
            properties.contains_key(name),
            "the document's {schema} has no {name}"
        );
    }
    for (name, property) in properties {
        let dotnet = property["x-aim-dotnet-type"].as_str().unwrap();
        let path = format!("{path}.{name}");
        let member = &value[name];
        let text = |text: &str| Expected::Text(text.to_owned());
        if let Some(exact) = member["decimal"].as_str() {
            // .NET 8.4 writes no sign before a zero.
            let exact = if is_zero(exact) {
                exact.trim_start_matches('-')
            } else {
                exact
            };
            found.insert(path, text(exact));
        } else if let Some(ticks) = member["datetime"].as_str() {
            let ticks = NaiveDateTime::parse_from_str(ticks, "%Y-%m-%dT%H:%M:%S%.f").unwrap();
            let kind = member["kind"].as_str().unwrap().to_owned();
            found.insert(path, Expected::Date { ticks, kind });
        } else if let Some(items) = member.as_array() {
            found.insert(format!("{path}.length"), text(&items.len().to_string()));
            let item = dotnet.trim_start_matches("List<").trim_end_matches('>');
            for (index, value) in items.iter().enumerate() {
                expected(document, item, value, &format!("{path}[{index}]"), found);
            }
        } else if member.is_object() {
            expected(document, dotnet, member, &path, found);
        } else if !member.is_null() {
            found.insert(path, text(&member.to_string()));
        } else if let Some(default) = [("decimal", "0"), ("bool", "false")]
            .iter()
            .find_map(|(ty, default)| (*ty == dotnet).then_some(default))
        {
            found.insert(path, text(default));
        } else if dotnet == "DateTime" {
            let ticks = NaiveDateTime::parse_from_str("0001-01-01T00:00:00", "%Y-%m-%dT%H:%M:%S");
            found.insert(
                path,
                Expected::Date {
                    ticks: ticks.unwrap(),
                    kind: "Unspecified".to_owned(),
                },
            );
        }
    }
}

/// Whether a decoded date is the recorded one, as far as the setting writes it.
pub fn is_same_date(
    found: Option<&AimDateTime>,
    ticks: NaiveDateTime,
    kind: &str,
    setting: &str,
) -> bool {
    let is_sentinel = ticks.format("%Y").to_string() == "0001";
    let Some(found) = found else {
        return is_sentinel;
    };
    if is_sentinel || found.is_unset() {
        return is_sentinel && found.is_unset();
    }
    // What a setting leaves out; `/Date(ms)/` is rounded, the rest is cut.
    let precision = match setting {
        "date-only" => TimeDelta::days(1),
        "date-o" | "date-none-iso8601" => TimeDelta::nanoseconds(1),
        "date-wcf" | "date-dcjs" => TimeDelta::milliseconds(2),
        _ => TimeDelta::seconds(1),
    };
    let near = |a: NaiveDateTime, b: NaiveDateTime| (a - b).abs() < precision;
    // .NET moves its largest date by no zone: what stands there for an instant
    // is the wall clock.
    let is_largest = ticks.format("%Y-%m-%dT%H:%M:%S").to_string() == "9999-12-31T23:59:59";
    let instants: Vec<NaiveDateTime> = if kind == "Utc" || is_largest {
        vec![ticks]
    } else {
        let local = chrono_tz::America::New_York.from_local_datetime(&ticks);
        let candidates = [local.earliest(), local.latest()];
        let mut instants: Vec<_> = candidates
            .into_iter()
            .flatten()
            .map(|found| found.with_timezone(&Utc).naive_utc())
            .collect();
        if instants.is_empty() {
            // In the gap of spring .NET takes standard time.
            instants.push(ticks + TimeDelta::hours(5));
        }
        instants
    };
    let moved = is_largest && found.instant().is_some();
    let wall = found
        .wall_clock()
        .filter(|_| !moved)
        .map(|wall| near(wall, ticks));
    let instant = found.instant().map(|instant| {
        instants
            .iter()
            .any(|expected| near(instant.naive_utc(), *expected))
    });
    match (wall, instant) {
        (None, None) => false,
        (wall, instant) => wall.unwrap_or(true) && instant.unwrap_or(true),
    }
}

/// A date as XML has it: all digits of the fraction but the last zeros, `Z` for
/// an instant, the offset of the host's zone for its own time.
fn xml_date(ticks: NaiveDateTime, kind: &str) -> String {
    let text = ticks.format("%Y-%m-%dT%H:%M:%S%.9f").to_string();
    let text = text.trim_end_matches('0').trim_end_matches('.');
    let zone = match kind {
        "Utc" => "Z".to_owned(),
        // Where there are two .NET takes standard time, and where there is none.
        "Local" => {
            let local = chrono_tz::America::New_York.from_local_datetime(&ticks);
            let offset = local.latest().map(|local| local.format("%:z").to_string());
            offset.unwrap_or_else(|| "-05:00".to_owned())
        }
        _ => String::new(),
    };
    format!("{text}{zone}")
}

/// Whether a response says that it is XML.
#[must_use]
pub fn is_xml(response: &Value) -> bool {
    header(response, "content-type") == Some("application/xml")
}

/// The name of the root, and the document as the JSON text that a server would
/// have written instead: read by another library than the client's, and by
/// the schemas of the document.
#[must_use]
pub fn xml_as_json(document: &Value, body: &[u8]) -> Option<(String, String)> {
    let text = std::str::from_utf8(body).ok()?;
    let tree = roxmltree::Document::parse(text).ok()?;
    let root = tree.root_element();
    let name = root.tag_name().name();
    let schema = &document["components"]["schemas"][name];
    Some((name.to_owned(), json_of(document, schema, root)))
}

fn json_of(document: &Value, schema: &Value, node: roxmltree::Node<'_, '_>) -> String {
    const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
    let children = || node.children().filter(roxmltree::Node::is_element);
    let reference = schema["$ref"]
        .as_str()
        .or(schema["allOf"][0]["$ref"].as_str());
    let text = node.text().unwrap_or_default();
    if node.attribute((INSTANCE, "nil")) == Some("true") {
        "null".to_owned()
    } else if let Some(reference) = reference {
        let name = reference.rsplit('/').next().unwrap();
        json_of(document, &document["components"]["schemas"][name], node)
    } else if let Some(properties) = schema["properties"].as_object() {
        let members: Vec<_> = children()
            .filter_map(|child| {
                let name = child.tag_name().name();
                let value = json_of(document, properties.get(name)?, child);
                Some(format!("\"{name}\":{value}"))
            })
            .collect();
        format!("{{{}}}", members.join(","))
    } else if schema["type"] == "array" {
        let items: Vec<_> = children()
            .map(|child| json_of(document, &schema["items"], child))
            .collect();
        format!("[{}]", items.join(","))
    } else if schema["type"] == "string" {
        Value::from(text).to_string()
    } else {
        text.to_owned()
    }
}

/// Compares a decoded answer with the recorded one; returns what differs.
pub fn differences(
    document: &Value,
    operation: &Operation,
    exchange: &Exchange,
    decoded: &str,
) -> Vec<String> {
    let schema = operation.answer_type();
    let setting = exchange.value["settings"].as_str().unwrap_or_default();
    let is_xml = is_xml(&exchange.value["response"]);
    // Absent: the service returned an empty answer object.
    let empty = Value::Object(serde_json::Map::new());
    let value = match exchange.value.get("answer") {
        Some(answer) => &answer["value"],
        None => &empty,
    };
    let target = exchange.value["request"]["target"].as_str().unwrap();
    let leaves_out_defaults = target.contains("ExcludeDefaultValues");
    let mut wanted = BTreeMap::new();
    expected(document, schema, value, "", &mut wanted);
    let mut found = BTreeMap::new();
    leaves(decoded, "", &mut found);
    let mut differences = Vec::new();
    for (path, wanted) in &wanted {
        let found = found.remove(path);
        match wanted {
            Expected::Text(text) if found.as_ref() == Some(text) => {}
            // Mono writes a line break into XML as `\n`.
            Expected::Text(text)
                if is_xml && found.as_ref() == Some(&text.replace("\\r\\n", "\\n")) => {}
            Expected::Text(text) if leaves_out_defaults && found.is_none() && is_zero(text) => {}
            Expected::Text(text) => differences.push(format!("{path}: {text} became {found:?}")),
            Expected::Date { ticks, kind } => {
                let date: Option<AimDateTime> = found
                    .as_ref()
                    .map(|text| serde_json::from_str(text).unwrap());
                let is_same = if is_xml {
                    date.as_ref().map(AimDateTime::text) == Some(&xml_date(*ticks, kind))
                } else {
                    is_same_date(date.as_ref(), *ticks, kind, setting)
                };
                if !is_same {
                    differences.push(format!("{path}: {ticks} {kind} became {found:?}"));
                }
            }
        }
    }
    differences.extend(
        found
            .iter()
            .map(|(path, text)| format!("{path}: {text} was not answered")),
    );
    differences
}

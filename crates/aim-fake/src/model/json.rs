//! Values and answers in the form of the recordings, which is also the form
//! of the control interface: JSON with exact values,
//! `{"decimal":"12.50"}` and `{"datetime":"2026-11-21T10:20:30.0000000","kind":"Unspecified"}`.
//! Null members are left out, null list items stay.

use serde_json::{Map, Value as Json, json};

use super::date::{DateKind, DateTime};
use super::operation::Operation;
use super::service::Answer;
use super::types::{Kind, Type};
use super::value::{Object, Value};
use crate::problem::{Problem, step};

fn problem<T>(pointer: &str, reason: impl Into<String>) -> Result<T, Problem> {
    Err(Problem {
        pointer: pointer.to_owned(),
        reason: reason.into(),
    })
}

/// Writes an object; with `mask` every sensitive member is `"***"`.
#[must_use]
pub fn object_to_json(object: &Object, mask: bool) -> Json {
    let mut out = Map::new();
    for (member, value) in object.of().members.iter().zip(object.values()) {
        if value.is_null() {
            continue;
        }
        let value = if mask && member.sensitive.is_some() {
            json!("***")
        } else {
            value_to_json(value, mask)
        };
        out.insert(member.name.to_owned(), value);
    }
    Json::Object(out)
}

fn value_to_json(value: &Value, mask: bool) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => json!(value),
        Value::Int(value) => json!(value),
        Value::Decimal(value) => json!({ "decimal": value.to_string() }),
        Value::DateTime(value) => json!({
            "datetime": value.to_round_trip(),
            "kind": kind_name(value.kind),
        }),
        Value::String(value) => json!(value),
        Value::Object(value) => object_to_json(value, mask),
        Value::List(items) => items.iter().map(|item| value_to_json(item, mask)).collect(),
    }
}

fn kind_name(kind: DateKind) -> &'static str {
    match kind {
        DateKind::Unspecified => "Unspecified",
        DateKind::Utc => "Utc",
        DateKind::Local => "Local",
    }
}

/// Reads an object of a type; every name must be the name of a member.
///
/// # Errors
///
/// The first member that does not fit, with its pointer below `pointer`.
pub(crate) fn object_from_json(
    of: &'static Type,
    json: &Json,
    pointer: &str,
) -> Result<Object, Problem> {
    let Json::Object(members) = json else {
        return problem(pointer, format!("an object is expected, a {}", of.name));
    };
    let mut object = Object::new(of);
    for (name, json) in members {
        let pointer = step(pointer, name);
        let Some(index) = of.position(name) else {
            return problem(&pointer, format!("{} has no such member", of.name));
        };
        let member = &of.members[index];
        if json.is_null() && !member.nullable {
            return problem(&pointer, "this member cannot be null");
        }
        *object.value_mut(index) = value_from_json(member.kind, json, &pointer)?;
    }
    Ok(object)
}

fn value_from_json(kind: Kind, json: &Json, pointer: &str) -> Result<Value, Problem> {
    match (kind, json) {
        (_, Json::Null) => Ok(Value::Null),
        (Kind::Bool, Json::Bool(value)) => Ok(Value::Bool(*value)),
        (Kind::Bool, _) => problem(pointer, "true or false is expected"),
        (Kind::Int | Kind::Long, _) => {
            let number = json
                .as_i64()
                .filter(|number| matches!(kind, Kind::Long) || i32::try_from(*number).is_ok());
            match number {
                Some(number) => Ok(Value::Int(number)),
                None => problem(pointer, "an integer is expected, in the range of its type"),
            }
        }
        (Kind::Decimal, _) => {
            // Only a whole number may be a JSON number: it has no scale to
            // lose.
            let text = match json {
                Json::Number(number) if number.is_i64() => Some(number.to_string()),
                _ => json["decimal"].as_str().map(str::to_owned),
            };
            match text.and_then(|text| rust_decimal::Decimal::from_str_exact(&text).ok()) {
                Some(number) => Ok(Value::Decimal(number)),
                None => problem(pointer, r#"a decimal is expected, as {"decimal":"12.50"}"#),
            }
        }
        (Kind::DateTime, _) => {
            let kind = match json["kind"].as_str() {
                Some("Unspecified") => Some(DateKind::Unspecified),
                Some("Utc") => Some(DateKind::Utc),
                Some("Local") => Some(DateKind::Local),
                _ => None,
            };
            let date = json["datetime"]
                .as_str()
                .zip(kind)
                .and_then(|(text, kind)| DateTime::from_round_trip(text, kind));
            match date {
                Some(date) => Ok(Value::DateTime(date)),
                None => problem(
                    pointer,
                    r#"a date is expected, as {"datetime":"2026-11-21T10:20:30.0000000","kind":"Unspecified"} (or Utc, Local)"#,
                ),
            }
        }
        (Kind::String, Json::String(text)) => Ok(Value::String(text.clone())),
        (Kind::String, _) => problem(pointer, "a string is expected"),
        (Kind::Object(of), _) => object_from_json(of, json, pointer).map(Value::Object),
        (Kind::List(item), Json::Array(items)) => items
            .iter()
            .enumerate()
            .map(|(index, json)| value_from_json(*item, json, &format!("{pointer}/{index}")))
            .collect::<Result<_, _>>()
            .map(Value::List),
        (Kind::List(_), _) => problem(pointer, "an array is expected"),
    }
}

/// Reads the answer that a service is told to give.
///
/// # Errors
///
/// The first thing that does not fit, with its pointer below `pointer`.
pub(crate) fn answer_from_json(
    operation: &'static Operation,
    json: &Json,
    pointer: &str,
) -> Result<Answer, Problem> {
    let text = |name: &str| match json[name].as_str() {
        Some(text) => Ok(text.to_owned()),
        None => problem(&format!("{pointer}/{name}"), "a string is expected"),
    };
    let dto = |pointer: &str, json: &Json| object_from_json(operation.response, json, pointer);
    match json["kind"].as_str() {
        Some("dto") => dto(&format!("{pointer}/value"), &json["value"]).map(Answer::Dto),
        Some("null") => Ok(Answer::Null),
        Some("throw") => Ok(Answer::Throw {
            exception: text("exception")?,
            message: text("message")?,
        }),
        Some("http_error") => {
            // The recordings write the status as text.
            let status = match &json["status"] {
                Json::String(text) => text.parse().ok(),
                other => other.as_u64().and_then(|number| u16::try_from(number).ok()),
            };
            let Some(status) = status.filter(|status| (200..=599).contains(status)) else {
                return problem(
                    &format!("{pointer}/status"),
                    "a status from 200 to 599 is expected",
                );
            };
            let value = match &json["value"] {
                Json::Null => None,
                json => Some(dto(&format!("{pointer}/value"), json)?),
            };
            Ok(Answer::HttpError {
                status,
                code: text("code")?,
                message: text("message")?,
                value,
            })
        }
        _ => problem(
            &format!("{pointer}/kind"),
            "one of dto, null, throw, http_error is expected",
        ),
    }
}

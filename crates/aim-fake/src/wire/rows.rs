//! CSV and JSON lines, which write the rows of one member of an answer: its
//! first list or, without any, its first object.

use super::errors::Exception;
use super::style::Style;
use super::{date, decimal, json, jsv};
use crate::model::types::Kind;
use crate::model::value::{Object, Value};

/// Writes an answer as JSON lines.
///
/// # Errors
///
/// The exception of .NET where the list is null, or a value cannot be written.
pub(super) fn write_jsonl_of(object: &Object, style: &Style) -> Result<String, Exception> {
    match rows_of(object) {
        Rows::Whole => json::write(object, style),
        Rows::One(value) => write_jsonl([value.as_object()], style),
        Rows::List(Value::Null) => Err(null_reference()),
        Rows::List(list) => write_jsonl(list.items().iter().map(Value::as_object), style),
    }
}

/// Writes rows as JSON lines; null is an empty line.
///
/// # Errors
///
/// The exception of .NET where a value cannot be written.
pub(super) fn write_jsonl<'r>(
    rows: impl IntoIterator<Item = Option<&'r Object>>,
    style: &Style,
) -> Result<String, Exception> {
    let mut lines = String::new();
    for row in rows {
        if let Some(row) = row {
            lines.push_str(&json::write(row, style)?);
        }
        lines.push('\n');
    }
    Ok(lines)
}

/// Writes an answer as CSV; nothing for a list that is null.
///
/// # Errors
///
/// The exception of .NET where the object is null, or a value cannot be
/// written.
pub(super) fn write_csv_of(object: &Object, style: &Style) -> Result<String, Exception> {
    match rows_of(object) {
        Rows::Whole => write_csv([Some(object)], style),
        Rows::One(value) => write_csv([value.as_object()], style),
        Rows::List(list) => write_csv(list.items().iter().map(Value::as_object), style),
    }
}

/// Writes rows as CSV, under the names of their members.
///
/// # Errors
///
/// The exception of .NET where a row is null, or a value cannot be written.
pub(super) fn write_csv<'r>(
    rows: impl IntoIterator<Item = Option<&'r Object>>,
    style: &Style,
) -> Result<String, Exception> {
    let mut table = String::new();
    for row in rows {
        let row = row.ok_or_else(null_reference)?;
        if table.is_empty() {
            let names: Vec<&str> = row.of().members.iter().map(|member| member.name).collect();
            table.push_str(&names.join(","));
            table.push_str("\r\n");
        }
        for (index, value) in row.values().iter().enumerate() {
            if index > 0 {
                table.push(',');
            }
            push_field(&mut table, &text_of(value, style)?);
        }
        table.push_str("\r\n");
    }
    Ok(table)
}

/// What is written of an answer.
enum Rows<'a> {
    /// Its first list.
    List(&'a Value),
    /// Its first object.
    One(&'a Value),
    /// All of it.
    Whole,
}

fn rows_of(object: &Object) -> Rows<'_> {
    let mut first = Rows::Whole;
    for (member, value) in object.of().members.iter().zip(object.values()) {
        match (member.kind, &first) {
            (Kind::List(_), _) => return Rows::List(value),
            (Kind::Object(_), Rows::Whole) if member.name != "ResponseStatus" => {
                first = Rows::One(value);
            }
            _ => {}
        }
    }
    first
}

fn text_of(value: &Value, style: &Style) -> Result<String, Exception> {
    Ok(match value {
        Value::Null | Value::List(_) => String::new(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Decimal(number) => decimal::write(*number),
        Value::DateTime(date) => match date::write_by_function(*date, style) {
            Some(text) => text,
            None => date::write_jsv(*date, style)?,
        },
        Value::String(text) => text.clone(),
        Value::Object(object) => jsv::write(object, style)?,
    })
}

fn push_field(table: &mut String, text: &str) {
    if text.contains(['"', ',', '\r', '\n']) || text.starts_with(['[', '{']) {
        table.push('"');
        table.push_str(&text.replace('"', "\"\""));
        table.push('"');
    } else {
        table.push_str(text);
    }
}

fn null_reference() -> Exception {
    Exception::new(
        "NullReferenceException",
        "Object reference not set to an instance of an object",
    )
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "that is how a test fails"
)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::json::object_from_json;
    use crate::model::schema::Schema;
    use crate::model::settings::Settings;

    fn answer(operation: &str, value: &serde_json::Value) -> Object {
        let of = Schema::embedded().operation(operation).unwrap().response;
        object_from_json(of, value, "").unwrap()
    }

    fn style() -> Style {
        Style::new(&Settings::default(), None)
    }

    #[test]
    fn the_first_list_or_else_the_first_object_is_written() {
        let details = answer(
            "GetContractDetails",
            &json!({
                "Topic": "t",
                "Inventory": [{"Model": "a,b", "Item": "say \"x\""}, {"Sku": "[1]"}],
                "Status": {"StatusCode": "OK"},
            }),
        );
        assert_eq!(
            write_csv_of(&details, &style()).unwrap(),
            "Model,Item,Sku,Serial,Desc,Mfg\r\n\"a,b\",\"say \"\"x\"\"\",,,,\r\n,,\"[1]\",,,\r\n"
        );
        assert_eq!(
            write_jsonl_of(&details, &style()).unwrap(),
            "{\"Model\":\"a,b\",\"Item\":\"say \\\"x\\\"\"}\n{\"Sku\":\"[1]\"}\n"
        );
        let ticket = answer(
            "PostServiceTicket",
            &json!({"WebRef": "W", "Status": {"StatusCode": "OK"}}),
        );
        assert_eq!(
            write_csv_of(&ticket, &style()).unwrap(),
            "StatusCode,Login,ErrorCode,ErrorDisplayText,ErrorMessage,DomainName,IpAddress\r\n\
             OK,,,,,,\r\n"
        );
        assert_eq!(
            write_jsonl_of(&ticket, &style()).unwrap(),
            "{\"StatusCode\":\"OK\"}\n"
        );
    }

    #[test]
    fn null_is_nothing_or_an_exception() {
        let details = answer("GetContractDetails", &json!({}));
        assert_eq!(write_csv_of(&details, &style()).unwrap(), "");
        assert_eq!(
            write_jsonl_of(&details, &style()).unwrap_err().name,
            "NullReferenceException"
        );
        let ticket = answer("PostServiceTicket", &json!({"WebRef": "W"}));
        assert_eq!(
            write_csv_of(&ticket, &style()).unwrap_err().name,
            "NullReferenceException"
        );
        assert_eq!(write_jsonl_of(&ticket, &style()).unwrap(), "\n");
        let empty = answer("GetContractDetails", &json!({"Inventory": []}));
        assert_eq!(write_csv_of(&empty, &style()).unwrap(), "");
        assert_eq!(write_jsonl_of(&empty, &style()).unwrap(), "");
    }

    #[test]
    fn an_error_is_written_as_a_whole() {
        let error = crate::wire::errors::error_response(&null_reference(), None, None);
        assert_eq!(
            write_jsonl_of(&error, &style()).unwrap(),
            r#"{"ResponseStatus":{"ErrorCode":"NullReferenceException","Message":"Object reference not set to an instance of an object","Errors":[]}}"#
        );
        assert!(
            write_csv_of(&error, &style())
                .unwrap()
                .starts_with("ResponseStatus\r\n\"{ErrorCode:NullReferenceException,")
        );
    }

    #[test]
    fn numbers_bools_and_dates_are_those_of_jsv() {
        let error = answer(
            "GetContractDetails",
            &json!({"Payments": [{
                "Date": {"datetime": "2026-11-21T10:20:30.0000000", "kind": "Utc"},
                "Amount": {"decimal": "12.50"},
            }]}),
        );
        // Payments are not the first list, so they are taken alone.
        let Value::List(rows) = error.get("Payments") else {
            panic!("a list");
        };
        assert_eq!(
            write_csv(rows.iter().map(Value::as_object), &style()).unwrap(),
            "Date,Amount,Ref\r\n2026-11-21T10:20:30,12.50,\r\n"
        );
    }
}

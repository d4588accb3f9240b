//! JSON as ServiceStack.Text reads and writes it.

mod text;

use std::fmt::Write;

use self::text::{
    CLOSE, EMPTY, Marks, OPEN, OPEN_LIST, QUOTE, decode, eat_name, eat_separator, eat_value,
    index_exception, skip_white, unescape,
};
use super::errors::Exception;
use super::ignored::{IgnoredReason, Reading};
use super::style::Style;
use super::{date, decimal, scalar};
use crate::model::types::{Kind, Type};
use crate::model::value::{Object, Value};

/// Reads a request body.
///
/// Lenient like ServiceStack: names compare without case, the last of equal
/// names wins, unknown members are skipped, a member whose value cannot be read
/// keeps its value, and truncated text or text after the object does not
/// matter. The reader recurses by types and not by the text, so no nesting is
/// too deep.
///
/// # Errors
///
/// The exception that ServiceStack throws for text that is not an object, and for
/// strings and names that do not end.
pub fn read(body: &[u8], of: &'static Type, reading: &Reading<'_>) -> Result<Object, Exception> {
    let (object, is_whole) = read_object(&decode(body), of, reading)?;
    if !is_whole {
        reading.note_body(IgnoredReason::Unfinished);
    }
    Ok(object.unwrap_or_else(|| Object::new(of)))
}

/// Reads an object, `None` for null, and says whether a brace ends it.
fn read_object(
    text: &[u16],
    of: &'static Type,
    reading: &Reading<'_>,
) -> Result<(Option<Object>, bool), Exception> {
    if text.is_empty() {
        return Ok((None, true));
    }
    let mut at = 0;
    skip_white(text, &mut at);
    if *text.get(at).ok_or_else(index_exception)? != OPEN {
        let start = String::from_utf16_lossy(&text[..text.len().min(50)]);
        return Err(Exception::serialization(format!(
            "Type definitions should start with a '{{', expecting serialized type '{}', got string starting with: {start}",
            of.name
        )));
    }
    at += 1;
    skip_white(text, &mut at);
    let first = text.get(at);
    if matches!(first, None | Some(&CLOSE)) {
        return Ok((Some(Object::new(of)), first.is_some()));
    }
    let marks = Marks::of(text);
    let mut object = None;
    let mut is_whole = false;
    let mut seen = vec![false; of.members.len()];
    while at < text.len() {
        // A name without quotes is the rest of the text.
        let begin = text[at];
        let name = eat_name(text, &mut at, &marks)?
            .filter(|name| name.len() <= LONGEST_NAME)
            .map(String::from_utf16_lossy)
            .unwrap_or_default();
        skip_white(text, &mut at);
        // The colon, or any letter in its place.
        is_whole |= text.get(at) == Some(&CLOSE);
        at += usize::from(at < text.len());
        let value = eat_value(text, &mut at)?;
        // The name of a type to create instead of this one; no type fits.
        if object.is_none() && value.len() > 1 && name.eq_ignore_ascii_case("__type") {
            reading.note_sent(&name, IgnoredReason::UnknownName);
            is_whole |= eat_separator(text, &mut at)? == Some(CLOSE);
            continue;
        }
        let object = object.get_or_insert_with(|| Object::new(of));
        if let Some(index) = of.position(&name) {
            let member = &of.members[index];
            let read = || read_value(value, member.kind, member.nullable, reading);
            let why = || {
                // A null that the type does not have changes nothing.
                let text = || String::from_utf16_lossy(value);
                (!value.is_empty()).then(|| IgnoredReason::of_value(member.kind, &text()))
            };
            if let Some(value) = reading.member(member.name, read, why) {
                if std::mem::replace(&mut seen[index], true) {
                    reading.note(member.name, IgnoredReason::Overridden);
                }
                *object.value_mut(index) = value;
            }
        } else if begin != CLOSE {
            let name = if begin == QUOTE { &name } else { "" };
            reading.note_sent(name, IgnoredReason::UnknownName);
        }
        // A letter that is not a separator is skipped like one.
        let separator = eat_separator(text, &mut at)?;
        is_whole |= separator == Some(CLOSE);
        if separator.is_none() {
            at += usize::from(at < text.len());
        }
    }
    Ok((object, is_whole))
}

/// The longest name that is looked up: all names of members are much shorter.
const LONGEST_NAME: usize = 128;

/// Reads a member or a list item; `None` if ServiceStack throws.
fn read_value(text: &[u16], kind: Kind, nullable: bool, reading: &Reading<'_>) -> Option<Value> {
    match kind {
        Kind::String => read_string(text),
        Kind::Object(of) => {
            let (object, _) = read_object(text, of, reading).ok()?;
            Some(object.map_or(Value::Null, Value::Object))
        }
        Kind::List(item) => read_list(text, *item, reading),
        _ => scalar::parse(
            kind,
            nullable,
            &String::from_utf16_lossy(text),
            reading.settings,
        ),
    }
}

/// Reads a string; a number, an object or a list in its place keeps its text
/// without the quotes.
fn read_string(text: &[u16]) -> Option<Value> {
    if text == EMPTY {
        return Some(Value::String(String::new()));
    }
    let text = unescape(text)?;
    Some(match &text[..] {
        [] => Value::Null,
        EMPTY => Value::String(String::new()),
        text => Value::String(String::from_utf16_lossy(text)),
    })
}

/// Reads a list; text that is not a list becomes its only item.
fn read_list(text: &[u16], item: Kind, reading: &Reading<'_>) -> Option<Value> {
    if text.is_empty() || text == EMPTY {
        return Some(Value::Null);
    }
    let text = list_items(text)?;
    let default = || Value::default_of(item, false);
    let mut items = Vec::new();
    let mut at = 0;
    skip_white(text, &mut at);
    let objects = text.get(at) == Some(&OPEN);
    while at < text.len() {
        let value = eat_value(text, &mut at).ok()?;
        let empty = value.is_empty() || (value == EMPTY && !objects);
        items.push(if empty {
            default()
        } else {
            read_value(value, item, false, reading)?
        });
        if objects {
            // Any letter between two objects is a separator.
            skip_white(text, &mut at);
            at += 1;
        } else if eat_separator(text, &mut at).ok()?.is_some() && at == text.len() && !empty {
            items.push(default());
        }
    }
    Some(Value::List(items))
}

/// The text between a list's brackets, or the whole text without them; `None`
/// if ServiceStack cuts off too much.
fn list_items(text: &[u16]) -> Option<&[u16]> {
    let white = |unit: &u16| char::from_u32((*unit).into()).is_some_and(char::is_whitespace);
    let start = text.iter().position(|unit| !white(unit))?;
    let end = text.iter().rposition(|unit| !white(unit))? + 1;
    let mut text = &text[start..end];
    if text.first() == Some(&OPEN_LIST) {
        // The last letter is not checked.
        text = text.get(1..text.len() - 1)?;
    }
    let empty = text == EMPTY || text.iter().all(white);
    Some(if empty { &[] } else { text })
}

/// Writes an answer: members in their order, nulls left out.
///
/// # Errors
///
/// The exception that ServiceStack throws for a date it cannot write.
pub fn write(object: &Object, style: &Style) -> Result<String, Exception> {
    let mut out = String::new();
    write_object(&mut out, object, style)?;
    Ok(out)
}

fn write_object(out: &mut String, object: &Object, style: &Style) -> Result<(), Exception> {
    out.push('{');
    let mut first = true;
    for (member, value) in object.of().members.iter().zip(object.values()) {
        if !style.writes(member, value) {
            continue;
        }
        if !first {
            out.push(',');
        }
        first = false;
        write_string(out, member.name);
        out.push(':');
        write_value(out, value, member.kind, member.nullable, style)?;
    }
    out.push('}');
    Ok(())
}

fn write_value(
    out: &mut String,
    value: &Value,
    kind: Kind,
    nullable: bool,
    style: &Style,
) -> Result<(), Exception> {
    match value {
        // A null item of a list.
        Value::Null if matches!(kind, Kind::Object(_)) => out.push_str("{}"),
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Int(value) => out.push_str(&value.to_string()),
        Value::Decimal(value) => out.push_str(&decimal::write(*value)),
        Value::DateTime(value) => {
            let by_function = match nullable {
                true => None,
                false => date::write_by_function(*value, style),
            };
            match by_function {
                Some(text) => write_string(out, &text),
                None => out.push_str(&date::write_json(*value, style)?),
            }
        }
        Value::String(value) => write_string(out, value),
        Value::Object(value) => write_object(out, value, style)?,
        Value::List(items) => {
            let item_kind = match kind {
                Kind::List(item) => *item,
                other => other,
            };
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_value(out, item, item_kind, false, style)?;
            }
            out.push(']');
        }
    }
    Ok(())
}

/// Writes a string in quotes: control characters, also those beyond ASCII, are
/// escaped, and nothing else.
fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str(r#"\""#),
            '\\' => out.push_str(r"\\"),
            '\n' => out.push_str(r"\n"),
            '\r' => out.push_str(r"\r"),
            '\t' => out.push_str(r"\t"),
            '\u{c}' => out.push_str(r"\f"),
            '\u{8}' => out.push_str(r"\b"),
            _ if letter.is_control() => {
                // Writing to a string cannot fail.
                let _ = write!(out, r"\u{:04X}", u32::from(letter));
            }
            _ => out.push(letter),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::model::date::{DateKind, DateTime};
    use crate::model::json::{object_from_json, object_to_json};
    use crate::model::schema::Schema;
    use crate::model::settings::Settings;

    fn read_as(operation: &str, body: &str) -> Result<Json, Exception> {
        let of = Schema::embedded().operation(operation).unwrap().request;
        let object = read(body.as_bytes(), of, &Reading::new(&Settings::default()))?;
        Ok(object_to_json(&object, false))
    }

    #[test]
    fn reads_almost_json() {
        let both = json!({"Ref": "a", "Sub": 1});
        let only = json!({"Ref": "a"});
        let none = json!({});
        let table = [
            (r#"{"REF":"a","sub":1}"#, &both),
            (" \r\n\t{ \"Ref\" : \"a\" , \"Sub\" : 1 } \n", &both),
            ("\u{feff}{\"Ref\":\"a\"}", &only),
            (r#"{"Nope":{"x":[1,{"y":"}"}]},"Ref":"a"}"#, &only),
            (r#"{"Ref":"b","Ref":"a"}"#, &only),
            (r#"{"Ref":"b","Ref":null}"#, &none),
            (r#"{"Ref":"a""#, &only),
            (r#"{"Ref":"a"} x"#, &only),
            (r#"{"Ref":"a"}{"Ref":"b"}"#, &only),
            (r#"{"Ref" "a"}"#, &only),
            (r#"{"Ref":"a" "Sub":1}"#, &only),
            (r#"{"__type":"System.Object","Ref":"a"}"#, &only),
            (r#"{/*c*/"Ref":"a"}"#, &none),
            (r"{'Ref':'a'}", &none),
            (r#"{"R\u0065f":"a"}"#, &none),
            (r#"{"Ref ":"a"}"#, &none),
            ("{Ref:a,Sub:1}", &none),
            ("{", &none),
            ("", &none),
            ("{,,,,}", &none),
            ("{Ref", &json!({"Ref": "ef"})),
        ];
        for (body, expected) in table {
            let read = read_as("GetContractDetails", body);
            assert_eq!(read.as_ref(), Ok(expected), "{body:?}");
        }
    }

    #[test]
    fn refuses_text_that_is_not_json() {
        let table = [
            (
                "[]",
                "SerializationException",
                "Type definitions should start with a '{', expecting serialized type 'GetContractDetailsRequest', got string starting with: []",
            ),
            (
                "null",
                "SerializationException",
                "Type definitions should start with a '{', expecting serialized type 'GetContractDetailsRequest', got string starting with: null",
            ),
            (
                " ",
                "IndexOutOfRangeException",
                "Index was outside the bounds of the array.",
            ),
            (
                r#"{"Ref":"a"#,
                "IndexOutOfRangeException",
                "Index was outside the bounds of the array.",
            ),
            (
                r#"{"Ref":"a\u00"#,
                "IndexOutOfRangeException",
                "Index was outside the bounds of the array.",
            ),
            (
                r#"{"Ref":"a","Su"#,
                "ArgumentOutOfRangeException",
                "Specified argument was out of the range of valid values.\nParameter name: start",
            ),
        ];
        for (body, name, message) in table {
            let thrown = read_as("GetContractDetails", body).unwrap_err();
            assert_eq!((&*thrown.name, &*thrown.message), (name, message));
        }
        let long = format!("1{}", "\u{1f3bb}".repeat(40));
        let thrown = read_as("GetContractDetails", &long).unwrap_err();
        assert!(
            thrown.message.ends_with("\u{1f3bb}\u{fffd}"),
            "50 letters of UTF-16"
        );
    }

    #[test]
    fn strings_keep_the_text_of_other_values() {
        let table = [
            (r#""""#, Some("")),
            (r#"12.50"#, Some("12.50")),
            (r#"true"#, Some("true")),
            (r#"null"#, None),
            (r#"["a","b"]"#, Some("[a,b]")),
            (r#"{"a":"b c"}"#, Some("{a:b c}")),
            (
                r#""\"\\\/\b\f\n\r\t\a\v\q""#,
                Some("\"\\/\u{8}\u{c}\n\r\t\u{7}\u{b}q"),
            ),
            (
                r#""\u0041\u00e9\ud83c\udfbb\x0041""#,
                Some("A\u{e9}\u{1f3bb}A"),
            ),
            (r#""\x41""#, Some("A")),
            (r#""\x4""#, Some(r"\x4")),
            (r#""\ud83c""#, Some("\u{fffd}")),
            // An escape that is not a number loses the member; a truncated one
            // does not.
            (r#""\u00zz""#, None),
            (r#"[\u12]"#, Some("[uu12]")),
            ("\"a\nb\u{1}\"", Some("a\nb\u{1}")),
        ];
        for (value, expected) in table {
            let read = read_as("GetContractDetails", &format!(r#"{{"Ref":{value}}}"#)).unwrap();
            assert_eq!(read["Ref"].as_str(), expected, "{value}");
        }
    }

    #[test]
    fn lists_are_lenient() {
        let table = [
            ("[1,2]", json!([1, 2])),
            ("[ ]", json!([])),
            ("null", Json::Null),
            (r#""""#, Json::Null),
            ("7", json!([7])),
            (r#""1,2""#, json!([1, 2])),
            ("[1,,2,]", json!([1, 0, 2, 0])),
            ("[null]", json!([0])),
            (r#"["1",""]"#, json!([1, 0])),
            // One bad item loses the list.
            ("[1,1.5]", Json::Null),
            ("{}", Json::Null),
        ];
        for (value, expected) in table {
            let body = format!(r#"{{"AccessoryIdList":{value}}}"#);
            let read = read_as("C2BPostContract", &body).unwrap();
            assert_eq!(read["AccessoryIdList"], expected, "{value}");
        }
        let input = json!({"Key": "k", "Encrypted": true});
        let blank = json!({"Encrypted": false});
        let table = [
            (r#"[{"Key":"k","Encrypted":1}]"#, json!([input])),
            (r#"{"Key":"k","Encrypted":1}"#, json!([input])),
            (r#"[{"Key":"k","Encrypted":1};{}]"#, json!([input, blank])),
            ("[{},null]", json!([blank, null])),
            ("[null,{}]", json!([null, blank])),
            ("[1]", Json::Null),
            ("[[{}]]", Json::Null),
        ];
        for (value, expected) in table {
            let body = format!(r#"{{"FormInputList":{value}}}"#);
            let read = read_as("PostServiceTicket", &body).unwrap();
            assert_eq!(read["FormInputList"], expected, "{value}");
        }
    }

    #[test]
    fn a_value_that_does_not_fit_is_silently_dropped() {
        let body = r#"{"Unlock":"yes","SerialPk":12.5,"CashPrice":1e3,"DeliveryDate":"2026-02-30",
            "FirstDue":"2026-12-01","CustomerAcct":"7","DeliveredAccessories":[{"Id":"x","Delivered":"on"}]}"#;
        assert_eq!(
            read_as("ContractFulfillment", body).unwrap(),
            json!({
                "Unlock": false,
                "CustomerAcct": 7,
                "FirstDue": {"datetime": "2026-12-01T00:00:00.0000000", "kind": "Local"},
                "DeliveredAccessories": [{"Id": 0, "Delivered": true}],
            })
        );
        let twice = r#"{"Unlock":true,"Unlock":"yes","CustomerInfo":5}"#;
        let read = read_as("ContractFulfillment", twice).unwrap();
        assert_eq!(read, json!({"Unlock": true}));
    }

    #[test]
    fn nesting_does_not_matter() {
        for bracket in ["{", "[", r#"{"Rate":"#, r#"{"FormInputList":["#, "[{"] {
            let deep = bracket.repeat(100_000);
            for body in [deep.clone(), format!(r#"{{"Rate":{deep}"#)] {
                let of = Schema::embedded()
                    .operation("C2BPostContract")
                    .unwrap()
                    .request;
                let read = read(body.as_bytes(), of, &Reading::new(&Settings::default()));
                assert_eq!(read.is_ok(), !body.starts_with('['), "{bracket}");
            }
        }
    }

    #[test]
    fn no_bytes_make_it_panic() {
        let bodies: [&[u8]; 4] = [
            br#"{"Ref":"C-1","CashPrice":12.5,"DeliveryDate":"2026-11-21T10:20:30.123Z","FirstDue":"\/Date(1700000000000-0500)\/","DeliveredAccessories":[{"Id":1,"Delivered":true}],"DeletedAccessoryIds":[3,4],"Unlock":true,"MassUpdateItems":[{"Ref":"C-2"}]}"#,
            br#"{"Ref":"\"\\\/\b\f\n\r\t\u0041\u00e9\ud83c\udfbb","DeliveryDate":"Sat, 21 Nov 2026 10:20:30 GMT","FirstDue":"01/02/2026","CashPrice":"1,234.5e-3"}"#,
            br#"{"__type":"X","MassUpdateItems":{"AddedAccessories":{"Price":-0.5,"Desc":["a",null]}},"SerialPk":" 5 "}"#,
            b"{\"Ref\":\"a\xffb\",\"DeliveryDate\":\"2026-11-21 10:20\xc2\xa0PM+05:30\"}",
        ];
        let of = Schema::embedded()
            .operation("ContractFulfillment")
            .unwrap()
            .request;
        let mut seed = 0x2545_f491_4f6c_dd1d_u64;
        let mut random = |below: usize| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            usize::try_from(seed % u64::try_from(below).unwrap()).unwrap()
        };
        let special = b"{}[]\":,\\ux/-+.eZT09 \xff";
        let mut read_at_all = 0;
        for round in 0..5_000 {
            let mut body = bodies[round % bodies.len()].to_vec();
            for _ in 0..=random(4) {
                if body.is_empty() {
                    break;
                }
                let place = random(body.len());
                match random(4) {
                    0 => body[place] = special[random(special.len())],
                    1 => body.insert(place, special[random(special.len())]),
                    2 => drop(body.remove(place)),
                    _ => body.truncate(place + 1),
                }
            }
            if let Ok(object) = read(&body, of, &Reading::new(&Settings::default())) {
                read_at_all += 1;
                let written = write(&object, &Style::new(&Settings::default())).unwrap();
                assert!(serde_json::from_str::<Json>(&written).is_ok(), "{written}");
            }
        }
        assert!(read_at_all > 1_000, "{read_at_all}");
    }

    fn answer(value: &Json) -> Object {
        let of = Schema::embedded()
            .operation("GetContractDetails")
            .unwrap()
            .response;
        object_from_json(of, value, "").unwrap()
    }

    fn written(value: &Json) -> String {
        let style = Style::new(&Settings::default());
        write(&answer(value), &style).unwrap()
    }

    #[test]
    fn writes_members_in_order_and_without_nulls() {
        assert_eq!(
            written(&json!({
                "Status": {"StatusCode": "OK"},
                "PayoffDate": {"datetime": "2026-11-30T09:30:15.5000000", "kind": "Utc"},
                "Inventory": [{"Sku": "s"}, null],
                "Payments": [],
                "TotalDue": {"decimal": "29.90"},
            })),
            r#"{"PaymentAmount":0,"PastDueAmount":0,"LateCharges":0,"OtherCharges":0,"TotalDue":29.90,"AccumulatedCredit":0,"Inventory":[{"Sku":"s"},{}],"Payments":[],"PaymentAmt":0,"PastDueAmt":0,"CurrentBalance":0,"TotalPayoff":0,"PayoffDate":"2026-11-30T09:30:15","Status":{"StatusCode":"OK"}}"#
        );
    }

    #[test]
    fn a_handler_writes_dates_without_a_function() {
        let settings = Settings {
            date_format: crate::model::settings::DateFormat::Wcf,
            ..Settings::default()
        };
        let mut object = answer(&json!({}));
        let date = DateTime::from_round_trip("2026-11-21T10:20:30", DateKind::Utc).unwrap();
        object.set("PayoffDate", Value::DateTime(date));
        let written = write(&object, &Style::new(&settings)).unwrap();
        let tail = written.rsplit_once("PayoffDate\":").unwrap().1;
        assert_eq!(tail, r#""\/Date(1795256430000)\/"}"#);
    }

    #[test]
    fn only_control_characters_are_escaped() {
        let text = "\"\\\n\r\t\u{c}\u{8}/<&'\u{1}\u{7f}\u{85}\u{a0}\u{e9}\u{2028}\u{1f3bb}";
        let mut out = String::new();
        write_string(&mut out, text);
        assert_eq!(
            out,
            "\"\\\"\\\\\\n\\r\\t\\f\\b/<&'\\u0001\\u007F\\u0085\u{a0}\u{e9}\u{2028}\u{1f3bb}\""
        );
    }
}

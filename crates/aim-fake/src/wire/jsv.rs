//! JSV, ServiceStack's own text format: bodies, values of queries and forms,
//! and answers.
//!
//! JSV is JSON with the quotes of CSV, used only where they are needed:
//! `{Ref:C-1,Notes:"a,b",Ids:[1,2]}`. Its reader looks only for the next
//! separator, so it reads most broken text as something.

use std::borrow::Cow;

use super::digits::is_white;
use super::errors::Exception;
use super::ignored::{IgnoredReason, Reading};
use super::style::Style;
use super::{date, decimal, scalar};
use crate::model::types::{Kind, Type};
use crate::model::value::{Object, Value};

/// ServiceStack's stand-in for an empty text in quotes, to tell it from no
/// text. Text that consists of it counts as empty too.
const EMPTY: &str = "\u{200b}";

/// Why text is not an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unreadable {
    /// It does not begin with a brace.
    NoBrace,
    /// It ends within a name.
    Cut,
}

/// Reads a request body.
///
/// Names compare without case, the last of equal names wins, and members that
/// are unknown or cannot be read are silently dropped.
///
/// # Errors
///
/// The exception that ServiceStack throws for text that is not an object, or that
/// ends within a name.
pub fn read(body: &[u8], of: &'static Type, reading: &Reading<'_>) -> Result<Object, Exception> {
    read_request(&decode(body), of, reading)
}

/// Reads a value of a query or a form; `None` if ServiceStack cannot.
///
/// A string is taken unchanged, everything else is JSV. Null is a value that
/// leaves the member unchanged.
#[must_use]
pub fn read_value(kind: Kind, nullable: bool, text: &str, reading: &Reading<'_>) -> Option<Value> {
    if matches!(kind, Kind::String) {
        return Some(Value::String(text.to_owned()));
    }
    value(kind, nullable, text, reading)
}

/// Writes an answer.
#[must_use]
pub fn write(object: &Object, style: &Style) -> String {
    let mut out = String::new();
    write_object(&mut out, object, style);
    out
}

/// Writes a string: in quotes if it has a character with a meaning in JSV, and
/// then with its own quotes doubled.
pub fn write_string(out: &mut String, text: &str) {
    let special = |letter| {
        matches!(
            letter,
            '"' | ':' | ',' | '{' | '}' | '[' | ']' | '\r' | '\n'
        )
    };
    if text.is_empty() || text.contains(special) {
        out.push('"');
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(text);
    }
}

fn write_object(out: &mut String, object: &Object, style: &Style) {
    out.push('{');
    let mut separator = "";
    for (member, value) in object.of().members.iter().zip(object.values()) {
        if !style.writes(member, value) {
            continue;
        }
        out.push_str(separator);
        separator = ",";
        out.push_str(member.name);
        out.push(':');
        write_value(out, value, member.nullable, style);
    }
    out.push('}');
}

fn write_value(out: &mut String, value: &Value, nullable: bool, style: &Style) {
    match value {
        // A null item of a list of objects.
        Value::Null => out.push_str("{}"),
        Value::Bool(value) => out.push_str(if *value { "True" } else { "False" }),
        Value::Int(value) => out.push_str(&value.to_string()),
        Value::Decimal(value) => out.push_str(&decimal::write(*value)),
        Value::DateTime(value) => {
            match date::write_by_function(*value, style).filter(|_| !nullable) {
                Some(text) => write_string(out, &text),
                None => out.push_str(&date::write_jsv(*value, style)),
            }
        }
        Value::String(value) => write_string(out, value),
        Value::Object(value) => write_object(out, value, style),
        Value::List(items) => {
            out.push('[');
            let mut separator = "";
            for item in items {
                out.push_str(separator);
                separator = ",";
                write_value(out, item, false, style);
            }
            out.push(']');
        }
    }
}

/// The text of a body, without a byte order mark.
fn decode(body: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body))
}

fn read_request(text: &str, of: &'static Type, reading: &Reading<'_>) -> Result<Object, Exception> {
    match object(of, text, reading) {
        Ok(object) => Ok(object.unwrap_or_else(|| Object::new(of))),
        Err(why) => Err(why.into_exception(of, text)),
    }
}

impl Unreadable {
    fn into_exception(self, of: &Type, text: &str) -> Exception {
        match self {
            Self::NoBrace => Exception::serialization(format!(
                "Type definitions should start with a '{{', expecting serialized type '{}', got string starting with: {}",
                of.name,
                text.chars().take(50).collect::<String>()
            )),
            Self::Cut => Exception {
                name: Cow::Borrowed("IndexOutOfRangeException"),
                message: "Index was outside the bounds of the array.".to_owned(),
                fields: Vec::new(),
            },
        }
    }
}

/// Reads a value of any kind; `None` if ServiceStack cannot. It recurses for
/// members and items, so only the document's types limit its depth, not the
/// text.
fn value(kind: Kind, nullable: bool, text: &str, reading: &Reading<'_>) -> Option<Value> {
    match kind {
        Kind::Object(of) => object(of, text, reading)
            .ok()
            .map(|object| object.map_or(Value::Null, Value::Object)),
        Kind::List(item) => list(*item, text, reading),
        Kind::String => Some(match &*unquote(text)? {
            "" => Value::Null,
            EMPTY => Value::String(String::new()),
            text => Value::String(text.to_owned()),
        }),
        _ => match &*unquote(text)? {
            EMPTY if nullable && !matches!(kind, Kind::DateTime) => Some(Value::Null),
            text => scalar::parse(kind, nullable, text, reading.settings),
        },
    }
}

/// Reads an object; `None` for no text, and for an object with only the name of
/// its .NET type.
fn object(
    of: &'static Type,
    text: &str,
    reading: &Reading<'_>,
) -> Result<Option<Object>, Unreadable> {
    if text.is_empty() {
        return Ok(None);
    }
    let mut rest = text.strip_prefix('{').ok_or(Unreadable::NoBrace)?;
    let first = rest.trim_start_matches(is_white);
    if first.is_empty() || first.starts_with('}') {
        return Ok(Some(Object::new(of)));
    }
    let mut object = None;
    let mut seen = vec![false; of.members.len()];
    while !rest.is_empty() {
        let name = &rest[..name_end(rest)?];
        rest = skip_letter(&rest[name.len()..]).ok_or(Unreadable::Cut)?;
        let text = &rest[..value_end(rest)];
        rest = &rest[text.len()..];
        // Any letter between two members, or after the last one.
        rest = skip_letter(rest).unwrap_or(rest);

        let name = name.trim();
        // A .NET type, which a caller may not choose.
        if name.eq_ignore_ascii_case("__type") && text.chars().nth(1).is_some() {
            reading.note_sent(name, IgnoredReason::UnknownName);
            continue;
        }
        let object = object.get_or_insert_with(|| Object::new(of));
        let Some(index) = of.position(name) else {
            reading.note_sent(name, IgnoredReason::UnknownName);
            continue;
        };
        let member = &of.members[index];
        let read = || value(member.kind, member.nullable, text, reading);
        let why = || (!text.is_empty()).then(|| IgnoredReason::of_value(member.kind, text));
        if let Some(value) = reading.member(member.name, read, why) {
            if std::mem::replace(&mut seen[index], true) {
                reading.note(member.name, IgnoredReason::Overridden);
            }
            *object.value_mut(index) = value;
        }
    }
    Ok(object)
}

/// Reads a list: null for no text, `None` if ServiceStack cannot read it.
fn list(item: Kind, text: &str, reading: &Reading<'_>) -> Option<Value> {
    let Some(texts) = items(text).ok()? else {
        return Some(Value::Null);
    };
    texts
        .into_iter()
        .map(|text| match text {
            "" | EMPTY => Some(Value::default_of(item, false)),
            text => value(item, false, text, reading),
        })
        .collect::<Option<_>>()
        .map(Value::List)
}

/// Splits a list, with or without brackets, into the texts of its items; `None`
/// for no text.
fn items(text: &str) -> Result<Option<Vec<&str>>, Unreadable> {
    if text.is_empty() || text == EMPTY {
        return Ok(None);
    }
    let text = text.trim();
    let mut rest = match text.strip_prefix('[') {
        // Whether the last letter is the closing bracket is not checked.
        Some(inner) => without_last(inner).ok_or(Unreadable::Cut)?,
        None if text.is_empty() => return Err(Unreadable::Cut),
        None => text,
    };
    let mut items = Vec::new();
    if rest.trim_start().is_empty() || rest == EMPTY {
        return Ok(Some(items));
    }
    let of_objects = rest.starts_with('{');
    while !rest.is_empty() {
        let text = &rest[..value_end(rest)];
        items.push(text);
        rest = &rest[text.len()..];
        if of_objects {
            // Any letter separates two objects.
            rest = skip_letter(rest).unwrap_or_default();
        } else if let Some(after) = rest.strip_prefix([',', '}']) {
            rest = after;
            // One more item follows the last separator, unless that separator
            // counts as an item already.
            if rest.is_empty() && !matches!(text, "" | EMPTY) {
                items.push("");
            }
        }
    }
    Ok(Some(items))
}

/// Removes the quotes; `None` for a single one. Text that begins with a quote
/// loses its last letter, even if that is not a quote.
fn unquote(text: &str) -> Option<Cow<'_, str>> {
    let Some(inner) = text.strip_prefix('"') else {
        return Some(Cow::Borrowed(text));
    };
    Some(match without_last(inner)? {
        "" => Cow::Borrowed(EMPTY),
        inner => Cow::Owned(inner.replace("\"\"", "\"")),
    })
}

/// The text without its last letter; `None` if there is no letter.
fn without_last(text: &str) -> Option<&str> {
    let mut letters = text.chars();
    letters.next_back()?;
    Some(letters.as_str())
}

/// The text without its first letter; `None` if there is no letter.
fn skip_letter(text: &str) -> Option<&str> {
    let mut letters = text.chars();
    letters.next()?;
    Some(letters.as_str())
}

/// The length of the name at the start of the text: up to a colon, or a whole
/// pair of quotes or braces (quotes stay part of the name, so no member has
/// it). The first letter is never the end.
fn name_end(text: &str) -> Result<usize, Unreadable> {
    let bytes = text.as_bytes();
    match bytes.first() {
        Some(b'"') => Ok(quoted_end(bytes)),
        Some(b'{') => Ok(nested_end(bytes, b'{', b'}')),
        _ => bytes
            .iter()
            .skip(1)
            .position(|byte| *byte == b':')
            .map(|at| at + 1)
            .ok_or(Unreadable::Cut),
    }
}

/// The length of the value at the start of the text: a whole pair of quotes,
/// braces or brackets, or up to a comma or a closing brace.
fn value_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    match bytes.first() {
        None | Some(b',' | b'}') => 0,
        Some(b'"') => quoted_end(bytes),
        Some(b'{') => nested_end(bytes, b'{', b'}'),
        Some(b'[') => nested_end(bytes, b'[', b']'),
        Some(_) => bytes
            .iter()
            .position(|byte| matches!(byte, b',' | b'}'))
            .unwrap_or(bytes.len()),
    }
}

/// The position after the quote that closes the first one; two in a row are one
/// quote of the text. The end of the text closes it too.
fn quoted_end(bytes: &[u8]) -> usize {
    let mut at = 1;
    while at < bytes.len() {
        if bytes[at] == b'"' {
            if bytes.get(at + 1) != Some(&b'"') {
                return at + 1;
            }
            at += 1;
        }
        at += 1;
    }
    bytes.len()
}

/// The position after the bracket that closes the first one; brackets in quotes
/// do not count. The end of the text closes it too.
fn nested_end(bytes: &[u8], open: u8, close: u8) -> usize {
    let mut depth = 1_usize;
    let mut quoted = false;
    for (at, byte) in bytes.iter().enumerate().skip(1) {
        if *byte == b'"' {
            quoted = !quoted;
        }
        if quoted {
            continue;
        }
        if *byte == open {
            depth += 1;
        } else if *byte == close {
            depth -= 1;
            if depth == 0 {
                return at + 1;
            }
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value as Json, json};

    use super::*;
    use crate::model::json::{object_from_json, object_to_json};
    use crate::model::schema::Schema;
    use crate::model::settings::DateFormat;
    use crate::model::settings::Settings;

    fn named(name: &str) -> &'static Type {
        Schema::embedded().named(name).unwrap()
    }

    fn written(name: &str, value: &Json, settings: &Settings) -> String {
        let object = object_from_json(named(name), value, "").unwrap();
        write(&object, &Style::new(settings))
    }

    /// The member `Rate` of a contract as it is read; "bad" for a 400.
    fn rate(text: &str) -> Json {
        let kind = Kind::Object(named("Rate"));
        match read_value(kind, true, text, &Reading::new(&Settings::default())) {
            None => json!("bad"),
            Some(Value::Object(object)) => {
                let mut json = object_to_json(&object, false);
                // Every rate has this default.
                if json["Months"] == 0 {
                    json.as_object_mut().unwrap().remove("Months");
                }
                json
            }
            Some(other) => panic!("{text}: {other:?}"),
        }
    }

    fn list_of(kind: &'static Kind, text: &str) -> Json {
        match read_value(
            Kind::List(kind),
            true,
            text,
            &Reading::new(&Settings::default()),
        ) {
            None => json!("bad"),
            Some(Value::List(items)) => items
                .iter()
                .map(|item| match item {
                    Value::Object(object) => object_to_json(object, false),
                    Value::Int(number) => json!(number),
                    Value::Null => Json::Null,
                    other => panic!("{text}: {other:?}"),
                })
                .collect(),
            Some(Value::Null) => Json::Null,
            Some(other) => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn reads_objects() {
        let table = [
            // Correct text.
            (r"{}", json!({})),
            (
                r"{PlanCode:A,Level:2}",
                json!({"PlanCode": "A", "Level": 2}),
            ),
            (
                r"{plancode:A,LEVEL:2}",
                json!({"PlanCode": "A", "Level": 2}),
            ),
            (r"{Months:3}", json!({"Months": 3})),
            (r"{PlanCode:A,PlanCode:B}", json!({"PlanCode": "B"})),
            (r"{Nope:{a:[1,2]},Level:2}", json!({"Level": 2})),
            (
                r"{ PlanCode : A , Level : 2 }",
                json!({"PlanCode": " A ", "Level": 2}),
            ),
            // Quotes.
            (
                r#"{PlanCode:"a,b",Grade:"{x}:"}"#,
                json!({"PlanCode": "a,b", "Grade": "{x}:"}),
            ),
            (
                r#"{PlanCode:"say ""hi""",Level:2}"#,
                json!({"PlanCode": "say \"hi\"", "Level": 2}),
            ),
            (
                r#"{PlanCode:say "hi",Level:2}"#,
                json!({"PlanCode": "say \"hi\"", "Level": 2}),
            ),
            (r#"{Level:"2"}"#, json!({"Level": 2})),
            // Text without quotes ends at a comma or a closing brace.
            (
                r"{PlanCode:a:b{c[d,Level:2}",
                json!({"PlanCode": "a:b{c[d", "Level": 2}),
            ),
            (
                r"{PlanCode:{a:b},Grade:[c,d]}",
                json!({"PlanCode": "{a:b}", "Grade": "[c,d]"}),
            ),
            // No text, and an empty text in quotes.
            (r"{PlanCode:,Level:2}", json!({"Level": 2})),
            (r"{PlanCode:A,PlanCode:}", json!({})),
            (r#"{PlanCode:"",Level:""}"#, json!({"PlanCode": ""})),
            (r"{PlanCode:null,Level:null}", json!({"PlanCode": "null"})),
            // Dropped values.
            (r"{Level:x,Grade:c}", json!({"Grade": "c"})),
            (r"{Months:,Grade:c}", json!({"Grade": "c"})),
            (r#"{PlanCode:""#, json!({})),
            // Quoted names, as in JSON, match no member.
            (r#"{"PlanCode":"A","Level":2}"#, json!({})),
            (r"{__type:System.Int32,Level:2}", json!({"Level": 2})),
            // Truncated text.
            (r"{", json!({})),
            (r"{  ", json!({})),
            (r"{PlanCode:A", json!({"PlanCode": "A"})),
            (r#"{PlanCode:"abc"#, json!({"PlanCode": "ab"})),
            (r#"{PlanCode:"}"#, json!({"PlanCode": ""})),
            (r"{PlanCode:", json!({})),
            (r"{PlanCode", json!("bad")),
            (r#"{"PlanCode""#, json!("bad")),
            (r"{Level:2,Grade", json!("bad")),
            (r"{Level:2}x", json!("bad")),
            (r"{Level:2}}", json!("bad")),
            // Not an object.
            (r"PlanCode:A", json!("bad")),
            (r" {PlanCode:A}", json!("bad")),
            (r#""{PlanCode:A}""#, json!("bad")),
            (r"[]", json!("bad")),
            // A letter after quotes counts as the separator.
            (r#"{PlanCode:"a"é,Level:2}"#, json!({"PlanCode": "a"})),
            (r#"{PlanCode:"aé"#, json!({"PlanCode": "a"})),
        ];
        for (text, expected) in table {
            assert_eq!(rate(text), expected, "{text}");
        }
    }

    #[test]
    fn reads_lists_of_numbers() {
        let table = [
            ("1", json!([1])),
            ("1,2,3", json!([1, 2, 3])),
            ("[1,2,3]", json!([1, 2, 3])),
            ("[ 1 , 2 ]", json!([1, 2])),
            (" [1] ", json!([1])),
            (r#""1",2"#, json!([1, 2])),
            ("[]", json!([])),
            ("[ ]", json!([])),
            ("1,,3", json!([1, 0, 3])),
            ("1,2,", json!([1, 2, 0])),
            (",", json!([0])),
            (",,", json!([0, 0])),
            // The last letter is removed with the first bracket.
            ("[1", json!([])),
            ("[1,2", json!([1, 0])),
            ("[12", json!([1])),
            ("[", json!("bad")),
            (" ", json!("bad")),
            ("1,x", json!("bad")),
            ("1]", json!("bad")),
            ("{}", json!("bad")),
            ("12.5", json!("bad")),
            ("\"", json!("bad")),
            ("", Json::Null),
        ];
        for (text, expected) in table {
            assert_eq!(list_of(&Kind::Long, text), expected, "{text}");
        }
    }

    #[test]
    fn reads_lists_of_objects() {
        static ITEM: std::sync::LazyLock<Kind> =
            std::sync::LazyLock::new(|| Kind::Object(named("DeliveredAccessory")));
        let a = json!({"Id": 1, "Delivered": true});
        let b = json!({"Id": 2, "Delivered": false});
        let table = [
            ("[{Id:1,Delivered:True},{Id:2}]", json!([a, b])),
            ("{Id:1,Delivered:1},{Id:2}", json!([a, b])),
            ("{Id:1,Delivered:on}{Id:2}", json!("bad")),
            ("{Id:1,Delivered:on};{Id:2}", json!([a, b])),
            ("{Id:2}", json!([b])),
            ("[{}]", json!([{"Id": 0, "Delivered": false}])),
            ("[]", json!([])),
            ("{Id:1,Delivered:t},,{Id:2}", json!([a, null, b])),
            ("[{Id:2}", json!([b])),
            ("[{Id:2},{Id", json!("bad")),
            ("{Id:2}, {Id:2}", json!("bad")),
            ("Id:2", json!("bad")),
            ("[object Object]", json!("bad")),
        ];
        for (text, expected) in table {
            assert_eq!(list_of(&ITEM, text), expected, "{text}");
        }
    }

    #[test]
    fn reads_scalars_of_a_query() {
        let settings = Settings::default();
        let read =
            |kind, nullable, text: &str| read_value(kind, nullable, text, &Reading::new(&settings));
        let string = |text: &str| Some(Value::String(text.to_owned()));
        // A string is taken unchanged.
        assert_eq!(read(Kind::String, true, r#""a""#), string(r#""a""#));
        assert_eq!(read(Kind::String, true, "{a}"), string("{a}"));
        // Anything else is JSV.
        assert_eq!(read(Kind::Int, true, r#""5""#), Some(Value::Int(5)));
        assert_eq!(read(Kind::Int, true, r#""""#), Some(Value::Null));
        assert_eq!(read(Kind::Int, false, r#""""#), None);
        assert_eq!(read(Kind::Int, true, "\""), None);
        assert_eq!(read(Kind::Bool, true, "True,False"), None);
        assert_eq!(read(Kind::Bool, false, "TRUE"), Some(Value::Bool(true)));
    }

    #[test]
    fn reads_bodies() {
        let of = named("GetContractDetailsRequest");
        let read = |body: &[u8]| read(body, of, &Reading::new(&Settings::default()));
        let table: [(&[u8], Json); 6] = [
            (b"", json!({})),
            (b"{}", json!({})),
            (br#"{Ref:"a,b",Sub:1}"#, json!({"Ref": "a,b", "Sub": 1})),
            (b"\xef\xbb\xbf{Ref:a}", json!({"Ref": "a"})),
            (b"{Ref:a\xffb}", json!({"Ref": "a\u{fffd}b"})),
            (b"{__type:ab}", json!({})),
        ];
        for (body, expected) in table {
            assert_eq!(object_to_json(&read(body).unwrap(), false), expected);
        }

        let thrown = read(format!("hello {}", "é".repeat(60)).as_bytes()).unwrap_err();
        assert_eq!(thrown.name, "SerializationException");
        assert_eq!(
            thrown.message,
            format!(
                "Type definitions should start with a '{{', expecting serialized type 'GetContractDetailsRequest', got string starting with: hello {}",
                "é".repeat(44)
            )
        );
        let thrown = read(b"{Ref:a}x").unwrap_err();
        assert_eq!(thrown.name, "IndexOutOfRangeException");
        assert_eq!(thrown.message, "Index was outside the bounds of the array.");
    }

    #[test]
    fn writes_strings() {
        let table = [
            ("", r#""""#),
            ("a b", "a b"),
            (" a", " a"),
            ("O'Neil/\\+%&<>;", "O'Neil/\\+%&<>;"),
            ("\t\u{0}\u{2028}é🎻", "\t\u{0}\u{2028}é🎻"),
            ("\"", r#""""""#),
            ("a\"b", r#""a""b""#),
            ("a,b", r#""a,b""#),
            ("a:b", r#""a:b""#),
            ("{", r#""{""#),
            ("}", r#""}""#),
            ("[", r#""[""#),
            ("]", r#""]""#),
            ("\r", "\"\r\""),
            ("\n", "\"\n\""),
        ];
        for (text, expected) in table {
            let mut out = String::new();
            write_string(&mut out, text);
            assert_eq!(out, expected, "{text:?}");
        }
    }

    #[test]
    fn writes_objects() {
        let date = |kind| json!({"datetime": "2026-11-21T10:20:30.1234567", "kind": kind});
        let details = json!({
            "Topic": "a:b",
            "NextDueDate": date("Unspecified"),
            "PaymentAmount": {"decimal": "12.50"},
            "Inventory": [{"Item": "BOW"}, null, {}],
            "Payments": [],
        });
        let rest = "PastDueAmount:0,LateCharges:0,OtherCharges:0,TotalDue:0,AccumulatedCredit:0,Topic:\"a:b\",Inventory:[{Item:BOW},{},{}],Payments:[],PaymentAmt:0,PastDueAmt:0,CurrentBalance:0,TotalPayoff:0";
        let table = [
            // The function's text is a string; a default date is left out.
            (DateFormat::Seconds, "\"2026-11-21T10:20:30\"", ""),
            (DateFormat::DateOnly, "2026-11-21", ""),
            // No function: the zone's offset, and no date is left out.
            (
                DateFormat::Iso8601,
                "2026-11-21T10:20:30.1234567-05:00",
                ",PayoffDate:0001-01-01",
            ),
            (
                DateFormat::Wcf,
                "2026-11-21T10:20:30.1234567-05:00",
                ",PayoffDate:0001-01-01",
            ),
        ];
        for (date_format, next, end) in table {
            let settings = Settings {
                date_format,
                ..Settings::default()
            };
            assert_eq!(
                written("GetContractDetailsResponse", &details, &settings),
                format!("{{NextDueDate:{next},PaymentAmount:12.50,{rest}{end}}}"),
            );
        }

        let settings = Settings::default();
        // The function does not apply to `DateTime?`.
        assert_eq!(
            written(
                "ContractFulfillmentRequest",
                &json!({"FirstDue": date("Utc"), "Unlock": true}),
                &settings,
            ),
            "{FirstDue:2026-11-21T10:20:30.1234567Z,Unlock:True}"
        );
        assert_eq!(
            written("FormInput", &json!({"Key": "k"}), &settings),
            "{Key:k,Encrypted:False}"
        );
    }

    #[test]
    fn reads_what_it_writes() {
        let contract = |text: &str| {
            json!({
                "SchoolName": text,
                "AIMSchoolId": 9_007_199_254_740_993_i64,
                "Rate": {"PlanCode": text, "Level": -2, "DownPay": {"decimal": "12.50"}, "Months": 3},
                "AccessoryIdList": [1, -2],
                "FormInputList": [
                    {"Key": text, "Value": "", "Encrypted": true},
                    {"Encrypted": false},
                ],
                "Cat": 1,
                "Sub": 2,
                "ReturnTopic": false,
            })
        };
        for text in [
            "a", " ", "\"", "\"\"", "a\"b\"", "a,b", "{", "}", "[", "]", "{a:b}", "[1,2]", ":",
            "\r\n", "\\", "é🎻", "null", "\u{feff}", "a\tb", ",", "\"a",
        ] {
            let expected = contract(text);
            let sent = written("C2BPostContractRequest", &expected, &Settings::default());
            let object = read(
                sent.as_bytes(),
                named("C2BPostContractRequest"),
                &Reading::new(&Settings::default()),
            );
            assert_eq!(object_to_json(&object.unwrap(), false), expected, "{sent}");
        }
    }

    #[test]
    fn survives_any_text() {
        let settings = Settings::default();
        let mut seed = 1_u32;
        let mut random = |below: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) % below
        };
        let pieces = [
            "{",
            "}",
            "[",
            "]",
            "\"",
            "\"\"",
            ":",
            ",",
            " ",
            "é",
            "🎻",
            "\u{200b}",
            "Ref",
            "Rate",
            "FormInputList",
            "MassUpdateItems",
            "Key",
            "1",
            "x",
            "__type",
            "\n",
            "\u{0}",
        ];
        let types = Schema::embedded().types();
        let members = types.iter().flat_map(|of| of.members);
        let kinds: BTreeMap<_, _> = members
            .map(|member| ((member.kind.to_string(), member.nullable), member))
            .collect();
        for _ in 0..4000 {
            let mut text = String::new();
            for _ in 0..random(24) {
                text.push_str(pieces[random(22) as usize]);
            }
            for of in types {
                let _ = read(text.as_bytes(), of, &Reading::new(&settings));
            }
            for member in kinds.values() {
                let _ = read_value(
                    member.kind,
                    member.nullable,
                    &text,
                    &Reading::new(&settings),
                );
            }
        }
    }

    /// Deep or long text takes linear time.
    #[test]
    fn reads_deep_text() {
        let settings = Settings::default();
        let list = Kind::List(&Kind::Long);
        for text in [
            "{",
            "[",
            "\"",
            "{a:",
            "[{",
            "{Rate:",
            "{Rate:{",
            ",",
            "{MassUpdateItems:[",
        ] {
            let text = text.repeat(20_000);
            for of in Schema::embedded().types() {
                let _ = read(text.as_bytes(), of, &Reading::new(&settings));
            }
            let _ = read_value(list, true, &text, &Reading::new(&settings));
        }
    }
}

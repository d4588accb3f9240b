//! A request binds to the same values in JSON, JSV, a form and XML. The writers
//! here share no code with the fake.
//!
//! The client also writes what it reads. The writers here share no code with
//! the client either.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use aim_client::internals;
use aim_client::reqwest::StatusCode;
use aim_client::reqwest::header::HeaderMap;
use aim_fake::internals::{Answer, Request, handle, object_to_json};
use aim_fake::{Object, Schema, Settings};
use aim_tests::types::TYPES;
use aim_tests::{document, replay};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value as Json, json};

const ARRAYS: &str = "http://schemas.microsoft.com/2003/10/Serialization/Arrays";

/// A value to be written.
#[derive(Clone, Debug)]
enum Value {
    Bool(bool),
    Number(i64),
    /// The digits of a decimal.
    Decimal(String),
    /// `yyyy-MM-ddTHH:mm:ss`.
    Date(String),
    Text(String),
    Object(&'static str, Vec<(Member, Value)>),
    /// The C# type of the items.
    Scalars(&'static str, Vec<Value>),
    Objects(&'static str, Vec<Value>),
}

/// A member of a type, as in the document.
#[derive(Clone, Debug)]
struct Member {
    name: &'static str,
    dotnet: &'static str,
    /// How many base classes up it is declared.
    depth: usize,
    /// Whether the client's type always has it.
    required: bool,
}

/// The members of a type in the document.
fn members(document: &'static Json, of: &str) -> Vec<Member> {
    let schema = &document["components"]["schemas"][of];
    let required = schema["required"].as_array().map_or(&[][..], Vec::as_slice);
    let mut members = Vec::new();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        members.push(Member {
            name,
            dotnet: property["x-aim-dotnet-type"].as_str().unwrap(),
            depth: 0,
            required: required.contains(&json!(name)),
        });
    }
    let mut base = &schema["x-aim-base"];
    for depth in 1.. {
        let Some(class) = base.as_str() else { break };
        let class = &document["x-aim-base-classes"][class];
        for name in class["members"].as_array().unwrap() {
            let name = name.as_str().unwrap();
            members.push(Member {
                name,
                dotnet: "string",
                depth,
                required: false,
            });
        }
        base = &class["base"];
    }
    members
}

/// The element name of a scalar in a list in .NET's XML.
fn xml_name(dotnet: &str) -> Option<&'static str> {
    match dotnet {
        "bool" => Some("boolean"),
        "int" => Some("int"),
        "long" => Some("long"),
        "decimal" => Some("decimal"),
        "DateTime" => Some("dateTime"),
        "string" => Some("string"),
        _ => None,
    }
}

/// Text that every format can hold: not empty, without control characters, and
/// only characters of XML.
fn text() -> impl Strategy<Value = String> {
    let nasty = prop::sample::select(vec![
        ' ', '"', '\'', ',', ':', '{', '}', '[', ']', '&', '<', '>', '+', '%', '=', '\\', '/', ';',
        '#', '-', '0',
    ]);
    let any = any::<char>().prop_filter("xml does not allow it", |letter| {
        !letter.is_control() && !matches!(u32::from(*letter) & 0xFFFF, 0xFFFE | 0xFFFF)
    });
    let letter = prop_oneof![2 => prop::char::range('a', 'z'), 2 => nasty, 1 => any];
    vec(letter, 1..12).prop_map(|letters| letters.into_iter().collect())
}

fn value(document: &'static Json, dotnet: &'static str) -> BoxedStrategy<Value> {
    let decimal = (any::<i64>(), 0..12_usize).prop_map(|(digits, scale)| {
        let sign = if digits < 0 { "-" } else { "" };
        let digits = format!("{:0>width$}", digits.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let point = if scale == 0 { "" } else { "." };
        Value::Decimal(format!("{sign}{whole}{point}{fraction}"))
    });
    let date =
        (1900..2100, 1..=12, 1..=28, 0..24, 0..60, 0..60).prop_map(|(y, mo, d, h, mi, s)| {
            Value::Date(format!("{y:04}-{mo:02}-{d:02}T{h:02}:{mi:02}:{s:02}"))
        });
    match dotnet.trim_end_matches('?') {
        "bool" => any::<bool>().prop_map(Value::Bool).boxed(),
        "int" => any::<i32>()
            .prop_map(|number| Value::Number(number.into()))
            .boxed(),
        "long" => any::<i64>().prop_map(Value::Number).boxed(),
        "decimal" => decimal.boxed(),
        "DateTime" => date.boxed(),
        "string" => text().prop_map(Value::Text).boxed(),
        list if list.starts_with("List<") => {
            let of = list.trim_start_matches("List<").trim_end_matches('>');
            let list = match xml_name(of) {
                Some(_) => Value::Scalars,
                None => Value::Objects,
            };
            vec(value(document, of), 1..4)
                .prop_map(move |items| list(of, items))
                .boxed()
        }
        of => object(document, of),
    }
}

fn object(document: &'static Json, of: &'static str) -> BoxedStrategy<Value> {
    let members = members(document, of);
    let optional: Vec<_> = members
        .iter()
        .map(|member| {
            let often = if member.required { 0.95 } else { 0.5 };
            prop::option::weighted(often, value(document, member.dotnet))
        })
        .collect();
    optional
        .prop_map(move |values| {
            let members = members.iter().cloned().zip(values);
            let present = members.filter_map(|(member, value)| Some((member, value?)));
            Value::Object(of, present.collect())
        })
        .boxed()
}

/// What the fake must bind: the given members, and the defaults of those that
/// cannot be null.
fn expected(document: &'static Json, value: &Value) -> Json {
    match value {
        Value::Bool(value) => json!(value),
        Value::Number(number) => json!(number),
        Value::Decimal(digits) => json!({ "decimal": digits }),
        Value::Date(date) => {
            json!({ "datetime": format!("{date}.0000000"), "kind": "Unspecified" })
        }
        Value::Text(text) => json!(text),
        Value::Scalars(_, items) | Value::Objects(_, items) => {
            items.iter().map(|item| expected(document, item)).collect()
        }
        Value::Object(of, present) => {
            let mut object = json!({});
            for member in members(document, of) {
                match member.dotnet {
                    "bool" => object[member.name] = json!(false),
                    "int" | "long" => object[member.name] = json!(0),
                    "decimal" => object[member.name] = json!({ "decimal": "0" }),
                    _ => {}
                }
            }
            for (member, value) in present {
                object[member.name] = expected(document, value);
            }
            object
        }
    }
}

fn to_json(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Decimal(digits) => digits.clone(),
        Value::Date(date) => format!("\"{date}\""),
        Value::Text(text) => json!(text).to_string(),
        Value::Scalars(_, items) | Value::Objects(_, items) => {
            format!("[{}]", list(items, to_json))
        }
        Value::Object(_, members) => {
            let member = |(member, value): &(Member, Value)| {
                format!("\"{}\":{}", member.name, to_json(value))
            };
            format!("{{{}}}", list(members, member))
        }
    }
}

fn list<T>(items: &[T], write: impl Fn(&T) -> String) -> String {
    items.iter().map(write).collect::<Vec<_>>().join(",")
}

/// A value inside of an object or a list.
fn to_jsv(value: &Value) -> String {
    match value {
        Value::Text(text) if text.contains(['"', ',', ':', '{', '}', '[', ']']) => {
            format!("\"{}\"", text.replace('"', "\"\""))
        }
        Value::Text(text) => text.clone(),
        Value::Date(date) => format!("\"{date}\""),
        Value::Scalars(_, items) | Value::Objects(_, items) => {
            format!("[{}]", list(items, to_jsv))
        }
        Value::Object(_, members) => {
            let member =
                |(member, value): &(Member, Value)| format!("{}:{}", member.name, to_jsv(value));
            format!("{{{}}}", list(members, member))
        }
        other => to_json(other),
    }
}

fn to_form(value: &Value) -> String {
    let Value::Object(_, members) = value else {
        return String::new();
    };
    let mut form = String::new();
    for (member, value) in members {
        let text = match value {
            // At the top, texts and dates are not quoted.
            Value::Text(text) | Value::Date(text) => text.clone(),
            other => to_jsv(other),
        };
        if !form.is_empty() {
            form.push('&');
        }
        let _ = write!(form, "{}=", member.name);
        for byte in text.bytes() {
            if byte.is_ascii_alphanumeric() {
                form.push(char::from(byte));
            } else {
                let _ = write!(form, "%{byte:02X}");
            }
        }
    }
    form
}

fn to_xml(document: &'static Json, name: &str, value: &Value, outer: &str) -> String {
    let namespace = |of: &str| {
        document["components"]["schemas"][of]["xml"]["namespace"]
            .as_str()
            .unwrap()
    };
    let escape = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
    };
    let (inner, content) = match value {
        Value::Text(text) => (outer, escape(text)),
        Value::Date(date) => (outer, date.clone()),
        Value::Scalars(of, items) => {
            let item = format!("a:{}", xml_name(of).unwrap());
            let items = items.iter();
            let items: String = items
                .map(|value| to_xml(document, &item, value, outer))
                .collect();
            return format!("<{name} xmlns:a=\"{ARRAYS}\">{items}</{name}>");
        }
        Value::Objects(of, items) => {
            let items = items.iter().map(|item| to_xml(document, of, item, outer));
            (outer, items.collect())
        }
        Value::Object(of, members) => {
            // Base classes come first, and names are sorted within a class.
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(member, _)| (usize::MAX - member.depth, member.name));
            let inner = namespace(of);
            let members = members
                .into_iter()
                .map(|(member, value)| to_xml(document, member.name, value, inner));
            (inner, members.collect())
        }
        other => (outer, to_json(other)),
    };
    let declared = if inner == outer {
        String::new()
    } else {
        format!(" xmlns=\"{inner}\"")
    };
    format!("<{name}{declared}>{content}</{name}>")
}

fn bind(path: &str, content_type: &str, body: String) -> Json {
    let request = Request {
        method: "POST".to_owned(),
        target: format!("/aeservices30{path}"),
        headers: vec![
            ("Accept".to_owned(), "application/json".to_owned()),
            ("Content-Type".to_owned(), content_type.to_owned()),
            ("Content-Length".to_owned(), body.len().to_string()),
        ],
        body: body.into_bytes(),
    };
    let (schema, settings) = (Schema::embedded(), Settings::default());
    let exchange = handle(schema, &request, &settings, &mut |call| {
        Answer::Dto(Object::new(call.operation.response))
    });
    match &exchange.bound {
        Some(bound) => object_to_json(bound, false),
        None => json!(format!("{exchange:?}")),
    }
}

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    })
}

#[test]
fn all_formats_bind_the_same() {
    let document: &'static Json = Box::leak(Box::new(document::document().unwrap()));
    for operation in document::operations().unwrap() {
        if operation.method != "POST" {
            continue;
        }
        let of: &'static str = String::leak(operation.request_type().to_owned());
        let ran = runner(200).run(&object(document, of), |value| {
            let expected = expected(document, &value);
            let path = &operation.path;
            let json = to_json(&value);
            prop_assert_eq!(&bind(path, "application/json", json), &expected, "json");
            let jsv = to_jsv(&value);
            prop_assert_eq!(
                &bind(path, "application/jsv", jsv.clone()),
                &expected,
                "{}",
                jsv
            );
            let form = to_form(&value);
            let form_type = "application/x-www-form-urlencoded";
            prop_assert_eq!(&bind(path, form_type, form.clone()), &expected, "{}", form);
            let xml = to_xml(document, of, &value, "");
            prop_assert_eq!(
                &bind(path, "application/xml", xml.clone()),
                &expected,
                "{}",
                xml
            );
            Ok(())
        });
        if let Err(error) = ran {
            panic!("{}: {error}", operation.path);
        }
    }
}

/// Tests many values of a client's type. It has no members of base classes:
/// those are credentials, which the client sends as headers.
fn for_values_of(
    document: &'static Json,
    of: &'static str,
    property: impl Fn(Value) -> Result<(), TestCaseError>,
) {
    let own = object(document, of).prop_map(|value| match value {
        Value::Object(of, members) => {
            let own = members.into_iter().filter(|(member, _)| member.depth == 0);
            Value::Object(of, own.collect())
        }
        other => other,
    });
    if let Err(error) = runner(60).run(&own, property) {
        panic!("{of}: {error}");
    }
}

/// The values of a JSON text by their paths.
fn leaves(json: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    replay::leaves(json, "", &mut found);
    found
}

#[test]
fn every_type_of_the_client_writes_the_json_that_it_reads() {
    let document: &'static Json = Box::leak(Box::new(document::document().unwrap()));
    for known in TYPES {
        for_values_of(document, known.name, |value| {
            let json = to_json(&value);
            let written = match (known.rewrite)(&json) {
                Err(error) if error.to_string().contains("missing field") => return Ok(()),
                written => written.unwrap(),
            };
            prop_assert_eq!(leaves(&written), leaves(&json));
            prop_assert_eq!((known.rewrite)(&written).unwrap(), written);
            Ok(())
        });
    }
}

#[test]
fn every_answer_in_xml_is_read_as_in_json() {
    let document: &'static Json = Box::leak(Box::new(document::document().unwrap()));
    for operation in document::operations().unwrap() {
        let of: &'static str = String::leak(operation.answer_type().to_owned());
        for_values_of(document, of, |value| {
            let judge = |body: String| {
                let judged = internals::judge(
                    &operation.id,
                    "{}",
                    StatusCode::OK,
                    HeaderMap::new(),
                    body.as_bytes(),
                );
                match judged.unwrap() {
                    Ok(read) => (None, Some(read)),
                    Err((error, read)) => (Some(error.to_string()), read),
                }
            };
            let json = judge(to_json(&value));
            prop_assert!(json.1.is_some());
            let xml = to_xml(document, of, &value, "");
            prop_assert_eq!(judge(xml.clone()), json, "{}", xml);
            Ok(())
        });
    }
}

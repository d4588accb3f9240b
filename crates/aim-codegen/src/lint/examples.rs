//! Rules for examples: each is a valid value of its schema.
//!
//! The vendor's own samples hold only placeholders (`String`, 0, false and year
//! 1); for those, only names and types are checked.

use super::{Lint, referred, schemas::Dotnet, texts};
use crate::plan::pattern::Pattern;
use crate::read::document::{At, Key, Node, Value};

const LIKE_THE_TYPE: &str = "write a value that can be sent: tests, mocks and readers copy it";
const A_DATE: &str = "write `yyyy-MM-ddTHH:mm:ss`, a day that exists, without a zone";

/// How an example is written.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Json,
    /// All scalars are texts.
    Jsv,
    /// The vendor's placeholders.
    Sample,
}

/// Checks the example of a member.
pub(super) fn property<'a>(lint: &mut Lint<'a>, property: &At<'a>) {
    if let Some(example) = property.get("example") {
        member(lint, &example, property, Form::Json);
    }
}

/// Checks the example of a parameter; for an object or a list it is JSV text.
pub(super) fn parameter<'a>(lint: &mut Lint<'a>, parameter: &At<'a>) {
    let (Some(example), Some(name)) = (
        parameter.get("example"),
        parameter.text("x-aim-dotnet-type"),
    ) else {
        return;
    };
    if parameter.text("in") == Some("header") {
        let text = example.node.as_str().unwrap_or_default();
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            lint.problem(
                &example,
                "the example is not a valid header value",
                "write ASCII text without spaces",
            );
        }
        return;
    }
    if !matches!(lint.dotnet(name), Some(Dotnet::List(_) | Dotnet::Object(_))) {
        return member(lint, &example, parameter, Form::Json);
    }
    let text = example.node.as_str().unwrap_or_default();
    match jsv(text, name.starts_with("List<"), example.node.place()) {
        Some(node) => {
            let mut carried = At::root(&node);
            carried.pointer = example.pointer.clone();
            member(lint, &carried, parameter, Form::Jsv);
        }
        None => lint.problem(
            &example,
            "the example is not JSV text",
            "write text such as `{Key:value,Other:value}` or `1,2`, and put values with a comma or colon in double quotes",
        ),
    }
}

/// Checks the examples of a body or an answer.
pub(super) fn media_type<'a>(lint: &mut Lint<'a>, media_type: &At<'a>) {
    let schema = media_type.get("schema").as_ref().and_then(referred);
    for example in media_type.members_of("examples") {
        let Some(value) = lint.resolve(&example).get("value") else {
            continue;
        };
        match schema {
            Some(name) if lint.schema(name).is_some() => {
                let form = if is_placeholder(value.node) {
                    Form::Sample
                } else {
                    Form::Json
                };
                object(lint, &value, name, form);
            }
            _ => {}
        }
    }
}

/// Every example of `components` is used.
pub(super) fn unused<'a>(lint: &mut Lint<'a>, _: &At<'a>) {
    for example in lint.section("examples") {
        let target = format!("#/components/examples/{}", example.name());
        if !refers(lint.root.node, &target) {
            example.report_key(
                &mut lint.report,
                format!("nothing refers to the example `{}`", example.name()),
                "refer to it where it belongs, or remove it: an unused example is not checked",
            );
        }
    }
}

fn refers(node: &Node, target: &str) -> bool {
    let is_it = |key: &Key, value: &Node| key.name == "$ref" && value.as_str() == Some(target);
    let mut members = node.members().iter();
    members.any(|(key, value)| is_it(key, value) || refers(value, target))
        || node.items().iter().any(|item| refers(item, target))
}

/// Whether a value holds nothing but the vendor's placeholders.
fn is_placeholder(node: &Node) -> bool {
    match &node.value {
        Value::Map(members) => members.iter().all(|(_, value)| is_placeholder(value)),
        Value::List(items) => items.iter().all(is_placeholder),
        Value::String(text) => text == "String" || text.starts_with("0001-01-01T00:00:00"),
        Value::Number(text) => text == "0",
        Value::Bool(value) => !value,
        Value::Null => false,
    }
}

/// Whether a value is more than what .NET and every client fill in: the client
/// takes it for evidence.
pub(super) fn has_value(node: &Node) -> bool {
    // `-0.00` too, also as text, like false.
    let is_zero = |text: &str| text.chars().all(|letter| "-+.0".contains(letter));
    match &node.value {
        Value::Map(members) => members.iter().any(|(_, value)| has_value(value)),
        Value::List(items) => items.iter().any(has_value),
        Value::String(text) => {
            let is_false = text.eq_ignore_ascii_case("false");
            !is_zero(text) && !is_false && !text.starts_with("0001-01-01T00:00:00")
        }
        Value::Number(text) => !is_zero(text),
        Value::Bool(value) => *value,
        Value::Null => false,
    }
}

/// Checks a value against its member or parameter.
fn member<'a>(lint: &mut Lint<'a>, value: &At<'_>, member: &At<'a>, form: Form) {
    let Some(name) = member.text("x-aim-dotnet-type") else {
        return;
    };
    fit(lint, value, name, form);
    let (Some(pattern), Some(text)) = (member.text("x-aim-pattern"), value.node.as_str()) else {
        return;
    };
    let has_form = |pattern: Pattern| pattern.matches(text);
    if form != Form::Sample && !Pattern::read(pattern.to_owned()).map_or(true, has_form) {
        lint.problem(
            value,
            format!("the example does not match `{pattern}`"),
            LIKE_THE_TYPE,
        );
    }
}

/// Checks a value against a C# type.
fn fit<'a>(lint: &mut Lint<'a>, value: &At<'_>, name: &'a str, form: Form) {
    let Some(dotnet) = lint.dotnet(name) else {
        return;
    };
    let may_be_null = name.ends_with('?') || matches!(dotnet, Dotnet::List(_));
    if value.node.value == Value::Null && may_be_null {
        return;
    }
    let wanted = match dotnet {
        Dotnet::List(item) => {
            if let Value::List(_) = value.node.value {
                for value in value.items() {
                    fit(lint, &value, item, form);
                }
                return;
            }
            "a list"
        }
        Dotnet::Object(name) => return object(lint, value, name, form),
        Dotnet::Scalar { .. } => {
            let name = name.trim_end_matches('?');
            let read = match form {
                Form::Jsv => scalar(name, &from_jsv(name, &value.node.value)),
                Form::Json | Form::Sample => scalar(name, &value.node.value),
            };
            match read {
                Ok(()) => return,
                Err(wanted) => wanted,
            }
        }
    };
    let help = if wanted == DATE {
        A_DATE
    } else {
        LIKE_THE_TYPE
    };
    let found = match &value.node.value {
        Value::Number(text) => format!("the number {text}"),
        _ => value.node.kind().to_owned(),
    };
    lint.problem(
        value,
        format!("the example is {found}, but a `{name}` is {wanted}"),
        help,
    );
}

/// Checks a value against a schema of `components`.
fn object<'a>(lint: &mut Lint<'a>, value: &At<'_>, name: &'a str, form: Form) {
    let Some(schema) = lint.schema(name) else {
        return;
    };
    if !matches!(value.node.value, Value::Map(_)) {
        lint.problem(
            value,
            format!(
                "the example is {}, but a `{name}` is a map",
                value.node.kind()
            ),
            LIKE_THE_TYPE,
        );
        return;
    }
    let properties = schema.get("properties");
    for found in value.members() {
        match properties.as_ref().and_then(|all| all.get(found.name())) {
            Some(property) => member(lint, &found, &property, form),
            None => found.report_key(
                &mut lint.report,
                format!("`{name}` has no member `{}`", found.name()),
                "correct the spelling, or describe the member",
            ),
        }
    }
    for (_, required) in texts(&schema, "required") {
        if value.get(required).is_none() {
            lint.problem(
                value,
                format!("the example lacks `{required}`, which `{name}` requires"),
                LIKE_THE_TYPE,
            );
        }
    }
    let is_sent = |text: &str| match text.split_once('=') {
        Some((member, only)) => value.text(member) == Some(only),
        None => value.get(text).is_some(),
    };
    for pair in schema.items_of("x-aim-exclusive") {
        let pair: Vec<_> = pair.items().filter_map(|at| at.node.as_str()).collect();
        if let ([left, right], false) = (pair.as_slice(), form == Form::Sample)
            && is_sent(left)
            && is_sent(right)
        {
            lint.problem(
                value,
                format!("the example has `{left}` and `{right}`, which exclude each other"),
                LIKE_THE_TYPE,
            );
        }
    }
}

const DATE: &str = "a date in the vendor's dialect";

/// Checks a value against a scalar C# type, named without its `?`.
///
/// # Errors
/// What the value should be.
fn scalar(name: &str, value: &Value) -> Result<(), &'static str> {
    let (is_fit, wanted) = match (name, value) {
        ("string", value) => (matches!(value, Value::String(_)), "text"),
        ("bool", value) => (matches!(value, Value::Bool(_)), "true or false"),
        ("DateTime", Value::String(text)) => (is_date(text), DATE),
        ("DateTime", _) => (false, DATE),
        ("int", Value::Number(text)) => (text.parse::<i32>().is_ok(), "a whole number of 32 bits"),
        ("int", _) => (false, "a whole number of 32 bits"),
        ("long", Value::Number(text)) => (text.parse::<i64>().is_ok(), "a whole number of 64 bits"),
        ("long", _) => (false, "a whole number of 64 bits"),
        (_, Value::Number(text)) => (is_decimal(text), "a number of plain digits, 28 at most"),
        _ => (false, "a number of plain digits, 28 at most"),
    };
    if is_fit { Ok(()) } else { Err(wanted) }
}

/// Turns a text of JSV into the value that JSON would have.
fn from_jsv(name: &str, value: &Value) -> Value {
    match value {
        Value::String(text) => match name {
            "int" | "long" | "decimal" => Value::Number(text.clone()),
            "bool" if text == "true" || text == "false" => Value::Bool(text == "true"),
            _ => value.clone(),
        },
        _ => value.clone(),
    }
}

fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let digits = unsigned.replacen('.', "", 1);
    !digits.is_empty() && digits.len() <= 28 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is a date such as `2026-09-01T00:00:00`, perhaps with a
/// fraction of up to seven digits.
fn is_date(text: &str) -> bool {
    let (text, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_fraction =
        (1..=7).contains(&fraction.len()) && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let has_form = text.len() == 19
        && text.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            10 => byte == b'T',
            13 | 16 => byte == b':',
            _ => byte.is_ascii_digit(),
        });
    let number =
        |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u32>().ok());
    let [
        Some(year),
        Some(month),
        Some(day),
        Some(hour),
        Some(minute),
        Some(second),
    ] = [
        number(0, 4),
        number(5, 7),
        number(8, 10),
        number(11, 13),
        number(14, 16),
        number(17, 19),
    ]
    else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    is_fraction
        && has_form
        && year > 0
        && (1..=days).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60
}

/// Reads JSV text into maps, lists and texts, all with the same place. A list
/// may lack its brackets.
fn jsv(text: &str, is_list: bool, place: (usize, usize)) -> Option<Node> {
    let bracketed = format!("[{text}]");
    let text = if is_list && !text.starts_with('[') {
        &bracketed
    } else {
        text
    };
    match jsv_value(text, place)? {
        (node, "") => Some(node),
        _ => None,
    }
}

fn jsv_value(text: &str, place: (usize, usize)) -> Option<(Node, &str)> {
    let node = |value| Node {
        line: place.0,
        column: place.1,
        value,
    };
    if let Some(mut rest) = text.strip_prefix('{') {
        let mut members = Vec::new();
        loop {
            let (name, after) = rest.split_once(':')?;
            let (value, after) = jsv_value(after, place)?;
            let key = Key {
                name: name.to_owned(),
                line: place.0,
                column: place.1,
            };
            members.push((key, value));
            match after.strip_prefix(',') {
                Some(after) => rest = after,
                None => return Some((node(Value::Map(members)), after.strip_prefix('}')?)),
            }
        }
    }
    if let Some(mut rest) = text.strip_prefix('[') {
        let mut items = Vec::new();
        loop {
            let (value, after) = jsv_value(rest, place)?;
            items.push(value);
            match after.strip_prefix(',') {
                Some(after) => rest = after,
                None => return Some((node(Value::List(items)), after.strip_prefix(']')?)),
            }
        }
    }
    if let Some(mut rest) = text.strip_prefix('"') {
        let mut quoted = String::new();
        loop {
            let (part, after) = rest.split_once('"')?;
            quoted.push_str(part);
            match after.strip_prefix('"') {
                Some(after) => {
                    quoted.push('"');
                    rest = after;
                }
                None => return Some((node(Value::String(quoted)), after)),
            }
        }
    }
    let (value, rest) = text.split_at(text.find([',', '}', ']'])?);
    if value.is_empty() || value.contains(['"', '{', '[', ':', '\n']) {
        return None;
    }
    Some((node(Value::String(value.to_owned())), rest))
}

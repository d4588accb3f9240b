//! Splits and binds the values of queries and forms.

use std::borrow::Cow;
use std::collections::HashMap;

use super::errors::FieldError;
use super::ignored::{IgnoredReason, Reading};
use super::jsv;
use crate::model::schema::FRAMEWORK;
use crate::model::types::Kind;
use crate::model::value::{Object, Value};

/// Splits a query (without its `?`) or a body of
/// `application/x-www-form-urlencoded` into names and decoded values, in their
/// order.
///
/// Names compare without case: the values of a repeated name are joined with
/// commas, at the place and with the spelling of the first. A part without `=`
/// is left out, since .NET has no name for it.
#[must_use]
pub fn split(text: &[u8]) -> Vec<(String, String)> {
    join(text.split(|byte| *byte == b'&').filter_map(|pair| {
        let equals = pair.iter().position(|byte| *byte == b'=')?;
        Some((decode(&pair[..equals]), decode(&pair[equals + 1..])))
    }))
}

/// Splits a body of `multipart/form-data`, without its files.
///
/// Names and values are joined as by [`split`]. Lines may end in LF alone. A
/// part that no boundary ends is left out, and so is everything if
/// `content_type` names no boundary.
#[must_use]
pub fn split_multipart(content_type: &str, body: &[u8]) -> Vec<(String, String)> {
    parts(content_type, body).map_or_else(Vec::new, |parts| join(parts.pairs))
}

/// The parts of a multipart body.
#[derive(Default)]
pub(super) struct Parts {
    /// Names and values.
    pairs: Vec<(String, String)>,
    /// Parts that become no value, by their names.
    pub lost: Vec<(Option<String>, IgnoredReason)>,
}

/// Splits a body of `multipart/form-data`; `None` if `content_type` names no
/// boundary.
pub(super) fn parts(content_type: &str, body: &[u8]) -> Option<Parts> {
    let boundary = format!("--{}", parameter(content_type, "boundary")?);
    let mut parts = Parts::default();
    // The start of the part that the next boundary ends.
    let mut begin = None;
    let mut last = false;
    let mut at = 0;
    while at < body.len() && !last {
        let line = line_at(body, at);
        if let Some(rest) = line.strip_prefix(boundary.as_bytes()) {
            let rest = rest.trim_ascii_end();
            last = rest == b"--";
            if last || rest.is_empty() {
                if let Some(begin) = begin {
                    match part(without_line_end(&body[begin..at])) {
                        (Some(name), Some(value)) => parts.pairs.push((name, value)),
                        (name, None) => parts.lost.push((name, IgnoredReason::File)),
                        (None, _) => parts.lost.push((None, IgnoredReason::UnknownName)),
                    }
                }
                begin = Some(at + line.len());
            }
        }
        at += line.len();
    }
    if let Some(begin) = begin.filter(|_| !last) {
        let (name, _) = part(&body[begin..]);
        parts.lost.push((name, IgnoredReason::Unfinished));
    }
    Some(parts)
}

/// The parts of a query or a form without `=`, decoded.
pub(super) fn without_value(text: &[u8]) -> impl Iterator<Item = String> {
    text.split(|byte| *byte == b'&')
        .filter(|part| !part.is_empty() && !part.contains(&b'='))
        .map(decode)
}

/// The name under which ServiceStack passes on what follows a route's path.
pub(super) const PATH_INFO: &str = "PathInfo";

/// The header field, and the value of a query or a form, that overrides the verb.
pub(super) const OVERRIDE: &str = "X-Http-Method-Override";

/// Whether a value of a query or a form is meant for the service.
pub(super) fn is_services(name: &str) -> bool {
    let others = FRAMEWORK.into_iter().chain([PATH_INFO, OVERRIDE]);
    !others
        .into_iter()
        .any(|other| name.eq_ignore_ascii_case(other))
}

/// Writes values over the members of `object` that they name.
///
/// Empty values and names without a member are skipped.
///
/// # Errors
///
/// Every value that cannot be read, with its name as it was sent.
pub fn bind(
    object: &mut Object,
    values: &[(String, String)],
    reading: &Reading<'_>,
) -> Result<(), Vec<FieldError>> {
    let mut errors = Vec::new();
    for (name, text) in values {
        let Some(index) = object.of().position(name) else {
            if is_services(name) {
                reading.note_sent(name, IgnoredReason::UnknownName);
            }
            continue;
        };
        let member = &object.of().members[index];
        if text.is_empty() {
            reading.note(member.name, IgnoredReason::Empty);
            continue;
        }
        // A check box of ASP.NET sends its value and then the value of a hidden
        // field.
        let text = match (member.kind, member.nullable, text.split_once(',')) {
            (Kind::Bool, false, Some((first, _))) => first,
            _ => text,
        };
        let above = reading.enter();
        let value = jsv::read_value(member.kind, member.nullable, text, reading);
        reading.leave(above, member.name);
        match value {
            None => errors.push(FieldError {
                code: Cow::Borrowed("SerializationException"),
                field: name.clone(),
                message: format!("'{text}' is an Invalid value for '{name}'"),
            }),
            Some(Value::Null) => reading.note(member.name, IgnoredReason::Empty),
            Some(value) => {
                let place = object.value_mut(index);
                if *place != Value::default_of(member.kind, member.nullable) {
                    reading.note(member.name, IgnoredReason::Overridden);
                }
                *place = value;
            }
        }
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

/// Joins the values of repeated names, like .NET's `NameValueCollection`.
fn join(pairs: impl IntoIterator<Item = (String, String)>) -> Vec<(String, String)> {
    let mut joined: Vec<(String, String)> = Vec::new();
    let mut places = HashMap::new();
    for (name, value) in pairs {
        let place = *places
            .entry(name.to_lowercase())
            .or_insert_with(|| joined.len());
        match joined.get_mut(place) {
            Some((_, known)) => {
                known.push(',');
                known.push_str(&value);
            }
            None => joined.push((name, value)),
        }
    }
    joined
}

/// Decodes URL encoding like ASP.NET: `+` is a space, `%E9` a byte of UTF-8,
/// `%u00E9` a unit of UTF-16, and any other `%` stays.
fn decode(text: &[u8]) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        let mut units = Vec::new();
        while let Some((unit, after)) = hex_escape(rest, b"%u", 4) {
            units.push(unit);
            rest = after;
        }
        if !units.is_empty() {
            out.extend(String::from_utf16_lossy(&units).bytes());
        } else if let Some((byte, after)) = hex_escape(rest, b"%", 2) {
            out.extend(u8::try_from(byte));
            rest = after;
        } else {
            out.push(if *first == b'+' { b' ' } else { *first });
            rest = after;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Reads `mark` and that many hexadecimal digits; returns their value and the
/// rest.
fn hex_escape<'a>(text: &'a [u8], mark: &[u8], digits: usize) -> Option<(u16, &'a [u8])> {
    let (digits, rest) = text.strip_prefix(mark)?.split_at_checked(digits)?;
    let mut value = 0;
    for digit in digits {
        value = value * 16 + u16::try_from(char::from(*digit).to_digit(16)?).ok()?;
    }
    Some((value, rest))
}

/// A part of a multipart body: the name of its field, and its text as UTF-8,
/// which a file has not.
fn part(part: &[u8]) -> (Option<String>, Option<String>) {
    let mut name = None;
    let mut at = 0;
    while at < part.len() {
        let line = line_at(part, at);
        at += line.len();
        let line = without_line_end(line);
        if line.is_empty() {
            break;
        }
        let line = String::from_utf8_lossy(line);
        let Some((header, value)) = line.split_once(':') else {
            continue;
        };
        if header.eq_ignore_ascii_case("Content-Disposition") {
            name = parameter(value, "name");
            if parameter(value, "filename").is_some() {
                return (name, None);
            }
        }
    }
    (
        name,
        Some(String::from_utf8_lossy(&part[at..]).into_owned()),
    )
}

/// A parameter of a header field, with or without quotes.
fn parameter(header: &str, name: &str) -> Option<String> {
    let (_, mut rest) = header.split_once(';')?;
    loop {
        let (key, value) = rest.split_once('=')?;
        let value = value.trim_start();
        let quoted = value.strip_prefix('"').and_then(|v| v.split_once('"'));
        let (text, after) = quoted.unwrap_or_else(|| {
            let end = value.find(';').unwrap_or(value.len());
            (value[..end].trim_end(), &value[end..])
        });
        // The text before a semicolon is another parameter, without a value.
        let key = key.rsplit(';').next().unwrap_or_default();
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(text.to_owned());
        }
        rest = after;
    }
}

/// The line that begins at `at`, with its line ending.
fn line_at(text: &[u8], at: usize) -> &[u8] {
    let rest = &text[at..];
    match rest.iter().position(|byte| *byte == b'\n') {
        Some(end) => &rest[..=end],
        None => rest,
    }
}

fn without_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::json::object_to_json;
    use crate::model::schema::Schema;
    use crate::model::settings::Settings;

    type Pairs = &'static [(&'static str, &'static str)];

    fn owned(pairs: Pairs) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn splits() {
        let table: &[(&str, Pairs)] = &[
            ("", &[]),
            ("Ref=a&Sub=1", &[("Ref", "a"), ("Sub", "1")]),
            ("Ref=", &[("Ref", "")]),
            ("Ref&Sub=1", &[("Sub", "1")]),
            ("&&a=1&", &[("a", "1")]),
            ("a=b=c", &[("a", "b=c")]),
            ("=x", &[("", "x")]),
            ("Ref=a;Sub=1", &[("Ref", "a;Sub=1")]),
            ("Ref[]=a&Ref.x=1", &[("Ref[]", "a"), ("Ref.x", "1")]),
            ("R%65f=a", &[("Ref", "a")]),
            // Repeated names.
            ("Sub=1&Sub=2&Sub=2", &[("Sub", "1,2,2")]),
            ("sub=1&Ref=a&Sub=", &[("sub", "1,"), ("Ref", "a")]),
            // Escapes.
            ("a=+b%20c%2B", &[("a", " b c+")]),
            ("a=%26%3d%23", &[("a", "&=#")]),
            ("a=%C3%A9%e6%bc%a2%F0%9F%8E%BB", &[("a", "é漢🎻")]),
            ("a=é", &[("a", "é")]),
            ("a=%00", &[("a", "\0")]),
            ("a=%u00e9%ud83c%udfbb%u0041", &[("a", "é🎻A")]),
            // Broken escapes stay unchanged, broken text becomes U+FFFD.
            ("a=%zz%", &[("a", "%zz%")]),
            ("a=%2", &[("a", "%2")]),
            ("a=%%41", &[("a", "%A")]),
            ("a=%u00g9", &[("a", "%u00g9")]),
            ("a=%E9b", &[("a", "\u{fffd}b")]),
            ("a=%ud83cb", &[("a", "\u{fffd}b")]),
        ];
        for (text, expected) in table {
            assert_eq!(split(text.as_bytes()), owned(expected), "{text}");
        }
    }

    #[test]
    fn splits_multipart() {
        const TYPE: &str = "multipart/form-data; boundary=B";
        let field = |name: &str, value: &str| {
            format!("--B\r\nContent-Disposition: form-data; name={name}\r\n\r\n{value}\r\n")
        };
        let file = "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\"\r\nContent-Type: text/plain\r\n\r\nx\r\n";
        let a = field("\"a\"", "1");
        let b = field("b", "x\r\n--Bye\r\né");
        let one: Pairs = &[("a", "1")];
        let table: &[(&str, String, Pairs)] = &[
            (TYPE, format!("{a}--B--\r\n"), one),
            (TYPE, format!("{a}--B--"), one),
            (TYPE, format!("preamble\r\n{a}--B--\r\n{b}--B--"), one),
            (
                "multipart/form-data;BOUNDARY=\"B\"; charset=utf-8",
                format!("{a}--B--"),
                one,
            ),
            (
                TYPE,
                format!("{a}{b}--B--"),
                &[("a", "1"), ("b", "x\r\n--Bye\r\né")],
            ),
            (TYPE, format!("{a}{file}{a}--B--"), &[("a", "1,1")]),
            // Lines may end in LF alone.
            (TYPE, format!("{a}--B--").replace('\r', ""), one),
            (TYPE, field("\"a\"", "") + "--B--", &[("a", "")]),
            // A truncated part is left out.
            (TYPE, format!("{a}{b}"), one),
            (TYPE, a.clone(), &[]),
            (
                TYPE,
                "--B\r\nContent-Type: text/plain\r\n\r\nx\r\n--B--".to_owned(),
                &[],
            ),
            (TYPE, "--B\r\n\r\nx\r\n--B--".to_owned(), &[]),
            (TYPE, String::new(), &[]),
            ("multipart/form-data", format!("{a}--B--"), &[]),
            ("multipart/form-data; boundary=C", format!("{a}--B--"), &[]),
        ];
        for (content_type, body, expected) in table {
            assert_eq!(
                split_multipart(content_type, body.as_bytes()),
                owned(expected),
                "{body}"
            );
        }
    }

    #[test]
    fn binds() {
        let settings = Settings::default();
        let bound = |name: &str, query: &str| {
            let mut object = Object::new(Schema::embedded().named(name).unwrap());
            bind(
                &mut object,
                &split(query.as_bytes()),
                &Reading::new(&settings),
            )
            .map(|()| object_to_json(&object, false))
        };
        let table = [
            ("ref=a&SUB=1", json!({"Ref": "a", "Sub": 1})),
            ("Ref=a&Ref=b", json!({"Ref": "a,b"})),
            ("Ref=&Sub=&Nope=x", json!({})),
            ("Sub=+5", json!({"Sub": 5})),
            ("Sub=%22%22", json!({})),
        ];
        for (query, expected) in table {
            assert_eq!(
                bound("GetContractDetailsRequest", query),
                Ok(expected),
                "{query}"
            );
        }

        let error = |field: &str, message: &str| FieldError {
            code: Cow::Borrowed("SerializationException"),
            field: field.to_owned(),
            message: message.to_owned(),
        };
        let fulfillment = |query: &str| bound("ContractFulfillmentRequest", query);
        // Every bad value, with its name as it was sent.
        assert_eq!(
            fulfillment("serialpk=12.5&Ref=a&DeliveryDate=2026-02-30&Unlock=1"),
            Err(vec![
                error("serialpk", "'12.5' is an Invalid value for 'serialpk'"),
                error(
                    "DeliveryDate",
                    "'2026-02-30' is an Invalid value for 'DeliveryDate'"
                ),
            ])
        );
        // For a bool that cannot be null, the first value counts.
        assert_eq!(
            fulfillment("Unlock=true&Unlock=false"),
            Ok(json!({"Unlock": true}))
        );
        assert_eq!(
            fulfillment("Unlock=x,true"),
            Err(vec![error(
                "Unlock",
                "'x' is an Invalid value for 'Unlock'"
            )])
        );
        assert_eq!(
            bound("C2BPostContractRequest", "ReturnTopic=true,false"),
            Err(vec![error(
                "ReturnTopic",
                "'true,false' is an Invalid value for 'ReturnTopic'"
            )])
        );
    }

    #[test]
    fn binds_over_existing_values() {
        let settings = Settings::default();
        let of = Schema::embedded().named("C2BPostContractRequest").unwrap();
        let body = br"{Sku:b,Cat:3,Rate:{Grade:b,PlanCode:b},AccessoryIdList:[1,2]}";
        let mut object = jsv::read(body, of, &Reading::new(&settings)).unwrap();
        let query = b"Sku=&Rate={Grade:q}&AccessoryIdList=7";
        bind(&mut object, &split(query), &Reading::new(&settings)).unwrap();
        assert_eq!(
            object_to_json(&object, false),
            json!({"Sku": "b", "Cat": 3, "Sub": 0, "Rate": {"Grade": "q", "Months": 0}, "AccessoryIdList": [7]})
        );
    }

    #[test]
    fn survives_any_bytes() {
        let settings = Settings::default();
        let mut seed = 7_u32;
        let mut random = |below: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) % below
        };
        let pieces: [&[u8]; 20] = [
            b"&",
            b"=",
            b"%",
            b"%u",
            b"%ud83c",
            b"%E9",
            b"+",
            b"\xff",
            b"\r\n",
            b"\n",
            b"--B",
            b"--B--",
            b"Content-Disposition:",
            b"; name=\"",
            b"\"",
            b"Ref",
            b"Rate",
            b"{",
            b"0",
            b": form-data; name=a",
        ];
        // Others have nothing to bind.
        let mut types = Schema::embedded().types().to_vec();
        types.retain(|of| {
            ["Ref", "Rate"]
                .iter()
                .any(|name| of.position(name).is_some())
        });
        for _ in 0..20_000 {
            let mut text = Vec::new();
            for _ in 0..random(24) {
                text.extend_from_slice(pieces[random(20) as usize]);
            }
            let mut values = split(&text);
            values.extend(split_multipart("a; boundary=B", &text));
            let _ = split_multipart(&String::from_utf8_lossy(&text), &text);
            for of in &types {
                let _ = bind(&mut Object::new(of), &values, &Reading::new(&settings));
            }
        }
    }

    /// A body with many names takes linear time.
    #[test]
    fn splits_many_names() {
        let text: String = (0..200_000).map(|number| format!("n{number}=&")).collect();
        assert_eq!(split(text.as_bytes()).len(), 200_000);
    }
}

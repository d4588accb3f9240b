//! A sign of a result in what cannot be read as an answer, or where an answer
//! has none.
//!
//! A truncated answer, one in a list, in another object or one that names a
//! member twice cannot be read, and yet its `WebRef` says that something was
//! booked. Here counts where a name stands, and nothing else: what looks like a
//! sign and is none makes an outcome unknown that was certain, never the other
//! way round.

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::codec::answer::Format;
use crate::codec::xml;
use crate::value::names::{are_alike, folded};

/// How long the name of a member can be, in characters.
const LONGEST: usize = 128;

/// Whether one of the names is that of a member in JSON, or of an element in
/// XML, anywhere in the text. Case does not count, and nor does `_`.
pub(crate) fn is_in(body: &[u8], names: &[&str]) -> bool {
    let names: Vec<Vec<u8>> = names.iter().map(|name| folded(name).collect()).collect();
    // One for all: a body can consist of names.
    let mut name = Vec::with_capacity(LONGEST);
    let mut rest = body;
    while let Some(at) = memchr::memchr2(b'"', b'<', rest) {
        let (mark, after) = rest.split_at(at + 1);
        rest = after;
        name.clear();
        let is_name = if mark.ends_with(b"<") {
            name.extend(folded(element(after)));
            true
        } else {
            member(after, &mut name)
        };
        if is_name && names.contains(&name) {
            return true;
        }
    }
    false
}

/// Whether one of the names stands inside a member of an answer, at whatever
/// depth; the members themselves are known. The answer can be read.
pub(crate) fn is_inside(format: Format, body: &[u8], names: &[&str]) -> bool {
    match format {
        Format::Json => {
            let mut json = serde_json::Deserializer::from_slice(body);
            // What cannot be searched may have one.
            json.deserialize_map(Values(names)).unwrap_or(true)
        }
        Format::Xml => {
            let is_name = |name: &str| names.iter().any(|known| are_alike(known, name));
            xml::is_inside(body, is_name, |text| is_in(text, names))
        }
    }
}

/// Searches the values of an object's members.
struct Values<'n>(&'n [&'n str]);

impl<'de> Visitor<'de> for Values<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<bool, A::Error> {
        let mut is_found = false;
        while let Some((_, value)) = members.next_entry::<IgnoredAny, &RawValue>()? {
            // A text that is just a name is none.
            let value = value.get().trim_matches('"');
            is_found |= is_in(value.as_bytes(), self.0);
        }
        Ok(is_found)
    }
}

/// The name of an element, after its `<` or `</`: without a prefix.
fn element(text: &[u8]) -> &[u8] {
    let text = text.strip_prefix(b"/").unwrap_or(text);
    let text = text.get(..LONGEST).unwrap_or(text);
    let is_end = |letter: &u8| letter.is_ascii_whitespace() || b"/><".contains(letter);
    let end = text.iter().position(is_end).unwrap_or(text.len());
    let name = text.get(..end).unwrap_or(text);
    name.rsplit(|letter| *letter == b':').next().unwrap_or(name)
}

/// Reads what of a member's name counts, after its quote; whether a colon or the
/// end of the body follows. A quote ends it also where it is escaped: JSON may
/// stand in a text of JSON.
fn member(text: &[u8], name: &mut Vec<u8>) -> bool {
    let mut rest = text;
    while name.len() < LONGEST {
        match rest {
            [b'"', after @ ..] | [b'\\', b'"', after @ ..] => {
                let after = after.trim_ascii_start();
                return after.is_empty() || after.starts_with(b":");
            }
            [b'\\', b'u', a, b, c, d, after @ ..] => {
                name.extend(folded(&[escaped(&[*a, *b, *c, *d])]));
                rest = after;
            }
            [letter, after @ ..] => {
                name.extend(folded(&[*letter]));
                rest = after;
            }
            // It breaks off, perhaps just there.
            [] => return true,
        }
    }
    false
}

/// The letter of `\u0053`; what is beyond ASCII is in no name.
fn escaped(digits: &[u8; 4]) -> u8 {
    let digits = std::str::from_utf8(digits).unwrap_or_default();
    let code = u32::from_str_radix(digits, 16).ok();
    code.and_then(|code| u8::try_from(code).ok())
        .filter(u8::is_ascii)
        .unwrap_or(b'?')
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &[&str] = &["WebRef", "Status"];

    #[test]
    fn a_name_where_a_name_stands_is_a_sign() {
        for text in [
            r#"{"WebRef":"W-1","Status":"Denied"}"#,
            r#"{"WebRef":"W-1","#,
            r#"{"WebRef""#,
            r#"{"WebRef"#,
            r#"[{"web_ref" : 1}]"#,
            r#"{"Web\u0052ef":null}"#,
            r#"a " {"WEBREF":1}"#,
            r#""{\"WebRef\":\"W-1\"}""#,
            r#"{"a":{"b":[{"status":{}}]}} and more"#,
            "<C2BPostContractResponse><WebRef>W-1",
            r#"{"_":1,"__Web_\u005fRef__":1}"#,
            "<a:WebRef/>",
            "</web_ref>",
            "<Status",
        ] {
            assert!(is_in(text.as_bytes(), NAMES), "{text}");
        }
    }

    #[test]
    fn a_name_inside_a_member_is_a_sign() {
        let is_inside = |text: &str| match text.starts_with('<') {
            true => is_inside(Format::Xml, text.as_bytes(), NAMES),
            false => is_inside(Format::Json, text.as_bytes(), NAMES),
        };
        for text in [
            r#"{"Status":{"StatusCode":"Error"},"data":{"WebRef":"W-1"}}"#,
            r#"{"Status":{"StatusCode":"Error","web_ref":"W-1"}}"#,
            r#"{"data":[[{"Web\u0052ef":null}]],"data":1}"#,
            r#"{"data":"{\"WebRef\":\"W-1\"}"}"#,
            "<R><data><a:WebRef>W-1</a:WebRef></data></R>",
            "<R><data><x><web_ref/></x></data></R>",
            r#"<R><data>{"WebRef":"W-1"}</data></R>"#,
            r#"<R><data><![CDATA[<WebRef>W-1]]></data></R>"#,
        ] {
            assert!(is_inside(text), "{text}");
        }
        for text in [
            r#"{"WebRef":null,"Status":{"StatusCode":"Error"}}"#,
            r#"{"WebRef":"","Status":{"ErrorMessage":"Status: no WebRef"}}"#,
            r#"{"Field":"WebRef","Fields":["Status"]}"#,
            "{}",
            "<R><WebRef></WebRef><Status><StatusCode>Error</StatusCode></Status></R>",
            "<Status><data>WebRef</data></Status>",
        ] {
            assert!(!is_inside(text), "{text}");
        }
    }

    #[test]
    fn anything_else_is_none() {
        let long = format!("{{\"{}WebRef\":1}}", "a".repeat(LONGEST));
        for text in [
            "",
            "404",
            "WebRef",
            "WebRef: W-1",
            r#"{"ResponseStatus":{"ErrorCode":"Unauthorized","Message":"Token expired"}}"#,
            "{ResponseStatus:{ErrorCode:Unauthorized,Message:Token expired}}",
            r#"{"Message":"WebRef"}"#,
            r#"{"Message":"<b>Status: 401</b>"}"#,
            r#"{"WebRefs":1,"Web-Ref":1,"Web\u00e9Ref":1,"Web\uzzzzRef":1}"#,
            r#"{"WebRe"#,
            "<html><body>Status: denied<br>WebRef</body></html>",
            "<WebRefs>",
            &long,
        ] {
            assert!(!is_in(text.as_bytes(), NAMES), "{text}");
        }
    }
}

//! A sign of a result in what cannot be read as an answer.
//!
//! A truncated answer, one in a list or one that names a member twice cannot be
//! read, and yet its `WebRef` says that something was booked. Here counts where
//! a name stands, and nothing else: what looks like a sign and is none makes an
//! outcome unknown that was certain, never the other way round.

use crate::value::names::folded;

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
/// end follows. A quote ends it also where it is escaped: JSON may stand in a
/// text of JSON.
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
            [] => return false,
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
            r#"{"WebRef"#,
            "<html><body>Status: denied<br>WebRef</body></html>",
            "<WebRefs>",
            &long,
        ] {
            assert!(!is_in(text.as_bytes(), NAMES), "{text}");
        }
    }
}

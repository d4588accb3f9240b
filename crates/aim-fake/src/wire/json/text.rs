//! The letters of JSON: where values begin and end for ServiceStack.Text.
//!
//! Text is UTF-16 as in .NET, since an escape may write half of a surrogate
//! pair. Null is an empty slice, and the empty string is [`EMPTY`].

use std::borrow::Cow;

use crate::wire::date::argument_exception;
use crate::wire::digits;
use crate::wire::errors::Exception;

pub(super) const QUOTE: u16 = b'"' as u16;
const BACKSLASH: u16 = b'\\' as u16;
pub(super) const COMMA: u16 = b',' as u16;
pub(super) const OPEN: u16 = b'{' as u16;
pub(super) const CLOSE: u16 = b'}' as u16;
pub(super) const OPEN_LIST: u16 = b'[' as u16;
const CLOSE_LIST: u16 = b']' as u16;

/// ServiceStack's mark for an empty string.
pub(super) const EMPTY: &[u16] = &[0x200b];

/// The exception of reading beyond the end.
pub(super) fn index_exception() -> Exception {
    Exception {
        name: Cow::Borrowed("IndexOutOfRangeException"),
        message: "Index was outside the bounds of the array.".to_owned(),
        fields: Vec::new(),
    }
}

/// The exception of cutting beyond the end.
fn start_exception() -> Exception {
    argument_exception(
        "ArgumentOutOfRangeException",
        "Specified argument was out of the range of valid values.",
        "start",
    )
}

/// A body's letters, without a byte order mark; what is not valid UTF-8 becomes U+FFFD.
pub(super) fn decode(body: &[u8]) -> Vec<u16> {
    let text = String::from_utf8_lossy(body);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    text.encode_utf16().collect()
}

/// ServiceStack's white space.
pub(super) fn is_white(unit: u16) -> bool {
    char::from_u32(unit.into()).is_some_and(digits::is_white)
}

/// Skips white space.
pub(super) fn skip_white(text: &[u16], at: &mut usize) {
    while text.get(*at).is_some_and(|unit| is_white(*unit)) {
        *at += 1;
    }
}

/// Says whether there is a quote or a backslash at a position or after it.
pub(super) struct Marks {
    last: Option<usize>,
}

impl Marks {
    /// Finds the last one.
    pub(super) fn of(text: &[u16]) -> Self {
        Self {
            last: text
                .iter()
                .rposition(|unit| matches!(*unit, QUOTE | BACKSLASH)),
        }
    }

    fn any_from(&self, at: usize) -> bool {
        self.last.is_some_and(|last| last >= at)
    }
}

/// Takes a member's name; `None` if no member can have it.
///
/// A name without quotes is the whole rest, if that has no quote or backslash,
/// and `at` stays before it. A name with an escape becomes the whole text in
/// ServiceStack, which is no member's name, and `at` moves only behind the
/// quote.
pub(super) fn eat_name<'a>(
    text: &'a [u16],
    at: &mut usize,
    marks: &Marks,
) -> Result<Option<&'a [u16]>, Exception> {
    let rest = text.get(*at..).unwrap_or_default();
    let Some(rest) = rest.strip_prefix(&[QUOTE]) else {
        return Ok((!marks.any_from(*at)).then_some(rest));
    };
    *at += 1;
    let end = rest
        .iter()
        .position(|unit| matches!(*unit, QUOTE | BACKSLASH))
        .ok_or_else(start_exception)?;
    if rest[end] == BACKSLASH {
        return Ok(None);
    }
    *at += end + 1;
    Ok(Some(&rest[..end]))
}

/// Takes a comma or a closing brace, with the white space around it. Returns
/// which of them it was; `None` if it is another letter.
pub(super) fn eat_separator(text: &[u16], at: &mut usize) -> Result<Option<u16>, Exception> {
    skip_white(text, at);
    if *at == text.len() {
        return Ok(None);
    }
    let unit = *text.get(*at).ok_or_else(index_exception)?;
    if !matches!(unit, COMMA | CLOSE) {
        return Ok(None);
    }
    *at += 1;
    skip_white(text, at);
    Ok(Some(unit))
}

/// Takes a value: the letters between its quotes with their escapes, or those
/// of a number, an object or a list. `at` can move beyond the end.
pub(super) fn eat_value<'a>(text: &'a [u16], at: &mut usize) -> Result<&'a [u16], Exception> {
    skip_white(text, at);
    let start = *at;
    match text.get(start) {
        None | Some(&(COMMA | CLOSE)) => return Ok(&[]),
        Some(&QUOTE) => return eat_string(text, at),
        Some(&OPEN) => return eat_nested(text, at, OPEN, CLOSE),
        Some(&OPEN_LIST) => return eat_nested(text, at, OPEN_LIST, CLOSE_LIST),
        Some(_) => {}
    }
    // A colon or a closing bracket does not end it.
    *at += 1;
    while text
        .get(*at)
        .is_some_and(|unit| !matches!(*unit, COMMA | CLOSE) && !is_white(*unit))
    {
        *at += 1;
    }
    let token = &text[start..*at];
    let null = token.iter().copied().eq("null".encode_utf16());
    Ok(if null { &[] } else { token })
}

/// Takes an object or a list, even a truncated one. Only its own kind of
/// brackets counts.
fn eat_nested<'a>(
    text: &'a [u16],
    at: &mut usize,
    open: u16,
    close: u16,
) -> Result<&'a [u16], Exception> {
    let start = *at;
    let mut quoted = false;
    let mut depth = 1_usize;
    *at += 1;
    while let Some(&unit) = text.get(*at) {
        *at += 1;
        if unit == BACKSLASH {
            *at += 1;
            continue;
        }
        if unit == QUOTE {
            quoted = !quoted;
        }
        if quoted {
            continue;
        }
        if unit == open {
            depth += 1;
        } else if unit == close {
            depth -= 1;
            if depth == 0 {
                break;
            }
        }
    }
    text.get(start..*at).ok_or_else(start_exception)
}

/// Takes a string.
fn eat_string<'a>(text: &'a [u16], at: &mut usize) -> Result<&'a [u16], Exception> {
    let start = *at + 1;
    *at = start;
    loop {
        match *text.get(*at).ok_or_else(index_exception)? {
            QUOTE => break,
            BACKSLASH => {
                *at += 1;
                if *text.get(*at).ok_or_else(index_exception)? == u16::from(b'u') {
                    *at += 4;
                }
            }
            _ => {}
        }
        *at += 1;
        // An escape that goes beyond the end ends the string and loses the last
        // letter.
        if *at > text.len() {
            break;
        }
    }
    *at += 1;
    let end = (*at).min(text.len()) - 1;
    let string = text.get(start..end).unwrap_or_default();
    Ok(if string.is_empty() { EMPTY } else { string })
}

/// Resolves escapes and drops quotes, which turns an object or a list in place
/// of a string into JSV. `None` for an escape that is not a number.
pub(super) fn unescape(text: &[u16]) -> Option<Vec<u16>> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&unit) = text.get(at) {
        at += 1;
        if unit == QUOTE {
            continue;
        }
        if unit != BACKSLASH {
            out.push(unit);
            continue;
        }
        let Some(&letter) = text.get(at) else {
            out.push(BACKSLASH);
            break;
        };
        // An escape with too few letters is written unchanged: `u` twice, and
        // `x` after its backslash.
        let rest = text.len() - at - 1;
        let (escaped, letters) = match u8::try_from(letter).unwrap_or_default() {
            b'u' | b'x' if rest >= 4 => (hexadecimal(&text[at + 1..at + 5])?, 5),
            b'x' if rest >= 2 => (hexadecimal(&text[at + 1..at + 3])?, 3),
            b'u' => (letter, 0),
            b'x' => (BACKSLASH, 0),
            b'a' => (0x07, 1),
            b'b' => (0x08, 1),
            b't' => (0x09, 1),
            b'n' => (0x0a, 1),
            b'v' => (0x0b, 1),
            b'f' => (0x0c, 1),
            b'r' => (0x0d, 1),
            _ => (letter, 1),
        };
        out.push(escaped);
        at += letters;
    }
    Some(out)
}

/// A hexadecimal number of at most four digits; .NET allows white space around
/// it.
fn hexadecimal(digits: &[u16]) -> Option<u16> {
    let digits = String::from_utf16(digits).ok()?;
    let digits = digits.trim_matches(|letter| matches!(letter, ' ' | '\t'..='\r'));
    let valid = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    valid.then(|| u16::from_str_radix(digits, 16).ok())?
}

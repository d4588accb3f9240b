//! White space and whole numbers of ServiceStack's text formats.

/// The white space of ServiceStack's text formats.
#[must_use]
pub(super) fn is_white(letter: char) -> bool {
    matches!(
        letter,
        ' ' | '\u{9}'..='\u{d}' | '\u{85}' | '\u{a0}' | '\u{200b}'
    )
}

/// Reads a `long`: with white space around it and, if it has no sign, leading
/// zeros; without a plus, a fraction or an exponent.
pub(super) fn parse_integer(text: &str) -> Option<i64> {
    let text = text.trim_matches(is_white);
    let digits = text.strip_prefix('-').unwrap_or(text);
    let canonical = digits.len() == 1 || !digits.starts_with('0') || digits.len() == text.len();
    if !canonical || digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_integers() {
        let table: &[(&str, Option<i64>)] = &[
            ("12", Some(12)),
            (" 5 ", Some(5)),
            ("\u{a0}5\u{200b}", Some(5)),
            ("05", Some(5)),
            ("00", Some(0)),
            ("-0", Some(0)),
            ("-05", None),
            ("-5", Some(-5)),
            ("- 5", None),
            ("+5", None),
            ("", None),
            ("-", None),
            (" ", None),
            ("1 2", None),
            ("12.0", None),
            ("1e3", None),
            ("0x10", None),
            ("9223372036854775807", Some(i64::MAX)),
            ("-9223372036854775808", Some(i64::MIN)),
            ("9223372036854775808", None),
        ];
        for (text, expected) in table {
            assert_eq!(parse_integer(text), *expected, "{text:?}");
        }
    }
}

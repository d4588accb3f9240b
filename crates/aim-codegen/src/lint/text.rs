//! Rules for texts and names.

use super::Lint;
use crate::read::document::At;
use crate::read::problem::Severity;

pub(super) const IS_PLACEHOLDER: &str =
    "the description is still the placeholder of `cargo xtask audit`";

/// Checks the texts of an object that end up in rustdoc.
pub(super) fn check(lint: &mut Lint<'_>, at: &At<'_>) {
    for key in ["summary", "description"] {
        let Some(text) = at.get(key) else { continue };
        if text.node.as_str().is_some_and(breaks_rust) {
            let style = std::mem::replace(&mut lint.report.severity, Severity::Error);
            lint.problem(
                &text,
                "the text has a control character",
                "a comment of Rust cannot hold it: remove it",
            );
            lint.report.severity = style;
        }
        if text.node.as_str() == Some(super::PLACEHOLDER) {
            lint.problem(&text, IS_PLACEHOLDER, "say what it is in words of your own");
        }
        if let Some((what, fix)) = text.node.as_str().and_then(breaks_rustdoc) {
            lint.problem(&text, what, fix);
        }
    }
}

/// Whether the compiler refuses a comment with this text: it has a carriage
/// return, or a character that changes the direction of writing.
pub(super) fn breaks_rust(text: &str) -> bool {
    let is_bad = |letter: char| {
        letter.is_control() && letter != '\n' && letter != '\t'
            || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.contains(is_bad)
}

/// Returns what rustdoc would misread, and the fix.
fn breaks_rustdoc(text: &str) -> Option<(&'static str, &'static str)> {
    let indented = |line: &str| {
        let blank = line.len() - line.trim_start().len();
        blank < line.len() && (blank >= 4 || line[..blank].contains('\t'))
    };
    if text.lines().any(indented) {
        return Some((
            "a line is indented by four spaces or more",
            "rustdoc takes it for an example and compiles it: indent less",
        ));
    }
    if text.contains("```") || text.contains("~~~") {
        return Some((
            "the text has a fenced block",
            "rustdoc takes it for an example and compiles it: put code in single backticks",
        ));
    }
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return Some((
            "a backtick has no partner",
            "close the code, or remove the backtick",
        ));
    }
    let prose = || parts.iter().step_by(2);
    if prose().any(|part| part.contains('<')) {
        return Some((
            "a `<` is outside backticks",
            "rustdoc takes it for HTML: put the code in backticks",
        ));
    }
    if prose().any(|part| part.contains('[')) {
        return Some((
            "a `[` is outside backticks",
            "rustdoc takes it for a link: put the code in backticks, or use other brackets",
        ));
    }
    if prose().any(|part| part.contains("://")) {
        return Some((
            "an address is outside backticks",
            "rustdoc warns about bare addresses: put it in backticks",
        ));
    }
    None
}

/// Whether a name begins with a letter and goes on with letters and digits, so
/// that every generator can make a name of it.
pub(super) fn is_plain_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether a name can be the name of a type or variant without a change.
pub(super) fn is_type_name(name: &str) -> bool {
    is_plain_name(name) && name.starts_with(|c: char| c.is_ascii_uppercase()) && name != "Self"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_rustdoc_misreads() {
        for (text, expected) in [
            ("List<long>", "`<`"),
            ("see [0]", "`[`"),
            ("see https://example.com", "address"),
            ("a\n\n    let x;", "four spaces"),
            ("a\n  \tb", "four spaces"),
            ("```\nx\n```", "fenced"),
            ("~~~\nx\n~~~", "fenced"),
            ("an `open", "backtick"),
        ] {
            let (what, _) = breaks_rustdoc(text).unwrap();
            assert!(what.contains(expected), "{text}: {what}");
        }
        for text in [
            "",
            "`List<long>` and `[0]` at `https://example.com`",
            "# A\n\n- b\n   c",
        ] {
            assert_eq!(breaks_rustdoc(text), None, "{text}");
        }
    }

    #[test]
    fn knows_what_a_comment_cannot_hold() {
        for text in ["a\rb", "a\u{202e}b", "a\u{2066}b", "\0"] {
            assert!(breaks_rust(text), "{text:?}");
        }
        assert!(!breaks_rust("a\n\n\tb é"));
    }

    #[test]
    fn knows_names() {
        assert!(
            is_plain_name("aB1")
                && !is_plain_name("1a")
                && !is_plain_name("")
                && !is_plain_name("a_b")
        );
        assert!(is_type_name("Card") && !is_type_name("card") && !is_type_name("Self"));
    }
}

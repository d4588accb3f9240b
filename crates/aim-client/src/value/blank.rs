//! What of a text can be seen.

/// Whether there is no letter in a text that can be seen.
#[cfg(feature = "client")]
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(is_invisible)
}

/// A text without the letters around it that cannot be seen.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(is_invisible)
}

/// White space, control characters, and what Unicode calls ignorable by
/// default.
fn is_invisible(letter: char) -> bool {
    // Nearly all letters are these.
    if letter.is_ascii() {
        return !letter.is_ascii_graphic();
    }
    letter.is_whitespace()
        || letter.is_control()
        || matches!(
            letter,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(all(test, feature = "client"))]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_blank() {
        assert!(is_blank("") && is_blank(" \u{200b}\0 ") && is_blank("\u{feff}\u{2800}"));
        assert!(!is_blank("0") && !is_blank("a\u{200b}") && !is_blank("\u{6f22}"));
        assert_eq!(trim("\u{200b} O K\0"), "O K");
    }
}

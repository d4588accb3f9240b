//! What the words of a status say, whether or not they may be shown.

use crate::value::blank;
use crate::value::secret::Secret;

/// What the vendor's in-band status says: see
/// [`BaseResponseResult::verdict`](crate::types::BaseResponseResult::verdict).
///
/// ```
/// use aim_client::StatusVerdict;
/// use aim_client::types::BaseResponseResult;
///
/// let status = BaseResponseResult::new().status_code("Error").error_code("17");
/// assert_eq!(status.verdict(), StatusVerdict::Failure);
/// assert_eq!(BaseResponseResult::new().verdict(), StatusVerdict::Good);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatusVerdict {
    /// A word of failure.
    Failure,
    /// No word of failure, and beside it an error code or an error text that is
    /// none of the good words: the outcome is not known.
    Unclear,
    /// A code that is none of the known words, and nothing else amiss: it
    /// proves nothing, and takes nothing from another proof.
    UnknownCode,
    /// Good words, or none.
    Good,
}

/// A member of the status, and the words that the document knows for it.
pub(crate) struct Words<'a> {
    #[cfg_attr(
        not(feature = "client"),
        expect(dead_code, reason = "the text of an error names it")
    )]
    pub(crate) member: &'static str,
    pub(crate) value: &'a str,
    pub(crate) good: &'static [&'static str],
    pub(crate) failure: &'static [&'static str],
}

impl Words<'_> {
    /// The word, if the document knows it: in the document's spelling.
    #[cfg(feature = "client")]
    pub(crate) fn known(&self) -> Option<&'static str> {
        let value = blank::trim(self.value);
        let mut known = self.failure.iter().chain(self.good);
        known.find(|word| is_same(word, value)).copied()
    }
}

/// Words that a merchant's system uses besides those of the document.
#[derive(Clone, Debug, Default)]
pub(crate) struct OwnWords {
    /// In any member.
    pub(crate) good: Vec<String>,
    /// In the members that have words of failure.
    pub(crate) failure: Vec<String>,
    /// Those that say, in any member, that the login has ended.
    #[cfg_attr(
        not(feature = "client"),
        expect(dead_code, reason = "a call asks for them")
    )]
    pub(crate) ended: Vec<String>,
}

impl OwnWords {
    /// Whether a member says that the login has ended.
    #[cfg(feature = "client")]
    pub(crate) fn say_ended(&self, members: &[Words<'_>]) -> bool {
        members.iter().any(|words| {
            let value = blank::trim(words.value);
            !value.is_empty() && is_one_of(value, &[], &self.ended)
        })
    }

    /// A word that would be good and a failure at once.
    #[cfg(feature = "client")]
    pub(crate) fn contradiction(&self, members: &[Words<'_>]) -> Option<&str> {
        let codes = || members.iter().filter(|words| !words.failure.is_empty());
        let is_good = |word: &str| codes().any(|known| is_one_of(word, known.good, &self.good));
        let is_failure = |word: &str| codes().any(|known| is_one_of(word, known.failure, &[]));
        let failure = self.failure.iter().find(|word| is_good(blank::trim(word)));
        let good = self.good.iter().find(|word| is_failure(blank::trim(word)));
        failure.or(good).map(String::as_str)
    }
}

/// What the members of a status say together.
pub(crate) fn verdict(members: &[Words<'_>], own: &OwnWords) -> StatusVerdict {
    let mut verdict = StatusVerdict::Good;
    for words in members {
        let value = blank::trim(words.value);
        let is_code = !words.failure.is_empty();
        if value.is_empty() {
            continue;
        }
        if is_code && is_one_of(value, words.failure, &own.failure) {
            return StatusVerdict::Failure;
        }
        if is_one_of(value, words.good, &own.good) {
            continue;
        }
        if !is_code {
            verdict = StatusVerdict::Unclear;
        } else if verdict == StatusVerdict::Good {
            verdict = StatusVerdict::UnknownCode;
        }
    }
    verdict
}

fn is_one_of(value: &str, known: &[&str], own: &[String]) -> bool {
    let own = own.iter().map(|word| blank::trim(word));
    let mut words = known.iter().copied().chain(own);
    words.any(|word| is_same(word, value))
}

/// Whether two words are the same: without case, and numbers by value.
fn is_same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
        || number(one).is_some_and(|number_of_one| Some(number_of_one) == number(other))
}

/// A number as its sign, its digits before the point and those after it,
/// without zeros that say nothing.
fn number(text: &str) -> Option<(bool, &str, &str)> {
    // Tells most words without a search.
    if text.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
        return None;
    }
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_empty = whole.is_empty() && fraction.is_empty();
    if is_empty || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let is_zero = whole.is_empty() && fraction.is_empty();
    Some((is_negative && !is_zero, whole, fraction))
}

/// The text of a member of the status; an absent one is empty.
pub(crate) fn text(member: Option<&impl Text>) -> &str {
    member.map_or("", Text::text)
}

/// A member that is text, whether or not it may be shown.
pub(crate) trait Text {
    fn text(&self) -> &str;
}

impl Text for String {
    fn text(&self) -> &str {
        self
    }
}

impl Text for Secret {
    fn text(&self) -> &str {
        self.expose()
    }
}

#[cfg(test)]
mod tests {
    use super::StatusVerdict::{Failure, Good, Unclear, UnknownCode};
    use super::*;
    use crate::types::BaseResponseResult;

    #[test]
    fn the_rule_of_the_document() {
        for (code, error_code, text, expected) in [
            ("", "", "", Good),
            ("OK", "0", "", Good),
            (" ok ", " 0 ", "  ", Good),
            ("\u{200b}OK\0", "\u{feff}", "\u{200b}", Good),
            ("Success", "None", "Succeeded", Good),
            ("successful", "success", "COMPLETED", Good),
            ("True", "ok", "OK", Good),
            ("0", "0.00", "0.0", Good),
            ("200", "-0", "200", Good),
            ("200.00", "000", "", Good),
            ("Error", "", "", Failure),
            (" ERROR ", "0", "", Failure),
            ("\u{200b}Error\0", "0", "", Failure),
            ("\u{200b}", "\u{feff}0", "\0", Good),
            ("FAIL", "", "", Failure),
            ("failed", "17", "out of stock", Failure),
            ("Failure", "", "OK", Failure),
            ("Pending", "", "", UnknownCode),
            ("500", "0", "", UnknownCode),
            ("2000", "0", "", UnknownCode),
            ("-200", "0", "", UnknownCode),
            ("False", "None", "", UnknownCode),
            (".", "", "", UnknownCode),
            ("", "17", "", Unclear),
            ("OK", "Error", "", Unclear),
            ("OK", "0", "not enough stock", Unclear),
            ("Pending", "17", "", Unclear),
            ("", "", "none", Unclear),
        ] {
            let status = BaseResponseResult::new()
                .status_code(code)
                .error_code(error_code)
                .error_message(text);
            assert_eq!(status.verdict(), expected, "{code} {error_code} {text}");
        }
        let text = BaseResponseResult::new().error_display_text("Sorry");
        assert_eq!(text.verdict(), Unclear);
    }

    #[test]
    fn a_merchants_words_are_added() {
        let own = OwnWords {
            good: vec!["Posted".to_owned(), "7".to_owned()],
            failure: vec![" NOK ".to_owned()],
            ended: Vec::new(),
        };
        for (code, error_code, expected) in [
            ("POSTED", "7.0", Good),
            ("nok", "0", Failure),
            ("Error", "0", Failure),
            ("OK", "nok", Unclear),
        ] {
            let status = BaseResponseResult::new()
                .status_code(code)
                .error_code(error_code);
            assert_eq!(
                verdict(&status.words(), &own),
                expected,
                "{code} {error_code}"
            );
        }
    }
}

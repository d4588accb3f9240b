//! What proves that an operation ran.
//!
//! The server answers `{}` from a catch-all route, an HTML page, or ten zeros
//! with status 200, and a client that takes these for success books twice or
//! not at all. The document therefore declares for each operation which
//! members of its answer prove it (`x-aim-evidence`); the generated code
//! implements [`AnswerBody`] from that.

use serde::de::DeserializeOwned;

use crate::types::BaseResponseResult;
use crate::{AimDateTime, Money, Secret};

/// An answer, with what the document declares about it.
pub(crate) trait AnswerBody: DeserializeOwned + Send + Sync + 'static {
    /// Whether a status that is no failure proves the operation.
    const STATUS_PROVES: bool;

    /// The vendor's in-band status, if there is one.
    fn status(&self) -> Option<&BaseResponseResult>;

    /// Whether one of the declared members other than `Status` is set.
    fn has_own_evidence(&self) -> bool;

    /// The members that the answer cannot have besides its evidence: those of
    /// another operation's answer that has the same evidence. Empty if no other
    /// has it.
    fn not_beside(&self) -> &'static [&'static str];

    /// Whether the answer lists items that were not applied.
    fn is_partial(&self) -> bool;

    /// Whether each of these says which item of the request it is.
    fn names_each_item(&self) -> bool;

    /// The reference that the server gave to what was booked.
    fn reference(&self) -> Option<&str>;
}

/// Whether a member holds anything but the default that .NET fills in.
pub(crate) fn is_set(member: &impl Member) -> bool {
    member.is_set()
}

/// A member of an answer.
pub(crate) trait Member {
    fn is_set(&self) -> bool;
}

impl<T: Member> Member for Option<T> {
    fn is_set(&self) -> bool {
        self.as_ref().is_some_and(Member::is_set)
    }
}

impl<T> Member for Vec<T> {
    fn is_set(&self) -> bool {
        !self.is_empty()
    }
}

impl Member for String {
    fn is_set(&self) -> bool {
        !self.trim().is_empty()
    }
}

impl Member for Secret {
    fn is_set(&self) -> bool {
        !self.expose().trim().is_empty()
    }
}

impl Member for Money {
    fn is_set(&self) -> bool {
        *self != Self::default()
    }
}

impl Member for AimDateTime {
    fn is_set(&self) -> bool {
        !self.is_unset()
    }
}

impl Member for bool {
    fn is_set(&self) -> bool {
        *self
    }
}

/// Whether a member of the status is one of the values, ignoring case and
/// surrounding white space; absent counts as empty.
pub(crate) fn is_one_of(member: Option<&impl Words>, values: &[&str]) -> bool {
    let member = member.map_or("", Words::words).trim();
    values
        .iter()
        .any(|value| value.eq_ignore_ascii_case(member))
}

/// A member that is text, whether or not it may be shown.
pub(crate) trait Words {
    fn words(&self) -> &str;
}

impl Words for String {
    fn words(&self) -> &str {
        self
    }
}

impl Words for Secret {
    fn words(&self) -> &str {
        self.expose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(code: &str, error_code: &str, text: &str) -> BaseResponseResult {
        BaseResponseResult::new()
            .status_code(code)
            .error_code(error_code)
            .error_message(text)
    }

    #[test]
    fn the_failure_rule_of_the_document() {
        assert!(!BaseResponseResult::new().is_failure());
        assert!(!status("OK", "0", "").is_failure());
        assert!(!status("OK", " 0 ", "  ").is_failure());
        assert!(status("Error", "", "").is_failure());
        assert!(status(" ERROR ", "0", "").is_failure());
        assert!(status("", "17", "").is_failure());
        assert!(status("OK", "0", "not enough stock").is_failure());
        assert!(
            BaseResponseResult::new()
                .error_display_text("Sorry")
                .is_failure()
        );
    }

    #[test]
    fn defaults_are_no_evidence() {
        assert!(!is_set(&None::<String>));
        assert!(!is_set(&Some(String::from(" "))));
        assert!(!is_set(&Some(Money::default())));
        assert!(!is_set(&Some(Vec::<i64>::new())));
        assert!(!is_set(&Some(false)));
        assert!(is_set(&Some(String::from("W-1"))));
        assert!(is_set(&Some(Money::from(1))));
        assert!(is_set(&Some(vec![0])));
    }
}

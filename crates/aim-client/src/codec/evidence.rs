//! What proves that an operation ran.
//!
//! The server answers `{}` from a catch-all route, an HTML page, or ten zeros
//! with status 200, and a client that takes these for success books twice or
//! not at all. The document therefore declares for each operation which
//! members of its answer prove it (`x-aim-evidence`); the generated code
//! implements [`AnswerBody`] from that.

use serde::de::DeserializeOwned;

use crate::value::date::AimDateTime;
use crate::value::money::Money;
use crate::value::secret::Secret;

/// An answer, with what the document declares about it.
pub(crate) trait AnswerBody: DeserializeOwned + Send + Sync + 'static {
    /// The vendor's in-band status.
    type Status;

    /// Whether a status that is not a failure proves the operation.
    const STATUS_PROVES: bool;

    /// The in-band status, if there is one.
    fn status(&self) -> Option<&Self::Status>;

    /// Whether one of the declared members other than `Status` is set.
    fn has_own_evidence(&self) -> bool;

    /// The members that the answer cannot have besides its evidence: those of
    /// another operation's answer that has the same evidence. Empty if no other
    /// has it.
    fn foreign_members(&self) -> &'static [&'static str];

    /// Whether the answer lists items that were not applied.
    fn is_partial(&self) -> bool;

    /// The reference of each of these, by which the request names it.
    fn failed(&self) -> Vec<Option<&str>>;

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

impl Member for i32 {
    fn is_set(&self) -> bool {
        *self != 0
    }
}

impl Member for i64 {
    fn is_set(&self) -> bool {
        *self != 0
    }
}

impl Member for bool {
    fn is_set(&self) -> bool {
        *self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

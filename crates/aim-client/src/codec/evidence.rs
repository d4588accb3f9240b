//! What proves that an operation ran.
//!
//! The server answers `{}` from a catch-all route, an HTML page, or ten zeros
//! with status 200, and a client that takes these for success books twice or
//! not at all. The document therefore declares for each operation which
//! members of its answer prove it (`x-aim-evidence`); the generated code
//! implements [`AnswerBody`] from that.

use crate::value::blank;
use crate::value::date::{self, AimDateTime};
use crate::value::money::Money;
use crate::value::object::Object;
use crate::value::secret::Secret;

/// The answer of an operation, of whichever: what all have in common, for code
/// that does not know the type. Implemented by the types of answers, and by no
/// others.
///
/// ```
/// use aim_client::{AimAnswer, Answer, types::C2BPostContractResponse};
///
/// fn log<T: AimAnswer>(answer: &Answer<T>) -> String {
///     format!("booked as {}", answer.reference().unwrap_or("?"))
/// }
/// let answer = Answer::new(C2BPostContractResponse::new().web_ref("W-1"));
/// assert_eq!(log(&answer), "booked as W-1");
/// ```
pub trait AimAnswer: Sealed {
    /// The reference that the server gave to what was booked, such as `WebRef`:
    /// what a booking answers with as its only proof of its own. `None` for
    /// reads, for bookings without one, and where it has no value.
    fn reference(&self) -> Option<&str>;
}

/// Keeps others from implementing [`AimAnswer`].
pub trait Sealed {}

impl<T: AnswerBody> Sealed for T {}

/// An answer, with what the document declares about it.
pub(crate) trait AnswerBody: AimAnswer + Object + Send + Sync + 'static {
    /// The vendor's in-band status.
    type Status: Object;

    /// Whether a status that is not a failure proves the operation.
    const STATUS_PROVES: bool;

    /// The in-band status, if there is one.
    fn status(&self) -> Option<&Self::Status>;

    /// Whether one of the declared members other than `Status` has a value.
    fn has_own_evidence(&self) -> bool;

    /// The members that the answer cannot have besides its evidence: those of
    /// another operation's answer that has the same evidence. Empty if no other
    /// has it.
    fn foreign_members(&self) -> &'static [&'static str];

    /// Whether the answer lists items that were not applied.
    fn is_partial(&self) -> bool;

    /// The reference of each of these, by which the request names it.
    fn failed(&self) -> Vec<Option<String>>;
}

/// Whether a member has a value: anything but what stands for nothing, in any
/// type and in text.
///
/// | it has none | such as |
/// | --- | --- |
/// | null | and what is not there |
/// | text without a letter that can be seen | `""`, blanks, U+200B, U+FEFF, U+0000 |
/// | zero | `0`, `-0`, `0.00`, `"0"`, `0e5` |
/// | false | `"False"` |
/// | the year 1 | `0001-01-01T00:00:00`, as text too |
/// | a list or an object of which no part has one | `[]`, `[null]`, `[{"Desc":null}]` |
pub(crate) fn has_value(member: &impl Member) -> bool {
    member.has_value()
}

/// A member of an answer, or an object that one holds.
pub(crate) trait Member {
    fn has_value(&self) -> bool;
}

impl<T: Member> Member for Option<T> {
    fn has_value(&self) -> bool {
        self.as_ref().is_some_and(Member::has_value)
    }
}

impl<T: Member> Member for Vec<T> {
    fn has_value(&self) -> bool {
        self.iter().any(Member::has_value)
    }
}

impl Member for str {
    fn has_value(&self) -> bool {
        let text = blank::trim(self);
        let is_nothing = text.is_empty()
            || text.eq_ignore_ascii_case("false")
            || is_zero(text)
            || date::is_no_date(text);
        !is_nothing
    }
}

impl Member for String {
    fn has_value(&self) -> bool {
        self.as_str().has_value()
    }
}

impl Member for Secret {
    fn has_value(&self) -> bool {
        self.expose().has_value()
    }
}

impl Member for AimDateTime {
    /// The JSON text of an object or a list, which it keeps as well, is no date.
    fn has_value(&self) -> bool {
        !self.text().starts_with(['{', '[']) && self.text().has_value()
    }
}

impl Member for Money {
    fn has_value(&self) -> bool {
        !self.get().is_zero()
    }
}

impl Member for i32 {
    fn has_value(&self) -> bool {
        *self != 0
    }
}

impl Member for i64 {
    fn has_value(&self) -> bool {
        *self != 0
    }
}

impl Member for bool {
    fn has_value(&self) -> bool {
        *self
    }
}

/// Whether a text is a number of zeros, with whatever sign, point and exponent.
fn is_zero(text: &str) -> bool {
    // Tells most texts without a search.
    if !text.starts_with(['0', '+', '-', '.', ',']) {
        return false;
    }
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let digits = digits.strip_prefix(['+', '-']).unwrap_or(digits);
    let is_exponent = !exponent.is_empty() && exponent.bytes().all(|digit| digit.is_ascii_digit());
    digits.contains('0')
        && digits
            .bytes()
            .all(|digit| matches!(digit, b'0' | b'.' | b','))
        && is_exponent
}

#[cfg(test)]
mod tests {
    use super::{AimAnswer, Member, has_value};
    use crate::types::{C2BPostContractResponse, GetContractDetailsResponse, InventoryGeneric};

    #[test]
    fn what_stands_for_nothing_is_no_value() {
        let nothing = [
            "",
            " ",
            "\t\r\n",
            "\u{a0}",
            "\u{3000}",
            "\u{200b}",
            "\u{feff}",
            "\0",
            "\u{1}\u{7f}",
            "\u{85}",
            "\u{2060}",
            "\u{ad}",
            "\u{200e}\u{202c}",
            "\u{2800}",
            " \u{200b}\0 ",
            "0",
            "-0",
            "+0",
            "00",
            "0.00",
            "-0.0",
            "0,00",
            ".0",
            "0.",
            "0e5",
            "0E-5",
            "-0.00e+9",
            " 0 ",
            "\u{200b}0",
            "false",
            "False",
            " FALSE\n",
            "0001-01-01T00:00:00",
            "0001-01-01",
            "0001-01-01T00:00:00.0000000Z",
            "/Date(-62135596800000)/",
            "1/1/0001 12:00:00 AM",
        ];
        for text in nothing {
            assert!(!text.has_value(), "{text:?}");
        }
        let something = [
            "W-1",
            "1",
            "-1",
            "0.01",
            "1e0",
            "0e",
            "e0",
            ".",
            "-",
            "0-0",
            "0x0",
            "true",
            "no",
            "null",
            "False Alarm",
            "0001-02-30",
            "2026-11-21",
            "a\u{200b}",
            "\u{e9}",
            "\u{6f22}",
        ];
        for text in something {
            assert!(text.has_value(), "{text:?}");
        }
    }

    /// As JSON, whatever the type of the member.
    #[test]
    fn a_value_is_a_value_in_every_type() {
        let read =
            |json: &str| -> GetContractDetailsResponse { serde_json::from_str(json).unwrap() };
        for nothing in [
            r#"{}"#,
            r#"{"Topic":null,"TotalDue":null,"NextDueDate":null,"Inventory":null}"#,
            r#"{"Topic":0}"#,
            r#"{"Topic":false}"#,
            r#"{"Topic":-0.00}"#,
            r#"{"Topic":"\u200b"}"#,
            r#"{"TotalDue":0}"#,
            r#"{"TotalDue":"-0.00"}"#,
            r#"{"TotalDue":0e5}"#,
            r#"{"NextDueDate":"0001-01-01T00:00:00"}"#,
            r#"{"NextDueDate":0}"#,
            r#"{"NextDueDate":{}}"#,
            r#"{"NextDueDate":[null]}"#,
            r#"{"NextDueDate":false}"#,
            r#"{"Inventory":[]}"#,
            r#"{"Inventory":[null]}"#,
            r#"{"Inventory":[{},{}]}"#,
            r#"{"Inventory":[{"Desc":null}]}"#,
            r#"{"Inventory":[{"Desc":"0"},{"Other":1}]}"#,
            r#"{"Payments":[{"Amount":0,"Date":"0001-01-01"}]}"#,
        ] {
            use crate::codec::evidence::AnswerBody;
            assert!(!read(nothing).has_own_evidence(), "{nothing}");
        }
        for something in [
            r#"{"Topic":"t"}"#,
            r#"{"Topic":7}"#,
            r#"{"TotalDue":-0.01}"#,
            r#"{"NextDueDate":"2026-11-21"}"#,
            r#"{"NextDueDate":"tomorrow"}"#,
            r#"{"Inventory":[null,{"Desc":"Violin"}]}"#,
            r#"{"Payments":[{"Amount":1}]}"#,
        ] {
            use crate::codec::evidence::AnswerBody;
            assert!(read(something).has_own_evidence(), "{something}");
        }
        for (text, reference) in [("W-1", Some("W-1")), ("", None), (" 0", None)] {
            let answer = C2BPostContractResponse::new().web_ref(text);
            assert_eq!(AimAnswer::reference(&answer), reference, "{text}");
        }
        assert!(!has_value(&Some(vec![0_i64, 0])) && has_value(&vec![0_i64, 1]));
        assert!(!has_value(&false) && has_value(&true) && !has_value(&0_i32));
        assert!(!has_value(&vec![InventoryGeneric::new()]));
    }
}

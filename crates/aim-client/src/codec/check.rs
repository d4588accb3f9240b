//! What is refused before it is sent, naming the member.
//!
//! The server drops or misreads some values without any error, and the
//! vendor's rules exclude others; the operation then runs with what is left.
//! Most such values have no place in the request types (an amount has no
//! exponent, an id no fraction). What is left is checked here:
//!
//! | in a request | rule | because |
//! | --- | --- | --- |
//! | a date | `yyyy-MM-dd`, or that with `THH:mm:ss` or `THH:mm:ss.fff` | the server keeps these as they are, shifts a zone to its own, reads slashes as it likes, and drops the rest |
//! | a date in the year 1, or none | left out | it stands for "no date", and the server would store the year 1 |
//! | a text | no character that XML cannot carry | it cuts every XML answer that holds it short, with status 200 |
//! | a text | not a zero-width space alone | the server takes it for an empty one |
//! | a text that the document requires | not empty | to the server an empty one is a missing one |
//! | a text with `x-aim-pattern` | has that form | the vendor documents the form |
//! | members in `x-aim-exclusive` | one of them | the vendor excludes the others |
//! | the body | within `max_request_body` | a host cuts off or refuses a larger one |
//! | the query | within [`MAX_QUERY`](crate::call::limits::MAX_QUERY) | the same |
//!
//! The generated code says which member has which rule ([`Check`], written by
//! `aim-codegen` from the document); what a rule means stands here. Open enums
//! are not checked: a value that the document does not know is valid.
//!
//! Source: exchanges recorded from ServiceStack 8.4 and 10.1.4.

use std::fmt;

use crate::value::date::AimDateTime;
use crate::value::money::Money;
use crate::value::secret::Secret;

/// A value of a request.
pub(crate) trait Check {
    /// The text, of a value that is one.
    fn text(&self) -> Option<&str> {
        None
    }

    /// Whether it is sent at all.
    fn is_sent(&self) -> bool {
        true
    }

    /// Says if it must not be sent, with all that it holds.
    fn check(&self, place: &Place<'_>) -> Result<(), Refusal> {
        match self.text() {
            Some(text) if !is_xml(text) => Err(place.refused(
                "holds a control character, which XML cannot carry and which would cut other \
                 programs' answers short: remove it",
            )),
            Some(EMPTY) => Err(place.refused(
                "is a zero-width space and nothing else, which the server takes for an empty \
                 text: leave it out",
            )),
            _ => Ok(()),
        }
    }
}

/// What ServiceStack reads as a text that is there but empty.
const EMPTY: &str = "\u{200b}";

/// Whether XML 1.0 can carry a text (`Char` of its grammar).
fn is_xml(text: &str) -> bool {
    // No other bytes begin what it cannot, and few texts hold them.
    let is_plain = |byte: u8| byte >= b' ' && byte != 0xef;
    text.bytes().all(is_plain) || text.chars().all(is_xml_letter)
}

fn is_xml_letter(letter: char) -> bool {
    !matches!(letter, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

impl Check for bool {}
impl Check for i32 {}
impl Check for i64 {}
/// An amount is always sent in plain digits, which every server reads.
impl Check for Money {}

impl Check for String {
    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

impl Check for Secret {
    fn text(&self) -> Option<&str> {
        Some(self.expose())
    }
}

impl Check for AimDateTime {
    fn check(&self, place: &Place<'_>) -> Result<(), Refusal> {
        const FORM: &str = "send the store's wall clock as `yyyy-MM-ddTHH:mm:ss`, such as \
                            `AimDateTime::from_ymd_hms` makes";
        let states_zone = self.offset_seconds().is_some() || self.wall_clock().is_none();
        let reason = if self.is_unset() {
            "stands for no date, which the server would store as the year 1: leave it out".into()
        } else if states_zone && !self.is_unknown() {
            format!("states a zone, which the server shifts to its own: {FORM}")
        } else if !states_zone && has_safe_form(self.text()) {
            return Ok(());
        } else {
            format!("is in no form that every server keeps; it may be misread or dropped: {FORM}")
        };
        Err(place.refused(reason))
    }
}

/// Whether the text of a wall clock is `yyyy-MM-dd`, `yyyy-MM-ddTHH:mm:ss` or
/// that with three digits after a point.
fn has_safe_form(text: &str) -> bool {
    let has_t = text.as_bytes().get(10) == Some(&b'T');
    text.len() == 10 || (has_t && matches!(text.len(), 19 | 23))
}

impl<T: Check> Check for Option<T> {
    fn text(&self) -> Option<&str> {
        self.as_ref()?.text()
    }

    fn is_sent(&self) -> bool {
        self.is_some()
    }

    fn check(&self, place: &Place<'_>) -> Result<(), Refusal> {
        self.as_ref().map_or(Ok(()), |value| value.check(place))
    }
}

impl<T: Check> Check for Vec<T> {
    fn check(&self, place: &Place<'_>) -> Result<(), Refusal> {
        let mut items = self.iter().enumerate();
        items.try_for_each(|(index, item)| item.check(&place.below(Step::Item(index))))
    }
}

/// A member that must not be sent, and why. It never holds the value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// Its path in the vendor's names.
    pub(crate) member: String,
    /// The rest of a sentence that begins with the member.
    pub(crate) reason: String,
}

/// A place in a request. Nothing is written down until something is refused.
pub(crate) struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    step: Step,
}

#[derive(Clone, Copy)]
enum Step {
    Request,
    Member(&'static str),
    Item(usize),
}

impl Place<'_> {
    /// The request itself.
    pub(crate) const REQUEST: Place<'static> = Place {
        parent: None,
        step: Step::Request,
    };

    fn below(&self, step: Step) -> Place<'_> {
        Place {
            parent: Some(self),
            step,
        }
    }

    fn refused(&self, reason: impl Into<String>) -> Refusal {
        Refusal {
            member: self.to_string(),
            reason: reason.into(),
        }
    }

    /// Checks a member and all that it holds.
    pub(crate) fn member(&self, name: &'static str, value: &impl Check) -> Result<(), Refusal> {
        value.check(&self.below(Step::Member(name)))
    }

    /// Checks a member that the vendor requires.
    pub(crate) fn required(&self, name: &'static str, value: &impl Check) -> Result<(), Refusal> {
        match value.text() {
            Some("") => Err(self.below(Step::Member(name)).refused(
                "is empty, and the vendor requires it: fill it, or leave out what it belongs to",
            )),
            _ => Ok(()),
        }
    }

    /// Checks the form of a text: a regular expression of the document, and
    /// what the generator has made of it.
    pub(crate) fn pattern(
        &self,
        name: &'static str,
        value: &impl Check,
        pattern: &'static str,
        has_form: fn(&[u8]) -> bool,
    ) -> Result<(), Refusal> {
        match value.text() {
            Some(text) if !has_form(text.as_bytes()) => Err(self
                .below(Step::Member(name))
                .refused(format!("has not the form `{pattern}`"))),
            _ => Ok(()),
        }
    }

    /// Checks two members that exclude each other.
    pub(crate) fn exclusive(
        &self,
        (left, left_is_sent): (&'static str, bool),
        (right, right_is_sent): (&'static str, bool),
    ) -> Result<(), Refusal> {
        if left_is_sent && right_is_sent {
            let reason = format!("and `{right}` exclude each other: send one of them");
            return Err(self.below(Step::Member(left)).refused(reason));
        }
        Ok(())
    }
}

/// Whether a text is sent and is this one.
pub(crate) fn says(text: &impl Check, value: &str) -> bool {
    text.text() == Some(value)
}

/// `MassUpdateItems[2].DeliveryDate`.
impl fmt::Display for Place<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(formatter)?;
        }
        match (self.step, self.parent.map(|parent| parent.step)) {
            (Step::Request, _) => Ok(()),
            (Step::Member(name), None | Some(Step::Request)) => formatter.write_str(name),
            (Step::Member(name), _) => write!(formatter, ".{name}"),
            (Step::Item(index), _) => write!(formatter, "[{index}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex_lite::Regex;

    use super::*;
    use crate::types::{
        C2BPostContractRequest, CardType, CcInfo, ContractFulfillmentRequest, CustomerInfo,
        FormInput, PostServiceTicketRequest, Rate, UpdateContractObj,
    };

    /// The path of the member that is refused, and why.
    fn refusal(request: &impl Check) -> Option<(String, String)> {
        let refusal = request.check(&Place::REQUEST).err()?;
        Some((refusal.member, refusal.reason))
    }

    fn member(request: &impl Check) -> Option<String> {
        refusal(request).map(|(member, _)| member)
    }

    fn date(text: &str) -> AimDateTime {
        serde_json::from_value(text.into()).unwrap()
    }

    fn delivered(text: &str) -> Option<(String, String)> {
        refusal(&ContractFulfillmentRequest::new().delivery_date(date(text)))
    }

    fn card() -> CcInfo {
        CcInfo::new("tok_1", CardType::Visa, "4242")
    }

    #[test]
    fn dates_that_keep_their_wall_clock_everywhere_are_sent() {
        for text in [
            "2026-11-21",
            "2026-11-21T10:20:30",
            "2026-11-21T10:20:30.123",
            // Read without its zeros.
            "2026-11-21T10:20:30.0000000",
            "2026-03-08T02:30:00",
            "9999-12-31T23:59:59",
        ] {
            assert_eq!(delivered(text), None, "{text}");
        }
    }

    #[test]
    fn every_other_date_is_refused_with_its_reason() {
        for (text, expected) in [
            ("", "no date"),
            (" ", "no date"),
            ("0001-01-01T00:00:00", "no date"),
            ("/Date(-62135596800000)/", "no date"),
            ("2026-11-21T10:20:30Z", "states a zone"),
            ("2026-11-21T10:20:30.123Z", "states a zone"),
            ("2026-11-21T10:20:30-05:00", "states a zone"),
            ("/Date(1795274430000)/", "states a zone"),
            ("/Date(1795274430000-0500)/", "states a zone"),
            ("Sat, 21 Nov 2026 15:20:30 GMT", "states a zone"),
            ("2026-11-21 10:20:30", "in no form that every server keeps"),
            (
                "11/21/2026 10:20:30 AM",
                "in no form that every server keeps",
            ),
            ("1/1/2026 1:20:30 AM", "in no form that every server keeps"),
            (
                "2026-11-21T10:20:30.1",
                "in no form that every server keeps",
            ),
            (
                "2026-11-21T10:20:30.1234567",
                "in no form that every server keeps",
            ),
            ("01/02/2026", "in no form that every server keeps"),
            ("2026-02-30", "in no form that every server keeps"),
            ("20261121", "in no form that every server keeps"),
            ("1795274430000", "in no form that every server keeps"),
            ("tomorrow", "in no form that every server keeps"),
        ] {
            let (member, reason) = delivered(text).unwrap();
            assert_eq!(member, "DeliveryDate");
            assert!(reason.contains(expected), "{text}: {reason}");
            assert!(text.trim().is_empty() || !reason.contains(text), "{reason}");
        }
    }

    #[test]
    fn a_place_is_named_by_its_path() {
        let request = ContractFulfillmentRequest::new().mass_update_items([
            UpdateContractObj::new(),
            UpdateContractObj::new(),
            UpdateContractObj::new().delivery_date(date("now")),
        ]);
        assert_eq!(
            member(&request).as_deref(),
            Some("MassUpdateItems[2].DeliveryDate")
        );
        let request = PostServiceTicketRequest::new().cc_info(card().expiration("8/29"));
        assert_eq!(member(&request).as_deref(), Some("CcInfo.Expiration"));
        let place = Place::REQUEST;
        let list = place.below(Step::Member("A"));
        let item = list.below(Step::Item(0));
        assert_eq!(item.below(Step::Item(1)).to_string(), "A[0][1]");
    }

    #[test]
    fn the_whole_text_must_have_the_form() {
        let checked = |four: &str, expiration: &str| {
            let card = CcInfo::new("tok_1", CardType::Visa, four).expiration(expiration);
            member(&PostServiceTicketRequest::new().cc_info(card))
        };
        assert_eq!(checked("4242", "08/29"), None);
        for four in [
            "42",
            "42424",
            "424x",
            " 4242",
            "4242\n",
            "٤٢٤٢",
            "4242\n4242",
        ] {
            let found = checked(four, "08/29");
            assert_eq!(found.as_deref(), Some("CcInfo.LastFour"), "{four:?}");
        }
        for expiration in ["", "8/29", "13/29", "00/29", "08/2029", "08-29", "08/29\n"] {
            let found = checked("4242", expiration);
            assert_eq!(
                found.as_deref(),
                Some("CcInfo.Expiration"),
                "{expiration:?}"
            );
        }
    }

    #[test]
    fn a_zero_width_space_is_an_empty_text_to_the_server() {
        let request = |text: &str| PostServiceTicketRequest::new().notes(text);
        let (member, reason) = refusal(&request("\u{200b}")).unwrap();
        assert_eq!(member, "Notes");
        assert!(reason.starts_with("is a zero-width space"), "{reason}");
        assert_eq!(refusal(&request("a\u{200b}")), None);
        assert_eq!(refusal(&request("")), None);
    }

    #[test]
    fn what_excludes_each_other_is_refused_even_if_empty() {
        let request = C2BPostContractRequest::new().rate_id(0).rate(Rate::new());
        let (member, reason) = refusal(&request).unwrap();
        assert_eq!(member, "RateId");
        assert_eq!(reason, "and `Rate` exclude each other: send one of them");
        let request = C2BPostContractRequest::new().instrument_id(1).desc("");
        assert_eq!(self::member(&request).as_deref(), Some("InstrumentId"));
        let request = C2BPostContractRequest::new().sku("1").desc("2").rate_id(1);
        assert_eq!(refusal(&request), None);
    }

    #[test]
    fn what_the_vendor_requires_is_not_empty() {
        let customer = |name: &str, email: &str| {
            let request = C2BPostContractRequest::new();
            member(&request.customer_info(CustomerInfo::new(name, email)))
        };
        assert_eq!(customer("Ada", "a@example.com"), None);
        assert_eq!(customer("", "a").as_deref(), Some("CustomerInfo.Name"));
        assert_eq!(customer("Ada", "").as_deref(), Some("CustomerInfo.Email"));
        let card = CcInfo::new("tok_1", CardType::Other(String::new()), "4242");
        let request = PostServiceTicketRequest::new().cc_info(card);
        assert_eq!(member(&request).as_deref(), Some("CcInfo.CardType"));
        let inputs = [
            FormInput::new("A", "1", false),
            FormInput::new("B", "", false),
        ];
        let request = PostServiceTicketRequest::new().form_input_list(inputs);
        assert_eq!(member(&request).as_deref(), Some("FormInputList[1].Value"));
    }

    #[test]
    fn open_enums_and_optional_empty_texts_are_sent() {
        let card = CcInfo::new("tok_1", CardType::Other("JCB".to_owned()), "4242");
        let request = PostServiceTicketRequest::new().cc_info(card).notes("");
        assert_eq!(refusal(&request), None);
    }

    #[test]
    fn texts_hold_what_xml_can_carry() {
        let noted = |text: &str| member(&PostServiceTicketRequest::new().notes(text));
        assert_eq!(noted("a\t\r\n\"<&'>\u{7f}\u{85}\u{2028}\u{fffd}é🎻"), None);
        for letter in (0..0x20).chain([0xfffe, 0xffff]).filter_map(char::from_u32) {
            let is_kept = matches!(letter, '\t' | '\n' | '\r');
            assert_eq!(noted(&format!("a{letter}b")).is_none(), is_kept);
        }
    }

    proptest! {
        /// What the server's decimal reader drops: exponents, a plus, zeros
        /// in front, more than 28 digits after the point.
        #[test]
        fn an_amount_is_written_in_plain_digits(
            low in any::<u32>(), middle in any::<u32>(), high in any::<u32>(),
            negative in any::<bool>(), scale in 0..=28_u32,
        ) {
            let number = rust_decimal::Decimal::from_parts(low, middle, high, negative, scale);
            let json = serde_json::to_string(&Rate::new().mo_pay(Money::from(number))).unwrap();
            let plain = Regex::new(r#"^\{"MoPay":-?(0|[1-9][0-9]{0,28})(\.[0-9]{1,28})?\}$"#).unwrap();
            prop_assert!(plain.is_match(&json), "{}", json);
        }
    }
}

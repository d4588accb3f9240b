//! The remembered data; also the form of the state as JSON, which `rules.md`
//! describes member by member.
//!
//! These types have no `Debug` form: they hold personal and card data.

use std::borrow::Cow;
use std::collections::VecDeque;

use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta, Timelike};
use rust_decimal::Decimal;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::date::{DateKind, DateTime};

/// How many access tokens are kept.
pub(super) const ACCESS_TOKENS: usize = 1_000;

/// How many logins are kept.
pub(super) const LOGINS: usize = 1_000;

/// How many ids can be given out.
pub(super) const MOST_IDS: i64 = 1_000_000_000_000_000;

/// All remembered data.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Store {
    pub seed: u64,
    pub now: Date,
    pub ids_given: i64,
    pub accounts_given: i32,
    pub merchant: Merchant,
    pub catalog: Catalog,
    pub customers: Vec<Customer>,
    pub students: Vec<Student>,
    pub cards: Vec<Card>,
    pub contracts: Vec<Contract>,
    pub tickets: Vec<Ticket>,
    pub access_tokens: VecDeque<AccessToken>,
    pub users: Vec<User>,
    pub logins: VecDeque<Login>,
    pub bookings: Vec<Booking>,
}

/// What the answers say about the merchant.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Merchant {
    pub base_url: String,
    pub account_url: String,
    pub post_topic: String,
    pub details_topic: String,
    pub payoff_discount: Option<Money>,
    pub payoff_days: u32,
    pub oauth_token: String,
}

/// The data behind the ids of a posted contract.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Catalog {
    pub instruments: Vec<Instrument>,
    pub rates: Vec<CatalogRate>,
    pub accessories: Vec<Accessory>,
}

#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Instrument {
    pub id: i64,
    pub item: Item,
    pub cash_price: Option<Money>,
}

#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct CatalogRate {
    pub id: i64,
    pub rate: Rate,
}

#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Rate {
    pub plan_code: Option<String>,
    pub level: Option<i32>,
    pub grade: Option<String>,
    pub down_pay: Option<Money>,
    pub mo_pay: Option<Money>,
    pub down_maint: Option<Money>,
    pub mo_maint: Option<Money>,
    pub rdf_type: Option<String>,
    pub contract_default_id: Option<i64>,
    pub months: i32,
    pub down_lease: Option<Money>,
    pub mo_lease: Option<Money>,
}

#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Item {
    pub model: Option<String>,
    pub item: Option<String>,
    pub sku: Option<String>,
    pub serial: Option<String>,
    pub serial_pk: Option<i64>,
    pub desc: Option<String>,
    pub mfg: Option<String>,
}

#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Accessory {
    pub id: i64,
    pub desc: Option<String>,
    pub price: Money,
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub cat_num: i32,
    pub sku: Option<String>,
    pub report: Option<bool>,
    pub delivered: bool,
}

#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Customer {
    pub account: i32,
    pub web_id: Option<i32>,
    pub name: Option<String>,
    pub addr1: Option<String>,
    pub addr2: Option<String>,
    pub city: Option<String>,
    pub st: Option<String>,
    pub zip: Option<String>,
    pub country: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub last_sub: i32,
}

#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Student {
    pub pk: i64,
    pub account: i32,
    pub name: Option<String>,
}

#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Card {
    pub pk: i64,
    pub account: Option<i32>,
    pub token: Option<String>,
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub last_four: Option<String>,
    pub expiration: Option<String>,
    pub reason: Option<String>,
    pub primary: bool,
}

#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct FormInput {
    pub key: Option<String>,
    pub value: Option<String>,
    pub encrypted: bool,
}

#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Payment {
    pub date: Option<Date>,
    pub amount: Money,
    #[serde(rename = "ref")]
    pub reference: Option<String>,
}

#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Contract {
    pub pk: i64,
    pub web_ref: String,
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    pub account: Option<i32>,
    pub sub: Option<i32>,
    pub posted: Date,
    pub teacher_id: Option<i64>,
    pub school_name: Option<String>,
    pub aim_school_id: Option<i64>,
    pub location: Option<String>,
    pub student_name: Option<String>,
    pub instrument_id: Option<i64>,
    pub inventory: Vec<Item>,
    pub rate_id: Option<i64>,
    pub rate: Option<Rate>,
    pub cash_price: Option<Money>,
    pub accessories: Vec<Accessory>,
    pub form_inputs: Vec<FormInput>,
    pub card: Option<i64>,
    pub cat: i32,
    pub sub_cat: i32,
    pub status_id: Option<i64>,
    pub status: Option<String>,
    pub card_terminal_id: Option<String>,
    pub notes: Option<String>,
    pub delivery_date: Option<Date>,
    pub first_due: Option<Date>,
    pub late_charges: Money,
    pub other_charges: Money,
    pub payments: Vec<Payment>,
    pub locked: bool,
}

#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Ticket {
    pub web_ref: String,
    pub ref_number: Option<String>,
    pub posted: Date,
    pub account: Option<i32>,
    pub serial: Option<String>,
    pub item: Option<String>,
    pub notes: Option<String>,
    pub form_inputs: Vec<FormInput>,
    pub card: Option<i64>,
    pub voice_recording_length: usize,
}

#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct AccessToken {
    pub token: String,
    pub account: Option<i32>,
    pub mode: Option<String>,
    pub item_key: Option<i64>,
    pub issued: Date,
    pub expires: Option<Date>,
}

/// Someone who can log in.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct User {
    pub username: String,
    pub password: String,
    pub account: Option<i32>,
    pub is_admin: bool,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub email: Option<String>,
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub location: Option<String>,
    pub location_name: Option<String>,
    pub tax_authority: Option<String>,
    pub tax_authority_name: Option<String>,
}

/// A token that Security gave out.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Login {
    pub token: String,
    pub username: String,
    pub app_id: Option<String>,
    pub device_id: Option<String>,
    pub device_name: Option<String>,
    pub issued: Date,
    pub expires: Option<Date>,
}

/// A call that booked or changed something. The same request sent twice makes
/// two of them, the second a duplicate of the first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Booking {
    /// The vendor's name of the operation; the old route counts as
    /// `ContractFulfillment`.
    pub operation: Cow<'static, str>,
    /// The `WebRef` of each contract or ticket that was booked or changed.
    pub references: Vec<String>,
    /// `RefNumber` of a service ticket.
    pub ref_number: Option<String>,
    /// Equal for equal requests, whatever their format and credentials: 16
    /// hexadecimal digits.
    pub digest: String,
    /// The time, by the fake's clock.
    pub at: Date,
    /// The number of the first booking of the same operation with the same
    /// `digest` or `ref_number`, counted from 1; `None` if there is none before
    /// this one. Where a state is read, it is found out anew.
    pub duplicate_of: Option<usize>,
}

/// The merchant's wall clock, exact to 100 ns, from year 1 to 9999. As text
/// `2026-11-21T10:20:30`, with a fraction if it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(NaiveDateTime);

/// An exact amount. As text `12.50`, with its scale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Money(pub Decimal);

impl Default for Merchant {
    fn default() -> Self {
        Self {
            base_url: "https://rentals.example.com".to_owned(),
            account_url: "https://account.example.com/manage".to_owned(),
            post_topic: "RENTALTHANKS".to_owned(),
            details_topic: "RENTALDETAILS".to_owned(),
            payoff_discount: None,
            payoff_days: 14,
            oauth_token: "oauth-token-of-the-fake".to_owned(),
        }
    }
}

/// 2026-01-05T09:00:00, the first time of the fake's clock.
impl Default for Date {
    fn default() -> Self {
        let begin = NaiveDate::from_ymd_opt(2026, 1, 5).and_then(|day| day.and_hms_opt(9, 0, 0));
        Self(begin.unwrap_or_default())
    }
}

impl Date {
    /// The wall clock of a bound date. Its kind is dropped, as .NET does when
    /// it writes to a database.
    #[must_use]
    pub fn new(date: DateTime) -> Option<Self> {
        Self::within(date.clock()?)
    }

    /// The same for an answer: without a zone, as .NET reads it from a
    /// database.
    #[must_use]
    pub fn date_time(self) -> DateTime {
        let days = i64::from(self.0.num_days_from_ce()) - 1;
        let seconds = days * 86_400 + i64::from(self.0.num_seconds_from_midnight());
        DateTime {
            ticks: seconds * 10_000_000 + i64::from(self.0.nanosecond()) / 100,
            kind: DateKind::Unspecified,
        }
    }

    /// Adds seconds, up to the end of the year 9999.
    pub(super) fn plus_seconds(self, seconds: u32) -> Self {
        self.later(
            self.0
                .checked_add_signed(TimeDelta::seconds(seconds.into())),
        )
    }

    /// Adds days, up to the end of the year 9999.
    pub(super) fn plus_days(self, days: u32) -> Self {
        self.later(self.0.checked_add_days(chrono::Days::new(days.into())))
    }

    /// Adds months, on the last day if the month is too short; `None` after the
    /// year 9999.
    pub(super) fn plus_months(self, months: u32) -> Option<Self> {
        Self::within(self.0.checked_add_months(chrono::Months::new(months))?)
    }

    /// Counts this date, one month later, two months later and so on, up to
    /// `now`.
    pub(super) fn months_come(self, now: Self) -> u32 {
        let months = |date: Self| i64::from(date.0.year()) * 12 + i64::from(date.0.month());
        let Ok(apart) = u32::try_from(months(now) - months(self)) else {
            return 0;
        };
        let come = self.plus_months(apart).is_some_and(|due| due <= now);
        apart + u32::from(come)
    }

    /// Midnight at the start of the day.
    pub(super) fn day(self) -> Self {
        Self(self.0.date().and_time(chrono::NaiveTime::MIN))
    }

    fn within(clock: NaiveDateTime) -> Option<Self> {
        (1..=9999).contains(&clock.year()).then_some(Self(clock))
    }

    fn later(self, clock: Option<NaiveDateTime>) -> Self {
        clock.and_then(Self::within).unwrap_or(self)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.date_time().to_round_trip();
        serializer.serialize_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // chrono also reads shorter numbers and drops the eighth digit of a
        // fraction; here only the written form is read.
        DateTime::from_round_trip(&text, DateKind::Unspecified)
            .filter(|date| date.to_round_trip().get(..19) == text.get(..19) && text.len() <= 27)
            .and_then(Self::new)
            .ok_or_else(|| D::Error::custom("a date is expected, as \"2026-11-21T10:20:30\""))
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Decimal::from_str_exact(&text)
            .map(Self)
            .map_err(|_| D::Error::custom("an amount is expected as text, as \"12.50\""))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn dates_are_exact_as_text_and_as_ticks() {
        for text in [
            "0001-01-01T00:00:00",
            "2026-11-21T10:20:30.1234567",
            "2026-11-21T10:20:30.5",
            "2026-10-10T10:10:00",
            "9999-12-31T23:59:59.9999999",
        ] {
            let date: Date = serde_json::from_value(json!(text)).unwrap();
            assert_eq!(serde_json::to_value(date).unwrap(), text);
            let ticks = DateTime::from_round_trip(text, DateKind::Unspecified).unwrap();
            assert_eq!(date.date_time(), ticks);
            assert_eq!(Date::new(ticks), Some(date));
        }
        for text in [
            "",
            "2026-11-21",
            "2026-11-21T10:20:30Z",
            "2026-11-21T10:20:30.12345678",
            "10000-01-01T00:00:00",
        ] {
            assert!(
                serde_json::from_value::<Date>(json!(text)).is_err(),
                "{text}"
            );
        }
    }

    #[test]
    fn amounts_keep_their_scale() {
        for text in [
            "0",
            "12.50",
            "-0.10",
            "79228162514264337593543950335",
            "0.0000000000000000000000000001",
        ] {
            let money: Money = serde_json::from_value(json!(text)).unwrap();
            assert_eq!(serde_json::to_value(money).unwrap(), text);
        }
    }

    #[test]
    fn time_stops_at_its_end() {
        let end: Date = serde_json::from_value(json!("9999-12-31T23:59:59")).unwrap();
        assert_eq!(end.plus_seconds(u32::MAX), end);
        assert_eq!(end.plus_days(u32::MAX), end);
        assert_eq!(end.plus_months(1), None);
        assert_eq!(Date::default().plus_months(u32::MAX), None);
    }
}

//! The vendor's dialect of dates.
//!
//! The vendor's fields hold .NET `DateTime` values of the store's wall clock.
//! How a server writes them is an unknown setting of that server, so every form
//! that a ServiceStack server can write is read, and [`AimDateTime`] keeps the
//! text.
//!
//! | form | example | [`wall_clock`] | [`instant`] |
//! | --- | --- | --- | --- |
//! | no zone, with or without fraction | `2026-11-21T10:20:30.1234567` | yes | |
//! | the same with a space | `2026-11-21 10:20:30` | yes | |
//! | date alone | `2026-11-21` | midnight | |
//! | month first | `11/21/2026 10:20:30 AM` | yes | |
//! | with the store's offset | `2026-11-21T10:20:30-05:00` | yes | yes |
//! | milliseconds with the store's offset | `/Date(1795274430000-0500)/` | yes | yes |
//! | UTC | `2026-11-21T15:20:30Z` | | yes |
//! | UTC milliseconds | `/Date(1795274430000)/`, `/Date(1795274430000-0000)/` | | yes |
//! | RFC 1123 | `Sat, 21 Nov 2026 15:20:30 GMT` | | yes |
//! | anything else | `tomorrow` | | |
//!
//! A wall clock is never computed from a UTC instant: that needs the store's
//! time zone, which no answer states.
//!
//! .NET writes the year 1 for "no date", in any of these forms and shifted
//! by any zone; see [`AimDateTime::is_unset`].
//!
//! A client sends `yyyy-MM-ddTHH:mm:ss`: the only form that keeps the wall
//! clock on every server. The server shifts `Z` and offsets to its own zone,
//! and silently drops a date that it cannot read. So a request with a date that
//! was read in another form is refused, unless the form is `yyyy-MM-dd` or
//! `yyyy-MM-ddTHH:mm:ss.fff`. A date that means "no date" is refused too: leave
//! it out.
//!
//! Source: exchanges recorded from ServiceStack 8.4 and 10.1.4 under each of
//! its date settings.
//!
//! [`wall_clock`]: AimDateTime::wall_clock
//! [`instant`]: AimDateTime::instant

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::value::lenient::{Lenient, Scalar};
use crate::value::reading::Reading;

/// A date and time as the vendor writes it; see the [module](self) for the forms.
///
/// It keeps the text that it was read from, and writes the same text. One thing
/// is dropped on reading: a fraction of zeros where no zone is stated, so that
/// the vendor's `0001-01-01T00:00:00.0000000` is `0001-01-01T00:00:00`. Reading
/// never fails: text of an unknown form is kept ([`is_unknown`]), and so is the
/// JSON text of any other value.
///
/// Two values are equal if their texts are. To show one in another form, and to
/// calculate, take what it says in [`chrono`].
///
/// ```
/// use aim_client::{AimDateTime, chrono::NaiveDate, types::ContractFulfillmentRequest};
///
/// let delivery = AimDateTime::from_ymd_hms(2026, 11, 21, 10, 0, 0)?;
/// assert_eq!(delivery.to_string(), "2026-11-21T10:00:00");
/// let shown = delivery.wall_clock().map(|clock| clock.format("%d.%m.%Y %H:%M").to_string());
/// assert_eq!(shown.as_deref(), Some("21.11.2026 10:00"));
///
/// let due = NaiveDate::from_ymd_opt(2027, 1, 1).ok_or(aim_client::date::DateError::OutOfRange)?;
/// let request = ContractFulfillmentRequest::new().first_due(AimDateTime::try_from(due)?);
/// assert_eq!(request.first_due.unwrap().text(), "2027-01-01T00:00:00");
///
/// let read: AimDateTime = serde_json::from_str(r#""\/Date(1795274430000-0500)\/""#).unwrap();
/// assert_eq!(read.wall_clock().unwrap().to_string(), "2026-11-21 10:20:30");
/// assert_eq!(read.instant().unwrap().to_string(), "2026-11-21 15:20:30 UTC");
/// assert_eq!(read.offset_seconds(), Some(-5 * 3600));
/// # Ok::<_, aim_client::date::DateError>(())
/// ```
///
/// [`is_unknown`]: AimDateTime::is_unknown
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct AimDateTime(String);

/// Why a date and time cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DateError {
    /// The day or time does not exist, or its year is not 1 to 9999.
    OutOfRange,
    /// It has a fraction of a second, which the wire form cannot hold.
    SubSecond,
}

impl fmt::Display for DateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OutOfRange => {
                "there is no such date and time, or its year is not 1 to 9999: the vendor's \
                 server would drop it without a word"
            }
            Self::SubSecond => {
                "the time has a part of a second, which cannot be sent: round it to a second"
            }
        })
    }
}

impl std::error::Error for DateError {}

impl AimDateTime {
    /// A wall clock time of the store, as `yyyy-MM-ddTHH:mm:ss`.
    ///
    /// # Errors
    ///
    /// [`DateError::OutOfRange`] if the day or time does not exist, or if the
    /// year is not 1 to 9999.
    pub fn from_ymd_hms(
        year: i32,
        month: u32,
        day: u32,
        hour: u32,
        minute: u32,
        second: u32,
    ) -> Result<Self, DateError> {
        NaiveDate::from_ymd_opt(year, month, day)
            .and_then(|date| date.and_hms_opt(hour, minute, second))
            .ok_or(DateError::OutOfRange)?
            .try_into()
    }

    /// The text as it was read, or as it will be sent.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Whether this means "no date": the year 1 of .NET's default value in any
    /// form, or blank text.
    ///
    /// Every day of the years 0 and 1 counts, because a zone may have shifted
    /// the default value.
    #[must_use]
    pub fn is_unset(&self) -> bool {
        self.0.trim().is_empty() || is_no_date(&self.0)
    }

    /// Whether the text has an unknown form: see [`text`](Self::text).
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        !self.is_unset() && Form::of(&self.0).is_none()
    }

    /// The store's wall clock, if the text states it: `None` for UTC instants,
    /// for an unknown form and for "no date".
    #[must_use]
    pub fn wall_clock(&self) -> Option<NaiveDateTime> {
        match self.form()? {
            Form::Wall(clock) | Form::Offset(clock, _) => Some(clock),
            Form::Utc(_) => None,
        }
    }

    /// The instant, if the text states it: `None` where the zone is not
    /// stated, for an unknown form and for "no date".
    #[must_use]
    pub fn instant(&self) -> Option<DateTime<Utc>> {
        self.form()?.utc().map(|clock| clock.and_utc())
    }

    /// How far the store's clock is east of UTC, if the text states it.
    #[must_use]
    pub fn offset_seconds(&self) -> Option<i32> {
        match self.form()? {
            Form::Offset(_, offset) => Some(offset),
            Form::Wall(_) | Form::Utc(_) => None,
        }
    }

    /// The form of the text, unless it means "no date".
    fn form(&self) -> Option<Form> {
        Form::of(&self.0).filter(|form| !form.is_unset())
    }

    /// Keeps text as it was read.
    fn from_text(mut text: String) -> Self {
        if let Some((seconds, fraction)) = text.split_once('.')
            && !fraction.is_empty()
            && fraction.bytes().all(|digit| digit == b'0')
            && matches!(Form::of(&text), Some(Form::Wall(_)))
        {
            text.truncate(seconds.len());
        }
        Self(text)
    }

    fn from_scalar(scalar: Scalar) -> Self {
        Self::from_text(match scalar {
            Scalar::Null => String::new(),
            Scalar::Bool(value) => value.to_string(),
            Scalar::Number(text)
            | Scalar::Rounded(text)
            | Scalar::Text(text)
            | Scalar::Other(text) => text,
        })
    }
}

/// Whether a text is a date of the year 1, in any form.
pub(crate) fn is_no_date(text: &str) -> bool {
    Form::of(text).is_some_and(|form| form.is_unset())
}

impl Lenient for AimDateTime {
    fn read<'de, D: Deserializer<'de>>(
        deserializer: D,
        _: &mut Reading,
    ) -> Result<Option<Self>, D::Error> {
        Self::deserialize(deserializer).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(Self(String::new()))
    }
}

/// Like [`AimDateTime::from_ymd_hms`]. A fraction of a second is an error: the
/// wire form has none, and dropping it would be silent.
impl TryFrom<NaiveDateTime> for AimDateTime {
    type Error = DateError;

    fn try_from(clock: NaiveDateTime) -> Result<Self, DateError> {
        // This refuses a leap second too: chrono counts its nanoseconds from 1
        // s to 2 s.
        if clock.nanosecond() != 0 {
            return Err(DateError::SubSecond);
        }
        if !(1..=9999).contains(&clock.year()) {
            return Err(DateError::OutOfRange);
        }
        Ok(Self(clock.format("%Y-%m-%dT%H:%M:%S").to_string()))
    }
}

/// Midnight of the day, like [`AimDateTime::from_ymd_hms`].
impl TryFrom<NaiveDate> for AimDateTime {
    type Error = DateError;

    fn try_from(date: NaiveDate) -> Result<Self, DateError> {
        date.and_time(NaiveTime::MIN).try_into()
    }
}

/// The text.
impl fmt::Display for AimDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The text, in quotes.
impl fmt::Debug for AimDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// The text.
impl Serialize for AimDateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Never fails on valid JSON.
impl<'de> Deserialize<'de> for AimDateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Scalar::deserialize(deserializer).map(Self::from_scalar)
    }
}

/// `{"type": "string"}`, inline.
#[cfg(feature = "schemars")]
impl schemars::JsonSchema for AimDateTime {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "AimDateTime".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string" })
    }
}

/// What a text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// The store's wall clock alone.
    Wall(NaiveDateTime),
    /// The store's wall clock, and how many seconds it is east of UTC.
    Offset(NaiveDateTime, i32),
    /// An instant in UTC: the store's wall clock is not stated.
    Utc(NaiveDateTime),
}

impl Form {
    fn of(text: &str) -> Option<Self> {
        let text = Cursor(text);
        text.iso()
            .or_else(|| text.milliseconds())
            .or_else(|| text.month_first())
            .or_else(|| text.rfc1123())
    }

    /// The instant as a UTC clock.
    fn utc(self) -> Option<NaiveDateTime> {
        match self {
            Self::Wall(_) => None,
            Self::Offset(clock, offset) => {
                clock.checked_sub_signed(TimeDelta::seconds(offset.into()))
            }
            Self::Utc(clock) => Some(clock),
        }
    }

    fn is_unset(self) -> bool {
        let (Self::Wall(clock) | Self::Offset(clock, _) | Self::Utc(clock)) = self;
        clock.year() <= 1
    }
}

/// How a text ends.
enum Zone {
    Unstated,
    Utc,
    Offset(i32),
}

/// The rest of a text.
#[derive(Clone, Copy)]
struct Cursor<'a>(&'a str);

impl Cursor<'_> {
    /// `yyyy-MM-dd`, then `THH:mm:ss` or ` HH:mm:ss`, a fraction and a zone.
    fn iso(mut self) -> Option<Form> {
        let year = self.number(4, 4)?;
        let month = self.skip("-")?.number(2, 2)?;
        let day = self.skip("-")?.number(2, 2)?;
        let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
        if self.0.is_empty() {
            return Some(Form::Wall(date.and_time(NaiveTime::MIN)));
        }
        if self.skip("T").is_none() {
            self.skip(" ")?;
        }
        let clock = date.and_time(self.time(2)?);
        let clock = clock.with_nanosecond(self.fraction()?)?;
        Some(match self.zone()? {
            Zone::Unstated => Form::Wall(clock),
            Zone::Utc => Form::Utc(clock),
            Zone::Offset(offset) => Form::Offset(clock, offset),
        })
    }

    /// `/Date(ms)/` and `/Date(ms±hhmm)/`: milliseconds since 1970 in UTC.
    fn milliseconds(self) -> Option<Form> {
        let text = self.0.strip_prefix("/Date(")?.strip_suffix(")/")?;
        let is_digit = |byte: u8| byte.is_ascii_digit();
        let sign = usize::from(text.starts_with('-'));
        let digits = text.bytes().skip(sign).take_while(|b| is_digit(*b)).count();
        let (milliseconds, zone) = text.split_at_checked(sign + digits)?;
        let instant = DateTime::from_timestamp_millis(milliseconds.parse().ok()?)?.naive_utc();
        match Cursor(zone).zone()? {
            Zone::Unstated | Zone::Utc => Some(Form::Utc(instant)),
            Zone::Offset(offset) => {
                let clock = instant.checked_add_signed(TimeDelta::seconds(offset.into()))?;
                Some(Form::Offset(clock, offset))
            }
        }
    }

    /// `M/d/yyyy h:mm:ss tt`.
    fn month_first(mut self) -> Option<Form> {
        let month = self.number(1, 2)?;
        let day = self.skip("/")?.number(1, 2)?;
        let year = self.skip("/")?.number(4, 4)?;
        let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
        let time = self.skip(" ")?.time(1)?;
        let hour = match (self.0, time.hour()) {
            (" AM", 12) => 0,
            (" PM", 12) => 12,
            (" AM", hour @ 1..12) => hour,
            (" PM", hour @ 1..12) => hour + 12,
            _ => return None,
        };
        Some(Form::Wall(date.and_time(time.with_hour(hour)?)))
    }

    /// `ddd, dd MMM yyyy HH:mm:ss GMT`.
    fn rfc1123(mut self) -> Option<Form> {
        const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        const MONTHS: [&str; 12] = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ];
        let weekday = self.name(&DAYS)?;
        let day = self.skip(", ")?.number(2, 2)?;
        let month = self.skip(" ")?.name(&MONTHS)? + 1;
        let year = self.skip(" ")?.number(4, 4)?;
        let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
        let time = self.skip(" ")?.time(2)?;
        let is_consistent = date.weekday().num_days_from_monday() == weekday && self.0 == " GMT";
        is_consistent.then(|| Form::Utc(date.and_time(time)))
    }

    /// `HH:mm:ss`.
    fn time(&mut self, hour_digits: usize) -> Option<NaiveTime> {
        let hour = self.number(hour_digits, 2)?;
        let minute = self.skip(":")?.number(2, 2)?;
        let second = self.skip(":")?.number(2, 2)?;
        NaiveTime::from_hms_opt(hour, minute, second)
    }

    /// `.` and up to nine digits, as nanoseconds; 0 if there is none.
    fn fraction(&mut self) -> Option<u32> {
        if self.skip(".").is_none() {
            return Some(0);
        }
        let before = self.0.len();
        let digits = self.number(1, 9)?;
        let missing = 9_usize.checked_sub(before - self.0.len())?;
        Some(digits * 10_u32.pow(u32::try_from(missing).ok()?))
    }

    /// Nothing, `Z`, `±hh:mm` or `±hhmm`, and then the end. `-00:00` means
    /// UTC with the store's zone unknown, as in RFC 3339.
    fn zone(mut self) -> Option<Zone> {
        if self.0.is_empty() {
            return Some(Zone::Unstated);
        }
        if self.0 == "Z" {
            return Some(Zone::Utc);
        }
        let is_west = self.skip("-").is_some();
        if !is_west {
            self.skip("+")?;
        }
        let hours = self.number(2, 2)?;
        self.skip(":");
        let minutes = self.number(2, 2)?;
        let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
        match (is_west, seconds) {
            _ if !self.0.is_empty() || hours > 23 || minutes > 59 => None,
            (true, 0) => Some(Zone::Utc),
            (true, _) => Some(Zone::Offset(-seconds)),
            (false, _) => Some(Zone::Offset(seconds)),
        }
    }

    /// Takes at least `min` and at most `max` (9 or fewer) digits.
    fn number(&mut self, min: usize, max: usize) -> Option<u32> {
        let is_digit = |byte: &u8| byte.is_ascii_digit();
        let count = self.0.bytes().take(max).take_while(is_digit).count();
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        if count < min {
            None
        } else {
            digits.parse().ok()
        }
    }

    /// Takes a name of three letters and returns its index.
    fn name(&mut self, names: &[&str]) -> Option<u32> {
        let (name, rest) = self.0.split_at_checked(3)?;
        self.0 = rest;
        u32::try_from(names.iter().position(|known| *known == name)?).ok()
    }

    /// Takes `token`, or returns `None` if it is not there.
    fn skip(&mut self, token: &str) -> Option<&mut Self> {
        self.0 = self.0.strip_prefix(token)?;
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, NaiveDateTime};
    use proptest::prelude::*;
    use serde_json::json;

    use super::{AimDateTime, DateError};

    fn read(text: &str) -> AimDateTime {
        serde_json::from_value(json!(text)).unwrap()
    }

    /// What ServiceStack 8.4 wrote with each of its settings, and what is read
    /// from it: wall clock, instant, offset in minutes.
    #[rustfmt::skip]
    const RECORDED: [(&str, &str, &str, Option<i32>); 35] = [
        // The usual custom function, and XML.
        ("2026-12-01T00:00:00", "2026-12-01T00:00:00", "", None),
        ("2026-11-01T09:30:15.1234567", "2026-11-01T09:30:15.123456700", "", None),
        ("2026-11-21T10:20:30.123", "2026-11-21T10:20:30.123", "", None),
        ("1899-12-30T00:00:00", "1899-12-30T00:00:00", "", None),
        ("1969-12-31T23:59:59-05:00", "1969-12-31T23:59:59", "1970-01-01T04:59:59", Some(-300)),
        ("2026-07-01T12:00:00-04:00", "2026-07-01T12:00:00", "2026-07-01T16:00:00", Some(-240)),
        ("2026-11-21T10:20:30.1234567-05:00", "2026-11-21T10:20:30.123456700", "2026-11-21T15:20:30.123456700", Some(-300)),
        ("2026-11-01T01:30:00Z", "", "2026-11-01T01:30:00", None),
        ("9999-12-31T23:59:59.9999999", "9999-12-31T23:59:59.999999900", "", None),
        ("9999-12-31T23:59:59.9999999-05:00", "9999-12-31T23:59:59.999999900", "+10000-01-01T04:59:59.999999900", Some(-300)),
        // ISO 8601, and the function `o`.
        ("2026-03-08T02:30:00.0000000-05:00", "2026-03-08T02:30:00", "2026-03-08T07:30:00", Some(-300)),
        ("1970-01-01T00:00:00.0000000Z", "", "1970-01-01T00:00:00", None),
        ("9999-12-31T23:59:59.9999999Z", "", "9999-12-31T23:59:59.999999900", None),
        // Date alone, and the forms of ISO8601DateTime.
        ("2026-11-21", "2026-11-21T00:00:00", "", None),
        ("1969-12-31", "1969-12-31T00:00:00", "", None),
        ("2026-11-21 10:20:30", "2026-11-21T10:20:30", "", None),
        // `M/d/yyyy h:mm:ss tt`.
        ("12/31/9999 11:59:59 PM", "9999-12-31T23:59:59", "", None),
        ("11/21/2026 12:00:00 AM", "2026-11-21T00:00:00", "", None),
        ("7/1/2026 12:00:00 PM", "2026-07-01T12:00:00", "", None),
        ("3/8/2026 2:30:00 AM", "2026-03-08T02:30:00", "", None),
        ("11/21/2026 10:20:30 AM", "2026-11-21T10:20:30", "", None),
        // Milliseconds, with and without offset.
        ("/Date(1795219200000)/", "", "2026-11-21T00:00:00", None),
        ("/Date(0)/", "", "1970-01-01T00:00:00", None),
        ("/Date(1795256430123)/", "", "2026-11-21T10:20:30.123", None),
        ("/Date(253402300800000)/", "", "+10000-01-01T00:00:00", None),
        ("/Date(1795237200000-0500)/", "2026-11-21T00:00:00", "2026-11-21T05:00:00", Some(-300)),
        ("/Date(1782921600000-0400)/", "2026-07-01T12:00:00", "2026-07-01T16:00:00", Some(-240)),
        ("/Date(17999000-0500)/", "1969-12-31T23:59:59", "1970-01-01T04:59:59", Some(-300)),
        ("/Date(-2209143600000-0500)/", "1899-12-30T00:00:00", "1899-12-30T05:00:00", Some(-300)),
        ("/Date(1795237200000-0000)/", "", "2026-11-21T05:00:00", None),
        ("/Date(253402300800000-0000)/", "", "+10000-01-01T00:00:00", None),
        // RFC 1123.
        ("Thu, 01 Jan 1970 04:59:59 GMT", "", "1970-01-01T04:59:59", None),
        ("Sat, 21 Nov 2026 15:20:30 GMT", "", "2026-11-21T15:20:30", None),
        ("Sat, 30 Dec 1899 05:00:00 GMT", "", "1899-12-30T05:00:00", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", "", "9999-12-31T23:59:59", None),
    ];

    #[test]
    fn every_recorded_form_is_read() {
        let show =
            |clock: Option<NaiveDateTime>| clock.map(|c| format!("{c:?}")).unwrap_or_default();
        for (text, wall_clock, instant, offset) in RECORDED {
            let date = read(text);
            assert_eq!(show(date.wall_clock()), wall_clock, "{text}");
            assert_eq!(
                show(date.instant().map(|i| i.naive_utc())),
                instant,
                "{text}"
            );
            assert_eq!(
                date.offset_seconds(),
                offset.map(|minutes| minutes * 60),
                "{text}"
            );
            assert!(!date.is_unset() && !date.is_unknown(), "{text}");
            assert_eq!(date.text(), text);
            assert_eq!(serde_json::to_value(&date).unwrap(), json!(text));
        }
    }

    #[test]
    fn the_year_one_means_no_date_in_every_form() {
        for text in [
            "0001-01-01T00:00:00",
            "0001-01-01T00:00:00.0000000",
            "0001-01-01T00:00:00.0000000Z",
            "0001-01-01T00:00:00-04:57",
            "0001-01-01T00:00:00+09:00",
            "0000-12-31T19:03:00",
            "0001-01-01",
            "0001-01-01 00:00:00",
            "1/1/0001 12:00:00 AM",
            "/Date(-62135596800000)/",
            "/Date(-62135596800000-0000)/",
            "/Date(-62135596800000-0457)/",
            "/Date(-62135596800000+0900)/",
            "/Date(-62135579020000)/",
            "Mon, 01 Jan 0001 04:57:00 GMT",
            "Mon, 01 Jan 0001 00:00:00 GMT",
            "",
            " ",
        ] {
            let date = read(text);
            assert!(date.is_unset() && !date.is_unknown(), "{text}");
            assert_eq!((date.wall_clock(), date.instant()), (None, None), "{text}");
            assert_eq!(date.offset_seconds(), None, "{text}");
        }
        assert!(!read("0002-01-01").is_unset());
    }

    #[test]
    fn a_fraction_of_zeros_is_dropped_where_no_zone_is_stated() {
        for (text, kept) in [
            ("0001-01-01T00:00:00.0000000", "0001-01-01T00:00:00"),
            ("2026-12-01T00:00:00.0", "2026-12-01T00:00:00"),
            ("2026-12-01T00:00:00.0000001", "2026-12-01T00:00:00.0000001"),
            (
                "2026-12-01T00:00:00.0000000Z",
                "2026-12-01T00:00:00.0000000Z",
            ),
            ("2026-12-01T00:00:00.", "2026-12-01T00:00:00."),
            ("version 1.0", "version 1.0"),
            // No form has a fraction here.
            ("2026-12-01.0", "2026-12-01.0"),
            ("12/1/2026 1:02:03 AM.0", "12/1/2026 1:02:03 AM.0"),
        ] {
            let date = read(text);
            assert_eq!(date.text(), kept);
            assert_eq!(format!("{date} {date:?}"), format!("{kept} {kept:?}"));
            assert_eq!(serde_json::to_value(&date).unwrap(), json!(kept));
        }
    }

    #[test]
    fn text_of_an_unknown_form_is_kept() {
        for text in [
            "tomorrow",
            "2026-02-30",
            "2026-11-21T24:00:00",
            "2026-11-21T10:20",
            "2026-11-21T10:20:30 ",
            "2026-11-21T10:20:30+24:00",
            "2026-11-21T10:20:30+05:60",
            "2026-11-21T10:20:30.1234567890",
            "02026-11-21",
            "2026/11/21",
            "21/11/2026 10:20:30 AM",
            "11/21/2026",
            "11/21/2026 10:20:30",
            "11/21/2026 13:00:00 PM",
            "11/21/2026 0:00:00 AM",
            "Fri, 21 Nov 2026 15:20:30 GMT",
            "Sat, 21 Nov 2026 15:20:30 EST",
            "Sat, 21 Nov 2026",
            "/Date()/",
            "/Date(-)/",
            "/Date(+5)/",
            "/Date(5+1)/",
            "/Date(99999999999999999999)/",
            "/Date(9223372036854775807)/",
            "/Date(-9223372036854775808+0500)/",
            "/Date(1795219200000",
            "é",
            "2026-11-2é",
        ] {
            let date = read(text);
            assert!(date.is_unknown() && !date.is_unset(), "{text}");
            assert_eq!((date.wall_clock(), date.instant()), (None, None), "{text}");
            assert_eq!(date.text(), text);
        }
    }

    #[test]
    fn other_json_values_are_kept_as_their_text() {
        for json in [
            "1795219200000",
            "-0.50",
            "true",
            "{\"a\":[1.50]}",
            "[]",
            r#""\ud800""#,
        ] {
            let date: AimDateTime = serde_json::from_str(json).unwrap();
            assert!(date.is_unknown());
            assert_eq!(date.text(), json);
        }
        assert!(
            serde_json::from_str::<AimDateTime>("null")
                .unwrap()
                .is_unset()
        );
    }

    #[test]
    fn json_escapes_are_undone() {
        let date: AimDateTime = serde_json::from_str(r#""\/Date(1795219200000)\/""#).unwrap();
        assert_eq!(date, read("/Date(1795219200000)/"));
        assert_eq!(
            serde_json::to_string(&date).unwrap(),
            r#""/Date(1795219200000)/""#
        );
    }

    #[test]
    fn a_built_date_has_the_wire_form() {
        let date = NaiveDate::from_ymd_opt(2026, 1, 2).unwrap();
        let clock = date.and_hms_opt(3, 4, 5).unwrap();
        let built = AimDateTime::from_ymd_hms(2026, 1, 2, 3, 4, 5).unwrap();
        assert_eq!(
            serde_json::to_value(&built).unwrap(),
            json!("2026-01-02T03:04:05")
        );
        assert_eq!(AimDateTime::try_from(clock), Ok(built.clone()));
        assert_eq!(built.wall_clock(), Some(clock));
        assert_eq!(
            AimDateTime::try_from(date).unwrap().text(),
            "2026-01-02T00:00:00"
        );
        assert_eq!(
            AimDateTime::from_ymd_hms(12, 1, 2, 3, 4, 5).unwrap().text(),
            "0012-01-02T03:04:05"
        );
    }

    #[test]
    fn a_date_that_cannot_be_sent_is_an_error() {
        for (year, month, day, hour, minute, second) in [
            (2026, 2, 30, 0, 0, 0),
            (2026, 13, 1, 0, 0, 0),
            (2026, 1, 1, 24, 0, 0),
            (2026, 1, 1, 0, 0, 60),
            (0, 1, 1, 0, 0, 0),
            (-1, 1, 1, 0, 0, 0),
            (10000, 1, 1, 0, 0, 0),
        ] {
            assert_eq!(
                AimDateTime::from_ymd_hms(year, month, day, hour, minute, second),
                Err(DateError::OutOfRange)
            );
        }
        let date = NaiveDate::from_ymd_opt(2026, 1, 2).unwrap();
        for clock in [
            date.and_hms_nano_opt(3, 4, 5, 1),
            date.and_hms_nano_opt(23, 59, 59, 1_000_000_000),
        ] {
            assert_eq!(
                AimDateTime::try_from(clock.unwrap()),
                Err(DateError::SubSecond)
            );
        }
        assert_eq!(
            AimDateTime::try_from(NaiveDate::MAX),
            Err(DateError::OutOfRange)
        );
    }

    proptest! {
        #[test]
        fn any_text_is_kept_and_read_again(text in any::<String>()) {
            let date = read(&text);
            let _ = (date.wall_clock(), date.instant(), date.offset_seconds(), date.is_unset());
            prop_assert_eq!(read(date.text()), date);
        }

        #[test]
        fn any_date_like_text_is_kept_and_read_again(
            text in "(/Date\\()?-?[0-9]{0,20}([-/ T:.+][0-9]{0,9}){0,8}(Z| AM| PM|\\)/)?"
        ) {
            let date = read(&text);
            let _ = (date.wall_clock(), date.instant(), date.offset_seconds(), date.is_unset());
            prop_assert_eq!(read(date.text()), date);
        }

        #[test]
        fn milliseconds_state_instant_and_wall_clock(
            milliseconds in -62_100_000_000_000_i64..253_402_300_800_000,
            hours in -14..=14_i32,
        ) {
            let sign = if hours < 0 { '-' } else { '+' };
            let date = read(&format!("/Date({milliseconds}{sign}{:02}00)/", hours.abs()));
            let instant = date.instant().unwrap();
            prop_assert_eq!(instant.timestamp_millis(), milliseconds);
            let ahead = date.wall_clock().unwrap() - instant.naive_utc();
            prop_assert_eq!(ahead.num_hours(), i64::from(hours));
        }

        #[test]
        fn a_built_date_is_read_again(
            year in 2..=9999, month in 1..=12_u32, day in 1..=28_u32,
            hour in 0..24_u32, minute in 0..60_u32, second in 0..60_u32,
        ) {
            let date = AimDateTime::from_ymd_hms(year, month, day, hour, minute, second).unwrap();
            let clock = NaiveDate::from_ymd_opt(year, month, day).unwrap();
            prop_assert_eq!(date.wall_clock(), clock.and_hms_opt(hour, minute, second));
            prop_assert_eq!(read(date.text()), date);
        }
    }

    #[test]
    #[cfg(feature = "schemars")]
    fn schema_is_a_string() {
        let schema = schemars::schema_for!(AimDateTime).to_value();
        assert_eq!(schema["type"], json!("string"));
    }
}

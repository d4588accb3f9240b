//! How text answers are written: the host's settings, and what the query
//! value `jsconfig` changes for one request.

use std::borrow::Cow;

use chrono_tz::Tz;

use crate::model::date::{DateKind, DateTime};
use crate::model::settings::{DateFormat, Settings};
use crate::model::types::{Kind, Member};
use crate::model::value::Value;

/// How JSON and JSV answers are written.
#[derive(Clone, Debug, PartialEq)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "they are the switches of ServiceStack's JsConfig"
)]
pub struct Style {
    /// The host's own function for `DateTime`, which wins over the handler.
    pub date_function: Option<DateFunction>,
    /// ServiceStack's handler: for `DateTime?` always, for `DateTime` where
    /// there is no function.
    pub date_handler: DateHandler,
    /// The host's zone.
    pub zone: Tz,
    /// How members are named.
    pub names: Names,
    /// Whether null members are written.
    pub include_nulls: bool,
    /// Whether zeros, false and the year 1 are left out.
    pub exclude_defaults: bool,
    /// Whether dates of no kind are written as universal time.
    pub assume_utc: bool,
    /// Whether `/Date(ms)/` of universal time carries `+0000`.
    pub append_utc_offset: bool,
    /// Whether JSV writes the time of midnight and no offset where none is
    /// known.
    pub skip_date_conversion: bool,
}

/// A function of the host that writes `DateTime`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateFunction {
    /// `yyyy-MM-ddTHH:mm:ss`.
    Seconds,
    /// .NET's `o`.
    RoundTrip,
    /// `M/d/yyyy h:mm:ss tt`.
    Us,
    /// `yyyy-MM-dd`.
    DateOnly,
}

/// ServiceStack's `DateHandler`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateHandler {
    /// `\/Date(ms)\/` with an offset for a local time, `-0000` for no kind.
    TimestampOffset,
    /// `\/Date(ms)\/` with the local offset for all but universal time.
    Dcjs,
    /// .NET's `o`.
    Iso8601,
    /// `yyyy-MM-dd`.
    Iso8601DateOnly,
    /// `yyyy-MM-dd HH:mm:ss`.
    Iso8601DateTime,
    /// RFC 1123, in universal time.
    Rfc1123,
    /// Seconds since 1970.
    UnixTime,
    /// Milliseconds since 1970.
    UnixTimeMs,
}

/// How members are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// As declared.
    Declared,
    /// `camelCase`.
    Camel,
    /// `snake_case`.
    Snake,
}

impl Style {
    /// The style of a request; `jsconfig` is the value of its query, decoded.
    #[must_use]
    pub fn new(settings: &Settings, jsconfig: Option<&str>) -> Self {
        let (date_function, date_handler) = match settings.date_format {
            DateFormat::Seconds => (Some(DateFunction::Seconds), DateHandler::Iso8601),
            DateFormat::RoundTrip => (Some(DateFunction::RoundTrip), DateHandler::Iso8601),
            DateFormat::Us => (Some(DateFunction::Us), DateHandler::Iso8601),
            DateFormat::DateOnly => (Some(DateFunction::DateOnly), DateHandler::Iso8601),
            DateFormat::Iso8601 => (None, DateHandler::Iso8601),
            DateFormat::Wcf => (None, DateHandler::TimestampOffset),
            DateFormat::Dcjs => (None, DateHandler::Dcjs),
            DateFormat::Rfc1123 => (None, DateHandler::Rfc1123),
        };
        let mut style = Self {
            date_function,
            date_handler,
            zone: settings.time_zone,
            names: Names::Declared,
            include_nulls: false,
            exclude_defaults: false,
            assume_utc: false,
            append_utc_offset: false,
            skip_date_conversion: false,
        };
        if let Some(jsconfig) = jsconfig.filter(|_| settings.allow_jsconfig) {
            for item in jsconfig.split(',') {
                style.apply(item);
            }
        }
        style
    }

    /// Applies one item of `jsconfig`: a name, or a name and a value behind a
    /// colon. What ServiceStack does not know it ignores, and so are the names
    /// that change nothing in these types or only how requests are read.
    fn apply(&mut self, item: &str) {
        let item = item.to_lowercase();
        let (name, value) = match item.split_once(':') {
            Some((name, value)) => (name, Some(value)),
            None => (&*item, None),
        };
        let on = !matches!(value, Some("false" | "0"));
        match name {
            "inv" | "includenullvalues" => self.include_nulls = on,
            "edv" | "excludedefaultvalues" => self.exclude_defaults = on,
            "eccn" | "emitcamelcasenames" if on => self.names = Names::Camel,
            "epcn" | "emitpascalcasenames" if on => self.names = Names::Declared,
            "elun" | "emitlowercaseunderscorenames" if on => self.names = Names::Snake,
            "au" | "assumeutc" => self.assume_utc = on,
            "auo" | "appendutcoffset" => self.append_utc_offset = on,
            "sdtc" | "skipdatetimeconversion" => self.skip_date_conversion = on,
            "tc" | "textcase" => match value {
                Some("d" | "default" | "pc" | "pascalcase") => self.names = Names::Declared,
                Some("cc" | "camelcase") => self.names = Names::Camel,
                Some("sc" | "snakecase") => self.names = Names::Snake,
                _ => {}
            },
            "dh" | "datehandler" => match value {
                Some("to" | "timestampoffset") => self.date_handler = DateHandler::TimestampOffset,
                Some("dcjsc" | "dcjscompatible") => self.date_handler = DateHandler::Dcjs,
                Some("iso8601") => self.date_handler = DateHandler::Iso8601,
                Some("iso8601do" | "iso8601dateonly") => {
                    self.date_handler = DateHandler::Iso8601DateOnly;
                }
                Some("iso8601dt" | "iso8601datetime") => {
                    self.date_handler = DateHandler::Iso8601DateTime;
                }
                Some("rfc1123") => self.date_handler = DateHandler::Rfc1123,
                Some("ut" | "unixtime") => self.date_handler = DateHandler::UnixTime,
                Some("utm" | "unixtimems") => self.date_handler = DateHandler::UnixTimeMs,
                _ => {}
            },
            _ => {}
        }
    }

    /// Whether a member is written.
    #[must_use]
    pub fn writes(&self, member: &Member, value: &Value) -> bool {
        if *value == Value::Null {
            return self.include_nulls && !self.exclude_defaults;
        }
        if member.nullable || !is_default(value) {
            return true;
        }
        // A registered function hides the default of its type.
        let hidden = matches!(member.kind, Kind::DateTime) && self.date_function.is_some();
        !self.exclude_defaults && (self.include_nulls || !hidden)
    }

    /// The name that a member is written with.
    #[must_use]
    pub fn name(&self, declared: &'static str) -> Cow<'static, str> {
        match self.names {
            Names::Declared => Cow::Borrowed(declared),
            Names::Camel => Cow::Owned(camel_case(declared)),
            Names::Snake => Cow::Owned(snake_case(declared)),
        }
    }

    /// The date as the writers take it.
    pub(super) fn assumed(&self, date: DateTime) -> DateTime {
        match date.kind {
            DateKind::Unspecified if self.assume_utc => DateTime {
                kind: DateKind::Utc,
                ..date
            },
            _ => date,
        }
    }
}

/// Whether it is the zero of its type.
fn is_default(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Int(value) => *value == 0,
        Value::Decimal(value) => value.is_zero(),
        Value::DateTime(value) => value.ticks == 0,
        Value::String(_) | Value::Object(_) | Value::List(_) => false,
    }
}

/// `PayoffDate` is `payoffDate`, `AIMSchoolId` is `aimSchoolId`: of the capitals
/// it begins with, the first and all before another capital become small.
fn camel_case(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut letters = name.chars().peekable();
    let mut capitals = true;
    while let Some(letter) = letters.next() {
        let before_capital = letters.peek().is_none_or(char::is_ascii_uppercase);
        capitals &= letter.is_ascii_uppercase() && (before_capital || out.is_empty());
        out.push(if capitals {
            letter.to_ascii_lowercase()
        } else {
            letter
        });
    }
    out
}

/// `PayoffDate` is `payoff_date`.
fn snake_case(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for letter in camel_case(name).chars() {
        if letter.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_other_cases() {
        let table = [
            ("PayoffDate", "payoffDate", "payoff_date"),
            ("AIMSchoolId", "aimSchoolId", "aim_school_id"),
            ("Ref", "ref", "ref"),
            ("Addr1", "addr1", "addr1"),
            ("ID", "id", "id"),
        ];
        for (declared, camel, snake) in table {
            assert_eq!(camel_case(declared), camel);
            assert_eq!(snake_case(declared), snake);
        }
    }

    #[test]
    fn jsconfig_is_read_in_order_and_without_case() {
        let settings = Settings::default();
        let plain = Style::new(&settings, None);
        let of = |jsconfig| Style::new(&settings, Some(jsconfig));
        assert_eq!(of(""), plain);
        assert_eq!(of("nonsense,inv:false,edv:0,dh:nonsense,,:"), plain);
        assert!(of("INV").include_nulls);
        assert!(of("edv:yes").exclude_defaults);
        assert_eq!(of("eccn:false").names, Names::Declared);
        assert_eq!(of("eccn,eccn:false").names, Names::Camel);
        assert_eq!(of("eccn,tc:pc").names, Names::Declared);
        assert_eq!(
            of("dh:utm,datehandler:RFC1123").date_handler,
            DateHandler::Rfc1123
        );
        assert_eq!(of("dh:iso8601").date_function, Some(DateFunction::Seconds));
    }

    #[test]
    fn a_host_can_forbid_it() {
        let settings = Settings {
            allow_jsconfig: false,
            ..Settings::default()
        };
        assert!(!Style::new(&settings, Some("inv")).include_nulls);
    }
}

//! The settings of the host for text answers.

use chrono_tz::Tz;

use crate::model::settings::{DateFormat, Settings};
use crate::model::types::{Kind, Member};
use crate::model::value::Value;

/// How the host writes JSON and JSV answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Style {
    /// The host's own function for `DateTime`, which wins over the handler.
    pub date_function: Option<DateFunction>,
    /// ServiceStack's handler: always for `DateTime?`, and for `DateTime` if
    /// there is no function.
    pub date_handler: DateHandler,
    /// The host's zone.
    pub zone: Tz,
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
    /// RFC 1123, in universal time.
    Rfc1123,
}

impl Style {
    /// The style of a host.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
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
        Self {
            date_function,
            date_handler,
            zone: settings.time_zone,
        }
    }

    /// Whether a member is written: a null is not, and with a registered
    /// function the default of its type is not either.
    #[must_use]
    pub fn writes(&self, member: &Member, value: &Value) -> bool {
        let is_hidden = || {
            !member.nullable
                && self.date_function.is_some()
                && matches!(member.kind, Kind::DateTime)
                && value.as_date().is_some_and(|date| date.ticks == 0)
        };
        !value.is_null() && !is_hidden()
    }
}

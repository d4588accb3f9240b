//! Dates: how ServiceStack reads and writes them.

mod general;

use std::borrow::Cow;

use chrono_tz::Tz;

use super::errors::{Exception, FieldError};
use super::style::{DateFunction, DateHandler, Style};
use crate::model::date::{
    DateKind, DateTime, TICKS_PER_DAY, TICKS_PER_MILLISECOND, TICKS_PER_MINUTE, TICKS_PER_SECOND,
    UNIX_EPOCH, midnight, time_of_day,
};

/// Reads a `DateTime` as ServiceStack does; `None` if it throws.
///
/// `yyyy-MM-ddTHH:mm:ss` with three decimals or none keeps its wall clock and
/// is `Unspecified`; so is `yyyyMMdd`. `/Date(ms)/` is `Utc`. Everything else
/// becomes `Local`: a date with an offset is shifted to `zone`, one without
/// keeps its wall clock. Ten letters with slashes are first tried as
/// `dd/MM/yyyy`. Empty text is the year 1.
///
/// `dcjs` says whether the host's date handler is `DCJSCompatible`, which
/// ignores the offset of `/Date(ms+hhmm)/` except as a mark of local time.
/// Texts that need the current day (a time alone, a day without a year) are not
/// read, though .NET's `DateTime.Parse` reads them.
#[must_use]
pub fn parse(text: &str, zone: Tz, dcjs: bool) -> Option<DateTime> {
    if text.is_empty() {
        return Some(DateTime::MIN);
    }
    if let Some(rest) = text
        .strip_prefix(r"\")
        .unwrap_or(text)
        .strip_prefix("/Date(")
    {
        return parse_wcf(rest, zone, dcjs);
    }
    let length = text.chars().count();
    let universal = text.ends_with('Z');
    if length == 19 || (length == 23 && !universal) {
        return general::parse(text)?.to_date(DateKind::Unspecified, zone);
    }
    // A space instead of the T, before a Z.
    let repaired = match text.char_indices().nth(10) {
        Some((place, ' ')) if universal => {
            Cow::Owned(format!("{}T{}", &text[..place], &text[place + 1..]))
        }
        _ => Cow::Borrowed(text),
    };
    let text = &*repaired;
    match length {
        20 => Some(parse_universal(text.strip_suffix(['Z', 'z'])?)?.utc_to_local(zone)),
        24..=28 if universal => Some(parse_universal(text.strip_suffix('Z')?)?.utc_to_local(zone)),
        8 if !text.contains(['-', '/']) => {
            let number = digits(text, 8)?;
            let day = midnight(
                i32::try_from(number / 10_000).ok()?,
                number / 100 % 100,
                number % 100,
            )?;
            DateTime::new(day, DateKind::Unspecified)
        }
        _ => {
            let manual = if length == 10 {
                parse_manual(text)
            } else {
                None
            };
            manual
                .or_else(|| general::parse(text)?.to_date(DateKind::Local, zone))
                .or_else(|| parse_manual(text))
        }
    }
}

/// Reads what follows `/Date(`: milliseconds since 1970, an offset, `)`.
fn parse_wcf(text: &str, zone: Tz, dcjs: bool) -> Option<DateTime> {
    let (text, _) = text.split_once(')')?;
    let sign = text.rfind(['+', '-']).filter(|place| *place > 0);
    let (number, offset) = text.split_at(sign.unwrap_or(text.len()));
    let ticks = number
        .trim()
        .parse::<i64>()
        .ok()?
        .checked_mul(TICKS_PER_MILLISECOND)?
        .checked_add(UNIX_EPOCH)?;
    let universal = DateTime::new(ticks, DateKind::Utc)?;
    if offset.is_empty() {
        return Some(universal);
    }
    if dcjs || offset == "-0000" {
        return Some(universal.utc_to_local(zone));
    }
    let (ahead, offset) = (offset.starts_with('+'), offset.get(1..)?);
    let (hours, minutes) = match offset.split_once(':') {
        Some(parts) => parts,
        None => offset.split_at_checked(offset.len().checked_sub(2)?)?,
    };
    let offset = time_of_day(number_of(hours)?, number_of(minutes)?, 0)?;
    let shift = if ahead { offset } else { -offset };
    DateTime::new(ticks + shift, DateKind::Local)
}

/// Reads `yyyy-MM-ddTHH:mm:ss`, with decimals or none.
fn parse_universal(text: &str) -> Option<DateTime> {
    let (clock, fraction) = match text.split_once('.') {
        Some((clock, fraction)) => (clock, general::fraction(fraction)?),
        None => (text, 0),
    };
    let (date, time) = clock.split_once('T')?;
    let mut date = date.split('-');
    let day = midnight(
        i32::try_from(digits(date.next()?, 4)?).ok()?,
        digits(date.next()?, 2)?,
        digits(date.next()?, 2)?,
    )?;
    let mut time = time.split(':');
    let of_day = time_of_day(
        digits(time.next()?, 2)?.into(),
        digits(time.next()?, 2)?.into(),
        digits(time.next()?, 2)?.into(),
    )?;
    if date.next().is_some() || time.next().is_some() {
        return None;
    }
    DateTime::new(day + of_day + fraction, DateKind::Utc)
}

/// A number of exactly that many digits.
fn digits(text: &str, length: usize) -> Option<u32> {
    let valid = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    valid.then(|| text.parse().ok())?
}

/// A number as .NET's `int.Parse` reads it.
fn number_of<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.trim().parse().ok()
}

/// ServiceStack's own reader. ServiceStack uses it first for dates of ten
/// letters, and for all others if .NET cannot read them. With slashes the day
/// comes first; a time that it cannot read is midnight. It removes an offset
/// and does not shift the time to the host's zone.
fn parse_manual(text: &str) -> Option<DateTime> {
    if text.chars().count() < 10 {
        return None;
    }
    let text = text.strip_suffix('Z').unwrap_or(text);
    let (date, time) = match text.split_once('T').or_else(|| text.split_once(' ')) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    if text.matches('T').count() > 1 {
        return None;
    }
    let parts: Vec<&str> = date.split(['-', '/']).collect();
    let [first, second, third, ..] = parts[..] else {
        return None;
    };
    let day_first = time.is_none() && parts.len() == 3 && third.chars().count() == 4;
    let (year, day) = if day_first {
        (third, first)
    } else {
        (first, third)
    };
    let day = midnight(number_of(year)?, number_of(second)?, number_of(day)?)?;
    let Some(time) = time else {
        return DateTime::new(day, DateKind::Local);
    };

    let (time, shift) = match (time.split_once('+'), time.split_once('-')) {
        (Some((time, offset)), _) if !offset.contains('+') => (time, Some((offset, -1))),
        (_, Some((time, offset))) if !offset.contains('-') => (time, Some((offset, 1))),
        _ => (time, None),
    };
    let mut of_day = 0;
    if let [hour, minute, second] = time.split(':').collect::<Vec<_>>()[..] {
        let mut second = second.split('.');
        of_day = time_of_day(
            number_of(hour).unwrap_or(0),
            number_of(minute).unwrap_or(0),
            second.next().and_then(number_of).unwrap_or(0),
        )?;
        if let (Some(decimals), None) = (second.next(), second.next()) {
            of_day += parse_milliseconds(decimals)?;
        }
    }
    let shift = match shift {
        Some((offset, sign)) => {
            let (hours, minutes) = match offset.split_once(':') {
                Some(parts) => parts,
                None => offset.split_at_checked(2)?,
            };
            let (hours, minutes): (i32, i32) = (number_of(hours)?, number_of(minutes)?);
            sign * (i64::from(hours) * 60 + i64::from(minutes))
        }
        None => 0,
    };
    let ticks = shift
        .checked_mul(TICKS_PER_MINUTE)?
        .checked_add(day + of_day)?;
    DateTime::new(ticks, DateKind::Local)
}

/// Decimals of a second in ticks, rounded to milliseconds.
fn parse_milliseconds(decimals: &str) -> Option<i64> {
    let padded = format!("{decimals:0<3}");
    let (whole, rest) = padded.split_at_checked(3)?;
    if !rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let up = i64::from(rest.bytes().next() >= Some(b'5'));
    Some((i64::from(digits(whole, 3)?) + up) * TICKS_PER_MILLISECOND)
}

/// Writes a date with the host's own function for `DateTime`; `None` if there
/// is none. `DateTime?` does not use the function.
#[must_use]
pub fn write_by_function(date: DateTime, style: &Style) -> Option<String> {
    Some(match style.date_function? {
        DateFunction::Seconds => date.seconds_text(),
        DateFunction::RoundTrip => write_round_trip(date, style.zone),
        DateFunction::Us => date.format("%-m/%-d/%Y %-I:%M:%S %p"),
        DateFunction::DateOnly => date.format("%Y-%m-%d"),
    })
}

/// Writes a date as ServiceStack's date handler does in JSON, with quotes if it
/// has them.
///
/// # Errors
///
/// The exception that .NET throws for a local time that the zone's clocks skip,
/// and for one that is out of range in universal time.
pub fn write_json(date: DateTime, style: &Style) -> Result<String, Exception> {
    let text = match style.date_handler {
        DateHandler::Iso8601 => write_round_trip(date, style.zone),
        DateHandler::Rfc1123 => date.to_utc(style.zone).format("%a, %d %b %Y %H:%M:%S GMT"),
        DateHandler::TimestampOffset | DateHandler::Dcjs => {
            let plain = style.date_handler == DateHandler::TimestampOffset;
            let offset = match date.kind {
                DateKind::Utc => String::new(),
                DateKind::Unspecified if plain => "-0000".to_owned(),
                _ => offset_text(date.offset(style.zone), ""),
            };
            let since = since_1970(date, style.zone)?;
            format!(r"\/Date({}{offset})\/", milliseconds(since))
        }
    };
    Ok(format!("\"{text}\""))
}

/// Writes a date as ServiceStack does in JSV if no function is registered: in
/// the shortest XSD form, with any date handler.
#[must_use]
pub fn write_jsv(date: DateTime, style: &Style) -> String {
    if date.ticks % TICKS_PER_DAY == 0 {
        return date.format("%Y-%m-%d");
    }
    if date.kind == DateKind::Utc {
        return write_xml(date, style.zone);
    }
    let fraction = date.ticks % TICKS_PER_SECOND;
    let clock = match fraction {
        0 => date.seconds_text(),
        _ => date.to_round_trip(),
    };
    clock + &offset_text(date.offset(style.zone), ":")
}

/// Writes a date for XML: as few decimals as possible, `Z` for universal time,
/// the offset for local time.
#[must_use]
pub fn write_xml(date: DateTime, zone: Tz) -> String {
    let mut text = date.seconds_text();
    let fraction = date.ticks % TICKS_PER_SECOND;
    if fraction != 0 {
        let decimals = format!(".{fraction:07}");
        text.push_str(decimals.trim_end_matches('0'));
    }
    text + &suffix(date, zone)
}

/// .NET's format `o`.
fn write_round_trip(date: DateTime, zone: Tz) -> String {
    date.to_round_trip() + &suffix(date, zone)
}

/// The suffix of an ISO form that states the kind of clock.
fn suffix(date: DateTime, zone: Tz) -> Cow<'static, str> {
    match date.kind {
        DateKind::Unspecified => Cow::Borrowed(""),
        DateKind::Utc => Cow::Borrowed("Z"),
        DateKind::Local => Cow::Owned(offset_text(date.offset(zone), ":")),
    }
}

fn offset_text(minutes: i64, separator: &str) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.abs();
    format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60)
}

/// .NET computes milliseconds as a double and truncates: the last tick of the
/// year 9999 becomes the first millisecond of the year 10000.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = ".NET uses a double here"
)]
fn milliseconds(ticks: i64) -> i64 {
    (ticks as f64 * 0.0001) as i64
}

/// Ticks since 1970 in universal time.
fn since_1970(date: DateTime, zone: Tz) -> Result<i64, Exception> {
    let bound = matches!(date.ticks, 0 | DateTime::MAX_TICKS);
    let ticks = match date.kind {
        DateKind::Utc => date.ticks,
        _ if date.ticks == 0 => 0,
        DateKind::Unspecified if !bound => {
            let ticks = date.ticks - date.offset(zone) * TICKS_PER_MINUTE;
            DateTime::new(ticks, DateKind::Utc)
                .ok_or_else(|| {
                    argument_exception(
                        "ArgumentOutOfRangeException",
                        "The added or subtracted value results in an un-representable DateTime.",
                        "value",
                    )
                })?
                .ticks
        }
        _ if date.is_skipped(zone) => {
            return Err(argument_exception(
                "ArgumentException",
                "The supplied DateTime represents an invalid time.  For example, when the clock is adjusted forward, any time in the period that is skipped is invalid.",
                "dateTime",
            ));
        }
        _ => date.to_utc(zone).ticks,
    };
    Ok(ticks - UNIX_EPOCH)
}

/// An exception of .NET about an argument of a method.
pub(super) fn argument_exception(name: &'static str, message: &str, argument: &str) -> Exception {
    Exception {
        name: Cow::Borrowed(name),
        message: format!("{message}\nParameter name: {argument}"),
        fields: vec![FieldError {
            code: Cow::Borrowed(name),
            field: argument.to_owned(),
            message: message.to_owned(),
        }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::settings::{DateFormat, Settings};

    const ZONE: Tz = Tz::America__New_York;

    fn shown(date: DateTime) -> String {
        format!("{} {:?}", date.to_round_trip(), date.kind)
    }

    #[test]
    fn reads_as_servicestack_does() {
        let table = [
            // Forms that keep their wall clock.
            ("", "0001-01-01T00:00:00.0000000 Unspecified"),
            (
                "2026-11-21T10:20:30",
                "2026-11-21T10:20:30.0000000 Unspecified",
            ),
            (
                "2026-11-21 10:20:30",
                "2026-11-21T10:20:30.0000000 Unspecified",
            ),
            (
                "2026-11-21T10:20:30.123",
                "2026-11-21T10:20:30.1230000 Unspecified",
            ),
            ("20261121", "2026-11-21T00:00:00.0000000 Unspecified"),
            ("2026-11-21", "2026-11-21T00:00:00.0000000 Local"),
            ("2026-11-21T10:20:30.1", "2026-11-21T10:20:30.1000000 Local"),
            (
                "2026-11-21T10:20:30.123456789",
                "2026-11-21T10:20:30.1234568 Local",
            ),
            ("2026-11-21 10:20", "2026-11-21T10:20:00.0000000 Local"),
            ("2026-11", "2026-11-01T00:00:00.0000000 Local"),
            // Forms that are shifted.
            ("2026-11-21T10:20:30Z", "2026-11-21T05:20:30.0000000 Local"),
            ("2026-07-21 10:20:30Z", "2026-07-21T06:20:30.0000000 Local"),
            (
                "2026-11-21T10:20:30.123Z",
                "2026-11-21T05:20:30.1230000 Local",
            ),
            (
                "2026-11-21T10:20:30.1Z",
                "2026-11-21T05:20:30.1000000 Local",
            ),
            (
                "2026-11-21T10:20:30.12345678Z",
                "2026-11-21T05:20:30.1234568 Local",
            ),
            ("2026-11-21T10:20Z", "2026-11-21T05:20:00.0000000 Local"),
            (
                "2026-11-21T10:20:30+05:30",
                "2026-11-20T23:50:30.0000000 Local",
            ),
            (
                "2026-11-21T10:20:30-0500",
                "2026-11-21T10:20:30.0000000 Local",
            ),
            (
                "2026-11-21T10:20:30 -5",
                "2026-11-21T10:20:30.0000000 Local",
            ),
            ("2026-11-21+05:00", "2026-11-20T14:00:00.0000000 Local"),
            (
                "Sat, 21 Nov 2026 10:20:30 GMT",
                "2026-11-21T05:20:30.0000000 Local",
            ),
            ("2026-11-01T05:30:00Z", "2026-11-01T01:30:00.0000000 Local"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.0000000 Local"),
            // Slashes and names.
            ("01/02/2026", "2026-02-01T00:00:00.0000000 Local"),
            ("11/21/2026", "2026-11-21T00:00:00.0000000 Local"),
            ("1/2/2026", "2026-01-02T00:00:00.0000000 Local"),
            ("1/2/26", "2026-01-02T00:00:00.0000000 Local"),
            ("1/2/30", "1930-01-02T00:00:00.0000000 Local"),
            ("2026/11/21", "2026-11-21T00:00:00.0000000 Local"),
            (
                "11/21/2026 10:20:30 PM",
                "2026-11-21T22:20:30.0000000 Local",
            ),
            (
                "11/21/2026 12:20 AM",
                "2026-11-21T00:20:00.0000000 Unspecified",
            ),
            (
                "10:20 PM 11-21-2026",
                "2026-11-21T22:20:00.0000000 Unspecified",
            ),
            ("21-Nov-2026", "2026-11-21T00:00:00.0000000 Local"),
            ("November 21, 2026", "2026-11-21T00:00:00.0000000 Local"),
            ("November 2026", "2026-11-01T00:00:00.0000000 Local"),
            // Forms that ServiceStack reads and .NET does not.
            (
                "2026-11-21T10:20:30+15:00",
                "2026-11-20T19:20:30.0000000 Local",
            ),
            ("2026-11-21Tnoon", "2026-11-21T00:00:00.0000000 Local"),
            // WCF's form.
            ("/Date(1700000000000)/", "2023-11-14T22:13:20.0000000 Utc"),
            (
                r"\/Date(1700000000000)\/",
                "2023-11-14T22:13:20.0000000 Utc",
            ),
            (
                "/Date(1700000000000-0500)/",
                "2023-11-14T17:13:20.0000000 Local",
            ),
            (
                "/Date(1700000000000+0000)/",
                "2023-11-14T22:13:20.0000000 Local",
            ),
            (
                "/Date(1700000000000-0000)/",
                "2023-11-14T17:13:20.0000000 Local",
            ),
            ("/Date(-62135596800000)/", "0001-01-01T00:00:00.0000000 Utc"),
        ];
        for (text, expected) in table {
            let read = parse(text, ZONE, false).map(shown);
            assert_eq!(read.as_deref(), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn refuses_what_servicestack_refuses() {
        let texts = [
            " ",
            "\u{200b}",
            "now",
            "2026",
            "P1D",
            "2026-02-29",
            "2026-11-21T24:00:00",
            "2026-11-21T23:59:60",
            "2026-11-21t10:20:30z",
            "11/21/2026 13:20 AM",
            "Sun, 21 Nov 2026 10:20:30 GMT",
            "2026-11-21T10:20:30 EST",
            "1700000000000",
            "11//21/2026",
            "11/21/2026/",
            "Nov 2026",
            "11/21/2026T",
            "20261131",
            "0000-01-01",
            "/Date(abc)/",
            "/Date(1+9223372036854775807:00)/",
            "2026-11-21T9223372036854775807:0:0",
            "2026-11-21Tnoon+2147483647:00",
            "/Date(1",
            "/Date(9223372036854775807)/",
            "/Date(1700000000000-2500)/",
            "\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9} 1Z",
        ];
        for text in texts {
            assert_eq!(parse(text, ZONE, false), None, "{text:?}");
        }
    }

    #[test]
    fn the_dcjs_handler_treats_an_offset_as_a_mark() {
        let read = parse("/Date(1700000000000+0200)/", ZONE, true).map(shown);
        assert_eq!(read.as_deref(), Some("2023-11-14T17:13:20.0000000 Local"));
    }

    fn style(format: DateFormat) -> Style {
        let settings = Settings {
            date_format: format,
            ..Settings::default()
        };
        Style::new(&settings)
    }

    fn date(text: &str, kind: DateKind) -> DateTime {
        DateTime::from_round_trip(text, kind).unwrap()
    }

    #[test]
    fn handlers_write_json() {
        use DateKind::{Local, Unspecified, Utc};
        let table = [
            (
                DateFormat::Wcf,
                "2026-11-21T00:00:00",
                Unspecified,
                r#""\/Date(1795237200000-0000)\/""#,
            ),
            (
                DateFormat::Wcf,
                "2026-07-01T12:00:00",
                Local,
                r#""\/Date(1782921600000-0400)\/""#,
            ),
            (
                DateFormat::Wcf,
                "2026-11-21T10:20:30.1234567",
                Utc,
                r#""\/Date(1795256430123)\/""#,
            ),
            (
                DateFormat::Wcf,
                "0001-01-01T00:00:00",
                Unspecified,
                r#""\/Date(-62135596800000-0000)\/""#,
            ),
            (
                DateFormat::Wcf,
                "9999-12-31T23:59:59.9999999",
                Utc,
                r#""\/Date(253402300800000)\/""#,
            ),
            (
                DateFormat::Dcjs,
                "9999-12-31T23:59:59.9999999",
                Unspecified,
                r#""\/Date(253402300800000-0500)\/""#,
            ),
            (
                DateFormat::Dcjs,
                "1969-12-31T23:59:59",
                Local,
                r#""\/Date(17999000-0500)\/""#,
            ),
            (
                DateFormat::Iso8601,
                "2026-11-21T10:20:30.12",
                Unspecified,
                r#""2026-11-21T10:20:30.1200000""#,
            ),
            (
                DateFormat::Iso8601,
                "2026-11-21T10:20:30",
                Local,
                r#""2026-11-21T10:20:30.0000000-05:00""#,
            ),
            (
                DateFormat::Rfc1123,
                "2026-11-21T00:00:00",
                Unspecified,
                r#""Sat, 21 Nov 2026 05:00:00 GMT""#,
            ),
        ];
        for (format, text, kind, expected) in table {
            let written = write_json(date(text, kind), &style(format));
            assert_eq!(written.as_deref(), Ok(expected), "{format:?} {text}");
        }
    }

    #[test]
    fn a_time_without_an_instant_throws() {
        let wcf = style(DateFormat::Wcf);
        let skipped = write_json(date("2026-03-08T02:30:00", DateKind::Local), &wcf);
        assert_eq!(skipped.unwrap_err().name, "ArgumentException");
        let late = write_json(date("9999-12-31T23:59:59", DateKind::Unspecified), &wcf);
        assert_eq!(late.unwrap_err().name, "ArgumentOutOfRangeException");
        let skipped = write_json(date("2026-03-08T02:30:00", DateKind::Unspecified), &wcf);
        assert_eq!(skipped.as_deref(), Ok(r#""\/Date(1772955000000-0000)\/""#));
    }

    #[test]
    fn functions_write_their_forms() {
        let noon = date("2026-07-01T12:05:09.5", DateKind::Utc);
        let written = |format| write_by_function(noon, &style(format));
        assert_eq!(
            written(DateFormat::Seconds).as_deref(),
            Some("2026-07-01T12:05:09")
        );
        assert_eq!(
            written(DateFormat::RoundTrip).as_deref(),
            Some("2026-07-01T12:05:09.5000000Z")
        );
        assert_eq!(
            written(DateFormat::Us).as_deref(),
            Some("7/1/2026 12:05:09 PM")
        );
        assert_eq!(written(DateFormat::DateOnly).as_deref(), Some("2026-07-01"));
        assert_eq!(written(DateFormat::Iso8601), None);
    }

    #[test]
    fn jsv_is_as_short_as_possible() {
        use DateKind::{Local, Unspecified, Utc};
        let table = [
            ("2026-11-21T00:00:00", Utc, "2026-11-21"),
            (
                "2026-11-21T10:20:30",
                Unspecified,
                "2026-11-21T10:20:30-05:00",
            ),
            (
                "2026-11-21T10:20:30.12",
                Local,
                "2026-11-21T10:20:30.1200000-05:00",
            ),
            ("2026-11-21T10:20:30.12", Utc, "2026-11-21T10:20:30.12Z"),
        ];
        for (text, kind, expected) in table {
            let written = write_jsv(date(text, kind), &style(DateFormat::Iso8601));
            assert_eq!(written, expected);
        }
    }

    #[test]
    fn xml_keeps_the_fraction_and_the_kind() {
        use DateKind::{Local, Unspecified, Utc};
        let table = [
            ("0001-01-01T00:00:00", Unspecified, "0001-01-01T00:00:00"),
            ("2026-11-21T10:20:30.12", Utc, "2026-11-21T10:20:30.12Z"),
            ("2026-07-01T12:00:00", Local, "2026-07-01T12:00:00-04:00"),
            // Once skipped and once shown twice: standard time.
            ("2026-03-08T02:30:00", Local, "2026-03-08T02:30:00-05:00"),
            ("2026-11-01T01:30:00", Local, "2026-11-01T01:30:00-05:00"),
        ];
        for (text, kind, expected) in table {
            assert_eq!(write_xml(date(text, kind), ZONE), expected);
        }
    }
}

use aim_client::{AimDateTime, internals};
use aim_fake::internals::{Reading, Style, date as server, json, names, params};
use aim_fake::{DateFormat, DateKind, DateTime, Object, Schema, Settings};
use chrono::{DateTime as Instant, Datelike, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use crate::types;

/// Dates, read from text.
///
/// - Whatever is read is written as it was, and read again as the same.
/// - What it states holds together, and is what another library reads.
/// - What a request may carry is bound by the server to the same wall clock.
/// - What the server writes in each of its settings is read as that date.
pub fn date(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let date = read(text);
    is_written_as_read(text, &date);
    holds_together(&date);
    is_what_others_read(text, &date);
    is_kept_by_the_server(text);
    let settings = Settings::default();
    if let Some(date) = server::parse(text, settings.time_zone, false) {
        is_read_from_the_server(date, settings);
    }
}

fn read(text: &str) -> AimDateTime {
    let json = serde_json::to_string(text).unwrap();
    serde_json::from_str(&json).unwrap()
}

fn is_written_as_read(text: &str, date: &AimDateTime) {
    let written = serde_json::to_string(date).unwrap();
    let again: AimDateTime = serde_json::from_str(&written).unwrap();
    assert_eq!(&again, date, "{text:?}");
    // Nothing is dropped but a fraction of zeros.
    let dropped = text.strip_prefix(date.text());
    let is_fraction = |rest: &str| {
        rest.strip_prefix('.')
            .is_some_and(|zeros| !zeros.is_empty() && zeros.bytes().all(|zero| zero == b'0'))
    };
    assert!(
        dropped.is_some_and(|rest| rest.is_empty() || is_fraction(rest)),
        "{text:?} became {date:?}"
    );
}

fn holds_together(date: &AimDateTime) {
    let (wall, instant) = (date.wall_clock(), date.instant());
    let offset = date.offset_seconds();
    let states = wall.is_some() || instant.is_some();
    // Exactly one of three.
    let count = [date.is_unset(), date.is_unknown(), states];
    assert_eq!(count.iter().filter(|is| **is).count(), 1, "{date:?}");
    assert_eq!(
        offset.is_some(),
        wall.is_some() && instant.is_some(),
        "{date:?}"
    );
    if let (Some(wall), Some(instant), Some(offset)) = (wall, instant, offset) {
        let ahead = wall - instant.naive_utc();
        assert_eq!(ahead, TimeDelta::seconds(offset.into()), "{date:?}");
    }
}

fn is_what_others_read(text: &str, date: &AimDateTime) {
    if let Some(instant) = date.instant() {
        let others = [
            Instant::parse_from_rfc3339(text).ok(),
            Instant::parse_from_rfc2822(text).ok(),
        ];
        for other in others.into_iter().flatten() {
            assert_eq!(other.with_timezone(&Utc), instant, "{text:?}");
        }
    }
    if let Some(wall) = date.wall_clock() {
        for form in [
            "%Y-%m-%dT%H:%M:%S%.f",
            "%Y-%m-%d %H:%M:%S%.f",
            "%m/%d/%Y %I:%M:%S %p",
        ] {
            if let Ok(other) = NaiveDateTime::parse_from_str(text, form) {
                assert_eq!(other, wall, "{text:?}");
            }
        }
    }
}

/// A date that the client sends is the same wall clock to the server, in a
/// query and in JSON, whatever its zone.
fn is_kept_by_the_server(text: &str) {
    let request =
        serde_json::json!({ names::ContractFulfillmentRequest::DELIVERY_DATE: text }).to_string();
    let sent = internals::query(names::operation::CONTRACT_FULFILLMENT, &request).unwrap();
    let Ok(pairs) = sent else {
        return;
    };
    let body = types::rewritten(names::schema::CONTRACT_FULFILLMENT_REQUEST, &request).unwrap();
    let wall = read(text).wall_clock();
    assert!(wall.is_some(), "{text:?} is sent and states no wall clock");
    let of = Schema::embedded()
        .operation(names::service::CONTRACT_FULFILLMENT)
        .unwrap()
        .request;
    let mut settings = Settings::default();
    for zone in [chrono_tz::America::New_York, chrono_tz::Asia::Tokyo] {
        settings.time_zone = zone;
        let mut by_query = Object::new(of);
        params::bind(&mut by_query, &pairs, &Reading::new(&settings)).unwrap();
        let by_json = json::read(body.as_bytes(), of, &Reading::new(&settings)).unwrap();
        for bound in [by_query, by_json] {
            let bound = bound
                .get(names::ContractFulfillmentRequest::DELIVERY_DATE)
                .as_date();
            // A date alone becomes the server's own time, the rest nobody's.
            let kept = bound.filter(|bound| bound.kind != DateKind::Utc);
            assert_eq!(
                kept.and_then(DateTime::clock),
                wall,
                "{text:?} was {bound:?}"
            );
        }
    }
}

fn is_read_from_the_server(date: DateTime, mut settings: Settings) {
    let clock = date.clock().unwrap();
    // Those of the first year stand for no date, in one zone or the other, and
    // .NET moves its last day by no zone.
    let last = NaiveDate::from_ymd_opt(9999, 12, 31);
    if clock.year() <= 2 || last == Some(clock.date()) {
        return;
    }
    let zone = settings.time_zone;
    is_same(
        &server::write_xml(date, zone),
        date,
        zone,
        TimeDelta::nanoseconds(1),
    );
    for (format, precision) in [
        (DateFormat::Seconds, TimeDelta::seconds(1)),
        (DateFormat::RoundTrip, TimeDelta::nanoseconds(1)),
        (DateFormat::Us, TimeDelta::seconds(1)),
        (DateFormat::DateOnly, TimeDelta::days(1)),
        (DateFormat::Iso8601, TimeDelta::nanoseconds(1)),
        // Rounded, not cut.
        (DateFormat::Wcf, TimeDelta::milliseconds(2)),
        (DateFormat::Dcjs, TimeDelta::milliseconds(2)),
        (DateFormat::Rfc1123, TimeDelta::seconds(1)),
    ] {
        settings.date_format = format;
        let style = Style::new(&settings);
        if let Some(text) = server::write_by_function(date, &style) {
            is_same(&text, date, zone, precision);
        } else if let Ok(json) = server::write_json(date, &style) {
            let text: String = serde_json::from_str(&json).unwrap();
            is_same(&text, date, zone, precision);
        }
    }
}

/// Whether a text states the server's date, as far as it states anything.
fn is_same(text: &str, date: DateTime, zone: Tz, precision: TimeDelta) {
    let found = read(text);
    let clock = date.clock().unwrap();
    // Before there were zones, clocks were ahead by seconds too, and .NET
    // knows only minutes.
    let precision = match clock.year() {
        ..1900 => precision.max(TimeDelta::minutes(1)),
        _ => precision,
    };
    let near = |a: NaiveDateTime, b: NaiveDateTime| (a - b).abs() < precision;
    let is_same = match (found.wall_clock(), found.instant()) {
        (Some(wall), _) => near(wall, clock),
        (None, Some(instant)) if date.kind == DateKind::Utc => near(instant.naive_utc(), clock),
        (None, Some(instant)) => {
            let local = instant.with_timezone(&zone).naive_local();
            // In the gap of spring .NET takes standard time.
            let in_gap = zone.from_local_datetime(&clock).earliest().is_none();
            near(local, clock) || (in_gap && near(local, clock + TimeDelta::hours(1)))
        }
        (None, None) => false,
    };
    assert!(
        is_same,
        "{date:?}, written as {text:?}, was read as {found:?}"
    );
}

//! .NET's `DateTime` and its calendar.

use chrono::{Datelike, MappedLocalTime, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;

/// .NET's `DateTime`: a wall clock in ticks, and its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime {
    /// Units of 100 ns since 0001-01-01T00:00:00.
    pub ticks: i64,
    /// The kind of the clock.
    pub kind: DateKind,
}

/// The kind of clock that a [`DateTime`] shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateKind {
    /// Not stated.
    Unspecified,
    /// Universal time.
    Utc,
    /// The server's own zone.
    Local,
}

pub(crate) const TICKS_PER_SECOND: i64 = 10_000_000;
pub(crate) const TICKS_PER_MINUTE: i64 = 60 * TICKS_PER_SECOND;
pub(crate) const TICKS_PER_MILLISECOND: i64 = TICKS_PER_SECOND / 1000;
pub(crate) const TICKS_PER_DAY: i64 = 24 * 60 * TICKS_PER_MINUTE;
/// 1970-01-01T00:00:00 in ticks.
pub(crate) const UNIX_EPOCH: i64 = 621_355_968_000_000_000;

impl DateTime {
    /// .NET's default: the first instant of the year 1.
    pub const MIN: Self = Self {
        ticks: 0,
        kind: DateKind::Unspecified,
    };
    /// The largest tick.
    pub const MAX_TICKS: i64 = 3_155_378_975_999_999_999;

    /// A wall clock of that many ticks; `None` outside .NET's range.
    pub(crate) fn new(ticks: i64, kind: DateKind) -> Option<Self> {
        (0..=Self::MAX_TICKS)
            .contains(&ticks)
            .then_some(Self { ticks, kind })
    }

    /// Reads `yyyy-MM-ddTHH:mm:ss.fffffff`, the form of the recordings.
    #[must_use]
    pub fn from_round_trip(text: &str, kind: DateKind) -> Option<Self> {
        let clock = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok()?;
        Self::new(ticks_of(clock)?, kind)
    }

    /// Writes `yyyy-MM-ddTHH:mm:ss.fffffff`, the form of the recordings.
    #[must_use]
    pub fn to_round_trip(self) -> String {
        format!(
            "{}.{:07}",
            self.seconds_text(),
            self.ticks % TICKS_PER_SECOND
        )
    }

    /// The wall clock; `None` only if the ticks are outside .NET's range.
    #[must_use]
    pub fn clock(self) -> Option<NaiveDateTime> {
        let seconds = TimeDelta::try_seconds(self.ticks.div_euclid(TICKS_PER_SECOND))?;
        let rest = TimeDelta::nanoseconds(self.ticks.rem_euclid(TICKS_PER_SECOND) * 100);
        epoch()?
            .checked_add_signed(seconds)?
            .checked_add_signed(rest)
    }

    /// Converts universal time to the host's zone; a result outside .NET's
    /// range becomes the end of that range.
    #[must_use]
    pub fn utc_to_local(self, zone: Tz) -> Self {
        let offset = self.clock().map_or(0, |clock| {
            minutes(zone.offset_from_utc_datetime(&clock).fix())
        });
        Self {
            ticks: clamp(self.ticks + offset * TICKS_PER_MINUTE),
            kind: DateKind::Local,
        }
    }

    /// Converts a wall clock of the host's zone to universal time.
    pub(crate) fn to_utc(self, zone: Tz) -> Self {
        let offset = match self.kind {
            DateKind::Utc => 0,
            DateKind::Local | DateKind::Unspecified => self.offset(zone) * TICKS_PER_MINUTE,
        };
        Self {
            ticks: clamp(self.ticks - offset),
            kind: DateKind::Utc,
        }
    }

    /// How many minutes this wall clock of the zone is ahead of universal time.
    /// It counts as standard time if the clock shows it twice or never.
    pub(crate) fn offset(self, zone: Tz) -> i64 {
        let Some(clock) = self.clock() else { return 0 };
        let before = clock.checked_sub_days(chrono::Days::new(1));
        zone.offset_from_local_datetime(&clock)
            .latest()
            .or_else(|| zone.offset_from_local_datetime(&before?).latest())
            .map_or(0, |offset| minutes(offset.fix()))
    }

    /// Whether the zone's clocks skip this time.
    pub(crate) fn is_skipped(self, zone: Tz) -> bool {
        self.clock().is_some_and(|clock| {
            matches!(
                zone.offset_from_local_datetime(&clock),
                MappedLocalTime::None
            )
        })
    }

    /// Writes the wall clock in a `chrono` format.
    pub(crate) fn format(self, format: &str) -> String {
        self.clock()
            .map(|clock| clock.format(format).to_string())
            .unwrap_or_default()
    }

    /// Writes `yyyy-MM-ddTHH:mm:ss`.
    pub(crate) fn seconds_text(self) -> String {
        self.format("%Y-%m-%dT%H:%M:%S")
    }
}

/// 0001-01-01T00:00:00, tick 0.
fn epoch() -> Option<NaiveDateTime> {
    NaiveDate::from_ymd_opt(1, 1, 1)?.and_hms_opt(0, 0, 0)
}

fn ticks_of(clock: NaiveDateTime) -> Option<i64> {
    let since = clock.signed_duration_since(epoch()?);
    since
        .num_seconds()
        .checked_mul(TICKS_PER_SECOND)?
        .checked_add(i64::from(since.subsec_nanos()) / 100)
}

fn clamp(ticks: i64) -> i64 {
    ticks.clamp(0, DateTime::MAX_TICKS)
}

/// .NET's offsets are whole minutes; offsets of local mean time are not.
fn minutes(offset: chrono::FixedOffset) -> i64 {
    i64::from(offset.local_minus_utc().div_euclid(60))
}

/// Midnight of a day, in ticks.
pub(crate) fn midnight(year: i32, month: u32, day: u32) -> Option<i64> {
    if !(1..=9999).contains(&year) {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(year, month, day)?;
    Some(i64::from(date.num_days_from_ce() - 1) * TICKS_PER_DAY)
}

/// A time of day in ticks; `None` for hour 24 and leap seconds.
pub(crate) fn time_of_day(hour: i64, minute: i64, second: i64) -> Option<i64> {
    let valid = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
    valid.then(|| ((hour * 60 + minute) * 60 + second) * TICKS_PER_SECOND)
}

//! .NET's `DateTime.Parse` with the invariant culture, for the texts that
//! clients write.

use chrono_tz::Tz;

use crate::model::date::{
    DateKind, DateTime, TICKS_PER_DAY, TICKS_PER_MINUTE, midnight, time_of_day,
};

/// The parts of a text that was read.
pub(super) struct Parsed {
    /// The wall clock.
    ticks: i64,
    /// The stated offset from universal time, in minutes.
    offset: Option<i64>,
}

impl Parsed {
    /// The date: shifted to the host's zone if the text has an offset, else of
    /// `kind`.
    pub(super) fn to_date(&self, kind: DateKind, zone: Tz) -> Option<DateTime> {
        match self.offset {
            None => DateTime::new(self.ticks, kind),
            Some(offset) => {
                let ticks = self.ticks - offset * TICKS_PER_MINUTE;
                Some(DateTime::new(ticks, DateKind::Utc)?.utc_to_local(zone))
            }
        }
    }
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The days of the week from the first day of the year 1, a Monday.
const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// A two-digit year is one of the hundred years up to this one.
const LAST_TWO_DIGIT_YEAR: i32 = 2029;

/// A number of the date.
#[derive(Clone, Copy)]
struct Number {
    value: u32,
    /// Three digits or more make a year.
    is_year: bool,
}

/// What was found so far.
#[derive(Default)]
struct Found {
    numbers: Vec<Number>,
    month: Option<u32>,
    day_of_week: Option<i64>,
    /// Hour, minute, second, ticks.
    time: Option<(i64, i64, i64, i64)>,
    afternoon: Option<bool>,
    offset: Option<i64>,
}

/// Reads a text; `None` if .NET throws a `FormatException` or the current day
/// would be needed.
pub(super) fn parse(text: &str) -> Option<Parsed> {
    let mut found = Found::default();
    let mut rest = text.trim();
    // A part of the date must follow a separator, and a time must follow a `T`.
    let mut wants_part = false;
    let mut wants_time = false;
    while let Some(letter) = rest.chars().next() {
        let behind = &rest[letter.len_utf8()..];
        match letter {
            '0'..='9' => {
                let parts = found.numbers.len();
                rest = found.number(rest)?;
                let is_part = found.numbers.len() > parts;
                if (wants_part && !is_part) || (wants_time && is_part) {
                    return None;
                }
                (wants_part, wants_time) = (false, false);
            }
            'a'..='z' | 'A'..='Z' => {
                let end = rest.find(|letter: char| !letter.is_ascii_alphabetic());
                let (word, behind) = rest.split_at(end.unwrap_or(rest.len()));
                rest = behind;
                // The T between the date and the time of the ISO forms.
                if word.eq_ignore_ascii_case("t") {
                    if wants_part || wants_time || found.time.is_some() || found.is_empty() {
                        return None;
                    }
                    wants_time = true;
                } else {
                    found.word(word)?;
                    wants_part = false;
                }
            }
            '+' | '-' if found.is_complete() => rest = found.zone(rest)?,
            '/' | '-' => {
                if wants_part || found.is_empty() {
                    return None;
                }
                wants_part = true;
                rest = behind;
            }
            ',' | '.' => rest = behind,
            _ if letter.is_whitespace() => rest = behind,
            _ => return None,
        }
    }
    if wants_part || wants_time {
        return None;
    }
    found.finish()
}

/// Decimals of a second in ticks, rounded; `None` if there is no digit or
/// anything else.
pub(super) fn fraction(decimals: &str) -> Option<i64> {
    if decimals.is_empty() || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut ticks = 0;
    for place in 0..7 {
        let digit = decimals.as_bytes().get(place).map_or(0, |byte| byte - b'0');
        ticks = ticks * 10 + i64::from(digit);
    }
    let up = decimals.as_bytes().get(7).is_some_and(|byte| *byte >= b'5');
    Some(ticks + i64::from(up))
}

/// The digits at the start of a text, as a number, and the rest; `None` for no
/// digit or more than `most`.
fn leading_number(text: &str, most: usize) -> Option<(u32, usize, &str)> {
    let end = text.find(|letter: char| !letter.is_ascii_digit());
    let (digits, rest) = text.split_at(end.unwrap_or(text.len()));
    if digits.len() > most {
        return None;
    }
    Some((digits.parse().ok()?, digits.len(), rest))
}

impl Found {
    fn is_empty(&self) -> bool {
        self.numbers.is_empty() && self.month.is_none()
    }

    /// Whether the date is complete, so that a sign begins an offset.
    fn is_complete(&self) -> bool {
        self.numbers.len() + usize::from(self.month.is_some()) >= 3
    }

    /// Takes a number of the date or a time of day.
    fn number<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        let (value, length, rest) = leading_number(text, 8)?;
        let Some(rest) = rest.strip_prefix(':') else {
            let word = rest.trim_start().get(..2).unwrap_or_default();
            if word.eq_ignore_ascii_case("am") || word.eq_ignore_ascii_case("pm") {
                return self.set_time((value, 0, 0, 0), rest);
            }
            if self.numbers.len() == 3 {
                return None;
            }
            self.numbers.push(Number {
                value,
                is_year: length > 2,
            });
            return Some(rest);
        };
        let (minute, _, rest) = leading_number(rest, 2)?;
        let Some(rest) = rest.strip_prefix(':') else {
            return self.set_time((value, minute, 0, 0), rest);
        };
        let (second, _, rest) = leading_number(rest, 2)?;
        let decimals = rest.strip_prefix('.').unwrap_or_default();
        let end = decimals
            .find(|letter: char| !letter.is_ascii_digit())
            .unwrap_or(decimals.len());
        let ticks = fraction(&decimals[..end]);
        let rest = match ticks {
            Some(_) => &decimals[end..],
            None => rest,
        };
        self.set_time((value, minute, second, ticks.unwrap_or(0)), rest)
    }

    fn set_time<'a>(
        &mut self,
        (hour, minute, second, ticks): (u32, u32, u32, i64),
        rest: &'a str,
    ) -> Option<&'a str> {
        let time = (hour.into(), minute.into(), second.into(), ticks);
        self.time.replace(time).is_none().then_some(rest)
    }

    /// Takes a month, a day of the week, AM or PM, or a name of universal time.
    fn word(&mut self, word: &str) -> Option<()> {
        let word = word.to_ascii_lowercase();
        let among = |names: &[&str]| {
            names
                .iter()
                .position(|name| *name == word || name[..3] == word)
        };
        let known = match word.as_str() {
            "am" | "pm" => self.afternoon.replace(word == "pm").is_some() || self.time.is_none(),
            "z" | "gmt" => self.offset.replace(0).is_some(),
            _ => match (among(&MONTHS), among(&DAYS)) {
                (Some(month), _) => self.month.replace(u32::try_from(month).ok()? + 1).is_some(),
                (_, Some(day)) => self.day_of_week.replace(i64::try_from(day).ok()?).is_some(),
                _ => return None,
            },
        };
        (!known).then_some(())
    }

    /// Takes an offset from universal time: `+h`, `+hh`, `+hh:mm`, `+hhmm`.
    fn zone<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        let ahead = text.starts_with('+');
        let (value, length, rest) = leading_number(text.get(1..)?, 4)?;
        let (hours, minutes, rest) = match (length, rest.strip_prefix(':')) {
            (1 | 2, Some(behind)) => {
                let (minutes, _, rest) = leading_number(behind, 2)?;
                (value, minutes, rest)
            }
            (1 | 2, None) => (value, 0, rest),
            _ => (value / 100, value % 100, rest),
        };
        let offset = i64::from(hours) * 60 + i64::from(minutes);
        if minutes > 59 || offset > 14 * 60 {
            return None;
        }
        let offset = if ahead { offset } else { -offset };
        self.offset.replace(offset).is_none().then_some(rest)
    }

    /// Puts the parts together, with the month first if nothing says otherwise.
    fn finish(&self) -> Option<Parsed> {
        let year = |number: Number| i32::try_from(number.value).ok();
        let short_year = |number: Number| {
            let year = i32::try_from(number.value).ok()? + LAST_TWO_DIGIT_YEAR / 100 * 100;
            Some(if year > LAST_TWO_DIGIT_YEAR {
                year - 100
            } else {
                year
            })
        };
        let (year, month, day) = match (self.month, &self.numbers[..]) {
            (None, &[y, m, d]) if y.is_year && !m.is_year && !d.is_year => {
                (year(y)?, m.value, d.value)
            }
            (None, &[m, d, y]) if y.is_year && !m.is_year && !d.is_year => {
                (year(y)?, m.value, d.value)
            }
            (None, &[m, d, y]) if !(m.is_year || d.is_year || y.is_year) => {
                (short_year(y)?, m.value, d.value)
            }
            (None, &[y, m] | &[m, y]) if y.is_year && !m.is_year => (year(y)?, m.value, 1),
            (Some(m), &[y, d] | &[d, y]) if y.is_year && !d.is_year => (year(y)?, m, d.value),
            (Some(m), &[d, y]) if !d.is_year && !y.is_year => (short_year(y)?, m, d.value),
            (Some(m), &[y]) if y.is_year => (year(y)?, m, 1),
            _ => return None,
        };
        let day = midnight(year, month, day)?;
        let days = day / TICKS_PER_DAY;
        if self.day_of_week.is_some_and(|name| name != days % 7) {
            return None;
        }
        let (hour, minute, second, ticks) = self.time.unwrap_or_default();
        let hour = match self.afternoon {
            Some(false) if hour > 12 => return None,
            Some(false) => hour % 12,
            Some(true) if hour < 12 => hour + 12,
            _ => hour,
        };
        Some(Parsed {
            ticks: day + time_of_day(hour, minute, second)? + ticks,
            offset: self.offset,
        })
    }
}

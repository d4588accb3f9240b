//! What a journal knows of a booking.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, SecondsFormat, Utc};

/// What a [journal](crate::journal) knows of a booking that was applied or may
/// have been.
///
/// Its `Display` is for the person who looks the booking up. It holds the ids
/// that you and the vendor gave it, which the text of an
/// [`Error`](crate::Error) does not.
///
/// ```
/// use std::time::UNIX_EPOCH;
/// use aim_client::journal::{Record, State};
///
/// let booked = State::Booked { reference: Some("W-1".to_owned()) };
/// let record = Record::new("order-4711", "C2BPostContract", UNIX_EPOCH, booked);
/// assert_eq!(
///     record.to_string(),
///     "order-4711: C2BPostContract of 1970-01-01T00:00:00Z, booked as W-1"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// Its name: [`CallOptions::booking_id`](crate::CallOptions::booking_id).
    pub id: String,
    /// The operationId of the document.
    pub operation: String,
    /// When it was handed to the journal.
    pub time: SystemTime,
    /// The value to look it up with, where the API has a look-up.
    pub reference: Option<String>,
    /// What became of it.
    pub state: State,
}

/// What became of a booking, as far as a journal knows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// Its call has not ended.
    OnItsWay,
    /// Its outcome is unknown, or the program ended before it had one.
    InDoubt,
    /// It was applied.
    Booked {
        /// The reference that the server gave it (`WebRef`), if it gave one.
        reference: Option<String>,
    },
    /// A mass update of which some items were not applied.
    PartlyApplied,
}

impl Record {
    /// A record, for a journal of your own or a test.
    pub fn new(
        id: impl Into<String>,
        operation: impl Into<String>,
        time: SystemTime,
        state: State,
    ) -> Self {
        Self {
            id: id.into(),
            operation: operation.into(),
            time,
            reference: None,
            state,
        }
    }
}

impl fmt::Display for Record {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = rfc3339(self.time);
        write!(formatter, "{}: {} of {time}", self.id, self.operation)?;
        if let Some(reference) = &self.reference {
            write!(formatter, " for {reference}")?;
        }
        match &self.state {
            State::OnItsWay => formatter.write_str(", on its way"),
            State::InDoubt => formatter.write_str(", in doubt"),
            State::Booked { reference: None } => formatter.write_str(", booked"),
            State::Booked {
                reference: Some(reference),
            } => write!(formatter, ", booked as {reference}"),
            State::PartlyApplied => formatter.write_str(", partly applied"),
        }
    }
}

/// A time to the second, in UTC.
pub(crate) fn rfc3339(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs())
        .ok()
        .and_then(|seconds| DateTime::<Utc>::from_timestamp(seconds, 0))
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::Secs, true)
}

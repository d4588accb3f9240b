//! The bounds of a call.

use std::fmt;
use std::time::Duration;

/// A limit of the client that a call has hit; see [`Error::limit`](crate::Error::limit).
///
/// Each has a setting of [`AimClientBuilder`](crate::AimClientBuilder).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// No connection in time (`connect_timeout`).
    ConnectTime,
    /// Nothing arrived for too long (`read_timeout`).
    ReadTime,
    /// The call took too long, all attempts and waiting included (`timeout`).
    TotalTime,
    /// So many requests were in flight until the time was over
    /// (`max_in_flight`).
    InFlight,
    /// The body of the answer is too large, decompressed (`max_answer_bytes`).
    AnswerSize,
    /// The answer has too many items of lists and unknown members
    /// (`max_answer_items`).
    AnswerItems,
    /// The headers of the answer are too large or too many
    /// (`max_header_bytes`).
    HeaderSize,
}

impl Limit {
    /// The setting of the builder.
    #[must_use]
    pub fn setting(self) -> &'static str {
        match self {
            Self::ConnectTime => "connect_timeout",
            Self::ReadTime => "read_timeout",
            Self::TotalTime => "timeout",
            Self::InFlight => "max_in_flight",
            Self::AnswerSize => "max_answer_bytes",
            Self::AnswerItems => "max_answer_items",
            Self::HeaderSize => "max_header_bytes",
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::ConnectTime => "no connection in time",
            Self::ReadTime => "nothing arrived for too long",
            Self::TotalTime => "no complete answer in time",
            Self::InFlight => "too many requests were in flight for too long",
            Self::AnswerSize => "the answer is too large",
            Self::AnswerItems => "the answer has too many items of lists and unknown members",
            Self::HeaderSize => "the headers of the answer are too large or too many",
        })
    }
}

/// The longest query in characters, as it is sent: what IIS and ASP.NET take
/// unless they are told otherwise.
pub(crate) const MAX_QUERY: usize = 2_048;

/// The largest body in bytes, unless the client is told otherwise: what
/// ASP.NET takes (`maxRequestLength` of 4096 KB).
pub(crate) const MAX_BODY: usize = 4_096 * 1_024;

/// The settings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) connect_time: Duration,
    pub(crate) read_time: Duration,
    pub(crate) in_flight: usize,
    pub(crate) answer_bytes: usize,
    pub(crate) answer_items: usize,
    pub(crate) header_bytes: u32,
    pub(crate) request_bytes: usize,
    /// How much of an answer's body an error keeps.
    pub(crate) received_bytes: Option<usize>,
}

/// How long a call may take: two attempts to read. A voice recording of 4 MB
/// takes longer below 0.35 Mbit/s, and longer than the time of reading below
/// 0.6.
pub(crate) const TOTAL_TIME: Duration = Duration::from_secs(100);

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect_time: Duration::from_secs(10),
            // Less than the total, so that a read that hangs gets a second
            // attempt.
            read_time: Duration::from_secs(60),
            in_flight: 64,
            answer_bytes: 4 << 20,
            // Of `null` that is 250 KB, and some thirty times that once it is read.
            answer_items: 50_000,
            header_bytes: 64 << 10,
            request_bytes: MAX_BODY,
            received_bytes: None,
        }
    }
}

//! Repeats what can be repeated without doing anything twice.

use std::time::{Duration, SystemTime};

use backon::{BackoffBuilder, ExponentialBuilder};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use crate::call::error::{AnswerKind, Delivery, Error};
use crate::call::limits::Limit;
use crate::operation::{Effect, Operation};

/// How often and when a call is repeated, for a client
/// ([`AimClientBuilder::retry`](crate::AimClientBuilder::retry)) or for one
/// call ([`CallOptions::retry`](crate::CallOptions::retry)).
///
/// *Whether* it may be repeated is not a setting: the document declares it for
/// each operation (`x-aim-repeat`, [`Operation::effect`]).
///
/// | what happened | a read | a booking |
/// | --- | --- | --- |
/// | no connection was made: certainly not sent | repeated | repeated |
/// | the connection broke, before or within the answer | repeated | never |
/// | nothing arrived in time ([`Limit::ReadTime`]) | repeated | never |
/// | 408, 429 or 5xx, with any body but an in-band failure | repeated | never |
/// | 2xx whose body is empty, cut off, an HTML page or otherwise unreadable | repeated | never |
/// | 2xx that is compressed, and was not to be or cannot be decompressed | never | never |
/// | 2xx that can be read and proves nothing, such as `{}` | never | never |
/// | an in-band failure, any other status, a redirect | never | never |
/// | the session has ended, and the client [can log in again](crate::Login::log_in_again) | repeated once, after that | never |
/// | refused before it was sent, a size that is too large, no time left | never | never |
///
/// A login is repeated as a booking is: only if it was not sent.
///
/// A read that is repeated has a connection of its own: what broke one that was
/// kept may have broken others.
///
/// The delays grow by a factor of two, and each gets a random part of itself
/// on top. `Retry-After`, in seconds or as a date, makes a delay longer, up to
/// a cap. A delay that would end after the total time is not begun: the call
/// ends at once with the error at hand.
///
/// ```
/// use std::time::Duration;
/// use aim_client::Retry;
///
/// let retry = Retry::new()
///     .max_attempts(5)
///     .first_delay(Duration::from_millis(100))
///     .max_delay(Duration::from_secs(5));
/// let off = Retry::never();
/// # let _ = (retry, off);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    max_attempts: u32,
    first_delay: Duration,
    max_delay: Duration,
    max_retry_after: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self::new()
    }
}

impl Retry {
    /// Three attempts in all, 0.2 seconds before the second, at most 10
    /// seconds before any, and at most 30 if the server asks for it.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            max_attempts: 3,
            first_delay: Duration::from_millis(200),
            max_delay: Duration::from_secs(10),
            max_retry_after: Duration::from_secs(30),
        }
    }

    /// One attempt, never a second.
    #[must_use]
    pub const fn never() -> Self {
        Self::new().max_attempts(1)
    }

    /// Sets how many attempts there are at most, the first included; 0 counts
    /// as 1.
    #[must_use]
    pub const fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// Sets the delay before the second attempt.
    #[must_use]
    pub const fn first_delay(mut self, delay: Duration) -> Self {
        self.first_delay = delay;
        self
    }

    /// Sets the delay above which it does not grow; jitter may double it.
    #[must_use]
    pub const fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Sets how much of a `Retry-After` is obeyed.
    #[must_use]
    pub const fn max_retry_after(mut self, delay: Duration) -> Self {
        self.max_retry_after = delay;
        self
    }

    /// The delays before the second attempt and those after it.
    pub(crate) fn delays(self, seed: u64) -> impl Iterator<Item = Duration> + Send {
        let repeats = self.max_attempts.saturating_sub(1);
        ExponentialBuilder::new()
            .with_min_delay(self.first_delay.min(self.max_delay))
            .with_max_delay(self.max_delay)
            .with_max_times(usize::try_from(repeats).unwrap_or(usize::MAX))
            .with_jitter()
            .with_jitter_seed(seed)
            .build()
    }

    /// A delay, made longer if the server asked for it.
    pub(crate) fn obeying(self, delay: Duration, error: &Error, now: SystemTime) -> Duration {
        error
            .headers()
            .and_then(|headers| retry_after(headers, now))
            .map_or(delay, |asked| delay.max(asked.min(self.max_retry_after)))
    }
}

/// Whether another attempt may help and cannot do anything twice: the table of
/// [`Retry`].
pub(crate) fn may_repeat(operation: &Operation, error: &Error) -> bool {
    if error.delivery() == Delivery::NotSent {
        return error.is_connect();
    }
    if operation.effect != Effect::ReadOnly {
        return false;
    }
    if error.is_broken() || error.limit() == Some(Limit::ReadTime) {
        return true;
    }
    if error.limit().is_some() || error.aim_status().is_some() {
        return false;
    }
    error.http_status().is_some_and(|status| {
        status.is_server_error()
            || status == StatusCode::REQUEST_TIMEOUT
            || status == StatusCode::TOO_MANY_REQUESTS
            || (status.is_success() && error.answer_kind().is_some_and(AnswerKind::may_pass))
    })
}

/// How long the server asks to wait: a number of seconds or a date.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() {
        // More digits than fit are more seconds than anyone waits.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    fn asked(text: &'static str) -> Option<Duration> {
        let now = UNIX_EPOCH + Duration::from_secs(784_111_777);
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, text.parse().unwrap());
        retry_after(&headers, now)
    }

    #[test]
    fn delays_grow_with_jitter_and_end() {
        let retry = Retry::new()
            .max_attempts(6)
            .max_delay(Duration::from_secs(1));
        for seed in 0..50 {
            let delays: Vec<_> = retry.delays(seed).collect();
            assert_eq!(delays.len(), 5);
            for (delay, base) in delays.iter().zip([200, 400, 800, 1000, 1000]) {
                let base = Duration::from_millis(base);
                // A hair of rounding: the library counts in f32.
                let hair = Duration::from_micros(1);
                assert!((base - hair..=2 * base + hair).contains(delay), "{delay:?}");
            }
            assert_eq!(delays, retry.delays(seed).collect::<Vec<_>>());
        }
        assert_ne!(retry.delays(1).next(), retry.delays(2).next());
        assert_eq!(Retry::never().delays(1).next(), None);
        assert_eq!(Retry::new().max_attempts(0).delays(1).next(), None);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(asked("7"), Some(Duration::from_secs(7)));
        assert_eq!(asked(" 0 "), Some(Duration::ZERO));
        assert_eq!(
            asked("99999999999999999999"),
            Some(Duration::from_secs(u64::MAX))
        );
        assert_eq!(
            asked("Sun, 06 Nov 1994 08:49:47 GMT"),
            Some(Duration::from_secs(10))
        );
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:27 GMT"), Some(Duration::ZERO));
        assert_eq!(asked("soon"), None);
        assert_eq!(asked("-5"), None);
        assert_eq!(asked(""), None);
    }
}

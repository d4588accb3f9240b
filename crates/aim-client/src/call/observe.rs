//! What a program may see of each attempt: by allow-list, without secrets.

use std::time::Duration;

use reqwest::StatusCode;

use crate::call::error::{Delivery, ErrorKind};
use crate::operation::Operation;

/// Is notified of each attempt; given to
/// [`AimClientBuilder::observer`](crate::AimClientBuilder::observer).
///
/// For metrics and logs: it sees what happened and nothing of what was sent or
/// answered. It runs on the task of the call, so it should not wait; and it
/// should not panic, which would reach the caller in place of the answer.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use aim_client::{Attempt, AttemptEnd, Observer};
///
/// #[derive(Default)]
/// struct Failures(AtomicU64);
///
/// impl Observer for Failures {
///     fn attempt_ended(&self, _: &Attempt<'_>, end: &AttemptEnd) {
///         if end.error.is_some() {
///             self.0.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
/// ```
pub trait Observer: Send + Sync + 'static {
    /// An attempt is about to be sent.
    fn attempt_started(&self, attempt: &Attempt<'_>) {
        let _ = attempt;
    }

    /// An attempt has ended, or was given up because the call's future was
    /// dropped.
    fn attempt_ended(&self, attempt: &Attempt<'_>, end: &AttemptEnd) {
        let _ = (attempt, end);
    }
}

/// An attempt to make a call.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// What is called.
    pub operation: &'static Operation,
    /// 1 for the first.
    pub number: u32,
    /// The host of the server.
    pub host: &'a str,
    /// The port of the server.
    pub port: Option<u16>,
    /// The bytes of the request's body.
    pub body_bytes: usize,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct AttemptEnd {
    /// The HTTP status, if an answer began to arrive.
    pub status: Option<StatusCode>,
    /// What went wrong, if anything did: [`ErrorKind::Dropped`] or
    /// [`ErrorKind::Panicked`] if the call's future was dropped.
    pub error: Option<ErrorKind>,
    /// What is certain then; unknown for a call that was dropped.
    pub delivery: Option<Delivery>,
    /// How long it took.
    pub elapsed: Duration,
}

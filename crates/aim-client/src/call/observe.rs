//! What a program may see of each attempt: only the listed facts, without
//! secrets.

use std::time::Duration;

use reqwest::StatusCode;

use crate::call::error::{Delivery, ErrorKind};
use crate::operation::Operation;

/// Is notified of each attempt; given to
/// [`AimClientBuilder::observer`](crate::AimClientBuilder::observer).
///
/// For metrics and logs: it sees what happened, but no part of a request or an
/// answer. It runs on the task of the call, so it should not block. It should
/// not panic either: the caller would get the panic in place of the answer.
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
    /// The operation that is called.
    pub operation: &'static Operation,
    /// The number of the attempt, from 1.
    pub number: u32,
    /// The host of the server.
    pub host: &'a str,
    /// The port of the server.
    pub port: Option<u16>,
    /// The size of the request's body.
    pub body_bytes: usize,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct AttemptEnd {
    /// The HTTP status, if an answer began to arrive.
    pub status: Option<StatusCode>,
    /// The kind of failure, if it failed: [`ErrorKind::Dropped`] or
    /// [`ErrorKind::Panicked`] if the call's future was dropped.
    pub error: Option<ErrorKind>,
    /// What is certain about delivery; unknown for a call that was dropped.
    pub delivery: Option<Delivery>,
    /// How long it took.
    pub elapsed: Duration,
}

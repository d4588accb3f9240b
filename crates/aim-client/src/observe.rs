//! What a program may see of each attempt: by allow-list, without secrets.

use std::time::{Duration, Instant};

use reqwest::{Request, StatusCode};

use crate::answer::Answer;
use crate::client::Shared;
use crate::error::{Delivery, Error, ErrorKind};
use crate::operation::Operation;
use crate::trace;

/// Is told of each attempt; given to
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
    /// What went wrong, if anything did.
    pub error: Option<ErrorKind>,
    /// What is certain then; unknown for a call that was dropped.
    pub delivery: Option<Delivery>,
    /// How long it took.
    pub elapsed: Duration,
}

/// An attempt that is being made; dropped, it ends as given up.
pub(crate) struct Watch<'a> {
    shared: &'a Shared,
    attempt: Attempt<'a>,
    started: Instant,
    ended: bool,
}

impl<'a> Watch<'a> {
    pub(crate) fn start(
        shared: &'a Shared,
        operation: &'static Operation,
        number: u32,
        request: &Request,
    ) -> Self {
        let body = request.body().and_then(|body| body.as_bytes());
        let attempt = Attempt {
            operation,
            number,
            host: &shared.host,
            port: shared.port,
            body_bytes: body.map_or(0, <[u8]>::len),
        };
        if let Some(observer) = &shared.observer {
            observer.attempt_started(&attempt);
        }
        Self {
            shared,
            attempt,
            started: shared.runtime.now(),
            ended: false,
        }
    }

    pub(crate) fn end<T>(mut self, outcome: &Result<Answer<T>, Error>) {
        self.ended = true;
        let (status, error, delivery) = match outcome {
            Ok(answer) => (Some(answer.status()), None, None),
            Err(error) => (
                error.http_status(),
                Some(error.kind()),
                Some(error.delivery()),
            ),
        };
        self.tell(status, error, delivery);
    }

    fn tell(
        &self,
        status: Option<StatusCode>,
        error: Option<ErrorKind>,
        delivery: Option<Delivery>,
    ) {
        let now = self.shared.runtime.now();
        let end = AttemptEnd {
            status,
            error,
            delivery,
            elapsed: now.saturating_duration_since(self.started),
        };
        trace::attempt(&self.attempt, &end);
        if let Some(observer) = &self.shared.observer {
            observer.attempt_ended(&self.attempt, &end);
        }
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.tell(None, None, Some(Delivery::Unknown));
        }
    }
}

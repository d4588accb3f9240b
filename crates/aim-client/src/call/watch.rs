//! Tells the observer and the trace of each attempt, also of one that is
//! dropped.

use std::time::Instant;

use reqwest::{Request, StatusCode};

use crate::call::answer::Answer;
use crate::call::error::{Delivery, Error, ErrorKind};
use crate::call::observe::{Attempt, AttemptEnd};
use crate::call::shared::Shared;
use crate::call::trace;
use crate::operation::Operation;

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
            self.tell(None, Some(ErrorKind::of_drop()), Some(Delivery::Unknown));
        }
    }
}

//! Spans and events for the crate `tracing` (feature `tracing`), with the
//! names of OpenTelemetry's semantic conventions for HTTP clients.
//!
//! Only the fields listed here are written: no query, no header, no body, and
//! none of the server's texts.

#[cfg(feature = "tracing")]
mod on {
    use std::borrow::Cow;

    use reqwest::StatusCode;
    use tracing::field::Empty;
    use tracing::instrument::Instrument;
    #[cfg(feature = "blocking")]
    use tracing::instrument::WithSubscriber;
    use tracing::{Level, Span};

    use crate::call::answer::Answer;
    use crate::call::error::{Error, ErrorKind};
    use crate::call::observe::{Attempt, AttemptEnd};
    use crate::operation::Operation;

    /// The span of a call.
    pub(crate) fn call(operation: &'static Operation, host: &str, port: Option<u16>) -> Span {
        let method = operation.method();
        let path = operation.path();
        tracing::info_span!(
            target: "aim_client",
            "aim.call",
            otel.name = %format_args!("{method} {path}"),
            otel.kind = "client",
            otel.status_code = Empty,
            aim.operation = operation.id(),
            aim.delivery = Empty,
            http.request.method = method,
            http.request.resend_count = Empty,
            http.response.status_code = Empty,
            server.address = host,
            server.port = port,
            url.template = path,
            error.type = Empty,
        )
    }

    pub(crate) fn within<F: Future>(span: Span, work: F) -> impl Future<Output = F::Output> {
        work.instrument(span)
    }

    /// Wraps work for another thread, so that it keeps the caller's span and
    /// subscriber.
    #[cfg(feature = "blocking")]
    pub(crate) fn carried_along<F: Future>(work: F) -> impl Future<Output = F::Output> {
        work.in_current_span().with_current_subscriber()
    }

    /// Records the outcome of a call. `span` is not always the current span: if
    /// ours is filtered out, the current one is the user's.
    pub(crate) fn finish<T>(span: &Span, outcome: &Result<Answer<T>, Error>) {
        let (attempts, status) = match outcome {
            Ok(answer) => (answer.attempts(), Some(answer.status())),
            Err(error) => (error.attempts(), error.http_status()),
        };
        if let Some(status) = status {
            span.record("http.response.status_code", status.as_u16());
        }
        if attempts > 1 {
            span.record("http.request.resend_count", attempts - 1);
        }
        if let Err(error) = outcome {
            span.record("otel.status_code", "ERROR");
            span.record("error.type", error_type(error.kind(), status).as_ref());
            span.record("aim.delivery", tracing::field::display(error.delivery()));
        }
    }

    /// The convention asks for the status of a failure, as text.
    fn error_type(kind: ErrorKind, status: Option<StatusCode>) -> Cow<'static, str> {
        match status {
            Some(status) if !status.is_success() => status.as_u16().to_string().into(),
            _ => kind.as_str().into(),
        }
    }

    /// The event of an attempt.
    pub(crate) fn attempt(attempt: &Attempt<'_>, end: &AttemptEnd) {
        let status = end.status.map(|status| status.as_u16());
        let error = end.error.map(|kind| error_type(kind, end.status));
        let resends = (attempt.number > 1).then(|| attempt.number - 1);
        let delivery = end.delivery.map(tracing::field::display);
        let elapsed = u64::try_from(end.elapsed.as_millis()).unwrap_or(u64::MAX);
        macro_rules! event {
            ($level:ident) => {
                tracing::event!(
                    target: "aim_client",
                    Level::$level,
                    aim.operation = attempt.operation.id(),
                    aim.delivery = delivery,
                    aim.elapsed_ms = elapsed,
                    http.request.method = attempt.operation.method(),
                    http.request.resend_count = resends,
                    http.response.status_code = status,
                    server.address = attempt.host,
                    server.port = attempt.port,
                    url.template = attempt.operation.path(),
                    error.type = error.as_deref(),
                    "attempt ended"
                )
            };
        }
        if end.delivery.is_none() {
            event!(DEBUG);
        } else {
            event!(WARN);
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod on {
    use crate::call::answer::Answer;
    use crate::call::error::Error;
    use crate::call::observe::{Attempt, AttemptEnd};
    use crate::operation::Operation;

    #[derive(Clone)]
    pub(crate) struct NoSpan;

    pub(crate) fn call(_: &'static Operation, _: &str, _: Option<u16>) -> NoSpan {
        NoSpan
    }

    pub(crate) fn within<F>(_: NoSpan, work: F) -> F {
        work
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn carried_along<F>(work: F) -> F {
        work
    }

    pub(crate) fn finish<T>(_: &NoSpan, _: &Result<Answer<T>, Error>) {}

    pub(crate) fn attempt(_: &Attempt<'_>, _: &AttemptEnd) {}
}

#[cfg(feature = "blocking")]
pub(crate) use on::carried_along;
pub(crate) use on::{attempt, call, finish, within};

//! Reads an answer and decides what it proves.

use std::any::Any;
use std::fmt;
use std::ops::Deref;

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde::de::DeserializeOwned;

use crate::error::{AnswerKind, Answered, Delivery, Error, Finding};
use crate::evidence::AnswerBody;
use crate::operation::Operation;
use crate::types::{BaseResponseResult, ErrorResponse};

/// The answer of an operation that is proved to have run.
///
/// It derefs to the value, and carries the HTTP status and headers.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer<T> {
    value: T,
    status: StatusCode,
    headers: HeaderMap,
}

impl<T> Answer<T> {
    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The HTTP headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The value alone.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T> Deref for Answer<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// Headers stay out: a server may send a cookie.
impl<T: fmt::Debug> fmt::Debug for Answer<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Answer")
            .field("status", &self.status)
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}

/// Decides what an answer proves.
///
/// `is_failure` says which in-band status is a failure.
pub(crate) fn judge<T: AnswerBody>(
    operation: &'static Operation,
    status: StatusCode,
    headers: HeaderMap,
    body: &[u8],
    is_failure: &(dyn Fn(&BaseResponseResult) -> bool + Send + Sync),
) -> Result<Answer<T>, Error> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let (delivery, finding, answer) = match read::<T>(body) {
        Ok(value) => {
            let failure = value.status().filter(|status| is_failure(status)).cloned();
            let proved = value.has_own_evidence() || (T::STATUS_PROVES && value.status().is_some());
            if value.is_partial() {
                (Delivery::PartlyApplied, Finding::Partial, Some(value))
            } else if let Some(failure) = failure {
                let contradicted = value.has_own_evidence();
                let refused = !contradicted && (status.is_success() || status.is_client_error());
                let delivery = if refused {
                    Delivery::Rejected
                } else {
                    Delivery::Unknown
                };
                (
                    delivery,
                    Finding::InBand {
                        status: failure,
                        contradicted,
                    },
                    Some(value),
                )
            } else if status.is_success() && proved {
                return Ok(Answer {
                    value,
                    status,
                    headers,
                });
            } else if let Some(exception) = exception(body) {
                let code = exception.error_code.as_deref();
                (
                    delivery_of(status, &headers, code),
                    Finding::Exception(exception),
                    Some(value),
                )
            } else if status.is_success() {
                (Delivery::Unknown, Finding::NoEvidence, Some(value))
            } else {
                (
                    delivery_of(status, &headers, None),
                    Finding::HttpFailure,
                    Some(value),
                )
            }
        }
        Err((kind, place)) => (
            delivery_of(status, &headers, None),
            Finding::NotAnObject { kind, place },
            None,
        ),
    };
    let answer = answer.map(|value| Box::new(value) as Box<dyn Any + Send + Sync>);
    Err(Error::judged(
        operation,
        delivery,
        Answered {
            status,
            headers,
            finding,
            answer,
        },
    ))
}

/// What is certain by the HTTP status alone (and the code of a binding error).
fn delivery_of(status: StatusCode, headers: &HeaderMap, error_code: Option<&str>) -> Delivery {
    let rejected = match status.as_u16() {
        // Thrown while the request is bound, before the operation is called.
        400 => error_code == Some("SerializationException"),
        // The router's own 404; an exception's has a body of its own.
        404 => is_text(headers),
        401 | 403 | 405 | 411 | 413 | 414 => true,
        _ => false,
    };
    if rejected {
        Delivery::Rejected
    } else {
        Delivery::Unknown
    }
}

fn is_text(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|value| value.trim().eq_ignore_ascii_case("text/plain"))
}

fn exception(body: &[u8]) -> Option<crate::types::ResponseStatus> {
    read::<ErrorResponse>(body).ok()?.response_status
}

/// Reads a JSON object; otherwise says what it is instead, and where it cannot
/// be read.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, (AnswerKind, Option<String>)> {
    let kind = kind_of(body);
    if kind != AnswerKind::UnreadableJson {
        return Err((kind, None));
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let inner = error.inner();
        let place = format!(
            "`{}`, line {} column {}",
            error.path(),
            inner.line(),
            inner.column()
        );
        (kind, Some(place))
    })?;
    json.end().map_err(|_| (kind, Some("its end".to_owned())))?;
    Ok(value)
}

/// What a body is by its first bytes; `UnreadableJson` stands for an object
/// that is yet to be read.
fn kind_of(body: &[u8]) -> AnswerKind {
    let body = body.trim_ascii();
    match body.first() {
        None => AnswerKind::Empty,
        Some(b'{') => AnswerKind::UnreadableJson,
        Some(b'<') => {
            let start = body.get(..512).unwrap_or(body).to_ascii_lowercase();
            let has = |text: &[u8]| start.windows(text.len()).any(|window| window == text);
            if has(b"<html") || has(b"<!doctype html") {
                AnswerKind::Html
            } else {
                AnswerKind::Xml
            }
        }
        Some(_) if serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok() => {
            AnswerKind::OtherJson
        }
        Some(_) => AnswerKind::Text,
    }
}

//! Reads an answer and decides what it proves.

use std::any::Any;
use std::collections::HashMap;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::call::answer::Answer;
use crate::call::compression;
use crate::call::error::{AnswerKind, Answered, Delivery, Error, Finding};
use crate::codec::evidence::{AnswerBody, is_set};
use crate::codec::location::location;
use crate::codec::xml;
use crate::generated::members::known;
use crate::operation::Operation;
use crate::types::{BaseResponseResult, ErrorResponse, ResponseStatus};
use crate::value::lenient;

/// The answer of an operation of the document.
pub(crate) trait OperationAnswer: AnswerBody<Status = BaseResponseResult> {}

impl<T: AnswerBody<Status = BaseResponseResult>> OperationAnswer for T {}

/// Decides what an answer proves.
///
/// `is_failure` says which in-band status is a failure.
pub(crate) fn judge<T: OperationAnswer>(
    operation: &'static Operation,
    status: StatusCode,
    headers: HeaderMap,
    body: &[u8],
    is_failure: &(dyn Fn(&BaseResponseResult) -> bool + Send + Sync),
) -> Result<Answer<T>, Error> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let (delivery, finding, answer) = match read::<T>(body) {
        Ok(value) => match problem(&value, status, &headers, body, is_failure) {
            None => return Ok(Answer::read(value, status, headers)),
            // What carries a result has run, whatever else it says.
            Some((Delivery::Rejected, finding)) if value.has_own_evidence() => {
                (Delivery::Unknown, finding, Some(value))
            }
            Some((delivery, finding)) => (delivery, finding, Some(value)),
        },
        Err((kind, place)) => {
            let compressed = compression::kind(&headers, body);
            let (kind, place) = compressed.map_or((kind, place), |kind| (kind, None));
            // In XML an exception has a root of its own.
            let exception = match kind {
                AnswerKind::Xml => exception(body),
                _ => None,
            };
            let (delivery, finding) = match exception {
                Some(exception) => thrown(status, &headers, exception),
                None => (
                    delivery_of(status, &headers, None),
                    Finding::UnreadableBody { kind, place },
                ),
            };
            (delivery, finding, None)
        }
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

/// Why an answer that can be read is not a success; nothing if it proves the
/// operation.
fn problem<T: OperationAnswer>(
    value: &T,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    is_failure: &(dyn Fn(&BaseResponseResult) -> bool + Send + Sync),
) -> Option<(Delivery, Finding)> {
    let success = status.is_success();
    if value.is_partial() {
        let delivery = if success && value.names_each_item() {
            Delivery::PartlyApplied
        } else {
            Delivery::Unknown
        };
        return Some((delivery, Finding::Partial));
    }
    if let Some(failure) = value.status().filter(|status| is_failure(status)) {
        let contradicted = value.has_own_evidence() || holds_any(body, value.foreign_members());
        let delivery = if !contradicted && (success || status.is_client_error()) {
            Delivery::Rejected
        } else {
            Delivery::Unknown
        };
        let finding = Finding::InBand {
            status: failure.clone(),
            contradicted,
        };
        return Some((delivery, finding));
    }
    let proved = value.has_own_evidence() || (T::STATUS_PROVES && value.status().is_some());
    match carried(body) {
        Ok(Some(exception)) if !proved || says_something(&exception) => {
            Some(thrown(status, headers, exception))
        }
        Ok(_) if success && proved && !holds_any(body, value.foreign_members()) => None,
        _ if success => Some((Delivery::Unknown, Finding::NoEvidence)),
        _ => Some((delivery_of(status, headers, None), Finding::HttpFailure)),
    }
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

/// Whether a JSON object has a value for one of the members. In XML the name of
/// the root tells one answer from another.
fn holds_any(body: &[u8], members: &[&str]) -> bool {
    if members.is_empty() {
        return false;
    }
    let object: HashMap<String, Option<IgnoredAny>> =
        serde_json::from_slice(body).unwrap_or_default();
    object
        .iter()
        .filter(|(_, value)| value.is_some())
        .filter_map(|(name, _)| known(name))
        .any(|name| members.contains(&name))
}

/// An exception of the server's alone.
fn exception(body: &[u8]) -> Option<ResponseStatus> {
    read::<ErrorResponse>(body).ok()?.response_status
}

/// There is an exception, and it cannot be read.
struct Unreadable;

/// An exception in an answer that can be read as the operation's.
fn carried(body: &[u8]) -> Result<Option<ResponseStatus>, Unreadable> {
    /// As [`ErrorResponse`], in XML with whatever root.
    #[derive(Deserialize)]
    #[serde(rename = "*")]
    struct Carried {
        #[serde(
            rename = "ResponseStatus",
            alias = "responseStatus",
            default,
            deserialize_with = "lenient::read"
        )]
        response_status: Option<ResponseStatus>,
    }
    // Next to no answer has one, and this costs less than to read it twice.
    static NAME: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("esponseStatus"));
    if NAME.find(body).is_none() {
        return Ok(None);
    }
    match read::<Carried>(body) {
        Ok(carried) => Ok(carried.response_status),
        Err(_) => Err(Unreadable),
    }
}

fn says_something(exception: &ResponseStatus) -> bool {
    is_set(&exception.error_code) || is_set(&exception.message) || is_set(&exception.errors)
}

/// What an exception of the server says.
fn thrown(
    status: StatusCode,
    headers: &HeaderMap,
    exception: ResponseStatus,
) -> (Delivery, Finding) {
    let code = exception.error_code.as_deref();
    (
        delivery_of(status, headers, code),
        Finding::Exception(exception),
    )
}

/// Reads a JSON object or its twin in XML; otherwise says what the body is
/// instead, and where it cannot be read.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, (AnswerKind, Option<String>)> {
    match kind_of(body) {
        kind @ AnswerKind::UnreadableJson => read_json(body).map_err(|place| (kind, Some(place))),
        kind @ AnswerKind::UnreadableXml => xml::read(body, known).map_err(|unread| match unread {
            _ if is_html(body) => (AnswerKind::Html, None),
            xml::Unread::Other => (AnswerKind::Xml, None),
            xml::Unread::Broken(place) => (kind, Some(place)),
        }),
        kind => Err((kind, None)),
    }
}

fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|_| unread_place::<T>(body))
}

/// Where JSON cannot be read. Keeping track of that costs half as much again
/// as reading, so it is read a second time.
fn unread_place<T: DeserializeOwned>(body: &[u8]) -> String {
    let mut json = serde_json::Deserializer::from_slice(body);
    match serde_path_to_error::deserialize::<_, T>(&mut json) {
        Ok(_) => "its end".to_owned(),
        Err(error) => location(
            known,
            error.path(),
            error.inner().line(),
            error.inner().column(),
        ),
    }
}

/// What a body is by its first byte; `UnreadableJson` and `UnreadableXml` stand
/// for what is yet to be read.
fn kind_of(body: &[u8]) -> AnswerKind {
    let body = body.trim_ascii();
    match body.first() {
        None => AnswerKind::Empty,
        Some(b'{') => AnswerKind::UnreadableJson,
        Some(b'<') => AnswerKind::UnreadableXml,
        Some(_) if serde_json::from_slice::<IgnoredAny>(body).is_ok() => AnswerKind::OtherJson,
        Some(_) => AnswerKind::Text,
    }
}

/// Whether what is not an answer in XML begins as a page; CDATA may quote one.
fn is_html(body: &[u8]) -> bool {
    let start = body.get(..512).unwrap_or(body);
    let start = String::from_utf8_lossy(start).to_ascii_lowercase();
    let start = start.split("<![cdata[").next().unwrap_or_default();
    start.contains("<html") || start.contains("<!doctype html")
}

//! Reads an answer and decides what it proves.

use std::collections::HashMap;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::call::answer::Answer;
use crate::call::compression;
use crate::call::error::{AnswerKind, Answered, AnyAnswer, Delivery, Error, Finding};
use crate::codec::evidence::{AnswerBody, is_set};
use crate::codec::location::location;
use crate::codec::references::References;
use crate::codec::{sign, xml};
use crate::generated::members::known;
use crate::operation::Operation;
use crate::types::{BaseResponseResult, ErrorResponse, ResponseStatus};
use crate::value::lenient;
use crate::value::secret::Secret;
use crate::value::words::{self, OwnWords, StatusVerdict};

/// The answer of an operation of the document.
pub(crate) trait OperationAnswer: AnswerBody<Status = BaseResponseResult> {}

impl<T: AnswerBody<Status = BaseResponseResult>> OperationAnswer for T {}

/// What was asked, and what a merchant's words mean.
pub(crate) struct Asked<'a> {
    pub(crate) operation: &'static Operation,
    /// The body of the request; a query has none.
    pub(crate) sent: &'a [u8],
    pub(crate) words: &'a OwnWords,
}

/// Decides what an answer proves.
pub(crate) fn judge<T: OperationAnswer>(
    asked: &Asked<'_>,
    status: StatusCode,
    headers: HeaderMap,
    body: &[u8],
) -> Result<Answer<T>, Error> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let (delivery, finding, answer) = match read::<T>(body) {
        Ok(value) => match problem(asked, &value, status, body) {
            None => return Ok(Answer::read(value, status, headers)),
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
            let rejected = cannot_have_run(asked, status, kind, body, exception.as_ref())
                && !sign::is_in(body, asked.operation.signs);
            let finding = match exception {
                Some(exception) => Finding::Exception(exception),
                None => Finding::UnreadableBody { kind, place },
            };
            (rejected_if(rejected), finding, None)
        }
    };
    Err(Error::judged(
        asked.operation,
        delivery,
        Answered {
            status,
            headers,
            finding,
            answer: answer.map(AnyAnswer::new),
        },
    ))
}

/// Why an answer that can be read is not a success; nothing if it proves the
/// operation.
fn problem<T: OperationAnswer>(
    asked: &Asked<'_>,
    value: &T,
    status: StatusCode,
    body: &[u8],
) -> Option<(Delivery, Finding)> {
    let success = status.is_success();
    let carried = carried(body);
    let is_thrown = match &carried {
        Ok(exception) => exception.as_ref().is_some_and(says_something),
        Err(Unreadable) => true,
    };
    let verdict = value
        .status()
        .map(|status| words::verdict(&status.words(), asked.words));
    let own = value.has_own_evidence();
    let is_anothers = || holds_any(body, value.foreign_members());
    if value.is_partial() {
        let is_certain = success
            && names_each_item(asked, value)
            && !is_thrown
            && verdict.is_none_or(|verdict| verdict == StatusVerdict::Good)
            && !is_anothers();
        let delivery = if is_certain {
            Delivery::PartlyApplied
        } else {
            Delivery::Unknown
        };
        return Some((delivery, Finding::Partial));
    }
    if let (Some(StatusVerdict::Failure), Some(failure)) = (verdict, value.status()) {
        let contradiction = if own || is_anothers() {
            Some(" and yet carries a result")
        } else if is_thrown {
            Some(" beside an exception")
        } else {
            None
        };
        let says_no = success || status.is_client_error();
        let finding = Finding::InBand {
            status: failure.clone(),
            contradiction,
            exception: carried.unwrap_or_default().filter(says_something),
        };
        return Some((rejected_if(says_no && contradiction.is_none()), finding));
    }
    // What carries a result has run, whatever else the answer says.
    let has_sign = own || verdict.is_some();
    let rejected = |exception: Option<&ResponseStatus>| {
        let kind = AnswerKind::UnreadableJson;
        let cannot_have_run = cannot_have_run(asked, status, kind, body, exception);
        rejected_if(cannot_have_run && !has_sign)
    };
    let proved = own || (T::STATUS_PROVES && verdict == Some(StatusVerdict::Good));
    match carried {
        Ok(Some(exception)) if is_thrown || !proved => {
            return Some((rejected(Some(&exception)), Finding::Exception(exception)));
        }
        _ => {}
    }
    let is_unclear = match verdict {
        Some(StatusVerdict::Unclear) => true,
        Some(StatusVerdict::UnknownCode) => !own,
        _ => false,
    };
    match value.status().filter(|_| is_unclear && !is_thrown) {
        Some(status) => Some((Delivery::Unknown, Finding::UnclearStatus(status.clone()))),
        None if success && proved && !is_thrown && !is_anothers() => None,
        None if success => Some((Delivery::Unknown, Finding::NoEvidence)),
        None => Some((rejected(None), Finding::HttpFailure)),
    }
}

/// Whether each item that was not applied is one of the request's, so that the
/// others are known to be applied.
fn names_each_item<T: OperationAnswer>(asked: &Asked<'_>, value: &T) -> bool {
    let Some(lookup) = &asked.operation.lookup else {
        return false;
    };
    let references = References::of(asked.sent, lookup.member);
    let mut failed = value.failed().into_iter();
    failed.all(|reference| reference.is_some_and(|reference| references.has_once(reference)))
}

fn rejected_if(rejected: bool) -> Delivery {
    if rejected {
        Delivery::Rejected
    } else {
        Delivery::Unknown
    }
}

/// Whether the operation cannot have run, by what the answer is and by its
/// status: .NET turns exceptions of the operation itself into some of these,
/// and writes them as JSON or XML.
fn cannot_have_run(
    asked: &Asked<'_>,
    status: StatusCode,
    kind: AnswerKind,
    body: &[u8],
    exception: Option<&ResponseStatus>,
) -> bool {
    match status.as_u16() {
        // Thrown while the request is bound, before the operation is called.
        400 => exception.is_some_and(|exception| is_of_binding(asked.operation, exception)),
        // The router's own 404; an exception's has a body of its own.
        404 => matches!(body.trim_ascii(), b"" | b"404"),
        401 => true,
        403 | 405 | 411 | 413 | 414 => match kind {
            AnswerKind::Empty | AnswerKind::Html => true,
            // A list that breaks off is no JSON, and no text either.
            AnswerKind::Text => !body.trim_ascii_start().starts_with(b"["),
            _ => false,
        },
        _ => false,
    }
}

/// How the messages begin of what ServiceStack and .NET throw while they bind a
/// request; the name of its type follows.
const BINDERS: [&str; 4] = [
    "Unable to bind to request '",
    "Type definitions should start with a '{', expecting serialized type '",
    "There was an error deserializing the object of type ",
    "Error in line ",
];

/// Whether an exception was thrown while this operation's request was bound. One
/// that the operation throws over a text of its own names another type.
fn is_of_binding(operation: &Operation, exception: &ResponseStatus) -> bool {
    let message = exception.message.as_ref().map_or("", Secret::expose);
    let mut binders = BINDERS.iter();
    let Some(rest) = binders.find_map(|beginning| message.strip_prefix(beginning)) else {
        return false;
    };
    // `1 position 28. Expecting element 'Name' from namespace …`
    let rest = rest
        .split_once(" Expecting element '")
        .map_or(rest, |(_, rest)| rest);
    let name = rest
        .split(|letter: char| letter == '\'' || letter.is_whitespace())
        .next();
    // `Name`, or `AIM.WebService.Name.` at the end of a sentence.
    let name = name.and_then(|name| name.trim_end_matches('.').rsplit('.').next());
    exception.error_code.as_deref() == Some("SerializationException")
        && name == Some(operation.request)
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
    start.contains("<html")
        || start.contains("<!doctype html")
        // Without a page around it, as some web servers write it.
        || start.trim_start().starts_with("<h1>")
}

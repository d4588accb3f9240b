//! Reads an answer and decides what it proves.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::call::answer::Answer;
use crate::call::compression;
use crate::call::error::{AnswerKind, Answered, AnyAnswer, Delivery, Error, Finding};
use crate::call::limits::Limit;
use crate::call::read::{Body, read};
use crate::codec::answer::{Exception, Whole};
use crate::codec::evidence::AnswerBody;
use crate::codec::references::References;
use crate::codec::sign;
use crate::operation::Operation;
use crate::types::{BaseResponseResult, ErrorResponse, ResponseStatus};
use crate::value::blank::is_blank;
use crate::value::object::Object;
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
    /// How many items the lists of an answer may hold together.
    pub(crate) items: usize,
}

/// Decides what an answer proves.
pub(crate) fn judge<T: OperationAnswer>(
    asked: &Asked<'_>,
    status: StatusCode,
    headers: HeaderMap,
    body: &[u8],
) -> Result<Answer<T>, Error> {
    let mut body = body;
    // .NET writes two where each of its layers writes one.
    while let Some(rest) = body.trim_ascii_start().strip_prefix(b"\xEF\xBB\xBF") {
        body = rest;
    }
    let (kind, place, exception) = match read::<T>(body, asked.items) {
        Body::Answer(answer) => {
            let Some((delivery, finding)) = problem(asked, &answer, status, body) else {
                return Ok(Answer::read(answer.value, status, headers));
            };
            let answer = Some(AnyAnswer::new(answer.value));
            return Err(judged(asked, delivery, status, headers, finding, answer));
        }
        Body::Exception(exception) => (AnswerKind::Xml, None, Some(exception)),
        Body::Other { kind, place } => (kind, place, None),
        Body::TooManyItems => {
            let set = format!("{} items", asked.items);
            let limit = Limit::AnswerItems;
            let error = Error::limit_hit(asked.operation, Delivery::Unknown, limit, set);
            return Err(error.with_status(status));
        }
    };
    // A sign could be in what is compressed or in UTF-16, and is not looked for
    // there.
    let compressed = compression::kind(&headers, body);
    let rejected = compressed.is_none()
        && !body.contains(&0)
        && cannot_have_run(asked, status, kind, body, exception.as_ref())
        && !sign::is_in(body, asked.operation.signs);
    let (kind, place) = compressed.map_or((kind, place), |kind| (kind, None));
    let finding = match exception {
        Some(exception) => Finding::Exception(Some(exception)),
        None => Finding::UnreadableBody { kind, place },
    };
    let delivery = rejected_if(rejected);
    Err(judged(asked, delivery, status, headers, finding, None))
}

fn judged(
    asked: &Asked<'_>,
    delivery: Delivery,
    status: StatusCode,
    headers: HeaderMap,
    finding: Finding,
    answer: Option<AnyAnswer>,
) -> Error {
    let answered = Answered {
        status,
        headers,
        finding,
        answer,
    };
    Error::judged(asked.operation, delivery, answered)
}

/// Why an answer that can be read is not a success; nothing if it proves the
/// operation.
fn problem<T: OperationAnswer>(
    asked: &Asked<'_>,
    answer: &Whole<T, ErrorResponse>,
    status: StatusCode,
    body: &[u8],
) -> Option<(Delivery, Finding)> {
    let value = &answer.value;
    let success = status.is_success();
    let carried = match &answer.exception {
        Exception::Read(carried) => carried.response_status.as_ref(),
        Exception::None | Exception::Unreadable => None,
    };
    let is_thrown =
        carried.is_some_and(says_something) || matches!(answer.exception, Exception::Unreadable);
    let verdict = value
        .status()
        .map(|status| words::verdict(&status.words(), asked.words));
    let own = value.has_own_evidence();
    let is_anothers = || answer.has_any(value.foreign_members());
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
    // What carries a result has run, whatever else the answer says. An answer may
    // stand in another object, as it may in a list.
    let has_result = || own || sign::is_inside(answer.format, body, asked.operation.signs);
    if let (Some(StatusVerdict::Failure), Some(failure)) = (verdict, value.status()) {
        let contradiction = if has_result() || is_anothers() {
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
            exception: carried.filter(|carried| says_something(carried)).cloned(),
        };
        return Some((rejected_if(says_no && contradiction.is_none()), finding));
    }
    let has_sign = || verdict.is_some() || has_result();
    let rejected = |exception: Option<&ResponseStatus>| {
        let kind = AnswerKind::UnreadableJson;
        let cannot_have_run = cannot_have_run(asked, status, kind, body, exception);
        rejected_if(cannot_have_run && !has_sign() && !is_anothers())
    };
    let proved = own || (answer.status_proves && verdict == Some(StatusVerdict::Good));
    if is_thrown || carried.is_some_and(|_| !proved) {
        // Evidence beside an exception proves nothing.
        return Some((rejected(carried), Finding::Exception(carried.cloned())));
    }
    let is_unclear = match verdict {
        Some(StatusVerdict::Unclear) => true,
        Some(StatusVerdict::UnknownCode) => !own,
        _ => false,
    };
    match value.status().filter(|_| is_unclear) {
        Some(status) => Some((Delivery::Unknown, Finding::UnclearStatus(status.clone()))),
        None if success && is_anothers() => Some((Delivery::Unknown, Finding::Another)),
        None if success && proved => None,
        None if success => Some((Delivery::Unknown, Finding::NoEvidence)),
        None => {
            let is_of_operation = has_sign();
            Some((rejected(None), Finding::HttpFailure { is_of_operation }))
        }
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
    failed.all(|reference| reference.is_some_and(|reference| references.has_once(&reference)))
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
            AnswerKind::Empty => true,
            AnswerKind::Html | AnswerKind::Text => !may_be_exception(body),
            _ => false,
        },
        _ => false,
    }
}

/// Whether text or a page may hold an exception of the operation: a list that
/// breaks off, or JSON with something before it.
fn may_be_exception(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"[") || sign::is_in(body, ErrorResponse::MEMBERS)
}

/// What stands before and after the name of a request's type at the beginning of
/// the messages that ServiceStack and .NET throw while they bind it.
const BINDERS: [[&str; 2]; 4] = [
    ["Unable to bind to request '", "'"],
    [
        "Type definitions should start with a '{', expecting serialized type '",
        "'",
    ],
    [
        "There was an error deserializing the object of type AIM.WebService.",
        ".",
    ],
    ["Error in line # position #. Expecting element '", "'"],
];

/// Whether an exception was thrown while this operation's request was bound. One
/// that the operation throws over a text of its own names another type.
fn is_of_binding(operation: &Operation, exception: &ResponseStatus) -> bool {
    let message = exception.message.as_ref().map_or("", Exposed::words);
    let begins = |[before, after]: [&str; 2]| {
        let rest = after_numbers(message, before)?;
        rest.strip_prefix(operation.request)?.strip_prefix(after)
    };
    exception.error_code.as_deref() == Some("SerializationException")
        && BINDERS.into_iter().any(|binder| begins(binder).is_some())
}

/// The text after its beginning, in which each `#` stands for a number.
fn after_numbers<'a>(text: &'a str, beginning: &str) -> Option<&'a str> {
    let mut parts = beginning.split('#');
    let text = text.strip_prefix(parts.next()?)?;
    parts.try_fold(text, |text, part| {
        let rest = text.trim_start_matches(|digit: char| digit.is_ascii_digit());
        (rest.len() < text.len())
            .then_some(rest)?
            .strip_prefix(part)
    })
}

/// A text of the server's; a merchant's own document decides whether it is a
/// secret.
trait Exposed {
    fn words(&self) -> &str;
}

impl Exposed for Secret {
    fn words(&self) -> &str {
        self.expose()
    }
}

impl Exposed for String {
    fn words(&self) -> &str {
        self
    }
}

fn says_something(exception: &ResponseStatus) -> bool {
    let is_said = |text: Option<&str>| text.is_some_and(|text| !is_blank(text));
    is_said(exception.error_code.as_deref())
        || is_said(exception.message.as_ref().map(Exposed::words))
        || exception.errors.iter().flatten().next().is_some()
}

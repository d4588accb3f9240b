//! Reads the body of an answer, or says what it is instead.

use serde::de::IgnoredAny;

use crate::call::error::AnswerKind;
use crate::codec::answer::{self, Format, Unread, Whole};
use crate::codec::evidence::AnswerBody;
use crate::generated::members::known;
use crate::types::{ErrorResponse, ResponseStatus};

/// What is in a body.
pub(crate) enum Body<T> {
    /// The operation's answer.
    Answer(Whole<T, ErrorResponse>),
    /// An exception of the server's alone, in XML; in JSON it is an answer that
    /// carries one.
    Exception(ResponseStatus),
    /// Something else; where it begins as an answer, the place that cannot be
    /// read.
    Other {
        kind: AnswerKind,
        place: Option<String>,
    },
    /// More items and unknown members than an answer may have.
    TooManyItems,
}

/// Reads a JSON object or its twin in XML, which may have so many `items` of lists
/// and unknown members together.
pub(crate) fn read<T: AnswerBody>(body: &[u8], items: usize) -> Body<T> {
    let (format, kind) = match kind_of(body) {
        kind @ AnswerKind::UnreadableJson => (Format::Json, kind),
        kind @ AnswerKind::UnreadableXml => (Format::Xml, kind),
        kind => return Body::Other { kind, place: None },
    };
    match answer::read(format, body, known, items) {
        Ok(whole) => Body::Answer(whole),
        Err(Unread::TooManyItems) => Body::TooManyItems,
        Err(_) if format == Format::Xml && is_html(body) => Body::Other {
            kind: AnswerKind::Html,
            place: None,
        },
        Err(Unread::Other) => match exception(body, items) {
            Some(exception) => Body::Exception(exception),
            None => Body::Other {
                kind: AnswerKind::Xml,
                place: None,
            },
        },
        Err(Unread::Broken(place)) => Body::Other {
            kind,
            place: Some(place),
        },
    }
}

/// In XML an exception has a root of its own.
fn exception(body: &[u8], items: usize) -> Option<ResponseStatus> {
    let root = "ErrorResponse";
    let exception: ErrorResponse = answer::exception(Format::Xml, body, root, items).ok()?;
    exception.response_status
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

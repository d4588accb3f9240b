//! What can go wrong, and what is certain about the operation then.

use std::any::Any;
use std::fmt;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::operation::Operation;
use crate::types::{BaseResponseResult, ResponseStatus};

/// What is certain about an operation whose call ended in an error.
///
/// | delivery | what it means | what may be done |
/// | --- | --- | --- |
/// | [`NotSent`](Delivery::NotSent) | refused before it was sent, or no connection was made | mend the cause, send again |
/// | [`Rejected`](Delivery::Rejected) | the server answered that it did not do it | mend the cause, send again |
/// | [`PartlyApplied`](Delivery::PartlyApplied) | some items of a mass update were not applied | read [`Error::answer`], send only what failed |
/// | [`Unknown`](Delivery::Unknown) | it may have been applied | look before anyone sends a booking again |
///
/// *Rejected* is only what cannot have run the operation: a binding error (400
/// with `SerializationException`), 401, 403, a plain-text 404, 405, 411, 413,
/// 414, and an in-band failure in a 2xx or 4xx answer that does not prove the
/// opposite at the same time. Every other answer may come after the booking,
/// and so does an answer without evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// The request did not leave: certainly not applied.
    NotSent,
    /// The server answered that it did not do it.
    Rejected,
    /// A mass update of which some items were not applied.
    PartlyApplied,
    /// The outcome is not known; it may have been applied.
    Unknown,
}

impl fmt::Display for Delivery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NotSent => "not sent",
            Self::Rejected => "rejected",
            Self::PartlyApplied => "partly applied",
            Self::Unknown => "unknown",
        })
    }
}

/// What an answer is that is no readable JSON object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AnswerKind {
    /// No body at all.
    Empty,
    /// An HTML page: of ServiceStack when JSON was not asked for, of the web
    /// server, or of something between.
    Html,
    /// XML.
    Xml,
    /// Plain text.
    Text,
    /// JSON that is no object.
    OtherJson,
    /// Begins as a JSON object and cannot be read as the answer: truncated,
    /// malformed, or a member of an unreadable type.
    UnreadableJson,
}

impl fmt::Display for AnswerKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Empty => "an empty body",
            Self::Html => "an html page",
            Self::Xml => "xml",
            Self::Text => "plain text",
            Self::OtherJson => "json that is no object",
            Self::UnreadableJson => "json that cannot be read",
        })
    }
}

/// Any error of a call.
///
/// Its text says what happened and what to do, and never holds a payload or a
/// secret: what the server wrote is reached by [`aim_status`](Error::aim_status),
/// [`response_status`](Error::response_status) and [`answer`](Error::answer).
/// The one question that matters after a booking is answered by
/// [`delivery`](Error::delivery).
///
/// ```
/// # fn f(error: aim_client::Error) {
/// use aim_client::Delivery;
///
/// match error.delivery() {
///     Delivery::NotSent | Delivery::Rejected => { /* certainly not booked */ }
///     Delivery::PartlyApplied => { /* error.answer() lists what failed */ }
///     Delivery::Unknown => { /* it may be booked: look before sending it again */ }
/// }
/// # }
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    operation: Option<&'static Operation>,
    delivery: Delivery,
    cause: Cause,
}

enum Cause {
    /// Refused before anything was sent; the sentence names the place.
    Refused(String),
    /// Below HTTP: no connection, a time-out, a connection that broke.
    Transport {
        error: reqwest::Error,
        status: Option<StatusCode>,
    },
    /// An answer that is no success.
    Answered(Box<Answered>),
}

/// An answer that is no success.
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) finding: Finding,
    /// The answer, where it could be read.
    pub(crate) answer: Option<Box<dyn Any + Send + Sync>>,
}

/// Why an answer is no success.
pub(crate) enum Finding {
    /// The vendor's in-band status is a failure.
    InBand {
        status: BaseResponseResult,
        contradicted: bool,
    },
    /// ServiceStack's error.
    Exception(ResponseStatus),
    /// Some items were not applied.
    Partial,
    /// A readable answer that proves nothing.
    NoEvidence,
    /// A status of failure whose body says nothing more.
    HttpFailure,
    /// Not an object; where it begins as one, the place that cannot be read.
    NotAnObject {
        kind: AnswerKind,
        place: Option<String>,
    },
}

impl Error {
    pub(crate) fn refused(
        operation: Option<&'static Operation>,
        reason: impl Into<String>,
    ) -> Self {
        Self(Box::new(Inner {
            operation,
            delivery: Delivery::NotSent,
            cause: Cause::Refused(reason.into()),
        }))
    }

    pub(crate) fn transport(
        operation: &'static Operation,
        error: reqwest::Error,
        status: Option<StatusCode>,
    ) -> Self {
        let not_sent = status.is_none() && (error.is_connect() || error.is_builder());
        Self(Box::new(Inner {
            operation: Some(operation),
            delivery: if not_sent {
                Delivery::NotSent
            } else {
                Delivery::Unknown
            },
            // A URL may carry what was asked for.
            cause: Cause::Transport {
                error: error.without_url(),
                status,
            },
        }))
    }

    pub(crate) fn judged(
        operation: &'static Operation,
        delivery: Delivery,
        answered: Answered,
    ) -> Self {
        Self(Box::new(Inner {
            operation: Some(operation),
            delivery,
            cause: Cause::Answered(Box::new(answered)),
        }))
    }

    /// What is certain about the operation.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        self.0.delivery
    }

    /// The operationId of the document, if the error belongs to a call.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation.map(|operation| operation.id)
    }

    /// The HTTP status, if an answer began to arrive.
    #[must_use]
    pub fn http_status(&self) -> Option<StatusCode> {
        match &self.0.cause {
            Cause::Refused(_) => None,
            Cause::Transport { status, .. } => *status,
            Cause::Answered(answered) => Some(answered.status),
        }
    }

    /// The headers of the answer, if it was read to its end.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.answered().map(|answered| &answered.headers)
    }

    /// The vendor's in-band status, if it is the reason.
    ///
    /// Its texts are the server's and may repeat what was sent: do not log
    /// them unseen.
    #[must_use]
    pub fn aim_status(&self) -> Option<&BaseResponseResult> {
        match self.finding()? {
            Finding::InBand { status, .. } => Some(status),
            _ => None,
        }
    }

    /// ServiceStack's error with its field errors, if it is the reason.
    ///
    /// Its texts are the server's and may repeat what was sent: do not log
    /// them unseen.
    #[must_use]
    pub fn response_status(&self) -> Option<&ResponseStatus> {
        match self.finding()? {
            Finding::Exception(status) => Some(status),
            _ => None,
        }
    }

    /// What the answer is, if it is no readable JSON object.
    #[must_use]
    pub fn answer_kind(&self) -> Option<AnswerKind> {
        match self.finding()? {
            Finding::NotAnObject { kind, .. } => Some(*kind),
            _ => None,
        }
    }

    /// The answer, if it could be read as the type that the operation answers
    /// with: the list of failed items after a mass update, for one.
    #[must_use]
    pub fn answer<T: 'static>(&self) -> Option<&T> {
        self.answered()?.answer.as_deref()?.downcast_ref()
    }

    /// Whether the request was refused before it was sent.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self.0.cause, Cause::Refused(_))
    }

    /// Whether no connection could be made.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        matches!(&self.0.cause, Cause::Transport { error, .. } if error.is_connect())
    }

    /// Whether a time-out ended the call.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(&self.0.cause, Cause::Transport { error, .. } if error.is_timeout())
    }

    /// Whether the answer was read and proves nothing: `{}`, or zeros only.
    #[must_use]
    pub fn is_without_evidence(&self) -> bool {
        matches!(self.finding(), Some(Finding::NoEvidence))
    }

    fn answered(&self) -> Option<&Answered> {
        match &self.0.cause {
            Cause::Answered(answered) => Some(answered),
            _ => None,
        }
    }

    fn finding(&self) -> Option<&Finding> {
        self.answered().map(|answered| &answered.finding)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.operation().unwrap_or("client");
        write!(formatter, "{name}: ")?;
        match &self.0.cause {
            Cause::Refused(reason) => return write!(formatter, "not sent: {reason}"),
            Cause::Transport { error, .. } if error.is_connect() => {
                return formatter
                    .write_str("no connection to the server; check the base url and the network");
            }
            Cause::Transport { error, .. } if error.is_timeout() => {
                formatter.write_str("no complete answer in time")?;
            }
            Cause::Transport { .. } => formatter.write_str("the connection broke")?,
            Cause::Answered(answered) => {
                answered.finding.write(formatter)?;
                write!(formatter, " (http {})", answered.status.as_u16())?;
            }
        }
        let booked = self
            .0
            .operation
            .is_some_and(|operation| operation.repeat == crate::operation::Repeat::Books);
        formatter.write_str(match self.0.delivery {
            Delivery::NotSent | Delivery::Rejected => "; it was not applied",
            Delivery::PartlyApplied => "; send again only the items that the answer lists",
            Delivery::Unknown if booked => {
                "; it may have been applied: look it up before anyone sends it again"
            }
            Delivery::Unknown => "; it only reads, so it can be sent again",
        })
    }
}

impl Finding {
    fn write(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InBand {
                status,
                contradicted,
            } => {
                formatter.write_str("the answer reports a failure")?;
                write_code(formatter, "StatusCode", status.status_code.as_deref())?;
                write_code(formatter, "ErrorCode", status.error_code.as_deref())?;
                if *contradicted {
                    formatter.write_str(" and yet carries a result")?;
                }
                Ok(())
            }
            Self::Exception(status) => {
                formatter.write_str("the server reports an exception")?;
                write_code(formatter, "ErrorCode", status.error_code.as_deref())?;
                for error in status.errors.iter().flatten() {
                    write_code(formatter, "field", error.field_name.as_deref())?;
                }
                Ok(())
            }
            Self::Partial => formatter.write_str("the answer lists items that were not applied"),
            Self::NoEvidence => {
                formatter.write_str("the answer holds nothing that proves the operation")
            }
            Self::HttpFailure => formatter.write_str("the server reports a failure"),
            Self::NotAnObject { kind, place } => {
                write!(formatter, "the answer is {kind}")?;
                if let Some(place) = place {
                    write!(formatter, " at {place}")?;
                }
                Ok(())
            }
        }
    }
}

/// Writes a code of the server if it looks like one; anything else could be a
/// payload.
fn write_code(formatter: &mut fmt::Formatter<'_>, name: &str, code: Option<&str>) -> fmt::Result {
    let is_code = |code: &&str| {
        (1..=40).contains(&code.len())
            && code
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-'))
    };
    match code.filter(is_code) {
        Some(code) => write!(formatter, " [{name} {code}]"),
        None => Ok(()),
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Error")
            .field("text", &self.to_string())
            .field("delivery", &self.0.delivery)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.cause {
            Cause::Transport { error, .. } => Some(error),
            _ => None,
        }
    }
}

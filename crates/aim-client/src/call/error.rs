//! What can go wrong, and what is certain about the operation then.

use std::any::{Any, type_name};
use std::sync::Arc;
use std::{fmt, io};

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::call::codes;
use crate::call::credentials;
use crate::call::limits::{Limit, Limits};
use crate::call::obstacle::Obstacle;
use crate::call::received::Received;
use crate::call::record::{Record, State, rfc3339};
use crate::generated::members::known;
use crate::operation::{Effect, Operation};
use crate::types::{BaseResponseResult, ResponseStatus};
use crate::value::date::DateError;
use crate::value::money::MoneyError;

/// What is certain about an operation whose call ended in an error.
///
/// | delivery | what it means | what may be done |
/// | --- | --- | --- |
/// | [`NotSent`](Delivery::NotSent) | refused before it was sent, or no connection was made | fix the cause, send again |
/// | [`Rejected`](Delivery::Rejected) | the server answered that it did not do it | fix the cause, send again |
/// | [`PartlyApplied`](Delivery::PartlyApplied) | some items of a mass update were not applied | read [`Error::answer`], send only what failed |
/// | [`Unknown`](Delivery::Unknown) | it may have been applied | look before anyone sends a booking again |
///
/// A booking that a [journal](crate::journal) refuses as a duplicate is
/// *unknown*, too, though the call sent nothing: not the call is what matters,
/// but the booking. [`Error::earlier_booking`] says what the journal knows of
/// it.
///
/// *Rejected* is only what cannot have run the operation: [`design`](crate::design)
/// has the whole table. [`troubleshooting`](crate::troubleshooting) says what to
/// do about each.
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

/// What an answer is that cannot be read as the operation's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AnswerKind {
    /// No body at all.
    Empty,
    /// An HTML page: of ServiceStack when JSON was not asked for, of the web
    /// server, or of something between.
    Html,
    /// XML of something else: the answer of another operation or service, a
    /// SOAP envelope.
    Xml,
    /// Begins as the operation's answer in XML, or as XML at all, and cannot
    /// be read: truncated (a server cuts XML short, with status 200, where it
    /// comes to a control character), malformed, or a member of an unreadable
    /// type.
    UnreadableXml,
    /// Plain text.
    Text,
    /// Compressed, though that was not asked for; with the name of the
    /// compression, where it is a usual one.
    Compressed(Option<&'static str>),
    /// Begins as gzip and cannot be decompressed (feature `gzip`).
    UnreadableGzip,
    /// JSON that is not an object.
    OtherJson,
    /// Begins as a JSON object and cannot be read as the answer: truncated,
    /// malformed, or a member of an unreadable type.
    UnreadableJson,
}

impl AnswerKind {
    /// Whether another attempt may get something else: what is compressed in a
    /// wrong way is so by a setting of whoever sends it.
    pub(crate) fn may_pass(self) -> bool {
        !matches!(self, Self::Compressed(_) | Self::UnreadableGzip)
    }

    /// Whether it may be an answer of AIM's that was cut or spoilt on its way.
    pub(crate) fn may_be_cut(self) -> bool {
        !self.may_pass() || matches!(self, Self::UnreadableJson | Self::UnreadableXml)
    }
}

impl fmt::Display for AnswerKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Empty => "an empty body",
            Self::Html => "an html page",
            Self::Xml => "xml of something else",
            Self::UnreadableXml => "xml that cannot be read",
            Self::Text => "plain text",
            Self::Compressed(Some(name)) => {
                return write!(formatter, "compressed ({name}), which was not asked for");
            }
            Self::Compressed(None) => "compressed, which was not asked for",
            Self::UnreadableGzip => "gzip that cannot be decompressed",
            Self::OtherJson => "json that is not an object",
            Self::UnreadableJson => "json that cannot be read",
        })
    }
}

/// What happened, in one word: see [`Error::kind`]. Each has a heading of its
/// own in [`troubleshooting`](crate::troubleshooting).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Refused before it was sent.
    Refused,
    /// Refused, by the journal or by
    /// [`CallOptions::booking_id`](crate::CallOptions::booking_id): a booking with
    /// this id was applied or may have been.
    Duplicate,
    /// No connection could be made.
    NoConnection,
    /// There was a connection, and no TLS on it: a certificate that is not
    /// trusted, or a port at which the server speaks no TLS.
    Tls,
    /// The connection broke.
    Broken,
    /// A limit of the client was hit.
    Limit(Limit),
    /// Refused with 401 or 403, whatever else the answer says: the credentials, a
    /// login that has ended, or the licence. A server may refuse them in-band as
    /// well ([`InBand`](Self::InBand)).
    Credentials,
    /// The server has no such path (404, 405, and no exception): the base URL is
    /// another server's, or its path is wrong.
    NoSuchPath,
    /// The server redirects to another address (3xx), which is not followed.
    Redirect,
    /// The vendor's in-band status is a failure.
    InBand,
    /// The vendor's in-band status is neither a failure nor good.
    UnclearStatus,
    /// ServiceStack reports an exception.
    Exception,
    /// The answer lists items of a mass update that were not applied.
    Partial,
    /// The answer can be read and proves nothing, or is another operation's.
    NoEvidence,
    /// The answer proves the operation, and what it gives cannot be used: an
    /// address or a token.
    UnusableAnswer,
    /// A status of failure whose body says nothing more.
    HttpStatus,
    /// A status of success with something other than the operation's answer:
    /// HTML, text, nothing, or broken JSON.
    NotTheAnswer,
    /// The call's future was dropped. There is no error then; hooks are told.
    Dropped,
    /// A panic ended the call: of a hook, or of the program that made it. The
    /// blocking client makes an error of it, and hooks are told.
    Panicked,
    /// Made by [`Error::mocked`] or [`Error::mocked_with`].
    Mocked,
}

impl ErrorKind {
    /// What ends a call that ends in no outcome, to whom is dropped with it.
    pub(crate) fn of_drop() -> Self {
        if std::thread::panicking() {
            Self::Panicked
        } else {
            Self::Dropped
        }
    }

    /// The name that metrics and logs get (`error.type`).
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Duplicate => "duplicate",
            Self::NoConnection => "no_connection",
            Self::Tls => "tls",
            Self::Broken => "connection_broke",
            Self::Limit(Limit::ConnectTime) => "connect_time",
            Self::Limit(Limit::ReadTime) => "read_time",
            Self::Limit(Limit::TotalTime) => "total_time",
            Self::Limit(Limit::InFlight) => "in_flight",
            Self::Limit(Limit::AnswerSize) => "answer_size",
            Self::Limit(Limit::AnswerItems) => "answer_items",
            Self::Limit(Limit::HeaderSize) => "header_size",
            Self::Credentials => "credentials",
            Self::NoSuchPath => "no_such_path",
            Self::Redirect => "redirect",
            Self::InBand => "in_band_failure",
            Self::UnclearStatus => "unclear_status",
            Self::Exception => "exception",
            Self::Partial => "partly_applied",
            Self::NoEvidence => "no_evidence",
            Self::UnusableAnswer => "unusable_answer",
            Self::HttpStatus => "http_status",
            Self::NotTheAnswer => "not_the_answer",
            Self::Dropped => "dropped",
            Self::Panicked => "panicked",
            Self::Mocked => "mocked",
        }
    }
}

/// Why [`Error::answer`] gives none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAnswer {
    is: Option<&'static str>,
    wanted: &'static str,
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is {
            None => formatter.write_str("no answer could be read"),
            Some(is) => write!(formatter, "the answer is {is}, not {}", self.wanted),
        }
    }
}

impl std::error::Error for NoAnswer {}

/// An answer of whatever type.
pub(crate) struct AnyAnswer {
    value: Box<dyn Any + Send + Sync>,
    name: &'static str,
}

impl AnyAnswer {
    pub(crate) fn new<T: Send + Sync + 'static>(value: T) -> Self {
        Self {
            value: Box::new(value),
            name: short_name::<T>(),
        }
    }
}

/// The name of a type without its modules.
fn short_name<T>() -> &'static str {
    type_name::<T>().rsplit("::").next().unwrap_or_default()
}

/// How many fields of an exception a text names.
const MOST_FIELDS: usize = 5;

/// Any error of a call.
///
/// Its text says what happened and what to do, and never holds a payload or a
/// secret: what the server wrote is reached by [`aim_status`](Error::aim_status),
/// [`response_status`](Error::response_status), [`answer`](Error::answer) and
/// [`received`](Error::received).
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
    attempts: u32,
    booking_id: Option<Arc<str>>,
    received: Option<Received>,
    /// Whether the server says that the session has ended.
    session_ended: bool,
    /// Why the client did not log in again.
    without_login: Option<&'static str>,
}

enum Cause {
    /// Refused before anything was sent.
    Refused {
        /// The sentence names the place.
        reason: String,
        member: Option<String>,
    },
    /// The journal could not keep the booking.
    NotKept(io::Error),
    /// The journal knows the booking.
    Duplicate(Record),
    /// No connection was made.
    NoConnection {
        error: reqwest::Error,
        obstacle: Obstacle,
    },
    /// The connection broke.
    Broken {
        error: reqwest::Error,
        status: Option<StatusCode>,
    },
    /// A limit was hit, and what it is set to. Its error, if it has one, is
    /// of making the connection or of reading the headers.
    Limit {
        limit: Limit,
        set: String,
        status: Option<StatusCode>,
        error: Option<reqwest::Error>,
    },
    /// Made by hand, for tests without a server.
    Mocked { answer: Option<AnyAnswer> },
    /// A hook of the user's has panicked.
    #[cfg(feature = "blocking")]
    Panicked,
    /// An answer that is not a success.
    Answered(Box<Answered>),
}

/// An answer that is not a success.
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) finding: Finding,
    /// The answer, where it could be read.
    pub(crate) answer: Option<AnyAnswer>,
}

/// Why an answer is not a success.
pub(crate) enum Finding {
    /// The vendor's in-band status is a failure.
    InBand {
        status: BaseResponseResult,
        /// What the answer says besides, so that it is not certain.
        contradiction: Option<&'static str>,
        exception: Option<ResponseStatus>,
    },
    /// The vendor's in-band status is neither a failure nor good.
    UnclearStatus(BaseResponseResult),
    /// ServiceStack's error, where it can be read.
    Exception(Option<ResponseStatus>),
    /// Some items were not applied.
    Partial,
    /// A readable answer that proves nothing.
    NoEvidence,
    /// A readable answer that has another operation's members.
    Another,
    /// An answer that is proved and cannot be used, and why.
    Unusable(String),
    /// A readable answer with a status of failure, which says nothing more; and
    /// whether it is of the operation, by what it has.
    HttpFailure { is_of_operation: bool },
    /// No answer; where it begins as one, the place that cannot be read.
    UnreadableBody {
        kind: AnswerKind,
        place: Option<String>,
    },
}

impl Error {
    fn new(operation: Option<&'static Operation>, delivery: Delivery, cause: Cause) -> Self {
        Self(Box::new(Inner {
            operation,
            delivery,
            cause,
            attempts: 0,
            booking_id: None,
            received: None,
            session_ended: false,
            without_login: None,
        }))
    }

    /// An error of one's own, for tests without a server: see
    /// [`AimApi`](crate::AimApi).
    #[must_use]
    pub fn mocked(delivery: Delivery) -> Self {
        Self::new(None, delivery, Cause::Mocked { answer: None })
    }

    /// An error of one's own that carries an answer, for
    /// [`answer`](Self::answer), a [`Record`], for
    /// [`earlier_booking`](Self::earlier_booking), a [`BaseResponseResult`],
    /// for [`aim_status`](Self::aim_status), an [`ErrorKind`], for
    /// [`kind`](Self::kind) and [`limit`](Self::limit), or a [`StatusCode`], for
    /// [`http_status`](Self::http_status).
    ///
    /// ```
    /// use aim_client::reqwest::StatusCode;
    /// use aim_client::{Delivery, Error, ErrorKind, Limit};
    ///
    /// let slow = ErrorKind::Limit(Limit::TotalTime);
    /// let error = Error::mocked_with(Delivery::Unknown, slow);
    /// assert_eq!((error.kind(), error.is_timeout()), (slow, true));
    /// let refused = Error::mocked_with(Delivery::NotSent, ErrorKind::Refused);
    /// assert!(refused.is_refused());
    /// let error = Error::mocked_with(Delivery::Unknown, StatusCode::BAD_GATEWAY);
    /// assert_eq!(error.http_status(), Some(StatusCode::BAD_GATEWAY));
    /// ```
    #[must_use]
    pub fn mocked_with<T: Send + Sync + 'static>(delivery: Delivery, answer: T) -> Self {
        let answer = Some(AnyAnswer::new(answer));
        Self::new(None, delivery, Cause::Mocked { answer })
    }

    /// A call of the blocking client has panicked.
    #[cfg(feature = "blocking")]
    pub(crate) fn panicked() -> Self {
        Self::new(None, Delivery::Unknown, Cause::Panicked)
    }

    pub(crate) fn refused(
        operation: Option<&'static Operation>,
        reason: impl Into<String>,
    ) -> Self {
        Self::new(
            operation,
            Delivery::NotSent,
            Cause::Refused {
                reason: reason.into(),
                member: None,
            },
        )
    }

    /// A refusal of one member, which the reason names too.
    pub(crate) fn refused_at(
        operation: &'static Operation,
        member: Option<&str>,
        reason: String,
    ) -> Self {
        Self::new(
            Some(operation),
            Delivery::NotSent,
            Cause::Refused {
                reason,
                member: member.map(ToOwned::to_owned),
            },
        )
    }

    /// The journal could not keep the booking.
    pub(crate) fn not_kept(operation: &'static Operation, error: io::Error) -> Self {
        Self::new(Some(operation), Delivery::NotSent, Cause::NotKept(error))
    }

    /// The journal knows the booking.
    pub(crate) fn duplicate(operation: &'static Operation, earlier: Record) -> Self {
        let cause = Cause::Duplicate(earlier);
        Self::new(Some(operation), Delivery::Unknown, cause)
    }

    /// What reqwest reports, before the answer or (with its status) within it.
    pub(crate) fn transport(
        operation: &'static Operation,
        error: reqwest::Error,
        status: Option<StatusCode>,
        limits: &Limits,
    ) -> Self {
        if status.is_none() && error.is_builder() {
            let reason = "the http client refuses the request; see what `http` has set, such as `https_only`";
            return Self::refused(Some(operation), reason);
        }
        let delivery = if status.is_none() && error.is_connect() {
            Delivery::NotSent
        } else {
            Delivery::Unknown
        };
        let obstacle = Obstacle::of(&error);
        // A URL may carry what was asked for.
        let error = error.without_url();
        let limit = if error.is_connect() && error.is_timeout() {
            Some((Limit::ConnectTime, format!("{:?}", limits.connect_time)))
        } else if error.is_timeout() {
            // Our own time-outs are none of reqwest's.
            Some((Limit::TotalTime, "as set by `http`".to_owned()))
        } else if is_caused_by(&error, TOO_LARGE) {
            Some((
                Limit::HeaderSize,
                format!("{} bytes, or 100 headers", limits.header_bytes),
            ))
        } else {
            None
        };
        let cause = match limit {
            Some((limit, set)) => Cause::Limit {
                limit,
                set,
                status,
                error: Some(error),
            },
            None if delivery == Delivery::NotSent => Cause::NoConnection { error, obstacle },
            None => Cause::Broken { error, status },
        };
        Self::new(Some(operation), delivery, cause)
    }

    pub(crate) fn limit_hit(
        operation: &'static Operation,
        delivery: Delivery,
        limit: Limit,
        set: String,
    ) -> Self {
        let cause = Cause::Limit {
            limit,
            set,
            status: None,
            error: None,
        };
        Self::new(Some(operation), delivery, cause)
    }

    pub(crate) fn judged(
        operation: &'static Operation,
        delivery: Delivery,
        answered: Answered,
    ) -> Self {
        Self::new(
            Some(operation),
            delivery,
            Cause::Answered(Box::new(answered)),
        )
    }

    /// Notes the status that had arrived when a limit was hit.
    pub(crate) fn with_status(mut self, found: StatusCode) -> Self {
        if let Cause::Limit { status, .. } = &mut self.0.cause {
            *status = Some(found);
        }
        self
    }

    /// Notes how many attempts were made.
    pub(crate) fn after(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Notes whether the server says that the session has ended.
    pub(crate) fn of_session(mut self, ended: bool) -> Self {
        self.0.session_ended = ended;
        self
    }

    /// The session has ended, and the client has not logged in again.
    pub(crate) fn without_login(mut self, why: &'static str) -> Self {
        self.0.without_login = Some(why);
        self
    }

    pub(crate) fn set_booking_id(&mut self, id: Arc<str>) {
        self.0.booking_id = Some(id);
    }

    pub(crate) fn set_received(&mut self, received: Option<Received>) {
        self.0.received = received;
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
            Cause::Broken { status, .. } | Cause::Limit { status, .. } => *status,
            Cause::Answered(answered) => Some(answered.status),
            _ => self.mocked_as().copied(),
        }
    }

    /// Whether the call was *rejected* since the user's session has ended: log the
    /// user in again, and make the call again, which is safe for a booking, too.
    ///
    /// That is status 401 where a `Token` was sent, or one of the
    /// [words](crate::AimClientBuilder::session_ended_words) by which the
    /// merchant's system says so. A wrong ApiKey may be answered with 401 as well,
    /// so try it once. One that is [mocked](Self::mocked_with) with status 401 and
    /// *rejected* counts.
    ///
    /// ```
    /// use aim_client::reqwest::StatusCode;
    /// use aim_client::{Delivery, Error};
    ///
    /// let error = Error::mocked_with(Delivery::Rejected, StatusCode::UNAUTHORIZED);
    /// assert!(error.is_session_ended());
    /// ```
    #[must_use]
    pub fn is_session_ended(&self) -> bool {
        let mocked = self.mocked_as() == Some(&StatusCode::UNAUTHORIZED);
        (self.0.session_ended || mocked) && self.0.delivery == Delivery::Rejected
    }

    /// The headers of the answer, if it was read to its end.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.answered().map(|answered| &answered.headers)
    }

    /// The vendor's in-band status, if it is the reason: a failure, or neither a
    /// failure nor good.
    ///
    /// Its texts are the server's and may repeat what was sent: do not log
    /// them unseen.
    #[must_use]
    pub fn aim_status(&self) -> Option<&BaseResponseResult> {
        match self.finding() {
            Some(Finding::InBand { status, .. } | Finding::UnclearStatus(status)) => Some(status),
            Some(_) => None,
            None => self.mocked_as(),
        }
    }

    /// ServiceStack's error with its field errors, if the answer reports one.
    ///
    /// Its texts are the server's and may repeat what was sent: do not log
    /// them unseen.
    #[must_use]
    pub fn response_status(&self) -> Option<&ResponseStatus> {
        match self.finding()? {
            Finding::Exception(status) => status.as_ref(),
            Finding::InBand { exception, .. } => exception.as_ref(),
            _ => None,
        }
    }

    /// What the answer is, if it cannot be read as the operation's.
    #[must_use]
    pub fn answer_kind(&self) -> Option<AnswerKind> {
        match self.finding()? {
            Finding::UnreadableBody { kind, .. } => Some(*kind),
            _ => None,
        }
    }

    /// The answer, if it could be read as the type that the operation answers
    /// with: the list of failed items after a mass update, for one.
    ///
    /// # Errors
    ///
    /// There is none, or it is of another type, which is named.
    pub fn answer<T: 'static>(&self) -> Result<&T, NoAnswer> {
        let answer = match &self.0.cause {
            Cause::Answered(answered) => answered.answer.as_ref(),
            Cause::Mocked { answer } => answer.as_ref(),
            _ => None,
        };
        let found = answer.and_then(|answer| answer.value.downcast_ref());
        found.ok_or_else(|| NoAnswer {
            is: answer.map(|answer| answer.name),
            wanted: short_name::<T>(),
        })
    }

    /// What was received, if
    /// [`keep_received`](crate::AimClientBuilder::keep_received) asked for that and
    /// an answer began to arrive: also where a limit was hit or the connection
    /// broke before its end. After several attempts it is that of the last.
    ///
    /// It is in no text of the error, and no hook gets it.
    ///
    /// ```
    /// # fn f(error: aim_client::Error) {
    /// # fn keep_for_support(_: &[u8]) {}
    /// if let Some(received) = error.received() {
    ///     println!("{} after {} bytes", received.status(), received.body_bytes());
    ///     keep_for_support(received.expose_body());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn received(&self) -> Option<&Received> {
        self.0.received.as_ref()
    }

    /// What the [journal](crate::journal) knows of the booking with this id, if
    /// that is why this one was not sent.
    ///
    /// ```
    /// # fn f(error: aim_client::Error) {
    /// use aim_client::journal::State;
    ///
    /// match error.earlier_booking().map(|earlier| &earlier.state) {
    ///     Some(State::Booked { reference }) => println!("booked already: {reference:?}"),
    ///     Some(_) => println!("not booked again: a person has to look first"),
    ///     None => println!("{}", error.delivery()),
    /// }
    /// # }
    /// ```
    ///
    /// The ids in it are yours and the vendor's, and not in the error's text,
    /// which may be logged.
    #[must_use]
    pub fn earlier_booking(&self) -> Option<&Record> {
        match &self.0.cause {
            Cause::Duplicate(earlier) => Some(earlier),
            _ => self.mocked_as(),
        }
    }

    /// Whether the request was refused before it was sent, and is certainly not
    /// applied.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.kind() == ErrorKind::Refused
    }

    /// The member of the request for which it was refused, by its path in the
    /// vendor's names: `CcInfo.LastFour`, `MassUpdateItems[2].DeliveryDate`.
    #[must_use]
    pub fn member(&self) -> Option<&str> {
        match &self.0.cause {
            Cause::Refused { member, .. } => member.as_deref(),
            _ => None,
        }
    }

    /// Whether no connection could be made.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.io().is_some_and(reqwest::Error::is_connect)
    }

    /// Whether a limit of time ended the call.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(
            self.limit(),
            Some(Limit::ConnectTime | Limit::ReadTime | Limit::TotalTime | Limit::InFlight)
        ) || self.io().is_some_and(reqwest::Error::is_timeout)
    }

    /// The limit that was hit, if one was.
    #[must_use]
    pub fn limit(&self) -> Option<Limit> {
        match &self.0.cause {
            Cause::Limit { limit, .. } => Some(*limit),
            _ => match self.mocked_as() {
                Some(ErrorKind::Limit(limit)) => Some(*limit),
                _ => None,
            },
        }
    }

    /// How many attempts were made, also those that ended without a connection;
    /// 0 if it was refused or its time was over before the first.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The name of the booking in the [journal](crate::journal), if it has
    /// one.
    #[must_use]
    pub fn booking_id(&self) -> Option<&str> {
        self.0.booking_id.as_deref()
    }

    /// What happened, in one word.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match &self.0.cause {
            Cause::Refused { .. } | Cause::NotKept(_) => ErrorKind::Refused,
            Cause::Duplicate(_) => ErrorKind::Duplicate,
            Cause::NoConnection { obstacle, .. } if obstacle.is_of_tls => ErrorKind::Tls,
            Cause::NoConnection { .. } => ErrorKind::NoConnection,
            Cause::Broken { .. } => ErrorKind::Broken,
            Cause::Limit { limit, .. } => ErrorKind::Limit(*limit),
            Cause::Mocked { .. } => self.mocked_as().copied().unwrap_or(ErrorKind::Mocked),
            #[cfg(feature = "blocking")]
            Cause::Panicked => ErrorKind::Panicked,
            Cause::Answered(answered) => answered.kind(),
        }
    }

    /// Where the documentation says what to do: the path of a section of
    /// [`troubleshooting`](crate::troubleshooting), as rustdoc has it
    /// (`cargo doc --package aim-client --open`).
    ///
    /// ```
    /// let error = aim_client::Error::mocked(aim_client::Delivery::Unknown);
    /// assert_eq!(error.help(), "aim_client::troubleshooting#mocked");
    /// ```
    #[must_use]
    pub fn help(&self) -> String {
        format!("aim_client::troubleshooting#{}", self.kind().as_str())
    }

    /// Whether the connection broke after it was made.
    pub(crate) fn is_broken(&self) -> bool {
        self.kind() == ErrorKind::Broken
    }

    /// What happened below HTTP.
    fn io(&self) -> Option<&reqwest::Error> {
        match &self.0.cause {
            Cause::NoConnection { error, .. } | Cause::Broken { error, .. } => Some(error),
            Cause::Limit { error, .. } => error.as_ref(),
            _ => None,
        }
    }

    /// Whether the answer was read and proves nothing: `{}`, zeros only, or
    /// another operation's answer.
    #[must_use]
    pub fn is_without_evidence(&self) -> bool {
        matches!(self.finding(), Some(Finding::NoEvidence | Finding::Another))
    }

    /// What it was mocked with, if that is of this type.
    fn mocked_as<T: 'static>(&self) -> Option<&T> {
        match &self.0.cause {
            Cause::Mocked { answer } => answer.as_ref()?.value.downcast_ref(),
            _ => None,
        }
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
        let effect = self.0.operation.map(Operation::effect);
        write!(formatter, "{name}: ")?;
        match &self.0.cause {
            Cause::Refused { reason, .. } => return write!(formatter, "not sent: {reason}"),
            Cause::NotKept(error) => {
                return write!(
                    formatter,
                    "not sent: the journal could not keep the booking ({}): its own words are the source of this error",
                    error.kind()
                );
            }
            Cause::Duplicate(earlier) => return write_duplicate(formatter, earlier),
            Cause::NoConnection { obstacle, .. } => formatter.write_str(obstacle.text)?,
            Cause::Broken { error, .. } => {
                formatter.write_str("the connection broke")?;
                if is_caused_by(error, RUNTIME_ENDED) {
                    formatter.write_str(", since the runtime that it was made on has ended")?;
                }
            }
            Cause::Limit { limit, set, .. } => {
                write!(formatter, "{limit} (`{}`: {set})", limit.setting())?;
            }
            #[cfg(feature = "blocking")]
            Cause::Panicked => {
                return formatter.write_str("a hook panicked; what was sent is unknown");
            }
            Cause::Mocked { .. } => return write!(formatter, "mocked as {}", self.0.delivery),
            Cause::Answered(answered) => {
                answered.write(formatter, effect)?;
                if let Finding::Unusable(_) = answered.finding {
                    return Ok(());
                }
            }
        }
        formatter.write_str(match (self.0.delivery, effect) {
            (Delivery::NotSent, _) => "; nothing was sent",
            (Delivery::Rejected, Some(Effect::Books)) => "; it was not applied",
            (Delivery::Rejected, Some(Effect::Session)) => "; no session was opened",
            (Delivery::Rejected, _) => "; nothing was read",
            (Delivery::PartlyApplied, _) => "; send again only the items that the answer lists",
            (Delivery::Unknown, Some(Effect::Books)) => {
                "; it may have been applied: look it up before anyone sends it again"
            }
            (Delivery::Unknown, Some(Effect::Session)) => {
                "; it books nothing, so it can be sent again"
            }
            (Delivery::Unknown, _) => "; it only reads, so it can be sent again",
        })?;
        match self.0.without_login {
            Some(why) => write!(formatter, "; {why}"),
            None => Ok(()),
        }
    }
}

impl Answered {
    fn kind(&self) -> ErrorKind {
        match (self.status.as_u16(), &self.finding) {
            (_, Finding::Partial) => ErrorKind::Partial,
            (_, Finding::Unusable(_)) => ErrorKind::UnusableAnswer,
            (401 | 403, _) => ErrorKind::Credentials,
            (_, Finding::InBand { .. }) => ErrorKind::InBand,
            (_, Finding::UnclearStatus(_)) => ErrorKind::UnclearStatus,
            (_, Finding::Exception(_)) => ErrorKind::Exception,
            (_, Finding::NoEvidence | Finding::Another) => ErrorKind::NoEvidence,
            (300..=399, _) => ErrorKind::Redirect,
            (404 | 405, finding) if !finding.may_be_of_operation() => ErrorKind::NoSuchPath,
            (200..=299, _) => ErrorKind::NotTheAnswer,
            _ => ErrorKind::HttpStatus,
        }
    }

    /// What has happened, and what to do.
    fn write(&self, formatter: &mut fmt::Formatter<'_>, effect: Option<Effect>) -> fmt::Result {
        let status = self.status.as_u16();
        let is_in_band = matches!(
            self.finding,
            Finding::InBand { .. } | Finding::UnclearStatus(_)
        );
        let what = match (self.kind(), status) {
            (ErrorKind::Credentials, 401) if !is_in_band => "the server refuses the credentials",
            (ErrorKind::Credentials, _) if !is_in_band => "the server forbids it",
            (ErrorKind::NoSuchPath, 405) => "the path takes no such request",
            (ErrorKind::NoSuchPath, _) => "no such path",
            (ErrorKind::Redirect, _) => "the server redirects to another address",
            (ErrorKind::HttpStatus, 407) => "a proxy asks for a user name and password",
            _ => "",
        };
        if what.is_empty() {
            self.finding.write(formatter)?;
        } else {
            formatter.write_str(what)?;
            self.finding.write_codes(formatter)?;
        }
        write!(formatter, " (http {status})")?;
        let words = match &self.finding {
            Finding::InBand { .. } | Finding::UnclearStatus(_) => {
                "`Error::aim_status` says why, in words that may hold personal data"
            }
            Finding::Exception(Some(_)) => {
                "`Error::response_status` says why, in words that may hold personal data"
            }
            _ => "",
        };
        let more = [self.advice(effect), words].into_iter();
        more.filter(|text| !text.is_empty())
            .zip([": ", "; "])
            .try_for_each(|(text, before)| write!(formatter, "{before}{text}"))
    }

    /// What to do, where there is more to say than what is certain.
    fn advice(&self, effect: Option<Effect>) -> &'static str {
        match (self.kind(), self.status.as_u16(), &self.finding) {
            (ErrorKind::Credentials, 401, _) if effect == Some(Effect::Session) => {
                "check user name and password, ApiKey and AppId"
            }
            (ErrorKind::Credentials, 401, _) => {
                "check ApiKey, AppId and the tokens; a login may have ended"
            }
            (ErrorKind::Credentials, ..) => {
                "check the credentials, the licence, and what stands between, such as a firewall"
            }
            (ErrorKind::NoSuchPath, ..) | (_, _, Finding::NoEvidence) => "check the base url",
            (ErrorKind::Redirect, ..) => {
                "check the base url; `Location` in `Error::headers` has the address"
            }
            (ErrorKind::HttpStatus, 407, _) => "give them in the url of `proxy`",
            (
                kind,
                _,
                Finding::UnreadableBody {
                    kind: AnswerKind::Html,
                    ..
                },
            ) => match kind {
                ErrorKind::NotTheAnswer => {
                    "perhaps a proxy, a page to sign in or another server has answered: check the base url"
                }
                _ => "perhaps a proxy or the web server has answered, not aim",
            },
            (ErrorKind::NotTheAnswer, _, finding) if !finding.may_be_of_operation() => {
                "check the base url"
            }
            _ => "",
        }
    }
}

impl Finding {
    fn write(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::InBand { .. } => "the answer reports a failure",
            Self::UnclearStatus(_) => "the answer's `Status` is neither good nor a failure",
            Self::Exception(Some(_)) => "the server reports an exception",
            Self::Exception(None) => "the server reports an exception that cannot be read",
            Self::Partial => "the answer lists items that were not applied",
            Self::NoEvidence => "the answer holds nothing that proves the operation",
            Self::Another => "the answer is another operation's",
            Self::Unusable(reason) => {
                return write!(formatter, "the answer cannot be used: {reason}");
            }
            Self::HttpFailure { .. } => "the server reports a failure",
            Self::UnreadableBody { kind, place } => {
                write!(formatter, "the answer is {kind}")?;
                return match place {
                    Some(place) => write!(formatter, " at {place}"),
                    None => Ok(()),
                };
            }
        })?;
        self.write_codes(formatter)?;
        match self {
            Self::InBand {
                contradiction: Some(contradiction),
                ..
            } => formatter.write_str(contradiction),
            _ => Ok(()),
        }
    }

    /// Whether it may be of the operation itself, cut or spoilt on its way.
    fn may_be_of_operation(&self) -> bool {
        match self {
            Self::HttpFailure { is_of_operation } => *is_of_operation,
            Self::UnreadableBody { kind, .. } => kind.may_be_cut(),
            _ => true,
        }
    }

    /// Writes what a failure says of itself, as far as that is known words.
    fn write_codes(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InBand { status, .. } | Self::UnclearStatus(status) => {
                write_words(formatter, status)
            }
            Self::Exception(Some(status)) => {
                if let Some(code) = status.error_code.as_deref().and_then(codes::known) {
                    write!(formatter, " [ErrorCode {code}]")?;
                }
                let fields = status.errors.iter().flatten();
                fields
                    .filter_map(|error| known(error.field_name.as_deref()?))
                    .take(MOST_FIELDS)
                    .try_for_each(|name| write!(formatter, " [field {name}]"))
            }
            _ => Ok(()),
        }
    }
}

/// Writes what is known of a booking that is not sent again, without its ids.
fn write_duplicate(formatter: &mut fmt::Formatter<'_>, earlier: &Record) -> fmt::Result {
    let (is, then) = match &earlier.state {
        State::OnItsWay => ("on its way since", "wait for its outcome"),
        State::InDoubt => (
            "in doubt since",
            "look it up, and settle it in the journal if there is one, before anyone sends it again",
        ),
        State::Booked { .. } => (
            "already booked, by a call of",
            "`Error::earlier_booking` has its reference",
        ),
        State::PartlyApplied => (
            "partly applied, by a call of",
            "send what failed as a booking with an id of its own",
        ),
    };
    let time = rfc3339(earlier.time);
    write!(
        formatter,
        "not sent again: the booking with this id is {is} {time}; {then}"
    )
}

/// Writes the words of a status that the document knows, and which credential it
/// names; anything else could be a payload.
fn write_words(formatter: &mut fmt::Formatter<'_>, status: &BaseResponseResult) -> fmt::Result {
    let words = status.words();
    let credential = words
        .iter()
        .find_map(|words| credentials::named_in(words.value));
    if let Some(name) = credential {
        write!(formatter, ", naming {name}")?;
    }
    words.iter().try_for_each(|words| match words.known() {
        Some(word) => write!(formatter, " [{} {word}]", words.member),
        None => Ok(()),
    })
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Error")
            .field("text", &self.to_string())
            .field("delivery", &self.0.delivery)
            .field("help", &self.help())
            .finish_non_exhaustive()
    }
}

/// An amount that cannot be sent: *not sent*.
///
/// ```
/// use aim_client::types::Rate;
/// use aim_client::{Error, Money};
///
/// fn rate(text: &str) -> Result<Rate, Error> {
///     Ok(Rate::new().mo_pay(Money::try_from(text)?))
/// }
/// assert!(rate("29.95").is_ok());
/// assert!(rate("29,95").is_err());
/// ```
impl From<MoneyError> for Error {
    fn from(error: MoneyError) -> Self {
        Self::refused(None, error.to_string())
    }
}

/// A date that cannot be sent: *not sent*.
///
/// ```
/// use aim_client::{AimDateTime, Error};
///
/// fn due() -> Result<AimDateTime, Error> {
///     Ok(AimDateTime::from_ymd_hms(2026, 2, 30, 0, 0, 0)?)
/// }
/// assert!(due().is_err());
/// ```
impl From<DateError> for Error {
    fn from(error: DateError) -> Self {
        Self::refused(None, error.to_string())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.cause {
            Cause::NotKept(error) => Some(error),
            _ => self.io().map(|error| error as _),
        }
    }
}

/// What hyper says where the headers are too large or too many: to servers by a
/// method, and to clients only by this text.
const TOO_LARGE: &str = "message head is too large";

/// What hyper says where another runtime of the program served the connection.
const RUNTIME_ENDED: &str = "runtime dropped the dispatch task";

/// Whether one of an error's causes has this text.
fn is_caused_by(error: &reqwest::Error, text: &str) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if cause.to_string() == text {
            return true;
        }
        source = cause.source();
    }
    false
}

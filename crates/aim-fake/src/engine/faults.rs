//! Scripted faults: what can go wrong, when it does, and the one grammar in
//! which the control interface, the command line and the library say so.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hyper::header::{CONTENT_LENGTH, HeaderName, TRANSFER_ENCODING};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value as Json, json};

use crate::model::members::{self, Member};
use crate::model::operation::Operation;
use crate::model::schema::Schema;
use crate::model::settings::is_field_value;
use crate::problem::{Problem, expectation, pointer, step};

/// A fault and when it triggers.
///
/// As JSON it is an object: `fault` is the name of the [`FaultKind`], its
/// parameters stand beside it, and `operation`, `call`, `times`, `apply` and
/// `connection` are those of the builder's methods.
///
/// ```
/// use aim_fake::{Fault, FaultKind};
///
/// let typed = Fault::new(FaultKind::HtmlError { status: 503, retry_after: Some("30".into()) })
///     .on("C2BPostContract")
///     .call(2);
/// let text = "html_error,status=503,retry_after=30,operation=C2BPostContract,call=2";
/// assert_eq!(Fault::from_text(text)?, typed);
/// # Ok::<(), aim_fake::Problem>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    when: When,
}

/// What goes wrong. The names in JSON are these in snake case; every
/// parameter may be left out there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum FaultKind {
    /// An answer object whose `Status` tells of an error. Not applied.
    InBandError {
        /// The HTTP status; 200 by default.
        #[serde(default = "ok")]
        status: u16,
        /// `Status.StatusCode`; the setting `error_status_code` by default.
        #[serde(default)]
        status_code: Option<String>,
        /// `Status.ErrorCode`; the setting `error_code` by default.
        #[serde(default)]
        error_code: Option<String>,
        /// `Status.ErrorMessage` and `ErrorDisplayText`.
        #[serde(default = "scripted")]
        message: String,
        /// Whether the `Status` stands in the operation's own answer, beside
        /// what proves it; by default it stands alone.
        #[serde(default)]
        with_answer: bool,
        /// How its members are named; as in the document by default.
        #[serde(default)]
        style: Option<NameStyle>,
    },
    /// ServiceStack's `ResponseStatus`, in the format that was asked for. Not
    /// applied.
    ResponseStatus {
        /// The HTTP status; 500 by default.
        #[serde(default = "internal")]
        status: u16,
        /// The `ErrorCode`; by default the exception that goes with the
        /// status.
        #[serde(default)]
        code: Option<String>,
        /// The message.
        #[serde(default = "scripted")]
        message: String,
        /// How its members are named; as ServiceStack has it by default.
        #[serde(default)]
        style: Option<NameStyle>,
    },
    /// A refusal of credentials, in the form of the setting `credential_error`.
    /// Not applied.
    RefusedCredential {
        /// Which of them; the login by default.
        #[serde(default)]
        credential: Credential,
    },
    /// A page of IIS or of a proxy. Not applied.
    HtmlError {
        /// The HTTP status; 503 by default. 200 is a page to sign in, or that of
        /// a proxy which hides an error.
        #[serde(default = "unavailable")]
        status: u16,
        /// The value of `Retry-After`; none by default. In JSON a number of
        /// seconds is fine, too.
        #[serde(default, deserialize_with = "text_or_seconds")]
        retry_after: Option<String>,
    },
    /// Exactly this answer: no header field is added but `Content-Length` and
    /// `Date`. Not applied.
    Raw {
        /// The HTTP status; 200 by default.
        #[serde(default = "ok")]
        status: u16,
        /// Its header fields, beside `Content-Type: application/json` or in its
        /// place.
        #[serde(default)]
        headers: BTreeMap<String, String>,
        /// The body as text; empty by default.
        #[serde(default)]
        body: String,
        /// The body as base64, in place of `body`.
        #[serde(default)]
        base64: Option<String>,
    },
    /// ServiceStack's 404 in plain text, as for an unknown path. Not applied.
    TextNotFound {},
    /// `{}` with status 200, as the vendor's catch-all service may answer. Not
    /// applied.
    EmptyObject {},
    /// A redirect. Not applied.
    Redirect {
        /// The HTTP status; 302 by default.
        #[serde(default = "found")]
        status: u16,
        /// The `Location`; another host by default, which does not exist.
        #[serde(default = "elsewhere")]
        location: String,
    },
    /// No body at all. Applied.
    Empty {
        /// The HTTP status: 204 by default, or 206, or another success.
        #[serde(default = "no_content")]
        status: u16,
    },
    /// The answer under another content type. Applied.
    WrongContentType {
        /// `text/plain` by default.
        #[serde(default = "plain")]
        content_type: String,
    },
    /// The answer breaks off before its `Content-Length`, and the connection
    /// is closed. Applied.
    Truncated {
        /// How many bytes of the body are sent; the first half by default.
        #[serde(default)]
        keep: Option<usize>,
    },
    /// The answer without its last character: a JSON object that is not
    /// closed, under a right `Content-Length`. Applied.
    Malformed {},
    /// The answer with a byte inside its first text that is not valid UTF-8. Applied.
    InvalidUtf8 {},
    /// The answer behind a byte order mark. Applied.
    Bom {},
    /// The answer with other names for its members, at every depth of JSON and
    /// XML. Applied.
    RenamedMembers {
        /// How they are written; in camel case by default.
        #[serde(default)]
        style: NameStyle,
    },
    /// The answer, compressed by gzip whether that was asked for or not. Applied.
    Compressed {
        /// Whether its head says so; it does by default.
        #[serde(default)]
        form: Compression,
    },
    /// The answer, made larger than any limit; streamed. JSON is padded by a
    /// first member `Padding`, anything else by blanks at its end. Applied.
    Oversized {
        /// How large the body is, in bytes; 1 GiB by default.
        #[serde(default = "gibibyte")]
        size: u64,
        /// Whether a `Content-Length` says so; by default the body is chunked.
        #[serde(default)]
        content_length: bool,
    },
    /// The answer begins late. Applied.
    SlowFirstByte {
        /// How late, in milliseconds; 1000 by default.
        #[serde(default = "second")]
        milliseconds: u64,
    },
    /// The answer comes in small pieces; then the connection is closed.
    /// Applied.
    SlowDrip {
        /// How many bytes a piece has; 1 by default.
        #[serde(default = "one")]
        bytes: usize,
        /// How long it is from one piece to the next; 100 by default.
        #[serde(default = "tenth")]
        milliseconds: u64,
    },
    /// No answer, and the connection stays open. Applied.
    Hang {
        /// When the connection is closed after all; by default when the client
        /// gives up or the fake stops.
        #[serde(default)]
        milliseconds: Option<u64>,
    },
    /// The connection is reset in place of the answer. Applied: the booking is
    /// made.
    ResetBeforeAnswer {},
    /// The connection is closed in an orderly way in place of the answer.
    /// Applied.
    CloseBeforeAnswer {},
    /// The answer is whole, then the connection is closed, though nothing in
    /// the answer says so. Applied.
    CloseKeptAlive {
        /// At once by default.
        #[serde(default)]
        when: Moment,
    },
    /// A proxy gives up and answers with a page; the answer that it did not
    /// wait for comes behind it on the same connection, where the next request
    /// may take it for its own. Applied.
    LateAnswer {
        /// The HTTP status of the page; 504 by default.
        #[serde(default = "gateway_timeout")]
        status: u16,
        /// When the late answer is written; at once by default.
        #[serde(default)]
        when: Moment,
    },
    /// The answer comes twice on the same connection. Applied.
    DoubleAnswer {
        /// When it is written again; at once by default.
        #[serde(default)]
        when: Moment,
    },
    /// The answer is whole, then a page with an error is written that nobody
    /// asked for, as servers do to idle connections. Applied.
    StaleError {
        /// The HTTP status of the page; 408 by default.
        #[serde(default = "request_timeout")]
        status: u16,
        /// When it is written; at once by default.
        #[serde(default)]
        when: Moment,
    },
    /// No connection is accepted: the listener is closed, and comes back on
    /// the same port.
    ConnectionRefused {
        /// How long, in milliseconds; 1000 by default.
        #[serde(default = "second")]
        milliseconds: u64,
    },
    /// The connection is accepted, and reset before anything is read.
    ResetBeforeRequest {},
}

/// What is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Credential {
    /// The `Token`: the session has ended. Where Security gave it out, it stays
    /// refused.
    #[default]
    Token,
    /// The `ApiKey`: it is unknown.
    ApiKey,
    /// The password, or the user.
    Password,
}

/// How the names of members are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameStyle {
    /// `webRef`, as ServiceStack has it with `TextCase.CamelCase`.
    #[default]
    Camel,
    /// `web_ref`, as ServiceStack has it with `TextCase.SnakeCase`.
    Snake,
    /// `webref`.
    Lower,
    /// `WEBREF`.
    Upper,
}

/// Whether an answer is compressed, and whether its head says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compression {
    /// The body is gzip, and `Content-Encoding` says so.
    #[default]
    Labelled,
    /// The body is gzip, and no header says so.
    Unlabelled,
    /// `Content-Encoding` says gzip, and the body is none.
    LabelOnly,
}

/// When something happens on a kept-alive connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// Right after the answer.
    #[default]
    Idle,
    /// When the next request is there. A connection that is closed then does
    /// not apply it. Where another answer is written in its place, it is
    /// applied, and from there on each answer comes one request late.
    NextRequest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct When {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    call: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    connection: Option<u32>,
    #[serde(default = "once")]
    times: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    apply: Option<bool>,
}

/// The names that say when, and not what.
const WHEN: [&str; 5] = ["operation", "call", "connection", "times", "apply"];

/// The names whose values are texts.
const TEXTS: [&str; 10] = [
    "operation",
    "status_code",
    "error_code",
    "code",
    "message",
    "retry_after",
    "location",
    "content_type",
    "body",
    "base64",
];

fn ok() -> u16 {
    200
}
fn no_content() -> u16 {
    204
}
fn found() -> u16 {
    302
}
fn request_timeout() -> u16 {
    408
}
fn gateway_timeout() -> u16 {
    504
}
fn internal() -> u16 {
    500
}
fn unavailable() -> u16 {
    503
}
fn one() -> usize {
    1
}
fn tenth() -> u64 {
    100
}
fn second() -> u64 {
    1000
}
fn gibibyte() -> u64 {
    1 << 30
}
fn once() -> Option<u32> {
    Some(1)
}
fn scripted() -> String {
    "a scripted fault".to_owned()
}
fn plain() -> String {
    "text/plain".to_owned()
}
fn elsewhere() -> String {
    "http://elsewhere.invalid/".to_owned()
}

/// A text, or a number of seconds written out.
fn text_or_seconds<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    match Json::deserialize(from)? {
        Json::Null => Ok(None),
        Json::String(text) => Ok(Some(text)),
        Json::Number(number) if number.is_u64() => Ok(Some(number.to_string())),
        _ => Err(D::Error::custom(
            "expected a text or a whole number of seconds",
        )),
    }
}

impl FaultKind {
    /// All names, as in JSON.
    pub const NAMES: &[&str] = &[
        "in_band_error",
        "response_status",
        "refused_credential",
        "html_error",
        "raw",
        "text_not_found",
        "empty_object",
        "redirect",
        "empty",
        "wrong_content_type",
        "truncated",
        "malformed",
        "invalid_utf8",
        "bom",
        "renamed_members",
        "compressed",
        "oversized",
        "slow_first_byte",
        "slow_drip",
        "hang",
        "reset_before_answer",
        "close_before_answer",
        "close_kept_alive",
        "late_answer",
        "double_answer",
        "stale_error",
        "connection_refused",
        "reset_before_request",
    ];

    /// Whether a connection triggers it, before any operation is known.
    #[must_use]
    pub fn is_of_connections(&self) -> bool {
        matches!(
            self,
            Self::ConnectionRefused { .. } | Self::ResetBeforeRequest {}
        )
    }

    /// Whether the operation is carried out before it triggers, where the fault
    /// does not say: yes where a server had to do the work to get that far.
    #[must_use]
    pub fn applies_by_default(&self) -> bool {
        !matches!(
            self,
            Self::InBandError { .. }
                | Self::ResponseStatus { .. }
                | Self::RefusedCredential { .. }
                | Self::HtmlError { .. }
                | Self::Raw { .. }
                | Self::TextNotFound {}
                | Self::EmptyObject {}
                | Self::Redirect { .. }
        ) && !self.is_of_connections()
    }

    /// What a fault of that name takes beside what every fault takes.
    pub(crate) fn parameters(name: &'static str) -> Vec<Member> {
        members::of_variant::<Self>(name)
    }

    /// Its name in JSON.
    pub(crate) fn name(&self) -> String {
        self.parts().0
    }

    /// Its name in JSON and its parameters.
    fn parts(&self) -> (String, Map<String, Json>) {
        match serde_json::to_value(self) {
            Ok(Json::Object(outer)) => match outer.into_iter().next() {
                Some((name, Json::Object(parameters))) => (name, parameters),
                _ => Default::default(),
            },
            _ => Default::default(),
        }
    }

    /// What the types of the parameters do not say.
    fn check(&self) -> Result<(), Problem> {
        let status = |status: &u16, from: u16, to: u16| {
            if (from..=to).contains(status) {
                return Ok(());
            }
            problem(
                "/status",
                format!("a status from {from} to {to} is expected"),
            )
        };
        let field = |pointer: &str, text: &str| {
            if is_field_value(text) {
                return Ok(());
            }
            problem(pointer, "printable ASCII is expected, as in a header field")
        };
        match self {
            Self::InBandError { status: of, .. } => status(of, 200, 599),
            Self::ResponseStatus { status: of, .. }
            | Self::LateAnswer { status: of, .. }
            | Self::StaleError { status: of, .. } => status(of, 400, 599),
            Self::HtmlError {
                status: of,
                retry_after,
            } => {
                if *of != 200 && !(400..=599).contains(of) {
                    return problem("/status", "200 or a status from 400 to 599 is expected");
                }
                field("/retry_after", retry_after.as_deref().unwrap_or_default())
            }
            Self::Raw {
                status: of,
                headers,
                body,
                base64,
            } => {
                status(of, 200, 599)?;
                for (name, value) in headers {
                    let at = step("/headers", name);
                    match HeaderName::from_bytes(name.as_bytes()) {
                        Err(_) => return problem(&at, "the name of a header field is expected"),
                        Ok(CONTENT_LENGTH | TRANSFER_ENCODING) => {
                            return problem(
                                &at,
                                "leave it out: the fake says how long the body is",
                            );
                        }
                        Ok(_) => field(&at, value)?,
                    }
                }
                if !body.is_empty() && base64.is_some() {
                    return problem("/base64", "`body` or `base64` is expected, not both");
                }
                let Ok(bytes) = raw_body(body, base64.as_deref()) else {
                    return problem("/base64", "base64 with its padding is expected");
                };
                if [204, 304].contains(of) && !bytes.is_empty() {
                    let at = if base64.is_some() { "/base64" } else { "/body" };
                    return problem(at, format!("leave it out: HTTP gives a {of} no body"));
                }
                Ok(())
            }
            Self::Redirect {
                status: of,
                location,
            } => {
                status(of, 300, 399)?;
                field("/location", location)
            }
            Self::Empty { status: of } => status(of, 200, 299),
            Self::WrongContentType { content_type } => field("/content_type", content_type),
            Self::SlowDrip { bytes: 0, .. } => problem("/bytes", "a number from 1 is expected"),
            _ => Ok(()),
        }
    }
}

/// The bytes of the fault `raw`.
pub(super) fn raw_body(body: &str, base64: Option<&str>) -> Result<Vec<u8>, base64::DecodeError> {
    match base64 {
        Some(text) => BASE64_STANDARD.decode(text),
        None => Ok(body.into()),
    }
}

fn problem<T>(pointer: &str, reason: impl Into<String>) -> Result<T, Problem> {
    Err(Problem {
        pointer: pointer.to_owned(),
        reason: reason.into(),
    })
}

impl Fault {
    /// A fault that triggers once, at the next call of whatever operation, or
    /// at the next connection.
    #[must_use]
    pub fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            when: When {
                operation: None,
                call: None,
                connection: None,
                times: once(),
                apply: None,
            },
        }
    }

    /// Triggers at calls of this operation alone; by the vendor's name, as in
    /// [`Operation::name`], or by one of [`Operation::ids`].
    #[must_use]
    pub fn on(mut self, operation: impl Into<String>) -> Self {
        self.when.operation = Some(operation.into());
        self
    }

    /// Triggers first at this call of them, counted from 1 and from the moment
    /// the fault is set.
    #[must_use]
    pub fn call(mut self, number: u32) -> Self {
        self.when.call = Some(number);
        self
    }

    /// Triggers first at this connection, counted from 1 and from the moment
    /// the fault is set; only for what breaks before an operation is known.
    #[must_use]
    pub fn connection(mut self, number: u32) -> Self {
        self.when.connection = Some(number);
        self
    }

    /// Triggers this often, one call or connection after the other.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.when.times = Some(times);
        self
    }

    /// Triggers until it is removed.
    #[must_use]
    pub fn forever(mut self) -> Self {
        self.when.times = None;
        self
    }

    /// Says whether the operation is carried out before the fault triggers;
    /// otherwise [`FaultKind::applies_by_default`] does.
    #[must_use]
    pub fn apply(mut self, apply: bool) -> Self {
        self.when.apply = Some(apply);
        self
    }

    /// What says when a fault triggers.
    pub(crate) fn when_parameters() -> Vec<Member> {
        members::of_struct::<When>()
    }

    /// Whether the operation is carried out before the fault triggers.
    #[must_use]
    pub fn applies(&self) -> bool {
        self.when.apply.unwrap_or(self.kind.applies_by_default())
    }

    /// Reads a fault.
    ///
    /// # Errors
    ///
    /// The first thing that does not fit, by JSON pointer.
    pub fn from_json(json: &Json) -> Result<Self, Problem> {
        let Json::Object(members) = json else {
            return problem("", r#"an object is expected, as {"fault":"hang"}"#);
        };
        let Some(name) = members.get("fault").and_then(Json::as_str) else {
            return problem("/fault", "the name of a fault is expected");
        };
        let (when, mut parameters): (Map<_, _>, Map<_, _>) = members
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .partition(|(name, _)| WHEN.contains(&name.as_str()));
        parameters.remove("fault");
        let kind = serde_path_to_error::deserialize(json!({ name: parameters })).map_err(
            |error: serde_path_to_error::Error<serde_json::Error>| {
                let at = pointer(error.path());
                let below = at.strip_prefix(&step("", name)).unwrap_or_default();
                let message = error.inner().to_string();
                Problem {
                    // The name itself is unknown: the path ends at it.
                    pointer: if message.starts_with("unknown variant") && below.is_empty() {
                        "/fault".to_owned()
                    } else {
                        below.to_owned()
                    },
                    reason: if message.starts_with("unknown field") {
                        let any = WHEN.join("`, `");
                        format!("{}; any fault takes `{any}`", expectation(&message))
                    } else {
                        expectation(&message)
                    },
                }
            },
        )?;
        let when =
            serde_path_to_error::deserialize(Json::Object(when)).map_err(|error| Problem {
                pointer: pointer(error.path()),
                reason: expectation(&error.inner().to_string()),
            })?;
        let fault = Self { kind, when };
        fault.check()?;
        Ok(fault)
    }

    /// Reads a fault from the command line: the JSON object, or
    /// `name,parameter=value,…` with values that are JSON or else text.
    ///
    /// # Errors
    ///
    /// As [`from_json`](Self::from_json).
    pub fn from_text(text: &str) -> Result<Self, Problem> {
        if text.trim_start().starts_with('{') {
            return match serde_json::from_str(text) {
                Ok(json) => Self::from_json(&json),
                Err(error) => problem("", format!("this is not valid JSON: {error}")),
            };
        }
        let mut parts = text.split(',');
        let mut members = Map::new();
        members.insert("fault".to_owned(), json!(parts.next().unwrap_or_default()));
        for part in parts {
            let Some((name, value)) = part.split_once('=') else {
                return problem("", "name,parameter=value,… is expected, or a JSON object");
            };
            members.insert(name.to_owned(), text_value(name, value));
        }
        Self::from_json(&Json::Object(members))
    }

    /// Writes the fault as [`from_json`](Self::from_json) reads it, with its
    /// defaults.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let (name, parameters) = self.kind.parts();
        let mut out = Map::new();
        out.insert("fault".to_owned(), json!(name));
        out.extend(parameters);
        if let Ok(Json::Object(when)) = serde_json::to_value(&self.when) {
            out.extend(when);
        }
        if !self.kind.is_of_connections() {
            out.insert("apply".to_owned(), json!(self.applies()));
        }
        Json::Object(out)
    }

    /// What neither the types nor the grammar say.
    fn check(&self) -> Result<(), Problem> {
        let when = &self.when;
        for (name, number) in [
            ("call", when.call),
            ("connection", when.connection),
            ("times", when.times),
        ] {
            if number == Some(0) {
                return problem(&step("", name), "a number from 1 is expected");
            }
        }
        if self.kind.is_of_connections() {
            for (name, there) in [
                ("operation", when.operation.is_some()),
                ("call", when.call.is_some()),
                ("apply", when.apply.is_some()),
            ] {
                if there {
                    return problem(
                        &step("", name),
                        "this fault triggers before an operation is known; say which connection",
                    );
                }
            }
            if matches!(self.kind, FaultKind::ConnectionRefused { .. }) && when.times != once() {
                return problem("/times", "this fault lasts; say how many milliseconds");
            }
        } else if when.connection.is_some() {
            return problem(
                "/connection",
                "this fault triggers at a call of an operation; say which call",
            );
        }
        self.kind.check()
    }

    /// Checks it, and that the document has its operation; an `operationId`
    /// becomes the name of the service behind it.
    pub(crate) fn resolve(&mut self, schema: &'static Schema) -> Result<(), Problem> {
        self.check()?;
        if let Some(name) = &mut self.when.operation {
            operation(schema, name, "/operation")?.name.clone_into(name);
        }
        Ok(())
    }
}

/// Finds an operation by the vendor's name, or by an `operationId`.
pub(crate) fn operation(
    schema: &'static Schema,
    name: &str,
    pointer: &str,
) -> Result<&'static Operation, Problem> {
    let by_id = || {
        let mut operations = schema.operations().iter();
        operations.find(|operation| operation.ids.contains(&name))
    };
    match schema.operation(name).or_else(by_id) {
        Some(operation) => Ok(operation),
        None => {
            let names: Vec<&str> = schema.operations().iter().map(|known| known.name).collect();
            problem(
                pointer,
                format!(
                    "no such operation; there are {}, Fallback",
                    names.join(", ")
                ),
            )
        }
    }
}

/// A value of the command line. `retry_after=30` is still a text.
fn text_value(name: &str, value: &str) -> Json {
    let text = Json::String(value.to_owned());
    if TEXTS.contains(&name) {
        return text;
    }
    serde_json::from_str(value).unwrap_or(text)
}

/// The faults that are set, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    last_id: u64,
    armed: Vec<Armed>,
}

#[derive(Debug)]
struct Armed {
    id: u64,
    fault: Fault,
    /// The calls or connections that still pass it by.
    pass: u32,
    /// How often it still triggers; none is for ever.
    left: Option<u32>,
}

impl Armed {
    /// Counts a call or connection; true if the fault triggers.
    fn counts(&mut self) -> bool {
        if self.pass > 0 {
            self.pass -= 1;
            return false;
        }
        self.left = self.left.map(|left| left.saturating_sub(1));
        true
    }
}

impl Faults {
    /// Sets a fault that was resolved; its number.
    pub(crate) fn add(&mut self, fault: Fault) -> u64 {
        self.last_id += 1;
        let first = fault.when.call.or(fault.when.connection).unwrap_or(1);
        self.armed.push(Armed {
            id: self.last_id,
            pass: first.saturating_sub(1),
            left: fault.when.times,
            fault,
        });
        self.last_id
    }

    /// Counts a call of an operation; what it triggers. One call triggers
    /// one fault, the oldest that is due; those that are due behind it wait
    /// for the next call.
    pub(crate) fn at_call(&mut self, operation: &str) -> Option<Fault> {
        self.pick(|fault| {
            !fault.kind.is_of_connections()
                && fault
                    .when
                    .operation
                    .as_deref()
                    .is_none_or(|on| on == operation)
        })
    }

    /// Counts an accepted connection; whether it is reset.
    pub(crate) fn at_connection(&mut self) -> bool {
        for armed in &mut self.armed {
            // A listener that is to be closed is closed before the connection
            // that it would trigger, so it never triggers here.
            if matches!(armed.fault.kind, FaultKind::ConnectionRefused { .. }) && armed.pass > 0 {
                armed.pass -= 1;
            }
        }
        self.pick(|fault| fault.kind == FaultKind::ResetBeforeRequest {})
            .is_some()
    }

    /// The fault that refuses the next connection, by its number, and how long
    /// it does; it is there until it is removed.
    pub(crate) fn refusal(&self) -> Option<(u64, Duration)> {
        self.armed.iter().find_map(|armed| match armed.fault.kind {
            FaultKind::ConnectionRefused { milliseconds } if armed.pass == 0 => {
                Some((armed.id, Duration::from_millis(milliseconds)))
            }
            _ => None,
        })
    }

    /// Whether the fault of that number is there.
    pub(crate) fn has(&self, id: u64) -> bool {
        self.armed.iter().any(|armed| armed.id == id)
    }

    fn pick(&mut self, concerns: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let mut picked = None;
        for armed in &mut self.armed {
            if !concerns(&armed.fault) || (picked.is_some() && armed.pass == 0) {
                continue;
            }
            if armed.counts() {
                picked = Some(armed.fault.clone());
            }
        }
        self.armed.retain(|armed| armed.left != Some(0));
        picked
    }

    /// The faults that are still to trigger, each with its number, how many
    /// calls pass before it and how often it triggers.
    pub(crate) fn to_json(&self) -> Json {
        self.armed
            .iter()
            .map(|armed| {
                let mut json = armed.fault.to_json();
                json["id"] = json!(armed.id);
                json["passes"] = json!(armed.pass);
                json["left"] = json!(armed.left);
                json
            })
            .collect()
    }

    /// Removes one fault; whether it was there.
    pub(crate) fn remove(&mut self, id: u64) -> bool {
        let before = self.armed.len();
        self.armed.retain(|armed| armed.id != id);
        self.armed.len() < before
    }

    /// Removes all.
    pub(crate) fn clear(&mut self) {
        self.armed.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_those_that_are_read() {
        for name in FaultKind::NAMES {
            assert_eq!(Fault::from_text(name).unwrap().kind.name(), *name);
        }
        let unknown = Fault::from_text("x").unwrap_err().reason;
        assert_eq!(unknown.matches('`').count(), FaultKind::NAMES.len() * 2);
    }

    #[test]
    fn what_is_written_is_read() {
        for text in FaultKind::NAMES.iter().chain(&[
            "hang,operation=Fallback,call=3,times=null,apply=false,milliseconds=5",
            "in_band_error,message=1,status_code=null,error_code=2,status=418",
            "reset_before_request,connection=2,times=3",
            r#"{"fault":"redirect","location":"a,b"}"#,
        ]) {
            let fault = Fault::from_text(text).unwrap();
            let again = Fault::from_json(&fault.to_json()).unwrap();
            assert_eq!(again.to_json(), fault.to_json(), "{text}");
        }
    }

    #[test]
    fn the_three_ways_say_the_same() {
        let typed = Fault::new(FaultKind::InBandError {
            status: 403,
            status_code: None,
            error_code: Some("7".to_owned()),
            message: "no".to_owned(),
            with_answer: false,
            style: None,
        })
        .on("GetContractDetails")
        .call(2)
        .forever()
        .apply(true);
        let json = json!({
            "fault": "in_band_error", "status": 403, "error_code": "7", "message": "no",
            "operation": "GetContractDetails", "call": 2, "times": null, "apply": true,
        });
        let text = "in_band_error,status=403,error_code=7,message=no,\
            operation=GetContractDetails,call=2,times=null,apply=true";
        assert_eq!(Fault::from_json(&json).unwrap(), typed);
        assert_eq!(Fault::from_text(text).unwrap(), typed);
        let number = json!({ "fault": "html_error", "retry_after": 30 });
        let text = Fault::from_text("html_error,retry_after=30").unwrap();
        assert_eq!(Fault::from_json(&number).unwrap(), text);
    }

    #[test]
    fn calls_pass_until_it_is_due() {
        let mut faults = Faults::default();
        let fault = |text: &str| Fault::from_text(text).unwrap();
        faults.add(fault("bom,call=2,times=2"));
        faults.add(fault("hang,call=3,operation=Fallback"));
        let mut picked = |operation: &str| faults.at_call(operation).map(|one| one.kind.name());
        assert_eq!(picked("Fallback"), None);
        assert_eq!(picked("GetContractDetails").as_deref(), Some("bom"));
        assert_eq!(picked("Fallback").as_deref(), Some("bom"));
        assert_eq!(picked("GetContractDetails"), None);
        assert_eq!(picked("Fallback").as_deref(), Some("hang"));
        assert_eq!(picked("Fallback"), None);
        assert_eq!(faults.to_json(), json!([]));
    }
}

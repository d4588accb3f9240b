//! What stands between the sockets and the dialect: settings, state, scripted
//! answers, faults, and the record of what was received. This directory uses `state`
//! and what lies below it.

pub(crate) mod credentials;
pub(crate) mod faults;
pub(crate) mod limits;
mod rename;
pub(crate) mod request_log;

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use flate2::write::GzEncoder;
use serde_json::{Value as Json, json};
use tokio::sync::watch;

use self::credentials::{ENDED_TOKEN, UNKNOWN_KEY};
use self::faults::{Compression, Credential, Fault, FaultKind, Faults, Moment, raw_body};
use self::request_log::{Received, Ring};
use crate::model::http::{Request, Response};
use crate::model::json::answer_from_json;
use crate::model::names::{BaseResponse, BaseResponseResult, BaseSecureRequest, service};
use crate::model::operation::Operation;
use crate::model::schema::Schema;
use crate::model::service::{Answer, Call};
use crate::model::settings::{LoginFrom, Settings};
use crate::model::value::Object;
use crate::problem::{Problem, step};
use crate::state::State;
use crate::state::in_band::{refused, set_status};
use crate::state::sign_in::WRONG_PASSWORD;
use crate::wire::{self, ignored};

/// The header field that names what of a request was ignored.
pub(crate) const IGNORED: &str = "X-Aim-Fake-Ignored";

/// How a fake begins, and what a reset brings back.
#[derive(Clone, Debug, Default)]
pub(crate) struct InitialState {
    /// What the document says; that of the crate by default.
    pub schema: &'static Schema,
    /// The settings.
    pub settings: Settings,
    /// What the state holds.
    pub state: State,
    /// The faults that are set.
    pub faults: Vec<Fault>,
}

/// The fake without its sockets.
pub(crate) struct Engine {
    initial: InitialState,
    inner: Mutex<Inner>,
    /// Counts what may close the listener; the accept loop waits for it.
    changes: watch::Sender<u64>,
    /// The last change that the accept loop has acted upon.
    settled: watch::Sender<u64>,
}

struct Inner {
    settings: Arc<Settings>,
    state: State,
    answers: VecDeque<Scripted>,
    faults: Faults,
    ring: Ring,
}

/// An answer that is given as it stands.
struct Scripted {
    operation: &'static Operation,
    answer: Answer,
    /// Its form in JSON.
    json: Json,
    /// How often it is still given; none is for ever.
    left: Option<u32>,
}

/// What the connection is to do with a request.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The answer; what of it is sent is the delivery's.
    pub response: Response,
    /// How it is sent.
    pub delivery: Delivery,
    /// What comes behind it, where another answer does.
    pub another: Option<Response>,
    /// What was noted of the request.
    pub received: Arc<Received>,
}

/// How an answer is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// As HTTP wants it.
    Whole,
    /// As HTTP wants it, but late.
    Late(Duration),
    /// The head says how long the body is, and this much of it follows.
    Truncated(usize),
    /// In pieces of so many bytes, with a pause behind each.
    Drip(usize, Duration),
    /// With so many bytes more than the body has; `true`: in a body whose
    /// length the head says.
    Oversized(u64, bool),
    /// Not at all; the connection is closed at last, or never.
    Hang(Option<Duration>),
    /// Not at all; the connection is reset.
    Reset,
    /// Not at all; the connection is closed.
    Close,
    /// Whole; then the connection is closed.
    ThenClose(Moment),
    /// Whole; then another answer is written.
    ThenAnother(Moment),
}

impl Delivery {
    fn of(kind: &FaultKind, body: usize) -> Self {
        match *kind {
            FaultKind::Truncated { keep } => Self::Truncated(keep.unwrap_or(body / 2)),
            FaultKind::Oversized {
                size,
                content_length,
            } => Self::Oversized(size, content_length),
            FaultKind::SlowFirstByte { milliseconds } => {
                Self::Late(Duration::from_millis(milliseconds))
            }
            FaultKind::SlowDrip {
                bytes,
                milliseconds,
            } => Self::Drip(bytes, Duration::from_millis(milliseconds)),
            FaultKind::Hang { milliseconds } => Self::Hang(milliseconds.map(Duration::from_millis)),
            FaultKind::ResetBeforeAnswer {} => Self::Reset,
            FaultKind::CloseBeforeAnswer {} => Self::Close,
            FaultKind::CloseKeptAlive { when } => Self::ThenClose(when),
            FaultKind::LateAnswer { when, .. }
            | FaultKind::DoubleAnswer { when }
            | FaultKind::StaleError { when, .. } => Self::ThenAnother(when),
            _ => Self::Whole,
        }
    }

    fn is_answered(self) -> bool {
        !matches!(self, Self::Hang(_) | Self::Reset | Self::Close)
    }
}

impl Engine {
    /// A fake that begins so.
    ///
    /// # Errors
    ///
    /// The first fault that does not fit together, by JSON pointer.
    pub(crate) fn new(mut initial: InitialState) -> Result<Self, Problem> {
        for (index, fault) in initial.faults.iter_mut().enumerate() {
            fault.resolve(initial.schema).map_err(|problem| Problem {
                pointer: format!("/{index}{}", problem.pointer),
                ..problem
            })?;
        }
        Ok(Self {
            inner: Mutex::new(Inner::new(&initial)),
            initial,
            changes: watch::Sender::new(0),
            settled: watch::Sender::new(0),
        })
    }

    /// A holder of the lock does nothing that could leave half of a change
    /// behind, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request on the vendor's paths, on the connection of that
    /// number.
    #[must_use]
    pub(crate) fn exchange(&self, request: &Request, connection: u64) -> Reply {
        let settings = self.settings();
        let mut log = CallLog::default();
        let exchange = match limits::refusal(request, &settings) {
            Some(response) => response.into(),
            None => wire::handle(self.initial.schema, request, &settings, &mut |call| {
                self.serve(call, &settings, &mut log)
            }),
        };
        let mut response = exchange.response;
        let mut delivery = Delivery::Whole;
        let mut another = None;
        if let Some(fault) = &log.fault {
            another = behind(&fault.kind, &mut response);
            corrupt(&fault.kind, &mut response);
            delivery = Delivery::of(&fault.kind, response.body.len());
        }
        let is_raw = |fault: &Fault| matches!(fault.kind, FaultKind::Raw { .. });
        if settings.ignored_header
            && !log.fault.as_ref().is_some_and(is_raw)
            && let Some(names) = ignored::as_header(&exchange.ignored)
        {
            response.push(IGNORED, names);
        }
        let status = delivery.is_answered().then_some(response.status);
        let received = Received {
            operation: exchange.operation.map(|operation| operation.name),
            bound: exchange.bound,
            applied: log.applied,
            ignored: exchange.ignored,
            not_kept: log.not_kept,
            scripted: log.scripted,
            fault: log.fault.map(|fault| fault.kind.name()),
            ..Received::new(request, connection, status, self.initial.schema)
        };
        Reply {
            response,
            delivery,
            another,
            received: self.note(received, request, &settings),
        }
    }

    /// Notes a request whose body could not be had whole, and answers so.
    #[must_use]
    pub(crate) fn refuse(&self, request: &Request, connection: u64, response: Response) -> Reply {
        let status = Some(response.status);
        let received = Received::new(request, connection, status, self.initial.schema);
        Reply {
            response,
            delivery: Delivery::Whole,
            another: None,
            received: self.note(received, request, &self.settings()),
        }
    }

    fn note(&self, received: Received, request: &Request, settings: &Settings) -> Arc<Received> {
        let received = Arc::new(received);
        let bytes = request.target.len() + request.body.len();
        self.lock()
            .ring
            .push(Arc::clone(&received), bytes, settings);
        received
    }

    /// What the service does that was reached.
    fn serve(&self, call: &Call<'_>, settings: &Settings, log: &mut CallLog) -> Answer {
        let mut inner = self.lock();
        let fault = inner.faults.at_call(call.operation.name);
        let answer = match &fault {
            Some(fault) if !fault.applies() => Answer::Dto(Object::new(call.operation.response)),
            _ => inner.answer(call, settings, log),
        };
        let Some(fault) = fault else {
            return answer;
        };
        let ended = FaultKind::RefusedCredential {
            credential: Credential::Token,
        };
        if fault.kind == ended
            && let Some(token) = credentials::credential(call, settings, BaseSecureRequest::TOKEN)
        {
            inner.state.end_login(token);
        }
        let answer = replace(&fault.kind, call.operation, settings, answer);
        log.fault = Some(fault);
        answer
    }

    /// What the document says.
    #[must_use]
    pub(crate) fn schema(&self) -> &'static Schema {
        self.initial.schema
    }

    /// The settings as they are now.
    #[must_use]
    pub(crate) fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.lock().settings)
    }

    /// Changes settings, all of them or none; see [`Settings::patched`].
    ///
    /// # Errors
    ///
    /// Those of [`Settings::patched`].
    pub(crate) fn patch_settings(&self, changes: &Json) -> Result<Arc<Settings>, Problem> {
        let mut inner = self.lock();
        inner.settings = Arc::new(inner.settings.patched(changes)?);
        Ok(Arc::clone(&inner.settings))
    }

    /// Has the next calls of an operation answered so; with no number, all.
    ///
    /// # Errors
    ///
    /// The first thing that does not fit, by the JSON pointer in the body of
    /// `POST /_aim/answers`.
    pub(crate) fn script(
        &self,
        operation: &str,
        json: &Json,
        times: Option<u32>,
    ) -> Result<(), Problem> {
        let operation = faults::operation(self.initial.schema, operation, "/operation")?;
        let answer = answer_from_json(operation, json, "/answer")?;
        if times == Some(0) {
            return Err(Problem {
                pointer: step("", "times"),
                reason: "a number from 1 is expected, or null for ever".to_owned(),
            });
        }
        self.lock().answers.push_back(Scripted {
            operation,
            answer,
            json: json.clone(),
            left: times,
        });
        Ok(())
    }

    /// The scripted answers that were not given yet, in their order, as
    /// `POST /_aim/answers` takes them.
    #[must_use]
    pub(crate) fn answers(&self) -> Json {
        let inner = self.lock();
        let answers = inner.answers.iter();
        answers
            .map(|scripted| {
                json!({
                    "operation": scripted.operation.name,
                    "answer": scripted.json,
                    "times": scripted.left,
                })
            })
            .collect()
    }

    /// Forgets the scripted answers.
    pub(crate) fn forget_answers(&self) {
        self.lock().answers.clear();
    }

    /// What was received and is remembered, oldest first, and how many are
    /// not.
    #[must_use]
    pub(crate) fn requests(&self) -> (Vec<Arc<Received>>, u64) {
        let inner = self.lock();
        (inner.ring.all(), inner.ring.dropped())
    }

    /// Forgets what was received.
    pub(crate) fn forget_requests(&self) {
        self.lock().ring.clear();
    }

    /// Sets a fault; its number. Where it closes the listener, that is done
    /// once [`settled`](Self::settled) comes back.
    ///
    /// # Errors
    ///
    /// What does not fit together, by JSON pointer.
    pub(crate) fn add_fault(&self, mut fault: Fault) -> Result<u64, Problem> {
        fault.resolve(self.initial.schema)?;
        let id = self.lock().faults.add(fault);
        self.note_change();
        Ok(id)
    }

    /// The faults that are still to trigger.
    #[must_use]
    pub(crate) fn faults(&self) -> Json {
        self.lock().faults.to_json()
    }

    /// Removes a fault by its number; whether it was there. A listener that it
    /// has closed is back soon.
    pub(crate) fn remove_fault(&self, id: u64) -> bool {
        let removed = self.lock().faults.remove(id);
        self.note_change();
        removed
    }

    /// Removes all faults.
    pub(crate) fn remove_faults(&self) {
        self.lock().faults.clear();
        self.note_change();
    }

    /// A copy of the state.
    #[must_use]
    pub(crate) fn state(&self) -> State {
        self.lock().state.clone()
    }

    /// The last bookings, in the form of `GET /_aim/bookings`.
    pub(crate) fn bookings(&self, last: usize) -> Json {
        self.lock().state.bookings_to_json(last)
    }

    /// Puts another state in its place.
    pub(crate) fn set_state(&self, state: State) {
        self.lock().state = state;
    }

    /// Brings back how the fake began, and forgets everything else.
    pub(crate) fn reset(&self) {
        *self.lock() = Inner::new(&self.initial);
        self.note_change();
    }

    fn note_change(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// Waits until the accept loop has acted upon the faults that are set.
    pub(crate) async fn settled(&self) {
        let wanted = *self.changes.borrow();
        let mut settled = self.settled.subscribe();
        // The sender lives as long as this engine.
        let _ = settled.wait_for(|count| *count >= wanted).await;
    }

    /// For the accept loop: what tells it to look at the faults again.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// For the accept loop: it has acted upon the changes so far.
    pub(crate) fn settle(&self, change: u64) {
        self.settled.send_replace(change);
    }

    /// For the accept loop: the fault that refuses the next connection, and
    /// how long.
    pub(crate) fn refusal(&self) -> Option<(u64, Duration)> {
        self.lock().faults.refusal()
    }

    /// For the accept loop: whether a fault is still there.
    pub(crate) fn has_fault(&self, id: u64) -> bool {
        self.lock().faults.has(id)
    }

    /// For the accept loop: a fault has lasted long enough.
    pub(crate) fn end_fault(&self, id: u64) {
        self.lock().faults.remove(id);
    }

    /// For the accept loop: whether the connection just accepted is reset.
    pub(crate) fn resets_connection(&self) -> bool {
        self.lock().faults.at_connection()
    }
}

/// What the service notes of a request.
#[derive(Default)]
struct CallLog {
    applied: bool,
    not_kept: Vec<String>,
    scripted: bool,
    fault: Option<Fault>,
}

impl Inner {
    fn new(initial: &InitialState) -> Self {
        let mut faults = Faults::default();
        for fault in &initial.faults {
            faults.add(fault.clone());
        }
        Self {
            settings: Arc::new(initial.settings.clone()),
            state: initial.state.clone(),
            answers: VecDeque::new(),
            faults,
            ring: Ring::default(),
        }
    }

    fn answer(&mut self, call: &Call<'_>, settings: &Settings, log: &mut CallLog) -> Answer {
        if let Some(answer) = self.scripted(call.operation) {
            log.scripted = true;
            return answer;
        }
        let in_query;
        let call = match settings.login_from {
            LoginFrom::Query if call.operation.name == service::SECURITY => {
                in_query = wire::sent_in_query(call);
                &Call {
                    request: &in_query,
                    ..*call
                }
            }
            _ => call,
        };
        if let Err(refusal) = credentials::check(call, &self.state, settings) {
            return refusal;
        }
        let done = self.state.answer(call, settings);
        log.applied = done.applied;
        log.not_kept = done.not_kept;
        done.answer
    }

    fn scripted(&mut self, operation: &Operation) -> Option<Answer> {
        let at = self
            .answers
            .iter()
            .position(|scripted| scripted.operation.name == operation.name)?;
        let scripted = self.answers.get_mut(at)?;
        let answer = scripted.answer.clone();
        scripted.left = scripted.left.map(|left| left.saturating_sub(1));
        if scripted.left == Some(0) {
            self.answers.remove(at);
        }
        Some(answer)
    }
}

/// What a fault has the service answer in place of its own answer.
fn replace(
    kind: &FaultKind,
    operation: &'static Operation,
    settings: &Settings,
    own: Answer,
) -> Answer {
    match kind {
        FaultKind::RefusedCredential { credential } => {
            let message = match credential {
                Credential::Token => ENDED_TOKEN,
                Credential::ApiKey => UNKNOWN_KEY,
                Credential::Password => WRONG_PASSWORD,
            };
            refused(operation, settings, message)
        }
        FaultKind::InBandError {
            status,
            status_code,
            error_code,
            message,
            with_answer,
            style: _,
        } => {
            fn text<'a>(text: &'a Option<String>, default: &'a str) -> &'a str {
                text.as_deref().unwrap_or(default)
            }
            let mut value = match own {
                Answer::Dto(value) | Answer::DtoWithStatus { value, .. } if *with_answer => value,
                _ => Object::new(operation.response),
            };
            let members = [
                (
                    BaseResponseResult::STATUS_CODE,
                    text(status_code, &settings.error_status_code),
                ),
                (
                    BaseResponseResult::ERROR_CODE,
                    text(error_code, &settings.error_code),
                ),
                (BaseResponseResult::ERROR_DISPLAY_TEXT, message),
                (BaseResponseResult::ERROR_MESSAGE, message),
            ];
            set_status(&mut value, &members);
            match *status {
                200 => Answer::Dto(value),
                status => Answer::DtoWithStatus { status, value },
            }
        }
        FaultKind::ResponseStatus {
            status,
            code,
            message,
            style: _,
        } => {
            let code = code.as_deref().unwrap_or(match *status {
                401 => "AuthenticationException",
                403 => "UnauthorizedAccessException",
                404 => "FileNotFoundException",
                405 => "NotImplementedException",
                409 => "OptimisticConcurrencyException",
                500..=599 => "Exception",
                _ => "ArgumentException",
            });
            Answer::HttpError {
                status: *status,
                code: code.to_owned(),
                message: message.clone(),
                value: None,
            }
        }
        _ => own,
    }
}

/// The answer that a fault has come behind the first one.
fn behind(kind: &FaultKind, response: &mut Response) -> Option<Response> {
    match *kind {
        FaultKind::LateAnswer { status, .. } => Some(std::mem::replace(response, page(status))),
        FaultKind::DoubleAnswer { .. } => Some(response.clone()),
        FaultKind::StaleError { status, .. } => Some(page(status)),
        _ => None,
    }
}

/// A page that a fault answers.
fn page(status: u16) -> Response {
    limits::page(status, limits::reason(status), "A scripted fault.")
}

/// What a fault makes of the answer's head and body.
fn corrupt(kind: &FaultKind, response: &mut Response) {
    let mut rewrite = |status: u16, content_type: Option<&'static str>, body: &[u8]| {
        response.status = status;
        response.reason = Cow::Borrowed(limits::reason(status));
        let of_the_host = |name: &str| ["Vary", "X-Powered-By"].contains(&name);
        response.headers.retain(|(name, _)| of_the_host(name));
        if let Some(text) = content_type {
            response.push("Content-Type", text);
        }
        response.body = body.to_vec();
    };
    match kind {
        FaultKind::HtmlError {
            status,
            retry_after,
        } => {
            *response = page(*status);
            if let Some(text) = retry_after {
                response.push("Retry-After", text.clone());
            }
        }
        FaultKind::Raw {
            status,
            headers,
            body,
            base64,
        } => {
            *response = Response {
                status: *status,
                reason: Cow::Borrowed(limits::reason(*status)),
                headers: Vec::new(),
                // A fault whose base64 is none is never set.
                body: raw_body(body, base64.as_deref()).unwrap_or_default(),
            };
            let mut names = headers.keys();
            if !names.any(|name| name.eq_ignore_ascii_case("Content-Type")) {
                response.push("Content-Type", "application/json");
            }
            for (name, value) in headers {
                response.push(name.clone(), value.clone());
            }
        }
        FaultKind::TextNotFound {} => rewrite(404, Some("text/plain; charset=utf-8"), b"404"),
        FaultKind::EmptyObject {} => rewrite(200, Some("application/json; charset=utf-8"), b"{}"),
        FaultKind::Redirect { status, location } => {
            rewrite(*status, None, b"");
            response.push("Location", location.clone());
        }
        FaultKind::Empty { status } => rewrite(*status, None, b""),
        FaultKind::WrongContentType { content_type } => {
            response.headers.retain(|(name, _)| name != "Content-Type");
            response.push("Content-Type", content_type.clone());
        }
        FaultKind::Malformed {} => {
            response.body.pop();
        }
        FaultKind::InvalidUtf8 {} => {
            // Behind the quote or the tag that opens the first text.
            let body = &mut response.body;
            let opens = |pair: &[u8]| pair == b":\"" || matches!(pair, [b'>', b] if *b != b'<');
            match body.windows(2).position(opens) {
                Some(at) if body.starts_with(b"{") => body.insert(at + 2, 0xFF),
                Some(at) => body.insert(at + 1, 0xFF),
                None if body.starts_with(b"{\"") || *body == b"{}" => {
                    // Every answer has this member; one that it does not have
                    // would be skipped unread.
                    let (status, code) = (BaseResponse::STATUS, BaseResponseResult::STATUS_CODE);
                    *body = format!("{{\"{status}\":{{\"{code}\":\"").into_bytes();
                    body.extend(b"\xFF\"}}");
                }
                None => body.push(0xFF),
            }
        }
        FaultKind::RenamedMembers { style }
        | FaultKind::InBandError {
            style: Some(style), ..
        }
        | FaultKind::ResponseStatus {
            style: Some(style), ..
        } => rename::members(response, *style),
        FaultKind::Compressed { form } => {
            if *form != Compression::LabelOnly {
                response.body = gzip(&response.body);
            }
            if *form != Compression::Unlabelled {
                response.push("Content-Encoding", "gzip");
            }
        }
        FaultKind::Bom {} => {
            response.body.splice(0..0, *b"\xEF\xBB\xBF");
        }
        _ => {}
    }
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), flate2::Compression::default());
    // Writing to a vector cannot fail.
    let _ = out.write_all(body);
    out.finish().unwrap_or_default()
}

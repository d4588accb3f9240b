//! Options of single calls and of a user's session.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::call::answer::Answer;
use crate::call::credentials::{self, DEVICE_ID, TOKEN};
use crate::call::error::{Delivery, Error, ErrorKind};
use crate::call::login::{Renewal, Tokens};
use crate::call::record::{Record, State};
use crate::call::retry::Retry;
use crate::codec::evidence::AnswerBody;
use crate::operation::Operation;
use crate::value::secret::Secret;

/// What is different for some calls; given to [`AimClient::with`](crate::AimClient::with).
///
/// ```
/// # async fn f(client: aim_client::AimClient) -> Result<(), aim_client::Error> {
/// use std::time::Duration;
/// use aim_client::CallOptions;
/// use aim_client::types::GetContractDetailsRequest;
///
/// let quick = CallOptions::new()
///     .token("this-customers-login")
///     .timeout(Duration::from_secs(5))
///     .no_retry()
///     .header("X-Request-Id", "4711");
/// let request = GetContractDetailsRequest::new().ref_("R-104233");
/// let details = client.with(quick).get_contract_details(&request).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct CallOptions {
    token: Option<Secret>,
    timeout: Option<Duration>,
    retry: Option<Retry>,
    booking_id: Option<Arc<BookingId>>,
    headers: Vec<(String, Secret)>,
}

/// The options that set the token and the device; those that set headers have their names, in
/// lower case.
const TOKEN_OPTION: &str = "Token";
const DEVICE_OPTION: &str = "DeviceId";

/// The name of one booking, and what became of it; nothing if it was not made
/// yet or is certainly not applied.
pub(crate) struct BookingId {
    pub(crate) name: String,
    known: Mutex<Option<Record>>,
}

impl BookingId {
    /// Takes the name for a booking that is on its way from now on.
    ///
    /// # Errors
    ///
    /// What is known of the booking that has it.
    pub(crate) fn take(
        &self,
        operation: &Operation,
        time: SystemTime,
    ) -> Result<Taken<'_>, Record> {
        let mut known = self.known();
        if let Some(known) = &*known {
            return Err(known.clone());
        }
        let state = State::OnItsWay;
        *known = Some(Record::new(&self.name, operation.id(), time, state));
        Ok(Taken(self))
    }

    fn known(&self) -> MutexGuard<'_, Option<Record>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A booking that is on its way; in doubt if it is dropped without an outcome.
pub(crate) struct Taken<'a>(&'a BookingId);

impl Taken<'_> {
    pub(crate) fn settle<T: AnswerBody>(self, outcome: &Result<Answer<T>, Error>) {
        let state = match outcome {
            Ok(answer) => State::Booked {
                reference: answer.reference().map(ToOwned::to_owned),
            },
            Err(error) => match error.delivery() {
                Delivery::NotSent | Delivery::Rejected => return self.give_back(),
                // The journal knows more, and is asked again.
                _ if error.kind() == ErrorKind::Duplicate => return self.give_back(),
                Delivery::PartlyApplied => State::PartlyApplied,
                Delivery::Unknown => State::InDoubt,
            },
        };
        if let Some(known) = &mut *self.0.known() {
            known.state = state;
        }
    }

    fn give_back(self) {
        *self.0.known() = None;
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if let Some(known) = &mut *self.0.known()
            && known.state == State::OnItsWay
        {
            known.state = State::InDoubt;
        }
    }
}

impl CallOptions {
    /// No difference yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets `Token`, the login of this user. A client that
    /// [logs in again](crate::Login::log_in_again) no longer does.
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Sets how long the call may take in all, with every attempt.
    ///
    /// If it is shorter than
    /// [`connect_timeout`](crate::AimClientBuilder::connect_timeout), it may end
    /// while the connection is still being made; the outcome is *unknown* then,
    /// though nothing was sent. Set both short at the builder for a sharper
    /// answer.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets how the call is repeated.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = Some(retry);
        self
    }

    /// One attempt, never a second.
    pub fn no_retry(self) -> Self {
        self.retry(Retry::never())
    }

    /// Names one booking in the [journal](crate::journal::Journal) and in
    /// [`Error::booking_id`](crate::Error::booking_id); else it is given a
    /// random name.
    ///
    /// A second booking with these options, their clones, or a client that they
    /// were given to is refused ([`ErrorKind::Duplicate`](crate::ErrorKind::Duplicate)),
    /// unless the first is certainly not applied
    /// ([not sent](crate::Delivery::NotSent) or
    /// [rejected](crate::Delivery::Rejected)): then it is the same one again.
    /// **The same name, given anew, is known to a [journal](crate::journal) alone**:
    /// without one, two calls that each name their booking so are two bookings.
    /// Reads need no name and take none.
    pub fn booking_id(mut self, id: impl Into<String>) -> Self {
        self.booking_id = Some(Arc::new(BookingId {
            name: id.into(),
            known: Mutex::new(None),
        }));
        self
    }

    /// The name of the booking, for a mock: see [`AimApi::with`](crate::AimApi::with).
    #[must_use]
    pub fn get_booking_id(&self) -> Option<&str> {
        self.booking_id.as_ref().map(|id| id.name.as_str())
    }

    /// Adds a header of your own; its value appears in no `Debug` text.
    ///
    /// A header that the client or HTTP itself writes (credentials, `Accept`,
    /// `Content-Type`, `Content-Length`, `Host` and the like) cannot be set:
    /// the call is refused, as it is if the name or value is none that HTTP
    /// knows.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<Secret>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

/// Header values are as secret as what they carry.
impl fmt::Debug for CallOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CallOptions")
            .field("token", &self.token)
            .field("timeout", &self.timeout)
            .field("retry", &self.retry)
            .field("booking_id", &self.booking_id.as_ref().map(|id| &id.name))
            .field("headers", &self.headers)
            .finish()
    }
}

/// What a client sends along with every call, and its settings for one.
#[derive(Clone)]
pub(crate) struct Session {
    /// Content-Type (of a POST), Accept, credentials and the user's own.
    pub(crate) headers: HeaderMap,
    pub(crate) timeout: Duration,
    pub(crate) retry: Retry,
    pub(crate) booking_id: Option<Arc<BookingId>>,
    /// Logs in again where a read finds that the session has ended.
    pub(crate) renewal: Option<Arc<Renewal>>,
    /// Why no call can be made, by the option that is the reason: another value
    /// of it mends that.
    problems: BTreeMap<String, String>,
}

impl Session {
    pub(crate) fn new(headers: HeaderMap, timeout: Duration, retry: Retry) -> Self {
        Self {
            headers,
            timeout,
            retry,
            booking_id: None,
            renewal: None,
            problems: BTreeMap::new(),
        }
    }

    /// Why no call can be made with these options.
    pub(crate) fn problem(&self) -> Option<&str> {
        self.problems.values().next().map(String::as_str)
    }

    /// The same with some options replaced.
    pub(crate) fn with(&self, options: CallOptions) -> Self {
        let mut session = self.clone();
        if let Some(token) = &options.token {
            session.renewal = None;
            session.set_credential(TOKEN_OPTION, TOKEN, token);
        }
        for (name, value) in &options.headers {
            session.set(&name.to_ascii_lowercase(), own_header(name, value));
        }
        session.timeout = options.timeout.unwrap_or(self.timeout);
        session.retry = options.retry.unwrap_or(self.retry);
        session.booking_id = options.booking_id.or(session.booking_id);
        session
    }

    /// The same without a login, for a login from this device.
    pub(crate) fn logged_out(&self, device_id: Option<&Secret>) -> Self {
        let mut session = self.clone();
        session.renewal = None;
        session.problems.remove(TOKEN_OPTION);
        session.headers.remove(TOKEN);
        if let Some(device_id) = device_id {
            session.set_credential(DEVICE_OPTION, DEVICE_ID, device_id);
        }
        session
    }

    /// The same with a login, which may be able to log in again.
    pub(crate) fn logged_in(&self, tokens: &Tokens, renewal: Option<Renewal>) -> Self {
        let mut session = self.clone();
        tokens.write(&mut session.headers);
        session.renewal = renewal.map(Arc::new);
        session
    }

    /// What goes with an attempt, and the number of its login, if that can be
    /// another one with the next attempt.
    pub(crate) fn current(&self) -> (HeaderMap, u64) {
        let mut headers = self.headers.clone();
        let renewal = self.renewal.as_ref();
        let number = renewal.map_or(0, |renewal| renewal.write(&mut headers));
        (headers, number)
    }

    fn set_credential(&mut self, option: &str, header: &'static str, value: &Secret) {
        let value = credentials::header(option, value);
        let header = HeaderName::from_static(header);
        self.set(option, value.map(|value| (header, value)));
    }

    /// Notes what has become of an option, in place of what was of it before.
    fn set(&mut self, option: &str, header: Result<(HeaderName, HeaderValue), String>) {
        self.problems.remove(option);
        match header {
            Ok((name, value)) => {
                self.headers.insert(name, value);
            }
            Err(problem) => {
                self.problems.insert(option.to_owned(), problem);
            }
        }
    }
}

/// A header of the user's own; or why it cannot be sent.
fn own_header(name: &str, value: &Secret) -> Result<(HeaderName, HeaderValue), String> {
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| {
        "the name of a header holds what a header cannot; write letters, digits and hyphens"
            .to_owned()
    })?;
    if is_protected(&name) {
        return Err(format!(
            "the header {name} is the client's to write; leave it out"
        ));
    }
    let mut value = HeaderValue::from_str(value.expose()).map_err(|_| {
        format!("the header {name} has a value that no header can have; write visible ASCII")
    })?;
    value.set_sensitive(true);
    Ok((name, value))
}

/// What the client or HTTP itself writes, and what makes the server take a
/// request for another one.
fn is_protected(name: &HeaderName) -> bool {
    const NAMES: &[&str] = &[
        "accept",
        "accept-charset",
        "accept-encoding",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "expect",
        "host",
        "keep-alive",
        "range",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "x-http-method-override",
    ];
    let name = name.as_str();
    NAMES.contains(&name) || credentials::HEADERS.contains(&name) || name.starts_with("proxy-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        Session::new(HeaderMap::new(), Duration::from_secs(1), Retry::new())
    }

    #[test]
    fn protected_headers_are_refused_in_any_spelling() {
        for name in [
            "Accept",
            "CONTENT-TYPE",
            "host",
            "Content-Length",
            "ApiKey",
            "Token",
            "OAuthToken",
            "AppId",
            "DeviceId",
            "Proxy-Authorization",
            "X-HTTP-Method-Override",
            "a b",
            "",
        ] {
            let session = session().with(CallOptions::new().header(name, "canary"));
            let problem = session.problem().unwrap();
            assert!(!problem.contains("canary"), "{problem}");
            assert!(session.headers.is_empty(), "{name}");
        }
        let session = session().with(CallOptions::new().header("X-A", "canary\n"));
        assert!(!session.problem().unwrap().contains("canary"));
    }

    #[test]
    fn a_later_value_mends_what_an_earlier_one_has_broken_and_nothing_else() {
        let broken = session().with(CallOptions::new().token("").header("X-A", "canary\n"));
        assert!(broken.problem().unwrap().contains("Token"));
        let broken = broken.with(CallOptions::new().token("t"));
        assert!(broken.problem().unwrap().contains("x-a"));
        let mended = broken.with(CallOptions::new().header("x-a", "1"));
        assert_eq!(mended.problem(), None);
        assert_eq!(mended.headers["token"], "t");

        // A header that nobody may set stays refused.
        let refused = mended.with(CallOptions::new().header("Token", "t"));
        assert!(
            refused
                .with(CallOptions::new().token("t"))
                .problem()
                .is_some()
        );
    }

    #[test]
    fn options_add_up_and_their_values_are_sensitive() {
        let first = session().with(CallOptions::new().token("canary").no_retry());
        let second = first.with(
            CallOptions::new()
                .header("X-A", "canary")
                .timeout(Duration::ZERO),
        );
        assert_eq!(second.problem(), None);
        assert_eq!(second.headers.len(), 2);
        assert_eq!(second.retry, Retry::never());
        assert_eq!(second.timeout, Duration::ZERO);
        assert!(!format!("{:?}", second.headers).contains("canary"));
        let options = CallOptions::new().token("canary").header("X-A", "canary");
        assert!(!format!("{options:?}").contains("canary"));
    }
}

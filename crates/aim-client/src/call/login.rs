//! The tokens of a login, and how a session that has ended gets new ones.

use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::call::credentials::{self, OAUTH_TOKEN, TOKEN};
use crate::call::error::{Delivery, Error};
use crate::call::runtime::Runtime;
use crate::value::blank::is_blank;
use crate::value::secret::Secret;

/// For how long nobody logs in again after it was tried: a server that takes
/// every session for ended, or a second program that ends this one's, must not
/// make each read a login.
const PAUSE: Duration = Duration::from_secs(60);

const TOO_SOON: &str =
    "the client tried to log in less than a minute ago, and waits a minute with the next try";
const REFUSED: &str = "its login was refused too, so the client makes no other: call `log_in`";
const FAILED: &str = "it could not log in again, and waits a minute with the next try";

/// What a login gives, as headers.
#[derive(Clone)]
pub(crate) struct Tokens {
    token: HeaderValue,
    oauth_token: Option<HeaderValue>,
}

impl Tokens {
    /// The tokens of an answer, or why one cannot be a header. A blank
    /// `OAuthToken` is none.
    pub(crate) fn new(token: &str, oauth_token: &str) -> Result<Self, String> {
        let header = |name, text: &str| credentials::header(name, &Secret::from(text));
        let oauth_token = Some(oauth_token).filter(|text| !is_blank(text));
        let oauth_token = oauth_token.map(|text| header("OAuthToken", text));
        Ok(Self {
            token: header("Token", token)?,
            oauth_token: oauth_token.transpose()?,
        })
    }

    /// Writes them into headers; an `OAuthToken` that was there stays if there
    /// is no other.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        headers.insert(HeaderName::from_static(TOKEN), self.token.clone());
        if let Some(oauth_token) = &self.oauth_token {
            headers.insert(HeaderName::from_static(OAUTH_TOKEN), oauth_token.clone());
        }
    }
}

/// Logs in, as the user has said.
pub(crate) type LogIn =
    dyn Fn() -> Pin<Box<dyn Future<Output = Result<Tokens, Error>> + Send>> + Send + Sync;

/// A session that logs in again when it has ended, for all clients that share
/// it.
pub(crate) struct Renewal {
    log_in: Box<LogIn>,
    /// Held by the one who logs in; the others wait for what comes of it. If it
    /// is dropped on the way, the next one logs in.
    turn: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

struct State {
    tokens: Tokens,
    /// How many logins these tokens are from.
    number: u64,
    next: Next,
}

/// When somebody may log in again.
#[derive(Clone, Copy)]
enum Next {
    Now,
    From(Instant),
    /// The login was refused: to try again may lock the user out.
    Never,
}

impl Renewal {
    pub(crate) fn new(tokens: Tokens, log_in: Box<LogIn>) -> Self {
        Self {
            log_in,
            turn: tokio::sync::Mutex::new(()),
            state: Mutex::new(State {
                tokens,
                number: 0,
                next: Next::Now,
            }),
        }
    }

    /// Writes the current tokens into headers, and returns their number.
    pub(crate) fn write(&self, headers: &mut HeaderMap) -> u64 {
        let state = self.state();
        state.tokens.write(headers);
        state.number
    }

    /// Sees to newer tokens than those with which the server found the session
    /// ended.
    ///
    /// # Errors
    ///
    /// Why there are none.
    pub(crate) async fn renew(
        &self,
        ended: u64,
        runtime: &dyn Runtime,
    ) -> Result<(), &'static str> {
        let _turn = self.turn.lock().await;
        {
            let state = self.state();
            if state.number != ended {
                return Ok(());
            }
            match state.next {
                Next::Now => {}
                Next::From(time) if runtime.now() >= time => {}
                Next::From(_) => return Err(TOO_SOON),
                Next::Never => return Err(REFUSED),
            }
        }
        let outcome = (self.log_in)().await;
        let mut state = self.state();
        state.next = Next::From(runtime.now() + PAUSE);
        match outcome {
            Ok(tokens) => {
                state.tokens = tokens;
                state.number += 1;
                Ok(())
            }
            Err(error) if error.delivery() == Delivery::Rejected => {
                state.next = Next::Never;
                Err(REFUSED)
            }
            Err(_) => Err(FAILED),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

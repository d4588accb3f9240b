//! Logs a user in.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use reqwest::header::HeaderMap;
use serde_json::json;

use crate::call::answer::Answer;
use crate::call::credentials::{APP_ID, DEVICE_ID};
use crate::call::error::Error;
use crate::call::login::{Renewal, Tokens};
use crate::call::options::Session;
use crate::call::request;
use crate::call::send::Call;
use crate::call::shared::Shared;
use crate::client::aim_client::AimClient;
use crate::generated::{operations, requests};
use crate::types::{SecurityRequest, SecurityResponse};
use crate::value::secret::Secret;
use crate::value::words;

/// Who logs in; given to [`AimClient::log_in`]. `Debug` shows nothing of it.
///
/// ```
/// use aim_client::Login;
///
/// let login = Login::new("jordan@example.com", "password");
/// assert_eq!(format!("{login:?}"), "Login { .. }");
/// ```
#[derive(Clone)]
#[must_use]
pub struct Login {
    username: Secret,
    password: Secret,
    device_id: Option<Secret>,
    again: bool,
}

impl Login {
    /// A user (the id of an employee or the email address of a customer) and
    /// the password.
    pub fn new(username: impl Into<Secret>, password: impl Into<Secret>) -> Self {
        Self {
            username: username.into(),
            password: password.into(),
            device_id: None,
            again: false,
        }
    }

    /// Sets this user's device, for the login and for the calls that follow it;
    /// else it is that of the [credentials](crate::Credentials::device_id), if
    /// they have one.
    pub fn device_id(mut self, device_id: impl Into<Secret>) -> Self {
        self.device_id = Some(device_id.into());
        self
    }

    /// Lets the client keep this login, with its password, in memory, and log in
    /// again where a read finds that the session has ended: with status 401, or
    /// with one of the
    /// [words](crate::AimClientBuilder::session_ended_words) by which the
    /// merchant's system says so. By default nothing is kept.
    ///
    /// - The read is repeated once, as one of the attempts of its
    ///   [`Retry`](crate::Retry). Reads that find the end at the same time share
    ///   one login.
    /// - A booking is never repeated: it is an error, *rejected*, and the next
    ///   read logs in.
    /// - After a login of its own accord the client tries none for a minute, and
    ///   after one that was refused none at all, which could lock the user out.
    ///   [`AimClient::log_in`] gives a new client then.
    pub fn log_in_again(mut self, again: bool) -> Self {
        self.again = again;
        self
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Login").finish_non_exhaustive()
    }
}

/// A user who is logged in; made by [`AimClient::log_in`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LoggedIn<C = AimClient> {
    /// The client of this user's session.
    pub client: C,
    /// What the server says of the user: details, accounts, and the tokens, for
    /// a program that keeps them where it keeps its sessions
    /// ([`AimClient::with_token`]).
    pub answer: Answer<SecurityResponse>,
}

impl AimClient {
    /// Logs a user in, and gives the client of that session: cheap, and with
    /// shared connections, so have one for each user. It sends the `Token` of
    /// the answer, and the `OAuthToken` if there is one in it; this client stays
    /// as it is.
    ///
    /// The password goes into the body, over the connection of its own that a
    /// booking has. No journal gets a login, and it is repeated only if it was
    /// not sent. The `Domain` of the answer is not followed: no credential
    /// leaves the base URL.
    ///
    /// # Errors
    ///
    /// Those of any call; a refused password is *rejected*. A token that no
    /// header can carry is an error, too.
    ///
    /// Source: the operation `Security` of the document. How long a session
    /// lives is not known.
    ///
    /// ```no_run
    /// # async fn f(client: aim_client::AimClient) -> Result<(), aim_client::Error> {
    /// use aim_client::Login;
    ///
    /// let user = client.log_in(Login::new("jordan@example.com", "password")).await?;
    /// for account in user.answer.account_details.iter().flatten() {
    ///     println!("account {:?}", account.acct);
    /// }
    /// let mine = user.client;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn log_in(&self, login: Login) -> Result<LoggedIn, Error> {
        let session = Arc::new(self.session.logged_out(login.device_id.as_ref()));
        let (answer, tokens) = log_in(&self.shared, &session, &login).await?;
        let renewal = login.again.then(|| {
            let (shared, session) = (Arc::clone(&self.shared), Arc::clone(&session));
            let login = Arc::new(login);
            let again = move || -> Pin<Box<dyn Future<Output = _> + Send>> {
                let (shared, session, login) = (
                    Arc::clone(&shared),
                    Arc::clone(&session),
                    Arc::clone(&login),
                );
                Box::pin(async move {
                    let (_, tokens) = log_in(&shared, &session, &login).await?;
                    Ok(tokens)
                })
            };
            Renewal::new(tokens.clone(), Box::new(again))
        });
        let client = Self {
            shared: Arc::clone(&self.shared),
            session: Arc::new(session.logged_in(&tokens, renewal)),
        };
        Ok(LoggedIn { client, answer })
    }
}

/// Makes the call.
async fn log_in(
    shared: &Shared,
    session: &Session,
    login: &Login,
) -> Result<(Answer<SecurityResponse>, Tokens), Error> {
    let operation = &operations::SECURITY;
    let write = || {
        let input = security_request(login, &session.headers)
            .ok_or_else(|| Error::refused(Some(operation), "the request cannot be written"))?;
        request::check(operation, &input)?;
        let url = shared.url(operation)?;
        let http = &shared.pooled;
        let request = if shared.password_in_url {
            let query = request::unguarded_query(operation, &input)?;
            http.post(url).query(&query).body("{}").build()
        } else {
            requests::security(http, url, &input)
        };
        request::checked(operation, request, shared.limits.request_bytes)
    };
    let call = Call {
        shared,
        session,
        operation,
    };
    let answer: Answer<SecurityResponse> = call.make(write).await?;
    let token = words::text(answer.token.as_ref());
    let oauth_token = words::text(answer.oauth_token.as_ref());
    match Tokens::new(token, oauth_token) {
        Ok(tokens) => Ok((answer, tokens)),
        Err(reason) => Err(answer.into_unusable(operation, reason)),
    }
}

/// The request for a login: by names, so that it stands whatever a merchant's
/// own document has besides.
fn security_request(login: &Login, headers: &HeaderMap) -> Option<SecurityRequest> {
    let header = |name| Some(headers.get(name)?.to_str().ok()?.to_owned());
    let request = json!({
        "Username": login.username,
        "Password": login.password,
        "DeviceID": header(DEVICE_ID),
        "AppID": header(APP_ID),
    });
    serde_json::from_value(request).ok()
}

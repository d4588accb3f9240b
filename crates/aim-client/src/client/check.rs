//! Tells whether a client is set up right, without booking anything.

use std::fmt;

use crate::call::credentials;
use crate::call::error::{AnswerKind, Error, ErrorKind};
use crate::call::limits::Limit;
use crate::call::options::CallOptions;
use crate::client::aim_client::AimClient;
use crate::types::{BaseResponseResult, GetContractDetailsRequest};
use crate::value::words::Words;

/// What is asked for; no contract is called so.
const NO_CONTRACT: &str = "aim-client-check";

/// What [`AimClient::check`] has found right.
#[derive(Debug)]
pub struct Checked {
    status: Option<BaseResponseResult>,
}

impl Checked {
    /// AIM's words to the question for a contract that does not exist, if it
    /// has answered with a `Status` that is not good: for a person, who sees
    /// whether they speak of the contract or of the credentials.
    ///
    /// They are the server's: do not log them unseen.
    #[must_use]
    pub fn aim_status(&self) -> Option<&BaseResponseResult> {
        self.status.as_ref()
    }
}

/// What [`AimClient::check`] has found wrong. The text says so and how to fix
/// it; the error of the call is its source.
#[derive(Debug)]
#[non_exhaustive]
pub enum CheckError {
    /// Nothing answers at the base URL, or something that is not AIM.
    BaseUrl(Error),
    /// No TLS session: the certificate is not trusted, or the server speaks no
    /// TLS.
    Tls(Error),
    /// The credentials or the licence are refused: with 401 or 403, or in-band
    /// with words that name a credential.
    Credentials(Error),
    /// Something else: a setting of the client, a limit of time, a failure of
    /// the server.
    Unsure(Error),
}

impl CheckError {
    /// The error of the call.
    #[must_use]
    pub fn call(&self) -> &Error {
        match self {
            Self::BaseUrl(error)
            | Self::Tls(error)
            | Self::Credentials(error)
            | Self::Unsure(error) => error,
        }
    }

    fn of(error: Error) -> Self {
        let is_cut = error.answer_kind().is_none_or(AnswerKind::may_be_cut);
        match error.kind() {
            ErrorKind::Tls => Self::Tls(error),
            ErrorKind::NoConnection
            | ErrorKind::Limit(Limit::ConnectTime)
            | ErrorKind::NoSuchPath
            | ErrorKind::Redirect => Self::BaseUrl(error),
            ErrorKind::NotTheAnswer if !is_cut => Self::BaseUrl(error),
            ErrorKind::Credentials => Self::Credentials(error),
            _ => Self::Unsure(error),
        }
    }
}

impl fmt::Display for CheckError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::BaseUrl(_) => "the base url is wrong, or the network",
            Self::Tls(_) => "the server's certificate is wrong, or the port",
            Self::Credentials(_) => "the credentials are wrong, or the licence",
            Self::Unsure(_) => "the check has no result",
        })?;
        write!(formatter, ": {}", self.call())
    }
}

impl std::error::Error for CheckError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.call())
    }
}

impl AimClient {
    /// Tells whether base URL, TLS and credentials are right, without booking
    /// anything: for the start of a program, or the page of settings.
    ///
    /// It asks `GetContractDetails` for a contract that does not exist
    /// (`aim-client-check`), once, and looks at who answers what.
    ///
    /// - It can tell that nothing answers, that TLS fails, that something else
    ///   than AIM answers (a page, a redirect, a 404), and that credentials are
    ///   refused with 401 or 403, or in-band with words that name one of them
    ///   (`ApiKey`, `Token`).
    /// - It cannot tell a wrong key where the server does not check it at this
    ///   operation, nor one that is refused in-band with other words: the vendor
    ///   documents none, so [`Checked::aim_status`] has them for a person. Nor
    ///   does it say that the licences of other operations are there.
    ///
    /// # Errors
    ///
    /// What is wrong, and how to fix it.
    ///
    /// ```no_run
    /// # async fn f(client: aim_client::AimClient) {
    /// use aim_client::CheckError;
    ///
    /// match client.check().await {
    ///     Ok(checked) if checked.aim_status().is_none() => println!("ready"),
    ///     Ok(_) => println!("ready, if AIM's words speak of the contract alone"),
    ///     Err(error @ CheckError::Credentials(_)) => println!("ask Tri-Tech: {error}"),
    ///     Err(error) => println!("not ready: {error}"),
    /// }
    /// # }
    /// ```
    pub async fn check(&self) -> Result<Checked, CheckError> {
        let once = self.with(CallOptions::new().no_retry());
        let request = GetContractDetailsRequest::new().ref_(NO_CONTRACT);
        match once.get_contract_details(&request).await {
            Ok(_) => Ok(Checked { status: None }),
            Err(error) => match error.aim_status().cloned() {
                Some(status) if error.http_status().is_some_and(|it| it.is_success()) => {
                    let words = status.words();
                    let names = |it: &Words<'_>| credentials::named_in(it.value).is_some();
                    if words.iter().any(names) {
                        return Err(CheckError::Credentials(error));
                    }
                    Ok(Checked {
                        status: Some(status),
                    })
                }
                _ => Err(CheckError::of(error)),
            },
        }
    }
}

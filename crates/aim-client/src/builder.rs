//! Builds a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::ClientBuilder;
use reqwest::redirect::Policy;

use crate::client::{AimClient, FailureRule};
use crate::generated::client::Client;
use crate::types::BaseResponseResult;
use crate::{Credentials, Error, base_url};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Long enough for a voice recording over a slow line.
const TIMEOUT: Duration = Duration::from_secs(100);

/// Builds an [`AimClient`]; made by [`AimClient::builder`].
///
/// ```
/// # fn main() -> Result<(), aim_client::Error> {
/// use std::time::Duration;
/// use aim_client::{AimClient, Credentials};
///
/// let client = AimClient::builder()
///     .base_url("https://10846.active-e.net:7890")
///     .credentials(Credentials::new("api-key", "app-id").token("login-token"))
///     .timeout(Duration::from_secs(30))
///     .http(|http| http.user_agent("my-shop/1.0"))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct AimClientBuilder {
    base_url: String,
    allow_http: bool,
    credentials: Option<Credentials>,
    connect_timeout: Duration,
    timeout: Duration,
    http: ClientBuilder,
    is_failure: Arc<FailureRule>,
}

impl AimClient {
    /// Starts building a client.
    pub fn builder() -> AimClientBuilder {
        AimClientBuilder {
            base_url: base_url::DEFAULT.to_owned(),
            allow_http: false,
            credentials: None,
            connect_timeout: CONNECT_TIMEOUT,
            timeout: TIMEOUT,
            // A proxy would see every request: only when asked for in `http`.
            http: ClientBuilder::new()
                .user_agent(concat!("aim-client/", env!("CARGO_PKG_VERSION")))
                .no_proxy(),
            is_failure: Arc::new(BaseResponseResult::is_failure),
        }
    }
}

impl AimClientBuilder {
    /// Sets the merchant's address, in any spelling: with or without the
    /// application path, `/api` or a trailing slash. The default is the
    /// vendor's central address.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// Allows plain http to hosts other than this machine. Keys, names and
    /// card data then cross the network in the clear.
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.allow_http = allow;
        self
    }

    /// Sets the credentials, which are required.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Sets how long a connection may take to be made (10 seconds).
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets how long a call may take, answer included (100 seconds).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets anything else of the HTTP client: root certificates, a proxy, a
    /// user agent.
    ///
    /// Our own settings are applied afterwards and stay: redirects are not
    /// followed (they would carry the keys to another host), nothing is
    /// repeated (it would book twice), and TLS certificates are checked.
    pub fn http(mut self, configure: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Self {
        self.http = configure(self.http);
        self
    }

    /// Replaces the rule which in-band status is a failure; the default is
    /// [`BaseResponseResult::is_failure`], the rule of the document.
    ///
    /// The vendor documents no values, so a merchant's system may use others.
    pub fn failure_rule(
        mut self,
        is_failure: impl Fn(&BaseResponseResult) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.is_failure = Arc::new(is_failure);
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// No credentials, one that cannot be a header, an address that cannot be
    /// used, or settings that the HTTP client refuses.
    pub fn build(self) -> Result<AimClient, Error> {
        let base_url = base_url::normalize(&self.base_url, self.allow_http).map_err(|reason| {
            Error::refused(None, format!("the base url is unusable: {reason}"))
        })?;
        let credentials = self
            .credentials
            .ok_or_else(|| Error::refused(None, "no credentials; set them with `credentials`"))?;
        let headers = credentials.headers().map_err(|name| {
            Error::refused(
                None,
                format!("the credential {name} is empty, begins or ends with a space, or holds what a header cannot (it takes visible ASCII)"),
            )
        })?;
        let http = checked(self.http)
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(self.connect_timeout)
            .timeout(self.timeout)
            .build()
            .map_err(|error| {
                Error::refused(None, format!("the http client cannot be built: {error}"))
            })?;
        let client = Client::new_with_client(&base_url, http, headers);
        Ok(AimClient::new(client, self.is_failure))
    }
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn checked(http: ClientBuilder) -> ClientBuilder {
    http.tls_danger_accept_invalid_certs(false)
        .tls_danger_accept_invalid_hostnames(false)
}

/// Without TLS there is nothing to check, and https cannot be called.
#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
fn checked(http: ClientBuilder) -> ClientBuilder {
    http
}

impl fmt::Debug for AimClientBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AimClientBuilder")
            .field("credentials", &self.credentials)
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

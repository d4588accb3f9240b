//! Builds a client.

use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "gzip")]
use reqwest::header::ACCEPT_ENCODING;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{ClientBuilder, Proxy, Url};
use tokio::sync::Semaphore;

use crate::call::credentials::Credentials;
use crate::call::error::Error;
use crate::call::journal::Journal;
use crate::call::limits::{Limits, TOTAL_TIME};
use crate::call::observe::Observer;
use crate::call::options::Session;
use crate::call::retry::Retry;
use crate::call::runtime::{Runtime, System};
use crate::call::shared::Shared;
use crate::client::aim_client::AimClient;
use crate::client::{base_url, merchant};
use crate::generated::operations;
use crate::operation::Operation;
use crate::types::{BaseResponseResult, GetEndPointRequest};
use crate::value::blank::is_blank;
use crate::value::words::{self, OwnWords};

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
    allowed_hosts: Vec<String>,
    password_in_url: bool,
    credentials: Option<Credentials>,
    limits: Limits,
    timeout: Duration,
    retry: Retry,
    proxy: Option<String>,
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    root_certificates: Vec<Vec<u8>>,
    /// For the vendor's central host, until it was asked.
    central: Option<ClientBuilder>,
    pooled: ClientBuilder,
    unpooled: ClientBuilder,
    reuse_connections_for_bookings: bool,
    words: OwnWords,
    runtime: Arc<dyn Runtime>,
    observer: Option<Arc<dyn Observer>>,
    journal: Option<Arc<dyn Journal>>,
}

impl AimClient {
    /// Starts building a client.
    pub fn builder() -> AimClientBuilder {
        let http =
            || ClientBuilder::new().user_agent(concat!("aim-client/", env!("CARGO_PKG_VERSION")));
        AimClientBuilder {
            base_url: base_url::DEFAULT.to_owned(),
            allow_http: false,
            allowed_hosts: Vec::new(),
            password_in_url: false,
            credentials: None,
            limits: Limits::default(),
            timeout: TOTAL_TIME,
            retry: Retry::new(),
            proxy: None,
            #[cfg(any(feature = "rustls", feature = "native-tls"))]
            root_certificates: Vec::new(),
            central: Some(http()),
            pooled: http(),
            unpooled: http(),
            reuse_connections_for_bookings: false,
            words: OwnWords::default(),
            runtime: Arc::new(System),
            observer: None,
            journal: None,
        }
    }

    /// Asks the vendor's central host for the merchant's address, and gives a
    /// builder that has it: [`AimClientBuilder::discover`] with no other setting.
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// ```no_run
    /// # async fn f() -> Result<(), aim_client::Error> {
    /// use aim_client::{AimClient, Credentials};
    ///
    /// let credentials = Credentials::new("api-key", "app-id");
    /// let client = AimClient::discover(credentials).await?.build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn discover(credentials: Credentials) -> Result<AimClientBuilder, Error> {
        Self::builder().credentials(credentials).discover().await
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

    /// Lets [`discover`](Self::discover) give this host as the merchant's, besides
    /// those below `active-e.net`: its name or IP address, alone and on any port.
    /// A host of this machine (`localhost`, `127.0.0.1`) may then be plain http,
    /// as a test server is; no other may, also with [`allow_http`](Self::allow_http).
    pub fn allow_host(mut self, host: impl Into<String>) -> Self {
        self.allowed_hosts.push(host.into());
        self
    }

    /// Sends the password of a login **in the URL** (`false`), for a merchant's
    /// host that does not read it from the body.
    ///
    /// By default a password is never part of a URL: web servers, proxies and
    /// firewalls log URLs, where the password outlives every session and is read
    /// by people who must not have it. The vendor's kind of server reads the body
    /// just as well (`login/body-documented-names` in the recordings). Nothing of
    /// this crate shows the URL; what others on the way do with it is out of reach.
    pub fn danger_send_password_in_url(mut self, send: bool) -> Self {
        self.password_in_url = send;
        self
    }

    /// Sets the credentials, which are required.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Sets how long a connection may take to be made (10 seconds).
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.limits.connect_time = timeout;
        self
    }

    /// Sets for how long nothing may arrive (60 seconds): from the start of an
    /// attempt to the head of its answer, and between any two pieces of it.
    /// Sending counts: for voice recordings over a line of less than 1 Mbit/s
    /// raise this and [`timeout`](Self::timeout).
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.limits.read_time = timeout;
        self
    }

    /// Sets how long a call may take in all (100 seconds): every attempt, what
    /// is between them, and waiting for others. See
    /// [`read_timeout`](Self::read_timeout) for slow lines.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how large the body of an answer may be, decompressed (4 MiB).
    pub fn max_answer_bytes(mut self, bytes: usize) -> Self {
        self.limits.answer_bytes = bytes;
        self
    }

    /// Sets how many items of lists and unknown members an answer may have
    /// together (50,000): each takes many times the memory or the time of its few
    /// bytes.
    pub fn max_answer_items(mut self, items: usize) -> Self {
        self.limits.answer_items = items;
        self
    }

    /// Sets how large the headers of an answer may be (64 KiB). There are
    /// fixed limits besides: of hyper, 100 headers over HTTP/1, in about 400
    /// KiB; and 512 KiB over HTTP/2, or this limit if it is larger, beyond
    /// which the connection counts as broken.
    pub fn max_header_bytes(mut self, bytes: u32) -> Self {
        self.limits.header_bytes = bytes;
        self
    }

    /// Sets the largest body of a request, in bytes of JSON as it is sent
    /// (4,194,304: what the vendor's kind of server takes unless it is told
    /// otherwise). A larger one is refused before it is sent.
    pub fn max_request_body(mut self, bytes: usize) -> Self {
        self.limits.request_bytes = bytes;
        self
    }

    /// Lets an error keep what was received, with so many bytes of the body: see
    /// [`Error::received`]. By default nothing is kept, since it may hold names,
    /// addresses and card tokens.
    pub fn keep_received(mut self, bytes: usize) -> Self {
        self.limits.received_bytes = Some(bytes);
        self
    }

    /// Sets how many requests of this client and its clones may be in flight
    /// at once (64); others wait, in their order.
    pub fn max_in_flight(mut self, requests: usize) -> Self {
        self.limits.in_flight = requests;
        self
    }

    /// Sets how calls are repeated; [`Retry::never`] switches it off. Whether
    /// one may be repeated is declared in the document: see [`Retry`].
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Sends every request through a proxy, such as
    /// `http://user:password@proxy.example:3128`. Without this there is none:
    /// what the environment says is ignored.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// Trusts the certificates of a PEM file, too: for a server behind a
    /// certificate authority of your own. Others stay trusted, and
    /// certificates stay checked.
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(pem.into());
        self
    }

    /// Sets what is notified of each attempt.
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Sets what keeps bookings.
    pub fn journal(mut self, journal: impl Journal) -> Self {
        self.journal = Some(Arc::new(journal));
        self
    }

    /// Sets where time and chance come from, for tests.
    pub fn runtime(mut self, runtime: impl Runtime) -> Self {
        self.runtime = Arc::new(runtime);
        self
    }

    /// Lets bookings reuse connections (`false`). Each booking then saves the
    /// handshakes of TCP and TLS, and two things can go wrong:
    ///
    /// - a faulty proxy or server that sends the answer to an earlier request
    ///   late, or twice, makes a booking that was applied look rejected, or one
    ///   that was not look applied;
    /// - a server that closes an idle connection at the moment when a booking is
    ///   sent leaves its outcome unknown.
    ///
    /// By default each booking has a connection of its own, over HTTP/2, too. It
    /// ends at the first server or proxy: what that one reuses behind itself is
    /// out of reach. Reads reuse connections in any case, until one is repeated.
    pub fn reuse_connections_for_bookings(mut self, reuse: bool) -> Self {
        self.reuse_connections_for_bookings = reuse;
        self
    }

    /// Sets anything else of the HTTP clients, such as a user agent. There are
    /// three, one with a pool of connections, one without, and one for
    /// [`discover`](Self::discover), and `configure` is called for each: what
    /// they are to share, such as a cookie store, it clones into all.
    ///
    /// Our own settings are applied afterwards and stay: redirects are not
    /// followed (they would carry the keys to another host), reqwest repeats
    /// nothing (it would book twice), TLS certificates are checked, traffic and
    /// session keys are not logged, there is no proxy but
    /// [`proxy`](Self::proxy), answers are compressed only by the feature `gzip`, and bookings have no pool of connections
    /// ([`reuse_connections_for_bookings`](Self::reuse_connections_for_bookings)).
    ///
    /// Some settings cannot be overridden, and you are responsible for them: a
    /// TLS configuration of your own (`tls_backend_preconfigured`) brings its own
    /// checks and roots; TLS that another crate switches on in reqwest, without
    /// this crate's `rustls` or `native-tls`, is not checked here; and default
    /// headers that change what a request means (`X-HTTP-Method-Override`,
    /// `Content-Encoding`, `Range`) go out with every booking. For time, use [`timeout`](Self::timeout) and its neighbours.
    pub fn http(mut self, configure: impl Fn(ClientBuilder) -> ClientBuilder) -> Self {
        self.central = self.central.map(&configure);
        self.pooled = configure(self.pooled);
        self.unpooled = configure(self.unpooled);
        self
    }

    /// Adds words of a merchant's system to those by which the document knows
    /// whether an in-band status is good or a failure: `good` ones in any member,
    /// `failure` ones in `StatusCode`. Case does not count.
    ///
    /// The vendor documents no values. Where a system has words of its own, its
    /// answers are [unclear](crate::troubleshooting#unclear_status) until they
    /// are added here.
    ///
    /// ```
    /// # use aim_client::AimClient;
    /// let builder = AimClient::builder().status_words(["Posted"], ["NOK", "Denied"]);
    /// ```
    pub fn status_words<G: Into<String>, F: Into<String>>(
        mut self,
        good: impl IntoIterator<Item = G>,
        failure: impl IntoIterator<Item = F>,
    ) -> Self {
        self.words.good.extend(good.into_iter().map(Into::into));
        self.words
            .failure
            .extend(failure.into_iter().map(Into::into));
        self
    }

    /// Adds words by which a merchant's system says, in any member of `Status`,
    /// that the login has ended, besides status 401: for
    /// [`Login::log_in_again`](crate::Login::log_in_again). A word is the whole value
    /// of the member, such as `Token has ended: log in again`; case does not count.
    /// Take none that stands for other failures too (`Error`): each of those would
    /// be a login.
    pub fn session_ended_words<W: Into<String>>(
        mut self,
        ended: impl IntoIterator<Item = W>,
    ) -> Self {
        self.words.ended.extend(ended.into_iter().map(Into::into));
        self
    }

    /// Asks the vendor's central host for the merchant's own address and its
    /// `OAuthToken`, and sets both: what [`build`](Self::build) gives then is the
    /// merchant's client. Everything else that is set is used for both hosts.
    ///
    /// [`base_url`](Self::base_url) is the central host, and by default the
    /// vendor's. It gets ApiKey and AppId, and no token.
    ///
    /// The address comes from a server, and the credentials go there next. It
    /// must be https and a host below `active-e.net`, on any port, or a host that
    /// [`allow_host`](Self::allow_host) names; the certificate is checked as ever.
    ///
    /// # Errors
    ///
    /// Those of [`build`](Self::build) and of any call, and
    /// [`UnusableAnswer`](crate::ErrorKind::UnusableAnswer) for any other address,
    /// with its host; no credential was sent there.
    ///
    /// Source: the operation `GetEndPoint` of the document, known from public
    /// callers. They append `/api` to `NewEndpointDomain`, which is why this does
    /// so, too; `NewEndpoint` is only compared with it.
    ///
    /// ```no_run
    /// # async fn f() -> Result<(), aim_client::Error> {
    /// use aim_client::{AimClient, Credentials};
    ///
    /// let client = AimClient::builder()
    ///     .credentials(Credentials::new("api-key", "app-id"))
    ///     .allow_host("aim.shop.example")
    ///     .discover()
    ///     .await?
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn discover(mut self) -> Result<Self, Error> {
        let http = self.central.take().ok_or_else(|| {
            Error::refused(
                None,
                "this builder has the merchant's address already; call `build`",
            )
        })?;
        let allowed = self.allowed_hosts.iter();
        let allowed: Vec<_> = allowed
            .map(|host| merchant::allowed_host(host))
            .collect::<Result<_, _>>()
            .map_err(|reason| Error::refused(None, reason))?;
        let settings = self.settings()?;
        let credentials = self.known_credentials()?.without_tokens();
        let http = settings.http(without_pool(http))?;
        let central = self.client(settings, &credentials, http.clone(), http)?;
        let answer = central.get_end_point(&GetEndPointRequest::new()).await?;
        let domain = words::text(answer.new_endpoint_domain.as_ref());
        let endpoint = words::text(answer.new_endpoint.as_ref());
        self.base_url = match merchant::address(domain, endpoint, &allowed) {
            Ok(address) => address,
            Err(reason) => return Err(answer.into_unusable(&operations::GET_END_POINT, reason)),
        };
        let token = words::text(answer.oauth_token.as_ref());
        if !is_blank(token) {
            self.credentials = self.credentials.map(|known| known.oauth_token(token));
        }
        Ok(self)
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// No credentials, one that cannot be a header, an address that cannot be
    /// used, or settings that the HTTP client refuses.
    ///
    /// # Panics
    ///
    /// Only in a program that is built with `panic = "abort"` and with reqwest's
    /// `rustls-no-provider`, if no crypto provider is installed: reqwest panics
    /// then. Where panics unwind, that is an error.
    pub fn build(mut self) -> Result<AimClient, Error> {
        let settings = self.settings()?;
        let credentials = self.known_credentials()?.clone();
        let pooled = settings.http(mem::take(&mut self.pooled))?;
        let unpooled = if self.reuse_connections_for_bookings {
            pooled.clone()
        } else {
            settings.http(without_pool(mem::take(&mut self.unpooled)))?
        };
        self.client(settings, &credentials, pooled, unpooled)
    }

    fn known_credentials(&self) -> Result<&Credentials, Error> {
        let credentials = self.credentials.as_ref();
        credentials.ok_or_else(|| {
            Error::refused(None, "credentials are missing; set them with `credentials`")
        })
    }

    /// What has to be checked once for all HTTP clients.
    fn settings(&self) -> Result<Settings, Error> {
        let base_url = base_url::normalize(&self.base_url, self.allow_http).map_err(|reason| {
            Error::refused(None, format!("the base url is unusable: {reason}"))
        })?;
        if self.limits.in_flight == 0 || self.limits.in_flight > Semaphore::MAX_PERMITS {
            let reason = "`max_in_flight` is 0 or beyond what can be counted; set it to a number of requests, such as 64";
            return Err(Error::refused(None, reason));
        }
        if let Some(word) = self.words.contradiction(&BaseResponseResult::new().words()) {
            let reason = format!(
                "`status_words` has `{word}` both as good and as a failure; leave it out of one"
            );
            return Err(Error::refused(None, reason));
        }
        let mut limits = self.limits;
        // A connection that takes too long is known not to have sent anything;
        // the other time-outs are not.
        limits.connect_time = limits.connect_time.min(limits.read_time).min(self.timeout);
        // The text of the errors would hold the password.
        let proxy = match &self.proxy {
            None => None,
            Some(proxy) => {
                let unusable = || {
                    Error::refused(
                        None,
                        "the url of the proxy is unusable; write for example http://user:password@proxy.example:3128",
                    )
                };
                let is_near = Url::parse(proxy)
                    .map_err(|_| unusable())?
                    .host_str()
                    .is_some_and(base_url::is_loopback);
                if base_url.starts_with("http:") && !is_near && !self.allow_http {
                    let reason = "the base url is plain http, and the proxy is another host; use https, or allow_http for a network that you trust";
                    return Err(Error::refused(None, reason));
                }
                Some(Proxy::all(proxy).map_err(|_| unusable())?)
            }
        };
        #[cfg(any(feature = "rustls", feature = "native-tls"))]
        let mut roots = Vec::new();
        #[cfg(any(feature = "rustls", feature = "native-tls"))]
        for pem in &self.root_certificates {
            let found = reqwest::Certificate::from_pem_bundle(pem).unwrap_or_default();
            if found.is_empty() {
                let reason = "a root certificate is not PEM text with a certificate in it";
                return Err(Error::refused(None, reason));
            }
            roots.extend(found);
        }
        Ok(Settings {
            base_url,
            limits,
            proxy,
            #[cfg(any(feature = "rustls", feature = "native-tls"))]
            roots,
        })
    }

    /// The client of one host.
    fn client(
        &self,
        settings: Settings,
        credentials: &Credentials,
        pooled: reqwest::Client,
        unpooled: reqwest::Client,
    ) -> Result<AimClient, Error> {
        let mut headers = credentials
            .headers()
            .map_err(|reason| Error::refused(None, reason))?;
        // Without this the server answers an HTML page with status 200.
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        // With any other type the server ignores the body and runs the
        // operation with an empty request.
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        #[cfg(feature = "gzip")]
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        let Settings {
            base_url, limits, ..
        } = settings;
        let operations = Operation::all().iter();
        let urls = operations
            .map(|found| {
                Some((
                    found.path(),
                    Url::parse(&format!("{base_url}{}", found.path())).ok()?,
                ))
            })
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| Error::refused(None, "no path can be appended to the base url"))?;
        let url = urls.first().map(|(_, url)| url);
        Ok(AimClient {
            shared: Arc::new(Shared {
                pooled,
                unpooled,
                host: url.and_then(Url::host_str).unwrap_or_default().to_owned(),
                port: url.and_then(Url::port_or_known_default),
                base_url,
                urls,
                limits,
                in_flight: Semaphore::new(limits.in_flight),
                words: self.words.clone(),
                password_in_url: self.password_in_url,
                runtime: Arc::clone(&self.runtime),
                observer: self.observer.clone(),
                journal: self.journal.clone(),
            }),
            session: Arc::new(Session::new(headers, self.timeout, self.retry)),
        })
    }
}

/// The settings of one host, checked.
struct Settings {
    base_url: String,
    limits: Limits,
    proxy: Option<Proxy>,
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    roots: Vec<reqwest::Certificate>,
}

impl Settings {
    /// Builds an HTTP client.
    fn http(&self, http: ClientBuilder) -> Result<reqwest::Client, Error> {
        // The environment's proxy would see every request. Compression is
        // ours: whatever another crate switches on in reqwest, an answer
        // that was not to be compressed is an error that says so.
        let mut http = http.no_proxy().no_gzip().no_brotli().no_deflate().no_zstd();
        if let Some(proxy) = &self.proxy {
            http = http.proxy(proxy.clone());
        }
        #[cfg(any(feature = "rustls", feature = "native-tls"))]
        if !self.roots.is_empty() {
            http = http.tls_certs_merge(self.roots.iter().cloned());
        }
        #[cfg(feature = "http2")]
        {
            // Our own limit is a named error; this one breaks the connection.
            let most = self.limits.header_bytes.max(512 << 10);
            http = http.http2_max_header_list_size(most);
        }
        let http = checked(http)
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connection_verbose(false)
            .connect_timeout(self.limits.connect_time);
        built(http)
            .map_err(|why| Error::refused(None, format!("the http client cannot be built: {why}")))
    }
}

/// Each request makes a connection, which ends with it, also over HTTP/2.
fn without_pool(http: ClientBuilder) -> ClientBuilder {
    http.pool_max_idle_per_host(0)
}

/// Builds the HTTP client, or says why it cannot be built. Without a crypto
/// provider, which only another crate's features can bring about, reqwest panics.
fn built(http: ClientBuilder) -> Result<reqwest::Client, String> {
    match catch_unwind(AssertUnwindSafe(|| http.build())) {
        Ok(built) => built.map_err(|error| why(&error)),
        Err(_) => Err(
            "the TLS library has no crypto provider; switch on the feature `rustls` or \
             `native-tls` of aim-client, or install a provider before"
                .to_owned(),
        ),
    }
}

/// The last of an error's sources, which says what is wrong.
fn why(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => why(source),
        None => error.to_string(),
    }
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn checked(http: ClientBuilder) -> ClientBuilder {
    // The other library writes no keys.
    #[cfg(feature = "rustls")]
    let http = http.tls_sslkeylogfile(false);
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
            .field("limits", &self.limits)
            .field("timeout", &self.timeout)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

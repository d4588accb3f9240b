//! The client: one method for each operation of the document.

use std::fmt;
use std::sync::Arc;

use reqwest::Url;
use tokio::sync::Semaphore;

use crate::answer::Answer;
use crate::error::Error;
use crate::generated::{for_each_method, operations, requests};
use crate::limits::Limits;
use crate::operation::Operation;
use crate::options::{CallOptions, Session};
use crate::runtime::Runtime;
use crate::types::BaseResponseResult;
use crate::{Journal, Observer, Secret, request, types};

/// Which in-band status is a failure.
pub(crate) type FailureRule = dyn Fn(&BaseResponseResult) -> bool + Send + Sync;

/// A client of AIM Web Services.
///
/// A clone is cheap and shares the connections, and so does a client with
/// other [options](Self::with). Nothing is booked twice: redirects are not
/// followed, and only what can do no harm is repeated (see
/// [`Retry`](crate::Retry)).
///
/// Every method returns `Ok` only if the answer proves that the operation
/// ran; [`Error::delivery`] says what is certain otherwise. A call whose future
/// is dropped, by `tokio::time::timeout` for one, has an unknown outcome from
/// the moment on when it was sent: prefer
/// [`CallOptions::timeout`](crate::CallOptions::timeout).
///
/// ```no_run
/// # async fn f() -> Result<(), aim_client::Error> {
/// use aim_client::types::GetContractDetailsRequest;
/// use aim_client::{AimClient, Credentials};
///
/// let client = AimClient::builder()
///     .base_url("https://10846.active-e.net:7890")
///     .credentials(Credentials::new("api-key", "app-id"))
///     .build()?;
/// let request = GetContractDetailsRequest::new().ref_("C-20117");
/// let details = client.get_contract_details(&request).await?;
/// println!("due: {:?}", details.total_due);
/// # Ok(())
/// # }
/// ```
///
/// Calls run on tokio, with its timers and its network enabled.
#[derive(Clone)]
pub struct AimClient {
    pub(crate) shared: Arc<Shared>,
    pub(crate) session: Arc<Session>,
}

/// What all clones of a client share.
pub(crate) struct Shared {
    pub(crate) http: reqwest::Client,
    pub(crate) base_url: String,
    /// The address of each operation, by its path: parsing is dear.
    pub(crate) urls: Vec<(&'static str, Url)>,
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
    pub(crate) limits: Limits,
    pub(crate) in_flight: Semaphore,
    pub(crate) is_failure: Arc<FailureRule>,
    pub(crate) runtime: Arc<dyn Runtime>,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) journal: Option<Arc<dyn Journal>>,
}

impl AimClient {
    /// The same client with other options, for one call or for a user's
    /// session. Cheap: connections and limits stay shared.
    ///
    /// Options that cannot be used are reported by the call, as not sent.
    #[must_use]
    pub fn with(&self, options: CallOptions) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            session: Arc::new(self.session.with(options)),
        }
    }

    /// The same client with another login token: one for each user's session.
    #[must_use]
    pub fn with_token(&self, token: impl Into<Secret>) -> Self {
        self.with(CallOptions::new().token(token))
    }

    /// The address of an operation.
    fn url(&self, operation: &'static Operation) -> Result<Url, Error> {
        let mut urls = self.shared.urls.iter();
        urls.find(|(path, _)| *path == operation.path())
            .map(|(_, url)| url.clone())
            .ok_or_else(|| Error::refused(Some(operation), "it has no address"))
    }
}

macro_rules! methods {
    ($(
        $(#[$attribute:meta])*
        $name:ident($request:ident) -> $answer:ident, $operation:ident, $carrier:ident;
    )*) => {
        impl AimClient {$(
            $(#[$attribute])*
            pub async fn $name(
                &self,
                request: &types::$request,
            ) -> Result<Answer<types::$answer>, Error> {
                let operation = &operations::$operation;
                let write = || {
                    let input = request::$carrier(operation, request)?;
                    let url = self.url(operation)?;
                    let request = requests::$name(&self.shared.http, url, &input);
                    request::checked(operation, request, self.shared.limits.request_bytes)
                };
                self.call(operation, write).await
            }
        )*}
    };
}
for_each_method!(methods);

impl fmt::Debug for AimClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AimClient")
            .field("base_url", &self.shared.base_url)
            .finish_non_exhaustive()
    }
}

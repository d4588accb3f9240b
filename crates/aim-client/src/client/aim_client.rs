//! The client: one method for each operation of the document.

use std::fmt;
use std::sync::Arc;

use crate::call::answer::Answer;
use crate::call::error::Error;
use crate::call::options::{CallOptions, Session};
use crate::call::request;
use crate::call::send::Call;
use crate::call::shared::Shared;
use crate::generated::methods::for_each_method;
use crate::generated::{operations, requests};
use crate::types;
use crate::value::secret::Secret;

/// A client of AIM Web Services.
///
/// A clone is cheap and shares the connections, and so does a client with
/// other [options](Self::with). Nothing is booked twice: redirects are not
/// followed, and only what can do no harm is repeated (see
/// [`Retry`](crate::Retry)).
///
/// [`sign_in`](crate::sign_in) leads from an API key to the client of a user.
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
/// let request = GetContractDetailsRequest::new().ref_("R-104233");
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
                    let url = self.shared.url(operation)?;
                    let request = requests::$name(&self.shared.pooled, url, &input);
                    request::checked(operation, request, self.shared.limits.request_bytes)
                };
                let call = Call {
                    shared: &self.shared,
                    session: &self.session,
                    operation,
                };
                call.make(write).await
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

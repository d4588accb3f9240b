//! The client for programs without `async` (feature `blocking`).
//!
//! ```no_run
//! # fn main() -> Result<(), aim_client::Error> {
//! use aim_client::types::GetContractDetailsRequest;
//! use aim_client::{AimClient, Credentials};
//!
//! let client = AimClient::builder()
//!     .credentials(Credentials::new("api-key", "app-id"))
//!     .build_blocking()?;
//! let request = GetContractDetailsRequest::new().ref_("R-104233");
//! let details = client.get_contract_details(&request)?;
//! # Ok(())
//! # }
//! ```

use std::future::Future;
use std::sync::{Arc, mpsc};
use std::thread;
use std::{fmt, io};

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use crate::call::answer::Answer;
use crate::call::error::Error;
use crate::call::options::CallOptions;
use crate::call::trace;
use crate::client::builder::AimClientBuilder;
use crate::client::check::{CheckError, Checked};
use crate::client::login::{LoggedIn, Login};
use crate::client::lookup::FulfillmentLookup;
use crate::generated::methods::for_each_method;
use crate::types;
use crate::value::secret::Secret;

/// [`AimClient`](crate::AimClient), with methods that block.
///
/// One background thread, which all clones share, does the work; several
/// threads may call at the same time. In async code it blocks the thread that
/// it is called on: use the async client there, or
/// `tokio::task::spawn_blocking`.
#[derive(Clone)]
pub struct AimClient {
    client: crate::AimClient,
    worker: Arc<Worker>,
}

impl AimClientBuilder {
    /// Builds a client whose methods block.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build), or if no thread can be started.
    pub fn build_blocking(self) -> Result<AimClient, Error> {
        let client = self.build()?;
        Ok(AimClient {
            client,
            worker: Arc::new(started()?),
        })
    }

    /// Asks for the merchant's address, and blocks: see
    /// [`discover`](Self::discover).
    ///
    /// # Errors
    ///
    /// As there, or if no thread can be started.
    ///
    /// ```no_run
    /// # fn f() -> Result<(), aim_client::Error> {
    /// use aim_client::{AimClient, Credentials, Login};
    ///
    /// let client = AimClient::builder()
    ///     .credentials(Credentials::new("api-key", "app-id"))
    ///     .discover_blocking()?
    ///     .build_blocking()?;
    /// let user = client.log_in(Login::new("jordan@example.com", "password"))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn discover_blocking(self) -> Result<Self, Error> {
        let discovered = started()?.wait_for(self.discover());
        discovered.unwrap_or_else(|| Err(broken()))
    }
}

fn started() -> Result<Worker, Error> {
    Worker::start().map_err(|error| {
        Error::refused(None, format!("no thread can be started: {}", error.kind()))
    })
}

impl AimClient {
    /// The same client with other options; see
    /// [`AimClient::with`](crate::AimClient::with).
    #[must_use]
    pub fn with(&self, options: CallOptions) -> Self {
        Self {
            client: self.client.with(options),
            worker: Arc::clone(&self.worker),
        }
    }

    /// The same client with another login token.
    #[must_use]
    pub fn with_token(&self, token: impl Into<Secret>) -> Self {
        self.with(CallOptions::new().token(token))
    }

    /// Logs a user in; see [`AimClient::log_in`](crate::AimClient::log_in).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn log_in(&self, login: Login) -> Result<LoggedIn<Self>, Error> {
        let client = self.client.clone();
        let logged_in = self
            .worker
            .wait_for(async move { client.log_in(login).await })
            .unwrap_or_else(|| Err(broken()))?;
        Ok(LoggedIn {
            client: Self {
                client: logged_in.client,
                worker: Arc::clone(&self.worker),
            },
            answer: logged_in.answer,
        })
    }

    /// Looks up the outcome of a fulfillment; see
    /// [`AimClient::look_up_fulfillment`](crate::AimClient::look_up_fulfillment).
    #[must_use]
    pub fn look_up_fulfillment(&self, reference: &str) -> FulfillmentLookup {
        let (client, reference) = (self.client.clone(), reference.to_owned());
        self.worker
            .wait_for(async move { client.look_up_fulfillment(&reference).await })
            .unwrap_or_else(|| FulfillmentLookup::Unsure(broken()))
    }

    /// Tells whether base URL, TLS and credentials are right; see
    /// [`AimClient::check`](crate::AimClient::check).
    ///
    /// # Errors
    ///
    /// What is wrong, and how to fix it.
    pub fn check(&self) -> Result<Checked, CheckError> {
        let client = self.client.clone();
        self.worker
            .wait_for(async move { client.check().await })
            .unwrap_or_else(|| Err(CheckError::Unsure(broken())))
    }
}

macro_rules! methods {
    ($(
        $(#[$attribute:meta])*
        $name:ident($request:ident) -> $answer:ident, $operation:ident, $carrier:ident;
    )*) => {
        #[allow(deprecated, reason = "a deprecated operation has its own method")]
        impl AimClient {$(
            $(#[$attribute])*
            pub fn $name(
                &self,
                request: &types::$request,
            ) -> Result<Answer<types::$answer>, Error> {
                let (client, request) = (self.client.clone(), request.clone());
                self.worker
                    .wait_for(async move { client.$name(&request).await })
                    .unwrap_or_else(|| Err(broken()))
            }
        )*}
    };
}
for_each_method!(methods);

/// The error of a call that panicked. Only a user's hook can panic, and how far
/// the call came is unknown.
fn broken() -> Error {
    Error::panicked()
}

impl fmt::Debug for AimClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.client.fmt(formatter)
    }
}

/// A thread that runs futures.
struct Worker {
    handle: Handle,
    /// Dropped with the last client, which ends the thread.
    _stop: oneshot::Sender<()>,
}

impl Worker {
    fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        // The thread drops the runtime: dropping it in async code would panic.
        thread::Builder::new()
            .name("aim-client".to_owned())
            .spawn(move || {
                let _ = runtime.block_on(stopped);
            })?;
        Ok(Self {
            handle,
            _stop: stop,
        })
    }

    /// Waits for the future's result; returns `None` if it panicked.
    fn wait_for<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let (sender, receiver) = mpsc::sync_channel(1);
        let work = trace::carried_along(work);
        self.handle.spawn(async move {
            // The receiver waits below, so this cannot fail.
            let _ = sender.send(work.await);
        });
        receiver.recv().ok()
    }
}

//! The state that all calls of a client share.

use std::sync::Arc;

use reqwest::Url;
use tokio::sync::Semaphore;

use crate::call::error::Error;
use crate::call::journal::Journal;
use crate::call::limits::Limits;
use crate::call::observe::Observer;
use crate::call::runtime::Runtime;
use crate::operation::{Effect, Operation};
use crate::value::words::OwnWords;

/// The state that all clones of a client share.
pub(crate) struct Shared {
    /// Reuses connections.
    pub(crate) pooled: reqwest::Client,
    /// Makes a connection for each request, unless bookings are to reuse them.
    pub(crate) unpooled: reqwest::Client,
    pub(crate) base_url: String,
    /// The address of each operation, by its path: parsed once, since parsing
    /// is expensive.
    pub(crate) urls: Vec<(&'static str, Url)>,
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
    pub(crate) limits: Limits,
    pub(crate) in_flight: Semaphore,
    pub(crate) words: OwnWords,
    /// Whether a login goes into the query.
    pub(crate) password_in_url: bool,
    pub(crate) runtime: Arc<dyn Runtime>,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) journal: Option<Arc<dyn Journal>>,
}

impl Shared {
    /// What sends an attempt: a booking, and what is repeated, on a connection of
    /// its own. What broke one of the pool may have broken others.
    pub(crate) fn http(&self, operation: &Operation, attempt: u32) -> &reqwest::Client {
        match operation.effect() {
            Effect::ReadOnly if attempt == 1 => &self.pooled,
            Effect::ReadOnly | Effect::Session | Effect::Books => &self.unpooled,
        }
    }

    /// The address of an operation.
    pub(crate) fn url(&self, operation: &'static Operation) -> Result<Url, Error> {
        let mut urls = self.urls.iter();
        urls.find(|(path, _)| *path == operation.path())
            .map(|(_, url)| url.clone())
            .ok_or_else(|| Error::refused(Some(operation), "it has no address"))
    }
}

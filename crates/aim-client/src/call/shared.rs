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
    pub(crate) http: reqwest::Client,
    /// Makes a connection for each booking, unless it is told to reuse them.
    pub(crate) bookings: reqwest::Client,
    pub(crate) base_url: String,
    /// The address of each operation, by its path: parsed once, since parsing
    /// is expensive.
    pub(crate) urls: Vec<(&'static str, Url)>,
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
    pub(crate) limits: Limits,
    pub(crate) in_flight: Semaphore,
    pub(crate) words: OwnWords,
    pub(crate) runtime: Arc<dyn Runtime>,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) journal: Option<Arc<dyn Journal>>,
}

impl Shared {
    /// What sends the requests of an operation.
    pub(crate) fn http(&self, operation: &Operation) -> &reqwest::Client {
        match operation.effect() {
            Effect::ReadOnly => &self.http,
            Effect::Books => &self.bookings,
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

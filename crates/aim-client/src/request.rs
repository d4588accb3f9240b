//! Builds a request: progenitor's client writes it, and nothing is sent here.
//!
//! Sending is ours (`send.rs`), since whether a call may be repeated depends
//! on what its answer holds.

use std::fmt;
use std::future::Future;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use progenitor_client::{ByteStream, ClientHooks, Error as Stopped, OperationInfo, ResponseValue};
use reqwest::{Method, Request, Url};
use serde::Serialize;

use crate::check::{self, Check};
use crate::error::Error;
use crate::generated::client::Client;
use crate::jsv;
use crate::operation::Operation;
use crate::query::Query;

/// What progenitor's client has from the facade: the address of the operation,
/// and a place for the request that it has built.
#[derive(Clone)]
pub(crate) struct Slot {
    url: Url,
    built: Arc<Mutex<Option<Request>>>,
}

impl Slot {
    pub(crate) fn new(url: Url) -> Self {
        let built = Arc::default();
        Self { url, built }
    }

    /// The generated code asks for it.
    pub(crate) fn url(&self) -> Url {
        self.url.clone()
    }
}

/// A request's URL and headers may hold anything.
impl fmt::Debug for Slot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Slot")
    }
}

/// Takes every request out before it is sent.
impl ClientHooks<Slot> for Client {
    async fn pre<E>(&self, request: &mut Request, _: &OperationInfo) -> Result<(), Stopped<E>> {
        let rest = Request::new(Method::GET, self.inner.url());
        let built = mem::replace(request, rest);
        let slot = self.inner.built.lock();
        *slot.unwrap_or_else(PoisonError::into_inner) = Some(built);
        Err(Stopped::Custom("built, and not sent".to_owned()))
    }
}

/// Runs a method of progenitor's client up to the point where it would send,
/// and returns the request; our headers are set with each attempt.
pub(crate) fn built(
    operation: &'static Operation,
    client: &Client,
    method: impl Future<Output = Result<ResponseValue<ByteStream>, Stopped<ByteStream>>>,
    max_body: usize,
) -> Result<Request, Error> {
    // Nothing in there waits: the hook above stops it before that.
    let _ = method.now_or_never();
    let slot = client.inner.built.lock();
    let request = slot
        .unwrap_or_else(PoisonError::into_inner)
        .take()
        .ok_or_else(|| Error::refused(Some(operation), "the request cannot be built"))?;
    check::size(&request, max_body).map_err(|reason| Error::refused(Some(operation), reason))?;
    Ok(request)
}

/// What progenitor's client takes for a POST: the request itself, checked.
pub(crate) fn body<'a, T: Check>(
    operation: &'static Operation,
    request: &'a T,
) -> Result<&'a T, Error> {
    check::request(operation, request)?;
    Ok(request)
}

/// What progenitor's client takes for a GET: the request, checked, as a query,
/// unless it holds what must not stand in a URL.
pub(crate) fn query(
    operation: &'static Operation,
    request: &(impl Check + Serialize),
) -> Result<Query, Error> {
    check::request(operation, request)?;
    let pairs = jsv::to_query_pairs(request)
        .map_err(|error| Error::refused_at(operation, error.member(), error.to_string()))?;
    let query = Query::new(pairs);
    match query.first_of(operation.kept_out_of_url) {
        None => Ok(query),
        Some(member) => Err(Error::refused_at(
            operation,
            Some(member),
            format!("{member} would stand in a url, where it is logged; send it by POST"),
        )),
    }
}

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
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, Request};
use serde::Serialize;

use crate::check::{self, Check};
use crate::error::Error;
use crate::generated::client::Client;
use crate::jsv;
use crate::operation::Operation;
use crate::query::Query;

/// Where progenitor's client puts the request that it has built.
#[derive(Clone, Default)]
pub(crate) struct Slot(Arc<Mutex<Option<Request>>>);

/// A request's URL and headers may hold anything.
impl fmt::Debug for Slot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Slot")
    }
}

/// Takes every request out before it is sent.
impl ClientHooks<Slot> for Client {
    async fn pre<E>(&self, request: &mut Request, _: &OperationInfo) -> Result<(), Stopped<E>> {
        let rest = Request::new(Method::GET, request.url().clone());
        let built = mem::replace(request, rest);
        *self.inner.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(built);
        Err(Stopped::Custom("built, and not sent".to_owned()))
    }
}

/// Runs a method of progenitor's client up to the point where it would send,
/// and returns the request with our headers.
pub(crate) fn built(
    operation: &'static Operation,
    client: &Client,
    method: impl Future<Output = Result<ResponseValue<ByteStream>, Stopped<ByteStream>>>,
    headers: &HeaderMap,
    max_body: usize,
) -> Result<Request, Error> {
    // Nothing in there waits: the hook above stops it before that.
    let _ = method.now_or_never();
    let slot = &client.inner.0;
    let mut request = slot
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take()
        .ok_or_else(|| Error::refused(Some(operation), "the request cannot be built"))?;
    check::size(&request, max_body).map_err(|reason| Error::refused(Some(operation), reason))?;
    let is_post = request.method() == Method::POST;
    let sent = request.headers_mut();
    // progenitor sends the document's version; the vendor never asked for it.
    sent.remove("api-version");
    for (name, value) in headers {
        sent.insert(name, value.clone());
    }
    if is_post {
        // With any other type the server ignores the body and runs the
        // operation with an empty request.
        sent.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
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

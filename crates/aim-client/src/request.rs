//! Builds a request: the generated functions write it, and nothing is sent here.
//!
//! What goes in is checked before, what comes out after.

use reqwest::Request;
use serde::Serialize;

use crate::check::{self, Check};
use crate::error::Error;
use crate::jsv;
use crate::operation::Operation;
use crate::query::Query;

/// A request as the generated code has written it, if it may be sent. Headers
/// are set with each attempt.
pub(crate) fn checked(
    operation: &'static Operation,
    request: reqwest::Result<Request>,
    max_body: usize,
) -> Result<Request, Error> {
    // What reqwest says could hold the body.
    let request = request.map_err(|_| Error::refused(Some(operation), "it cannot be written"))?;
    check::size(&request, max_body).map_err(|reason| Error::refused(Some(operation), reason))?;
    Ok(request)
}

/// What a POST carries: the request itself, checked.
pub(crate) fn body<'a, T: Check>(
    operation: &'static Operation,
    request: &'a T,
) -> Result<&'a T, Error> {
    check::request(operation, request)?;
    Ok(request)
}

/// What a GET carries: the request, checked, as a query, unless it holds what
/// must not stand in a URL.
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

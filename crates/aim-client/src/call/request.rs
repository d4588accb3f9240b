//! Builds a request: the generated functions write it, and nothing is sent here.
//!
//! What goes in is checked before, what comes out after.

use reqwest::{Body, Request};
use serde::Serialize;

use crate::call::error::Error;
use crate::call::limits::MAX_QUERY;
use crate::codec::check::{Check, Place, Refusal};
use crate::codec::jsv;
use crate::codec::query::Query;
use crate::operation::Operation;

/// A request as the generated code has written it, if it may be sent. Headers
/// are set with each attempt.
pub(crate) fn checked(
    operation: &'static Operation,
    request: reqwest::Result<Request>,
    max_body: usize,
) -> Result<Request, Error> {
    // What reqwest says could hold the body.
    let request = request.map_err(|_| Error::refused(Some(operation), "it cannot be written"))?;
    size(&request, max_body).map_err(|reason| Error::refused(Some(operation), reason))?;
    let body = request.body().and_then(Body::as_bytes);
    let is_all = |list: &&&str| Some(format!("{{\"{list}\":[]}}").as_bytes()) == body;
    match operation.items.iter().find(is_all) {
        None => Ok(request),
        Some(list) => Err(Error::refused_at(
            operation,
            Some(list),
            format!(
                "`{list}` is empty and there is nothing else: leave it out, or name what to do"
            ),
        )),
    }
}

/// What a POST carries: the request itself, checked.
pub(crate) fn body<'a, T: Check>(
    operation: &'static Operation,
    request: &'a T,
) -> Result<&'a T, Error> {
    check(operation, request)?;
    Ok(request)
}

/// What a GET carries: the request, checked, as a query, unless it holds what
/// must not stand in a URL.
pub(crate) fn query(
    operation: &'static Operation,
    request: &(impl Check + Serialize),
) -> Result<Query, Error> {
    check(operation, request)?;
    let query = unguarded_query(operation, request)?;
    match query.first_of(operation.forbidden_in_url) {
        None => Ok(query),
        Some(member) => Err(Error::refused_at(
            operation,
            Some(member),
            format!("{member} would stand in a url, where it is logged; send it by POST"),
        )),
    }
}

/// The same unchecked, and with whatever it holds.
pub(crate) fn unguarded_query(
    operation: &'static Operation,
    request: &impl Serialize,
) -> Result<Query, Error> {
    let pairs = jsv::to_query_pairs(request)
        .map_err(|error| Error::refused_at(operation, error.member(), error.to_string()))?;
    Ok(Query::new(pairs))
}

/// Checks a request against all rules that concern its members.
///
/// # Errors
///
/// The first member that must not be sent, as an error of the call.
pub(crate) fn check(operation: &'static Operation, request: &impl Check) -> Result<(), Error> {
    let checked = request.check(&Place::REQUEST);
    checked.map_err(|Refusal { member, reason }| {
        let reason = format!("`{member}` {reason}");
        Error::refused_at(operation, Some(&member), reason)
    })
}

/// Checks the size of a request as it is sent.
///
/// # Errors
///
/// A sentence with the size and the limit.
fn size(request: &Request, max_body: usize) -> Result<(), String> {
    let body = request
        .body()
        .and_then(Body::as_bytes)
        .map_or(0, <[u8]>::len);
    if body > max_body {
        return Err(format!(
            "the body has {body} bytes and the limit is {max_body}, beyond which hosts refuse it; \
             send less, or raise `max_request_body` if the merchant's host takes more"
        ));
    }
    // Percent-encoded, so that bytes are characters.
    let query = request.url().query().map_or(0, str::len);
    if query > MAX_QUERY {
        return Err(format!(
            "the query has {query} characters and the limit is {MAX_QUERY}, beyond which hosts \
             refuse it; send less, or use POST"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use reqwest::{Client, Url};

    use super::*;
    use crate::call::limits::MAX_BODY;

    #[test]
    fn sizes_are_those_of_what_is_sent() {
        let sized = |body: usize, query: usize, max_body: usize| {
            let url = format!("http://localhost/?{}", "q".repeat(query));
            let mut request = Client::new()
                .post(Url::parse(&url).unwrap())
                .build()
                .unwrap();
            *request.body_mut() = Some(vec![b'x'; body].into());
            size(&request, max_body)
        };
        assert_eq!(sized(MAX_BODY, MAX_QUERY, MAX_BODY), Ok(()));
        let error = sized(MAX_BODY + 1, 0, MAX_BODY).unwrap_err();
        assert!(
            error.contains("4194305 bytes and the limit is 4194304"),
            "{error}"
        );
        assert_eq!(sized(MAX_BODY + 1, 0, MAX_BODY + 1), Ok(()));
        let error = sized(0, MAX_QUERY + 1, MAX_BODY).unwrap_err();
        assert!(
            error.contains("2049 characters and the limit is 2048"),
            "{error}"
        );
    }
}

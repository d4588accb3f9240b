//! Leave for pages of other origins to call the fake from a browser (the
//! setting `cors_origins`). No recorded host gives it; what is sent here is what
//! the Fetch standard asks for, with the vendor's headers.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderName, HeaderValue, ORIGIN,
    VARY,
};
use hyper::{Method, Request, StatusCode};

use super::apply_fault::FaultyAnswer;
use super::connection::Behind;
use crate::engine::{Engine, IGNORED};
use crate::model::http;

/// The verbs of the vendor's paths and of the control interface.
const METHODS: HeaderValue =
    HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS");

/// What a page may read beside what every page may.
const EXPOSED: HeaderValue = HeaderValue::from_static(IGNORED);

/// Any origin; credentials of the browser's own (cookies) are never allowed, so
/// that this may be said.
const ANY: &str = "*";

/// Answers the browser's question before a request, and adds to every other
/// answer, also to one that a fault spoils, whose page may read it.
pub(super) async fn layer(
    State(engine): State<Arc<Engine>>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let origins = &engine.settings().cors_origins;
    if origins.is_empty() {
        return next.run(request).await;
    }
    let origin = request.headers().get(ORIGIN);
    let allowed = allowed(origins, origin);
    let asks = *request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = match &allowed {
        Some(_) if asks => leave(&engine),
        _ => next.run(request).await,
    };
    if let Some(allowed) = allowed {
        add(&mut response, ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        if !asks {
            add(&mut response, ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
    }
    if origins.iter().all(|origin| origin != ANY) {
        add(&mut response, VARY, HeaderValue::from_static("Origin"));
    }
    response
}

/// The origin that may read an answer.
fn allowed(origins: &[String], origin: Option<&HeaderValue>) -> Option<HeaderValue> {
    if origins.iter().any(|known| known == ANY) {
        return Some(HeaderValue::from_static(ANY));
    }
    let origin = origin?;
    let is_it = |known: &String| known.as_bytes().eq_ignore_ascii_case(origin.as_bytes());
    origins.iter().any(is_it).then(|| origin.clone())
}

/// What may be sent. The service that is meant does not see the question.
fn leave(engine: &Engine) -> Response {
    let mut names = engine.schema().headers().to_vec();
    names.extend(["Accept", "Content-Type"]);
    let mut response = StatusCode::OK.into_response();
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    // A document whose headers cannot be names of headers allows none.
    if let Ok(names) = HeaderValue::from_str(&names.join(", ")) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, names);
    }
    response
}

/// Adds a field, also to what a fault has sent in place of the answer or behind
/// it.
fn add(response: &mut Response, name: HeaderName, value: HeaderValue) {
    let own = match name {
        VARY => "Vary",
        ACCESS_CONTROL_EXPOSE_HEADERS => "Access-Control-Expose-Headers",
        _ => "Access-Control-Allow-Origin",
    };
    let text = value.to_str().unwrap_or_default().to_owned();
    let push = |to: &mut http::Response| to.push(own, text.clone());
    let extensions = response.extensions_mut();
    if let Some(faulty) = extensions.get_mut::<FaultyAnswer>() {
        push(&mut faulty.response);
        faulty.another.iter_mut().for_each(push);
    }
    if let Some(Behind(another)) = extensions.get_mut() {
        push(another);
    }
    response.headers_mut().append(name, value);
}

//! Requests that IIS and ASP.NET refuse, with an HTML page, before ServiceStack
//! gets them.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::model::http::{Request, Response};
use crate::model::settings::Settings;
use crate::wire::params;

/// The page that refuses a request, if it breaks a limit or has a refused
/// character.
#[must_use]
pub(crate) fn refusal(request: &Request, settings: &Settings) -> Option<Response> {
    let (path, query) = match request.target.split_once('?') {
        Some((path, query)) => (path, query),
        None => (request.target.as_str(), ""),
    };
    let path = percent_decode_str(path).decode_utf8_lossy();
    if path.chars().any(|c| c.is_ascii_control()) {
        return Some(page(400, "Bad Request", "Invalid URL"));
    }
    if query.len() > settings.max_query {
        let reason = "HTTP Error 404.15 - Not Found: the query string is too long.";
        return Some(page(404, "Not Found", reason));
    }
    if path
        .chars()
        .any(|c| settings.refused_path_characters.contains(c))
    {
        let reason = "A potentially dangerous Request.Path value was detected from the client.";
        return Some(page(400, "Bad Request", reason));
    }
    if settings.request_validation && is_dangerous(request, query) {
        let reason = "A potentially dangerous value was detected from the client.";
        return Some(page(500, "Internal Server Error", reason));
    }
    (request.body.len() > settings.max_body).then(|| body_refusal(settings))
}

/// The page that refuses a body that is too large.
#[must_use]
pub(crate) fn body_refusal(settings: &Settings) -> Response {
    let status = settings.max_body_http_status;
    page(status, reason(status), "Maximum request length exceeded.")
}

/// Whether a value of the query or of a form looks like markup to ASP.NET: an
/// `&#`, or a `<` before a letter, `!`, `/` or `?`.
fn is_dangerous(request: &Request, query: &str) -> bool {
    let content_type = request.header("content-type").unwrap_or_default();
    let is = |name: &str| {
        let sent = content_type.split(';').next().unwrap_or_default();
        sent.trim().eq_ignore_ascii_case(name)
    };
    let form = if is("application/x-www-form-urlencoded") {
        params::split(&request.body)
    } else if is("multipart/form-data") {
        params::split_multipart(content_type, &request.body)
    } else {
        Vec::new()
    };
    params::split(query.as_bytes())
        .iter()
        .chain(&form)
        .any(|(_, value)| {
            let mut rest = value.chars().peekable();
            while let Some(letter) = rest.next() {
                let next = rest.peek().copied().unwrap_or(' ');
                if (letter == '&' && next == '#')
                    || (letter == '<' && (next.is_ascii_alphabetic() || "!/?".contains(next)))
                {
                    return true;
                }
            }
            false
        })
}

/// A page like those of IIS and proxies, in our own words.
#[must_use]
pub(crate) fn page(status: u16, reason: &'static str, text: &str) -> Response {
    let body = format!(
        "<!DOCTYPE html>\r\n<html><head><title>{status} - {reason}</title></head>\r\n<body><h1>{reason}</h1><p>{text}</p></body></html>\r\n"
    );
    Response {
        status,
        reason: Cow::Borrowed(reason),
        headers: vec![("Content-Type".into(), "text/html".into())],
        body: body.into_bytes(),
    }
}

/// The reason phrase of a status.
#[must_use]
pub(crate) fn reason(status: u16) -> &'static str {
    hyper::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Unknown")
}

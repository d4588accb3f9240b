//! Helpers for the tests of the dialect.

use crate::model::http::Request;

/// Makes a request from its text: `VERB target`, header fields, an empty line,
/// the body. The length is added if it is missing.
pub(crate) fn request(text: &str) -> Request {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.split('\n');
    let (method, target) = lines.next().unwrap().split_once(' ').unwrap();
    let mut headers: Vec<(String, String)> = lines
        .map(|line| {
            line.split_once(": ")
                .unwrap_or((line.trim_end_matches(':'), ""))
        })
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let has_length = headers
        .iter()
        .any(|(name, _)| ["Content-Length", "Transfer-Encoding"].contains(&name.as_str()));
    if !body.is_empty() && !has_length {
        headers.push(("Content-Length".to_owned(), body.len().to_string()));
    }
    Request {
        method: method.to_owned(),
        target: target.to_owned(),
        headers,
        body: body.as_bytes().to_vec(),
    }
}

use std::collections::BTreeMap;

use aim_client::internals;
use aim_client::reqwest::Url;
use aim_fake::internals::{Reading, Style, json, jsv as server, names, object_to_json, params};
use aim_fake::{Object, Schema, Settings};

use super::head;
use crate::{replay, types};

/// Requests. The first line is the name of an operation, the rest a request of
/// JSON text, or anything.
///
/// - What the client writes as a query, the server binds to the same object as
///   what it writes as JSON, and both hold every value of the request.
/// - The server's readers read anything, as JSV, as a query and as JSON, or
///   refuse it.
pub fn jsv(data: &[u8]) {
    let (name, rest) = head(data);
    let schema = Schema::embedded();
    let named = schema
        .operation(name)
        .filter(|operation| !operation.routes.is_empty());
    let operation =
        named.unwrap_or_else(|| schema.operation(names::service::C2B_POST_CONTRACT).unwrap());
    let of = operation.request;
    let settings = Settings::default();
    let _ = server::read(rest, of, &Reading::new(&settings));
    let _ = json::read(rest, of, &Reading::new(&settings));
    let _ = params::bind(
        &mut Object::new(of),
        &params::split(rest),
        &Reading::new(&settings),
    );

    let Ok(text) = std::str::from_utf8(rest) else {
        return;
    };
    // None: the type cannot hold it; an error: the client does not send it.
    let Some(Ok(pairs)) = internals::query(operation.name, text) else {
        return;
    };
    let body = types::rewritten(of.name, text).unwrap();
    let by_json = json::read(body.as_bytes(), of, &Reading::new(&settings)).unwrap();

    let mut url = Url::parse("http://127.0.0.1").unwrap();
    url.query_pairs_mut().extend_pairs(&pairs);
    let received = params::split(url.query().unwrap_or_default().as_bytes());
    assert_eq!(received, pairs, "{url}");
    let mut by_query = Object::new(of);
    let bound = params::bind(&mut by_query, &received, &Reading::new(&settings));
    assert!(bound.is_ok(), "{body} as {pairs:?}: {bound:?}");
    // Two objects whose values are the same may differ in nothing.
    assert_eq!(
        object_to_json(&by_query, false),
        object_to_json(&by_json, false),
        "{body} as {pairs:?}"
    );

    let written = json::write(&by_json, &Style::new(&settings)).unwrap();
    let written = types::rewritten(of.name, &written).unwrap();
    let leaves = |json: &str| {
        let mut found = BTreeMap::new();
        replay::leaves(json, "", &mut found);
        found
    };
    let kept = leaves(&written);
    for (path, value) in leaves(&body) {
        let found = kept.get(&path).map(String::as_str).unwrap_or_default();
        // The answer states midnight, and no part of a second.
        let is_date = path.ends_with("Date") && {
            let (sent, found) = (value.trim_matches('"'), found.trim_matches('"'));
            !found.is_empty() && (sent.starts_with(found) || found.starts_with(sent))
        };
        assert!(found == value || is_date, "{path} of {body}: {found}");
    }
}

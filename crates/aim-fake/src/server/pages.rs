//! What a person or a generator of clients reads: the OpenAPI document, and
//! the page on which its operations can be tried; and the page that shows what
//! the fake received and changes what it does.
//!
//! The document served here names the fake as its only server; the original
//! names the vendor's, where a click books.

use std::borrow::Cow;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::engine::Engine;
use crate::model::schema::Schema;

const PATHS: [&str; 6] = [
    "/docs",
    "/docs/",
    "/docs/swagger-ui.css",
    "/docs/swagger-ui-bundle.js",
    "/openapi.json",
    "/openapi.yaml",
];

/// The routes of all pages.
pub(super) fn router() -> Router<Arc<Engine>> {
    PATHS
        .into_iter()
        .fold(Router::new(), |router, path| router.route(path, get(serve)))
}

/// The page of the fake itself. All that it shows it asks the control interface
/// for; nothing but its own script runs on it, since what clients send may be
/// anything.
pub(super) async fn home() -> Response {
    let nonce = format!("{:016x}", RandomState::new().build_hasher().finish());
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; \
         connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    );
    let page = include_str!("../../assets/page.html").replace("NONCE", &nonce);
    let fields = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, &policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (fields, page).into_response()
}

async fn serve(State(engine): State<Arc<Engine>>, uri: Uri, headers: HeaderMap) -> Response {
    match page(uri.path(), engine.schema(), host(&headers)) {
        Some(page) => (
            [(header::CONTENT_TYPE, page.content_type)],
            match page.body {
                Cow::Borrowed(bytes) => Body::from(bytes),
                Cow::Owned(bytes) => Body::from(bytes),
            },
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// What the client takes the fake for.
pub(super) fn host(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::HOST)?.to_str().ok()
}

/// A file to serve.
#[derive(Debug, PartialEq)]
struct Page {
    content_type: &'static str,
    body: Cow<'static, [u8]>,
}

/// Finds the page of a path; `host` is the header field `Host`.
fn page(path: &str, schema: &Schema, host: Option<&str>) -> Option<Page> {
    let served = |text: String| Cow::Owned(text.into_bytes());
    let (content_type, body) = match path {
        "/docs" | "/docs/" => (
            "text/html; charset=utf-8",
            Cow::Borrowed(include_bytes!("../../assets/docs.html").as_slice()),
        ),
        "/docs/swagger-ui.css" => (
            "text/css; charset=utf-8",
            Cow::Borrowed(include_bytes!("../../assets/swagger-ui/swagger-ui.css").as_slice()),
        ),
        "/docs/swagger-ui-bundle.js" => (
            "text/javascript; charset=utf-8",
            Cow::Borrowed(
                include_bytes!("../../assets/swagger-ui/swagger-ui-bundle.js").as_slice(),
            ),
        ),
        "/openapi.json" => (
            "application/json",
            served(schema.served().json(&server(host))),
        ),
        "/openapi.yaml" => (
            "application/yaml",
            served(schema.served().yaml(&server(host))),
        ),
        _ => return None,
    };
    Some(Page { content_type, body })
}

/// The address under which the client knows the fake; without a host that can
/// stand in a document, the path alone.
pub(super) fn server(host: Option<&str>) -> String {
    let plain = |host: &&str| {
        !host.is_empty()
            && host
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b".:-[]".contains(&byte))
    };
    match host.filter(plain) {
        Some(host) => format!("http://{host}/aeservices30"),
        None => "/aeservices30".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_yaml::Value;

    use super::*;
    use crate::model::document::DESCRIPTION;

    fn text(path: &str, host: Option<&str>) -> String {
        let page = page(path, Schema::embedded(), host).unwrap();
        String::from_utf8(page.body.into_owned()).unwrap()
    }

    #[test]
    fn the_served_document_differs_in_its_servers_alone() {
        let original = include_str!("../../openapi/aim.yaml");
        let read = |text: &str| serde_yaml::from_str::<Value>(text).unwrap();
        let mut expected = read(original);
        expected["servers"] = read(&format!(
            "[{{url: 'http://localhost:81/aeservices30', description: {DESCRIPTION}}}]"
        ));
        let served = text("/openapi.json", Some("localhost:81"));
        assert!(serde_json::from_str::<serde_json::Value>(&served).is_ok());
        assert!(read(&served) == expected);
        let yaml = text("/openapi.yaml", Some("localhost:81"));
        assert!(read(&yaml) == expected);
        // Comments stay, with what they stand above.
        assert!(yaml.starts_with("# AIM Web Services"));
        assert!(
            yaml.contains("\n\nsecurity:\n") && yaml.contains("\n# Which `Status` is a failure.\n")
        );
    }

    #[test]
    fn a_host_that_would_break_the_document_is_left_out() {
        for host in [
            None,
            Some(""),
            Some("a\"b"),
            Some("a'b"),
            Some("a/b"),
            Some("ü"),
        ] {
            assert!(text("/openapi.json", host).contains("\"url\": \"/aeservices30\""));
        }
    }

    #[test]
    fn nothing_is_fetched_from_elsewhere() {
        let page = text("/docs", None);
        assert!(!page.contains("http://") && !page.contains("https://"));
        for path in ["/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js"] {
            assert!(page.contains(path));
        }
        for path in PATHS {
            assert!(
                super::page(path, Schema::embedded(), None).is_some(),
                "{path}"
            );
        }
        assert_eq!(super::page("/docs/other", Schema::embedded(), None), None);
    }
}

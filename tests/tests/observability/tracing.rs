//! What `tracing` gets of a call.

use std::sync::atomic::{AtomicUsize, Ordering};

use aim_client::types::GetContractDetailsRequest;
use aim_client::{CallOptions, Credentials};
use aim_tests::calls;
use aim_tests::log::Log;
use aim_tests::mock_clock::MockClock;
use aim_tests::server::{Reply, Server};
use tracing::Instrument;
use tracing::field::Empty;

#[tokio::test]
async fn a_call_is_a_span_and_each_attempt_an_event() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::CLOSE)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let calls = AtomicUsize::new(0);
    let server = Server::start(move |_| match calls.fetch_add(1, Ordering::Relaxed) {
        0 => Reply::of(503, "text/html", "<html>canary"),
        _ => Reply::json(r#"{"AccountSub":"canary"}"#),
    })
    .unwrap();
    let client = calls::builder(server.url())
        .credentials(Credentials::new("canary-key", "canary-app").token("canary-token"))
        .runtime(MockClock::default())
        .build()
        .unwrap();
    let request = GetContractDetailsRequest::new().ref_("canary-ref");
    client.get_contract_details_get(&request).await.unwrap();
    // Calls that are refused, by an option and by the request itself.
    let options = CallOptions::new().header("ApiKey", "canary");
    let call = client.with(options);
    call.get_contract_details_get(&request).await.unwrap_err();
    let empty = GetContractDetailsRequest::new().ref_("");
    client.get_contract_details_get(&empty).await.unwrap_err();
    let text = log.take();
    assert!(!text.contains("canary"), "{text}");
    let ours: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|line: &serde_json::Value| line["target"] == "aim_client")
        .collect();
    let [first, second, span, refused, unwritten] = &ours[..] else {
        panic!("{text}");
    };
    assert_eq!(first["fields"]["http.response.status_code"], 503);
    assert_eq!(first["fields"]["error.type"], "503");
    assert_eq!(first["level"], "WARN");
    assert_eq!(second["fields"]["http.response.status_code"], 200);
    assert_eq!(second["fields"]["http.request.resend_count"], 1);
    let fields = &span["span"];
    assert_eq!(fields["name"], "aim.call");
    assert_eq!(fields["otel.name"], "GET /api/GetContractDetails");
    assert_eq!(fields["http.request.method"], "GET");
    assert_eq!(fields["url.template"], "/api/GetContractDetails");
    assert_eq!(fields["server.address"], "127.0.0.1");
    assert_eq!(fields["http.request.resend_count"], 1);
    assert_eq!(fields["http.response.status_code"], 200);
    assert_eq!(fields["error.type"], serde_json::Value::Null);
    for refused in [refused, unwritten] {
        let fields = &refused["span"];
        assert_eq!(fields["name"], "aim.call");
        assert_eq!(fields["error.type"], "refused");
        assert_eq!(fields["otel.status_code"], "ERROR");
        assert_eq!(fields["aim.delivery"], "not sent");
        assert_eq!(fields["http.response.status_code"], serde_json::Value::Null);
    }
}

/// Where ours are filtered out, the current span is the user's own, which may
/// have the same fields.
#[tokio::test]
async fn the_users_span_is_left_alone() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::ERROR)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::CLOSE)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let server = Server::start(|_| Reply::of(401, "text/plain", "")).unwrap();
    let client = calls::builder(server.url())
        .credentials(Credentials::new("canary-key", "canary-app"))
        .build()
        .unwrap();
    let span = tracing::error_span!("order", otel.status_code = Empty, error.type = Empty);
    let request = GetContractDetailsRequest::new().ref_("R-1");
    let call = client.get_contract_details(&request);
    call.instrument(span).await.unwrap_err();
    let text = log.take();
    let line: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
    assert_eq!(line["span"], serde_json::json!({ "name": "order" }));
}

#[test]
fn the_blocking_client_stays_within_the_callers_span() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let server = Server::start(|_| Reply::json(r#"{"AccountSub":"1"}"#)).unwrap();
    let client = calls::builder(server.url())
        .credentials(Credentials::new("canary-key", "canary-app"))
        .build_blocking()
        .unwrap();
    let request = GetContractDetailsRequest::new().ref_("R-1");
    let span = tracing::info_span!("order");
    span.in_scope(|| client.get_contract_details(&request))
        .unwrap();
    let text = log.take();
    let event = text.lines().find(|line| line.contains("attempt ended"));
    let event: serde_json::Value = serde_json::from_str(event.unwrap()).unwrap();
    let names: Vec<_> = event["spans"]
        .as_array()
        .unwrap()
        .iter()
        .map(|span| span["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["order", "aim.call"]);
}

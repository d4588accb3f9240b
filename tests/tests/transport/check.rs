//! What the check of a client tells apart.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;

use aim_client::{AimClient, AimClientBuilder, CheckError, Checked, Credentials};
use aim_fake::{AimFake, Fault, State};
use aim_tests::authority::Authority;
use aim_tests::server::{Reply, Server};
use rcgen::CertificateParams;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

fn builder(url: &str) -> AimClientBuilder {
    AimClient::builder()
        .base_url(url)
        .credentials(Credentials::new("canary-key", "canary-app"))
}

fn name(outcome: &Result<Checked, CheckError>) -> &'static str {
    let Err(error) = outcome else { return "right" };
    let text = format!("{error} {error:?}");
    assert!(!text.contains("canary"), "{text}");
    match error {
        CheckError::BaseUrl(_) => "base url",
        CheckError::Tls(_) => "tls",
        CheckError::Credentials(_) => "credentials",
        _ => "unsure",
    }
}

#[tokio::test]
async fn who_answers_what_is_told_apart() {
    let exception = r#"{"ResponseStatus":{"ErrorCode":"Exception","Message":"canary"}}"#;
    let page = "<html><body>canary</body></html>";
    for (status, content_type, body, expected, words) in [
        (
            200,
            "application/json",
            r#"{"AccountSub":"1-1"}"#,
            "right",
            false,
        ),
        (
            200,
            "application/json",
            r#"{"Status":{"StatusCode":"Error"}}"#,
            "right",
            true,
        ),
        (
            200,
            "application/json",
            r#"{"Status":{"StatusCode":"Pending"}}"#,
            "right",
            true,
        ),
        // The words name what is wrong.
        (
            200,
            "application/json",
            r#"{"Status":{"StatusCode":"Error","ErrorMessage":"unknown ApiKey"}}"#,
            "credentials",
            false,
        ),
        (401, "text/html", page, "credentials", false),
        (401, "application/json", exception, "credentials", false),
        (403, "text/plain", "canary", "credentials", false),
        (404, "text/html", page, "base url", false),
        (404, "text/plain", "404", "base url", false),
        (405, "text/html", page, "base url", false),
        (302, "text/html", page, "base url", false),
        (200, "text/html", page, "base url", false),
        (200, "text/plain", "canary", "base url", false),
        (200, "application/json", "[]", "base url", false),
        (200, "application/xml", "<Envelope/>", "base url", false),
        (200, "application/json", "", "base url", false),
        // Somebody's answer, and who knows whose.
        (200, "application/json", "{}", "unsure", false),
        (
            200,
            "application/json",
            r#"{"AccountSub":"#,
            "unsure",
            false,
        ),
        (500, "application/json", exception, "unsure", false),
        (404, "application/json", exception, "unsure", false),
        (503, "text/html", page, "unsure", false),
    ] {
        let server = Server::start(move |_| Reply::of(status, content_type, body)).unwrap();
        let client = builder(&server.url()).build().unwrap();
        let outcome = client.check().await;
        let case = format!("{status} {body}: {outcome:?}");
        assert_eq!(name(&outcome), expected, "{case}");
        let has_words = outcome.is_ok_and(|checked| checked.aim_status().is_some());
        assert_eq!(has_words, words, "{case}");
        // Once, and what reads.
        let [request] = server.take().try_into().unwrap();
        assert!(request.line.starts_with("POST /api/GetContractDetails "));
        assert_eq!(request.body, br#"{"Ref":"aim-client-check"}"#);
    }
}

#[tokio::test]
async fn what_does_not_answer_is_told_apart() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    for url in [
        format!("http://{free}"),
        format!("https://{free}"),
        "https://no-such-host.invalid".to_owned(),
    ] {
        let client = builder(&url).build().unwrap();
        let outcome = client.check().await;
        assert_eq!(name(&outcome), "base url", "{url}: {outcome:?}");
    }

    // Https is spoken to a server of http.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]).unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .unwrap();
    });
    let outcome = builder(&url).build().unwrap().check().await;
    assert_eq!(name(&outcome), "tls", "{outcome:?}");

    let authority = Authority::new().unwrap();
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let url = handshakes(authority.server(&params).unwrap());
    let outcome = builder(&url).build().unwrap().check().await;
    assert_eq!(name(&outcome), "tls", "{outcome:?}");
    let trusting = builder(&url).root_certificate(authority.pem.as_str());
    let outcome = trusting.build().unwrap().check().await;
    assert_eq!(name(&outcome), "unsure", "{outcome:?}");
}

/// A server that makes handshakes and then goes away.
fn handshakes(config: ServerConfig) -> String {
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, stream);
            let _ = stream.read(&mut [0; 4096]);
        }
    });
    url
}

/// As a person does it with the test server; nothing is booked.
#[tokio::test]
async fn the_fake_is_checked_with_the_right_and_the_wrong_key() {
    let state = State::example().unwrap();
    let fake = AimFake::builder().state(state).start().await.unwrap();
    let before = fake.state().bookings().len();
    let client = builder(fake.base_url()).build().unwrap();
    let outcome = client.check().await;
    assert_eq!(name(&outcome), "right", "{outcome:?}");
    let fault = Fault::from_text("response_status,status=401").unwrap();
    fake.fault(fault).await.unwrap();
    assert_eq!(name(&client.check().await), "credentials");
    assert_eq!(fake.state().bookings().len(), before);
}

#[test]
fn the_blocking_client_does_the_same() {
    let server = Server::start(|_| Reply::of(403, "text/plain", "")).unwrap();
    let client = builder(&server.url()).build_blocking().unwrap();
    assert_eq!(name(&client.check()), "credentials");
}

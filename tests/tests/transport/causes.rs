//! What an error says of its cause, to somebody who sees it for the first time:
//! what it is, why, and what to do.

use std::io::{Read, Write};
use std::net::TcpListener;

use aim_client::types::{C2BPostContractRequest, GetContractDetailsRequest};
use aim_client::{AimClient, AimClientBuilder, Credentials, Error, ErrorKind, Login, Retry};
use aim_fake::{AimFake, Fault, State};
use aim_tests::error_text::error_text;
use serde_json::{Value, json};

const READ: &str = "GetContractDetails";
const BOOKING: &str = "C2BPostContract";
const LOGIN: &str = "Security";

async fn fake() -> AimFake {
    let state = State::example().unwrap();
    AimFake::builder().state(state).start().await.unwrap()
}

fn builder(url: &str) -> AimClientBuilder {
    AimClient::builder()
        .base_url(url)
        .credentials(Credentials::new("canary-key", "canary-app"))
        .retry(Retry::never())
}

async fn failed(builder: AimClientBuilder, operation: &str) -> Error {
    let client = builder.build().unwrap();
    let error = if operation == READ {
        let request = GetContractDetailsRequest::new().ref_("canary-ref");
        client.get_contract_details(&request).await.unwrap_err()
    } else if operation == LOGIN {
        let login = Login::new("canary-user", "canary-password");
        client.log_in(login).await.unwrap_err()
    } else {
        let request = C2BPostContractRequest::new().sku("canary-sku");
        client.c2b_post_contract(&request).await.unwrap_err()
    };
    let all = error_text(&error);
    assert!(!all.contains("canary"), "{all}");
    error
}

fn says(error: &Error, operation: &str, kind: ErrorKind, text: &str) {
    assert_eq!(error.to_string(), format!("{operation}: {text}"));
    assert_eq!(error.kind(), kind, "{text}");
}

/// Settings and a fault of the fake, the path of the base URL, and what an
/// operation says then.
type Case<'a> = (Value, &'a str, &'a str, &'a str, ErrorKind, &'a str);

#[tokio::test]
async fn each_cause_has_a_text_of_its_own() {
    let none = || json!({});
    let wrong_key = |form: &str| json!({"api_keys": ["other"], "credential_error": form});
    let cases: &[Case<'_>] = &[
        (
            none(),
            "",
            "/aeservices30",
            READ,
            ErrorKind::InBand,
            "the answer reports a failure [StatusCode Error] (http 200): `Error::aim_status` says why, in words that may hold personal data; nothing was read",
        ),
        (
            wrong_key("in_band"),
            "",
            "/aeservices30",
            READ,
            ErrorKind::InBand,
            "the answer reports a failure, naming ApiKey [StatusCode Error] (http 200): `Error::aim_status` says why, in words that may hold personal data; nothing was read",
        ),
        (
            json!({"require_token": true}),
            "",
            "/aeservices30",
            BOOKING,
            ErrorKind::InBand,
            "the answer reports a failure, naming Token [StatusCode Error] (http 200): `Error::aim_status` says why, in words that may hold personal data; it was not applied",
        ),
        (
            wrong_key("unauthorized"),
            "",
            "/aeservices30",
            READ,
            ErrorKind::Credentials,
            "the server refuses the credentials [ErrorCode Unauthorized] (http 401): check ApiKey, AppId and the tokens; a login may have ended; `Error::response_status` says why, in words that may hold personal data; nothing was read",
        ),
        (
            none(),
            "html_error,status=401",
            "/aeservices30",
            BOOKING,
            ErrorKind::Credentials,
            "the server refuses the credentials (http 401): check ApiKey, AppId and the tokens; a login may have ended; it was not applied",
        ),
        (
            none(),
            "",
            "/aeservices30",
            LOGIN,
            ErrorKind::InBand,
            "the answer reports a failure [StatusCode Error] (http 200): `Error::aim_status` says why, in words that may hold personal data; no session was opened",
        ),
        (
            none(),
            "html_error,status=401",
            "/aeservices30",
            LOGIN,
            ErrorKind::Credentials,
            "the server refuses the credentials (http 401): check user name and password, ApiKey and AppId; no session was opened",
        ),
        (
            none(),
            "html_error,status=503",
            "/aeservices30",
            LOGIN,
            ErrorKind::HttpStatus,
            "the answer is an html page (http 503): perhaps a proxy or the web server has answered, not aim; it books nothing, so it can be sent again",
        ),
        (
            none(),
            "html_error,status=403",
            "/aeservices30",
            READ,
            ErrorKind::Credentials,
            "the server forbids it (http 403): check the credentials, the licence, and what stands between, such as a firewall; nothing was read",
        ),
        (
            none(),
            "response_status,status=403",
            "/aeservices30",
            BOOKING,
            ErrorKind::Credentials,
            "the server forbids it [ErrorCode UnauthorizedAccessException] (http 403): check the credentials, the licence, and what stands between, such as a firewall; `Error::response_status` says why, in words that may hold personal data; it may have been applied: look it up before anyone sends it again",
        ),
        (
            none(),
            "",
            "/nope",
            READ,
            ErrorKind::NoSuchPath,
            "no such path (http 404): check the base url; nothing was read",
        ),
        (
            none(),
            "",
            "/aeservices30/v2",
            BOOKING,
            ErrorKind::NoSuchPath,
            "no such path (http 404): check the base url; it was not applied",
        ),
        (
            none(),
            "html_error,status=404",
            "/aeservices30",
            READ,
            ErrorKind::NoSuchPath,
            "no such path (http 404): check the base url; it only reads, so it can be sent again",
        ),
        (
            none(),
            "html_error,status=405",
            "/aeservices30",
            BOOKING,
            ErrorKind::NoSuchPath,
            "the path takes no such request (http 405): check the base url; it was not applied",
        ),
        (
            json!({"fallback": true}),
            "",
            "/aeservices30/api/v2",
            READ,
            ErrorKind::NoEvidence,
            "the answer holds nothing that proves the operation (http 200): check the base url; it only reads, so it can be sent again",
        ),
        (
            none(),
            "redirect",
            "/aeservices30",
            READ,
            ErrorKind::Redirect,
            "the server redirects to another address (http 302): check the base url; `Location` in `Error::headers` has the address; it only reads, so it can be sent again",
        ),
        (
            none(),
            "redirect,status=308,location=https://canary.example/?canary=canary",
            "/aeservices30",
            BOOKING,
            ErrorKind::Redirect,
            "the server redirects to another address (http 308): check the base url; `Location` in `Error::headers` has the address; it may have been applied: look it up before anyone sends it again",
        ),
        (
            none(),
            "html_error,status=407",
            "/aeservices30",
            READ,
            ErrorKind::HttpStatus,
            "a proxy asks for a user name and password (http 407): give them in the url of `proxy`; it only reads, so it can be sent again",
        ),
        (
            none(),
            "html_error,status=502",
            "/aeservices30",
            BOOKING,
            ErrorKind::HttpStatus,
            "the answer is an html page (http 502): perhaps a proxy or the web server has answered, not aim; it may have been applied: look it up before anyone sends it again",
        ),
        (
            none(),
            "html_error,status=503",
            "/aeservices30",
            READ,
            ErrorKind::HttpStatus,
            "the answer is an html page (http 503): perhaps a proxy or the web server has answered, not aim; it only reads, so it can be sent again",
        ),
        (
            none(),
            "html_error,status=200",
            "/aeservices30",
            READ,
            ErrorKind::NotTheAnswer,
            "the answer is an html page (http 200): perhaps a proxy, a page to sign in or another server has answered: check the base url; it only reads, so it can be sent again",
        ),
        (
            none(),
            "empty",
            "/aeservices30",
            READ,
            ErrorKind::NotTheAnswer,
            "the answer is an empty body (http 204): check the base url; it only reads, so it can be sent again",
        ),
        (
            none(),
            "malformed",
            "/aeservices30",
            BOOKING,
            ErrorKind::NotTheAnswer,
            "the answer is json that cannot be read at `.`, line 1 column 114 (http 200); it may have been applied: look it up before anyone sends it again",
        ),
        (
            none(),
            "response_status",
            "/aeservices30",
            READ,
            ErrorKind::Exception,
            "the server reports an exception [ErrorCode Exception] (http 500): `Error::response_status` says why, in words that may hold personal data; it only reads, so it can be sent again",
        ),
    ];
    let fake = fake().await;
    for (settings, fault, path, operation, kind, text) in cases {
        fake.reset().await;
        fake.patch_settings(settings).unwrap();
        if !fault.is_empty() {
            fake.fault(Fault::from_text(fault).unwrap()).await.unwrap();
        }
        let root = fake.base_url().strip_suffix("/aeservices30").unwrap();
        let error = failed(builder(&format!("{root}{path}")), operation).await;
        says(&error, operation, *kind, text);
    }
}

/// Answers everyone with the same, whatever was asked.
fn answering(text: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(text.as_bytes());
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn what_stands_in_the_way_of_a_connection_is_named() {
    let asking = answering("HTTP/1.1 407 Proxy\r\n\r\n");
    let refusing = answering("HTTP/1.1 502 Proxy\r\n\r\n");
    let nobody = "http://127.0.0.1:1";
    let far = "https://10846.active-e.net:7890";
    for (url, proxy, text) in [
        (
            nobody,
            None,
            "no connection, since nobody listens at the port: check host and port of the base url; nothing was sent",
        ),
        (
            "https://no-such-host.invalid",
            None,
            "no connection, since nobody knows the host's name: check the host of the base url, and the network; nothing was sent",
        ),
        (
            far,
            Some(asking.as_str()),
            "no connection, since the proxy asks for a user name and password: give them in the url of `proxy`; nothing was sent",
        ),
        (
            far,
            Some(&refusing),
            "no connection, since the proxy makes none to the server: check `proxy`, and host and port of the base url; nothing was sent",
        ),
        (
            far,
            Some(nobody),
            "no connection, since the proxy makes none to the server: check `proxy`, and host and port of the base url; nothing was sent",
        ),
    ] {
        let mut builder = builder(url);
        if let Some(proxy) = proxy {
            builder = builder.proxy(proxy);
        }
        let error = failed(builder, BOOKING).await;
        says(&error, BOOKING, ErrorKind::NoConnection, text);
    }
    // The fake speaks no TLS.
    let fake = fake().await;
    let url = fake.base_url().replace("http:", "https:");
    let text = "no tls, since the server speaks none at this port: check the port of the base url; nothing was sent";
    says(
        &failed(builder(&url), READ).await,
        READ,
        ErrorKind::Tls,
        text,
    );
}

//! No request goes to another host than the one it was meant for, nor over the
//! network in the clear.

use aim_client::reqwest::{Client, redirect::Policy};
use aim_client::{AimClient, AimClientBuilder, Credentials, Delivery, Error, Operation};
use aim_fake::{AimFake, Fault, State};
use aim_tests::every_operation::call;
use aim_tests::mock_clock::MockClock;
use aim_tests::server::{Reply, Server};

fn builder(url: &str) -> AimClientBuilder {
    AimClient::builder()
        .base_url(url)
        .credentials(Credentials::new("canary-key", "canary-app").token("canary-token"))
        .runtime(MockClock::default())
}

/// The fake is `127.0.0.1`, and sends everybody to `localhost`, where all is
/// answered that is asked.
#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed() {
    let elsewhere = Server::proving().unwrap();
    let location = elsewhere.url().replace("127.0.0.1", "localhost");
    let state = State::example().unwrap();
    let fake = AimFake::builder().state(state).start().await.unwrap();
    let client = builder(fake.base_url())
        .http(|http| http.redirect(Policy::limited(10)))
        .build()
        .unwrap();
    for status in [301, 302, 303, 307, 308] {
        for operation in Operation::all() {
            for applied in [true, false] {
                fake.reset().await;
                let fault = format!(
                    "redirect,status={status},location={location}/api,times=null,apply={applied}"
                );
                fake.fault(Fault::from_text(&fault).unwrap()).await.unwrap();
                let error = call(&client, operation, "key").await.unwrap_err();
                assert_eq!(error.delivery(), Delivery::Unknown, "{error}");
                assert_eq!(error.http_status().unwrap().as_u16(), status);
                let to = error.headers().unwrap()["location"].to_str().unwrap();
                assert_eq!(to, format!("{location}/api"));
                assert_eq!(fake.requests().len(), 1, "{}", operation.id());
                let sent = elsewhere.take();
                assert!(sent.is_empty(), "{status} {}: {sent:?}", operation.id());
            }
        }
    }

    // Who follows it carries the key, which reqwest does not know for one.
    let url = format!("{}/api/C2BPostContract", fake.base_url());
    let naive = Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .post(url)
        .header("ApiKey", "canary-key")
        .body("{}");
    let naive = naive.send().await.unwrap();
    assert_eq!(naive.url().host_str(), Some("localhost"));
    let [sent] = elsewhere.take().try_into().unwrap();
    assert_eq!(sent.header("apikey"), Some("canary-key"));
}

/// The reason why a client is not built.
fn refused(builder: AimClientBuilder) -> String {
    let error: Error = builder.build().unwrap_err();
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert!(error.is_refused());
    let text = format!("{error} {error:?}");
    assert!(!text.contains("canary"), "{text}");
    text
}

#[tokio::test]
async fn nothing_crosses_the_network_in_the_clear() {
    for far in [
        "http://active-ewebservice.biz",
        "HTTP://10846.active-e.net:7890/api",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@active-ewebservice.biz",
        "http://192.168.1.20:7890",
        "http://[::ffff:192.168.1.20]",
        "http://0.0.0.0",
    ] {
        let text = refused(builder(far));
        let is_named = text.contains("allow_http") || text.contains("user name");
        assert!(is_named, "{far}: {text}");
    }
    builder("http://192.168.1.20")
        .allow_http(true)
        .build()
        .unwrap();

    // Nor by way of a proxy elsewhere.
    let server = Server::start(|_| Reply::json(r#"{"Topic":"x"}"#)).unwrap();
    let far = "http://canary:canary@proxy.example:3128";
    let text = refused(builder(&server.url()).proxy(far));
    assert!(
        text.contains("proxy") && text.contains("allow_http"),
        "{text}"
    );
    builder("https://shop.example").proxy(far).build().unwrap();
    builder(&server.url())
        .proxy(far)
        .allow_http(true)
        .build()
        .unwrap();

    // To this machine it is sent as it is.
    let client = builder(&server.url()).build().unwrap();
    let details = Operation::all()
        .iter()
        .find(|one| one.id() == "GetContractDetails")
        .unwrap();
    call(&client, details, "key").await.unwrap();
    assert_eq!(server.take().len(), 1);
}

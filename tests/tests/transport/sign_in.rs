//! From an API key to a session: no credential goes to a host that is not
//! expected, and nobody logs in more often than the user has said.

use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, mpsc};
use std::time::Duration;

use aim_client::journal::{Booking, Journal, Outcome, Refusal};
use aim_client::reqwest::StatusCode;
use aim_client::runtime::Runtime;
use aim_client::types::{GetContractDetailsRequest, PostServiceTicketRequest};
use aim_client::{
    AimClient, AimClientBuilder, CallOptions, Credentials, Delivery, Effect, Error, ErrorKind,
    Limit, LoggedIn, Login, Operation,
};
use aim_fake::{AimFake, Fault};
use aim_tests::calls;
use aim_tests::error_text::error_text;
use aim_tests::every_operation::call;
use aim_tests::mock_clock::MockClock;
use aim_tests::patience::patiently;
use aim_tests::server::{Received, Reply, Server};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::task::JoinSet;

const DETAILS: &str = r#"{"AccountSub":"20417-1"}"#;
const OK: &str = r#"{"Status":{"StatusCode":"OK","Login":"canary"}}"#;
const FAILURE: &str = r#"{"Status":{"StatusCode":"Error","Login":"canary"}}"#;
const PAGE: &str = "<html>canary</html>";

fn builder(url: &str) -> AimClientBuilder {
    calls::builder(url)
        .credentials(Credentials::new("canary-key", "canary-app"))
        .runtime(MockClock::default())
}

fn client(url: &str) -> AimClient {
    builder(url).build().unwrap()
}

fn login() -> Login {
    Login::new("canary-user", "canary-password")
}

async fn read(client: &AimClient) -> Result<u32, Error> {
    let request = GetContractDetailsRequest::new().ref_("C-1");
    Ok(client.get_contract_details(&request).await?.attempts())
}

#[track_caller]
fn failed<T>(outcome: Result<T, Error>) -> Error {
    let Err(error) = outcome else {
        panic!("a success");
    };
    let text = error_text(&error);
    assert!(!text.contains("canary"), "{text}");
    error
}

/// The path, without the base.
fn path(received: &Received) -> &str {
    let path = received.target().split('?').next().unwrap();
    path.rsplit('/').next().unwrap()
}

fn found(answer: &Value) -> Server {
    let answer = answer.to_string();
    Server::start(move |_| Reply::json(answer.clone())).unwrap()
}

#[tokio::test]
async fn discovery_gives_the_merchants_address_and_its_token() {
    let merchant = Server::start(|_| Reply::json(DETAILS)).unwrap();
    for (endpoint, token, expected) in [
        (
            json!(format!("{}/Api/", merchant.url())),
            json!("canary-oauth"),
            "canary-oauth",
        ),
        // Not used, so of whatever form; and the token that was known stays.
        (json!("/Api/"), json!(" "), "canary-known"),
        (json!(null), json!(null), "canary-known"),
    ] {
        let answer = json!({
            "NewEndpointDomain": format!("{}/", merchant.url()),
            "NewEndpoint": endpoint,
            "OAuthToken": token,
            "Status": {"StatusCode": "OK", "DomainName": "elsewhere.example"},
        });
        let central = found(&answer);
        let known = Credentials::new("canary-key", "canary-app")
            .token("canary-token")
            .device_id("canary-device")
            .oauth_token("canary-known");
        let merchants = builder(&format!("{}/aeservices30", central.url()))
            .credentials(known)
            .allow_host("127.0.0.1")
            .http(|http| http.user_agent("a shop"))
            .discover()
            .await
            .unwrap();
        let [asked] = central.take().try_into().unwrap();
        assert_eq!(asked.line, "GET /aeservices30/api/GetEndPoint HTTP/1.1");
        assert_eq!(asked.header("apikey"), Some("canary-key"));
        assert_eq!(asked.header("appid"), Some("canary-app"));
        assert_eq!(asked.header("user-agent"), Some("a shop"));
        for kept in ["token", "oauthtoken", "deviceid"] {
            assert_eq!(asked.header(kept), None);
        }

        read(&merchants.build().unwrap()).await.unwrap();
        let [asked] = merchant.take().try_into().unwrap();
        assert_eq!(asked.line, "POST /api/GetContractDetails HTTP/1.1");
        assert_eq!(asked.header("oauthtoken"), Some(expected));
        assert_eq!(asked.header("token"), Some("canary-token"));
        assert_eq!(asked.header("user-agent"), Some("a shop"));
        assert!(central.take().is_empty());
    }
}

/// `NewEndpointDomain`, `NewEndpoint`, the host that is named, and what is said.
#[rustfmt::skip]
const UNEXPECTED: &[(&str, &str, &str, &str)] = &[
    ("http://127.0.0.1:PORT", "", "", "the host 127.0.0.1 is neither below active-e.net nor named"),
    ("http://127.0.0.1:PORT", "", "localhost", "the host 127.0.0.1 is neither"),
    ("https://127.0.0.1:PORT", "", "", "the host 127.0.0.1 is neither"),
    ("http://localhost:PORT", "http://127.0.0.1:PORT", "localhost", "names the host localhost and `NewEndpoint` the host 127.0.0.1"),
    ("http://user:canary@127.0.0.1:PORT", "", "127.0.0.1", "with the host 127.0.0.1, is more"),
    ("http://127.0.0.1:PORT/?canary=1", "", "127.0.0.1", "with the host 127.0.0.1, is more"),
    ("http://sandbox.active-e.net:PORT/canary", "", "", "the host sandbox.active-e.net is not https"),
    ("", "http://127.0.0.1:PORT", "127.0.0.1", "it gives no address"),
];

/// The rule has its own table, beside it.
#[tokio::test]
async fn no_credential_goes_to_a_host_that_is_not_expected() {
    let elsewhere = Server::start(|_| Reply::json(DETAILS)).unwrap();
    let port = elsewhere.url().rsplit(':').next().unwrap().to_owned();
    for &(domain, endpoint, named, why) in UNEXPECTED {
        let [domain, endpoint] = [domain, endpoint].map(|text| text.replace("PORT", &port));
        let central = found(&json!({
            "NewEndpointDomain": domain, "NewEndpoint": endpoint, "OAuthToken": "canary-oauth",
        }));
        // What goes for the central host does not go for the merchant's.
        let mut builder = builder(&central.url()).allow_http(true);
        if !named.is_empty() {
            builder = builder.allow_host(named);
        }
        let error = failed(builder.discover().await);
        assert_eq!(error.kind(), ErrorKind::UnusableAnswer, "{error}");
        assert!(error.to_string().contains(why), "{domain}: {error}");
        assert_eq!(error.operation(), Some("GetEndPoint"));
        assert_eq!(central.take().len(), 1);
    }
    let location = format!("{}/api/GetEndPoint?canary=1", elsewhere.url());
    let central = Server::start(move |_| {
        let mut reply = Reply::of(302, "text/html", "canary");
        reply
            .headers
            .push(("Location".to_owned(), location.clone()));
        reply
    })
    .unwrap();
    let error = failed(
        builder(&central.url())
            .allow_host("127.0.0.1")
            .discover()
            .await,
    );
    assert_eq!(error.kind(), ErrorKind::Redirect);
    assert!(elsewhere.take().is_empty());
}

#[tokio::test]
async fn a_builder_is_refused_that_cannot_discover() {
    let central = found(&json!({"NewEndpointDomain": "https://1.active-e.net"}));
    for builder in [
        AimClient::builder().base_url(central.url()),
        builder("http://10846.active-e.net"),
        builder(&central.url()).credentials(Credentials::new("canary\n", "canary-app")),
        builder(&central.url()).allow_host("https://canary.example"),
        builder(&central.url()).max_in_flight(0),
    ] {
        assert!(failed(builder.discover().await).is_refused());
    }
    assert!(central.take().is_empty());
    let builder = builder(&central.url()).discover().await.unwrap();
    let text = failed(builder.discover().await).to_string();
    assert!(
        text.contains("has the merchant's address already"),
        "{text}"
    );
    assert_eq!(central.take().len(), 1);
}

/// An answer, what it is an error of, and how often a read asks for it.
#[rustfmt::skip]
const FAULTS: &[(u16, &str, &str, ErrorKind, Delivery, usize)] = &[
    (302, "text/html", PAGE, ErrorKind::Redirect, Delivery::Unknown, 1),
    (200, "text/html", PAGE, ErrorKind::NotTheAnswer, Delivery::Unknown, 3),
    (200, "application/json", "{}", ErrorKind::NoEvidence, Delivery::Unknown, 1),
    (200, "application/json", "", ErrorKind::NotTheAnswer, Delivery::Unknown, 3),
    // What the login of the recordings answers without a user.
    (200, "application/json", r#"{"IsAdmin":false}"#, ErrorKind::NoEvidence, Delivery::Unknown, 1),
    (200, "application/json", OK, ErrorKind::NoEvidence, Delivery::Unknown, 1),
    (200, "application/json", FAILURE, ErrorKind::InBand, Delivery::Rejected, 1),
    (200, "application/json", r#"{"Token":{"canary":1},"NewEndpointDomain":["canary"]}"#, ErrorKind::NotTheAnswer, Delivery::Unknown, 3),
    (200, "application/json", r#"{"Token":"canary","#, ErrorKind::NotTheAnswer, Delivery::Unknown, 3),
    (200, "application/json", r#"{"Token":"canary\u00e9","NewEndpointDomain":"canary"}"#, ErrorKind::UnusableAnswer, Delivery::Unknown, 1),
    (200, "application/json", r#"{"Token":"t","OAuthToken":"canary\n","NewEndpointDomain":5}"#, ErrorKind::UnusableAnswer, Delivery::Unknown, 1),
    (401, "text/html", PAGE, ErrorKind::Credentials, Delivery::Rejected, 1),
    (503, "text/html", PAGE, ErrorKind::HttpStatus, Delivery::Unknown, 3),
];

/// A read is repeated where that may help; a login only if it was not sent.
#[tokio::test]
async fn what_goes_wrong_with_discovery_and_login_is_an_error() {
    for &(code, content_type, body, kind, delivery, reads) in FAULTS {
        let case = format!("{code} {body}");
        let server = Server::start(move |_| Reply::of(code, content_type, body)).unwrap();
        let discovered = failed(builder(&server.url()).discover().await);
        assert_eq!(
            (discovered.kind(), discovered.delivery()),
            (kind, delivery),
            "{case}"
        );
        assert_eq!(server.take().len(), reads, "{case}");
        let logged_in = failed(client(&server.url()).log_in(login()).await);
        let is_same = (logged_in.kind(), logged_in.delivery()) == (kind, delivery);
        assert!(is_same, "{case}: {logged_in:?}");
        let says_what = logged_in.to_string().contains("user name and password");
        assert_eq!(says_what, code == 401, "{logged_in}");
        assert_eq!(server.take().len(), 1, "{case}");
    }

    // The connection breaks once the request was read.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = std::io::Read::read(&mut stream.unwrap(), &mut [0; 4096]);
        }
    });
    let error = failed(client(&url).log_in(login()).await);
    assert_eq!(error.kind(), ErrorKind::Broken);
    assert_eq!(connections.swap(0, Ordering::SeqCst), 1);
    assert_eq!(
        failed(builder(&url).discover().await).kind(),
        ErrorKind::Broken
    );
    assert_eq!(connections.load(Ordering::SeqCst), 3);

    // Nobody listens.
    let nobody = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let error = failed(client(&format!("http://{nobody}")).log_in(login()).await);
    assert_eq!((error.delivery(), error.attempts()), (Delivery::NotSent, 3));
}

/// Fails where a booking is kept.
struct NoJournal;

impl Journal for NoJournal {
    fn before(&self, booking: &Booking) -> Result<(), Refusal> {
        panic!("{booking:?}");
    }

    fn after(&self, _: &Booking, _: &Outcome<'_>) {}
}

#[tokio::test]
async fn a_login_gives_a_client_of_its_own() {
    let server = Server::start(|received| {
        Reply::json(match path(received) {
            "Security" => json!({
                "Token": "canary-token", "OAuthToken": "canary-oauth",
                "Domain": "elsewhere.example",
                "UserDetails": {"Firstname": "canary-name", "Type": "Customer"},
                "AccountDetails": [{"Acct": 20417, "Name": "canary-name"}],
            })
            .to_string(),
            _ => DETAILS.to_owned(),
        })
    })
    .unwrap();
    let known = Credentials::new("canary-key", "canary-app").token("canary-old");
    let client = builder(&server.url())
        .credentials(known.device_id("canary-device"))
        .journal(NoJournal)
        .build()
        .unwrap();
    let login = login().device_id("canary-phone");
    let LoggedIn {
        client: user,
        answer,
        ..
    } = client.log_in(login.clone()).await.unwrap();
    let shown = format!("{login:?} {login:#?} {user:?} {answer:?} {answer:#?}");
    assert!(!shown.contains("canary"), "{shown}");
    let details = answer.user_details.as_ref().unwrap();
    assert_eq!(details.type_.as_deref(), Some("Customer"));
    let accounts = answer.account_details.as_ref().unwrap();
    assert_eq!(accounts[0].acct, Some(20417));

    let [sent] = server.take().try_into().unwrap();
    assert_eq!(sent.line, "POST /api/Security HTTP/1.1");
    let body: Value = serde_json::from_slice(&sent.body).unwrap();
    let expected = json!({
        "Username": "canary-user", "Password": "canary-password",
        "DeviceID": "canary-phone", "AppID": "canary-app",
    });
    assert_eq!(body, expected);
    assert_eq!(sent.header("token"), None);
    assert_eq!(sent.header("deviceid"), Some("canary-phone"));

    read(&user).await.unwrap();
    read(&client).await.unwrap();
    read(&user.with(CallOptions::new().token("canary-other")))
        .await
        .unwrap();
    let sent = server.take();
    let sent = sent.iter().map(|one| {
        ["token", "oauthtoken", "deviceid"].map(|name| one.header(name).unwrap_or_default())
    });
    let expected = [
        ["canary-token", "canary-oauth", "canary-phone"],
        ["canary-old", "", "canary-device"],
        ["canary-other", "canary-oauth", "canary-phone"],
    ];
    assert_eq!(sent.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_password_stands_in_a_url_only_where_that_was_asked_for() {
    let server = found(&json!({"Token": "t"}));
    let login = Login::new("a@b.example", "p&w+d \u{e9}%");
    client(&server.url()).log_in(login.clone()).await.unwrap();
    let [sent] = server.take().try_into().unwrap();
    assert_eq!(sent.target(), "/api/Security");

    let client = builder(&server.url()).danger_send_password_in_url(true);
    client.build().unwrap().log_in(login).await.unwrap();
    let [sent] = server.take().try_into().unwrap();
    assert_eq!(
        sent.target(),
        "/api/Security?Username=a%40b.example&Password=p%26w%2Bd+%C3%A9%25&AppID=canary-app"
    );
    assert_eq!(sent.method(), "POST");
    assert_eq!(sent.body, b"{}");
    assert_eq!(sent.header("content-type"), Some("application/json"));
}

/// A server that knows one session: its token is the number of logins.
struct Sessions {
    server: Server,
    state: Arc<Mutex<State>>,
}

struct State {
    /// The current session; none is good if it has ended.
    logins: usize,
    has_ended: bool,
    /// What it answers to a session that has ended.
    ended: Reply,
    /// What it answers to a login, if not with a token.
    refuses: Option<Reply>,
}

impl Sessions {
    fn start(ended: Reply) -> Self {
        let state = Arc::new(Mutex::new(State {
            logins: 0,
            has_ended: false,
            ended,
            refuses: None,
        }));
        let answers = Arc::clone(&state);
        let server = Server::start(move |received| {
            let mut state = answers.lock().unwrap();
            let is_good = received.header("token") == Some(&state.logins.to_string());
            if path(received) == "Security" {
                if let Some(refusal) = &state.refuses {
                    return refusal.clone();
                }
                state.logins += 1;
                state.has_ended = false;
                return Reply::json(json!({"Token": state.logins}).to_string());
            }
            if is_good && !state.has_ended {
                return Reply::json(proof(received));
            }
            state.ended.clone()
        })
        .unwrap();
        Self { server, state }
    }

    fn end(&self) {
        self.state.lock().unwrap().has_ended = true;
    }

    /// What was asked since the last call.
    fn asked(&self) -> Vec<String> {
        let asked = self.server.take();
        asked.iter().map(|one| path(one).to_owned()).collect()
    }
}

/// What proves that the operation ran.
fn proof(received: &Received) -> Vec<u8> {
    static PROVING: LazyLock<Server> = LazyLock::new(|| Server::proving().unwrap());
    if path(received) == "GetContractDetails" {
        return DETAILS.into();
    }
    let url = PROVING.url();
    let address = url.strip_prefix("http://").unwrap();
    let mut raw = aim_tests::raw::Raw::connect(address).unwrap();
    let headers = [("Content-Type", "application/json")];
    let answer = raw.send(
        received.method(),
        received.target(),
        &headers,
        Some(&received.body),
    );
    answer.unwrap().body
}

fn unauthorized() -> Reply {
    Reply::of(401, "text/plain", "canary")
}

/// A login after which reads log in again.
async fn lasting(client: &AimClient) -> AimClient {
    let login = login().log_in_again(true);
    client.log_in(login).await.unwrap().client
}

/// A server that answers 401 without its session, and who has that.
async fn session(clock: &MockClock) -> (Sessions, AimClient) {
    let sessions = Sessions::start(unauthorized());
    let client = builder(&sessions.server.url()).runtime(clock.clone());
    let user = lasting(&client.build().unwrap()).await;
    (sessions, user)
}

#[tokio::test]
async fn a_read_logs_in_again_and_a_booking_never() {
    let in_band = |code: &str| {
        let status = json!({"StatusCode": "Error", "ErrorCode": code, "ErrorMessage": "canary"});
        Reply::json(json!({ "Status": status }).to_string())
    };
    for (ended, is_known) in [
        (unauthorized(), true),
        (in_band("SESSION-OVER"), true),
        (in_band("17"), false),
    ] {
        let sessions = Sessions::start(ended);
        let client = builder(&sessions.server.url())
            .session_ended_words(["session-over", ""])
            .build()
            .unwrap();
        for operation in Operation::all() {
            if operation.effect() == Effect::Session {
                continue;
            }
            let id = operation.id();
            let user = lasting(&client).await;
            sessions.end();
            sessions.asked();
            let outcome = call(&user, operation, "key").await;
            let asked = sessions.asked().join(" ");
            let path = operation.path().rsplit('/').next().unwrap();
            if is_known && operation.effect() == Effect::ReadOnly {
                assert_eq!(outcome.unwrap(), 2, "{id}");
                assert_eq!(asked, format!("{path} Security {path}"));
                // The others of the session know, too.
                call(&user, operation, "key").await.unwrap();
                assert_eq!(sessions.asked().join(" "), path);
                continue;
            }
            let error = failed(outcome);
            assert_eq!(error.delivery(), Delivery::Rejected, "{id}");
            assert_eq!(error.is_session_ended(), is_known, "{id}");
            assert_eq!(asked, path);
            if is_known {
                read(&user).await.unwrap();
                sessions.asked();
                call(&user, operation, "key").await.unwrap();
                assert_eq!(sessions.asked().join(" "), path);
            }
        }
    }
}

#[tokio::test]
async fn nobody_logs_in_again_who_was_not_asked_to() {
    let (sessions, again) = session(&MockClock::default()).await;
    let plain = again.log_in(login()).await.unwrap().client;
    sessions.end();
    sessions.asked();
    for client in [
        plain,
        again.with_token("another"),
        again.with(CallOptions::new().no_retry()),
    ] {
        let error = failed(read(&client).await);
        assert_eq!(error.delivery(), Delivery::Rejected);
        assert!(error.is_session_ended());
        assert_eq!(sessions.asked(), ["GetContractDetails"]);
    }
    // Without a session, none has ended.
    let stranger = builder(&sessions.server.url()).build().unwrap();
    let error = failed(read(&stranger).await);
    assert_eq!(error.http_status(), Some(StatusCode::UNAUTHORIZED));
    assert!(!error.is_session_ended());
    read(&again).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_reads_share_one_login() {
    let (sessions, user) = session(&MockClock::default()).await;
    sessions.end();
    sessions.asked();
    let mut reads = JoinSet::new();
    for _ in 0..8 {
        let user = user.with(CallOptions::new().header("X-Own", "1"));
        reads.spawn(async move { read(&user).await });
    }
    for outcome in reads.join_all().await {
        assert!(outcome.unwrap() <= 2);
    }
    let asked = sessions.asked();
    let logins = asked.iter().filter(|path| *path == "Security").count();
    assert_eq!(logins, 1, "{asked:?}");
}

#[tokio::test]
async fn a_login_that_fails_is_not_tried_over_and_over() {
    let refused = json!({"IsAdmin": false, "Status": {"StatusCode": "Error", "ErrorCode": "5"}});
    for (refusal, after_a_while) in [
        (Reply::of(503, "text/plain", "canary"), 2),
        (Reply::json("{}"), 2),
        // It may lock the user out.
        (Reply::json(refused.to_string()), 1),
        (unauthorized(), 1),
    ] {
        let clock = MockClock::default();
        let (sessions, user) = session(&clock).await;
        sessions.end();
        sessions.asked();
        sessions.state.lock().unwrap().refuses = Some(refusal.clone());
        let mut reads = JoinSet::new();
        for _ in 0..4 {
            let user = user.clone();
            reads.spawn(async move { read(&user).await });
        }
        for outcome in reads.join_all().await {
            let error = failed(outcome);
            assert_eq!(error.delivery(), Delivery::Rejected);
            let text = error.to_string();
            let says = match after_a_while {
                1 => text.ends_with(
                    "its login was refused too, so the client makes no other: call `log_in`",
                ),
                _ => text.ends_with("waits a minute with the next try"),
            };
            assert!(says, "{text}");
        }
        let logins = |asked: &[String]| asked.iter().filter(|one| *one == "Security").count();
        assert_eq!(logins(&sessions.asked()), 1);
        clock.sleep(Duration::from_secs(59)).await;
        failed(read(&user).await);
        assert_eq!(logins(&sessions.asked()), 0);
        clock.sleep(Duration::from_secs(1)).await;
        sessions.state.lock().unwrap().refuses = None;
        let is_mended = after_a_while == 2;
        assert_eq!(read(&user).await.is_ok(), is_mended, "{refusal:?}");
        assert_eq!(logins(&sessions.asked()), usize::from(is_mended));
    }
}

/// A server that takes each session for ended gets one login in a minute.
#[tokio::test]
async fn a_session_that_does_not_last_is_not_renewed_over_and_over() {
    let clock = MockClock::default();
    let (sessions, user) = session(&clock).await;
    for (waits, expected) in [(0, 1), (59, 0), (1, 1)] {
        clock.sleep(Duration::from_secs(waits)).await;
        sessions.end();
        sessions.asked();
        match read(&user).await {
            Ok(_) => assert_eq!(expected, 1),
            Err(error) => {
                assert_eq!(expected, 0);
                let text = error.to_string();
                assert!(text.contains("less than a minute ago"), "{text}");
            }
        }
        let asked = sessions.asked();
        assert_eq!(
            asked.iter().filter(|one| *one == "Security").count(),
            expected
        );
    }
}

/// A login that takes for ever takes no longer than the read that waits for it.
#[tokio::test]
async fn the_time_of_a_read_bounds_its_login() {
    let clock = MockClock::hitting(Limit::TotalTime);
    let hit = clock.clone();
    let logins = AtomicUsize::new(0);
    let server = Server::start(move |received| {
        if path(received) != "Security" {
            return unauthorized();
        }
        if logins.fetch_add(1, Ordering::SeqCst) == 0 {
            return Reply::json(r#"{"Token":"t"}"#);
        }
        hit.hit();
        loop {
            std::thread::park();
        }
    })
    .unwrap();
    let client = builder(&server.url()).runtime(clock).build().unwrap();
    let user = lasting(&client).await;
    let error = failed(read(&user).await);
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::Credentials, 1)
    );
}

/// The next one logs in where the call that was about to is dropped.
#[tokio::test]
async fn a_login_that_is_dropped_leaves_no_one_behind() {
    let arrived = Arc::new(Notify::new());
    let (go_on, held) = mpsc::channel::<()>();
    let tell = Arc::clone(&arrived);
    let logins = AtomicUsize::new(0);
    let server = Server::start(move |received| {
        if path(received) == "Security" {
            let number = logins.fetch_add(1, Ordering::SeqCst) + 1;
            if number == 2 {
                tell.notify_one();
                held.recv().unwrap();
            }
            return Reply::json(json!({ "Token": number }).to_string());
        }
        match received.header("token") {
            Some("1") => unauthorized(),
            _ => Reply::json(DETAILS),
        }
    })
    .unwrap();
    let client = client(&server.url());
    let user = lasting(&client).await;
    let reads = |_| {
        let user = user.clone();
        tokio::spawn(async move { read(&user).await })
    };
    let [first, second] = [0, 1].map(reads);
    patiently("the login", arrived.notified()).await;
    // Whichever of them logs in, both wait: one is dropped, and the other lives.
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    go_on.send(()).unwrap();
    second.await.unwrap().unwrap();
    let asked = server.take();
    let logins = asked.iter().filter(|one| path(one) == "Security").count();
    assert!((2..=3).contains(&logins), "{logins}");
}

/// What the fake makes of it, who knows nothing of this client.
#[tokio::test]
async fn a_session_on_the_fake() {
    let state = aim_fake::State::example().unwrap();
    let fake = AimFake::builder().state(state).start().await.unwrap();
    let set = |changes: Value| fake.patch_settings(&changes).unwrap();
    set(json!({"check_tokens": true, "require_oauth_token": true, "api_keys": ["canary-key"]}));
    let stranger = builder(fake.base_url()).credentials(Credentials::new("k", "a"));
    assert_eq!(failed(stranger.discover().await).kind(), ErrorKind::InBand);
    let discover = || builder(fake.base_url()).allow_host("127.0.0.1").discover();
    let client = discover().await.unwrap().build().unwrap();
    let login = Login::new("jordan@example.com", "password-invented-5d").log_in_again(true);
    let user = client.log_in(login.clone()).await.unwrap().client;
    let reference = GetContractDetailsRequest::new().ref_("R-104233");
    user.get_contract_details(&reference).await.unwrap();

    let wrong = Login::new("jordan@example.com", "canary-password");
    assert_eq!(
        failed(client.log_in(wrong).await).delivery(),
        Delivery::Rejected
    );

    // The session ends, for a read and for a booking.
    set(json!({"credential_error": "unauthorized"}));
    for operation in ["GetContractDetails", "PostServiceTicket"] {
        let fault = format!("refused_credential,operation={operation}");
        fake.fault(Fault::from_text(&fault).unwrap()).await.unwrap();
    }
    let ticket = PostServiceTicketRequest::new().ref_number("A-1");
    assert_eq!(
        failed(user.post_service_ticket(&ticket).await).delivery(),
        Delivery::Rejected
    );
    let answer = user.get_contract_details(&reference).await.unwrap();
    assert_eq!(answer.attempts(), 2);
    user.post_service_ticket(&ticket).await.unwrap();

    // A host that reads the query alone.
    set(json!({"login_from": "query"}));
    assert_eq!(
        failed(client.log_in(login.clone()).await).delivery(),
        Delivery::Rejected
    );
    let reckless = discover().await.unwrap().danger_send_password_in_url(true);
    let user = reckless
        .build()
        .unwrap()
        .log_in(login)
        .await
        .unwrap()
        .client;
    user.get_contract_details(&reference).await.unwrap();
}

#[test]
fn the_blocking_client_signs_in_too() {
    let sessions = Sessions::start(unauthorized());
    let central = found(&json!({"NewEndpointDomain": sessions.server.url()}));
    let client = builder(&central.url())
        .allow_host("127.0.0.1")
        .discover_blocking()
        .unwrap()
        .build_blocking()
        .unwrap();
    let user = client.log_in(login().log_in_again(true)).unwrap();
    assert!(!format!("{user:?}").contains("canary"));
    sessions.end();
    let request = GetContractDetailsRequest::new().ref_("C-1");
    let answer = user.client.get_contract_details(&request).unwrap();
    assert_eq!(answer.attempts(), 2);
    failed(client.get_contract_details(&request));
}

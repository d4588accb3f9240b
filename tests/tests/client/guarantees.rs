//! What the client guarantees about bookings, each against a server that
//! misbehaves; no test waits.

use std::error::Error as _;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use aim_client::journal::{Booking, Journal, Outcome, Record, Refusal, State};
use aim_client::runtime::{Runtime, Sleep};
use aim_client::types::{
    BaseResponseResult, C2BPostContractRequest, C2BPostContractResponse,
    ContractFulfillmentRequest, ContractFulfillmentResponse, CustomerInfo,
    GetContractDetailsRequest, GetContractDetailsResponse,
};
use aim_client::{
    AimApi, AimClient, AimClientBuilder, Answer, ApiFuture, Attempt, AttemptEnd, CallOptions,
    Credentials, Delivery, Error, ErrorKind, FulfillmentLookup, Limit, Observer, Retry, Secret,
};
use aim_fake::internals::names;
use aim_tests::calls;
use aim_tests::mock_clock::MockClock;
use aim_tests::patience::patiently;
use aim_tests::server::{Received, Reply, Server};
use tokio::sync::Notify;

const PROOF: &str = r#"{"WebRef":"W-1","AccountSub":"1-1","Status":{"StatusCode":"OK"}}"#;

fn builder(url: impl Into<String>) -> AimClientBuilder {
    calls::builder(url)
        .credentials(Credentials::new("canary-key", "canary-app").token("canary-token"))
}

fn client(server: &Server, clock: &MockClock) -> AimClient {
    builder(server.url())
        .runtime(clock.clone())
        .build()
        .unwrap()
}

async fn read(client: &AimClient) -> Result<Answer<GetContractDetailsResponse>, Error> {
    let request = GetContractDetailsRequest::new().ref_("C-1");
    client.get_contract_details(&request).await
}

async fn book(client: &AimClient) -> Result<Answer<C2BPostContractResponse>, Error> {
    let person = CustomerInfo::new("canary-name", "canary@example.com");
    let request = C2BPostContractRequest::new().customer_info(person);
    client.c2b_post_contract(&request).await
}

/// Answers with this first, and then as it should.
fn failing_once(reply: Reply) -> Server {
    let calls = AtomicUsize::new(0);
    Server::start(move |_| {
        if calls.fetch_add(1, Ordering::Relaxed) == 0 {
            reply.clone()
        } else {
            Reply::json(PROOF)
        }
    })
    .unwrap()
}

/// A server that sends these bytes to everyone who has sent a request, and
/// closes.
fn raw(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = answer_raw(&stream, &answer);
        }
    });
    format!("http://{address}")
}

fn answer_raw(mut stream: &std::net::TcpStream, answer: &[u8]) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
        if line.trim_end().is_empty() {
            break;
        }
    }
    reader.read_exact(&mut vec![0; length])?;
    stream.write_all(answer)
}

/// Nobody listens there.
fn nowhere() -> &'static str {
    // Nothing listens there, and nothing is given that port.
    "http://127.0.0.1:1"
}

fn breaking_off() -> Reply {
    Reply {
        headers: vec![("Content-Length".to_owned(), "500".to_owned())],
        ..Reply::json(PROOF)
    }
}

// --- repeating ---------------------------------------------------------------

#[tokio::test]
async fn a_read_is_repeated_after_what_passes_and_a_booking_is_not() {
    let html = |status| Reply::of(status, "text/html", "<html>busy");
    let mut replies: Vec<_> = [408, 429, 500, 502, 503, 504].map(html).to_vec();
    replies.extend([
        html(200),
        Reply::json(""),
        Reply::json(r#"{"AccountSub":"1"#),
        Reply::of(
            500,
            "application/json",
            r#"{"ResponseStatus":{"ErrorCode":"X"}}"#,
        ),
        breaking_off(),
    ]);
    for reply in replies {
        let clock = MockClock::default();
        let server = failing_once(reply.clone());
        let answer = read(&client(&server, &clock)).await.unwrap();
        assert_eq!(answer.attempts(), 2, "{reply:?}");
        assert_eq!(clock.slept().len(), 1);
        let sent = server.take();
        assert_eq!(sent.len(), 2);
        assert_eq!(
            (&sent[0].line, &sent[0].body),
            (&sent[1].line, &sent[1].body)
        );
        assert_eq!(sent[0].headers, sent[1].headers);

        let server = failing_once(reply.clone());
        let error = book(&client(&server, &clock)).await.unwrap_err();
        assert_eq!(error.delivery(), Delivery::Unknown, "{reply:?}");
        assert_eq!(error.attempts(), 1);
        assert_eq!(server.take().len(), 1);
    }
}

#[tokio::test]
async fn what_does_not_pass_is_not_repeated() {
    let in_band = r#"{"Status":{"StatusCode":"Error"}}"#;
    for reply in [
        Reply::json("{}"),
        Reply::json(in_band),
        Reply::of(503, "application/json", in_band),
        Reply::of(302, "text/plain", ""),
        Reply::of(400, "text/plain", ""),
        Reply::of(401, "text/plain", ""),
        Reply::of(404, "text/plain", ""),
        Reply::of(409, "text/plain", ""),
    ] {
        let clock = MockClock::default();
        let server = failing_once(reply.clone());
        let error = read(&client(&server, &clock)).await.unwrap_err();
        assert_eq!(error.attempts(), 1, "{reply:?}");
        assert_eq!(server.take().len(), 1);
        assert!(clock.slept().is_empty());
    }
}

#[tokio::test]
async fn what_was_certainly_not_sent_is_repeated_always() {
    let clock = MockClock::default();
    let client = builder(nowhere()).runtime(clock.clone()).build().unwrap();
    let error = book(&client).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert_eq!(error.kind(), ErrorKind::NoConnection);
    assert_eq!(error.attempts(), 3);
    assert_eq!(clock.slept().len(), 2);

    let error = book(&client.with(CallOptions::new().no_retry()))
        .await
        .unwrap_err();
    assert_eq!((error.attempts(), clock.slept().len()), (1, 2));
}

/// A request that the client itself refuses is the same the second time.
#[tokio::test]
#[allow(deprecated, reason = "only a query can be refused here")]
async fn what_the_client_refuses_is_not_repeated() {
    let clock = MockClock::default();
    let server = Server::start(|_| Reply::json(PROOF)).unwrap();
    let person = CustomerInfo::new("canary-name", "canary@example.com");
    let request = C2BPostContractRequest::new().customer_info(person);
    let error = client(&server, &clock)
        .c2b_post_contract_get(&request)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(error.attempts(), 0);
    assert!(clock.slept().is_empty());
}

#[tokio::test]
async fn retry_after_is_obeyed_and_capped() {
    let seconds = Duration::from_secs;
    for (text, least, most) in [
        ("7", seconds(7), seconds(7)),
        ("Sun, 06 Nov 1994 08:49:57 GMT", seconds(20), seconds(20)),
        ("3600", seconds(30), seconds(30)),
        ("0", Duration::from_millis(199), Duration::from_millis(401)),
        (
            "soon",
            Duration::from_millis(199),
            Duration::from_millis(401),
        ),
    ] {
        let clock = MockClock::default();
        let server = failing_once(Reply {
            headers: vec![("Retry-After".to_owned(), text.to_owned())],
            ..Reply::of(503, "", "")
        });
        read(&client(&server, &clock)).await.unwrap();
        let [slept] = clock.slept().try_into().unwrap();
        assert!((least..=most).contains(&slept), "{text}: {slept:?}");
    }
}

#[tokio::test]
async fn a_pause_that_ends_too_late_is_not_begun() {
    let clock = MockClock::default();
    let server = Server::start(|_| Reply::of(503, "text/plain", "")).unwrap();
    let retry = Retry::new()
        .max_attempts(10)
        .first_delay(Duration::from_secs(40))
        .max_delay(Duration::from_secs(40));
    let client = client(&server, &clock).with(CallOptions::new().retry(retry));
    let error = read(&client).await.unwrap_err();
    assert_eq!(error.http_status().unwrap(), 503);
    let slept: Duration = clock.slept().iter().sum();
    assert!(slept < Duration::from_secs(100), "{slept:?}");
    assert_eq!(server.take().len(), clock.slept().len() + 1);
    assert_eq!(error.attempts() as usize, clock.slept().len() + 1);
    assert!(error.attempts() < 4);
}

/// It hangs until the client has given up, and then answers others.
#[tokio::test]
async fn a_read_that_hangs_is_repeated_and_a_booking_is_unknown() {
    let clock = MockClock::hitting(Limit::ReadTime);
    let shared = clock.clone();
    let calls = AtomicUsize::new(0);
    let server = Server::start(move |_| {
        if calls.fetch_add(1, Ordering::Relaxed) == 0 {
            shared.hit();
            while shared.slept().is_empty() {
                std::thread::yield_now();
            }
        }
        Reply::json(PROOF)
    })
    .unwrap();
    let answer = read(&client(&server, &clock)).await.unwrap();
    assert_eq!(answer.attempts(), 2);

    let clock = MockClock::hitting(Limit::ReadTime);
    let shared = clock.clone();
    let server = Server::silent(move || shared.hit()).unwrap();
    let error = book(&client(&server, &clock)).await.unwrap_err();
    assert_eq!(error.limit(), Some(Limit::ReadTime));
    assert_eq!(error.delivery(), Delivery::Unknown);
    assert_eq!(error.attempts(), 1);
    assert!(error.to_string().contains("read_timeout"), "{error}");
}

#[tokio::test]
async fn statuses_of_the_web_server_are_rejected() {
    for status in [413, 414] {
        let server = failing_once(Reply::of(status, "text/html", "<html>Too Large"));
        let error = book(&client(&server, &MockClock::default()))
            .await
            .unwrap_err();
        assert_eq!(error.delivery(), Delivery::Rejected);
        assert_eq!(error.kind(), ErrorKind::HttpStatus);
    }
}

// --- limits ------------------------------------------------------------------

#[tokio::test]
async fn an_answer_that_is_too_large_is_named_and_unknown() {
    let body = format!(r#"{{"WebRef":"{}"}}"#, "W".repeat(2000));
    let announced = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let endless = format!("HTTP/1.1 200 OK\r\n\r\n{body}");
    for answer in [announced, endless] {
        let url = raw(answer.into_bytes());
        let clock = MockClock::default();
        let limited = builder(&url)
            .runtime(clock.clone())
            .max_answer_bytes(1000)
            .build()
            .unwrap();
        for error in [
            book(&limited).await.unwrap_err(),
            read(&limited).await.unwrap_err(),
        ] {
            assert_eq!(error.limit(), Some(Limit::AnswerSize));
            assert_eq!(error.delivery(), Delivery::Unknown);
            assert_eq!(error.http_status().unwrap(), 200);
            assert_eq!(error.attempts(), 1);
            let text = error.to_string();
            assert!(
                text.contains("max_answer_bytes") && text.contains("1000"),
                "{text}"
            );
        }
        let exact = builder(&url).max_answer_bytes(body.len()).build().unwrap();
        book(&exact).await.unwrap();
    }
}

/// Nobody has so much memory: to reserve it would end the program.
#[tokio::test]
async fn an_announced_length_is_not_reserved() {
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{PROOF}",
        1_u64 << 62
    );
    let client = builder(raw(answer.into_bytes()))
        .max_answer_bytes(usize::MAX)
        .build()
        .unwrap();
    let error = book(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Broken);
    assert_eq!(error.delivery(), Delivery::Unknown);
}

#[tokio::test]
async fn headers_that_are_too_large_or_too_many_are_named_and_unknown() {
    let large = format!("X-A: {}\r\n", "a".repeat(2000));
    let many = "X-A: a\r\n".repeat(101);
    let huge = format!("X-A: {}\r\n", "a".repeat(1 << 20));
    for headers in [large, many, huge] {
        let body = format!("HTTP/1.1 200 OK\r\n{headers}\r\n{PROOF}");
        let client = builder(raw(body.into_bytes()))
            .runtime(MockClock::default())
            .max_header_bytes(1000)
            .build()
            .unwrap();
        let error = book(&client).await.unwrap_err();
        assert_eq!(error.limit(), Some(Limit::HeaderSize), "{error}");
        assert_eq!(error.delivery(), Delivery::Unknown);
        assert_eq!(error.attempts(), 1);
    }
}

/// Whose limits of time are over at once if they are short.
struct ShortIsOver;

impl Runtime for ShortIsOver {
    fn timer(&self, limit: Limit, duration: Duration) -> Sleep {
        if duration <= Duration::from_secs(1) {
            Box::pin(std::future::ready(()))
        } else {
            MockClock::default().timer(limit, duration)
        }
    }
}

#[tokio::test]
async fn a_call_that_does_not_get_its_turn_is_not_sent() {
    let arrived = Arc::new(Notify::new());
    let notify = Arc::clone(&arrived);
    let server = Server::silent(move || notify.notify_one()).unwrap();
    let client = builder(server.url())
        .runtime(ShortIsOver)
        .max_in_flight(1)
        .build()
        .unwrap();
    let first = client.clone();
    let first = tokio::spawn(async move { book(&first).await });
    patiently("the first booking", arrived.notified()).await;
    let short = client.with(CallOptions::new().timeout(Duration::from_secs(1)));
    let error = book(&short).await.unwrap_err();
    assert_eq!(error.limit(), Some(Limit::InFlight));
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert!(error.to_string().contains("max_in_flight"), "{error}");
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    // Its place is free again: this one gets as far as the server.
    let error = book(&short).await.unwrap_err();
    assert_eq!(error.limit(), Some(Limit::TotalTime));
    assert_eq!(error.delivery(), Delivery::Unknown);
}

#[tokio::test]
async fn a_call_whose_time_is_over_is_not_sent() {
    let arrived = Arc::new(Notify::new());
    let notify = Arc::clone(&arrived);
    let server = Server::silent(move || notify.notify_one()).unwrap();
    let clock = MockClock::default();
    let client = builder(server.url())
        .runtime(clock.clone())
        .max_in_flight(1)
        .build()
        .unwrap();
    let is_too_late = |error: &Error| {
        assert_eq!(error.limit(), Some(Limit::TotalTime));
        assert_eq!(error.delivery(), Delivery::NotSent);
        assert_eq!(error.attempts(), 0);
        assert!(error.is_timeout());
    };
    let no_time = client.with(CallOptions::new().timeout(Duration::ZERO));
    is_too_late(&book(&no_time).await.unwrap_err());

    // The other one gets its place when the time is over.
    let first = client.clone();
    let first = tokio::spawn(async move { book(&first).await });
    patiently("the first booking", arrived.notified()).await;
    let mut waiting = Box::pin(book(&client));
    assert!(futures_poll(&mut waiting).await);
    drop(clock.sleep(Duration::from_secs(100)));
    first.abort();
    is_too_late(&waiting.await.unwrap_err());
    assert!(first.await.unwrap_err().is_cancelled());
    assert!(
        server.take().is_empty(),
        "only the first, which is not answered"
    );
}

/// Whose pauses take longer than they should.
struct Oversleeping(MockClock);

impl Runtime for Oversleeping {
    fn now(&self) -> Instant {
        self.0.now()
    }

    fn sleep(&self, _: Duration) -> Sleep {
        self.0.sleep(Duration::from_secs(1000))
    }
}

#[tokio::test]
async fn an_attempt_that_comes_too_late_hides_no_earlier_one() {
    let server = failing_once(Reply::of(503, "text/plain", ""));
    let client = builder(server.url())
        .runtime(Oversleeping(MockClock::default()))
        .build()
        .unwrap();
    let error = read(&client).await.unwrap_err();
    assert_eq!(error.http_status().unwrap(), 503);
    assert_eq!(error.delivery(), Delivery::Unknown);
    assert_eq!(error.attempts(), 1);
    assert_eq!(server.take().len(), 1);
}

#[tokio::test]
async fn the_time_of_a_call_spans_its_attempts() {
    let clock = MockClock::default();
    let server = failing_once(Reply::of(503, "text/plain", ""));
    read(&client(&server, &clock)).await.unwrap();
    let [slept] = clock.slept().try_into().unwrap();
    assert!(!slept.is_zero());
    let timers = clock.timers().into_iter();
    let totals = timers.filter(|(limit, _)| *limit == Limit::TotalTime);
    let total = Duration::from_secs(100);
    assert_eq!(
        totals.map(|(_, time)| time).collect::<Vec<_>>(),
        [total, total - slept]
    );
}

/// reqwest's own, which a user has set: it ends the call as ours does.
#[tokio::test]
async fn a_time_out_of_the_http_client_is_the_time_of_the_call() {
    let server = Server::silent(|| {}).unwrap();
    let half = TcpListener::bind("127.0.0.1:0").unwrap();
    let half_url = format!("http://{}", half.local_addr().unwrap());
    std::thread::spawn(move || {
        let mut kept_open = Vec::new();
        for stream in half.incoming().flatten() {
            let _ = answer_raw(&stream, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{");
            kept_open.push(stream);
        }
    });
    let clock = MockClock::default();
    for url in [server.url(), half_url] {
        let client = builder(url)
            .runtime(clock.clone())
            .http(|http| http.timeout(Duration::from_millis(20)))
            .build()
            .unwrap();
        for error in [
            read(&client).await.unwrap_err(),
            book(&client).await.unwrap_err(),
        ] {
            assert_eq!(error.limit(), Some(Limit::TotalTime), "{error:?}");
            assert_eq!(error.delivery(), Delivery::Unknown);
            assert_eq!(error.attempts(), 1);
            assert!(error.is_timeout());
            assert!(error.to_string().contains("as set by `http`"), "{error}");
        }
    }
    assert!(clock.slept().is_empty());
}

/// A handshake that never ends is part of connecting.
#[tokio::test]
async fn a_connection_that_is_not_made_in_time_is_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let client = builder(url)
        .runtime(MockClock::default())
        .connect_timeout(Duration::from_millis(20))
        .build()
        .unwrap();
    let error = book(&client).await.unwrap_err();
    assert_eq!(error.limit(), Some(Limit::ConnectTime), "{error:?}");
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert_eq!(error.attempts(), 3);
    assert!(error.is_timeout() && error.is_connect());
}

#[test]
fn limits_that_nothing_could_pass_are_refused() {
    let error = builder("http://localhost:1")
        .max_in_flight(0)
        .build()
        .unwrap_err();
    assert!(error.to_string().contains("max_in_flight"), "{error}");
}

// --- options -----------------------------------------------------------------

#[tokio::test]
async fn a_session_has_its_own_token_and_headers() {
    let server = Server::start(|_| Reply::json(PROOF)).unwrap();
    let client = client(&server, &MockClock::default());
    let session = client.with_token("other-token");
    let call = session.with(CallOptions::new().header("X-Request-Id", "4711"));
    for client in [&client, &session, &call] {
        book(client).await.unwrap();
    }
    let sent = server.take();
    let headers = |name| -> Vec<_> { sent.iter().map(|sent| sent.header(name)).collect() };
    let other = Some("other-token");
    assert_eq!(headers("token"), [Some("canary-token"), other, other]);
    assert_eq!(headers("apikey"), [Some("canary-key"); 3]);
    assert_eq!(headers("x-request-id"), [None, None, Some("4711")]);
}

#[tokio::test]
async fn options_that_cannot_be_used_are_refused_without_their_values() {
    let server = Server::start(|_| Reply::json(PROOF)).unwrap();
    let client = client(&server, &MockClock::default());
    for options in [
        CallOptions::new().header("Content-Type", "canary"),
        CallOptions::new().header("ApiKey", "canary"),
        CallOptions::new().token("canary\r\nX: canary"),
        CallOptions::new().header("X-A", "canary\n"),
    ] {
        let error = book(&client.with(options)).await.unwrap_err();
        assert_eq!(error.delivery(), Delivery::NotSent);
        assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    }
    assert!(server.take().is_empty());
}

#[tokio::test]
async fn a_proxy_is_used_only_when_asked_for() {
    let proxy = Server::start(|_| Reply::json(PROOF)).unwrap();
    let client = builder("http://127.0.0.1:1")
        .proxy(proxy.url())
        .build()
        .unwrap();
    book(&client).await.unwrap();
    let [sent] = proxy.take().try_into().unwrap();
    assert_eq!(sent.target(), "http://127.0.0.1:1/api/C2BPostContract");

    let error = builder("http://127.0.0.1:1")
        .proxy("http://u:canary@")
        .build()
        .unwrap_err();
    assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    let error = builder("https://127.0.0.1:1")
        .root_certificate("no pem")
        .build()
        .unwrap_err();
    assert!(error.to_string().contains("root certificate"), "{error}");
}

// --- journal -----------------------------------------------------------------

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<String>>>);

impl Kept {
    fn lines(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Journal for Kept {
    fn before(&self, booking: &Booking) -> Result<(), Refusal> {
        let has_request = booking.expose_request().contains('{');
        self.0.lock().unwrap().push(format!(
            "{} {} {:?} {has_request}",
            booking.id,
            booking.operation.id(),
            booking.reference
        ));
        assert!(!format!("{booking:?}").contains("canary"));
        Ok(())
    }

    fn after(&self, booking: &Booking, outcome: &Outcome<'_>) {
        self.0.lock().unwrap().push(format!(
            "{} {:?} {:?} {:?}",
            booking.id,
            outcome.delivery,
            outcome.reference,
            outcome.error.map(ErrorKind::as_str)
        ));
    }
}

#[tokio::test]
async fn a_journal_gets_each_booking_before_it_is_sent_and_its_outcome() {
    let kept = Kept::default();
    let seen = kept.clone();
    let server = Server::start(move |received| {
        assert_eq!(
            seen.0.lock().unwrap().len(),
            1,
            "it was sent before it was kept"
        );
        if received.target().ends_with("/C2BPostContract") {
            Reply::json(PROOF)
        } else {
            Reply::json(r#"{"Status":{"StatusCode":"OK"}}"#)
        }
    })
    .unwrap();
    let client = builder(server.url())
        .runtime(MockClock::default())
        .journal(kept.clone())
        .build()
        .unwrap();
    let named = client.with(CallOptions::new().booking_id("order-1"));
    let answer = book(&named).await.unwrap();
    assert_eq!(answer.booking_id(), Some("order-1"));
    assert_eq!(
        kept.lines(),
        [
            "order-1 C2BPostContract None true",
            r#"order-1 None Some("W-1") None"#
        ]
    );

    let request = ContractFulfillmentRequest::new().ref_("C-7").serial("S");
    let answer = client.contract_fulfillment(&request).await.unwrap();
    let id = answer.booking_id().unwrap();
    assert_eq!(
        kept.lines(),
        [
            format!("{id} ContractFulfillment Some(\"C-7\") true"),
            format!("{id} None None None")
        ]
    );
    kept.0.lock().unwrap().push(String::new());
    read(&client).await.unwrap();
    assert_eq!(kept.lines(), [""], "a read is no booking");

    let server = failing_once(Reply::of(500, "text/plain", ""));
    let client = builder(server.url()).journal(kept.clone()).build().unwrap();
    let error = book(&client.with(CallOptions::new().booking_id("order-2")))
        .await
        .unwrap_err();
    assert_eq!(error.booking_id(), Some("order-2"));
    assert_eq!(
        kept.lines()[1],
        r#"order-2 Some(Unknown) None Some("http_status")"#
    );
}

/// However it is shared; one that was certainly not applied may be sent again.
#[tokio::test]
async fn a_booking_id_names_one_booking() {
    let booked = State::Booked {
        reference: Some("W-1".to_owned()),
    };
    for (status, body, state) in [
        (200, PROOF, Some(booked)),
        (200, "", Some(State::InDoubt)),
        (500, "", Some(State::InDoubt)),
        (401, "", None),
    ] {
        let may_come_again = state.is_none();
        let server = Server::start(move |_| Reply::of(status, "text/plain", body)).unwrap();
        let client = builder(server.url())
            .runtime(MockClock::default())
            .build()
            .unwrap();
        let options = CallOptions::new().booking_id("order-1");
        let first = client.with(options.clone());
        // Reads take no name, and no more does what is refused.
        let _ = read(&first).await;
        let nobody = C2BPostContractRequest::new().customer_info(CustomerInfo::new("", ""));
        let refused = first.c2b_post_contract(&nobody).await.unwrap_err();
        assert!(refused.is_refused(), "{refused}");
        let _ = book(&first).await;
        let _ = server.take();
        for second in [&first, &first.with_token("t"), &client.with(options)] {
            let error = book(second).await.err();
            assert_eq!(server.take().len(), usize::from(may_come_again));
            if !may_come_again {
                let error = error.unwrap();
                assert_eq!(error.kind(), ErrorKind::Duplicate, "{error}");
                assert_eq!(error.delivery(), Delivery::Unknown, "{error}");
                assert_eq!(error.booking_id(), Some("order-1"));
                let earlier = error.earlier_booking().unwrap();
                assert_eq!(earlier.id, "order-1");
                assert_eq!(earlier.operation, names::operation::C2B_POST_CONTRACT);
                assert_eq!(Some(&earlier.state), state.as_ref());
            }
            let _ = read(second).await;
            let _ = server.take();
        }
        let other = client.with(CallOptions::new().booking_id("order-2"));
        let _ = book(&other).await;
        assert_eq!(server.take().len(), 1);
    }
}

#[tokio::test]
async fn a_journal_gets_the_outcome_of_a_dropped_call() {
    let kept = Kept::default();
    let arrived = Arc::new(Notify::new());
    let notify = Arc::clone(&arrived);
    let server = Server::silent(move || notify.notify_one()).unwrap();
    let client = builder(server.url())
        .max_in_flight(1)
        .journal(kept.clone())
        .build()
        .unwrap();
    let named = |id: &str| client.with(CallOptions::new().booking_id(id));
    let (sent, waiting) = (named("sent"), named("waiting"));
    let mut sent = Box::pin(book(&sent));
    tokio::select! {
        _ = &mut sent => panic!("nobody answers"),
        () = arrived.notified() => {}
    }
    let mut waiting = Box::pin(book(&waiting));
    assert!(futures_poll(&mut waiting).await);
    drop(waiting);
    drop(sent);
    let lines = kept.lines();
    assert_eq!(lines[2], r#"waiting Some(NotSent) None Some("dropped")"#);
    assert_eq!(lines[3], r#"sent Some(Unknown) None Some("dropped")"#);
}

/// Polls once; whether it is pending.
async fn futures_poll<F: Future + Unpin>(future: &mut F) -> bool {
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(std::pin::Pin::new(&mut *future).poll(context).is_pending())
    })
    .await
}

struct Full;

impl Journal for Full {
    fn before(&self, _: &Booking) -> Result<(), Refusal> {
        Err(io::Error::new(io::ErrorKind::StorageFull, "canary").into())
    }

    fn after(&self, _: &Booking, _: &Outcome<'_>) {
        panic!("it was never kept");
    }
}

#[tokio::test]
async fn what_cannot_be_journaled_is_not_sent() {
    let server = Server::start(|_| Reply::json(PROOF)).unwrap();
    let client = builder(server.url()).journal(Full).build().unwrap();
    let error = book(&client).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert!(error.is_refused());
    assert!(error.to_string().contains("journal"), "{error}");
    // Its words may hold anything.
    assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    assert_eq!(error.source().unwrap().to_string(), "canary");
    assert!(error.booking_id().is_some());
    assert!(server.take().is_empty());
    read(&client).await.unwrap();
}

/// Knows every booking.
struct Knowing(State);

impl Journal for Knowing {
    fn before(&self, booking: &Booking) -> Result<(), Refusal> {
        let state = self.0.clone();
        let operation = booking.operation.id();
        let known = Record::new(&booking.id, operation, SystemTime::UNIX_EPOCH, state);
        Err(Refusal::Duplicate(known))
    }

    fn after(&self, _: &Booking, _: &Outcome<'_>) {
        panic!("it was never kept");
    }
}

#[tokio::test]
async fn a_duplicate_is_told_with_what_the_journal_knows() {
    let server = Server::start(|_| Reply::json(PROOF)).unwrap();
    let reference = Some("canary-reference".to_owned());
    for (state, said) in [
        (State::OnItsWay, "on its way since 1970-01-01T00:00:00Z;"),
        (State::InDoubt, "in doubt since 1970-01-01T00:00:00Z;"),
        (
            State::Booked { reference },
            "already booked, by a call of 1970-01-01T00:00:00Z;",
        ),
        (
            State::PartlyApplied,
            "partly applied, by a call of 1970-01-01T00:00:00Z;",
        ),
    ] {
        let client = builder(server.url())
            .journal(Knowing(state.clone()))
            .build()
            .unwrap();
        let named = client.with(CallOptions::new().booking_id("canary-order"));
        // The journal's word is asked for each time.
        let _ = book(&named).await;
        let error = book(&named).await.unwrap_err();
        // Not sent, and yet perhaps booked: nobody may read it as not booked.
        assert_eq!(error.delivery(), Delivery::Unknown);
        assert_eq!(error.kind(), ErrorKind::Duplicate);
        assert_eq!((error.is_refused(), error.attempts()), (false, 0));
        assert_eq!(error.booking_id(), Some("canary-order"));
        assert_eq!(error.earlier_booking().unwrap().state, state);
        let text = error.to_string();
        assert!(
            text.contains("not sent again") && text.contains(said),
            "{text}"
        );
        assert!(!format!("{text} {error:?}").contains("canary"), "{text}");
    }
    assert!(server.take().is_empty());
}

#[tokio::test]
async fn a_fulfillment_can_be_looked_up() {
    let server = Server::start(|request: &Received| {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        match &*body {
            r#"{"Ref":"there"}"# => Reply::json(PROOF),
            r#"{"Ref":"gone"}"# => {
                Reply::json(r#"{"Status":{"StatusCode":"Error","ErrorMessage":"no such"}}"#)
            }
            r#"{"Ref":"zeros"}"# => Reply::json(r#"{"TotalDue":0,"Status":{"StatusCode":"OK"}}"#),
            _ => Reply::json("{}"),
        }
    })
    .unwrap();
    let client = client(&server, &MockClock::default());
    let FulfillmentLookup::Exists(answer) = client.look_up_fulfillment("there").await else {
        panic!();
    };
    assert_eq!(answer.account_sub.as_deref(), Some("1-1"));
    let FulfillmentLookup::Refused(error) = client.look_up_fulfillment("gone").await else {
        panic!();
    };
    let words = error.aim_status().unwrap().error_message.as_ref();
    assert_eq!(words.map(Secret::expose), Some("no such"));
    for unknown in ["?", "zeros"] {
        let FulfillmentLookup::Unsure(error) = client.look_up_fulfillment(unknown).await else {
            panic!("{unknown}");
        };
        assert!(error.is_without_evidence(), "{unknown}");
    }
}

// --- hooks -------------------------------------------------------------------

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Observer for Log {
    fn attempt_started(&self, attempt: &Attempt<'_>) {
        let mut log = self.0.lock().unwrap();
        log.push(format!("{} {}", attempt.operation.id(), attempt.number));
        assert!(!format!("{attempt:?}").contains("canary"));
    }

    fn attempt_ended(&self, attempt: &Attempt<'_>, end: &AttemptEnd) {
        let status = end.status.map(|status| status.as_u16());
        let error = end.error.map(ErrorKind::as_str);
        let mut log = self.0.lock().unwrap();
        log.push(format!(
            "{} {status:?} {error:?} {:?}",
            attempt.number, end.delivery
        ));
    }
}

#[tokio::test]
async fn an_observer_is_notified_of_each_attempt() {
    let log = Log::default();
    let server = failing_once(Reply::of(503, "text/plain", ""));
    let client = builder(server.url())
        .runtime(MockClock::default())
        .observer(log.clone())
        .build()
        .unwrap();
    read(&client).await.unwrap();
    assert_eq!(
        *log.0.lock().unwrap(),
        [
            "GetContractDetails 1",
            r#"1 Some(503) Some("http_status") Some(Unknown)"#,
            "GetContractDetails 2",
            "2 Some(200) None None",
        ]
    );
}

// --- twins -------------------------------------------------------------------

#[test]
fn the_blocking_client_does_the_same() {
    let server = failing_once(Reply::of(503, "text/plain", ""));
    let clock = MockClock::default();
    let client = builder(server.url())
        .runtime(clock.clone())
        .build_blocking()
        .unwrap();
    let request = GetContractDetailsRequest::new().ref_("C-1");
    let answer = client.get_contract_details(&request).unwrap();
    assert_eq!(answer.attempts(), 2);
    let other = client.with_token("other");
    drop(client);
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let (client, request) = (other.clone(), request.clone());
            std::thread::spawn(move || client.get_contract_details(&request).is_ok())
        })
        .collect();
    assert!(threads.into_iter().all(|thread| thread.join().unwrap()));
    assert!(matches!(
        other.look_up_fulfillment("C-1"),
        FulfillmentLookup::Exists(_)
    ));
    assert_eq!(server.take().last().unwrap().header("token"), Some("other"));
}

#[tokio::test]
async fn the_blocking_client_does_not_panic_in_async_code() {
    let server = Server::start(|_| Reply::json(PROOF)).unwrap();
    let client = builder(server.url()).build_blocking().unwrap();
    let request = GetContractDetailsRequest::new().ref_("C-1");
    client.get_contract_details(&request).unwrap();
    drop(client);
}

struct Broken;

impl Observer for Broken {
    fn attempt_ended(&self, _: &Attempt<'_>, _: &AttemptEnd) {
        panic!("the observer is broken");
    }
}

#[test]
fn a_hook_that_panics_does_not_hang_the_blocking_client() {
    let server = Server::start(|_| Reply::json(PROOF)).unwrap();
    let kept = Kept::default();
    let client = builder(server.url())
        .observer(Broken)
        .journal(kept.clone())
        .build_blocking()
        .unwrap();
    let request = C2BPostContractRequest::new();
    let error = client.c2b_post_contract(&request).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Panicked);
    assert_eq!(error.delivery(), Delivery::Unknown);
    assert!(kept.lines()[1].ends_with(r#"Some(Unknown) None Some("panicked")"#));
}

#[test]
fn an_answer_of_another_type_is_named() {
    let error = Error::mocked_with(Delivery::Unknown, ContractFulfillmentResponse::new());
    assert!(error.answer::<ContractFulfillmentResponse>().is_ok());
    let other = error.answer::<C2BPostContractResponse>().unwrap_err();
    assert_eq!(
        other.to_string(),
        "the answer is ContractFulfillmentResponse, not C2BPostContractResponse"
    );
    let none = Error::mocked(Delivery::Unknown);
    let none = none.answer::<C2BPostContractResponse>().unwrap_err();
    assert_eq!(none.to_string(), "no answer could be read");
}

/// Mocks nothing.
struct Nothing;

impl AimApi for Nothing {}

#[tokio::test]
async fn the_client_is_a_trait_object_and_so_is_a_mock() {
    let server = Server::start(|_| Reply::json(PROOF)).unwrap();
    let request = C2BPostContractRequest::new();
    let real: Arc<dyn AimApi> = Arc::new(client(&server, &MockClock::default()));
    real.c2b_post_contract(&request).await.unwrap();
    let mock: Arc<dyn AimApi> = Arc::new(Nothing);
    let error = mock.c2b_post_contract(&request).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert!(error.to_string().contains("c2b_post_contract"), "{error}");

    let kept = Kept::default();
    let journaled = builder(server.url()).journal(kept.clone()).build().unwrap();
    let journaled: &dyn AimApi = &journaled;
    let named = journaled.with(CallOptions::new().booking_id("order-1"));
    let answer = named.c2b_post_contract(&request).await.unwrap();
    assert_eq!(answer.booking_id(), Some("order-1"));
    assert!(kept.lines()[0].starts_with("order-1 "));
    let named = mock.with(CallOptions::new().booking_id("order-1"));
    named.c2b_post_contract(&request).await.unwrap_err();
}

/// Answers to a look-up as it is told to.
struct LookedUp;

impl AimApi for LookedUp {
    fn get_contract_details<'a>(
        &'a self,
        request: &'a GetContractDetailsRequest,
    ) -> ApiFuture<'a, GetContractDetailsResponse> {
        let answer = GetContractDetailsResponse::new();
        let outcome = match request.ref_.as_deref() {
            Some("there") => Ok(Answer::new(answer.account_sub("1-1"))),
            Some("zeros") => Ok(Answer::new(answer)),
            Some("gone") => {
                let status = BaseResponseResult::new().error_message("no such");
                Err(Error::mocked_with(Delivery::Rejected, status))
            }
            _ => Err(Error::mocked(Delivery::Unknown)),
        };
        Box::pin(async { outcome })
    }
}

#[tokio::test]
async fn a_recovery_can_be_mocked() {
    let mock: &dyn AimApi = &LookedUp;
    let found = mock.look_up_fulfillment("there").await;
    assert!(matches!(found, FulfillmentLookup::Exists(_)), "{found:?}");
    let FulfillmentLookup::Refused(error) = mock.look_up_fulfillment("gone").await else {
        panic!();
    };
    let words = error.aim_status().unwrap().error_message.as_ref();
    assert_eq!(words.map(Secret::expose), Some("no such"));
    for reference in ["zeros", "?"] {
        let options = CallOptions::new().booking_id("order-1");
        let found = (&mock).with(options).look_up_fulfillment(reference).await;
        assert!(matches!(found, FulfillmentLookup::Unsure(_)), "{found:?}");
    }

    let booked = State::Booked { reference: None };
    let record = Record::new(
        "order-1",
        names::operation::C2B_POST_CONTRACT,
        SystemTime::UNIX_EPOCH,
        booked,
    );
    let error = Error::mocked_with(Delivery::Unknown, record.clone());
    assert_eq!(error.earlier_booking(), Some(&record));
}

//! Connections that are kept alive, and what goes wrong on them: a server that
//! closes one at the moment when the next request is sent, and one (or a proxy)
//! whose answer to an earlier request comes late or twice, and a runtime that
//! ends with them.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;
use std::time::Duration;

use aim_client::types::{C2BPostContractRequest, CustomerInfo, GetContractDetailsRequest};
use aim_client::{
    AimClient, AimClientBuilder, Credentials, Delivery, Effect, Error, ErrorKind, Operation, Retry,
};
use aim_tests::calls;
use aim_tests::document;
use aim_tests::every_operation::call;
use aim_tests::mock_clock::MockClock;
use aim_tests::patience::patiently;
use tokio::runtime::{Builder, Runtime};

/// What becomes of every request but the first of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Later {
    /// It is answered as the first.
    Right,
    /// The connection is closed, and nobody has read it.
    Closed,
    /// It is done, and what arrives is a refusal of the one before.
    LateRefusal,
    /// It is not done, and what arrives is the answer of the one before again.
    Twice,
    /// It is read and never answered.
    Never,
}

/// What has reached a server.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) connections: usize,
    /// The connection and the path of each request over HTTP/1.
    requests: Vec<(usize, String)>,
    /// The numbers of the bookings that were made.
    pub(crate) made: BTreeSet<usize>,
}

impl Seen {
    /// Does what a request asks for, and gives the answer: status and body. The
    /// number is that of the request on its connection.
    pub(crate) fn answer(
        &mut self,
        later: Later,
        number: usize,
        path: &str,
        body: &str,
    ) -> (u16, String) {
        let Some(booking) = booking_number(body) else {
            return (200, proof(path));
        };
        let proof = |booking| format!(r#"{{"WebRef":"W-{booking}"}}"#);
        match later {
            Later::LateRefusal if number > 0 => {
                self.made.insert(booking);
                (403, String::new())
            }
            Later::Twice if number > 0 => (200, proof(booking - 1)),
            _ => {
                self.made.insert(booking);
                (200, proof(booking))
            }
        }
    }
}

/// The number in a customer's name; none for what is none of `bookings`.
fn booking_number(body: &str) -> Option<usize> {
    let (_, rest) = body.split_once("customer-")?;
    rest.split('"').next()?.parse().ok()
}

/// What proves that the operation of a path ran.
fn proof(path: &str) -> String {
    static ALL: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
        let all = document::operations().unwrap().into_iter();
        all.map(|operation| (operation.path.clone(), operation.proof()))
            .collect()
    });
    let path = path.split('?').next().unwrap_or_default();
    let found = ALL.iter().find(|(known, _)| path.ends_with(known));
    found.unwrap().1.clone()
}

/// A server that keeps connections alive; gives its address.
fn serve(later: Later) -> (String, Arc<Mutex<Seen>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(Seen::default()));
    let log = Arc::clone(&seen);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let log = Arc::clone(&log);
            let mut seen = log.lock().unwrap();
            seen.connections += 1;
            let id = seen.connections;
            drop(seen);
            thread::spawn(move || connection(stream.unwrap(), id, later, &log));
        }
    });
    (url, seen)
}

fn connection(stream: TcpStream, id: usize, later: Later, seen: &Mutex<Seen>) {
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(&stream);
    for number in 0.. {
        let (mut path, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            let is_over = reader.read_line(&mut line).unwrap_or(0) == 0;
            if is_over || (number > 0 && matches!(later, Later::Closed)) {
                return;
            }
            if path.is_empty() {
                path = line.split(' ').nth(1).unwrap_or_default().to_owned();
            }
            if line == "\r\n" {
                break;
            }
            let (name, value) = line.split_once(':').unwrap_or_default();
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let body = String::from_utf8(body).unwrap();
        let mut seen = seen.lock().unwrap();
        seen.requests.push((id, path.clone()));
        if number > 0 && matches!(later, Later::Never) {
            drop(seen);
            let _ = reader.read(&mut [0]);
            return;
        }
        let (status, body) = seen.answer(later, number, &path, &body);
        drop(seen);
        let length = body.len();
        let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n\r\n{body}");
        if (&stream).write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

fn builder(url: &str) -> AimClientBuilder {
    in_real_time(url).runtime(MockClock::default())
}

fn in_real_time(url: &str) -> AimClientBuilder {
    calls::builder(url)
        .credentials(Credentials::new("key", "app"))
        // That it has to set aside for bookings.
        .http(|http| http.pool_max_idle_per_host(8))
}

/// How bookings ended, one after the other, by what the server knows.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Tally {
    right: usize,
    /// The verdict is not what happened, or the answer another's.
    wrong: usize,
    /// The outcome is unknown, and it never arrived.
    unknown: usize,
}

const BOOKINGS: usize = 40;

pub(crate) async fn bookings(client: &AimClient, seen: &Mutex<Seen>) -> Tally {
    let mut tally = Tally::default();
    for number in 1..=BOOKINGS {
        let name = format!("customer-{number}");
        let request = C2BPostContractRequest::new()
            .rate_id(12)
            .customer_info(CustomerInfo::new(name, "c@example.com"));
        let outcome = client.c2b_post_contract(&request).await;
        let made = seen.lock().unwrap().made.contains(&number);
        *match outcome {
            Ok(answer) if made && answer.web_ref == Some(format!("W-{number}")) => &mut tally.right,
            Err(error) if error.delivery() == Delivery::Unknown && made => &mut tally.right,
            Err(error) if error.delivery() == Delivery::Unknown => &mut tally.unknown,
            Err(_) if !made => &mut tally.right,
            _ => &mut tally.wrong,
        } += 1;
    }
    tally
}

/// Each row of what goes wrong, by default and with connections reused, where
/// it does.
pub(crate) async fn only_reused_connections_mislead(
    serve: impl Fn(Later) -> (AimClientBuilder, Arc<Mutex<Seen>>),
) {
    let right = Tally {
        right: BOOKINGS,
        ..Tally::default()
    };
    for later in [
        Later::Right,
        Later::Closed,
        Later::LateRefusal,
        Later::Twice,
    ] {
        let (builder, seen) = serve(later);
        let client = builder.build().unwrap();
        assert_eq!(bookings(&client, &seen).await, right, "{later:?}");
        assert_eq!(seen.lock().unwrap().connections, BOOKINGS);

        let (builder, seen) = serve(later);
        let client = builder.reuse_connections_for_bookings(true);
        let tally = bookings(&client.build().unwrap(), &seen).await;
        match later {
            Later::Right => {
                assert_eq!(tally, right);
                // Not just one: a connection is made while another becomes idle.
                assert!(seen.lock().unwrap().connections < BOOKINGS / 2);
            }
            Later::Closed => assert!(tally.unknown > BOOKINGS / 4, "{tally:?}"),
            _ => assert!(tally.wrong > BOOKINGS / 4, "{tally:?}"),
        }
    }
}

#[tokio::test]
async fn a_booking_is_misled_by_no_other_request() {
    only_reused_connections_mislead(|later| {
        let (url, seen) = serve(later);
        (builder(&url), seen)
    })
    .await;
}

/// Also at the same time, and beside reads, which share theirs.
#[tokio::test]
async fn every_booking_has_a_connection_of_its_own_and_reads_share_one() {
    let (url, seen) = serve(Later::Right);
    let client = builder(&url).build().unwrap();
    for operation in Operation::all() {
        let call = |key| call(&client, operation, key);
        let (first, second) = tokio::join!(call("a"), call("b"));
        for answer in [first, second, call("c").await, call("d").await] {
            answer.unwrap();
        }
    }
    let seen = seen.lock().unwrap();
    let books = |path: &str| {
        let path = path.split('?').next().unwrap_or_default();
        let mut all = Operation::all().iter();
        all.any(|one| one.path() == path && one.effect() == Effect::Books)
    };
    let (bookings, reads): (Vec<_>, Vec<_>) =
        seen.requests.iter().partition(|(_, path)| books(path));
    let connections = |requests: &[&(usize, String)]| -> BTreeSet<usize> {
        requests.iter().map(|(connection, _)| *connection).collect()
    };
    let (of_bookings, of_reads) = (connections(&bookings), connections(&reads));
    assert_eq!(of_bookings.len(), bookings.len());
    assert!(of_reads.len() < reads.len() / 2, "{of_reads:?}");
    assert!(of_bookings.is_disjoint(&of_reads));
}

fn runtime() -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder.enable_all().build().unwrap()
}

async fn read(client: &AimClient) -> Result<u32, Error> {
    let request = GetContractDetailsRequest::new().ref_("R-1");
    let answer = client.get_contract_details(&request).await?;
    Ok(answer.attempts())
}

/// A connection ends with the runtime that it was made on, and the client may
/// be on another one by then.
#[test]
fn the_end_of_another_runtime_is_named_and_costs_a_read_one_attempt() {
    let (url, seen) = serve(Later::Never);
    for retry in [Retry::never(), Retry::new()] {
        let client = builder(&url).retry(retry).build().unwrap();
        let before = seen.lock().unwrap().requests.len();
        let arrived = async |count| {
            while seen.lock().unwrap().requests.len() < before + count {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let arrived = |count| patiently("the request", arrived(count));
        // It goes on by itself, and so do its connections.
        let first = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        first.block_on(async {
            read(&client).await.unwrap();
            // Until the connection is back in the pool.
            tokio::time::sleep(Duration::from_millis(50)).await;
        });
        let outcome = runtime().block_on(async {
            let call = tokio::spawn(async move { read(&client).await });
            arrived(2).await;
            first.shutdown_background();
            call.await.unwrap()
        });
        if retry == Retry::never() {
            let error = outcome.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Broken);
            assert!(error.to_string().contains("runtime"), "{error}");
        } else {
            assert_eq!(outcome.unwrap(), 2);
        }
    }
}

/// As in a program whose tests share a client, each on a runtime that ends with
/// it.
#[test]
fn one_client_on_many_runtimes() {
    let (url, _) = serve(Later::Right);
    // A request that a pooled connection takes at the moment when its task ends is
    // neither sent nor given back (hyper#4122), until the client gives it up: such
    // a read costs this time and is repeated. No booking has a pooled connection.
    let client = in_real_time(&url).read_timeout(Duration::from_secs(10));
    let client = client.build().unwrap();
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let client = client.clone();
            thread::spawn(move || {
                for _ in 0..50 {
                    runtime().block_on(async {
                        read(&client).await.unwrap();
                        let booking = C2BPostContractRequest::new();
                        client.c2b_post_contract(&booking).await.unwrap();
                    });
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

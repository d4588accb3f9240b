//! Answers that are compressed, by whom nobody asked and (feature `gzip`) by
//! whom somebody did; also where reqwest could decompress by itself, which that
//! feature of these tests switches on.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::{self, JoinHandle};

#[cfg(feature = "gzip")]
use aim_client::Limit;
use aim_client::types::{C2BPostContractRequest, GetContractDetailsRequest};
use aim_client::{AimClient, AnswerKind, Credentials, Delivery, ErrorKind};
use aim_tests::calls;
use aim_tests::mock_clock::MockClock;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

/// A client, and a server that gives the same answer to so many requests; it
/// gives what it has received.
fn start(
    requests: usize,
    status: u16,
    encoding: &str,
    body: &[u8],
    most: usize,
) -> (AimClient, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = calls::builder(format!("http://{}", listener.local_addr().unwrap()))
        .credentials(Credentials::new("key", "app"))
        .max_answer_bytes(most)
        .runtime(MockClock::default())
        .build()
        .unwrap();
    let head = format!(
        "HTTP/1.1 {status} X\r\n{encoding}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let answer = [head.as_bytes(), body].concat();
    let server = thread::spawn(move || {
        let mut received = Vec::new();
        for _ in 0..requests {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            let length = stream.read(&mut request).unwrap();
            stream.write_all(&answer).unwrap();
            received.push(String::from_utf8_lossy(&request[..length]).to_lowercase());
        }
        received
    });
    (client, server)
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn zlib(text: &str) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// What proves a booking and a read.
const PROOF: &str = r#"{"Status":{"StatusCode":"OK"}}"#;

/// What a row ends in: a success, or an answer that is this.
type End = Option<AnswerKind>;

const OK: End = None;
const UNREADABLE: End = Some(AnswerKind::UnreadableGzip);

const fn compressed(name: Option<&'static str>) -> End {
    Some(AnswerKind::Compressed(name))
}

#[tokio::test]
async fn what_was_not_to_be_compressed_is_named() {
    let broken = |at: usize| {
        let mut all = gzip(PROOF);
        all[at] ^= 0xFF;
        all
    };
    let whole = gzip(PROOF);
    let (first, second) = PROOF.split_at(9);
    let two = [gzip(first), gzip(second)].concat();
    let asked_for = cfg!(feature = "gzip");
    // What ends otherwise where gzip was asked for.
    let gzipped = |end: End| {
        if asked_for {
            end
        } else {
            compressed(Some("gzip"))
        }
    };
    let (text, no_text) = (AnswerKind::Text, [0x1B, 0xFF, 0x80, 0x01]);
    for (encoding, body, end) in [
        ("Content-Encoding: gzip\r\n", whole.clone(), gzipped(OK)),
        ("", whole.clone(), gzipped(OK)),
        ("Content-Encoding: gzip\r\n", two, gzipped(OK)),
        (
            "Content-Encoding: gzip\r\n",
            whole[..whole.len() - 9].to_vec(),
            gzipped(UNREADABLE),
        ),
        // A wrong checksum, and a wrong header.
        (
            "Content-Encoding: gzip\r\n",
            broken(whole.len() - 6),
            gzipped(UNREADABLE),
        ),
        ("", broken(3), gzipped(UNREADABLE)),
        (
            "Content-Encoding: gzip, gzip\r\n",
            [whole.clone(), b"rest".to_vec()].concat(),
            gzipped(UNREADABLE),
        ),
        (
            "Content-Encoding: deflate\r\n",
            zlib(PROOF),
            compressed(Some("deflate")),
        ),
        (
            "Content-Encoding: BR\r\n",
            no_text.to_vec(),
            compressed(Some("br")),
        ),
        (
            "Content-Encoding: canary\r\n",
            no_text.to_vec(),
            compressed(None),
        ),
        (
            "Content-Encoding: identity\r\n",
            no_text.to_vec(),
            Some(text),
        ),
        // What it says of itself does not make it compressed.
        (
            "Content-Encoding: gzip\r\n",
            b"no such page".to_vec(),
            Some(text),
        ),
        ("Content-Encoding: br\r\n", PROOF.into(), OK),
    ] {
        // A booking and a read: neither is repeated.
        let name = format!("{encoding}{body:?}");
        let requests = if end == Some(text) { 4 } else { 2 };
        let (client, server) = start(requests, 200, encoding, &body, 1000);
        let booking = C2BPostContractRequest::new();
        let booked = client.c2b_post_contract(&booking).await;
        let booked = booked.map(|answer| answer.into_inner().status);
        let read = GetContractDetailsRequest::new().ref_("R-1");
        let read = client.get_contract_details(&read).await;
        let read = read.map(|answer| answer.into_inner().status);
        for outcome in [booked, read] {
            assert_eq!(outcome.is_ok(), end == OK, "{name}: {outcome:?}");
            let Err(error) = outcome else { continue };
            assert_eq!(error.answer_kind(), end, "{name}: {error}");
            assert_eq!(error.delivery(), Delivery::Unknown, "{name}: {error}");
            assert_eq!(error.kind(), ErrorKind::NotTheAnswer, "{name}: {error}");
            assert!(!error.to_string().contains("canary"), "{error}");
        }
        for request in server.join().unwrap() {
            let mut lines = request.lines();
            let asked = lines.find(|line| line.starts_with("accept-encoding"));
            assert_eq!(asked, asked_for.then_some("accept-encoding: gzip"));
        }
    }
}

/// A sign of a result could be in it.
#[tokio::test]
async fn a_status_that_rejects_is_unknown_with_what_is_compressed() {
    let body = zlib(PROOF);
    let (client, server) = start(1, 401, "Content-Encoding: deflate\r\n", &body, 1000);
    let booking = C2BPostContractRequest::new();
    let error = client.c2b_post_contract(&booking).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Unknown, "{error}");
    server.join().unwrap();
}

/// The text of the error, of each kind.
#[test]
fn a_text_says_what_it_is() {
    for (kind, text) in [
        (
            AnswerKind::Compressed(Some("br")),
            "compressed (br), which was not asked for",
        ),
        (
            AnswerKind::Compressed(None),
            "compressed, which was not asked for",
        ),
        (
            AnswerKind::UnreadableGzip,
            "gzip that cannot be decompressed",
        ),
    ] {
        assert_eq!(kind.to_string(), text);
    }
}

#[cfg(feature = "gzip")]
#[tokio::test]
async fn the_limit_is_of_what_is_decompressed() {
    // A hundred thousand letters in 148 bytes.
    let text = format!(r#"{{"WebRef":"{}"}}"#, "W".repeat(100_000));
    for (most, fits) in [(text.len(), true), (text.len() - 1, false)] {
        let (client, _) = start(1, 200, "Content-Encoding: gzip\r\n", &gzip(&text), most);
        let booking = C2BPostContractRequest::new();
        match client.c2b_post_contract(&booking).await {
            Ok(answer) => {
                assert!(fits);
                assert_eq!(answer.web_ref.as_ref().unwrap().len(), 100_000);
            }
            Err(error) => {
                assert!(!fits);
                assert_eq!(error.limit(), Some(Limit::AnswerSize));
                assert_eq!(error.delivery(), Delivery::Unknown);
            }
        }
    }
}

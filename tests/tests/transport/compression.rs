//! Answers that are compressed, by whom nobody asked and (feature `gzip`) by
//! whom somebody did; also where reqwest could decompress by itself, which that
//! feature of these tests switches on.

use std::io::Write;

#[cfg(feature = "gzip")]
use aim_client::Limit;
use aim_client::types::{C2BPostContractRequest, GetContractDetailsRequest};
use aim_client::{AimClient, AnswerKind, Credentials, Delivery, ErrorKind};
use aim_tests::calls;
use aim_tests::mock_clock::MockClock;
use aim_tests::server::{Reply, Server};
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

/// A client, and a server that gives the same answer to every request.
fn start(status: u16, encoding: Option<&str>, body: &[u8], most: usize) -> (AimClient, Server) {
    let encoding = encoding.map(|encoding| ("Content-Encoding".to_owned(), encoding.to_owned()));
    let reply = Reply {
        status,
        reason: "X".to_owned(),
        headers: encoding.into_iter().collect(),
        body: body.to_vec(),
    };
    let server = Server::start(move |_| reply.clone()).unwrap();
    let client = calls::builder(server.url())
        .credentials(Credentials::new("key", "app"))
        .max_answer_bytes(most)
        .runtime(MockClock::default())
        .build()
        .unwrap();
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
        (Some("gzip"), whole.clone(), gzipped(OK)),
        (None, whole.clone(), gzipped(OK)),
        (Some("gzip"), two, gzipped(OK)),
        (
            Some("gzip"),
            whole[..whole.len() - 9].to_vec(),
            gzipped(UNREADABLE),
        ),
        // A wrong checksum, and a wrong header.
        (Some("gzip"), broken(whole.len() - 6), gzipped(UNREADABLE)),
        (None, broken(3), gzipped(UNREADABLE)),
        (
            Some("gzip, gzip"),
            [whole.clone(), b"rest".to_vec()].concat(),
            gzipped(UNREADABLE),
        ),
        (Some("deflate"), zlib(PROOF), compressed(Some("deflate"))),
        (Some("BR"), no_text.to_vec(), compressed(Some("br"))),
        (Some("canary"), no_text.to_vec(), compressed(None)),
        (Some("identity"), no_text.to_vec(), Some(text)),
        // What it says of itself does not make it compressed.
        (Some("gzip"), b"no such page".to_vec(), Some(text)),
        (Some("br"), PROOF.into(), OK),
    ] {
        // A booking, and a read that is repeated only after a text.
        let name = format!("{encoding:?}: {body:?}");
        let requests = if end == Some(text) { 4 } else { 2 };
        let (client, server) = start(200, encoding, &body, 1000);
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
        let received = server.take();
        assert_eq!(received.len(), requests, "{name}");
        for request in received {
            let asked = request.header("accept-encoding");
            assert_eq!(asked, asked_for.then_some("gzip"));
        }
    }
}

/// A sign of a result could be in it.
#[tokio::test]
async fn a_status_that_rejects_is_unknown_with_what_is_compressed() {
    let body = zlib(PROOF);
    let (client, server) = start(401, Some("deflate"), &body, 1000);
    let booking = C2BPostContractRequest::new();
    let error = client.c2b_post_contract(&booking).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Unknown, "{error}");
    assert_eq!(server.take().len(), 1);
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
        let (client, _) = start(200, Some("gzip"), &gzip(&text), most);
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

//! Compressed answers are limited by what they become (feature `gzip`).

#![allow(clippy::unwrap_used, reason = "that is how a test fails")]

use std::io::{Read, Write};
use std::net::TcpListener;

use aim_client::types::C2BPostContractRequest;
use aim_client::{AimClient, Answer, Credentials, Delivery, Error, Limit};

/// `{"WebRef":"WWW…"}` with 100,000 letters, in 148 bytes.
#[rustfmt::skip]
const BOMB: &[u8] = &[
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xed, 0xc1,
    0x31, 0x0d, 0x00, 0x20, 0x10, 0x04, 0x30, 0x2f, 0x27, 0x03, 0x19, 0x2c,
    0xbf, 0x93, 0x3c, 0x26, 0x08, 0xde, 0xb1, 0xc1, 0xd0, 0xf6, 0xa4, 0x7a,
    0xcd, 0xde, 0x19, 0x29, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0xe0, 0x5b, 0xb9, 0x0f, 0x65, 0xef, 0x9b, 0x79,
    0xad, 0x86, 0x01, 0x00,
];

/// Sends the answer to one request, and returns whether gzip was asked for.
async fn book(max_answer_bytes: usize) -> (bool, Result<Answer<String>, Error>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let length = stream.read(&mut request).unwrap();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
            BOMB.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(BOMB).unwrap();
        let request = String::from_utf8_lossy(&request[..length]).to_lowercase();
        request.contains("accept-encoding: gzip")
    });
    let client = AimClient::builder()
        .base_url(url)
        .credentials(Credentials::new("key", "app"))
        .max_answer_bytes(max_answer_bytes)
        .build()
        .unwrap();
    let answer = client
        .c2b_post_contract(&C2BPostContractRequest::new())
        .await
        .map(|answer| Answer::new(answer.into_inner().web_ref.unwrap()));
    (server.join().unwrap(), answer)
}

#[tokio::test]
async fn the_limit_is_of_what_is_decompressed() {
    let (asked, answer) = book(100013).await;
    assert!(asked);
    assert_eq!(answer.unwrap().len(), 100_000);

    let (_, answer) = book(100012).await;
    let error = answer.unwrap_err();
    assert_eq!(error.limit(), Some(Limit::AnswerSize));
    assert_eq!(error.delivery(), Delivery::Unknown);
}

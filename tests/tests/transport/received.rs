//! What an error keeps of what was received, on request.

use std::future::Future;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use aim_client::types::C2BPostContractRequest;
use aim_client::{CallOptions, Credentials, Error, ErrorKind, Limit};
use aim_tests::calls;

const HEAD: &str = "Server: IIS\r\nContent-Type: text/html\r\nSet-Cookie: canary=canary\r\n\
                    WWW-Authenticate: canary\r\nX-Other: canary\r\nLocation: /canary\r\n";

/// The error of a booking that is answered with these bytes; after them the
/// connection is closed, or nothing more comes for so many seconds. The client is
/// built at once, since that may take a second on a busy machine.
fn failed(
    answer: String,
    silent: Option<u64>,
    kept: Option<usize>,
) -> impl Future<Output = Error> + Send {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut builder = calls::builder(format!("http://{}", listener.local_addr().unwrap()))
        .credentials(Credentials::new("key", "app"))
        .max_answer_bytes(100);
    if let Some(bytes) = kept {
        builder = builder.keep_received(bytes);
    }
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]).unwrap();
        stream.write_all(answer.as_bytes()).unwrap();
        if silent.is_some() {
            loop {
                thread::park();
            }
        }
    });
    let options = CallOptions::new().timeout(Duration::from_secs(silent.unwrap_or(60)));
    let client = builder.build().unwrap().with(options);
    async move {
        let booking = C2BPostContractRequest::new();
        client.c2b_post_contract(&booking).await.unwrap_err()
    }
}

fn answer(length: usize, body: &str) -> String {
    format!("HTTP/1.1 500 X\r\n{HEAD}Content-Length: {length}\r\n\r\n{body}")
}

#[tokio::test]
async fn an_error_keeps_what_was_received_if_it_was_asked_to() {
    let whole = "canary-1234567890";
    let large = "canary-".repeat(20);
    for (length, body, silent, kind, received) in [
        (17, whole, None, ErrorKind::HttpStatus, 17),
        (18, whole, None, ErrorKind::Broken, 17),
        // In this time what does come must be there.
        (18, whole, Some(3), ErrorKind::Limit(Limit::TotalTime), 17),
        // Announced, it is not even begun; else the rest stays where it is.
        (140, &large, None, ErrorKind::Limit(Limit::AnswerSize), 0),
    ] {
        // At the same time, since each may wait until its time is over.
        let calls = [Some(1000), Some(10), Some(0), None].map(|kept| {
            let call = failed(answer(length, body), silent, kept);
            (kept, tokio::spawn(call))
        });
        for (kept, call) in calls {
            let error = call.await.unwrap();
            assert_eq!(error.kind(), kind, "{error}");
            let text = format!("{error} {error:?} {error:#?} {:?}", error.received());
            assert!(!text.contains("canary"), "{text}");
            let Some(kept) = kept else {
                assert!(error.received().is_none());
                continue;
            };
            let found = error.received().unwrap();
            assert_eq!(found.status().as_u16(), 500);
            assert_eq!(found.headers()["server"], "IIS");
            assert_eq!(found.headers().len(), 3, "{:?}", found.headers());
            assert_eq!(found.body_bytes(), received);
            let first = usize::try_from(received).unwrap().min(kept);
            assert_eq!(found.expose_body(), &body.as_bytes()[..first]);
        }
    }

    // Of what has no length, what came before it was too much.
    let chunked = format!("HTTP/1.1 200 X\r\n{HEAD}\r\n{large}");
    let error = failed(chunked, None, Some(7)).await;
    assert_eq!(error.limit(), Some(Limit::AnswerSize));
    assert_eq!(error.received().unwrap().expose_body(), b"canary-");
}

/// Nothing arrived: there is nothing to keep.
#[tokio::test]
async fn nothing_is_kept_of_nothing() {
    for silent in [None, Some(1)] {
        let error = failed(String::new(), silent, Some(1000)).await;
        assert!(error.received().is_none(), "{error}");
    }
}

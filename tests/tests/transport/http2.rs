//! HTTP/2 (feature `http2`): the same promises over the other protocol.

use std::future::poll_fn;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;

use aim_client::reqwest::Version;
use aim_client::types::{C2BPostContractRequest, CustomerInfo, GetContractDetailsRequest};
use aim_client::{AimClient, AimClientBuilder, Credentials, Delivery, ErrorKind, Limit};
use aim_tests::authority::Authority;
use aim_tests::log::Log;
use aim_tests::mock_clock::MockClock;
use bytes::Bytes;
use h2::server::SendResponse;
use h2::{Reason, RecvStream};
use http::{Request, Response};
use rcgen::CertificateParams;
use tokio_rustls::TlsAcceptor;
use tracing::subscriber::NoSubscriber;

use crate::connections::{Later, Seen, only_reused_connections_mislead};

const PROOF: &str = r#"{"WebRef":"W-1","Topic":"x"}"#;

/// What the server does with a request: the number of its stream on its
/// connection, and what was received.
type Answer = Box<dyn Fn(usize, &Received, &mut SendResponse<Bytes>) + Send + Sync>;

/// Head and body of a request.
type Received = (Request<()>, Vec<u8>);

struct Server {
    address: SocketAddr,
    authority: Authority,
    received: Arc<Mutex<Vec<Received>>>,
    seen: Arc<Mutex<Seen>>,
}

impl Server {
    fn start(answer: fn(&mut SendResponse<Bytes>)) -> Self {
        Self::listen(
            Later::Right,
            Arc::default(),
            Box::new(move |_, _, respond| answer(respond)),
        )
    }

    /// One whose connections are kept alive, with what becomes of their later
    /// requests.
    fn kept_alive(later: Later) -> Self {
        let seen = Arc::<Mutex<Seen>>::default();
        let log = Arc::clone(&seen);
        let answer = move |number, (head, body): &Received, respond: &mut SendResponse<Bytes>| {
            let body = String::from_utf8_lossy(body);
            let mut seen = log.lock().unwrap();
            let (status, body) = seen.answer(later, number, head.uri().path(), &body);
            let head = Response::builder().status(status).body(()).unwrap();
            let mut stream = respond.send_response(head, false).unwrap();
            stream.send_data(body.into(), true).unwrap();
        };
        Self::listen(later, seen, Box::new(answer))
    }

    /// A server on a thread of its own, so that what the client's thread logs
    /// is the client's.
    fn listen(later: Later, seen: Arc<Mutex<Seen>>, answer: Answer) -> Self {
        let answer = Arc::new(answer);
        let authority = Authority::new().unwrap();
        let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        let mut config = authority.server(&params).unwrap();
        config.alpn_protocols = vec![b"h2".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        listener.set_nonblocking(true).unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&received);
        let counted = Arc::clone(&seen);
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                while let Ok((stream, _)) = listener.accept().await {
                    let stream = acceptor.accept(stream).await.unwrap();
                    let mut connection = h2::server::handshake(stream).await.unwrap();
                    counted.lock().unwrap().connections += 1;
                    let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                    tokio::spawn(async move {
                        let mut number = 0;
                        while let Some(Ok((request, mut respond))) = connection.accept().await {
                            if number > 0 && matches!(later, Later::Closed) {
                                return;
                            }
                            let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                            tokio::spawn(async move {
                                let (head, body) = request.into_parts();
                                let body = read(body).await;
                                let received = (Request::from_parts(head, ()), body);
                                answer(number, &received, &mut respond);
                                log.lock().unwrap().push(received);
                            });
                            number += 1;
                        }
                    });
                }
            });
        });
        Self {
            address,
            authority,
            received,
            seen,
        }
    }

    fn client(&self) -> AimClient {
        self.builder().build().unwrap()
    }

    fn builder(&self) -> AimClientBuilder {
        AimClient::builder()
            .base_url(format!("https://{}", self.address))
            .credentials(Credentials::new("canary-key", "canary-app").token("canary-token"))
            .root_certificate(self.authority.pem.as_str())
            .runtime(MockClock::default())
    }
}

async fn read(mut body: RecvStream) -> Vec<u8> {
    let mut all = Vec::new();
    while let Some(Ok(chunk)) = poll_fn(|context| body.poll_data(context)).await {
        let _ = body.flow_control().release_capacity(chunk.len());
        all.extend_from_slice(&chunk);
    }
    all
}

fn proof(respond: &mut SendResponse<Bytes>) {
    let head = Response::builder().header("content-type", "application/json");
    let mut stream = respond
        .send_response(head.body(()).unwrap(), false)
        .unwrap();
    stream.send_data(PROOF.into(), true).unwrap();
}

fn booking() -> C2BPostContractRequest {
    C2BPostContractRequest::new()
        .rate_id(12)
        .customer_info(CustomerInfo::new("canary-name", "canary@example.com"))
}

/// And what its crate logs of it, which is a lot, holds no secret.
#[tokio::test]
async fn a_booking_is_made_over_http2() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    // As long as there is one subscriber alone, what another test's thread logs
    // first is remembered as wanted by nobody.
    let _second = tracing::Dispatch::new(NoSubscriber::default());
    let server = Server::start(proof);
    let answer = server.client().c2b_post_contract(&booking()).await.unwrap();
    assert_eq!(answer.web_ref.as_deref(), Some("W-1"));
    let received = server.received.lock().unwrap();
    let [(head, body)] = &received[..] else {
        panic!("{}", received.len());
    };
    assert_eq!(head.version(), Version::HTTP_2);
    assert_eq!(head.headers()["apikey"], "canary-key");
    assert_eq!(head.headers()["content-type"], "application/json");
    assert!(String::from_utf8_lossy(body).contains("canary-name"));
    let text = log.take();
    assert!(text.contains("h2::"), "{text}");
    assert!(!text.contains("canary"), "{text}");
}

/// reqwest would repeat these by itself: to HTTP/2 they were not processed.
#[tokio::test]
async fn a_stream_that_is_refused_is_repeated_by_no_one_but_us() {
    let server = Server::start(|respond| respond.send_reset(Reason::REFUSED_STREAM));
    let client = server.client();
    let error = client.c2b_post_contract(&booking()).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Unknown);
    assert_eq!(error.kind(), ErrorKind::Broken);
    assert_eq!(server.received.lock().unwrap().len(), 1);

    let read = GetContractDetailsRequest::new().ref_("R-1");
    let error = client.get_contract_details(&read).await.unwrap_err();
    let received = server.received.lock().unwrap().len();
    assert!(error.attempts() > 1, "{error}");
    assert_eq!(received, 1 + error.attempts() as usize);
}

#[tokio::test]
async fn headers_that_are_too_large_are_named() {
    for (server, kind) in [
        (
            Server::start(|respond| large(respond, 500_000)),
            ErrorKind::Limit(Limit::HeaderSize),
        ),
        (
            Server::start(|respond| large(respond, 600_000)),
            ErrorKind::Broken,
        ),
    ] {
        let client = server.client();
        let error = client.c2b_post_contract(&booking()).await.unwrap_err();
        assert_eq!(error.delivery(), Delivery::Unknown, "{error}");
        assert_eq!(error.kind(), kind, "{error}");
    }
}

#[tokio::test]
async fn a_booking_is_misled_by_no_other_request() {
    only_reused_connections_mislead(|later| {
        let server = Server::kept_alive(later);
        (server.builder(), server.seen)
    })
    .await;
}

fn large(respond: &mut SendResponse<Bytes>, size: usize) {
    let head = Response::builder().header("x", "x".repeat(size));
    let _ = respond.send_response(head.body(()).unwrap(), true);
}

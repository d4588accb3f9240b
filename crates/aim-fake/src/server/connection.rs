//! One connection: HTTP/1.1 by hyper, until a fault takes the socket away
//! from it.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::ext::ReasonPhrase;
use hyper::header::{HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper::{Method, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::apply_fault::FaultyAnswer;
use super::log::{Line, Log, Noted};
use super::socket::{IDLE, stopped};
use crate::model::http;
use crate::model::schema::Schema;

/// What a connection needs.
pub(super) struct Connection {
    /// Counted from 1.
    pub(super) number: u64,
    pub(super) router: Router,
    /// Where its requests are logged, and what of them is secret.
    pub(super) log: Option<(Log, &'static Schema)>,
    pub(super) stop: watch::Receiver<bool>,
}

/// The number of the connection that a request came on.
#[derive(Clone, Copy)]
pub(super) struct Number(pub(super) u64);

/// What is written on the connection in place of the answer to the next
/// request.
#[derive(Clone)]
pub(super) struct Behind(pub(super) http::Response);

/// The header field by which the fake's page says that it is asking.
const PAGE: &str = "x-aim-fake-page";

type Answer = hyper::Response<Body>;

/// What the requests of one connection share.
#[derive(Clone)]
struct Shared {
    number: u64,
    router: TowerToHyperService<Router>,
    log: Option<(Log, &'static Schema)>,
    /// The fault that takes the socket away.
    taken: Arc<Mutex<Option<FaultyAnswer>>>,
    /// The answers that are still to be written, oldest first: none between
    /// requests, unless a fault has put one more there.
    due: Arc<Mutex<VecDeque<Answer>>>,
}

impl Connection {
    /// Answers its requests, one after the other.
    pub(super) async fn serve(self, mut stream: TcpStream) {
        // Only the speed depends on it.
        let _ = stream.set_nodelay(true);
        let mut stop = self.stop;
        let shared = Shared {
            number: self.number,
            router: TowerToHyperService::new(self.router),
            log: self.log,
            taken: Arc::default(),
            due: Arc::default(),
        };
        loop {
            let is_read;
            (stream, is_read) = requests(&shared, stream, &mut stop).await;
            let Some(answer) = lock(&shared.taken).take() else {
                break;
            };
            let given_back = tokio::select! {
                given_back = answer.apply_fault(stream) => given_back,
                () = stopped(&mut stop) => None,
            };
            match given_back {
                Some(given_back) => stream = given_back,
                None => return,
            }
            // Who sends a request before it has the answer to the last gets
            // none: what was read of it is gone.
            if !is_read {
                break;
            }
        }
        let _ = stream.shutdown().await;
    }
}

/// Answers requests until the connection ends or a fault takes it away; then
/// also whether no more was read than them.
async fn requests(
    shared: &Shared,
    stream: TcpStream,
    stop: &mut watch::Receiver<bool>,
) -> (TcpStream, bool) {
    let service = service_fn(|request| Box::pin(answer(request, shared.clone())));
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE)
        .title_case_headers(true)
        .serve_connection(TokioIo::new(stream), service);
    let mut stopping = false;
    loop {
        tokio::select! {
            // An error is the client's, or the fault.
            _ = poll_fn(|cx| connection.poll_without_shutdown(cx)) => break,
            () = stopped(stop), if !stopping => {
                stopping = true;
                std::pin::Pin::new(&mut connection).graceful_shutdown();
            }
        }
    }
    let parts = connection.into_parts();
    (parts.io.into_inner(), parts.read_buf.is_empty())
}

/// Answers one request; a fault that takes the socket away is left in `taken`,
/// and the error makes hyper let go of the socket.
async fn answer(mut request: hyper::Request<Incoming>, shared: Shared) -> Result<Answer, Taken> {
    let began = Instant::now();
    request.extensions_mut().insert(Number(shared.number));
    // The page asks every second, which nobody wants to read.
    let is_page = request.headers().contains_key(PAGE)
        && *request.method() == Method::GET
        && request.uri().path().starts_with("/_aim/");
    let line = shared.log.filter(|_| !is_page);
    let line = line.map(|(log, schema)| (Line::new(&request, shared.number, schema), log));
    let mut response = match shared.router.call(request.map(Body::new)).await {
        Ok(response) => response,
        Err::<_, Infallible>(never) => match never {},
    };
    if let Some((line, log)) = line {
        line.write(&log, &response, began.elapsed());
    }
    if let Some(answer) = response.extensions_mut().remove::<FaultyAnswer>() {
        *lock(&shared.taken) = Some(answer);
        return Err(Taken);
    }
    if response.extensions().get::<Noted>().is_none() {
        // The control interface is always in order.
        return Ok(response);
    }
    let behind = response.extensions_mut().remove::<Behind>();
    let mut due = lock(&shared.due);
    due.push_back(response);
    due.extend(behind.map(|Behind(another)| sent(another)));
    due.pop_front().ok_or(Taken)
}

/// Nothing that holds these locks can panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An answer as hyper takes it.
pub(super) fn sent(from: http::Response) -> Answer {
    let mut response = hyper::Response::new(Body::from(from.body));
    // Statuses from 100 to 999 are the ones that there are.
    *response.status_mut() =
        StatusCode::from_u16(from.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(reason) = ReasonPhrase::try_from(from.reason.as_bytes()) {
        response.extensions_mut().insert(reason);
    }
    for (name, value) in from.headers {
        // A value that cannot stand in a head is left out.
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_bytes(value.as_bytes()),
        ) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// A fault has taken the socket.
#[derive(Debug)]
struct Taken;

impl std::fmt::Display for Taken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a scripted fault has taken the socket")
    }
}

impl std::error::Error for Taken {}

//! One connection: HTTP/1.1 by hyper, until a fault takes the socket away
//! from it.

use std::convert::Infallible;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::apply_fault::FaultyAnswer;
use super::log::{Line, Log};
use super::socket::{IDLE, stopped};
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

impl Connection {
    /// Answers its requests, one after the other.
    pub(super) async fn serve(self, stream: TcpStream) {
        // Only the speed depends on it.
        let _ = stream.set_nodelay(true);
        let (number, log) = (self.number, self.log);
        let mut stop = self.stop;
        let left = Arc::new(Mutex::new(None));
        let router = TowerToHyperService::new(self.router);
        let taken = Arc::clone(&left);
        let service = service_fn(move |request| {
            let taken = Arc::clone(&taken);
            Box::pin(answer(request, router.clone(), number, log.clone(), taken))
        });
        let mut connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(IDLE)
            .title_case_headers(true)
            .serve_connection(TokioIo::new(stream), service);
        let mut stopping = false;
        loop {
            tokio::select! {
                // An error is the client's, or the fault below.
                _ = poll_fn(|cx| connection.poll_without_shutdown(cx)) => break,
                () = stopped(&mut stop), if !stopping => {
                    stopping = true;
                    std::pin::Pin::new(&mut connection).graceful_shutdown();
                }
            }
        }
        let mut stream = connection.into_parts().io.into_inner();
        let faulty = left.lock().unwrap_or_else(PoisonError::into_inner).take();
        match faulty {
            None => {
                let _ = stream.shutdown().await;
            }
            Some(answer) => tokio::select! {
                () = answer.apply_fault(stream) => {}
                () = stopped(&mut stop) => {}
            },
        }
    }
}

/// Answers one request; a fault that takes the socket away is left in `taken`,
/// and the error makes hyper let go of the socket.
async fn answer(
    mut request: hyper::Request<Incoming>,
    router: TowerToHyperService<Router>,
    number: u64,
    log: Option<(Log, &'static Schema)>,
    taken: Arc<Mutex<Option<FaultyAnswer>>>,
) -> Result<hyper::Response<Body>, Taken> {
    let began = Instant::now();
    request.extensions_mut().insert(Number(number));
    let line = log.map(|(log, schema)| (Line::new(&request, number, schema), log));
    let mut response = match router.call(request.map(Body::new)).await {
        Ok(response) => response,
        Err::<_, Infallible>(never) => match never {},
    };
    if let Some((line, log)) = line {
        line.write(&log, &response, began.elapsed());
    }
    match response.extensions_mut().remove::<FaultyAnswer>() {
        None => Ok(response),
        Some(answer) => {
            *taken.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
            Err(Taken)
        }
    }
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

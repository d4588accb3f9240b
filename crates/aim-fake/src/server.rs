//! The sockets: an accept loop of our own, so that connections can be refused
//! and reset, and HTTP/1.1 on each of them. This directory uses `engine` and what
//! lies below it.

mod apply_fault;
mod connection;
mod control;
mod cors;
mod describe;
#[cfg_attr(
    not(feature = "program"),
    allow(dead_code, reason = "the program alone has a log")
)]
mod log;
mod pages;
mod socket;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use socket2::Socket;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::engine::Engine;
use connection::Connection;
pub(crate) use log::Log;
#[cfg(feature = "program")]
pub(crate) use socket::bind_loopbacks;
use socket::{Listeners, reserve, reset, stopped};
pub(crate) use socket::{bind, usable};

/// The application path that the fake's addresses carry.
pub(crate) const APPLICATION_PATH: &str = "/aeservices30";

/// How long a graceful stop waits for the answers under way.
const STOP: Duration = Duration::from_secs(3);

/// The base URL of a client on this machine, for a listener of that address.
pub(crate) fn base_url(address: SocketAddr) -> String {
    format!("http://{}{APPLICATION_PATH}", usable(address))
}

/// Serves until `stop` becomes true or its sender is gone; then answers what
/// was begun and comes back. Dropped before, it stops at once. One line of JSON
/// per request goes to `log`.
///
/// # Errors
///
/// What the operating system says about a listener.
pub(crate) async fn serve(
    listeners: Vec<std::net::TcpListener>,
    engine: Arc<Engine>,
    log: Option<Log>,
    mut stop: watch::Receiver<bool>,
) -> io::Result<()> {
    let addresses = listeners.iter().map(std::net::TcpListener::local_addr);
    let addresses = addresses.collect::<io::Result<Vec<_>>>()?;
    let mut listeners = Listeners::of(listeners)?;
    let mut changes = engine.changes();
    let router = control::router(&engine);
    let _gone = Gone(Arc::clone(&engine));
    let mut connections = JoinSet::new();
    let mut number = 0;
    loop {
        let mut change = *changes.borrow_and_update();
        while let Some((fault, pause)) = engine.refusal() {
            drop(listeners);
            let mut sockets = Vec::new();
            for address in &addresses {
                sockets.push(reserve_again(*address).await);
            }
            engine.settle(change);
            tokio::select! {
                () = sleep(pause) => {}
                () = removed(fault, &engine, &mut changes) => {}
                () = stopped(&mut stop) => {}
            }
            engine.end_fault(fault);
            for socket in &sockets {
                socket.listen(1024)?;
            }
            listeners = Listeners::of(sockets.into_iter().map(Into::into))?;
            // What was settled meanwhile must not be taken back.
            change = *changes.borrow_and_update();
        }
        engine.settle(change);
        tokio::select! {
            accepted = listeners.accept() => match accepted {
                Ok(stream) => {
                    number += 1;
                    if engine.resets_connection() {
                        reset(stream);
                        continue;
                    }
                    let connection = Connection {
                        number,
                        router: router.clone(),
                        log: log.clone().map(|log| (log, engine.schema())),
                        stop: stop.clone(),
                    };
                    connections.spawn(connection.serve(stream));
                }
                // Too many open files, or a client that is gone already.
                Err(_) => sleep(Duration::from_millis(10)).await,
            },
            _ = changes.changed() => {}
            Some(_) = connections.join_next() => {}
            () = stopped(&mut stop) => break,
        }
    }
    drop(listeners);
    let _ = timeout(STOP, async {
        while connections.join_next().await.is_some() {}
    })
    .await;
    Ok(())
}

/// Ends all waiting for an accept loop that has ended.
struct Gone(Arc<Engine>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.settle(u64::MAX);
    }
}

/// The port may be taken by an outgoing connection for a moment.
async fn reserve_again(address: SocketAddr) -> Socket {
    loop {
        match reserve(address) {
            Ok(socket) => return socket,
            Err(_) => sleep(Duration::from_millis(1)).await,
        }
    }
}

/// Waits, while the listener is closed, until somebody removes the fault that
/// closed it. Other changes are acted upon when the listener is back, and the
/// removal is settled then.
async fn removed(fault: u64, engine: &Engine, changes: &mut watch::Receiver<u64>) {
    while engine.has_fault(fault) {
        // The sender lives as long as the engine.
        if changes.changed().await.is_err() {
            return;
        }
        let change = *changes.borrow_and_update();
        if engine.has_fault(fault) {
            engine.settle(change);
        }
    }
}

//! What all of the server does with sockets.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::sync::watch;

/// How long a connection may be idle, and a head or a piece of a body be on
/// its way: what IIS allows.
pub(super) const IDLE: Duration = Duration::from_secs(120);

/// Takes an address; connections wait from now on, though nobody accepts them
/// before [`serve`] does.
///
/// # Errors
///
/// What the operating system says about the address.
pub(crate) fn bind(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = reserve(address)?;
    socket.listen(1024)?;
    Ok(socket.into())
}

/// Takes an address without listening: connections are refused, and nobody
/// else gets the port.
pub(super) fn reserve(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

/// Waits until the fake is to stop.
pub(super) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that whoever could say so is gone.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Path and query as sent.
pub(super) fn target(uri: &hyper::Uri) -> &str {
    uri.path_and_query().map_or("", |target| target.as_str())
}

/// Closes a connection by a reset.
pub(super) fn reset(stream: tokio::net::TcpStream) {
    // Without it the connection ends in an orderly way, which a test notices.
    let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
    drop(stream);
}

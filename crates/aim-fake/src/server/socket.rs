//! What all of the server does with sockets.

use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::task::Poll;
use std::time::Duration;

use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::TcpStream;
use tokio::sync::watch;

/// How long a connection may be idle, and a head or a piece of a body be on
/// its way: what IIS allows.
pub(super) const IDLE: Duration = Duration::from_secs(120);

/// How many free ports are tried until one is free on both loopbacks.
#[cfg(feature = "program")]
const TRIES: usize = 100;

/// Takes an address; connections wait from now on, though nobody accepts them
/// before [`serve`] does.
///
/// # Errors
///
/// What the operating system says about the address.
///
/// [`serve`]: super::serve
pub(crate) fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = reserve(address)?;
    socket.listen(1024)?;
    Ok(socket.into())
}

/// Takes the same port of both loopbacks, as [`bind`] does: `localhost` is
/// 127.0.0.1 for some clients and `::1` for others. Without IPv6, the first
/// alone.
///
/// # Errors
///
/// What the operating system says, and about which address.
#[cfg(feature = "program")]
pub(crate) fn bind_loopbacks(port: u16) -> Result<Vec<TcpListener>, (SocketAddr, io::Error)> {
    let mut tries = 1..=TRIES;
    loop {
        let first = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listener = bind(first).map_err(|error| (first, error))?;
        let taken = listener.local_addr().map_err(|error| (first, error))?;
        let second = SocketAddr::from((Ipv6Addr::LOCALHOST, taken.port()));
        match bind(second) {
            Ok(other) => return Ok(vec![listener, other]),
            Err(error) if error.kind() != io::ErrorKind::AddrInUse => return Ok(vec![listener]),
            // Another program has it there; a free port can be another one.
            Err(_) if port == 0 && tries.next().is_some() => {}
            Err(error) => return Err((second, error)),
        }
    }
}

/// The address at which clients on this machine reach a listener of that one.
pub(crate) fn usable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// The addresses of one fake, together.
pub(super) struct Listeners(Vec<tokio::net::TcpListener>);

impl Listeners {
    /// Takes over what is bound.
    pub(super) fn of(listeners: impl IntoIterator<Item = TcpListener>) -> io::Result<Self> {
        let listeners = listeners.into_iter();
        let taken = listeners.map(tokio::net::TcpListener::from_std);
        taken.collect::<io::Result<_>>().map(Self)
    }

    /// The next connection to any of them.
    pub(super) async fn accept(&self) -> io::Result<TcpStream> {
        poll_fn(|cx| {
            for listener in &self.0 {
                if let Poll::Ready(accepted) = listener.poll_accept(cx) {
                    return Poll::Ready(accepted.map(|(stream, _)| stream));
                }
            }
            Poll::Pending
        })
        .await
    }
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
    if address.is_ipv6() {
        // `::` takes IPv4 too, also where the system has it otherwise; one
        // that cannot says so by refusing those connections.
        let _ = socket.set_only_v6(false);
    }
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
pub(super) fn reset(stream: TcpStream) {
    // Without it the connection ends in an orderly way, which a test notices.
    let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
    drop(stream);
}

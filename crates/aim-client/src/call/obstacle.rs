//! Why no connection was made, as far as what is below HTTP tells.

use std::error::Error;
use std::io;

/// What stood in the way of a connection, and what to do about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Obstacle {
    /// Whether there was a connection, and no TLS on it.
    pub(crate) is_of_tls: bool,
    pub(crate) text: &'static str,
}

impl Obstacle {
    const fn network(text: &'static str) -> Self {
        Self {
            is_of_tls: false,
            text,
        }
    }

    const fn tls(text: &'static str) -> Self {
        Self {
            is_of_tls: true,
            text,
        }
    }

    /// The first that the causes of an error tell.
    pub(crate) fn of(error: &reqwest::Error) -> Self {
        let is_https = error.url().is_some_and(|url| url.scheme() == "https");
        let causes = causes(error);
        let known = KNOWN.iter().find(|(words, obstacle)| {
            (is_https || !obstacle.is_of_tls) && words.iter().any(|word| causes.contains(word))
        });
        known.map_or(OTHER, |(_, obstacle)| *obstacle)
    }
}

const OTHER: Obstacle = Obstacle::network(
    "no connection to the server: check the base url and the network; the source of this error says more",
);

/// By words in the causes of the error, since the libraries have no methods for
/// them: those of hyper and reqwest, then those of rustls and OpenSSL. What has
/// other words is an obstacle without a name.
const KNOWN: [(&[&str], Obstacle); 10] = [
    (
        &["proxy authorization required"],
        Obstacle::network(
            "no connection, since the proxy asks for a user name and password: give them in the url of `proxy`",
        ),
    ),
    (
        &["tunnel error"],
        Obstacle::network(
            "no connection, since the proxy makes none to the server: check `proxy`, and host and port of the base url",
        ),
    ),
    (
        &["dns error"],
        Obstacle::network(
            "no connection, since nobody knows the host's name: check the host of the base url, and the network",
        ),
    ),
    (
        &["connectionrefused"],
        Obstacle::network(
            "no connection, since nobody listens at the port: check host and port of the base url",
        ),
    ),
    // It quotes names.
    (
        &[
            "not valid for name",
            "address mismatch",
            "hostname mismatch",
        ],
        Obstacle::tls(
            "no tls, since the server's certificate is for another host: check the host of the base url",
        ),
    ),
    (
        &["expired"],
        Obstacle::tls(
            "no tls, since the server's certificate has expired: have it renewed, or set this machine's clock right",
        ),
    ),
    (
        &["not valid yet", "not yet valid"],
        Obstacle::tls(
            "no tls, since the server's certificate is not valid yet: set this machine's clock right",
        ),
    ),
    (
        &[
            "unknownissuer",
            "badsignature",
            "signature failure",
            "local issuer",
            "self-signed",
            "self signed",
        ],
        Obstacle::tls(
            "no tls, since nobody trusted has signed the server's certificate: add the authority with `root_certificate` if it is your own, or check the host of the base url",
        ),
    ),
    (
        &["invalidcontenttype", "wrong version number"],
        Obstacle::tls(
            "no tls, since the server speaks none at this port: check the port of the base url",
        ),
    ),
    (
        &[
            "invaliddata",
            "tls",
            "ssl",
            "certificate",
            "security package",
        ],
        Obstacle::tls(
            "no tls: check host and port of the base url; the source of this error says more",
        ),
    ),
];

/// The texts of the causes, and the kinds of those that are of input and output,
/// in lower case. It is only searched: certificates are not ours.
fn causes(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut source = error.source();
    while let Some(cause) = source {
        text += &format!("{cause}\n");
        // An error of the system's may hold another, which is not its source.
        let mut io = cause.downcast_ref::<io::Error>();
        while let Some(found) = io {
            text += &format!("{:?}\n", found.kind());
            io = found.get_ref().and_then(|inner| inner.downcast_ref());
        }
        source = cause.source();
    }
    text.to_ascii_lowercase()
}

//! What goes wrong between client and server: faults, redirects, proxies,
//! certificates, compression and HTTP/2.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "that is how a test fails"
)]

mod causes;
mod check;
mod compression;
mod connections;
mod fault_matrix;
#[cfg(feature = "http2")]
mod http2;
mod received;
mod redirects_and_proxies;
mod sign_in;
mod soak;
mod tls;

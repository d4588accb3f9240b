//! Tests the client and the fake with exchanges recorded from real ServiceStack
//! hosts.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "that is how a test fails"
)]

mod answers;
mod formats;
mod requests;

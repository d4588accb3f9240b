//! Exchanges recorded from real ServiceStack hosts, against the client and
//! against the fake.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "that is how a test fails"
)]

mod answers;
mod formats;
mod requests;

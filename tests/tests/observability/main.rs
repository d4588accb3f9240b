//! What a program shows, logs and traces.
//!
//! It stands alone in its process: a logger, a subscriber of `tracing` and a
//! panic hook are set once for all, and what one thread listens to is remembered
//! for all threads.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "that is how a test fails"
)]

mod secrets;
mod tracing;

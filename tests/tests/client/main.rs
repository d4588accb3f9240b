//! What the client promises: its guarantees, what it refuses, how it reads
//! answers. No test waits.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "that is how a test fails"
)]

mod facade;
mod guarantees;
mod memory;
mod outcomes;
mod regressions;
mod request_validation;
mod xml;

//! The server over sockets and as a program. In one binary, so that what waits runs
//! beside what does not; what looks at the whole process has one of its own.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "that is how a test fails"
)]

#[path = "../../src/model/names.rs"]
mod names;
mod own;
mod raw;

mod control;
mod document;
mod faults;
#[cfg(feature = "program")]
mod program;
mod readme;

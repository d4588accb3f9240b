//! Cargo, run on copies: on the packages and on the workspace as a whole.
//!
//! It compiles a lot, so it is built with the feature `nested` only:
//! `cargo test --package aim-tests --features nested --test packages`.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "that is how a test fails"
)]

use std::sync::{Mutex, MutexGuard, PoisonError};

use aim_tests::nested::Nested;

mod build;
mod new_operation;
mod package;

/// The folder in which everything is compiled, for one test at a time: they
/// share the copies in it, and cargo builds there one after the other anyway.
fn nested() -> (Nested, MutexGuard<'static, ()>) {
    static FOLDER: Mutex<()> = Mutex::new(());
    let alone = FOLDER.lock().unwrap_or_else(PoisonError::into_inner);
    (Nested::below(env!("CARGO_TARGET_TMPDIR")), alone)
}

//! Tests that run cargo on copies of the packages and of the workspace.
//!
//! They compile for minutes, so they run only when asked for: `cargo test
//! --package aim-tests --test packages -- --ignored`.

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

/// The folder in which cargo works, for one test at a time: the tests share the
/// copies in it.
fn nested() -> (Nested, MutexGuard<'static, ()>) {
    static FOLDER: Mutex<()> = Mutex::new(());
    let alone = FOLDER.lock().unwrap_or_else(PoisonError::into_inner);
    (Nested::below(env!("CARGO_TARGET_TMPDIR")), alone)
}

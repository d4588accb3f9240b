//! How long a test waits for what must come, so that none waits for ever.

use std::future::Future;
use std::time::Duration;

/// Longer than any of it takes on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is awaited, once it comes.
///
/// # Panics
///
/// If it does not come within a minute.
#[allow(
    clippy::panic,
    reason = "only tests use this, and that is how a test fails"
)]
pub async fn patiently<F: Future>(what: &str, awaited: F) -> F::Output {
    let outcome = tokio::time::timeout(PATIENCE, awaited).await;
    outcome.unwrap_or_else(|_| panic!("a minute has passed, without {what}"))
}

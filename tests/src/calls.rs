//! Every operation of the client, called by its id with a request of JSON text.

use aim_client::AimClient;
use aim_client::internals;
pub use aim_client::internals::Called;

/// Calls an operation.
///
/// # Errors
///
/// What serde_json says where the request's type cannot hold the text.
///
/// # Panics
///
/// If the client has no such operation.
#[allow(
    clippy::panic,
    reason = "only tests use this, and that is how a test fails"
)]
pub async fn call(client: &AimClient, id: &str, request: &str) -> serde_json::Result<Called> {
    let called = internals::call(client, id, request).await;
    called.unwrap_or_else(|| panic!("no operation {id}"))
}

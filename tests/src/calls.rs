//! Calls every operation of the client by its id, with a request as JSON text.

use aim_client::internals;
pub use aim_client::internals::Called;
use aim_client::{AimClient, AimClientBuilder};

/// The builder of a client that talks to a server of the test over http.
pub fn builder(url: impl Into<String>) -> AimClientBuilder {
    // Reading the system's certificates takes longer than most tests.
    AimClient::builder()
        .base_url(url)
        .http(|http| http.tls_certs_only([]))
}

/// Calls an operation.
///
/// # Errors
///
/// The error of serde_json, if the text does not fit the request's type.
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

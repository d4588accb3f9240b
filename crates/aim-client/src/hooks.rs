//! What every request gets on its way out, by progenitor's hooks.

use std::fmt;

use progenitor_client::{ClientHooks, Error, OperationInfo};
use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};

use crate::generated::client::Client;

/// The value that progenitor's client carries for its hooks.
#[derive(Clone)]
pub(crate) struct Hooks {
    credentials: HeaderMap,
}

impl Hooks {
    pub(crate) fn new(credentials: HeaderMap) -> Self {
        Self { credentials }
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Hooks").finish_non_exhaustive()
    }
}

impl ClientHooks<Hooks> for Client {
    async fn pre<E>(
        &self,
        request: &mut reqwest::Request,
        _info: &OperationInfo,
    ) -> Result<(), Error<E>> {
        let json = HeaderValue::from_static("application/json");
        let is_post = request.method() == Method::POST;
        let headers = request.headers_mut();
        // progenitor sends the document's version; the vendor never asked for it.
        headers.remove("api-version");
        // Without this the server answers an HTML page with status 200.
        headers.insert(ACCEPT, json.clone());
        if is_post {
            // With any other type the server ignores the body and runs the
            // operation with an empty request.
            headers.insert(CONTENT_TYPE, json);
        }
        for (name, value) in &self.inner.credentials {
            headers.insert(name, value.clone());
        }
        Ok(())
    }
}

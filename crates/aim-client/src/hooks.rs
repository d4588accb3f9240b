//! What every request gets on its way out, by progenitor's hooks.

use progenitor_client::{ClientHooks, Error, OperationInfo};
use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};

use crate::credentials::CredentialHeaders;
use crate::generated::client::Client;

impl ClientHooks<CredentialHeaders> for Client {
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
        for (name, value) in &self.inner.0 {
            headers.insert(name, value.clone());
        }
        Ok(())
    }
}

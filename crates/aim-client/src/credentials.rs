//! The credentials that go with every request.

use std::fmt;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::Secret;

/// The credentials of an integration, sent as headers with every request.
///
/// `ApiKey` and `AppId` are required by the vendor; the others depend on how
/// the merchant's system is set up (see the description of each in the
/// document). Nothing of them appears in `Debug` output.
///
/// ```
/// use aim_client::Credentials;
///
/// let credentials = Credentials::new("my-api-key", "my-app").token("login-token");
/// assert!(!format!("{credentials:?}").contains("my-api-key"));
/// ```
///
/// Source: the tables `BaseRequest` and `BaseSecureRequest` on each of the
/// vendor's pages.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    api_key: Secret,
    app_id: Secret,
    token: Option<Secret>,
    device_id: Option<Secret>,
    oauth_token: Option<Secret>,
}

impl Credentials {
    /// Creates credentials from the API key that Tri-Tech hands out and the
    /// identifier of the integration.
    #[must_use]
    pub fn new(api_key: impl Into<Secret>, app_id: impl Into<Secret>) -> Self {
        Self {
            api_key: api_key.into(),
            app_id: app_id.into(),
            token: None,
            device_id: None,
            oauth_token: None,
        }
    }

    /// Sets `Token`, the login token of the vendor's Security operation.
    #[must_use]
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Sets `DeviceId`, which mobile devices send.
    #[must_use]
    pub fn device_id(mut self, device_id: impl Into<Secret>) -> Self {
        self.device_id = Some(device_id.into());
        self
    }

    /// Sets `OAuthToken`, which newer installations ask for.
    #[must_use]
    pub fn oauth_token(mut self, oauth_token: impl Into<Secret>) -> Self {
        self.oauth_token = Some(oauth_token.into());
        self
    }

    /// The headers, marked sensitive; or the name of the credential that
    /// cannot be a header.
    pub(crate) fn headers(&self) -> Result<CredentialHeaders, &'static str> {
        let mut headers = HeaderMap::new();
        for (name, header, value) in [
            ("ApiKey", "apikey", Some(&self.api_key)),
            ("AppId", "appid", Some(&self.app_id)),
            ("Token", "token", self.token.as_ref()),
            ("DeviceId", "deviceid", self.device_id.as_ref()),
            ("OAuthToken", "oauthtoken", self.oauth_token.as_ref()),
        ] {
            if let Some(value) = value {
                let text = value.expose();
                // Another server reads other letters another way, and drops
                // the spaces around.
                if text.is_empty() || !text.is_ascii() || text.trim() != text {
                    return Err(name);
                }
                let mut value = HeaderValue::from_str(text).map_err(|_| name)?;
                value.set_sensitive(true);
                headers.insert(HeaderName::from_static(header), value);
            }
        }
        Ok(CredentialHeaders(headers))
    }
}

/// The credentials as headers, which progenitor's client carries along.
#[derive(Clone)]
pub(crate) struct CredentialHeaders(pub(crate) HeaderMap);

impl fmt::Debug for CredentialHeaders {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CredentialHeaders")
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Credentials")
            .field("api_key", &self.api_key)
            .field("app_id", &self.app_id)
            .field("token", &self.token)
            .field("device_id", &self.device_id)
            .field("oauth_token", &self.oauth_token)
            .finish()
    }
}

//! The credentials that go with every request.

use std::fmt;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::value::secret::Secret;

const API_KEY: &str = "apikey";
pub(crate) const APP_ID: &str = "appid";
pub(crate) const TOKEN: &str = "token";
pub(crate) const DEVICE_ID: &str = "deviceid";
pub(crate) const OAUTH_TOKEN: &str = "oauthtoken";

/// The headers that carry credentials.
pub(crate) const HEADERS: &[&str] = &[API_KEY, APP_ID, TOKEN, DEVICE_ID, OAUTH_TOKEN];

/// The vendor's names of them.
const NAMES: [&str; 5] = ["ApiKey", "AppId", "Token", "DeviceId", "OAuthToken"];

/// The first credential that a text names, in one word or in two.
pub(crate) fn named_in(text: &str) -> Option<&'static str> {
    let is_between = |letter: char| !letter.is_ascii_alphanumeric();
    let words = || text.split(is_between).filter(|word| !word.is_empty());
    let named = |text: &str| {
        NAMES
            .into_iter()
            .find(|name| name.eq_ignore_ascii_case(text))
    };
    let next = words().skip(1).chain([""]);
    words()
        .zip(next)
        .find_map(|(word, next)| named(&format!("{word}{next}")).or_else(|| named(word)))
}

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

    /// Sets `Token`, the login token of the vendor's Security operation:
    /// [`AimClient::log_in`](crate::AimClient::log_in) gets one.
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

    /// Sets `OAuthToken`, which newer installations ask for:
    /// [`AimClient::discover`](crate::AimClient::discover) gets it.
    #[must_use]
    pub fn oauth_token(mut self, oauth_token: impl Into<Secret>) -> Self {
        self.oauth_token = Some(oauth_token.into());
        self
    }

    /// What the vendor's central host gets: no token.
    pub(crate) fn without_tokens(&self) -> Self {
        Self::new(self.api_key.clone(), self.app_id.clone())
    }

    /// The headers, marked sensitive; or why a credential cannot be one.
    pub(crate) fn headers(&self) -> Result<HeaderMap, String> {
        let mut headers = HeaderMap::new();
        for (name, header_name, value) in [
            ("ApiKey", API_KEY, Some(&self.api_key)),
            ("AppId", APP_ID, Some(&self.app_id)),
            ("Token", TOKEN, self.token.as_ref()),
            ("DeviceId", DEVICE_ID, self.device_id.as_ref()),
            ("OAuthToken", OAUTH_TOKEN, self.oauth_token.as_ref()),
        ] {
            if let Some(value) = value {
                headers.insert(HeaderName::from_static(header_name), header(name, value)?);
            }
        }
        Ok(headers)
    }
}

/// A credential as a header, marked sensitive; or why it cannot be one.
pub(crate) fn header(name: &str, value: &Secret) -> Result<HeaderValue, String> {
    let text = value.expose();
    // Another server reads other letters another way, and drops the spaces
    // around.
    let usable = !text.is_empty() && text.is_ascii() && text.trim() == text;
    let mut value = usable
        .then(|| HeaderValue::from_str(text).ok())
        .flatten()
        .ok_or_else(|| {
            format!(
                "the credential {name} is empty, begins or ends with a space, or holds what a header cannot (it takes visible ASCII)"
            )
        })?;
    value.set_sensitive(true);
    Ok(value)
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

#[cfg(test)]
mod tests {
    use super::named_in;

    #[test]
    fn a_text_names_a_credential_by_its_name_alone() {
        for (text, expected) in [
            ("ApiKey is unknown", Some("ApiKey")),
            ("invalid API key.", Some("ApiKey")),
            ("the login's token: expired", Some("Token")),
            ("OAuth token", Some("OAuthToken")),
            ("app-id", Some("AppId")),
            ("DEVICEID", Some("DeviceId")),
            ("", None),
            ("no contract has this Ref", None),
            ("tokens", None),
            ("an app identification", None),
            ("a key of an API", None),
        ] {
            assert_eq!(named_in(text), expected, "{text}");
        }
    }
}

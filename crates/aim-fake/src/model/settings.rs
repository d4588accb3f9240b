//! The settings: every choice of a merchant's host that the recordings show or
//! that is unknown.
//!
//! Each unknown choice is a setting here, with a documented default, and not a
//! constant in the code.

use std::fmt;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::problem::{Problem, expectation, pointer, step};

/// How the host is set up. As JSON (`GET /_aim/settings`) its members have the
/// names of these fields.
///
/// Its `Debug` form masks the API keys.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Settings {
    /// The format of the answer if the request asks for none. ServiceStack's
    /// own default is HTML; the vendor's is unknown.
    pub default_content_type: Format,
    /// How a `DateTime` is written in JSON and JSV; the vendor's form is
    /// unknown.
    pub date_format: DateFormat,
    /// The host's time zone, an IANA name.
    pub time_zone: Tz,
    /// Whether a catch-all service answers every path without a route, as the
    /// vendor's list of operations hints.
    pub fallback: bool,
    /// The HTTP status of the catch-all service; unknown.
    pub fallback_http_status: u16,
    /// Whether the catch-all service answers with an in-band error instead of
    /// an empty object; unknown.
    pub fallback_error: bool,
    /// Whether `/json/reply/{Request}` and similar routes answer.
    pub predefined_routes: bool,
    /// The formats that are on; any other one is refused with 403.
    pub formats: Vec<Format>,
    /// Whether errors carry a stack trace, as with ServiceStack's debug mode.
    pub debug_mode: bool,
    /// The value of `X-Powered-By`, which shows the vendor's version; null
    /// leaves the field out.
    pub powered_by: Option<String>,

    /// The origins whose pages may call the fake from a browser, the control
    /// interface included, as `http://localhost:5173`; `*` alone is any. None, as
    /// the recorded hosts have it: browsers ask first, and are not answered.
    pub cors_origins: Vec<String>,

    /// Whether credentials are checked.
    pub check_credentials: bool,
    /// The API keys that are accepted; if the list is empty, every key is.
    pub api_keys: Vec<String>,
    /// Where credentials are read from; unknown.
    pub credentials_from: CredentialsFrom,
    /// Whether an operation also requires a login `Token`; unknown.
    pub require_token: bool,
    /// Whether an operation also requires an `OAuthToken`: the newer captures
    /// say so, the older pages do not.
    pub require_oauth_token: bool,
    /// How missing or unknown credentials are refused; unknown.
    pub credential_error: CredentialError,
    /// Whether a `Token` must be one that Security gave out, and an `OAuthToken`
    /// the one that GetEndPoint gives out; otherwise any text is good.
    pub check_tokens: bool,
    /// How long a `Token` of Security is good, in seconds of the fake's clock;
    /// null means for ever. Unknown.
    pub token_seconds: Option<u32>,
    /// Where Security looks for its members: ServiceStack binds body and query;
    /// whether the vendor's code reads what was bound is unknown.
    pub login_from: LoginFrom,
    /// The address that GetEndPoint gives; null is the fake's own, as the client
    /// has it in `Host`.
    pub endpoint: Option<String>,
    /// How long an access token of CustomerAccessToken is valid, in seconds of
    /// the fake's clock; null means for ever. Unknown.
    pub access_token_seconds: Option<u32>,

    /// Whether the rules between fields are checked.
    pub check_rules: bool,
    /// Whether members that the document requires must be present; unknown
    /// (ServiceStack does not check).
    pub check_required: bool,
    /// The HTTP status that goes with an in-band error; unknown.
    pub error_http_status: u16,
    /// `Status.StatusCode` of an in-band error: one public caller tests for
    /// `Error`.
    pub error_status_code: String,
    /// `Status.ErrorCode` of an in-band error; unknown.
    pub error_code: String,
    /// `Status.StatusCode` of a success; null leaves `Status` out. Unknown.
    pub success_status_code: Option<String>,

    /// The largest body in bytes; ASP.NET's own limit is 4096 KB.
    pub max_body: usize,
    /// The HTTP status of the page that refuses a larger body: IIS answers 413
    /// at its limit, ASP.NET 500 at its own; which limit is lower is unknown.
    pub max_body_http_status: u16,
    /// The longest query in characters; IIS's own limit is 2048.
    pub max_query: usize,
    /// The characters that a decoded path must not hold; these are ASP.NET's.
    pub refused_path_characters: String,
    /// Whether `<` and `&#` in query and form values are refused, as ASP.NET's
    /// request validation does; the vendor's choice is unknown.
    pub request_validation: bool,
    /// Whether an answer tells in a header field, `X-Aim-Fake-Ignored`, what of
    /// the request was ignored. No other host has this field.
    pub ignored_header: bool,
    /// How many requests `GET /_aim/requests` remembers.
    pub remembered_requests: usize,
    /// The largest total size of the remembered requests, in bytes as received;
    /// beyond that the oldest are forgotten too.
    pub remembered_bytes: usize,
}

/// A format of answers, named by its content type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// An HTML page.
    #[serde(rename = "text/html")]
    Html,
    /// JSON.
    #[serde(rename = "application/json")]
    Json,
    /// XML of DataContractSerializer.
    #[serde(rename = "application/xml")]
    Xml,
    /// ServiceStack's JSV.
    #[serde(rename = "application/jsv")]
    Jsv,
}

impl Format {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Html, Self::Json, Self::Xml, Self::Jsv];
}

/// How a `DateTime` is written in JSON and JSV; the names are those of the
/// recordings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DateFormat {
    /// A function that writes `yyyy-MM-ddTHH:mm:ss`, with the ISO 8601 handler.
    #[serde(rename = "seconds")]
    Seconds,
    /// A function that writes .NET's `o`.
    #[serde(rename = "o")]
    RoundTrip,
    /// A function that writes `M/d/yyyy h:mm:ss tt`.
    #[serde(rename = "us")]
    Us,
    /// A function that writes `yyyy-MM-dd`.
    #[serde(rename = "date-only")]
    DateOnly,
    /// No function; ServiceStack's ISO 8601 handler.
    #[serde(rename = "none-iso8601")]
    Iso8601,
    /// No function; `/Date(ms)/` in ServiceStack's own default form.
    #[serde(rename = "wcf")]
    Wcf,
    /// No function; `/Date(ms)/` in the form of DataContractJsonSerializer.
    #[serde(rename = "dcjs")]
    Dcjs,
    /// No function; RFC 1123.
    #[serde(rename = "rfc1123")]
    Rfc1123,
}

/// Where credentials are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialsFrom {
    /// Only in header fields.
    Header,
    /// In header fields, then in the members of the bound request.
    HeaderThenRequest,
    /// In the members of the bound request, then in header fields.
    RequestThenHeader,
}

/// Where Security looks for user and password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginFrom {
    /// In the request as ServiceStack has bound it, from body and query.
    Request,
    /// In the query alone, where public callers have them.
    Query,
}

/// How missing or unknown credentials are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialError {
    /// By an in-band error, like every other.
    InBand,
    /// By status 401 and a `ResponseStatus`.
    Unauthorized,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            default_content_type: Format::Html,
            date_format: DateFormat::Seconds,
            time_zone: Tz::America__New_York,
            fallback: false,
            fallback_http_status: 200,
            fallback_error: false,
            predefined_routes: true,
            formats: Format::ALL.to_vec(),
            debug_mode: false,
            powered_by: Some("ServiceStack/8.40 NETFX/Windows/netfx".to_owned()),
            cors_origins: Vec::new(),
            check_credentials: true,
            api_keys: Vec::new(),
            credentials_from: CredentialsFrom::Header,
            require_token: false,
            require_oauth_token: false,
            credential_error: CredentialError::InBand,
            check_tokens: false,
            token_seconds: None,
            login_from: LoginFrom::Request,
            endpoint: None,
            access_token_seconds: None,
            check_rules: true,
            check_required: false,
            error_http_status: 200,
            error_status_code: "Error".to_owned(),
            error_code: "1".to_owned(),
            success_status_code: Some("OK".to_owned()),
            max_body: 4096 * 1024,
            max_body_http_status: 413,
            max_query: 2048,
            refused_path_characters: r"<>*%&:\?".to_owned(),
            request_validation: false,
            ignored_header: true,
            remembered_requests: 10_000,
            remembered_bytes: 256 * 1024 * 1024,
        }
    }
}

impl Settings {
    /// Those that are not shown unasked.
    pub(crate) const SECRET: &[&str] = &["api_keys"];

    /// Returns these settings with some of them changed, each by its name. If
    /// one change is refused, none is made.
    ///
    /// # Errors
    ///
    /// The first unknown name, or the first value that does not fit its
    /// setting, with its JSON pointer.
    pub fn patched(&self, changes: &Json) -> Result<Self, Problem> {
        let Json::Object(changes) = changes else {
            return Err(problem("", "an object is expected, of settings by name"));
        };
        let mut all = match serde_json::to_value(self) {
            Ok(Json::Object(all)) => all,
            _ => return Err(problem("", "the settings cannot be written as JSON")),
        };
        for (name, value) in changes {
            let Some(known) = all.get_mut(name) else {
                let names: Vec<&str> = all.keys().map(String::as_str).collect();
                return Err(problem(
                    &step("", name),
                    &format!("no setting has this name; there are {}", names.join(", ")),
                ));
            };
            known.clone_from(value);
        }
        let settings: Self =
            serde_path_to_error::deserialize(Json::Object(all)).map_err(|error| {
                let pointer = pointer(error.path());
                Problem {
                    reason: match pointer.as_str() {
                        "/time_zone" => "an IANA name is expected, as America/New_York".to_owned(),
                        _ => expectation(&error.inner().to_string()),
                    },
                    pointer,
                }
            })?;
        settings.check()?;
        Ok(settings)
    }

    /// Changes one setting by a text `name=value`; the value is read as JSON,
    /// or else as text.
    ///
    /// # Errors
    ///
    /// As for [`patched`](Self::patched), or if there is no `=`.
    pub fn patched_by_text(&self, text: &str) -> Result<Self, Problem> {
        let Some((name, value)) = text.split_once('=') else {
            return Err(problem("", "name=value is expected"));
        };
        let text = |_| Json::String(value.to_owned());
        let value = serde_json::from_str(value).unwrap_or_else(text);
        self.patched(&Json::Object(
            [(name.to_owned(), value)].into_iter().collect(),
        ))
    }

    /// Checks what the types of the members do not.
    fn check(&self) -> Result<(), Problem> {
        for (name, status) in [
            ("fallback_http_status", self.fallback_http_status),
            ("error_http_status", self.error_http_status),
            ("max_body_http_status", self.max_body_http_status),
        ] {
            if !(200..=599).contains(&status) {
                let reason = "a status from 200 to 599 is expected";
                return Err(problem(&format!("/{name}"), reason));
            }
        }
        if self.endpoint.as_deref().is_some_and(|text| {
            !is_field_value(text) || !text.contains("://") || text.ends_with("://")
        }) {
            let reason = "an address is expected, as https://10846.active-e.net:7890, or null";
            return Err(problem("/endpoint", reason));
        }
        if self
            .powered_by
            .as_deref()
            .is_some_and(|text| !is_field_value(text))
        {
            let reason = "printable ASCII is expected, as in a header field";
            return Err(problem("/powered_by", reason));
        }
        let is_any = self.cors_origins == ["*"];
        let wrong = self.cors_origins.iter().position(|text| !is_origin(text));
        match wrong.filter(|_| !is_any) {
            Some(index) => {
                let reason = "an origin as browsers send it is expected, as http://localhost:5173, or * alone";
                Err(problem(&format!("/cors_origins/{index}"), reason))
            }
            None => Ok(()),
        }
    }
}

/// Whether a text is a valid value of a header field.
pub(crate) fn is_field_value(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// Whether a text is an origin: scheme, host and a port that is not the
/// scheme's own.
fn is_origin(text: &str) -> bool {
    let Some((scheme, host)) = text.split_once("://") else {
        return false;
    };
    let own = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return false,
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    !host.is_empty() && host.bytes().all(plain) && !host.ends_with(own)
}

fn problem(pointer: &str, reason: &str) -> Problem {
    Problem {
        pointer: pointer.to_owned(),
        reason: reason.to_owned(),
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Settings");
        if let Ok(Json::Object(all)) = serde_json::to_value(self) {
            for (name, value) in &all {
                if Self::SECRET.contains(&name.as_str()) {
                    let count = value.as_array().map_or(1, Vec::len);
                    out.field(name, &format_args!("{count} of them"));
                } else {
                    out.field(name, &format_args!("{value}"));
                }
            }
        }
        out.finish()
    }
}

//! HTTP requests and answers, each as a whole.

use std::borrow::Cow;
use std::fmt;

/// A request as it was received.
///
/// Its `Debug` form shows no query, no header values and no body.
#[derive(Clone, Default)]
pub struct Request {
    /// The verb as sent.
    pub method: String,
    /// Path and query as sent, not decoded.
    pub target: String,
    /// Header fields in their order.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Vec<u8>,
}

/// An answer as it is sent.
///
/// Its `Debug` form shows no body.
#[derive(Clone, PartialEq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The reason phrase.
    pub reason: Cow<'static, str>,
    /// Header fields, without those of the connection.
    pub headers: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    /// The body.
    pub body: Vec<u8>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.target.split('?').next().unwrap_or_default())
            .field("headers", &names)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("reason", &self.reason)
            .field("headers", &self.headers)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

impl Response {
    /// Adds a header field.
    pub(crate) fn push(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<Cow<'static, str>>,
    ) {
        self.headers.push((name.into(), value.into()));
    }
}

impl Request {
    /// The first header field with that name, in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

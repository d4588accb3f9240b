//! What was received before a call ended in an error, for whom must find out
//! afterwards.

use std::fmt;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

/// The headers that are kept: none that can carry a login, a cookie or an
/// address of something.
const HEADERS: &[&str] = &[
    "age",
    "allow",
    "content-encoding",
    "content-language",
    "content-length",
    "content-type",
    "date",
    "request-id",
    "retry-after",
    "server",
    "transfer-encoding",
    "via",
    "x-aspnet-version",
    "x-cache",
    "x-correlation-id",
    "x-powered-by",
    "x-request-id",
];

/// What was received before a call ended in an error: see
/// [`Error::received`](crate::Error::received).
///
/// The body is what the server wrote, and may repeat what it was sent: names,
/// addresses, card tokens. Its `Debug` text shows none of it.
#[derive(Clone)]
pub struct Received {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
    most: usize,
    bytes: u64,
}

impl Received {
    pub(crate) fn new(status: StatusCode, headers: &HeaderMap, most: usize) -> Self {
        let kept = headers
            .iter()
            .filter(|(name, _)| HEADERS.contains(&name.as_str()))
            .map(|(name, value)| {
                // A server may repeat anywhere what it was sent.
                let mut value = value.clone();
                value.set_sensitive(true);
                (name.clone(), value)
            });
        Self {
            status,
            headers: kept.collect(),
            body: Vec::new(),
            most,
            bytes: 0,
        }
    }

    /// Notes what has come.
    pub(crate) fn push(&mut self, chunk: &[u8]) {
        let room = self.most.saturating_sub(self.body.len());
        let kept = chunk.get(..room).unwrap_or(chunk);
        self.body.extend_from_slice(kept);
        self.bytes = self.bytes.saturating_add(chunk.len() as u64);
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers, of which only those are kept that help to find out who
    /// answered what: no cookie, and nothing about credentials. Their `Debug` text
    /// shows no value.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The first bytes of the body as they were received, compressed if they
    /// came so: as many as were asked for. Keep them as you keep a customer's
    /// file.
    #[must_use]
    pub fn expose_body(&self) -> &[u8] {
        &self.body
    }

    /// How many bytes of the body were received in all.
    #[must_use]
    pub fn body_bytes(&self) -> u64 {
        self.bytes
    }
}

/// The headers and the body stay out.
impl fmt::Debug for Received {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Received")
            .field("status", &self.status)
            .field("body_bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

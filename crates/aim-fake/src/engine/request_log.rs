//! The log of received requests: a ring of the last ones, and how a request is
//! shown without its secrets.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::DateTime;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

use crate::model::http::Request;
use crate::model::json::object_to_json;
use crate::model::schema::Schema;
use crate::model::settings::{DateFormat, Settings};
use crate::model::value::Object;
use crate::wire;
use crate::wire::ignored::Ignored;
use crate::wire::style::Style;

/// A request on the vendor's paths, and its outcome.
///
/// Its `Debug` form masks the secrets.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Received {
    /// When it was noted, by the clock of this machine: the request was there,
    /// its answer was not sent yet.
    pub time: SystemTime,
    /// The number of its connection, counted from 1.
    pub connection: u64,
    /// The verb as sent.
    pub method: String,
    /// Path and query as sent, with their secrets.
    pub target: String,
    /// The vendor's name of the service that was called; `None` if the request
    /// reached no service.
    pub operation: Option<&'static str>,
    /// The HTTP status of the answer; `None` if no answer was sent.
    pub status: Option<u16>,
    /// The request object of the call.
    pub bound: Option<Object>,
    /// Whether the fake's state carried the operation out, whatever the client
    /// received: a booking is made, a contract is changed, a lookup is
    /// answered. False for scripted answers, refused requests and faults that
    /// trigger earlier.
    pub applied: bool,
    /// What of the request had no effect on [`bound`](Self::bound), and why: at
    /// most 100 of it; empty if no service was called.
    pub ignored: Vec<Ignored>,
    /// The paths of members that were sent but that the state did not keep,
    /// such as `CustomerInfo.Name`; empty if the operation was not carried out.
    pub not_kept: Vec<String>,
    /// Whether the answer was scripted.
    pub scripted: bool,
    /// The name of the fault that triggered.
    pub fault: Option<String>,
    /// Says which parts of the target are secret.
    pub(crate) schema: &'static Schema,
}

impl Received {
    /// A request that reached no service.
    pub(crate) fn new(
        request: &Request,
        connection: u64,
        status: Option<u16>,
        schema: &'static Schema,
    ) -> Self {
        Self {
            schema,
            time: SystemTime::now(),
            connection,
            method: request.method.clone(),
            target: request.target.clone(),
            operation: None,
            status,
            bound: None,
            applied: false,
            ignored: Vec::new(),
            not_kept: Vec::new(),
            scripted: false,
            fault: None,
        }
    }

    /// The request object of the call as a type of your own. The object is
    /// written as JSON with the vendor's names, exact decimals as numbers and
    /// dates as `2026-11-21T10:20:30.0000000`, without nulls and default dates,
    /// and then read as your type.
    ///
    /// # Errors
    ///
    /// The error of serde if the type does not fit, or if no service was
    /// called.
    pub fn bound_as<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        let settings = Settings {
            date_format: DateFormat::RoundTrip,
            ..Settings::default()
        };
        let text = match &self.bound {
            Some(object) => wire::json::write(object, &Style::new(&settings))
                .map_err(|error| serde::de::Error::custom(error.message))?,
            None => "null".to_owned(),
        };
        serde_json::from_str(&text)
    }

    /// What was ignored, as the record and the log show it.
    pub(crate) fn ignored_json(&self) -> Json {
        let ignored = self.ignored.iter();
        ignored
            .map(|one| json!({ "what": one.what, "why": one.why.as_str() }))
            .collect()
    }

    /// The request as `GET /_aim/requests` shows it; without `reveal`, secrets
    /// are `***`.
    #[must_use]
    pub fn to_json(&self, reveal: bool) -> Json {
        let target = if reveal {
            self.target.clone()
        } else {
            masked_target(&self.target, self.schema)
        };
        let bound = self.bound.as_ref().map(
            |object| json!({ "type": object.of().name, "value": object_to_json(object, !reveal) }),
        );
        json!({
            "time": utc(self.time),
            "connection": self.connection,
            "method": self.method,
            "target": target,
            "operation": self.operation,
            "status": self.status,
            "bound": bound,
            "applied": self.applied,
            "ignored": self.ignored_json(),
            "not_kept": self.not_kept,
            "scripted": self.scripted,
            "fault": self.fault,
        })
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("time", &utc(self.time))
            .field("connection", &self.connection)
            .field("method", &self.method)
            .field("target", &masked_target(&self.target, self.schema))
            .field("operation", &self.operation)
            .field("status", &self.status)
            .field("bound", &self.bound)
            .field("applied", &self.applied)
            .field("ignored", &self.ignored)
            .field("not_kept", &self.not_kept)
            .field("scripted", &self.scripted)
            .field("fault", &self.fault)
            .finish()
    }
}

/// A time as RFC 3339 in UTC.
pub(crate) fn utc(time: SystemTime) -> Option<String> {
    let since = time.duration_since(UNIX_EPOCH).ok()?;
    let time = DateTime::from_timestamp_millis(i64::try_from(since.as_millis()).ok()?)?;
    Some(time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

/// Path and query, with `***` for every query value that is not known to be
/// harmless, and for what stands below a route: the vendor has a route that ends
/// with a token.
pub(crate) fn masked_target(target: &str, schema: &'static Schema) -> String {
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    let path = masked_path(path, schema);
    let Some(query) = query else {
        return path.into_owned();
    };
    let is_harmless = |name: &str| {
        let name = name.replace('+', " ");
        let name = percent_encoding::percent_decode_str(&name).decode_utf8_lossy();
        schema.is_harmless(name.trim())
    };
    let pairs: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, _)) if !is_harmless(name) => format!("{name}=***"),
            // A value without a name may be anything.
            None if !pair.is_empty() && !is_harmless(pair) => "***".to_owned(),
            _ => pair.to_owned(),
        })
        .collect();
    format!("{path}?{}", pairs.join("&"))
}

fn masked_path<'a>(path: &'a str, schema: &'static Schema) -> Cow<'a, str> {
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    let lower = decoded.to_ascii_lowercase();
    let routes = schema.operations().iter().flat_map(|one| one.routes);
    let mut below = routes.filter_map(|route| {
        let route = format!("{}/", route.path.to_ascii_lowercase());
        let end = lower.find(&route)? + route.len();
        decoded
            .get(..end)
            .filter(|start| start.len() < decoded.len())
    });
    match below.next() {
        Some(start) => Cow::Owned(format!("{start}***")),
        None => Cow::Borrowed(path),
    }
}

/// The last requests, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Ring {
    requests: VecDeque<(Arc<Received>, usize)>,
    bytes: usize,
    dropped: u64,
}

impl Ring {
    /// Remembers a request with its size in bytes, and forgets the oldest ones
    /// beyond the limits of the settings.
    pub(crate) fn push(&mut self, received: Arc<Received>, bytes: usize, settings: &Settings) {
        self.requests.push_back((received, bytes));
        self.bytes += bytes;
        while self.requests.len() > settings.remembered_requests
            || self.bytes > settings.remembered_bytes
        {
            let Some((_, bytes)) = self.requests.pop_front() else {
                break;
            };
            self.bytes -= bytes;
            self.dropped += 1;
        }
    }

    pub(crate) fn all(&self) -> Vec<Arc<Received>> {
        let requests = self.requests.iter();
        requests.map(|(received, _)| Arc::clone(received)).collect()
    }

    /// How many requests were forgotten since the last [`clear`](Self::clear).
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn query_values_are_masked_unless_they_are_harmless() {
        for (target, masked) in [
            ("/a", "/a"),
            ("/a?", "/a?"),
            ("/a?Ref=1&sub=2&format=json", "/a?Ref=1&sub=2&format=json"),
            ("/a?Token=x&TOKEN=&token", "/a?Token=***&TOKEN=***&***"),
            ("/a?%54oken=x&To+ken=x", "/a?%54oken=***&To+ken=***"),
            ("/a?Rfe=x", "/a?Rfe=***"),
            ("/a?CustomerInfo={Name:x}", "/a?CustomerInfo=***"),
            (
                "/a?FormInputList=[]&Ref=a=b",
                "/a?FormInputList=***&Ref=a=b",
            ),
            ("/a?x?Ref=1", "/a?x?Ref=***"),
            ("/a?=x&&Ref", "/a?=***&&Ref"),
            (
                "/api/Security?Password=p&UserName=u&username=u&AppID=a&Acct=5",
                "/api/Security?Password=***&UserName=***&username=***&AppID=***&Acct=5",
            ),
            ("/api/Security/token", "/api/Security/***"),
            ("/Api/%73ecurity/a/b?Ref=1", "/Api/security/***?Ref=1"),
            ("/api/Security/", "/api/Security/"),
        ] {
            assert_eq!(masked_target(target, Schema::embedded()), masked);
        }
    }
}

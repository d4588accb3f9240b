//! One line of JSON per request on standard error, without secrets.

use std::io::{self, Write};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::Body;
use chrono::DateTime;
use hyper::body::Incoming;
use hyper::{Request, Response};
use serde_json::json;

use super::connection::Noted;
use super::target;
use crate::received::masked_target;

/// What is known of a request before it is answered.
pub(super) struct Line {
    connection: u64,
    method: String,
    target: String,
}

impl Line {
    pub(super) fn new(request: &Request<Incoming>, connection: u64) -> Self {
        Self {
            connection,
            method: request.method().to_string(),
            target: masked_target(target(request.uri())),
        }
    }

    pub(super) fn write(self, response: &Response<Body>, took: Duration) {
        let mut line = json!({
            "time": now(),
            "connection": self.connection,
            "method": self.method,
            "target": self.target,
            "status": response.status().as_u16(),
            "microseconds": u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        });
        if let Some(Noted(received)) = response.extensions().get() {
            line["status"] = json!(received.status);
            line["operation"] = json!(received.operation);
            line["applied"] = json!(received.applied);
            line["scripted"] = json!(received.scripted);
            line["fault"] = json!(received.fault);
        }
        // Nobody is left to tell when standard error is closed.
        let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
    }
}

/// The wall clock, as RFC 3339 in UTC.
fn now() -> Option<String> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    let now = DateTime::from_timestamp_millis(i64::try_from(since.as_millis()).ok()?)?;
    Some(now.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

//! The data of the tests.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

/// The root of the workspace, which is the parent of this package's folder.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// The vendor's pages, parsed: routes, types with every field, samples.
///
/// # Panics
///
/// If the fixture is missing or is not JSON.
#[must_use]
#[allow(clippy::panic, reason = "a test without its data cannot go on")]
pub fn facts() -> Vec<Value> {
    let path = root().join("tests/fixtures/facts.json");
    fs::read_to_string(&path)
        .ok()
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_else(|| panic!("{} cannot be read", path.display()))
}

/// A recorded exchange with a real ServiceStack host.
pub struct Exchange {
    /// The file and line, for messages.
    pub place: String,
    /// Its id.
    pub id: String,
    /// The whole line.
    pub value: Value,
}

/// Every recorded exchange with the vendor's services.
///
/// # Panics
///
/// If a fixture is missing or is not JSON.
#[must_use]
#[allow(clippy::panic, reason = "a test without its data cannot go on")]
pub fn exchanges() -> Vec<Exchange> {
    let mut exchanges = Vec::new();
    for folder in ["exchanges", "settings", "clients", "neighbours"] {
        let folder = root().join("tests/fixtures/recordings").join(folder);
        let mut files: Vec<_> = fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            .flatten()
            .map(|entry| entry.path())
            .collect();
        files.sort();
        for file in files {
            let text = fs::read_to_string(&file)
                .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            for (index, line) in text.lines().enumerate() {
                let place = format!("{}:{}", file.display(), index + 1);
                let value: Value =
                    serde_json::from_str(line).unwrap_or_else(|error| panic!("{place}: {error}"));
                let id = value["id"].as_str().unwrap_or_default().to_owned();
                exchanges.push(Exchange { place, id, value });
            }
        }
    }
    exchanges
}

/// The body of a recorded request or response, if it has one.
///
/// # Panics
///
/// If it should be base64 and is not.
#[must_use]
#[allow(clippy::panic, reason = "a test without its data cannot go on")]
pub fn body(message: &Value) -> Option<Vec<u8>> {
    if let Some(text) = message["body_base64"].as_str() {
        return Some(base64(text));
    }
    message["body"]
        .as_str()
        .map(|text| text.as_bytes().to_vec())
}

/// The bytes of a text in base64.
///
/// # Panics
/// If it is not base64.
#[must_use]
#[allow(clippy::panic, reason = "a test without its data cannot go on")]
pub fn base64(text: &str) -> Vec<u8> {
    BASE64_STANDARD
        .decode(text)
        .unwrap_or_else(|error| panic!("a text is not base64: {error}"))
}

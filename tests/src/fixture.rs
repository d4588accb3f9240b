//! The data of the tests.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use crate::ledger::GONE;

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

/// Every recorded exchange with the vendor's services, but those with a name
/// that the document no longer has: they are of services that the vendor had.
///
/// # Panics
///
/// If a fixture is missing, truncated or not JSON.
#[must_use]
#[allow(clippy::panic, reason = "a test without its data cannot go on")]
pub fn exchanges() -> Vec<Exchange> {
    let gone: Vec<String> = GONE.iter().map(|name| name.to_lowercase()).collect();
    let (mut exchanges, mut recorded) = (Vec::new(), 0);
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
                recorded += 1;
                if !gone.is_empty() && has_word(&line.to_lowercase(), &gone) {
                    continue;
                }
                let place = format!("{}:{}", file.display(), index + 1);
                let value: Value =
                    serde_json::from_str(line).unwrap_or_else(|error| panic!("{place}: {error}"));
                let id = value["id"].as_str().unwrap_or_default().to_owned();
                exchanges.push(Exchange { place, id, value });
            }
        }
    }
    // A truncated fixture would prove nothing, nor would what is left of it.
    assert!(recorded > 1_850, "only {recorded} exchanges are there");
    assert!(
        exchanges.len() * 2 > recorded,
        "of most recordings a name is gone: record the service anew"
    );
    exchanges
}

/// Whether [`exchanges`] are all that was recorded, so that their number is
/// known.
#[must_use]
pub fn is_whole() -> bool {
    GONE.is_empty()
}

/// Whether one of the words stands in a text.
fn has_word(text: &str, words: &[String]) -> bool {
    let mut found = text.split(|letter: char| !letter.is_alphanumeric());
    found.any(|word| words.iter().any(|wanted| wanted == word))
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

#[cfg(test)]
mod tests {
    use super::has_word;

    #[test]
    fn a_recording_with_a_name_that_is_gone_is_found() {
        let gone = ["topic".to_owned()];
        assert!(has_word(r#"{"topic":1}"#, &gone) && has_word("get /a?topic=b", &gone));
        assert!(!has_word(r#"{"returntopic":1}"#, &gone));
    }
}

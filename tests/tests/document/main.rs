//! Tests of the document: it agrees with the vendor's pages, the generated code
//! and the client's types agree with it, and its errors are found.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "that is how a test fails"
)]

mod conformance;
mod examples;
mod mutations;
mod regenerated;
mod samples;
mod schemas;
mod spectral;

use std::fs;

use aim_tests::fixture;
use aim_tests::ordered::Value;

/// Edits the document once for each row: the old text, the new text, and the
/// failure that a check must find.
fn each_edit_fails(check: fn(&Value) -> Vec<String>, rows: &[(&str, &str, &str)]) {
    let yaml = fs::read_to_string(fixture::root().join("openapi/aim.yaml")).unwrap();
    let yaml = yaml.replace("\r\n", "\n");
    for (from, to, failure) in rows {
        assert!(yaml.contains(from), "{from}");
        let document = serde_yaml::from_str(&yaml.replacen(from, to, 1)).unwrap();
        let failures = check(&document).join("\n");
        assert!(failures.contains(failure), "{to}: {failures}");
    }
}

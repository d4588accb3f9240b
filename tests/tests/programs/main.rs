//! Tests of whole programs: the examples, the pages in a browser, the corpus of
//! the fuzz targets, and the versions of packages.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "that is how a test fails"
)]

use std::collections::BTreeMap;
use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use aim_tests::fixture;
use serde_json::Value;

mod docs;
mod examples;
mod fuzz;
mod install;
mod journal;
mod page;
mod pages;
mod toolchain;

/// The client's examples: names and programs. `cargo test --workspace` has built
/// them, with the features of all members.
static EXAMPLES: LazyLock<BTreeMap<String, PathBuf>> = LazyLock::new(|| {
    let output = cargo()
        .args(["build", "--quiet", "--workspace", "--examples"])
        .arg("--message-format=json-render-diagnostics")
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(output.status.success(), "the examples are not built");
    let printed = String::from_utf8(output.stdout).unwrap();
    let built = printed.lines().filter_map(|line| {
        let message: Value = serde_json::from_str(line).unwrap();
        let name = message["target"]["name"].as_str()?.to_owned();
        Some((name, message["executable"].as_str()?.into()))
    });
    built.collect()
});

/// Cargo, in the workspace.
fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(fixture::root());
    cargo
}

/// An example of the client, with credentials that may not be printed.
fn example(name: &str) -> Command {
    let mut command = Command::new(&EXAMPLES[name]);
    command
        .env("AIM_API_KEY", "canary-key")
        .env("AIM_APP_ID", "canary-app")
        // A user of `State::example`.
        .env("AIM_USER", "jordan@example.com")
        .env("AIM_PASSWORD", "password-invented-5d");
    command
}

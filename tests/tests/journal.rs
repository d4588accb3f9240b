//! The example with a journal in a file, run as a program: what it has in doubt
//! after a crash, an unknown outcome and a full run.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "that is how a test fails"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use aim_tests::fixture;
use aim_tests::server::{Reply, Server};

/// Runs the example for an order, and returns what it prints.
fn run(url: &str, file: &Path, order: &str) -> String {
    run_with(url, file, order, &[])
}

/// As [`run`], with variables of the environment besides.
fn run_with(url: &str, file: &Path, order: &str, variables: &[(&str, &str)]) -> String {
    let output = Command::new(env!("CARGO"))
        .envs(variables.iter().copied())
        .args([
            "run",
            "--quiet",
            "--package",
            "aim-client",
            "--example",
            "journal",
            "--",
            url,
        ])
        .arg(file)
        .arg(order)
        .env("AIM_API_KEY", "canary-key")
        .env("AIM_APP_ID", "canary-app")
        .current_dir(fixture::root())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_file_journal_says_what_is_in_doubt() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bookings.jsonl");
    let at_work = file.clone();
    let server = Server::start(move |_| {
        // What the file holds now is what a crash would leave.
        let text = fs::read_to_string(&at_work).unwrap();
        assert!(text.ends_with('\n'), "{text}");
        fs::write(at_work.with_extension("crashed"), text).unwrap();
        Reply::json(r#"{"WebRef":"W-1"}"#)
    })
    .unwrap();
    let broken = Server::start(|_| Reply::of(500, "text/plain", "")).unwrap();

    assert_eq!(run(&server.url(), &file, "order-1"), "booked: W-1\n");
    let printed = run(&broken.url(), &file, "order-2");
    assert!(
        printed.starts_with("unknown: C2BPostContract: "),
        "{printed}"
    );
    let printed = run("http://127.0.0.1:1", &file, "order-3");
    assert!(
        printed.contains("in doubt: order-2: C2BPostContract, sent at "),
        "{printed}"
    );
    assert!(printed.contains("\nnot sent: "), "{printed}");
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(text.lines().count(), 6);
    assert!(
        text.contains(r#""reference":"W-1""#) && !text.contains("Ada"),
        "{text}"
    );

    // A crash while order-1 was on its way, and then in the midst of a line.
    let crashed = file.with_extension("crashed");
    let whole = fs::read_to_string(&crashed).unwrap();
    fs::write(&crashed, format!("{whole}{{\"id\":\"order-9")).unwrap();
    let printed = run("http://127.0.0.1:1", &crashed, "order-4");
    assert!(
        printed.starts_with("in doubt: order-1: C2BPostContract"),
        "{printed}"
    );
    let text = fs::read_to_string(&crashed).unwrap();
    assert!(
        text.starts_with(&whole) && !text.contains("order-9"),
        "{text}"
    );
    assert_eq!(text.lines().count(), 3);
}

/// The proxy of the environment would see every request, with its keys.
#[test]
fn a_proxy_of_the_environment_is_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bookings.jsonl");
    let answer = |_: &_| Reply::json(r#"{"WebRef":"W-1"}"#);
    let (server, proxy) = (
        Server::start(answer).unwrap(),
        Server::start(answer).unwrap(),
    );
    let url = proxy.url();
    let names = [
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
    ];
    let mut variables: Vec<_> = names.iter().map(|name| (*name, url.as_str())).collect();
    // No host is exempt.
    variables.extend([("NO_PROXY", ""), ("no_proxy", "")]);
    let printed = run_with(&server.url(), &file, "order-1", &variables);
    assert_eq!(printed, "booked: W-1\n");
    assert_eq!(server.take().len(), 1);
    assert!(proxy.take().is_empty());
}

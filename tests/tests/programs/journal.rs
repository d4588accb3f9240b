//! The example with a journal in a file, run as a program: what it has in doubt
//! after a crash, an unknown outcome and a full run.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use aim_tests::fixture;
use aim_tests::server::{Reply, Server};

/// Runs the example for an order, and returns what it prints.
fn run(url: &str, file: &Path, order: &str) -> String {
    let output = started(url, file, order);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// Runs it for an order that it does not book, and returns why.
fn refused(url: &str, file: &Path, order: &str) -> String {
    let output = started(url, file, order);
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

fn started(url: &str, file: &Path, order: &str) -> Output {
    command(url, file, order).output().unwrap()
}

fn command(url: &str, file: &Path, order: &str) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command
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
        .current_dir(fixture::root());
    command
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

    // What is booked or in doubt is not booked again, until a person knows.
    let sent = server.take().len();
    assert!(refused(&server.url(), &file, "order-1").contains("is booked already"));
    assert!(refused(&server.url(), &file, "order-2").contains("may be booked already"));
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    let settled = r#"{"id":"order-2","operation":"C2BPostContract","outcome":"rejected"}"#;
    // As an editor may leave it.
    fs::write(&file, format!("{text}\n{settled}")).unwrap();
    assert_eq!(run(&server.url(), &file, "order-2"), "booked: W-1\n");
    assert_eq!((sent, server.take().len()), (1, 1));
    assert!(refused(&server.url(), &file, "order-2").contains("is booked already"));

    // A crash while order-1 was on its way, and then in the midst of a line.
    let crashed = file.with_extension("crashed");
    let whole = fs::read_to_string(&crashed).unwrap();
    let whole = whole.lines().next().unwrap().to_owned() + "\n";
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
    let mut command = command(&server.url(), &file, "order-1");
    let output = command.envs(variables).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "booked: W-1\n");
    assert_eq!(server.take().len(), 1);
    assert!(proxy.take().is_empty());
}

//! What the commands print and how they exit, in a workspace of their own.

#![allow(clippy::unwrap_used, reason = "that is how a test fails")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const DOCUMENT: &str = include_str!("../../openapi/aim.yaml");

fn workspace(document: &str) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("openapi")).unwrap();
    fs::write(root.path().join("openapi/aim.yaml"), document).unwrap();
    root
}

fn xtask(root: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(arguments)
        .current_dir(root)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn regen_tells_fresh_stale_and_broken_apart() {
    let root = workspace(DOCUMENT);
    let root = root.path();
    let generated = root.join("crates/aim-client/src/generated.rs");

    let check = xtask(root, &["regen", "--check"]);
    assert_eq!(check.status.code(), Some(4));
    assert!(!generated.exists(), "a check changes nothing");

    let write = xtask(root, &["regen"]);
    assert_eq!(write.status.code(), Some(0), "{}", text(&write.stderr));
    let check = xtask(root, &["regen", "--check"]);
    assert_eq!(check.status.code(), Some(0));
    assert!(text(&check.stdout).starts_with("fresh"));

    // Where a file is fresh it is not touched, so that nothing is built again.
    let before = fs::metadata(&generated).unwrap().modified().unwrap();
    assert_eq!(xtask(root, &["regen"]).status.code(), Some(0));
    assert_eq!(
        fs::metadata(&generated).unwrap().modified().unwrap(),
        before
    );

    // An edit shows as a diff with counts, without colours in a pipe.
    let title = "  title: AIM Web Services";
    assert!(DOCUMENT.contains(title));
    let edited = DOCUMENT.replace(title, "  title: AIM, edited");
    fs::write(root.join("openapi/aim.yaml"), edited).unwrap();
    let check = xtask(root, &["regen", "--check"]);
    assert_eq!(check.status.code(), Some(4));
    let diff = text(&check.stdout);
    assert!(diff.contains("openapi/aim.json: +1 -1 lines"), "{diff}");
    assert!(diff.contains("+    \"title\": \"AIM, edited\""), "{diff}");
    assert!(!diff.contains('\u{1b}'), "{diff}");

    fs::write(root.join("openapi/aim.yaml"), "openapi: [").unwrap();
    for arguments in [&["regen"] as &[&str], &["regen", "--check"], &["demo"]] {
        let broken = xtask(root, arguments);
        assert_eq!(broken.status.code(), Some(100), "{arguments:?}");
        assert!(
            text(&broken.stderr).contains("openapi/aim.yaml:"),
            "{arguments:?}"
        );
    }
}

#[test]
fn an_unknown_command_is_refused_with_the_list() {
    let root = workspace(DOCUMENT);
    for arguments in [&["regenerate"] as &[&str], &["regen", "--chek"]] {
        let refused = xtask(root.path(), arguments);
        assert_eq!(refused.status.code(), Some(2));
        assert!(text(&refused.stderr).contains("cargo xtask regen --check"));
    }
    assert_eq!(xtask(root.path(), &["help"]).status.code(), Some(0));
}

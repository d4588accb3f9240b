//! The commands as a program, in a workspace of their own: where they work, what
//! they print, how they end.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "that is how a test fails"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aim_codegen::regen;

/// The checkout that this is built from.
fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// What is not generated.
const FILES: [&str; 2] = ["openapi/aim.yaml", "openapi/CHANGELOG.md"];

/// A fresh workspace of its own in a folder.
fn workspace(root: &Path) {
    let generated = regen::plan(&checkout()).unwrap();
    let generated = generated.into_iter().map(|file| file.path);
    for path in FILES.map(ToOwned::to_owned).into_iter().chain(generated) {
        let target = root.join(&path);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(checkout().join(path), target).unwrap();
    }
    fs::write(root.join("Cargo.toml"), "[workspace]\n").unwrap();
}

fn edit(root: &Path, from: &str, to: &str) {
    let path = root.join("openapi/aim.yaml");
    let text = fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    assert!(text.contains(from), "{from}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

/// Adds a member to a request.
fn add_member(root: &Path) {
    let member =
        include_str!("../../tests/fixtures/new-operation/member.yaml").replace("\r\n", "\n");
    let before = "      xml:\n        name: PostServiceTicketRequest\n";
    edit(root, before, &format!("{member}{before}"));
}

fn contents(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else {
            found.insert(path.clone(), fs::read_to_string(&path).unwrap());
        }
    }
    found
}

/// Runs a command that reads the document, in a folder: its exit code, standard
/// output and error.
fn xtask(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    run(env!("CARGO_BIN_EXE_xtask-document"), folder, arguments)
}

fn run(program: &str, folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn a_change_is_printed_once_and_then_what_is_left_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    workspace(root);
    let before = contents(root);
    let generated = root.join("crates/aim-client/src/generated/types.rs");
    let modified = || fs::metadata(&generated).unwrap().modified().unwrap();
    let written = modified();
    let (code, out, _) = xtask(root, &["regen"]);
    assert_eq!((code, out.lines().count()), (0, 1), "{out}");
    assert!(out.starts_with("fresh: "), "{out}");
    // What is fresh is not touched, so that nothing is built again.
    assert_eq!(contents(root), before);
    assert_eq!(modified(), written);

    add_member(root);
    let stale = contents(root);
    let (code, out, error) = xtask(root, &["regen", "--check"]);
    assert_eq!(code, 4, "{out}{error}");
    assert!(out.contains("stale: openapi/aim.json: +"), "{out}");
    assert!(error.contains("run `cargo xtask regen`"), "{error}");
    assert_eq!(contents(root), stale);

    let (code, out, error) = xtask(root, &["regen"]);
    assert_eq!((code, error.as_str()), (0, ""), "{out}");
    for path in [
        "openapi/aim.json",
        "crates/aim-client/openapi/aim.yaml",
        "crates/aim-client/src/generated/types.rs",
    ] {
        assert_eq!(
            out.matches(&format!("written: {path}: +")).count(),
            1,
            "{out}"
        );
    }
    // One diff for each file of Rust, without colours in a pipe.
    assert!(!out.contains('\u{1b}'), "{out}");
    assert_eq!(
        out.matches("\n+++ crates/aim-client/src/generated/")
            .count(),
        3,
        "{out}"
    );
    assert_eq!(out.matches("\n+++ ").count(), 3, "{out}");
    assert_eq!(out.matches("pub po_number:").count(), 1, "{out}");
    let (_, left) = out.split_once("left to do:\n").unwrap();
    for step in [
        "- openapi/aim.yaml: `info.version` is still ",
        "- openapi/CHANGELOG.md: ",
        "- openapi/DEVIATIONS.md: ",
        "\n  new: PostServiceTicketRequest.PoNumber (string)\n",
        "- tests/snapshots: ",
    ] {
        assert!(left.contains(step), "{left}");
    }
    assert_eq!(left.matches("\n  new: ").count(), 1, "{left}");
    assert_eq!(xtask(root, &["regen", "--check"]).0, 0);

    // Prose asks for neither snapshots nor the ledger, and a version that was
    // raised with its entry for nothing more.
    edit(
        root,
        "summary: Book a service ticket",
        "summary: Book service",
    );
    edit(root, "  version: ", "  version: 9");
    let changelog = root.join("openapi/CHANGELOG.md");
    let yaml = fs::read_to_string(root.join("openapi/aim.yaml")).unwrap();
    let (_, version) = yaml.split_once("  version: ").unwrap();
    let version = version.lines().next().unwrap();
    fs::write(&changelog, "").unwrap();
    let (_, out, _) = xtask(root, &["regen"]);
    let (_, left) = out.split_once("left to do:\n").unwrap();
    assert_eq!(
        left,
        "- openapi/CHANGELOG.md: say what changed, under the new version\n"
    );
    fs::write(&changelog, format!("## [{version}]\n")).unwrap();
    edit(root, "summary: Book service", "summary: Book a ticket");
    edit(root, "  version: 9", "  version: 99");
    fs::write(&changelog, format!("## [9{version}]\n")).unwrap();
    let (code, out, _) = xtask(root, &["regen"]);
    assert!(code == 0 && !out.contains("left to do"), "{out}");
}

#[test]
fn a_new_operation_is_named_with_what_it_brings() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    workspace(root);
    let get = "        - $ref: '#/components/parameters/DeviceId'\n";
    edit(root, get, "");
    let (_, out, _) = xtask(root, &["regen"]);
    let gone = "\n  gone: DeviceId, a header of POST /api/PostServiceTicket\n";
    assert!(out.contains(gone), "{out}");
    assert_eq!(out.matches("\n  gone: ").count(), 1, "{out}");
    let copied = fs::read_to_string(root.join("openapi/aim.yaml")).unwrap();
    let (_, operation) = copied.split_once("  /api/PostServiceTicket:\n").unwrap();
    let (operation, _) = operation.split_once("\n  /api/").unwrap();
    let operation = operation.replace("operationId: PostServiceTicket", "operationId: Again");
    edit(
        root,
        "\ncomponents:\n",
        &format!("  /api/Again:\n{operation}\n\ncomponents:\n"),
    );
    let (code, out, error) = xtask(root, &["regen"]);
    assert_eq!(code, 0, "{error}");
    assert!(out.contains("\n  new: POST /api/Again\n"), "{out}");
    assert_eq!(out.matches("\n  new: ").count(), 1, "{out}");
}

#[test]
fn it_works_on_the_workspace_of_the_working_folder() {
    let folder = tempfile::tempdir().unwrap();
    let outer = folder.path();
    workspace(outer);
    add_member(outer);
    let inner = outer.join("nested");
    workspace(&inner);
    fs::create_dir(inner.join("deep")).unwrap();
    let before = contents(outer);
    // The inner one is fresh, and the outer one's business is its own.
    assert_eq!(xtask(&inner.join("deep"), &["regen"]).0, 0);
    // A package is not a workspace.
    fs::write(inner.join("deep/Cargo.toml"), "[package]\n").unwrap();
    assert_eq!(xtask(&inner.join("deep"), &["regen", "--check"]).0, 0);
    fs::remove_file(inner.join("deep/Cargo.toml")).unwrap();
    assert_eq!(contents(outer), before);
    // Without its document nothing is generated from the outer one's.
    fs::rename(
        inner.join("openapi/aim.yaml"),
        inner.join("openapi/other.yaml"),
    )
    .unwrap();
    let before = contents(outer);
    for arguments in [&["regen"][..], &["regen", "--check"]] {
        let (code, out, error) = xtask(&inner.join("deep"), arguments);
        assert_eq!((code, out.as_str()), (100, ""), "{error}");
        let root = inner.canonicalize().unwrap();
        assert!(
            error.contains(&format!(
                "the workspace {} has no openapi/aim.yaml",
                root.display()
            )),
            "{error}"
        );
    }
    assert_eq!(contents(outer), before);
    assert_eq!(
        xtask(&outer.join("crates/aim-client"), &["regen", "--check"]).0,
        4
    );
    let nowhere = tempfile::tempdir().unwrap();
    let (code, _, error) = xtask(nowhere.path(), &["regen"]);
    assert!(
        code == 100 && error.contains("no workspace holds "),
        "{error}"
    );
}

#[test]
fn what_cannot_be_written_leaves_all_and_prints_no_diff() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    workspace(root);
    add_member(root);
    // A file in the place of the folder: nothing can be written below it, not
    // even by root.
    let folder = root.join("crates/aim-fake/openapi");
    for is_missing in [true, false] {
        if is_missing {
            fs::remove_dir_all(&folder).unwrap();
        } else {
            // Where the file should be, so that it is read as missing.
            fs::create_dir(&folder).unwrap();
            fs::create_dir(folder.join("aim.yaml.regen-new")).unwrap();
        }
        let before = contents(root);
        let (code, out, error) = xtask(root, &["regen"]);
        assert_eq!((code, out.as_str()), (100, ""), "{error}");
        assert!(
            error.contains("crates/aim-fake/openapi/aim.yaml: cannot be "),
            "{error}"
        );
        assert_eq!(contents(root), before);
    }
}

/// Until it is committed, a change asks for the same at every run.
#[test]
fn what_is_left_to_do_is_said_until_it_is_committed() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    workspace(root);
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=Test", "-c", "user.email=test@example.com"]);
        let output = git.args(arguments).current_dir(root).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message=before"]);
    add_member(root);
    let (_, first, _) = xtask(root, &["regen"]);
    assert!(first.contains("`info.version` is still "), "{first}");
    let text = fs::read_to_string(root.join("openapi/aim.yaml")).unwrap();
    let version = text.lines().find(|line| line.starts_with("  version: "));
    edit(root, version.unwrap(), "  version: 99.0.0");
    let (_, second, _) = xtask(root, &["regen"]);
    assert!(!second.contains("`info.version` is still "), "{second}");
    let (_, third, _) = xtask(root, &["regen"]);
    for out in [&first, &second, &third] {
        for step in [
            "openapi/CHANGELOG.md",
            "openapi/DEVIATIONS.md",
            "tests/snapshots",
        ] {
            assert!(out.contains(&format!("- {step}: ")), "{out}");
        }
    }
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message=after"]);
    let (_, out, _) = xtask(root, &["regen"]);
    assert_eq!(out.lines().count(), 1, "{out}");
}

#[test]
fn a_killed_run_is_named_and_fixed() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    workspace(root);
    let before = contents(root);
    let json = root.join("openapi/aim.json");
    fs::rename(&json, root.join("openapi/aim.json.regen-old")).unwrap();
    fs::write(&json, "half").unwrap();
    fs::write(
        root.join("crates/aim-client/src/generated/types.rs.regen-new"),
        "",
    )
    .unwrap();
    let killed = contents(root);
    let left = "killed and left openapi/aim.json.regen-old, crates/aim-client/src/generated/types.rs.regen-new";
    let (code, _, error) = xtask(root, &["regen", "--check"]);
    assert!(code == 4 && error.contains(left), "{error}");
    assert_eq!(contents(root), killed);
    let (code, out, error) = xtask(root, &["regen"]);
    assert!(code == 0 && error.contains(left), "{error}");
    assert!(out.starts_with("fresh: "), "{out}");
    assert_eq!(contents(root), before);
}

#[test]
fn a_broken_document_changes_nothing_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    workspace(root);
    fs::write(root.join("openapi/aim.yaml"), "openapi: [").unwrap();
    let before = contents(root);
    for arguments in [&["regen"][..], &["regen", "--check"]] {
        let (code, _, error) = xtask(root, arguments);
        assert!(
            code == 100 && error.contains("openapi/aim.yaml:"),
            "{arguments:?}: {error}"
        );
    }
    assert_eq!(contents(root), before);
}

#[test]
fn an_unknown_command_is_refused_with_the_list() {
    let nowhere = tempfile::tempdir().unwrap();
    for arguments in [&["regenerate"][..], &["regen", "--chek"]] {
        let (code, _, error) = run(env!("CARGO_BIN_EXE_xtask"), nowhere.path(), arguments);
        assert!(
            code == 2 && error.contains("cargo xtask regen --check"),
            "{error}"
        );
        let (code, _, error) = xtask(nowhere.path(), arguments);
        assert!(code == 2 && error.contains("cargo xtask help"), "{error}");
    }
    assert_eq!(
        run(env!("CARGO_BIN_EXE_xtask"), nowhere.path(), &["help"]).0,
        0
    );
}

#[test]
fn the_paths_are_the_generators() {
    assert_eq!(xtask::DOCUMENT, regen::DOCUMENT);
    let files = regen::plan(&checkout()).unwrap();
    assert!(files.iter().any(|file| file.path == xtask::COPY));
}

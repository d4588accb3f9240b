//! Runs the commands as a program, in a test workspace: where they work, what
//! they print, how they exit.

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

/// The files that are not generated.
const FILES: [&str; 3] = [
    "openapi/aim.yaml",
    "openapi/CHANGELOG.md",
    "openapi/outcomes.json",
];

/// The last released document, which here is the one that the tests edit.
const RELEASED: &str = "openapi/released.yaml";

/// Makes a fresh workspace in a folder.
fn workspace(root: &Path) {
    for path in FILES
        .map(ToOwned::to_owned)
        .into_iter()
        .chain(regen::paths())
    {
        let target = root.join(&path);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(checkout().join(&path), target).unwrap();
    }
    fs::copy(root.join("openapi/aim.yaml"), root.join(RELEASED)).unwrap();
    fs::write(root.join("Cargo.toml"), "[workspace]\n").unwrap();
}

/// The version of the document, and the one that a change of the level makes.
fn versions(root: &Path, level: usize) -> (String, String) {
    let text = fs::read_to_string(root.join("openapi/aim.yaml")).unwrap();
    let version = text
        .lines()
        .find_map(|line| line.strip_prefix("  version: "));
    let mut parts: Vec<u32> = version
        .unwrap()
        .split('.')
        .map(|part| part.parse().unwrap())
        .collect();
    parts[level] += 1;
    parts[level + 1..].fill(0);
    let next: Vec<_> = parts.iter().map(u32::to_string).collect();
    (version.unwrap().to_owned(), next.join("."))
}

fn raise(root: &Path, to: &str) {
    let (version, _) = versions(root, 2);
    edit(
        root,
        &format!("  version: {version}"),
        &format!("  version: {to}"),
    );
}

fn edit(root: &Path, from: &str, to: &str) {
    let path = root.join("openapi/aim.yaml");
    let text = fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    assert!(text.contains(from), "{from}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

fn member() -> String {
    include_str!("../../tests/fixtures/new-operation/member.yaml").replace("\r\n", "\n")
}

/// Adds a member to a request.
fn add_member(root: &Path) {
    let before = "      xml:\n        name: PostServiceTicketRequest\n";
    edit(root, before, &format!("{}{before}", member()));
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

/// Runs a command that reads the document in a folder, and returns its exit
/// code, standard output and error.
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
    // Fresh files are not touched, so that nothing is built again.
    assert_eq!(contents(root), before);
    assert_eq!(modified(), written);

    add_member(root);
    let stale = contents(root);
    let (code, out, error) = xtask(root, &["regen", "--check"]);
    assert_eq!(code, 4, "{out}{error}");
    assert!(out.contains("stale: openapi/aim.json\n"), "{out}");
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
            out.matches(&format!("written: {path}\n")).count(),
            1,
            "{out}"
        );
    }
    // What it means is said once, without colours in a pipe.
    assert!(!out.contains('\u{1b}'), "{out}");
    let meaning = "addition\n  /components/schemas/PostServiceTicketRequest/properties/TestNumber: member added\n    \
                   request; minor for the document, minor for the crate\n";
    assert_eq!(out.matches(meaning).count(), 1, "{out}");
    let (version, next) = versions(root, 1);
    let misfits = [
        format!(
            "openapi/aim.yaml: `info.version` is {version}, but the change since {version} \
             (openapi/released.yaml) is minor: raise it to {next}\n"
        ),
        format!(
            "openapi/CHANGELOG.md: the newest heading is of {version}: say what changed under \
             `## [{next}]`, above the others\n"
        ),
    ];
    let (_, left) = out.split_once("left to do:\n").unwrap();
    for step in misfits.iter().map(String::as_str).chain([
        "- openapi/DEVIATIONS.md: ",
        "\n  new: PostServiceTicketRequest.TestNumber (string)\n",
        "- tests/snapshots: ",
    ]) {
        assert!(left.contains(step), "{left}");
    }
    assert_eq!(left.matches("\n  new: ").count(), 1, "{left}");
    // Fresh files of a version that does not fit are not all.
    let (code, _, error) = xtask(root, &["regen", "--check"]);
    assert_eq!((code, error), (4, misfits.concat()));

    // With a raised version and its entry, nothing is left to do.
    raise(root, &next);
    let changelog = root.join("openapi/CHANGELOG.md");
    let entries = fs::read_to_string(&changelog).unwrap();
    let (_, out, _) = xtask(root, &["regen"]);
    let (_, left) = out.split_once("left to do:\n").unwrap();
    assert_eq!(left, format!("- {}", misfits[1]));
    let say = |what: &str| {
        let entry = format!("## [{next}]\n\n- {what}\n\n## [");
        fs::write(&changelog, entries.replacen("## [", &entry, 1)).unwrap();
    };
    say("TestNumbers.");
    let (_, out, _) = xtask(root, &["regen"]);
    let (_, left) = out.split_once("left to do:\n").unwrap();
    let unnamed =
        format!("- openapi/CHANGELOG.md: what is said of {next} does not name\n  TestNumber\n");
    assert_eq!(left, unnamed);
    say("A member: `TestNumber`.");
    let (_, out, _) = xtask(root, &["regen"]);
    assert!(!out.contains("left to do"), "{out}");
    let (code, out, error) = xtask(root, &["regen", "--check"]);
    assert_eq!(
        (code, out.lines().count(), error.as_str()),
        (0, 1, ""),
        "{out}"
    );

    // Prose asks for no more than a patch, and neither for snapshots nor the ledger.
    fs::copy(root.join("openapi/aim.yaml"), root.join(RELEASED)).unwrap();
    edit(
        root,
        "summary: Book a service ticket",
        "summary: Book service",
    );
    let (_, patch) = versions(root, 2);
    let (_, out, _) = xtask(root, &["regen"]);
    let (_, left) = out.split_once("left to do:\n").unwrap();
    assert!(
        left.contains(&format!("is patch: raise it to {patch}\n")),
        "{left}"
    );
    assert_eq!(left.lines().count(), 2, "{left}");
}

#[test]
fn without_the_last_release_no_version_fits() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    workspace(root);
    fs::remove_file(root.join(RELEASED)).unwrap();
    let (code, _, error) = xtask(root, &["regen", "--check"]);
    assert!(
        code == 100 && error.starts_with("openapi/released.yaml: "),
        "{error}"
    );
}

#[test]
fn a_diff_says_what_a_change_means() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    workspace(root);
    let (version, major) = versions(root, 0);
    let (code, out, error) = xtask(root, &["diff"]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert_eq!(
        out,
        format!("openapi/aim.yaml says the same as openapi/released.yaml ({version})\n")
    );

    edit(
        root,
        "operationId: PostServiceTicket\n",
        "operationId: Ticket\n",
    );
    edit(root, "summary: Book a service ticket", "summary: A|B");
    let (code, out, error) = xtask(root, &["diff"]);
    assert_eq!((code, error.as_str()), (1, ""));
    assert_eq!(
        out,
        format!(
            "openapi/aim.yaml since openapi/released.yaml ({version}): 1 breaking, 1 harmless\n\
             breaking\n  \
             /paths/~1api~1PostServiceTicket/post/operationId: operation id changed, `PostServiceTicket` -> `Ticket`\n    \
             structure; breaks generated clients, the Rust API; major for the document, major for the crate\n\
             harmless\n  \
             /paths/~1api~1PostServiceTicket/post/summary: `summary` changed, `Book a service ticket` -> `A|B`\n\
             document: major, so {major} follows {version} (`info.version` is {version})\n\
             aim-client: breaking; no version of it is released yet\n"
        )
    );
    fs::write(
        root.join("CHANGELOG.md"),
        "# Changelog\n\n## Unreleased\n\n## 0.3.1 - 2026-01-02\n",
    )
    .unwrap();
    let (_, out, _) = xtask(root, &["diff", "--format", "text"]);
    assert!(
        out.ends_with("aim-client: breaking, so 0.4.0 follows 0.3.1\n"),
        "{out}"
    );

    let (code, out, _) = xtask(root, &["diff", "--format", "markdown", "--base", RELEASED]);
    assert_eq!(code, 1);
    assert!(out.contains("\n## harmless\n\n| Where | What |"), "{out}");
    assert!(
        out.contains("`A\\|B` | structure |  | patch | patch |\n"),
        "{out}"
    );
    let (code, out, _) = xtask(root, &["diff", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &json["breaking"]), (1, &true.into()));
    assert_eq!(json["document"]["follows"], *major);
    assert_eq!(json["crate"]["follows"], "0.4.0");
    let change = &json["changes"][1];
    assert_eq!(change["old"], "PostServiceTicket");
    assert_eq!(change["breaks"], serde_json::json!(["clients", "rust"]));

    // Its JSON is the same document.
    fs::copy(root.join(RELEASED), root.join("openapi/aim.yaml")).unwrap();
    assert_eq!(xtask(root, &["diff", "--base", "openapi/aim.json"]).0, 0);
}

#[test]
fn a_diff_takes_any_revision_and_refuses_what_is_no_document() {
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
    fs::write(root.join("nothing"), "").unwrap();
    git(&["add", "nothing"]);
    git(&["commit", "--quiet", "--message=nothing"]);
    git(&["tag", "before"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message=all"]);
    add_member(root);
    let (code, out, _) = xtask(&root.join("crates"), &["diff", "--base", "HEAD"]);
    assert!(
        code == 0 && out.starts_with("openapi/aim.yaml since openapi/aim.yaml of HEAD ("),
        "{out}"
    );
    assert!(out.contains("1 addition\n"), "{out}");

    fs::write(root.join("list.yaml"), "openapi: 3.0.3\ninfo: [\n").unwrap();
    fs::write(
        root.join("other.yaml"),
        "openapi: 3.0.3\ninfo: {title: T}\npaths: {}\n",
    )
    .unwrap();
    for (arguments, expected) in [
        (
            &["diff", "--base", "before"][..],
            "the revision `before` has no openapi/aim.yaml",
        ),
        (
            &["diff", "--base", "nowhere"],
            "`nowhere` is neither a file nor a revision",
        ),
        (
            &["diff", "--base", "--help"],
            "`--help` is neither a file nor a revision",
        ),
        (
            &["diff", "--base", "list.yaml"],
            "list.yaml:3:1: this is not an OpenAPI 3.0 document: ",
        ),
        (
            &["diff", "--base", "other.yaml"],
            "other.yaml:2:7: this is not an OpenAPI 3.0 document: ",
        ),
    ] {
        let (code, out, error) = xtask(root, arguments);
        assert_eq!((code, out.as_str()), (100, ""), "{arguments:?}");
        assert!(error.starts_with(expected), "{error}");
    }
    for arguments in [
        &["diff", "--base"][..],
        &["diff", "--format", "xml"],
        &["diff", "HEAD"],
    ] {
        let (code, _, error) = xtask(root, arguments);
        assert!(
            code == 2 && error.contains("`--base <revision or file>`"),
            "{error}"
        );
    }
    fs::remove_file(root.join(RELEASED)).unwrap();
    let (code, _, error) = xtask(root, &["diff"]);
    assert!(
        code == 100 && error.starts_with("openapi/released.yaml: "),
        "{error}"
    );
    edit(root, "openapi: 3.0.3", "openapi: [");
    let (code, _, error) = xtask(root, &["diff", "--base", "HEAD"]);
    assert!(
        code == 100 && error.starts_with("openapi/aim.yaml:"),
        "{error}"
    );
}

/// What the audit needs besides the document.
fn add_ledger(root: &Path) {
    for path in ["openapi/DEVIATIONS.md", "tests/fixtures/facts.json"] {
        let target = root.join(path);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(checkout().join(path), target).unwrap();
    }
}

#[test]
fn an_audit_says_what_pages_have_and_its_edit_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    workspace(root);
    add_ledger(root);
    let pages = checkout().join("xtask/tests/audit/pages");
    let (code, out, error) = xtask(root, &["audit", pages.to_str().unwrap()]);
    assert_eq!((code, error.as_str()), (0, ""), "{out}");
    assert!(out.starts_with("5 pages: nothing new, "), "{out}");
    assert!(
        out.contains("\n  D01: type: C2BPostContractRequest.AIMSchoolId "),
        "{out}"
    );
    assert!(!out.contains("suggested edit"), "{out}");

    // A folder with one page, and what a browser saves beside it.
    let saved = root.join("saved");
    fs::create_dir_all(saved.join("page_files")).unwrap();
    fs::write(saved.join("page_files/style.txt"), "no page").unwrap();
    let page = fs::read_to_string(pages.join("PostServiceTicket.txt")).unwrap();
    let row = "VoiceRecordingbodystringNo\n";
    let with_member = page.replace(row, &format!("{row}TestNumberbodystringNoA|B\n"));
    let sample = r#""VoiceRecording":"String","#;
    let with_member = with_member.replace(sample, &format!(r#"{sample}"TestNumber":"String","#));
    fs::write(saved.join("page.txt"), &with_member).unwrap();
    let (code, out, _) = xtask(root, &["audit", "saved"]);
    assert_eq!(code, 1, "{out}");
    assert!(out.starts_with("1 page: 1 new, "), "{out}");
    let line = "  PostServiceTicketRequest.TestNumber: name: member that the document does not have: `string`, in \
                body, \"A|B\"\n    saved/page.txt:22\n";
    assert!(out.contains(line), "{out}");
    assert!(
        out.contains("\nleft to a person\n  - PostServiceTicketRequest.TestNumber: its meaning"),
        "{out}"
    );
    let (code, out, _) = xtask(root, &["audit", "--format", "markdown", "saved/page.txt"]);
    assert!(
        code == 1 && out.contains("in body, \"A\\|B\" | `/components"),
        "{out}"
    );
    let (code, out, _) = xtask(root, &["audit", "saved/page.txt", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &json["new"]), (1, &1.into()));
    let of = |aspect: &str| {
        let all = json["differences"].as_array().unwrap().iter();
        all.filter(|one| one["aspect"] == aspect)
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(of("required")[0]["explained"], serde_json::json!(["D02"]));
    assert_eq!(of("name")[0]["places"][0]["line"], 22);

    // The edit is a patch that git and regen take.
    let (_, patch, _) = xtask(root, &["audit", "saved/page.txt", "--format", "patch"]);
    assert!(
        patch.starts_with("--- a/openapi/aim.yaml\n+++ b/openapi/aim.yaml\n@@ "),
        "{patch}"
    );
    assert_eq!(json["edit"], *patch);
    fs::write(root.join("edit.patch"), patch).unwrap();
    let mut git = Command::new("git");
    let applied = git
        .args(["apply", "edit.patch"])
        .current_dir(root)
        .output()
        .unwrap();
    assert!(applied.status.success(), "{applied:?}");
    let (code, _, error) = xtask(root, &["regen"]);
    assert_eq!((code, error.lines().last()), (100, Some("1 problem")));
    let problem =
        "TestNumber/description: the description is still the placeholder of `cargo xtask audit`\n";
    assert!(error.contains(problem), "{error}");
    edit(
        root,
        "The vendor's page describes it; say it here in words of your own.",
        "Number of the order.",
    );
    let (code, _, error) = xtask(root, &["regen"]);
    assert_eq!((code, error.as_str()), (0, ""));
    // The member is known now; only its text is not.
    let (_, out, _) = xtask(root, &["audit", "saved/page.txt", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["new"], 1, "{out}");
    assert!(
        json["left"][0]
            .as_str()
            .unwrap()
            .contains("PostServiceTicketRequest.TestNumber"),
        "{out}"
    );

    fs::write(saved.join("cut.txt"), &with_member[..1300]).unwrap();
    let (_, out, _) = xtask(root, &["audit", "saved/cut.txt"]);
    assert!(
        out.contains(": cut at line 36, in the table of `CustomerInfo`, after `Name`;"),
        "{out}"
    );
    // What is cut off is not reported as missing.
    assert!(out.starts_with("1 page: 1 new, "), "{out}");
}

#[test]
fn an_audit_refuses_what_is_no_page() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    workspace(root);
    fs::write(root.join("page.txt"), "Sign in\n").unwrap();
    fs::write(root.join("bytes.txt"), b"AIM Web Services\n\xff").unwrap();
    fs::create_dir(root.join("empty")).unwrap();
    let (code, _, error) = xtask(root, &["audit", "page.txt"]);
    assert!(
        code == 100 && error.starts_with("openapi/DEVIATIONS.md: cannot be read"),
        "{error}"
    );
    add_ledger(root);
    for (page, expected) in [
        ("page.txt", "page.txt:1: this is no page of the vendor"),
        (
            "bytes.txt",
            "bytes.txt:2: the file is not UTF-8 from here on",
        ),
        ("empty", "empty: holds no page"),
        ("nowhere.txt", "nowhere.txt: cannot be read"),
    ] {
        let (code, out, error) = xtask(root, &["audit", page]);
        assert_eq!((code, out.as_str()), (100, ""), "{page}");
        assert!(error.starts_with(expected), "{error}");
    }
    for arguments in [
        &["audit"][..],
        &["audit", "--format"],
        &["audit", "page.txt", "--format", "xml"],
        &["audit", "--edit", "page.txt"],
    ] {
        let (code, _, error) = xtask(root, arguments);
        assert!(code == 2 && error.contains("saved pages"), "{error}");
    }
}

#[test]
fn a_new_operation_is_reported_with_its_parts() {
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
        &format!("\n  /api/Again:\n{operation}\n\ncomponents:\n"),
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
    // The inner one is fresh, and the outer one is ignored.
    assert_eq!(xtask(&inner.join("deep"), &["regen"]).0, 0);
    // A package is not a workspace.
    fs::write(inner.join("deep/Cargo.toml"), "[package]\n").unwrap();
    assert_eq!(xtask(&inner.join("deep"), &["regen", "--check"]).0, 0);
    fs::remove_file(inner.join("deep/Cargo.toml")).unwrap();
    assert_eq!(contents(outer), before);
    // Without its own document, it does not use the outer one's.
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
fn a_failed_write_changes_nothing_and_prints_no_diff() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    workspace(root);
    add_member(root);
    // A file in place of the folder: nobody can write below it, not even root.
    let folder = root.join("crates/aim-fake/openapi");
    for is_missing in [true, false] {
        if is_missing {
            fs::remove_dir_all(&folder).unwrap();
        } else {
            // A folder in place of the file, so that the file reads as missing.
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

/// Until it is done or committed, every run lists the same work.
#[test]
fn work_that_is_left_is_listed_until_it_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let git = |arguments: &[&str]| {
        let who = ["-c", "user.name=a", "-c", "user.email=a@b.example"];
        let (code, _, error) = run("git", root, &[&who[..], arguments].concat());
        assert_eq!(code, 0, "{error}");
    };
    let put = |path: &str, text: &str| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    workspace(root);
    add_member(root);
    assert_eq!(xtask(root, &["regen"]).0, 0);
    fs::copy(root.join("openapi/aim.yaml"), root.join(RELEASED)).unwrap();
    put("tests/snapshots/a.snap", "TestNumber");
    put("xtask/interop/a.py", "send(test_number=1)");
    put("xtask/interop/b.py", "TestNumbers, test_number_of");
    let credentials = "crates/aim-client/src/call/credentials.rs";
    put(credentials, r#"["Token", "OAuthToken"]"#);
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message=a"]);

    edit(root, &member(), "");
    let outcomes = fs::read_to_string(root.join("openapi/outcomes.json")).unwrap();
    let others = outcomes.replace("\"Security\"", "\"Other\"");
    put("openapi/outcomes.json", &others);
    let left = || {
        let (code, out, _) = xtask(root, &["regen"]);
        assert_eq!(code, 0);
        out.split_once("left to do:\n")
            .map(|(_, left)| left.to_owned())
    };
    let ledger = |claims: &str| {
        let text = format!("\n## D01: a\n\n```yaml\n{claims}\n```\n");
        put("openapi/DEVIATIONS.md", &text);
    };
    // Of other aspects, and of newer pages.
    ledger(
        "facts:\n  - {type: PostServiceTicketRequest, field: '*', aspect: place}\n\
         newer:\n  - {type: PostServiceTicketRequest, field: '*', aspect: name}",
    );
    let all = left().unwrap();
    let gone = "\n  gone: PostServiceTicketRequest.TestNumber (string)\n- ";
    let named =
        "- `TestNumber` is no name of the document any more, and stands in\n  xtask/interop/a.py\n";
    let version = "`info.version` is ";
    let untried = "\n- openapi/outcomes.json: answers of Security, by which ";
    let unsent = "\n- crates/aim-client/src/call/credentials.rs: the header DeviceId, which ";
    for step in [version, gone, "- tests/snapshots: ", untried, unsent, named] {
        assert!(all.contains(step), "{all}");
    }
    assert_eq!(left().as_ref(), Some(&all));

    let (_, next) = versions(root, 0);
    raise(root, &next);
    let changelog = fs::read_to_string(root.join("openapi/CHANGELOG.md")).unwrap();
    let entry = format!("## [{next}]\n\n- No `TestNumber`.\n\n## [");
    put(
        "openapi/CHANGELOG.md",
        &changelog.replacen("## [", &entry, 1),
    );
    ledger("facts:\n  - {type: PostServiceTicketRequest, field: '*', aspect: name}");
    put("tests/snapshots/a.snap", "");
    put("openapi/outcomes.json", &outcomes);
    put(credentials, r#"["Token", "OAuthToken", "DeviceId"]"#);
    assert_eq!(left().as_deref(), Some(named));
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message=b"]);
    assert_eq!(left(), None);
}

#[test]
fn a_killed_run_is_reported_and_fixed() {
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
fn a_broken_document_changes_nothing_and_is_reported() {
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
fn the_paths_are_those_of_the_generator() {
    assert_eq!(xtask::DOCUMENT, regen::DOCUMENT);
    assert!(regen::paths().iter().any(|path| path == xtask::COPY));
}

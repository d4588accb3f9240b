//! What `cargo xtask dist` writes: whole, the same twice, and of use to a team
//! that has no Rust.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "that is how a test fails"
)]

#[allow(dead_code, reason = "the test of the site uses the rest")]
#[path = "../../tests/src/browser.rs"]
mod browser;

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use browser::Browser;

fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Runs a line in a folder: what it prints, and whether it succeeds.
fn sh(folder: &Path, line: &str) -> (bool, String) {
    let output = Command::new("sh")
        .args(["-uc", line])
        .current_dir(folder)
        .output()
        .unwrap();
    let printed = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&printed).into_owned(),
    )
}

#[test]
#[cfg(target_os = "linux")]
#[ignore = "compiles aim-fake once more, for another target"]
fn a_team_without_rust_gets_to_a_broken_connection() {
    let folder = tempfile::tempdir().unwrap();
    let (dist, again) = (folder.path().join("dist"), folder.path().join("again"));
    for to in [&dist, &again] {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask-publish"))
            .args(["dist", "--dev", "--to"])
            .arg(to)
            .current_dir(checkout())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        if said.contains("rustup target add") {
            eprintln!("skipped: {said}");
            return;
        }
        assert!(output.status.success(), "{said}");
    }
    // All of it has a sum, and the sums are the same.
    let (is_right, printed) = sh(&dist, "sha256sum --check --strict SHA256SUMS");
    assert!(is_right, "{printed}");
    let (_, listed) = sh(&dist, "find . -type f | wc -l");
    let sums = fs::read_to_string(dist.join("SHA256SUMS")).unwrap();
    assert_eq!(listed.trim(), (sums.lines().count() + 1).to_string());
    assert_eq!(sums, fs::read_to_string(again.join("SHA256SUMS")).unwrap());

    // Nothing of this machine is in the program, and it needs nothing of one.
    let program = fs::read(dist.join("aim-fake")).unwrap();
    for path in [
        checkout().to_owned(),
        env::home_dir().unwrap().join(".cargo"),
    ] {
        let path = path.into_os_string().into_encoded_bytes();
        assert!(!program.windows(path.len()).any(|part| part == path));
    }
    quick_start(&dist, "./aim-fake");
    // The same on a system that has nothing but this folder.
    let alone = "env -i $(command -v unshare) --map-root-user --root=. /aim-fake";
    match sh(&dist, &format!("{alone} --version")) {
        (true, _) => quick_start(&dist, alone),
        (false, why) => eprintln!("skipped: a system with the folder alone; {why}"),
    }

    // Versions and licences.
    let inside = fs::read_to_string(dist.join("THIRD-PARTY.md")).unwrap();
    for known in [
        "| tokio | 1.",
        "Swagger UI 5.",
        "mdBook 0.5",
        "SmartBear",
        "musl",
        "\n## ",
    ] {
        assert!(inside.contains(known), "{known}");
    }
    for unknown in ["aim-client", "| clap_derive |", "| |"] {
        assert!(!inside.contains(unknown), "{unknown}");
    }

    page(&dist.join("site/reference.html"));
}

/// Runs the lines of the README, on another port; it says what they print.
fn quick_start(dist: &Path, program: &str) {
    let readme = fs::read_to_string(dist.join("README.md")).unwrap();
    let (_, script) = readme.split_once("```sh\n").unwrap();
    let (script, after) = script.split_once("```\n").unwrap();
    assert_eq!(script.matches("8080").count(), 2);
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port().to_string();
    drop(free);
    let (_, printed) = sh(
        dist,
        &script.replace("8080", &port).replace("./aim-fake", program),
    );
    let shown: Vec<&str> = after.split('`').skip(1).step_by(2).collect();
    let applied = shown.iter().find(|it| it.contains("applied")).unwrap();
    assert!(
        printed.contains(shown.iter().find(|it| it.contains("WebRef")).unwrap()),
        "{printed}"
    );
    assert!(printed.contains("curl ends with 56"), "{printed}");
    assert_eq!(printed.matches(applied).count(), 2, "{printed}");
}

/// The reference shows the operations, with no other file and no other host.
fn page(page: &Path) {
    let Some(program) = env::var("AIM_TEST_BROWSER")
        .ok()
        .filter(|it| !it.is_empty())
    else {
        eprintln!("skipped: AIM_TEST_BROWSER does not name a browser");
        return;
    };
    let mut browser = Browser::start(&program).unwrap();
    browser.open(&format!("file://{}", page.display())).unwrap();
    browser
        .wait_for("document.querySelectorAll('.opblock').length > 5")
        .unwrap();
}

//! The licences of what `aim-fake` and the site hold: each crate by version, the
//! library of Rust, Swagger UI and mdBook.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

const SWAGGER_UI: &str = "crates/aim-fake/assets/swagger-ui";
/// The crate that has the scripts and styles of the site's pages.
const MDBOOK: &str = "mdbook-html";
/// How the file of a licence begins, in lower case.
const BEGINNINGS: &[&str] = &["licen", "copying", "copyright", "notice", "unlicense"];

/// `THIRD-PARTY.md`.
pub fn text(root: &Path, target: &str) -> Result<String, String> {
    let mut command = Command::new(xtask::cargo());
    let command = command.args([
        "tree",
        "--locked",
        "--package",
        "aim-fake",
        "--target",
        target,
    ]);
    let command = command.args(["--edges", "normal,no-proc-macro", "--prefix", "none"]);
    let tree = said(command.args(["--format", "{p}"]).current_dir(root))?;
    // Such as `bytes v1.11.1`, with more behind it.
    let inside: BTreeSet<(&str, &str)> = tree
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            Some((words.next()?, words.next()?.strip_prefix('v')?))
        })
        .filter(|(name, _)| *name != "aim-fake")
        .collect();

    let mut command = Command::new(xtask::cargo());
    let command = command.args(["metadata", "--locked", "--format-version", "1"]);
    let metadata = said(command.current_dir(root))?;
    let metadata: Value =
        serde_json::from_str(&metadata).map_err(|error| format!("cargo metadata: {error}"))?;
    let packages = metadata.get("packages").and_then(Value::as_array);

    let mut table = String::new();
    let mut texts = BTreeMap::<String, Vec<String>>::new();
    let mut found = 0;
    let mut mdbook = None;
    for package in packages.into_iter().flatten() {
        let member = |name: &str| {
            package
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let (name, version) = (member("name"), member("version"));
        let licence = member("license");
        if name == MDBOOK {
            mdbook = Some(format!("mdBook {version}, {licence}"));
        } else if inside.contains(&(name, version)) {
            found += 1;
            let _ = writeln!(table, "| {name} | {version} | {licence} |");
        } else {
            continue;
        }
        let folder = Path::new(member("manifest_path")).parent().unwrap_or(root);
        for (file, text) in licences(folder)? {
            texts
                .entry(text)
                .or_default()
                .push(format!("{name} {version}, {file}"));
        }
    }
    if found != inside.len() || found == 0 {
        return Err(format!(
            "cargo tree names {} crates of aim-fake, and cargo metadata {found} of them",
            inside.len()
        ));
    }
    let mdbook = mdbook.ok_or_else(|| format!("cargo metadata does not name {MDBOOK}"))?;
    let readme = Path::new(SWAGGER_UI).join("README.md");
    let readme = fs::read_to_string(root.join(&readme))
        .map_err(|error| format!("{}: {error}", readme.display()))?;
    let version = readme.split(',').next().unwrap_or_default();
    for (file, text) in licences(&root.join(SWAGGER_UI))? {
        texts
            .entry(text)
            .or_default()
            .push(format!("{version}, {file}"));
    }

    let rust = said(Command::new("rustc").arg("--version"))?;
    let mut text = format!(
        "# What is inside\n\n\
         `aim-fake` and the other files are under MIT or Apache-2.0, at your choice: `LICENSE-MIT`,\n\
         `LICENSE-APACHE`. They hold works of others, whose licences follow.\n\n\
         - In `aim-fake` and `site`: {version}, Apache-2.0.\n\
         - In `site`: {mdbook}, with highlight.js, elasticlunr.js, mark.js and clipboard.js, whose notices are in their\n  \
           files; the fonts Open Sans and Source Code Pro, whose licences are in `site/fonts`; icons of Font Awesome\n  \
           Free, CC-BY-4.0.\n\
         - In `aim-fake`: the library of {}, MIT or Apache-2.0, copyright The Rust Project Contributors",
        rust.trim()
    );
    if target.ends_with("-musl") {
        text.push_str("; the C\n  library musl, MIT, copyright 2005-2020 Rich Felker and others");
    }
    let _ = write!(
        text,
        ".\n- In `aim-fake`: these crates, from `https://crates.io`.\n\n| Crate | Version | Licence |\n|---|---|---|\n{table}"
    );
    for (licence, of) in texts {
        let _ = write!(
            text,
            "\n## {}\n\n~~~text\n{}\n~~~\n",
            of.join("; "),
            licence.trim_end()
        );
    }
    Ok(text)
}

/// The licences in a folder: names and texts.
fn licences(folder: &Path) -> Result<Vec<(String, String)>, String> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let lower = name.to_lowercase();
        let is_licence = BEGINNINGS.iter().any(|it| lower.starts_with(it));
        if path.is_file() && (is_licence || lower.contains(".license")) {
            let text = fs::read_to_string(&path)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            found.push((name, text.replace("\r\n", "\n")));
        }
    }
    found.sort();
    Ok(found)
}

/// What a command prints.
pub fn said(command: &mut Command) -> Result<String, String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("{command:?} cannot be started: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command:?} fails; it says why above"));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("{command:?}: {error}"))
}

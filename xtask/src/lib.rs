//! What the maintainer's programs share: the workspace that is worked on, what
//! git knows of it, and how they end.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

/// The document, from the root of the workspace.
pub const DOCUMENT: &str = "openapi/aim.yaml";
/// The copy of the document that the committed code was generated from.
pub const COPY: &str = "crates/aim-client/openapi/aim.yaml";
/// The recipes for clients in other languages.
pub const RECIPES: &str = "xtask/interop";

/// The command line is not understood.
pub const USAGE: u8 = 2;
/// The document is broken, or a file cannot be read or written.
pub const BROKEN: u8 = 100;

/// Runs a command in the workspace of the working folder, and ends as it says.
pub fn run(command: impl FnOnce(&Path) -> Result<u8, String>) -> ExitCode {
    let root = env::current_dir()
        .map_err(|error| format!("the working folder is not known: {error}"))
        .and_then(|here| root(&here));
    match root.and_then(|root| command(&root)) {
        Ok(code) => ExitCode::from(code),
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::from(BROKEN)
        }
    }
}

/// The root of the workspace that holds a folder, as cargo finds it: never one
/// further out, such as the checkout around a nested worktree.
///
/// # Errors
///
/// A sentence, if there is none, or it is not the document's.
fn root(here: &Path) -> Result<PathBuf, String> {
    let is_root = |folder: &&Path| {
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
        manifest.lines().any(|line| line.trim() == "[workspace]")
    };
    let Some(root) = here.ancestors().find(is_root) else {
        return Err(format!(
            "no workspace holds {}: run this in the checkout",
            here.display()
        ));
    };
    if root.join(DOCUMENT).is_file() {
        return Ok(root.to_owned());
    }
    Err(format!(
        "the workspace {} has no {DOCUMENT}, from which everything is generated: put it back, or run \
         this in a workspace that has it",
        root.display()
    ))
}

/// The folder for what is built: this program lies two below it, wherever the
/// settings have put it.
#[must_use]
pub fn target(root: &Path) -> PathBuf {
    let program = env::current_exe().unwrap_or_default();
    let target = program.ancestors().nth(2).map(Path::to_owned);
    target.unwrap_or_else(|| root.join("target"))
}

/// The cargo that runs this, so that no other toolchain is picked.
#[must_use]
pub fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The files that git keeps in a folder, as paths from the root.
///
/// # Errors
///
/// A sentence, if git does not list them.
pub fn kept(root: &Path, folder: &str) -> Result<Vec<String>, String> {
    let listed = git(root, &["ls-files", "-z", "--", folder])
        .map_err(|why| format!("git does not list the files of {folder}: {why}"))?;
    Ok(listed
        .split_terminator('\0')
        .map(ToOwned::to_owned)
        .collect())
}

/// What git prints in the workspace.
///
/// # Errors
///
/// Why it fails, in its own words, or that it cannot be started.
pub fn git(root: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut git = Command::new("git");
    let output = git.args(arguments).current_dir(root).output();
    let output = output.map_err(|error| format!("git cannot be started: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    String::from_utf8(output.stdout).map_err(|error| format!("git prints no text: {error}"))
}

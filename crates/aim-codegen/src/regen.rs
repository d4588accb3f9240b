//! The files that are written from the document.
//!
//! [`plan`] computes all of them, [`File::is_fresh`] compares, and
//! [`File::write`] replaces a file whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::document::Document;
use crate::generate::generate;
use crate::problem::Problems;

/// Where the document lies, from the root of the workspace.
pub const DOCUMENT: &str = "openapi/aim.yaml";

/// A file that is written from the document.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct File {
    /// From the root of the workspace, with forward slashes.
    pub path: &'static str,
    /// What it should hold.
    pub expected: String,
    /// What it holds; empty if there is none.
    pub found: String,
    root: PathBuf,
}

/// Returns every generated file of the workspace at `root`, with what it
/// should hold and what it holds.
///
/// # Errors
///
/// Everything that is wrong with the document, each with its place, or a file
/// that cannot be read.
pub fn plan(root: &Path) -> Result<Vec<File>, Problems> {
    let document = Document::load(&root.join(DOCUMENT), DOCUMENT)?;
    let rust = generate(&document)?;
    let yaml = document.text().replace("\r\n", "\n");
    let json = document.to_json();
    // A package carries its own copy: cargo packs nothing from outside of it.
    [
        ("openapi/aim.json", json.clone()),
        ("crates/aim-client/openapi/aim.yaml", yaml.clone()),
        ("crates/aim-client/src/generated.rs", rust),
        ("crates/aim-fake/openapi/aim.json", json),
        ("crates/aim-fake/openapi/aim.yaml", yaml),
    ]
    .into_iter()
    .map(|(path, expected)| {
        let found = match fs::read_to_string(root.join(path)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(Problems::unreadable(path, &error)),
        };
        Ok(File {
            path,
            expected,
            found,
            root: root.to_owned(),
        })
    })
    .collect()
}

impl File {
    /// Whether the file holds what it should; line ends do not count, since a
    /// checkout may change them.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.found == self.expected || self.found.replace("\r\n", "\n") == self.expected
    }

    /// Replaces the file, whole or not at all.
    ///
    /// # Errors
    ///
    /// What the file system says.
    pub fn write(&self) -> io::Result<()> {
        let target = self.root.join(self.path);
        let folder = target.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder)?;
        let temporary = target.with_extension(format!("tmp-{}", std::process::id()));
        let written = fs::File::create(&temporary).and_then(|mut file| {
            file.write_all(self.expected.as_bytes())?;
            file.sync_all()
        });
        let replaced = written.and_then(|()| fs::rename(&temporary, &target));
        if replaced.is_err() {
            // Nothing half-written stays behind; the first error is the one to tell.
            let _ = fs::remove_file(&temporary);
        }
        replaced
    }
}

//! Finds the version to compare with.

use std::fs;
use std::path::Path;

use aim_codegen::regen::DOCUMENT;
use xtask::git;

/// The last released document, from the root of the workspace.
pub(crate) const RELEASED: &str = "openapi/released.yaml";

/// A version of the document.
pub(crate) struct Base {
    /// Its name in messages.
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Base {
    /// The last released document.
    ///
    /// # Errors
    ///
    /// A sentence, if it cannot be read.
    pub(crate) fn released(root: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(root.join(RELEASED)).map_err(|error| {
            format!(
                "{RELEASED}: the last released document cannot be read: {error}; put it back, or \
                 name another base with `cargo xtask diff --base <revision or file>`"
            )
        })?;
        Ok(Self {
            name: RELEASED.to_owned(),
            text,
        })
    }

    /// The document in a file, or in a revision of git.
    ///
    /// # Errors
    ///
    /// A sentence, if it is neither, or cannot be read.
    pub(crate) fn named(root: &Path, name: &str) -> Result<Self, String> {
        if Path::new(name).is_file() {
            let text = fs::read_to_string(name).map_err(|error| {
                format!("{name}: cannot be read: {error}; name a document as text")
            })?;
            return Ok(Self {
                name: name.to_owned(),
                text,
            });
        }
        let commit = format!("{name}^{{commit}}");
        let known = git(
            root,
            &[
                "rev-parse",
                "--verify",
                "--quiet",
                "--end-of-options",
                &commit,
            ],
        );
        if known.is_err() {
            return Err(format!(
                "`{name}` is neither a file nor a revision that git knows: name one that `git log` shows, or \
                 the path of a document"
            ));
        }
        let path = format!("{name}:./{DOCUMENT}");
        let text = git(root, &["show", "--end-of-options", &path]).map_err(|_| {
            format!("the revision `{name}` has no {DOCUMENT}: name one that has it, or the path of a document")
        })?;
        Ok(Self {
            name: format!("{DOCUMENT} of {name}"),
            text,
        })
    }
}

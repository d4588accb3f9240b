//! The workspace that is worked on.

use std::fs;
use std::path::{Path, PathBuf};

use aim_codegen::regen::DOCUMENT;

/// The root of the workspace that holds a folder, as cargo finds it: never one
/// further out, such as the checkout around a nested worktree.
///
/// # Errors
///
/// A sentence, if there is none, or it is not the document's.
pub(crate) fn of(here: &Path) -> Result<PathBuf, String> {
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

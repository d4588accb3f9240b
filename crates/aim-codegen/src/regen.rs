//! The files that are written from the document.
//!
//! [`plan`] computes all of them, [`File::is_fresh`] compares, and [`write()`]
//! replaces all that are stale, or none. [`interrupted`] finds the files that a
//! killed run left behind, and [`tidy`] cleans up after it.

use std::error::Error;
use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::generate::{Code, generate, names};
use crate::read::document::Document;
use crate::read::problem::Problems;

/// Where the document lies, from the root of the workspace.
pub const DOCUMENT: &str = "openapi/aim.yaml";

/// The document as JSON, from the root of the workspace.
pub const JSON: &str = "openapi/aim.json";

/// The folder of the generated Rust, from the root of the workspace.
const RUST: &str = "crates/aim-client/src/generated/";

/// The names of the document as constants, from the root of the workspace.
const NAMES: &str = "crates/aim-fake/src/model/names.rs";

/// Copies of the document, from the root of the workspace. Each package has its
/// own, since cargo packs no file from outside the package.
const COPIES: [&str; 3] = [
    JSON,
    "crates/aim-client/openapi/aim.yaml",
    "crates/aim-fake/openapi/aim.yaml",
];

/// The paths of all generated files, from the root of the workspace.
#[must_use]
pub fn paths() -> Vec<String> {
    let copies = COPIES.into_iter().map(ToOwned::to_owned);
    let rust = Code::NAMES.into_iter().map(|name| format!("{RUST}{name}"));
    copies.chain(rust).chain([NAMES.to_owned()]).collect()
}

/// A file that is written from the document.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct File {
    /// From the root of the workspace, with forward slashes.
    pub path: String,
    /// What it should hold.
    pub expected: String,
    /// What it holds now; empty if it does not exist.
    pub found: String,
}

/// Returns every generated file of the workspace at `root`, with what it
/// should hold and what it holds.
///
/// # Errors
///
/// Everything that is wrong with the document, each with its place, or a file
/// that cannot be read.
pub fn plan(root: &Path) -> Result<Vec<File>, Problems> {
    files(root, &Document::load(&root.join(DOCUMENT), DOCUMENT)?)
}

/// Like [`plan`], for a document that was read before.
///
/// # Errors
///
/// As [`plan`].
pub fn files(root: &Path, document: &Document) -> Result<Vec<File>, Problems> {
    let rust = generate(document)?;
    let names = names(document)?;
    let yaml = document.text().replace("\r\n", "\n");
    let json = document.to_json();
    let copies = COPIES.map(|path| match path {
        JSON => json.as_str(),
        _ => &yaml,
    });
    let rust = rust.files().map(|(_, text)| text);
    let expected = copies.into_iter().chain(rust).chain([names.as_str()]);
    let file = |(path, expected): (String, &str)| {
        let found = match fs::read_to_string(root.join(&path)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(Problems::unreadable(&path, &error)),
        };
        Ok(File {
            path,
            expected: expected.to_owned(),
            found,
        })
    };
    paths().into_iter().zip(expected).map(file).collect()
}

impl File {
    /// Whether the file holds what it should, apart from line endings, which a
    /// checkout may change.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.found == self.expected || self.found.replace("\r\n", "\n") == self.expected
    }
}

/// The file that could not be replaced, and the state of the others.
#[derive(Debug)]
pub struct WriteError {
    path: String,
    error: io::Error,
    /// The files that could not be restored.
    lost: Vec<(String, io::Error)>,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: cannot be written: {}; ", self.path, self.error)?;
        if self.lost.is_empty() {
            return f.write_str("no file was changed");
        }
        for (path, error) in &self.lost {
            write!(f, "{path} cannot be restored: {error}; ")?;
        }
        f.write_str("all other files are as they were: fix the cause and run this again")
    }
}

impl Error for WriteError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.error)
    }
}

/// Replaces all files that are not fresh, or none.
///
/// The new files are written beside their targets before the first target is
/// replaced. A failure restores the targets; after a kill, [`tidy`] restores
/// them.
///
/// # Errors
///
/// The file that cannot be written, and the error of the file system.
pub fn write(root: &Path, files: &[File]) -> Result<(), WriteError> {
    let stale: Vec<&File> = files.iter().filter(|file| !file.is_fresh()).collect();
    let replaced = stale
        .iter()
        .try_for_each(|file| {
            let place = Place::of(root, &file.path);
            place
                .prepare(&file.expected)
                .map_err(|error| (file.path.clone(), error))
        })
        .and_then(|()| {
            stale.iter().try_for_each(|file| {
                let place = Place::of(root, &file.path);
                place.replace().map_err(|error| (file.path.clone(), error))
            })
        });
    let Err((path, error)) = replaced else {
        for file in stale {
            // The new files are in place; the next run removes leftovers too.
            let _ = Place::of(root, &file.path).forget();
        }
        return Ok(());
    };
    let lost = put_back(root, stale.iter().map(|file| file.path.as_str()));
    Err(WriteError { path, error, lost })
}

/// Restores all files. It removes the new ones last: while one of them exists,
/// [`tidy`] knows that the run did not finish.
fn put_back<'a>(
    root: &Path,
    paths: impl Iterator<Item = &'a str> + Clone,
) -> Vec<(String, io::Error)> {
    let mut lost = Vec::new();
    for step in [Place::restore, Place::discard] {
        for path in paths.clone() {
            if let Err(error) = step(&Place::of(root, path)) {
                lost.push((path.to_owned(), error));
            }
        }
        if !lost.is_empty() {
            break;
        }
    }
    lost
}

/// The temporary files that a killed run left behind: paths from the root of
/// the workspace.
#[must_use]
pub fn interrupted(root: &Path) -> Vec<String> {
    let places = paths().into_iter().flat_map(|path| {
        let place = Place::of(root, &path);
        [(NEW, place.new), (OLD, place.old), (NONE, place.none)]
            .into_iter()
            .filter(|(_, left)| left.symlink_metadata().is_ok())
            .map(move |(ending, _)| format!("{path}{ending}"))
    });
    places.collect()
}

/// Cleans up after a killed run and says what it did: all files are then as
/// they were before that run, or all are as it wrote them. Returns `None` if
/// there was nothing to clean up.
///
/// # Errors
///
/// A sentence that names the file that cannot be restored or removed, and the
/// files that the killed run left.
pub fn tidy(root: &Path) -> Result<Option<String>, String> {
    let left = interrupted(root);
    if left.is_empty() {
        return Ok(None);
    }
    // A run that replaced every file has left no new one.
    let had_finished = !left.iter().any(|path| path.ends_with(NEW));
    let mut lost = Vec::new();
    if had_finished {
        for path in paths() {
            let forgotten = Place::of(root, &path).forget();
            lost.extend(forgotten.err().map(|error| (path, error)));
        }
    } else {
        lost = put_back(root, paths().iter().map(String::as_str));
    }
    if let Some((path, error)) = lost.pop() {
        return Err(format!(
            "{path}: cannot be restored: {error}; an earlier run was killed and left {}: fix the \
             cause and run this again",
            left.join(", ")
        ));
    }
    let outcome = if had_finished {
        "it had replaced all files, and the old versions are now removed"
    } else {
        "all files are restored"
    };
    Ok(Some(format!(
        "an earlier run was killed and left {}: {outcome}",
        left.join(", ")
    )))
}

/// The ending of a file's new version.
const NEW: &str = ".regen-new";
/// The ending of its old version.
const OLD: &str = ".regen-old";
/// The ending of a marker for a file that did not exist.
const NONE: &str = ".regen-none";

/// The path of a file, and of the temporary files beside it.
struct Place {
    target: PathBuf,
    new: PathBuf,
    old: PathBuf,
    none: PathBuf,
}

impl Place {
    fn of(root: &Path, path: &str) -> Self {
        let beside = |ending: &str| root.join(format!("{path}{ending}"));
        Self {
            target: root.join(path),
            new: beside(NEW),
            old: beside(OLD),
            none: beside(NONE),
        }
    }

    fn prepare(&self, text: &str) -> io::Result<()> {
        let mut file = fs::File::create(&self.new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    }

    /// Keeps the old file and puts the new one in its place.
    fn replace(&self) -> io::Result<()> {
        match self.target.symlink_metadata() {
            Ok(found) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            // With a hard link the old file stays readable until the new one
            // replaces it; not every file system has hard links.
            Ok(_) => fs::hard_link(&self.target, &self.old)
                .or_else(|_| fs::rename(&self.target, &self.old))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => fs::write(&self.none, "")?,
            Err(error) => return Err(error),
        }
        fs::rename(&self.new, &self.target)
    }

    /// Restores the old file.
    fn restore(&self) -> io::Result<()> {
        if self.old.is_file() {
            fs::rename(&self.old, &self.target)?;
            // Renaming one hard link onto another of the same file keeps both.
            remove(&self.old)?;
        } else if self.none.is_file() {
            remove(&self.target)?;
            remove(&self.none)?;
        }
        Ok(())
    }

    /// Removes the new file.
    fn discard(&self) -> io::Result<()> {
        remove(&self.new)
    }

    /// Removes the old file.
    fn forget(&self) -> io::Result<()> {
        remove(&self.old)?;
        remove(&self.none)
    }
}

/// Removes a file if it exists.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error)
            if !matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Err(error)
        }
        _ => Ok(()),
    }
}

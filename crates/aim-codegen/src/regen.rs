//! The files that are written from the document.
//!
//! [`plan`] computes all of them, [`File::is_fresh`] compares, and [`write()`]
//! replaces all that are stale, or none. [`interrupted`] finds what a run left
//! behind that was killed, and [`tidy`] fixes it.

use std::error::Error;
use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::generate::{Code, generate};
use crate::read::document::Document;
use crate::read::problem::Problems;

/// Where the document lies, from the root of the workspace.
pub const DOCUMENT: &str = "openapi/aim.yaml";

/// The document as JSON, from the root of the workspace.
pub const JSON: &str = "openapi/aim.json";

/// The folder of the generated Rust, from the root of the workspace.
const RUST: &str = "crates/aim-client/src/generated/";

/// The document over again, from the root of the workspace. A package carries
/// its own copy: cargo packs nothing from outside of it.
const COPIES: [&str; 3] = [
    JSON,
    "crates/aim-client/openapi/aim.yaml",
    "crates/aim-fake/openapi/aim.yaml",
];

/// The paths of all generated files.
fn paths() -> Vec<String> {
    let copies = COPIES.into_iter().map(ToOwned::to_owned);
    let rust = Code::NAMES.into_iter().map(|name| format!("{RUST}{name}"));
    copies.chain(rust).collect()
}

/// A file that is written from the document.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct File {
    /// From the root of the workspace, with forward slashes.
    pub path: String,
    /// What it should hold.
    pub expected: String,
    /// What it holds; empty if there is none.
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
    let document = Document::load(&root.join(DOCUMENT), DOCUMENT)?;
    let rust = generate(&document)?;
    let yaml = document.text().replace("\r\n", "\n");
    let json = document.to_json();
    let copies = COPIES.map(|path| match path {
        JSON => json.as_str(),
        _ => &yaml,
    });
    let expected = copies.into_iter().chain(rust.files().map(|(_, text)| text));
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
    /// Whether the file holds what it should; line ends do not count, since a
    /// checkout may change them.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.found == self.expected || self.found.replace("\r\n", "\n") == self.expected
    }

    /// Whether it is Rust, and not the document over again.
    #[must_use]
    pub fn is_rust(&self) -> bool {
        self.path.starts_with(RUST)
    }
}

/// A file could not be replaced, and what became of the others.
#[derive(Debug)]
pub struct WriteError {
    path: String,
    error: io::Error,
    /// What could not be put back as it was either.
    lost: Vec<(String, io::Error)>,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: cannot be written: {}; ", self.path, self.error)?;
        if self.lost.is_empty() {
            return f.write_str("no file was changed");
        }
        for (path, error) in &self.lost {
            write!(f, "{path} cannot be put back as it was: {error}; ")?;
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
/// All of them are written beside their targets before the first is replaced;
/// a failure puts back what was replaced, and after a kill [`tidy`] does.
///
/// # Errors
///
/// The file that cannot be written, and what the file system says.
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
            // It stands for what is no longer; the next run removes it too.
            let _ = Place::of(root, &file.path).forget();
        }
        return Ok(());
    };
    let lost = put_back(root, stale.iter().map(|file| file.path.as_str()));
    Err(WriteError { path, error, lost })
}

/// Makes all files what they were. The new ones go last: as long as one of
/// them is there, the others are not what they are to become.
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

/// What a run left behind that was killed: the paths of its own files, from
/// the root of the workspace.
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

/// Fixes what a killed run left behind, and says what that was: the files are
/// all as they were before that run, or all as it was to write them. `None` if
/// there was nothing.
///
/// # Errors
///
/// A sentence that names the file that cannot be put back or removed, and what
/// the killed run left.
pub fn tidy(root: &Path) -> Result<Option<String>, String> {
    let left = interrupted(root);
    if left.is_empty() {
        return Ok(None);
    }
    // The last step of all is to use up the last of the new files.
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
            "{path}: cannot be put back as it was: {error}; an earlier run was killed and left {}: fix the \
             cause and run this again",
            left.join(", ")
        ));
    }
    let outcome = if had_finished {
        "it had replaced all files, and what it had set aside is removed"
    } else {
        "all files are again as they were before it"
    };
    Ok(Some(format!(
        "an earlier run was killed and left {}: {outcome}",
        left.join(", ")
    )))
}

/// What is to become a file.
const NEW: &str = ".regen-new";
/// What the file was.
const OLD: &str = ".regen-old";
/// Stands for a file that was not there.
const NONE: &str = ".regen-none";

/// Where a file stands, and what stands beside it while it is replaced.
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

    /// Sets the file aside and puts the new one in its place.
    fn replace(&self) -> io::Result<()> {
        match self.target.symlink_metadata() {
            Ok(found) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            // A link leaves the file in its place until the new one takes it;
            // not every file system has links.
            Ok(_) => fs::hard_link(&self.target, &self.old)
                .or_else(|_| fs::rename(&self.target, &self.old))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => fs::write(&self.none, "")?,
            Err(error) => return Err(error),
        }
        fs::rename(&self.new, &self.target)
    }

    /// Makes the file what it was before.
    fn restore(&self) -> io::Result<()> {
        if self.old.is_file() {
            fs::rename(&self.old, &self.target)?;
            // Of two links to one file a renaming keeps both.
            remove(&self.old)?;
        } else if self.none.is_file() {
            remove(&self.target)?;
            remove(&self.none)?;
        }
        Ok(())
    }

    /// Drops what the file was to become.
    fn discard(&self) -> io::Result<()> {
        remove(&self.new)
    }

    /// Lets go of what the file was.
    fn forget(&self) -> io::Result<()> {
        remove(&self.old)?;
        remove(&self.none)
    }
}

/// Removes a file that may not be there.
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

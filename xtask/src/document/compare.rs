//! Compares two versions of the document: `cargo xtask diff`.
//!
//! Both are read into openapiv3's model. Each difference becomes a [`Change`] that
//! knows whom it breaks and which version follows.

mod base;
mod change;
mod exchange;
pub(crate) mod pair;
mod reach;
mod read;
mod rename;
mod report;
mod schema;
#[cfg(test)]
mod tests;
mod version;
mod walk;

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use aim_codegen::document::Document;
use aim_codegen::regen::DOCUMENT;
use serde_yaml::Value;

pub(crate) use base::Base;
pub(crate) use report::Format;

use change::{Change, Level, Severity};
use pair::Pair;
use version::Version;
use walk::Walk;

const CHANGELOG: &str = "openapi/CHANGELOG.md";

/// All differences between two versions of the document.
pub(crate) struct Comparison {
    /// The name of the old version in messages.
    base: String,
    changes: Vec<Change>,
    /// `info.version`, before and after.
    was: String,
    is: String,
    /// The last released version of the crates, if there is one.
    released_crate: Option<Version>,
}

impl Comparison {
    /// Compares the document of a workspace with a base. Only the document must
    /// pass the strict reader.
    ///
    /// # Errors
    ///
    /// What is wrong with one of them, with its place.
    pub(crate) fn of(root: &Path, base: &Base) -> Result<Self, String> {
        let document = Document::load(&root.join(DOCUMENT), DOCUMENT)
            .map_err(|problems| problems.to_string())?;
        Self::with(root, base, &read(&document)?)
    }

    /// Compares a document that was [read](read()) before.
    ///
    /// # Errors
    ///
    /// What is wrong with the base, with its place.
    pub(crate) fn with(root: &Path, base: &Base, new: &Value) -> Result<Self, String> {
        let old = read::read(&base.name, &base.text)?;
        let version = |value: &Value| {
            let version = value.get("info").and_then(|info| info.get("version"));
            pair::text(version).to_owned()
        };
        let changelog = fs::read_to_string(root.join("CHANGELOG.md")).unwrap_or_default();
        Ok(Self {
            base: base.name.clone(),
            changes: compare(&old, new),
            was: version(&old),
            is: version(new),
            released_crate: version::newest(&changelog),
        })
    }

    pub(crate) fn is_breaking(&self) -> bool {
        self.count(Severity::Breaking) > 0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    fn count(&self, severity: Severity) -> usize {
        let of = |change: &&Change| change.severity() == severity;
        self.changes.iter().filter(of).count()
    }

    /// The highest level of all changes, if there are any.
    fn level(&self, of: fn(&Change) -> Level) -> Option<Level> {
        self.changes.iter().map(of).max()
    }

    /// The version of the document that follows from the changes; `None` if
    /// `info.version` of the base is not a version.
    fn follows(&self) -> Option<Version> {
        let was = Version::parse(&self.was)?;
        Some(match self.level(Change::document_level) {
            Some(level) => was.next(level),
            None => was,
        })
    }

    /// One sentence for each of `info.version` and the document's changelog that
    /// does not fit the changes, with what to do.
    pub(crate) fn misfits(&self, root: &Path) -> Vec<String> {
        let mut misfits = Vec::new();
        let Some(follows) = self.follows() else {
            misfits.push(format!(
                "{}: `info.version` is `{}`, which is not a version: write it as `1.2.3`",
                self.base, self.was
            ));
            return misfits;
        };
        match Version::parse(&self.is) {
            None => misfits.push(format!(
                "{DOCUMENT}: `info.version` is `{}`, which is not a version: write it as `1.2.3`, and \
                 {follows} follows",
                self.is
            )),
            Some(is) if is < follows => misfits.push(format!(
                "{DOCUMENT}: `info.version` is {is}, but the change since {} ({}) is {}: raise it to {follows}",
                self.was,
                self.base,
                self.level(Change::document_level).map_or("none", Level::name),
            )),
            Some(_) => {}
        }
        let changelog = fs::read_to_string(root.join(CHANGELOG)).unwrap_or_default();
        let newest = version::newest(&changelog);
        let wanted = Version::parse(&self.is).map_or(follows, |is| is.max(follows));
        if newest != Some(wanted) {
            let newest = newest.map_or("no version".to_owned(), |newest| newest.to_string());
            misfits.push(format!(
                "{CHANGELOG}: the newest heading is of {newest}: say what changed under `## [{wanted}]`, \
                 above the others"
            ));
        }
        misfits
    }
}

impl Comparison {
    /// What the changelog's part on this version does not name, though it changed
    /// for more than readers. A type that is new or gone comes with what uses it.
    pub(crate) fn unmentioned(&self, root: &Path) -> Option<String> {
        let changelog = fs::read_to_string(root.join(CHANGELOG)).unwrap_or_default();
        let section = version::section(&changelog, Version::parse(&self.is)?)?;
        let is_named = |name: &str| {
            let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
            section.match_indices(name).any(|(at, _)| {
                let (before, after) = (section.get(..at), section.get(at + name.len()..));
                !before.is_some_and(|before| before.ends_with(is_part))
                    && !after.is_some_and(|after| after.starts_with(is_part))
            })
        };
        let changes = self.changes.iter();
        let changes = changes.filter(|change| change.document_level() > Level::Patch);
        let names = changes.filter_map(Change::name);
        let missing: BTreeSet<_> = names.filter(|name| !is_named(name)).collect();
        let listed: String = missing.iter().map(|name| format!("\n  {name}")).collect();
        (!missing.is_empty()).then(|| {
            format!(
                "{CHANGELOG}: what is said of {} does not name{listed}",
                self.is
            )
        })
    }
}

/// The form in which a document is compared.
///
/// # Errors
///
/// A sentence with the place.
pub(crate) fn read(document: &Document) -> Result<Value, String> {
    read::of(document.file(), document.text(), document.value().clone())
}

/// Compares two documents as [`read`](read::read) gives them.
fn compare(old: &Value, new: &Value) -> Vec<Change> {
    let mut walk = Walk {
        old,
        new,
        sides: HashMap::new(),
        renamed: HashMap::new(),
        changes: Vec::new(),
    };
    for version in [old, new] {
        reach::reach(version, &mut walk.sides);
    }
    walk.root(&Pair::root(old, new));
    walk.changes
}

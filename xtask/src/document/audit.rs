//! Compares saved pages of the vendor with the document: `cargo xtask audit`.
//!
//! A page is read into the vendor's types and operations, as far as it goes. Each
//! difference from the document becomes a [`Difference`]; the ledger explains those
//! that are known, and an edit of the document is suggested for the others.

mod agree;
mod compare;
mod described;
mod difference;
mod edit;
mod example;
mod html;
mod jsv;
mod ledger;
mod operation;
mod page;
mod patch;
mod report;
mod sample;
mod samples;
mod suggest;
mod tab;
mod table;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use aim_codegen::document::Document;
use aim_codegen::regen::DOCUMENT;

pub(crate) use ledger::Ledger;
pub(crate) use report::Format;

use compare::Comparer;
use described::Described;
use difference::{Change, Difference};
use ledger::{Entry, FACTS, LEDGER, Said};
use page::{Page, Problem};
use suggest::Suggestion;
use table::Known;

/// What the pages say that the document does not.
pub(crate) struct Audit {
    pages: Vec<Page>,
    found: Vec<Difference>,
    /// The document before the edit.
    document: String,
    edit: Suggestion,
}

/// What the pages are compared with.
struct Baseline {
    document: Document,
    entries: Vec<Entry>,
    said: Said,
}

impl Baseline {
    fn load(root: &Path) -> Result<Self, String> {
        let document = Document::load(&root.join(DOCUMENT), DOCUMENT)
            .map_err(|problems| problems.to_string())?;
        let read = |path: &str| {
            fs::read_to_string(root.join(path))
                .map_err(|error| format!("{path}: cannot be read: {error}; put it back"))
        };
        Ok(Self {
            document,
            entries: ledger::read(&read(LEDGER)?)?,
            said: Said::read(&read(FACTS)?)?,
        })
    }
}

impl Audit {
    /// Compares the pages in files and folders with the document of a workspace.
    ///
    /// # Errors
    ///
    /// What is wrong with the first input that cannot be read, with its place.
    pub(crate) fn of(root: &Path, paths: &[&str]) -> Result<Self, String> {
        let baseline = Baseline::load(root)?;
        let mut texts = Vec::new();
        for path in files(paths)? {
            let name = path.display().to_string();
            let bytes = fs::read(&path).map_err(|error| {
                format!("{name}: cannot be read: {error}; name saved pages, or folders with them")
            })?;
            texts.push((
                name.clone(),
                decoded(&name, bytes).map_err(|problem| problem.to_string())?,
            ));
        }
        Self::with(&baseline, &texts, &suggest::accepts)
    }

    /// Compares texts, each with the name of its file. `accepts` is the lint of
    /// `cargo xtask regen`.
    fn with(
        baseline: &Baseline,
        texts: &[(String, String)],
        accepts: suggest::Accepts<'_>,
    ) -> Result<Self, String> {
        let described = Described::of(baseline.document.value());
        let mut pages = Vec::new();
        for (name, text) in texts {
            pages.push(read(name, text, &described).map_err(|problem| problem.to_string())?);
        }
        let mut comparer = Comparer {
            described: &described,
            said: &baseline.said,
            found: Vec::new(),
        };
        for page in &pages {
            comparer.page(page);
        }
        let mut found = comparer.found;
        for difference in &mut found {
            explain(difference, baseline);
        }
        let edit = suggest::suggest(baseline, &described, &pages, &found, accepts);
        Ok(Self {
            pages,
            found,
            document: baseline.document.text().to_owned(),
            edit,
        })
    }

    /// Whether the pages say something that neither the document nor the ledger
    /// has.
    pub(crate) fn has_news(&self) -> bool {
        self.news().next().is_some()
    }

    fn news(&self) -> impl Iterator<Item = &Difference> {
        self.found
            .iter()
            .filter(|difference| difference.explained.is_empty())
    }
}

/// Reads a page of any kind.
fn read(name: &str, text: &str, described: &Described<'_>) -> Result<Page, Problem> {
    let lines = html::lines(text);
    let application = described.application();
    if let Some(kind) = tab::kind(&lines) {
        return tab::read(name, kind, &lines, application);
    }
    if table::is_one(&lines) {
        return table::read(
            name,
            &lines,
            &Known {
                types: &described.types,
                bases: described.bases(),
                application,
            },
        );
    }
    Err(Problem {
        file: name.to_owned(),
        line: 1,
        message: "this is no page of the vendor that is known here".to_owned(),
        help: "save the metadata page of an operation, or its C# or TypeScript tab, as text or as HTML",
    })
}

/// The ledger's word on a difference.
fn explain(difference: &mut Difference, baseline: &Baseline) {
    let entries = &baseline.entries;
    let Difference {
        type_,
        field,
        aspect,
        page,
        ..
    } = &*difference;
    let by = |field: &str, aspect: &str, page: &str| {
        let entries = entries.iter();
        let at = (type_.as_str(), field, aspect);
        let claim = entries.filter(|entry| entry.explains(at, page, &baseline.said));
        claim.map(|entry| entry.id.clone()).collect::<Vec<_>>()
    };
    let mut explained = by(field, aspect.name(), page);
    // A rename is a new member and a lost one.
    if let Change::Renamed { from } = &difference.change {
        let lost = by(from, "extra", compare::NOTHING);
        if explained.is_empty() || lost.is_empty() {
            explained.clear();
        } else {
            explained.extend(lost);
            explained.dedup();
        }
    }
    let see = entries.iter().filter(|entry| {
        !explained.contains(&entry.id)
            && (entry.is_about(&difference.pointer)
                || entry.claims(type_, field, aspect.name(), page))
    });
    difference.see = see.map(|entry| entry.id.clone()).collect();
    difference.explained = explained;
}

/// The pages that are named, and those in folders.
fn files(paths: &[&str]) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    for path in paths {
        let path = Path::new(path);
        if !path.is_dir() {
            found.push(path.to_owned());
            continue;
        }
        let before = found.len();
        collect(path, &mut found).map_err(|error| {
            format!(
                "{}: cannot be read: {error}; name saved pages",
                path.display()
            )
        })?;
        if found.len() == before {
            return Err(format!(
                "{}: holds no page: save pages there as .txt, .html or .htm",
                path.display()
            ));
        }
    }
    Ok(found)
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let mut entries: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        // Browsers keep style sheets and scripts in such a folder.
        if path.is_dir() && !name.ends_with("_files") {
            collect(&path, found)?;
        } else if [".txt", ".html", ".htm"]
            .iter()
            .any(|end| name.ends_with(end))
        {
            found.push(path);
        }
    }
    Ok(())
}

/// The text of a file, with its line ends as here.
fn decoded(name: &str, bytes: Vec<u8>) -> Result<String, Problem> {
    String::from_utf8(bytes)
        .map(|text| text.replace("\r\n", "\n"))
        .map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            let before = error.as_bytes().get(..valid).unwrap_or_default();
            Problem {
                file: name.to_owned(),
                line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
                message: "the file is not UTF-8 from here on".to_owned(),
                help: "save the page as UTF-8",
            }
        })
}

//! Reads the document, strictly.
//!
//! Nothing is skipped in silence: a repeated or misspelled key, a neighbour of
//! a `$ref`, a reference that leads nowhere or a scalar that readers of YAML
//! understand differently is a problem with its place.

mod grammar;
#[cfg(any(test, feature = "second-reader"))]
mod second_reader;
mod tree;

use std::fs;
use std::path::Path;

pub(crate) use grammar::Kind;
pub(crate) use tree::At;
pub use tree::{Key, Node, Value};

use crate::read::problem::{Problem, Problems, Report};

/// An OpenAPI 3.0 document that knows the place of everything in it.
///
/// ```
/// use aim_codegen::document::Document;
///
/// let text = "\
/// openapi: 3.0.3
/// info: {title: Example, version: 1.0.0}
/// paths: {}
/// ";
/// let document = Document::parse("example.yaml", text)?;
/// assert_eq!(document.place_of("/info/title"), Some((2, 15)));
///
/// let problems = Document::parse("example.yaml", &text.replace("title", "titel")).unwrap_err();
/// assert!(problems.to_string().contains("example.yaml:2:8: /info/titel: unknown key `titel`"));
/// # Ok::<(), aim_codegen::problem::Problems>(())
/// ```
#[derive(Clone, Debug)]
pub struct Document {
    file: String,
    text: String,
    root: Node,
    /// The same as the other reader has it.
    #[cfg(any(test, feature = "second-reader"))]
    value: serde_yaml::Value,
}

impl Document {
    /// Reads the document at `path`; problems name it `name`.
    ///
    /// # Errors
    ///
    /// A file that cannot be read or is not valid UTF-8, and what [`Self::parse`]
    /// finds.
    pub fn load(path: &Path, name: &str) -> Result<Self, Problems> {
        let bytes = fs::read(path).map_err(|error| Problems::unreadable(name, &error))?;
        match std::str::from_utf8(&bytes) {
            Ok(text) => Self::parse(name, text),
            Err(error) => Err(Problems::from(not_utf8(name, &bytes, error.valid_up_to()))),
        }
    }

    /// Reads the text of a document; problems name it `file`.
    ///
    /// # Errors
    ///
    /// Everything that is not YAML or not OpenAPI 3.0, and, with the feature
    /// `second-reader`, what another reader of YAML reads otherwise. What is mere
    /// style is left to [`lint`](crate::lint::lint).
    pub fn parse(file: &str, text: &str) -> Result<Self, Problems> {
        let root = tree::parse(file, text)?;
        let mut report = Report::new(file);
        #[cfg(any(test, feature = "second-reader"))]
        let value = second_reader::compare(&At::root(&root), text, &mut report);
        grammar::walk(&root, &mut report);
        report.finish()?;
        Ok(Self {
            file: file.to_owned(),
            text: text.to_owned(),
            root,
            #[cfg(any(test, feature = "second-reader"))]
            value,
        })
    }

    /// The text from which it was read.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The name by which problems call it.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The whole tree.
    #[must_use]
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// The same as serde_yaml reads it.
    #[cfg(any(test, feature = "second-reader"))]
    #[must_use]
    pub fn value(&self) -> &serde_yaml::Value {
        &self.value
    }

    /// The line and column, from 1, of what a JSON pointer (RFC 6901) leads
    /// to: of a scalar its own, of a map or list those of its key.
    #[must_use]
    pub fn place_of(&self, pointer: &str) -> Option<(usize, usize)> {
        let node = self.root.pointer(pointer)?;
        Some((node.line, node.column))
    }

    /// Every object of the document with its kind.
    pub(crate) fn objects(&self) -> Vec<(Kind, At<'_>)> {
        // The grammar had no problem when the document was read.
        grammar::walk(&self.root, &mut Report::new(&self.file))
    }
}

fn not_utf8(name: &str, bytes: &[u8], valid: usize) -> Problem {
    let before = String::from_utf8_lossy(bytes.get(..valid).unwrap_or_default());
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    Problem::new(
        name,
        (line, column),
        "",
        "the file is not valid UTF-8 from here on",
        "save it as UTF-8",
    )
}

/// A small document that passes the lint.
#[cfg(test)]
pub(crate) mod sample {
    pub(crate) const TEXT: &str = include_str!("document/sample.yaml");
}

#[cfg(test)]
mod tests;

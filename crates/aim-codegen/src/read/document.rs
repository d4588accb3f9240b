//! Reads the document, strictly.
//!
//! Nothing is skipped in silence: a repeated or misspelled key, a neighbour of
//! a `$ref`, a reference that leads nowhere or a scalar that readers of YAML
//! understand differently is a problem with its place.

mod grammar;
mod model;
mod tree;

use std::fs;
use std::path::Path;

use openapiv3::OpenAPI;
use serde_json::Value as Json;
use serde_yaml::Value as Yaml;

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
/// assert_eq!(document.openapi().info.title, "Example");
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
    openapi: OpenAPI,
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
    /// Everything that is not YAML, not OpenAPI 3.0, or unknown to the generator's
    /// object model. What is mere style is left to [`lint`](crate::lint::lint).
    pub fn parse(file: &str, text: &str) -> Result<Self, Problems> {
        let root = tree::parse(file, text)?;
        let mut report = Report::new(file);
        let read = serde_yaml::from_str::<Yaml>(text);
        compare_readers(&At::root(&root), &read, &mut report);
        grammar::walk(&root, &mut report);
        report.finish()?;

        let mut report = Report::new(file);
        let openapi = model::read(&read.unwrap_or_default())
            .map_err(|error| Problems::from(not_openapi(file, &error)))?;
        let model = serde_json::to_value(&openapi).unwrap_or_default();
        compare_model(&At::root(&root), &model, &mut report);
        report.finish()?;
        Ok(Self {
            file: file.to_owned(),
            text: text.to_owned(),
            root,
            openapi,
        })
    }

    /// The document as the generator's object model holds it.
    #[must_use]
    pub fn openapi(&self) -> &OpenAPI {
        &self.openapi
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

fn not_openapi(file: &str, error: &serde_json::Error) -> Problem {
    Problem::new(
        file,
        (1, 1),
        "",
        format!("this is not OpenAPI 3.0: {error}"),
        "the grammar should have named the place; please report this document",
    )
}

/// The generator's model is read by another YAML reader than the tree; a place
/// where the two disagree would be checked as one thing and generated as
/// another.
fn compare_readers(root: &At<'_>, read: &serde_yaml::Result<Yaml>, report: &mut Report) {
    match read {
        Ok(other) => compare_reading(root, other, report),
        Err(error) => {
            let place = error
                .location()
                .map_or((1, 1), |place| (place.line(), place.column()));
            report.add(
                place,
                "",
                format!("the generator's reader cannot read this as YAML: {error}"),
                "write it in a simpler way, for instance in quotes",
            );
        }
    }
}

fn compare_reading(at: &At<'_>, other: &Yaml, report: &mut Report) {
    let same = match (&at.node.value, other) {
        (Value::List(items), Yaml::Sequence(others)) => {
            for (item, other) in at.items().zip(others) {
                compare_reading(&item, other, report);
            }
            items.len() == others.len()
        }
        (Value::Map(members), Yaml::Mapping(others)) => {
            for member in at.members() {
                let other = others.get(member.name()).unwrap_or(&Yaml::Null);
                compare_reading(&member, other, report);
            }
            members.len() == others.len()
        }
        (Value::Null, other) => other.is_null(),
        (Value::Bool(value), other) => other.as_bool() == Some(*value),
        (Value::String(text), other) => other.as_str() == Some(text),
        (Value::Number(text), Yaml::Number(number)) => is_same_number(text, &number.to_string()),
        _ => false,
    };
    if !same {
        at.report(
            report,
            "two readers of YAML read different things here",
            "write it in a simpler way, for instance in quotes",
        );
    }
}

/// Whether two texts are the same number: `12.50` is written `12.5` there.
fn is_same_number(left: &str, right: &str) -> bool {
    match (left.parse::<i128>(), right.parse::<i128>()) {
        (Ok(left), Ok(right)) => left == right,
        _ => {
            let finite = |text: &str| text.parse().ok().filter(|number: &f64| number.is_finite());
            finite(left).is_some() && finite(left) == finite(right)
        }
    }
}

/// Reports what the generator's model has dropped; the grammar should know all
/// of it, so this is the second net.
fn compare_model(at: &At<'_>, model: &Json, report: &mut Report) {
    for member in at.members() {
        match model.get(member.name()) {
            Some(model) => compare_model(&member, model, report),
            None if may_vanish(&member) => {}
            None => member.report_key(
                report,
                format!("the generator does not know `{}` here", member.name()),
                "remove it, or say it in a way that the generator reads",
            ),
        }
    }
    for (item, model) in at.items().zip(model.as_array().into_iter().flatten()) {
        compare_model(&item, model, report);
    }
}

/// What says nothing more than its absence does, and `xml`, which is there for
/// other generators.
fn may_vanish(member: &At<'_>) -> bool {
    match &member.node.value {
        Value::Null | Value::Bool(false) => true,
        Value::List(items) => items.is_empty(),
        Value::Map(members) => members.is_empty() || member.name() == "xml",
        _ => false,
    }
}

/// A small document that passes the lint.
#[cfg(test)]
pub(crate) mod sample {
    pub(crate) const TEXT: &str = include_str!("document/sample.yaml");
}

#[cfg(test)]
mod tests;

//! The ledger of deviations, `openapi/DEVIATIONS.md`: where the document differs
//! from the vendor's pages, in a form that tests can check.

#![allow(
    clippy::unwrap_used,
    reason = "only tests use this, and that is how a test fails"
)]

use std::collections::BTreeSet;
use std::fs;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::fixture;
use crate::ordered::{self, Value, at};

/// An entry of the ledger.
#[derive(Clone, Debug)]
pub struct Entry {
    /// `D01` of `## D01: title`.
    pub id: String,
    /// What makes it checkable.
    pub tie: Tie,
}

/// The block of an entry that makes it checkable.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tie {
    /// Differences between the document and the pages.
    pub facts: Vec<Claim>,
    /// Differences of newer pages, which the tests of `cargo xtask audit` check.
    #[allow(dead_code, reason = "only its form is checked here")]
    newer: Vec<Claim>,
    /// What holds in the document.
    pub document: Vec<Holds>,
}

/// Which differences the entry explains; `*` stands for any name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The vendor's type.
    #[serde(rename = "type")]
    pub type_: String,
    /// The member of it.
    pub field: String,
    /// What differs.
    pub aspect: String,
    /// What the page says; anything if it is absent.
    pub page: Option<String>,
}

impl Claim {
    /// Whether it explains such a difference, given what the page says.
    #[must_use]
    pub fn matches(&self, type_: &str, field: &str, aspect: &str, page: &str) -> bool {
        let is = |pattern: &str, name: &str| pattern == "*" || pattern == name;
        is(&self.type_, type_)
            && is(&self.field, field)
            && self.aspect == aspect
            && self.page.as_ref().is_none_or(|wanted| wanted == page)
    }
}

/// What is true of the document while the entry applies: one of the three.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holds {
    /// Where in the document.
    pub pointer: String,
    equals: Option<Value>,
    absent: Option<bool>,
    contains: Option<Value>,
}

impl Holds {
    /// Whether it is so.
    ///
    /// # Errors
    ///
    /// What is there instead.
    pub fn holds(&self, document: &Value) -> Result<(), String> {
        let show = |value: &Value| ordered::json(value).unwrap();
        let found = at(document, &self.pointer);
        match (&self.equals, self.absent, &self.contains) {
            (Some(expected), None, None) => match found {
                Some(found) if found == expected => Ok(()),
                Some(found) => Err(format!("is {}, not {}", show(found), show(expected))),
                None => Err("is not there".to_owned()),
            },
            (None, Some(true), None) => match self.pointer.rsplit_once('/') {
                _ if found.is_some() => Err("is there".to_owned()),
                // Absence counts only if the parent exists.
                Some((parent, _)) if at(document, parent).is_some() => Ok(()),
                _ => Err("points below a value that does not exist".to_owned()),
            },
            (None, None, Some(part)) => {
                let contained = match found {
                    Some(Value::String(found)) => part.as_str().is_some_and(|p| found.contains(p)),
                    Some(Value::Sequence(found)) => found.contains(part),
                    Some(Value::Mapping(found)) => found.contains_key(part),
                    _ => false,
                };
                contained
                    .then_some(())
                    .ok_or_else(|| format!("does not contain {}", show(part)))
            }
            _ => Err("needs one of `equals`, `absent: true` and `contains`".to_owned()),
        }
    }
}

/// The parts of an entry, in this order.
const PARTS: [&str; 5] = [
    "Where",
    "What each says",
    "We follow",
    "Why",
    "What would settle it",
];

/// Reads the ledger; errors of its form go to `failures`.
pub fn read(ledger: &str, failures: &mut Vec<String>) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut last = 0;
    for section in ledger.split("\n## ").skip(1) {
        let (heading, body) = section.split_once('\n').unwrap_or((section, ""));
        let (id, title) = heading.split_once(": ").unwrap_or((heading, ""));
        let digits = id.strip_prefix('D').filter(|digits| digits.len() >= 2);
        match digits.and_then(|digits| digits.parse::<u32>().ok()) {
            Some(number) if number > last && !title.is_empty() => last = number,
            Some(number) if number <= last => {
                failures.push(format!("{id}: its number does not come after D{last:02}"));
            }
            _ => failures.push(format!("`## {heading}` is not of the form `## D01: title`")),
        }
        let parts: Vec<_> = body
            .lines()
            .filter_map(|line| line.strip_prefix("- **")?.split_once("**:"))
            .filter(|(_, text)| !text.trim().is_empty())
            .map(|(part, _)| part)
            .collect();
        if parts != PARTS {
            failures.push(format!("{id}: its parts are {parts:?}, not {PARTS:?}"));
        }
        let blocks: Vec<_> = body.split("```yaml\n").skip(1).collect();
        let tie = match blocks[..] {
            [block] => match block.split_once("```") {
                Some((yaml, after)) if after.trim().is_empty() => {
                    serde_yaml::from_str(yaml).map_err(|error| error.to_string())
                }
                _ => Err("the block of YAML is not the end of the entry".to_owned()),
            },
            _ => Err(format!("has {} blocks of YAML, not one", blocks.len())),
        };
        match tie {
            Ok(Tie {
                facts, document, ..
            }) if facts.is_empty() && document.is_empty() => {
                failures.push(format!("{id}: has no `facts` and no `holds`"));
            }
            Ok(tie) => entries.push(Entry {
                id: id.to_owned(),
                tie,
            }),
            Err(problem) => failures.push(format!("{id}: {problem}")),
        }
    }
    entries
}

/// The text of the ledger.
///
/// # Panics
///
/// If it cannot be read.
#[must_use]
pub fn text() -> String {
    let path = fixture::root().join("openapi/DEVIATIONS.md");
    fs::read_to_string(path).unwrap().replace("\r\n", "\n")
}

/// The entries of the ledger.
#[must_use]
pub fn entries() -> Vec<Entry> {
    read(&text(), &mut Vec::new())
}

/// The names of members that the pages have and the document lacks, by the claims
/// of the ledger: what was received before may still have them.
pub static GONE: LazyLock<BTreeSet<String>> = LazyLock::new(|| claimed("name"));

/// The names of members that the document has and the pages lack.
pub static EXTRA: LazyLock<BTreeSet<String>> = LazyLock::new(|| claimed("extra"));

fn claimed(aspect: &str) -> BTreeSet<String> {
    let claims = entries().into_iter().flat_map(|entry| entry.tie.facts);
    let claims = claims.filter(|claim| claim.aspect == aspect);
    claims.map(|claim| claim.field).collect()
}

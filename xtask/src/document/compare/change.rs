//! One difference between two versions of the document: whom it breaks, and
//! which version follows.

use std::collections::HashMap;

use serde_yaml::Value;

/// Which part of the document a change is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    Request,
    Answer,
    /// Paths, operations and what belongs to neither side.
    Structure,
    /// An `x-aim-…` extension.
    Rule,
}

/// The sides that use a schema, by its name.
pub(super) type Sides<'a> = HashMap<&'a str, Vec<Side>>;

impl Side {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Answer => "answer",
            Self::Structure => "structure",
            Self::Rule => "rule",
        }
    }
}

/// Who must react to a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Audience {
    /// A client of the old document that calls a server of the new one.
    Wire,
    /// A program that uses a generated client, once the client is regenerated.
    Clients,
    /// A program that uses `aim-client`.
    Rust,
    /// Whoever follows the `x-aim-…` rules: what counts as success, what may be
    /// repeated, what is refused before it is sent.
    Rules,
}

impl Audience {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Wire => "wire",
            Self::Clients => "clients",
            Self::Rust => "rust",
            Self::Rules => "rules",
        }
    }

    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Wire => "the wire",
            Self::Clients => "generated clients",
            Self::Rust => "the Rust API",
            Self::Rules => "the `x-aim-…` rules",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    Breaking,
    Addition,
    Harmless,
}

impl Severity {
    pub(crate) const ALL: [Self; 3] = [Self::Breaking, Self::Addition, Self::Harmless];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Addition => "addition",
            Self::Harmless => "harmless",
        }
    }
}

/// Which part of a version a change raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Patch,
    Minor,
    Major,
}

impl Level {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// Whom a change breaks, and what it raises in the document's version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Effect {
    breaks: Vec<Audience>,
    document: Level,
}

impl Effect {
    /// Descriptions and examples.
    pub(crate) fn harmless() -> Self {
        Self::new(&[], Level::Patch)
    }

    /// More is possible than before; nothing else changes.
    pub(crate) fn addition() -> Self {
        Self::new(&[], Level::Minor)
    }

    /// A rule changes; whoever follows it must check.
    pub(crate) fn rule() -> Self {
        Self::new(&[Audience::Rules], Level::Minor)
    }

    /// A major change by the rules of `openapi/README.md`.
    pub(crate) fn major(breaks: &[Audience]) -> Self {
        Self::new(breaks, Level::Major)
    }

    pub(crate) fn minor(breaks: &[Audience]) -> Self {
        Self::new(breaks, Level::Minor)
    }

    pub(crate) fn new(breaks: &[Audience], document: Level) -> Self {
        Self {
            breaks: breaks.to_owned(),
            document,
        }
        .sorted()
    }

    /// Combines the effects on two sides.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.breaks.extend(other.breaks);
        self.document = self.document.max(other.document);
        self.sorted()
    }

    fn sorted(mut self) -> Self {
        self.breaks.sort();
        self.breaks.dedup();
        self
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Change {
    /// The place in the new document, or in the old one after a removal.
    pub(crate) pointer: String,
    /// The place in the old document, if it moved.
    pub(crate) was_at: Option<String>,
    pub(crate) what: String,
    pub(crate) old: Option<Value>,
    pub(crate) new: Option<Value>,
    pub(crate) sides: Vec<Side>,
    pub(crate) effect: Effect,
}

impl Change {
    pub(crate) fn breaks(&self) -> &[Audience] {
        &self.effect.breaks
    }

    pub(crate) fn severity(&self) -> Severity {
        match self.effect.document {
            _ if !self.effect.breaks.is_empty() => Severity::Breaking,
            Level::Patch => Severity::Harmless,
            Level::Minor | Level::Major => Severity::Addition,
        }
    }

    pub(crate) fn document_level(&self) -> Level {
        self.effect.document
    }

    /// By semantic versioning of the Rust API, as it applies from 1.0 on.
    pub(crate) fn crate_level(&self) -> Level {
        if self.effect.breaks.contains(&Audience::Rust) {
            return Level::Major;
        }
        self.effect.document.min(Level::Minor)
    }

    /// The name that a sentence about the change has in it: of an extension, a
    /// member, an answer, a media type, an operation or a type. A type that is new
    /// or gone has none, since it comes with what uses it.
    pub(super) fn name(&self) -> Option<String> {
        let steps = self.pointer.split('/').skip(1);
        let steps: Vec<String> = steps
            .map(|step| step.replace("~1", "/").replace("~0", "~"))
            .collect();
        let after = |step: &&str| {
            let at = steps.iter().position(|one| one == step)?;
            steps.get(at + 1)
        };
        let own = steps.iter().find(|step| step.starts_with("x-"));
        let own = own.or_else(|| {
            ["properties", "content", "responses"]
                .iter()
                .find_map(after)
        });
        let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
        let of = || match steps.as_slice() {
            ["components", "schemas", _] if self.was_at.is_none() => None,
            ["components", _, name, ..] => Some(*name),
            ["paths", path, ..] => path.rsplit('/').next(),
            _ => None,
        };
        own.map(String::as_str).or_else(of).map(ToOwned::to_owned)
    }

    pub(crate) fn sides(&self) -> String {
        names(self.sides.iter().map(|side| side.name()))
    }
}

pub(crate) fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

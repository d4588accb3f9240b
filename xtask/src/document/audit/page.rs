//! What a saved page of the vendor says.

use std::fmt;

use serde_yaml::Value;

use super::described::item_of;

/// A page, as far as it goes.
#[derive(Clone, Debug)]
pub(super) struct Page {
    /// The file, as it is named in messages.
    pub(super) file: String,
    pub(super) kind: Kind,
    pub(super) operations: Vec<Operation>,
    pub(super) types: Vec<Type>,
    pub(super) samples: Vec<Sample>,
    /// Where the page was cut, if it was.
    pub(super) cut: Option<Cut>,
}

impl Page {
    /// The value that the samples have for a member.
    pub(super) fn sampled(&self, type_: &str, member: &str) -> Option<&Value> {
        let operation = self.operations.first()?;
        self.samples.iter().find_map(|sample| {
            let root = match sample.side {
                Side::Request => operation.request == type_,
                Side::Answer => operation.answer.as_deref() == Some(type_),
            };
            match &sample.body {
                Body::Json(value) if root => value.get(member),
                Body::Json(value) => within(value, member),
                Body::Xml(_) => None,
            }
        })
    }

    /// Whether an answer holds a type, at any depth: an answer requires nothing.
    pub(super) fn answer_holds(&self, type_: &str) -> bool {
        let answers = self
            .operations
            .iter()
            .filter_map(|operation| operation.answer.as_deref());
        let mut reached: Vec<&str> = answers.collect();
        let mut next = 0;
        while let Some(name) = reached.get(next).copied() {
            let members = self.types.iter().filter(|listed| listed.name == name);
            let kinds =
                members.flat_map(|listed| listed.members.iter().map(|member| member.kind.as_str()));
            let held: Vec<&str> = kinds
                .map(|kind| item_of(kind.trim_end_matches("[]")))
                .collect();
            let new: Vec<&str> = held
                .into_iter()
                .filter(|held| !reached.contains(held))
                .collect();
            reached.extend(new);
            next += 1;
        }
        reached.contains(&type_)
    }
}

fn within<'p>(value: &'p Value, member: &str) -> Option<&'p Value> {
    match value {
        Value::Mapping(members) => members
            .get(member)
            .or_else(|| members.values().find_map(|value| within(value, member))),
        Value::Sequence(items) => items.iter().find_map(|value| within(value, member)),
        _ => None,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The page with the tables and the samples.
    Table,
    CSharp,
    TypeScript,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Table => "the page with the tables",
            Self::CSharp => "the C# tab",
            Self::TypeScript => "the TypeScript tab",
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Cut {
    pub(super) line: usize,
    /// The last thing that is whole, or being read.
    pub(super) place: String,
}

#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) line: usize,
    /// The request type.
    pub(super) request: String,
    /// The vendor's name of the service.
    pub(super) name: Option<String>,
    /// Absent where the page does not come to it.
    pub(super) licenses: Option<Vec<String>>,
    /// What else the page says of the operation.
    pub(super) text: Option<String>,
    pub(super) routes: Vec<Route>,
    /// Whether the page lists all of them.
    pub(super) has_all_routes: bool,
    pub(super) answer: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) line: usize,
    pub(super) method: String,
    /// Below the application path, such as `/api/X`.
    pub(super) path: String,
}

#[derive(Clone, Debug)]
pub(super) struct Type {
    pub(super) line: usize,
    pub(super) name: String,
    /// What it derives from; `None` where the page does not say.
    pub(super) base: Option<String>,
    pub(super) namespace: Option<String>,
    pub(super) members: Vec<Member>,
    /// Whether the page lists all members.
    pub(super) is_whole: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) line: usize,
    pub(super) name: String,
    /// In lower case; absent in a tab that says nothing.
    pub(super) place: Option<String>,
    /// As the page has it: C#, TypeScript, or free text in a table.
    pub(super) kind: String,
    pub(super) required: bool,
    pub(super) text: Option<String>,
    /// Another name that a tab gives the parameter.
    pub(super) alias: Option<String>,
    /// Whether the page breaks off in the text.
    pub(super) is_cut: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Request,
    Answer,
}

#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) line: usize,
    pub(super) side: Side,
    pub(super) body: Body,
}

#[derive(Clone, Debug)]
pub(super) enum Body {
    Json(Value),
    Xml(Element),
}

/// An element of an XML sample.
#[derive(Clone, Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) namespace: Option<String>,
    pub(super) text: String,
    pub(super) children: Vec<Element>,
}

/// What is wrong with a page, and where.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) message: String,
    pub(super) help: &'static str,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            message,
            help,
        } = self;
        write!(f, "{file}:{line}: {message}\n    {help}")
    }
}

/// A path without the application path that hosts print in front of it, or with
/// the `/api` that tabs leave out.
pub(super) fn below_application(path: &str, application: &str) -> String {
    let lower = path.to_lowercase();
    let prefix = format!("/{}/", application.to_lowercase());
    let path = if !application.is_empty() && lower.starts_with(&prefix) {
        path.get(prefix.len() - 1..).unwrap_or(path)
    } else {
        path
    };
    match path.get(..5) {
        Some(start) if start.eq_ignore_ascii_case("/api/") => {
            format!("/api/{}", path.get(5..).unwrap_or_default())
        }
        _ => format!("/api{path}"),
    }
}

/// A text with single spaces.
pub(super) fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

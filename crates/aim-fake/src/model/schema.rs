//! The types and operations of an OpenAPI document, as .NET declares them.
//!
//! They are read when the fake starts, from the document that comes with the
//! crate or from another one; nothing here repeats the document.

use std::collections::HashSet;
use std::fmt;
use std::sync::OnceLock;

use super::document::{Node, Served};
use super::operation::{Failure, Operation, fallback};
use super::read::{self, Read};
use super::types::{Kind, Type};
use crate::problem::Problem;

/// The document that comes with the crate.
const EMBEDDED: &str = include_str!("../../openapi/aim.yaml");

/// The query values that are the framework's and not a service's.
pub(crate) const FRAMEWORK: [&str; 7] = [
    "format", "callback", "jsconfig", "debug", "v", "version", "_",
];

/// What a document says about the server.
pub struct Schema {
    types: Vec<&'static Type>,
    operations: Vec<Operation>,
    fallback: Operation,
    failure: Failure,
    headers: Vec<&'static str>,
    /// Names of query values that may be logged, in lower case.
    harmless: HashSet<String>,
    served: Served,
}

impl Schema {
    /// The schema of the document that comes with the crate.
    #[must_use]
    pub fn embedded() -> &'static Self {
        static SCHEMA: OnceLock<&'static Schema> = OnceLock::new();
        // A test shows that this document can be read.
        SCHEMA.get_or_init(|| Self::parse(EMBEDDED).unwrap_or_else(|_| Self::empty()))
    }

    /// Reads a document; `Schema::read` also checks what the rules of the state
    /// need.
    pub(crate) fn parse(text: &str) -> Result<&'static Self, Problem> {
        let read = read::document(text)?;
        Ok(Box::leak(Box::new(Self::new(read))))
    }

    fn empty() -> &'static Self {
        Box::leak(Box::new(Self::new(Read {
            types: Vec::new(),
            operations: Vec::new(),
            failure: Failure::default(),
            headers: Vec::new(),
            served: Served::new("{}", Node::empty()),
        })))
    }

    fn new(read: Read) -> Self {
        let Read {
            types,
            operations,
            failure,
            headers,
            served,
        } = read;
        let status = operations.iter().find_map(|operation| {
            let status = operation.response.position(failure.member)?;
            operation.response.members.get(status)
        });
        let mut schema = Self {
            harmless: harmless(&operations),
            fallback: fallback(status),
            types,
            operations,
            failure,
            headers,
            served,
        };
        for operation in &mut schema.operations {
            schema.failure.clear(&mut operation.example);
        }
        schema
    }

    /// Every type of the document.
    #[must_use]
    pub fn types(&self) -> &[&'static Type] {
        &self.types
    }

    /// The services of the document.
    #[must_use]
    pub fn operations(&'static self) -> &'static [Operation] {
        &self.operations
    }

    /// The header fields that the document gives to requests.
    pub(crate) fn headers(&self) -> &[&'static str] {
        &self.headers
    }

    /// The catch-all service, which answers every path that no route matches if
    /// the setting `fallback` is on.
    #[must_use]
    pub fn fallback(&'static self) -> &'static Operation {
        &self.fallback
    }

    /// Finds a service by the vendor's name, including the catch-all.
    #[must_use]
    pub fn operation(&'static self, name: &str) -> Option<&'static Operation> {
        self.operations
            .iter()
            .chain([&self.fallback])
            .find(|operation| operation.name == name)
    }

    /// Finds a type by its name, including those of the catch-all service.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&'static Type> {
        self.types
            .iter()
            .copied()
            .chain([self.fallback.request, self.fallback.response])
            .find(|known| known.name == name)
    }

    /// Whether a query value with this name may be logged: in any case, it is a
    /// name of the framework, or of a member that is not sensitive and has no
    /// sensitive parts. An unknown name is not harmless, since a misspelled
    /// name must not show a secret.
    pub(crate) fn is_harmless(&self, name: &str) -> bool {
        self.harmless.contains(&name.to_ascii_lowercase())
    }

    pub(crate) fn served(&self) -> &Served {
        &self.served
    }
}

impl Default for &'static Schema {
    fn default() -> Self {
        Schema::embedded()
    }
}

impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schema").finish_non_exhaustive()
    }
}

fn harmless(operations: &[Operation]) -> HashSet<String> {
    // `reveal` belongs to the control interface.
    let own = FRAMEWORK.into_iter().chain(["reveal"]);
    let members = || operations.iter().flat_map(|known| known.request.members);
    let sensitive: HashSet<String> = members()
        .filter(|member| member.sensitive.is_some() || holds_sensitive(member.kind))
        .map(|member| member.name.to_ascii_lowercase())
        .collect();
    members()
        .map(|member| member.name.to_ascii_lowercase())
        .filter(|name| !sensitive.contains(name))
        .chain(own.map(str::to_owned))
        .collect()
}

/// No type holds itself, so the recursion ends.
fn holds_sensitive(kind: Kind) -> bool {
    match kind {
        Kind::List(item) => holds_sensitive(*item),
        Kind::Object(of) => of
            .members
            .iter()
            .any(|member| member.sensitive.is_some() || holds_sensitive(member.kind)),
        _ => false,
    }
}

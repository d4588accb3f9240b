//! The types and operations of an OpenAPI document, as .NET declares them.
//!
//! They are read when the fake starts, from the document that comes with the
//! crate or from another one; nothing here repeats what stands there.

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

/// What a document says of the server.
pub struct Schema {
    types: Vec<&'static Type>,
    operations: Vec<Operation>,
    fallback: Operation,
    failure: Failure,
    headers: Vec<&'static str>,
    /// Names of a query whose values may be logged, in lower case.
    harmless: HashSet<String>,
    served: Served,
}

impl Schema {
    /// That of the document that comes with the crate.
    #[must_use]
    pub fn embedded() -> &'static Self {
        static SCHEMA: OnceLock<&'static Schema> = OnceLock::new();
        // What comes with the crate can be read, which is tested.
        SCHEMA.get_or_init(|| Self::parse(EMBEDDED).unwrap_or_else(|_| Self::empty()))
    }

    /// Reads a document; see `Schema::read`, which also looks at what the rules
    /// of the state need.
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

    /// The catch-all service, which answers every path that no route matches
    /// where the setting `fallback` is on.
    #[must_use]
    pub fn fallback(&'static self) -> &'static Operation {
        &self.fallback
    }

    /// Finds a service by the vendor's name, the catch-all included.
    #[must_use]
    pub fn operation(&'static self, name: &str) -> Option<&'static Operation> {
        self.operations
            .iter()
            .chain([&self.fallback])
            .find(|operation| operation.name == name)
    }

    /// Finds a type by its name, those of the catch-all service included.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&'static Type> {
        self.types
            .iter()
            .copied()
            .chain([self.fallback.request, self.fallback.response])
            .find(|known| known.name == name)
    }

    /// Whether a name of a query, in any case, is the framework's own or that
    /// of a member that is sensitive neither itself nor in its parts. An
    /// unknown name is not: a slip in a name must not show a secret.
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
    // `reveal` is the control interface's.
    let own = [
        "reveal", "format", "callback", "jsconfig", "debug", "v", "version", "_",
    ];
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

/// No type holds itself, so this ends.
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

//! The types and operations of an OpenAPI document, as .NET declares them.
//!
//! They are read when the fake starts, from the document that comes with the
//! crate or from another one; nothing here repeats what stands there.

mod example;
mod read;

use std::collections::HashSet;
use std::fmt;
use std::sync::OnceLock;

use crate::document::{Node, Served};
use crate::recorded::Problem;
use crate::value::{Object, Value};

/// The document that comes with the crate.
const EMBEDDED: &str = include_str!("../openapi/aim.yaml");

/// The catch-all service's name, the vendor's.
const FALLBACK: &str = "Fallback";

/// What a document says of the server.
pub struct Schema {
    types: Vec<&'static Type>,
    operations: Vec<Operation>,
    fallback: Operation,
    failure: Failure,
    /// Names of a query whose values may be logged, in lower case.
    harmless: HashSet<String>,
    served: Served,
}

/// A class of the server.
pub struct Type {
    /// Its name, the vendor's.
    pub name: &'static str,
    /// Its namespace in XML.
    pub namespace: &'static str,
    /// Its members in the order of JSON answers: its own as declared, then
    /// those of its base class, then those of the base's base.
    pub members: &'static [Member],
    /// Groups of members of which a request may carry one
    /// (`x-aim-exclusive`); `Member=value` is a member with that value.
    pub exclusive: &'static [&'static [&'static str]],
}

/// A member of a [`Type`].
pub struct Member {
    /// Its name, the vendor's.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it can be null: every class and list, and `T?`.
    pub nullable: bool,
    /// How far up it is declared: 0 in the type itself, 1 in its base.
    pub depth: usize,
    /// Whether the document requires it where its object is sent; the setting
    /// `check_required` says whether anyone looks.
    pub required: bool,
    /// Whether its value must stay out of logs and records.
    pub sensitive: Option<Sensitive>,
}

/// What a member or a list item holds.
#[derive(Clone, Copy)]
pub enum Kind {
    /// `bool`.
    Bool,
    /// `int`: 32 bits.
    Int,
    /// `long`: 64 bits.
    Long,
    /// `decimal`: 96 bits and a scale up to 28.
    Decimal,
    /// `DateTime`: ticks and a kind.
    DateTime,
    /// `string`.
    String,
    /// A class.
    Object(&'static Type),
    /// `List<T>`.
    List(&'static Kind),
}

/// Why a value must stay out of logs and records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sensitive {
    /// A credential or card data.
    Secret,
    /// Data about a person.
    Personal,
}

/// A service of the server.
pub struct Operation {
    /// The vendor's name; the old route has the name of the service behind it.
    pub name: &'static str,
    /// What it takes.
    pub request: &'static Type,
    /// What it answers.
    pub response: &'static Type,
    /// Where it answers.
    pub routes: &'static [Route],
    /// Whether sending it again can do something twice (`x-aim-repeat`).
    pub books: bool,
    /// An answer of a success: the document's `realistic` example, or one made
    /// of the examples of its members.
    pub example: Object,
}

/// A path of an operation, below the handler's own (`/aeservices30/api`).
pub struct Route {
    /// Begins with a slash.
    pub path: &'static str,
    /// The verbs it takes, in capitals.
    pub verbs: &'static [&'static str],
}

/// Which in-band status is a failure (`x-aim-failure`).
#[derive(Default)]
struct Failure {
    /// The member of an answer that holds the status.
    member: &'static str,
    clauses: Vec<Clause>,
}

struct Clause {
    member: &'static str,
    values: Vec<String>,
    /// Whether it is a failure to be one of the values, or none of them.
    is_one: bool,
}

impl Schema {
    /// That of the document that comes with the crate.
    #[must_use]
    pub fn embedded() -> &'static Self {
        static SCHEMA: OnceLock<&'static Schema> = OnceLock::new();
        // What comes with the crate can be read, which is tested.
        SCHEMA.get_or_init(|| Self::parse(EMBEDDED).unwrap_or_else(|_| Self::empty()))
    }

    /// Reads a document, in YAML or JSON. What is read lives as long as the
    /// process, so a test reads it once for all its fakes.
    ///
    /// # Errors
    ///
    /// Why it cannot be served, by JSON pointers into the document; of what the
    /// fake's own rules need and do not find, all.
    pub fn read(text: &str) -> Result<&'static Self, Problems> {
        let schema = Self::parse(text).map_err(|problem| Problems(vec![problem]))?;
        let lacks = crate::state::lacks(schema);
        if lacks.is_empty() {
            Ok(schema)
        } else {
            Err(Problems(lacks))
        }
    }

    fn parse(text: &str) -> Result<&'static Self, Problem> {
        Ok(Box::leak(Box::new(read::schema(text)?)))
    }

    fn empty() -> &'static Self {
        Box::leak(Box::new(Self::new(
            Vec::new(),
            Vec::new(),
            Failure::default(),
            Served::new("{}", Node::empty()),
        )))
    }

    fn new(
        types: Vec<&'static Type>,
        operations: Vec<Operation>,
        failure: Failure,
        served: Served,
    ) -> Self {
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

/// Why a document cannot be served. Written out, each has a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            let end = if index == 0 { "" } else { "\n" };
            write!(f, "{end}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

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

/// The catch-all service; known from the vendor's list of operations alone, so
/// it is in no document. It answers the base of every answer.
fn fallback(status: Option<&Member>) -> Operation {
    let of = |name, members: Vec<Member>| -> &'static Type {
        Box::leak(Box::new(Type {
            name,
            namespace: "http://schemas.datacontract.org/2004/07/AIM.WebService",
            members: members.leak(),
            exclusive: &[],
        }))
    };
    let member = |name, kind, depth| Member {
        name,
        kind,
        nullable: true,
        depth,
        required: false,
        sensitive: None,
    };
    let response = status.map(|status| member(status.name, status.kind, 1));
    let response = of("FallbackResponse", response.into_iter().collect());
    Operation {
        name: FALLBACK,
        request: of("FallbackRequest", vec![member("PathInfo", Kind::String, 0)]),
        response,
        routes: &[],
        books: false,
        example: Object::new(response),
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

impl Failure {
    /// Takes out of an answer's status what makes it a failure.
    fn clear(&self, answer: &mut Object) {
        let mut status = answer.get(self.member).clone();
        let Value::Object(members) = &mut status else {
            return;
        };
        for clause in &self.clauses {
            let text = members.get(clause.member).as_str().unwrap_or_default();
            let text = text.trim();
            let known = |value: &String| value.trim().eq_ignore_ascii_case(text);
            if clause.values.iter().any(known) == clause.is_one {
                members.set(clause.member, Value::Null);
            }
        }
        answer.set(self.member, status);
    }
}

impl Operation {
    /// Whether it is the catch-all service.
    #[must_use]
    pub fn is_fallback(&self) -> bool {
        self.name == FALLBACK
    }
}

impl Type {
    /// Finds a member; names compare without case, as ServiceStack has it.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.members
            .iter()
            .position(|member| member.name.eq_ignore_ascii_case(name))
    }

    /// The class of a member, or of the items of its list.
    #[must_use]
    pub fn class(&self, name: &str) -> Option<&'static Self> {
        let mut kind = self.members.get(self.position(name)?)?.kind;
        while let Kind::List(item) = kind {
            kind = *item;
        }
        match kind {
            Kind::Object(of) => Some(of),
            _ => None,
        }
    }
}

impl PartialEq for Type {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl fmt::Debug for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// As C# writes it, but for `?`.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Long => "long",
            Self::Decimal => "decimal",
            Self::DateTime => "DateTime",
            Self::String => "string",
            Self::Object(of) => of.name,
            Self::List(item) => return write!(f, "List<{item}>"),
        })
    }
}

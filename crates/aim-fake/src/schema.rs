//! The types and operations of the OpenAPI document, as .NET declares them.
//!
//! The tables are written by `build.rs` from `openapi/aim.yaml`; nothing here
//! repeats what stands there.

use std::fmt;

include!(concat!(env!("OUT_DIR"), "/tables.rs"));

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
}

/// A path of an operation, below the handler's own (`/aeservices30/api`).
pub struct Route {
    /// Begins with a slash.
    pub path: &'static str,
    /// The verbs it takes, in capitals.
    pub verbs: &'static [&'static str],
}

/// What the catch-all service takes; known from the vendor's list of
/// operations alone, so it is not in the document.
static FALLBACK_REQUEST: Type = Type {
    name: "FallbackRequest",
    namespace: "http://schemas.datacontract.org/2004/07/AIM.WebService",
    members: &[Member {
        name: "PathInfo",
        kind: Kind::String,
        nullable: true,
        depth: 0,
        required: false,
        sensitive: None,
    }],
    exclusive: &[],
};

/// What the catch-all service answers: the base of every answer.
static FALLBACK_RESPONSE: Type = Type {
    name: "FallbackResponse",
    namespace: "http://schemas.datacontract.org/2004/07/AIM.WebService",
    members: &[Member {
        name: "Status",
        kind: Kind::Object(&BASE_RESPONSE_RESULT),
        nullable: true,
        depth: 1,
        required: false,
        sensitive: None,
    }],
    exclusive: &[],
};

/// The catch-all service, which answers every path that no route matches
/// where the setting `fallback` is on.
pub static FALLBACK: Operation = Operation {
    name: "Fallback",
    request: &FALLBACK_REQUEST,
    response: &FALLBACK_RESPONSE,
    routes: &[],
};

impl Operation {
    /// Finds a service by the vendor's name, the catch-all included.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        OPERATIONS
            .iter()
            .chain([&FALLBACK])
            .find(|operation| operation.name == name)
    }
}

impl Type {
    /// Finds a type of the document by its name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        TYPES
            .iter()
            .copied()
            .chain([&FALLBACK_REQUEST, &FALLBACK_RESPONSE])
            .find(|known| known.name == name)
    }

    /// Finds a member; names compare without case, as ServiceStack has it.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.members
            .iter()
            .position(|member| member.name.eq_ignore_ascii_case(name))
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

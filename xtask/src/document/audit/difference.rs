//! A point in which a page and the document differ.

use super::page::{Member, Route};

/// What differs; the ledger names it so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Aspect {
    Operation,
    Name,
    Extra,
    Type,
    Place,
    Required,
    Description,
    Base,
    Namespace,
    Order,
    Alias,
    Licenses,
    Answer,
    Sample,
}

impl Aspect {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Operation => "operation",
            Self::Name => "name",
            Self::Extra => "extra",
            Self::Type => "type",
            Self::Place => "place",
            Self::Required => "required",
            Self::Description => "description",
            Self::Base => "base",
            Self::Namespace => "namespace",
            Self::Order => "order",
            Self::Alias => "alias",
            Self::Licenses => "licenses",
            Self::Answer => "answer",
            Self::Sample => "sample",
        }
    }
}

/// A place in a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: String,
    pub(super) line: usize,
}

#[derive(Clone, Debug)]
pub(super) struct Difference {
    /// The vendor's type; of an operation its request.
    pub(super) type_: String,
    /// The member, for [`Aspect::Operation`] method and path, or empty.
    pub(super) field: String,
    pub(super) aspect: Aspect,
    /// What the page has; `nothing` if it is missing there.
    pub(super) page: String,
    pub(super) document: String,
    /// In words.
    pub(super) what: String,
    /// Where it is, or would be, in the document.
    pub(super) pointer: String,
    /// On which pages.
    pub(super) places: Vec<Place>,
    pub(super) change: Change,
    /// The entries of the ledger that explain it.
    pub(super) explained: Vec<String>,
    /// Other entries about the same place.
    pub(super) see: Vec<String>,
}

/// What an edit of the document needs to know.
#[derive(Clone, Debug)]
pub(super) enum Change {
    /// The document has no such member; `after` is the one before it.
    NewMember {
        member: Member,
        kind: Result<String, String>,
        after: Option<String>,
        /// Of a base class: a header.
        is_header: bool,
    },
    GoneMember,
    Renamed {
        from: String,
    },
    Retyped {
        kind: Result<String, String>,
    },
    Required(bool),
    /// A base class of a type, or of a header.
    Base,
    Namespace,
    Order(Vec<String>),
    Licenses(Vec<String>),
    NewRoute(Route),
    GoneRoute {
        pointer: String,
    },
    NewOperation,
    NewType,
    /// A value of a sample: the names on the way to it, and the value.
    Sample {
        example: String,
        way: Vec<String>,
        value: Option<serde_yaml::Value>,
    },
    /// Nothing that could be suggested: what a person must do.
    Left(String),
}

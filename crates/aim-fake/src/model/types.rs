//! The classes of the server, as .NET declares them.

use std::fmt;

/// A class of the server.
pub struct Type {
    /// The vendor's name.
    pub name: &'static str,
    /// Its namespace in XML.
    pub namespace: &'static str,
    /// Its members in the order of JSON answers: its own as declared, then
    /// those of its base class, then those of that class's base.
    pub members: &'static [Member],
    /// Groups of members of which a request may have only one
    /// (`x-aim-exclusive`); `Member=value` is a member with that value.
    pub exclusive: &'static [&'static [&'static str]],
}

/// A member of a [`Type`].
pub struct Member {
    /// The vendor's name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it can be null: every class and list, and `T?`.
    pub nullable: bool,
    /// How many base classes up it is declared: 0 for the type itself, 1 for
    /// its base.
    pub depth: usize,
    /// Whether the document requires it if its object is sent; the setting
    /// `check_required` says whether that is checked.
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

impl Type {
    /// Finds a member; names compare without case, as in ServiceStack.
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

/// The C# name of the type, without the `?`.
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

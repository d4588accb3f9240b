//! Values as the server holds them: exact, and never `f64`.

use std::fmt;

use rust_decimal::Decimal;

use super::date::DateTime;
use super::types::{Kind, Type};

/// A value of a member or of a list item.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Null: every class, list and `T?` can be.
    Null,
    /// `bool`.
    Bool(bool),
    /// `int` and `long`.
    Int(i64),
    /// `decimal`; the scale is part of the value.
    Decimal(Decimal),
    /// `DateTime`.
    DateTime(DateTime),
    /// `string`.
    String(String),
    /// A class.
    Object(Object),
    /// A list.
    List(Vec<Value>),
}

/// An object of one of the document's types: a value for each member.
///
/// Its `Debug` form masks members that the document marks as sensitive.
#[derive(Clone, PartialEq)]
pub struct Object {
    of: &'static Type,
    values: Vec<Value>,
}

impl Value {
    /// The value of a member before anything is written to it.
    #[must_use]
    pub fn default_of(kind: Kind, nullable: bool) -> Self {
        match kind {
            _ if nullable => Self::Null,
            Kind::Bool => Self::Bool(false),
            Kind::Int | Kind::Long => Self::Int(0),
            Kind::Decimal => Self::Decimal(Decimal::ZERO),
            Kind::DateTime => Self::DateTime(DateTime::MIN),
            Kind::String | Kind::Object(_) | Kind::List(_) => Self::Null,
        }
    }

    /// Whether it is null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text, of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number, of an `int` or `long`.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The number, of a `decimal`.
    #[must_use]
    pub fn as_decimal(&self) -> Option<Decimal> {
        match self {
            Self::Decimal(number) => Some(*number),
            _ => None,
        }
    }

    /// The value of a `bool`.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The value of a `DateTime`.
    #[must_use]
    pub fn as_date(&self) -> Option<DateTime> {
        match self {
            Self::DateTime(value) => Some(*value),
            _ => None,
        }
    }

    /// The object, of a class.
    #[must_use]
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The items, of a list; empty for anything else.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }
}

static NULL: Value = Value::Null;

impl Object {
    /// An object with nothing written to it: nulls, zeros, false, year 1.
    #[must_use]
    pub fn new(of: &'static Type) -> Self {
        Self {
            of,
            values: of
                .members
                .iter()
                .map(|member| Value::default_of(member.kind, member.nullable))
                .collect(),
        }
    }

    /// Its type.
    #[must_use]
    pub fn of(&self) -> &'static Type {
        self.of
    }

    /// The members' values, in the order of [`Type::members`].
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// A member's value, by its index in [`Type::members`].
    pub(crate) fn value_mut(&mut self, index: usize) -> &mut Value {
        &mut self.values[index]
    }

    /// A member's value by its name, in any case; null if there is no such
    /// member.
    #[must_use]
    pub fn get(&self, name: &str) -> &Value {
        self.of
            .position(name)
            .map_or(&NULL, |index| &self.values[index])
    }

    /// Writes a member; a name that the type does not have is ignored.
    pub fn set(&mut self, name: &str, value: Value) {
        if let Some(index) = self.of.position(name) {
            self.values[index] = value;
        }
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct(self.of.name);
        for (member, value) in self.of.members.iter().zip(&self.values) {
            if value.is_null() {
                continue;
            }
            if member.sensitive.is_some() {
                out.field(member.name, &"***");
            } else {
                out.field(member.name, value);
            }
        }
        out.finish()
    }
}

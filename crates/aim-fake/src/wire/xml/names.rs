//! What reader and writer share: names, their order, and what XML can carry.

use crate::model::types::{Kind, Type};
use crate::wire::errors;

/// The namespace of `i:nil`.
pub(super) const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// What the XML namespace of a class puts before that of .NET.
pub(super) const CONTRACTS: &str = "http://schemas.datacontract.org/2004/07/";

/// The members of a class in the order in which they stand: those of the base
/// class first, then by their letters' codes; ServiceStack's own classes number
/// theirs. The numbers are places in [`Type::members`].
pub(super) fn order(of: &Type) -> Vec<usize> {
    let mut order: Vec<usize> = (0..of.members.len()).collect();
    if of.namespace != errors::NAMESPACE {
        order.sort_by_key(|index| {
            let member = &of.members[*index];
            (std::cmp::Reverse(member.depth), member.name)
        });
    }
    order
}

/// The element that an item of a list stands in.
pub(super) fn item_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Bool => "boolean",
        Kind::Int => "int",
        Kind::Long => "long",
        Kind::Decimal => "decimal",
        Kind::DateTime => "dateTime",
        Kind::String => "string",
        Kind::Object(of) => of.name,
        Kind::List(item) => item_name(*item),
    }
}

/// The namespace of what stands inside a member, where it is a class or a list.
pub(super) fn content_namespace(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Object(of) => Some(of.namespace),
        Kind::List(Kind::Object(of)) => Some(of.namespace),
        Kind::List(_) => Some(errors::ARRAYS),
        _ => None,
    }
}

/// Whether XML can carry a character.
pub(super) fn is_allowed(letter: char) -> bool {
    !matches!(letter, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}')
}

//! What reader and writer share: names, their order, and the characters of XML.

use crate::model::types::{Kind, Type};
use crate::wire::errors;

/// The namespace of `i:nil`.
pub(super) const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// The prefix of a .NET namespace in the XML namespace of a class.
pub(super) const CONTRACTS: &str = "http://schemas.datacontract.org/2004/07/";

/// The order of a class's members in XML: those of the base class first, then
/// by character codes; ServiceStack's own classes have an explicit order.
/// Returns indices in [`Type::members`].
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

/// The element name of a list item.
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

/// The namespace of a member's content, if the member is a class or a list.
pub(super) fn content_namespace(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Object(of) => Some(of.namespace),
        Kind::List(Kind::Object(of)) => Some(of.namespace),
        Kind::List(_) => Some(errors::ARRAYS),
        _ => None,
    }
}

/// Whether XML allows a character.
pub(super) fn is_allowed(letter: char) -> bool {
    !matches!(letter, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}')
}

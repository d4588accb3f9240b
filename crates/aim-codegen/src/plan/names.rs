//! How names of the document are written in Rust.

use heck::ToSnakeCase;
use proc_macro2::{Ident, Span};

/// The types and traits of the prelude that the output names; a generated type
/// of the same name would shadow them.
pub(crate) const PRELUDE: [&str; 6] = ["From", "Into", "IntoIterator", "Option", "String", "Vec"];

/// Names a member as typify does.
pub(crate) fn field(member: &str) -> Ident {
    let name = member.to_snake_case();
    if typify::accept_as_ident(&name) {
        Ident::new(&name, Span::call_site())
    } else {
        Ident::new(&format!("{name}_"), Span::call_site())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keyword_gets_an_underscore() {
        for (member, name) in [
            ("RefNumber", "ref_number"),
            ("Type", "type_"),
            ("Gen", "gen_"),
        ] {
            assert_eq!(field(member).to_string(), name);
        }
    }
}

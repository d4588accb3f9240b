//! How names of the document are written in Rust.

use heck::ToSnakeCase;
use proc_macro2::{Ident, Span};

/// The types and traits of the prelude that the output names; a type of such a
/// name would stand in their way.
pub(crate) const PRELUDE: [&str; 6] = ["From", "Into", "IntoIterator", "Option", "String", "Vec"];

/// Members are named as typify names them.
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
    fn a_member_is_no_keyword() {
        for (member, name) in [
            ("RefNumber", "ref_number"),
            ("Type", "type_"),
            ("Gen", "gen_"),
        ] {
            assert_eq!(field(member).to_string(), name);
        }
    }
}

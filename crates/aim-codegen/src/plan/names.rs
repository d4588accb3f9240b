//! How names of the document are written in Rust.

use heck::ToSnakeCase;
use proc_macro2::{Ident, Span};

/// The types and traits of the prelude that the output names; a generated type
/// of the same name would shadow them.
pub(crate) const PRELUDE: [&str; 6] = ["From", "Into", "IntoIterator", "Option", "String", "Vec"];

/// Names a member as typify does, but for OAuth, which is one word.
pub(crate) fn field(member: &str) -> Ident {
    let words = format!("_{}_", member.to_snake_case()).replace("_o_auth_", "_oauth_");
    let name = words.trim_matches('_');
    if typify::accept_as_ident(name) {
        Ident::new(name, Span::call_site())
    } else {
        Ident::new(&format!("{name}_"), Span::call_site())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_named_in_rusts_case() {
        for (member, name) in [
            ("RefNumber", "ref_number"),
            ("Type", "type_"),
            ("Gen", "gen_"),
            ("OAuthToken", "oauth_token"),
            ("HelloAuthor", "hello_author"),
        ] {
            assert_eq!(field(member).to_string(), name);
        }
    }
}

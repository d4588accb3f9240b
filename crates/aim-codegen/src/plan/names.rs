//! How names of the document are written in Rust.

use heck::ToSnakeCase;
use proc_macro2::{Ident, Span};

/// The types and traits of the prelude that the output names; a generated type
/// of the same name would shadow them.
pub(crate) const PRELUDE: [&str; 6] = ["From", "Into", "IntoIterator", "Option", "String", "Vec"];

/// A name in snake case, in which OAuth is one word.
pub(crate) fn snake(name: &str) -> String {
    let words = format!("_{}_", name.to_snake_case()).replace("_o_auth_", "_oauth_");
    words.trim_matches('_').to_owned()
}

/// Names a member as typify does, but for OAuth.
pub(crate) fn field(member: &str) -> Ident {
    let name = snake(member);
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

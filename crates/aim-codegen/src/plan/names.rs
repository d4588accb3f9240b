//! How names of the document are written in Rust.

use heck::ToSnakeCase;
use proc_macro2::{Ident, Span};

/// The types and traits of the prelude that the output names; a type of such a
/// name would stand in their way.
pub(crate) const PRELUDE: [&str; 6] = ["From", "Into", "IntoIterator", "Option", "String", "Vec"];

/// Members are named as typify names them.
pub(crate) fn field(member: &str) -> Ident {
    let name = member.to_snake_case();
    if syn::parse_str::<Ident>(&name).is_ok() {
        Ident::new(&name, Span::call_site())
    } else {
        Ident::new(&format!("{name}_"), Span::call_site())
    }
}

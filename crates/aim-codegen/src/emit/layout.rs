//! Makes the output pleasant to read: doc comments start with a space, and
//! names of the standard library have no path.

use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Expr, ExprLit, Lit, Meta, Path, Token, parse_quote};

use crate::plan::names::PRELUDE;

/// Lays out the file.
pub(crate) fn lay_out(file: &mut syn::File) {
    Layout.visit_file_mut(file);
}

struct Layout;

impl VisitMut for Layout {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        *attributes = std::mem::take(attributes)
            .into_iter()
            .flat_map(|attribute| match text(&attribute) {
                Some(text) => lines(&text),
                None => vec![derived(&attribute).unwrap_or(attribute)],
            })
            .collect();
    }

    /// Shortens `::std::option::Option<T>` to `Option<T>`.
    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        let is_std = path.leading_colon.is_some()
            && path
                .segments
                .first()
                .is_some_and(|first| first.ident == "std");
        let last = path.segments.last().cloned();
        if let Some(last) =
            last.filter(|last| is_std && PRELUDE.iter().any(|name| last.ident == name))
        {
            *path = Path::from(last);
        }
    }
}

/// The text of a doc comment.
fn text(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// Turns `#[derive(::serde::Serialize)]` into `#[derive(serde::Serialize)]`.
fn derived(attribute: &Attribute) -> Option<Attribute> {
    if !attribute.path().is_ident("derive") {
        return None;
    }
    let paths = Punctuated::<Path, Token![,]>::parse_terminated;
    let paths = attribute.parse_args_with(paths).ok()?;
    let paths = paths.into_iter().map(|mut path| {
        path.leading_colon = None;
        path
    });
    Some(parse_quote!(#[derive(#(#paths),*)]))
}

/// Makes one doc comment for each line.
fn lines(text: &str) -> Vec<Attribute> {
    let line = |line: &str| {
        let line = match line.trim_end() {
            "" => String::new(),
            line if line.starts_with(' ') => line.to_owned(),
            line => format!(" {line}"),
        };
        let attribute: Attribute = parse_quote!(#[doc = #line]);
        attribute
    };
    text.trim_end().split('\n').map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid_out(source: &str) -> String {
        let mut file = syn::parse_str(source).unwrap();
        lay_out(&mut file);
        prettyplease::unparse(&file)
    }

    #[test]
    fn every_line_of_documentation_starts_with_a_space() {
        let source = "#[doc = \"First.\\n\\nThird  \\n\"] struct A { #[doc = \" b\"] b: u8 }";
        assert_eq!(
            laid_out(source),
            "/// First.\n///\n/// Third\nstruct A {\n    /// b\n    b: u8,\n}\n"
        );
    }

    #[test]
    fn derives_lose_their_leading_colons() {
        assert_eq!(
            laid_out("#[derive(::serde::Serialize, Clone)] struct A;"),
            "#[derive(serde::Serialize, Clone)]\nstruct A;\n"
        );
    }

    #[test]
    fn names_of_the_prelude_lose_their_paths() {
        assert_eq!(
            laid_out("type A = ::std::option::Option<::std::vec::Vec<::std::string::String>>;"),
            "type A = Option<Vec<String>>;\n"
        );
        let others = "type A = ::std::result::Result<my::Option, ::other::String>;\n";
        assert_eq!(laid_out(others), others);
    }
}

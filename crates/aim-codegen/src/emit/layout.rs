//! Makes the output pleasant to read: doc comments start with a space, and
//! names of the standard library have no path.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;
use syn::LitStr;

use crate::plan::names::PRELUDE;

/// Lays out code.
pub(crate) fn lay_out(code: TokenStream) -> TokenStream {
    let trees: Vec<_> = code.into_iter().collect();
    let mut out = TokenStream::new();
    let mut rest = trees.as_slice();
    while let Some((tree, after)) = rest.split_first() {
        rest = after;
        if let Some((attributes, after)) = attribute(tree, after) {
            out.extend(attributes);
            rest = after;
        } else if let Some((name, after)) = std_name(tree, after) {
            out.extend([name.clone()]);
            rest = after;
        } else if let TokenTree::Group(group) = tree {
            out.extend([with(group, lay_out(group.stream()))]);
        } else {
            out.extend([tree.clone()]);
        }
    }
    out
}

/// The same group with other contents.
fn with(group: &Group, contents: TokenStream) -> TokenTree {
    Group::new(group.delimiter(), contents).into()
}

/// Rewrites an attribute, such as a doc comment or a derive; also returns what
/// follows.
fn attribute<'a>(
    tree: &TokenTree,
    after: &'a [TokenTree],
) -> Option<(TokenStream, &'a [TokenTree])> {
    let [TokenTree::Group(group), after @ ..] = after else {
        return None;
    };
    if !is(tree, '#') || group.delimiter() != Delimiter::Bracket {
        return None;
    }
    let content: Vec<_> = group.stream().into_iter().collect();
    match content.as_slice() {
        [TokenTree::Ident(name), equals, TokenTree::Literal(text)]
            if name == "doc" && is(equals, '=') =>
        {
            let text: LitStr = syn::parse2(TokenTree::from(text.clone()).into()).ok()?;
            Some((lines(&text.value()), after))
        }
        [name @ TokenTree::Ident(ident), TokenTree::Group(paths)] if ident == "derive" => {
            let paths = with(paths, without_leading_colons(paths.stream()));
            Some((quote!(#[#name #paths]), after))
        }
        _ => None,
    }
}

/// Turns `::serde::Serialize, Clone` into `serde::Serialize, Clone`.
fn without_leading_colons(paths: TokenStream) -> TokenStream {
    let mut starts = true;
    let leads = |tree: &TokenTree| {
        let leads = starts && is(tree, ':');
        starts = leads || is(tree, ',');
        !leads
    };
    paths.into_iter().filter(leads).collect()
}

/// Shortens `::std::option::Option` to `Option`; also returns what follows.
fn std_name<'a>(
    tree: &TokenTree,
    after: &'a [TokenTree],
) -> Option<(&'a TokenTree, &'a [TokenTree])> {
    let [second, path @ ..] = after else {
        return None;
    };
    let mut path = path;
    let is_std = matches!(path, [TokenTree::Ident(first), ..] if first == "std");
    if !is_std || !is(tree, ':') || !is(second, ':') {
        return None;
    }
    while let [name @ TokenTree::Ident(ident), after @ ..] = path {
        match after {
            [one, two, after @ ..] if is(one, ':') && is(two, ':') => path = after,
            _ => {
                let is_known = PRELUDE.iter().any(|known| ident == known);
                return is_known.then_some((name, after));
            }
        }
    }
    None
}

fn is(tree: &TokenTree, sign: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == sign)
}

/// Makes one doc comment for each line.
fn lines(text: &str) -> TokenStream {
    let line = |line: &str| {
        let line = match line.trim_end() {
            "" => String::new(),
            line if line.starts_with(' ') => line.to_owned(),
            line => format!(" {line}"),
        };
        quote!(#[doc = #line])
    };
    text.trim_end().split('\n').map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid_out(source: &str) -> String {
        let code = lay_out(source.parse().unwrap());
        prettyplease::unparse(&syn::parse2(code).unwrap())
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
        let others = "type A = ::std::result::Result<my::Option, ::other::String>;\n\
                      const A: A = ::std::option::Option::None;\n";
        assert_eq!(laid_out(others), others);
    }
}

//! Checks the generated code against the document.
//!
//! A silent fallback to `f64` and a missing operation are errors here;
//! [`crate::emit::shape`] checks each member.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::Item;

use crate::plan::facts::Facts;

/// Names that must not occur, and why.
const FORBIDDEN: &[(&str, &str)] = &[
    ("f64", "money would lose cents"),
    ("f32", "money would lose cents"),
    ("chrono", "dates follow the vendor's dialect"),
    ("Value", "every member has a type"),
];

/// Checks the items of all files.
///
/// # Errors
///
/// A sentence that names the forbidden type or the missing function.
pub(crate) fn check<'a>(
    items: impl IntoIterator<Item = &'a Item>,
    facts: &Facts,
) -> Result<(), String> {
    let mut found = Found::default();
    for item in items {
        found.read(item.to_token_stream());
    }
    for (name, reason) in FORBIDDEN {
        if found.names.contains(*name) {
            return Err(format!("the output names `{name}`: {reason}"));
        }
    }
    for operation in &facts.operations {
        if !found.functions.contains(&operation.method) {
            return Err(format!("the output has no function {}", operation.method));
        }
    }
    Ok(())
}

#[derive(Default)]
struct Found {
    names: BTreeSet<String>,
    functions: BTreeSet<String>,
}

impl Found {
    fn read(&mut self, code: TokenStream) {
        let mut is_function = false;
        for tree in code {
            let mut is_fn = false;
            match tree {
                TokenTree::Group(group) => self.read(group.stream()),
                TokenTree::Ident(name) => {
                    let name = name.to_string();
                    is_fn = name == "fn";
                    if is_function {
                        self.functions.insert(name.clone());
                    }
                    self.names.insert(name);
                }
                _ => {}
            }
            is_function = is_fn;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::facts::{OperationFacts, Repeat};

    fn checked(source: &str, method: &str) -> Result<(), String> {
        let facts = Facts {
            schemas: Vec::new(),
            operations: vec![OperationFacts {
                id: "X".to_owned(),
                service: "X".to_owned(),
                summary: String::new(),
                description: String::new(),
                method: method.to_owned(),
                verb: "GET",
                path: "/api/X".to_owned(),
                request: "XRequest".to_owned(),
                answer: "XResponse".to_owned(),
                deprecated: false,
                repeat: Repeat::Safe,
                evidence: Vec::new(),
                partial: None,
                lookup: None,
                forbidden_in_url: Vec::new(),
            }],
            open_enums: Vec::new(),
            base_classes: Vec::new(),
            failure: Vec::new(),
        };
        let file: syn::File = syn::parse_str(source).unwrap();
        check(&file.items, &facts)
    }

    #[test]
    fn forbidden_types_and_missing_functions_are_errors() {
        let client = "mod requests { fn x() {} }";
        assert_eq!(checked(client, "x"), Ok(()));
        assert!(checked(client, "y").unwrap_err().contains("no function y"));
        for ty in [
            "f64",
            "Option<Vec<f32>>",
            "::chrono::NaiveDate",
            "serde_json::Value",
        ] {
            let source = format!("{client} struct T {{ a: {ty} }}");
            assert!(checked(&source, "x").is_err(), "{ty}");
        }
    }
}

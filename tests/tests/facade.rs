//! The facade has exactly the document's operations, by the vendor's names in
//! Rust's case, and deprecates what the document deprecates.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "that is how a test fails"
)]

use std::collections::BTreeMap;
use std::fs;

use aim_tests::{document, fixture};
use heck::ToSnakeCase;

#[test]
fn every_operation_has_one_method_and_no_other_calls_out() {
    let path = fixture::root().join("crates/aim-client/src/client.rs");
    let file = syn::parse_file(&fs::read_to_string(path).unwrap()).unwrap();
    let mut methods = BTreeMap::new();
    for item in &file.items {
        let syn::Item::Impl(item) = item else {
            continue;
        };
        for member in &item.items {
            if let syn::ImplItem::Fn(function) = member
                && function.sig.asyncness.is_some()
                && matches!(function.vis, syn::Visibility::Public(_))
            {
                let deprecated = function
                    .attrs
                    .iter()
                    .any(|found| found.path().is_ident("deprecated"));
                methods.insert(function.sig.ident.to_string(), deprecated);
            }
        }
    }
    let expected: BTreeMap<String, bool> = document::operations()
        .unwrap()
        .iter()
        .map(|operation| {
            (
                operation.id.to_snake_case(),
                operation.value["deprecated"] == true,
            )
        })
        .collect();
    assert_eq!(expected.len(), 8);
    assert_eq!(methods, expected);
}

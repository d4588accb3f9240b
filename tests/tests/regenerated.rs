//! The generated files are fresh, the same every time, and the same whether
//! the build script wrote them or the committed ones are compiled.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "that is how a test fails"
)]

use std::fs;

use aim_codegen::document::Document;
use aim_codegen::generate::generate;
use aim_codegen::regen;
use aim_tests::{document, fixture, new_operation};

#[test]
fn every_generated_file_is_fresh() {
    let files = regen::plan(&fixture::root()).unwrap();
    assert_eq!(files.len(), 5);
    for file in files {
        assert!(file.is_fresh(), "{}: run `cargo xtask regen`", file.path);
        assert!(
            !file.expected.contains('\r'),
            "{} has line ends of Windows",
            file.path
        );
    }
}

#[test]
fn generating_twice_and_with_other_line_ends_gives_the_same_bytes() {
    let text = fs::read_to_string(fixture::root().join(regen::DOCUMENT)).unwrap();
    let generated = |text: &str| {
        let document = Document::parse(regen::DOCUMENT, text).unwrap();
        (generate(&document).unwrap(), document.to_json())
    };
    let first = generated(&text);
    assert_eq!(first, generated(&text));
    assert_eq!(first, generated(&text.replace('\n', "\r\n")));
}

/// An operation that has next to nothing is generated as one that has all: a
/// request without members is a struct, which can get members later.
#[test]
fn a_request_without_members_is_a_type_like_the_others() {
    let text = fs::read_to_string(fixture::root().join(regen::DOCUMENT)).unwrap();
    let document = Document::parse(regen::DOCUMENT, &new_operation::added_to(&text)).unwrap();
    let file = syn::parse_file(&generate(&document).unwrap()).unwrap();
    let types = file.items.iter().find_map(|item| match item {
        syn::Item::Mod(module) if module.ident == "types" => module.content.as_ref(),
        _ => None,
    });
    let (_, types) = types.unwrap();
    let named = types.iter().find_map(|item| match item {
        syn::Item::Struct(item) if item.ident == "ContractStatusListingRequest" => Some(item),
        _ => None,
    });
    let empty = named.unwrap();
    assert!(matches!(&empty.fields, syn::Fields::Named(fields) if fields.named.is_empty()));
    let has = |name: &str| empty.attrs.iter().any(|found| found.path().is_ident(name));
    assert!(has("non_exhaustive") && has("derive"));
    // What a later version adds is no reason to refuse the value.
    assert!(!has("serde"));
    let methods = types.iter().filter_map(|item| match item {
        syn::Item::Impl(item)
            if item.trait_.is_none()
                && *item.self_ty == syn::parse_quote!(ContractStatusListingRequest) =>
        {
            Some(&item.items)
        }
        _ => None,
    });
    assert!(methods.flatten().any(|member| matches!(member, syn::ImplItem::Fn(function) if function.sig.ident == "new" && function.sig.inputs.is_empty())));
}

#[test]
fn a_stale_or_missing_file_is_written_whole() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("openapi")).unwrap();
    fs::create_dir_all(root.path().join("crates/aim-client/src")).unwrap();
    let committed = fixture::root().join(regen::DOCUMENT);
    fs::copy(committed, root.path().join(regen::DOCUMENT)).unwrap();
    fs::write(
        root.path().join("crates/aim-client/src/generated.rs"),
        "stale",
    )
    .unwrap();

    let files = regen::plan(root.path()).unwrap();
    assert!(files.iter().all(|file| !file.is_fresh()));
    for file in &files {
        file.write().unwrap();
    }
    assert!(
        regen::plan(root.path())
            .unwrap()
            .iter()
            .all(regen::File::is_fresh)
    );
    // Nothing temporary stays behind.
    for folder in [
        "openapi",
        "crates/aim-client/src",
        "crates/aim-client/openapi",
    ] {
        for entry in fs::read_dir(root.path().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(!name.contains("tmp"), "{folder}/{name}");
        }
    }
}

#[test]
fn a_broken_document_leaves_every_file_as_it_was() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("openapi")).unwrap();
    fs::write(
        root.path().join(regen::DOCUMENT),
        "openapi: 3.0.3\nopenapi: 3.0.3\n",
    )
    .unwrap();
    fs::write(root.path().join("openapi/aim.json"), "kept").unwrap();
    let problems = regen::plan(root.path()).unwrap_err();
    assert!(
        problems.to_string().contains("openapi/aim.yaml:2:1"),
        "{problems}"
    );
    assert_eq!(
        fs::read_to_string(root.path().join("openapi/aim.json")).unwrap(),
        "kept"
    );
}

#[test]
fn generated_members_stand_in_the_vendors_order() {
    let path = fixture::root().join("crates/aim-client/src/generated.rs");
    let source = fs::read_to_string(path).unwrap();
    let schemas = document::members(&document::text_at(&["components", "schemas"]).unwrap());
    assert!(!schemas.is_empty());
    for (name, schema) in schemas {
        let body = source.split(&format!("pub struct {name} {{")).nth(1);
        let body = body.unwrap().split("\n    }\n").next().unwrap();
        let renames: Vec<&str> = body
            .split("rename = \"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        let mut members = document::members(&schema).into_iter();
        let (_, properties) = members.find(|(key, _)| key == "properties").unwrap();
        let properties = document::members(&properties);
        let properties: Vec<&str> = properties.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(renames, properties, "{name}");
        assert!(!properties.is_empty(), "{name}");
    }
}

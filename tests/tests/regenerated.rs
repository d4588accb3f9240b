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
use aim_tests::fixture;

#[test]
fn every_generated_file_is_fresh() {
    let files = regen::plan(&fixture::root()).unwrap();
    assert_eq!(files.len(), 3);
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

#[test]
fn a_stale_or_missing_file_is_written_whole() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("openapi")).unwrap();
    fs::create_dir_all(root.path().join("crates/aim-client/src")).unwrap();
    let document = fixture::root().join(regen::DOCUMENT);
    fs::copy(document, root.path().join(regen::DOCUMENT)).unwrap();
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
    let source =
        fs::read_to_string(fixture::root().join("crates/aim-client/src/generated.rs")).unwrap();
    let document = aim_tests::document::document().unwrap();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        // aim.json is in the document's order, but serde_json sorts; so the
        // order is read from the text of the document.
        let body = source
            .split(&format!("pub struct {name} {{"))
            .nth(1)
            .unwrap();
        let body = body.split("\n    }\n").next().unwrap();
        let renames: Vec<&str> = body
            .split("rename = \"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        let text = fs::read_to_string(fixture::root().join("openapi/aim.json")).unwrap();
        let schemas = text.split("\n    \"schemas\": {").nth(1).unwrap();
        let schema_text = schemas
            .split(&format!("\n      \"{name}\": {{"))
            .nth(1)
            .unwrap();
        let schema_text = schema_text.split("\n      }").next().unwrap();
        let properties: Vec<&str> = schema_text
            .lines()
            .filter_map(|line| line.strip_prefix("          \"")?.strip_suffix("\": {"))
            .filter(|member| schema["properties"].get(*member).is_some())
            .collect();
        assert_eq!(renames, properties, "{name}");
        assert!(!properties.is_empty(), "{name}");
    }
}

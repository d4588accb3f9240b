//! The generated files are fresh, and the same on every run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use aim_codegen::document::Document;
use aim_codegen::generate::generate;
use aim_codegen::regen;
use aim_tests::{document, fixture, new_operation};

#[test]
fn every_generated_file_is_fresh() {
    for file in PLAN.iter() {
        assert!(file.is_fresh(), "{}: run `cargo xtask regen`", file.path);
        assert!(
            !file.expected.contains('\r'),
            "{} has CRLF line endings",
            file.path
        );
    }
}

#[test]
fn generating_twice_and_with_other_line_endings_gives_the_same_bytes() {
    let text = fs::read_to_string(fixture::root().join(regen::DOCUMENT)).unwrap();
    let generated = |text: &str| {
        let document = Document::parse(regen::DOCUMENT, text).unwrap();
        (generate(&document).unwrap(), document.to_json())
    };
    let first = generated(&text);
    assert_eq!(first, generated(&text));
    assert_eq!(first, generated(&text.replace('\n', "\r\n")));
}

/// A small operation is generated like a large one: a request without members
/// is a struct, which can get members later.
#[test]
fn a_request_without_members_is_a_struct() {
    let text = fs::read_to_string(fixture::root().join(regen::DOCUMENT)).unwrap();
    let document = Document::parse(regen::DOCUMENT, &new_operation::added_to(&text)).unwrap();
    let code = generate(&document).unwrap();
    let types = code.files().find(|(name, _)| *name == "types.rs");
    let types = syn::parse_file(types.unwrap().1).unwrap().items;
    let named = types.iter().find_map(|item| match item {
        syn::Item::Struct(item) if item.ident == "TestListingRequest" => Some(item),
        _ => None,
    });
    let empty = named.unwrap();
    assert!(matches!(&empty.fields, syn::Fields::Named(fields) if fields.named.is_empty()));
    let has = |name: &str| empty.attrs.iter().any(|found| found.path().is_ident(name));
    assert!(has("non_exhaustive") && has("derive"));
    // A member that a later version adds must not make the value unreadable.
    assert!(!has("serde"));
    let methods = types.iter().filter_map(|item| match item {
        syn::Item::Impl(item)
            if item.trait_.is_none() && *item.self_ty == syn::parse_quote!(TestListingRequest) =>
        {
            Some(&item.items)
        }
        _ => None,
    });
    assert!(methods.flatten().any(|member| matches!(member, syn::ImplItem::Fn(function) if function.sig.ident == "new" && function.sig.inputs.is_empty())));
}

/// The result of `plan`, computed once, since it generates the code.
static PLAN: LazyLock<Vec<regen::File>> = LazyLock::new(|| regen::plan(&fixture::root()).unwrap());

/// A workspace with the document in which one generated file is missing and all
/// others are stale, and its plan.
fn stale() -> (tempfile::TempDir, Vec<regen::File>) {
    let root = tempfile::tempdir().unwrap();
    for file in PLAN.iter() {
        let folder = root.path().join(&file.path);
        fs::create_dir_all(folder.parent().unwrap()).unwrap();
    }
    let committed = fixture::root().join(regen::DOCUMENT);
    fs::copy(committed, root.path().join(regen::DOCUMENT)).unwrap();
    let mut files = PLAN.clone();
    for (index, file) in files.iter_mut().enumerate() {
        file.found.clear();
        if index > 0 {
            file.found = format!("stale {}", file.path);
            fs::write(root.path().join(&file.path), &file.found).unwrap();
        }
    }
    (root, files)
}

/// Every file below a folder, with its text.
fn contents(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else {
            found.insert(path.clone(), fs::read_to_string(&path).unwrap());
        }
    }
    found
}

#[test]
fn stale_and_missing_files_are_written() {
    let (root, _) = stale();
    let files = regen::plan(root.path()).unwrap();
    assert!(files.iter().all(|file| !file.is_fresh()));
    regen::write(root.path(), &files).unwrap();
    let files = regen::plan(root.path()).unwrap();
    assert!(files.iter().all(regen::File::is_fresh));
    // There are no other files.
    assert_eq!(contents(root.path()).len(), files.len() + 1);
    assert_eq!(regen::interrupted(root.path()), Vec::<String>::new());
}

/// If any file cannot be written, at any step, no file changes.
#[test]
fn a_file_that_cannot_be_written_leaves_all_unchanged() {
    for index in 0..PLAN.len() {
        let (root, files) = stale();
        let path = &files[index].path;
        let target = root.path().join(path);
        // A file cannot replace a folder.
        let _ = fs::remove_file(&target);
        fs::create_dir(&target).unwrap();
        fs::write(target.join("x"), "").unwrap();
        let before = contents(root.path());
        let error = regen::write(root.path(), &files).unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("{path}: cannot be written: ")),
            "{error}"
        );
        assert!(error.ends_with("; no file was changed"), "{error}");
        assert_eq!(contents(root.path()), before, "{path}");
    }
    for folder in ["crates/aim-client/openapi", "crates/aim-fake/openapi"] {
        let (root, files) = stale();
        // A missing folder, then one in which nothing can be written.
        fs::remove_dir_all(root.path().join(folder)).unwrap();
        for is_file in [false, true] {
            if is_file {
                fs::write(root.path().join(folder), "").unwrap();
            }
            let before = contents(root.path());
            let error = regen::write(root.path(), &files).unwrap_err().to_string();
            assert!(error.starts_with(&format!("{folder}/aim.")), "{error}");
            assert_eq!(contents(root.path()), before, "{error}");
        }
    }
}

/// After a kill at any step, the next run restores all files, or keeps all new
/// ones.
#[test]
fn a_kill_at_any_step_is_found_and_fixed() {
    let names = [
        "openapi/aim.json",
        "crates/aim-client/openapi/aim.yaml",
        "crates/aim-client/src/generated/types.rs",
    ];
    let (root, _) = stale();
    let was = contents(root.path());
    let put = |path: &str, text: &str| fs::write(root.path().join(path), text).unwrap();
    // While the new files are written.
    put("openapi/aim.json.regen-new", "{");
    let left = regen::interrupted(root.path());
    assert_eq!(left, ["openapi/aim.json.regen-new"]);
    let said = regen::tidy(root.path()).unwrap().unwrap();
    assert_eq!(
        said,
        "an earlier run was killed and left openapi/aim.json.regen-new: all files are restored"
    );
    assert_eq!(contents(root.path()), was);
    assert_eq!(regen::tidy(root.path()).unwrap(), None);
    // Between two replacements: one file was missing, one is kept as the old
    // version, one is not replaced yet.
    for last_set_aside in [false, true] {
        put("openapi/aim.json", "new");
        put("openapi/aim.json.regen-none", "");
        fs::rename(
            root.path().join(names[1]),
            root.path()
                .join("crates/aim-client/openapi/aim.yaml.regen-old"),
        )
        .unwrap();
        put(names[1], "new");
        let rust = root.path().join(names[2]);
        put("crates/aim-client/src/generated/types.rs.regen-new", "new");
        if last_set_aside {
            fs::hard_link(&rust, rust.with_extension("rs.regen-old")).unwrap();
        }
        assert!(
            regen::tidy(root.path())
                .unwrap()
                .unwrap()
                .contains("all files are restored")
        );
        assert_eq!(contents(root.path()), was);
    }
    // After all were replaced.
    put("openapi/aim.json.regen-none", "");
    put("openapi/aim.json", "new");
    put("crates/aim-client/src/generated/types.rs.regen-old", "old");
    put(names[2], "new");
    let said = regen::tidy(root.path()).unwrap().unwrap();
    assert!(
        said.ends_with("it had replaced all files, and the old versions are now removed"),
        "{said}"
    );
    let mut expected = was;
    expected.insert(root.path().join(names[0]), "new".to_owned());
    expected.insert(root.path().join(names[2]), "new".to_owned());
    assert_eq!(contents(root.path()), expected);
}

#[test]
fn a_broken_document_leaves_every_file_unchanged() {
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
fn generated_members_have_the_vendors_order() {
    let read = |file: &str| {
        let folder = fixture::root().join("crates/aim-client/src/generated");
        fs::read_to_string(folder.join(file)).unwrap()
    };
    let (types, names) = (read("types.rs"), read("members.rs"));
    let body = |source: &str, head: &str| -> String {
        let body = source.split(head).nth(1).unwrap();
        body.split("}\n").next().unwrap().to_owned()
    };
    let schemas = document::members(&document::text_at(&["components", "schemas"]).unwrap());
    assert!(!schemas.is_empty());
    for (name, schema) in schemas {
        let mut members = document::members(&schema).into_iter();
        let Some((_, properties)) = members.find(|(key, _)| key == "properties") else {
            continue;
        };
        let names = body(&names, &format!("    {name} {{\n"));
        let names: Vec<_> = names
            .lines()
            .filter_map(|line| line.split_once(" = "))
            .collect();
        // In Rust as on the wire.
        let members = body(&types, &format!("pub struct {name} {{\n"));
        let members = members
            .lines()
            .filter_map(|line| line.trim().strip_prefix("pub "));
        let members: Vec<_> = members.filter_map(|line| line.split(':').next()).collect();
        let in_rust: Vec<_> = names.iter().map(|(member, _)| member.trim()).collect();
        assert_eq!(members, in_rust, "{name}");
        let names = names.iter().map(|(_, name)| name.trim_matches(['"', ';']));
        let names: Vec<_> = names.collect();
        let properties = document::members(&properties);
        let properties: Vec<&str> = properties.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, properties, "{name}");
        assert!(!properties.is_empty(), "{name}");
    }
}

//! Where the project says that it can be got.

use std::fs;
use std::path::Path;

use aim_tests::fixture;

/// Calls `look` with each text of the repository and its path.
fn each_text(folder: &Path, look: &mut impl FnMut(&str, &str)) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let name = entry.file_name().into_string().unwrap();
        if path.is_dir() {
            if !["target", ".git"].contains(&name.as_str()) {
                each_text(&path, look);
            }
        } else if let Ok(text) = fs::read_to_string(&path) {
            let place = path.strip_prefix(fixture::root()).unwrap();
            look(&place.to_string_lossy().replace('\\', "/"), &text);
        }
    }
}

/// Nothing is published: no address and no line says that it is, and the
/// project's own address stands in the manifest and the document alone.
#[test]
fn no_address_of_ours_leads_nowhere() {
    let manifest = fs::read_to_string(fixture::root().join("Cargo.toml")).unwrap();
    let home = manifest
        .lines()
        .find_map(|line| line.strip_prefix("repository = "))
        .unwrap()
        .trim_matches('"');
    const BEFORE: [(&str, &[&str]); 6] = [
        ("docs.rs/", &["aim", "crate/aim"]),
        ("crates.io/", &["crates/aim"]),
        ("cargo add ", &["aim"]),
        ("cargo install ", &["aim"]),
        ("\naim-", &["client = \"", "codegen = \"", "fake = \""]),
        ("\naim-", &["client = { v", "codegen = { v", "fake = { v"]),
    ];
    let mut texts = 0;
    each_text(&fixture::root(), &mut |place, text| {
        texts += 1;
        for (before, names) in BEFORE {
            for (at, _) in text.match_indices(before) {
                let after = &text[at + before.len()..];
                let is_ours = names.iter().any(|name| after.starts_with(name));
                assert!(!is_ours, "{place}: {before}{after:.40}");
            }
        }
        let may_have_it = place == "Cargo.toml" || place.contains("openapi/");
        assert!(may_have_it || !text.contains(home), "{place}: {home}");
    });
    assert!(texts > 300, "{texts}");
}

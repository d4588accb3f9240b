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

/// Nothing is published, and the project has no address: nothing says that it
/// has.
#[test]
fn no_address_of_ours_leads_nowhere() {
    const BEFORE: [(&str, &[&str]); 7] = [
        ("github.com/", &["aim"]),
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
        // As it was released.
        if place == "openapi/released.yaml" {
            return;
        }
        for (before, names) in BEFORE {
            for (at, _) in text.match_indices(before) {
                let after = &text[at + before.len()..];
                let is_ours = names.iter().any(|name| after.starts_with(name));
                assert!(!is_ours, "{place}: {before}{after:.40}");
            }
        }
    });
    assert!(texts > 300, "{texts}");
}

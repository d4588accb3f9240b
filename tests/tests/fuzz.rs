//! The corpus of the fuzz targets, replayed: what each target checks stands in
//! `aim_tests::fuzz`.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "that is how a test fails"
)]

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use aim_tests::{fixture, fuzz};

type Target = fn(&[u8]);

const TARGETS: [(&str, Target); 6] = [
    ("answer", fuzz::answer),
    ("date", fuzz::date),
    ("document", fuzz::document),
    ("jsv", fuzz::jsv),
    ("money", fuzz::money),
    ("xml", fuzz::xml),
];

fn folder() -> PathBuf {
    fixture::root().join("tests/fuzz")
}

/// The names of all files and folders in a folder.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn every_target_has_a_program_and_a_corpus() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names(&folder().join("corpus")), targets);
    let programs = names(&folder().join("fuzz_targets"));
    assert_eq!(
        programs,
        targets.iter().map(|name| format!("{name}.rs")).collect()
    );
    let manifest = fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    for name in targets {
        let path = format!("path = \"fuzz_targets/{name}.rs\"");
        assert!(manifest.contains(&path), "{path}");
    }
}

#[test]
fn the_corpus_holds() {
    let mut failures = Vec::new();
    for (name, target) in TARGETS {
        let corpus = folder().join("corpus").join(name);
        let files = names(&corpus);
        assert!(!files.is_empty(), "{} is empty", corpus.display());
        println!("{name}: {} inputs", files.len());
        for file in files {
            let path = corpus.join(file);
            let bytes = fs::read(&path).unwrap();
            if catch_unwind(|| target(&bytes)).is_err() {
                failures.push(path.display().to_string());
            }
        }
    }
    assert!(failures.is_empty(), "these fail:\n{}", failures.join("\n"));
}

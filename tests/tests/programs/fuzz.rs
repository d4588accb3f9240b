//! Replays the corpus of the fuzz targets; `aim_tests::fuzz` has the checks of
//! each target.

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

/// Repeated input is read in linear time, or this test would not end, and
/// nested input does not overflow a test's stack.
#[test]
fn repeated_and_nested_input_is_read_or_refused() {
    let heads = [
        ("answer", "GetContractDetails 200 application/json\n"),
        ("jsv", "C2BPostContract\n"),
        ("jsv", "C2BPostContract\n{\"Rate\":"),
        ("xml", "<GetContractDetailsResponse>"),
        ("document", "openapi: 3.0.3\n"),
        ("document", "openapi: 3.0.3\nx-a: "),
        ("date", ""),
        ("money", ""),
    ];
    let parts = [
        "[",
        "{",
        "{a:",
        "{\"Status\":",
        "\"",
        "\\u00",
        "9",
        "0.",
        "e9",
        "<a>",
        "<a ",
        "&#1",
        "&amp;",
        "<![CDATA[",
        "<!--",
        "a: ",
        "- ",
        "? ",
        "a: 1\n",
        "'",
        ",",
        " ",
        "\t",
        "\r",
        "Rate={",
        "%u",
        "/Date(",
    ];
    for (name, head) in heads {
        let (_, target) = TARGETS.iter().find(|(known, _)| *known == name).unwrap();
        for part in parts {
            let repeated = part.repeat(40_000 / part.len());
            target(format!("{head}{repeated}").as_bytes());
        }
    }
}

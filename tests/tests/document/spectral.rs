//! Runs Spectral with `openapi/spectral.yaml` on the document and on each of its
//! mutations.
//!
//! Runs where `AIM_TEST_SPECTRAL` names the program; `.ci/run` sets it.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::{env, fs};

use aim_codegen::document::Document;
use aim_codegen::lint::lint;
use aim_codegen::regen::DOCUMENT;
use aim_tests::{fixture, new_operation};
use serde::Deserialize;

use crate::mutations::{self, ROWS};

/// A smaller document that is not ours.
const SAMPLE: &str = "crates/aim-codegen/src/read/document/sample.yaml";

/// What the linter reports, as far as it is needed.
#[derive(Deserialize)]
struct Finding {
    code: String,
    message: String,
    source: String,
}

/// The ruleset finds nothing that the lint does not, and neither more nor fewer
/// of the mutations than they say.
#[test]
fn spectral_finds_what_the_mutations_say() {
    let Some(program) = env::var_os("AIM_TEST_SPECTRAL").filter(|it| !it.is_empty()) else {
        eprintln!("skipped: AIM_TEST_SPECTRAL does not name Spectral's program");
        return;
    };
    let read = |path: &str| fs::read_to_string(fixture::root().join(path)).unwrap();
    let document = read(DOCUMENT);
    let clean = [
        document.clone(),
        new_operation::added_to(&document),
        read(SAMPLE),
    ];
    let clean = clean.into_iter().map(|text| {
        let read = Document::parse(DOCUMENT, &text).unwrap();
        assert!(lint(&read).is_ok());
        ("a document that is right", false, text)
    });
    let mutated = ROWS.iter().map(|row| {
        let text = mutations::mutated(row, &document).unwrap();
        (row.name, row.spectral, text)
    });
    let cases: Vec<_> = clean.chain(mutated).collect();

    let folder = tempfile::tempdir().unwrap();
    for (index, (_, _, text)) in cases.iter().enumerate() {
        fs::write(folder.path().join(format!("{index}.yaml")), text).unwrap();
    }
    let output = Command::new(program)
        .args(["lint", "*.yaml", "--format=json", "--quiet", "--ruleset"])
        .arg(fixture::root().join("openapi/spectral.yaml"))
        .current_dir(&folder)
        .output()
        .unwrap();
    let failed = String::from_utf8_lossy(&output.stderr);
    let findings: Vec<Finding> =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {failed}"));

    let mut found: BTreeMap<usize, Vec<&Finding>> = BTreeMap::new();
    for finding in &findings {
        let (_, file) = finding.source.rsplit_once('/').unwrap();
        let index = file.trim_end_matches(".yaml").parse().unwrap();
        found.entry(index).or_default().push(finding);
    }
    let wrong: Vec<_> = cases
        .iter()
        .enumerate()
        .filter(|(index, (_, wanted, _))| found.contains_key(index) != *wanted)
        .map(|(index, (name, ..))| {
            let what = found.get(&index).and_then(|all| all.first());
            what.map_or_else(
                || format!("{name}: Spectral does not find it"),
                |it| format!("{name}: Spectral finds {}: {}", it.code, it.message),
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(ROWS.iter().filter(|row| row.spectral).count() >= 80);

    // No rule of ours is idle.
    let rules = fs::read_to_string(fixture::root().join("openapi/spectral.yaml")).unwrap();
    let ours = rules
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'))
        .filter(|name| name.starts_with("aim-"));
    let at_work: BTreeSet<_> = findings.iter().map(|it| it.code.as_str()).collect();
    let idle: Vec<_> = ours.filter(|name| !at_work.contains(name)).collect();
    assert_eq!(idle, [""; 0], "these rules find no mutation");
}

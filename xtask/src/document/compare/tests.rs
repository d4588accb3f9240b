//! Tests the cases of `xtask/tests/diff`, also with two other tools.

use std::process::Command;
use std::sync::LazyLock;

use serde_yaml::{Mapping, Value};

use super::change::{Audience, Change, names};
use super::{Base, CHANGELOG, Comparison, compare, read};

const BASE: &str = include_str!("../../../tests/diff/base.yaml");
const EDITS: &str = include_str!("../../../tests/diff/cases.yaml");

/// Each case with the changes that we find.
static CASES: LazyLock<Vec<(Case, Vec<Change>)>> = LazyLock::new(|| {
    let base = read::read("base.yaml", BASE).unwrap();
    let compared = |case: Case| {
        let edited = serde_yaml::to_string(&case.edited).unwrap();
        let edited = read::read("edited.yaml", &edited).unwrap();
        let changes = compare(&base, &edited);
        (case, changes)
    };
    cases().into_iter().map(compared).collect()
});

struct Case {
    name: String,
    /// How the edit counts in the published set, if it is part of it.
    published: Option<String>,
    edited: Value,
    report: Vec<String>,
}

fn cases() -> Vec<Case> {
    let base: Value = serde_yaml::from_str(BASE).unwrap();
    let cases: Vec<Value> = serde_yaml::from_str(EDITS).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let case = |case: &Value| {
        let mut edited = base.clone();
        for step in case["edit"].as_sequence().unwrap() {
            edit(&mut edited, step.as_mapping().unwrap());
        }
        Case {
            name: text(&case["case"]),
            published: case.get("published").map(text),
            edited,
            report: case["report"]
                .as_sequence()
                .unwrap()
                .iter()
                .map(text)
                .collect(),
        }
    };
    cases.iter().map(case).collect()
}

fn edit(document: &mut Value, step: &Mapping) {
    let get = |key: &str| step.get(key).and_then(Value::as_str);
    let place = ["remove", "at", "rename", "first"]
        .into_iter()
        .find_map(get)
        .unwrap();
    let (holder, key) = place.rsplit_once('/').unwrap();
    let unescape = |step: &str| step.replace("~1", "/").replace("~0", "~");
    let mut holder_value = document;
    for step in holder.split('/').skip(1) {
        let step = unescape(step);
        holder_value = match holder_value {
            Value::Sequence(items) => &mut items[step.parse::<usize>().unwrap()],
            value => value
                .get_mut(key_of(value, &step))
                .unwrap_or_else(|| panic!("{place}")),
        };
    }
    let key = unescape(key);
    match holder_value {
        Value::Sequence(items) => {
            let index = key.parse::<usize>().unwrap();
            match step.get("value") {
                Some(value) if index == items.len() => items.push(value.clone()),
                Some(value) => items[index] = value.clone(),
                None => drop(items.remove(index)),
            }
        }
        Value::Mapping(members) => {
            let place = members.iter().position(|(name, _)| is_key(name, &key));
            let mut all: Vec<_> = std::mem::take(members).into_iter().collect();
            match (place, step.get("value")) {
                (Some(place), Some(value)) => all[place].1 = value.clone(),
                (None, Some(value)) => all.push((key.into(), value.clone())),
                (Some(place), None) if step.contains_key("first") => {
                    let member = all.remove(place);
                    all.insert(0, member);
                }
                (Some(place), None) if step.contains_key("rename") => {
                    all[place].0 = get("to").unwrap().into();
                }
                (Some(place), None) => drop(all.remove(place)),
                (None, None) => panic!("{key}"),
            }
            *members = all.into_iter().collect();
        }
        _ => panic!("{key}"),
    }
}

fn is_key(key: &Value, name: &str) -> bool {
    key.as_str() == Some(name) || key.as_u64().is_some_and(|key| key.to_string() == name)
}

fn key_of(map: &Value, name: &str) -> Value {
    let keys = map.as_mapping().into_iter().flatten().map(|(key, _)| key);
    keys.into_iter()
        .find(|key| is_key(key, name))
        .cloned()
        .unwrap_or_else(|| name.into())
}

fn said(change: &Change) -> String {
    let breaks: Vec<_> = change
        .breaks()
        .iter()
        .map(|one| Audience::name(*one))
        .collect();
    let breaks = if breaks.is_empty() {
        "-".to_owned()
    } else {
        breaks.join(" ")
    };
    format!(
        "{} {}/{} [{}] {breaks}: {}: {}",
        change.severity().name(),
        change.document_level().name(),
        change.crate_level().name(),
        names(change.sides.iter().map(|side| side.name())),
        change.pointer,
        change.what
    )
}

#[test]
fn says_of_each_edit_what_it_means() {
    let mut wrong = Vec::new();
    for (case, changes) in CASES.iter() {
        let found: Vec<_> = changes.iter().map(said).collect();
        let (mut sorted, mut expected) = (found.clone(), case.report.clone());
        sorted.sort();
        expected.sort();
        if sorted != expected {
            wrong.push(format!(
                "{}\n  expected\n    {}\n  found\n    {}",
                case.name,
                case.report.join("\n    "),
                found.join("\n    ")
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What does not fit a version of the base with an edit, and what its changelog
/// does not name.
fn misfits(edited: &str, changelog: &str) -> (String, Option<String>) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    std::fs::create_dir(root.join("openapi")).unwrap();
    std::fs::write(root.join(CHANGELOG), changelog).unwrap();
    let base = Base {
        name: "base.yaml".to_owned(),
        text: BASE.to_owned(),
    };
    let edited = read::read("edited.yaml", edited).unwrap();
    let comparison = Comparison::with(root, &base, &edited).unwrap();
    (
        comparison.misfits(root).join("\n"),
        comparison.unmentioned(root),
    )
}

/// A version may be more than what follows, but not less.
#[test]
fn a_version_that_does_not_fit_is_said_with_the_one_that_follows() {
    let renamed = BASE.replacen("operationId: Look\n", "operationId: Other\n", 1);
    for (is, heading, expected) in [
        ("1.0.0", "1.0.0", Some("is major: raise it to 2.0.0\n")),
        ("1.1.0", "1.1.0", Some("is major: raise it to 2.0.0\n")),
        ("2.0.0", "1.1.0", Some("under `## [2.0.0]`")),
        ("2.0.0", "2.0.0", None),
        ("99.0.0", "99.0.0", None),
        ("next", "99.0.0", Some("is `next`, which is not a version")),
    ] {
        let edited = renamed.replacen("version: 1.0.0", &format!("version: {is}"), 1);
        let (found, _) = misfits(&edited, &format!("## [{heading}]\n\n## [1.0.0]\n"));
        match expected {
            Some(expected) => assert!(found.contains(expected), "{is}: {found}"),
            None => assert_eq!(found, "", "{is}"),
        }
    }
}

#[test]
fn the_changelog_names_what_changed() {
    let added = "        TestNumber: {type: string}\n        Found:\n";
    let edited = BASE.replacen("        Found:\n", added, 1);
    let edited = edited.replacen("version: 1.0.0", "version: 1.1.0", 1);
    let unnamed = "openapi/CHANGELOG.md: what is said of 1.1.0 does not name\n  TestNumber";
    for (said, expected) in [("TestNumbers.", Some(unnamed)), ("`TestNumber`.", None)] {
        let changelog = format!("## [1.1.0]\n\n{said}\n\n## [1.0.0]\n");
        let found = misfits(&edited, &changelog);
        assert_eq!(found, (String::new(), expected.map(ToOwned::to_owned)));
    }
}

/// Other tools; exit code 1 means a breaking change.
const TOOLS: [(&str, &[&str]); 2] = [
    ("redocly", &["diff"]),
    ("oasdiff", &["breaking", "--fail-on", "WARN"]),
];

/// We find all of the published set, without a false alarm. Other tools run on
/// the same edits where they are installed; the test prints a table of both.
#[test]
fn finds_what_other_tools_find() {
    let breaks = |changes: &[Change]| changes.iter().any(|change| !change.breaks().is_empty());
    for (case, changes) in CASES.iter() {
        if let Some(published) = &case.published {
            assert_eq!(breaks(changes), published == "breaking", "{}", case.name);
        }
    }
    let published = |kind: &str| {
        let is_one = |case: &Case| case.published.as_deref() == Some(kind);
        CASES.iter().filter(|(case, _)| is_one(case)).count()
    };
    assert_eq!((published("breaking"), published("harmless")), (14, 6));

    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("base.yaml");
    std::fs::write(&base, BASE).unwrap();
    for (tool, arguments) in TOOLS {
        if Command::new(tool).arg("--version").output().is_err() {
            println!("skipped: {tool} is not installed");
            continue;
        }
        let (mut found, mut alarms) = (0, 0);
        for (case, changes) in CASES.iter() {
            let edited = folder.path().join("edited.yaml");
            std::fs::write(&edited, serde_yaml::to_string(&case.edited).unwrap()).unwrap();
            let output = Command::new(tool)
                .args(arguments)
                .args([&base, &edited])
                .output()
                .unwrap();
            let theirs = output.status.code() == Some(1);
            let word = |breaks: bool| if breaks { "breaking" } else { "-" };
            println!(
                "{:9} {:9} {tool}: {}",
                word(breaks(changes)),
                word(theirs),
                case.name
            );
            match case.published.as_deref() {
                Some("breaking") => found += usize::from(theirs),
                Some(_) => alarms += usize::from(theirs),
                None => {}
            }
        }
        println!(
            "{tool}: {found} of 14 of the published set, {alarms} false alarms; ours 14 and 0"
        );
    }
}

/// No difference is missed, and each has a rule: removes or changes each value
/// of the document, and compares in both directions.
#[test]
fn says_something_of_every_difference() {
    let base = read::read("base.yaml", BASE).unwrap();
    let mut places = Vec::new();
    collect(&base, String::new(), &mut places);
    assert!(places.len() > 400, "{}", places.len());
    let mut silent = Vec::new();
    for place in places {
        for is_removed in [false, true] {
            let mut other = base.clone();
            let (holder, key) = place.rsplit_once('/').unwrap();
            let unescaped = key.replace("~1", "/").replace("~0", "~");
            let value = at(&mut other, &place);
            match (is_removed, value) {
                (true, _) => match at(&mut other, holder) {
                    Value::Mapping(members) => drop(members.shift_remove(unescaped.as_str())),
                    Value::Sequence(items) => drop(items.remove(key.parse().unwrap())),
                    _ => panic!("{place}"),
                },
                (false, Value::String(text)) => text.push('X'),
                (false, Value::Bool(value)) => *value = !*value,
                (false, value @ Value::Number(_)) => *value = 77.into(),
                (false, _) => continue,
            }
            for (old, new) in [(&base, &other), (&other, &base)] {
                let changes = compare(old, new);
                // Except for a reference that is broken now.
                let is_loud = changes.iter().any(|change| {
                    change.what.contains("has no rule") && !change.what.starts_with("`$ref`")
                });
                if place != "/info/version" && (changes.is_empty() || is_loud) {
                    silent.push(format!("{place}, removed {is_removed}: {changes:?}"));
                }
            }
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

fn collect(value: &Value, place: String, places: &mut Vec<String>) {
    if !place.is_empty() {
        places.push(place.clone());
    }
    match value {
        Value::Mapping(members) => {
            for (key, value) in members {
                collect(
                    value,
                    super::pair::join(&place, key.as_str().unwrap()),
                    places,
                );
            }
        }
        Value::Sequence(items) => {
            for (index, value) in items.iter().enumerate() {
                collect(value, format!("{place}/{index}"), places);
            }
        }
        _ => {}
    }
}

fn at<'v>(value: &'v mut Value, pointer: &str) -> &'v mut Value {
    pointer.split('/').skip(1).fold(value, |value, step| {
        let step = step.replace("~1", "/").replace("~0", "~");
        match value {
            Value::Sequence(items) => &mut items[step.parse::<usize>().unwrap()],
            value => value.get_mut(step.as_str()).unwrap(),
        }
    })
}

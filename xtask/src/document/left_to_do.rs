//! What a change of the document asks for besides its generated files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fmt, fs};

use aim_codegen::regen::JSON;
use serde_json::Value;
use xtask::git;

use crate::audit::Ledger;

/// What a change asks for, seen in the folder of the workspace.
pub(crate) struct Change<'a> {
    pub(crate) root: &'a Path,
    /// The document as JSON, as it was and as it is.
    pub(crate) was: &'a str,
    pub(crate) is: &'a str,
    /// Sentences about its version and changelog.
    pub(crate) misfits: &'a [String],
}

impl Change<'_> {
    /// The steps that are left after the files were written; empty if there are
    /// none.
    pub(crate) fn left_to_do(&self) -> String {
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
        let misfits = self.misfits.iter();
        let mut left: Vec<_> = misfits.map(|misfit| format!("- {misfit}\n")).collect();
        left.extend(self.steps(&read(self.was), &read(self.is)));
        if left.is_empty() {
            return String::new();
        }
        format!("left to do:\n{}", left.concat())
    }

    fn steps(&self, old: &Value, new: &Value) -> Vec<String> {
        let mut steps = Vec::new();
        // Without an earlier copy there is nothing to compare with.
        if old == new || old.is_null() {
            return steps;
        }
        let (old_things, new_things) = (things(old), things(new));
        let ledger = Ledger::of(self.root);
        let gone = unclaimed(&old_things, &new_things, &ledger);
        let added = unclaimed(&new_things, &old_things, &ledger);
        if !gone.is_empty() || !added.is_empty() {
            steps.push(format!(
                "- openapi/DEVIATIONS.md: an entry where the vendor's pages have it otherwise; `cargo test \
                 --package aim-tests --test document` says which is missing, of{}\n",
                [("new", &added), ("gone", &gone)]
                    .iter()
                    .flat_map(|(what, things)| things.iter().map(move |thing| format!("\n  {what}: {thing}")))
                    .collect::<String>()
            ));
        }
        if sent(old) != sent(new) && !is_touched(self.root, SNAPSHOTS) {
            steps.push(format!(
                "- {SNAPSHOTS}: what goes over the wire; write the new ones with `INSTA_UPDATE=always \
                 cargo test --package aim-tests --test wire`, then read `git add --intent-to-add \
                 {SNAPSHOTS} && git diff {SNAPSHOTS}`\n"
            ));
        }
        let outcomes = fs::read_to_string(self.root.join(OUTCOMES)).unwrap_or_default();
        let outcomes: Value = serde_json::from_str(&outcomes).unwrap_or_default();
        let is_tried = |id: &String| {
            let mut rows = outcomes.as_array().into_iter().flatten();
            rows.any(|row| row["operation"] == id.as_str())
        };
        let untried: Vec<_> = ids(new).into_iter().filter(|id| !is_tried(id)).collect();
        if !untried.is_empty() {
            steps.push(format!(
                "- {OUTCOMES}: answers of {}, by which each client tests its rule of success; `cargo test \
                 --package aim-tests --test client outcomes` holds ours to them\n",
                untried.join(", ")
            ));
        }
        if let Ok(credentials) = fs::read_to_string(self.root.join(CREDENTIALS)) {
            let is_sent = |name: &&str| credentials.contains(&format!("\"{name}\""));
            let declared = headers(new).into_iter();
            let unsent: Vec<_> = declared.filter(|name| !is_sent(name)).collect();
            if !unsent.is_empty() {
                steps.push(format!(
                    "- {CREDENTIALS}: the header {}, which callers have to set with \
                     `CallOptions::header` until it is there\n",
                    unsent.join(", ")
                ));
            }
        }
        let new_names = names(new);
        for name in names(old).difference(&new_names) {
            let files = files_with(self.root, name);
            if !files.is_empty() {
                steps.push(format!(
                    "- `{name}` is no name of the document any more, and stands in\n  {}\n",
                    files.join("\n  ")
                ));
            }
        }
        steps
    }
}

const SNAPSHOTS: &str = "tests/snapshots";
const OUTCOMES: &str = "openapi/outcomes.json";
const CREDENTIALS: &str = "crates/aim-client/src/call/credentials.rs";

/// What may name what is gone: generated files, the ledger with the changelogs,
/// what was received from elsewhere, and what has a step of its own.
const HISTORY: [&str; 12] = [
    "*/generated/*",
    "*CHANGELOG.md",
    "crates/*/openapi/*",
    "crates/aim-fake/src/model/names.rs",
    "openapi/DEVIATIONS.md",
    "openapi/aim.json",
    "openapi/released.yaml",
    "tests/fixtures",
    "tests/fuzz/corpus",
    "tests/snapshots",
    "xtask/tests/audit",
    "xtask/tests/diff",
];

/// The document's copy in the last commit.
pub(crate) fn committed(root: &Path) -> Option<String> {
    git(root, &["show", &format!("HEAD:./{JSON}")]).ok()
}

/// Whether something in a folder is other than in the last commit; whether it is
/// all that is needed is for a test to say.
fn is_touched(root: &Path, folder: &str) -> bool {
    git(root, &["status", "--porcelain", "--", folder]).is_ok_and(|printed| !printed.is_empty())
}

/// The files that have a name of the document as a word, in any language's case.
fn files_with(root: &Path, name: &str) -> Vec<String> {
    let mut snake = String::new();
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        let before_word = letters.peek().is_some_and(char::is_ascii_lowercase);
        let after_word = snake.ends_with(|last: char| last.is_ascii_lowercase());
        if letter.is_ascii_uppercase() && !snake.is_empty() && (before_word || after_word) {
            snake.push('_');
        }
        snake.push(letter);
    }
    let search = [
        "grep",
        "--files-with-matches",
        "--word-regexp",
        "--ignore-case",
        "-I",
    ];
    let of = ["--fixed-strings", "-e", name, "-e", &snake, "--", "."];
    let except = HISTORY.map(|path| format!(":(exclude){path}"));
    let except: Vec<&str> = except.iter().map(String::as_str).collect();
    let printed = git(root, &[&search[..], &of, &except].concat());
    printed
        .unwrap_or_default()
        .lines()
        .map(ToOwned::to_owned)
        .collect()
}

/// A part of the document that the ledger can make a claim of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    /// Its verb and path.
    Operation(String),
    Header {
        name: String,
        of: String,
    },
    Member {
        of: String,
        name: String,
        is: String,
    },
}

impl Thing {
    /// The vendor's type, as far as it is known.
    fn of(&self) -> Option<&str> {
        match self {
            Self::Member { of, .. } => Some(of),
            Self::Operation(_) | Self::Header { .. } => None,
        }
    }

    /// What a claim of it is about, where the others do not have it so.
    fn aspects(&self, others: &BTreeSet<Self>) -> &'static [&'static str] {
        match self {
            Self::Operation(_) => &["operation"],
            Self::Header { .. } => &["header"],
            Self::Member { .. } => {
                let is_there =
                    |other: &Self| other.of() == self.of() && other.field() == self.field();
                if others.iter().any(is_there) {
                    &["type", "required"]
                } else {
                    &["name", "extra"]
                }
            }
        }
    }

    fn field(&self) -> &str {
        match self {
            Self::Operation(name) | Self::Header { name, .. } | Self::Member { name, .. } => name,
        }
    }
}

impl fmt::Display for Thing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation(operation) => formatter.write_str(operation),
            Self::Header { name, of } => write!(formatter, "{name}, a header of {of}"),
            Self::Member { of, name, is } => write!(formatter, "{of}.{name} ({is})"),
        }
    }
}

/// What only one of the two has, and no entry of the ledger claims.
fn unclaimed<'a>(
    these: &'a BTreeSet<Thing>,
    others: &'a BTreeSet<Thing>,
    ledger: &Ledger,
) -> Vec<&'a Thing> {
    let only = differing(these, others);
    only.filter(|thing| !ledger.claims(thing.of(), thing.field(), thing.aspects(others)))
        .collect()
}

/// What only one of the two has; of an operation not also its headers.
fn differing<'a>(
    these: &'a BTreeSet<Thing>,
    others: &'a BTreeSet<Thing>,
) -> impl Iterator<Item = &'a Thing> {
    let is_said = |thing: &&Thing| match thing {
        Thing::Header { of, .. } => {
            let operation = Thing::Operation(of.clone());
            !these.contains(&operation) || others.contains(&operation)
        }
        _ => true,
    };
    these.difference(others).filter(is_said)
}

/// The operations with their headers, and the members with their types.
fn things(document: &Value) -> BTreeSet<Thing> {
    let mut things = BTreeSet::new();
    for (path, item) in members(&document["paths"]) {
        for (verb, operation) in members(item) {
            let called = format!("{} {path}", verb.to_uppercase());
            let parameters = operation["parameters"].as_array();
            for header in parameters.into_iter().flatten() {
                if let Some(reference) = header["$ref"].as_str() {
                    things.insert(Thing::Header {
                        name: reference.rsplit('/').next().unwrap_or(reference).to_owned(),
                        of: called.clone(),
                    });
                }
            }
            things.insert(Thing::Operation(called));
        }
    }
    for (of, schema) in members(&document["components"]["schemas"]) {
        for (name, property) in members(&schema["properties"]) {
            let kind = property["x-aim-dotnet-type"].as_str().unwrap_or_default();
            let is_required = schema["required"]
                .as_array()
                .is_some_and(|required| required.iter().any(|required| required == name));
            let required = if is_required { ", required" } else { "" };
            things.insert(Thing::Member {
                of: of.clone(),
                name: name.clone(),
                is: format!("{kind}{required}"),
            });
        }
    }
    things
}

/// The names of all operations, types, members and headers.
fn names(document: &Value) -> BTreeSet<&str> {
    let mut names = headers(document);
    names.extend(members(&document["paths"]).filter_map(|(path, _)| path.rsplit('/').next()));
    for (name, schema) in members(&document["components"]["schemas"]) {
        names.insert(name);
        names.extend(members(&schema["properties"]).map(|(name, _)| name.as_str()));
    }
    names
}

/// The names of the headers that go with a request, but for the keys.
fn headers(document: &Value) -> BTreeSet<&str> {
    let shared = members(&document["components"]["parameters"]).map(|(_, parameter)| parameter);
    let lists = operations(document).filter_map(|operation| operation["parameters"].as_array());
    let headers = shared.chain(lists.flatten());
    headers
        .filter(|parameter| parameter["in"] == "header")
        .filter_map(|header| header["name"].as_str())
        .collect()
}

fn operations(document: &Value) -> impl Iterator<Item = &Value> {
    let paths = members(&document["paths"]);
    paths.flat_map(|(_, item)| members(item).map(|(_, operation)| operation))
}

fn ids(document: &Value) -> BTreeSet<String> {
    let ids = operations(document).filter_map(|operation| operation["operationId"].as_str());
    ids.map(ToOwned::to_owned).collect()
}

/// What may change a request on the wire: all that is neither prose nor of answers.
fn sent(document: &Value) -> Value {
    let mut paths = document["paths"].clone();
    without_prose(&mut paths);
    let requests = operations(document).filter_map(|operation| operation["x-aim-request"].as_str());
    let mut names: Vec<&str> = requests.collect();
    let mut schemas = BTreeMap::new();
    while let Some(name) = names.pop() {
        let schema = &document["components"]["schemas"][name];
        if !schemas.contains_key(name) {
            held_by(schema, &mut names);
            let mut schema = schema.clone();
            without_prose(&mut schema);
            schemas.insert(name, schema);
        }
    }
    serde_json::json!([paths, schemas, document["components"]["parameters"]])
}

/// Adds the schemas that a value refers to.
fn held_by<'a>(value: &'a Value, names: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            let target = members.get("$ref").and_then(Value::as_str);
            names.extend(target.and_then(|target| target.strip_prefix("#/components/schemas/")));
            members.values().for_each(|value| held_by(value, names));
        }
        Value::Array(items) => items.iter().for_each(|value| held_by(value, names)),
        _ => {}
    }
}

fn without_prose(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for prose in [
                "description",
                "summary",
                "externalDocs",
                "tags",
                "responses",
                "x-aim-evidence",
                "x-aim-licenses",
                "x-aim-lookup",
                "x-aim-partial",
                "x-aim-repeat",
                "x-go-name",
                "x-internal",
            ] {
                members.remove(prose);
            }
            members.values_mut().for_each(without_prose);
        }
        Value::Array(items) => items.iter_mut().for_each(without_prose),
        _ => {}
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

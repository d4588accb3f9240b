//! What a change of the document asks for besides its generated files.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use aim_codegen::regen::JSON;
use serde_json::Value;

/// The steps that are left after the files were written; empty if there are none.
/// `was` and `is` are the document as JSON, `misfits` the sentences about version
/// and changelog.
pub(crate) fn after(was: &str, is: &str, misfits: &[String]) -> String {
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let mut left: Vec<_> = misfits
        .iter()
        .map(|misfit| format!("- {misfit}\n"))
        .collect();
    left.extend(steps(&read(was), &read(is)));
    if left.is_empty() {
        return String::new();
    }
    format!("left to do:\n{}", left.concat())
}

/// The document's copy in the last commit.
pub(crate) fn committed(root: &Path) -> Option<String> {
    let mut git = Command::new("git");
    git.args(["show", &format!("HEAD:./{JSON}")])
        .current_dir(root)
        .stderr(Stdio::null());
    let shown = git.output().ok().filter(|shown| shown.status.success())?;
    String::from_utf8(shown.stdout).ok()
}

fn steps(old: &Value, new: &Value) -> Vec<String> {
    let mut steps = Vec::new();
    // Without an earlier copy there is nothing to compare with.
    if old == new || old.is_null() {
        return steps;
    }
    let (old_names, new_names) = (names(old), names(new));
    let gone = differing(&old_names, &new_names);
    let added = differing(&new_names, &old_names);
    if !gone.is_empty() || !added.is_empty() {
        steps.push(format!(
            "- openapi/DEVIATIONS.md: an entry where the vendor's pages have it otherwise; `cargo test \
             --package aim-tests --test document` says which is missing, of{}\n",
            [("new", &added), ("gone", &gone)]
                .iter()
                .flat_map(|(what, names)| names.iter().map(move |name| format!("\n  {what}: {name}")))
                .collect::<String>()
        ));
    }
    if sent(old) != sent(new) {
        steps.push(
            "- tests/snapshots: what goes over the wire; write the new ones with `INSTA_UPDATE=always \
             cargo test --package aim-tests --test wire`, then read `git add --intent-to-add \
             tests/snapshots && git diff tests/snapshots`\n"
                .to_owned(),
        );
    }
    steps
}

/// What only one of the two has; of an operation not also its headers.
fn differing(these: &BTreeSet<String>, others: &BTreeSet<String>) -> Vec<String> {
    let only = these - others;
    let is_said = |name: &&String| {
        let of = name.split_once(HEADER_OF).map(|(_, operation)| operation);
        !of.is_some_and(|operation| only.contains(operation))
    };
    only.iter().filter(is_said).cloned().collect()
}

const HEADER_OF: &str = ", a header of ";

/// The operations with their headers, and the members with their types.
fn names(document: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (path, item) in members(&document["paths"]) {
        for (verb, operation) in members(item) {
            let verb = verb.to_uppercase();
            names.insert(format!("{verb} {path}"));
            let parameters = operation["parameters"].as_array();
            for header in parameters.into_iter().flatten() {
                if let Some(reference) = header["$ref"].as_str() {
                    let name = reference.rsplit('/').next().unwrap_or(reference);
                    names.insert(format!("{name}{HEADER_OF}{verb} {path}"));
                }
            }
        }
    }
    for (name, schema) in members(&document["components"]["schemas"]) {
        for (member, property) in members(&schema["properties"]) {
            let kind = property["x-aim-dotnet-type"].as_str().unwrap_or_default();
            let is_required = schema["required"]
                .as_array()
                .is_some_and(|required| required.iter().any(|required| required == member));
            let required = if is_required { ", required" } else { "" };
            names.insert(format!("{name}.{member} ({kind}{required})"));
        }
    }
    names
}

/// What may change a request on the wire: all that is not prose.
fn sent(document: &Value) -> Value {
    let mut paths = document["paths"].clone();
    let mut schemas = document["components"]["schemas"].clone();
    for value in [&mut paths, &mut schemas] {
        without_prose(value);
    }
    Value::Array(vec![
        paths,
        schemas,
        document["components"]["parameters"].clone(),
    ])
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

//! Every example of the document is a value of the client's types: it is read
//! and written again without loss. `regen` checks that it fits the document.

use std::collections::BTreeSet;

use crate::each_edit_fails;
use aim_tests::ordered::{self, Value, at, items, leaves, members, operations, text, type_name};
use aim_tests::types::rewritten;
use serde_yaml::Mapping;

/// A visitor of the examples of a document.
struct Examples<'a> {
    document: &'a Value,
    failures: Vec<String>,
}

/// The failures of all examples of a document.
fn failures(document: &Value) -> Vec<String> {
    let mut examples = Examples {
        document,
        failures: Vec::new(),
    };
    for operation in operations(document) {
        let pointer = operation.path.replace('/', "~1");
        let pointer = format!("/paths/{pointer}/{}", operation.method.to_lowercase());
        examples.contents(&format!("{pointer}/requestBody"));
        for (status, _) in members(operation.value, "/responses") {
            examples.contents(&format!("{pointer}/responses/{status}"));
        }
    }
    for (name, schema) in members(document, "/components/schemas") {
        for (member, _) in members(schema, "/properties") {
            examples.property(name, member);
        }
    }
    examples.failures
}

impl<'a> Examples<'a> {
    /// The value at a pointer and its own pointer, after a `$ref`.
    fn follow(&self, pointer: &str) -> (String, &'a Value) {
        let value = at(self.document, pointer).unwrap_or(&Value::Null);
        match text(value, "/$ref").strip_prefix('#') {
            Some(target) => self.follow(target),
            None => (pointer.to_owned(), value),
        }
    }

    fn fail(&mut self, pointer: &str, problem: &str) {
        self.failures.push(format!("{pointer}: {problem}"));
    }

    /// Checks the examples of a request body or of a response.
    fn contents(&mut self, pointer: &str) {
        let (pointer, body) = self.follow(pointer);
        for (media, content) in members(body, "/content") {
            let pointer = format!("{pointer}/content/{}/examples", media.replace('/', "~1"));
            for (name, _) in members(content, "/examples") {
                let place = format!("{pointer}/{name}");
                let (target, example) = self.follow(&place);
                let value = example.get("value").unwrap_or(&Value::Null);
                match type_name(&content["schema"]) {
                    Some(type_) => self.read(&target, type_, value),
                    None if value.is_string() && media != "application/json" => {}
                    None => self.fail(&place, "its media type has no type of the client"),
                }
            }
        }
    }

    /// Checks the example of a property, in an object with the members that its
    /// type requires.
    fn property(&mut self, type_: &str, member: &str) {
        let schema = format!("/components/schemas/{type_}");
        let place = format!("{schema}/properties/{member}/example");
        let mut object = Mapping::new();
        for (name, property) in members(self.document, &format!("{schema}/properties")) {
            let required = items(self.document, &format!("{schema}/required"));
            let example = property.get("example");
            match example {
                Some(example) if name == member || required.iter().any(|r| r == name) => {
                    object.insert(name.into(), example.clone());
                }
                None if name == member => return self.fail(&place, "there is no example"),
                _ => {}
            }
        }
        let value = Value::Mapping(object);
        self.read(&place, type_, &value);
    }

    /// Checks that the value is read and written again without loss.
    fn read(&mut self, place: &str, type_: &str, value: &Value) {
        let compared = ordered::json(value)
            .map_err(|error| error.to_string())
            .and_then(|text| Ok((rewritten(type_, &text)?, text)))
            .and_then(|(after, before)| lost(&before, &after));
        if let Err(problem) = compared {
            self.fail(place, &problem);
        }
    }
}

/// Says where two JSON texts differ as values. The zero fraction of a date does
/// not count, since it is not written.
fn lost(before: &str, after: &str) -> Result<(), String> {
    let leaves = |json: &str| -> Result<BTreeSet<_>, String> {
        let leaves = leaves(json).map_err(|error| error.to_string())?;
        Ok(leaves.into_iter().collect())
    };
    let before = leaves(&before.replace(".0000000\"", "\""))?;
    let after = leaves(after)?;
    if before == after {
        return Ok(());
    }
    let lost: Vec<_> = before.difference(&after).collect();
    let added: Vec<_> = after.difference(&before).collect();
    Err(format!(
        "is not written as it was read: loses {lost:?}, gains {added:?}"
    ))
}

#[test]
fn every_example_is_a_value_of_its_type() {
    let failures = failures(&ordered::document());
    assert!(
        failures.is_empty(),
        "{} failures:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn an_example_that_is_wrong_fails() {
    each_edit_fails(
        failures,
        &[
            (
                "        WebRef: ST-40117\n",
                "        WebReff: ST-40117\n",
                "is not written as it was read",
            ),
            (
                "        Unlock: false\n        MassUpdateItems:",
                "        Unlock: perhaps\n        MassUpdateItems:",
                "cannot read",
            ),
            (
                "$ref: '#/components/examples/GetContractDetailsRequest.realistic'",
                "value: {Ref: R-1, Sub: x}",
                "cannot read",
            ),
            (
                "$ref: '#/components/examples/GetContractDetailsRequest.realistic'",
                "value: {Ref: R-1, Sub: '5'}",
                "is not written as it was read",
            ),
            (
                "          example: Yamaha\n",
                "",
                "Mfg/example: there is no example",
            ),
            (
                "          example: Yamaha\n",
                "          example: [Yamaha]\n",
                "Mfg/example: InventoryGeneric cannot read",
            ),
        ],
    );
}

#[test]
fn only_the_zero_fraction_of_a_date_may_be_lost() {
    let same = |before: &str, after: &str| lost(before, after).is_ok();
    assert!(same(r#"{"A":"x.0000000","B":[1]}"#, r#"{"B":[1],"A":"x"}"#));
    for (before, after) in [
        (r#"{"A":1}"#, r#"{"A":"1"}"#),
        (r#"{"A":[]}"#, "{}"),
        (r#"{"A":"x"}"#, r#"{"A":"x.0000000"}"#),
        (r#"{"A":1.5}"#, r#"{"A":1.25}"#),
    ] {
        assert!(!same(before, after), "{before} {after}");
    }
}

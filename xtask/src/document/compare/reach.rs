//! Finds the schemas that requests and answers use.

use serde_yaml::Value;

use super::change::{Side, Sides};
use super::pair::{keys, text};
use super::read::named;
use super::walk::{Operation, Walk};

/// Adds the schemas that requests and answers of a version use, at any depth.
pub(super) fn reach<'a>(version: &'a Value, sides: &mut Sides<'a>) {
    let mut reach = Reach {
        version,
        found: Sides::new(),
    };
    for operation in Operation::all(version) {
        for parameter in Walk::parameters_of(version, &operation) {
            reach.value(parameter.value, Side::Request);
        }
        if let Some(body) = operation.value.get("requestBody") {
            let (body, _) = Walk::resolved(version, "requestBodies", body, "");
            reach.value(body, Side::Request);
        }
        reach.schema(text(operation.value.get("x-aim-request")), Side::Request);
        let answers = operation.value.get("responses");
        for status in keys(answers) {
            if let Some(answer) = answers.and_then(|answers| answers.get(status)) {
                let (answer, _) = Walk::resolved(version, "responses", answer, "");
                reach.value(answer, Side::Answer);
            }
        }
    }
    for (name, found) in reach.found {
        let known = sides.entry(name).or_default();
        known.extend(found);
        known.sort();
        known.dedup();
    }
}

struct Reach<'a> {
    version: &'a Value,
    found: Sides<'a>,
}

impl<'a> Reach<'a> {
    fn value(&mut self, value: &'a Value, side: Side) {
        match value {
            Value::Mapping(members) => {
                if let Some(name) = named(value, "schemas") {
                    self.schema(name, side);
                }
                for (_, member) in members {
                    self.value(member, side);
                }
            }
            Value::Sequence(items) => {
                for item in items {
                    self.value(item, side);
                }
            }
            _ => {}
        }
    }

    fn schema(&mut self, name: &'a str, side: Side) {
        let sides = self.found.entry(name).or_default();
        if sides.contains(&side) {
            return;
        }
        sides.push(side);
        let schemas = self
            .version
            .get("components")
            .and_then(|components| components.get("schemas"));
        if let Some(schema) = schemas.and_then(|schemas| schemas.get(name)) {
            self.value(schema, side);
        }
    }
}

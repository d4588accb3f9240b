//! Examples in the document: found, written and made.

use std::collections::BTreeMap;

use serde_yaml::{Mapping, Value};

use crate::compare::pair::{keys, list, text};

use super::described::{at, is_scalar, item_of};
use super::edit::{Editor, at_mut};
use super::jsv::jsv;
use super::samples::placeholder;

impl Editor {
    /// What the framework would print in a sample.
    pub(super) fn sample_of(&self, kind: &str, depth: usize) -> Value {
        let item = item_of(kind);
        if is_scalar(item) {
            let value = placeholder(item);
            return if kind.starts_with("List<") {
                Value::Sequence(vec![value])
            } else {
                value
            };
        }
        let mut members = Mapping::new();
        if depth < 4 {
            for (name, kind) in self.members_of(item) {
                // The framework leaves a date out that is none.
                if kind != "DateTime" {
                    members.insert(name.into(), self.sample_of(&kind, depth + 1));
                }
            }
        }
        let value = Value::Mapping(members);
        if kind.starts_with("List<") {
            Value::Sequence(vec![value])
        } else {
            value
        }
    }

    /// An example of a C# type: of an object what it requires, or its first member.
    pub(super) fn example_of(&self, kind: &str, depth: usize) -> Value {
        let item = item_of(kind);
        let value = if is_scalar(item) {
            placeholder(item)
        } else {
            let schema = self.schema(item);
            let properties = schema.and_then(|schema| schema.get("properties"));
            let mut names = list(schema.and_then(|schema| schema.get("required")));
            if names.is_empty() {
                names = keys(properties).into_iter().take(1).collect();
            }
            let mut members = Mapping::new();
            for name in names {
                let property = properties.and_then(|all| all.get(name));
                let own = property
                    .and_then(|property| property.get("example"))
                    .cloned();
                let kind = text(property.and_then(|property| property.get("x-aim-dotnet-type")));
                let value = own.unwrap_or_else(|| {
                    if depth < 4 {
                        self.example_of(kind, depth + 1)
                    } else {
                        Value::Null
                    }
                });
                members.insert(name.into(), value);
            }
            Value::Mapping(members)
        };
        if kind.starts_with("List<") {
            Value::Sequence(vec![value])
        } else {
            value
        }
    }

    /// Calls a function for each object of a type in the examples; it is told
    /// whether the example is the vendor's sample.
    pub(super) fn visit(&mut self, type_: &str, f: &mut dyn FnMut(&mut Mapping, bool)) {
        let schemas = at(&self.document, &["components", "schemas"]);
        let types: BTreeMap<String, Vec<(String, String)>> = keys(schemas)
            .into_iter()
            .map(|name| (name.to_owned(), self.members_of(name)))
            .collect();
        let mut visit = Visit {
            types: &types,
            type_,
            f,
        };
        if let Some(Value::Mapping(examples)) =
            at_mut(&mut self.document, &["components", "examples"])
        {
            for (name, example) in examples.iter_mut() {
                let name = name.as_str().unwrap_or_default();
                let of = name.split('.').next().unwrap_or_default();
                if let Some(value) = example.get_mut("value") {
                    visit.value(of, value, name.ends_with(".vendorSample"));
                }
            }
        }
        for (holder, members) in &types {
            for (name, kind) in members {
                let way = [
                    "components",
                    "schemas",
                    holder,
                    "properties",
                    name,
                    "example",
                ];
                if let Some(example) = at_mut(&mut self.document, &way) {
                    visit.value(kind, example, false);
                }
            }
        }
    }

    /// Writes the query examples that hold a type again, from those of the members.
    pub(super) fn refresh_queries(&mut self, type_: &str) {
        for (path, method) in self.operations() {
            let request = text(self.get(&["paths", &path, method, "x-aim-request"])).to_owned();
            let Some(Value::Sequence(parameters)) =
                self.get(&["paths", &path, method, "parameters"])
            else {
                continue;
            };
            let mut parameters = parameters.clone();
            for one in &mut parameters {
                let item = item_of(text(one.get("x-aim-dotnet-type"))).to_owned();
                let name = text(one.get("name")).to_owned();
                let property = self.get(&[
                    "components",
                    "schemas",
                    &request,
                    "properties",
                    &name,
                    "example",
                ]);
                if let (true, Some(example), Some(place)) = (
                    self.holds(&item, type_, 0),
                    property,
                    one.get_mut("example"),
                ) {
                    *place = jsv(example).into();
                }
            }
            if let Some(place) = at_mut(&mut self.document, &["paths", &path, method, "parameters"])
            {
                *place = Value::Sequence(parameters);
            }
        }
    }

    /// Whether a type is another one or holds it.
    fn holds(&self, holder: &str, type_: &str, depth: usize) -> bool {
        holder == type_
            || depth < 4
                && self
                    .members_of(holder)
                    .iter()
                    .any(|(_, kind)| self.holds(item_of(kind), type_, depth + 1))
    }
}

struct Visit<'a> {
    types: &'a BTreeMap<String, Vec<(String, String)>>,
    type_: &'a str,
    f: &'a mut dyn FnMut(&mut Mapping, bool),
}

impl Visit<'_> {
    fn value(&mut self, kind: &str, value: &mut Value, is_sample: bool) {
        match value {
            Value::Sequence(items) => {
                for item in items {
                    self.value(item_of(kind), item, is_sample);
                }
            }
            Value::Mapping(members) => {
                let kind = item_of(kind);
                let types = self.types;
                for (name, kind) in types.get(kind).into_iter().flatten() {
                    if let Some(value) = members.get_mut(name.as_str()) {
                        self.value(kind, value, is_sample);
                    }
                }
                if kind == self.type_ {
                    (self.f)(members, is_sample);
                }
            }
            _ => {}
        }
    }
}

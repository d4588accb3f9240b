//! YAML and JSON whose members keep their order, which matters for the vendor's
//! tables and samples; `serde_json::Value` does not keep it.

use std::fs;

pub use serde_yaml::Value;

use crate::fixture;

/// A file of the workspace, in YAML or JSON.
///
/// # Panics
///
/// If it is missing, or neither YAML nor JSON.
#[must_use]
#[allow(clippy::panic, reason = "a test without its data cannot go on")]
pub fn file(path: &str) -> Value {
    let text = fs::read_to_string(fixture::root().join(path))
        .unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The document, from `openapi/aim.yaml`.
#[must_use]
pub fn document() -> Value {
    file("openapi/aim.yaml")
}

/// The value at a JSON pointer (RFC 6901).
#[must_use]
pub fn at<'a>(value: &'a Value, pointer: &str) -> Option<&'a Value> {
    pointer.split('/').skip(1).try_fold(value, |value, token| {
        let token = token.replace("~1", "/").replace("~0", "~");
        match value {
            Value::Sequence(items) => items.get(token.parse::<usize>().ok()?),
            _ => value.get(token),
        }
    })
}

/// The text at a JSON pointer; empty if there is none.
#[must_use]
pub fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    at(value, pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The members of the object at a JSON pointer; empty if there is no object.
pub fn members<'a>(
    value: &'a Value,
    pointer: &str,
) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
    let object = at(value, pointer).and_then(Value::as_mapping);
    object
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.as_str()?, value)))
}

/// The items of the list at a JSON pointer; empty if there is no list.
#[must_use]
pub fn items<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    at(value, pointer)
        .and_then(Value::as_sequence)
        .map_or(&[], Vec::as_slice)
}

/// The target of the value's `$ref`, or the value itself.
#[must_use]
pub fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let target = text(value, "/$ref").strip_prefix('#');
    target
        .and_then(|pointer| at(document, pointer))
        .unwrap_or(value)
}

/// An operation of the document.
#[derive(Clone, Copy, Debug)]
pub struct Operation<'a> {
    /// The method, in capitals.
    pub method: &'static str,
    /// Its path, beginning with `/api`.
    pub path: &'a str,
    /// The operation object.
    pub value: &'a Value,
}

/// Every operation, of any method.
#[must_use]
pub fn operations(document: &Value) -> Vec<Operation<'_>> {
    const METHODS: [(&str, &str); 8] = [
        ("get", "GET"),
        ("put", "PUT"),
        ("post", "POST"),
        ("delete", "DELETE"),
        ("options", "OPTIONS"),
        ("head", "HEAD"),
        ("patch", "PATCH"),
        ("trace", "TRACE"),
    ];
    let mut operations = Vec::new();
    for (path, item) in members(document, "/paths") {
        for (key, method) in METHODS {
            if let Some(value) = item.get(key) {
                operations.push(Operation {
                    method,
                    path,
                    value,
                });
            }
        }
    }
    operations
}

/// The name of a schema's type in the client: `X` of `#/components/schemas/X`,
/// as a `$ref` or in an `allOf`.
#[must_use]
pub fn type_name(schema: &Value) -> Option<&str> {
    let direct = text(schema, "/$ref").strip_prefix("#/components/schemas/");
    direct.or_else(|| text(schema, "/allOf/0/$ref").strip_prefix("#/components/schemas/"))
}

/// A value as compact JSON text, its members in their order.
///
/// # Errors
///
/// If a key is not a text.
pub fn json(value: &Value) -> serde_json::Result<String> {
    serde_json::to_string(value)
}

/// Every scalar and every empty object or list, in order, with its JSON pointer
/// and as JSON text. Two texts are equal, including the order of members, if
/// their leaves are.
///
/// # Errors
///
/// If the text is not valid JSON.
pub fn leaves(text: &str) -> serde_json::Result<Vec<(String, String)>> {
    let mut leaves = Vec::new();
    walk(&serde_json::from_str(text)?, String::new(), &mut leaves)?;
    Ok(leaves)
}

fn walk(
    value: &Value,
    pointer: String,
    leaves: &mut Vec<(String, String)>,
) -> serde_json::Result<()> {
    match value {
        Value::Mapping(members) if !members.is_empty() => {
            for (name, value) in members {
                let name = name.as_str().unwrap_or_default();
                walk(value, format!("{pointer}/{name}"), leaves)?;
            }
        }
        Value::Sequence(items) if !items.is_empty() => {
            for (index, value) in items.iter().enumerate() {
                walk(value, format!("{pointer}/{index}"), leaves)?;
            }
        }
        leaf => leaves.push((pointer, json(leaf)?)),
    }
    Ok(())
}

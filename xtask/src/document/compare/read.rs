//! Reads a version of the document for the comparison.
//!
//! The base may be older than the rules of the strict reader, so it only has to
//! fit openapiv3's model. Both versions are compared in the form of that model,
//! which leaves out defaults (`deprecated: false`).

use openapiv3::OpenAPI;
use serde_yaml::{Mapping, Value};

/// Reads a document from YAML or JSON into the form of openapiv3's model.
///
/// # Errors
///
/// A sentence with the place.
pub(crate) fn read(name: &str, text: &str) -> Result<Value, String> {
    let raw = serde_yaml::from_str(text).map_err(|error| said(name, &error))?;
    of(name, text, raw)
}

/// The same for a text that was read.
pub(super) fn of(name: &str, text: &str, mut raw: Value) -> Result<Value, String> {
    // Only errors of reading text know their line.
    let model: OpenAPI = serde_yaml::from_value(raw.clone())
        .or_else(|_| serde_yaml::from_str(text))
        .map_err(|error| said(name, &error))?;
    let mut tree = serde_yaml::to_value(&model).map_err(|error| said(name, &error))?;
    name_keys(&mut tree);
    name_keys(&mut raw);
    add_xml(&raw, &mut tree);
    flatten_schemas(&mut tree);
    Ok(tree)
}

fn said(name: &str, error: &serde_yaml::Error) -> String {
    let (line, column) = error
        .location()
        .map_or((1, 1), |place| (place.line(), place.column()));
    format!(
        "{name}:{line}:{column}: this is not an OpenAPI 3.0 document: {error}\n    compare with a document \
         that `cargo xtask regen` accepts, or accepted in its time"
    )
}

/// Turns all keys into text; the model has numbers as statuses.
fn name_keys(value: &mut Value) {
    match value {
        Value::Mapping(members) => {
            let renamed = std::mem::take(members).into_iter().map(|(key, mut value)| {
                name_keys(&mut value);
                let key = match key {
                    Value::String(_) => key,
                    key => {
                        let text = serde_yaml::to_string(&key).unwrap_or_default();
                        Value::String(text.trim().to_owned())
                    }
                };
                (key, value)
            });
            *members = renamed.collect();
        }
        Value::Sequence(items) => items.iter_mut().for_each(name_keys),
        _ => {}
    }
}

/// Adds `xml`, the only key of a schema that the model lacks.
fn add_xml(raw: &Value, tree: &mut Value) {
    match (raw, tree) {
        (Value::Mapping(raw), Value::Mapping(tree)) => {
            for (key, value) in raw {
                if let Some(known) = tree.get_mut(key) {
                    add_xml(value, known);
                } else if key.as_str() == Some("xml") {
                    tree.insert(key.clone(), value.clone());
                }
            }
        }
        (Value::Sequence(raw), Value::Sequence(tree)) => {
            for (raw, tree) in raw.iter().zip(tree) {
                add_xml(raw, tree);
            }
        }
        _ => {}
    }
}

/// Merges the parts of `allOf` into one schema: it makes no difference where a
/// member is written.
fn flatten_schemas(tree: &mut Value) {
    let Some(schemas) = tree
        .get_mut("components")
        .and_then(|components| components.get_mut("schemas"))
        .and_then(Value::as_mapping_mut)
    else {
        return;
    };
    let written = schemas.clone();
    for (_, schema) in schemas.iter_mut() {
        if schema.get("allOf").is_some() {
            *schema = flat(schema, &written, 0);
        }
    }
}

/// Stops at circular references.
const MAX_DEPTH: usize = 16;

fn flat(schema: &Value, schemas: &Mapping, depth: usize) -> Value {
    let mut own = schema.clone();
    let Some(Value::Sequence(parts)) = own.as_mapping_mut().and_then(|own| own.remove("allOf"))
    else {
        return own;
    };
    let mut whole = Mapping::new();
    for part in parts.iter().chain([&own]) {
        let named = target(part).and_then(|name| schemas.get(name));
        let part = match named {
            Some(part) if depth < MAX_DEPTH => flat(part, schemas, depth + 1),
            Some(_) => Value::Null,
            None => flat(part, schemas, depth),
        };
        let Value::Mapping(part) = part else { continue };
        for (key, value) in part {
            match (whole.get_mut(&key), value) {
                (Some(Value::Mapping(known)), Value::Mapping(more)) => known.extend(more),
                (Some(Value::Sequence(known)), Value::Sequence(more)) => known.extend(more),
                (_, value) => {
                    whole.insert(key, value);
                }
            }
        }
    }
    Value::Mapping(whole)
}

/// The schema that a `$ref` names.
pub(crate) fn target(schema: &Value) -> Option<&str> {
    named(schema, "schemas")
}

/// The component of a section that a `$ref` names.
pub(crate) fn named<'a>(value: &'a Value, section: &str) -> Option<&'a str> {
    value
        .get("$ref")?
        .as_str()?
        .strip_prefix("#/components/")?
        .strip_prefix(section)?
        .strip_prefix('/')
}

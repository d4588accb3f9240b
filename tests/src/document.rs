//! The document's operations and examples, as a team without Rust reads them:
//! from `openapi/aim.json`.

use std::collections::BTreeSet;

use serde_json::Value;

const JSON: &str = include_str!("../../openapi/aim.json");

/// The name of the examples that show a real case.
const REALISTIC: &str = "realistic";

/// An operation of the document.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Its operationId.
    pub id: String,
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Its path, beginning with `/api`.
    pub path: String,
    /// The operation object.
    pub value: Value,
}

/// The whole document.
///
/// # Errors
///
/// What serde_json says; `cargo xtask regen` writes the file.
pub fn document() -> serde_json::Result<Value> {
    serde_json::from_str(JSON)
}

/// Every operation; of one path, POST first.
#[must_use]
pub fn operations(document: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (key, method) in [("post", "POST"), ("get", "GET")] {
            if let Some(value) = item.get(key) {
                operations.push(Operation {
                    id: value["operationId"].as_str().unwrap_or_default().to_owned(),
                    method,
                    path: path.clone(),
                    value: value.clone(),
                });
            }
        }
    }
    operations
}

impl Operation {
    /// The realistic request: of a POST its example; of a GET the example of
    /// the POST with the same request type, without what must not stand in a
    /// URL, or else the examples of its parameters.
    #[must_use]
    pub fn request(&self, document: &Value) -> Value {
        if let Some(example) = body_example(document, &self.value) {
            return example;
        }
        let parameters: Vec<&Value> = self.value["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == "query")
            .collect();
        let sibling = operations(document)
            .into_iter()
            .filter(|other| other.value["x-aim-request"] == self.value["x-aim-request"])
            .find_map(|other| body_example(document, &other.value));
        if let Some(Value::Object(mut example)) = sibling {
            for parameter in &parameters {
                if parameter.get("x-aim-sensitive").is_some() {
                    example.remove(parameter["name"].as_str().unwrap_or_default());
                }
            }
            return Value::Object(example);
        }
        let member = |parameter: &&Value| {
            let name = parameter["name"].as_str().unwrap_or_default().to_owned();
            (name, parameter["example"].clone())
        };
        Value::Object(parameters.iter().map(member).collect())
    }

    /// The realistic answer.
    #[must_use]
    pub fn answer(&self, document: &Value) -> Value {
        example(document, &self.value["responses"]["200"]["content"]).unwrap_or_default()
    }
}

fn body_example(document: &Value, operation: &Value) -> Option<Value> {
    example(document, &operation.get("requestBody")?["content"])
}

fn example(document: &Value, content: &Value) -> Option<Value> {
    let example = content["application/json"]["examples"].get(REALISTIC)?;
    let example = match example.get("$ref").and_then(Value::as_str) {
        Some(reference) => document.pointer(reference.strip_prefix('#')?)?,
        None => example,
    };
    example.get("value").cloned()
}

/// The names of all members that are sensitive in some type.
#[must_use]
pub fn sensitive_members(document: &Value) -> BTreeSet<String> {
    let schemas = document["components"]["schemas"].as_object();
    schemas
        .into_iter()
        .flat_map(serde_json::Map::values)
        .filter_map(|schema| schema["properties"].as_object())
        .flatten()
        .filter(|(_, property)| property.get("x-aim-sensitive").is_some())
        .map(|(name, _)| name.clone())
        .collect()
}

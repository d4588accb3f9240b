//! The document's operations and examples, as a team without Rust reads them:
//! from `openapi/aim.json`, with its order and digits.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, OnceLock, PoisonError};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::requests;

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

/// The whole document; maps are sorted by name.
///
/// # Errors
///
/// The error of serde_json; `cargo xtask regen` writes the file.
pub fn document() -> serde_json::Result<Value> {
    serde_json::from_str(JSON)
}

/// The members of a JSON object, in their order and with their digits.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Members;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// The members of a JSON object in their order; empty for anything else.
#[must_use]
pub fn members(text: &str) -> Vec<(String, String)> {
    let members = serde_json::from_str(text).map_or_else(|_| Vec::new(), |Members(list)| list);
    members
        .into_iter()
        .map(|(name, value)| (name, value.get().to_owned()))
        .collect()
}

/// The JSON text at a path of member names below the document's root.
#[must_use]
pub fn text_at(path: &[&str]) -> Option<String> {
    // Tests ask for many members of a few large objects.
    static FOUND: Mutex<BTreeMap<String, Option<String>>> = Mutex::new(BTreeMap::new());
    let Some((name, above)) = path.split_last() else {
        return Some(JSON.to_owned());
    };
    let found = || FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    let key = path.join("\n");
    if let Some(known) = found().get(&key) {
        return known.clone();
    }
    let text = member(&text_at(above)?, name);
    found().insert(key, text.clone());
    text
}

/// The member of that name of a JSON object.
#[must_use]
pub fn member(text: &str, name: &str) -> Option<String> {
    let mut members = members(text).into_iter();
    members.find_map(|(found, value)| (found == name).then_some(value))
}

/// Every operation, in the document's order.
///
/// # Errors
///
/// The error of serde_json.
pub fn operations() -> serde_json::Result<Vec<Operation>> {
    // Many tests ask for each of their cases.
    static READ: OnceLock<Vec<Operation>> = OnceLock::new();
    if let Some(read) = READ.get() {
        return Ok(read.clone());
    }
    let read = read_operations()?;
    Ok(READ.get_or_init(|| read).clone())
}

fn read_operations() -> serde_json::Result<Vec<Operation>> {
    let mut operations = Vec::new();
    for (path, item) in members(&text_at(&["paths"]).unwrap_or_default()) {
        for (key, value) in members(&item) {
            let method = match key.as_str() {
                "post" => "POST",
                "get" => "GET",
                _ => continue,
            };
            let value: Value = serde_json::from_str(&value)?;
            operations.push(Operation {
                id: value["operationId"].as_str().unwrap_or_default().to_owned(),
                method,
                path: path.clone(),
                value,
            });
        }
    }
    Ok(operations)
}

impl Operation {
    /// The vendor's name of the service behind it (`x-aim-operation`).
    #[must_use]
    pub fn service(&self) -> &str {
        self.value["x-aim-operation"].as_str().unwrap_or(&self.id)
    }

    /// The schema of its request (`x-aim-request`).
    #[must_use]
    pub fn request_type(&self) -> &str {
        self.value["x-aim-request"].as_str().unwrap_or_default()
    }

    /// The schema of its answer.
    #[must_use]
    pub fn answer_type(&self) -> &str {
        let schema = &self.value["responses"]["200"]["content"]["application/json"]["schema"];
        let reference = schema["$ref"].as_str().unwrap_or_default();
        reference.rsplit('/').next().unwrap_or_default()
    }

    /// Whether a member must not be in its URL.
    #[must_use]
    pub fn keeps_out(&self, member: &str) -> bool {
        let mut parameters = self.value["parameters"].as_array().into_iter().flatten();
        parameters
            .any(|parameter| parameter["name"] == member && !parameter["x-aim-sensitive"].is_null())
    }

    /// An answer as JSON text that proves that the operation ran: every member
    /// of its evidence, with the document's example.
    #[must_use]
    pub fn proof(&self) -> String {
        let evidence = self.value["x-aim-evidence"]
            .as_array()
            .into_iter()
            .flatten();
        let evidence = evidence.filter_map(Value::as_str).map(|name| {
            let path = [
                "components",
                "schemas",
                self.answer_type(),
                "properties",
                name,
                "example",
            ];
            let value = match name {
                // The example of the status may be a failure.
                "Status" => r#"{"StatusCode":"OK"}"#.to_owned(),
                _ => text_at(&path).unwrap_or_default(),
            };
            format!("{}:{value}", Value::from(name))
        });
        format!("{{{}}}", evidence.collect::<Vec<_>>().join(","))
    }

    /// The realistic request as JSON text: its example, or else that of an
    /// operation with the same request type, without what must not be in a URL,
    /// or else one made from the members' examples.
    ///
    /// # Errors
    ///
    /// The error of serde_json.
    pub fn request(&self) -> serde_json::Result<String> {
        if let Some(example) = self.example() {
            return Ok(example);
        }
        let sibling = operations()?
            .into_iter()
            .filter(|other| other.value["x-aim-request"] == self.value["x-aim-request"])
            .find_map(|other| other.example());
        let Some(example) = sibling else {
            return Ok(requests::full(self));
        };
        let request: Vec<_> = members(&example)
            .into_iter()
            .filter(|(name, _)| !self.keeps_out(name))
            .map(|(name, value)| format!("{}:{value}", Value::from(name)))
            .collect();
        Ok(format!("{{{}}}", request.join(",")))
    }

    /// The realistic example of its request, inline or in the components.
    fn example(&self) -> Option<String> {
        let method = self.method.to_lowercase();
        let body = ["requestBody", "content", "application/json", "examples"];
        let examples = text_at(&[&["paths", &self.path, &method], &body[..]].concat())?;
        let example = member(&examples, REALISTIC)?;
        member(&example, "value").or_else(|| {
            let reference: String = serde_json::from_str(&member(&example, "$ref")?).ok()?;
            let name = reference.strip_prefix("#/components/examples/")?;
            text_at(&["components", "examples", name, "value"])
        })
    }
}

//! The facts in the `x-aim-` extensions, read once for all later passes.

use heck::{ToSnakeCase, ToUpperCamelCase};
use openapiv3::{
    OpenAPI, Operation, Parameter, PathItem, ReferenceOr, Schema, SchemaKind, StatusCode, Type,
};
use serde_json::Value;

use crate::plan::pattern::Pattern;

pub(crate) struct Facts {
    /// In the document's order.
    pub(crate) schemas: Vec<SchemaFacts>,
    /// In the document's order; of one path, POST first.
    pub(crate) operations: Vec<OperationFacts>,
    pub(crate) open_enums: Vec<OpenEnum>,
    /// The vendor's base classes: names and own members.
    pub(crate) base_classes: Vec<(String, Vec<String>)>,
    /// The words of `x-aim-failure`, member by member of the status.
    pub(crate) failure: Vec<StatusWords>,
}

pub(crate) struct SchemaFacts {
    pub(crate) name: String,
    /// The name that typify gives the type; we rename it back.
    pub(crate) generated_name: String,
    /// In the vendor's order.
    pub(crate) members: Vec<MemberFacts>,
    /// Pairs of members that are never sent together.
    pub(crate) exclusive: Vec<[String; 2]>,
}

pub(crate) struct MemberFacts {
    /// The name on the wire.
    pub(crate) name: String,
    /// The client's own type that the output must have, such as `Money`, where
    /// OpenAPI alone would give a plain one.
    pub(crate) converted_to: Option<String>,
    /// Whether the vendor requires it.
    pub(crate) required: bool,
    /// The form that its text must have, as a regular expression.
    pub(crate) pattern: Option<Pattern>,
    /// Whether it is a text that may be shown.
    pub(crate) is_text: bool,
    pub(crate) is_list: bool,
    /// The schema that it holds, or holds a list of.
    pub(crate) holds: Option<String>,
}

pub(crate) struct OperationFacts {
    pub(crate) id: String,
    /// The vendor's name of the service behind it.
    pub(crate) service: String,
    pub(crate) summary: String,
    pub(crate) description: String,
    /// The name of the generated method.
    pub(crate) method: String,
    pub(crate) verb: &'static str,
    pub(crate) path: String,
    /// The type of the request, for GET too.
    pub(crate) request: String,
    pub(crate) answer: String,
    pub(crate) deprecated: bool,
    pub(crate) repeat: Repeat,
    pub(crate) evidence: Vec<String>,
    pub(crate) partial: Option<String>,
    /// The operation that shows the outcome of this one, and the member of this
    /// request by which it looks that up.
    pub(crate) lookup: Option<(String, String)>,
    /// Members that must not stand in a URL.
    pub(crate) forbidden_in_url: Vec<String>,
}

/// What sending an operation again can do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    Safe,
    Session,
    Books,
}

pub(crate) struct OpenEnum {
    pub(crate) name: String,
    pub(crate) values: Vec<OpenEnumValue>,
}

pub(crate) struct OpenEnumValue {
    pub(crate) wire: String,
    pub(crate) name: String,
    pub(crate) description: String,
}

/// What a member of the status says.
pub(crate) struct StatusWords {
    pub(crate) member: String,
    pub(crate) good: Vec<String>,
    pub(crate) failure: Vec<String>,
}

impl Facts {
    /// Reads the facts of a document that has passed the lint.
    ///
    /// # Errors
    ///
    /// A sentence, if an extension is missing that the lint requires.
    pub(crate) fn of(document: &OpenAPI) -> Result<Self, String> {
        let components = document
            .components
            .as_ref()
            .ok_or("the document has no components")?;
        let mut facts = Self {
            schemas: Vec::new(),
            operations: Vec::new(),
            open_enums: Vec::new(),
            base_classes: base_classes(document)?,
            failure: failure(document)?,
        };
        for (name, schema) in &components.schemas {
            if let ReferenceOr::Item(schema) = schema {
                facts.add_schema(name, schema)?;
            }
        }
        for (path, item) in &document.paths.paths {
            if let ReferenceOr::Item(PathItem { post, get, .. }) = item {
                for (verb, operation) in [("POST", post), ("GET", get)] {
                    if let Some(operation) = operation {
                        facts
                            .operations
                            .push(operation_facts(verb, path, operation)?);
                    }
                }
            }
        }
        Ok(facts)
    }

    fn add_schema(&mut self, name: &str, schema: &Schema) -> Result<(), String> {
        let mut facts = SchemaFacts {
            name: name.to_owned(),
            generated_name: name.to_upper_camel_case(),
            members: Vec::new(),
            exclusive: exclusive(schema)?,
        };
        if let SchemaKind::Type(Type::Object(object)) = &schema.schema_kind {
            for (member, property) in &object.properties {
                let (converted_to, pattern) = match property {
                    ReferenceOr::Item(property) => {
                        let pattern = property.schema_data.extensions.get("x-aim-pattern");
                        let read = |text| Pattern::read(string(text)?);
                        (self.conversion(property)?, pattern.map(read).transpose()?)
                    }
                    ReferenceOr::Reference { .. } => (None, None),
                };
                facts.members.push(MemberFacts {
                    name: member.clone(),
                    is_text: converted_to.is_none() && is_string(property),
                    is_list: !std::ptr::eq(items(property), property),
                    converted_to,
                    required: object.required.contains(member),
                    pattern,
                    holds: held(property),
                });
            }
        }
        self.schemas.push(facts);
        Ok(())
    }

    fn conversion(&mut self, property: &Schema) -> Result<Option<String>, String> {
        let extensions = &property.schema_data.extensions;
        if let Some(value) = extensions.get("x-aim-open-enum") {
            return self.add_open_enum(value).map(Some);
        }
        let dotnet = extensions.get("x-aim-dotnet-type").and_then(Value::as_str);
        let name = match dotnet {
            Some("decimal" | "decimal?" | "List<decimal>") => "Money",
            Some("DateTime" | "DateTime?" | "List<DateTime>") => "AimDateTime",
            _ if extensions.contains_key("x-aim-sensitive") => "Secret",
            _ => return Ok(None),
        };
        Ok(Some(name.to_owned()))
    }

    /// The same enum may be the type of several members.
    fn add_open_enum(&mut self, value: &Value) -> Result<String, String> {
        let name = text(value, "name")?;
        if self.open_enums.iter().any(|known| known.name == name) {
            return Ok(name);
        }
        let values = value
            .get("values")
            .and_then(Value::as_array)
            .ok_or("x-aim-open-enum has no values")?
            .iter()
            .map(|value| {
                Ok(OpenEnumValue {
                    wire: text(value, "value")?,
                    name: text(value, "name")?,
                    description: text(value, "description")?,
                })
            })
            .collect::<Result<_, String>>()?;
        self.open_enums.push(OpenEnum {
            name: name.clone(),
            values,
        });
        Ok(name)
    }
}

fn operation_facts(
    verb: &'static str,
    path: &str,
    operation: &Operation,
) -> Result<OperationFacts, String> {
    let id = operation.operation_id.clone().unwrap_or_default();
    let extension = |key: &str| {
        operation
            .extensions
            .get(key)
            .ok_or_else(|| format!("operation {id} has no {key}"))
    };
    Ok(OperationFacts {
        service: string(extension("x-aim-operation")?)?,
        summary: operation.summary.clone().unwrap_or_default(),
        description: operation.description.clone().unwrap_or_default(),
        method: id.to_snake_case(),
        verb,
        path: path.to_owned(),
        request: string(extension("x-aim-request")?)?,
        answer: answer(operation).ok_or_else(|| format!("operation {id} has no JSON answer"))?,
        deprecated: operation.deprecated,
        repeat: match extension("x-aim-repeat")?.as_str() {
            Some("safe") => Repeat::Safe,
            Some("session") => Repeat::Session,
            _ => Repeat::Books,
        },
        evidence: strings(extension("x-aim-evidence")?)?,
        partial: operation
            .extensions
            .get("x-aim-partial")
            .map(string)
            .transpose()?,
        lookup: operation
            .extensions
            .get("x-aim-lookup")
            .map(lookup)
            .transpose()?,
        forbidden_in_url: operation
            .parameters
            .iter()
            .filter_map(|parameter| match parameter {
                ReferenceOr::Item(Parameter::Query { parameter_data, .. }) => Some(parameter_data),
                _ => None,
            })
            .filter(|data| data.extensions.contains_key("x-aim-sensitive"))
            .map(|data| data.name.clone())
            .collect(),
        id,
    })
}

fn base_classes(document: &OpenAPI) -> Result<Vec<(String, Vec<String>)>, String> {
    let classes = document.extensions.get("x-aim-base-classes");
    let classes = classes.and_then(Value::as_object).into_iter().flatten();
    classes
        .map(|(name, class)| {
            let members = class.get("members");
            let members = members.ok_or_else(|| format!("base class {name} has no members"))?;
            Ok((name.clone(), strings(members)?))
        })
        .collect()
}

/// The operation that looks up, and the one member to look up by.
fn lookup(value: &Value) -> Result<(String, String), String> {
    let by = value.get("by").and_then(Value::as_object);
    match by.map(|by| by.values().collect::<Vec<_>>()).as_deref() {
        Some([member]) => Ok((text(value, "operation")?, string(member)?)),
        _ => Err("`by` of x-aim-lookup names other than one member".to_owned()),
    }
}

/// The schema of a list's items, or else the schema itself.
fn items(property: &ReferenceOr<Box<Schema>>) -> &ReferenceOr<Box<Schema>> {
    match property.as_item().map(|property| &property.schema_kind) {
        Some(SchemaKind::Type(Type::Array(array))) => array.items.as_ref().unwrap_or(property),
        _ => property,
    }
}

fn is_string(property: &ReferenceOr<Box<Schema>>) -> bool {
    let schema = property.as_item().map(|schema| &schema.schema_kind);
    matches!(schema, Some(SchemaKind::Type(Type::String(_))))
}

/// The schema that a member is, or is a list of.
fn held(property: &ReferenceOr<Box<Schema>>) -> Option<String> {
    let target = match items(property) {
        ReferenceOr::Reference { reference } => reference,
        ReferenceOr::Item(property) => match &property.schema_kind {
            SchemaKind::AllOf { all_of } => match all_of.first()? {
                ReferenceOr::Reference { reference } => reference,
                ReferenceOr::Item(_) => return None,
            },
            _ => return None,
        },
    };
    target.rsplit('/').next().map(ToOwned::to_owned)
}

fn exclusive(schema: &Schema) -> Result<Vec<[String; 2]>, String> {
    schema
        .schema_data
        .extensions
        .get("x-aim-exclusive")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|pair| {
            <[String; 2]>::try_from(strings(pair)?)
                .map_err(|_| "x-aim-exclusive holds something other than pairs".to_owned())
        })
        .collect()
}

/// The name of the schema of the JSON answer with status 200.
fn answer(operation: &Operation) -> Option<String> {
    let response = operation.responses.responses.get(&StatusCode::Code(200))?;
    let ReferenceOr::Item(response) = response else {
        return None;
    };
    match response.content.get("application/json")?.schema.as_ref()? {
        ReferenceOr::Reference { reference } => reference.rsplit('/').next().map(ToOwned::to_owned),
        ReferenceOr::Item(_) => None,
    }
}

fn failure(document: &OpenAPI) -> Result<Vec<StatusWords>, String> {
    document
        .extensions
        .get("x-aim-failure")
        .and_then(|rule| rule.get("words"))
        .and_then(Value::as_array)
        .ok_or("the document has no x-aim-failure")?
        .iter()
        .map(|words| {
            let list = |key| words.get(key).map(strings).transpose();
            Ok(StatusWords {
                member: text(words, "member")?,
                good: list("good")?.unwrap_or_default(),
                failure: list("failure")?.unwrap_or_default(),
            })
        })
        .collect()
}

fn text(value: &Value, key: &str) -> Result<String, String> {
    string(
        value
            .get(key)
            .ok_or_else(|| format!("`{key}` is missing"))?,
    )
}

fn string(value: &Value) -> Result<String, String> {
    value
        .as_str()
        .map(ToOwned::to_owned)
        .ok_or_else(|| "an extension holds something other than text".to_owned())
}

fn strings(value: &Value) -> Result<Vec<String>, String> {
    value
        .as_array()
        .ok_or("an extension holds no list")?
        .iter()
        .map(string)
        .collect()
}

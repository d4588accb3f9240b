//! The facts in the `x-aim-` extensions, read once for all later passes.

use heck::{ToSnakeCase, ToUpperCamelCase};

use crate::plan::pattern::Pattern;
use crate::read::document::{At, Document, Node, Value};

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
    pub(crate) fn of(document: &Document) -> Result<Self, String> {
        let root = At::root(document.root());
        let components = root
            .get("components")
            .ok_or("the document has no components")?;
        let mut facts = Self {
            schemas: Vec::new(),
            operations: Vec::new(),
            open_enums: Vec::new(),
            base_classes: base_classes(&root)?,
            failure: failure(&root)?,
        };
        for schema in components.members_of("schemas") {
            facts.add_schema(&schema)?;
        }
        for path in root.members_of("paths") {
            for (verb, key) in [("POST", "post"), ("GET", "get")] {
                if let Some(operation) = path.get(key) {
                    let operation = operation_facts(verb, path.name(), &operation)?;
                    facts.operations.push(operation);
                }
            }
        }
        Ok(facts)
    }

    fn add_schema(&mut self, schema: &At<'_>) -> Result<(), String> {
        let name = schema.name().to_owned();
        let mut facts = SchemaFacts {
            generated_name: name.to_upper_camel_case(),
            name,
            members: Vec::new(),
            exclusive: exclusive(schema)?,
        };
        let required = list(schema, "required")?;
        for member in schema.members_of("properties") {
            let property = member.node;
            let name = member.name().to_owned();
            let converted_to = self.conversion(&member)?;
            let pattern = member.text("x-aim-pattern").map(ToOwned::to_owned);
            facts.members.push(MemberFacts {
                is_text: converted_to.is_none() && member.text("type") == Some("string"),
                is_list: property.get("items").is_some(),
                converted_to,
                required: required.contains(&name),
                pattern: pattern.map(Pattern::read).transpose()?,
                holds: held(property),
                name,
            });
        }
        self.schemas.push(facts);
        Ok(())
    }

    fn conversion(&mut self, property: &At<'_>) -> Result<Option<String>, String> {
        if let Some(open_enum) = property.get("x-aim-open-enum") {
            return self.add_open_enum(&open_enum).map(Some);
        }
        let name = match property.text("x-aim-dotnet-type") {
            Some("decimal" | "decimal?" | "List<decimal>") => "Money",
            Some("DateTime" | "DateTime?" | "List<DateTime>") => "AimDateTime",
            _ if property.get("x-aim-sensitive").is_some() => "Secret",
            _ => return Ok(None),
        };
        Ok(Some(name.to_owned()))
    }

    /// The same enum may be the type of several members.
    fn add_open_enum(&mut self, open_enum: &At<'_>) -> Result<String, String> {
        let name = text(open_enum, "name")?;
        if self.open_enums.iter().any(|known| known.name == name) {
            return Ok(name);
        }
        let values = open_enum.items_of("values");
        let values = values.iter().map(|value| {
            Ok(OpenEnumValue {
                wire: text(value, "value")?,
                name: text(value, "name")?,
                description: text(value, "description")?,
            })
        });
        self.open_enums.push(OpenEnum {
            name: name.clone(),
            values: values.collect::<Result<_, String>>()?,
        });
        Ok(name)
    }
}

fn operation_facts(
    verb: &'static str,
    path: &str,
    operation: &At<'_>,
) -> Result<OperationFacts, String> {
    let plain = |key| operation.text(key).unwrap_or_default().to_owned();
    let id = plain("operationId");
    let extension = |key| {
        let node = operation.node.get(key);
        node.ok_or_else(|| format!("operation {id} has no {key}"))
    };
    let deprecated = operation.node.get("deprecated").map(|node| &node.value);
    Ok(OperationFacts {
        service: string(extension("x-aim-operation")?)?,
        summary: plain("summary"),
        description: plain("description"),
        method: id.to_snake_case(),
        verb,
        path: path.to_owned(),
        request: string(extension("x-aim-request")?)?,
        answer: answer(operation.node)
            .ok_or_else(|| format!("operation {id} has no JSON answer"))?,
        deprecated: deprecated == Some(&Value::Bool(true)),
        repeat: match extension("x-aim-repeat")?.as_str() {
            Some("safe") => Repeat::Safe,
            Some("session") => Repeat::Session,
            _ => Repeat::Books,
        },
        evidence: strings(extension("x-aim-evidence")?)?,
        partial: operation.text("x-aim-partial").map(ToOwned::to_owned),
        lookup: operation
            .get("x-aim-lookup")
            .map(|rule| lookup(&rule))
            .transpose()?,
        forbidden_in_url: operation
            .items_of("parameters")
            .iter()
            .filter(|parameter| parameter.text("in") == Some("query"))
            .filter(|parameter| parameter.get("x-aim-sensitive").is_some())
            .map(|parameter| text(parameter, "name"))
            .collect::<Result<_, _>>()?,
        id,
    })
}

fn base_classes(root: &At<'_>) -> Result<Vec<(String, Vec<String>)>, String> {
    let classes = root.members_of("x-aim-base-classes");
    let named = |class: &At<'_>| Ok((class.name().to_owned(), list(class, "members")?));
    classes.iter().map(named).collect()
}

/// The operation that looks up, and the one member to look up by.
fn lookup(rule: &At<'_>) -> Result<(String, String), String> {
    match rule.members_of("by").as_slice() {
        [member] => Ok((text(rule, "operation")?, string(member.node)?)),
        _ => Err("`by` of x-aim-lookup names other than one member".to_owned()),
    }
}

/// The schema that a member is, or is a list of.
fn held(property: &Node) -> Option<String> {
    let held = property.get("items").unwrap_or(property);
    let part = held.get("allOf").and_then(|parts| parts.items().first());
    referred(part.unwrap_or(held))
}

/// The name of the schema that a `$ref` leads to.
fn referred(node: &Node) -> Option<String> {
    let target = node.get("$ref")?.as_str()?;
    target.rsplit('/').next().map(ToOwned::to_owned)
}

fn exclusive(schema: &At<'_>) -> Result<Vec<[String; 2]>, String> {
    let pairs = schema.items_of("x-aim-exclusive");
    let pair = |pair: &At<'_>| match pair.node.items() {
        [left, right] => Ok([string(left)?, string(right)?]),
        _ => Err("x-aim-exclusive holds something other than pairs".to_owned()),
    };
    pairs.iter().map(pair).collect()
}

/// The name of the schema of the JSON answer with status 200.
fn answer(operation: &Node) -> Option<String> {
    let content = operation.get("responses")?.get("200")?.get("content")?;
    referred(content.get("application/json")?.get("schema")?)
}

fn failure(root: &At<'_>) -> Result<Vec<StatusWords>, String> {
    let rule = root
        .get("x-aim-failure")
        .ok_or("the document has no x-aim-failure")?;
    let words = rule.items_of("words");
    let words = words.iter().map(|words| {
        Ok(StatusWords {
            member: text(words, "member")?,
            good: list(words, "good")?,
            failure: list(words, "failure")?,
        })
    });
    words.collect()
}

fn text(at: &At<'_>, key: &str) -> Result<String, String> {
    let node = at.node.get(key);
    string(node.ok_or_else(|| format!("`{key}` is missing"))?)
}

fn string(node: &Node) -> Result<String, String> {
    let text = node.as_str().map(ToOwned::to_owned);
    text.ok_or_else(|| "an extension holds something other than text".to_owned())
}

/// The texts of the list under a key; none if there is no list.
fn list(at: &At<'_>, key: &str) -> Result<Vec<String>, String> {
    at.node.get(key).map_or(Ok(Vec::new()), strings)
}

fn strings(list: &Node) -> Result<Vec<String>, String> {
    list.items().iter().map(string).collect()
}

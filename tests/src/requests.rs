//! Makes requests to every operation from the document: the smallest one, those
//! with every member, and those with values at the edges of their types.

use std::sync::LazyLock;

use serde_json::Value;

use crate::document::{self, Operation};

/// The longest query that usual hosts accept, percent-encoded.
const QUERY: usize = 2_048;

/// A text with everything that a format may have to quote or escape.
pub const AWKWARD: &str = "Zo\u{eb} \"M\u{fc}ller\"\\\n\t\u{1f3bb} {a:[b,c]} <&'+%> \u{2028}/";

/// A request to an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// `minimal`, `full` or one of the edges. If members do not fit into one
    /// request, because they exclude each other or make a query too long, the
    /// rest follows in `full-2` and so on.
    pub name: String,
    /// The request as JSON text.
    pub request: String,
}

/// The values of the members of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fill {
    /// The document's examples, in every member of every member.
    Examples,
    /// Awkward texts, the lowest numbers, the finest decimal.
    Edge,
    /// The highest numbers, the largest decimal, the last date.
    High,
    /// Values that may look like no value: zeros, empty texts and lists.
    Empty,
}

const FILLS: [(&str, Fill); 4] = [
    ("full", Fill::Examples),
    ("edge", Fill::Edge),
    ("edge-high", Fill::High),
    ("edge-empty", Fill::Empty),
];

/// A schema of the document.
struct Schema {
    name: String,
    members: Vec<Member>,
    /// Pairs that are never sent together; `Member=value` is a member with
    /// that value.
    exclusive: Vec<[String; 2]>,
}

struct Member {
    name: String,
    /// Its C# type without the `?`.
    dotnet: String,
    required: bool,
    has_pattern: bool,
    /// JSON text, with the digits of the document.
    example: String,
    /// The values of its open enum, as JSON texts.
    known: Vec<String>,
}

static SCHEMAS: LazyLock<Vec<Schema>> = LazyLock::new(|| {
    let schemas = document::text_at(&["components", "schemas"]).unwrap_or_default();
    let schemas = document::members(&schemas).into_iter();
    schemas
        .map(|(name, text)| Schema::read(name, &text))
        .collect()
});

/// A member with its value as JSON text.
type Sent = (String, String);

/// The smallest request to an operation, as JSON text: only its required
/// members.
#[must_use]
pub fn minimal(operation: &Operation) -> String {
    let schema = Schema::find(operation.request_type());
    object(&schema.map_or_else(Vec::new, Schema::minimal))
}

/// A request with all members that fit into one, with the document's examples.
#[must_use]
pub fn full(operation: &Operation) -> String {
    let requests = filled(operation, Fill::Examples);
    object(requests.first().map_or(&[], Vec::as_slice))
}

/// Every request to an operation in the tests of the wire.
#[must_use]
pub fn forms(operation: &Operation) -> Vec<Form> {
    let mut forms = vec![Form {
        name: "minimal".to_owned(),
        request: minimal(operation),
    }];
    for (name, fill) in FILLS {
        for (index, members) in filled(operation, fill).iter().enumerate() {
            let name = match index {
                0 => name.to_owned(),
                index => format!("{name}-{}", index + 1),
            };
            let request = object(members);
            if forms.iter().all(|form| form.request != request) {
                forms.push(Form { name, request });
            }
        }
    }
    forms
}

/// The requests that together have every member that the operation can send.
fn filled(operation: &Operation, fill: Fill) -> Vec<Vec<Sent>> {
    let Some(schema) = Schema::find(operation.request_type()) else {
        return Vec::new();
    };
    let is_query = operation.method == "GET";
    let members = schema.members.iter().filter(|member| {
        // A query has no empty texts.
        let is_left_out = is_query && fill == Fill::Empty && member.dotnet == "string";
        !is_left_out && !operation.keeps_out(&member.name)
    });
    schema.parts(members, fill, if is_query { QUERY } else { usize::MAX })
}

impl Schema {
    fn read(name: String, text: &str) -> Self {
        let schema: Value = serde_json::from_str(text).unwrap_or_default();
        let texts = |value: &Value| -> Vec<String> {
            let items = value.as_array().into_iter().flatten();
            items
                .filter_map(|item| Some(item.as_str()?.to_owned()))
                .collect()
        };
        let required = texts(&schema["required"]);
        let properties = document::member(text, "properties").unwrap_or_default();
        let member = |(name, text): (String, String)| {
            let property = &schema["properties"][&name];
            let dotnet = property["x-aim-dotnet-type"].as_str().unwrap_or_default();
            Member {
                dotnet: dotnet.trim_end_matches('?').to_owned(),
                required: required.contains(&name),
                has_pattern: !property["x-aim-pattern"].is_null(),
                example: document::member(&text, "example").unwrap_or_default(),
                known: property["x-aim-open-enum"]["values"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|known| known["value"].to_string())
                    .collect(),
                name,
            }
        };
        let pairs = schema["x-aim-exclusive"].as_array().into_iter().flatten();
        Self {
            name,
            members: document::members(&properties)
                .into_iter()
                .map(member)
                .collect(),
            exclusive: pairs
                .filter_map(|pair| texts(pair).try_into().ok())
                .collect(),
        }
    }

    fn find(name: &str) -> Option<&'static Self> {
        SCHEMAS.iter().find(|schema| schema.name == name)
    }

    /// Its required members.
    fn minimal(&self) -> Vec<Sent> {
        let required = self.members.iter().filter(|member| member.required);
        required
            .map(|member| (member.name.clone(), member.minimal()))
            .collect()
    }

    /// Values that together have all the members, each with as many as the
    /// rules allow.
    fn parts<'a>(
        &self,
        members: impl Iterator<Item = &'a Member>,
        fill: Fill,
        length: usize,
    ) -> Vec<Vec<Sent>> {
        let (mut required, mut rest) = (Vec::new(), Vec::new());
        for member in members {
            for (index, value) in member.values(fill).into_iter().enumerate() {
                let place = if member.required && index == 0 {
                    &mut required
                } else {
                    &mut rest
                };
                place.push((member.name.clone(), value));
            }
        }
        let mut parts = Vec::new();
        while parts.is_empty() || !rest.is_empty() {
            let mut part = required.clone();
            let mut is_first = true;
            let mut left = Vec::new();
            for member in rest {
                let fits = encoded(&part) + encoded(std::slice::from_ref(&member)) <= length;
                if is_first {
                    part = self.beside(&required, &member);
                    part.push(member);
                    is_first = false;
                } else if fits && !self.excludes(&part, &member) {
                    part.push(member);
                } else {
                    left.push(member);
                }
            }
            rest = left;
            parts.push(part);
        }
        parts
    }

    /// The required members, changed so that a member can be added: without
    /// another value of that member, and with another known value if the given
    /// one excludes it.
    fn beside(&self, required: &[Sent], member: &Sent) -> Vec<Sent> {
        let fit = |(name, value): &Sent| {
            let known = self.members.iter().find(|one| one.name == *name);
            let known = known.map_or(&[][..], |one| &one.known);
            let mut values = std::iter::once(value).chain(known);
            let fits = |value: &&String| {
                let sent = (name.clone(), (*value).clone());
                !self.excludes(std::slice::from_ref(&sent), member)
            };
            let value = values.find(fits).unwrap_or(value);
            (name.clone(), value.clone())
        };
        let others = required.iter().filter(|one| one.0 != member.0);
        others.map(fit).collect()
    }

    /// Whether these members exclude another one.
    fn excludes(&self, members: &[Sent], member: &Sent) -> bool {
        let is = |one: &Sent, part: &str| match part.split_once('=') {
            Some((name, value)) => {
                let sent: Option<String> = serde_json::from_str(&one.1).ok();
                one.0 == name && sent.as_deref() == Some(value)
            }
            None => one.0 == part,
        };
        members.iter().any(|other| {
            let excluded = |[left, right]: &[String; 2]| {
                is(other, left) && is(member, right) || is(other, right) && is(member, left)
            };
            other.0 == member.0 || self.exclusive.iter().any(excluded)
        })
    }
}

impl Member {
    /// The smallest value.
    fn minimal(&self) -> String {
        match Schema::find(&self.dotnet) {
            Some(schema) => object(&schema.minimal()),
            None => self.example.clone(),
        }
    }

    /// The values to send: more than one if it has members that exclude each
    /// other.
    fn values(&self, fill: Fill) -> Vec<String> {
        let objects = |name: &str| -> Option<Vec<String>> {
            let schema = Schema::find(name)?;
            let parts = schema.parts(schema.members.iter(), fill, usize::MAX);
            Some(parts.iter().map(|part| object(part)).collect())
        };
        if let Some(objects) = objects(&self.dotnet) {
            return objects;
        }
        let item = self.dotnet.strip_prefix("List<");
        let item = item.and_then(|rest| rest.strip_suffix('>'));
        let value = match (fill, item) {
            (Fill::Empty, Some(_)) => "[]".to_owned(),
            (_, Some(item)) => match (objects(item), Schema::find(item)) {
                (Some(mut items), Some(schema)) => {
                    // A minimal item beside the full ones.
                    items.push(object(&schema.minimal()));
                    items.dedup();
                    format!("[{}]", items.join(","))
                }
                _ if fill == Fill::Examples => self.example.clone(),
                _ => {
                    let items = [fill, Fill::Empty].map(|fill| extreme(item, fill, false));
                    format!("[{}]", items.map(Option::unwrap_or_default).join(","))
                }
            },
            (_, None) if self.has_pattern => self.example.clone(),
            (_, None) => {
                extreme(&self.dotnet, fill, self.required).unwrap_or_else(|| self.example.clone())
            }
        };
        vec![value]
    }
}

/// A value at the edge of a type, as JSON text; `None` for examples.
fn extreme(dotnet: &str, fill: Fill, required: bool) -> Option<String> {
    let of = |edge: &str, high: &str, empty: &str| match fill {
        Fill::Examples => None,
        Fill::Edge => Some(edge.to_owned()),
        Fill::High => Some(high.to_owned()),
        Fill::Empty => Some(empty.to_owned()),
    };
    match dotnet {
        "int" => of(&i32::MIN.to_string(), &i32::MAX.to_string(), "0"),
        "long" => of(&i64::MIN.to_string(), &i64::MAX.to_string(), "0"),
        // The limits of .NET's decimal: the most digits after the point, the
        // largest value.
        "decimal" => of(
            "-0.0000000000000000000000000001",
            "79228162514264337593543950335",
            "-0.00",
        ),
        "bool" => of("false", "true", "false"),
        // The first date of SQL Server, the last one of .NET, a leap day.
        "DateTime" => of(
            "\"1753-01-01T00:00:00\"",
            "\"9999-12-31T23:59:59\"",
            "\"2028-02-29T00:00:00\"",
        ),
        "string" => of(
            &Value::from(AWKWARD).to_string(),
            "\" padded \"",
            // An empty text counts as missing.
            if required { "\" \"" } else { "\"\"" },
        ),
        _ => None,
    }
}

/// An object as JSON text.
fn object(members: &[Sent]) -> String {
    let members = members
        .iter()
        .map(|(name, value)| format!("{}:{value}", Value::from(name.as_str())));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

/// An upper bound for the length of members in a query: as percent-encoded
/// JSON, which is no shorter than JSV.
fn encoded(members: &[Sent]) -> usize {
    let length = |byte: u8| if byte.is_ascii_alphanumeric() { 1 } else { 3 };
    members
        .iter()
        .map(|(name, value)| "&=".len() + name.len() + value.bytes().map(length).sum::<usize>())
        .sum()
}

#[cfg(test)]
mod tests {
    use aim_fake::internals::names;

    use super::*;

    #[test]
    fn a_query_that_is_too_long_is_split() {
        for schema in SCHEMAS.iter() {
            let parts = schema.parts(schema.members.iter(), Fill::Edge, 600);
            let optional = |name: &&str| {
                let mut members = schema.members.iter();
                members.any(|member| member.name == *name && !member.required)
            };
            let mut sent = Vec::new();
            for part in &parts {
                let own: Vec<&str> = part.iter().map(|(name, _)| name.as_str()).collect();
                let own: Vec<&str> = own.into_iter().filter(optional).collect();
                assert!(encoded(part) <= 600 || own.len() <= 1, "{}", schema.name);
                for (index, member) in part.iter().enumerate() {
                    assert!(!schema.excludes(&part[..index], member), "{}", schema.name);
                }
                sent.extend(own);
            }
            sent.sort_unstable();
            let members = schema.members.iter().map(|member| member.name.as_str());
            let mut expected: Vec<&str> = members.filter(optional).collect();
            expected.sort_unstable();
            assert_eq!(sent, expected, "{}", schema.name);
        }
        let schema = Schema::find(names::schema::C2B_POST_CONTRACT_REQUEST).unwrap();
        let parts = schema.parts(schema.members.iter(), Fill::Edge, 600);
        assert!(parts.len() > 4, "{}", parts.len());
    }
}

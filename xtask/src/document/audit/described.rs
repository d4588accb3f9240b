//! The vendor's types and operations as the document describes them.

use std::collections::BTreeMap;

use serde_yaml::Value;

use crate::compare::pair::{items, join, keys, list, text};

/// XML namespace of the types that the framework adds to every service; no page of
/// the vendor lists them.
const FRAMEWORK: &str = "http://schemas.servicestack.net/types";

/// A member of one of the vendor's types.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) name: String,
    /// The C# type.
    pub(super) kind: String,
    pub(super) place: &'static str,
    pub(super) required: bool,
    /// Where it stands.
    pub(super) pointer: String,
}

pub(super) struct Operation<'a> {
    pub(super) method: String,
    pub(super) path: &'a str,
    pub(super) value: &'a Value,
}

impl<'a> Operation<'a> {
    pub(super) fn pointer(&self) -> String {
        join(&join("/paths", self.path), &self.method.to_lowercase())
    }

    pub(super) fn request(&self) -> &'a str {
        text(self.value.get("x-aim-request"))
    }

    /// The name of the answer's type.
    pub(super) fn answer(&self) -> &'a str {
        answer_of(self.value)
    }
}

/// The name of the type that an operation of the document answers with.
pub(super) fn answer_of(operation: &Value) -> &str {
    let schema = [
        "responses",
        "200",
        "content",
        "application/json",
        "schema",
        "$ref",
    ]
    .iter()
    .try_fold(operation, |value, key| value.get(key));
    let reference = text(schema);
    reference.rsplit('/').next().unwrap_or(reference)
}

pub(super) struct Described<'a> {
    pub(super) document: &'a Value,
    pub(super) operations: Vec<Operation<'a>>,
    /// With the base classes.
    pub(super) types: BTreeMap<String, Vec<Member>>,
}

pub(super) fn at<'a>(value: &'a Value, keys: &[&str]) -> Option<&'a Value> {
    keys.iter().try_fold(value, |value, key| value.get(key))
}

impl<'a> Described<'a> {
    pub(super) fn of(document: &'a Value) -> Self {
        let mut operations = Vec::new();
        let paths = document.get("paths");
        for path in keys(paths) {
            for method in ["get", "post"] {
                let value = paths.and_then(|paths| at(paths, &[path, method]));
                operations.extend(value.map(|value| Operation {
                    method: method.to_uppercase(),
                    path,
                    value,
                }));
            }
        }
        let mut described = Self {
            document,
            operations,
            types: BTreeMap::new(),
        };
        for name in described.schemas() {
            let members = described.members(name);
            described.types.insert(name.to_owned(), members);
        }
        for class in described.bases() {
            let members = described.inherited(class);
            described.types.insert(class.to_owned(), members);
        }
        described
    }

    /// The names of the vendor's schemas.
    pub(super) fn schemas(&self) -> Vec<&'a str> {
        let schemas = at(self.document, &["components", "schemas"]);
        let is_vendors = |name: &&str| {
            let namespace = schemas.and_then(|all| at(all, &[*name, "xml", "namespace"]));
            text(namespace) != FRAMEWORK
        };
        keys(schemas).into_iter().filter(is_vendors).collect()
    }

    pub(super) fn bases(&self) -> Vec<&'a str> {
        keys(self.document.get("x-aim-base-classes"))
    }

    pub(super) fn is_base(&self, name: &str) -> bool {
        at(self.document, &["x-aim-base-classes", name]).is_some()
    }

    pub(super) fn schema(&self, name: &str) -> Option<&'a Value> {
        at(self.document, &["components", "schemas", name])
    }

    pub(super) fn find(&self, type_: &str, member: &str) -> Option<&Member> {
        let members = self.types.get(type_)?;
        members.iter().find(|known| known.name == member)
    }

    pub(super) fn base_of(&self, type_: &str) -> &'a str {
        let class = at(self.document, &["x-aim-base-classes", type_, "base"]);
        match self.schema(type_) {
            Some(schema) => text(schema.get("x-aim-base")),
            None => text(class),
        }
    }

    /// The base classes of a type, nearest first.
    pub(super) fn bases_of(&self, type_: &str) -> Vec<&'a str> {
        let mut bases = Vec::new();
        let mut next = self.base_of(type_);
        while !next.is_empty() && !bases.contains(&next) {
            bases.push(next);
            next = self.base_of(next);
        }
        bases
    }

    pub(super) fn base_members(&self, class: &str) -> Vec<&'a str> {
        list(at(self.document, &["x-aim-base-classes", class, "members"]))
    }

    /// The members that a schema declares itself.
    fn members(&self, type_: &str) -> Vec<Member> {
        let Some(schema) = self.schema(type_) else {
            return Vec::new();
        };
        let sent_by = |method: &str| {
            let mut all = self.operations.iter();
            all.any(|one| one.request() == type_ && one.method == method)
        };
        let place = match (sent_by("POST"), sent_by("GET")) {
            (false, true) => "query",
            _ => "body",
        };
        let properties = schema.get("properties");
        let own = keys(properties).into_iter().filter_map(|name| {
            let property = properties?.get(name)?;
            property
                .get("x-aim-declared-in")
                .is_none()
                .then(|| self.member(type_, name, property, place))
        });
        own.collect()
    }

    fn member(&self, type_: &str, name: &str, property: &Value, place: &'static str) -> Member {
        let required = self.schema(type_).and_then(|schema| schema.get("required"));
        Member {
            name: name.to_owned(),
            kind: text(property.get("x-aim-dotnet-type")).to_owned(),
            place,
            required: list(required).contains(&name),
            pointer: join(&format!("/components/schemas/{type_}/properties"), name),
        }
    }

    /// The members of a base class: headers, or members of every answer.
    fn inherited(&self, class: &str) -> Vec<Member> {
        let names = self.base_members(class).into_iter();
        let member = |name: &'a str| {
            for section in ["securitySchemes", "parameters"] {
                let Some(header) = at(self.document, &["components", section, name]) else {
                    continue;
                };
                let required = section == "securitySchemes"
                    || header.get("required").and_then(Value::as_bool) == Some(true);
                return Some(Member {
                    name: name.to_owned(),
                    kind: text(header.get("x-aim-dotnet-type")).to_owned(),
                    place: "header",
                    required,
                    pointer: format!("/components/{section}/{name}"),
                });
            }
            self.schemas().into_iter().find_map(|type_| {
                let property = self.schema(type_)?.get("properties")?.get(name)?;
                let declared = text(property.get("x-aim-declared-in"));
                (declared == class).then(|| self.member(type_, name, property, "body"))
            })
        };
        names.filter_map(member).collect()
    }

    /// The types that a type holds, at any depth, itself included.
    pub(super) fn reached_from(&self, start: &[&str]) -> Vec<String> {
        let mut reached: Vec<String> = Vec::new();
        let mut todo: Vec<String> = start.iter().map(|name| (*name).to_owned()).collect();
        while let Some(name) = todo.pop() {
            if reached.contains(&name) || !self.types.contains_key(&name) {
                continue;
            }
            let members = self.types.get(&name).into_iter().flatten();
            todo.extend(members.map(|member| item_of(&member.kind).to_owned()));
            todo.extend(self.bases_of(&name).into_iter().map(ToOwned::to_owned));
            reached.push(name);
        }
        reached
    }

    pub(super) fn application(&self) -> &'a str {
        let server = items(self.document.get("servers")).first();
        text(server.and_then(|server| at(server, &["variables", "applicationPath", "default"])))
    }
}

/// The type of a list's items, or the type itself.
pub(super) fn item_of(kind: &str) -> &str {
    let kind = kind.strip_suffix('?').unwrap_or(kind);
    let item = kind
        .strip_prefix("List<")
        .and_then(|rest| rest.strip_suffix('>'));
    item.unwrap_or(kind)
}

/// The C# types that are no schema.
pub(super) fn is_scalar(kind: &str) -> bool {
    let bare = kind.strip_suffix('?').unwrap_or(kind);
    ["string", "int", "long", "bool", "decimal", "DateTime"].contains(&bare)
}

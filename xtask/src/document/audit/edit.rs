//! Edits of the document as a value: members, types and operations, with what
//! else names them.

use aim_codegen::lint;
use serde_yaml::{Mapping, Value};

use crate::compare::pair::{keys, list, text};

use super::described::{answer_of, at, is_scalar, item_of};
use super::jsv::jsv;

/// The document, and what the edits so far leave to a person.
#[derive(Clone)]
pub(super) struct Editor {
    pub(super) document: Value,
    pub(super) left: Vec<String>,
}

const ARRAYS: &str = "http://schemas.microsoft.com/2003/10/Serialization/Arrays";

pub(super) fn map<const N: usize>(members: [(&str, Value); N]) -> Value {
    let members = members
        .into_iter()
        .map(|(name, value)| (name.into(), value));
    Value::Mapping(members.collect())
}

pub(super) fn at_mut<'v>(value: &'v mut Value, keys: &[&str]) -> Option<&'v mut Value> {
    keys.iter().try_fold(value, |value, key| match value {
        Value::Sequence(items) => items.get_mut(key.parse::<usize>().ok()?),
        value => value.get_mut(*key),
    })
}

/// Inserts a member of a map behind another one, or as the first.
pub(super) fn insert_after(members: &mut Mapping, after: Option<&str>, name: &str, value: Value) {
    let mut all: Vec<_> = std::mem::take(members).into_iter().collect();
    let place = after.map_or(0, |after| {
        let found = all
            .iter()
            .position(|(name, _)| name.as_str() == Some(after));
        found.map_or(all.len(), |found| found + 1)
    });
    all.insert(place.min(all.len()), (name.into(), value));
    *members = all.into_iter().collect();
}

/// Makes a query parameter one that is required, or one that is not.
pub(super) fn set_required(parameter: &mut Mapping, is_required: bool) {
    parameter.shift_remove("required");
    if is_required {
        insert_after(parameter, Some("in"), "required", true.into());
    }
}

/// Renames a member of a map and keeps its place.
fn rename_key(members: &mut Mapping, from: &str, to: &str) {
    let all = std::mem::take(members).into_iter();
    *members = all
        .map(|(name, value)| {
            if name.as_str() == Some(from) {
                (to.into(), value)
            } else {
                (name, value)
            }
        })
        .collect();
}

/// The keys of a schema that its C# type gives it.
pub(super) fn shape(kind: &str) -> Vec<(&'static str, Value)> {
    if let Some(item) = kind
        .strip_prefix("List<")
        .and_then(|rest| rest.strip_suffix('>'))
    {
        let items = if is_scalar(item) {
            let mut items: Mapping = scalar(item)
                .into_iter()
                .map(|(key, value)| (key.into(), value))
                .collect();
            let name = if item == "DateTime" {
                "dateTime"
            } else if item == "bool" {
                "boolean"
            } else {
                item
            };
            items.insert(
                "xml".into(),
                map([("name", name.into()), ("namespace", ARRAYS.into())]),
            );
            Value::Mapping(items)
        } else {
            map([("$ref", format!("#/components/schemas/{item}").into())])
        };
        return vec![
            ("type", "array".into()),
            ("nullable", true.into()),
            ("xml", map([("wrapped", true.into())])),
            ("items", items),
        ];
    }
    if is_scalar(kind) {
        return scalar(kind);
    }
    let reference = map([("$ref", format!("#/components/schemas/{kind}").into())]);
    vec![("allOf", Value::Sequence(vec![reference]))]
}

fn scalar(kind: &str) -> Vec<(&'static str, Value)> {
    let (bare, is_nullable) = match kind.strip_suffix('?') {
        Some(bare) => (bare, true),
        None => (kind, false),
    };
    let (type_, format) = match bare {
        "int" => ("integer", Some("int32")),
        "long" => ("integer", Some("int64")),
        "decimal" => ("number", Some("double")),
        "bool" => ("boolean", None),
        _ => ("string", None),
    };
    let mut shape = vec![("type", type_.into())];
    shape.extend(format.map(|format| ("format", format.into())));
    if is_nullable {
        shape.push(("nullable", true.into()));
    }
    shape
}

/// A member to be described.
pub(super) struct New<'a> {
    pub(super) name: &'a str,
    pub(super) kind: &'a str,
    pub(super) text: Option<&'a str>,
    pub(super) required: bool,
    /// Whether the vendor's sample has it.
    pub(super) is_sampled: bool,
}

/// Words that make the text of a member secret or personal.
const SECRET: [&str; 5] = ["password", "token", "secret", "apikey", "accountnumber"];
const PERSONAL: [&str; 7] = [
    "name",
    "email",
    "phone",
    "addr",
    "birth",
    "ssn",
    "signature",
];

fn sensitive(new: &New<'_>) -> Option<&'static str> {
    let name = new.name.to_lowercase();
    if new.kind != "string" {
        None
    } else if SECRET.iter().any(|word| name.contains(word)) {
        Some("secret")
    } else if PERSONAL.iter().any(|word| name.contains(word)) {
        Some("personal")
    } else {
        None
    }
}

pub(super) const UNDESCRIBED: &str = "The vendor documents no meaning.";

impl Editor {
    pub(super) fn get(&self, keys: &[&str]) -> Option<&Value> {
        at(&self.document, keys)
    }

    pub(super) fn schema(&self, name: &str) -> Option<&Value> {
        self.get(&["components", "schemas", name])
    }

    pub(super) fn map_mut(&mut self, keys: &[&str]) -> Option<&mut Mapping> {
        at_mut(&mut self.document, keys)?.as_mapping_mut()
    }

    /// The operations: path and method.
    pub(super) fn operations(&self) -> Vec<(String, &'static str)> {
        let paths = self.document.get("paths");
        let all = keys(paths).into_iter().flat_map(|path| {
            let item = paths.and_then(|paths| paths.get(path));
            let methods = ["get", "post"].into_iter();
            methods
                .filter(move |method| item.and_then(|item| item.get(*method)).is_some())
                .map(move |method| (path.to_owned(), method))
        });
        all.collect()
    }

    pub(super) fn of_request(&self, request: &str) -> Vec<(String, &'static str)> {
        let mut all = self.operations();
        all.retain(|(path, method)| {
            text(self.get(&["paths", path, method, "x-aim-request"])) == request
        });
        all
    }

    /// The members of a type with their C# types.
    pub(super) fn members_of(&self, type_: &str) -> Vec<(String, String)> {
        let properties = self
            .schema(type_)
            .and_then(|schema| schema.get("properties"));
        let kind = |name: &&str| {
            let property = properties.and_then(|all| all.get(*name));
            text(property.and_then(|property| property.get("x-aim-dotnet-type"))).to_owned()
        };
        keys(properties)
            .into_iter()
            .map(|name| (name.to_owned(), kind(&name)))
            .collect()
    }

    /// The description of a member.
    pub(super) fn property(&mut self, type_: &str, new: &New<'_>) -> Mapping {
        let mut property: Mapping = shape(new.kind)
            .into_iter()
            .map(|(key, value)| (key.into(), value))
            .collect();
        let description = if new.text.is_some() {
            lint::PLACEHOLDER
        } else {
            UNDESCRIBED
        };
        property.insert("description".into(), description.into());
        property.insert("example".into(), self.example_of(new.kind, 0));
        property.insert("x-aim-dotnet-type".into(), new.kind.into());
        if let Some(mark) = sensitive(new) {
            property.insert("x-aim-sensitive".into(), mark.into());
        }
        let meaning = if new.text.is_some() {
            "its meaning in your own words, "
        } else {
            ""
        };
        let mark = if new.kind == "string" {
            ", and whether it is personal or secret"
        } else {
            ""
        };
        let name = new.name;
        self.left
            .push(format!("{type_}.{name}: {meaning}an example{mark}"));
        property
    }

    /// Adds a member to a schema, to the query of its GETs and to its samples.
    pub(super) fn add_member(
        &mut self,
        type_: &str,
        new: &New<'_>,
        after: Option<&str>,
    ) -> Result<(), String> {
        let mut property = self.property(type_, new);
        property.insert("x-aim-vintage".into(), "newer".into());
        let sample = self.sample_of(new.kind, 0);
        let no_place = || format!("the schema `{type_}` has no place for `{}`", new.name);
        let schema = self
            .map_mut(&["components", "schemas", type_])
            .ok_or_else(no_place)?;
        if !schema.contains_key("properties") {
            insert_after(
                schema,
                Some("description"),
                "properties",
                Value::Mapping(Mapping::new()),
            );
        }
        let properties = schema
            .get_mut("properties")
            .and_then(Value::as_mapping_mut)
            .ok_or_else(no_place)?;
        insert_after(
            properties,
            after,
            new.name,
            Value::Mapping(property.clone()),
        );
        self.add_parameters(type_, new, after, &property);
        let name = new.name.to_owned();
        let is_sampled = new.is_sampled;
        self.visit(type_, &mut |object, is_sample| {
            if is_sample && is_sampled && !object.contains_key(name.as_str()) {
                let after = after.filter(|after| object.contains_key(*after));
                insert_after(object, after, &name, sample.clone());
            }
        });
        if new.required {
            self.require(type_, new.name)?;
        }
        Ok(())
    }

    fn add_parameters(
        &mut self,
        type_: &str,
        new: &New<'_>,
        after: Option<&str>,
        property: &Mapping,
    ) {
        let jsv = jsv(property.get("example").unwrap_or(&Value::Null));
        let parameter = self.parameter(new, property, jsv);
        for (path, method) in self.of_request(type_) {
            let list = at_mut(&mut self.document, &["paths", &path, method, "parameters"]);
            let (Some(Value::Sequence(parameters)), "get") = (list, method) else {
                continue;
            };
            let place = parameters
                .iter()
                .position(|one| text(one.get("name")) == after.unwrap_or_default());
            let place = place.map_or(0, |place| place + 1);
            parameters.insert(place, Value::Mapping(parameter.clone()));
        }
    }

    /// The query parameter of a member.
    pub(super) fn parameter(&self, new: &New<'_>, property: &Mapping, jsv: String) -> Mapping {
        let is_text = new.kind.starts_with("List<") || !is_scalar(new.kind);
        let kind = if is_text { "string" } else { new.kind };
        let schema = shape(kind)
            .into_iter()
            .filter(|(key, _)| *key != "nullable");
        let schema: Mapping = schema.map(|(key, value)| (key.into(), value)).collect();
        let mut parameter = Mapping::new();
        parameter.insert("name".into(), new.name.into());
        parameter.insert("in".into(), "query".into());
        for key in ["description", "example"] {
            let value = property.get(key).cloned().unwrap_or_default();
            parameter.insert(
                key.into(),
                if is_text && key == "example" {
                    jsv.clone().into()
                } else {
                    value
                },
            );
            if key == "description" {
                parameter.insert("schema".into(), Value::Mapping(schema.clone()));
            }
        }
        for key in ["x-aim-dotnet-type", "x-aim-vintage"] {
            if let Some(value) = property.get(key) {
                parameter.insert(key.into(), value.clone());
            }
        }
        let mark = property.get("x-aim-sensitive").cloned();
        let held = || self.sensitivity(item_of(new.kind), 0).map(Value::from);
        if let Some(mark) = mark.or_else(held) {
            parameter.insert("x-aim-sensitive".into(), mark);
        }
        parameter
    }

    /// The strictest mark of what a type holds.
    fn sensitivity(&self, type_: &str, depth: usize) -> Option<&'static str> {
        let properties = self.schema(type_)?.get("properties")?;
        let mut strictest = None;
        for name in keys(Some(properties)) {
            let property = properties.get(name)?;
            let inner = match text(property.get("x-aim-sensitive")) {
                "secret" => Some("secret"),
                "personal" => Some("personal"),
                _ if depth < 4 => {
                    self.sensitivity(item_of(text(property.get("x-aim-dotnet-type"))), depth + 1)
                }
                _ => None,
            };
            match inner {
                Some("secret") => return inner,
                found => strictest = strictest.or(found),
            }
        }
        strictest
    }

    /// Requires a member, and completes the examples.
    pub(super) fn require(&mut self, type_: &str, member: &str) -> Result<(), String> {
        if self.is_answered(type_) {
            return Err(format!(
                "{type_}.{member}: an answer requires nothing, so that no answer fails as a whole"
            ));
        }
        let property = self.get(&["components", "schemas", type_, "properties", member]);
        let example = property
            .and_then(|property| property.get("example"))
            .cloned();
        let kind = text(property.and_then(|property| property.get("x-aim-dotnet-type"))).to_owned();
        let sample = self.sample_of(&kind, 0);
        let schema = self
            .map_mut(&["components", "schemas", type_])
            .ok_or_else(|| format!("there is no schema `{type_}`"))?;
        match schema.get_mut("required") {
            Some(Value::Sequence(names)) if !names.iter().any(|name| name == member) => {
                names.push(member.into())
            }
            Some(_) => {}
            None => {
                let names = Value::Sequence(vec![member.into()]);
                insert_after(schema, Some("description"), "required", names);
            }
        }
        self.require_parameter(type_, member, true);
        let member = member.to_owned();
        self.visit(type_, &mut |object, is_sample| {
            if !object.contains_key(member.as_str()) {
                let value = if is_sample {
                    Some(sample.clone())
                } else {
                    example.clone()
                };
                object.insert(
                    member.as_str().into(),
                    value.unwrap_or_else(|| sample.clone()),
                );
            }
        });
        Ok(())
    }

    /// The queries of a request require what its schema requires.
    fn require_parameter(&mut self, type_: &str, member: &str, is_required: bool) {
        for (path, method) in self.of_request(type_) {
            let list = at_mut(&mut self.document, &["paths", &path, method, "parameters"]);
            let parameters = list.and_then(Value::as_sequence_mut).into_iter().flatten();
            for parameter in parameters.filter_map(Value::as_mapping_mut) {
                if text(parameter.get("name")) == member {
                    set_required(parameter, is_required);
                }
            }
        }
    }

    pub(super) fn require_no_more(&mut self, type_: &str, member: &str) {
        self.require_parameter(type_, member, false);
        let Some(schema) = self.map_mut(&["components", "schemas", type_]) else {
            return;
        };
        if let Some(Value::Sequence(names)) = schema.get_mut("required") {
            names.retain(|name| name != member);
            if names.is_empty() {
                schema.shift_remove("required");
            }
        }
    }

    /// Whether a type is part of an answer.
    fn is_answered(&self, type_: &str) -> bool {
        let schema = "responses/200/content/application~json/schema/$ref".split('/');
        let schema: Vec<&str> = schema
            .map(|key| {
                if key == "application~json" {
                    "application/json"
                } else {
                    key
                }
            })
            .collect();
        let mut todo: Vec<String> = Vec::new();
        for (path, method) in self.operations() {
            let way: Vec<&str> = ["paths", &path, method]
                .into_iter()
                .chain(schema.iter().copied())
                .collect();
            let reference = text(self.get(&way));
            todo.push(reference.rsplit('/').next().unwrap_or_default().to_owned());
        }
        let mut seen: Vec<String> = Vec::new();
        while let Some(name) = todo.pop() {
            if name == type_ {
                return true;
            }
            if !seen.contains(&name) {
                todo.extend(
                    self.members_of(&name)
                        .into_iter()
                        .map(|(_, kind)| item_of(&kind).to_owned()),
                );
                seen.push(name);
            }
        }
        false
    }

    pub(super) fn remove_member(&mut self, type_: &str, member: &str) {
        self.require_no_more(type_, member);
        if let Some(properties) = self.map_mut(&["components", "schemas", type_, "properties"]) {
            properties.shift_remove(member);
        }
        if let Some(schema) = self.map_mut(&["components", "schemas", type_])
            && let Some(Value::Sequence(pairs)) = schema.get_mut("x-aim-exclusive")
        {
            let names = |value: &Value| {
                list(Some(value))
                    .iter()
                    .any(|name| name.split('=').next() == Some(member))
            };
            pairs.retain(|pair| !names(pair));
            if pairs.is_empty() {
                schema.shift_remove("x-aim-exclusive");
            }
        }
        self.of_operations(type_, member, None);
        self.visit(type_, &mut |object, _| {
            object.shift_remove(member);
        });
        self.left.push(format!(
            "{type_}.{member}: whether older hosts still have it; then it stays, and an entry of openapi/DEVIATIONS.md says why"
        ));
    }

    /// Renames (or removes) a member where operations name it.
    fn of_operations(&mut self, type_: &str, member: &str, to: Option<&str>) {
        for (path, method) in self.operations() {
            let Some(operation) = at_mut(&mut self.document, &["paths", &path, method]) else {
                continue;
            };
            let is_answer = answer_of(operation) == type_;
            let is_request = text(operation.get("x-aim-request")) == type_;
            if is_answer {
                if let Some(Value::Sequence(names)) = operation.get_mut("x-aim-evidence") {
                    replace(names, member, to);
                }
                if text(operation.get("x-aim-partial")) == member
                    && let Some(operation) = operation.as_mapping_mut()
                {
                    match to {
                        Some(to) => drop(operation.insert("x-aim-partial".into(), to.into())),
                        None => drop(operation.shift_remove("x-aim-partial")),
                    }
                }
            }
            if is_request {
                if let Some(Value::Sequence(parameters)) = operation.get_mut("parameters") {
                    let is_it = |one: &Value| text(one.get("name")) == member;
                    match to {
                        None => parameters.retain(|one| !is_it(one)),
                        Some(to) => {
                            for one in parameters.iter_mut().filter(|one| is_it(one)) {
                                if let Some(name) = one.get_mut("name") {
                                    *name = to.into();
                                }
                            }
                        }
                    }
                }
                if let Some(Value::Mapping(by)) = at_mut(operation, &["x-aim-lookup", "by"]) {
                    match to {
                        None => by.retain(|_, own| own != member),
                        Some(to) => by
                            .values_mut()
                            .filter(|own| **own == member)
                            .for_each(|own| *own = to.into()),
                    }
                }
            }
            let target = text(at(operation, &["x-aim-lookup", "operation"])).to_owned();
            let is_target = self.operations().iter().any(|(path, method)| {
                text(self.get(&["paths", path, method, "operationId"])) == target
                    && text(self.get(&["paths", path, method, "x-aim-request"])) == type_
            });
            let Some(operation) = at_mut(&mut self.document, &["paths", &path, method]) else {
                continue;
            };
            if is_target
                && let Some(Value::Mapping(by)) = at_mut(operation, &["x-aim-lookup", "by"])
            {
                match to {
                    None => drop(by.shift_remove(member)),
                    Some(to) => rename_key(by, member, to),
                }
            }
            let is_empty = at(operation, &["x-aim-lookup", "by"])
                .and_then(Value::as_mapping)
                .is_some_and(Mapping::is_empty);
            if is_empty && let Some(operation) = operation.as_mapping_mut() {
                operation.shift_remove("x-aim-lookup");
            }
        }
    }

    pub(super) fn rename_member(&mut self, type_: &str, from: &str, to: &str) {
        if let Some(properties) = self.map_mut(&["components", "schemas", type_, "properties"]) {
            rename_key(properties, from, to);
        }
        if let Some(schema) = self.map_mut(&["components", "schemas", type_]) {
            if let Some(Value::Sequence(names)) = schema.get_mut("required") {
                replace(names, from, Some(to));
            }
            if let Some(Value::Sequence(pairs)) = schema.get_mut("x-aim-exclusive") {
                for pair in pairs.iter_mut().filter_map(Value::as_sequence_mut) {
                    for name in pair.iter_mut() {
                        let (own, value) = match name.as_str().unwrap_or_default().split_once('=') {
                            Some((own, value)) => (own.to_owned(), format!("={value}")),
                            None => (name.as_str().unwrap_or_default().to_owned(), String::new()),
                        };
                        if own == from {
                            *name = format!("{to}{value}").into();
                        }
                    }
                }
            }
        }
        self.of_operations(type_, from, Some(to));
        self.visit(type_, &mut |object, _| rename_key(object, from, to));
        self.left.push(format!(
            "{type_}.{to}: whether it is `{from}` by another name, and what descriptions call it"
        ));
    }

    /// Gives a member another C# type, and its examples values of it.
    pub(super) fn retype_member(
        &mut self,
        type_: &str,
        member: &str,
        kind: &str,
    ) -> Result<(), String> {
        let way = ["components", "schemas", type_, "properties", member];
        let old = self.get(&way).and_then(Value::as_mapping).cloned();
        let old = old.ok_or_else(|| format!("`{type_}` has no member `{member}` of its own"))?;
        let was = text(old.get("x-aim-dotnet-type")).to_owned();
        let is_same_value = was.trim_end_matches('?') == kind.trim_end_matches('?');
        let example = if is_same_value {
            old.get("example").cloned().unwrap_or_default()
        } else {
            self.example_of(kind, 0)
        };
        let mut property: Mapping = shape(kind)
            .into_iter()
            .map(|(key, value)| (key.into(), value))
            .collect();
        for (key, value) in &old {
            let name = key.as_str().unwrap_or_default();
            let is_shape = ["type", "format", "nullable", "xml", "items", "allOf"].contains(&name);
            let is_of_texts =
                ["x-aim-open-enum", "x-aim-pattern", "x-aim-sensitive"].contains(&name);
            match name {
                "example" => drop(property.insert(key.clone(), example.clone())),
                "x-aim-dotnet-type" => drop(property.insert(key.clone(), kind.into())),
                _ if is_shape || (is_of_texts && kind != "string") => {}
                _ => drop(property.insert(key.clone(), value.clone())),
            }
        }
        if let Some(place) = at_mut(&mut self.document, &way) {
            *place = Value::Mapping(property.clone());
        }
        let jsv = jsv(&example);
        let new = New {
            name: member,
            kind,
            text: None,
            required: false,
            is_sampled: false,
        };
        let parameter = self.parameter(&new, &property, jsv);
        for (path, method) in self.of_request(type_) {
            if let Some(Value::Sequence(parameters)) =
                at_mut(&mut self.document, &["paths", &path, method, "parameters"])
            {
                for one in parameters
                    .iter_mut()
                    .filter(|one| text(one.get("name")) == member)
                {
                    let kept = one.get("description").cloned().unwrap_or_default();
                    let mut changed = parameter.clone();
                    set_required(&mut changed, one.get("required").is_some());
                    changed.insert("description".into(), kept);
                    for key in ["x-aim-open-enum", "x-aim-pattern"] {
                        if let Some(value) = property.get(key) {
                            changed.insert(key.into(), value.clone());
                        }
                    }
                    *one = Value::Mapping(changed);
                }
            }
        }
        if is_same_value {
            return Ok(());
        }
        let sample = self.sample_of(kind, 0);
        let is_absent = kind == "DateTime";
        self.visit(type_, &mut |object, is_sample| {
            let Some(value) = object.get_mut(member) else {
                return;
            };
            if is_sample {
                *value = sample.clone();
            } else {
                *value = example.clone();
            }
            if is_sample && is_absent {
                object.shift_remove(member);
            }
        });
        if !kind.starts_with("List<") && !is_scalar(kind) {
            self.of_evidence(type_, member);
        }
        self.left.push(format!(
            "{type_}.{member}: an example, and what descriptions say of the type"
        ));
        Ok(())
    }

    /// An object proves nothing.
    fn of_evidence(&mut self, type_: &str, member: &str) {
        for (path, method) in self.operations() {
            if let Some(operation) = at_mut(&mut self.document, &["paths", &path, method]) {
                let is_answer = answer_of(operation) == type_;
                if is_answer
                    && let Some(Value::Sequence(names)) = operation.get_mut("x-aim-evidence")
                {
                    names.retain(|name| name != member);
                }
            }
        }
    }

    /// Puts members, and the query of the GETs, into another order.
    pub(super) fn reorder(&mut self, type_: &str, order: &[String]) {
        let place = |name: &str| order.iter().position(|known| known == name);
        if let Some(properties) = self.map_mut(&["components", "schemas", type_, "properties"]) {
            let mut all: Vec<_> = std::mem::take(properties).into_iter().collect();
            let mut last = 0;
            // What the page does not have stays behind what it stood behind.
            let mut ranked: Vec<_> = all
                .drain(..)
                .map(|(name, value)| {
                    last = name.as_str().and_then(place).unwrap_or(last);
                    (last, name, value)
                })
                .collect();
            ranked.sort_by_key(|(rank, ..)| *rank);
            *properties = ranked
                .into_iter()
                .map(|(_, name, value)| (name, value))
                .collect();
        }
        let names: Vec<String> = self
            .members_of(type_)
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        for (path, method) in self.of_request(type_) {
            if let Some(Value::Sequence(parameters)) =
                at_mut(&mut self.document, &["paths", &path, method, "parameters"])
            {
                parameters.sort_by_key(|one| {
                    let name = text(one.get("name"));
                    names
                        .iter()
                        .position(|known| known == name)
                        .unwrap_or(names.len())
                });
            }
        }
    }

    /// Removes examples and schemas that nothing refers to any more.
    pub(super) fn remove_unused(&mut self, before: &Value) {
        for section in ["examples", "schemas"] {
            let names: Vec<String> = keys(self.get(&["components", section]))
                .into_iter()
                .map(ToOwned::to_owned)
                .collect();
            for name in names {
                let was_used = refers(before, &name, section);
                if was_used
                    && !refers(&self.document, &name, section)
                    && let Some(all) = self.map_mut(&["components", section])
                {
                    all.shift_remove(name.as_str());
                }
            }
        }
    }
}

/// Whether anything refers to a component, or names the schema as its type.
fn refers(value: &Value, name: &str, section: &str) -> bool {
    let reference = format!("#/components/{section}/{name}");
    match value {
        Value::Mapping(members) => {
            members
                .iter()
                .any(|(key, value)| match (key.as_str(), value.as_str()) {
                    (Some("$ref"), Some(found)) => found == reference,
                    (Some("x-aim-request"), Some(found)) => section == "schemas" && found == name,
                    _ => refers(value, name, section),
                })
        }
        Value::Sequence(items) => items.iter().any(|item| refers(item, name, section)),
        _ => false,
    }
}

fn replace(names: &mut Vec<Value>, from: &str, to: Option<&str>) {
    match to {
        None => names.retain(|name| name != from),
        Some(to) => names
            .iter_mut()
            .filter(|name| *name == from)
            .for_each(|name| *name = to.into()),
    }
}

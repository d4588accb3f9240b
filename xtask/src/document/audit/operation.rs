//! Suggests operations and types that the document does not have.

use serde_yaml::{Mapping, Value};

use crate::compare::pair::{items, keys, list, text};

use super::described::{at, item_of};
use super::difference::Difference;
use super::edit::{New, insert_after, map, set_required};
use super::jsv::jsv;
use super::page::{Body, Operation, Page, Route, Side, Type};
use super::suggest::Suggest;

/// The marks of a GET that books, which nobody is to use.
const BOOKS_BY_GET: [&str; 2] = ["x-internal", "deprecated"];

impl Suggest<'_> {
    /// The same operation by another method or path.
    pub(super) fn new_route(&mut self, request: &str, route: &Route) -> Result<(), String> {
        let method = method_of(route)?;
        let mut own = self.editor.of_request(request).into_iter();
        let (path, known) = own
            .next()
            .ok_or_else(|| format!("{request}: the document has no operation of it"))?;
        let mut operation = self
            .editor
            .get(&["paths", &path, known])
            .cloned()
            .unwrap_or_default();
        let id = self.free_id(&route.path, method);
        let schema = request.to_owned();
        let carried = self.parts(&schema, method);
        let Value::Mapping(members) = &mut operation else {
            return Err(format!("{request}: its operation is no map"));
        };
        members.insert("operationId".into(), id.into());
        members.shift_remove("requestBody");
        let books = text(members.get("x-aim-repeat")) == "books";
        for mark in BOOKS_BY_GET {
            members.shift_remove(mark);
            if method == "get" && books {
                insert_after(members, Some("externalDocs"), mark, true.into());
            }
        }
        let headers: Vec<Value> = items(members.get("parameters"))
            .iter()
            .filter(|one| text(one.get("in")) != "query")
            .cloned()
            .collect();
        let mut parameters = Vec::new();
        match carried {
            Carried::Query(query) => parameters.extend(query),
            Carried::Body(body) => {
                insert_after(members, Some("parameters"), "requestBody", body);
            }
        }
        parameters.extend(headers);
        members.insert("parameters".into(), Value::Sequence(parameters));
        self.put(&route.path, method, operation)?;
        self.editor.left.push(format!(
            "{} {}: summary and description, what may be repeated, and snapshots in tests/snapshots",
            route.method, route.path
        ));
        Ok(())
    }

    fn put(&mut self, path: &str, method: &str, operation: Value) -> Result<(), String> {
        let paths = self
            .editor
            .map_mut(&["paths"])
            .ok_or("the document has no paths")?;
        if !paths.contains_key(path) {
            paths.insert(path.into(), Value::Mapping(Mapping::new()));
        }
        let item = paths
            .get_mut(path)
            .and_then(Value::as_mapping_mut)
            .ok_or("a path is no map")?;
        item.insert(method.into(), operation);
        Ok(())
    }

    /// A type as JSON, with its sample if the document has one.
    fn media(&self, type_: &str) -> Mapping {
        let example = format!("{type_}.vendorSample");
        let mut media = Mapping::new();
        media.insert(
            "schema".into(),
            map([("$ref", format!("#/components/schemas/{type_}").into())]),
        );
        if self
            .editor
            .get(&["components", "examples", &example])
            .is_some()
        {
            let reference = map([("$ref", format!("#/components/examples/{example}").into())]);
            media.insert("examples".into(), map([("vendorSample", reference)]));
        }
        media
    }

    /// How a request travels: its query parameters, or its body.
    fn parts(&self, request: &str, method: &str) -> Carried {
        if method == "post" {
            let media = self.media(request);
            return Carried::Body(map([
                ("required", true.into()),
                (
                    "content",
                    map([("application/json", Value::Mapping(media))]),
                ),
            ]));
        }
        let schema = self.editor.schema(request);
        let required = list(schema.and_then(|schema| schema.get("required")));
        let properties = schema.and_then(|schema| schema.get("properties"));
        let parameters = keys(properties).into_iter().filter_map(|name| {
            let property = properties?.get(name)?.as_mapping()?;
            let kind = text(property.get("x-aim-dotnet-type"));
            let example = property.get("example").cloned().unwrap_or_default();
            let new = New {
                name,
                kind,
                text: None,
                required: false,
                is_sampled: false,
            };
            let mut parameter = self.editor.parameter(&new, property, jsv(&example));
            set_required(&mut parameter, required.contains(&name));
            for key in ["x-aim-open-enum", "x-aim-pattern"] {
                if let Some(value) = property.get(key) {
                    parameter.insert(key.into(), value.clone());
                }
            }
            Some(Value::Mapping(parameter))
        });
        Carried::Query(parameters.collect())
    }

    /// An id that no operation has yet.
    fn free_id(&self, path: &str, method: &str) -> String {
        let name = path.rsplit('/').next().unwrap_or(path);
        let name: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
        let taken: Vec<String> = self
            .editor
            .operations()
            .iter()
            .map(|(path, method)| {
                text(self.editor.get(&["paths", path, method, "operationId"])).to_lowercase()
            })
            .collect();
        let with_method = if method == "get" {
            format!("{name}Get")
        } else {
            format!("{name}Post")
        };
        [name.clone(), with_method]
            .into_iter()
            .find(|id| !taken.contains(&id.to_lowercase()))
            .unwrap_or_else(|| format!("{name}Again"))
    }

    pub(super) fn gone_route(&mut self, pointer: &str) {
        let before = self.editor.document.clone();
        let steps: Vec<String> = pointer
            .split('/')
            .skip(1)
            .map(|step| step.replace("~1", "/").replace("~0", "~"))
            .collect();
        if let [_, path, method] = steps.as_slice() {
            let id = text(self.editor.get(&["paths", path, method, "operationId"])).to_owned();
            if let Some(item) = self.editor.map_mut(&["paths", path]) {
                item.shift_remove(method.as_str());
            }
            let is_empty = self
                .editor
                .get(&["paths", path])
                .and_then(Value::as_mapping)
                .is_some_and(Mapping::is_empty);
            if is_empty && let Some(paths) = self.editor.map_mut(&["paths"]) {
                paths.shift_remove(path.as_str());
            }
            for (path, method) in self.editor.operations() {
                let target =
                    text(
                        self.editor
                            .get(&["paths", &path, method, "x-aim-lookup", "operation"]),
                    )
                    .to_owned();
                if target == id
                    && let Some(operation) = self.editor.map_mut(&["paths", &path, method])
                {
                    operation.shift_remove("x-aim-lookup");
                }
            }
            self.editor.remove_unused(&before);
            self.editor.left.push(format!(
                "{} {path}: whether older hosts still have it; then it stays, and an entry of openapi/DEVIATIONS.md says why",
                method.to_uppercase()
            ));
        }
    }

    pub(super) fn new_operation(&mut self, difference: &Difference) -> Result<(), String> {
        let page = self.page_of(difference)?;
        let operation = page
            .operations
            .iter()
            .find(|known| known.request == difference.type_);
        let operation = operation
            .ok_or_else(|| format!("{}: its page is not there any more", difference.type_))?;
        let request = operation.request.as_str();
        if page.cut.is_some() && page.kind == super::page::Kind::Table {
            return Err(format!(
                "{request}: the page is cut, and an operation is suggested from a whole page only: save it again"
            ));
        }
        let listed = |name: &str| page.types.iter().find(|known| known.name == name);
        let answer = operation.answer.as_deref().unwrap_or_default();
        let empty = |name: &str| Type {
            line: operation.line,
            name: name.to_owned(),
            base: None,
            namespace: None,
            members: Vec::new(),
            is_whole: true,
        };
        // A type without members of its own has no table.
        let own_request = listed(request).cloned().unwrap_or_else(|| empty(request));
        let own_answer = listed(answer).cloned().unwrap_or_else(|| empty(answer));
        if answer.is_empty() {
            return Err(format!(
                "{request}: the page does not name the answer's type"
            ));
        }
        for (type_, side) in [(&own_request, Side::Request), (&own_answer, Side::Answer)] {
            if self.editor.schema(&type_.name).is_none() {
                self.new_schema(page, type_, Some(side), side == Side::Answer)?;
                self.new_sample(page, operation, &type_.name, side);
            }
        }
        let mut put = false;
        for route in &operation.routes {
            let method = match method_of(route) {
                Ok(method) => method,
                Err(why) => {
                    self.editor.left.push(why);
                    continue;
                }
            };
            let value = self.operation(page, operation, answer, route, method);
            self.put(&route.path, method, value)?;
            put = true;
        }
        if !put {
            return Err(format!("{request}: none of its routes can be described"));
        }
        let left = [
            "summary, description and tags",
            "`x-aim-repeat`: `books`, and `deprecated` and `x-internal` for a GET, until somebody knows that it may be sent twice",
            "`x-aim-evidence`: which members of the answer prove that it ran",
            "a `realistic` example of the request and of the answer",
            "an entry of openapi/DEVIATIONS.md, or the page in tests/fixtures/facts.json",
        ];
        for one in left {
            self.editor.left.push(format!("{request}: {one}"));
        }
        Ok(())
    }

    fn operation(
        &self,
        page: &Page,
        operation: &Operation,
        answer: &str,
        route: &Route,
        method: &str,
    ) -> Value {
        let described = self.comparer.described;
        let name = operation.name.as_deref().unwrap_or(&operation.request);
        let licenses = operation.licenses.clone().unwrap_or_default();
        let needs = match licenses.as_slice() {
            [] => "Which licence it needs is not known.".to_owned(),
            some => format!("Needs the {}.", some.join(" or the ")),
        };
        let mut tags = described.operations.iter().filter(|known| {
            let theirs = list(known.value.get("x-aim-licenses"));
            licenses
                .iter()
                .any(|license| theirs.contains(&license.as_str()))
        });
        let tag = tags
            .next()
            .map(|known| list(known.value.get("tags")))
            .unwrap_or_default();
        let first = || {
            text(
                items(described.document.get("tags"))
                    .first()
                    .and_then(|tag| tag.get("name")),
            )
        };
        let tag = tag.first().copied().unwrap_or_else(first);
        let mut value = Mapping::new();
        let mut put = |key: &str, is: Value| drop(value.insert(key.into(), is));
        put("tags", vec![tag].into());
        put("summary", format!("Call `{name}`").into());
        put("operationId", self.free_id(&route.path, method).into());
        put(
            "description",
            format!("{needs} What it does the vendor's page does not say, or it is still to be written here.").into(),
        );
        if let Some(docs) = self.page_address(&operation.request) {
            put("externalDocs", docs);
        }
        // Careful until somebody knows better; such a GET is one not to be used.
        if method == "get" {
            for mark in BOOKS_BY_GET {
                put(mark, true.into());
            }
        }
        put("x-aim-operation", name.into());
        put("x-aim-request", operation.request.as_str().into());
        put("x-aim-licenses", licenses.into());
        put("x-aim-repeat", "books".into());
        put("x-aim-evidence", self.evidence(answer).into());
        let headers = self.headers(page, &operation.request);
        let mut parameters = Vec::new();
        let mut body = None;
        match self.parts(&operation.request, method) {
            Carried::Query(query) => parameters = query,
            Carried::Body(carried) => body = Some(carried),
        }
        parameters.extend(headers);
        if !parameters.is_empty() {
            put("parameters", Value::Sequence(parameters));
        }
        if let Some(body) = body {
            put("requestBody", body);
        }
        let media = self.media(answer);
        let content = map([("application/json", Value::Mapping(media))]);
        let success = map([
            (
                "description",
                "The answer, or a failure in `Status`.".into(),
            ),
            ("content", content),
        ]);
        // As the other operations have it.
        let failure = described
            .operations
            .first()
            .and_then(|known| at(known.value, &["responses", "default"]))
            .cloned()
            .unwrap_or_default();
        put("responses", map([("200", success), ("default", failure)]));
        Value::Mapping(value)
    }

    /// The address of the vendor's page, as the other operations have it.
    fn page_address(&self, request: &str) -> Option<Value> {
        let mut known = self.comparer.described.operations.iter();
        let mut docs = known
            .find_map(|known| known.value.get("externalDocs"))?
            .clone();
        let url = text(docs.get("url")).to_owned();
        let (start, _) = url.split_once("op=")?;
        *docs.get_mut("url")? = format!("{start}op={request}").into();
        Some(docs)
    }

    /// The answer's own members that hold a value, and the status.
    fn evidence(&self, answer: &str) -> Vec<String> {
        let properties = self
            .editor
            .get(&["components", "schemas", answer, "properties"]);
        let status = text(self.editor.get(&["x-aim-failure", "member"]));
        let is_proof = |name: &&str| {
            let property = properties.and_then(|all| all.get(*name));
            let is_object = property.is_some_and(|property| property.get("allOf").is_some());
            *name == status || !is_object
        };
        keys(properties)
            .into_iter()
            .filter(is_proof)
            .map(ToOwned::to_owned)
            .collect()
    }

    /// The headers of a request, in the document's order.
    fn headers(&self, page: &Page, request: &str) -> Vec<Value> {
        let base = text(
            self.editor
                .get(&["components", "schemas", request, "x-aim-base"]),
        );
        let described = self.comparer.described;
        let mut bases = vec![base];
        bases.extend(described.bases_of(base));
        let on_page: Vec<&str> = page
            .types
            .iter()
            .filter(|listed| described.is_base(&listed.name))
            .flat_map(|listed| listed.members.iter().map(|member| member.name.as_str()))
            .collect();
        let parameters = self.editor.get(&["components", "parameters"]);
        keys(parameters)
            .into_iter()
            .filter(|name| {
                let class = text(parameters.and_then(|all| at(all, &[*name, "x-aim-declared-in"])));
                on_page.contains(name) || on_page.is_empty() && bases.contains(&class)
            })
            .map(|name| map([("$ref", format!("#/components/parameters/{name}").into())]))
            .collect()
    }

    /// Describes a type of a page.
    pub(super) fn new_schema(
        &mut self,
        page: &Page,
        type_: &Type,
        side: Option<Side>,
        is_answered: bool,
    ) -> Result<(), String> {
        let described = self.comparer.described;
        let name = type_.name.as_str();
        if self.editor.schema(name).is_some() {
            return Ok(());
        }
        // What it holds comes first, so that its examples can be made.
        for member in &type_.members {
            let Ok(kind) = self.comparer.dotnet(page, name, member) else {
                continue;
            };
            let item = item_of(&kind);
            let held = page
                .types
                .iter()
                .find(|known| known.name == item && known.name != name);
            if let Some(held) = held
                && self.editor.schema(item).is_none()
            {
                self.new_schema(page, held, None, is_answered)?;
            }
        }
        let mut properties = Mapping::new();
        let mut required = Vec::new();
        for member in &type_.members {
            match self.comparer.dotnet(page, name, member) {
                Ok(kind) => {
                    let new = New {
                        name: &member.name,
                        kind: &kind,
                        text: member.text.as_deref(),
                        required: member.required,
                        is_sampled: true,
                    };
                    let property = self.editor.property(name, &new);
                    let whole = format!("{name}.{}", member.name);
                    self.guessed(page, &whole, &member.kind, &kind);
                    properties.insert(member.name.as_str().into(), Value::Mapping(property));
                    if member.required && !is_answered {
                        required.push(member.name.clone());
                    }
                }
                Err(why) => self.editor.left.push(why),
            }
        }
        let base = self.base_of(page, type_, side);
        if side == Some(Side::Answer) {
            let inherited = described.schemas().into_iter().find_map(|known| {
                (described.base_of(known) == base)
                    .then(|| described.schema(known)?.get("properties"))
                    .flatten()
            });
            for member in described.base_members(&base) {
                if let Some(property) = inherited.and_then(|all| all.get(member)) {
                    properties.insert(member.into(), property.clone());
                }
            }
        }
        let namespace = match &type_.namespace {
            Some(name) => format!("http://schemas.datacontract.org/2004/07/{name}"),
            None => "http://schemas.datacontract.org/2004/07/AIM.WebService".to_owned(),
        };
        let mut schema = Mapping::new();
        schema.insert("type".into(), "object".into());
        schema.insert(
            "description".into(),
            "The vendor does not describe the type.".into(),
        );
        if !required.is_empty() {
            schema.insert("required".into(), required.into());
        }
        if !properties.is_empty() {
            schema.insert("properties".into(), Value::Mapping(properties));
        }
        schema.insert(
            "xml".into(),
            map([("name", name.into()), ("namespace", namespace.into())]),
        );
        if !base.is_empty() {
            schema.insert("x-aim-base".into(), base.into());
        }
        if side == Some(Side::Answer)
            && let Some(operation) = name.strip_suffix("Response")
        {
            schema.insert("x-go-name".into(), format!("{operation}Answer").into());
        }
        let schemas = self.editor.map_mut(&["components", "schemas"]);
        let schemas = schemas.ok_or("the document has no `components/schemas`")?;
        schemas.insert(name.into(), Value::Mapping(schema));
        self.editor.left.push(format!(
            "{name}: what the type is, and the place of its schema among the others"
        ));
        Ok(())
    }

    /// The base class of a request or an answer of a page.
    fn base_of(&self, page: &Page, type_: &Type, side: Option<Side>) -> String {
        if let Some(base) = &type_.base {
            return base.clone();
        }
        let described = self.comparer.described;
        let of_answers = |class: &str| {
            let is_header = |member: &super::described::Member| member.place == "header";
            !described
                .types
                .get(class)
                .into_iter()
                .flatten()
                .any(is_header)
        };
        let Some(side) = side else {
            return String::new();
        };
        let on_page = page.types.iter().map(|listed| listed.name.as_str());
        let mut classes: Vec<&str> = on_page.filter(|name| described.is_base(name)).collect();
        if !classes
            .iter()
            .any(|class| of_answers(class) == (side == Side::Answer))
        {
            classes = described.bases();
        }
        classes.retain(|class| of_answers(class) == (side == Side::Answer));
        // The nearest one has the most classes above it.
        let nearest = classes
            .into_iter()
            .max_by_key(|class| described.bases_of(class).len());
        nearest.unwrap_or_default().to_owned()
    }

    /// The vendor's sample of a new type, without the credentials.
    fn new_sample(&mut self, page: &Page, operation: &Operation, type_: &str, side: Side) {
        let is_get_only = operation.routes.iter().all(|route| route.method == "GET");
        let is_whole = !(side == Side::Request && is_get_only);
        if !is_whole {
            return;
        }
        let sample = page.samples.iter().find_map(|sample| match &sample.body {
            Body::Json(value) if sample.side == side => Some(value.clone()),
            _ => None,
        });
        let schema = self.editor.schema(type_);
        let own = keys(schema.and_then(|schema| schema.get("properties")));
        let own: Vec<String> = own.into_iter().map(ToOwned::to_owned).collect();
        let mut sample = sample.unwrap_or_else(|| self.editor.sample_of(type_, 0));
        if let Value::Mapping(members) = &mut sample {
            members.retain(|name, _| own.iter().any(|own| name == own.as_str()));
        }
        let summary = match side {
            Side::Request => "The vendor's sample without the credentials, which are headers here",
            Side::Answer => "The vendor's sample",
        };
        if let Some(examples) = self.editor.map_mut(&["components", "examples"]) {
            let example = map([("summary", summary.into()), ("value", sample)]);
            examples.insert(format!("{type_}.vendorSample").into(), example);
        }
    }
}

enum Carried {
    Query(Vec<Value>),
    Body(Value),
}

/// The method of a route that a document can have.
fn method_of(route: &Route) -> Result<&'static str, String> {
    let name = format!("{} {}", route.method, route.path);
    if route.path.contains('{') {
        return Err(format!(
            "{name}: a path with a parameter, which the generator does not support"
        ));
    }
    match route.method.as_str() {
        "GET" => Ok("get"),
        "POST" | "ANY" => Ok("post"),
        _ => Err(format!(
            "{name}: a method that the document cannot have yet"
        )),
    }
}

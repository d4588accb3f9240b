//! From the document to its types and operations.

use std::collections::HashMap;

use super::document::{Node, Place, Served};
use super::example;
use super::operation::{FALLBACK, Failure, Operation, Route, Words};
use super::types::{Kind, Member, Sensitive, Type};
use super::value::Object;
use crate::problem::Problem;

/// How deep types may hold types: readers and writers go as deep as they do.
const DEEPEST: usize = 32;

/// What stands in a document.
pub(super) struct Read {
    pub(super) types: Vec<&'static Type>,
    pub(super) operations: Vec<Operation>,
    pub(super) failure: Failure,
    /// The names of header fields.
    pub(super) headers: Vec<&'static str>,
    pub(super) served: Served,
}

/// Reads a document.
///
/// # Errors
///
/// The first thing that cannot be served.
pub(super) fn document(text: &str) -> Result<Read, Problem> {
    let root = Node::parse(text)?;
    let place = Place::root(&root);
    version(&place)?;
    let schemas = place.need_all(&["components", "schemas"])?;
    let mut reader = Reader {
        root: place.clone(),
        types: HashMap::new(),
        under_way: Vec::new(),
    };
    let mut types = Vec::new();
    for (name, schema) in schemas.members() {
        // An untyped or primitive schema is not a class of the server.
        if schema.node.get("type").and_then(Node::text) == Some("object") {
            types.push(reader.class(name, &schema)?);
        }
    }
    let operations = reader.operations()?;
    let failure = failure(&place.need("x-aim-failure")?)?;
    Ok(Read {
        types,
        operations,
        failure,
        headers: headers(&place)?,
        served: Served::new(text, root.clone()),
    })
}

/// Other versions say the same things by other keys, which would be skipped.
fn version(root: &Place<'_>) -> Result<(), Problem> {
    const WANTED: &str =
        "the fake reads OpenAPI 3.0: convert the document, and write `openapi: 3.0.3`";
    if let Some(swagger) = root.get("swagger") {
        return Err(swagger.problem(WANTED));
    }
    let version = root.need("openapi")?;
    match version.node.text() {
        Some(text) if text.starts_with("3.0.") => Ok(()),
        _ => Err(version.problem(WANTED)),
    }
}

/// Paths below the handler's, each with its verbs.
type Routes<'a> = Vec<(&'a str, Vec<&'static str>)>;

struct Reader<'a> {
    root: Place<'a>,
    /// By their names in the document.
    types: HashMap<&'a str, &'static Type>,
    /// The types that are being read, outermost first.
    under_way: Vec<&'a str>,
}

impl<'a> Reader<'a> {
    fn class(&mut self, name: &'a str, schema: &Place<'a>) -> Result<&'static Type, Problem> {
        if let Some(known) = self.types.get(name) {
            return Ok(known);
        }
        if self.under_way.contains(&name) {
            return Err(schema.problem("this type holds itself, which the fake does not serve"));
        }
        if self.under_way.len() == DEEPEST {
            return Err(schema.problem("types hold types too deep below this one"));
        }
        self.under_way.push(name);
        let members = self.members(schema)?;
        self.under_way.pop();
        let xml = schema.need("xml")?;
        let mut exclusive = Vec::new();
        for group in schema.get("x-aim-exclusive").iter().flat_map(Place::items) {
            exclusive.push(&*texts(&group)?.leak());
        }
        let class: &'static Type = Box::leak(Box::new(Type {
            name: leak(xml.need_text("name")?),
            namespace: leak(xml.need_text("namespace")?),
            members: members.leak(),
            exclusive: exclusive.leak(),
        }));
        self.types.insert(name, class);
        Ok(class)
    }

    /// Declared members of the class itself, then those of its bases, nearest
    /// first: the order in which ServiceStack writes JSON. `depth` counts the
    /// classes from the member's class down to this one.
    fn members(&mut self, schema: &Place<'a>) -> Result<Vec<Member>, Problem> {
        let mut members = Vec::new();
        let properties = schema.get("properties");
        let required = match schema.get("required") {
            Some(required) => texts(&required)?,
            None => Vec::new(),
        };
        for (name, property) in properties.iter().flat_map(Place::members) {
            if property.get("x-aim-declared-in").is_none() {
                members.push(self.member(name, &property, 0, required.contains(&name))?);
            }
        }
        let mut base = schema.get("x-aim-base");
        let mut depth = 0;
        while let Some(name) = base {
            depth += 1;
            let class = self.root.need("x-aim-base-classes")?.need(name.text()?)?;
            for member in class.need("members")?.items() {
                let name = member.text()?;
                let property = properties
                    .as_ref()
                    .and_then(|properties| properties.get(name));
                let property = self.credential(name).or(property).ok_or_else(|| {
                    let reason = format!("the member {name} of its base class is not described");
                    schema.problem(reason)
                })?;
                members.push(self.member(name, &property, depth, false)?);
            }
            base = class.get("base");
            if depth > DEEPEST {
                return Err(class.problem("this base class derives from itself"));
            }
        }
        Ok(members)
    }

    /// Where the document describes a credential, which is a member of every
    /// request type too.
    fn credential(&self, name: &str) -> Option<Place<'a>> {
        let components = self.root.get("components")?;
        ["securitySchemes", "parameters"]
            .into_iter()
            .find_map(|section| components.get(section)?.get(name))
    }

    fn member(
        &mut self,
        name: &str,
        property: &Place<'a>,
        depth: usize,
        required: bool,
    ) -> Result<Member, Problem> {
        let dotnet = property.need("x-aim-dotnet-type")?;
        let sensitive = match property.get("x-aim-sensitive") {
            None => None,
            Some(place) => Some(match place.text()? {
                "secret" => Sensitive::Secret,
                "personal" => Sensitive::Personal,
                _ => return Err(place.problem("`secret` or `personal` is expected")),
            }),
        };
        let (kind, nullable) = self.kind(&dotnet, dotnet.text()?)?;
        Ok(Member {
            name: leak(name),
            kind,
            nullable,
            depth,
            required,
            sensitive,
        })
    }

    fn kind(&mut self, place: &Place<'a>, dotnet: &'a str) -> Result<(Kind, bool), Problem> {
        let (inner, nullable) = match dotnet.strip_suffix('?') {
            Some(inner) => (inner, true),
            None => (dotnet, false),
        };
        let item = inner
            .strip_prefix("List<")
            .and_then(|rest| rest.strip_suffix('>'));
        if let Some(item) = item {
            let item = self.kind(place, item)?.0;
            return Ok((Kind::List(Box::leak(Box::new(item))), true));
        }
        Ok(match inner {
            "bool" => (Kind::Bool, nullable),
            "int" => (Kind::Int, nullable),
            "long" => (Kind::Long, nullable),
            "decimal" => (Kind::Decimal, nullable),
            "DateTime" => (Kind::DateTime, nullable),
            "string" => (Kind::String, true),
            class => match self.root.schema(class) {
                Some(schema) => (Kind::Object(self.class(class, &schema)?), true),
                None => return Err(place.problem(format_args!("the type {class} is unknown"))),
            },
        })
    }

    /// The class that a reference or `x-aim-request` names.
    fn named(&mut self, place: &Place<'a>) -> Result<(&'a str, &'static Type), Problem> {
        let text = place.text()?;
        let name = text.strip_prefix("#/components/schemas/").unwrap_or(text);
        let known = self
            .root
            .schema(name)
            .map(|schema| self.class(name, &schema));
        match known {
            Some(class) => Ok((name, class?)),
            None => Err(place.problem(format_args!("there is no schema {name}"))),
        }
    }

    /// A service answers under every path that the document gives it.
    fn operations(&mut self) -> Result<Vec<Operation>, Problem> {
        let mut operations: Vec<(Operation, Vec<&'static str>, Routes<'a>)> = Vec::new();
        for (path, item) in self.root.need("paths")?.members() {
            for (verb, place) in item.members() {
                let verb = match verb {
                    "get" => "GET",
                    "post" => "POST",
                    "put" | "delete" | "patch" | "head" | "options" | "trace" => {
                        return Err(place.problem("the fake serves GET and POST alone"));
                    }
                    _ => continue,
                };
                let route = path
                    .strip_prefix("/api")
                    .filter(|route| route.starts_with('/') && !route.contains('{'))
                    .ok_or_else(|| {
                        item.problem(
                            "a path is expected that begins with /api/ and has no parts to fill in",
                        )
                    })?;
                let read = self.operation(&place)?;
                let id = place.get("operationId");
                let id = id.map(|id| id.text()).transpose()?.map(leak);
                let at = operations
                    .iter()
                    .position(|(known, ..)| known.name == read.name);
                let (ids, routes) = match at.and_then(|at| operations.get_mut(at)) {
                    Some((known, ids, routes)) => {
                        if known.request != read.request || known.response != read.response {
                            return Err(place.problem(format_args!(
                                "{} takes or answers another type on another path",
                                known.name
                            )));
                        }
                        known.books |= read.books;
                        (ids, routes)
                    }
                    None => {
                        operations.push((read, Vec::new(), Vec::new()));
                        match operations.last_mut() {
                            Some((_, ids, routes)) => (ids, routes),
                            None => continue,
                        }
                    }
                };
                ids.extend(id);
                match routes.iter_mut().find(|(known, _)| *known == route) {
                    Some((_, verbs)) => verbs.push(verb),
                    None => routes.push((route, vec![verb])),
                }
            }
        }
        let leaked = |(path, verbs): (&str, Vec<&'static str>)| Route {
            path: leak(path),
            verbs: verbs.leak(),
        };
        Ok(operations
            .into_iter()
            .map(|(operation, ids, routes)| Operation {
                ids: ids.leak(),
                routes: routes.into_iter().map(leaked).collect::<Vec<_>>().leak(),
                ..operation
            })
            .collect())
    }

    /// All of an operation but its ids and routes.
    fn operation(&mut self, place: &Place<'a>) -> Result<Operation, Problem> {
        let name = place.need("x-aim-operation")?;
        if name.text()? == FALLBACK {
            return Err(name.problem("the fake has a catch-all service of this name"));
        }
        let repeat = place.need("x-aim-repeat")?;
        let books = match repeat.text()? {
            "books" => true,
            "safe" | "session" => false,
            _ => return Err(repeat.problem("`safe`, `session` or `books` is expected")),
        };
        let request = self.named(&place.need("x-aim-request")?)?.1;
        let content = place.need_all(&["responses", "200", "content", "application/json"])?;
        let (schema, response) = self.named(&content.need_all(&["schema", "$ref"])?)?;
        Ok(Operation {
            name: leak(name.text()?),
            ids: &[],
            request,
            response,
            routes: &[],
            books,
            example: self.example(&content, schema, response)?,
        })
    }

    fn example(
        &self,
        content: &Place<'a>,
        schema: &str,
        response: &'static Type,
    ) -> Result<Object, Problem> {
        let realistic = content
            .get("examples")
            .and_then(|examples| examples.get("realistic"));
        let Some(realistic) = realistic else {
            return example::made(&self.root, schema, response);
        };
        let realistic = match realistic.get("$ref") {
            None => realistic,
            Some(reference) => {
                let text = reference.text()?;
                let name = text.strip_prefix("#/components/examples/");
                let examples = self.root.need_all(&["components", "examples"])?;
                name.and_then(|name| examples.get(name))
                    .ok_or_else(|| reference.problem(format_args!("there is no example {text}")))?
            }
        };
        example::object(response, &realistic.need("value")?)
    }
}

/// The header fields that requests have: credentials and parameters.
fn headers(root: &Place<'_>) -> Result<Vec<&'static str>, Problem> {
    let components = root.need("components")?;
    let mut names = Vec::new();
    for section in ["securitySchemes", "parameters"] {
        for (_, place) in components.get(section).iter().flat_map(Place::members) {
            if place.node.get("in").and_then(Node::text) == Some("header") {
                names.push(leak(place.need_text("name")?));
            }
        }
    }
    Ok(names)
}

fn failure(place: &Place<'_>) -> Result<Failure, Problem> {
    let mut words = Vec::new();
    for one in place.need("words")?.items() {
        words.push(Words {
            member: leak(one.need_text("member")?),
            good: texts(&one.need("good")?)?,
        });
    }
    Ok(Failure {
        member: leak(place.need_text("member")?),
        words,
    })
}

/// The texts of a list.
fn texts(place: &Place<'_>) -> Result<Vec<&'static str>, Problem> {
    place.items().map(|item| item.text().map(leak)).collect()
}

fn leak(text: &str) -> &'static str {
    Box::leak(text.into())
}

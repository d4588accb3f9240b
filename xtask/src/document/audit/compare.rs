//! Compares a page with the document.

use serde_yaml::Value;

use crate::compare::pair::{join, keys, list, text};

use super::agree::{Agreement, agrees, csharp, renamed};
use super::described::{self, Described, is_scalar, item_of};
use super::difference::{Aspect, Change, Difference, Place};
use super::ledger::{Said, fingerprint};
use super::page::{Kind, Member, Operation, Page, Type, squeezed};

pub(super) struct Comparer<'a> {
    pub(super) described: &'a Described<'a>,
    pub(super) said: &'a Said,
    pub(super) found: Vec<Difference>,
}

/// What no page, or no document, has.
pub(super) const NOTHING: &str = "nothing";

impl<'a> Comparer<'a> {
    pub(super) fn page(&mut self, page: &Page) {
        for operation in &page.operations {
            self.operation(page, operation);
        }
        for type_ in &page.types {
            self.type_(page, type_);
        }
        self.missing_types(page);
        for sample in &page.samples {
            self.sample(page, sample);
        }
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of a difference")]
    pub(super) fn add(
        &mut self,
        page: &Page,
        line: usize,
        (type_, field, aspect): (&str, &str, Aspect),
        (on_page, in_document): (&str, &str),
        what: String,
        pointer: String,
        change: Change,
    ) {
        let place = Place {
            file: page.file.clone(),
            line,
        };
        let known = self.found.iter_mut().find(|known| {
            known.type_ == type_
                && known.field == field
                && known.aspect == aspect
                && known.page == on_page
                && known.what == what
        });
        if let Some(known) = known {
            if !known.places.contains(&place) {
                known.places.push(place);
            }
            return;
        }
        self.found.push(Difference {
            type_: type_.to_owned(),
            field: field.to_owned(),
            aspect,
            page: on_page.to_owned(),
            document: in_document.to_owned(),
            what,
            pointer,
            places: vec![place],
            change,
            explained: Vec::new(),
            see: Vec::new(),
        });
    }

    fn operation(&mut self, page: &Page, operation: &Operation) {
        let described = self.described;
        let request = operation.request.as_str();
        let own: Vec<_> = described
            .operations
            .iter()
            .filter(|known| {
                let is_route = |route: &super::page::Route| {
                    route.method == known.method && route.path.eq_ignore_ascii_case(known.path)
                };
                known.request() == request || operation.routes.iter().any(is_route)
            })
            .collect();
        let Some(first) = own.first() else {
            self.new_operation(page, operation);
            return;
        };
        for route in &operation.routes {
            let is_it = |known: &&&described::Operation<'_>| {
                (route.method == known.method || route.method == "ANY")
                    && route.path.eq_ignore_ascii_case(known.path)
            };
            if own.iter().any(|known| is_it(&known)) {
                continue;
            }
            let name = format!("{} {}", route.method, route.path);
            let what = format!("route added: `{name}`");
            self.add(
                page,
                route.line,
                (request, &name, Aspect::Operation),
                (&name, NOTHING),
                what,
                join("/paths", &route.path),
                Change::NewRoute(route.clone()),
            );
        }
        for known in &own {
            let is_listed = operation.routes.iter().any(|route| {
                (route.method == known.method || route.method == "ANY")
                    && route.path.eq_ignore_ascii_case(known.path)
            });
            if is_listed || !operation.has_all_routes || operation.routes.is_empty() {
                continue;
            }
            let name = format!("{} {}", known.method, known.path);
            let id = text(known.value.get("operationId")).to_owned();
            let pointer = known.pointer();
            self.add(
                page,
                operation.line,
                (request, &name, Aspect::Operation),
                (NOTHING, &id),
                format!("route removed: `{name}`"),
                pointer.clone(),
                Change::GoneRoute { pointer },
            );
        }
        let pointer = first.pointer();
        let known_request = first.request();
        if known_request != request {
            self.add(
                page,
                operation.line,
                (request, "", Aspect::Name),
                (request, known_request),
                format!("request renamed: was `{known_request}`"),
                format!("{pointer}/x-aim-request"),
                Change::Left(format!(
                    "rename the schema `{known_request}` to `{request}`, wherever it stands"
                )),
            );
        }
        let known_name = text(first.value.get("x-aim-operation"));
        if let Some(name) = operation.name.as_deref()
            && name != known_name
        {
            self.add(
                page,
                operation.line,
                (request, "", Aspect::Operation),
                (name, known_name),
                format!("service renamed: `{name}`, was `{known_name}`"),
                format!("{pointer}/x-aim-operation"),
                Change::Left(format!("write `{name}` in `x-aim-operation`")),
            );
        }
        if let Some(licenses) = &operation.licenses {
            let known = list(first.value.get("x-aim-licenses"));
            if *licenses != known {
                let or = |names: Vec<&str>| {
                    if names.is_empty() {
                        NOTHING.to_owned()
                    } else {
                        names.join(" or ")
                    }
                };
                let is = or(licenses.iter().map(String::as_str).collect());
                let was = or(known);
                self.add(
                    page,
                    operation.line,
                    (request, "", Aspect::Licenses),
                    (&is, &was),
                    format!("licence changed: `{is}`, was `{was}`"),
                    format!("{pointer}/x-aim-licenses"),
                    Change::Licenses(licenses.clone()),
                );
            }
        }
        if page.kind == Kind::Table || operation.text.is_some() {
            self.text(
                page,
                operation.line,
                request,
                "",
                operation.text.as_deref(),
                &pointer,
            );
        }
        let known_answer = first.answer();
        if let Some(answer) = operation.answer.as_deref()
            && answer != known_answer
        {
            self.add(
                page,
                operation.line,
                (request, "", Aspect::Answer),
                (answer, known_answer),
                format!("another answer: `{answer}`, was `{known_answer}`"),
                format!("{pointer}/responses/200"),
                Change::Left(format!(
                    "describe the schema `{answer}` and refer to it in the answer `200`"
                )),
            );
        }
    }

    fn new_operation(&mut self, page: &Page, operation: &Operation) {
        let names: Vec<_> = operation
            .routes
            .iter()
            .map(|route| format!("{} {}", route.method, route.path))
            .collect();
        if names.is_empty() {
            let why = if page.cut.is_some() && !operation.has_all_routes {
                "its routes lie beyond the cut: save the whole page"
            } else {
                "it has no route, so that no client can call it by one; claim it in the ledger"
            };
            self.add(
                page,
                operation.line,
                (&operation.request, "", Aspect::Operation),
                (&operation.request, NOTHING),
                "operation that the document does not have, without a route".to_owned(),
                String::new(),
                Change::Left(why.to_owned()),
            );
            return;
        }
        let field = names.join(", ");
        self.add(
            page,
            operation.line,
            (&operation.request, &field, Aspect::Operation),
            (&field, NOTHING),
            "operation that the document does not have".to_owned(),
            join(
                "/paths",
                operation.routes.first().map_or("", |route| &route.path),
            ),
            Change::NewOperation,
        );
    }

    /// Whether the document has an operation of this request or answer.
    fn is_new_operations(&self, page: &Page, type_: &str) -> bool {
        let of = |operation: &&Operation| {
            operation.request == type_ || operation.answer.as_deref() == Some(type_)
        };
        page.operations.iter().any(|operation| of(&operation))
            && self.described.schema(type_).is_none()
    }

    fn text(
        &mut self,
        page: &Page,
        line: usize,
        type_: &str,
        field: &str,
        said: Option<&str>,
        pointer: &str,
    ) {
        if self.said.has(type_, field, said) {
            return;
        }
        let (on_page, what) = match said {
            Some(said) => (
                squeezed(said),
                format!("description: \"{}\"", squeezed(said)),
            ),
            None => (NOTHING.to_owned(), "description removed".to_owned()),
        };
        let left = match said {
            Some(said) => format!(
                "see whether the document still says it, in words of its own; then `text` of {} in {} is `{}`",
                named(type_, field),
                super::ledger::FACTS,
                fingerprint(said)
            ),
            None => format!(
                "see whether the document still says it; then {} has no `text` in {}",
                named(type_, field),
                super::ledger::FACTS
            ),
        };
        self.add(
            page,
            line,
            (type_, field, Aspect::Description),
            (&on_page, ""),
            what,
            format!("{pointer}/description"),
            Change::Left(left),
        );
    }

    fn type_(&mut self, page: &Page, type_: &Type) {
        let described = self.described;
        let name = type_.name.as_str();
        let Some(known) = described.types.get(name) else {
            // An answer stands before its operation, which may lie beyond a cut. Nothing
            // ends the types in TypeScript, so that a cut between two is not seen.
            let base = type_.base.as_deref();
            let may_go_on =
                page.kind == Kind::TypeScript || page.kind == Kind::CSharp && page.cut.is_some();
            let is_answer = base.is_some_and(|base| described.is_base(base)) || !type_.is_whole;
            if !(self.is_new_operations(page, name) || may_go_on && is_answer) {
                self.add(
                    page,
                    type_.line,
                    (name, "", Aspect::Name),
                    (name, NOTHING),
                    "type that the document does not have".to_owned(),
                    join("/components/schemas", name),
                    Change::NewType,
                );
            }
            return;
        };
        self.base(page, type_);
        self.namespace(page, type_);
        let renamed = renamed(page.kind, type_, known);
        let from = |member: &str| {
            renamed
                .iter()
                .find(|(is, _)| *is == member)
                .map(|(_, was)| *was)
        };
        let mut after: Option<String> = None;
        for member in &type_.members {
            match described.find(name, &member.name) {
                Some(found) => self.member(page, name, member, found),
                None => match from(&member.name) {
                    Some(was) => {
                        let pointer = described.find(name, was).map(|was| was.pointer.clone());
                        self.add(
                            page,
                            member.line,
                            (name, &member.name, Aspect::Name),
                            (&member.name, was),
                            format!("member renamed: was `{was}`"),
                            pointer.unwrap_or_default(),
                            Change::Renamed {
                                from: was.to_owned(),
                            },
                        );
                    }
                    None => self.new_member(page, type_, member, after.clone()),
                },
            }
            after = Some(from(&member.name).unwrap_or(&member.name).to_owned());
        }
        if !type_.is_whole {
            return;
        }
        for found in known {
            let is_listed = type_.members.iter().any(|member| member.name == found.name);
            let is_renamed = renamed.iter().any(|(_, was)| *was == found.name);
            // A header that has moved to another base class is reported there.
            let has_moved = described.is_base(name)
                && page.types.iter().any(|other| {
                    described.is_base(&other.name)
                        && other.members.iter().any(|member| member.name == found.name)
                });
            if is_listed || is_renamed || has_moved {
                continue;
            }
            self.add(
                page,
                type_.line,
                (name, &found.name, Aspect::Extra),
                (NOTHING, &found.name),
                "member that the page does not have".to_owned(),
                found.pointer.clone(),
                Change::GoneMember,
            );
        }
        self.order(page, type_, known);
    }

    fn order(&mut self, page: &Page, type_: &Type, known: &[described::Member]) {
        let both: Vec<&str> = type_
            .members
            .iter()
            .map(|member| member.name.as_str())
            .filter(|name| known.iter().any(|known| known.name == *name))
            .collect();
        let in_document: Vec<&str> = known
            .iter()
            .map(|known| known.name.as_str())
            .filter(|name| both.contains(name))
            .collect();
        if both == in_document {
            return;
        }
        let is = both.join(", ");
        self.add(
            page,
            type_.line,
            (&type_.name, "", Aspect::Order),
            (&is, &in_document.join(", ")),
            format!("other order: {is}"),
            format!("/components/schemas/{}/properties", type_.name),
            Change::Order(both.iter().map(|name| (*name).to_owned()).collect()),
        );
    }

    fn base(&mut self, page: &Page, type_: &Type) {
        // Only tabs say it.
        if page.kind == Kind::Table {
            return;
        }
        let is = type_.base.as_deref().unwrap_or_default();
        let was = self.described.base_of(&type_.name);
        if is == was {
            return;
        }
        let or = |name: &str| if name.is_empty() { NOTHING } else { name }.to_owned();
        self.add(
            page,
            type_.line,
            (&type_.name, "", Aspect::Base),
            (&or(is), &or(was)),
            format!("base class changed: `{}`, was `{}`", or(is), or(was)),
            format!("/components/schemas/{}/x-aim-base", type_.name),
            Change::Base,
        );
    }

    fn namespace(&mut self, page: &Page, type_: &Type) {
        let known = self.described.schema(&type_.name);
        let known = text(known.and_then(|schema| described::at(schema, &["xml", "namespace"])));
        let Some(is) = &type_.namespace else { return };
        let was = known.rsplit('/').next().unwrap_or_default();
        if was.is_empty() || was == is {
            return;
        }
        self.add(
            page,
            type_.line,
            (&type_.name, "", Aspect::Namespace),
            (is, was),
            format!("namespace changed: `{is}`, was `{was}`"),
            format!("/components/schemas/{}/xml/namespace", type_.name),
            Change::Namespace,
        );
    }

    fn new_member(&mut self, page: &Page, type_: &Type, member: &Member, after: Option<String>) {
        let described = self.described;
        let name = type_.name.as_str();
        let is_base = described.is_base(name);
        let bases = described.bases();
        let mut others = bases.iter().filter(|class| **class != name);
        let moved = others.find_map(|class| {
            is_base
                .then(|| described.find(class, &member.name))
                .flatten()
                .map(|known| (*class, known))
        });
        if let Some((was, known)) = moved {
            self.add(
                page,
                member.line,
                (name, &member.name, Aspect::Base),
                (name, was),
                format!("moved to the base class `{name}`, was in `{was}`"),
                known.pointer.clone(),
                Change::Base,
            );
            self.member(page, name, member, known);
            return;
        }
        let is_header = is_base && member.place.as_deref() == Some("header");
        let place = member.place.as_deref().map(|place| format!(", in {place}"));
        let required = if member.required { ", required" } else { "" };
        let what = format!(
            "member that the document does not have: `{}`{}{required}{}",
            member.kind,
            place.unwrap_or_default(),
            said(member)
        );
        self.add(
            page,
            member.line,
            (name, &member.name, Aspect::Name),
            (&member.name, NOTHING),
            what,
            join(
                &format!("/components/schemas/{name}/properties"),
                &member.name,
            ),
            Change::NewMember {
                member: member.clone(),
                kind: self.dotnet(page, name, member),
                after,
                is_header,
            },
        );
    }

    fn member(&mut self, page: &Page, type_: &str, member: &Member, known: &described::Member) {
        let name = member.name.as_str();
        let pointer = &known.pointer;
        match agrees(page.kind, member, &known.kind) {
            Agreement::Yes => {}
            found => {
                let what = match found {
                    Agreement::Nullability(true) => {
                        format!("may be null: `{}`, was `{}`", member.kind, known.kind)
                    }
                    Agreement::Nullability(false) => {
                        format!("is never null: `{}`, was `{}`", member.kind, known.kind)
                    }
                    _ => format!("type changed: `{}`, was `{}`", member.kind, known.kind),
                };
                self.add(
                    page,
                    member.line,
                    (type_, name, Aspect::Type),
                    (&member.kind, &known.kind),
                    what,
                    pointer.clone(),
                    Change::Retyped {
                        kind: self.dotnet(page, type_, member),
                    },
                );
            }
        }
        if let Some(place) = &member.place
            && place != known.place
        {
            self.add(
                page,
                member.line,
                (type_, name, Aspect::Place),
                (place, known.place),
                format!("place changed: {place}, was {}", known.place),
                pointer.clone(),
                Change::Left(
                    "the vendor's word for the place decides nothing by itself: try it, or claim it in the ledger"
                        .to_owned(),
                ),
            );
        }
        if member.required != known.required {
            let yes = |required: bool| if required { "Yes" } else { "No" };
            let what = if member.required {
                "required now"
            } else {
                "no longer required"
            };
            self.add(
                page,
                member.line,
                (type_, name, Aspect::Required),
                (yes(member.required), yes(known.required)),
                what.to_owned(),
                pointer.clone(),
                Change::Required(member.required),
            );
        }
        if !member.is_cut {
            self.text(
                page,
                member.line,
                type_,
                name,
                member.text.as_deref(),
                pointer,
            );
        }
        if let Some(alias) = &member.alias {
            self.add(
                page,
                member.line,
                (type_, name, Aspect::Alias),
                (alias, name),
                format!("the tab names the parameter `{alias}`"),
                pointer.clone(),
                Change::Left(
                    "which of the two names the wire has, samples and answers show".to_owned(),
                ),
            );
        }
    }

    /// The types of an operation that its page does not list.
    fn missing_types(&mut self, page: &Page) {
        let (Kind::Table, None, [operation]) = (page.kind, &page.cut, page.operations.as_slice())
        else {
            return;
        };
        let known = self.described.operations.iter();
        let Some(known) = known
            .clone()
            .find(|known| known.request() == operation.request)
        else {
            return;
        };
        let reached = self
            .described
            .reached_from(&[known.request(), known.answer()]);
        for type_ in reached {
            let has_members = self
                .described
                .types
                .get(&type_)
                .is_some_and(|known| !known.is_empty());
            let is_listed = page.types.iter().any(|listed| listed.name == type_);
            if is_listed || !has_members || self.is_new_on(page, &type_) {
                continue;
            }
            self.add(
                page,
                operation.line,
                (&type_, "", Aspect::Extra),
                (NOTHING, &type_),
                format!(
                    "type that the page of `{}` does not have",
                    operation.request
                ),
                format!("/components/schemas/{type_}"),
                Change::Left(format!(
                    "remove the schema `{type_}` where nothing refers to it any more"
                )),
            );
        }
    }

    /// Whether a type has gone only since the member that holds it is gone.
    fn is_new_on(&self, page: &Page, type_: &str) -> bool {
        !page.types.iter().any(|listed| {
            let known = self.described.types.get(&listed.name).into_iter().flatten();
            let mut holders = known.filter(|known| item_of(&known.kind) == type_);
            let is_listed = |name: &str| listed.members.iter().any(|member| member.name == name);
            holders.any(|known| is_listed(&known.name))
                || self.described.base_of(&listed.name) == type_
        })
    }

    /// The C# type of a member, or why it is not known.
    pub(super) fn dotnet(
        &self,
        page: &Page,
        type_: &str,
        member: &Member,
    ) -> Result<String, String> {
        let kind = member.kind.as_str();
        let has_type = |name: &str| {
            self.described.schema(name).is_some()
                || page.types.iter().any(|known| known.name == name)
        };
        let known = |kind: String| {
            let item = item_of(&kind);
            if is_scalar(item) || has_type(item) {
                return Ok(kind);
            }
            Err(format!(
                "what `{kind}` of `{}` is: neither the document nor the page has such a type",
                named(type_, &member.name)
            ))
        };
        let bare = kind.strip_suffix('?').unwrap_or(kind);
        let nullable = |bare: &str| {
            let is_optional = kind.ends_with('?') || page.kind == Kind::Table;
            if is_optional {
                format!("{bare}?")
            } else {
                bare.to_owned()
            }
        };
        let sample = page.sampled(type_, &member.name);
        match (page.kind, bare) {
            (Kind::CSharp, _) => known(csharp(kind)),
            (Kind::TypeScript, "number") => Ok(nullable("decimal")),
            (Kind::TypeScript, "boolean") => Ok(nullable("bool")),
            (Kind::TypeScript, "string") => Ok("string".to_owned()),
            (Kind::TypeScript, _) => match bare.strip_suffix("[]") {
                Some("number") => Ok("List<long>".to_owned()),
                Some(item) => known(format!("List<{item}>")),
                None => known(bare.to_owned()),
            },
            (Kind::Table, "integer") => {
                let is_id = ["Id", "Pk", "ID", "Key"]
                    .iter()
                    .any(|end| member.name.ends_with(end));
                Ok(if is_id { "long?" } else { "int?" }.to_owned())
            }
            (Kind::Table, "number") => Ok("decimal?".to_owned()),
            (Kind::Table, "boolean") => Ok("bool?".to_owned()),
            (Kind::Table, "object") => {
                let by_sample = sample.and_then(|value| self.type_of(page, value));
                known(by_sample.unwrap_or_else(|| member.name.clone()))
            }
            (Kind::Table, "array") => {
                let item = sample.and_then(|value| value.get(0));
                match item {
                    Some(Value::Number(_)) => Ok("List<long>".to_owned()),
                    Some(Value::String(_)) => Ok("List<string>".to_owned()),
                    Some(Value::Bool(_)) => Ok("List<bool>".to_owned()),
                    Some(value) => match self.type_of(page, value) {
                        Some(name) => Ok(format!("List<{name}>")),
                        None => known("array".to_owned()),
                    },
                    None => known("array".to_owned()),
                }
            }
            (Kind::Table, _) => known(csharp(kind)),
        }
    }

    /// The type of the page or the document that has the members of a value.
    fn type_of(&self, page: &Page, value: &Value) -> Option<String> {
        let names = keys(Some(value));
        if names.is_empty() {
            return None;
        }
        let on_page = page.types.iter().find(|type_| {
            type_.members.len() >= names.len()
                && names
                    .iter()
                    .all(|name| type_.members.iter().any(|member| member.name == *name))
        });
        on_page.map(|type_| type_.name.clone())
    }
}

pub(super) fn named(type_: &str, field: &str) -> String {
    if field.is_empty() {
        type_.to_owned()
    } else {
        format!("{type_}.{field}")
    }
}

fn said(member: &Member) -> String {
    let text = member.text.as_deref().map(squeezed);
    text.map_or_else(String::new, |text| format!(", \"{text}\""))
}

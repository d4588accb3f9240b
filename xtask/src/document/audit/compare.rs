//! Compares a page with the document.

use serde_yaml::Value;

use crate::compare::pair::{join, keys, list, text};

use super::described::{self, Described, is_scalar, item_of};
use super::difference::{Aspect, Change, Difference, Place};
use super::ledger::{Texts, fingerprint};
use super::page::{Body, Element, Kind, Member, Operation, Page, Sample, Side, Type, squeezed};

pub(super) struct Comparer<'a> {
    pub(super) described: &'a Described<'a>,
    pub(super) texts: &'a Texts,
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
    fn add(
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
        if self.texts.has(type_, field, said) {
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
        let sample = sampled(page, type_, &member.name);
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

    fn sample(&mut self, page: &Page, sample: &Sample) {
        let Some(operation) = page.operations.first() else {
            return;
        };
        let known = self
            .described
            .operations
            .iter()
            .find(|known| known.request() == operation.request);
        let Some(known) = known else { return };
        let type_ = match sample.side {
            Side::Request => known.request(),
            Side::Answer => known.answer(),
        };
        let walk = Walk {
            page,
            line: sample.line,
            example: format!("{type_}.vendorSample"),
            root: type_,
        };
        match &sample.body {
            Body::Json(value) => self.json(&walk, type_, value, &[]),
            Body::Xml(element) => self.xml(&walk, type_, element, &[]),
        }
    }

    fn differs(
        &mut self,
        walk: &Walk<'_>,
        way: &[String],
        page: &str,
        document: &str,
        what: String,
        // What the sample becomes, if an edit can say it; `None` removes the member.
        edit: Option<Option<Value>>,
    ) {
        let field = way.join(".");
        let example = walk.example.clone();
        let pointer = format!("/components/examples/{example}/value");
        self.add(
            walk.page,
            walk.line,
            (walk.root, &field, Aspect::Sample),
            (page, document),
            what,
            pointer,
            match edit {
                Some(value) => Change::Sample {
                    example,
                    way: way.to_owned(),
                    value,
                },
                None => Change::Left(format!(
                    "the vendor's sample in `components/examples/{example}`, and what it tells of the type"
                )),
            },
        );
    }

    /// The members of a type with those that it inherits, in the order of samples.
    fn sampled_members(&self, type_: &str) -> Vec<&'a described::Member> {
        let described = self.described;
        let own = described.types.get(type_).into_iter().flatten();
        let bases = described.bases_of(type_).into_iter();
        let inherited = bases.flat_map(|base| described.types.get(base).into_iter().flatten());
        own.chain(inherited).collect()
    }

    fn json(&mut self, walk: &Walk<'_>, type_: &str, value: &Value, way: &[String]) {
        let Some(members) = value.as_mapping() else {
            self.differs(
                walk,
                way,
                &shown(value),
                type_,
                format!("the sample has {} for a `{type_}`", shown(value)),
                None,
            );
            return;
        };
        let known = self.sampled_members(type_);
        let on_page = |name: &str| {
            let types = walk.page.types.iter();
            let bases = self.described.bases_of(type_);
            let mut own = types
                .filter(|listed| listed.name == type_ || bases.contains(&listed.name.as_str()));
            own.any(|listed| listed.members.iter().any(|member| member.name == name))
        };
        let mut findings = Vec::new();
        let mut inner = Vec::new();
        for (name, value) in members {
            let name = name.as_str().unwrap_or_default();
            let mut at = way.to_vec();
            at.push(name.to_owned());
            match known.iter().find(|known| known.name == name) {
                Some(member) => inner.push((*member, value, at)),
                // The table's own difference says it.
                None if on_page(name) => {}
                None => findings.push((
                    at,
                    shown(value),
                    NOTHING.to_owned(),
                    format!(
                        "the sample has a member that the document does not have: {}",
                        shown(value)
                    ),
                    None,
                )),
            }
        }
        self.sample_order(walk, type_, value);
        for member in &known {
            let is_absent_date = member.kind == "DateTime";
            let is_there = members.contains_key(member.name.as_str());
            if is_there || is_absent_date || !on_page(&member.name) {
                continue;
            }
            let mut at = way.to_vec();
            at.push(member.name.clone());
            findings.push((
                at,
                NOTHING.to_owned(),
                member.kind.clone(),
                "the sample lacks the member".to_owned(),
                Some(None),
            ));
        }
        for (at, page, document, what, edit) in findings {
            self.differs(walk, &at, &page, &document, what, edit);
        }
        for (member, value, at) in inner {
            self.value(walk, type_, member, value, &at);
        }
    }

    /// Compares the order of the own members, and of those that are inherited. That of
    /// the tables is reported there.
    fn sample_order(&mut self, walk: &Walk<'_>, type_: &str, value: &Value) {
        let described = self.described;
        let bases = described.bases_of(type_);
        let names = |classes: &[&str]| {
            let members = classes.iter().flat_map(|class| described.types.get(*class));
            members
                .flatten()
                .map(|member| member.name.as_str())
                .collect::<Vec<_>>()
        };
        for (class, known) in [
            (type_, names(&[type_])),
            (bases.first().copied().unwrap_or_default(), names(&bases)),
        ] {
            let in_sample = keys(Some(value))
                .into_iter()
                .filter(|name| known.contains(name));
            let is: Vec<&str> = in_sample.collect();
            let was: Vec<&str> = known.into_iter().filter(|name| is.contains(name)).collect();
            let on_page = walk.page.types.iter().find(|listed| listed.name == class);
            let on_page = on_page.into_iter().flat_map(|listed| &listed.members);
            let on_page: Vec<&str> = on_page
                .map(|member| member.name.as_str())
                .filter(|name| is.contains(name))
                .collect();
            if is == was || is == on_page {
                continue;
            }
            let (is, was) = (is.join(", "), was.join(", "));
            self.add(
                walk.page,
                walk.line,
                (class, "", Aspect::Order),
                (&is, &was),
                format!("other order in the sample: {is}"),
                format!("/components/examples/{}", walk.example),
                Change::Left(
                    "JSON does not depend on the order: claim it in the ledger".to_owned(),
                ),
            );
        }
    }

    fn value(
        &mut self,
        walk: &Walk<'_>,
        type_: &str,
        member: &described::Member,
        value: &Value,
        way: &[String],
    ) {
        let kind = member.kind.as_str();
        if is_scalar(kind) {
            let expected = placeholder(kind);
            let type_on_page = walk.page.types.iter().find(|listed| listed.name == type_);
            let row = type_on_page
                .and_then(|listed| listed.members.iter().find(|row| row.name == member.name));
            // What the table says of another type is reported there.
            let is_of_table =
                row.is_some_and(|row| !matches!(agrees(walk.page.kind, row, kind), Agreement::Yes));
            if !is_placeholder(kind, value) && !is_of_table {
                let (is, was) = (shown(value), shown(&expected));
                let what = format!("the sample has {is} for a `{kind}`, was {was}");
                let is_text = kind == "string" && value.is_string();
                let edit = is_text.then(|| Some(value.clone()));
                self.differs(walk, way, &is, &was, what, edit);
            }
            return;
        }
        let item = item_of(kind).to_owned();
        let values: Vec<&Value> = if kind.starts_with("List<") {
            match value.as_sequence() {
                Some(items) => items.iter().collect(),
                None => {
                    let what = format!("the sample has {} for a list", shown(value));
                    self.differs(walk, way, &shown(value), kind, what, None);
                    return;
                }
            }
        } else {
            vec![value]
        };
        for value in values {
            if is_scalar(&item) {
                if !is_placeholder(&item, value) {
                    let what = format!("the sample has {} for a `{item}`", shown(value));
                    self.differs(walk, way, &shown(value), &item, what, None);
                }
            } else {
                self.json(walk, &item, value, way);
            }
        }
    }

    fn xml(&mut self, walk: &Walk<'_>, type_: &str, element: &Element, way: &[String]) {
        let schema = self.described.schema(type_);
        let known = text(schema.and_then(|schema| described::at(schema, &["xml", "namespace"])));
        if let (true, Some(is)) = (way.is_empty(), &element.namespace)
            && is != known
        {
            self.add(
                walk.page,
                walk.line,
                (type_, "", Aspect::Namespace),
                (is, known),
                format!("namespace changed: `{is}`, was `{known}`"),
                format!("/components/schemas/{type_}/xml/namespace"),
                Change::Namespace,
            );
        }
        let members = self.sampled_members(type_);
        for child in &element.children {
            let mut at = way.to_vec();
            at.push(child.name.clone());
            let Some(member) = members.iter().find(|known| known.name == child.name) else {
                let is_on_page = walk.page.types.iter().any(|listed| {
                    listed.name == type_ && listed.members.iter().any(|row| row.name == child.name)
                });
                if !is_on_page {
                    let what =
                        "the XML sample has a member that the document does not have".to_owned();
                    self.differs(walk, &at, &child.name, NOTHING, what, None);
                }
                continue;
            };
            let kind = member.kind.clone();
            let item = item_of(&kind).to_owned();
            if kind.starts_with("List<") && !is_scalar(&item) {
                for one in &child.children {
                    self.xml(walk, &item, one, &at);
                }
            } else if !is_scalar(&item) {
                self.xml(walk, &item, child, &at);
            } else if is_scalar(&kind) && !is_xml_placeholder(&kind, &child.text) {
                let what = format!("the XML sample has `{}` for a `{kind}`", child.text);
                self.differs(walk, &at, &child.text, &kind, what, None);
            }
        }
        for member in members {
            let is_there = element
                .children
                .iter()
                .any(|child| child.name == member.name);
            let is_on_page = walk
                .page
                .types
                .iter()
                .any(|listed| listed.members.iter().any(|row| row.name == member.name));
            if !is_there && is_on_page {
                let mut at = way.to_vec();
                at.push(member.name.clone());
                let what = "the XML sample lacks the member".to_owned();
                self.differs(walk, &at, NOTHING, &member.kind, what, None);
            }
        }
    }
}

/// Where a sample stands.
struct Walk<'p> {
    page: &'p Page,
    line: usize,
    /// The example of the document.
    example: String,
    root: &'p str,
}

/// The value that the samples of a page have for a member.
pub(super) fn sampled<'p>(page: &'p Page, type_: &str, member: &str) -> Option<&'p Value> {
    let operation = page.operations.first()?;
    page.samples.iter().find_map(|sample| {
        let root = match sample.side {
            Side::Request => operation.request == type_,
            Side::Answer => operation.answer.as_deref() == Some(type_),
        };
        match &sample.body {
            Body::Json(value) if root => value.get(member),
            Body::Json(value) => within(value, member),
            Body::Xml(_) => None,
        }
    })
}

fn within<'p>(value: &'p Value, member: &str) -> Option<&'p Value> {
    match value {
        Value::Mapping(members) => members
            .get(member)
            .or_else(|| members.values().find_map(|value| within(value, member))),
        Value::Sequence(items) => items.iter().find_map(|value| within(value, member)),
        _ => None,
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

fn shown(value: &Value) -> String {
    let json = serde_json::to_string(value).unwrap_or_default();
    if json.chars().count() > 60 {
        let start: String = json.chars().take(57).collect();
        return format!("`{start}…`");
    }
    format!("`{json}`")
}

/// What the framework prints in a sample for a value.
pub(super) fn placeholder(kind: &str) -> Value {
    match kind.strip_suffix('?').unwrap_or(kind) {
        "string" => "String".into(),
        "bool" => false.into(),
        "DateTime" => "0001-01-01T00:00:00.0000000".into(),
        _ => 0.into(),
    }
}

fn is_placeholder(kind: &str, value: &Value) -> bool {
    *value == placeholder(kind)
}

fn is_xml_placeholder(kind: &str, text: &str) -> bool {
    match kind.strip_suffix('?').unwrap_or(kind) {
        "string" => text == "String",
        "bool" => text == "false",
        "DateTime" => text.starts_with("0001-01-01T00:00:00"),
        _ => text == "0",
    }
}

/// A C# type without the `?` that newer tabs write behind texts, lists and objects.
fn csharp(kind: &str) -> String {
    let bare = kind.strip_suffix('?').unwrap_or(kind);
    if is_scalar(bare) && bare != "string" {
        return kind.to_owned();
    }
    // Nested classes are named with the outer one.
    match bare.rsplit_once('.') {
        Some((_, name)) => name.to_owned(),
        None => bare.to_owned(),
    }
}

enum Agreement {
    Yes,
    No,
    /// Only that differs; whether the page has null.
    Nullability(bool),
}

/// Whether a page means a C# type.
fn agrees(on: Kind, member: &Member, dotnet: &str) -> Agreement {
    let page = member.kind.as_str();
    let bare = dotnet.strip_suffix('?').unwrap_or(dotnet);
    let is_list = dotnet.starts_with("List<");
    let yes = |is: bool| if is { Agreement::Yes } else { Agreement::No };
    match on {
        Kind::Table => match page {
            "integer" => yes(bare == "int" || bare == "long"),
            "number" => yes(bare == "decimal"),
            "boolean" => yes(bare == "bool"),
            "object" => yes(!dotnet.is_empty() && !is_list && !is_scalar(bare)),
            "array" => yes(is_list),
            _ => in_csharp(page, member, dotnet),
        },
        Kind::CSharp => in_csharp(page, member, dotnet),
        Kind::TypeScript => {
            let is_optional = page.ends_with('?');
            let item = |kind: &str| match kind {
                "int" | "long" | "decimal" => "number".to_owned(),
                "bool" => "boolean".to_owned(),
                "DateTime" => "string".to_owned(),
                other => other.to_owned(),
            };
            let expected = match is_list {
                true => format!("{}[]", item(item_of(dotnet))),
                false => item(bare),
            };
            if page.strip_suffix('?').unwrap_or(page) != expected {
                return Agreement::No;
            }
            let is_value = is_scalar(bare) && bare != "string";
            // Of a required member the tab writes no `?`.
            if is_value && is_optional != dotnet.ends_with('?') && !member.required {
                return Agreement::Nullability(is_optional);
            }
            Agreement::Yes
        }
    }
}

fn in_csharp(page: &str, member: &Member, dotnet: &str) -> Agreement {
    let page = csharp(page);
    if page == dotnet {
        return Agreement::Yes;
    }
    let bare = |kind: &str| kind.strip_suffix('?').unwrap_or(kind).to_owned();
    if bare(&page) != bare(dotnet) {
        return Agreement::No;
    }
    // Newer tabs leave out the `?` of a required member.
    if member.required && dotnet.ends_with('?') {
        return Agreement::Yes;
    }
    Agreement::Nullability(page.ends_with('?'))
}

/// The members that have another name on the page: new name and old one. A member
/// in the same place between the same members, with the same type and duty, or
/// whose name differs only in case and `_`.
fn renamed<'p>(
    on: Kind,
    type_: &'p Type,
    known: &'p [described::Member],
) -> Vec<(&'p str, &'p str)> {
    if !type_.is_whole {
        return Vec::new();
    }
    let is_listed = |name: &str| type_.members.iter().any(|member| member.name == name);
    let is_known = |name: &str| known.iter().any(|known| known.name == name);
    let folded = |name: &str| name.replace('_', "").to_lowercase();
    let mut pairs = Vec::new();
    let neighbours = |names: Vec<&'p str>, name: &str| {
        let place = names.iter().position(|known| *known == name).unwrap_or(0);
        let before = place
            .checked_sub(1)
            .and_then(|place| names.get(place))
            .copied();
        (before, names.get(place + 1).copied())
    };
    let on_page = || {
        type_
            .members
            .iter()
            .map(|member| member.name.as_str())
            .collect::<Vec<_>>()
    };
    let in_document = || {
        known
            .iter()
            .map(|known| known.name.as_str())
            .collect::<Vec<_>>()
    };
    for member in type_
        .members
        .iter()
        .filter(|member| !is_known(&member.name))
    {
        let mut gone = known.iter().filter(|known| !is_listed(&known.name));
        let found = gone.find(|gone| {
            let is_spelling = folded(&gone.name) == folded(&member.name);
            let is_alike = matches!(agrees(on, member, &gone.kind), Agreement::Yes)
                && member.required == gone.required;
            let stands_alike =
                neighbours(on_page(), &member.name) == neighbours(in_document(), &gone.name);
            is_spelling || (is_alike && stands_alike)
        });
        if let Some(found) = found {
            pairs.push((member.name.as_str(), found.name.as_str()));
        }
    }
    pairs
}

//! Suggests an edit of the document for what is new on the pages.

use std::collections::BTreeSet;

use aim_codegen::document::Document;
use aim_codegen::lint;
use aim_codegen::regen::DOCUMENT;
use serde_yaml::{Mapping, Value};

use crate::compare::pair::text;

use super::Baseline;
use super::agree::is_open;
use super::compare::{Comparer, named};
use super::described::Described;
use super::difference::{Change, Difference};
use super::edit::{Editor, New, at_mut, insert_after, map};
use super::page::{Member, Page};
use super::patch;

/// The document after the edit, and what only a person can do.
pub(super) struct Suggestion {
    pub(super) text: String,
    pub(super) left: Vec<String>,
}

/// The lint of `cargo xtask regen`.
pub(super) type Accepts<'a> = &'a dyn Fn(&str) -> Result<Document, String>;

/// Suggests an edit that `accepts` takes; what it does not take is left to a person.
pub(super) fn suggest(
    baseline: &Baseline,
    described: &Described<'_>,
    pages: &[Page],
    found: &[Difference],
    accepts: Accepts<'_>,
) -> Suggestion {
    let mut suggest = Suggest {
        pages,
        comparer: Comparer {
            described,
            said: &baseline.said,
            found: Vec::new(),
        },
        editor: Editor {
            document: described.document.clone(),
            left: Vec::new(),
        },
    };
    let mut new: Vec<&Difference> = found
        .iter()
        .filter(|difference| difference.explained.is_empty())
        .collect();
    // What others refer to comes first.
    new.sort_by_key(|difference| match difference.change {
        Change::NewType => 0,
        Change::NewOperation => 1,
        Change::Order(_) => 3,
        Change::Sample { .. } => 4,
        _ => 2,
    });
    let document = &baseline.document;
    let before = suggest.editor.clone();
    for difference in &new {
        suggest.apply(difference);
    }
    let text = match suggest.written(document, document.text(), accepts) {
        Ok(text) => text,
        Err(_) => {
            // One of them does not fit: each on its own.
            suggest.editor = before;
            let mut text = document.text().to_owned();
            for difference in &new {
                let earlier = suggest.editor.clone();
                suggest.apply(difference);
                match suggest.written(document, &text, accepts) {
                    Ok(written) => text = written,
                    Err(problem) => {
                        suggest.editor = earlier;
                        suggest.editor.left.push(format!(
                            "{}: {}; the document refuses the edit that this asks for: {}",
                            named(&difference.type_, &difference.field),
                            difference.what,
                            first_of(&problem)
                        ));
                    }
                }
            }
            text
        }
    };
    let mut left = suggest.editor.left;
    let mut seen = BTreeSet::new();
    left.retain(|one| seen.insert(one.clone()));
    Suggestion { text, left }
}

/// Reads a document as `cargo xtask regen` does, which refuses placeholders, too.
///
/// # Errors
///
/// What it says against it.
pub(super) fn accepts(text: &str) -> Result<Document, String> {
    let document = Document::parse(DOCUMENT, text).map_err(|problems| problems.to_string())?;
    lint::lint_draft(&document).map_err(|problems| problems.to_string())?;
    Ok(document)
}

fn first_of(problems: &str) -> String {
    let mut lines = problems.lines().map(str::trim);
    let first = lines.next().unwrap_or_default();
    match lines.next() {
        Some(help) => format!("{first} ({help})"),
        None => first.to_owned(),
    }
}

pub(super) struct Suggest<'a> {
    pages: &'a [Page],
    pub(super) comparer: Comparer<'a>,
    pub(super) editor: Editor,
}

impl<'a> Suggest<'a> {
    /// The text of the document with the edits so far; `earlier` is known to be
    /// accepted.
    fn written(
        &self,
        document: &Document,
        earlier: &str,
        accepts: Accepts<'_>,
    ) -> Result<String, String> {
        let Value::Mapping(members) = &self.editor.document else {
            return Err("the document is no map".to_owned());
        };
        let text = patch::written(document, members);
        if text == earlier || text == document.text() {
            return Ok(text);
        }
        let read = accepts(&text)?;
        if patch::is_same(read.root(), &self.editor.document) {
            Ok(text)
        } else {
            Err("the text would hold something else".to_owned())
        }
    }

    fn apply(&mut self, difference: &Difference) {
        let earlier = self.editor.clone();
        if let Err(why) = self.edit(difference) {
            self.editor = earlier;
            self.editor.left.push(why);
        }
    }

    pub(super) fn page_of(&self, difference: &Difference) -> Result<&'a Page, String> {
        let file = difference.places.first().map(|place| place.file.as_str());
        let page = self
            .pages
            .iter()
            .find(|page| Some(page.file.as_str()) == file);
        page.ok_or_else(|| "the page is not there any more".to_owned())
    }

    fn edit(&mut self, difference: &Difference) -> Result<(), String> {
        let (type_, field) = (difference.type_.as_str(), difference.field.as_str());
        let name = || named(type_, field);
        match &difference.change {
            Change::NewMember {
                member,
                kind,
                after,
                is_header,
            } => {
                if *is_header {
                    return self.new_header(type_, member);
                }
                let kind = kind.clone()?;
                let page = self.page_of(difference)?;
                let new = New {
                    name: &member.name,
                    kind: &kind,
                    text: member.text.as_deref(),
                    required: member.required,
                    is_sampled: page.sampled(type_, &member.name).is_some(),
                };
                if self.comparer.described.is_base(type_) {
                    return self.new_inherited(type_, &new);
                }
                self.editor.add_member(type_, &new, after.as_deref())?;
                self.guessed(page, &name(), &member.kind, &kind);
                self.editor.refresh_queries(type_);
            }
            Change::GoneMember => {
                if self.comparer.described.is_base(type_) {
                    return self.gone_inherited(type_, field);
                }
                self.editor.remove_member(type_, field);
                self.editor.refresh_queries(type_);
            }
            Change::Renamed { from } => {
                if self.comparer.described.is_base(type_) {
                    return Err(format!(
                        "{}: rename the header `{from}` wherever it stands",
                        name()
                    ));
                }
                self.editor.rename_member(type_, from, field);
                self.editor.refresh_queries(type_);
            }
            Change::Retyped { kind } => {
                let kind = kind.clone()?;
                self.editor.retype_member(type_, field, &kind)?;
                let page = self.page_of(difference)?;
                self.guessed(page, &name(), &difference.page, &kind);
                self.editor.refresh_queries(type_);
            }
            Change::Required(required) => self.required(type_, field, *required)?,
            Change::Base => self.base(type_, field, difference)?,
            Change::Namespace => {
                let namespace = if difference.page.contains("://") {
                    difference.page.clone()
                } else {
                    format!(
                        "http://schemas.datacontract.org/2004/07/{}",
                        difference.page
                    )
                };
                let way = ["components", "schemas", type_, "xml", "namespace"];
                if let Some(place) = at_mut(&mut self.editor.document, &way) {
                    *place = namespace.into();
                }
            }
            Change::Order(order) => self.editor.reorder(type_, order),
            Change::Licenses(licenses) => {
                let value: Value = licenses.clone().into();
                for (path, method) in self.editor.of_request(type_) {
                    if let Some(operation) = self.editor.map_mut(&["paths", &path, method]) {
                        operation.insert("x-aim-licenses".into(), value.clone());
                    }
                }
                self.editor.left.push(format!(
                    "{type_}: descriptions and tags name the licence, too"
                ));
            }
            Change::NewRoute(route) => self.new_route(type_, route)?,
            Change::GoneRoute { pointer } => self.gone_route(pointer),
            Change::NewOperation => self.new_operation(difference)?,
            Change::NewType => {
                let page = self.page_of(difference)?;
                let on_page = page.types.iter().find(|known| known.name == type_);
                let on_page =
                    on_page.ok_or_else(|| format!("{type_}: its page is not there any more"))?;
                if self.comparer.described.schema(type_).is_none() && is_request_base(page, type_) {
                    return Err(format!(
                        "{type_}: describe it in `x-aim-base-classes` if it is a base class"
                    ));
                }
                let is_answered = page.answer_holds(type_);
                self.new_schema(page, on_page, None, is_answered)?;
            }
            Change::Sample {
                example,
                way,
                value,
            } => self.sample(example, way, value.as_ref(), &name())?,
            Change::Left(left) => {
                self.editor.left.push(format!("{}: {left}", name()));
            }
        }
        Ok(())
    }

    /// Leaves to a person whether a member has the C# type that its page leaves open.
    pub(super) fn guessed(&mut self, page: &Page, name: &str, said: &str, kind: &str) {
        if is_open(page.kind, said) {
            self.editor.left.push(format!(
                "{name}: whether it is `{kind}`: {} only says `{said}`",
                page.kind.name()
            ));
        }
    }

    fn required(&mut self, type_: &str, field: &str, required: bool) -> Result<(), String> {
        if !self.comparer.described.is_base(type_) {
            if required {
                self.editor.require(type_, field)?;
                self.editor.refresh_queries(type_);
            } else {
                self.editor.require_no_more(type_, field);
            }
            return Ok(());
        }
        let parameter = self.editor.map_mut(&["components", "parameters", field]);
        let Some(parameter) = parameter else {
            return Err(format!(
                "{type_}.{field}: the document has it as a credential of every call (`security`); decide what follows"
            ));
        };
        if required {
            insert_after(parameter, Some("in"), "required", true.into());
        } else {
            parameter.shift_remove("required");
        }
        Ok(())
    }

    /// A header has moved to another base class, or a type derives from another.
    fn base(&mut self, type_: &str, field: &str, difference: &Difference) -> Result<(), String> {
        if field.is_empty() {
            let is_known = self.comparer.described.is_base(&difference.page);
            let schema = self.editor.map_mut(&["components", "schemas", type_]);
            match schema.filter(|_| is_known) {
                Some(schema) => {
                    drop(schema.insert("x-aim-base".into(), difference.page.as_str().into()))
                }
                None => {
                    return Err(format!(
                        "{type_}: describe what it derives from, `{}`, in `x-aim-base-classes`",
                        difference.page
                    ));
                }
            }
            return Ok(());
        }
        let lists = ["x-aim-base-classes"];
        let classes = self
            .editor
            .map_mut(&lists)
            .ok_or("there are no base classes")?;
        for (name, class) in classes.iter_mut() {
            let Some(Value::Sequence(members)) = class.get_mut("members") else {
                continue;
            };
            members.retain(|member| member != field);
            if name == type_ {
                members.push(field.into());
            }
        }
        for section in ["parameters", "securitySchemes"] {
            if let Some(header) = self.editor.map_mut(&["components", section, field]) {
                header.insert("x-aim-declared-in".into(), type_.into());
            }
        }
        Ok(())
    }

    /// Every operation of a class carries the header.
    fn new_header(&mut self, class: &str, member: &Member) -> Result<(), String> {
        let name = member.name.as_str();
        let classes = self.editor.map_mut(&["x-aim-base-classes", class]);
        let Some(Value::Sequence(members)) = classes.and_then(|class| class.get_mut("members"))
        else {
            return Err(format!(
                "{class}: describe the base class in `x-aim-base-classes`"
            ));
        };
        members.push(name.into());
        let mut parameter = vec![("name", Value::from(name)), ("in", "header".into())];
        if member.required {
            parameter.push(("required", true.into()));
        }
        let said = if member.text.is_some() {
            lint::PLACEHOLDER
        } else {
            super::edit::UNDESCRIBED
        };
        parameter.extend([
            ("description", said.into()),
            ("schema", map([("type", "string".into())])),
            (
                "example",
                format!("{}-invented", name.to_lowercase()).into(),
            ),
            ("x-aim-dotnet-type", "string".into()),
            ("x-aim-declared-in", class.into()),
            ("x-aim-sensitive", "secret".into()),
        ]);
        let parameter: Mapping = parameter
            .into_iter()
            .map(|(key, value)| (key.into(), value))
            .collect();
        let parameters = self.editor.map_mut(&["components", "parameters"]);
        let parameters = parameters.ok_or("the document has no `components/parameters`")?;
        parameters.insert(name.into(), Value::Mapping(parameter));
        let reference = map([("$ref", format!("#/components/parameters/{name}").into())]);
        for (path, method) in self.editor.operations() {
            let request =
                text(self.editor.get(&["paths", &path, method, "x-aim-request"])).to_owned();
            if !self.comparer.described.bases_of(&request).contains(&class) {
                continue;
            }
            let list = at_mut(
                &mut self.editor.document,
                &["paths", &path, method, "parameters"],
            );
            if let Some(Value::Sequence(parameters)) = list {
                parameters.push(reference.clone());
            }
        }
        self.editor.left.push(format!(
            "{class}.{name}: what the header is for, and who sends it"
        ));
        Ok(())
    }

    /// Every answer (or request) of a class has the member.
    fn new_inherited(&mut self, class: &str, new: &New<'_>) -> Result<(), String> {
        let classes = self.editor.map_mut(&["x-aim-base-classes", class]);
        let Some(Value::Sequence(members)) = classes.and_then(|class| class.get_mut("members"))
        else {
            return Err(format!(
                "{class}: describe the base class in `x-aim-base-classes`"
            ));
        };
        members.push(new.name.into());
        let mut property = self.editor.property(class, new);
        property.insert("x-aim-declared-in".into(), class.into());
        for heir in self.comparer.described.schemas() {
            if !self.comparer.described.bases_of(heir).contains(&class) {
                continue;
            }
            if let Some(properties) =
                self.editor
                    .map_mut(&["components", "schemas", heir, "properties"])
            {
                properties.insert(new.name.into(), Value::Mapping(property.clone()));
            }
        }
        Ok(())
    }

    fn gone_inherited(&mut self, class: &str, member: &str) -> Result<(), String> {
        let components = ["components", "parameters", member];
        if self.editor.get(&components).is_none() {
            return Err(format!(
                "{class}.{member}: every call or answer has it in the document; decide what follows"
            ));
        }
        if let Some(parameters) = self.editor.map_mut(&["components", "parameters"]) {
            parameters.shift_remove(member);
        }
        let reference = format!("#/components/parameters/{member}");
        for (path, method) in self.editor.operations() {
            let list = at_mut(
                &mut self.editor.document,
                &["paths", &path, method, "parameters"],
            );
            if let Some(Value::Sequence(parameters)) = list {
                parameters.retain(|one| text(one.get("$ref")) != reference);
                if parameters.is_empty()
                    && let Some(operation) = self.editor.map_mut(&["paths", &path, method])
                {
                    operation.shift_remove("parameters");
                }
            }
        }
        if let Some(Value::Sequence(members)) = at_mut(
            &mut self.editor.document,
            &["x-aim-base-classes", class, "members"],
        ) {
            members.retain(|name| name != member);
        }
        self.editor.left.push(format!(
            "{class}.{member}: whether older hosts still want it; then it stays, and an entry of openapi/DEVIATIONS.md says why"
        ));
        Ok(())
    }

    fn sample(
        &mut self,
        example: &str,
        way: &[String],
        value: Option<&Value>,
        name: &str,
    ) -> Result<(), String> {
        let other = || format!("{name}: the vendor's sample in `components/examples/{example}`");
        let root = at_mut(
            &mut self.editor.document,
            &["components", "examples", example, "value"],
        );
        let (Some(mut place), Some((last, way))) = (root, way.split_last()) else {
            return Err(other());
        };
        for step in way {
            if let Value::Sequence(items) = place {
                place = items.first_mut().ok_or_else(other)?;
            }
            place = place.get_mut(step.as_str()).ok_or_else(other)?;
        }
        if let Value::Sequence(items) = place {
            place = items.first_mut().ok_or_else(other)?;
        }
        let members = place.as_mapping_mut().ok_or_else(other)?;
        match value {
            Some(value) => drop(members.insert(last.as_str().into(), value.clone())),
            None => drop(members.shift_remove(last.as_str())),
        }
        Ok(())
    }
}

/// Whether the members of a type travel as headers.
fn is_request_base(page: &Page, type_: &str) -> bool {
    let listed = page.types.iter().find(|known| known.name == type_);
    listed.is_some_and(|listed| {
        listed
            .members
            .iter()
            .any(|member| member.place.as_deref() == Some("header"))
    })
}

//! Compares the samples of a page with the types of the document.

use serde_yaml::Value;

use crate::compare::pair::{keys, text};

use super::agree::{Agreement, agrees};
use super::compare::{Comparer, NOTHING};
use super::described::{self, is_scalar, item_of};
use super::difference::{Aspect, Change};
use super::page::{Body, Element, Page, Sample, Side};

impl<'a> Comparer<'a> {
    pub(super) fn sample(&mut self, page: &Page, sample: &Sample) {
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

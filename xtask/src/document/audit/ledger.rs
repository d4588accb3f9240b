//! What the ledger of deviations and the facts of earlier pages already say.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::difference::Aspect;
#[cfg(test)]
use super::page::Page;
use super::page::squeezed;

pub(super) const LEDGER: &str = "openapi/DEVIATIONS.md";
/// The pages that the document was made from, parsed.
pub(super) const FACTS: &str = "tests/fixtures/facts.json";

/// An entry of the ledger.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// `D01` of `## D01: title`.
    pub(super) id: String,
    tie: Tie,
}

/// The block at the end of an entry.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Tie {
    /// Differences between the document and the pages it was made from.
    facts: Vec<Claim>,
    /// Differences between the document and newer pages.
    newer: Vec<Claim>,
    document: Vec<At>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Claim {
    #[serde(rename = "type")]
    pub(super) type_: String,
    pub(super) field: String,
    pub(super) aspect: String,
    pub(super) page: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct At {
    pointer: String,
}

impl Claim {
    pub(super) fn matches(&self, type_: &str, field: &str, aspect: &str, page: &str) -> bool {
        is(&self.type_, type_)
            && is(&self.field, field)
            && self.aspect == aspect
            && self.page.as_ref().is_none_or(|wanted| wanted == page)
    }
}

/// Whether a name in a claim means this one: `*` means each.
fn is(pattern: &str, name: &str) -> bool {
    pattern == "*" || pattern == name
}

impl Entry {
    /// Whether a claim is about such a difference, whatever the page says.
    pub(super) fn claims(&self, type_: &str, field: &str, aspect: &str, page: &str) -> bool {
        let mut claims = self.tie.facts.iter().chain(&self.tie.newer);
        claims.any(|claim| claim.matches(type_, field, aspect, page))
    }

    /// Whether a claim explains what the page says: one on the pages that the
    /// document was made from, if they say the same; one on newer pages, but for
    /// their texts, which nobody has read.
    pub(super) fn explains(
        &self,
        (type_, field, aspect): (&str, &str, &str),
        page: &str,
        said: &Said,
    ) -> bool {
        let matches = |claim: &Claim| claim.matches(type_, field, aspect, page);
        self.tie.facts.iter().any(matches) && said.may_be_known(type_, field, aspect, page)
            || self.tie.newer.iter().any(matches) && aspect != Aspect::Description.name()
    }

    /// Whether the entry says something of a place of the document or below it.
    pub(super) fn is_about(&self, pointer: &str) -> bool {
        !pointer.is_empty()
            && self.tie.document.iter().any(|at| {
                let rest = at.pointer.strip_prefix(pointer);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
    }

    /// The claims on newer pages.
    #[cfg(test)]
    pub(super) fn newer(&self) -> &[Claim] {
        &self.tie.newer
    }
}

/// The ledger of a workspace.
pub(crate) struct Ledger(Vec<Entry>);

impl Ledger {
    /// One that cannot be read claims nothing: the tests of the document say why.
    pub(crate) fn of(root: &Path) -> Self {
        let text = fs::read_to_string(root.join(LEDGER)).unwrap_or_default();
        Self(read(&text).unwrap_or_default())
    }

    /// Whether an entry claims that the pages have a field otherwise in one of
    /// these aspects, of this type if one is named.
    pub(crate) fn claims(&self, type_: Option<&str>, field: &str, aspects: &[&str]) -> bool {
        let mut claims = self.0.iter().flat_map(|entry| &entry.tie.facts);
        claims.any(|claim| {
            aspects.contains(&claim.aspect.as_str())
                && match type_ {
                    Some(type_) => is(&claim.type_, type_) && is(&claim.field, field),
                    None => claim.field == field,
                }
        })
    }
}

/// Reads the entries. A test of the document checks their form.
///
/// # Errors
///
/// A sentence, if the block of an entry cannot be read.
pub(super) fn read(ledger: &str) -> Result<Vec<Entry>, String> {
    let mut entries = Vec::new();
    let ledger = ledger.replace("\r\n", "\n");
    for section in ledger.split("\n## ").skip(1) {
        let id = section.split(':').next().unwrap_or_default().to_owned();
        let block = section.split("```yaml\n").nth(1);
        let block = block.and_then(|block| block.split("```").next());
        let tie = serde_yaml::from_str(block.unwrap_or("{}")).map_err(|error| {
            format!("{LEDGER}: {id}: the block at the end of the entry cannot be read: {error}; write it as the others")
        })?;
        entries.push(Entry { id, tie });
    }
    Ok(entries)
}

/// What the pages say that the document was made from, by type and member.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    /// A fingerprint of each text, since they are the vendor's words. The empty
    /// member is the operation.
    texts: BTreeMap<(String, String), BTreeSet<String>>,
    /// Type, place and whether it is required, in lower case.
    cells: BTreeMap<(String, String), BTreeSet<[String; 3]>>,
}

/// A page of the facts.
#[derive(Deserialize)]
struct Facts {
    request: String,
    #[serde(default)]
    text: Option<String>,
    types: BTreeMap<String, Vec<Field>>,
}

#[derive(Deserialize)]
struct Field {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(rename = "in")]
    place: String,
    required: bool,
    #[serde(default)]
    text: Option<String>,
}

impl Said {
    /// Reads the facts.
    ///
    /// # Errors
    ///
    /// A sentence, if they cannot be read.
    pub(super) fn read(facts: &str) -> Result<Self, String> {
        let pages: Vec<Facts> = serde_json::from_str(facts).map_err(|error| {
            format!(
                "{FACTS}:{}: cannot be read: {error}; put it back as it was",
                error.line()
            )
        })?;
        let mut known = BTreeMap::<_, BTreeSet<_>>::new();
        let mut cells = BTreeMap::<_, BTreeSet<_>>::new();
        for page in &pages {
            for (type_, fields) in &page.types {
                for field in fields {
                    let required = if field.required { "Yes" } else { "No" };
                    let said = [&field.kind, &field.place, required].map(str::to_ascii_lowercase);
                    let at = (type_.clone(), field.name.clone());
                    cells.entry(at).or_default().insert(said);
                }
            }
        }
        for page in pages {
            let fields = page.types.into_iter().flat_map(|(type_, fields)| {
                let of = move |field: Field| ((type_.clone(), field.name), field.text);
                fields.into_iter().map(of)
            });
            let whole = ((page.request, String::new()), page.text);
            for (at, text) in fields.chain([whole]) {
                known
                    .entry(at)
                    .or_default()
                    .insert(text.unwrap_or_default());
            }
        }
        Ok(Self {
            texts: known,
            cells,
        })
    }

    /// Whether a page says of a member (of an operation: the empty name) what an
    /// earlier one has said. Of what no earlier page has, every text is new.
    pub(super) fn has(&self, type_: &str, field: &str, text: Option<&str>) -> bool {
        let known = self.texts.get(&(type_.to_owned(), field.to_owned()));
        let text = text.map(fingerprint).unwrap_or_default();
        known.map_or(text.is_empty(), |known| known.contains(&text))
    }

    /// Whether an earlier page says this of a member, or none has the member.
    fn may_be_known(&self, type_: &str, field: &str, aspect: &str, page: &str) -> bool {
        let cell = match aspect {
            _ if aspect == Aspect::Type.name() => 0,
            _ if aspect == Aspect::Place.name() => 1,
            _ if aspect == Aspect::Required.name() => 2,
            _ => return true,
        };
        let known = self.cells.get(&(type_.to_owned(), field.to_owned()));
        known.is_none_or(|known| {
            let mut cells = known.iter().filter_map(|cells| cells.get(cell));
            cells.any(|known| known.eq_ignore_ascii_case(page))
        })
    }
}

/// A short name for a text: FNV-1a, 64 bits.
pub(super) fn fingerprint(text: &str) -> String {
    let hash = squeezed(text)
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!("{hash:016x}")
}

/// A page in the form of the facts.
#[cfg(test)]
pub(super) fn facts(page: &Page) -> serde_json::Value {
    use serde_json::{Map, Value, json};

    let operation = page.operations.first();
    let types: Map<_, _> = page
        .types
        .iter()
        .map(|type_| {
            let members = type_.members.iter().map(|member| {
                let mut field = json!({
                    "name": member.name,
                    "in": member.place,
                    "type": member.kind,
                    "required": member.required,
                });
                if let (Some(text), Some(field)) = (&member.text, field.as_object_mut()) {
                    field.insert("text".to_owned(), fingerprint(text).into());
                }
                field
            });
            (type_.name.clone(), members.collect::<Value>())
        })
        .collect();
    let routes = operation.map(|operation| {
        let routes = operation.routes.iter();
        routes
            .map(|route| json!({"method": route.method, "path": route.path}))
            .collect::<Value>()
    });
    let mut facts = json!({
        "name": operation.map(|operation| &operation.name),
        "request": operation.map(|operation| &operation.request),
        "licenses": operation.map(|operation| &operation.licenses),
        "routes": routes,
        "types": types,
    });
    let text = operation.and_then(|operation| operation.text.as_deref());
    if let (Some(text), Some(facts)) = (text, facts.as_object_mut()) {
        facts.insert("text".to_owned(), fingerprint(text).into());
    }
    facts
}

//! Tests the pages and cases of `xtask/tests/audit`.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::thread;

use aim_codegen::generate::generate;
use aim_codegen::lint::PLACEHOLDER;
use serde::Deserialize;

use super::compare::named;
use super::difference::Difference;
use super::ledger::facts;
use super::*;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

static BASELINE: LazyLock<Baseline> = LazyLock::new(|| Baseline::load(&root()).unwrap());

/// The text of a page of the tests.
fn text_of(name: &str) -> String {
    let path = root().join("xtask/tests/audit").join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    text.replace("\r\n", "\n")
}

fn audit(pages: &[(&str, &str)]) -> Result<Audit, String> {
    let own = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
    let pages: Vec<_> = pages.iter().map(own).collect();
    // The lint takes each edit exactly as it is suggested.
    let accepted = RefCell::new(BASELINE.document.text().to_owned());
    let audit = Audit::with(&BASELINE, &pages, &|text| {
        let document = suggest::accepts(text)?;
        text.clone_into(&mut accepted.borrow_mut());
        Ok(document)
    })?;
    assert_eq!(audit.edit.text, accepted.into_inner());
    Ok(audit)
}

fn names(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    collect(&root().join("xtask/tests/audit").join(folder), &mut found).unwrap();
    let name = |path: &PathBuf| format!("{folder}/{}", path.file_name().unwrap().to_string_lossy());
    found.iter().map(name).collect()
}

fn said(difference: &Difference) -> String {
    let name = named(&difference.type_, &difference.field);
    let aspect = difference.aspect.name();
    match difference.explained.as_slice() {
        [] => format!("{name}: {aspect}: {}", difference.what),
        ids => format!("{}: {name}: {aspect}", ids.join(" ")),
    }
}

type Key = (String, String, &'static str, String);

fn key(difference: &Difference) -> Key {
    (
        difference.type_.clone(),
        difference.field.clone(),
        difference.aspect.name(),
        difference.page.clone(),
    )
}

fn keys_of(audit: &Audit) -> BTreeSet<Key> {
    audit.found.iter().map(key).collect()
}

/// The five pages, and those of hosts that carry the same types.
#[test]
fn the_known_pages_hold_nothing_new() {
    for (folder, entries) in [
        ("pages", &["D01", "D02", "D03", "D04", "D05"][..]),
        // Only a list of all types has the catch-all.
        ("hosts/8.4", &["D02", "D03", "D04", "D05", "D31"]),
        ("hosts/10.1.4", &["D01", "D02", "D03", "D04", "D05", "D31"]),
    ] {
        let texts: Vec<_> = names(folder)
            .into_iter()
            .map(|name| (text_of(&name), name))
            .collect();
        let pages: Vec<_> = texts
            .iter()
            .map(|(text, name)| (name.as_str(), text.as_str()))
            .collect();
        let audit = audit(&pages).unwrap();
        assert!(
            !audit.has_news(),
            "{folder}: {:#?}",
            audit.news().collect::<Vec<_>>()
        );
        assert!(
            audit.pages.iter().all(|page| page.cut.is_none()),
            "{folder}"
        );
        assert_eq!(
            (audit.patch(), audit.edit.left.len()),
            (String::new(), 0),
            "{folder}"
        );
        let ids: BTreeSet<_> = audit
            .found
            .iter()
            .flat_map(|found| found.explained.clone())
            .collect();
        // A member that the document gets has an entry of its own, after these.
        let known = |id: &&String| id.as_str() <= "D60";
        assert_eq!(
            ids.iter().filter(known).collect::<Vec<_>>(),
            entries,
            "{folder}"
        );
    }
}

/// The reader finds what the facts have, which others have read from the pages.
#[test]
fn the_pages_say_what_the_facts_have() {
    let fixture: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(root().join(FACTS)).unwrap()).unwrap();
    let described = Described::of(BASELINE.document.value());
    for known in fixture.as_array().unwrap() {
        let name = format!("pages/{}.txt", known["name"].as_str().unwrap());
        let page = read(&name, &text_of(&name), &described).unwrap();
        let mut found = facts(&page);
        let mut known = known.clone();
        let requires = known.as_object_mut().unwrap().remove("requires").unwrap();
        let licenses = found.as_object_mut().unwrap().remove("licenses").unwrap();
        let licenses: Vec<_> = licenses
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one.as_str().unwrap())
            .collect();
        assert_eq!(
            format!("Requires {}", licenses.join(" or ")),
            requires.as_str().unwrap().trim_end_matches('.')
        );
        known.as_object_mut().unwrap().remove("samples");
        for (_, fields) in known["types"].as_object_mut().unwrap() {
            for field in fields.as_array_mut().unwrap() {
                field["in"] = field["in"].as_str().unwrap().to_lowercase().into();
            }
        }
        assert_eq!(found, known, "{name}");
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    case: String,
    /// Of `xtask/tests/audit`; what an edit starts with.
    #[serde(default)]
    page: String,
    /// The page itself, in place of a file.
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    edit: Vec<Step>,
    /// What the page says beyond the page that was not edited.
    #[serde(default)]
    report: Vec<String>,
    /// Where it is cut.
    #[serde(default)]
    cut: Option<String>,
    /// Lines that the edit of the document adds (`+`) or removes (`-`).
    #[serde(default)]
    edits: Vec<String>,
    /// Parts of what is left to a person.
    #[serde(default)]
    left: Vec<String>,
    /// The beginning of what is wrong with the page.
    #[serde(default)]
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase")]
enum Step {
    /// A text and what stands in its place, everywhere.
    Replace(String, String),
    /// A text, and what comes after it.
    After(String, String),
    Remove(String),
    /// The page ends after this text.
    Cut(String),
    /// The text in a page of HTML.
    Html,
    /// Tabs between the cells of a table, as a browser copies them.
    Tabs,
}

impl Case {
    fn edited(&self) -> (String, String) {
        let before = self.text.clone().unwrap_or_else(|| text_of(&self.page));
        let mut text = before.clone();
        for step in &self.edit {
            let at = |part: &str| {
                text.find(part)
                    .unwrap_or_else(|| panic!("{}: no {part:?}", self.case))
                    + part.len()
            };
            text = match step {
                Step::Replace(from, to) => {
                    at(from);
                    text.replace(from.as_str(), to)
                }
                Step::Remove(part) => {
                    at(part);
                    text.replace(part.as_str(), "")
                }
                Step::After(part, more) => {
                    let at = at(part);
                    format!("{}{more}{}", &text[..at], &text[at..])
                }
                Step::Cut(part) => text[..at(part)].to_owned(),
                Step::Html => {
                    let text = text
                        .replace('&', "&amp;")
                        .replace('<', "&lt;")
                        .replace('>', "&gt;");
                    format!(
                        "<!doctype html><html><body><h1>AIM</h1><pre>{text}</pre></body></html>\n"
                    )
                }
                Step::Tabs => tabbed(&text),
            };
        }
        (before, text)
    }
}

/// A page of text with a tab between the cells of its tables.
fn tabbed(text: &str) -> String {
    let places = ["query", "body", "form", "Header", "header"];
    let rows = text.lines().map(|line| {
        if line == "NameParameterData TypeRequiredDescription" {
            return "Name\tParameter\tData Type\tRequired\tDescription".to_owned();
        }
        let at = places
            .iter()
            .filter_map(|place| Some((line.find(place)?, place)))
            .min();
        let Some((at, place)) = at.filter(|(at, _)| *at > 0 && !line[..*at].contains(' ')) else {
            return line.to_owned();
        };
        let rest = &line[at + place.len()..];
        let Some((end, word)) = ["Yes", "No"]
            .iter()
            .filter_map(|word| Some((rest.find(word)?, word)))
            .min()
        else {
            return line.to_owned();
        };
        format!(
            "{}\t{place}\t{}\t{word}\t{}",
            &line[..at],
            &rest[..end],
            &rest[end + word.len()..]
        )
    });
    rows.map(|row| row + "\n").collect()
}

fn cases() -> Vec<Case> {
    serde_yaml::from_str(&text_of("cases.yaml")).unwrap()
}

/// What is wrong with the reports of cases, and what the ledger explains in them.
fn check(cases: &[Case]) -> (Vec<String>, BTreeSet<Key>) {
    let mut wrong = Vec::new();
    let mut fail = |case: &Case, what: String| wrong.push(format!("{}\n  {what}", case.case));
    let mut known_of = BTreeMap::new();
    let mut claimed = BTreeSet::new();
    for case in cases {
        let (before, after) = case.edited();
        let is_new = case.text.is_some() && case.edit.is_empty();
        let found = audit(&[("page", &after)]);
        let audit = match (found, &case.error) {
            (Err(found), Some(expected)) => {
                if !found.starts_with(expected.as_str()) {
                    fail(
                        case,
                        format!("expected the error {expected:?}, found {found:?}"),
                    );
                }
                continue;
            }
            (Ok(_), Some(expected)) => {
                fail(case, format!("expected the error {expected:?}, found none"));
                continue;
            }
            (Err(found), None) => {
                fail(case, format!("found the error {found:?}"));
                continue;
            }
            (Ok(audit), None) => audit,
        };
        let known = if is_new {
            BTreeSet::new()
        } else {
            let known = known_of.entry(case.page.clone());
            known
                .or_insert_with(|| keys_of(&self::audit(&[("page", &before)]).unwrap()))
                .clone()
        };
        let new = audit
            .found
            .iter()
            .filter(|found| !known.contains(&key(found)));
        let found: BTreeSet<_> = new.map(said).collect();
        let expected: BTreeSet<_> = case.report.iter().cloned().collect();
        if found != expected {
            let list = |lines: BTreeSet<&String>| {
                lines
                    .iter()
                    .map(|line| format!("\n    {line}"))
                    .collect::<String>()
            };
            fail(
                case,
                format!(
                    "missing{}\n  too much{}",
                    list(expected.difference(&found).collect()),
                    list(found.difference(&expected).collect())
                ),
            );
        }
        let cut = audit.pages[0]
            .cut
            .as_ref()
            .map(|cut| format!("line {}, {}", cut.line, cut.place));
        if cut != case.cut {
            fail(case, format!("cut at {cut:?}, expected {:?}", case.cut));
        }
        let patch = audit.patch();
        for line in &case.edits {
            if !patch.lines().any(|known| known == line) {
                fail(case, format!("no line {line:?} in the edit:\n{patch}"));
            }
        }
        if case.edits.is_empty() && !patch.is_empty() {
            fail(case, format!("an edit that nobody expects:\n{patch}"));
        }
        for left in &case.left {
            if !audit
                .edit
                .left
                .iter()
                .any(|known| known.contains(left.as_str()))
            {
                fail(
                    case,
                    format!("{left:?} is not left: {:#?}", audit.edit.left),
                );
            }
        }
        // That of a new operation is generated, too.
        if case.text.is_some() && !patch.is_empty() {
            let text = audit.edit.text.replace(PLACEHOLDER, "Described.");
            let document = Document::parse(DOCUMENT, &text).unwrap();
            if let Err(problems) = generate(&document) {
                fail(case, format!("the edit cannot be generated: {problems}"));
            }
        }
        claimed.extend(
            audit
                .found
                .iter()
                .filter(|found| !found.explained.is_empty() || !found.see.is_empty())
                .map(key),
        );
        // Whatever is new is in the edit, or left to a person.
        if audit.has_news() && patch.is_empty() && audit.edit.left.is_empty() {
            fail(case, "neither an edit nor anything left to do".to_owned());
        }
    }
    (wrong, claimed)
}

#[test]
fn says_of_each_edited_page_what_is_new() {
    let cases = cases();
    assert!(cases.len() >= 60, "{}", cases.len());
    let (one, other) = cases.split_at(cases.len() / 2);
    let ((mut wrong, mut claimed), (more, others)) = thread::scope(|scope| {
        let one = scope.spawn(|| check(one));
        let other = check(other);
        (one.join().unwrap(), other)
    });
    wrong.extend(more);
    claimed.extend(others);
    // No claim of the ledger on newer pages is idle.
    for entry in &BASELINE.entries {
        for claim in entry.newer() {
            let matches =
                |(type_, field, aspect, page): &Key| claim.matches(type_, field, aspect, page);
            // Only a list of all types has it.
            if !claimed.iter().any(matches) && claim.type_ != "FallbackRequest" {
                wrong.push(format!("{}: no case matches the claim {claim:?}", entry.id));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// A page that was cut anywhere says nothing that the whole one does not, least of
/// all that something is gone.
#[test]
fn a_page_cut_anywhere_reports_nothing_more() {
    let described = Described::of(BASELINE.document.value());
    let compared = |page: &Page| {
        let mut comparer = Comparer {
            described: &described,
            said: &BASELINE.said,
            found: Vec::new(),
        };
        comparer.page(page);
        comparer.found.iter().map(key).collect::<BTreeSet<_>>()
    };
    for (name, step) in [
        ("pages/C2BPostContract.txt", 1),
        ("pages/ContractFulfillment.txt", 1),
        ("pages/CustomerAccessToken.txt", 1),
        ("pages/GetContractDetails.txt", 1),
        ("pages/PostServiceTicket.txt", 1),
        ("hosts/10.1.4/CustomerAccessToken-xml.html", 1),
        ("hosts/10.1.4/types.cs.txt", 3),
        ("hosts/8.4/types.ts.txt", 3),
    ] {
        let text = text_of(name);
        let whole = compared(&read(name, &text, &described).unwrap());
        // A line that is lost, wherever it is: a difference or a problem, no panic.
        for line in text.split_inclusive('\n').step_by(5 * step) {
            let lost = text.replacen(line, "", 1);
            let _ = read(name, &lost, &described).map(|page| compared(&page));
        }
        // At the end of each line, and in the middle of some.
        let ends = text.match_indices('\n').map(|(at, _)| at).step_by(step);
        let inside = (1..text.len()).step_by(97 * step);
        for at in ends.chain(inside).filter(|at| text.is_char_boundary(*at)) {
            let page = match read(name, &text[..at], &described) {
                Ok(page) => page,
                // Before anything that a page has.
                Err(problem) => {
                    assert!(
                        at < 2000 && problem.message.contains("no page"),
                        "{name} at {at}: {problem}"
                    );
                    continue;
                }
            };
            let found = compared(&page);
            let more: Vec<_> = found.difference(&whole).collect();
            assert!(more.is_empty(), "{name} at {at}: {more:?}");
            // What is missing is the end, and no more than spaces if nothing is.
            let is_whole = page.cut.is_none();
            let is_between_types = name.contains("types.");
            assert!(
                !is_whole || is_between_types || text[at..].trim().len() < 120,
                "{name} at {at}"
            );
        }
    }
}

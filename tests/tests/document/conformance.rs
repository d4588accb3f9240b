//! Checks the document against the vendor's five pages, and both against the
//! ledger.
//!
//! Every point in which the document differs from the pages is claimed by
//! exactly one entry of `openapi/DEVIATIONS.md`, every claim matches a
//! difference, and what an entry says about the document holds.
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use aim_tests::ledger::{self, Claim, Entry, Holds};
use aim_tests::ordered::{self, Operation, Value, at, items, members, operations, text};
use aim_tests::{fixture, new_operation};
use serde::Deserialize;

/// A page of the vendor, parsed.
#[derive(Clone, Debug, Deserialize)]
struct Page {
    name: String,
    request: String,
    requires: String,
    routes: Vec<Route>,
    types: BTreeMap<String, Vec<Field>>,
}

#[derive(Clone, Debug, Deserialize)]
struct Route {
    method: String,
    path: String,
}

/// A row of a table on a page.
#[derive(Clone, Debug, Deserialize)]
struct Field {
    name: String,
    #[serde(rename = "in")]
    place: String,
    #[serde(rename = "type")]
    kind: String,
    required: bool,
}

impl Page {
    /// Whether the operation is one of the page's.
    fn has(&self, operation: &Operation<'_>) -> bool {
        let is = |route: &Route| route.method == operation.method && route.path == operation.path;
        self.routes.iter().any(is)
    }
}

fn pages() -> Vec<Page> {
    fixture::facts()
        .into_iter()
        .map(|page| serde_json::from_value(page).unwrap())
        .collect()
}

/// A member of one of the vendor's types, as in the document.
#[derive(Clone, Debug, PartialEq)]
struct Member {
    name: String,
    kind: String,
    place: String,
    required: bool,
}

impl Member {
    fn new(name: &str, kind: &str, place: &str, required: bool) -> Self {
        Self {
            name: name.to_owned(),
            kind: kind.to_owned(),
            place: place.to_owned(),
            required,
        }
    }
}

/// A point in which a page and the document differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Difference {
    /// The vendor's name of the type, or of an operation's request type.
    type_: String,
    /// The member, or for the aspect `operation` its method and path.
    field: String,
    /// For a member: `name` (the document lacks it), `extra` (the pages lack
    /// it), `type`, `place` or `required`. For an operation: `operation` (no
    /// page has it) or `header` (it lacks a header of its page).
    aspect: &'static str,
    page: String,
    document: String,
}

impl Difference {
    fn is_claimed_by(&self, claim: &Claim) -> bool {
        claim.matches(&self.type_, &self.field, self.aspect, &self.page)
    }
}

/// What a check found.
#[derive(Debug, Default)]
struct Report {
    failures: Vec<String>,
    fields: (usize, usize),
    operations: (usize, usize),
    differences: usize,
}

/// XML namespace of the types that the server framework adds to every
/// service; the vendor's pages do not list them.
const FRAMEWORK: &str = "http://schemas.servicestack.net/types";

/// Compares the document with the pages, and the ledger with both.
fn check(pages: &[Page], document: &Value, ledger: &[Entry]) -> Report {
    let mut report = Report::default();
    let described = described(document);
    let listed = listed(pages);
    let has = |type_: &str, field: &str| find(&described, type_, field).is_some();
    let found = listed
        .iter()
        .filter(|(type_, field)| has(type_, field))
        .count();
    report.fields = (found, listed.len());
    report.operations = compare_operations(pages, document, &mut report.failures);
    compare_order(pages, &described, &listed, &mut report.failures);
    let mut differences = differences(pages, &described, &listed);
    for operation in operations(document) {
        if pages.iter().all(|page| !page.has(&operation)) {
            differences.insert(Difference {
                type_: text(operation.value, "/x-aim-request").to_owned(),
                field: format!("{} {}", operation.method, operation.path),
                aspect: "operation",
                page: "nothing".to_owned(),
                document: text(operation.value, "/operationId").to_owned(),
            });
        }
    }
    differences.extend(missing_headers(pages, document));
    report.differences = differences.len();
    compare_claims(&differences, ledger, &mut report.failures);
    for entry in ledger {
        for tie in &entry.tie.document {
            if let Err(problem) = tie.holds(document) {
                report
                    .failures
                    .push(format!("{}: {}: {problem}", entry.id, tie.pointer));
            }
        }
    }
    report
}

/// Every (type, field) of the pages.
fn listed(pages: &[Page]) -> BTreeSet<(&str, &str)> {
    let tables = pages.iter().flat_map(|page| &page.types);
    tables
        .flat_map(|(type_, fields)| fields.iter().map(|field| (type_.as_str(), &*field.name)))
        .collect()
}

type Described = BTreeMap<String, Vec<Member>>;

fn find<'a>(described: &'a Described, type_: &str, field: &str) -> Option<&'a Member> {
    described
        .get(type_)?
        .iter()
        .find(|member| member.name == field)
}

/// The vendor's types in the document: each schema with the members that it
/// declares itself, and the base classes with theirs.
fn described(document: &Value) -> Described {
    let operations = operations(document);
    let sent_by = |type_: &str, method: &str| {
        operations
            .iter()
            .any(|o| text(o.value, "/x-aim-request") == type_ && o.method == method)
    };
    let mut described = Described::new();
    for (type_, schema) in members(document, "/components/schemas") {
        if text(schema, "/xml/namespace") == FRAMEWORK {
            continue;
        }
        let bases = bases(document, schema);
        let place = match (sent_by(type_, "POST"), sent_by(type_, "GET")) {
            (false, true) => "query",
            _ => "body",
        };
        for (name, property) in members(schema, "/properties") {
            let declared_in = text(property, "/x-aim-declared-in");
            let class = if bases.contains(&declared_in) {
                declared_in
            } else {
                type_
            };
            let required = items(schema, "/required").iter().any(|item| item == name);
            let member = Member::new(name, text(property, "/x-aim-dotnet-type"), place, required);
            let known = described.entry(class.to_owned()).or_default();
            if class == type_ || !known.contains(&member) {
                known.push(member);
            }
        }
    }
    for (class, base) in members(document, "/x-aim-base-classes") {
        let inherited = described.remove(class).unwrap_or_default();
        let names: Vec<_> = items(base, "/members")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let member = |name: &&str| {
            let in_bodies: Vec<_> = inherited.iter().filter(|m| m.name == *name).collect();
            match in_bodies[..] {
                [] => header(document, &operations, class, name),
                [one] if every_heir_has(document, class, name) => Some(one.clone()),
                // The schemas contradict each other, or some do not have it.
                _ => None,
            }
        };
        let mut members: Vec<_> = names.iter().filter_map(member).collect();
        // Members that name the class in `x-aim-declared-in` but that it does
        // not list.
        members.extend(
            inherited
                .into_iter()
                .filter(|m| !names.contains(&m.name.as_str())),
        );
        described.insert(class.to_owned(), members);
    }
    described
}

/// The base classes of a schema, nearest first.
fn bases<'a>(document: &'a Value, schema: &'a Value) -> Vec<&'a str> {
    let mut bases = Vec::new();
    let mut next = text(schema, "/x-aim-base");
    while !next.is_empty() && !bases.contains(&next) {
        bases.push(next);
        next = text(document, &format!("/x-aim-base-classes/{next}/base"));
    }
    bases
}

/// Whether every schema that derives from the class has the member, declared in
/// that class.
fn every_heir_has(document: &Value, class: &str, name: &str) -> bool {
    members(document, "/components/schemas")
        .filter(|(_, schema)| bases(document, schema).contains(&class))
        .all(|(_, schema)| text(schema, &format!("/properties/{name}/x-aim-declared-in")) == class)
}

/// The headers that are parameters on a page but not of its operation.
fn missing_headers(pages: &[Page], document: &Value) -> Vec<Difference> {
    let mut missing = Vec::new();
    for operation in operations(document) {
        for page in pages.iter().filter(|page| page.has(&operation)) {
            let is_base = |(type_, _): &(&String, _)| {
                document["x-aim-base-classes"].get(type_.as_str()).is_some()
            };
            let inherited = page
                .types
                .iter()
                .filter(is_base)
                .flat_map(|(_, fields)| fields);
            for Field { name, .. } in inherited {
                let is_parameter =
                    at(document, &format!("/components/parameters/{name}")).is_some();
                if is_parameter && !refers(&operation, &format!("#/components/parameters/{name}")) {
                    missing.push(Difference {
                        type_: page.request.clone(),
                        field: name.clone(),
                        aspect: "header",
                        page: name.clone(),
                        document: format!("{} {} without it", operation.method, operation.path),
                    });
                }
            }
        }
    }
    missing
}

/// Whether an operation has the parameter by reference.
fn refers(operation: &Operation<'_>, reference: &str) -> bool {
    let parameters = items(operation.value, "/parameters");
    parameters.iter().any(|p| text(p, "/$ref") == reference)
}

/// A header that operations carry: a security scheme, which is always
/// required, or a parameter.
fn header(
    document: &Value,
    operations: &[Operation<'_>],
    class: &str,
    name: &str,
) -> Option<Member> {
    let scheme = at(document, &format!("/components/securitySchemes/{name}"));
    let demanded = operations.iter().all(|operation| {
        let own = at(operation.value, "/security");
        let lists = own
            .or_else(|| at(document, "/security"))
            .and_then(Value::as_sequence);
        lists.is_some_and(|lists| {
            !lists.is_empty() && lists.iter().all(|list| list.get(name).is_some())
        })
    });
    let parameter = at(document, &format!("/components/parameters/{name}"));
    let reference = format!("#/components/parameters/{name}");
    // `missing_headers` reports the operations that lack it.
    let referred = operations
        .iter()
        .any(|operation| refers(operation, &reference));
    let (value, required) = match (scheme, parameter) {
        (Some(scheme), None) if demanded => (scheme, true),
        (None, Some(parameter)) if referred => (
            parameter,
            at(parameter, "/required")
                .and_then(Value::as_bool)
                .unwrap_or(false),
        ),
        _ => return None,
    };
    (text(value, "/name") == name && text(value, "/x-aim-declared-in") == class).then(|| {
        Member::new(
            name,
            text(value, "/x-aim-dotnet-type"),
            text(value, "/in"),
            required,
        )
    })
}

/// Every point in which the pages and the document differ.
fn differences(
    pages: &[Page],
    described: &Described,
    listed: &BTreeSet<(&str, &str)>,
) -> BTreeSet<Difference> {
    let mut differences = BTreeSet::new();
    // What each page and the document say about an aspect, and whether they
    // agree.
    let mut said: BTreeMap<_, BTreeSet<(String, String, bool)>> = BTreeMap::new();
    for page in pages {
        for (type_, fields) in &page.types {
            for field in fields {
                let Some(member) = find(described, type_, &field.name) else {
                    differences.insert(Difference {
                        type_: type_.clone(),
                        field: field.name.clone(),
                        aspect: "name",
                        page: field.name.clone(),
                        document: "nothing".to_owned(),
                    });
                    continue;
                };
                let place = field.place.to_lowercase();
                let yes = |required: bool| (if required { "Yes" } else { "No" }).to_owned();
                for (aspect, page, document, agrees) in [
                    (
                        "type",
                        field.kind.clone(),
                        member.kind.clone(),
                        agree(&field.kind, &member.kind),
                    ),
                    (
                        "place",
                        place.clone(),
                        member.place.clone(),
                        place == member.place,
                    ),
                    (
                        "required",
                        yes(field.required),
                        yes(member.required),
                        field.required == member.required,
                    ),
                ] {
                    said.entry((type_.clone(), field.name.clone(), aspect))
                        .or_default()
                        .insert((page, document, agrees));
                }
            }
        }
    }
    for ((type_, field, aspect), values) in said {
        // Pages that contradict each other are a difference too.
        let contradict = values.len() > 1;
        for (page, document, agrees) in values {
            if contradict || !agrees {
                let (type_, field) = (type_.clone(), field.clone());
                differences.insert(Difference {
                    type_,
                    field,
                    aspect,
                    page,
                    document,
                });
            }
        }
    }
    for (type_, members) in described {
        for member in members
            .iter()
            .filter(|m| !listed.contains(&(type_.as_str(), &*m.name)))
        {
            differences.insert(Difference {
                type_: type_.clone(),
                field: member.name.clone(),
                aspect: "extra",
                page: "nothing".to_owned(),
                document: member.name.clone(),
            });
        }
    }
    differences
}

/// Whether a type on a page, in C# or free text, means this C# type.
fn agree(page: &str, dotnet: &str) -> bool {
    let bare = dotnet.strip_suffix('?').unwrap_or(dotnet);
    let is_list = dotnet.starts_with("List<");
    let is_value = ["string", "int", "long", "bool", "decimal", "DateTime"].contains(&bare);
    page == dotnet
        || match page {
            "integer" => bare == "int" || bare == "long",
            "number" => bare == "decimal",
            "boolean" => bare == "bool",
            "object" => !dotnet.is_empty() && !is_list && !is_value,
            "array" => is_list,
            _ => false,
        }
}

/// Compares the order of the members, without extras.
fn compare_order(
    pages: &[Page],
    described: &Described,
    listed: &BTreeSet<(&str, &str)>,
    failures: &mut Vec<String>,
) {
    for page in pages {
        for (type_, fields) in &page.types {
            let found = |field: &&Field| find(described, type_, &field.name).is_some();
            let pages: Vec<_> = fields
                .iter()
                .filter(found)
                .map(|field| &field.name)
                .collect();
            let members = described.get(type_).into_iter().flatten();
            let document: Vec<_> = members
                .map(|member| &member.name)
                .filter(|name| listed.contains(&(type_.as_str(), name.as_str())))
                .collect();
            if pages != document {
                failures.push(format!(
                    "{type_}: the order of members is {pages:?} on the page {}, {document:?} in \
                     the document",
                    page.name
                ));
            }
        }
    }
}

/// Compares the routes, and what each page says about its operation as a whole.
/// Returns how many operations of the pages the document has, and how many the
/// pages have.
fn compare_operations(
    pages: &[Page],
    document: &Value,
    failures: &mut Vec<String>,
) -> (usize, usize) {
    let operations = operations(document);
    let mut known = BTreeSet::new();
    let mut found = 0;
    for page in pages {
        for Route { method, path } in &page.routes {
            known.insert((method, path));
            match operations
                .iter()
                .find(|o| o.method == method && o.path == path)
            {
                Some(operation) => {
                    found += 1;
                    compare_operation(page, document, operation, failures);
                }
                None => failures.push(format!("{method} {path}: the document lacks it")),
            }
        }
    }
    (found, known.len())
}

fn compare_operation(
    page: &Page,
    document: &Value,
    operation: &Operation<'_>,
    failures: &mut Vec<String>,
) {
    let Operation {
        method,
        path,
        value,
    } = *operation;
    let reference = |name: &str| format!("#/components/schemas/{name}");
    let licenses = items(value, "/x-aim-licenses")
        .iter()
        .filter_map(Value::as_str);
    let mut compared = vec![
        (
            "x-aim-operation",
            page.name.clone(),
            text(value, "/x-aim-operation").to_owned(),
        ),
        (
            "x-aim-request",
            page.request.clone(),
            text(value, "/x-aim-request").to_owned(),
        ),
        (
            "x-aim-licenses",
            page.requires
                .trim_start_matches("Requires ")
                .trim_end_matches('.')
                .to_owned(),
            licenses.collect::<Vec<_>>().join(" or "),
        ),
        (
            "the answer",
            reference(&format!("{}Response", page.name)),
            text(
                value,
                "/responses/200/content/application~1json/schema/$ref",
            )
            .to_owned(),
        ),
    ];
    let schema = |name: &str| at(document, &format!("/components/schemas/{name}"));
    let types = [page.request.clone(), format!("{}Response", page.name)];
    let bases: BTreeSet<_> = types
        .iter()
        .filter_map(|name| schema(name))
        .flat_map(|schema| bases(document, schema))
        .collect();
    let listed = page.types.keys().map(String::as_str);
    let is_base = |name: &&str| document["x-aim-base-classes"].get(name).is_some();
    compared.push((
        "the list of base classes",
        listed.filter(is_base).collect::<Vec<_>>().join(", "),
        bases.into_iter().collect::<Vec<_>>().join(", "),
    ));
    if method == "GET" {
        // The members of the request are the query parameters.
        let row =
            |name: &str, value: &Value| format!("{name} {}", text(value, "/x-aim-dotnet-type"));
        let parameters = items(value, "/parameters")
            .iter()
            .filter(|p| text(p, "/in") == "query");
        let properties = format!("/components/schemas/{}/properties", page.request);
        compared.push((
            "the query",
            members(document, &properties)
                .map(|(n, p)| row(n, p))
                .collect::<Vec<_>>()
                .join(", "),
            parameters
                .map(|p| row(text(p, "/name"), p))
                .collect::<Vec<_>>()
                .join(", "),
        ));
    } else {
        let body = text(value, "/requestBody/content/application~1json/schema/$ref");
        compared.push(("the body", reference(&page.request), body.to_owned()));
    }
    for (what, expected, found) in compared {
        if found != expected {
            failures.push(format!(
                "{method} {path}: {what} is `{found}`, not `{expected}`"
            ));
        }
    }
}

/// Checks that exactly one entry claims each difference, and that every claim
/// matches one.
fn compare_claims(
    differences: &BTreeSet<Difference>,
    ledger: &[Entry],
    failures: &mut Vec<String>,
) {
    for difference in differences {
        let claimed_by: Vec<_> = ledger
            .iter()
            .filter(|entry| {
                let mut claims = entry.tie.facts.iter();
                claims.any(|claim| difference.is_claimed_by(claim))
            })
            .map(|entry| entry.id.as_str())
            .collect();
        let Difference {
            type_,
            field,
            aspect,
            page,
            document,
        } = difference;
        let difference = format!(
            "{type_}.{field}: {aspect}: the pages have `{page}`, the document has `{document}`"
        );
        match claimed_by[..] {
            [_] => {}
            [] => failures.push(format!(
                "{difference}, and no entry of openapi/DEVIATIONS.md claims it by \
                 `{{type: {type_}, field: {field}, aspect: {aspect}}}` among its `facts`"
            )),
            _ => failures.push(format!(
                "{difference}, claimed by {}",
                claimed_by.join(" and ")
            )),
        }
    }
    for entry in ledger {
        for claim in &entry.tie.facts {
            let mut differences = differences.iter();
            if !differences.any(|difference| difference.is_claimed_by(claim)) {
                failures.push(format!(
                    "{}: no difference matches the claim {claim:?}",
                    entry.id
                ));
            }
        }
    }
}

#[test]
fn the_document_follows_the_pages_except_for_the_claims_of_the_ledger() {
    let mut failures = Vec::new();
    let ledger = ledger::read(&ledger::text(), &mut failures);
    let report = check(&pages(), &ordered::document(), &ledger);
    failures.extend(report.failures);
    let Report {
        fields,
        operations,
        differences,
        ..
    } = report;
    println!(
        "{} of {} fields, {} of {} operations, {differences} differences, {} ledger entries",
        fields.0,
        fields.1,
        operations.0,
        operations.1,
        ledger.len()
    );
    assert!(
        failures.is_empty(),
        "{} failures:\n{}",
        failures.len(),
        failures.join("\n")
    );
    // What is not there is a failure, or claimed; but something was compared.
    assert!(fields.0 > 100 && operations.0 > 4);
}

/// Asserts that each text is in a failure, and that there are no other new
/// failures.
#[track_caller]
fn assert_fails(report: &Report, texts: &[&str]) {
    let failures = report.failures.join("\n");
    for text in texts {
        assert!(
            failures.contains(text),
            "no failure has `{text}`:\n{failures}"
        );
    }
    let anyway = after(|_| {}).failures;
    let other = |failure: &&String| {
        !anyway.contains(failure) && !texts.iter().any(|text| failure.contains(text))
    };
    let others: Vec<_> = report.failures.iter().filter(other).collect();
    assert!(others.is_empty(), "more than expected: {others:#?}");
}

/// The value at a pointer, for a change.
fn edit<'a>(document: &'a mut Value, pointer: &str) -> &'a mut Value {
    pointer.split('/').skip(1).fold(document, |value, token| {
        let token = token.replace("~1", "/").replace("~0", "~");
        match token.parse::<usize>() {
            Ok(index) if value.is_sequence() => &mut value[index],
            _ => value.get_mut(&token).unwrap(),
        }
    })
}

/// Removes a member, and keeps the order of the others.
fn take(document: &mut Value, pointer: &str) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match edit(document, parent) {
        Value::Mapping(members) => members.shift_remove(name).unwrap(),
        Value::Sequence(items) => items.remove(name.parse().unwrap()),
        _ => panic!("{pointer} has no parent with members"),
    }
}

/// The pointer to the header `DeviceId` of an operation.
fn device_id(document: &Value) -> String {
    let parameters = "/paths/~1api~1GetContractDetails/get/parameters";
    let is_it = |one: &Value| text(one, "/$ref").ends_with("/DeviceId");
    let index = items(document, parameters).iter().position(is_it).unwrap();
    format!("{parameters}/{index}")
}

/// Adds a member, as the last one.
fn insert(document: &mut Value, pointer: &str, value: impl Into<Value>) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let members = edit(document, parent).as_mapping_mut().unwrap();
    assert!(members.insert(name.into(), value.into()).is_none());
}

/// The report after a change of the document.
fn after(change: impl FnOnce(&mut Value)) -> Report {
    let mut document = ordered::document();
    change(&mut document);
    check(&pages(), &document, &ledger::entries())
}

const SCHEMAS: &str = "/components/schemas";

#[test]
fn a_difference_without_a_claim_fails() {
    let ledger: Vec<_> = ledger::entries()
        .into_iter()
        .filter(|entry| entry.id != "D01")
        .collect();
    let report = check(&pages(), &ordered::document(), &ledger);
    assert_fails(
        &report,
        &["C2BPostContractRequest.AIMSchoolId: type: the pages have `string`"],
    );

    let ledger: Vec<_> = ledger::entries()
        .into_iter()
        .filter(|entry| entry.id != "D03")
        .collect();
    let report = check(&pages(), &ordered::document(), &ledger);
    assert_fails(&report, &["C2BPostContractRequest.CardTerminalId: extra"]);
}

#[test]
fn a_difference_with_two_claims_fails() {
    let mut ledger = ledger::entries();
    let claim = ledger
        .iter()
        .find(|entry| entry.id == "D01")
        .unwrap()
        .tie
        .facts[0]
        .clone();
    ledger
        .iter_mut()
        .find(|entry| entry.id == "D02")
        .unwrap()
        .tie
        .facts
        .push(claim);
    let report = check(&pages(), &ordered::document(), &ledger);
    assert_fails(
        &report,
        &[
            "AIMSchoolId: type: the pages have `string`, the document has `long?`, claimed by D01 and D02",
        ],
    );
}

#[test]
fn a_stale_claim_fails() {
    for stale in [
        "{type: Rate, field: Months, aspect: type}",
        "{type: CustomerInfo, field: WebId, aspect: required, page: 'No'}",
        "{type: '*', field: Nothing, aspect: place}",
        "{type: CustomerInfo, field: WebId, aspect: colour}",
    ] {
        let mut ledger = ledger::entries();
        ledger[5]
            .tie
            .facts
            .push(serde_yaml::from_str(stale).unwrap());
        let report = check(&pages(), &ordered::document(), &ledger);
        assert_fails(&report, &["D06: no difference matches the claim"]);
    }
}

#[test]
fn a_change_of_a_checked_value_fails() {
    let report = after(|document| {
        *edit(document, "/info/description") = "Nothing is said here.".into();
        *edit(document, "/x-aim-failure/words/0/failure") = Value::Sequence(vec!["Failed".into()]);
        *edit(document, &format!("{SCHEMAS}/Rate/properties/MoPay/format")) = "float".into();
        insert(
            document,
            "/paths/~1api~1GetContractDetails/get/requestBody",
            "x",
        );
    });
    assert_fails(
        &report,
        &[
            "/info/description: does not contain",
            "D29: /x-aim-failure/words: is [",
            r#"D21: /components/schemas/Rate/properties/MoPay/format: is "float", not "double""#,
            "D34: /paths/~1api~1GetContractDetails/get/requestBody: is there",
        ],
    );
}

#[test]
fn a_check_that_cannot_fail_fails() {
    for (tie, problem) in [
        ("{pointer: /info/title}", "needs one of"),
        ("{pointer: /info/titel, absent: false}", "needs one of"),
        (
            "{pointer: /info/title, equals: x, contains: x}",
            "needs one of",
        ),
        (
            "{pointer: /inof/title, absent: true}",
            "points below a value that does not exist",
        ),
        ("{pointer: /info/titel, equals: x}", "is not there"),
        ("{pointer: /info/titel, contains: x}", "does not contain"),
        ("{pointer: /info, contains: titel}", "does not contain"),
        (
            "{pointer: /tags/0, contains: Contracts}",
            "does not contain",
        ),
        ("{pointer: /info/title, contains: 7}", "does not contain"),
    ] {
        let mut ledger = ledger::entries();
        ledger[5]
            .tie
            .document
            .push(serde_yaml::from_str(tie).unwrap());
        let report = check(&pages(), &ordered::document(), &ledger);
        assert_fails(&report, &[&format!(": {problem}")]);
    }
    let contains = "{pointer: /x-aim-base-classes/BaseSecureRequest/members, contains: Token}";
    let contains: Holds = serde_yaml::from_str(contains).unwrap();
    assert_eq!(contains.holds(&ordered::document()), Ok(()));
    let contains: Holds = serde_yaml::from_str("{pointer: /info, contains: title}").unwrap();
    assert_eq!(contains.holds(&ordered::document()), Ok(()));
}

#[test]
fn every_aspect_of_a_member_is_compared() {
    let report = after(|document| {
        take(
            document,
            &format!("{SCHEMAS}/PaymentGeneric/properties/Ref"),
        );
        *edit(
            document,
            &format!("{SCHEMAS}/Rate/properties/Months/x-aim-dotnet-type"),
        ) = "int?".into();
        *edit(
            document,
            &format!("{SCHEMAS}/CustomerInfo/properties/City/x-aim-dotnet-type"),
        ) = "Rate".into();
        insert(
            document,
            &format!("{SCHEMAS}/DeliveredAccessory/required"),
            vec!["Id"],
        );
        let renamed = take(
            document,
            &format!("{SCHEMAS}/InventoryGeneric/properties/Mfg"),
        );
        insert(
            document,
            &format!("{SCHEMAS}/InventoryGeneric/properties/Maker"),
            renamed,
        );
    });
    assert_fails(
        &report,
        &[
            "PaymentGeneric.Ref: name: ",
            "Rate.Months: type: the pages have `int`, the document has `int?`",
            "CustomerInfo.City: type: the pages have `string`, the document has `Rate`",
            "DeliveredAccessory.Id: required: the pages have `No`, the document has `Yes`",
            "InventoryGeneric.Mfg: name: ",
            "InventoryGeneric.Maker: extra: ",
        ],
    );
    let (found, all) = after(|_| {}).fields;
    assert_eq!(report.fields, (found - 2, all));
}

#[test]
fn an_extra_or_missing_type_fails() {
    let report = after(|document| {
        let renamed = take(document, &format!("{SCHEMAS}/UpdateContractErrorObj"));
        insert(document, &format!("{SCHEMAS}/UpdateError"), renamed);
    });
    assert_fails(
        &report,
        &[
            "UpdateContractErrorObj.Ref: name: ",
            "UpdateContractErrorObj.ErrorMessage: name: ",
            "UpdateError.Ref: extra: ",
            "UpdateError.ErrorMessage: extra: ",
        ],
    );
}

#[test]
fn the_order_of_members_is_compared() {
    let report = after(|document| {
        let pointer = format!("{SCHEMAS}/DeliveredAccessory/properties/Id");
        let first = take(document, &pointer);
        insert(document, &pointer, first);
    });
    assert_fails(&report, &["DeliveredAccessory: the order of members is"]);
}

#[test]
fn members_of_base_classes_are_compared() {
    // An operation without the header, one that requires less, an answer
    // without a status, and a status with another base class.
    let device_id = device_id(&ordered::document());
    for (pointer, failure) in [
        (
            device_id.as_str(),
            "GetContractDetailsRequest.DeviceId: header: the pages have `DeviceId`, the document has \
             `GET /api/GetContractDetails without it`",
        ),
        ("/security/0/AppId", "BaseSecureRequest.AppId: name"),
        (
            "/components/securitySchemes/ApiKey",
            "BaseRequest.ApiKey: name",
        ),
        (
            "/components/parameters/OAuthToken/x-aim-declared-in",
            "BaseRequest.OAuthToken: name",
        ),
        (
            "/x-aim-base-classes/BaseRequest/members/0",
            "BaseRequest.ApiKey: name",
        ),
        (
            "/components/schemas/C2BPostContractResponse/properties/Status",
            "BaseResponse.Status: name",
        ),
        (
            "/components/schemas/C2BPostContractResponse/properties/Status/x-aim-dotnet-type",
            "BaseResponse.Status: name",
        ),
    ] {
        let report = after(|document| drop(take(document, pointer)));
        let found = report
            .failures
            .iter()
            .any(|found| found.starts_with(failure));
        assert!(found, "{pointer}: {:#?}", report.failures);
    }
    let report = after(|document| {
        let status = format!("{SCHEMAS}/PostServiceTicketResponse/properties/Status");
        take(document, &format!("{status}/x-aim-declared-in"));
    });
    assert_fails(
        &report,
        &[
            "PostServiceTicketResponse.Status: extra",
            "BaseResponse.Status: name",
        ],
    );
    let report = after(|document| {
        insert(document, "/components/parameters/DeviceId/required", true);
        *edit(document, "/components/parameters/DeviceId/in") = "cookie".into();
    });
    assert_fails(
        &report,
        &[
            "BaseSecureRequest.DeviceId: required: the pages have `No`, the document has `Yes`",
            "BaseSecureRequest.DeviceId: place: the pages have `header`, the document has `cookie`",
        ],
    );
}

#[test]
fn operations_are_compared() {
    let report = after(|document| {
        let moved = take(document, "/paths/~1api~1CustomerAccessToken/get");
        insert(document, "/paths/~1api~1CustomerAccessToken/put", moved);
    });
    let failures = report.failures.join("\n");
    assert!(
        failures.contains("GET /api/CustomerAccessToken: the document lacks it"),
        "{failures}"
    );
    assert!(
        failures.contains(
            "CustomerAccessTokenRequest.PUT /api/CustomerAccessToken: operation: the pages have \
             `nothing`"
        ),
        "{failures}"
    );
    let (found, all) = after(|_| {}).operations;
    assert_eq!(report.operations, (found - 1, all));

    let report = after(|document| {
        take(
            document,
            "/paths/~1api~1GetContractDetails/get/parameters/1",
        );
        take(
            document,
            "/paths/~1api~1GetContractDetails/get/x-aim-licenses/1",
        );
        take(
            document,
            &format!("{SCHEMAS}/C2BPostContractRequest/x-aim-base"),
        );
        let post = edit(document, "/paths/~1api~1PostServiceTicket/post");
        *edit(post, "/x-aim-operation") = "PostTicket".into();
        *edit(post, "/responses/200/content/application~1json/schema/$ref") =
            "#/components/schemas/C2BPostContractResponse".into();
    });
    assert_fails(
        &report,
        &[
            "GET /api/GetContractDetails: the query is `Ref string",
            "GET /api/GetContractDetails: x-aim-licenses is `active-e Contracts Service`, not",
            "POST /api/PostServiceTicket: x-aim-operation is `PostTicket`",
            "POST /api/C2BPostContract: the list of base classes is `BaseResponse`, not `BaseRe",
            "GET /api/C2BPostContract: the list of base classes is `BaseResponse`, not `BaseRe",
            "POST /api/PostServiceTicket: the answer is `#/components/schemas/C2BPostContract",
        ],
    );
}

/// One entry of the ledger must claim everything that no page has.
#[test]
fn operations_that_no_page_has_need_a_claim() {
    let text = fs::read_to_string(fixture::root().join("openapi/aim.yaml")).unwrap();
    let document: Value = serde_yaml::from_str(&new_operation::added_to(&text)).unwrap();
    let report = check(&pages(), &document, &ledger::entries());
    assert_fails(
        &report,
        &[
            "TestListingRequest.GET /api/TestListing: operation: ",
            "TestListingResponse.TestStatuses: extra: ",
            "TestStatus.Id: extra: ",
            "TestStatus.Description: extra: ",
            "TestStatus.WebDescription: extra: ",
            "TestSetCustomerRequest.POST /api/TestSetCustomer: operation: ",
            "TestSetCustomerRequest.WebRef: extra: ",
            "TestSetCustomerRequest.Acct: extra: ",
            "PostServiceTicketRequest.TestNumber: extra: ",
        ],
    );
    let mut failures = Vec::new();
    let mut claimed = ledger::read(
        &format!(
            "# Title\n\n{}",
            include_str!("../../fixtures/new-operation/ledger.md")
        ),
        &mut failures,
    );
    assert_eq!(failures, Vec::<String>::new());
    claimed.extend(ledger::entries());
    let before = after(|_| {}).failures;
    assert_eq!(check(&pages(), &document, &claimed).failures, before);
}

/// A header that only some operations have needs a claim.
#[test]
fn a_header_that_an_operation_lacks_needs_a_claim() {
    let mut document = ordered::document();
    let device_id = device_id(&document);
    take(&mut document, &device_id);
    let mut ledger = ledger::entries();
    let claim = "{type: GetContractDetailsRequest, field: DeviceId, aspect: header}";
    ledger[5]
        .tie
        .facts
        .push(serde_yaml::from_str(claim).unwrap());
    let before = after(|_| {}).failures;
    assert_eq!(check(&pages(), &document, &ledger).failures, before);
}

#[test]
fn pages_that_contradict_each_other_fail() {
    let mut pages = pages();
    let field = &mut pages[0].types.get_mut("CustomerInfo").unwrap()[4];
    assert_eq!(field.name, "City");
    field.required = true;
    let report = check(&pages, &ordered::document(), &ledger::entries());
    assert_fails(
        &report,
        &[
            "CustomerInfo.City: required: the pages have `Yes`, the document has `No`",
            "CustomerInfo.City: required: the pages have `No`, the document has `No`",
        ],
    );
    let mut pages = self::pages();
    pages[0].types.get_mut("CustomerInfo").unwrap().remove(4);
    let report = check(&pages, &ordered::document(), &ledger::entries());
    assert_fails(&report, &["CustomerInfo: the order of members is"]);
}

#[test]
fn free_text_agrees_with_the_types_it_may_mean() {
    for (page, dotnet, agrees) in [
        ("integer", "int", true),
        ("integer", "long?", true),
        ("integer", "string", false),
        ("integer", "decimal", false),
        ("number", "decimal?", true),
        ("number", "long", false),
        ("boolean", "bool?", true),
        ("string", "string", true),
        ("string", "long?", false),
        ("object", "Rate", true),
        ("object", "string", false),
        ("object", "List<Rate>", false),
        ("object", "", false),
        ("array", "List<long>", true),
        ("array", "Rate", false),
        ("bool", "bool?", false),
        ("List<long>", "List<long>", true),
    ] {
        assert_eq!(agree(page, dotnet), agrees, "{page} {dotnet}");
    }
}

#[test]
fn a_malformed_ledger_fails() {
    let entry = "\
## D07: Title

- **Where**: a
- **What each says**: b
- **We follow**: c
- **Why**: d
- **What would settle it**: e

```yaml
document:
  - {pointer: /info/title, absent: true}
```
";
    let failures = |ledger: &str| {
        let mut failures = Vec::new();
        ledger::read(&format!("# Title\n\n{ledger}"), &mut failures);
        failures.join("\n")
    };
    assert_eq!(failures(entry), "");
    for (from, to, failure) in [
        ("## D07: Title", "## D7: Title", "is not of the form"),
        ("## D07: Title", "## D07: ", "is not of the form"),
        ("## D07: Title", "## Appendix", "is not of the form"),
        ("- **Why**: d\n", "", "its parts are"),
        ("- **Why**: d\n", "- **Why**:\n", "its parts are"),
        (
            "- **Where**: a\n- **What each says**: b\n",
            "- **What each says**: b\n- **Where**: a\n",
            "its parts are",
        ),
        ("```yaml", "```", "has 0 blocks"),
        (
            "document:\n  - {pointer: /info/title, absent: true}",
            "document: []",
            "has no `facts` and no `holds`",
        ),
        ("document:", "dokument:", "unknown field"),
        ("absent: true", "missing: true", "unknown field"),
        ("```\n", "```\nMore text.\n", "not the end of the entry"),
    ] {
        assert!(entry.contains(from));
        let found = failures(&entry.replacen(from, to, 1));
        assert!(found.contains(failure), "{to}: {found}");
    }
    assert!(failures(&format!("{entry}\n{entry}")).contains("does not come after D07"));
}

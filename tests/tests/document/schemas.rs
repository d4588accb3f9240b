//! The feature `schemars` describes the client's types exactly as the document
//! describes its schemas.
//!
//! One difference is intended: every member that is not required may be null in
//! the types, since each is an `Option`, even if the document does not call it
//! `nullable`.

use std::collections::BTreeSet;

use crate::each_edit_fails;
use aim_tests::ordered::{self, Value, at, items, members, text, type_name};
use aim_tests::types::TYPES;
use serde_json::{Map, Value as Json, json};

/// The JSON schema that a type must have, without those of other types.
fn expected(name: &str, schema: &Value) -> Json {
    let mut expected = json!({
        "title": name,
        "description": text(schema, "/description"),
        "type": "object",
    });
    let required = items(schema, "/required");
    if !required.is_empty() {
        expected["required"] = json!(required);
    }
    for (member, property) in members(schema, "/properties") {
        let is_required = required.iter().any(|required| required == member);
        let mut value = value(property);
        if !is_required {
            value = match value.remove("type") {
                Some(kind) => {
                    value.insert("type".to_owned(), json!([kind, "null"]));
                    value
                }
                None => object(json!({ "anyOf": [value, { "type": "null" }] })),
            };
        }
        value.insert(
            "description".to_owned(),
            text(property, "/description").into(),
        );
        expected["properties"][member] = value.into();
    }
    expected
}

/// The JSON schema of a value that is not null.
fn value(schema: &Value) -> Map<String, Json> {
    if let Some(name) = type_name(schema) {
        return object(json!({ "$ref": format!("#/$defs/{name}") }));
    }
    let mut expected = object(json!({ "type": text(schema, "/type") }));
    if let Some(items) = at(schema, "/items") {
        expected.insert("items".to_owned(), value(items).into());
    }
    if let Some(format) = at(schema, "/format") {
        expected.insert("format".to_owned(), json!(format));
    }
    expected
}

fn object(value: Json) -> Map<String, Json> {
    match value {
        Json::Object(members) => members,
        _ => Map::new(),
    }
}

/// Every point in which the types and the document differ.
fn compare(document: &Value) -> Vec<String> {
    let mut failures = Vec::new();
    let described: BTreeSet<_> = members(document, "/components/schemas")
        .map(|(n, _)| n)
        .collect();
    let covered: BTreeSet<_> = TYPES.iter().map(|known| known.name).collect();
    for name in described.symmetric_difference(&covered) {
        failures.push(format!(
            "{name} is not both in the document and in `types::TYPES`"
        ));
    }
    let expected = |name: &str| {
        let schema = at(document, &format!("/components/schemas/{name}"));
        expected(name, schema.unwrap_or(&Value::Null))
    };
    for known in TYPES {
        let mut found = object((known.schema)());
        found.remove("$schema");
        let others = found.remove("$defs").map(object).unwrap_or_default();
        differ(
            known.name,
            &expected(known.name),
            &found.into(),
            &mut failures,
        );
        for (name, found) in &others {
            let mut expected = object(expected(name));
            expected.remove("title");
            differ(
                &format!("{name} in {}", known.name),
                &expected.into(),
                found,
                &mut failures,
            );
        }
    }
    failures
}

/// Reports where two values differ: in members, if both are objects, or as a
/// whole.
fn differ(place: &str, expected: &Json, found: &Json, failures: &mut Vec<String>) {
    match (expected, found) {
        (Json::Object(left), Json::Object(right)) => {
            let names: BTreeSet<_> = left.keys().chain(right.keys()).collect();
            for name in names {
                let place = format!("{place}/{name}");
                differ(&place, &expected[name], &found[name], failures);
            }
        }
        _ if expected == found => {}
        _ => failures.push(format!("{place}: expected {expected}, found {found}")),
    }
}

#[test]
fn every_type_is_the_schema_of_the_document() {
    let failures = compare(&ordered::document());
    assert!(
        failures.is_empty(),
        "{} failures:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn a_document_that_differs_fails() {
    each_edit_fails(
        compare,
        &[
            (
                "        Mfg:\n",
                "        Maker:\n",
                "InventoryGeneric/properties/Maker: expected {",
            ),
            (
                "        Mfg:\n",
                "        Maker:\n",
                "InventoryGeneric/properties/Mfg: expected null",
            ),
            (
                "required: [Name, Email]",
                "required: [Name]",
                r#"CustomerInfo/required: expected ["Name"], found ["Name","Email"]"#,
            ),
            (
                "    PaymentGeneric:\n",
                "    PaymentGenerics:\n",
                "PaymentGenerics is not both in the document and in `types::TYPES`",
            ),
            (
                "          type: integer\n          format: int64\n          description: Id of the acc",
                "          type: integer\n          format: int32\n          description: Id of the acc",
                r#"DeliveredAccessory/properties/Id/format: expected "int32", found "int64""#,
            ),
            (
                "            $ref: '#/components/schemas/UpdateContractErrorObj'",
                "            $ref: '#/components/schemas/UpdateContractObj'",
                r##"MassUpdateErrors/items/$ref: expected "#/$defs/UpdateContractObj""##,
            ),
            (
                "          description: Manufacturer.",
                "          description: Maker.",
                r#"InventoryGeneric/properties/Mfg/description: expected "Maker.""#,
            ),
        ],
    );
}

/// An object of a type: its required members, and one member with a value.
fn with(schema: &Value, member: &str, value: &str) -> String {
    let required = items(schema, "/required");
    let properties = members(schema, "/properties");
    let mut object: Map<String, Json> = properties
        .filter(|(name, _)| required.iter().any(|required| required == name))
        .map(|(name, property)| {
            let example = ordered::json(&property["example"]).unwrap();
            (name.to_owned(), serde_json::from_str(&example).unwrap())
        })
        .collect();
    object.insert(member.to_owned(), value.into());
    Json::from(object).to_string()
}

/// Tests each member with an open enum. The `Debug` form shows the variant that
/// a value becomes, and the JSON shows the value that is written.
#[test]
fn every_open_enum_knows_the_values_of_the_document_and_keeps_others() {
    let document = ordered::document();
    let mut tested = 0;
    for known in TYPES {
        let schema = at(&document, &format!("/components/schemas/{}", known.name)).unwrap();
        for (member, property) in members(schema, "/properties") {
            let values = items(property, "/x-aim-open-enum/values");
            let check = |wire: &str, variant: &str| {
                let place = format!("{}.{member}: {wire}", known.name);
                let json = with(schema, member, wire);
                let written: Json = (known.rewrite)(&json)
                    .and_then(|json| serde_json::from_str(&json))
                    .unwrap_or_else(|error| panic!("{place}: {error}"));
                assert_eq!(written[member], wire, "{place}");
                let debug = (known.debug)(&json).unwrap();
                let ends = [("(", ")"), (": ", ","), (": ", " }")];
                let is_shown = ends
                    .iter()
                    .any(|(start, end)| debug.contains(&format!("{start}{variant}{end}")));
                assert!(is_shown, "{place} is not {variant}: {debug}");
            };
            let mut others = vec!["unheard of".to_owned()];
            for value in values {
                let (wire, variant) = (text(value, "/value"), text(value, "/name"));
                check(wire, variant);
                others.push(wire.to_lowercase());
                tested += 1;
            }
            let is_other = |other: &&String| values.iter().all(|one| text(one, "/value") != *other);
            for other in others
                .iter()
                .filter(is_other)
                .filter(|_| !values.is_empty())
            {
                check(other, &format!("Other({other:?})"));
            }
        }
    }
    assert!(tested > 0);
}

//! What the feature `schemars` says of the client's types is what the
//! document says of its schemas: nothing lost, nothing added.
//!
//! One difference is meant: every member that is not required may be null in
//! the types, since each is an `Option`, whether or not the document calls it
//! `nullable`.

use std::collections::BTreeSet;
use std::fs;

use aim_client::types::{AccessMode, AccessoryType, CardType};
use aim_tests::fixture;
use aim_tests::ordered::{self, Value, at, items, members, text, type_name};
use aim_tests::types::TYPES;
use serde_json::{Map, Value as Json, json};

/// The JSON schema that a type must give, without those of other types.
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

/// The JSON schema of a value that is there.
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

/// Says where two values differ: the members of both objects, or the whole.
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
fn a_document_that_says_otherwise_fails() {
    let yaml = fs::read_to_string(fixture::root().join("openapi/aim.yaml")).unwrap();
    let yaml = yaml.replace("\r\n", "\n");
    for (from, to, failure) in [
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
    ] {
        assert!(yaml.contains(from), "{from}");
        let document = serde_yaml::from_str(&yaml.replacen(from, to, 1)).unwrap();
        let failures = compare(&document).join("\n");
        assert!(failures.contains(failure), "{to}: {failures}");
    }
}

/// The name of the variant that a value becomes, and the value it is written
/// as.
type Read = fn(&str) -> (String, String);

macro_rules! read {
    ($type:ty) => {
        |value| {
            let read: $type = serde_json::from_value(json!(value)).unwrap();
            (
                format!("{read:?}"),
                serde_json::to_value(&read)
                    .unwrap()
                    .as_str()
                    .unwrap()
                    .to_owned(),
            )
        }
    };
}

const OPEN_ENUMS: [(&str, Read); 3] = [
    ("AccessMode", read!(AccessMode)),
    ("AccessoryType", read!(AccessoryType)),
    ("CardType", read!(CardType)),
];

#[test]
fn every_open_enum_knows_the_values_of_the_document_and_keeps_others() {
    let document = ordered::document();
    let mut seen = BTreeSet::new();
    let properties = members(&document, "/components/schemas")
        .flat_map(|(_, schema)| members(schema, "/properties"));
    for (_, property) in properties.filter(|(_, p)| p.get("x-aim-open-enum").is_some()) {
        let name = text(property, "/x-aim-open-enum/name");
        let (_, read) = OPEN_ENUMS.iter().find(|(known, _)| *known == name).unwrap();
        for value in items(property, "/x-aim-open-enum/values") {
            let (wire, variant) = (text(value, "/value"), text(value, "/name"));
            assert_eq!(read(wire), (variant.to_owned(), wire.to_owned()));
            let lower = wire.to_lowercase();
            assert_eq!(read(&lower), (format!("Other({lower:?})"), lower));
        }
        seen.insert(name.to_owned());
    }
    assert_eq!(seen, OPEN_ENUMS.map(|(name, _)| name.to_owned()).into());
}

//! Every example of the document is a value of the client's types: it is read
//! and written out again with nothing lost, and it keeps the document's rules.

#![allow(clippy::unwrap_used, reason = "that is how a test fails")]

use std::collections::BTreeSet;
use std::fs;

use aim_tests::fixture;
use aim_tests::ordered::{self, Value, at, items, leaves, members, operations, text, type_name};
use aim_tests::types::rewritten;
use regress::Regex;
use serde_yaml::Mapping;

/// The vendor's placeholders; they keep no rules (D44 of the ledger).
const VENDOR_SAMPLE: &str = "vendorSample";

/// The examples of a document, as they are visited.
struct Examples<'a> {
    document: &'a Value,
    /// The JSON pointers of those that were looked at.
    visited: BTreeSet<String>,
    failures: Vec<String>,
}

/// Everything that is wrong with the examples of a document.
fn failures(document: &Value) -> Vec<String> {
    let mut examples = Examples {
        document,
        visited: BTreeSet::new(),
        failures: Vec::new(),
    };
    for operation in operations(document) {
        let pointer = operation.path.replace('/', "~1");
        let pointer = format!("/paths/{pointer}/{}", operation.method.to_lowercase());
        examples.contents(&format!("{pointer}/requestBody"));
        for (status, _) in members(operation.value, "/responses") {
            examples.contents(&format!("{pointer}/responses/{status}"));
        }
        let request = text(operation.value, "/x-aim-request");
        for index in 0..items(operation.value, "/parameters").len() {
            examples.parameter(&format!("{pointer}/parameters/{index}"), request);
        }
    }
    for (name, schema) in members(document, "/components/schemas") {
        for (member, _) in members(schema, "/properties") {
            examples.property(name, member);
        }
    }
    let mut all = BTreeSet::new();
    collect(document, "", &mut all);
    for pointer in all.difference(&examples.visited) {
        examples
            .failures
            .push(format!("{pointer}: nothing refers to this example"));
    }
    examples.failures
}

/// The pointers of all examples, wherever they stand.
fn collect(value: &Value, pointer: &str, found: &mut BTreeSet<String>) {
    for (name, value) in members(value, "") {
        let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
        match name {
            "example" => drop(found.insert(pointer)),
            "examples" => {
                found.extend(members(value, "").map(|(name, _)| format!("{pointer}/{name}")));
            }
            _ => collect(value, &pointer, found),
        }
    }
    for (index, value) in items(value, "").iter().enumerate() {
        collect(value, &format!("{pointer}/{index}"), found);
    }
}

impl<'a> Examples<'a> {
    /// What a pointer points at, and its own pointer, through a `$ref`.
    fn follow(&self, pointer: &str) -> (String, &'a Value) {
        let value = at(self.document, pointer).unwrap_or(&Value::Null);
        match text(value, "/$ref").strip_prefix('#') {
            Some(target) => self.follow(target),
            None => (pointer.to_owned(), value),
        }
    }

    fn fail(&mut self, pointer: &str, problem: &str) {
        self.failures.push(format!("{pointer}: {problem}"));
    }

    /// The examples of a request body or of a response.
    fn contents(&mut self, pointer: &str) {
        let (pointer, body) = self.follow(pointer);
        for (media, content) in members(body, "/content") {
            let pointer = format!("{pointer}/content/{}/examples", media.replace('/', "~1"));
            if media == "application/json" && members(content, "/examples").next().is_none() {
                self.fail(&pointer, "there is no example");
            }
            for (name, _) in members(content, "/examples") {
                let place = format!("{pointer}/{name}");
                let (target, example) = self.follow(&place);
                self.visited.insert(place.clone());
                self.visited.insert(target.clone());
                let value = example.get("value").unwrap_or(&Value::Null);
                match type_name(&content["schema"]) {
                    Some(type_) => {
                        self.read(&target, type_, value);
                        self.rules(&target, type_, value, name == VENDOR_SAMPLE);
                    }
                    None if value.is_string() && media != "application/json" => {}
                    None => self.fail(&place, "its media type has no type of the client"),
                }
            }
        }
    }

    /// The example of a parameter, as a member of the request.
    fn parameter(&mut self, pointer: &str, request: &str) {
        let (pointer, parameter) = self.follow(pointer);
        let place = format!("{pointer}/example");
        let Some(example) = parameter.get("example") else {
            return self.fail(&place, "there is no example");
        };
        self.visited.insert(place.clone());
        let kind = text(parameter, "/x-aim-dotnet-type");
        if text(parameter, "/in") == "header" {
            let header = example.as_str().filter(|text| !text.is_empty());
            if kind != "string"
                || !header.is_some_and(|text| text.bytes().all(|b| b.is_ascii_graphic()))
            {
                self.fail(&place, "is no value of a header");
            }
            return;
        }
        let is_plain = ["string", "int", "long", "bool", "decimal", "DateTime"]
            .contains(&kind.trim_end_matches('?'));
        let example = match example.as_str() {
            Some(text) if !is_plain => match jsv(text, kind.starts_with("List<")) {
                Ok(value) => value,
                Err(problem) => return self.fail(&place, &problem),
            },
            _ => example.clone(),
        };
        let value = one_member(text(parameter, "/name"), example);
        if is_plain {
            self.read(&place, request, &value);
        } else {
            // In JSV text, numbers and booleans are not told from texts.
            self.read_with(&place, request, &value, |leaf| {
                leaf.trim_matches('"').to_owned()
            });
        }
        self.rules(&place, request, &value, false);
    }

    /// The example of a property, in an object with what its type requires.
    fn property(&mut self, type_: &str, member: &str) {
        let schema = format!("/components/schemas/{type_}");
        let place = format!("{schema}/properties/{member}/example");
        self.visited.insert(place.clone());
        let mut object = Mapping::new();
        for (name, property) in members(self.document, &format!("{schema}/properties")) {
            let required = items(self.document, &format!("{schema}/required"));
            let example = property.get("example");
            match example {
                Some(example) if name == member || required.iter().any(|r| r == name) => {
                    object.insert(name.into(), example.clone());
                }
                None if name == member => return self.fail(&place, "there is no example"),
                _ => {}
            }
        }
        let value = Value::Mapping(object);
        self.read(&place, type_, &value);
        self.rules(&place, type_, &value, false);
    }

    /// The value is read and written out again with nothing lost.
    fn read(&mut self, place: &str, type_: &str, value: &Value) {
        self.read_with(place, type_, value, str::to_owned);
    }

    fn read_with(&mut self, place: &str, type_: &str, value: &Value, normal: fn(&str) -> String) {
        let compared = ordered::json(value)
            .map_err(|error| error.to_string())
            .and_then(|text| Ok((rewritten(type_, &text)?, text)))
            .and_then(|(after, before)| lost(&before, &after, normal));
        if let Err(problem) = compared {
            self.fail(place, &problem);
        }
    }

    /// The value keeps what the document says about members: that they exist,
    /// are required, exclude each other, match a pattern. The vendor's sample
    /// keeps only the first two.
    fn rules(&mut self, place: &str, type_: &str, value: &Value, is_sample: bool) {
        let schema = at(self.document, &format!("/components/schemas/{type_}"));
        let schema = schema.unwrap_or(&Value::Null);
        for required in items(schema, "/required").iter().filter_map(Value::as_str) {
            if value.get(required).is_none() {
                self.fail(place, &format!("{type_} requires `{required}`"));
            }
        }
        for pair in items(schema, "/x-aim-exclusive") {
            let [one, other] = ["/0", "/1"].map(|index| text(pair, index));
            let is_sent = |member: &str| match member.split_once('=') {
                Some((name, only)) => text(value, &format!("/{name}")) == only,
                None => value.get(member).is_some(),
            };
            if !is_sample && is_sent(one) && is_sent(other) {
                self.fail(place, &format!("`{one}` and `{other}` exclude each other"));
            }
        }
        for (name, value) in members(value, "") {
            let Some(property) = at(schema, &format!("/properties/{name}")) else {
                self.fail(place, &format!("{type_} has no member `{name}`"));
                continue;
            };
            if let Some(pattern) = property.get("x-aim-pattern").and_then(Value::as_str)
                && !is_sample
                && !value.as_str().is_some_and(|value| matches(pattern, value))
            {
                self.fail(place, &format!("`{name}` does not match {pattern}"));
            }
            if let Some(type_) = type_name(property) {
                self.rules(place, type_, value, is_sample);
            }
            if let Some(type_) = at(property, "/items").and_then(type_name) {
                for value in items(value, "") {
                    self.rules(place, type_, value, is_sample);
                }
            }
        }
    }
}

fn one_member(name: &str, value: Value) -> Value {
    Value::Mapping(Mapping::from_iter([(name.into(), value)]))
}

/// Says where two JSON texts differ as values, but for the zero fraction of a
/// date, which is not written.
fn lost(before: &str, after: &str, normal: fn(&str) -> String) -> Result<(), String> {
    let leaves = |json: &str| -> Result<BTreeSet<_>, String> {
        let leaves = leaves(json).map_err(|error| error.to_string())?;
        Ok(leaves
            .into_iter()
            .map(|(pointer, leaf)| (pointer, normal(&leaf)))
            .collect())
    };
    let before = leaves(&before.replace(".0000000\"", "\""))?;
    let after = leaves(after)?;
    if before == after {
        return Ok(());
    }
    let lost: Vec<_> = before.difference(&after).collect();
    let added: Vec<_> = after.difference(&before).collect();
    Err(format!(
        "is not written as it was read: loses {lost:?}, gains {added:?}"
    ))
}

/// Whether a text matches a pattern of the document.
fn matches(pattern: &str, text: &str) -> bool {
    Regex::new(pattern).unwrap().find(text).is_some()
}

/// Reads JSV text; all its scalars are texts. A list of scalars may stand
/// without brackets.
fn jsv(text: &str, is_list: bool) -> Result<Value, String> {
    let bracketed = format!("[{text}]");
    let text = if is_list && !text.starts_with('[') {
        &bracketed
    } else {
        text
    };
    match jsv_value(text)? {
        (value, "") => Ok(value),
        (_, rest) => Err(format!("is no JSV, from `{rest}` on")),
    }
}

fn jsv_value(text: &str) -> Result<(Value, &str), String> {
    let broken = || format!("is no JSV, from `{text}` on");
    if let Some(mut rest) = text.strip_prefix('{') {
        let mut object = Mapping::new();
        loop {
            let (name, after) = rest.split_once(':').ok_or_else(broken)?;
            let (value, after) = jsv_value(after)?;
            object.insert(name.into(), value);
            match after.strip_prefix(',') {
                Some(after) => rest = after,
                None => {
                    let after = after.strip_prefix('}').ok_or_else(broken)?;
                    return Ok((Value::Mapping(object), after));
                }
            }
        }
    }
    if let Some(mut rest) = text.strip_prefix('[') {
        let mut list = Vec::new();
        loop {
            let (value, after) = jsv_value(rest)?;
            list.push(value);
            match after.strip_prefix(',') {
                Some(after) => rest = after,
                None => {
                    let after = after.strip_prefix(']').ok_or_else(broken)?;
                    return Ok((Value::Sequence(list), after));
                }
            }
        }
    }
    let end = text.find([',', '}', ']']).ok_or_else(broken)?;
    let (value, rest) = text.split_at(end);
    if value.is_empty() || value.contains(['"', '{', '[', ':', '\n']) {
        return Err(broken());
    }
    Ok((value.into(), rest))
}

#[test]
fn every_example_is_a_value_of_its_type() {
    let failures = failures(&ordered::document());
    assert!(
        failures.is_empty(),
        "{} failures:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn an_example_that_is_wrong_fails() {
    let yaml = fs::read_to_string(fixture::root().join("openapi/aim.yaml")).unwrap();
    let yaml = yaml.replace("\r\n", "\n");
    for (from, to, failure) in [
        // Of a media type.
        (
            "        WebRef: ST-40117\n",
            "        WebReff: ST-40117\n",
            "has no member `WebReff`",
        ),
        (
            "        WebRef: ST-40117\n",
            "        WebReff: ST-40117\n",
            "is not written as it was read",
        ),
        (
            "        Unlock: false\n        MassUpdateItems:",
            "        Unlock: perhaps\n        MassUpdateItems:",
            "cannot read",
        ),
        (
            "        InstrumentId: 7301\n",
            "        InstrumentId: 7301\n        Sku: X\n",
            "`InstrumentId` and `Sku` exclude each other",
        ),
        (
            "          LastFour: '4242'\n",
            "          LastFour: '424'\n",
            "`LastFour` does not match",
        ),
        (
            "          Expiration: '08/29'\n",
            "          Expiration: '13/29'\n",
            "`Expiration` does not match",
        ),
        (
            "          Phone: '555-0142'\n          Email: jordan@example.com\n",
            "          Phone: '555-0142'\n",
            "CustomerInfo requires `Email`",
        ),
        (
            "$ref: '#/components/examples/GetContractDetailsRequest.realistic'",
            "value: {Ref: R-1, Sub: x}",
            "cannot read",
        ),
        (
            "$ref: '#/components/examples/GetContractDetailsRequest.realistic'",
            "value: {Ref: R-1, Sub: '5'}",
            "is not written as it was read",
        ),
        (
            "$ref: '#/components/examples/PostServiceTicketRequest.realistic'",
            "value: {}",
            "/components/examples/PostServiceTicketRequest.realistic: nothing refers",
        ),
        // Of a parameter.
        (
            "          example: '4001,4002'\n",
            "          example: '4001,x'\n",
            "cannot read",
        ),
        (
            "          example: '4001,4002'\n",
            "          example: '4001,,4002'\n",
            "is no JSV",
        ),
        (
            "'{TokenStr:tok_invented_7Qm2,CardType:VISA,LastFour:4242,",
            "'{TokenStr:tok_invented_7Qm2,CardType:VISA,LastFour:42,",
            "parameters/12/example: `LastFour` does not match",
        ),
        (
            "'{Name:Jordan Example,Email:jordan@example.com}'",
            "'{Name:Jordan Example}'",
            "cannot read",
        ),
        (
            "          example: 20417\n",
            "          example: A20417\n",
            "cannot read",
        ),
        (
            "      example: device-invented-07\n",
            "      example: 7\n",
            "is no value of a header",
        ),
        (
            "      example: device-invented-07\n",
            "",
            "DeviceId/example: there is no example",
        ),
        // Of a property.
        (
            "          example: Yamaha\n",
            "",
            "Mfg/example: there is no example",
        ),
        (
            "          example: Yamaha\n",
            "          example: [Yamaha]\n",
            "Mfg/example: InventoryGeneric cannot read",
        ),
        (
            "          example: [{Id: 4001, Delivered: true}]\n",
            "          example: [{Id: 4001, Deliverd: true}]\n",
            "has no member `Deliverd`",
        ),
        (
            "    UpdateContractErrorObj:\n",
            "    UpdateContractErrorObj:\n      example: {Ref: x}\n",
            "UpdateContractErrorObj/example: nothing refers",
        ),
    ] {
        assert!(yaml.contains(from), "{from}");
        let document = serde_yaml::from_str(&yaml.replacen(from, to, 1)).unwrap();
        let failures = failures(&document).join("\n");
        assert!(failures.contains(failure), "{to}: {failures}");
    }
}

#[test]
fn only_the_zero_fraction_of_a_date_may_be_lost() {
    let same = |before: &str, after: &str| lost(before, after, str::to_owned).is_ok();
    assert!(same(r#"{"A":"x.0000000","B":[1]}"#, r#"{"B":[1],"A":"x"}"#));
    for (before, after) in [
        (r#"{"A":1}"#, r#"{"A":"1"}"#),
        (r#"{"A":[]}"#, "{}"),
        (r#"{"A":"x"}"#, r#"{"A":"x.0000000"}"#),
        (r#"{"A":1.5}"#, r#"{"A":1.25}"#),
    ] {
        assert!(!same(before, after), "{before} {after}");
    }
}

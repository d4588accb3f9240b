//! `xtask/interop/calls.yaml`: what every driver sends, what it is answered,
//! and what it must have read.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use aim_fake::{AimFake, Received};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use xtask::RECIPES;

const CALLS: &str = "calls.yaml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calls {
    /// In the order in which a driver makes them.
    pub calls: Vec<Call>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The operation id, by which a driver names the call.
    pub operation: String,
    /// The vendor's name of the service, where it differs.
    #[serde(default)]
    service: Option<String>,
    /// The request as the server must have understood it, in the form of
    /// recordings; what is zero or false may be there or not.
    sent: Json,
    /// The answer, in the form of recordings.
    answer: Json,
    /// What the driver must print of the answer, by names of its own.
    read: BTreeMap<String, Json>,
}

/// One line of a driver.
#[derive(Deserialize)]
struct Printed {
    call: String,
    #[serde(default)]
    read: BTreeMap<String, Json>,
    #[serde(default)]
    error: Option<String>,
}

impl Calls {
    pub fn read(root: &Path) -> Result<Self, String> {
        let path = root.join(RECIPES).join(CALLS);
        let text = fs::read_to_string(&path)
            .map_err(|error| format!("{RECIPES}/{CALLS} cannot be read: {error}"))?;
        serde_yaml::from_str(&text).map_err(|error| format!("{RECIPES}/{CALLS}: {error}"))
    }

    /// Has each call answered as the file says. `extra` is a member that the
    /// driver's document does not have.
    pub fn script(&self, fake: &AimFake, extra: Option<&str>) -> Result<(), String> {
        for call in &self.calls {
            let mut value = call.answer.clone();
            if let (Some(extra), Json::Object(members)) = (extra, &mut value) {
                members.insert(extra.to_owned(), "new".into());
            }
            let answer = serde_json::json!({ "kind": "dto", "value": value });
            fake.answer(call.service(), &answer)
                .map_err(|problem| format!("{CALLS}: {}: {problem}", call.operation))?;
        }
        Ok(())
    }

    /// What is wrong with the requests and with what the driver printed.
    pub fn check(&self, received: &[&Received], printed: &str) -> Result<(), String> {
        let printed: Vec<Printed> = printed
            .lines()
            .filter(|line| line.starts_with('{'))
            .map(|line| serde_json::from_str(line).map_err(|error| format!("`{line}`: {error}")))
            .collect::<Result<_, _>>()?;
        for call in &self.calls {
            let name = &call.operation;
            let Some(line) = printed.iter().find(|line| line.call == *name) else {
                return Err(format!("the driver does not mention {name}"));
            };
            if let Some(error) = &line.error {
                return Err(format!("{name} fails: {error}"));
            }
            for (member, expected) in &call.read {
                let found = line.read.get(member).unwrap_or(&Json::Null);
                if !is_same(expected, found) {
                    return Err(format!(
                        "{name} reads {member} as {found}, not as {expected}"
                    ));
                }
            }
        }
        if received.len() != self.calls.len() {
            return Err(format!(
                "{} requests arrived, not {}",
                received.len(),
                self.calls.len()
            ));
        }
        for (call, received) in self.calls.iter().zip(received) {
            let name = &call.operation;
            if received.operation != Some(call.service()) {
                return Err(format!(
                    "`{} {}` arrived in place of {name}",
                    received.method, received.target
                ));
            }
            let sent = received.to_json(true)["bound"]["value"].take();
            let (expected, found) = (pruned(&call.sent), pruned(&sent));
            if !is_same(&expected, &found) {
                return Err(format!("{name} arrives as {found}, not as {expected}"));
            }
        }
        Ok(())
    }
}

impl Call {
    fn service(&self) -> &str {
        self.service.as_deref().unwrap_or(&self.operation)
    }
}

/// Without what an absent member would be, too.
fn pruned(value: &Json) -> Json {
    match value {
        Json::Object(members) => Json::Object(
            members
                .iter()
                .map(|(name, value)| (name.clone(), pruned(value)))
                .filter(|(_, value)| !is_default(value))
                .collect::<Map<_, _>>(),
        ),
        Json::Array(items) => Json::Array(items.iter().map(pruned).collect()),
        other => other.clone(),
    }
}

fn is_default(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(false) => true,
        Json::Number(number) => number.as_i64() == Some(0),
        Json::Array(items) => items.is_empty(),
        Json::Object(members) => members.is_empty() || is_zero_decimal(members),
        Json::String(_) | Json::Bool(true) => false,
    }
}

fn is_zero_decimal(members: &Map<String, Json>) -> bool {
    members.len() == 1
        && members
            .get("decimal")
            .and_then(Json::as_str)
            .is_some_and(|text| shortest(text) == "0")
}

/// Equal, where amounts and numbers differ in trailing zeros at most.
fn is_same(expected: &Json, found: &Json) -> bool {
    match (expected, found) {
        (Json::Object(expected), Json::Object(found)) => {
            expected.len() == found.len()
                && expected
                    .iter()
                    .all(|(name, value)| found.get(name).is_some_and(|found| is_same(value, found)))
        }
        (Json::Array(expected), Json::Array(found)) => {
            expected.len() == found.len()
                && expected
                    .iter()
                    .zip(found)
                    .all(|(expected, found)| is_same(expected, found))
        }
        _ => shortest(&as_text(expected)) == shortest(&as_text(found)),
    }
}

/// A driver may print a number as a number or as text.
fn as_text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A decimal without trailing zeros; other text as it is.
fn shortest(text: &str) -> &str {
    let is_decimal = text.contains('.')
        && text
            .trim_start_matches('-')
            .chars()
            .all(|letter| letter.is_ascii_digit() || letter == '.');
    if is_decimal {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text
    }
}

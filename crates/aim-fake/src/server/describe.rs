//! What the control interface says of itself, so that a form for it need not be
//! kept by hand: names and types are those that serde reads, words and defaults
//! those of the README, where a person finds them too.

use serde_json::{Value as Json, json};

use crate::engine::faults::{Fault, FaultKind};
use crate::model::members;
use crate::model::schema::Schema;
use crate::model::settings::Settings;

const README: &str = include_str!("../../README.md");

/// The answer of `GET /_aim/`; `base_url` is that of a client.
pub(super) fn all(schema: &'static Schema, base_url: &str) -> Json {
    let names = schema.operations().iter().chain([schema.fallback()]);
    let names: Vec<&str> = names.map(|operation| operation.name).collect();
    let requests = table("request");
    let requests = requests
        .iter()
        .map(|[request, does, ..]| json!({ "request": request, "description": does }));
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "base_url": base_url,
        "requests": requests.collect::<Vec<_>>(),
        "settings": settings(),
        "faults": faults(),
        "fault_parameters": fault_parameters(&names),
        "ignored_reasons": ignored_reasons(),
    })
}

fn settings() -> Vec<Json> {
    let rows = table("setting");
    let defaults = json!(Settings::default());
    members::of_struct::<Settings>()
        .into_iter()
        .map(|(name, mut schema)| {
            describe(
                &mut schema,
                name,
                row(&rows, name).map(|[_, _, text, _]| text),
            );
            schema["default"] = defaults[name].clone();
            if Settings::SECRET.contains(&name) {
                schema["format"] = json!("password");
            }
            schema
        })
        .collect()
}

fn faults() -> Vec<Json> {
    let rows = table("fault");
    FaultKind::NAMES
        .iter()
        .filter_map(|name| {
            let defaults = Fault::from_text(name).ok()?;
            let of_connections = defaults.kind.is_of_connections();
            let applies = (!of_connections).then(|| defaults.applies());
            let defaults = defaults.to_json();
            let parameters: Vec<Json> = FaultKind::parameters(name)
                .into_iter()
                .map(|(parameter, mut schema)| {
                    let default = &defaults[parameter];
                    describe(&mut schema, parameter, None);
                    if default.is_null() {
                        schema["nullable"] = json!(true);
                    }
                    schema["default"] = default.clone();
                    schema
                })
                .collect();
            let [_, own, _, text] = row(&rows, name).unwrap_or_default();
            Some(json!({
                "name": name,
                "description": text,
                "parameters": parameters,
                "parameters_description": own,
                "triggered_by": if of_connections { "connection" } else { "call" },
                "applied": applies,
            }))
        })
        .collect()
}

/// What any fault takes, or any that a connection triggers.
fn fault_parameters(operations: &[&str]) -> Vec<Json> {
    let rows = table("parameter");
    let defaults = Fault::new(FaultKind::Bom {}).to_json();
    Fault::when_parameters()
        .into_iter()
        .map(|(name, mut schema)| {
            let [_, default, text, _] = row(&rows, name).unwrap_or_default();
            describe(&mut schema, name, Some(text));
            schema["default_description"] = json!(default);
            // Whether it is applied depends on the fault.
            if let Some(default) = defaults.get(name).filter(|it| it.is_number()) {
                schema["default"] = default.clone();
            }
            if name == "operation" {
                schema["enum"] = json!(operations);
            }
            schema
        })
        .collect()
}

/// The values of `why` in a record.
fn ignored_reasons() -> Vec<Json> {
    let rows = table("`why`");
    let reasons = rows.iter().map(|[name, text, ..]| {
        let mut reason = json!({});
        describe(&mut reason, name.trim_matches('`'), Some(text));
        reason
    });
    reasons.collect()
}

fn describe(schema: &mut Json, name: &str, text: Option<&str>) {
    schema["name"] = json!(name);
    if let Some(text) = text {
        schema["description"] = json!(text);
    }
}

/// The rows of the README's table with this first heading, each filled up to
/// four cells.
fn table(heading: &str) -> Vec<[&'static str; 4]> {
    let is_first = |line: &&str| {
        let below = line
            .strip_prefix("| ")
            .and_then(|line| line.strip_prefix(heading));
        below.is_some_and(|rest| rest.starts_with(" |"))
    };
    README
        .lines()
        .skip_while(|line| !is_first(line))
        .skip(2)
        .map_while(|line| line.strip_prefix('|')?.strip_suffix('|'))
        .map(|line| {
            let mut cells = line.split('|').map(str::trim);
            std::array::from_fn(|_| cells.next().unwrap_or_default())
        })
        .collect()
}

fn row(rows: &[[&'static str; 4]], name: &str) -> Option<[&'static str; 4]> {
    let is_it = |cells: &&[&str; 4]| cells[0].trim_matches('`') == name;
    rows.iter().find(is_it).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A setting or a fault that is added describes itself: no list here names it.
    #[test]
    fn everything_is_described() {
        let all = all(Schema::embedded(), "http://a/aeservices30");
        let names = |list: &Json| -> Vec<String> {
            let list = list.as_array().unwrap().iter();
            list.map(|one| one["name"].as_str().unwrap().to_owned())
                .collect()
        };
        let mut settings = names(&all["settings"]);
        settings.sort();
        let known = json!(Settings::default());
        let known: Vec<_> = known.as_object().unwrap().keys().cloned().collect();
        assert_eq!(settings, known);
        assert_eq!(names(&all["faults"]), FaultKind::NAMES);
        for list in [
            "settings",
            "faults",
            "fault_parameters",
            "requests",
            "ignored_reasons",
        ] {
            for one in all[list].as_array().unwrap() {
                let text = one["description"].as_str().unwrap();
                assert!(text.len() > 2, "{one}");
                // Who has the program alone has no README around it.
                let elsewhere = ["README", "below", "above", "this page"];
                assert!(!elsewhere.iter().any(|it| text.contains(it)), "{one}");
                let parameters = one["parameters"].as_array();
                for one in parameters
                    .into_iter()
                    .flatten()
                    .chain((list == "settings").then_some(one))
                {
                    assert!(one["type"].is_string(), "{one}");
                }
            }
        }
        let find = |list: &Json, name: &str| {
            let mut list = list.as_array().unwrap().iter();
            list.find(|one| one["name"] == name).unwrap().clone()
        };
        let zone = find(&all["settings"], "time_zone");
        assert_eq!(zone["type"], "string");
        let formats = find(&all["settings"], "formats");
        assert_eq!(formats["items"]["enum"][1], "application/json");
        let page = find(&all["faults"], "html_error");
        assert_eq!(
            (&page["applied"], &page["triggered_by"]),
            (&json!(false), &json!("call"))
        );
        assert_eq!(
            page["parameters"],
            json!([
                {"name": "status", "type": "integer", "minimum": 0, "maximum": 65535, "default": 503},
                {"name": "retry_after", "type": "string", "nullable": true, "default": null},
            ])
        );
        let operation = find(&all["fault_parameters"], "operation");
        let names = operation["enum"].as_array().unwrap();
        assert!(names.contains(&json!("C2BPostContract")) && names.contains(&json!("Fallback")));
        assert_eq!(operation["default_description"], "any");
    }
}

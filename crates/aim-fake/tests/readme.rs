//! The tables of the README match the code.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "that is how a test fails"
)]

use aim_fake::{Fault, FaultKind, Settings};
use serde_json::{Map, Value};

/// The rows of the table with this first heading, each as its cells without
/// backticks.
fn table(heading: &str) -> Vec<Vec<String>> {
    let readme = include_str!("../README.md");
    readme
        .lines()
        .skip_while(|line| !line.starts_with(&format!("| {heading} |")))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells = line.trim_matches('|').split('|');
            cells.map(|cell| cell.trim().replace('`', "")).collect()
        })
        .collect()
}

#[test]
fn all_settings_are_listed_with_their_defaults() {
    let listed: Map<String, Value> = table("setting")
        .iter()
        .map(|row| (row[0].clone(), serde_json::from_str(&row[1]).unwrap()))
        .collect();
    let defaults = serde_json::to_value(Settings::default()).unwrap();
    assert_eq!(Value::Object(listed), defaults);
}

#[test]
fn all_faults_are_listed_with_their_parameters() {
    let rows = table("fault");
    let names: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(names, FaultKind::NAMES);
    for row in rows {
        let fault = Fault::from_text(&row[0]).unwrap();
        let applied = match row[2].as_str() {
            "yes" => true,
            "no" => false,
            _ => {
                assert!(fault.kind.is_of_connections(), "{}", row[0]);
                false
            }
        };
        assert_eq!(fault.applies(), applied, "{}", row[0]);
        let json = fault.to_json();
        for (name, value) in json.as_object().unwrap() {
            if ["fault", "times", "apply"].contains(&name.as_str()) {
                continue;
            }
            assert!(row[1].contains(name.as_str()), "{}: {name}", row[0]);
            if let Value::Number(number) = value {
                assert!(
                    row[1].contains(&format!("{name} {number}")),
                    "{}: {name}",
                    row[0]
                );
            }
        }
    }
}

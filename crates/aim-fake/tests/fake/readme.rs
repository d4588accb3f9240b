//! The tables of the README match the code, and its loop runs.

use std::process::Command;

use aim_fake::{AimFake, Fault, FaultKind, Settings};
use serde_json::{Map, Value};

const README: &str = include_str!("../../README.md");

/// The rows of the table with this first heading, each as its cells without
/// backticks.
fn table(heading: &str) -> Vec<Vec<String>> {
    README
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

/// A client of the loop that knows each outcome, but gets each answer.
const CLIENT: &str = r#"
import http.client, json

calls = {
    operation["operationId"]: (verb.upper(), "/aeservices30" + path)
    for path, item in json.load(open("aim.json", "rb"))["paths"].items()
    for verb, operation in item.items()
}
given = 0

def call(operation, request):
    global given
    verb, path = calls[operation]
    client = http.client.HTTPConnection("127.0.0.1:8080")
    client.request(verb, path, headers={"Accept": "application/json"})
    given += client.getresponse().status == status
    return row["outcome"]

"#;

#[tokio::test]
async fn the_loop_gives_every_answer() {
    // A package does not have the file.
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi");
    let Ok(outcomes) = std::fs::read_to_string(format!("{folder}/outcomes.json")) else {
        return;
    };
    let rows: Vec<Value> = serde_json::from_str(&outcomes).unwrap();
    let answers = rows
        .iter()
        .flat_map(|row| row["statuses"].as_array().unwrap());
    let (_, script) = README.split_once("```python\n").unwrap();
    let (script, _) = script.split_once("```\n").unwrap();
    let fake = AimFake::start().await.unwrap();
    let script = format!("{CLIENT}{script}print(given)");
    assert_eq!(script.matches("127.0.0.1:8080").count(), 2);
    let script = script.replace("127.0.0.1:8080", &fake.address().to_string());
    let python = Command::new("python3")
        .args(["-c", &script])
        .current_dir(folder)
        .output();
    let Ok(output) = python else {
        println!("skipped: there is no python3");
        return;
    };
    let error = String::from_utf8(output.stderr).unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed.trim(), answers.count().to_string(), "{error}");
}

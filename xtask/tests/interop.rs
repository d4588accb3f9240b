//! Lets `xtask-interop` try drivers with known flaws: every column must see its
//! own.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "that is how a test fails"
)]

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, fs, thread};

use serde_json::{Value as Json, json};

/// What is wrong with a driver, and the columns that must say so.
const FLAWS: [(&str, &[&str]); 12] = [
    ("none", &[]),
    ("default", &["default compiles"]),
    ("wrong_amount", &["every call", "unknown members"]),
    ("wrong_text", &["every call", "unknown members"]),
    ("one_less", &["every call", "unknown members"]),
    ("one_twice", &["every call", "unknown members"]),
    ("key_in_both_headers", &["every call"]),
    (
        "believes_anything",
        &["every call", "a failure beside a WebRef: says so"],
    ),
    (
        "believes_a_web_ref",
        &["a failure beside a WebRef: says so"],
    ),
    (
        "misses_an_exception",
        &["a failure beside a WebRef: says so"],
    ),
    (
        "never_books",
        &["every call", "a failure beside a WebRef: says so"],
    ),
    // Refuses new members, repeats what fails, follows redirects, and drops the
    // status.
    (
        "careless",
        &[
            "unknown members",
            "broken connection: books once",
            "applied 503: books once",
            "redirect: keeps its keys",
            "HTML 503: says so",
        ],
    ),
];
/// A download that fails.
const NO_NETWORK: &str = "echo no network; false";

#[test]
fn each_column_can_turn_red() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    fs::write(root.join("Cargo.toml"), "[workspace]\n").unwrap();
    for path in ["openapi/aim.yaml", "xtask/interop/calls.yaml"] {
        fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        fs::copy(checkout.join(path), root.join(path)).unwrap();
    }
    let program = env::current_exe().unwrap();
    let recipe = |name: &str| {
        fs::create_dir_all(root.join("xtask/interop").join(name)).unwrap();
        json!({
            "name": name, "language": "Rust", "tool": "none", "needs": ["sh"],
            "install": ["touch tool"],
            "default": [if name == "default" { "exit 1" } else { "true" }],
            // What it leaves behind must not outlive it.
            "recipe": [{"install": "sleep 600 & echo $! >> ../../children"}, "test -f ../tool"],
            "run": format!("FLAW={name} '{}' driver --exact --nocapture", program.display()),
        })
    };
    let flawed = FLAWS.iter().map(|(flaw, _)| recipe(flaw));
    let skipped = ["needs", "install", "default", "recipe"].map(|part| {
        let mut recipe = recipe(&format!("no_{part}"));
        recipe["language"] = part.into();
        recipe["quick"] = (part != "default").into();
        recipe[part] = match part {
            "needs" => json!(["no-such-command"]),
            "install" => json!([NO_NETWORK]),
            _ => json!([{"install": NO_NETWORK}]),
        };
        recipe
    });
    let recipes: Vec<Json> = flawed.chain(skipped).collect();
    let manifest = json!({ "commands": {}, "recipes": recipes }).to_string();
    fs::write(root.join("xtask/interop/recipes.yaml"), manifest).unwrap();
    let marks = "before\n<!-- Written by `cargo xtask interop`. -->\nold\n<!-- The end of what is written. -->\nafter\n";
    for file in ["openapi/CLIENTS.md", "openapi/README.md"] {
        fs::write(root.join(file), marks).unwrap();
    }

    // Beside the program lies what it makes: a copy keeps that in the folder.
    let copy = root.join("target/debug/xtask-interop");
    fs::create_dir_all(copy.parent().unwrap()).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_xtask-interop"), &copy).unwrap();
    let run = |arguments: &[&str], code| {
        let mut program = Command::new(&copy);
        let output = program.args(arguments).current_dir(root).output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {printed}");
        printed
    };
    // What cannot be had is no failure, and no success.
    run(&["--quick"], 0);
    run(&["--quick", "--require-all"], 1);
    let printed = run(&[], 1);

    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut recipe = "";
    for line in printed.lines() {
        if let Some((name, _)) = line.split_once(" (") {
            recipe = name;
            found.entry(recipe).or_default();
        } else if let Some(rest) = line.strip_prefix("  NO ") {
            let column = Column::find(rest.trim());
            found.entry(recipe).or_default().push(column);
        }
    }
    for (flaw, columns) in FLAWS {
        assert_eq!(found[flaw], columns, "{flaw}: {printed}");
    }
    let clients = fs::read_to_string(root.join("openapi/CLIENTS.md")).unwrap();
    for line in [
        "before",
        "| [Rust: none](#rust-none) | ok | ok | ok | ok | ok | ok | ok | ok | ok |",
        "| [Rust: none](#rust-none) | ok | ok | ok | **no** | ok | **no** | **no** | **no** | **no** |",
        "- Rust: none, *redirect: keeps its keys*: a 302 carries the keys to another host",
        "| [needs: none](#needs-none) | skipped | skipped | skipped | skipped | skipped | skipped | skipped | skipped | skipped |",
        "- It needs: no-such-command",
        "- **Not tried** on the machine that wrote this",
        "- needs: none: skipped; install no-such-command.",
        "- install: none: skipped; `echo no network; false` fails: no network.",
        "| [default: none](#default-none) | skipped | ok | ok | ok | ok | ok | ok | ok | ok |",
        "- default: none: skipped; `echo no network; false` fails: no network.",
        "- recipe: none: skipped; `echo no network; false` fails: no network.",
        "## Rust: none",
        "touch tool",
        "test -f ../tool",
        "- Its files: [`xtask/interop/careless`](../xtask/interop/careless)",
        "after",
    ] {
        assert!(
            clients.lines().any(|found| found == line),
            "{line}: {clients}"
        );
    }
    let readme = fs::read_to_string(root.join("openapi/README.md")).unwrap();
    for line in [
        "before",
        "- needs (not tried): [none](CLIENTS.md#needs-none)",
        "- default: [none](CLIENTS.md#default-none)",
        "after",
    ] {
        assert!(
            readme.lines().any(|found| found == line),
            "{line}: {readme}"
        );
    }
    assert!(!clients.contains("old") && !readme.contains("old"));
    let children = fs::read_to_string(root.join("target/interop/children")).unwrap();
    let children: Vec<&str> = children.lines().collect();
    assert!(children.len() >= FLAWS.len());
    for child in children {
        let is_gone = (0..500).any(|_| {
            thread::sleep(Duration::from_millis(10));
            !exists(child)
        });
        assert!(is_gone, "{child}");
    }
}

/// Whether there is such a process.
fn exists(process: &str) -> bool {
    let mut kill = Command::new("kill");
    kill.args(["-0", process]).stderr(Stdio::null());
    kill.status().unwrap().success()
}

struct Column;

impl Column {
    /// The title at the beginning of a line; some have a colon themselves.
    fn find(line: &str) -> &'static str {
        let all = FLAWS.iter().flat_map(|(_, columns)| *columns);
        let mut all = all.filter(|title| line.starts_with(**title));
        all.next().unwrap_or_else(|| panic!("{line}"))
    }
}

/// The driver, when the program under test starts this one.
#[test]
fn driver() {
    let Ok(flaw) = env::var("FLAW") else { return };
    let task = env::args().next_back().unwrap();
    // What the test prints before it stands on the same line.
    println!();
    match task.as_str() {
        "calls" => calls(&flaw),
        _ => book(&flaw),
    }
}

fn calls(flaw: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("interop/calls.yaml");
    let file: Json = serde_yaml::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let mut calls = file["calls"].as_array().unwrap().clone();
    match flaw {
        "one_less" => drop(calls.pop()),
        "one_twice" => calls.push(calls[0].clone()),
        _ => {}
    }
    for call in calls {
        let operation = call["operation"].as_str().unwrap();
        let mut body = plain(&call["sent"]);
        if flaw == "wrong_amount" && operation == "C2BPostContract" {
            body["Rate"]["MoPay"] = json!(12.05);
        }
        let (verb, path) = match operation {
            "CustomerAccessToken" | "GetEndPoint" => {
                let members = body.as_object().unwrap().iter();
                let query: Vec<String> = members
                    .map(|(name, value)| format!("{name}={}", value.to_string().trim_matches('"')))
                    .collect();
                ("GET", format!("{operation}?{}", query.join("&")))
            }
            _ => ("POST", operation.trim_end_matches("Get").to_owned()),
        };
        let (_, answer) = send(flaw, verb, &path, &body).unwrap();
        if flaw == "careless" && answer.contains("AddedByTheVendor") {
            println!("{}", json!({"call": operation, "error": "a new member"}));
            continue;
        }
        let mut read = call["read"].clone();
        if flaw == "wrong_text" && operation == "PostServiceTicket" {
            read["WebRef"] = json!("T-?");
        }
        println!("{}", json!({"call": operation, "read": read}));
    }
}

/// Amounts and dates as JSON has them.
fn plain(value: &Json) -> Json {
    match value {
        Json::Object(members) => {
            if let Some(decimal) = members.get("decimal") {
                // With its last zero, which a number of this language has not.
                return decimal.clone();
            }
            if let Some(date) = members.get("datetime") {
                return json!(date.as_str().unwrap().trim_end_matches(".0000000"));
            }
            members
                .iter()
                .map(|(name, value)| (name.clone(), plain(value)))
                .collect()
        }
        Json::Array(items) => items.iter().map(plain).collect(),
        other => other.clone(),
    }
}

fn book(flaw: &str) {
    send(
        flaw,
        "POST",
        "GetContractDetails",
        &json!({"Ref": "R-104233"}),
    )
    .unwrap();
    let request = json!({"InstrumentId": 7301, "RateId": 90210, "CusAcct": 20417});
    let mut answer = send(flaw, "POST", "C2BPostContract", &request);
    let has_failed = !matches!(answer, Some((200, _)));
    if has_failed && flaw == "careless" {
        answer = send(flaw, "POST", "C2BPostContract", &request);
    }
    let status = answer.as_ref().map(|(status, _)| *status);
    let is_booked = match &answer {
        _ if flaw == "never_books" => false,
        Some((200, _)) if flaw == "believes_anything" => true,
        Some((200, body)) => is_booked(flaw, body),
        _ => false,
    };
    let outcome = if is_booked { "booked" } else { "error" };
    if flaw == "careless" {
        println!("{}", json!({"outcome": outcome}));
    } else {
        println!("{}", json!({"outcome": outcome, "status": status}));
    }
}

fn is_booked(flaw: &str, body: &str) -> bool {
    let answer: Json = serde_json::from_str(body).unwrap_or_default();
    let text = |value: &Json| value.as_str().unwrap_or_default().trim().to_lowercase();
    let is_good = [
        "StatusCode",
        "ErrorCode",
        "ErrorDisplayText",
        "ErrorMessage",
    ]
    .iter()
    .all(|member| ["", "ok", "success", "0"].contains(&text(&answer["Status"][member]).as_str()));
    let is_refused = !answer["ResponseStatus"].is_null() && flaw != "misses_an_exception";
    !text(&answer["WebRef"]).is_empty() && (is_good && !is_refused || flaw == "believes_a_web_ref")
}

/// Status and body; none if the connection breaks.
fn send(flaw: &str, verb: &str, path: &str, body: &Json) -> Option<(u16, String)> {
    let base = env::var("AIM_BASE_URL").unwrap();
    let url = format!("{base}/api/{path}");
    let (answer, location) = send_to(flaw, verb, &url, body)?;
    match location {
        Some(location) if flaw == "careless" => Some(send_to(flaw, verb, &location, body)?.0),
        _ => Some(answer),
    }
}

fn send_to(
    flaw: &str,
    verb: &str,
    url: &str,
    body: &Json,
) -> Option<((u16, String), Option<String>)> {
    let (host, path) = url
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let variable = |name| env::var(name).unwrap();
    let key = variable("AIM_API_KEY");
    let app = match flaw {
        "key_in_both_headers" => key.clone(),
        _ => variable("AIM_APP_ID"),
    };
    let (token, body) = (variable("AIM_TOKEN"), body.to_string());
    let request = format!(
        "{verb} /{path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\
         ApiKey: {key}\r\nAppId: {app}\r\nToken: {token}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(host.replace("localhost", "127.0.0.1")).ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let location = head.lines().find_map(|line| {
        line.strip_prefix("Location: ")
            .or(line.strip_prefix("location: "))
    });
    Some(((status, body.to_owned()), location.map(ToOwned::to_owned)))
}

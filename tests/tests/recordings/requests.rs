//! Replays every recorded exchange with the vendor's services on the fake, as
//! any team would: over a socket, with the control interface to read what was
//! bound.

use std::collections::BTreeMap;

use aim_fake::AimFake;
use aim_tests::fixture::{self, Exchange};
use aim_tests::parallel;
use aim_tests::raw::{Answer, Raw};
use serde_json::{Value, json};

/// Recordings that the fake does not reproduce, each with its reason. The key
/// is the id, with the setting before it if it has one.
const EXCEPTIONS: &[(&str, &str)] = &[
    (
        "bind-query/long",
        "the recorded hosts have no IIS in front, which limits a query to 2,048 characters: the setting `max_query`",
    ),
    (
        "content-type/no-body-no-length",
        "Mono's listener asks for a length; IIS does not",
    ),
    (
        "login/token-route",
        "the document leaves out `/Security/{token}`, which puts a secret into a URL (D55)",
    ),
    (
        "routing/other-case-api",
        "Mono's listener compares its prefix with case; IIS does not",
    ),
    (
        "routing/other-case-app-path",
        "Mono's listener compares its prefix with case; IIS does not",
    ),
    (
        "servicestack-client-2.1.13-typescript/ts-JsonServiceClient:ContractFulfillment",
        MONO_DATES,
    ),
    (
        "servicestack-client-2.1.13-typescript/ts-JsonServiceClient:route.ContractFulfillment",
        MONO_DATES,
    ),
];

const MONO_DATES: &str = "Mono does not shift a date with a fraction and `Z` to the host's zone; .NET does, so that it \
     becomes another day: whoever sends one has to see that";

/// Features that the fake does not support, since no team needs them, each with
/// the parts of a request that show it. A recording with such a part is an
/// exception if the fake answers with a 501 that says so.
const UNSUPPORTED: &[(&str, &[&str])] = &[
    ("CSV", &["csv"]),
    ("JSON Lines", &["jsonl"]),
    ("`jsconfig`", &["jsconfig="]),
    ("batches", &["request[", "request%5b"]),
];

/// Headers that belong to the connection or the host, and are not recorded.
const NOT_RECORDED: [&str; 8] = [
    "connection",
    "content-length",
    "date",
    "keep-alive",
    "server",
    "transfer-encoding",
    // The fake's own.
    "x-aim-fake-ignored",
    "x-powered-by",
];

#[test]
fn every_recording_is_reproduced() {
    let report = play();
    println!("{}", report.table());

    let excused: Vec<&str> = EXCEPTIONS.iter().map(|(name, _)| *name).collect();
    let mut wrong: Vec<String> = Vec::new();
    for (name, why) in &report.different {
        if !excused.contains(&name.as_str()) {
            wrong.push(format!("{name}: {why}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(
        report
            .different
            .keys()
            .all(|name| !name.starts_with("client"))
    );
    let (right, all) = report.sum();
    let unsupported: usize = report.unsupported.values().sum();
    let supported = all - unsupported;
    assert!(right * 100 >= supported * 98, "{right} of {supported}");
    if !fixture::is_whole() {
        return;
    }
    assert!(supported > 1_800, "only {supported} recordings were found");
    for name in excused {
        assert!(
            report.different.contains_key(name),
            "{name} is reproduced now: remove the exception"
        );
    }
    for (what, _) in UNSUPPORTED {
        assert!(
            report.unsupported.contains_key(what),
            "no recording of {what}"
        );
    }
}

/// The outcome of all recordings.
#[derive(Default)]
struct Report {
    /// The reproduced ones and all, by group.
    groups: BTreeMap<String, (usize, usize)>,
    /// The differences, by name.
    different: BTreeMap<String, String>,
    /// How many the fake refuses with a 501, by the unsupported feature.
    unsupported: BTreeMap<&'static str, usize>,
}

impl Report {
    fn sum(&self) -> (usize, usize) {
        let add = |sum: (usize, usize), one: &(usize, usize)| (sum.0 + one.0, sum.1 + one.1);
        self.groups.values().fold((0, 0), add)
    }

    fn table(&self) -> String {
        let mut table = String::new();
        for (group, (right, all)) in &self.groups {
            table.push_str(&format!("{group:<48}{right:>6} of {all}\n"));
        }
        let (right, all) = self.sum();
        for (what, count) in &self.unsupported {
            let what = format!("not supported: {what}");
            table.push_str(&format!("{what:<48}{count:>6} of {all}\n"));
        }
        table + &format!("{:<48}{right:>6} of {all}", "recordings reproduced")
    }
}

fn play() -> Report {
    let exchanges = fixture::exchanges();
    let parts: Vec<_> = exchanges.chunks(200).collect();
    let outcomes = parallel::each(&parts, |part| {
        let mut player = Player::start();
        let outcomes = part.iter().map(|exchange| player.play(exchange));
        outcomes.collect::<Vec<_>>()
    });
    let mut report = Report::default();
    for (exchange, outcome) in exchanges.iter().zip(outcomes.into_iter().flatten()) {
        let group = exchange.id.split('/').next().unwrap();
        let settings = exchange.value["settings"].as_str();
        let (group, name) = match settings {
            Some(settings) => (settings.to_owned(), format!("{settings} {}", exchange.id)),
            None => (group.to_owned(), exchange.id.clone()),
        };
        let counts = report.groups.entry(group).or_default();
        counts.1 += 1;
        match outcome {
            Outcome::Same => counts.0 += 1,
            Outcome::Unsupported(what) => *report.unsupported.entry(what).or_default() += 1,
            Outcome::Different(why) => drop(report.different.insert(name, why)),
        }
    }
    report
}

/// The outcome of one recording.
enum Outcome {
    Same,
    /// It needs an unsupported feature, and the fake says so.
    Unsupported(&'static str),
    Different(String),
}

struct Player {
    fake: AimFake,
    control: Raw,
    /// The recording's settings that the fake has now; `None` after a
    /// difference, when a scripted answer may be left over, so that they are set
    /// again.
    settings: Option<Option<String>>,
}

impl Player {
    fn start() -> Self {
        let fake = parallel::block_on(AimFake::start()).unwrap();
        Self {
            control: Raw::connect(fake.address()).unwrap(),
            fake,
            settings: None,
        }
    }

    fn control(&mut self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let body = body.map(Value::to_string);
        let headers = [("Content-Type", "application/json")];
        let body = body.as_ref().map(|body| body.as_bytes());
        let answer = self.control.send(method, path, &headers, body).unwrap();
        let text = String::from_utf8(answer.body).unwrap();
        assert!(
            (200..300).contains(&answer.status),
            "{method} {path}: {text}"
        );
        if text.is_empty() {
            return Value::Null;
        }
        serde_json::from_str(&text).unwrap()
    }

    /// Plays one exchange.
    fn play(&mut self, exchange: &Exchange) -> Outcome {
        let outcome = self.compare(exchange);
        if !matches!(outcome, Outcome::Same) {
            self.settings = None;
        }
        outcome
    }

    fn compare(&mut self, exchange: &Exchange) -> Outcome {
        let expected = &exchange.value;
        let settings = expected["settings"].as_str().map(str::to_owned);
        if self.settings.as_ref() != Some(&settings) {
            self.control("POST", "/_aim/reset", None);
            if let Some(settings) = &settings {
                self.control("PATCH", "/_aim/settings", Some(&setting(settings)));
            }
            self.settings = Some(settings);
        }
        self.fake.forget_requests();
        if let Some(request) = expected["bound"]["type"].as_str() {
            let operation = request.strip_suffix("Request").unwrap();
            let nothing = json!({ "kind": "dto", "value": {} });
            let answer = Some(&expected["answer"]).filter(|answer| !answer.is_null());
            let answer = answer.unwrap_or(&nothing);
            self.fake.answer(operation, answer).unwrap();
        }
        let answer = self.ask(&expected["request"]);
        let requests = self.control("GET", "/_aim/requests?reveal=true", None);
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return Outcome::Different(error.to_string()),
        };
        if let Some(what) = unsupported(&expected["request"], &answer) {
            return Outcome::Unsupported(what);
        }
        let received = requests["requests"].as_array().unwrap().last().cloned();
        let bound = received.map_or(Value::Null, |received| received["bound"].clone());
        // .NET has a member by the name of its property, `AppId`, which is `AppID`
        // on the wire.
        if folded(&bound) != folded(&expected["bound"]) {
            let why = format!("bound {bound} in place of {}", expected["bound"]);
            return Outcome::Different(why);
        }
        compare(&expected["response"], &answer).map_or(Outcome::Same, Outcome::Different)
    }

    fn ask(&self, request: &Value) -> std::io::Result<Answer> {
        let headers: Vec<(&str, &str)> = request["headers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|header| (header[0].as_str().unwrap(), header[1].as_str().unwrap()))
            .collect();
        let body = fixture::body(request);
        // Some answers end the connection.
        Raw::connect(self.fake.address())?.send(
            request["method"].as_str().unwrap(),
            request["target"].as_str().unwrap(),
            &headers,
            body.as_deref(),
        )
    }
}

/// A value with the names of its members in small letters.
fn folded(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.to_lowercase(), folded(value)))
            .collect(),
        Value::Array(items) => items.iter().map(folded).collect(),
        value => value.clone(),
    }
}

/// The feature that the answer calls unsupported, if the request uses it.
fn unsupported(request: &Value, answer: &Answer) -> Option<&'static str> {
    let text = String::from_utf8_lossy(&answer.body);
    let said = text.strip_prefix("aim-fake does not support ")?;
    let (what, parts) = UNSUPPORTED
        .iter()
        .find(|(what, _)| said.starts_with(&format!("{what}:")))?;
    let headers = request["headers"].as_array().unwrap().iter();
    let sent = headers
        .filter_map(|header| header[1].as_str())
        .chain(request["target"].as_str())
        .map(str::to_ascii_lowercase);
    let is_there = sent
        .into_iter()
        .any(|text| parts.iter().any(|part| text.contains(part)));
    (answer.status == 501 && is_there).then_some(*what)
}

/// The setting of the fake for a setting of the recordings.
fn setting(name: &str) -> Value {
    match name {
        "default-json" => json!({ "default_content_type": "application/json" }),
        "fallback" => json!({ "fallback": true }),
        "date-only" => json!({ "date_format": "date-only" }),
        _ => json!({ "date_format": name.strip_prefix("date-").unwrap() }),
    }
}

fn compare(expected: &Value, answer: &Answer) -> Option<String> {
    let line = (
        expected["status"].as_u64().unwrap(),
        expected["reason"].as_str().unwrap(),
    );
    if line != (u64::from(answer.status), answer.reason.as_str()) {
        return Some(format!(
            "{} {} in place of {line:?}",
            answer.status, answer.reason
        ));
    }
    let mut headers: Vec<(String, String)> = answer
        .headers
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
        .filter(|(name, _)| !NOT_RECORDED.contains(&name.as_str()))
        .collect();
    headers.sort();
    let mut recorded: Vec<(String, String)> = expected["headers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|header| {
            let [name, value] = [0, 1].map(|index| header[index].as_str().unwrap());
            (name.to_ascii_lowercase(), value.to_owned())
        })
        .collect();
    recorded.sort();
    if headers != recorded {
        return Some(format!("headers {headers:?} in place of {recorded:?}"));
    }
    if expected["html_page"] == true {
        let page = String::from_utf8_lossy(&answer.body);
        let is_page = page.to_ascii_lowercase().starts_with("<!doctype html>");
        return (!is_page).then(|| "no HTML page".to_owned());
    }
    let body = fixture::body(expected).unwrap_or_default();
    (body != answer.body).then(|| {
        let [body, found] = [&body, &answer.body].map(|body| String::from_utf8_lossy(body));
        format!("body {found} in place of {body}")
    })
}

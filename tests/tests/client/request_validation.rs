//! What the server would drop or misread, and what the vendor's rules exclude,
//! is refused before it is sent.
//!
//! The rules are taken from the document here, and what a server drops from
//! the recordings, so that neither the generated checks nor the client's own
//! can forget one.

use std::collections::{BTreeMap, BTreeSet};

use aim_client::types::{C2BPostContractRequest, GetContractDetailsRequest};
use aim_client::{AimClient, Credentials, Delivery, Error};
use aim_tests::calls;
use aim_tests::document::{self, members};
use aim_tests::error_text::error_text;
use aim_tests::fixture;
use aim_tests::server::{Received, Server};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

fn serving() -> (Server, AimClient) {
    let server = Server::proving().unwrap();
    let client = calls::builder(server.url())
        .credentials(Credentials::new("k", "a"))
        .build()
        .unwrap();
    (server, client)
}

/// Why a request did not get through.
enum Stopped {
    /// The request type cannot hold it.
    Unreadable,
    /// The client says no.
    Failed(Box<Error>),
}

/// Reads a request from JSON text and calls an operation with it.
async fn call(client: &AimClient, operation: &str, request: &str) -> Result<(), Stopped> {
    match calls::call(client, operation, request).await {
        Err(_) => Err(Stopped::Unreadable),
        Ok(called) => match called.error {
            None => Ok(()),
            Some(error) => Err(Stopped::Failed(Box::new(error))),
        },
    }
}

/// The error of a request that must be refused, naming the member; nothing
/// must reach the server.
async fn refused(
    (server, client): &(Server, AimClient),
    operation: &str,
    request: &Value,
    member: &str,
) -> String {
    let error = match call(client, operation, &request.to_string()).await {
        Err(Stopped::Failed(error)) => error,
        Err(Stopped::Unreadable) => panic!("{operation}: {member} cannot be read: {request}"),
        Ok(()) => panic!("{operation}: {member} was sent: {request}"),
    };
    assert_eq!(error.member(), Some(member), "{operation}: {error}");
    assert_eq!(error.delivery(), Delivery::NotSent, "{operation}: {error}");
    assert!(
        error.is_refused() && error.operation() == Some(operation),
        "{error:?}"
    );
    assert!(server.take().is_empty(), "{operation}: {member} was sent");
    let text = error_text(&error);
    assert!(text.contains(member), "{text}");
    text
}

/// One step to a member: its name, and the schema of its items if it is a list.
#[derive(Clone)]
struct Step {
    name: String,
    is_list: bool,
    /// The schema that it holds.
    held: Option<String>,
}

/// A member that holds no further members, somewhere in a request.
struct Leaf {
    steps: Vec<Step>,
    property: Value,
    is_required: bool,
}

/// The second item of each list is meant, so that counting is tested too.
fn path(steps: &[Step]) -> String {
    let step = |step: &Step| format!("{}{}", step.name, if step.is_list { "[1]" } else { "" });
    steps.iter().map(step).collect::<Vec<_>>().join(".")
}

impl Leaf {
    fn dotnet(&self) -> &str {
        let name = self.property["x-aim-dotnet-type"].as_str().unwrap();
        name.trim_end_matches('?')
    }
}

struct Document(Value);

impl Document {
    fn read() -> Self {
        Self(document::document().unwrap())
    }

    fn schema(&self, name: &str) -> Option<&Value> {
        self.0["components"]["schemas"].get(name)
    }

    /// Every object in a request, the request itself first: the steps to it,
    /// and its schema.
    fn objects(&self, schema: &str, steps: Vec<Step>) -> Vec<(Vec<Step>, String)> {
        let mut objects = vec![(steps.clone(), schema.to_owned())];
        for (step, _) in self.members(schema) {
            if let Some(held) = step.held.clone() {
                let steps = steps.iter().cloned().chain([step]).collect();
                objects.extend(self.objects(&held, steps));
            }
        }
        objects
    }

    /// The members of a schema, each as a step to it.
    fn members(&self, schema: &str) -> Vec<(Step, &Value)> {
        let properties = self.schema(schema).map(|schema| &schema["properties"]);
        let properties = properties.and_then(Value::as_object).into_iter().flatten();
        let member = |(name, property): (&String, _)| {
            let property: &Value = property;
            let dotnet = property["x-aim-dotnet-type"].as_str().unwrap();
            let item = dotnet
                .strip_prefix("List<")
                .and_then(|rest| rest.strip_suffix('>'));
            let held = item.unwrap_or(dotnet);
            let step = Step {
                name: name.clone(),
                is_list: item.is_some(),
                held: self.schema(held).is_some().then(|| held.to_owned()),
            };
            (step, property)
        };
        properties.map(member).collect()
    }

    /// Every scalar in a request and in all that it holds.
    fn leaves(&self, request: &str) -> Vec<Leaf> {
        let mut leaves = Vec::new();
        for (steps, schema) in self.objects(request, Vec::new()) {
            for (step, property) in self.members(&schema) {
                let required = &self.0["components"]["schemas"][&schema]["required"];
                let required = required.as_array();
                if step.held.is_none() && !step.is_list {
                    leaves.push(Leaf {
                        property: property.clone(),
                        is_required: required.is_some_and(|all| all.contains(&json!(step.name))),
                        steps: steps.iter().cloned().chain([step]).collect(),
                    });
                }
            }
        }
        leaves
    }

    /// What the schema requires, from the document's examples.
    fn minimal(&self, schema: &str) -> Map<String, Value> {
        let schema = &self.0["components"]["schemas"][schema];
        let required = schema["required"].as_array().into_iter().flatten();
        required
            .map(|name| {
                let name = name.as_str().unwrap();
                let example = schema["properties"][name]["example"].clone();
                (name.to_owned(), example)
            })
            .collect()
    }

    /// A minimal value of the schema that holds `value` at the steps.
    fn with(&self, schema: &str, steps: &[Step], value: Value) -> Value {
        let Some((step, rest)) = steps.split_first() else {
            return value;
        };
        let mut object = self.minimal(schema);
        let inner = match &step.held {
            Some(held) if step.is_list => {
                json!([self.minimal(held), self.with(held, rest, value)])
            }
            Some(held) => self.with(held, rest, value),
            None => value,
        };
        object.insert(step.name.clone(), inner);
        Value::Object(object)
    }
}

#[tokio::test]
async fn what_the_document_excludes_is_refused() {
    let document = Document::read();
    let connection = serving();
    let mut tested = BTreeSet::new();
    for operation in document::operations().unwrap() {
        for (steps, schema) in document.objects(operation.request_type(), Vec::new()) {
            let described = &document.0["components"]["schemas"][&schema];
            let pairs = || {
                described["x-aim-exclusive"]
                    .as_array()
                    .into_iter()
                    .flatten()
            };
            for pair in pairs() {
                let [left, right] = [0, 1].map(|index| pair[index].as_str().unwrap());
                let mut object = Value::Object(document.minimal(&schema));
                // No other pair is in it, by a value that stands there.
                let parts = pairs().flat_map(|pair| pair.as_array().unwrap());
                for (name, value) in parts.filter_map(|part| part.as_str()?.split_once('=')) {
                    if object[name] == value {
                        object[name] = "of no pair".into();
                    }
                }
                for member in [left, right] {
                    let (name, value) = match member.split_once('=') {
                        Some((name, value)) => (name, value.into()),
                        None => (member, described["properties"][member]["example"].clone()),
                    };
                    object[name] = value;
                }
                let request = document.with(operation.request_type(), &steps, object);
                let member = [path(&steps).as_str(), left].join(".");
                let member = member.trim_start_matches('.');
                let text = refused(&connection, &operation.id, &request, member).await;
                assert!(text.contains(right), "{text}");
                tested.insert((schema.clone(), pair.to_string()));
            }
        }
    }
    let schemas = document.0["components"]["schemas"].as_object().unwrap();
    let declared = schemas.iter().flat_map(|(name, schema)| {
        let pairs = schema["x-aim-exclusive"].as_array().into_iter().flatten();
        pairs.map(|pair| (name.clone(), pair.to_string()))
    });
    assert_eq!(tested, declared.collect());
    assert!(tested.len() >= 5, "{tested:?}");
}

/// Every rule at every place of every request, with a secret in the value.
#[tokio::test]
async fn every_rule_holds_at_every_place_and_shows_no_value() {
    let document = Document::read();
    let connection = serving();
    let mut tested = BTreeMap::<&str, usize>::new();
    for operation in document::operations().unwrap() {
        let schema = operation.request_type();
        for leaf in document.leaves(schema) {
            let mut bad = Vec::new();
            if leaf.dotnet() == "string" {
                bad.push(("control character", "CANARY-7731\u{1}"));
                bad.push(("nul", "CANARY-7731\0"));
            }
            if leaf.dotnet() == "DateTime" {
                bad.push(("zone", "7731-11-21T10:20:30Z"));
                bad.push(("offset", "7731-11-21T10:20:30+05:30"));
                bad.push(("slashes", "11/21/7731"));
                bad.push(("milliseconds", "/Date(17000007731)/"));
                bad.push(("fraction", "2026-11-21T10:20:30.7731"));
                bad.push(("unreadable", "CANARY-7731"));
                bad.push(("year 1", "0001-01-01T00:00:00"));
            }
            if !leaf.property["x-aim-pattern"].is_null() {
                bad.push(("pattern", "CANARY-7731"));
                bad.push(("pattern of a part", "4242 7731 08/29"));
            }
            if leaf.is_required && leaf.dotnet() == "string" {
                bad.push(("required", ""));
            }
            if operation.method == "GET" && leaf.steps.len() == 1 && leaf.dotnet() == "string" {
                bad.push(("empty in a query", ""));
            }
            for (rule, value) in bad {
                let request = document.with(schema, &leaf.steps, json!(value));
                let text = refused(&connection, &operation.id, &request, &path(&leaf.steps)).await;
                assert!(!text.contains("7731"), "{rule}: {text}");
                *tested.entry(rule).or_default() += 1;
            }
        }
    }
    let places = |rule: &str| tested[rule];
    // LastFour and Expiration wherever a card is sent; dates alone and in
    // `MassUpdateItems`; the required texts of customers, cards and forms.
    assert!(places("pattern") >= 6 && places("zone") >= 8, "{tested:?}");
    assert!(places("required") >= 21, "{tested:?}");
    assert!(places("empty in a query") >= 7, "{tested:?}");
    assert!(places("nul") > 100, "{tested:?}");
}

#[tokio::test]
async fn the_realistic_requests_are_sent() {
    let (server, client) = serving();
    for operation in document::operations().unwrap() {
        let request = operation.request().unwrap();
        let error = match calls::call(&client, &operation.id, &request).await {
            Ok(called) => called.error.map(|error| error.to_string()),
            Err(error) => Some(error.to_string()),
        };
        assert_eq!(error, None, "{}: {request}", operation.id);
        assert_eq!(server.take().len(), 1, "{}", operation.id);
    }
}

/// Whether a server that bound `bound` has read JSON text as it was meant.
fn is_bound_as_sent(sent: &str, bound: &Value) -> bool {
    if let Some(decimal) = bound["decimal"].as_str() {
        return decimal == sent;
    }
    let meant: Value = serde_json::from_str(sent).unwrap();
    if let Some(clock) = bound["datetime"].as_str() {
        let meant = meant.as_str().unwrap_or_default();
        // A UTC value is no wall clock of the store.
        return bound["kind"] != "Utc"
            && match meant.len() {
                10 => clock == format!("{meant}T00:00:00.0000000"),
                19 => clock == format!("{meant}.0000000"),
                23 => clock == format!("{meant}0000"),
                _ => false,
            };
    }
    match &meant {
        Value::Object(_) => members(sent)
            .iter()
            .all(|(name, value)| is_bound_as_sent(value, &bound[name])),
        Value::Array(_) => {
            let meant: Vec<Box<RawValue>> = serde_json::from_str(sent).unwrap();
            let bound = bound.as_array().map_or(&[][..], Vec::as_slice);
            meant.len() == bound.len()
                && meant
                    .iter()
                    .zip(bound)
                    .all(|(meant, bound)| is_bound_as_sent(meant.get(), bound))
        }
        meant => meant == bound,
    }
}

/// Whether JSON text is written as every server reads it: numbers in plain
/// digits, at any depth.
fn is_safe(json: &str) -> bool {
    let is_safe_number = |json: &str| {
        let digits = json.strip_prefix('-').unwrap_or(json);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        are_digits(whole) && are_digits(fraction) && (whole == "0" || !whole.starts_with('0'))
    };
    match serde_json::from_str::<Value>(json).unwrap() {
        Value::Number(_) => is_safe_number(json),
        Value::Object(_) => members(json).iter().all(|(_, value)| is_safe(value)),
        Value::Array(_) => {
            let items: Vec<Box<RawValue>> = serde_json::from_str(json).unwrap();
            items.iter().all(|item| is_safe(item.get()))
        }
        Value::Bool(_) | Value::String(_) => true,
        Value::Null => false,
    }
}

/// Every recorded JSON request, read into our types and sent: what arrives is
/// what the recorded hosts bound exactly, or is written in another way that
/// they do, or the request never leaves.
#[tokio::test]
async fn no_recorded_request_loses_a_value() {
    let document = Document::read();
    let (server, client) = serving();
    let operations = document::operations().unwrap();
    let mut lossy = BTreeMap::<&str, usize>::new();
    let mut lossless = lossy.clone();
    for exchange in fixture::exchanges() {
        let request = &exchange.value["request"];
        let (group, _) = exchange.id.split_once('/').unwrap();
        let is_json = ["bind-json", "bind-json-dates"].contains(&group);
        let target = request["target"].as_str().unwrap();
        let path = target.strip_prefix("/aeservices30").unwrap_or(target);
        let operation = operations
            .iter()
            .find(|operation| operation.method == "POST" && operation.path == path);
        let (true, Some(operation)) = (is_json, operation) else {
            continue;
        };
        let body = request["body"].as_str().unwrap();
        // Our serializer writes nothing but JSON.
        if serde_json::from_str::<Value>(body).is_err() {
            continue;
        }
        let properties =
            &document.0["components"]["schemas"][operation.request_type()]["properties"];
        let mut recorded = members(body);
        recorded.retain(|(name, value)| properties.get(name).is_some() && value != "null");
        let others = exchange.value["other_hosts"].as_object();
        let hosts: Vec<&Value> = others
            .into_iter()
            .flat_map(Map::values)
            .filter_map(|host| host.get("bound"))
            .chain([&exchange.value["bound"]])
            .collect();
        let is_kept = |name: &str, value: &str| {
            let mut hosts = hosts.iter();
            hosts.all(|bound| is_bound_as_sent(value, &bound["value"][name]))
        };
        let tally = if recorded.iter().all(|(name, value)| is_kept(name, value)) {
            &mut lossless
        } else {
            &mut lossy
        };
        let outcome = match call(&client, &operation.id, body).await {
            Err(Stopped::Unreadable) => "cannot be expressed",
            Err(Stopped::Failed(error)) => {
                assert!(error.is_refused(), "{}: {error}", exchange.id);
                "refused"
            }
            Ok(()) => {
                let received = server.take();
                assert_eq!(received.len(), 1, "{} was sent once", exchange.id);
                let sent = members(std::str::from_utf8(&received[0].body).unwrap());
                let mut outcome = "sent as it was";
                for (name, value) in &recorded {
                    match sent.iter().find(|(found, _)| found == name) {
                        None => {
                            assert!(["\"\"", "\" \""].contains(&value.as_str()), "{value}");
                            outcome = "left out: it says nothing";
                        }
                        Some((_, ours)) if ours == value => {
                            assert!(is_kept(name, ours), "{}: {name} is lost", exchange.id);
                        }
                        Some((_, ours)) => {
                            assert!(is_safe(ours), "{}: {ours}", exchange.id);
                            outcome = "sent in a safe way";
                        }
                    }
                }
                outcome
            }
        };
        *tally.entry(outcome).or_default() += 1;
    }
    // Those that lose a value: none of them is sent as it was. The rest is sent,
    // but for year 1, the vendor's placeholders and an object in the place of a
    // text. The recordings do not grow.
    for (found, most) in [
        (
            lossy,
            &[
                ("cannot be expressed", 365),
                ("left out: it says nothing", 7),
                ("refused", 36),
                ("sent in a safe way", 67),
            ][..],
        ),
        (
            lossless,
            &[
                ("cannot be expressed", 11),
                ("refused", 5),
                ("sent as it was", 86),
            ],
        ),
    ] {
        let most = BTreeMap::from_iter(most.iter().copied());
        let is_known = |(outcome, count)| most.get(outcome).is_some_and(|most| count <= most);
        let fits = !fixture::is_whole() && found.iter().all(is_known);
        assert!(found == most || fits, "{found:?}");
    }
}

fn details_of(query: usize) -> GetContractDetailsRequest {
    // `Ref=` is four characters, and each of these is one.
    GetContractDetailsRequest::new().ref_("x".repeat(query - 4))
}

#[tokio::test]
async fn a_query_over_the_limit_is_refused_with_its_length() {
    let (server, client) = serving();
    client
        .get_contract_details_get(&details_of(2_048))
        .await
        .unwrap();
    let [sent] = &server.take()[..] else {
        panic!("not sent once")
    };
    assert_eq!(sent.target().split_once('?').unwrap().1.len(), 2_048);
    let over = [
        details_of(2_049),
        // What counts is what is sent: each of these is six characters.
        GetContractDetailsRequest::new().ref_("é".repeat(400)),
    ];
    for (request, length) in over.iter().zip(["2049", "2404"]) {
        let error = client.get_contract_details_get(request).await.unwrap_err();
        assert_eq!(error.delivery(), Delivery::NotSent);
        let text = error.to_string();
        assert!(text.contains(&format!("{length} characters")), "{text}");
        assert!(text.contains("2048") && !text.contains("xxx"), "{text}");
    }
    assert!(server.take().is_empty());
    // The same request as a POST is no problem.
    client.get_contract_details(&over[0]).await.unwrap();
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_with_its_size() {
    let server = Server::proving().unwrap();
    let client = |limit: Option<usize>| {
        let builder = calls::builder(server.url()).credentials(Credentials::new("k", "a"));
        match limit {
            None => builder,
            Some(limit) => builder.max_request_body(limit),
        }
        .build()
        .unwrap()
    };
    // `{"SchoolName":""}` is 17 bytes, the quotation mark takes two.
    let request = |size: usize| {
        C2BPostContractRequest::new().school_name(format!("\"{}", "x".repeat(size - 19)))
    };
    let length = |received: &[Received]| received.iter().map(|one| one.body.len()).sum::<usize>();
    for (limit, size) in [
        (None, 4_194_304),
        (Some(100), 100),
        (Some(5_000_000), 4_194_305),
    ] {
        client(limit)
            .c2b_post_contract(&request(size))
            .await
            .unwrap();
        assert_eq!(length(&server.take()), size);
    }
    for (limit, size) in [(None, 4_194_305), (Some(100), 101)] {
        let error = client(limit)
            .c2b_post_contract(&request(size))
            .await
            .unwrap_err();
        assert_eq!(error.delivery(), Delivery::NotSent);
        assert!(error.is_refused() && error.member().is_none());
        let text = error.to_string();
        let limit = limit.unwrap_or(4_194_304);
        assert!(
            text.contains(&format!("{size} bytes and the limit is {limit}")),
            "{text}"
        );
        assert!(
            text.contains("max_request_body") && !text.contains("xxx"),
            "{text}"
        );
    }
    assert!(server.take().is_empty());
}

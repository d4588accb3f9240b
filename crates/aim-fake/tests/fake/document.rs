//! A merchant's own document, with an operation without members, one whose only
//! evidence is `Status`, and a member that the state does not keep.

use crate::own;
use std::net::SocketAddr;
use std::sync::LazyLock;
use std::thread;

use crate::raw::{Answer, control, request, send};
use aim_fake::{AimFake, Fault, FaultKind, Problems, Schema, Settings, State};
use serde_json::{Value as Json, json};

static OWN: LazyLock<&'static Schema> = LazyLock::new(|| Schema::read(&own::document()).unwrap());

async fn start() -> AimFake {
    AimFake::builder().document(*OWN).start().await.unwrap()
}

/// A request with a body in one format that asks for an answer in another.
fn typed(verb: &str, operation: &str, format: &str, accept: &str, body: &str) -> Vec<u8> {
    let request = request(verb, &format!("/aeservices30/api/{operation}"), "", body);
    String::from_utf8(request)
        .unwrap()
        .replacen("Accept: application/json", &format!("Accept: {accept}"), 1)
        .replacen("Type: application/json", &format!("Type: {format}"), 1)
        .into_bytes()
}

fn list(at: SocketAddr, accept: &str) -> Answer {
    let operation = "TestListing";
    send(at, &typed("GET", operation, "application/json", accept, ""))
}

fn ping(body: &str) -> Vec<u8> {
    request("POST", "/aeservices30/api/TestPing", "", body)
}

#[tokio::test]
async fn an_operation_without_rules_is_answered_with_the_example_of_the_document() {
    let fake = start().await;
    let at = fake.address();
    let listed = json!({
        "TestStatuses": [
            {"Id": 4_000_000_000_i64, "Description": "Pending", "WebDescription": "We are on it"},
            {"Id": 2, "Description": "Delivered"},
        ],
        "Status": {"StatusCode": "OK", "Login": "5021"},
    });
    let answer = list(at, "application/json");
    assert_eq!((answer.status(), answer.json()), (200, listed.clone()));
    let text = answer.text();
    assert!(text.find("\"Id\"") < text.find("\"Description\""), "{text}");
    let answer = list(at, "application/xml");
    assert!(
        answer
            .text()
            .contains("<Description>Pending</Description><Id>4000000000</Id>")
    );
    let answer = list(at, "application/jsv");
    assert!(answer.text().contains("{Id:2,Description:Delivered}"));
    // Also by the name of its request.
    let target = "/api/json/reply/TestListingRequest";
    assert_eq!(send(at, &request("GET", target, "", "")).json(), listed);
    // Without members nothing is bound, whatever is sent.
    for (format, body) in [
        ("application/json", "{}"),
        ("application/json", r#"{"Ref":"R"}"#),
        ("application/json", ""),
        ("application/jsv", "{}"),
        ("application/x-www-form-urlencoded", "Ref=R"),
        (
            "application/xml",
            "<TestListingRequest \
             xmlns=\"http://schemas.datacontract.org/2004/07/AIM.WebService\"/>",
        ),
    ] {
        let operation = "TestListing";
        let post = typed("POST", operation, format, "application/json", body);
        assert_eq!(send(at, &post).json(), listed, "{format} {body}");
    }
    let target = "/api/TestListing?Ref=R";
    assert_eq!(send(at, &request("GET", target, "", "")).json(), listed);
    let requests = fake.requests();
    assert!(requests.iter().all(|it| it.applied));
    assert!(requests.iter().all(|it| it.not_kept.is_empty()));
    assert!(fake.state().bookings().is_empty());
    // A verb that it does not have in the document.
    let put = request("PUT", "/api/TestListing", "", "{}");
    assert_eq!(send(at, &put).status(), 404);
}

#[tokio::test]
async fn a_booking_operation_is_added_to_the_bookings() {
    let fake = start().await;
    let at = fake.address();
    for (format, body) in [
        ("application/json", r#"{"Pings":[{"Note":"n"}],"Ref":"R"}"#),
        ("application/jsv", "{Pings:[{Note:n}],Ref:R}"),
        (
            "application/x-www-form-urlencoded",
            "Pings=[{Note:n}]&Ref=R",
        ),
        (
            "application/xml",
            "<TestPingRequest xmlns=\"http://schemas.datacontract.org/2004/07/AIM.WebService\">\
             <Pings><TestPing><Note>n</Note></TestPing></Pings><Ref>R</Ref></TestPingRequest>",
        ),
    ] {
        let answer = send(
            at,
            &typed("POST", "TestPing", format, "application/json", body),
        )
        .json();
        // Made from the examples, without `StatusCode` and two texts, which
        // would be a failure.
        assert_eq!(answer["Status"]["StatusCode"], "OK", "{format}");
        assert_eq!(answer["Status"]["DomainName"], "example-music", "{format}");
        assert_eq!(answer["Status"].get("ErrorMessage"), None, "{format}");
    }
    let state = fake.state();
    let bookings = state.bookings();
    assert_eq!(bookings.len(), 4);
    assert!(bookings.iter().all(|it| it.operation == "TestPing"));
    assert!(bookings.iter().all(|it| it.digest == bookings[0].digest));
    let requests = fake.requests();
    assert!(requests.iter().all(|it| it.applied));
    assert!(requests.iter().all(|it| it.not_kept == ["Pings", "Ref"]));
    // The state can be written and read again, but only with the same document.
    let json = state.to_json();
    assert_eq!(control(at, "PUT", "/_aim/state", &json.to_string()).0, 200);
    assert!(State::from_json(&json).is_err());
    assert!(State::of_document(&json, *OWN).unwrap() == state);
}

#[tokio::test]
async fn the_rules_of_the_document_apply() {
    let mut settings = Settings::default();
    settings.check_required = true;
    settings.success_status_code = None;
    let fake = AimFake::builder().document(*OWN).settings(settings);
    let fake = fake.start().await.unwrap();
    let at = fake.address();
    let told = |bytes: &[u8]| {
        let answer = send(at, bytes).json();
        answer["Status"]["ErrorMessage"].as_str().map(str::to_owned)
    };
    let anonymous = String::from_utf8(ping("{}")).unwrap();
    let anonymous = anonymous.replacen("ApiKey: key\r\n", "", 1);
    for (bytes, wanted) in [
        (anonymous.into_bytes(), "ApiKey is missing"),
        (ping(r#"{"Ref":"R","Number":1}"#), "Ref and Number exclude"),
        (ping(r#"{"Pings":[{}]}"#), "Pings[0].Note is missing"),
    ] {
        let told = told(&bytes).unwrap_or_default();
        assert!(told.contains(wanted), "{told}");
    }
    assert!(fake.state().bookings().is_empty());
    assert!(fake.requests().iter().all(|it| !it.applied));
    // A wrong type is dropped in JSON and refused in a query, as for any
    // operation.
    assert_eq!(send(at, &ping(r#"{"Number":"x"}"#)).json(), json!({}));
    assert_eq!(fake.state().bookings().len(), 1);
    let wrong = request("GET", "/api/TestPing?Number=x", "", "");
    assert_eq!(send(at, &wrong).status(), 400);

    fake.fault(
        Fault::new(FaultKind::InBandError {
            status: 200,
            status_code: None,
            error_code: None,
            message: "scripted".to_owned(),
            with_answer: false,
            style: None,
        })
        .on("TestPing"),
    )
    .await
    .unwrap();
    assert_eq!(told(&ping("{}")).as_deref(), Some("scripted"));
    fake.answer(
        "TestPing",
        &json!({"kind": "dto", "value": {"Status": {"ErrorMessage": "e"}}}),
    )
    .unwrap();
    assert_eq!(told(&ping("{}")).as_deref(), Some("e"));
}

#[tokio::test]
async fn a_member_that_the_state_does_not_keep_is_named_but_not_its_value() {
    let fake = start().await;
    let at = fake.address();
    let post = |body: &Json| {
        let target = "/api/PostServiceTicket";
        send(at, &request("POST", target, "", &body.to_string()));
        fake.requests().pop().unwrap()
    };
    let full = json!({
        "RefNumber": "R", "SerialNumber": "S", "Notes": "n", "ItemDescription": "i",
        "VoiceRecording": "v", "CustomerInfo": {"Name": "N", "Email": "e", "WebId": 7},
        "CcInfo": {"TokenStr": "t", "CardType": "VISA", "LastFour": "4242"},
        "FormInputList": [{"Key": "K", "Value": "V", "Encrypted": true}],
    });
    assert_eq!(post(&full).not_kept, [""; 0]);
    let mut more = full.clone();
    more["TestNumber"] = json!("CANARY");
    let received = post(&more);
    // The customer is known now, and is not changed.
    assert_eq!(
        received.not_kept,
        ["CustomerInfo.Email", "CustomerInfo.Name", "TestNumber"]
    );
    assert!(received.applied);
    let (_, json) = control(at, "GET", "/_aim/requests", "");
    assert_eq!(json["requests"][1]["not_kept"][2], "TestNumber");
    assert!(!json.to_string().contains("CANARY"));
    // A refused request leaves nothing in the state.
    more["CustomerAcct"] = json!(1);
    assert_eq!(post(&more).not_kept, [""; 0]);
}

#[tokio::test]
async fn its_pages_show_the_document() {
    let fake = start().await;
    let read = |text: &str| serde_yaml::from_str::<serde_yaml::Value>(text).unwrap();
    let json = send(fake.address(), &request("GET", "/openapi.json", "", ""));
    let json = read(json.text());
    let yaml = send(fake.address(), &request("GET", "/openapi.yaml", "", ""));
    assert!(yaml.text().starts_with("# AIM Web Services"));
    assert!(read(yaml.text()) == json);
    assert!(json["paths"]["/api/TestListing"].is_mapping());
    assert_eq!(json["servers"][0]["url"], "http://fake/aeservices30");
    let mut published = read(&own::document());
    published["servers"] = json["servers"].clone();
    assert!(json == published);
    let page = send(fake.address(), &request("GET", "/api/metadata", "", ""));
    assert!(page.text().contains("/TestListing"));
}

/// The same in JSON, and without servers.
#[test]
fn a_document_may_be_json() {
    let mut json: Json = serde_yaml::from_str(&own::document()).unwrap();
    json.as_object_mut().unwrap().remove("servers");
    for text in [json.to_string(), format!("{json:#}").replace("  ", "\t")] {
        let schema = Schema::read(&text).unwrap();
        assert_eq!(schema.operations().len(), OWN.operations().len());
    }
}

/// Members and routes have the document's order, not that of a map of
/// serde_json.
#[test]
fn it_keeps_the_order_of_the_document() {
    let names = |of: &str| -> Vec<&str> {
        let of = OWN.named(of).unwrap();
        of.members.iter().map(|member| member.name).collect()
    };
    assert_eq!(names("TestStatus"), ["Id", "Description", "WebDescription"]);
    assert_eq!(
        names("TestListingRequest"),
        ["Token", "DeviceId", "AppId", "ApiKey", "OAuthToken"]
    );
    assert_eq!(OWN.operations()[0].name, "TestListing");
}

#[test]
fn a_document_that_cannot_be_served_is_reported_with_its_place() {
    let own = own::document();
    for (from, to, pointer, reason) in [
        (
            "openapi: 3.0.3",
            "openapi: [",
            "/openapi/0",
            "neither YAML nor JSON: line 8",
        ),
        (
            "openapi: 3.0.3",
            "openapi: 3.1.0",
            "/openapi",
            "the fake reads OpenAPI 3.0: convert the document, and write `openapi: 3.0.3` (line",
        ),
        ("openapi: 3.0.3", "openapi: 3.0", "/openapi", "OpenAPI 3.0"),
        (
            "openapi: 3.0.3",
            "swagger: '2.0'",
            "/swagger",
            "OpenAPI 3.0",
        ),
        ("openapi: 3.0.3\n", "", "", "`openapi` is missing (line"),
        ("paths:\n", "path:\n", "", "`paths` is missing (line"),
        (
            "      x-aim-operation: TestPing\n",
            "",
            "/paths/~1api~1TestPing/get",
            "`x-aim-operation` is missing",
        ),
        (
            "      x-aim-operation: TestPing\n",
            "      x-aim-operation: Fallback\n",
            "/paths/~1api~1TestPing/get/x-aim-operation",
            "catch-all",
        ),
        (
            "      x-aim-request: TestPingRequest\n",
            "      x-aim-request: Pong\n",
            "/paths/~1api~1TestPing/get/x-aim-request",
            "there is no schema Pong",
        ),
        (
            "  /api/TestPing:",
            "  /api/TestPing/{Id}:",
            "/paths/~1api~1TestPing~1{Id}",
            "a path is expected",
        ),
        (
            "    get:\n      operationId: TestPingGet",
            "    put:\n      operationId: TestPingGet",
            "/paths/~1api~1TestPing/put",
            "GET and POST alone",
        ),
        (
            "      x-aim-repeat: books # TestPing",
            "      x-aim-repeat: often",
            "/paths/~1api~1TestPing/get/x-aim-repeat",
            "`safe`, `session` or `books` is expected",
        ),
        (
            "                      - {Id: 2, ",
            "                      - {Id: two, ",
            "/paths/~1api~1TestListing/get/responses/200/content/application~1json/examples/realistic/value/TestStatuses/1/Id",
            "this example is not of type long",
        ),
        (
            "x-aim-dotnet-type: List<TestStatus>",
            "x-aim-dotnet-type: List<Contract>",
            "/components/schemas/TestListingResponse/properties/TestStatuses/x-aim-dotnet-type",
            "the type Contract is unknown",
        ),
        (
            "x-aim-dotnet-type: string # Note",
            "x-aim-dotnet-type: TestPingRequest",
            "/components/schemas/TestPingRequest",
            "holds itself",
        ),
        (
            "x-aim-failure:",
            "x-aim-failures:",
            "",
            "`x-aim-failure` is missing",
        ),
        (
            "    TestPing:\n",
            "    TestPingRequest:\n",
            "/components/schemas",
            "stands here twice",
        ),
        ("paths:\n", "paths: &a\n", "/paths", "an anchor"),
    ] {
        assert!(own.contains(from), "{from}");
        let Problems(problems) = Schema::read(&own.replacen(from, to, 1)).unwrap_err();
        let problem = &problems[0];
        assert_eq!(problem.pointer, pointer, "{from}: {problem}");
        assert!(problem.reason.contains(reason), "{from}: {problem}");
        assert_eq!(problems.len(), 1);
    }
}

/// The document without one line, or without its end.
#[test]
fn a_broken_document_is_reported_and_nothing_panics() {
    let own = own::document();
    let lines: Vec<&str> = own.lines().collect();
    let refused_of = |half: usize| {
        let mut refused = 0;
        for gone in (37 * half..lines.len()).step_by(2 * 37) {
            let kept = [&lines[..gone], &lines[gone + 1..]].concat().join("\n");
            for text in [kept, lines[..gone].join("\n")] {
                if let Err(Problems(problems)) = Schema::read(&text) {
                    assert!(problems.iter().all(|problem| !problem.reason.is_empty()));
                    refused += 1;
                }
            }
        }
        refused
    };
    // It takes long: on two cores.
    let refused: usize = thread::scope(|scope| {
        let halves = [0, 1].map(|half| scope.spawn(move || refused_of(half)));
        halves.map(|half| half.join().unwrap()).iter().sum()
    });
    assert!(refused > lines.len() / 37, "{refused}");
    let deep = format!("a: {}", "[".repeat(100_000));
    let nested: String = (0..200)
        .map(|depth| format!("{}a:\n", " ".repeat(depth)))
        .collect();
    for text in [
        "",
        "a",
        "[]",
        "{}",
        "a: *b",
        "? [a]\n: b",
        "a: b\n---\n",
        "\u{0}",
        &deep,
        &nested,
    ] {
        assert!(Schema::read(text).is_err(), "{text:.40}");
    }
}

#[test]
fn everything_that_the_rules_need_and_do_not_find_is_reported() {
    let text = own::document()
        .replace(
            "x-aim-operation: CustomerAccessToken",
            "x-aim-operation: Access",
        )
        // No page of the vendor has these two.
        .replace("x-aim-operation: GetEndPoint", "x-aim-operation: Found")
        .replace("x-aim-operation: Security", "x-aim-operation: Guard")
        .replace("        AccountSub:", "        AccountAndSub:")
        .replace("AccountSub: '", "AccountAndSub: '")
        .replace(
            "          example: MAIN\n          x-aim-dotnet-type: string",
            "          example: MAIN\n          x-aim-dotnet-type: int",
        )
        .replace(
            "Months: 3}\n          x-aim-dotnet-type: Rate",
            "Months: 3}\n          x-aim-dotnet-type: List<Rate>",
        );
    let problems = Schema::read(&text).unwrap_err();
    assert_eq!(
        problems.to_string(),
        "at \"/components/schemas/C2BPostContractRequest/properties/Stloc\": the fake's own rules \
         need the type string here; it is int\n\
         at \"/components/schemas/C2BPostContractRequest/properties/Rate\": the fake's own rules \
         need the type Rate here; it is List<Rate>\n\
         at \"/paths\": no operation has `x-aim-operation: CustomerAccessToken`, for which the \
         fake has rules of its own\n\
         at \"/components/schemas/GetContractDetailsResponse/properties/AccountSub\": the fake's \
         own rules need this member, of type string"
    );
}

//! The control interface: what it accepts, what it refuses and what it hides.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use crate::names::{
    BaseRequest, BaseResponse, BaseResponseResult, BaseSecureRequest, GetContractDetailsResponse,
    schema, service,
};
use crate::raw::{self, End, Raw, booking, control, request, send};
use aim_fake::{AimFake, Settings, State};
use serde_json::{Value as Json, json};

async fn start() -> AimFake {
    AimFake::start().await.unwrap()
}

fn details(fake: &AimFake) -> raw::Answer {
    let target = "/aeservices30/api/GetContractDetails?Ref=1";
    send(fake.address(), &request("GET", target, "", ""))
}

#[tokio::test]
async fn health_is_reported() {
    let (status, json) = control(start().await.address(), "GET", "/health", "");
    assert_eq!((status, &json["status"]), (200, &json!("ok")));
}

#[tokio::test]
async fn scripted_answers_are_given_unchanged_and_in_order() {
    let fake = start().await;
    let at = fake.address();
    let script = |body: Json| control(at, "POST", "/_aim/answers", &body.to_string());
    script(json!({
        "operation": service::GET_CONTRACT_DETAILS,
        "answer": {"kind": "dto", "value": {"StudentName": "Eve", "TotalDue": {"decimal": "12.50"}}},
        "times": 2,
    }));
    let thrown = json!({"kind": "throw", "exception": "ArgumentException", "message": "no"});
    let (_, waiting) =
        script(json!({"operation": service::GET_CONTRACT_DETAILS, "answer": thrown}));
    assert_eq!(waiting["answers"].as_array().unwrap().len(), 2);
    assert_eq!(control(at, "GET", "/_aim/answers", "").1, waiting);

    // Credentials are not checked for a scripted answer.
    let bare = b"GET /aeservices30/api/GetContractDetails?Ref=1 HTTP/1.1\r\nHost: a\r\n\
        Accept: application/json\r\n\r\n";
    for _ in 0..2 {
        let answer = send(at, bare);
        assert_eq!(
            answer.json()[GetContractDetailsResponse::STUDENT_NAME],
            "Eve"
        );
        assert!(answer.text().contains("\"TotalDue\":12.50"));
    }
    let last = send(at, bare);
    assert!(last.head.starts_with("HTTP/1.1 400 ArgumentException\r\n"));
    // Without a scripted answer they are checked.
    assert_eq!(
        send(at, bare).json()[BaseResponse::STATUS][BaseResponseResult::STATUS_CODE],
        "Error"
    );
    let requests = fake.requests();
    let scripted: Vec<bool> = requests.iter().map(|one| one.scripted).collect();
    assert_eq!(scripted, [true, true, true, false]);
    assert!(requests.iter().all(|one| !one.applied));
}

#[tokio::test]
async fn the_old_route_and_the_catch_all_are_scripted_by_their_services() {
    let fake = start().await;
    let at = fake.address();
    fake.patch_settings(&json!({"fallback": true})).unwrap();
    let null = json!({"kind": "null"});
    for (operation, target) in [
        (
            service::CONTRACT_FULFILLMENT,
            "/aeservices30/api/C2BSetContractSerial",
        ),
        ("Fallback", "/aeservices30/api/Nothing"),
    ] {
        fake.answer(operation, &null).unwrap();
        assert_eq!(send(at, &request("POST", target, "", "{}")).status(), 204);
        assert_eq!(fake.requests().last().unwrap().operation, Some(operation));
    }
    assert!(fake.pending_answers().is_empty());
}

#[tokio::test]
async fn answers_can_be_forgotten() {
    let fake = start().await;
    let null = json!({"kind": "null"});
    fake.answer_times(service::GET_CONTRACT_DETAILS, &null, None)
        .unwrap();
    for _ in 0..3 {
        assert_eq!(details(&fake).status(), 204);
    }
    assert_eq!(
        control(fake.address(), "DELETE", "/_aim/answers", "").0,
        200
    );
    assert_eq!(details(&fake).status(), 200);
}

/// Bad input gives a 400 with the place and the reason, and changes nothing.
#[tokio::test]
async fn what_does_not_fit_is_refused_with_its_place() {
    let fake = start().await;
    let at = fake.address();
    let before = fake.settings();
    for (method, path, body, pointer) in [
        ("POST", "answers", r#"{"answer":{"kind":"null"}}"#, ""),
        (
            "POST",
            "answers",
            r#"{"operation":"Nope","answer":{"kind":"null"}}"#,
            "/operation",
        ),
        (
            "POST",
            "answers",
            r#"{"operation":7,"answer":{"kind":"null"}}"#,
            "/operation",
        ),
        (
            "POST",
            "answers",
            r#"{"operation":"Fallback","answer":{"kind":"nil"}}"#,
            "/answer/kind",
        ),
        (
            "POST",
            "answers",
            r#"{"operation":"GetContractDetails","answer":{"kind":"dto","value":{"TotalDue":1.5}}}"#,
            "/answer/value/TotalDue",
        ),
        (
            "POST",
            "answers",
            r#"{"operation":"GetContractDetails","answer":{"kind":"dto","value":{"A/b":1}}}"#,
            "/answer/value/A~1b",
        ),
        (
            "POST",
            "answers",
            r#"{"operation":"Fallback","answer":{"kind":"null"},"times":0}"#,
            "/times",
        ),
        (
            "POST",
            "answers",
            r#"{"operation":"Fallback","answer":{"kind":"null"},"time":1}"#,
            "/time",
        ),
        ("PATCH", "settings", "[]", ""),
        (
            "PATCH",
            "settings",
            r#"{"fallback":true,"nope":1}"#,
            "/nope",
        ),
        (
            "PATCH",
            "settings",
            r#"{"fallback":true,"date_format":"seconds "}"#,
            "/date_format",
        ),
        (
            "PATCH",
            "settings",
            r#"{"fallback":true,"formats":["text/html","a"]}"#,
            "/formats/1",
        ),
        (
            "PATCH",
            "settings",
            r#"{"fallback":true,"time_zone":"Mars/North"}"#,
            "/time_zone",
        ),
        (
            "PATCH",
            "settings",
            r#"{"fallback":true,"max_body":-1}"#,
            "/max_body",
        ),
        (
            "PATCH",
            "settings",
            r#"{"fallback":true,"cors_origins":["http://a.example/"]}"#,
            "/cors_origins/0",
        ),
        (
            "PATCH",
            "settings",
            r#"{"fallback":true,"cors_origins":["*","http://a.example"]}"#,
            "/cors_origins/0",
        ),
        (
            "PATCH",
            "settings",
            r#"{"fallback":true,"cors_origins":["http://a.example","a.example"]}"#,
            "/cors_origins/1",
        ),
        (
            "PATCH",
            "settings",
            r#"{"fallback":true,"cors_origins":["https://a.example:443"]}"#,
            "/cors_origins/0",
        ),
        (
            "PATCH",
            "settings",
            r#"{"fallback":true,"cors_origins":["null"]}"#,
            "/cors_origins/0",
        ),
        (
            "PATCH",
            "settings",
            r#"{"fallback":true,"error_http_status":99}"#,
            "/error_http_status",
        ),
        (
            "PATCH",
            "settings",
            r#"{"fallback":true,"powered_by":"a\r\nb"}"#,
            "/powered_by",
        ),
        ("POST", "faults", "3", ""),
        ("POST", "faults", "{}", "/fault"),
        ("POST", "faults", r#"{"fault":"nope"}"#, "/fault"),
        (
            "POST",
            "faults",
            r#"{"fault":"bom","status":200}"#,
            "/status",
        ),
        (
            "POST",
            "faults",
            r#"{"fault":"html_error","status":204}"#,
            "/status",
        ),
        (
            "POST",
            "faults",
            r#"{"fault":"html_error","retry_after":"a\nb"}"#,
            "/retry_after",
        ),
        (
            "POST",
            "faults",
            r#"{"fault":"html_error","retry_after":1.5}"#,
            "/retry_after",
        ),
        (
            "POST",
            "faults",
            r#"{"fault":"html_error","retry_after":true}"#,
            "/retry_after",
        ),
        (
            "POST",
            "faults",
            r#"{"fault":"raw","status":199}"#,
            "/status",
        ),
        (
            "POST",
            "faults",
            r#"{"fault":"raw","status":600}"#,
            "/status",
        ),
        (
            "POST",
            "faults",
            r#"{"fault":"raw","headers":["X"]}"#,
            "/headers",
        ),
        (
            "POST",
            "faults",
            r#"{"fault":"raw","headers":{"X":1}}"#,
            "/headers/X",
        ),
        (
            "POST",
            "faults",
            r#"{"fault":"raw","headers":{"X Y/Z":"1"}}"#,
            "/headers/X Y~1Z",
        ),
        (
            "POST",
            "faults",
            r#"{"fault":"raw","headers":{"":"1"}}"#,
            "/headers/",
        ),
        (
            "POST",
            "faults",
            r#"{"fault":"raw","headers":{"X":"1\r\nY: 2"}}"#,
            "/headers/X",
        ),
        (
            "POST",
            "faults",
            r#"{"fault":"raw","headers":{"content-length":"0"}}"#,
            "/headers/content-length",
        ),
        (
            "POST",
            "faults",
            r#"{"fault":"raw","headers":{"Transfer-Encoding":"chunked"}}"#,
            "/headers/Transfer-Encoding",
        ),
        (
            "POST",
            "faults",
            r#"{"fault":"raw","body":"{","base64":""}"#,
            "/base64",
        ),
        (
            "POST",
            "faults",
            r#"{"fault":"raw","base64":"e3"}"#,
            "/base64",
        ),
        (
            "POST",
            "faults",
            r#"{"fault":"raw","status":204,"body":"{}"}"#,
            "/body",
        ),
        (
            "POST",
            "faults",
            r#"{"fault":"raw","status":304,"base64":"e30="}"#,
            "/base64",
        ),
        (
            "POST",
            "faults",
            r#"{"fault":"renamed_members","style":"kebab"}"#,
            "/style",
        ),
        (
            "POST",
            "faults",
            r#"{"fault":"compressed","form":"br"}"#,
            "/form",
        ),
        (
            "POST",
            "faults",
            r#"{"fault":"stale_error","status":302}"#,
            "/status",
        ),
        (
            "POST",
            "faults",
            r#"{"fault":"double_answer","when":"later"}"#,
            "/when",
        ),
        (
            "POST",
            "faults",
            r#"{"fault":"html_error","status":"503"}"#,
            "/status",
        ),
        (
            "POST",
            "faults",
            r#"{"fault":"slow_drip","bytes":0}"#,
            "/bytes",
        ),
        (
            "POST",
            "faults",
            r#"{"fault":"bom","operation":"Nope"}"#,
            "/operation",
        ),
        ("POST", "faults", r#"{"fault":"bom","call":0}"#, "/call"),
        ("POST", "faults", r#"{"fault":"bom","times":1.5}"#, "/times"),
        (
            "POST",
            "faults",
            r#"{"fault":"bom","connection":1}"#,
            "/connection",
        ),
        (
            "POST",
            "faults",
            r#"{"fault":"reset_before_request","call":1}"#,
            "/call",
        ),
        (
            "POST",
            "faults",
            r#"{"fault":"connection_refused","times":2}"#,
            "/times",
        ),
        ("PUT", "state", r#"{"nope":1}"#, "/nope"),
    ] {
        let (status, json) = control(at, method, &format!("/_aim/{path}"), body);
        assert_eq!(
            (status, &json["pointer"]),
            (400, &json!(pointer)),
            "{body}: {json}"
        );
        let reason = json["reason"].as_str().unwrap();
        assert!(reason.len() > 10, "{body}: {reason}");
    }
    for (method, path) in [
        ("POST", "answers"),
        ("PATCH", "settings"),
        ("POST", "faults"),
        ("PUT", "state"),
    ] {
        let (status, json) = control(at, method, &format!("/_aim/{path}"), "{\n\"a\":tru}");
        let place = (&json["line"], &json["column"]);
        assert_eq!((status, place), (400, (&json!(2), &json!(8))), "{json}");
    }
    assert_eq!(fake.settings(), before);
    assert!(fake.faults().is_empty() && fake.pending_answers().is_empty());
}

#[tokio::test]
async fn a_refusal_does_not_repeat_its_input() {
    let fake = start().await;
    for (method, path, body) in [
        ("PATCH", "settings", r#"{"api_keys":"CANARY"}"#),
        ("PATCH", "settings", r#"{"date_format":"CANARY expected "}"#),
        (
            "POST",
            "faults",
            r#"{"fault":"html_error","status":"missing field CANARY"}"#,
        ),
        ("POST", "faults", r#"{"fault":"CANARY"}"#),
        (
            "POST",
            "answers",
            r#"{"operation":{"CANARY":1},"answer":1}"#,
        ),
        (
            "POST",
            "answers",
            r#"{"operation":"CANARY","answer":{"kind":"null"}}"#,
        ),
        (
            "POST",
            "answers",
            r#"{"operation":"Fallback","answer":{"kind":"CANARY"}}"#,
        ),
    ] {
        let path = format!("/_aim/{path}");
        let answer = send(fake.address(), &request(method, &path, "", body));
        assert_eq!(answer.status(), 400, "{body}");
        assert!(
            !answer.text().contains("CANARY"),
            "{body}: {}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn other_paths_and_verbs_are_refused() {
    let fake = start().await;
    for (method, path, wanted) in [
        ("GET", "/_aim/nope", 404),
        ("DELETE", "/_aim/faults/7", 404),
        ("DELETE", "/_aim/faults/x", 404),
        ("PUT", "/_aim/faults", 405),
        ("POST", "/health", 405),
        ("GET", "/_aim/requests?reveal=1", 400),
        ("GET", "/_aim/requests?revea=true", 400),
        ("GET", "/_aim/requests?last=-1", 400),
        ("GET", "/_aim/bookings?reveal=true", 400),
    ] {
        let (status, json) = control(fake.address(), method, path, "");
        assert_eq!(status, wanted, "{method} {path}");
        assert!(json["error"].is_string());
    }
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn a_page_stands_at_the_root_and_nowhere_else() {
    let fake = start().await;
    let at = fake.address();
    let page = send(at, &request("GET", "/", "", ""));
    assert_eq!(page.status(), 200);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'nonce-"));
    assert!(!policy.contains("unsafe"), "{policy}");
    let nonce = policy.split("nonce-").nth(1).unwrap();
    let nonce = nonce.split('\'').next().unwrap();
    let script = format!("<script nonce=\"{nonce}\">");
    assert!(page.text().contains(&script));
    // It shows in its own list neither itself nor what it asks for.
    for path in [
        "/_aim/",
        "/_aim",
        "/_aim/bookings?last=50",
        "/_aim/requests?last=50",
    ] {
        assert_eq!(control(at, "GET", path, "").0, 200, "{path}");
    }
    assert!(fake.requests().is_empty());
    for (method, target) in [
        ("POST", "/"),
        ("GET", "/aeservices30"),
        ("GET", "/aeservices30/"),
        ("GET", "//"),
    ] {
        let answer = send(at, &request(method, target, "", ""));
        assert_eq!(
            (answer.status(), answer.text()),
            (404, "404"),
            "{method} {target}"
        );
    }
    assert_eq!(fake.requests().len(), 4);
}

#[tokio::test]
async fn bookings_are_listed_with_their_duplicates() {
    let fake = start().await;
    let at = fake.address();
    for reference in ["R-1", "R-2", "R-1"] {
        let body = json!({"RefNumber": reference}).to_string();
        send(at, &below("POST", service::POST_SERVICE_TICKET, "", &body));
    }
    let (_, state) = control(at, "GET", "/_aim/state", "");
    let (_, all) = control(at, "GET", "/_aim/bookings", "");
    assert_eq!(all["now"], state["now"]);
    let (_, last) = control(at, "GET", "/_aim/bookings?last=1", "");
    assert_eq!(last["bookings"], json!([all["bookings"][2]]));
    let mut bookings = all["bookings"].clone();
    for (at, booking) in bookings.as_array_mut().unwrap().iter_mut().enumerate() {
        let number = booking.as_object_mut().unwrap().remove("number");
        assert_eq!(number, Some(json!(at + 1)));
        let first = [Json::Null, Json::Null, json!(1)];
        assert_eq!(booking["duplicate_of"], first[at]);
    }
    assert_eq!(bookings, state["bookings"]);
}

#[tokio::test]
async fn settings_change_by_name_and_are_shown() {
    let fake = start().await;
    let at = fake.address();
    assert_eq!(fake.settings(), Settings::default());
    let html = details(&fake).header("content-type") == Some("text/html");
    assert!(!html, "the request asks for JSON");
    let change = r#"{"credential_error":"unauthorized","api_keys":["good"]}"#;
    let (status, all) = control(at, "PATCH", "/_aim/settings", change);
    assert_eq!((status, &all["api_keys"]), (200, &json!(["good"])));
    assert_eq!(control(at, "GET", "/_aim/settings", "").1, all);
    assert_eq!(details(&fake).status(), 401);
    // It accepts the settings that it shows.
    assert_eq!(
        control(at, "PATCH", "/_aim/settings", &all.to_string()).1,
        all
    );
    let (_, none) = control(at, "PATCH", "/_aim/settings", r#"{"powered_by":null}"#);
    assert_eq!(none["powered_by"], Json::Null);
    assert_eq!(details(&fake).header("x-powered-by"), None);
}

/// What a browser is told, by the setting and the origin of the page.
#[tokio::test]
async fn pages_of_other_origins_call_it_where_a_setting_says_so() {
    let fake = start().await;
    let at = fake.address();
    let api = "/aeservices30/api/GetContractDetails?Ref=1";
    for (origins, origin, allowed) in [
        (json!([]), "https://shop.example", None),
        (json!(["*"]), "https://shop.example", Some("*")),
        (
            json!(["https://a.example:81", "https://shop.example"]),
            "https://shop.example",
            Some("https://shop.example"),
        ),
        (
            json!(["https://shop.example"]),
            "https://shop.example.org",
            None,
        ),
        (json!(["https://shop.example"]), "http://shop.example", None),
    ] {
        let name = format!("{origins} {origin}");
        fake.reset().await;
        fake.patch_settings(&json!({"cors_origins": origins}))
            .unwrap();
        let sent = format!("Origin: {origin}\r\n");
        let asked = format!("{sent}Access-Control-Request-Method: POST\r\n");
        let is_allowed = |answer: &raw::Answer| {
            let told = answer.header("access-control-allow-origin");
            assert_eq!(told, allowed, "{name}: {answer:?}");
            let varies = answer.head.contains("Vary: Origin");
            let is_listed = !origins.as_array().unwrap().is_empty() && origins[0] != "*";
            assert_eq!(varies, is_listed, "{name}: {answer:?}");
            assert_eq!(answer.header("access-control-allow-credentials"), None);
        };
        for (target, refused) in [(api, 404), ("/_aim/faults", 405), ("/openapi.json", 405)] {
            let answer = send(at, &request("OPTIONS", target, &asked, ""));
            is_allowed(&answer);
            let wanted = if allowed.is_some() { 200 } else { refused };
            assert_eq!(answer.status(), wanted, "{name}: {answer:?}");
            if allowed.is_some() {
                let names = answer.header("access-control-allow-headers").unwrap();
                let names: Vec<&str> = names.split(", ").collect();
                for vendor in [
                    BaseRequest::API_KEY,
                    BaseSecureRequest::APP_ID,
                    BaseRequest::OAUTH_TOKEN,
                    BaseSecureRequest::TOKEN,
                    BaseSecureRequest::DEVICE_ID,
                    "Content-Type",
                    "Accept",
                ] {
                    assert!(names.contains(&vendor), "{vendor}");
                }
                let verbs = answer.header("access-control-allow-methods").unwrap();
                assert!(verbs.contains("PATCH") && verbs.contains("DELETE"));
            }
        }
        // A preflight request that was answered did not reach the service.
        let seen = usize::from(allowed.is_none());
        assert_eq!(fake.requests().len(), seen, "{name}");
        for fault in [
            "late_answer,when=next_request",
            "slow_drip,bytes=500,milliseconds=1",
        ] {
            let fault = aim_fake::Fault::from_text(fault).unwrap();
            fake.fault(fault).await.unwrap();
        }
        for target in [api, api, api, "/_aim/state", "/_aim/nope", "/docs"] {
            let answer = send(at, &request("GET", target, &sent, ""));
            is_allowed(&answer);
            let exposed = allowed.map(|_| "X-Aim-Fake-Ignored");
            assert_eq!(answer.header("access-control-expose-headers"), exposed);
        }
        // If it is not a preflight request, OPTIONS is a verb like any other.
        let plain = send(at, &request("OPTIONS", api, &sent, ""));
        assert_eq!(plain.status(), 404, "{name}");
    }
}

#[tokio::test]
async fn a_state_is_written_and_read_without_loss() {
    let fake = start().await;
    let at = fake.address();
    let (status, _) = control(
        at,
        "PUT",
        "/_aim/state",
        include_str!("../../fixtures/store.json"),
    );
    assert_eq!(status, 200);
    let (_, got) = control(at, "GET", "/_aim/state", "");
    let state = fake.state();
    assert_eq!(control(at, "PUT", "/_aim/state", &got.to_string()).0, 200);
    assert_eq!(fake.state(), state);
    assert_eq!(control(at, "GET", "/_aim/state", "").1, got);
}

#[tokio::test]
async fn requests_are_listed_in_the_form_of_the_recordings() {
    let fake = start().await;
    let at = fake.address();
    let post =
        r#"{"Ref":"C-1","CashPrice":12.50,"FirstDue":"2026-12-01","Nmae":"n","SerialPk":1e3}"#;
    let post = request("POST", "/aeservices30/api/ContractFulfillment", "", post);
    let answer = send(at, &post);
    assert_eq!(answer.header("x-aim-fake-ignored"), Some("Nmae, SerialPk"));
    send(at, &request("get", "/nothing/there", "", ""));
    let (_, mut json) = control(at, "GET", "/_aim/requests", "");
    assert_eq!(json["dropped"], 0);
    let now = SystemTime::now();
    for (one, received) in json["requests"]
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .zip(fake.requests())
    {
        let since = now.duration_since(received.time).unwrap();
        assert!(since < Duration::from_secs(60), "{since:?}");
        let time = one.as_object_mut().unwrap().remove("time").unwrap();
        let time = time.as_str().unwrap();
        assert!(time.len() == 24 && time.ends_with('Z'), "{time}");
    }
    assert_eq!(
        json["requests"],
        json!([
            {
                "number": 1,
                "connection": 1,
                "method": "POST",
                "target": "/aeservices30/api/ContractFulfillment",
                "operation": service::CONTRACT_FULFILLMENT,
                "status": 200,
                "bound": {
                    "type": schema::CONTRACT_FULFILLMENT_REQUEST,
                    "value": {
                        "Ref": "C-1",
                        "CashPrice": {"decimal": "12.50"},
                        "FirstDue": {"datetime": "2026-12-01T00:00:00.0000000", "kind": "Local"},
                        "Unlock": false,
                    },
                },
                "ignored": [
                    {"what": "Nmae", "why": "unknown_name"},
                    {"what": "SerialPk", "why": "exponent"},
                ],
                // There is no such contract.
                "applied": false,
                "not_kept": [],
                "scripted": false,
                "fault": null,
            },
            {
                "number": 2,
                "connection": 2,
                "method": "get",
                "target": "/nothing/there",
                "operation": null,
                "status": 404,
                "bound": null,
                "ignored": [],
                "applied": false,
                "not_kept": [],
                "scripted": false,
                "fault": null,
            },
        ])
    );
    assert_eq!(control(at, "DELETE", "/_aim/requests", "").0, 200);
    let (_, json) = control(at, "GET", "/_aim/requests", "");
    assert_eq!(json, json!({"requests": [], "dropped": 0}));
    fake.patch_settings(&json!({"ignored_header": false}))
        .unwrap();
    assert_eq!(send(at, &post).header("x-aim-fake-ignored"), None);
}

/// The record says applied for every change, however small.
#[tokio::test]
async fn applied_is_what_the_state_did() {
    let fake = start().await;
    let at = fake.address();
    control(
        at,
        "PUT",
        "/_aim/state",
        include_str!("../../fixtures/store.json"),
    );
    let fulfil = |body: &str| request("POST", "/api/ContractFulfillment", "", body);
    for (bytes, applied) in [
        (booking(), true),
        (fulfil(r#"{"Ref":"none"}"#), false),
        (fulfil(r#"{"Ref":"R-104233","Notes":"a"}"#), true),
        (fulfil(r#"{"MassUpdateItems":[{"Ref":"none"}]}"#), false),
        (
            fulfil(r#"{"MassUpdateItems":[{"Ref":"none"},{"Ref":"R-104233","Notes":"b"}]}"#),
            true,
        ),
        (
            request("GET", "/api/GetContractDetails?Ref=R-104233", "", ""),
            true,
        ),
        (
            request("GET", "/api/GetContractDetails?Ref=none", "", ""),
            false,
        ),
        (
            request("GET", "/api/GetContractDetails?Sub=x", "", ""),
            false,
        ),
    ] {
        let before = fake.state().bookings().len();
        send(at, &bytes);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let last = fake.requests().pop().unwrap();
        assert_eq!(last.applied, applied, "{text}");
        let books = fake.state().bookings().len() - before;
        assert_eq!(
            books,
            usize::from(applied && last.method == "POST"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn the_oldest_requests_are_dropped_and_counted() {
    let fake = start().await;
    let at = fake.address();
    fake.patch_settings(&json!({"remembered_requests": 3}))
        .unwrap();
    let mut kept = Raw::new(at);
    for number in 0..5 {
        kept.send(&request("GET", &format!("/{number}"), "", ""));
    }
    let (_, json) = control(at, "GET", "/_aim/requests", "");
    let targets: Vec<&Json> = json["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["target"])
        .collect();
    assert_eq!(targets, ["/2", "/3", "/4"]);
    assert_eq!(json["dropped"], 2);
    let (_, last) = control(at, "GET", "/_aim/requests?last=1", "");
    let requests = json!([json["requests"][2]]);
    assert_eq!(last, json!({"requests": requests, "dropped": 2}));
    assert_eq!(requests[0]["number"], 5);
    // Their total size counts too: only one of two such bodies fits.
    fake.patch_settings(&json!({"remembered_bytes": 15_000}))
        .unwrap();
    let large = " ".repeat(10_000);
    for _ in 0..2 {
        kept.send(&request("POST", "/5", "", &large));
    }
    assert_eq!(fake.requests().len(), 1);
    fake.patch_settings(&json!({"remembered_requests": 0}))
        .unwrap();
    kept.send(&request("GET", "/6", "", ""));
    assert!(fake.requests().is_empty());
}

/// Every sensitive member, in every place that it can have.
#[tokio::test]
async fn secrets_are_masked_unless_requested() {
    let fake = start().await;
    let at = fake.address();
    let secrets = [
        "/aeservices30/api/C2BPostContract?Token=CANARY-1&%74oken=CANARY-2&NOTES=CANARY-3",
        "/aeservices30/api/C2BPostContract?CcInfo={TokenStr:CANARY-4}&Unknown=CANARY-5&CANARY-6",
        "/aeservices30/api/C2BPostContract?RefNumber=shown&CustomerInfo={Name:CANARY-7}",
        "/aeservices30/api/Security?UserName=CANARY-16",
        "/aeservices30/api/Security/CANARY-17",
    ];
    for target in secrets {
        let body = r#"{"CcInfo":{"TokenStr":"CANARY-8","LastFour":"CANARY-9"},
            "FormInputList":[{"Key":"a","Value":"CANARY-10"}],"ApiKey":"CANARY-11",
            "Username":"CANARY-18","Password":"CANARY-19","AppID":"CANARY-20",
            "CustomerInfo":{"Name":"CANARY-12","Email":"CANARY-13"}}"#;
        send(
            at,
            &request("POST", target, "OAuthToken: CANARY-14\r\n", body),
        );
    }
    let (_, masked) = control(at, "GET", "/_aim/requests", "");
    assert!(!masked.to_string().contains("CANARY"), "{masked}");
    assert!(masked.to_string().contains("RefNumber=shown"));
    assert!(masked.to_string().contains("Token=***"));
    assert_eq!(
        control(at, "GET", "/_aim/requests?reveal=false", "").1,
        masked
    );
    let (_, revealed) = control(at, "GET", "/_aim/requests?reveal=true", "");
    for (request, target) in revealed["requests"].as_array().unwrap().iter().zip(secrets) {
        assert_eq!(request["target"], target);
    }
    assert!(revealed.to_string().contains("CANARY-8"));
    assert!(revealed.to_string().contains("CANARY-19"));
    let debug = format!("{:?} {fake:?} {:?}", fake.requests(), fake.state());
    assert!(!debug.contains("CANARY"), "{debug}");
    fake.patch_settings(&json!({"api_keys": ["CANARY-15"]}))
        .unwrap();
    assert!(!format!("{:?}", fake.settings()).contains("CANARY"));
}

#[tokio::test]
async fn a_reset_restores_the_start() {
    let mut settings = Settings::default();
    settings.error_code = "7".to_owned();
    let fake = AimFake::builder()
        .settings(settings.clone())
        .fault(aim_fake::Fault::from_text("text_not_found").unwrap())
        .start()
        .await
        .unwrap();
    let at = fake.address();
    let began = fake.state();
    for _ in 0..2 {
        assert_eq!(send(at, &booking()).status(), 404);
        send(at, &booking());
        assert_ne!(fake.state(), began);
        fake.patch_settings(&json!({"fallback": true})).unwrap();
        fake.answer("Fallback", &json!({"kind": "null"})).unwrap();
        assert_eq!(control(at, "POST", "/_aim/reset", "").0, 200);
        assert_eq!(
            (fake.state(), fake.settings()),
            (began.clone(), settings.clone())
        );
        assert!(fake.requests().is_empty() && fake.pending_answers().is_empty());
    }
}

#[tokio::test]
async fn limits_are_those_of_the_host() {
    let fake = start().await;
    let at = fake.address();
    let query = |length| {
        format!(
            "/aeservices30/api/GetContractDetails?Ref={}",
            "x".repeat(length)
        )
    };
    assert_eq!(
        send(at, &request("GET", &query(2044), "", "")).status(),
        200
    );
    let long = send(at, &request("GET", &query(2045), "", ""));
    assert_eq!(
        (long.status(), long.header("content-type")),
        (404, Some("text/html"))
    );
    assert!(long.text().contains("404.15"));
    for path in ["a:b", "a%3Cb", "a*", "%25", "a%5Cb", "a&b", "a%3Fb"] {
        let target = format!("/aeservices30/api/{path}");
        let answer = send(at, &request("GET", &target, "", ""));
        assert_eq!(
            (answer.status(), answer.header("content-type")),
            (400, Some("text/html")),
            "{path}"
        );
    }
    let marked = request(
        "GET",
        "/aeservices30/api/GetContractDetails?Ref=%3Cb%3E",
        "",
        "",
    );
    assert_eq!(send(at, &marked).status(), 200);
    fake.patch_settings(&json!({"request_validation": true, "refused_path_characters": ""}))
        .unwrap();
    assert_eq!(send(at, &marked).status(), 500);
    let colon = send(at, &request("GET", "/aeservices30/api/a:b", "", ""));
    assert_eq!((colon.status(), colon.text()), (404, "404"));
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_by_a_page() {
    let fake = start().await;
    let at = fake.address();
    let target = "/aeservices30/api/C2BPostContract";
    let body = |size: usize| format!("{{\"Notes\":\"{}\"}}", "n".repeat(size - 12));
    let limit = fake.settings().max_body;
    let fits = send(at, &request("POST", target, "", &body(limit)));
    assert_eq!(fits.status(), 200, "{}", fits.head);
    let large = send(at, &request("POST", target, "", &body(limit + 1)));
    assert_eq!(
        (large.status(), large.header("content-type")),
        (413, Some("text/html"))
    );
    assert!(large.head.starts_with("HTTP/1.1 413 "));
    // A client that sends `Expect: 100-continue` is answered before it sends
    // the body.
    let head = format!(
        "POST {target} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        limit + 1
    );
    assert_eq!(send(at, head.as_bytes()).status(), 413);
    let statuses: Vec<_> = fake.requests().iter().map(|one| one.status).collect();
    assert_eq!(statuses, [Some(200), Some(413), Some(413)]);
    assert!(fake.requests()[1].operation.is_none());
}

#[tokio::test]
async fn requests_that_no_library_sends_are_answered_too() {
    let fake = start().await;
    let at = fake.address();
    for (bytes, status) in [
        // Any verb, any bytes in a header, no host, an absolute target.
        (
            &b"BREW /aeservices30/api/C2BPostContract HTTP/1.1\r\nHost: a\r\n\r\n"[..],
            404,
        ),
        (b"GET /x HTTP/1.1\r\nHost: a\r\nX-A: \xFF\xFE\r\n\r\n", 404),
        (b"GET /x HTTP/1.0\r\n\r\n", 404),
        (b"GET http://other/x?a=b HTTP/1.1\r\nHost: a\r\n\r\n", 404),
        (b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"nonsense\r\n\r\n", 400),
        (b"GET /a b HTTP/1.1\r\n\r\n", 400),
    ] {
        let answer = send(at, bytes);
        assert_eq!(
            answer.status(),
            status,
            "{}",
            String::from_utf8_lossy(bytes)
        );
        assert_ne!(answer.end, End::Silence);
    }
}

/// A request below the application's path; `headers` end with line breaks.
fn below(method: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
    request(method, &format!("/aeservices30/api/{path}"), headers, body)
}

/// What an answer says of itself: `OK`, or the text of the error.
fn said(answer: &raw::Answer) -> String {
    let json = answer.json();
    let error = [
        &json["Status"]["ErrorMessage"],
        &json["ResponseStatus"]["Message"],
    ];
    let error = error.into_iter().find_map(Json::as_str);
    error.unwrap_or("OK").to_owned()
}

/// The body of a login.
fn login(username: &str, password: &str) -> String {
    json!({"Username": username, "Password": password, "AppID": "app"}).to_string()
}

const USER: (&str, &str) = ("jordan@example.com", "password-invented-5d");

/// A fake with the users of the example.
async fn start_with_users(settings: Json) -> AimFake {
    let settings = Settings::default().patched(&settings).unwrap();
    let builder = AimFake::builder().state(State::example().unwrap());
    builder.settings(settings).start().await.unwrap()
}

#[tokio::test]
async fn a_key_leads_to_an_address_and_a_login_to_a_token() {
    let fake = start_with_users(json!({
        "api_keys": ["key"], "check_tokens": true, "require_token": true,
        "require_oauth_token": true, "token_seconds": 3,
    }))
    .await;
    let at = fake.address();
    let found = send(at, &below("GET", "GetEndPoint", "", ""));
    assert_eq!(found.json()["NewEndpointDomain"], "http://fake");
    let oauth = found.json()["OAuthToken"].as_str().unwrap().to_owned();
    let wrong = below("GET", "GetEndPoint", "", "");
    let wrong = String::from_utf8(wrong).unwrap();
    let wrong = wrong.replace("ApiKey: key", "ApiKey: CANARY");
    let refused = said(&send(at, wrong.as_bytes()));
    assert!(refused.starts_with("ApiKey is unknown"), "{refused}");

    let oauth = format!("OAuthToken: {oauth}\r\n");
    // A merchant's own address has no application path.
    let body = login(USER.0, USER.1);
    let logged_in = send(at, &request("POST", "/Api/Security", &oauth, &body));
    let token = logged_in.json()["Token"].as_str().unwrap().to_owned();
    let token = format!("{oauth}Token: {token}\r\n");
    let read = |headers: &str| {
        let target = "GetContractDetails?Ref=R-104233";
        said(&send(at, &below("GET", target, headers, "")))
    };
    for (headers, beginning) in [
        (oauth.as_str(), "Token is missing"),
        (&format!("{oauth}Token: CANARY\r\n"), "Token is unknown"),
        (
            &token.replace("OAuthToken: ", "OAuthToken: CANARY"),
            "OAuthToken is unknown",
        ),
        (&token, "OK"),
        (&token, "OK"),
        (&token, "Token has ended"),
    ] {
        let said = read(headers);
        assert!(said.starts_with(beginning), "{headers}: {said}");
        assert!(!said.contains("CANARY"), "{said}");
    }
    // An ended token does not stand in the way of a new one.
    let again = send(at, &below("POST", "Security", &token, &body));
    assert_eq!(said(&again), "OK");
    assert_eq!(fake.state().bookings(), []);
}

#[tokio::test]
async fn credentials_are_refused_in_the_form_of_the_settings() {
    for (form, status) in [("in_band", 200), ("unauthorized", 401)] {
        let fake = start_with_users(json!({"credential_error": form})).await;
        let at = fake.address();
        let log_in = |body: &str| send(at, &below("POST", "Security", "", body));
        let ended = || {
            let token = log_in(&login(USER.0, USER.1)).json()["Token"].clone();
            let header = format!("Token: {}\r\n", token.as_str().unwrap());
            fake_fault(at, "GetContractDetails", "token");
            let call = below("GET", "GetContractDetails?Ref=R-104233", &header, "");
            send(at, &call);
            // What has ended once has ended.
            send(at, &call)
        };
        for (answer, beginning) in [
            (log_in(&login(USER.0, "CANARY")), "Username or Password"),
            (log_in(&login("CANARY", USER.1)), "Username or Password"),
            (log_in("{}"), "Username or Password is missing"),
            (ended(), "Token has ended"),
            (
                {
                    fake_fault(at, "Security", "password");
                    log_in(&login(USER.0, USER.1))
                },
                "Username or Password is wrong",
            ),
            (
                {
                    fake_fault(at, "GetEndPoint", "api_key");
                    send(at, &below("GET", "GetEndPoint", "", ""))
                },
                "ApiKey is unknown",
            ),
        ] {
            assert_eq!(answer.status(), status, "{beginning}");
            let said = said(&answer);
            assert!(said.starts_with(beginning), "{beginning}: {said}");
            assert!(!answer.text().contains("CANARY"), "{said}");
        }
    }
}

fn fake_fault(at: SocketAddr, operation: &str, credential: &str) {
    let fault = json!({
        "fault": "refused_credential", "operation": operation, "credential": credential,
    });
    let (status, _) = control(at, "POST", "/_aim/faults", &fault.to_string());
    assert_eq!(status, 200);
}

/// A login needs no `AppId` as a header: callers send it beside the password.
#[tokio::test]
async fn a_host_may_read_the_query_of_a_login_alone() {
    let fake = start_with_users(json!({})).await;
    let at = fake.address();
    let bare = |target: &str, body: &str| {
        let sent = String::from_utf8(below("POST", target, "", body)).unwrap();
        said(&send(at, sent.replace("AppId: app\r\n", "").as_bytes()))
    };
    let query = format!("Security?AppId=app&UserName={}&Password={}", USER.0, USER.1);
    let body = login(USER.0, USER.1);
    assert_eq!(bare(&query, "{}"), "OK");
    assert_eq!(bare("Security", &body), "OK");
    assert!(bare("Security", "{}").starts_with("AppId is missing"));
    fake.patch_settings(&json!({"login_from": "query"}))
        .unwrap();
    assert_eq!(bare(&query, "{}"), "OK");
    assert!(bare("Security", &body).starts_with("AppId is missing"));
    assert!(bare("Security?AppID=app", &body).contains("Password is missing"));
}

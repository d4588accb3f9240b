//! Every fault, as a bare socket sees it.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;

use crate::names::{
    BaseResponse, BaseResponseResult, C2BPostContractResponse, ErrorResponse, ResponseStatus,
    operation, service,
};
use crate::raw::{self, Answer, End, Raw, booking, request};
use aim_fake::{AimFake, Fault, FaultKind, Moment};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::read::GzDecoder;
use serde_json::{Value as Json, json};

/// The number of contracts that are booked.
fn booked(fake: &AimFake) -> usize {
    let state = fake.state().to_json();
    state["contracts"].as_array().map_or(0, Vec::len)
}

/// Books once, with a fault set.
async fn under(fake: &AimFake, fault: &str) -> Answer {
    fake.fault(Fault::from_text(fault).unwrap()).await.unwrap();
    let mut raw = Raw::new(fake.address());
    if name(fault) == "hang" && !fault.contains("milliseconds") {
        raw = raw.patience(300);
    }
    raw.send(&booking())
}

/// What a compressed answer holds.
fn unpacked(answer: &Answer) -> String {
    let mut out = String::new();
    GzDecoder::new(&answer.body[..])
        .read_to_string(&mut out)
        .unwrap();
    out
}

/// A short form of each fault, and a check of its answer.
type Seen = (&'static str, fn(&Answer) -> bool);
const FAULTS: &[Seen] = &[
    ("in_band_error", |answer| {
        answer.status() == 200
            && answer.json()[BaseResponse::STATUS][BaseResponseResult::STATUS_CODE] == "Error"
            && answer.json()[BaseResponse::STATUS][BaseResponseResult::ERROR_MESSAGE]
                == "a scripted fault"
    }),
    (
        "in_band_error,status=403,status_code=Denied,error_code=7,message=no",
        |answer| {
            answer.head.starts_with("HTTP/1.1 403 ")
                && answer.json()[BaseResponse::STATUS][BaseResponseResult::STATUS_CODE] == "Denied"
                && answer.json()[BaseResponse::STATUS][BaseResponseResult::ERROR_CODE] == "7"
                && answer.json()[BaseResponse::STATUS][BaseResponseResult::ERROR_MESSAGE] == "no"
        },
    ),
    (
        "in_band_error,with_answer=true,status_code=Pending,error_code=,message=",
        |answer| {
            answer.status() == 200
                && answer.json()[BaseResponse::STATUS][BaseResponseResult::STATUS_CODE] == "Pending"
                && answer.json()[BaseResponse::STATUS][BaseResponseResult::ERROR_CODE] == ""
                && answer.json()[BaseResponse::STATUS][BaseResponseResult::ERROR_MESSAGE] == ""
        },
    ),
    ("in_band_error,style=snake", |answer| {
        answer.json()["status"]["status_code"] == "Error"
    }),
    ("response_status,style=upper", |answer| {
        answer.json()["RESPONSESTATUS"]["ERRORCODE"] == "Exception"
    }),
    ("response_status", |answer| {
        answer.head.starts_with("HTTP/1.1 500 Exception\r\n")
            && answer.text()
                == r#"{"ResponseStatus":{"ErrorCode":"Exception","Message":"a scripted fault","Errors":[]}}"#
    }),
    ("response_status,status=400", |answer| {
        answer
            .head
            .starts_with("HTTP/1.1 400 ArgumentException\r\n")
    }),
    ("response_status,status=401", |answer| {
        answer.status() == 401
    }),
    ("response_status,status=403", |answer| {
        answer.status() == 403
    }),
    ("response_status,status=404", |answer| {
        answer.status() == 404
    }),
    ("response_status,status=405", |answer| {
        answer.status() == 405
    }),
    ("response_status,status=409,code=Taken", |answer| {
        answer.head.starts_with("HTTP/1.1 409 Taken\r\n")
    }),
    ("refused_credential", |answer| {
        let json = answer.json();
        let text = json["Status"]["ErrorMessage"].as_str();
        answer.status() == 200 && text.is_some_and(|text| text.starts_with("Token has ended"))
    }),
    ("html_error", |answer| {
        answer
            .head
            .starts_with("HTTP/1.1 503 Service Unavailable\r\n")
            && answer.header("retry-after").is_none()
    }),
    ("html_error,status=502,retry_after=30", |answer| {
        answer.head.starts_with("HTTP/1.1 502 Bad Gateway\r\n")
            && answer.header("retry-after") == Some("30")
            && answer.header("content-type") == Some("text/html")
            && answer.text().starts_with("<!DOCTYPE html>")
    }),
    ("html_error,status=200", |answer| {
        answer.head.starts_with("HTTP/1.1 200 OK\r\n")
            && answer.header("content-type") == Some("text/html")
            && answer.text().starts_with("<!DOCTYPE html>")
    }),
    ("html_error,status=500", |answer| answer.status() == 500),
    ("raw", |answer| {
        answer.head.starts_with("HTTP/1.1 200 OK\r\n")
            && answer.header("content-type") == Some("application/json")
            && answer.body.is_empty()
    }),
    ("raw,base64=AP8=", |answer| {
        answer.status() == 200 && answer.body == [0, 255]
    }),
    ("raw,status=204", |answer| {
        answer.status() == 204 && answer.header("content-length").is_none()
    }),
    ("raw,status=304", |answer| answer.status() == 304),
    ("raw,status=599,body=7", |answer| {
        answer.status() == 599 && answer.text() == "7"
    }),
    ("text_not_found", |answer| {
        answer.head.starts_with("HTTP/1.1 404 Not Found\r\n")
            && answer.header("content-type") == Some("text/plain; charset=utf-8")
            && answer.text() == "404"
    }),
    ("empty_object", |answer| {
        answer.status() == 200
            && answer.header("content-type") == Some("application/json; charset=utf-8")
            && answer.text() == "{}"
    }),
    ("redirect", |answer| {
        answer.head.starts_with("HTTP/1.1 302 Found\r\n")
            && answer.header("location") == Some("http://elsewhere.invalid/")
    }),
    (
        "redirect,status=308,location=https://other.example/x",
        |answer| {
            answer.status() == 308 && answer.header("location") == Some("https://other.example/x")
        },
    ),
    ("empty", |answer| {
        answer.head.starts_with("HTTP/1.1 204 No Content\r\n") && answer.body.is_empty()
    }),
    ("empty,status=206", |answer| {
        answer.head.starts_with("HTTP/1.1 206 Partial Content\r\n") && answer.body.is_empty()
    }),
    ("wrong_content_type", |answer| {
        answer.header("content-type") == Some("text/plain")
            && answer.json()[C2BPostContractResponse::WEB_REF].is_string()
    }),
    ("truncated", |answer| {
        let said: usize = answer.header("content-length").unwrap().parse().unwrap();
        answer.end == End::Closed && answer.body.len() == said / 2
    }),
    ("truncated,keep=3", |answer| {
        answer.end == End::Closed && answer.body == b"{\"P"
    }),
    ("malformed", |answer| {
        answer.end == End::Whole
            && serde_json::from_slice::<serde_json::Value>(&answer.body).is_err()
            && answer.body.starts_with(b"{\"")
    }),
    ("invalid_utf8", |answer| {
        answer.end == End::Whole && answer.body.windows(3).any(|three| three == b":\"\xFF")
    }),
    ("bom", |answer| {
        answer.end == End::Whole && answer.body.starts_with(b"\xEF\xBB\xBF{\"")
    }),
    ("renamed_members,style=snake", |answer| {
        answer.json()["web_ref"].is_string() && answer.json()["status"]["status_code"] == "OK"
    }),
    ("renamed_members", |answer| {
        answer.json()["webRef"].is_string() && answer.json()["status"]["statusCode"] == "OK"
    }),
    ("renamed_members,style=lower", |answer| {
        answer.json()["webref"].is_string() && answer.json()["status"]["statuscode"] == "OK"
    }),
    ("renamed_members,style=upper", |answer| {
        answer.json()["WEBREF"].is_string() && answer.json()["STATUS"]["STATUSCODE"] == "OK"
    }),
    ("compressed", |answer| {
        answer.header("content-encoding") == Some("gzip") && unpacked(answer).contains("\"WebRef\"")
    }),
    ("compressed,form=unlabelled", |answer| {
        answer.header("content-encoding").is_none() && unpacked(answer).contains("\"WebRef\"")
    }),
    ("compressed,form=label_only", |answer| {
        answer.header("content-encoding") == Some("gzip")
            && answer.json()[C2BPostContractResponse::WEB_REF].is_string()
    }),
    ("oversized,size=300000", |answer| {
        answer.end == End::Whole
            && answer.header("content-length").is_none()
            && answer.body.len() == 300_000
            && answer.json()[C2BPostContractResponse::WEB_REF].is_string()
    }),
    ("oversized,size=300000,content_length=true", |answer| {
        answer.end == End::Whole
            && answer.header("content-length") == Some("300000")
            && answer.json()[C2BPostContractResponse::WEB_REF].is_string()
    }),
    ("slow_first_byte,milliseconds=20", |answer| {
        answer.status() == 200 && answer.json()[C2BPostContractResponse::WEB_REF].is_string()
    }),
    ("slow_drip,bytes=50,milliseconds=1", |answer| {
        answer.status() == 200 && answer.json()[C2BPostContractResponse::WEB_REF].is_string()
    }),
    ("hang", |answer| {
        answer.end == End::Silence && answer.head.is_empty()
    }),
    ("hang,milliseconds=20", |answer| {
        answer.end == End::Closed && answer.head.is_empty()
    }),
    ("reset_before_answer", |answer| {
        answer.end == End::Reset && answer.head.is_empty()
    }),
    ("close_before_answer", |answer| {
        answer.end == End::Closed && answer.head.is_empty()
    }),
    ("close_kept_alive", |answer| {
        answer.status() == 200
            && answer.header("connection").is_none()
            && answer.json()[C2BPostContractResponse::WEB_REF].is_string()
    }),
    ("close_kept_alive,when=next_request", |answer| {
        answer.status() == 200 && answer.json()[C2BPostContractResponse::WEB_REF].is_string()
    }),
    ("late_answer", |answer| {
        answer.end == End::Whole
            && answer.head.starts_with("HTTP/1.1 504 Gateway Timeout\r\n")
            && answer.text().starts_with("<!DOCTYPE html>")
    }),
    ("late_answer,status=400,when=next_request", |answer| {
        answer.end == End::Whole && answer.status() == 400
    }),
    ("double_answer", |answer| {
        answer.end == End::Whole && answer.json()[C2BPostContractResponse::WEB_REF].is_string()
    }),
    ("double_answer,when=next_request", |answer| {
        answer.end == End::Whole && answer.json()[C2BPostContractResponse::WEB_REF].is_string()
    }),
    ("stale_error", |answer| {
        answer.end == End::Whole && answer.json()[C2BPostContractResponse::WEB_REF].is_string()
    }),
    ("stale_error,status=403,when=next_request", |answer| {
        answer.end == End::Whole && answer.json()[C2BPostContractResponse::WEB_REF].is_string()
    }),
    ("reset_before_request", |answer| {
        answer.end == End::Reset && answer.head.is_empty()
    }),
];

fn name(fault: &str) -> &str {
    fault.split(',').next().unwrap()
}

#[tokio::test]
async fn each_fault_does_what_its_name_says() {
    let fake = AimFake::start().await.unwrap();
    for (fault, seen) in FAULTS {
        let answer = under(&fake, fault).await;
        assert!(seen(&answer), "{fault}: {answer:?}");
        assert_eq!(fake.faults(), [] as [serde_json::Value; 0], "{fault}");
        let after = raw::send(fake.address(), &booking());
        assert!(
            after.json()[C2BPostContractResponse::WEB_REF].is_string(),
            "after {fault}: {after:?}"
        );
    }
}

/// Also those that .NET gives to no exception.
#[tokio::test]
async fn an_exception_has_every_status_of_an_error() {
    let fake = AimFake::start().await.unwrap();
    for status in 400..=599 {
        let fault = format!("response_status,status={status},code=OddException");
        let answer = under(&fake, &fault).await;
        assert_eq!(answer.status(), status);
        let code = &answer.json()[ErrorResponse::RESPONSE_STATUS][ResponseStatus::ERROR_CODE];
        assert_eq!(*code, "OddException", "{status}");
    }
}

#[test]
fn each_name_is_tried() {
    for known in FaultKind::NAMES {
        // Other tests cover this fault.
        let own = *known == "connection_refused";
        assert!(
            own || FAULTS.iter().any(|(fault, _)| name(fault) == *known),
            "{known}"
        );
    }
}

/// The record matches the state for every fault, with the default and with
/// either flag.
#[tokio::test]
async fn the_record_of_what_was_applied_is_right() {
    let fake = AimFake::start().await.unwrap();
    for (fault, _) in FAULTS {
        if *fault == "reset_before_request" {
            continue;
        }
        let default = Fault::from_text(fault).unwrap().applies();
        for apply in [None, Some(false), Some(true)] {
            let flag = apply.map_or_else(String::new, |apply| format!(",apply={apply}"));
            let before = booked(&fake);
            fake.forget_requests();
            under(&fake, &format!("{fault}{flag}")).await;
            let requests = fake.requests();
            assert_eq!(requests.len(), 1, "{fault}{flag}");
            let wanted = apply.unwrap_or(default);
            assert_eq!(requests[0].applied, wanted, "{fault}{flag}");
            assert_eq!(booked(&fake) - before, usize::from(wanted), "{fault}{flag}");
            assert_eq!(requests[0].fault.as_deref(), Some(name(fault)));
            assert_eq!(requests[0].operation, Some(service::C2B_POST_CONTRACT));
        }
    }
}

#[tokio::test]
async fn a_booking_is_made_though_its_answer_is_reset() {
    let fake = AimFake::start().await.unwrap();
    let answer = under(&fake, "reset_before_answer,operation=C2BPostContract").await;
    assert_eq!(answer.end, End::Reset);
    assert_eq!(booked(&fake), 1);
    assert_eq!(fake.requests()[0].status, None);
    let record = raw::control(fake.address(), "GET", "/_aim/requests", "").1;
    assert_eq!(record["requests"][0]["applied"], true);
    assert_eq!(record["requests"][0]["status"], serde_json::Value::Null);
}

#[tokio::test]
async fn a_fault_has_its_operation_and_its_calls() {
    let fake = AimFake::builder()
        .fault(
            Fault::new(FaultKind::TextNotFound {})
                .on(service::C2B_POST_CONTRACT)
                .call(2)
                .times(2),
        )
        .start()
        .await
        .unwrap();
    let details = request("GET", "/aeservices30/api/GetContractDetails?Ref=1", "", "");
    let statuses: Vec<u16> = [
        &booking(),
        &details,
        &booking(),
        &details,
        &booking(),
        &booking(),
    ]
    .map(|bytes| raw::send(fake.address(), bytes).status())
    .to_vec();
    assert_eq!(statuses, [200, 200, 404, 200, 404, 200]);
}

#[tokio::test]
async fn the_old_route_is_a_call_of_the_service_behind_it() {
    let fake = AimFake::start().await.unwrap();
    let old = request("POST", "/aeservices30/api/C2BSetContractSerial", "", "{}");
    for name in [
        operation::CONTRACT_FULFILLMENT,
        operation::C2B_SET_CONTRACT_SERIAL,
    ] {
        fake.fault(Fault::new(FaultKind::TextNotFound {}).on(name))
            .await
            .unwrap();
        assert_eq!(raw::send(fake.address(), &old).status(), 404, "{name}");
    }
}

#[tokio::test]
async fn one_call_triggers_one_fault_and_the_others_wait() {
    let fake = AimFake::start().await.unwrap();
    for status in [500, 502, 503] {
        let kind = FaultKind::HtmlError {
            status,
            retry_after: None,
        };
        fake.fault(Fault::new(kind)).await.unwrap();
    }
    let statuses = [(); 4].map(|()| raw::send(fake.address(), &booking()).status());
    assert_eq!(statuses, [500, 502, 503, 200]);
}

#[tokio::test]
async fn a_fault_for_ever_ends_when_it_is_removed() {
    let fake = AimFake::start().await.unwrap();
    let fault = Fault::new(FaultKind::TextNotFound {}).forever();
    fake.fault(fault).await.unwrap();
    for _ in 0..5 {
        assert_eq!(raw::send(fake.address(), &booking()).status(), 404);
    }
    let (_, listed) = raw::control(fake.address(), "GET", "/_aim/faults", "");
    let id = listed["faults"][0]["id"].as_u64().unwrap();
    assert_eq!(listed["faults"][0]["times"], serde_json::Value::Null);
    let path = format!("/_aim/faults/{id}");
    assert_eq!(raw::control(fake.address(), "DELETE", &path, "").0, 200);
    assert_eq!(raw::control(fake.address(), "DELETE", &path, "").0, 404);
    assert_eq!(raw::send(fake.address(), &booking()).status(), 200);
}

#[tokio::test]
async fn truncated_xml_is_truncated() {
    let fake = AimFake::start().await.unwrap();
    fake.fault(Fault::from_text("truncated").unwrap())
        .await
        .unwrap();
    let xml = String::from_utf8(booking())
        .unwrap()
        .replace("Accept: application/json", "Accept: application/xml");
    let answer = raw::send(fake.address(), xml.as_bytes());
    assert_eq!(answer.header("content-type"), Some("application/xml"));
    assert!(answer.text().starts_with("<?xml "));
    assert_eq!(answer.end, End::Closed);
}

/// Sets the fault by the control interface, and sends a request on the same
/// connection.
fn raw_answer(kept: &mut Raw, fault: &Json, bytes: &[u8]) -> Answer {
    let set = kept.send(&request("POST", "/_aim/faults", "", &fault.to_string()));
    assert_eq!(set.status(), 200, "{}", set.text());
    kept.send(bytes)
}

/// The header fields but those of HTTP itself, with names in lower case.
fn own_headers(answer: &Answer) -> BTreeMap<String, String> {
    let lines = answer.head.lines().skip(1);
    let fields = lines.map(|line| line.split_once(": ").unwrap());
    fields
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .filter(|(name, _)| !["content-length", "date"].contains(&name.as_str()))
        .collect()
}

/// The rows of `outcomes.json`, which a package does not have.
fn outcomes() -> Option<Vec<Json>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi/outcomes.json");
    Some(serde_json::from_str(&std::fs::read_to_string(path).ok()?).unwrap())
}

/// The requests of each operation, by its `operationId`.
fn calls() -> BTreeMap<String, (String, String)> {
    let yaml = include_str!("../../openapi/aim.yaml");
    let document: Json = serde_yaml::from_str(yaml).unwrap();
    let mut calls = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (verb, operation) in item.as_object().unwrap() {
            if let Some(id) = operation["operationId"].as_str() {
                let target = format!("/aeservices30{path}");
                calls.insert(id.to_owned(), (verb.to_uppercase(), target));
            }
        }
    }
    calls
}

/// A team has each answer that it tests its client with given by the fake.
#[tokio::test]
async fn every_answer_of_the_outcomes_is_given_as_it_stands() {
    let Some(rows) = outcomes() else {
        return;
    };
    let fake = AimFake::start().await.unwrap();
    let mut kept = Raw::new(fake.address());
    let calls = calls();
    let mut given = 0;
    for row in &rows {
        let id = row["operation"].as_str().unwrap();
        let (verb, target) = &calls[id];
        let bytes = match row.get("body") {
            Some(text) => text.as_str().unwrap().into(),
            None => BASE64_STANDARD
                .decode(row["base64"].as_str().unwrap())
                .unwrap(),
        };
        let mut headers =
            BTreeMap::from([("content-type".to_owned(), "application/json".to_owned())]);
        for (name, value) in row
            .get("headers")
            .and_then(Json::as_object)
            .into_iter()
            .flatten()
        {
            headers.insert(
                name.to_ascii_lowercase(),
                value.as_str().unwrap().to_owned(),
            );
        }
        for status in row["statuses"].as_array().unwrap() {
            let mut fault = json!({"fault": "raw", "operation": id, "status": status});
            for key in ["headers", "body", "base64"] {
                if let Some(value) = row.get(key) {
                    fault[key] = value.clone();
                }
            }
            let answer = raw_answer(&mut kept, &fault, &request(verb, target, "", "{}"));
            let seen = (json!(answer.status()), own_headers(&answer), &answer.body);
            assert_eq!(
                seen,
                (status.clone(), headers.clone(), &bytes),
                "{}",
                row["name"]
            );
            given += 1;
        }
    }
    assert!(given > 600, "{given}");
    assert!(fake.faults().is_empty());
    assert!(
        fake.requests()
            .iter()
            .all(|one| one.operation.is_some() && !one.applied)
    );
}

#[tokio::test]
async fn a_raw_answer_has_nothing_of_the_host() {
    let fake = AimFake::start().await.unwrap();
    let mut kept = Raw::new(fake.address());
    let fault = json!({
        "fault": "raw", "status": 403, "headers": {"content-type": "text/plain", "X-One": "1"},
        "body": "a\r\nb",
    });
    // What is ignored of this request is in no header, either.
    let odd = request("POST", "/api/C2BPostContract", "", r#"{"Nmae":1}"#);
    let answer = raw_answer(&mut kept, &fault, &odd);
    assert!(answer.head.starts_with("HTTP/1.1 403 Forbidden\r\n"));
    assert_eq!(answer.text(), "a\r\nb");
    let headers = [("content-type", "text/plain"), ("x-one", "1")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(own_headers(&answer), headers.into());
    assert_eq!(fake.requests()[0].ignored.len(), 1);

    // An answer without a body is over behind its head.
    let details = "/api/GetContractDetails?Ref=1";
    for status in [204, 304] {
        let fault = json!({"fault": "raw", "status": status});
        let answer = raw_answer(&mut kept, &fault, &request("GET", details, "", ""));
        assert_eq!((answer.status(), answer.body.len()), (status, 0));
        let health = kept.send(&request("GET", "/health", "", ""));
        assert_eq!(health.json()["status"], "ok", "{status}");
    }
    let fault = json!({"fault": "raw", "status": 404, "body": "gone", "times": 2});
    let answer = raw_answer(&mut kept, &fault, &request("GET", details, "", ""));
    assert_eq!((answer.status(), answer.text()), (404, "gone"));
    let mut stream = TcpStream::connect(fake.address()).unwrap();
    let head = request("HEAD", details, "Connection: close\r\n", "");
    stream.write_all(&head).unwrap();
    let mut bytes = String::new();
    stream.read_to_string(&mut bytes).unwrap();
    assert!(
        bytes.starts_with("HTTP/1.1 404 ") && bytes.ends_with("\r\n\r\n"),
        "{bytes}"
    );
}

#[tokio::test]
async fn a_dripping_answer_comes_in_pieces() {
    let fake = AimFake::start().await.unwrap();
    let kind = FaultKind::SlowDrip {
        bytes: 10,
        milliseconds: 3_600_000,
    };
    fake.fault(Fault::new(kind)).await.unwrap();
    let answer = Raw::new(fake.address()).patience(1000).send(&booking());
    assert_eq!(
        (answer.end, answer.head.as_str()),
        (End::Silence, "HTTP/1.1 2")
    );
}

#[tokio::test]
async fn a_kept_connection_closes_early() {
    let fake = AimFake::start().await.unwrap();
    let kind = |when| FaultKind::CloseKeptAlive { when };

    fake.fault(Fault::new(kind(Moment::Idle))).await.unwrap();
    let mut idle = Raw::new(fake.address());
    assert_eq!(idle.send(&booking()).end, End::Whole);
    assert!(idle.is_closed());

    fake.fault(Fault::new(kind(Moment::NextRequest)))
        .await
        .unwrap();
    let mut next = Raw::new(fake.address());
    assert_eq!(next.send(&booking()).end, End::Whole);
    let answer = next.send(&booking());
    assert_eq!((answer.end, answer.head.as_str()), (End::Closed, ""));
    assert_eq!(booked(&fake), 2);
}

/// What comes over one connection: the statuses, and whether the booking's own
/// answer is among them.
#[tokio::test]
async fn a_second_answer_comes_on_the_same_connection() {
    let fake = AimFake::start().await.unwrap();
    let details = request("GET", "/api/GetContractDetails?Ref=1", "", "");
    // The status of an answer, or of the booking's.
    let seen = |answer: Answer| {
        assert_eq!(answer.end, End::Whole);
        let is_booking = answer.text().contains("\"WebRef\"");
        if is_booking { 0 } else { answer.status() }
    };
    for (fault, first, second) in [
        ("late_answer", 504, 0),
        ("double_answer", 0, 0),
        ("stale_error,status=403", 0, 403),
    ] {
        for when in ["idle", "next_request"] {
            let name = format!("{fault},when={when}");
            let before = booked(&fake);
            fake.forget_requests();
            fake.fault(Fault::from_text(&name).unwrap()).await.unwrap();
            let mut kept = Raw::new(fake.address());
            assert_eq!(seen(kept.send(&booking())), first, "{name}");
            if when == "idle" {
                assert_eq!(seen(kept.read()), second, "{name}");
                assert_eq!(seen(kept.send(&details)), 200, "{name}");
            } else {
                // The control interface is in order.
                let health = kept.send(&request("GET", "/health", "", ""));
                assert_eq!(health.json()["status"], "ok", "{name}");
                assert_eq!(seen(kept.send(&booking())), second, "{name}");
                assert_eq!(seen(kept.send(&details)), 0, "{name}");
                assert_eq!(seen(kept.send(&details)), 200, "{name}");
            }
            let bookings = if when == "idle" { 1 } else { 2 };
            assert_eq!(booked(&fake) - before, bookings, "{name}");
            // Other connections have nothing to do with it.
            assert_eq!(seen(raw::send(fake.address(), &booking())), 0, "{name}");
            let requests = fake.requests();
            let statuses = requests.iter().map(|one| one.status).collect::<Vec<_>>();
            let own = if first == 0 { 200 } else { first };
            assert_eq!(statuses[0], Some(own), "{name}");
            assert!(statuses[1..].iter().all(|status| *status == Some(200)));
        }
    }
}

#[tokio::test]
async fn connections_are_counted_from_when_the_fault_is_set() {
    let fake = AimFake::start().await.unwrap();
    raw::send(fake.address(), &booking());
    let fault = Fault::new(FaultKind::ResetBeforeRequest {});
    fake.fault(fault.connection(2).times(2)).await.unwrap();
    let ends = [(); 4].map(|()| raw::send(fake.address(), &booking()).end);
    assert_eq!(ends, [End::Whole, End::Reset, End::Reset, End::Whole]);
    // A request that was never read is not in the record.
    assert_eq!(fake.requests().len(), 3);
}

#[tokio::test]
async fn a_closed_listener_refuses_and_comes_back_on_its_port() {
    let fake = AimFake::start().await.unwrap();
    let mut kept = Raw::new(fake.address());
    assert_eq!(kept.send(&booking()).status(), 200);
    let fault = r#"{"fault":"connection_refused","milliseconds":3600000}"#;
    let set = kept.send(&request("POST", "/_aim/faults", "", fault));
    assert_eq!(set.status(), 200);
    let refused = TcpStream::connect(fake.address()).unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    // An existing connection stays open.
    assert_eq!(kept.send(&booking()).status(), 200);
    let remove = kept.send(&request("DELETE", "/_aim/faults", "", ""));
    assert_eq!(remove.status(), 200);
    wait_for_listener(&fake);
    assert_eq!(raw::send(fake.address(), &booking()).status(), 200);

    let fault = Fault::from_text("connection_refused,milliseconds=50").unwrap();
    fake.fault(fault).await.unwrap();
    wait_for_listener(&fake);
    assert!(fake.faults().is_empty());
}

#[tokio::test]
async fn the_listener_closes_before_the_named_connection() {
    let fake = AimFake::start().await.unwrap();
    let kind = FaultKind::ConnectionRefused {
        milliseconds: 3_600_000,
    };
    fake.fault(Fault::new(kind).connection(3)).await.unwrap();
    for _ in 0..2 {
        assert_eq!(raw::send(fake.address(), &booking()).status(), 200);
    }
    assert!(TcpStream::connect(fake.address()).is_err());
    // Once removed, the fault ends before its hour.
    fake.remove_faults();
    wait_for_listener(&fake);
    assert_eq!(raw::send(fake.address(), &booking()).status(), 200);
}

/// Waits until the listener is back; how soon depends on the machine.
fn wait_for_listener(fake: &AimFake) {
    for _ in 0..1000 {
        if TcpStream::connect(fake.address()).is_ok() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("the listener did not come back");
}

//! Traps of the generator, of reqwest and of the server that would cost money
//! without a word: each has a test that fails if it comes back.

use std::collections::{BTreeMap, BTreeSet};

use aim_client::reqwest::header::HeaderMap;
use aim_client::reqwest::redirect::Policy;
use aim_client::reqwest::retry;
use aim_client::types::{
    C2BPostContractRequest, CardType, CcInfo, ContractFulfillmentRequest, CustomerInfo, FormInput,
    GetContractDetailsRequest, GetContractDetailsResponse, UpdateContractObj,
};
use aim_client::{
    AimClient, AimClientBuilder, AnswerKind, CallOptions, Credentials, Delivery, Error, ErrorKind,
    Limit, Money, Secret,
};
use aim_fake::internals::names;
use aim_tests::calls;
use aim_tests::document::{self, Operation};
use aim_tests::error_text::error_text;
use aim_tests::mock_clock::MockClock;
use aim_tests::replay::Player;
use aim_tests::server::{Reply, Server};
use serde_json::{Value, json};

fn client_with(
    server: &Server,
    configure: impl FnOnce(AimClientBuilder) -> AimClientBuilder,
) -> AimClient {
    let builder = calls::builder(server.url())
        .credentials(Credentials::new("canary-key", "canary-app").token("canary-token"))
        .runtime(MockClock::default());
    configure(builder).build().unwrap()
}

fn serving(reply: Reply) -> (Server, AimClient) {
    let server = Server::start(move |_| reply.clone()).unwrap();
    let client = client_with(&server, |builder| builder);
    (server, client)
}

/// A server that reads the request and never answers; the client's time is
/// over as soon as the request has arrived.
fn too_slow() -> (Server, AimClient) {
    let clock = MockClock::hitting(Limit::TotalTime);
    let hit = clock.clone();
    let server = Server::silent(move || hit.hit()).unwrap();
    let client = client_with(&server, |builder| builder.runtime(clock));
    (server, client)
}

async fn details(
    client: &AimClient,
) -> Result<aim_client::Answer<GetContractDetailsResponse>, Error> {
    client
        .get_contract_details(&GetContractDetailsRequest::new().ref_("C-1"))
        .await
}

const PROOF: &str = r#"{"WebRef":"W-1","AccountSub":"1-1","Status":{"StatusCode":"OK"}}"#;

/// The generator sends `api-version`, and no header of the vendor.
#[tokio::test]
async fn headers_are_the_vendors_and_no_others() {
    let (server, client) = serving(Reply::json(PROOF));
    details(&client).await.unwrap();
    client
        .get_contract_details_get(&GetContractDetailsRequest::new().ref_("C-1"))
        .await
        .unwrap();
    let [post, get] = server.take().try_into().unwrap();
    for request in [&post, &get] {
        let mut names: Vec<_> = request
            .headers
            .iter()
            .map(|line| line.split(':').next().unwrap().to_lowercase())
            .filter(|name| !matches!(name.as_str(), "content-type" | "content-length"))
            .collect();
        names.sort();
        assert_eq!(
            names,
            ["accept", "apikey", "appid", "host", "token", "user-agent"]
        );
        assert_eq!(request.header("accept"), Some("application/json"));
        assert_eq!(request.header("apikey"), Some("canary-key"));
    }
    // Anything else runs the operation with an empty request.
    assert_eq!(post.header("content-type"), Some("application/json"));
    assert_eq!(
        post.header("content-length"),
        Some(&*post.body.len().to_string())
    );
    assert_eq!(get.header("content-type"), None);
    assert!(get.body.is_empty());
}

/// A default header of the user's must not change what the server needs.
#[tokio::test]
async fn default_headers_do_not_replace_ours() {
    let server = Server::start(|_| Reply::json(PROOF)).unwrap();
    let client = client_with(&server, |builder| {
        builder.http(|http| {
            let mut headers = HeaderMap::new();
            headers.insert("accept", "text/html".parse().unwrap());
            headers.insert("content-type", "text/plain".parse().unwrap());
            headers.insert("apikey", "other".parse().unwrap());
            http.default_headers(headers)
        })
    });
    details(&client).await.unwrap();
    let [request] = server.take().try_into().unwrap();
    assert_eq!(request.header("accept"), Some("application/json"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("apikey"), Some("canary-key"));
}

/// reqwest follows redirects and takes our headers along.
#[tokio::test]
async fn a_redirect_is_not_followed_even_if_asked_for() {
    for status in [301, 302, 303, 307, 308] {
        let other = Server::start(|_| Reply::json(PROOF)).unwrap();
        let location = format!("{}/elsewhere", other.url());
        let server = Server::start(move |_| Reply {
            headers: vec![("Location".to_owned(), location.clone())],
            ..Reply::of(status, "text/plain", "")
        })
        .unwrap();
        let client = client_with(&server, |builder| {
            builder.http(|http| http.redirect(Policy::limited(5)))
        });
        let error = client
            .c2b_post_contract(&C2BPostContractRequest::new())
            .await
            .unwrap_err();
        assert_eq!(error.http_status().unwrap().as_u16(), status);
        assert_eq!(error.delivery(), Delivery::Unknown);
        assert_eq!(server.take().len(), 1);
        assert!(
            other.take().is_empty(),
            "{status} carried the keys to another host"
        );
    }
}

/// A retry policy of the user's would book twice.
#[tokio::test]
async fn nothing_is_sent_twice() {
    for status in [408, 429, 500, 502, 503, 504] {
        let server = Server::start(move |_| Reply::of(status, "text/html", "<html>busy")).unwrap();
        let client = client_with(&server, |builder| {
            builder.http(|http| {
                let policy = retry::for_host("127.0.0.1")
                    .max_retries_per_request(3)
                    .classify_fn(|attempt| attempt.retryable());
                http.retry(policy)
            })
        });
        let error = client
            .c2b_post_contract(&C2BPostContractRequest::new())
            .await
            .unwrap_err();
        assert_eq!(error.http_status().unwrap().as_u16(), status);
        assert_eq!(error.delivery(), Delivery::Unknown);
        assert_eq!(server.take().len(), 1);
    }
}

/// The generator loses the HTTP status of an error that is not JSON.
#[tokio::test]
async fn an_html_error_keeps_its_status_and_headers() {
    let reply = Reply {
        headers: vec![
            ("Content-Type".to_owned(), "text/html".to_owned()),
            ("Retry-After".to_owned(), "7".to_owned()),
        ],
        ..Reply::of(503, "", "<!DOCTYPE html><html>canary-page</html>")
    };
    let (_server, client) = serving(reply);
    let error = details(&client).await.unwrap_err();
    assert_eq!(error.http_status().unwrap().as_u16(), 503);
    assert_eq!(error.headers().unwrap()["retry-after"], "7");
    assert_eq!(error.answer_kind(), Some(AnswerKind::Html));
    assert!(!format!("{error} {error:?}").contains("canary"));
}

/// An answer with status 200 that proves nothing.
#[tokio::test]
async fn no_answer_without_evidence_is_a_success() {
    for (content_type, body, kind) in [
        ("application/json", "{}", None),
        ("application/json", r#"{"PaymentRequired":false}"#, None),
        (
            "application/json",
            r#"{"WebRef":"","Topic":"t","BaseUrl":"u"}"#,
            None,
        ),
        ("application/json", r#"{"WebRef":null}"#, None),
        ("application/json", r#"{"Other":"W-1"}"#, None),
        ("application/json", "", Some(AnswerKind::Empty)),
        ("application/json", "\u{feff}", Some(AnswerKind::Empty)),
        ("application/json", "null", Some(AnswerKind::OtherJson)),
        (
            "application/json",
            r#"["W-1"]"#,
            Some(AnswerKind::OtherJson),
        ),
        (
            "application/json",
            r#"{"WebRef":"W-1""#,
            Some(AnswerKind::UnreadableJson),
        ),
        (
            "application/json",
            r#"{"WebRef":"W-1"}}"#,
            Some(AnswerKind::UnreadableJson),
        ),
        (
            "application/json",
            r#"{"WebRef":{"a":1}}"#,
            Some(AnswerKind::UnreadableJson),
        ),
        (
            "application/json",
            r#"{"WebRef":"W-1","WebRef":"W-2"}"#,
            Some(AnswerKind::UnreadableJson),
        ),
        (
            "application/x-ndjson",
            "{\"WebRef\":\"W-1\"}\n{\"WebRef\":\"W-2\"}\n",
            Some(AnswerKind::UnreadableJson),
        ),
        (
            "text/html",
            "<!doctype html><html>W-1</html>",
            Some(AnswerKind::Html),
        ),
        (
            "application/xml",
            "<?xml version=\"1.0\"?><C2BPostContractResponse/>",
            None,
        ),
        (
            "application/xml",
            "<PostServiceTicketResponse><WebRef>W-1</WebRef></PostServiceTicketResponse>",
            Some(AnswerKind::Xml),
        ),
        (
            "application/xml",
            "<C2BPostContractResponse><WebRef>W-1</WebRef>",
            Some(AnswerKind::UnreadableXml),
        ),
        ("text/plain", "OK", Some(AnswerKind::Text)),
    ] {
        let (_server, client) = serving(Reply::of(200, content_type, body));
        let error = client
            .c2b_post_contract(&C2BPostContractRequest::new())
            .await
            .unwrap_err();
        assert_eq!(error.delivery(), Delivery::Unknown, "{body}");
        assert_eq!(error.answer_kind(), kind, "{body}");
        assert_eq!(error.is_without_evidence(), kind.is_none(), "{body}");
    }
    for status in [204, 206] {
        let (_server, client) = serving(Reply::of(status, "application/json", ""));
        let error = details(&client).await.unwrap_err();
        assert_eq!(error.answer_kind(), Some(AnswerKind::Empty));
        assert_eq!(error.delivery(), Delivery::Unknown);
    }
}

/// Among the answers of one operation that another cannot tell from its own: a
/// ticket's `WebRef` and `Status` are all that a contract's answer need have. In
/// XML the root tells them apart.
const INDISTINGUISHABLE: [(&str, &str); 2] = [
    (
        names::operation::C2B_POST_CONTRACT,
        names::schema::POST_SERVICE_TICKET_RESPONSE,
    ),
    (
        names::operation::C2B_POST_CONTRACT_GET,
        names::schema::POST_SERVICE_TICKET_RESPONSE,
    ),
];

/// A JSON value as elements; the names of items do not count.
fn xml(name: &str, value: &Value) -> String {
    let content: String = match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| xml(name, value))
            .collect(),
        Value::Array(items) => items.iter().map(|item| xml("item", item)).collect(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    format!("<{name}>{content}</{name}>")
}

/// A mixed-up answer, of a proxy or a cache, proves nothing.
#[tokio::test]
async fn another_operations_answer_is_unknown() {
    let document = document::document().unwrap();
    let operations = document::operations().unwrap();
    let player = Player::start();
    let answers: BTreeSet<_> = operations.iter().map(Operation::answer_type).collect();
    let properties = |schema: &str| {
        let properties = &document["components"]["schemas"][schema]["properties"];
        properties.as_object().unwrap()
    };
    let mut indistinguishable = BTreeSet::new();
    for operation in &operations {
        let own = operation.answer_type();
        let evidence = operation.value["x-aim-evidence"].as_array().unwrap();
        for &other in &answers {
            let example = &document["components"]["examples"][format!("{other}.realistic")];
            let mut answer = example["value"].clone();
            if !answer.is_object() {
                let examples = properties(other).iter();
                let examples = examples.map(|(name, member)| (name, &member["example"]));
                answer = json!(examples.collect::<BTreeMap<_, _>>());
            }
            if properties(other).contains_key(names::BaseResponse::STATUS) {
                answer[names::BaseResponse::STATUS] =
                    json!({names::BaseResponseResult::STATUS_CODE: "OK"});
            }
            let mut small = answer.clone();
            let members = std::mem::take(small.as_object_mut().unwrap());
            for (name, value) in members {
                small[name[..1].to_lowercase() + &name[1..]] = value;
            }
            let mut bare = answer.clone();
            bare.as_object_mut()
                .unwrap()
                .remove(names::BaseResponse::STATUS);
            let same = own == other;
            // Nothing in it is another's, and it has evidence.
            let is_alike = |answer: &Value| {
                let mut members = answer.as_object().unwrap().keys();
                let is_proof = evidence.iter().filter_map(Value::as_str);
                members.all(|name| properties(own).contains_key(name))
                    && is_proof
                        .map(|name| &answer[name])
                        .any(|value| !value.is_null())
            };
            let alike = is_alike(&answer);
            if alike && !same {
                indistinguishable.insert((operation.id.as_str(), other));
            }
            for (reply, alike) in [
                (Reply::json(answer.to_string()), alike),
                (Reply::json(small.to_string()), alike),
                (Reply::json(bare.to_string()), is_alike(&bare)),
                (Reply::of(200, "application/xml", xml(other, &answer)), same),
            ] {
                let outcome = player.play(operation, reply.clone()).await;
                let expected = (!alike).then_some(Delivery::Unknown);
                assert_eq!(outcome.delivery, expected, "{} {reply:?}", operation.id);
            }
        }
    }
    for pair in INDISTINGUISHABLE {
        assert!(indistinguishable.contains(&pair), "{indistinguishable:?}");
    }
}

/// The server says at once that it did it and that it broke down.
#[tokio::test]
async fn proof_beside_an_exception_is_an_exception() {
    for (status, is_read) in [
        (r#""ResponseStatus":{"ErrorCode":"TimeoutException"}"#, true),
        (r#""ResponseStatus":{"Errors":[{"FieldName":"Ref"}]}"#, true),
        (r#""ResponseStatus":"TimeoutException""#, false),
        (r#""ResponseStatus":{"ErrorCode":{}}"#, false),
    ] {
        let (_server, client) = serving(Reply::json(format!(r#"{{"WebRef":"W-1",{status}}}"#)));
        let error = client
            .c2b_post_contract(&C2BPostContractRequest::new())
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Exception, "{status}");
        // There is one, and it cannot always be read.
        let is_unread = error.to_string().contains("exception that cannot be read");
        assert_eq!(is_unread, !is_read, "{error}");
        assert_eq!(error.response_status().is_some(), is_read, "{error}");
    }
}

/// An error says of a failure that an exception is beside it.
#[tokio::test]
async fn an_exception_beside_a_failure_is_named() {
    for status in [200, 401, 403, 409] {
        for (beside, is_thrown) in [
            ("", false),
            (r#""ResponseStatus":{},"#, false),
            (r#""WebRef":"W-1","#, false),
            (r#""responseStatus":{"message":"m"},"#, true),
            (r#""ResponseStatus":"m","#, true),
        ] {
            let body = format!(r#"{{{beside}"Status":{{"StatusCode":"Error"}}}}"#);
            let (_server, client) = serving(Reply::of(status, "", body.clone()));
            let request = C2BPostContractRequest::new();
            let error = client.c2b_post_contract(&request).await.unwrap_err();
            let kind = match status {
                401 | 403 => ErrorKind::Credentials,
                _ => ErrorKind::InBand,
            };
            assert_eq!(error.kind(), kind);
            let says_so = error.to_string().contains("Error] beside an exception");
            assert_eq!(says_so, is_thrown, "{error}");
        }
    }
}

/// An error names the kind of a `Status`, and none of its words.
#[tokio::test]
async fn a_status_that_says_neither_is_named() {
    for (status, is_unclear) in [
        (json!({"StatusCode": "Failed", "ErrorCode": "17"}), false),
        (json!({"StatusCode": "Pending"}), true),
        (json!({"StatusCode": "500", "ErrorCode": "0"}), true),
        (json!({"StatusCode": "OK", "ErrorCode": "17"}), true),
        (json!({"ErrorDisplayText": "card declined"}), true),
    ] {
        let body = json!({ "Status": status });
        let in_xml = format!(
            "<C2BPostContractResponse>{}</C2BPostContractResponse>",
            xml("Status", &status)
        );
        for body in [body.to_string(), in_xml] {
            let (_server, client) = serving(Reply::json(body.clone()));
            let request = C2BPostContractRequest::new();
            let error = client.c2b_post_contract(&request).await.unwrap_err();
            assert!(error.aim_status().is_some(), "{body}");
            let text = error.to_string();
            assert_eq!(error.kind() == ErrorKind::UnclearStatus, is_unclear);
            assert_eq!(is_unclear, text.contains("neither good"), "{text}");
            assert!(text.contains("`Error::aim_status`"), "{text}");
            for word in ["17", "declined", "Pending", "500"] {
                assert!(!text.contains(word), "{text}");
            }
        }
    }
}

/// It would do nothing, and the answer would look as if it had.
#[tokio::test]
async fn an_update_of_nothing_is_refused() {
    let (server, client) = serving(Reply::json(PROOF));
    let nothing = ContractFulfillmentRequest::new().mass_update_items([]);
    let error = client.contract_fulfillment(&nothing).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert_eq!(
        error.member(),
        Some(names::ContractFulfillmentRequest::MASS_UPDATE_ITEMS)
    );
    assert!(error.to_string().contains("is empty"), "{error}");
    assert!(server.take().is_empty());
    for request in [
        ContractFulfillmentRequest::new(),
        nothing.ref_("C-1"),
        ContractFulfillmentRequest::new().deleted_accessory_ids([]),
        ContractFulfillmentRequest::new().mass_update_items([UpdateContractObj::new()]),
    ] {
        let outcome = client.contract_fulfillment(&request).await;
        assert!(!outcome.is_err_and(|error| error.is_refused()));
    }
}

/// A truncated answer may belong to a booking.
#[tokio::test]
async fn an_answer_that_breaks_off_is_unknown() {
    let (_server, client) = serving(Reply {
        headers: vec![
            ("Content-Type".to_owned(), "application/json".to_owned()),
            ("Content-Length".to_owned(), "500".to_owned()),
        ],
        ..Reply::json(PROOF)
    });
    let error = details(&client).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Unknown);
    assert!(!error.is_refused());
}

/// Nobody listens: certainly not sent.
#[tokio::test]
async fn no_connection_is_not_sent() {
    let client = AimClient::builder()
        .base_url("http://127.0.0.1:1")
        .credentials(Credentials::new("canary-key", "canary-app"))
        .build()
        .unwrap();
    let error = client
        .c2b_post_contract(&C2BPostContractRequest::new())
        .await
        .unwrap_err();
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert!(error.is_connect());
}

/// A time-out after the request left: nobody knows.
#[tokio::test]
async fn a_time_out_is_unknown() {
    let (_server, client) = too_slow();
    let error = client
        .c2b_post_contract(&C2BPostContractRequest::new())
        .await
        .unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(error.limit(), Some(Limit::TotalTime));
    assert_eq!(error.delivery(), Delivery::Unknown);
}

/// In-band failures, exceptions and partial answers carry what the server said.
#[tokio::test]
async fn failures_carry_what_the_server_said_and_do_not_print_it() {
    let in_band =
        r#"{"Status":{"StatusCode":"Error","ErrorCode":"17","ErrorMessage":"canary-text"}}"#;
    for (status, delivery) in [
        (200, Delivery::Rejected),
        (400, Delivery::Rejected),
        (500, Delivery::Unknown),
    ] {
        let (_server, client) = serving(Reply::of(status, "application/json", in_band));
        let error = details(&client).await.unwrap_err();
        assert_eq!(error.delivery(), delivery);
        let words = error.aim_status().unwrap().error_message.as_ref();
        assert_eq!(words.map(Secret::expose), Some("canary-text"));
        let text = format!("{error} {error:?}");
        let is_shown = text.contains("[StatusCode Error]");
        assert!(
            is_shown && !text.contains("17") && !text.contains("canary"),
            "{text}"
        );
    }

    // It says that it failed and that it booked.
    let both = r#"{"WebRef":"W-9","Status":{"StatusCode":"Error"}}"#;
    let (_server, client) = serving(Reply::json(both));
    let error = client
        .c2b_post_contract(&C2BPostContractRequest::new())
        .await
        .unwrap_err();
    assert_eq!(error.delivery(), Delivery::Unknown);

    let binding = r#"{"ResponseStatus":{"ErrorCode":"SerializationException","Message":"Unable to bind to request 'GetContractDetailsRequest' canary-text","Errors":[{"ErrorCode":"X","FieldName":"Sub","Message":"'canary-value' is an Invalid value for 'Sub'"}]}}"#;
    let (_server, client) = serving(Reply::of(400, "application/json", binding));
    let error = details(&client).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Rejected);
    let status = error.response_status().unwrap();
    assert_eq!(
        status.errors.as_ref().unwrap()[0].field_name.as_deref(),
        Some(names::GetContractDetailsRequest::SUB)
    );
    let text = format!("{error} {error:?}");
    assert!(text.contains("Sub") && !text.contains("canary"), "{text}");

    // The same status from the service itself may come after the booking.
    let thrown = r#"{"ResponseStatus":{"ErrorCode":"ArgumentException","Message":"m"}}"#;
    for (status, body) in [
        (400, thrown),
        (500, thrown),
        (409, thrown),
        (404, thrown),
        (200, thrown),
    ] {
        let (_server, client) = serving(Reply::of(status, "application/json", body));
        let error = details(&client).await.unwrap_err();
        assert_eq!(error.delivery(), Delivery::Unknown, "{status}");
        assert_eq!(
            error.response_status().unwrap().error_code.as_deref(),
            Some("ArgumentException")
        );
    }

    let partial = r#"{"MassUpdateErrors":[{"Ref":"C-2","ErrorMessage":"canary-text"}],"Status":{"StatusCode":"OK"}}"#;
    let (_server, client) = serving(Reply::json(partial));
    let error = client
        .contract_fulfillment(&ContractFulfillmentRequest::new().ref_("C-2"))
        .await
        .unwrap_err();
    assert_eq!(error.delivery(), Delivery::PartlyApplied);
    assert_eq!(error.kind(), ErrorKind::Partial);
    let answer: &aim_client::types::ContractFulfillmentResponse = error.answer().unwrap();
    assert_eq!(
        answer.mass_update_errors.as_ref().unwrap()[0]
            .ref_
            .as_deref(),
        Some("C-2")
    );
    assert!(!format!("{error} {error:?}").contains("canary"));
}

/// The user knows words that nobody documents.
#[tokio::test]
async fn words_of_a_status_can_be_added() {
    for (code, plain, told) in [
        ("nok", Some(Delivery::Unknown), Some(Delivery::Rejected)),
        ("Posted", Some(Delivery::Unknown), None),
        ("Error", Some(Delivery::Rejected), Some(Delivery::Rejected)),
        ("OK", None, None),
    ] {
        let body = format!(r#"{{"Status":{{"StatusCode":"{code}","ErrorMessage":"posted"}}}}"#);
        let server =
            Server::start(move |_| Reply::json(body.replace(r#","ErrorMessage":"posted""#, "")))
                .unwrap();
        for (client, delivery) in [
            (client_with(&server, |builder| builder), plain),
            (
                client_with(&server, |builder| {
                    builder.status_words(["posted"], [" NOK"])
                }),
                told,
            ),
        ] {
            let request = ContractFulfillmentRequest::new();
            let outcome = client.contract_fulfillment(&request).await;
            assert_eq!(
                outcome.err().map(|error| error.delivery()),
                delivery,
                "{code}"
            );
        }
    }
    for (good, failure) in [("error", "x"), ("x", "ok"), ("x", "X "), ("x", "0.0")] {
        let builder = AimClient::builder().credentials(Credentials::new("k", "a"));
        let error = builder.status_words([good], [failure]).build().unwrap_err();
        assert!(error.to_string().contains("`status_words`"), "{error}");
    }
}

/// Card and personal data must not stand in a URL.
#[tokio::test]
#[allow(deprecated, reason = "the deprecated operation is the point")]
async fn a_booking_by_get_refuses_what_would_be_logged() {
    let (server, client) = serving(Reply::json(PROOF));
    let request = C2BPostContractRequest::new();
    for (member, request) in [
        (
            names::C2BPostContractRequest::CC_INFO,
            request
                .clone()
                .cc_info(CcInfo::new("canary", CardType::Visa, "4242")),
        ),
        (
            names::C2BPostContractRequest::CUSTOMER_INFO,
            request
                .clone()
                .customer_info(CustomerInfo::new("canary", "c@example.com")),
        ),
        (
            names::C2BPostContractRequest::FORM_INPUT_LIST,
            request
                .clone()
                .form_input_list([FormInput::new("K", "canary", false)]),
        ),
    ] {
        let error = client.c2b_post_contract_get(&request).await.unwrap_err();
        assert_eq!(error.delivery(), Delivery::NotSent);
        let text = format!("{error} {error:?}");
        assert!(text.contains(member) && !text.contains("canary"), "{text}");
    }
    // Empty text would be skipped by the server in silence.
    let error = client
        .c2b_post_contract_get(&request.clone().sku(""))
        .await
        .unwrap_err();
    assert!(
        error.is_refused() && error.to_string().contains("Sku"),
        "{error}"
    );
    assert!(server.take().is_empty());
}

/// What a server may write in another way than the pages show.
#[tokio::test]
async fn answers_are_read_with_tolerance() {
    let body = "\u{feff}{\"AccountSub\":77120,\"TotalDue\":\"29.990\",\"PaymentAmount\":79228162514264337593543950335,\
                \"NextDueDate\":\"0001-01-01T00:00:00.0000000\",\"PayoffDate\":\"someday\",\"Inventory\":null,\
                \"Payments\":[null,{\"Amount\":1.5e3,\"Date\":\"/Date(0)/\"}],\"New\":{\"x\":[1]},\"Status\":null}";
    let (_server, client) = serving(Reply::of(200, "text/html; charset=utf-8", body));
    let answer = details(&client).await.unwrap();
    assert_eq!(answer.account_sub.as_deref(), Some("77120"));
    assert_eq!(answer.total_due.unwrap().to_string(), "29.990");
    assert_eq!(
        answer.payment_amount.unwrap().to_string(),
        "79228162514264337593543950335"
    );
    assert!(answer.next_due_date.as_ref().unwrap().is_unset());
    assert_eq!(answer.payoff_date.as_ref().unwrap().text(), "someday");
    assert_eq!(answer.inventory, None);
    let payments = answer.payments.as_ref().unwrap();
    assert_eq!(payments[0].amount, None);
    assert_eq!(payments[1].amount, Some(Money::from(1500)));
}

/// A decode error names the place and never the value.
#[tokio::test]
async fn an_unreadable_member_is_named_without_its_value() {
    let body = r#"{"AccountSub":"1-1","Payments":[{"Amount":1},{"Amount":"canary"}]}"#;
    let (_server, client) = serving(Reply::json(body));
    let error = details(&client).await.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(
        text.contains("Payments[1].Amount") && !text.contains("canary"),
        "{text}"
    );
    assert_eq!(error.delivery(), Delivery::Unknown);
}

/// The names of members are the server's, too: an object that maps customers to
/// something has them for names.
#[tokio::test]
async fn no_name_that_the_document_does_not_know_is_in_an_error() {
    let long = format!("{{\"{}\":tru", "jordan".repeat(600_000));
    let xml = |content: &str| format!("<C2BPostContractResponse>{content}");
    for (body, place) in [
        (
            r#"{"jordan@example.com":tru"#.to_owned(),
            "`?`, line 1 column 25",
        ),
        (r#"{"jordan":tru"#.to_owned(), "`?`, line 1 column 13"),
        (
            r#"{"New":{"jordan":tru"#.to_owned(),
            "`?`, line 1 column 20",
        ),
        (r#"{"a\njordan":tru"#.to_owned(), "`?`, line 1 column 16"),
        (long, "`?`, line 1 column 3600007"),
        (
            r#"{"Status":{"jordan":tru"#.to_owned(),
            "`Status.?`, line 1 column 23",
        ),
        (
            r#"{"status":{"errorCode":tru"#.to_owned(),
            "`Status.ErrorCode`, line 1 column 26",
        ),
        (xml("<jordan>&"), "`?`, line 1 column "),
        (xml("<Status><jordan>&"), "`Status.?`, line 1 column "),
        (xml("<jordan-at-example.com"), "`.`, line 1 column "),
    ] {
        let (_server, client) = serving(Reply::of(200, "", body));
        let error = client
            .c2b_post_contract(&C2BPostContractRequest::new())
            .await
            .unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(
            text.contains(place) && !text.contains("jordan"),
            "{text:.1000}"
        );
        assert!(!error.to_string().contains('\n') && text.len() < 1000);
        assert_eq!(error.delivery(), Delivery::Unknown);
    }
}

/// What a server calls a code may be what it was sent.
#[tokio::test]
async fn only_a_code_of_dotnet_or_of_the_document_is_in_an_error() {
    for (code, shown) in [
        ("NotFound", "NotFound"),
        ("NotEmpty", "NotEmpty"),
        ("System.Data.SqlClient.SqlException", "SqlException"),
        ("17", ""),
        ("424242", ""),
        ("555-0142", ""),
        ("CANARYkey", ""),
        ("Jordan", ""),
        ("C4242", ""),
        ("Jordan.Exampleexception", ""),
        ("notfound", ""),
        ("\n", ""),
    ] {
        let exception = json!({"ResponseStatus": {"ErrorCode": code}});
        let in_band =
            json!({"Status": {"StatusCode": "FAILED", "ErrorCode": code, "ErrorMessage": code}});
        let unclear =
            json!({"Status": {"StatusCode": code, "ErrorCode": code, "ErrorMessage": "none"}});
        for (body, said) in [
            (
                exception,
                format!(
                    "reports an exception{}",
                    if shown.is_empty() {
                        String::new()
                    } else {
                        format!(" [ErrorCode {shown}]")
                    }
                ),
            ),
            (in_band, "reports a failure [StatusCode Failed]".to_owned()),
            (unclear, "neither good nor a failure".to_owned()),
        ] {
            let (_server, client) = serving(Reply::of(400, "application/json", body.to_string()));
            let error = details(&client).await.unwrap_err();
            assert!(
                error.to_string().contains(&format!("{said} (http 400)")),
                "{error}"
            );
        }
    }
    let fields = [
        "Sub", "ref", "jordan", "C2B", "Topic", "Sku", "Rate", "Cat", "Desc",
    ];
    let errors: Vec<_> = fields
        .iter()
        .map(|name| json!({"FieldName": name}))
        .collect();
    let body = json!({"ResponseStatus": {"ErrorCode": "Exception", "Errors": errors}});
    let (_server, client) = serving(Reply::of(400, "application/json", body.to_string()));
    let error = details(&client).await.unwrap_err();
    assert!(
        error.to_string().contains(
            "[ErrorCode Exception] [field Sub] [field Ref] [field Topic] [field Sku] [field Rate] (http 400)"
        ),
        "{error}"
    );
}

/// A bomb of brackets ends no program.
#[tokio::test]
async fn json_that_nests_without_end_is_read_or_refused() {
    let (open, close) = ("[".repeat(10_000), "]".repeat(10_000));
    let objects = r#"{"a":"#.repeat(10_000);
    for (body, proved) in [
        (format!(r#"{{"New":{open}{close},"WebRef":"W-1"}}"#), true),
        (
            format!(r#"{{"New":{open}{close},"Status":{{"StatusCode":"OK"}}}}"#),
            true,
        ),
        (format!(r#"{{"WebRef":{open}{close}}}"#), false),
        (format!(r#"{{"Status":{open}{close}}}"#), false),
        (format!(r#"{{"Status":{open}"#), false),
        (format!(r#"{{"New":{objects}"#), false),
        (open, false),
    ] {
        let (_server, client) = serving(Reply::json(body));
        let outcome = client
            .c2b_post_contract(&C2BPostContractRequest::new())
            .await;
        assert_eq!(outcome.is_ok(), proved);
        let delivery = outcome.err().map(|error| error.delivery());
        assert_eq!(delivery, (!proved).then_some(Delivery::Unknown));
    }
}

/// What the HTTP client refuses by a setting of the user's never left.
#[tokio::test]
async fn a_request_that_the_http_client_refuses_is_refused() {
    let server = Server::start(|_| Reply::json(PROOF)).unwrap();
    let client = client_with(&server, |builder| {
        builder.http(|http| http.https_only(true))
    });
    let error = details(&client).await.unwrap_err();
    assert!(error.is_refused());
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(error.delivery(), Delivery::NotSent);
    let text = error.to_string();
    assert!(
        text.contains("not sent") && text.contains("https_only"),
        "{text}"
    );
    assert!(format!("{error:?}").contains(&error.help()), "{error:?}");
    assert!(server.take().is_empty());
}

/// Nothing of a secret in any text that a program may print.
#[tokio::test]
async fn secrets_are_in_no_debug_text() {
    let (_server, client) = serving(Reply::json(
        r#"{"Token":"canary","AccountManagementUrl":"https://canary"}"#,
    ));
    let answer = client
        .customer_access_token(&aim_client::types::CustomerAccessTokenRequest::new())
        .await
        .unwrap();
    let request = C2BPostContractRequest::new()
        .cc_info(CcInfo::new("canary", CardType::Visa, "canary").expiration("canary"))
        .customer_info(
            CustomerInfo::new("canary", "canary")
                .phone("canary")
                .addr1("canary"),
        )
        .form_input_list([FormInput::new("SOCIALSECURITY", "canary", false)]);
    let builder = AimClient::builder().credentials(Credentials::new("canary", "canary"));
    for text in [
        format!("{answer:?}"),
        format!("{request:?}"),
        format!("{client:?}"),
        format!("{builder:?}"),
    ] {
        assert!(!text.contains("canary"), "{text}");
    }
    assert_eq!(answer.token.as_ref().unwrap().expose(), "canary");
}

/// A credential that cannot be a header is an error without its value.
#[test]
fn an_unusable_setting_is_named_without_its_value() {
    for (credentials, name) in [
        (
            Credentials::new("canary\n", "a"),
            names::BaseRequest::API_KEY,
        ),
        (Credentials::new("k", ""), names::BaseSecureRequest::APP_ID),
        (
            Credentials::new("k", "a").token("can\u{e4}ry-canary"),
            names::BaseSecureRequest::TOKEN,
        ),
    ] {
        let error = AimClient::builder()
            .credentials(credentials)
            .build()
            .unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.contains(name) && !text.contains("canary"), "{text}");
        assert_eq!(error.delivery(), Delivery::NotSent);
    }
    assert!(
        AimClient::builder()
            .build()
            .unwrap_err()
            .to_string()
            .contains("credentials")
    );
    let http = AimClient::builder()
        .base_url("http://shop.example")
        .credentials(Credentials::new("k", "a"));
    assert!(http.build().unwrap_err().to_string().contains("http"));
}

/// Without a TLS backend every https call fails at run time only: nothing is
/// even connected then. With one, a handshake reaches the socket.
#[tokio::test]
async fn https_is_spoken() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, first_byte) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut byte = [0];
        std::io::Read::read_exact(&mut stream, &mut byte).unwrap();
        sender.send(byte[0]).unwrap();
    });
    let client = AimClient::builder()
        .base_url(format!("https://{address}"))
        .credentials(Credentials::new("canary-key", "canary-app"))
        .build()
        .unwrap();
    let error = client
        .c2b_post_contract(&C2BPostContractRequest::new())
        .await
        .unwrap_err();
    // The record type of a TLS handshake; plain http would begin with `P`.
    let first_byte = first_byte.recv_timeout(std::time::Duration::from_secs(5));
    assert_eq!(first_byte, Ok(0x16));
    assert!(error.is_connect(), "{error:?}");
    assert_eq!(error.delivery(), Delivery::NotSent);
}

/// reqwest's errors print the URL with its query.
#[tokio::test]
async fn no_error_in_the_chain_shows_the_url() {
    let (_server, client) = serving(Reply {
        headers: vec![("Content-Length".to_owned(), "500".to_owned())],
        ..Reply::json(PROOF)
    });
    let error = client
        .with(CallOptions::new().no_retry())
        .get_contract_details_get(&GetContractDetailsRequest::new().ref_("canary-ref"))
        .await
        .unwrap_err();
    assert!(std::error::Error::source(&error).is_some());
    let text = error_text(&error);
    assert!(
        !text.contains("canary") && !text.contains("GetContractDetails?"),
        "{text}"
    );
}

/// A program spawns calls on a runtime of many threads.
#[test]
fn calls_and_errors_cross_threads() {
    fn crosses<T: Send>(_: &T) {}
    fn is_shared<T: Send + Sync + 'static>() {}
    is_shared::<AimClient>();
    is_shared::<Error>();
    let server = Server::start(|_| Reply::json(PROOF)).unwrap();
    let client = client_with(&server, |builder| builder);
    let request = GetContractDetailsRequest::new();
    crosses(&client.get_contract_details(&request));
    crosses(&client.get_contract_details_get(&request));
    assert!(
        server.take().is_empty(),
        "a future that nobody awaits sends nothing"
    );
}

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

/// However a host spells the names, and whatever it writes for nothing.
#[tokio::test]
async fn names_have_one_meaning_and_what_says_nothing_proves_nothing() {
    const OK: Option<Delivery> = None;
    const REJECTED: Option<Delivery> = Some(Delivery::Rejected);
    const UNKNOWN: Option<Delivery> = Some(Delivery::Unknown);
    let operations = document::operations().unwrap();
    let player = Player::start();
    for (id, rows) in [
        (
            names::operation::C2B_POST_CONTRACT,
            &[
                (r#"{"web_ref":"W-1"}"#, OK),
                (r#"{"WEBREF":7}"#, OK),
                (r#"{"WebRef":"W-1","web_ref":"W-1"}"#, UNKNOWN),
                (r#"{"status":{"status_code":"OK"}}"#, OK),
                (
                    r#"{"status":{"status_code":"Error","error_message":"card declined"}}"#,
                    REJECTED,
                ),
                (r#"{"STATUS":{"STATUSCODE":"Error"}}"#, REJECTED),
                (r#"{"_status_":{"statuscode":"Error"}}"#, REJECTED),
                // An exception beside proof.
                (
                    r#"{"WebRef":"W-1","RESPONSESTATUS":{"MESSAGE":"m"}}"#,
                    UNKNOWN,
                ),
                (
                    r#"{"WebRef":"W-1","response_status":{"error_code":"E"}}"#,
                    UNKNOWN,
                ),
                (
                    r#"{"WebRef":"W-1","Response\u0053tatus":{"ErrorCode":"E"}}"#,
                    UNKNOWN,
                ),
                (r#"{"WebRef":"W-1","responsestatus":"E"}"#, UNKNOWN),
                (
                    r#"{"WebRef":"W-1","response_status":{},"ResponseStatus":{}}"#,
                    UNKNOWN,
                ),
                (
                    r#"{"WebRef":"W-1","response_status":null,"RESPONSESTATUS":null}"#,
                    OK,
                ),
                (
                    r#"{"WebRef":"W-1","response_status":{"error_code":null}}"#,
                    OK,
                ),
                // A member of another's answer.
                (r#"{"status":{},"to_ken":"t"}"#, UNKNOWN),
                (r#"{"status":{},"TOKEN":null}"#, OK),
                // What says nothing.
                (r#"{"WebRef":0}"#, UNKNOWN),
                (r#"{"WebRef":-0}"#, UNKNOWN),
                (r#"{"WebRef":0.00}"#, UNKNOWN),
                (r#"{"WebRef":0e5}"#, UNKNOWN),
                (r#"{"WebRef":"0"}"#, UNKNOWN),
                (r#"{"WebRef":false}"#, UNKNOWN),
                (r#"{"WebRef":"False"}"#, UNKNOWN),
                (r#"{"WebRef":"\u200b"}"#, UNKNOWN),
                (r#"{"WebRef":"\ufeff \u0000"}"#, UNKNOWN),
                (r#"{"WebRef":"0001-01-01T00:00:00"}"#, UNKNOWN),
                (r#"{"WebRef":"00A"}"#, OK),
                // A status of something else.
                (r#"{"Status":{}}"#, OK),
                (r#"{"Status":{"StatusCode":null}}"#, OK),
                (r#"{"Status":{"state":"OK","login":null}}"#, OK),
                (r#"{"Status":{"state":"OK"}}"#, UNKNOWN),
                (r#"{"Status":{"state":"OK"},"WebRef":"W-1"}"#, OK),
            ][..],
        ),
        (
            names::operation::CONTRACT_FULFILLMENT,
            &[
                (r#"{"MassUpdateErrors":[],"Status":{}}"#, OK),
                (r#"{"MassUpdateErrors":[null],"Status":{}}"#, UNKNOWN),
                (
                    r#"{"mass_update_errors":[{}],"Status":{"StatusCode":"OK"}}"#,
                    UNKNOWN,
                ),
                (r#"{"MassUpdateErrors":[{"Ref":0}],"Status":{}}"#, UNKNOWN),
            ],
        ),
        (
            names::operation::CUSTOMER_ACCESS_TOKEN,
            &[(r#"{"token":"t"}"#, OK), (r#"{"Token":0}"#, UNKNOWN)],
        ),
        (
            names::operation::GET_CONTRACT_DETAILS,
            &[
                (r#"{"Topic":0}"#, UNKNOWN),
                (
                    r#"{"TotalDue":"0.00","NextDueDate":"0001-01-01T00:00:00"}"#,
                    UNKNOWN,
                ),
                (r#"{"Inventory":[null]}"#, UNKNOWN),
                (r#"{"Inventory":[{}],"Payments":[{"Amount":0}]}"#, UNKNOWN),
                (
                    r#"{"Inventory":[{"Desc":null},{"Other":"Violin"}]}"#,
                    UNKNOWN,
                ),
                (r#"{"inventory":[null,{"DESC":"Violin"}]}"#, OK),
            ],
        ),
    ] {
        let operation = operations.iter().find(|found| found.id == id).unwrap();
        for (body, expected) in rows {
            let outcome = player.play(operation, Reply::json(*body)).await;
            assert_eq!(outcome.delivery, *expected, "{id} {body}");
        }
    }
    let fulfillment = operations
        .iter()
        .find(|found| found.id == names::operation::CONTRACT_FULFILLMENT);
    let body = r#"{"mass_update_errors":[{"ref":"C-2"}],"status":{"status_code":"OK"}}"#;
    let outcome = player.play(fulfillment.unwrap(), Reply::json(body)).await;
    assert_ne!(outcome.delivery, OK, "{body}");
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

    let ok = r#""Status":{"StatusCode":"OK"}"#;
    let failed = r#""Status":{"StatusCode":"Error"}"#;
    for (body, delivery) in [
        // The issue's own: a token proves no contract.
        (format!(r#"{{"Token":"t",{ok}}}"#), Some(Delivery::Unknown)),
        (
            format!(r#"{{"Payments":[],{ok}}}"#),
            Some(Delivery::Unknown),
        ),
        (format!(r#"{{"TotalDue":0,{ok}}}"#), Some(Delivery::Unknown)),
        // Nor does another operation's failure say that there is none.
        (
            format!(r#"{{"Token":"t",{failed}}}"#),
            Some(Delivery::Unknown),
        ),
        // Nothing, members of no answer, and more than its own evidence.
        (format!(r#"{{"Token":null,{ok}}}"#), None),
        (format!(r#"{{"New":"x","StatusCode":"x",{ok}}}"#), None),
        (format!(r#"{{"Token":"t","WebRef":"W-1",{ok}}}"#), None),
    ] {
        let (_server, client) = serving(Reply::json(body.clone()));
        let outcome = client
            .c2b_post_contract(&C2BPostContractRequest::new())
            .await;
        assert_eq!(
            outcome.err().map(|error| error.delivery()),
            delivery,
            "{body}"
        );
    }
}

/// The server says at once that it did it and that it broke down.
#[tokio::test]
async fn proof_beside_an_exception_is_unknown() {
    let xml = |content: &str| {
        format!(
            "<C2BPostContractResponse><WebRef>W-1</WebRef><ResponseStatus>{content}</ResponseStatus></C2BPostContractResponse>"
        )
    };
    for proof in [r#""Status":{"StatusCode":"OK"}"#, r#""WebRef":"W-1""#] {
        for (status, proved) in [
            (
                r#""ResponseStatus":{"ErrorCode":"TimeoutException"}"#,
                false,
            ),
            (r#""responseStatus":{"message":"canary"}"#, false),
            (
                r#""ResponseStatus":{"ErrorCode":"","Message":null,"Errors":[]}"#,
                true,
            ),
            (
                r#""ResponseStatus":{"Errors":[{"FieldName":"Ref"}]}"#,
                false,
            ),
            (r#""ResponseStatus":"TimeoutException""#, false),
            (r#""ResponseStatus":{"StackTrace":"at AIM"}"#, false),
            (r#""response_status":{"error":"m"}"#, false),
            (
                r#""ResponseStatus":{"Message":null,"StackTrace":"s"}"#,
                true,
            ),
            (r#""ResponseStatus":{"ErrorCode":{}}"#, false),
            (
                r#""ResponseStatus":null,"ResponseStatus":{"ErrorCode":"E"}"#,
                false,
            ),
            (r#""Topic":"ResponseStatus""#, true),
            (r#""ResponseStatus":{}"#, true),
            (r#""ResponseStatus":null"#, true),
        ] {
            let (_server, client) = serving(Reply::json(format!("{{{proof},{status}}}")));
            let outcome = client
                .c2b_post_contract(&C2BPostContractRequest::new())
                .await;
            assert_eq!(outcome.is_ok(), proved, "{proof} {status}");
            if let Err(error) = outcome {
                assert_eq!(error.delivery(), Delivery::Unknown);
                assert_eq!(error.kind(), ErrorKind::Exception, "{proof} {status}");
                // There is one, and it cannot always be read.
                let is_unread = error.to_string().contains("exception that cannot be read");
                assert_eq!(is_unread, error.response_status().is_none(), "{error}");
            }
        }
    }
    for (body, proved) in [
        (xml("<ErrorCode>TimeoutException</ErrorCode>"), false),
        (xml("<ErrorCode><b/></ErrorCode>"), false),
        (xml("<ErrorCode></ErrorCode>"), true),
    ] {
        let (_server, client) = serving(Reply::of(200, "application/xml", body));
        let outcome = client
            .c2b_post_contract(&C2BPostContractRequest::new())
            .await;
        assert_eq!(outcome.is_ok(), proved);
    }
}

/// What a binder says that could not read the request of an operation.
fn unbound(operation: &str) -> String {
    format!(
        r#""ResponseStatus":{{"ErrorCode":"SerializationException","Message":"Unable to bind to request '{operation}Request'"}}"#
    )
}

/// *Rejected* is what cannot have run: by the status, and by what the body is.
#[tokio::test]
async fn a_status_of_failure_is_rejected_only_if_nothing_can_have_run() {
    use Delivery::{Rejected, Unknown};
    let bound = format!("{{{}}}", unbound(names::service::C2B_POST_CONTRACT));
    let others = format!("{{{}}}", unbound("CardReply"));
    let echo = r#"{"ResponseStatus":{"ErrorCode":"SerializationException","Message":"The card was refused: Unable to bind to request 'C2BPostContractRequest'"}}"#;
    let denied = r#"{"ResponseStatus":{"ErrorCode":"Unauthorized","Message":"Token expired"}}"#;
    let html = "<!DOCTYPE html><html><body>Status: denied</body></html>";
    let xml = |code: &str, message: &str| {
        format!(
            "<ErrorResponse><ResponseStatus><ErrorCode>{code}</ErrorCode><Message>{message}</Message></ResponseStatus></ErrorResponse>"
        )
    };
    let serialization = |message: &str| xml("SerializationException", message);
    let rows = [
        (400, bound.clone(), Rejected),
        (
            400,
            serialization(
                "Error in line 1 position 28. Expecting element 'C2BPostContractRequest' from namespace 'n'",
            ),
            Rejected,
        ),
        (
            400,
            serialization(
                "There was an error deserializing the object of type AIM.WebService.C2BPostContractRequest. CData",
            ),
            Rejected,
        ),
        (
            400,
            serialization(
                "Type definitions should start with a '{', expecting serialized type 'C2BPostContractRequest', got",
            ),
            Rejected,
        ),
        (400, others, Unknown),
        (
            400,
            serialization(
                "Error in line 1 of the form. Expecting element 'C2BPostContractRequest'",
            ),
            Unknown,
        ),
        (
            400,
            serialization("Error in line C2BPostContractRequest"),
            Unknown,
        ),
        (
            400,
            serialization(
                "Unable to bind to request 'CardReply'. Expecting element 'C2BPostContractRequest'",
            ),
            Unknown,
        ),
        (
            400,
            serialization(
                "There was an error deserializing the object of type Card.C2BPostContractRequest.",
            ),
            Unknown,
        ),
        (400, echo.to_owned(), Unknown),
        (
            400,
            r#"{"ResponseStatus":{"ErrorCode":"SerializationException"}}"#.to_owned(),
            Unknown,
        ),
        (
            400,
            xml(
                "ArgumentException",
                "Unable to bind to request 'C2BPostContractRequest'",
            ),
            Unknown,
        ),
        (400, format!("{bound} and more"), Unknown),
        (400, html.to_owned(), Unknown),
        (400, String::new(), Unknown),
        (401, denied.to_owned(), Rejected),
        (401, xml("Unauthorized", "Token expired"), Rejected),
        (
            401,
            "{ResponseStatus:{ErrorCode:Unauthorized,Message:Token expired}}".to_owned(),
            Rejected,
        ),
        (401, html.to_owned(), Rejected),
        (401, String::new(), Rejected),
        (401, r#"{"d":{"WebRef":"W-1"}}"#.to_owned(), Unknown),
        (401, r#"{"d":{"Ref":"W-1"}}"#.to_owned(), Rejected),
        (
            400,
            format!(
                r#"{{"d":{{"web_ref":"W-1"}},{}}}"#,
                unbound(names::service::C2B_POST_CONTRACT)
            ),
            Unknown,
        ),
        (401, r#"{"Topic":null}"#.to_owned(), Rejected),
        (401, r#"{"PaymentRequired":"#.to_owned(), Rejected),
        (404, " 404 \r\n".to_owned(), Rejected),
        (404, String::new(), Rejected),
        (404, "404 page not found".to_owned(), Unknown),
        (404, html.to_owned(), Unknown),
        (404, denied.to_owned(), Unknown),
        (402, String::new(), Unknown),
        (409, bound.clone(), Unknown),
        (418, html.to_owned(), Unknown),
        (422, "404".to_owned(), Unknown),
        (500, bound.clone(), Unknown),
    ];
    let late = [403, 405, 411, 413, 414].into_iter().flat_map(|status| {
        [
            (status, String::new(), Rejected),
            (status, "Forbidden".to_owned(), Rejected),
            (status, html.to_owned(), Rejected),
            (status, "<h1>Length Required</h1>".to_owned(), Rejected),
            (status, denied.to_owned(), Unknown),
            // Two marks, one after white space, and what stands before JSON.
            (status, format!("\u{feff}\u{feff}{denied}"), Unknown),
            (status, format!("\n\u{feff}{denied}"), Unknown),
            (status, format!(")]}}',\n{denied}"), Unknown),
            (status, format!("{html}<script>{denied}</script>"), Unknown),
            (status, format!("<!-- <html> -->{}", xml("A", "m")), Unknown),
            // UTF-16.
            (status, "\0{\0\"\0R".to_owned(), Unknown),
            (status, "{}".to_owned(), Unknown),
            (status, "{".to_owned(), Unknown),
            (status, r#"["denied"#.to_owned(), Unknown),
            (status, "[]".to_owned(), Unknown),
            (status, "403".to_owned(), Unknown),
            (status, xml("UnauthorizedAccessException", "m"), Unknown),
            (status, "<Error/>".to_owned(), Unknown),
            (status, bound.clone(), Unknown),
        ]
    });
    for (status, body, delivery) in rows.into_iter().chain(late) {
        // What it says of itself does not count.
        for content_type in ["application/json", "text/plain"] {
            let (_server, client) = serving(Reply::of(status, content_type, body.clone()));
            let error = client
                .c2b_post_contract(&C2BPostContractRequest::new())
                .await
                .unwrap_err();
            assert_eq!(error.delivery(), delivery, "{status} {body}");
        }
    }
}

/// What carries a reference has been booked, whatever else the answer says, and
/// also where it cannot be read whole.
#[tokio::test]
async fn a_sign_of_a_result_is_never_rejected() {
    let bound = format!(
        r#"{{"WebRef":"W-1",{}}}"#,
        unbound(names::service::C2B_POST_CONTRACT)
    );
    let contract = [
        bound.as_str(),
        r#"{"WebRef":"W-1"}"#,
        r#"{"WebRef":"W-1","Status":"Denied"}"#,
        r#"{"WebRef":"W-1","#,
        r#"{"WebRef":"W-1","WebRef":"W-2"}"#,
        r#"[{"WebRef":"W-1"}]"#,
        r#"{"web_ref":"W-1"} and more"#,
        r#"callback({"Web\u0052ef":"W-1"})"#,
        r#"{"Status":{"StatusCode":"OK"}}"#,
        r#"{"Status":{"StatusCode":"Pending"}}"#,
        "<C2BPostContractResponse><WebRef>W-1</WebRef></C2BPostContractResponse>",
        "<C2BPostContractResponse><WebRef>W-1</WebRef><Status>Denied</Status></C2BPostContractResponse>",
        "<C2BPostContractResponse><WebRef>W-1",
        "<C2BPostContractResponse><WebRef>W-1</WebRef><WebRef>W-2</WebRef></C2BPostContractResponse>",
        "<ArrayOfContract><a:WebRef>W-1</a:WebRef></ArrayOfContract>",
    ];
    let fulfillment = [
        r#"{"Status":{"StatusCode":"OK"}}"#,
        r#"{"Status":{}}"#,
        r#"[{"Status":{"StatusCode":"OK"}}]"#,
        r#"{"MassUpdateErrors":[{"Ref":"C-1"}]"#,
        r#"{"MassUpdateErrors":[{"Ref":"C-1"}]}"#,
        "<ContractFulfillmentResponse><Status/></ContractFulfillmentResponse>",
        "<ContractFulfillmentResponse><MassUpdateErrors>",
    ];
    for status in [400, 401, 403, 404, 405, 411, 413, 414] {
        for body in contract {
            let (_server, client) = serving(Reply::of(status, "", body));
            let request = C2BPostContractRequest::new();
            let error = client.c2b_post_contract(&request).await.unwrap_err();
            assert_eq!(error.delivery(), Delivery::Unknown, "{status} {body}");
        }
        for body in fulfillment {
            let (_server, client) = serving(Reply::of(status, "", body));
            let request = ContractFulfillmentRequest::new();
            let error = client.contract_fulfillment(&request).await.unwrap_err();
            assert_eq!(error.delivery(), Delivery::Unknown, "{status} {body}");
        }
    }
}

/// A failure is rejected if nothing in the answer says otherwise.
#[tokio::test]
async fn an_exception_beside_a_failure_is_unknown() {
    for status in [200, 202, 400, 401, 403, 409] {
        for (beside, delivery) in [
            ("", Delivery::Rejected),
            (r#""ResponseStatus":null,"#, Delivery::Rejected),
            (r#""ResponseStatus":{},"#, Delivery::Rejected),
            (r#""Topic":"t","WebRef":null,"#, Delivery::Rejected),
            (r#""WebRef":"W-1","#, Delivery::Unknown),
            (r#""Token":"t","#, Delivery::Unknown),
            (
                r#""ResponseStatus":{"ErrorCode":"TimeoutException"},"#,
                Delivery::Unknown,
            ),
            (r#""responseStatus":{"message":"m"},"#, Delivery::Unknown),
            (r#""ResponseStatus":"m","#, Delivery::Unknown),
        ] {
            let body = format!(r#"{{{beside}"Status":{{"StatusCode":"Error"}}}}"#);
            let (_server, client) = serving(Reply::of(status, "", body.clone()));
            let request = C2BPostContractRequest::new();
            let error = client.c2b_post_contract(&request).await.unwrap_err();
            assert_eq!(error.delivery(), delivery, "{status} {body}");
            let kind = match status {
                401 | 403 => ErrorKind::Credentials,
                _ => ErrorKind::InBand,
            };
            assert_eq!(error.kind(), kind);
            let is_thrown = error.to_string().contains("Error] beside an exception");
            assert_eq!(
                is_thrown,
                beside.contains("essage")
                    || beside.contains("Timeout")
                    || beside.contains(r#""m""#),
                "{error}"
            );
        }
    }
}

/// What a status says, with a result beside it and without.
#[tokio::test]
async fn a_status_that_says_neither_proves_nothing() {
    use Delivery::{Rejected, Unknown};
    for (status, alone, beside_a_result) in [
        (json!({}), None, None),
        (json!({"StatusCode": "OK"}), None, None),
        (
            json!({"StatusCode": " success ", "ErrorCode": "None", "ErrorMessage": "Success"}),
            None,
            None,
        ),
        (
            json!({"StatusCode": true, "ErrorCode": 0, "ErrorDisplayText": "OK"}),
            None,
            None,
        ),
        (json!({"StatusCode": 200, "ErrorCode": "0.00"}), None, None),
        (json!({"StatusCode": "200.0"}), None, None),
        (
            json!({"StatusCode": "Error"}),
            Some(Rejected),
            Some(Unknown),
        ),
        (json!({"StatusCode": "FAIL"}), Some(Rejected), Some(Unknown)),
        (
            json!({"StatusCode": "Failed", "ErrorCode": "17"}),
            Some(Rejected),
            Some(Unknown),
        ),
        (
            json!({"StatusCode": " failure"}),
            Some(Rejected),
            Some(Unknown),
        ),
        (json!({"StatusCode": "Pending"}), Some(Unknown), None),
        (
            json!({"StatusCode": "500", "ErrorCode": "0"}),
            Some(Unknown),
            None,
        ),
        (json!({"StatusCode": false}), Some(Unknown), None),
        (
            json!({"StatusCode": "OK", "ErrorCode": "17"}),
            Some(Unknown),
            Some(Unknown),
        ),
        (json!({"ErrorCode": "Error"}), Some(Unknown), Some(Unknown)),
        (
            json!({"StatusCode": "OK", "ErrorMessage": "card declined"}),
            Some(Unknown),
            Some(Unknown),
        ),
        (
            json!({"ErrorDisplayText": "card declined"}),
            Some(Unknown),
            Some(Unknown),
        ),
        (
            json!({"StatusCode": "Pending", "ErrorCode": "17"}),
            Some(Unknown),
            Some(Unknown),
        ),
    ] {
        for (body, expected) in [
            (json!({"Status": status}), alone),
            (json!({"Status": status, "WebRef": "W-1"}), beside_a_result),
        ] {
            let xml = format!("<C2BPostContractResponse>{}</C2BPostContractResponse>", {
                let members = body.as_object().unwrap().iter();
                members
                    .map(|(name, value)| xml(name, value))
                    .collect::<String>()
            });
            for body in [body.to_string(), xml] {
                let (_server, client) = serving(Reply::json(body.clone()));
                let request = C2BPostContractRequest::new();
                let outcome = client.c2b_post_contract(&request).await;
                let delivery = outcome.as_ref().err().map(Error::delivery);
                assert_eq!(delivery, expected, "{body}");
                let Err(error) = outcome else { continue };
                assert!(error.aim_status().is_some(), "{body}");
                let text = error.to_string();
                let is_unclear = error.kind() == ErrorKind::UnclearStatus;
                assert_eq!(is_unclear, text.contains("neither good"), "{text}");
                assert!(text.contains("`Error::aim_status`"), "{text}");
                assert_eq!(is_unclear, alone == Some(Unknown), "{text}");
                for word in ["17", "declined", "Pending", "500"] {
                    assert!(!text.contains(word), "{text}");
                }
            }
        }
    }
}

/// *Partly applied* tells a program to send some items again: it has to be
/// known which, and that the others were applied.
#[tokio::test]
async fn failed_items_that_are_not_named_or_come_with_a_failure_are_unknown() {
    let items = ["C-2", "C-3", "c-3", "C-4", "C-4"];
    let request = ContractFulfillmentRequest::new()
        .ref_("C-1")
        .mass_update_items(items.map(|item| UpdateContractObj::new().ref_(item)));
    let named = r#"{"Ref":"C-2","ErrorMessage":"m"}"#;
    for (status, items, beside, delivery) in [
        (200, named, "", Delivery::PartlyApplied),
        (
            200,
            named,
            r#","Status":{"StatusCode":"OK"}"#,
            Delivery::PartlyApplied,
        ),
        (
            200,
            named,
            r#","ResponseStatus":{}"#,
            Delivery::PartlyApplied,
        ),
        (
            200,
            r#"{"Ref":"C-1"},{"Ref":"C-2"},{"Ref":"C-2"}"#,
            "",
            Delivery::PartlyApplied,
        ),
        // Not of the request, not as it stands there, or there more than once.
        (200, r#"{"Ref":"C-9"}"#, "", Delivery::Unknown),
        (200, r#"{"Ref":"c-2"}"#, "", Delivery::Unknown),
        (200, r#"{"Ref":" C-2"}"#, "", Delivery::Unknown),
        (200, r#"{"Ref":"C-2"},{"Ref":"C-3"}"#, "", Delivery::Unknown),
        (200, r#"{"Ref":"C-4"}"#, "", Delivery::Unknown),
        (400, named, "", Delivery::Unknown),
        (401, named, "", Delivery::Unknown),
        (500, named, "", Delivery::Unknown),
        (200, "null", "", Delivery::Unknown),
        (200, "{}", "", Delivery::Unknown),
        (
            200,
            r#"{"Ref":" ","ErrorMessage":"m"}"#,
            "",
            Delivery::Unknown,
        ),
        (200, r#"{"Ref":"C-2"},{}"#, "", Delivery::Unknown),
        (
            200,
            named,
            r#","Status":{"StatusCode":"Error"}"#,
            Delivery::Unknown,
        ),
        (
            200,
            named,
            r#","Status":{"StatusCode":"Pending"}"#,
            Delivery::Unknown,
        ),
        (
            200,
            named,
            r#","Status":{"ErrorCode":"17"}"#,
            Delivery::Unknown,
        ),
        (
            200,
            named,
            r#","ResponseStatus":{"ErrorCode":"TimeoutException"}"#,
            Delivery::Unknown,
        ),
        (200, named, r#","ResponseStatus":"m""#, Delivery::Unknown),
        (200, named, r#","WebRef":"W-1""#, Delivery::Unknown),
    ] {
        let body = format!(r#"{{"MassUpdateErrors":[{items}]{beside}}}"#);
        let (_server, client) = serving(Reply::of(status, "application/json", body.clone()));
        let error = client.contract_fulfillment(&request).await.unwrap_err();
        assert_eq!(error.delivery(), delivery, "{status} {body}");
        assert_eq!(error.kind(), ErrorKind::Partial);
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

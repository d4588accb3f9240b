//! The exact bytes of every request, as they arrive at a socket.
//!
//! The requests are made from the document, so that a new operation or member
//! is sent here without an edit. The snapshots are the reviewed contract:
//! whoever changes one changes what reaches a store. `cargo insta review`, or
//! `INSTA_UPDATE=always cargo test -p aim-tests --test wire` and a look at the
//! diff, accepts a change.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "that is how a test fails"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::panic::catch_unwind;

use aim_client::reqwest::Url;
use aim_client::types::{
    AccessMode, Accessory, AccessoryType, C2BPostContractRequest, CardType, CcInfo,
    ContractFulfillmentRequest, CustomerAccessTokenRequest, CustomerInfo, DeliveredAccessory,
    FormInput, GetContractDetailsRequest, Rate, UpdateContractObj,
};
use aim_client::{AimClient, AimDateTime, Credentials, Money};
use aim_tests::server::{Received, Server};
use aim_tests::{calls, document, fixture, requests};

fn serving() -> (Server, AimClient) {
    let server = Server::proving().unwrap();
    let credentials = Credentials::new("fake-api-key", "fake-app-id")
        .token("fake-token")
        .device_id("fake-device")
        .oauth_token("fake-oauth");
    let client = calls::builder(format!("{}/aeservices30", server.url()))
        .credentials(credentials)
        .http(|http| http.user_agent("wire-test"))
        .build()
        .unwrap();
    (server, client)
}

/// Everything but the port of this run; headers in order of their names. Below
/// a query what it says, a line for each pair.
fn printed(request: &Received) -> String {
    let mut headers: Vec<_> = request
        .headers
        .iter()
        .map(|line| match line.split_once(':') {
            Some((name, _)) if name.eq_ignore_ascii_case("host") => format!("{name}: HOST"),
            _ => line.clone(),
        })
        .collect();
    headers.sort();
    let body = String::from_utf8(request.body.clone()).unwrap();
    let mut text = format!("{}\n{}\n\n{body}", request.line, headers.join("\n"));
    let url = Url::parse("http://host").unwrap();
    for (name, value) in url.join(request.target()).unwrap().query_pairs() {
        let value = value.replace('\n', "\u{240a}").replace('\t', "\u{2409}");
        writeln!(text, "{name} = {value}").unwrap();
    }
    text
}

#[tokio::test]
async fn every_operation_in_every_form() {
    let (server, client) = serving();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let _settings = settings.bind_to_scope();
    let (mut tested, mut failed) = (BTreeSet::new(), Vec::new());
    for operation in document::operations().unwrap() {
        for form in requests::forms(&operation) {
            let name = format!("{}.{}", operation.id, form.name);
            let called = calls::call(&client, &operation.id, &form.request);
            let called = called
                .await
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            if let Some(error) = called.error {
                panic!("{name}: {error}");
            }
            let [sent] = &server.take()[..] else {
                panic!("{name} was not sent once");
            };
            let text = printed(sent);
            // All of them, so that one review sees them all.
            if catch_unwind(|| insta::assert_snapshot!(name.as_str(), text)).is_err() {
                failed.push(name.clone());
            }
            tested.insert(format!("{name}.snap"));
        }
    }
    assert!(
        failed.is_empty(),
        "the wire differs from the snapshots of {}: review the difference, then accept it with \
         `INSTA_UPDATE=always cargo test -p aim-tests --test wire`",
        failed.join(", ")
    );
    let folder = fs::read_dir(fixture::root().join("tests/snapshots")).unwrap();
    let stale: Vec<String> = folder
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        // A run that failed leaves a `.snap.new`.
        .filter(|name| name.ends_with(".snap") && !tested.contains(name))
        .collect();
    assert!(
        stale.is_empty(),
        "remove what nothing sends any more from tests/snapshots: {}",
        stale.join(", ")
    );
}

/// Each member that an operation can send is in a full request.
#[test]
fn every_member_is_sent() {
    let document = document::document().unwrap();
    for operation in document::operations().unwrap() {
        let properties = &document["components"]["schemas"][operation.request_type()]["properties"];
        let members = properties.as_object().into_iter().flatten();
        let expected: BTreeSet<String> = members
            .map(|(name, _)| name.clone())
            .filter(|name| !operation.keeps_out(name))
            .collect();
        let full = requests::forms(&operation);
        let full = full.iter().filter(|form| form.name.starts_with("full"));
        let sent = full.flat_map(|form| document::members(&form.request));
        let sent: BTreeSet<String> = sent.map(|(name, _)| name).collect();
        assert_eq!(sent, expected, "{}", operation.id);
    }
}

/// What a document declares beside a request the client can send, and nothing else.
#[tokio::test]
async fn every_header_of_the_document_is_a_credential_of_the_client() {
    let (server, client) = serving();
    let document = document::document().unwrap();
    let declared = ["parameters", "securitySchemes"].into_iter();
    let declared = declared.flat_map(|section| document["components"][section].as_object());
    let declared = declared
        .flat_map(serde_json::Map::values)
        .filter(|parameter| parameter["in"] == "header");
    let declared: BTreeSet<String> = declared
        .map(|header| header["name"].as_str().unwrap().to_ascii_lowercase())
        .collect();
    let request = GetContractDetailsRequest::new().ref_("C-1");
    client.get_contract_details(&request).await.unwrap();
    let [sent] = &server.take()[..] else {
        panic!("it was not sent once");
    };
    let names = sent
        .headers
        .iter()
        .filter_map(|line| line.split(':').next());
    let others = [
        "accept",
        "content-length",
        "content-type",
        "host",
        "user-agent",
    ];
    let sent: BTreeSet<String> = names
        .map(str::to_ascii_lowercase)
        .filter(|name| !others.contains(&name.as_str()))
        .collect();
    assert_eq!(
        sent, declared,
        "the headers of the document are those of `Credentials` (call/credentials.rs of aim-client)"
    );
}

/// What a user builds by hand, with the types of the client, is what the same
/// request says as JSON.
#[tokio::test]
async fn a_request_built_by_hand_is_the_same_on_the_wire() {
    let (server, client) = serving();
    let date = AimDateTime::from_ymd_hms(2026, 11, 21, 10, 20, 30).unwrap();
    let bow = Accessory::new()
        .desc("Bow")
        .price("12.50".parse::<Money>().unwrap())
        .type_(AccessoryType::Accessory)
        .report(false);
    let contract = C2BPostContractRequest::new()
        .teacher_id(9_007_199_254_740_993)
        .rate(
            Rate::new()
                .plan_code("RTO")
                .months(3)
                .mo_pay(Money::from(25)),
        )
        .accessory_id_list([1, 2])
        .accessory_list([bow.clone(), Accessory::new()])
        .form_input_list([FormInput::new("EMPLOYER", "Acme", true)])
        .cc_info(CcInfo::new("tok_FAKE", CardType::MasterCard, "0042").expiration("04/29"))
        .customer_info(CustomerInfo::new("Ada Example", "ada@example.com").web_id(5))
        .return_topic(true);
    client.c2b_post_contract(&contract).await.unwrap();
    let fulfillment = ContractFulfillmentRequest::new()
        .ref_("C-1")
        .delivery_date(date.clone())
        .delivered_accessories([DeliveredAccessory::new().id(31).delivered(true)])
        .deleted_accessory_ids([])
        .unlock(false)
        .mass_update_items([UpdateContractObj::new()
            .ref_("C-2")
            .added_accessories([bow])
            .first_due(date)]);
    client.contract_fulfillment(&fulfillment).await.unwrap();
    let access = CustomerAccessTokenRequest::new()
        .acct(201)
        .mode(AccessMode::UpdateCard)
        .item_key(41);
    client.customer_access_token(&access).await.unwrap();
    let bow = r#"{"Desc":"Bow","Price":12.50,"Type":"A","Report":false}"#;
    let sent: Vec<String> = server
        .take()
        .iter()
        .map(|sent| match sent.method() {
            "GET" => sent.target().to_owned(),
            _ => String::from_utf8(sent.body.clone()).unwrap(),
        })
        .collect();
    let expected = [
        format!(
            r#"{{"TeacherId":9007199254740993,"Rate":{{"PlanCode":"RTO","MoPay":25,"Months":3}},"AccessoryIdList":[1,2],"AccessoryList":[{bow},{{}}],"FormInputList":[{{"Key":"EMPLOYER","Value":"Acme","Encrypted":true}}],"CcInfo":{{"TokenStr":"tok_FAKE","CardType":"MCARD","LastFour":"0042","Expiration":"04/29"}},"CustomerInfo":{{"WebId":5,"Name":"Ada Example","Email":"ada@example.com"}},"ReturnTopic":true}}"#
        ),
        format!(
            r#"{{"Ref":"C-1","DeliveryDate":"2026-11-21T10:20:30","DeliveredAccessories":[{{"Id":31,"Delivered":true}}],"DeletedAccessoryIds":[],"Unlock":false,"MassUpdateItems":[{{"Ref":"C-2","AddedAccessories":[{bow}],"FirstDue":"2026-11-21T10:20:30"}}]}}"#
        ),
        "/aeservices30/api/CustomerAccessToken?Acct=201&Mode=UPDATE_CARD&ItemKey=41".to_owned(),
    ];
    assert_eq!(sent, expected);
}

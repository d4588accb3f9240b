//! The exact bytes of every request, as they arrive at a socket.
//!
//! The snapshots are the reviewed contract: whoever changes one changes what
//! reaches a store. `cargo insta review` (or `INSTA_UPDATE=always cargo test`)
//! accepts a change.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "that is how a test fails"
)]

use std::collections::BTreeSet;
use std::fs;

use aim_client::types::{
    AccessMode, Accessory, AccessoryType, C2BPostContractRequest, CardType, CcInfo,
    ContractFulfillmentRequest, CustomerAccessTokenRequest, CustomerInfo, DeliveredAccessory,
    FormInput, GetContractDetailsRequest, PostServiceTicketRequest, Rate, UpdateContractObj,
};
use aim_client::{AimClient, AimDateTime, Credentials, Money};
use aim_tests::fixture;
use aim_tests::server::{Received, Reply, Server};

/// What the server answers to everything: evidence for any operation.
const PROOF: &str = r#"{"Status":{"StatusCode":"OK"}}"#;

/// The largest value that .NET's decimal holds.
const LARGEST: &str = "79228162514264337593543950335";
/// The most digits after the point.
const FINEST: &str = "-0.0000000000000000000000000001";

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

/// The last moment that .NET knows.
fn last_date() -> AimDateTime {
    AimDateTime::from_ymd_hms(9999, 12, 31, 23, 59, 59).unwrap()
}

fn awkward() -> &'static str {
    "Zo\u{eb} \"M\u{fc}ller\"\\\n\t\u{1f3bb} {a:[b,c]} <&'+%> \u{2028}/"
}

fn card() -> CcInfo {
    CcInfo::new("tok_FAKE_4242", CardType::Visa, "4242")
        .expiration("04/29")
        .reason_on_file("rental")
        .token_pk(77)
        .primary(true)
}

fn customer() -> CustomerInfo {
    CustomerInfo::new("Ada Example", "ada@example.com")
        .web_id(5)
        .addr1("1 Main St")
        .addr2("Apt 2")
        .city("Springfield")
        .st("IL")
        .zip("62701")
        .country("US")
        .phone("555-0100")
}

fn rate() -> Rate {
    Rate::new()
        .plan_code("RTO")
        .level(2)
        .grade("New")
        .down_pay(money("25.00"))
        .mo_pay(money("24.99"))
        .down_maint(money("0"))
        .mo_maint(money("5.5"))
        .rdf_type("R")
        .contract_default_id(9_007_199_254_740_993)
        .months(3)
        .down_lease(money("1"))
        .mo_lease(money("2.0"))
}

fn bow() -> Accessory {
    Accessory::new()
        .desc("Bow")
        .price(money("12.50"))
        .type_(AccessoryType::Accessory)
        .cat_num(3)
        .sku("S-1")
        .report(false)
}

fn contract(form: Form) -> C2BPostContractRequest {
    let minimal = C2BPostContractRequest::new();
    match form {
        Form::Minimal => minimal,
        Form::Ids => for_query(form),
        Form::Full => for_query(form)
            .form_input_list([FormInput::new("EMPLOYER", "Acme", false)])
            .cc_info(card())
            .customer_info(customer()),
        Form::Edge => for_query(form)
            .form_input_list([FormInput::new(awkward(), awkward(), true)])
            .cc_info(CcInfo::new(
                " ",
                CardType::Other("JCB \"x\"".to_owned()),
                "0000",
            ))
            .customer_info(CustomerInfo::new(awkward(), " ").web_id(-1).city("")),
    }
}

/// A contract without what must not stand in a URL.
fn for_query(form: Form) -> C2BPostContractRequest {
    let minimal = C2BPostContractRequest::new();
    match form {
        Form::Minimal => minimal,
        Form::Full => minimal
            .teacher_id(11)
            .school_name("North Middle")
            .aim_school_id(12)
            .stloc("MAIN")
            .sku("12-345")
            .desc("Violin outfit")
            .rate(rate())
            .accessory_id_list([1, 2, 3])
            .accessory_list([bow(), Accessory::new()])
            .cat(4)
            .sub(5)
            .return_topic(true)
            .status_id(15)
            .card_terminal_id("T-1"),
        Form::Ids => minimal.instrument_id(13).rate_id(14).cus_acct(201),
        Form::Edge => minimal
            .teacher_id(i64::MIN)
            .aim_school_id(i64::MAX)
            .school_name(awkward())
            .rate(
                Rate::new()
                    .plan_code(awkward())
                    .grade("")
                    .level(i32::MIN)
                    .down_pay(money(LARGEST))
                    .mo_pay(money(FINEST))
                    .down_lease(money("-0.00"))
                    .mo_lease(money("0")),
            )
            .accessory_id_list([])
            .accessory_list([Accessory::new().desc(" padded ").price(money("-12.50"))])
            .cat(0)
            .return_topic(false),
    }
}

fn ticket(form: Form) -> PostServiceTicketRequest {
    let minimal = PostServiceTicketRequest::new();
    match form {
        Form::Minimal | Form::Ids => minimal,
        Form::Full => minimal
            .ref_number("A-100")
            .serial_number("SN-1")
            .customer_acct(201)
            .customer_info(customer())
            .form_input_list([FormInput::new("ATTENTION", "front desk", false)])
            .cc_info(card())
            .notes("Bow needs new hair.")
            .voice_recording("UklGRg==")
            .item_description("Violin"),
        Form::Edge => minimal
            .ref_number(awkward())
            .customer_acct(i32::MIN)
            .form_input_list([])
            .notes(""),
    }
}

fn fulfillment(form: Form) -> ContractFulfillmentRequest {
    let minimal = ContractFulfillmentRequest::new();
    let date = AimDateTime::from_ymd_hms(2026, 11, 21, 10, 20, 30).unwrap();
    match form {
        Form::Minimal | Form::Ids => minimal,
        Form::Full => minimal
            .ref_("C-1")
            .serial("SN-1")
            .serial_pk(21)
            .cash_price(money("499.00"))
            .new_status("Delivered")
            .notes("Left at the office.")
            .delivery_date(date.clone())
            .delivered_accessories([DeliveredAccessory::new().id(31).delivered(true)])
            .deleted_accessory_ids([32])
            .added_accessories([bow()])
            .first_due(date.clone())
            .customer_acct(201)
            .unlock(true)
            .mass_update_items([UpdateContractObj::new()
                .ref_("C-2")
                .serial("SN-2")
                .serial_pk(22)
                .cash_price(money("1.10"))
                .new_status("Returned")
                .notes("Two.")
                .delivery_date(date.clone())
                .delivered_accessories([DeliveredAccessory::new().id(33).delivered(false)])
                .deleted_accessory_ids([34])
                .added_accessories([bow()])
                .first_due(date)
                .new_customer_acct(202)
                .unlock(false)]),
        Form::Edge => minimal
            .ref_(awkward())
            .cash_price(money(LARGEST))
            .delivery_date(last_date())
            .deleted_accessory_ids([])
            .mass_update_items([UpdateContractObj::new().cash_price(money(FINEST))])
            .unlock(false),
    }
}

fn details(form: Form) -> GetContractDetailsRequest {
    let minimal = GetContractDetailsRequest::new();
    match form {
        Form::Minimal | Form::Ids => minimal,
        Form::Full => minimal.ref_("C-1").sub(1),
        Form::Edge => minimal.ref_(awkward()).sub(i32::MIN),
    }
}

fn access(form: Form) -> CustomerAccessTokenRequest {
    let minimal = CustomerAccessTokenRequest::new();
    match form {
        Form::Minimal | Form::Ids => minimal,
        Form::Full => minimal.acct(201).mode(AccessMode::UpdateCard).item_key(41),
        Form::Edge => minimal.acct(0).mode(awkward()).item_key(i64::MIN),
    }
}

#[derive(Clone, Copy, Debug)]
enum Form {
    Minimal,
    /// All members, but for those that others exclude.
    Full,
    /// A contract with ids, where the full one has what they exclude.
    Ids,
    Edge,
}

fn forms(operation: &str) -> &'static [Form] {
    match operation {
        "C2BPostContract" | "C2BPostContractGet" => {
            &[Form::Minimal, Form::Full, Form::Ids, Form::Edge]
        }
        _ => &[Form::Minimal, Form::Full, Form::Edge],
    }
}

const OPERATIONS: [&str; 8] = [
    "PostServiceTicket",
    "ContractFulfillment",
    "C2BSetContractSerial",
    "C2BPostContract",
    "C2BPostContractGet",
    "CustomerAccessToken",
    "GetContractDetails",
    "GetContractDetailsGet",
];

/// Makes the call; the answer is not the point here.
#[allow(deprecated, reason = "every operation is locked")]
async fn call(client: &AimClient, operation: &str, form: Form) {
    match operation {
        "PostServiceTicket" => drop(client.post_service_ticket(&ticket(form)).await.unwrap()),
        "ContractFulfillment" => {
            drop(
                client
                    .contract_fulfillment(&fulfillment(form))
                    .await
                    .unwrap(),
            );
        }
        "C2BSetContractSerial" => {
            drop(
                client
                    .c2b_set_contract_serial(&fulfillment(form))
                    .await
                    .unwrap(),
            );
        }
        "C2BPostContract" => drop(client.c2b_post_contract(&contract(form)).await.unwrap()),
        "C2BPostContractGet" => {
            drop(
                client
                    .c2b_post_contract_get(&for_query(form))
                    .await
                    .unwrap(),
            );
        }
        "CustomerAccessToken" => drop(client.customer_access_token(&access(form)).await.unwrap()),
        "GetContractDetails" => drop(client.get_contract_details(&details(form)).await.unwrap()),
        "GetContractDetailsGet" => {
            drop(
                client
                    .get_contract_details_get(&details(form))
                    .await
                    .unwrap(),
            );
        }
        other => panic!("no operation {other}"),
    }
}

/// Everything but the port of this run; headers in order of their names.
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
    format!("{}\n{}\n\n{body}", request.line, headers.join("\n"))
}

fn name(operation: &str, form: Form) -> String {
    format!("{operation}-{form:?}").to_lowercase()
}

#[tokio::test]
async fn every_operation_in_every_form() {
    let server = Server::start(|_| Reply::json(PROOF)).unwrap();
    let credentials = Credentials::new("fake-api-key", "fake-app-id")
        .token("fake-token")
        .device_id("fake-device")
        .oauth_token("fake-oauth");
    let client = AimClient::builder()
        .base_url(format!("{}/aeservices30", server.url()))
        .credentials(credentials)
        .http(|http| http.user_agent("wire-test"))
        .build()
        .unwrap();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for operation in OPERATIONS {
        for &form in forms(operation) {
            call(&client, operation, form).await;
            let received = server.take();
            assert_eq!(received.len(), 1, "{operation} {form:?} was sent once");
            settings.bind(|| {
                insta::assert_snapshot!(name(operation, form), printed(&received[0]));
            });
        }
    }
}

#[test]
fn every_snapshot_is_one_that_is_tested() {
    let expected: BTreeSet<String> = OPERATIONS
        .iter()
        .flat_map(|operation| forms(operation).iter().map(move |form| (operation, *form)))
        .map(|(operation, form)| format!("{}.snap", name(operation, form)))
        .collect();
    let found: BTreeSet<String> = fs::read_dir(fixture::root().join("tests/snapshots"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn every_operation_of_the_document_is_here() {
    let operations = aim_tests::document::operations().unwrap();
    let ids: BTreeSet<_> = operations
        .iter()
        .map(|operation| operation.id.as_str())
        .collect();
    assert_eq!(ids, OPERATIONS.into());
}

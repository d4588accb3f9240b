//! One edit of the document is enough for a new member and for new operations.
//! The test makes it in a copy of the workspace, regenerates and compiles, and
//! calls the new operations on the fake from a program that depends only on the
//! crates.

use aim_codegen::regen;
use aim_tests::nested::{read, write};
use aim_tests::{fixture, new_operation};

use crate::nested;

/// Calls the operations in every possible way, and shows what the fake
/// received.
const PROGRAM: &str = r#"
use std::error::Error;

use aim_client::types::{
    TestSetCustomerRequest, TestListingRequest, TestListingResponse,
    PostServiceTicketRequest,
};
use aim_client::{AimApi, AimClient, Credentials, Operation, Effect};
use aim_fake::AimFake;

fn shown(answer: &TestListingResponse) -> String {
    let statuses = answer.test_statuses.iter().flatten();
    let statuses = statuses.map(|one| format!("{:?} {:?}", one.id, one.web_description));
    statuses.collect::<Vec<_>>().join(", ")
}

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let fake = runtime.block_on(AimFake::start())?;
    let builder = || {
        AimClient::builder()
            .base_url(fake.base_url())
            .credentials(Credentials::new("api-key", "app-id"))
    };
    let listing = TestListingRequest::new();
    let customer = TestSetCustomerRequest::new().web_ref("W-1").acct(20417);
    let ticket = PostServiceTicketRequest::new().test_number("PO-7");

    let client = builder().build()?;
    runtime.block_on(async {
        println!("async: {}", shown(&*client.test_listing(&listing).await?));
        let answer = client.test_set_customer(&customer).await?;
        println!("async: {}", answer.status.is_some());
        client.post_service_ticket(&ticket).await?;
        let api: &dyn AimApi = &client;
        println!("trait: {}", shown(&*api.test_listing(&listing).await?));
        let answer = api.test_set_customer(&customer).await?;
        println!("trait: {}", answer.status.is_some());
        Ok::<_, aim_client::Error>(())
    })?;
    let twin = builder().build_blocking()?;
    println!("blocking: {}", shown(&*twin.test_listing(&listing)?));
    let answer = twin.test_set_customer(&customer)?;
    println!("blocking: {}", answer.status.is_some());

    for received in fake.requests() {
        let bound = received.bound.as_ref().ok_or("nothing was bound")?;
        let path = received.target.rsplit('/').next().unwrap_or_default();
        let member = match path {
            "PostServiceTicket" => "TestNumber",
            "TestSetCustomer" => "WebRef",
            _ => "Token",
        };
        let value = bound.get(member).as_str();
        println!("received: {} {path} {value:?}, applied {}", received.method, received.applied);
    }
    for booking in fake.state().bookings() {
        println!("booked: {}", booking.operation);
    }
    for one in Operation::all() {
        if ["TestListing", "TestSetCustomer"].contains(&one.id()) {
            println!("{} {} books {}", one.method(), one.path(), one.effect() == Effect::Books);
        }
    }
    Ok(())
}
"#;

/// Its output: the document's realistic answers, and what was sent.
const PRINTED: &str = r#"async: Some(4) Some("We are working on it."), Some(5) Some("Come and get it.")
async: true
trait: Some(4) Some("We are working on it."), Some(5) Some("Come and get it.")
trait: true
blocking: Some(4) Some("We are working on it."), Some(5) Some("Come and get it.")
blocking: true
received: GET TestListing None, applied true
received: POST TestSetCustomer Some("W-1"), applied true
received: POST PostServiceTicket Some("PO-7"), applied true
received: GET TestListing None, applied true
received: POST TestSetCustomer Some("W-1"), applied true
received: GET TestListing None, applied true
received: POST TestSetCustomer Some("W-1"), applied true
booked: TestSetCustomer
booked: PostServiceTicket
booked: TestSetCustomer
booked: TestSetCustomer
GET /api/TestListing books false
POST /api/TestSetCustomer books true
"#;

#[test]
#[ignore = "compiles for minutes"]
fn one_edit_of_the_document_is_enough() {
    let (nested, _alone) = nested();
    let copy = nested.workspace();
    let document = copy.join(regen::DOCUMENT);
    write(&document, new_operation::added_to(&read(&document)));
    // The demo refuses stale code.
    let demo = nested.cargo(&copy, &["xtask", "demo"]).output().unwrap();
    let said = String::from_utf8(demo.stderr).unwrap();
    assert!(
        !demo.status.success() && said.contains("stale: run `cargo xtask regen`"),
        "{said}"
    );
    let printed = nested.run(&copy, &["xtask", "regen"]).printed;
    assert!(printed.contains("TestListing"), "{printed}");

    let path = |name: &str| copy.join("crates").join(name).display().to_string();
    let manifest = format!(
        "[dependencies]\n\
         aim-client = {{ path = {:?}, default-features = false, features = [\"blocking\", \"codegen\"] }}\n\
         aim-fake = {{ path = {:?} }}\n\
         tokio = {{ version = \"1\", features = [\"rt-multi-thread\"] }}\n",
        path("aim-client"),
        path("aim-fake"),
    );
    let program = nested.program("new-operation", &manifest, PROGRAM);
    let built = nested.build(&program, &["build"]);
    assert!(!built.messages.contains("warning"), "{}", built.messages);
    assert_eq!(built.run(), PRINTED);

    // The product's document has none of these.
    let own = read(&fixture::root().join(regen::DOCUMENT));
    assert!(!own.contains("TestNumber"));
}

//! The eight operations as one function, each request with a text of its own
//! by which the fake's record tells whose it was.

use aim_client::types::{
    C2BPostContractRequest, ContractFulfillmentRequest, CustomerAccessTokenRequest,
    GetContractDetailsRequest, PostServiceTicketRequest, UpdateContractObj,
};
use aim_client::{AimClient, Answer, Error, Operation};
use aim_fake::Received;

/// A contract of `State::example`.
const CONTRACT: &str = "R-104233";

/// A customer of `State::example`.
const ACCOUNT: i32 = 20417;

/// Calls an operation; the result is the number of attempts.
///
/// # Errors
///
/// The client's.
///
/// # Panics
///
/// If the operation is new.
#[allow(deprecated, reason = "every operation means every one")]
#[allow(
    clippy::panic,
    reason = "only tests use this, and that is how a test fails"
)]
pub async fn call(client: &AimClient, operation: &Operation, key: &str) -> Result<u32, Error> {
    let fulfillment = || ContractFulfillmentRequest::new().ref_(CONTRACT).notes(key);
    let contract = || C2BPostContractRequest::new().school_name(key);
    let details = || GetContractDetailsRequest::new().ref_(CONTRACT);
    match operation.id() {
        "PostServiceTicket" => {
            let ticket = PostServiceTicketRequest::new().ref_number(key);
            attempts(client.post_service_ticket(&ticket).await)
        }
        "ContractFulfillment" => attempts(client.contract_fulfillment(&fulfillment()).await),
        "C2BSetContractSerial" => attempts(client.c2b_set_contract_serial(&fulfillment()).await),
        "C2BPostContract" => attempts(client.c2b_post_contract(&contract()).await),
        "C2BPostContractGet" => attempts(client.c2b_post_contract_get(&contract()).await),
        "CustomerAccessToken" => {
            let request = CustomerAccessTokenRequest::new().acct(ACCOUNT);
            attempts(client.customer_access_token(&request).await)
        }
        "GetContractDetails" => attempts(client.get_contract_details(&details()).await),
        "GetContractDetailsGet" => attempts(client.get_contract_details_get(&details()).await),
        id => panic!("the operation {id} is new: call it here"),
    }
}

/// Calls an operation that changes contracts with two of them, of which one
/// does not exist; the result is the number of attempts.
///
/// # Errors
///
/// The client's; where all goes well, that it was partly applied.
///
/// # Panics
///
/// If the operation changes no contracts.
#[allow(deprecated, reason = "every operation means every one")]
#[allow(
    clippy::panic,
    reason = "only tests use this, and that is how a test fails"
)]
pub async fn call_in_part(
    client: &AimClient,
    operation: &Operation,
    key: &str,
) -> Result<u32, Error> {
    let item = |reference| UpdateContractObj::new().ref_(reference).notes(key);
    let items = [item(CONTRACT), item("R-0")];
    let request = ContractFulfillmentRequest::new()
        .notes(key)
        .mass_update_items(items);
    match operation.id() {
        "ContractFulfillment" => attempts(client.contract_fulfillment(&request).await),
        "C2BSetContractSerial" => attempts(client.c2b_set_contract_serial(&request).await),
        id => panic!("the operation {id} changes no contracts"),
    }
}

fn attempts<T>(outcome: Result<Answer<T>, Error>) -> Result<u32, Error> {
    outcome.map(|answer| answer.attempts())
}

/// The operation's name at the fake: that of the service behind the route.
#[must_use]
pub fn service(operation: &Operation) -> &'static str {
    match operation.id() {
        "C2BSetContractSerial" => "ContractFulfillment",
        "C2BPostContractGet" => "C2BPostContract",
        "GetContractDetailsGet" => "GetContractDetails",
        id => id,
    }
}

/// The text of its own that a booking carries.
#[must_use]
pub fn key(received: &Received) -> Option<&str> {
    let member = match received.operation? {
        "PostServiceTicket" => "RefNumber",
        "ContractFulfillment" => "Notes",
        "C2BPostContract" => "SchoolName",
        _ => return None,
    };
    received.bound.as_ref()?.get(member).as_str()
}

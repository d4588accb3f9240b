//! Every operation of the client, called by its id with a request of JSON text.

use std::fmt::Debug;

use aim_client::{AimClient, Answer, Error};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What came of a call.
#[derive(Debug)]
pub struct Called {
    /// The answer as JSON text, where it could be read.
    pub answer: Option<String>,
    /// Its `Debug` forms, with those of what carries it.
    pub debug: Option<String>,
    /// None if the answer proves that the operation ran.
    pub error: Option<Error>,
}

/// Calls an operation.
///
/// # Errors
///
/// What serde_json says where the request's type cannot hold the text.
///
/// # Panics
///
/// If the client has no such operation.
#[allow(deprecated, reason = "every operation means every one")]
#[allow(
    clippy::panic,
    reason = "only tests use this, and that is how a test fails"
)]
pub async fn call(client: &AimClient, id: &str, request: &str) -> serde_json::Result<Called> {
    fn read<T: DeserializeOwned>(request: &str) -> serde_json::Result<T> {
        serde_json::from_str(request)
    }
    match id {
        "PostServiceTicket" => called(client.post_service_ticket(&read(request)?).await),
        "ContractFulfillment" => called(client.contract_fulfillment(&read(request)?).await),
        "C2BSetContractSerial" => called(client.c2b_set_contract_serial(&read(request)?).await),
        "C2BPostContract" => called(client.c2b_post_contract(&read(request)?).await),
        "C2BPostContractGet" => called(client.c2b_post_contract_get(&read(request)?).await),
        "CustomerAccessToken" => called(client.customer_access_token(&read(request)?).await),
        "GetContractDetails" => called(client.get_contract_details(&read(request)?).await),
        "GetContractDetailsGet" => called(client.get_contract_details_get(&read(request)?).await),
        other => panic!("no operation {other}"),
    }
}

fn called<T: Debug + Serialize + 'static>(
    result: Result<Answer<T>, Error>,
) -> serde_json::Result<Called> {
    let text = |value: &T| serde_json::to_string(value);
    Ok(match result {
        Ok(answer) => Called {
            answer: Some(text(&answer)?),
            debug: Some(format!("{answer:?} {answer:#?}")),
            error: None,
        },
        Err(error) => Called {
            answer: error.answer::<T>().map(text).transpose()?,
            debug: error
                .answer::<T>()
                .map(|answer| format!("{answer:?} {answer:#?}")),
            error: Some(error),
        },
    })
}

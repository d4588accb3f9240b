//! Reads contracts by GET, for many users at once: each has a login of their
//! own, and all share connections and limits.
//!
//! ```sh
//! cargo run --example get_contract_details_get -- https://10846.active-e.net:7890 R-104233 R-104234
//! ```
//!
//! `AIM_API_KEY` and `AIM_APP_ID` hold the credentials.

use std::env;
use std::error::Error;
use std::time::Duration;

use aim_client::types::GetContractDetailsRequest;
use aim_client::{AimClient, CallOptions, Credentials};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let base_url = arguments
        .next()
        .ok_or("usage: get_contract_details_get BASE_URL REF...")?;
    let client = AimClient::builder()
        .base_url(base_url)
        .credentials(Credentials::new(
            env::var("AIM_API_KEY")?,
            env::var("AIM_APP_ID")?,
        ))
        .build()?;
    let mut calls = Vec::new();
    for (number, reference) in arguments.enumerate() {
        let of_user = CallOptions::new()
            .token(format!("login-of-user-{number}"))
            .timeout(Duration::from_secs(20));
        let user = client.with(of_user);
        calls.push(tokio::spawn(async move {
            let request = GetContractDetailsRequest::new().ref_(&reference);
            let details = user.get_contract_details_get(&request).await;
            (reference, details)
        }));
    }
    for call in calls {
        match call.await? {
            (reference, Ok(details)) => println!("{reference}: {:?}", details.total_due),
            (reference, Err(error)) => println!("{reference}: {error}"),
        }
    }
    Ok(())
}

//! Books a rental contract by GET, for a server that takes no POST.
//!
//! ```sh
//! cargo run --example c2b_post_contract_get -- https://10846.active-e.net:7890
//! ```
//!
//! `AIM_API_KEY` and `AIM_APP_ID` hold the credentials.
//!
//! A URL is logged on its way: customers, cards and form inputs are refused in
//! it, so this books for a customer who has an account.

use std::env;
use std::error::Error;

use aim_client::types::{C2BPostContractRequest, CustomerInfo};
use aim_client::{AimClient, Credentials};

#[allow(deprecated, reason = "POST is better, where it can be had")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let base_url = env::args()
        .nth(1)
        .ok_or("usage: c2b_post_contract_get BASE_URL")?;
    let client = AimClient::builder()
        .base_url(base_url)
        .credentials(Credentials::new(
            env::var("AIM_API_KEY")?,
            env::var("AIM_APP_ID")?,
        ))
        .build()?;
    let request = C2BPostContractRequest::new()
        .instrument_id(7301)
        .rate_id(90210);
    let person = CustomerInfo::new("Jordan Example", "jordan@example.com");
    let open = request.clone().customer_info(person);
    if let Err(refused) = client.c2b_post_contract_get(&open).await {
        println!("{refused}");
    }
    let contract = client
        .c2b_post_contract_get(&request.cus_acct(20417))
        .await?;
    println!(
        "booked: {}",
        contract.web_ref.as_deref().unwrap_or("no reference")
    );
    Ok(())
}

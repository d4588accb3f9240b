//! Gets the page on which a customer puts a card on file.
//!
//! ```sh
//! cargo run --example customer_access_token -- https://10846.active-e.net:7890 20417
//! ```
//!
//! `AIM_API_KEY` and `AIM_APP_ID` hold the credentials.

use std::env;
use std::error::Error;

use aim_client::types::{AccessMode, CustomerAccessTokenRequest};
use aim_client::{AimClient, Credentials};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [base_url, account] = &arguments[..] else {
        return Err("usage: customer_access_token BASE_URL ACCOUNT".into());
    };
    let client = AimClient::builder()
        .base_url(base_url)
        .credentials(Credentials::new(
            env::var("AIM_API_KEY")?,
            env::var("AIM_APP_ID")?,
        ))
        .build()?;
    let request = CustomerAccessTokenRequest::new()
        .acct(account.parse::<i32>()?)
        .mode(AccessMode::AddCustomerCard);
    let access = client.customer_access_token(&request).await?;
    // Who has the address has the account: it is for the customer's eyes, and
    // printing it shows `[redacted]`.
    let address = access.account_management_url.as_ref();
    println!(
        "{address:?}: {} letters",
        address.map_or(0, |address| address.expose().len())
    );
    Ok(())
}

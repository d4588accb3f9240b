//! The whole way from an API key to a booking: asks the vendor's central host for
//! the merchant's address, logs a user in, shows what is due on a contract, and
//! posts another one for the user's account.
//!
//! ```sh
//! cargo run --example sign_in -- R-104233
//! ```
//!
//! `AIM_API_KEY` and `AIM_APP_ID` hold the credentials, `AIM_USER` and
//! `AIM_PASSWORD` the login. On this machine a test server with its example store
//! stands in for both hosts, and knows the user `jordan@example.com` with the
//! password `password-invented-5d`: `sign_in R-104233 http://127.0.0.1:8080`.

use std::env;
use std::error::Error;

use aim_client::types::{C2BPostContractRequest, GetContractDetailsRequest};
use aim_client::{AimClient, Credentials, Delivery, Login};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (reference, test_server) = match &arguments[..] {
        [reference] => (reference, None),
        [reference, test_server] => (reference, Some(test_server)),
        _ => return Err("usage: sign_in REF [TEST_SERVER]".into()),
    };
    let mut builder = AimClient::builder().credentials(Credentials::new(
        env::var("AIM_API_KEY")?,
        env::var("AIM_APP_ID")?,
    ));
    if let Some(test_server) = test_server {
        builder = builder.base_url(test_server).allow_host("127.0.0.1");
    }
    let client = builder.discover().await?.build()?;
    println!("the merchant: {client:?}");

    let login = Login::new(env::var("AIM_USER")?, env::var("AIM_PASSWORD")?);
    let user = client.log_in(login.log_in_again(true)).await?;
    let accounts = user.answer.account_details.iter().flatten();
    let account = accounts.filter_map(|account| account.acct).next();
    println!("logged in, with account {account:?}");

    let request = GetContractDetailsRequest::new().ref_(reference);
    let details = user.client.get_contract_details(&request).await?;
    println!(
        "due on {reference}: {}",
        details.total_due.unwrap_or_default()
    );

    let account = account.ok_or("the user has no account to book for")?;
    let request = C2BPostContractRequest::new()
        .instrument_id(4711)
        .rate_id(12)
        .cus_acct(account);
    match user.client.c2b_post_contract(&request).await {
        Ok(contract) => println!(
            "booked: {}",
            contract.web_ref.as_deref().unwrap_or_default()
        ),
        Err(error) if error.delivery() == Delivery::Unknown => {
            println!("perhaps booked: {error}");
        }
        Err(error) => println!("certainly not booked: {error}"),
    }
    Ok(())
}

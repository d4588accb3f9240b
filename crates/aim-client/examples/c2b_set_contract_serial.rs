//! Sets a contract's serial number by the old route of ContractFulfillment, for a
//! server that does not have the new one.
//!
//! ```sh
//! cargo run --example c2b_set_contract_serial -- https://10846.active-e.net:7890 R-104233 YCL255-118204
//! ```
//!
//! `AIM_API_KEY` and `AIM_APP_ID` hold the credentials.

use std::env;
use std::error::Error;

use aim_client::types::ContractFulfillmentRequest;
use aim_client::{AimClient, Credentials};

#[allow(deprecated, reason = "it is for servers that have no other")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [base_url, reference, serial] = &arguments[..] else {
        return Err("usage: c2b_set_contract_serial BASE_URL REF SERIAL".into());
    };
    let client = AimClient::builder()
        .base_url(base_url)
        .credentials(Credentials::new(
            env::var("AIM_API_KEY")?,
            env::var("AIM_APP_ID")?,
        ))
        .build()?;
    let request = ContractFulfillmentRequest::new()
        .ref_(reference)
        .serial(serial);
    client.c2b_set_contract_serial(&request).await?;
    println!("applied");
    Ok(())
}

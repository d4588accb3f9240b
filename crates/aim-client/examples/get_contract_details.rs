//! Shows what is due on a contract.
//!
//! ```sh
//! cargo run --example get_contract_details -- https://10846.active-e.net:7890 R-104233
//! ```
//!
//! `AIM_API_KEY` and `AIM_APP_ID` hold the credentials.

use std::env;
use std::error::Error;

use aim_client::types::GetContractDetailsRequest;
use aim_client::{AimClient, Credentials, Money};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [base_url, reference] = &arguments[..] else {
        return Err("usage: get_contract_details BASE_URL REF".into());
    };
    let client = AimClient::builder()
        .base_url(base_url)
        .credentials(Credentials::new(
            env::var("AIM_API_KEY")?,
            env::var("AIM_APP_ID")?,
        ))
        .build()?;
    let request = GetContractDetailsRequest::new().ref_(reference);
    let details = client.get_contract_details(&request).await?;
    let amount = |amount: Option<Money>| amount.unwrap_or_default();
    println!("due in all: {}", amount(details.total_due));
    println!("past due: {}", amount(details.past_due_amount));
    println!("late charges: {}", amount(details.late_charges));
    if let Some(date) = &details.next_due_date {
        println!("next due: {date}");
    }
    for item in details.inventory.iter().flatten() {
        println!(
            "rented: {}",
            item.serial.as_deref().unwrap_or("no serial number")
        );
    }
    Ok(())
}

//! Books a contract with a journal in a file, so that a crash loses nothing and
//! no order is booked twice.
//!
//! ```sh
//! cargo run --example journal -- https://10846.active-e.net:7890 bookings.jsonl order-4711
//! ```
//!
//! `AIM_API_KEY` and `AIM_APP_ID` hold the credentials. What is in doubt from
//! earlier runs is listed first; the example `doubts` settles it.

use std::env;
use std::error::Error;

use aim_client::journal::FileJournal;
use aim_client::types::{C2BPostContractRequest, CustomerInfo};
use aim_client::{AimClient, CallOptions, Credentials};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [base_url, file, order] = &arguments[..] else {
        return Err("usage: journal BASE_URL FILE ORDER".into());
    };
    let journal = FileJournal::open(file)?;
    for record in journal.in_doubt() {
        println!("look up in AIM: {record}");
    }
    let client = AimClient::builder()
        .base_url(base_url)
        .credentials(Credentials::new(
            env::var("AIM_API_KEY")?,
            env::var("AIM_APP_ID")?,
        ))
        .journal(journal)
        .build()?;
    let request = C2BPostContractRequest::new()
        .instrument_id(4711)
        .rate_id(12)
        .customer_info(CustomerInfo::new("Ada Example", "ada@example.com"));
    // The shop's own number of the order: from it a person finds the customer.
    let named = client.with(CallOptions::new().booking_id(order));
    match named.c2b_post_contract(&request).await {
        Ok(contract) => println!(
            "booked: {}",
            contract.web_ref.as_deref().unwrap_or_default()
        ),
        Err(error) => match error.earlier_booking() {
            Some(earlier) => println!("not booked again: {earlier}"),
            None => println!("{}: {error}", error.delivery()),
        },
    }
    Ok(())
}

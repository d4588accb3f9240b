//! Books a rental contract, exactly once.
//!
//! ```sh
//! cargo run --example c2b_post_contract -- https://10846.active-e.net:7890
//! ```
//!
//! `AIM_API_KEY` and `AIM_APP_ID` hold the credentials. The values are those of
//! the store that aim-fake begins with (`aim-fake --example`).

use std::env;
use std::error::Error;

use aim_client::types::{C2BPostContractRequest, CardType, CcInfo, CustomerInfo};
use aim_client::{AimClient, Credentials, Delivery};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let base_url = env::args()
        .nth(1)
        .ok_or("usage: c2b_post_contract BASE_URL")?;
    let client = AimClient::builder()
        .base_url(base_url)
        .credentials(Credentials::new(
            env::var("AIM_API_KEY")?,
            env::var("AIM_APP_ID")?,
        ))
        .build()?;
    let request = C2BPostContractRequest::new()
        .instrument_id(7301)
        .rate_id(90210)
        .accessory_id_list([4001, 4002])
        .customer_info(
            CustomerInfo::new("Jordan Example", "jordan@example.com")
                .addr1("12 Sample Street")
                .city("Springfield")
                .st("OH")
                .zip("45501"),
        )
        // The token is the card processor's; a card's number never comes here.
        .cc_info(CcInfo::new("tok_invented_7Qm2", CardType::Visa, "4242").expiration("08/29"));
    match client.c2b_post_contract(&request).await {
        Ok(contract) => println!(
            "booked: {}",
            contract.web_ref.as_deref().unwrap_or("no reference")
        ),
        Err(error) => {
            println!(
                "{}",
                match error.delivery() {
                    Delivery::NotSent | Delivery::Rejected =>
                        "certainly not booked: fix the cause and book again",
                    // The reference was in the answer that was lost.
                    Delivery::PartlyApplied | Delivery::Unknown =>
                        "perhaps booked: a person looks for the customer in AIM first",
                }
            );
            // With where to read about it.
            return Err(error.into());
        }
    }
    Ok(())
}

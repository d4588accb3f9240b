//! Hands over instruments: one contract, or many in a mass update.
//!
//! ```sh
//! cargo run --example contract_fulfillment -- https://10846.active-e.net:7890 R-104234 R-104235
//! ```
//!
//! `AIM_API_KEY` and `AIM_APP_ID` hold the credentials.

use std::env;
use std::error::Error;

use aim_client::types::{
    ContractFulfillmentRequest, ContractFulfillmentResponse, UpdateContractObj,
};
use aim_client::{AimClient, AimDateTime, Credentials, Delivery, FulfillmentLookup};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let base_url = arguments.next();
    let references: Vec<String> = arguments.collect();
    let (Some(base_url), Some(first)) = (base_url, references.first()) else {
        return Err("usage: contract_fulfillment BASE_URL REF...".into());
    };
    let client = AimClient::builder()
        .base_url(base_url)
        .credentials(Credentials::new(
            env::var("AIM_API_KEY")?,
            env::var("AIM_APP_ID")?,
        ))
        .build()?;
    // A day of the store's own calendar.
    let delivery_date = AimDateTime::from_ymd_hms(2026, 9, 1, 0, 0, 0)?;
    let request = if references.len() == 1 {
        ContractFulfillmentRequest::new()
            .ref_(first)
            .delivery_date(delivery_date)
    } else {
        let item = |reference: &String| {
            UpdateContractObj::new()
                .ref_(reference)
                .delivery_date(delivery_date.clone())
        };
        ContractFulfillmentRequest::new().mass_update_items(references.iter().map(item))
    };
    let error = match client.contract_fulfillment(&request).await {
        Ok(_) => {
            println!("applied");
            return Ok(());
        }
        Err(error) => error,
    };
    match error.delivery() {
        Delivery::NotSent | Delivery::Rejected => {}
        Delivery::PartlyApplied => {
            let answer = error.answer::<ContractFulfillmentResponse>()?;
            let failed = answer.mass_update_errors.as_ref();
            for item in failed.into_iter().flatten() {
                println!("not applied: {}", item.ref_.as_deref().unwrap_or("?"));
            }
        }
        Delivery::Unknown => {
            for reference in &references {
                match client.look_up_fulfillment(reference).await {
                    FulfillmentLookup::Exists(contract) => {
                        println!("{reference}: compare {:?}", contract.inventory);
                    }
                    FulfillmentLookup::Refused(error) | FulfillmentLookup::Unsure(error) => {
                        println!("{reference}: {error}");
                    }
                }
            }
        }
    }
    Err(error.into())
}

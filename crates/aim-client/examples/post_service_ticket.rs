//! Posts a service ticket for an instrument.
//!
//! ```sh
//! cargo run --example post_service_ticket -- https://10846.active-e.net:7890 WEB-20417-3
//! ```
//!
//! `AIM_API_KEY` and `AIM_APP_ID` hold the credentials.

use std::env;
use std::error::Error;

use aim_client::types::{CustomerInfo, FormInput, PostServiceTicketRequest};
use aim_client::{AimClient, Credentials, Delivery};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [base_url, number] = &arguments[..] else {
        return Err("usage: post_service_ticket BASE_URL NUMBER".into());
    };
    let client = AimClient::builder()
        .base_url(base_url)
        .credentials(Credentials::new(
            env::var("AIM_API_KEY")?,
            env::var("AIM_APP_ID")?,
        ))
        .build()?;
    let request = PostServiceTicketRequest::new()
        // A number of your own: by it a person finds the ticket in AIM.
        .ref_number(number)
        .serial_number("K1450873")
        .item_description("Alto saxophone")
        .notes("Low C sharp does not speak.")
        .customer_info(CustomerInfo::new("Jordan Example", "jordan@example.com").phone("555-0142"))
        .form_input_list([FormInput::new("PICKUP", "after 3 pm", false)]);
    match client.post_service_ticket(&request).await {
        Ok(ticket) => println!(
            "posted: {}",
            ticket.web_ref.as_deref().unwrap_or("no reference")
        ),
        Err(error) if error.delivery() == Delivery::Unknown => {
            println!("perhaps posted: a person looks for {number} in AIM first");
            return Err(error.into());
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

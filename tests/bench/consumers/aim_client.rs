//! A consumer of aim-client, with one call.

use aim_client::types::GetContractDetailsRequest;
use aim_client::{AimClient, Credentials};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), aim_client::Error> {
    let client = AimClient::builder()
        .credentials(Credentials::new("key", "app"))
        .build()?;
    let request = GetContractDetailsRequest::new().ref_("R-104233");
    let details = client.get_contract_details(&request).await?;
    println!("{:?} due", details.total_due);
    Ok(())
}

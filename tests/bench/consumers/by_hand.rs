//! The same by hand, with only what one call needs.

use serde::{Deserialize, Serialize};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct GetContractDetails {
    r#ref: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetContractDetailsResponse {
    total_due: Option<serde_json::Number>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), reqwest::Error> {
    let request = GetContractDetails {
        r#ref: "R-104233".to_owned(),
    };
    let details: GetContractDetailsResponse = reqwest::Client::new()
        .post("https://active-ewebservice.biz/aeservices30/api/GetContractDetails")
        .header("Accept", "application/json")
        .header("ApiKey", "key")
        .header("AppId", "app")
        .json(&request)
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    println!("{:?} due", details.total_due);
    Ok(())
}

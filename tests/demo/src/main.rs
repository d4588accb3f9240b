//! Goes through a rental with the client, on the fake: from an API key to a
//! login, each operation of it, an in-band error, a mass update that fails in part, and a fault. `cargo xtask
//! demo` starts it.

mod pretty;

use std::collections::BTreeSet;
use std::error::Error;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use aim_client::types::{
    Accessory, C2BPostContractRequest, ContractFulfillmentRequest, CustomerAccessTokenRequest,
    CustomerInfo, GetContractDetailsRequest, PostServiceTicketRequest, Rate, UpdateContractObj,
};
use aim_client::{AimClient, Answer, Credentials, Delivery, Login, Money};
use aim_fake::State;
use aim_fake::{AimFake, Fault, FaultKind};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::pretty::Style;

/// Says which members must be masked.
const DOCUMENT: &str = include_str!("../../../openapi/aim.json");

const BOLD: u8 = 1;
const RED: u8 = 31;
const GREEN: u8 = 32;
const YELLOW: u8 = 33;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let fake = AimFake::builder().state(State::example()?).start().await?;
    let show = Show {
        style: Style {
            coloured: io::stdout().is_terminal(),
        },
        masked: sensitive_members(&serde_json::from_str(DOCUMENT)?),
        fake: &fake,
    };
    let client = signed_in(&show).await?;
    #[allow(deprecated, reason = "the demo shows the old routes too")]
    journey(&client, &show).await
}

/// From an API key to a session of a customer of the example.
async fn signed_in(show: &Show<'_>) -> Result<AimClient, Box<dyn Error>> {
    let merchant = AimClient::builder()
        // The fake is both the vendor's central host and the merchant's.
        .base_url(show.fake.base_url())
        .allow_host("127.0.0.1")
        .credentials(Credentials::new("demo-api-key", "demo-app"))
        .discover()
        .await?;
    show.sent("an API key leads to the merchant's address")?;
    let client = merchant.build()?;
    println!("  {} {client:?}\n", show.style.paint(GREEN, "found:"));
    let login = Login::new("jordan@example.com", "password-invented-5d");
    let user = client.log_in(login).await?;
    show.proved("a customer logs in", Ok(user.answer))?;
    Ok(user.client)
}

#[allow(deprecated, reason = "the demo shows the old routes too")]
async fn journey(client: &AimClient, show: &Show<'_>) -> Result<(), Box<dyn Error>> {
    let request = CustomerAccessTokenRequest::new().acct(20417);
    let outcome = client.customer_access_token(&request).await;
    show.proved("a customer gets a page to manage cards", outcome)?;

    let rental = C2BPostContractRequest::new()
        .school_name("Example School")
        .rate(Rate::new().mo_pay(Money::new(2499, 2)?).months(1))
        .accessory_list([Accessory::new().desc("Stand").price(Money::new(550, 2)?)]);
    let request = rental
        .clone()
        .sku("VIOLIN-34")
        .customer_info(CustomerInfo::new("Ada Example", "ada@example.com"));
    let outcome = client.c2b_post_contract(&request).await;
    let contract = show.proved("a rental is booked", outcome)?;
    let reference = contract.web_ref.as_deref().ok_or("no reference")?;

    let request = rental.clone().sku("BOW-34").cus_acct(20417);
    let outcome = client.c2b_post_contract_get(&request).await;
    let second = show.proved("a second one, by the old GET", outcome)?;
    let second = second.web_ref.as_deref().ok_or("no reference")?;

    let look = GetContractDetailsRequest::new().ref_(reference);
    show.proved(
        "what is due on it",
        client.get_contract_details(&look).await,
    )?;

    let request = ContractFulfillmentRequest::new()
        .ref_(reference)
        .serial("SN-7711")
        .cash_price(Money::new(89_900, 2)?);
    let outcome = client.contract_fulfillment(&request).await;
    show.proved("the instrument is handed over", outcome)?;

    let request = ContractFulfillmentRequest::new()
        .ref_(second)
        .serial("SN-7712");
    let outcome = client.c2b_set_contract_serial(&request).await;
    show.proved("the second one, by the old route", outcome)?;

    let outcome = client.get_contract_details_get(&look).await;
    show.proved("the serial number is there", outcome)?;

    let request = PostServiceTicketRequest::new()
        .ref_number("A-17")
        .serial_number("SN-7711")
        .item_description("Violin 3/4, open seam")
        .customer_info(CustomerInfo::new("Ada Example", "ada@example.com"));
    let outcome = client.post_service_ticket(&request).await;
    show.proved("a repair is booked", outcome)?;

    let request = GetContractDetailsRequest::new().ref_("no-such-contract");
    let outcome = client.get_contract_details(&request).await;
    show.failed(
        "an in-band error, with status 200",
        outcome,
        Delivery::Rejected,
    )?;

    let request = ContractFulfillmentRequest::new().mass_update_items([
        UpdateContractObj::new()
            .ref_(reference)
            .new_status("Delivered"),
        UpdateContractObj::new()
            .ref_("no-such-contract")
            .new_status("Delivered"),
    ]);
    let outcome = client.contract_fulfillment(&request).await;
    show.failed(
        "two updates, one of them impossible",
        outcome,
        Delivery::PartlyApplied,
    )?;

    show.fake
        .fault(Fault::new(FaultKind::ResetBeforeAnswer {}).on("C2BPostContract"))
        .await?;
    let request = rental.sku("CASE-34").cus_acct(20417);
    let outcome = client.c2b_post_contract(&request).await;
    show.failed(
        "a fault: the connection breaks after the booking",
        outcome,
        Delivery::Unknown,
    )?;
    let booked = show.fake.requests().last().is_some_and(|last| last.applied);
    println!("  the fake says: booked = {booked}, so sending it again would book twice");
    if booked {
        Ok(())
    } else {
        Err("the fault came before the booking".into())
    }
}

/// Prints requests and answers.
struct Show<'a> {
    style: Style,
    masked: BTreeSet<String>,
    fake: &'a AimFake,
}

impl Show<'_> {
    /// Shows a call that must succeed.
    fn proved<T: Serialize + Clone>(
        &self,
        title: &str,
        outcome: Result<Answer<T>, aim_client::Error>,
    ) -> Result<Answer<T>, Box<dyn Error>> {
        self.sent(title)?;
        match outcome {
            Ok(answer) => {
                let text = serde_json::to_string(&*answer)?;
                println!("  {}", self.style.paint(GREEN, "proved:"));
                println!("  {}\n", pretty::json(&text, &self.masked, self.style));
                Ok(answer)
            }
            Err(error) => {
                println!("  {}\n", self.style.paint(RED, &error.to_string()));
                Err(format!("{title}: {error}").into())
            }
        }
    }

    /// Shows a call that must fail with this delivery.
    fn failed<T>(
        &self,
        title: &str,
        outcome: Result<Answer<T>, aim_client::Error>,
        delivery: Delivery,
    ) -> Result<(), Box<dyn Error>> {
        self.sent(title)?;
        match outcome {
            Err(error) if error.delivery() == delivery => {
                let text = format!("{delivery}:");
                println!("  {}", self.style.paint(YELLOW, &text));
                println!("  {error}\n");
                Ok(())
            }
            Err(error) => {
                Err(format!("{title}: {} in place of {delivery}", error.delivery()).into())
            }
            Ok(_) => Err(format!("{title}: a success in place of {delivery}").into()),
        }
    }

    /// Shows the request line, and what the server understood.
    fn sent(&self, title: &str) -> Result<(), Box<dyn Error>> {
        println!("{}", self.style.paint(BOLD, title));
        let requests = self.fake.requests();
        let Some(last) = requests.last() else {
            return Ok(());
        };
        let masked = last.to_json(false);
        println!(
            "  {} {}",
            last.method,
            masked["target"].as_str().unwrap_or_default()
        );
        if last.bound.is_some() {
            let bound: Box<RawValue> = last.bound_as()?;
            println!("  {}", pretty::json(bound.get(), &self.masked, self.style));
        }
        Ok(())
    }
}

/// The names of all members that are sensitive in some type.
fn sensitive_members(document: &Value) -> BTreeSet<String> {
    let schemas = document["components"]["schemas"].as_object();
    schemas
        .into_iter()
        .flat_map(serde_json::Map::values)
        .filter_map(|schema| schema["properties"].as_object())
        .flatten()
        .filter(|(_, property)| property.get("x-aim-sensitive").is_some())
        .map(|(name, _)| name.clone())
        .collect()
}

//! Lists the bookings of a journal that are in doubt, with what to look for in
//! AIM, and settles one when a person has looked.
//!
//! ```sh
//! cargo run --example doubts -- https://10846.active-e.net:7890 bookings.jsonl
//! cargo run --example doubts -- https://10846.active-e.net:7890 bookings.jsonl order-4711 booked W-1
//! cargo run --example doubts -- https://10846.active-e.net:7890 bookings.jsonl order-4711 not-booked
//! ```
//!
//! `AIM_API_KEY` and `AIM_APP_ID` hold the credentials. The file has one user at
//! a time: a program that never ends settles with its own
//! [`FileJournal`], on a page for the staff perhaps.

use std::env;
use std::error::Error;
use std::path::Path;

use aim_client::journal::{FileJournal, Record, Settled};
use aim_client::{AimApi, AimClient, Credentials, FulfillmentLookup, Operation};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (base_url, file, settled) = match arguments[..] {
        [base_url, file] => (base_url, file, None),
        [base_url, file, id, "booked"] => (base_url, file, Some((id, Settled::Booked))),
        [base_url, file, id, "booked", reference] => {
            (base_url, file, Some((id, Settled::BookedAs(reference))))
        }
        [base_url, file, id, "not-booked"] => (base_url, file, Some((id, Settled::NotBooked))),
        _ => return Err("usage: doubts BASE_URL FILE [ID booked [WEBREF] | ID not-booked]".into()),
    };
    let client = AimClient::builder()
        .base_url(base_url)
        .credentials(Credentials::new(
            env::var("AIM_API_KEY")?,
            env::var("AIM_APP_ID")?,
        ))
        .build()?;
    // To open one that is not there makes it, and nothing would be in doubt.
    if !Path::new(file).is_file() {
        return Err(format!("there is no journal {file}").into());
    }
    let journal = FileJournal::open(file)?;
    if let Some((id, settled)) = settled {
        journal.settle(id, settled)?;
        println!("settled: {id}");
    }
    let in_doubt = journal.in_doubt();
    println!("in doubt: {}", in_doubt.len());
    for record in in_doubt {
        println!("{record}\n  {}", what_to_look_for(&client, &record).await);
    }
    Ok(())
}

/// For a person. It takes the trait, so that a test needs no server.
async fn what_to_look_for(aim: &dyn AimApi, record: &Record) -> String {
    if let Some(reference) = &record.reference {
        return match aim.look_up_fulfillment(reference).await {
            FulfillmentLookup::Exists(contract) => {
                let items = contract.inventory.iter().flatten();
                let serials: Vec<_> = items.filter_map(|item| item.serial.as_deref()).collect();
                let serials = serials.join(", ");
                format!("{reference} has now [{serials}]: was it to change that?")
            }
            FulfillmentLookup::Refused(error) | FulfillmentLookup::Unsure(error) => {
                format!("look at {reference} in AIM: {error}")
            }
        };
    }
    let mut operations = Operation::all().iter();
    let operation = operations.find(|operation| operation.id() == record.operation);
    let what = match operation {
        Some(operation) if operation.lookup().is_some() => "the contracts of this update",
        Some(operation) if operation.id() == "PostServiceTicket" => {
            "a ticket of this order's customer, with its item or serial number"
        }
        _ => "a contract of this order's customer, with its instrument",
    };
    format!("look in AIM for {what}, entered about that time")
}

//! Sends the document's realistic example of every operation through the
//! generated client, over a real socket, and prints what goes out and comes
//! back. `cargo xtask demo` starts it.

use std::error::Error;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use aim_client::{AimClient, Credentials};
use aim_tests::document::{self, Operation};
use aim_tests::pretty::{self, Style};
use aim_tests::server::{Received, Reply, Server};
use serde::de::DeserializeOwned;

const BOLD: u8 = 1;
const GREEN: u8 = 32;
const RED: u8 = 31;

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
    let style = Style {
        coloured: io::stdout().is_terminal(),
    };
    let document = document::document()?;
    let masked = document::sensitive_members(&document);
    let operations = document::operations()?;
    let server = {
        let operations = operations.clone();
        Server::start(move |request| answer(&operations, request))?
    };
    let client = AimClient::builder()
        .base_url(server.url())
        .credentials(Credentials::new("demo-api-key", "demo-app").token("demo-token"))
        .build()?;
    let mut failed = 0;
    for operation in &operations {
        let request = operation.request()?;
        let outcome = call(&client, &operation.id, &request).await;
        let title = format!("{} {}", operation.method, operation.path);
        println!("{}", style.paint(BOLD, &title));
        for sent in server.take() {
            println!("  {}", sent.line);
            if !sent.body.is_empty() {
                let text = String::from_utf8_lossy(&sent.body);
                println!("  {}", pretty::json(&text, &masked, style));
            }
        }
        match outcome {
            Ok(answer) => {
                println!("  {}", style.paint(GREEN, "proved:"));
                println!("  {}\n", pretty::json(&answer, &masked, style));
            }
            Err(error) => {
                failed += 1;
                println!("  {}\n", style.paint(RED, &error.to_string()));
            }
        }
    }
    let done = operations.len() - failed;
    println!("{done} of {} operations proved", operations.len());
    if failed == 0 {
        Ok(())
    } else {
        Err(format!("{failed} operations failed").into())
    }
}

/// Answers with the document's example, or a text 404 like ServiceStack.
fn answer(operations: &[Operation], request: &Received) -> Reply {
    let path = request.target().split('?').next().unwrap_or_default();
    operations
        .iter()
        .find(|operation| operation.method == request.method() && operation.path == path)
        .map_or_else(
            || Reply::of(404, "text/plain; charset=utf-8", "404"),
            |operation| Reply::json(operation.answer().unwrap_or_default()),
        )
}

/// Calls an operation by its id and returns the answer as JSON.
async fn call(client: &AimClient, id: &str, request: &str) -> Result<String, Box<dyn Error>> {
    fn read<T: DeserializeOwned>(request: &str) -> Result<T, serde_json::Error> {
        serde_json::from_str(request)
    }
    #[allow(deprecated, reason = "the demo shows every operation")]
    let answer = match id {
        "PostServiceTicket" => json(client.post_service_ticket(&read(request)?).await?),
        "ContractFulfillment" => json(client.contract_fulfillment(&read(request)?).await?),
        "C2BSetContractSerial" => json(client.c2b_set_contract_serial(&read(request)?).await?),
        "C2BPostContract" => json(client.c2b_post_contract(&read(request)?).await?),
        "C2BPostContractGet" => json(client.c2b_post_contract_get(&read(request)?).await?),
        "CustomerAccessToken" => json(client.customer_access_token(&read(request)?).await?),
        "GetContractDetails" => json(client.get_contract_details(&read(request)?).await?),
        "GetContractDetailsGet" => json(client.get_contract_details_get(&read(request)?).await?),
        _ => return Err(format!("the client has no operation {id}").into()),
    };
    Ok(answer?)
}

fn json<T: serde::Serialize>(answer: aim_client::Answer<T>) -> Result<String, serde_json::Error> {
    serde_json::to_string(&answer.into_inner())
}

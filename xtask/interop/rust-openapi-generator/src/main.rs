use std::error::Error;
use std::{env, io};

use async_trait::async_trait;
use http::Extensions;
use openapi::apis::configuration::Configuration;
use openapi::apis::{
    Error as CallError, contracts_api, customers_api, service_tickets_api, sign_in_api,
};
use openapi::models::{
    Accessory, C2BPostContractRequest, C2BPostContractResponse, ContractFulfillmentRequest,
    CustomerInfo, FormInput, GetContractDetailsRequest, GetContractDetailsResponse,
    PostServiceTicketRequest, Rate, SecurityRequest,
};
use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Request, Response};
use reqwest_middleware::{ClientBuilder, Middleware, Next};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let configuration = configuration()?;
    match env::args().nth(1).as_deref() {
        Some("book") => book(&configuration).await,
        _ => calls(&configuration).await,
    }
}

/// The keys are default headers: `api_key` would put one value into both.
fn configuration() -> Result<Configuration, Box<dyn Error>> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    for (name, variable) in [
        ("apikey", "AIM_API_KEY"),
        ("appid", "AIM_APP_ID"),
        ("token", "AIM_TOKEN"),
    ] {
        let mut value = HeaderValue::try_from(env::var(variable)?)?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_static(name), value);
    }
    let client = reqwest::Client::builder()
        .default_headers(headers)
        // A redirect would carry the keys along.
        .redirect(Policy::none())
        .build()?;
    Ok(Configuration {
        base_path: env::var("AIM_BASE_URL")?,
        client: ClientBuilder::new(client).with(RefuseException).build(),
        ..Configuration::default()
    })
}

/// An exception is no success whatever stands beside it, of which the types know nothing.
struct RefuseException;

#[async_trait]
impl Middleware for RefuseException {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> reqwest_middleware::Result<Response> {
        let answer = next.run(request, extensions).await?;
        let mut copy = http::Response::new(());
        *copy.status_mut() = answer.status();
        *copy.headers_mut() = answer.headers().clone();
        let body = answer.bytes().await?;
        let json: Value = serde_json::from_slice(&body).unwrap_or_default();
        if copy.status().is_success() && !json["ResponseStatus"].is_null() {
            let refusal = io::Error::other("the answer has a ResponseStatus");
            return Err(reqwest_middleware::Error::middleware(refusal));
        }
        Ok(copy.map(|()| body).into())
    }
}

fn print(call: &str, read: Value) {
    println!("{}", json!({ "call": call, "read": read }));
}

fn print_details(call: &str, details: GetContractDetailsResponse) {
    let payments = details.payments.flatten().unwrap_or_default();
    print(
        call,
        json!({
            "StudentName": details.student_name,
            "NextDueDate": details.next_due_date,
            "PaymentAmount": details.payment_amount,
            "TotalDue": details.total_due,
            "Amount": payments.first().map(|payment| payment.amount),
        }),
    );
}

async fn calls(configuration: &Configuration) -> Result<(), Box<dyn Error>> {
    let request = PostServiceTicketRequest {
        ref_number: Some("WEB-1".to_owned()),
        customer_info: Some(Box::new(CustomerInfo {
            web_id: Some(Some(2_147_483_647)),
            ..CustomerInfo::new("山田 🎻".to_owned(), "yamada@example.com".to_owned())
        })),
        form_input_list: Some(Some(vec![FormInput::new(
            "CELLPHONE".to_owned(),
            "555-0143".to_owned(),
            false,
        )])),
        notes: Some("a \"quoted\" line, and <more>".to_owned()),
        ..PostServiceTicketRequest::new()
    };
    let ticket =
        service_tickets_api::post_service_ticket(configuration, request, None, None, None).await?;
    print(
        "PostServiceTicket",
        json!({
            "WebRef": ticket.web_ref,
            "StatusCode": ticket.status.map(|status| status.status_code),
        }),
    );

    let request = ContractFulfillmentRequest {
        r#ref: Some("R-1".to_owned()),
        serial_pk: Some(Some(3_000_000_000)),
        cash_price: Some(Some(1_234_567.89)),
        delivery_date: Some(Some("2026-03-08T02:30:00".to_owned())),
        deleted_accessory_ids: Some(Some(vec![3_000_000_001])),
        added_accessories: Some(Some(vec![Accessory {
            desc: Some("Case".to_owned()),
            price: Some(12.5),
            ..Accessory::new()
        }])),
        ..ContractFulfillmentRequest::new()
    };
    let fulfillment =
        contracts_api::contract_fulfillment(configuration, request, None, None, None).await?;
    let errors = fulfillment.mass_update_errors.flatten().unwrap_or_default();
    print(
        "ContractFulfillment",
        json!({
            "Ref": errors.first().map(|error| &error.r#ref),
            "StatusCode": fulfillment.status.map(|status| status.status_code),
        }),
    );

    let request = ContractFulfillmentRequest {
        r#ref: Some("R-3".to_owned()),
        unlock: Some(true),
        ..ContractFulfillmentRequest::new()
    };
    let serial =
        contracts_api::c2_b_set_contract_serial(configuration, request, None, None, None).await?;
    print(
        "C2BSetContractSerial",
        json!({ "StatusCode": serial.status.map(|status| status.status_code) }),
    );

    let request = C2BPostContractRequest {
        instrument_id: Some(Some(3_000_000_000)),
        rate: Some(Box::new(Rate {
            mo_pay: Some(Some(12.5)),
            months: Some(3),
            ..Rate::new()
        })),
        accessory_id_list: Some(Some(vec![3_000_000_001, 7])),
        customer_info: Some(Box::new(CustomerInfo::new(
            "Zoë Ng".to_owned(),
            "zoe@example.com".to_owned(),
        ))),
        ..C2BPostContractRequest::new()
    };
    let contract =
        contracts_api::c2_b_post_contract(configuration, request, None, None, None).await?;
    print(
        "C2BPostContract",
        json!({ "WebRef": contract.web_ref, "PaymentRequired": contract.payment_required }),
    );

    let request = GetContractDetailsRequest {
        r#ref: Some("R-1".to_owned()),
        ..GetContractDetailsRequest::new()
    };
    let details =
        contracts_api::get_contract_details(configuration, request, None, None, None).await?;
    print_details("GetContractDetails", details);
    let details = contracts_api::get_contract_details_get(
        configuration,
        Some("R-1 & ü"),
        Some(2),
        None,
        None,
        None,
    )
    .await?;
    print_details("GetContractDetailsGet", details);

    let access = customers_api::customer_access_token(
        configuration,
        Some(20417),
        Some("UPDATE_CARD"),
        Some(3_000_000_000),
        None,
        None,
        None,
    )
    .await?;
    print(
        "CustomerAccessToken",
        json!({
            "Token": access.token,
            "AccountManagementUrl": access.account_management_url,
        }),
    );

    let end_point = sign_in_api::get_end_point(configuration).await?;
    print(
        "GetEndPoint",
        json!({
            "NewEndpointDomain": end_point.new_endpoint_domain,
            "OAuthToken": end_point.o_auth_token,
        }),
    );

    let request = SecurityRequest::new(
        "zoe@example.com".to_owned(),
        "pass \"wörd\" & more".to_owned(),
        env::var("AIM_APP_ID")?,
    );
    let login = sign_in_api::security(configuration, request, None).await?;
    let user = login.user_details.unwrap_or_default();
    print(
        "Security",
        json!({
            "Token": login.token,
            "Firstname": user.firstname,
            "AccountNumber": user.account_number,
        }),
    );
    Ok(())
}

/// Whether it is surely booked. Stricter than the whole rule in openapi/README.md: what is not here is not surely refused,
/// and looked up before anyone books again.
fn is_booked(contract: &C2BPostContractResponse) -> bool {
    let status = contract.status.clone().unwrap_or_default();
    let texts = [
        status.status_code,
        status.error_code,
        status.error_display_text,
        status.error_message,
    ];
    let is_good = |text: Option<String>| {
        let text = text.unwrap_or_default().trim().to_lowercase();
        ["", "ok", "success", "0"].contains(&text.as_str())
    };
    let web_ref = contract.web_ref.as_deref().unwrap_or_default();
    !web_ref.trim().is_empty() && texts.into_iter().all(is_good)
}

/// Books after a read, so that the booking may use the connection again.
async fn book(configuration: &Configuration) -> Result<(), Box<dyn Error>> {
    let request = GetContractDetailsRequest {
        r#ref: Some("R-104233".to_owned()),
        ..GetContractDetailsRequest::new()
    };
    contracts_api::get_contract_details(configuration, request, None, None, None)
        .await
        .ok();
    let request = C2BPostContractRequest {
        instrument_id: Some(Some(7301)),
        rate_id: Some(Some(90210)),
        cus_acct: Some(Some(20417)),
        ..C2BPostContractRequest::new()
    };
    let outcome =
        match contracts_api::c2_b_post_contract(configuration, request, None, None, None).await {
            Ok(answer) if is_booked(&answer) => json!({ "outcome": "booked" }),
            Err(CallError::ResponseError(answer)) => {
                json!({ "outcome": "error", "status": answer.status.as_u16() })
            }
            // A connection that broke, or an answer that is no JSON: it may be booked.
            _ => json!({ "outcome": "error" }),
        };
    println!("{outcome}");
    Ok(())
}

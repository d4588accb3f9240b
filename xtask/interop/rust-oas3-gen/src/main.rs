use std::env;

use anyhow::{Result, bail};
use client::{
    Accessory, AimWebServicesClient, ApiResponse, C2BPostContractRequest, C2BPostContractResponse,
    C2bpostContractRequest, C2bsetContractSerialRequest, ContractFulfillmentRequest,
    ContractFulfillmentRequestParams, CustomerAccessTokenRequestParams,
    CustomerAccessTokenRequestParamsQuery, CustomerInfo, FormInput, GetContractDetailsGetRequest,
    GetContractDetailsGetRequestQuery, GetContractDetailsRequest, GetContractDetailsRequestParams,
    GetContractDetailsResponse, GetEndPointRequestParams, PostServiceTicketRequest,
    PostServiceTicketRequestParams, Rate, SecurityRequest, SecurityRequestParams,
};
use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let client = connect()?;
    match env::args().nth(1).as_deref() {
        Some("book") => book(&client).await,
        _ => calls(&client).await,
    }
}

fn connect() -> Result<AimWebServicesClient> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    let mut token = HeaderValue::try_from(env::var("AIM_TOKEN")?)?;
    token.set_sensitive(true);
    headers.insert(HeaderName::from_static("token"), token);
    let client = reqwest::Client::builder()
        .default_headers(headers)
        // A redirect would carry the keys along.
        .redirect(Policy::none())
        .build()?;
    let client = AimWebServicesClient::with_client(env::var("AIM_BASE_URL")?, client)?;
    Ok(client
        .with_api_key(env::var("AIM_API_KEY")?)
        .with_app_id(env::var("AIM_APP_ID")?))
}

/// The answer with status 200.
fn answer<A, E>(response: ApiResponse<A, E>) -> Result<A> {
    match response {
        ApiResponse::Ok(answer) => Ok(answer),
        ApiResponse::Unknown(status, _) => bail!("the server answers with status {status}"),
        ApiResponse::Other(page) => bail!("the server answers with status {}", page.status()),
    }
}

fn print(call: &str, read: Value) {
    println!("{}", json!({ "call": call, "read": read }));
}

fn print_details(call: &str, details: GetContractDetailsResponse) {
    let payments = details.payments.unwrap_or_default();
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

async fn calls(client: &AimWebServicesClient) -> Result<()> {
    let request = PostServiceTicketRequestParams {
        body: PostServiceTicketRequest {
            ref_number: Some("WEB-1".to_owned()),
            customer_info: Some(CustomerInfo {
                web_id: Some(2_147_483_647),
                name: "山田 🎻".to_owned(),
                email: "yamada@example.com".to_owned(),
                ..CustomerInfo::default()
            }),
            form_input_list: Some(vec![FormInput {
                key: "CELLPHONE".to_owned(),
                value: "555-0143".to_owned(),
                encrypted: false,
            }]),
            notes: Some("a \"quoted\" line, and <more>".to_owned()),
            ..PostServiceTicketRequest::default()
        },
        ..PostServiceTicketRequestParams::default()
    };
    let ticket = answer(client.post_service_ticket(request).await?)?;
    print(
        "PostServiceTicket",
        json!({
            "WebRef": ticket.web_ref,
            "StatusCode": ticket.status.map(|status| status.status_code),
        }),
    );

    let request = ContractFulfillmentRequestParams {
        body: ContractFulfillmentRequest {
            r#ref: Some("R-1".to_owned()),
            serial_pk: Some(3_000_000_000),
            cash_price: Some(1_234_567.89),
            delivery_date: Some("2026-03-08T02:30:00".to_owned()),
            deleted_accessory_ids: Some(vec![3_000_000_001]),
            added_accessories: Some(vec![Accessory {
                desc: Some("Case".to_owned()),
                price: Some(12.5),
                ..Accessory::default()
            }]),
            ..ContractFulfillmentRequest::default()
        },
        ..ContractFulfillmentRequestParams::default()
    };
    let fulfillment = answer(client.contract_fulfillment(request).await?)?;
    let errors = fulfillment.mass_update_errors.unwrap_or_default();
    print(
        "ContractFulfillment",
        json!({
            "Ref": errors.first().map(|error| &error.r#ref),
            "StatusCode": fulfillment.status.map(|status| status.status_code),
        }),
    );

    let request = C2bsetContractSerialRequest {
        body: ContractFulfillmentRequest {
            r#ref: Some("R-3".to_owned()),
            unlock: Some(true),
            ..ContractFulfillmentRequest::default()
        },
        ..C2bsetContractSerialRequest::default()
    };
    let serial = answer(client.c2bset_contract_serial(request).await?)?;
    print(
        "C2BSetContractSerial",
        json!({ "StatusCode": serial.status.map(|status| status.status_code) }),
    );

    let request = C2bpostContractRequest {
        body: C2BPostContractRequest {
            instrument_id: Some(3_000_000_000),
            rate: Some(Rate {
                mo_pay: Some(12.5),
                months: Some(3),
                ..Rate::default()
            }),
            accessory_id_list: Some(vec![3_000_000_001, 7]),
            customer_info: Some(CustomerInfo {
                name: "Zoë Ng".to_owned(),
                email: "zoe@example.com".to_owned(),
                ..CustomerInfo::default()
            }),
            ..C2BPostContractRequest::default()
        },
        ..C2bpostContractRequest::default()
    };
    let contract = answer(client.c2bpost_contract(request).await?)?;
    print(
        "C2BPostContract",
        json!({ "WebRef": contract.web_ref, "PaymentRequired": contract.payment_required }),
    );

    let details = answer(client.get_contract_details(look_up("R-1")).await?)?;
    print_details("GetContractDetails", details);
    let request = GetContractDetailsGetRequest {
        query: GetContractDetailsGetRequestQuery {
            r#ref: Some("R-1 & ü".to_owned()),
            sub: Some(2),
        },
        ..GetContractDetailsGetRequest::default()
    };
    let details = answer(client.get_contract_details_get(request).await?)?;
    print_details("GetContractDetailsGet", details);

    let request = CustomerAccessTokenRequestParams {
        query: CustomerAccessTokenRequestParamsQuery {
            acct: Some(20417),
            mode: Some("UPDATE_CARD".to_owned()),
            item_key: Some(3_000_000_000),
        },
        ..CustomerAccessTokenRequestParams::default()
    };
    let access = answer(client.customer_access_token(request).await?)?;
    print(
        "CustomerAccessToken",
        json!({
            "Token": access.token,
            "AccountManagementUrl": access.account_management_url,
        }),
    );

    let end_point = answer(client.get_end_point(GetEndPointRequestParams {}).await?)?;
    print(
        "GetEndPoint",
        json!({
            "NewEndpointDomain": end_point.new_endpoint_domain,
            "OAuthToken": end_point.oauth_token,
        }),
    );

    let request = SecurityRequestParams {
        body: SecurityRequest {
            username: "zoe@example.com".to_owned(),
            password: "pass \"wörd\" & more".to_owned(),
            app_id: env::var("AIM_APP_ID")?,
            ..SecurityRequest::default()
        },
        ..SecurityRequestParams::default()
    };
    let login = answer(client.security(request).await?)?;
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

fn look_up(reference: &str) -> GetContractDetailsRequestParams {
    GetContractDetailsRequestParams {
        body: GetContractDetailsRequest {
            r#ref: Some(reference.to_owned()),
            ..GetContractDetailsRequest::default()
        },
        ..GetContractDetailsRequestParams::default()
    }
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
    !web_ref.trim().is_empty()
        && !contract
            .additional_properties
            .contains_key("ResponseStatus")
        && texts.into_iter().all(is_good)
}

/// Books after a read, so that the booking may use the connection again.
async fn book(client: &AimWebServicesClient) -> Result<()> {
    client.get_contract_details(look_up("R-104233")).await?;
    let request = C2bpostContractRequest {
        body: C2BPostContractRequest {
            instrument_id: Some(7301),
            rate_id: Some(90210),
            cus_acct: Some(20417),
            ..C2BPostContractRequest::default()
        },
        ..C2bpostContractRequest::default()
    };
    let outcome = match client.c2bpost_contract(request).await {
        Ok(ApiResponse::Ok(answer)) if is_booked(&answer) => json!({ "outcome": "booked" }),
        Ok(ApiResponse::Ok(_)) => json!({ "outcome": "error", "status": 200 }),
        Ok(ApiResponse::Unknown(status, _)) => {
            json!({ "outcome": "error", "status": status.as_u16() })
        }
        Ok(ApiResponse::Other(page)) => {
            json!({ "outcome": "error", "status": page.status().as_u16() })
        }
        // A connection that broke, or an answer that cannot be read: it may be booked.
        Err(error) => {
            eprintln!("{error}");
            json!({ "outcome": "error" })
        }
    };
    println!("{outcome}");
    Ok(())
}

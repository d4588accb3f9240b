//! What a user would write with reqwest: bare, then with one more guard at a
//! time, up to the guards of aim-client.

use std::error::Error;
use std::time::Duration;

use aim_client::types::{
    BaseResponseResult, C2BPostContractRequest, C2BPostContractResponse, GetContractDetailsRequest,
    GetContractDetailsResponse,
};
use aim_client::{Secret, StatusVerdict};
use reqwest::Response;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

const CONNECT_TIME: Duration = Duration::from_secs(10);
const READ_TIME: Duration = Duration::from_secs(60);
const TOTAL_TIME: Duration = Duration::from_secs(100);
const MOST_HEADER_BYTES: usize = 64 << 10;
const MOST_ANSWER_BYTES: usize = 4 << 20;
const MOST_REQUEST_BYTES: usize = 4 << 20;
const MOST_IN_FLIGHT: usize = 64;
const MOST_ATTEMPTS: u32 = 3;

/// The guards in the order in which they are added.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub enum Guard {
    /// No guard.
    Bare,
    /// A request that the server would drop or misread is not sent.
    Request,
    /// Connecting, each read and the whole call are limited in time.
    Time,
    /// Headers and body of the answer are limited in size.
    Size,
    /// The requests in flight are limited.
    InFlight,
    /// An answer must prove that the operation ran.
    Evidence,
    /// An error of reading says its place.
    Path,
    /// A call that only reads is repeated.
    Retry,
}

impl Guard {
    /// By their names; each includes those before it.
    pub const ALL: [(&'static str, Self); 8] = [
        ("bare", Self::Bare),
        ("request", Self::Request),
        ("time", Self::Time),
        ("size", Self::Size),
        ("in-flight", Self::InFlight),
        ("evidence", Self::Evidence),
        ("path", Self::Path),
        ("retry", Self::Retry),
    ];
}

pub struct Client {
    http: reqwest::Client,
    base_url: String,
    guard: Guard,
    in_flight: Semaphore,
}

impl Client {
    pub fn new(base_url: &str, guard: Guard) -> Result<Self> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        for (name, value) in [("apikey", "key"), ("appid", "app")] {
            let mut value = HeaderValue::from_static(value);
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        let mut http = reqwest::Client::builder()
            .user_agent("by-hand/0.1.0")
            .default_headers(headers)
            .no_proxy()
            .redirect(Policy::none())
            .retry(reqwest::retry::never());
        if guard >= Guard::Time {
            http = http.connect_timeout(CONNECT_TIME).read_timeout(READ_TIME);
        }
        Ok(Self {
            http: http.build()?,
            base_url: base_url.to_owned(),
            guard,
            in_flight: Semaphore::new(MOST_IN_FLIGHT),
        })
    }

    pub async fn call<C: Call>(&self, request: &C) -> Result<C::Answer> {
        if self.guard == Guard::Bare {
            self.bare(request).await
        } else {
            self.guarded(request).await
        }
    }

    async fn bare<C: Call>(&self, request: &C) -> Result<C::Answer> {
        let response = self
            .http
            .post(format!("{}{}", self.base_url, C::PATH))
            .json(request)
            .send()
            .await?
            .error_for_status()?;
        Ok(serde_json::from_slice(&response.bytes().await?)?)
    }

    async fn guarded<C: Call>(&self, request: &C) -> Result<C::Answer> {
        request.check()?;
        let body = serde_json::to_vec(request)?;
        if body.len() > MOST_REQUEST_BYTES {
            return Err("the request is too large".into());
        }
        if self.guard >= Guard::Time {
            timeout(TOTAL_TIME, self.attempts::<C>(body)).await?
        } else {
            self.attempts::<C>(body).await
        }
    }

    async fn attempts<C: Call>(&self, body: Vec<u8>) -> Result<C::Answer> {
        if self.guard < Guard::Retry {
            return self.once::<C>(body).await;
        }
        let mut number = 1;
        loop {
            // A later attempt sends it again.
            let error = match self.once::<C>(body.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let is_transient = match error.downcast_ref::<reqwest::Error>() {
                Some(error) if error.is_connect() => true,
                Some(error) => C::IS_READ && !error.is_builder(),
                None => C::IS_READ && error.is::<serde_json::Error>(),
            };
            if !is_transient || number == MOST_ATTEMPTS {
                return Err(error);
            }
            sleep(Duration::from_millis(200 << number)).await;
            number += 1;
        }
    }

    async fn once<C: Call>(&self, body: Vec<u8>) -> Result<C::Answer> {
        let _place = if self.guard >= Guard::InFlight {
            Some(self.in_flight.acquire().await?)
        } else {
            None
        };
        let response = self
            .http
            .post(format!("{}{}", self.base_url, C::PATH))
            .header(CONTENT_TYPE, "application/json")
            .body(body)
            .send()
            .await?
            .error_for_status()?;
        let answer = if self.guard >= Guard::Size {
            let body = limited(response).await?;
            self.read::<C>(&body)?
        } else {
            self.read::<C>(&response.bytes().await?)?
        };
        if self.guard >= Guard::Evidence {
            C::prove(&answer)?;
        }
        Ok(answer)
    }

    fn read<C: Call>(&self, body: &[u8]) -> Result<C::Answer> {
        if self.guard >= Guard::Path {
            let mut json = serde_json::Deserializer::from_slice(body);
            let answer = serde_path_to_error::deserialize(&mut json)?;
            json.end()?;
            Ok(answer)
        } else {
            Ok(serde_json::from_slice(body)?)
        }
    }
}

/// Reads the body, within the size limits.
async fn limited(mut response: Response) -> Result<Vec<u8>> {
    let headers = response.headers().iter();
    let header_bytes: usize = headers
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if header_bytes > MOST_HEADER_BYTES {
        return Err("the headers of the answer are too large".into());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if chunk.len() > MOST_ANSWER_BYTES - body.len() {
            return Err("the answer is too large".into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// An operation, as the request that calls it.
pub trait Call: Serialize {
    type Answer: DeserializeOwned;
    const PATH: &'static str;
    const IS_READ: bool;

    /// Refuses what the server would drop or misread, or the vendor excludes.
    fn check(&self) -> Result<()>;

    /// Refuses an answer that does not prove that the operation ran.
    fn prove(answer: &Self::Answer) -> Result<()>;
}

impl Call for GetContractDetailsRequest {
    type Answer = GetContractDetailsResponse;
    const PATH: &'static str = "/api/GetContractDetails";
    const IS_READ: bool = true;

    fn check(&self) -> Result<()> {
        texts([self.ref_.as_deref()])
    }

    fn prove(answer: &Self::Answer) -> Result<()> {
        let is_filled = answer.account_sub.is_some()
            || answer.student_name.is_some()
            || answer.total_due.is_some_and(|due| due != 0.into());
        prove(is_filled, answer.status.as_ref())
    }
}

impl Call for C2BPostContractRequest {
    type Answer = C2BPostContractResponse;
    const PATH: &'static str = "/api/C2BPostContract";
    const IS_READ: bool = false;

    fn check(&self) -> Result<()> {
        if self.instrument_id.is_some() && (self.sku.is_some() || self.desc.is_some())
            || self.rate_id.is_some() && self.rate.is_some()
            || self.cus_acct.is_some() && self.customer_info.is_some()
        {
            return Err("the request holds members that exclude each other".into());
        }
        texts([
            self.school_name.as_deref(),
            self.stloc.as_deref(),
            self.sku.as_deref(),
            self.desc.as_deref(),
        ])?;
        if let Some(rate) = &self.rate {
            texts([rate.plan_code.as_deref(), rate.grade.as_deref()])?;
        }
        for accessory in self.accessory_list.iter().flatten() {
            texts([
                accessory.desc.as_deref(),
                accessory.type_.as_ref().map(|kind| kind.as_str()),
                accessory.sku.as_deref(),
            ])?;
        }
        for input in self.form_input_list.iter().flatten() {
            required([&input.key, input.value.expose()])?;
        }
        if let Some(card) = &self.cc_info {
            let last_four = card.last_four.expose();
            required([card.token_str.expose(), card.card_type.as_str(), last_four])?;
            texts([card.reason_on_file.as_deref()])?;
            if last_four.len() != 4 || !last_four.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err("LastFour is not four digits".into());
            }
            if !card
                .expiration
                .as_ref()
                .is_none_or(|text| is_expiration(text.expose()))
            {
                return Err("Expiration is not MM/YY".into());
            }
        }
        if let Some(customer) = &self.customer_info {
            required([customer.name.expose(), customer.email.expose()])?;
            texts(
                [
                    &customer.addr1,
                    &customer.addr2,
                    &customer.city,
                    &customer.st,
                    &customer.zip,
                    &customer.country,
                    &customer.phone,
                ]
                .map(|text| text.as_ref().map(Secret::expose)),
            )?;
        }
        Ok(())
    }

    fn prove(answer: &Self::Answer) -> Result<()> {
        let is_filled = answer
            .web_ref
            .as_ref()
            .is_some_and(|text| !text.trim().is_empty());
        prove(is_filled, answer.status.as_ref())
    }
}

fn texts<const N: usize>(texts: [Option<&str>; N]) -> Result<()> {
    let is_control = |byte: u8| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
    if texts
        .into_iter()
        .flatten()
        .any(|text| text.bytes().any(is_control))
    {
        return Err("the request holds a control character".into());
    }
    Ok(())
}

fn required<const N: usize>(required: [&str; N]) -> Result<()> {
    if required.contains(&"") {
        return Err("the request lacks what the vendor requires".into());
    }
    texts(required.map(Some))
}

/// `MM/YY`.
fn is_expiration(text: &str) -> bool {
    let [a, b, b'/', c, d] = text.as_bytes() else {
        return false;
    };
    let is_month = matches!((a, b), (b'0', b'1'..=b'9') | (b'1', b'0'..=b'2'));
    is_month && c.is_ascii_digit() && d.is_ascii_digit()
}

fn prove(is_filled: bool, status: Option<&BaseResponseResult>) -> Result<()> {
    match status {
        Some(status) if status.verdict() != StatusVerdict::Good => {
            Err("the server reports a failure".into())
        }
        None if !is_filled => Err("the answer proves nothing".into()),
        _ => Ok(()),
    }
}

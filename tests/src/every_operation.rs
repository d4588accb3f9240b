//! Calls every operation of the document through one function. Each request has
//! a unique text, if it has a member for one, by which the fake's record
//! identifies it.
//!
//! A request has the required and the scalar members of the document's
//! realistic one, which works on `State::example` and can be sent many times.

use std::sync::LazyLock;

use aim_client::{AimClient, Error, Operation};
use aim_fake::Received;
use aim_fake::internals::names;
use serde_json::{Map, Value, json};

use crate::calls;
use crate::document;

/// A contract of `State::example`.
const CONTRACT: &str = "R-104233";

/// An operation with its request.
struct Prepared {
    id: String,
    service: String,
    request_type: String,
    request: Map<String, Value>,
    /// The member for the unique text.
    key: Option<String>,
    /// Whether `Status` is all the evidence that its answer has.
    status_alone: bool,
}

static PREPARED: LazyLock<Vec<Prepared>> = LazyLock::new(|| {
    let document = document::document().unwrap_or_default();
    let operations = document::operations().unwrap_or_default();
    operations
        .iter()
        .map(|operation| Prepared::new(&document, operation))
        .collect()
});

impl Prepared {
    fn new(document: &Value, operation: &document::Operation) -> Self {
        let schema = &document["components"]["schemas"][operation.request_type()];
        let properties = &schema["properties"];
        let required = schema["required"].as_array();
        let is_required =
            |name: &str| required.is_some_and(|names| names.iter().any(|one| one == name));
        let realistic = operation.request().unwrap_or_default();
        let mut request: Map<String, Value> = serde_json::from_str(&realistic).unwrap_or_default();
        request.retain(|name, value| {
            let is_plain = !value.is_object() && !value.is_array();
            is_required(name) || is_plain && properties[name]["x-aim-sensitive"].is_null()
        });
        // The members of the look-up name something that exists.
        let by = operation.value["x-aim-lookup"]["by"].as_object();
        let is_asked_by = |name: &str| by.is_some_and(|by| by.values().any(|one| one == name));
        let takes_any_text = |name: &String| {
            let property = &properties[name];
            let is_free = ["x-aim-sensitive", "x-aim-pattern", "x-aim-open-enum"]
                .iter()
                .all(|extension| property[extension].is_null());
            property["type"] == "string"
                && property["x-aim-dotnet-type"] == "string"
                && is_free
                && !is_asked_by(name)
                && !is_excluded(document, operation.request_type(), name, &request)
        };
        let path = [
            "components",
            "schemas",
            operation.request_type(),
            "properties",
        ];
        let names = document::members(&document::text_at(&path).unwrap_or_default()).into_iter();
        let books = operation.value["x-aim-repeat"] == "books";
        let key = names
            .map(|(name, _)| name)
            .find(takes_any_text)
            .filter(|_| books);
        Self {
            id: operation.id.clone(),
            service: operation.service().to_owned(),
            request_type: operation.request_type().to_owned(),
            request,
            key,
            status_alone: operation.value["x-aim-evidence"] == json!([names::BaseResponse::STATUS]),
        }
    }

    #[allow(
        clippy::panic,
        reason = "only tests use this, and that is how a test fails"
    )]
    fn of(operation: &Operation) -> &'static Self {
        let found = PREPARED.iter().find(|one| one.id == operation.id());
        found.unwrap_or_else(|| panic!("the document has no operation {}", operation.id()))
    }

    /// The request with the key, if it has a member for one.
    fn with_key(&self, key: &str) -> Map<String, Value> {
        let mut request = self.request.clone();
        if let Some(name) = &self.key {
            request.insert(name.clone(), key.into());
        }
        request
    }
}

/// Whether a member excludes another one of the request.
fn is_excluded(document: &Value, schema: &str, name: &str, request: &Map<String, Value>) -> bool {
    let pairs = document["components"]["schemas"][schema]["x-aim-exclusive"].as_array();
    let name_of = |part: &Value| -> Option<String> {
        let part = part.as_str()?;
        Some(part.split('=').next().unwrap_or(part).to_owned())
    };
    pairs.into_iter().flatten().any(|pair| {
        let [one, other] = [&pair[0], &pair[1]].map(name_of);
        let is_sent =
            |part: &Option<String>| part.as_ref().is_some_and(|part| request.contains_key(part));
        one.as_deref() == Some(name) && is_sent(&other)
            || other.as_deref() == Some(name) && is_sent(&one)
    })
}

/// Calls an operation, and returns the number of attempts.
///
/// # Errors
/// The error of the client.
///
/// # Panics
///
/// If the document has no such operation.
pub async fn call(client: &AimClient, operation: &Operation, key: &str) -> Result<u32, Error> {
    send(client, operation, Prepared::of(operation).with_key(key)).await
}

/// Calls an operation that changes contracts, with one that exists and one that
/// does not, and returns the number of attempts.
///
/// # Errors
///
/// The error of the client: if all goes well, that it was partly applied.
///
/// # Panics
///
/// If the document has no such operation.
pub async fn call_in_part(
    client: &AimClient,
    operation: &Operation,
    key: &str,
) -> Result<u32, Error> {
    let mut request = Prepared::of(operation).with_key(key);
    request.remove(names::ContractFulfillmentRequest::REF);
    request.insert(
        names::ContractFulfillmentRequest::MASS_UPDATE_ITEMS.to_owned(),
        json!([
            {names::UpdateContractObj::REF: CONTRACT, names::UpdateContractObj::NOTES: key},
            {names::UpdateContractObj::REF: "R-0", names::UpdateContractObj::NOTES: key},
        ]),
    );
    send(client, operation, request).await
}

#[allow(
    clippy::panic,
    reason = "only tests use this, and that is how a test fails"
)]
async fn send(
    client: &AimClient,
    operation: &Operation,
    request: Map<String, Value>,
) -> Result<u32, Error> {
    let request = Value::Object(request).to_string();
    let called = calls::call(client, operation.id(), &request).await;
    let called = called.unwrap_or_else(|error| panic!("{request}: {error}"));
    match called.error {
        None => Ok(called.attempts),
        Some(error) => Err(error),
    }
}

/// The operation's name in the fake: that of the service behind the route.
///
/// # Panics
///
/// If the document has no such operation.
#[must_use]
pub fn service(operation: &Operation) -> &'static str {
    &Prepared::of(operation).service
}

/// The schema of the operation's request.
///
/// # Panics
///
/// If the document has no such operation.
#[must_use]
pub fn request_type(operation: &Operation) -> &'static str {
    &Prepared::of(operation).request_type
}

/// Whether [`call_in_part`] works for this operation: it can be partly applied,
/// and it changes contracts.
///
/// # Panics
///
/// If the document has no such operation.
#[must_use]
pub fn is_of_many(operation: &Operation) -> bool {
    service(operation) == names::service::CONTRACT_FULFILLMENT
}

/// Whether `Status` is all that proves this operation.
///
/// # Panics
///
/// If the document has no such operation.
#[must_use]
pub fn is_proved_by_status_alone(operation: &Operation) -> bool {
    Prepared::of(operation).status_alone
}

/// Whether a booking by this operation has the unique text.
///
/// # Panics
///
/// If the document has no such operation.
#[must_use]
pub fn has_key(operation: &Operation) -> bool {
    Prepared::of(operation).key.is_some()
}

/// The unique text of a booking.
#[must_use]
pub fn key(received: &Received) -> Option<&str> {
    let service = received.operation?;
    let prepared = PREPARED.iter().find(|one| one.service == service)?;
    received
        .bound
        .as_ref()?
        .get(prepared.key.as_ref()?)
        .as_str()
}

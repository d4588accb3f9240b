//! The client's types by the names of the document's schemas.

use std::fmt;

use aim_client::types;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A type of the client that stands for a schema of the document.
pub struct Type {
    /// Its name, and the schema's.
    pub name: &'static str,
    /// Reads JSON text into the type and writes it out again.
    pub rewrite: fn(&str) -> serde_json::Result<String>,
    /// Reads JSON text into the type and gives both forms of its `Debug`.
    pub debug: fn(&str) -> serde_json::Result<String>,
    /// The schema that the feature `schemars` gives.
    pub schema: fn() -> serde_json::Value,
}

fn rewrite<T: Serialize + DeserializeOwned>(json: &str) -> serde_json::Result<String> {
    serde_json::to_string(&serde_json::from_str::<T>(json)?)
}

fn debug<T: fmt::Debug + DeserializeOwned>(json: &str) -> serde_json::Result<String> {
    let value = serde_json::from_str::<T>(json)?;
    Ok(format!("{value:?}\n{value:#?}"))
}

fn schema<T: schemars::JsonSchema>() -> serde_json::Value {
    schemars::schema_for!(T).to_value()
}

macro_rules! types {
    ($($name:ident)*) => {
        /// All of them; a test holds this list against the document.
        pub const TYPES: &[Type] = &[$(Type {
            name: stringify!($name),
            rewrite: rewrite::<types::$name>,
            debug: debug::<types::$name>,
            schema: schema::<types::$name>,
        }),*];
    };
}

types! {
    PostServiceTicketRequest PostServiceTicketResponse
    ContractFulfillmentRequest ContractFulfillmentResponse
    C2BPostContractRequest C2BPostContractResponse
    CustomerAccessTokenRequest CustomerAccessTokenResponse
    GetContractDetailsRequest GetContractDetailsResponse
    CustomerInfo FormInput CcInfo Accessory DeliveredAccessory
    UpdateContractObj UpdateContractErrorObj Rate InventoryGeneric PaymentGeneric
    BaseResponseResult ErrorResponse ResponseStatus ResponseError
}

/// Reads JSON text into the type of that name and writes it out again.
///
/// # Errors
///
/// A sentence, if there is no such type or if it cannot read the text.
pub fn rewritten(name: &str, json: &str) -> Result<String, String> {
    let known = TYPES.iter().find(|known| known.name == name);
    let known = known.ok_or_else(|| format!("the client has no type {name}"))?;
    (known.rewrite)(json).map_err(|error| format!("{name} cannot read {json}: {error}"))
}

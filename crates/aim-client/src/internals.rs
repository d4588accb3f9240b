//! No API (feature `__internals`): what the tests of this workspace reach that
//! is otherwise behind a socket, or spread over the methods of all operations.
//! It may change or go in any version.

use std::fmt::Debug;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::call::answer::Answer;
use crate::call::error::Error;
use crate::call::judge::{Asked, OperationAnswer, judge as decide};
use crate::call::limits::Limits;
use crate::call::request;
use crate::client::aim_client::AimClient;
use crate::codec::check::Check;
use crate::codec::jsv;
use crate::generated::methods::{for_each_method, for_each_type};
use crate::generated::operations;
use crate::operation::Operation;
use crate::types;
use crate::value::words::OwnWords;

/// What came of a call.
#[derive(Debug)]
pub struct Called {
    /// The answer as JSON text, where it could be read.
    pub answer: Option<String>,
    /// The answer for its `Debug` forms, with those of what carries it.
    pub debug: Option<Box<dyn Debug + Send>>,
    /// How often the request was sent.
    pub attempts: u32,
    /// None if the answer proves that the operation ran.
    pub error: Option<Error>,
}

/// A type of the document.
pub struct Type {
    /// Its name, and the schema's.
    pub name: &'static str,
    /// Reads JSON text into the type and writes it out again.
    pub rewrite: fn(&str) -> serde_json::Result<String>,
    /// Reads JSON text into the type and gives both forms of its `Debug`.
    pub debug: fn(&str) -> serde_json::Result<String>,
    /// The schema that the feature `schemars` gives.
    #[cfg(feature = "schemars")]
    pub schema: fn() -> serde_json::Value,
}

macro_rules! by_id {
    ($(
        $(#[$attribute:meta])*
        $name:ident($request:ident) -> $answer:ident, $operation:ident, $carrier:ident;
    )*) => {
        /// What the client makes of an answer to the operation `id` and a
        /// request of JSON text: the answer as JSON text, or the error and what
        /// could be read in spite of it.
        ///
        /// `None`: there is no such operation.
        #[must_use]
        pub fn judge(
            id: &str,
            request: &str,
            status: StatusCode,
            headers: HeaderMap,
            body: &[u8],
        ) -> Option<Result<String, (Error, Option<String>)>> {
            $(if id == operations::$operation.id {
                return Some(judged::<types::$answer>(&operations::$operation, request, status, headers, body));
            })*
            None
        }

        /// What would be sent for the operation `id` in a query, with a request
        /// of JSON text: checked as any request, but whatever its method is and
        /// with what must not stand in a URL.
        ///
        /// `None`: there is no such operation, or its type cannot hold the text.
        #[must_use]
        pub fn query(id: &str, request: &str) -> Option<Result<Vec<(String, String)>, Error>> {
            $(if id == operations::$operation.id {
                let request: types::$request = serde_json::from_str(request).ok()?;
                return Some(written(&operations::$operation, &request));
            })*
            None
        }

        /// Calls the operation `id` with a request of JSON text; an error is
        /// that its type cannot hold the text.
        ///
        /// `None`: there is no such operation.
        #[allow(deprecated, reason = "every operation means every one")]
        pub async fn call(
            client: &AimClient,
            id: &str,
            request: &str,
        ) -> Option<serde_json::Result<Called>> {
            $(if id == operations::$operation.id {
                return Some(match serde_json::from_str(request) {
                    Ok(request) => called(client.$name(&request).await),
                    Err(error) => Err(error),
                });
            })*
            None
        }
    };
}
for_each_method!(by_id);

macro_rules! types {
    ($($name:ident)*) => {
        /// All of them, in the document's order.
        pub const TYPES: &[Type] = &[$(Type {
            name: stringify!($name),
            rewrite: rewrite::<types::$name>,
            debug: debug::<types::$name>,
            #[cfg(feature = "schemars")]
            schema: schema::<types::$name>,
        }),*];
    };
}
for_each_type!(types);

fn rewrite<T: Serialize + DeserializeOwned>(json: &str) -> serde_json::Result<String> {
    serde_json::to_string(&serde_json::from_str::<T>(json)?)
}

fn debug<T: Debug + DeserializeOwned>(json: &str) -> serde_json::Result<String> {
    let value = serde_json::from_str::<T>(json)?;
    Ok(format!("{value:?}\n{value:#?}"))
}

#[cfg(feature = "schemars")]
fn schema<T: schemars::JsonSchema>() -> serde_json::Value {
    schemars::schema_for!(T).to_value()
}

fn called<T: Clone + Debug + Send + Serialize + 'static>(
    result: Result<Answer<T>, Error>,
) -> serde_json::Result<Called> {
    let text = |value: &T| serde_json::to_string(value);
    Ok(match result {
        Ok(answer) => Called {
            answer: Some(text(&answer)?),
            attempts: answer.attempts(),
            debug: Some(Box::new(answer)),
            error: None,
        },
        Err(error) => {
            let answer = error.answer::<T>().ok();
            Called {
                answer: answer.map(text).transpose()?,
                debug: answer.map(|answer| Box::new(answer.clone()) as _),
                attempts: error.attempts(),
                error: Some(error),
            }
        }
    })
}

fn judged<T: OperationAnswer + Serialize>(
    operation: &'static Operation,
    request: &str,
    status: StatusCode,
    headers: HeaderMap,
    body: &[u8],
) -> Result<String, (Error, Option<String>)> {
    // What cannot be written becomes no JSON, which the caller finds.
    let text = |answer: &T| serde_json::to_string(answer).unwrap_or_default();
    let asked = Asked {
        operation,
        sent: request.as_bytes(),
        words: &OwnWords::default(),
        items: Limits::default().answer_items,
    };
    decide::<T>(&asked, status, headers, body)
        .map(|answer: Answer<T>| text(&answer))
        .map_err(|error| {
            let read = error.answer::<T>().ok().map(text);
            (error, read)
        })
}

fn written(
    operation: &'static Operation,
    request: &(impl Check + Serialize),
) -> Result<Vec<(String, String)>, Error> {
    request::check(operation, request)?;
    jsv::to_query_pairs(request)
        .map_err(|error| Error::refused_at(operation, error.member(), error.to_string()))
}

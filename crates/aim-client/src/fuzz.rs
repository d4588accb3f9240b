//! No API. The fuzz targets of this workspace, and the tests that replay their
//! corpus (`tests/src/fuzz.rs` is the only caller), reach through this what is
//! otherwise behind a socket. It may change or go in any version.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::Serialize;

use crate::answer::{Answer, judge as decide};
use crate::error::Error;
use crate::evidence::AnswerBody;
use crate::generated::operations;
use crate::methods::for_each_method;
use crate::operation::Operation;
use crate::types::{self, BaseResponseResult};
use crate::{check, jsv};

macro_rules! by_id {
    ($(
        $(#[$attribute:meta])*
        $name:ident($request:ident) -> $answer:ident, $operation:ident, $how:ident;
    )*) => {
        /// What the client makes of an answer to the operation `id`: the answer
        /// as JSON text, or the error and what could be read in spite of it.
        ///
        /// `None`: there is no such operation.
        #[must_use]
        pub fn judge(
            id: &str,
            status: StatusCode,
            headers: HeaderMap,
            body: &[u8],
        ) -> Option<Result<String, (Error, Option<String>)>> {
            $(if id == operations::$operation.id {
                return Some(judged::<types::$answer>(&operations::$operation, status, headers, body));
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
    };
}
for_each_method!(by_id);

fn judged<T: AnswerBody + Serialize>(
    operation: &'static Operation,
    status: StatusCode,
    headers: HeaderMap,
    body: &[u8],
) -> Result<String, (Error, Option<String>)> {
    // What cannot be written becomes no JSON, which the caller finds.
    let text = |answer: &T| serde_json::to_string(answer).unwrap_or_default();
    decide::<T>(
        operation,
        status,
        headers,
        body,
        &BaseResponseResult::is_failure,
    )
    .map(|answer: Answer<T>| text(&answer))
    .map_err(|error| {
        let read = error.answer::<T>().map(text);
        (error, read)
    })
}

fn written(
    operation: &'static Operation,
    request: &(impl check::Check + Serialize),
) -> Result<Vec<(String, String)>, Error> {
    check::request(operation, request)?;
    jsv::to_query_pairs(request)
        .map_err(|error| Error::refused_at(operation, error.member(), error.to_string()))
}

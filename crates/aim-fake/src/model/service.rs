//! What a service is called with, and what it does.

use super::http::Request;
use super::operation::Operation;
use super::value::Object;

/// What the service is called with.
pub struct Call<'a> {
    /// The service that was reached.
    pub operation: &'static Operation,
    /// What ServiceStack bound.
    pub request: &'a Object,
    /// The request it was bound from.
    pub http: &'a Request,
}

/// What a service does.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It returns an object of the operation's response type.
    Dto(Object),
    /// It returns an object of the operation's response type under a status
    /// other than 200: an in-band error with a 4xx.
    DtoWithStatus {
        /// The status.
        status: u16,
        /// The object, which is the body as it stands.
        value: Object,
    },
    /// It returns null.
    Null,
    /// It throws an exception of .NET.
    Throw {
        /// The exception's type, without its namespace.
        exception: String,
        /// Its message.
        message: String,
    },
    /// It throws or returns ServiceStack's `HttpError`.
    HttpError {
        /// The status.
        status: u16,
        /// The error code.
        code: String,
        /// The message.
        message: String,
        /// The object it carries, if any.
        value: Option<Object>,
    },
}

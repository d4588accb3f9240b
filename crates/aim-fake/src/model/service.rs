//! A call of a service, and its answer.

use super::http::Request;
use super::operation::Operation;
use super::value::Object;

/// A call of a service.
pub struct Call<'a> {
    /// The service that is called.
    pub operation: &'static Operation,
    /// The request object that ServiceStack bound.
    pub request: &'a Object,
    /// The HTTP request that it was bound from.
    pub http: &'a Request,
}

/// What a service answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It returns an object of the operation's response type.
    Dto(Object),
    /// It returns an object of the operation's response type under a status
    /// other than 200: an in-band error with a 4xx.
    DtoWithStatus {
        /// The status.
        status: u16,
        /// The object, which is the body without a change.
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

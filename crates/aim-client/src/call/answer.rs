//! The answer of an operation that is proved to have run.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::call::error::{Answered, AnyAnswer, Delivery, Error, Finding};
use crate::codec::evidence::AimAnswer;
use crate::operation::Operation;

/// The answer of an operation that is proved to have run.
///
/// It derefs to the value, and has the HTTP status and headers.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer<T> {
    value: T,
    status: StatusCode,
    headers: HeaderMap,
    pub(crate) attempts: u32,
    pub(crate) booking_id: Option<Arc<str>>,
}

impl<T> Answer<T> {
    /// Makes an answer for tests without a server: status 200, no headers.
    pub fn new(value: T) -> Self {
        Self::read(value, StatusCode::OK, HeaderMap::new())
    }

    pub(crate) fn read(value: T, status: StatusCode, headers: HeaderMap) -> Self {
        Self {
            value,
            status,
            headers,
            attempts: 1,
            booking_id: None,
        }
    }

    /// How many attempts were made, the successful one included. An earlier one
    /// may have failed to connect, and sent nothing.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The name of the booking in the [journal](crate::journal), if it has
    /// one.
    #[must_use]
    pub fn booking_id(&self) -> Option<&str> {
        self.booking_id.as_deref()
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The HTTP headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The value alone.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T: AimAnswer> Answer<T> {
    /// The reference that the server gave to what was booked; see
    /// [`AimAnswer::reference`].
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        self.value.reference()
    }
}

impl<T> Deref for Answer<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Send + Sync + 'static> Answer<T> {
    /// The error for a caller to whom the answer proves too little.
    pub(crate) fn into_unproved(self, operation: &'static Operation) -> Error {
        self.into_error(operation, Finding::NoEvidence)
    }

    /// The error for a caller who cannot use what the answer says.
    pub(crate) fn into_unusable(self, operation: &'static Operation, reason: String) -> Error {
        self.into_error(operation, Finding::Unusable(reason))
    }

    fn into_error(self, operation: &'static Operation, finding: Finding) -> Error {
        let answered = Answered {
            status: self.status,
            headers: self.headers,
            finding,
            answer: Some(AnyAnswer::new(self.value)),
        };
        Error::judged(operation, Delivery::Unknown, answered).after(self.attempts)
    }
}

/// Headers stay out: a server may send a cookie.
impl<T: fmt::Debug> fmt::Debug for Answer<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Answer")
            .field("status", &self.status)
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}

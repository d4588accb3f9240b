//! What the document declares about an operation.

/// An operation as the document declares it (`x-aim-…` extensions).
#[derive(Debug)]
pub(crate) struct Operation {
    /// The document's operationId.
    pub(crate) id: &'static str,
    /// Whether sending it again can do something twice.
    pub(crate) repeat: Repeat,
    /// Members that must not stand in a URL, since URLs are logged.
    pub(crate) kept_out_of_url: &'static [&'static str],
}

/// Whether sending an operation again can do something twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// A read: once or twice makes no difference.
    Safe,
    /// It books: the server knows no idempotency, so twice is two bookings.
    Books,
}

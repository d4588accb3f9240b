//! What the document declares about an operation.

/// An operation as the document declares it (`x-aim-…` extensions).
///
/// ```
/// use aim_client::{Effect, Operation};
///
/// let mut bookings = Operation::all().iter().filter(|found| found.effect() == Effect::Books);
/// assert!(bookings.any(|found| found.id() == "C2BPostContract"));
/// ```
#[derive(Debug)]
pub struct Operation {
    pub(crate) id: &'static str,
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    /// The type of the request, which binders name where they fail.
    pub(crate) request: &'static str,
    pub(crate) effect: Effect,
    /// The members of an answer that are a sign of a result: its evidence, its
    /// status, its list of what was not applied.
    pub(crate) signs: &'static [&'static str],
    /// The lists of the request of which each item can fail for itself.
    pub(crate) items: &'static [&'static str],
    pub(crate) lookup: Option<Lookup>,
    /// Members that must not be in a URL, since URLs are logged.
    pub(crate) forbidden_in_url: &'static [&'static str],
}

impl Operation {
    /// The document's operationId, such as `C2BPostContract`.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// `GET` or `POST`.
    #[must_use]
    pub fn method(&self) -> &'static str {
        self.method
    }

    /// The path below the base URL, such as `/api/C2BPostContract`.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// Whether sending it again can do something twice (`x-aim-repeat`).
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// The operationId of the operation that shows the outcome of this one
    /// (`x-aim-lookup`), if the API has one.
    #[must_use]
    pub fn lookup(&self) -> Option<&'static str> {
        self.lookup.as_ref().map(|lookup| lookup.operation)
    }
}

/// How an operation is looked up after an unknown outcome.
#[derive(Debug)]
pub(crate) struct Lookup {
    pub(crate) operation: &'static str,
    /// The member of the request that the look-up takes.
    pub(crate) member: &'static str,
}

/// Whether sending an operation again can do something twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It only reads: once or twice makes no difference.
    ReadOnly,
    /// It opens a session: it books nothing, and one that is sent twice opens
    /// two, or counts as two failures to log in.
    Session,
    /// It books: the server does not detect a repeated request, so sending it
    /// twice books twice.
    Books,
}

#![cfg_attr(feature = "client", doc = include_str!("../README.md"))]
#![cfg_attr(
    not(feature = "client"),
    doc = "The types of AIM Web Services, without HTTP: see the feature `client`."
)]

#[cfg(feature = "client")]
mod call;
#[cfg(feature = "client")]
mod client;
#[cfg(feature = "client")]
mod codec;
#[cfg(feature = "client")]
#[doc = include_str!("design.md")]
pub mod design {}
#[cfg(feature = "__internals")]
#[doc(hidden)]
pub mod internals;
/// A journal of bookings: what a program is about to do, and what came of it.
///
/// A booking whose outcome is unknown must not be forgotten: a [`Journal`]
/// gets each booking before it is sent and its outcome after, also when the
/// call's future is dropped. What has no outcome after a crash may have been
/// booked.
///
/// [`FileJournal`](journal::FileJournal) keeps them in a file. The examples
/// `journal` and `doubts` of this crate book with one and settle what is in
/// doubt.
#[cfg(feature = "client")]
pub mod journal {
    pub use crate::call::file_journal::{FileJournal, Settled};
    pub use crate::call::journal::{Booking, Journal, Outcome, Refusal};
    pub use crate::call::record::{Record, State};
}
#[cfg(feature = "client")]
mod operation;
#[cfg(feature = "client")]
#[doc = include_str!("sign_in.md")]
pub mod sign_in {}
#[cfg(feature = "client")]
#[doc = include_str!("troubleshooting.md")]
pub mod troubleshooting {}
mod value;

/// The origin of the compiled code of the document, which `build.rs` decides.
/// Not part of the API: for tests and debugging.
///
/// - `package`: generated from the crate's own copy of the document.
/// - `workspace`: generated in the client's own workspace, after an edit of the
///   document or the generator.
/// - `own`: generated from the document that `AIM_CLIENT_DOCUMENT` names.
/// - `committed`: the crate's committed code, because the feature `codegen` is
///   off or the generator's output differs under this lock file.
#[doc(hidden)]
pub const CODE_ORIGIN: &str = env!("AIM_CLIENT_CODE_ORIGIN");

/// The code of the document (see `crates/aim-codegen`): written by the build
/// script with the feature `codegen`, else as committed.
#[cfg(feature = "codegen")]
#[allow(
    missing_docs,
    unused_imports,
    unused_qualifications,
    clippy::all,
    clippy::pedantic
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/generated/mod.rs"));
}
#[cfg(not(feature = "codegen"))]
#[allow(
    missing_docs,
    unused_imports,
    unused_qualifications,
    clippy::all,
    clippy::pedantic
)]
#[rustfmt::skip]
mod generated;

#[cfg(feature = "blocking")]
pub use crate::client::blocking;
#[cfg(feature = "client")]
pub use {
    crate::call::answer::Answer,
    crate::call::credentials::Credentials,
    crate::call::error::{AnswerKind, Delivery, Error, ErrorKind, NoAnswer},
    crate::call::journal::Journal,
    crate::call::limits::Limit,
    crate::call::observe::{Attempt, AttemptEnd, Observer},
    crate::call::options::CallOptions,
    crate::call::received::Received,
    crate::call::retry::Retry,
    crate::call::runtime,
    crate::client::aim_client::AimClient,
    crate::client::api::{AimApi, ApiFuture, LookupFuture},
    crate::client::builder::AimClientBuilder,
    crate::client::check::{CheckError, Checked},
    crate::client::login::{LoggedIn, Login},
    crate::client::lookup::FulfillmentLookup,
    crate::codec::evidence::AimAnswer,
    crate::operation::{Effect, Operation},
    reqwest,
};
pub use {
    crate::generated::types,
    crate::value::date::{self, AimDateTime},
    crate::value::money::{self, Money},
    crate::value::secret::Secret,
    crate::value::words::StatusVerdict,
    chrono, rust_decimal,
};

#[cfg(all(test, feature = "codegen"))]
mod tests {
    /// Only other lock files may lead to the committed code.
    #[test]
    fn our_lock_file_gives_the_committed_bytes() {
        assert_eq!(crate::CODE_ORIGIN, "package");
    }
}

#![cfg_attr(feature = "client", doc = include_str!("../README.md"))]
#![cfg_attr(
    not(feature = "client"),
    doc = "The types of AIM Web Services, without HTTP: see the feature `client`."
)]

#[cfg(feature = "client")]
mod answer;
#[cfg(feature = "client")]
mod api;
#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "client")]
mod look_up;
#[cfg(feature = "client")]
#[doc = include_str!("troubleshooting.md")]
pub mod troubleshooting {}
#[cfg(feature = "client")]
mod base_url;
#[cfg(feature = "client")]
mod builder;
#[cfg(feature = "client")]
mod check;
#[cfg(feature = "client")]
mod client;
#[cfg(feature = "client")]
mod credentials;
pub mod date;
#[cfg(feature = "client")]
mod error;
#[cfg_attr(
    not(feature = "client"),
    allow(dead_code, reason = "only calls need evidence")
)]
mod evidence;
#[cfg(feature = "__internals")]
#[doc(hidden)]
pub mod internals;
#[cfg(feature = "client")]
pub mod journal;
#[cfg(feature = "client")]
mod jsv;
#[cfg(feature = "client")]
mod limits;
pub mod money;
#[cfg(feature = "client")]
mod observe;
#[cfg(feature = "client")]
mod operation;
#[cfg(feature = "client")]
mod options;
#[cfg(feature = "client")]
mod place;
#[cfg(feature = "client")]
mod query;
#[cfg(feature = "client")]
mod request;
#[cfg(feature = "client")]
mod retry;
#[cfg(feature = "client")]
pub mod runtime;
mod secret;
#[cfg(feature = "client")]
mod send;
mod tolerant;
#[cfg(feature = "client")]
mod trace;
#[cfg(feature = "client")]
mod xml;

/// What the document gives (see `crates/aim-codegen`): with the feature
/// `codegen` written by the build script, else as committed; the same bytes.
#[cfg(feature = "codegen")]
#[allow(
    missing_docs,
    unused_imports,
    unused_qualifications,
    clippy::all,
    clippy::pedantic
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/generated.rs"));
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

#[cfg(feature = "client")]
pub use {
    crate::answer::Answer,
    crate::api::{AimApi, ApiFuture},
    crate::builder::AimClientBuilder,
    crate::client::AimClient,
    crate::credentials::Credentials,
    crate::error::{AnswerKind, Delivery, Error, ErrorKind},
    crate::journal::Journal,
    crate::limits::Limit,
    crate::look_up::FulfillmentLookUp,
    crate::observe::{Attempt, AttemptEnd, Observer},
    crate::operation::{Operation, Repeat},
    crate::options::CallOptions,
    crate::retry::Retry,
    reqwest,
};
pub use {
    crate::date::AimDateTime, crate::generated::types, crate::money::Money, crate::secret::Secret,
    rust_decimal,
};

#[cfg(all(test, feature = "codegen"))]
mod tests {
    /// Falling back to the committed code is for others' lock files.
    #[test]
    fn under_our_lock_file_the_build_script_generates_the_committed_bytes() {
        assert_eq!(env!("AIM_CLIENT_CODE_ORIGIN"), "generated");
    }
}

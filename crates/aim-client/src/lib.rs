#![doc = include_str!("../README.md")]

mod answer;
mod base_url;
mod builder;
mod client;
mod credentials;
pub mod date;
mod error;
mod evidence;
mod hooks;
mod jsv;
pub mod money;
mod operation;
mod query;
mod secret;
mod tolerant;

/// What the document gives (see `crates/aim-codegen`): with the feature
/// `codegen` written by the build script, else as committed; the same bytes.
#[cfg(feature = "codegen")]
#[allow(missing_docs, unused_qualifications, clippy::all, clippy::pedantic)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/generated.rs"));
}
#[cfg(not(feature = "codegen"))]
#[allow(missing_docs, unused_qualifications, clippy::all, clippy::pedantic)]
#[rustfmt::skip]
mod generated;

pub use crate::answer::Answer;
pub use crate::builder::AimClientBuilder;
pub use crate::client::AimClient;
pub use crate::credentials::Credentials;
pub use crate::date::AimDateTime;
pub use crate::error::{AnswerKind, Delivery, Error};
pub use crate::generated::types;
pub use crate::money::Money;
pub use crate::secret::Secret;
pub use {reqwest, rust_decimal};

#[cfg(all(test, feature = "codegen"))]
mod tests {
    /// Falling back to the committed code is for others' lock files.
    #[test]
    fn under_our_lock_file_the_build_script_generates_the_committed_bytes() {
        assert_eq!(env!("AIM_CLIENT_CODE_ORIGIN"), "generated");
    }
}

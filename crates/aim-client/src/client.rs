//! What a program holds in its hands: the client, its builder, its blocking
//! twin and its trait.
//!
//! Uses everything else.

pub(crate) mod aim_client;
pub(crate) mod api;
mod base_url;
#[cfg(feature = "blocking")]
pub mod blocking;
pub(crate) mod builder;
pub(crate) mod check;
pub(crate) mod login;
pub(crate) mod lookup;
mod merchant;

//! Turns the OpenAPI document of AIM Web Services into the source of
//! `aim-client`.
//!
//! [`Document::parse`](document::Document::parse) reads strictly and knows the
//! place of everything, [`lint`] refuses what the generator would panic on or
//! ignore in silence, [`generate`](generate::generate) writes the Rust,
//! [`regen`] knows which files of the workspace come from the document, and
//! [`build`](mod@build) decides what the client's build script compiles.
//!
//! In the order of use: `read`, then `lint` and `plan`, then `emit`; `generate`
//! runs them.
//!
//! The crate serves `aim-client`'s build script and the maintainer's `cargo
//! xtask`; it is published only because the build script needs it.

pub mod build;
mod emit;
pub mod generate;
pub mod lint;
pub mod needs;
mod plan;
mod read;
pub mod regen;

pub use read::{document, problem};

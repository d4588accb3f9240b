//! Turns the OpenAPI document of AIM Web Services into the source of
//! `aim-client`.
//!
//! [`Document::parse`](document::Document::parse) reads strictly and knows the
//! place of everything, [`lint`] refuses what the generator would panic on or
//! ignore in silence, [`generate`](generate::generate) writes the Rust,
//! [`regen`] knows which files of the workspace come from the document, and
//! [`build`](mod@build) decides what the client's build script compiles.
//!
//! The crate serves `aim-client`'s build script and the maintainer's `cargo
//! xtask`; it is published only because the build script needs it.

pub mod build;
mod checks;
pub mod document;
mod facts;
pub mod generate;
mod json;
mod layout;
pub mod lint;
mod lower;
mod methods;
pub mod needs;
mod operations;
mod output;
mod pattern;
pub mod problem;
pub mod regen;
mod requests;
mod shape;

//! Reads the document: strictly, and with the place of everything in it.
//!
//! Uses nothing else of this crate.

pub mod document;
mod json;
pub mod problem;

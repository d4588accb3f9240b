//! Tests of whole programs: the examples, the page in a browser, the corpus of
//! the fuzz targets, and the versions of packages.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "that is how a test fails"
)]

mod docs;
mod examples;
mod fuzz;
mod journal;
mod toolchain;

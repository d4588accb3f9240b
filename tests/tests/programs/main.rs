//! What is run and looked at as a whole: the examples, the page in a browser,
//! the corpus of the fuzz targets, the versions of what is built.

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

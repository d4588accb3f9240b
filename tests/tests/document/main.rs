//! What the document says: that it is what the vendor's pages say, that the
//! generated code and the types of the client say the same, and that what is
//! wrong with it is found.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "that is how a test fails"
)]

mod conformance;
mod examples;
mod mutations;
mod regenerated;
mod samples;
mod schemas;

//! What must hold for any bytes: one function for each fuzz target of
//! `tests/fuzz`. Each panics where something does not hold.
//!
//! `cargo xtask fuzz` calls them with bytes that it makes up,
//! `tests/tests/programs/fuzz.rs` with those of the corpus. How the bytes are
//! laid out is said at each function; all are made so that a corpus file can be
//! read and written by hand. Its name says what it shows; `recorded-…` is a body
//! of the recordings, `found-…` what a fuzzer found to reach other code.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "only tests use this, and that is how a test fails"
)]

mod answer;
mod date;
mod document;
mod jsv;
mod money;
mod xml;

pub use answer::answer;
pub use date::date;
pub use document::document;
pub use jsv::jsv;
pub use money::money;
pub use xml::xml;

/// The first line of the bytes, if it is text, and the rest.
fn head(data: &[u8]) -> (&str, &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n');
    let (head, rest) = data.split_at(end.unwrap_or(data.len()));
    let head = std::str::from_utf8(head).unwrap_or_default();
    (head.trim_end(), rest.get(1..).unwrap_or_default())
}

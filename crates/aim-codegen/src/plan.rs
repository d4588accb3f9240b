//! What is to be written, as plain facts, and the document as progenitor is to
//! see it.
//!
//! Uses `read`.

pub(crate) mod facts;
pub(crate) mod lower;
pub(crate) mod names;
pub(crate) mod pattern;

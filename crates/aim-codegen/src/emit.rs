//! Turns progenitor's output into the client's code.
//!
//! Uses `plan`.

pub(crate) mod checks;
pub(crate) mod layout;
pub(crate) mod members;
pub(crate) mod methods;
pub(crate) mod names;
pub(crate) mod operations;
mod requests;
pub(crate) mod shape;
pub(crate) mod verify;

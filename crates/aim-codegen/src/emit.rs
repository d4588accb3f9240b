//! Makes the client's code of what progenitor has printed.
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

//! The values that members hold: amounts, dates, secrets, and how they are read
//! and compared.
//!
//! Uses nothing else of this crate.

pub(crate) mod blank;
pub mod date;
pub(crate) mod lenient;
pub mod money;
pub(crate) mod names;
pub(crate) mod object;
pub(crate) mod reading;
pub(crate) mod secret;
pub(crate) mod words;

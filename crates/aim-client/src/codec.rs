//! The formats of requests and answers, and what is checked in both, for any
//! type of the document: JSV and queries, XML, checks before sending, evidence.
//!
//! Uses `value`.

pub(crate) mod answer;
pub(crate) mod check;
pub(crate) mod evidence;
pub(crate) mod jsv;
pub(crate) mod location;
pub(crate) mod query;
pub(crate) mod references;
pub(crate) mod sign;
pub(crate) mod xml;

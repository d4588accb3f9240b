//! One call, from the request to the verdict: what is sent with it, attempts
//! and limits, the judgement of its answer, and who is notified.
//!
//! Uses `generated`, `codec` and `value`.

pub(crate) mod answer;
pub(crate) mod codes;
mod compression;
pub(crate) mod credentials;
pub(crate) mod disk;
pub(crate) mod error;
pub(crate) mod file_journal;
pub(crate) mod journal;
pub(crate) mod judge;
pub(crate) mod limits;
pub(crate) mod login;
pub(crate) mod observe;
mod obstacle;
pub(crate) mod options;
mod read;
pub(crate) mod received;
pub(crate) mod record;
pub(crate) mod request;
pub(crate) mod retry;
pub mod runtime;
pub(crate) mod send;
pub(crate) mod shared;
pub(crate) mod trace;
mod watch;

//! What the tests of this workspace and the demo share.

pub mod authority;
pub mod browser;
pub mod calls;
pub mod document;
pub mod error_text;
pub mod every_operation;
pub mod fixture;
pub mod fuzz;
pub mod ledger;
pub mod log;
pub mod mock_clock;
pub mod nested;
pub mod new_operation;
pub mod ordered;
pub mod parallel;
pub mod patience;
pub mod raw;
pub mod replay;
pub mod requests;
pub mod server;
pub mod types;

/// The Rust of the workspace's README compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

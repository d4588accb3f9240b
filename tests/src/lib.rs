//! What the tests of this workspace and the demo share.

pub mod document;
pub mod fixture;
pub mod ordered;
pub mod pretty;
pub mod server;
pub mod types;

#![doc = include_str!("../README.md")]

pub mod credentials;
mod document;
pub mod engine;
pub mod fake;
pub mod faults;
pub mod limits;
pub mod received;
pub mod recorded;
pub mod schema;
pub mod server;
pub mod settings;
pub mod state;
pub mod value;
pub mod wire;

pub use fake::{AimFake, Builder, Error};
pub use faults::{CloseWhen, Fault, FaultKind};
pub use received::Received;
pub use settings::Settings;
pub use state::State;

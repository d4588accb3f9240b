#![doc = include_str!("../README.md")]

// Each module uses those below it: program, fake, server, engine, state, wire,
// model, problem.
mod engine;
mod fake;
#[cfg(feature = "__internals")]
#[doc(hidden)]
pub mod internals;
mod model;
mod problem;
#[cfg(feature = "program")]
#[doc(hidden)]
pub mod program;
mod server;
mod state;
mod wire;

pub use engine::faults::{Compression, Credential, Fault, FaultKind, Moment, NameStyle};
pub use engine::request_log::Received;
pub use fake::{AimFake, Builder, Error};
pub use model::date::{DateKind, DateTime};
pub use model::operation::{Operation, Route};
pub use model::schema::Schema;
pub use model::settings::{
    CredentialError, CredentialsFrom, DateFormat, Format, LoginFrom, Settings,
};
pub use model::types::{Kind, Member, Sensitive, Type};
pub use model::value::{Object, Value};
pub use problem::{Problem, Problems};
pub use state::{Booking, Date, State};
pub use wire::ignored::{Ignored, IgnoredReason};

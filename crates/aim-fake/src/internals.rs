//! No API (feature `__internals`): what the tests of this workspace reach that
//! is otherwise behind a socket. It may change or go in any version.

pub use crate::model::http::Request;
pub use crate::model::json::object_to_json;
pub use crate::model::names;
pub use crate::model::service::Answer;
pub use crate::wire::ignored::Reading;
pub use crate::wire::style::Style;
pub use crate::wire::{date, handle, json, jsv, params};

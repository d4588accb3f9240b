//! What all directories share: values and types, the document that declares
//! them, the settings, requests and answers, and values as JSON. This directory
//! uses only `problem`, and nothing here knows how a value is written on the
//! wire.

pub(crate) mod date;
pub(crate) mod document;
mod example;
pub(crate) mod http;
pub(crate) mod json;
pub(crate) mod members;
pub mod names;
pub(crate) mod operation;
mod read;
pub(crate) mod schema;
pub(crate) mod service;
pub(crate) mod settings;
pub(crate) mod types;
pub(crate) mod value;

//! XML as DataContractSerializer reads and writes it.

mod names;
mod reader;
mod writer;

pub(crate) use reader::read;
pub(crate) use writer::write;

//! The client's types, by the names of the document's schemas.

pub use aim_client::internals::{TYPES, Type};

/// Reads JSON text into the type of that name and writes it out again.
///
/// # Errors
///
/// A sentence, if there is no such type or if it cannot read the text.
pub fn rewritten(name: &str, json: &str) -> Result<String, String> {
    let known = TYPES.iter().find(|known| known.name == name);
    let known = known.ok_or_else(|| format!("the client has no type {name}"))?;
    (known.rewrite)(json).map_err(|error| format!("{name} cannot read {json}: {error}"))
}

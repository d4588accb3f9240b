//! Names the location in an answer that cannot be read.

use serde_path_to_error::Segment;

/// Finds the member of the document that has a name, of whichever type.
pub(crate) type Known = fn(&str) -> Option<&'static str>;

/// `` `Inventory[1].Desc`, line 3 column 16 ``; the whole answer is `.`.
///
/// Only the document's names of members are repeated. Any other could be a
/// payload, such as an address that keys a map: the path ends there with `?`.
pub(crate) fn location<'a>(
    known: Known,
    path: impl IntoIterator<Item = &'a Segment>,
    line: usize,
    column: usize,
) -> String {
    let mut text = String::new();
    for segment in path {
        let name = match segment {
            Segment::Seq { index } => {
                text.push_str(&format!("[{index}]"));
                continue;
            }
            Segment::Map { key } => known(key),
            Segment::Enum { .. } | Segment::Unknown => None,
        };
        if !text.is_empty() {
            text.push('.');
        }
        text.push_str(name.unwrap_or("?"));
        if name.is_none() {
            break;
        }
    }
    if text.is_empty() {
        text.push('.');
    }
    format!("`{text}`, line {line} column {column}")
}

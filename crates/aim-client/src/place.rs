//! Names the place in an answer that cannot be read.

use serde_path_to_error::Segment;

use crate::generated::MEMBERS;

/// The member of the document that has this name, of whichever type.
pub(crate) fn known(name: &str) -> Option<&'static str> {
    let mut members = MEMBERS.iter();
    members
        .find(|member| member.eq_ignore_ascii_case(name))
        .copied()
}

/// `` `Inventory[1].Desc`, line 3 column 16 ``; the whole answer is `.`.
///
/// Only the document's names of members are repeated. Any other could be a
/// payload, such as an address that keys a map: the path ends there with `?`.
pub(crate) fn place<'a>(
    path: impl IntoIterator<Item = &'a Segment>,
    line: usize,
    column: usize,
) -> String {
    let mut text = String::new();
    for segment in path {
        let known = match segment {
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
        text.push_str(known.unwrap_or("?"));
        if known.is_none() {
            break;
        }
    }
    if text.is_empty() {
        text.push('.');
    }
    format!("`{text}`, line {line} column {column}")
}

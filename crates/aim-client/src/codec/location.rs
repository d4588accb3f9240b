//! Names the location in an answer that cannot be read.

use crate::value::reading::Step;

/// `` `Inventory[1].Desc`, line 3 column 16 ``; the whole answer is `.`. The
/// path has its innermost step first.
///
/// Only the document's names of members are repeated. Any other could be a
/// payload, such as an address that keys a map: the path ends there with `?`.
pub(crate) fn location(path: &[Step], line: usize, column: usize) -> String {
    let mut text = String::new();
    for step in path.iter().rev() {
        let name = match step {
            Step::Item(index) => {
                text.push_str(&format!("[{index}]"));
                continue;
            }
            Step::Member(name) => name,
            Step::Unknown => "?",
        };
        if !text.is_empty() {
            text.push('.');
        }
        text.push_str(name);
    }
    if text.is_empty() {
        text.push('.');
    }
    format!("`{text}`, line {line} column {column}")
}

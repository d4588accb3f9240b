//! Prints what changes in a file.

use std::fmt::Write;

use aim_codegen::regen::File;
use similar::{ChangeTag, TextDiff};

const RED: &str = "\u{1b}[31m";
const GREEN: &str = "\u{1b}[32m";
const CYAN: &str = "\u{1b}[36m";
const BOLD: &str = "\u{1b}[1m";
const RESET: &str = "\u{1b}[0m";

/// Appends a line that names the file and counts the changed lines; of the
/// Rust, a unified diff follows. The other files repeat the document, of which
/// git has the diff.
pub(crate) fn write(text: &mut String, outcome: &str, file: &File, coloured: bool) {
    let paint = |colour: &'static str| if coloured { colour } else { "" };
    let reset = paint(RESET);
    let found = file.found.replace("\r\n", "\n");
    let diff = TextDiff::from_lines(&found, &file.expected);
    let count = |tag| {
        diff.iter_all_changes()
            .filter(|change| change.tag() == tag)
            .count()
    };
    let (added, removed) = (count(ChangeTag::Insert), count(ChangeTag::Delete));
    let bold = paint(BOLD);
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "{bold}{outcome}: {}: +{added} -{removed} lines{reset}",
        file.path
    );
    if !file.is_rust() {
        return;
    }
    for line in diff
        .unified_diff()
        .header(&file.path, &file.path)
        .to_string()
        .lines()
    {
        let colour = match line.as_bytes().first() {
            Some(b'+') => paint(GREEN),
            Some(b'-') => paint(RED),
            Some(b'@') => paint(CYAN),
            _ => "",
        };
        let end = if colour.is_empty() { "" } else { reset };
        let _ = writeln!(text, "{colour}{line}{end}");
    }
}

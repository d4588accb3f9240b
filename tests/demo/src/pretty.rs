//! Prints JSON for people: indented, coloured, in its own order and digits,
//! with the values of sensitive members masked.

use std::collections::BTreeSet;

/// Colours or plain text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// Whether to write colours.
    pub(crate) coloured: bool,
}

impl Style {
    /// Returns the text in a colour (an ANSI code such as `32`).
    pub(crate) fn paint(self, code: u8, text: &str) -> String {
        if self.coloured {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

const CYAN: u8 = 36;
const YELLOW: u8 = 33;
const DIM: u8 = 2;

/// Indents JSON text that is well formed; the value of a member whose name is
/// in `masked` is replaced.
pub(crate) fn json(text: &str, masked: &BTreeSet<String>, style: Style) -> String {
    let mut out = String::new();
    let mut depth = 0_usize;
    // Set from the name of a masked member to the end of its value.
    let mut masking: Option<usize> = None;
    let mut rest = text.trim();
    while let Some(letter) = rest.chars().next() {
        let length = token_length(rest);
        let (token, after) = rest.split_at(length);
        rest = after.trim_start();
        let hidden = masking.is_some();
        match letter {
            '{' | '[' => {
                depth += 1;
                if !hidden {
                    let close = rest.starts_with(['}', ']']);
                    out.push_str(token);
                    if !close {
                        new_line(&mut out, depth);
                    }
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                masking = masking.filter(|start| depth >= *start);
                if masking.is_none() {
                    if !out.ends_with(['{', '[']) {
                        new_line(&mut out, depth);
                    }
                    out.push_str(token);
                }
            }
            ',' => {
                masking = masking.filter(|start| depth > *start);
                if masking.is_none() {
                    out.push(',');
                    new_line(&mut out, depth);
                }
            }
            ':' if !hidden => out.push_str(": "),
            _ if hidden => {}
            '"' if rest.starts_with(':') => {
                out.push_str(&style.paint(CYAN, token));
                if masked.contains(token.trim_matches('"')) {
                    masking = Some(depth);
                    out.push_str(": ");
                    out.push_str(&style.paint(DIM, "[masked]"));
                }
            }
            '"' => out.push_str(token),
            _ => out.push_str(&style.paint(YELLOW, token)),
        }
    }
    out
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.push_str(&"  ".repeat(depth + 1));
}

/// The length of the first token in bytes.
fn token_length(text: &str) -> usize {
    let mut letters = text.char_indices();
    match letters.next() {
        Some((_, '"')) => {
            let mut escaped = false;
            for (index, letter) in letters {
                match letter {
                    _ if escaped => escaped = false,
                    '\\' => escaped = true,
                    '"' => return index + 1,
                    _ => {}
                }
            }
            text.len()
        }
        Some((_, '{' | '}' | '[' | ']' | ',' | ':')) => 1,
        _ => text
            .find(|letter: char| letter.is_whitespace() || "{}[],:\"".contains(letter))
            .filter(|length| *length > 0)
            .unwrap_or(text.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_values_and_keeps_order_and_digits() {
        let masked = ["Token".to_owned(), "Name".to_owned()].into();
        let text = r#"{"B":12.50,"Token":"a,}\"b","Name":{"x":[1,{"y":2}]},"A":[],"L":[1,"z"]}"#;
        let printed = json(text, &masked, Style { coloured: false });
        assert_eq!(
            printed,
            "{\n    \"B\": 12.50,\n    \"Token\": [masked],\n    \"Name\": [masked],\n    \"A\": [],\n    \"L\": [\n      1,\n      \"z\"\n    ]\n  }"
        );
    }
}

//! Explains errors of the YAML parser in terms of the text: the parser reports
//! where it gave up, which is often lines below the mistake.

/// The place of a mistake, what is wrong, and how to fix it.
pub(super) type Explained = ((usize, usize), String, &'static str);

/// Explains an error of the parser at a place. `columns` are the columns of the
/// keys around it, outermost first.
pub(super) fn explain(
    text: &str,
    (line, column): (usize, usize),
    said: &str,
    columns: &[usize],
) -> Explained {
    let lines: Vec<&str> = text.lines().collect();
    let at = |line: usize| lines.get(line.wrapping_sub(1)).copied().unwrap_or_default();
    let here = at(line);
    let spaces = indentation(here);
    if let Some(tab) = tab_after_mark(here) {
        return (
            (line, tab),
            "a tab follows the colon or dash".to_owned(),
            "replace it with a space; readers of YAML disagree about tabs",
        );
    }
    if let Some(place) = open_quote(&lines, line) {
        return (
            place,
            "the quote that opens here is not closed on its line".to_owned(),
            "close it, or remove it; an apostrophe within single quotes is doubled (`'it''s'`)",
        );
    }
    if said.contains("trailing content") {
        return (
            (line, column),
            "text follows the closing quote".to_owned(),
            "move the quote to the end; an apostrophe within single quotes is doubled (`'it''s'`)",
        );
    }
    if said.contains("mapping values are not allowed") {
        let above = (1..line).rev().map(at).find(|line| !line.trim().is_empty());
        return if above.is_some_and(|above| indentation(above) < spaces) {
            (
                (line, spaces + 1),
                "this line is indented deeper than the one above, which already has a value"
                    .to_owned(),
                "indent it like the line above, or less; a long text goes into quotes or below `>-`",
            )
        } else {
            (
                (line, column),
                "this line has a second colon with a space after it".to_owned(),
                "put the text in quotes",
            )
        };
    }
    if said.contains("did not find expected key") && !columns.contains(&(spaces + 1)) {
        let around: Vec<_> = columns
            .iter()
            .rev()
            .take(2)
            .map(|column| (column - 1).to_string())
            .collect();
        if !around.is_empty() {
            return (
                (line, spaces + 1),
                format!(
                    "this line is indented by {spaces} spaces, the keys around it by {}",
                    around.join(" or ")
                ),
                "indent it like the keys that it belongs with",
            );
        }
    }
    (
        (line, column),
        format!("this is not YAML: {said}"),
        "see whether indentation, quotes and brackets are right here or just above",
    )
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// The column of a tab that follows a colon or dash.
fn tab_after_mark(line: &str) -> Option<usize> {
    let characters: Vec<char> = line.chars().collect();
    let tab = characters.iter().position(|c| *c == '\t')?;
    let before = characters.get(..tab)?.iter().rev().find(|c| **c != ' ');
    matches!(before, Some(':' | '-')).then_some(tab + 1)
}

/// The place of the nearest quote, on a line or above it, that is still open on
/// that line.
fn open_quote(lines: &[&str], line: usize) -> Option<(usize, usize)> {
    (1..=line).rev().find_map(|opened| {
        let (column, quote) = opening(lines.get(opened - 1)?)?;
        let between = lines
            .get(opened..line.saturating_sub(1))
            .unwrap_or_default();
        let is_closed = between.iter().any(|between| between.contains(quote));
        (!is_closed).then_some((opened, column))
    })
}

/// The column and kind of a quote that begins a scalar and is not closed on the
/// line.
fn opening(line: &str) -> Option<(usize, char)> {
    let mut characters = line.chars().enumerate().peekable();
    // Whether a scalar may begin here; after a comma only within brackets.
    let (mut is_start, mut in_brackets) = (true, false);
    while let Some((index, character)) = characters.next() {
        match character {
            '\'' | '"' if is_start => {
                loop {
                    match characters.next() {
                        None => return Some((index + 1, character)),
                        Some((_, '\\')) if character == '"' => drop(characters.next()),
                        Some((_, found)) if found == character => {
                            let is_doubled = character == '\''
                                && characters.next_if(|(_, next)| *next == '\'').is_some();
                            if !is_doubled {
                                break;
                            }
                        }
                        Some(_) => {}
                    }
                }
                is_start = false;
            }
            ' ' => {
                // A scalar may still begin after a space.
                let is_comment = matches!(characters.peek(), Some((_, '#')));
                if is_comment {
                    return None;
                }
            }
            ':' | '-' => is_start = matches!(characters.peek(), Some((_, ' '))),
            '[' | '{' if is_start => in_brackets = true,
            ',' if in_brackets => is_start = true,
            _ => is_start = false,
        }
    }
    None
}

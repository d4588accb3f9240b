//! Turns a saved page into lines of text: what a browser copies of it, with a tab
//! between the cells of a table.

use html5gum::Token;
use html5gum::Tokenizer;
use html5gum::emitters::default::DefaultEmitter;

use super::page::squeezed;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// In the file, from 1.
    pub(super) number: usize,
    pub(super) text: String,
}

/// The lines of a file, whether it is HTML or text.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let text = text.trim_start_matches('\u{feff}');
    let head = text.as_bytes();
    let head = String::from_utf8_lossy(head.get(..2000).unwrap_or(head)).to_ascii_lowercase();
    let is_html = ["<html", "<!doctype html", "<body", "<table", "<div", "<pre"]
        .iter()
        .any(|tag| head.contains(tag));
    if is_html {
        return of_html(text);
    }
    let lines = text.lines().enumerate();
    lines
        .map(|(index, line)| Line {
            number: index + 1,
            text: line.replace('\u{a0}', " "),
        })
        .collect()
}

/// Elements whose text is no part of the page.
const SKIPPED: [&str; 6] = ["head", "script", "style", "nav", "title", "select"];
/// Elements that end a cell, whether it is closed or not.
const TABLE: [&str; 6] = ["tr", "table", "thead", "tbody", "tfoot", "caption"];
/// Elements that begin and end a line.
const BLOCKS: [&str; 10] = [
    "p", "div", "h1", "h2", "h3", "h4", "pre", "li", "ul", "body",
];

#[derive(Default)]
struct Writer {
    lines: Vec<Line>,
    /// The line being written.
    text: String,
    number: usize,
    /// How deep inside elements that are skipped.
    skipped: usize,
    preformatted: usize,
    in_cell: bool,
    /// The cells that the line has so far.
    cells: usize,
}

fn of_html(html: &str) -> Vec<Line> {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let mut writer = Writer::default();
    let mut at = (0, 1);
    for token in Tokenizer::new_with_emitter(html, emitter).flatten() {
        let start = match &token {
            Token::StartTag(tag) => tag.span.start,
            Token::EndTag(tag) => tag.span.start,
            Token::String(text) => text.span.start,
            _ => continue,
        };
        if let Some(between) = html.as_bytes().get(at.0..start) {
            let breaks = between.iter().filter(|byte| **byte == b'\n').count();
            at = (start, at.1 + breaks);
        }
        match token {
            Token::StartTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name);
                writer.start(&name, tag.self_closing, at.1);
            }
            Token::EndTag(tag) => writer.end(&String::from_utf8_lossy(&tag.name), at.1),
            Token::String(text) => writer.text(&String::from_utf8_lossy(&text), at.1),
            _ => {}
        }
    }
    writer.finish(0);
    writer.lines
}

impl Writer {
    fn finish(&mut self, number: usize) {
        let text = std::mem::take(&mut self.text);
        let text = if self.preformatted > 0 {
            text.replace('\u{a0}', " ")
        } else {
            text.split('\t')
                .map(squeezed)
                .collect::<Vec<_>>()
                .join("\t")
        };
        if !text.is_empty() || self.preformatted > 0 {
            self.lines.push(Line {
                number: self.number,
                text,
            });
        }
        self.number = number;
        self.cells = 0;
    }

    fn start(&mut self, name: &str, is_closed: bool, number: usize) {
        if SKIPPED.contains(&name) && !is_closed {
            self.skipped += 1;
        }
        if self.skipped > 0 {
            return;
        }
        match name {
            "td" | "th" => {
                if self.cells > 0 {
                    self.text.push('\t');
                }
                self.cells += 1;
                self.in_cell = true;
            }
            "br" if self.in_cell => self.text.push(' '),
            "br" => self.finish(number),
            "pre" => {
                self.finish(number);
                self.preformatted += 1;
            }
            _ if TABLE.contains(&name) => {
                self.in_cell = false;
                self.finish(number);
            }
            _ if BLOCKS.contains(&name) && !self.in_cell => self.finish(number),
            _ => {}
        }
    }

    fn end(&mut self, name: &str, number: usize) {
        if SKIPPED.contains(&name) {
            self.skipped = self.skipped.saturating_sub(1);
            return;
        }
        match name {
            "td" | "th" => self.in_cell = false,
            "pre" if self.preformatted > 0 => {
                self.finish(number);
                self.preformatted -= 1;
            }
            _ if TABLE.contains(&name) => {
                self.in_cell = false;
                self.finish(number);
            }
            _ if BLOCKS.contains(&name) && !self.in_cell => self.finish(number),
            _ => {}
        }
    }

    fn text(&mut self, text: &str, number: usize) {
        if self.skipped > 0 {
            return;
        }
        if self.text.trim().is_empty() {
            self.number = number;
        }
        if self.preformatted == 0 {
            // A tab would look like the end of a cell.
            self.text.push_str(&text.replace('\t', " "));
            return;
        }
        for (index, part) in text.split('\n').enumerate() {
            if index > 0 {
                self.finish(number + index);
            }
            self.text.push_str(part.trim_end_matches('\r'));
        }
    }
}

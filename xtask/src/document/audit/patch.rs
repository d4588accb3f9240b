//! Writes a changed document as text, so that what did not change stays as it is.

use aim_codegen::document::{Document, Node, Value as Held};
use serde_yaml::{Mapping, Value};

/// The text of the document with other values.
pub(super) fn written(document: &Document, new: &Mapping) -> String {
    let lines: Vec<&str> = document.text().lines().collect();
    let writer = Writer { lines: &lines };
    let region = Region {
        start: 0,
        end: lines.len(),
    };
    writer.map(document.root(), new, &region, 0).join("\n") + "\n"
}

/// The longest line.
const WIDTH: usize = 118;

/// Lines, from 0, without the end.
struct Region {
    start: usize,
    end: usize,
}

struct Writer<'a> {
    lines: &'a [&'a str],
}

impl Writer<'_> {
    fn text(&self, region: &Region) -> Vec<String> {
        let lines = self.lines.get(region.start..region.end).unwrap_or_default();
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    /// The end of a value without the blank lines and comments after it, which
    /// belong to what follows.
    fn trimmed(&self, region: &Region) -> usize {
        let mut end = region.end;
        while end > region.start + 1 {
            let line = self.lines.get(end - 1).map_or("", |line| line.trim_start());
            if !line.is_empty() && !line.starts_with('#') {
                break;
            }
            end -= 1;
        }
        end
    }

    /// Where each part of a map or list begins and ends, given the lines of the
    /// parts.
    fn chunks(&self, starts: &[usize], region: &Region) -> Vec<Region> {
        let mut from = region.start;
        let mut chunks = Vec::new();
        for (index, start) in starts.iter().enumerate() {
            let next = starts.get(index + 1).copied().unwrap_or(region.end);
            let end = self.trimmed(&Region {
                start: *start,
                end: next,
            });
            chunks.push(Region { start: from, end });
            from = end;
        }
        chunks
    }

    /// Whether the value of a key stands below it, not beside it.
    fn is_below(&self, line: usize, column: usize, name: &str) -> bool {
        let text = self.lines.get(line - 1).copied().unwrap_or_default();
        let rest: String = text
            .chars()
            .skip(column - 1 + name.chars().count())
            .collect();
        // The key may be in quotes.
        let rest = rest.trim_start_matches(['\'', '"']);
        let rest = rest.strip_prefix(':').unwrap_or(rest).trim_start();
        rest.is_empty() || rest.starts_with('#')
    }

    fn map(&self, node: &Node, new: &Mapping, region: &Region, indent: usize) -> Vec<String> {
        let members = node.members();
        let starts: Vec<_> = members.iter().map(|(key, _)| key.line - 1).collect();
        let chunks = self.chunks(&starts, region);
        let mut out = Vec::new();
        for (name, value) in new {
            let name = name_of(name);
            let old = members
                .iter()
                .zip(&chunks)
                .find(|((key, _), _)| key.name == name);
            let Some(((key, held), chunk)) = old else {
                out.extend(entry(&name, value, indent));
                continue;
            };
            if is_same(held, value) {
                out.extend(self.text(chunk));
                continue;
            }
            let start = key.line - 1;
            // What stands before the key: comments.
            out.extend(self.text(&Region {
                start: chunk.start,
                end: start,
            }));
            let below = Region {
                start: start + 1,
                end: chunk.end,
            };
            let is_below = self.is_below(key.line, key.column, &key.name);
            match (&held.value, value) {
                (Held::Map(_), Value::Mapping(value)) if is_below && !value.is_empty() => {
                    out.extend(self.text(&Region {
                        start,
                        end: start + 1,
                    }));
                    out.extend(self.map(held, value, &below, indent + 2));
                }
                (Held::List(_), Value::Sequence(value)) if is_below && !value.is_empty() => {
                    out.extend(self.text(&Region {
                        start,
                        end: start + 1,
                    }));
                    out.extend(self.list(held, value, &below, indent + 2));
                }
                _ => out.extend(entry(&name, value, indent)),
            }
        }
        // What follows the last member belongs to no one.
        let end = chunks.last().map_or(region.start, |last| last.end);
        out.extend(self.text(&Region {
            start: end,
            end: region.end,
        }));
        out
    }

    fn list(&self, node: &Node, new: &[Value], region: &Region, indent: usize) -> Vec<String> {
        let items = node.items();
        let starts: Vec<_> = items.iter().map(|item| item.line - 1).collect();
        let chunks = self.chunks(&starts, region);
        let mut out = Vec::new();
        let mut used = vec![false; items.len()];
        for value in new {
            let free = |used: &[bool], is_it: &dyn Fn(&Node) -> bool| {
                let mut all = items.iter().zip(used).enumerate();
                all.find(|(_, (item, used))| !**used && is_it(item))
                    .map(|(index, _)| index)
            };
            let same = free(&used, &|item| is_same(item, value));
            let other = free(&used, &|item| {
                identity(item).is_some_and(|one| Some(one) == identity_of(value))
            });
            let (index, is_equal) = match (same, other) {
                (Some(index), _) => (index, true),
                (None, Some(index)) => (index, false),
                (None, None) => {
                    out.extend(item(value, indent));
                    continue;
                }
            };
            if let Some(used) = used.get_mut(index) {
                *used = true;
            }
            let (Some(chunk), Some(held), Some(start)) =
                (chunks.get(index), items.get(index), starts.get(index))
            else {
                continue;
            };
            if is_equal {
                out.extend(self.text(chunk));
                continue;
            }
            match value {
                Value::Mapping(value) if self.begins_with_a_key(held) => {
                    let whole = Region {
                        start: *start,
                        end: chunk.end,
                    };
                    let mut lines = self.map(held, value, &whole, indent + 2);
                    if let Some(first) = lines.first_mut() {
                        let rest: String = first.trim_start_matches([' ', '-']).to_owned();
                        *first = format!("{}- {rest}", " ".repeat(indent));
                    }
                    out.extend(lines);
                }
                _ => out.extend(item(value, indent)),
            }
        }
        let end = chunks.last().map_or(region.start, |last| last.end);
        out.extend(self.text(&Region {
            start: end,
            end: region.end,
        }));
        out
    }

    /// Whether an item is a map that is written with a line per member.
    fn begins_with_a_key(&self, node: &Node) -> bool {
        let Some((key, _)) = node.members().first() else {
            return false;
        };
        let line = self.lines.get(key.line - 1).copied().unwrap_or_default();
        let before: String = line.chars().take(key.column - 1).collect();
        before.trim_start_matches([' ', '-']).is_empty()
    }
}

fn name_of(key: &Value) -> String {
    match key {
        Value::String(text) => text.clone(),
        other => serde_yaml::to_string(other)
            .unwrap_or_default()
            .trim()
            .to_owned(),
    }
}

/// The member that tells the items of a list apart.
fn identity(node: &Node) -> Option<String> {
    ["name", "value", "member"]
        .iter()
        .find_map(|key| node.get(key).and_then(Node::as_str))
        .map(ToOwned::to_owned)
}

fn identity_of(value: &Value) -> Option<String> {
    ["name", "value", "member"]
        .iter()
        .find_map(|key| value.get(key).and_then(Value::as_str))
        .map(ToOwned::to_owned)
}

/// Whether a part of a document holds a value, in the same order.
pub(super) fn is_same(node: &Node, value: &Value) -> bool {
    match (&node.value, value) {
        (Held::Null, Value::Null) => true,
        (Held::Bool(one), Value::Bool(other)) => one == other,
        (Held::Number(one), Value::Number(_)) => {
            serde_yaml::from_str::<Value>(one).is_ok_and(|one| one == *value)
        }
        (Held::String(one), Value::String(other)) => one == other,
        (Held::List(items), Value::Sequence(values)) => {
            items.len() == values.len()
                && items
                    .iter()
                    .zip(values)
                    .all(|(item, value)| is_same(item, value))
        }
        (Held::Map(members), Value::Mapping(values)) => {
            members.len() == values.len()
                && members
                    .iter()
                    .zip(values)
                    .all(|((key, member), (name, value))| {
                        key.name == name_of(name) && is_same(member, value)
                    })
        }
        _ => false,
    }
}

/// A member of a map, as new lines.
fn entry(name: &str, value: &Value, indent: usize) -> Vec<String> {
    let head = format!("{}{}:", " ".repeat(indent), scalar_text(name, true));
    below(&head, name, value, indent)
}

fn item(value: &Value, indent: usize) -> Vec<String> {
    let head = format!("{}-", " ".repeat(indent));
    let flow = flow(value);
    let is_short = is_plain_map(value) && head.len() + flow.len() < WIDTH;
    if is_short || !matches!(value, Value::Mapping(_) | Value::Sequence(_)) {
        return vec![format!("{head} {flow}")];
    }
    let Value::Mapping(members) = value else {
        return vec![format!("{head} {flow}")];
    };
    let mut lines: Vec<String> = members
        .iter()
        .flat_map(|(name, value)| entry(&name_of(name), value, indent + 2))
        .collect();
    if let Some(first) = lines.first_mut() {
        *first = format!("{head} {}", first.trim_start());
    }
    lines
}

/// Whether a map holds only values, and is no reference.
fn is_plain_map(value: &Value) -> bool {
    let Value::Mapping(members) = value else {
        return false;
    };
    let is_plain = |value: &Value| !matches!(value, Value::Mapping(_) | Value::Sequence(_));
    members
        .iter()
        .all(|(name, value)| is_plain(value) && name != "$ref")
}

/// Keys whose values stand on the same line if they fit.
const FLOW: [&str; 3] = ["example", "xml", "by"];

fn below(head: &str, name: &str, value: &Value, indent: usize) -> Vec<String> {
    let flow = flow(value);
    let fits = head.len() + 1 + flow.len() <= WIDTH;
    match value {
        Value::Mapping(members) if !(members.is_empty() || FLOW.contains(&name) && fits) => {
            let members = members.iter();
            let lines = members.flat_map(|(name, value)| entry(&name_of(name), value, indent + 2));
            [head.to_owned()].into_iter().chain(lines).collect()
        }
        Value::Sequence(items) => {
            let is_plain = |item: &Value| !matches!(item, Value::Mapping(_) | Value::Sequence(_));
            if fits && (FLOW.contains(&name) || items.iter().all(is_plain)) {
                return vec![format!("{head} {flow}")];
            }
            let lines = items.iter().flat_map(|value| item(value, indent + 2));
            [head.to_owned()].into_iter().chain(lines).collect()
        }
        Value::String(text) if text.contains('\n') => {
            let pad = " ".repeat(indent + 2);
            let lines = text
                .lines()
                .map(|line| format!("{pad}{line}").trim_end().to_owned());
            [format!("{head} |-")].into_iter().chain(lines).collect()
        }
        Value::String(text) if !fits && !text.contains("  ") && text.trim() == text => {
            let pad = " ".repeat(indent + 2);
            let mut lines = vec![format!("{head} >-")];
            let mut line = pad.clone();
            for word in text.split(' ') {
                if line.len() + word.len() > WIDTH && line != pad {
                    lines.push(line.trim_end().to_owned());
                    line.clone_from(&pad);
                }
                line.push_str(word);
                line.push(' ');
            }
            lines.push(line.trim_end().to_owned());
            lines
        }
        Value::String(text) => vec![format!("{head} {}", scalar_text(text, false))],
        _ => vec![format!("{head} {flow}")],
    }
}

/// A value on one line.
fn flow(value: &Value) -> String {
    match value {
        Value::Mapping(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|(name, value)| {
                    format!("{}: {}", scalar_text(&name_of(name), true), flow(value))
                })
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::Sequence(items) => {
            let items: Vec<_> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::String(text) => scalar_text(text, true),
        Value::Null => "null".to_owned(),
        other => serde_yaml::to_string(other)
            .unwrap_or_default()
            .trim()
            .to_owned(),
    }
}

/// Texts that readers of YAML take for something else.
const TAKEN: [&str; 11] = [
    "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf",
];

/// A text, in quotes unless every reader takes it for the same text.
fn scalar_text(text: &str, in_flow: bool) -> String {
    let is_key = text.starts_with('/') || text == "$ref";
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic()) || is_key;
    let is_safe = |c: char| {
        c.is_ascii_alphanumeric()
            || " _-./<>`;()$+=:?".contains(c)
            || !in_flow && ",'\"".contains(c)
    };
    let is_plain = begins
        && text.chars().all(is_safe)
        && text.trim() == text
        && !text.contains(": ")
        && !text.ends_with([':', '?'])
        && !TAKEN.contains(&text.to_lowercase().as_str());
    if is_plain {
        return text.to_owned();
    }
    if text.contains(|c: char| c.is_control()) {
        return serde_json::to_string(text).unwrap_or_default();
    }
    format!("'{}'", text.replace('\'', "''"))
}

//! Reads YAML into a tree that keeps order, number texts and places.
//!
//! Only what every YAML reader understands alike is accepted: no anchors,
//! merge keys or tags, no repeated keys, no plain scalar that another version
//! of YAML would read as something else.

mod explain;

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use crate::read::problem::{Problems, Report};

/// Deeper nesting is refused, so that no reader runs out of stack.
const MAX_DEPTH: usize = 64;

/// A value of the document with its place.
///
/// The place is where to look: of a scalar the scalar itself, of a map or list
/// the key under which it stands (without a key, its first character).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Node {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What stands there.
    pub value: Value,
}

/// A key of a map with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Key {
    /// The text of the key.
    pub name: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// What a [`Node`] holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing, or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as it is written, which is as JSON writes numbers.
    Number(String),
    /// Text.
    String(String),
    /// A list, in order.
    List(Vec<Node>),
    /// A map, in order; no key occurs twice.
    Map(Vec<(Key, Node)>),
}

impl Node {
    /// Returns the value of a key of a map.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.member(name).map(|(_, node)| node)
    }

    /// Returns the node that a JSON pointer (RFC 6901) leads to from here; the
    /// empty pointer leads to the node itself.
    #[must_use]
    pub fn pointer(&self, pointer: &str) -> Option<&Node> {
        if pointer.is_empty() {
            return Some(self);
        }
        pointer
            .strip_prefix('/')?
            .split('/')
            .try_fold(self, |node, step| match &node.value {
                Value::List(items) => items.get(step.parse::<usize>().ok()?),
                _ => node.get(&step.replace("~1", "/").replace("~0", "~")),
            })
    }

    /// The text, if this is a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list; none of anything else.
    #[must_use]
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The keys and values of a map; none of anything else.
    #[must_use]
    pub fn members(&self) -> &[(Key, Node)] {
        match &self.value {
            Value::Map(members) => members,
            _ => &[],
        }
    }

    fn member(&self, name: &str) -> Option<&(Key, Node)> {
        self.members().iter().find(|(key, _)| key.name == name)
    }

    /// The kind of value, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::String(_) => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }

    pub(crate) fn place(&self) -> (usize, usize) {
        (self.line, self.column)
    }
}

/// A node together with the way to it.
#[derive(Clone, Debug)]
pub(crate) struct At<'a> {
    pub(crate) node: &'a Node,
    pub(crate) pointer: String,
    key: Option<&'a Key>,
}

impl<'a> At<'a> {
    pub(crate) fn root(node: &'a Node) -> Self {
        Self {
            node,
            pointer: String::new(),
            key: None,
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<Self> {
        let (key, node) = self.node.member(name)?;
        Some(self.step(key, node))
    }

    /// The text under a key.
    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        self.node.get(name)?.as_str()
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = Self> {
        self.node
            .members()
            .iter()
            .map(|(key, node)| self.step(key, node))
    }

    pub(crate) fn items(&self) -> impl Iterator<Item = Self> {
        self.node
            .items()
            .iter()
            .enumerate()
            .map(|(index, node)| Self {
                node,
                pointer: format!("{}/{index}", self.pointer),
                key: None,
            })
    }

    /// The members of the map under a key; none if there is no map.
    pub(crate) fn members_of(&self, name: &str) -> Vec<Self> {
        let map = self.get(name);
        map.iter().flat_map(Self::members).collect()
    }

    /// The items of the list under a key; none if there is no list.
    pub(crate) fn items_of(&self, name: &str) -> Vec<Self> {
        let list = self.get(name);
        list.iter().flat_map(Self::items).collect()
    }

    /// The key under which the node stands; empty for an item of a list.
    pub(crate) fn name(&self) -> &'a str {
        self.key.map_or("", |key| key.name.as_str())
    }

    /// The same, as if it stood in a list: [`Self::report_key`] then shows the
    /// value.
    pub(crate) fn without_key(mut self) -> Self {
        self.key = None;
        self
    }

    /// Reports a problem of the value.
    pub(crate) fn report(
        &self,
        report: &mut Report,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        report.add(self.node.place(), self.pointer.as_str(), message, help);
    }

    /// Reports that the key should not stand there, or not so.
    pub(crate) fn report_key(
        &self,
        report: &mut Report,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let place = self
            .key
            .map_or(self.node.place(), |key| (key.line, key.column));
        report.add(place, self.pointer.as_str(), message, help);
    }

    fn step(&self, key: &'a Key, node: &'a Node) -> Self {
        Self {
            node,
            pointer: join(&self.pointer, &key.name),
            key: Some(key),
        }
    }
}

/// Adds a step to a JSON pointer.
pub(crate) fn join(pointer: &str, step: &str) -> String {
    let mut joined = String::with_capacity(pointer.len() + 1 + step.len());
    joined.push_str(pointer);
    joined.push('/');
    // Every part of a document is joined, and almost none has one of these.
    if memchr::memchr2(b'~', b'/', step.as_bytes()).is_some() {
        joined.push_str(&step.replace('~', "~0").replace('/', "~1"));
    } else {
        joined.push_str(step);
    }
    joined
}

/// Reads one YAML document.
///
/// # Errors
///
/// Everything that is not YAML or that readers of YAML understand differently.
pub(crate) fn parse(file: &str, text: &str) -> Result<Node, Problems> {
    let mut reader = Reader {
        report: Report::new(file),
        open: Vec::new(),
        root: Node {
            line: 1,
            column: 1,
            value: Value::Null,
        },
        documents: 0,
        has_tabs: false,
    };
    reader.check_characters(text);
    for step in Parser::new_from_str(text) {
        let going_on = match step {
            Ok((event, span)) => reader.take(event, span),
            // The error of the parser is a consequence of the tab.
            Err(_) if reader.has_tabs => false,
            Err(error) => {
                let marker = error.marker();
                let (place, message, help) = explain::explain(
                    text,
                    (marker.line(), marker.col() + 1),
                    error.info(),
                    &reader.key_columns(),
                );
                reader.problem(place, message, help);
                false
            }
        };
        if !going_on {
            break;
        }
    }
    if reader.documents == 0 && reader.report.is_empty() {
        reader.problem(
            (1, 1),
            "the file holds no document",
            "an OpenAPI document begins with `openapi: 3.0.3`",
        );
    }
    reader.report.finish()?;
    Ok(reader.root)
}

struct Reader {
    report: Report,
    /// The maps and lists around the current place, outermost first.
    open: Vec<Open>,
    root: Node,
    documents: usize,
    /// Whether an indentation contains a tab.
    has_tabs: bool,
}

struct Open {
    node: Node,
    /// The keys of a map so far, with their lines.
    seen: HashMap<String, usize>,
    /// The key whose value comes next.
    key: Option<Key>,
}

impl Open {
    fn wants_key(&self) -> bool {
        self.key.is_none() && matches!(self.node.value, Value::Map(_))
    }
}

impl Reader {
    fn check_characters(&mut self, text: &str) {
        if text.starts_with('\u{feff}') {
            self.report.add(
                (1, 1),
                "",
                "the file begins with a byte order mark",
                "save it as UTF-8 without one; some readers take it for a part of the first key",
            );
        }
        for (index, line) in text.lines().enumerate() {
            let indentation = line.len() - line.trim_start_matches([' ', '\t']).len();
            let tab = line.find('\t').filter(|tab| *tab < indentation);
            if let (Some(tab), true) = (tab, indentation < line.len()) {
                self.has_tabs = true;
                self.report.add(
                    (index + 1, tab + 1),
                    "",
                    "a tab stands in the indentation",
                    "indent with spaces; YAML forbids tabs there",
                );
            }
        }
    }

    /// Takes one event; says whether to go on.
    fn take(&mut self, event: Event<'_>, span: Span) -> bool {
        let start = (span.start.line(), span.start.col() + 1);
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    self.problem(
                        start,
                        "a second document begins here",
                        "keep one document in the file",
                    );
                    return false;
                }
                true
            }
            Event::MappingStart(anchor, tag) => {
                self.check_node(start, anchor, tag.is_some());
                self.open(Value::Map(Vec::new()), start)
            }
            Event::SequenceStart(anchor, tag) => {
                self.check_node(start, anchor, tag.is_some());
                self.open(Value::List(Vec::new()), start)
            }
            Event::MappingEnd | Event::SequenceEnd => {
                if let Some(open) = self.open.pop() {
                    self.put(open.node);
                }
                true
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.check_node(start, anchor, tag.is_some());
                let plain = style == ScalarStyle::Plain;
                if self.open.last().is_some_and(Open::wants_key) {
                    self.take_key(&text, plain, start);
                } else {
                    self.take_scalar(&text, plain, span.is_empty(), start);
                }
                true
            }
            Event::Alias(_) => {
                self.problem(
                    start,
                    "an alias stands here",
                    "write the value out: `$ref` is how OpenAPI says a thing once",
                );
                self.take_scalar("", true, true, start);
                true
            }
            _ => true,
        }
    }

    fn check_node(&mut self, start: (usize, usize), anchor: usize, tagged: bool) {
        if anchor > 0 {
            self.problem(
                start,
                "an anchor stands here",
                "write values out: `$ref` is how OpenAPI says a thing once",
            );
        }
        if tagged {
            self.problem(
                start,
                "a tag stands here",
                "remove it; OpenAPI knows only what JSON knows",
            );
        }
    }

    fn open(&mut self, value: Value, start: (usize, usize)) -> bool {
        if self.open.last().is_some_and(Open::wants_key) {
            self.problem(
                start,
                "a key is a list or a map",
                "write keys as text; JSON knows no others",
            );
            return false;
        }
        if self.open.len() == MAX_DEPTH {
            self.problem(
                start,
                format!("nested more than {MAX_DEPTH} deep"),
                "move the inner parts to `components`",
            );
            return false;
        }
        let (line, column) = self.key_place().unwrap_or(start);
        self.open.push(Open {
            node: Node {
                line,
                column,
                value,
            },
            seen: HashMap::new(),
            key: None,
        });
        true
    }

    fn take_key(&mut self, text: &str, plain: bool, (line, column): (usize, usize)) {
        let key = Key {
            name: text.to_owned(),
            line,
            column,
        };
        let earlier = match self.open.last_mut() {
            Some(open) => {
                open.key = Some(key);
                open.seen.insert(text.to_owned(), line)
            }
            None => None,
        };
        if let Some(earlier) = earlier {
            self.second_key(text, (line, column), earlier);
        }
        if !plain {
            return;
        }
        if text == MERGE {
            self.problem(
                (line, column),
                "a merge key stands here",
                "write the members out; many readers take `<<` for an ordinary key",
            );
        } else if !is_status_code(text) && !matches!(resolve(text), Ok(Value::String(_))) {
            self.problem(
                (line, column),
                format!("the key `{text}` is not text"),
                "put it in quotes",
            );
        }
    }

    /// Reports a repeated key. If a key without a value precedes it, that key is
    /// probably indented too deep, or its members not deep enough.
    fn second_key(&mut self, name: &str, place: (usize, usize), earlier: usize) {
        let members = self.open.last().map(|open| open.node.members());
        let empty = members
            .unwrap_or_default()
            .iter()
            .rev()
            .find(|(key, value)| {
                key.line > earlier
                    && value.value == Value::Null
                    && value.place() == (key.line, key.column)
            });
        let Some((key, _)) = empty else {
            self.problem(
                place,
                format!("the key `{name}` stands here a second time, first in line {earlier}"),
                "join the two; most readers keep only the last one",
            );
            return;
        };
        let empty = key.clone();
        let (at, message) = (
            (empty.line, empty.column),
            format!(
                "`{}` is indented as deep as the keys after it, which seem to belong to it",
                empty.name
            ),
        );
        let mut current = Some(empty);
        let mut swap = |reader: &mut Self| {
            if let Some(open) = reader.open.last_mut() {
                std::mem::swap(&mut open.key, &mut current);
            }
        };
        swap(self);
        self.problem(
            at,
            message,
            "indent it less, like its neighbours, or indent its members deeper",
        );
        swap(self);
    }

    /// The columns of the keys of the maps around the current place, outermost
    /// first.
    fn key_columns(&self) -> Vec<usize> {
        let column = |open: &Open| {
            let last = open.node.members().last().map(|(key, _)| key);
            open.key.as_ref().or(last).map(|key| key.column)
        };
        self.open.iter().filter_map(column).collect()
    }

    fn take_scalar(&mut self, text: &str, plain: bool, empty: bool, start: (usize, usize)) {
        let value = if plain {
            resolve(text).unwrap_or_else(|read_as| {
                self.problem(
                    start,
                    format!("`{text}` is {read_as} to some readers of YAML"),
                    "put it in quotes if it is text; write a number as JSON does, an exponent with point and \
                     sign (`1.0e+3`)",
                );
                Value::Null
            })
        } else {
            Value::String(text.to_owned())
        };
        // The parser places a missing value wherever it noticed that.
        let (line, column) = match self.key_place() {
            Some(place) if empty => place,
            _ => start,
        };
        self.put(Node {
            line,
            column,
            value,
        });
    }

    fn put(&mut self, node: Node) {
        let Some(open) = self.open.last_mut() else {
            self.root = node;
            return;
        };
        match &mut open.node.value {
            Value::List(items) => items.push(node),
            Value::Map(members) => members.extend(open.key.take().map(|key| (key, node))),
            _ => {}
        }
    }

    fn key_place(&self) -> Option<(usize, usize)> {
        let key = self.open.last()?.key.as_ref()?;
        Some((key.line, key.column))
    }

    fn problem(&mut self, place: (usize, usize), message: impl Into<String>, help: &str) {
        let mut pointer = String::new();
        for open in &self.open {
            if let Some(key) = &open.key {
                pointer = join(&pointer, &key.name);
            } else if let Value::List(items) = &open.node.value {
                pointer = join(&pointer, &items.len().to_string());
            }
        }
        self.report.add(place, pointer, message, help);
    }
}

/// `200:` without quotes is how most documents write it.
fn is_status_code(text: &str) -> bool {
    matches!(text.as_bytes(), [b'1'..=b'5', rest @ ..]
        if rest.len() == 2 && rest.iter().all(u8::is_ascii_digit))
}

/// The key that some readers replace by the members of its value.
const MERGE: &str = "<<";

/// Resolves a plain scalar that all readers of YAML resolve alike, and that
/// JSON can say: `tree/scalars.tsv` has what readers make of many.
///
/// # Errors
///
/// What YAML 1.1, or a reader of 1.2, would take the text for.
fn resolve(text: &str) -> Result<Value, &'static str> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Value::Null),
        "true" | "True" | "TRUE" => return Ok(Value::Bool(true)),
        "false" | "False" | "FALSE" => return Ok(Value::Bool(false)),
        "=" => return Err("a default value"),
        MERGE => return Err("a merge key"),
        _ => {}
    }
    if ["yes", "no", "on", "off", "y", "n"]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(text))
    {
        return Err("true or false");
    }
    // No number and no date begins otherwise, and most texts do.
    if !text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
        return Ok(Value::String(text.to_owned()));
    }
    if let Some(is_alike) = json_number(text) {
        return if is_alike {
            Ok(Value::Number(text.to_owned()))
        } else {
            Err("another number, or text,")
        };
    }
    if is_date(text) {
        return Err("a date");
    }
    if is_number_elsewhere(text) {
        return Err("a number");
    }
    Ok(Value::String(text.to_owned()))
}

/// Whether readers take a number of JSON for the same number; `None` for what
/// is none. YAML 1.1 takes an exponent only with a point and a sign, and an
/// integer beyond 64 bits is rounded by some, a fraction out of range text.
fn json_number(text: &str) -> Option<bool> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let signed = exponent.and_then(|text| text.strip_prefix(['+', '-']));
    let is_number = digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|text| digits(signed.unwrap_or(text)));
    is_number.then(|| match (fraction, exponent) {
        (None, None) => text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok(),
        _ => {
            fraction.is_some()
                && exponent.is_some() == signed.is_some()
                && text.parse::<f64>().is_ok_and(f64::is_finite)
        }
    })
}

/// Such as `2026-01-31`, with or without a time.
fn is_date(text: &str) -> bool {
    let date = text.split(['T', 't', ' ']).next().unwrap_or(text);
    let parts: Vec<_> = date.split('-').collect();
    matches!(parts.as_slice(), [year, month, day]
    if year.len() == 4 && [year, month, day].iter().all(|part| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
    }))
}

/// Such as `0x1F`, `0o17`, `017`, `+1`, `.5`, `1_000`, `-_1`, `12:30`, `.inf`, of
/// what begins as a number.
fn is_number_elsewhere(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if [".inf", ".Inf", ".INF"].contains(&unsigned) || [".nan", ".NaN", ".NAN"].contains(&text) {
        return true;
    }
    let bare = unsigned.replace('_', "");
    if !bare.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return false;
    }
    let lower = bare.to_ascii_lowercase();
    let radix = [("0x", 16), ("0o", 8), ("0b", 2)]
        .iter()
        .any(|(prefix, radix)| {
            let digits = lower.strip_prefix(prefix).unwrap_or_default();
            !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(*radix))
        });
    radix || is_sexagesimal(&bare) || bare.parse::<f64>().is_ok()
}

/// Such as `12:30`, a number to the base of 60 in YAML 1.1.
fn is_sexagesimal(text: &str) -> bool {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = whole.split(':');
    let first = parts.next().unwrap_or_default();
    let mut rest = parts.peekable();
    digits(first)
        && !first.is_empty()
        && (fraction.is_some() || !first.starts_with('0'))
        && fraction.is_none_or(digits)
        && rest.peek().is_some()
        && rest.all(|part| digits(part) && part.parse::<u8>().is_ok_and(|part| part < 60))
}

#[cfg(test)]
mod tests;

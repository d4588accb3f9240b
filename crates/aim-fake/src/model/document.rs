//! The OpenAPI document as a tree, read from YAML or JSON (which is YAML too),
//! and as the fake serves it: with the fake as the only server, since the
//! document's own server makes real bookings.
//!
//! Order and the text of scalars are kept: nothing goes through `f64` or a
//! sorted map.

use std::fmt::Write as _;

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde::de::IgnoredAny;

use crate::problem::{Problem, step};

/// Deeper nesting is refused, so that the stack does not overflow.
const MAX_DEPTH: usize = 64;

/// The description of the only server of a served document.
pub(crate) const DESCRIPTION: &str = "The aim-fake that served this document.";

/// A value of the document.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// The line of the value, or of its key, from 1.
    line: usize,
    tree: Tree,
}

#[derive(Clone, Debug)]
enum Tree {
    /// A scalar without quotes.
    Plain(String),
    /// A scalar with quotes, which is text.
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

/// A scalar as JSON knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scalar<'a> {
    Null,
    Bool(bool),
    /// The digits as they are written.
    Number(&'a str),
    Text(&'a str),
}

/// A value and its path.
#[derive(Clone)]
pub(crate) struct Place<'a> {
    pub(crate) node: &'a Node,
    /// JSON pointer.
    pub(crate) pointer: String,
}

impl Node {
    /// Reads a text.
    ///
    /// # Errors
    ///
    /// The first thing that is not YAML or that JSON cannot express.
    pub(crate) fn parse(text: &str) -> Result<Self, Problem> {
        let mut open: Vec<Open> = Vec::new();
        let mut root = None;
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| Problem {
                pointer: pointer(&open),
                reason: format!(
                    "this is neither YAML nor JSON: line {} column {}: {}",
                    error.marker().line(),
                    error.marker().col() + 1,
                    error.info()
                ),
            })?;
            let line = span.start.line();
            let fail = |open: &[Open], reason: &str| {
                Err(Problem {
                    pointer: pointer(open),
                    reason: format!("{reason} (line {line})"),
                })
            };
            let tree = match event {
                Event::Scalar(_, _, anchor, _)
                | Event::SequenceStart(anchor, _)
                | Event::MappingStart(anchor, _)
                    if anchor > 0 =>
                {
                    return fail(&open, "an anchor stands here: write values out");
                }
                Event::Alias(_) => {
                    return fail(&open, "an alias stands here: write the value out");
                }
                Event::DocumentStart(_) if root.is_some() => {
                    return fail(&open, "a second document begins here");
                }
                Event::SequenceStart(..) => Tree::List(Vec::new()),
                Event::MappingStart(..) => Tree::Map(Vec::new()),
                Event::Scalar(text, ScalarStyle::Plain, _, None) => Tree::Plain(text.into_owned()),
                Event::Scalar(text, ..) => Tree::Text(text.into_owned()),
                Event::SequenceEnd | Event::MappingEnd => {
                    if let Some(Open { node, .. }) = open.pop() {
                        put(&mut open, &mut root, node);
                    }
                    continue;
                }
                _ => continue,
            };
            match (tree, open.last_mut()) {
                (Tree::Plain(name) | Tree::Text(name), Some(parent)) if parent.wants_key() => {
                    if parent.node.get(&name).is_some() {
                        return fail(&open, &format!("the key `{name}` stands here twice"));
                    }
                    parent.key = Some((name, line));
                }
                (_, Some(parent)) if parent.wants_key() => {
                    return fail(&open, "a key is a list or a map: write keys as text");
                }
                (tree @ (Tree::List(_) | Tree::Map(_)), parent) => {
                    let line = parent.and_then(|parent| parent.line()).unwrap_or(line);
                    let node = Self { line, tree };
                    open.push(Open { node, key: None });
                    if open.len() > MAX_DEPTH {
                        return fail(&open, "nested too deep");
                    }
                }
                (tree, parent) => {
                    let line = parent.and_then(|parent| parent.line()).unwrap_or(line);
                    put(&mut open, &mut root, Self { line, tree });
                }
            }
        }
        root.ok_or_else(|| Problem {
            pointer: String::new(),
            reason: "the file holds no document".to_owned(),
        })
    }

    /// An empty map.
    pub(crate) fn empty() -> Self {
        Self {
            line: 1,
            tree: Tree::Map(Vec::new()),
        }
    }

    /// The value of a key of a map.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        let member = self.members().iter().find(|(known, _)| known == name);
        member.map(|(_, node)| node)
    }

    /// The members of a map; empty for anything else.
    pub(crate) fn members(&self) -> &[(String, Self)] {
        match &self.tree {
            Tree::Map(members) => members,
            _ => &[],
        }
    }

    /// The items of a list; empty for anything else.
    pub(crate) fn items(&self) -> &[Self] {
        match &self.tree {
            Tree::List(items) => items,
            _ => &[],
        }
    }

    pub(crate) fn is_map(&self) -> bool {
        matches!(self.tree, Tree::Map(_))
    }

    pub(crate) fn is_list(&self) -> bool {
        matches!(self.tree, Tree::List(_))
    }

    /// A scalar's value in JSON; `None` for a list or map.
    pub(crate) fn scalar(&self) -> Option<Scalar<'_>> {
        let text = match &self.tree {
            Tree::Plain(text) => text,
            Tree::Text(text) => return Some(Scalar::Text(text)),
            _ => return None,
        };
        Some(match text.as_str() {
            "" | "~" | "null" | "Null" | "NULL" => Scalar::Null,
            "true" | "True" | "TRUE" => Scalar::Bool(true),
            "false" | "False" | "FALSE" => Scalar::Bool(false),
            text if is_number(text) => Scalar::Number(text),
            text => Scalar::Text(text),
        })
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self.scalar() {
            Some(Scalar::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Writes it as JSON.
    fn write_json(&self, out: &mut String, indent: usize) {
        let (brackets, count) = match &self.tree {
            Tree::List(items) => (['[', ']'], items.len()),
            Tree::Map(members) => (['{', '}'], members.len()),
            _ => {
                match self.scalar() {
                    Some(Scalar::Bool(value)) => out.push_str(if value { "true" } else { "false" }),
                    Some(Scalar::Number(text)) => out.push_str(text),
                    Some(Scalar::Text(text)) => push_text(out, text),
                    Some(Scalar::Null) | None => out.push_str("null"),
                }
                return;
            }
        };
        out.push(brackets[0]);
        for index in 0..count {
            out.push_str(if index == 0 { "\n" } else { ",\n" });
            out.extend(std::iter::repeat_n("  ", indent + 1));
            if let Some((name, node)) = self.members().get(index) {
                push_text(out, name);
                out.push_str(": ");
                node.write_json(out, indent + 1);
            } else if let Some(node) = self.items().get(index) {
                node.write_json(out, indent + 1);
            }
        }
        if count > 0 {
            out.push('\n');
            out.extend(std::iter::repeat_n("  ", indent));
        }
        out.push(brackets[1]);
    }
}

fn push_text(out: &mut String, text: &str) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

/// Whether a plain scalar is a number as JSON writes one.
fn is_number(text: &str) -> bool {
    text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
        && serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// A list or map whose end is still to come.
struct Open {
    node: Node,
    /// The key whose value comes next, with its line.
    key: Option<(String, usize)>,
}

impl Open {
    fn wants_key(&self) -> bool {
        self.key.is_none() && self.node.is_map()
    }

    fn line(&self) -> Option<usize> {
        self.key.as_ref().map(|(_, line)| *line)
    }
}

fn put(open: &mut [Open], root: &mut Option<Node>, node: Node) {
    match open.last_mut() {
        None => *root = Some(node),
        Some(parent) => match &mut parent.node.tree {
            Tree::Map(members) => members.extend(parent.key.take().map(|(name, _)| (name, node))),
            Tree::List(items) => items.push(node),
            _ => {}
        },
    }
}

/// The pointer of the reader's position.
fn pointer(open: &[Open]) -> String {
    open.iter()
        .fold(String::new(), |out, open| match &open.key {
            Some((name, _)) => step(&out, name),
            None if open.node.is_list() => step(&out, &open.node.items().len().to_string()),
            None => out,
        })
}

impl<'a> Place<'a> {
    pub(crate) fn root(node: &'a Node) -> Self {
        Self {
            node,
            pointer: String::new(),
        }
    }

    pub(crate) fn problem(&self, reason: impl std::fmt::Display) -> Problem {
        Problem {
            pointer: self.pointer.clone(),
            reason: format!("{reason} (line {})", self.node.line),
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<Self> {
        Some(Self {
            node: self.node.get(name)?,
            pointer: step(&self.pointer, name),
        })
    }

    /// The place of a schema; call it on the root.
    pub(crate) fn schema(&self, name: &str) -> Option<Self> {
        self.get("components")?
            .get("schemas")?
            .get(name)
            .filter(|schema| schema.node.is_map())
    }

    /// The value of a required key.
    pub(crate) fn need(&self, name: &str) -> Result<Self, Problem> {
        self.get(name)
            .ok_or_else(|| self.problem(format_args!("`{name}` is missing")))
    }

    /// Follows a path of required keys.
    pub(crate) fn need_all(&self, names: &[&str]) -> Result<Self, Problem> {
        names
            .iter()
            .try_fold(self.clone(), |place, name| place.need(name))
    }

    /// The text of a required key.
    pub(crate) fn need_text(&self, name: &str) -> Result<&'a str, Problem> {
        let place = self.need(name)?;
        place.text()
    }

    pub(crate) fn text(&self) -> Result<&'a str, Problem> {
        self.node
            .text()
            .ok_or_else(|| self.problem("text is expected"))
    }

    /// The members of a map, each with its name.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&'a str, Self)> {
        self.node.members().iter().map(|(name, node)| {
            let pointer = step(&self.pointer, name);
            (name.as_str(), Self { node, pointer })
        })
    }

    pub(crate) fn items(&self) -> impl Iterator<Item = Self> {
        let items = self.node.items().iter().enumerate();
        items.map(|(index, node)| Self {
            node,
            pointer: format!("{}/{index}", self.pointer),
        })
    }
}

/// The text of a document, served with another address.
pub(crate) struct Served {
    root: Node,
    /// The YAML before and after the list of servers; `None` for a JSON
    /// document, which is served as JSON.
    yaml: Option<(String, String)>,
}

impl Served {
    pub(crate) fn new(text: &str, root: Node) -> Self {
        let yaml = (!text.trim_start().starts_with('{')).then(|| around_servers(text, &root));
        Self { root, yaml }
    }

    /// The document as JSON, with this address as its only server.
    pub(crate) fn json(&self, server: &str) -> String {
        let mut root = self.root.clone();
        if let Tree::Map(members) = &mut root.tree {
            let text = |text: &str| Node {
                line: 0,
                tree: Tree::Text(text.to_owned()),
            };
            let server = Tree::Map(vec![
                ("url".to_owned(), text(server)),
                ("description".to_owned(), text(DESCRIPTION)),
            ]);
            let servers = Node {
                line: 0,
                tree: Tree::List(vec![Node {
                    line: 0,
                    tree: server,
                }]),
            };
            match members.iter_mut().find(|(name, _)| name == "servers") {
                Some((_, known)) => *known = servers,
                None => members.push(("servers".to_owned(), servers)),
            }
        }
        let mut out = String::new();
        root.write_json(&mut out, 0);
        out.push('\n');
        out
    }

    /// The document as it was written, with this address as its only server.
    pub(crate) fn yaml(&self, server: &str) -> String {
        let Some((before, behind)) = &self.yaml else {
            return self.json(server);
        };
        let mut out = before.clone();
        // Writing to a text cannot fail.
        let _ = write!(
            out,
            "servers:\n  - url: '{server}'\n    description: {DESCRIPTION}\n"
        );
        out + behind
    }
}

/// Returns the text before and after the servers, for a map that has each key
/// on its own line. Without servers it splits before the paths.
fn around_servers(text: &str, root: &Node) -> (String, String) {
    let text = text.replace("\r\n", "\n");
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let members = root.members();
    let place = |name: &str| members.iter().position(|(known, _)| known == name);
    let line_of = |at: usize| {
        members
            .get(at)
            .map_or(lines.len(), |(_, node)| node.line - 1)
    };
    let (from, mut to) = match (place("servers"), place("paths")) {
        (Some(at), _) => (line_of(at), line_of(at + 1)),
        (None, at) => {
            let line = line_of(at.unwrap_or(members.len()));
            (line, line)
        }
    };
    // Comments above the next key belong to it.
    while to > from + 1
        && let Some(line) = lines.get(to - 1).map(|line| line.trim())
        && (line.is_empty() || line.starts_with('#'))
    {
        to -= 1;
    }
    let join = |lines: Option<&[&str]>| lines.unwrap_or_default().concat();
    (join(lines.get(..from)), join(lines.get(to..)))
}

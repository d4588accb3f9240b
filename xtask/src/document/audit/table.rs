//! Reads the page with the tables and the samples.

use std::collections::BTreeMap;

use super::described;
use super::html::Line;
use super::page::{
    Body, Cut, Kind, Member, Operation, Page, Problem, Route, Sample, Side, Type, below_application,
};
use super::sample::{self, Unreadable};

/// What the reader knows besides the page.
pub(super) struct Known<'a> {
    /// The types of the document.
    pub(super) types: &'a BTreeMap<String, Vec<described::Member>>,
    /// Those of them that are base classes.
    pub(super) bases: Vec<&'a str>,
    /// Where the services live on the host.
    pub(super) application: &'a str,
}

const HEADINGS: &str = " Parameters:";
const COLUMNS: [&str; 5] = ["Name", "Parameter", "Data Type", "Required", "Description"];
/// Where a member travels. ServiceStack prints what the vendor's code says.
const PLACES: [&str; 8] = [
    "query", "body", "form", "Header", "header", "path", "model", "cookie",
];
/// The words of .NET and of the vendor for types that are no schema.
const TYPES: [&str; 17] = [
    "string", "integer", "number", "boolean", "object", "array", "int", "long", "bool", "decimal",
    "double", "float", "short", "byte", "DateTime", "Guid", "TimeSpan",
];
const METHODS: [&str; 6] = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];
/// The languages that a page offers, as it is copied from a browser.
const LANGUAGES: [&str; 20] = [
    "Metadata",
    "C#",
    "JavaScript",
    "TypeScript",
    "Dart",
    "Java",
    "Kotlin",
    "Python",
    "PHP",
    "Swift",
    "VB.NET",
    "F#",
    "Go",
    "Rust",
    "Ruby",
    "Zig",
    "XML",
    "JSON",
    "JSV",
    "CSV",
];

/// Whether lines are a page of this kind.
pub(super) fn is_one(lines: &[Line]) -> bool {
    lines.iter().any(|line| {
        let text = line.text.trim();
        text.ends_with(HEADINGS)
            || text.starts_with("The following routes are available")
            || text.contains("back to all web services")
    })
}

enum Section {
    Head,
    Routes,
    Table,
    Notes,
    Sample,
}

struct Reader<'a> {
    file: &'a str,
    known: &'a Known<'a>,
    /// The types with a table of their own.
    headed: Vec<&'a str>,
    page: Page,
    head: Vec<(usize, String)>,
    samples: Samples,
}

#[derive(Default)]
struct Samples {
    /// Whether the samples are JSON or XML.
    is_readable: bool,
    side: Option<Side>,
    line: usize,
    body: String,
    has_all: bool,
}

/// Reads a page.
///
/// # Errors
///
/// The first thing that is no part of such a page.
pub(super) fn read(file: &str, lines: &[Line], known: &Known<'_>) -> Result<Page, Problem> {
    let lines: Vec<&Line> = lines
        .iter()
        .filter(|line| !line.text.trim().is_empty())
        .collect();
    let headed = lines
        .iter()
        .filter_map(|line| line.text.trim().strip_suffix(HEADINGS));
    let mut reader = Reader {
        file,
        known,
        headed: headed.collect(),
        page: Page {
            file: file.to_owned(),
            kind: Kind::Table,
            operations: Vec::new(),
            types: Vec::new(),
            samples: Vec::new(),
            cut: None,
        },
        head: Vec::new(),
        samples: Samples {
            is_readable: true,
            ..Samples::default()
        },
    };
    let mut section = Section::Head;
    let mut lines = lines.into_iter().peekable();
    let mut last = 1;
    while let Some(line) = lines.next() {
        last = line.number;
        section = reader.line(section, line, lines.peek().is_none())?;
    }
    reader.finish(&section, last)
}

impl<'a> Reader<'a> {
    fn problem(&self, line: usize, message: String, help: &'static str) -> Problem {
        Problem {
            file: self.file.to_owned(),
            line,
            message,
            help,
        }
    }

    fn line(
        &mut self,
        section: Section,
        line: &'a Line,
        is_last: bool,
    ) -> Result<Section, Problem> {
        let text = line.text.trim();
        if let Section::Sample = section {
            return self.sample(line, is_last);
        }
        if text.starts_with("The following routes are available") {
            self.head_is_whole();
            return Ok(Section::Routes);
        }
        if let Some(name) = text.strip_suffix(HEADINGS) {
            return self.heading(section, name.trim(), line);
        }
        if text.starts_with("To override the Content-type") || text.starts_with("To embed the") {
            self.close_table();
            return Ok(Section::Notes);
        }
        if let Some(format) = text.strip_prefix("HTTP + ") {
            self.close_table();
            self.samples.is_readable = ["JSON", "XML", "OTHER", "JSONL"].contains(&format);
            return Ok(Section::Notes);
        }
        if let (Section::Notes, true) = (&section, is_request_line(text)) {
            self.samples.side = Some(Side::Request);
            self.samples.line = line.number;
            return Ok(Section::Sample);
        }
        match section {
            Section::Head => {
                let is_frame = text == "AIM Web Services" || text.contains("back to all web");
                if !is_frame && !is_last && !is_languages(text) {
                    self.head.push((line.number, text.to_owned()));
                }
            }
            Section::Routes => self.route(line, is_last)?,
            Section::Table => self.row(line, is_last)?,
            Section::Notes | Section::Sample => {}
        }
        Ok(section)
    }

    /// The name of the request type, that of the operation, and what it says.
    fn head_is_whole(&mut self) {
        let mut head = std::mem::take(&mut self.head).into_iter();
        let Some((line, request)) = head.next() else {
            return;
        };
        let name = head.next().map(|(_, name)| name);
        let mut operation = Operation {
            line,
            request,
            name,
            licenses: Some(Vec::new()),
            text: None,
            routes: Vec::new(),
            has_all_routes: false,
            answer: None,
        };
        says(
            &mut operation,
            &head.map(|(_, text)| text).collect::<Vec<_>>(),
        );
        self.page.operations.push(operation);
    }

    fn heading(&mut self, section: Section, name: &str, line: &Line) -> Result<Section, Problem> {
        match section {
            // An operation without routes.
            Section::Head => self.head_is_whole(),
            Section::Routes => {
                if let Some(operation) = self.page.operations.last_mut() {
                    operation.has_all_routes = true;
                }
            }
            _ => {}
        }
        self.close_table();
        let is_name = |c: char| c.is_alphanumeric() || "_.`<>,".contains(c);
        if name.is_empty() || !name.chars().all(is_name) {
            return Err(self.problem(
                line.number,
                format!("`{name}` is no name of a type"),
                "a heading is a type and `Parameters:`, such as `Rate Parameters:`: save the page again",
            ));
        }
        // The vendor's nested classes have the name of the outer one in front.
        let name = name.rsplit('.').next().unwrap_or(name).to_owned();
        if self.page.types.iter().any(|known| known.name == name) {
            return Err(self.problem(
                line.number,
                format!("the table of `{name}` stands here a second time"),
                "give each page as a file of its own",
            ));
        }
        self.page.types.push(Type {
            line: line.number,
            name,
            base: None,
            namespace: None,
            members: Vec::new(),
            is_whole: false,
        });
        Ok(Section::Table)
    }

    fn close_table(&mut self) {
        if let Some(last) = self.page.types.last_mut() {
            last.is_whole = true;
        }
    }

    fn route(&mut self, line: &Line, is_last: bool) -> Result<(), Problem> {
        let text = line.text.trim();
        let cells: Vec<_> = text.split('\t').map(str::trim).collect();
        let (methods, path) = match cells.as_slice() {
            [methods, path, ..] => (*methods, *path),
            _ => text.split_at(text.find('/').unwrap_or(text.len())),
        };
        let methods: Vec<_> = match methods.trim() {
            "All Verbs" | "ANY" => vec!["ANY"],
            methods => methods.split(',').map(str::trim).collect(),
        };
        let is_method = |method: &&str| METHODS.contains(method) || *method == "ANY";
        if !path.starts_with('/') || !methods.iter().all(is_method) {
            // A cut line, or the languages that the page offers.
            if is_last || is_languages(text) {
                return Ok(());
            }
            return Err(self.problem(
                line.number,
                format!("`{text}` is no route"),
                "a route is methods and a path, such as `POST, GET /api/X`: save the page again",
            ));
        }
        // The path of a last line may be cut.
        if is_last {
            return Ok(());
        }
        let path = path.split_whitespace().next().unwrap_or(path);
        let path = below_application(path, self.known.application);
        if let Some(operation) = self.page.operations.last_mut() {
            for method in methods {
                operation.routes.push(Route {
                    line: line.number,
                    method: method.to_owned(),
                    path: path.clone(),
                });
            }
        }
        Ok(())
    }

    fn row(&mut self, line: &'a Line, is_last: bool) -> Result<(), Problem> {
        let text = line
            .text
            .trim_start_matches(' ')
            .trim_end_matches(['\r', ' ']);
        let Some(table) = self.page.types.last() else {
            return Ok(());
        };
        let name = table.name.clone();
        if text.replace('\t', "") == COLUMNS.concat() {
            return Ok(());
        }
        let found = if text.contains('\t') {
            cells(text, line.number)
        } else {
            self.glued(text, line.number)
        };
        let Some(mut member) = found else {
            if is_last {
                return Ok(());
            }
            // A text of several lines.
            if let Some(last) = self
                .page
                .types
                .last_mut()
                .and_then(|t| t.members.last_mut())
                && !text.contains('\t')
                && !begins_as_a_row(text)
                && let Some(said) = &mut last.text
            {
                said.push(' ');
                said.push_str(text);
                return Ok(());
            }
            return Err(self.problem(
                line.number,
                format!("`{text}` is no row of the table of `{name}`"),
                "a row has a name, a place, a type, Yes or No, and a text: save the page again, as HTML \
                 if the cells cannot be told apart",
            ));
        };
        if is_last {
            // The type may go on beyond the cut.
            if !self.is_known(&member.kind) {
                return Ok(());
            }
            member.is_cut = true;
        }
        let Some(table) = self.page.types.last_mut() else {
            return Ok(());
        };
        if let Some(earlier) = table.members.iter().find(|known| known.name == member.name) {
            let message = format!(
                "`{}` stands in the table of `{name}` a second time, after line {}",
                member.name, earlier.line
            );
            return Err(self.problem(line.number, message, "save the page again"));
        }
        table.members.push(member);
        Ok(())
    }

    fn is_known(&self, kind: &str) -> bool {
        let bare = kind.trim_end_matches('?');
        let item = bare
            .strip_prefix("List<")
            .and_then(|rest| rest.strip_suffix('>'))
            .unwrap_or(bare);
        TYPES.contains(&item) || self.known.types.contains_key(item) || self.headed.contains(&item)
    }

    /// Takes a row apart whose cells have nothing between them: the type that is
    /// known decides, then the one that looks like a type.
    fn glued(&self, text: &str, line: usize) -> Option<Member> {
        let mut found: Vec<(u8, Member)> = Vec::new();
        let starts = PLACES
            .iter()
            .flat_map(|place| text.match_indices(place))
            .filter(|(start, _)| *start > 0);
        for (start, place) in starts {
            let (name, rest) = text.split_at(start);
            if !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let rest = rest.get(place.len()..).unwrap_or_default();
            let ends = ["Yes", "No"]
                .iter()
                .flat_map(|word| rest.match_indices(word));
            for (end, word) in ends {
                let (kind, after) = rest.split_at(end);
                if !looks_like_a_type(kind) {
                    continue;
                }
                let rank = if self.is_known(kind) { 0 } else { 1 };
                let said = after.get(word.len()..).unwrap_or_default().trim();
                let member = row(line, [name, place, kind, word, said]);
                found.push((rank, member));
            }
        }
        // Of several the one with the shortest type: a text may hold a `No`.
        found
            .into_iter()
            .min_by_key(|(rank, member)| (*rank, member.kind.len(), member.name.len()))
            .map(|(_, member)| member)
    }

    fn sample(&mut self, line: &Line, is_last: bool) -> Result<Section, Problem> {
        let text = line.text.trim();
        if self.samples.has_all {
            return Ok(Section::Sample);
        }
        let is_answer = text.starts_with("HTTP/1.1 ") && !is_last;
        if is_answer && self.samples.side == Some(Side::Request) {
            self.close_sample(false)?;
            self.samples.side = Some(Side::Answer);
            self.samples.line = line.number;
            return Ok(Section::Sample);
        }
        let is_header = self.samples.body.is_empty()
            && text.split_once(':').is_some_and(|(name, _)| {
                !name.is_empty() && name.chars().all(|c| c.is_alphabetic() || c == '-')
            });
        if !is_header {
            if self.samples.body.is_empty() {
                self.samples.line = line.number;
            }
            self.samples.body.push_str(&line.text);
            self.samples.body.push('\n');
        }
        if is_last {
            self.close_sample(true)?;
        }
        Ok(Section::Sample)
    }

    fn close_sample(&mut self, is_end: bool) -> Result<(), Problem> {
        let body = std::mem::take(&mut self.samples.body);
        let Some(side) = self.samples.side else {
            return Ok(());
        };
        let is_answer = side == Side::Answer;
        if !self.samples.is_readable {
            self.samples.has_all = is_answer && !body.trim().is_empty();
            return Ok(());
        }
        // The request of a GET has no body.
        if body.trim().is_empty() && !is_end {
            return Ok(());
        }
        match sample::read(body.trim_end()) {
            Ok(body) => {
                if let (Side::Answer, Body::Xml(root), Some(operation)) =
                    (side, &body, self.page.operations.last_mut())
                {
                    operation.answer = Some(root.name.clone());
                }
                self.page.samples.push(Sample {
                    line: self.samples.line,
                    side,
                    body,
                });
                self.samples.has_all = is_answer;
                Ok(())
            }
            Err(_) if is_end && !body.trim_start().starts_with(['{', '[', '<']) => Ok(()),
            Err(Unreadable::Cut) if is_end => Ok(()),
            Err(Unreadable::Cut) => Err(self.problem(
                self.samples.line,
                "the sample breaks off, and the page goes on".to_owned(),
                "save the page again",
            )),
            Err(Unreadable::Broken(offset, message)) => {
                Err(self.problem(self.samples.line + offset, message, "save the page again"))
            }
        }
    }

    fn finish(mut self, section: &Section, last: usize) -> Result<Page, Problem> {
        if self.page.operations.is_empty() && !self.page.types.is_empty() {
            let line = self.page.types.first().map_or(1, |first| first.line);
            return Err(self.problem(
                line,
                "the page does not begin with the name of its request".to_owned(),
                "save the whole page, from `AIM Web Services` on",
            ));
        }
        if !self.samples.has_all {
            let place = match section {
                Section::Head => "before its routes".to_owned(),
                Section::Routes => "in the list of routes".to_owned(),
                Section::Table => self.page.types.last().map_or_else(String::new, |table| {
                    let after = table.members.last();
                    let after = after.map_or_else(
                        || ", before its first member".to_owned(),
                        |member| format!(", after `{}`", member.name),
                    );
                    format!("in the table of `{}`{after}", table.name)
                }),
                Section::Notes => "before its samples".to_owned(),
                Section::Sample => "in its samples".to_owned(),
            };
            self.page.cut = Some(Cut { line: last, place });
        }
        let answers = self.page.types.iter().map(|table| table.name.clone());
        let answer = answers
            .into_iter()
            .find(|name| name.ends_with("Response") && !self.known.bases.contains(&name.as_str()));
        if let Some(operation) = self.page.operations.last_mut()
            && operation.answer.is_none()
        {
            operation.answer = answer;
        }
        Ok(self.page)
    }
}

/// Reads what the vendor says of an operation, line by line.
pub(super) fn says(operation: &mut Operation, lines: &[String]) {
    let mut licenses = Vec::new();
    let mut texts = Vec::new();
    for line in lines {
        match line.strip_prefix("Requires ") {
            Some(names) => licenses.extend(
                names
                    .trim_end_matches('.')
                    .split(" or ")
                    .map(|name| name.trim().to_owned()),
            ),
            None => texts.push(line.as_str()),
        }
    }
    operation.licenses = Some(licenses);
    operation.text = (!texts.is_empty()).then(|| texts.join(" "));
}

fn is_request_line(text: &str) -> bool {
    let method = text.split(' ').next().unwrap_or_default();
    METHODS.contains(&method) && text.contains(" HTTP/1.")
}

/// Whether a line holds nothing but the languages and formats that a page offers.
fn is_languages(text: &str) -> bool {
    let mut words = text.split([' ', '\t']).filter(|word| !word.is_empty());
    words.all(|word| LANGUAGES.contains(&word))
}

fn looks_like_a_type(kind: &str) -> bool {
    let kind = kind.strip_suffix('?').unwrap_or(kind);
    !kind.is_empty()
        && kind.starts_with(|c: char| c.is_alphabetic())
        && kind
            .chars()
            .all(|c| c.is_alphanumeric() || "_.<>[],`".contains(c))
}

/// Whether a text begins with a name, a place and a type.
fn begins_as_a_row(text: &str) -> bool {
    let word = text.split(' ').next().unwrap_or_default();
    let is_name =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    PLACES.iter().any(|place| {
        word.match_indices(place).any(|(start, _)| {
            let (name, rest) = word.split_at(start);
            let rest = rest.get(place.len()..).unwrap_or_default();
            is_name(name) && TYPES.iter().any(|kind| rest.starts_with(kind))
        })
    })
}

fn cells(text: &str, line: usize) -> Option<Member> {
    let cells: Vec<_> = text.split('\t').map(str::trim).collect();
    let (name, place, kind, required, said) = match cells.as_slice() {
        [name, place, kind, required] => (*name, *place, *kind, *required, ""),
        [name, place, kind, required, said] => (*name, *place, *kind, *required, *said),
        _ => return None,
    };
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let is_row = is_name && ["Yes", "No"].contains(&required) && looks_like_a_type(kind);
    is_row.then(|| row(line, [name, place, kind, required, said]))
}

fn row(line: usize, [name, place, kind, required, said]: [&str; 5]) -> Member {
    Member {
        line,
        name: name.to_owned(),
        place: Some(place.to_lowercase()),
        kind: kind.to_owned(),
        required: required == "Yes",
        text: (!said.is_empty()).then(|| said.to_owned()),
        alias: None,
        is_cut: false,
    }
}

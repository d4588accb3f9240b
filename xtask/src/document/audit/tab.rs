//! Reads the tabs with the types in C# and TypeScript.

use super::html::Line;
use super::page::{Cut, Kind, Member, Operation, Page, Problem, Route, Type, below_application};
use super::table::says;

/// The kind of tab that lines are, if they are one.
pub(super) fn kind(lines: &[Line]) -> Option<Kind> {
    let has = |start: &str| lines.iter().any(|line| line.text.trim().starts_with(start));
    if has("[DataContract") || has("public partial class ") {
        Some(Kind::CSharp)
    } else if has("export class ") || has("// @DataContract") {
        Some(Kind::TypeScript)
    } else {
        None
    }
}

/// An attribute, such as `[Route("/X", "GET")]`.
struct Attribute {
    name: String,
    /// Names, empty for those that have none, and values.
    arguments: Vec<(String, String)>,
}

impl Attribute {
    fn get(&self, name: &str) -> Option<&str> {
        let mut found = self.arguments.iter().filter(|(known, _)| known == name);
        found.next().map(|(_, value)| value.as_str())
    }
}

struct Reader<'a> {
    file: &'a str,
    kind: Kind,
    application: &'a str,
    namespace: Option<String>,
    /// The types whose end is still to come.
    open: Vec<Open>,
    attributes: Vec<Attribute>,
    summary: Vec<String>,
    page: Page,
}

struct Open {
    type_: Type,
    /// How many braces are open around its members.
    depth: usize,
    operation: Option<Operation>,
}

/// Reads a tab.
///
/// # Errors
///
/// The first line that is no part of one.
pub(super) fn read(
    file: &str,
    kind: Kind,
    lines: &[Line],
    application: &str,
) -> Result<Page, Problem> {
    let mut reader = Reader {
        file,
        kind,
        application,
        namespace: None,
        open: Vec::new(),
        attributes: Vec::new(),
        summary: Vec::new(),
        page: Page {
            file: file.to_owned(),
            kind,
            operations: Vec::new(),
            types: Vec::new(),
            samples: Vec::new(),
            cut: None,
        },
    };
    let mut depth = 0_usize;
    let mut in_comment = false;
    // The header of a class, which may be two lines.
    let mut header: Option<(usize, String)> = None;
    let lines: Vec<&Line> = lines
        .iter()
        .filter(|line| !line.text.trim().is_empty())
        .collect();
    let last = lines.last().map_or(1, |line| line.number);
    let mut is_broken = false;
    for line in lines {
        let text = line.text.trim();
        if in_comment || (text.starts_with("/*") && !text.starts_with("/**")) {
            in_comment = !text.contains("*/");
            continue;
        }
        if let Some(text) = comment(kind, text) {
            reader.comment(text);
            continue;
        }
        let (opened, closed) = braces(text);
        if header.is_none() && begins_a_class(text) {
            header = Some((line.number, String::new()));
        }
        if let Some((number, text_of)) = &mut header {
            text_of.push(' ');
            text_of.push_str(text);
            if opened > 0 {
                let (number, text_of) = (*number, text_of.clone());
                header = None;
                is_broken |= reader
                    .begin(number, &text_of, depth + opened)
                    .or_cut(line, last)?;
            }
        } else if opened == 0 && closed == 0 || text.ends_with("}") && opened == closed {
            let at_members = reader.open.last().is_some_and(|open| open.depth == depth);
            if at_members {
                is_broken |= reader.member(line.number, text).or_cut(line, last)?;
            } else if reader.open.is_empty() {
                reader.outside(text);
            }
        }
        depth += opened;
        depth = depth.saturating_sub(closed);
        reader.close(depth);
    }
    reader.finish(
        last,
        is_broken || depth > 0 || header.is_some() || in_comment,
    )
}

trait OrCut {
    /// Takes what is wrong with the last line for a cut, and says whether it is one.
    fn or_cut(self, line: &Line, last: usize) -> Result<bool, Problem>;
}

impl OrCut for Result<(), Problem> {
    fn or_cut(self, line: &Line, last: usize) -> Result<bool, Problem> {
        match self {
            Err(_) if line.number == last => Ok(true),
            found => found.map(|()| false),
        }
    }
}

/// The text of a comment that says something, or an attribute in one.
fn comment(kind: Kind, text: &str) -> Option<&str> {
    match kind {
        Kind::CSharp => text.strip_prefix("///").or_else(|| text.strip_prefix("//")),
        _ => text
            .strip_prefix("/**")
            .or_else(|| text.strip_prefix('*'))
            .map(|text| text.trim_end_matches("*/"))
            .or_else(|| text.strip_prefix("//")),
    }
}

/// How many braces a line opens and closes, outside of texts.
fn braces(text: &str) -> (usize, usize) {
    let (mut opened, mut closed, mut in_text, mut is_escaped) = (0, 0, None, false);
    for c in text.chars() {
        match (in_text, c) {
            (Some(_), _) if is_escaped => is_escaped = false,
            (Some(_), '\\') => is_escaped = true,
            (Some(quote), c) if c == quote => in_text = None,
            (None, '"' | '\'') => in_text = Some(c),
            (None, '{') => opened += 1,
            (None, '}') => closed += 1,
            _ => {}
        }
    }
    (opened, closed)
}

fn begins_a_class(text: &str) -> bool {
    let mut words = text.split_whitespace().take(4);
    let is_public = words
        .next()
        .is_some_and(|word| ["public", "export"].contains(&word));
    let kinds = ["class", "interface", "enum", "struct"];
    is_public && words.any(|word| kinds.contains(&word))
}

impl Reader<'_> {
    fn problem(&self, line: usize, message: String) -> Problem {
        Problem {
            file: self.file.to_owned(),
            line,
            message,
            help: "save the tab again, as text or as HTML; nothing but types as ServiceStack writes them is read",
        }
    }

    fn comment(&mut self, text: &str) {
        let text = text.trim();
        if let Some(attribute) = text.strip_prefix('@') {
            if let Some(said) = attribute.strip_prefix("description ") {
                self.summary.push(said.trim().to_owned());
            } else {
                self.attributes.extend(attributes(attribute));
            }
        } else if !text.starts_with('<') && self.kind == Kind::CSharp {
            self.summary.push(text.to_owned());
        }
    }

    fn outside(&mut self, text: &str) {
        if let Some(name) = text.strip_prefix("namespace ") {
            self.namespace = Some(name.trim_matches([' ', ';', '{']).to_owned());
        } else if let Some(inner) = text.strip_prefix('[') {
            self.attributes.extend(attributes(inner));
        }
    }

    fn begin(&mut self, line: usize, header: &str, depth: usize) -> Result<(), Problem> {
        let header = header.split('{').next().unwrap_or_default();
        let mut words = header.split_whitespace();
        let kind = words.find(|word| ["class", "interface", "enum", "struct"].contains(word));
        let rest: String = words.collect::<Vec<_>>().join(" ");
        let name: String = rest
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        if name.is_empty() {
            return Err(self.problem(line, format!("`{}` names no type", header.trim())));
        }
        let bases = rest.get(name.len()..).unwrap_or_default();
        let bases = bases
            .split([':', ','])
            .flat_map(|part| part.split(" implements "))
            .map(|part| part.trim().trim_start_matches("extends ").trim())
            .filter(|part| !part.is_empty() && !part.starts_with('<'));
        let bases: Vec<_> = bases.collect();
        let answer = bases.iter().find_map(|base| {
            let inner = base
                .trim_start_matches("implements ")
                .strip_prefix("IReturn<")?;
            inner.strip_suffix('>').map(ToOwned::to_owned)
        });
        let is_interface = |base: &str| {
            let base = base.trim_start_matches("implements ");
            base.starts_with('I') && base.chars().nth(1).is_some_and(char::is_uppercase)
        };
        let base = bases.iter().find(|base| !is_interface(base));
        let base = base.map(|base| (*base).to_owned());
        let attributes = std::mem::take(&mut self.attributes);
        self.summary.clear();
        let is_request = answer.is_some() && kind == Some("class");
        let operation = is_request.then(|| self.operation(line, &name, answer, &attributes));
        self.open.push(Open {
            type_: Type {
                line,
                name,
                base,
                namespace: self.namespace.clone(),
                members: Vec::new(),
                is_whole: false,
            },
            depth,
            operation,
        });
        // What is no class has nothing to compare.
        if kind != Some("class")
            && let Some(open) = self.open.last_mut()
        {
            open.type_.name.clear();
        }
        Ok(())
    }

    fn operation(
        &self,
        line: usize,
        name: &str,
        answer: Option<String>,
        attributes: &[Attribute],
    ) -> Operation {
        let mut operation = Operation {
            line,
            request: name.to_owned(),
            name: None,
            licenses: None,
            text: None,
            routes: Vec::new(),
            has_all_routes: true,
            answer,
        };
        for attribute in attributes {
            match attribute.name.as_str() {
                "Route" => {
                    let mut values = attribute.arguments.iter().map(|(_, value)| value);
                    let path = values.next().cloned().unwrap_or_default();
                    let methods = attribute
                        .get("Verbs")
                        .or_else(|| values.next().map(String::as_str))
                        .unwrap_or("ANY");
                    for method in methods.split(',') {
                        operation.routes.push(Route {
                            line,
                            method: method.trim().to_uppercase(),
                            path: below_application(&path, self.application),
                        });
                    }
                }
                "Api" => {
                    let said = attribute.get("Description").or_else(|| attribute.get(""));
                    let mut lines = said.unwrap_or_default().lines().map(ToOwned::to_owned);
                    operation.name = lines.next();
                    says(&mut operation, &lines.collect::<Vec<_>>());
                }
                _ => {}
            }
        }
        operation
    }

    fn member(&mut self, line: usize, text: &str) -> Result<(), Problem> {
        if text == "}" || text == "{" {
            return Ok(());
        }
        if let Some(inner) = text.strip_prefix('[') {
            self.attributes.extend(attributes(inner));
            return Ok(());
        }
        let Some(open) = self.open.last() else {
            return Ok(());
        };
        // Interfaces and lists of values have nothing to compare.
        if open.type_.name.is_empty() {
            return Ok(());
        }
        let type_name = open.type_.name.clone();
        let declared = match self.kind {
            Kind::CSharp => declared_in_csharp(text),
            _ => declared_in_typescript(text),
        };
        let Some((name, kind)) = declared else {
            let is_code = text.contains('(') || text.starts_with("constructor");
            if is_code {
                self.attributes.clear();
                self.summary.clear();
                return Ok(());
            }
            return Err(self.problem(line, format!("`{text}` is no member of `{type_name}`")));
        };
        let attributes = std::mem::take(&mut self.attributes);
        let summary = std::mem::take(&mut self.summary);
        let get = |attribute: &str, argument: &str| {
            let mut of = attributes.iter().filter(|known| known.name == attribute);
            of.find_map(|attribute| attribute.get(argument))
        };
        let wire = get("DataMember", "Name").unwrap_or(&name).to_owned();
        let alias = get("ApiMember", "Name").filter(|alias| *alias != wire);
        let said = get("ApiMember", "Description").map(ToOwned::to_owned);
        let said = said.or_else(|| (!summary.is_empty()).then(|| summary.join(" ")));
        let member = Member {
            line,
            place: get("ApiMember", "ParameterType").map(str::to_lowercase),
            kind,
            required: get("ApiMember", "IsRequired") == Some("true")
                || get("DataMember", "IsRequired") == Some("true"),
            text: said,
            alias: alias.map(ToOwned::to_owned),
            name: wire,
            is_cut: false,
        };
        let Some(open) = self.open.last_mut() else {
            return Ok(());
        };
        if open
            .type_
            .members
            .iter()
            .any(|known| known.name == member.name)
        {
            let message = format!("`{}` stands in `{type_name}` a second time", member.name);
            return Err(self.problem(line, message));
        }
        open.type_.members.push(member);
        Ok(())
    }

    /// Closes the types that end at this depth.
    fn close(&mut self, depth: usize) {
        while self.open.last().is_some_and(|open| open.depth > depth) {
            if let Some(mut open) = self.open.pop() {
                open.type_.is_whole = true;
                self.keep(open);
            }
            self.attributes.clear();
            self.summary.clear();
        }
    }

    fn keep(&mut self, open: Open) {
        if !open.type_.name.is_empty() {
            self.page.operations.extend(open.operation);
            self.page.types.push(open.type_);
        }
    }

    fn finish(mut self, last: usize, is_cut: bool) -> Result<Page, Problem> {
        let mut place = "between two types".to_owned();
        while let Some(open) = self.open.pop() {
            if !open.type_.name.is_empty() {
                place = format!("in `{}`", open.type_.name);
            }
            self.keep(open);
        }
        if is_cut {
            self.page.cut = Some(Cut { line: last, place });
        }
        let mut names: Vec<_> = self
            .page
            .types
            .iter()
            .map(|known| (&known.name, known.line))
            .collect();
        names.sort();
        for pair in names.windows(2) {
            if let [(first, before), (second, line)] = pair
                && first == second
            {
                let message = format!("`{first}` stands here a second time, after line {before}");
                return Err(self.problem(*line, message));
            }
        }
        Ok(self.page)
    }
}

/// `public virtual long? Name { get; set; }`
fn declared_in_csharp(text: &str) -> Option<(String, String)> {
    let (declared, accessors) = text.split_once('{')?;
    if !accessors.contains("get;") {
        return None;
    }
    let declared = declared.trim().strip_prefix("public ")?;
    let declared = declared
        .trim_start_matches("virtual ")
        .trim_start_matches("required ");
    let (kind, name) = declared.trim().rsplit_once(' ')?;
    Some((name.to_owned(), kind.replace(' ', "")))
}

/// `public Name?: number;`
fn declared_in_typescript(text: &str) -> Option<(String, String)> {
    let declared = text.strip_prefix("public ")?.strip_suffix(';')?;
    let (name, kind) = declared.split_once(':')?;
    let name = name.trim();
    let is_name =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let optional = name.ends_with('?');
    let name = name.trim_end_matches(['?', '!']);
    is_name(name).then(|| {
        let kind = kind.trim().to_owned();
        (
            name.to_owned(),
            if optional { format!("{kind}?") } else { kind },
        )
    })
}

/// The attributes of a line, without the bracket or `@` that begins it.
fn attributes(text: &str) -> Vec<Attribute> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([',', ' ', '[', ']', '@']);
        let name: String = rest
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_' || *c == '.')
            .collect();
        if name.is_empty() {
            return found;
        }
        rest = rest.get(name.len()..).unwrap_or_default();
        let mut arguments = Vec::new();
        if let Some(inner) = rest.strip_prefix('(') {
            (arguments, rest) = arguments_of(inner);
        }
        found.push(Attribute { name, arguments });
    }
}

/// The arguments up to the closing parenthesis, and what follows it.
fn arguments_of(text: &str) -> (Vec<(String, String)>, &str) {
    let (mut name, mut value, mut found) = (String::new(), String::new(), Vec::new());
    let (mut in_text, mut is_escaped) = (false, false);
    let mut keep = |name: &mut String, value: &mut String| {
        if !name.is_empty() || !value.is_empty() {
            found.push((
                std::mem::take(name).trim().to_owned(),
                std::mem::take(value).trim().to_owned(),
            ));
        }
    };
    for (index, c) in text.char_indices() {
        match c {
            _ if is_escaped => {
                is_escaped = false;
                value.push(match c {
                    'n' => '\n',
                    't' => '\t',
                    'r' => ' ',
                    other => other,
                });
            }
            '\\' if in_text => is_escaped = true,
            '"' => in_text = !in_text,
            _ if in_text => value.push(c),
            '=' => name = std::mem::take(&mut value),
            ',' => keep(&mut name, &mut value),
            ')' => {
                keep(&mut name, &mut value);
                return (found, text.get(index + 1..).unwrap_or_default());
            }
            _ => value.push(c),
        }
    }
    keep(&mut name, &mut value);
    (found, "")
}

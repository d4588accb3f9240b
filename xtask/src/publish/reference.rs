//! The reference: the document and what shows it, Swagger UI, in one page that
//! needs no other file and no other host.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// The page, whose holes are names in double braces.
pub const PAGE: &str = "xtask/docs/reference.html";
/// The document, as Swagger UI reads it.
pub const JSON: &str = "openapi/aim.json";
/// Swagger UI, as `aim-fake` has it.
const SCRIPTS: &str = "crates/aim-fake/assets/swagger-ui";

/// The document, for all that shows it.
pub fn document(root: &Path) -> Result<Value, String> {
    serde_json::from_str(&read(root, JSON)?).map_err(|error| format!("{JSON}: {error}"))
}

/// The page of the reference, with links (address and name) in its head.
pub fn page(root: &Path, document: &Value, links: &[(&str, &str)]) -> Result<String, String> {
    let info = |name: &str| document.pointer(&format!("/info/{name}"));
    let info = |name: &str| info(name).and_then(Value::as_str).unwrap_or_default();
    let summary = info("description").split("\n\n").next().unwrap_or_default();
    let links: String = links
        .iter()
        .map(|(address, name)| format!("<a href=\"{}\">{}</a>", html(address), html(name)))
        .collect();
    let mut page = read(root, PAGE)?;
    // In this order, so that no hole is looked for in what fills another one.
    for (hole, content) in [
        ("links", links),
        ("servers", servers(document)),
        ("summary", html(summary)),
        ("version", html(info("version"))),
        ("title", html(info("title"))),
        ("document", read(root, JSON)?.replace('<', "\\u003c")),
        (
            "swagger-ui.css",
            read(root, &format!("{SCRIPTS}/swagger-ui.css"))?,
        ),
        (
            "swagger-ui-bundle.js",
            read(root, &format!("{SCRIPTS}/swagger-ui-bundle.js"))?
                .replace("</script", "<\\/script"),
        ),
    ] {
        let hole = format!("{{{{{hole}}}}}");
        if !page.contains(&hole) {
            return Err(format!("{PAGE} lacks {hole}: put it back"));
        }
        page = page.replace(&hole, &content);
    }
    Ok(page)
}

/// A list of the operations by tag, in Markdown, each with a link into the page.
pub fn operations(document: &Value, page: &str) -> String {
    let mut list = String::new();
    for tag in document.pointer("/tags").into_iter().flat_map(items) {
        let name = text_of(tag, "name");
        list.push_str(&format!(
            "\n## {name}\n\n{}\n\n",
            text_of(tag, "description")
        ));
        list.push_str(
            "| Operation | What it does | On the wire | Sent again |\n|---|---|---|---|\n",
        );
        let mut rows = Vec::new();
        for (path, methods) in document.pointer("/paths").into_iter().flat_map(members) {
            for (method, operation) in members(methods) {
                let mut tags = operation.get("tags").into_iter().flat_map(items);
                if tags.any(|tag| tag == name) {
                    rows.push(Row::new(page, name, path, method, operation));
                }
            }
        }
        // What is not to be used comes last.
        rows.sort();
        list.extend(rows.into_iter().map(|row| row.text));
    }
    list
}

/// The addresses with what is said of each, as HTML.
fn servers(document: &Value) -> String {
    let servers = document.pointer("/servers").into_iter().flat_map(items);
    let servers: Vec<String> = servers
        .map(|server| {
            let mut address = text_of(server, "url").to_owned();
            for (name, variable) in server.get("variables").into_iter().flat_map(members) {
                address = address.replace(&format!("{{{name}}}"), text_of(variable, "default"));
            }
            let description = html(text_of(server, "description"));
            format!("<code>{}</code>: {description}", html(&address))
        })
        .collect();
    servers.join("<br>")
}

/// An operation in the list.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    is_deprecated: bool,
    id: String,
    text: String,
}

impl Row {
    fn new(page: &str, tag: &str, path: &str, method: &str, operation: &Value) -> Self {
        let id = text_of(operation, "operationId");
        let summary = text_of(operation, "summary");
        let is_deprecated = operation.get("deprecated") == Some(&Value::Bool(true));
        let advice = if is_deprecated {
            ", not to be used"
        } else {
            ""
        };
        let twice = match text_of(operation, "x-aim-repeat") {
            "safe" => "may be repeated",
            "session" => "opens another session each time",
            _ => "**books each time**",
        };
        let tag = tag.replace(' ', "%20");
        let method = method.to_uppercase();
        Self {
            is_deprecated,
            id: id.to_owned(),
            text: format!(
                "| [`{id}`]({page}#/{tag}/{id}) | {summary}{advice} | `{method} {path}` | {twice} |\n"
            ),
        }
    }
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text_of<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn read(root: &Path, path: &str) -> Result<String, String> {
    fs::read_to_string(root.join(path)).map_err(|error| format!("{path}: {error}"))
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

//! Writes what the crate takes from the OpenAPI document: the tables of
//! `src/schema.rs` (the types with their members as .NET declares them, and the
//! operations), and the document without its servers for `src/server/pages.rs`.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use serde_yaml::{Mapping, Value};

const DOCUMENT: &str = "openapi/aim.yaml";

fn main() -> Result<(), Box<dyn Error>> {
    let document: Value = serde_yaml::from_str(&fs::read_to_string(DOCUMENT)?)?;
    let mut tables = String::new();
    let schemas = mapping(&document["components"]["schemas"], "#/components/schemas")?;
    let mut names = Vec::new();
    for (name, schema) in schemas {
        let name = text(name, "a name in #/components/schemas")?;
        // An untyped or primitive schema is no class of the server.
        if schema["properties"].is_mapping() {
            write_type(&mut tables, &document, name, schema)?;
            names.push(format!("&{}", constant(name)));
        }
    }
    writeln!(
        tables,
        "/// Every type of the document.\npub static TYPES: &[&Type] = &[{}];",
        names.join(", ")
    )?;
    write_operations(&mut tables, &document)?;
    let out = env::var("OUT_DIR")?;
    let out = Path::new(&out);
    fs::write(out.join("tables.rs"), tables)?;
    cut_servers(out, "json", "\n  \"servers\": [", "\n  ],")?;
    cut_servers(out, "yaml", "\nservers:", "\n\n")?;
    Ok(())
}

/// Cuts the servers out of the document's text: what the fake serves names the
/// fake, since the document's own server books for real.
fn cut_servers(out: &Path, extension: &str, from: &str, to: &str) -> Result<(), Box<dyn Error>> {
    let path = format!("openapi/aim.{extension}");
    println!("cargo::rerun-if-changed={path}");
    let text = fs::read_to_string(&path)?.replace("\r\n", "\n");
    let cut = text
        .split_once(from)
        .and_then(|(head, rest)| Some((head, rest.split_once(to)?.1)))
        .filter(|(_, tail)| !tail.contains(from));
    let Some((head, tail)) = cut else {
        return Err(format!("{path}: its servers cannot be told from the rest").into());
    };
    fs::write(out.join(format!("head.{extension}")), head)?;
    fs::write(out.join(format!("tail.{extension}")), tail)?;
    Ok(())
}

fn write_type(
    out: &mut String,
    document: &Value,
    name: &str,
    schema: &Value,
) -> Result<(), Box<dyn Error>> {
    let at = format!("#/components/schemas/{name}");
    // Declared members of the class itself, then those of its bases, nearest
    // first: the order in which ServiceStack writes JSON. `depth` counts the
    // classes from the member's class down to this one.
    let mut members = Vec::new();
    let mut base = schema["x-aim-base"].as_str();
    for (member, property) in mapping(&schema["properties"], &at)? {
        let member = text(member, &at)?;
        if property["x-aim-declared-in"].is_null() {
            let required = strings(&schema["required"]).contains(&member);
            members.push(member_of(document, member, property, 0, required, &at)?);
        }
    }
    let mut depth = 0;
    while let Some(class) = base {
        depth += 1;
        let class = &document["x-aim-base-classes"][class];
        let list = class["members"]
            .as_sequence()
            .ok_or_else(|| format!("{at}: the base class has no members"))?;
        for member in list {
            let member = text(member, &at)?;
            let property = credential(document, member).unwrap_or(&schema["properties"][member]);
            members.push(member_of(document, member, property, depth, false, &at)?);
        }
        base = class["base"].as_str();
    }
    let exclusive: Vec<String> = schema["x-aim-exclusive"]
        .as_sequence()
        .into_iter()
        .flatten()
        .map(|group| format!("&{:?}", strings(group)))
        .collect();
    writeln!(
        out,
        "/// `{name}` of the document.\npub static {}: Type = Type {{ name: {:?}, namespace: {:?}, members: &[{}], exclusive: &[{}] }};",
        constant(name),
        text(&schema["xml"]["name"], &format!("{at}/xml/name"))?,
        text(&schema["xml"]["namespace"], &format!("{at}/xml/namespace"))?,
        members.join(", "),
        exclusive.join(", "),
    )?;
    Ok(())
}

/// Where the document describes a credential, which is a member of every
/// request type too.
fn credential<'a>(document: &'a Value, name: &str) -> Option<&'a Value> {
    let components = &document["components"];
    [&components["securitySchemes"], &components["parameters"]]
        .into_iter()
        .map(|room| &room[name])
        .find(|value| !value.is_null())
}

fn member_of(
    document: &Value,
    name: &str,
    property: &Value,
    depth: usize,
    required: bool,
    at: &str,
) -> Result<String, Box<dyn Error>> {
    let at = format!("{at}/properties/{name}/x-aim-dotnet-type");
    let dotnet = text(&property["x-aim-dotnet-type"], &at)?;
    let sensitive = match property["x-aim-sensitive"].as_str() {
        None => "None",
        Some("secret") => "Some(Sensitive::Secret)",
        Some("personal") => "Some(Sensitive::Personal)",
        Some(other) => return Err(format!("{at}: x-aim-sensitive {other} is unknown").into()),
    };
    let (kind, nullable) = kind(document, dotnet, &at)?;
    Ok(format!(
        "Member {{ name: {name:?}, kind: {kind}, nullable: {nullable}, depth: {depth}, required: {required}, sensitive: {sensitive} }}"
    ))
}

fn kind(document: &Value, dotnet: &str, at: &str) -> Result<(String, bool), Box<dyn Error>> {
    let (inner, nullable) = match dotnet.strip_suffix('?') {
        Some(inner) => (inner, true),
        None => (dotnet, false),
    };
    if let Some(item) = inner
        .strip_prefix("List<")
        .and_then(|rest| rest.strip_suffix('>'))
    {
        return Ok((
            format!("Kind::List(&{})", kind(document, item, at)?.0),
            true,
        ));
    }
    Ok(match inner {
        "bool" => ("Kind::Bool".to_owned(), nullable),
        "int" => ("Kind::Int".to_owned(), nullable),
        "long" => ("Kind::Long".to_owned(), nullable),
        "decimal" => ("Kind::Decimal".to_owned(), nullable),
        "DateTime" => ("Kind::DateTime".to_owned(), nullable),
        "string" => ("Kind::String".to_owned(), true),
        class if document["components"]["schemas"][class].is_mapping() => {
            (format!("Kind::Object(&{})", constant(class)), true)
        }
        other => return Err(format!("{at}: the type {other} is unknown").into()),
    })
}

fn write_operations(out: &mut String, document: &Value) -> Result<(), Box<dyn Error>> {
    // Name, request type, response type, routes: a service answers under
    // every path that the document gives it.
    type Row = (String, String, String, Vec<(String, Vec<String>)>);
    let mut operations: Vec<Row> = Vec::new();
    for (path, item) in mapping(&document["paths"], "#/paths")? {
        let path = text(path, "a path in #/paths")?;
        for verb in ["get", "post"] {
            let operation = &item[verb];
            if operation.is_null() {
                continue;
            }
            let at = format!("#/paths/{path}/{verb}");
            let name = text(&operation["x-aim-operation"], &at)?.to_owned();
            let request = text(&operation["x-aim-request"], &at)?.to_owned();
            let answer = text(
                &operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"],
                &at,
            )?;
            let answer = answer.rsplit('/').next().unwrap_or(answer).to_owned();
            let route = path
                .strip_prefix("/api")
                .ok_or_else(|| format!("{at}: the path does not begin with /api"))?
                .to_owned();
            let verb = verb.to_uppercase();
            let index = match operations.iter().position(|known| known.0 == name) {
                Some(index) => index,
                None => {
                    operations.push((name, request, answer, Vec::new()));
                    operations.len() - 1
                }
            };
            let routes = &mut operations[index].3;
            match routes.iter_mut().find(|known| known.0 == route) {
                Some(known) => known.1.push(verb),
                None => routes.push((route, vec![verb])),
            }
        }
    }
    let rows: Vec<String> = operations
        .iter()
        .map(|(name, request, answer, routes)| {
            let routes: Vec<String> = routes
                .iter()
                .map(|(path, verbs)| format!("Route {{ path: {path:?}, verbs: &{verbs:?} }}"))
                .collect();
            format!(
                "Operation {{ name: {name:?}, request: &{}, response: &{}, routes: &[{}] }}",
                constant(request),
                constant(answer),
                routes.join(", ")
            )
        })
        .collect();
    writeln!(
        out,
        "/// The services of the document, by the vendor's names.\npub static OPERATIONS: &[Operation] = &[{}];",
        rows.join(", ")
    )?;
    Ok(())
}

/// `UpdateContractObj` is `UPDATE_CONTRACT_OBJ`.
fn constant(name: &str) -> String {
    let mut out = String::new();
    let mut lower = false;
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && lower {
            out.push('_');
        }
        lower = letter.is_ascii_lowercase();
        out.push(letter.to_ascii_uppercase());
    }
    out
}

fn mapping<'a>(value: &'a Value, at: &str) -> Result<&'a Mapping, Box<dyn Error>> {
    value
        .as_mapping()
        .ok_or_else(|| format!("{DOCUMENT}: {at} is no mapping").into())
}

fn text<'a>(value: &'a Value, at: &str) -> Result<&'a str, Box<dyn Error>> {
    value
        .as_str()
        .ok_or_else(|| format!("{DOCUMENT}: {at} is no text").into())
}

fn strings(list: &Value) -> Vec<&str> {
    list.as_sequence()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

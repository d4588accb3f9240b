//! The commands that read the document; `cargo xtask` builds and starts this.

mod audit;
mod compare;
mod left_to_do;

use std::env;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use aim_codegen::document::Document;
use aim_codegen::regen::{self, File};
use audit::Audit;
use compare::{Base, Comparison, Format};
use serde_yaml::Value;
use xtask::{BROKEN, USAGE};

/// A change since the base is breaking.
const BREAKING: u8 = 1;
/// A page says something that neither the document nor the ledger has.
const NEWS: u8 = 1;
/// The generated files or the version do not fit the document.
const STALE: u8 = 4;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let command: fn(&Path, &[&str]) -> u8 = match arguments.as_slice() {
        ["regen"] => |root, _| regen(root, Mode::Write),
        ["regen", "--check"] => |root, _| regen(root, Mode::Check),
        ["diff", ..] => |root, arguments| diff(root, arguments.get(1..).unwrap_or_default()),
        ["audit", ..] => |root, arguments| audit(root, arguments.get(1..).unwrap_or_default()),
        _ => {
            eprintln!(
                "xtask-document: no such command; `cargo xtask help` lists those that there are"
            );
            return ExitCode::from(USAGE);
        }
    };
    xtask::run(|root| Ok(command(root, &arguments)))
}

/// Prints the changes of the document since a base.
fn diff(root: &Path, arguments: &[&str]) -> u8 {
    let mut base = None;
    let mut format = Format::Text {
        coloured: io::stdout().is_terminal(),
    };
    for option in arguments.chunks(2) {
        match option {
            ["--base", name] => base = Some(*name),
            ["--format", "text"] => {}
            ["--format", "markdown"] => format = Format::Markdown,
            ["--format", "json"] => format = Format::Json,
            _ => {
                eprintln!(
                    "xtask: `{}` is not understood; `cargo xtask diff` takes `--base <revision or file>` and \
                     `--format <text, markdown or json>`",
                    option.join(" ")
                );
                return USAGE;
            }
        }
    }
    let base = match base {
        Some(name) => Base::named(root, name),
        None => Base::released(root),
    };
    match base.and_then(|base| Comparison::of(root, &base)) {
        Ok(comparison) => {
            // The reader may have closed the pipe (`| head`).
            let _ = io::stdout().write_all(comparison.write(format).as_bytes());
            if comparison.is_breaking() {
                BREAKING
            } else {
                0
            }
        }
        Err(message) => {
            eprintln!("{message}");
            BROKEN
        }
    }
}

/// Prints what saved pages of the vendor say that the document does not.
fn audit(root: &Path, arguments: &[&str]) -> u8 {
    let mut format = audit::Format::Text {
        coloured: io::stdout().is_terminal(),
    };
    let mut pages = Vec::new();
    let mut rest = arguments.iter().copied();
    while let Some(argument) = rest.next() {
        let value = if argument == "--format" {
            rest.next()
        } else {
            None
        };
        format = match (argument, value) {
            ("--format", Some("text")) => format,
            ("--format", Some("markdown")) => audit::Format::Markdown,
            ("--format", Some("json")) => audit::Format::Json,
            ("--format", Some("patch")) => audit::Format::Patch,
            (page, None) if !page.starts_with('-') => {
                pages.push(page);
                format
            }
            (option, value) => {
                eprintln!(
                    "xtask: `{}` is not understood; `cargo xtask audit` takes saved pages or folders with them, \
                     and `--format <text, markdown, json or patch>`",
                    [Some(option), value]
                        .into_iter()
                        .flatten()
                        .collect::<Vec<_>>()
                        .join(" ")
                );
                return USAGE;
            }
        };
    }
    if pages.is_empty() {
        eprintln!("xtask: name saved pages, or folders with them: `cargo xtask audit <pages>`");
        return USAGE;
    }
    match Audit::of(root, &pages) {
        Ok(audit) => {
            // The reader may have closed the pipe (`| head`).
            let _ = io::stdout().write_all(audit.write(format).as_bytes());
            if audit.has_news() { NEWS } else { 0 }
        }
        Err(message) => {
            eprintln!("{message}");
            BROKEN
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Write,
    Check,
}

fn regen(root: &Path, mode: Mode) -> u8 {
    if mode == Mode::Write {
        match regen::tidy(root) {
            Ok(None) => {}
            Ok(Some(found)) => eprintln!("{found}"),
            Err(message) => {
                eprintln!("{message}");
                return BROKEN;
            }
        }
    }
    let planned = Document::load(&root.join(regen::DOCUMENT), regen::DOCUMENT)
        .and_then(|document| Ok((regen::files(root, &document)?, document)));
    let (files, document) = match planned {
        Ok(planned) => planned,
        Err(problems) => {
            eprintln!("{problems}");
            return BROKEN;
        }
    };
    let stale: Vec<&File> = files.iter().filter(|file| !file.is_fresh()).collect();
    if mode == Mode::Write
        && let Err(error) = regen::write(root, &files)
    {
        eprintln!("{error}");
        return BROKEN;
    }
    let mut text = String::new();
    if stale.is_empty() {
        text = format!(
            "fresh: {} generated files agree with {}\n",
            files.len(),
            regen::DOCUMENT
        );
    }
    let outcome = match mode {
        Mode::Write => "written",
        Mode::Check => "stale",
    };
    for file in &stale {
        text.push_str(&format!("{outcome}: {}\n", file.path));
    }
    let json = files.iter().find(|file| file.path == regen::JSON);
    let (found, is) = json.map_or(("", ""), |json| (&json.found, &json.expected));
    // The committed document, so that a second run prints the same; without git,
    // the generated copy as it was.
    let was = left_to_do::committed(root).unwrap_or_else(|| found.to_owned());
    let new = compare::read(&document);
    if was != is
        && let Ok(new) = &new
    {
        text.push_str(&since(root, &was, new));
    }
    let since_released = new.and_then(|new| Comparison::with(root, &Base::released(root)?, &new));
    let misfits = match &since_released {
        Ok(comparison) => Ok(comparison.misfits(root)),
        Err(message) => Err(message.clone()),
    };
    if mode == Mode::Write {
        let mut misfits = misfits.clone().unwrap_or_else(|message| vec![message]);
        misfits.extend(
            since_released
                .iter()
                .filter_map(|since| since.unmentioned(root)),
        );
        let change = left_to_do::Change {
            root,
            was: &was,
            is,
            misfits: &misfits,
        };
        text.push_str(&change.left_to_do());
    }
    // Nobody may be reading any more (`| head`), and all is done.
    let _ = io::stdout().write_all(text.as_bytes());
    if mode == Mode::Write {
        return 0;
    }
    let misfits = match misfits {
        Ok(misfits) => misfits,
        Err(message) => {
            eprintln!("{message}");
            return BROKEN;
        }
    };
    for misfit in &misfits {
        eprintln!("{misfit}");
    }
    let left = regen::interrupted(root);
    if !left.is_empty() {
        eprintln!(
            "stale: an earlier run of `cargo xtask regen` was killed and left {}; run it again, which \
             fixes that",
            left.join(", ")
        );
        return STALE;
    }
    if !stale.is_empty() {
        eprintln!("stale: run `cargo xtask regen` and commit what it writes");
    }
    if stale.is_empty() && misfits.is_empty() {
        0
    } else {
        STALE
    }
}

/// The short report on the changes since an earlier document; empty if there are
/// none, or the earlier document cannot be read.
fn since(root: &Path, was: &str, new: &Value) -> String {
    let base = Base {
        name: "the last commit".to_owned(),
        text: was.to_owned(),
    };
    match Comparison::with(root, &base, new) {
        Ok(comparison) if !comparison.is_empty() => comparison.write(Format::Short {
            coloured: io::stdout().is_terminal(),
        }),
        _ => String::new(),
    }
}

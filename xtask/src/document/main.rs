//! The commands that read the document; `cargo xtask` builds and starts this.

mod diff;
mod left_to_do;

use std::env;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use aim_codegen::regen::{self, File};
use xtask::{BROKEN, USAGE};

/// The generated files differ from the document.
const STALE: u8 = 4;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mode = match arguments.as_slice() {
        ["regen"] => Mode::Write,
        ["regen", "--check"] => Mode::Check,
        _ => {
            eprintln!(
                "xtask-document: no such command; `cargo xtask help` lists those that there are"
            );
            return ExitCode::from(USAGE);
        }
    };
    let root = env::current_dir()
        .map_err(|error| format!("the working folder is not known: {error}"))
        .and_then(|here| xtask::root(&here));
    ExitCode::from(match root {
        Ok(root) => regen(&root, mode),
        Err(message) => {
            eprintln!("xtask: {message}");
            BROKEN
        }
    })
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
    let files = match regen::plan(root) {
        Ok(files) => files,
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
        diff::write(&mut text, outcome, file, io::stdout().is_terminal());
    }
    if mode == Mode::Write {
        text.push_str(&left_to_do::after(root, &files));
    }
    // Nobody may be reading any more (`| head`), and all is done.
    let _ = io::stdout().write_all(text.as_bytes());
    if mode == Mode::Write {
        return 0;
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
        return STALE;
    }
    0
}

//! `cargo xtask interop`: generates clients from the document with the tools
//! that teams use, compiles them, and lets each make every call to `aim-fake`.
//!
//! `xtask/interop/recipes.yaml` lists the recipes; a folder beside it has the
//! files of each, just as a team would copy them.

mod calls;
mod clients;
mod column;
mod manifest;
mod place;
mod row;
mod trial;

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;
use std::{env, fs};

use calls::Calls;
use column::Column;
use manifest::{Manifest, Recipe};
use row::{Cell, Row};
use trial::Bench;
use xtask::USAGE;

/// A recipe fails that is not known to.
const FAILED: u8 = 1;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let options = match Options::read(&arguments) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("xtask: {message}; see `cargo xtask help`");
            return ExitCode::from(USAGE);
        }
    };
    xtask::run(|root| options.run(root))
}

#[derive(Default)]
struct Options {
    only: Vec<String>,
    quick: bool,
    require_all: bool,
}

impl Options {
    fn read(arguments: &[String]) -> Result<Self, String> {
        let mut options = Self::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--quick" => options.quick = true,
                "--require-all" => options.require_all = true,
                "--only" => {
                    let names = arguments.next().ok_or("`--only` lacks names")?;
                    options.only = names.split(',').map(ToOwned::to_owned).collect();
                }
                other => return Err(format!("`{other}` is not understood")),
            }
        }
        Ok(options)
    }

    fn run(&self, root: &Path) -> Result<u8, String> {
        let manifest = Manifest::read(root)?;
        let calls = Calls::read(root)?;
        for name in &self.only {
            if !manifest.recipes.iter().any(|recipe| recipe.is_called(name)) {
                let known: Vec<&str> = manifest
                    .recipes
                    .iter()
                    .map(|recipe| recipe.name.as_str())
                    .collect();
                return Err(format!(
                    "no recipe is called `{name}`: {}",
                    known.join(", ")
                ));
            }
        }
        let target = xtask::target(root);
        // The shell starts elsewhere.
        let target = fs::canonicalize(&target).unwrap_or(target).join("interop");
        println!("the logs are in {}", target.display());
        let bench = Bench::new(root, target, &calls)?;
        let mut rows = Vec::new();
        for recipe in manifest.recipes.iter().filter(|recipe| self.wants(recipe)) {
            let missing: Vec<&str> = recipe
                .needs
                .iter()
                .map(String::as_str)
                .filter(|command| !is_there(command))
                .collect();
            let start = Instant::now();
            let row = if missing.is_empty() {
                bench.row(recipe, !self.quick)?
            } else {
                let install = manifest.to_install(&missing).join(" and ");
                Row::skipped(recipe, &format!("install {install}"))
            };
            print(&row);
            println!("  {} seconds", start.elapsed().as_secs());
            rows.push(row);
        }
        let mut has_failed = false;
        for row in &rows {
            for (column, why) in row.surprises() {
                has_failed = true;
                eprintln!("{}, {}: {why}", row.recipe.name, column.title());
            }
            if let Some(why) = row.skipped_for()
                && self.require_all
            {
                has_failed = true;
                eprintln!("{} is skipped: {why}", row.recipe.name);
            }
        }
        if self.only.is_empty() && !self.quick {
            clients::write(root, &manifest, &rows)?;
            println!("\n{} has the table and the recipes", clients::CLIENTS);
        }
        Ok(if has_failed { FAILED } else { 0 })
    }

    fn wants(&self, recipe: &Recipe) -> bool {
        (self.only.is_empty() || self.only.iter().any(|name| recipe.is_called(name)))
            && (!self.quick || recipe.quick)
    }
}

fn print(row: &Row) {
    println!(
        "{} ({}: {})",
        row.recipe.name, row.recipe.language, row.recipe.tool
    );
    for column in Column::ALL {
        match row.cells.get(&column) {
            Some(Cell::Ok) => println!("  ok       {}", column.title()),
            Some(Cell::No(why)) => println!("  NO       {}: {why}", column.title()),
            Some(Cell::Skipped(why)) => println!("  skipped  {}: {why}", column.title()),
            None => println!("  -        {}", column.title()),
        }
    }
}

/// Whether a command can be started; of a whole line, whether it succeeds.
fn is_there(need: &str) -> bool {
    let line = if need.contains(' ') {
        need
    } else {
        "command -v \"$0\""
    };
    Command::new("sh")
        .args(["-c", line, need])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

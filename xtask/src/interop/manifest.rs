//! `xtask/interop/recipes.yaml`: the tools, their versions, and how each is run.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use xtask::RECIPES;

use crate::column::Column;

const MANIFEST: &str = "recipes.yaml";
/// What puts programs into which folder, below that of the recipe.
const PROGRAMS: [(&str, &str); 4] = [
    ("npm install", "node_modules/.bin"),
    ("venv", "venv/bin"),
    ("go install", "bin"),
    ("cargo install", "bin"),
];

/// The whole manifest.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// What to install for each of what recipes need.
    pub commands: BTreeMap<String, String>,
    /// The recipes, in the order of the table.
    pub recipes: Vec<Recipe>,
}

/// One way to a client in another language. Its folder has its name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    pub name: String,
    pub language: String,
    /// The generator and the HTTP library, as a team names them.
    pub tool: String,
    /// The commands without which it is skipped, and lines for a shell that
    /// have to succeed.
    pub needs: Vec<String>,
    /// Installs its tools, with their versions, into folders of [`PROGRAMS`]:
    /// once, until a line changes.
    #[serde(default)]
    pub install: Vec<String>,
    /// Generates as the tool's own introduction does, and compiles; none if no
    /// such setup exists.
    #[serde(default)]
    pub default: Vec<Step>,
    /// Generates as the recipe does, and compiles with its driver.
    pub recipe: Vec<Step>,
    /// Starts the driver; what it is to do follows as an argument.
    pub run: String,
    /// Run by `.ci/run`: one per language, but for Rust, where users have
    /// `aim-client` and the recipes compile for minutes.
    #[serde(default)]
    pub quick: bool,
    /// What a team should know of it, sentences for `openapi/CLIENTS.md`.
    #[serde(default)]
    pub notes: Vec<String>,
    /// What is not as it should be, and why: what a default setup gets wrong,
    /// and what is the tool's own fault and has no cure, with the proof.
    #[serde(default)]
    pub known: BTreeMap<Column, String>,
}

/// Lines for a shell.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Step {
    /// Generates or compiles: what is wrong is the recipe's.
    Make(String),
    /// Downloads what the next step needs: what is wrong is this machine's, or
    /// the registry's.
    Install { install: String },
}

impl Step {
    pub fn script(&self) -> &str {
        match self {
            Self::Make(script) | Self::Install { install: script } => script.trim(),
        }
    }
}

impl Manifest {
    pub fn read(root: &Path) -> Result<Self, String> {
        let path = root.join(RECIPES).join(MANIFEST);
        let text = fs::read_to_string(&path)
            .map_err(|error| format!("{RECIPES}/{MANIFEST} cannot be read: {error}"))?;
        serde_yaml::from_str(&text).map_err(|error| format!("{RECIPES}/{MANIFEST}: {error}"))
    }

    /// What to install for these commands, a thing once.
    pub fn to_install<'m>(&'m self, commands: &[&'m str]) -> Vec<&'m str> {
        let mut things = Vec::new();
        for command in commands {
            let thing = self.commands.get(*command).map_or(*command, String::as_str);
            if !things.contains(&thing) {
                things.push(thing);
            }
        }
        things
    }
}

impl Recipe {
    /// Where its tools are found when they are installed.
    pub fn programs(&self) -> Vec<&'static str> {
        // As a word: `cargo install` is not `go install`.
        let is_word =
            |line: &str, tool: &str| line.starts_with(tool) || line.contains(&format!(" {tool}"));
        let is_used = |tool| self.install.iter().any(|line| is_word(line, tool));
        let used = PROGRAMS.iter().filter(|(tool, _)| is_used(tool));
        used.map(|(_, folder)| *folder).collect()
    }

    /// Whether a name on the command line means this one: its own, the
    /// beginning of its own up to a hyphen, or its language's.
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name
            || self.language.eq_ignore_ascii_case(name)
            || self
                .name
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with('-'))
    }
}

//! `xtask/interop/recipes.yaml`: the tools, their versions, and how each is run.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::column::Column;

/// Where the recipes lie, from the root of the workspace.
pub const FOLDER: &str = "xtask/interop";
const MANIFEST: &str = "recipes.yaml";

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
    /// Packages with their versions, installed beside the generated code.
    #[serde(default)]
    pub npm: Vec<String>,
    #[serde(default)]
    pub pip: Vec<String>,
    /// What its scripts get as environment variables: versions that the tool's
    /// own files cannot have.
    #[serde(default)]
    pub versions: BTreeMap<String, String>,
    /// Generates as the tool's own introduction does, and compiles; none if no
    /// such setup exists.
    #[serde(default)]
    pub default: Option<String>,
    /// Generates as the recipe does, and compiles with its driver.
    pub recipe: String,
    /// Starts the driver; what it is to do follows as an argument.
    pub run: String,
    /// One per language is run by `.ci/run`.
    #[serde(default)]
    pub quick: bool,
    /// What a team should know of it, sentences for `openapi/README.md`.
    #[serde(default)]
    pub notes: Vec<String>,
    /// What is not as it should be, and why: what a default setup gets wrong,
    /// and what is the tool's own fault and has no cure, with the proof.
    #[serde(default)]
    pub known: BTreeMap<Column, String>,
}

impl Manifest {
    pub fn read(root: &Path) -> Result<Self, String> {
        let path = root.join(FOLDER).join(MANIFEST);
        let text = fs::read_to_string(&path)
            .map_err(|error| format!("{FOLDER}/{MANIFEST} cannot be read: {error}"))?;
        serde_yaml::from_str(&text).map_err(|error| format!("{FOLDER}/{MANIFEST}: {error}"))
    }
}

impl Recipe {
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

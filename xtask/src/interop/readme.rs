//! What a whole run writes into `openapi/README.md`: the table, and each recipe
//! that did not fail, as a team would type it.

use std::fs;
use std::path::Path;

use xtask::RECIPES;

use crate::column::Column;
use crate::manifest::{Manifest, Recipe};
use crate::row::{Cell, Row};

pub const README: &str = "openapi/README.md";
const BEGIN: &str = "<!-- Written by `cargo xtask interop`. -->\n";
const END: &str = "<!-- The end of what is written. -->\n";

/// Replaces what stands between the two marks.
pub fn write(root: &Path, manifest: &Manifest, rows: &[Row]) -> Result<(), String> {
    let path = root.join(README);
    let problem = |error: std::io::Error| format!("{README}: {error}");
    let old = fs::read_to_string(&path).map_err(problem)?;
    let new = replaced(&old, &text(manifest, rows))?;
    fs::write(&path, new).map_err(problem)
}

fn replaced(old: &str, written: &str) -> Result<String, String> {
    old.split_once(BEGIN)
        .and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)))
        .map(|(before, after)| format!("{before}{BEGIN}\n{written}\n{END}{after}"))
        .ok_or_else(|| {
            format!("{README} lacks the lines between which the recipes are written: {BEGIN}{END}")
        })
}

fn text(manifest: &Manifest, rows: &[Row]) -> String {
    let mut text = table(rows);
    let reasons: Vec<String> = rows.iter().flat_map(reasons).collect();
    if !reasons.is_empty() {
        text.push_str(&format!("\n{}", reasons.concat()));
    }
    for row in rows.iter().filter(|row| !row.failed()) {
        text.push('\n');
        text.push_str(&section(manifest, row));
    }
    text
}

fn table(rows: &[Row]) -> String {
    let mut text = String::from("| |");
    for column in Column::ALL {
        text.push_str(&format!(" {} |", column.title()));
    }
    text.push_str("\n|---|");
    text.push_str(&"---|".repeat(Column::ALL.len()));
    text.push('\n');
    for row in rows {
        let title = title(row.recipe);
        let title = if row.failed() {
            format!("[{title}]({})", folder(row.recipe))
        } else {
            format!("[{title}](#{})", anchor(&title))
        };
        text.push_str(&format!("| {title} |"));
        for column in Column::ALL {
            let cell = match row.cells.get(&column) {
                Some(Cell::Ok) => "ok",
                Some(Cell::No(_)) => "**no**",
                Some(Cell::Skipped(_)) => "skipped",
                None => "–",
            };
            text.push_str(&format!(" {cell} |"));
        }
        text.push('\n');
    }
    text
}

/// Why something was skipped, and the reason of each *no*.
fn reasons(row: &Row) -> Vec<String> {
    let title = title(row.recipe);
    let skipped = row.skipped_for();
    let skipped = skipped.map(|why| format!("- {title}: skipped; {why}.\n"));
    let cells = row.cells.iter();
    let failed = cells
        .filter_map(|(column, cell)| match cell {
            Cell::No(why) => Some((column, row.recipe.known.get(column).unwrap_or(why))),
            _ => None,
        })
        .map(|(column, why)| format!("- {title}, *{}*: {}\n", column.title(), why.trim()));
    skipped.into_iter().chain(failed).collect()
}

fn section(manifest: &Manifest, row: &Row) -> String {
    let recipe = row.recipe;
    let name = &recipe.name;
    let mut lines = vec![
        format!("cp -r {RECIPES}/{name} .."),
        format!("cp openapi/aim.yaml ../{name}"),
        format!("cd ../{name}"),
    ];
    lines.extend(recipe.install.iter().cloned());
    let programs = recipe.programs();
    if !programs.is_empty() {
        let paths = programs.iter().map(|folder| format!("$PWD/{folder}:"));
        lines.push(format!(
            "export PATH=\"{}$PATH\"",
            paths.collect::<String>()
        ));
    }
    lines.extend(recipe.recipe.iter().map(|step| step.script().to_owned()));
    lines.push(format!("{} book", recipe.run.trim()));
    let mut text = format!(
        "### {}\n\n```sh\n{}\n```\n\n- Its files: [`{RECIPES}/{name}`]({})\n",
        title(recipe),
        lines.join("\n"),
        folder(recipe)
    );
    let needs: Vec<&str> = recipe.needs.iter().map(String::as_str).collect();
    let needs = manifest.to_install(&needs).join("; ");
    text.push_str(&format!("- It needs: {needs}\n"));
    if !row.ran() {
        text.push_str("- **Not tried** on the machine that wrote this\n");
    }
    for note in &recipe.notes {
        text.push_str(&format!("- {}\n", note.trim()));
    }
    text
}

fn title(recipe: &Recipe) -> String {
    format!("{}: {}", recipe.language, recipe.tool)
}

fn folder(recipe: &Recipe) -> String {
    format!("../{RECIPES}/{}", recipe.name)
}

/// The anchor that Markdown viewers give a heading.
fn anchor(title: &str) -> String {
    title
        .to_lowercase()
        .chars()
        .filter_map(|letter| match letter {
            ' ' => Some('-'),
            '-' | '_' => Some(letter),
            _ => letter.is_alphanumeric().then_some(letter),
        })
        .collect()
}

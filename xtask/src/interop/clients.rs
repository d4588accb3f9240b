//! What a whole run writes into `openapi/CLIENTS.md`, the table and each recipe
//! that did not fail, as a team would type it; and into `openapi/README.md`, a
//! list of them by language.

use std::fs;
use std::path::Path;

use xtask::RECIPES;

use crate::column::Column;
use crate::manifest::{Manifest, Recipe};
use crate::row::{Cell, Row};

pub const CLIENTS: &str = "openapi/CLIENTS.md";
const README: &str = "openapi/README.md";
/// The first, from the folder of both.
const LINK: &str = "CLIENTS.md";
const BEGIN: &str = "<!-- Written by `cargo xtask interop`. -->\n";
const END: &str = "<!-- The end of what is written. -->\n";

/// Replaces what stands between the two marks of each file.
pub fn write(root: &Path, manifest: &Manifest, rows: &[Row]) -> Result<(), String> {
    for (file, written) in [(CLIENTS, text(manifest, rows)), (README, list(rows))] {
        let path = root.join(file);
        let problem = |error: std::io::Error| format!("{file}: {error}");
        let old = fs::read_to_string(&path).map_err(problem)?;
        fs::write(&path, replaced(file, &old, &written)?).map_err(problem)?;
    }
    Ok(())
}

fn replaced(file: &str, old: &str, written: &str) -> Result<String, String> {
    old.split_once(BEGIN)
        .and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)))
        .map(|(before, after)| format!("{before}{BEGIN}\n{written}\n{END}{after}"))
        .ok_or_else(|| {
            format!("{file} lacks the lines between which the clients are written: {BEGIN}{END}")
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

/// Each language with links to its recipes.
fn list(rows: &[Row]) -> String {
    let mut text = String::new();
    for rows in rows.chunk_by(|one, next| one.recipe.language == next.recipe.language) {
        let links: Vec<String> = rows
            .iter()
            .filter(|row| !row.failed())
            .map(|row| {
                let id = anchor(&title(row.recipe));
                format!("[{}]({LINK}#{id})", row.recipe.tool)
            })
            .collect();
        let (Some(first), false) = (rows.first(), links.is_empty()) else {
            continue;
        };
        let mark = if rows.iter().any(Row::ran) {
            ""
        } else {
            " (not tried)"
        };
        let language = &first.recipe.language;
        text.push_str(&format!("- {language}{mark}: {}\n", links.join(", ")));
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
        "## {}\n\n```sh\n{}\n```\n\n- Its files: [`{RECIPES}/{name}`]({})\n",
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What the last run found stands in the table and below it; the rest of what
    /// is written is what `recipes.yaml` says.
    #[test]
    fn what_stands_there_is_what_a_run_writes() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let manifest = Manifest::read(root).unwrap();
        let read = |file| fs::read_to_string(root.join(file)).unwrap();
        let (clients, readme) = (read(CLIENTS), read(README));
        let rows = manifest
            .recipes
            .iter()
            .map(|recipe| found(&clients, recipe));
        let rows: Vec<Row> = rows.collect();
        for (file, old, written) in [
            (CLIENTS, clients, text(&manifest, &rows)),
            (README, readme, list(&rows)),
        ] {
            assert_eq!(
                old,
                replaced(file, &old, &written).unwrap(),
                "{file}: run `cargo xtask interop`"
            );
        }
    }

    fn found<'r>(clients: &str, recipe: &'r Recipe) -> Row<'r> {
        let title = title(recipe);
        let behind = |start: &str| clients.lines().find_map(|line| line.strip_prefix(start));
        let why = |start: String| behind(&start).unwrap_or_default().to_owned();
        let cells = behind(&format!("| [{title}](")).unwrap_or_default();
        let cells = cells.trim_end_matches(" |").split(" | ").skip(1);
        let cells = Column::ALL.into_iter().zip(cells);
        let cells = cells.filter_map(|(column, cell)| {
            let cell = match cell {
                "ok" => Cell::Ok,
                "**no**" => Cell::No(why(format!("- {title}, *{}*: ", column.title()))),
                "skipped" => {
                    let why = why(format!("- {title}: skipped; "));
                    Cell::Skipped(why.trim_end_matches('.').to_owned())
                }
                _ => return None,
            };
            Some((column, cell))
        });
        Row {
            recipe,
            cells: cells.collect(),
        }
    }
}

//! What is found out of a recipe, and the table of it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::manifest::Recipe;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    DefaultCompiles,
    RecipeCompiles,
    Calls,
    UnknownMembers,
    BooksOnceOnBreak,
    BooksOnceOn503,
    KeepsKeys,
    ReportsStatus,
}

impl Column {
    pub const ALL: [Self; 8] = [
        Self::DefaultCompiles,
        Self::RecipeCompiles,
        Self::Calls,
        Self::UnknownMembers,
        Self::BooksOnceOnBreak,
        Self::BooksOnceOn503,
        Self::KeepsKeys,
        Self::ReportsStatus,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Self::DefaultCompiles => "default compiles",
            Self::RecipeCompiles => "recipe compiles",
            Self::Calls => "every call",
            Self::UnknownMembers => "unknown members",
            Self::BooksOnceOnBreak => "broken connection: books once",
            Self::BooksOnceOn503 => "applied 503: books once",
            Self::KeepsKeys => "redirect: keeps its keys",
            Self::ReportsStatus => "HTML 503: says so",
        }
    }
}

pub enum Cell {
    Ok,
    No(String),
    /// Not tried, since this was missing or failed before.
    Skipped(String),
}

pub struct Row<'r> {
    pub recipe: &'r Recipe,
    pub cells: BTreeMap<Column, Cell>,
}

impl<'r> Row<'r> {
    pub fn skipped(recipe: &'r Recipe, why: &str) -> Self {
        let cells = Column::ALL
            .into_iter()
            .map(|column| (column, Cell::Skipped(why.to_owned())))
            .collect();
        Self { recipe, cells }
    }

    /// The columns in which it is not as it should be, and is not known to be.
    pub fn failures(&self) -> impl Iterator<Item = (Column, &str)> {
        self.cells.iter().filter_map(|(column, cell)| match cell {
            Cell::No(why) if !self.recipe.known.contains_key(column) => {
                Some((*column, why.as_str()))
            }
            _ => None,
        })
    }

    pub fn is_skipped(&self) -> bool {
        matches!(
            self.cells.get(&Column::RecipeCompiles),
            Some(Cell::Skipped(_))
        )
    }
}

/// The table in Markdown, as `openapi/README.md` has it.
pub fn markdown(rows: &[Row]) -> String {
    let mut text = String::from("| |");
    for column in Column::ALL {
        text.push_str(&format!(" {} |", column.title()));
    }
    text.push_str("\n|---|");
    text.push_str(&"---|".repeat(Column::ALL.len()));
    text.push('\n');
    for row in rows {
        text.push_str(&format!("| {}: {} |", row.recipe.language, row.recipe.tool));
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

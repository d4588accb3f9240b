//! What is found out of a recipe.

use std::collections::BTreeMap;

use crate::column::Column;
use crate::manifest::Recipe;

pub enum Cell {
    Ok,
    No(String),
    /// Not tried, since this is missing or failed before.
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

    /// The columns in which it is not as it is known to be.
    pub fn surprises(&self) -> impl Iterator<Item = (Column, &str)> {
        self.cells.iter().filter_map(|(column, cell)| {
            let is_known = self.recipe.known.contains_key(column);
            match cell {
                Cell::No(why) if !is_known => Some((*column, why.as_str())),
                Cell::Ok if is_known => Some((*column, "it is ok now: take it out of `known`")),
                _ => None,
            }
        })
    }

    /// Whether its driver was started.
    pub fn ran(&self) -> bool {
        matches!(self.cells.get(&Column::RecipeCompiles), Some(Cell::Ok))
    }

    /// Whether it does not compile.
    pub fn failed(&self) -> bool {
        matches!(self.cells.get(&Column::RecipeCompiles), Some(Cell::No(_)))
    }

    /// What was not tried, since something is missing on this machine: all of
    /// it, or the default setup.
    pub fn skipped_for(&self) -> Option<&str> {
        [Column::RecipeCompiles, Column::DefaultCompiles]
            .iter()
            .find_map(|column| match self.cells.get(column) {
                Some(Cell::Skipped(why)) => Some(why.as_str()),
                _ => None,
            })
    }
}

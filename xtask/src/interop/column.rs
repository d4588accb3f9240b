//! What a recipe is tried for.

use serde::Deserialize;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    DefaultCompiles,
    RecipeCompiles,
    Calls,
    UnknownMembers,
    SeesFailure,
    BooksOnceOnBreak,
    BooksOnceOn503,
    KeepsKeys,
    ReportsStatus,
}

impl Column {
    pub const ALL: [Self; 9] = [
        Self::DefaultCompiles,
        Self::RecipeCompiles,
        Self::Calls,
        Self::UnknownMembers,
        Self::SeesFailure,
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
            Self::SeesFailure => "a failure beside a WebRef: says so",
            Self::BooksOnceOnBreak => "broken connection: books once",
            Self::BooksOnceOn503 => "applied 503: books once",
            Self::KeepsKeys => "redirect: keeps its keys",
            Self::ReportsStatus => "HTML 503: says so",
        }
    }
}

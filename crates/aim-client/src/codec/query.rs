//! The query of a GET, written from the request type as JSV text.

use serde::{Serialize, Serializer};

/// The names and values of a query, in the order of the request's members.
#[derive(Debug)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The first member that must not stand in a URL.
    pub(crate) fn first_of(&self, names: &[&'static str]) -> Option<&'static str> {
        let is_present = |name: &&str| self.0.iter().any(|(present, _)| present == name);
        names.iter().copied().find(|name| is_present(name))
    }
}

impl Serialize for Query {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

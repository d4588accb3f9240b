//! What is wrong with what somebody wrote, and where: the lowest layer. It uses
//! nothing else of the crate.

use std::fmt;

use serde_path_to_error::Segment;

/// What is wrong with a value, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// JSON pointer.
    pub pointer: String,
    /// What was expected there.
    pub reason: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at \"{}\": {}", self.pointer, self.reason)
    }
}

impl std::error::Error for Problem {}

/// The pointer of a member, escaped as RFC 6901 wants it.
pub(crate) fn step(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// The pointer of where serde stopped.
pub(crate) fn pointer(path: &serde_path_to_error::Path) -> String {
    let mut out = String::new();
    for segment in path {
        out = match segment {
            Segment::Seq { index } => step(&out, &index.to_string()),
            Segment::Map { key } => step(&out, key),
            Segment::Enum { variant } => step(&out, variant),
            Segment::Unknown => step(&out, "?"),
        };
    }
    out
}

/// What serde expected, without the value that it found: that one may be a
/// secret.
pub(crate) fn expectation(message: &str) -> String {
    if let Some(field) = message.strip_prefix("missing field ") {
        return format!("the member {field} is missing");
    }
    let what = message.rsplit_once("expected ").map(|(_, what)| what);
    match what {
        _ if message.starts_with("unknown field") && what.is_none() => {
            "no member of this name is expected".to_owned()
        }
        Some("u16" | "u32" | "u64" | "usize") => {
            "a whole number is expected, and not a huge one".to_owned()
        }
        Some(what) => format!("expected is {what}"),
        None => "another value is expected".to_owned(),
    }
}

/// Why a document cannot be served. Written out, each has a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            let end = if index == 0 { "" } else { "\n" };
            write!(f, "{end}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

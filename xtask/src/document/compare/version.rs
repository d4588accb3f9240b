//! Versions and their successors.

use std::fmt;

use super::change::Level;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    major: u32,
    minor: u32,
    patch: u32,
}

impl Version {
    /// Reads a version of three numbers.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(|part| {
            let is_number = part.bytes().all(|byte| byte.is_ascii_digit());
            let is_short = part == "0" || !part.starts_with('0');
            part.parse().ok().filter(|_| is_number && is_short)
        });
        let version = Self {
            major: parts.next()??,
            minor: parts.next()??,
            patch: parts.next()??,
        };
        parts.next().is_none().then_some(version)
    }

    /// The version after a change. Before 1.0 a breaking change raises the second
    /// number and any other change the third, as in cargo.
    pub(crate) fn next(self, level: Level) -> Self {
        let Self {
            major,
            minor,
            patch,
        } = self;
        let (major, minor, patch) = match (level, major) {
            (Level::Major, 1..) => (major + 1, 0, 0),
            (Level::Major, 0) | (Level::Minor, 1..) => (major, minor + 1, 0),
            (Level::Minor, 0) | (Level::Patch, _) => (major, minor, patch + 1),
        };
        Self {
            major,
            minor,
            patch,
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// The version in the first heading of a changelog that has one.
pub(crate) fn newest(changelog: &str) -> Option<Version> {
    changelog.lines().find_map(heading)
}

/// What a changelog says of a version.
pub(crate) fn section(changelog: &str, version: Version) -> Option<String> {
    let mut lines = changelog.lines();
    lines.find(|line| heading(line) == Some(version))?;
    let lines = lines.take_while(|line| !line.starts_with("## "));
    Some(lines.map(|line| format!("{line}\n")).collect())
}

fn heading(line: &str) -> Option<Version> {
    let heading = line.strip_prefix("## ")?;
    let name = heading.split_whitespace().next()?;
    Version::parse(name.trim_start_matches('[').trim_end_matches(']'))
}

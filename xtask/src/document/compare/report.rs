//! Writes a comparison as text, Markdown or JSON.

use std::fmt::Write;

use aim_codegen::regen::DOCUMENT;
use serde_json::{Value as Json, json};
use serde_yaml::Value;

use super::Comparison;
use super::change::{Audience, Change, Level, Severity, Side, names};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Text {
        coloured: bool,
    },
    /// Text without versions, which only counts harmless changes.
    Short {
        coloured: bool,
    },
    Markdown,
    Json,
}

const RED: &str = "\u{1b}[31m";
const GREEN: &str = "\u{1b}[32m";
const BOLD: &str = "\u{1b}[1m";
const RESET: &str = "\u{1b}[0m";

impl Comparison {
    pub(crate) fn write(&self, format: Format) -> String {
        match format {
            Format::Text { coloured } => self.text(coloured, false),
            Format::Short { coloured } => self.text(coloured, true),
            Format::Markdown => self.markdown(),
            Format::Json => format!("{:#}\n", self.json()),
        }
    }

    fn title(&self) -> String {
        if self.is_empty() {
            return format!("{DOCUMENT} says the same as {} ({})", self.base, self.was);
        }
        let counts = Severity::ALL.map(|severity| (self.count(severity), severity));
        let counts: Vec<_> = counts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, severity)| match (severity, count) {
                (Severity::Addition, 2..) => format!("{count} additions"),
                _ => format!("{count} {}", severity.name()),
            })
            .collect();
        format!(
            "{DOCUMENT} since {} ({}): {}",
            self.base,
            self.was,
            counts.join(", ")
        )
    }

    fn all(&self, severity: Severity) -> impl Iterator<Item = &Change> {
        self.changes
            .iter()
            .filter(move |change| change.severity() == severity)
    }

    fn text(&self, coloured: bool, short: bool) -> String {
        let paint = |colour: &'static str| if coloured { colour } else { "" };
        let reset = paint(RESET);
        let mut text = format!("{}{}{reset}\n", paint(BOLD), self.title());
        for severity in Severity::ALL {
            if self.count(severity) == 0 || (short && severity == Severity::Harmless) {
                continue;
            }
            let colour = match severity {
                Severity::Breaking => paint(RED),
                Severity::Addition => paint(GREEN),
                Severity::Harmless => "",
            };
            let end = if colour.is_empty() { "" } else { reset };
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{colour}{}{end}", severity.name());
            for change in self.all(severity) {
                let _ = writeln!(text, "  {}: {}", change.pointer, what(change));
                if severity != Severity::Harmless {
                    let _ = writeln!(text, "    {}", whom(change));
                }
            }
        }
        if !short {
            for line in self.versions() {
                let _ = writeln!(text, "{line}");
            }
        }
        text
    }

    fn versions(&self) -> Vec<String> {
        if self.is_empty() {
            return Vec::new();
        }
        let level = |of| self.level(of).map_or("none", Level::name);
        let mut lines = Vec::new();
        if let Some(follows) = self.follows() {
            lines.push(format!(
                "document: {}, so {follows} follows {} (`info.version` is {})",
                level(Change::document_level),
                self.was,
                self.is
            ));
        }
        let api = self.level(Change::crate_level);
        let said = match api {
            Some(Level::Major) => "breaking",
            Some(Level::Minor) => "compatible, with more or other behaviour",
            _ => "compatible",
        };
        lines.push(match (self.released_crate, api) {
            (Some(was), Some(level)) => {
                format!("aim-client: {said}, so {} follows {was}", was.next(level))
            }
            _ => format!("aim-client: {said}; no version of it is released yet"),
        });
        lines
    }

    fn markdown(&self) -> String {
        let mut text = format!("# {}\n", self.title());
        for severity in Severity::ALL {
            if self.count(severity) == 0 {
                continue;
            }
            let _ = write!(
                text,
                "\n## {}\n\n| Where | What | Side | Breaks | Document | Crate |\n|---|---|---|---|---|---|\n",
                severity.name()
            );
            for change in self.all(severity) {
                let cells = [
                    format!("`{}`", change.pointer),
                    what(change),
                    change.sides(),
                    names(change.breaks().iter().map(|audience| audience.words())),
                    change.document_level().name().to_owned(),
                    change.crate_level().name().to_owned(),
                ];
                let cells = cells.map(|cell| cell.replace('|', "\\|").replace('\n', " "));
                let _ = writeln!(text, "| {} |", cells.join(" | "));
            }
        }
        if !self.is_empty() {
            text.push('\n');
        }
        for line in self.versions() {
            let _ = writeln!(text, "- {line}");
        }
        text
    }

    fn json(&self) -> Json {
        let changes: Vec<_> = self.changes.iter().map(json_of).collect();
        let level = |of| self.level(of).map(Level::name);
        let released = self.released_crate;
        json!({
            "base": {"name": self.base, "version": self.was},
            "document": {
                "version": self.is,
                "level": level(Change::document_level),
                "follows": self.follows().map(|version| version.to_string()),
            },
            "crate": {
                "released": released.map(|version| version.to_string()),
                "level": level(Change::crate_level),
                "follows": released
                    .zip(self.level(Change::crate_level))
                    .map(|(version, level)| version.next(level).to_string()),
            },
            "breaking": self.is_breaking(),
            "changes": changes,
        })
    }
}

/// Describes a change, with its values if they are short.
fn what(change: &Change) -> String {
    let short = |value: &Option<Value>| {
        let text = match value.as_ref()? {
            Value::String(text) => text.clone(),
            Value::Bool(value) => value.to_string(),
            Value::Number(number) => number.to_string(),
            value @ Value::Sequence(_) => serde_json::to_string(value).ok()?,
            _ => return None,
        };
        (text.chars().count() <= 60 && !text.contains('\n')).then(|| format!("`{text}`"))
    };
    let values = match (&change.old, &change.new) {
        (Some(_), Some(_)) => short(&change.old)
            .zip(short(&change.new))
            .map(|(old, new)| format!(", {old} -> {new}")),
        (Some(_), None) => short(&change.old).map(|old| format!(", was {old}")),
        (None, Some(_)) => short(&change.new).map(|new| format!(", is {new}")),
        (None, None) => None,
    };
    format!("{}{}", change.what, values.unwrap_or_default())
}

fn whom(change: &Change) -> String {
    let mut said = change.sides();
    if !change.breaks().is_empty() {
        let breaks = names(change.breaks().iter().map(|audience| audience.words()));
        let _ = write!(said, "; breaks {breaks}");
    }
    let _ = write!(
        said,
        "; {} for the document, {} for the crate",
        change.document_level().name(),
        change.crate_level().name()
    );
    said
}

fn json_of(change: &Change) -> Json {
    let list = |names: Vec<&str>| Json::from(names);
    json!({
        "pointer": change.pointer,
        "was_at": change.was_at,
        "what": change.what,
        "old": change.old,
        "new": change.new,
        "sides": list(change.sides.iter().map(|side| Side::name(*side)).collect()),
        "breaks": list(change.breaks().iter().map(|one| Audience::name(*one)).collect()),
        "severity": change.severity().name(),
        "document": change.document_level().name(),
        "crate": change.crate_level().name(),
    })
}

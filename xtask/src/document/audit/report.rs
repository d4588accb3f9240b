//! Writes an audit as text, Markdown, JSON or a patch.

use std::collections::BTreeMap;
use std::fmt::Write;

use aim_codegen::regen::DOCUMENT;
use serde_json::{Value as Json, json};
use similar::TextDiff;

use super::Audit;
use super::compare::named;
use super::difference::Difference;
use super::ledger;
use super::page::Page;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Text {
        coloured: bool,
    },
    Markdown,
    Json,
    /// The suggested edit alone.
    Patch,
}

const RED: &str = "\u{1b}[31m";
const BOLD: &str = "\u{1b}[1m";
const RESET: &str = "\u{1b}[0m";

impl Audit {
    pub(crate) fn write(&self, format: Format) -> String {
        match format {
            Format::Text { coloured } => self.text(coloured),
            Format::Markdown => self.markdown(),
            Format::Json => format!("{:#}\n", self.json()),
            Format::Patch => self.patch(),
        }
    }

    /// The edit as `git apply` takes it; empty if there is none.
    pub(super) fn patch(&self) -> String {
        if self.edit.text == self.document {
            return String::new();
        }
        TextDiff::from_lines(&self.document, &self.edit.text)
            .unified_diff()
            .context_radius(3)
            .header(&format!("a/{DOCUMENT}"), &format!("b/{DOCUMENT}"))
            .to_string()
    }

    fn title(&self) -> String {
        let news = self.news().count();
        let explained = self.found.len() - news;
        let pages = match self.pages.len() {
            1 => "1 page".to_owned(),
            count => format!("{count} pages"),
        };
        let news = match news {
            0 => "nothing new".to_owned(),
            count => format!("{count} new"),
        };
        format!(
            "{pages}: {news}, {explained} explained by {}",
            ledger::LEDGER
        )
    }

    /// The entries that explain something: what, how often, and an example.
    fn explained(&self) -> BTreeMap<(String, &'static str), Vec<&Difference>> {
        let mut groups = BTreeMap::<_, Vec<&Difference>>::new();
        for difference in &self.found {
            if !difference.explained.is_empty() {
                let key = (difference.explained.join(", "), difference.aspect.name());
                groups.entry(key).or_default().push(difference);
            }
        }
        groups
    }

    fn text(&self, coloured: bool) -> String {
        let paint = |colour: &'static str| if coloured { colour } else { "" };
        let reset = paint(RESET);
        let mut text = format!("{}{}{reset}\n", paint(BOLD), self.title());
        // Writing to a String cannot fail.
        let _ = writeln!(text, "pages");
        for page in &self.pages {
            let _ = writeln!(text, "  {}", about(page));
        }
        if self.has_news() {
            let _ = writeln!(text, "{}new{reset}", paint(RED));
        }
        for difference in self.news() {
            let _ = writeln!(text, "  {}", line(difference));
            let _ = writeln!(text, "    {}", places(difference));
        }
        let explained = self.explained();
        if !explained.is_empty() {
            let _ = writeln!(text, "explained");
        }
        for ((ids, aspect), differences) in &explained {
            let _ = writeln!(text, "  {ids}: {}", group(aspect, differences));
        }
        let patch = self.patch();
        if !patch.is_empty() {
            let _ = write!(
                text,
                "suggested edit; `--format patch` prints it alone, for `git apply`\n{patch}"
            );
        }
        if !self.edit.left.is_empty() {
            let _ = writeln!(text, "left to a person");
        }
        for left in &self.edit.left {
            let _ = writeln!(text, "  - {left}");
        }
        if self.has_news() {
            let _ = writeln!(text, "{ADVICE}");
        }
        text
    }

    fn markdown(&self) -> String {
        let mut text = format!("# {}\n\n", self.title());
        for page in &self.pages {
            let _ = writeln!(text, "- {}", about(page));
        }
        if self.has_news() {
            text.push_str("\n## New\n\n| Where | Aspect | What | Document | Page | See |\n|---|---|---|---|---|---|\n");
        }
        for difference in self.news() {
            let cells = [
                format!("`{}`", named(&difference.type_, &difference.field)),
                difference.aspect.name().to_owned(),
                difference.what.clone(),
                format!("`{}`", difference.pointer),
                at(difference),
                difference.see.join(", "),
            ];
            let cells = cells.map(|cell| cell.replace('|', "\\|").replace('\n', " "));
            let _ = writeln!(text, "| {} |", cells.join(" | "));
        }
        let explained = self.explained();
        if !explained.is_empty() {
            text.push_str("\n## Explained\n\n");
        }
        for ((ids, aspect), differences) in &explained {
            let _ = writeln!(text, "- {ids}: {}", group(aspect, differences));
        }
        let patch = self.patch();
        if !patch.is_empty() {
            let _ = write!(text, "\n## Suggested edit\n\n```diff\n{patch}```\n");
        }
        if !self.edit.left.is_empty() {
            text.push_str("\n## Left to a person\n\n");
        }
        for left in &self.edit.left {
            let _ = writeln!(text, "- {left}");
        }
        text
    }

    fn json(&self) -> Json {
        let pages = self.pages.iter().map(|page| {
            json!({
                "file": page.file,
                "kind": page.kind.name(),
                "operations": page.operations.iter().map(|one| &one.request).collect::<Vec<_>>(),
                "cut": page.cut.as_ref().map(|cut| json!({"line": cut.line, "place": cut.place})),
            })
        });
        let differences = self.found.iter().map(|difference| {
            let places = difference.places.iter();
            json!({
                "type": difference.type_,
                "field": difference.field,
                "aspect": difference.aspect.name(),
                "what": difference.what,
                "page": difference.page,
                "document": difference.document,
                "pointer": difference.pointer,
                "places": places.map(|place| json!({"file": place.file, "line": place.line})).collect::<Vec<_>>(),
                "explained": difference.explained,
                "see": difference.see,
            })
        });
        json!({
            "pages": pages.collect::<Vec<_>>(),
            "new": self.news().count(),
            "differences": differences.collect::<Vec<_>>(),
            "edit": self.patch(),
            "left": self.edit.left,
        })
    }
}

const ADVICE: &str = "\
What the document is not to follow is claimed in openapi/DEVIATIONS.md, under `newer` of an entry, as
`{type: Type, field: Member, aspect: aspect}` with the words of the lines above.";

fn about(page: &Page) -> String {
    let requests: Vec<_> = page
        .operations
        .iter()
        .map(|one| one.request.as_str())
        .collect();
    let of = match requests.as_slice() {
        [] => String::new(),
        [one] => format!(" of {one}"),
        several => format!(" of {} operations", several.len()),
    };
    let cut = page.cut.as_ref().map_or_else(String::new, |cut| {
        format!(
            ": cut at line {}, {}; what would follow is not compared",
            cut.line, cut.place
        )
    });
    format!("{}: {}{of}{cut}", page.file, page.kind.name())
}

fn line(difference: &Difference) -> String {
    let name = named(&difference.type_, &difference.field);
    format!("{name}: {}: {}", difference.aspect.name(), difference.what)
}

fn at(difference: &Difference) -> String {
    let places = difference.places.iter();
    let places: Vec<_> = places
        .map(|place| format!("{}:{}", place.file, place.line))
        .collect();
    places.join(", ")
}

fn places(difference: &Difference) -> String {
    let see = match difference.see.as_slice() {
        [] => String::new(),
        some => format!("; see {}", some.join(", ")),
    };
    format!("{}{see}", at(difference))
}

/// Says how often an aspect is explained, and where if that is not often.
fn group(aspect: &str, differences: &[&Difference]) -> String {
    if differences.len() > 3 {
        return format!("{aspect}, {} times", differences.len());
    }
    let names = differences.iter().map(|difference| {
        let name = named(&difference.type_, &difference.field);
        format!("{name} ({})", difference.what)
    });
    format!("{aspect}: {}", names.collect::<Vec<_>>().join(", "))
}

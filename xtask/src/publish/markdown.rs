//! What is read of Markdown: headings, sections and links, as mdBook reads them.

use std::collections::HashSet;

use mdbook_markdown::pulldown_cmark::{Event, LinkType, OffsetIter, Tag, TagEnd};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};

/// A heading.
pub struct Heading {
    /// From 1.
    pub level: usize,
    /// What comes behind `#` in a link to it.
    pub id: String,
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

fn events(text: &str) -> OffsetIter<'_> {
    let mut options = MarkdownOptions::default();
    options.smart_punctuation = false;
    new_cmark_parser(text, &options).into_offset_iter()
}

/// The headings, in their order.
pub fn headings(text: &str) -> Vec<Heading> {
    let mut headings: Vec<Heading> = Vec::new();
    let mut used = HashSet::new();
    let mut open: Option<(Heading, String)> = None;
    for (event, range) in events(text) {
        match (event, &mut open) {
            (Event::Start(Tag::Heading { level, .. }), _) => {
                let heading = Heading {
                    level: level as usize,
                    id: String::new(),
                    start: range.start,
                    end: range.end,
                };
                open = Some((heading, String::new()));
            }
            (Event::Text(text) | Event::Code(text), Some((_, title))) => title.push_str(&text),
            (Event::End(TagEnd::Heading(_)), _) => {
                if let Some((mut heading, title)) = open.take() {
                    heading.id = unique(&id(&title), &mut used);
                    headings.push(heading);
                }
            }
            _ => {}
        }
    }
    headings
}

/// The id of a heading, by the rule of mdBook and of the hosts of repositories.
fn id(title: &str) -> String {
    let kept = |letter: char| match letter {
        letter if letter.is_alphanumeric() || letter == '_' || letter == '-' => Some(letter),
        letter if letter.is_whitespace() => Some('-'),
        _ => None,
    };
    title
        .trim()
        .to_lowercase()
        .chars()
        .filter_map(kept)
        .collect()
}

fn unique(id: &str, used: &mut HashSet<String>) -> String {
    let mut names = std::iter::once(id.to_owned()).chain((1..).map(|n: u32| format!("{id}-{n}")));
    names
        .find(|name| used.insert(name.clone()))
        .unwrap_or_default()
}

/// The text with its headings moved, so that the highest has this level.
pub fn moved(text: &str, level: usize) -> String {
    let headings = headings(text);
    let highest = headings.iter().map(|heading| heading.level).min();
    let mut moved = String::new();
    let mut done = 0;
    for heading in &headings {
        moved.push_str(text.get(done..heading.start).unwrap_or_default());
        let level = heading.level + level - highest.unwrap_or(1);
        moved.push_str(&"#".repeat(level.clamp(1, 6)));
        done = heading.start + heading.level;
    }
    moved.push_str(text.get(done..).unwrap_or_default());
    moved
}

/// The text with something in the place of each link that is written in place:
/// what `link` makes of its words and its target.
pub fn relinked(
    text: &str,
    mut link: impl FnMut(&str, &str) -> Result<String, String>,
) -> Result<String, String> {
    let mut relinked = String::new();
    let mut done = 0;
    for (event, range) in events(text) {
        let Event::Start(Tag::Link {
            link_type: LinkType::Inline,
            dest_url,
            ..
        }) = event
        else {
            continue;
        };
        let old = text.get(range.clone()).unwrap_or_default();
        let Some((words, _)) = old.strip_prefix('[').and_then(|it| it.rsplit_once("](")) else {
            continue;
        };
        relinked.push_str(text.get(done..range.start).unwrap_or_default());
        relinked.push_str(&link(words, &dest_url)?);
        done = range.end;
    }
    relinked.push_str(text.get(done..).unwrap_or_default());
    Ok(relinked)
}

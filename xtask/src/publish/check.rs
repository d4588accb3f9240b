//! What holds for every page of a site: one title, one heading of the first
//! level, links that lead somewhere, and nothing that another host must give.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token, Tokenizer};

/// What is read of a page.
#[derive(Default)]
struct Page {
    titles: usize,
    headings: usize,
    ids: BTreeSet<String>,
    /// With whether it is followed only by a click.
    links: Vec<(String, bool)>,
    /// Whether something was left to be filled in.
    has_holes: bool,
}

/// Checks the pages among the files of a site, and returns the links that lead to
/// other hosts.
///
/// # Errors
///
/// All that is wrong, a line each.
pub fn check(site: &Path, files: &[PathBuf]) -> Result<BTreeSet<String>, String> {
    let mut pages = BTreeMap::new();
    for path in files {
        if path.extension().is_some_and(|it| it == "html") {
            let text =
                fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
            pages.insert(path.clone(), Page::read(&text));
        }
    }
    let mut wrong = Vec::new();
    let mut elsewhere = BTreeSet::new();
    for (path, page) in &pages {
        let name = path.strip_prefix(site).unwrap_or(path).display();
        // The table of contents without scripts stands in a frame of each page.
        let is_frame = path.file_name().is_some_and(|it| it == "toc.html");
        if !is_frame && (page.titles, page.headings) != (1, 1) {
            wrong.push(format!(
                "{name} has {} titles and {} headings of the first level, and is to have one of each",
                page.titles, page.headings
            ));
        }
        if page.has_holes {
            wrong.push(format!(
                "{name} has a line `{{{{#…}}}}` that nothing filled"
            ));
        }
        for (link, is_clicked) in &page.links {
            if link.contains(':') {
                if *is_clicked {
                    elsewhere.insert(link.clone());
                } else if !link.starts_with("data:") {
                    wrong.push(format!("{name} takes {link} from another host"));
                }
                continue;
            }
            let (file, id) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => path.clone(),
                file => crate::sections::normal(&path.parent().unwrap_or(site).join(file)),
            };
            if !files.contains(&target) {
                wrong.push(format!("{name} links {link}, and there is no such file"));
            } else if let Some(target) = pages.get(&target)
                // What begins with a slash is for the script of the reference.
                && !id.is_empty()
                && !id.starts_with('/')
                && !target.ids.contains(id)
            {
                wrong.push(format!("{name} links {link}, and there is no such heading"));
            }
        }
    }
    if wrong.is_empty() {
        Ok(elsewhere)
    } else {
        Err(wrong.join("\n"))
    }
}

impl Page {
    fn read(text: &str) -> Self {
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(true);
        let mut page = Self::default();
        for token in Tokenizer::new_with_emitter(text, emitter).flatten() {
            match token {
                Token::StartTag(tag) => page.start(&tag),
                Token::String(text) => {
                    page.has_holes |= String::from_utf8_lossy(&text).contains("{{#");
                }
                _ => {}
            }
        }
        page
    }

    fn start(&mut self, tag: &StartTag<()>) {
        let name = String::from_utf8_lossy(&tag.name);
        match &*name {
            "title" => self.titles += 1,
            "h1" => self.headings += 1,
            _ => {}
        }
        for (attribute, value) in &tag.attributes {
            let value = String::from_utf8_lossy(value).into_owned();
            match attribute.as_slice() {
                b"id" => {
                    self.ids.insert(value);
                }
                b"href" => self.links.push((value, name == "a")),
                b"src" => self.links.push((value, false)),
                _ => {}
            }
        }
    }
}

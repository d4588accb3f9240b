//! The pages take what they say from the texts of the repository: a line
//! `{{#section openapi/README.md#quick-start}}` stands for that section, without
//! `#…` for the whole file. With `alone` behind it the section ends at its first
//! sub-heading, with `body` it lacks its own heading; `#go-*` is every section
//! whose id begins so and that the page does not have yet. Its headings come one level below the heading before
//! it, and its links lead to where the site has their targets.

use std::collections::HashMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use mdbook_driver::book::Book;

use crate::clients::Client;
use crate::markdown;

/// A part of a page.
struct Part {
    /// The file that it is from, from the root of the repository.
    source: PathBuf,
    /// With the headings at their levels in the page.
    text: String,
    /// The ids of its headings in that file.
    ids: Vec<String>,
    /// What of that file leads to the page as a whole: its beginning (an empty
    /// text), or a heading that is left out.
    leads_here: Vec<String>,
}

/// Where the site has a heading of a file, or the file (without an id).
type Places = HashMap<(PathBuf, String), String>;

/// Fills the pages of a book, whose own texts are in a folder.
/// Other files of the site are `made` from files of the repository: pairs of
/// that file and the name on the site. A recipe's folder is there as its files.
/// `{{#operations}}` stands for the list of them.
pub fn fill(
    root: &Path,
    folder: &Path,
    made: &[(&str, &str)],
    clients: &[Client],
    operations: &str,
    book: &mut Book,
) -> Result<(), String> {
    let mut pages = Vec::new();
    let mut places = Places::new();
    for chapter in book.chapters() {
        let Some(path) = &chapter.path else { continue };
        let own = folder.join(path);
        let content = chapter.content.replace("{{#operations}}", operations);
        let parts = parts(root, &own, &content)?;
        let text: String = parts.iter().map(|part| part.text.as_str()).collect();
        let ids: Vec<String> = markdown::headings(&text)
            .into_iter()
            .map(|heading| heading.id)
            .collect();
        for id in ids.iter().chain([&String::new()]) {
            places.insert((own.clone(), id.clone()), link(path, id));
        }
        let mut ids = ids.into_iter();
        for part in &parts {
            for id in &part.leads_here {
                let whole = (part.source.clone(), id.clone());
                places.entry(whole).or_insert_with(|| link(path, ""));
            }
            for id in &part.ids {
                let in_page = ids.next().unwrap_or_default();
                let heading = (part.source.clone(), id.clone());
                places
                    .entry(heading)
                    .or_insert_with(|| link(path, &in_page));
            }
        }
        pages.push((path.clone(), parts));
    }
    let mut filled = HashMap::new();
    for (path, parts) in pages {
        let mut text = String::new();
        for part in parts {
            text.push_str(&markdown::relinked(&part.text, |words, target| {
                if let Some(client) = clients
                    .iter()
                    .find(|client| client.folder == file_of(&part.source, target).0)
                {
                    return Ok(client.links(|place| relative(&path, place)));
                }
                Ok(match place(root, &places, made, &part.source, target)? {
                    Some(place) => format!("[{words}]({})", relative(&path, &place)),
                    None => words.to_owned(),
                })
            })?);
        }
        for client in clients {
            text = client.with_archive(&text)?;
        }
        filled.insert(path, text);
    }
    book.for_each_chapter_mut(|chapter| {
        if let Some(text) = chapter.path.as_ref().and_then(|path| filled.remove(path)) {
            chapter.content = text;
        }
    });
    Ok(())
}

fn link(page: &Path, id: &str) -> String {
    let page = page.display();
    if id.is_empty() {
        page.to_string()
    } else {
        format!("{page}#{id}")
    }
}

/// The parts of a page: its own text, and what is taken from elsewhere.
fn parts(root: &Path, own: &Path, text: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut kept = String::new();
    let mut level = 0;
    for line in text.split_inclusive('\n') {
        let wanted = line.trim().strip_prefix("{{#section ");
        let Some(wanted) = wanted.and_then(|it| it.strip_suffix("}}")) else {
            kept.push_str(line);
            continue;
        };
        level = last_level(&kept).unwrap_or(level);
        parts.push(own_part(own, std::mem::take(&mut kept)));
        let problem = |why| format!("{}: {wanted}: {why}", own.display());
        for wanted in sections(root, wanted, &parts).map_err(problem)? {
            parts.push(taken(root, &wanted, level + 1).map_err(problem)?);
        }
        // What comes after a section that is the page's title is below it.
        level = level.max(1);
    }
    parts.push(own_part(own, kept));
    Ok(parts)
}

fn last_level(text: &str) -> Option<usize> {
    markdown::headings(text).last().map(|heading| heading.level)
}

fn own_part(own: &Path, text: String) -> Part {
    Part {
        source: own.to_owned(),
        ids: markdown::headings(&text)
            .into_iter()
            .map(|heading| heading.id)
            .collect(),
        text,
        leads_here: Vec::new(),
    }
}

/// The sections that a line asks for.
fn sections(root: &Path, wanted: &str, parts: &[Part]) -> Result<Vec<String>, String> {
    let Some((source, start)) = wanted
        .strip_suffix('*')
        .and_then(|wanted| wanted.split_once('#'))
    else {
        return Ok(vec![wanted.to_owned()]);
    };
    let text = fs::read_to_string(root.join(source)).map_err(|error| error.to_string())?;
    let is_there = |id: &String| {
        let mut parts = parts.iter().filter(|part| part.source == Path::new(source));
        parts.any(|part| part.ids.contains(id))
    };
    Ok(markdown::headings(&text)
        .into_iter()
        .map(|heading| heading.id)
        .filter(|id| id.starts_with(start) && !is_there(id))
        .map(|id| format!("{source}#{id}"))
        .collect())
}

/// A section, as a line asks for it.
fn taken(root: &Path, wanted: &str, level: usize) -> Result<Part, String> {
    let mut words = wanted.split(' ');
    let wanted = words.next().unwrap_or_default();
    let (mut alone, mut body) = (false, false);
    for word in words {
        match word {
            "alone" => alone = true,
            "body" => body = true,
            _ => return Err(format!("`{word}` is neither `alone` nor `body`")),
        }
    }
    let (source, id) = wanted.split_once('#').unwrap_or((wanted, ""));
    let text = fs::read_to_string(root.join(source)).map_err(|error| error.to_string())?;
    let headings = markdown::headings(&text);
    let mut range = 0..text.len();
    let mut leads_here = Vec::new();
    if !id.is_empty() {
        let mut headings = headings.iter().skip_while(|heading| heading.id != id);
        let first = headings.next().ok_or("the file has no such heading")?;
        let next = headings.find(|heading| alone || heading.level <= first.level);
        range = first.start..next.map_or(text.len(), |next| next.start);
        if body {
            range.start = first.end;
            leads_here.push(id.to_owned());
        }
        if first.start == 0 {
            leads_here.push(String::new());
        }
    } else {
        leads_here.push(String::new());
    }
    let ids = headings
        .into_iter()
        .filter(|heading| range.contains(&heading.start))
        .map(|heading| heading.id)
        .collect();
    let section = text.get(range).unwrap_or_default();
    Ok(Part {
        source: PathBuf::from(source),
        text: markdown::moved(section, level),
        ids,
        leads_here,
    })
}

/// Where a link of a file leads on the site; nowhere, if the site does not have
/// what it leads to.
fn place(
    root: &Path,
    places: &Places,
    made: &[(&str, &str)],
    source: &Path,
    target: &str,
) -> Result<Option<String>, String> {
    if target.contains("://") {
        return Ok(Some(target.to_owned()));
    }
    // Rust's documentation is not part of the site, but for its guides, which
    // are files beside the one that names them.
    if let Some(item) = target.strip_prefix("crate::") {
        let (name, id) = item.split_once('#').unwrap_or((item, ""));
        let guide = source.with_file_name(format!("{name}.md"));
        return Ok(places.get(&(guide, id.to_owned())).cloned());
    }
    let (file, id) = file_of(source, target);
    if !root.join(&file).exists() {
        return Err(format!(
            "{}: {target}: there is no such file",
            source.display()
        ));
    }
    if let Some((_, name)) = made.iter().find(|(made, _)| file == Path::new(made)) {
        return Ok(Some(link(Path::new(name), id)));
    }
    if let Some(place) = places.get(&(file.clone(), id.to_owned())) {
        return Ok(Some(place.clone()));
    }
    let leads_to_a_heading = || {
        let text = fs::read_to_string(root.join(&file)).unwrap_or_default();
        let mut headings = markdown::headings(&text).into_iter();
        headings.any(|heading| heading.id == id)
    };
    if !id.is_empty() && !leads_to_a_heading() {
        return Err(format!(
            "{}: {target}: there is no such heading",
            source.display()
        ));
    }
    Ok(None)
}

/// What a link of a file leads to: a path from the root of the repository, and
/// the id of a heading.
fn file_of<'a>(source: &Path, target: &'a str) -> (PathBuf, &'a str) {
    let (file, id) = target.split_once('#').unwrap_or((target, ""));
    let file = match file {
        "" => source.to_owned(),
        file => normal(&source.parent().unwrap_or(Path::new("")).join(file)),
    };
    (file, id)
}

/// The path without `..`.
pub fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

/// A target of the site, as a page has it in its links.
fn relative(page: &Path, target: &str) -> String {
    if target.contains("://") {
        return target.to_owned();
    }
    let depth = page.components().count().saturating_sub(1);
    format!("{}{target}", "../".repeat(depth))
}

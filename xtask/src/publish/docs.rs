//! The site: the pages of `xtask/docs`, rendered by mdBook.

use std::fs;
use std::path::Path;

use mdbook_driver::MDBook;

use crate::{check, clients, reference, sections};

/// mdBook's folder: settings, style and pages.
const BOOK: &str = "xtask/docs";
/// The files of the site beside mdBook's: what each is made from, from the root
/// of the repository, and its name.
const MADE: &[(&str, &str)] = &[
    (reference::PAGE, "reference.html"),
    (xtask::DOCUMENT, "aim.yaml"),
    (reference::JSON, "aim.json"),
    ("openapi/outcomes.json", "outcomes.json"),
    ("openapi/spectral.yaml", "spectral.yaml"),
];
/// The links of the reference.
const LINKS: &[(&str, &str)] = &[
    ("index.html", "Guides, with what README.md says"),
    ("aim.yaml", "aim.yaml"),
    ("aim.json", "aim.json"),
];

/// Writes the site into a folder of the user's choice, unless there is something
/// else: mdBook empties it first.
pub fn write_to(root: &Path, site: &Path) -> Result<u8, String> {
    let is_site = MADE.iter().all(|(_, name)| site.join(name).is_file());
    if site.exists() && !is_site && !files(site)?.is_empty() {
        return Err(format!(
            "{} holds something else than a site: name an empty folder",
            site.display()
        ));
    }
    write(root, site)
}

/// Writes the site into a folder, in place of what is there, and checks it.
pub fn write(root: &Path, site: &Path) -> Result<u8, String> {
    fs::create_dir_all(site).map_err(|error| format!("{}: {error}", site.display()))?;
    let site = fs::canonicalize(site).map_err(|error| format!("{}: {error}", site.display()))?;
    build(root, &site)?;
    let elsewhere = check::check(&site, &files(&site)?)?;
    println!("{}", site.join("index.html").display());
    println!("links to other hosts, not tried:");
    for link in elsewhere {
        println!("  {link}");
    }
    Ok(0)
}

fn build(root: &Path, site: &Path) -> Result<(), String> {
    let mut book = MDBook::load(root.join(BOOK)).map_err(|error| format!("{BOOK}: {error:#}"))?;
    book.config.build.build_dir = site.to_owned();
    let pages = Path::new(BOOK).join(&book.config.book.src);
    let clients = clients::all(root)?;
    let document = reference::document(root)?;
    let operations = reference::operations(&document, "../../reference.html");
    sections::fill(root, &pages, MADE, &clients, &operations, &mut book.book)?;
    book.build().map_err(|error| format!("{BOOK}: {error:#}"))?;
    one_title_each(site)?;
    for (source, name) in MADE {
        let text = match *source {
            reference::PAGE => reference::page(root, &document, LINKS)?,
            _ => fs::read_to_string(root.join(source))
                .map_err(|error| format!("{source}: {error}"))?,
        };
        fs::write(site.join(name), text).map_err(|error| format!("{name}: {error}"))?;
    }
    for client in clients {
        client.write(root, site)?;
    }
    Ok(())
}

/// Amends each page: its name is the only heading of the first level, where
/// mdBook makes one of the site's name, too.
fn one_title_each(site: &Path) -> Result<(), String> {
    const OPENS: &str = "<h1 class=\"menu-title\">";
    const CLOSES: &str = "</h1>";
    for path in files(site)? {
        if path.extension().is_none_or(|it| it != "html") {
            continue;
        }
        let problem = |error| format!("{}: {error}", path.display());
        let page = fs::read_to_string(&path).map_err(problem)?;
        let amended = page.split_once(OPENS).and_then(|(before, rest)| {
            let (title, after) = rest.split_once(CLOSES)?;
            Some(format!(
                "{before}<div class=\"menu-title\">{title}</div>{after}"
            ))
        });
        if let Some(amended) = amended {
            fs::write(&path, amended).map_err(problem)?;
        }
    }
    Ok(())
}

/// All files below a folder.
pub fn files(folder: &Path) -> Result<Vec<std::path::PathBuf>, String> {
    let problem = |error| format!("{}: {error}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(problem)? {
        let path = entry.map_err(problem)?.path();
        if path.is_dir() {
            files.extend(self::files(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

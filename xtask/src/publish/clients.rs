//! The recipes' folders on the site: each file to be read, and all of a recipe as
//! one archive, since a static host lists no folders.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tar::{Builder, HeaderMode};
use xtask::RECIPES;

/// Where they are on the site.
const ON_SITE: &str = "clients";

/// A recipe's folder.
pub struct Client {
    name: String,
    /// From the root of the repository.
    pub folder: PathBuf,
    /// In the folder.
    files: Vec<String>,
}

/// All recipes, with the files that git keeps: what a tool has left behind there
/// is for nobody. What only tries a tool's default setup is left out.
pub fn all(root: &Path) -> Result<Vec<Client>, String> {
    let mut clients = BTreeMap::<String, Vec<String>>::new();
    for path in xtask::kept(root, RECIPES)? {
        let path = path.strip_prefix(RECIPES).unwrap_or(&path);
        if let Some((name, file)) = path.trim_start_matches('/').split_once('/')
            && !file.starts_with("default")
        {
            let files = clients.entry(name.to_owned()).or_default();
            files.push(file.to_owned());
        }
    }
    let client = |(name, files)| Client {
        folder: Path::new(RECIPES).join(&name),
        name,
        files,
    };
    Ok(clients.into_iter().map(client).collect())
}

impl Client {
    /// Writes the files and the archive, which has the document, too.
    pub fn write(&self, root: &Path, site: &Path) -> Result<(), String> {
        let problem = |error| format!("{}: {error}", self.folder.display());
        let on_site = site.join(ON_SITE);
        fs::create_dir_all(&on_site).map_err(problem)?;
        let archive = on_site.join(format!("{}.tar", self.name));
        let mut archive = Builder::new(fs::File::create(archive).map_err(problem)?);
        // The same bytes each time.
        archive.mode(HeaderMode::Deterministic);
        let inside = Path::new(&self.name);
        let document = root.join(xtask::DOCUMENT);
        archive
            .append_path_with_name(document, inside.join("aim.yaml"))
            .map_err(problem)?;
        for file in &self.files {
            let source = root.join(&self.folder).join(file);
            archive
                .append_path_with_name(&source, inside.join(file))
                .map_err(problem)?;
            let target = on_site.join(inside).join(file);
            fs::create_dir_all(target.parent().unwrap_or(&on_site)).map_err(problem)?;
            fs::copy(source, target).map_err(problem)?;
        }
        archive.finish().map_err(problem)
    }

    /// Links to the files and the archive, in Markdown; `place` leads to a place of
    /// the site.
    pub fn links(&self, place: impl Fn(&str) -> String) -> String {
        let link = |name: &str, target: &str| format!("[`{name}`]({})", place(target));
        let files = self.files.iter();
        let files: Vec<String> = files
            .map(|file| link(file, &format!("{ON_SITE}/{}/{file}", self.name)))
            .collect();
        let archive = format!("{}.tar", self.name);
        let all = link(&archive, &format!("{ON_SITE}/{archive}"));
        format!("{}; all, with `aim.yaml`: {all}", files.join(", "))
    }

    /// The text with the first lines of the recipe as the site's archive wants them.
    pub fn with_archive(&self, text: &str) -> Result<String, String> {
        let Self { name, .. } = self;
        let folder = self.folder.display();
        let copied = format!("cp -r {folder} ..\ncp openapi/aim.yaml ../{name}\ncd ../{name}\n");
        let text = text.replace(&copied, &format!("tar -xf {name}.tar\ncd {name}\n"));
        if text.contains(&format!("cp -r {folder} ")) {
            return Err(format!(
                "{folder}: its recipe begins otherwise than the site expects, which unpacks an archive instead:\n{copied}"
            ));
        }
        Ok(text)
    }
}

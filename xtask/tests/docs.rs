//! The site that `cargo xtask docs` writes: whole, the same twice, and fit to be
//! read in a browser.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "that is how a test fails"
)]

#[path = "../../tests/src/browser.rs"]
#[allow(dead_code, reason = "other tests press keys, too")]
mod browser;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{fs, thread};

use browser::Browser;
use serde_json::{Value, json};

fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Writes the site of a workspace into a folder.
fn write(root: &Path, site: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask-publish"))
        .args(["docs", "--to"])
        .arg(site)
        .current_dir(root)
        .output()
        .unwrap()
}

/// All files below a folder, with what they hold.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(
                files(&path)
                    .into_iter()
                    .map(|(name, bytes)| (Path::new(path.file_name().unwrap()).join(name), bytes)),
            );
        } else {
            let bytes = fs::read(&path).unwrap();
            found.insert(PathBuf::from(path.file_name().unwrap()), bytes);
        }
    }
    found
}

/// The program checks what it has written; then a browser opens each page.
#[test]
fn the_site_is_whole_and_readable() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    thread::scope(|scope| {
        for site in [&first, &second] {
            scope.spawn(|| {
                let output = write(checkout(), site);
                let said = String::from_utf8(output.stderr).unwrap();
                assert!(output.status.success() && said.is_empty(), "{said}");
            });
        }
    });
    let written = files(&first);
    // Not by `assert_eq`, which would print all of it.
    let other = files(&second);
    let differs = |name: &&PathBuf| written.get(*name) != other.get(*name);
    let different: Vec<_> = written.keys().chain(other.keys()).filter(differs).collect();
    assert!(different.is_empty(), "{different:?}");

    // A recipe's archive has its files and the document, and not what tries the
    // tool's default setup.
    let name = "go-oapi-codegen";
    let unpacked = folder.path().join("unpacked");
    fs::create_dir(&unpacked).unwrap();
    let archive = first.join("clients").join(name).with_extension("tar");
    let mut tar = Command::new("tar");
    let tar = tar.arg("-xf").arg(archive).current_dir(&unpacked).status();
    assert!(tar.unwrap().success());
    let mut kept = files(&checkout().join("xtask/interop").join(name));
    assert_eq!(kept.remove(Path::new("default.yaml")).map(|_| ()), Some(()));
    assert!(files(&first.join("clients").join(name)) == kept);
    let document = fs::read(checkout().join("openapi/aim.yaml")).unwrap();
    kept.insert(PathBuf::from("aim.yaml"), document);
    assert!(files(&unpacked.join(name)) == kept);

    let Some(program) = Browser::program() else {
        return;
    };
    let pages: Vec<String> = written
        .keys()
        .map(|name| name.to_str().unwrap().to_owned())
        .filter(|name| name.ends_with(".html") && name != "toc.html")
        .collect();
    let mut reader = Reader::new(&program, &first);
    for page in &pages {
        reader.read(page);
    }
    reader.search("exponent", "guides/values.html");
    // The links of the list of operations open them.
    reader.open("reference/operations.html");
    let operations = reader.evaluate(
        "[...document.querySelectorAll('main td a')].map(link => link.getAttribute('href'))",
    );
    let operations: Vec<String> = serde_json::from_value(operations).unwrap();
    let document = fs::read_to_string(checkout().join("openapi/aim.json")).unwrap();
    assert_eq!(
        operations.len(),
        document.matches("\"operationId\"").count()
    );
    let first = operations[0].trim_start_matches("../");
    reader.open(first);
    let block = |link: &str| {
        let (_, operation) = link.split_once("#/").unwrap();
        let id = operation.replace("%20", "_").replace('/', "-");
        format!("document.getElementById('operations-{id}')")
    };
    reader.wait_for(&format!(
        "!!{}?.querySelector('.opblock-body')",
        block(first)
    ));
    for link in &operations {
        assert_eq!(
            reader.evaluate(&format!("!!{}", block(link))),
            true,
            "{link}"
        );
    }
}

/// A person at the site.
struct Reader {
    browser: Browser,
    site: String,
}

impl Reader {
    fn new(program: &str, site: &Path) -> Self {
        let mut browser = Browser::start(program).unwrap();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser
                .call(&format!("{domain}.enable"), json!({}))
                .unwrap();
        }
        let site = format!("file://{}/", site.display());
        Self { browser, site }
    }

    fn open(&mut self, page: &str) {
        let address = format!("{}{page}", self.site);
        if page.contains('#') {
            // Not within a page that is open: a fragment alone is no way to leave it.
            self.browser.open("about:blank").unwrap();
        }
        self.browser.open(&address).unwrap();
        self.wait_for(&format!(
            "location.href === '{address}' && document.readyState === 'complete'"
        ));
    }

    fn evaluate(&mut self, expression: &str) -> Value {
        self.browser.evaluate(expression).unwrap()
    }

    fn wait_for(&mut self, expression: &str) {
        self.browser.wait_for(expression).unwrap();
    }

    /// Opens a page, and looks whether it can be read: on a phone in the dark, and
    /// on a desk by day.
    fn read(&mut self, page: &str) {
        self.browser.events();
        for (width, theme) in [(360, "dark"), (1280, "light")] {
            let size =
                json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false });
            let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": theme }] });
            for (method, params) in [
                ("Emulation.setDeviceMetricsOverride", size),
                ("Emulation.setEmulatedMedia", media),
            ] {
                self.browser.call(method, params).unwrap();
            }
            if theme == "dark" {
                self.open(page);
            }
            if page == "reference.html" {
                self.wait_for("document.querySelectorAll('.opblock').length > 0");
            }
            // The page changes its colours when it is told, a moment later.
            self.wait_for(&format!(
                "['navy', 'dark-mode'].some(it => \
                 document.documentElement.classList.contains(it)) === {}",
                theme == "dark"
            ));
            // So does a scrolled part, which the keyboard reaches.
            self.wait_for(
                "[...document.querySelectorAll('.table-wrapper, pre code')]
                    .every(it => it.tabIndex === 0 || it.scrollWidth <= it.clientWidth)",
            );
            let seen = self.evaluate(
                "({
                    // What mdBook makes wide scrolls inside a part of the page.
                    fits: [...document.querySelectorAll('html, .page, .content, main')]
                        .every(it => it.scrollWidth <= it.clientWidth),
                    width: innerWidth,
                    titles: [...document.querySelectorAll('h1')].filter(it => it.offsetParent).length,
                })",
            );
            let expected = json!({ "fits": true, "width": width, "titles": 1 });
            assert_eq!(seen, expected, "{page}");
        }
        for event in self.browser.events() {
            let is_amiss = match event["method"].as_str().unwrap_or_default() {
                "Runtime.exceptionThrown" | "Network.loadingFailed" => true,
                "Runtime.consoleAPICalled" => event["params"]["type"] == "error",
                "Log.entryAdded" => event["params"]["entry"]["level"] == "error",
                // Nothing but the site's own files.
                "Network.requestWillBeSent" => {
                    let address = event["params"]["request"]["url"].as_str().unwrap();
                    !["file:", "data:", "about:", "blob:"]
                        .iter()
                        .any(|own| address.starts_with(own))
                }
                _ => false,
            };
            assert!(!is_amiss, "{page}: {event}");
        }
    }

    fn search(&mut self, words: &str, page: &str) {
        self.open("index.html");
        self.evaluate("document.getElementById('mdbook-search-toggle').click(); true");
        self.evaluate(&format!(
            "{{ const bar = document.getElementById('mdbook-searchbar'); bar.value = '{words}'; \
             bar.dispatchEvent(new Event('input', {{ bubbles: true }})); \
             bar.dispatchEvent(new KeyboardEvent('keyup', {{ bubbles: true }})); }} true"
        ));
        self.wait_for(&format!(
            "[...document.querySelectorAll('#mdbook-searchresults a')].some(link => \
             link.getAttribute('href').includes('{page}'))"
        ));
    }
}

/// A page, and what is said of it.
const FLAWS: [(&str, &[&str]); 6] = [
    (
        "{{#section openapi/README.md#none}}",
        &["index.md: openapi/README.md#none: the file has no such heading"],
    ),
    (
        "{{#section openapi/README.md#some whole}}",
        &["`whole` is neither `alone` nor `body`"],
    ),
    (
        "[gone](../../../openapi/gone.md)",
        &["index.md: ../../../openapi/gone.md: there is no such file"],
    ),
    (
        "{{#section openapi/README.md#some}}",
        &["openapi/README.md: #none: there is no such heading"],
    ),
    (
        "cp -r xtask/interop/python-servicestack .",
        &["xtask/interop/python-servicestack: its recipe begins otherwise than the site expects"],
    ),
    // All that is seen in what was written is said at once.
    (
        "# One\n\n# Two\n\n{{#include gone.rs}}\n\n<a href=\"gone.html\">gone</a>\n\
         <a href=\"#none\">none</a>\n<img src=\"https://elsewhere.invalid/it.png\" alt=\"it\">\n",
        &[
            "index.html has 1 titles and 2 headings of the first level",
            "index.html has a line `{{#…}}` that nothing filled",
            "index.html links gone.html, and there is no such file",
            "index.html links #none, and there is no such heading",
            "index.html takes https://elsewhere.invalid/it.png from another host",
        ],
    ),
];

#[test]
fn what_is_wrong_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("Cargo.toml"), "[workspace]\n").unwrap();
    for path in [
        "openapi/aim.yaml",
        "openapi/aim.json",
        "openapi/outcomes.json",
        "openapi/spectral.yaml",
        "xtask/interop/python-servicestack/driver.py",
        "xtask/docs/book.toml",
        "xtask/docs/docs.css",
        "xtask/docs/docs.js",
        "xtask/docs/reference.html",
        "crates/aim-fake/assets/swagger-ui/swagger-ui.css",
        "crates/aim-fake/assets/swagger-ui/swagger-ui-bundle.js",
    ] {
        fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        fs::copy(checkout().join(path), root.join(path)).unwrap();
    }
    // A recipe's files are those that git keeps.
    let git = |arguments: &[&str]| {
        let git = Command::new("git")
            .args(arguments)
            .current_dir(root)
            .output();
        assert!(git.unwrap().status.success());
    };
    git(&["init", "--quiet"]);
    git(&["add", "xtask/interop"]);
    let readme = "# Name\n\n## Some\n\n[none](#none)\n";
    fs::write(root.join("openapi/README.md"), readme).unwrap();
    let pages = root.join("xtask/docs/src");
    fs::create_dir_all(&pages).unwrap();
    // What is not a site is never emptied.
    let output = write(root, &root.join("openapi"));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("holds something else than a site"), "{said}");
    assert!(root.join("openapi/aim.yaml").is_file());
    fs::write(pages.join("SUMMARY.md"), "[Start](index.md)\n").unwrap();
    for (page, sayings) in FLAWS {
        fs::write(pages.join("index.md"), page).unwrap();
        let output = write(root, &root.join("site"));
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(100), "{page}: {said}");
        for saying in sayings {
            assert!(said.contains(saying), "{page}: {said}");
        }
    }
}

//! Says what is compiled as the document's code.
//!
//! With the feature `codegen` it is generated here, from the package's copy of
//! the document; in the workspace where the client is made, from the maintained
//! one; and where `AIM_CLIENT_DOCUMENT` names a file, from that. Without the
//! feature it is the committed file. Which of these it was stands in
//! `aim_client::CODE_ORIGIN`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// Names a user's own document; empty is as good as not set.
const OWN_DOCUMENT: &str = "AIM_CLIENT_DOCUMENT";
const COMMITTED: &str = "src/generated";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={OWN_DOCUMENT}");
    match run() {
        Ok(origin) => println!("cargo::rustc-env=AIM_CLIENT_CODE_ORIGIN={origin}"),
        Err(text) => {
            for line in text.lines() {
                println!("cargo::error={line}");
            }
        }
    }
}

fn run() -> Result<String, String> {
    let folder = env::var_os("CARGO_MANIFEST_DIR").ok_or("cargo sets CARGO_MANIFEST_DIR")?;
    let own = env::var_os(OWN_DOCUMENT).filter(|path| !path.is_empty());
    origin(Path::new(&folder), own.map(PathBuf::from))
}

#[cfg(not(feature = "codegen"))]
fn origin(folder: &Path, own: Option<PathBuf>) -> Result<String, String> {
    if own.is_some() {
        return Err(format!(
            "{OWN_DOCUMENT} is set, and the feature `codegen` of aim-client is off, without which \
             no code is generated from a document; switch it on, or unset the variable"
        ));
    }
    // The compiler would name the module, and no cause.
    let modules = read(folder, &format!("{COMMITTED}/mod.rs"))?;
    for module in modules.lines().filter_map(|line| line.strip_suffix(';')) {
        let name = module.rsplit(' ').next().unwrap_or_default();
        read(folder, &format!("{COMMITTED}/{name}.rs"))?;
    }
    Ok("committed".to_owned())
}

#[cfg(feature = "codegen")]
fn origin(folder: &Path, own: Option<PathBuf>) -> Result<String, String> {
    use aim_codegen::build::{self, is_same};
    use aim_codegen::generate::Code;

    /// Set by the workspace's `.cargo/config.toml`: what is built under its own
    /// lock file.
    const WORKSPACE: &str = "AIM_CLIENT_WORKSPACE";

    println!("cargo::rerun-if-env-changed={WORKSPACE}");
    let built = if let Some(own) = own {
        println!("cargo::rerun-if-changed={}", own.display());
        build::from_own(&own)?
    } else {
        let document = read(folder, "openapi/aim.yaml")?;
        let committed = Code::read(|name| read(folder, &format!("{COMMITTED}/{name}")))?;
        let mark = build::mark(folder);
        // Cargo takes a file that is not there for one that has changed.
        if mark.exists() {
            println!("cargo::rerun-if-changed={}", mark.display());
        }
        if build::is_workspace(folder) {
            let root = folder.join("../..");
            let maintained = read(&root, "openapi/aim.yaml")?;
            let is_own_lock = env::var_os(WORKSPACE)
                .and_then(|set| Path::new(&set).canonicalize().ok())
                .is_some_and(|set| root.canonicalize().is_ok_and(|root| root == set));
            if is_own_lock || !is_same(&maintained, &document) {
                build::from_workspace(&root.join("openapi/aim.yaml"), &document, &committed)
                    .map_err(|problems| problems.to_string())?
            } else {
                build::from_package(&document, committed)
            }
        } else {
            build::from_package(&document, committed)
        }
    };
    for line in built.warnings {
        println!("cargo::warning=aim-client: {line}");
    }
    let out = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    let out = Path::new(&out).join("generated");
    fs::create_dir_all(&out).map_err(|error| unwritable("", &error))?;
    for (name, text) in built.code.files() {
        fs::write(out.join(name), text).map_err(|error| unwritable(name, &error))?;
    }
    Ok(built.origin.to_string())
}

#[cfg(feature = "codegen")]
fn unwritable(name: &str, error: &std::io::Error) -> String {
    format!("OUT_DIR/generated/{name} cannot be written: {error}")
}

/// Reads a file of a folder, and has this script run again when it changes.
fn read(folder: &Path, name: &str) -> Result<String, String> {
    let path = folder.join(name);
    println!("cargo::rerun-if-changed={}", path.display());
    // What is not valid UTF-8 differs from all else, and is reported by the generator.
    let text = fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    text.map_err(|error| {
        format!(
            "the file {name} of {} cannot be read: {error}; aim-client is not whole there: see \
             whether a source filter (of a vendoring tool, a .dockerignore, a sparse checkout) has \
             left it out",
            folder.display()
        )
    })
}

//! What a team without Rust downloads: `aim-fake` as one program, the document
//! and the site, with checksums and licences.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use sha2::{Digest, Sha256};

use crate::{docs, licences};

/// What lies in the folder just as it is in the repository.
const FILES: &[&str] = &["xtask/dist/README.md", "xtask/dist/Containerfile"];
const LICENCES: &[&str] = &[
    "crates/aim-fake/LICENSE-APACHE",
    "crates/aim-fake/LICENSE-MIT",
];
/// The folder of the document, whose files name each other.
const DOCUMENTS: &str = "openapi";
const SITE: &str = "site";
const SUMS: &str = "SHA256SUMS";
/// By these files together a folder is one that this has written.
const OURS: &[&str] = &[SUMS, "Containerfile", "openapi/aim.yaml", "site/index.html"];

/// Writes the folder, and the image of a container where that can be made.
/// `profile` is cargo's.
pub fn write(root: &Path, folder: &Path, profile: &str) -> Result<u8, String> {
    let is_empty = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    let is_ours = OURS.iter().all(|name| folder.join(name).is_file());
    if folder.exists() && !is_empty && !is_ours {
        return Err(format!(
            "{} holds something else: name an empty folder",
            folder.display()
        ));
    }
    let target = target()?;
    let program = build(root, &target, profile)?;
    // Beside it and then in its place, so that it is whole or as it was.
    let mut part = folder.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    clear(&part)?;
    fill(root, &part, &target, &program)?;
    clear(folder)?;
    fs::rename(&part, folder).map_err(problem(folder))?;
    println!("{}", folder.display());
    image(folder)
}

/// Writes everything into an empty folder, the checksums last.
fn fill(root: &Path, folder: &Path, target: &str, program: &Path) -> Result<(), String> {
    // What git keeps: what an editor has left there is for nobody.
    for path in xtask::kept(root, DOCUMENTS)? {
        let to = folder.join(&path);
        let place = to.parent().unwrap_or(folder);
        fs::create_dir_all(place).map_err(problem(place))?;
        fs::copy(root.join(path), &to).map_err(problem(&to))?;
    }
    for path in FILES.iter().chain(LICENCES) {
        copy(&root.join(path), folder)?;
    }
    copy(program, folder)?;
    docs::write(root, &folder.join(SITE))?;
    let inside = folder.join("THIRD-PARTY.md");
    fs::write(&inside, licences::text(root, target)?).map_err(problem(&inside))?;
    let mut sums = String::new();
    for path in docs::files(folder)? {
        let bytes = fs::read(&path).map_err(problem(&path))?;
        let name = path.strip_prefix(folder).unwrap_or(&path);
        let name = name.to_string_lossy().replace('\\', "/");
        sums.extend(
            Sha256::digest(bytes)
                .iter()
                .map(|byte| format!("{byte:02x}")),
        );
        sums.push_str(&format!("  {name}\n"));
    }
    fs::write(folder.join(SUMS), sums).map_err(problem(Path::new(SUMS)))
}

/// Removes a folder, if there is one.
fn clear(folder: &Path) -> Result<(), String> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(problem(folder)(error)),
        _ => Ok(()),
    }
}

fn problem<E: std::fmt::Display>(path: &Path) -> impl Fn(E) -> String {
    move |error| format!("{}: {error}", path.display())
}

fn copy(from: &Path, folder: &Path) -> Result<(), String> {
    let name = from.file_name().unwrap_or_default();
    fs::copy(from, folder.join(name)).map_err(problem(from))?;
    Ok(())
}

/// The target whose programs need nothing of the system: on Linux the one
/// without the system's C library.
fn target() -> Result<String, String> {
    let told = licences::said(Command::new("rustc").arg("-vV"))?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or("rustc does not tell its host")?;
    let target = match host.split_once("-unknown-linux-") {
        Some((processor, _)) => format!("{processor}-unknown-linux-musl"),
        None => host.to_owned(),
    };
    let library = licences::said(Command::new("rustc").args([
        "--print",
        "target-libdir",
        "--target",
        &target,
    ]))?;
    if !Path::new(library.trim()).is_dir() {
        return Err(format!(
            "without Rust's library for {target} aim-fake would need the system's: run `rustup target add {target}`"
        ));
    }
    Ok(target)
}

/// Builds `aim-fake`, the same from any folder: no path of this machine is in it.
fn build(root: &Path, target: &str, profile: &str) -> Result<PathBuf, String> {
    let folder = xtask::target(root).join("dist-build");
    let sysroot = licences::said(Command::new("rustc").args(["--print", "sysroot"]))?;
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo_home = cargo_home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let mut flags = vec![
        "-Cstrip=symbols".to_owned(),
        "-Ctarget-feature=+crt-static".to_owned(),
    ];
    // Of two that fit, the later one counts.
    for (path, name) in [
        (Some(root.to_owned()), "/aim"),
        (Some(folder.clone()), "/target"),
        (cargo_home, "/cargo"),
        (
            Some(Path::new(sysroot.trim()).join("lib/rustlib/src/rust")),
            "/rust",
        ),
    ] {
        flags.extend(path.map(|path| format!("--remap-path-prefix={}={name}", path.display())));
    }
    let status = Command::new(xtask::cargo())
        .args([
            "build",
            "--quiet",
            "--locked",
            "--package",
            "aim-fake",
            "--target",
            target,
        ])
        .args(["--profile", profile, "--target-dir"])
        .arg(&folder)
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
        .env("CARGO_INCREMENTAL", "0")
        .current_dir(root)
        .status();
    match status {
        Ok(status) if status.success() => {}
        Ok(_) => return Err("aim-fake cannot be built; cargo says why above".to_owned()),
        Err(error) => return Err(format!("cargo cannot be started: {error}")),
    }
    let profile = if profile == "dev" { "debug" } else { profile };
    let name = format!("aim-fake{}", env::consts::EXE_SUFFIX);
    Ok(folder.join(target).join(profile).join(name))
}

fn image(folder: &Path) -> Result<u8, String> {
    let works = |tool: &&&str| {
        let mut command = Command::new(tool);
        let silent = command
            .arg("info")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        silent.status().is_ok_and(|status| status.success())
    };
    match ["podman", "docker"].iter().find(works) {
        Some(tool) if cfg!(target_os = "linux") => {
            let tag = concat!("aim-fake:", env!("CARGO_PKG_VERSION"));
            let mut command = Command::new(tool);
            let status = command.args(["build", "--tag", tag]).arg("--file");
            let status = status
                .arg(folder.join("Containerfile"))
                .arg(folder)
                .status();
            match status {
                Ok(status) if status.success() => Ok(0),
                _ => Err(format!("{tool} does not make the image; it says why above")),
            }
        }
        _ => {
            println!("skipped: the image of the container; on Linux podman or docker makes it");
            Ok(0)
        }
    }
}

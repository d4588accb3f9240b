//! Runs cargo on copies of packages and of the workspace.
//!
//! It needs no network. It takes what the workspace's build has compiled and is
//! the same, and keeps what else it compiles there, too, so only the first run is
//! slow; programs and packages are in a folder of their own.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "that is how a test fails"
)]

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

use aim_codegen::generate::Code;
use serde_json::Value;

use crate::fixture;

/// The folder that all nested runs share.
#[derive(Clone, Debug)]
pub struct Nested {
    folder: PathBuf,
}

/// The output of a run of cargo.
#[derive(Debug)]
pub struct Ran {
    /// Whether it succeeded.
    pub success: bool,
    /// Its standard output.
    pub printed: String,
    /// Its standard error, such as the compiler's warnings.
    pub messages: String,
}

/// A build of a program or of the client alone.
#[derive(Debug)]
pub struct Built {
    /// The messages of cargo and the compiler.
    pub messages: String,
    /// The origin of the code, as the client's build script reports it.
    pub origin: String,
    /// The folder into which that build script writes.
    pub out: PathBuf,
    /// The program, if one was built.
    pub program: PathBuf,
}

impl Nested {
    /// Runs below the folder that cargo gives to integration tests:
    /// `env!("CARGO_TARGET_TMPDIR")`.
    #[must_use]
    pub fn below(target_tmpdir: &str) -> Self {
        Self {
            folder: Path::new(target_tmpdir).join("package-test"),
        }
    }

    /// The folder of programs, packages and copies.
    #[must_use]
    pub fn target(&self) -> &Path {
        &self.folder
    }

    /// A cargo command with a clean environment and without the network.
    #[must_use]
    pub fn cargo(&self, folder: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        // Removes the variables that cargo sets for this test and for the
        // workspace's build. How that is compiled stays, so that it can be taken.
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            let is_one = |prefixes: &[&str]| prefixes.iter().any(|prefix| text.starts_with(prefix));
            let kept = is_one(&[
                "CARGO_HOME",
                "CARGO_INCREMENTAL",
                "CARGO_PROFILE_",
                "RUSTUP_",
            ]);
            if !kept && is_one(&["CARGO", "RUST", "AIM_CLIENT"]) {
                command.env_remove(&name);
            }
        }
        command
            .current_dir(folder)
            .env("CARGO_TARGET_DIR", self.target())
            // What the workspace's build has compiled is taken from there.
            .env("CARGO_BUILD_BUILD_DIR", self.folder.join("../.."))
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_TERM_COLOR", "never")
            .args(arguments);
        command
    }

    /// Runs cargo, which must succeed, and returns its output and errors.
    ///
    /// # Panics
    ///
    /// If it fails.
    #[must_use]
    pub fn run(&self, folder: &Path, arguments: &[&str]) -> Ran {
        let mut command = self.cargo(folder, arguments);
        let ran = ran(&mut command);
        assert!(ran.success, "{command:?}\n{}", ran.messages);
        ran
    }

    /// Builds or checks, and reads cargo's messages. Do not pass
    /// `--message-format`.
    ///
    /// # Panics
    ///
    /// If the build fails.
    #[must_use]
    pub fn build(&self, folder: &Path, arguments: &[&str]) -> Built {
        let format = "--message-format=json-render-diagnostics";
        let ran = self.run(folder, &[arguments, &[format]].concat());
        let mut built = Built {
            messages: ran.messages,
            origin: String::new(),
            out: PathBuf::new(),
            program: PathBuf::new(),
        };
        for line in ran.printed.lines() {
            let message: Value = serde_json::from_str(line).unwrap();
            // Not by its path: the checkout may have any name.
            let mut variables = message["env"].as_array().into_iter().flatten();
            let origin = variables.find(|pair| pair[0] == "AIM_CLIENT_CODE_ORIGIN");
            if let Some(origin) = origin {
                built.origin = origin[1].as_str().unwrap().to_owned();
                built.out = PathBuf::from(message["out_dir"].as_str().unwrap());
            } else if let Some(path) = message["executable"].as_str() {
                built.program = PathBuf::from(path);
            }
        }
        built
    }

    /// Packages members of the workspace as they are, and unpacks them side by
    /// side, each below a folder of that name.
    ///
    /// # Panics
    ///
    /// If cargo cannot package them, or `tar` cannot unpack them.
    #[must_use]
    pub fn packaged<const N: usize>(&self, names: [&str; N], place: &str) -> [PathBuf; N] {
        let mut arguments = vec!["package", "--allow-dirty", "--locked", "--no-verify"];
        for name in names {
            arguments.extend(["--package", name]);
        }
        let _ = self.run(&fixture::root(), &arguments);
        names.map(|name| self.unpack(&format!("{name}-{}", env!("CARGO_PKG_VERSION")), place))
    }

    /// Unpacks a package that cargo has packed, below `place`. Unchanged files
    /// stay untouched, so that cargo does not compile them again.
    fn unpack(&self, package: &str, place: &str) -> PathBuf {
        let packed = self.target().join(format!("package/{package}.crate"));
        let fresh = tempfile::tempdir_in(self.target()).unwrap();
        let mut tar = Command::new("tar");
        // Packed files have a very old time, so cargo would not compile a
        // changed one again: `-m` makes them new.
        tar.arg("-xmzf").arg(&packed).arg("-C").arg(fresh.path());
        let unpacked = ran(&mut tar);
        assert!(unpacked.success, "{tar:?}: {}", unpacked.messages);
        let folder = self.target().join(place).join(package);
        sync(&fresh.path().join(package), &folder, &[]);
        folder
    }

    /// Copies the workspace into a folder beside the programs, where an earlier
    /// copy may be, and returns the folder. There is one copy for all tests, so
    /// that each crate in it is compiled once.
    ///
    /// # Panics
    ///
    /// If files cannot be copied.
    #[must_use]
    pub fn workspace(&self) -> PathBuf {
        let folder = self.programs().join("aim-client");
        sync(&fixture::root(), &folder, &["target", ".git"]);
        folder
    }

    fn programs(&self) -> PathBuf {
        self.folder.join("programs")
    }

    /// Writes a program that depends on others, with the lock file of this
    /// workspace, and returns its folder. `manifest` is the manifest without
    /// the section `[package]`.
    ///
    /// # Panics
    ///
    /// If files cannot be written.
    #[must_use]
    pub fn program(&self, name: &str, manifest: &str, main: &str) -> PathBuf {
        let folder = self.programs().join(name);
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [workspace]\n\n{manifest}"
        );
        write(&folder.join("Cargo.toml"), &manifest);
        write(&folder.join("src/main.rs"), main);
        // Other versions would have to be downloaded.
        fs::copy(
            fixture::root().join("Cargo.lock"),
            folder.join("Cargo.lock"),
        )
        .unwrap();
        folder
    }

    /// The names of all packages that a program is built from.
    ///
    /// # Panics
    /// If cargo fails.
    #[must_use]
    pub fn graph(&self, folder: &Path) -> BTreeSet<String> {
        let arguments = ["tree", "--locked", "--edges=normal,build", "--prefix=none"];
        let printed = self.run(folder, &arguments).printed;
        let names = printed.lines().filter_map(|line| line.split(' ').next());
        names.map(ToOwned::to_owned).collect()
    }
}

/// All files of generated code in a folder, as one text.
///
/// # Panics
///
/// If there are none.
#[must_use]
pub fn code(folder: &Path) -> String {
    Code::NAMES.map(|name| read(&folder.join(name))).concat()
}

impl Built {
    /// The code that the client's build script wrote.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[must_use]
    pub fn generated(&self) -> String {
        code(&self.out.join("generated"))
    }

    /// Runs the program and returns what it prints.
    ///
    /// # Panics
    ///
    /// If it fails.
    #[must_use]
    pub fn run(&self) -> String {
        let ran = ran(&mut Command::new(&self.program));
        assert!(ran.success, "{}", ran.messages);
        ran.printed
    }
}

/// Runs a command and returns its output.
///
/// # Panics
///
/// If it cannot be started, or prints something other than text.
pub fn ran(command: &mut Command) -> Ran {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    Ran {
        success: output.status.success(),
        printed: String::from_utf8(output.stdout).unwrap(),
        messages: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Reads a text with LF line endings, since a checkout may change them.
///
/// # Panics
///
/// If it cannot be read.
#[must_use]
pub fn read(file: &Path) -> String {
    let text = fs::read_to_string(file);
    let text = text.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    text.replace("\r\n", "\n")
}

/// Writes a file and the folders above it, unless it has this content already:
/// cargo would compile a rewritten file again.
///
/// # Panics
///
/// If it cannot be written.
pub fn write(file: &Path, content: impl AsRef<[u8]>) {
    if fs::read(file).is_ok_and(|found| found == content.as_ref()) {
        return;
    }
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, content).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
}

/// Makes a folder equal to another one, without the names to leave out.
fn sync(from: &Path, to: &Path, left_out: &[&str]) {
    let is_left_out = |name: &OsStr| left_out.iter().any(|left_out| name == *left_out);
    fs::create_dir_all(to).unwrap();
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (name, path) = (entry.file_name(), entry.path());
        if is_left_out(&name) {
            continue;
        }
        let copy = to.join(&name);
        if path.is_dir() {
            sync(&path, &copy, left_out);
        } else {
            write(&copy, fs::read(&path).unwrap());
        }
        names.insert(name);
    }
    for entry in fs::read_dir(to).unwrap().map(Result::unwrap) {
        if !names.contains(&entry.file_name()) && !is_left_out(&entry.file_name()) {
            remove(&entry.path()).unwrap();
        }
    }
}

fn remove(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    }
}

//! Where one recipe is installed, generated and run.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{env, io, thread};

use xtask::RECIPES;

use crate::manifest::{Recipe, Step};
use crate::row::Cell;

pub const KEY: &str = "key-of-the-recipe";
pub const APP: &str = "app-of-the-recipe";
pub const TOKEN: &str = "token-of-the-recipe";
/// What takes longer hangs.
const STEP: Duration = Duration::from_secs(900);
const DRIVER: Duration = Duration::from_secs(60);
/// The lines that the tools were installed by.
const STAMP: &str = "installed";
/// Programs in Java end here before it pays to optimize them.
const JAVA: &str = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";
/// What Maven says, which downloads while it compiles, when it cannot.
const NO_DOWNLOAD: &str = "Could not transfer artifact";
/// Runs lines in a group of processes that ends with them, and with this
/// program: when its end of the pipe is closed, whatever is left is killed.
#[cfg(unix)]
const SHELL: &str =
    "exec 3<&0; (read -r _ <&3; kill -KILL 0) & exec sh -euc \"$0\" 3<&- </dev/null";
#[cfg(not(unix))]
const SHELL: &str = "exec sh -euc \"$0\" </dev/null";

pub struct Place<'p> {
    recipe: &'p Recipe,
    folder: PathBuf,
    path: OsString,
    /// What is compiled for recipes in Rust, which share it.
    cargo: PathBuf,
}

impl<'p> Place<'p> {
    /// Puts the recipe's files and the document where both setups are made.
    pub fn prepare(root: &Path, target: &Path, recipe: &'p Recipe) -> Result<Self, String> {
        let folder = target.join(&recipe.name);
        for setup in ["default", "recipe"] {
            let setup = folder.join(setup);
            clear(&setup).map_err(|error| format!("{}: {error}", setup.display()))?;
            copy(&root.join(RECIPES).join(&recipe.name), &setup)
                .and_then(|()| fs::copy(root.join(xtask::DOCUMENT), setup.join("aim.yaml")))
                .map_err(|error| format!("{RECIPES}/{}: {error}", recipe.name))?;
        }
        let programs = recipe.programs();
        let programs = programs.iter().map(|programs| folder.join(programs));
        let others = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(programs.chain(env::split_paths(&others)))
            .map_err(|error| error.to_string())?;
        Ok(Self {
            recipe,
            folder,
            path,
            cargo: target.join("cargo"),
        })
    }

    /// Installs the tools, unless just these are there already.
    ///
    /// # Errors
    ///
    /// Outside, why the folder cannot be used; inside, which line fails and how.
    pub fn install(&self) -> Result<Result<(), String>, String> {
        let lines = self.recipe.install.join("\n");
        let stamp = self.folder.join(STAMP);
        if fs::read_to_string(&stamp).is_ok_and(|found| found == lines) {
            return Ok(Ok(()));
        }
        let problem = |error: io::Error| format!("{}: {error}", self.folder.display());
        for programs in self.recipe.programs() {
            // `venv` of `venv/bin`.
            let installed = Path::new(programs).iter().take(1).collect::<PathBuf>();
            clear(&self.folder.join(installed)).map_err(problem)?;
        }
        let log = self.folder.join("install.log");
        for line in &self.recipe.install {
            if let Err(why) = self.shell("", line, &[], &log, STEP)? {
                return Ok(Err(format!("`{line}` fails: {why}")));
            }
        }
        fs::write(&stamp, lines).map_err(problem)?;
        Ok(Ok(()))
    }

    /// Makes one of the two setups.
    pub fn make(&self, setup: &str, steps: &[Step]) -> Result<Cell, String> {
        let log = self.folder.join(format!("{setup}.log"));
        for step in steps {
            // So that nothing is downloaded where it is taken for a fault of
            // what is generated.
            let offline: &[_] = match step {
                Step::Make(_) => &[("GOPROXY", "off"), ("CARGO_NET_OFFLINE", "true")],
                Step::Install { .. } => &[],
            };
            if let Err(why) = self.shell(setup, step.script(), offline, &log, STEP)? {
                let is_installing = matches!(step, Step::Install { .. })
                    || fs::read_to_string(&log).is_ok_and(|log| log.contains(NO_DOWNLOAD));
                return Ok(if is_installing {
                    Cell::Skipped(format!("`{}` fails: {why}", step.script()))
                } else {
                    Cell::No(why)
                });
            }
        }
        Ok(Cell::Ok)
    }

    /// What the driver prints.
    pub fn driver(&self, base_url: &str, task: &str) -> Result<String, String> {
        let log = self.folder.join(format!("driver-{task}.log"));
        let environment = [
            ("AIM_BASE_URL", base_url),
            ("AIM_API_KEY", KEY),
            ("AIM_APP_ID", APP),
            ("AIM_TOKEN", TOKEN),
            ("TZ", "America/New_York"),
        ];
        let script = format!("{} {task}", self.recipe.run.trim());
        match self.shell("recipe", &script, &environment, &log, DRIVER)? {
            Ok(()) => Ok(fs::read_to_string(&log).unwrap_or_default()),
            Err(why) => Err(format!("the driver fails: {why}")),
        }
    }

    /// Runs lines in a folder below the recipe's.
    ///
    /// # Errors
    ///
    /// Outside, why they cannot be run; inside, what is wrong by their output.
    fn shell(
        &self,
        folder: &str,
        script: &str,
        environment: &[(&str, &str)],
        log: &Path,
        limit: Duration,
    ) -> Result<Result<(), String>, String> {
        let problem = |error: io::Error| format!("{}: {error}", log.display());
        let output = File::create(log).map_err(problem)?;
        let errors = output.try_clone().map_err(problem)?;
        let mut shell = Command::new("sh");
        shell
            .args(["-c", SHELL, script])
            .current_dir(self.folder.join(folder))
            .env("PATH", &self.path)
            .env("CARGO_TARGET_DIR", &self.cargo)
            .env("JDK_JAVA_OPTIONS", JAVA)
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(output)
            .stderr(errors);
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut shell, 0);
        let status = wait(&mut shell, limit).map_err(|error| format!("sh: {error}"))?;
        Ok(match status {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(match first_error(log) {
                line if line.is_empty() => status.to_string(),
                line => line.replace(&format!("{}/", self.folder.display()), ""),
            }),
            None => Err(format!("it was stopped after {} seconds", limit.as_secs())),
        })
    }
}

/// How a process ends; none if it was stopped.
fn wait(command: &mut Command, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    let mut child = command.spawn()?;
    // Closed at the end of this function.
    let _pipe = child.stdin.take();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// The first line of a log that says what is wrong, or its last one.
fn first_error(log: &Path) -> String {
    let text = String::from_utf8_lossy(&fs::read(log).unwrap_or_default()).into_owned();
    // Many a file's and package's name has the word, too.
    let says = |line: &&str| {
        let line = format!(" {}", line.to_ascii_lowercase());
        ["error:", "error[", " error ", "fatal"]
            .iter()
            .any(|word| line.contains(word))
    };
    let line = text.lines().find(says).or_else(|| text.lines().last());
    line.unwrap_or_default().trim().chars().take(300).collect()
}

fn clear(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => fs::create_dir_all(folder),
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir_all(&to)?;
            copy(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

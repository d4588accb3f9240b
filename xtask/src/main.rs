//! The maintainer's commands: `cargo xtask help` lists them.
//!
//! Nothing here depends on `aim-client`: a broken document or a stale file
//! must not stop the tool that fixes it. What needs the client is a program
//! of its own that is started from here, and so is what reads the document:
//! the generator takes longer to build than all that a newcomer waits for.

use std::io;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::{env, fs};

use xtask::{BROKEN, USAGE};

const HELP: &str = "\
cargo xtask regen           write the generated files, print what changed and what is left to do
cargo xtask regen --check   change nothing; exit 0 fresh, 4 stale or a version that does not fit,
                            100 broken document
cargo xtask diff            what the document's changes since the last release mean, whom they
                            break, and which version follows; exit 0 nothing breaking, 1 breaking,
                            100 broken input. `--base <revision or file>` compares with another
                            version, `--format <text, markdown or json>` writes another form
cargo xtask audit PAGES     what saved pages of the vendor (files or folders) say that the document
                            does not, which entries of the ledger explain it, and an edit for the
                            rest; exit 0 nothing new, 1 something new, 100 broken input.
                            `--format <text, markdown, json or patch>`: the patch is the edit alone
cargo xtask interop         clients in other languages: generate each from the document, compile it,
                            let it make every call to aim-fake, and write openapi/CLIENTS.md and
                            the list of openapi/README.md; what is not installed, or cannot be
                            downloaded, is skipped. `--only ts,go` takes some of the recipes or
                            languages, `--quick` one per language but Rust, without the default setup,
                            and neither writes; `--require-all` fails where one is skipped; on Unix
cargo xtask docs            the site of guides and reference, in target/docs; `--to <folder>` puts it
                            elsewhere, in place of what is there
cargo xtask dist            what a team without Rust downloads, in target/dist: aim-fake as one program,
                            the document, the reference; `--to <folder>` puts it elsewhere, in place
                            of what is there
cargo xtask demo            run every operation over a socket
cargo xtask bench regen     time `regen --check`, warm
cargo xtask bench fake      aim-fake beside Prism's mock of the document; needs npm, on Linux
cargo xtask fuzz [TARGET [SECONDS]]
                            feed every reader, or one, what it was never meant to get, for 60
                            seconds each; needs nightly Rust and cargo-fuzz
cargo xtask bench client    aim-client beside hand-written calls and the framework's own clients;
                            needs valgrind, node, npm and python3, on Linux. Only some of it:
                            `instructions`, `speed`, `memory`, `build`
cargo xtask bench first-run the first line of the demo after a clone, beside the cold build of a
                            program with bare reqwest; on Linux
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let command: fn(&Path, &[&str]) -> u8 = match arguments.as_slice() {
        ["help" | "--help" | "-h", ..] | [.., "--help" | "-h"] | [] => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        ["regen"] | ["regen", "--check"] | ["diff" | "audit", ..] => {
            |root, arguments| document(root, arguments)
        }
        ["interop", ..] => |root, arguments| interop(root, arguments.get(1..).unwrap_or_default()),
        ["docs" | "dist", ..] => |root, arguments| part(root, "publish", arguments),
        ["demo"] => |root, _| demo(root),
        ["bench", "regen"] => |_, _| bench_regen(),
        ["bench", "fake"] => |root, _| bench_fake(root),
        ["fuzz", ..] => |root, arguments| fuzz(root, arguments.get(1..).unwrap_or_default()),
        ["bench", "first-run"] => |root, _| bench_client(root, &["first-run"]),
        ["bench", "client", ..] => {
            |root, arguments| bench_client(root, arguments.get(2..).unwrap_or_default())
        }
        _ => {
            eprint!("xtask: no such command; these are known:\n{HELP}");
            return ExitCode::from(USAGE);
        }
    };
    xtask::run(|root| Ok(command(root, &arguments)))
}

/// Builds and starts the program that reads the document.
fn document(root: &Path, arguments: &[&str]) -> u8 {
    part(root, "document", arguments)
}

/// Builds and starts the program that tries the document in other languages.
fn interop(root: &Path, arguments: &[&str]) -> u8 {
    part(root, "interop", arguments)
}

/// Builds and starts a program of this package with the feature of its name, in
/// the working folder. It is the workspace's own, whoever has started this one.
fn part(root: &Path, name: &str, arguments: &[&str]) -> u8 {
    let mut cargo = Command::new(xtask::cargo());
    run(cargo
        .args(["run", "--quiet", "--no-default-features", "--features"])
        .args([name, "--bin", &format!("xtask-{name}"), "--manifest-path"])
        .arg(root.join("xtask/Cargo.toml"))
        .arg("--")
        .args(arguments))
}

/// Starts the program that makes the calls. If the document is another than the
/// committed code was generated from, the check says so, and what is wrong.
fn demo(root: &Path) -> u8 {
    let read = |path| fs::read_to_string(root.join(path)).map(|text| text.replace("\r\n", "\n"));
    let is_same = match (read(xtask::DOCUMENT), read(xtask::COPY)) {
        (Ok(document), Ok(copy)) => document == copy,
        _ => false,
    };
    if !is_same {
        let code = document(root, &["regen", "--check"]);
        if code != 0 {
            return code;
        }
    }
    run(cargo(root).args(["run", "--quiet", "--package", "aim-demo"]))
}

/// Times the warm check as whole processes, next to one that does nothing.
fn bench_regen() -> u8 {
    let program = match env::current_exe() {
        Ok(program) => program,
        Err(error) => {
            eprintln!("xtask: its own path is not known: {error}");
            return BROKEN;
        }
    };
    let time = |arguments: &[&str]| {
        let mut times: Vec<_> = (0..11)
            .map(|_| {
                let start = std::time::Instant::now();
                let code = run(Command::new(&program).args(arguments).stdout(Stdio::null()));
                (start.elapsed(), code)
            })
            .collect();
        times.sort();
        times.get(times.len() / 2).copied().unwrap_or_default()
    };
    let (nothing, _) = time(&["help"]);
    let (check, code) = time(&["regen", "--check"]);
    println!(
        "regen --check: median {check:?} of 11 warm runs, {:.1} times a process that only prints help ({nothing:?})",
        check.as_secs_f64() / nothing.as_secs_f64().max(f64::EPSILON)
    );
    code
}

/// The mock that the fake is measured against.
const PRISM: &str = "@stoplight/prism-cli@5.14.2";

/// Builds the fake and installs Prism below the target folder, then starts
/// the program that measures both.
fn bench_fake(root: &Path) -> u8 {
    let target = xtask::target(root);
    let prism = target.join("prism");
    let installed = run(Command::new("npm")
        .args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"])
        .arg(&prism)
        .arg(PRISM));
    if installed != 0 {
        eprintln!("xtask: npm could not install {PRISM}");
        return installed;
    }
    let built = run(cargo(root).args(["build", "--quiet", "--release", "--package", "aim-fake"]));
    if built != 0 {
        return built;
    }
    // What makes the requests is built as the tests are: it costs both servers
    // the same.
    run(cargo(root)
        .args(["run", "--quiet", "--package", "aim-tests"])
        .args(["--bin", "bench_fake", "--"])
        .arg(target.join("release/aim-fake"))
        .arg(prism.join("node_modules/.bin/prism")))
}

/// Where the fuzz targets lie, from the root of the workspace.
const FUZZ: &str = "tests/fuzz";

/// Fuzzes one target or all, one after the other, until one of them fails.
fn fuzz(root: &Path, arguments: &[&str]) -> u8 {
    let known = match fuzz_targets(root) {
        Ok(known) => known,
        Err(error) => {
            eprintln!("xtask: {FUZZ} cannot be read: {error}");
            return BROKEN;
        }
    };
    let (names, seconds) = match arguments {
        [] => (known, Ok(60)),
        [name, rest @ ..] if known.iter().any(|known| known == name) && rest.len() < 2 => {
            let seconds = rest
                .first()
                .map_or(Ok(60), |seconds| seconds.parse::<u32>());
            (vec![(*name).to_owned()], seconds)
        }
        _ => {
            eprintln!("xtask: the targets are {}", known.join(", "));
            return USAGE;
        }
    };
    let Ok(seconds) = seconds else {
        eprintln!("xtask: the number of seconds is not a whole number");
        return USAGE;
    };
    if run(nightly(root, &["--version"]).stdout(Stdio::null())) != 0 {
        eprintln!("xtask: nightly Rust is missing: `rustup toolchain install nightly`");
        return BROKEN;
    }
    if run(nightly(root, &["fuzz", "--version"]).stdout(Stdio::null())) != 0 {
        eprintln!("xtask: cargo-fuzz is missing: `cargo install cargo-fuzz --locked`");
        return BROKEN;
    }
    let folder = root.join(FUZZ);
    // What is fuzzed is what is locked here; a lock file of its own would
    // grow apart from it.
    if let Err(error) = fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")) {
        eprintln!("xtask: the lock file cannot be copied to {FUZZ}: {error}");
        return BROKEN;
    }
    for name in &names {
        println!("fuzzing {name} for {seconds} seconds");
        // What is found on the way stays out of the repository.
        let found = xtask::target(root).join("fuzz/corpus").join(name);
        if let Err(error) = fs::create_dir_all(&found) {
            eprintln!("xtask: {} cannot be made: {error}", found.display());
            return BROKEN;
        }
        let code = run(nightly(root, &["fuzz", "run", name])
            .args([found, folder.join("corpus").join(name)])
            .arg("--fuzz-dir")
            .arg(&folder)
            .arg("--target-dir")
            .arg(xtask::target(root).join("fuzz"))
            .arg("--")
            .arg(format!("-max_total_time={seconds}"))
            // So long for one input is a failure; a few milliseconds are usual.
            .args(["-timeout=10", "-verbosity=0"]));
        if code != 0 {
            eprintln!(
                "xtask: {name} fails; when it is fixed, keep the input as a file of \
                 {FUZZ}/corpus/{name} whose name says what it shows"
            );
            return code;
        }
    }
    0
}

/// The names of the fuzz targets, sorted.
fn fuzz_targets(root: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root.join(FUZZ).join("fuzz_targets"))? {
        let name = entry?.file_name().into_string().unwrap_or_default();
        names.extend(name.strip_suffix(".rs").map(ToOwned::to_owned));
    }
    names.sort();
    Ok(names)
}

/// The cargo of the nightly toolchain, whatever cargo runs this.
fn nightly(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("rustup");
    command
        .args(["run", "nightly", "cargo"])
        .args(arguments)
        .current_dir(root);
    command
}

/// Builds the fake and the contestants as they are used, optimised, then
/// starts the program that measures.
fn bench_client(root: &Path, parts: &[&str]) -> u8 {
    let built = run(cargo(root).args(["build", "--quiet", "--release"]).args([
        "--package",
        "aim-fake",
        "--package",
        "aim-bench",
    ]));
    if built != 0 {
        return built;
    }
    let target = xtask::target(root);
    run(Command::new(target.join("release/bench_client"))
        .arg(&target)
        .args(parts))
}

/// The cargo that runs this, in the workspace.
fn cargo(root: &Path) -> Command {
    let mut command = Command::new(xtask::cargo());
    command.current_dir(root);
    command
}

fn run(command: &mut Command) -> u8 {
    match command.status() {
        Ok(status) => status
            .code()
            .and_then(|code| u8::try_from(code).ok())
            .unwrap_or(1),
        Err(error) => {
            eprintln!("xtask: {command:?} cannot be started: {error}");
            BROKEN
        }
    }
}

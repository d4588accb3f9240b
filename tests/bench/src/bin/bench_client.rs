//! Compares aim-client with hand-written calls and the framework's own clients,
//! all on one `aim-fake`, and prints the tables of the crate's `design.md`.
//! `cargo xtask bench client` builds what is needed and starts this.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Instant;
use std::{env, fs};

use serde_json::Value;
use tempfile::TempDir;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const OPERATIONS: [(&str, &str); 2] = [
    ("GetContractDetails", "a read"),
    ("C2BPostContract", "a booking"),
];

/// The rows of an operation: the setups of our client.
fn rows(operation: &str) -> &'static [(&'static str, &'static str)] {
    match operation {
        "C2BPostContract" => &[
            ("reused", ", connections reused"),
            ("ours", ", each on a connection of its own"),
        ],
        _ => &[("ours", "")],
    }
}

/// The columns of the table. The last Rust one has every guard.
const CONTESTANTS: [(&str, &str); 5] = [
    ("ours", "aim-client"),
    ("bare", "reqwest, bare"),
    ("retry", "reqwest, guarded"),
    ("javascript", "@servicestack/client"),
    ("python", "servicestack (Python)"),
];

/// The guards of `bench_call`, in the order in which they are added.
const GUARDS: [(&str, &str); 7] = [
    ("request", "checks of the request"),
    ("time", "limits of time"),
    ("size", "limits of size"),
    ("in-flight", "limit of requests in flight"),
    ("evidence", "evidence in the answer"),
    ("path", "place of an error in the answer"),
    ("retry", "retries"),
];

const JAVASCRIPT_CLIENT: &str = "@servicestack/client@2.1.13";

/// Calls of the two runs whose difference is divided: start-up cancels out.
const COUNTED: [u64; 2] = [200, 2_200];
const ROUNDS: usize = 3;
const CONCURRENT: &str = "8";
const LEGS: [&str; 2] = ["1s", "3s"];
const FEW: u64 = 20_000;
const MANY: u64 = 1_000_000;

const PARTS: [&str; 5] = ["instructions", "speed", "memory", "build", "first-run"];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let Some((target, parts)) = arguments.split_first() else {
        eprintln!("usage: bench_client TARGET-FOLDER [PART...]");
        return ExitCode::from(2);
    };
    let unknown = parts.iter().find(|part| !PARTS.contains(&part.as_str()));
    if let Some(part) = unknown {
        eprintln!("bench client: no part {part}; these are known: {PARTS:?}");
        return ExitCode::from(2);
    }
    let is_wanted = |part: &str| parts.is_empty() || parts.iter().any(|wanted| wanted == part);
    match run(Path::new(target), is_wanted) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench client: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(target: &Path, is_wanted: impl Fn(&str) -> bool) -> Result<()> {
    let bench = Bench::new(target.canonicalize()?)?;
    // Missing tools are reported before anything is measured.
    if is_wanted("instructions") {
        version(
            "valgrind",
            "it counts the instructions: `apt install valgrind`",
        )?;
    }
    if is_wanted("speed") {
        bench.install_peers()?;
    }
    let mut table = Table::default();
    if is_wanted("instructions") {
        bench.instructions(&mut table)?;
    }
    if is_wanted("speed") {
        bench.speed(&mut table)?;
    }
    if is_wanted("memory") {
        bench.memory(&mut table)?;
    }
    if is_wanted("build") {
        bench.builds(&mut table)?;
    }
    if is_wanted("first-run") {
        bench.first_run(&mut table)?;
    }
    table.print();
    Ok(())
}

struct Bench {
    /// Cargo's target folder.
    target: PathBuf,
    /// The folder of this package.
    here: PathBuf,
    fake: Fake,
}

impl Bench {
    fn new(target: PathBuf) -> Result<Self> {
        Ok(Self {
            fake: Fake::start(&target.join("release/aim-fake"))?,
            here: PathBuf::from(env!("CARGO_MANIFEST_DIR")),
            target,
        })
    }

    fn peers(&self) -> PathBuf {
        self.target.join("peers")
    }

    fn install_peers(&self) -> Result<()> {
        let how = "it runs @servicestack/client: install Node.js 18 or newer, with npm";
        version("node", how)?;
        version("npm", how)?;
        version(
            "python3",
            "it runs the package servicestack: install Python 3.9 or newer",
        )?;
        let peers = self.peers();
        fs::create_dir_all(&peers)?;
        eprintln!(
            "installing the framework's own clients in {}",
            peers.display()
        );
        done(
            Command::new("npm")
                .args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"])
                .args([peers.as_os_str(), JAVASCRIPT_CLIENT.as_ref()]),
        )?;
        done(
            Command::new("python3")
                .args(["-m", "venv"])
                .arg(peers.join("venv")),
        )
        .map_err(|error| format!("{error}; on Debian: `apt install python3-venv`"))?;
        done(
            Command::new(peers.join("venv/bin/pip"))
                .args([
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "--requirement",
                ])
                .arg(self.here.join("peers/requirements.txt")),
        )
    }

    /// The program of a contestant, without the arguments that all take.
    fn contestant(&self, name: &str) -> Command {
        let mut command;
        match name {
            "javascript" => {
                command = Command::new("node");
                command.arg(self.here.join("peers/client.mjs"));
                // npm installed its dependencies there.
                command.current_dir(self.peers());
            }
            "python" => {
                command = Command::new(self.peers().join("venv/bin/python"));
                command.arg(self.here.join("peers/client.py"));
            }
            _ => {
                command = Command::new(self.target.join("release/bench_call"));
                command.arg(name);
            }
        }
        command
    }

    /// Runs a contestant on a fake that was reset.
    fn call(&self, name: &str, operation: &str, workers: &str, legs: &[&str]) -> Result<Vec<Leg>> {
        self.fake.control("POST", "reset")?;
        let mut command = self.contestant(name);
        command
            .args([operation, &self.fake.url, workers])
            .args(legs);
        let text = output(&mut command)?;
        let read: Option<Vec<Leg>> = text.lines().map(Leg::read).collect();
        read.filter(|read| read.len() == legs.len())
            .ok_or_else(|| format!("{name} printed something else: {text}").into())
    }

    /// What the server understood of a contestant's one request.
    fn understood(&self, name: &str, operation: &str) -> Result<Value> {
        self.call(name, operation, "1", &["1"])?;
        let received = self.fake.control("GET", "requests?reveal=true")?;
        match received["requests"].as_array().map(Vec::as_slice) {
            Some([one]) if one["applied"] == true => Ok(one["bound"].clone()),
            _ => Err(format!("{name} did not make one call: {received}").into()),
        }
    }

    /// Checks that all contestants send the same request.
    fn same_request(&self, names: &[&str]) -> Result<()> {
        for (operation, _) in OPERATIONS {
            let ours = self.understood("ours", operation)?;
            for name in names {
                let theirs = self.understood(name, operation)?;
                if theirs != ours {
                    return Err(format!("{name} sends {theirs} and aim-client {ours}").into());
                }
            }
        }
        Ok(())
    }

    /// Instructions per call, without start-up.
    fn counted(&self, name: &str, operation: &str) -> Result<f64> {
        eprintln!("counting instructions: {operation}, {name}");
        let mut counts = Vec::new();
        for calls in COUNTED {
            self.fake.control("POST", "reset")?;
            let file = self.target.join("bench_client.callgrind");
            let mut command = Command::new("valgrind");
            command
                .args(["--quiet", "--tool=callgrind"])
                .arg(format!("--callgrind-out-file={}", file.display()))
                .arg(self.target.join("release/bench_call"))
                .args([name, operation, &self.fake.url, "1", &calls.to_string()]);
            output(&mut command)?;
            let text = fs::read_to_string(&file)?;
            fs::remove_file(&file)?;
            let line = text
                .lines()
                .rev()
                .find_map(|line| line.strip_prefix("totals: "));
            let count: f64 = line.ok_or("callgrind gives no total")?.trim().parse()?;
            counts.push(count);
        }
        Ok((counts[1] - counts[0]) / (COUNTED[1] - COUNTED[0]) as f64)
    }

    fn instructions(&self, table: &mut Table) -> Result<()> {
        let ladder: Vec<&str> = GUARDS.iter().map(|(name, _)| *name).collect();
        self.same_request(&[&["bare"], &ladder[..]].concat())?;
        for (operation, kind) in OPERATIONS {
            let bare = self.counted("bare", operation)?;
            let mut last = bare;
            for (name, what) in GUARDS {
                let count = self.counted(name, operation)?;
                let added = count - last;
                table
                    .guards
                    .entry(what)
                    .or_default()
                    .push(Cost { added, bare });
                last = count;
            }
            for (ours, how) in rows(operation) {
                let ours = self.counted(ours, operation)?;
                let row = format!("instructions per call, {kind}{how}");
                table.row(row, number, &[ours, bare, last]);
            }
        }
        Ok(())
    }

    fn speed(&self, table: &mut Table) -> Result<()> {
        let names = CONTESTANTS.map(|(name, _)| name);
        self.same_request(&names[1..])?;
        for (operation, kind) in OPERATIONS {
            let rows = rows(operation);
            let ours = rows.iter().map(|(name, _)| *name);
            let names: Vec<_> = ours.chain(names[1..].iter().copied()).collect();
            let mut rates = vec![Vec::new(); names.len()];
            let mut times = rates.clone();
            for round in 1..=ROUNDS {
                for (index, name) in names.iter().enumerate() {
                    eprintln!("speed: {operation}, {name}, {round} of {ROUNDS}");
                    // Only one thread of Python runs at a time anyway.
                    let workers = if *name == "python" { "1" } else { CONCURRENT };
                    let legs = self.call(name, operation, workers, &LEGS)?;
                    let leg = &legs[1];
                    rates[index].push(leg.calls / leg.seconds);
                    times[index].push(1e6 * leg.cpu_seconds / leg.calls);
                }
            }
            let medians = |figures: Vec<Vec<f64>>| figures.into_iter().map(median).collect();
            let (rates, times): (Vec<f64>, Vec<f64>) = (medians(rates), medians(times));
            for (index, (_, how)) in rows.iter().enumerate() {
                let beside =
                    |figures: &[f64]| [&figures[index..=index], &figures[rows.len()..]].concat();
                let row = format!("calls per second, {kind}{how}");
                table.row(row, number, &beside(&rates));
                let micros = |micros| format!("{} µs", number(micros));
                let row = format!("its own processor time per call, {kind}{how}");
                table.row(row, micros, &beside(&times));
            }
        }
        Ok(())
    }

    fn memory(&self, table: &mut Table) -> Result<()> {
        let (operation, _) = OPERATIONS[0];
        let mut figures = [Vec::new(), Vec::new()];
        for (name, _) in &CONTESTANTS[..2] {
            eprintln!("memory: {name}, {MANY} calls");
            let legs = [FEW.to_string(), (MANY - FEW).to_string()];
            let legs = self.call(name, operation, CONCURRENT, &[&legs[0], &legs[1]])?;
            for (figures, leg) in figures.iter_mut().zip(legs) {
                figures.push(leg.resident);
            }
        }
        for (calls, figures) in [FEW, MANY].into_iter().zip(figures) {
            let row = format!("resident after {} calls", number(calls as f64));
            table.row(row, |kib| format!("{} KiB", number(kib)), &figures);
        }
        Ok(())
    }

    fn builds(&self, table: &mut Table) -> Result<()> {
        let aim_client = format!(
            "aim-client = {{ path = {:?}",
            self.root()?.join("crates/aim-client")
        );
        let without = "default-features = false, features = [\"client\", \"rustls\"]";
        let with = format!("{aim_client} }}");
        let without = format!("{aim_client}, {without} }}");
        // In turn, and of each the least: what else the machine does only adds.
        let mut least = [Built::NONE; 3];
        for _ in 0..ROUNDS {
            let built = [
                self.build("with", "aim_client.rs", &with)?,
                self.build("without", "aim_client.rs", &without)?,
                self.build_by_hand()?,
            ];
            for (least, built) in least.iter_mut().zip(built) {
                *least = least.min(built);
            }
        }
        let [with, without, by_hand] = least;
        for (ours, how) in [(with, "with"), (without, "without")] {
            let row = format!("cold build of a consumer, {how} `codegen`");
            table.row(row.clone(), seconds, &[ours.seconds, by_hand.seconds]);
            let row = format!("{row}, processor time");
            table.row(row, seconds, &[ours.cpu_seconds, by_hand.cpu_seconds]);
        }
        Ok(())
    }

    /// The wait of somebody who has just cloned the repository.
    fn first_run(&self, table: &mut Table) -> Result<()> {
        eprintln!("the demo's first line");
        let target = self.empty_folder()?;
        let mut demo = cargo(&self.root()?, target.path());
        demo.args(["xtask", "demo"])
            .env("CARGO_NET_OFFLINE", "true");
        let start = Instant::now();
        let mut process = demo.stdout(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(process.stdout.take().ok_or("no output")?).lines();
        lines.next().ok_or("the demo printed nothing")??;
        let ours = start.elapsed().as_secs_f64();
        lines.for_each(drop);
        if !process.wait()?.success() {
            return Err("the demo failed".into());
        }
        target.close()?;
        let by_hand = self.build_by_hand()?;
        let row = "first line of `cargo xtask demo`, dependencies fetched".to_owned();
        table.row(row, seconds, &[ours, by_hand.seconds]);
        Ok(())
    }

    fn root(&self) -> io::Result<PathBuf> {
        self.here.join("../..").canonicalize()
    }

    fn build_by_hand(&self) -> Result<Built> {
        let dependencies = "reqwest = { version = \"0.13\", default-features = false, features = [\"json\", \"rustls\"] }\n\
                            serde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"";
        self.build("by-hand", "by_hand.rs", dependencies)
    }

    /// Builds a consumer cold, with its dependencies fetched.
    fn build(&self, name: &str, source: &str, dependencies: &str) -> Result<Built> {
        eprintln!("cold build: {name}");
        let temporary = self.empty_folder()?;
        let folder = temporary.path();
        fs::create_dir_all(folder.join("src"))?;
        fs::copy(
            self.here.join("consumers").join(source),
            folder.join("src/main.rs"),
        )?;
        // The same versions of everything.
        fs::copy(self.root()?.join("Cargo.lock"), folder.join("Cargo.lock"))?;
        let manifest = format!(
            "[package]\nname = \"consumer\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [workspace]\n\n[dependencies]\n{dependencies}\n\
             tokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n"
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        let target = folder.join("target");
        done(cargo(folder, &target).args(["fetch", "--quiet"]))?;
        let (start, spent) = (Instant::now(), children_cpu_seconds()?);
        let mut build = cargo(folder, &target);
        // Cargo never builds a crate of the registry incrementally, and a crate
        // of a path otherwise.
        build.env("CARGO_INCREMENTAL", "0");
        done(build.args(["build", "--quiet", "--offline"]))?;
        let built = Built {
            seconds: start.elapsed().as_secs_f64(),
            cpu_seconds: children_cpu_seconds()? - spent,
        };
        temporary.close()?;
        Ok(built)
    }

    /// A folder for a cold build. Its name is new, so that a run that was
    /// interrupted leaves nothing behind for the next one.
    fn empty_folder(&self) -> io::Result<TempDir> {
        tempfile::Builder::new()
            .prefix("bench-cold-")
            .tempdir_in(&self.target)
    }
}

/// The cost of a cold build.
#[derive(Clone, Copy)]
struct Built {
    seconds: f64,
    /// The processor time of all processes together.
    cpu_seconds: f64,
}

impl Built {
    const NONE: Self = Self {
        seconds: f64::INFINITY,
        cpu_seconds: f64::INFINITY,
    };

    fn min(self, other: Self) -> Self {
        Self {
            seconds: self.seconds.min(other.seconds),
            cpu_seconds: self.cpu_seconds.min(other.cpu_seconds),
        }
    }
}

fn seconds(seconds: f64) -> String {
    format!("{seconds:.0} s")
}

/// Cargo in a folder, with a clean environment.
fn cargo(folder: &Path, target: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
    command.current_dir(folder);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PROFILE_") || text == "CARGO_INCREMENTAL" {
            command.env_remove(&name);
        }
    }
    command.env("CARGO_TARGET_DIR", target);
    command
}

/// The processor time of all child processes that have ended. Linux counts it
/// in hundredths of a second.
fn children_cpu_seconds() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name of the program, in parentheses, may hold anything.
    let (_, fields) = stat.rsplit_once(')').ok_or("/proc/self/stat has no name")?;
    let times: Vec<f64> = fields
        .split_whitespace()
        .skip(13)
        .take(2)
        .map(str::parse)
        .collect::<std::result::Result<_, _>>()?;
    Ok(times.iter().sum::<f64>() / 100.0)
}

/// A contestant's figures for a leg.
struct Leg {
    calls: f64,
    seconds: f64,
    cpu_seconds: f64,
    /// In KiB.
    resident: f64,
}

impl Leg {
    fn read(line: &str) -> Option<Self> {
        let figures: std::result::Result<Vec<f64>, _> = line.split(' ').map(str::parse).collect();
        let [calls, seconds, cpu_seconds, resident] = figures.ok()?[..] else {
            return None;
        };
        Some(Self {
            calls,
            seconds,
            cpu_seconds,
            resident,
        })
    }
}

/// The server as a process; dropping it ends the process.
struct Fake {
    process: Child,
    /// The base URL for clients.
    url: String,
}

impl Fake {
    fn start(program: &Path) -> Result<Self> {
        let mut process = Command::new(program)
            .args(["--port", "0", "--example"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let mut line = String::new();
        if let Some(out) = process.stdout.take() {
            BufReader::new(out).read_line(&mut line)?;
        }
        let url = line.trim().strip_prefix("listening on ");
        let url = url.ok_or("aim-fake does not listen")?.to_owned();
        Ok(Self { process, url })
    }

    /// Calls the control interface.
    fn control(&self, method: &str, path: &str) -> Result<Value> {
        let method = reqwest::Method::from_bytes(method.as_bytes())?;
        let url = reqwest::Url::parse(&self.url)?.join(&format!("/_aim/{path}"))?;
        let http = reqwest::Client::builder().no_proxy().build()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let answer = http.request(method, url).send().await?.error_for_status()?;
            Ok(serde_json::from_str(&answer.text().await?).unwrap_or_default())
        })
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[derive(Default)]
struct Table {
    rows: Vec<String>,
    /// The cost of each guard, for each operation.
    guards: BTreeMap<&'static str, Vec<Cost>>,
}

/// The instructions that a guard adds, and those of the bare call.
struct Cost {
    added: f64,
    bare: f64,
}

impl Table {
    /// Adds a row: ours first, then the others with ours as a multiple of them.
    fn row(&mut self, name: String, shown: impl Fn(f64) -> String, figures: &[f64]) {
        let mut cells = vec![name, shown(figures[0])];
        for figure in &figures[1..] {
            cells.push(format!("{} ({:.2}x)", shown(*figure), figures[0] / figure));
        }
        cells.resize(1 + CONTESTANTS.len(), String::new());
        self.rows.push(format!("| {} |", cells.join(" | ")));
    }

    fn print(&self) {
        println!("| | {} |", CONTESTANTS.map(|(_, title)| title).join(" | "));
        println!("| --- |{}", " ---: |".repeat(CONTESTANTS.len()));
        for row in &self.rows {
            println!("{row}");
        }
        if self.guards.is_empty() {
            return;
        }
        println!(
            "\n| guard, by hand | {} |",
            OPERATIONS.map(|(_, kind)| kind).join(" | ")
        );
        println!("| --- |{}", " ---: |".repeat(OPERATIONS.len()));
        for (_, what) in GUARDS {
            let costs = self.guards[what].iter().map(|Cost { added, bare }| {
                let sign = if *added < 0.0 { "-" } else { "+" };
                let percent = 100.0 * added / bare;
                format!("{sign}{} ({percent:+.1} %)", number(added.abs()))
            });
            println!("| {what} | {} |", costs.collect::<Vec<_>>().join(" | "));
        }
    }
}

/// A whole number with commas.
fn number(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Prints the version of a tool, or fails with its purpose and how to get it.
fn version(tool: &str, how: &str) -> Result<()> {
    let version = output(Command::new(tool).arg("--version"))
        .map_err(|_| format!("{tool} is missing; {how}"))?;
    eprintln!("{tool} {}", version.trim());
    Ok(())
}

/// Runs a command and returns its output.
fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("{command:?} cannot be started: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command:?} failed: {}", output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Runs a command and ignores its output.
fn done(command: &mut Command) -> Result<()> {
    output(command).map(|_| ())
}

//! Measures aim-fake side by side with Prism's mock of the same document:
//! start-up, throughput, and the fake's memory over a million requests.
//! `cargo xtask bench fake` builds what is needed and starts this.

use std::io::{self, BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use std::{env, fs};

use aim_tests::fixture;
use aim_tests::raw::Raw;

const CONNECTIONS: usize = 8;
const STARTS: usize = 5;
const LOAD: Duration = Duration::from_secs(10);
const WARM_UP: u64 = 20_000;
const MANY: u64 = 1_000_000;

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let (Some(fake), Some(prism)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: bench_fake PATH-OF-AIM-FAKE PRISM-COMMAND [ARGUMENT...]");
        return ExitCode::from(2);
    };
    let prism: Vec<String> = [prism].into_iter().chain(arguments).collect();
    match run(&Program::Fake(fake), &Program::Prism(prism)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench fake: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(fake: &Program, prism: &Program) -> io::Result<()> {
    let start = |program: &Program| -> io::Result<Duration> {
        let mut times = Vec::new();
        for _ in 0..STARTS {
            times.push(program.start()?.took);
        }
        times.sort();
        Ok(times[STARTS / 2])
    };
    let (fake_start, prism_start) = (start(fake)?, start(prism)?);
    println!("{:<40}{:>14}{:>14}{:>10}", "", "aim-fake", "prism", "ratio");
    println!(
        "{:<40}{:>14}{:>14}{:>9.1}x",
        format!("start to first answer, median of {STARTS}"),
        format!("{:.1} ms", fake_start.as_secs_f64() * 1e3),
        format!("{:.1} ms", prism_start.as_secs_f64() * 1e3),
        prism_start.as_secs_f64() / fake_start.as_secs_f64()
    );

    let load = |program: &Program| -> io::Result<f64> {
        let server = program.start()?;
        requests(server.address, Until::Count(WARM_UP / 20))?;
        let start = Instant::now();
        let count = requests(server.address, Until::Elapsed(LOAD))?;
        Ok(count as f64 / start.elapsed().as_secs_f64())
    };
    let (fake_load, prism_load) = (load(fake)?, load(prism)?);
    println!(
        "{:<40}{fake_load:>14.0}{prism_load:>14.0}{:>9.1}x",
        format!("requests per second, {CONNECTIONS} connections"),
        fake_load / prism_load
    );

    let server = fake.start()?;
    requests(server.address, Until::Count(WARM_UP))?;
    let before = server.resident()?;
    requests(server.address, Until::Count(MANY - WARM_UP))?;
    let after = server.resident()?;
    println!(
        "{:<40}{before:>10} KiB",
        format!("resident after {WARM_UP} requests")
    );
    println!(
        "{:<40}{after:>10} KiB{:>23.2}x",
        format!("resident after {MANY} requests"),
        after as f64 / before as f64
    );
    Ok(())
}

enum Program {
    /// Path of the binary.
    Fake(String),
    /// Command and arguments before `mock`.
    Prism(Vec<String>),
}

struct Server {
    process: Child,
    address: SocketAddr,
    took: Duration,
}

impl Program {
    /// Starts it and waits for its first right answer.
    fn start(&self) -> io::Result<Server> {
        let begin = Instant::now();
        let (mut process, address) = match self {
            Self::Fake(path) => {
                let mut process = Command::new(path)
                    .args(["--port", "0"])
                    .stdout(Stdio::piped())
                    .stderr(Stdio::null())
                    .spawn()?;
                let mut line = String::new();
                if let Some(out) = process.stdout.take() {
                    BufReader::new(out).read_line(&mut line)?;
                }
                let address = line
                    .trim()
                    .strip_prefix("listening on http://")
                    .and_then(|rest| rest.split('/').next())
                    .and_then(|address| address.parse().ok());
                (
                    process,
                    address.ok_or_else(|| io::Error::other("aim-fake does not listen"))?,
                )
            }
            Self::Prism(command) => {
                let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
                let process = Command::new(&command[0])
                    .args(&command[1..])
                    .args([
                        "mock",
                        "--port",
                        &address.port().to_string(),
                        "--host",
                        "127.0.0.1",
                    ])
                    .arg(fixture::root().join("openapi/aim.yaml"))
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn()?;
                (process, address)
            }
        };
        while ask(address).is_err() {
            if let Some(status) = process.try_wait()? {
                return Err(io::Error::other(format!("a server ended: {status}")));
            }
            if begin.elapsed() > Duration::from_secs(60) {
                let _ = process.kill();
                return Err(io::Error::other("a server gives no answer"));
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(Server {
            process,
            address,
            took: begin.elapsed(),
        })
    }
}

impl Server {
    /// Resident memory in KiB, as Linux counts it.
    fn resident(&self) -> io::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok())
            .ok_or_else(|| io::Error::other("the system does not report the resident memory"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn ask(address: SocketAddr) -> io::Result<()> {
    details(&mut Raw::connect(address)?)
}

/// The same call for both; an answer other than 200 and JSON is an error.
fn details(connection: &mut Raw) -> io::Result<()> {
    let headers = [
        ("Accept", "application/json"),
        ("Content-Type", "application/json"),
        ("ApiKey", "key"),
        ("AppId", "app"),
    ];
    // The path of the document follows the base of each server; the fake also
    // accepts it without the application path.
    let path = "/api/GetContractDetails";
    let answer = connection.send("POST", path, &headers, Some(b"{\"Ref\":\"C-20117\"}"))?;
    if answer.status == 200 && answer.body.starts_with(b"{") {
        Ok(())
    } else {
        Err(io::Error::other(format!("status {}", answer.status)))
    }
}

enum Until {
    Count(u64),
    Elapsed(Duration),
}

/// Sends requests over all connections at once, and returns their number.
fn requests(address: SocketAddr, until: Until) -> io::Result<u64> {
    let (done, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let limit = match until {
        Until::Count(count) => count,
        Until::Elapsed(_) => u64::MAX,
    };
    thread::scope(|scope| {
        let work = || -> io::Result<()> {
            let mut connection = Raw::connect(address)?;
            while !stop.load(Ordering::Relaxed) && done.fetch_add(1, Ordering::Relaxed) < limit {
                details(&mut connection)?;
            }
            Ok(())
        };
        let workers: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(work)).collect();
        if let Until::Elapsed(time) = until {
            thread::sleep(time);
            stop.store(true, Ordering::Relaxed);
        }
        for worker in workers {
            worker
                .join()
                .map_err(|_| io::Error::other("a worker panicked"))??;
        }
        Ok(done.load(Ordering::Relaxed).min(limit))
    })
}

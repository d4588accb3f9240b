//! Makes calls with one contestant of `cargo xtask bench client`. After each
//! leg it prints the number of calls, the seconds, the seconds of processor
//! time, and the resident memory in KiB.
//!
//! A leg is a number of calls (`1000`) or of seconds (`5s`). The programs in
//! `tests/bench/peers` take the same arguments after the first, and print the
//! same.

mod by_hand;

use std::error::Error;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::{Duration, Instant};
use std::{cell::Cell, env, fs};

use aim_client::types::{C2BPostContractRequest, GetContractDetailsRequest};
use aim_client::{AimClient, Credentials};
use by_hand::Guard;
use tokio::task::LocalSet;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [contestant, operation, url, workers, legs @ ..] = arguments.as_slice() else {
        eprintln!("usage: bench_call CONTESTANT OPERATION BASE-URL WORKERS LEG...");
        return ExitCode::from(2);
    };
    match run(contestant, operation, url, workers, legs) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench_call {contestant} {operation}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(contestant: &str, operation: &str, url: &str, workers: &str, legs: &[String]) -> Result<()> {
    let client = Rc::new(Client::new(contestant, url)?);
    let request = Rc::new(Request::new(operation)?);
    let workers = workers.parse()?;
    // One thread, so that all instructions are counted and no work runs on
    // another core.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    for leg in legs {
        let (start, cpu) = (Instant::now(), cpu_seconds()?);
        let calls = LocalSet::new().block_on(&runtime, calls(&client, &request, workers, leg))?;
        let seconds = start.elapsed().as_secs_f64();
        let cpu = cpu_seconds()? - cpu;
        println!("{calls} {seconds:.3} {cpu:.3} {}", resident()?);
    }
    Ok(())
}

/// Makes the calls of a leg, and returns their number.
async fn calls(
    client: &Rc<Client>,
    request: &Rc<Request>,
    workers: usize,
    leg: &str,
) -> Result<u64> {
    let (limit, end) = match leg.strip_suffix('s') {
        Some(seconds) => {
            let time = Duration::from_secs_f64(seconds.parse()?);
            (u64::MAX, Some(Instant::now() + time))
        }
        None => (leg.parse()?, None),
    };
    let begun = Rc::new(Cell::new(0));
    let tasks: Vec<_> = (0..workers)
        .map(|_| {
            let (client, request) = (Rc::clone(client), Rc::clone(request));
            let begun = Rc::clone(&begun);
            tokio::task::spawn_local(async move {
                while begun.get() < limit && end.is_none_or(|end| Instant::now() < end) {
                    begun.set(begun.get() + 1);
                    client.call(&request).await?;
                }
                Ok::<(), Box<dyn Error + Send + Sync>>(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    Ok(begun.get())
}

enum Client {
    Ours(AimClient),
    ByHand(by_hand::Client),
}

impl Client {
    fn new(contestant: &str, url: &str) -> Result<Self> {
        if !["ours", "reused"].contains(&contestant) {
            let guard = Guard::ALL.into_iter().find(|(name, _)| *name == contestant);
            let (_, guard) = guard.ok_or("no such contestant")?;
            return Ok(Self::ByHand(by_hand::Client::new(url, guard)?));
        }
        let client = AimClient::builder()
            .base_url(url)
            .credentials(Credentials::new("key", "app"))
            .reuse_connections_for_bookings(contestant == "reused")
            .build()?;
        Ok(Self::Ours(client))
    }

    /// Makes one call; an answer without the member that matters is an error.
    async fn call(&self, request: &Request) -> Result<()> {
        let is_right = match (self, request) {
            (Self::Ours(client), Request::Read(request)) => {
                let answer = client.get_contract_details(request).await?;
                answer.total_due.is_some()
            }
            (Self::Ours(client), Request::Booking(request)) => {
                let answer = client.c2b_post_contract(request).await?;
                answer.web_ref.is_some()
            }
            (Self::ByHand(client), Request::Read(request)) => {
                let answer = client.call(&**request).await?;
                answer.total_due.is_some()
            }
            (Self::ByHand(client), Request::Booking(request)) => {
                let answer = client.call(&**request).await?;
                answer.web_ref.is_some()
            }
        };
        if is_right {
            Ok(())
        } else {
            Err("the answer is not the right one".into())
        }
    }
}

enum Request {
    Read(Box<GetContractDetailsRequest>),
    Booking(Box<C2BPostContractRequest>),
}

impl Request {
    fn new(operation: &str) -> Result<Self> {
        Ok(match operation {
            "GetContractDetails" => {
                let text = include_str!("../../../requests/GetContractDetails.json");
                Self::Read(serde_json::from_str(text)?)
            }
            "C2BPostContract" => {
                let text = include_str!("../../../requests/C2BPostContract.json");
                Self::Booking(serde_json::from_str(text)?)
            }
            _ => return Err("no such operation".into()),
        })
    }
}

/// Processor time of this process so far, in user and system mode.
fn cpu_seconds() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The fields after the name. The times are the fourteenth and fifteenth of
    // all fields, in hundredths of a second.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let [user, system] = fields.get(11..13).unwrap_or_default() else {
        return Err("the system does not report the processor time".into());
    };
    Ok((user.parse::<f64>()? + system.parse::<f64>()?) / 100.0)
}

/// Resident memory in KiB, as Linux counts it.
fn resident() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    number.ok_or_else(|| "the system does not report the resident memory".into())
}

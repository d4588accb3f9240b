//! No API: the program, behind `main.rs`. It uses everything else.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use clap::Parser;
use tokio::sync::{oneshot, watch};

use crate::engine::faults::{Fault, FaultKind};
use crate::engine::{Engine, InitialState};
use crate::model::schema::Schema;
use crate::model::settings::Settings;
use crate::server::{self, APPLICATION_PATH, Log};
use crate::state::State;

/// A stand-in for the server AIM Web Services, for tests.
///
/// It speaks ServiceStack's dialect, keeps state in memory and fails on
/// demand. Its first line on standard output is `listening on` and its base
/// URL on this machine, its last one the address of a page that shows and
/// changes what it does; on standard error it logs one line of JSON per
/// request, secrets masked. It stops on SIGTERM and Ctrl-C.
#[derive(Debug, Parser)]
#[command(version, after_long_help = more_help())]
struct Arguments {
    /// The port; 0 takes a free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,

    /// The address to listen on: 127.0.0.1 and ::1, which are `localhost`, if it
    /// is left out; 0.0.0.0 or :: is all. Anyone who reaches another one than
    /// the loopback can read and change everything.
    #[arg(long)]
    address: Option<IpAddr>,

    /// A file with an OpenAPI 3.0 document, in YAML or JSON, to serve in place of
    /// the published one: a merchant's own, with more members or operations.
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,

    /// A file with the state to begin with, in the form of GET /_aim/state.
    #[arg(long, value_name = "FILE")]
    fixture: Option<PathBuf>,

    /// Begins with a store on which every example of the OpenAPI document
    /// works.
    #[arg(long, conflicts_with = "fixture")]
    example: bool,

    /// A fault to begin with, as `name,parameter=value,…` or as the JSON of
    /// POST /_aim/faults. May be given more than once.
    #[arg(long, value_name = "FAULT", value_parser = Fault::from_text)]
    fault: Vec<Fault>,

    /// A setting to begin with; the value is JSON, or else text. May be given
    /// more than once.
    #[arg(long, value_name = "NAME=VALUE")]
    setting: Vec<String>,

    /// Logs nothing.
    #[arg(long)]
    quiet: bool,
}

/// What the arguments refer to, by name.
fn more_help() -> String {
    let mut out = String::from("Settings and their defaults:\n");
    if let Ok(serde_json::Value::Object(all)) = serde_json::to_value(Settings::default()) {
        for (name, value) in &all {
            // Writing to a text cannot fail.
            let _ = writeln!(out, "  {name}={value}");
        }
    }
    let _ = write!(
        out,
        "\nFaults: {}.\nEach triggers at the next call of any operation, once; operation=NAME, call=N,\n\
         times=N (null: for ever) and apply=true or false (whether the operation is\n\
         carried out before) say otherwise. connection_refused and\n\
         reset_before_request take connection=N instead.\n\n\
         Examples:\n  aim-fake --port 0\n  \
         aim-fake --setting default_content_type=application/json --setting 'api_keys=[\"key\"]'\n  \
         aim-fake --setting 'cors_origins=[\"http://localhost:5173\"]'\n  \
         aim-fake --document our-aim.yaml\n  \
         aim-fake --fault html_error,status=503,retry_after=30,operation=C2BPostContract\n\n\
         While it runs, its page (/ in a browser) describes and sets each of them;\n\
         GET /_aim/ has the same as JSON, and the rest of the control interface.",
        FaultKind::NAMES.join(", ")
    );
    out
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let log = match Log::start() {
        Ok(log) => log,
        Err(error) => {
            // If standard error is closed too, nobody can be informed.
            let _ = writeln!(io::stderr(), "error: cannot start threads: {error}");
            return ExitCode::FAILURE;
        }
    };
    // 2 is a wrong use, 1 is everything else.
    let done = begin(&arguments)
        .map_err(|message| (2, message))
        .and_then(|engine| run(&arguments, engine, &log).map_err(|message| (1, message)));
    let code = match done {
        Ok(()) => ExitCode::SUCCESS,
        Err((code, message)) => {
            log.line(format!("error: {message}"));
            ExitCode::from(code)
        }
    };
    log.finish();
    code
}

/// The fake that the arguments ask for.
fn begin(arguments: &Arguments) -> Result<Engine, String> {
    let mut settings = Settings::default();
    for text in &arguments.setting {
        let name = text.split('=').next().unwrap_or_default();
        settings = settings
            .patched_by_text(text)
            .map_err(|problem| format!("--setting {name}: {}", problem.reason))?;
    }
    let schema = match &arguments.document {
        None => Schema::embedded(),
        Some(path) => read_document(path)?,
    };
    let state = match &arguments.fixture {
        None if arguments.example => State::example().map_err(|problem| problem.to_string())?,
        None => State::default(),
        Some(path) => read_fixture(path, schema)
            .map_err(|why| format!("--fixture {}: {why}", path.display()))?,
    };
    let faults = arguments.fault.clone();
    Engine::new(InitialState {
        schema,
        settings,
        state,
        faults,
    })
    .map_err(|problem| format!("--fault: {problem}"))
}

fn read_document(path: &Path) -> Result<&'static Schema, String> {
    let problem_text =
        |why: &dyn std::fmt::Display| format!("--document {}: {why}", path.display());
    let text = fs::read_to_string(path).map_err(|error| problem_text(&error))?;
    Schema::read(&text).map_err(|problems| {
        let lines: Vec<String> = problems
            .0
            .iter()
            .map(|problem| problem_text(problem))
            .collect();
        lines.join("\n")
    })
}

fn read_fixture(path: &Path, schema: &'static Schema) -> Result<State, String> {
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    let json = serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
    State::of_document(&json, schema).map_err(|problem| problem.to_string())
}

fn run(arguments: &Arguments, engine: Engine, log: &Log) -> Result<(), String> {
    let taken = |(address, error): (SocketAddr, io::Error)| {
        let help = match error.kind() {
            io::ErrorKind::AddrInUse => "; choose another --port or --address",
            _ => "",
        };
        format!("cannot listen on {address}: {error}{help}")
    };
    let listeners = listen(arguments).map_err(taken)?;
    let urls = urls(&listeners).map_err(|error| format!("cannot listen: {error}"))?;
    let no_threads = |error: io::Error| format!("cannot start threads: {error}");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(no_threads)?;
    runtime.block_on(async {
        let (stop, stopped) = watch::channel(false);
        // Before the address is written: whoever reads it may send a signal.
        let signal = signals().map_err(|error| format!("cannot wait for signals: {error}"))?;
        tokio::spawn(async move {
            signal.await;
            // An error means that it has stopped already.
            let _ = stop.send(true);
        });
        let written = write_urls(urls).map_err(no_threads)?;
        let log = (!arguments.quiet).then(|| log.clone());
        tokio::select! {
            served = server::serve(listeners, Arc::new(engine), log, stopped) => {
                served.map_err(|error| format!("cannot listen any more: {error}"))
            }
            Ok(Err(error)) = written => Err(format!("cannot write to standard output: {error}")),
        }
    })
}

/// Takes the addresses to listen on.
///
/// # Errors
///
/// What the operating system says, and about which address.
fn listen(arguments: &Arguments) -> Result<Vec<TcpListener>, (SocketAddr, io::Error)> {
    let Some(ip) = arguments.address else {
        return server::bind_loopbacks(arguments.port);
    };
    let address = SocketAddr::new(ip, arguments.port);
    let listener = server::bind(address).map_err(|error| (address, error))?;
    Ok(vec![listener])
}

/// What is written about the addresses: first the base URL for this machine,
/// then, where the fake listens on all addresses, the one for others, and last
/// the page.
fn urls(listeners: &[TcpListener]) -> io::Result<String> {
    let mut out = String::new();
    if let Some(listener) = listeners.first() {
        let bound = listener.local_addr()?;
        // Writing to a text cannot fail.
        let _ = writeln!(out, "listening on {}", server::base_url(bound));
        if bound.ip().is_unspecified() {
            let url = match outward(bound.is_ipv6()) {
                Some(ip) => server::base_url(SocketAddr::new(ip, bound.port())),
                None => format!("http://<its address>:{}{APPLICATION_PATH}", bound.port()),
            };
            let _ = writeln!(out, "from other machines {url}");
        }
        let _ = writeln!(out, "its page is http://{}/", server::usable(bound));
    }
    Ok(out)
}

/// The address by which this machine talks to others, if it does; IPv6 where
/// that is asked for and there.
fn outward(v6: bool) -> Option<IpAddr> {
    // Addresses of documentation: to connect a UDP socket sends nothing, and
    // has the system choose the address that it would send from.
    let from = |here: &str, there: &str| {
        let socket = UdpSocket::bind(here).ok()?;
        socket.connect(there).ok()?;
        let ip = socket.local_addr().ok()?.ip();
        (!ip.is_unspecified() && !ip.is_loopback()).then_some(ip)
    };
    let other = v6.then(|| from("[::]:0", "[2001:db8::1]:9")).flatten();
    other.or_else(|| from("0.0.0.0:0", "192.0.2.1:9"))
}

/// Writes to standard output, in a thread of its own: where nobody reads that,
/// the fake still serves and stops.
fn write_urls(urls: String) -> io::Result<oneshot::Receiver<io::Result<()>>> {
    let (sender, written) = oneshot::channel();
    thread::Builder::new().spawn(move || {
        let mut out = io::stdout();
        let done = out.write_all(urls.as_bytes()).and_then(|()| out.flush());
        // An error means that it has stopped already.
        let _ = sender.send(done);
    })?;
    Ok(written)
}

/// Ends with the first signal to stop.
#[cfg(unix)]
fn signals() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Ends with the first signal to stop.
#[cfg(not(unix))]
fn signals() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without a handler nothing else could end it in an orderly way.
        let _ = tokio::signal::ctrl_c().await;
    })
}

//! The program, started as another team would start it.

use crate::own;
use std::io::{BufRead, BufReader, Read};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::names::service;
use crate::raw::{End, Raw, booking, control, request, send};
use serde_json::{Value as Json, json};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aim-fake"));
    command.args(arguments).stdin(Stdio::null());
    command
}

/// The running program; killed when it is dropped.
struct Running {
    child: Child,
    first_line: String,
    /// Standard output after the first line.
    stdout: Option<BufReader<ChildStdout>>,
}

/// How many requests are sent while the log is not read, and how long the path
/// of each is: together more than any pipe and queue hold, and each line no
/// longer than what a pipe takes at once.
const MANY: usize = 850;
const LONG: usize = 3_600;

impl Running {
    fn new(arguments: &[&str]) -> Self {
        let mut child = program(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first_line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut first_line).unwrap();
        Self {
            child,
            first_line,
            stdout: Some(stdout),
        }
    }

    fn address(&self) -> SocketAddr {
        let url = self
            .first_line
            .strip_prefix("listening on http://")
            .unwrap();
        let address = url.strip_suffix("/aeservices30\n").unwrap();
        address.parse().unwrap()
    }

    #[cfg(unix)]
    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(sent.success());
    }

    /// Sends a signal and waits; returns the exit code and standard error.
    #[cfg(unix)]
    fn stop(mut self, signal: &str) -> (Option<i32>, String) {
        self.signal(signal);
        let code = code(&mut self.child);
        let mut log = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut log).unwrap();
        (code, log)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether this machine has IPv6; a test that needs it says that it is skipped.
fn has_v6() -> bool {
    let has = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok();
    if !has {
        println!("skipped: this machine has no ::1");
    }
    has
}

fn run(arguments: &[&str]) -> Output {
    program(arguments).output().unwrap()
}

/// Asks until there is something, for a minute at most.
fn until<T>(mut ask: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = ask() {
            return found;
        }
        assert!(began.elapsed().as_secs() < 60, "a minute has passed");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Waits for the end of a program; returns its exit code.
fn code(child: &mut Child) -> Option<i32> {
    until(|| child.try_wait().unwrap()).code()
}

#[test]
fn its_first_line_is_its_base_url() {
    let running = Running::new(&["--port", "0"]);
    let address = running.address();
    assert!(address.ip().is_loopback());
    assert_ne!(address.port(), 0);
    assert_eq!(send(address, &booking()).status(), 200);
}

#[test]
fn localhost_is_reached_whatever_it_resolves_to() {
    let running = Running::new(&["--port", "0"]);
    let at = running.address();
    assert_eq!(at.ip(), Ipv4Addr::LOCALHOST);
    let status = |at: SocketAddr| send(at, &booking()).status();
    assert_eq!(status(at), 200);
    if !has_v6() {
        return;
    }
    let other = SocketAddr::from((Ipv6Addr::LOCALHOST, at.port()));
    assert_eq!(status(other), 200);
    // It is one server: the other address sees the same requests.
    let (_, requests) = control(other, "GET", "/_aim/requests", "");
    assert_eq!(requests["requests"].as_array().unwrap().len(), 2);
    let mut kept = Raw::new(at);
    let fault = r#"{"fault":"connection_refused","milliseconds":3600000}"#;
    let set = kept.send(&request("POST", "/_aim/faults", "", fault));
    assert_eq!(set.status(), 200);
    assert!(TcpStream::connect(at).is_err() && TcpStream::connect(other).is_err());
    kept.send(&request("DELETE", "/_aim/faults", "", ""));
    for at in [at, other] {
        until(|| TcpStream::connect(at).ok());
    }
    assert_eq!((status(at), status(other)), (200, 200));
    // Another program on that port would be mistaken for the fake.
    let taken = loop {
        let taken = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            break taken;
        }
    };
    let port = taken.local_addr().unwrap().port().to_string();
    let output = run(&["--port", &port]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(
        error.contains(&format!("cannot listen on [::1]:{port}: ")),
        "{error}"
    );
}

/// The address to listen on, the address of the base URL that is printed first,
/// and other addresses that reach the fake.
type Listens = (&'static str, IpAddr, &'static [IpAddr]);
const LISTENS: &[Listens] = &[
    ("127.0.0.2", IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2)), &[]),
    ("0.0.0.0", IpAddr::V4(Ipv4Addr::LOCALHOST), &[]),
    ("::1", IpAddr::V6(Ipv6Addr::LOCALHOST), &[]),
    (
        "::",
        IpAddr::V6(Ipv6Addr::LOCALHOST),
        &[IpAddr::V4(Ipv4Addr::LOCALHOST)],
    ),
];

#[test]
fn the_base_url_for_this_machine_is_printed_first() {
    for (address, first, others) in LISTENS {
        if first.is_ipv6() && !has_v6() {
            continue;
        }
        let mut running = Running::new(&["--port", "0", "--address", address]);
        let at = running.address();
        assert_eq!(at.ip(), *first, "{address}");
        assert_eq!(send(at, &booking()).status(), 200, "{address}");
        for other in *others {
            let other = SocketAddr::new(*other, at.port());
            assert_eq!(send(other, &booking()).status(), 200, "{address} {other}");
        }
        let page = send(at, &request("GET", "/openapi.json", "", ""));
        assert_eq!(page.status(), 200, "{address}");
        running.child.kill().unwrap();
        let mut rest = String::new();
        let mut stdout = running.stdout.take().unwrap();
        stdout.read_to_string(&mut rest).unwrap();
        let rest = rest
            .strip_suffix(&format!("its page is http://{at}/\n"))
            .unwrap();
        if !["0.0.0.0", "::"].contains(address) {
            assert_eq!(rest, "", "{address}");
            continue;
        }
        let other = rest.strip_prefix("from other machines http://").unwrap();
        let other = other.strip_suffix("/aeservices30\n").unwrap();
        match other.parse::<SocketAddr>() {
            Ok(other) => {
                assert!(!other.ip().is_loopback() && !other.ip().is_unspecified());
                assert_eq!(other.port(), at.port());
            }
            // A machine without a network.
            Err(_) => assert_eq!(other, format!("<its address>:{}", at.port())),
        }
    }
}

#[cfg(unix)]
#[test]
fn it_stops_on_a_signal_with_0() {
    for signal in ["-TERM", "-INT"] {
        let running = Running::new(&["--port", "0"]);
        let mut idle = Raw::new(running.address());
        assert_eq!(idle.send(&booking()).end, End::Whole);
        let (code, _) = running.stop(signal);
        assert_eq!(code, Some(0), "{signal}");
        assert!(idle.is_closed());
    }
}

#[cfg(unix)]
#[test]
fn it_finishes_a_late_answer_and_stops_though_one_hangs() {
    let running = Running::new(&[
        "--port",
        "0",
        "--fault",
        "hang",
        "--fault",
        "slow_first_byte,milliseconds=300",
    ]);
    let wait_for = |count: usize| {
        until(|| {
            let (_, json) = control(running.address(), "GET", "/_aim/requests", "");
            (json["requests"].as_array().unwrap().len() == count).then_some(())
        });
    };
    let mut hanging = Raw::new(running.address()).patience(1);
    assert_eq!(hanging.send(&booking()).end, End::Silence);
    // Which request comes first decides which fault it meets.
    wait_for(1);
    let mut late = Raw::new(running.address()).patience(1);
    assert_eq!(late.send(&booking()).end, End::Silence);
    wait_for(2);
    let (code, _) = running.stop("-TERM");
    assert_eq!(code, Some(0));
    let mut late = late.patience(20_000);
    assert_eq!(late.read().status(), 200);
}

#[cfg(unix)]
#[test]
fn it_logs_one_line_per_request_without_secrets() {
    let running = Running::new(&["--port", "0", "--fault", "reset_before_answer,call=2"]);
    let at = running.address();
    let target = "/aeservices30/api/C2BPostContract?Token=CANARY-1&RefNumber=R";
    let body = r#"{"Notes":"CANARY-2","CcInfo":{"TokenStr":"CANARY-3"}}"#;
    // What the page asks for every second has none.
    let page = request("GET", "/_aim/requests", "X-Aim-Fake-Page: 1\r\n", "");
    assert_eq!(send(at, &page).status(), 200);
    for _ in 0..2 {
        send(at, &request("POST", target, "DeviceId: CANARY-4\r\n", body));
    }
    control(at, "GET", "/_aim/requests?reveal=true", "");
    // A login, also on the vendor's route that ends with a token.
    let login = r#"{"Username":"CANARY-5","Password":"CANARY-6","AppID":"CANARY-7"}"#;
    for end in ["", "?UserName=CANARY-8&Password=CANARY-9", "/CANARY-10"] {
        let target = format!("/aeservices30/api/Security{end}");
        send(at, &request("POST", &target, "Token: CANARY-11\r\n", login));
    }
    let (_, log) = running.stop("-TERM");
    let lines: Vec<Json> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(!log.contains("CANARY"), "{log}");
    assert_eq!(lines.len(), 6);
    let target = "/aeservices30/api/C2BPostContract?Token=***&RefNumber=R";
    for (line, status, fault) in [
        (&lines[0], json!(200), json!(null)),
        (&lines[1], json!(null), json!("reset_before_answer")),
    ] {
        assert_eq!(line["target"], target);
        assert_eq!(line["method"], "POST");
        assert_eq!(line["operation"], service::C2B_POST_CONTRACT);
        assert_eq!(line["applied"], true);
        let ignored = ["Notes", "RefNumber"];
        let ignored = ignored.map(|what| json!({"what": what, "why": "unknown_name"}));
        assert_eq!(line["ignored"], json!(ignored));
        assert_eq!((&line["status"], &line["fault"]), (&status, &fault));
        assert!(line["time"].is_string() && line["microseconds"].is_u64());
    }
    assert_eq!(lines[2]["target"], "/_aim/requests?reveal=true");
    let logins = lines[3..].iter().map(|line| line["target"].as_str());
    let ends = ["", "?UserName=***&Password=***", "/***"];
    let targets = ends.map(|end| format!("/aeservices30/api/Security{end}"));
    assert!(logins.eq(targets.iter().map(|target| Some(target.as_str()))));
}

/// Sends requests that each log a long line, and checks their answers.
fn send_many(at: SocketAddr) {
    let target = format!("/aeservices30/api/{}", "x".repeat(LONG));
    let request = request("GET", &target, "", "");
    let mut kept = Raw::new(at);
    for number in 0..MANY {
        let answer = kept.send(&request);
        assert_eq!(answer.status(), 404, "request {number}: {answer:?}");
    }
    let (status, _) = control(at, "GET", "/health", "");
    assert_eq!(status, 200);
}

/// How many requests a log lists, and how many it says were dropped.
fn told(log: &str) -> (usize, u64) {
    let lines = log.lines().map(|line| {
        serde_json::from_str::<Json>(line).unwrap_or_else(|error| panic!("{error}: {line}"))
    });
    lines.fold((0, 0), |(lines, dropped), line| match line.get("dropped") {
        Some(more) => (lines, dropped + more.as_u64().unwrap()),
        None => (lines + 1, dropped),
    })
}

#[cfg(unix)]
#[test]
fn it_serves_and_stops_though_its_log_is_not_read() {
    let mut running = Running::new(&["--port", "0"]);
    send_many(running.address());
    // The pipe must not be read while it stops.
    let mut unread = running.child.stderr.take().unwrap();
    let began = Instant::now();
    running.signal("-TERM");
    assert_eq!(code(&mut running.child), Some(0));
    assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
    // The pipe holds only whole lines.
    let mut log = String::new();
    unread.read_to_string(&mut log).unwrap();
    let (lines, dropped) = told(&log);
    assert!(
        0 < lines && lines < MANY && dropped == 0,
        "{lines} {dropped}"
    );
}

#[cfg(unix)]
#[test]
fn a_log_read_late_says_what_is_missing() {
    let mut running = Running::new(&["--port", "0"]);
    let at = running.address();
    send_many(at);
    let mut stderr = BufReader::new(running.child.stderr.take().unwrap());
    let mut log = String::new();
    while !log.contains("\"dropped\"") {
        assert_ne!(stderr.read_line(&mut log).unwrap(), 0);
    }
    // Every request is listed or counted, including the one to /health, and
    // later ones are listed again.
    let (lines, dropped) = told(&log);
    assert_eq!(lines + usize::try_from(dropped).unwrap(), MANY + 1);
    control(at, "GET", "/health", "");
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    assert!(line.contains("\"target\":\"/health\""), "{line}");
}

#[cfg(unix)]
#[test]
fn a_log_read_at_the_end_says_what_is_missing() {
    let mut running = Running::new(&["--port", "0"]);
    send_many(running.address());
    let mut stderr = running.child.stderr.take().unwrap();
    running.signal("-TERM");
    let mut log = String::new();
    stderr.read_to_string(&mut log).unwrap();
    let (lines, dropped) = told(&log);
    assert!(dropped > 0);
    assert_eq!(lines + usize::try_from(dropped).unwrap(), MANY + 1);
    assert_eq!(code(&mut running.child), Some(0));
}

/// On Linux a pipe holds 64 KiB.
#[cfg(target_os = "linux")]
#[test]
fn it_serves_and_stops_though_its_output_is_not_read() {
    use std::io::Write;

    let full = || {
        let (reader, mut writer) = std::io::pipe().unwrap();
        writer.write_all(&[b'x'; 65_536]).unwrap();
        (reader, writer)
    };
    let ((_out, stdout), (_errors, stderr)) = (full(), full());
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = free.local_addr().unwrap();
    drop(free);
    let arguments = ["--port", &at.port().to_string()];
    let start = |arguments: &[&str]| {
        program(arguments)
            .stdout(stdout.try_clone().unwrap())
            .stderr(stderr.try_clone().unwrap())
            .spawn()
            .unwrap()
    };
    let mut running = Running {
        child: start(&arguments),
        first_line: String::new(),
        stdout: None,
    };
    let began = Instant::now();
    until(|| TcpStream::connect(at).ok());
    assert_eq!(send(at, &booking()).status(), 200);
    // The port is taken, and this error is not read either.
    let mut second = start(&arguments);
    assert_eq!(code(&mut second), Some(1));
    running.signal("-TERM");
    assert_eq!(code(&mut running.child), Some(0));
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

#[cfg(unix)]
#[test]
fn it_can_be_quiet() {
    let running = Running::new(&["--port", "0", "--quiet"]);
    send(running.address(), &booking());
    assert_eq!(running.stop("-TERM"), (Some(0), String::new()));
}

#[test]
fn it_starts_with_a_fixture_faults_and_settings() {
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/store.json");
    let running = Running::new(&[
        "--port",
        "0",
        "--fixture",
        fixture,
        "--setting",
        "fallback=true",
        "--setting",
        "date_format=us",
        "--setting",
        r#"api_keys=["key"]"#,
        "--fault",
        "html_error,status=502,retry_after=30,operation=C2BPostContract,call=2",
        "--fault",
        r#"{"fault":"reset_before_request","connection":99}"#,
    ]);
    let at = running.address();
    let (_, settings) = control(at, "GET", "/_aim/settings", "");
    assert_eq!(settings["fallback"], true);
    assert_eq!(settings["date_format"], "us");
    assert_eq!(settings["api_keys"], json!(["key"]));
    let (_, faults) = control(at, "GET", "/_aim/faults", "");
    assert_eq!(faults["faults"][0]["passes"], 1);
    assert_eq!(faults["faults"].as_array().unwrap().len(), 2);
    let (_, state) = control(at, "GET", "/_aim/state", "");
    assert!(!state["contracts"].as_array().unwrap().is_empty());
    assert_eq!(send(at, &booking()).status(), 200);
    assert_eq!(send(at, &booking()).header("retry-after"), Some("30"));
}

/// A file for a test.
fn file(name: &str, text: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[cfg(unix)]
#[test]
fn it_serves_a_merchants_own_document() {
    let document = file("own.yaml", &own::document());
    let booked = r#"{"bookings":[{"operation":"TestPing"}]}"#;
    let fixture = file("own-state.json", booked);
    let running = Running::new(&[
        "--port",
        "0",
        "--document",
        &document,
        "--fixture",
        &fixture,
        "--fault",
        "text_not_found,operation=TestListing,call=2",
    ]);
    let at = running.address();
    let list = request("GET", "/api/TestListing", "", "");
    assert_eq!(send(at, &list).status(), 200);
    assert_eq!(send(at, &list).status(), 404);
    let post = r#"{"TestNumber":"CANARY","Notes":"n"}"#;
    let target = "/api/PostServiceTicket?TestNumber=CANARY";
    assert_eq!(send(at, &request("POST", target, "", post)).status(), 200);
    let page = send(at, &request("GET", "/openapi.yaml", "", ""));
    assert!(page.text().contains("/api/TestListing:"));
    let (code, log) = running.stop("-TERM");
    assert_eq!(code, Some(0));
    let lines: Vec<Json> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["not_kept"], json!([]));
    assert_eq!(lines[2]["not_kept"], json!(["TestNumber"]));
    assert!(!log.contains("CANARY"), "{log}");
}

#[test]
fn its_help_is_complete() {
    let help = run(&["--help"]);
    assert_eq!(help.status.code(), Some(0));
    let help = String::from_utf8(help.stdout).unwrap();
    let options = [
        "--port",
        "--address",
        "--document",
        "--fixture",
        "--fault",
        "--setting",
        "--quiet",
    ];
    for word in options.iter().chain(aim_fake::FaultKind::NAMES) {
        assert!(help.contains(word), "{word}");
    }
    // Who has the program alone has no README.
    assert!(help.contains("GET /_aim/ ") && !help.contains("README"));
    let settings = serde_json::to_value(aim_fake::Settings::default()).unwrap();
    for (name, value) in settings.as_object().unwrap() {
        assert!(help.contains(&format!("{name}={value}")), "{name}");
    }
}

#[test]
fn wrong_arguments_exit_with_2() {
    let unreadable = &file("unreadable.json", "{\n\"a\":}");
    let unfit = &file("unfit.json", r#"{"nope":1}"#);
    let own = own::document();
    let broken = &file(
        "broken.yaml",
        &own.replacen("x-aim-repeat: safe", "x-aim-repeat: no", 1),
    );
    let without = own.replace("x-aim-operation: C", "x-aim-operation: X");
    let without = &file("without.yaml", &without);
    for (arguments, told) in [
        (&["--port", "x"][..], "--port"),
        (&["--nope"], "--nope"),
        (&["--address", "localhost!"], "--address"),
        (&["--fault", "nope"], "/fault"),
        (&["--fault", "bom,call=0"], "/call"),
        (&["--fault", "bom,call"], "name,parameter=value"),
        (&["--fault", "{\"fault\""], "not valid JSON"),
        (
            &["--setting", "nope=1"],
            "--setting nope: no setting has this name",
        ),
        (&["--setting", "fallback"], "name=value"),
        (&["--setting", "max_body=-1"], "--setting max_body"),
        (&["--fixture", "/nowhere/state.json"], "/nowhere/state.json"),
        (&["--fixture", unreadable], "line 2 column 5"),
        (&["--fixture", unfit], "/nope"),
        (&["--document", "/nowhere/aim.yaml"], "/nowhere/aim.yaml"),
        (
            &["--document", broken],
            "broken.yaml: at \"/paths/~1api~1TestListing/get/x-aim-repeat\": `safe`, \
             `session` or `books` is expected (line ",
        ),
        (
            &["--document", without],
            "without.yaml: at \"/paths\": no operation has `x-aim-operation: C2BPostContract`",
        ),
        (
            &["--document", without],
            "without.yaml: at \"/paths\": no operation has `x-aim-operation: CustomerAccessToken`",
        ),
        // An operation of another document.
        (
            &["--fault", "bom,operation=TestPing"],
            "--fault: at \"/0/operation\"",
        ),
    ] {
        let output = run(arguments);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
        assert!(error.contains(told), "{arguments:?}: {error}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_port_that_is_taken_exits_with_1() {
    let running = Running::new(&["--port", "0"]);
    let port = running.address().port().to_string();
    let output = run(&["--port", &port]);
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains(&format!("cannot listen on 127.0.0.1:{port}")),
        "{error}"
    );
}

/// The lines of a section of the document's README, and what stands below them;
/// a package does not have that file.
#[cfg(unix)]
fn lines_of(heading: &str) -> Option<(String, String)> {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi/README.md");
    let readme = std::fs::read_to_string(readme).ok()?;
    let (_, section) = readme.split_once(&format!("\n{heading}\n")).unwrap();
    let (_, section) = section.split_once("```sh\n").unwrap();
    let (lines, below) = section.split_once("```\n").unwrap();
    Some((lines.to_owned(), below.to_owned()))
}

/// What lines print, with the program on the path, in a folder that nothing has
/// written to; none where curl is missing.
#[cfg(unix)]
fn printed(folder: &str, lines: &str) -> Option<String> {
    Command::new("curl").arg("--version").output().ok()?;
    let own = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(folder);
    let _ = std::fs::remove_dir_all(&own);
    std::fs::create_dir_all(&own).unwrap();
    let program = PathBuf::from(env!("CARGO_BIN_EXE_aim-fake"));
    let folder = program.parent().unwrap().display();
    let path = format!("{folder}:{}", std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-euc", lines])
        .current_dir(own)
        .env("PATH", path)
        .output()
        .unwrap();
    Some(String::from_utf8(output.stdout).unwrap())
}

/// Line by line but for the one that installs.
#[test]
#[cfg(unix)]
fn the_quick_start_says_what_it_shows() {
    let Some((script, after)) = lines_of("## Quick start") else {
        return;
    };
    let install = "cargo install --locked --path crates/aim-fake\n";
    assert!(script.starts_with(install) && script.matches("8080").count() == 2);
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let script = script
        .replace(install, "")
        .replace("8080", &port.to_string());
    let Some(printed) = printed("quick-start", &script) else {
        return;
    };
    let shown = after.split('`').nth(1).unwrap();
    assert!(printed.contains(shown), "{printed}");
    assert!(printed.contains("503"), "{printed}");
    assert_eq!(printed.matches("\"applied\":true").count(), 2, "{printed}");
}

/// Each line is answered as the table says, by a fake that takes no other
/// tokens than those in it.
#[test]
#[cfg(unix)]
fn the_lines_of_the_sign_in_are_answered_as_they_say() {
    let Some((lines, below)) = lines_of("### Where address and tokens come from") else {
        return;
    };
    let arguments = ["--port", "0", "--example", "--setting", "check_tokens=true"];
    let running = Running::new(&arguments);
    let port = running.address().port().to_string();
    let Some(printed) = printed("sign-in", &lines.replace("8080", &port)) else {
        return;
    };
    let (_, table) = below.split_once("|---|---|\n").unwrap();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let shown = rows.map(|row| row.split('`').nth(3).unwrap().replace("8080", &port));
    let shown: Vec<_> = shown.collect();
    assert_eq!((shown.len(), printed.lines().count()), (3, 3), "{printed}");
    for (answer, shown) in printed.lines().zip(shown) {
        let begin = shown.strip_suffix("…}").unwrap();
        assert!(answer.starts_with(begin), "{answer}");
        assert!(
            answer.ends_with("\"Status\":{\"StatusCode\":\"OK\"}}"),
            "{answer}"
        );
    }
}

//! The examples with a journal in a file, run as programs, and a program that is
//! killed while it books: what each has in doubt then.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;
use std::{env, thread};

use aim_client::blocking;
use aim_client::journal::{FileJournal, State};
use aim_client::types::ContractFulfillmentRequest;
use aim_client::{CallOptions, Credentials};
use aim_fake::{AimFake, Fault, State as Store};
use aim_tests::calls;
use aim_tests::server::{Received, Reply, Server};

/// Runs an example that does what it is for, and returns what it prints.
fn run(example: &str, url: &str, file: &Path, rest: &[&str]) -> String {
    let output = command(example, url, file, rest).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}

fn command(example: &str, url: &str, file: &Path, rest: &[&str]) -> Command {
    let mut command = crate::example(example);
    command.arg(url).arg(file).args(rest);
    command
}

#[tokio::test]
async fn the_file_journal_says_what_is_in_doubt_until_a_person_has_looked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bookings.jsonl");
    let store = Store::example().unwrap();
    let fake = AimFake::builder().state(store).start().await.unwrap();
    let url = fake.base_url();
    let book = |order: &str| run("journal", url, &file, &[order]);
    let settle = |rest: &[&str]| run("doubts", url, &file, rest);
    let bookings = || fake.state().bookings().len();
    let before = bookings();

    let booked = book("order-1");
    let reference = booked.strip_prefix("booked: ").unwrap().trim().to_owned();
    let again = book("order-1");
    assert!(again.starts_with("not booked again: order-1: C2BPostContract of "));
    assert!(
        again.ends_with(&format!(", booked as {reference}\n")),
        "{again}"
    );

    // It is booked, and nobody is told.
    fake.fault(Fault::from_text("html_error,apply=true").unwrap())
        .await
        .unwrap();
    let printed = book("order-2");
    assert!(
        printed.starts_with("unknown: C2BPostContract: "),
        "{printed}"
    );
    let printed = run("journal", "http://127.0.0.1:1", &file, &["order-3"]);
    assert!(
        printed.starts_with("look up in AIM: order-2: "),
        "{printed}"
    );
    assert!(printed.contains("\nnot sent: "), "{printed}");
    let printed = book("order-2");
    assert!(
        printed.contains("\nnot booked again: order-2: "),
        "{printed}"
    );
    assert!(printed.ends_with(", in doubt\n"), "{printed}");
    assert_eq!(bookings() - before, 2);
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(text.lines().count(), 6);
    for secret in ["Ada", "canary"] {
        assert!(!text.contains(secret), "{text}");
    }

    let listed = settle(&[]);
    assert!(
        listed.starts_with("in doubt: 1\norder-2: C2BPostContract of "),
        "{listed}"
    );
    assert!(
        listed.contains("a contract of this order's customer"),
        "{listed}"
    );
    let last = fake.state().bookings().last().unwrap().references[0].clone();
    let settled = settle(&["order-2", "booked", &last]);
    assert_eq!(settled, "settled: order-2\nin doubt: 0\n");
    let printed = book("order-2");
    assert!(
        printed.ends_with(&format!(", booked as {last}\n")),
        "{printed}"
    );

    // What is not there after all may be booked again.
    let fulfill = async || {
        let journal = FileJournal::open(&file).unwrap();
        let client = client(url, journal.clone());
        let work = move || {
            let request = ContractFulfillmentRequest::new()
                .ref_("R-104234")
                .serial("S-1");
            let named = client.with(CallOptions::new().booking_id("order-4"));
            let _ = named.contract_fulfillment(&request);
        };
        tokio::task::spawn_blocking(work).await.unwrap();
        journal.find("order-4").unwrap().state
    };
    fake.fault(Fault::from_text("html_error").unwrap())
        .await
        .unwrap();
    assert_eq!(fulfill().await, State::InDoubt);
    let listed = settle(&[]);
    assert!(
        listed.contains(" for R-104234, in doubt\n  R-104234 has now ["),
        "{listed}"
    );
    assert_eq!(
        settle(&["order-4", "not-booked"]),
        "settled: order-4\nin doubt: 0\n"
    );
    assert_eq!(fulfill().await, State::Booked { reference: None });
}

fn client(url: &str, journal: FileJournal) -> blocking::AimClient {
    calls::builder(url)
        .credentials(Credentials::new("canary-key", "canary-app"))
        .journal(journal)
        .build_blocking()
        .unwrap()
}

/// The proxy of the environment would see every request, with its keys.
#[test]
fn a_proxy_of_the_environment_is_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bookings.jsonl");
    let answer = |_: &_| Reply::json(r#"{"WebRef":"W-1"}"#);
    let (server, proxy) = (
        Server::start(answer).unwrap(),
        Server::start(answer).unwrap(),
    );
    let url = proxy.url();
    let names = [
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
    ];
    let mut variables: Vec<_> = names.iter().map(|name| (*name, url.as_str())).collect();
    // No host is exempt.
    variables.extend([("NO_PROXY", ""), ("no_proxy", "")]);
    let mut command = command("journal", &server.url(), &file, &["order-1"]);
    let output = command.envs(variables).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "booked: W-1\n");
    assert_eq!(server.take().len(), 1);
    assert!(proxy.take().is_empty());
}

const URL: &str = "AIM_TEST_JOURNAL_URL";
const FILE: &str = "AIM_TEST_JOURNAL_FILE";

/// Books what is not booked or in doubt, from the first order on, until it is
/// killed or cannot.
#[test]
#[ignore = "the program of the tests below"]
fn program() {
    let journal = match FileJournal::open(env::var(FILE).unwrap()) {
        Ok(journal) => journal,
        Err(error) => {
            println!("refused: {error}");
            return;
        }
    };
    let client = client(&env::var(URL).unwrap(), journal);
    for order in 0..10_000 {
        let order = format!("order-{order}");
        let request = ContractFulfillmentRequest::new().ref_(&order).serial("S");
        let named = client.with(CallOptions::new().booking_id(&order));
        let Err(error) = named.contract_fulfillment(&request) else {
            continue;
        };
        if error.is_refused() {
            println!("refused: {error}");
            return;
        }
    }
}

/// This program, started by another one if there is one.
fn started(before: &[&str], url: &str, file: &Path) -> Child {
    let this = env::current_exe().unwrap();
    let mut words = before.iter().map(Into::into).chain([this.into_os_string()]);
    Command::new(words.next().unwrap())
        .args(words)
        .args(["journal::program", "--exact", "--ignored", "--nocapture"])
        .env(URL, url)
        .env(FILE, file)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// How often each order has arrived.
type Counts = BTreeMap<String, usize>;

/// A server that counts the orders it was sent, unless it rejected them, and
/// tells of each.
fn counting() -> (Server, Arc<Mutex<Counts>>, mpsc::Receiver<()>) {
    let counts = Arc::new(Mutex::new(Counts::new()));
    let (counter, (arrived, arrivals)) = (Arc::clone(&counts), mpsc::channel());
    let server = Server::start(move |received: &Received| {
        let request = serde_json::from_slice::<serde_json::Value>(&received.body);
        let Ok(request) = request else {
            // Its program was killed while it sent the body.
            return Reply::of(400, "text/plain", "");
        };
        let order = request["Ref"].as_str().unwrap().to_owned();
        let reply = match order.as_bytes().last() {
            Some(b'1') => Reply::of(401, "text/plain", ""),
            Some(b'2') => Reply::of(500, "text/plain", ""),
            _ => Reply::json(r#"{"Status":{"StatusCode":"OK"}}"#),
        };
        if reply.status != 401 {
            *counter.lock().unwrap().entry(order).or_default() += 1;
        }
        let _ = arrived.send(());
        // Long enough to be killed in.
        thread::sleep(Duration::from_millis(2));
        reply
    });
    (server.unwrap(), counts, arrivals)
}

/// Everything that has arrived is known to the journal, and has arrived once.
fn check(file: &Path, counts: &Mutex<Counts>) {
    let journal = FileJournal::open(file).unwrap();
    for (order, count) in &*counts.lock().unwrap() {
        assert_eq!(*count, 1, "{order}");
        let known = journal.find(order).map(|record| record.state);
        let is_unknown = order.ends_with('2');
        let is_as_sent = matches!(known, Some(State::Booked { .. })) && !is_unknown;
        assert!(
            is_as_sent || known == Some(State::InDoubt),
            "{order}: {known:?}"
        );
    }
}

#[test]
fn a_program_that_is_killed_while_it_books_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bookings.jsonl");
    let (server, counts, arrivals) = counting();
    for round in 0..15 {
        let mut program = started(&[], &server.url(), &file);
        for _ in 0..=(round % 4) {
            arrivals.recv_timeout(Duration::from_secs(60)).unwrap();
        }
        // Before the answer, after it, and while the outcome is kept.
        thread::sleep(Duration::from_micros(700 * round));
        // As `kill -9`.
        program.kill().unwrap();
        program.wait().unwrap();
        while arrivals.try_recv().is_ok() {}
        check(&file, &counts);
    }
    assert!(counts.lock().unwrap().len() > 15);
}

/// The limit of a file's size is a full disk: it comes within a line, and the
/// program gets an error, or it is the end of it.
#[cfg(unix)]
#[test]
fn a_full_disk_loses_nothing() {
    for shell in [
        r#"trap '' XFSZ; ulimit -f 1; exec "$0" "$@""#,
        r#"ulimit -c 0; ulimit -f 1; exec "$0" "$@""#,
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bookings.jsonl");
        let (server, counts, _arrivals) = counting();
        let program = started(&["bash", "-c", shell], &server.url(), &file);
        let output = program.wait_with_output().unwrap();
        let is_told = shell.starts_with("trap");
        assert_eq!(output.status.success(), is_told, "{output:?}");
        let said = "not sent: the journal could not keep the booking";
        assert_eq!(printed(&output).contains(said), is_told, "{output:?}");
        let size = fs::metadata(&file).unwrap().len();
        assert!(size <= 1024, "{size}");
        assert!(counts.lock().unwrap().len() > 2);
        check(&file, &counts);
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(text.contains("torn"), !is_told, "{text}");
    }
}

#[cfg(unix)]
#[test]
fn what_may_not_be_written_is_refused_and_nothing_is_sent() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bookings.jsonl");
    let forbid = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    let (server, counts, _arrivals) = counting();
    let mut before = Vec::new();
    let run = |before: &[&str]| {
        let program = started(before, &server.url(), &file);
        printed(&program.wait_with_output().unwrap())
    };
    forbid(folder.path(), 0o555);
    if fs::write(folder.path().join("probe"), "").is_ok() {
        // The administrator may write everywhere, but for this.
        let but = "-dac_override,-dac_read_search";
        before = vec!["setpriv", "--bounding-set", but];
    }
    let output = run(&before);
    assert!(
        output.contains("bookings.jsonl.lock: cannot be locked: "),
        "{output}"
    );
    forbid(folder.path(), 0o755);
    drop(FileJournal::open(&file).unwrap());
    forbid(&file, 0o444);
    let output = run(&before);
    assert!(
        output.contains("bookings.jsonl: cannot be opened: "),
        "{output}"
    );
    assert!(counts.lock().unwrap().is_empty());
}

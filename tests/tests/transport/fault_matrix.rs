//! Every fault of the fake on every operation, with repeating and without: what
//! the client says is certain, beside what was written down for the fault and
//! beside the fake's own record.
//!
//! No test waits: pauses between attempts end at once, and a limit of time is
//! hit as soon as the fault has struck.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aim_client::runtime::{Runtime, Sleep};
use aim_client::{Credentials, Delivery, Effect, Error, Limit, Operation, Retry};
use aim_fake::{AimFake, Fault, FaultKind, State};
use aim_tests::calls;
use aim_tests::every_operation::{
    call, call_in_part, has_key, is_of_many, is_proved_by_status_alone, key, request_type, service,
};
use aim_tests::mock_clock::MockClock;
use aim_tests::parallel;
use aim_tests::patience::patiently;
use tokio::net::TcpStream;

/// What is written down for a fault: what the client must say, and what it
/// must do about it where it may repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    /// The answer proves the operation.
    Proved,
    /// Not sent: everything is repeated.
    NotSent,
    /// Rejected: nothing is repeated.
    Rejected,
    /// Rejected, though it was applied: the server lies, and why no client can
    /// know better.
    Lied(&'static str),
    /// Unknown, and the next time is the same: nothing is repeated.
    Unknown,
    /// Unknown, and it passes: reads are repeated, bookings never.
    Passing,
    /// As said for reads. It does not strike a booking, which does not travel on
    /// a connection that was used before.
    OfReused(&'static Said),
    /// What stands beside a `Status`: a result, nothing, or items that failed.
    Beside([&'static Said; 3]),
    /// As `Passing`; but where the reset arrives while the connection is still
    /// being made, it is a connection that was not made, and nothing was sent.
    ResetAtOnce,
}

use Said::{Beside, Lied, NotSent, OfReused, Passing, Proved, Rejected, ResetAtOnce, Unknown};

const IN_BAND: Said = Lied("the in-band status is the only word that the vendor has for failure");
const STATUS: Said = Lied("what has this status comes from before the operation, or it is a lie");

const REUSED: Said =
    Lied("what comes on a connection that is used again may belong to a request before");

/// Of an answer in gzip.
const UNPACKED: Said = if cfg!(feature = "gzip") {
    Proved
} else {
    Unknown
};

/// A fault, and what is said where the operation was applied and where it was
/// not. For a fault of connections both are the same.
struct Row {
    /// `{request}` in it stands for the name of the request's type.
    fault: &'static str,
    /// The limit of time that is hit when it has struck.
    hits: Option<Limit>,
    /// Whether it strikes a first call, and what is said is of the next one.
    next: bool,
    /// Whether bookings reuse connections.
    reuse: bool,
    applied: Said,
    not_applied: Said,
}

const fn row(fault: &'static str, applied: Said, not_applied: Said) -> Row {
    Row {
        fault,
        hits: None,
        next: false,
        reuse: false,
        applied,
        not_applied,
    }
}

const fn hitting(limit: Limit, fault: &'static str, said: Said) -> Row {
    Row {
        hits: Some(limit),
        ..row(fault, said, said)
    }
}

const TABLE: &[Row] = &[
    // Where a Status says so, it was not done; but a 5xx may be a crash after it.
    row("in_band_error", IN_BAND, Rejected),
    row("in_band_error,status=400", IN_BAND, Rejected),
    row("in_band_error,status=500", Unknown, Unknown),
    row("in_band_error,style=camel", IN_BAND, Rejected),
    row("in_band_error,style=snake", IN_BAND, Rejected),
    row("in_band_error,style=upper", IN_BAND, Rejected),
    row(
        "in_band_error,status_code=Pending,error_code=0,message=OK",
        Unknown,
        Unknown,
    ),
    row(
        "in_band_error,status_code=OK,error_code=17,message=OK",
        Unknown,
        Unknown,
    ),
    // A result beside it has the last word: a code that nobody knows is
    // outweighed, a failure is doubted.
    row(
        "in_band_error,with_answer=true,status_code=Pending,error_code=,message=",
        Beside([&Proved, &Unknown, &Unknown]),
        Unknown,
    ),
    row(
        "in_band_error,with_answer=true",
        Beside([&Unknown, &IN_BAND, &Unknown]),
        Rejected,
    ),
    // An exception may come after the booking, unless it is one of binding or
    // of credentials.
    row("response_status", Passing, Passing),
    row("response_status,status=400", Unknown, Unknown),
    row(
        "response_status,status=400,code=SerializationException",
        Unknown,
        Unknown,
    ),
    row(
        "response_status,status=400,code=SerializationException,message=Unable to bind to request '{request}'",
        STATUS,
        Rejected,
    ),
    row("response_status,status=401", STATUS, Rejected),
    row("response_status,status=403", Unknown, Unknown),
    row("response_status,status=404", Unknown, Unknown),
    row("response_status,status=405", Unknown, Unknown),
    row("response_status,status=408", Passing, Passing),
    row("response_status,status=409", Unknown, Unknown),
    row("response_status,status=411", Unknown, Unknown),
    row("response_status,status=413", Unknown, Unknown),
    row("response_status,status=414", Unknown, Unknown),
    row("response_status,status=422", Unknown, Unknown),
    row("response_status,status=503", Passing, Passing),
    row("response_status,style=snake", Passing, Passing),
    row("response_status,status=400,style=upper", Unknown, Unknown),
    row("response_status,status=429", Passing, Passing),
    row(
        "response_status,status=500,code=SerializationException",
        Passing,
        Passing,
    ),
    row("refused_credential", IN_BAND, Rejected),
    row("refused_credential,credential=api_key", IN_BAND, Rejected),
    row("html_error", Passing, Passing),
    row("html_error,retry_after=3600", Passing, Passing),
    row("html_error,status=200", Passing, Passing),
    row("html_error,status=400", Unknown, Unknown),
    row("html_error,status=401", STATUS, Rejected),
    row("html_error,status=403", STATUS, Rejected),
    row("html_error,status=404", Unknown, Unknown),
    row("html_error,status=405", STATUS, Rejected),
    row("html_error,status=408", Passing, Passing),
    row("html_error,status=411", STATUS, Rejected),
    row("html_error,status=413", STATUS, Rejected),
    row("html_error,status=414", STATUS, Rejected),
    row("html_error,status=422", Unknown, Unknown),
    row("html_error,status=502", Passing, Passing),
    row("html_error,status=504", Passing, Passing),
    row("raw", Passing, Passing),
    row("raw,status=500,body=7", Passing, Passing),
    row("text_not_found", STATUS, Rejected),
    row("empty_object", Unknown, Unknown),
    row("redirect", Unknown, Unknown),
    row("redirect,status=307", Unknown, Unknown),
    row("redirect,status=308", Unknown, Unknown),
    row("empty", Passing, Passing),
    row("empty,status=200", Passing, Passing),
    row("empty,status=206", Passing, Passing),
    // What the body says counts. A spoilt answer that is not applied is an
    // empty one, which proves nothing.
    row("wrong_content_type", Proved, Unknown),
    row("wrong_content_type,content_type=text/html", Proved, Unknown),
    row("truncated", Passing, Passing),
    row("truncated,keep=0", Passing, Passing),
    row("truncated,keep=1", Passing, Passing),
    row("malformed", Passing, Passing),
    row("invalid_utf8", Passing, Passing),
    row("bom", Proved, Unknown),
    row("renamed_members", Proved, Unknown),
    row("renamed_members,style=snake", Proved, Unknown),
    row("renamed_members,style=lower", Proved, Unknown),
    row("renamed_members,style=upper", Proved, Unknown),
    row("compressed", UNPACKED, Unknown),
    row("compressed,form=unlabelled", UNPACKED, Unknown),
    row("compressed,form=label_only", Proved, Unknown),
    row("oversized", Unknown, Unknown),
    row("oversized,content_length=true", Unknown, Unknown),
    row("oversized,size=2000", Proved, Unknown),
    hitting(Limit::ReadTime, "slow_first_byte", Passing),
    hitting(Limit::TotalTime, "slow_first_byte", Unknown),
    row("slow_first_byte,milliseconds=5", Proved, Unknown),
    hitting(Limit::TotalTime, "slow_drip", Unknown),
    row("slow_drip,bytes=100,milliseconds=1", Proved, Unknown),
    hitting(Limit::ReadTime, "hang", Passing),
    hitting(Limit::TotalTime, "hang", Unknown),
    row("hang,milliseconds=5", Passing, Passing),
    row("reset_before_answer", Passing, Passing),
    row("close_before_answer", Passing, Passing),
    row("close_kept_alive", Proved, Unknown),
    Row {
        next: true,
        ..row(
            "close_kept_alive,when=next_request",
            OfReused(&Passing),
            OfReused(&Passing),
        )
    },
    Row {
        next: true,
        reuse: true,
        ..row("close_kept_alive,when=next_request", Passing, Passing)
    },
    // What comes behind an answer ends the connection, or is taken for the
    // answer to what is sent there next.
    row("late_answer", Passing, Passing),
    Row {
        next: true,
        ..row(
            "late_answer,status=400,when=next_request",
            Proved,
            OfReused(&Unknown),
        )
    },
    row("double_answer", Proved, Unknown),
    Row {
        next: true,
        ..row("double_answer", Proved, Proved)
    },
    Row {
        next: true,
        ..row(
            "double_answer,when=next_request",
            Proved,
            OfReused(&Unknown),
        )
    },
    row("stale_error", Proved, Unknown),
    Row {
        next: true,
        ..row("stale_error,status=403", Proved, Proved)
    },
    Row {
        next: true,
        ..row(
            "stale_error,when=next_request",
            OfReused(&Passing),
            OfReused(&Passing),
        )
    },
    Row {
        next: true,
        ..row(
            "stale_error,status=403,when=next_request",
            OfReused(&REUSED),
            OfReused(&REUSED),
        )
    },
    Row {
        next: true,
        reuse: true,
        ..row("stale_error,status=403,when=next_request", REUSED, REUSED)
    },
    row("connection_refused", NotSent, NotSent),
    row("reset_before_request", ResetAtOnce, ResetAtOnce),
];

/// How a call ended: what its error says, or none.
type Verdict = Option<Delivery>;

impl Said {
    /// The verdicts that are right, each with its number of attempts.
    fn right(self, operation: &Operation, retry: bool) -> Vec<(Verdict, u32)> {
        let reads = operation.effect() == Effect::ReadOnly;
        let error = |delivery| vec![(Some(delivery), 1)];
        match self {
            Proved => vec![(None, 1)],
            NotSent if retry => vec![(None, 2)],
            NotSent => error(Delivery::NotSent),
            Rejected | Lied(_) => error(Delivery::Rejected),
            OfReused(_) if !reads => vec![(None, 1)],
            OfReused(said) => said.right(operation, retry),
            // It is resolved before.
            Beside(_) => Vec::new(),
            Passing | ResetAtOnce if retry && reads => vec![(None, 2)],
            Unknown | Passing => error(Delivery::Unknown),
            ResetAtOnce => {
                let mut right = error(Delivery::Unknown);
                right.extend(NotSent.right(operation, retry));
                right
            }
        }
    }
}

/// Time for one call: pauses end at once, and in them a server that refuses
/// connections is repaired; a limit is hit once, when the fault has struck.
struct NoWait {
    fake: Arc<AimFake>,
    hits: Option<Limit>,
    hit: Arc<AtomicBool>,
}

impl Runtime for NoWait {
    fn sleep(&self, _: Duration) -> Sleep {
        let fake = Arc::clone(&self.fake);
        Box::pin(async move {
            fake.remove_faults();
            let repaired = async {
                while TcpStream::connect(fake.address()).await.is_err() {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            };
            patiently("a connection", repaired).await;
        })
    }

    fn timer(&self, limit: Limit, duration: Duration) -> Sleep {
        let never = MockClock::default().timer(limit, duration);
        if self.hits != Some(limit) {
            return never;
        }
        let (fake, hit) = (Arc::clone(&self.fake), Arc::clone(&self.hit));
        Box::pin(async move {
            let struck = async {
                while fake.requests().iter().all(|one| one.fault.is_none()) {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            };
            patiently("the fault", struck).await;
            if hit.swap(true, Ordering::Relaxed) {
                never.await;
            }
        })
    }

    fn random(&self) -> u64 {
        7
    }
}

/// What came of one case.
struct Case {
    name: String,
    fault: &'static str,
    operation: &'static Operation,
    /// Whether half of it cannot be done.
    in_part: bool,
    retry: bool,
    said: Said,
    verdict: Verdict,
    attempts: u32,
    /// How often the fake has received and how often applied the call.
    received: usize,
    applied: usize,
    /// How many bookings there are beyond the first.
    duplicates: usize,
}

impl Case {
    fn is_right(&self, verdict: Verdict) -> bool {
        let mut right = self.said.right(self.operation, self.retry);
        for (verdict, _) in &mut right {
            if self.in_part && verdict.is_none() {
                *verdict = Some(Delivery::PartlyApplied);
            }
        }
        right.contains(&(verdict, self.attempts))
    }

    /// Success that was none: nobody would send it again.
    fn is_lost(&self) -> bool {
        matches!(self.verdict, None | Some(Delivery::PartlyApplied)) && self.applied == 0
    }

    /// What was called certainly not applied, and was.
    fn is_false_comfort(&self) -> bool {
        let certain = matches!(self.verdict, Some(Delivery::NotSent | Delivery::Rejected));
        certain && self.applied > 0 && !matches!(self.said, Lied(_) | OfReused(Lied(_)))
    }

    /// A booking that came again after it may have been applied.
    fn is_sent_twice(&self) -> bool {
        self.operation.effect() == Effect::Books && self.received > 1
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: said {:?} after {} attempts where {:?} ({:?}) was written down; \
             received {}, applied {}, duplicates {}",
            self.name,
            self.verdict,
            self.attempts,
            self.said,
            self.said.right(self.operation, self.retry),
            self.received,
            self.applied,
            self.duplicates
        )
    }
}

fn outcome(result: Result<u32, Error>) -> (Verdict, u32) {
    match result {
        Ok(attempts) => (None, attempts),
        Err(error) => (Some(error.delivery()), error.attempts()),
    }
}

/// One call (or two, where the second is looked at), with a client and a
/// store of its own.
async fn run(
    fake: &Arc<AimFake>,
    row: &'static Row,
    apply: Option<bool>,
    operation: &'static Operation,
    in_part: bool,
    retry: bool,
) -> Case {
    let name = format!(
        "{}, reuse {}, apply {apply:?}, {}, in part {in_part}, retry {retry}",
        row.fault,
        row.reuse,
        operation.id()
    );
    fake.reset().await;
    let before = fake.state().bookings().len();
    let text = row.fault.replace("{request}", request_type(operation));
    let mut fault = Fault::from_text(&text).unwrap();
    if !fault.kind.is_of_connections() {
        fault = fault.on(service(operation));
    }
    if let Some(apply) = apply {
        fault = fault.apply(apply);
    }
    let applies = fault.applies();
    let is_of_connections = fault.kind.is_of_connections();
    fake.fault(fault).await.unwrap();
    let client = calls::builder(fake.base_url())
        .credentials(Credentials::new("key", "app"))
        .max_answer_bytes(100_000)
        .reuse_connections_for_bookings(row.reuse)
        .retry(if retry { Retry::new() } else { Retry::never() })
        .runtime(NoWait {
            fake: Arc::clone(fake),
            hits: row.hits,
            hit: Arc::default(),
        })
        .build()
        .unwrap();
    if row.next {
        let _ = call(&client, operation, "first").await;
    }
    let called = async {
        if in_part {
            call_in_part(&client, operation, "case").await
        } else {
            call(&client, operation, "case").await
        }
    };
    // No case takes a hundredth of this; a client that waits must fail.
    let (verdict, attempts) = tokio::time::timeout(Duration::from_secs(20), called)
        .await
        .map(outcome)
        .unwrap_or_else(|_| panic!("{name}: the client waits"));

    let mut requests = fake.requests();
    if !is_of_connections {
        assert_eq!(requests[0].fault.as_deref(), row.fault.split(',').next());
        assert_eq!(requests[0].applied, applies, "{name}");
    }
    if row.next {
        requests.remove(0);
    }
    // What the fake has booked is what it says to have applied.
    let state = fake.state();
    let books = operation.effect() == Effect::Books;
    let booked = state.bookings().len() - before;
    let all_applied = fake.requests().iter().filter(|one| one.applied).count();
    assert_eq!(booked, if books { all_applied } else { 0 }, "{name}");
    if has_key(operation) {
        assert!(
            requests.iter().all(|one| key(one) == Some("case")),
            "{name}"
        );
    }
    let mut bookings: BTreeMap<&str, usize> = BTreeMap::new();
    for booking in state.bookings() {
        *bookings.entry(&booking.digest).or_default() += 1;
    }
    let said = match (applies, row.applied) {
        (false, _) => row.not_applied,
        (true, Beside([_, _, items])) if in_part => *items,
        (true, Beside([_, nothing, _])) if is_proved_by_status_alone(operation) => *nothing,
        (true, Beside([result, ..])) => *result,
        (true, said) => said,
    };
    Case {
        fault: row.fault,
        operation,
        in_part,
        retry,
        said,
        verdict,
        attempts,
        received: requests.len(),
        applied: requests.iter().filter(|one| one.applied).count(),
        duplicates: bookings.values().map(|count| count - 1).sum(),
        name,
    }
}

/// All of a row, on a fake of its own.
async fn cases_of(row: &'static Row) -> Vec<Case> {
    let state = State::example().unwrap();
    let fake = Arc::new(AimFake::builder().state(state).start().await.unwrap());
    let fault = Fault::from_text(row.fault).unwrap();
    let mut cases = Vec::new();
    for (place, operation) in Operation::all().iter().enumerate() {
        let applies: &[_] = match (fault.kind.is_of_connections(), place) {
            (true, _) => &[None],
            // Which of the two it is by default one operation tells.
            (false, 0) => &[None, Some(true), Some(false)],
            (false, _) => &[Some(true), Some(false)],
        };
        for &apply in applies {
            let parts: &[_] = if is_of_many(operation) {
                &[false, true]
            } else {
                &[false]
            };
            for &in_part in parts {
                let case = run(&fake, row, apply, operation, in_part, true).await;
                // What one that may repeat sends once, one that may not sends so
                // too; one operation tells that.
                let is_repeated = case.attempts > 1;
                cases.push(case);
                if is_repeated || place == 0 {
                    cases.push(run(&fake, row, apply, operation, in_part, false).await);
                }
            }
        }
    }
    cases
}

fn name(row: &Row) -> &'static str {
    row.fault.split(',').next().unwrap_or_default()
}

#[test]
fn every_fault_has_a_row() {
    let rows: BTreeSet<_> = TABLE.iter().map(name).collect();
    let faults: BTreeSet<_> = FaultKind::NAMES.iter().copied().collect();
    assert_eq!(rows, faults);
    // Also with the parameters that it has by default.
    for name in faults {
        assert!(TABLE.iter().any(|row| row.fault == name), "{name}");
    }
}

#[test]
fn the_client_says_what_is_certain_and_books_once() {
    let cases = parallel::each(TABLE, |row| parallel::block_on(cases_of(row)));
    let cases: Vec<Case> = cases.into_iter().flatten().collect();
    print(&cases);
    let list = |wrong: &dyn Fn(&Case) -> bool| {
        let wrong = cases.iter().filter(|case| wrong(case));
        wrong.map(|case| format!("{case}\n")).collect::<String>()
    };
    assert_eq!(
        list(&|case| !case.is_right(case.verdict)),
        "",
        "wrong verdicts"
    );
    assert_eq!(list(&|case| case.duplicates > 0), "", "duplicates");
    assert_eq!(list(&Case::is_sent_twice), "", "sent twice");
    assert_eq!(list(&Case::is_lost), "", "lost");
    assert_eq!(list(&Case::is_false_comfort), "", "certain and wrong");

    for operation in Operation::all() {
        let partly = cases.iter().filter(|case| {
            case.operation.id() == operation.id() && case.verdict == Some(Delivery::PartlyApplied)
        });
        let is_partly = partly.count() > 0;
        assert_eq!(is_partly, is_of_many(operation), "{}", operation.id());
    }

    // Who always gives the same answer is found out, and by every operation.
    for lazy in [
        None,
        Some(Delivery::NotSent),
        Some(Delivery::Rejected),
        Some(Delivery::PartlyApplied),
        Some(Delivery::Unknown),
    ] {
        for operation in Operation::all() {
            let mut of_it = cases
                .iter()
                .filter(|one| one.operation.id() == operation.id());
            assert!(of_it.any(|case| !case.is_right(lazy)), "always {lazy:?}");
        }
    }
}

/// A line for each kind of fault, and their sums.
fn print(cases: &[Case]) {
    let line = |name: &str, cases: &[&Case]| {
        let count = |what: &dyn Fn(&Case) -> bool| cases.iter().filter(|case| what(case)).count();
        println!(
            "| {name:<20} | {:>8} | {:>7} | {:>10} | {:>4} | {:>4} of {:>4} |",
            cases.len(),
            count(&|case| case.applied > 0),
            cases.iter().map(|case| case.duplicates).sum::<usize>(),
            count(&Case::is_lost),
            count(&|case| case.is_right(case.verdict) && !case.is_false_comfort()),
            cases.len(),
        );
    };
    println!("| fault                | injected | applied | duplicates | lost | verdicts right |");
    println!("| -------------------- | -------- | ------- | ---------- | ---- | -------------- |");
    for kind in FaultKind::NAMES {
        let of_it: Vec<_> = cases
            .iter()
            .filter(|case| case.fault.split(',').next() == Some(kind))
            .collect();
        line(kind, &of_it);
    }
    line("all", &cases.iter().collect::<Vec<_>>());
    let lies: BTreeMap<_, usize> = cases.iter().fold(BTreeMap::new(), |mut lies, case| {
        if let Lied(why) = case.said {
            *lies.entry(why).or_default() += 1;
        }
        lies
    });
    for (why, count) in lies {
        println!("Of these {count} are of a server that rejects what it has applied: {why}.");
    }
}

//! Thousands of calls at once on several fakes, with faults of all kinds mixed
//! in, calls that are dropped, and calls that run out of time: nothing is
//! booked twice, and nothing is lost.
//!
//! The seed fixes what is called and what goes wrong; which call a fault
//! strikes is the scheduler's choice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aim_client::journal::{Booking, Journal, Outcome, Refusal};
use aim_client::runtime::{Runtime, Sleep};
use aim_client::{AimClient, Credentials, Delivery, Effect, Limit, Operation};
use aim_fake::{AimFake, Fault, FaultKind, Settings, State};
use aim_tests::calls;
use aim_tests::every_operation::{call, has_key, key, service};

const SEED: u64 = 0x0A1A_5EED;
const FAKES: usize = 4;
const TASKS: usize = 8;
const CALLS: usize = 12_000;

/// What goes wrong; those that reject do so without applying, as a server that
/// does not lie.
const FAULTS: &[&str] = &[
    "in_band_error",
    "in_band_error,status=500,apply=true",
    "response_status",
    "response_status,apply=true",
    "response_status,status=400,code=SerializationException",
    "response_status,status=401",
    "response_status,status=409,apply=true",
    "refused_credential",
    "html_error",
    "html_error,status=413",
    "html_error,status=504,apply=true",
    "html_error,retry_after=3600,apply=true",
    "raw,status=502,body=later",
    "raw,body=[],apply=true",
    "text_not_found",
    "empty_object",
    "empty_object,apply=true",
    "redirect",
    "redirect,status=307,apply=true",
    "empty",
    "empty,status=200,apply=false",
    "wrong_content_type",
    "wrong_content_type,apply=false",
    "truncated",
    "truncated,apply=false",
    "malformed",
    "malformed,apply=false",
    "invalid_utf8",
    "bom",
    "bom,apply=false",
    "renamed_members",
    "renamed_members,style=snake",
    "compressed",
    "compressed,form=label_only,apply=false",
    "oversized,size=20000",
    "oversized,size=20000,content_length=true,apply=false",
    "slow_first_byte,milliseconds=3",
    "slow_drip,bytes=20,milliseconds=1",
    "hang",
    "hang,apply=false",
    "hang,milliseconds=2",
    "reset_before_answer",
    "reset_before_answer,apply=false",
    "close_before_answer",
    "close_kept_alive",
    "close_kept_alive,when=next_request",
    "late_answer",
    "late_answer,when=next_request",
    "double_answer",
    "double_answer,when=next_request,apply=false",
    "stale_error",
    "stale_error,status=403,when=next_request",
    "connection_refused,milliseconds=2",
    "reset_before_request",
];

/// Pauses end at once, and there is little time.
struct Hasty;

impl Runtime for Hasty {
    fn sleep(&self, _: Duration) -> Sleep {
        Box::pin(tokio::task::yield_now())
    }

    fn timer(&self, limit: Limit, _: Duration) -> Sleep {
        let milliseconds = if limit == Limit::ReadTime { 40 } else { 60 };
        Box::pin(tokio::time::sleep(Duration::from_millis(milliseconds)))
    }
}

/// What was journaled, by the id of the booking.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<BTreeMap<String, Heard>>>);

/// How often a booking was kept, and its outcomes.
type Heard = (usize, Vec<Verdict>);

impl Journal for Kept {
    fn before(&self, booking: &Booking) -> Result<(), Refusal> {
        self.0
            .lock()
            .unwrap()
            .entry(booking.id.clone())
            .or_default()
            .0 += 1;
        Ok(())
    }

    fn after(&self, booking: &Booking, outcome: &Outcome<'_>) {
        let mut kept = self.0.lock().unwrap();
        kept.get_mut(&booking.id).unwrap().1.push(outcome.delivery);
    }
}

/// How a call ended: what its error says, or none.
type Verdict = Option<Delivery>;

/// A call that has ended.
struct Done {
    fake: usize,
    key: String,
    books: bool,
    /// None if it was dropped.
    verdict: Option<Verdict>,
}

/// Chance that is the same every time (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// One task's calls, one after the other.
async fn work(task: usize, fakes: Arc<Vec<AimFake>>, clients: Vec<AimClient>) -> Vec<Done> {
    let mut chance = Chance(SEED + u64::try_from(task).unwrap());
    // Bookings without a text of their own cannot be told apart.
    let mut operations = Operation::all().to_vec();
    operations.retain(|one| one.effect() == Effect::ReadOnly || has_key(one));
    let mut done = Vec::new();
    for number in 0..CALLS / TASKS {
        let at = chance.below(FAKES);
        let operation = chance.of(&operations);
        if chance.below(3) == 0 {
            let mut fault = Fault::from_text(chance.of(FAULTS)).unwrap();
            if !fault.kind.is_of_connections() {
                fault = fault.on(service(operation));
            }
            fakes[at].fault(fault).await.unwrap();
        }
        let key = format!("{task}-{number}");
        let client = clients[at].with(aim_client::CallOptions::new().booking_id(&key));
        let call = call(&client, operation, &key);
        let outcome = if chance.below(20) == 0 {
            let patience = Duration::from_micros(chance.next() % 3000);
            tokio::time::timeout(patience, call).await.ok()
        } else {
            Some(call.await)
        };
        done.push(Done {
            fake: at,
            books: operation.effect() == Effect::Books,
            key,
            verdict: outcome.map(|result| result.err().map(|error| error.delivery())),
        });
    }
    done
}

#[test]
fn every_fault_is_in_the_soak() {
    let used: BTreeSet<_> = FAULTS
        .iter()
        .map(|text| text.split(',').next().unwrap())
        .collect();
    assert_eq!(used, FaultKind::NAMES.iter().copied().collect());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_booked_twice_or_lost() {
    let (mut fakes, mut clients) = (Vec::new(), Vec::new());
    let kept = Kept::default();
    let mut settings = Settings::default();
    settings.remembered_requests = 3 * CALLS;
    for _ in 0..FAKES {
        let fake = AimFake::builder()
            .settings(settings.clone())
            .state(State::example().unwrap())
            .start()
            .await
            .unwrap();
        let client = calls::builder(fake.base_url())
            .credentials(Credentials::new("key", "app"))
            .max_answer_bytes(10_000)
            .runtime(Hasty)
            .journal(kept.clone())
            .build()
            .unwrap();
        fakes.push(fake);
        clients.push(client);
    }
    let before = fakes[0].state().bookings().len();
    let fakes = Arc::new(fakes);
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| tokio::spawn(work(task, Arc::clone(&fakes), clients.clone())))
        .collect();
    let mut done = Vec::new();
    for task in tasks {
        done.extend(task.await.unwrap());
    }
    // What a dropped call has sent may still be on its way to the fake.
    drop(clients);
    let received = || -> usize { fakes.iter().map(|fake| fake.requests().len()).sum() };
    let (mut last, mut quiet) = (usize::MAX, 0);
    while quiet < 10 {
        quiet = if last == received() { quiet + 1 } else { 0 };
        last = received();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    let mut struck: BTreeMap<String, usize> = BTreeMap::new();
    // How often each booking was made and received, by its fake and key.
    let mut made: BTreeMap<(usize, String), (usize, usize)> = BTreeMap::new();
    let mut duplicates = 0;
    for (at, fake) in fakes.iter().enumerate() {
        let mut applied = 0;
        for request in fake.requests() {
            if let Some(fault) = &request.fault {
                *struck.entry(fault.clone()).or_default() += 1;
            }
            if let Some(key) = key(&request) {
                let (made, received) = made.entry((at, key.to_owned())).or_default();
                *received += 1;
                *made += usize::from(request.applied);
                applied += usize::from(request.applied);
            }
        }
        // The record agrees with the books, where equal digests are duplicates.
        let state = fake.state();
        let bookings = state.bookings();
        assert_eq!(bookings.len() - before, applied);
        let digests: BTreeSet<_> = bookings.iter().map(|booking| &booking.digest).collect();
        duplicates += bookings.len() - digests.len();
    }

    let mut lost = Vec::new();
    let mut wrong = Vec::new();
    let kept = kept.0.lock().unwrap();
    for call in &done {
        let text = match call.verdict {
            None => "dropped".to_owned(),
            Some(None) => "ok".to_owned(),
            Some(Some(delivery)) => delivery.to_string(),
        };
        *count.entry(text).or_default() += 1;
        if !call.books {
            assert!(!kept.contains_key(&call.key));
            continue;
        }
        let place = (call.fake, call.key.clone());
        let (made, received) = made.get(&place).copied().unwrap_or_default();
        match call.verdict {
            Some(None) if made == 0 => lost.push(&call.key),
            Some(Some(Delivery::Unknown)) | Some(None) | None => {}
            Some(Some(_)) if made > 0 => wrong.push(&call.key),
            Some(Some(_)) => {}
        }
        if made > 1 || received > 1 {
            wrong.push(&call.key);
        }
        // The journal was notified of the same, once. A call that was dropped
        // before its first step was never journaled, and one that was not sent
        // yet says so.
        match (kept.get(&call.key), call.verdict) {
            (Some((1, outcomes)), Some(verdict)) => assert_eq!(*outcomes, [verdict]),
            (Some((1, outcomes)), None) => {
                assert_eq!(outcomes.len(), 1);
                assert!(outcomes[0] == Some(Delivery::Unknown) || made == 0);
            }
            (None, None) => assert_eq!((made, received), (0, 0)),
            (entry, verdict) => panic!("{}: {entry:?}, {verdict:?}", call.key),
        }
    }
    println!(
        "calls: {}, on {FAKES} fakes by {TASKS} tasks: {count:?}",
        done.len()
    );
    println!(
        "bookings: {}",
        made.values().map(|(made, _)| made).sum::<usize>()
    );
    println!(
        "faults that struck a call: {}: {struck:?}",
        struck.values().sum::<usize>()
    );
    println!(
        "duplicates: {duplicates}, lost: {}, wrong: {}",
        lost.len(),
        wrong.len()
    );
    assert_eq!(duplicates, 0);
    assert!(lost.is_empty() && wrong.is_empty(), "{lost:?}, {wrong:?}");
    assert!(done.len() >= 10_000);
    // The run was not idle: every fault of calls struck, and every end came that
    // does not need a connection to be made at the wrong moment.
    assert_eq!(struck.len(), FaultKind::NAMES.len() - 2);
    for end in ["ok", "rejected", "unknown", "dropped"] {
        assert!(count.contains_key(end), "{end}: {count:?}");
    }
}

//! The journal in a file, on a disk that fails or loses power at each step.

use std::collections::BTreeMap;
use std::error::Error;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, process, thread};

use reqwest::StatusCode;

use super::*;
use crate::call::disk::simulated;
use crate::call::error::ErrorKind;
use crate::generated::operations;

/// A folder of its own, which goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("aim-journal-{}-{number}", process::id());
        let folder = env::temp_dir().join(name);
        fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("bookings.jsonl")
    }

    /// Opens a file with this text.
    fn open(&self, text: impl AsRef<[u8]>) -> io::Result<FileJournal> {
        fs::write(self.file(), text).unwrap();
        FileJournal::open(self.file())
    }

    fn text(&self) -> String {
        fs::read_to_string(self.file()).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn booking(id: &str) -> Booking {
    Booking {
        id: id.to_owned(),
        operation: &operations::CONTRACT_FULFILLMENT,
        time: UNIX_EPOCH + Duration::from_secs(1_796_000_000),
        reference: Some("C-7".to_owned()),
        request: "canary".to_owned(),
    }
}

fn outcome(delivery: Option<Delivery>) -> Outcome<'static> {
    Outcome {
        delivery,
        reference: None,
        error: None,
        status: None,
    }
}

const BOOKED: Outcome<'_> = Outcome {
    delivery: None,
    reference: Some("W-1"),
    error: None,
    status: Some(StatusCode::OK),
};
const LOST: Outcome<'_> = Outcome {
    delivery: Some(Delivery::Unknown),
    reference: None,
    error: Some(ErrorKind::HttpStatus),
    status: Some(StatusCode::BAD_GATEWAY),
};

fn state(journal: &FileJournal, id: &str) -> Option<State> {
    journal.find(id).map(|record| record.state)
}

fn booked_as(reference: &str) -> Option<State> {
    let reference = Some(reference.to_owned());
    Some(State::Booked { reference })
}

fn doubts(journal: &FileJournal) -> Vec<String> {
    let records = journal.in_doubt().into_iter();
    records.map(|record| record.to_string()).collect()
}

#[test]
fn the_file_tells_what_was_done() {
    let folder = Folder::new();
    let journal = FileJournal::open(folder.file()).unwrap();
    for (id, outcome) in [
        ("a", Some(BOOKED)),
        ("b", Some(LOST)),
        ("c", Some(outcome(Some(Delivery::PartlyApplied)))),
        ("d", Some(outcome(Some(Delivery::Rejected)))),
        ("e", None),
    ] {
        journal.before(&booking(id)).unwrap();
        if let Some(outcome) = outcome {
            journal.after(&booking(id), &outcome);
        }
    }
    journal.settle("b", Settled::BookedAs("W-2")).unwrap();
    let start =
        r#""operation":"ContractFulfillment","sent":"2026-11-30T00:53:20Z","look_up":"C-7""#;
    let expected = [
        format!(r#"{{"id":"a","state":"sending",{start}}}"#),
        format!(r#"{{"id":"a","state":"booked",{start},"reference":"W-1","status":200}}"#),
        format!(r#"{{"id":"b","state":"sending",{start}}}"#),
        format!(r#"{{"id":"b","state":"unknown",{start},"error":"http_status","status":502}}"#),
        format!(r#"{{"id":"c","state":"sending",{start}}}"#),
        format!(r#"{{"id":"c","state":"partly_applied",{start}}}"#),
        format!(r#"{{"id":"d","state":"sending",{start}}}"#),
        format!(r#"{{"id":"d","state":"rejected",{start}}}"#),
        format!(r#"{{"id":"e","state":"sending",{start}}}"#),
        format!(
            r#"{{"id":"b","state":"booked",{start},"reference":"W-2","error":"http_status","status":502}}"#
        ),
    ];
    assert_eq!(folder.text().lines().collect::<Vec<_>>(), expected);
}

/// What is known of a booking decides whether its id may be used again, now and
/// after the file was opened anew.
#[test]
fn only_what_is_certainly_not_booked_is_booked_again() {
    let unknown = Some(State::InDoubt);
    for (outcome, known) in [
        (BOOKED, booked_as("W-1")),
        (LOST, unknown),
        (
            outcome(Some(Delivery::PartlyApplied)),
            Some(State::PartlyApplied),
        ),
        (outcome(Some(Delivery::NotSent)), None),
        (outcome(Some(Delivery::Rejected)), None),
    ] {
        let folder = Folder::new();
        let journal = FileJournal::open(folder.file()).unwrap();
        journal.before(&booking("a")).unwrap();
        assert_eq!(state(&journal, "a"), Some(State::OnItsWay));
        let Err(Refusal::Duplicate(earlier)) = journal.before(&booking("a")) else {
            panic!("it is on its way");
        };
        assert_eq!(earlier.state, State::OnItsWay);
        assert!(journal.in_doubt().is_empty());
        journal.after(&booking("a"), &outcome);
        assert_eq!(state(&journal, "a"), known);
        drop(journal);

        let journal = FileJournal::open(folder.file()).unwrap();
        match (journal.before(&booking("a")), known) {
            (Ok(()), None) => {}
            (Err(Refusal::Duplicate(earlier)), Some(known)) => assert_eq!(earlier.state, known),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn of_two_clicks_one_books() {
    let folder = Folder::new();
    let journal = FileJournal::open(folder.file()).unwrap();
    let (booked, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for number in 0..20 {
                    let counter = match journal.clone().before(&booking(&number.to_string())) {
                        Ok(()) => &booked,
                        Err(_) => &refused,
                    };
                    counter.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!((booked.into_inner(), refused.into_inner()), (20, 140));
    assert_eq!(folder.text().lines().count(), 20);
}

#[test]
fn a_person_settles_a_doubt_and_nothing_else() {
    let folder = Folder::new();
    let journal = FileJournal::open(folder.file()).unwrap();
    for (id, outcome) in [("a", LOST), ("b", LOST), ("c", LOST), ("d", BOOKED)] {
        journal.before(&booking(id)).unwrap();
        journal.after(&booking(id), &outcome);
    }
    journal.before(&booking("e")).unwrap();
    journal.settle("a", Settled::BookedAs("W-2")).unwrap();
    journal.settle("b", Settled::Booked).unwrap();
    journal.settle("c", Settled::NotBooked).unwrap();
    for (id, why) in [
        ("a", "it was applied"),
        ("c", "no booking has this id"),
        ("d", "it was applied"),
        ("e", "it is on its way"),
        ("f", "no booking has this id"),
    ] {
        let error = journal.settle(id, Settled::NotBooked).unwrap_err();
        assert!(error.to_string().contains(why), "{id}: {error}");
    }
    drop(journal);
    let journal = FileJournal::open(folder.file()).unwrap();
    assert_eq!(state(&journal, "a"), booked_as("W-2"));
    assert_eq!(
        state(&journal, "b"),
        Some(State::Booked { reference: None })
    );
    assert_eq!(
        doubts(&journal),
        ["e: ContractFulfillment of 2026-11-30T00:53:20Z for C-7, in doubt"]
    );
    journal.before(&booking("c")).unwrap();
}

#[test]
fn one_journal_at_a_time_has_the_file() {
    let folder = Folder::new();
    let journal = FileJournal::open(folder.file()).unwrap();
    let error = FileJournal::open(folder.file()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ResourceBusy);
    assert!(error.to_string().contains("bookings.jsonl.lock"), "{error}");
    let clone = journal.clone();
    drop(journal);
    FileJournal::open(folder.file()).unwrap_err();
    drop(clone);
    FileJournal::open(folder.file()).unwrap();
}

/// By a rotation of logs, an editor, or a person who clears up.
#[cfg(unix)]
#[test]
fn nothing_is_sent_while_the_file_is_not_as_it_was_left() {
    let changes: [fn(&Path) -> io::Result<()>; 4] = [
        |path| fs::rename(path, path.with_extension("1")),
        |path| fs::remove_file(path),
        |path| fs::write(path, ""),
        |path| {
            let text = fs::read(path)?;
            fs::remove_file(path)?;
            fs::write(path, text)
        },
    ];
    for change in changes {
        let folder = Folder::new();
        let journal = FileJournal::open(folder.file()).unwrap();
        journal.before(&booking("a")).unwrap();
        change(&folder.file()).unwrap();
        let Err(Refusal::CannotKeep(error)) = journal.before(&booking("b")) else {
            panic!("it would be lost");
        };
        assert!(
            error.to_string().contains("open the journal anew"),
            "{error}"
        );
    }
}

/// What a crash may leave: any first part of the file.
#[test]
fn wherever_a_line_is_cut_off_those_before_it_hold() {
    // A disk that is not waited for.
    simulated::fail(0..0, false);
    let folder = Folder::new();
    let journal = FileJournal::open(folder.file()).unwrap();
    for (id, outcome) in [("ä", BOOKED), ("b", LOST)] {
        journal.before(&booking(id)).unwrap();
        journal.after(&booking(id), &outcome);
    }
    drop(journal);
    let whole = fs::read(folder.file()).unwrap();
    let ends: Vec<_> = (0..whole.len()).filter(|at| whole[*at] == b'\n').collect();
    for cut in 0..=whole.len() {
        for zeros in [0, 5] {
            let mut text = whole[..cut].to_vec();
            text.resize(cut + zeros, 0);
            let journal = folder.open(text).unwrap();
            // A line without its end is one already.
            let lines = ends.iter().filter(|end| **end <= cut).count();
            let expected = [
                (lines > 0).then(|| match lines {
                    1 => State::InDoubt,
                    _ => booked_as("W-1").unwrap(),
                }),
                (lines > 2).then_some(State::InDoubt),
            ];
            assert_eq!(["ä", "b"].map(|id| state(&journal, id)), expected, "{cut}");
            journal.before(&booking("c")).unwrap();
            drop(journal);
            let kept = folder.text();
            assert_eq!(
                kept.lines().count() - lines - 1,
                usize::from(kept.contains("torn"))
            );
            let journal = FileJournal::open(folder.file()).unwrap();
            assert_eq!(["ä", "b"].map(|id| state(&journal, id)), expected, "{cut}");
            assert_eq!(state(&journal, "c"), Some(State::InDoubt));
        }
    }
}

#[test]
fn what_a_person_writes_is_read_or_refused_and_never_lost() {
    let folder = Folder::new();
    let journal = FileJournal::open(folder.file()).unwrap();
    journal.before(&booking("a")).unwrap();
    drop(journal);
    let text = folder.text();
    for (written, expected) in [
        (r#"{"id":"a","state":"not_booked"}"#, None),
        (
            "\r\n\n{\"state\": \"booked\", \"id\": \"a\", \"reference\": \"W-1\"}\r\n",
            booked_as("W-1"),
        ),
        (" ", Some(State::InDoubt)),
    ] {
        let journal = folder.open(format!("{text}{written}")).unwrap();
        assert_eq!(state(&journal, "a"), expected, "{written}");
        journal.before(&booking("b")).unwrap();
        drop(journal);
        let journal = FileJournal::open(folder.file()).unwrap();
        assert_eq!(state(&journal, "a"), expected, "{written}");
        assert_eq!(state(&journal, "b"), Some(State::InDoubt), "{written}");
        if let Some(record) = journal.find("a") {
            assert_eq!(record.operation, "ContractFulfillment");
        }
    }
    for (written, place) in [
        (r#"{"id":"a","state":"nowhere"}"#, "line 2, column "),
        (r#"{"id":"a","state":not_booked}"#, "line 2, column 20"),
        ("\n\nbooked\n", "line 4, column 1"),
        (r#"{"state":"not_booked"}"#, "line 2, column "),
        ("{\"id\":\"a\"\n", "line 2, column "),
    ] {
        let text = format!("{text}{written}");
        let error = folder.open(&text).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert!(error.to_string().contains(place), "{error}");
        assert_eq!(folder.text(), text, "it was not touched");
    }
    // Half a line is a crash's, and kept for who can make sense of it.
    let journal = folder
        .open(format!("{text}{{\"id\":\"a\",\"state\":\"bo"))
        .unwrap();
    assert_eq!(state(&journal, "a"), Some(State::InDoubt));
    let torn = r#"{"torn":"{\"id\":\"a\",\"state\":\"bo"}"#;
    assert_eq!(folder.text(), format!("{text}{torn}\n"));
}

#[test]
fn a_large_file_is_written_anew_with_all_that_may_have_been_booked() {
    let folder = Folder::new();
    let journal = FileJournal::rotated_at(&folder.file(), 0).unwrap();
    let not_sent = outcome(Some(Delivery::NotSent));
    for (id, outcome) in [("c", LOST), ("a", BOOKED), ("b", not_sent), ("b", not_sent)] {
        journal.before(&booking(id)).unwrap();
        journal.after(&booking(id), &outcome);
    }
    journal.before(&booking("d")).unwrap();
    drop(journal);
    let text = folder.text();
    assert_eq!(text.lines().count(), 9);
    drop(FileJournal::rotated_at(&folder.file(), text.len() as u64).unwrap());
    assert_eq!(folder.text(), text, "it is not larger");

    let journal = FileJournal::rotated_at(&folder.file(), 0).unwrap();
    let rotated = folder.text();
    assert_eq!(rotated.lines().count(), 3);
    // What was on its way when the program ended is in doubt.
    let known = text.replace("sending", "unknown");
    assert!(rotated.lines().all(|line| known.contains(line)));
    assert_eq!(doubts(&journal).len(), 2);
    assert_eq!(state(&journal, "a"), booked_as("W-1"));
    assert_eq!(state(&journal, "b"), None);
    journal.before(&booking("e")).unwrap();
    drop(journal);
    drop(FileJournal::rotated_at(&folder.file(), 0).unwrap());
    assert_eq!(folder.text().lines().count(), 4, "that would not halve it");
    drop(FileJournal::open(folder.file()).unwrap());
}

#[test]
fn what_is_no_file_or_cannot_be_made_is_refused() {
    let folder = Folder::new();
    for (path, why) in [
        (folder.0.clone(), "it is no file"),
        (folder.0.join("none/bookings.jsonl"), "cannot be locked"),
    ] {
        let error = FileJournal::open(&path).unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
        assert!(
            error.to_string().contains(&*path.to_string_lossy()),
            "{error}"
        );
    }
}

/// What is certain of a booking for the program that made it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Certain {
    MayBeSent,
    /// And the journal had no trouble with it.
    IsBooked,
    IsSettled,
    IsFree,
}

type Bookings = BTreeMap<&'static str, Certain>;

/// A program that books, ends and goes on.
fn program(path: &Path, bookings: &mut Bookings) -> io::Result<()> {
    let journal = FileJournal::rotated_at(path, 0)?;
    book(&journal, bookings, "booked", Some(BOOKED));
    book(&journal, bookings, "lost", Some(LOST));
    book(&journal, bookings, "killed", None);
    let rejected = outcome(Some(Delivery::Rejected));
    book(&journal, bookings, "free", Some(rejected));
    book(&journal, bookings, "free", Some(rejected));
    if journal.settle("lost", Settled::BookedAs("W-2")).is_ok() {
        bookings.insert("lost", Certain::IsSettled);
    }
    drop(journal);
    let journal = FileJournal::rotated_at(path, 0)?;
    for id in ["booked", "lost", "killed", "free", "last"] {
        book(&journal, bookings, id, Some(BOOKED));
    }
    Ok(())
}

fn book(
    journal: &FileJournal,
    bookings: &mut Bookings,
    id: &'static str,
    outcome: Option<Outcome<'_>>,
) {
    let known = bookings.get(id).copied().unwrap_or(Certain::IsFree);
    if journal.before(&booking(id)).is_err() {
        return;
    }
    assert_eq!(known, Certain::IsFree, "{id} is booked twice");
    bookings.insert(id, Certain::MayBeSent);
    let Some(outcome) = outcome else { return };
    journal.after(&booking(id), &outcome);
    if outcome.delivery == Some(Delivery::Rejected) {
        bookings.insert(id, Certain::IsFree);
    } else if outcome.delivery.is_none() && journal.inner().owed.is_empty() {
        bookings.insert(id, Certain::IsBooked);
    }
}

/// Runs the program on a disk on which some steps fail, and looks at what it
/// finds when it is started again. Returns how many steps there were.
fn try_with(failing: Range<usize>, is_eager: bool, loses_power: bool) -> usize {
    let case = format!("{failing:?} {is_eager} {loses_power}");
    let folder = Folder::new();
    let mut bookings = Bookings::new();
    simulated::fail(failing, is_eager);
    let ended = program(&folder.file(), &mut bookings);
    let disk = simulated::end();
    if loses_power {
        disk.lose_power(&folder.file());
    }
    let journal =
        FileJournal::open(folder.file()).unwrap_or_else(|error| panic!("{case}: {error}"));
    for (id, certain) in bookings {
        let found = state(&journal, id);
        let expected = match certain {
            Certain::IsFree => continue,
            Certain::MayBeSent => found.clone().or(Some(State::InDoubt)),
            Certain::IsBooked => booked_as("W-1"),
            Certain::IsSettled => booked_as("W-2"),
        };
        assert_eq!(found, expected, "{case}: {id}, {certain:?}, {ended:?}");
        let Err(Refusal::Duplicate(_)) = journal.before(&booking(id)) else {
            panic!("{case}: {id} would be booked twice");
        };
    }
    disk.steps()
}

#[test]
fn nothing_that_may_be_sent_is_lost_at_any_step() {
    for (is_eager, loses_power) in [(false, false), (false, true), (true, true)] {
        let steps = try_with(0..0, is_eager, loses_power);
        assert!(steps > 40, "{steps}");
        for step in 0..steps {
            // The program ends there, or the disk is full for a while.
            for last in [usize::MAX, step + 1, step + 3] {
                try_with(step..last, is_eager, loses_power);
            }
        }
    }
}

/// Made when there was no space for it, an outcome is written with the next
/// line.
#[test]
fn an_outcome_is_written_when_there_is_space_again() {
    let folder = Folder::new();
    let journal = FileJournal::open(folder.file()).unwrap();
    journal.before(&booking("a")).unwrap();
    simulated::fail(0..usize::MAX, false);
    journal.after(&booking("a"), &BOOKED);
    let Err(Refusal::CannotKeep(error)) = journal.before(&booking("b")) else {
        panic!("it would be lost");
    };
    simulated::end();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    assert!(Error::source(&error).is_none() && error.to_string().contains("bookings.jsonl"));
    journal.before(&booking("b")).unwrap();
    drop(journal);
    let journal = FileJournal::open(folder.file()).unwrap();
    assert_eq!(state(&journal, "a"), booked_as("W-1"));
    assert!(!folder.text().contains("canary"));
}

//! A journal in a file.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf, absolute};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::DateTime;
use serde::{Deserialize, Serialize};

use crate::call::disk;
use crate::call::error::Delivery;
use crate::call::journal::{Booking, Journal, Outcome, Refusal};
use crate::call::record::{Record, State, rfc3339};

/// A file that is larger is written anew when it is opened, if that halves it.
const ROTATED_AT: u64 = 1 << 20;

/// A journal in a file: what may have been booked is never forgotten, and never
/// booked again under the same
/// [`booking_id`](crate::CallOptions::booking_id).
///
/// ```no_run
/// # fn f() -> Result<(), Box<dyn std::error::Error>> {
/// use aim_client::journal::{FileJournal, Settled};
/// use aim_client::{AimClient, CallOptions, Credentials};
///
/// let journal = FileJournal::open("bookings.jsonl")?;
/// for record in journal.in_doubt() {
///     println!("look up in AIM: {record}");
/// }
/// // When a person has found it there:
/// journal.settle("order-4711", Settled::BookedAs("W-1"))?;
///
/// let client = AimClient::builder()
///     .credentials(Credentials::new("api-key", "app-id"))
///     .journal(journal.clone())
///     .build()?;
/// let named = client.with(CallOptions::new().booking_id("order-4712"));
/// # Ok(())
/// # }
/// ```
///
/// - Each event is one line of JSON, on the disk before the booking is sent. No
///   request is in it: the booking id says whose it is, so take the number of
///   your own order. Ids and references are kept as they are.
/// - An id is refused while its booking is on its way or in doubt, and for ever
///   once it was applied ([`Error::earlier_booking`](crate::Error::earlier_booking)
///   says which). Where the outcome was *not sent* or *rejected*, it may be used
///   again.
/// - One journal at a time has the file, and holds the lock of the file beside
///   it that ends in `.lock`. Clones are the same journal, for
///   [`settle`](Self::settle) and [`in_doubt`](Self::in_doubt) beside a client.
/// - A last line that a crash has cut off is kept as text and counts for
///   nothing: its booking was not sent, or is in doubt by the line before.
/// - A file of over a megabyte is replaced, when it is opened, by one with the
///   last line of each booking that was applied or may have been, if that halves
///   it. The new one is written to the end beside it (`.new`) and then renamed,
///   so that each moment has a whole one.
///
/// Keep the file on a local disk, out of reach of programs that move or shorten
/// logs: while it is not as this journal left it, nothing is sent.
#[derive(Clone)]
pub struct FileJournal(Arc<Mutex<Inner>>);

struct Inner {
    path: PathBuf,
    file: File,
    /// The size of what is whole.
    len: u64,
    /// Whether there may be more than that, of a line that failed.
    is_torn: bool,
    /// The outcomes that could not be written yet.
    owed: Vec<u8>,
    /// The last line of each booking that was applied or may have been.
    bookings: BTreeMap<String, Line>,
    /// Held as long as this lives.
    _lock: File,
}

/// What a person has found out about a booking in doubt; given to
/// [`FileJournal::settle`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled<'a> {
    /// It is in AIM, with this reference (`WebRef`).
    BookedAs(&'a str),
    /// It is in AIM.
    Booked,
    /// It is not, and will not come: its id may be used again.
    NotBooked,
}

/// A line of the file. A person may write one, too: `id` and `state` are enough.
#[derive(Clone, Serialize, Deserialize)]
struct Line {
    id: String,
    state: Step,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    /// When it was handed to the journal.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    look_up: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    Sending,
    Booked,
    PartlyApplied,
    Unknown,
    NotSent,
    Rejected,
    /// As a person has found out.
    NotBooked,
}

/// What may stand in a line.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Entry {
    Booking(Line),
    /// The rest of a line that was cut off.
    Torn {
        torn: String,
    },
}

impl FileJournal {
    /// Opens or creates the file. What is [in doubt](Self::in_doubt) is known
    /// from then on.
    ///
    /// # Errors
    ///
    /// If another journal has the file, if the file system does not let it be
    /// locked, read and written, or if it has a line that is none of a
    /// journal's. The text names the file, and the line.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        Self::rotated_at(path.as_ref(), ROTATED_AT)
    }

    fn rotated_at(path: &Path, size: u64) -> io::Result<Self> {
        // The same file has one lock, whatever leads to it.
        let path = fs::canonicalize(path).or_else(|_| absolute(path))?;
        let told = |error| about(&path, "cannot be opened", &error);
        if fs::metadata(&path).is_ok_and(|found| !found.is_file()) {
            return Err(told(io::Error::other("it is no file")));
        }
        let lock = lock(&path)?;
        let mut file = disk::open(&path).map_err(told)?;
        let found = Contents::read(&file, &path)?;
        let mut len = found.mend(&file, &path).map_err(told)?;
        if len > size && found.bookings.len() <= found.lines / 2 {
            // An open file cannot be replaced on every system.
            drop(file);
            // Where there is no space for another, the old one is as good.
            let _ = rotate(&path, &found.bookings);
            disk::sync_folder_of(&path).map_err(told)?;
            file = disk::open(&path).map_err(told)?;
            len = file.metadata().map_err(told)?.len();
        }
        let inner = Inner {
            path,
            file,
            len,
            is_torn: false,
            owed: Vec::new(),
            bookings: found.bookings,
            _lock: lock,
        };
        Ok(Self(Arc::new(Mutex::new(inner))))
    }

    /// The bookings that may have been applied, the oldest first: those whose
    /// outcome is unknown, and those that an earlier program left without one.
    /// Those on their way are none of them.
    #[must_use]
    pub fn in_doubt(&self) -> Vec<Record> {
        let inner = self.inner();
        let lines = inner.bookings.values();
        let mut records: Vec<_> = lines
            .filter(|line| line.state == Step::Unknown)
            .map(Line::record)
            .collect();
        records.sort_by_key(|record| record.time);
        records
    }

    /// What is known of a booking; nothing if it was certainly not booked. One that
    /// is on its way in another task is found as that, so a second click can look
    /// again until it has an end.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<Record> {
        self.inner().bookings.get(id).map(Line::record)
    }

    /// Ends a doubt with what a person has found in AIM. An id that may be used
    /// again is given anew ([`CallOptions::booking_id`](crate::CallOptions::booking_id)):
    /// options that had it before remember the doubt.
    ///
    /// # Errors
    ///
    /// If no booking with this id is in doubt, or if it cannot be written: then
    /// it stays in doubt.
    pub fn settle(&self, id: &str, settled: Settled<'_>) -> io::Result<()> {
        let mut inner = self.inner();
        let known = inner.bookings.get(id);
        let why = match known.map(|line| line.state) {
            Some(Step::Unknown) => None,
            Some(Step::Sending) => Some("it is on its way: wait for its outcome"),
            Some(_) => Some("it was applied"),
            None => Some("no booking has this id, or it was certainly not booked"),
        };
        let (Some(line), None) = (known, why) else {
            let text = format!("nothing is in doubt: {}", why.unwrap_or_default());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        };
        let mut line = line.clone();
        (line.state, line.reference) = match settled {
            Settled::BookedAs(reference) => (Step::Booked, Some(reference.to_owned())),
            Settled::Booked => (Step::Booked, None),
            Settled::NotBooked => (Step::NotBooked, None),
        };
        inner.append(&line)?;
        note(&mut inner.bookings, line);
        Ok(())
    }

    /// A panic leaves nothing half done but the file, which is mended.
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Journal for FileJournal {
    fn before(&self, booking: &Booking) -> Result<(), Refusal> {
        let mut inner = self.inner();
        if let Some(known) = inner.bookings.get(&booking.id) {
            return Err(Refusal::Duplicate(known.record()));
        }
        let line = Line {
            id: booking.id.clone(),
            state: Step::Sending,
            operation: Some(booking.operation.id().to_owned()),
            sent: Some(rfc3339(booking.time)),
            look_up: booking.reference.clone(),
            reference: None,
            error: None,
            status: None,
        };
        inner.append(&line)?;
        note(&mut inner.bookings, line);
        Ok(())
    }

    fn after(&self, booking: &Booking, outcome: &Outcome<'_>) {
        let mut inner = self.inner();
        let Some(mut line) = inner.bookings.get(&booking.id).cloned() else {
            return;
        };
        line.state = match outcome.delivery {
            None => Step::Booked,
            Some(Delivery::PartlyApplied) => Step::PartlyApplied,
            Some(Delivery::Unknown) => Step::Unknown,
            Some(Delivery::NotSent) => Step::NotSent,
            Some(Delivery::Rejected) => Step::Rejected,
        };
        line.reference = outcome.reference.map(ToOwned::to_owned);
        line.error = outcome.error.map(|kind| kind.as_str().to_owned());
        line.status = outcome.status.map(|status| status.as_u16());
        if inner.append(&line).is_err() {
            // Until it is written the booking counts as in doubt after a crash,
            // which is safe.
            inner.owed.extend(line.text());
        }
        note(&mut inner.bookings, line);
    }
}

impl fmt::Debug for FileJournal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("FileJournal")
            .field("path", &self.inner().path)
            .finish_non_exhaustive()
    }
}

impl Inner {
    /// Returns when the line would survive a crash.
    fn append(&mut self, line: &Line) -> io::Result<()> {
        let told = |error| about(&self.path, "cannot be written", &error);
        if self.is_torn {
            disk::cut(&self.file, self.len).map_err(told)?;
            self.is_torn = false;
        }
        let is_ours = disk::leads_to(&self.path, &self.file).unwrap_or(false)
            && self.file.metadata().map_err(told)?.len() == self.len;
        if !is_ours {
            let reason = "another program has moved or changed it; open the journal anew";
            return Err(told(io::Error::other(reason)));
        }
        let mut text = self.owed.clone();
        text.extend(line.text());
        let written = disk::append(&self.file, self.len, &text)
            .and_then(|()| disk::sync(&self.file, &self.path));
        if let Err(error) = written {
            // Half a line must not stand before the next one.
            self.is_torn = disk::cut(&self.file, self.len).is_err();
            return Err(told(error));
        }
        self.len += text.len() as u64;
        self.owed.clear();
        Ok(())
    }
}

impl Line {
    fn text(&self) -> Vec<u8> {
        // Texts and numbers can always be written.
        let mut text = serde_json::to_vec(self).unwrap_or_default();
        text.push(b'\n');
        text
    }

    fn record(&self) -> Record {
        let state = match self.state {
            Step::Sending => State::OnItsWay,
            Step::PartlyApplied => State::PartlyApplied,
            Step::Booked => State::Booked {
                reference: self.reference.clone(),
            },
            Step::Unknown | Step::NotSent | Step::Rejected | Step::NotBooked => State::InDoubt,
        };
        let sent = self.sent.as_deref().and_then(time);
        let operation = self.operation.as_deref().unwrap_or("an operation");
        let mut record = Record::new(&*self.id, operation, sent.unwrap_or(UNIX_EPOCH), state);
        record.reference.clone_from(&self.look_up);
        record
    }
}

/// Keeps the last line of each booking that was applied or may have been.
fn note(bookings: &mut BTreeMap<String, Line>, mut line: Line) {
    match line.state {
        Step::NotSent | Step::Rejected | Step::NotBooked => {
            bookings.remove(&line.id);
            return;
        }
        Step::Sending => {}
        Step::Booked | Step::PartlyApplied | Step::Unknown => {
            // A person's line says only what is new.
            if let Some(known) = bookings.get(&line.id) {
                line.operation = line.operation.or_else(|| known.operation.clone());
                line.sent = line.sent.or_else(|| known.sent.clone());
                line.look_up = line.look_up.or_else(|| known.look_up.clone());
            }
        }
    }
    bookings.insert(line.id.clone(), line);
}

/// What a file holds.
#[derive(Default)]
struct Contents {
    bookings: BTreeMap<String, Line>,
    lines: usize,
    /// The size of what is whole.
    whole: u64,
    /// Whether the last line is whole and misses its end.
    is_unended: bool,
    /// What a crash has left of the last line.
    torn: Option<String>,
}

impl Contents {
    fn read(file: &File, path: &Path) -> io::Result<Self> {
        let mut found = Self::default();
        let mut reader = BufReader::new(file);
        let mut text = Vec::new();
        let told = |error| about(path, "cannot be read", &error);
        while reader.read_until(b'\n', &mut text).map_err(told)? > 0 {
            found.lines += 1;
            found.read_line(&text).map_err(|error| {
                let place = format!("line {}, column {}", found.lines, error.column());
                let text = format!(
                    "{}: {place} is none of a journal's; mend or remove the line",
                    path.display()
                );
                io::Error::new(io::ErrorKind::InvalidData, text)
            })?;
            text.clear();
        }
        for line in found.bookings.values_mut() {
            if line.state == Step::Sending {
                line.state = Step::Unknown;
            }
        }
        Ok(found)
    }

    fn read_line(&mut self, text: &[u8]) -> serde_json::Result<()> {
        let is_ended = text.ends_with(b"\n");
        // Some file systems leave zeros where a machine lost power.
        let is_blank = |byte: &u8| byte.is_ascii_whitespace() || (*byte == 0 && !is_ended);
        let held = text.iter().rposition(|byte| !is_blank(byte));
        let line = text.get(..held.map_or(0, |last| last + 1)).unwrap_or(text);
        match serde_json::from_slice(line) {
            Ok(Entry::Booking(line)) => note(&mut self.bookings, line),
            Ok(Entry::Torn { .. }) => {}
            Err(_) if line.is_empty() && is_ended => {}
            Err(error) if error.is_eof() && !is_ended => {
                self.torn = Some(String::from_utf8_lossy(line).into_owned());
                return Ok(());
            }
            Err(error) => return Err(error),
        }
        self.is_unended = !is_ended;
        self.whole += if is_ended { text.len() } else { line.len() } as u64;
        Ok(())
    }

    /// Ends the last line, or keeps what there is of it as text, and returns
    /// the size when all of it would survive a crash.
    fn mend(&self, file: &File, path: &Path) -> io::Result<u64> {
        let mut text = Vec::new();
        if self.is_unended {
            text.push(b'\n');
        }
        if let Some(torn) = self.torn.clone().filter(|torn| !torn.is_empty()) {
            text.extend(serde_json::to_vec(&Entry::Torn { torn })?);
            text.push(b'\n');
        }
        if file.metadata()?.len() != self.whole {
            disk::cut(file, self.whole)?;
        }
        if !text.is_empty() {
            disk::append(file, self.whole, &text)?;
        }
        // What another program has written may not be on the disk, nor the name
        // of a new file.
        disk::sync(file, path)?;
        disk::sync_folder_of(path)?;
        Ok(self.whole + text.len() as u64)
    }
}

/// Puts a file in place of this one that has nothing but these lines.
fn rotate(path: &Path, bookings: &BTreeMap<String, Line>) -> io::Result<()> {
    let new = beside(path, ".new");
    let mut lines: Vec<_> = bookings.values().collect();
    lines.sort_by_key(|line| &line.sent);
    let text: Vec<u8> = lines.into_iter().flat_map(Line::text).collect();
    let file = disk::open(&new)?;
    disk::cut(&file, 0)?;
    file.set_permissions(fs::metadata(path)?.permissions())?;
    disk::append(&file, 0, &text)?;
    disk::sync(&file, &new)?;
    drop(file);
    disk::replace(&new, path)
}

/// Takes the lock, which lasts as long as the file is open.
fn lock(path: &Path) -> io::Result<File> {
    let path = beside(path, ".lock");
    let mut options = OpenOptions::new();
    let options = options.write(true).create(true).truncate(false);
    let told = |error| about(&path, "cannot be locked", &error);
    let file = options.open(&path).map_err(told)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(told(io::Error::new(
            io::ErrorKind::ResourceBusy,
            "another program, or another journal of this one, has it",
        ))),
        Err(TryLockError::Error(error)) => Err(told(error)),
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn about(path: &Path, what: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {what}: {error}", path.display()))
}

fn time(text: &str) -> Option<SystemTime> {
    let seconds = DateTime::parse_from_rfc3339(text).ok()?.timestamp();
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds.try_into().ok()?))
}

#[cfg(test)]
mod tests;

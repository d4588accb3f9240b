//! Books a contract with a journal in a file, so that a crash loses nothing.
//!
//! ```sh
//! cargo run --example journal -- https://10846.active-e.net:7890 bookings.jsonl order-4711
//! ```
//!
//! `AIM_API_KEY` and `AIM_APP_ID` hold the credentials. The file gets one line
//! before each booking and one after. What is in doubt from earlier runs is
//! listed first: each booking without an outcome, or with an unknown one. An
//! order that is in doubt, or is booked, is not booked again. One program at a
//! time may use the file.
//!
//! A person who has looked an order up in AIM settles it with a line of their
//! own, with the outcome `applied` or `rejected`:
//!
//! ```json
//! {"id":"order-4711","operation":"C2BPostContract","outcome":"rejected"}
//! ```

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::UNIX_EPOCH;
use std::{env, fmt};

use aim_client::journal::{Booking, Journal, Outcome, Refusal};
use aim_client::types::{C2BPostContractRequest, CustomerInfo};
use aim_client::{AimClient, CallOptions, Credentials, Delivery};
use serde::{Deserialize, Serialize};

/// A line of the file. The request is not in it: the order's number, which is
/// the booking's id, says whose it is without personal data.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Line {
    id: String,
    operation: String,
    /// Seconds since 1970, on the line before.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent: Option<u64>,
    /// `applied`, or what is certain instead, on the line after.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
}

const APPLIED: &str = "applied";

impl Line {
    fn is_applied(&self) -> bool {
        self.outcome.as_deref() == Some(APPLIED)
    }

    fn is_in_doubt(&self) -> bool {
        let unknown = Delivery::Unknown.to_string();
        self.outcome
            .as_ref()
            .is_none_or(|outcome| *outcome == unknown)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, operation, .. } = self;
        write!(
            formatter,
            "{id}: {operation}, sent at {}",
            self.sent.unwrap_or(0)
        )?;
        match &self.reference {
            Some(reference) => write!(formatter, ", look up {reference}"),
            None => Ok(()),
        }
    }
}

/// A journal in a file: one line of JSON for each event, on the disk before the
/// booking is sent.
struct FileJournal(Mutex<File>);

impl FileJournal {
    /// Opens or creates the file, and returns the last that it says of each
    /// booking.
    ///
    /// A crash may have cut off the last line. It was not on the disk as a
    /// whole, so its booking was not sent, and it is removed. A person's line
    /// may only miss its end.
    fn open(path: &Path) -> io::Result<(Self, BTreeMap<String, Line>)> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        let mut bookings = BTreeMap::<String, Line>::new();
        let (mut whole, mut is_ended) = (0, true);
        let mut reader = BufReader::new(&file);
        let mut text = Vec::new();
        while reader.read_until(b'\n', &mut text)? > 0 {
            is_ended = text.ends_with(b"\n");
            match serde_json::from_slice::<Line>(&text) {
                Ok(line) => note(&mut bookings, line),
                Err(_) if text.trim_ascii().is_empty() => {}
                Err(_) if !is_ended => {
                    is_ended = true;
                    break;
                }
                Err(error) => return Err(error.into()),
            }
            whole += text.len() as u64;
            text.clear();
        }
        file.set_len(whole)?;
        file.seek(SeekFrom::Start(whole))?;
        if !is_ended {
            file.write_all(b"\n")?;
        }
        sync_folder_of(path)?;
        Ok((Self(Mutex::new(file)), bookings))
    }

    fn append(&self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = file.metadata()?.len();
        let written = file.write_all(&text).and_then(|()| file.sync_data());
        if written.is_err() {
            // Half a line must not stand before the next one.
            file.set_len(before)?;
            file.seek(SeekFrom::Start(before))?;
        }
        written
    }
}

/// Keeps the last that is said of a booking.
fn note(bookings: &mut BTreeMap<String, Line>, line: Line) {
    match bookings.get_mut(&line.id) {
        // An outcome, of what was sent last.
        Some(known) if line.sent.is_none() => {
            known.outcome = line.outcome;
            known.reference = line.reference.or(known.reference.take());
        }
        _ => {
            bookings.insert(line.id.clone(), line);
        }
    }
}

/// A new file is on the disk only when its folder is.
#[cfg(unix)]
fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| folder.is_dir());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder_of(_: &Path) -> io::Result<()> {
    Ok(())
}

impl Journal for FileJournal {
    fn before(&self, booking: &Booking) -> Result<(), Refusal> {
        let sent = booking.time.duration_since(UNIX_EPOCH).unwrap_or_default();
        self.append(&Line {
            id: booking.id.clone(),
            operation: booking.operation.id().to_owned(),
            sent: Some(sent.as_secs()),
            outcome: None,
            reference: booking.reference.clone(),
        })?;
        Ok(())
    }

    fn after(&self, booking: &Booking, outcome: &Outcome<'_>) {
        let certain = outcome.delivery.map(|delivery| delivery.to_string());
        let line = Line {
            id: booking.id.clone(),
            operation: booking.operation.id().to_owned(),
            sent: None,
            outcome: Some(certain.unwrap_or_else(|| APPLIED.to_owned())),
            reference: outcome.reference.map(ToOwned::to_owned),
        };
        if let Err(error) = self.append(&line) {
            // Without this line the booking counts as in doubt, which is safe.
            eprintln!("the outcome of {} could not be kept: {error}", booking.id);
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [base_url, file, order] = &arguments[..] else {
        return Err("usage: journal BASE_URL FILE ORDER".into());
    };
    let (journal, bookings) = FileJournal::open(Path::new(file))?;
    for line in bookings.values().filter(|line| line.is_in_doubt()) {
        println!("in doubt: {line}");
    }
    match bookings.get(order) {
        Some(known) if known.is_in_doubt() => {
            return Err(format!("{order} may be booked already: look it up in AIM").into());
        }
        Some(known) if known.is_applied() => {
            return Err(format!("{order} is booked already").into());
        }
        _ => {}
    }
    let client = AimClient::builder()
        .base_url(base_url)
        .credentials(Credentials::new(
            env::var("AIM_API_KEY")?,
            env::var("AIM_APP_ID")?,
        ))
        .journal(journal)
        .build()?;
    let request = C2BPostContractRequest::new()
        .instrument_id(4711)
        .rate_id(12)
        .customer_info(CustomerInfo::new("Ada Example", "ada@example.com"));
    // The shop's own number of the order: from it a person finds the customer.
    let named = client.with(CallOptions::new().booking_id(order));
    match named.c2b_post_contract(&request).await {
        Ok(contract) => println!(
            "booked: {}",
            contract.web_ref.as_deref().unwrap_or_default()
        ),
        Err(error) => println!("{}: {error}", error.delivery()),
    }
    Ok(())
}

//! A journal of bookings, and the entry of a call in it.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::SystemTime;

use reqwest::{Request, StatusCode};

use crate::call::answer::Answer;
use crate::call::error::{Delivery, Error, ErrorKind};
use crate::call::record::Record;
use crate::call::runtime::Runtime;
use crate::codec::evidence::AnswerBody;
use crate::operation::{Effect, Operation};

/// Keeps bookings; given to
/// [`AimClientBuilder::journal`](crate::AimClientBuilder::journal).
///
/// Both methods run on the task of the call. A journal that waits for a disk
/// may do so: a booking is worth it. One that waits for a network holds up its
/// thread, and with the blocking client every call; give it a thread of its
/// own, which it waits for in `before` and not in `after`. Neither may call the
/// blocking client it belongs to, which would wait for itself.
///
/// A panic in `before` means that nothing is sent. One in `after` reaches the
/// caller in place of the answer, so let none out.
///
/// [`FileJournal`](crate::journal::FileJournal) is for one program. Several share a
/// database, with a journal of your own; here a map stands for its table:
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::{Mutex, MutexGuard, PoisonError};
///
/// use aim_client::journal::{Booking, Journal, Outcome, Record, Refusal, State};
/// use aim_client::{AimClient, Credentials, Delivery};
///
/// /// The id is the key, so that of two programs only one books.
/// #[derive(Default)]
/// struct Bookings(Mutex<HashMap<String, Record>>);
///
/// impl Bookings {
///     fn table(&self) -> MutexGuard<'_, HashMap<String, Record>> {
///         self.0.lock().unwrap_or_else(PoisonError::into_inner)
///     }
/// }
///
/// impl Journal for Bookings {
///     fn before(&self, booking: &Booking) -> Result<(), Refusal> {
///         let mut table = self.table();
///         if let Some(earlier) = table.get(&booking.id) {
///             return Err(Refusal::Duplicate(earlier.clone()));
///         }
///         let operation = booking.operation.id();
///         let mut record = Record::new(&booking.id, operation, booking.time, State::OnItsWay);
///         record.reference = booking.reference.clone();
///         // Commit it here; an `io::Error` by `?` keeps the booking from being sent.
///         table.insert(booking.id.clone(), record);
///         Ok(())
///     }
///
///     fn after(&self, booking: &Booking, outcome: &Outcome<'_>) {
///         let state = match outcome.delivery {
///             None => State::Booked { reference: outcome.reference.map(str::to_owned) },
///             // Certainly not applied: its id may be used once more.
///             Some(Delivery::NotSent | Delivery::Rejected) => {
///                 self.table().remove(&booking.id);
///                 return;
///             }
///             Some(Delivery::PartlyApplied) => State::PartlyApplied,
///             // A person looks it up. So it is, too, if the program ends before
///             // this is written: what is still on its way then is in doubt.
///             Some(_) => State::InDoubt,
///         };
///         if let Some(record) = self.table().get_mut(&booking.id) {
///             record.state = state;
///         }
///     }
/// }
///
/// # fn main() -> Result<(), aim_client::Error> {
/// let client = AimClient::builder()
///     .base_url("https://aim.example.com")
///     .credentials(Credentials::new("api-key", "app-id"))
///     .journal(Bookings::default())
///     .build()?;
/// # let _ = client;
/// # Ok(())
/// # }
/// ```
pub trait Journal: Send + Sync + 'static {
    /// Keeps a booking that is about to be sent. It must not return before the
    /// entry would survive a crash.
    ///
    /// # Errors
    ///
    /// If the booking is not to be sent: it cannot be kept, or its id is taken.
    fn before(&self, booking: &Booking) -> Result<(), Refusal>;

    /// Keeps what came of it. It is called once for each booking that
    /// [`before`](Self::before) has kept, unless the program ends.
    fn after(&self, booking: &Booking, outcome: &Outcome<'_>);
}

/// Why a journal does not take a booking, which is not sent then.
#[derive(Debug)]
#[non_exhaustive]
pub enum Refusal {
    /// It cannot be kept: [`Delivery::NotSent`]. The journal's error is the
    /// source of the call's, which is logged: put no payload into it.
    CannotKeep(io::Error),
    /// Its id is that of a booking that was applied or may have been:
    /// [`Delivery::Unknown`], since nothing is certain but what the record says.
    /// The caller gets it from
    /// [`Error::earlier_booking`](crate::Error::earlier_booking).
    Duplicate(Record),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::CannotKeep(error)
    }
}

/// A booking, as a journal gets it.
#[derive(Clone)]
#[non_exhaustive]
pub struct Booking {
    /// Its name: [`CallOptions::booking_id`](crate::CallOptions::booking_id),
    /// else a random one; [`Error::booking_id`](crate::Error::booking_id) and
    /// [`Answer::booking_id`](crate::Answer::booking_id) have it too.
    pub id: String,
    /// What is called.
    pub operation: &'static Operation,
    /// When it was handed to the journal.
    pub time: SystemTime,
    /// The value to look it up with: the request's `Ref`, where the API has a
    /// look-up ([`Operation::lookup`]). A mass update has none: its items do.
    pub reference: Option<String>,
    pub(crate) request: String,
}

impl Booking {
    /// The request as it is sent: the JSON of a POST, the query of a GET.
    ///
    /// It holds names, addresses and card tokens. A journal that keeps it must
    /// be protected like a customer file; to look a booking up,
    /// [`reference`](Self::reference) is enough, and for a booking without one
    /// a person needs to know whose it was and when: a number of your own
    /// order in [`id`](Self::id) says that without any personal data.
    #[must_use]
    pub fn expose_request(&self) -> &str {
        &self.request
    }
}

/// The request stays out.
impl fmt::Debug for Booking {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Booking")
            .field("id", &self.id)
            .field("operation", &self.operation.id())
            .finish_non_exhaustive()
    }
}

/// What came of a booking.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Outcome<'a> {
    /// What is certain; `None` if the answer proves that it was applied.
    pub delivery: Option<Delivery>,
    /// The reference that the server gave it (`WebRef`), if it was applied.
    pub reference: Option<&'a str>,
    /// What went wrong, if anything did: [`ErrorKind::Dropped`] if the call's
    /// future was dropped, and [`ErrorKind::Panicked`] if a panic did that.
    pub error: Option<ErrorKind>,
    /// The HTTP status, if an answer began to arrive.
    pub status: Option<StatusCode>,
}

/// The entry of a call; there is something in it only for a booking, and only
/// if there is a journal.
pub(crate) struct Entry(Option<Open>);

struct Open {
    journal: Arc<dyn Journal>,
    booking: Booking,
    may_be_sent: bool,
}

impl Entry {
    /// Hands a booking to the journal.
    pub(crate) fn open(
        journal: Option<&Arc<dyn Journal>>,
        runtime: &dyn Runtime,
        id: Option<&str>,
        operation: &'static Operation,
        request: &Request,
    ) -> Result<Self, Error> {
        let (Some(journal), Effect::Books) = (journal, operation.effect) else {
            return Ok(Self(None));
        };
        let id = id.map_or_else(
            || format!("{:016x}{:016x}", runtime.random(), runtime.random()),
            ToOwned::to_owned,
        );
        let body = request.body().and_then(|body| body.as_bytes());
        let text = body.map_or_else(
            || request.url().query().unwrap_or_default().into(),
            String::from_utf8_lossy,
        );
        let booking = Booking {
            id,
            operation,
            time: runtime.time_of_day(),
            reference: operation
                .lookup
                .as_ref()
                .and_then(|by| member(&text, by.member)),
            request: text.into_owned(),
        };
        journal.before(&booking).map_err(|refusal| {
            let mut error = match refusal {
                Refusal::CannotKeep(error) => Error::not_kept(operation, error),
                Refusal::Duplicate(record) => Error::duplicate(operation, record),
            };
            error.set_booking_id(booking.id.as_str().into());
            error
        })?;
        Ok(Self(Some(Open {
            journal: Arc::clone(journal),
            booking,
            may_be_sent: false,
        })))
    }

    /// Notes whether the booking may be on its way.
    pub(crate) fn may_be_sent(&mut self, may_be: bool) {
        if let Some(open) = &mut self.0 {
            open.may_be_sent = may_be;
        }
    }

    /// Hands the outcome to the journal.
    pub(crate) fn close<T: AnswerBody>(mut self, outcome: &mut Result<Answer<T>, Error>) {
        let Some(open) = self.0.take() else {
            return;
        };
        let id: Arc<str> = open.booking.id.as_str().into();
        match outcome {
            Ok(answer) => {
                answer.booking_id = Some(id);
                let outcome = Outcome {
                    delivery: None,
                    reference: answer.reference(),
                    error: None,
                    status: Some(answer.status()),
                };
                open.journal.after(&open.booking, &outcome);
            }
            Err(error) => {
                error.set_booking_id(id);
                let outcome = Outcome {
                    delivery: Some(error.delivery()),
                    reference: None,
                    error: Some(error.kind()),
                    status: error.http_status(),
                };
                open.journal.after(&open.booking, &outcome);
            }
        }
    }
}

/// The call's future was dropped, or something in it panicked.
impl Drop for Entry {
    fn drop(&mut self) {
        if let Some(open) = self.0.take() {
            let delivery = if open.may_be_sent {
                Delivery::Unknown
            } else {
                Delivery::NotSent
            };
            let outcome = Outcome {
                delivery: Some(delivery),
                reference: None,
                error: Some(ErrorKind::of_drop()),
                status: None,
            };
            open.journal.after(&open.booking, &outcome);
        }
    }
}

/// A text of a JSON object.
fn member(json: &str, name: &str) -> Option<String> {
    let object = serde_json::from_str::<serde_json::Value>(json).ok()?;
    Some(object.get(name)?.as_str()?.to_owned())
}

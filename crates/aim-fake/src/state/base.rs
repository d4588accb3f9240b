//! The state: its store, its index, and how it is read and written.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Value as Json, json};

use super::digest;
use super::index::Index;
use super::store::{Booking, Store};
use crate::model::names::PostServiceTicketRequest;
use crate::model::schema::Schema;
use crate::model::service::Call;
use crate::problem::{Problem, pointer};

/// The result of an operation, or the text of the in-band error.
pub(super) type Outcome<T> = Result<T, Cow<'static, str>>;

/// The references of what a call booked or changed; `None` if there was nothing.
pub(super) type Booked = Option<Vec<String>>;

/// Everything that is remembered between requests.
///
/// Its `Debug` form shows only counts: the rest is personal and card data.
///
#[doc = include_str!("rules.md")]
#[derive(Clone, Default)]
pub struct State {
    pub(super) store: Store,
    pub(super) index: Index,
}

impl PartialEq for State {
    /// The index is computed from the store.
    fn eq(&self, other: &Self) -> bool {
        self.store == other.store
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("now", &self.store.now)
            .field("customers", &self.store.customers.len())
            .field("cards", &self.store.cards.len())
            .field("contracts", &self.store.contracts.len())
            .field("tickets", &self.store.tickets.len())
            .field("access_tokens", &self.store.access_tokens.len())
            .field("users", &self.store.users.len())
            .field("logins", &self.store.logins.len())
            .field("bookings", &self.store.bookings.len())
            .finish()
    }
}

impl State {
    /// An empty state whose ids are derived from `seed`, which is 0 by default.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        let mut state = Self::default();
        state.store.seed = seed;
        state
    }

    /// The bookings and changes, oldest first; what was booked again is a
    /// duplicate of an earlier one.
    #[must_use]
    pub fn bookings(&self) -> &[Booking] {
        &self.store.bookings
    }

    /// The last bookings, each with its number, counted from 1, and the time by
    /// the fake's clock.
    pub(crate) fn bookings_to_json(&self, last: usize) -> Json {
        let earlier = self.store.bookings.len().saturating_sub(last);
        let bookings: Vec<Json> = self
            .store
            .bookings
            .iter()
            .enumerate()
            .skip(earlier)
            .map(|(at, booking)| {
                let mut json = json!(booking);
                json["number"] = json!(at + 1);
                json
            })
            .collect();
        json!({ "bookings": bookings, "now": self.store.now })
    }

    /// Writes everything, without loss.
    #[must_use]
    pub fn to_json(&self) -> Json {
        // It fails only for maps with keys that are not text; there are none.
        serde_json::to_value(&self.store).unwrap_or_default()
    }

    /// A state on which every example of the OpenAPI document works: a
    /// customer, a card, contracts.
    ///
    /// # Errors
    ///
    /// Never: the state is built in and tested. It returns a `Result` like the
    /// other functions that read a state.
    pub fn example() -> Result<Self, Problem> {
        let json = serde_json::from_str(include_str!("../../fixtures/store.json"));
        Self::from_json(&json.unwrap_or_default())
    }

    /// Reads a state that [`to_json`](Self::to_json) or a person wrote.
    ///
    /// # Errors
    ///
    /// The first thing that does not fit, with its JSON pointer. Its text
    /// repeats no value.
    pub fn from_json(json: &Json) -> Result<Self, Problem> {
        Self::of_document(json, Schema::embedded())
    }

    /// Like [`from_json`](Self::from_json), with bookings of the operations of another document.
    ///
    /// # Errors
    ///
    /// As for [`from_json`](Self::from_json).
    pub fn of_document(json: &Json, schema: &'static Schema) -> Result<Self, Problem> {
        let mut store: Store = serde_path_to_error::deserialize(json).map_err(|error| Problem {
            pointer: pointer(error.path()),
            reason: reason(&error.inner().to_string()),
        })?;
        let state = Self {
            index: Index::of(&mut store, schema)?,
            store,
        };
        no_array_for_object(json, &state.to_json(), "")?;
        Ok(state)
    }

    /// Remembers that `references` were booked or changed.
    pub(super) fn book(&mut self, call: &Call<'_>, references: Vec<String>) {
        let mut booking = Booking {
            operation: Cow::Borrowed(call.operation.name),
            references,
            ref_number: call
                .request
                .get(PostServiceTicketRequest::REF_NUMBER)
                .as_str()
                .map(str::to_owned),
            digest: digest::of(call.request),
            at: self.store.now,
            duplicate_of: None,
        };
        let number = self.store.bookings.len() + 1;
        booking.duplicate_of = self.index.booking(number, &booking);
        self.store.bookings.push(booking);
    }

    /// A number that is not an id yet.
    pub(super) fn fresh_id(&mut self) -> i64 {
        loop {
            self.store.ids_given += 1;
            // At most 900,000 above the number of ids given out.
            let start = digest::mix(self.store.seed) % 900 * 1_000 + 100_000;
            let id = i64::try_from(start).unwrap_or_default() + self.store.ids_given;
            let index = &self.index;
            if !index.contracts.contains_key(&id)
                && !index.cards.contains_key(&id)
                && !index.accessories.contains_key(&id)
                && !index.references.contains_key(&contract_reference(id))
                && !index.tickets.contains_key(&ticket_reference(id))
            {
                return id;
            }
        }
    }
}

/// The `WebRef` of a contract.
pub(super) fn contract_reference(id: i64) -> String {
    format!("WR-{id}")
}

/// The `WebRef` of a ticket.
pub(super) fn ticket_reference(id: i64) -> String {
    format!("ST-{id}")
}

/// The text of an error of serde, without the value that serde repeats.
fn reason(error: &str) -> String {
    // The text of serde_json if another crate enables its
    // `arbitrary_precision`.
    if error == "invalid number" {
        return "a whole number is expected, in the range of its type".to_owned();
    }
    let Some((before, expected)) = error.split_once(", expected ") else {
        return error.to_owned();
    };
    if before.starts_with("unknown field") {
        return format!("there is no such member; {expected} is expected");
    }
    match expected {
        "i32" | "i64" | "u32" | "u64" | "usize" => {
            format!("a whole number is expected, in the range of {expected}")
        }
        "a sequence" => "an array is expected".to_owned(),
        _ if expected.starts_with("struct ") => "an object is expected".to_owned(),
        _ => format!("{expected} is expected"),
    }
}

/// Refuses an array in place of an object: serde would read it member by
/// member. `read` is the result of that reading.
fn no_array_for_object(json: &Json, read: &Json, pointer: &str) -> Result<(), Problem> {
    match (json, read) {
        (Json::Array(items), Json::Array(read)) => {
            items
                .iter()
                .zip(read)
                .enumerate()
                .try_for_each(|(at, (json, read))| {
                    no_array_for_object(json, read, &format!("{pointer}/{at}"))
                })
        }
        (Json::Object(members), _) => members.iter().try_for_each(|(name, json)| {
            no_array_for_object(json, &read[name], &format!("{pointer}/{name}"))
        }),
        (Json::Array(_), _) => Err(Problem {
            pointer: pointer.to_owned(),
            reason: "an object is expected".to_owned(),
        }),
        _ => Ok(()),
    }
}

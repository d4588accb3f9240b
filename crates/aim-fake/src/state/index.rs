//! Finds things without a search, and checks what must hold between them.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use super::store::{
    ACCESS_TOKENS, AccessToken, Booking, Card, Contract, LOGINS, MOST_IDS, Store, Student, Ticket,
    User,
};
use crate::model::schema::Schema;
use crate::problem::Problem;

/// The index of each thing in its list; computed from the [`Store`] alone.
#[derive(Clone, Default)]
pub(super) struct Index {
    pub instruments: HashMap<i64, usize>,
    pub rates: HashMap<i64, usize>,
    pub accessories: HashMap<i64, usize>,
    pub customers: HashMap<i32, usize>,
    pub web_ids: HashMap<i32, i32>,
    pub students: HashMap<i64, usize>,
    pub cards: HashMap<i64, usize>,
    pub contracts: HashMap<i64, usize>,
    /// By `WebRef` and by AIM's own reference.
    pub references: HashMap<String, usize>,
    pub subs: HashMap<(i32, i32), usize>,
    pub tickets: HashMap<String, usize>,
    /// The number of the first booking, counted from 1, by its operation and
    /// digest, and by its operation and `RefNumber`.
    bookings: HashMap<(Cow<'static, str>, Mark), usize>,
}

/// What makes a booking a duplicate of another.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Mark {
    Digest(String),
    RefNumber(String),
}

fn problem(pointer: String, reason: &str) -> Problem {
    Problem {
        pointer,
        reason: reason.to_owned(),
    }
}

/// Adds a key that no other thing may have.
fn enter<K: Eq + Hash, V>(
    map: &mut HashMap<K, V>,
    key: K,
    value: V,
    pointer: impl FnOnce() -> String,
) -> Result<(), Problem> {
    match map.insert(key, value) {
        None => Ok(()),
        Some(_) => Err(problem(pointer(), "another one has this already")),
    }
}

fn at_least_one(number: impl Into<i64>, pointer: impl FnOnce() -> String) -> Result<(), Problem> {
    if number.into() >= 1 {
        return Ok(());
    }
    Err(problem(pointer(), "a number from 1 is expected"))
}

impl Index {
    /// Indexes everything in a store, and raises a `last_sub` that is too low.
    ///
    /// # Errors
    ///
    /// The first thing that does not hold, with its JSON pointer.
    pub(super) fn of(store: &mut Store, schema: &'static Schema) -> Result<Self, Problem> {
        let mut index = Self::default();
        if !(0..=MOST_IDS).contains(&store.ids_given) {
            let reason = format!("a number from 0 to {MOST_IDS} is expected");
            return Err(problem("/ids_given".to_owned(), &reason));
        }
        if store.accounts_given < 0 {
            let reason = "a number from 0 is expected";
            return Err(problem("/accounts_given".to_owned(), reason));
        }
        index.catalog(store)?;
        for (at, customer) in store.customers.iter().enumerate() {
            let pointer = |name| move || format!("/customers/{at}/{name}");
            at_least_one(customer.account, pointer("account"))?;
            enter(
                &mut index.customers,
                customer.account,
                at,
                pointer("account"),
            )?;
            if let Some(web_id) = customer.web_id {
                enter(
                    &mut index.web_ids,
                    web_id,
                    customer.account,
                    pointer("web_id"),
                )?;
            }
            if customer.last_sub < 0 {
                let reason = "a number from 0 is expected";
                return Err(problem(pointer("last_sub")(), reason));
            }
        }
        for (at, student) in store.students.iter().enumerate() {
            index.student(at, student)?;
        }
        for (at, card) in store.cards.iter().enumerate() {
            index.card(at, card)?;
        }
        for (at, contract) in store.contracts.iter().enumerate() {
            index.contract(at, contract)?;
            if let Some((customer, sub)) = contract
                .account
                .and_then(|account| index.customers.get(&account))
                .and_then(|at| store.customers.get_mut(*at))
                .zip(contract.sub)
            {
                customer.last_sub = customer.last_sub.max(sub);
            }
        }
        for (at, ticket) in store.tickets.iter().enumerate() {
            index.ticket(at, ticket)?;
        }
        for (name, length, most) in [
            ("access_tokens", store.access_tokens.len(), ACCESS_TOKENS),
            ("logins", store.logins.len(), LOGINS),
        ] {
            if length > most {
                let reason = format!("at most {most} are kept");
                return Err(problem(format!("/{name}"), &reason));
            }
        }
        let mut names = HashSet::new();
        for (at, user) in store.users.iter().enumerate() {
            index.user(at, user, &mut names)?;
        }
        for (at, login) in store.logins.iter().enumerate() {
            is_text(&login.token, || format!("/logins/{at}/token"))?;
        }
        for (at, token) in store.access_tokens.iter().enumerate() {
            index.access_token(at, token)?;
        }
        for (at, booking) in store.bookings.iter_mut().enumerate() {
            check_booking(at, booking, schema)?;
            booking.duplicate_of = index.booking(at + 1, booking);
        }
        Ok(index)
    }

    /// Enters a booking; the number of the first one that it is a duplicate of.
    pub(super) fn booking(&mut self, number: usize, booking: &Booking) -> Option<usize> {
        let digest = Some(Mark::Digest(booking.digest.clone()));
        let ref_number = booking.ref_number.clone().map(Mark::RefNumber);
        let says_something = |mark: &Mark| match mark {
            Mark::Digest(text) | Mark::RefNumber(text) => !text.is_empty(),
        };
        let marks = [digest, ref_number].into_iter().flatten();
        marks
            .filter(says_something)
            .map(|mark| {
                let key = (booking.operation.clone(), mark);
                *self.bookings.entry(key).or_insert(number)
            })
            .min()
            .filter(|first| *first < number)
    }

    fn catalog(&mut self, store: &Store) -> Result<(), Problem> {
        let catalog = &store.catalog;
        let lists = [
            (
                "instruments",
                &mut self.instruments,
                catalog.instruments.iter().map(|it| it.id).collect(),
            ),
            (
                "rates",
                &mut self.rates,
                catalog.rates.iter().map(|it| it.id).collect(),
            ),
            (
                "accessories",
                &mut self.accessories,
                catalog
                    .accessories
                    .iter()
                    .map(|it| it.id)
                    .collect::<Vec<_>>(),
            ),
        ];
        for (name, map, ids) in lists {
            for (at, id) in ids.into_iter().enumerate() {
                enter(map, id, at, || format!("/catalog/{name}/{at}/id"))?;
            }
        }
        Ok(())
    }

    fn student(&mut self, at: usize, student: &Student) -> Result<(), Problem> {
        let pointer = |name| move || format!("/students/{at}/{name}");
        at_least_one(student.pk, pointer("pk"))?;
        self.is_customer(Some(student.account), pointer("account"))?;
        enter(&mut self.students, student.pk, at, pointer("pk"))
    }

    fn card(&mut self, at: usize, card: &Card) -> Result<(), Problem> {
        let pointer = |name| move || format!("/cards/{at}/{name}");
        at_least_one(card.pk, pointer("pk"))?;
        self.is_customer(card.account, pointer("account"))?;
        enter(&mut self.cards, card.pk, at, pointer("pk"))
    }

    fn contract(&mut self, at: usize, contract: &Contract) -> Result<(), Problem> {
        let pointer = |name| move || format!("/contracts/{at}/{name}");
        at_least_one(contract.pk, pointer("pk"))?;
        enter(&mut self.contracts, contract.pk, at, pointer("pk"))?;
        is_text(&contract.web_ref, pointer("web_ref"))?;
        enter(
            &mut self.references,
            contract.web_ref.clone(),
            at,
            pointer("web_ref"),
        )?;
        if let Some(reference) = &contract.reference {
            is_text(reference, pointer("ref"))?;
            enter(&mut self.references, reference.clone(), at, pointer("ref"))?;
        }
        self.is_customer(contract.account, pointer("account"))?;
        match (contract.account, contract.sub) {
            (None, None) => {}
            (Some(account), Some(sub)) if sub >= 0 => {
                enter(&mut self.subs, (account, sub), at, pointer("sub"))?;
            }
            _ => {
                let reason = "a number from 0 is expected where there is an account, else null";
                return Err(problem(pointer("sub")(), reason));
            }
        }
        let mut ids = HashSet::new();
        for (nth, accessory) in contract.accessories.iter().enumerate() {
            if !ids.insert(accessory.id) {
                return Err(problem(
                    format!("/contracts/{at}/accessories/{nth}/id"),
                    "another accessory of this contract has this already",
                ));
            }
        }
        self.is_card(contract.card, pointer("card"))
    }

    fn ticket(&mut self, at: usize, ticket: &Ticket) -> Result<(), Problem> {
        let pointer = |name| move || format!("/tickets/{at}/{name}");
        is_text(&ticket.web_ref, pointer("web_ref"))?;
        self.is_customer(ticket.account, pointer("account"))?;
        self.is_card(ticket.card, pointer("card"))?;
        enter(
            &mut self.tickets,
            ticket.web_ref.clone(),
            at,
            pointer("web_ref"),
        )
    }

    fn access_token(&self, at: usize, token: &AccessToken) -> Result<(), Problem> {
        let pointer = |name| move || format!("/access_tokens/{at}/{name}");
        is_text(&token.token, pointer("token"))?;
        self.is_customer(token.account, pointer("account"))
    }

    fn user<'a>(
        &self,
        at: usize,
        user: &'a User,
        names: &mut HashSet<&'a str>,
    ) -> Result<(), Problem> {
        let pointer = |name| move || format!("/users/{at}/{name}");
        is_text(&user.username, pointer("username"))?;
        is_text(&user.password, pointer("password"))?;
        if !names.insert(&user.username) {
            let reason = "another one has this already";
            return Err(problem(pointer("username")(), reason));
        }
        self.is_customer(user.account, pointer("account"))
    }

    fn is_customer(
        &self,
        account: Option<i32>,
        pointer: impl FnOnce() -> String,
    ) -> Result<(), Problem> {
        match account {
            Some(account) if !self.customers.contains_key(&account) => {
                Err(problem(pointer(), "no customer has this account"))
            }
            _ => Ok(()),
        }
    }

    fn is_card(&self, pk: Option<i64>, pointer: impl FnOnce() -> String) -> Result<(), Problem> {
        match pk {
            Some(pk) if !self.cards.contains_key(&pk) => {
                Err(problem(pointer(), "no card has this pk"))
            }
            _ => Ok(()),
        }
    }
}

fn is_text(text: &str, pointer: impl FnOnce() -> String) -> Result<(), Problem> {
    if text.is_empty() {
        return Err(problem(pointer(), "a text is expected that is not empty"));
    }
    Ok(())
}

fn check_booking(at: usize, booking: &Booking, schema: &'static Schema) -> Result<(), Problem> {
    if schema.operation(&booking.operation).is_none() {
        return Err(problem(
            format!("/bookings/{at}/operation"),
            "the vendor's name of an operation is expected",
        ));
    }
    Ok(())
}

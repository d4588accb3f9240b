//! Contracts: how they are posted, looked up and changed.

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;

use super::base::{Booked, Outcome, State, contract_reference};
use super::money::{Figures, down_payment};
use super::read::{Read, shared};
use super::store::{Accessory, Contract, Date, Item, Money, Rate};
use crate::model::names::{
    self, C2BPostContractRequest as Post, C2BPostContractResponse as Posted,
    ContractFulfillmentRequest as Fulfil, ContractFulfillmentResponse as Fulfilled,
    DeliveredAccessory, GetContractDetailsRequest as Ask, GetContractDetailsResponse as Details,
    InventoryGeneric as Inventory, PaymentGeneric as Payment,
    UpdateContractErrorObj as UpdateError, UpdateContractObj as Update,
};
use crate::model::settings::Settings;
use crate::model::types::Type;
use crate::model::value::{Object, Value};

/// The key of the form input that names the student.
const STUDENT_NAME: &str = "STUDENTNAME";

/// The members of a change: of a request, and of the items of its list.
mod change {
    use super::{Fulfil, Update, shared};

    pub const REF: &str = shared(Fulfil::REF, Update::REF);
    pub const UNLOCK: &str = shared(Fulfil::UNLOCK, Update::UNLOCK);
    pub const DELIVERED_ACCESSORIES: &str =
        shared(Fulfil::DELIVERED_ACCESSORIES, Update::DELIVERED_ACCESSORIES);
    pub const DELETED_ACCESSORY_IDS: &str =
        shared(Fulfil::DELETED_ACCESSORY_IDS, Update::DELETED_ACCESSORY_IDS);
    pub const ADDED_ACCESSORIES: &str =
        shared(Fulfil::ADDED_ACCESSORIES, Update::ADDED_ACCESSORIES);
    pub const SERIAL: &str = shared(Fulfil::SERIAL, Update::SERIAL);
    pub const SERIAL_PK: &str = shared(Fulfil::SERIAL_PK, Update::SERIAL_PK);
    pub const CASH_PRICE: &str = shared(Fulfil::CASH_PRICE, Update::CASH_PRICE);
    pub const NEW_STATUS: &str = shared(Fulfil::NEW_STATUS, Update::NEW_STATUS);
    pub const NOTES: &str = shared(Fulfil::NOTES, Update::NOTES);
    pub const DELIVERY_DATE: &str = shared(Fulfil::DELIVERY_DATE, Update::DELIVERY_DATE);
    pub const FIRST_DUE: &str = shared(Fulfil::FIRST_DUE, Update::FIRST_DUE);
}

impl State {
    /// C2BPostContract.
    pub(super) fn post_contract(
        &mut self,
        request: Read<'_>,
        answer: &mut Object,
        _: &Settings,
    ) -> Outcome<Booked> {
        if let Some(account) = self.known_account(request, Post::CUS_ACCT)? {
            self.next_sub(account)?;
        }
        let (account, card) = self.customer_and_card(request, Post::CUS_ACCT)?;
        let sub = account.map(|account| self.take_sub(account)).transpose()?;
        let pk = self.fresh_id();
        let web_ref = contract_reference(pk);

        let instrument_id = request.long(Post::INSTRUMENT_ID);
        let (item, cash_price) = self.item(request, instrument_id);
        let rate_id = request.long(Post::RATE_ID);
        let rate = match request.object(Post::RATE) {
            Some(rate) => Some(read_rate(rate)),
            None => self.catalog_rate(rate_id),
        };
        let accessories = self.posted_accessories(request);
        let form_inputs = request.form_inputs();
        let student_name = form_inputs
            .iter()
            .find(|input| input.key.as_deref() == Some(STUDENT_NAME))
            .and_then(|input| input.value.clone());
        let payment_required = rate
            .as_ref()
            .is_some_and(|rate| down_payment(rate) > Decimal::ZERO);

        let at = self.store.contracts.len();
        self.index.contracts.insert(pk, at);
        self.index.references.insert(web_ref.clone(), at);
        if let Some(key) = account.zip(sub) {
            self.index.subs.insert(key, at);
        }
        self.store.contracts.push(Contract {
            pk,
            web_ref: web_ref.clone(),
            reference: None,
            account,
            sub,
            posted: self.store.now,
            teacher_id: request.long(Post::TEACHER_ID),
            school_name: request.text(Post::SCHOOL_NAME),
            aim_school_id: request.long(Post::AIM_SCHOOL_ID),
            location: request.text(Post::STLOC),
            student_name,
            instrument_id,
            inventory: item.into_iter().collect(),
            rate_id,
            rate,
            cash_price,
            accessories,
            form_inputs,
            card,
            cat: request.int(Post::CAT).unwrap_or_default(),
            sub_cat: request.int(Post::SUB).unwrap_or_default(),
            status_id: request.long(Post::STATUS_ID),
            status: None,
            card_terminal_id: request.text(Post::CARD_TERMINAL_ID),
            notes: None,
            delivery_date: None,
            first_due: None,
            late_charges: Money::default(),
            other_charges: Money::default(),
            payments: Vec::new(),
            locked: false,
        });

        let merchant = &self.store.merchant;
        answer.set(Posted::PAYMENT_REQUIRED, Value::Bool(payment_required));
        if request.flag(Post::RETURN_TOPIC) == Some(true) {
            answer.set(Posted::TOPIC, Value::String(merchant.post_topic.clone()));
        }
        answer.set(Posted::WEB_REF, Value::String(web_ref.clone()));
        answer.set(Posted::BASE_URL, Value::String(merchant.base_url.clone()));
        Ok(Some(vec![web_ref]))
    }

    /// GetContractDetails.
    pub(super) fn details(
        &mut self,
        request: Read<'_>,
        answer: &mut Object,
        _: &Settings,
    ) -> Outcome<Booked> {
        let at = self.find(request.str(Ask::REF), request.int(Ask::SUB))?;
        let contract = &self.store.contracts[at];
        let merchant = &self.store.merchant;
        let figures = Figures::of(contract, merchant, self.store.now);

        let mut text = |name, text: &Option<String>| set_text(answer, name, text);
        text(Details::STUDENT_NAME, &contract.student_name);
        text(Details::SCHOOL_NAME, &contract.school_name);
        if let Some((account, sub)) = contract.account.zip(contract.sub) {
            answer.set(
                Details::ACCOUNT_SUB,
                Value::String(format!("{account}-{sub}")),
            );
        }
        answer.set(
            Details::TOPIC,
            Value::String(merchant.details_topic.clone()),
        );
        for (name, date) in [
            (Details::NEXT_DUE_DATE, figures.next_due),
            (Details::PAYOFF_DATE, figures.payoff_date),
        ] {
            set_date(answer, name, date);
        }
        for (name, amount) in [
            (Details::PAYMENT_AMOUNT, figures.payment),
            (Details::PAYMENT_AMT, figures.payment),
            (Details::PAST_DUE_AMOUNT, figures.past_due),
            (Details::PAST_DUE_AMT, figures.past_due),
            (Details::LATE_CHARGES, figures.late_charges),
            (Details::OTHER_CHARGES, figures.other_charges),
            (Details::TOTAL_DUE, figures.total_due),
            (Details::CURRENT_BALANCE, figures.total_due),
            (Details::ACCUMULATED_CREDIT, figures.credit),
            (Details::TOTAL_PAYOFF, figures.payoff),
        ] {
            answer.set(name, Value::Decimal(amount));
        }
        if let Some(amount) = figures.discounted_payoff {
            answer.set(Details::DISCOUNTED_PAYOFF, Value::Decimal(amount));
        }
        if let Some(of) = answer.of().class(Details::INVENTORY) {
            let items = contract.inventory.iter();
            let items = items.map(|item| item_of_answer(of, item));
            let accessories = contract.accessories.iter().filter(|it| !it.is_option());
            let accessories = accessories.map(|accessory| accessory_of_answer(of, accessory));
            let inventory = items.chain(accessories).map(Value::Object).collect();
            answer.set(Details::INVENTORY, Value::List(inventory));
        }
        if let Some(of) = answer.of().class(Details::PAYMENTS) {
            let payments = contract.payments.iter().map(|payment| {
                let mut out = Object::new(of);
                set_date(&mut out, Payment::DATE, payment.date);
                out.set(Payment::AMOUNT, Value::Decimal(payment.amount.0));
                set_text(&mut out, Payment::REF, &payment.reference);
                Value::Object(out)
            });
            answer.set(Details::PAYMENTS, Value::List(payments.collect()));
        }
        Ok(None)
    }

    /// ContractFulfillment, under both of its names.
    pub(super) fn fulfil(
        &mut self,
        request: Read<'_>,
        answer: &mut Object,
        _: &Settings,
    ) -> Outcome<Booked> {
        let mut changed = Vec::new();
        if request.count(Fulfil::MASS_UPDATE_ITEMS) == 0 || !request.is_null(Fulfil::REF) {
            changed.push(self.change(request, Fulfil::CUSTOMER_ACCT)?);
        }
        let mut errors = Vec::new();
        for item in request.items(Fulfil::MASS_UPDATE_ITEMS) {
            let outcome = match item {
                Some(item) => self.change(item, Update::NEW_CUSTOMER_ACCT),
                None => Err("this item is empty: send the changes of a contract".into()),
            };
            match outcome {
                Ok(web_ref) => changed.push(web_ref),
                Err(message) => {
                    errors.extend(answer.of().class(Fulfilled::MASS_UPDATE_ERRORS).map(|of| {
                        let mut error = Object::new(of);
                        let reference = item.and_then(|item| item.text(Update::REF));
                        set_text(&mut error, UpdateError::REF, &reference);
                        error.set(
                            UpdateError::ERROR_MESSAGE,
                            Value::String(message.into_owned()),
                        );
                        Value::Object(error)
                    }))
                }
            }
        }
        answer.set(Fulfilled::MASS_UPDATE_ERRORS, Value::List(errors));
        Ok((!changed.is_empty()).then_some(changed))
    }

    /// Makes one change, either all of it or nothing; `account_name` is the
    /// member with the new account. Returns the contract's `WebRef`.
    fn change(&mut self, change: Read<'_>, account_name: &str) -> Outcome<String> {
        let at = self.find(change.str(change::REF), None)?;
        let contract = &self.store.contracts[at];
        let unlock = change.flag(change::UNLOCK).unwrap_or_default();
        if contract.locked && !unlock {
            return Err("the contract is locked: send Unlock to change it".into());
        }
        // Looked up only for changes of accessories, since a contract may have
        // many.
        let accessories = match [
            change::DELIVERED_ACCESSORIES,
            change::DELETED_ACCESSORY_IDS,
            change::ADDED_ACCESSORIES,
        ]
        .iter()
        .all(|name| change.count(name) == 0)
        {
            true => &[],
            false => contract.accessories.as_slice(),
        };
        let places: HashMap<i64, usize> = accessories
            .iter()
            .enumerate()
            .map(|(place, accessory)| (accessory.id, place))
            .collect();
        let delivered: Vec<(usize, bool)> = change
            .objects(change::DELIVERED_ACCESSORIES)
            .map(|it| {
                let place = places.get(&it.long(DeliveredAccessory::ID)?)?;
                Some((*place, it.flag(DeliveredAccessory::DELIVERED)?))
            })
            .collect::<Option<_>>()
            .ok_or("the contract has no accessory with an id in DeliveredAccessories")?;
        let deleted: HashSet<i64> = change.longs(change::DELETED_ACCESSORY_IDS).collect();
        if deleted.iter().any(|id| !places.contains_key(id)) {
            return Err("the contract has no accessory with an id in DeletedAccessoryIds".into());
        }
        let old_account = contract.account;
        let account = change.int(account_name);
        self.check_account(account, account_name)?;
        let new_place = match account.filter(|account| Some(*account) != old_account) {
            Some(account) => Some((account, self.take_sub(account)?)),
            None => None,
        };

        // No error is possible from here on.
        let mut added: Vec<Accessory> = Vec::new();
        for accessory in change.objects(change::ADDED_ACCESSORIES) {
            added.push(read_accessory(
                accessory,
                self.fresh_accessory_id(|id| places.contains_key(&id)),
            ));
        }
        let contract = &mut self.store.contracts[at];
        for (place, delivered) in delivered {
            contract.accessories[place].delivered = delivered;
        }
        if !deleted.is_empty() {
            contract.accessories.retain(|it| !deleted.contains(&it.id));
        }
        contract.accessories.extend(added);
        let serial = change.text(change::SERIAL);
        let serial_pk = change.long(change::SERIAL_PK);
        if serial.is_some() || serial_pk.is_some() {
            if contract.inventory.is_empty() {
                contract.inventory.push(Item::default());
            }
            replace(&mut contract.inventory[0].serial, serial);
            replace(&mut contract.inventory[0].serial_pk, serial_pk);
        }
        replace(&mut contract.cash_price, change.money(change::CASH_PRICE));
        replace(&mut contract.status, change.text(change::NEW_STATUS));
        replace(&mut contract.notes, change.text(change::NOTES));
        replace(
            &mut contract.delivery_date,
            change.date(change::DELIVERY_DATE),
        );
        replace(&mut contract.first_due, change.date(change::FIRST_DUE));
        contract.locked &= !unlock;
        if let Some((account, sub)) = new_place {
            if let Some(old) = contract.account.zip(contract.sub) {
                self.index.subs.remove(&old);
            }
            contract.account = Some(account);
            contract.sub = Some(sub);
            self.index.subs.insert((account, sub), at);
        }
        Ok(contract.web_ref.clone())
    }

    /// The index of the contract that a request names.
    fn find(&self, reference: Option<&str>, sub: Option<i32>) -> Outcome<usize> {
        let Some(reference) = reference.filter(|text| !text.is_empty()) else {
            return Err("Ref is missing: send the reference of a contract".into());
        };
        let number = |text: &str| text.parse::<i32>().ok();
        let by_sub = |account: &str, sub| {
            let key = (number(account)?, sub);
            self.index.subs.get(&key)
        };
        let found = match (self.index.references.get(reference), sub) {
            (Some(at), None) => Some(at),
            (Some(at), Some(sub)) if self.store.contracts[*at].sub == Some(sub) => Some(at),
            (_, Some(sub)) => by_sub(reference, sub),
            (None, None) => reference
                .split_once('-')
                .and_then(|(account, sub)| by_sub(account, number(sub)?)),
        };
        found.copied().ok_or_else(|| {
            "no contract has this Ref: it is a WebRef, a reference of AIM, or account and sub as \
             in 20417-2"
                .into()
        })
    }

    /// The next sub of an existing customer.
    fn next_sub(&self, account: i32) -> Outcome<i32> {
        let at = self.index.customers.get(&account);
        at.and_then(|at| self.store.customers[*at].last_sub.checked_add(1))
            .ok_or_else(|| "this account has no number left for a contract".into())
    }

    fn take_sub(&mut self, account: i32) -> Outcome<i32> {
        let sub = self.next_sub(account)?;
        if let Some(at) = self.index.customers.get(&account) {
            self.store.customers[*at].last_sub = sub;
        }
        Ok(sub)
    }

    /// The item of a posted contract, as far as it is known, and its price.
    fn item(&self, request: Read<'_>, instrument: Option<i64>) -> (Option<Item>, Option<Money>) {
        let known = instrument.and_then(|id| self.index.instruments.get(&id));
        let mut item = None;
        let mut price = None;
        if let Some(at) = known {
            let instrument = &self.store.catalog.instruments[*at];
            item = Some(instrument.item.clone());
            price = instrument.cash_price;
        }
        let (sku, desc) = (request.text(Post::SKU), request.text(Post::DESC));
        if sku.is_some() || desc.is_some() {
            let item = item.get_or_insert_default();
            replace(&mut item.sku, sku);
            replace(&mut item.desc, desc);
        }
        (item, price)
    }

    fn catalog_rate(&self, id: Option<i64>) -> Option<Rate> {
        let at = self.index.rates.get(&id?)?;
        Some(self.store.catalog.rates[*at].rate.clone())
    }

    /// The accessories of a posted contract; a repeated id counts once.
    fn posted_accessories(&mut self, request: Read<'_>) -> Vec<Accessory> {
        let mut ids = HashSet::new();
        let mut accessories = Vec::new();
        for id in request.longs(Post::ACCESSORY_ID_LIST) {
            if ids.insert(id) {
                let at = self.index.accessories.get(&id);
                accessories.push(at.map_or_else(
                    || Accessory {
                        id,
                        ..Accessory::default()
                    },
                    |at| self.store.catalog.accessories[*at].clone(),
                ));
            }
        }
        for accessory in request.objects(Post::ACCESSORY_LIST) {
            let id = self.fresh_accessory_id(|id| ids.contains(&id));
            accessories.push(read_accessory(accessory, id));
        }
        accessories
    }

    /// An id that neither the catalog nor this contract has: a posted contract
    /// may have accessories with any id.
    fn fresh_accessory_id(&mut self, taken: impl Fn(i64) -> bool) -> i64 {
        loop {
            let id = self.fresh_id();
            if !taken(id) {
                return id;
            }
        }
    }
}

impl Accessory {
    /// Whether it is a delivery or maintenance option and not an item.
    fn is_option(&self) -> bool {
        matches!(self.kind.as_deref(), Some("D" | "M"))
    }
}

/// Overwrites a value if one was sent.
fn replace<T>(place: &mut Option<T>, value: Option<T>) {
    if value.is_some() {
        *place = value;
    }
}

fn set_text(object: &mut Object, name: &str, text: &Option<String>) {
    if let Some(text) = text {
        object.set(name, Value::String(text.clone()));
    }
}

fn set_date(object: &mut Object, name: &str, date: Option<Date>) {
    if let Some(date) = date {
        object.set(name, Value::DateTime(date.date_time()));
    }
}

fn item_of_answer(of: &'static Type, item: &Item) -> Object {
    let mut out = Object::new(of);
    for (name, text) in [
        (Inventory::MODEL, &item.model),
        (Inventory::ITEM, &item.item),
        (Inventory::SKU, &item.sku),
        (Inventory::SERIAL, &item.serial),
        (Inventory::DESC, &item.desc),
        (Inventory::MFG, &item.mfg),
    ] {
        set_text(&mut out, name, text);
    }
    out
}

fn accessory_of_answer(of: &'static Type, accessory: &Accessory) -> Object {
    let mut out = Object::new(of);
    set_text(&mut out, Inventory::SKU, &accessory.sku);
    set_text(&mut out, Inventory::DESC, &accessory.desc);
    out
}

fn read_accessory(accessory: Read<'_>, id: i64) -> Accessory {
    Accessory {
        id,
        desc: accessory.text(names::Accessory::DESC),
        price: accessory.money(names::Accessory::PRICE).unwrap_or_default(),
        kind: accessory.text(names::Accessory::TYPE),
        cat_num: accessory.int(names::Accessory::CAT_NUM).unwrap_or_default(),
        sku: accessory.text(names::Accessory::SKU),
        report: accessory.flag(names::Accessory::REPORT),
        delivered: false,
    }
}

fn read_rate(rate: Read<'_>) -> Rate {
    Rate {
        plan_code: rate.text(names::Rate::PLAN_CODE),
        level: rate.int(names::Rate::LEVEL),
        grade: rate.text(names::Rate::GRADE),
        down_pay: rate.money(names::Rate::DOWN_PAY),
        mo_pay: rate.money(names::Rate::MO_PAY),
        down_maint: rate.money(names::Rate::DOWN_MAINT),
        mo_maint: rate.money(names::Rate::MO_MAINT),
        rdf_type: rate.text(names::Rate::RDF_TYPE),
        contract_default_id: rate.long(names::Rate::CONTRACT_DEFAULT_ID),
        months: rate.int(names::Rate::MONTHS).unwrap_or_default(),
        down_lease: rate.money(names::Rate::DOWN_LEASE),
        mo_lease: rate.money(names::Rate::MO_LEASE),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::super::testing::{amount, details, done, posted, refused, store, text};
    use super::*;
    use crate::model::names::service;

    const FULFIL: &str = service::CONTRACT_FULFILLMENT;
    const DETAILS: &str = service::GET_CONTRACT_DETAILS;

    /// The contract as `GET /_aim/state` shows it.
    fn shown(state: &State, web_ref: &str) -> Json {
        let json = state.to_json();
        let contracts = json["contracts"].as_array().unwrap();
        let found = contracts.iter().find(|it| it["web_ref"] == web_ref);
        found.unwrap().clone()
    }

    #[test]
    fn a_posted_contract_is_found_by_its_reference() {
        let mut state = State::default();
        let request = json!({
            "TeacherId": 512, "SchoolName": "Lincoln", "AIMSchoolId": 88, "Stloc": "MAIN",
            "Sku": "YAS-280", "Desc": "Alto", "Cat": 12, "Sub": 3, "StatusId": 4,
            "CardTerminalId": "T1",
            "Rate": {"PlanCode": "STD", "MoPay": "29.95", "MoMaint": "5.00", "DownPay": "69.90", "Months": 3},
            "AccessoryIdList": [4001, 4002, 4001],
            "AccessoryList": [{"Desc": "Book", "Price": "24.95", "Type": "A", "CatNum": 41, "Sku": "BOOK-1"}],
            "FormInputList": [{"Key": "STUDENTNAME", "Value": "Robin", "Encrypted": false}],
            "CcInfo": {"TokenStr": "tok", "CardType": "VISA", "LastFour": "4242", "Primary": true},
            "CustomerInfo": {"Name": "Jordan", "Email": "j@example.com"},
            "ReturnTopic": true,
        });
        let answer = done(&mut state, service::C2B_POST_CONTRACT, request);
        assert_eq!(answer.get(Posted::PAYMENT_REQUIRED).as_bool(), Some(true));
        assert_eq!(text(&answer, Details::TOPIC), "RENTALTHANKS");
        assert_eq!(
            text(&answer, Posted::BASE_URL),
            "https://rentals.example.com"
        );
        let web_ref = text(&answer, Posted::WEB_REF).to_owned();
        assert_eq!(
            state.bookings()[0].references,
            std::slice::from_ref(&web_ref)
        );

        let shown = shown(&state, &web_ref);
        for (name, expected) in [
            ("teacher_id", json!(512)),
            ("aim_school_id", json!(88)),
            ("location", json!("MAIN")),
            ("cat", json!(12)),
            ("sub_cat", json!(3)),
            ("status_id", json!(4)),
            ("card_terminal_id", json!("T1")),
            ("sub", json!(1)),
            ("posted", json!("2026-01-05T09:00:00")),
        ] {
            assert_eq!(shown[name], expected, "{name}");
        }
        let accessories = shown["accessories"].as_array().unwrap();
        assert_eq!(accessories.len(), 3);
        assert_eq!(accessories[1]["id"], 4002);
        assert_eq!(accessories[2]["price"], "24.95");
        let json = state.to_json();
        assert_eq!(json["cards"][0]["pk"], shown["card"]);
        assert_eq!(json["cards"][0]["account"], shown["account"]);
        assert_eq!(json["customers"][0]["email"], "j@example.com");

        let answer = details(&mut state, &web_ref);
        let account = &shown["account"];
        assert_eq!(text(&answer, Details::ACCOUNT_SUB), format!("{account}-1"));
        assert_eq!(text(&answer, Details::STUDENT_NAME), "Robin");
        assert_eq!(text(&answer, Details::SCHOOL_NAME), "Lincoln");
        assert_eq!(text(&answer, Details::TOPIC), "RENTALDETAILS");
        assert_eq!(amount(&answer, Details::PAYMENT_AMOUNT), "34.95");
        assert_eq!(amount(&answer, Details::PAST_DUE_AMT), "69.90");
        assert_eq!(amount(&answer, Details::OTHER_CHARGES), "24.95");
        assert_eq!(amount(&answer, Details::TOTAL_DUE), "129.80");
        let inventory = answer.get(Details::INVENTORY).items();
        let skus: Vec<_> = inventory
            .iter()
            .map(|it| it.as_object().unwrap().get(Post::SKU).as_str())
            .collect();
        assert_eq!(skus, [Some("YAS-280"), None, None, Some("BOOK-1")]);

        // The other references of the contract.
        for other in [
            json!({"Ref": format!("{account}-1")}),
            json!({"Ref": account.to_string(), "Sub": 1}),
            json!({"Ref": web_ref, "Sub": 1}),
        ] {
            let answer = done(&mut state, DETAILS, other);
            assert_eq!(text(&answer, Details::STUDENT_NAME), "Robin");
        }
        for none in [
            json!({}),
            json!({"Ref": ""}),
            json!({"Ref": "x"}),
            json!({"Ref": web_ref, "Sub": 2}),
            json!({"Ref": format!("{account}-2")}),
            json!({"Ref": "é-é"}),
            json!({"Sub": 1}),
        ] {
            let message = refused(&mut state, DETAILS, none, &Settings::default());
            assert!(message.contains(UpdateError::REF), "{message}");
        }
    }

    #[test]
    fn an_empty_request_books_an_empty_contract() {
        let mut state = State::default();
        let answer = done(&mut state, service::C2B_POST_CONTRACT, json!({}));
        assert_eq!(answer.get(Posted::PAYMENT_REQUIRED).as_bool(), Some(false));
        assert!(answer.get(Details::TOPIC).is_null());
        let web_ref = text(&answer, Posted::WEB_REF).to_owned();
        let answer = details(&mut state, &web_ref);
        assert!(answer.get(Details::ACCOUNT_SUB).is_null());
        assert_eq!(
            answer.get(Details::NEXT_DUE_DATE).as_date(),
            Some(crate::model::date::DateTime::MIN)
        );
        assert!(answer.get(Details::INVENTORY).items().is_empty());
        assert_eq!(state.bookings().len(), 1);
    }

    #[test]
    fn ids_bring_the_data_of_the_catalog() {
        let mut state = store();
        let request = json!({"InstrumentId": 7302, "RateId": 90210, "AccessoryIdList": [4003], "CusAcct": 20417});
        let answer = done(&mut state, service::C2B_POST_CONTRACT, request);
        assert_eq!(answer.get(Posted::PAYMENT_REQUIRED).as_bool(), Some(true));
        let web_ref = text(&answer, Posted::WEB_REF).to_owned();
        let answer = details(&mut state, &web_ref);
        assert_eq!(text(&answer, Details::ACCOUNT_SUB), "20417-5");
        assert_eq!(amount(&answer, Details::PAYMENT_AMT), "34.95");
        assert_eq!(amount(&answer, Details::OTHER_CHARGES), "19.50");
        assert_eq!(amount(&answer, Details::TOTAL_PAYOFF), "1249.95");
        let clarinet = answer.get(Details::INVENTORY).items()[0]
            .as_object()
            .unwrap();
        assert_eq!(text(clarinet, Inventory::MFG), "Yamaha");

        let unknown = json!({"InstrumentId": 1, "RateId": 2, "AccessoryIdList": [3]});
        let web_ref = posted(&mut state, unknown);
        let shown = shown(&state, &web_ref);
        assert_eq!(shown["instrument_id"], 1);
        assert_eq!(shown["rate_id"], 2);
        assert_eq!(shown["accessories"][0]["id"], 3);
    }

    #[test]
    fn members_that_exclude_each_other_book_nothing_unless_the_rules_are_off() {
        let rate = json!({"MoPay": 1});
        let customer = json!({"Name": "N"});
        for (request, names) in [
            (
                json!({"InstrumentId": 1, "Sku": "s"}),
                "InstrumentId and Sku",
            ),
            (
                json!({"InstrumentId": 1, "Desc": "d"}),
                "InstrumentId and Desc",
            ),
            (json!({"RateId": 1, "Rate": rate}), "RateId and Rate"),
            (
                json!({"CusAcct": 20417, "CustomerInfo": customer}),
                "CusAcct and CustomerInfo",
            ),
        ] {
            let mut settings = Settings::default();
            let mut state = store();
            let message = refused(
                &mut state,
                service::C2B_POST_CONTRACT,
                request.clone(),
                &settings,
            );
            assert!(message.contains(names), "{message}");
            settings.check_rules = false;
            super::super::testing::call(
                &mut state,
                service::C2B_POST_CONTRACT,
                &request,
                &settings,
            );
            assert_eq!(state.bookings().len(), 1, "{request}");
        }
    }

    #[test]
    fn references_of_a_posted_contract_must_exist() {
        for (request, name) in [
            (json!({"CusAcct": 5}), Post::CUS_ACCT),
            (
                json!({"CcInfo": {"TokenPk": 5}, "CustomerInfo": {"Name": "N"}}),
                names::CcInfo::TOKEN_PK,
            ),
        ] {
            let message = refused(
                &mut store(),
                service::C2B_POST_CONTRACT,
                request,
                &Settings::default(),
            );
            assert!(message.contains(name), "{message}");
        }
        let mut state = store();
        let web_ref = posted(&mut state, json!({"CcInfo": {"TokenPk": 731_190}}));
        assert_eq!(shown(&state, &web_ref)["card"], 731_190);
        assert_eq!(state.to_json()["cards"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn the_details_show_a_fulfilment() {
        let mut state = store();
        let request = json!({
            "Ref": "R-104233", "Serial": "S-2", "SerialPk": 9, "CashPrice": "1500.00",
            "NewStatus": "DELIVERED", "Notes": "n", "DeliveryDate": "2026-09-01T00:00:00",
            "DeliveredAccessories": [{"Id": 4001, "Delivered": true}],
            "DeletedAccessoryIds": [4002],
            "AddedAccessories": [{"Desc": "Book", "Price": "24.95", "Type": "A", "Sku": "BOOK-1"}],
            "FirstDue": "2026-10-01T00:00:00", "CustomerAcct": 20418,
        });
        let answer = done(&mut state, FULFIL, request);
        assert_eq!(
            answer.get(Fulfilled::MASS_UPDATE_ERRORS),
            &Value::List(Vec::new())
        );
        assert_eq!(state.bookings()[0].references, ["WR-778811"]);

        let contract = shown(&state, "WR-778811");
        for (name, expected) in [
            ("status", json!("DELIVERED")),
            ("notes", json!("n")),
            ("delivery_date", json!("2026-09-01T00:00:00")),
            ("account", json!(20418)),
            ("sub", json!(2)),
            ("cash_price", json!("1500.00")),
        ] {
            assert_eq!(contract[name], expected, "{name}");
        }
        assert_eq!(contract["inventory"][0]["serial_pk"], 9);
        let accessories = contract["accessories"].as_array().unwrap();
        assert_eq!(accessories.len(), 2);
        assert_eq!(accessories[0]["delivered"], true);
        assert_eq!(accessories[1]["sku"], "BOOK-1");

        let answer = details(&mut state, "20418-2");
        let item = answer.get(Details::INVENTORY).items()[0]
            .as_object()
            .unwrap();
        assert_eq!(text(item, Fulfil::SERIAL), "S-2");
        assert_eq!(text(item, Inventory::MODEL), "YAS-280");
        assert_eq!(amount(&answer, Details::OTHER_CHARGES), "24.95");
        assert_eq!(amount(&answer, Details::PAST_DUE_AMOUNT), "0");
        assert_eq!(amount(&answer, Details::TOTAL_PAYOFF), "1395.15");
        // The old place is free, and not given to the next contract.
        let none = json!({"Ref": "20417-2"});
        refused(&mut state, DETAILS, none, &Settings::default());
        // What was not sent stays.
        done(&mut state, FULFIL, json!({"Ref": "R-104233", "Notes": "m"}));
        let again = shown(&state, "WR-778811");
        assert_eq!(again["notes"], "m");
        assert_eq!(again["status"], "DELIVERED");
        assert_eq!(again["sub"], 2);
    }

    #[test]
    fn a_serial_makes_an_item_if_there_is_none() {
        let mut state = store();
        done(
            &mut state,
            FULFIL,
            json!({"Ref": "R-104235", "Serial": "S-9"}),
        );
        let answer = details(&mut state, "R-104235");
        let item = answer.get(Details::INVENTORY).items()[0]
            .as_object()
            .unwrap();
        assert_eq!(text(item, Fulfil::SERIAL), "S-9");
    }

    #[test]
    fn a_change_that_is_refused_changes_nothing() {
        for (request, name) in [
            (json!({}), "Ref is missing"),
            (json!({"Ref": "none"}), UpdateError::REF),
            (
                json!({"Ref": "R-104233", "Notes": "n", "CustomerAcct": 5}),
                Fulfil::CUSTOMER_ACCT,
            ),
            (
                json!({"Ref": "R-104233", "Notes": "n", "DeliveredAccessories": [{"Id": 5, "Delivered": true}]}),
                Fulfil::DELIVERED_ACCESSORIES,
            ),
            (
                json!({"Ref": "R-104233", "Notes": "n", "DeletedAccessoryIds": [4001, 5]}),
                Fulfil::DELETED_ACCESSORY_IDS,
            ),
            (json!({"Ref": "R-104236", "Notes": "n"}), "locked"),
            (
                json!({"Ref": "none", "MassUpdateItems": [{"Ref": "R-104233"}]}),
                UpdateError::REF,
            ),
        ] {
            let message = refused(&mut store(), FULFIL, request, &Settings::default());
            assert!(message.contains(name), "{message}");
        }
    }

    #[test]
    fn unlock_unlocks() {
        let mut state = store();
        done(
            &mut state,
            FULFIL,
            json!({"Ref": "R-104236", "Unlock": true, "Notes": "n"}),
        );
        assert_eq!(shown(&state, "WR-778814")["locked"], false);
        assert_eq!(shown(&state, "WR-778814")["notes"], "n");
        done(&mut state, FULFIL, json!({"Ref": "R-104236", "Notes": "m"}));
    }

    #[test]
    fn each_of_many_changes_fails_alone() {
        let mut state = store();
        let request = json!({"Ref": "R-104233", "Notes": "one", "MassUpdateItems": [
            {"Ref": "R-104234", "Notes": "two", "NewCustomerAcct": 20418},
            {"Ref": "none", "Notes": "three"},
            {"Notes": "four"},
            null,
            {"Ref": "R-104235", "Notes": "five", "DeletedAccessoryIds": [1]},
            {"Ref": "R-104236", "Notes": "six"},
            {"Ref": "R-104234", "Serial": "S"},
        ]});
        let answer = done(&mut state, FULFIL, request);
        let errors: Vec<_> = answer
            .get(Fulfilled::MASS_UPDATE_ERRORS)
            .items()
            .iter()
            .map(|error| error.as_object().unwrap())
            .map(|error| {
                (
                    error.get(UpdateError::REF).as_str(),
                    text(error, UpdateError::ERROR_MESSAGE),
                )
            })
            .collect();
        let expected = [
            (Some("none"), "no contract"),
            (None, "Ref is missing"),
            (None, "empty"),
            (Some("R-104235"), Fulfil::DELETED_ACCESSORY_IDS),
            (Some("R-104236"), "locked"),
        ];
        assert_eq!(errors.len(), expected.len(), "{errors:?}");
        for ((reference, message), (expected, part)) in errors.iter().zip(expected) {
            assert_eq!(*reference, expected);
            assert!(message.contains(part), "{message}");
        }
        let bookings = state.bookings();
        assert_eq!(bookings.len(), 1);
        assert_eq!(
            bookings[0].references,
            ["WR-778811", "WR-778812", "WR-778812"]
        );
        assert_eq!(shown(&state, "WR-778811")["notes"], "one");
        assert_eq!(shown(&state, "WR-778812")["account"], 20418);
        assert_eq!(shown(&state, "WR-778813")["notes"], Json::Null);
    }

    #[test]
    fn nothing_is_booked_if_every_item_fails() {
        let mut state = store();
        let answer = done(
            &mut state,
            FULFIL,
            json!({"MassUpdateItems": [{"Ref": "none"}]}),
        );
        assert_eq!(answer.get(Fulfilled::MASS_UPDATE_ERRORS).items().len(), 1);
        assert!(state.bookings().is_empty());
    }
}

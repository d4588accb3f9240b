//! Contracts: how they are posted, looked up and changed.

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;

use super::base::{Booked, Outcome, State, contract_reference};
use super::money::{Figures, down_payment};
use super::read::Read;
use super::store::{Accessory, Contract, Date, Item, Money, Rate};
use crate::model::settings::Settings;
use crate::model::types::Type;
use crate::model::value::{Object, Value};

/// The key of the form input that names the student.
const STUDENT_NAME: &str = "STUDENTNAME";

impl State {
    /// C2BPostContract.
    pub(super) fn post_contract(
        &mut self,
        request: Read<'_>,
        answer: &mut Object,
        _: &Settings,
    ) -> Outcome<Booked> {
        if let Some(account) = self.known_account(request, "CusAcct")? {
            self.next_sub(account)?;
        }
        let (account, card) = self.customer_and_card(request, "CusAcct")?;
        let sub = account.map(|account| self.take_sub(account)).transpose()?;
        let pk = self.fresh_id();
        let web_ref = contract_reference(pk);

        let instrument_id = request.long("InstrumentId");
        let (item, cash_price) = self.item(request, instrument_id);
        let rate_id = request.long("RateId");
        let rate = match request.object("Rate") {
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
            teacher_id: request.long("TeacherId"),
            school_name: request.text("SchoolName"),
            aim_school_id: request.long("AIMSchoolId"),
            location: request.text("Stloc"),
            student_name,
            instrument_id,
            inventory: item.into_iter().collect(),
            rate_id,
            rate,
            cash_price,
            accessories,
            form_inputs,
            card,
            cat: request.int("Cat").unwrap_or_default(),
            sub_cat: request.int("Sub").unwrap_or_default(),
            status_id: request.long("StatusId"),
            status: None,
            card_terminal_id: request.text("CardTerminalId"),
            notes: None,
            delivery_date: None,
            first_due: None,
            late_charges: Money::default(),
            other_charges: Money::default(),
            payments: Vec::new(),
            locked: false,
        });

        let merchant = &self.store.merchant;
        answer.set("PaymentRequired", Value::Bool(payment_required));
        if request.flag("ReturnTopic") == Some(true) {
            answer.set("Topic", Value::String(merchant.post_topic.clone()));
        }
        answer.set("WebRef", Value::String(web_ref.clone()));
        answer.set("BaseUrl", Value::String(merchant.base_url.clone()));
        Ok(Some(vec![web_ref]))
    }

    /// GetContractDetails.
    pub(super) fn details(
        &mut self,
        request: Read<'_>,
        answer: &mut Object,
        _: &Settings,
    ) -> Outcome<Booked> {
        let at = self.find(request.str("Ref"), request.int("Sub"))?;
        let contract = &self.store.contracts[at];
        let merchant = &self.store.merchant;
        let figures = Figures::of(contract, merchant, self.store.now);

        let mut text = |name, text: &Option<String>| set_text(answer, name, text);
        text("StudentName", &contract.student_name);
        text("SchoolName", &contract.school_name);
        if let Some((account, sub)) = contract.account.zip(contract.sub) {
            answer.set("AccountSub", Value::String(format!("{account}-{sub}")));
        }
        answer.set("Topic", Value::String(merchant.details_topic.clone()));
        for (name, date) in [
            ("NextDueDate", figures.next_due),
            ("PayoffDate", figures.payoff_date),
        ] {
            set_date(answer, name, date);
        }
        for (name, amount) in [
            ("PaymentAmount", figures.payment),
            ("PaymentAmt", figures.payment),
            ("PastDueAmount", figures.past_due),
            ("PastDueAmt", figures.past_due),
            ("LateCharges", figures.late_charges),
            ("OtherCharges", figures.other_charges),
            ("TotalDue", figures.total_due),
            ("CurrentBalance", figures.total_due),
            ("AccumulatedCredit", figures.credit),
            ("TotalPayoff", figures.payoff),
        ] {
            answer.set(name, Value::Decimal(amount));
        }
        if let Some(amount) = figures.discounted_payoff {
            answer.set("DiscountedPayoff", Value::Decimal(amount));
        }
        if let Some(of) = answer.of().class("Inventory") {
            let items = contract.inventory.iter();
            let items = items.map(|item| item_of_answer(of, item));
            let accessories = contract.accessories.iter().filter(|it| !it.is_option());
            let accessories = accessories.map(|accessory| accessory_of_answer(of, accessory));
            let inventory = items.chain(accessories).map(Value::Object).collect();
            answer.set("Inventory", Value::List(inventory));
        }
        if let Some(of) = answer.of().class("Payments") {
            let payments = contract.payments.iter().map(|payment| {
                let mut out = Object::new(of);
                set_date(&mut out, "Date", payment.date);
                out.set("Amount", Value::Decimal(payment.amount.0));
                set_text(&mut out, "Ref", &payment.reference);
                Value::Object(out)
            });
            answer.set("Payments", Value::List(payments.collect()));
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
        if request.count("MassUpdateItems") == 0 || !request.is_null("Ref") {
            changed.push(self.change(request, "CustomerAcct")?);
        }
        let mut errors = Vec::new();
        for item in request.items("MassUpdateItems") {
            let outcome = match item {
                Some(item) => self.change(item, "NewCustomerAcct"),
                None => Err("this item is empty: send the changes of a contract".into()),
            };
            match outcome {
                Ok(web_ref) => changed.push(web_ref),
                Err(message) => errors.extend(answer.of().class("MassUpdateErrors").map(|of| {
                    let mut error = Object::new(of);
                    let reference = item.and_then(|item| item.text("Ref"));
                    set_text(&mut error, "Ref", &reference);
                    error.set("ErrorMessage", Value::String(message.into_owned()));
                    Value::Object(error)
                })),
            }
        }
        answer.set("MassUpdateErrors", Value::List(errors));
        Ok((!changed.is_empty()).then_some(changed))
    }

    /// Makes one change, either all of it or nothing; `account_name` is the
    /// member with the new account. Returns the contract's `WebRef`.
    fn change(&mut self, change: Read<'_>, account_name: &str) -> Outcome<String> {
        let at = self.find(change.str("Ref"), None)?;
        let contract = &self.store.contracts[at];
        let unlock = change.flag("Unlock").unwrap_or_default();
        if contract.locked && !unlock {
            return Err("the contract is locked: send Unlock to change it".into());
        }
        // Looked up only for changes of accessories, since a contract may have
        // many.
        let accessories = match [
            "DeliveredAccessories",
            "DeletedAccessoryIds",
            "AddedAccessories",
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
            .objects("DeliveredAccessories")
            .map(|it| {
                let place = places.get(&it.long("Id")?)?;
                Some((*place, it.flag("Delivered")?))
            })
            .collect::<Option<_>>()
            .ok_or("the contract has no accessory with an id in DeliveredAccessories")?;
        let deleted: HashSet<i64> = change.longs("DeletedAccessoryIds").collect();
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
        for accessory in change.objects("AddedAccessories") {
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
        let serial = change.text("Serial");
        let serial_pk = change.long("SerialPk");
        if serial.is_some() || serial_pk.is_some() {
            if contract.inventory.is_empty() {
                contract.inventory.push(Item::default());
            }
            replace(&mut contract.inventory[0].serial, serial);
            replace(&mut contract.inventory[0].serial_pk, serial_pk);
        }
        replace(&mut contract.cash_price, change.money("CashPrice"));
        replace(&mut contract.status, change.text("NewStatus"));
        replace(&mut contract.notes, change.text("Notes"));
        replace(&mut contract.delivery_date, change.date("DeliveryDate"));
        replace(&mut contract.first_due, change.date("FirstDue"));
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
        let (sku, desc) = (request.text("Sku"), request.text("Desc"));
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
        for id in request.longs("AccessoryIdList") {
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
        for accessory in request.objects("AccessoryList") {
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
        ("Model", &item.model),
        ("Item", &item.item),
        ("Sku", &item.sku),
        ("Serial", &item.serial),
        ("Desc", &item.desc),
        ("Mfg", &item.mfg),
    ] {
        set_text(&mut out, name, text);
    }
    out
}

fn accessory_of_answer(of: &'static Type, accessory: &Accessory) -> Object {
    let mut out = Object::new(of);
    set_text(&mut out, "Sku", &accessory.sku);
    set_text(&mut out, "Desc", &accessory.desc);
    out
}

fn read_accessory(accessory: Read<'_>, id: i64) -> Accessory {
    Accessory {
        id,
        desc: accessory.text("Desc"),
        price: accessory.money("Price").unwrap_or_default(),
        kind: accessory.text("Type"),
        cat_num: accessory.int("CatNum").unwrap_or_default(),
        sku: accessory.text("Sku"),
        report: accessory.flag("Report"),
        delivered: false,
    }
}

fn read_rate(rate: Read<'_>) -> Rate {
    Rate {
        plan_code: rate.text("PlanCode"),
        level: rate.int("Level"),
        grade: rate.text("Grade"),
        down_pay: rate.money("DownPay"),
        mo_pay: rate.money("MoPay"),
        down_maint: rate.money("DownMaint"),
        mo_maint: rate.money("MoMaint"),
        rdf_type: rate.text("RdfType"),
        contract_default_id: rate.long("ContractDefaultId"),
        months: rate.int("Months").unwrap_or_default(),
        down_lease: rate.money("DownLease"),
        mo_lease: rate.money("MoLease"),
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "that is how a test fails"
)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::super::testing::{amount, details, done, posted, refused, store, text};
    use super::*;

    const FULFIL: &str = "ContractFulfillment";
    const DETAILS: &str = "GetContractDetails";

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
        let answer = done(&mut state, "C2BPostContract", request);
        assert_eq!(answer.get("PaymentRequired").as_bool(), Some(true));
        assert_eq!(text(&answer, "Topic"), "RENTALTHANKS");
        assert_eq!(text(&answer, "BaseUrl"), "https://rentals.example.com");
        let web_ref = text(&answer, "WebRef").to_owned();
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
        assert_eq!(text(&answer, "AccountSub"), format!("{account}-1"));
        assert_eq!(text(&answer, "StudentName"), "Robin");
        assert_eq!(text(&answer, "SchoolName"), "Lincoln");
        assert_eq!(text(&answer, "Topic"), "RENTALDETAILS");
        assert_eq!(amount(&answer, "PaymentAmount"), "34.95");
        assert_eq!(amount(&answer, "PastDueAmt"), "69.90");
        assert_eq!(amount(&answer, "OtherCharges"), "24.95");
        assert_eq!(amount(&answer, "TotalDue"), "129.80");
        let inventory = answer.get("Inventory").items();
        let skus: Vec<_> = inventory
            .iter()
            .map(|it| it.as_object().unwrap().get("Sku").as_str())
            .collect();
        assert_eq!(skus, [Some("YAS-280"), None, None, Some("BOOK-1")]);

        // The other references of the contract.
        for other in [
            json!({"Ref": format!("{account}-1")}),
            json!({"Ref": account.to_string(), "Sub": 1}),
            json!({"Ref": web_ref, "Sub": 1}),
        ] {
            let answer = done(&mut state, DETAILS, other);
            assert_eq!(text(&answer, "StudentName"), "Robin");
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
            assert!(message.contains("Ref"), "{message}");
        }
    }

    #[test]
    fn an_empty_request_books_an_empty_contract() {
        let mut state = State::default();
        let answer = done(&mut state, "C2BPostContract", json!({}));
        assert_eq!(answer.get("PaymentRequired").as_bool(), Some(false));
        assert!(answer.get("Topic").is_null());
        let web_ref = text(&answer, "WebRef").to_owned();
        let answer = details(&mut state, &web_ref);
        assert!(answer.get("AccountSub").is_null());
        assert_eq!(
            answer.get("NextDueDate").as_date(),
            Some(crate::model::date::DateTime::MIN)
        );
        assert!(answer.get("Inventory").items().is_empty());
        assert_eq!(state.bookings().len(), 1);
    }

    #[test]
    fn ids_bring_the_data_of_the_catalog() {
        let mut state = store();
        let request = json!({"InstrumentId": 7302, "RateId": 90210, "AccessoryIdList": [4003], "CusAcct": 20417});
        let answer = done(&mut state, "C2BPostContract", request);
        assert_eq!(answer.get("PaymentRequired").as_bool(), Some(true));
        let web_ref = text(&answer, "WebRef").to_owned();
        let answer = details(&mut state, &web_ref);
        assert_eq!(text(&answer, "AccountSub"), "20417-5");
        assert_eq!(amount(&answer, "PaymentAmt"), "34.95");
        assert_eq!(amount(&answer, "OtherCharges"), "19.50");
        assert_eq!(amount(&answer, "TotalPayoff"), "1249.95");
        let clarinet = answer.get("Inventory").items()[0].as_object().unwrap();
        assert_eq!(text(clarinet, "Mfg"), "Yamaha");

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
            let message = refused(&mut state, "C2BPostContract", request.clone(), &settings);
            assert!(message.contains(names), "{message}");
            settings.check_rules = false;
            super::super::testing::call(&mut state, "C2BPostContract", &request, &settings);
            assert_eq!(state.bookings().len(), 1, "{request}");
        }
    }

    #[test]
    fn references_of_a_posted_contract_must_exist() {
        for (request, name) in [
            (json!({"CusAcct": 5}), "CusAcct"),
            (
                json!({"CcInfo": {"TokenPk": 5}, "CustomerInfo": {"Name": "N"}}),
                "TokenPk",
            ),
        ] {
            let message = refused(
                &mut store(),
                "C2BPostContract",
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
        assert_eq!(answer.get("MassUpdateErrors"), &Value::List(Vec::new()));
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
        let item = answer.get("Inventory").items()[0].as_object().unwrap();
        assert_eq!(text(item, "Serial"), "S-2");
        assert_eq!(text(item, "Model"), "YAS-280");
        assert_eq!(amount(&answer, "OtherCharges"), "24.95");
        assert_eq!(amount(&answer, "PastDueAmount"), "0");
        assert_eq!(amount(&answer, "TotalPayoff"), "1395.15");
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
        let item = answer.get("Inventory").items()[0].as_object().unwrap();
        assert_eq!(text(item, "Serial"), "S-9");
    }

    #[test]
    fn a_change_that_is_refused_changes_nothing() {
        for (request, name) in [
            (json!({}), "Ref is missing"),
            (json!({"Ref": "none"}), "Ref"),
            (
                json!({"Ref": "R-104233", "Notes": "n", "CustomerAcct": 5}),
                "CustomerAcct",
            ),
            (
                json!({"Ref": "R-104233", "Notes": "n", "DeliveredAccessories": [{"Id": 5, "Delivered": true}]}),
                "DeliveredAccessories",
            ),
            (
                json!({"Ref": "R-104233", "Notes": "n", "DeletedAccessoryIds": [4001, 5]}),
                "DeletedAccessoryIds",
            ),
            (json!({"Ref": "R-104236", "Notes": "n"}), "locked"),
            (
                json!({"Ref": "none", "MassUpdateItems": [{"Ref": "R-104233"}]}),
                "Ref",
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
            .get("MassUpdateErrors")
            .items()
            .iter()
            .map(|error| error.as_object().unwrap())
            .map(|error| (error.get("Ref").as_str(), text(error, "ErrorMessage")))
            .collect();
        let expected = [
            (Some("none"), "no contract"),
            (None, "Ref is missing"),
            (None, "empty"),
            (Some("R-104235"), "DeletedAccessoryIds"),
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
        assert_eq!(answer.get("MassUpdateErrors").items().len(), 1);
        assert!(state.bookings().is_empty());
    }
}

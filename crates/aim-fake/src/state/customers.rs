//! Customers, their cards and their access tokens.

use super::base::{Booked, Outcome, State};
use super::read::{Read, shared};
use super::store::ACCESS_TOKENS;
use super::store::{AccessToken, Card, Customer};
use super::{digest, rules};
use crate::model::names::{
    C2BPostContractRequest, CcInfo, CustomerAccessTokenRequest as Access,
    CustomerAccessTokenResponse as AccessGiven, CustomerInfo, PostServiceTicketRequest,
};
use crate::model::settings::Settings;
use crate::model::value::{Object, Value};

const CUSTOMER_INFO: &str = shared(
    C2BPostContractRequest::CUSTOMER_INFO,
    PostServiceTicketRequest::CUSTOMER_INFO,
);
const CC_INFO: &str = shared(
    C2BPostContractRequest::CC_INFO,
    PostServiceTicketRequest::CC_INFO,
);

impl State {
    /// CustomerAccessToken.
    pub(super) fn give_access(
        &mut self,
        request: Read<'_>,
        answer: &mut Object,
        settings: &Settings,
    ) -> Outcome<Booked> {
        if settings.check_rules {
            rules::check_mode(request)?;
        }
        let account = request.int(Access::ACCT);
        let mode = request.text(Access::MODE);
        let item_key = request.long(Access::ITEM_KEY);
        self.check_account(account, Access::ACCT)?;
        self.check_item(mode.as_deref(), item_key, account)?;

        // Mixed one-to-one from a number that is used once, so it is unique.
        let number = self.fresh_id().cast_unsigned() ^ self.store.seed;
        let token = format!(
            "cat-{:016x}{:016x}",
            digest::mix(number),
            digest::mix(digest::mix(number))
        );
        let now = self.store.now;
        let tokens = &mut self.store.access_tokens;
        while tokens.len() >= ACCESS_TOKENS
            || tokens
                .front()
                .is_some_and(|oldest| oldest.expires.is_some_and(|expires| expires <= now))
        {
            tokens.pop_front();
        }
        tokens.push_back(AccessToken {
            token: token.clone(),
            account,
            mode,
            item_key,
            issued: now,
            expires: settings
                .access_token_seconds
                .map(|seconds| now.plus_seconds(seconds)),
        });
        let url = format!("{}?t={token}", self.store.merchant.account_url);
        answer.set(AccessGiven::TOKEN, Value::String(token));
        answer.set(AccessGiven::ACCOUNT_MANAGEMENT_URL, Value::String(url));
        Ok(None)
    }

    /// Checks that the item of `ItemKey` in this mode exists, and belongs to
    /// the customer if one is given.
    fn check_item(
        &self,
        mode: Option<&str>,
        item_key: Option<i64>,
        account: Option<i32>,
    ) -> Outcome<()> {
        let (Some(mode), Some(key)) = (mode, item_key) else {
            return Ok(());
        };
        let store = &self.store;
        let (what, owner) = match mode {
            "ADD_CONTRACT_CARD" => {
                let at = self.index.contracts.get(&key);
                let contract = at.and_then(|at| store.contracts.get(*at));
                ("contract", contract.map(|contract| contract.account))
            }
            "ADD_STUDENT_CARD" => {
                let at = self.index.students.get(&key);
                let student = at.and_then(|at| store.students.get(*at));
                ("student", student.map(|student| Some(student.account)))
            }
            "UPDATE_CARD" => {
                let at = self.index.cards.get(&key);
                let card = at.and_then(|at| store.cards.get(*at));
                ("card", card.map(|card| card.account))
            }
            _ => return Ok(()),
        };
        match owner {
            None => Err(format!("no {what} has the record id in ItemKey").into()),
            Some(owner) if account.is_some() && account != owner => {
                Err(format!("the {what} in ItemKey is not of the customer in Acct").into())
            }
            Some(_) => Ok(()),
        }
    }

    /// Checks that the account in the member `name` belongs to a customer.
    pub(super) fn check_account(&self, account: Option<i32>, name: &str) -> Outcome<()> {
        match account {
            Some(account) if !self.index.customers.contains_key(&account) => {
                Err(format!("no customer has the account in {name}").into())
            }
            _ => Ok(()),
        }
    }

    /// The known customer of a booking: named by the account in the member
    /// `name`, or by `CustomerInfo.WebId`.
    pub(super) fn known_account(&self, request: Read<'_>, name: &str) -> Outcome<Option<i32>> {
        let account = request.int(name);
        self.check_account(account, name)?;
        Ok(account.or_else(|| {
            let info = request.object(CUSTOMER_INFO)?;
            self.index
                .web_ids
                .get(&info.int(CustomerInfo::WEB_ID)?)
                .copied()
        }))
    }

    /// The customer and the card of a booking, created if they are new. `name`
    /// is the member with the account number.
    pub(super) fn customer_and_card(
        &mut self,
        request: Read<'_>,
        name: &str,
    ) -> Outcome<(Option<i32>, Option<i64>)> {
        let known = self.known_account(request, name)?;
        let card = request.object(CC_INFO);
        let card_pk = card.and_then(|card| card.long(CcInfo::TOKEN_PK));
        if card_pk.is_some_and(|pk| !self.index.cards.contains_key(&pk)) {
            return Err("no card has the record id in CcInfo.TokenPk".into());
        }
        let account = match (known, request.object(CUSTOMER_INFO)) {
            (None, Some(info)) => Some(self.add_customer(info)?),
            _ => known,
        };
        // No error is possible from here on.
        let card_pk = match (card_pk, card) {
            (None, Some(card)) => Some(self.add_card(card, account)),
            _ => card_pk,
        };
        Ok((account, card_pk))
    }

    /// Creates a customer and returns the account.
    fn add_customer(&mut self, info: Read<'_>) -> Outcome<i32> {
        let web_id = info.int(CustomerInfo::WEB_ID);
        let account = self.fresh_account()?;
        let at = self.store.customers.len();
        self.index.customers.insert(account, at);
        if let Some(web_id) = web_id {
            self.index.web_ids.insert(web_id, account);
        }
        self.store.customers.push(Customer {
            account,
            web_id,
            name: info.text(CustomerInfo::NAME),
            addr1: info.text(CustomerInfo::ADDR1),
            addr2: info.text(CustomerInfo::ADDR2),
            city: info.text(CustomerInfo::CITY),
            st: info.text(CustomerInfo::ST),
            zip: info.text(CustomerInfo::ZIP),
            country: info.text(CustomerInfo::COUNTRY),
            phone: info.text(CustomerInfo::PHONE),
            email: info.text(CustomerInfo::EMAIL),
            last_sub: 0,
        });
        Ok(account)
    }

    fn fresh_account(&mut self) -> Outcome<i32> {
        // From 1,001 to 90,001; AIM reserves accounts below 201.
        let start = digest::mix(self.store.seed) % 90 * 1_000 + 1_000;
        let start = i32::try_from(start).unwrap_or_default();
        let mut given = self.store.accounts_given;
        loop {
            given = given.checked_add(1).ok_or("no account number is left")?;
            let account = start
                .checked_add(given)
                .ok_or("no account number is left")?;
            if !self.index.customers.contains_key(&account) {
                self.store.accounts_given = given;
                return Ok(account);
            }
        }
    }

    fn add_card(&mut self, card: Read<'_>, account: Option<i32>) -> i64 {
        let pk = self.fresh_id();
        self.index.cards.insert(pk, self.store.cards.len());
        self.store.cards.push(Card {
            pk,
            account,
            token: card.text(CcInfo::TOKEN_STR),
            kind: card.text(CcInfo::CARD_TYPE),
            last_four: card.text(CcInfo::LAST_FOUR),
            expiration: card.text(CcInfo::EXPIRATION),
            reason: card.text(CcInfo::REASON_ON_FILE),
            primary: card.flag(CcInfo::PRIMARY).unwrap_or_default(),
        });
        pk
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::super::testing::{call, done, posted, refused, store, text};
    use super::*;
    use crate::model::names::service;

    const ACCESS: &str = service::CUSTOMER_ACCESS_TOKEN;

    #[test]
    fn every_mode_opens_the_account_page() {
        let mut state = store();
        for request in [
            json!({}),
            json!({"Acct": 20417}),
            json!({"Mode": "", "ItemKey": 1}),
            json!({"Acct": 20417, "Mode": "ADD_CUSTOMER_CARD"}),
            json!({"Mode": "ADD_CONTRACT_CARD", "ItemKey": 81001}),
            json!({"Acct": 20417, "Mode": "ADD_STUDENT_CARD", "ItemKey": 55120}),
            json!({"Acct": 20417, "Mode": "UPDATE_CARD", "ItemKey": 660_184}),
        ] {
            let answer = done(&mut state, ACCESS, request.clone());
            let token = text(&answer, AccessGiven::TOKEN);
            assert_eq!(
                text(&answer, AccessGiven::ACCOUNT_MANAGEMENT_URL),
                format!("https://account.example.com/manage?t={token}")
            );
            let json = state.to_json();
            let kept = json["access_tokens"].as_array().unwrap().last().unwrap();
            assert_eq!(kept["token"], token);
            assert_eq!(kept["account"], request[Access::ACCT]);
            assert_eq!(kept["expires"], Json::Null);
        }
        assert!(state.bookings().is_empty());
        let tokens: std::collections::HashSet<_> = state
            .store
            .access_tokens
            .iter()
            .map(|it| &it.token)
            .collect();
        assert_eq!(tokens.len(), 7);
    }

    #[test]
    fn modes_and_keys_that_do_not_fit_are_refused() {
        for (request, part) in [
            (json!({"Acct": 5}), Access::ACCT),
            (json!({"Mode": "SELL_CARD"}), "Mode is unknown"),
            (json!({"Mode": "UPDATE_CARD"}), "ItemKey is missing"),
            (
                json!({"Mode": "ADD_CUSTOMER_CARD", "ItemKey": 1}),
                "exclude each other",
            ),
            (json!({"Mode": "UPDATE_CARD", "ItemKey": 1}), "no card"),
            (
                json!({"Mode": "ADD_CONTRACT_CARD", "ItemKey": 1}),
                "no contract",
            ),
            (
                json!({"Mode": "ADD_STUDENT_CARD", "ItemKey": 1}),
                "no student",
            ),
            (
                json!({"Acct": 20418, "Mode": "UPDATE_CARD", "ItemKey": 660_184}),
                "not of the customer",
            ),
            (
                json!({"Acct": 20418, "Mode": "ADD_STUDENT_CARD", "ItemKey": 55120}),
                "not of the customer",
            ),
            (
                json!({"Acct": 20418, "Mode": "ADD_CONTRACT_CARD", "ItemKey": 81001}),
                "not of the customer",
            ),
        ] {
            let message = refused(&mut store(), ACCESS, request, &Settings::default());
            assert!(message.contains(part), "{message}");
        }
        let settings = Settings {
            check_rules: false,
            ..Settings::default()
        };
        let mut state = store();
        for request in [json!({"Mode": "SELL_CARD"}), json!({"Mode": "UPDATE_CARD"})] {
            call(&mut state, ACCESS, &request, &settings);
        }
        assert_eq!(state.store.access_tokens.len(), 2);
    }

    #[test]
    fn tokens_expire_by_the_setting_and_are_forgotten() {
        let settings = Settings {
            access_token_seconds: Some(2),
            ..Settings::default()
        };
        let mut state = store();
        let mut kept = Vec::new();
        for _ in 0..5 {
            call(&mut state, ACCESS, &json!({}), &settings);
            kept.push(state.store.access_tokens.len());
        }
        // Each is valid for two seconds, in which two more are made.
        assert_eq!(kept, [1, 2, 2, 2, 2]);
        let json = state.to_json();
        assert_eq!(json["access_tokens"][1]["issued"], "2026-11-20T10:00:04");
        assert_eq!(json["access_tokens"][1]["expires"], "2026-11-20T10:00:06");
    }

    #[test]
    fn a_customer_is_known_by_web_id() {
        let mut state = store();
        for (request, account) in [
            (
                json!({"CustomerInfo": {"WebId": 3301, "Name": "Other"}}),
                Some(20417),
            ),
            (json!({"CustomerInfo": {"WebId": 9, "Name": "New"}}), None),
            (json!({"CustomerInfo": {"WebId": 9, "Name": "Newer"}}), None),
        ] {
            posted(&mut state, request);
            let contract = state.store.contracts.last().unwrap();
            assert!(contract.account.is_some());
            if account.is_some() {
                assert_eq!(contract.account, account);
            }
        }
        let names: Vec<_> = state
            .store
            .customers
            .iter()
            .map(|it| it.name.as_deref())
            .collect();
        assert_eq!(
            names,
            [Some("Jordan Example"), Some("Sam Sample"), Some("New")]
        );
        assert_eq!(state.store.contracts.last().unwrap().sub, Some(2));
    }

    #[test]
    fn a_call_is_refused_if_no_number_is_left() {
        let full = json!({"accounts_given": i32::MAX - 1});
        let mut state = State::from_json(&full).unwrap();
        let request = json!({"CustomerInfo": {"Name": "N"}, "CcInfo": {"TokenStr": "t"}});
        let message = refused(
            &mut state,
            service::C2B_POST_CONTRACT,
            request,
            &Settings::default(),
        );
        assert!(message.contains("account number"), "{message}");

        let full = json!({"customers": [{"account": 5, "web_id": 7, "last_sub": i32::MAX}]});
        let mut state = State::from_json(&full).unwrap();
        for request in [
            json!({"CusAcct": 5, "CcInfo": {"TokenStr": "t"}}),
            json!({"CustomerInfo": {"WebId": 7}, "CcInfo": {"TokenStr": "t"}}),
        ] {
            let message = refused(
                &mut state,
                service::C2B_POST_CONTRACT,
                request,
                &Settings::default(),
            );
            assert!(message.contains("no number left"), "{message}");
        }
    }
}

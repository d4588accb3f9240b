//! The store, and what each operation does to it. `rules.md` describes both; it
//! is also the documentation of [`State`]. This directory uses only `model` and
//! `problem`.

mod base;
mod contracts;
mod customers;
mod digest;
pub(crate) mod in_band;
mod index;
mod money;
mod needs;
mod operations;
mod read;
mod rules;
pub(crate) mod sign_in;
mod store;
#[cfg(test)]
mod testing;
mod tickets;

pub use base::State;
pub use store::{Booking, Date};

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::store::ACCESS_TOKENS;
    use super::testing::{call, call_with, details, done, posted, status, store, text};
    use super::*;
    use crate::model::date::{DateKind, DateTime};
    use crate::model::names::{
        BaseResponse, BaseResponseResult, BaseSecureRequest, C2BPostContractRequest, CcInfo,
        ContractFulfillmentRequest, ContractFulfillmentResponse, CustomerAccessTokenRequest,
        CustomerAccessTokenResponse, service,
    };
    use crate::model::schema::Schema;
    use crate::model::service::Answer;
    use crate::model::settings::Settings;
    use crate::model::types::{Kind, Type};
    use crate::model::value::{Object, Value};

    /// The document, for its examples.
    fn document() -> Json {
        serde_json::from_str(&Schema::embedded().served().json("")).unwrap()
    }

    #[test]
    fn every_invented_request_of_the_document_works_on_the_fixture() {
        let document = document();
        let mut count = 0;
        for path in document["paths"].as_object().unwrap().values() {
            let post = &path["post"];
            let examples = &post["requestBody"]["content"]["application/json"]["examples"];
            for (name, example) in examples.as_object().into_iter().flatten() {
                if name == "vendorSample" {
                    continue;
                }
                let reference = example["$ref"].as_str().unwrap();
                let example = document.pointer(&reference[1..]).unwrap()["value"].clone();
                let operation = post["x-aim-operation"].as_str().unwrap();
                let answer = done(&mut store(), operation, example);
                let errors = answer
                    .get(ContractFulfillmentResponse::MASS_UPDATE_ERRORS)
                    .items();
                assert!(errors.is_empty(), "{reference}: {errors:?}");
                count += 1;
            }
        }
        assert!(count > 4);
        let parameters = json!({"Acct": 20417, "Mode": "UPDATE_CARD", "ItemKey": 660_184});
        done(&mut store(), service::CUSTOMER_ACCESS_TOKEN, parameters);
    }

    #[test]
    fn the_fixture_has_the_contract_of_the_documents_example() {
        let operation = Schema::embedded()
            .operation(service::GET_CONTRACT_DETAILS)
            .unwrap();
        let mut expected = operation.example.clone();
        expected.set(BaseResponse::STATUS, Value::Null);
        let mut answer = details(&mut store(), "R-104233");
        answer.set(BaseResponse::STATUS, Value::Null);
        assert_eq!(answer, expected);
    }

    #[test]
    fn status_follows_the_settings() {
        let mut settings = Settings {
            success_status_code: None,
            ..Settings::default()
        };
        let answer = call(
            &mut store(),
            service::POST_SERVICE_TICKET,
            &json!({}),
            &settings,
        );
        let Answer::Dto(answer) = answer else {
            panic!("{answer:?}");
        };
        assert!(answer.get(BaseResponse::STATUS).is_null());

        settings.error_status_code = "Failed".to_owned();
        settings.error_code = "77".to_owned();
        settings.error_http_status = 422;
        let answer = call(
            &mut store(),
            service::GET_CONTRACT_DETAILS,
            &json!({}),
            &settings,
        );
        let Answer::DtoWithStatus { status: 422, value } = answer else {
            panic!("{answer:?}");
        };
        assert_eq!(status(&value, BaseResponseResult::STATUS_CODE), "Failed");
        assert_eq!(status(&value, BaseResponseResult::ERROR_CODE), "77");
        assert_eq!(
            status(&value, BaseResponseResult::ERROR_DISPLAY_TEXT),
            status(&value, BaseResponseResult::ERROR_MESSAGE)
        );
    }

    #[test]
    fn the_catch_all_service_follows_the_settings_and_leaves_the_state_alone() {
        let mut state = store();
        let before = state.clone();
        let mut settings = Settings::default();
        let empty = Object::new(Schema::embedded().fallback().response);
        let answer = call(&mut state, "Fallback", &json!({}), &settings);
        assert_eq!(answer, Answer::Dto(empty.clone()));
        settings.fallback_http_status = 404;
        let answer = call(&mut state, "Fallback", &json!({}), &settings);
        assert_eq!(
            answer,
            Answer::DtoWithStatus {
                status: 404,
                value: empty
            }
        );
        settings.fallback_error = true;
        let answer = call(&mut state, "Fallback", &json!({}), &settings);
        let Answer::DtoWithStatus { status: 404, value } = answer else {
            panic!("{answer:?}");
        };
        assert_eq!(status(&value, BaseResponseResult::STATUS_CODE), "Error");
        assert!(state == before);
    }

    #[test]
    fn equal_requests_are_two_bookings_with_one_digest() {
        let mut state = State::default();
        let ticket = json!({"RefNumber": "WEB-1", "Notes": "n"});
        done(&mut state, service::POST_SERVICE_TICKET, ticket.clone());
        let mut other_credentials = ticket.clone();
        other_credentials[BaseSecureRequest::TOKEN] = json!("another login");
        done(&mut state, service::POST_SERVICE_TICKET, other_credentials);
        done(
            &mut state,
            service::POST_SERVICE_TICKET,
            json!({"RefNumber": "WEB-1", "Notes": "m"}),
        );
        let bookings = state.bookings();
        assert_eq!(bookings.len(), 3);
        assert!(
            bookings
                .iter()
                .all(|it| it.operation == service::POST_SERVICE_TICKET
                    && it.ref_number.as_deref() == Some("WEB-1"))
        );
        assert_eq!(bookings[0].digest, bookings[1].digest);
        assert_ne!(bookings[0].digest, bookings[2].digest);
        assert_ne!(bookings[0].references, bookings[1].references);
        let duplicates = |state: &State| -> Vec<Option<usize>> {
            let bookings = state.bookings().iter();
            bookings.map(|it| it.duplicate_of).collect()
        };
        assert_eq!(duplicates(&state), [None, Some(1), Some(1)]);
        assert_eq!(bookings[0].at, Date::default());
        assert_eq!(bookings[1].at, Date::default().plus_seconds(1));
        // What is the same of another operation, or says nothing, is none.
        let mut json = state.to_json();
        json["bookings"] = json!([
            {"operation": service::POST_SERVICE_TICKET, "digest": "a", "ref_number": "R"},
            {"operation": service::C2B_POST_CONTRACT, "digest": "a", "duplicate_of": 1},
            {"operation": service::POST_SERVICE_TICKET, "digest": "b", "ref_number": ""},
            {"operation": service::POST_SERVICE_TICKET, "digest": "", "ref_number": ""},
            {"operation": service::POST_SERVICE_TICKET, "digest": ""},
            {"operation": service::POST_SERVICE_TICKET, "digest": "b", "ref_number": "R"},
        ]);
        let mut state = State::from_json(&json).unwrap();
        let read = [None, None, None, None, None, Some(1)];
        assert_eq!(duplicates(&state), read);
        let again = json!({"RefNumber": "R"});
        done(&mut state, service::POST_SERVICE_TICKET, again);
        assert_eq!(duplicates(&state).last(), Some(&Some(1)));
    }

    #[test]
    fn the_same_calls_get_the_same_answers_and_another_seed_other_ids() {
        let play = |mut state: State| {
            let request = json!({"CustomerInfo": {"Name": "A"}, "CcInfo": {"TokenStr": "t"}});
            let web_ref = posted(&mut state, request);
            let answer = done(&mut state, service::CUSTOMER_ACCESS_TOKEN, json!({}));
            (
                web_ref,
                text(&answer, CustomerAccessTokenResponse::TOKEN).to_owned(),
                state,
            )
        };
        let (one, two, three) = (
            play(State::default()),
            play(State::seeded(0)),
            play(State::seeded(3)),
        );
        assert!(one == two);
        assert_ne!(one.0, three.0);
        assert_ne!(one.1, three.1);
    }

    #[test]
    fn ids_that_are_taken_are_skipped() {
        let mut state = State::default();
        let first = posted(&mut state.clone(), json!({}));
        let number: i64 = first.strip_prefix("WR-").unwrap().parse().unwrap();
        state = State::from_json(&json!({
            "contracts": [{"pk": 1, "web_ref": first}, {"pk": number + 1, "web_ref": "a"}],
            "tickets": [{"web_ref": format!("ST-{}", number + 2)}],
            "cards": [{"pk": number + 3}],
            "catalog": {"accessories": [{"id": number + 4}]},
        }))
        .unwrap();
        assert_eq!(posted(&mut state, json!({})), format!("WR-{}", number + 5));
    }

    #[test]
    fn lookups_do_not_grow_the_state() {
        let mut state = store();
        let size = |state: &State| state.to_json().to_string().len();
        let mut full = 0;
        for round in 0..3_000 {
            done(
                &mut state,
                service::CUSTOMER_ACCESS_TOKEN,
                json!({"Acct": 20417}),
            );
            details(&mut state, "R-104233");
            if round == ACCESS_TOKENS + 9 {
                full = size(&state);
            }
        }
        assert_eq!(state.store.access_tokens.len(), ACCESS_TOKENS);
        // Only a counter may get a digit longer.
        assert!(size(&state) <= full + 1);
    }

    #[test]
    fn a_state_is_read_strictly() {
        for (json, pointer, reason) in [
            (json!([]), "", "an object is expected"),
            (json!({"stuff": 1}), "/stuff", "there is no such member"),
            (
                json!({"merchant": ["u"]}),
                "/merchant",
                "an object is expected",
            ),
            (
                json!({"customers": [{"account": 1}, {"account": "7770"}]}),
                "/customers/1/account",
                "i32",
            ),
            (
                json!({"customers": [{"account": 5_000_000_000_i64}]}),
                "/customers/0/account",
                "a whole number is expected, in the range of",
            ),
            (
                json!({"customers": [{"name": "N"}]}),
                "/customers/0/account",
                "from 1",
            ),
            (
                json!({"customers": [{"account": 5}, {"account": 5}]}),
                "/customers/1/account",
                "another",
            ),
            (
                json!({"customers": [{"account": 5, "web_id": 1}, {"account": 6, "web_id": 1}]}),
                "/customers/1/web_id",
                "another",
            ),
            (
                json!({"customers": [{"account": 5, "last_sub": -1}]}),
                "/customers/0/last_sub",
                "from 0",
            ),
            (
                json!({"customers": {}}),
                "/customers",
                "an array is expected",
            ),
            (
                json!({"students": [{"pk": 1, "account": 5}]}),
                "/students/0/account",
                "no customer",
            ),
            (
                json!({"cards": [{"pk": 1}, {"pk": 1}]}),
                "/cards/1/pk",
                "another",
            ),
            (
                json!({"cards": [{"pk": 1, "account": 9}]}),
                "/cards/0/account",
                "no customer",
            ),
            (
                json!({"contracts": [{"pk": 1}]}),
                "/contracts/0/web_ref",
                "not empty",
            ),
            (
                json!({"contracts": [{"web_ref": "a"}]}),
                "/contracts/0/pk",
                "from 1",
            ),
            (
                json!({"contracts": [{"pk": 1, "web_ref": "a"}, {"pk": 2, "web_ref": "b", "ref": "a"}]}),
                "/contracts/1/ref",
                "another",
            ),
            (
                json!({"contracts": [{"pk": 1, "web_ref": "a", "sub": 1}]}),
                "/contracts/0/sub",
                "account",
            ),
            (
                json!({"contracts": [{"pk": 1, "web_ref": "a", "card": 3}]}),
                "/contracts/0/card",
                "no card",
            ),
            (
                json!({"contracts": [{"pk": 1, "web_ref": "a", "accessories": [{"id": 3}, {"id": 3}]}]}),
                "/contracts/0/accessories/1/id",
                "another",
            ),
            (
                json!({"contracts": [{"pk": 1, "web_ref": "a", "cash_price": 7770}]}),
                "/contracts/0/cash_price",
                "a string is expected",
            ),
            (
                json!({"contracts": [{"pk": 1, "web_ref": "a", "cash_price": "7770x"}]}),
                "/contracts/0/cash_price",
                "an amount",
            ),
            (
                json!({"contracts": [{"pk": 1, "web_ref": "a", "rate": {"mo_pay": "1e3"}}]}),
                "/contracts/0/rate/mo_pay",
                "an amount",
            ),
            (
                json!({"contracts": [{"pk": 1, "web_ref": "a", "posted": "2026-02-30T00:00:00"}]}),
                "/contracts/0/posted",
                "a date",
            ),
            (
                json!({"contracts": [{"pk": 1, "web_ref": "a", "posted": "2026-2-03T00:00:00"}]}),
                "/contracts/0/posted",
                "a date",
            ),
            (
                json!({"tickets": [{"web_ref": "a"}, {"web_ref": "a"}]}),
                "/tickets/1/web_ref",
                "another",
            ),
            (
                json!({"access_tokens": [{"account": 1}]}),
                "/access_tokens/0/token",
                "not empty",
            ),
            (
                json!({"access_tokens": vec![json!({"token": "t"}); 1_001]}),
                "/access_tokens",
                "at most 1000",
            ),
            (
                json!({"access_tokens": [], "logins": vec![json!({"token": "t"}); 1_001]}),
                "/logins",
                "at most 1000",
            ),
            (
                json!({"logins": [{"username": "u"}]}),
                "/logins/0/token",
                "not empty",
            ),
            (
                json!({"users": [{"password": "p"}]}),
                "/users/0/username",
                "not empty",
            ),
            (
                json!({"users": [{"username": "7770"}]}),
                "/users/0/password",
                "not empty",
            ),
            (
                json!({"users": [{"username": "u", "password": "p"}, {"username": "u", "password": "q"}]}),
                "/users/1/username",
                "another",
            ),
            (
                json!({"users": [{"username": "u", "password": "p", "account": 5}]}),
                "/users/0/account",
                "no customer",
            ),
            (
                json!({"bookings": [{"operation": "Buy"}]}),
                "/bookings/0/operation",
                "the vendor's name",
            ),
            (
                json!({"catalog": {"rates": [{"id": 1}, {"id": 1}]}}),
                "/catalog/rates/1/id",
                "another",
            ),
            (json!({"ids_given": -1}), "/ids_given", "from 0"),
            (json!({"ids_given": i64::MAX}), "/ids_given", "from 0"),
            (json!({"accounts_given": -1}), "/accounts_given", "from 0"),
            (json!({"seed": -1}), "/seed", "a whole number"),
            (json!({"a/b~c": 1}), "/a~1b~0c", "no such member"),
        ] {
            let problem = State::from_json(&json).unwrap_err();
            assert_eq!(problem.pointer, pointer, "{json}: {problem}");
            assert!(problem.reason.contains(reason), "{json}: {problem}");
            assert!(!problem.reason.contains("7770"), "{json}: {problem}");
        }
    }

    #[test]
    fn the_debug_form_shows_nothing_about_people_and_cards() {
        let canary = "Canary-4711";
        let mut state = State::default();
        for operation in Schema::embedded().operations() {
            // The canary is in every text of every request.
            let mut request = filled(operation.request, canary);
            for name in [
                C2BPostContractRequest::CUS_ACCT,
                ContractFulfillmentRequest::CUSTOMER_ACCT,
                CustomerAccessTokenRequest::ACCT,
                CustomerAccessTokenRequest::MODE,
                ContractFulfillmentRequest::MASS_UPDATE_ITEMS,
            ] {
                request.set(name, Value::Null);
            }
            if let Value::Object(mut card) = request.get(C2BPostContractRequest::CC_INFO).clone() {
                card.set(CcInfo::TOKEN_PK, Value::Null);
                request.set(C2BPostContractRequest::CC_INFO, Value::Object(card));
            }
            let settings = Settings {
                check_rules: false,
                ..Settings::default()
            };
            let answer = call_with(&mut state, operation.name, &request, &settings);
            assert!(!format!("{answer:?}").contains(canary), "{answer:?}");
        }
        let json = state.to_json().to_string();
        assert!(json.matches(canary).count() > 10, "{json}");
        // A RefNumber identifies an order, not a person, so bookings show it.
        let mut debug = format!("{state:?}");
        assert!(debug.contains("customers: 1"), "{debug}");
        for booking in state.bookings() {
            debug +=
                &format!("{booking:?}").replace(&format!("ref_number: Some(\"{canary}\")"), "");
        }
        assert!(!debug.contains(canary), "{debug}");
    }

    fn filled(of: &'static Type, text: &str) -> Object {
        let mut object = Object::new(of);
        for (index, member) in of.members.iter().enumerate() {
            *object.value_mut(index) = filled_value(member.kind, text);
        }
        object
    }

    fn filled_value(kind: Kind, text: &str) -> Value {
        match kind {
            Kind::Bool => Value::Bool(true),
            Kind::Int | Kind::Long => Value::Int(1),
            Kind::Decimal => Value::Decimal(rust_decimal::Decimal::ONE),
            Kind::DateTime => Value::DateTime(DateTime::MIN),
            Kind::String => Value::String(text.to_owned()),
            Kind::Object(of) => Value::Object(filled(of, text)),
            Kind::List(item) => Value::List(vec![filled_value(*item, text)]),
        }
    }

    /// A source of pseudo-random choices.
    struct Choices(u64);

    impl Choices {
        fn below(&mut self, limit: usize) -> usize {
            self.0 = digest::mix(self.0);
            usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
        }

        fn request(&mut self, of: &'static Type, state: &State) -> Object {
            let mut object = Object::new(of);
            for (index, member) in of.members.iter().enumerate() {
                if !member.nullable
                    || self.below(3) == 0
                    || member.name == ContractFulfillmentRequest::REF
                {
                    *object.value_mut(index) = self.value(member.name, member.kind, state);
                }
            }
            object
        }

        fn value(&mut self, name: &str, kind: Kind, state: &State) -> Value {
            let store = &state.store;
            let pick = |choices: &mut Self, numbers: Vec<i64>| match numbers.len() {
                0 => 1,
                length => numbers[choices.below(length)],
            };
            match kind {
                Kind::Bool => Value::Bool(self.below(2) == 0),
                Kind::Int if name.contains("Acct") => {
                    let accounts = store.customers.iter().map(|it| it.account.into());
                    Value::Int(pick(self, accounts.collect()))
                }
                Kind::Long
                    if name == CcInfo::TOKEN_PK || name == CustomerAccessTokenRequest::ITEM_KEY =>
                {
                    let keys = store.cards.iter().map(|it| it.pk);
                    let keys = keys.chain(store.contracts.iter().map(|it| it.pk));
                    Value::Int(pick(self, keys.collect()))
                }
                Kind::Long => {
                    let ids = store.contracts.iter().flat_map(|it| &it.accessories);
                    let ids = ids.map(|it| it.id).chain([7301, 7302, 90210, 4001, -5]);
                    Value::Int(pick(self, ids.collect()))
                }
                Kind::Int => Value::Int([0, 1, -1, 3, i64::from(i32::MAX)][self.below(5)]),
                Kind::Decimal => {
                    let texts = [
                        "0",
                        "12.50",
                        "-0.00",
                        "79228162514264337593543950335",
                        "0.0000000000000000000000000001",
                    ];
                    Value::Decimal(texts[self.below(5)].parse().unwrap())
                }
                Kind::DateTime => Value::DateTime(DateTime {
                    ticks: [0, 1, 639_000_000_000_000_000, DateTime::MAX_TICKS][self.below(4)],
                    kind: [DateKind::Unspecified, DateKind::Utc, DateKind::Local][self.below(3)],
                }),
                Kind::String if name == ContractFulfillmentRequest::REF => {
                    let contract = &store.contracts[self.below(store.contracts.len())];
                    let by_sub = contract.account.zip(contract.sub);
                    Value::String(match (self.below(8), by_sub) {
                        (0, _) => "none".to_owned(),
                        (1, Some((account, sub))) => format!("{account}-{sub}"),
                        _ => contract.web_ref.clone(),
                    })
                }
                Kind::String if name == CustomerAccessTokenRequest::MODE => {
                    Value::String(rules::MODES[self.below(4)].0.to_owned())
                }
                // Half of the users who log in are known.
                Kind::String if name == "Username" && self.below(2) == 0 => {
                    Value::String(store.users[0].username.clone())
                }
                Kind::String if name == "Password" => {
                    Value::String(store.users[0].password.clone())
                }
                Kind::String => {
                    Value::String(["", "é\u{0}\"", "STUDENTNAME"][self.below(3)].to_owned())
                }
                Kind::Object(of) => Value::Object(self.request(of, state)),
                Kind::List(item) => {
                    let count = self.below(3);
                    Value::List((0..count).map(|_| self.value("", *item, state)).collect())
                }
            }
        }
    }

    #[test]
    fn every_reachable_state_is_written_and_read_without_loss() {
        let mut settings = Settings {
            check_rules: false,
            ..Settings::default()
        };
        let operations = Schema::embedded().operations();
        let mut done = std::collections::BTreeMap::<_, usize>::new();
        for seed in 0..30 {
            let mut choices = Choices(seed);
            settings.access_token_seconds = [None, Some(3)][choices.below(2)];
            let mut state = store();
            // The loaded state continues with other calls.
            let mut copy = state.clone();
            // For as many calls of each operation, however many there are.
            for _ in 0..3 * operations.len() {
                let operation = &operations[choices.below(operations.len())];
                let request = choices.request(operation.request, &state);
                let answer = call_with(&mut state, operation.name, &request, &settings);
                assert_eq!(
                    answer,
                    call_with(&mut copy, operation.name, &request, &settings)
                );
                let json = state.to_json();
                copy = State::from_json(&json).unwrap();
                assert!(copy == state, "seed {seed}: {json}");
                assert_eq!(copy.to_json(), json, "seed {seed}");
                if let Answer::Dto(answer) = answer
                    && status(&answer, BaseResponseResult::STATUS_CODE) == "OK"
                {
                    *done.entry(operation.name).or_default() += 1;
                }
            }
        }
        for operation in operations {
            assert!(
                done.contains_key(operation.name),
                "no random call of {} succeeds: {done:?}",
                operation.name
            );
        }
    }
}

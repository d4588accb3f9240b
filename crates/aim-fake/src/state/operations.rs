//! The operations with rules of their own, and how a call is carried out.

use super::base::{Booked, Outcome, State};
use super::in_band::{in_band_error, refused, set_error, set_status, with_status};
use super::read::{Read, Seen};
use super::rules;
use super::sign_in::is_sign_in;
use crate::model::names::{BaseResponse, BaseResponseResult, service};
use crate::model::operation::Operation;
use crate::model::service::{Answer, Call};
use crate::model::settings::Settings;
use crate::model::value::{Object, Value};

/// What an operation does to the state and its answer.
type Rule = fn(&mut State, Read<'_>, &mut Object, &Settings) -> Outcome<Booked>;

/// The operations that have rules of their own, by the vendor's names. Any
/// other operation of the document answers with its example.
pub(super) const OWN: &[(&str, Rule)] = &[
    (service::C2B_POST_CONTRACT, State::post_contract),
    (service::CONTRACT_FULFILLMENT, State::fulfil),
    (service::CUSTOMER_ACCESS_TOKEN, State::give_access),
    (service::GET_CONTRACT_DETAILS, State::details),
    (service::GET_END_POINT, State::give_end_point),
    (service::POST_SERVICE_TICKET, State::post_ticket),
    (service::SECURITY, State::log_in),
];

/// The outcome of a call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Done {
    /// The answer.
    pub answer: Answer,
    /// Whether the operation was carried out: something was booked or changed,
    /// or a lookup was answered.
    pub applied: bool,
    /// The paths of members that were sent but not kept.
    pub not_kept: Vec<String>,
}

impl Done {
    fn nothing(answer: Answer) -> Self {
        Self {
            answer,
            applied: false,
            not_kept: Vec::new(),
        }
    }
}

impl State {
    /// Carries out the operation. Credentials are not checked here.
    pub(crate) fn answer(&mut self, call: &Call<'_>, settings: &Settings) -> Done {
        let operation = call.operation;
        if operation.is_fallback() {
            return Done::nothing(fallback(operation, settings));
        }
        let seen = Seen::default();
        let done = rules::check(call.request, settings).and_then(|()| {
            let own = OWN.iter().find(|(name, _)| *name == operation.name);
            let Some((_, rule)) = own else {
                let booked = operation.books.then(Vec::new);
                return Ok((operation.example.clone(), booked));
            };
            let mut answer = Object::new(operation.response);
            let booked = rule(self, seen.read(call), &mut answer, settings)?;
            Ok((answer, booked))
        });
        let (mut answer, booked) = match done {
            Ok(done) => done,
            Err(message) if is_sign_in(operation) => {
                return Done::nothing(refused(operation, settings, &message));
            }
            Err(message) => return Done::nothing(in_band_error(operation, settings, &message)),
        };
        let applied = booked.is_some() || !operation.books;
        if let Some(references) = booked {
            self.book(call, references);
        }
        self.store.now = self.store.now.plus_seconds(1);
        match &settings.success_status_code {
            Some(code) => set_status(&mut answer, &[(BaseResponseResult::STATUS_CODE, code)]),
            None => answer.set(BaseResponse::STATUS, Value::Null),
        }
        Done {
            answer: Answer::Dto(answer),
            applied,
            not_kept: match applied {
                true => seen.not_kept(call.request),
                false => Vec::new(),
            },
        }
    }
}

/// The answer of the catch-all service.
fn fallback(operation: &'static Operation, settings: &Settings) -> Answer {
    let mut answer = Object::new(operation.response);
    if settings.fallback_error {
        let message = "no service answers this path";
        set_error(&mut answer, settings, message);
    }
    with_status(settings.fallback_http_status, answer)
}

//! Helpers for the tests of the state.

use serde_json::{Value as Json, json};

use super::base::State;
use crate::model::date::{DateKind, DateTime};
use crate::model::http::Request;
use crate::model::names::{
    BaseResponse, BaseResponseResult, C2BPostContractResponse, GetContractDetailsRequest, service,
};
use crate::model::schema::Schema;
use crate::model::service::{Answer, Call};
use crate::model::settings::Settings;
use crate::model::types::{Kind, Type};
use crate::model::value::{Object, Value};

/// Makes a request or an answer from plain JSON as a client writes it.
pub fn object(of: &'static Type, json: &Json) -> Object {
    let mut object = Object::new(of);
    for (name, json) in json.as_object().unwrap() {
        let member = of.position(name);
        let member = member.unwrap_or_else(|| panic!("{} has no member {name}", of.name));
        let member = &of.members[member];
        object.set(name, value(member.kind, json));
    }
    object
}

fn value(kind: Kind, json: &Json) -> Value {
    match (kind, json) {
        (_, Json::Null) => Value::Null,
        (Kind::Bool, _) => Value::Bool(json.as_bool().unwrap()),
        (Kind::Int | Kind::Long, _) => Value::Int(json.as_i64().unwrap()),
        (Kind::Decimal, _) => Value::Decimal(json.to_string().trim_matches('"').parse().unwrap()),
        (Kind::DateTime, _) => Value::DateTime(
            DateTime::from_round_trip(json.as_str().unwrap(), DateKind::Unspecified).unwrap(),
        ),
        (Kind::String, _) => Value::String(json.as_str().unwrap().to_owned()),
        (Kind::Object(of), _) => Value::Object(object(of, json)),
        (Kind::List(item), _) => {
            let items = json.as_array().unwrap().iter();
            Value::List(items.map(|json| value(*item, json)).collect())
        }
    }
}

/// Calls an operation with a bound request.
pub fn call_with(state: &mut State, name: &str, request: &Object, settings: &Settings) -> Answer {
    let call = Call {
        operation: Schema::embedded().operation(name).unwrap(),
        request,
        http: &Request {
            headers: vec![("Host".to_owned(), "127.0.0.1:8080".to_owned())],
            ..Request::default()
        },
    };
    state.answer(&call, settings).answer
}

/// Calls an operation with plain JSON.
pub fn call(state: &mut State, name: &str, request: &Json, settings: &Settings) -> Answer {
    let request = object(Schema::embedded().operation(name).unwrap().request, request);
    call_with(state, name, &request, settings)
}

/// Calls an operation that must succeed, with default settings.
pub fn done(state: &mut State, name: &str, request: Json) -> Object {
    match call(state, name, &request, &Settings::default()) {
        Answer::Dto(answer) if status(&answer, BaseResponseResult::STATUS_CODE) == "OK" => answer,
        other => panic!("{name} is refused: {other:?}"),
    }
}

/// Calls an operation that must be refused and change nothing; returns the text
/// of the error.
pub fn refused(state: &mut State, name: &str, request: Json, settings: &Settings) -> String {
    let before = state.clone();
    let answer = call(state, name, &request, settings);
    assert!(*state == before, "{name}: a refused call changed the state");
    let Answer::Dto(answer) = answer else {
        panic!("{name}: {answer:?}");
    };
    assert_eq!(
        status(&answer, BaseResponseResult::STATUS_CODE),
        "Error",
        "{name}"
    );
    let message = status(&answer, BaseResponseResult::ERROR_MESSAGE);
    assert!(!message.is_empty(), "{name}");
    message
}

/// A text of `Status`.
pub fn status(answer: &Object, name: &str) -> String {
    let status = answer.get(BaseResponse::STATUS).as_object().unwrap();
    status.get(name).as_str().unwrap_or_default().to_owned()
}

/// A text of an answer.
pub fn text<'a>(answer: &'a Object, name: &str) -> &'a str {
    answer.get(name).as_str().unwrap_or_default()
}

/// An amount of an answer, with its scale.
pub fn amount(answer: &Object, name: &str) -> String {
    answer.get(name).as_decimal().unwrap().to_string()
}

/// Posts a contract and returns its `WebRef`.
pub fn posted(state: &mut State, request: Json) -> String {
    text(
        &done(state, service::C2B_POST_CONTRACT, request),
        C2BPostContractResponse::WEB_REF,
    )
    .to_owned()
}

/// The answer of GetContractDetails for a contract.
pub fn details(state: &mut State, reference: &str) -> Object {
    done(
        state,
        service::GET_CONTRACT_DETAILS,
        json!({ GetContractDetailsRequest::REF: reference }),
    )
}

/// The fixture that comes with the crate.
pub fn store() -> State {
    State::example().unwrap()
}

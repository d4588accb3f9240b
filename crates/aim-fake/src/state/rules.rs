//! Rules that are checked before an operation does anything: rules between
//! members, and members that the document requires.

use super::base::Outcome;
use super::read::Read;
use crate::model::names::CustomerAccessTokenRequest as Access;
use crate::model::settings::Settings;
use crate::model::value::{Object, Value};

/// The values of `Mode`, and whether each takes an `ItemKey`.
pub(super) const MODES: [(&str, bool); 4] = [
    ("ADD_CUSTOMER_CARD", false),
    ("ADD_CONTRACT_CARD", true),
    ("ADD_STUDENT_CARD", true),
    ("UPDATE_CARD", true),
];

/// Checks the rules that the settings switch on.
pub(super) fn check(request: &Object, settings: &Settings) -> Outcome<()> {
    if settings.check_rules {
        check_exclusive(request)?;
    }
    if settings.check_required {
        check_required(request, "")?;
    }
    Ok(())
}

fn check_exclusive(request: &Object) -> Outcome<()> {
    for group in request.of().exclusive {
        let sent = group.iter().filter(|part| match part.split_once('=') {
            Some((name, value)) => request.get(name).as_str() == Some(value),
            None => is_sent(request, part),
        });
        if sent.count() > 1 {
            let names = group.join(" and ");
            return Err(format!("{names} exclude each other: send one of them").into());
        }
    }
    Ok(())
}

/// Whether a member was sent. In a member that cannot be null, 0 and false
/// count as not sent.
fn is_sent(request: &Object, name: &str) -> bool {
    let members = request.of().members.iter().zip(request.values());
    let mut named = members.filter(|(member, _)| member.name == name);
    named.any(|(member, value)| *value != Value::default_of(member.kind, member.nullable))
}

/// Checks `Mode` of CustomerAccessToken and the `ItemKey` that it requires.
pub(super) fn check_mode(request: Read<'_>) -> Outcome<()> {
    let Some(mode) = request.str(Access::MODE).filter(|mode| !mode.is_empty()) else {
        return Ok(());
    };
    let has_key = !request.is_null(Access::ITEM_KEY);
    match MODES.iter().find(|(name, _)| *name == mode) {
        None => {
            let modes = MODES.map(|(name, _)| name).join(", ");
            Err(format!("this Mode is unknown: send one of {modes}, or none").into())
        }
        Some((mode, true)) if !has_key => {
            Err(format!("ItemKey is missing: send it with the Mode {mode}").into())
        }
        Some(_) => Ok(()),
    }
}

/// Looks for missing required members in an object that was sent; `path` is its
/// path, with a point at the end.
fn check_required(object: &Object, path: &str) -> Outcome<()> {
    for (member, value) in object.of().members.iter().zip(object.values()) {
        let name = member.name;
        if member.required && (value.is_null() || value.as_str() == Some("")) {
            return Err(format!("{path}{name} is missing: it is required").into());
        }
        if let Value::Object(object) = value {
            check_required(object, &format!("{path}{name}."))?;
        }
        for (index, item) in value.items().iter().enumerate() {
            if let Value::Object(object) = item {
                check_required(object, &format!("{path}{name}[{index}]."))?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{call, refused, store};
    use super::*;
    use crate::model::names::{C2BPostContractResponse, service};
    use crate::model::service::Answer;

    #[test]
    fn required_members_are_checked_if_the_settings_say_so() {
        let settings = Settings {
            check_required: true,
            ..Settings::default()
        };
        for (operation, request, path) in [
            (
                service::C2B_POST_CONTRACT,
                json!({"CustomerInfo": {"Name": "N"}}),
                "CustomerInfo.Email is missing",
            ),
            (
                service::POST_SERVICE_TICKET,
                json!({"CustomerInfo": {"Name": "", "Email": "e"}}),
                "CustomerInfo.Name is missing",
            ),
            (
                service::POST_SERVICE_TICKET,
                json!({"CcInfo": {"TokenStr": "t", "CardType": "VISA"}}),
                "CcInfo.LastFour is missing",
            ),
            (
                service::C2B_POST_CONTRACT,
                json!({"FormInputList": [{"Key": "K", "Value": "V"}, {"Key": "K"}]}),
                "FormInputList[1].Value is missing",
            ),
        ] {
            let message = refused(&mut store(), operation, request.clone(), &settings);
            assert!(message.contains(path), "{message}");
            let answer = call(&mut store(), operation, &request, &Settings::default());
            let Answer::Dto(answer) = answer else {
                panic!("{answer:?}");
            };
            assert!(!answer.get(C2BPostContractResponse::WEB_REF).is_null());
        }
    }
}

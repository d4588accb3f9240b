//! Writes an error or a success into the `Status` of an answer.

use crate::model::names::{BaseResponse, BaseResponseResult};
use crate::model::operation::Operation;
use crate::model::service::Answer;
use crate::model::settings::{CredentialError, Settings};
use crate::model::value::{Object, Value};

/// A failure as the vendor's own code reports it: in `Status`, with the codes
/// and the HTTP status of the settings.
pub(crate) fn in_band_error(
    operation: &'static Operation,
    settings: &Settings,
    message: &str,
) -> Answer {
    let mut answer = Object::new(operation.response);
    set_error(&mut answer, settings, message);
    with_status(settings.error_http_status, answer)
}

/// A refusal of credentials, in the form of the settings: an in-band error, or a
/// 401 with a `ResponseStatus`.
pub(crate) fn refused(operation: &'static Operation, settings: &Settings, message: &str) -> Answer {
    match settings.credential_error {
        CredentialError::InBand => in_band_error(operation, settings, message),
        CredentialError::Unauthorized => Answer::HttpError {
            status: 401,
            code: "Unauthorized".to_owned(),
            message: message.to_owned(),
            value: None,
        },
    }
}

pub(super) fn with_status(status: u16, value: Object) -> Answer {
    match status {
        200 => Answer::Dto(value),
        status => Answer::DtoWithStatus { status, value },
    }
}

pub(super) fn set_error(answer: &mut Object, settings: &Settings, message: &str) {
    set_status(
        answer,
        &[
            (BaseResponseResult::STATUS_CODE, &settings.error_status_code),
            (BaseResponseResult::ERROR_CODE, &settings.error_code),
            (BaseResponseResult::ERROR_DISPLAY_TEXT, message),
            (BaseResponseResult::ERROR_MESSAGE, message),
        ],
    );
}

pub(crate) fn set_status(answer: &mut Object, members: &[(&str, &str)]) {
    if let Some(of) = answer.of().class(BaseResponse::STATUS) {
        let known = answer.get(BaseResponse::STATUS).as_object().cloned();
        let mut status = known.unwrap_or_else(|| Object::new(of));
        for (name, text) in members {
            status.set(name, Value::String((*text).to_owned()));
        }
        answer.set(BaseResponse::STATUS, Value::Object(status));
    }
}

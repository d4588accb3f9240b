//! Checks the credentials that every call must have before its operation runs.
//!
//! `ApiKey` and `AppId` are required; `Token` and `OAuthToken` are if the
//! settings say so. An `ApiKey` is accepted if the setting `api_keys` is empty
//! or lists it. A `Token` that Security gave out is good until it ends; the
//! setting `check_tokens` says whether others are refused. An empty value
//! counts as missing. The catch-all service requires no credentials.

use crate::model::names::{BaseRequest, BaseSecureRequest, service};
use crate::model::service::{Answer, Call};
use crate::model::settings::{CredentialsFrom, Settings};
use crate::state::State;
use crate::state::in_band::refused;
use crate::state::sign_in::Standing;

/// Why an `ApiKey` is refused.
pub(crate) const UNKNOWN_KEY: &str = "ApiKey is unknown: send one of the setting `api_keys`";

/// Why a `Token` is refused that was good once.
pub(crate) const ENDED_TOKEN: &str = "Token has ended: log in again";

/// Checks the credentials of a call, if the settings say so.
///
/// # Errors
///
/// The answer instead of running the operation: an in-band error, or a 401 with
/// a `ResponseStatus`. Its text never holds the value of a credential.
pub(crate) fn check(call: &Call<'_>, state: &State, settings: &Settings) -> Result<(), Answer> {
    if !settings.check_credentials || call.operation.is_fallback() {
        return Ok(());
    }
    // What comes from an operation is not needed before it.
    let comes_later: &[&str] = match call.operation.name {
        service::GET_END_POINT => &[BaseSecureRequest::TOKEN, BaseRequest::OAUTH_TOKEN],
        service::SECURITY => &[BaseSecureRequest::TOKEN],
        _ => &[],
    };
    let wanted = [
        (BaseRequest::API_KEY, true),
        (BaseSecureRequest::APP_ID, true),
        (BaseSecureRequest::TOKEN, settings.require_token),
        (BaseRequest::OAUTH_TOKEN, settings.require_oauth_token),
    ];
    for (name, is_required) in wanted {
        if comes_later.contains(&name) {
            continue;
        }
        let problem = match credential(call, settings, name) {
            None if is_required => {
                let place = match settings.credentials_from {
                    CredentialsFrom::Header => "a header",
                    _ => "a header or a member of the request",
                };
                format!("{name} is missing: send it as {place}")
            }
            Some(value) => match unfit(name, value, state, settings) {
                Some(problem) => problem.to_owned(),
                None => continue,
            },
            None => continue,
        };
        return Err(refused(call.operation, settings, &problem));
    }
    Ok(())
}

/// Why the value of a credential is refused, if it is.
fn unfit(name: &str, value: &str, state: &State, settings: &Settings) -> Option<&'static str> {
    let keys = &settings.api_keys;
    match name {
        BaseRequest::API_KEY if !keys.is_empty() && keys.iter().all(|key| key != value) => {
            Some(UNKNOWN_KEY)
        }
        BaseSecureRequest::TOKEN => match state.standing(value) {
            Standing::Ended => Some(ENDED_TOKEN),
            Standing::Unknown if settings.check_tokens => {
                Some("Token is unknown: send one that Security gave out")
            }
            _ => None,
        },
        BaseRequest::OAUTH_TOKEN if settings.check_tokens && !state.is_oauth_token(value) => {
            Some("OAuthToken is unknown: send the one that GetEndPoint gives out")
        }
        _ => None,
    }
}

/// The value of a credential, from the first place that has it.
pub(crate) fn credential<'a>(call: &Call<'a>, settings: &Settings, name: &str) -> Option<&'a str> {
    let header = || call.http.header(name).filter(|value| !value.is_empty());
    let member = || {
        let value = call.request.get(name).as_str();
        value.filter(|value| !value.is_empty())
    };
    // The AppId of Security is a member of its own, not of a base class.
    let members = call.request.of().members.iter();
    let is_own = || {
        let mut own = members.filter(|member| member.depth == 0);
        own.any(|member| member.name.eq_ignore_ascii_case(name))
    };
    match settings.credentials_from {
        CredentialsFrom::Header if is_own() => header().or_else(member),
        CredentialsFrom::Header => header(),
        CredentialsFrom::HeaderThenRequest => header().or_else(member),
        CredentialsFrom::RequestThenHeader => member().or_else(header),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::http::Request;
    use crate::model::names::{BaseResponse, BaseResponseResult, service};
    use crate::model::schema::Schema;
    use crate::model::settings::CredentialError;
    use crate::model::value::{Object, Value};

    /// The result for a call with these headers and members.
    fn checked(
        headers: &[(&str, &str)],
        members: &[(&str, &str)],
        settings: &Settings,
    ) -> Result<(), Answer> {
        let operation = Schema::embedded()
            .operation(service::GET_CONTRACT_DETAILS)
            .unwrap();
        let mut request = Object::new(operation.request);
        for (name, value) in members {
            request.set(name, Value::String((*value).to_owned()));
        }
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let http = Request {
            headers: headers.iter().map(own).collect(),
            ..Request::default()
        };
        check(
            &Call {
                operation,
                request: &request,
                http: &http,
            },
            &State::default(),
            settings,
        )
    }

    /// The text of an in-band refusal.
    fn message(answer: Result<(), Answer>) -> String {
        let Err(Answer::Dto(answer)) = answer else {
            panic!("{answer:?}");
        };
        let status = answer.get(BaseResponse::STATUS).as_object().unwrap();
        assert_eq!(
            status.get(BaseResponseResult::STATUS_CODE).as_str(),
            Some("Error")
        );
        status
            .get(BaseResponseResult::ERROR_MESSAGE)
            .as_str()
            .unwrap()
            .to_owned()
    }

    const BOTH: [(&str, &str); 2] = [("APIKEY", "canary-key"), ("appid", "canary-app")];

    #[test]
    fn key_and_app_are_required_in_any_case() {
        let settings = Settings::default();
        assert_eq!(checked(&BOTH, &[], &settings), Ok(()));
        assert!(message(checked(&[], &[], &settings)).starts_with("ApiKey is missing"));
        assert!(message(checked(&BOTH[..1], &[], &settings)).starts_with("AppId is missing"));
        let empty = [("ApiKey", ""), ("AppId", "a")];
        assert!(message(checked(&empty, &[], &settings)).starts_with("ApiKey is missing"));
    }

    #[test]
    fn tokens_are_required_if_the_settings_say_so() {
        let settings = Settings {
            require_token: true,
            require_oauth_token: true,
            ..Settings::default()
        };
        let mut headers = BOTH.to_vec();
        assert!(message(checked(&headers, &[], &settings)).starts_with("Token is missing"));
        headers.push(("token", "t"));
        assert!(message(checked(&headers, &[], &settings)).starts_with("OAuthToken is missing"));
        headers.push(("oauthtoken", "o"));
        assert_eq!(checked(&headers, &[], &settings), Ok(()));
    }

    #[test]
    fn only_known_keys_are_accepted_if_some_are_set() {
        let mut settings = Settings {
            api_keys: vec!["other".to_owned()],
            ..Settings::default()
        };
        let text = message(checked(&BOTH, &[], &settings));
        assert!(text.starts_with("ApiKey is unknown"), "{text}");
        assert!(
            !text.contains("canary") && !text.contains("other"),
            "{text}"
        );
        settings.api_keys.push("canary-key".to_owned());
        assert_eq!(checked(&BOTH, &[], &settings), Ok(()));
    }

    #[test]
    fn the_place_of_credentials_follows_the_settings() {
        let members = [("ApiKey", "member"), ("AppId", "a")];
        let mut settings = Settings::default();
        assert!(checked(&[], &members, &settings).is_err());
        settings.api_keys = vec!["member".to_owned()];
        settings.credentials_from = CredentialsFrom::HeaderThenRequest;
        assert_eq!(checked(&[], &members, &settings), Ok(()));
        assert!(checked(&BOTH, &members, &settings).is_err());
        settings.credentials_from = CredentialsFrom::RequestThenHeader;
        assert_eq!(checked(&BOTH, &members, &settings), Ok(()));
        assert!(checked(&BOTH, &[], &settings).is_err());
    }

    #[test]
    fn a_refusal_is_a_401_if_the_settings_say_so() {
        let settings = Settings {
            credential_error: CredentialError::Unauthorized,
            ..Settings::default()
        };
        let answer = checked(&[], &[], &settings);
        let Err(Answer::HttpError {
            status: 401,
            code,
            value: None,
            ..
        }) = answer
        else {
            panic!("{answer:?}");
        };
        assert_eq!(code, "Unauthorized");
    }

    #[test]
    fn the_settings_and_the_catch_all_can_skip_the_check() {
        let mut settings = Settings::default();
        let http = Request::default();
        let operation = Schema::embedded().fallback();
        let request = Object::new(operation.request);
        let call = Call {
            operation,
            request: &request,
            http: &http,
        };
        assert_eq!(check(&call, &State::default(), &settings), Ok(()));
        settings.check_credentials = false;
        assert_eq!(checked(&[], &[], &settings), Ok(()));
    }
}

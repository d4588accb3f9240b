//! From an API key to a login: the address that GetEndPoint gives, the users
//! who log in by Security, and their tokens.

use super::base::{Booked, Outcome, State};
use super::digest;
use super::read::Read;
use super::store::{LOGINS, Login};
use crate::model::names::{
    AccountDetail, GetEndPointResponse as Found, SecurityRequest as Request,
    SecurityResponse as LoggedIn, UserDetail, service,
};
use crate::model::operation::Operation;
use crate::model::settings::Settings;
use crate::model::value::{Object, Value};

/// Why a login is refused; the same for an unknown user as for a wrong
/// password.
pub(crate) const WRONG_PASSWORD: &str = "Username or Password is wrong";

/// Whether an operation is one of the two that come before a login.
pub(crate) fn is_sign_in(operation: &Operation) -> bool {
    [service::GET_END_POINT, service::SECURITY].contains(&operation.name)
}

/// What a token is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Security gave it out, and it is good.
    Good,
    /// Security gave it out, and it has ended.
    Ended,
    /// It is not known.
    Unknown,
}

impl State {
    /// GetEndPoint.
    pub(super) fn give_end_point(
        &mut self,
        request: Read<'_>,
        answer: &mut Object,
        settings: &Settings,
    ) -> Outcome<Booked> {
        let address = address(request, settings)?;
        let path = Value::String(format!("{address}/Api/"));
        answer.set(Found::NEW_ENDPOINT, path);
        answer.set(Found::NEW_ENDPOINT_DOMAIN, Value::String(address));
        self.set_oauth_token(answer);
        Ok(None)
    }

    /// Security.
    pub(super) fn log_in(
        &mut self,
        request: Read<'_>,
        answer: &mut Object,
        settings: &Settings,
    ) -> Outcome<Booked> {
        let text = |name| request.text(name).unwrap_or_default();
        let (username, password) = (text(Request::USERNAME), text(Request::PASSWORD));
        if username.is_empty() || password.is_empty() {
            return Err("Username or Password is missing: send both".into());
        }
        let users = &self.store.users;
        let user = users.iter().find(|user| user.username == username);
        if !users.is_empty() && user.is_none_or(|user| user.password != password) {
            return Err(WRONG_PASSWORD.into());
        }
        let address = address(request, settings)?;
        answer.set(LoggedIn::DOMAIN, Value::String(host(&address).to_owned()));
        if let Some(user) = user {
            answer.set(LoggedIn::IS_ADMIN, Value::Bool(user.is_admin));
            self.set_details(user.account, answer, |details| {
                for (name, text) in [
                    (UserDetail::FIRSTNAME, &user.first_name),
                    (UserDetail::LAST_NAME, &user.last_name),
                    (UserDetail::EMAIL, &user.email),
                    (UserDetail::TYPE, &user.kind),
                    (UserDetail::LOCATION, &user.location),
                    (UserDetail::LOCATION_NAME, &user.location_name),
                    (UserDetail::TAX_AUTHORITY, &user.tax_authority),
                    (UserDetail::TAX_AUTHORITY_NAME, &user.tax_authority_name),
                ] {
                    details.set(name, text.clone().map_or(Value::Null, Value::String));
                }
            });
        }
        self.set_oauth_token(answer);
        // Mixed one-to-one from a number that is used once, so it is unique.
        let number = self.fresh_id().cast_unsigned() ^ self.store.seed;
        let token = format!(
            "login-{:016x}{:016x}",
            digest::mix(number),
            digest::mix(digest::mix(number))
        );
        answer.set(LoggedIn::TOKEN, Value::String(token.clone()));
        let now = self.store.now;
        let logins = &mut self.store.logins;
        while logins.len() >= LOGINS {
            logins.pop_front();
        }
        logins.push_back(Login {
            token,
            username,
            app_id: request.text(Request::APP_ID),
            device_id: request.text(Request::DEVICE_ID),
            device_name: request.text(Request::DEVICE_NAME),
            issued: now,
            expires: settings
                .token_seconds
                .map(|seconds| now.plus_seconds(seconds)),
        });
        Ok(None)
    }

    /// `UserDetails` and the user's account.
    fn set_details(
        &self,
        account: Option<i32>,
        answer: &mut Object,
        fill: impl FnOnce(&mut Object),
    ) {
        let number = account.map_or(Value::Null, |account| Value::Int(account.into()));
        if let Some(of) = answer.of().class(LoggedIn::USER_DETAILS) {
            let mut details = Object::new(of);
            fill(&mut details);
            details.set(UserDetail::ACCOUNT_NUMBER, number.clone());
            answer.set(LoggedIn::USER_DETAILS, Value::Object(details));
        }
        let customer = account
            .and_then(|account| self.index.customers.get(&account))
            .and_then(|at| self.store.customers.get(*at));
        if let (Some(customer), Some(of)) = (customer, answer.of().class(LoggedIn::ACCOUNT_DETAILS))
        {
            let mut details = Object::new(of);
            let name = customer.name.clone().map_or(Value::Null, Value::String);
            details.set(AccountDetail::ACCT, number);
            details.set(AccountDetail::ACCT_TYPE, Value::String("C".to_owned()));
            details.set(AccountDetail::NAME, name);
            let accounts = Value::List(vec![Value::Object(details)]);
            answer.set(LoggedIn::ACCOUNT_DETAILS, accounts);
        }
    }

    fn set_oauth_token(&self, answer: &mut Object) {
        let token = self.store.merchant.oauth_token.clone();
        // Both answers have it.
        answer.set(LoggedIn::OAUTH_TOKEN, Value::String(token));
    }

    /// What a login token is worth now.
    pub(crate) fn standing(&self, token: &str) -> Standing {
        let mut logins = self.store.logins.iter().rev();
        match logins.find(|login| login.token == token) {
            None => Standing::Unknown,
            Some(login) if login.expires.is_some_and(|end| end <= self.store.now) => {
                Standing::Ended
            }
            Some(_) => Standing::Good,
        }
    }

    /// Whether GetEndPoint gives out this `OAuthToken`.
    pub(crate) fn is_oauth_token(&self, token: &str) -> bool {
        self.store.merchant.oauth_token == token
    }

    /// Ends a login now.
    pub(crate) fn end_login(&mut self, token: &str) {
        let now = self.store.now;
        let mut logins = self.store.logins.iter_mut();
        if let Some(login) = logins.find(|login| login.token == token) {
            login.expires = Some(now);
        }
    }
}

/// The merchant's address: the setting's, or that under which the client has
/// reached the fake.
fn address(request: Read<'_>, settings: &Settings) -> Outcome<String> {
    match (&settings.endpoint, request.http().header("Host")) {
        (Some(address), _) => Ok(address.trim_end_matches('/').to_owned()),
        (None, Some(host)) => Ok(format!("http://{host}")),
        (None, None) => {
            Err("the request has no Host to answer with: set the setting `endpoint`".into())
        }
    }
}

/// The host of an address, without its port.
fn host(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => host,
        _ => authority,
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

    use super::super::testing::{call, done, refused, store, text};
    use super::*;

    fn login(username: &str, password: &str) -> Json {
        json!({"Username": username, "Password": password, "AppID": "a"})
    }

    fn of_fixture() -> Json {
        login("jordan@example.com", "password-invented-5d")
    }

    #[test]
    fn the_address_is_the_fakes_own_or_that_of_the_setting() {
        let mut state = store();
        let answer = done(&mut state, service::GET_END_POINT, json!({}));
        assert_eq!(
            text(&answer, Found::NEW_ENDPOINT_DOMAIN),
            "http://127.0.0.1:8080"
        );
        assert_eq!(text(&answer, "NewEndpoint"), "http://127.0.0.1:8080/Api/");
        assert_eq!(text(&answer, "OAuthToken"), "oauth-token-invented-91be");
        let settings = Settings {
            endpoint: Some("https://10846.active-e.net:7890/".to_owned()),
            ..Settings::default()
        };
        let answer = call(&mut state, service::GET_END_POINT, &json!({}), &settings);
        let answer = format!("{answer:?}");
        assert!(
            answer.contains("\"https://10846.active-e.net:7890\""),
            "{answer}"
        );
    }

    #[test]
    fn a_domain_is_a_host_without_its_port() {
        for (address, name) in [
            ("https://10846.active-e.net:7890", "10846.active-e.net"),
            ("http://localhost/a:b", "localhost"),
            ("http://[::1]:80", "[::1]"),
            ("http://[::1]", "[::1]"),
        ] {
            assert_eq!(host(address), name);
        }
    }

    #[test]
    fn users_log_in_with_their_passwords() {
        let mut state = store();
        let answer = done(&mut state, service::SECURITY, of_fixture());
        let token = text(&answer, "Token");
        assert_eq!(state.standing(token), Standing::Good);
        assert_eq!(state.standing("login-0"), Standing::Unknown);
        assert_eq!(text(&answer, "OAuthToken"), "oauth-token-invented-91be");
        assert_eq!(text(&answer, "Domain"), "127.0.0.1");
        let details = answer.get("UserDetails").as_object().unwrap();
        assert_eq!(text(details, "Firstname"), "Jordan");
        assert_eq!(details.get("AccountNumber").as_int(), Some(20417));
        let accounts = answer.get("AccountDetails").items();
        let account = accounts[0].as_object().unwrap();
        assert_eq!(text(account, "Name"), "Jordan Example");
        let admin = done(
            &mut state,
            service::SECURITY,
            login("5021", "password-invented-77"),
        );
        assert_eq!(admin.get("IsAdmin").as_bool(), Some(true));
        assert_ne!(text(&admin, "Token"), token);
        assert!(state.bookings().is_empty());
        for (request, part) in [
            (login("jordan@example.com", "canary-1"), WRONG_PASSWORD),
            (login("canary-1", "password-invented-5d"), WRONG_PASSWORD),
            (login("jordan@example.com", ""), "is missing"),
            (json!({}), "is missing"),
        ] {
            let message = refused(&mut state, service::SECURITY, request, &Settings::default());
            assert!(message.contains(part), "{message}");
            assert!(!message.contains("canary"), "{message}");
        }
    }

    #[test]
    fn without_users_everyone_with_a_password_is_let_in() {
        let mut state = State::default();
        let answer = done(&mut state, service::SECURITY, login("anyone", "p"));
        assert_eq!(state.standing(text(&answer, "Token")), Standing::Good);
        let settings = Settings::default();
        refused(
            &mut state,
            service::SECURITY,
            login("anyone", ""),
            &settings,
        );
    }

    #[test]
    fn logins_end_by_the_setting_or_when_they_are_ended() {
        let settings = Settings {
            token_seconds: Some(2),
            ..Settings::default()
        };
        let mut state = store();
        call(&mut state, service::SECURITY, &of_fixture(), &settings);
        let token = state.store.logins[0].token.clone();
        assert_eq!(state.standing(&token), Standing::Good);
        done(&mut state, "GetContractDetails", json!({"Ref": "R-104233"}));
        assert_eq!(state.standing(&token), Standing::Ended);

        let answer = done(&mut state, service::SECURITY, of_fixture());
        state.end_login(text(&answer, "Token"));
        assert_eq!(state.standing(text(&answer, "Token")), Standing::Ended);
        for _ in 0..LOGINS {
            done(&mut state, service::SECURITY, of_fixture());
        }
        assert_eq!(state.store.logins.len(), LOGINS);
        assert_eq!(state.standing(&token), Standing::Unknown);
    }
}

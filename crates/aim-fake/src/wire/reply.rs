//! Writes an answer for the wire: status, reason phrase, header fields and
//! body.

use std::borrow::Cow;

use super::errors::{Exception, Failure, error_response, reason_of};
use super::incoming::Incoming;
use super::negotiate::ContentType;
use super::style::Style;
use super::{html, json, jsv, xml};
use crate::model::http::Response;
use crate::model::schema::Schema;
use crate::model::settings::{Format, Settings};
use crate::model::value::Object;

/// The settings for the answer to one request.
pub(super) struct Reply<'a> {
    incoming: &'a Incoming<'a>,
    content_type: ContentType<'a>,
    /// The request's name, for pages and files.
    name: &'a str,
    style: Style,
}

impl<'a> Reply<'a> {
    pub(super) fn new(
        incoming: &'a Incoming<'a>,
        content_type: ContentType<'a>,
        name: &'a str,
    ) -> Self {
        Self {
            incoming,
            content_type,
            name,
            style: Style::new(incoming.settings),
        }
    }

    /// Answers with what a service returned, with its status (`None` for null),
    /// or with its failure.
    pub(super) fn answer(&self, returned: Result<(u16, Option<Object>), Failure>) -> Response {
        match returned {
            Ok((status, Some(object))) => self.success(status, &object),
            Ok((_, None)) => self.null(),
            Err(failure) => self.error(&failure),
        }
    }

    /// A failure of ServiceStack itself, before a service is reached.
    pub(super) fn refusal(&self, failure: &Failure) -> Response {
        let status = failure.status;
        let mut response = self.response(status, Cow::Borrowed(reason_of(status)));
        self.write_failure(&mut response, failure, self.content_type.header());
        if let Some(callback) = self.callback() {
            // A page that loads the script needs a success.
            response.status = 200;
            response.reason = Cow::Borrowed("OK");
            wrap(&mut response.body, &callback);
        }
        response
    }

    /// An object that a service returned.
    fn success(&self, status: u16, object: &Object) -> Response {
        let response = self.response(status, name_of(status));
        self.write_into(response, object, false)
    }

    /// Null, which is an answer without content.
    fn null(&self) -> Response {
        let status = match self.incoming.verb() {
            "HEAD" | "OPTIONS" => 200,
            _ => 204,
        };
        self.response(status, Cow::Borrowed(reason_of(status)))
    }

    /// A failure of the service.
    fn error(&self, failure: &Failure) -> Response {
        let Failure { status, exception } = failure;
        let object = error_response(exception, self.stack_trace(exception));
        let response = self.response(*status, Cow::Owned(phrase(&exception.name)));
        self.write_into(response, &object, true)
    }

    fn write_into(&self, mut response: Response, object: &Object, is_error: bool) -> Response {
        let text = match self.write(object, response.status, is_error) {
            Ok(text) => text,
            Err(exception) => return self.unwritten(response, exception),
        };
        let mut content_type = self.content_type.header();
        response.body = text.into_bytes();
        if let Some(callback) = self.callback() {
            wrap(&mut response.body, &callback);
            if self.content_type == ContentType::Of(Format::Json) {
                content_type = Cow::Borrowed("text/javascript");
            }
        }
        response.push("Content-Type", content_type);
        response
    }

    /// The answer for an object that cannot be written. ServiceStack has set
    /// part of the head by then, which shows in the content type.
    fn unwritten(&self, mut response: Response, exception: Exception) -> Response {
        let failure = Failure::from(exception);
        let mut content_type = self.content_type.header();
        if self.content_type == ContentType::Of(Format::Json) {
            content_type.to_mut().push_str("; charset=utf-8");
        }
        response.status = failure.status;
        response.reason = Cow::Borrowed(reason_of(failure.status));
        self.write_failure(&mut response, &failure, content_type);
        response
    }

    fn write_failure(
        &self,
        response: &mut Response,
        failure: &Failure,
        content_type: Cow<'static, str>,
    ) {
        let Failure { status, exception } = failure;
        let object = error_response(exception, self.stack_trace(exception));
        response.push("Content-Type", content_type);
        response.body = self
            .write(&object, *status, true)
            .unwrap_or_default()
            .into_bytes();
    }

    fn write(&self, object: &Object, status: u16, is_error: bool) -> Result<String, Exception> {
        let settings = self.incoming.settings;
        match self.content_type.format(settings) {
            None if is_error => Ok(String::new()),
            None => Err(Exception::new(
                "NotSupportedException",
                format!("ContentType not supported '{}'", self.content_type.text()),
            )),
            Some(Format::Json) => json::write(object, &self.style),
            Some(Format::Html) => {
                let json = json::write(object, &self.style)?;
                Ok(html::page(self.name, status, &json))
            }
            Some(Format::Jsv) => Ok(jsv::write(object, &self.style)),
            Some(Format::Xml) => Ok(xml::write(object, settings)),
        }
    }

    /// The text of debug mode. It is not .NET's, which cannot be reproduced.
    fn stack_trace(&self, exception: &Exception) -> Option<String> {
        self.incoming.settings.debug_mode.then(|| {
            format!(
                "[{}]:\n{}: {}\n   at aim-fake, which has no stack to show",
                self.name, exception.name, exception.message
            )
        })
    }

    fn callback(&self) -> Option<String> {
        let name = self.incoming.query_value("callback")?;
        let safe = |letter: char| match letter {
            '.' | '_' => letter,
            _ if letter.is_ascii_alphanumeric() => letter,
            _ => '_',
        };
        // .NET counts units of UTF-16.
        let name: String = name
            .chars()
            .flat_map(|letter| std::iter::repeat_n(safe(letter), letter.len_utf16()))
            .collect();
        (!name.is_empty()).then_some(name)
    }

    fn response(&self, status: u16, reason: Cow<'static, str>) -> Response {
        response(self.incoming.settings, status, reason)
    }
}

/// A response with the header fields that all of ServiceStack's have.
fn response(settings: &Settings, status: u16, reason: Cow<'static, str>) -> Response {
    let mut headers = Vec::with_capacity(3);
    headers.push(("Vary".into(), "Accept".into()));
    if let Some(text) = &settings.powered_by {
        headers.push(("X-Powered-By".into(), text.clone().into()));
    }
    Response {
        status,
        reason,
        headers,
        body: Vec::new(),
    }
}

/// The answer to a path that leads to no service.
pub(super) fn not_found(incoming: &Incoming<'_>) -> Response {
    let mut response = response(incoming.settings, 404, Cow::Borrowed(reason_of(404)));
    response.push("Content-Type", "text/plain; charset=utf-8");
    response.body = if incoming.settings.debug_mode {
        format!(
            "Handler for Request not found (404):\n\n  Request.HttpMethod: {}\n  \
             Request.PathInfo: {}\n  Request.RawUrl: {}\n",
            incoming.verb(),
            incoming.path(),
            incoming.http.target
        )
        .into_bytes()
    } else {
        b"404".to_vec()
    };
    response
}

/// The answer to a request for an unsupported feature.
pub(super) fn unsupported(settings: &Settings, reason: String) -> Response {
    let mut response = response(settings, 501, Cow::Borrowed(reason_of(501)));
    response.push("Content-Type", "text/plain; charset=utf-8");
    response.body = reason.into_bytes();
    response
}

/// A redirect to an absolute address.
pub(super) fn redirect(settings: &Settings, address: String) -> Response {
    let mut response = response(settings, 302, Cow::Borrowed(reason_of(302)));
    response.push("Location", phrase(&address));
    response
}

/// The page that lists the services.
pub(super) fn metadata(schema: &'static Schema, settings: &Settings) -> Response {
    let mut response = response(settings, 200, Cow::Borrowed("OK"));
    response.push("Content-Type", "text/html; charset=utf-8");
    response.body = html::metadata(schema).into_bytes();
    response
}

/// The answer if ServiceStack fails and then fails to report it: an empty
/// success.
pub(super) fn nothing() -> Response {
    Response {
        status: 200,
        reason: Cow::Borrowed("OK"),
        headers: Vec::new(),
        body: Vec::new(),
    }
}

fn wrap(body: &mut Vec<u8>, callback: &str) {
    body.splice(0..0, callback.bytes().chain([b'(']));
    body.push(b')');
}

/// The name of a status in .NET, or its number if it has none. ServiceStack
/// uses it as the reason phrase if a service sets only the status.
fn name_of(status: u16) -> Cow<'static, str> {
    match reason_of(status) {
        "" => Cow::Owned(status.to_string()),
        "OK" => Cow::Borrowed("OK"),
        reason => Cow::Owned(
            reason
                .chars()
                .filter(|letter| letter.is_ascii_alphanumeric())
                .collect(),
        ),
    }
}

/// The part of a service's text that the head of an answer can hold.
fn phrase(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}

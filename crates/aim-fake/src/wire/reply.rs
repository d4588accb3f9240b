//! How an answer is put on the wire: status, reason phrase, header fields and
//! body.

use std::borrow::Cow;

use super::errors::{Exception, Failure, error_response, reason_of};
use super::incoming::Incoming;
use super::negotiate::ContentType;
use super::style::Style;
use super::{html, json, jsv, rows, xml};
use crate::model::http::Response;
use crate::model::schema::Schema;
use crate::model::settings::{Format, Settings};
use crate::model::types::Type;
use crate::model::value::Object;

/// How one request is answered.
pub(super) struct Reply<'a> {
    incoming: &'a Incoming<'a>,
    content_type: ContentType<'a>,
    /// The request's name, for pages and files.
    name: &'a str,
    style: Style,
}

/// What is written.
enum Body<'b> {
    /// What a service returned.
    Answer(&'b Object),
    /// What it returned in turn to the requests of a batch; none where that
    /// was null.
    Batch(&'b [Option<Object>], &'static Type),
    /// What became of an exception.
    Error(&'b Object),
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
            style: Style::new(incoming.settings, incoming.query_value("jsconfig")),
        }
    }

    /// What a service returned, with its status (null without an object), or
    /// how it failed.
    pub(super) fn answer(&self, returned: Result<(u16, Option<Object>), Failure>) -> Response {
        match returned {
            Ok((status, Some(object))) => self.success(status, &Body::Answer(&object)),
            Ok((_, None)) => self.null(),
            Err(failure) => self.error(&failure, None),
        }
    }

    /// What a service returned for the requests of a batch, all of them or up
    /// to the one that it failed at.
    pub(super) fn batch(
        &self,
        done: &[Option<Object>],
        of: &'static Type,
        failure: Option<&Failure>,
    ) -> Response {
        let mut response = match failure {
            Some(failure) => self.error(failure, Some(done.len())),
            None => self.success(200, &Body::Batch(done, of)),
        };
        // ServiceStack returns early from an empty batch.
        if failure.is_some() || !done.is_empty() {
            let count = Cow::Owned(done.len().to_string());
            response.headers.push(("X-AutoBatch-Completed", count));
        }
        response
    }

    /// A failure of ServiceStack itself, before a service is reached.
    pub(super) fn refusal(&self, failure: &Failure) -> Response {
        let status = failure.status;
        let mut response = self.response(status, Cow::Borrowed(reason_of(status)));
        self.write_failure(&mut response, failure, self.content_type.header());
        if let Some(callback) = self.callback() {
            // To the page that loads the script these are a success.
            response.status = 200;
            response.reason = Cow::Borrowed("OK");
            wrap(&mut response.body, &callback);
        }
        response
    }

    /// An object that a service returned.
    fn success(&self, status: u16, body: &Body<'_>) -> Response {
        let mut response = self.response(status, name_of(status));
        self.add_file_name(&mut response);
        self.write_into(response, body)
    }

    /// Null, which is an answer without content.
    fn null(&self) -> Response {
        let status = match self.incoming.verb() {
            "HEAD" | "OPTIONS" => 200,
            _ => 204,
        };
        let mut response = self.response(status, Cow::Borrowed(reason_of(status)));
        self.add_file_name(&mut response);
        response
    }

    /// A failure of the service.
    fn error(&self, failure: &Failure, batch_index: Option<usize>) -> Response {
        let Failure { status, exception } = failure;
        let object = error_response(exception, self.stack_trace(exception), batch_index);
        let response = self.response(*status, Cow::Owned(phrase(&exception.name)));
        self.write_into(response, &Body::Error(&object))
    }

    fn write_into(&self, mut response: Response, body: &Body<'_>) -> Response {
        let text = match self.write(body, response.status) {
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
        response.headers.push(("Content-Type", content_type));
        response
    }

    /// What becomes of an object that cannot be written. By then the head of
    /// the answer is half made, which shows in its content type.
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
        let object = error_response(exception, self.stack_trace(exception), None);
        response.headers.push(("Content-Type", content_type));
        response.body = self
            .write(&Body::Error(&object), *status)
            .unwrap_or_default()
            .into_bytes();
    }

    fn write(&self, body: &Body<'_>, status: u16) -> Result<String, Exception> {
        let settings = self.incoming.settings;
        match (self.content_type.format(settings), body) {
            (None, Body::Error(_)) => Ok(String::new()),
            (None, _) => Err(Exception::new(
                "NotSupportedException",
                format!("ContentType not supported '{}'", self.content_type.text()),
            )),
            (Some(Format::Json), _) => self.json(body),
            (Some(Format::Html), _) => Ok(html::page(self.name, status, &self.json(body)?)),
            (Some(Format::Jsv), Body::Batch(objects, _)) => {
                list(objects, |object| jsv::write(object, &self.style))
            }
            (Some(Format::Jsv), Body::Answer(object) | Body::Error(object)) => {
                jsv::write(object, &self.style)
            }
            (Some(Format::Xml), Body::Batch(objects, of)) => {
                Ok(xml::write_list(objects, of, settings))
            }
            (Some(Format::Xml), Body::Answer(object) | Body::Error(object)) => {
                Ok(xml::write(object, settings))
            }
            (Some(Format::Csv), Body::Batch(objects, _)) => {
                rows::write_csv(objects.iter().map(Option::as_ref), &self.style)
            }
            (Some(Format::Csv), Body::Answer(object) | Body::Error(object)) => {
                rows::write_csv_of(object, &self.style)
            }
            (Some(Format::Jsonl), Body::Batch(objects, _)) => {
                rows::write_jsonl(objects.iter().map(Option::as_ref), &self.style)
            }
            (Some(Format::Jsonl), Body::Answer(object) | Body::Error(object)) => {
                rows::write_jsonl_of(object, &self.style)
            }
        }
    }

    fn json(&self, body: &Body<'_>) -> Result<String, Exception> {
        match body {
            Body::Answer(object) | Body::Error(object) => json::write(object, &self.style),
            Body::Batch(objects, _) => list(objects, |object| json::write(object, &self.style)),
        }
    }

    /// The text of debug mode. It is not that of .NET, which nobody can repeat.
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
        // .NET counts in units of UTF-16.
        let name: String = name
            .chars()
            .flat_map(|letter| std::iter::repeat_n(safe(letter), letter.len_utf16()))
            .collect();
        (!name.is_empty()).then_some(name)
    }

    /// CSV is offered as a file.
    fn add_file_name(&self, response: &mut Response) {
        if self.content_type == ContentType::Of(Format::Csv) {
            let name: String = self
                .name
                .chars()
                .filter(|letter| !letter.is_control())
                .collect();
            response.headers.push((
                "Content-Disposition",
                Cow::Owned(format!("attachment;filename=\"{name}.csv\"")),
            ));
        }
    }

    fn response(&self, status: u16, reason: Cow<'static, str>) -> Response {
        response(self.incoming.settings, status, reason)
    }
}

/// A response with the header fields that all of ServiceStack's have.
fn response(settings: &Settings, status: u16, reason: Cow<'static, str>) -> Response {
    let mut headers = Vec::with_capacity(3);
    headers.push(("Vary", Cow::Borrowed("Accept")));
    if let Some(text) = &settings.powered_by {
        headers.push(("X-Powered-By", Cow::Owned(text.clone())));
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
    response
        .headers
        .push(("Content-Type", Cow::Borrowed("text/plain; charset=utf-8")));
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

/// A redirect to an absolute address.
pub(super) fn redirect(settings: &Settings, address: String) -> Response {
    let mut response = response(settings, 302, Cow::Borrowed(reason_of(302)));
    response
        .headers
        .push(("Location", Cow::Owned(phrase(&address))));
    response
}

/// The page that lists the services.
pub(super) fn metadata(schema: &'static Schema, settings: &Settings) -> Response {
    let mut response = response(settings, 200, Cow::Borrowed("OK"));
    response
        .headers
        .push(("Content-Type", Cow::Borrowed("text/html; charset=utf-8")));
    response.body = html::metadata(schema).into_bytes();
    response
}

/// What is left where ServiceStack fails and then fails to say so: an empty
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

fn list(
    objects: &[Option<Object>],
    write: impl Fn(&Object) -> Result<String, Exception>,
) -> Result<String, Exception> {
    let mut text = String::from("[");
    for (index, object) in objects.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        match object {
            Some(object) => text.push_str(&write(object)?),
            None => text.push_str("{}"),
        }
    }
    text.push(']');
    Ok(text)
}

/// The name of a status in .NET, which ServiceStack takes for the reason phrase
/// where a service sets nothing but the status; a number where it has none.
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

/// A text of a service as far as it can stand in the head of an answer.
fn phrase(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}

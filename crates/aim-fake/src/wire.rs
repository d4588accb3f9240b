//! How a ServiceStack host reads requests and writes answers: everything
//! between the bytes of a request, the service that is called, and the bytes of
//! the answer. Pure: no sockets, no state, no clock. This directory uses only
//! `model` and `problem`.

mod bind;
pub mod date;
pub(crate) mod decimal;
mod digits;
pub(crate) mod errors;
mod html;
pub mod ignored;
mod incoming;
pub mod json;
pub mod jsv;
mod negotiate;
pub mod params;
mod reply;
mod routes;
pub(crate) mod scalar;
pub(crate) mod style;
#[cfg(test)]
mod testing;
mod unsupported;
pub(crate) mod xml;

use self::errors::{Exception, Failure};
use self::ignored::{Ignored, Reading};
use self::incoming::Incoming;
use self::negotiate::{ContentType, EmptyAccept, negotiate};
use self::reply::Reply;
use self::routes::Target;
use crate::model::http::{Request, Response};
use crate::model::operation::Operation;
use crate::model::schema::Schema;
use crate::model::service::{Answer, Call};
use crate::model::settings::{Format, Settings};
use crate::model::value::Object;

/// The outcome of a request.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The service that was called; `None` if the request reached no service.
    pub operation: Option<&'static Operation>,
    /// The request object of the call.
    pub bound: Option<Object>,
    /// What of the request had no effect on it.
    pub ignored: Vec<Ignored>,
    /// The answer.
    pub response: Response,
}

/// Answers a request as ServiceStack does, with the types and routes of
/// `schema`, and `service` as the code behind it.
#[must_use]
pub fn handle(
    schema: &'static Schema,
    request: &Request,
    settings: &Settings,
    service: &mut dyn FnMut(&Call<'_>) -> Answer,
) -> Exchange {
    let incoming = Incoming::new(schema, request, settings);
    let mut exchange = match routes::find(&incoming) {
        Target::Route {
            operation,
            suffix,
            path_info,
        } => by_route(&incoming, operation, suffix, path_info.as_deref(), service),
        Target::Predefined { name, format } => by_name(&incoming, &name, format, service),
        Target::Redirect(address) => reply::redirect(settings, address).into(),
        Target::Metadata => reply::metadata(schema, settings).into(),
        Target::Unsupported(reason) => reply::unsupported(settings, reason).into(),
        Target::NotFound => reply::not_found(&incoming).into(),
    };
    if request.method == "HEAD" {
        exchange.response.body.clear();
    }
    exchange
}

/// The members of a call that stand in its query; the others are as if they had
/// not been sent.
pub(crate) fn sent_in_query(call: &Call<'_>) -> Object {
    let query = call
        .http
        .target
        .split_once('?')
        .map_or("", |(_, query)| query);
    let named = params::split(query.as_bytes());
    let mut object = Object::new(call.operation.request);
    for (name, _) in &named {
        object.set(name, call.request.get(name).clone());
    }
    object
}

/// Answers a request to one of a service's own routes.
fn by_route(
    incoming: &Incoming<'_>,
    operation: &'static Operation,
    suffix: Option<Format>,
    path_info: Option<&str>,
    service: &mut dyn FnMut(&Call<'_>) -> Answer,
) -> Exchange {
    let content_type = match content_type(incoming, suffix) {
        Ok(content_type) => content_type,
        Err(EmptyAccept) => return reply::nothing().into(),
    };
    let format = negotiate::format_of(content_type.text());
    let reply = Reply::new(incoming, content_type, operation.request.name);
    let reading = Reading::new(incoming.settings);
    let bound = check_format(incoming, format).and_then(|()| {
        bind::by_route(incoming, operation.request, path_info, &reading)
            .map_err(Failure::unreadable)
    });
    match bound {
        Ok(object) => Exchange {
            ignored: reading.into_ignored(),
            ..call(incoming, &reply, operation, object, service)
        },
        Err(failure) => reply.refusal(&failure).into(),
    }
}

/// The content type of the answer: that of a fixed format, or the negotiated
/// one.
fn content_type<'a>(
    incoming: &Incoming<'a>,
    format: Option<Format>,
) -> Result<ContentType<'a>, EmptyAccept> {
    match format {
        Some(format) => Ok(ContentType::Of(format)),
        None => negotiate(incoming),
    }
}

/// Answers a request to `/json/reply/{Request}` and similar routes.
fn by_name(
    incoming: &Incoming<'_>,
    name: &str,
    format: Option<Format>,
    service: &mut dyn FnMut(&Call<'_>) -> Answer,
) -> Exchange {
    let asked_for = negotiate::asked_for(incoming).or(format);
    let content_type = match content_type(incoming, asked_for) {
        Ok(content_type) => content_type,
        Err(EmptyAccept) => return reply::nothing().into(),
    };
    let reply = Reply::new(incoming, content_type, name);
    let reading = Reading::new(incoming.settings);
    match find_by_name(incoming, name, format, &reading) {
        Ok((operation, object)) => Exchange {
            ignored: reading.into_ignored(),
            ..call(incoming, &reply, operation, object, service)
        },
        Err(failure) => reply.refusal(&failure).into(),
    }
}

/// Finds a service by the name of its request, and makes the request; the verb
/// is checked afterwards.
fn find_by_name(
    incoming: &Incoming<'_>,
    name: &str,
    format: Option<Format>,
    reading: &Reading<'_>,
) -> Result<(&'static Operation, Object), Failure> {
    check_format(incoming, format)?;
    let operation = routes::by_request(name, incoming).ok_or_else(|| {
        Exception::new(
            "NotImplementedException",
            "The operation does not exist for this service",
        )
    })?;
    let object =
        bind::by_name(incoming, operation.request, format, reading).map_err(Failure::unreadable)?;
    check_method(operation, incoming.verb())?;
    Ok((operation, object))
}

/// Refuses a format that is off.
fn check_format(incoming: &Incoming<'_>, format: Option<Format>) -> Result<(), Failure> {
    match format {
        Some(format) if !negotiate::is_on(format, incoming.settings) => Err(Exception::new(
            "UnauthorizedAccessException",
            format!("'{format:?}' Features have been disabled by your administrator"),
        )
        .into()),
        _ => Ok(()),
    }
}

fn check_method(operation: &Operation, verb: &str) -> Result<(), Failure> {
    if routes::has_method(operation, verb) {
        return Ok(());
    }
    let request = operation.request.name;
    let mut method = verb.to_ascii_lowercase();
    if let Some(first) = method.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    Err(Exception::new(
        "NotImplementedException",
        format!(
            "Could not find method named {method}({request}) or Any({request}) on Service AimService"
        ),
    )
    .into())
}

fn call(
    incoming: &Incoming<'_>,
    reply: &Reply<'_>,
    operation: &'static Operation,
    request: Object,
    service: &mut dyn FnMut(&Call<'_>) -> Answer,
) -> Exchange {
    let answer = service(&Call {
        operation,
        request: &request,
        http: incoming.http,
    });
    Exchange {
        operation: Some(operation),
        bound: Some(request),
        ignored: Vec::new(),
        response: reply.answer(returned(answer)),
    }
}

/// What a service returned, with its status (`None` for null), or how it
/// failed. The object of an `HttpError` is lost: ServiceStack writes its own in
/// place of one without a `ResponseStatus`.
fn returned(answer: Answer) -> Result<(u16, Option<Object>), Failure> {
    match answer {
        Answer::Dto(object) => Ok((200, Some(object))),
        Answer::DtoWithStatus { status, value } => Ok((status, Some(value))),
        Answer::Null => Ok((204, None)),
        Answer::Throw { exception, message } => Err(errors::thrown(exception, message)),
        Answer::HttpError {
            status,
            code,
            message,
            value: _,
        } => Err(Failure {
            status,
            exception: Exception::new(code, message),
        }),
    }
}

impl From<Response> for Exchange {
    /// An exchange that reached no service.
    fn from(response: Response) -> Self {
        Self {
            operation: None,
            bound: None,
            ignored: Vec::new(),
            response,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::request;
    use super::*;
    use crate::model::date::{DateKind, DateTime};
    use crate::model::value::Value;

    /// An answer in short, without the fields that all answers of ServiceStack
    /// have: status and reason, content type and other fields, body.
    fn shown(exchange: &Exchange) -> String {
        let Response {
            status,
            reason,
            headers,
            body,
        } = &exchange.response;
        let fields: Vec<String> = headers
            .iter()
            .filter(|(name, _)| !["Vary", "X-Powered-By"].contains(&&**name))
            .map(|(name, value)| match &**name {
                "Content-Type" => value.to_string(),
                _ => format!("{name}: {value}"),
            })
            .collect();
        let body = if fields == ["text/html"] {
            "PAGE".into()
        } else {
            String::from_utf8_lossy(body)
        };
        format!("{status} {reason} | {} | {body}", fields.join(" | "))
    }

    fn ask(text: &str, settings: &Settings, answer: &Answer) -> String {
        shown(&handle(
            Schema::embedded(),
            &request(text),
            settings,
            &mut |_| answer.clone(),
        ))
    }

    fn ticket() -> Answer {
        let mut object = Object::new(
            Schema::embedded()
                .operation("PostServiceTicket")
                .unwrap()
                .response,
        );
        object.set("WebRef", Value::String("W".to_owned()));
        Answer::Dto(object)
    }

    fn throw(exception: &str) -> Answer {
        Answer::Throw {
            exception: exception.to_owned(),
            message: "no".to_owned(),
        }
    }

    const TICKET: &str = "POST /api/PostServiceTicket";
    const JSON: &str = "application/json; charset=utf-8";

    #[test]
    fn an_answer_is_written_in_every_format() {
        let settings = Settings::default();
        for (accept, wanted) in [
            (
                "application/json",
                format!("200 OK | {JSON} | {{\"WebRef\":\"W\"}}"),
            ),
            (
                "application/jsv",
                "200 OK | application/jsv | {WebRef:W}".to_owned(),
            ),
            ("*/*", "200 OK | text/html | PAGE".to_owned()),
            ("", "200 OK |  | ".to_owned()),
        ] {
            let text = format!("{TICKET}\nAccept: {accept}");
            assert_eq!(ask(&text, &settings, &ticket()), wanted, "{accept}");
        }
        let xml = ask(&format!("{TICKET}.xml"), &settings, &ticket());
        assert!(xml.starts_with("200 OK | application/xml | <?xml"), "{xml}");
        assert!(
            xml.ends_with("<WebRef>W</WebRef></PostServiceTicketResponse>"),
            "{xml}"
        );
    }

    #[test]
    fn every_answer_varies_by_accept_and_names_the_server() {
        let settings = Settings::default();
        for target in [
            "/api/Nope",
            "/api",
            "/api/metadata",
            "/api/GetContractDetails",
        ] {
            let http = request(&format!("GET {target}"));
            let exchange = handle(Schema::embedded(), &http, &settings, &mut |_| Answer::Null);
            for wanted in [
                ("Vary", "Accept"),
                ("X-Powered-By", "ServiceStack/8.40 NETFX/Windows/netfx"),
            ] {
                let mut headers = exchange.response.headers.iter();
                assert!(
                    headers.any(|(name, value)| (&**name, &**value) == wanted),
                    "{target} {wanted:?}"
                );
            }
        }
        let silent = Settings {
            powered_by: None,
            ..Settings::default()
        };
        let exchange = handle(
            Schema::embedded(),
            &request("GET /api/Nope"),
            &silent,
            &mut |_| Answer::Null,
        );
        assert!(
            exchange
                .response
                .headers
                .iter()
                .all(|(name, _)| *name != "X-Powered-By")
        );
    }

    #[test]
    fn what_a_service_does_decides_status_and_reason() {
        let settings = Settings::default();
        let http_error = |status: u16| Answer::HttpError {
            status,
            code: "Code\n1".to_owned(),
            message: "no".to_owned(),
            value: Some(Object::new(
                Schema::embedded()
                    .operation("PostServiceTicket")
                    .unwrap()
                    .response,
            )),
        };
        let Answer::Dto(object) = ticket() else {
            panic!("an object");
        };
        let with_status = |status| Answer::DtoWithStatus {
            status,
            value: object.clone(),
        };
        let error = |code: &str| {
            format!(
                "{{\"ResponseStatus\":{{\"ErrorCode\":\"{code}\",\"Message\":\"no\",\"Errors\":[]}}}}"
            )
        };
        for (answer, wanted) in [
            (Answer::Null, "204 No Content |  | ".to_owned()),
            (
                throw("InvalidOperationException"),
                format!(
                    "500 InvalidOperationException | {JSON} | {}",
                    error("InvalidOperationException")
                ),
            ),
            (
                throw("SSAuthenticationException"),
                format!(
                    "401 AuthenticationException | {JSON} | {}",
                    error("AuthenticationException")
                ),
            ),
            (
                http_error(409),
                format!("409 Code 1 | {JSON} | {}", error("Code\\n1")),
            ),
            (
                http_error(200),
                format!("200 Code 1 | {JSON} | {}", error("Code\\n1")),
            ),
            (
                with_status(400),
                format!("400 BadRequest | {JSON} | {{\"WebRef\":\"W\"}}"),
            ),
            (
                with_status(422),
                format!("422 422 | {JSON} | {{\"WebRef\":\"W\"}}"),
            ),
            (
                with_status(200),
                format!("200 OK | {JSON} | {{\"WebRef\":\"W\"}}"),
            ),
        ] {
            let text = format!("{TICKET}\nAccept: application/json");
            assert_eq!(ask(&text, &settings, &answer), wanted, "{answer:?}");
        }
        let page = ask(TICKET, &settings, &throw("FormatException"));
        assert_eq!(page, "400 FormatException | text/html | PAGE");
    }

    #[test]
    fn a_request_that_reaches_no_service_is_refused() {
        let settings = Settings::default();
        let error = |code: &str, message: &str| {
            format!(
                "{JSON} | {{\"ResponseStatus\":{{\"ErrorCode\":\"{code}\",\"Message\":\"{message}\",\"Errors\":[]}}}}"
            )
        };
        for (text, wanted) in [
            (
                "GET /api/Nope",
                "404 Not Found | text/plain; charset=utf-8 | 404".to_owned(),
            ),
            (
                "HEAD /api/Nope",
                "404 Not Found | text/plain; charset=utf-8 | ".to_owned(),
            ),
            (
                "GET /api\nHost: h",
                "302 Found | Location: http://h/metadata | ".to_owned(),
            ),
            (
                "GET /api/json/reply/Nope",
                format!(
                    "405 Method Not Allowed | {}",
                    error(
                        "NotImplementedException",
                        "The operation does not exist for this service"
                    )
                ),
            ),
            (
                "GET /api/json/reply/PostServiceTicketRequest",
                format!(
                    "405 Method Not Allowed | {}",
                    error(
                        "NotImplementedException",
                        "Could not find method named Get(PostServiceTicketRequest) or Any(PostServiceTicketRequest) on Service AimService"
                    )
                ),
            ),
            (
                "POST /api/json/reply/PostServiceTicketRequest\n\n]",
                format!(
                    "400 Bad Request | {}",
                    error(
                        "SerializationException",
                        "Type definitions should start with a '{', expecting serialized type 'PostServiceTicketRequest', got string starting with: ]"
                    )
                ),
            ),
            // Any exception of a reader is a bad request.
            (
                "POST /api/PostServiceTicket?format=json\nContent-Type: application/json\n\n{\"Notes\":\"a",
                format!(
                    "400 Bad Request | {}",
                    error(
                        "IndexOutOfRangeException",
                        "Index was outside the bounds of the array."
                    )
                ),
            ),
        ] {
            let mut called = false;
            let exchange = handle(Schema::embedded(), &request(text), &settings, &mut |_| {
                called = true;
                ticket()
            });
            assert_eq!(shown(&exchange), wanted, "{text}");
            assert!(
                !called && exchange.bound.is_none() && exchange.operation.is_none(),
                "{text}"
            );
        }
    }

    #[test]
    fn an_unknown_content_type_is_refused_after_the_call() {
        let settings = Settings::default();
        let mut calls = 0;
        let http = request(&format!(
            "{TICKET}\nAccept: */*\nContent-Type: text/plain\n\nx"
        ));
        let exchange = handle(Schema::embedded(), &http, &settings, &mut |_| {
            calls += 1;
            ticket()
        });
        assert_eq!(shown(&exchange), "405 Method Not Allowed | text/plain | ");
        assert_eq!(calls, 1);
    }

    #[test]
    fn a_callback_is_called() {
        let settings = Settings::default();
        for (target, wanted) in [
            (
                "?callback=a.b_1",
                "200 OK | text/javascript | a.b_1({\"WebRef\":\"W\"})".to_owned(),
            ),
            (
                "?callback=a-b(%F0%9F%8E%BB)",
                "200 OK | text/javascript | a_b____({\"WebRef\":\"W\"})".to_owned(),
            ),
            (
                ".jsv?callback=f",
                "200 OK | application/jsv | f({WebRef:W})".to_owned(),
            ),
            ("?callback=", "200 OK | text/html | PAGE".to_owned()),
        ] {
            assert_eq!(
                ask(&format!("{TICKET}{target}"), &settings, &ticket()),
                wanted,
                "{target}"
            );
        }
        let text = format!("{TICKET}?callback=f");
        let error = "f({\"ResponseStatus\":{\"ErrorCode\":\"FormatException\",\"Message\":\"no\",\"Errors\":[]}})";
        assert_eq!(
            ask(&text, &settings, &throw("FormatException")),
            format!("400 FormatException | text/javascript | {error}")
        );
        // Errors of ServiceStack itself have status 200 here.
        let text = "GET /api/GetContractDetails?callback=f&Sub=x";
        let answer = ask(text, &settings, &Answer::Null);
        assert!(
            answer.starts_with(&format!("200 OK | {JSON} | f({{\"ResponseStatus\"")),
            "{answer}"
        );
    }

    #[test]
    fn unsupported_features_are_refused_by_name() {
        let settings = Settings::default();
        for (text, name) in [
            (format!("{TICKET}\nAccept: text/csv"), "CSV"),
            (
                format!("{TICKET}\nAccept: image/png, TEXT/JSONL;q=1"),
                "JSON Lines",
            ),
            (
                format!("{TICKET}\nContent-Type: text/csv\n\nNotes\r\nx"),
                "CSV",
            ),
            (format!("{TICKET}?format=CSV"), "CSV"),
            (format!("{TICKET}.jsonl"), "JSON Lines"),
            (
                "POST /api/csv/reply/PostServiceTicketRequest".to_owned(),
                "CSV",
            ),
            (
                "POST /api/jsonl/reply/PostServiceTicketRequest".to_owned(),
                "JSON Lines",
            ),
            (format!("{TICKET}?jsconfig=edv"), "`jsconfig`"),
            (
                "POST /api/json/reply/PostServiceTicketRequest[]\n\n[{}]".to_owned(),
                "batches",
            ),
        ] {
            let http = request(&text);
            let exchange = handle(Schema::embedded(), &http, &settings, &mut |_| ticket());
            let answer = shown(&exchange);
            let start = format!(
                "501 Not Implemented | text/plain; charset=utf-8 | aim-fake does not support {name}: "
            );
            assert!(answer.starts_with(&start), "{text}: {answer}");
            assert!(exchange.operation.is_none() && exchange.bound.is_none());
        }
        for text in [
            format!("{TICKET}\nAccept: text/csv, application/json"),
            format!("{TICKET}\nAccept: text/csv, */*"),
        ] {
            let answer = ask(&text, &settings, &ticket());
            assert!(answer.starts_with("200 OK"), "{text}: {answer}");
        }
        for text in ["GET /elsewhere.csv", "POST /api/json/reply/Nope[]\n\n[]"] {
            let answer = ask(text, &settings, &ticket());
            assert!(answer.starts_with("40"), "{text}: {answer}");
        }
    }

    #[test]
    fn a_format_that_is_off_is_refused() {
        let settings = Settings {
            formats: vec![Format::Html, Format::Json],
            ..Settings::default()
        };
        for text in [
            format!("{TICKET}?format=xml"),
            format!("{TICKET}.xml"),
            "POST /api/xml/reply/PostServiceTicketRequest".to_owned(),
        ] {
            assert_eq!(
                ask(&text, &settings, &ticket()),
                "403 Forbidden | application/xml | ",
                "{text}"
            );
        }
        let json = ask(&format!("{TICKET}?format=json"), &settings, &ticket());
        assert!(json.starts_with("200 OK"), "{json}");
    }

    #[test]
    fn debug_mode_adds_a_stack_trace() {
        let settings = Settings {
            debug_mode: true,
            ..Settings::default()
        };
        let text = format!("{TICKET}?format=json");
        let answer = ask(&text, &settings, &throw("FormatException"));
        assert!(
            answer.contains("\"Message\":\"no\",\"StackTrace\":\"[PostServiceTicketRequest]:"),
            "{answer}"
        );
        let answer = ask("GET /api/Nope", &settings, &Answer::Null);
        assert!(answer.contains("Request.PathInfo: /Nope"), "{answer}");
    }

    #[test]
    fn a_date_that_cannot_be_written_shows_in_the_content_type() {
        let settings = Settings {
            date_format: crate::model::settings::DateFormat::Wcf,
            ..Settings::default()
        };
        let mut object = Object::new(
            Schema::embedded()
                .operation("GetContractDetails")
                .unwrap()
                .response,
        );
        let date = DateTime::from_round_trip("2026-03-08T02:30:00.0000000", DateKind::Local);
        object.set("NextDueDate", Value::DateTime(date.unwrap()));
        let answer = Answer::Dto(object);
        let json = ask("GET /api/GetContractDetails.json", &settings, &answer);
        assert!(
            json.starts_with("400 Bad Request | application/json; charset=utf-8; charset=utf-8 | {\"ResponseStatus\""),
            "{json}"
        );
        let page = ask("GET /api/GetContractDetails", &settings, &answer);
        assert_eq!(page, "400 Bad Request | text/html | PAGE");
    }

    /// A source of numbers that is the same in every run.
    struct Random(u64);

    impl Random {
        fn below(&mut self, limit: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            usize::try_from(self.0 >> 33).unwrap() % limit
        }

        fn pick<'p>(&mut self, parts: &[&'p str]) -> &'p str {
            parts[self.below(parts.len())]
        }

        fn join(&mut self, parts: &[&str], most: usize) -> String {
            (0..self.below(most)).map(|_| self.pick(parts)).collect()
        }
    }

    #[test]
    fn no_request_makes_it_panic() {
        const PATHS: &[&str] = &[
            "/",
            "//",
            "api",
            "/api",
            "/aeservices30/api",
            "/api/",
            "GetContractDetails",
            "C2BPostContract",
            "PostServiceTicketRequest",
            "[]",
            "[",
            "json",
            "xml",
            "/json/reply/",
            "/xml/oneway/",
            "/jsv/reply/",
            "/csv/reply/",
            ".json",
            ".xml",
            ".",
            "..",
            "%",
            "%2",
            "%2F",
            "%00",
            "%ff",
            "+",
            "é",
            "🎻",
            "metadata",
            "",
            " ",
        ];
        const QUERIES: &[&str] = &[
            "?",
            "&",
            "=",
            "Ref=",
            "Sub=",
            "x",
            "-1",
            "1",
            "format=",
            "callback=",
            "jsconfig=",
            "xml",
            "csv",
            "json",
            "inv,eccn,dh:wcf",
            "X-Http-Method-Override=GET",
            "Rate=",
            "{PlanCode:",
            "[",
            "]",
            "}",
            "\"",
            ",",
            "%",
            "%e9",
            "é",
            "AccessoryIdList=",
            "PathInfo=",
            ";",
            "+",
            "&amp;",
            "\u{200b}",
        ];
        const HEADERS: &[(&str, &[&str])] = &[
            (
                "Accept",
                &[
                    "application/json",
                    "*/*",
                    "text/csv",
                    "application/xml",
                    ",",
                    ";q=",
                    "",
                    "🎻",
                ],
            ),
            (
                "Content-Type",
                &[
                    "application/json",
                    "text/xml; charset=utf-8",
                    "application/xml",
                    "application/jsv",
                    "application/x-www-form-urlencoded",
                    "multipart/form-data; boundary=",
                    "B",
                    ";",
                    "é",
                    "",
                ],
            ),
            ("Content-Encoding", &["gzip", "deflate", "br", ""]),
            (
                "Content-Length",
                &["0", "5", "-1", "99999999999999999999", "x"],
            ),
            ("X-Http-Method-Override", &["GET", "POST", "", "é"]),
        ];
        const BODIES: &[&str] = &[
            "{",
            "}",
            "[",
            "]",
            "\"",
            "\\",
            ":",
            ",",
            "\"Ref\"",
            "\"Sub\":1",
            "\"Rate\":{",
            "null",
            "true",
            "1e5",
            "-",
            "\u{feff}",
            "\u{200b}",
            "\0",
            "é",
            "🎻",
            "\\ud83c",
            "<GetContractDetailsRequest xmlns=\"http://schemas.datacontract.org/2004/07/AIM.WebService\">",
            "</GetContractDetailsRequest>",
            "<Ref>",
            "</Ref>",
            "<Sub/>",
            "<![CDATA[",
            "]]>",
            "<!--",
            "-->",
            "<!DOCTYPE",
            "&#x0;",
            "&lt;",
            "<?xml version=\"1.0\"?>",
            "Ref=a",
            "&",
            "=",
            "--B",
            "\r\n",
            "--",
            "Content-Disposition: form-data; name=\"Ref\"",
            "/Date(1)/",
            "2026-11-21T10:20:30Z",
            "9999-12-31",
        ];
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        let mut called = 0;
        for round in 0..5_000 {
            let start = random.pick(&[
                "/api/GetContractDetails",
                "/api/json/reply/C2BPostContractRequest",
                "/api",
                "",
            ]);
            let mut body = random.join(BODIES, 8).into_bytes();
            if random.below(4) == 0 {
                body.push(0xff);
            }
            let mut headers: Vec<(String, String)> = Vec::new();
            for (name, values) in HEADERS {
                if random.below(2) == 0 {
                    headers.push(((*name).to_owned(), random.join(values, 3)));
                }
            }
            headers.push(("Content-Length".to_owned(), body.len().to_string()));
            let http = Request {
                method: random
                    .pick(&["GET", "POST", "PUT", "HEAD", "OPTIONS", "post", "", "🎻"])
                    .to_owned(),
                target: format!(
                    "{start}{}{}",
                    random.join(PATHS, 4),
                    random.join(QUERIES, 6)
                ),
                headers,
                body,
            };
            let settings = Settings {
                fallback: random.below(2) == 0,
                debug_mode: random.below(2) == 0,
                formats: if random.below(4) == 0 {
                    vec![Format::Json]
                } else {
                    Settings::default().formats
                },
                date_format: if random.below(2) == 0 {
                    crate::model::settings::DateFormat::Dcjs
                } else {
                    crate::model::settings::DateFormat::Us
                },
                max_body: 1000,
                ..Settings::default()
            };
            let exchange = handle(Schema::embedded(), &http, &settings, &mut |call| {
                called += 1;
                match round % 4 {
                    0 => Answer::Null,
                    1 => throw("🎻\0"),
                    2 => Answer::Dto(Object::new(call.operation.response)),
                    _ => Answer::DtoWithStatus {
                        status: 599,
                        value: Object::new(call.operation.response),
                    },
                }
            });
            assert!(exchange.response.status >= 200, "{http:?}");
        }
        assert!(called > 500, "only {called} requests got to a service");
    }
}

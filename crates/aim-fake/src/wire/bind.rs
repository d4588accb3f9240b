//! Makes a request object from a body, a query and a form, and decides which of
//! them wins.

use std::collections::HashMap;

use super::errors::Exception;
use super::ignored::{IgnoredReason, Reading};
use super::incoming::Incoming;
use super::{json, jsv, negotiate, params, xml};
use crate::model::settings::Format;
use crate::model::types::Type;
use crate::model::value::{Object, Value};

/// Makes the request of a service that was reached by its own route: from the
/// body, then the path, then the query, then the form, each over the last.
pub(super) fn by_route(
    incoming: &Incoming<'_>,
    of: &'static Type,
    path_info: Option<&str>,
    reading: &Reading<'_>,
) -> Result<Object, Exception> {
    let format = incoming.content_type().and_then(negotiate::format_of);
    let mut object = from_body(incoming, of, format, reading)?;
    let form = if incoming.verb_has_body() {
        note_form(incoming, of, reading);
        incoming.form()
    } else {
        &[]
    };
    note_query(incoming, of, reading);
    if form.is_empty() && path_info.is_none() {
        bind(&mut object, incoming.query(), reading)?;
        return Ok(object);
    }
    // A later value replaces an earlier one of the same name. An empty one does
    // so too, and then binds nothing.
    let path = path_info.map(|path| (params::PATH_INFO, path));
    let pairs = incoming.query().iter().chain(form);
    let mut values: Vec<(String, String)> = Vec::new();
    let mut places = HashMap::new();
    for (name, value) in path
        .into_iter()
        .chain(pairs.map(|(name, value)| (name.as_str(), value.as_str())))
    {
        let place = *places.entry(name).or_insert(values.len());
        match values.get_mut(place) {
            Some((_, known)) => {
                note(of, name, IgnoredReason::Overridden, reading);
                value.clone_into(known);
            }
            None => values.push((name.to_owned(), value.to_owned())),
        }
    }
    bind(&mut object, &values, reading)?;
    Ok(object)
}

/// Makes the request of a service that was reached by the name of its request:
/// from the query alone if there is no body, from the query and then the form
/// if the body is a form, else from the body, with the query for members that
/// the body left out.
pub(super) fn by_name(
    incoming: &Incoming<'_>,
    of: &'static Type,
    format: Option<Format>,
    reading: &Reading<'_>,
) -> Result<Object, Exception> {
    if reads_query(incoming) {
        note_body(incoming, reading);
        note_query(incoming, of, reading);
        let mut object = Object::new(of);
        bind(&mut object, incoming.query(), reading)?;
        return Ok(object);
    }
    if incoming.is_form() {
        note_query(incoming, of, reading);
        note_form(incoming, of, reading);
        let mut object = Object::new(of);
        bind(&mut object, incoming.query(), reading)?;
        bind(&mut object, incoming.form(), reading)?;
        if incoming.verb_has_body() {
            // It was read, and can only be read again.
            fill(incoming, &mut object, &Reading::new(incoming.settings))?;
        }
        return Ok(object);
    }
    let mut object = from_body(incoming, of, format, reading)?;
    if incoming.verb_has_body() {
        note_query(incoming, of, reading);
        fill(incoming, &mut object, reading)?;
    } else {
        for (name, _) in incoming.query() {
            note(of, name, IgnoredReason::Verb, reading);
        }
    }
    Ok(object)
}

/// Whether a request by name is made from the query alone.
fn reads_query(incoming: &Incoming<'_>) -> bool {
    let has_body = incoming.content_type().is_some() && incoming.content_length() > 0;
    !has_body && !incoming.verb_has_body()
}

/// Writes values over those of an object.
fn bind(
    object: &mut Object,
    values: &[(String, String)],
    reading: &Reading<'_>,
) -> Result<(), Exception> {
    if values.is_empty() {
        return Ok(());
    }
    params::bind(object, values, reading).map_err(|fields| Exception::unbound(object.of(), fields))
}

/// Writes query values to members that still have their default.
fn fill(
    incoming: &Incoming<'_>,
    object: &mut Object,
    reading: &Reading<'_>,
) -> Result<(), Exception> {
    for pair in incoming.query() {
        let Some(index) = object.of().position(&pair.0) else {
            note(object.of(), &pair.0, IgnoredReason::UnknownName, reading);
            continue;
        };
        let member = &object.of().members[index];
        if object.values()[index] == Value::default_of(member.kind, member.nullable) {
            // ServiceStack does not collect these errors by field: the first
            // one ends the request, with the parser's message.
            params::bind(object, std::slice::from_ref(pair), reading).map_err(|_| {
                Exception::new(
                    "FormatException",
                    "Input string was not in a correct format.",
                )
            })?;
        } else {
            reading.note(member.name, IgnoredReason::Overridden);
        }
    }
    Ok(())
}

/// Notes a name of a query or a form.
fn note(of: &Type, name: &str, why: IgnoredReason, reading: &Reading<'_>) {
    match of.position(name) {
        Some(index) => reading.note(of.members[index].name, why),
        None if params::is_services(name) => reading.note_sent(name, why),
        None => {}
    }
}

/// Notes what of a query has no name.
fn note_query(incoming: &Incoming<'_>, of: &Type, reading: &Reading<'_>) {
    for text in params::without_value(incoming.query_text().as_bytes()) {
        note_nameless(of, &text, reading);
    }
}

/// Text without `=` may be a name or a value, so it is only shown if the type
/// has it.
fn note_nameless(of: &Type, text: &str, reading: &Reading<'_>) {
    let name = of.position(text).map_or("", |index| of.members[index].name);
    reading.note_sent(name, IgnoredReason::NoValue);
}

/// Notes what of a form does not become a value.
fn note_form(incoming: &Incoming<'_>, of: &Type, reading: &Reading<'_>) {
    let (true, Some(content_type)) = (incoming.is_form(), incoming.content_type()) else {
        return;
    };
    let Ok(body) = incoming.body() else {
        reading.note_body(IgnoredReason::Compression);
        return;
    };
    if !incoming.is_multipart() {
        for text in params::without_value(&body) {
            note_nameless(of, &text, reading);
        }
        return;
    }
    match params::parts(content_type, &body) {
        None if !body.is_empty() => reading.note_body(IgnoredReason::ContentType),
        None => {}
        Some(parts) => {
            for (name, why) in parts.lost {
                reading.note_sent(name.as_deref().unwrap_or_default(), why);
            }
        }
    }
}

/// Notes a body that is not read.
fn note_body(incoming: &Incoming<'_>, reading: &Reading<'_>) {
    if incoming.http.body.is_empty() {
        return;
    }
    reading.note_body(match incoming.content_type() {
        Some(_) => IgnoredReason::Chunked,
        None => IgnoredReason::ContentType,
    });
}

/// Reads a body of that format. If there is none, or no reader for the format,
/// the object silently stays empty.
fn from_body(
    incoming: &Incoming<'_>,
    of: &'static Type,
    format: Option<Format>,
    reading: &Reading<'_>,
) -> Result<Object, Exception> {
    let is_on = |format: &Format| negotiate::is_on(*format, incoming.settings);
    let why = match format.filter(is_on) {
        None if incoming.is_form() && incoming.verb_has_body() => return Ok(Object::new(of)),
        None if incoming.is_form() => IgnoredReason::Verb,
        None => IgnoredReason::ContentType,
        Some(format) if incoming.has_body() => {
            return read(&incoming.body()?, of, format, reading);
        }
        Some(_) => IgnoredReason::Chunked,
    };
    if !incoming.http.body.is_empty() {
        reading.note_body(why);
    }
    Ok(Object::new(of))
}

fn read(
    body: &[u8],
    of: &'static Type,
    format: Format,
    reading: &Reading<'_>,
) -> Result<Object, Exception> {
    match format {
        Format::Xml => xml::read(body, of, reading),
        _ if body.is_empty() => Ok(Object::new(of)),
        Format::Json => json::read(body, of, reading),
        Format::Jsv => jsv::read(body, of, reading),
        // No request has a body in HTML.
        Format::Html => {
            reading.note_body(IgnoredReason::ContentType);
            Ok(Object::new(of))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::json::object_to_json;
    use crate::model::schema::Schema;
    use crate::model::settings::Settings;
    use crate::wire::testing::request;

    const JSON: &str = "Content-Type: application/json";
    const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

    fn details() -> &'static Type {
        Schema::embedded()
            .operation("GetContractDetails")
            .unwrap()
            .request
    }

    fn shown(bound: Result<Object, Exception>) -> String {
        match bound {
            Ok(object) => object_to_json(&object, false).to_string(),
            Err(exception) => format!("{}: {}", exception.name, exception.message),
        }
    }

    #[test]
    fn on_a_route_the_form_wins_over_the_query_and_the_query_over_the_body() {
        let settings = Settings::default();
        for (text, wanted) in [
            (
                format!("POST /api/X?Ref=q\n{JSON}\n\n{{\"Ref\":\"b\",\"Sub\":1}}"),
                r#"{"Ref":"q","Sub":1}"#,
            ),
            (
                format!("POST /api/X?Ref=&Sub=\n{JSON}\n\n{{\"Ref\":\"b\",\"Sub\":1}}"),
                r#"{"Ref":"b","Sub":1}"#,
            ),
            (
                format!("POST /api/X?Ref=q&Sub=2\n{FORM}\n\nRef=f"),
                r#"{"Ref":"f","Sub":2}"#,
            ),
            // An empty value of the same name replaces the query's; if the case
            // differs, both remain.
            (format!("POST /api/X?Ref=q\n{FORM}\n\nRef="), "{}"),
            (
                format!("POST /api/X?Ref=q\n{FORM}\n\nref="),
                r#"{"Ref":"q"}"#,
            ),
            (
                format!("POST /api/X?Ref=q\n{FORM}\n\nref=f"),
                r#"{"Ref":"f"}"#,
            ),
            (
                format!("GET /api/X?Ref=q\n{FORM}\n\nSub=1"),
                r#"{"Ref":"q"}"#,
            ),
            (
                format!("GET /api/X\n{JSON}\n\n{{\"Ref\":\"b\"}}"),
                r#"{"Ref":"b"}"#,
            ),
            (
                "POST /api/X\nContent-Type: text/plain\n\n{\"Ref\":\"b\"}".to_owned(),
                "{}",
            ),
            ("POST /api/X\n\n{\"Ref\":\"b\"}".to_owned(), "{}"),
            (
                "POST /api/X\nContent-Type: application/jsv\n\n{Ref:b}".to_owned(),
                r#"{"Ref":"b"}"#,
            ),
            (
                "POST /api/X?Sub=x".to_owned(),
                "SerializationException: Unable to bind to request 'GetContractDetailsRequest'",
            ),
        ] {
            let http = request(&text);
            let incoming = Incoming::new(Schema::embedded(), &http, &settings);
            assert_eq!(
                shown(by_route(
                    &incoming,
                    details(),
                    None,
                    &Reading::new(&settings)
                )),
                wanted,
                "{text}"
            );
        }
    }

    #[test]
    fn by_name_the_query_fills_members_that_the_body_left_out() {
        let settings = Settings::default();
        for (text, wanted) in [
            (
                format!("POST /api/X?Ref=q&Sub=4\n{JSON}\n\n{{\"Ref\":\"b\"}}"),
                r#"{"Ref":"b","Sub":4}"#,
            ),
            (
                "POST /api/X\nContent-Type: text/plain\n\n{\"Ref\":\"b\"}".to_owned(),
                r#"{"Ref":"b"}"#,
            ),
            (
                "POST /api/X?Ref=q\n\n{\"Ref\":\"b\"}".to_owned(),
                r#"{"Ref":"b"}"#,
            ),
            ("GET /api/X?Ref=q".to_owned(), r#"{"Ref":"q"}"#),
            // With a body, even a GET ignores its query.
            (
                format!("GET /api/X?Ref=q\n{JSON}\n\n{{\"Sub\":1}}"),
                r#"{"Sub":1}"#,
            ),
            (
                format!("POST /api/X?Ref=q&Sub=2\n{FORM}\n\nRef=f"),
                r#"{"Ref":"f","Sub":2}"#,
            ),
            (
                format!("POST /api/X?Sub=x\n{JSON}\n\n{{}}"),
                "FormatException: Input string was not in a correct format.",
            ),
            (
                "GET /api/X?Sub=x".to_owned(),
                "SerializationException: Unable to bind to request 'GetContractDetailsRequest'",
            ),
        ] {
            let http = request(&text);
            let incoming = Incoming::new(Schema::embedded(), &http, &settings);
            let bound = by_name(
                &incoming,
                details(),
                Some(Format::Json),
                &Reading::new(&settings),
            );
            assert_eq!(shown(bound), wanted, "{text}");
        }
    }

    #[test]
    fn the_path_is_a_value_before_the_query() {
        let settings = Settings::default();
        let of = Schema::embedded().operation("Fallback").unwrap().request;
        for (text, wanted) in [
            ("GET /api/a/b", r#"{"PathInfo":"a/b"}"#),
            ("GET /api/a/b?PathInfo=q", r#"{"PathInfo":"q"}"#),
            ("GET /api/a/b?PathInfo=", "{}"),
        ] {
            let http = request(text);
            let incoming = Incoming::new(Schema::embedded(), &http, &settings);
            assert_eq!(
                shown(by_route(
                    &incoming,
                    of,
                    Some("a/b"),
                    &Reading::new(&settings)
                )),
                wanted,
                "{text}"
            );
        }
    }

    #[test]
    fn a_format_that_is_off_is_not_read() {
        let settings = Settings {
            formats: vec![Format::Html],
            ..Settings::default()
        };
        let http = request(&format!("POST /api/X\n{JSON}\n\n[broken"));
        let incoming = Incoming::new(Schema::embedded(), &http, &settings);
        assert_eq!(
            shown(by_route(
                &incoming,
                details(),
                None,
                &Reading::new(&settings)
            )),
            "{}"
        );
    }
}

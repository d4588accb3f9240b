//! Decides the format of the answer, and of the request's body.

use std::borrow::Cow;

use super::incoming::{Incoming, real_content_type};
use crate::model::settings::{Format, Settings};

/// The content type of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ContentType<'a> {
    /// The content type of a format.
    Of(Format),
    /// The content type of the request's own body, which may be one that cannot
    /// be written.
    Own(&'a str),
}

/// An `Accept` with an empty entry. ServiceStack fails on it before it calls
/// the service, and fails again when it reports that.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct EmptyAccept;

/// The formats in the order of preference after the default one.
const PREFERRED: [Format; 4] = [Format::Html, Format::Json, Format::Xml, Format::Jsv];

const SOAP_11: &str = "text/xml; charset=utf-8";
const SOAP_12: &str = "application/soap+xml";

/// The content type of a format.
pub(super) const fn content_type_of(format: Format) -> &'static str {
    match format {
        Format::Html => "text/html",
        Format::Json => "application/json",
        Format::Xml => "application/xml",
        Format::Jsv => "application/jsv",
    }
}

impl<'a> ContentType<'a> {
    fn own(text: &'a str) -> Self {
        match format_of(text) {
            Some(format) if text == content_type_of(format) => Self::Of(format),
            _ => Self::Own(text),
        }
    }

    /// Its text, without the charset that ServiceStack adds to JSON.
    pub(super) fn text(self) -> &'a str {
        match self {
            Self::Of(format) => content_type_of(format),
            Self::Own(text) => text,
        }
    }

    /// The value of the answer's header field.
    pub(super) fn header(self) -> Cow<'static, str> {
        match self {
            Self::Of(Format::Json) => Cow::Borrowed("application/json; charset=utf-8"),
            Self::Of(format) => Cow::Borrowed(content_type_of(format)),
            Self::Own(text) => Cow::Owned(text.to_owned()),
        }
    }

    /// The format that writes it; `None` if there is none.
    pub(super) fn format(self, settings: &Settings) -> Option<Format> {
        match self {
            Self::Of(format) => Some(format),
            // It is read as XML but would be written as SOAP.
            Self::Own(SOAP_11) => None,
            Self::Own(text) => format_of(text),
        }
        .filter(|format| is_on(*format, settings))
    }
}

/// The format of a content type, with any parameters and in any case.
pub(super) fn format_of(content_type: &str) -> Option<Format> {
    match real_content_type(content_type)?.as_ref() {
        "text/html" => Some(Format::Html),
        "application/json" | "text/json" => Some(Format::Json),
        "application/xml" | "text/xml" => Some(Format::Xml),
        "application/jsv" | "text/jsv" => Some(Format::Jsv),
        _ => None,
    }
}

pub(super) fn is_on(format: Format, settings: &Settings) -> bool {
    settings.formats.contains(&format)
}

/// The format of a path's suffix or of `?format=`; case counts.
pub(super) fn format_named(name: &str, settings: &Settings) -> Option<Format> {
    let format = match name {
        "html" => Format::Html,
        "json" => Format::Json,
        "xml" => Format::Xml,
        "jsv" => Format::Jsv,
        _ => return None,
    };
    is_known(format, settings).then_some(format)
}

/// Whether the host knows a format. HTML is a plug-in, so a host without it
/// does not know its name. A known format that is off is refused.
fn is_known(format: Format, settings: &Settings) -> bool {
    format != Format::Html || is_on(format, settings)
}

fn default_format(settings: &Settings) -> Format {
    match settings.default_content_type {
        Format::Html if !is_on(Format::Html, settings) => Format::Json,
        format => format,
    }
}

/// The format that the address asks for: JSON by `callback`, any by `format`,
/// one with a name of three letters by the first part of the path.
pub(super) fn asked_for(incoming: &Incoming<'_>) -> Option<Format> {
    if incoming
        .query_value("callback")
        .is_some_and(|name| !name.is_empty())
    {
        return Some(Format::Json);
    }
    let name = match incoming.query_value("format") {
        Some(format) => format.split('.').next().unwrap_or_default(),
        None => first_part(incoming.path())?,
    };
    format_named(&name.to_ascii_lowercase(), incoming.settings)
}

/// The first part of a path if ServiceStack treats it as a format: up to three
/// characters before a slash, up to four at the end.
fn first_part(path: &str) -> Option<&str> {
    let path = path.strip_prefix('/').unwrap_or(path);
    match path.split_once('/') {
        Some((part, _)) if part.chars().count() < 4 => Some(part),
        None if path.chars().count() <= 4 => Some(path),
        _ => None,
    }
}

/// The content type of the answer, by the address and then by `Accept`.
pub(super) fn negotiate<'a>(incoming: &Incoming<'a>) -> Result<ContentType<'a>, EmptyAccept> {
    if let Some(format) = asked_for(incoming) {
        return Ok(ContentType::Of(format));
    }
    let settings = incoming.settings;
    let default = default_format(settings);
    let own = incoming.content_type();
    let accept = incoming.accept();
    if let Some(accept) = accept
        && let Some(found) = accepted(incoming, accept, default)?
    {
        return Ok(found);
    }
    Ok(match own {
        Some(own) if real_content_type(own).as_deref() == Some(SOAP_12) => {
            ContentType::Own(SOAP_12)
        }
        Some(SOAP_11) if accept.is_none() => ContentType::Own(SOAP_11),
        _ => ContentType::Of(default),
    })
}

/// What `Accept` asks for. Quality values and the order are ignored: the host's
/// own order counts.
fn accepted<'a>(
    incoming: &Incoming<'a>,
    accept: &str,
    default: Format,
) -> Result<Option<ContentType<'a>>, EmptyAccept> {
    let settings = incoming.settings;
    // The format for `*/*`, which is also preferred if it is accepted.
    let own = if incoming.is_form() {
        Some(content_type_of(default))
    } else {
        incoming.content_type()
    };
    let preferred = [default].into_iter().chain(
        PREFERRED
            .into_iter()
            .filter(|format| *format != default && is_on(*format, settings)),
    );
    let mut best: Option<(usize, Format)> = None;
    let mut anything = false;
    for entry in accept.split(',') {
        let entry = real_content_type(entry).ok_or(EmptyAccept)?;
        anything |= entry == "*/*";
        for (rank, format) in preferred.clone().enumerate() {
            let content_type = content_type_of(format);
            if !entry.starts_with(content_type) {
                continue;
            }
            if own == Some(content_type) {
                return Ok(Some(ContentType::Of(format)));
            }
            if best.is_none_or(|(known, _)| rank < known) {
                best = Some((rank, format));
            }
        }
    }
    if let Some((_, format)) = best {
        return Ok(Some(ContentType::Of(format)));
    }
    if anything {
        return Ok(Some(match own {
            Some(own) if !own.is_empty() => ContentType::own(own),
            _ => ContentType::Of(default),
        }));
    }
    // The others are compared unchanged: one with a space before it does not
    // match.
    let other = accept.split(',').find_map(|entry| {
        Format::ALL.into_iter().find(|format| {
            let content_type = content_type_of(*format);
            is_known(*format, settings)
                && entry
                    .get(..content_type.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(content_type))
        })
    });
    Ok(other.map(ContentType::Of))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::schema::Schema;
    use crate::wire::testing::request;

    fn negotiated(text: &str, settings: &Settings) -> String {
        let http = request(text);
        let incoming = Incoming::new(Schema::embedded(), &http, settings);
        match negotiate(&incoming) {
            Ok(content_type) => content_type.header().into_owned(),
            Err(EmptyAccept) => "nothing".to_owned(),
        }
    }

    const JSON: &str = "application/json; charset=utf-8";

    #[test]
    fn accept_is_compared_with_the_formats_of_the_host() {
        let settings = Settings::default();
        for (accept, wanted) in [
            ("application/json", JSON),
            ("Application/JSON", JSON),
            ("application/json;q=0", JSON),
            ("application/jsonp", JSON),
            ("application/json, */*", JSON),
            ("*/*, application/json", JSON),
            ("application/xml, application/json", JSON),
            ("application/json;q=0.1, application/xml;q=0.9", JSON),
            ("application/xml", "application/xml"),
            ("application/xml, text/html", "text/html"),
            ("application/jsv, application/xml", "application/xml"),
            ("application/jsv", "application/jsv"),
            ("text/jsv", "text/html"),
            ("text/json", "text/html"),
            ("text/xml", "text/html"),
            ("application/*", "text/html"),
            ("*/*", "text/html"),
            ("*; q=.2", "text/html"),
            ("image/png", "text/html"),
            ("text/csv, application/json", JSON),
            ("", "nothing"),
            (" ", "nothing"),
            ("application/json,", "nothing"),
            (";q=1", "nothing"),
        ] {
            let text = format!("GET /api/X\nAccept: {accept}");
            assert_eq!(negotiated(&text, &settings), wanted, "{accept}");
        }
        assert_eq!(negotiated("GET /api/X", &settings), "text/html");
    }

    #[test]
    fn the_type_of_the_body_is_preferred_if_anything_is_accepted() {
        let settings = Settings::default();
        for (content_type, accept, wanted) in [
            ("application/json", "*/*", JSON),
            ("application/json; charset=utf-8", "*/*", JSON),
            (
                "application/json;odata=verbose",
                "*/*",
                "application/json;odata=verbose",
            ),
            ("text/json", "*/*", "text/json"),
            ("application/xml", "*/*", "application/xml"),
            (
                "application/octet-stream",
                "*/*",
                "application/octet-stream",
            ),
            ("application/x-www-form-urlencoded", "*/*", "text/html"),
            ("multipart/form-data; boundary=B", "*/*", "text/html"),
            ("", "*/*", "text/html"),
            (
                "application/xml",
                "application/json, application/xml",
                "application/xml",
            ),
            ("application/json", "application/xml,", "nothing"),
            ("application/xml", "application/xml,", "application/xml"),
            ("application/soap+xml", "image/png", "application/soap+xml"),
        ] {
            let text = format!("POST /api/X\nContent-Type: {content_type}\nAccept: {accept}");
            assert_eq!(
                negotiated(&text, &settings),
                wanted,
                "{content_type} {accept}"
            );
        }
        for (content_type, wanted) in [
            ("application/json", "text/html"),
            ("text/xml; charset=utf-8", "text/xml; charset=utf-8"),
            ("text/xml", "text/html"),
        ] {
            let text = format!("POST /api/X\nContent-Type: {content_type}");
            assert_eq!(negotiated(&text, &settings), wanted, "{content_type}");
        }
    }

    #[test]
    fn the_address_wins_over_accept() {
        let settings = Settings::default();
        for (target, wanted) in [
            ("/api/X?format=json", JSON),
            ("/api/X?Format=JSON", JSON),
            ("/api/X?format=json.pretty", JSON),
            ("/api/X?format=yaml", "application/xml"),
            ("/api/X?format=", "application/xml"),
            ("/api/X?format=json&format=xml", "application/xml"),
            ("/api/X?callback=f&format=xml", JSON),
            ("/api/X?callback=", "application/xml"),
            // Three letters before a slash, four at the end.
            ("/api/jsv/X", "application/jsv"),
            ("/api/json/X", "application/xml"),
            ("/api/json", JSON),
            ("/api/JSV", "application/jsv"),
        ] {
            let text = format!("GET {target}\nAccept: application/xml");
            assert_eq!(negotiated(&text, &settings), wanted, "{target}");
        }
        // The address wins even over an `Accept` with an empty entry.
        assert_eq!(
            negotiated("GET /api/X?format=xml\nAccept: ", &settings),
            "application/xml"
        );
    }

    #[test]
    fn the_default_and_the_formats_are_settings() {
        let json = Settings {
            default_content_type: Format::Json,
            ..Settings::default()
        };
        for (accept, wanted) in [
            ("*/*", JSON),
            ("image/png", JSON),
            ("text/html, application/json", JSON),
            ("text/html", "text/html"),
        ] {
            let text = format!("GET /api/X\nAccept: {accept}");
            assert_eq!(negotiated(&text, &json), wanted, "{accept}");
        }
        // Without HTML the default is JSON, and the name of HTML is unknown.
        let few = Settings {
            formats: vec![Format::Json],
            ..Settings::default()
        };
        for (accept, wanted) in [
            ("*/*", JSON),
            ("text/html", JSON),
            ("application/xml", "application/xml"),
            ("application/xml, application/json", JSON),
        ] {
            let text = format!("GET /api/X\nAccept: {accept}");
            assert_eq!(negotiated(&text, &few), wanted, "{accept}");
        }
        assert_eq!(format_named("html", &few), None);
        assert_eq!(format_named("xml", &few), Some(Format::Xml));
    }

    #[test]
    fn a_type_that_cannot_be_written_has_no_format() {
        let settings = Settings::default();
        for (content_type, format) in [
            (ContentType::Of(Format::Xml), Some(Format::Xml)),
            (
                ContentType::Own("text/json; charset=utf-8"),
                Some(Format::Json),
            ),
            (ContentType::Own(SOAP_11), None),
            (ContentType::Own("text/xml"), Some(Format::Xml)),
            (ContentType::Own("text/plain"), None),
        ] {
            assert_eq!(content_type.format(&settings), format, "{content_type:?}");
        }
    }
}

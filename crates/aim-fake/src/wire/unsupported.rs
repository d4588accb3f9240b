//! Features of ServiceStack that the fake does not support, since no team needs
//! them: CSV, JSON Lines, `jsconfig` and batches.

use super::incoming::{Incoming, real_content_type};
use super::negotiate::content_type_of;
use crate::model::settings::Format;

/// An unsupported format: its common name, its name in an address, its content
/// type.
struct Unsupported(&'static str, &'static str, &'static str);

const FORMATS: [Unsupported; 2] = [
    Unsupported("CSV", "csv", "text/csv"),
    Unsupported("JSON Lines", "jsonl", "text/jsonl"),
];

/// Names the unsupported feature that a request asks for; `None` if it asks for
/// none.
pub(super) fn reason(incoming: &Incoming<'_>) -> Option<String> {
    if incoming.query_value("jsconfig").is_some() {
        return Some(
            "aim-fake does not support `jsconfig`: its settings say how answers are written"
                .to_owned(),
        );
    }
    if is_batch(incoming) {
        return Some("aim-fake does not support batches: send one request at a time".to_owned());
    }
    let Unsupported(format, ..) = FORMATS
        .into_iter()
        .find(|format| asks_for(incoming, format))?;
    Some(format!(
        "aim-fake does not support {format}: use JSON, JSV or XML"
    ))
}

/// Whether a part of the path is `{Request}[]`.
fn is_batch(incoming: &Incoming<'_>) -> bool {
    incoming.settings.predefined_routes
        && incoming.path().split('/').any(|part| {
            let operations = incoming.schema.operations();
            part.split_once('[').is_some_and(|(name, _)| {
                let is_named = |known: &str| known.eq_ignore_ascii_case(name);
                operations.iter().any(|known| is_named(known.request.name))
            })
        })
}

/// Whether the address, the body or `Accept` has the format. If `Accept` also
/// takes a supported format, the answer has that one.
fn asks_for(incoming: &Incoming<'_>, format: &Unsupported) -> bool {
    let Unsupported(_, name, content_type) = *format;
    let path = incoming.path();
    let first = path.trim_start_matches('/').split('/').next();
    let in_query = incoming.query_value("format");
    let in_query = in_query.and_then(|format| format.split('.').next());
    if first.is_some_and(|part| part.eq_ignore_ascii_case(name))
        || in_query.is_some_and(|part| part.eq_ignore_ascii_case(name))
        || path.rsplit_once('.').is_some_and(|(_, end)| end == name)
    {
        return true;
    }
    let own = incoming.content_type().and_then(real_content_type);
    if own.as_deref() == Some(content_type) {
        return true;
    }
    let accepts = |content_type: &str| {
        incoming
            .accept()
            .unwrap_or_default()
            .split(',')
            .filter_map(real_content_type)
            .any(|entry| entry.trim_start().starts_with(content_type))
    };
    let is_address_enough = in_query.is_some_and(|name| !name.is_empty());
    !is_address_enough
        && accepts(content_type)
        && !accepts("*/*")
        && !Format::ALL
            .into_iter()
            .any(|known| accepts(content_type_of(known)))
}

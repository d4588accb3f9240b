//! Reads the samples of a page.

use quick_xml::NsReader;
use quick_xml::errors::IllFormedError;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;
use serde::de::IgnoredAny;

use super::page::{Body, Element};

/// Why a sample cannot be read.
#[derive(Debug)]
pub(super) enum Unreadable {
    /// It breaks off.
    Cut,
    /// With the line, from 0, and the reason.
    Broken(usize, String),
}

/// Reads the first value of a text; what follows it is not the sample's.
pub(super) fn read(text: &str) -> Result<Body, Unreadable> {
    let trimmed = text.trim_start();
    if trimmed.is_empty() {
        return Err(Unreadable::Cut);
    }
    if trimmed.starts_with('<') {
        return xml(trimmed).map(Body::Xml);
    }
    let mut values = serde_json::Deserializer::from_str(trimmed).into_iter::<IgnoredAny>();
    match values.next() {
        Some(Ok(_)) => {}
        Some(Err(error)) if !error.is_eof() => {
            return Err(Unreadable::Broken(
                error.line().saturating_sub(1),
                format!("the sample is not JSON: {error}"),
            ));
        }
        _ => return Err(Unreadable::Cut),
    }
    // JSON is YAML, and this reader keeps the order of members.
    let first = trimmed.get(..values.byte_offset()).unwrap_or(trimmed);
    serde_yaml::from_str(first)
        .map(Body::Json)
        .map_err(|error| Unreadable::Broken(0, format!("the sample cannot be read: {error}")))
}

fn xml(text: &str) -> Result<Element, Unreadable> {
    let mut reader = NsReader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    loop {
        let place = usize::try_from(reader.buffer_position()).unwrap_or(text.len());
        let line = text.get(..place).unwrap_or(text).matches('\n').count();
        let broken = |message: String| Unreadable::Broken(line, message);
        let event = reader
            .read_resolved_event()
            .map(|(namespace, event)| (named(&namespace), event.into_owned()));
        let closed = match event {
            Ok((namespace, Event::Start(tag))) => {
                open.push(element(namespace, tag.local_name().as_ref()));
                None
            }
            Ok((namespace, Event::Empty(tag))) => {
                Some(element(namespace, tag.local_name().as_ref()))
            }
            Ok((_, Event::End(_))) => open.pop(),
            Ok((_, Event::Text(part))) => {
                if let Some(last) = open.last_mut() {
                    last.text.push_str(part.trim());
                }
                None
            }
            Ok((_, Event::GeneralRef(part))) => {
                if let Some(last) = open.last_mut() {
                    last.text.push_str(&part);
                }
                None
            }
            Ok((_, Event::Eof)) => return Err(Unreadable::Cut),
            Ok(_) => None,
            // Nothing but its end is missing.
            Err(quick_xml::Error::Syntax(_)) => return Err(Unreadable::Cut),
            Err(quick_xml::Error::IllFormed(IllFormedError::UnclosedReference)) => {
                return Err(Unreadable::Cut);
            }
            Err(error) => return Err(broken(format!("the sample is not XML: {error}"))),
        };
        if let Some(closed) = closed {
            match open.last_mut() {
                Some(parent) => parent.children.push(closed),
                None => return Ok(closed),
            }
        }
    }
}

fn named(namespace: &ResolveResult<'_>) -> Option<String> {
    match namespace {
        ResolveResult::Bound(namespace) => Some(namespace.as_ref().to_owned()),
        _ => None,
    }
}

fn element(namespace: Option<String>, name: &str) -> Element {
    Element {
        name: name.to_owned(),
        namespace,
        ..Element::default()
    }
}

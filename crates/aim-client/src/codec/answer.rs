//! Reads a whole answer: the object of its type, and what else in it counts.

use crate::codec::evidence::AnswerBody;
use crate::codec::location::location;
use crate::codec::xml;
use crate::value::names::are_alike;
use crate::value::object::{self, Object};
use crate::value::reading::{Known, Reading};

/// What a body is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Xml,
}

/// An answer of type `T`, in which an exception may stand as in an `E`.
#[derive(Debug)]
pub(crate) struct Whole<T, E> {
    pub(crate) value: T,
    pub(crate) exception: Exception<E>,
    /// Whether the in-band status proves the operation, if it is no failure.
    pub(crate) status_proves: bool,
    pub(crate) format: Format,
    /// Members of other types that it has as well.
    others: Vec<&'static str>,
}

impl<T, E> Whole<T, E> {
    /// Whether it also has one of the members of other types.
    pub(crate) fn has_any(&self, members: &[&str]) -> bool {
        self.others.iter().any(|other| is_one_of(members, other))
    }
}

/// An exception beside what the operation answers.
#[derive(Debug)]
pub(crate) enum Exception<E> {
    None,
    Read(E),
    Unreadable,
}

/// Why a body is not an answer. It never holds what was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// XML of something else.
    Other,
    /// Truncated, malformed, or a member of an unreadable type; with its place.
    Broken(String),
    /// More items and unknown members than it may have.
    TooManyItems,
}

/// Reads an answer from a body without byte order mark; in XML the root must
/// have the name of the type. It may have so many `items` of lists and unknown
/// members together.
///
/// # Errors
///
/// [`Unread`].
pub(crate) fn read<T: AnswerBody, E: Object>(
    format: Format,
    body: &[u8],
    known: Known,
    items: usize,
) -> Result<Whole<T, E>, Unread> {
    let mut reading = Reading {
        items: Some(items),
        known: Some(known),
        ..Reading::default()
    };
    let value: T = object(format, body, Some(T::NAME), &mut reading)?;
    let is_exception = |name: &&'static str| is_one_of(E::MEMBERS, name);
    let may_carry = reading.others.iter().any(is_exception) || T::MEMBERS.iter().any(is_exception);
    let exception = match may_carry {
        false => Exception::None,
        // Next to no answer has one, so only those are read twice.
        true => carried(format, body, items),
    };
    if format == Format::Xml {
        // The root says whose answer it is.
        reading.others.clear();
    }
    // A status with foreign members alone is another one.
    let is_status = !reading.strange.contains(&T::Status::NAME);
    Ok(Whole {
        format,
        status_proves: T::STATUS_PROVES && is_status && value.status().is_some(),
        value,
        exception,
        others: reading.others,
    })
}

/// The exception that an answer carries. One with foreign members alone tells
/// nothing, and is there.
fn carried<E: Object>(format: Format, body: &[u8], items: usize) -> Exception<E> {
    let mut reading = Reading {
        items: Some(items),
        ..Reading::default()
    };
    let read = object(format, body, None, &mut reading);
    // The member has the name of its type.
    let is_strange = reading
        .strange
        .iter()
        .any(|name| is_one_of(E::MEMBERS, name));
    match read {
        Ok(exception) if !is_strange => Exception::Read(exception),
        _ => Exception::Unreadable,
    }
}

fn is_one_of(members: &[&str], name: &str) -> bool {
    members.iter().any(|member| are_alike(member, name))
}

/// Reads an exception that stands alone; in XML the root must have the name.
///
/// # Errors
///
/// [`Unread`].
pub(crate) fn exception<E: Object>(
    format: Format,
    body: &[u8],
    root: &'static str,
    items: usize,
) -> Result<E, Unread> {
    let mut reading = Reading {
        items: Some(items),
        ..Reading::default()
    };
    object(format, body, Some(root), &mut reading)
}

fn object<T: Object>(
    format: Format,
    body: &[u8],
    root: Option<&'static str>,
    reading: &mut Reading,
) -> Result<T, Unread> {
    let read = match format {
        Format::Json => json(body, reading).map_err(Unread::Broken),
        Format::Xml => xml::read(body, root, reading).map_err(|unread| match unread {
            xml::Unread::Other => Unread::Other,
            xml::Unread::Broken(place) => Unread::Broken(place),
        }),
    };
    match read {
        Err(_) if reading.too_many => Err(Unread::TooManyItems),
        read => read,
    }
}

/// Reads an object; an error is the place where it cannot be read.
fn json<T: Object>(body: &[u8], reading: &mut Reading) -> Result<T, String> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = object::read(&mut json, reading)
        .map_err(|error| location(&reading.path, error.line(), error.column()))?;
    json.end().map_err(|_| "its end".to_owned())?;
    Ok(value)
}

//! Reads request bodies.

use std::borrow::Cow;

use quick_xml::NsReader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;
use rust_decimal::Decimal;

use super::names::{CONTRACTS, INSTANCE, content_namespace, is_allowed, item_name, order};
use crate::model::date::{DateKind, DateTime};
use crate::model::settings::Settings;
use crate::model::types::{Kind, Type};
use crate::model::value::{Object, Value};
use crate::wire::errors::Exception;
use crate::wire::ignored::{IgnoredReason, Reading};

/// Reads a request body. Members out of order, in another case or in another
/// namespace are silently lost.
///
/// # Errors
///
/// The exception that ServiceStack throws for a body it cannot read.
pub(crate) fn read(
    body: &[u8],
    of: &'static Type,
    reading: &Reading<'_>,
) -> Result<Object, Exception> {
    let (text, encoding) = decode(body).ok_or_else(broken_inside)?;
    let mut reader = Reader {
        xml: NsReader::from_str(&text),
        reading,
    };
    // An empty element then reads like a start tag and an end tag.
    reader.xml.config_mut().expand_empty_elements = true;
    let is_null = root(&mut reader, &text, encoding, of)?;
    if is_null {
        return Ok(Object::new(of));
    }
    reader.members(of).map_err(|Broken| broken_inside())
}

/// The body is not well formed, or a value does not fit its type. The host does
/// not say more about errors inside the root element.
struct Broken;

fn broken_inside() -> Exception {
    Exception::new(
        "TargetInvocationException",
        "Exception has been thrown by the target of an invocation.",
    )
}

/// Reads up to the root element's start tag, and whether it says that it is
/// null.
fn root(
    reader: &mut Reader<'_, '_>,
    text: &str,
    encoding: &str,
    of: &Type,
) -> Result<bool, Exception> {
    let clr = of.namespace.strip_prefix(CONTRACTS).unwrap_or_default();
    let unreadable = |reason: &str| {
        Exception::serialization(format!(
            "There was an error deserializing the object of type {clr}.{}. {reason}",
            of.name
        ))
    };
    let unreadable_at = |reason: &str, offset: usize| {
        let (line, position) = place(text, offset);
        unreadable(&format!("{reason} Line {line}, position {position}."))
    };
    let unexpected = |what: &str, name: &str, namespace: &str, offset: usize| {
        let (line, position) = place(text, offset);
        Exception::serialization(format!(
            "Error in line {line} position {position}. Expecting element '{}' from namespace '{}'.. \
             Encountered '{what}'  with name '{name}', namespace '{namespace}'.",
            of.name, of.namespace
        ))
    };
    loop {
        let before = reader.position();
        let Ok((resolved, event)) = reader.xml.read_resolved_event() else {
            return Err(unreadable_at("Unexpected end of file.", text.len()));
        };
        match event {
            Event::Decl(declaration) => {
                let declared = declaration.encoding().and_then(Result::ok);
                if let Some(declared) =
                    declared.filter(|declared| !declared.eq_ignore_ascii_case(encoding))
                {
                    return Err(unreadable(&format!(
                        "The encoding in the declaration '{declared}' does not match the encoding \
                         of the document '{encoding}'."
                    )));
                }
            }
            Event::Comment(_) | Event::PI(_) => {}
            Event::Text(content) if content.trim_ascii().is_empty() => {}
            Event::Text(content) => {
                let spaces = content.len() - content.trim_ascii_start().len();
                return Err(unreadable_at(
                    "The data at the root level is invalid.",
                    before + spaces,
                ));
            }
            Event::GeneralRef(_) | Event::End(_) => {
                return Err(unreadable_at(
                    "The data at the root level is invalid.",
                    before,
                ));
            }
            Event::DocType(_) | Event::CData(_) => {
                return Err(unreadable_at(
                    "CData elements not valid at top level of an XML document.",
                    before + 2,
                ));
            }
            Event::Eof => return Err(unexpected("None", "", "", text.len())),
            Event::Start(start) | Event::Empty(start) => {
                let namespace = match resolved {
                    ResolveResult::Bound(namespace) => namespace.0.to_owned(),
                    ResolveResult::Unbound | ResolveResult::Unknown(_) => String::new(),
                };
                let name = start.local_name().into_inner();
                if name != of.name || namespace != of.namespace {
                    return Err(unexpected("Element", name, &namespace, reader.position()));
                }
                let is_null = reader.is_null(&start).map_err(|Broken| broken_inside())?;
                return Ok(is_null);
            }
        }
    }
}

/// Line and position of an offset in a text, both counted from 1.
fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (line, before.len() - start + 1)
}

/// The text of a body and the name of its encoding, which the first bytes show.
fn decode(body: &[u8]) -> Option<(Cow<'_, str>, &'static str)> {
    let utf_16 = |body: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = body.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        let text: String = char::decode_utf16(units).collect::<Result<_, _>>().ok()?;
        Some((Cow::Owned(text), "utf-16"))
    };
    match body {
        [0xef, 0xbb, 0xbf, rest @ ..] => {
            Some((Cow::Borrowed(std::str::from_utf8(rest).ok()?), "utf-8"))
        }
        [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        [b'<', 0, ..] => utf_16(body, u16::from_le_bytes),
        [0, b'<', ..] => utf_16(body, u16::from_be_bytes),
        _ => Some((Cow::Borrowed(std::str::from_utf8(body).ok()?), "utf-8")),
    }
}

struct Reader<'t, 's> {
    xml: NsReader<&'t [u8]>,
    reading: &'s Reading<'s>,
}

impl Reader<'_, '_> {
    fn position(&self) -> usize {
        usize::try_from(self.xml.buffer_position()).unwrap_or(usize::MAX)
    }

    /// Reads a class, from after its start tag to after its end tag.
    fn members(&mut self, of: &'static Type) -> Result<Object, Broken> {
        let mut object = Object::new(of);
        let order = order(of);
        let mut next = 0;
        while let Some((start, namespace)) = self.child()? {
            let name = start.local_name();
            let found = order[next..].iter().position(|index| {
                of.members[*index].name == name.as_ref()
                    && namespace.as_deref() == Some(of.namespace)
            });
            let Some(found) = found else {
                self.note(of, name.as_ref(), namespace.as_deref());
                self.skip(&start)?;
                continue;
            };
            let index = order[next + found];
            next += found + 1;
            let member = &of.members[index];
            let above = self.reading.enter();
            *object.value_mut(index) = self.value(&start, member.kind, member.nullable)?;
            self.reading.leave(above, member.name);
        }
        Ok(object)
    }

    /// Notes an element that is no member where it stands.
    fn note(&self, of: &Type, name: &str, namespace: Option<&str>) {
        let Some(index) = of.position(name) else {
            self.reading.note_sent(name, IgnoredReason::UnknownName);
            return;
        };
        let known = of.members[index].name;
        let why = match namespace == Some(of.namespace) {
            _ if known != name => IgnoredReason::Case,
            true => IgnoredReason::Order,
            false => IgnoredReason::Namespace,
        };
        self.reading.note(known, why);
    }

    /// Reads a member or an item, from after its start tag to after its end
    /// tag.
    fn value(
        &mut self,
        start: &BytesStart<'_>,
        kind: Kind,
        nullable: bool,
    ) -> Result<Value, Broken> {
        if self.is_null(start)? {
            self.skip(start)?;
            return if nullable {
                Ok(Value::Null)
            } else {
                Err(Broken)
            };
        }
        match kind {
            Kind::Object(of) => self.members(of).map(Value::Object),
            Kind::List(item) => self.items(*item, content_namespace(kind)).map(Value::List),
            _ => scalar(kind, self.text()?, self.reading.settings).ok_or(Broken),
        }
    }

    fn items(&mut self, item: Kind, namespace: Option<&str>) -> Result<Vec<Value>, Broken> {
        let nullable = matches!(item, Kind::String | Kind::Object(_) | Kind::List(_));
        let mut items = Vec::new();
        while let Some((start, found)) = self.child()? {
            if start.local_name().as_ref() == item_name(item) && found.as_deref() == namespace {
                items.push(self.value(&start, item, nullable)?);
            } else {
                let name = start.local_name();
                let why = match name.as_ref() == item_name(item) {
                    true => IgnoredReason::Namespace,
                    false => IgnoredReason::UnknownName,
                };
                self.reading.note_sent(name.as_ref(), why);
                self.skip(&start)?;
            }
        }
        Ok(items)
    }

    /// The next element's start tag and namespace, or `None` at the end of the
    /// current one. Text between elements is an error.
    fn child(&mut self) -> Result<Option<(BytesStart<'static>, Option<String>)>, Broken> {
        loop {
            let (resolved, event) = self.xml.read_resolved_event().map_err(|_| Broken)?;
            match event {
                Event::Start(start) => {
                    let namespace = match resolved {
                        ResolveResult::Bound(namespace) => Some(namespace.0.to_owned()),
                        ResolveResult::Unbound => None,
                        ResolveResult::Unknown(_) => return Err(Broken),
                    };
                    return Ok(Some((start.into_owned(), namespace)));
                }
                Event::End(_) => return Ok(None),
                Event::Text(text) if text.trim_ascii().is_empty() => {}
                Event::Comment(_) | Event::PI(_) => {}
                _ => return Err(Broken),
            }
        }
    }

    /// The text of an element up to its end; an element inside is an error.
    fn text(&mut self) -> Result<String, Broken> {
        let mut text = String::new();
        loop {
            match self.xml.read_event().map_err(|_| Broken)? {
                Event::Text(part) => text.push_str(&part.xml10_content()),
                Event::CData(part) => text.push_str(&part.xml10_content()),
                Event::GeneralRef(part) => text.push(resolve(&part)?),
                Event::Comment(_) | Event::PI(_) => {}
                Event::End(_) if text.chars().all(is_allowed) => return Ok(text),
                _ => return Err(Broken),
            }
        }
    }

    fn skip(&mut self, start: &BytesStart<'_>) -> Result<(), Broken> {
        self.xml
            .read_to_end(start.name())
            .map(|_| ())
            .map_err(|_| Broken)
    }

    /// Whether an element says `i:nil="true"`.
    fn is_null(&self, start: &BytesStart<'_>) -> Result<bool, Broken> {
        // A check for duplicates would take quadratic time.
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| Broken)?;
            let (namespace, name) = self.xml.resolver().resolve_attribute(attribute.key);
            if name.as_ref() == "nil"
                && matches!(namespace, ResolveResult::Bound(space) if space.0 == INSTANCE)
            {
                return boolean(&attribute.value).ok_or(Broken);
            }
        }
        Ok(false)
    }
}

/// A character reference, or one of the five predefined entities of XML.
/// Entities of a document type are never resolved.
fn resolve(reference: &BytesRef<'_>) -> Result<char, Broken> {
    match &**reference {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        _ => reference.resolve_char_ref().ok().flatten().ok_or(Broken),
    }
}

fn scalar(kind: Kind, text: String, settings: &Settings) -> Option<Value> {
    match kind {
        Kind::String => Some(Value::String(text)),
        Kind::Bool => boolean(&text).map(Value::Bool),
        Kind::Int => integer(&text)
            .filter(|number| i32::try_from(*number).is_ok())
            .map(Value::Int),
        Kind::Long => integer(&text).map(Value::Int),
        Kind::Decimal => decimal(&text).map(Value::Decimal),
        Kind::DateTime => date(text.trim_ascii(), settings).map(Value::DateTime),
        Kind::Object(_) | Kind::List(_) => None,
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text.trim_ascii() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

fn integer(text: &str) -> Option<i64> {
    text.trim_ascii().parse().ok()
}

/// Reads digits with an optional sign and an optional point.
fn decimal(text: &str) -> Option<Decimal> {
    let text = text.trim_ascii();
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = || whole.bytes().chain(fraction.bytes());
    if all().next().is_none() || !all().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.strip_suffix('.').unwrap_or(text).parse().ok()
}

/// Reads a date of XSD, with or without a time, a fraction of seconds and a
/// zone; a date with an offset is converted to the host's zone.
fn date(text: &str, settings: &Settings) -> Option<DateTime> {
    let (text, offset) = split_zone(text)?;
    let kind = match offset {
        Some(_) => DateKind::Utc,
        None => DateKind::Unspecified,
    };
    let has_date_form = |text: &str| {
        let bytes = text.as_bytes();
        bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-'
    };
    let clock = match text.split_once('T') {
        Some((date, time)) => {
            let has_time_form = time.len() >= 8 && time.as_bytes()[2] == b':';
            (has_date_form(date) && has_time_form)
                .then(|| DateTime::from_round_trip(text, kind))??
        }
        None if has_date_form(text) => {
            DateTime::from_round_trip(&format!("{text}T00:00:00"), kind)?
        }
        None => return None,
    };
    match offset {
        None | Some(Zone::Utc) => Some(clock),
        Some(Zone::Minutes(minutes)) => {
            let ticks = clock.ticks - minutes * 60 * 10_000_000;
            let utc = DateTime {
                ticks: ticks.clamp(0, DateTime::MAX_TICKS),
                kind: DateKind::Utc,
            };
            Some(utc.utc_to_local(settings.time_zone))
        }
    }
}

enum Zone {
    Utc,
    Minutes(i64),
}

fn split_zone(text: &str) -> Option<(&str, Option<Zone>)> {
    if let Some(text) = text.strip_suffix('Z') {
        return Some((text, Some(Zone::Utc)));
    }
    // The sign of an offset is six letters before the end and after the date.
    let Some((start, zone)) = text
        .len()
        .checked_sub(6)
        .filter(|start| *start >= 10)
        .and_then(|start| text.split_at_checked(start))
        .filter(|(_, zone)| zone.starts_with(['+', '-']))
    else {
        return Some((text, None));
    };
    let (hours, minutes) = zone[1..].split_once(':')?;
    let minutes = hours.parse::<i64>().ok()?.checked_mul(60)? + minutes.parse::<i64>().ok()?;
    if !(0..=14 * 60).contains(&minutes) {
        return None;
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    Some((start, Some(Zone::Minutes(sign * minutes))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::json::object_to_json;
    use crate::model::schema::Schema;
    use crate::wire::xml;

    const SPACE: &str = "http://schemas.datacontract.org/2004/07/AIM.WebService";

    fn bound(of: &str, body: &[u8]) -> String {
        match read(
            body,
            Schema::embedded().named(of).unwrap(),
            &Reading::new(&Settings::default()),
        ) {
            Ok(object) => object_to_json(&object, false).to_string(),
            Err(exception) => format!("{}: {}", exception.name, exception.message),
        }
    }

    /// A GetContractDetailsRequest with these members, as it is read.
    fn details(members: &str) -> String {
        let body = format!(
            "<GetContractDetailsRequest xmlns=\"{SPACE}\" xmlns:i=\"{INSTANCE}\">{members}\
             </GetContractDetailsRequest>"
        );
        bound("GetContractDetailsRequest", body.as_bytes())
    }

    const INSIDE: &str =
        "TargetInvocationException: Exception has been thrown by the target of an invocation.";

    #[test]
    fn members_out_of_order_are_lost() {
        for (members, wanted) in [
            (
                "<ApiKey>k</ApiKey><Token>t</Token><Ref>r</Ref><Sub>3</Sub>",
                r#"{"Ref":"r","Sub":3,"Token":"t","ApiKey":"k"}"#,
            ),
            ("<Sub>3</Sub><Ref>r</Ref><ApiKey>k</ApiKey>", r#"{"Sub":3}"#),
            ("<Ref>a</Ref><Ref>b</Ref>", r#"{"Ref":"a"}"#),
            ("<ref>r</ref>", "{}"),
            ("<Ref xmlns=\"urn:x\">r</Ref>", "{}"),
            (
                "<p:Ref xmlns:p=\"http://schemas.datacontract.org/2004/07/AIM.WebService\">r</p:Ref>",
                r#"{"Ref":"r"}"#,
            ),
            ("<Nope><Ref>x</Ref></Nope><Ref>r</Ref>", r#"{"Ref":"r"}"#),
            ("\n <!-- c --> <?p i?><Ref>r</Ref>\n", r#"{"Ref":"r"}"#),
            ("stray<Ref>r</Ref>", INSIDE),
            ("<Ref>r</Ref>&#32;", INSIDE),
            ("<Nope><Ref>x</Nope>", INSIDE),
            ("<q:Ref>r</q:Ref>", INSIDE),
        ] {
            let wanted: &str = wanted;
            let found = details(members);
            if wanted.starts_with('{') {
                let [found, wanted]: [serde_json::Value; 2] =
                    [&found, wanted].map(|text| serde_json::from_str(text).unwrap());
                assert_eq!(found, wanted, "{members}");
            } else {
                assert_eq!(found, wanted, "{members}");
            }
        }
    }

    #[test]
    fn text_is_put_together() {
        for (content, wanted) in [
            (" r ", Some(" r ")),
            ("", Some("")),
            ("a<![CDATA[<&>]]>b", Some("a<&>b")),
            ("&lt;&amp;&gt;&apos;&quot;&#65;&#x1F3BB;", Some("<&>'\"A🎻")),
            ("a\r\nb\rc", Some("a\nb\nc")),
            ("a<!-- x -->b", Some("ab")),
            ("&e;", None),
            ("&#1;", None),
            ("&#0;", None),
            ("\u{1}", None),
            ("&", None),
            ("<b>x</b>", None),
        ] {
            let wanted = wanted.map_or(INSIDE.to_owned(), |text| {
                serde_json::json!({ "Ref": text }).to_string()
            });
            assert_eq!(
                details(&format!("<Ref>{content}</Ref>")),
                wanted,
                "{content:?}"
            );
        }
        assert_eq!(details("<Ref/>"), r#"{"Ref":""}"#);
        assert_eq!(
            details("<Ref i:nil=\"true\"/><Sub i:nil=\"1\"></Sub>"),
            "{}"
        );
        assert_eq!(details("<Ref i:nil=\"false\">r</Ref>"), r#"{"Ref":"r"}"#);
        assert_eq!(details("<Ref nil=\"true\">r</Ref>"), r#"{"Ref":"r"}"#);
        assert_eq!(details("<Ref i:nil=\"yes\"/>"), INSIDE);
    }

    #[test]
    fn scalars_have_the_forms_of_xsd() {
        let member = |name: &str, text: &str| {
            let body = format!(
                "<ContractFulfillmentRequest xmlns=\"{SPACE}\" xmlns:i=\"{INSTANCE}\">\
                 <{name}>{text}</{name}></ContractFulfillmentRequest>"
            );
            let bound = bound("ContractFulfillmentRequest", body.as_bytes());
            match serde_json::from_str::<serde_json::Value>(&bound) {
                Ok(object) => object[name].to_string(),
                Err(_) => "400".to_owned(),
            }
        };
        for (name, text, wanted) in [
            ("SerialPk", " +5 ", "5"),
            ("SerialPk", "9007199254740993", "9007199254740993"),
            ("SerialPk", "9223372036854775808", "400"),
            ("SerialPk", "1.0", "400"),
            ("SerialPk", "", "400"),
            ("CustomerAcct", "2147483648", "400"),
            ("CustomerAcct", "-1", "-1"),
            ("Unlock", "true", "true"),
            ("Unlock", " 1 ", "true"),
            ("Unlock", "True", "400"),
            ("CashPrice", "12.50", r#"{"decimal":"12.50"}"#),
            ("CashPrice", "-.5", r#"{"decimal":"-0.5"}"#),
            ("CashPrice", "5.", r#"{"decimal":"5"}"#),
            ("CashPrice", "1e3", "400"),
            ("CashPrice", "1,000", "400"),
            ("CashPrice", "79228162514264337593543950336", "400"),
            ("CashPrice", "-", "400"),
            ("CashPrice", "é", "400"),
            (
                "FirstDue",
                "2026-12-01T00:00:00Z",
                r#"{"datetime":"2026-12-01T00:00:00.0000000","kind":"Utc"}"#,
            ),
            (
                "FirstDue",
                "2026-12-01T10:20:30.1234567",
                r#"{"datetime":"2026-12-01T10:20:30.1234567","kind":"Unspecified"}"#,
            ),
            (
                "FirstDue",
                "2026-12-01T10:20:30-05:00",
                r#"{"datetime":"2026-12-01T10:20:30.0000000","kind":"Local"}"#,
            ),
            (
                "FirstDue",
                "2026-07-01T10:20:30+02:00",
                r#"{"datetime":"2026-07-01T04:20:30.0000000","kind":"Local"}"#,
            ),
            (
                "FirstDue",
                "2026-12-01",
                r#"{"datetime":"2026-12-01T00:00:00.0000000","kind":"Unspecified"}"#,
            ),
            (
                "FirstDue",
                "2026-12-01Z",
                r#"{"datetime":"2026-12-01T00:00:00.0000000","kind":"Utc"}"#,
            ),
            ("FirstDue", "2026-02-30", "400"),
            ("FirstDue", "12/01/2026", "400"),
            ("FirstDue", "2026-12-01T10:20", "400"),
            ("FirstDue", "2026-12-01T1é:20:30", "400"),
            ("FirstDue", "é6-12-01+02:00", "400"),
            ("FirstDue", "", "400"),
        ] {
            assert_eq!(member(name, text), wanted, "{name} {text:?}");
        }
        // Only a nullable type can be null.
        assert_eq!(
            bound(
                "ContractFulfillmentRequest",
                format!(
                    "<ContractFulfillmentRequest xmlns=\"{SPACE}\" xmlns:i=\"{INSTANCE}\">\
                     <Unlock i:nil=\"true\"/></ContractFulfillmentRequest>"
                )
                .as_bytes()
            ),
            INSIDE
        );
    }

    #[test]
    fn errors_before_the_root_are_reported_with_their_place() {
        const UNREADABLE: &str = "SerializationException: There was an error deserializing the \
                                  object of type AIM.WebService.GetContractDetailsRequest.";
        let expected = |place: &str, found: &str| {
            format!(
                "SerializationException: Error in {place}. Expecting element \
                 'GetContractDetailsRequest' from namespace '{SPACE}'.. Encountered {found}."
            )
        };
        for (body, wanted) in [
            (
                "hello",
                format!("{UNREADABLE} The data at the root level is invalid. Line 1, position 1."),
            ),
            (
                "<!--c-->\n  {}",
                format!("{UNREADABLE} The data at the root level is invalid. Line 2, position 3."),
            ),
            (
                "<!DOCTYPE x [<!ENTITY e \"b\">]><a/>",
                format!(
                    "{UNREADABLE} CData elements not valid at top level of an XML document. Line 1, position 3."
                ),
            ),
            (
                "<GetContractDetailsRequest xmlns=\"",
                format!("{UNREADABLE} Unexpected end of file. Line 1, position 35."),
            ),
            (
                "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><a/>",
                format!(
                    "{UNREADABLE} The encoding in the declaration 'iso-8859-1' does not match the encoding of the document 'utf-8'."
                ),
            ),
            (
                "<GetContractDetailsRequest><Ref/>",
                expected(
                    "line 1 position 28",
                    "'Element'  with name 'GetContractDetailsRequest', namespace ''",
                ),
            ),
            (
                "\n<a:Foo xmlns:a=\"urn:x\"/>",
                expected(
                    "line 2 position 25",
                    "'Element'  with name 'Foo', namespace 'urn:x'",
                ),
            ),
            (
                " ",
                expected("line 1 position 2", "'None'  with name '', namespace ''"),
            ),
        ] {
            assert_eq!(
                bound("GetContractDetailsRequest", body.as_bytes()),
                wanted,
                "{body}"
            );
        }
    }

    #[test]
    fn content_after_the_root_is_not_read() {
        let body = format!(
            "<GetContractDetailsRequest xmlns=\"{SPACE}\"><Ref>r</Ref></GetContractDetailsRequest>garbage<"
        );
        assert_eq!(
            bound("GetContractDetailsRequest", body.as_bytes()),
            r#"{"Ref":"r"}"#
        );
        let body = format!("<GetContractDetailsRequest xmlns=\"{SPACE}\"><Ref>r</Ref>");
        assert_eq!(bound("GetContractDetailsRequest", body.as_bytes()), INSIDE);
        let body = format!(
            "<GetContractDetailsRequest xmlns=\"{SPACE}\" xmlns:i=\"{INSTANCE}\" i:nil=\"true\"/>"
        );
        assert_eq!(bound("GetContractDetailsRequest", body.as_bytes()), "{}");
    }

    #[test]
    fn the_first_bytes_show_the_encoding() {
        let text = format!(
            "<GetContractDetailsRequest xmlns=\"{SPACE}\"><Ref>é🎻</Ref></GetContractDetailsRequest>"
        );
        let wanted = r#"{"Ref":"é🎻"}"#;
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for body in [
            [&[0xef, 0xbb, 0xbf], text.as_bytes()].concat(),
            [&[0xff, 0xfe], little.as_slice()].concat(),
            [&[0xfe, 0xff], big.as_slice()].concat(),
            little,
            big,
        ] {
            assert_eq!(bound("GetContractDetailsRequest", &body), wanted);
        }
        assert_eq!(bound("GetContractDetailsRequest", b"<a>\xff</a>"), INSIDE);
    }

    #[test]
    fn a_written_body_is_read_again() {
        let of = Schema::embedded().named("C2BPostContractRequest").unwrap();
        let value = serde_json::json!({
            "ApiKey": "k", "Token": "t", "AIMSchoolId": 5, "AccessoryIdList": [1, 2],
            "AccessoryList": [{"Desc": "Rosin <dark> & \"co\"", "Price": {"decimal": "5.50"}, "CatNum": 1}, null],
            "CustomerInfo": {"Name": "Zoë\n🎻", "WebId": 0},
            "Rate": {"Months": 3, "MoPay": {"decimal": "0.00"}},
            "Cat": -1, "Sub": 0, "ReturnTopic": true, "FormInputList": [],
        });
        let object = crate::model::json::object_from_json(of, &value, "").unwrap();
        let settings = Settings::default();
        let text = xml::write(&object, &settings);
        assert_eq!(
            read(text.as_bytes(), of, &Reading::new(&settings)).unwrap(),
            object
        );
    }

    #[test]
    fn deep_and_wide_bodies_take_linear_time() {
        let deep = "<a>".repeat(100_000);
        assert_eq!(details(&deep), INSIDE);
        let wide: String = (0..20_000).map(|index| format!(" a{index}=\"\"")).collect();
        assert_eq!(details(&format!("<Ref{wide}>r</Ref>")), r#"{"Ref":"r"}"#);
    }
}

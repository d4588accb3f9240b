//! Reads answers in XML, as .NET's `DataContractSerializer` writes them.
//!
//! The client asks for JSON; this is for a server that answers XML all the
//! same. XML does not say what is text, an object or a list: the types ask for
//! what they want (see [`crate::value::lenient`]), and an element is read as that.
//!
//! | asked for | element |
//! | --- | --- |
//! | text, number, date, `true`/`false` | its text, entities and CDATA resolved; empty: empty text |
//! | object | its child elements by their names, in any order; empty: no member is set |
//! | list | its child elements, whatever their names; empty: no item |
//! | any of them with `i:nil="true"` | `null` |
//!
//! Names count without prefix and namespace: a host may have configured
//! another namespace, and .NET writes the prefix that is free (`d2p1:Date`).
//! The root alone must have the name of the type, because every member is
//! optional: another operation's answer would be read as one without members.
//!
//! **What is not XML.** Elements that are not closed in their order, a text that
//! ends too soon, an unknown entity and anything around the root are refused.
//! Rules about names, attributes, namespaces and forbidden characters are not
//! held against an answer: no value can look like another by them.
//!
//! **Bounds.** There are no document types, so no entity but XML's own five
//! is known and text never grows; elements nest no deeper than [`DEPTH`];
//! nothing is kept but what the types hold. How long a body may be is a
//! matter of the client.

use std::fmt;

use crate::codec::location::location;
use crate::value::lenient;
use crate::value::object::{self, Object};
use crate::value::reading::Reading;
use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

/// How deep elements may nest; serde_json allows as much. Answers need four.
const DEPTH: usize = 128;

/// Why a body is not an answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// XML of something else: another root, or one with a document type.
    Other,
    /// Truncated, malformed, or a member of an unreadable type; with its place.
    Broken(String),
}

/// Reads an object from a body without byte order mark; its root must have the
/// name, if there is one.
///
/// # Errors
///
/// [`Unread`]; it never holds what was read.
pub(crate) fn read<T: Object>(
    body: &[u8],
    root: Option<&'static str>,
    reading: &mut Reading,
) -> Result<T, Unread> {
    let text = match std::str::from_utf8(body) {
        Ok(text) => text,
        Err(error) => {
            let (line, column) = line_and_column(body, error.valid_up_to());
            return Err(Unread::Broken(location(&[], line, column)));
        }
    };
    let mut xml = Xml::new(text, root);
    object::read(&mut xml, reading).map_err(|failure| match failure {
        Failure::Other => Unread::Other,
        Failure::Broken => {
            let offset = usize::try_from(xml.reader.buffer_position()).unwrap_or(body.len());
            let (line, column) = line_and_column(body, offset);
            Unread::Broken(location(&reading.path, line, column))
        }
    })
}

/// Whether inside the root's children, at whatever depth, an element has one of
/// the names, or a text is one of those that are looked for. The document is
/// whole.
pub(crate) fn is_inside(
    body: &[u8],
    is_name: impl Fn(&str) -> bool,
    is_text: impl Fn(&[u8]) -> bool,
) -> bool {
    let mut xml = Xml::new(std::str::from_utf8(body).unwrap_or_default(), None);
    loop {
        let is_found = match xml.event() {
            // The root is one deep, its children are two.
            Ok(Event::Start(start)) => xml.depth > 2 && is_name(start.local_name().as_ref()),
            Ok(Event::Text(text)) => is_text(text.as_bytes()),
            Ok(Event::CData(text)) => is_text(text.as_bytes()),
            Ok(Event::Eof) => return false,
            // What cannot be searched may have one.
            Err(_) => true,
            Ok(_) => false,
        };
        if is_found {
            return true;
        }
    }
}

/// Where the reader stood: after how many bytes of which line, as for JSON.
fn line_and_column(body: &[u8], offset: usize) -> (usize, usize) {
    let before = body.get(..offset).unwrap_or(body);
    let mut lines = before.rsplit(|byte| *byte == b'\n');
    let column = lines.next().map_or(0, <[u8]>::len);
    (lines.count() + 1, column)
}

/// Why reading stopped, without serde's words: they may repeat a value.
#[derive(Debug)]
enum Failure {
    Other,
    Broken,
}

impl serde::de::Error for Failure {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Broken
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("not readable")
    }
}

impl std::error::Error for Failure {}

/// A document, read from its start to its end.
struct Xml<'a> {
    text: &'a str,
    /// The name of the root; `None`: any.
    root: Option<&'static str>,
    reader: Reader<&'a [u8]>,
    /// How many elements are open.
    depth: usize,
}

impl<'a> Xml<'a> {
    fn new(text: &'a str, root: Option<&'static str>) -> Self {
        let mut reader = Reader::from_str(text);
        // `<a />` comes as `<a></a>`; that names match is checked by default.
        reader.config_mut().expand_empty_elements = true;
        Self {
            text,
            root,
            reader,
            depth: 0,
        }
    }

    /// The next tag, text or end of the document that counts.
    fn event(&mut self) -> Result<Event<'a>, Failure> {
        loop {
            let event = self.reader.read_event().map_err(|_| Failure::Broken)?;
            match &event {
                Event::Comment(_) | Event::PI(_) => continue,
                Event::DocType(_) => return Err(Failure::Other),
                Event::Start(_) if self.depth < DEPTH => self.depth += 1,
                Event::End(_) if self.depth > 0 => self.depth -= 1,
                Event::Eof if self.depth == 0 => {}
                Event::Start(_) | Event::End(_) | Event::Eof => return Err(Failure::Broken),
                Event::Decl(_) | Event::Empty(_) => {}
                Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => {}
            }
            return Ok(event);
        }
    }

    /// Whether the text, read as UTF-8, is what the declaration says it is.
    ///
    /// .NET declares UTF-16 where it wrote the XML into a string first, and
    /// sends that string as UTF-8.
    fn is_text_of(&self, declaration: &BytesDecl<'_>) -> bool {
        let is_unicode =
            |name: &str| name.eq_ignore_ascii_case("utf-8") || name.eq_ignore_ascii_case("utf-16");
        match declaration.encoding() {
            None => true,
            Some(Ok(name)) => self.text.is_ascii() || is_unicode(&name),
            Some(Err(_)) => false,
        }
    }

    /// The next child of the open element; `None` at its end.
    fn child(&mut self) -> Result<Option<BytesStart<'a>>, Failure> {
        loop {
            match self.event()? {
                Event::Start(start) => return Ok(Some(start)),
                Event::End(_) => return Ok(None),
                Event::Text(text) if is_blank(&text) => {}
                _ => return Err(Failure::Broken),
            }
        }
    }

    /// The text of the open element, to its end.
    fn content(&mut self) -> Result<String, Failure> {
        let mut content = String::new();
        loop {
            match self.event()? {
                Event::Text(text) => content.push_str(&text.xml10_content()),
                Event::CData(text) => content.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) => push_reference(&reference, &mut content)?,
                Event::End(_) => return Ok(content),
                _ => return Err(Failure::Broken),
            }
        }
    }

    /// Reads the open element to its end, whatever it holds.
    fn skip(&mut self) -> Result<(), Failure> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            match self.event()? {
                Event::GeneralRef(reference) => push_reference(&reference, &mut String::new())?,
                Event::Decl(_) => return Err(Failure::Broken),
                _ => {}
            }
        }
        Ok(())
    }
}

fn is_blank(text: &str) -> bool {
    text.trim_ascii().is_empty()
}

/// One of XML's own entities, or a character by its number. A control
/// character is not allowed in XML, but there is no doubt about which it is.
fn push_reference(reference: &BytesRef<'_>, content: &mut String) -> Result<(), Failure> {
    match reference.resolve_char_ref() {
        Ok(Some(character)) => content.push(character),
        Ok(None) => content.push_str(resolve_xml_entity(reference).ok_or(Failure::Broken)?),
        Err(_) => return Err(Failure::Broken),
    }
    Ok(())
}

/// `i:nil="true"`, whatever the prefix.
fn is_nil(start: &BytesStart<'_>) -> Result<bool, Failure> {
    // The check compares each attribute with each: a tag can be long.
    for attribute in start.attributes().with_checks(false) {
        let attribute = attribute.map_err(|_| Failure::Broken)?;
        let is_declaration = attribute.key.as_namespace_binding().is_some();
        let (name, prefix) = attribute.key.decompose();
        if name.as_ref() == "nil" && prefix.is_some() && !is_declaration {
            return Ok(matches!(attribute.value.trim_ascii(), "true" | "1"));
        }
    }
    Ok(false)
}

/// The whole document, which is an object.
impl<'de> Deserializer<'de> for &mut Xml<'de> {
    type Error = Failure;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        loop {
            match self.event()? {
                Event::Decl(declaration) if self.is_text_of(&declaration) => {}
                Event::Text(text) if is_blank(&text) => {}
                Event::Start(start)
                    if self
                        .root
                        .is_none_or(|root| start.local_name().as_ref() == root) =>
                {
                    break;
                }
                Event::Start(_) => return Err(Failure::Other),
                _ => return Err(Failure::Broken),
            }
        }
        let value = visitor.visit_map(Children::new(self))?;
        loop {
            match self.event()? {
                Event::Text(text) if is_blank(&text) => {}
                Event::Eof => return Ok(value),
                _ => return Err(Failure::Broken),
            }
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string
        bytes byte_buf option unit unit_struct newtype_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

/// The children of the open element, as members or as items.
struct Children<'x, 'a> {
    xml: &'x mut Xml<'a>,
    /// Whether the member whose name was read is nil.
    nil: bool,
}

impl<'x, 'a> Children<'x, 'a> {
    fn new(xml: &'x mut Xml<'a>) -> Self {
        Self { xml, nil: false }
    }
}

impl<'de> MapAccess<'de> for Children<'_, 'de> {
    type Error = Failure;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Failure> {
        let Some(start) = self.xml.child()? else {
            return Ok(None);
        };
        self.nil = is_nil(&start)?;
        let name = start.local_name();
        seed.deserialize(name.as_ref().into_deserializer())
            .map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Failure> {
        seed.deserialize(Element {
            xml: self.xml,
            nil: self.nil,
        })
    }
}

impl<'de> SeqAccess<'de> for Children<'_, 'de> {
    type Error = Failure;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Failure> {
        let Some(start) = self.xml.child()? else {
            return Ok(None);
        };
        let nil = is_nil(&start)?;
        seed.deserialize(Element { xml: self.xml, nil }).map(Some)
    }
}

/// An element whose start was read.
struct Element<'x, 'a> {
    xml: &'x mut Xml<'a>,
    nil: bool,
}

impl<'de> Deserializer<'de> for Element<'_, 'de> {
    type Error = Failure;

    /// What the types ask for first.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        if !self.nil {
            return visitor.visit_some(self);
        }
        match self.xml.child()? {
            None => visitor.visit_none(),
            Some(_) => Err(Failure::Broken),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        if name == lenient::LIST {
            visitor.visit_seq(Children::new(self.xml))
        } else if name == lenient::raw_value_name() {
            visitor.visit_string(self.xml.content()?)
        } else {
            visitor.visit_newtype_struct(self)
        }
    }

    /// A member that the type does not know.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.xml.skip()?;
        visitor.visit_unit()
    }

    /// An object: the rest has asked by name.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_map(Children::new(self.xml))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string
        bytes byte_buf unit unit_struct seq tuple tuple_struct map struct enum
        identifier
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{DEPTH, Unread};
    use crate::types::{
        C2BPostContractResponse, ContractFulfillmentResponse, ErrorResponse,
        GetContractDetailsResponse, InventoryGeneric, PostServiceTicketRequest,
        PostServiceTicketResponse,
    };
    use crate::value::object::Object;
    use crate::value::reading::Reading;
    use crate::{AimDateTime, Money};

    fn read<T: Object>(body: &[u8]) -> Result<T, Unread> {
        super::read(body, Some(T::NAME), &mut Reading::default())
    }

    /// As a server writes it, but for the spaces and the list of payments.
    const DETAILS: &str = r#"<?xml version="1.0" encoding="utf-8"?><GetContractDetailsResponse xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://schemas.datacontract.org/2004/07/AIM.WebService"><Status><DomainName>10846.active-e.net</DomainName><ErrorCode>0</ErrorCode><ErrorDisplayText></ErrorDisplayText><ErrorMessage i:nil="true" /><StatusCode>OK</StatusCode></Status><AccountSub>é &lt;1&gt; &amp; &quot;2&quot; &#xD;&#10;漢</AccountSub><AccumulatedCredit>79228162514264337593543950335</AccumulatedCredit><DiscountedPayoff i:nil="true" /><Inventory><InventoryGeneric><Desc>Violin, 3/4</Desc><Item i:nil="true" /></InventoryGeneric><InventoryGeneric i:nil="true" /><InventoryGeneric /></Inventory><LateCharges>0.00</LateCharges><NextDueDate>0001-01-01T00:00:00</NextDueDate><Payments xmlns:d2p1="http://schemas.datacontract.org/2004/07/AIM"><d2p1:PaymentGeneric><d2p1:Amount>-24.990</d2p1:Amount><d2p1:Date>2026-11-21T10:20:30.1234567-05:00</d2p1:Date></d2p1:PaymentGeneric></Payments><Topic><![CDATA[a <b>]]> c</Topic></GetContractDetailsResponse>"#;

    fn details(body: &str) -> Result<GetContractDetailsResponse, Unread> {
        read(body.as_bytes())
    }

    /// The answer with one member.
    fn member(name: &str, content: &str) -> Result<GetContractDetailsResponse, Unread> {
        details(&format!(
            "<GetContractDetailsResponse xmlns:i=\"x\"><{name}>{content}</{name}></GetContractDetailsResponse>"
        ))
    }

    fn topic(content: &str) -> Option<String> {
        member("Topic", content).ok()?.topic
    }

    #[test]
    fn what_a_server_writes_is_read_as_its_twin_in_json() {
        let twin = r#"{"Status":{"DomainName":"10846.active-e.net","ErrorCode":"0",
            "ErrorDisplayText":"","StatusCode":"OK"},"AccountSub":"é <1> & \"2\" \r\n漢",
            "AccumulatedCredit":79228162514264337593543950335,
            "Inventory":[{"Desc":"Violin, 3/4"},{},{}],"LateCharges":0.00,
            "NextDueDate":"0001-01-01T00:00:00",
            "Payments":[{"Amount":-24.990,"Date":"2026-11-21T10:20:30.1234567-05:00"}],
            "Topic":"a <b> c"}"#;
        assert_eq!(
            details(DETAILS).unwrap(),
            serde_json::from_str(twin).unwrap()
        );
    }

    #[test]
    fn white_space_comments_instructions_order_and_prefixes_do_not_matter() {
        let between = "\r\n\t <!-- <Topic>x</Topic> --><?pi <x> ?>";
        let spaced = DETAILS
            .replace("><", &format!(">{between}<"))
            // Where a text is wanted, spaces are text.
            .replace(
                &format!("{between}</ErrorDisplayText>"),
                "</ErrorDisplayText>",
            )
            .replace(&format!("{between}<![CDATA"), "<![CDATA");
        assert_eq!(details(&spaced), details(DETAILS));
        assert_eq!(
            details(&format!("\n{DETAILS}\n<!-- -->\n")),
            details(DETAILS)
        );

        let other = r#"<a:PostServiceTicketResponse xmlns:a="x" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
            ><a:WebRef>W-1</a:WebRef><New><WebRef>W-2</WebRef><!-- -->text</New
            ><a:Status xsi:nil=" 1 "/></a:PostServiceTicketResponse >"#;
        let read: PostServiceTicketResponse = read(other.as_bytes()).unwrap();
        assert_eq!(read, PostServiceTicketResponse::new().web_ref("W-1"));
    }

    #[test]
    fn null_and_empty_are_two_things() {
        let root = |members: &str| {
            details(&format!(
                "<GetContractDetailsResponse xmlns:i='x' xmlns:nil='true'>{members}</GetContractDetailsResponse>"
            ))
            .unwrap()
        };
        let empty = root("<Topic/><Inventory /><Status></Status><TotalDue/><NextDueDate/>");
        assert_eq!(empty.topic.as_deref(), Some(""));
        assert_eq!(empty.inventory, Some(Vec::new()));
        assert!(empty.status.is_some());
        assert_eq!(empty.total_due, None);
        assert!(empty.next_due_date.unwrap().is_unset());
        let null =
            root("<Topic i:nil='true'/><Inventory i:nil='1'></Inventory><Status i:nil='true'/>");
        assert_eq!(null, GetContractDetailsResponse::new());
        // Another attribute, or one that says the opposite.
        for attribute in [
            "i:nil='false'",
            "i:nil='0'",
            "nil='true'",
            "xmlns:nil='true'",
            "i:type='x'",
        ] {
            let read = root(&format!("<Topic {attribute}>t</Topic>"));
            assert_eq!(read.topic.as_deref(), Some("t"), "{attribute}");
        }
        // Null with a content: one of both is wrong.
        for content in ["t", "<a/>", "&amp;"] {
            let xml = format!("<Topic i:nil='true'>{content}</Topic>");
            let xml = format!("<GetContractDetailsResponse>{xml}</GetContractDetailsResponse>");
            assert!(details(&xml).is_err(), "{content}");
        }
        assert_eq!(
            details("<GetContractDetailsResponse i:nil='true'/>").unwrap(),
            GetContractDetailsResponse::new()
        );
    }

    #[test]
    fn values_are_exact() {
        for digits in [
            "0",
            "-0.50",
            "12.50",
            "9007199254740993",
            "0.0000000000000000000000000001",
        ] {
            let read = member("TotalDue", digits).unwrap().total_due.unwrap();
            assert_eq!(read, digits.parse::<Money>().unwrap());
            assert_eq!(read.to_string(), digits);
        }
        for (xml, wanted) in [
            ("true", true),
            ("false", false),
            ("1", true),
            (" 0\n", false),
        ] {
            let xml = format!(
                "<C2BPostContractResponse><PaymentRequired>{xml}</PaymentRequired></C2BPostContractResponse>"
            );
            let read: C2BPostContractResponse = read(xml.as_bytes()).unwrap();
            assert_eq!(read.payment_required, Some(wanted));
        }
        // Every number of a list of numbers, whatever the prefix of its items.
        let ids = "<ContractFulfillmentRequest><DeletedAccessoryIds xmlns:d2p1='x'><d2p1:long>1</d2p1:long><d2p1:long>9223372036854775807</d2p1:long></DeletedAccessoryIds><CustomerAcct>-5</CustomerAcct></ContractFulfillmentRequest>";
        let read: crate::types::ContractFulfillmentRequest = read(ids.as_bytes()).unwrap();
        assert_eq!(read.deleted_accessory_ids, Some(vec![1, i64::MAX]));
        assert_eq!(read.customer_acct, Some(-5));
        for (name, content) in [
            ("TotalDue", "12,50"),
            ("TotalDue", "x"),
            ("TotalDue", "79228162514264337593543950336"),
            ("TotalDue", "<a/>"),
            ("Topic", "<b>t</b>"),
            ("Status", "Error"),
            ("Status", "&#32;"),
            ("Inventory", "one"),
            ("Inventory", "<InventoryGeneric>one</InventoryGeneric>"),
            ("Topic", "a</Topic><Topic>b"),
        ] {
            let refused = member(name, content).unwrap_err();
            assert!(matches!(refused, Unread::Broken(_)), "{name} {content}");
        }
    }

    #[test]
    fn text_is_kept_as_xml_has_it() {
        for (xml, text) in [
            (" a ", " a "),
            ("\n", "\n"),
            ("a\r\nb\rc", "a\nb\nc"),
            ("a&#13;&#10;b", "a\r\nb"),
            ("&#x1F3BB;&#1;", "🎻\u{1}"),
            ("&amp;lt;", "&lt;"),
            ("a<!-- b -->c<?d e?>f", "acf"),
            ("<![CDATA[]]>", ""),
            (
                "<![CDATA[ <html>&amp; ]]]]><![CDATA[>]]>",
                " <html>&amp; ]]>",
            ),
            ("\u{85}\u{2028}\u{feff}", "\u{85}\u{2028}\u{feff}"),
        ] {
            assert_eq!(topic(xml).as_deref(), Some(text), "{xml}");
        }
        for xml in [
            "&#0;",
            "&#xD800;",
            "&#x110000;",
            "&#+1;",
            "&#;",
            "&;",
            "&nbsp;",
            "&",
            "&amp",
        ] {
            assert_eq!(topic(xml), None, "{xml}");
            // Unknown members are no place for what is no XML.
            assert!(member("New", xml).is_err(), "{xml}");
        }
    }

    #[test]
    fn a_member_may_come_once() {
        let xml = "<PostServiceTicketResponse><WebRef>1</WebRef><WebRef>2</WebRef></PostServiceTicketResponse>";
        assert!(read::<PostServiceTicketResponse>(xml.as_bytes()).is_err());
    }

    #[test]
    fn the_root_tells_one_answer_from_another() {
        for xml in [
            "<PostServiceTicketResponse><WebRef>W-1</WebRef></PostServiceTicketResponse>",
            "<c2bpostcontractresponse/>",
            "<C2BPostContract><C2BPostContractResponse><WebRef>W-1</WebRef></C2BPostContractResponse></C2BPostContract>",
            "<?xml version='1.0'?><soap:Envelope><soap:Body/></soap:Envelope>",
            "<ErrorResponse><ResponseStatus/></ErrorResponse>",
            "<C2BPostContractResponse.C2BPostContractResponse/>",
        ] {
            let unread = read::<C2BPostContractResponse>(xml.as_bytes()).unwrap_err();
            assert_eq!(unread, Unread::Other, "{xml}");
        }
    }

    #[test]
    fn an_exception_is_read_with_its_fields() {
        let xml = r#"<?xml version="1.0" encoding="utf-8"?><ErrorResponse xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://schemas.servicestack.net/types"><ResponseStatus><ErrorCode>ArgumentNullException</ErrorCode><Message>Value cannot be null.
Parameter name: Ref</Message><StackTrace i:nil="true" /><Errors><ResponseError><ErrorCode>ArgumentNullException</ErrorCode><FieldName>Ref</FieldName><Message>Value cannot be null.</Message><Meta xmlns:d5p1="http://schemas.microsoft.com/2003/10/Serialization/Arrays" i:nil="true" /></ResponseError></Errors><Meta xmlns:d3p1="http://schemas.microsoft.com/2003/10/Serialization/Arrays"><d3p1:KeyValueOfstringstring><d3p1:Key>a</d3p1:Key></d3p1:KeyValueOfstringstring></Meta></ResponseStatus></ErrorResponse>"#;
        let twin = r#"{"ResponseStatus":{"ErrorCode":"ArgumentNullException",
            "Message":"Value cannot be null.\nParameter name: Ref",
            "Errors":[{"ErrorCode":"ArgumentNullException","FieldName":"Ref","Message":"Value cannot be null."}]}}"#;
        assert_eq!(
            read::<ErrorResponse>(xml.as_bytes()).unwrap(),
            serde_json::from_str(twin).unwrap()
        );
    }

    #[test]
    fn every_truncation_is_found() {
        for cut in 0..DETAILS.len() {
            let body = &DETAILS.as_bytes()[..cut];
            let unread = read::<GetContractDetailsResponse>(body).unwrap_err();
            assert!(matches!(unread, Unread::Broken(_)), "{cut}");
        }
    }

    #[test]
    fn what_is_no_document_is_refused() {
        let root = "<GetContractDetailsResponse/>";
        for xml in [
            String::new(),
            "text".to_owned(),
            format!("{root}{root}"),
            format!("{root}text"),
            format!("text{root}"),
            format!("{root}&amp;"),
            format!("{root}<?xml version='1.0'?>"),
            "<GetContractDetailsResponse>".to_owned(),
            "</GetContractDetailsResponse>".to_owned(),
            "<GetContractDetailsResponse></getContractDetailsResponse>".to_owned(),
            "<a:GetContractDetailsResponse></b:GetContractDetailsResponse>".to_owned(),
            "<GetContractDetailsResponse><Topic></GetContractDetailsResponse></Topic>".to_owned(),
            "<GetContractDetailsResponse><Topic a>t</Topic></GetContractDetailsResponse>"
                .to_owned(),
            "<GetContractDetailsResponse><Topic i:nil=true/></GetContractDetailsResponse>"
                .to_owned(),
            "<GetContractDetailsResponse>text</GetContractDetailsResponse>".to_owned(),
            "<GetContractDetailsResponse><?xml version='1.0'?></GetContractDetailsResponse>"
                .to_owned(),
            "<GetContractDetailsResponse><a><?xml version='1.0'?></a></GetContractDetailsResponse>"
                .to_owned(),
        ] {
            let unread = details(&xml).unwrap_err();
            assert!(matches!(unread, Unread::Broken(_)), "{xml}");
        }
        let mut latin = DETAILS.as_bytes().to_vec();
        let place = DETAILS.find('é').unwrap();
        latin.splice(place..place + 2, [0xE9]);
        let Unread::Broken(text) = read::<GetContractDetailsResponse>(&latin).unwrap_err() else {
            panic!("another finding")
        };
        assert_eq!(text, format!("`.`, line 1 column {place}"));
    }

    /// The text is UTF-8, or it would not have come here.
    #[test]
    fn a_declaration_of_another_encoding_is_believed_where_it_matters() {
        let declared = |encoding: &str| {
            let body = DETAILS.replace("utf-8", encoding);
            details(&body) == details(DETAILS)
        };
        assert!(declared("UTF-8") && declared("utf-16"));
        assert!(!declared("iso-8859-1") && !declared("us-ascii"));
        let ascii = "<?xml version='1.0' encoding='iso-8859-1'?><GetContractDetailsResponse/>";
        assert!(details(ascii).is_ok());
    }

    #[test]
    fn no_document_type_is_read() {
        let root = "<GetContractDetailsResponse><Topic>&a9;</Topic></GetContractDetailsResponse>";
        let bomb: String = (1..10)
            .map(|level| {
                let below = format!("&a{};", level - 1).repeat(10);
                format!("<!ENTITY a{level} \"{below}\">")
            })
            .collect();
        for declaration in [
            format!("<!DOCTYPE x [<!ENTITY a0 \"bomb\">{bomb}]>"),
            "<!DOCTYPE x [<!ENTITY a9 SYSTEM \"file:///etc/passwd\">]>".to_owned(),
            "<!DOCTYPE x SYSTEM \"http://127.0.0.1:9/x.dtd\">".to_owned(),
            "<!DOCTYPE GetContractDetailsResponse>".to_owned(),
        ] {
            assert_eq!(details(&format!("{declaration}{root}")), Err(Unread::Other));
        }
        assert!(matches!(details(root), Err(Unread::Broken(_))));
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |levels: usize| {
            let xml = format!("{}{}", "<a>".repeat(levels), "</a>".repeat(levels));
            member("New", &xml).is_ok()
        };
        assert!(nested(DEPTH - 2));
        assert!(!nested(DEPTH - 1));
        assert!(!nested(1_000_000));
        let unclosed = format!("<GetContractDetailsResponse>{}", "<a>".repeat(1_000_000));
        assert!(details(&unclosed).is_err());
    }

    /// Ten million bytes of text, a million and more of each thing that
    /// repeats: what is not read in linear time does not come back from here.
    #[test]
    fn long_answers_are_read() {
        let long = "x".repeat(10_000_000);
        assert_eq!(topic(&long).as_deref(), Some(long.as_str()));
        assert!(member(&long, "").is_ok());
        let references = "&amp;".repeat(200_000);
        assert_eq!(topic(&references), Some("&".repeat(200_000)));
        let sections = "<![CDATA[x]]>".repeat(100_000);
        assert_eq!(topic(&sections), Some("x".repeat(100_000)));
        assert_eq!(topic(&"<!-- -->".repeat(150_000)).as_deref(), Some(""));
        assert!(member("New", &"<a/>".repeat(300_000)).is_ok());
        let items = member("Inventory", &"<InventoryGeneric/>".repeat(60_000)).unwrap();
        assert_eq!(items.inventory, Some(vec![InventoryGeneric::new(); 60_000]));
        for attribute in ["a='1' ", "xmlns:a='1' "] {
            let xml = format!(
                "<GetContractDetailsResponse><Topic {}>t</Topic></GetContractDetailsResponse>",
                attribute.repeat(150_000)
            );
            assert_eq!(details(&xml).unwrap().topic.as_deref(), Some("t"));
        }
    }

    #[test]
    fn a_refusal_has_its_place_and_no_value() {
        let xml = "<GetContractDetailsResponse>\n<Inventory><InventoryGeneric/><InventoryGeneric>\n<Desc>tok_123<b>tok_456</b></Desc></InventoryGeneric></Inventory></GetContractDetailsResponse>";
        assert_eq!(
            details(xml),
            Err(Unread::Broken(
                "`Inventory[1].Desc`, line 3 column 16".to_owned()
            ))
        );
        // A name that the document does not know may be a value.
        let unknown =
            "<GetContractDetailsResponse><Payments><PaymentGeneric><tok_123><b></tok_123>";
        assert_eq!(
            details(unknown),
            Err(Unread::Broken(
                "`Payments[0].?`, line 1 column 76".to_owned()
            ))
        );
        let cut = "<GetContractDetailsResponse><Payments><PaymentGeneric><Amount>12.5";
        assert_eq!(
            details(cut),
            Err(Unread::Broken(
                "`Payments[0].Amount`, line 1 column 66".to_owned()
            ))
        );
    }

    /// XML of a value, as a server writes it; `None` is nil.
    fn element(name: &str, content: Option<String>) -> String {
        match content {
            None => format!("<{name} i:nil=\"true\" />"),
            Some(content) => format!("<{name}>{content}</{name}>"),
        }
    }

    fn escaped(text: &str) -> String {
        quick_xml::escape::escape(text).replace('\r', "&#xD;")
    }

    proptest! {
        #[test]
        fn every_text_amount_and_list_comes_back(
            topic in proptest::option::of("[^\u{0}]{0,40}"),
            descs in proptest::option::of(proptest::collection::vec(proptest::option::of("[^\u{0}]{0,8}"), 0..4)),
            amount in proptest::option::of((any::<i64>(), 0_u32..28)),
            seconds in 0_i64..200_000_000_000,
        ) {
            let amount = amount.map(|(digits, scale)| {
                Money::from(rust_decimal::Decimal::new(digits, scale))
            });
            let date = chrono::DateTime::from_timestamp(seconds, 0).unwrap().naive_utc();
            let date = AimDateTime::try_from(date).unwrap();
            let items = descs.as_ref().map(|descs| {
                descs
                    .iter()
                    .map(|desc| element("InventoryGeneric", Some(element("Desc", desc.as_deref().map(escaped)))))
                    .collect::<String>()
            });
            let xml = element(
                "GetContractDetailsResponse",
                Some([
                    element("Topic", topic.as_deref().map(escaped)),
                    element("Inventory", items),
                    element("TotalDue", amount.map(|amount| amount.to_string())),
                    element("NextDueDate", Some(date.to_string())),
                ].concat()),
            );
            let mut wanted = GetContractDetailsResponse::new().next_due_date(date);
            wanted.topic = topic;
            wanted.total_due = amount;
            wanted.inventory = descs.map(|descs| {
                descs
                    .into_iter()
                    .map(|desc| {
                        let mut item = InventoryGeneric::new();
                        item.desc = desc;
                        item
                    })
                    .collect()
            });
            prop_assert_eq!(details(&xml), Ok(wanted));
        }

        /// Never a panic, and never another value from a member's own text.
        #[test]
        fn mutated_answers_are_read_or_refused(
            changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3), 1..6),
        ) {
            let mut body = DETAILS.as_bytes().to_vec();
            for (place, byte, kind) in changes {
                let place = place.index(body.len());
                match kind {
                    0 => body[place] = byte,
                    1 => body.insert(place, byte),
                    _ => drop(body.remove(place)),
                }
            }
            let _ = read::<GetContractDetailsResponse>(&body);
            let _ = read::<ErrorResponse>(&body);
        }

        #[test]
        fn any_bytes_are_read_or_refused(
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
            markup in "(<|>|/|&|;|!|\\?|\\[|\\]|-|=|\"|'| |:|#|x|[A-Za-z0-9]|<!--|<!\\[CDATA\\[|<\\?xml|<!DOCTYPE|PostServiceTicketRequest|Notes){0,60}",
        ) {
            let _ = read::<PostServiceTicketRequest>(&bytes);
            let _ = read::<PostServiceTicketRequest>(markup.as_bytes());
            let inside = format!("<ContractFulfillmentResponse>{markup}</ContractFulfillmentResponse>");
            let _ = read::<ContractFulfillmentResponse>(inside.as_bytes());
        }
    }
}

use std::sync::LazyLock;

use aim_client::internals;
use aim_client::reqwest::StatusCode;
use aim_client::reqwest::header::HeaderMap;
use aim_fake::internals::names;
use roxmltree::{Document, Error, Node};
use serde_json::{Map, Value};

use super::answer;
use crate::replay::folded;
use crate::{document, types};

/// An operation of each answer, and that.
const ANSWERS: [(&str, &str); 5] = [
    (
        names::operation::POST_SERVICE_TICKET,
        names::schema::POST_SERVICE_TICKET_RESPONSE,
    ),
    (
        names::operation::CONTRACT_FULFILLMENT,
        names::schema::CONTRACT_FULFILLMENT_RESPONSE,
    ),
    (
        names::operation::C2B_POST_CONTRACT,
        names::schema::C2B_POST_CONTRACT_RESPONSE,
    ),
    (
        names::operation::CUSTOMER_ACCESS_TOKEN,
        names::schema::CUSTOMER_ACCESS_TOKEN_RESPONSE,
    ),
    (
        names::operation::GET_CONTRACT_DETAILS,
        names::schema::GET_CONTRACT_DETAILS_RESPONSE,
    ),
];

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| document::document().unwrap());

/// Answers in XML: the bytes are the body.
///
/// - It is read or refused, and the error shows nothing of it.
/// - What is read has the values that it has in JSON, by way of another
///   library and the document's schemas.
/// - Cut short, it is not read.
pub fn xml(data: &[u8]) {
    let is_xml = data.trim_ascii_start().starts_with(b"<");
    for (id, schema) in ANSWERS {
        let Some(read) = read(id, data).filter(|_| is_xml) else {
            continue;
        };
        let text = std::str::from_utf8(data).unwrap();
        let tree = match Document::parse(text) {
            Ok(tree) => tree,
            Err(error) => {
                assert!(is_tolerated(&error), "{id} was read, yet {error}");
                continue;
            }
        };
        let root = tree.root_element();
        let twin = object(schema, root).to_string();
        assert_eq!(Ok(read), types::rewritten(schema, &twin), "{id}");
        let end = root.range().end;
        for part in 1..=4 {
            let cut = &data[..(end - 1) * part / 4];
            assert_eq!(self::read(id, cut), None, "{id}, cut to {}", cut.len());
        }
    }
}

/// What was read, whatever it proves.
fn read(id: &str, body: &[u8]) -> Option<String> {
    match internals::judge(id, "{}", StatusCode::OK, HeaderMap::new(), body).unwrap() {
        Ok(read) => Some(read),
        Err((error, read)) => {
            answer::shows_nothing(&error, id);
            read
        }
    }
}

/// Whether the client reads XML of which this is wrong.
///
/// Names, attributes, namespaces and characters that XML forbids can make no
/// value look like another. A text that ends too soon can, elements that are
/// not closed in their order, and entities that nobody knows.
fn is_tolerated(error: &Error) -> bool {
    !matches!(
        error,
        Error::UnexpectedCloseTag(..)
            | Error::UnexpectedEntityCloseTag(..)
            | Error::UnknownEntityReference(..)
            | Error::EntityReferenceLoop(..)
            | Error::NoRootNode
            | Error::UnclosedRootNode
            | Error::DtdDetected
            | Error::UnexpectedEndOfStream
    )
}

fn object(schema: &str, node: Node<'_, '_>) -> Value {
    let schema = &DOCUMENT["components"]["schemas"][schema];
    let members = elements(node).filter_map(|child| {
        let name = child.tag_name().name();
        let properties = schema["properties"].as_object()?;
        let mut properties = properties.iter();
        let (_, property) = properties.find(|(known, _)| folded(known) == folded(name))?;
        Some((name.to_owned(), value(property, child)))
    });
    Value::Object(members.collect::<Map<_, _>>())
}

/// A value; every scalar as the text that it is in XML.
fn value(schema: &Value, node: Node<'_, '_>) -> Value {
    let reference = schema["$ref"].as_str();
    let reference = reference.or(schema["allOf"][0]["$ref"].as_str());
    if is_nil(node) {
        Value::Null
    } else if let Some(reference) = reference {
        object(reference.rsplit('/').next().unwrap(), node)
    } else if schema["type"] == "array" {
        let items = elements(node).map(|item| value(&schema["items"], item));
        Value::Array(items.collect())
    } else {
        // Comments may stand within a text.
        let texts = node.children().filter(Node::is_text);
        Value::String(texts.filter_map(|text| text.text()).collect())
    }
}

fn elements<'a, 'b>(node: Node<'a, 'b>) -> impl Iterator<Item = Node<'a, 'b>> {
    node.children().filter(Node::is_element)
}

/// `i:nil="true"`, whatever the namespace.
fn is_nil(node: Node<'_, '_>) -> bool {
    let nil = node
        .attributes()
        .find(|attribute| attribute.name() == "nil" && attribute.namespace().is_some());
    nil.is_some_and(|nil| matches!(nil.value().trim(), "true" | "1"))
}

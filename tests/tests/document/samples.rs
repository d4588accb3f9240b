//! Reads the samples of the vendor's pages into the client's types and writes
//! them again: every member, every value, in the vendor's order.

use std::collections::{BTreeMap, BTreeSet};

use aim_tests::ledger::{EXTRA, GONE};
use aim_tests::ordered::{self, Value, at, items, leaves, resolved, text, type_name};
use aim_tests::types::rewritten;

/// The samples have them as the last members of each request; the client sends
/// them as headers.
const CREDENTIALS: [&str; 5] = ["Token", "DeviceId", "AppId", "ApiKey", "OAuthToken"];

/// The vendor's pages.
fn pages() -> Vec<Value> {
    ordered::file("tests/fixtures/facts.json")
        .as_sequence()
        .unwrap()
        .clone()
}

/// A sample in JSON, with the name of its type.
struct Sample {
    type_: String,
    text: String,
    is_request: bool,
}

fn samples() -> Vec<Sample> {
    let mut samples = Vec::new();
    for page in pages() {
        let name = text(&page, "/name");
        for (key, suffix, is_request) in [
            ("request", "Request", true),
            ("response", "Response", false),
        ] {
            if let Some(sample) = at(&page, &format!("/samples/{key}")) {
                let text = ordered::json(sample).unwrap();
                samples.push(Sample {
                    type_: format!("{name}{suffix}"),
                    text,
                    is_request,
                });
            }
        }
    }
    samples
}

/// The leaves but those of members that only one of the pages and the document
/// has, as the ledger claims.
fn common(text: &str) -> Vec<(String, String)> {
    let is_claimed = |name: &str| GONE.contains(name) || EXTRA.contains(name);
    let mut leaves = leaves(text).unwrap();
    leaves.retain(|(pointer, _)| !pointer.split('/').any(is_claimed));
    leaves
}

/// The leaves of a sample without the credentials. The sample must have all of
/// them.
fn without_credentials(sample: &Sample) -> Vec<(String, String)> {
    let mut leaves = common(&sample.text);
    if sample.is_request {
        let credentials = leaves.split_off(leaves.len() - CREDENTIALS.len());
        let expected = CREDENTIALS.map(|name| (format!("/{name}"), r#""String""#.to_owned()));
        assert_eq!(credentials, expected, "{}", sample.type_);
    }
    leaves
}

#[test]
fn every_sample_is_read_and_written_without_loss() {
    let samples = samples();
    for is_request in [true, false] {
        let of_it = samples.iter().filter(|s| s.is_request == is_request);
        assert_eq!(of_it.count(), pages().len() - 1, "one page has no JSON");
    }
    let mut shortened = BTreeMap::new();
    for sample in &samples {
        let mut expected = without_credentials(sample);
        for (pointer, value) in &mut expected {
            if value == r#""0001-01-01T00:00:00.0000000""# {
                *value = r#""0001-01-01T00:00:00""#.to_owned();
                shortened
                    .entry(sample.type_.as_str())
                    .or_insert_with(Vec::new)
                    .push(pointer.clone());
            }
        }
        let written = rewritten(&sample.type_, &sample.text).unwrap();
        assert_eq!(common(&written), expected, "{}", sample.type_);
    }
    // Only dates lose something: the zeros of their fraction.
    let dates = [
        "/DeliveryDate",
        "/FirstDue",
        "/MassUpdateItems/0/DeliveryDate",
        "/MassUpdateItems/0/FirstDue",
    ];
    let dates = dates.map(str::to_owned).to_vec();
    assert_eq!(
        shortened,
        BTreeMap::from([("ContractFulfillmentRequest", dates)])
    );
}

#[test]
fn the_document_shows_every_sample_unchanged() {
    let document = ordered::document();
    // Only for operations that a page shows.
    let shown = |content: &Value| {
        let example = at(content, "/application~1json/examples/vendorSample")?;
        Some(resolved(&document, example)["value"].clone())
    };
    let mut samples = samples();
    samples.push(xml_sample_as_json());
    let mut seen = BTreeSet::new();
    for operation in ordered::operations(&document) {
        for content in ["/requestBody/content", "/responses/200/content"] {
            let Some(content) = at(operation.value, content) else {
                continue;
            };
            let type_ = type_name(&content["application/json"]["schema"]).unwrap();
            let sample = samples.iter().find(|sample| sample.type_ == type_);
            let found = shown(content);
            assert_eq!(found.is_some(), sample.is_some(), "{type_}");
            if let (Some(found), Some(sample)) = (found, sample) {
                let found = common(&ordered::json(&found).unwrap());
                assert_eq!(found, without_credentials(sample), "{type_}");
                seen.insert(type_);
            }
        }
    }
    assert_eq!(
        seen,
        samples.iter().map(|sample| sample.type_.as_str()).collect()
    );
}

/// In the order of the document, as another test has it.
fn xml_sample_as_json() -> Sample {
    let sample = xml_sample();
    let (root, _) = element(&sample).unwrap();
    Sample {
        text: rewritten(&root.name, &root.json()).unwrap(),
        type_: root.name,
        is_request: false,
    }
}

/// The one sample that is XML.
fn xml_sample() -> String {
    let pages = pages();
    let mut samples = pages
        .iter()
        .filter_map(|page| at(page, "/samples/response_xml"));
    let sample = samples.next().unwrap().as_str().unwrap().to_owned();
    assert_eq!(samples.next(), None);
    sample
}

/// An element of XML: its name, the text of its attributes, its content.
#[derive(Debug, PartialEq)]
struct Element {
    name: String,
    attributes: String,
    content: Content,
}

#[derive(Debug, PartialEq)]
enum Content {
    Text(String),
    Elements(Vec<Element>),
}

/// Reads an element that has either text or elements, and returns it with the
/// rest. Anything else, such as entities, comments and empty elements, is
/// refused.
fn element(xml: &str) -> Result<(Element, &str), String> {
    let shown = |xml: &str| xml.chars().take(40).collect::<String>();
    let expected = |what: &str, xml: &str| format!("expected {what} at `{}`", shown(xml));
    let start = xml
        .strip_prefix('<')
        .ok_or_else(|| expected("an element", xml))?;
    let (tag, mut rest) = start
        .split_once('>')
        .ok_or_else(|| expected("a tag", xml))?;
    let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(expected("a name", start));
    }
    let end = format!("</{name}>");
    let (text, _) = rest.split_once('<').ok_or_else(|| expected(&end, rest))?;
    if text.contains(['&', '>']) {
        return Err(expected("plain text", text));
    }
    let content = if rest[text.len()..].starts_with(&end) {
        rest = &rest[text.len()..];
        Content::Text(text.to_owned())
    } else {
        let mut elements = Vec::new();
        while !rest.trim_start().starts_with("</") {
            let (child, after) = element(rest.trim_start())?;
            elements.push(child);
            rest = after;
        }
        rest = rest.trim_start();
        Content::Elements(elements)
    };
    let rest = rest
        .strip_prefix(&end)
        .ok_or_else(|| expected(&end, rest))?;
    let (name, attributes) = (name.to_owned(), attributes.to_owned());
    Ok((
        Element {
            name,
            attributes,
            content,
        },
        rest,
    ))
}

impl Element {
    /// The content as JSON text.
    fn json(&self) -> String {
        let quoted = |text: &str| serde_json::to_string(text).unwrap();
        match &self.content {
            Content::Text(text) => quoted(text),
            Content::Elements(elements) => {
                let members = elements
                    .iter()
                    .map(|e| format!("{}:{}", quoted(&e.name), e.json()));
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }
        }
    }
}

#[test]
fn the_xml_sample_has_the_members_of_its_type() {
    let sample = xml_sample();
    let (root, rest) = element(&sample).unwrap();
    assert_eq!(rest, "");
    let document = ordered::document();
    let schema = at(&document, &format!("/components/schemas/{}", root.name)).unwrap();
    assert_eq!(root.name, text(schema, "/xml/name"));
    let namespace = format!(r#" xmlns="{}""#, text(schema, "/xml/namespace"));
    assert!(root.attributes.ends_with(&namespace), "{}", root.attributes);

    let written = leaves(&rewritten(&root.name, &root.json()).unwrap()).unwrap();
    // XML has another order: the base class first, then by the alphabet.
    let mut sorted = written.clone();
    sorted.sort();
    let mut expected = leaves(&root.json()).unwrap();
    expected.sort();
    assert_eq!(sorted, expected);

    // Ours is the order of the tables, with the base class last, as in JSON
    // samples.
    let pages = pages();
    let page = pages
        .iter()
        .find(|page| at(page, "/samples/response_xml").is_some())
        .unwrap();
    let table = |name: &str| {
        let rows = items(page, &format!("/types/{name}"));
        rows.iter()
            .map(|row| text(row, "/name"))
            .collect::<Vec<_>>()
    };
    let own = table(&root.name).into_iter().map(|name| format!("/{name}"));
    let status = table("BaseResponseResult")
        .into_iter()
        .map(|name| format!("/Status/{name}"));
    let order: Vec<_> = written.into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(order, own.chain(status).collect::<Vec<_>>());
}

#[test]
fn the_reader_of_xml_is_strict() {
    let (read, rest) = element("<A x=\"1\">\n <B>b</B>\n <C></C>\n</A>\n").unwrap();
    assert_eq!((read.json().as_str(), rest), (r#"{"B":"b","C":""}"#, "\n"));
    for wrong in [
        "",
        "A",
        "<A",
        "<A>",
        "<A>a",
        "<A>a</B>",
        "<A><B>b</A></B>",
        "<A>a<B>b</B></A>",
        "<A><B>b</B>a</A>",
        "<A>a&amp;b</A>",
        "<A/>",
        "<A><!-- a --></A>",
        "<?xml?><A>a</A>",
    ] {
        let read = element(wrong);
        assert!(read.is_err(), "{wrong}: {read:?}");
    }
}

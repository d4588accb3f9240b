//! What a request held and the host left out without a word: the readers note it
//! here as they go.

use std::cell::{Cell, RefCell};

use crate::model::settings::Settings;
use crate::model::types::Kind;

/// The most that is noted of one request.
const MOST: usize = 100;

/// The path of the whole body.
const BODY: &str = "(body)";

/// What stands in place of a name that may be more than a name.
const MASKED: &str = "***";

/// The longest name that is shown as it was sent.
const LONGEST_NAME: usize = 40;

/// A part of a request that had no effect.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ignored {
    /// The path of a member, such as `CustomerInfo.Nmae`, or `(body)`. A name
    /// that no type has is shown as it was sent if it is short and of letters,
    /// `_` and `-` with up to three digits, and else as `***`.
    pub what: String,
    /// Why it had none.
    pub why: IgnoredReason,
}

/// The names of what was ignored, as the value of a header field: printable
/// ASCII, at most 1 KB, and `...` at its end if there are more; `None` if there
/// are none.
pub(crate) fn as_header(ignored: &[Ignored]) -> Option<String> {
    const LONGEST: usize = 1024;
    const MORE: &str = ", ...";
    let mut names: Vec<&str> = Vec::new();
    for Ignored { what, .. } in ignored {
        if !names.contains(&what.as_str()) {
            names.push(what);
        }
    }
    let mut value = String::new();
    for (index, name) in names.iter().enumerate() {
        let begin = if index == 0 { "" } else { ", " };
        let end = if index + 1 == names.len() { "" } else { MORE };
        if value.len() + begin.len() + name.chars().count() + end.len() > LONGEST {
            value.push_str(MORE.trim_start_matches(if index == 0 { ", " } else { "" }));
            break;
        }
        value.push_str(begin);
        value.extend(name.chars().map(|letter| match letter {
            '!'..='~' => letter,
            _ => '?',
        }));
    }
    (!names.is_empty()).then_some(value)
}

/// Why a part of a request had no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IgnoredReason {
    /// The body: its content type, or the format of the route, is none that is
    /// read.
    ContentType,
    /// The body: it has no `Content-Length`, as a chunked one.
    Chunked,
    /// A form, or by the route of a request's name the query beside a body: it
    /// does not count for this verb.
    Verb,
    /// The body: a form that cannot be decompressed.
    Compression,
    /// The type has no member of this name.
    UnknownName,
    /// XML: a member of this name is spelled in another case.
    Case,
    /// XML: the member belongs to another namespace.
    Namespace,
    /// XML: the member stands after one that it must precede, or a second time.
    Order,
    /// The value cannot be read as the member's type.
    WrongType,
    /// A number has an exponent where none is read.
    Exponent,
    /// A query or a form: the value is empty.
    Empty,
    /// A query or a form: the name stands without `=`.
    NoValue,
    /// Another value of this member won.
    Overridden,
    /// A form: the part is a file.
    File,
    /// A form: no boundary ends the part. The body: its JSON breaks off, and
    /// only what stands before that has an effect.
    Unfinished,
}

impl IgnoredReason {
    /// Its name in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ContentType => "content_type",
            Self::Chunked => "chunked",
            Self::Verb => "verb",
            Self::Compression => "compression",
            Self::UnknownName => "unknown_name",
            Self::Case => "case",
            Self::Namespace => "namespace",
            Self::Order => "order",
            Self::WrongType => "wrong_type",
            Self::Exponent => "exponent",
            Self::Empty => "empty",
            Self::NoValue => "no_value",
            Self::Overridden => "overridden",
            Self::File => "file",
            Self::Unfinished => "unfinished",
        }
    }

    /// Why a value of that kind could not be read from its text.
    pub(super) fn of_value(kind: Kind, text: &str) -> Self {
        let mut kind = kind;
        while let Kind::List(item) = kind {
            kind = *item;
        }
        let is_number = matches!(kind, Kind::Int | Kind::Long | Kind::Decimal);
        let mut numbers = text.split(['[', ']', ',', '"']);
        match is_number && numbers.any(has_exponent) {
            true => Self::Exponent,
            false => Self::WrongType,
        }
    }
}

fn has_exponent(number: &str) -> bool {
    let number = number.trim();
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    number
        .split_once(['e', 'E'])
        .is_some_and(|(number, exponent)| {
            let number = number.strip_prefix(['+', '-']).unwrap_or(number);
            digits(&number.replacen('.', "", 1))
                && digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))
        })
}

/// The reading of one request: the settings, and what was left out so far.
pub struct Reading<'a> {
    pub(super) settings: &'a Settings,
    found: RefCell<Vec<Ignored>>,
    /// Where the notes of the innermost object begin; their paths begin there,
    /// too.
    start: Cell<usize>,
}

impl<'a> Reading<'a> {
    /// Nothing is read yet.
    #[must_use]
    pub fn new(settings: &'a Settings) -> Self {
        Self {
            settings,
            found: RefCell::default(),
            start: Cell::new(0),
        }
    }

    /// Notes what the document has a name for.
    pub(super) fn note(&self, what: &str, why: IgnoredReason) {
        let start = self.start.get();
        let mut found = self.found.borrow_mut();
        let known = found.iter().skip(start);
        let is_known = known
            .clone()
            .any(|known| known.what == what && known.why == why);
        if found.len() < MOST && !is_known {
            found.push(Ignored {
                what: what.to_owned(),
                why,
            });
        }
    }

    pub(super) fn note_body(&self, why: IgnoredReason) {
        self.note(BODY, why);
    }

    /// Notes a name as it was sent, which may be anything.
    pub(super) fn note_sent(&self, name: &str, why: IgnoredReason) {
        self.note(if is_a_name(name) { name } else { MASKED }, why);
    }

    /// Reads the value of a member; if it cannot be read, that is noted, and
    /// nothing of what it holds.
    pub(super) fn member<T>(
        &self,
        name: &str,
        read: impl FnOnce() -> Option<T>,
        why: impl FnOnce() -> Option<IgnoredReason>,
    ) -> Option<T> {
        let above = self.enter();
        let value = read();
        if value.is_some() {
            self.leave(above, name);
            return value;
        }
        self.found.borrow_mut().truncate(self.start.replace(above));
        if let Some(why) = why() {
            self.note(name, why);
        }
        None
    }

    /// Begins the notes of a member's value; the result is for
    /// [`leave`](Self::leave).
    pub(super) fn enter(&self) -> usize {
        self.start.replace(self.found.borrow().len())
    }

    /// Ends the notes of a member's value.
    pub(super) fn leave(&self, above: usize, name: &str) {
        let start = self.start.replace(above);
        for ignored in self.found.borrow_mut().iter_mut().skip(start) {
            ignored.what = format!("{name}.{}", ignored.what);
        }
    }

    /// What was left out, each once and in the order of the request.
    #[must_use]
    pub fn into_ignored(self) -> Vec<Ignored> {
        let mut found = self.found.into_inner();
        let mut known = Vec::new();
        found.retain(|ignored| {
            let is_new = !known.contains(ignored);
            if is_new {
                known.push(ignored.clone());
            }
            is_new
        });
        found
    }
}

/// Whether a text that was sent as a name looks like one: a value that ended up
/// in its place, such as a key or the number of a card, mostly does not.
fn is_a_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && bytes.len() <= LONGEST_NAME
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        && bytes.iter().filter(|byte| byte.is_ascii_digit()).count() <= 3
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::schema::Schema;
    use crate::model::service::Answer;
    use crate::model::settings::Format;
    use crate::wire::handle;
    use crate::wire::testing::request;

    /// What is ignored of a request, in short.
    fn ignored(text: &str, settings: &Settings) -> String {
        let exchange = handle(Schema::embedded(), &request(text), settings, &mut |_| {
            Answer::Null
        });
        assert!(exchange.bound.is_some(), "{text}: {:?}", exchange.response);
        let short: Vec<String> = exchange
            .ignored
            .iter()
            .map(|one| format!("{} {}", one.what, one.why.as_str()))
            .collect();
        short.join("; ")
    }

    #[test]
    fn what_has_no_effect_is_told_with_its_reason() {
        const JSON: &str = "POST /api/ContractFulfillment\nContent-Type: application/json\n\n";
        const JSV: &str = "POST /api/ContractFulfillment\nContent-Type: application/jsv\n\n";
        const FORM: &str =
            "POST /api/ContractFulfillment\nContent-Type: application/x-www-form-urlencoded\n\n";
        const PARTS: &str =
            "POST /api/ContractFulfillment\nContent-Type: multipart/form-data; boundary=b\n\n";
        const XML: &str = "POST /api/GetContractDetails\nContent-Type: application/xml\n\n\
            <GetContractDetailsRequest xmlns=\"http://schemas.datacontract.org/2004/07/AIM.WebService\">";
        const END: &str = "</GetContractDetailsRequest>";
        const ROUTE: &str = "POST /api/ContractFulfillment";
        let reply = |rest: &str| format!("POST /api/json/reply/GetContractDetailsRequest{rest}");
        let mut seen = BTreeSet::new();
        for (text, expected) in [
            // The body.
            (format!("{JSON}{{\"Ref\":\"a\"}}"), ""),
            (format!("{ROUTE}\n\n{{\"Ref\":\"a\"}}"), "(body) content_type"),
            (format!("{ROUTE}\nContent-Type: text/plain\n\n{{}}"), "(body) content_type"),
            (format!("{ROUTE}\nContent-Type: text/html\n\n{{}}"), "(body) content_type"),
            (
                format!("{ROUTE}\nContent-Type: application/json\nTransfer-Encoding: chunked\n\n{{}}"),
                "(body) chunked",
            ),
            (ROUTE.to_owned(), ""),
            (
                "GET /api/GetContractDetails\nContent-Type: application/x-www-form-urlencoded\n\nRef=a"
                    .to_owned(),
                "(body) verb",
            ),
            (
                format!("{ROUTE}\nContent-Type: application/x-www-form-urlencoded\nContent-Encoding: gzip\n\nRef=a"),
                "(body) compression",
            ),
            (format!("{ROUTE}\nContent-Type: multipart/form-data\n\nx"), "(body) content_type"),
            // JSON.
            (format!("{JSON}{{\"Reff\":\"a\",\"Unlok\":[{{\"x\":1}}]}}"), "Reff unknown_name; Unlok unknown_name"),
            (format!("{JSON}{{\"REF\":\"a\",\"serial_pk\":1}}"), "serial_pk unknown_name"),
            (format!("{JSON}{{\"SerialPk\":\"x\",\"CashPrice\":\"-1,5x\"}}"), "SerialPk wrong_type; CashPrice wrong_type"),
            (format!("{JSON}{{\"SerialPk\":1e3,\"CashPrice\":\"12E+2\"}}"), "SerialPk exponent; CashPrice exponent"),
            (format!("{JSON}{{\"CashPrice\":1.5e1}}"), ""),
            (format!("{JSON}{{\"Unlock\":\"e3\",\"DeliveryDate\":\"1e3\"}}"), "Unlock wrong_type; DeliveryDate wrong_type"),
            (format!("{JSON}{{\"DeletedAccessoryIds\":[1,2e0]}}"), "DeletedAccessoryIds exponent"),
            (format!("{JSON}{{\"Unlock\":null,\"SerialPk\":null,\"CashPrice\":\"\"}}"), ""),
            (
                format!("{JSON}{{\"DeliveredAccessories\":[{{\"Id\":1,\"x\":1}},{{\"Id\":\"y\",\"x\":2}}]}}"),
                "DeliveredAccessories.x unknown_name; DeliveredAccessories.Id wrong_type",
            ),
            (
                format!("{JSON}{{\"x\":1,\"MassUpdateItems\":[{{\"x\":1,\"DeliveredAccessories\":[{{\"Id\":1e1}}]}}],\"x\":1}}"),
                "x unknown_name; MassUpdateItems.x unknown_name; \
                 MassUpdateItems.DeliveredAccessories.Id exponent",
            ),
            // What a dropped member holds is not told.
            (format!("{JSON}{{\"MassUpdateItems\":[{{\"x\":1}},\"y\"]}}"), "MassUpdateItems wrong_type"),
            (format!("{JSON}{{\"Ref\":\"a\",\"ref\":\"b\"}}"), "Ref overridden"),
            (format!("{JSON}{{\"__type\":\"AIM.X\",\"Ref\":\"a\"}}"), "*** unknown_name"),
            (format!("{JSON}{{\"Ref\":\"a\",}}\n"), ""),
            (format!("{JSON}{{\"Ref\":\"a\""), "(body) unfinished"),
            (format!("{JSON}{{\"Ref\":\"a\","), "(body) unfinished"),
            (format!("{JSON}{{\"Ref\":\"a\",\"DeliveredAccessories\":[{{\"Id\":1}}"), "(body) unfinished"),
            (format!("{JSON}{{\"Reff\":{{\"a\":1}}"), "Reff unknown_name; (body) unfinished"),
            (format!("{JSON}{{"), "(body) unfinished"),
            (format!("{JSON}{{\"Ref\"}}"), ""),
            // Names that may be more than names.
            (format!("{JSON}{{\"4242424242424242\":1,\"a b\":1,\"\":1,\"\u{e9}\":1}}"), "*** unknown_name"),
            (format!("{JSON}{{\"k1234\":1,\"{}\":1,\"Addr123\":1}}", "n".repeat(41)), "*** unknown_name; Addr123 unknown_name"),
            (format!("{JSON}{{\"Ref\":\"a\"}} canary"), "*** unknown_name"),
            // JSV.
            (format!("{JSV}{{Reff:a,SerialPk:1e3,Unlock:perhaps,Ref:a,Ref:b}}"), "Reff unknown_name; SerialPk exponent; Unlock wrong_type; Ref overridden"),
            // Queries and forms.
            (format!("{ROUTE}?Reff=a&Ref=&Notes=n&format=json&Serial"), "Serial no_value; Reff unknown_name; Ref empty"),
            (format!("{ROUTE}?canary"), "*** no_value"),
            (format!("{ROUTE}?DeliveredAccessories=[{{Id:1,x:2}}]"), "DeliveredAccessories.x unknown_name"),
            (format!("{ROUTE}?Ref=q\nContent-Type: application/json\n\n{{\"Ref\":\"b\"}}"), "Ref overridden"),
            (format!("{FORM}Reff=a&Ref=&Notes&canary"), "Notes no_value; *** no_value; Reff unknown_name; Ref empty"),
            (format!("{ROUTE}?Ref=q\nContent-Type: application/x-www-form-urlencoded\n\nRef=f"), "Ref overridden"),
            (
                format!(
                    "{PARTS}--b\nContent-Disposition: form-data; name=Ref\n\na\n\
                     --b\nContent-Disposition: form-data; name=Notes; filename=f\n\na\n\
                     --b\n\na\n--b\nContent-Disposition: form-data; name=Serial\n\na"
                ),
                "Notes file; *** unknown_name; Serial unfinished",
            ),
            // The route of the request's name.
            (reply("?Ref=q&Nope=x\nContent-Type: text/plain\n\n{\"Ref\":\"b\"}"), "Ref overridden; Nope unknown_name"),
            (reply("?Ref=q\nContent-Type: application/x-www-form-urlencoded\n\nRef=f"), "Ref overridden"),
            ("GET /api/json/reply/GetContractDetailsRequest\n\n{}".to_owned(), "(body) content_type"),
            (
                "GET /api/json/reply/GetContractDetailsRequest?Ref=q\nContent-Type: application/json\n\n{}".to_owned(),
                "Ref verb",
            ),
            // XML: the alphabet is its order.
            (format!("{XML}<Sub>1</Sub><Ref>a</Ref>{END}"), "Ref order"),
            (format!("{XML}<Ref>a</Ref><ref>b</ref><Reff/><Sub>1</Sub>{END}"), "Ref case; Reff unknown_name"),
            (format!("{XML}<Ref xmlns=\"urn:x\">a</Ref>{END}"), "Ref namespace"),
        ] {
            assert_eq!(ignored(&text, &Settings::default()), expected, "{text}");
            let reasons = expected.split("; ").filter_map(|one| one.split_once(' '));
            seen.extend(reasons.map(|(_, why)| format!("| `{why}` |")));
        }
        let readme = include_str!("../../README.md");
        let listed = readme.lines().skip_while(|line| *line != "| `why` | |");
        let listed = listed.skip(2).map_while(|line| line.split_once(" | "));
        let listed: BTreeSet<_> = listed.map(|(name, _)| format!("{name} |")).collect();
        assert_eq!(seen, listed);
        let no_jsv = Settings {
            formats: vec![Format::Json],
            ..Settings::default()
        };
        assert_eq!(
            ignored(&format!("{JSV}{{Ref:a}}"), &no_jsv),
            "(body) content_type"
        );
    }

    #[test]
    fn notes_and_header_are_bounded() {
        let settings = Settings::default();
        let reading = Reading::new(&settings);
        assert_eq!(as_header(&[]), None);
        for number in 0..300 {
            let name = format!("{}{}", "é".repeat(number % 7 + 20), number);
            reading.note(&name, IgnoredReason::UnknownName);
            reading.note(&name, IgnoredReason::UnknownName);
        }
        let found = reading.into_ignored();
        assert_eq!(found.len(), MOST);
        let header = as_header(&found).unwrap_or_default();
        assert!((990..=1024).contains(&header.len()), "{}", header.len());
        assert!(
            header.starts_with(&format!("{}0, ", "?".repeat(20))) && header.ends_with(", ..."),
            "{header}"
        );
        let one = [Ignored {
            what: "n".repeat(2000),
            why: IgnoredReason::Empty,
        }];
        assert_eq!(as_header(&one).as_deref(), Some("..."));
        let same = ["Ref", "Sub", "Ref"].map(|what| Ignored {
            what: what.to_owned(),
            why: IgnoredReason::Empty,
        });
        assert_eq!(as_header(&same).as_deref(), Some("Ref, Sub"));
    }
}

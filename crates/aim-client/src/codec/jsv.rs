//! Writing a request as the query of a GET.
//!
//! ServiceStack reads each query value by the type of its member. Text is
//! taken as it stands; objects and lists are read as JSV, which is JSON with
//! the quotes left out where they can be:
//!
//! ```text
//! Notes=a, "b"
//! Rate={PlanCode:"A,B",Level:2,DownPay:12.50}
//! AccessoryIdList=[1,2,3]
//! ```
//!
//! - Inside, text is quoted if it is empty, holds one of `" , : { } [ ]` or a
//!   line break, or begins or ends with white space (a list of one blank
//!   text would be read as an empty list); quotes inside are doubled.
//! - Numbers and `true`/`false` stand plain. The server drops a number with an
//!   exponent, so that is an error.
//! - What is `null` is left out. An empty list is `[]`, which the server reads
//!   as an empty list.
//! - The server skips a member whose query value is empty, so empty text at
//!   the top is an error: leaving it out would send another request than the
//!   one that was asked for.
//! - Member names stand plain: ServiceStack reads quoted ones only from
//!   version 8.9 on.
//!
//! Source: exchanges recorded from ServiceStack 8.4 and 10.1.4, and the
//! reader's source text.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::value::lenient::Scalar;

/// Why a request cannot be written as a query. Its text never holds a value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum JsvError {
    /// The request is not an object, or could not be serialised.
    NotAnObject,
    /// A member is empty text.
    EmptyText(String),
    /// A list in this member holds a `null`.
    NullItem(String),
    /// A number in this member has an exponent.
    Exponent(String),
    /// This member, or one inside it, has a name that JSV cannot write.
    Name(String),
}

impl fmt::Display for JsvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnObject => f.write_str("only an object can be written as a query"),
            Self::EmptyText(name) => write!(
                f,
                "`{name}` is empty text, which a server skips in a query: leave it out, or use POST"
            ),
            Self::NullItem(name) => write!(
                f,
                "a list in `{name}` holds a null, which cannot be written in a query: use POST"
            ),
            Self::Exponent(name) => write!(
                f,
                "a number in `{name}` has an exponent, which a server drops: use an exact decimal"
            ),
            Self::Name(name) => write!(
                f,
                "`{name}` is, or holds, a member name that cannot be written in a query"
            ),
        }
    }
}

impl std::error::Error for JsvError {}

impl JsvError {
    /// The member of the request, unless it is the request itself.
    pub(crate) fn member(&self) -> Option<&str> {
        match self {
            Self::NotAnObject => None,
            Self::EmptyText(name)
            | Self::NullItem(name)
            | Self::Exponent(name)
            | Self::Name(name) => Some(name),
        }
    }
}

/// The names and values of a query, not yet percent-encoded, in the order of
/// the request's members.
///
/// # Errors
///
/// If the server would not read what `value` holds; see [`JsvError`].
pub(crate) fn to_query_pairs<T>(value: &T) -> Result<Vec<(String, String)>, JsvError>
where
    T: Serialize + ?Sized,
{
    // By way of JSON text, where `Scalar` finds every value, exact digits
    // included.
    let json = serde_json::to_string(value).map_err(|_| JsvError::NotAnObject)?;
    let Members(members) = serde_json::from_str(&json).map_err(|_| JsvError::NotAnObject)?;
    let mut pairs = Vec::new();
    for (name, value) in members {
        let value = match value {
            Scalar::Null => continue,
            Scalar::Text(text) if text.is_empty() => return Err(JsvError::EmptyText(name)),
            Scalar::Text(text) => text,
            value => {
                let mut jsv = String::new();
                match write(&mut jsv, value) {
                    Ok(()) => jsv,
                    Err(problem) => return Err(problem(name)),
                }
            }
        };
        pairs.push((name, value));
    }
    Ok(pairs)
}

/// Writes a value inside a query value. The error lacks the member's name.
fn write(jsv: &mut String, value: Scalar) -> Result<(), fn(String) -> JsvError> {
    match value {
        Scalar::Null => return Err(JsvError::NullItem),
        Scalar::Bool(value) => jsv.push_str(if value { "true" } else { "false" }),
        Scalar::Number(number) | Scalar::Rounded(number) => {
            if number.contains(['e', 'E']) {
                return Err(JsvError::Exponent);
            }
            jsv.push_str(&number);
        }
        Scalar::Text(text) if needs_quotes(&text) => {
            jsv.push('"');
            jsv.push_str(&text.replace('"', "\"\""));
            jsv.push('"');
        }
        Scalar::Text(text) => jsv.push_str(&text),
        Scalar::Other(json) => {
            if let Ok(Members(members)) = serde_json::from_str(&json) {
                jsv.push('{');
                let present = members
                    .into_iter()
                    .filter(|(_, value)| *value != Scalar::Null);
                for (index, (name, value)) in present.enumerate() {
                    if needs_quotes(&name) {
                        return Err(JsvError::Name);
                    }
                    if index > 0 {
                        jsv.push(',');
                    }
                    jsv.push_str(&name);
                    jsv.push(':');
                    write(jsv, value)?;
                }
                jsv.push('}');
            } else if let Ok(items) = serde_json::from_str::<Vec<Scalar>>(&json) {
                jsv.push('[');
                for (index, item) in items.into_iter().enumerate() {
                    if index > 0 {
                        jsv.push(',');
                    }
                    write(jsv, item)?;
                }
                jsv.push(']');
            } else {
                return Err(|_| JsvError::NotAnObject);
            }
        }
    }
    Ok(())
}

/// Whether the reader would take plain `text` for something else.
fn needs_quotes(text: &str) -> bool {
    text.is_empty()
        || text.contains(['"', ',', ':', '{', '}', '[', ']', '\r', '\n'])
        || text.starts_with(char::is_whitespace)
        || text.ends_with(char::is_whitespace)
}

/// The members of a JSON object in their order.
struct Members(Vec<(String, Scalar)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;

        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(MembersVisitor)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};
    use serde_json::{Map, Value, json};

    use super::{JsvError, to_query_pairs};
    use crate::{AimDateTime, Money, Secret};

    /// What a member is, for the reader.
    #[derive(Clone, Copy)]
    enum Shape {
        Text,
        Integer,
        Boolean,
        Decimal,
        List(&'static Shape),
        Object(Members),
    }

    type Members = &'static [(&'static str, Shape)];

    use Shape::{Boolean, Decimal, Integer, List, Object, Text};

    /// A server's reading of a query: the members as they were bound, or
    /// `None` if it answers 400. Decimals are JSON text here, to keep them
    /// exact.
    fn bind(members: Members, pairs: &[(String, String)]) -> Option<Value> {
        let mut bound = Map::new();
        for (name, value) in pairs {
            if value.is_empty() {
                continue;
            }
            let Some((name, shape)) = find(members, name) else {
                continue;
            };
            let value = match shape {
                Text => Some(json!(value)),
                shape => read(shape, &value.chars().collect::<Vec<_>>())?,
            };
            if let Some(value) = value {
                bound.insert(name.to_owned(), value);
            }
        }
        Some(Value::Object(bound))
    }

    fn find(members: Members, name: &str) -> Option<(&'static str, Shape)> {
        let member = members
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        member.copied()
    }

    /// Reads a value inside: `None` is an exception, `Some(None)` null.
    fn read(shape: Shape, text: &[char]) -> Option<Option<Value>> {
        match shape {
            List(item) => return read_list(*item, text),
            Object(members) => return read_object(members, text),
            _ if text.is_empty() => return Some(None),
            _ => {}
        }
        let text = unquote(text);
        let value = match shape {
            Integer => {
                // No plus, point or exponent; white space around is fine.
                let digits = text.trim();
                json!(
                    digits
                        .parse::<i64>()
                        .ok()
                        .filter(|_| !digits.starts_with('+'))?
                )
            }
            Boolean => json!(match text.to_ascii_lowercase().as_str() {
                "true" | "1" | "t" | "y" | "on" => true,
                "false" | "0" | "f" | "n" => false,
                _ => return None,
            }),
            Decimal => json!(text.parse::<Money>().ok()?.to_string()),
            _ => json!(text),
        };
        Some(Some(value))
    }

    fn unquote(text: &[char]) -> String {
        match text {
            ['"', inner @ ..] => {
                let inner = inner.split_last().map_or(inner, |(_, inner)| inner);
                inner.iter().collect::<String>().replace("\"\"", "\"")
            }
            _ => text.iter().collect(),
        }
    }

    fn read_object(members: Members, text: &[char]) -> Option<Option<Value>> {
        if text.is_empty() {
            return Some(None);
        }
        if text[0] != '{' {
            return None;
        }
        let mut object = Map::new();
        let first = text[1..].iter().find(|c| !c.is_whitespace());
        let mut at = if matches!(first, None | Some('}')) {
            text.len()
        } else {
            1
        };
        while at < text.len() {
            let name = eat_name(text, &mut at)?;
            at += 1;
            let value = eat_value(text, &mut at)?;
            if let Some((name, shape)) = find(members, name.trim()) {
                // What cannot be read inside an object is dropped.
                if let Some(Some(value)) = read(shape, value) {
                    object.insert(name.to_owned(), value);
                }
            }
            at += 1;
        }
        Some(Some(Value::Object(object)))
    }

    fn read_list(item: Shape, text: &[char]) -> Option<Option<Value>> {
        let text: String = text.iter().collect();
        let text: Vec<char> = text.trim().chars().collect();
        // The last character goes without a look at it.
        let text = match text.as_slice() {
            ['[', inner @ .., _] => inner,
            text => text,
        };
        let mut items = Vec::new();
        if text.iter().all(|c| c.is_whitespace()) {
            return Some(Some(Value::Array(items)));
        }
        let nothing = match item {
            Integer => json!(0),
            _ => Value::Null,
        };
        let mut at = 0;
        if text[0] == '{' {
            while at < text.len() {
                let value = eat_value(text, &mut at)?;
                items.push(read(item, value)?.unwrap_or(Value::Null));
                at += 1;
            }
            return Some(Some(Value::Array(items)));
        }
        while at < text.len() {
            let value = eat_value(text, &mut at)?;
            items.push(read(item, value)?.unwrap_or_else(|| nothing.clone()));
            if matches!(text.get(at), Some(',' | '}')) {
                at += 1;
                if at == text.len() {
                    items.push(nothing.clone());
                }
            }
        }
        Some(Some(Value::Array(items)))
    }

    /// A name keeps its quotes, as before ServiceStack 8.9.
    fn eat_name(text: &[char], at: &mut usize) -> Option<String> {
        let start = *at;
        match text.get(start)? {
            '"' => eat_quoted(text, at),
            '{' => eat_nested(text, at, '{', '}'),
            _ => *at += 1 + text[start + 1..].iter().position(|c| *c == ':')?,
        }
        Some(text[start..*at].iter().collect())
    }

    fn eat_value<'a>(text: &'a [char], at: &mut usize) -> Option<&'a [char]> {
        let start = *at;
        match text.get(start) {
            None | Some(',' | '}') => {}
            Some('"') => eat_quoted(text, at),
            Some('{') => eat_nested(text, at, '{', '}'),
            Some('[') => eat_nested(text, at, '[', ']'),
            Some(_) => {
                let rest = &text[start + 1..];
                let end = rest.iter().position(|c| matches!(c, ',' | '}'));
                *at = start + 1 + end.unwrap_or(rest.len());
            }
        }
        text.get(start..*at)
    }

    fn eat_quoted(text: &[char], at: &mut usize) {
        *at += 1;
        while *at < text.len() {
            if text[*at] == '"' {
                *at += 1;
                if text.get(*at) != Some(&'"') {
                    return;
                }
            }
            *at += 1;
        }
    }

    fn eat_nested(text: &[char], at: &mut usize, start: char, end: char) {
        let mut depth = 1;
        let mut is_quoted = false;
        *at += 1;
        while *at < text.len() && depth > 0 {
            let c = text[*at];
            is_quoted ^= c == '"';
            if !is_quoted && c == start {
                depth += 1;
            } else if !is_quoted && c == end {
                depth -= 1;
            }
            *at += 1;
        }
    }

    const RATE: Members = &[
        ("PlanCode", Text),
        ("Level", Integer),
        ("Grade", Text),
        ("RdfType", Text),
        ("DownPay", Decimal),
        ("MoPay", Decimal),
        ("Months", Integer),
    ];
    const ACCESSORY: Members = &[
        ("Desc", Text),
        ("Price", Decimal),
        ("Type", Text),
        ("CatNum", Integer),
        ("Sku", Text),
        ("Report", Boolean),
    ];
    const FORM_INPUT: Members = &[("Key", Text), ("Value", Text), ("Encrypted", Boolean)];
    const POST_CONTRACT: Members = &[
        ("Desc", Text),
        ("SchoolName", Text),
        ("Rate", Object(RATE)),
        ("AccessoryIdList", List(&Integer)),
        ("AccessoryList", List(&Object(ACCESSORY))),
        ("FormInputList", List(&Object(FORM_INPUT))),
        ("ReturnTopic", Boolean),
    ];
    const DETAILS: Members = &[("Ref", Text), ("Sub", Integer)];

    /// What ServiceStack 8.4 read: recording, member, its value in the query
    /// after decoding, and what the service got (without members that were
    /// not sent; `None`: a 400). The member `""` is a body of
    /// GetContractDetails, the others are C2BPostContract's.
    #[rustfmt::skip]
    const RECORDED: &[(&str, &str, &str, Option<&str>)] = &[
        ("bind-jsv/rate-simple-form", "Rate", "{PlanCode:A,Level:2,DownPay:12.50}", Some(r#"{"Rate":{"DownPay":"12.50","Level":2,"PlanCode":"A"}}"#)),
        ("bind-jsv/rate-lower-form", "Rate", "{plancode:A,level:2}", Some(r#"{"Rate":{"Level":2,"PlanCode":"A"}}"#)),
        ("bind-jsv/rate-quoted-comma-form", "Rate", r#"{PlanCode:"a,b",Grade:"c:d",RdfType:"{x}"}"#, Some(r#"{"Rate":{"Grade":"c:d","PlanCode":"a,b","RdfType":"{x}"}}"#)),
        ("bind-jsv/rate-unquoted-colon", "Rate", "{PlanCode:a:b,Grade:c}", Some(r#"{"Rate":{"Grade":"c","PlanCode":"a:b"}}"#)),
        ("bind-jsv/rate-unquoted-brace", "Rate", "{PlanCode:a{b,Grade:c}", Some(r#"{"Rate":{"Grade":"c","PlanCode":"a{b"}}"#)),
        ("bind-jsv/rate-quotes-doubled", "Rate", r#"{PlanCode:"say ""hi""",Grade:c}"#, Some(r#"{"Rate":{"Grade":"c","PlanCode":"say \"hi\""}}"#)),
        ("bind-jsv/rate-inner-quote", "Rate", r#"{PlanCode:say "hi",Grade:c}"#, Some(r#"{"Rate":{"Grade":"c","PlanCode":"say \"hi\""}}"#)),
        ("bind-jsv/rate-empty-value", "Rate", "{PlanCode:,Grade:c}", Some(r#"{"Rate":{"Grade":"c"}}"#)),
        ("bind-jsv/rate-empty-quoted", "Rate", r#"{PlanCode:"",Grade:c}"#, Some(r#"{"Rate":{"Grade":"c","PlanCode":""}}"#)),
        ("bind-jsv/rate-null-form", "Rate", "{PlanCode:null,Level:null}", Some(r#"{"Rate":{"PlanCode":"null"}}"#)),
        ("bind-jsv/rate-bad-number", "Rate", "{Level:x,Grade:c}", Some(r#"{"Rate":{"Grade":"c"}}"#)),
        ("bind-jsv/rate-json-escape", "Rate", r#"{"PlanCode":"a\"b","Grade":"c"}"#, Some(r#"{"Rate":{}}"#)),
        ("bind-jsv/rate-newline", "Rate", "{PlanCode:\"a\nb\",Grade:c}", Some(r#"{"Rate":{"Grade":"c","PlanCode":"a\nb"}}"#)),
        ("bind-jsv/rate-unclosed", "Rate", "{PlanCode:A", Some(r#"{"Rate":{"PlanCode":"A"}}"#)),
        ("bind-jsv/rate-missing-braces", "Rate", "PlanCode:A,Level:2", None),
        ("bind-jsv/ids-brackets", "AccessoryIdList", "[1,2,3]", Some(r#"{"AccessoryIdList":[1,2,3]}"#)),
        ("bind-jsv/ids-spaces", "AccessoryIdList", "[ 1 , 2 ]", Some(r#"{"AccessoryIdList":[1,2]}"#)),
        ("bind-jsv/ids-json", "AccessoryIdList", "[1, 2]", Some(r#"{"AccessoryIdList":[1,2]}"#)),
        ("bind-jsv/ids-bad", "AccessoryIdList", "[1,x,3]", None),
        ("bind-jsv/ids-trailing-form", "AccessoryIdList", "1,2,", Some(r#"{"AccessoryIdList":[1,2,0]}"#)),
        ("bind-jsv/ids-big", "AccessoryIdList", "9007199254740993", Some(r#"{"AccessoryIdList":[9007199254740993]}"#)),
        ("bind-jsv/inputs-list-form", "FormInputList", "[{Key:A,Value:1,Encrypted:true},{Key:B,Value:2}]", Some(r#"{"FormInputList":[{"Encrypted":true,"Key":"A","Value":"1"},{"Key":"B","Value":"2"}]}"#)),
        ("bind-jsv/inputs-no-brackets", "FormInputList", "{Key:A,Value:1},{Key:B,Value:2}", Some(r#"{"FormInputList":[{"Key":"A","Value":"1"},{"Key":"B","Value":"2"}]}"#)),
        ("bind-jsv/inputs-single", "FormInputList", "{Key:A,Value:1}", Some(r#"{"FormInputList":[{"Key":"A","Value":"1"}]}"#)),
        ("bind-jsv/inputs-json-form", "FormInputList", r#"[{"Key":"A","Value":"1","Encrypted":true}]"#, Some(r#"{"FormInputList":[{}]}"#)),
        ("bind-jsv/inputs-empty-form", "FormInputList", "[]", Some(r#"{"FormInputList":[]}"#)),
        ("bind-jsv/accessories", "AccessoryList", "[{Desc:Bow,Price:12.50,Type:A,CatNum:3,Sku:S-1,Report:true}]", Some(r#"{"AccessoryList":[{"CatNum":3,"Desc":"Bow","Price":"12.50","Report":true,"Sku":"S-1","Type":"A"}]}"#)),
        ("bind-jsv/desc-raw", "Desc", r#"a, "b" {c} [d]: e"#, Some(r#"{"Desc":"a, \"b\" {c} [d]: e"}"#)),
        ("bind-jsv/desc-quoted", "Desc", r#""quoted""#, Some(r#"{"Desc":"\"quoted\""}"#)),
        ("bind-jsv/desc-brace", "Desc", "{x}", Some(r#"{"Desc":"{x}"}"#)),
        ("bind-jsv/desc-plus", "Desc", "a+b", Some(r#"{"Desc":"a+b"}"#)),
        ("bind-jsv/desc-unicode-form", "Desc", "é漢🎻", Some(r#"{"Desc":"é漢🎻"}"#)),
        ("bind-jsv/desc-space", "Desc", " a ", Some(r#"{"Desc":" a "}"#)),
        ("bind-jsv/desc-newline", "Desc", "a\nb", Some(r#"{"Desc":"a\nb"}"#)),
        ("bind-jsv/body-quoted", "", r#"{Ref:"a,b",Sub:1}"#, Some(r#"{"Ref":"a,b","Sub":1}"#)),
        ("bind-jsv/body-json", "", r#"{"Ref":"a","Sub":1}"#, Some("{}")),
        ("bind-jsv/body-bad", "", "{Sub:x}", Some("{}")),
        ("bind-jsv/body-text", "", "hello", None),
        ("bind-query/ReturnTopic-bool?-00", "ReturnTopic", "", Some("{}")),
        ("bind-query/ReturnTopic-bool?-02", "ReturnTopic", "0", Some(r#"{"ReturnTopic":false}"#)),
        ("bind-query/ReturnTopic-bool?-18", "ReturnTopic", "TRUE", Some(r#"{"ReturnTopic":true}"#)),
        ("bind-query/ReturnTopic-bool?-20", "ReturnTopic", "yes", None),
        ("bind-query/ReturnTopic-bool?-22", "ReturnTopic", "t", Some(r#"{"ReturnTopic":true}"#)),
        ("bind-query/ReturnTopic-bool?-24", "ReturnTopic", "True,False", None),
        ("bind-query/AccessoryIdList-List<long>-00", "AccessoryIdList", "", Some("{}")),
        ("bind-query/AccessoryIdList-List<long>-07", "AccessoryIdList", "12.50", None),
        ("bind-query/AccessoryIdList-List<long>-10", "AccessoryIdList", "+5", None),
        ("bind-query/AccessoryIdList-List<long>-12", "AccessoryIdList", " 5 ", Some(r#"{"AccessoryIdList":[5]}"#)),
        ("bind-query/AccessoryIdList-List<long>-14", "AccessoryIdList", "9223372036854775808", None),
        ("bind-query/AccessoryIdList-List<long>-25", "AccessoryIdList", "null", None),
        ("bind-query/AccessoryIdList-List<long>-27", "AccessoryIdList", "{}", None),
        ("bind-query/AccessoryIdList-List<long>-31", "AccessoryIdList", "1,2,3", Some(r#"{"AccessoryIdList":[1,2,3]}"#)),
        ("bind-query/AccessoryIdList-List<long>-32", "AccessoryIdList", "1,,3", Some(r#"{"AccessoryIdList":[1,0,3]}"#)),
        ("bind-query/AccessoryIdList-List<long>-34", "AccessoryIdList", "[1", Some(r#"{"AccessoryIdList":[]}"#)),
        ("bind-query/AccessoryIdList-List<long>-35", "AccessoryIdList", "x]", None),
        ("bind-query/AccessoryIdList-List<long>-36", "AccessoryIdList", r#"""#, None),
        ("bind-query/Rate-Rate-12", "Rate", " 5 ", None),
        ("bind-query/Rate-Rate-25", "Rate", "null", None),
        ("bind-query/Rate-Rate-26", "Rate", r#""x""#, None),
        ("bind-query/Rate-Rate-29", "Rate", "[]", None),
        ("bind-query/Rate-Rate-34", "Rate", "[1", None),
    ];

    #[test]
    fn the_reader_reads_as_the_recorded_server() {
        for (recording, member, value, expected) in RECORDED {
            let bound = match *member {
                "" => read_object(DETAILS, &value.chars().collect::<Vec<_>>()).flatten(),
                member => bind(POST_CONTRACT, &[(member.to_owned(), (*value).to_owned())]),
            };
            let expected: Option<Value> = expected.map(|json| serde_json::from_str(json).unwrap());
            assert_eq!(bound, expected, "{recording}");
        }
    }

    /// A query that ServiceStack's own C# client sent and ServiceStack read.
    #[test]
    fn the_reader_reads_the_query_of_the_vendors_client() {
        let pairs = [
            ("schoolName", r#"St. John's "North", Middle"#),
            (
                "rate",
                r#"{PlanCode:"A,B",Level:2,Grade:"New: {x}",DownPay:24.99,MoPay:0,Months:3}"#,
            ),
            ("accessoryIdList", "1,2"),
            (
                "accessoryList",
                r#"{Desc:"Rosin [dark]",Price:5.50,Type:A,CatNum:1,Sku:R}"#,
            ),
            ("returnTopic", "True"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let expected = json!({
            "SchoolName": r#"St. John's "North", Middle"#,
            "Rate": {
                "PlanCode": "A,B", "Level": 2, "Grade": "New: {x}",
                "DownPay": "24.99", "MoPay": "0", "Months": 3,
            },
            "AccessoryIdList": [1, 2],
            "AccessoryList": [
                {"Desc": "Rosin [dark]", "Price": "5.50", "Type": "A", "CatNum": 1, "Sku": "R"},
            ],
            "ReturnTopic": true,
        });
        assert_eq!(bind(POST_CONTRACT, &pairs), Some(expected));
    }

    #[derive(Clone, Debug, Default, Serialize, Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Request {
        text: Option<String>,
        secret: Option<Secret>,
        flag: Option<bool>,
        number: Option<i64>,
        amount: Option<Money>,
        date: Option<AimDateTime>,
        ids: Option<Vec<i64>>,
        words: Option<Vec<String>>,
        inner: Option<Inner>,
        inners: Option<Vec<Inner>>,
    }

    #[derive(Clone, Debug, Default, Serialize, Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Inner {
        text: Option<String>,
        flag: Option<bool>,
        number: Option<i64>,
        amount: Option<Money>,
        date: Option<AimDateTime>,
        ids: Option<Vec<i64>>,
        words: Option<Vec<String>>,
        leaf: Option<Leaf>,
        leaves: Option<Vec<Leaf>>,
    }

    #[derive(Clone, Debug, Default, Serialize, Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Leaf {
        text: Option<String>,
        amount: Option<Money>,
    }

    const REQUEST: Members = &[
        ("Text", Text),
        ("Secret", Text),
        ("Flag", Boolean),
        ("Number", Integer),
        ("Amount", Decimal),
        ("Date", Text),
        ("Ids", List(&Integer)),
        ("Words", List(&Text)),
        ("Inner", Object(INNER)),
        ("Inners", List(&Object(INNER))),
    ];
    const INNER: Members = &[
        ("Text", Text),
        ("Flag", Boolean),
        ("Number", Integer),
        ("Amount", Decimal),
        ("Date", Text),
        ("Ids", List(&Integer)),
        ("Words", List(&Text)),
        ("Leaf", Object(LEAF)),
        ("Leaves", List(&Object(LEAF))),
    ];
    const LEAF: Members = &[("Text", Text), ("Amount", Decimal)];

    /// Text full of what JSV minds, and any other text.
    fn texts() -> impl Strategy<Value = String> {
        prop_oneof!["[\",:{}\\[\\] \\r\\na\\\\é🎻]{0,6}", any::<String>()]
    }

    fn amounts() -> impl Strategy<Value = Money> {
        (any::<i64>(), 0..=28_u32)
            .prop_map(|(mantissa, scale)| Money::new(mantissa, scale).unwrap())
    }

    fn dates() -> impl Strategy<Value = AimDateTime> {
        (1..=9999, 1..=12_u32, 1..=28_u32, 0..24_u32, 0..60_u32).prop_map(
            |(year, month, day, hour, minute)| {
                AimDateTime::from_ymd_hms(year, month, day, hour, minute, 0).unwrap()
            },
        )
    }

    fn some<S: Strategy>(values: S) -> impl Strategy<Value = Option<S::Value>>
    where
        S::Value: Clone,
    {
        proptest::option::of(values)
    }

    fn list<S: Strategy>(values: S) -> impl Strategy<Value = Vec<S::Value>> {
        proptest::collection::vec(values, 0..4)
    }

    fn leaves() -> impl Strategy<Value = Leaf> {
        (some(texts()), some(amounts())).prop_map(|(text, amount)| Leaf { text, amount })
    }

    prop_compose! {
        fn inners()(
            text in some(texts()),
            flag in any::<Option<bool>>(),
            number in any::<Option<i64>>(),
            amount in some(amounts()),
            date in some(dates()),
            ids in some(list(any::<i64>())),
            words in some(list(texts())),
            leaf in some(leaves()),
            leaves in some(list(leaves())),
        ) -> Inner {
            Inner { text, flag, number, amount, date, ids, words, leaf, leaves }
        }
    }

    prop_compose! {
        fn requests()(
            text in some(texts().prop_filter("empty text is an error", |text| !text.is_empty())),
            secret in some("[ -~]{1,8}".prop_map(Secret::from)),
            flag in any::<Option<bool>>(),
            number in any::<Option<i64>>(),
            amount in some(amounts()),
            date in some(dates()),
            ids in some(list(any::<i64>())),
            words in some(list(texts())),
            inner in some(inners()),
            inners in some(list(inners())),
        ) -> Request {
            Request { text, secret, flag, number, amount, date, ids, words, inner, inners }
        }
    }

    /// What two values must share, down to the scale of amounts and to
    /// secrets, both of which `Debug` and `==` leave out.
    fn exactly(request: &Request) -> String {
        serde_json::to_string(request).unwrap()
    }

    proptest! {
        #[test]
        fn the_server_reads_what_was_written(request in requests()) {
            let pairs = to_query_pairs(&request).unwrap();
            let bound = bind(REQUEST, &pairs).expect("the server must not answer 400");
            let read: Request = serde_json::from_value(bound).unwrap();
            prop_assert_eq!(exactly(&read), exactly(&request));
        }
    }

    fn pairs(value: Value) -> Result<Vec<(String, String)>, JsvError> {
        to_query_pairs(&value)
    }

    #[test]
    fn values_are_written_as_the_recordings_have_them() {
        let request = Request {
            text: Some(r#"a, "b" {c}"#.to_owned()),
            amount: Some("12.50".parse().unwrap()),
            date: Some(AimDateTime::from_ymd_hms(2026, 11, 21, 0, 0, 0).unwrap()),
            flag: Some(true),
            ids: Some(vec![1, -2]),
            words: Some(vec![String::new(), "a".to_owned(), " b".to_owned()]),
            inner: Some(Inner {
                text: Some(r#"say "hi""#.to_owned()),
                number: Some(2),
                amount: Some("79228162514264337593543950335".parse().unwrap()),
                date: Some(AimDateTime::from_ymd_hms(2026, 11, 21, 0, 0, 0).unwrap()),
                ..Inner::default()
            }),
            inners: Some(vec![Inner::default()]),
            ..Request::default()
        };
        let expected = [
            ("Text", r#"a, "b" {c}"#),
            ("Flag", "true"),
            ("Amount", "12.50"),
            ("Date", "2026-11-21T00:00:00"),
            ("Ids", "[1,-2]"),
            ("Words", r#"["",a," b"]"#),
            (
                "Inner",
                r#"{Text:"say ""hi""",Number:2,Amount:79228162514264337593543950335,Date:"2026-11-21T00:00:00"}"#,
            ),
            ("Inners", "[{}]"),
        ];
        let written = to_query_pairs(&request).unwrap();
        let written: Vec<_> = written
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        assert_eq!(written, expected);
        assert_eq!(to_query_pairs(&Request::default()), Ok(Vec::new()));
    }

    #[test]
    fn an_empty_list_is_sent() {
        let request = Request {
            ids: Some(Vec::new()),
            ..Request::default()
        };
        assert_eq!(
            to_query_pairs(&request),
            Ok(vec![("Ids".to_owned(), "[]".to_owned())])
        );
    }

    #[test]
    fn what_the_server_would_lose_is_an_error_that_names_the_member() {
        let name = "Notes".to_owned();
        assert_eq!(
            pairs(json!({"Notes": ""})),
            Err(JsvError::EmptyText(name.clone()))
        );
        assert_eq!(
            pairs(json!({"Notes": [null]})),
            Err(JsvError::NullItem(name.clone()))
        );
        assert_eq!(
            pairs(json!({"Notes": 1e300})),
            Err(JsvError::Exponent(name.clone()))
        );
        assert_eq!(
            pairs(json!({"Notes": {"a:b": 1}})),
            Err(JsvError::Name(name))
        );
        for value in [json!(null), json!("tok_123"), json!([1]), json!(5)] {
            assert_eq!(pairs(value), Err(JsvError::NotAnObject));
        }
    }

    #[test]
    fn errors_name_the_member_and_not_the_value() {
        let error = pairs(json!({"Notes": {"Key": ["tok_123", null]}})).unwrap_err();
        assert!(error.to_string().contains("`Notes`"));
        assert!(!format!("{error} {error:?}").contains("tok_123"));
    }
}

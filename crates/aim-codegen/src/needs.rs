//! What the hand-written part of the client needs of a document: the types,
//! members and operations that it names.
//!
//! A test compiles the client from a document that has nothing else, so the
//! lists are complete.

use crate::read::document::{At, Document};
use crate::read::problem::{Problems, Report};

/// What a member must be.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Member {
    /// A text that may be shown: neither sensitive nor an open enum.
    Text,
    /// A text, sensitive or not.
    AnyText,
    /// An object of that schema.
    Object(&'static str),
    /// A list of objects of that schema.
    List(&'static str),
}

/// An operation.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Operation {
    /// Its operationId.
    pub id: &'static str,
    /// `get` or `post`.
    pub verb: &'static str,
    /// The schema of its request.
    pub request: &'static str,
    /// The schema of its answer.
    pub answer: &'static str,
    /// What sending it again can do (`x-aim-repeat`).
    pub repeat: &'static str,
}

/// Schemas and the members of each.
pub const SCHEMAS: &[(&str, &[(&str, Member)])] = &[
    (
        STATUS_SCHEMA,
        &[("StatusCode", Member::Text), ("ErrorCode", Member::Text)],
    ),
    (
        "ErrorResponse",
        &[("ResponseStatus", Member::Object("ResponseStatus"))],
    ),
    (
        "ResponseStatus",
        &[
            ("ErrorCode", Member::Text),
            ("Message", Member::AnyText),
            ("Errors", Member::List("ResponseError")),
        ],
    ),
    ("ResponseError", &[("FieldName", Member::Text)]),
    ("GetContractDetailsRequest", &[("Ref", Member::Text)]),
    (
        "GetEndPointResponse",
        &[
            ("NewEndpointDomain", Member::AnyText),
            ("NewEndpoint", Member::AnyText),
            ("OAuthToken", Member::AnyText),
        ],
    ),
    (
        "SecurityRequest",
        &[
            ("Username", Member::AnyText),
            ("Password", Member::AnyText),
            ("DeviceID", Member::AnyText),
            ("AppID", Member::AnyText),
        ],
    ),
    (
        "SecurityResponse",
        &[("Token", Member::AnyText), ("OAuthToken", Member::AnyText)],
    ),
];

/// Operations.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        id: "GetContractDetails",
        verb: "post",
        request: "GetContractDetailsRequest",
        answer: "GetContractDetailsResponse",
        repeat: "safe",
    },
    Operation {
        id: "GetEndPoint",
        verb: "get",
        request: "GetEndPointRequest",
        answer: "GetEndPointResponse",
        repeat: "safe",
    },
    Operation {
        id: "Security",
        verb: "post",
        request: "SecurityRequest",
        answer: "SecurityResponse",
        repeat: "session",
    },
];

/// The member of every answer that carries the vendor's in-band status.
pub const STATUS: &str = "Status";

/// The schema of that member.
pub const STATUS_SCHEMA: &str = "BaseResponseResult";

/// Checks that a document has everything that the client needs.
///
/// # Errors
///
/// Everything that is missing or different, each with its place.
pub(crate) fn check(document: &Document) -> Result<(), Problems> {
    let root = At::root(document.root());
    let mut report = Report::new(document.file());
    for (name, members) in SCHEMAS {
        schema(&root, name, members, &mut report);
    }
    let operations = operations(&root);
    for needed in OPERATIONS {
        let found = operations
            .iter()
            .find(|found| found.text("operationId") == Some(needed.id));
        match found {
            Some(found) => fits(found, needed, &mut report),
            None => missing(
                root.get("paths").as_ref().unwrap_or(&root),
                &mut report,
                format!("the operation `{}` is missing", needed.id),
            ),
        }
    }
    if let Some(rule) = root.get("x-aim-failure")
        && rule.text("member") != Some(STATUS)
    {
        let at = rule.get("member").unwrap_or(rule);
        missing(
            &at,
            &mut report,
            format!("the member with the in-band status is not `{STATUS}`"),
        );
    }
    let mut answers: Vec<&str> = operations.iter().filter_map(answer_of).collect();
    answers.sort_unstable();
    answers.dedup();
    for answer in answers {
        let member = [(STATUS, Member::Object(STATUS_SCHEMA))];
        schema(&root, answer, &member, &mut report);
    }
    report.finish()
}

fn missing(at: &At<'_>, report: &mut Report, message: String) {
    at.report(
        report,
        message,
        "the hand-written part of aim-client needs it: copy it from the document that \
         aim-client comes with",
    );
}

fn schema(root: &At<'_>, name: &str, members: &[(&str, Member)], report: &mut Report) {
    let components = root.get("components");
    let schemas = components.as_ref().and_then(|all| all.get("schemas"));
    let Some(schema) = schemas.as_ref().and_then(|all| all.get(name)) else {
        let nearest = schemas.or(components);
        return missing(
            nearest.as_ref().unwrap_or(root),
            report,
            format!("the schema `{name}` is missing"),
        );
    };
    let properties = schema.get("properties");
    for (member, kind) in members {
        let Some(found) = properties.as_ref().and_then(|all| all.get(member)) else {
            missing(
                properties.as_ref().unwrap_or(&schema),
                report,
                format!("`{name}` has no member `{member}`"),
            );
            continue;
        };
        let (wanted, is_plain) = match kind {
            Member::Text => ("string".to_owned(), true),
            Member::AnyText => ("string".to_owned(), false),
            Member::Object(schema) => ((*schema).to_owned(), false),
            Member::List(item) => (format!("List<{item}>"), false),
        };
        if found.text("x-aim-dotnet-type") != Some(&wanted) {
            missing(
                &found,
                report,
                format!("the member `{member}` of `{name}` is not a `{wanted}`"),
            );
        }
        for mark in ["x-aim-open-enum", "x-aim-sensitive"] {
            // The first becomes an enum, the second a `Secret`.
            if let Some(mark) = found.get(mark).filter(|_| is_plain) {
                missing(
                    &mark,
                    report,
                    format!("the member `{member}` of `{name}` is not plain text"),
                );
            }
        }
    }
}

/// Checks that an operation has the verb, request and answer that the client
/// expects.
fn fits(found: &At<'_>, needed: &Operation, report: &mut Report) {
    let id = needed.id;
    if found.name() != needed.verb {
        let verb = needed.verb.to_uppercase();
        missing(
            found,
            report,
            format!("the operation `{id}` is not a {verb}"),
        );
    }
    if found.text("x-aim-repeat") != Some(needed.repeat) {
        let at = found.get("x-aim-repeat");
        missing(
            at.as_ref().unwrap_or(found),
            report,
            format!("`x-aim-repeat` of `{id}` is not `{}`", needed.repeat),
        );
    }
    if found.text("x-aim-request") != Some(needed.request) {
        let at = found.get("x-aim-request");
        missing(
            at.as_ref().unwrap_or(found),
            report,
            format!("the request of `{id}` is not a `{}`", needed.request),
        );
    }
    if answer_of(found) != Some(needed.answer) {
        let at = found.get("responses");
        missing(
            at.as_ref().unwrap_or(found),
            report,
            format!("the answer of `{id}` is not a `{}`", needed.answer),
        );
    }
}

fn operations<'a>(root: &At<'a>) -> Vec<At<'a>> {
    let items = root.members_of("paths");
    let members = items.iter().flat_map(At::members);
    members
        .filter(|member| ["get", "post"].contains(&member.name()))
        .collect()
}

/// The name of the schema of an operation's answer with status 200.
fn answer_of<'a>(operation: &At<'a>) -> Option<&'a str> {
    let success = operation.get("responses")?.get("200")?;
    let media_type = success.get("content")?.get("application/json")?;
    media_type.get("schema")?.text("$ref")?.rsplit('/').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = include_str!("../../../openapi/aim.yaml");

    fn missing_in(text: &str) -> Vec<String> {
        let document = Document::parse("a.yaml", text).unwrap();
        let Err(problems) = check(&document) else {
            return Vec::new();
        };
        let short = problems
            .iter()
            .map(|problem| format!("{} {}", problem.pointer, problem.message));
        short.collect()
    }

    #[test]
    fn our_document_has_everything() {
        assert_eq!(missing_in(OURS), Vec::<String>::new());
    }

    #[test]
    fn everything_missing_is_reported_with_its_place() {
        let rows = [
            (
                "        FieldName:\n",
                "        Field:\n",
                "/components/schemas/ResponseError/properties `ResponseError` has no member `FieldName`",
            ),
            (
                "operationId: GetContractDetails\n",
                "operationId: GetContract\n",
                "/paths the operation `GetContractDetails` is missing",
            ),
            (
                "      x-aim-repeat: session\n",
                "      x-aim-repeat: safe\n",
                "/paths/~1api~1Security/post/x-aim-repeat `x-aim-repeat` of `Security` is not `session`",
            ),
            (
                "  member: Status\n",
                "  member: State\n",
                "/x-aim-failure/member the member with the in-band status is not `Status`",
            ),
        ];
        for (from, to, expected) in rows {
            assert!(OURS.contains(from), "the document has no {from:?}");
            let found = missing_in(&OURS.replacen(from, to, 1));
            assert_eq!(found, [expected]);
        }
        let code = OURS.split("    BaseResponseResult:\n").nth(1).unwrap();
        let code = code.split("        StatusCode:\n").nth(1).unwrap();
        let line = "          x-aim-dotnet-type: string\n";
        let (before, after) = code.split_once(line).unwrap();
        let start = OURS.strip_suffix(code).unwrap();
        let edited = |to: &str| format!("{start}{before}{to}{after}");
        let at = "/components/schemas/BaseResponseResult/properties/StatusCode";
        assert_eq!(
            missing_in(&edited("          x-aim-dotnet-type: int\n")),
            [format!(
                "{at} the member `StatusCode` of `BaseResponseResult` is not a `string`"
            )]
        );
        assert_eq!(
            missing_in(&edited(&format!(
                "{line}          x-aim-sensitive: personal\n"
            ))),
            [format!(
                "{at}/x-aim-sensitive the member `StatusCode` of `BaseResponseResult` is not plain text"
            )]
        );
        let found = missing_in(crate::document::sample::TEXT);
        let expected = "/components/schemas the schema `ErrorResponse` is missing";
        assert!(found.iter().any(|found| found == expected), "{found:#?}");
        let expected = "/components/schemas/Answer/properties/Status \
                        the member `Status` of `Answer` is not a `BaseResponseResult`";
        assert!(found.iter().any(|found| found == expected), "{found:#?}");
    }
}

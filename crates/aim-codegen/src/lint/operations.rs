//! Rules for paths, operations, parameters, bodies and answers.

use heck::ToSnakeCase;

use super::{LEAVE_OUT, Lint, examples, referred, schemas, text, texts};
use crate::read::document::At;

/// Methods of a client that are not operations: those that progenitor writes,
/// then those of `AimClient` and its traits.
const RESERVED: &[&str] = &[
    "new",
    "new_with_client",
    "api_version",
    "baseurl",
    "client",
    "inner",
    "pre",
    "exec",
    "post",
    "builder",
    "check",
    "discover",
    "log_in",
    "look_up_fulfillment",
    "with",
    "with_token",
    "clone",
    "fmt",
    "into",
    "try_into",
];

pub(super) fn names<'a>(lint: &mut Lint<'a>, _: &At<'a>) {
    let ids: Vec<_> = lint
        .operations()
        .iter()
        .filter_map(|operation| operation.get("operationId"))
        .filter_map(|at| at.node.as_str().map(|id| (at, id)))
        .collect();
    for (at, id) in &ids {
        let method = id.to_snake_case();
        if !text::is_plain_name(id) {
            lint.problem(
                at,
                format!("the operationId `{id}` is not a plain name"),
                "begin with a letter and go on with letters and digits",
            );
        } else if RESERVED.contains(&method.as_str()) || !typify::accept_as_ident(&method) {
            lint.problem(
                at,
                format!("the operationId `{id}` is reserved"),
                format!("its method would be `{method}`, which is taken: choose another one"),
            );
        }
    }
    let values = ids.into_iter().map(|(at, id)| (at.without_key(), id));
    lint.collisions("operationIds", values, |id| id.to_snake_case());
}

/// Operations with the same answer have the same evidence and partial list.
pub(super) fn shared_answers<'a>(lint: &mut Lint<'a>, _: &At<'a>) {
    let operations = lint.operations();
    for (index, operation) in operations.iter().enumerate() {
        let Some(answer) = lint.answer(operation) else {
            continue;
        };
        let first = operations.iter().take(index).find(|first| {
            lint.answer(first)
                .is_some_and(|other| other.name() == answer.name())
        });
        let Some(first) = first else { continue };
        let says = |at: &At<'a>| {
            let evidence: Vec<_> = texts(at, "x-aim-evidence")
                .iter()
                .map(|(_, text)| *text)
                .collect();
            (evidence, at.text("x-aim-partial"))
        };
        let ((evidence, partial), (first_evidence, first_partial)) = (says(operation), says(first));
        let differs = [
            ("x-aim-evidence", evidence != first_evidence),
            ("x-aim-partial", partial != first_partial),
        ];
        for (key, _) in differs.iter().filter(|(_, differs)| *differs) {
            lint.problem_under(
                operation,
                key,
                format!(
                    "`{key}` differs from that of `{}`, which has the same answer",
                    first.text("operationId").unwrap_or_default()
                ),
                "what an answer proves cannot depend on the operation: make them equal",
            );
        }
    }
}

pub(super) fn path<'a>(lint: &mut Lint<'a>, item: &At<'a>) {
    let plain = item
        .name()
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte));
    if !plain || item.name().ends_with('/') || item.name().contains("//") {
        item.report_key(
            &mut lint.report,
            format!("the path `{}` is not plain", item.name()),
            "the vendor's paths have no parameters; the generator would rewrite doubled slashes",
        );
    }
}

pub(super) fn tags<'a>(lint: &mut Lint<'a>, operation: &At<'a>) {
    let declared = lint.root.items_of("tags");
    let known: Vec<_> = declared.iter().filter_map(|tag| tag.text("name")).collect();
    for (at, tag) in texts(operation, "tags") {
        if !known.contains(&tag) {
            lint.problem(
                &at,
                format!("the tag `{tag}` is not declared"),
                "add it to `tags` of the document",
            );
        }
    }
}

/// The request schema exists, and a POST carries it as its body.
pub(super) fn request<'a>(lint: &mut Lint<'a>, operation: &At<'a>) {
    let is_get = operation.name() == "get";
    let body = operation.get("requestBody");
    if let (true, Some(body)) = (is_get, &body) {
        body.report_key(
            &mut lint.report,
            "a GET has a body",
            "clients and servers drop it: use the query",
        );
    }
    if !is_get && body.is_none() {
        lint.problem(
            operation,
            "`requestBody` is missing",
            "a POST carries its request as JSON",
        );
    }
    let Some(name) = operation.text("x-aim-request") else {
        return;
    };
    match lint.schema(name) {
        None => lint.problem_under(
            operation,
            "x-aim-request",
            format!("there is no schema `{name}`"),
            "name the schema of the request",
        ),
        Some(schema) if schema.get("x-aim-base").is_none() => lint.problem(
            &schema,
            "`x-aim-base` is missing",
            "a request has a base class: name it",
        ),
        Some(_) => {}
    }
    let carried = body.and_then(|body| {
        lint.resolve(&body)
            .get("content")?
            .get("application/json")?
            .get("schema")
    });
    if let Some(carried) = carried
        && !is_get
        && referred(&carried) != Some(name)
    {
        lint.problem_under(
            operation,
            "x-aim-request",
            format!("the schema of the body is not `{name}`"),
            "name the schema of the body",
        );
    }
}

/// The query parameters of a GET are the members of its request schema, in
/// their order.
pub(super) fn query<'a>(lint: &mut Lint<'a>, operation: &At<'a>) {
    let mut query = Vec::new();
    for at in operation.items_of("parameters") {
        let parameter = lint.resolve(&at);
        if parameter.text("in") != Some("query") {
            continue;
        }
        if operation.name() != "get" {
            lint.problem(
                &at,
                "a POST has a query parameter",
                "the body holds the whole request",
            );
        } else if at.get("$ref").is_some() {
            lint.problem(
                &at,
                "a query parameter is defined in `components`",
                "define it in the operation: the client reads there what must stay out of a URL",
            );
        }
        query.push(parameter);
    }
    let schema = operation
        .text("x-aim-request")
        .and_then(|name| lint.schema(name));
    let Some(schema) = schema.filter(|_| operation.name() == "get") else {
        return;
    };
    let members = schema.members_of("properties");
    for (index, parameter) in query.iter().enumerate() {
        let name = parameter.text("name").unwrap_or_default();
        match members.get(index) {
            Some(member) if member.name() == name => same_member(lint, parameter, member),
            wanted => {
                let wanted = wanted.map_or("nothing", At::name);
                lint.problem_under(
                    parameter,
                    "name",
                    format!(
                        "the query has `{name}` where `{}` has `{wanted}`",
                        schema.name()
                    ),
                    "list the members of the request in their order",
                );
                return;
            }
        }
    }
    if let Some(missing) = members.get(query.len()) {
        lint.problem_under(
            operation,
            "parameters",
            format!(
                "the query lacks `{}`, a member of `{}`",
                missing.name(),
                schema.name()
            ),
            "list the members of the request in their order",
        );
    }
}

/// A query parameter has the same extensions as its member.
fn same_member<'a>(lint: &mut Lint<'a>, parameter: &At<'a>, member: &At<'a>) {
    for key in [
        "x-aim-dotnet-type",
        "x-aim-open-enum",
        "x-aim-pattern",
        "x-aim-vintage",
    ] {
        let same = match (parameter.get(key), member.get(key)) {
            (Some(ours), Some(theirs)) => schemas::same(ours.node, theirs.node),
            (ours, theirs) => ours.is_none() && theirs.is_none(),
        };
        if !same {
            lint.problem_under(
                parameter,
                key,
                format!(
                    "`{key}` differs from that of the member `{}`",
                    member.name()
                ),
                "the parameter carries the same value: make them equal",
            );
        }
    }
    let wanted = schemas::sensitivity(lint, member);
    let found = parameter.text("x-aim-sensitive");
    if found != wanted {
        let (message, help) = match wanted {
            Some(mark) => (
                format!(
                    "`{}` holds `{mark}` data and is not marked so",
                    member.name()
                ),
                format!("add `x-aim-sensitive: {mark}`, which keeps it out of URLs"),
            ),
            None => (
                format!(
                    "`{}` holds nothing sensitive and is marked so",
                    member.name()
                ),
                "remove the mark, or mark the member too".to_owned(),
            ),
        };
        lint.problem_under(parameter, "x-aim-sensitive", message, help);
    }
}

/// One answer on success, inline.
pub(super) fn success<'a>(lint: &mut Lint<'a>, operation: &At<'a>) {
    let Some(responses) = operation.get("responses") else {
        return;
    };
    match responses.get("200") {
        None => lint.problem(
            &responses,
            "the answer `200` is missing",
            "write `200` and `default`",
        ),
        Some(success) if success.get("$ref").is_some() => lint.problem(
            &success,
            "the answer `200` is a `$ref`",
            "write it inline: the client reads its schema here",
        ),
        Some(_) => {}
    }
}

/// One shared answer for everything but success. No generated Rust depends on it.
pub(super) fn failures<'a>(lint: &mut Lint<'a>, operation: &At<'a>) {
    let Some(responses) = operation.get("responses") else {
        return;
    };
    for response in responses.members() {
        let status = response.name();
        let why = match status {
            "200" | "default" => continue,
            _ if status.starts_with('2') => "the client reads one success answer",
            _ if status.ends_with("XX") => {
                "some generators (NSwag, orval 7) write `status == 4XX`, which does not compile"
            }
            _ => "`default` covers what the vendor does not document",
        };
        response.report_key(
            &mut lint.report,
            format!("the answer `{status}` is not allowed here"),
            format!("{why}: write `200` and `default`"),
        );
    }
    match responses.get("default") {
        None => lint.problem(
            &responses,
            "the answer `default` is missing",
            "write `200` and `default`",
        ),
        Some(failure) if failure.get("$ref").is_none() => lint.problem(
            &failure,
            "a failure answer is written inline",
            "refer to the shared one in `components/responses`: all operations fail alike",
        ),
        Some(_) => {}
    }
}

/// The evidence that an operation ran is in its answer.
pub(super) fn evidence<'a>(lint: &mut Lint<'a>, operation: &At<'a>) {
    let Some(answer) = lint.answer(operation) else {
        return;
    };
    if answer.get("x-aim-base").is_none() {
        lint.problem(
            &answer,
            "`x-aim-base` is missing",
            "an answer has a base class: name it",
        );
    }
    let members = answer.get("properties");
    let member = |name: &str| members.as_ref().and_then(|all| all.get(name));
    let failure = lint.root.get("x-aim-failure");
    let status = failure.as_ref().and_then(|rule| rule.text("member"));
    if let Some(status) = status
        && member(status).is_none()
    {
        lint.problem(
            &answer,
            format!("the answer has no member `{status}`"),
            "the client looks there for a failure, as `x-aim-failure` says: list what the base class declares",
        );
    }
    let evidence = texts(operation, "x-aim-evidence");
    if let (true, Some(at)) = (evidence.is_empty(), operation.get("x-aim-evidence")) {
        lint.problem(
            &at,
            "the list is empty",
            "name the members that prove that the operation ran",
        );
    }
    for (index, (at, name)) in evidence.iter().enumerate() {
        if member(name).is_none() {
            lint.problem(
                at,
                format!("`{}` has no member `{name}`", answer.name()),
                "name members of the answer",
            );
        } else if evidence
            .iter()
            .take(index)
            .any(|(_, earlier)| earlier == name)
        {
            lint.problem(at, format!("`{name}` is listed twice"), LEAVE_OUT);
        } else if Some(*name) != status
            && member(name).is_some_and(|member| member.get("allOf").is_some())
        {
            lint.problem(
                at,
                format!("`{name}` is an object, which an answer without any result has too"),
                "name members that hold a value or a list",
            );
        }
    }
    let proofs = evidence
        .iter()
        .map(|(_, name)| member(name)?.get("example"));
    let proofs: Option<Vec<_>> = proofs.collect();
    if let Some(proofs) = proofs
        && let Some(first) = proofs.first()
        && !evidence.iter().any(|(_, name)| Some(*name) == status)
        && !proofs
            .iter()
            .any(|example| examples::has_value(example.node))
    {
        lint.problem(
            first,
            format!(
                "an answer of the examples of `{}` proves nothing",
                answer.name()
            ),
            "write a value that is not 0, false or empty for a member of `x-aim-evidence`: mocks answer with it",
        );
    }
    if let Some(partial) = operation.text("x-aim-partial") {
        let is_list = member(partial).is_some_and(|member| member.text("type") == Some("array"));
        if !is_list {
            lint.problem_under(
                operation,
                "x-aim-partial",
                format!("`{}` has no list `{partial}`", answer.name()),
                "name the list of the items that were not applied",
            );
        }
    }
}

pub(super) fn lookup<'a>(lint: &mut Lint<'a>, operation: &At<'a>) {
    let Some(lookup) = operation.get("x-aim-lookup") else {
        return;
    };
    let id = lookup.text("operation").unwrap_or_default();
    let target = lint
        .operations()
        .into_iter()
        .find(|operation| operation.text("operationId") == Some(id));
    let Some(target) = target.filter(|target| target.text("x-aim-repeat") == Some("safe")) else {
        lint.problem_under(
            &lookup,
            "operation",
            format!("there is no operation `{id}` that is safe to repeat"),
            "name the operation that shows what happened",
        );
        return;
    };
    let has_member = |operation: &At<'a>, name: &str| {
        let schema = operation
            .text("x-aim-request")
            .and_then(|request| lint.schema(request));
        schema
            .and_then(|schema| schema.get("properties")?.get(name))
            .is_some()
    };
    let pairs = lookup.members_of("by");
    let mut missing = Vec::new();
    for pair in &pairs {
        let own = pair.node.as_str().unwrap_or_default();
        if !has_member(&target, pair.name()) || !has_member(operation, own) {
            missing.push((pair, own));
        }
    }
    for (pair, own) in missing {
        lint.problem(
            pair,
            format!(
                "`{id}` has no member `{}`, or this request has no member `{own}`",
                pair.name()
            ),
            "write a member of the look-up, then the member of this request that fills it",
        );
    }
    if pairs.is_empty() {
        lint.problem_under(
            &lookup,
            "by",
            "the map is empty",
            "name the members to look up by",
        );
    }
}

/// HTTP stacks and proxies repeat a GET by themselves, and so book twice.
pub(super) fn booking_get<'a>(lint: &mut Lint<'a>, operation: &At<'a>) {
    if books_by_get(operation) && !is_set(operation, "deprecated") {
        lint.problem_under(
            operation,
            "deprecated",
            "a GET that books is not deprecated",
            "proxies and HTTP stacks may repeat a GET: set `deprecated: true`",
        );
    }
}

/// No generated Rust depends on it.
pub(super) fn internal<'a>(lint: &mut Lint<'a>, operation: &At<'a>) {
    let (message, help) = match (books_by_get(operation), is_set(operation, "x-internal")) {
        (true, false) => (
            "a GET that books is not internal",
            "HTTP stacks repeat a GET by themselves, and so book twice: set `x-internal: true`, by \
             which openapi-generator leaves the operation out",
        ),
        (false, true) => (
            "an operation is internal that is no GET that books",
            "clients of openapi-generator would lack it: remove `x-internal`",
        ),
        _ => return,
    };
    lint.problem_under(operation, "x-internal", message, help);
}

fn books_by_get(operation: &At<'_>) -> bool {
    operation.name() == "get" && operation.text("x-aim-repeat") == Some("books")
}

fn is_set(at: &At<'_>, key: &str) -> bool {
    let mark = at.node.get(key);
    mark.is_some_and(|at| at.value == crate::document::Value::Bool(true))
}

/// Parameters, inline or by `$ref`, have different names in Rust.
pub(super) fn parameters<'a>(lint: &mut Lint<'a>, operation: &At<'a>) {
    let items = operation.items_of("parameters").into_iter();
    let names: Vec<_> = items
        .filter_map(|at| lint.resolve(&at).text("name").map(|name| (at, name)))
        .collect();
    lint.collisions("parameters", names, |name| name.to_snake_case());
}

pub(super) fn parameter<'a>(lint: &mut Lint<'a>, parameter: &At<'a>) {
    let name = parameter.text("name").unwrap_or_default();
    let place = parameter.text("in").unwrap_or_default();
    if !["query", "header"].contains(&place) {
        lint.problem_under(
            parameter,
            "in",
            format!("a parameter is in the {place}"),
            "the generator does not support cookies, and the vendor's paths have no parameters",
        );
    }
    if !text::is_plain_name(name) {
        lint.problem_under(
            parameter,
            "name",
            format!("the name `{name}` is not plain"),
            "begin with a letter and go on with letters and digits",
        );
    }
    let taken = lint
        .section("securitySchemes")
        .iter()
        .filter_map(|scheme| scheme.text("name"))
        .any(|scheme| scheme.eq_ignore_ascii_case(name));
    if taken {
        lint.problem_under(
            parameter,
            "name",
            format!("the credential `{name}` is a parameter"),
            "it would be an argument of every call and appear in logs: describe it as a security scheme",
        );
    }
    if place == "header" {
        if parameter.get("x-aim-declared-in").is_none() {
            lint.problem(
                parameter,
                "`x-aim-declared-in` is missing",
                "name the base class that declares it",
            );
        }
        if parameter.text("x-aim-sensitive") != Some("secret") {
            lint.problem_under(
                parameter,
                "x-aim-sensitive",
                format!("the credential `{name}` is not marked `secret`"),
                "all headers of the vendor are credentials; without the mark tools print them",
            );
        }
        if ["accept", "authorization"].contains(&name.to_ascii_lowercase().as_str()) {
            lint.problem_under(
                parameter,
                "name",
                format!("`{name}` is not a parameter"),
                "OpenAPI ignores it; write it in the description",
            );
        }
    }
    schemas::declared(lint, parameter, name);
    schemas::parameter(lint, parameter);
}

pub(super) fn request_body<'a>(lint: &mut Lint<'a>, body: &At<'a>) {
    let required = body.node.get("required");
    if required.is_none_or(|at| at.value != crate::document::Value::Bool(true)) {
        lint.problem_under(
            body,
            "required",
            "the body is not required",
            "the generator treats every body as required: write `required: true`",
        );
    }
    for media_type in body.members_of("content") {
        if media_type.name() != "application/json" {
            media_type.report_key(
                &mut lint.report,
                format!("a request cannot be `{}`", media_type.name()),
                "the generator panics on a second media type: write exactly `application/json`",
            );
        }
    }
    let content = body.get("content");
    if let Some(content) = content.filter(|content| content.get("application/json").is_none()) {
        lint.problem(
            &content,
            "`application/json` is missing",
            "a request is JSON",
        );
    }
}

pub(super) fn response<'a>(lint: &mut Lint<'a>, response: &At<'a>) {
    let content = response.get("content");
    if let Some(content) = content.filter(|content| content.get("application/json").is_none()) {
        lint.problem(
            &content,
            "`application/json` is missing",
            "without it the generator gives the answer no type",
        );
    }
}

/// No generated Rust depends on it: the client reads XML in any case.
pub(super) fn one_media_type<'a>(lint: &mut Lint<'a>, response: &At<'a>) {
    for media_type in response.members_of("content") {
        if media_type.name() != "application/json" {
            media_type.report_key(
                &mut lint.report,
                format!("an answer cannot be `{}`", media_type.name()),
                "of a second media type some generators (openapi-fetch, orval) make a union, of \
                 which nothing can be read: write exactly `application/json`",
            );
        }
    }
}

pub(super) fn media_type<'a>(lint: &mut Lint<'a>, media_type: &At<'a>) {
    let schema = media_type.get("schema");
    if let Some(schema) = schema.filter(|schema| schema.get("$ref").is_none()) {
        lint.problem(
            &schema,
            "the schema is written inline",
            "name it in `components/schemas` and refer to it: the generator invents names for inline ones",
        );
    }
}

impl<'a> Lint<'a> {
    /// The schema of an operation's answer with status 200.
    fn answer(&self, operation: &At<'a>) -> Option<At<'a>> {
        let success = operation.get("responses")?.get("200")?;
        let content = self.resolve(&success).get("content")?;
        let schema = content.get("application/json")?.get("schema")?;
        self.schema(referred(&schema)?)
    }
}

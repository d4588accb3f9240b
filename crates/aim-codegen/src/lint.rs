//! The document's style, and the reasons for it.
//!
//! progenitor 0.15 and typify 0.8 panic on some legal OpenAPI and ignore more
//! of it in silence; other generators stumble elsewhere. The rules here refuse
//! all that, and check the `x-aim-` extensions against the rest of the
//! document, since a lost or misplaced one would cost a redaction or book
//! something twice.

mod operations;
mod schemas;
mod text;

use std::collections::HashMap;

use crate::document::{At, Document, Kind, Value};
use crate::problem::{Problems, Report};

/// Checks a document's style.
///
/// # Errors
///
/// Every place where the document leaves it, each with reason and fix.
pub fn lint(document: &Document) -> Result<(), Problems> {
    let mut lint = Lint {
        root: At::root(document.root()),
        report: Report::new(document.file()),
    };
    for (kind, at) in &document.objects() {
        for (kinds, key, why, fix) in FORBIDDEN {
            if let (true, Some(member)) = (kinds.contains(kind), at.get(key)) {
                member.report_key(
                    &mut lint.report,
                    format!("`{key}` may not stand here: {why}"),
                    *fix,
                );
            }
        }
        for (kinds, key, why) in REQUIRED {
            if kinds.contains(kind) && at.get(key).is_none_or(|member| is_blank(&member)) {
                at.report(
                    &mut lint.report,
                    format!("`{key}` is missing or empty"),
                    *why,
                );
            }
        }
        for (wanted, check) in RULES {
            if wanted == kind {
                check(&mut lint, at);
            }
        }
        text::check(&mut lint, at);
    }
    lint.report.finish()
}

fn is_blank(at: &At<'_>) -> bool {
    match &at.node.value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

use Kind::{
    Components, Content, Example, Info, Items, MediaType, Operation, Parameter, ParameterSchema,
    Part, PathItem, Property, RequestBody, Response, Root, Schema, SecurityScheme,
};

const SCHEMAS: &[Kind] = &[Schema, Property, Items, Part, Content, ParameterSchema];

const UNKNOWN_VALUES: &str = "one value outside it would fail the whole answer";
const AS_ENUM: &str = "list the known values in `x-aim-open-enum`";
const IN_WORDS: &str = "say it in the description";
const UNUSED: &str = "the generator skips it in silence";
const ONE_SERVER: &str = "the client takes one base URL from its user";
const LEAVE_OUT: &str = "remove it";
const FLAT: &str = "generators merge or guess such schemas, each in its own way";
const WRITE_FLAT: &str = "write one flat object; refer to another one by `allOf: [{$ref: …}]`";
const TWO_VERBS: &str = "the client has only GET and POST";

/// Keys that OpenAPI knows and the document does not use: where, which, why
/// not, what instead.
const FORBIDDEN: &[(&[Kind], &str, &str, &str)] = &[
    (SCHEMAS, "enum", UNKNOWN_VALUES, AS_ENUM),
    (
        SCHEMAS,
        "pattern",
        UNKNOWN_VALUES,
        "use `x-aim-pattern`, which is checked before sending only",
    ),
    (SCHEMAS, "minLength", UNKNOWN_VALUES, IN_WORDS),
    (SCHEMAS, "maxLength", UNKNOWN_VALUES, IN_WORDS),
    (SCHEMAS, "minimum", UNKNOWN_VALUES, IN_WORDS),
    (SCHEMAS, "maximum", UNKNOWN_VALUES, IN_WORDS),
    (SCHEMAS, "exclusiveMinimum", UNKNOWN_VALUES, IN_WORDS),
    (SCHEMAS, "exclusiveMaximum", UNKNOWN_VALUES, IN_WORDS),
    (SCHEMAS, "multipleOf", UNKNOWN_VALUES, IN_WORDS),
    (SCHEMAS, "minItems", UNKNOWN_VALUES, IN_WORDS),
    (SCHEMAS, "maxItems", UNKNOWN_VALUES, IN_WORDS),
    (SCHEMAS, "uniqueItems", UNKNOWN_VALUES, IN_WORDS),
    (SCHEMAS, "minProperties", UNKNOWN_VALUES, IN_WORDS),
    (SCHEMAS, "maxProperties", UNKNOWN_VALUES, IN_WORDS),
    (
        SCHEMAS,
        "additionalProperties",
        "the vendor may add members at any time",
        LEAVE_OUT,
    ),
    (
        SCHEMAS,
        "default",
        "generated clients would send it on their own",
        IN_WORDS,
    ),
    (SCHEMAS, "oneOf", FLAT, WRITE_FLAT),
    (SCHEMAS, "anyOf", FLAT, WRITE_FLAT),
    (SCHEMAS, "not", FLAT, WRITE_FLAT),
    (SCHEMAS, "discriminator", FLAT, WRITE_FLAT),
    (
        SCHEMAS,
        "title",
        "it would rename the generated type",
        "name the schema in `components`",
    ),
    (SCHEMAS, "readOnly", UNUSED, IN_WORDS),
    (SCHEMAS, "writeOnly", UNUSED, IN_WORDS),
    (SCHEMAS, "deprecated", UNUSED, IN_WORDS),
    (SCHEMAS, "externalDocs", UNUSED, IN_WORDS),
    (&[PathItem], "put", TWO_VERBS, LEAVE_OUT),
    (&[PathItem], "delete", TWO_VERBS, LEAVE_OUT),
    (&[PathItem], "options", TWO_VERBS, LEAVE_OUT),
    (&[PathItem], "head", TWO_VERBS, LEAVE_OUT),
    (&[PathItem], "patch", TWO_VERBS, LEAVE_OUT),
    (&[PathItem], "trace", TWO_VERBS, LEAVE_OUT),
    (
        &[PathItem],
        "parameters",
        "the client reads those of operations",
        "move them to the operations",
    ),
    (&[PathItem, Operation], "servers", ONE_SERVER, LEAVE_OUT),
    (
        &[Operation],
        "security",
        "the client sends the same credentials everywhere",
        LEAVE_OUT,
    ),
    (&[Operation], "callbacks", UNUSED, LEAVE_OUT),
    (
        &[Parameter],
        "style",
        "the generator gives up on all but the default",
        LEAVE_OUT,
    ),
    (&[Parameter], "explode", UNUSED, LEAVE_OUT),
    (&[Parameter], "allowReserved", UNUSED, LEAVE_OUT),
    (&[Parameter], "allowEmptyValue", UNUSED, LEAVE_OUT),
    (&[Parameter], "deprecated", UNUSED, IN_WORDS),
    (&[Parameter], "examples", UNUSED, "give one `example`"),
    (
        &[MediaType],
        "encoding",
        "the generator panics on it",
        LEAVE_OUT,
    ),
    (
        &[MediaType],
        "example",
        "named examples say what they are",
        "use `examples`",
    ),
    (
        &[Example],
        "externalValue",
        "the document stands for itself",
        "use `value`",
    ),
    (&[Response], "headers", UNUSED, IN_WORDS),
    (&[Response, Components], "links", UNUSED, IN_WORDS),
    (&[Components], "headers", UNUSED, LEAVE_OUT),
    (&[Components], "callbacks", UNUSED, LEAVE_OUT),
];

const FOR_READERS: &str = "readers of the generated documentation need it";
const FOR_TYPES: &str = "write the C# type of the member, such as `string` or `int?`";

/// Keys that the document always has: where, which, why.
const REQUIRED: &[(&[Kind], &str, &str)] = &[
    (
        &[Root],
        "security",
        "list the credentials that every call needs",
    ),
    (&[Root], "components", "schemas and credentials stand there"),
    (
        &[Root],
        "x-aim-base-classes",
        "`x-aim-base` and `x-aim-declared-in` refer to it",
    ),
    (
        &[Root],
        "x-aim-failure",
        "status 200 may carry a failure: say how to tell",
    ),
    (
        &[Operation],
        "operationId",
        "the generator refuses operations without a name",
    ),
    (&[Operation], "summary", FOR_READERS),
    (&[Operation], "description", FOR_READERS),
    (
        &[Operation],
        "x-aim-operation",
        "write the vendor's name of the service",
    ),
    (
        &[Operation],
        "x-aim-request",
        "name the schema of the request, for GET too",
    ),
    (
        &[Operation],
        "x-aim-repeat",
        "say `safe` or `books`: may it be sent twice?",
    ),
    (
        &[Operation],
        "x-aim-evidence",
        "list the members of the answer that prove that it ran",
    ),
    (
        &[Operation],
        "x-aim-licenses",
        "list the service licences, any of which suffices",
    ),
    (&[Schema], "description", FOR_READERS),
    (&[Property, Parameter], "description", FOR_READERS),
    (&[Property, Parameter], "example", FOR_READERS),
    (&[Property, Parameter], "x-aim-dotnet-type", FOR_TYPES),
    (&[MediaType], "schema", "the generator panics without it"),
    (&[Example], "value", "an example without one shows nothing"),
    (
        &[Response],
        "content",
        "an answer without a body has another type than the others",
    ),
    (&[SecurityScheme], "description", FOR_READERS),
    (&[SecurityScheme], "x-aim-dotnet-type", FOR_TYPES),
    (
        &[SecurityScheme],
        "x-aim-declared-in",
        "name the base class that declares it",
    ),
    (
        &[SecurityScheme],
        "x-aim-sensitive",
        "a credential is `secret`",
    ),
];

type Check = for<'a> fn(&mut Lint<'a>, &At<'a>);

/// What takes more than a look at one key: where, and the rule.
const RULES: &[(Kind, Check)] = &[
    (Root, version),
    (Info, info_version),
    (Root, credentials),
    (SecurityScheme, security_scheme),
    (Root, base_classes),
    (Root, failure),
    (Root, operations::names),
    (Root, operations::shared_answers),
    (PathItem, operations::path),
    (Operation, operations::tags),
    (Operation, operations::request),
    (Operation, operations::query),
    (Operation, operations::answers),
    (Operation, operations::evidence),
    (Operation, operations::lookup),
    (Operation, operations::booking_get),
    (Operation, operations::parameters),
    (Parameter, operations::parameter),
    (RequestBody, operations::request_body),
    (Response, operations::response),
    (MediaType, operations::media_type),
    (Components, schemas::names),
    (Components, schemas::answers_require_nothing),
    (Components, schemas::open_enums),
    (Schema, schemas::object),
    (Schema, schemas::base),
    (Schema, schemas::exclusive),
    (Property, schemas::property),
    (Part, schemas::part),
];

/// The document and what is wrong with it.
struct Lint<'a> {
    root: At<'a>,
    report: Report,
}

impl<'a> Lint<'a> {
    fn component(&self, section: &str, name: &str) -> Option<At<'a>> {
        self.root.get("components")?.get(section)?.get(name)
    }

    fn schema(&self, name: &str) -> Option<At<'a>> {
        self.component("schemas", name)
    }

    /// All entries of a section of `components`.
    fn section(&self, section: &str) -> Vec<At<'a>> {
        let components = self.root.get("components");
        components.map_or_else(Vec::new, |components| components.members_of(section))
    }

    /// The object itself, or what its `$ref` leads to.
    fn resolve(&self, at: &At<'a>) -> At<'a> {
        let target = at.text("$ref").and_then(|target| {
            let mut steps = target.strip_prefix("#/components/")?.split('/');
            self.component(steps.next()?, steps.next()?)
        });
        target.unwrap_or_else(|| at.clone())
    }

    /// The operations in the document's order.
    fn operations(&self) -> Vec<At<'a>> {
        let items = self.root.members_of("paths");
        let members = items.iter().flat_map(At::members);
        members
            .filter(|member| ["get", "post"].contains(&member.name()))
            .collect()
    }

    /// The base class that declares a member, from `class` upwards.
    fn declared_in(&self, class: &'a str, member: &str) -> Option<&'a str> {
        let classes = self.root.get("x-aim-base-classes")?;
        let mut seen = Vec::new();
        let mut next = Some(class);
        while let Some(name) = next.filter(|name| !seen.contains(name)) {
            seen.push(name);
            let class = classes.get(name)?;
            if texts(&class, "members")
                .iter()
                .any(|(_, text)| *text == member)
            {
                return Some(name);
            }
            next = class.text("base");
        }
        None
    }

    fn problem(&mut self, at: &At<'_>, message: impl Into<String>, help: impl Into<String>) {
        at.report(&mut self.report, message, help);
    }

    /// A problem of what stands under a key, or of its absence.
    fn problem_under(
        &mut self,
        at: &At<'_>,
        key: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        at.get(key)
            .as_ref()
            .unwrap_or(at)
            .report(&mut self.report, message, help);
    }

    /// Reports the names that become the same in Rust, each at its place.
    fn collisions(
        &mut self,
        what: &str,
        names: impl IntoIterator<Item = (At<'a>, &'a str)>,
        in_rust: fn(&str) -> String,
    ) {
        let mut seen = HashMap::<String, &str>::new();
        for (at, name) in names {
            let rust = in_rust(name);
            if let Some(first) = seen.get(rust.as_str()) {
                at.report_key(
                    &mut self.report,
                    format!("the {what} `{name}` and `{first}` are both `{rust}` in Rust"),
                    "the generator writes both, and the result does not compile: rename one",
                );
            } else {
                seen.insert(rust, name);
            }
        }
    }
}

/// The texts of a list, with their places.
fn texts<'a>(at: &At<'a>, key: &str) -> Vec<(At<'a>, &'a str)> {
    at.items_of(key)
        .into_iter()
        .filter_map(|item| item.node.as_str().map(|text| (item, text)))
        .collect()
}

/// The name of the schema that a `$ref` leads to.
fn referred<'a>(at: &At<'a>) -> Option<&'a str> {
    at.text("$ref")?.rsplit('/').next()
}

fn version(lint: &mut Lint<'_>, root: &At<'_>) {
    if root.text("openapi") != Some("3.0.3") {
        lint.problem_under(
            root,
            "openapi",
            "the version is not 3.0.3",
            "the generator reads 3.0 only, and 3.0.3 is what this document is written for",
        );
    }
}

fn info_version(lint: &mut Lint<'_>, info: &At<'_>) {
    let version = info.text("version").unwrap_or_default();
    if version.is_empty() || !version.bytes().all(|byte| byte.is_ascii_graphic()) {
        lint.problem_under(
            info,
            "version",
            "the version is not plain ASCII",
            "the generated client panics when it puts another text into a header; write such as `1.0.0`",
        );
    }
}

fn credentials(lint: &mut Lint<'_>, root: &At<'_>) {
    let Some(security) = root.get("security") else {
        return;
    };
    let alternatives: Vec<_> = security.items().collect();
    let [all] = alternatives.as_slice() else {
        lint.problem(
            &security,
            "there must be exactly one item",
            "several items mean that one of them suffices; list all schemes in one",
        );
        return;
    };
    let schemes = lint.section("securitySchemes");
    for scheme in &schemes {
        if all.get(scheme.name()).is_none() {
            lint.problem(
                all,
                format!("the security scheme `{}` is missing", scheme.name()),
                "every call needs all of them",
            );
        }
    }
    for name in all.members() {
        if !schemes.iter().any(|scheme| scheme.name() == name.name()) {
            name.report_key(
                &mut lint.report,
                format!("there is no security scheme `{}`", name.name()),
                "describe it in `components/securitySchemes`",
            );
        }
    }
}

fn security_scheme<'a>(lint: &mut Lint<'a>, scheme: &At<'a>) {
    if scheme.get("x-aim-dotnet-type").is_some()
        && scheme.text("x-aim-dotnet-type") != Some("string")
    {
        lint.problem_under(
            scheme,
            "x-aim-dotnet-type",
            "a credential is no `string`",
            FOR_TYPES,
        );
    }
    schemas::declared(lint, scheme, scheme.text("name").unwrap_or_default());
}

fn base_classes(lint: &mut Lint<'_>, root: &At<'_>) {
    let Some(classes) = root.get("x-aim-base-classes") else {
        return;
    };
    for class in classes.members() {
        let members = texts(&class, "members");
        for (index, (at, name)) in members.iter().enumerate() {
            if members
                .iter()
                .take(index)
                .any(|(_, earlier)| earlier == name)
            {
                lint.problem(at, format!("`{name}` stands here twice"), LEAVE_OUT);
            }
        }
        let mut above = Vec::new();
        let mut next = class.text("base");
        while let Some(name) = next.filter(|name| !above.contains(name)) {
            above.push(name);
            next = classes.get(name).and_then(|class| class.text("base"));
        }
        let Some(base) = class.text("base") else {
            continue;
        };
        if classes.get(base).is_none() || above.contains(&class.name()) {
            lint.problem_under(
                &class,
                "base",
                format!("`{base}` is no base class above `{}`", class.name()),
                "name another key of `x-aim-base-classes`, and go in no circle",
            );
        }
    }
}

fn failure(lint: &mut Lint<'_>, root: &At<'_>) {
    let Some(rule) = root.get("x-aim-failure") else {
        return;
    };
    let member = rule.text("member").unwrap_or_default();
    // Every answer has the member, so the first schema with it tells its type.
    let status = lint.section("schemas").into_iter().find_map(|schema| {
        lint.declared_in(schema.text("x-aim-base")?, member)?;
        let property = schema.get("properties")?.get(member)?;
        lint.schema(property.text("x-aim-dotnet-type")?)
    });
    let Some(status) = status else {
        lint.problem_under(
            &rule,
            "member",
            format!("no answer has a member `{member}` that a base class declares"),
            "name the member that carries the in-band status",
        );
        return;
    };
    for clause in rule.items_of("any") {
        let name = clause.text("member").unwrap_or_default();
        let property = status.get("properties").and_then(|all| all.get(name));
        if property.and_then(|property| property.text("x-aim-dotnet-type")) != Some("string") {
            lint.problem_under(
                &clause,
                "member",
                format!("`{}` has no text member `{name}`", status.name()),
                "a clause compares texts",
            );
        }
        if clause.get("in").is_some() == clause.get("notIn").is_some() {
            lint.problem(
                &clause,
                "a clause has either `in` or `notIn`",
                "write a second clause for a second comparison",
            );
        }
        for values in ["in", "notIn"].iter().filter_map(|key| clause.get(key)) {
            if values.node.items().is_empty() {
                lint.problem(
                    &values,
                    "the list is empty",
                    "list the values to compare with",
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::sample;

    /// The problems of a text, each as pointer and message.
    fn problems(text: &str) -> Vec<String> {
        let found = Document::parse("a.yaml", text).and_then(|document| lint(&document));
        let Err(problems) = found else {
            return Vec::new();
        };
        let short =
            |problem: &crate::problem::Problem| format!("{} {}", problem.pointer, problem.message);
        problems.iter().map(short).collect()
    }

    /// Replaces one text of the sample and expects one problem.
    #[track_caller]
    fn row(from: &str, to: &str, pointer: &str, message: &str) {
        assert!(sample::TEXT.contains(from), "the sample has no {from:?}");
        let found = problems(&sample::TEXT.replacen(from, to, 1));
        assert!(
            found.iter().any(|problem| {
                problem.starts_with(&format!("{pointer} ")) && problem.contains(message)
            }),
            "{from:?} as {to:?} should give {message:?} at {pointer}, gave {found:#?}"
        );
    }

    const POST: &str = "/paths/~1api~1Look/post";
    const GET: &str = "/paths/~1api~1Look/get";
    const SCHEMAS_AT: &str = "/components/schemas";

    #[test]
    fn the_sample_is_clean() {
        assert_eq!(problems(sample::TEXT), Vec::<String>::new());
    }

    #[test]
    fn every_forbidden_key_is_found() {
        let homes = [
            (
                Property,
                "        Found:\n",
                "          ",
                format!("{SCHEMAS_AT}/Answer/properties/Found"),
            ),
            (
                PathItem,
                "  /api/Look:\n",
                "    ",
                "/paths/~1api~1Look".to_owned(),
            ),
            (Operation, "    post:\n", "      ", POST.to_owned()),
            (
                Parameter,
                "        - name: Ref\n",
                "          ",
                format!("{GET}/parameters/0"),
            ),
            (
                MediaType,
                "          application/json:\n",
                "            ",
                format!("{POST}/requestBody/content/application~1json"),
            ),
            (
                Example,
                "              realistic:\n",
                "                ",
                format!("{POST}/requestBody/content/application~1json/examples/realistic"),
            ),
            (
                Response,
                "    Error:\n",
                "      ",
                "/components/responses/Error".to_owned(),
            ),
            (Components, "components:\n", "  ", "/components".to_owned()),
        ];
        let values = |key: &str| match key {
            "enum" | "oneOf" | "anyOf" | "servers" | "parameters" | "security" => "[]",
            "not" | "put" | "delete" | "options" | "head" | "patch" | "trace" => "{responses: {}}",
            "discriminator" => "{propertyName: a}",
            "externalDocs" => "{url: u}",
            "pattern" | "title" | "externalValue" => "a",
            "style" => "form",
            "examples" | "encoding" | "headers" | "links" | "callbacks" => "{}",
            "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties"
            | "maxProperties" | "minimum" | "maximum" | "multipleOf" | "default" | "example" => "1",
            _ => "true",
        };
        for (kinds, key, why, _) in FORBIDDEN {
            for (kind, from, indentation, pointer) in &homes {
                if !kinds.contains(kind) || *key == "not" {
                    continue;
                }
                let to = format!("{from}{indentation}{key}: {}\n", values(key));
                row(from, &to, &format!("{pointer}/{key}"), why);
            }
        }
        row(
            "type: boolean",
            "type: boolean\n          not: {type: string}",
            &format!("{SCHEMAS_AT}/Answer/properties/Found/not"),
            FLAT,
        );
    }

    #[test]
    fn every_required_key_is_missed() {
        for (from, pointer, key) in [
            ("security:\n  - ApiKey: []\n    AppId: []\n", "", "security"),
            ("      operationId: Look\n", POST, "operationId"),
            ("      summary: Look\n", POST, "summary"),
            ("      description: Looks `[0]` up.\n", POST, "description"),
            ("      x-aim-operation: Look\n", POST, "x-aim-operation"),
            ("      x-aim-request: Query\n", POST, "x-aim-request"),
            (
                "      x-aim-licenses: [Looking Service]\n",
                POST,
                "x-aim-licenses",
            ),
            ("      x-aim-repeat: safe\n", POST, "x-aim-repeat"),
            (
                "      x-aim-evidence: [Found, Status]\n",
                POST,
                "x-aim-evidence",
            ),
            (
                "      description: A card.\n",
                "/components/schemas/Card",
                "description",
            ),
            (
                "          description: The reference.\n",
                "/paths/~1api~1Look/get/parameters/0",
                "description",
            ),
            (
                "          description: The items.\n",
                "/components/schemas/Answer/properties/Items",
                "description",
            ),
            (
                "          example: true\n",
                "/components/schemas/Answer/properties/Found",
                "example",
            ),
            (
                "          x-aim-dotnet-type: bool\n",
                "/components/schemas/Answer/properties/Found",
                "x-aim-dotnet-type",
            ),
            (
                "              schema:\n                type: string\n",
                "/paths/~1api~1Look/post/responses/200/content/application~1xml",
                "schema",
            ),
            (
                "      description: The key.\n",
                "/components/securitySchemes/ApiKey",
                "description",
            ),
        ] {
            let to = if key == "schema" {
                "              examples: {}\n"
            } else {
                ""
            };
            row(from, to, pointer, &format!("`{key}` is missing"));
        }
        row(
            "description: A card.",
            "description: ' '",
            "/components/schemas/Card",
            "`description` is missing or empty",
        );
    }

    #[test]
    fn the_document_as_a_whole() {
        row("3.0.3", "3.1.0", "/openapi", "the version is not 3.0.3");
        row(
            "version: 1.0.0",
            "version: '1 é'",
            "/info/version",
            "not plain ASCII",
        );
        row(
            "    AppId: []\n",
            "",
            "/security/0",
            "the security scheme `AppId` is missing",
        );
        row(
            "    AppId: []\n",
            "    AppId: []\n    Other: []\n",
            "/security/0/Other",
            "there is no security scheme `Other`",
        );
        row(
            "    AppId: []\n",
            "  - AppId: []\n",
            "/security",
            "exactly one item",
        );
        row(
            "type: apiKey\n      in: header",
            "type: apiKey\n      in: query",
            "/components/securitySchemes/ApiKey/in",
            "`query` is unknown here",
        );
        row(
            "[ApiKey, AppId, Token]",
            "[ApiKey, AppId, Token, Token]",
            "/x-aim-base-classes/BaseRequest/members/3",
            "`Token` stands here twice",
        );
        row(
            "    members: [Status]",
            "    base: Nothing\n    members: [Status]",
            "/x-aim-base-classes/BaseResponse/base",
            "`Nothing` is no base class above",
        );
        row(
            "    members: [Status]",
            "    base: BaseResponse\n    members: [Status]",
            "/x-aim-base-classes/BaseResponse/base",
            "`BaseResponse` is no base class above",
        );
        row(
            "  member: Status\n",
            "  member: State\n",
            "/x-aim-failure/member",
            "no answer has a member `State`",
        );
        row(
            "member: ErrorCode",
            "member: Code",
            "/x-aim-failure/any/1/member",
            "`Result` has no text member `Code`",
        );
        row(
            "in: [Error]",
            "in: []",
            "/x-aim-failure/any/0/in",
            "the list is empty",
        );
        row(
            "in: [Error]",
            "in: [Error], notIn: [x]",
            "/x-aim-failure/any/0",
            "either `in` or `notIn`",
        );
    }

    #[test]
    fn operations() {
        let at = |rest: &str| format!("{POST}{rest}");
        let get = |rest: &str| format!("{GET}{rest}");
        row(
            "operationId: LookGet",
            "operationId: look",
            &get("/operationId"),
            "are both `look` in Rust",
        );
        row(
            "operationId: LookGet",
            "operationId: Exec",
            &get("/operationId"),
            "is reserved",
        );
        row(
            "operationId: LookGet",
            "operationId: Loop",
            &get("/operationId"),
            "is reserved",
        );
        row(
            "operationId: LookGet",
            "operationId: look_get",
            &get("/operationId"),
            "no plain name",
        );
        row(
            "/api/Look:",
            "/api/{Look}:",
            "/paths/~1api~1{Look}",
            "is not plain",
        );
        row(
            "tags: [Looking]",
            "tags: [Loking]",
            &at("/tags/0"),
            "the tag `Loking` is not declared",
        );
        row(
            "x-aim-request: Query",
            "x-aim-request: Querry",
            &at("/x-aim-request"),
            "there is no schema `Querry`",
        );
        row(
            "x-aim-request: Query",
            "x-aim-request: Card",
            &at("/x-aim-request"),
            "the body is another schema",
        );
        row(
            "      x-aim-base: BaseRequest\n",
            "",
            "/components/schemas/Query",
            "`x-aim-base` is missing",
        );
        row(
            "      x-aim-base: BaseResponse\n",
            "",
            "/components/schemas/Answer",
            "`x-aim-base` is missing",
        );
        row(
            "      requestBody:",
            "      x-aim-lookup: {operation: Look, by: {}}\n      requestBody:",
            &at("/x-aim-lookup/by"),
            "the map is empty",
        );
        row(
            "        required: true\n",
            "",
            &at("/requestBody"),
            "the body is not required",
        );
        row(
            "          application/json:\n            schema:\n              $ref: '#/components/schemas/Query'",
            "          text/json:\n            schema:\n              $ref: '#/components/schemas/Query'",
            &at("/requestBody/content/text~1json"),
            "a request cannot be `text/json`",
        );
        row(
            "      requestBody:",
            "      parameters2:",
            &at("/parameters2"),
            "unknown key",
        );
        row(
            "      operationId: LookGet\n",
            "      operationId: LookGet\n      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Query'}}}}\n",
            &get("/requestBody"),
            "a GET has a body",
        );
        row(
            "      deprecated: true\n",
            "",
            GET,
            "a GET that books is not deprecated",
        );
        row(
            "        - $ref: '#/components/parameters/Token'\n",
            "        - {name: Ref, in: query, description: D, example: x, schema: {type: string}, x-aim-dotnet-type: string}\n",
            &at("/parameters/0"),
            "a POST has a query parameter",
        );
        row(
            "        - $ref: '#/components/parameters/Token'\n",
            "        - $ref: '#/components/parameters/Token'\n        - $ref: '#/components/parameters/Token'\n",
            &at("/parameters/1"),
            "are both `token` in Rust",
        );
        row(
            "        operation: Look\n",
            "        operation: LookGet\n",
            &get("/x-aim-lookup/operation"),
            "no operation `LookGet` that is safe",
        );
        row(
            "by: {Ref: Ref}",
            "by: {Rif: Ref}",
            &get("/x-aim-lookup/by/Rif"),
            "`Look` has no member `Rif`",
        );
        row(
            "by: {Ref: Ref}",
            "by: {Ref: Rif}",
            &get("/x-aim-lookup/by/Ref"),
            "this request no `Rif`",
        );
        row(
            "[Found, Status]",
            "[Fund, Status]",
            &at("/x-aim-evidence/0"),
            "`Answer` has no member `Fund`",
        );
        row(
            "[Found, Status]",
            "[Found, Found]",
            &at("/x-aim-evidence/1"),
            "`Found` stands here twice",
        );
        row(
            "[Found, Status]",
            "[]",
            &at("/x-aim-evidence"),
            "the list is empty",
        );
        row(
            "[Found, Status]",
            "[Status]",
            &get("/x-aim-evidence"),
            "differs from that of `Look`",
        );
        row(
            "x-aim-partial: Items",
            "x-aim-partial: Found",
            &at("/x-aim-partial"),
            "has no list `Found`",
        );
        row(
            "[Looking Service]",
            "[]",
            &at("/x-aim-licenses"),
            "the list is empty",
        );
    }

    #[test]
    fn queries() {
        let at = |rest: &str| format!("{GET}/parameters{rest}");
        let card = "          x-aim-dotnet-type: Card\n          x-aim-sensitive: secret\n";
        row(
            "- name: Ref",
            "- name: Reff",
            &at("/0/name"),
            "the query has `Reff` where `Query` has `Ref`",
        );
        row(
            "- name: Mode",
            "- name: mode",
            &at("/4/name"),
            "the query has `mode` where `Query` has `Mode`",
        );
        row(
            "          x-aim-dotnet-type: Card\n",
            "          x-aim-dotnet-type: string\n",
            &at("/1/x-aim-dotnet-type"),
            "differs from that of the member `Card`",
        );
        row(
            card,
            "          x-aim-dotnet-type: Card\n",
            &at("/1"),
            "`Card` holds what is `secret` and is not marked so",
        );
        row(
            card,
            "          x-aim-dotnet-type: Card\n          x-aim-sensitive: personal\n",
            &at("/1/x-aim-sensitive"),
            "holds what is `secret`",
        );
        row(
            "x-aim-dotnet-type: string\n",
            "x-aim-dotnet-type: string\n          x-aim-sensitive: secret\n",
            &at("/0/x-aim-sensitive"),
            "`Ref` holds nothing sensitive",
        );
        row(
            "The first.}",
            "The other.}",
            &at("/4/x-aim-open-enum"),
            "differs from that of the member `Mode`",
        );
        let mode = sample::TEXT.find("        - name: Mode").unwrap();
        let end = sample::TEXT[mode..].find("        - $ref").unwrap() + mode;
        row(
            &sample::TEXT[mode..end],
            "",
            &at(""),
            "the query lacks `Mode`",
        );
        let price = sample::TEXT.find("        - name: Price").unwrap();
        let moved = format!(
            "        - $ref: '#/components/parameters/Price'\n{}",
            &sample::TEXT[mode..end]
        );
        let text = sample::TEXT.replacen(&sample::TEXT[price..end], &moved, 1);
        let text = text.replacen("  parameters:\n    Token:", "  parameters:\n    Price: {name: Price, in: query, description: D, example: 1, schema: {type: number, format: double}, x-aim-dotnet-type: 'decimal?'}\n    Token:", 1);
        let found = problems(&text);
        assert_eq!(
            found,
            [format!(
                "{} a query parameter stands in `components`",
                at("/3")
            )]
        );
        row(
            "        - name: Ref\n          in: query",
            "        - name: Ref\n          in: cookie",
            &at("/0/in"),
            "a parameter stands in the cookie",
        );
        row(
            "      name: Token\n",
            "      name: APIKEY\n",
            "/components/parameters/Token/name",
            "the credential `APIKEY` is a parameter",
        );
        row(
            "      name: Token\n",
            "      name: T-oken\n",
            "/components/parameters/Token/name",
            "is not plain",
        );
        row(
            "      name: Token\n",
            "      name: Accept\n",
            "/components/parameters/Token/name",
            "`Accept` is no parameter",
        );
        row(
            "            type: string\n          example: C-1",
            "            type: integer\n          example: C-1",
            &at("/0/schema/type"),
            "`type` is `integer`, but a `string` is `string`",
        );
        row(
            "            format: double\n          example: 12.50",
            "            format: float\n          example: 12.50",
            &at("/3/schema/format"),
            "`format` is `float`",
        );
        row(
            "            type: string\n          example: '1,2'",
            "            type: array\n            items: {type: string}\n          example: '1,2'",
            &at("/2/schema/items"),
            "stands in the schema of a parameter",
        );
    }

    #[test]
    fn answers() {
        let at = |rest: &str| format!("{POST}/responses{rest}");
        let other = "$ref: '#/components/responses/Error'";
        row(
            "        4XX:",
            "        default:",
            &at("/default"),
            "the answer `default` may not stand here",
        );
        row(
            "        4XX:",
            "        default:",
            &at(""),
            "the answer `4XX` is missing",
        );
        row(
            "        4XX:",
            "        '404':",
            &at("/404"),
            "the answer `404` may not stand here",
        );
        row(
            "        '200':\n",
            "        '204': {description: D}\n        '200':\n",
            &at("/204"),
            "the answer `204` may not stand here",
        );
        row(
            "        5XX:\n          $ref: '#/components/responses/Error'\n    get:",
            "        5XX: {description: D}\n    get:",
            &at("/5XX"),
            "written out here",
        );
        let text = sample::TEXT.replace("  responses:\n    Error:", "  responses:\n    Second: {description: D, content: {application/json: {schema: {$ref: '#/components/schemas/Failure'}}}}\n    Error:");
        let found = problems(&text.replacen(other, "$ref: '#/components/responses/Second'", 1));
        assert_eq!(
            found,
            [format!("{} the answers of failure differ", at("/5XX/$ref"))]
        );
        let success = &sample::TEXT[sample::TEXT.find("        '200':").unwrap()
            ..sample::TEXT.find("        4XX:").unwrap()];
        row(
            success,
            "        '200':\n          $ref: '#/components/responses/Error'\n",
            &at("/200"),
            "the answer `200` is a `$ref`",
        );
        row(
            "            application/xml:",
            "            text/xml:",
            &at("/200/content/text~1xml"),
            "an answer cannot be `text/xml`",
        );
        row(
            "            application/xml:\n              schema:\n                type: string\n",
            "            application/xml:\n              schema:\n                type: object\n",
            &at("/200/content/application~1xml/schema"),
            "XML is not described",
        );
        row(
            "            application/json:\n              schema:\n                $ref: '#/components/schemas/Answer'\n",
            "",
            &at("/200/content"),
            "`application/json` is missing",
        );
        row(
            "            application/json:\n              schema:\n                $ref: '#/components/schemas/Answer'\n",
            "",
            &at("/200/content/application~1xml"),
            "the first media type is not",
        );
        row(
            "              schema:\n                $ref: '#/components/schemas/Answer'\n",
            "              schema:\n                type: object\n",
            &at("/200/content/application~1json/schema"),
            "the schema is written out here",
        );
        row(
            "      content:\n        application/json:\n",
            "      links: {}\n      content:\n        application/json:\n",
            "/components/responses/Error/links",
            UNUSED,
        );
        row(
            "    Answer:\n      type: object\n",
            "    Answer:\n      type: object\n      required: [Found]\n",
            &format!("{SCHEMAS_AT}/Answer/required"),
            "which answers hold",
        );
        row(
            "    Item:\n      type: object\n",
            "    Item:\n      type: object\n      required: [When]\n",
            &format!("{SCHEMAS_AT}/Item/required"),
            "`required` stands in `Item`",
        );
        row(
            "    Failure:\n      type: object\n",
            "    Failure:\n      type: object\n      required: [Message]\n",
            &format!("{SCHEMAS_AT}/Failure/required"),
            "`required` stands in `Failure`",
        );
    }

    #[test]
    fn schemas() {
        let at = |rest: &str| format!("{SCHEMAS_AT}{rest}");
        row(
            "    Item:\n",
            "    item: {type: object, description: D}\n    Item:\n",
            &at("/item"),
            "is not plain",
        );
        row(
            "    Failure:\n",
            "    ANSWER: {type: object, description: D, properties: {}}\n    Failure:\n",
            &at("/ANSWER"),
            "has no members",
        );
        row(
            "    Item:\n",
            "    Query1: {type: object, description: D, properties: {A: {type: string, description: D, example: x, x-aim-dotnet-type: string}}}\n    QUERY1: {type: object, description: D, properties: {A: {type: string, description: D, example: x, x-aim-dotnet-type: string}}}\n    Item:\n",
            &at("/QUERY1"),
            "are both `Query1` in Rust",
        );
        row(
            "        ErrorCode:\n",
            "        Error-Code:\n",
            &at("/Result/properties/Error-Code"),
            "is not plain",
        );
        row(
            "        ErrorCode:\n",
            "        statusCode:\n",
            &at("/Result/properties/statusCode"),
            "are both `status_code` in Rust",
        );
        row(
            "    Item:\n      type: object\n",
            "    Item:\n      type: array\n",
            &at("/Item/type"),
            "is no object",
        );
        row(
            "    Item:\n      type: object\n",
            "    Item:\n      nullable: true\n      type: object\n",
            &at("/Item/nullable"),
            "stands in a schema of `components`",
        );
        row(
            "required: [Number]",
            "required: [Numbr]",
            &at("/Card/required/0"),
            "there is no member `Numbr`",
        );
        row(
            "        Status:\n          allOf:\n            - $ref: '#/components/schemas/Result'\n",
            "        Status:\n          $ref: '#/components/schemas/Result'\n        Other:\n          allOf:\n            - $ref: '#/components/schemas/Result'\n",
            &at("/Answer/properties/Status"),
            "a member is a bare `$ref`",
        );
        row(
            "      x-aim-base: BaseRequest",
            "      x-aim-base: BaseRequst",
            &at("/Query/x-aim-base"),
            "there is no base class `BaseRequst`",
        );
        row(
            "          x-aim-declared-in: BaseResponse\n",
            "",
            &at("/Answer/properties/Status"),
            "`x-aim-declared-in` of `Status` is wrong or missing",
        );
        row(
            "          x-aim-dotnet-type: bool\n",
            "          x-aim-dotnet-type: bool\n          x-aim-declared-in: BaseResponse\n",
            &at("/Answer/properties/Found/x-aim-declared-in"),
            "of `Found` is wrong",
        );
        row(
            "      x-aim-declared-in: BaseRequest\n",
            "      x-aim-declared-in: BaseResponse\n",
            "/components/parameters/Token/x-aim-declared-in",
            "`BaseResponse` has no member `Token`",
        );
        row(
            "      x-aim-declared-in: BaseRequest\n",
            "",
            "/components/parameters/Token",
            "`x-aim-declared-in` is missing",
        );
        row(
            "[Ref, Ids]",
            "[Ref, Idx]",
            &at("/Query/x-aim-exclusive/0/1"),
            "there is no member `Idx`",
        );
        row(
            "[Ref, Ids]",
            "[Ref]",
            &at("/Query/x-aim-exclusive/0"),
            "no pair of members",
        );
        row(
            "[Ref, Ids]",
            "[Ref, Ref]",
            &at("/Query/x-aim-exclusive/0"),
            "no pair of members",
        );
    }

    #[test]
    fn members() {
        let at = |rest: &str| format!("{SCHEMAS_AT}{rest}");
        let when = "          x-aim-dotnet-type: DateTime\n";
        row(
            "x-aim-dotnet-type: DateTime",
            "x-aim-dotnet-type: Datetime",
            &at("/Item/properties/When/x-aim-dotnet-type"),
            "`Datetime` is no C# type",
        );
        row(
            "x-aim-dotnet-type: DateTime",
            "x-aim-dotnet-type: 'string?'",
            &at("/Item/properties/When/x-aim-dotnet-type"),
            "`string?` is no C# type",
        );
        row(
            "x-aim-dotnet-type: DateTime",
            "x-aim-dotnet-type: List<int?>",
            &at("/Item/properties/When/x-aim-dotnet-type"),
            "is no C# type",
        );
        row(
            "x-aim-dotnet-type: DateTime",
            "x-aim-dotnet-type: List<List<int>>",
            &at("/Item/properties/When/x-aim-dotnet-type"),
            "is no C# type",
        );
        row(
            when,
            "          x-aim-dotnet-type: DateTime\n          format: date-time\n",
            &at("/Item/properties/When/format"),
            "but a `DateTime` has none",
        );
        row(
            when,
            "          x-aim-dotnet-type: 'DateTime?'\n",
            &at("/Item/properties/When"),
            "`nullable: true` is missing",
        );
        row(
            when,
            "          x-aim-dotnet-type: decimal\n",
            &at("/Item/properties/When/type"),
            "`type` is `string`, but a `decimal` is `number`",
        );
        row(
            when,
            "          x-aim-dotnet-type: DateTime\n          nullable: true\n",
            &at("/Item/properties/When/nullable"),
            "is never null",
        );
        row(
            when,
            "          x-aim-dotnet-type: DateTime\n          x-aim-sensitive: personal\n",
            &at("/Item/properties/When/x-aim-sensitive"),
            "a `DateTime` is marked as sensitive",
        );
        row(
            when,
            "          x-aim-dotnet-type: DateTime\n          x-aim-pattern: ^a$\n",
            &at("/Item/properties/When/x-aim-pattern"),
            "only a `string`"
                .replace("only a `string`", "stands at a `DateTime`")
                .as_str(),
        );
        row(
            "'^[0-9]$'",
            "'[0-9]$'",
            &at("/Card/properties/Number/x-aim-pattern"),
            "does not cover the whole text",
        );
        row(
            "          x-aim-pattern: '^[0-9]$'\n",
            "          x-aim-open-enum: {name: Num, values: [{value: a, name: A, description: D}]}\n",
            &at("/Card/properties/Number/x-aim-sensitive"),
            "an open enum is marked as sensitive",
        );
        row(
            "          type: number\n          format: double\n",
            "          type: number\n",
            &at("/Query/properties/Price"),
            "`format: double` is missing, which a `decimal?` is",
        );
        row(
            "        Ids:\n          type: array\n          nullable: true\n",
            "        Ids:\n          type: array\n",
            &at("/Query/properties/Ids"),
            "`nullable: true` is missing",
        );
        row(
            "            type: integer\n            format: int64\n          description: The ids.",
            "            type: integer\n            format: int32\n          description: The ids.",
            &at("/Query/properties/Ids/items/format"),
            "`format` is `int32`, but a `long` is `int64`",
        );
        row(
            "            $ref: '#/components/schemas/Item'\n",
            "            type: object\n",
            &at("/Answer/properties/Items/items"),
            "the items are no `$ref` to `Item`",
        );
        row(
            "          items:\n            $ref: '#/components/schemas/Item'\n",
            "",
            &at("/Answer/properties/Items"),
            "`items` is missing",
        );
        row(
            "            - $ref: '#/components/schemas/Result'\n",
            "            - $ref: '#/components/schemas/Item'\n",
            &at("/Answer/properties/Status/allOf/0/$ref"),
            "does not lead to `Result`",
        );
        row(
            "            - $ref: '#/components/schemas/Result'\n",
            "            - $ref: '#/components/schemas/Result'\n            - $ref: '#/components/schemas/Result'\n",
            &at("/Answer/properties/Status/allOf"),
            "not exactly one part",
        );
        row(
            "            - $ref: '#/components/schemas/Result'\n",
            "            - type: object\n",
            &at("/Answer/properties/Status/allOf/0"),
            "is written out here",
        );
        row(
            "          allOf:\n            - $ref: '#/components/schemas/Result'\n",
            "",
            &at("/Answer/properties/Status"),
            "`allOf` is missing",
        );
        row(
            "            - $ref: '#/components/schemas/Result'\n",
            "            - $ref: '#/components/schemas/Result'\n          nullable: true\n",
            &at("/Answer/properties/Status/nullable"),
            "without a `type`",
        );
        row(
            "          type: boolean\n          description: Whether",
            "          type: object\n          properties: {A: {type: string, description: D, example: x, x-aim-dotnet-type: string}}\n          description: Whether",
            &at("/Answer/properties/Found/properties"),
            "an object"
                .replace("an object", "stands here, but the member is a `bool`")
                .as_str(),
        );
        row(
            "              - {value: A, name: First, description: The first.}\n        - $ref",
            "              - {value: A, name: Other, description: The first.}\n        - $ref",
            &format!("{GET}/parameters/4/x-aim-open-enum"),
            "stands elsewhere with other values",
        );
        for (name, message) in [
            ("Card", "cannot be the name of an enum"),
            ("mode", "cannot be the name of an enum"),
        ] {
            let text = sample::TEXT.replace(
                "            name: Mode\n",
                &format!("            name: {name}\n"),
            );
            let found = problems(&text);
            assert!(
                found.iter().any(|problem| problem.contains(message)),
                "{found:?}"
            );
        }
        for (values, message) in [
            (
                "{value: A, name: Other, description: D}",
                "cannot be the name of a value",
            ),
            (
                "{value: A, name: A, description: D}\n              - {value: A, name: B, description: D}",
                "this stands in the list twice",
            ),
        ] {
            let found = problems(
                &sample::TEXT.replace("{value: A, name: First, description: The first.}", values),
            );
            assert!(
                found.iter().any(|problem| problem.contains(message)),
                "{found:?}"
            );
        }
        row(
            "description: The code.",
            "description: A List<long>.",
            &at("/Result/properties/StatusCode/description"),
            "a `<` stands outside backticks",
        );
    }
}

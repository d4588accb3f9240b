//! The rules for the document, and the reasons for them.
//!
//! progenitor 0.15 and typify 0.8 panic on some legal OpenAPI and silently
//! ignore more of it; other generators fail on other parts. The rules here
//! refuse all of that. They also check the `x-aim-` extensions against the rest
//! of the document, since a missing or misplaced one could log a secret or book
//! something twice.

mod examples;
mod operations;
mod schemas;
mod text;

use std::collections::HashMap;

use crate::read::document::{At, Document, Kind, Value};
use crate::read::problem::{Problem, Problems, Report, Severity};

/// Checks a document against all rules.
///
/// # Errors
///
/// Every place that breaks a rule, each with reason and fix.
pub fn lint(document: &Document) -> Result<(), Problems> {
    report(document).finish()
}

/// What stands in place of a description that a person has to write.
pub const PLACEHOLDER: &str = "The vendor's page describes it; say it here in words of your own.";

/// Checks a document in which each description may be [`PLACEHOLDER`].
///
/// # Errors
///
/// Every other place that breaks a rule.
pub fn lint_draft(document: &Document) -> Result<(), Problems> {
    let mut report = report(document);
    report.leave_out(text::IS_PLACEHOLDER);
    report.finish()
}

/// Checks a document, and returns the problems of style: they affect its
/// documentation and other generators, and nothing in Rust.
///
/// # Errors
///
/// Every other place that breaks a rule.
pub(crate) fn lint_but_style(document: &Document) -> Result<Vec<Problem>, Problems> {
    report(document).finish_but_style()
}

fn report(document: &Document) -> Report {
    let mut lint = Lint {
        root: At::root(document.root()),
        report: Report::new(document.file()),
    };
    for (kind, at) in &document.objects() {
        for (_, keys, why, fix) in FORBIDDEN.iter().filter(|(kinds, ..)| kinds.contains(kind)) {
            for member in keys.iter().filter_map(|key| at.get(key)) {
                let message = format!("`{}` is not allowed here: {why}", member.name());
                member.report_key(&mut lint.report, message, *fix);
            }
        }
        for (kinds, key, why) in REQUIRED {
            if kinds.contains(kind) && at.get(key).is_none_or(|member| is_blank(&member)) {
                lint.report.severity = if STYLE_KEYS.contains(key) {
                    Severity::Style
                } else {
                    Severity::Error
                };
                at.report(
                    &mut lint.report,
                    format!("`{key}` is missing or empty"),
                    *why,
                );
            }
        }
        for (rules, severity) in [(RULES, Severity::Error), (STYLE_RULES, Severity::Style)] {
            lint.report.severity = severity;
            for (_, check) in rules.iter().filter(|(wanted, _)| wanted == kind) {
                check(&mut lint, at);
            }
        }
        text::check(&mut lint, at);
        lint.report.severity = Severity::Error;
    }
    lint.report
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
const IN_WORDS: &str = "say it in the description";
const UNUSED: &str = "the generator silently ignores it";
const LEAVE_OUT: &str = "remove it";

/// Keys of OpenAPI that the document must not use: where, which, why, and what
/// to write instead.
#[rustfmt::skip]
const FORBIDDEN: &[(&[Kind], &[&str], &str, &str)] = &[
    (SCHEMAS, &["enum"], UNKNOWN_VALUES, "list the known values in `x-aim-open-enum`"),
    (SCHEMAS, &["pattern"], UNKNOWN_VALUES, "write `x-aim-pattern`, checked before sending only"),
    (SCHEMAS, &["minLength", "maxLength", "minItems", "maxItems", "uniqueItems"], UNKNOWN_VALUES, IN_WORDS),
    (SCHEMAS, &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"], UNKNOWN_VALUES, IN_WORDS),
    (SCHEMAS, &["multipleOf", "minProperties", "maxProperties"], UNKNOWN_VALUES, IN_WORDS),
    (SCHEMAS, &["default"], "generated clients would send it on their own", IN_WORDS),
    (SCHEMAS, &["oneOf", "anyOf", "not"], "generators guess what it means", "write one flat object"),
    (SCHEMAS, &["title"], "it would rename the generated type", "name the schema in `components`"),
    (SCHEMAS, &["readOnly", "writeOnly", "deprecated", "externalDocs"], UNUSED, IN_WORDS),
    (&[Schema, Items, Part, Content, ParameterSchema], &["example"], UNUSED, "give each member an example"),
    (&[PathItem], &["put", "delete", "options", "head", "patch", "trace"], "the vendor has no such method", LEAVE_OUT),
    (&[PathItem], &["parameters"], "the client reads only those of operations", "move them there"),
    (&[PathItem, Operation], &["servers"], "the client takes one base URL from its user", LEAVE_OUT),
    (&[Operation], &["security"], "the client sends the same credentials everywhere", LEAVE_OUT),
    (&[Parameter], &["style"], "the generator supports only the default", LEAVE_OUT),
    (&[Parameter], &["explode", "allowReserved", "allowEmptyValue", "deprecated"], UNUSED, IN_WORDS),
    (&[Parameter], &["examples"], UNUSED, "give one `example`"),
    (&[MediaType], &["example"], "named examples say what they are", "write `examples`"),
    (&[Example], &["externalValue"], "the document must be complete without other files", "write `value`"),
];

const FOR_READERS: &str = "readers of the generated documentation need it";
const FOR_TYPES: &str = "write the C# type of the member, such as `string` or `int?`";

/// Keys that the document must have: where, which, why.
#[rustfmt::skip]
const REQUIRED: &[(&[Kind], &str, &str)] = &[
    (&[Root], "security", "list the credentials that every call needs"),
    (&[Root], "components", "it holds the schemas and credentials"),
    (&[Root], "x-aim-base-classes", "`x-aim-base` and `x-aim-declared-in` refer to it"),
    (&[Root], "x-aim-failure", "status 200 may carry a failure: say how to tell"),
    (&[Operation], "operationId", "the generator refuses operations without a name"),
    (&[Operation], "summary", FOR_READERS),
    (&[Operation], "description", FOR_READERS),
    (&[Operation], "x-aim-operation", "write the vendor's name of the service"),
    (&[Operation], "x-aim-request", "name the schema of the request, for GET too"),
    (&[Operation], "x-aim-repeat", "say `safe`, `session` or `books`: may it be sent twice?"),
    (&[Operation], "x-aim-evidence", "list the members of the answer that prove that it ran"),
    (&[Operation], "x-aim-licenses", "list the service licences, one of which is enough; `[]` if none is known"),
    (&[Schema], "description", FOR_READERS),
    (&[Property, Parameter], "description", FOR_READERS),
    (&[Property, Parameter], "example", FOR_READERS),
    (&[Property, Parameter], "x-aim-dotnet-type", FOR_TYPES),
    (&[MediaType], "schema", "the generator panics without it"),
    (&[Example], "value", "an example without one shows nothing"),
    (&[Response], "content", "an answer without a body has a different type"),
    (&[SecurityScheme], "description", FOR_READERS),
    (&[SecurityScheme], "x-aim-dotnet-type", FOR_TYPES),
    (&[SecurityScheme], "x-aim-declared-in", "name the base class that declares it"),
    (&[SecurityScheme], "x-aim-sensitive", "a credential is `secret`"),
];

/// Keys whose absence is only a problem of style.
const STYLE_KEYS: &[&str] = &[
    "summary",
    "description",
    "example",
    "value",
    "x-aim-licenses",
];

type Check = for<'a> fn(&mut Lint<'a>, &At<'a>);

/// Rules that look at more than one key: where, and the rule.
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
    (Operation, operations::request),
    (Operation, operations::query),
    (Operation, operations::success),
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
    (Schema, schemas::finite),
    (Schema, schemas::base),
    (Schema, schemas::exclusive),
    (Property, schemas::property),
    (Part, schemas::part),
];

/// The rules of style: what they check affects documentation and other
/// generators, and nothing in Rust. `text::check` is another one, for objects of
/// any kind.
const STYLE_RULES: &[(Kind, Check)] = &[
    (Operation, operations::tags),
    (Operation, operations::failures),
    (Operation, operations::internal),
    (Response, operations::one_media_type),
    (Components, schemas::names_in_go),
    (Components, schemas::in_xml),
    (Property, examples::property),
    (Parameter, examples::parameter),
    (MediaType, examples::media_type),
    (Components, examples::unused),
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

    /// Reports a problem of the value of a key, or of the object if it has no
    /// such key.
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
        let help = "the generator writes both, and the result does not compile: rename one";
        self.alike(what, names, in_rust, "in Rust", help);
    }

    /// Reports the names that are the same in some respect, each at its place.
    fn alike(
        &mut self,
        what: &str,
        names: impl IntoIterator<Item = (At<'a>, &'a str)>,
        form: fn(&str) -> String,
        respect: &str,
        help: &str,
    ) {
        let mut seen = HashMap::<String, &str>::new();
        for (at, name) in names {
            let form = form(name);
            if let Some(first) = seen.get(form.as_str()) {
                at.report_key(
                    &mut self.report,
                    format!("the {what} `{name}` and `{first}` are both `{form}` {respect}"),
                    help,
                );
            } else {
                seen.insert(form, name);
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
            "the generator reads 3.0 only, and this document is written for 3.0.3",
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
            "the generated client panics when it puts another text into a header; write a version such as `1.0.0`",
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
            "several items mean that one of them is enough; list all schemes in one",
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
            "a credential is not a `string`",
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
                lint.problem(at, format!("`{name}` is listed twice"), LEAVE_OUT);
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
                format!("`{base}` is not a base class above `{}`", class.name()),
                "name another key of `x-aim-base-classes`, without a cycle",
            );
        }
    }
}

fn failure<'a>(lint: &mut Lint<'a>, root: &At<'a>) {
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
    let words = rule.items_of("words");
    for (index, one) in words.iter().enumerate() {
        let name = one.text("member").unwrap_or_default();
        let property = status.get("properties").and_then(|all| all.get(name));
        let is_text = property.is_some_and(|property| {
            property.text("x-aim-dotnet-type") == Some("string")
                && property.get("x-aim-open-enum").is_none()
        });
        if !is_text {
            lint.problem_under(
                one,
                "member",
                format!("`{}` has no text member `{name}`", status.name()),
                "words are compared with texts, and with no open enums",
            );
        }
        let before = words.iter().take(index);
        if before
            .clone()
            .any(|other| other.text("member") == Some(name))
        {
            lint.problem_under(
                one,
                "member",
                format!("the words of `{name}` stand here twice"),
                "write them into one list",
            );
        }
        status_words(lint, one);
    }
    if !words.iter().any(|one| one.get("failure").is_some()) {
        lint.problem_under(
            &rule,
            "words",
            "no member has words of `failure`",
            "say by which words of which member the server reports a failure",
        );
    }
}

/// The words of one member of the status.
fn status_words<'a>(lint: &mut Lint<'a>, one: &At<'a>) {
    let mut known: Vec<String> = Vec::new();
    for list in ["good", "failure"].iter().filter_map(|key| one.get(key)) {
        if list.node.items().is_empty() {
            lint.problem(
                &list,
                "the list is empty",
                "write its words, or leave it out",
            );
        }
        for word in list.items() {
            let text = word.node.as_str().unwrap_or_default().trim().to_lowercase();
            if text.is_empty() {
                lint.problem(
                    &word,
                    "the word is empty",
                    "leave it out: an absent or blank member is good in any case",
                );
            } else if known.contains(&text) {
                lint.problem(
                    &word,
                    format!("the word `{text}` stands here twice"),
                    "a word is good or a failure, and case does not count",
                );
            }
            known.push(text);
        }
    }
}

#[cfg(test)]
mod tests;

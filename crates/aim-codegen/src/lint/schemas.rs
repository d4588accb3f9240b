//! Rules for schemas, their members and the C# types of those.

use heck::ToUpperCamelCase;

use super::{LEAVE_OUT, Lint, referred, text, texts};
use crate::plan::names::PRELUDE;
use crate::plan::pattern::Pattern;
use crate::read::document::{At, Node, Value};

/// The C# types and the schema that each is written as: name, `type`,
/// `format`, whether it can have a `?`.
const SCALARS: &[(&str, &str, Option<&str>, bool)] = &[
    ("string", "string", None, false),
    ("DateTime", "string", None, true),
    ("bool", "boolean", None, true),
    ("int", "integer", Some("int32"), true),
    ("long", "integer", Some("int64"), true),
    ("decimal", "number", Some("double"), true),
];

const WHY_FORMATS: &str = "change the C# type together with `type` and `format`: every generator must find \
                           the same type; money is `number` and `double`, `int` is `int32`, `long` is \
                           `int64`, dates and texts have no format";

/// A C# type that was parsed.
pub(super) enum Dotnet<'a> {
    Scalar {
        kind: &'static str,
        format: Option<&'static str>,
        nullable: bool,
    },
    List(&'a str),
    Object(&'a str),
}

impl<'a> Lint<'a> {
    pub(super) fn dotnet(&self, name: &'a str) -> Option<Dotnet<'a>> {
        match name
            .strip_prefix("List<")
            .and_then(|rest| rest.strip_suffix('>'))
        {
            Some(item) if item.ends_with('?') => None,
            Some(item) => self.dotnet_item(item).map(|_| Dotnet::List(item)),
            None => self.dotnet_item(name),
        }
    }

    /// A C# type that is not a list.
    fn dotnet_item(&self, name: &'a str) -> Option<Dotnet<'a>> {
        let bare = name.strip_suffix('?');
        let scalar = SCALARS
            .iter()
            .find(|(scalar, ..)| *scalar == bare.unwrap_or(name));
        match scalar {
            Some((_, kind, format, may_be_null)) => {
                (bare.is_none() || *may_be_null).then_some(Dotnet::Scalar {
                    kind,
                    format: *format,
                    nullable: bare.is_some(),
                })
            }
            None => self.schema(name).map(|_| Dotnet::Object(name)),
        }
    }

    /// Reads the C# type of a member, and reports an unknown one.
    fn dotnet_of(&mut self, at: &At<'a>) -> Option<Dotnet<'a>> {
        let name = at.text("x-aim-dotnet-type")?;
        let dotnet = self.dotnet(name);
        if dotnet.is_none() {
            self.problem_under(
                at,
                "x-aim-dotnet-type",
                format!("`{name}` is not a C# type that this document knows"),
                "write `string`, `bool`, `int`, `long`, `decimal` or `DateTime` (each but `string` \
                 may have a `?`), a schema, or `List<…>` of one of them",
            );
        }
        dotnet
    }

    /// Reports a keyword of a schema that does not fit the C# type.
    fn keyword(&mut self, schema: &At<'a>, key: &str, wanted: Option<&str>, dotnet: &str) {
        let found = schema.get(key);
        if found.as_ref().and_then(|at| at.node.as_str()) == wanted {
            return;
        }
        let message = match (wanted, found.and_then(|at| at.node.as_str())) {
            (Some(wanted), Some(found)) => {
                format!(
                    "`{key}` is `{found}`, but a `{dotnet}` (`x-aim-dotnet-type`) is `{wanted}`"
                )
            }
            (Some(wanted), None) => {
                format!("`{key}: {wanted}` is missing, and a `{dotnet}` needs it")
            }
            (None, _) => format!("`{key}` is set, but a `{dotnet}` has none"),
        };
        self.problem_under(schema, key, message, WHY_FORMATS);
    }

    fn nullable(&mut self, schema: &At<'a>, wanted: bool, dotnet: &str) {
        let found = schema
            .node
            .get("nullable")
            .is_some_and(|at| at.value == Value::Bool(true));
        if found == wanted {
            return;
        }
        let (message, help) = if wanted {
            (
                format!("`nullable: true` is missing, but a `{dotnet}` may be null"),
                "without it an answer with `null` here fails as a whole",
            )
        } else if schema.get("type").is_none() {
            (
                "`nullable` is set without a `type`".to_owned(),
                "generators disagree about it; an object that is absent is simply left out",
            )
        } else {
            (
                format!("`nullable` is set, but a `{dotnet}` is never null"),
                "remove it, or add the `?` of the C# type",
            )
        };
        self.problem_under(schema, "nullable", message, help);
    }
}

pub(super) fn names<'a>(lint: &mut Lint<'a>, _: &At<'a>) {
    let schemas = lint.section("schemas");
    for schema in &schemas {
        if !text::is_type_name(schema.name()) {
            schema.report_key(
                &mut lint.report,
                format!("the schema name `{}` is not plain", schema.name()),
                "begin with a capital and go on with letters and digits",
            );
        } else if PRELUDE.contains(&schema.name()) {
            schema.report_key(
                &mut lint.report,
                format!("the schema name `{}` is taken by Rust", schema.name()),
                "the generated code uses Rust's type of that name: choose another name",
            );
        }
        let members = schema.members_of("properties");
        for member in &members {
            if !text::is_plain_name(member.name()) {
                member.report_key(
                    &mut lint.report,
                    format!("the member name `{}` is not plain", member.name()),
                    "begin with a letter and go on with letters and digits",
                );
            }
        }
        let named = members
            .into_iter()
            .map(|member| (member.clone(), member.name()));
        // Those that are the same in Rust are alike, too.
        let form = |name: &str| name.to_ascii_lowercase();
        let help = "servers and clients take one for the other: rename one";
        lint.alike("members", named, form, "without case", help);
    }
    let named = schemas
        .into_iter()
        .map(|schema| (schema.clone(), schema.name()));
    lint.collisions("schemas", named, |name| name.to_upper_camel_case());
}

/// What oapi-codegen calls the schemas differs from what it calls its own types.
/// No generated Rust depends on it.
pub(super) fn names_in_go<'a>(lint: &mut Lint<'a>, components: &At<'a>) {
    let schemas = components.members_of("schemas");
    let in_go: Vec<_> = schemas
        .iter()
        .map(|schema| (schema, schema.text("x-go-name").unwrap_or(schema.name())))
        .collect();
    let operations = lint.operations();
    for (index, (schema, name)) in in_go.iter().enumerate() {
        let operation = operations.iter().find_map(|operation| {
            let id = operation.text("operationId")?;
            (name.strip_suffix("Response") == Some(id)).then_some(id)
        });
        let is_taken = in_go
            .iter()
            .enumerate()
            .any(|(other, (_, theirs))| other != index && theirs == name);
        let (message, help) = if let Some(id) = operation {
            (
                format!("`{name}` is also what oapi-codegen calls the outcome of `{id}`"),
                format!("its client would not compile: set `x-go-name: {id}Answer`"),
            )
        } else if is_taken && schema.get("x-go-name").is_some() {
            (
                format!("another schema is called `{name}` in Go"),
                "oapi-codegen's client would not compile: choose another name".to_owned(),
            )
        } else if !text::is_type_name(name) {
            (
                format!("the name in Go, `{name}`, is not plain"),
                "begin with a capital and go on with letters and digits".to_owned(),
            )
        } else {
            continue;
        };
        lint.problem_under(schema, "x-go-name", message, help);
    }
}

/// Each schema says how it is written as XML, as `aim-fake` serves it and whoever
/// reads XML needs it. No generated Rust depends on it.
pub(super) fn in_xml<'a>(lint: &mut Lint<'a>, components: &At<'a>) {
    for schema in components.members_of("schemas") {
        let xml = schema.get("xml");
        let said = |key| xml.as_ref().and_then(|xml| xml.text(key));
        let at = xml.as_ref().unwrap_or(&schema);
        let name = schema.name();
        if said("name") != Some(name) {
            lint.problem_under(
                at,
                "name",
                format!("the name of the element in XML is not `{name}`"),
                format!("servers write the type's name: set `name: {name}` below `xml`"),
            );
        }
        if said("namespace").is_none_or(|text| text.trim().is_empty()) {
            lint.problem_under(
                at,
                "namespace",
                "the namespace of the element in XML is missing",
                "set `namespace` below `xml`, as the schemas of the same kind have it",
            );
        }
        for member in schema.members_of("properties") {
            let wrapped = member.get("xml").and_then(|xml| xml.get("wrapped"));
            let is_wrapped = wrapped.is_some_and(|at| at.node.value == Value::Bool(true));
            if is_wrapped != (member.text("type") == Some("array")) {
                lint.problem_under(
                    &member,
                    "xml",
                    "`xml: {wrapped: true}` is for lists, and each list has it",
                    "servers write a list as an element that holds those of its items",
                );
            }
        }
    }
}

/// Schemas of answers, and all schemas that they hold, have no `required`.
pub(super) fn answers_require_nothing<'a>(lint: &mut Lint<'a>, components: &At<'a>) {
    let mut answers = components.members_of("responses");
    for operation in lint.operations() {
        answers.extend(operation.members_of("responses"));
    }
    let mut reached: Vec<&str> = Vec::new();
    let mut todo: Vec<&str> = answers
        .iter()
        .filter_map(|answer| {
            answer
                .get("content")?
                .get("application/json")?
                .get("schema")
        })
        .filter_map(|schema| referred(&schema))
        .collect();
    while let Some(name) = todo.pop() {
        if reached.contains(&name) {
            continue;
        }
        reached.push(name);
        let Some(schema) = lint.schema(name) else {
            continue;
        };
        if let Some(required) = schema.get("required") {
            required.report_key(
                &mut lint.report,
                format!("`required` is set in `{name}`, which is part of an answer"),
                "the vendor may leave any member out, and the answer would fail as a whole: remove it",
            );
        }
        todo.extend(held_by(lint, &schema));
    }
}

/// A type does not hold itself, whether directly, through other types or in a
/// list.
pub(super) fn finite<'a>(lint: &mut Lint<'a>, schema: &At<'a>) {
    let mut reached = held_by(lint, schema);
    let mut next = 0;
    while let Some(held) = reached.get(next).and_then(|name| lint.schema(name)) {
        let held = held_by(lint, &held);
        reached.extend(
            held.into_iter()
                .filter(|name| !reached.contains(name))
                .collect::<Vec<_>>(),
        );
        next += 1;
    }
    if reached.contains(&schema.name()) {
        schema.report_key(
            &mut lint.report,
            format!("`{}` holds itself", schema.name()),
            "no schema of the vendor does, and neither the client nor the test server supports it: \
             write out each level",
        );
    }
}

/// The schemas of the members of a schema.
fn held_by<'a>(lint: &Lint<'a>, schema: &At<'a>) -> Vec<&'a str> {
    let members = schema.members_of("properties");
    let held = members
        .iter()
        .filter_map(|member| held_schema(lint, member));
    held.collect()
}

/// The schema of a member, or of the items of a list.
fn held_schema<'a>(lint: &Lint<'a>, member: &At<'a>) -> Option<&'a str> {
    match lint.dotnet(member.text("x-aim-dotnet-type")?)? {
        Dotnet::Object(name) => Some(name),
        Dotnet::List(item) => lint.schema(item).map(|schema| schema.name()),
        Dotnet::Scalar { .. } => None,
    }
}

/// The strictest `x-aim-sensitive` of a member and of all that it holds.
pub(super) fn sensitivity<'a>(lint: &Lint<'a>, member: &At<'a>) -> Option<&'a str> {
    let mut strongest = member.text("x-aim-sensitive");
    let mut reached = Vec::new();
    let mut todo: Vec<_> = held_schema(lint, member).into_iter().collect();
    while let Some(name) = todo.pop() {
        if reached.contains(&name) {
            continue;
        }
        reached.push(name);
        let Some(schema) = lint.schema(name) else {
            continue;
        };
        for inner in schema.members_of("properties") {
            match inner.text("x-aim-sensitive") {
                Some("secret") => strongest = Some("secret"),
                mark => strongest = strongest.or(mark),
            }
        }
        todo.extend(held_by(lint, &schema));
    }
    strongest
}

/// An open enum has the same values everywhere, and its name is not taken.
pub(super) fn open_enums<'a>(lint: &mut Lint<'a>, _: &At<'a>) {
    let mut holders = Vec::new();
    for schema in lint.section("schemas") {
        holders.extend(schema.members_of("properties"));
    }
    for operation in lint.operations() {
        holders.extend(operation.items_of("parameters"));
    }
    let mut seen: Vec<At<'a>> = Vec::new();
    for open_enum in holders
        .iter()
        .filter_map(|holder| holder.get("x-aim-open-enum"))
    {
        let name = open_enum.text("name").unwrap_or_default();
        if !text::is_type_name(name) || PRELUDE.contains(&name) || lint.schema(name).is_some() {
            lint.problem_under(
                &open_enum,
                "name",
                format!("`{name}` cannot be the name of an enum"),
                "begin with a capital, go on with letters and digits, and do not take the name of a \
                 schema or of Rust",
            );
        }
        if let Some(first) = seen.iter().find(|first| first.text("name") == Some(name)) {
            if !same(first.node, open_enum.node) {
                lint.problem(
                    &open_enum,
                    format!("the enum `{name}` has other values elsewhere"),
                    "write the same values in both places",
                );
            }
            continue;
        }
        enum_values(lint, &open_enum);
        seen.push(open_enum);
    }
}

fn enum_values<'a>(lint: &mut Lint<'a>, open_enum: &At<'a>) {
    let values = open_enum.items_of("values");
    if values.is_empty() {
        lint.problem_under(
            open_enum,
            "values",
            "the list is empty",
            "list the known values",
        );
    }
    for (index, value) in values.iter().enumerate() {
        for key in ["value", "name"] {
            let text = value.text(key);
            if values
                .iter()
                .take(index)
                .any(|earlier| earlier.text(key) == text)
            {
                lint.problem_under(value, key, "this is listed twice", LEAVE_OUT);
            }
        }
        for key in ["value", "description"] {
            if value.text(key).is_some_and(text::breaks_rust) {
                lint.problem_under(
                    value,
                    key,
                    "the text has a control character",
                    "a comment of Rust cannot hold it: remove it",
                );
            }
        }
        let name = value.text("name").unwrap_or_default();
        if !text::is_type_name(name) || name == "Other" {
            lint.problem_under(
                value,
                "name",
                format!("`{name}` cannot be the name of a value"),
                "begin with a capital and go on with letters and digits; `Other` keeps the unknown values",
            );
        }
    }
}

/// A schema of `components` is a flat object; only a request can have no
/// members.
pub(super) fn object<'a>(lint: &mut Lint<'a>, schema: &At<'a>) {
    if schema.text("type") != Some("object") {
        lint.problem_under(
            schema,
            "type",
            "a schema of `components` is not an object",
            "the generator would wrap it in a type of its own: write it where it is used",
        );
    }
    for key in ["nullable", "allOf", "items", "format"] {
        if let Some(at) = schema.get(key) {
            at.report_key(
                &mut lint.report,
                format!("`{key}` is set in a schema of `components`"),
                "such a schema is one flat object",
            );
        }
    }
    let properties = schema.get("properties");
    let is_empty = properties
        .as_ref()
        .is_none_or(|all| all.node.members().is_empty());
    let is_request = |operation: At<'a>| operation.text("x-aim-request") == Some(schema.name());
    if is_empty && !lint.operations().into_iter().any(is_request) {
        lint.problem(
            schema,
            "the schema has no members",
            "list them in `properties`; only the request of an operation can have none",
        );
    }
    for (at, name) in texts(schema, "required") {
        if properties.as_ref().and_then(|all| all.get(name)).is_none() {
            lint.problem(
                &at,
                format!("there is no member `{name}`"),
                "require members of `properties`",
            );
        }
    }
    for member in schema.members_of("properties") {
        if member.get("$ref").is_some() {
            lint.problem(
                &member,
                "a member is a bare `$ref`",
                "its description would be ignored: write `allOf: [{$ref: …}]` and the description beside it",
            );
        }
    }
}

/// `x-aim-base` names a base class, and the members that it declares are marked
/// with `x-aim-declared-in`.
pub(super) fn base<'a>(lint: &mut Lint<'a>, schema: &At<'a>) {
    let class = schema.text("x-aim-base");
    if let Some(class) = class
        && lint
            .root
            .get("x-aim-base-classes")
            .and_then(|all| all.get(class))
            .is_none()
    {
        lint.problem_under(
            schema,
            "x-aim-base",
            format!("there is no base class `{class}`"),
            "name a key of `x-aim-base-classes`",
        );
    }
    for member in schema.members_of("properties") {
        let wanted = class.and_then(|class| lint.declared_in(class, member.name()));
        if member.text("x-aim-declared-in") != wanted {
            let help = match wanted {
                Some(class) => {
                    format!("the base class `{class}` declares the member: write its name")
                }
                None => "no base class of this schema declares the member: remove it".to_owned(),
            };
            lint.problem_under(
                &member,
                "x-aim-declared-in",
                format!(
                    "`x-aim-declared-in` of `{}` is wrong or missing",
                    member.name()
                ),
                help,
            );
        }
    }
}

/// `x-aim-declared-in` of a header names the base class that declares it.
pub(super) fn declared<'a>(lint: &mut Lint<'a>, at: &At<'a>, name: &str) {
    let Some(class) = at.text("x-aim-declared-in") else {
        return;
    };
    if lint.declared_in(class, name) != Some(class) {
        lint.problem_under(
            at,
            "x-aim-declared-in",
            format!("the base class `{class}` has no member `{name}`"),
            "name the base class that declares it",
        );
    }
}

pub(super) fn exclusive<'a>(lint: &mut Lint<'a>, schema: &At<'a>) {
    let properties = schema.get("properties");
    for pair in schema.items_of("x-aim-exclusive") {
        let names: Vec<_> = pair.items().collect();
        if !matches!(names.as_slice(), [left, right] if left.node.as_str() != right.node.as_str()) {
            lint.problem(
                &pair,
                "this is not a pair of members",
                "write two members that exclude each other",
            );
        }
        for at in names {
            let text = at.node.as_str().unwrap_or_default();
            let (name, value) = match text.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (text, None),
            };
            let Some(member) = properties.as_ref().and_then(|all| all.get(name)) else {
                lint.problem(
                    &at,
                    format!("there is no member `{name}`"),
                    "name members of `properties`",
                );
                continue;
            };
            let known = member.get("x-aim-open-enum");
            let values = known.iter().flat_map(|known| known.items_of("values"));
            if value.is_some() && !values.into_iter().any(|known| known.text("value") == value) {
                lint.problem(
                    &at,
                    format!("`{name}` has no such value"),
                    "name a value of its `x-aim-open-enum`",
                );
            }
        }
    }
}

/// The schema of a member fits its C# type.
pub(super) fn property<'a>(lint: &mut Lint<'a>, property: &At<'a>) {
    let name = property.text("x-aim-dotnet-type").unwrap_or_default();
    let Some(dotnet) = lint.dotnet_of(property) else {
        return;
    };
    let mut foreign_keys = ["items", "allOf"].to_vec();
    match dotnet {
        Dotnet::Scalar {
            kind,
            format,
            nullable,
        } => {
            lint.keyword(property, "type", Some(kind), name);
            lint.keyword(property, "format", format, name);
            lint.nullable(property, nullable, name);
        }
        Dotnet::List(item) => {
            foreign_keys.retain(|key| *key != "items");
            lint.keyword(property, "type", Some("array"), name);
            lint.keyword(property, "format", None, name);
            lint.nullable(property, true, name);
            match property.get("items") {
                Some(items) => self::items(lint, &items, item),
                None => lint.problem(property, "`items` is missing", "say what the list holds"),
            }
        }
        Dotnet::Object(target) => {
            foreign_keys.retain(|key| *key != "allOf");
            lint.keyword(property, "type", None, name);
            lint.keyword(property, "format", None, name);
            lint.nullable(property, false, name);
            wrapper(lint, property, target);
        }
    }
    no_keys(lint, property, &foreign_keys, name);
    marks(lint, property);
}

/// Nothing stands in a schema that belongs to another C# type.
fn no_keys(lint: &mut Lint<'_>, schema: &At<'_>, keys: &[&str], name: &str) {
    for key in keys.iter().chain(&["properties", "required"]) {
        if let Some(at) = schema.get(key) {
            at.report_key(
                &mut lint.report,
                format!("`{key}` is set, but this is a `{name}`"),
                "an object belongs in `components/schemas`, where it has a name",
            );
        }
    }
}

/// The items of a list.
fn items<'a>(lint: &mut Lint<'a>, items: &At<'a>, name: &'a str) {
    match lint.dotnet(name) {
        Some(Dotnet::Scalar { kind, format, .. }) => {
            lint.keyword(items, "$ref", None, name);
            lint.keyword(items, "type", Some(kind), name);
            lint.keyword(items, "format", format, name);
            lint.nullable(items, false, name);
            no_keys(lint, items, &["items", "allOf"], name);
        }
        Some(Dotnet::Object(target)) if referred(items) != Some(target) => lint.problem(
            items,
            format!("the items are not a `$ref` to `{target}`"),
            "the C# type of the list names it",
        ),
        _ => {}
    }
}

/// The one use of `allOf`: a `$ref` that has a description beside it.
fn wrapper<'a>(lint: &mut Lint<'a>, property: &At<'a>, target: &str) {
    let Some(all_of) = property.get("allOf") else {
        lint.problem(
            property,
            "`allOf` is missing",
            format!("write `allOf: [{{$ref: '#/components/schemas/{target}'}}]`"),
        );
        return;
    };
    let parts: Vec<_> = all_of.items().collect();
    let [part] = parts.as_slice() else {
        lint.problem(
            &all_of,
            "`allOf` does not have exactly one part",
            "it only wraps one `$ref`; generators merge several, each in its own way",
        );
        return;
    };
    if part.get("$ref").is_some() && referred(part) != Some(target) {
        lint.problem_under(
            part,
            "$ref",
            format!("the reference does not lead to `{target}`"),
            "the C# type of the member names it",
        );
    }
}

pub(super) fn part<'a>(lint: &mut Lint<'a>, part: &At<'a>) {
    lint.problem(
        part,
        "a part of `allOf` is written inline",
        "it only wraps one `$ref`; generators merge several, each in its own way",
    );
}

/// A parameter is a scalar, or a text that carries an object or a list.
pub(super) fn parameter<'a>(lint: &mut Lint<'a>, parameter: &At<'a>) {
    let name = parameter.text("x-aim-dotnet-type").unwrap_or_default();
    let (Some(dotnet), Some(schema)) = (lint.dotnet_of(parameter), parameter.get("schema")) else {
        return;
    };
    let (kind, format) = match dotnet {
        Dotnet::Scalar { kind, format, .. } => (kind, format),
        Dotnet::List(_) | Dotnet::Object(_) => ("string", None),
    };
    lint.keyword(&schema, "$ref", None, name);
    lint.keyword(&schema, "type", Some(kind), name);
    lint.keyword(&schema, "format", format, name);
    for member in schema.members() {
        if !["$ref", "type", "format"].contains(&member.name()) {
            member.report_key(
                &mut lint.report,
                format!("`{}` is set in the schema of a parameter", member.name()),
                "such a schema has only a `type`, and a `format` for numbers; the rest belongs to the parameter",
            );
        }
    }
    marks(lint, parameter);
}

/// The marks of a member or parameter fit its type.
fn marks<'a>(lint: &mut Lint<'a>, at: &At<'a>) {
    let name = at.text("x-aim-dotnet-type").unwrap_or_default();
    let is_parameter = at.get("schema").is_some();
    let carries_text = match lint.dotnet(name) {
        Some(Dotnet::List(_) | Dotnet::Object(_)) => is_parameter,
        _ => name == "string",
    };
    if at.get("x-aim-sensitive").is_some() && !carries_text {
        lint.problem_under(
            at,
            "x-aim-sensitive",
            format!("a `{name}` is marked as sensitive"),
            "only texts can be kept out of logs: mark the texts that it holds",
        );
    }
    for key in ["x-aim-open-enum", "x-aim-pattern"] {
        if at.get(key).is_some() && name != "string" {
            lint.problem_under(
                at,
                key,
                format!("`{key}` is set on a `{name}`"),
                "only a `string` can have it",
            );
        }
    }
    if at.get("x-aim-sensitive").is_some() && at.get("x-aim-open-enum").is_some() {
        lint.problem_under(
            at,
            "x-aim-sensitive",
            "an open enum is marked as sensitive",
            "its values are public, and the mark would be lost: keep one of the two",
        );
    }
    let pattern = at.text("x-aim-pattern").unwrap_or("^$");
    let plain = pattern.starts_with('^') && pattern.ends_with('$') && pattern.is_ascii();
    if !plain {
        lint.problem_under(
            at,
            "x-aim-pattern",
            format!("the pattern `{pattern}` does not cover the whole text"),
            "begin with `^` and end with `$`, in ASCII: the whole value is checked",
        );
    }
    // The generator writes code from it.
    if let (true, Err(reason)) = (plain, Pattern::read(pattern.to_owned())) {
        lint.problem_under(
            at,
            "x-aim-pattern",
            format!("the pattern `{pattern}` {reason}"),
            "use only what every dialect of regular expressions has: classes, counts, groups and `|`",
        );
    }
}

/// Whether two values are equal, apart from their places.
pub(super) fn same(left: &Node, right: &Node) -> bool {
    match (&left.value, &right.value) {
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| same(left, right))
        }
        (Value::Map(left), Value::Map(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|((key, left), (other, right))| {
                    key.name == other.name && same(left, right)
                })
        }
        (left, right) => left == right,
    }
}

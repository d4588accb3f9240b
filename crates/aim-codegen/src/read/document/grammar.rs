//! What OpenAPI 3.0 and the `x-aim-` extensions allow where.
//!
//! The tables below are the whole grammar; for credentials and parameters they
//! list only what the vendor's services use. A key that they do not name is a
//! problem: the generator would drop it in silence, and with it a `required` or a
//! mark of what is secret.

use super::tree::{At, Node, Value};
use crate::read::problem::Report;

/// The kinds of objects to which rules of the lint apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Root,
    Info,
    PathItem,
    Operation,
    Parameter,
    RequestBody,
    Response,
    MediaType,
    Example,
    Components,
    SecurityScheme,
    /// A schema of `components`.
    Schema,
    /// A member of a schema.
    Property,
    /// The items of a list.
    Items,
    /// A part of an `allOf`.
    Part,
    /// The schema of a media type.
    Content,
    /// The schema of a parameter.
    ParameterSchema,
    /// Everything to which no rule applies.
    Other,
}

/// An object whose keys are fixed.
pub(crate) struct Object {
    kind: Kind,
    /// With its article, for messages.
    name: &'static str,
    keys: &'static [Field],
    extensions: &'static [Field],
}

/// A key, what may stand under it, and whether it must be there.
type Field = (&'static str, Shape, bool);

const MUST: bool = true;
const MAY: bool = false;

const SKIPPED: &str = "the generator silently ignores it";

enum Shape {
    Any,
    /// OpenAPI has the key, but not this document, for a reason.
    Never(&'static str),
    Text,
    Bool,
    Number,
    Count,
    Word(&'static [&'static str]),
    List(&'static Shape),
    /// A map whose keys the document chooses within a rule.
    Map(KeyRule, &'static Shape),
    The(&'static Object),
    /// The object, or a `$ref` to one in this section of `components`.
    OrRef(&'static Object, &'static str),
}

/// Returns what a key must be, if it is not that.
type KeyRule = fn(&str) -> Option<&'static str>;

use Shape::{Any, Bool, Count, List, Map, Never, Number, OrRef, Text, The, Word};

static ROOT: Object = Object {
    kind: Kind::Root,
    name: "the document",
    keys: &[
        ("openapi", Text, MUST),
        ("info", The(&INFO), MUST),
        ("servers", List(&The(&SERVER)), MAY),
        ("paths", Map(path, &The(&PATH_ITEM)), MUST),
        ("components", The(&COMPONENTS), MAY),
        ("security", SECURITY, MAY),
        ("tags", List(&The(&TAG)), MAY),
        ("externalDocs", The(&EXTERNAL_DOCS), MAY),
    ],
    extensions: &[
        ("x-aim-base-classes", Map(any, &The(&BASE_CLASS)), MAY),
        ("x-aim-failure", The(&FAILURE), MAY),
    ],
};

static INFO: Object = Object {
    kind: Kind::Info,
    name: "info",
    keys: &[
        ("title", Text, MUST),
        ("description", Text, MAY),
        ("termsOfService", Text, MAY),
        ("contact", The(&CONTACT), MAY),
        ("license", The(&LICENSE), MAY),
        ("version", Text, MUST),
    ],
    extensions: &[],
};

static CONTACT: Object = Object {
    kind: Kind::Other,
    name: "a contact",
    keys: &[
        ("name", Text, MAY),
        ("url", Text, MAY),
        ("email", Text, MAY),
    ],
    extensions: &[],
};

static LICENSE: Object = Object {
    kind: Kind::Other,
    name: "a licence",
    keys: &[("name", Text, MUST), ("url", Text, MAY)],
    extensions: &[],
};

static SERVER: Object = Object {
    kind: Kind::Other,
    name: "a server",
    keys: &[
        ("url", Text, MUST),
        ("description", Text, MAY),
        ("variables", Map(any, &The(&SERVER_VARIABLE)), MAY),
    ],
    extensions: &[],
};

static SERVER_VARIABLE: Object = Object {
    kind: Kind::Other,
    name: "a server variable",
    keys: &[
        ("enum", List(&Text), MAY),
        ("default", Text, MUST),
        ("description", Text, MAY),
    ],
    extensions: &[],
};

static TAG: Object = Object {
    kind: Kind::Other,
    name: "a tag",
    keys: &[
        ("name", Text, MUST),
        ("description", Text, MAY),
        ("externalDocs", The(&EXTERNAL_DOCS), MAY),
    ],
    extensions: &[],
};

static EXTERNAL_DOCS: Object = Object {
    kind: Kind::Other,
    name: "a link to documentation",
    keys: &[("description", Text, MAY), ("url", Text, MUST)],
    extensions: &[],
};

static PATH_ITEM: Object = Object {
    kind: Kind::PathItem,
    name: "a path",
    keys: &[
        ("summary", Text, MAY),
        ("description", Text, MAY),
        ("get", The(&OPERATION), MAY),
        ("put", The(&OPERATION), MAY),
        ("post", The(&OPERATION), MAY),
        ("delete", The(&OPERATION), MAY),
        ("options", The(&OPERATION), MAY),
        ("head", The(&OPERATION), MAY),
        ("patch", The(&OPERATION), MAY),
        ("trace", The(&OPERATION), MAY),
        ("servers", List(&The(&SERVER)), MAY),
        ("parameters", List(&OrRef(&PARAMETER, "parameters")), MAY),
    ],
    extensions: &[],
};

static OPERATION: Object = Object {
    kind: Kind::Operation,
    name: "an operation",
    keys: &[
        ("tags", List(&Text), MAY),
        ("summary", Text, MAY),
        ("description", Text, MAY),
        ("externalDocs", The(&EXTERNAL_DOCS), MAY),
        ("operationId", Text, MAY),
        ("parameters", List(&OrRef(&PARAMETER, "parameters")), MAY),
        ("requestBody", OrRef(&REQUEST_BODY, "requestBodies"), MAY),
        (
            "responses",
            Map(status, &OrRef(&RESPONSE, "responses")),
            MUST,
        ),
        ("callbacks", Never(SKIPPED), MAY),
        ("deprecated", Bool, MAY),
        ("security", SECURITY, MAY),
        ("servers", List(&The(&SERVER)), MAY),
    ],
    extensions: &[
        ("x-aim-operation", Text, MAY),
        ("x-aim-request", Text, MAY),
        ("x-aim-licenses", List(&Text), MAY),
        ("x-aim-repeat", Word(&["safe", "session", "books"]), MAY),
        ("x-aim-evidence", List(&Text), MAY),
        ("x-aim-partial", Text, MAY),
        ("x-aim-lookup", The(&LOOKUP), MAY),
        ("x-internal", Bool, MAY),
    ],
};

const SECURITY: Shape = List(&Map(any, &List(&Text)));

static PARAMETER: Object = Object {
    kind: Kind::Parameter,
    name: "a parameter",
    keys: &[
        ("name", Text, MUST),
        ("in", Word(&["query", "header", "path", "cookie"]), MUST),
        ("description", Text, MAY),
        ("required", Bool, MAY),
        ("deprecated", Bool, MAY),
        ("allowEmptyValue", Bool, MAY),
        ("style", Text, MAY),
        ("explode", Bool, MAY),
        ("allowReserved", Bool, MAY),
        ("schema", OrRef(&PARAMETER_SCHEMA, "schemas"), MUST),
        ("example", Any, MAY),
        ("examples", EXAMPLES, MAY),
    ],
    extensions: &[
        ("x-aim-dotnet-type", Text, MAY),
        ("x-aim-declared-in", Text, MAY),
        ("x-aim-sensitive", SENSITIVE, MAY),
        ("x-aim-open-enum", The(&OPEN_ENUM), MAY),
        ("x-aim-pattern", Text, MAY),
        ("x-aim-vintage", VINTAGE, MAY),
    ],
};

static REQUEST_BODY: Object = Object {
    kind: Kind::RequestBody,
    name: "a request body",
    keys: &[
        ("description", Text, MAY),
        ("content", Map(any, &The(&MEDIA_TYPE)), MUST),
        ("required", Bool, MAY),
    ],
    extensions: &[],
};

static RESPONSE: Object = Object {
    kind: Kind::Response,
    name: "an answer",
    keys: &[
        ("description", Text, MUST),
        ("headers", Never(SKIPPED), MAY),
        ("content", Map(any, &The(&MEDIA_TYPE)), MAY),
        ("links", Never(SKIPPED), MAY),
    ],
    extensions: &[],
};

static MEDIA_TYPE: Object = Object {
    kind: Kind::MediaType,
    name: "a media type",
    keys: &[
        ("schema", OrRef(&CONTENT, "schemas"), MAY),
        ("example", Any, MAY),
        ("examples", EXAMPLES, MAY),
        ("encoding", Never("the generator panics on it"), MAY),
    ],
    extensions: &[],
};

const EXAMPLES: Shape = Map(any, &OrRef(&EXAMPLE, "examples"));

static EXAMPLE: Object = Object {
    kind: Kind::Example,
    name: "an example",
    keys: &[
        ("summary", Text, MAY),
        ("description", Text, MAY),
        ("value", Any, MAY),
        ("externalValue", Text, MAY),
    ],
    extensions: &[],
};

static COMPONENTS: Object = Object {
    kind: Kind::Components,
    name: "components",
    keys: &[
        ("schemas", Map(component, &The(&SCHEMA)), MAY),
        ("responses", Map(component, &The(&RESPONSE)), MAY),
        ("parameters", Map(component, &The(&PARAMETER)), MAY),
        ("examples", Map(component, &The(&EXAMPLE)), MAY),
        ("requestBodies", Map(component, &The(&REQUEST_BODY)), MAY),
        ("headers", Never(SKIPPED), MAY),
        (
            "securitySchemes",
            Map(component, &The(&SECURITY_SCHEME)),
            MAY,
        ),
        ("links", Never(SKIPPED), MAY),
        ("callbacks", Never(SKIPPED), MAY),
    ],
    extensions: &[],
};

static SECURITY_SCHEME: Object = Object {
    kind: Kind::SecurityScheme,
    name: "a security scheme",
    keys: &[
        ("type", Word(&["apiKey"]), MUST),
        ("description", Text, MAY),
        ("name", Text, MUST),
        ("in", Word(&["header"]), MUST),
    ],
    extensions: &[
        ("x-aim-dotnet-type", Text, MAY),
        ("x-aim-declared-in", Text, MAY),
        ("x-aim-sensitive", SENSITIVE, MAY),
    ],
};

static SCHEMA: Object = Object {
    kind: Kind::Schema,
    name: "a schema",
    keys: SCHEMA_KEYS,
    extensions: &[
        ("x-aim-base", Text, MAY),
        ("x-aim-exclusive", List(&List(&Text)), MAY),
        ("x-go-name", Text, MAY),
    ],
};

static PROPERTY: Object = Object {
    kind: Kind::Property,
    name: "a property",
    keys: SCHEMA_KEYS,
    extensions: &[
        ("x-aim-dotnet-type", Text, MAY),
        ("x-aim-declared-in", Text, MAY),
        ("x-aim-sensitive", SENSITIVE, MAY),
        ("x-aim-open-enum", The(&OPEN_ENUM), MAY),
        ("x-aim-pattern", Text, MAY),
        ("x-aim-vintage", VINTAGE, MAY),
    ],
};

static ITEMS: Object = Object {
    kind: Kind::Items,
    name: "the schema of items",
    keys: SCHEMA_KEYS,
    extensions: &[],
};

static PART: Object = Object {
    kind: Kind::Part,
    name: "a part of a schema",
    keys: SCHEMA_KEYS,
    extensions: &[],
};

static CONTENT: Object = Object {
    kind: Kind::Content,
    name: "the schema of a media type",
    keys: SCHEMA_KEYS,
    extensions: &[],
};

static PARAMETER_SCHEMA: Object = Object {
    kind: Kind::ParameterSchema,
    name: "the schema of a parameter",
    keys: SCHEMA_KEYS,
    extensions: &[],
};

static SCHEMA_KEYS: &[Field] = &[
    ("title", Text, MAY),
    (
        "type",
        Word(&["array", "boolean", "integer", "number", "object", "string"]),
        MAY,
    ),
    ("format", Text, MAY),
    ("description", Text, MAY),
    ("nullable", Bool, MAY),
    ("properties", Map(any, &OrRef(&PROPERTY, "schemas")), MAY),
    ("required", List(&Text), MAY),
    ("items", OrRef(&ITEMS, "schemas"), MAY),
    ("allOf", List(&OrRef(&PART, "schemas")), MAY),
    ("oneOf", List(&OrRef(&PART, "schemas")), MAY),
    ("anyOf", List(&OrRef(&PART, "schemas")), MAY),
    ("not", OrRef(&PART, "schemas"), MAY),
    (
        "additionalProperties",
        Never(
            "closed types refuse what the vendor adds, and with `true` Kotlin's types become maps \
             and misspelled members compile in TypeScript",
        ),
        MAY,
    ),
    ("default", Any, MAY),
    ("enum", List(&Any), MAY),
    ("pattern", Text, MAY),
    ("minLength", Count, MAY),
    ("maxLength", Count, MAY),
    ("minimum", Number, MAY),
    ("maximum", Number, MAY),
    ("exclusiveMinimum", Bool, MAY),
    ("exclusiveMaximum", Bool, MAY),
    ("multipleOf", Number, MAY),
    ("minItems", Count, MAY),
    ("maxItems", Count, MAY),
    ("uniqueItems", Bool, MAY),
    ("minProperties", Count, MAY),
    ("maxProperties", Count, MAY),
    ("readOnly", Bool, MAY),
    ("writeOnly", Bool, MAY),
    ("deprecated", Bool, MAY),
    (
        "discriminator",
        Never("generators guess what it means"),
        MAY,
    ),
    ("xml", The(&XML), MAY),
    ("externalDocs", The(&EXTERNAL_DOCS), MAY),
    ("example", Any, MAY),
];

static XML: Object = Object {
    kind: Kind::Other,
    name: "xml",
    keys: &[
        ("name", Text, MAY),
        ("namespace", Text, MAY),
        ("prefix", Text, MAY),
        ("attribute", Bool, MAY),
        ("wrapped", Bool, MAY),
    ],
    extensions: &[],
};

static BASE_CLASS: Object = Object {
    kind: Kind::Other,
    name: "a base class",
    keys: &[
        ("base", Text, MAY),
        ("members", List(&Text), MUST),
        ("description", Text, MUST),
    ],
    extensions: &[],
};

static FAILURE: Object = Object {
    kind: Kind::Other,
    name: "x-aim-failure",
    keys: &[
        ("member", Text, MUST),
        ("words", List(&The(&WORDS)), MUST),
        ("description", Text, MUST),
    ],
    extensions: &[],
};

static WORDS: Object = Object {
    kind: Kind::Other,
    name: "the words of x-aim-failure",
    keys: &[
        ("member", Text, MUST),
        ("good", List(&Text), MUST),
        ("failure", List(&Text), MAY),
    ],
    extensions: &[],
};

static LOOKUP: Object = Object {
    kind: Kind::Other,
    name: "x-aim-lookup",
    keys: &[("operation", Text, MUST), ("by", Map(any, &Text), MUST)],
    extensions: &[],
};

static OPEN_ENUM: Object = Object {
    kind: Kind::Other,
    name: "x-aim-open-enum",
    keys: &[
        ("name", Text, MUST),
        ("values", List(&The(&ENUM_VALUE)), MUST),
    ],
    extensions: &[],
};

static ENUM_VALUE: Object = Object {
    kind: Kind::Other,
    name: "a value of x-aim-open-enum",
    keys: &[
        ("value", Text, MUST),
        ("name", Text, MUST),
        ("description", Text, MUST),
    ],
    extensions: &[],
};

const SENSITIVE: Shape = Word(&["secret", "personal"]);
const VINTAGE: Shape = Word(&["newer"]);

/// Those that have extensions, to say where a misplaced one belongs.
static EXTENDED: &[&Object] = &[
    &ROOT,
    &OPERATION,
    &PARAMETER,
    &SECURITY_SCHEME,
    &SCHEMA,
    &PROPERTY,
];

fn any(_: &str) -> Option<&'static str> {
    None
}

fn path(key: &str) -> Option<&'static str> {
    (!key.starts_with('/')).then_some("a path, which begins with `/`")
}

fn status(key: &str) -> Option<&'static str> {
    let known = key == "default"
        || matches!(key.as_bytes(), [b'1'..=b'5', rest @ ..]
            if rest == b"XX" || (rest.len() == 2 && rest.iter().all(u8::is_ascii_digit)));
    (!known).then_some("a status such as `200`, `4XX` or `default`")
}

fn component(key: &str) -> Option<&'static str> {
    let known = key
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    (!known || key.is_empty()).then_some("letters, digits, `.`, `_` and `-`")
}

/// Returns every object of the document with its kind, in order; a `$ref`
/// stands for no object. Reports what the grammar does not allow.
pub(crate) fn walk<'a>(root: &'a Node, report: &mut Report) -> Vec<(Kind, At<'a>)> {
    let mut walk = Walk {
        root,
        report,
        objects: Vec::new(),
    };
    walk.shape(&The(&ROOT), At::root(root));
    walk.objects
}

struct Walk<'a, 'r> {
    root: &'a Node,
    report: &'r mut Report,
    objects: Vec<(Kind, At<'a>)>,
}

impl<'a> Walk<'a, '_> {
    fn shape(&mut self, shape: &Shape, at: At<'a>) {
        let found = at.node.kind();
        match (shape, &at.node.value) {
            (Any, _)
            | (Text, Value::String(_))
            | (Bool, Value::Bool(_))
            | (Number, Value::Number(_)) => {}
            (Count, Value::Number(text)) if text.parse::<u32>().is_ok() => {}
            (Word(words), Value::String(word)) => {
                if !words.contains(&word.as_str()) {
                    at.report(
                        self.report,
                        format!("`{word}` is unknown here"),
                        format!("write {}", alternatives(*words)),
                    );
                }
            }
            (List(inner), Value::List(_)) => {
                for item in at.items() {
                    self.shape(inner, item);
                }
            }
            (Map(rule, inner), Value::Map(_)) => {
                for member in at.members() {
                    if let Some(wanted) = rule(member.name()) {
                        member.report_key(
                            self.report,
                            format!("the key `{}` is unknown here", member.name()),
                            format!("a key of `{}` is {wanted}", at.name()),
                        );
                    }
                    self.shape(inner, member);
                }
            }
            (OrRef(_, section), Value::Map(_)) if at.get("$ref").is_some() => {
                self.reference(section, &at);
            }
            (The(object) | OrRef(object, _), Value::Map(_)) => self.object(object, at),
            (Never(why), _) => at.report_key(
                self.report,
                format!("`{}` is not allowed here: {why}", at.name()),
                "remove it; what readers must know can stand in the description",
            ),
            (Map(..) | The(_) | OrRef(..), Value::Null) => at.report(
                self.report,
                format!("{} is wanted here, this is {found}", wanted(shape)),
                "write it below the key, and indent it deeper",
            ),
            _ => at.report(
                self.report,
                format!("{} is wanted here, this is {found}", wanted(shape)),
                "write it as OpenAPI 3.0.3 describes it",
            ),
        }
    }

    fn object(&mut self, object: &'static Object, at: At<'a>) {
        for member in at.members() {
            let field = object
                .keys
                .iter()
                .chain(object.extensions)
                .find(|(key, _, _)| *key == member.name());
            match field {
                Some((_, shape, _)) => self.shape(shape, member),
                None => self.unknown(object, &member),
            }
        }
        for (key, _, must) in object.keys {
            if *must && at.get(key).is_none() {
                at.report(
                    self.report,
                    format!("`{key}` is missing"),
                    format!("{} must have it", object.name),
                );
            }
        }
        self.objects.push((object.kind, at));
    }

    fn unknown(&mut self, object: &Object, at: &At<'a>) {
        let key = at.name();
        let known = object.keys.iter().chain(object.extensions);
        let near = nearest(key, known.map(|(name, _, _)| *name));
        let (message, help) = if (object.name, key) == (FAILURE.name, "any") {
            (
                "`any` is the old form of this rule".to_owned(),
                "write `words: [{member: StatusCode, good: [OK], failure: [Error]}, …]`: what stood \
                 in `in` are words of `failure`, what stood in `notIn` are `good` ones"
                    .to_owned(),
            )
        } else if key == "$ref" {
            (
                "a `$ref` is not allowed here".to_owned(),
                format!(
                    "write {} out; the generator follows references only to schemas, \
                     parameters, bodies, answers and examples of `components`",
                    object.name
                ),
            )
        } else if let Some(home) = EXTENDED
            .iter()
            .find(|home| home.extensions.iter().any(|(name, _, _)| *name == key))
        {
            (
                format!("`{key}` does not belong to {}", object.name),
                format!("move it: it belongs to {}", home.name),
            )
        } else if let Some(near) = near {
            (
                format!("unknown key `{key}`; did you mean `{near}`?"),
                "correct the spelling: what is misspelled is skipped in silence".to_owned(),
            )
        } else if key.starts_with("x-") {
            (
                format!("unknown extension `{key}`"),
                format!(
                    "remove it; {} may have {}",
                    object.name,
                    match object.extensions {
                        [] => "no extension".to_owned(),
                        known => alternatives(known.iter().map(|(name, _, _)| name)),
                    }
                ),
            )
        } else {
            let outer = match (object.kind, &at.node.value) {
                (Kind::Property, Value::Map(_)) => "; a member of its own is indented less",
                (Kind::Schema, Value::Map(_)) => {
                    "; a member is indented deeper, below `properties`, and another schema less"
                }
                _ => "",
            };
            (
                format!("unknown key `{key}`"),
                format!(
                    "remove it; {} of OpenAPI 3.0 has no such key{outer}",
                    object.name
                ),
            )
        };
        at.report_key(self.report, message, help);
    }

    fn reference(&mut self, section: &str, at: &At<'a>) {
        for member in at.members() {
            if member.name() != "$ref" {
                member.report_key(
                    self.report,
                    format!(
                        "`{}` stands beside a `$ref`, where it is skipped",
                        member.name()
                    ),
                    "remove it, or wrap the reference: `allOf: [{$ref: …}]` may have neighbours",
                );
                continue;
            }
            let Some(target) = member.node.as_str() else {
                member.report(
                    self.report,
                    format!("text is wanted here, this is {}", member.node.kind()),
                    "write it as OpenAPI 3.0.3 describes it",
                );
                continue;
            };
            let home = format!("#/components/{section}/");
            let (message, help) = match target.strip_prefix(home.as_str()) {
                Some(name) if name.contains(['/', '~', '%']) => (
                    format!("the reference `{target}` leads into the inside of a component"),
                    format!("refer to a whole one: `{home}Name`"),
                ),
                Some(_) => match target
                    .strip_prefix('#')
                    .and_then(|to| self.root.pointer(to))
                {
                    Some(_) => continue,
                    None => (
                        format!("the reference `{target}` leads nowhere"),
                        format!("there is no such name in `components/{section}`"),
                    ),
                },
                None if target.starts_with('#') => (
                    format!("the reference `{target}` leads to the wrong section"),
                    format!("here it must begin with `{home}`"),
                ),
                None => (
                    format!("the reference `{target}` leads out of the document"),
                    format!("the generator reads one file: here it must begin with `{home}`"),
                ),
            };
            member.report(self.report, message, help);
        }
    }
}

fn wanted(shape: &Shape) -> &'static str {
    match shape {
        Any | Never(_) => "anything",
        Text | Word(_) => "text",
        Bool => "true or false",
        Number => "a number",
        Count => "a whole number",
        List(_) => "a list",
        Map(..) | The(_) | OrRef(..) => "a map",
    }
}

/// Such as "`a`, `b` or `c`".
fn alternatives(words: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let words: Vec<_> = words
        .into_iter()
        .map(|word| format!("`{}`", word.as_ref()))
        .collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => "nothing".to_owned(),
    }
}

/// The word that was probably meant.
fn nearest<'w>(word: &str, known: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let limit = (word.chars().count() / 3).clamp(1, 3);
    known
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The edit distance: how many letters to insert, delete or replace.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (index, from) in a.chars().enumerate() {
        let mut left = index + 1;
        let mut next = vec![left];
        for ((to, above), diagonal) in b.iter().zip(row.iter().skip(1)).zip(&row) {
            left = (diagonal + usize::from(from != *to))
                .min(above + 1)
                .min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_letters_to_change() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("requird", "required"), 1);
        assert_eq!(distance("fromat", "format"), 2);
        assert_eq!(distance("same", "same"), 0);
        assert_eq!(
            nearest("nulable", ["type", "nullable"].into_iter()),
            Some("nullable")
        );
        assert_eq!(nearest("colour", ["type", "nullable"].into_iter()), None);
    }

    #[test]
    fn knows_statuses_paths_and_component_names() {
        for key in ["200", "4XX", "default"] {
            assert_eq!(status(key), None, "{key}");
        }
        for key in ["", "20", "2000", "4xx", "600", "AXX", "2é"] {
            assert!(status(key).is_some(), "{key}");
        }
        assert_eq!(path("/api"), None);
        assert!(path("api").is_some());
        assert_eq!(component("A.b-1_"), None);
        assert!(component("A/b").is_some() && component("").is_some());
    }
}

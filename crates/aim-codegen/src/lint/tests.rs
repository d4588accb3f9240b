//! Every rule, each broken once in the sample.

use super::*;
use crate::read::document::sample;
use crate::read::problem::Problem;

/// The problems of a text, each as pointer and message.
fn problems(text: &str) -> Vec<String> {
    let found = Document::parse("a.yaml", text).and_then(|document| lint(&document));
    let Err(problems) = found else {
        return Vec::new();
    };
    let short = |problem: &Problem| format!("{} {}", problem.pointer, problem.message);
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

#[rustfmt::skip]
#[test]
fn every_forbidden_key_is_found() {
    let homes = [
        (Property, "        Found:\n", "          ", format!("{SCHEMAS_AT}/Answer/properties/Found")),
        (Schema, "    Card:\n      type: object\n", "      ", format!("{SCHEMAS_AT}/Card")),
        (PathItem, "  /api/Look:\n", "    ", "/paths/~1api~1Look".to_owned()),
        (Operation, "    post:\n", "      ", POST.to_owned()),
        (Parameter, "        - name: Ref\n", "          ", format!("{GET}/parameters/0")),
        (MediaType, "          application/json:\n", "            ", format!("{POST}/requestBody/content/application~1json")),
        (Example, "              realistic:\n", "                ", format!("{POST}/requestBody/content/application~1json/examples/realistic")),
    ];
    let values = |kind: &Kind, key: &str| match key {
        "enum" | "oneOf" | "anyOf" | "servers" | "parameters" | "security" => "[]",
        "not" => "{type: string}",
        "put" | "delete" | "options" | "head" | "patch" | "trace" => "{responses: {}}",
        "externalDocs" => "{url: u}",
        "pattern" | "title" | "externalValue" => "a",
        "style" => "form",
        "examples" => "{}",
        "readOnly" | "writeOnly" | "deprecated" | "uniqueItems" | "explode" => "true",
        _ if key.starts_with("exclusive") || *kind == Parameter => "true",
        _ => "1",
    };
    for (kinds, keys, why, _) in FORBIDDEN {
        for (kind, from, indentation, pointer) in homes.iter().filter(|(kind, ..)| kinds.contains(kind)) {
            for key in *keys {
                let to = format!("{from}{indentation}{key}: {}\n", values(kind, key));
                row(from, &to, &format!("{pointer}/{key}"), why);
            }
        }
    }
}

#[rustfmt::skip]
#[test]
fn every_missing_key_is_found() {
    let rows = [
        ("security:\n  - ApiKey: []\n    AppId: []\n", "", "security"),
        ("      operationId: Look\n", POST, "operationId"),
        ("      summary: Look\n", POST, "summary"),
        ("      description: Looks `[0]` up.\n", POST, "description"),
        ("      x-aim-operation: Look\n", POST, "x-aim-operation"),
        ("      x-aim-request: Query\n", POST, "x-aim-request"),
        ("      x-aim-licenses: [Looking Service]\n", POST, "x-aim-licenses"),
        ("      x-aim-repeat: safe\n", POST, "x-aim-repeat"),
        ("      x-aim-evidence: [Found, Status]\n", POST, "x-aim-evidence"),
        ("      description: A card.\n", "/components/schemas/Card", "description"),
        ("          description: The reference.\n", "/paths/~1api~1Look/get/parameters/0", "description"),
        ("          description: The items.\n", "/components/schemas/Answer/properties/Items", "description"),
        ("          example: true\n", "/components/schemas/Answer/properties/Found", "example"),
        ("          x-aim-dotnet-type: bool\n", "/components/schemas/Answer/properties/Found", "x-aim-dotnet-type"),
        ("              schema:\n                $ref: '#/components/schemas/Answer'\n", "/paths/~1api~1Look/post/responses/200/content/application~1json", "schema"),
        ("      description: The key.\n", "/components/securitySchemes/ApiKey", "description"),
    ];
    for (from, pointer, key) in rows {
        let to = if key == "schema" { "              examples: {}\n" } else { "" };
        row(from, to, pointer, &format!("`{key}` is missing"));
    }
    row("      x-aim-declared-in: BaseRequest\n      x-aim-sensitive: secret\n", "      x-aim-declared-in: BaseRequest\n", "/components/parameters/Token", "the credential `Token` is not marked `secret`");
    row("description: A card.", "description: ' '", "/components/schemas/Card", "`description` is missing or empty");
}

#[rustfmt::skip]
#[test]
fn the_document_as_a_whole() {
    row("3.0.3", "3.1.0", "/openapi", "the version is not 3.0.3");
    row("version: 1.0.0", "version: '1 é'", "/info/version", "not plain ASCII");
    row("    AppId: []\n", "", "/security/0", "the security scheme `AppId` is missing");
    row("    AppId: []\n", "    AppId: []\n    Other: []\n", "/security/0/Other", "there is no security scheme `Other`");
    row("    AppId: []\n", "  - AppId: []\n", "/security", "exactly one item");
    row("type: apiKey\n      in: header", "type: apiKey\n      in: query", "/components/securitySchemes/ApiKey/in", "`query` is unknown here");
    row("[ApiKey, AppId, Token]", "[ApiKey, AppId, Token, Token]", "/x-aim-base-classes/BaseRequest/members/3", "`Token` is listed twice");
    row("    members: [Status]", "    base: Nothing\n    members: [Status]", "/x-aim-base-classes/BaseResponse/base", "`Nothing` is not a base class above");
    row("    members: [Status]", "    base: BaseResponse\n    members: [Status]", "/x-aim-base-classes/BaseResponse/base", "`BaseResponse` is not a base class above");
    row("  member: Status\n", "  member: State\n", "/x-aim-failure/member", "no answer has a member `State`");
    row("member: ErrorCode", "member: Code", "/x-aim-failure/words/1/member", "`Result` has no text member `Code`");
    row("        ErrorCode:\n          type: string\n", "        ErrorCode:\n          type: string\n          x-aim-open-enum: {name: Code, values: [{value: A, name: A, description: D}]}\n", "/x-aim-failure/words/1/member", "`Result` has no text member `ErrorCode`");
    row("description: A card.", &format!("description: {PLACEHOLDER}"), "/components/schemas/Card/description", "still the placeholder");
    row("description: A card.", "description: \"A\\rcard.\"", "/components/schemas/Card/description", "a control character");
    row("failure: [Error]", "failure: []", "/x-aim-failure/words/0/failure", "the list is empty");
    row("good: ['0']", "good: []", "/x-aim-failure/words/1/good", "the list is empty");
    row("good: ['0']", "good: [' ']", "/x-aim-failure/words/1/good/0", "the word is empty");
    row("failure: [Error]", "failure: [Error, ' ok']", "/x-aim-failure/words/0/failure/1", "the word `ok` stands here twice");
    row(", failure: [Error]", "", "/x-aim-failure/words", "no member has words of `failure`");
    row("member: ErrorCode", "member: StatusCode", "/x-aim-failure/words/1/member", "the words of `StatusCode` stand here twice");
}

#[rustfmt::skip]
#[test]
fn operations() {
    let at = |rest: &str| format!("{POST}{rest}");
    let get = |rest: &str| format!("{GET}{rest}");
    row("operationId: LookGet", "operationId: look", &get("/operationId"), "are both `look` in Rust");
    row("operationId: LookGet", "operationId: Exec", &get("/operationId"), "is reserved");
    for taken in ["Loop", "With", "WithToken", "Builder", "LookUpFulfillment", "Clone", "Fmt", "Into", "TryInto"] {
        row("operationId: LookGet", &format!("operationId: {taken}"), &get("/operationId"), "is reserved");
    }
    row("operationId: LookGet", "operationId: look_get", &get("/operationId"), "not a plain name");
    row("/api/Look:", "/api/{Look}:", "/paths/~1api~1{Look}", "is not plain");
    row("tags: [Looking]", "tags: [Loking]", &at("/tags/0"), "the tag `Loking` is not declared");
    row("x-aim-request: Query", "x-aim-request: Querry", &at("/x-aim-request"), "there is no schema `Querry`");
    row("x-aim-request: Query", "x-aim-request: Card", &at("/x-aim-request"), "the schema of the body is not");
    row("      x-aim-base: BaseRequest\n", "", "/components/schemas/Query", "`x-aim-base` is missing");
    row("      x-aim-base: BaseResponse\n", "", "/components/schemas/Answer", "`x-aim-base` is missing");
    row("      requestBody:", "      x-aim-lookup: {operation: Look, by: {}}\n      requestBody:", &at("/x-aim-lookup/by"), "the map is empty");
    row("        required: true\n", "", &at("/requestBody"), "the body is not required");
    row("          application/json:\n            schema:\n              $ref: '#/components/schemas/Query'", "          text/json:\n            schema:\n              $ref: '#/components/schemas/Query'", &at("/requestBody/content/text~1json"), "a request cannot be `text/json`");
    row("      requestBody:", "      parameters2:", &at("/parameters2"), "unknown key");
    row("      operationId: LookGet\n", "      operationId: LookGet\n      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Query'}}}}\n", &get("/requestBody"), "a GET has a body");
    row("      deprecated: true\n", "", GET, "a GET that books is not deprecated");
    row("      x-internal: true\n", "", GET, "a GET that books is not internal");
    row("      x-internal: true\n", "      x-internal: false\n", &format!("{GET}/x-internal"), "a GET that books is not internal");
    row("      x-aim-operation: Look\n", "      x-internal: true\n      x-aim-operation: Look\n", &format!("{POST}/x-internal"), "an operation is internal that is no GET that books");
    row("        - $ref: '#/components/parameters/Token'\n", "        - {name: Ref, in: query, description: D, example: x, schema: {type: string}, x-aim-dotnet-type: string}\n", &at("/parameters/0"), "a POST has a query parameter");
    row("        - $ref: '#/components/parameters/Token'\n", "        - $ref: '#/components/parameters/Token'\n        - $ref: '#/components/parameters/Token'\n", &at("/parameters/1"), "are both `token` in Rust");
    row("        operation: Look\n", "        operation: LookGet\n", &get("/x-aim-lookup/operation"), "no operation `LookGet` that is safe");
    row("by: {Ref: Ref}", "by: {Rif: Ref}", &get("/x-aim-lookup/by/Rif"), "`Look` has no member `Rif`");
    row("by: {Ref: Ref}", "by: {Ref: Rif}", &get("/x-aim-lookup/by/Ref"), "this request has no member `Rif`");
    row("[Found, Status]", "[Fund, Status]", &at("/x-aim-evidence/0"), "`Answer` has no member `Fund`");
    row("[Found, Status]", "[Found, Found]", &at("/x-aim-evidence/1"), "`Found` is listed twice");
    row(
        "        Found:\n          type: boolean\n          description: Whether anything was found.\n          example: true\n          x-aim-dotnet-type: bool\n",
        "        Found:\n          allOf:\n            - $ref: '#/components/schemas/Item'\n          description: What was found.\n          example: {When: '2026-09-01T00:00:00'}\n          x-aim-dotnet-type: Item\n",
        &at("/x-aim-evidence/0"),
        "`Found` is an object",
    );
    row("[Found, Status]", "[]", &at("/x-aim-evidence"), "the list is empty");
    row("[Found, Status]", "[Status]", &get("/x-aim-evidence"), "differs from that of `Look`");
    row("x-aim-partial: Items", "x-aim-partial: Found", &at("/x-aim-partial"), "has no list `Found`");
}

#[test]
fn an_answer_of_examples_is_evidence() {
    let found = |kind: &str, dotnet: &str, example: &str| {
        format!(
            "          type: {kind}\n          description: Whether anything was found.\n          \
             example: {example}\n          x-aim-dotnet-type: {dotnet}\n"
        )
    };
    let with = |evidence: &str, found_as: &str| {
        let text = sample::TEXT.replace("[Found, Status]", evidence);
        let from = found("boolean", "bool", "true");
        assert!(text.contains(&from));
        problems(&text.replacen(&from, found_as, 1))
    };
    let at = |member: &str| {
        format!(
            "{SCHEMAS_AT}/Answer/properties/{member}/example an answer of the examples of `Answer` \
             proves nothing"
        )
    };
    let none = Vec::<String>::new();
    for (kind, dotnet, zero, value) in [
        ("boolean", "bool", "false", "true"),
        ("integer\n          format: int32", "int", "-0", "10"),
        (
            "number\n          format: double",
            "decimal",
            "0.00",
            "0.01",
        ),
        ("string", "string", "'0'", "W-0"),
        ("string", "string", "'False'", "Falsetto"),
        (
            "string",
            "DateTime",
            "'0001-01-01T00:00:00'",
            "'2026-09-01T00:00:00'",
        ),
    ] {
        let zero = found(kind, dotnet, zero);
        assert_eq!(with("[Found]", &zero)[..1], [at("Found")], "{zero}");
        assert_eq!(with("[Items, Found]", &zero)[..1], [at("Items")], "{zero}");
        // The success that a mock writes into `Status` is evidence.
        assert_eq!(with("[Found, Status]", &zero), none, "{zero}");
        let value = found(kind, dotnet, value);
        assert_eq!(with("[Items, Found]", &value), none, "{value}");
    }
}

/// Adds an operation to the sample, with a verb, further lines and properties
/// of its request.
fn with_listing(verb: &str, rest: &str, properties: &str) -> String {
    let operation = format!(
        "  /api/List:\n    {verb}:\n      tags: [Looking]\n      summary: List\n      description: Lists.\n      \
         operationId: List\n      x-aim-operation: List\n      x-aim-request: Nothing\n      x-aim-licenses: []\n      \
         x-aim-repeat: safe\n      x-aim-evidence: [Found, Status]\n      x-aim-partial: Items\n{rest}      responses:\n        \
         '200': {{description: D, content: {{application/json: {{schema: {{$ref: '#/components/schemas/Answer'}}}}}}}}\n        \
         default: {{$ref: '#/components/responses/Error'}}\ncomponents:\n"
    );
    let schema = format!(
        "    Nothing: {{type: object, description: D, x-aim-base: BaseRequest, xml: {{name: Nothing, namespace: urn:n}}{properties}}}\n    Query:\n"
    );
    let text = sample::TEXT.replacen("components:\n", &operation, 1);
    text.replacen("    Query:\n", &schema, 1)
}

#[test]
fn valid_variants_are_accepted() {
    let clean = Vec::<String>::new();
    // A request without members, by GET and by POST, without a licence and
    // without a header that others have.
    let body = "      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Nothing'}}}}\n";
    for (verb, rest) in [("get", ""), ("post", body)] {
        for properties in ["", ", properties: {}"] {
            assert_eq!(problems(&with_listing(verb, rest, properties)), clean);
        }
    }
    // Evidence without the status.
    let text = sample::TEXT.replace("[Found, Status]", "[Found]");
    assert_eq!(problems(&text), clean);
    // The list of licences is still required, and only a request can be empty.
    let text = with_listing("get", "", "");
    let found = problems(&text.replace("      x-aim-licenses: []\n", ""));
    assert_eq!(
        found,
        ["/paths/~1api~1List/get `x-aim-licenses` is missing or empty"]
    );
    // The status need not be evidence, but the answer must have it.
    let bare = "    Bare: {type: object, description: D, x-aim-base: BaseResponse, properties: {A: {type: string, description: D, example: x, x-aim-dotnet-type: string}}}\n    Nothing:";
    let bare = text
        .replacen("schemas/Answer", "schemas/Bare", 2)
        .replacen("    Nothing:", bare, 1);
    let found = problems(&bare);
    let missing = format!("{SCHEMAS_AT}/Bare the answer has no member `Status`");
    assert!(found.contains(&missing), "{found:?}");
    let found = problems(&text.replace("x-aim-request: Nothing", "x-aim-request: Query"));
    let empty = format!("{SCHEMAS_AT}/Nothing the schema has no members");
    assert!(found.contains(&empty), "{found:?}");
}

#[rustfmt::skip]
#[test]
fn queries() {
    let at = |rest: &str| format!("{GET}/parameters{rest}");
    let card = "          x-aim-dotnet-type: Card\n          x-aim-sensitive: secret\n";
    row("- name: Ref", "- name: Reff", &at("/0/name"), "the query has `Reff` where `Query` has `Ref`");
    row("- name: Mode", "- name: mode", &at("/4/name"), "the query has `mode` where `Query` has `Mode`");
    row("          x-aim-dotnet-type: Card\n", "          x-aim-dotnet-type: string\n", &at("/1/x-aim-dotnet-type"), "differs from that of the member `Card`");
    row(card, "          x-aim-dotnet-type: Card\n", &at("/1"), "`Card` holds `secret` data and is not marked so");
    row(card, "          x-aim-dotnet-type: Card\n          x-aim-sensitive: personal\n", &at("/1/x-aim-sensitive"), "holds `secret` data");
    row("x-aim-dotnet-type: string\n", "x-aim-dotnet-type: string\n          x-aim-sensitive: secret\n", &at("/0/x-aim-sensitive"), "`Ref` holds nothing sensitive");
    row("The first.}", "The other.}", &at("/4/x-aim-open-enum"), "differs from that of the member `Mode`");
    let mode = sample::TEXT.find("        - name: Mode").unwrap();
    let end = sample::TEXT[mode..].find("        - $ref").unwrap() + mode;
    row(&sample::TEXT[mode..end], "", &at(""), "the query lacks `Mode`");
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
            "{} a query parameter is defined in `components`",
            at("/3")
        )]
    );
    row("        - name: Ref\n          in: query", "        - name: Ref\n          in: cookie", &at("/0/in"), "a parameter is in the cookie");
    row("      name: Token\n", "      name: APIKEY\n", "/components/parameters/Token/name", "the credential `APIKEY` is a parameter");
    row("      name: Token\n", "      name: T-oken\n", "/components/parameters/Token/name", "is not plain");
    row("      name: Token\n", "      name: Accept\n", "/components/parameters/Token/name", "`Accept` is not a parameter");
    row("            type: string\n          example: C-1", "            type: integer\n          example: C-1", &at("/0/schema/type"), "`type` is `integer`, but a `string` (`x-aim-dotnet-type`) is `string`");
    row("            format: double\n          example: 12.50", "            format: float\n          example: 12.50", &at("/3/schema/format"), "`format` is `float`");
    row("            type: string\n          example: '1,2'", "            type: array\n            items: {type: string}\n          example: '1,2'", &at("/2/schema/items"), "is set in the schema of a parameter");
}

#[test]
fn names_in_go() {
    let text = sample::TEXT
        .replace("    Answer:\n", "    LookResponse:\n")
        .replace("schemas/Answer'", "schemas/LookResponse'")
        .replace("name: Answer\n", "name: LookResponse\n");
    let named = |name: &str| {
        let from = "    LookResponse:\n      type: object\n";
        problems(&text.replace(from, &format!("{from}      x-go-name: {name}\n")))
    };
    let at = format!("{SCHEMAS_AT}/LookResponse");
    let taken = "`LookResponse` is also what oapi-codegen calls the outcome of `Look`";
    assert_eq!(problems(&text), [format!("{at} {taken}")]);
    assert_eq!(named("LookResponse"), [format!("{at}/x-go-name {taken}")]);
    let other = "another schema is called `Query` in Go";
    assert_eq!(named("Query"), [format!("{at}/x-go-name {other}")]);
    let plain = "the name in Go, `look-answer`, is not plain";
    assert_eq!(named("look-answer"), [format!("{at}/x-go-name {plain}")]);
    assert_eq!(named("LookAnswer"), Vec::<String>::new());
}

#[rustfmt::skip]
#[test]
fn answers() {
    let at = |rest: &str| format!("{POST}/responses{rest}");
    row("        default:", "        4XX:", &at("/4XX"), "the answer `4XX` is not allowed here");
    row("        default:", "        4XX:", &at(""), "the answer `default` is missing");
    row("        default:", "        '404':", &at("/404"), "the answer `404` is not allowed here");
    row("        '200':\n", "        '204': {description: D}\n        '200':\n", &at("/204"), "the answer `204` is not allowed here");
    row("        default:\n          $ref: '#/components/responses/Error'\n    get:", "        default: {description: D}\n    get:", &at("/default"), "written inline");
    let success = &sample::TEXT[sample::TEXT.find("        '200':").unwrap()
        ..sample::TEXT.find("        default:").unwrap()];
    row(success, "        '200':\n          $ref: '#/components/responses/Error'\n", &at("/200"), "the answer `200` is a `$ref`");
    let media = "            application/json:\n              schema:\n                $ref: '#/components/schemas/Answer'\n";
    let xml = media.replace("json", "xml");
    row(media, &format!("{media}{xml}"), &at("/200/content/application~1xml"), "an answer cannot be `application/xml`");
    row(media, &xml, &at("/200/content"), "`application/json` is missing");
    row("              schema:\n                $ref: '#/components/schemas/Answer'\n", "              schema:\n                type: object\n", &at("/200/content/application~1json/schema"), "the schema is written inline");
    row("      content:\n        application/json:\n", "      links: {}\n      content:\n        application/json:\n", "/components/responses/Error/links", UNUSED);
    row("    Answer:\n      type: object\n", "    Answer:\n      type: object\n      required: [Found]\n", &format!("{SCHEMAS_AT}/Answer/required"), "which is part of an answer");
    row("    Item:\n      type: object\n", "    Item:\n      type: object\n      required: [When]\n", &format!("{SCHEMAS_AT}/Item/required"), "`required` is set in `Item`");
    row("    Failure:\n      type: object\n", "    Failure:\n      type: object\n      required: [Message]\n", &format!("{SCHEMAS_AT}/Failure/required"), "`required` is set in `Failure`");
}

#[rustfmt::skip]
#[test]
fn schemas() {
    let at = |rest: &str| format!("{SCHEMAS_AT}{rest}");
    row("    Item:\n", "    item: {type: object, description: D}\n    Item:\n", &at("/item"), "is not plain");
    row("    Failure:\n", "    ANSWER: {type: object, description: D, properties: {}}\n    Failure:\n", &at("/ANSWER"), "has no members");
    row("    Item:\n", "    Query1: {type: object, description: D, properties: {A: {type: string, description: D, example: x, x-aim-dotnet-type: string}}}\n    QUERY1: {type: object, description: D, properties: {A: {type: string, description: D, example: x, x-aim-dotnet-type: string}}}\n    Item:\n", &at("/QUERY1"), "are both `Query1` in Rust");
    for taken in ["Vec", "Into", "IntoIterator", "From"] {
        row("    Item:\n", &format!("    {taken}: {{type: object, description: D}}\n    Item:\n"), &at(&format!("/{taken}")), "is taken by Rust");
    }
    row("        ErrorCode:\n", "        Error-Code:\n", &at("/Result/properties/Error-Code"), "is not plain");
    row("        ErrorCode:\n", "        statusCode:\n", &at("/Result/properties/statusCode"), "are both `statuscode` without case");
    for (list, kind) in [("allOf: [{$ref: '#/components/schemas/Item'}]", "Item"), ("type: array, nullable: true, items: {$ref: '#/components/schemas/Item'}", "List<Item>")] {
        row("        When:\n", &format!("        Again: {{{list}, description: D, example: {{}}, x-aim-dotnet-type: {kind}}}\n        When:\n"), &at("/Item"), "`Item` holds itself");
    }
    row("    Item:\n      type: object\n", "    Item:\n      type: array\n", &at("/Item/type"), "is not an object");
    row("    Item:\n      type: object\n", "    Item:\n      nullable: true\n      type: object\n", &at("/Item/nullable"), "is set in a schema of `components`");
    row("required: [Number]", "required: [Numbr]", &at("/Card/required/0"), "there is no member `Numbr`");
    row("        Status:\n          allOf:\n            - $ref: '#/components/schemas/Result'\n", "        Status:\n          $ref: '#/components/schemas/Result'\n        Other:\n          allOf:\n            - $ref: '#/components/schemas/Result'\n", &at("/Answer/properties/Status"), "a member is a bare `$ref`");
    row("      x-aim-base: BaseRequest", "      x-aim-base: BaseRequst", &at("/Query/x-aim-base"), "there is no base class `BaseRequst`");
    row("          x-aim-declared-in: BaseResponse\n", "", &at("/Answer/properties/Status"), "`x-aim-declared-in` of `Status` is wrong or missing");
    row("          x-aim-dotnet-type: bool\n", "          x-aim-dotnet-type: bool\n          x-aim-declared-in: BaseResponse\n", &at("/Answer/properties/Found/x-aim-declared-in"), "of `Found` is wrong");
    row("      x-aim-declared-in: BaseRequest\n", "      x-aim-declared-in: BaseResponse\n", "/components/parameters/Token/x-aim-declared-in", "`BaseResponse` has no member `Token`");
    row("      x-aim-declared-in: BaseRequest\n", "", "/components/parameters/Token", "`x-aim-declared-in` is missing");
    row("[Ref, Ids]", "[Ref, Idx]", &at("/Query/x-aim-exclusive/0/1"), "there is no member `Idx`");
    row("Mode=A]", "Mode=B]", &at("/Query/x-aim-exclusive/1/1"), "`Mode` has no such value");
    row("Mode=A]", "Modes=A]", &at("/Query/x-aim-exclusive/1/1"), "there is no member `Modes`");
    row("[Ref, Ids]", "[Ref]", &at("/Query/x-aim-exclusive/0"), "not a pair of members");
    row("[Ref, Ids]", "[Ref, Ref]", &at("/Query/x-aim-exclusive/0"), "not a pair of members");
}

#[rustfmt::skip]
#[test]
fn members() {
    let at = |rest: &str| format!("{SCHEMAS_AT}{rest}");
    let when = "          x-aim-dotnet-type: DateTime\n";
    row("x-aim-dotnet-type: DateTime", "x-aim-dotnet-type: Datetime", &at("/Item/properties/When/x-aim-dotnet-type"), "`Datetime` is not a C# type");
    row("x-aim-dotnet-type: DateTime", "x-aim-dotnet-type: 'string?'", &at("/Item/properties/When/x-aim-dotnet-type"), "`string?` is not a C# type");
    row("x-aim-dotnet-type: DateTime", "x-aim-dotnet-type: List<int?>", &at("/Item/properties/When/x-aim-dotnet-type"), "is not a C# type");
    row("x-aim-dotnet-type: DateTime", "x-aim-dotnet-type: List<List<int>>", &at("/Item/properties/When/x-aim-dotnet-type"), "is not a C# type");
    row(when, "          x-aim-dotnet-type: DateTime\n          format: date-time\n", &at("/Item/properties/When/format"), "but a `DateTime` has none");
    row(when, "          x-aim-dotnet-type: 'DateTime?'\n", &at("/Item/properties/When"), "`nullable: true` is missing");
    row(when, "          x-aim-dotnet-type: decimal\n", &at("/Item/properties/When/type"), "`type` is `string`, but a `decimal` (`x-aim-dotnet-type`) is `number`");
    row(when, "          x-aim-dotnet-type: DateTime\n          nullable: true\n", &at("/Item/properties/When/nullable"), "is never null");
    row(when, "          x-aim-dotnet-type: DateTime\n          x-aim-sensitive: personal\n", &at("/Item/properties/When/x-aim-sensitive"), "a `DateTime` is marked as sensitive");
    row(when, "          x-aim-dotnet-type: DateTime\n          x-aim-pattern: ^a$\n", &at("/Item/properties/When/x-aim-pattern"), "is set on a `DateTime`");
    row("'^[0-9]$'", "'[0-9]$'", &at("/Card/properties/Number/x-aim-pattern"), "does not cover the whole text");
    row("          x-aim-pattern: '^[0-9]$'\n", "          x-aim-open-enum: {name: Num, values: [{value: a, name: A, description: D}]}\n", &at("/Card/properties/Number/x-aim-sensitive"), "an open enum is marked as sensitive");
    row("          type: number\n          format: double\n", "          type: number\n", &at("/Query/properties/Price"), "`format: double` is missing, and a `decimal?` needs it");
    row("        Ids:\n          type: array\n          nullable: true\n", "        Ids:\n          type: array\n", &at("/Query/properties/Ids"), "`nullable: true` is missing");
    row("            type: integer\n            format: int64\n          description: The ids.", "            type: integer\n            format: int32\n          description: The ids.", &at("/Query/properties/Ids/items/format"), "`format` is `int32`, but a `long` (`x-aim-dotnet-type`) is `int64`");
    row("            $ref: '#/components/schemas/Item'\n", "            type: object\n", &at("/Answer/properties/Items/items"), "the items are not a `$ref` to `Item`");
    row("          items:\n            $ref: '#/components/schemas/Item'\n", "", &at("/Answer/properties/Items"), "`items` is missing");
    row("            - $ref: '#/components/schemas/Result'\n", "            - $ref: '#/components/schemas/Item'\n", &at("/Answer/properties/Status/allOf/0/$ref"), "does not lead to `Result`");
    row("            - $ref: '#/components/schemas/Result'\n", "            - $ref: '#/components/schemas/Result'\n            - $ref: '#/components/schemas/Result'\n", &at("/Answer/properties/Status/allOf"), "does not have exactly one part");
    row("            - $ref: '#/components/schemas/Result'\n", "            - type: object\n", &at("/Answer/properties/Status/allOf/0"), "is written inline");
    row("          allOf:\n            - $ref: '#/components/schemas/Result'\n", "", &at("/Answer/properties/Status"), "`allOf` is missing");
    row("            - $ref: '#/components/schemas/Result'\n", "            - $ref: '#/components/schemas/Result'\n          nullable: true\n", &at("/Answer/properties/Status/nullable"), "without a `type`");
    row("          type: boolean\n          description: Whether", "          type: object\n          properties: {A: {type: string, description: D, example: x, x-aim-dotnet-type: string}}\n          description: Whether", &at("/Answer/properties/Found/properties"), "is set, but this is a `bool`");
    row("            format: int64\n", "            format: int64\n            items: {type: string}\n", &at("/Query/properties/Ids/items/items"), "is set, but this is a `long`");
    row("              - {value: A, name: First, description: The first.}\n        - $ref", "              - {value: A, name: Other, description: The first.}\n        - $ref", &format!("{GET}/parameters/4/x-aim-open-enum"), "has other values elsewhere");
    for (name, message) in [
        ("Card", "cannot be the name of an enum"),
        ("String", "cannot be the name of an enum"),
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
        ("{value: A, name: Other, description: D}", "cannot be the name of a value"),
        ("{value: \"A\\rB\", name: First, description: D}", "the text has a control character"),
        ("{value: A, name: A, description: D}\n              - {value: A, name: B, description: D}", "this is listed twice"),
    ] {
        let found = problems(
            &sample::TEXT.replace("{value: A, name: First, description: The first.}", values),
        );
        assert!(
            found.iter().any(|problem| problem.contains(message)),
            "{found:?}"
        );
    }
    row("description: The code.", "description: A List<long>.", &at("/Result/properties/StatusCode/description"), "a `<` is outside backticks");
}

#[rustfmt::skip]
#[test]
fn examples() {
    let at = |rest: &str| format!("{SCHEMAS_AT}{rest}");
    let value = |rest: &str| format!("{POST}/requestBody/content/application~1json/examples/realistic/value{rest}");
    let realistic = |to: &str, rest: &str, message: &str| row("value: {Ref: C-1}", &format!("value: {to}"), &value(rest), message);
    // Of a body: members, their types, and rules of the schema.
    realistic("{Reff: C-1}", "/Reff", "`Query` has no member `Reff`");
    realistic("[C-1]", "", "the example is a list, but a `Query` is a map");
    realistic("{Ref: 7}", "/Ref", "the example is the number 7, but a `string` is text");
    realistic("{Ref: null}", "/Ref", "the example is nothing, but a `string` is text");
    realistic("{Ids: 1}", "/Ids", "but a `List<long>` is a list");
    realistic("{Ids: [1, 1.5]}", "/Ids/1", "the example is the number 1.5, but a `long` is a whole number of 64 bits");
    realistic("{Ids: [9223372036854775808]}", "/Ids/0", "a whole number of 64 bits");
    realistic("{Price: '1'}", "/Price", "the example is text, but a `decimal?` is a number of plain digits, 28 at most");
    realistic("{Price: 1.0e+3}", "/Price", "a number of plain digits");
    realistic("{Price: 1.0000000000000000000000000001}", "/Price", "28 at most");
    realistic("{Card: {}}", "/Card", "the example lacks `Number`, which `Card` requires");
    realistic("{Card: {Number: '12'}}", "/Card/Number", "the example does not match `^[0-9]$`");
    realistic("{Ref: a, Ids: []}", "", "the example has `Ref` and `Ids`, which exclude each other");
    realistic("{Ids: [], Mode: A}", "", "the example has `Ids` and `Mode=A`, which exclude each other");
    for fine in [
        "{Ref: C-1, Price: null, Mode: B}",
        "{Ids: null}",
        "{Ids: [-9223372036854775808], Mode: B, Price: -0.05, Card: {Number: '7'}}",
        // The vendor's placeholders.
        "{Ref: String, Card: {Number: String}, Ids: [0], Price: 0}",
    ] {
        let text = sample::TEXT.replace("value: {Ref: C-1}", &format!("value: {fine}"));
        assert_eq!(problems(&text), Vec::<String>::new(), "{fine}");
    }
    // One value that is not a placeholder makes it an ordinary example.
    realistic("{Ref: String, Card: {Number: String}, Price: 1}", "/Card/Number", "does not match");
    realistic("{Ref: String, Ids: [0], Price: 1}", "", "exclude each other");
    // Of a member.
    row("          example: true\n", "          example: 'true'\n", &at("/Answer/properties/Found/example"), "the example is text, but a `bool` is true or false");
    row("          example: []\n", "          example: [{Wen: x}]\n", &at("/Answer/properties/Items/example/0/Wen"), "`Item` has no member `Wen`");
    row("          example: []\n", "          example: [{When: x}]\n", &at("/Answer/properties/Items/example/0/When"), "a date in the vendor's dialect");
    row("example: {StatusCode: Error}", "example: {StatusCode: true}", &at("/Answer/properties/Status/example/StatusCode"), "the example is true or false, but a `string` is text");
    for date in ["2026-02-29T00:00:00", "2026-09-01", "2026-09-01T00:00:00Z", "2026-09-01T24:00:00", "2026-09-01T00:00:00.12345678", "0000-01-01T00:00:00", "\u{fc}26-09-01T00:00:00"] {
        row("'2026-09-01T00:00:00'", &format!("'{date}'"), &at("/Item/properties/When/example"), "but a `DateTime` is a date in the vendor's dialect");
    }
    for date in ["2024-02-29T23:59:59.1234567", "0001-01-01T00:00:00.0000000"] {
        assert_eq!(problems(&sample::TEXT.replace("'2026-09-01T00:00:00'", &format!("'{date}'"))), Vec::<String>::new());
    }
    // Of a parameter.
    let parameter = |index: usize, rest: &str| format!("{GET}/parameters/{index}/example{rest}");
    row("          example: C-1\n", "          example: [C-1]\n", &parameter(0, ""), "the example is a list, but a `string` is text");
    row("'{Number:1}'", "'{Number:12}'", &parameter(1, "/Number"), "does not match");
    row("'{Number:1}'", "'{Numbr:1}'", &parameter(1, "/Numbr"), "`Card` has no member `Numbr`");
    row("'{Number:1}'", "'{Number:1'", &parameter(1, ""), "the example is not JSV text");
    row("'{Number:1}'", "{Number: 1}", &parameter(1, ""), "the example is not JSV text");
    row("example: '1,2'", "example: '1,x'", &parameter(2, "/1"), "a whole number of 64 bits");
    row("      example: invented\n", "      example: in vented\n", "/components/parameters/Token/example", "is not a valid header value");
    assert_eq!(problems(&sample::TEXT.replacen("'{Number:1}'", "'{Number:\"1\"}'", 1)), Vec::<String>::new());
    row("'{Number:1}'", "'{Number:\"1\"\"\"}'", &parameter(1, "/Number"), "does not match");
    // Of `components`.
    let text = sample::TEXT.replace("  parameters:\n    Token:", "  examples:\n    Lost: {value: {Ref: x}}\n  parameters:\n    Token:");
    assert_eq!(problems(&text), ["/components/examples/Lost nothing refers to the example `Lost`"]);
    let text = text.replace("realistic:\n                value: {Ref: C-1}", "realistic: {$ref: '#/components/examples/Lost'}");
    assert_eq!(problems(&text), Vec::<String>::new());
    assert_eq!(problems(&text.replace("{Ref: x}", "{Rif: x}")), ["/components/examples/Lost/value/Rif `Query` has no member `Rif`"]);
}

/// Nothing is generated from an example, so a wrong one in a user's own
/// document is only a warning.
#[test]
fn every_schema_is_written_as_xml() {
    let with = |from: &str, to: &str| problems(&sample::TEXT.replacen(from, to, 1));
    let card = "        name: Card\n        namespace: http://schemas.datacontract.org/2004/07/AIM.WebService\n";
    let named = "the name of the element in XML is not `Card`";
    let lacking = "the namespace of the element in XML is missing";
    let list = "`xml: {wrapped: true}` is for lists, and each list has it";
    for (from, to, expected) in [
        (
            &format!("      xml:\n{card}")[..],
            "",
            &[
                format!("{SCHEMAS_AT}/Card {named}"),
                format!("{SCHEMAS_AT}/Card {lacking}"),
            ][..],
        ),
        (
            "        name: Card\n",
            "        name: Crad\n",
            &[format!("{SCHEMAS_AT}/Card/xml/name {named}")],
        ),
        (
            card,
            "        name: Card\n",
            &[format!("{SCHEMAS_AT}/Card/xml {lacking}")],
        ),
        (
            "          xml: {wrapped: true}\n",
            "",
            &[format!("{SCHEMAS_AT}/Query/properties/Ids {list}")],
        ),
        (
            "          xml: {wrapped: true}\n",
            "          xml: {wrapped: false}\n",
            &[format!("{SCHEMAS_AT}/Query/properties/Ids/xml {list}")],
        ),
        (
            "          description: The mode.\n          example",
            "          xml: {wrapped: true}\n          description: The mode.\n          example",
            &[format!("{SCHEMAS_AT}/Query/properties/Mode/xml {list}")],
        ),
    ] {
        assert_eq!(with(from, to), expected, "{to:?} for {from:?}");
    }
}

#[test]
fn an_example_is_style() {
    let text = sample::TEXT.replace("value: {Ref: C-1}", "value: {Ref: 7}");
    let document = Document::parse("a.yaml", &text).unwrap();
    let warnings = lint_but_style(&document).unwrap();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(lint(&document).is_err());
}

#[test]
fn no_input_panics() {
    let check = |text: &str| {
        if let Ok(document) = Document::parse("a.yaml", text) {
            let _ = lint(&document);
            let _ = document.to_json();
        }
    };
    for (end, _) in sample::TEXT.match_indices('\n') {
        check(&sample::TEXT[..end]);
    }
    // xorshift; the same inputs on every run.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    let pieces: [&[u8]; 13] = [
        b"- ",
        b": ",
        b"[",
        b"{",
        b"}",
        b"&a ",
        b"*a",
        b"\n",
        b"\t",
        b"'",
        b"\xff",
        b"$ref: ",
        "\u{85}".as_bytes(),
    ];
    for _ in 0..700 {
        let mut bytes = sample::TEXT.as_bytes().to_vec();
        for _ in 0..=random(3) {
            let at = random(bytes.len());
            match random(3) {
                0 => bytes[at] = u8::try_from(random(256)).unwrap(),
                1 => drop(bytes.drain(at..(at + random(100)).min(bytes.len()))),
                _ => drop(bytes.splice(at..at, pieces[random(pieces.len())].iter().copied())),
            }
        }
        check(&String::from_utf8_lossy(&bytes));
    }
}

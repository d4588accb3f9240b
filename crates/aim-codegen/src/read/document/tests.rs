use super::*;

/// The problems of the sample with one text replaced.
fn problems(from: &str, to: &str) -> Vec<String> {
    assert!(sample::TEXT.contains(from), "the sample has no {from:?}");
    match Document::parse("a.yaml", &sample::TEXT.replacen(from, to, 1)) {
        Ok(_) => Vec::new(),
        Err(problems) => problems
            .iter()
            .map(|problem| format!("{} {}; {}", problem.pointer, problem.message, problem.help))
            .collect(),
    }
}

#[test]
fn gives_the_model_and_the_places() {
    let document = Document::parse("a.yaml", sample::TEXT).unwrap();
    assert_eq!(document.openapi().paths.paths.len(), 1);
    assert_eq!(document.file(), "a.yaml");
    assert_eq!(document.text(), sample::TEXT);
    assert_eq!(document.place_of(""), Some((1, 1)));
    assert_eq!(document.place_of("/openapi"), Some((1, 10)));
    assert_eq!(document.place_of("/info"), Some((2, 1)));
    assert_eq!(document.place_of("/nothing"), None);
}

#[test]
fn says_what_cannot_be_read() {
    let folder = std::env::temp_dir().join(format!("aim-codegen-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("a.yaml");
    let load = || Document::load(&path, "a.yaml").map(|_| ());
    let missing = load().unwrap_err().to_string();
    assert!(
        missing.starts_with("a.yaml:1:1: the file cannot be read: "),
        "{missing}"
    );
    fs::write(&path, b"a: 1\n\xc3\xa9: \xff\n").unwrap();
    let broken = load().unwrap_err().to_string();
    assert!(
        broken.starts_with("a.yaml:2:4: the file is not valid UTF-8 from here on"),
        "{broken}"
    );
    fs::write(&path, sample::TEXT).unwrap();
    assert_eq!(load(), Ok(()));
    fs::remove_dir_all(&folder).unwrap();
}

#[rustfmt::skip]
#[test]
fn names_misspelled_misplaced_and_unknown_keys() {
    let rows = [
        ("operationId:", "operatinId:", "operatinId unknown key `operatinId`; did you mean `operationId`?"),
        ("nullable: true", "nulable: true", "unknown key `nulable`; did you mean `nullable`?"),
        ("x-aim-sensitive:", "x-aim-senstive:", "unknown key `x-aim-senstive`; did you mean `x-aim-sensitive`?"),
        ("x-aim-repeat: safe", "x-aim-sensitive: secret", "`x-aim-sensitive` does not belong to an operation"),
        ("deprecated: false", "x-other: 1", "unknown extension `x-other`"),
        ("deprecated: false", "colour: red", "unknown key `colour`"),
        ("$ref: '#/components/responses/Error'", "$ref: '#/components/responses/Error'\n          description: D", "`description` stands beside a `$ref`, where it is skipped"),
        ("$ref: '#/components/responses/Error'", "$ref: '#/components/responses/Nothing'", "the reference `#/components/responses/Nothing` leads nowhere"),
        ("$ref: '#/components/responses/Error'", "$ref: '#/components/schemas/Answer'", "leads to the wrong section"),
        ("$ref: '#/components/responses/Error'", "$ref: 'other.yaml#/Error'", "leads out of the document"),
        ("$ref: '#/components/responses/Error'", "$ref: '#/components/responses/Error/description'", "leads into the inside of a component"),
        ("$ref: '#/components/responses/Error'", "$ref: 1", "text is wanted here, this is a number"),
        ("    Answer:\n", "    Alias:\n      $ref: '#/components/schemas/Answer'\n    Answer:\n", "a `$ref` is not allowed here"),
        ("deprecated: false", "deprecated: 'false'", "true or false is wanted here, this is text"),
        ("in: query", "in: body", "`body` is unknown here"),
        ("x-aim-repeat: safe", "x-aim-repeat: often", "`often` is unknown here"),
        ("  version: 1.0.0\n", "", "`version` is missing"),
        ("  words:\n", "  any:\n", "x-aim-failure/any `any` is the old form of this rule"),
        ("deprecated: false", "callbacks: {}", "`callbacks` is not allowed here"),
        ("x-aim-repeat: safe", "x-aim-repat: safe", "did you mean `x-aim-repeat`?"),
        ("        default:", "        5xx:", "the key `5xx` is unknown here"),
        ("        Ids:\n", "          Ids:\n            type: string\n        More:\n", "unknown key `Ids`; remove it; a property of OpenAPI 3.0 has no such key; a member of its own is indented less"),
        ("      description: A card.\n", "      description: A card.\n      Ids:\n        type: string\n", "unknown key `Ids`; remove it; a schema of OpenAPI 3.0 has no such key; a member is indented deeper"),
        ("        Ids:\n", "        Ids:\n        More:\n", "Ids a map is wanted here, this is nothing; write it below the key, and indent it deeper"),
        ("  /api/Look:", "  api/Look:", "the key `api/Look` is unknown here"),
    ];
    for (from, to, expected) in rows {
        let found = problems(from, to);
        assert!(
            found.iter().any(|problem| problem.contains(expected)),
            "{to:?} should give {expected:?}, gave {found:?}"
        );
    }
}

#[test]
fn schemas_within_schemas_are_bounded() {
    let nested = |depth: usize| {
        let (open, close) = ("{properties: {a: ".repeat(depth), "}}".repeat(depth));
        let deep = format!("    Deep: {open}{{type: string}}{close}\n    Failure:\n");
        problems("    Failure:\n", &deep)
    };
    assert_eq!(nested(7), Vec::<String>::new());
    let found = nested(20);
    assert_eq!(found.len(), 1);
    assert!(
        found[0].contains(" more than 8 schemas stand within each other; "),
        "{found:?}"
    );
}

#[test]
fn defaults_may_be_written_out() {
    for (from, to) in [
        ("tags: [Looking]", "tags: []"),
        ("type: boolean", "type: boolean\n          nullable: false"),
        ("required: true", "required: false"),
        ("required: [Number]", "required: []"),
    ] {
        assert_eq!(problems(from, to), Vec::<String>::new(), "{to}");
    }
}

#[test]
fn a_key_that_the_model_drops_is_named() {
    let root = tree::parse("a.yaml", "a: {b: 1, c: [{d: x}], e: false, xml: {name: m}}").unwrap();
    let model = serde_json::json!({"a": {"c": [{}]}});
    let mut report = Report::new("a.yaml");
    compare_model(&At::root(&root), &model, &mut report);
    let problems = report.finish().unwrap_err();
    let pointers: Vec<_> = problems
        .iter()
        .map(|problem| problem.pointer.as_str())
        .collect();
    assert_eq!(pointers, ["/a/b", "/a/c/0/d"]);
}

#[test]
fn readers_that_disagree_are_noticed() {
    let root = tree::parse("a.yaml", "a: 1\nb: [x]\nc: {d: 1}\n").unwrap();
    for (other, pointer) in [
        ("a: '1'\nb: [x]\nc: {d: 1}\n", "/a"),
        ("a: 1\nb: [y]\nc: {d: 1}\n", "/b/0"),
        ("a: 1\nb: [x, z]\nc: {d: 1}\n", "/b"),
        ("a: 1\nb: [x]\nc: {d: 2}\n", "/c/d"),
        ("a: [\n", ""),
    ] {
        let mut report = Report::new("a.yaml");
        compare_readers(&At::root(&root), &serde_yaml::from_str(other), &mut report);
        let problems = report.finish().unwrap_err();
        assert_eq!(problems.iter().next().unwrap().pointer, pointer, "{other}");
    }
    // Beyond the largest number that a JSON reader takes.
    assert!(Document::parse("a.yaml", "openapi: 1e999").is_err());
}

#[test]
fn numbers_are_compared_as_numbers() {
    for (left, right) in [
        ("12.50", "12.5"),
        ("1.0", "1"),
        ("1e2", "100"),
        ("-0", "0"),
        ("9007199254740993", "9007199254740993"),
        ("0.1", "0.10"),
    ] {
        assert!(is_same_number(left, right), "{left} {right}");
    }
    for (left, right) in [
        ("12.50", "12.05"),
        ("9007199254740993", "9007199254740992"),
        ("1e999", "1e999"),
        ("1", "-1"),
        ("1", "x"),
    ] {
        assert!(!is_same_number(left, right), "{left} {right}");
    }
}

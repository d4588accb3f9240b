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
fn gives_the_text_and_the_places() {
    let document = Document::parse("a.yaml", sample::TEXT).unwrap();
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

use super::*;

/// The problems of a text, in short.
fn problems(text: &str) -> Vec<String> {
    match parse("a.yaml", text) {
        Ok(_) => Vec::new(),
        Err(problems) => problems
            .iter()
            .map(|p| format!("{}:{} {} {}", p.line, p.column, p.pointer, p.message))
            .collect(),
    }
}

#[test]
fn keeps_order_texts_and_places() {
    let root = parse("a.yaml", "z: 12.50\na:\n  - x\n  - 'y'\nm:\n'é': \"q\"\n").unwrap();
    let names: Vec<_> = root
        .members()
        .iter()
        .map(|(key, _)| key.name.as_str())
        .collect();
    assert_eq!(names, ["z", "a", "m", "é"]);
    assert_eq!(
        root.get("z").unwrap().value,
        Value::Number("12.50".to_owned())
    );
    let place = |pointer| root.pointer(pointer).map(Node::place);
    assert_eq!(place(""), Some((1, 1)));
    assert_eq!(place("/z"), Some((1, 4)));
    assert_eq!(
        place("/a"),
        Some((2, 1)),
        "a list stands where its key stands"
    );
    assert_eq!(place("/a/1"), Some((4, 5)));
    assert_eq!(
        place("/m"),
        Some((5, 1)),
        "a missing value stands at its key"
    );
    assert_eq!(place("/é"), Some((6, 6)));
    assert_eq!(place("/a/2"), None);
    assert_eq!(place("a"), None);
}

#[test]
fn pointers_escape_slash_and_tilde() {
    let root = parse("a.yaml", "/a~b: {c: 1}").unwrap();
    let at = At::root(&root).get("/a~b").unwrap().get("c").unwrap();
    assert_eq!(at.pointer, "/~1a~0b/c");
    assert_eq!(root.pointer(&at.pointer), Some(at.node));
}

#[test]
fn resolves_plain_scalars_as_the_core_schema() {
    let value = |text: &str| parse("a.yaml", text).unwrap().value;
    for text in ["null", "~", "a:\n"] {
        let value = match value(text) {
            Value::Map(mut members) => members.remove(0).1.value,
            value => value,
        };
        assert_eq!(value, Value::Null, "{text}");
    }
    assert_eq!(value("TRUE"), Value::Bool(true));
    assert_eq!(value("false"), Value::Bool(false));
    for text in ["0", "-1", "12.50", "1.5E-2"] {
        assert_eq!(value(text), Value::Number(text.to_owned()));
    }
    for text in [
        "3.0.3", "C-1", "+", "-x", "..", "a:b", "12a", "0xyz", "2026-1",
    ] {
        assert_eq!(value(text), Value::String(text.to_owned()));
    }
    assert_eq!(value("'1'"), Value::String("1".to_owned()));
}

/// Every scalar of the table is refused unless all readers take it for the
/// same, and JSON can say it.
#[test]
fn refuses_scalars_that_readers_take_differently() {
    let rows = include_str!("scalars.tsv").lines();
    let rows: Vec<Vec<&str>> = rows
        .filter(|line| !line.starts_with('#'))
        .skip(1)
        .map(|line| line.split('\t').collect())
        .collect();
    assert!(rows.len() >= 60);
    for row in rows {
        let [scalar, values @ ..] = row.as_slice() else {
            panic!("a row is empty")
        };
        assert_eq!(values.len(), 8, "{scalar}");
        let (values, keys) = values.split_at(4);
        let agreed = |readings: &[&str]| readings.windows(2).all(|pair| pair[0] == pair[1]);

        let found = parse("a.yaml", &format!("a: {scalar}\n"));
        let is_number = values[0].starts_with("int ") || values[0].starts_with("float ");
        let is_json = !is_number || serde_json::from_str::<f64>(scalar).is_ok();
        if agreed(values) && is_json && values[0] != "date" {
            let value = found.unwrap().get("a").unwrap().value.clone();
            let expected = match values[0] {
                "null" => Value::Null,
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                "text" => Value::String((*scalar).to_owned()),
                _ => Value::Number((*scalar).to_owned()),
            };
            assert_eq!(value, expected, "{scalar}");
        } else {
            let problem = found.unwrap_err().to_string();
            let expected = format!("a.yaml:1:4: /a: `{scalar}` is ");
            assert!(problem.starts_with(&expected), "{problem}");
            assert!(problem.contains(" to some readers of YAML\n"), "{problem}");
        }

        let found = parse("a.yaml", &format!("{scalar}: a\n"));
        if agreed(keys) && keys[0] == "text" {
            assert_eq!(found.unwrap().members()[0].0.name, *scalar);
        } else {
            let problem = found.unwrap_err().to_string();
            assert!(problem.starts_with("a.yaml:1:1: /"), "{problem}");
            let is_named = problem.contains(&format!("the key `{scalar}` is not text"))
                || problem.contains("a merge key stands here");
            assert!(is_named, "{problem}");
        }
    }
}

#[rustfmt::skip]
#[test]
fn refuses_what_readers_skip_or_merge() {
    let rows = [
        ("a: 1\nb:\n  c: 1\n  c: 2\n", "4:3 /b/c the key `c` stands here a second time, first in line 3"),
        ("a: &x 1\n", "1:4 /a an anchor stands here"),
        ("a: &x 1\nb: *x\n", "2:4 /b an alias stands here"),
        ("<<: {a: 1}\n", "1:1 /<< a merge key stands here"),
        ("a: !!str 1\n", "1:4 /a a tag stands here"),
        ("a: 1\n---\nb: 2\n", "2:1  a second document begins here"),
        ("1: a\n", "1:1 /1 the key `1` is not text"),
        ("true: a\n", "1:1 /true the key `true` is not text"),
        ("no: a\n", "1:1 /no the key `no` is not text"),
        ("? [a]\n: b\n", "1:3  a key is a list or a map"),
        ("\u{feff}a: 1\n", "1:1  the file begins with a byte order mark"),
        ("a:\n\t- b\n", "2:1  a tab stands in the indentation"),
        ("", "1:1  the file holds no document"),
        ("# only a comment\n", "1:1  the file holds no document"),
        ("a: [1\n", "2:1 /a/1 this is not YAML: "),
    ];
    for (text, expected) in rows {
        let found = problems(text);
        assert!(
            found.iter().any(|problem| problem.starts_with(expected)),
            "{text:?} should give {expected:?}, gave {found:?}"
        );
    }
    // One mistake, and one problem at its line.
    let rows = [
        ("a: b: c\n", "1:5  this line has a second colon with a space after it"),
        ("a:\n  b: 1\n\tc: 2\n", "3:1  a tab stands in the indentation"),
        ("a: b\n\tc: 2\n", "2:1  a tab stands in the indentation"),
        ("a: 1\nb:\tx\n", "2:3  a tab follows the colon or dash"),
        ("a:\n  - b:\t'x\n", "2:7 /a/0/b a tab follows the colon or dash"),
        ("a:\n  b: 1\n   c: 2\nd: 3\n", "3:4 /a this line is indented deeper than the one above, which already has a value"),
        ("a:\n  b: x\n  c:\n    d: x\n   e: y\n", "5:4 /a this line is indented by 3 spaces, the keys around it by 2 or 0"),
        ("a:\n  b: 'x\n  c: 1\n", "2:6 /a/b the quote that opens here is not closed on its line"),
        ("a:\n  b: \"x\\\"\n  c: 1\n", "2:6 /a/b the quote that opens here is not closed on its line"),
        ("a: {b: 'x, c: 'y'}\n", "1:16 /a/b text follows the closing quote"),
        ("a: [x, 'y]\nb: 1\n", "1:8 /a/1 the quote that opens here is not closed on its line"),
        ("a:\n  '200:\n    b: \"x\"\n    c: '#/y'\n", "2:3 /a the quote that opens here is not closed on its line"),
        ("a: 'it's'\n", "1:8 /a text follows the closing quote"),
        ("a:\n  k: {t: 1}\n  l: 2\n  m:\n  k: {t: 1}\n  l: 2\n", "4:3 /a/m `m` is indented as deep as the keys after it, which seem to belong to it"),
    ];
    let found = rows.map(|(text, _)| (text, problems(text).join("; ")));
    assert_eq!(found, rows.map(|(text, expected)| (text, expected.to_owned())));
    // An empty value before both says nothing about the second.
    assert_eq!(problems("m:\nk: 1\nk: 2\n"), ["3:1 /k the key `k` stands here a second time, first in line 2"]);
    // What is in order is no reason to blame it.
    let found = problems("a: 'it''s'\nb: \"\\\"\" # it's\nc: don't\nd: ['x', 'y']\ne: }\n");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("5:"), "{found:?}");
    assert_eq!(
        problems("200: a\n'1': b\n? c\n: d\n"),
        Vec::<String>::new()
    );
    // Neither is a status, and one is octal.
    assert_eq!(problems("017: a\n600: a\n").len(), 2);
}

#[test]
fn bounds_the_depth() {
    let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(problems(&nested(MAX_DEPTH)), Vec::<String>::new());
    let found = problems(&nested(MAX_DEPTH + 1));
    assert!(found[0].starts_with("1:65 /0/0/"), "{found:?}");
    assert!(found[0].ends_with("nested more than 64 deep"), "{found:?}");
    for hostile in [
        nested(100_000),
        "- ".repeat(100_000),
        "{a: ".repeat(100_000),
    ] {
        assert_eq!(problems(&hostile).len(), 1);
    }
}

use aim_codegen::document::{Document, Node, Value};
use aim_codegen::generate::generate;
use aim_codegen::problem::Problems;

/// Documents, as `cargo xtask regen` reads them: the bytes are the YAML.
///
/// - A problem names a place within the text, and says what is wrong and why.
/// - What the lint lets pass, the generator turns into Rust.
pub fn document(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let document = match Document::parse("aim.yaml", text) {
        Ok(document) => document,
        Err(problems) => return have_places(&problems, text),
    };
    has_places(document.root(), text);
    let json: serde_json::Value = serde_json::from_str(&document.to_json()).unwrap();
    assert!(json.is_object());
    match generate(&document) {
        Ok(rust) => assert!(!rust.is_empty()),
        Err(problems) => {
            have_places(&problems, text);
            let message = problems.to_string();
            assert!(!message.contains("progenitor"), "{message}");
        }
    }
}

fn have_places(problems: &Problems, text: &str) {
    assert!(problems.iter().next().is_some());
    for problem in problems {
        is_place(problem.line, problem.column, text);
        assert!(
            problem.pointer.is_empty() || problem.pointer.starts_with('/'),
            "{problem}"
        );
        assert!(
            !problem.message.is_empty() && !problem.help.is_empty(),
            "{problem}"
        );
    }
}

fn is_place(line: usize, column: usize, text: &str) {
    // One line more than there are, for what is missing at the end.
    let text = text.replace("\r\n", "\n");
    let lines: Vec<&str> = text.split(['\n', '\r']).collect();
    assert!((1..=lines.len() + 1).contains(&line), "line {line}");
    let length = lines.get(line - 1).map_or(0, |line| line.chars().count());
    assert!((1..=length + 1).contains(&column), "{line}:{column}");
}

fn has_places(node: &Node, text: &str) {
    is_place(node.line, node.column, text);
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| has_places(item, text)),
        Value::Map(members) => members.iter().for_each(|(key, node)| {
            is_place(key.line, key.column, text);
            has_places(node, text);
        }),
        _ => {}
    }
}

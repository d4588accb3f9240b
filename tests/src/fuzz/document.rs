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
    let places = Places::of(text);
    let document = match Document::parse("aim.yaml", text) {
        Ok(document) => document,
        Err(problems) => return places.hold(&problems),
    };
    places.hold_all(document.root());
    let json: serde_json::Value = serde_json::from_str(&document.to_json()).unwrap();
    assert!(json.is_object());
    match generate(&document) {
        Ok(code) => assert!(code.files().all(|(_, text)| !text.is_empty())),
        Err(problems) => {
            places.hold(&problems);
            let message = problems.to_string();
            assert!(!message.contains("progenitor"), "{message}");
        }
    }
}

/// How long each line is, in characters; none where it is not certain what a
/// line is.
struct Places(Option<Vec<usize>>);

impl Places {
    fn of(text: &str) -> Self {
        // YAML takes a lone carriage return for a line break, editors do not,
        // and its readers do not count it everywhere.
        let text = text.replace("\r\n", "\n");
        let lines = text.split('\n').map(|line| line.chars().count());
        Self((!text.contains('\r')).then(|| lines.collect()))
    }

    fn hold(&self, problems: &Problems) {
        assert!(problems.iter().next().is_some());
        for problem in problems {
            self.hold_one(problem.line, problem.column);
            let pointer = &problem.pointer;
            assert!(pointer.is_empty() || pointer.starts_with('/'), "{problem}");
            assert!(!problem.message.is_empty(), "{problem}");
            assert!(!problem.help.is_empty(), "{problem}");
        }
    }

    fn hold_all(&self, node: &Node) {
        self.hold_one(node.line, node.column);
        match &node.value {
            Value::List(items) => items.iter().for_each(|item| self.hold_all(item)),
            Value::Map(members) => members.iter().for_each(|(key, node)| {
                self.hold_one(key.line, key.column);
                self.hold_all(node);
            }),
            _ => {}
        }
    }

    /// One line and one column more than there are, for what is missing at an
    /// end.
    fn hold_one(&self, line: usize, column: usize) {
        assert!(line > 0 && column > 0, "{line}:{column}");
        if let Some(lines) = &self.0 {
            let length = lines.get(line - 1).unwrap_or(&0);
            let is_there = line <= lines.len() + 1 && column <= length + 1;
            assert!(is_there, "{line}:{column}");
        }
    }
}

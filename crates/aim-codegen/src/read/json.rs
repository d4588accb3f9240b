//! The document as JSON, for tools that read no YAML.

use serde_json::Value as Json;

use crate::read::document::{Document, Node, Value};

impl Document {
    /// Returns the document as JSON text: two spaces of indentation, keys in
    /// the document's order, numbers as they are written (`12.50` keeps its
    /// zero), a line end at the end.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        write(self.root(), 0, &mut out);
        out.push('\n');
        out
    }
}

fn write(node: &Node, depth: usize, out: &mut String) {
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(text) => out.push_str(text),
        Value::String(text) => write_string(text, out),
        Value::List(items) => write_all(('[', ']'), items, depth, out, |item, out| {
            write(item, depth + 1, out);
        }),
        Value::Map(members) => write_all(('{', '}'), members, depth, out, |(key, value), out| {
            write_string(&key.name, out);
            out.push_str(": ");
            write(value, depth + 1, out);
        }),
    }
}

fn write_all<T>(
    (open, close): (char, char),
    items: &[T],
    depth: usize,
    out: &mut String,
    mut write_one: impl FnMut(&T, &mut String),
) {
    out.push(open);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        new_line(depth + 1, out);
        write_one(item, out);
    }
    if !items.is_empty() {
        new_line(depth, out);
    }
    out.push(close);
}

fn new_line(depth: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

fn write_string(text: &str, out: &mut String) {
    out.push_str(&Json::from(text).to_string());
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;

    use crate::read::document::{Document, sample};

    #[test]
    fn another_reader_of_yaml_reads_the_same() {
        for text in [sample::TEXT, include_str!("../../../../openapi/aim.yaml")] {
            let json = Document::parse("a.yaml", text).unwrap().to_json();
            let ours: Json = serde_json::from_str(&json).unwrap();
            let theirs: Json = serde_yaml::from_str(text).unwrap();
            assert_eq!(ours, theirs);
        }
    }

    #[test]
    fn keeps_order_number_texts_and_shape() {
        let text = sample::TEXT.replace(
            "value: {Ref: C-1}",
            "value: {Z: 12.50, A: [1, \"q\\\"\\n\"], E: [], M: {}, O: null, B: true}",
        );
        let json = Document::parse("a.yaml", &text).unwrap().to_json();
        let expected = r#"
                  "value": {
                    "Z": 12.50,
                    "A": [
                      1,
                      "q\"\n"
                    ],
                    "E": [],
                    "M": {},
                    "O": null,
                    "B": true
                  }
"#;
        assert!(json.contains(expected), "{json}");
        assert!(json.starts_with("{\n  \"openapi\": \"3.0.3\",\n"), "{json}");
        assert!(json.ends_with("\n}\n"), "{json}");
    }
}

//! The references by which a request names what it is about.

use std::collections::HashMap;

use serde_json::Value;

use crate::value::blank;

/// The references in a request: of itself, and of the items of its lists.
pub(crate) struct References {
    /// How they are written, by what the server may take for the same.
    found: HashMap<String, Vec<String>>,
}

impl References {
    /// Those in a request that was sent as JSON, in the member of this name.
    pub(crate) fn of(sent: &[u8], member: &str) -> Self {
        let request = serde_json::from_slice(sent).unwrap_or_default();
        let items = match &request {
            Value::Object(members) => members.values().filter_map(Value::as_array).flatten(),
            _ => {
                return Self {
                    found: HashMap::new(),
                };
            }
        };
        let mut found = HashMap::<_, Vec<_>>::new();
        for object in items.chain([&request]) {
            let reference = match object.get(member) {
                Some(Value::String(text)) => text.clone(),
                Some(Value::Number(number)) => number.to_string(),
                _ => continue,
            };
            found.entry(alike(&reference)).or_default().push(reference);
        }
        Self { found }
    }

    /// Whether a reference stands here, and no other that the server may take
    /// for the same.
    pub(crate) fn has_once(&self, reference: &str) -> bool {
        let same = self.found.get(&alike(reference)).map(Vec::as_slice);
        matches!(same, Some([one]) if one == reference && !blank::is_blank(one))
    }
}

/// What databases compare: no case, and no white space around it.
fn alike(reference: &str) -> String {
    blank::trim(reference).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_stands_once_or_it_names_nothing() {
        let sent = br#"{"Ref":"C-1","Notes":"C-9","Items":[{"Ref":"C-2"},{"Ref":"C-3"},
            {"Ref":"c-3 "},{"Ref":"C-4"},{"Ref":"C-4"},{"Ref":""},{},{"Ref":null},7],
            "Other":[{"Ref":"C-5"},{"Ref":"C-1"}],"One":{"Ref":"C-6"},"Number":[{"Ref":7}]}"#;
        let references = References::of(sent, "Ref");
        for (reference, once) in [
            ("C-2", true),
            ("C-5", true),
            ("C-1", false),
            ("C-3", false),
            ("C-4", false),
            ("C-6", false),
            ("C-9", false),
            ("c-2", false),
            ("C-2 ", false),
            ("", false),
            ("7", true),
        ] {
            assert_eq!(references.has_once(reference), once, "{reference}");
        }
        for sent in ["", "[]", "{", "Ref=C-1"] {
            assert!(
                !References::of(sent.as_bytes(), "Ref").has_once("C-1"),
                "{sent}"
            );
        }
    }
}

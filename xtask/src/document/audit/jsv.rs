//! The form that objects and lists have in a query.

use serde_yaml::Value;

/// A value in the form that objects and lists have in a query.
pub(super) fn jsv(value: &Value) -> String {
    match value {
        Value::Mapping(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|(name, value)| {
                    format!("{}:{}", name.as_str().unwrap_or_default(), jsv(value))
                })
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Sequence(items) => {
            let is_plain = items
                .iter()
                .all(|item| !matches!(item, Value::Mapping(_) | Value::Sequence(_)));
            let items: Vec<_> = items.iter().map(jsv).collect();
            if is_plain {
                items.join(",")
            } else {
                format!("[{}]", items.join(","))
            }
        }
        Value::String(text) if text.contains([',', ':', '"', '{', '}', '[', ']', '\n']) => {
            format!("\"{}\"", text.replace('"', "\"\""))
        }
        Value::String(text) => text.clone(),
        other => serde_yaml::to_string(other)
            .unwrap_or_default()
            .trim()
            .to_owned(),
    }
}

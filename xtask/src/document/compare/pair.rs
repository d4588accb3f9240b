//! The same place in two versions of the document.

use serde_yaml::Value;

/// The values at a place before and after, if there are any.
#[derive(Clone, Debug)]
pub(crate) struct Pair<'a> {
    pub(crate) old: Option<&'a Value>,
    pub(crate) new: Option<&'a Value>,
    /// JSON pointers.
    pub(crate) was_at: String,
    pub(crate) at: String,
}

impl<'a> Pair<'a> {
    pub(crate) fn root(old: &'a Value, new: &'a Value) -> Self {
        Self {
            old: Some(old),
            new: Some(new),
            was_at: String::new(),
            at: String::new(),
        }
    }

    pub(crate) fn is_same(&self) -> bool {
        self.old == self.new
    }

    pub(crate) fn get(&self, key: &str) -> Self {
        self.renamed(key, key)
    }

    /// The members under the old name and under the new one.
    pub(crate) fn renamed(&self, old: &str, new: &str) -> Self {
        Self {
            old: self.old.and_then(|value| value.get(old)),
            new: self.new.and_then(|value| value.get(new)),
            was_at: join(&self.was_at, old),
            at: join(&self.at, new),
        }
    }

    /// The same place with the old value only.
    pub(crate) fn only_old(&self) -> Self {
        Self {
            new: None,
            ..self.clone()
        }
    }

    pub(crate) fn only_new(&self) -> Self {
        Self {
            old: None,
            ..self.clone()
        }
    }

    /// The keys of both values, without duplicates.
    pub(crate) fn keys(&self) -> Vec<&'a str> {
        let mut keys = keys(self.old);
        for key in self::keys(self.new) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }

    /// Whether the key is `true` before and after.
    pub(crate) fn flags(&self, key: &str) -> (bool, bool) {
        let part = self.get(key);
        let is_true = |value: Option<&Value>| value.and_then(Value::as_bool) == Some(true);
        (is_true(part.old), is_true(part.new))
    }

    pub(crate) fn texts(&self, key: &str) -> (&'a str, &'a str) {
        let part = self.get(key);
        (text(part.old), text(part.new))
    }

    /// The texts of a list before and after.
    pub(crate) fn lists(&self, key: &str) -> (Vec<&'a str>, Vec<&'a str>) {
        let part = self.get(key);
        (list(part.old), list(part.new))
    }
}

pub(crate) fn keys(value: Option<&Value>) -> Vec<&str> {
    let members = value.and_then(Value::as_mapping).into_iter().flatten();
    members.filter_map(|(key, _)| key.as_str()).collect()
}

pub(crate) fn items(value: Option<&Value>) -> &[Value] {
    value
        .and_then(Value::as_sequence)
        .map_or(&[], Vec::as_slice)
}

pub(crate) fn text(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default()
}

pub(crate) fn list(value: Option<&Value>) -> Vec<&str> {
    items(value).iter().filter_map(Value::as_str).collect()
}

/// Adds a step to a JSON pointer.
pub(crate) fn join(pointer: &str, step: &str) -> String {
    let mut joined = String::with_capacity(pointer.len() + 1 + step.len());
    joined.push_str(pointer);
    joined.push('/');
    // Every part of a document is joined, and almost none has one of these.
    if step.bytes().any(|byte| matches!(byte, b'~' | b'/')) {
        joined.push_str(&step.replace('~', "~0").replace('/', "~1"));
    } else {
        joined.push_str(step);
    }
    joined
}

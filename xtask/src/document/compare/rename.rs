//! Recognises renames.

use serde_yaml::Value;

/// A named thing and its definition.
pub(crate) struct Named<'a> {
    pub(crate) name: &'a str,
    pub(crate) position: usize,
    pub(crate) definition: &'a Value,
}

/// The certain renames, as old and new name: of a removed and an added thing the
/// definitions and descriptions are equal, or the types are equal and the names
/// differ only in case and `_`.
pub(crate) fn certain<'a>(gone: &[Named<'a>], new: &[Named<'a>]) -> Vec<(&'a str, &'a str)> {
    let is_alike = |one: &Named<'_>, other: &Named<'_>| {
        let is_spelling = folded(one.name) == folded(other.name);
        let (mut was, mut is) = (one.definition.clone(), other.definition.clone());
        strip(&mut was, is_spelling);
        strip(&mut is, is_spelling);
        rename(&mut was, one.name, other.name);
        was == is && (is_spelling || is_said(one) || one.position == other.position)
    };
    let mut pairs = Vec::new();
    for one in gone {
        let alike: Vec<_> = new.iter().filter(|other| is_alike(one, other)).collect();
        let found = match alike.as_slice() {
            [only] if gone.iter().filter(|other| is_alike(other, only)).count() == 1 => Some(*only),
            // Among several candidates the position decides.
            several => several
                .iter()
                .copied()
                .find(|other| other.position == one.position),
        };
        pairs.extend(found.map(|found| (one.name, found.name)));
    }
    pairs
}

/// Whether there is a description; without one, equal definitions prove little.
fn is_said(one: &Named<'_>) -> bool {
    one.definition.get("description").is_some()
}

fn folded(name: &str) -> String {
    name.replace(['_', '-'], "").to_ascii_lowercase()
}

/// Removes what may differ in a rename.
fn strip(definition: &mut Value, prose: bool) {
    if let Value::Mapping(members) = definition {
        for key in ["example", "examples", "name"] {
            members.remove(key);
        }
        if prose {
            members.remove("description");
        }
        if let Some(Value::Mapping(xml)) = members.get_mut("xml") {
            xml.remove("name");
        }
    }
}

/// Replaces a name wherever it occurs as a whole word.
fn rename(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::String(text) if !from.is_empty() => *text = replaced(text, from, to),
        Value::Mapping(members) => {
            members
                .iter_mut()
                .for_each(|(_, value)| rename(value, from, to));
        }
        Value::Sequence(items) => items.iter_mut().for_each(|value| rename(value, from, to)),
        _ => {}
    }
}

fn replaced(text: &str, from: &str, to: &str) -> String {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(from) {
        let is_word = !is_part(before.chars().next_back().or(out.chars().next_back()))
            && !is_part(after.chars().next());
        out.push_str(before);
        out.push_str(if is_word { to } else { from });
        rest = after;
    }
    out + rest
}

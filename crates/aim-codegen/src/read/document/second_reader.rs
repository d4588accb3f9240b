//! Another reader of YAML beside ours: other teams read the document with one,
//! and a place where two disagree is one thing here and another thing there.

use serde_yaml::Value as Yaml;

use super::tree::{At, Value};
use crate::read::problem::Report;

/// Reports each place where the other reader finds something else in the text, and
/// returns what it finds.
pub(super) fn compare(root: &At<'_>, text: &str, report: &mut Report) -> Yaml {
    match serde_yaml::from_str(text) {
        Ok(other) => {
            compare_values(root, &other, report);
            other
        }
        Err(error) => {
            let place = error
                .location()
                .map_or((1, 1), |place| (place.line(), place.column()));
            report.add(
                place,
                "",
                format!("another reader cannot read this as YAML: {error}"),
                "write it in a simpler way, for instance in quotes",
            );
            Yaml::Null
        }
    }
}

fn compare_values(at: &At<'_>, other: &Yaml, report: &mut Report) {
    let same = match (&at.node.value, other) {
        (Value::List(items), Yaml::Sequence(others)) => {
            for (item, other) in at.items().zip(others) {
                compare_values(&item, other, report);
            }
            items.len() == others.len()
        }
        (Value::Map(members), Yaml::Mapping(others)) => {
            for member in at.members() {
                let other = others.get(member.name()).unwrap_or(&Yaml::Null);
                compare_values(&member, other, report);
            }
            members.len() == others.len()
        }
        (Value::Null, other) => other.is_null(),
        (Value::Bool(value), other) => other.as_bool() == Some(*value),
        (Value::String(text), other) => other.as_str() == Some(text),
        (Value::Number(text), Yaml::Number(number)) => is_same_number(text, &number.to_string()),
        _ => false,
    };
    if !same {
        at.report(
            report,
            "two readers of YAML read different things here",
            "write it in a simpler way, for instance in quotes",
        );
    }
}

/// Whether two texts are the same number: `12.50` is written `12.5` there.
fn is_same_number(left: &str, right: &str) -> bool {
    match (left.parse::<i128>(), right.parse::<i128>()) {
        (Ok(left), Ok(right)) => left == right,
        _ => {
            let finite = |text: &str| text.parse().ok().filter(|number: &f64| number.is_finite());
            finite(left).is_some() && finite(left) == finite(right)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Document, tree};
    use super::*;

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
            compare(&At::root(&root), other, &mut report);
            let problems = report.finish().unwrap_err();
            assert_eq!(problems.iter().next().unwrap().pointer, pointer, "{other}");
        }
        let mut report = Report::new("a.yaml");
        compare(&At::root(&root), "a: 1\nb: [x]\nc: {d: 1}\n", &mut report);
        assert!(report.finish().is_ok());
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
}

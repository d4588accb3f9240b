//! Writes the table of the client's methods.
//!
//! Macros of the client read it and write the methods of the async client, of
//! the blocking client and of the trait, and the calls of the workspace's
//! tests. So a new operation of the document adds a row here and needs no edit
//! there.

use heck::ToShoutySnakeCase;

use crate::plan::facts::{Facts, OperationFacts, Repeat};
use crate::plan::names::field;

/// Returns the table as text: comments would not survive as tokens.
pub(crate) fn table(facts: &Facts) -> String {
    let rows: String = facts
        .operations
        .iter()
        .map(|operation| row(operation, facts))
        .collect();
    let types: String = facts
        .schemas
        .iter()
        .map(|schema| format!("            {}\n", schema.name))
        .collect();
    format!(
        "\
/// Calls the macro `$make` with the method of each operation: documentation,
/// name, request, answer, declaration, and whether the request goes into the
/// `body` or the `query`.
macro_rules! for_each_method {{
    ($make:ident) => {{
        $make! {{
{rows}        }}
    }};
}}
pub(crate) use for_each_method;

/// Calls the macro `$make` with the name of each type of the document.
#[cfg(feature = \"__internals\")]
macro_rules! for_each_type {{
    ($make:ident) => {{
        $make! {{
{types}        }}
    }};
}}
#[cfg(feature = \"__internals\")]
pub(crate) use for_each_type;
"
    )
}

fn row(operation: &OperationFacts, facts: &Facts) -> String {
    const INDENT: &str = "            ";
    let mut row = String::new();
    for line in documentation(operation, facts).lines() {
        let space = if line.is_empty() { "" } else { " " };
        row.push_str(&format!("{INDENT}///{space}{line}\n"));
    }
    if operation.deprecated {
        let note = successor(operation, facts).map_or_else(
            || "see its description".to_owned(),
            |method| format!("use `{method}`"),
        );
        row.push_str(&format!("{INDENT}#[deprecated(note = \"{note}\")]\n"));
    }
    let OperationFacts {
        method,
        request,
        answer,
        ..
    } = operation;
    let constant = method.to_shouty_snake_case();
    let carrier = if operation.verb == "GET" {
        "query"
    } else {
        "body"
    };
    row.push_str(&format!(
        "{INDENT}{method}({request}) -> {answer}, {constant}, {carrier};\n"
    ));
    row
}

/// The method of the same service that is not deprecated.
fn successor<'a>(operation: &OperationFacts, facts: &'a Facts) -> Option<&'a str> {
    let others = &mut facts.operations.iter();
    others
        .find(|other| other.service == operation.service && !other.deprecated)
        .map(|other| other.method.as_str())
}

/// The documentation of a method as Markdown.
fn documentation(operation: &OperationFacts, facts: &Facts) -> String {
    let mut text = format!(
        "{}.\n\n{}\n\n# Errors\n\n",
        operation.summary.trim_end_matches('.'),
        operation.description.trim()
    );
    let harmless = match operation.repeat {
        Repeat::Safe => {
            "See [`Error`](crate::Error). The call only reads, so the client may repeat it: see\n\
             [`Retry`](crate::Retry).\n"
        }
        Repeat::Session => {
            "See [`Error`](crate::Error). The call books nothing and no journal has it; the\n\
             client repeats it only if it was not sent.\n"
        }
        Repeat::Books => "",
    };
    if !harmless.is_empty() {
        text.push_str(harmless);
        return text;
    }
    text.push_str(
        "[`Error::delivery`](crate::Error::delivery) says whether it was carried out. If\n\
         it may have been, the client never repeats it.\n",
    );
    if let Some(partial) = &operation.partial {
        text.push_str(&format!(
            "\nIf it is partly applied, [`Error::answer`](crate::Error::answer) lists the items\n\
             that failed in `{}`.\n",
            field(partial)
        ));
    }
    let after = "\nAfter an unknown outcome";
    let lookup = operation.lookup.as_ref().and_then(|(id, member)| {
        let found = facts.operations.iter().find(|found| found.id == *id)?;
        Some((&found.method, field(member)))
    });
    match lookup {
        Some((method, member)) => text.push_str(&format!(
            "{after} call [`{method}`](Self::{method}) with the same `{member}`; see\n\
             [`troubleshooting`](crate::troubleshooting).\n"
        )),
        None => text.push_str(&format!(
            "{after} check in AIM: no operation shows it. See\n\
             [`troubleshooting`](crate::troubleshooting).\n"
        )),
    }
    if !operation.forbidden_in_url.is_empty() {
        let members: Vec<String> = operation
            .forbidden_in_url
            .iter()
            .map(|member| format!("`{}`", field(member)))
            .collect();
        text.push_str(&format!(
            "\nA request with {} is refused: it would be in a URL, and URLs are logged.\n",
            members.join(" or ")
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::document::{Document, sample};

    fn written(text: &str) -> String {
        let document = Document::parse("a.yaml", text).unwrap();
        table(&Facts::of(&document).unwrap())
    }

    #[test]
    fn every_operation_is_a_row_with_its_documentation() {
        let table = written(sample::TEXT);
        for line in [
            "/// Look by GET.",
            "/// The same with the request in the query.",
            "/// After an unknown outcome call [`look`](Self::look) with the same `ref_`; see",
            "/// If it is partly applied, [`Error::answer`](crate::Error::answer) lists the items",
            "/// that failed in `items`.",
            "/// A request with `card` is refused: it would be in a URL, and URLs are logged.",
            "#[deprecated(note = \"use `look`\")]",
            "look_get(Query) -> Answer, LOOK_GET, query;",
            "look(Query) -> Answer, LOOK, body;",
        ] {
            let line = format!("            {line}\n");
            assert_eq!(table.matches(&line).count(), 1, "{line}{table}");
        }
        assert_eq!(table.matches("# Errors").count(), 2, "{table}");
    }

    #[test]
    fn a_booking_without_a_look_up_says_so() {
        let text = sample::TEXT.replace(
            "      x-aim-lookup:\n        operation: Look\n        by: {Ref: Ref}\n",
            "",
        );
        let table = written(&text);
        assert!(table.contains("outcome check in AIM: no operation shows it"));
        assert!(!table.contains("Self::look"), "{table}");
    }

    #[test]
    fn every_type_is_listed() {
        let table = written(sample::TEXT);
        let (_, types) = table.split_once("for_each_type").unwrap();
        for name in ["Query", "Card", "Answer", "Item", "Result", "Failure"] {
            assert!(types.contains(&format!("            {name}\n")), "{types}");
        }
    }
}

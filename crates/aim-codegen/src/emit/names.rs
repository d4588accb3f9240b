//! Writes the names of the document for `aim-fake` and the tests.

use std::collections::HashSet;

use crate::plan::facts::Facts;
use crate::plan::names::snake;

/// The longest line that rustfmt does not break.
const WIDTH: usize = 100;

/// Returns the file as text: rustfmt leaves it as it is.
pub(crate) fn names(facts: &Facts) -> String {
    let own = facts.schemas.iter().map(|schema| {
        let members = schema.members.iter().map(|member| member.name.as_str());
        (schema.name.as_str(), members.collect())
    });
    let base = facts.base_classes.iter().map(|(name, members)| {
        let members = members.iter().map(String::as_str);
        (name.as_str(), members.collect())
    });
    let types: String = own.chain(base).map(class).collect();
    let schemas = facts.schemas.iter().map(|it| it.name.as_str());
    let ids = facts.operations.iter().map(|it| it.id.as_str());
    let services = facts.operations.iter().map(|it| it.service.as_str());
    format!(
        "\
//! The names of the document. Code that is written by hand names a member, an
//! operation or a type by these, so that it no longer compiles where a name of
//! the document has changed.

#![allow(
    dead_code,
    missing_docs,
    reason = \"all names are here; what each means is said by the document\"
)]

{types}\
/// The names of the types.
pub mod schema {{
{}}}

/// The ids of the operations.
pub mod operation {{
{}}}

/// The vendor's names of the services behind them (`x-aim-operation`).
pub mod service {{
{}}}
",
        constants(schemas),
        constants(ids),
        constants(services),
    )
}

/// A type as a name space, with its members.
fn class((name, members): (&str, Vec<&str>)) -> String {
    let members = match constants(members) {
        none if none.is_empty() => none,
        some => format!("\n{some}"),
    };
    format!("pub enum {name} {{}}\n\nimpl {name} {{{members}}}\n\n")
}

fn constants<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    // Several operations may be one service.
    let mut known = HashSet::new();
    let names = names.into_iter().filter(|name| known.insert(*name));
    names
        .map(|name| {
            let constant = snake(name).to_uppercase();
            let line = format!("    pub const {constant}: &str = {name:?};\n");
            match line.len() > WIDTH + 1 {
                true => line.replace(" = ", " =\n        "),
                false => line,
            }
        })
        .collect()
}

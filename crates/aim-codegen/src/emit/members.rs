//! Writes the names by which members are read and written.

use std::collections::BTreeMap;

use crate::plan::facts::{Facts, SchemaFacts};
use crate::plan::names::field;

/// Returns the file as text: a macro of many lines would not keep them as
/// tokens.
pub(crate) fn members(facts: &Facts) -> String {
    let objects: String = facts.schemas.iter().map(object).collect();
    // Sorted as the client compares names: see `crate::value::names`.
    let members = facts.schemas.iter().flat_map(|schema| &schema.members);
    let names: BTreeMap<_, _> = members
        .map(|member| (member.name.to_ascii_lowercase(), &member.name))
        .collect();
    let names: String = names
        .values()
        .map(|name| format!("        {name:?},\n"))
        .collect();
    format!(
        "\
use super::types::*;
use crate::value::object::object;

{objects}\
/// The member of the document that has this name, of whichever type.
#[cfg(feature = \"client\")]
pub(crate) fn known(name: &str) -> Option<&'static str> {{
    use crate::value::names::folded;
    const MEMBERS: &[&str] = &[
{names}    ];
    let found = MEMBERS.binary_search_by(|member| folded(member).cmp(folded(name)));
    MEMBERS.get(found.ok()?).copied()
}}
"
    )
}

fn object(schema: &SchemaFacts) -> String {
    let members: String = schema
        .members
        .iter()
        .map(|member| format!("        {} = {:?};\n", field(&member.name), member.name))
        .collect();
    format!(
        "object! {{\n    {} {{\n{members}    }}\n}}\n\n",
        schema.name
    )
}

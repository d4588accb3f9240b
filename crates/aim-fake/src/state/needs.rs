//! What the rules need of a document. Documents are read here, not where they
//! are parsed, so that this is checked.

use super::operations::OWN;
use super::sign_in::is_sign_in;
use crate::model::schema::Schema;
use crate::model::types::{Kind, Type};
use crate::problem::{Problem, Problems};

impl Schema {
    /// Reads a document in YAML or JSON. The result lives as long as the
    /// process, so read it once for all fakes of a test.
    ///
    /// # Errors
    ///
    /// Why it cannot be served, with JSON pointers into the document.
    /// Everything that the fake's own rules need and do not find is listed.
    pub fn read(text: &str) -> Result<&'static Self, Problems> {
        let schema = Self::parse(text).map_err(|problem| Problems(vec![problem]))?;
        let lacks = lacks(schema);
        if lacks.is_empty() {
            Ok(schema)
        } else {
            Err(Problems(lacks))
        }
    }
}

/// Everything that the fake's own rules need and a document lacks: the
/// operations with their members, as in the crate's document.
fn lacks(schema: &'static Schema) -> Vec<Problem> {
    let mut lacks = Vec::new();
    let mut seen = Vec::new();
    for (name, _) in OWN {
        let Some(need) = Schema::embedded().operation(name) else {
            continue;
        };
        match schema.operation(name) {
            // The vendor's pages have no such service, so that a document made from
            // them has none either.
            None if is_sign_in(need) => {}
            None => lacks.push(Problem {
                pointer: "/paths".to_owned(),
                reason: format!(
                    "no operation has `x-aim-operation: {name}`, for which the fake has rules of \
                     its own"
                ),
            }),
            Some(have) => {
                lack_of_members(need.request, have.request, &mut seen, &mut lacks);
                lack_of_members(need.response, have.response, &mut seen, &mut lacks);
            }
        }
    }
    lacks
}

fn lack_of_members(
    need: &'static Type,
    have: &'static Type,
    seen: &mut Vec<&'static Type>,
    lacks: &mut Vec<Problem>,
) {
    if seen.contains(&need) {
        return;
    }
    seen.push(need);
    for member in need.members {
        let found = have.position(member.name).map(|at| have.members[at].kind);
        if found.is_some_and(|found| is_as_needed(member.kind, found, seen, lacks)) {
            continue;
        }
        lacks.push(Problem {
            pointer: format!(
                "/components/schemas/{}/properties/{}",
                have.name, member.name
            ),
            reason: match found {
                None => format!(
                    "the fake's own rules need this member, of type {}",
                    member.kind
                ),
                Some(found) => format!(
                    "the fake's own rules need the type {} here; it is {found}",
                    member.kind
                ),
            },
        });
    }
}

/// Classes may have other names; only their members count.
fn is_as_needed(
    need: Kind,
    have: Kind,
    seen: &mut Vec<&'static Type>,
    lacks: &mut Vec<Problem>,
) -> bool {
    match (need, have) {
        (Kind::Object(need), Kind::Object(have)) => {
            lack_of_members(need, have, seen, lacks);
            true
        }
        (Kind::List(need), Kind::List(have)) => is_as_needed(*need, *have, seen, lacks),
        _ => std::mem::discriminant(&need) == std::mem::discriminant(&have),
    }
}

//! Whether a page and the document mean the same.

use super::described::{self, is_scalar, item_of};
use super::page::{Kind, Member, Type};

/// Whether a page's word for a type leaves open which C# type it is.
pub(super) fn is_open(on: Kind, page: &str) -> bool {
    let words: &[&str] = match on {
        Kind::Table => &["integer", "number", "boolean", "object", "array"],
        Kind::CSharp => &[],
        Kind::TypeScript => &["number", "number[]", "string"],
    };
    words.contains(&page.trim_end_matches('?'))
}

/// A C# type without the `?` that newer tabs write behind texts, lists and objects.
pub(super) fn csharp(kind: &str) -> String {
    let bare = kind.strip_suffix('?').unwrap_or(kind);
    if is_scalar(bare) && bare != "string" {
        return kind.to_owned();
    }
    // Nested classes are named with the outer one.
    match bare.rsplit_once('.') {
        Some((_, name)) => name.to_owned(),
        None => bare.to_owned(),
    }
}

pub(super) enum Agreement {
    Yes,
    No,
    /// Only that differs; whether the page has null.
    Nullability(bool),
}

/// Whether a page means a C# type.
pub(super) fn agrees(on: Kind, member: &Member, dotnet: &str) -> Agreement {
    let page = member.kind.as_str();
    let bare = dotnet.strip_suffix('?').unwrap_or(dotnet);
    let is_list = dotnet.starts_with("List<");
    let yes = |is: bool| if is { Agreement::Yes } else { Agreement::No };
    match on {
        Kind::Table => match page {
            "integer" => yes(bare == "int" || bare == "long"),
            "number" => yes(bare == "decimal"),
            "boolean" => yes(bare == "bool"),
            "object" => yes(!dotnet.is_empty() && !is_list && !is_scalar(bare)),
            "array" => yes(is_list),
            _ => in_csharp(page, member, dotnet),
        },
        Kind::CSharp => in_csharp(page, member, dotnet),
        Kind::TypeScript => {
            let is_optional = page.ends_with('?');
            let item = |kind: &str| match kind {
                "int" | "long" | "decimal" => "number".to_owned(),
                "bool" => "boolean".to_owned(),
                "DateTime" => "string".to_owned(),
                other => other.to_owned(),
            };
            let expected = match is_list {
                true => format!("{}[]", item(item_of(dotnet))),
                false => item(bare),
            };
            if page.strip_suffix('?').unwrap_or(page) != expected {
                return Agreement::No;
            }
            let is_value = is_scalar(bare) && bare != "string";
            // Of a required member the tab writes no `?`.
            if is_value && is_optional != dotnet.ends_with('?') && !member.required {
                return Agreement::Nullability(is_optional);
            }
            Agreement::Yes
        }
    }
}

fn in_csharp(page: &str, member: &Member, dotnet: &str) -> Agreement {
    let page = csharp(page);
    if page == dotnet {
        return Agreement::Yes;
    }
    let bare = |kind: &str| kind.strip_suffix('?').unwrap_or(kind).to_owned();
    if bare(&page) != bare(dotnet) {
        return Agreement::No;
    }
    // Newer tabs leave out the `?` of a required member.
    if member.required && dotnet.ends_with('?') {
        return Agreement::Yes;
    }
    Agreement::Nullability(page.ends_with('?'))
}

/// The members that have another name on the page: new name and old one. A member
/// in the same place between the same members, with the same type and duty, or
/// whose name differs only in case and `_`.
pub(super) fn renamed<'p>(
    on: Kind,
    type_: &'p Type,
    known: &'p [described::Member],
) -> Vec<(&'p str, &'p str)> {
    if !type_.is_whole {
        return Vec::new();
    }
    let is_listed = |name: &str| type_.members.iter().any(|member| member.name == name);
    let is_known = |name: &str| known.iter().any(|known| known.name == name);
    let folded = |name: &str| name.replace('_', "").to_lowercase();
    let mut pairs = Vec::new();
    let neighbours = |names: Vec<&'p str>, name: &str| {
        let place = names.iter().position(|known| *known == name).unwrap_or(0);
        let before = place
            .checked_sub(1)
            .and_then(|place| names.get(place))
            .copied();
        (before, names.get(place + 1).copied())
    };
    let on_page = || {
        type_
            .members
            .iter()
            .map(|member| member.name.as_str())
            .collect::<Vec<_>>()
    };
    let in_document = || {
        known
            .iter()
            .map(|known| known.name.as_str())
            .collect::<Vec<_>>()
    };
    for member in type_
        .members
        .iter()
        .filter(|member| !is_known(&member.name))
    {
        let mut gone = known.iter().filter(|known| !is_listed(&known.name));
        let found = gone.find(|gone| {
            let is_spelling = folded(&gone.name) == folded(&member.name);
            let is_alike = matches!(agrees(on, member, &gone.kind), Agreement::Yes)
                && member.required == gone.required;
            let stands_alike =
                neighbours(on_page(), &member.name) == neighbours(in_document(), &gone.name);
            is_spelling || (is_alike && stands_alike)
        });
        if let Some(found) = found {
            pairs.push((member.name.as_str(), found.name.as_str()));
        }
    }
    pairs
}

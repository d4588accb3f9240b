//! Reads objects from the document's examples, exactly and strictly.

use rust_decimal::Decimal;

use super::date::{DateKind, DateTime};
use super::document::{Place, Scalar};
use super::types::{Kind, Type};
use super::value::{Object, Value};
use crate::problem::Problem;

/// Reads an example of a type; every name must be the name of a member.
///
/// # Errors
///
/// The first member that does not fit.
pub(crate) fn object(of: &'static Type, place: &Place<'_>) -> Result<Object, Problem> {
    if !place.node.is_map() {
        return Err(place.problem(format_args!("a map is expected, a {}", of.name)));
    }
    let mut object = Object::new(of);
    for (name, place) in place.members() {
        let Some(index) = of.position(name) else {
            return Err(place.problem(format_args!("{} has no such member", of.name)));
        };
        *object.value_mut(index) = value(of.members[index].kind, &place)?;
    }
    Ok(object)
}

fn value(kind: Kind, place: &Place<'_>) -> Result<Value, Problem> {
    let scalar = place.node.scalar();
    let known = match (kind, scalar) {
        (_, Some(Scalar::Null)) => Some(Value::Null),
        (Kind::Bool, Some(Scalar::Bool(value))) => Some(Value::Bool(value)),
        (Kind::Int, Some(Scalar::Number(text))) => {
            text.parse::<i32>().ok().map(|it| Value::Int(it.into()))
        }
        (Kind::Long, Some(Scalar::Number(text))) => text.parse().ok().map(Value::Int),
        (Kind::Decimal, Some(Scalar::Number(text))) => {
            Decimal::from_str_exact(text).ok().map(Value::Decimal)
        }
        (Kind::DateTime, Some(Scalar::Text(text))) => {
            DateTime::from_round_trip(text, DateKind::Unspecified).map(Value::DateTime)
        }
        (Kind::String, Some(Scalar::Text(text))) => Some(Value::String(text.to_owned())),
        (Kind::Object(of), _) => return object(of, place).map(Value::Object),
        (Kind::List(item), _) if place.node.is_list() => {
            let items = place.items().map(|place| value(*item, &place));
            return items.collect::<Result<_, _>>().map(Value::List);
        }
        _ => None,
    };
    known.ok_or_else(|| place.problem(format_args!("this example is not of type {kind}")))
}

/// Makes an object from the examples of its members; a list without an example
/// gets one item.
///
/// # Errors
///
/// The first example that does not fit.
pub(super) fn made(root: &Place<'_>, schema: &str, of: &'static Type) -> Result<Object, Problem> {
    let mut object = Object::new(of);
    let properties = root
        .schema(schema)
        .and_then(|place| place.get("properties"));
    for (name, property) in properties.iter().flat_map(Place::members) {
        let Some(index) = of.position(name) else {
            continue;
        };
        let kind = of.members[index].kind;
        let made = match property.get("example") {
            Some(example) => value(kind, &example)?,
            None => without(root, kind, property.need_text("x-aim-dotnet-type")?)?,
        };
        if !made.is_null() {
            *object.value_mut(index) = made;
        }
    }
    Ok(object)
}

/// The value of a member without an example: a class or a list is made from its
/// parts, anything else stays null.
fn without(root: &Place<'_>, kind: Kind, dotnet: &str) -> Result<Value, Problem> {
    match kind {
        Kind::Object(of) => made(root, dotnet.trim_end_matches('?'), of).map(Value::Object),
        Kind::List(item) => {
            let dotnet = dotnet
                .trim_start_matches("List<")
                .trim_end_matches(['>', '?']);
            let item = without(root, *item, dotnet)?;
            let items = if item.is_null() {
                Vec::new()
            } else {
                vec![item]
            };
            Ok(Value::List(items))
        }
        _ => Ok(Value::Null),
    }
}

//! Members of bound requests, by name; none where they are null.

use super::store::{Date, FormInput, Money};
use crate::value::{Object, Value};

pub(super) fn text(object: &Object, name: &str) -> Option<String> {
    object.get(name).as_str().map(str::to_owned)
}

pub(super) fn int(object: &Object, name: &str) -> Option<i32> {
    let number = object.get(name).as_int()?;
    i32::try_from(number).ok()
}

pub(super) fn long(object: &Object, name: &str) -> Option<i64> {
    object.get(name).as_int()
}

pub(super) fn flag(object: &Object, name: &str) -> Option<bool> {
    object.get(name).as_bool()
}

pub(super) fn money(object: &Object, name: &str) -> Option<Money> {
    object.get(name).as_decimal().map(Money)
}

pub(super) fn date(object: &Object, name: &str) -> Option<Date> {
    object.get(name).as_date().and_then(Date::new)
}

/// The objects of a list; null items are passed over.
pub(super) fn objects<'a>(
    object: &'a Object,
    name: &str,
) -> impl Iterator<Item = &'a Object> + use<'a> {
    object.get(name).items().iter().filter_map(Value::as_object)
}

/// The numbers of a list.
pub(super) fn longs<'a>(object: &'a Object, name: &str) -> impl Iterator<Item = i64> + use<'a> {
    object.get(name).items().iter().filter_map(Value::as_int)
}

/// `FormInputList`.
pub(super) fn form_inputs(request: &Object) -> Vec<FormInput> {
    objects(request, "FormInputList")
        .map(|input| FormInput {
            key: text(input, "Key"),
            value: text(input, "Value"),
            encrypted: flag(input, "Encrypted").unwrap_or_default(),
        })
        .collect()
}

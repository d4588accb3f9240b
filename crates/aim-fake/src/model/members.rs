//! What serde reads as a type, found out by having it read: the members and what
//! each of them takes, so that no list of them is kept by hand.

use serde::Deserialize;
use serde::de::value::{Error, StrDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::{Value as Json, json};

/// A member, and the schema of what it takes in the words of OpenAPI 3.0.
pub(crate) type Member = (&'static str, Json);

/// The members of a struct.
pub(crate) fn of_struct<T: for<'de> Deserialize<'de>>() -> Vec<Member> {
    all(|members| {
        // It always ends with an error: a look is not a value.
        let _ = T::deserialize(Look::Members(members));
    })
}

/// The members of a variant of an enum.
pub(crate) fn of_variant<T: for<'de> Deserialize<'de>>(name: &'static str) -> Vec<Member> {
    all(|members| {
        let _ = T::deserialize(Look::Variant(name, members));
    })
}

/// Looks at one member after the other, until there is no other.
fn all(look: impl Fn(&mut Members)) -> Vec<Member> {
    let mut found = Vec::new();
    loop {
        let mut members = Members {
            at: found.len(),
            ..Members::default()
        };
        look(&mut members);
        match members.name {
            Some(name) => found.push((name, members.schema)),
            None => return found,
        }
    }
}

/// The member at a place, where there is one.
#[derive(Default)]
struct Members {
    at: usize,
    name: Option<&'static str>,
    schema: Json,
}

/// What is offered to a type in place of data.
enum Look<'a> {
    /// Sees what kind of value it takes.
    Value(&'a mut Json),
    /// Sees one of its members.
    Members(&'a mut Members),
    /// Sees one of the members of one of its variants.
    Variant(&'static str, &'a mut Members),
}

fn seen<T>() -> Result<T, Error> {
    Err(Error::custom("it was only looked at"))
}

impl Look<'_> {
    fn note<T>(self, schema: Json) -> Result<T, Error> {
        if let Self::Value(to) = self {
            *to = schema;
        }
        seen()
    }
}

/// What takes one kind of value.
macro_rules! takes {
    ($($method:ident: $schema:tt)*) => {
        $(fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
            self.note(json!($schema))
        })*
    };
}

/// A whole number within the bounds of its type.
macro_rules! whole {
    ($($method:ident $type:ty),*) => {
        takes! {
            $($method: { "type": "integer", "minimum": (<$type>::MIN), "maximum": (<$type>::MAX) })*
        }
    };
}

impl<'de> Deserializer<'de> for Look<'_> {
    type Error = Error;

    takes! {
        // What takes several kinds of value takes a text.
        deserialize_any: { "type": "string" }
        deserialize_bool: { "type": "boolean" }
        deserialize_f32: { "type": "number" }
        deserialize_f64: { "type": "number" }
    }

    whole! {
        deserialize_u8 u8, deserialize_u16 u16, deserialize_u32 u32, deserialize_u64 u64,
        deserialize_i8 i8, deserialize_i16 i16, deserialize_i32 i32, deserialize_i64 i64
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Self::Value(to) = self else {
            return seen();
        };
        let _ = visitor.visit_some(Look::Value(to));
        to["nullable"] = json!(true);
        seen()
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let mut items = Json::Null;
        let _ = visitor.visit_seq(Items(&mut items));
        self.note(json!({ "type": "array", "items": items }))
    }

    /// A map from names to values of one kind.
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let mut values = Json::Null;
        let _ = visitor.visit_map(Entries(&mut values));
        self.note(json!({ "type": "object", "additionalProperties": values }))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self {
            Self::Members(members) => members.look(names, visitor),
            _ => seen(),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self {
            Self::Variant(name, members) => visitor.visit_enum(One(name, members)),
            look => look.note(json!({ "type": "string", "enum": names })),
        }
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct newtype_struct
        tuple tuple_struct identifier ignored_any
    }
}

impl Members {
    fn look<'de, V: Visitor<'de>>(
        &mut self,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.name = names.get(self.at).copied();
        match self.name {
            Some(_) => visitor.visit_map(self),
            None => seen(),
        }
    }
}

impl<'de> MapAccess<'de> for &mut Members {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let name: Option<StrDeserializer<'_, Error>> =
            self.name.map(IntoDeserializer::into_deserializer);
        name.map(|name| seed.deserialize(name)).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(Look::Value(&mut self.schema))
    }
}

/// The first entry of a map.
struct Entries<'a>(&'a mut Json);

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let name: StrDeserializer<'_, Error> = "".into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(Look::Value(self.0))
    }
}

/// The first item of a list.
struct Items<'a>(&'a mut Json);

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        seed.deserialize(Look::Value(self.0)).map(Some)
    }
}

/// One variant of an enum.
struct One<'a>(&'static str, &'a mut Members);

impl<'de> EnumAccess<'de> for One<'_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let name: StrDeserializer<'_, Error> = self.0.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for One<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        seen()
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, Error> {
        seen()
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        seen()
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.1.look(names, visitor)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Deserialize)]
    #[allow(dead_code, reason = "nothing is read")]
    struct Sample {
        flag: bool,
        small: Option<u8>,
        list: Vec<Choice>,
        part: f64,
        #[serde(rename = "named")]
        text: Option<String>,
        map: BTreeMap<String, u8>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Choice {
        OneWord,
        Two,
    }

    #[derive(Deserialize)]
    #[allow(dead_code, reason = "nothing is read")]
    enum Kind {
        None {},
        Some {
            #[serde(default)]
            sample: i64,
        },
    }

    #[test]
    fn a_type_says_what_it_takes() {
        assert_eq!(
            of_struct::<Sample>(),
            [
                ("flag", json!({"type": "boolean"})),
                (
                    "small",
                    json!({"type": "integer", "minimum": 0, "maximum": 255, "nullable": true})
                ),
                (
                    "list",
                    json!({"type": "array", "items": {"type": "string", "enum": ["one_word", "two"]}})
                ),
                ("part", json!({"type": "number"})),
                ("named", json!({"type": "string", "nullable": true})),
                (
                    "map",
                    json!({
                        "type": "object",
                        "additionalProperties": {"type": "integer", "minimum": 0, "maximum": 255},
                    })
                ),
            ]
        );
        let number = json!({"type": "integer", "minimum": i64::MIN, "maximum": i64::MAX});
        assert_eq!(of_variant::<Kind>("Some"), [("sample", number)]);
        assert_eq!(of_variant::<Kind>("None"), []);
    }
}

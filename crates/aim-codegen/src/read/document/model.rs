//! Reads the generator's object model out of YAML that was read before.

use openapiv3::OpenAPI;
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, Error, IntoDeserializer, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};
use serde_json::Error as JsonError;
use serde_yaml::Value as Yaml;

/// Returns the model.
///
/// # Errors
///
/// What is not OpenAPI 3.0.
pub(super) fn read(document: &Yaml) -> Result<OpenAPI, JsonError> {
    OpenAPI::deserialize(Reader(document))
}

/// Hands out a value. serde_yaml could do this, too, with errors of its own; but
/// the model itself reads some of its parts with those of serde_json, and a
/// second type of errors has all of it compiled a second time.
struct Reader<'de>(&'de Yaml);

impl<'de> IntoDeserializer<'de, JsonError> for Reader<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = JsonError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self.0 {
            Yaml::Null => visitor.visit_unit(),
            Yaml::Bool(value) => visitor.visit_bool(*value),
            Yaml::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(value), _, _) => visitor.visit_u64(value),
                (None, Some(value), _) => visitor.visit_i64(value),
                (None, None, Some(value)) => visitor.visit_f64(value),
                (None, None, None) => Err(JsonError::custom("a number is out of range")),
            },
            Yaml::String(text) => visitor.visit_borrowed_str(text),
            Yaml::Sequence(items) => {
                visitor.visit_seq(SeqDeserializer::new(items.iter().map(Reader)))
            }
            Yaml::Mapping(members) => {
                let members = members
                    .iter()
                    .map(|(key, value)| (Reader(key), Reader(value)));
                visitor.visit_map(MapDeserializer::new(members))
            }
            Yaml::Tagged(_) => Err(JsonError::custom("a value has a tag")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self.0 {
            Yaml::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

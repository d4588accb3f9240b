//! Reading answers with as much tolerance as loses nothing.
//!
//! An answer that cannot be read may belong to an operation that was carried
//! out, so a value is accepted wherever its meaning is certain, and a
//! refusal never repeats the value: it could be a credential or personal.
//!
//! | wanted | also accepted |
//! | --- | --- |
//! | text | a number or `true`/`false`, kept as the JSON text (77120 becomes `"77120"`) |
//! | whole number | text of such a number, with spaces around it |
//! | `true`/`false` | the same as text in any case, `1`, `0` |
//! | decimal, date | see [`Money`](crate::Money) and [`AimDateTime`](crate::AimDateTime) |
//! | anything | `null` for "nothing": `None`, or the type's default |
//!
//! Blank text stands for `null` where a number or `true`/`false` is wanted,
//! as it does for a ServiceStack server. A `null` in a list is read as the
//! item type's default (ServiceStack writes `{}` there).

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::sync::OnceLock;

use serde::de::value::{Error as ValueError, MapDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor,
};
use serde::{Deserialize, forward_to_deserialize_any};
use serde_json::Value as Json;
use serde_json::value::RawValue;

use crate::value::reading::{Reading, Step};

/// A type of a member.
pub(crate) trait Lenient: DeserializeOwned {
    /// Reads a value that is not `null`. `None`: it says "nothing" all the same.
    fn read<'de, D: Deserializer<'de>>(
        deserializer: D,
        reading: &mut Reading,
    ) -> Result<Option<Self>, D::Error>;

    /// What `null` stands for. `None`: it is an error.
    fn absent() -> Option<Self> {
        None
    }

    /// What stands for a member that is not there. `None`: it is required.
    fn missing() -> Option<Self> {
        None
    }

    /// Whether a member of this value is not written.
    fn is_left_out(&self) -> bool {
        false
    }
}

/// Reads a value.
///
/// # Errors
///
/// If a value is there and its meaning is not certain, or if it is `null` and
/// the type has no value for that. The text never holds the value.
pub(crate) fn read<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Lenient,
{
    Value::new(&mut Reading::default()).deserialize(deserializer)
}

/// Reads a value, `null` included.
pub(crate) struct Value<'r, T> {
    reading: &'r mut Reading,
    of: PhantomData<T>,
}

impl<'r, T> Value<'r, T> {
    pub(crate) fn new(reading: &'r mut Reading) -> Self {
        Self {
            reading,
            of: PhantomData,
        }
    }
}

impl<'de, T: Lenient> DeserializeSeed<'de> for Value<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, T: Lenient> Visitor<'de> for Value<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_none<E: Error>(self) -> Result<T, E> {
        T::absent().ok_or_else(|| E::custom("expected a value, found null"))
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        self.visit_none()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        match T::read(deserializer, self.reading)? {
            Some(value) => Ok(value),
            None => self.visit_none(),
        }
    }
}

impl<T: Lenient> Lenient for Option<T> {
    fn read<'de, D: Deserializer<'de>>(
        deserializer: D,
        reading: &mut Reading,
    ) -> Result<Option<Self>, D::Error> {
        T::read(deserializer, reading).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn missing() -> Option<Self> {
        Some(None)
    }

    fn is_left_out(&self) -> bool {
        self.is_none()
    }
}

impl<T: Lenient> Lenient for Vec<T> {
    fn read<'de, D: Deserializer<'de>>(
        deserializer: D,
        reading: &mut Reading,
    ) -> Result<Option<Self>, D::Error> {
        let list = ListVisitor {
            reading,
            of: PhantomData,
        };
        deserializer
            .deserialize_newtype_struct(LIST, list)
            .map(Some)
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

/// Implements [`Lenient`] by a function from [`Scalar`].
macro_rules! lenient_scalar {
    ($type:ty, $from_scalar:expr) => {
        impl $crate::value::lenient::Lenient for $type {
            fn read<'de, D: serde::Deserializer<'de>>(
                deserializer: D,
                _: &mut $crate::value::reading::Reading,
            ) -> Result<Option<Self>, D::Error> {
                let scalar = <$crate::value::lenient::Scalar as serde::Deserialize>::deserialize(
                    deserializer,
                )?;
                $from_scalar(scalar).map_err(serde::de::Error::custom)
            }

            fn absent() -> Option<Self> {
                Some(Self::default())
            }
        }
    };
}
pub(crate) use lenient_scalar;

lenient_scalar!(String, text);
lenient_scalar!(bool, boolean);
lenient_scalar!(i64, |scalar| integer(scalar, "a whole number of 64 bits"));
lenient_scalar!(i32, |scalar| integer(scalar, "a whole number of 32 bits"));

/// Why a value was refused, without the value.
#[derive(Debug)]
pub(crate) struct Refused {
    expected: &'static str,
    found: &'static str,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, found {}", self.expected, self.found)
    }
}

/// Text; a number or `true`/`false` as its JSON text.
pub(crate) fn text(scalar: Scalar) -> Result<Option<String>, Refused> {
    match scalar {
        Scalar::Null => Ok(None),
        Scalar::Text(text) | Scalar::Number(text) | Scalar::Rounded(text) => Ok(Some(text)),
        Scalar::Bool(value) => Ok(Some(value.to_string())),
        Scalar::Other(_) => Err(scalar.refused("text")),
    }
}

fn boolean(scalar: Scalar) -> Result<Option<bool>, Refused> {
    let value = match &scalar {
        Scalar::Null => return Ok(None),
        Scalar::Bool(value) => return Ok(Some(*value)),
        Scalar::Text(text) | Scalar::Number(text) => text.trim().to_ascii_lowercase(),
        Scalar::Rounded(_) | Scalar::Other(_) => return Err(scalar.refused("true or false")),
    };
    match value.as_str() {
        "" => Ok(None),
        "true" | "1" => Ok(Some(true)),
        "false" | "0" => Ok(Some(false)),
        _ => Err(scalar.refused("true or false")),
    }
}

fn integer<T: std::str::FromStr>(
    scalar: Scalar,
    expected: &'static str,
) -> Result<Option<T>, Refused> {
    let digits = match &scalar {
        Scalar::Null => return Ok(None),
        Scalar::Text(text) | Scalar::Number(text) => text.trim(),
        _ => return Err(scalar.refused(expected)),
    };
    if digits.is_empty() {
        return Ok(None);
    }
    match digits.parse() {
        Ok(value) => Ok(Some(value)),
        Err(_) => Err(scalar.refused(expected)),
    }
}

/// Any JSON value, with the exact text of its numbers.
///
/// Read from JSON text (or from a `serde_json::Value`) it takes the raw text,
/// so no digit is lost whether or not the feature `arbitrary_precision` of
/// serde_json is on somewhere. Elsewhere (inside `#[serde(flatten)]` and
/// untagged enums, in YAML) numbers arrive as `f64` or integers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scalar {
    Null,
    Bool(bool),
    /// A number as it was written.
    Number(String),
    /// A number that came as an `f64` of more digits than `f64` keeps safely,
    /// so it may have been another one.
    Rounded(String),
    Text(String),
    /// The JSON text of an object or a list, or of text with a broken escape.
    Other(String),
}

impl Scalar {
    /// Says what was found instead of `expected`.
    pub(crate) fn refused(&self, expected: &'static str) -> Refused {
        let found = match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "another number",
            Self::Rounded(_) => "a number of more than 15 digits that was read as f64",
            Self::Text(_) => "other text",
            Self::Other(_) => "an object, a list or broken text",
        };
        Refused { expected, found }
    }

    /// The inverse of reading: `json` is one JSON value, without white space
    /// around it.
    fn from_json(json: String) -> Self {
        match json.as_str() {
            "null" => Self::Null,
            "true" => Self::Bool(true),
            "false" => Self::Bool(false),
            _ if json.starts_with('"') => match serde_json::from_str(&json) {
                Ok(text) => Self::Text(text),
                Err(_) => Self::Other(json),
            },
            _ if json.starts_with(['{', '[']) => Self::Other(json),
            _ => Self::Number(json),
        }
    }

    fn from_f64(value: f64) -> Self {
        let text = value.to_string();
        let digits = text
            .trim_start_matches(['-', '0', '.'])
            .trim_end_matches(['0', '.'])
            .bytes()
            .filter(u8::is_ascii_digit)
            .count();
        // A decimal of at most 15 digits is the only one of its f64, so the
        // text is what was written, unless that had more digits than an f64.
        if value.is_finite() && digits <= 15 {
            Self::Number(text)
        } else {
            Self::Rounded(text)
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(raw_value_name(), ScalarVisitor)
    }
}

/// The name by which serde_json knows its `RawValue`.
///
/// serde_json hands raw text to whoever asks for a newtype struct of this
/// name. The name is private, so it is learnt by watching `RawValue` ask. If
/// that ever fails, numbers are read as `f64` and integers, with the checks
/// that belong to them.
pub(crate) fn raw_value_name() -> &'static str {
    struct Watch<'a>(&'a Cell<&'static str>);

    impl<'de> Deserializer<'de> for Watch<'_> {
        type Error = ValueError;

        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, ValueError> {
            Err(Error::custom("only the name is wanted"))
        }

        fn deserialize_newtype_struct<V: Visitor<'de>>(
            self,
            name: &'static str,
            visitor: V,
        ) -> Result<V::Value, ValueError> {
            self.0.set(name);
            self.deserialize_any(visitor)
        }

        forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string
            bytes byte_buf option unit unit_struct seq tuple tuple_struct map
            struct enum identifier ignored_any
        }
    }

    static NAME: OnceLock<&'static str> = OnceLock::new();
    NAME.get_or_init(|| {
        let name = Cell::new("");
        // Always an error: what counts is the name that was asked for.
        let _ = Box::<RawValue>::deserialize(Watch(&name));
        name.get()
    })
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    /// Formats that know no raw text hand over their value here.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Scalar, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Scalar, D::Error> {
        Scalar::deserialize(inner)
    }

    fn visit_none<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Null)
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar::Number(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Scalar, E> {
        Ok(Scalar::Number(value.to_string()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Scalar, E> {
        Ok(Scalar::Number(value.to_string()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Scalar, E> {
        Ok(Scalar::Number(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Scalar, E> {
        Ok(Scalar::from_f64(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Scalar, E> {
        Ok(Scalar::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Scalar, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element::<Json>()? {
            items.push(item);
        }
        Ok(Scalar::Other(Json::Array(items).to_string()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            if members.is_empty() && name == raw_value_name() {
                return Ok(Scalar::from_json(map.next_value()?));
            }
            members.push((name, map.next_value::<Json>()?));
        }
        // With `arbitrary_precision` a number comes as a map whose private
        // name `Json` knows.
        let members = MapDeserializer::<_, serde_json::Error>::new(members.into_iter());
        match Json::deserialize(members) {
            Ok(Json::Number(number)) => Ok(Scalar::Number(number.to_string())),
            Ok(value) => Ok(Scalar::Other(value.to_string())),
            Err(_) => Err(Error::custom("expected a value, found a broken object")),
        }
    }
}

/// The methods by which a visitor refuses everything but what it accepts.
/// serde's own refusals repeat the value.
macro_rules! refuse_scalars {
    ($expected:literal) => {
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str($expected)
        }

        $crate::value::lenient::refuse_scalars! {
            $expected:
            visit_bool(bool) "true or false",
            visit_i64(i64) "a number",
            visit_u64(u64) "a number",
            visit_i128(i128) "a number",
            visit_u128(u128) "a number",
            visit_f64(f64) "a number",
            visit_str(&str) "text",
        }
    };
    ($expected:literal: $($visit:ident($type:ty) $found:literal,)*) => {
        $(fn $visit<E: serde::de::Error>(self, _: $type) -> Result<Self::Value, E> {
            Err(E::custom(concat!("expected ", $expected, ", found ", $found)))
        })*
    };
}
pub(crate) use refuse_scalars;

/// The name of the newtype struct that a list asks for: XML, unlike JSON, does
/// not tell a list from an object, so [`crate::codec::xml`] goes by it.
pub(crate) const LIST: &str = "list";

struct ListVisitor<'r, T> {
    reading: &'r mut Reading,
    of: PhantomData<T>,
}

impl<'de, T: Lenient> Visitor<'de> for ListVisitor<'_, T> {
    type Value = Vec<T>;

    refuse_scalars!("a list");

    /// Formats that know their lists are asked again without the name.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Vec<T>, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut items = Vec::new();
        loop {
            match list.next_element_seed(Item(Value::new(self.reading))) {
                Ok(Some(item)) => items.push(item),
                Ok(None) => return Ok(items),
                Err(error) => return Err(self.reading.fail(Step::Item(items.len()), error)),
            }
        }
    }
}

/// An item of a list, which may be one too many.
struct Item<'r, T>(Value<'r, T>);

impl<'de, T: Lenient> DeserializeSeed<'de> for Item<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        if !self.0.reading.count_item() {
            return Err(Error::custom("the lists hold too many items"));
        }
        self.0.deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};
    use serde_json::{Value, json};

    use super::{Lenient, Refused, Scalar, raw_value_name};
    use crate::value::object::{self, object};
    use crate::value::reading::{Reading, Step};
    use crate::{AimDateTime, Money, Secret};

    #[derive(Clone, Debug, Default, PartialEq)]
    struct Answer {
        text: Option<String>,
        long: Option<i64>,
        int: Option<i32>,
        flag: Option<bool>,
        ids: Option<Vec<i64>>,
        amount: Option<Money>,
        date: Option<AimDateTime>,
        secret: Option<Secret>,
        item: Option<Item>,
        items: Option<Vec<Item>>,
        required: Option<Vec<Required>>,
        open: Option<Open>,
    }

    object! {
        Answer {
            text = "text";
            long = "long";
            int = "int";
            flag = "flag";
            ids = "ids";
            amount = "amount";
            date = "date";
            secret = "secret";
            item = "item";
            items = "items";
            required = "required";
            open = "open";
        }
    }

    #[derive(Clone, Debug, Default, PartialEq)]
    struct Item {
        name: Option<String>,
        count: Option<i64>,
    }

    object!(Item { name = "name"; count = "count"; });

    #[derive(Clone, Debug, PartialEq)]
    struct Required {
        key: String,
    }

    object!(Required { key = "key"; });

    /// An open enum, as the generated ones.
    #[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
    #[serde(from = "String")]
    enum Open {
        A,
        #[default]
        None,
        Other(String),
    }

    impl From<String> for Open {
        fn from(text: String) -> Self {
            match text.as_str() {
                "A" => Self::A,
                _ => Self::Other(text),
            }
        }
    }

    fn open(scalar: Scalar) -> Result<Option<Open>, Refused> {
        Ok(super::text(scalar)?.map(Open::from))
    }

    lenient_scalar!(Open, open);

    const NAMES: [&str; 12] = [
        "text", "long", "int", "flag", "ids", "amount", "date", "secret", "item", "items",
        "required", "open",
    ];

    fn member(name: &str, json: &str) -> Result<Answer, serde_json::Error> {
        serde_json::from_str(&format!("{{\"{name}\":{json}}}"))
    }

    /// A member that is required.
    fn plain<T: Lenient>(json: &str) -> T {
        super::read(&mut serde_json::Deserializer::from_str(json)).unwrap()
    }

    /// From JSON text and from a `Value`, which must agree.
    fn both(name: &str, json: &str) -> Answer {
        let read = member(name, json).unwrap();
        let value = json!({ name: serde_json::from_str::<Value>(json).unwrap() });
        assert_eq!(
            serde_json::from_value::<Answer>(value).unwrap(),
            read,
            "{json}"
        );
        read
    }

    #[test]
    fn the_private_name_of_serde_json_is_learnt() {
        assert!(raw_value_name().contains("RawValue"));
    }

    #[test]
    fn null_and_absent_stand_for_nothing() {
        assert_eq!(
            serde_json::from_str::<Answer>("{}").unwrap(),
            Answer::default()
        );
        for name in NAMES {
            assert_eq!(both(name, "null"), Answer::default(), "{name}");
        }
        assert_eq!(plain::<String>("null"), "");
        assert_eq!(plain::<Secret>("null"), Secret::default());
        assert_eq!(
            (plain("null"), plain("null"), plain("null")),
            (0_i32, 0_i64, false)
        );
    }

    #[test]
    fn text_takes_numbers_and_bools_as_their_json_text() {
        for json in ["77120", "0", "-5", "12.5", "true", "false"] {
            assert_eq!(both("text", json).text.as_deref(), Some(json));
            assert_eq!(plain::<String>(json), json);
            assert_eq!(both("secret", json).secret, Some(json.into()));
            assert_eq!(plain::<Secret>(json), json.into());
            assert_eq!(both("open", json).open, Some(Open::Other(json.to_owned())));
            assert_eq!(both("date", json).date.unwrap().text(), json);
        }
        for json in ["12.50", "1e3", "-0", "123456789012345678901234567890.10"] {
            assert_eq!(member("text", json).unwrap().text.as_deref(), Some(json));
        }
        assert_eq!(both("text", r#""a\u00e9\n""#).text.as_deref(), Some("aé\n"));
        assert_eq!(both("text", r#""""#).text.as_deref(), Some(""));
        assert_eq!(both("open", r#""A""#).open, Some(Open::A));
        for json in ["{}", "[]", "[\"tok_123\"]", r#""\ud800""#] {
            assert!(member("text", json).is_err(), "{json}");
        }
    }

    #[test]
    fn whole_numbers_take_text_of_such_a_number() {
        for json in ["5", "\"5\"", "\" 5 \"", "\"05\""] {
            assert_eq!(both("long", json).long, Some(5), "{json}");
            assert_eq!(plain::<i64>(json), 5, "{json}");
            assert_eq!(both("int", json).int, Some(5), "{json}");
            assert_eq!(plain::<i32>(json), 5, "{json}");
        }
        assert_eq!(both("long", "9223372036854775807").long, Some(i64::MAX));
        assert_eq!(both("int", "\"-2147483648\"").int, Some(i32::MIN));
        for json in [
            "5.0",
            "\"5.0\"",
            "1e3",
            "\"x\"",
            "true",
            "{}",
            "[5]",
            "9223372036854775808",
        ] {
            assert!(member("long", json).is_err(), "{json}");
        }
        assert!(member("int", "2147483648").is_err());
    }

    #[test]
    fn bools_take_text_and_digits() {
        for (json, value) in [
            ("true", true),
            ("\"true\"", true),
            ("\"True\"", true),
            ("\" TRUE \"", true),
            ("\"1\"", true),
            ("1", true),
            ("false", false),
            ("\"False\"", false),
            ("\"0\"", false),
            ("0", false),
        ] {
            assert_eq!(both("flag", json).flag, Some(value), "{json}");
            assert_eq!(plain::<bool>(json), value, "{json}");
        }
        for json in ["2", "\"yes\"", "1.0", "{}", "[true]"] {
            assert!(member("flag", json).is_err(), "{json}");
        }
    }

    #[test]
    fn blank_text_is_nothing_where_no_text_is_wanted() {
        for name in ["long", "int", "flag", "amount"] {
            assert_eq!(both(name, "\"\""), Answer::default(), "{name}");
            assert_eq!(both(name, "\" \""), Answer::default(), "{name}");
        }
        for blank in ["\"\"", "\" \""] {
            assert_eq!(
                (plain(blank), plain(blank), plain(blank)),
                (0_i32, 0_i64, false)
            );
        }
    }

    #[test]
    fn amounts_keep_their_digits() {
        for json in ["12.50", "\"12.50\"", "\" 12.50 \""] {
            let read = member("amount", json).unwrap().amount.unwrap();
            assert_eq!(read.to_string(), "12.50");
        }
        assert!(member("amount", "\"12,50\"").is_err());
    }

    #[test]
    fn lists_and_objects() {
        assert_eq!(both("ids", "[1,\"2\",null]").ids, Some(vec![1, 2, 0]));
        assert_eq!(both("ids", "[]").ids, Some(Vec::new()));
        let item = Item {
            name: Some("5".to_owned()),
            count: Some(7),
        };
        let json = r#"{"name":5,"count":"7","more":[{}]}"#;
        assert_eq!(both("item", json).item, Some(item));
        assert_eq!(
            both("items", r#"[{"name":"a"},null,{}]"#)
                .items
                .map(|items| items.len()),
            Some(3)
        );
        assert_eq!(both("items", "[null]").items, Some(vec![Item::default()]));
        assert_eq!(
            both("required", r#"[{"key":1}]"#).required.unwrap()[0].key,
            "1"
        );
        assert!(member("required", "[null]").is_err());
        assert!(member("required", "[{}]").is_err());
    }

    #[test]
    fn a_refusal_says_the_kind_and_never_the_value() {
        let mut refused = 0;
        for name in NAMES {
            for json in [
                r#""tok_123""#,
                r#""123""#,
                "123.5",
                "-123",
                "123",
                "1e123",
                "true",
                r#"{"tok_123":"tok_123"}"#,
                r#"["tok_123"]"#,
                r#"[{"count":"tok_123"}]"#,
                r#"{"name":["tok_123"],"count":123.5}"#,
                r#""tok_123\ud800""#,
            ] {
                let Err(error) = member(name, json) else {
                    continue;
                };
                refused += 1;
                // Without the position that serde_json appends.
                let text = error.to_string();
                let text = text.split(" at line ").next().unwrap();
                assert!(
                    !text.contains("123") || text.contains("64 bits"),
                    "{name}: {text}"
                );
                assert!(!text.contains("tok_"), "{name}: {text}");
                let known = [
                    "expected ",
                    "the amount ",
                    "missing field",
                    "invalid type: ",
                    "unexpected end of hex escape",
                ];
                assert!(known.iter().any(|start| text.starts_with(start)), "{text}");
            }
        }
        assert!(refused > 60, "{refused}");
        let error = member("long", "\"tok_123\"").unwrap_err().to_string();
        assert!(
            error.starts_with("expected a whole number of 64 bits, found other text"),
            "{error}"
        );
    }

    #[test]
    fn a_refusal_is_located() {
        let json = r#"{"items":[{},{"name":5,"count":"tok_123"}]}"#;
        let mut reading = Reading::default();
        let mut json = serde_json::Deserializer::from_str(json);
        assert!(object::read::<_, Answer>(&mut json, &mut reading).is_err());
        assert_eq!(
            reading.path,
            [Step::Member("count"), Step::Item(1), Step::Member("items")]
        );
    }

    /// Holds whether or not another crate turned on `arbitrary_precision`,
    /// which hands over numbers as objects.
    #[test]
    fn a_number_is_no_object() {
        for json in ["1.5", "1e3", "18446744073709551616", "[0.5]"] {
            assert!(member("item", json).is_err(), "{json}");
            assert!(member("items", json).is_err(), "{json}");
        }
    }

    #[test]
    fn inside_flatten_values_are_read_as_well() {
        #[derive(Deserialize)]
        struct Flat {
            #[serde(flatten)]
            answer: Answer,
        }
        let json = r#"{"text":77120,"long":"5","flag":1,"amount":12.50,"date":{"a":[1]},
            "items":[{"name":true},null],"item":null,"ids":[18446744073709551615]}"#;
        assert!(serde_json::from_str::<Flat>(json).is_err());
        let json = json.replace("18446744073709551615", "-1");
        let flat: Flat = serde_json::from_str(&json).unwrap();
        let expected = Answer {
            text: Some("77120".to_owned()),
            long: Some(5),
            flag: Some(true),
            amount: Some("12.50".parse().unwrap()),
            date: Some(serde_json::from_value(json!({"a": [1]})).unwrap()),
            items: Some(vec![
                Item {
                    name: Some("true".to_owned()),
                    count: None,
                },
                Item::default(),
            ]),
            ids: Some(vec![-1]),
            ..Answer::default()
        };
        assert_eq!(flat.answer, expected);
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map("[a-z]{1,3}|name|count|key", inner, 0..4)
                    .prop_map(Value::from_iter),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_json_value_is_read_or_refused(value in values()) {
            for name in NAMES {
                let json = value.to_string();
                let from_text = member(name, &json);
                let from_value = serde_json::from_value::<Answer>(json!({ name: value }));
                prop_assert_eq!(from_text.ok(), from_value.ok());
            }
        }

        #[test]
        fn a_scalar_is_exactly_what_was_written(value in values()) {
            let json = value.to_string();
            let scalar: Scalar = serde_json::from_str(&json).unwrap();
            let expected = match value {
                Value::Null => Scalar::Null,
                Value::Bool(value) => Scalar::Bool(value),
                Value::Number(_) => Scalar::Number(json),
                Value::String(text) => Scalar::Text(text),
                Value::Array(_) | Value::Object(_) => Scalar::Other(json),
            };
            prop_assert_eq!(scalar, expected);
        }
    }
}

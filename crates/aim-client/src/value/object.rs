//! Objects of the document: read with whatever spelling of the names of their
//! members, and written without the members that are not there.
//!
//! The generated code says with [`object`] which members a type has. Reading
//! is not left to serde's derive, which compares names exactly and tells
//! nothing of the members that it does not know.

use std::fmt;
use std::marker::PhantomData;
use std::sync::OnceLock;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor,
};

use crate::value::lenient::{Lenient, Value, refuse_scalars};
use crate::value::names;
use crate::value::reading::{Known, Reading, Step, note};

/// A type of the document; [`object`] implements it.
pub(crate) trait Object: DeserializeOwned {
    /// The vendor's name.
    const NAME: &'static str;

    /// The vendor's names of the members.
    const MEMBERS: &'static [&'static str];

    /// Reads the members that come.
    fn of_members<'de, A: MapAccess<'de>>(members: Members<'_, A>) -> Result<Self, A::Error>;

    /// The object without members; `None`: some are required.
    fn empty() -> Option<Self>;
}

impl<T: Object> Lenient for T {
    /// Takes an object, and nothing else.
    fn read<'de, D: Deserializer<'de>>(
        deserializer: D,
        reading: &mut Reading,
    ) -> Result<Option<Self>, D::Error> {
        read(deserializer, reading).map(Some)
    }

    fn absent() -> Option<Self> {
        Self::empty()
    }
}

/// Reads an object.
///
/// # Errors
///
/// Those of the deserializer and of the members. The text never holds a value.
pub(crate) fn read<'de, D: Deserializer<'de>, T: Object>(
    deserializer: D,
    reading: &mut Reading,
) -> Result<T, D::Error> {
    // serde's own refusals of what is no struct repeat the value.
    deserializer.deserialize_any(ObjectVisitor {
        reading,
        of: PhantomData,
    })
}

/// Implements [`Object`], `Serialize` and `Deserialize`: members with the
/// vendor's names.
macro_rules! object {
    ($type:ident { $($member:ident = $name:literal;)* }) => {
        impl $crate::value::object::Object for $type {
            const NAME: &'static str = stringify!($type);
            const MEMBERS: &'static [&'static str] = &[$($name),*];

            #[allow(
                non_camel_case_types,
                unused_mut,
                unused_variables,
                reason = "a type may have no member"
            )]
            fn of_members<'de, A: serde::de::MapAccess<'de>>(
                mut members: $crate::value::object::Members<'_, A>,
            ) -> Result<Self, A::Error> {
                enum Member {
                    $($member),*
                }
                const MEMBERS: &[Member] = &[$(Member::$member),*];
                $(let mut $member = None;)*
                while let Some(index) = members.next::<Self>()? {
                    match MEMBERS.get(index) {
                        $(Some(Member::$member) => members.read(&mut $member, $name)?,)*
                        _ => {}
                    }
                }
                Ok(Self {
                    $($member: $crate::value::object::found($member, $name)?),*
                })
            }

            fn empty() -> Option<Self> {
                Some(Self {
                    $($member: $crate::value::lenient::Lenient::missing()?),*
                })
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                $crate::value::object::read(deserializer, &mut Default::default())
            }
        }

        impl serde::Serialize for $type {
            #[allow(unused_mut, reason = "a type may have no member")]
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeStruct;
                use $crate::value::lenient::Lenient;
                let count = 0 $(+ usize::from(!self.$member.is_left_out()))*;
                let mut object = serializer.serialize_struct(stringify!($type), count)?;
                $(if self.$member.is_left_out() {
                    object.skip_field($name)?;
                } else {
                    object.serialize_field($name, &self.$member)?;
                })*
                object.end()
            }
        }
    };
}
pub(crate) use object;

/// The members of an object, as they come.
pub(crate) struct Members<'r, A> {
    map: A,
    reading: &'r mut Reading,
    /// Knows the other names that count: in the outermost object only.
    known: Option<Known>,
    /// The place in the order of the type that comes next.
    next: usize,
    /// Whether a member of the type has come, and whether another has.
    has_own: bool,
    has_others: bool,
}

impl<'de, A: MapAccess<'de>> Members<'_, A> {
    /// The place of the next member that the type knows; the others are
    /// skipped.
    pub(crate) fn next<T: Object>(&mut self) -> Result<Option<usize>, A::Error> {
        loop {
            let name = NameVisitor {
                names: T::MEMBERS,
                next: self.next,
                known: self.known,
            };
            match self.map.next_key_seed(name)? {
                Some(Name::Own(index)) => {
                    self.next = index + 1;
                    self.has_own = true;
                    return Ok(Some(index));
                }
                Some(Name::Other(other)) => {
                    self.has_others = true;
                    self.skip(other)?;
                }
                None => {
                    if self.has_others && !self.has_own {
                        note(&mut self.reading.strange, T::NAME);
                    }
                    return Ok(None);
                }
            }
        }
    }

    /// Reads a value of a member that the type does not know, and notes that it
    /// is there if its name counts.
    fn skip(&mut self, name: Option<&'static str>) -> Result<(), A::Error> {
        if !self.reading.count_item() {
            return Err(A::Error::custom("the answer has too many unknown members"));
        }
        let Some(name) = name else {
            let skipped: Result<IgnoredAny, _> = self.map.next_value();
            return match skipped {
                Ok(_) => Ok(()),
                Err(error) => Err(self.reading.fail(Step::Unknown, error)),
            };
        };
        let value: Result<Option<IgnoredAny>, _> = self.map.next_value();
        match value {
            Ok(Some(_)) => note(&mut self.reading.others, name),
            Ok(None) => {}
            Err(error) => return Err(self.reading.fail(Step::Member(name), error)),
        }
        Ok(())
    }

    /// Reads the value of a member of the type, which may come once.
    pub(crate) fn read<T: Lenient>(
        &mut self,
        value: &mut Option<T>,
        name: &'static str,
    ) -> Result<(), A::Error> {
        let read = match value {
            Some(_) => Err(A::Error::duplicate_field(name)),
            None => self.map.next_value_seed(Value::new(self.reading)),
        };
        *value = Some(read.map_err(|error| self.reading.fail(Step::Member(name), error))?);
        Ok(())
    }
}

/// The value of a member, which may not have come.
pub(crate) fn found<T: Lenient, E: Error>(value: Option<T>, name: &'static str) -> Result<T, E> {
    value
        .or_else(T::missing)
        .ok_or_else(|| E::missing_field(name))
}

struct ObjectVisitor<'r, T> {
    reading: &'r mut Reading,
    of: PhantomData<T>,
}

impl<'de, T: Object> Visitor<'de> for ObjectVisitor<'_, T> {
    type Value = T;

    refuse_scalars!("an object");

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        let known = self.reading.known.take();
        T::of_members(Members {
            map,
            reading: self.reading,
            known,
            next: 0,
            has_own: false,
            has_others: false,
        })
    }
}

/// What a member is by its name.
enum Name {
    /// One of the type, at this place.
    Own(usize),
    /// None of the type; with the document's name if that counts.
    Other(Option<&'static str>),
}

/// Tells by its name what a member is.
struct NameVisitor {
    names: &'static [&'static str],
    next: usize,
    known: Option<Known>,
}

impl<'de> DeserializeSeed<'de> for NameVisitor {
    type Value = Name;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Name, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for NameVisitor {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Name, E> {
        match names::find(self.names, name, self.next) {
            Some(index) => Ok(Name::Own(index)),
            // A struct would skip it, and the number would be lost.
            None if number_name().is_some_and(|number| number == name) => {
                Err(E::custom("expected an object, found a number"))
            }
            None => Ok(Name::Other(self.known.and_then(|known| known(name)))),
        }
    }
}

/// The private name of serde_json's numbers with `arbitrary_precision`, which
/// come as a map of it, learnt by reading one; `None` if the feature is off.
fn number_name() -> Option<&'static String> {
    struct Number;

    impl<'de> Visitor<'de> for Number {
        type Value = Option<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a number")
        }

        fn visit_f64<E>(self, _: f64) -> Result<Option<String>, E> {
            Ok(None)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<String>, A::Error> {
            map.next_key()
        }
    }

    static NAME: OnceLock<Option<String>> = OnceLock::new();
    NAME.get_or_init(|| {
        serde_json::Deserializer::from_str("0.5")
            .deserialize_any(Number)
            .unwrap_or_default()
    })
    .as_ref()
}

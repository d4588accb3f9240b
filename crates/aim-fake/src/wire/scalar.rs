//! Reads `bool`, `int`, `long`, `decimal`, `DateTime` and `string` from text.

use super::digits::parse_integer;
use super::{date, decimal};
use crate::model::settings::{DateFormat, Settings};
use crate::model::types::Kind;
use crate::model::value::Value;

/// ServiceStack.Text's mark for a text that is present but empty (`""` in
/// JSON): it counts as white space in numbers, and as null if the type is
/// nullable.
pub(crate) const EMPTY: &str = "\u{200b}";

/// Reads a scalar like ServiceStack's text parsers; `None` if they fail (then a
/// JSON member silently keeps its default, and a query value is a 400).
///
/// Empty text is null where the type is nullable. Classes and lists are not
/// read here and give `None`.
#[must_use]
pub(crate) fn parse(kind: Kind, nullable: bool, text: &str, settings: &Settings) -> Option<Value> {
    match kind {
        Kind::String => Some(Value::String(text.to_owned())),
        Kind::Object(_) | Kind::List(_) => None,
        Kind::DateTime if nullable && text.is_empty() => Some(Value::Null),
        Kind::DateTime => {
            let dcjs = settings.date_format == DateFormat::Dcjs;
            date::parse(text, settings.time_zone, dcjs).map(Value::DateTime)
        }
        _ if nullable && matches!(text, "" | EMPTY) => Some(Value::Null),
        Kind::Bool => parse_bool(text).map(Value::Bool),
        Kind::Int => parse_integer(text)
            .filter(|number| i32::try_from(*number).is_ok())
            .map(Value::Int),
        Kind::Long => parse_integer(text).map(Value::Int),
        Kind::Decimal => decimal::parse(text).map(Value::Decimal),
    }
}

/// Reads a `bool`: `true` and `false` in any case, and the values of HTML
/// forms, such as `on`. ServiceStack does not check the last letter of `off`.
fn parse_bool(text: &str) -> Option<bool> {
    let mut letters = text.chars();
    match (
        letters.next(),
        letters.next(),
        letters.next(),
        letters.next(),
    ) {
        (None, ..) => Some(false),
        (Some('1' | 't' | 'T' | 'y' | 'Y'), None, ..) => Some(true),
        (Some('0' | 'f' | 'F' | 'n' | 'N'), None, ..) => Some(false),
        (Some('o'), Some('n'), None, _) => Some(true),
        (Some('o'), Some('f'), Some(_), None) => Some(false),
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_int_has_32_bits() {
        let parse = |text| parse(Kind::Int, false, text, &Settings::default());
        assert_eq!(parse("2147483647"), Some(Value::Int(2_147_483_647)));
        assert_eq!(parse("2147483648"), None);
        assert_eq!(parse("-2147483649"), None);
    }

    #[test]
    fn reads_bools() {
        let table: &[(&str, Option<bool>)] = &[
            ("true", Some(true)),
            ("TRUE", Some(true)),
            ("False", Some(false)),
            ("1", Some(true)),
            ("n", Some(false)),
            ("on", Some(true)),
            ("On", None),
            ("off", Some(false)),
            ("ofx", Some(false)),
            ("OFF", None),
            ("", Some(false)),
            (" true", None),
            ("yes", None),
            ("2", None),
        ];
        for (text, expected) in table {
            assert_eq!(parse_bool(text), *expected, "{text:?}");
        }
    }

    #[test]
    fn empty_text_is_null_if_the_type_is_nullable() {
        let parse = |kind, nullable, text| parse(kind, nullable, text, &Settings::default());
        assert_eq!(parse(Kind::Long, true, ""), Some(Value::Null));
        assert_eq!(parse(Kind::Long, true, EMPTY), Some(Value::Null));
        assert_eq!(parse(Kind::Long, true, " "), None);
        assert_eq!(parse(Kind::Long, false, ""), None);
        assert_eq!(parse(Kind::Bool, false, ""), Some(Value::Bool(false)));
        assert_eq!(parse(Kind::Bool, false, EMPTY), None);
        assert_eq!(parse(Kind::DateTime, true, ""), Some(Value::Null));
        assert_eq!(parse(Kind::DateTime, true, EMPTY), None);
        let empty = Value::String(String::new());
        assert_eq!(parse(Kind::String, true, ""), Some(empty));
    }
}

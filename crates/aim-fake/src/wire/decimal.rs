//! Reads `decimal` like ServiceStack's parser on the .NET Framework, and writes
//! it.

use rust_decimal::Decimal;

use super::digits::{is_white, parse_integer};

/// The largest unscaled value of a `decimal`: 96 bits.
const MAX: u128 = (1 << 96) - 1;

/// The reader's position in a number.
enum At {
    Start,
    Sign,
    Integer,
    LeadingZero,
    Fraction,
    Exponent,
    End,
}

/// Reads a `decimal`; `None` if the parser fails or overflows.
///
/// White space alone is 0, and so are a lone `-` and the missing digits of an
/// unfinished exponent. Commas are skipped anywhere in the integer part. An
/// exponent counts only after a fraction. Only a point may follow a leading
/// zero.
#[must_use]
pub(crate) fn parse(text: &str) -> Option<Decimal> {
    if text.is_empty() {
        return None;
    }
    let mut at = At::Start;
    let mut value = 0_u128;
    let mut negative = false;
    let mut digits_before_point = true;
    // The parser counts fraction digits in a signed byte, which wraps.
    let mut scale = 0_i8;
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let here = rest;
        rest = &rest[letter.len_utf8()..];
        let digit = letter.to_digit(10).map(u128::from);
        at = match (at, letter) {
            (At::Start, _) if is_white(letter) => At::Start,
            (At::Start, '-') => {
                negative = true;
                At::Sign
            }
            (At::Start | At::Sign, '.') => {
                digits_before_point = false;
                if rest.is_empty() {
                    return None;
                }
                At::Fraction
            }
            (At::Start | At::Sign, '0') => At::LeadingZero,
            (At::Start | At::Sign, '1'..='9') => {
                value = digit?;
                At::Integer
            }
            (At::Integer | At::LeadingZero, '.') => At::Fraction,
            (At::Integer, '0'..='9') => {
                value = push(value, digit?)?;
                At::Integer
            }
            (At::Integer, ',') => At::Integer,
            (At::Integer, _) if is_white(letter) => At::End,
            (At::Fraction, '0'..='9') => {
                value = push(value, digit?)?;
                scale = scale.wrapping_add(1);
                At::Fraction
            }
            (At::Fraction, 'e' | 'E') if digits_before_point || scale != 0 => At::Exponent,
            (At::Fraction, _) if is_white(letter) && digits_before_point => At::End,
            (At::Exponent, _) => {
                let (down, digits) = match letter {
                    '-' => (true, rest),
                    '+' => (false, rest),
                    _ => (false, here),
                };
                let digits = digits.trim_start_matches('0');
                if !digits.starts_with(|letter: char| letter.is_ascii_digit()) {
                    return None;
                }
                let exponent = i16::from(i8::try_from(parse_integer(digits)?).ok()?);
                let room = i16::from(scale);
                if down {
                    // Both are bytes, and their sum wraps as in the parser.
                    scale = (room + exponent) as u8 as i8;
                } else if room > exponent {
                    scale = (room - exponent) as u8 as i8;
                } else {
                    for _ in room..exponent {
                        value = push(value, 0)?;
                    }
                    scale = 0;
                }
                rest = "";
                At::End
            }
            (At::End, _) if is_white(letter) => At::End,
            _ => return None,
        };
    }
    let scale = u32::from(scale as u8);
    let value = i128::try_from(value).ok()?;
    Decimal::try_from_i128_with_scale(if negative { -value } else { value }, scale).ok()
}

/// Ten times the value plus a digit, if that fits.
fn push(value: u128, digit: u128) -> Option<u128> {
    value
        .checked_mul(10)?
        .checked_add(digit)
        .filter(|value| *value <= MAX)
}

/// Writes a `decimal` with its scale: 12.50 stays `12.50`, and no zero has a
/// sign. All formats of answers write it alike.
#[must_use]
pub(crate) fn write(mut number: Decimal) -> String {
    if number.is_zero() {
        number.set_sign_positive(true);
    }
    number.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_the_framework_does() {
        let table: &[(&str, Option<&str>)] = &[
            ("12.50", Some("12.50")),
            ("-12.50", Some("-12.50")),
            ("0.0", Some("0.0")),
            ("-0", Some("0")),
            ("-", Some("0")),
            (" ", Some("0")),
            (" 5 ", Some("5")),
            (".5", Some("0.5")),
            (".5 ", None),
            (".", None),
            ("-.", None),
            ("5.", Some("5")),
            ("05", None),
            ("0 ", None),
            ("0,5", None),
            ("+5", None),
            ("1,2,3", Some("123")),
            ("1,234.5", Some("1234.5")),
            ("1.2,3", None),
            ("1e3", None),
            ("1.5e3", Some("1500")),
            ("1.5E+03", Some("1500")),
            ("1.5e-3", Some("0.0015")),
            ("1.25e1", Some("12.5")),
            ("1.5e3 ", Some("1500")),
            ("1.5e", Some("1.5")),
            ("1.5e-", None),
            ("1.5e0", None),
            (".e1", None),
            ("1.5e128", None),
            ("1.0e27", Some("1000000000000000000000000000")),
            ("1.0e29", None),
            ("", None),
            ("1 2", None),
            ("NaN", None),
            ("\u{661}", None),
            (
                "79228162514264337593543950335",
                Some("79228162514264337593543950335"),
            ),
            ("79228162514264337593543950336", None),
            (
                "0.1234567890123456789012345678",
                Some("0.1234567890123456789012345678"),
            ),
            ("0.12345678901234567890123456789", None),
        ];
        for (text, expected) in table {
            assert_eq!(parse(text).map(write).as_deref(), *expected, "{text:?}");
        }
    }

    #[test]
    fn a_scale_beyond_a_byte_wraps() {
        assert_eq!(parse(&format!("0.{}", "0".repeat(29))), None);
        let wrapped = parse(&format!("0.{}", "0".repeat(257))).map(write);
        assert_eq!(wrapped.as_deref(), Some("0.0"));
    }

    #[test]
    fn zero_has_no_sign() {
        let mut zero = Decimal::new(0, 2);
        zero.set_sign_negative(true);
        assert_eq!(write(zero), "0.00");
    }
}

//! Exact amounts.
//!
//! The vendor's `decimal` is .NET's: at most 96 bits of digits (any 28 digits,
//! or 29 if the number is small enough) and at most 28 of them after the point,
//! with the scale kept (`12.50` stays `12.50`). [`Money`] holds exactly these
//! numbers, so nothing is ever rounded.
//!
//! # JSON
//!
//! [`Money`] is written as a number with its plain digits, never as text and
//! never with an exponent, through serde_json's `RawValue`: this works with
//! `to_string`, `to_vec` and `to_writer`, at any depth, inside
//! `#[serde(flatten)]` and in enums, and does not depend on the feature
//! `arbitrary_precision` of serde_json. It is read from a number with all its
//! digits, or from text with the same digits.
//!
//! In two places serde and serde_json hold numbers as `f64` only, unless that
//! feature is on:
//!
//! - a `serde_json::Value` keeps an `f64`, so `to_value` and reading from a
//!   `Value` lose the scale, and digits after the 15th;
//! - values *read* inside `#[serde(flatten)]`, in untagged and internally
//!   tagged enums come as `f64` too. A number with more than 15 digits, which
//!   an `f64` may change, is an error there.
//!
//! # Other formats
//!
//! Self-describing formats other than JSON write a map of one entry with a
//! private name and the digits (YAML: `{"$serde_json::private::RawValue":
//! '12.50'}`), and read it back exactly. If you do not want that, and in
//! formats that do not describe themselves, use [`text`]:
//!
//! ```
//! use aim_client::{Money, money};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! struct Row {
//!     #[serde(with = "money::text")]
//!     price: Money,
//!     #[serde(with = "money::text::option")]
//!     discount: Option<Money>,
//! }
//!
//! let row: Row = serde_json::from_str(r#"{"price":"12.50","discount":null}"#)?;
//! assert_eq!(serde_json::to_string(&row)?, r#"{"price":"12.50","discount":null}"#);
//! # Ok::<_, serde_json::Error>(())
//! ```
//!
//! Numbers of formats such as YAML are read too, with the same check of `f64`.

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};
use serde_json::value::RawValue;

use crate::value::lenient::{Scalar, lenient_scalar};

/// An exact decimal amount, like the vendor's `decimal`.
///
/// `Display` and `Debug` show plain digits with the scale kept. Two amounts are
/// equal if their numbers are: `12.5 == 12.50`. There is no negative zero. To
/// calculate, [`get`](Money::get) the [`Decimal`]. There is no conversion from
/// `f64`, which cannot hold `0.1` exactly.
///
/// See the [module](self) for how it looks in JSON and elsewhere.
///
/// A setter takes whole numbers as they are, and text through `Money::try_from`:
///
/// ```
/// use aim_client::{Money, types::ContractFulfillmentRequest};
///
/// let request = ContractFulfillmentRequest::new().cash_price(Money::try_from("12.50")?);
/// let price = request.cash_price.unwrap();
/// assert_eq!(price, Money::new(1250, 2)?);
/// assert_eq!(price.to_string(), "12.50");
/// assert_eq!(serde_json::to_string(&price).unwrap(), "12.50");
///
/// let twice = Money::from(price.get() + price.get());
/// assert_eq!(twice.to_string(), "25.00");
/// # Ok::<_, aim_client::money::MoneyError>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(Decimal);

/// Why a number or a text is not a [`Money`]. Its text never holds the amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MoneyError {
    /// It is not written as a plain decimal number.
    Malformed,
    /// It has more than 28 digits after the point.
    TooManyDecimals,
    /// It has more digits than fit.
    OutOfRange,
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => {
                "the amount is not a decimal number: write plain digits, such as -9.99, \
                 without spaces, separators or currency"
            }
            Self::TooManyDecimals => {
                "the amount has more than 28 digits after the point: round it first"
            }
            Self::OutOfRange => {
                "the amount has more digits than the vendor's decimal type holds (the largest \
                 is 79228162514264337593543950335): round it or split it"
            }
        })
    }
}

impl std::error::Error for MoneyError {}

impl Money {
    /// The amount of `mantissa` / 10^`scale`: `Money::new(1250, 2)` is 12.50.
    ///
    /// # Errors
    ///
    /// [`MoneyError::TooManyDecimals`] if `scale` is more than 28.
    pub fn new(mantissa: i64, scale: u32) -> Result<Self, MoneyError> {
        Self::from_parts(mantissa.into(), scale)
    }

    /// The number, for calculations.
    #[must_use]
    pub const fn get(self) -> Decimal {
        self.0
    }

    fn from_parts(mantissa: i128, scale: u32) -> Result<Self, MoneyError> {
        match Decimal::try_from_i128_with_scale(mantissa, scale) {
            Ok(number) => Ok(Self(number)),
            Err(_) if scale > Decimal::MAX_SCALE => Err(MoneyError::TooManyDecimals),
            Err(_) => Err(MoneyError::OutOfRange),
        }
    }

    /// The number, or the text with the digits of one.
    fn from_scalar(scalar: Scalar) -> Result<Option<Self>, String> {
        let digits = match &scalar {
            Scalar::Null => return Ok(None),
            Scalar::Number(text) | Scalar::Text(text) => text.trim(),
            _ => return Err(scalar.refused("a decimal number").to_string()),
        };
        if digits.is_empty() {
            return Ok(None);
        }
        digits
            .parse()
            .map(Some)
            .map_err(|error: MoneyError| error.to_string())
    }
}

lenient_scalar!(Money, Money::from_scalar);

impl From<Decimal> for Money {
    fn from(number: Decimal) -> Self {
        if number.is_zero() {
            // A negative zero loses its sign and keeps its scale.
            Self(number.abs())
        } else {
            Self(number)
        }
    }
}

impl From<Money> for Decimal {
    fn from(amount: Money) -> Self {
        amount.0
    }
}

impl From<i32> for Money {
    fn from(number: i32) -> Self {
        Self(number.into())
    }
}

impl From<i64> for Money {
    fn from(number: i64) -> Self {
        Self(number.into())
    }
}

impl From<u32> for Money {
    fn from(number: u32) -> Self {
        Self(number.into())
    }
}

impl From<u64> for Money {
    fn from(number: u64) -> Self {
        Self(number.into())
    }
}

/// Reads `-1234.50` and the like, keeping the scale: digits, with a point
/// between digits, a minus before, and an exponent after them (as JSON may
/// have it) if that loses nothing. Never rounds.
impl FromStr for Money {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, parse_exponent(exponent)?),
            None => (text, 0),
        };
        let (is_negative, number) = match number.strip_prefix('-') {
            Some(number) => (true, number),
            None => (false, number),
        };
        let (whole, decimals) = match number.split_once('.') {
            Some((_, "")) => return Err(MoneyError::Malformed),
            Some(parts) => parts,
            None => (number, ""),
        };
        if whole.is_empty() {
            return Err(MoneyError::Malformed);
        }
        let digits = || whole.bytes().chain(decimals.bytes());
        if !digits().all(|digit| digit.is_ascii_digit()) {
            return Err(MoneyError::Malformed);
        }
        let mut mantissa: i128 = 0;
        for digit in digits() {
            mantissa = mantissa * 10 + i128::from(digit - b'0');
            if mantissa > MAX_MANTISSA {
                // It is refused below, whatever follows: millions of digits may.
                mantissa = i128::MAX;
                break;
            }
        }
        // The decimals that are left after the exponent, or the zeros that it
        // adds.
        let written = i64::try_from(decimals.len()).unwrap_or(i64::MAX);
        let scale = written.saturating_sub(exponent);
        if scale < 0 {
            let zeros = u32::try_from(scale.unsigned_abs()).unwrap_or(u32::MAX);
            mantissa = mantissa.saturating_mul(10_i128.saturating_pow(zeros));
        }
        let scale = u32::try_from(scale.max(0)).unwrap_or(u32::MAX);
        Self::from_parts(if is_negative { -mantissa } else { mantissa }, scale)
    }
}

/// The 96 bits of .NET's decimal.
const MAX_MANTISSA: i128 = (1 << 96) - 1;

/// Reads the digits after an `e`. An exponent beyond `i64` is out of range.
fn parse_exponent(text: &str) -> Result<i64, MoneyError> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(MoneyError::Malformed);
    }
    text.parse().map_err(|_| MoneyError::OutOfRange)
}

/// Like [`FromStr`].
impl TryFrom<&str> for Money {
    type Error = MoneyError;

    fn try_from(text: &str) -> Result<Self, MoneyError> {
        text.parse()
    }
}

/// Plain digits with the scale kept. A precision (`{:.2}`) shows that many
/// decimals, rounded half away from zero.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `Decimal` alone would truncate instead of rounding.
        let decimals = f
            .precision()
            .and_then(|decimals| u32::try_from(decimals).ok());
        let number = match decimals {
            Some(decimals) => self
                .0
                .round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero),
            None => self.0,
        };
        fmt::Display::fmt(&number, f)
    }
}

/// Like `Display`.
impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A JSON number; see the [module](self) for other formats.
impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.to_string())
            .map_err(ser::Error::custom)?
            .serialize(serializer)
    }
}

/// From a number, or from text with the digits of one; see the
/// [module](self) for other formats.
impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let amount = Self::from_scalar(Scalar::deserialize(deserializer)?);
        amount
            .map_err(D::Error::custom)?
            .ok_or_else(|| D::Error::custom("expected a decimal number, found nothing"))
    }
}

/// `{"type": "number", "format": "double"}`, inline: the closest type of
/// OpenAPI.
#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Money {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Money".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number", "format": "double" })
    }
}

/// [`Money`] as plain text (`"12.50"`) in any format:
/// `#[serde(with = "aim_client::money::text")]`.
pub mod text {
    use super::{Deserialize, Deserializer, Money, Serializer};
    use serde::de::Error;

    /// Writes the digits as text.
    ///
    /// # Errors
    ///
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(amount: &Money, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(amount)
    }

    /// Reads text of digits.
    ///
    /// # Errors
    ///
    /// If there is no text, or if it is not a [`Money`].
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
        let digits = String::deserialize(deserializer)?;
        digits.parse().map_err(D::Error::custom)
    }

    /// The same for an `Option<Money>`:
    /// `#[serde(with = "aim_client::money::text::option")]`.
    pub mod option {
        use super::{Deserialize, Deserializer, Error, Money, Serializer};

        /// Writes the digits as text, or none.
        ///
        /// # Errors
        ///
        /// Those of the serializer.
        pub fn serialize<S: Serializer>(
            amount: &Option<Money>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            match amount {
                Some(amount) => serializer.serialize_some(&amount.to_string()),
                None => serializer.serialize_none(),
            }
        }

        /// Reads text of digits, or none.
        ///
        /// # Errors
        ///
        /// If the text is not a [`Money`].
        pub fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<Money>, D::Error> {
            let digits = Option::<String>::deserialize(deserializer)?;
            digits
                .map(|digits| digits.parse().map_err(D::Error::custom))
                .transpose()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::Decimal;
    use serde::{Deserialize, Serialize};
    use serde_json::{Value, json};

    use super::{Money, MoneyError};

    /// The largest amount, and amounts that an `f64` would change.
    const EXACT: [&str; 12] = [
        "0",
        "0.00",
        "12.50",
        "-12.50",
        "0.1",
        "100",
        "1234567890123456.78",
        "0.10000000000000000555",
        "9007199254740993",
        "79228162514264337593543950335",
        "-79228162514264337593543950335",
        "7.9228162514264337593543950335",
    ];

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    fn from_json<T: for<'de> Deserialize<'de>>(json: &str) -> Result<T, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// Any amount.
    fn amounts() -> impl Strategy<Value = Money> {
        (
            any::<u32>(),
            any::<u32>(),
            any::<u32>(),
            any::<bool>(),
            0..=28_u32,
        )
            .prop_map(|(low, mid, high, is_negative, scale)| {
                Decimal::from_parts(low, mid, high, is_negative, scale).into()
            })
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Row {
        price: Money,
        discount: Option<Money>,
        payments: Vec<Money>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Flat {
        #[serde(flatten)]
        row: Row,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(untagged)]
    enum Untagged {
        Row(Row),
        Amount(Money),
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "kind")]
    enum Tagged {
        Row(Row),
    }

    fn row() -> Row {
        Row {
            price: money("12.50"),
            discount: None,
            payments: vec![money("0.10"), money("-3")],
        }
    }

    const ROW: &str = r#""price":12.50,"discount":null,"payments":[0.10,-3]"#;

    proptest! {
        #[test]
        fn json_keeps_every_digit(amount in amounts()) {
            let text = amount.to_string();
            prop_assert_eq!(serde_json::to_string(&amount).unwrap(), text.clone());
            prop_assert_eq!(serde_json::to_vec(&amount).unwrap(), text.clone().into_bytes());
            let read = [
                serde_json::from_str::<Money>(&text).unwrap(),
                serde_json::from_slice(text.as_bytes()).unwrap(),
                serde_json::from_reader(text.as_bytes()).unwrap(),
                serde_json::from_str(&format!("\"{text}\"")).unwrap(),
                text.parse().unwrap(),
            ];
            for read in read {
                prop_assert_eq!(read, amount);
                prop_assert_eq!(read.to_string(), text.clone());
            }
        }

        #[test]
        fn amounts_that_f64_holds_are_exact(mantissa in -999_999_999_999_999_i64..=999_999_999_999_999, scale in 0..=22_u32) {
            // At most 15 digits and 22 decimals are exact even as `f64`.
            let amount = Money::new(mantissa, scale).unwrap();
            let json = format!("{{\"price\":{amount},\"discount\":null,\"payments\":[]}}");
            prop_assert_eq!(from_json::<Flat>(&json).unwrap().row.price, amount);
            let value: Value = from_json(&amount.to_string()).unwrap();
            prop_assert_eq!(serde_json::from_value::<Money>(value).unwrap(), amount);
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            if let Ok(amount) = text.parse::<Money>() {
                prop_assert!(amount.to_string().parse::<Money>().is_ok());
            }
        }

        #[test]
        fn any_number_is_read_exactly_or_refused(text in "-?[0-9]{1,34}(\\.[0-9]{1,34})?([eE][+-]?[0-9]{1,3})?") {
            let Ok(amount) = text.parse::<Money>() else { return Ok(()) };
            // Both as digits and power of ten, without trailing zeros.
            let exact = |text: &str| {
                let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
                let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
                let digits = format!("{}{decimals}", whole.trim_start_matches('-'));
                let power = exponent.parse::<i64>().unwrap() - decimals.len() as i64;
                let stripped = digits.trim_end_matches('0');
                let zeros = (digits.len() - stripped.len()) as i64;
                let stripped = stripped.trim_start_matches('0').to_owned();
                match stripped.is_empty() {
                    true => (false, stripped, 0),
                    false => (number.starts_with('-'), stripped, power + zeros),
                }
            };
            prop_assert_eq!(exact(&amount.to_string()), exact(&text));
        }
    }

    #[test]
    fn display_and_debug_show_plain_digits_with_the_scale() {
        for text in EXACT {
            assert_eq!(money(text).to_string(), text);
            assert_eq!(format!("{:?}", money(text)), text);
        }
        for (text, shown) in [
            ("0.25", "0.3"),
            ("-0.25", "-0.3"),
            ("12", "12.0"),
            ("-0.01", "0.0"),
        ] {
            assert_eq!(format!("{:.1}", money(text)), shown);
        }
        assert_eq!(
            format!(
                "{:>6}|{:<6}|{:06}",
                money("1.5"),
                money("1.5"),
                money("1.5")
            ),
            "   1.5|1.5   |0001.5"
        );
        assert_eq!(format!("{:?}", Money::default()), "0");
    }

    #[test]
    fn equality_order_and_hash_go_by_the_number() {
        use std::collections::HashSet;

        assert_eq!(money("12.5"), money("12.50"));
        assert_eq!(HashSet::from([money("12.5"), money("12.50")]).len(), 1);
        assert!(money("-1") < money("0.00") && money("9.99") < money("10"));
    }

    #[test]
    fn zero_has_no_sign_and_keeps_its_scale() {
        for zero in [
            money("-0.00"),
            Money::from(-Decimal::new(0, 2)),
            from_json("-0.00").unwrap(),
        ] {
            assert_eq!(zero.to_string(), "0.00");
        }
    }

    #[test]
    fn numbers_convert() {
        assert_eq!(Money::new(-1250, 2), Ok(money("-12.50")));
        assert_eq!(Money::new(1, 29), Err(MoneyError::TooManyDecimals));
        assert_eq!(Money::from(-5_i32), money("-5"));
        assert_eq!(Money::from(i64::MIN), money("-9223372036854775808"));
        assert_eq!(Money::from(5_u32), money("5"));
        assert_eq!(Money::from(u64::MAX), money("18446744073709551615"));
        assert_eq!(Decimal::from(money("12.50")), Decimal::new(1250, 2));
        assert_eq!(Money::try_from("12.50"), Ok(money("12.50")));
    }

    #[test]
    fn text_is_read_exactly_or_not_at_all() {
        for (text, expected) in [
            ("1.5e3", "1500"),
            ("1E2", "100"),
            ("1250e-2", "12.50"),
            ("1.50e1", "15.0"),
            ("0e999", "0"),
            ("007.50", "7.50"),
            ("1e28", "10000000000000000000000000000"),
            ("1e-28", "0.0000000000000000000000000001"),
        ] {
            assert_eq!(money(text).to_string(), expected, "{text}");
        }
        use MoneyError::{Malformed, OutOfRange, TooManyDecimals};
        for (text, error) in [
            ("", Malformed),
            ("-", Malformed),
            (" 5", Malformed),
            ("+5", Malformed),
            ("--5", Malformed),
            (".5", Malformed),
            ("5.", Malformed),
            ("1.2.3", Malformed),
            ("1,234.50", Malformed),
            ("1_000", Malformed),
            ("$5", Malformed),
            ("٥", Malformed),
            ("e5", Malformed),
            ("1e", Malformed),
            ("1e+-5", Malformed),
            ("1e5.0", Malformed),
            ("NaN", Malformed),
            ("0.00000000000000000000000000000", TooManyDecimals),
            (
                "1.1111111111111111111111111111111111111111111",
                TooManyDecimals,
            ),
            ("1e-29", TooManyDecimals),
            ("1e-99999999999999999999", OutOfRange),
            ("1e29", OutOfRange),
            ("1e4294967297", OutOfRange),
            ("79228162514264337593543950336", OutOfRange),
            ("-79228162514264337593543950336", OutOfRange),
            ("79228162514264337593543950335.0", OutOfRange),
            ("999999999999999999999999999999999999999999", OutOfRange),
        ] {
            assert_eq!(text.parse::<Money>(), Err(error), "{text}");
        }
    }

    #[test]
    fn an_error_does_not_hold_the_value() {
        for json in [
            "\"98.5x\"",
            "98.5e99",
            "98.5e-99",
            "true",
            "null",
            "{\"98.5\":98.5}",
            "[98.5]",
            "\"98,5\"",
        ] {
            let error = from_json::<Money>(json).unwrap_err().to_string();
            assert!(!error.contains("98"), "{error}");
        }
    }

    #[test]
    fn json_has_plain_numbers_in_every_position() {
        let object = format!("{{{ROW}}}");
        assert_eq!(serde_json::to_string(&row()).unwrap(), object);
        assert_eq!(serde_json::to_string(&Flat { row: row() }).unwrap(), object);
        assert_eq!(
            serde_json::to_string(&Untagged::Row(row())).unwrap(),
            object
        );
        assert_eq!(
            serde_json::to_string(&Tagged::Row(row())).unwrap(),
            format!("{{\"kind\":\"Row\",{ROW}}}")
        );
        assert_eq!(
            serde_json::to_value(money("12.50")).unwrap(),
            from_json::<Value>("12.50").unwrap()
        );

        assert_eq!(from_json::<Row>(&object).unwrap(), row());
        assert_eq!(from_json::<Flat>(&object).unwrap().row, row());
        assert_eq!(
            from_json::<Untagged>(&object).unwrap(),
            Untagged::Row(row())
        );
        assert_eq!(
            from_json::<Untagged>("12.50").unwrap(),
            Untagged::Amount(money("12.5"))
        );
        let tagged = format!("{{\"kind\":\"Row\",{ROW}}}");
        assert_eq!(from_json::<Tagged>(&tagged).unwrap(), Tagged::Row(row()));
        let value: Value = from_json(&object).unwrap();
        assert_eq!(serde_json::from_value::<Row>(value).unwrap(), row());
    }

    /// Whether another crate turned on serde_json's `arbitrary_precision`.
    fn is_precise() -> bool {
        from_json::<Value>("0.10").unwrap() != json!(0.1)
    }

    #[test]
    fn amounts_that_f64_may_have_changed_are_refused() {
        let json = r#"{"price":1234567890123456.78,"discount":null,"payments":[]}"#;
        let read = from_json::<Flat>(json);
        if is_precise() {
            assert_eq!(read.unwrap().row.price.to_string(), "1234567890123456.78");
        } else {
            let error = read.unwrap_err().to_string();
            assert!(error.contains("more than 15 digits"), "{error}");
        }
        assert_eq!(
            from_json::<Row>(json).unwrap().price.to_string(),
            "1234567890123456.78"
        );
    }

    #[test]
    fn text_module_writes_text() {
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct Texts {
            #[serde(with = "super::text")]
            price: Money,
            #[serde(with = "super::text::option")]
            discount: Option<Money>,
        }
        let texts = Texts {
            price: money("12.50"),
            discount: Some(money("-1.0")),
        };
        let value = json!({"price": "12.50", "discount": "-1.0"});
        assert_eq!(serde_json::to_value(&texts).unwrap(), value);
        assert_eq!(serde_json::from_value::<Texts>(value).unwrap(), texts);
        assert!(from_json::<Texts>(r#"{"price":"x","discount":null}"#).is_err());
        assert!(from_json::<Texts>(r#"{"price":"1","discount":"x"}"#).is_err());
    }

    #[test]
    #[cfg(feature = "schemars")]
    fn schema_is_an_inline_number() {
        let schema = schemars::schema_for!(Option<Money>).to_value();
        assert_eq!(schema["type"], json!(["number", "null"]));
        assert_eq!(schema["format"], json!("double"));
    }
}

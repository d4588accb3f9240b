//! Text that must not be shown.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::value::lenient::{self, Refused, Scalar, lenient_scalar};

/// A credential, card data or personal data: text that `Debug` does not show
/// and that has no `Display`, so that it does not get into a log by accident.
///
/// ***Serializing reveals it**, since the server needs it. Do not serialize a
/// type that holds one into a log. The memory is not wiped.
///
/// It is read like any text of the vendor: a JSON number, `true` or `false` is
/// kept as its JSON text.
///
/// ```
/// use aim_client::Secret;
///
/// let token = Secret::from("tok_123");
/// assert_eq!(format!("{token:?}"), "[redacted]");
/// assert_eq!(token.expose(), "tok_123");
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Consumes the secret and returns the text.
    #[must_use]
    pub fn into_exposed(self) -> String {
        self.0
    }

    fn from_scalar(scalar: Scalar) -> Result<Option<Self>, Refused> {
        Ok(lenient::text(scalar)?.map(Self))
    }
}

lenient_scalar!(Secret, Secret::from_scalar);

/// `[redacted]`, whatever the text.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// Reveals the text.
impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_scalar(Scalar::deserialize(deserializer)?)
            .map_err(D::Error::custom)?
            .ok_or_else(|| D::Error::custom("expected text, found null"))
    }
}

/// `{"type": "string"}`, inline.
#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Secret {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string" })
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn debug_never_shows_the_text() {
        let secret = Secret::from("tok_123");
        assert_eq!(format!("{secret:?} {secret:#?}"), "[redacted] [redacted]");
        assert_eq!(format!("{:?}", Some(Secret::default())), "Some([redacted])");
    }

    #[test]
    fn json_carries_the_text_both_ways() {
        let secret: Secret = serde_json::from_str(r#""a\"\u00e9\n""#).unwrap();
        assert_eq!(secret.expose(), "a\"é\n");
        assert_eq!(serde_json::to_string(&secret).unwrap(), "\"a\\\"é\\n\"");
        assert_eq!(secret.into_exposed(), "a\"é\n");
    }

    #[test]
    fn numbers_and_bools_keep_their_json_text() {
        for json in [
            "77120",
            "0.10",
            "-5",
            "123456789012345678901234567890",
            "true",
        ] {
            let secret: Secret = serde_json::from_str(json).unwrap();
            assert_eq!(secret.expose(), json);
        }
    }

    #[test]
    fn an_error_does_not_hold_the_value() {
        let error = serde_json::from_str::<Secret>(r#"{"tok_123":"tok_123"}"#).unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected text, found an object, a list or broken text"
        );
        assert!(serde_json::from_str::<Secret>("null").is_err());
    }

    #[test]
    #[cfg(feature = "schemars")]
    fn schema_is_a_string() {
        assert_eq!(
            schemars::schema_for!(Secret).to_value()["type"],
            serde_json::json!("string")
        );
    }
}

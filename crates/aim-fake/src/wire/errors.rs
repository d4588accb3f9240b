//! Exceptions, and the status, reason phrase and body of each.

use std::borrow::Cow;

use crate::model::types::{Kind, Member, Type};
use crate::model::value::{Object, Value};

/// An exception that ServiceStack, or the service behind it, throws.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// Its type in .NET, without the namespace: the `ErrorCode`.
    pub name: Cow<'static, str>,
    /// Its message.
    pub message: String,
    /// Its errors about single fields.
    pub fields: Vec<FieldError>,
}

/// The error of an [`Exception`] about a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The code.
    pub code: Cow<'static, str>,
    /// The member's name, as the server spells it.
    pub field: String,
    /// The message.
    pub message: String,
}

impl Exception {
    /// An exception without errors about single fields.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            message: message.into(),
            fields: Vec::new(),
        }
    }

    /// The exception for a body or a value that cannot be read.
    #[must_use]
    pub fn serialization(message: String) -> Self {
        Self::new("SerializationException", message)
    }

    /// An exception of the `ArgumentException` family that names its parameter:
    /// .NET adds the name to the message, and ServiceStack removes it for the
    /// list of fields.
    #[must_use]
    pub fn argument(name: &'static str, message: &str, parameter: &str) -> Self {
        Self {
            name: Cow::Borrowed(name),
            message: format!("{message}\nParameter name: {parameter}"),
            fields: vec![FieldError {
                code: Cow::Borrowed(name),
                field: parameter.to_owned(),
                message: message.to_owned(),
            }],
        }
    }

    /// The exception for query or form values of a request of type `of` that
    /// cannot be read.
    #[must_use]
    pub(super) fn unbound(of: &Type, fields: Vec<FieldError>) -> Self {
        Self {
            fields,
            ..Self::serialization(format!("Unable to bind to request '{}'", of.name))
        }
    }
}

/// An exception and its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub status: u16,
    pub exception: Exception,
}

impl Failure {
    /// A request that cannot be read: ServiceStack wraps any exception of a
    /// reader in its own.
    pub(super) fn unreadable(exception: Exception) -> Self {
        Self {
            status: 400,
            exception,
        }
    }
}

impl From<Exception> for Failure {
    fn from(exception: Exception) -> Self {
        Self {
            status: status_of(&exception.name),
            exception,
        }
    }
}

/// The failure of a service that throws `name` with `message`.
///
/// Four names behave as in the recordings: `ArgumentNullException` names the
/// parameter `Ref` with .NET's message instead of `message`, `ValidationError`
/// is an `ArgumentException` of the parameter `CustomerInfo.Email`, and
/// `SSAuthenticationException` is ServiceStack's own `AuthenticationException`,
/// as opposed to .NET's.
pub(super) fn thrown(name: String, message: String) -> Failure {
    match name.as_str() {
        "ArgumentNullException" => {
            Exception::argument("ArgumentNullException", "Value cannot be null.", "Ref").into()
        }
        "ValidationError" => {
            Exception::argument("ArgumentException", &message, "CustomerInfo.Email").into()
        }
        "SSAuthenticationException" => Failure {
            status: 401,
            exception: Exception::new("AuthenticationException", message),
        },
        _ => Exception::new(name, message).into(),
    }
}

/// The status that ServiceStack gives an exception, by its type and base types.
#[must_use]
pub(crate) fn status_of(name: &str) -> u16 {
    match name {
        "ArgumentException"
        | "ArgumentNullException"
        | "ArgumentOutOfRangeException"
        | "CultureNotFoundException"
        | "DecoderFallbackException"
        | "DuplicateWaitObjectException"
        | "EncoderFallbackException"
        | "InvalidEnumArgumentException"
        | "SerializationException"
        | "FormatException"
        | "CookieException"
        | "FileFormatException"
        | "UriFormatException" => 400,
        "UnauthorizedAccessException" | "PrivilegeNotHeldException" => 403,
        "FileNotFoundException" => 404,
        "NotImplementedException" | "NotSupportedException" | "PlatformNotSupportedException" => {
            405
        }
        "OptimisticConcurrencyException" => 409,
        _ => 500,
    }
}

/// The reason phrase of a status; empty if .NET has none.
#[must_use]
pub(crate) fn reason_of(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        203 => "Non-Authoritative Information",
        204 => "No Content",
        205 => "Reset Content",
        206 => "Partial Content",
        300 => "Multiple Choices",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        305 => "Use Proxy",
        307 => "Temporary Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        412 => "Precondition Failed",
        413 => "Request Entity Too Large",
        414 => "Request-Uri Too Long",
        415 => "Unsupported Media Type",
        416 => "Requested Range Not Satisfiable",
        417 => "Expectation Failed",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "Http Version Not Supported",
        _ => "",
    }
}

/// The namespace of ServiceStack's own types in XML.
pub(super) const NAMESPACE: &str = "http://schemas.servicestack.net/types";
/// The namespace of lists and dictionaries of .NET's own types in XML.
pub(super) const ARRAYS: &str = "http://schemas.microsoft.com/2003/10/Serialization/Arrays";

const fn member(name: &'static str, kind: Kind) -> Member {
    Member {
        name,
        kind,
        nullable: true,
        depth: 0,
        required: false,
        sensitive: None,
    }
}

/// ServiceStack's `ErrorResponse`. The document's type of this name has no
/// `StackTrace` and `Meta`, which are normally null.
static ERROR_RESPONSE: Type = Type {
    name: "ErrorResponse",
    namespace: NAMESPACE,
    members: &[member("ResponseStatus", Kind::Object(&RESPONSE_STATUS))],
    exclusive: &[],
};

static RESPONSE_STATUS: Type = Type {
    name: "ResponseStatus",
    namespace: NAMESPACE,
    members: &[
        member("ErrorCode", Kind::String),
        member("Message", Kind::String),
        member("StackTrace", Kind::String),
        member("Errors", Kind::List(&Kind::Object(&RESPONSE_ERROR))),
        member("Meta", Kind::Object(&META)),
    ],
    exclusive: &[],
};

static RESPONSE_ERROR: Type = Type {
    name: "ResponseError",
    namespace: NAMESPACE,
    members: &[
        member("ErrorCode", Kind::String),
        member("FieldName", Kind::String),
        member("Message", Kind::String),
        member("Meta", Kind::Object(&META)),
    ],
    exclusive: &[],
};

/// A dictionary of strings, which is null in all errors.
static META: Type = Type {
    name: "ArrayOfKeyValueOfstringstring",
    namespace: ARRAYS,
    members: &[],
    exclusive: &[],
};

/// The body of an error. `stack_trace` is what debug mode adds.
#[must_use]
pub(crate) fn error_response(exception: &Exception, stack_trace: Option<String>) -> Object {
    let errors = exception.fields.iter().map(|field| {
        let mut error = Object::new(&RESPONSE_ERROR);
        error.set("ErrorCode", Value::String(field.code.clone().into_owned()));
        error.set("FieldName", Value::String(field.field.clone()));
        error.set("Message", Value::String(field.message.clone()));
        Value::Object(error)
    });
    let mut status = Object::new(&RESPONSE_STATUS);
    status.set(
        "ErrorCode",
        Value::String(exception.name.clone().into_owned()),
    );
    status.set("Message", Value::String(exception.message.clone()));
    status.set("Errors", Value::List(errors.collect()));
    if let Some(text) = stack_trace {
        status.set("StackTrace", Value::String(text));
    }
    let mut response = Object::new(&ERROR_RESPONSE);
    response.set("ResponseStatus", Value::Object(status));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::settings::Settings;
    use crate::wire::json;
    use crate::wire::style::Style;

    fn text(object: &Object) -> String {
        json::write(object, &Style::new(&Settings::default())).unwrap()
    }

    #[test]
    fn an_exception_has_the_status_of_its_base_class() {
        for (name, status) in [
            ("ArgumentException", 400),
            ("ArgumentOutOfRangeException", 400),
            ("SerializationException", 400),
            ("UriFormatException", 400),
            ("UnauthorizedAccessException", 403),
            ("FileNotFoundException", 404),
            ("NotImplementedException", 405),
            ("PlatformNotSupportedException", 405),
            ("OptimisticConcurrencyException", 409),
            ("AuthenticationException", 500),
            ("TaskCanceledException", 500),
            ("KeyNotFoundException", 500),
            ("Exception", 500),
            ("", 500),
        ] {
            assert_eq!(status_of(name), status, "{name}");
        }
    }

    #[test]
    fn four_names_behave_as_in_the_recordings() {
        let thrown = |name: &str| thrown(name.to_owned(), "m".to_owned());
        let failure = thrown("ArgumentNullException");
        assert_eq!(failure.status, 400);
        assert_eq!(
            text(&error_response(&failure.exception, None)),
            r#"{"ResponseStatus":{"ErrorCode":"ArgumentNullException","Message":"Value cannot be null.\nParameter name: Ref","Errors":[{"ErrorCode":"ArgumentNullException","FieldName":"Ref","Message":"Value cannot be null."}]}}"#
        );
        let failure = thrown("ValidationError");
        assert_eq!(failure.status, 400);
        assert_eq!(
            text(&error_response(&failure.exception, None)),
            r#"{"ResponseStatus":{"ErrorCode":"ArgumentException","Message":"m\nParameter name: CustomerInfo.Email","Errors":[{"ErrorCode":"ArgumentException","FieldName":"CustomerInfo.Email","Message":"m"}]}}"#
        );
        let failure = thrown("SSAuthenticationException");
        assert_eq!(failure.status, 401);
        assert_eq!(failure.exception.name, "AuthenticationException");
        let failure = thrown("AuthenticationException");
        assert_eq!(failure.status, 500);
        assert_eq!(failure.exception.message, "m");
    }

    #[test]
    fn a_stack_trace_comes_before_the_errors() {
        let exception = Exception::new("E", "m");
        assert_eq!(
            text(&error_response(&exception, None)),
            r#"{"ResponseStatus":{"ErrorCode":"E","Message":"m","Errors":[]}}"#
        );
        assert_eq!(
            text(&error_response(&exception, Some("t".to_owned()))),
            r#"{"ResponseStatus":{"ErrorCode":"E","Message":"m","StackTrace":"t","Errors":[]}}"#
        );
    }
}

//! The codes of exceptions that may stand in an error: names of .NET and of
//! ServiceStack. Any other could be what was sent.

/// The name, if it is one of theirs: without its namespace, and as it stands
/// here.
pub(crate) fn known(code: &str) -> Option<&'static str> {
    let name = code.rsplit('.').next().unwrap_or(code);
    let mut known = EXCEPTIONS.iter().chain(STATUSES).chain(VALIDATORS);
    known.find(|known| **known == name).copied()
}

/// Exceptions: ServiceStack's code is the name of the type.
const EXCEPTIONS: &[&str] = &[
    "AggregateException",
    "ApplicationException",
    "ArgumentException",
    "ArgumentNullException",
    "ArgumentOutOfRangeException",
    "ArithmeticException",
    "ArrayTypeMismatchException",
    "AuthenticationException",
    "CommunicationException",
    "ConfigurationErrorsException",
    "ConstraintException",
    "CryptographicException",
    "DBConcurrencyException",
    "DataException",
    "DbException",
    "DbUpdateConcurrencyException",
    "DbUpdateException",
    "DirectoryNotFoundException",
    "DivideByZeroException",
    "DuplicateNameException",
    "EndOfStreamException",
    "EndpointNotFoundException",
    "EntityException",
    "Exception",
    "ExternalException",
    "FaultException",
    "FileLoadException",
    "FileNotFoundException",
    "FormatException",
    "HttpError",
    "HttpException",
    "HttpRequestException",
    "IOException",
    "IndexOutOfRangeException",
    "InsufficientMemoryException",
    "InvalidCastException",
    "InvalidDataException",
    "InvalidOperationException",
    "InvalidProgramException",
    "KeyNotFoundException",
    "LicenseException",
    "MissingFieldException",
    "MissingMemberException",
    "MissingMethodException",
    "NoNullAllowedException",
    "NotImplementedException",
    "NotSupportedException",
    "NullReferenceException",
    "ObjectDisposedException",
    "OdbcException",
    "OleDbException",
    "OperationCanceledException",
    "OptimisticConcurrencyException",
    "OutOfMemoryException",
    "OverflowException",
    "PathTooLongException",
    "PlatformNotSupportedException",
    "RankException",
    "RequestBindingException",
    "SecurityException",
    "SerializationException",
    "SocketException",
    "SqlException",
    "SqlTypeException",
    "StackOverflowException",
    "SystemException",
    "TargetInvocationException",
    "TaskCanceledException",
    "ThreadAbortException",
    "TimeoutException",
    "TransactionAbortedException",
    "TransactionException",
    "TypeInitializationException",
    "TypeLoadException",
    "UnauthorizedAccessException",
    "UpdateException",
    "UriFormatException",
    "ValidationError",
    "ValidationException",
    "WebException",
    "WebServiceException",
    "Win32Exception",
    "XmlException",
];

/// `HttpStatusCode` of .NET, which `HttpError` takes for its code.
const STATUSES: &[&str] = &[
    "BadGateway",
    "BadRequest",
    "Conflict",
    "ExpectationFailed",
    "FailedDependency",
    "Forbidden",
    "GatewayTimeout",
    "Gone",
    "HttpVersionNotSupported",
    "InsufficientStorage",
    "InternalServerError",
    "LengthRequired",
    "Locked",
    "MethodNotAllowed",
    "NotAcceptable",
    "NotFound",
    "NotImplemented",
    "PaymentRequired",
    "PreconditionFailed",
    "ProxyAuthenticationRequired",
    "RequestEntityTooLarge",
    "RequestTimeout",
    "RequestUriTooLong",
    "ServiceUnavailable",
    "TooManyRequests",
    "Unauthorized",
    "UnprocessableEntity",
    "UnsupportedMediaType",
];

/// The codes of ServiceStack's validators.
const VALIDATORS: &[&str] = &[
    "AlreadyExists",
    "CreditCard",
    "Email",
    "Empty",
    "Enum",
    "Equal",
    "ExactLength",
    "ExclusiveBetween",
    "GreaterThan",
    "GreaterThanOrEqual",
    "InclusiveBetween",
    "Length",
    "LessThan",
    "LessThanOrEqual",
    "MaximumLength",
    "MinimumLength",
    "NotEmpty",
    "NotEqual",
    "NotNull",
    "Null",
    "Predicate",
    "RegularExpression",
    "ScalePrecision",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_known_by_its_whole_name() {
        assert_eq!(known("TimeoutException"), Some("TimeoutException"));
        assert_eq!(
            known("System.Data.SqlClient.SqlException"),
            Some("SqlException")
        );
        assert_eq!(known("NotFound"), Some("NotFound"));
        for code in [
            "",
            ".",
            "timeoutexception",
            "CANARYkey",
            "424242",
            "Code400",
            "Jordan.Example",
        ] {
            assert_eq!(known(code), None, "{code}");
        }
    }
}

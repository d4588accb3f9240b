//! All texts of an error.

use std::error::Error as _;
use std::fmt::Write;

use aim_client::Error;

/// An error and all its sources, in every text form.
#[must_use]
pub fn error_text(error: &Error) -> String {
    let mut text = format!("{error} {error:#} {error:?} {error:#?} {}", error.help());
    let mut source = error.source();
    while let Some(cause) = source {
        // Writing to a string cannot fail.
        let _ = write!(text, " {cause} {cause:#} {cause:?} {cause:#?}");
        source = cause.source();
    }
    text
}

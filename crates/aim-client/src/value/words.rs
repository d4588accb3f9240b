//! Compares texts, whether or not they may be shown.

use crate::value::secret::Secret;

/// Whether a member of the status is one of the values, ignoring case and
/// surrounding white space; absent counts as empty.
pub(crate) fn is_one_of(member: Option<&impl Words>, values: &[&str]) -> bool {
    let member = member.map_or("", Words::words).trim();
    values
        .iter()
        .any(|value| value.eq_ignore_ascii_case(member))
}

/// A member that is text, whether or not it may be shown.
pub(crate) trait Words {
    fn words(&self) -> &str;
}

impl Words for String {
    fn words(&self) -> &str {
        self
    }
}

impl Words for Secret {
    fn words(&self) -> &str {
        self.expose()
    }
}

#[cfg(test)]
mod tests {
    use crate::types::BaseResponseResult;

    fn status(code: &str, error_code: &str, text: &str) -> BaseResponseResult {
        BaseResponseResult::new()
            .status_code(code)
            .error_code(error_code)
            .error_message(text)
    }

    #[test]
    fn the_failure_rule_of_the_document() {
        assert!(!BaseResponseResult::new().is_failure());
        assert!(!status("OK", "0", "").is_failure());
        assert!(!status("OK", " 0 ", "  ").is_failure());
        assert!(status("Error", "", "").is_failure());
        assert!(status(" ERROR ", "0", "").is_failure());
        assert!(status("", "17", "").is_failure());
        assert!(status("OK", "0", "not enough stock").is_failure());
        assert!(
            BaseResponseResult::new()
                .error_display_text("Sorry")
                .is_failure()
        );
    }
}

//! What is wrong with a document, and where.

use std::error::Error;
use std::fmt;
use std::io;

/// One thing that is wrong with a document.
///
/// Displays as two lines: place, pointer and what is wrong, then why it
/// matters or how to fix it.
///
/// ```text
/// openapi/aim.yaml:12:7: /paths/~1api~1X/post/requird: unknown key `requird`; did you mean `required`?
///     every reader skips an unknown key in silence
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The name of the document, as the reader was given it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The place in the tree as a JSON pointer (RFC 6901); empty for the
    /// document as a whole.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
    /// Why that is wrong, or how to fix it.
    pub help: String,
    /// Whom it concerns.
    pub severity: Severity,
}

/// Whom a problem concerns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Severity {
    /// What is generated or sent would be wrong.
    #[default]
    Error,
    /// Only readers of the documentation miss something.
    Style,
}

impl Problem {
    /// Describes what is wrong at a place, which is a line and a column.
    pub fn new(
        file: impl Into<String>,
        (line, column): (usize, usize),
        pointer: impl Into<String>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            file: file.into(),
            line,
            column,
            pointer: pointer.into(),
            message: message.into(),
            help: help.into(),
            severity: Severity::Error,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: ", self.file, self.line, self.column)?;
        if !self.pointer.is_empty() {
            write!(f, "{}: ", self.pointer)?;
        }
        write!(f, "{}\n    {}", self.message, self.help)
    }
}

/// Everything that is wrong with a document, in its order; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Says that a file cannot be read.
    #[must_use]
    pub fn unreadable(file: &str, error: &io::Error) -> Self {
        Self::from(Problem::new(
            file,
            (1, 1),
            "",
            format!("the file cannot be read: {error}"),
            "check that it exists and that you may read it",
        ))
    }

    /// The problems, sorted by place.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in self {
            writeln!(f, "{problem}")?;
        }
        match self.0.len() {
            1 => f.write_str("1 problem"),
            count => write!(f, "{count} problems"),
        }
    }
}

impl Error for Problems {}

/// Gathers the problems of one file.
pub(crate) struct Report {
    file: String,
    problems: Vec<Problem>,
    /// The severity of the problems that are added from now on.
    pub(crate) severity: Severity,
}

impl Report {
    pub(crate) fn new(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            problems: Vec::new(),
            severity: Severity::Error,
        }
    }

    pub(crate) fn add(
        &mut self,
        place: (usize, usize),
        pointer: impl Into<String>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let problem = Problem::new(self.file.as_str(), place, pointer, message, help);
        self.problems.push(Problem {
            severity: self.severity,
            ..problem
        });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// Forgets the problems with a message.
    pub(crate) fn leave_out(&mut self, message: &str) {
        self.problems.retain(|problem| problem.message != message);
    }

    /// # Errors
    ///
    /// All problems, sorted by place, without repetitions.
    pub(crate) fn finish(self) -> Result<(), Problems> {
        let problems = self.sorted();
        if problems.is_empty() {
            return Ok(());
        }
        Err(Problems(problems))
    }

    /// Returns the problems of mere style, sorted by place, without repetitions.
    ///
    /// # Errors
    ///
    /// All other problems, sorted likewise.
    pub(crate) fn finish_but_style(self) -> Result<Vec<Problem>, Problems> {
        let problems = self.sorted().into_iter();
        let (style, errors): (Vec<_>, Vec<_>) =
            problems.partition(|problem| problem.severity == Severity::Style);
        if errors.is_empty() {
            return Ok(style);
        }
        Err(Problems(errors))
    }

    fn sorted(mut self) -> Vec<Problem> {
        self.problems
            .sort_by_key(|problem| (problem.line, problem.column));
        self.problems.dedup();
        self.problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn displays_place_pointer_and_fix() {
        let problem = Problem::new(
            "openapi/aim.yaml",
            (12, 7),
            "/paths/~1api~1X/post",
            "unknown key `requird`; did you mean `required`?",
            "correct the spelling",
        );
        assert_eq!(
            problem.to_string(),
            "openapi/aim.yaml:12:7: /paths/~1api~1X/post: \
             unknown key `requird`; did you mean `required`?\n    correct the spelling"
        );
        let whole = Problem::new("a.yaml", (1, 1), "", "the file is empty", "write one");
        assert_eq!(
            Problems::from(whole).to_string(),
            "a.yaml:1:1: the file is empty\n    write one\n1 problem"
        );
    }

    #[test]
    fn reports_in_the_order_of_the_file_and_each_thing_once() {
        let mut report = Report::new("a.yaml");
        report.add((2, 1), "/b", "second", "");
        report.add((1, 9), "/a", "first", "");
        report.add((2, 1), "/b", "second", "");
        let problems = report.finish().unwrap_err();
        let messages: Vec<_> = problems.iter().map(|p| p.message.as_str()).collect();
        assert_eq!(messages, ["first", "second"]);
        assert!(problems.to_string().ends_with("2 problems"));
        assert_eq!(Report::new("a.yaml").finish(), Ok(()));
    }

    #[test]
    fn style_alone_is_no_error_where_it_is_tolerated() {
        let both = |severities: [Severity; 2]| {
            let mut report = Report::new("a.yaml");
            for (line, severity) in (1..).zip(severities) {
                report.severity = severity;
                report.add((line, 1), "", format!("{severity:?}"), "");
            }
            let messages = |problems: Vec<Problem>| -> Vec<_> {
                problems
                    .into_iter()
                    .map(|problem| problem.message)
                    .collect()
            };
            report
                .finish_but_style()
                .map(messages)
                .map_err(|problems| messages(problems.0))
        };
        let error = || Err(vec!["Error".to_owned()]);
        assert_eq!(both([Severity::Style, Severity::Error]), error());
        assert_eq!(both([Severity::Error, Severity::Style]), error());
        assert_eq!(
            both([Severity::Style; 2]),
            Ok(vec!["Style".to_owned(), "Style".to_owned()])
        );
    }
}

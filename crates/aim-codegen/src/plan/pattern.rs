//! Turns a pattern of the document into code that matches bytes, so that the
//! client needs no regular expressions and checks a text in a few instructions.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Look};
use syn::LitByte;

/// The most forms that a pattern may have: the client tries them one by one.
const MOST_FORMS: usize = 64;

/// A regular expression that allows a few forms.
#[derive(Debug)]
pub(crate) struct Pattern {
    pub(crate) text: String,
    forms: Vec<Vec<Part>>,
}

/// A part of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Start,
    /// A byte within one of the ranges, both ends included.
    Byte(Vec<(u8, u8)>),
    End,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// The rest of a sentence that begins with the pattern.
    pub(crate) fn read(text: String) -> Result<Self, String> {
        let mut parser = ParserBuilder::new().unicode(false).build();
        let parsed = parser
            .parse(&text)
            .map_err(|error| format!("cannot be read: {error}"))?;
        let forms = expand(&parsed)?;
        if forms.iter().all(|form| is_whole(form)) {
            Ok(Self { text, forms })
        } else {
            Err("does not cover the whole text".to_owned())
        }
    }

    /// Whether a text has one of the forms.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.forms.iter().any(|form| {
            let allowed: Vec<_> = bytes(form).collect();
            allowed.len() == text.len()
                && allowed.iter().zip(text.bytes()).all(|(ranges, byte)| {
                    ranges
                        .iter()
                        .any(|(from, to)| (*from..=*to).contains(&byte))
                })
        })
    }

    /// Writes a function of the bytes of a text that says whether it has one
    /// of the forms.
    pub(crate) fn function(&self) -> TokenStream {
        let byte = |byte: u8| LitByte::new(byte, Span::call_site());
        let rows = self.forms.iter().map(|form| {
            let bytes = bytes(form).map(|ranges| {
                let ranges = ranges.iter().map(|(first, last)| {
                    let (from, to) = (byte(*first), byte(*last));
                    if first == last {
                        quote!(#from)
                    } else {
                        quote!(#from..=#to)
                    }
                });
                quote!(#(#ranges)|*)
            });
            quote!([#(#bytes),*])
        });
        quote!(|text| match text {
            #(#rows => true,)*
            _ => false,
        })
    }
}

fn bytes(form: &[Part]) -> impl Iterator<Item = &Vec<(u8, u8)>> {
    form.iter().filter_map(|part| match part {
        Part::Byte(ranges) => Some(ranges),
        Part::Start | Part::End => None,
    })
}

/// Whether a form covers the whole text.
fn is_whole(form: &[Part]) -> bool {
    matches!(form, [Part::Start, .., Part::End]) && bytes(form).count() + 2 == form.len()
}

fn expand(pattern: &Hir) -> Result<Vec<Vec<Part>>, String> {
    let forms = match pattern.kind() {
        HirKind::Empty => vec![Vec::new()],
        HirKind::Literal(text) => {
            let bytes = text.0.iter().map(|byte| Part::Byte(vec![(*byte, *byte)]));
            vec![bytes.collect()]
        }
        HirKind::Class(Class::Bytes(class)) => {
            let ranges = class.ranges().iter();
            let ranges = ranges.map(|range| (range.start(), range.end()));
            vec![vec![Part::Byte(ranges.collect())]]
        }
        HirKind::Class(Class::Unicode(_)) => return Err("holds more than ASCII".to_owned()),
        HirKind::Look(Look::Start) => vec![vec![Part::Start]],
        HirKind::Look(Look::End) => vec![vec![Part::End]],
        HirKind::Look(_) => return Err("looks around, which is not supported".to_owned()),
        HirKind::Repetition(repeated) => {
            let most = repeated.max.ok_or("allows texts of any length")?;
            let once = expand(&repeated.sub)?;
            let mut row = vec![Vec::new()];
            let mut forms = Vec::new();
            for times in 0..=most {
                if times >= repeated.min {
                    forms.extend(row.iter().cloned());
                }
                row = appended(&row, &once)?;
            }
            forms
        }
        HirKind::Capture(group) => expand(&group.sub)?,
        HirKind::Concat(parts) => parts.iter().try_fold(vec![Vec::new()], |forms, part| {
            appended(&forms, &expand(part)?)
        })?,
        HirKind::Alternation(ways) => {
            let ways: Result<Vec<_>, _> = ways.iter().map(expand).collect();
            ways?.concat()
        }
    };
    few(forms)
}

/// Every form followed by every end.
fn appended(forms: &[Vec<Part>], ends: &[Vec<Part>]) -> Result<Vec<Vec<Part>>, String> {
    few(forms
        .iter()
        .flat_map(|form| ends.iter().map(move |end| [&form[..], end].concat()))
        .collect())
}

fn few(forms: Vec<Vec<Part>>) -> Result<Vec<Vec<Part>>, String> {
    let is_few = forms.len() <= MOST_FORMS && forms.iter().all(|form| form.len() <= MOST_FORMS + 2);
    if is_few {
        Ok(forms)
    } else {
        Err(format!("has more than {MOST_FORMS} forms or letters"))
    }
}

#[cfg(test)]
mod tests {
    use regex_lite::Regex;

    use super::*;

    fn read(text: &str) -> Result<Pattern, String> {
        Pattern::read(text.to_owned())
    }

    #[test]
    fn the_forms_are_those_of_the_regular_expression() {
        let mut texts = vec![String::new()];
        for length in 0..5 {
            let longest = texts.iter().filter(|text| text.len() == length);
            let longer: Vec<_> = longest
                .flat_map(|text| {
                    ["0", "1", "9", "/", "a", "é", "\n"].map(|end| format!("{text}{end}"))
                })
                .collect();
            texts.extend(longer);
        }
        for pattern in [
            "^$",
            "^[0-9]{4}$",
            "^(0[1-9]|1[0-2])/[0-9]{2}$",
            "^a?[01]{0,2}/?$",
            "^(a|/?0)$|^1$",
            r"^\d\d?$",
        ] {
            let (read, regex) = (read(pattern).unwrap(), Regex::new(pattern).unwrap());
            assert!(texts.iter().any(|text| regex.is_match(text)), "{pattern}");
            for text in &texts {
                assert_eq!(
                    read.matches(text),
                    regex.is_match(text),
                    "{pattern} {text:?}"
                );
            }
        }
    }

    #[test]
    fn unsupported_patterns_are_refused() {
        for (pattern, reason) in [
            ("^[0-9{4}$", "cannot be read"),
            ("^[^0-9]$", "cannot be read"),
            ("^a+$", "any length"),
            ("^a|b$", "does not cover the whole text"),
            ("^a$b$", "does not cover the whole text"),
            ("^", "does not cover the whole text"),
            (r"^a\b$", "looks around"),
            ("^[ab]{65}$", "more than 64"),
            ("^(a|bc){7}$", "more than 64"),
        ] {
            let found = read(pattern).unwrap_err();
            assert!(found.contains(reason), "{pattern}: {found}");
        }
    }

    #[test]
    fn the_function_matches_bytes() {
        let written = read("^[0-9a]/$|^x$").unwrap().function().to_string();
        let expected = quote!(|text| match text {
            [b'0'..=b'9' | b'a', b'/'] => true,
            [b'x'] => true,
            _ => false,
        });
        assert_eq!(written, expected.to_string());
    }
}

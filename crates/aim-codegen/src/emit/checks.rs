//! Writes the checks of a request before it is sent.
//!
//! Every type of a request gets an impl of the client's `Check`. It walks all
//! members, so that the client's own rules (dates, control characters) apply to
//! each, and it has the document's rules: `required`, `x-aim-pattern` and
//! `x-aim-exclusive`.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{Item, parse_quote};

use crate::plan::facts::{Facts, MemberFacts, SchemaFacts};
use crate::plan::names::field;

/// Returns the checks of all types of requests.
pub(crate) fn checks(facts: &Facts) -> Vec<Item> {
    let sent = sent(facts);
    let schemas = facts.schemas.iter();
    let schemas = schemas.filter(|schema| sent.contains(schema.name.as_str()));
    let open_enums = facts.open_enums.iter().map(|open_enum| {
        let name = Ident::new(&open_enum.name, Span::call_site());
        parse_quote! {
            impl crate::codec::check::Check for types::#name {
                fn text(&self) -> Option<&str> {
                    Some(self.as_str())
                }
            }
        }
    });
    schemas.map(check).chain(open_enums).collect()
}

/// The request types, and all types that they hold.
fn sent(facts: &Facts) -> BTreeSet<&str> {
    let requests = facts.operations.iter();
    let requests = requests.map(|operation| operation.request.as_str());
    held(facts, requests.collect())
}

/// These schemas, and all that they hold.
pub(crate) fn held<'a>(facts: &'a Facts, mut todo: Vec<&'a str>) -> BTreeSet<&'a str> {
    let mut held = BTreeSet::new();
    while let Some(name) = todo.pop() {
        if held.insert(name) {
            let schema = facts.schemas.iter().find(|schema| schema.name == name);
            let members = schema.map_or(&[][..], |schema| &schema.members);
            todo.extend(members.iter().filter_map(|member| member.holds.as_deref()));
        }
    }
    held
}

fn check(schema: &SchemaFacts) -> Item {
    let name = Ident::new(&schema.name, Span::call_site());
    let pairs = schema.exclusive.iter().map(|[left, right]| {
        let sent = |member: &str| match member.split_once('=') {
            Some((name, value)) => {
                let field = field(name);
                quote!(crate::codec::check::says(&self.#field, #value))
            }
            None => {
                let field = field(member);
                quote!(crate::codec::check::Check::is_sent(&self.#field))
            }
        };
        let (left_sent, right_sent) = (sent(left), sent(right));
        quote!(place.exclusive((#left, #left_sent), (#right, #right_sent))?;)
    });
    let members = schema.members.iter().map(member);
    // Without members there is nothing to check.
    let place = if schema.members.is_empty() {
        quote!(_)
    } else {
        quote!(place)
    };
    parse_quote! {
        impl crate::codec::check::Check for types::#name {
            fn check(&self, #place: &crate::codec::check::Place<'_>) -> Result<(), crate::codec::check::Refusal> {
                #(#pairs)*
                #(#members)*
                Ok(())
            }
        }
    }
}

fn member(member: &MemberFacts) -> TokenStream {
    let name = &member.name;
    let field = field(name);
    let required = member
        .required
        .then(|| quote!(place.required(#name, &self.#field)?;));
    let pattern = member.pattern.as_ref().map(|pattern| {
        let (text, has_form) = (&pattern.text, pattern.function());
        quote!(place.pattern(#name, &self.#field, #text, #has_form)?;)
    });
    quote! {
        place.member(#name, &self.#field)?;
        #required
        #pattern
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;

    use super::*;
    use crate::read::document::{Document, sample};

    fn added(text: &str) -> String {
        let document = Document::parse("a.yaml", text).unwrap();
        let facts = Facts::of(&document).unwrap();
        let items = checks(&facts);
        squeezed(&prettyplease::unparse(&parse_quote!(#(#items)*)))
    }

    /// Removes the layout, which is not tested here.
    fn squeezed(source: &str) -> String {
        source
            .split_whitespace()
            .collect::<String>()
            .replace(",)", ")")
    }

    #[test]
    fn only_types_of_requests_are_checked() {
        let source = added(sample::TEXT);
        for name in ["Query", "Card", "Mode"] {
            let head = format!("implcrate::codec::check::Checkfortypes::{name}{{");
            assert_eq!(source.matches(&head).count(), 1, "{source}");
        }
        assert_eq!(source.matches("implcrate").count(), 3, "{source}");
    }

    #[test]
    fn a_type_of_a_list_and_of_a_member_is_checked_once() {
        let text = sample::TEXT
            .replace(
                "            type: integer\n            format: int64\n          description: The ids.",
                "            $ref: '#/components/schemas/Item'\n          description: The ids.",
            )
            .replace(
                "          x-aim-dotnet-type: DateTime\n",
                "          x-aim-dotnet-type: DateTime\n        Again:\n          allOf:\n            - $ref: '#/components/schemas/Item'\n",
            );
        let source = added(&text);
        let head = "implcrate::codec::check::Checkfortypes::Item{";
        assert_eq!(source.matches(head).count(), 1, "{source}");
    }

    #[test]
    fn the_rules_of_the_document_keep_the_names_of_the_vendor() {
        let source = added(sample::TEXT);
        for rule in [
            r#"place.exclusive(
                ("Ref", crate::codec::check::Check::is_sent(&self.ref_)),
                ("Ids", crate::codec::check::Check::is_sent(&self.ids)),
            )?;"#,
            r#"place.exclusive(
                ("Ids", crate::codec::check::Check::is_sent(&self.ids)),
                ("Mode=A", crate::codec::check::says(&self.mode, "A")),
            )?;"#,
            r#"place.member("Price", &self.price)?;"#,
            r#"place.required("Number", &self.number)?;"#,
            r#"place.pattern("Number", &self.number, "^[0-9]$", |text| match text {
                [b'0'..=b'9'] => true, _ => false,
            })?;"#,
        ] {
            let rule = squeezed(rule);
            assert_eq!(source.matches(&rule).count(), 1, "{rule}: {source}");
        }
    }

    #[test]
    fn a_member_without_rules_is_still_checked() {
        let plain = MemberFacts {
            name: "Type".to_owned(),
            converted_to: None,
            required: false,
            pattern: None,
            is_text: false,
            is_list: false,
            holds: None,
        };
        let expected: TokenStream = quote!(place.member("Type", &self.type_)?;);
        let found = member(&plain).to_token_stream();
        assert_eq!(found.to_string(), expected.to_string());
    }
}

//! Writes what the document declares about operations and answers: the table
//! of operations, what proves that an operation ran, and which status is a
//! failure.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToShoutySnakeCase;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{Item, parse_quote};

use crate::emit::checks::held;
use crate::needs::STATUS;
use crate::plan::facts::{Facts, MemberFacts, OperationFacts, Repeat, SchemaFacts, StatusWords};
use crate::plan::names::field;

/// Returns the table of operations.
pub(crate) fn operations(facts: &Facts) -> Vec<Item> {
    let described = facts.operations.iter();
    let table = described.map(|described| operation(described, facts));
    let names = facts.operations.iter().map(constant);
    let file: syn::File = parse_quote! {
        use crate::operation::{Effect, Lookup, Operation};
        #(#table)*

        impl Operation {
            /// All operations, in the document's order.
            #[must_use]
            pub fn all() -> &'static [&'static Self] {
                &[#(&#names),*]
            }
        }
    };
    file.items
}

/// Returns what proves that operations ran.
///
/// # Errors
///
/// A sentence, if two operations disagree about what proves the same answer.
pub(crate) fn evidence(facts: &Facts) -> Result<Vec<Item>, String> {
    let open_enums = facts.open_enums.iter().map(|open_enum| {
        let name = ident(&open_enum.name);
        parse_quote! {
            impl Member for types::#name {
                fn has_value(&self) -> bool {
                    self.as_str().has_value()
                }
            }
        }
    });
    let mut items: Vec<Item> = vec![parse_quote!(
        use crate::codec::evidence::{AimAnswer, AnswerBody, Member, has_value};
    )];
    items.extend(open_enums);
    let answers = answers(facts)?;
    items.extend(objects(facts, &answers).map(object_impl));
    for answer in answers.values() {
        let others = answers.values().copied();
        let others: Vec<_> = others
            .filter(|other| other.answer != answer.answer)
            .collect();
        items.extend(answer_impls(answer, &others, facts));
    }
    Ok(items)
}

fn constant(operation: &OperationFacts) -> Ident {
    ident(&operation.method.to_shouty_snake_case())
}

fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

fn operation(operation: &OperationFacts, facts: &Facts) -> TokenStream {
    let OperationFacts {
        id,
        verb,
        path,
        request,
        forbidden_in_url,
        ..
    } = operation;
    let name = constant(operation);
    let doc = format!("`{verb} {path}`");
    let lookup = operation.lookup.as_ref().map_or_else(
        || quote!(None),
        |(by, member)| quote!(Some(Lookup { operation: #by, member: #member })),
    );
    let effect = ident(match operation.repeat {
        Repeat::Safe => "ReadOnly",
        Repeat::Session => "Session",
        Repeat::Books => "Books",
    });
    let signs = signs(operation);
    let items = items(operation, facts);
    quote! {
        #[doc = #doc]
        pub(crate) const #name: Operation = Operation {
            id: #id,
            method: #verb,
            path: #path,
            request: #request,
            effect: Effect::#effect,
            signs: &[#(#signs),*],
            items: &[#(#items),*],
            lookup: #lookup,
            forbidden_in_url: &[#(#forbidden_in_url),*],
        };
    }
}

/// The members of an answer that are a sign of a result.
fn signs(operation: &OperationFacts) -> BTreeSet<&str> {
    let members = operation.evidence.iter().chain(&operation.partial);
    members.map(String::as_str).chain([STATUS]).collect()
}

/// One operation for each type of answer; those that share it must agree.
fn answers(facts: &Facts) -> Result<BTreeMap<&str, &OperationFacts>, String> {
    let mut answers = BTreeMap::<&str, &OperationFacts>::new();
    for operation in &facts.operations {
        let known = answers.entry(&operation.answer).or_insert(operation);
        let first = *known;
        // Only an operation with a look-up says how failed items are named.
        if first.lookup.is_none() {
            *known = operation;
        }
        if (&first.evidence, &first.partial) != (&operation.evidence, &operation.partial) {
            return Err(format!(
                "operations {} and {} share the answer {} and must declare the same x-aim-evidence and x-aim-partial",
                first.id, operation.id, operation.answer
            ));
        }
    }
    Ok(answers)
}

/// The schemas of the objects in evidence and in lists of failed items.
fn objects<'a>(
    facts: &'a Facts,
    answers: &BTreeMap<&str, &OperationFacts>,
) -> impl Iterator<Item = &'a SchemaFacts> {
    let roots = answers.values().flat_map(|answer| {
        let counts = |name: &str| {
            own_evidence(answer).any(|member| member == name)
                || answer.partial.as_deref() == Some(name)
        };
        facts
            .schemas
            .iter()
            .filter(|schema| schema.name == answer.answer)
            .flat_map(|schema| &schema.members)
            .filter(move |member| counts(&member.name))
            .filter_map(|member| member.holds.as_deref())
    });
    let held = held(facts, roots.collect());
    let schemas = facts.schemas.iter();
    schemas.filter(move |schema| held.contains(schema.name.as_str()))
}

fn object_impl(schema: &SchemaFacts) -> Item {
    let name = ident(&schema.name);
    let tests = schema.members.iter().map(|member| {
        let member = field(&member.name);
        quote!(has_value(&self.#member))
    });
    let has_value = tests
        .reduce(|tests, test| quote!(#tests || #test))
        .unwrap_or_else(|| quote!(false));
    parse_quote! {
        impl Member for types::#name {
            fn has_value(&self) -> bool {
                #has_value
            }
        }
    }
}

/// The members other than the status that prove the operation.
fn own_evidence(operation: &OperationFacts) -> impl Iterator<Item = &str> {
    let evidence = operation.evidence.iter().map(String::as_str);
    evidence.filter(|member| *member != STATUS)
}

fn member<'a>(facts: &'a Facts, schema: &str, member: &str) -> Option<&'a MemberFacts> {
    let mut schemas = facts.schemas.iter();
    let schema = schemas.find(|found| found.name == schema)?;
    schema.members.iter().find(|found| found.name == member)
}

/// Whether a member is a text that may be shown.
fn is_text(facts: &Facts, schema: &str, name: &str) -> bool {
    member(facts, schema, name).is_some_and(|found| found.is_text)
}

/// The lists of a request whose items can fail one by one.
fn items<'a>(operation: &OperationFacts, facts: &'a Facts) -> Vec<&'a str> {
    let (Some(_), Some((_, by))) = (&operation.partial, &operation.lookup) else {
        return Vec::new();
    };
    let schemas = facts.schemas.iter();
    schemas
        .filter(|schema| schema.name == operation.request)
        .flat_map(|schema| &schema.members)
        .filter(|list| list.is_list)
        .filter(|list| {
            let item = list.holds.as_deref();
            item.is_some_and(|item| member(facts, item, by).is_some())
        })
        .map(|list| list.name.as_str())
        .collect()
}

/// The names of a schema's members.
fn names<'a>(facts: &'a Facts, schema: &str) -> BTreeSet<&'a str> {
    facts
        .schemas
        .iter()
        .filter(|found| found.name == schema)
        .flat_map(|found| &found.members)
        .map(|member| member.name.as_str())
        .collect()
}

/// The members that show that an answer with this member of evidence is another
/// operation's: other answers have both, and this operation's does not.
fn members_of_others<'a>(
    operation: &OperationFacts,
    others: &[&OperationFacts],
    facts: &'a Facts,
    evidence: &str,
) -> BTreeSet<&'a str> {
    let own = names(facts, &operation.answer);
    others
        .iter()
        .map(|other| names(facts, &other.answer))
        .filter(|members| members.contains(evidence))
        .flatten()
        .filter(|member| !own.contains(member))
        .collect()
}

/// The body of `foreign_members`: the surest evidence first.
fn foreign_members(
    operation: &OperationFacts,
    others: &[&OperationFacts],
    facts: &Facts,
) -> TokenStream {
    let mut groups = BTreeMap::<_, Vec<Ident>>::new();
    for member in own_evidence(operation) {
        let members_of_others = members_of_others(operation, others, facts, member);
        let group = groups
            .entry((members_of_others.len(), members_of_others))
            .or_default();
        group.push(field(member));
    }
    let tests = groups.iter().map(|((_, members_of_others), members)| {
        quote! {
            if #(has_value(&self.#members))||* {
                return &[#(#members_of_others),*];
            }
        }
    });
    let with_status = members_of_others(operation, others, facts, STATUS);
    quote!(#(#tests)* &[#(#with_status),*])
}

/// The references of the failed items: the member by which an item is looked
/// up, or a bare item itself. Only texts and numbers are references.
fn failed(operation: &OperationFacts, facts: &Facts) -> TokenStream {
    let Some(partial) = operation.partial.as_deref() else {
        return quote!(::std::vec::Vec::new());
    };
    let is_plain = |member: &MemberFacts| member.converted_to.is_none() && member.holds.is_none();
    let list = member(facts, &operation.answer, partial);
    let by = operation.lookup.as_ref().map(|(_, member)| member.as_str());
    let name = list
        .and_then(|list| member(facts, list.holds.as_deref()?, by?))
        .filter(|member| is_plain(member) && !member.is_list);
    let reference = match name {
        Some(member) => {
            let name = field(&member.name);
            quote!(item.#name.as_ref().map(::std::string::ToString::to_string))
        }
        None if list.is_some_and(is_plain) => quote!(Some(item.to_string())),
        None => return quote!(vec![None]),
    };
    let partial = field(partial);
    quote!(self.#partial.iter().flatten().map(|item| #reference).collect())
}

fn answer_impls(
    operation: &OperationFacts,
    others: &[&OperationFacts],
    facts: &Facts,
) -> [Item; 2] {
    let name = ident(&operation.answer);
    let status_proves = operation.evidence.iter().any(|member| member == STATUS);
    let own = own_evidence(operation)
        .map(field)
        .map(|member| quote!(has_value(&self.#member)))
        .reduce(|tests, test| quote!(#tests || #test))
        .unwrap_or_else(|| quote!(false));
    let partial = operation.partial.as_deref().map(field);
    // An item in this list was not applied, whatever it says.
    let partly = partial.map_or_else(
        || quote!(false),
        |member| quote!(self.#member.iter().flatten().next().is_some()),
    );
    // If one text is all that proves a booking, besides the status, it is the
    // booking's reference.
    let reference = match &own_evidence(operation).collect::<Vec<_>>()[..] {
        [member]
            if operation.repeat == Repeat::Books && is_text(facts, &operation.answer, member) =>
        {
            let member = field(member);
            quote!(self.#member.as_deref().filter(|text| text.has_value()))
        }
        _ => quote!(None),
    };
    let foreign_members = foreign_members(operation, others, facts);
    let failed = failed(operation, facts);
    let body = parse_quote! {
        impl AnswerBody for types::#name {
            type Status = types::BaseResponseResult;

            const STATUS_PROVES: bool = #status_proves;

            fn status(&self) -> Option<&types::BaseResponseResult> {
                self.status.as_ref()
            }

            fn has_own_evidence(&self) -> bool {
                #own
            }

            fn foreign_members(&self) -> &'static [&'static str] {
                #foreign_members
            }

            fn is_partial(&self) -> bool {
                #partly
            }

            fn failed(&self) -> Vec<Option<String>> {
                #failed
            }
        }
    };
    let answer = parse_quote! {
        impl AimAnswer for types::#name {
            fn reference(&self) -> Option<&str> {
                #reference
            }
        }
    };
    [body, answer]
}

/// Returns what a status says.
pub(crate) fn verdict(words: &[StatusWords]) -> Item {
    let doc = format!(
        "What this status says, by the words that `x-aim-failure` of the document knows: {}. \
         An absent or blank member is good. Case and surrounding white space do not count, \
         and numbers compare by value.",
        words.iter().map(in_words).collect::<Vec<_>>().join("; ")
    );
    let count = words.len();
    let rules = words.iter().map(|words| {
        let StatusWords {
            member,
            good,
            failure,
        } = words;
        let value = field(member);
        quote! {
            crate::value::words::Words {
                member: #member,
                value: crate::value::words::text(self.#value.as_ref()),
                good: &[#(#good),*],
                failure: &[#(#failure),*],
            }
        }
    });
    parse_quote! {
        impl BaseResponseResult {
            #[doc = #doc]
            ///
            /// The vendor documents no values, so these words are ours; a
            /// client can be given more, which this does not know.
            #[must_use]
            pub fn verdict(&self) -> crate::StatusVerdict {
                crate::value::words::verdict(&self.words(), &Default::default())
            }

            /// The members that say how it went.
            pub(crate) fn words(&self) -> [crate::value::words::Words<'_>; #count] {
                [#(#rules),*]
            }
        }
    }
}

fn in_words(words: &StatusWords) -> String {
    let list = |values: &[String]| {
        let quoted: Vec<_> = values.iter().map(|value| format!("`{value}`")).collect();
        quoted.join(", ")
    };
    let StatusWords {
        member,
        good,
        failure,
    } = words;
    let failure = match failure.as_slice() {
        [] => String::new(),
        failure => format!(" and a failure with {}", list(failure)),
    };
    format!("`{member}` is good with {}{failure}", list(good))
}

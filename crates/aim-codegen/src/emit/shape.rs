//! Gives the generated types their final shape.
//!
//! typify sorts members by name, cannot be told to read leniently and writes
//! no constructors. Here the types get the vendor's order of members,
//! `#[non_exhaustive]`, a `new` that takes what is required and a chained
//! setter for the rest, a JSON schema (feature `schemars`), and the open
//! enums; and what builds requests is set apart.

use heck::ToSnakeCase;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Field, Fields, GenericArgument, ImplItem, Item, ItemFn, ItemMod, ItemStruct, Path,
    PathArguments, Token, Type, parse_quote,
};

use crate::emit::requests;
use crate::plan::facts::{Facts, MemberFacts, OpenEnum};
use crate::plan::names;

/// Returns the types, and the functions that build requests.
pub(crate) fn shape(file: syn::File, facts: &Facts) -> Result<(Vec<Item>, Vec<Item>), String> {
    let mut types = None;
    let mut functions = Vec::new();
    for item in file.items {
        match item {
            Item::Mod(module) if module.ident == "types" => types = Some(module),
            Item::Impl(item) => functions.extend(requests(&item.items, facts)?),
            // The rest of progenitor's client sends, which the facade does.
            _ => {}
        }
    }
    let types = shape_types(types.ok_or("progenitor wrote no module `types`")?, facts)?;
    Ok((types, functions.into_iter().map(Item::Fn).collect()))
}

/// The functions that build requests, from the methods of operations.
fn requests(items: &[ImplItem], facts: &Facts) -> Result<Vec<ItemFn>, String> {
    let mut functions = Vec::new();
    for item in items {
        let ImplItem::Fn(method) = item else { continue };
        let operations = &mut facts.operations.iter();
        if let Some(operation) = operations.find(|found| method.sig.ident == found.method) {
            let mut function = requests::function(method)?;
            let doc = format!("`{} {}`", operation.verb, operation.path);
            function.attrs.push(parse_quote!(#[doc = #doc]));
            functions.push(function);
        }
    }
    Ok(functions)
}

fn shape_types(module: ItemMod, facts: &Facts) -> Result<Vec<Item>, String> {
    let mut structs = Vec::new();
    for item in module.content.map(|(_, items)| items).unwrap_or_default() {
        match item {
            Item::Struct(item) => structs.push(item),
            // The conversion errors of typify's newtypes, of which there are none.
            Item::Mod(module) if module.ident == "error" => {}
            other => {
                return Err(format!(
                    "progenitor wrote a type that is not a struct: {}",
                    other
                        .to_token_stream()
                        .to_string()
                        .chars()
                        .take(80)
                        .collect::<String>()
                ));
            }
        }
    }
    let mut items = Vec::new();
    for schema in &facts.schemas {
        let position = structs
            .iter()
            .position(|item| item.ident == schema.name)
            .ok_or_else(|| format!("progenitor wrote no struct for the schema {}", schema.name))?;
        let item = shape_struct(structs.swap_remove(position), &schema.members)?;
        let methods = methods(&item, &schema.members)?;
        items.push(Item::Struct(item));
        items.push(methods);
    }
    if let Some(extra) = structs.first() {
        return Err(format!(
            "progenitor wrote a type {} of its own",
            extra.ident
        ));
    }
    for open_enum in &facts.open_enums {
        items.extend(open_enum_items(open_enum));
    }
    Ok(items)
}

/// Orders the members as the document does and rewrites their attributes.
fn shape_struct(mut item: ItemStruct, members: &[MemberFacts]) -> Result<ItemStruct, String> {
    let name = item.ident.to_string();
    let Fields::Named(fields) = &mut item.fields else {
        return Err(format!("progenitor wrote {name} without named members"));
    };
    let mut generated: Vec<Field> = std::mem::take(&mut fields.named).into_iter().collect();
    for member in members {
        let wire_name = &member.name;
        let position = generated
            .iter()
            .position(|field| serde_name(field).as_ref() == Some(wire_name))
            .ok_or_else(|| format!("progenitor lost the member {name}.{wire_name}"))?;
        let mut field = generated.swap_remove(position);
        let ty = optional(&field.ty).unwrap_or(&field.ty);
        let ty = argument_of(ty, "Vec").unwrap_or(ty);
        // Where a conversion does not match, typify silently writes a plain type.
        if let Some(expected) = &member.converted_to
            && !is_named(ty, expected)
        {
            let found = ty.to_token_stream();
            return Err(format!(
                "{name}.{wire_name} became {found} instead of {expected}"
            ));
        }
        field
            .attrs
            .retain(|attribute| !attribute.path().is_ident("serde"));
        field.ident = Some(names::field(wire_name));
        field.attrs.extend(schema_name(&field, wire_name));
        fields.named.push(field);
    }
    if let Some(extra) = generated.first().and_then(|field| field.ident.as_ref()) {
        return Err(format!(
            "progenitor wrote a member {name}.{extra} of its own"
        ));
    }
    // An object without members forbids others only so that typify writes a
    // struct.
    item.attrs
        .retain(|attribute| !attribute.path().is_ident("serde"));
    for attribute in &mut item.attrs {
        if attribute.path().is_ident("derive") {
            *attribute = without_serde(attribute)?;
        }
    }
    item.attrs.extend([
        parse_quote!(#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]),
        parse_quote!(#[cfg_attr(feature = "schemars", schemars(rename_all = "PascalCase"))]),
    ]);
    item.attrs.push(parse_quote!(#[non_exhaustive]));
    Ok(item)
}

/// The derives without those of serde.
fn without_serde(derive: &Attribute) -> Result<Attribute, String> {
    let paths = derive
        .parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated)
        .map_err(|error| format!("progenitor derives what is no list: {error}"))?;
    let is_serde = |path: &Path| {
        path.segments
            .first()
            .is_some_and(|first| first.ident == "serde")
    };
    let paths = paths.into_iter().filter(|path| !is_serde(path));
    Ok(parse_quote!(#[derive(#(#paths),*)]))
}

/// The name on the wire for the JSON schema, where `PascalCase` gives another.
fn schema_name(field: &Field, wire_name: &str) -> Option<Attribute> {
    let ident = field.ident.as_ref()?.to_string();
    let words = ident.split('_').filter(|word| !word.is_empty());
    let pascal_case: String = words
        .map(|word| {
            let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
            format!("{}{rest}", first.to_ascii_uppercase())
        })
        .collect();
    (pascal_case != wire_name)
        .then(|| parse_quote!(#[cfg_attr(feature = "schemars", schemars(rename = #wire_name))]))
}

/// The name on the wire: the `rename` that typify wrote, else the field's own.
fn serde_name(field: &Field) -> Option<String> {
    let mut renamed = None;
    for attribute in &field.attrs {
        if attribute.path().is_ident("serde") {
            // Other keys of the attribute are of no interest here.
            let _ = attribute.parse_nested_meta(|meta| {
                if let Ok(value) = meta.value() {
                    let literal: syn::LitStr = value.parse()?;
                    if meta.path.is_ident("rename") {
                        renamed = Some(literal.value());
                    }
                }
                Ok(())
            });
        }
    }
    renamed.or_else(|| field.ident.as_ref().map(ToString::to_string))
}

/// `new` with the required members, and a setter for each optional one.
fn methods(item: &ItemStruct, members: &[MemberFacts]) -> Result<Item, String> {
    let name = &item.ident;
    let mut parameters = Vec::new();
    let mut values = Vec::new();
    let mut setters = Vec::new();
    for (
        field,
        MemberFacts {
            name: wire_name, ..
        },
    ) in item.fields.iter().zip(members)
    {
        let ident = field.ident.as_ref().ok_or("a member has no name")?;
        if let Some(inner) = optional(&field.ty) {
            let doc = format!("Sets `{wire_name}`.");
            let (parameter, value) = argument(ident, inner);
            values.push(quote!(#ident: None));
            let setter = setter(ident);
            setters.push(quote! {
                #[doc = #doc]
                #[must_use]
                pub fn #setter(mut self, #parameter) -> Self {
                    self.#ident = Some(#value);
                    self
                }
            });
        } else {
            let (parameter, value) = argument(ident, &field.ty);
            parameters.push(parameter);
            values.push(quote!(#ident: #value));
        }
    }
    let doc = if parameters.is_empty() {
        "Creates a value without any member."
    } else {
        "Creates a value with the members that the vendor requires."
    };
    let attributes = parameters.is_empty().then(|| quote!(#[must_use]));
    Ok(parse_quote! {
        impl #name {
            #[doc = #doc]
            #attributes
            pub fn new(#(#parameters),*) -> Self {
                Self { #(#values),* }
            }
            #(#setters)*
        }
    })
}

/// Methods that types have besides the setters.
const METHODS: [&str; 3] = ["new", "verdict", "words"];

/// The setter has the name of its member, with an underscore if that is taken.
fn setter(member: &Ident) -> Ident {
    if METHODS.iter().any(|taken| member == taken) {
        Ident::new(&format!("{member}_"), member.span())
    } else {
        member.clone()
    }
}

/// A parameter that is convenient to call, and the value made of it.
fn argument(ident: &Ident, ty: &Type) -> (TokenStream, TokenStream) {
    if let Some(item) = argument_of(ty, "Vec") {
        (
            quote!(#ident: impl IntoIterator<Item = #item>),
            quote!(#ident.into_iter().collect()),
        )
    } else if let Type::Path(path) = ty
        && (path.path.is_ident("bool") || path.path.is_ident("i32") || path.path.is_ident("i64"))
    {
        // A plain number, so that a literal needs no type.
        (quote!(#ident: #ty), quote!(#ident))
    } else {
        (quote!(#ident: impl Into<#ty>), quote!(#ident.into()))
    }
}

fn is_named(ty: &Type, name: &str) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == name))
}

fn optional(ty: &Type) -> Option<&Type> {
    argument_of(ty, "Option")
}

/// `T` of `Wrapper<T>` or `path::to::Wrapper<T>`.
fn argument_of<'a>(ty: &'a Type, wrapper: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    match &last.arguments {
        PathArguments::AngleBracketed(arguments) if last.ident == wrapper => {
            match arguments.args.first()? {
                GenericArgument::Type(inner) => Some(inner),
                _ => None,
            }
        }
        _ => None,
    }
}

/// An enum that keeps values it does not know.
fn open_enum_items(open_enum: &OpenEnum) -> Vec<Item> {
    let name = Ident::new(&open_enum.name, Span::call_site());
    let title = format!(
        "{}: the values that the vendor documents; any other is kept as it is.",
        words(&open_enum.name)
    );
    let variants: Vec<_> = open_enum
        .values
        .iter()
        .map(|value| Ident::new(&value.name, Span::call_site()))
        .collect();
    let wires: Vec<_> = open_enum.values.iter().map(|value| &value.wire).collect();
    let docs: Vec<_> = open_enum
        .values
        .iter()
        .map(|value| format!("`{}`: {}", value.wire, value.description))
        .collect();
    let items: syn::File = parse_quote! {
        #[doc = #title]
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(
                #[doc = #docs]
                #variants,
            )*
            /// A value that the document does not know, as it stands on the wire.
            Other(String),
        }

        impl #name {
            /// The value as it stands on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #wires,)*
                    Self::Other(value) => value,
                }
            }
        }

        impl From<&str> for #name {
            fn from(value: &str) -> Self {
                match value {
                    #(#wires => Self::#variants,)*
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl From<String> for #name {
            fn from(value: String) -> Self {
                Self::from(value.as_str())
            }
        }

        impl std::fmt::Display for #name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl serde::Serialize for #name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for #name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                crate::value::lenient::read(deserializer)
            }
        }

        impl crate::value::lenient::Lenient for #name {
            fn read<'de, D: serde::Deserializer<'de>>(
                deserializer: D,
                reading: &mut crate::value::reading::Reading,
            ) -> std::result::Result<Option<Self>, D::Error> {
                let text = <String as crate::value::lenient::Lenient>::read(deserializer, reading)?;
                Ok(text.map(Self::from))
            }
        }

        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for #name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed(stringify!(#name))
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string" })
            }
        }
    };
    items.items
}

/// `CardType` as `Card type`.
fn words(name: &str) -> String {
    let text = name.to_snake_case().replace('_', " ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::facts::SchemaFacts;

    fn shaped(source: &str, members: &[(&str, Option<&str>)]) -> Result<String, String> {
        let member = |(name, converted): &(&str, Option<&str>)| MemberFacts {
            name: (*name).to_owned(),
            converted_to: converted.map(ToOwned::to_owned),
            required: false,
            pattern: None,
            is_text: false,
            is_list: false,
            holds: None,
        };
        let facts = Facts {
            schemas: vec![SchemaFacts {
                name: "Rate".to_owned(),
                generated_name: "Rate".to_owned(),
                members: members.iter().map(member).collect(),
                exclusive: Vec::new(),
            }],
            operations: Vec::new(),
            open_enums: Vec::new(),
            base_classes: Vec::new(),
            failure: Vec::new(),
        };
        let file = syn::parse_str(&format!("pub mod types {{ {source} }}")).unwrap();
        shape(file, &facts).map(|(types, _)| prettyplease::unparse(&parse_quote!(#(#types)*)))
    }

    const RATE: &str = r#"
        #[derive(Clone)]
        pub struct Rate {
            #[serde(rename = "MoPay", skip_serializing_if = "Option::is_none")]
            pub mo_pay: ::std::option::Option<f64>,
            #[serde(rename = "Level")]
            pub level: i32,
        }
    "#;

    #[test]
    fn members_take_the_documents_order_and_are_read_leniently() {
        let source = shaped(RATE, &[("Level", None), ("MoPay", None)]).unwrap();
        assert!(source.find("pub level").unwrap() < source.find("pub mo_pay").unwrap());
        assert!(
            source.contains("pub fn new(level: i32) -> Self"),
            "{source}"
        );
        assert!(source.contains("pub fn mo_pay("), "{source}");
    }

    #[test]
    fn a_setter_takes_no_name_of_another_method() {
        let source = RATE.replace("MoPay", "New").replace("mo_pay", "new");
        let source = shaped(&source, &[("Level", None), ("New", None)]).unwrap();
        assert_eq!(source.matches("pub fn new(").count(), 1, "{source}");
        assert!(source.contains("pub fn new_(mut self, "), "{source}");
        assert!(source.contains("self.new = Some("), "{source}");
    }

    #[test]
    fn a_conversion_that_fell_back_in_silence_is_an_error() {
        let error = shaped(RATE, &[("Level", None), ("MoPay", Some("Money"))]).unwrap_err();
        assert_eq!(error, "Rate.MoPay became f64 instead of Money");
    }

    #[test]
    fn what_the_generator_lost_or_made_up_is_an_error() {
        let error = shaped(RATE, &[("Level", None), ("Grade", None)]).unwrap_err();
        assert_eq!(error, "progenitor lost the member Rate.Grade");
        let error = shaped("pub struct Other { pub a: i32 }", &[]).unwrap_err();
        assert_eq!(error, "progenitor wrote no struct for the schema Rate");
        let extra = format!("{RATE} pub struct Other {{ pub a: i32 }}");
        let error = shaped(&extra, &[("Level", None), ("MoPay", None)]).unwrap_err();
        assert_eq!(error, "progenitor wrote a type Other of its own");
        let newtype = format!("{RATE} pub enum Closed {{ A }}");
        assert!(shaped(&newtype, &[]).unwrap_err().contains("not a struct"));
    }

    #[test]
    fn a_member_that_the_document_does_not_have_is_an_error() {
        let error = shaped(RATE, &[("Level", None)]).unwrap_err();
        assert_eq!(error, "progenitor wrote a member Rate.mo_pay of its own");
    }
}

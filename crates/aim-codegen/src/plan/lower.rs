//! Lowers the document to what progenitor understands.
//!
//! The document's `x-aim-…` extensions say what plain OpenAPI cannot. Here each
//! becomes a private format name that [`crate::generate`] converts to a type of
//! the client. The parts that hand-written code handles are removed:
//! credentials and headers, the answers (the facade reads them, so that no
//! status, header or byte of an unexpected answer is lost) and the single
//! parameters of a query (the whole request is written as JSV).

use openapiv3::{
    AdditionalProperties, MediaType, NumberFormat, OpenAPI, Operation, Parameter, ParameterData,
    ParameterSchemaOrContent, QueryStyle, ReferenceOr, Response, Responses, Schema, SchemaData,
    SchemaKind, StringFormat, StringType, Type, VariantOrUnknownOrEmpty,
};

/// The private formats, each with the type of the client that stands for it.
pub(crate) const DECIMAL: &str = "aim-decimal";
pub(crate) const DATE: &str = "aim-date";
pub(crate) const SECRET: &str = "aim-secret";
pub(crate) const QUERY: &str = "aim-query";
/// Followed by the name of the open enum.
pub(crate) const ENUM_PREFIX: &str = "aim-enum-";

/// Returns the document for progenitor.
pub(crate) fn lower(document: &OpenAPI) -> OpenAPI {
    let mut lowered = document.clone();
    lowered.info.description = None;
    if let Some(components) = &mut lowered.components {
        for schema in components.schemas.values_mut() {
            if let ReferenceOr::Item(schema) = schema {
                lower_schema(schema);
            }
        }
    }
    for item in lowered.paths.paths.values_mut() {
        if let ReferenceOr::Item(item) = item {
            item.parameters.clear();
            for (operation, query) in [(&mut item.get, Some(query())), (&mut item.post, None)] {
                if let Some(operation) = operation {
                    lower_operation(operation, query);
                }
            }
        }
    }
    lowered
}

fn lower_schema(schema: &mut Schema) {
    if let SchemaKind::Type(Type::Object(object)) = &mut schema.schema_kind {
        // Without members typify would write a map in place of a struct.
        if object.properties.is_empty() {
            object.additional_properties = Some(AdditionalProperties::Any(false));
        }
        for property in object.properties.values_mut() {
            if let ReferenceOr::Item(property) = property {
                lower_property(property);
            }
        }
    }
}

fn lower_property(property: &mut Schema) {
    let data = &mut property.schema_data;
    match &mut property.schema_kind {
        SchemaKind::Type(Type::Number(number)) if dotnet_type(data) == Some("decimal") => {
            number.format = VariantOrUnknownOrEmpty::<NumberFormat>::Unknown(DECIMAL.to_owned());
        }
        SchemaKind::Type(Type::String(string)) => {
            let format = if let Some(name) = open_enum_name(data) {
                Some(format!("{ENUM_PREFIX}{name}"))
            } else if data.extensions.contains_key("x-aim-sensitive") {
                Some(SECRET.to_owned())
            } else if dotnet_type(data) == Some("DateTime") {
                Some(DATE.to_owned())
            } else {
                None
            };
            if let Some(format) = format {
                string.format = VariantOrUnknownOrEmpty::<StringFormat>::Unknown(format);
            }
        }
        SchemaKind::Type(Type::Array(array)) => {
            if let Some(ReferenceOr::Item(item)) = &mut array.items {
                lower_item(item, dotnet_type(data));
            }
            // An absent list and an empty one are different requests.
            data.nullable = true;
        }
        _ => {}
    }
    // A conversion matches only a schema without other keys.
    property.schema_data.extensions.clear();
}

/// Lowers an item of a list. Only the list has a C# type, and it names the
/// item's.
fn lower_item(item: &mut Schema, list: Option<&str>) {
    match (&mut item.schema_kind, list) {
        (SchemaKind::Type(Type::Number(number)), Some("List<decimal>")) => {
            number.format = VariantOrUnknownOrEmpty::<NumberFormat>::Unknown(DECIMAL.to_owned());
        }
        (SchemaKind::Type(Type::String(string)), Some("List<DateTime>")) => {
            string.format = VariantOrUnknownOrEmpty::<StringFormat>::Unknown(DATE.to_owned());
        }
        _ => {}
    }
}

/// The C# type without its nullability.
fn dotnet_type(data: &SchemaData) -> Option<&str> {
    let name = data.extensions.get("x-aim-dotnet-type")?.as_str()?;
    Some(name.strip_suffix('?').unwrap_or(name))
}

fn open_enum_name(data: &SchemaData) -> Option<&str> {
    data.extensions
        .get("x-aim-open-enum")?
        .get("name")?
        .as_str()
}

fn lower_operation(operation: &mut Operation, query: Option<Parameter>) {
    operation.parameters = query.map(ReferenceOr::Item).into_iter().collect();
    operation.responses = Responses {
        default: Some(ReferenceOr::Item(Response {
            description: "Read by the facade.".to_owned(),
            content: [("*/*".to_owned(), MediaType::default())]
                .into_iter()
                .collect(),
            ..Response::default()
        })),
        ..Responses::default()
    };
}

fn query() -> Parameter {
    let schema = Schema {
        schema_data: SchemaData::default(),
        schema_kind: SchemaKind::Type(Type::String(StringType {
            format: VariantOrUnknownOrEmpty::Unknown(QUERY.to_owned()),
            ..StringType::default()
        })),
    };
    Parameter::Query {
        parameter_data: ParameterData {
            name: "query".to_owned(),
            description: None,
            required: true,
            deprecated: None,
            format: ParameterSchemaOrContent::Schema(ReferenceOr::Item(schema)),
            example: None,
            examples: Default::default(),
            explode: None,
            extensions: Default::default(),
        },
        allow_reserved: false,
        style: QueryStyle::Form,
        allow_empty_value: None,
    }
}

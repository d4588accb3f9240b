//! Lowers the document to what progenitor understands.
//!
//! The document's `x-aim-…` extensions say what plain OpenAPI cannot. Here each
//! becomes a private format name that [`crate::generate`] converts to a type of
//! the client. The parts that hand-written code handles are left out:
//! credentials and headers, the answers (the facade reads them, so that no
//! status, header or byte of an unexpected answer is lost) and the single
//! parameters of a query (the whole request is written as JSV).
//!
//! The model is built from the tree, and not read from the text: openapiv3's reading
//! drops in silence what it does not know, and would be two fifths of what this crate
//! takes to compile.

use openapiv3::{
    AdditionalProperties, ArrayType, BooleanType, Components, IntegerType, MediaType, NumberType,
    ObjectType, OpenAPI, Operation, Parameter, ParameterData, ParameterSchemaOrContent, PathItem,
    QueryStyle, ReferenceOr, RequestBody, Response, Responses, Schema, SchemaData, SchemaKind,
    StringType, Type,
};

use crate::read::document::{At, Document, Node, Value};

/// The private formats, each with the type of the client that stands for it.
pub(crate) const DECIMAL: &str = "aim-decimal";
pub(crate) const DATE: &str = "aim-date";
pub(crate) const SECRET: &str = "aim-secret";
pub(crate) const QUERY: &str = "aim-query";
/// Followed by the name of the open enum.
pub(crate) const ENUM_PREFIX: &str = "aim-enum-";

/// Returns a document that was linted, for progenitor.
pub(crate) fn lower(document: &Document) -> OpenAPI {
    let root = At::root(document.root());
    let mut lowered = OpenAPI {
        openapi: owned(root.text("openapi")).unwrap_or_default(),
        ..OpenAPI::default()
    };
    for path in root.members_of("paths") {
        let item = PathItem {
            get: path.get("get").map(|operation| Operation {
                parameters: vec![ReferenceOr::Item(query())],
                ..lower_operation(&operation)
            }),
            post: path.get("post").map(|operation| Operation {
                request_body: Some(ReferenceOr::Item(body(&operation))),
                ..lower_operation(&operation)
            }),
            ..PathItem::default()
        };
        let paths = &mut lowered.paths.paths;
        paths.insert(path.name().to_owned(), ReferenceOr::Item(item));
    }
    let mut components = Components::default();
    for schema in root
        .get("components")
        .iter()
        .flat_map(|all| all.members_of("schemas"))
    {
        let lowered = ReferenceOr::Item(lower_schema(&schema));
        components.schemas.insert(schema.name().to_owned(), lowered);
    }
    lowered.components = Some(components);
    lowered
}

fn owned(text: Option<&str>) -> Option<String> {
    text.map(ToOwned::to_owned)
}

fn lower_operation(operation: &At<'_>) -> Operation {
    let answer = Response {
        description: "Read by the facade.".to_owned(),
        content: [("*/*".to_owned(), MediaType::default())].into(),
        ..Response::default()
    };
    Operation {
        operation_id: owned(operation.text("operationId")),
        responses: Responses {
            default: Some(ReferenceOr::Item(answer)),
            ..Responses::default()
        },
        ..Operation::default()
    }
}

/// The body is the request: the lint compares the two.
fn body(operation: &At<'_>) -> RequestBody {
    let request = operation.text("x-aim-request").unwrap_or_default();
    let json = MediaType {
        schema: Some(ReferenceOr::ref_(&format!(
            "#/components/schemas/{request}"
        ))),
        ..MediaType::default()
    };
    RequestBody {
        content: [("application/json".to_owned(), json)].into(),
        required: true,
        ..RequestBody::default()
    }
}

fn query() -> Parameter {
    let schema = Schema {
        schema_data: SchemaData::default(),
        schema_kind: SchemaKind::Type(Type::String(StringType {
            format: Some(QUERY.to_owned()).into(),
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

fn lower_schema(schema: &At<'_>) -> Schema {
    let members = schema.members_of("properties");
    let required = schema.node.get("required").map(Node::items);
    let required = required.unwrap_or_default().iter();
    Schema {
        schema_data: data(schema),
        schema_kind: SchemaKind::Type(Type::Object(ObjectType {
            // Without members typify would write a map in place of a struct.
            additional_properties: members
                .is_empty()
                .then_some(AdditionalProperties::Any(false)),
            properties: members
                .iter()
                .map(|member| (member.name().to_owned(), lower_member(member)))
                .collect(),
            required: required.filter_map(|name| owned(name.as_str())).collect(),
            ..ObjectType::default()
        })),
    }
}

fn data(schema: &At<'_>) -> SchemaData {
    let nullable = schema.node.get("nullable").map(|node| &node.value);
    SchemaData {
        description: owned(schema.text("description")),
        nullable: nullable == Some(&Value::Bool(true)),
        ..SchemaData::default()
    }
}

fn lower_member(member: &At<'_>) -> ReferenceOr<Box<Schema>> {
    let dotnet = member.text("x-aim-dotnet-type").unwrap_or_default();
    let list = dotnet.strip_prefix("List<");
    let Some(item) = list.and_then(|list| list.strip_suffix('>')) else {
        return lower_value(member, dotnet);
    };
    let schema_kind = SchemaKind::Type(Type::Array(ArrayType {
        // Only the list has a C# type, and it names the item's.
        items: member.get("items").map(|items| lower_value(&items, item)),
        min_items: None,
        max_items: None,
        unique_items: false,
    }));
    let schema_data = SchemaData {
        // An absent list and an empty one are different requests.
        nullable: true,
        ..data(member)
    };
    ReferenceOr::boxed_item(Schema {
        schema_data,
        schema_kind,
    })
}

/// Lowers what is no list.
fn lower_value(value: &At<'_>, dotnet: &str) -> ReferenceOr<Box<Schema>> {
    if let Some(target) = value.text("$ref") {
        return ReferenceOr::ref_(target);
    }
    let format = format(value, dotnet);
    let schema_kind = match value.text("type") {
        Some("string") => SchemaKind::Type(Type::String(StringType {
            format: format.into(),
            ..StringType::default()
        })),
        Some("number") => SchemaKind::Type(Type::Number(NumberType {
            format: format.into(),
            ..NumberType::default()
        })),
        Some("integer") => SchemaKind::Type(Type::Integer(IntegerType {
            format: format.into(),
            ..IntegerType::default()
        })),
        Some(_) => SchemaKind::Type(Type::Boolean(BooleanType::default())),
        None => SchemaKind::AllOf {
            all_of: value
                .items_of("allOf")
                .iter()
                .filter_map(|part| part.text("$ref").map(ReferenceOr::ref_))
                .collect(),
        },
    };
    ReferenceOr::boxed_item(Schema {
        schema_data: data(value),
        schema_kind,
    })
}

fn format(value: &At<'_>, dotnet: &str) -> Option<String> {
    if let Some(open_enum) = value.get("x-aim-open-enum") {
        return Some(format!("{ENUM_PREFIX}{}", open_enum.text("name")?));
    }
    if value.get("x-aim-sensitive").is_some() {
        return Some(SECRET.to_owned());
    }
    match dotnet.strip_suffix('?').unwrap_or(dotnet) {
        "decimal" => Some(DECIMAL.to_owned()),
        "DateTime" => Some(DATE.to_owned()),
        _ => owned(value.text("format")),
    }
}

//! Breaks the document in many ways and expects a problem for each, at its
//! place.
//!
//! A row replaces one text of `openapi/aim.yaml` by another one, in which `¦`
//! shows where the problem is to be reported.

use std::fs;
use std::path::Path;

use aim_codegen::document::Document;
use aim_codegen::lint::lint;
use aim_codegen::problem::{Problem, Problems};
use aim_codegen::regen::DOCUMENT;
use aim_tests::{fixture, parallel};

pub struct Row {
    pub name: &'static str,
    from: &'static str,
    to: &'static str,
    message: &'static str,
    pointer: &'static str,
    /// Whether Spectral finds it too, with our ruleset.
    pub spectral: bool,
}

const fn row(
    name: &'static str,
    from: &'static str,
    to: &'static str,
    message: &'static str,
    pointer: &'static str,
) -> Row {
    Row {
        name,
        from,
        to,
        message,
        pointer,
        spectral: false,
    }
}

/// A row that Spectral finds too.
const fn both(
    name: &'static str,
    from: &'static str,
    to: &'static str,
    message: &'static str,
    pointer: &'static str,
) -> Row {
    Row {
        spectral: true,
        ..row(name, from, to, message, pointer)
    }
}

#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    // What YAML itself misreads.
    both("a bracket is left open", "[Service tickets]\n      summary", "[Service tickets\n      summary¦: x", "this is not YAML", "/paths/~1api~1PostServiceTicket/post/tags/0"),
    both("a colon too many", "summary: Book a service ticket", "summary: Book¦: a service ticket", "has a second colon", "/paths/~1api~1PostServiceTicket/post"),
    both("a tab indents", "      tags: [Customers]", "¦\ttags: [Customers]", "a tab stands in the indentation", ""),
    both("a tab after a colon", "summary: Book a service ticket", "summary:¦\tBook a service ticket", "a tab follows the colon", "/paths/~1api~1PostServiceTicket/post"),
    both("a quote that is not closed", "Zip: '45501'", "Zip: ¦'45501", "the quote that opens here is not closed", "/components/schemas/PostServiceTicketRequest/properties/CustomerInfo/example/Zip"),
    both("a key with a quote that is not closed", "        '200':\n          description: The booked", "        ¦'200:\n          description: The booked", "the quote that opens here is not closed", "/paths/~1api~1PostServiceTicket/post/responses"),
    both("a member that is indented too deep", "        SerialNumber:\n          type", "          ¦SerialNumber:\n          type", "`SerialNumber` is indented as deep as the keys after it, which seem to belong to it", "/components/schemas/PostServiceTicketRequest/properties/RefNumber/SerialNumber"),
    both("a line that is indented too deep", "          example: K1450873\n", "            ¦example: K1450873\n", "this line is indented deeper than the one above", "/components/schemas/PostServiceTicketRequest/properties/SerialNumber"),
    both("a line that is indented too little", "          example: K1450873\n", "         ¦example: K1450873\n", "this line is indented by 9 spaces, the keys around it by 8 or 6", "/components/schemas/PostServiceTicketRequest/properties"),
    row("a byte order mark", "# AIM Web Services", "¦\u{feff}# AIM Web Services", "a byte order mark", ""),
    both("a second document", "\ncomponents:\n", "\n¦---\ncomponents:\n", "a second document begins here", ""),
    row("an anchor", "      tags: [Customers]", "      tags: ¦&tags [Customers]", "an anchor stands here", "/paths/~1api~1CustomerAccessToken/get/tags"),
    both("an alias", "tags: [Customers]\n      summary: Get access to a customer's account page", "tags: &t [Customers]\n      summary: ¦*t", "an alias stands here", "/paths/~1api~1CustomerAccessToken/get/summary"),
    row("a merge key", "    get:\n      tags: [Customers]", "    get:\n      ¦<<: {deprecated: true}\n      tags: [Customers]", "a merge key stands here", "/paths/~1api~1CustomerAccessToken/get/<<"),
    row("a tag", "  version: 2.0.0", "  version: ¦!!str 1.2.0", "a tag stands here", "/info/version"),
    both("a path twice", "  /api/ContractFulfillment:\n", "  ¦/api/PostServiceTicket:\n", "a second time", "/paths/~1api~1PostServiceTicket"),
    both("a verb twice", "    get:\n      tags: [Contracts]\n      summary: Post", "    ¦post:\n      tags: [Contracts]\n      summary: Post", "the key `post` stands here a second time", "/paths/~1api~1C2BPostContract/post"),
    both("a member twice", "        SerialNumber:\n          type", "        ¦RefNumber:\n          type", "the key `RefNumber` stands here a second time", "/components/schemas/PostServiceTicketRequest/properties/RefNumber"),
    both("a key that is a number", "        Sku:\n          type", "        ¦12:\n          type", "the key `12` is not text", "/components/schemas/C2BPostContractRequest/properties/12"),
    both("a key that is a boolean elsewhere", "        Sku:\n          type", "        ¦No:\n          type", "the key `No` is not text", "/components/schemas/C2BPostContractRequest/properties/No"),
    row("a text that is a boolean elsewhere", "            St: OH", "            St: ¦NO", "`NO` is true or false to some readers of YAML", "/components/schemas/PostServiceTicketRequest/properties/CustomerInfo/example/St"),
    row("a date without quotes", "example: '2026-09-01T00:00:00'", "example: ¦2026-09-01T00:00:00", "is a date to some readers", "/components/schemas/ContractFulfillmentRequest/properties/DeliveryDate/example"),
    row("a number with a leading zero", "Zip: '45501'", "Zip: ¦045501", "is a number to some readers", "/components/schemas/PostServiceTicketRequest/properties/CustomerInfo/example/Zip"),
    row("a number that is text elsewhere", "        CashPrice: 1249.95", "        CashPrice: ¦1e3", "`1e3` is another number, or text, to some readers", "/components/examples/ContractFulfillmentRequest.realistic/value/CashPrice"),
    row("nested too deep", "example: [4001, 4002]", "example: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[¦[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", "nested more than 64 deep", "/components/schemas/C2BPostContractRequest/properties/AccessoryIdList/example/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0"),

    // What every reader of OpenAPI would silently ignore.
    both("misspelled: nullable", "nullable: true", "¦nulable: true", "unknown key `nulable`; did you mean `nullable`?", "/components/schemas/PostServiceTicketRequest/properties/CustomerAcct/nulable"),
    both("misspelled: required", "      required: [Key, Value, Encrypted]", "      ¦requird: [Key, Value, Encrypted]", "did you mean `required`?", "/components/schemas/FormInput/requird"),
    both("misspelled: format", "format: int32", "¦fromat: int32", "did you mean `format`?", "/paths/~1api~1C2BPostContract/get/parameters/*/schema/fromat"),
    both("misspelled: x-aim-sensitive", "x-aim-sensitive: personal", "¦x-aim-senstive: personal", "did you mean `x-aim-sensitive`?", "/components/schemas/PostServiceTicketRequest/properties/Notes/x-aim-senstive"),
    both("misspelled: x-aim-repeat", "      x-aim-repeat: books", "      ¦x-aim-repeats: books", "did you mean `x-aim-repeat`?", "/paths/~1api~1PostServiceTicket/post/x-aim-repeats"),
    both("an extension at the wrong level", "      x-aim-base: BaseSecureRequest", "      ¦x-aim-sensitive: personal\n      x-aim-base: BaseSecureRequest", "`x-aim-sensitive` does not belong to a schema", "/components/schemas/PostServiceTicketRequest/x-aim-sensitive"),
    both("an extension of another tool", "  title: AIM Web Services", "  ¦x-logo: {url: u}\n  title: AIM Web Services", "unknown extension `x-logo`", "/info/x-logo"),
    both("a key of OpenAPI 3.1", "      type: object\n      description: The booked appointment.", "      type: object\n      ¦examples: []\n      description: The booked appointment.", "unknown key `examples`", "/components/schemas/PostServiceTicketResponse/examples"),
    both("a neighbour of a reference", "        default:\n          $ref: '#/components/responses/Error'", "        default:\n          $ref: '#/components/responses/Error'\n          ¦description: Refused.", "`description` stands beside a `$ref`", "/paths/~1api~1PostServiceTicket/post/responses/default/description"),
    both("a reference to nothing", "$ref: '#/components/parameters/DeviceId'", "$ref: ¦'#/components/parameters/DevicId'", "leads nowhere", "/paths/~1api~1PostServiceTicket/post/parameters/1/$ref"),
    both("a reference to another file", "$ref: '#/components/parameters/DeviceId'", "$ref: ¦'parameters.yaml#/DeviceId'", "leads out of the document", "/paths/~1api~1PostServiceTicket/post/parameters/1/$ref"),
    row("a reference to another section", "$ref: '#/components/parameters/DeviceId'", "$ref: ¦'#/components/schemas/Rate'", "leads to the wrong section", "/paths/~1api~1PostServiceTicket/post/parameters/1/$ref"),
    both("a path by reference", "  /api/CustomerAccessToken:\n", "  /api/Other:\n    ¦$ref: '#/paths/~1api~1CustomerAccessToken'\n  /api/CustomerAccessToken:\n", "a `$ref` is not allowed here", "/paths/~1api~1Other/$ref"),
    both("a wrong kind of value", "      deprecated: true", "      deprecated: ¦'true'", "true or false is wanted here, this is text", "/paths/~1api~1C2BSetContractSerial/post/deprecated"),
    both("a missing value", "x-aim-partial: MassUpdateErrors", "¦x-aim-partial:", "text is wanted here, this is nothing", "/paths/~1api~1ContractFulfillment/post/x-aim-partial"),
    both("a type of JSON Schema", "type: boolean", "type: ¦'null'", "`null` is unknown here", "/paths/~1api~1C2BPostContract/get/parameters/*/schema/type"),

    // What the generator panics on, mishandles or ignores.
    both("another version", "openapi: 3.0.3", "openapi: ¦3.1.0", "the version is not 3.0.3", "/openapi"),
    both("a version for a header", "  version: 2.0.0", "  version: ¦1.0 beta", "the version is not plain ASCII", "/info/version"),
    both("no operationId", "    post:\n      tags: [Service tickets]\n      summary: Book a service ticket\n      operationId: PostServiceTicket\n", "    ¦post:\n      tags: [Service tickets]\n      summary: Book a service ticket\n", "`operationId` is missing", "/paths/~1api~1PostServiceTicket/post"),
    both("an operationId twice", "operationId: ContractFulfillment\n", "operationId: ¦PostServiceTicket\n", "are both `post_service_ticket` in Rust", "/paths/~1api~1ContractFulfillment/post/operationId"),
    row("operationIds that collide in Rust", "operationId: ContractFulfillment\n", "operationId: ¦postServiceTicket\n", "are both `post_service_ticket` in Rust", "/paths/~1api~1ContractFulfillment/post/operationId"),
    row("an operationId of a hook", "operationId: ContractFulfillment\n", "operationId: ¦Exec\n", "the operationId `Exec` is reserved", "/paths/~1api~1ContractFulfillment/post/operationId"),
    both("a range of statuses", "        default:\n          $ref", "        ¦4XX:\n          $ref: '#/components/responses/Error'\n        default:\n          $ref", "the answer `4XX` is not allowed here", "/paths/~1api~1PostServiceTicket/post/responses/4XX"),
    both("a second success", "        default:\n          $ref", "        ¦'202': {description: Later.}\n        default:\n          $ref", "the answer `202` is not allowed here", "/paths/~1api~1PostServiceTicket/post/responses/202"),
    both("an inline failure answer", "        default:\n          $ref: '#/components/responses/Error'\n", "        ¦default:\n          description: Refused.\n", "a failure answer is written inline", "/paths/~1api~1PostServiceTicket/post/responses/default"),
    both("a body that may be left out", "      requestBody:\n        required: true\n", "      requestBody:\n        required: ¦false\n", "the body is not required", "/paths/~1api~1PostServiceTicket/post/requestBody/required"),
    both("a second media type of a request", "      responses:\n", "          ¦application/xml:\n            schema: {type: string}\n      responses:\n", "a request cannot be `application/xml`", "/paths/~1api~1PostServiceTicket/post/requestBody/content/application~1xml"),
    both("a second media type of an answer", "        application/json:\n          schema:\n            $ref: '#/components/schemas/ErrorResponse'\n", "        ¦application/xml:\n          schema:\n            $ref: '#/components/schemas/ErrorResponse'\n        application/json:\n          schema:\n            $ref: '#/components/schemas/ErrorResponse'\n", "an answer cannot be `application/xml`", "/components/responses/Error/content/application~1xml"),
    both("a schema without a name", "              schema:\n                $ref: '#/components/schemas/PostServiceTicketResponse'", "              ¦schema:\n                type: object", "the schema is written inline", "/paths/~1api~1PostServiceTicket/post/responses/200/content/application~1json/schema"),
    both("an object within a member", "        CustomerInfo:\n          allOf:\n            - $ref: '#/components/schemas/CustomerInfo'\n", "        CustomerInfo:\n          type: ¦object\n", "but a `CustomerInfo` has none", "/components/schemas/PostServiceTicketRequest/properties/CustomerInfo/type"),
    both("a bare reference as a member", "        CcInfo:\n          allOf:\n            - $ref: '#/components/schemas/CcInfo'\n          description: Card of the customer for this appointment.\n          example: {TokenStr: 'tok_invented_7Qm2', CardType: VISA, LastFour: '4242', Expiration: '08/29'}\n          x-aim-dotnet-type: CcInfo\n", "        ¦CcInfo:\n          $ref: '#/components/schemas/CcInfo'\n", "a member is a bare `$ref`", "/components/schemas/PostServiceTicketRequest/properties/CcInfo"),
    both("allOf with two parts", "          allOf:\n            - $ref: '#/components/schemas/Rate'\n", "          ¦allOf:\n            - $ref: '#/components/schemas/Rate'\n            - $ref: '#/components/schemas/Rate'\n", "`allOf` does not have exactly one part", "/components/schemas/C2BPostContractRequest/properties/Rate/allOf"),
    both("a closed enum", "          x-aim-open-enum:\n            name: CardType\n", "          ¦enum: [VISA]\n          x-aim-open-enum:\n            name: CardType\n", "`enum` is not allowed here", "/components/schemas/CcInfo/properties/CardType/enum"),
    both("a standard pattern", "          x-aim-pattern: '^[0-9]{4}$'", "          ¦pattern: '^[0-9]{4}$'", "`pattern` is not allowed here", "/components/schemas/CcInfo/properties/LastFour/pattern"),
    both("a default", "          description: Whether this is the primary card", "          ¦default: false\n          description: Whether this is the primary card", "`default` is not allowed here", "/components/schemas/CcInfo/properties/Primary/default"),
    both("closed to new members", "      description: The booked appointment.", "      ¦additionalProperties: false\n      description: The booked appointment.", "`additionalProperties` is not allowed here", "/components/schemas/PostServiceTicketResponse/additionalProperties"),
    both("required in an answer", "      description: The booked appointment.", "      ¦required: [WebRef]\n      description: The booked appointment.", "`required` is set in `PostServiceTicketResponse`", "/components/schemas/PostServiceTicketResponse/required"),
    both("required in a part of an answer", "      description: An item on a contract. The", "      ¦required: [Sku]\n      description: An item on a contract. The", "`required` is set in `InventoryGeneric`", "/components/schemas/InventoryGeneric/required"),
    both("a list that may not be null", "        FormInputList:\n          type: array\n          nullable: true\n", "        ¦FormInputList:\n          type: array\n", "`nullable: true` is missing", "/components/schemas/PostServiceTicketRequest/properties/FormInputList"),
    both("nullable beside a reference", "          description: The customer.\n", "          nullable: ¦true\n          description: The customer.\n", "`nullable` is set without a `type`", "/components/schemas/PostServiceTicketRequest/properties/CustomerInfo/nullable"),
    both("an RFC 3339 date", "          x-aim-dotnet-type: 'DateTime?'\n", "          format: ¦date-time\n          x-aim-dotnet-type: 'DateTime?'\n", "but a `DateTime?` has none", "/components/schemas/ContractFulfillmentRequest/properties/DeliveryDate/format"),
    both("money as float", "          format: double\n", "          format: ¦float\n", "`format` is `float`, but a `decimal?` (`x-aim-dotnet-type`) is `double`", "/components/schemas/ContractFulfillmentRequest/properties/CashPrice/format"),
    both("members that are alike", "        SerialNumber:\n", "        ¦Refnumber:\n", "are both `refnumber` without case", "/components/schemas/PostServiceTicketRequest/properties/Refnumber"),
    row("schemas that collide in Rust", "    PostServiceTicketResponse:\n", "    ¦PostServiceTICKETRequest: {type: object, description: D, properties: {A: {type: string, description: D, example: x, x-aim-dotnet-type: string}}}\n    PostServiceTicketResponse:\n", "are both `PostServiceTicketRequest` in Rust", "/components/schemas/PostServiceTICKETRequest"),
    both("a path with a slash at its end", "  /api/PostServiceTicket:\n", "  ¦/api/PostServiceTicket/:\n", "the path `/api/PostServiceTicket/` is not plain", "/paths/~1api~1PostServiceTicket~1"),
    both("a schema in lower case", "    PostServiceTicketResponse:\n", "    ¦ticket: {type: object, description: D, properties: {A: {type: string, description: D, example: x, x-aim-dotnet-type: string}}}\n    PostServiceTicketResponse:\n", "the schema name `ticket` is not plain", "/components/schemas/ticket"),
    both("a closed enum of items", "            xml: {name: long, namespace", "            ¦enum: [4001, 4002]\n            xml: {name: long, namespace", "`enum` is not allowed here", "/components/schemas/C2BPostContractRequest/properties/AccessoryIdList/items/enum"),
    both("a requirement that is no member", "required: [Key, Value, Encrypted]", "required: [¦Kee, Value, Encrypted]", "there is no member `Kee`", "/components/schemas/FormInput/required/0"),
    both("a credential without a mark", "    AppId:\n      type: apiKey\n      in: header\n      name: AppId\n      description: Identifier of the integration.\n      x-aim-dotnet-type: string\n      x-aim-declared-in: BaseSecureRequest\n      x-aim-sensitive: secret\n", "    ¦AppId:\n      type: apiKey\n      in: header\n      name: AppId\n      description: Identifier of the integration.\n      x-aim-dotnet-type: string\n      x-aim-declared-in: BaseSecureRequest\n", "`x-aim-sensitive` is missing", "/components/securitySchemes/AppId"),
    both("a credential as a parameter", "      name: DeviceId\n      in: header", "      name: ¦AppId\n      in: header", "the credential `AppId` is a parameter", "/components/parameters/DeviceId/name"),
    both("a cookie", "      name: DeviceId\n      in: header", "      name: DeviceId\n      in: ¦cookie", "a parameter is in the cookie", "/components/parameters/DeviceId/in"),
    both("a header and a query parameter of one name", "        - $ref: '#/components/parameters/Token'", "        - {name: token, in: query, description: D, example: x, schema: {type: string}, x-aim-dotnet-type: string}\n        - ¦$ref: '#/components/parameters/Token'", "the parameters `Token` and `token` are both `token` in Rust", "/paths/~1api~1GetContractDetails/get/parameters/*"),
    both("a list in a query", "          schema:\n            type: string\n          example: '4001,4002'", "          schema:\n            type: ¦array\n          example: '4001,4002'", "`type` is `array`, but a `List<long>` (`x-aim-dotnet-type`) is `string`", "/paths/~1api~1C2BPostContract/get/parameters/*/schema/type"),
    both("alternatives of credentials", "security:\n  - ApiKey: []\n    AppId: []", "¦security:\n  - ApiKey: []\n  - AppId: []", "there must be exactly one item", "/security"),
    both("code for rustdoc", "description: Id of the teacher to link the contract to.", "description: ¦Id of the teacher, a long<64>.", "a `<` is outside backticks", "/paths/~1api~1C2BPostContract/get/parameters/0/description"),
    both("a link for rustdoc", "description: Serial number of the item to be serviced.", "description: ¦Serial number, see [1].", "a `[` is outside backticks", "/components/schemas/PostServiceTicketRequest/properties/SerialNumber/description"),
    both("an address for rustdoc", "description: Serial number of the item to be serviced.", "description: ¦See https://example.com.", "an address is outside backticks", "/components/schemas/PostServiceTicketRequest/properties/SerialNumber/description"),
    both("an example for rustdoc", "          description: Serial number of the item to be serviced.", "          description: |-\n            ¦Serial number:\n\n                let x = 1;", "indented by four spaces or more", "/components/schemas/PostServiceTicketRequest/properties/SerialNumber/description"),
    both("no description", "        RefNumber:\n          type: string\n          description: Reference number that the appointment has online.\n", "        ¦RefNumber:\n          type: string\n", "`description` is missing", "/components/schemas/PostServiceTicketRequest/properties/RefNumber"),
    both("no example", "        RefNumber:\n          type: string\n          description: Reference number that the appointment has online.\n          example: WEB-20417-3\n", "        ¦RefNumber:\n          type: string\n          description: Reference number that the appointment has online.\n", "`example` is missing", "/components/schemas/PostServiceTicketRequest/properties/RefNumber"),

    // Examples that are none.
    both("an example of another type", "          example: 20417\n", "          example: ¦A20417\n", "the example is text, but a `int?` is a whole number of 32 bits", "/paths/~1api~1C2BPostContract/get/parameters/*/example"),
    row("an example with a member that is none", "example: [{Id: 4001, Delivered: true}]", "example: [{Id: 4001, ¦Deliverd: true}]", "`DeliveredAccessory` has no member `Deliverd`", "/components/schemas/ContractFulfillmentRequest/properties/DeliveredAccessories/example/0/Deliverd"),
    both("an example without what is required", "        CustomerInfo:\n          Name: Jordan Example\n", "        ¦CustomerInfo:\n", "the example lacks `Name`, which `CustomerInfo` requires", "/components/examples/PostServiceTicketRequest.realistic/value/CustomerInfo"),
    row("an example that breaks a pattern", "          Expiration: '08/29'\n", "          Expiration: ¦'13/29'\n", "the example does not match `^(0[1-9]|1[0-2])/[0-9]{2}$`", "/components/examples/PostServiceTicketRequest.realistic/value/CcInfo/Expiration"),
    row("an example of what is exclusive", "      value:\n        TeacherId: 512\n", "      ¦value:\n        Sku: X\n        TeacherId: 512\n", "the example has `InstrumentId` and `Sku`, which exclude each other", "/components/examples/C2BPostContractRequest.realistic/value"),
    row("an example with a zone", "        DeliveryDate: '2026-09-01T00:00:00'\n", "        DeliveryDate: ¦'2026-09-01T00:00:00Z'\n", "is a date in the vendor's dialect", "/components/examples/ContractFulfillmentRequest.realistic/value/DeliveryDate"),
    both("an example that nothing refers to", "    ErrorResponse.exception:\n", "    ¦Lost: {value: 1}\n    ErrorResponse.exception:\n", "nothing refers to the example `Lost`", "/components/examples/Lost"),

    // What the extensions say and the rest of the document does not.
    both("an unknown word", "x-aim-repeat: safe", "x-aim-repeat: ¦save", "`save` is unknown here", "/paths/~1api~1CustomerAccessToken/get/x-aim-repeat"),
    both("an unknown C# type", "x-aim-dotnet-type: 'DateTime?'", "x-aim-dotnet-type: ¦DateTimeOffset", "`DateTimeOffset` is not a C# type", "/components/schemas/ContractFulfillmentRequest/properties/DeliveryDate/x-aim-dotnet-type"),
    both("a C# type that may be null", "        Unlock:\n          type: boolean\n          description: >-\n            By its name whether to unlock the contract; what that does is not known. The vendor documents no\n            meaning.\n          example: true\n          x-aim-dotnet-type: bool\n", "        ¦Unlock:\n          type: boolean\n          description: D\n          example: true\n          x-aim-dotnet-type: 'bool?'\n", "`nullable: true` is missing", "/components/schemas/ContractFulfillmentRequest/properties/Unlock"),
    both("a C# type that differs", "          type: integer\n          format: int32\n          nullable: true\n          description: Account number of the customer in AIM, if", "          type: integer\n          format: ¦int64\n          nullable: true\n          description: Account number of the customer in AIM, if", "`format` is `int64`, but a `int?` (`x-aim-dotnet-type`) is `int32`", "/components/schemas/PostServiceTicketRequest/properties/CustomerAcct/format"),
    both("no schema of the request", "x-aim-request: PostServiceTicketRequest", "x-aim-request: ¦PostServiceTicket", "there is no schema `PostServiceTicket`", "/paths/~1api~1PostServiceTicket/post/x-aim-request"),
    both("another schema of the request", "x-aim-request: PostServiceTicketRequest", "x-aim-request: ¦GetContractDetailsRequest", "the schema of the body is not", "/paths/~1api~1PostServiceTicket/post/x-aim-request"),
    both("a query out of order", "        - name: SchoolName\n          in: query\n          description: Links the contract to a school, by its name.", "        - name: ¦Stloc\n          in: query\n          description: Links the contract to a school, by its name.", "the query has `Stloc` where `C2BPostContractRequest` has `SchoolName`", "/paths/~1api~1C2BPostContract/get/parameters/*/name"),
    both("card data unmarked in a query", "        - name: CcInfo\n          in: query\n          description: Card of the customer. As JSV text.\n          schema:\n            type: string\n          example: '{TokenStr:tok_invented_7Qm2,CardType:VISA,LastFour:4242,Expiration:08/29}'\n          x-aim-dotnet-type: CcInfo\n          x-aim-sensitive: secret\n", "        - ¦name: CcInfo\n          in: query\n          description: Card of the customer. As JSV text.\n          schema:\n            type: string\n          example: '{TokenStr:tok_invented_7Qm2,CardType:VISA,LastFour:4242,Expiration:08/29}'\n          x-aim-dotnet-type: CcInfo\n", "`CcInfo` holds `secret` data and is not marked so", "/paths/~1api~1C2BPostContract/get/parameters/*"),
    both("a GET that books, recommended", "unlike in a body, a\n        top-level value of the wrong type is answered with status 400. Needs the active-e Contracts Service.\n      externalDocs:\n        description: The vendor's page\n        url: https://active-ewebservice.biz/aeservices30/api/json/metadata?op=C2BPostContractRequest\n      deprecated: true\n", "unlike in a body.\n      deprecated: ¦false\n", "a GET that books is not deprecated", "/paths/~1api~1C2BPostContract/get/deprecated"),
    both("a GET that books, generated", "      x-internal: true\n", "      x-internal: ¦false\n", "a GET that books is not internal", "/paths/~1api~1C2BPostContract/get/x-internal"),
    both("an answer with the name of Go's own type", "x-go-name: PostServiceTicketAnswer", "x-go-name: ¦PostServiceTicketResponse", "is also what oapi-codegen calls the outcome of `PostServiceTicket`", "/components/schemas/PostServiceTicketResponse/x-go-name"),
    both("an answer whose name is taken in Go", "x-go-name: PostServiceTicketAnswer", "x-go-name: ¦Rate", "another schema is called `Rate` in Go", "/components/schemas/PostServiceTicketResponse/x-go-name"),
    row("a type without its element in XML", "      xml:\n        name: DeliveredAccessory\n        namespace: http://schemas.datacontract.org/2004/07/AIM.WebService\n", "      ¦xml: {}\n", "the name of the element in XML is not `DeliveredAccessory`", "/components/schemas/DeliveredAccessory/xml"),
    row("a type with another's element in XML", "        name: PostServiceTicketRequest\n", "        name: ¦PostServiceTicket\n", "the name of the element in XML is not `PostServiceTicketRequest`", "/components/schemas/PostServiceTicketRequest/xml/name"),
    row("a list that is not wrapped", "          xml: {wrapped: true}\n          items:\n            $ref: '#/components/schemas/UpdateContractErrorObj'", "          ¦xml: {wrapped: false}\n          items:\n            $ref: '#/components/schemas/UpdateContractErrorObj'", "is for lists, and each list has it", "/components/schemas/ContractFulfillmentResponse/properties/MassUpdateErrors/xml"),
    both("evidence that no answer has", "x-aim-evidence: [WebRef, Status]", "x-aim-evidence: [¦WebReff, Status]", "`PostServiceTicketResponse` has no member `WebReff`", "/paths/~1api~1PostServiceTicket/post/x-aim-evidence/0"),
    both("no evidence", "x-aim-evidence: [WebRef, Status]", "¦x-aim-evidence: []", "the list is empty", "/paths/~1api~1PostServiceTicket/post/x-aim-evidence"),
    both("a partial list that is not a list", "x-aim-partial: MassUpdateErrors", "x-aim-partial: ¦Status", "has no list `Status`", "/paths/~1api~1ContractFulfillment/post/x-aim-partial"),
    both("a look-up that books", "        operation: GetContractDetails\n", "        operation: ¦C2BPostContract\n", "no operation `C2BPostContract` that is safe", "/paths/~1api~1ContractFulfillment/post/x-aim-lookup/operation"),
    both("a look-up by an unknown member", "by: {Ref: Ref}", "by: {Number: ¦Ref}", "`GetContractDetails` has no member `Number`", "/paths/~1api~1ContractFulfillment/post/x-aim-lookup/by/Number"),
    both("an exclusive member that does not exist", "[InstrumentId, Sku]", "[InstrumentId, ¦Skew]", "there is no member `Skew`", "/components/schemas/C2BPostContractRequest/x-aim-exclusive/0/1"),
    both("an unknown base class", "x-aim-base: BaseSecureRequest", "x-aim-base: ¦BaseSecurRequest", "there is no base class `BaseSecurRequest`", "/components/schemas/PostServiceTicketRequest/x-aim-base"),
    both("a wrong declaring class", "x-aim-declared-in: BaseResponse", "x-aim-declared-in: ¦BaseRequest", "`x-aim-declared-in` of `Status` is wrong", "/components/schemas/PostServiceTicketResponse/properties/Status/x-aim-declared-in"),
    both("a sensitive number", "          x-aim-dotnet-type: 'int?'\n", "          x-aim-dotnet-type: 'int?'\n          x-aim-sensitive: ¦personal\n", "a `int?` is marked as sensitive", "/components/schemas/PostServiceTicketRequest/properties/CustomerAcct/x-aim-sensitive"),
    both("a pattern of a part of the text", "x-aim-pattern: '^[0-9]{4}$'", "x-aim-pattern: ¦'[0-9]{4}'", "does not cover the whole text", "/components/schemas/CcInfo/properties/LastFour/x-aim-pattern"),
    both("an invalid pattern", "x-aim-pattern: '^[0-9]{4}$'", "x-aim-pattern: ¦'^[0-9{4}$'", "the pattern `^[0-9{4}$` cannot be read", "/components/schemas/CcInfo/properties/LastFour/x-aim-pattern"),
    row("an enum with two meanings", "          x-aim-open-enum:\n            name: CardType\n", "          ¦x-aim-open-enum:\n            name: AccessMode\n", "the enum `AccessMode` has other values elsewhere", "/components/schemas/CcInfo/properties/CardType/x-aim-open-enum"),
    row("a failure rule with an unknown member", "member: ErrorCode\n", "member: ¦ErrCode\n", "`BaseResponseResult` has no text member `ErrCode`", "/x-aim-failure/words/1/member"),
];

#[test]
fn every_mutation_is_reported_at_its_place() {
    let text = fs::read_to_string(fixture::root().join(DOCUMENT)).unwrap();
    assert_eq!(problems(&text), [], "the document itself is clean");
    let results = parallel::each(ROWS, |row| mutated(row, &text));
    let failures: Vec<String> = results.into_iter().filter_map(Result::err).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    assert!(ROWS.len() >= 40);
}

/// Returns the document of a row, or how the row fails. Its text may be in the
/// document more than once, since a new operation can repeat it; one of the
/// places must give the problem.
pub fn mutated(row: &Row, text: &str) -> Result<String, String> {
    let mut failure = format!("{}: the document has no {:?}", row.name, row.from);
    for (start, from) in text.match_indices(row.from) {
        let (before, after) = (&text[..start], &text[start + from.len()..]);
        match check(row, &format!("{before}{}{after}", row.to)) {
            Ok(document) => return Ok(document),
            Err(other) => failure = other,
        }
    }
    Err(failure)
}

/// The same for one place; `marked` is the changed document with the `¦`.
fn check(row: &Row, marked: &str) -> Result<String, String> {
    let name = row.name;
    let Some((before, after)) = marked.split_once('¦') else {
        return Err(format!("{name}: no ¦ shows the place"));
    };
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    let document = format!("{before}{after}");
    let found = problems(&document);
    let expected = |problem: &Problem| {
        problem.file == DOCUMENT
            && (problem.line, problem.column) == (line, column)
            && points_at(row.pointer, &problem.pointer)
            && problem.message.contains(row.message)
            && !problem.help.is_empty()
    };
    if found.iter().any(expected) {
        return Ok(document);
    }
    let found: Vec<_> = found.iter().map(ToString::to_string).collect();
    Err(format!(
        "{name}: wanted {DOCUMENT}:{line}:{column}: {}: {}\ngot {}",
        row.pointer,
        row.message,
        found.join("\n")
    ))
}

/// Whether a pointer is the wanted one, in which `*` is any index, since a new
/// parameter moves those after it.
fn points_at(wanted: &str, pointer: &str) -> bool {
    let is = |(wanted, token): (&str, &str)| match wanted {
        "*" => token.parse::<usize>().is_ok(),
        _ => wanted == token,
    };
    wanted.split('/').count() == pointer.split('/').count()
        && wanted.split('/').zip(pointer.split('/')).all(is)
}

fn problems(text: &str) -> Vec<Problem> {
    let read = Document::parse(DOCUMENT, text).and_then(|document| lint(&document));
    read.err().map_or_else(Vec::new, |problems: Problems| {
        problems.iter().cloned().collect()
    })
}

#[test]
fn an_unreadable_file_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("aim.yaml");
    assert_eq!(
        load(&missing),
        "openapi/aim.yaml:1:1: the file cannot be read"
    );
    assert_eq!(
        load(folder.path()),
        "openapi/aim.yaml:1:1: the file cannot be read"
    );
    fs::write(&missing, b"openapi: 3.0.3\ninfo: \xe9\n").unwrap();
    assert_eq!(
        load(&missing),
        "openapi/aim.yaml:2:7: the file is not valid UTF-8 from here on"
    );
}

/// The first line of the problems of a file, without the system's own message.
fn load(path: &Path) -> String {
    let problems = Document::load(path, DOCUMENT)
        .map(|_| ())
        .unwrap_err()
        .to_string();
    let first = problems.lines().next().unwrap_or_default();
    first.split(": ").take(2).collect::<Vec<_>>().join(": ")
}

/// No text makes the reader or the lint panic: the document cut at line ends,
/// and with random bytes put in, taken out or replaced. More of them are made of
/// the sample of aim-codegen, which is read in a fraction of the time.
#[test]
fn no_text_panics() {
    let text = fs::read_to_string(fixture::root().join(DOCUMENT)).unwrap();
    let ends = text.match_indices('\n').step_by(199);
    let mut texts: Vec<_> = ends.map(|(end, _)| text[..end].to_owned()).collect();
    // xorshift; the same inputs on every run.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    let pieces = [
        "- ", ": ", "[", "{", "}", "&a ", "*a", "\n", "\t", "'", "$ref: ", "\u{85}",
    ];
    for _ in 0..30 {
        let mut bytes = text.clone().into_bytes();
        for _ in 0..=random(3) {
            let at = random(bytes.len());
            match random(3) {
                0 => bytes[at] = u8::try_from(random(256)).unwrap(),
                1 => drop(bytes.drain(at..(at + random(300)).min(bytes.len()))),
                _ => drop(bytes.splice(at..at, pieces[random(pieces.len())].bytes())),
            }
        }
        texts.push(String::from_utf8_lossy(&bytes).into_owned());
    }
    parallel::each(&texts, |text| drop(problems(text)));
}

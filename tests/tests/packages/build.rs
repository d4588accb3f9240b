//! Tests what the client's build script compiles in the workspace and in a
//! package, with cargo on copies of both.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aim_codegen::document::Document;
use aim_codegen::generate::generate;
use aim_codegen::needs::{self, Member, OPERATIONS, SCHEMAS};
use aim_tests::fixture;
use aim_tests::nested::{Built, Nested, code, ran, read, write};

use crate::nested;

/// Only the client's types, with the generator: the fastest build.
const TYPES: &str = "default-features = false, features = [\"codegen\"]";

/// Sets a member that our document does not have.
const LOANER: &str = r#"
fn main() {
    let request = aim_client::types::PostServiceTicketRequest::new().LOANER("a lute");
    println!("{} {}", aim_client::CODE_ORIGIN, serde_json::to_string(&request).unwrap());
}
"#;

fn document() -> String {
    read(&fixture::root().join("openapi/aim.yaml"))
}

/// The document with one more member of a request.
fn with_member(name: &str) -> String {
    let text = document();
    let start = text.find("\n    PostServiceTicketRequest:\n").unwrap();
    let properties = "      properties:\n";
    let at = start + text[start..].find(properties).unwrap() + properties.len();
    let member = format!(
        "        {name}:\n          type: string\n          description: An instrument to lend.\n          \
         example: a lute\n          x-aim-dotnet-type: string\n"
    );
    format!("{}{member}{}", &text[..at], &text[at..])
}

/// Lines of warnings that begin with the client's name.
fn warnings(messages: &str) -> Vec<&str> {
    let lines = messages
        .lines()
        .map(|line| line.split_once(": aim-client: "));
    lines.flatten().map(|(_, warning)| warning).collect()
}

/// The messages of a build that must fail.
#[track_caller]
fn failure(mut command: Command) -> String {
    let ran = ran(&mut command);
    assert!(!ran.success, "{command:?} succeeded:\n{}", ran.messages);
    ran.messages
}

/// Checks that each line of a text is in an error of the client.
#[track_caller]
fn assert_says(messages: &str, text: &str) {
    for line in text.lines() {
        assert!(
            messages.lines().any(|said| said.ends_with(line)),
            "{line:?} is missing in:\n{messages}"
        );
    }
}

#[test]
#[ignore = "compiles for minutes"]
fn the_workspace_compiles_its_current_document() {
    let (nested, _alone) = nested();
    let root = nested.workspace();
    let maintained = root.join("openapi/aim.yaml");
    let copy = root.join("crates/aim-client/openapi/aim.yaml");
    let committed = root.join("crates/aim-client/src/generated");
    let package = ["--locked", "--package=aim-client", "--no-default-features"];
    let types = [&package[..], &["--features=codegen"]].concat();
    let check = [&["check"], &types[..]].concat();

    let built = nested.build(&root, &check);
    assert_eq!(built.origin, "package");
    assert!(!built.messages.contains("warning"), "{}", built.messages);
    assert_eq!(built.generated(), code(&committed));
    let committed = committed.join("types.rs");

    // Edited without `regen`, in one copy or in both.
    for edited in [&[&maintained][..], &[&maintained, &copy]] {
        let name = format!("Loaner{}", edited.len());
        for file in edited {
            write(file, with_member(&name));
        }
        let built = nested.build(&root, &check);
        assert_eq!(built.origin, "workspace");
        let said = warnings(&built.messages);
        assert!(
            matches!(said[..], [said] if said.contains("run `cargo xtask regen`")),
            "{said:?}"
        );
        assert!(built.generated().contains(&format!(" = \"{name}\";")));
    }
    write(&copy, document());
    // In a program outside the workspace.
    write(&maintained, with_member("Loaner"));
    let manifest = format!(
        "[dependencies]\naim-client = {{ path = '{}', {TYPES} }}\nserde_json = \"1\"\n",
        root.join("crates/aim-client").display()
    );
    let program = nested.program("edited", &manifest, &LOANER.replace("LOANER", "loaner"));
    let built = nested.build(&program, &["build"]);
    assert_eq!(built.run(), "workspace {\"Loaner\":\"a lute\"}\n");

    // Broken: the errors of `regen`.
    let broken = document().replacen("operationId:", "operatinId:", 1);
    let broken = broken.replacen("\nopenapi: 3.0.3", "\nopenapi: 3.1.0", 1);
    write(&maintained, &broken);
    let problems = Document::parse("openapi/aim.yaml", &broken);
    let problems = problems
        .and_then(|document| generate(&document))
        .unwrap_err();
    let said = failure(nested.cargo(&root, &check));
    assert_says(&said, &problems.to_string());

    // Missing, for example through a source filter.
    let types_only = [&["check"], &package[..]].concat();
    for (file, arguments) in [
        (&maintained, &check),
        (&copy, &check),
        (&committed, &check),
        (&committed, &types_only),
    ] {
        write(&maintained, document());
        let kept = read(file);
        fs::remove_file(file).unwrap();
        let said = failure(nested.cargo(&root, arguments));
        let name = file.strip_prefix(root.join("crates/aim-client"));
        let name = name.or_else(|_| file.strip_prefix(&root)).unwrap();
        assert!(
            said.contains(&format!("the file {} of ", name.display())),
            "{said}"
        );
        assert!(said.contains("a source filter"), "{said}");
        assert!(said.contains(root.to_str().unwrap()), "{said}");
        write(file, kept);
    }

    // Without the feature `codegen`.
    let mut command = nested.cargo(&root, &types_only);
    let said = failure_with(&mut command, &maintained);
    assert!(
        said.contains("the feature `codegen` of aim-client is off"),
        "{said}"
    );
    let built = nested.build(&root, &types_only);
    assert_eq!(built.origin, "committed");
}

fn failure_with(command: &mut Command, own: &Path) -> String {
    let ran = ran(command.env("AIM_CLIENT_DOCUMENT", own));
    assert!(!ran.success, "{}", ran.messages);
    ran.messages
}

/// A package, and a program that depends on it, with other crates in its build
/// that enable features of the generator's libraries.
struct Package {
    nested: Nested,
    folder: PathBuf,
    program: PathBuf,
}

impl Package {
    fn new(nested: Nested) -> Self {
        let [folder, codegen] = nested.packaged(["aim-client", "aim-codegen"], "beside/others");
        // A document of another project, which must be ignored.
        let beside = nested.target().join("beside");
        write(&beside.join("openapi/aim.yaml"), "not: ours");
        write(
            &beside.join("xtask/Cargo.toml"),
            "[package]\nname = \"xtask\"\n",
        );
        let manifest = format!(
            "[dependencies]\naim-client = {{ path = '{}', {TYPES} }}\nserde_json = \"1\"\n\n\
             [build-dependencies]\n\
             openapiv3 = {{ version = \"2\", features = [\"skip_serializing_defaults\"] }}\n\
             prettyplease = {{ version = \"0.3\", features = [\"verbatim\"] }}\n\
             proc-macro2 = {{ version = \"1\", features = [\"span-locations\"] }}\n\
             regex-syntax = \"0.8\"\n\
             serde_json = {{ version = \"1\", features = [\"arbitrary_precision\", \"preserve_order\"] }}\n\n\
             [patch.crates-io]\naim-codegen = {{ path = '{}' }}\n",
            folder.display(),
            codegen.display()
        );
        let program = nested.program("packaged", &manifest, "fn main() {}\n");
        write(&program.join("build.rs"), "fn main() {}\n");
        Self {
            nested,
            folder,
            program,
        }
    }

    fn build(&self) -> Built {
        self.nested.build(&self.program, &["build"])
    }

    fn settings(&self, text: &str) {
        write(&self.program.join(".cargo/config.toml"), text);
    }

    fn main(&self, text: &str) {
        write(&self.program.join("src/main.rs"), text);
    }
}

#[test]
#[ignore = "compiles for minutes"]
fn a_package_compiles_the_committed_code_if_the_output_differs() {
    let (nested, _alone) = nested();
    let package = Package::new(nested);
    package.settings("");
    let committed = package.folder.join("src/generated/types.rs");

    let built = package.build();
    assert_eq!(built.origin, "package");
    assert!(!built.messages.contains("warning"), "{}", built.messages);

    // As if another generator wrote it.
    let ours = read(&committed);
    write(&committed, format!("{ours}\n// Otherwise.\n"));
    let built = package.build();
    assert_eq!(built.origin, "committed");
    assert!(built.generated().contains("\n// Otherwise.\n"));
    let said = warnings(&built.messages);
    assert!(
        matches!(said[..], [said] if said.contains("this lock file")),
        "{said:?}"
    );
    write(&committed, ours);

    // A user's own document also works with a package.
    let own = package.program.join("aim.yaml");
    let set = "[env]\nAIM_CLIENT_DOCUMENT = { value = \"aim.yaml\", relative = true }\n";
    package.settings(set);
    for member in ["Loaner", "Lender"] {
        write(&own, with_member(member));
        package.main(&LOANER.replace("LOANER", &member.to_lowercase()));
        let built = package.build();
        assert_eq!(built.run(), format!("own {{\"{member}\":\"a lute\"}}\n"));
        assert!(!built.messages.contains("warning"), "{}", built.messages);
    }
    package.main("fn main() {}\n");

    // Errors in it stop the build; problems of style do not.
    let lacking = document().replacen("        FieldName:\n", "        Field:\n", 1);
    write(&own, &lacking);
    let said = failure(package.nested.cargo(&package.program, &["check"]));
    assert!(said.contains("/aim.yaml:"), "{said}");
    assert!(
        said.contains("`ResponseError` has no member `FieldName`"),
        "{said}"
    );
    fs::remove_file(&own).unwrap();
    let said = failure(package.nested.cargo(&package.program, &["check"]));
    assert!(
        said.contains("aim.yaml:1:1: the file cannot be read"),
        "{said}"
    );

    package.settings("[env]\nAIM_CLIENT_DOCUMENT = \"aim.yaml\"\n");
    let said = failure(package.nested.cargo(&package.program, &["check"]));
    assert_says(&said, set.trim_end());

    package.settings("[env]\nAIM_CLIENT_DOCUMENT = \"\"\n");
    assert_eq!(package.build().origin, "package");
}

/// The lists of `needs` are complete: the client compiles from a document that
/// has nothing else.
#[test]
#[ignore = "compiles for minutes"]
fn the_client_compiles_from_a_document_with_nothing_but_its_needs() {
    let (nested, _alone) = nested();
    let root = nested.workspace();
    let own = nested.target().join("smallest.yaml");
    write(&own, smallest());
    let mut command = nested.cargo(
        &root,
        &[
            "check",
            "--locked",
            "--package=aim-client",
            "--no-default-features",
            "--features=blocking,codegen,schemars,tracing",
        ],
    );
    let ran = ran(command.env("AIM_CLIENT_DOCUMENT", &own));
    assert!(ran.success, "{}", ran.messages);
    let said = warnings(&ran.messages);
    let title = "problems that only readers of the documentation notice";
    assert!(said[0].ends_with(title), "{said:#?}");
    assert!(said.last().unwrap().ends_with(" more"), "{said:#?}");
}

/// A name, a base class and members.
type Schema = (&'static str, &'static str, Vec<(&'static str, Member)>);

/// A document that has only what the client needs and the lint requires.
fn smallest() -> String {
    let mut text = format!(
        "openapi: 3.0.3\ninfo: {{title: Smallest, version: 1.0.0}}\nsecurity: [{{ApiKey: []}}]\n\
         x-aim-base-classes:\n  Asked: {{members: [ApiKey], description: D}}\n  \
         Answered: {{members: [{status}], description: D}}\n\
         x-aim-failure: {{member: {status}, words: [{{member: ErrorCode, good: ['0'], failure: ['1']}}], description: D}}\n\
         paths:\n",
        status = needs::STATUS
    );
    let mut schemas: Vec<Schema> = Vec::new();
    for (name, members) in SCHEMAS {
        schemas.push((name, "", members.to_vec()));
    }
    for operation in OPERATIONS {
        for (name, base) in [(operation.request, "Asked"), (operation.answer, "Answered")] {
            match schemas.iter_mut().find(|schema| schema.0 == name) {
                Some(schema) => schema.1 = base,
                None => schemas.push((name, base, Vec::new())),
            }
        }
    }
    for (_, base, members) in &mut schemas {
        match *base {
            "Answered" => members.push((needs::STATUS, Member::Object(needs::STATUS_SCHEMA))),
            "Asked" if members.is_empty() => members.push(("Any", Member::Text)),
            _ => {}
        }
    }
    for operation in OPERATIONS {
        let request = schemas.iter().find(|schema| schema.0 == operation.request);
        let input = if operation.verb == "get" {
            let members = request.unwrap().2.iter().map(|(name, _)| {
                format!("{{name: {name}, in: query, schema: {{type: string}}, x-aim-dotnet-type: string}}")
            });
            format!("parameters: [{}]", members.collect::<Vec<_>>().join(", "))
        } else {
            format!(
                "requestBody: {{required: true, content: {{application/json: {{schema: {}}}}}}}",
                reference("schemas", operation.request)
            )
        };
        text += &format!(
            "  /api/{id}:\n    {verb}:\n      operationId: {id}\n      x-aim-operation: {id}\n      x-aim-request: {request}\n      \
             x-aim-repeat: {repeat}\n      x-aim-evidence: [{status}]\n      {input}\n      responses:\n        \
             '200': {{description: D, content: {{application/json: {{schema: {answer}}}}}}}\n        \
             default: {error}\n",
            id = operation.id,
            verb = operation.verb,
            repeat = operation.repeat,
            request = operation.request,
            status = needs::STATUS,
            answer = reference("schemas", operation.answer),
            error = reference("responses", "Error"),
        );
    }
    text += &format!(
        "components:\n  responses:\n    Error: {{description: D, content: {{application/json: {{schema: {}}}}}}}\n  \
         securitySchemes:\n    ApiKey: {{type: apiKey, in: header, name: ApiKey, description: D, \
         x-aim-dotnet-type: string, x-aim-declared-in: Asked, x-aim-sensitive: secret}}\n  schemas:\n",
        reference("schemas", "ErrorResponse")
    );
    for (name, base, members) in &schemas {
        text += &format!("    {name}:\n      type: object\n");
        if !base.is_empty() {
            text += &format!("      x-aim-base: {base}\n");
        }
        text += "      properties:\n";
        for (member, kind) in members {
            let declared = if *member == needs::STATUS {
                ", x-aim-declared-in: Answered"
            } else {
                ""
            };
            let kind = match kind {
                Member::Object(name) => format!(
                    "allOf: [{}], x-aim-dotnet-type: {name}",
                    reference("schemas", name)
                ),
                Member::List(name) => format!(
                    "type: array, nullable: true, items: {}, x-aim-dotnet-type: List<{name}>",
                    reference("schemas", name)
                ),
                _ => "type: string, x-aim-dotnet-type: string".to_owned(),
            };
            text += &format!("        {member}: {{{kind}{declared}}}\n");
        }
    }
    text
}

fn reference(section: &str, name: &str) -> String {
    format!("{{$ref: '#/components/{section}/{name}'}}")
}

//! The published crates as a user gets them: packaged by cargo, built from the
//! packages alone and run, all without the network.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use aim_tests::fixture;
use aim_tests::nested::{Nested, code, read, write};
use serde_json::Value;

use crate::nested;

/// Packages that only the feature `codegen` may depend on.
const GENERATOR: [&str; 6] = [
    "aim-codegen",
    "openapiv3",
    "prettyplease",
    "progenitor",
    "progenitor-impl",
    "typify",
];

/// A program that calls an operation of a server that it starts itself.
const CONSUMER: &str = r#"
use std::error::Error;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread;

use aim_client::types::GetContractDetailsRequest;
use aim_client::{AimClient, Credentials};

const ANSWER: &str = "{\"TotalDue\":12.30,\"Status\":{\"StatusCode\":\"OK\"}}";

fn serve(listener: &TcpListener) -> io::Result<String> {
    let (mut stream, _) = listener.accept()?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let start = head.len();
        reader.read_line(&mut head)?;
        let line = head[start..].trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let length = ANSWER.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{ANSWER}"
    )?;
    let line = head.lines().next().unwrap_or_default();
    Ok(format!("{line} {}", String::from_utf8_lossy(&body)))
}

fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    let server = thread::spawn(move || serve(&listener));
    let client = AimClient::builder()
        .base_url(format!("http://{address}"))
        .credentials(Credentials::new("api-key", "app-id"))
        .build()?;
    let request = GetContractDetailsRequest::new().ref_("C-20117");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answer = runtime.block_on(client.get_contract_details(&request))?;
    println!("{}", server.join().map_err(|_| "the server panicked")??);
    println!("{}", answer.total_due.ok_or("nothing due")?);
    Ok(())
}
"#;

/// The consumer's output: the request as it arrived, and the amount with the
/// digits that were sent.
const PRINTED: &str = "POST /api/GetContractDetails HTTP/1.1 {\"Ref\":\"C-20117\"}\n12.30\n";

#[test]
#[ignore = "compiles for minutes"]
fn a_user_builds_and_runs_the_published_crates() {
    let (nested, _alone) = nested();
    let root = fixture::root();
    let published = published(&nested, &root);
    let names: Vec<&str> = published.iter().map(String::as_str).collect();
    assert_eq!(names, ["aim-client", "aim-codegen", "aim-fake"]);
    // What is built below verifies the packages.
    let [client, codegen, fake] =
        nested.packaged(["aim-client", "aim-codegen", "aim-fake"], "unpacked");
    for folder in [&client, &codegen, &fake] {
        for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
            assert_eq!(
                read(&folder.join(name)),
                read(&root.join(name)),
                "{}",
                folder.display()
            );
        }
    }
    let document = read(&client.join("openapi/aim.yaml"));
    let committed = code(&client.join("src/generated"));
    assert_eq!(document, read(&root.join("openapi/aim.yaml")));
    assert_eq!(read(&fake.join("openapi/aim.yaml")), document);
    assert_eq!(
        committed,
        code(&root.join("crates/aim-client/src/generated"))
    );
    assert_eq!(
        top_level(&client),
        [
            "build.rs",
            "examples",
            "openapi",
            "src",
            "Cargo.lock",
            "Cargo.toml",
            "Cargo.toml.orig"
        ]
        .into_iter()
        .chain(["LICENSE-APACHE", "LICENSE-MIT", "README.md"])
        .map(str::to_owned)
        .collect(),
    );

    let consumer = |features: &str, rest: &str| {
        let manifest = format!(
            "[dependencies]\naim-client = {{ path = '{}', {features} }}\n\
             tokio = {{ version = \"1\", features = [\"rt\"] }}\n\n{rest}",
            client.display(),
        );
        let folder = nested.program("consumer", &manifest, CONSUMER);
        let built = nested.build(&folder, &["build"]);
        assert!(!built.messages.contains("warning"), "{}", built.messages);
        assert_eq!(built.run(), PRINTED);
        (built, nested.graph(&folder))
    };
    let patch = format!(
        "[patch.crates-io]\naim-codegen = {{ path = '{}' }}\n",
        codegen.display()
    );
    let (built, graph) = consumer("", &patch);
    assert_eq!(built.origin, "package");
    assert_eq!(built.generated(), committed);
    for name in GENERATOR {
        assert!(graph.contains(name), "{name} is not in {graph:?}");
    }

    // Else cargo would take it for a member of the workspace around it.
    let manifest = fake.join("Cargo.toml");
    write(&manifest, format!("{}\n[workspace]\n", read(&manifest)));
    let built = nested.build(&fake, &["build", "--locked"]);
    assert!(!built.messages.contains("warning"), "{}", built.messages);

    let features = "default-features = false, features = [\"rustls\"]";
    let (built, graph) = consumer(features, "");
    assert_eq!(built.origin, "committed");
    for name in GENERATOR {
        assert!(!graph.contains(name), "{name} is in {graph:?}");
    }
}

/// The lines of the READMEs that add our crates to a program are right for one
/// beside a checkout.
#[test]
#[ignore = "compiles for minutes"]
fn the_install_lines_work_from_a_fresh_folder() {
    let (nested, _alone) = nested();
    let root = fixture::root();
    let lines = |readme: &str, name: &str| {
        let text = read(&root.join(readme));
        let (_, block) = text.split_once("```toml\n").unwrap();
        let (block, _) = block.split_once("```").unwrap();
        let start = format!("{name} = {{ path = \"../aim-client/crates/{name}\"");
        assert!(block.contains(&start), "{readme}: {block}");
        block.to_owned()
    };
    let client = lines("crates/aim-client/README.md", "aim-client");
    let fake = lines("crates/aim-fake/README.md", "aim-fake");
    let line = |text: &str| text.lines().nth(1).unwrap().to_owned();
    assert_eq!(line(&lines("README.md", "aim-client")), line(&client));

    let _ = nested.workspace();
    let folder = nested.program("fresh", &format!("{client}\n{fake}"), CONSUMER);
    let built = nested.build(&folder, &["build"]);
    assert_eq!(built.origin, "package");
    assert_eq!(built.run(), PRINTED);
}

/// The members of the workspace that are meant for crates.io.
fn published(nested: &Nested, root: &Path) -> BTreeSet<String> {
    let arguments = ["metadata", "--format-version=1", "--no-deps", "--locked"];
    let metadata: Value = serde_json::from_str(&nested.run(root, &arguments).printed).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages
        .filter(|package| package["publish"].is_null())
        .map(|package| package["name"].as_str().unwrap().to_owned())
        .collect()
}

/// The top level of a package, without cargo's note of the commit.
fn top_level(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != ".cargo_vcs_info.json")
        .collect()
}

//! The published crates as a stranger gets them: packaged by cargo, built from
//! the packages alone and run, all without the network.
//!
//! What is compiled stays below the target folder, so only the first run is
//! slow.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "that is how a test fails"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use aim_tests::fixture;
use serde_json::Value;

/// What only the feature `codegen` may bring along.
const GENERATOR: [&str; 6] = [
    "aim-codegen",
    "openapiv3",
    "prettyplease",
    "progenitor",
    "progenitor-impl",
    "typify",
];

/// Calls an operation of a server that it starts itself.
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

/// What the consumer prints: the request as it arrived, the amount with its
/// digits as they were sent.
const PRINTED: &str = "POST /api/GetContractDetails HTTP/1.1 {\"Ref\":\"C-20117\"}\n12.30\n";

#[test]
fn a_stranger_builds_and_runs_the_published_crates() {
    let root = fixture::root();
    let published = published(&root);
    let mut arguments = vec!["package", "--allow-dirty", "--locked"];
    for package in &published {
        package.forget();
        arguments.extend(["--package", &package.name]);
    }
    cargo(&root, &arguments);

    let [client, codegen, fake] = ["aim-client", "aim-codegen", "aim-fake"].map(|name| {
        let package = published.iter().find(|package| package.name == name);
        package.unwrap_or_else(|| panic!("{name} is not published"))
    });
    let client_folder = client.unpack("unpacked");
    let codegen_folder = codegen.unpack("unpacked");
    let fake_folder = fake.unpack("unpacked");
    for folder in [&client_folder, &codegen_folder, &fake_folder] {
        for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
            assert_eq!(
                read(&folder.join(name)),
                read(&root.join(name)),
                "{}",
                folder.display()
            );
        }
    }
    let document = read(&client_folder.join("openapi/aim.yaml"));
    let committed = read(&client_folder.join("src/generated.rs"));
    assert_eq!(document, read(&root.join("openapi/aim.yaml")));
    for name in ["openapi/aim.yaml", "openapi/aim.json"] {
        assert_eq!(read(&fake_folder.join(name)), read(&root.join(name)));
    }
    assert_eq!(
        committed,
        read(&root.join("crates/aim-client/src/generated.rs"))
    );
    assert_eq!(
        top_level(&client_folder),
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

    let consumer = Consumer::new(&root);

    let built = consumer.build(&client_folder, "", Some(&codegen_folder));
    assert!(!built.messages.contains("warning"), "{}", built.messages);
    assert_eq!(built.origin.as_deref(), Some("generated"));
    assert_eq!(built.generated(), committed);
    assert_eq!(built.run(), PRINTED);
    for name in GENERATOR {
        assert!(
            built.graph.contains(name),
            "{name} is not in {:?}",
            built.graph
        );
    }

    let features = "default-features = false, features = [\"rustls\"]";
    let built = consumer.build(&client_folder, features, None);
    assert!(!built.messages.contains("warning"), "{}", built.messages);
    assert_eq!(built.origin, None);
    assert_eq!(built.run(), PRINTED);
    for name in GENERATOR {
        assert!(
            !built.graph.contains(name),
            "{name} is in {:?}",
            built.graph
        );
    }

    // Code that was generated otherwise than the committed is never compiled.
    let edited_folder = client.unpack("edited");
    edit(&edited_folder.join("openapi/aim.yaml"), &document);
    let built = consumer.build(&edited_folder, "", Some(&codegen_folder));
    assert_eq!(built.origin.as_deref(), Some("committed"));
    let warning = format!(
        "warning: aim-client@{}: aim-client: the code generated",
        client.version
    );
    assert!(built.messages.contains(&warning), "{}", built.messages);
    assert_eq!(built.generated(), committed);
    assert_eq!(built.run(), PRINTED);

    consumer.clean();
}

/// A package that is meant for crates.io.
struct Package {
    name: String,
    version: String,
}

/// The members of the workspace that may be published.
fn published(root: &Path) -> Vec<Package> {
    let arguments = ["metadata", "--format-version=1", "--no-deps", "--locked"];
    let metadata: Value = serde_json::from_str(&cargo(root, &arguments).0).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages
        .filter(|package| package["publish"].is_null())
        .map(|package| Package {
            name: package["name"].as_str().unwrap().to_owned(),
            version: package["version"].as_str().unwrap().to_owned(),
        })
        .collect()
}

impl Package {
    /// Removes what cargo unpacked and compiled of this package the time
    /// before: while verifying, it would take that for the new one, since the
    /// version is the same.
    fn forget(&self) {
        let home = env::var_os("CARGO_HOME").map(PathBuf::from);
        let home = home
            .or_else(|| Some(env::home_dir()?.join(".cargo")))
            .unwrap();
        let name = format!("{}-{}", self.name, self.version);
        for registry in fs::read_dir(home.join("registry/src"))
            .into_iter()
            .flatten()
        {
            // Nearly always there is none.
            let _ = fs::remove_dir_all(registry.unwrap().path().join(&name));
        }
        let compiled = target().join("debug/.fingerprint");
        for entry in fs::read_dir(compiled).into_iter().flatten().flatten() {
            let is_ours = |name: &str| name.starts_with(&format!("{}-", self.name));
            if entry.file_name().to_str().is_some_and(is_ours) {
                fs::remove_dir_all(entry.path()).unwrap();
            }
        }
    }

    /// Unpacks the package below `place`, unless the very same package is there
    /// already: untouched files need not be compiled again.
    fn unpack(&self, place: &str) -> PathBuf {
        let name = format!("{}-{}", self.name, self.version);
        let packed = target().join("package").join(format!("{name}.crate"));
        let place = target().join(place);
        let folder = place.join(&name);
        let unpacked = place.join(format!("{name}.crate"));
        if fs::read(&packed).unwrap() == fs::read(&unpacked).unwrap_or_default() {
            return folder;
        }
        // Of a run that was interrupted, or of an older package.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&place).unwrap();
        // Files are packed with an age of years, by which cargo would take a
        // changed one for compiled: `-m` makes them new.
        let mut tar = Command::new("tar");
        run(tar.arg("-xmzf").arg(&packed).arg("-C").arg(&place));
        fs::copy(&packed, &unpacked).unwrap();
        folder
    }
}

/// Changes every description that stands on one line.
fn edit(file: &Path, document: &str) {
    let mut edited = String::new();
    for line in document.lines() {
        let text = line.trim_start().strip_prefix("description: ");
        match text.filter(|text| text.starts_with(char::is_alphabetic)) {
            Some(text) => edited.push_str(&line.replace(text, &format!("Edited. {text}"))),
            None => edited.push_str(line),
        }
        edited.push('\n');
    }
    assert_ne!(edited, document, "no description was found");
    // A file that is written anew is compiled anew.
    if read(file) != edited {
        fs::write(file, edited).unwrap();
    }
}

/// A program outside the workspace that depends on the client.
struct Consumer {
    folder: tempfile::TempDir,
}

/// A build of the consumer.
struct Built {
    /// What cargo and the compiler said.
    messages: String,
    /// What the client's build script says it compiled.
    origin: Option<String>,
    /// The folder into which that build script writes.
    out: PathBuf,
    /// The names of all packages that were built.
    graph: BTreeSet<String>,
    program: PathBuf,
}

impl Consumer {
    fn new(root: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("src")).unwrap();
        fs::write(folder.path().join("src/main.rs"), CONSUMER).unwrap();
        // Versions of its own would have to be downloaded.
        fs::copy(root.join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
        Self { folder }
    }

    /// Builds it with the client in a folder, some features of it, and the
    /// generator in a folder if it is needed.
    fn build(&self, client: &Path, features: &str, codegen: Option<&Path>) -> Built {
        let patch = codegen.map_or_else(String::new, |folder| {
            format!(
                "[patch.crates-io]\naim-codegen = {{ path = '{}' }}\n",
                folder.display()
            )
        });
        let manifest = format!(
            "[package]\nname = \"consumer\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\naim-client = {{ path = '{}', {features} }}\n\
             tokio = {{ version = \"1\", features = [\"rt\"] }}\n\n{patch}",
            client.display(),
        );
        let folder = self.folder.path();
        fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        let arguments = ["build", "--message-format=json-render-diagnostics"];
        let (printed, messages) = cargo(folder, &arguments);
        let (mut origin, mut out, mut program) = (None, PathBuf::new(), PathBuf::new());
        for line in printed.lines() {
            let message: Value = serde_json::from_str(line).unwrap();
            let id = message["package_id"].as_str().unwrap_or_default();
            if message["reason"] == "build-script-executed" && id.contains("aim-client") {
                let variable = message["env"].as_array().unwrap().first();
                origin = variable.map(|pair| pair[1].as_str().unwrap().to_owned());
                out = PathBuf::from(message["out_dir"].as_str().unwrap());
            } else if let Some(path) = message["executable"].as_str() {
                program = PathBuf::from(path);
            }
        }
        let arguments = ["tree", "--locked", "--edges=normal,build", "--prefix=none"];
        let graph = cargo(folder, &arguments).0;
        let graph = graph.lines().filter_map(|line| line.split(' ').next());
        Built {
            messages,
            origin,
            out,
            graph: graph.map(str::to_owned).collect(),
            program,
        }
    }

    /// Removes what was compiled of the consumer: its folder is another in
    /// every run.
    fn clean(&self) {
        cargo(self.folder.path(), &["clean", "--package", "consumer"]);
    }
}

impl Built {
    /// The code that the client's build script wrote.
    fn generated(&self) -> String {
        read(&self.out.join("generated.rs"))
    }

    /// Runs the program and returns what it prints.
    fn run(&self) -> String {
        run(&mut Command::new(&self.program)).0
    }
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("package-test")
}

/// Runs cargo as from a shell of its own, without the network.
fn cargo(folder: &Path, arguments: &[&str]) -> (String, String) {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // What cargo sets for this test, and what is set for the workspace's build.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        let kept = text == "CARGO_HOME" || text.starts_with("RUSTUP_");
        if !kept && (text.starts_with("CARGO") || text.starts_with("RUST")) {
            command.env_remove(&name);
        }
    }
    command
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target())
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_TERM_COLOR", "never")
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_PROFILE_DEV_DEBUG", "0");
    run(command.args(arguments))
}

/// Runs a command that must succeed, and returns what it printed as output and
/// as errors.
fn run(command: &mut Command) -> (String, String) {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success(),
        "{command:?}: {}\n{errors}",
        output.status
    );
    (String::from_utf8(output.stdout).unwrap(), errors)
}

/// Reads a text; line ends do not count, since a checkout may change them.
fn read(file: &Path) -> String {
    let text = fs::read_to_string(file);
    let text = text.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    text.replace("\r\n", "\n")
}

/// What lies directly in a package, but for cargo's note of the commit.
fn top_level(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != ".cargo_vcs_info.json")
        .collect()
}

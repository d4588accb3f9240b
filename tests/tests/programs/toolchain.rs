//! The versions that the workspace promises and pins.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Cargo's metadata of all packages that are built here, without those of other
/// platforms, which were never downloaded.
fn metadata() -> Value {
    let about = cargo(&["--version", "--verbose"]);
    let host = about
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap();
    let arguments = ["metadata", "--format-version=1", "--offline", "--locked"];
    let printed = cargo(&[&arguments[..], &["--filter-platform", host]].concat());
    serde_json::from_str(&printed).unwrap()
}

fn cargo(arguments: &[&str]) -> String {
    let mut command = crate::cargo();
    let output = command.args(arguments).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{command:?}: {}\n{errors}",
        output.status
    );
    String::from_utf8(output.stdout).unwrap()
}

/// The packages of the workspace, and all others.
fn packages(metadata: &Value) -> (Vec<&Value>, Vec<&Value>) {
    let members = metadata["workspace_members"].as_array().unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages.partition(|package| members.contains(&package["id"]))
}

/// `1.89` and `1.89.0` are the same version.
fn rust_version(package: &Value) -> Option<[u32; 3]> {
    let text = package["rust_version"].as_str()?;
    let mut parts = text.split('.').map(|part| part.parse().unwrap());
    Some([(); 3].map(|()| parts.next().unwrap_or(0)))
}

#[test]
fn no_dependency_asks_for_a_newer_rust() {
    let metadata = metadata();
    let (members, others) = packages(&metadata);
    let promised: BTreeSet<_> = members
        .iter()
        .map(|package| rust_version(package))
        .collect();
    assert_eq!(promised.len(), 1, "the members differ: {promised:?}");
    let promised = promised.into_iter().flatten().next();
    let promised = promised.expect("the members name no rust-version");
    let newer: Vec<String> = others
        .iter()
        .filter(|package| rust_version(package) > Some(promised))
        .map(|package| {
            let [name, version, asked] =
                ["name", "version", "rust_version"].map(|key| package[key].as_str().unwrap());
            format!("{name} {version} asks for {asked}")
        })
        .collect();
    assert!(newer.is_empty(), "newer than {promised:?}: {newer:#?}");
    // Otherwise nothing was compared.
    assert!(others.iter().any(|package| rust_version(package).is_some()));
}

/// The packages that determine the generated code, besides the document.
const GENERATORS: [&str; 6] = [
    "openapiv3",
    "prettyplease",
    "progenitor",
    "progenitor-impl",
    "saphyr-parser",
    "typify",
];

/// Our lock file pins one version of each, and no manifest requires an exact
/// version, so a consumer can use another one.
#[test]
fn the_generators_are_pinned_by_the_lock_file_alone() {
    let metadata = metadata();
    let (members, others) = packages(&metadata);
    for name in GENERATORS {
        let locked = others.iter().filter(|package| package["name"] == name);
        assert_eq!(locked.count(), 1, "{name} in Cargo.lock");
    }
    let asked: BTreeMap<&str, &str> = members
        .iter()
        .flat_map(|package| package["dependencies"].as_array().unwrap())
        .map(|dependency| ["name", "req"].map(|key| dependency[key].as_str().unwrap()))
        .map(|[name, asked]| (name, asked))
        .collect();
    for (name, asked) in &asked {
        // The generator is part of the client.
        let is_exact = asked.starts_with('=');
        assert_eq!(is_exact, *name == "aim-codegen", "{name} {asked}");
    }
    assert!(asked.contains_key("aim-codegen"));
}

/// With the same features the generator and the program share a crate; otherwise
/// a consumer's build compiles it twice.
#[test]
fn the_client_compiles_no_crate_twice() {
    let edges = "--edges=normal,build";
    let shown = ["--format={p} [{f}]", "--prefix=none", "--no-dedupe"];
    let arguments = [
        &["tree", "--locked", "--package=aim-client", edges],
        &shown[..],
    ]
    .concat();
    let printed = cargo(&arguments);
    let built: BTreeSet<&str> = printed.lines().collect();
    let mut packages = BTreeSet::new();
    for line in built {
        let (package, _) = line.rsplit_once(" [").unwrap();
        assert!(
            packages.insert(package),
            "{package} has other features, too: {line}"
        );
    }
    assert!(
        packages
            .iter()
            .any(|package| package.starts_with("progenitor "))
    );
}

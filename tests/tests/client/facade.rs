//! What the facade says of operations and errors is what the document and the
//! recordings say.

use std::fs;

use aim_client::{Effect, ErrorKind, Limit, Operation};
use aim_codegen::document::Document;
use aim_codegen::lint::lint;
use aim_tests::replay::{self, Player};
use aim_tests::requests;
use aim_tests::{document, fixture};
use heck::ToUpperCamelCase;
use serde_json::Value;

#[test]
fn what_the_document_declares_can_be_asked_for() {
    let operations = document::operations().unwrap();
    assert_eq!(Operation::all().len(), operations.len());
    for (found, expected) in Operation::all().iter().zip(&operations) {
        assert_eq!(found.id(), expected.id);
        assert_eq!(found.method(), expected.method);
        assert_eq!(found.path(), expected.path);
        let safe = found.effect() == Effect::ReadOnly;
        assert_eq!(safe, expected.value["x-aim-repeat"] == "safe");
        let lookup = &expected.value["x-aim-lookup"]["operation"];
        assert_eq!(found.lookup(), lookup.as_str());
    }
}

/// Errors send people there.
#[test]
fn every_kind_of_error_has_a_section_in_troubleshooting() {
    let path = fixture::root().join("crates/aim-client/src/troubleshooting.md");
    let text = fs::read_to_string(path).unwrap();
    let kinds = [
        ErrorKind::Refused,
        ErrorKind::Duplicate,
        ErrorKind::NoConnection,
        ErrorKind::Tls,
        ErrorKind::Broken,
        ErrorKind::Limit(Limit::ConnectTime),
        ErrorKind::Limit(Limit::ReadTime),
        ErrorKind::Limit(Limit::TotalTime),
        ErrorKind::Limit(Limit::InFlight),
        ErrorKind::Limit(Limit::AnswerSize),
        ErrorKind::Limit(Limit::AnswerItems),
        ErrorKind::Limit(Limit::HeaderSize),
        ErrorKind::Credentials,
        ErrorKind::NoSuchPath,
        ErrorKind::Redirect,
        ErrorKind::InBand,
        ErrorKind::UnclearStatus,
        ErrorKind::Exception,
        ErrorKind::Partial,
        ErrorKind::NoEvidence,
        ErrorKind::UnusableAnswer,
        ErrorKind::HttpStatus,
        ErrorKind::NotTheAnswer,
        ErrorKind::Dropped,
        ErrorKind::Panicked,
        ErrorKind::Mocked,
    ];
    let expected: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
    let found: Vec<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# `")?.strip_suffix('`'))
        .collect();
    assert_eq!(found, expected);
}

/// The rows of the table of verdicts are what they claim to be: a recording is
/// judged so, by the rules of the document's README and by the client.
#[tokio::test]
async fn every_row_of_the_table_of_verdicts_is_a_recording_or_a_fault() {
    let root = fixture::root();
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap();
    let tests = [
        "client/guarantees",
        "client/regressions",
        "transport/compression",
        "transport/sign_in",
    ];
    let tests = tests.map(|name| read(&format!("tests/tests/{name}.rs")));
    let tests = tests.concat();
    let document = document::document().unwrap();
    let operations = document::operations().unwrap();
    let exchanges = fixture::exchanges();
    let outcomes: Vec<Value> = serde_json::from_str(&read("openapi/outcomes.json")).unwrap();
    let player = Player::start();
    let text = read("crates/aim-client/src/design.md");
    let (_, table) = text.split_once("| recording or fault |").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let rows: Vec<_> = table.lines().skip(2).collect();
    assert!(rows.len() > 30, "{rows:?}");
    let mut recordings = 0;
    for row in rows {
        let mut cells = row.rsplit('|').map(str::trim).skip(1);
        let (proof, delivery) = (cells.next().unwrap(), cells.next().unwrap());
        assert!(proof.contains('`'), "{row}");
        for name in proof.split('`').skip(1).step_by(2) {
            if tests.contains(&format!("fn {name}()")) {
                continue;
            }
            if let Some(row) = outcomes.iter().find(|row| row["name"] == name) {
                assert_eq!(row["outcome"], delivery, "{name}");
                continue;
            }
            let found = exchanges.iter().find(|exchange| exchange.id == name);
            let Some(exchange) = found else {
                assert!(!fixture::is_whole(), "{row}");
                continue;
            };
            // Where none was called, the answer is the same to all.
            let operation = replay::operation_of(&operations, exchange).unwrap_or(&operations[0]);
            let response = &exchange.value["response"];
            let reply = replay::reply(response);
            let request = requests::minimal(operation);
            let verdict = replay::verdict(&document, operation, &request, response, &reply.body);
            assert_eq!(
                verdict.map(|it| it.to_string()).as_deref(),
                Some(delivery),
                "{row}"
            );
            assert_eq!(
                player.play(operation, reply).await.delivery,
                verdict,
                "{row}"
            );
            recordings += 1;
        }
    }
    assert!(recordings > 10, "{recordings}");
}

/// An operation of such a name would be a second method of the same name, so
/// `regen` refuses it, in any document: in a small one here.
#[test]
fn the_names_of_the_clients_own_methods_are_reserved() {
    let root = fixture::root();
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap();
    let sample = read("crates/aim-codegen/src/read/document/sample.yaml").replace("\r\n", "\n");
    let mut reserved = 0;
    for file in [
        "aim_client",
        "blocking",
        "builder",
        "check",
        "login",
        "lookup",
    ] {
        let source = read(&format!("crates/aim-client/src/client/{file}.rs"));
        let source = syn::parse_file(&source).unwrap();
        let methods = source.items.iter().filter_map(|item| match item {
            syn::Item::Impl(item) if *item.self_ty == syn::parse_quote!(AimClient) => {
                Some(&item.items)
            }
            _ => None,
        });
        for method in methods.flatten() {
            let syn::ImplItem::Fn(method) = method else {
                continue;
            };
            if !matches!(method.vis, syn::Visibility::Public(_)) {
                continue;
            }
            let name = method.sig.ident.to_string().to_upper_camel_case();
            let edited =
                sample.replacen("operationId: Look\n", &format!("operationId: {name}\n"), 1);
            assert_ne!(edited, sample);
            let read = Document::parse("sample.yaml", &edited).unwrap();
            let problems = lint(&read).unwrap_err().to_string();
            assert!(problems.contains("is reserved"), "{name}: {problems}");
            reserved += 1;
        }
    }
    assert!(reserved > 3, "{reserved}");
}

//! Runs the client's examples as programs on the fake, and checks what each
//! prints and what the store has afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use aim_fake::{AimFake, Fault, State};
use aim_tests::document::{self, Operation};
use aim_tests::fixture;
use heck::ToSnakeCase;

use crate::example;

/// Runs an example that must succeed, and returns its output.
fn run(name: &str, arguments: &[&str]) -> String {
    let (printed, errors, succeeded) = started(name, arguments);
    assert!(succeeded, "{name}: {errors}");
    printed
}

/// Runs an example that must fail, and returns its output and its error.
fn fail(name: &str, arguments: &[&str]) -> (String, String) {
    let (printed, errors, succeeded) = started(name, arguments);
    assert!(!succeeded, "{name}: {printed}");
    assert!(errors.contains("aim_client::troubleshooting#"), "{errors}");
    (printed, errors)
}

fn started(name: &str, arguments: &[&str]) -> (String, String, bool) {
    let output = example(name).args(arguments).output().unwrap();
    let [printed, errors] =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    for text in [&printed, &errors] {
        assert!(
            ["canary", "Jordan", "jordan", "invented"]
                .iter()
                .all(|secret| !text.contains(secret)),
            "{text}"
        );
    }
    (printed, errors, output.status.success())
}

/// The operations with an example, by the example's name, which is that of the
/// method.
fn shown() -> BTreeMap<String, Operation> {
    let folder = fixture::root().join("crates/aim-client/examples");
    let mut examples: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|name| !["journal", "doubts", "sign_in"].contains(&name.as_str()))
        .collect();
    let operations = document::operations().unwrap().into_iter();
    let shown = operations.filter_map(|operation| {
        // As the methods are named: `C2b` is one word.
        let method = operation.id.replace("C2B", "C2b").to_snake_case();
        examples.remove(&method).then_some((method, operation))
    });
    let shown = shown.collect();
    assert!(examples.is_empty(), "without an operation: {examples:?}");
    shown
}

#[tokio::test]
async fn every_example_does_what_it_says() {
    let state = State::example().unwrap();
    let fake = AimFake::builder().state(state).start().await.unwrap();
    let url = fake.base_url();
    let last = || fake.state().bookings().last().unwrap().references[0].clone();

    let printed = run("c2b_post_contract", &[url]);
    assert_eq!(printed, format!("booked: {}\n", last()));

    let printed = run("c2b_post_contract_get", &[url]);
    let (refused, booked) = printed.split_once('\n').unwrap();
    assert!(
        refused.contains("CustomerInfo would stand in a url"),
        "{printed}"
    );
    assert_eq!(booked, format!("booked: {}\n", last()));

    let printed = run("post_service_ticket", &[url, "WEB-7"]);
    assert_eq!(printed, format!("posted: {}\n", last()));

    let printed = run("contract_fulfillment", &[url, "R-104234", "R-104235"]);
    assert_eq!(printed, "applied\n");
    let (printed, _) = fail("contract_fulfillment", &[url, "R-104233", "R-0"]);
    assert_eq!(printed, "not applied: R-0\n");

    let serial = "YCL255-118204";
    let printed = run("c2b_set_contract_serial", &[url, "R-104233", serial]);
    assert_eq!(printed, "applied\n");

    let printed = run("customer_access_token", &[url, "20417"]);
    assert!(printed.starts_with("Some([redacted]): "), "{printed}");

    let printed = run("get_contract_details", &[url, "R-104233"]);
    assert!(
        printed.contains(&format!("\nrented: {serial}\n")),
        "{printed}"
    );
    assert!(printed.starts_with("due in all: "), "{printed}");

    let printed = run("get_contract_details_get", &[url, "R-104233", "R-0"]);
    assert!(printed.contains("R-104233: Some("), "{printed}");
    assert!(
        printed.contains("\nR-0: GetContractDetailsGet: "),
        "{printed}"
    );

    let printed = run("sign_in", &["R-104233", url]);
    assert!(printed.contains("with account Some(20417)"), "{printed}");
    assert!(
        printed.ends_with(&format!("\nbooked: {}\n", last())),
        "{printed}"
    );

    let requests = fake.requests();
    let called = requests.iter().filter_map(|one| {
        let path = one.target.split('?').next().unwrap();
        Some((one.operation?, one.method.as_str(), path))
    });
    let called: BTreeSet<_> = called.collect();
    for (example, operation) in shown() {
        let names = (operation.service(), operation.method);
        let is_called = called.iter().any(|(service, method, path)| {
            (*service, *method) == names && path.ends_with(&operation.path)
        });
        assert!(is_called, "{example}");
    }
}

#[tokio::test]
async fn the_examples_say_what_may_have_happened() {
    let state = State::example().unwrap();
    let fake = AimFake::builder().state(state).start().await.unwrap();
    let url = fake.base_url();
    for (example, rest, said) in [
        ("c2b_post_contract", None, "perhaps booked: "),
        ("post_service_ticket", Some("WEB-8"), "perhaps posted: "),
        (
            "contract_fulfillment",
            Some("R-104234"),
            "R-104234: compare ",
        ),
    ] {
        let fault = Fault::from_text("html_error,apply=true").unwrap();
        fake.fault(fault).await.unwrap();
        let before = fake.state().bookings().len();
        let arguments: Vec<_> = [url].into_iter().chain(rest).collect();
        let (printed, error) = fail(example, &arguments);
        assert!(error.contains("it may have been applied"), "{error}");
        assert!(printed.starts_with(said), "{printed}");
        assert_eq!(fake.state().bookings().len(), before + 1, "{example}");
    }
    let (printed, _) = fail("c2b_post_contract", &["http://127.0.0.1:1"]);
    assert!(printed.starts_with("certainly not booked: "), "{printed}");
}

//! The page for trying out operations.

use aim_fake::internals::names;
use aim_fake::{AimFake, State};
use aim_tests::browser::Browser;
use aim_tests::document;
use serde_json::Value;

use crate::pages::keep_picture;

/// Every operation can be tried on the page.
pub(crate) fn check(browser: &mut Browser, fake: &AimFake) {
    fake.set_state(State::example().unwrap());
    let seen = visit(browser, &format!("http://{}", fake.address()));

    let mut expected = operations();
    expected.sort();
    assert_eq!(seen.operations, expected);

    // Each operation made one request, was carried out, and shows a success.
    // The rules refuse some: the form of the booking by GET has every member,
    // and some exclude each other; and the example on the old route has already
    // deleted the accessory that the fulfillment deletes.
    const REFUSED: [&str; 2] = ["GET /api/C2BPostContract", "POST /api/ContractFulfillment"];
    let received = fake.requests();
    assert_eq!(received.len(), expected.len(), "{received:?}");
    for (operation, answer) in expected.iter().zip(&seen.answers) {
        let is_failure =
            answer[names::BaseResponse::STATUS][names::BaseResponseResult::STATUS_CODE] == "Error";
        let is_refused = REFUSED.contains(&operation.as_str());
        assert_eq!(is_failure, is_refused, "{operation}: {answer}");
    }
    let refused = received.iter().filter(|request| !request.applied);
    assert_eq!(refused.count(), REFUSED.len(), "{received:?}");

    // The shown reference belongs to a booked contract.
    let posted = expected
        .iter()
        .position(|it| it == "POST /api/C2BPostContract");
    let web_ref = seen.answers[posted.unwrap()]["WebRef"].as_str().unwrap();
    let state = fake.state().to_json().to_string();
    assert!(!web_ref.is_empty() && state.contains(&format!("\"{web_ref}\"")));
}

/// Verb and path of each operation.
fn operations() -> Vec<String> {
    let operations = document::operations().unwrap();
    let operations = operations.iter();
    operations
        .map(|operation| format!("{} {}", operation.method, operation.path))
        .collect()
}

struct Seen {
    /// Their verbs and paths, sorted.
    operations: Vec<String>,
    /// The answer of each one, as the page shows it.
    answers: Vec<Value>,
}

fn visit(browser: &mut Browser, origin: &str) -> Seen {
    browser.open(&format!("{origin}/docs")).unwrap();
    let all = operations().len();
    browser
        .wait_for(&format!(
            "document.querySelectorAll('.opblock').length >= {all}"
        ))
        .unwrap();
    // The operations come first, for who reads and for who listens; a link leads
    // to the prose.
    let order = "const all = [...document.querySelectorAll('.opblock')]; \
        all.at(-1).compareDocumentPosition(document.querySelector('#about')) \
            === Node.DOCUMENT_POSITION_FOLLOWING && \
        !document.querySelector('.information-container').innerText.includes('Money') && \
        document.querySelector('#about').innerText.includes('Money')";
    assert_eq!(browser.evaluate(&format!("{{ {order} }}")).unwrap(), true);
    let operations = browser
        .evaluate(
            "[...document.querySelectorAll('.opblock')].map(block => \
             block.querySelector('.opblock-summary-method').textContent + ' ' + \
             block.querySelector('[data-path]').dataset.path).sort()",
        )
        .unwrap();
    let operations: Vec<String> = serde_json::from_value(operations).unwrap();
    let answers = operations
        .iter()
        .map(|operation| try_out(browser, operation))
        .collect();

    browser
        .evaluate("block().querySelector('.live-responses-table').scrollIntoView(); true")
        .unwrap();
    for (width, scheme) in [(360, "light"), (1280, "dark"), (1280, "light")] {
        keep_picture(browser, "docs", width, scheme);
        let is_dark = "document.documentElement.classList.contains('dark-mode')";
        assert_eq!(browser.evaluate(is_dark).unwrap(), scheme == "dark");
    }
    Seen {
        operations,
        answers,
    }
}

/// Opens an operation, presses "Execute" with the values of the page, and reads
/// the answer that the page shows.
fn try_out(browser: &mut Browser, operation: &str) -> Value {
    let (verb, path) = operation.split_once(' ').unwrap();
    // The last one is closed again: the page draws all that is open with each step.
    let block = format!(
        "window.block?.().querySelector('.opblock-summary-control').click(); window.block = () => [...document.querySelectorAll('.opblock')].find(block => \
         block.querySelector('.opblock-summary-method').textContent === '{verb}' && \
         block.querySelector('[data-path=\"{path}\"]')); \
         block().querySelector('.opblock-summary-control').click(); true"
    );
    browser.evaluate(&block).unwrap();
    // The page redraws a block while it resolves the document, so wait until
    // the button stays the same before the click.
    browser
        .wait_for(
            "window.before = window.button, \
             window.button = block().querySelector('button.execute'), \
             !!window.button && window.before === window.button",
        )
        .unwrap();
    browser.evaluate("window.button.click(); true").unwrap();
    let shown = "block().querySelector('.live-responses-table .response .highlight-code pre')";
    browser
        .wait_for(&format!("!!{shown}"))
        .unwrap_or_else(|error| panic!("{operation}: {error}"));
    let text = browser.evaluate(&format!("{shown}.innerText")).unwrap();
    let text = text.as_str().unwrap();
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{operation}: {error}: {text}"))
}

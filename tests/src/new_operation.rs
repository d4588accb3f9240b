//! Edits of the document that the product does not have, for tests that one
//! edit is enough: two operations, one without members of its own and one whose
//! only evidence is `Status`, and a member. All are invented, under names that
//! no vendor has.

/// The pieces, each with the text before which it is inserted. The document has
/// that text once.
const PIECES: [(&str, &str); 4] = [
    (
        include_str!("../fixtures/new-operation/paths.yaml"),
        "components:\n",
    ),
    (
        include_str!("../fixtures/new-operation/member.yaml"),
        "      xml:\n        name: PostServiceTicketRequest\n",
    ),
    (
        include_str!("../fixtures/new-operation/schemas.yaml"),
        "    PostServiceTicketRequest:\n",
    ),
    (
        include_str!("../fixtures/new-operation/examples.yaml"),
        "    PostServiceTicketRequest.vendorSample:\n",
    ),
];

/// What the names in them contain, and no name of the document may.
const NAMES: [&str; 4] = ["TestListing", "TestNumber", "TestSetCustomer", "TestStatus"];

/// The document with both operations and the member.
///
/// # Panics
///
/// If the document no longer has a place for one of them, or has one of their
/// names already.
#[must_use]
#[allow(clippy::panic, reason = "a test without its data cannot go on")]
pub fn added_to(document: &str) -> String {
    let mut text = document.replace("\r\n", "\n");
    for name in NAMES {
        assert!(
            !text.contains(name),
            "the document has {name:?} already: rename it in `tests/fixtures/new-operation` and \
             in the tests that use it"
        );
    }
    for (piece, before) in PIECES {
        let parts: Vec<&str> = text.split(before).collect();
        let [head, tail] = parts[..] else {
            panic!("the document has {before:?} {} times", parts.len() - 1);
        };
        text = format!("{head}{piece}{before}{tail}");
    }
    text
}

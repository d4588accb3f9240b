//! A merchant's own document.

const PUBLISHED: &str = include_str!("../../../openapi/aim.yaml");

/// The published document with additions.
pub fn document() -> String {
    let mut text = PUBLISHED.replace("\r\n", "\n");
    for (before, more) in [
        ("\npaths:\n", include_str!("paths.yaml")),
        ("\n  schemas:\n", include_str!("schemas.yaml")),
        (
            "\n    PostServiceTicketRequest:\n      type: object\n",
            "      x-marker: true\n",
        ),
    ] {
        assert_eq!(text.matches(before).count(), 1, "{before}");
        text = text.replace(before, &format!("{before}{more}"));
    }
    let at = text.find("      x-marker: true\n").unwrap();
    let (head, tail) = text.split_at(at);
    let tail = tail.replacen("      x-marker: true\n", "", 1).replacen(
        "      properties:\n",
        "      properties:\n        TestNumber:\n          type: string\n          description: The customer's order.\n          \
         example: PO-1\n          x-aim-dotnet-type: string\n          x-aim-sensitive: personal\n",
        1,
    );
    format!("{head}{tail}")
}

//! The HTML pages: ServiceStack answers with one if the request asks for no
//! other format. These are aim-fake's own.

use crate::model::schema::Schema;

/// The page of an answer: the request's name, the status, and the answer in
/// JSON.
#[must_use]
pub(super) fn page(request: &str, status: u16, json: &str) -> String {
    let request = escape(request);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <title>{request}: {status}</title>\n</head>\n<body>\n<h1>{request}</h1>\n\
         <p>Status {status}. This is a page because the request did not ask for \
         <code>Accept: application/json</code>.</p>\n<pre>{}</pre>\n</body>\n</html>\n",
        escape(json)
    )
}

/// The page that lists the services.
#[must_use]
pub(super) fn metadata(schema: &'static Schema) -> String {
    let mut list = String::new();
    for route in schema
        .operations()
        .iter()
        .flat_map(|operation| operation.routes)
    {
        list.push_str(&format!(
            "<li><code>{} {}</code></li>\n",
            route.verbs.join(", "),
            escape(route.path)
        ));
    }
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <title>AIM Web Services (aim-fake)</title>\n</head>\n<body>\n\
         <h1>AIM Web Services (aim-fake)</h1>\n<ul>\n{list}</ul>\n</body>\n</html>\n"
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_escapes_its_answer() {
        let page = page("<b>", 400, r#"{"Message":"<script>'&'</script>"}"#);
        assert!(page.contains("<h1>&lt;b&gt;</h1>"), "{page}");
        assert!(page.contains("Status 400."), "{page}");
        assert!(
            page.contains(
                "<pre>{&quot;Message&quot;:&quot;&lt;script&gt;&#39;&amp;&#39;&lt;/script&gt;&quot;}</pre>"
            ),
            "{page}"
        );
    }

    #[test]
    fn the_list_has_every_route() {
        let page = metadata(Schema::embedded());
        assert!(page.contains("GET /CustomerAccessToken"));
        for operation in Schema::embedded().operations() {
            for route in operation.routes {
                assert!(page.contains(route.path), "{}", route.path);
            }
        }
    }
}

//! Other names for the members of an answer that was written already.

use super::faults::NameStyle;
use crate::model::http::Response;

/// Renames the members of an answer in JSON or XML, at every depth.
pub(super) fn members(response: &mut Response, style: NameStyle) {
    let content_type = response.headers.iter().find_map(|(name, value)| {
        let is_it = name == "Content-Type";
        is_it.then(|| value.split(';').next().unwrap_or_default())
    });
    // What the fake writes is UTF-8.
    let text = String::from_utf8_lossy(&response.body);
    let renamed = match content_type {
        Some("application/json") => in_json(&text, style),
        Some("application/xml") => in_xml(&text, style),
        _ => return,
    };
    response.body = renamed.into_bytes();
}

/// The texts of a JSON value that a colon follows are names.
fn in_json(text: &str, style: NameStyle) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('"') {
        out.push_str(before);
        out.push('"');
        let mut is_escaped = false;
        let ends = |letter: char| {
            let ends = letter == '"' && !is_escaped;
            is_escaped = letter == '\\' && !is_escaped;
            ends
        };
        let (inner, behind) = after.split_at(after.find(ends).unwrap_or(after.len()));
        if behind.starts_with("\":") {
            out.push_str(&renamed(inner, style));
        } else {
            out.push_str(inner);
        }
        rest = match behind.strip_prefix('"') {
            Some(behind) => {
                out.push('"');
                behind
            }
            None => behind,
        };
    }
    out.push_str(rest);
    out
}

/// The names of elements, without the root's, which is no member's.
fn in_xml(text: &str, style: NameStyle) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut depth = 0_usize;
    while let Some((before, tag)) = rest.split_once('<') {
        out.push_str(before);
        out.push('<');
        rest = tag;
        if tag.starts_with('?') {
            continue;
        }
        let is_end = tag.starts_with('/');
        depth = depth.saturating_sub(usize::from(is_end));
        let tag = tag.strip_prefix('/').unwrap_or(tag);
        let ends = |letter: char| letter == '>' || letter == '/' || letter.is_whitespace();
        let (name, after) = tag.split_at(tag.find(ends).unwrap_or(tag.len()));
        if is_end {
            out.push('/');
        }
        if depth > 0 {
            out.push_str(&renamed(name, style));
        } else {
            out.push_str(name);
        }
        let is_empty = after.split('>').next().unwrap_or_default().ends_with('/');
        depth += usize::from(!is_end && !is_empty);
        rest = after;
    }
    out.push_str(rest);
    out
}

fn renamed(name: &str, style: NameStyle) -> String {
    match style {
        NameStyle::Lower => name.to_lowercase(),
        NameStyle::Upper => name.to_uppercase(),
        NameStyle::Camel => camel(name),
        NameStyle::Snake => {
            let mut out = String::new();
            for letter in camel(name).chars() {
                if letter.is_uppercase() {
                    out.push('_');
                }
                out.extend(letter.to_lowercase());
            }
            out
        }
    }
}

/// As ServiceStack does it: of the capitals that begin a name, the last keeps
/// its case where a small letter follows.
fn camel(name: &str) -> String {
    let mut out = String::new();
    let mut letters = name.chars().peekable();
    let mut is_first = true;
    let mut begins = true;
    while let Some(letter) = letters.next() {
        let next_is_capital = letters.peek().is_none_or(|next| next.is_uppercase());
        begins = begins && letter.is_uppercase() && (is_first || next_is_capital);
        is_first = false;
        if begins {
            out.extend(letter.to_lowercase());
        } else {
            out.push(letter);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_servicestack_does() {
        for (name, snake, camel) in [
            ("WebRef", "web_ref", "webRef"),
            ("Status", "status", "status"),
            ("OAuthToken", "o_auth_token", "oAuthToken"),
            ("URL", "url", "url"),
            ("URLPath", "url_path", "urlPath"),
            ("C2BItem", "c2_b_item", "c2BItem"),
            ("ErrorURL", "error_u_r_l", "errorURL"),
            ("", "", ""),
        ] {
            assert_eq!(renamed(name, NameStyle::Snake), snake);
            assert_eq!(renamed(name, NameStyle::Camel), camel);
        }
        assert_eq!(renamed("WebRef", NameStyle::Lower), "webref");
        assert_eq!(renamed("WebRef", NameStyle::Upper), "WEBREF");
    }

    #[test]
    fn values_keep_what_they_are() {
        let json = r#"{"WebRef":"A\"B\":\\","Items":[{"SkuNo":"Big"},"Text"],"Status":{}}"#;
        assert_eq!(
            in_json(json, NameStyle::Snake),
            r#"{"web_ref":"A\"B\":\\","items":[{"sku_no":"Big"},"Text"],"status":{}}"#
        );
        // What is no JSON any more is let through.
        assert_eq!(in_json(r#"{"A":"B"#, NameStyle::Lower), r#"{"a":"B"#);
        let xml = "<?xml version=\"1.0\"?><Answer xmlns:i=\"I\"><WebRef>A</WebRef>\
            <Items><Item><SkuNo i:nil=\"true\" /></Item></Items><A/></Answer>";
        assert_eq!(
            in_xml(xml, NameStyle::Lower),
            "<?xml version=\"1.0\"?><Answer xmlns:i=\"I\"><webref>A</webref>\
             <items><item><skuno i:nil=\"true\" /></item></items><a/></Answer>"
        );
    }
}

//! A request as ServiceStack sees it: verb, path below the handler, values of
//! query and form, body.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::io::Read;

use flate2::read::{DeflateDecoder, GzDecoder};

use super::errors::Exception;
use super::params;
use crate::model::http::Request;
use crate::model::schema::Schema;
use crate::model::settings::Settings;

/// A request, parsed as far as the services need it.
pub(super) struct Incoming<'a> {
    /// What the host knows of types and routes.
    pub schema: &'static Schema,
    /// The request as it was received.
    pub http: &'a Request,
    /// How the host is set up.
    pub settings: &'a Settings,
    /// The path, decoded.
    path: String,
    /// The end of the handler's part of the path; `None` if the path does not
    /// begin with the handler's.
    handler_end: Option<usize>,
    query: Vec<(String, String)>,
    form: OnceCell<Vec<(String, String)>>,
}

/// The handler's path on the vendor's host, and on a merchant's own.
const HANDLERS: [&str; 2] = ["/aeservices30/api", "/api"];

impl<'a> Incoming<'a> {
    pub(super) fn new(schema: &'static Schema, http: &'a Request, settings: &'a Settings) -> Self {
        let (path, query) = http
            .target
            .split_once('?')
            .unwrap_or((http.target.as_str(), ""));
        let path = decode_path(path);
        let is_handler = |handler: &&&str| {
            path.split_at_checked(handler.len())
                .is_some_and(|(start, rest)| {
                    start.eq_ignore_ascii_case(handler)
                        && (rest.is_empty() || rest.starts_with('/'))
                })
        };
        Self {
            schema,
            http,
            settings,
            handler_end: HANDLERS
                .iter()
                .find(is_handler)
                .map(|handler| handler.len()),
            path,
            query: params::split(query.as_bytes()),
            form: OnceCell::new(),
        }
    }

    /// The handler's path as the request spells it: the application's path and
    /// `/api`, or only `/api` on a merchant's own host. `None` if the path does
    /// not begin with it.
    pub(super) fn handler(&self) -> Option<&str> {
        self.path.get(..self.handler_end?)
    }

    /// The path after the handler's.
    pub(super) fn path(&self) -> &str {
        self.path
            .get(self.handler_end.unwrap_or(0)..)
            .unwrap_or_default()
    }

    /// The effective verb: a header field, the query or a form can override the
    /// verb of the request.
    pub(super) fn verb(&self) -> &str {
        const NAME: &str = params::OVERRIDE;
        let in_form = || match self.content_type() {
            Some(text) if real_content_type(text).as_deref() == Some(FORM) => {
                value_of(self.form(), NAME)
            }
            _ => None,
        };
        self.http
            .header(NAME)
            .or_else(|| value_of(&self.query, NAME))
            .or_else(in_form)
            .filter(|verb| !verb.is_empty())
            .unwrap_or(&self.http.method)
    }

    /// Whether ServiceStack reads a form, or a body without a length, for this
    /// verb.
    pub(super) fn verb_has_body(&self) -> bool {
        !matches!(self.verb(), "GET" | "DELETE" | "HEAD" | "OPTIONS")
    }

    pub(super) fn query(&self) -> &[(String, String)] {
        &self.query
    }

    /// The query as it was sent.
    pub(super) fn query_text(&self) -> &'a str {
        let query = self.http.target.split_once('?');
        query.map_or("", |(_, query)| query)
    }

    /// A value of the query, by its name in any case.
    pub(super) fn query_value(&self, name: &str) -> Option<&str> {
        value_of(&self.query, name)
    }

    pub(super) fn content_type(&self) -> Option<&'a str> {
        self.http.header("content-type").map(str::trim)
    }

    pub(super) fn accept(&self) -> Option<&'a str> {
        self.http.header("accept").map(str::trim)
    }

    pub(super) fn is_form(&self) -> bool {
        self.content_type().is_some_and(|text| {
            [FORM, MULTIPART].iter().any(|form| {
                text.get(..form.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(form))
            })
        })
    }

    pub(super) fn is_multipart(&self) -> bool {
        let start = self
            .content_type()
            .and_then(|text| text.get(..MULTIPART.len()));
        start.is_some_and(|start| start.eq_ignore_ascii_case(MULTIPART))
    }

    /// The values of a form; empty if the body is something else.
    pub(super) fn form(&self) -> &[(String, String)] {
        self.form.get_or_init(|| {
            let (true, Some(content_type)) = (self.is_form(), self.content_type()) else {
                return Vec::new();
            };
            // A form that cannot be decompressed is empty.
            let body = self.body().unwrap_or_default();
            if self.is_multipart() {
                params::split_multipart(content_type, &body)
            } else {
                params::split(&body)
            }
        })
    }

    /// Whether ServiceStack notices a body: it looks at the length, so it does
    /// not see a chunked body unless that has a content encoding.
    pub(super) fn has_body(&self) -> bool {
        self.content_length() > 0
            || (self.verb_has_body() && self.http.header("content-encoding").is_some())
    }

    pub(super) fn content_length(&self) -> u64 {
        self.http
            .header("content-length")
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or(0)
    }

    /// The body, decompressed.
    pub(super) fn body(&self) -> Result<Cow<'a, [u8]>, Exception> {
        let body = self.http.body.as_slice();
        // ServiceStack compares these names with their case.
        match self.http.header("content-encoding") {
            Some("gzip") => unpack(GzDecoder::new(body), self.settings),
            Some("deflate") => unpack(DeflateDecoder::new(body), self.settings),
            _ => Ok(Cow::Borrowed(body)),
        }
    }
}

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

/// A content type without its parameters, in lower case; `None` for an empty
/// one.
pub(super) fn real_content_type(text: &str) -> Option<Cow<'_, str>> {
    let text = text.split(';').next().unwrap_or_default().trim();
    match text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        _ if text.is_empty() => None,
        true => Some(Cow::Owned(text.to_ascii_lowercase())),
        false => Some(Cow::Borrowed(text)),
    }
}

/// ServiceStack reads `//` as one slash and `+` as a space, in a path too.
fn decode_path(path: &str) -> String {
    let path = path.replace("//", "/").replace('+', " ");
    percent_encoding::percent_decode_str(&path)
        .decode_utf8_lossy()
        .into_owned()
}

fn value_of<'p>(pairs: &'p [(String, String)], name: &str) -> Option<&'p str> {
    pairs
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

/// Decompresses a body up to the size limit: a small one may expand to more
/// than the memory.
fn unpack(packed: impl Read, settings: &Settings) -> Result<Cow<'static, [u8]>, Exception> {
    let limit = u64::try_from(settings.max_body).unwrap_or(u64::MAX);
    let mut body = Vec::new();
    match packed.take(limit.saturating_add(1)).read_to_end(&mut body) {
        Ok(_) if body.len() <= settings.max_body => Ok(Cow::Owned(body)),
        _ => Err(Exception::new(
            "InvalidDataException",
            "Found invalid data while decoding.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder};

    use super::*;
    use crate::wire::testing::request;

    #[test]
    fn the_handler_answers_under_three_paths_in_any_case() {
        for (target, handler, path) in [
            ("/aeservices30/api/X", Some("/aeservices30/api"), "/X"),
            ("/aeServices30/API/X/", Some("/aeServices30/API"), "/X/"),
            ("/api/X?a=/b", Some("/api"), "/X"),
            ("/Api", Some("/Api"), ""),
            ("/api/", Some("/api"), "/"),
            ("//api//X", Some("/api"), "/X"),
            ("/api/a%20b%2Fc+d", Some("/api"), "/a b/c d"),
            ("/api/%zz%", Some("/api"), "/%zz%"),
            ("/api/%ff", Some("/api"), "/\u{fffd}"),
            ("/apis/X", None, "/apis/X"),
            ("/aeservices30/apis", None, "/aeservices30/apis"),
            ("/aeservices30", None, "/aeservices30"),
            ("/é/api", None, "/é/api"),
            ("", None, ""),
        ] {
            let http = request(&format!("GET {target}"));
            let settings = Settings::default();
            let incoming = Incoming::new(Schema::embedded(), &http, &settings);
            assert_eq!(incoming.handler(), handler, "{target}");
            assert_eq!(incoming.path(), path, "{target}");
        }
    }

    #[test]
    fn header_query_and_form_can_override_the_verb() {
        const FORM: &str = "Content-Type: application/x-www-form-urlencoded";
        for (text, verb) in [
            ("POST /api/X".to_owned(), "POST"),
            ("POST /api/X\nX-Http-Method-Override: GET".to_owned(), "GET"),
            ("POST /api/X?x-http-method-override=PUT".to_owned(), "PUT"),
            (
                format!("POST /api/X\n{FORM}\n\nX-Http-Method-Override=GET"),
                "GET",
            ),
            // A JSON body is not searched, and the header comes first.
            (
                "POST /api/X\nContent-Type: application/json\n\nX-Http-Method-Override=GET"
                    .to_owned(),
                "POST",
            ),
            (
                "POST /api/X?X-Http-Method-Override=PUT\nX-HTTP-METHOD-OVERRIDE: GET".to_owned(),
                "GET",
            ),
            ("POST /api/X?X-Http-Method-Override=".to_owned(), "POST"),
        ] {
            let http = request(&text);
            let settings = Settings::default();
            assert_eq!(
                Incoming::new(Schema::embedded(), &http, &settings).verb(),
                verb,
                "{text}"
            );
        }
    }

    #[test]
    fn a_body_is_noticed_by_its_length_or_its_encoding() {
        for (text, known) in [
            ("POST /api/X\n\n{}", true),
            ("GET /api/X\n\n{}", true),
            ("POST /api/X\nContent-Length: 0", false),
            ("POST /api/X\nTransfer-Encoding: chunked\n\n{}", false),
            (
                "POST /api/X\nTransfer-Encoding: chunked\nContent-Encoding: gzip\n\n{}",
                true,
            ),
            (
                "GET /api/X\nTransfer-Encoding: chunked\nContent-Encoding: gzip\n\n{}",
                false,
            ),
            ("POST /api/X\nContent-Length: many\n\n{}", false),
        ] {
            let http = request(text);
            let settings = Settings::default();
            assert_eq!(
                Incoming::new(Schema::embedded(), &http, &settings).has_body(),
                known,
                "{text}"
            );
        }
    }

    #[test]
    fn bodies_are_decompressed_up_to_the_limit() {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(&[b'a'; 100]).unwrap();
        let gzip = gzip.finish().unwrap();
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
        deflate.write_all(b"abc").unwrap();
        let deflate = deflate.finish().unwrap();
        let unpacked = |encoding: &str, body: &[u8], max_body: usize| {
            let mut http = request(&format!("POST /api/X\nContent-Encoding: {encoding}"));
            http.body = body.to_vec();
            let settings = Settings {
                max_body,
                ..Settings::default()
            };
            let body = Incoming::new(Schema::embedded(), &http, &settings)
                .body()
                .map(Cow::into_owned);
            body.map_err(|exception| exception.name)
        };
        let broken = Err(Cow::Borrowed("InvalidDataException"));
        assert_eq!(unpacked("gzip", &gzip, 100), Ok(vec![b'a'; 100]));
        assert_eq!(unpacked("gzip", &gzip, 99), broken);
        assert_eq!(unpacked("gzip", b"no gzip", 100), broken);
        assert_eq!(unpacked("deflate", &deflate, 100), Ok(b"abc".to_vec()));
        // ServiceStack on the .NET Framework knows no other name and no other
        // case.
        assert_eq!(unpacked("GZIP", b"abc", 100), Ok(b"abc".to_vec()));
        assert_eq!(unpacked("br", b"abc", 100), Ok(b"abc".to_vec()));
    }

    #[test]
    fn a_content_type_is_compared_without_parameters_and_case() {
        for (text, real) in [
            ("application/json", Some("application/json")),
            (
                " Application/JSON ; charset=utf-8",
                Some("application/json"),
            ),
            ("", None),
            ("  ", None),
            (";q=1", None),
            ("*/*;q=0.8", Some("*/*")),
        ] {
            assert_eq!(real_content_type(text).as_deref(), real, "{text:?}");
        }
    }
}

//! Finds the service that a path leads to.

use super::incoming::Incoming;
use super::{negotiate, unsupported};
use crate::model::operation::Operation;
use crate::model::settings::Format;

/// The target of a request.
#[derive(Debug)]
pub(super) enum Target {
    /// A service, by one of its own routes or as the catch-all.
    Route {
        /// The service.
        operation: &'static Operation,
        /// The format that the path ends with.
        suffix: Option<Format>,
        /// The part of the path that is a value of the request.
        path_info: Option<String>,
    },
    /// A service by the name of its request: `/json/reply/{Request}`,
    /// `/api/{Request}`.
    Predefined {
        /// The name as the path spells it.
        name: String,
        /// The format that the path names; `None` for
        /// `/api/{Request}.{unknown}`.
        format: Option<Format>,
    },
    /// The page that lists the services, by its absolute address.
    Redirect(String),
    /// The page that lists the services.
    Metadata,
    /// An unsupported feature, with the reason.
    Unsupported(String),
    /// Nothing.
    NotFound,
}

/// Finds the service in the order in which ServiceStack tries its handlers.
pub(super) fn find(incoming: &Incoming<'_>) -> Target {
    let Some(handler) = incoming.handler() else {
        return Target::NotFound;
    };
    let path = incoming.path();
    if let Some(reason) = unsupported::reason(incoming) {
        return Target::Unsupported(reason);
    }
    if let Some(target) = api(incoming, path) {
        return target;
    }
    if path.trim_start_matches('/').is_empty() {
        return home(incoming, handler, path);
    }
    let (plain, suffix) = split_suffix(path, incoming);
    if let Some(operation) = by_route(incoming, plain) {
        return Target::Route {
            operation,
            suffix,
            path_info: None,
        };
    }
    by_format(incoming, path)
        .or_else(|| metadata(incoming, path))
        .or_else(|| fallback(incoming, path, suffix))
        .unwrap_or(Target::NotFound)
}

/// `/api/{Request}`, the newer form of `/json/reply/{Request}`; another format
/// may follow a dot. Here `/api` is case-sensitive.
fn api(incoming: &Incoming<'_>, path: &str) -> Option<Target> {
    let name = path.strip_prefix("/api/")?;
    if !incoming.settings.predefined_routes || incoming.verb() == "OPTIONS" {
        return None;
    }
    let name = name.rsplit('/').next().unwrap_or(name);
    let (name, format) = match name.split_once('.') {
        Some((name, suffix)) => (name, negotiate::format_named(suffix, incoming.settings)),
        None => (name, Some(Format::Json)),
    };
    Some(if name.is_empty() {
        Target::NotFound
    } else {
        Target::Predefined {
            name: name.to_owned(),
            format,
        }
    })
}

/// The handler's own path. Without a slash at the end, ServiceStack leaves the
/// handler out of the address that it redirects to.
fn home(incoming: &Incoming<'_>, handler: &str, path: &str) -> Target {
    if incoming.settings.fallback {
        return Target::Route {
            operation: incoming.schema.fallback(),
            suffix: None,
            path_info: None,
        };
    }
    let host = incoming.http.header("host").unwrap_or("127.0.0.1");
    let handler = match path {
        "" if !incoming.http.target.contains('?') => "",
        _ => handler,
    };
    Target::Redirect(format!("http://{host}{handler}/metadata"))
}

/// Splits a path at the last dot, if a format follows it. Case counts.
fn split_suffix<'p>(path: &'p str, incoming: &Incoming<'_>) -> (&'p str, Option<Format>) {
    path.rsplit_once('.')
        .and_then(|(plain, suffix)| {
            let format = negotiate::format_named(suffix, incoming.settings)?;
            Some((plain, Some(format)))
        })
        .unwrap_or((path, None))
}

fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty())
}

fn by_route(incoming: &Incoming<'_>, path: &str) -> Option<&'static Operation> {
    let verb = incoming.verb();
    let fits = |route: &str| {
        let mut wanted = parts(route);
        parts(path).all(|part| {
            wanted
                .next()
                .is_some_and(|wanted| wanted.eq_ignore_ascii_case(part))
        }) && wanted.next().is_none()
    };
    incoming.schema.operations().iter().find(|operation| {
        operation
            .routes
            .iter()
            .any(|route| takes(route.verbs, verb) && fits(route.path))
    })
}

/// Whether a verb, in any case, is in the list.
fn takes(verbs: &[&str], verb: &str) -> bool {
    verbs.iter().any(|known| known.eq_ignore_ascii_case(verb))
}

/// `/{format}/reply/{Request}` and `/{format}/oneway/{Request}`, which do the
/// same if there is no message queue; the rest of the path is ignored.
fn by_format(incoming: &Incoming<'_>, path: &str) -> Option<Target> {
    let mut parts = path.trim_start_matches('/').split('/');
    let format = parts.next()?.to_ascii_lowercase();
    let action = parts.next()?;
    if !incoming.settings.predefined_routes
        || !["reply", "oneway"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(action))
    {
        return None;
    }
    Some(Target::Predefined {
        format: Some(negotiate::format_named(&format, incoming.settings)?),
        name: parts.next().unwrap_or_default().to_owned(),
    })
}

/// `/metadata`, and `/{format}/metadata` for a single service.
fn metadata(incoming: &Incoming<'_>, path: &str) -> Option<Target> {
    let path = path.trim_matches('/').to_ascii_lowercase();
    let is_page = match path.split_once('/') {
        Some((format, page)) => {
            page == "metadata" && negotiate::format_named(format, incoming.settings).is_some()
        }
        None => path == "metadata",
    };
    is_page.then_some(Target::Metadata)
}

fn fallback(incoming: &Incoming<'_>, path: &str, suffix: Option<Format>) -> Option<Target> {
    incoming.settings.fallback.then(|| Target::Route {
        operation: incoming.schema.fallback(),
        suffix,
        path_info: Some(parts(path).collect::<Vec<_>>().join("/")),
    })
}

/// Finds a service by the name of its request, in any case.
pub(super) fn by_request(name: &str, incoming: &Incoming<'_>) -> Option<&'static Operation> {
    let fallback = incoming
        .settings
        .fallback
        .then_some(incoming.schema.fallback());
    incoming
        .schema
        .operations()
        .iter()
        .chain(fallback)
        .find(|operation| operation.request.name.eq_ignore_ascii_case(name))
}

/// Whether the service has a method for that verb; the catch-all has one for
/// all of them.
pub(super) fn has_method(operation: &Operation, verb: &str) -> bool {
    operation.is_fallback()
        || operation
            .routes
            .iter()
            .any(|route| takes(route.verbs, verb))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::schema::Schema;
    use crate::model::settings::Settings;
    use crate::wire::testing::request;

    /// The target of a request, in short.
    fn target(text: &str, settings: &Settings) -> String {
        let http = request(text);
        match find(&Incoming::new(Schema::embedded(), &http, settings)) {
            Target::Route {
                operation,
                suffix,
                path_info,
            } => {
                let suffix = suffix.map_or(String::new(), |suffix| format!(" as {suffix:?}"));
                let path = path_info.map_or(String::new(), |path| format!(" {path:?}"));
                format!("{}{suffix}{path}", operation.name)
            }
            Target::Predefined { name, format } => match format {
                Some(format) => format!("{name} by {format:?}"),
                None => format!("{name} by nothing"),
            },
            Target::Redirect(address) => address,
            Target::Metadata => "metadata".to_owned(),
            Target::Unsupported(reason) => reason,
            Target::NotFound => "404".to_owned(),
        }
    }

    #[test]
    fn paths_lead_to_services() {
        let settings = Settings::default();
        for (text, wanted) in [
            (
                "GET /aeservices30/api/GetContractDetails",
                "GetContractDetails",
            ),
            ("POST /api/getcontractdetails/", "GetContractDetails"),
            ("get /api//GETCONTRACTDETAILS", "GetContractDetails"),
            ("GET /api/Get%43ontractDetails", "GetContractDetails"),
            ("POST /api/C2BSetContractSerial", "ContractFulfillment"),
            ("GET /api/C2BPostContract.json", "C2BPostContract as Json"),
            ("GET /api/C2BPostContract.jsv", "C2BPostContract as Jsv"),
            ("GET /api/C2BPostContract.JSON", "404"),
            ("GET /api/C2BPostContract.json/", "404"),
            ("GET /api/C2BPostContract.yaml", "404"),
            ("GET /api/C2BPostContract/1", "404"),
            ("GET /api/./C2BPostContract", "404"),
            ("GET /api/PostServiceTicket", "404"),
            ("PUT /api/C2BPostContract", "404"),
            ("HEAD /api/C2BPostContract", "404"),
            ("POST /api/CustomerAccessToken", "404"),
            (
                "POST /api/CustomerAccessToken?X-Http-Method-Override=GET",
                "CustomerAccessToken",
            ),
            ("GET /api/C2BPostContractRequest", "404"),
            ("GET /C2BPostContract", "404"),
            ("GET /aeservices30/C2BPostContract", "404"),
            ("GET /api/metadata", "metadata"),
            ("GET /api/xml/Metadata?op=X", "metadata"),
            ("GET /api/soap11/metadata", "404"),
        ] {
            assert_eq!(target(text, &settings), wanted, "{text}");
        }
    }

    #[test]
    fn requests_have_predefined_paths() {
        let settings = Settings::default();
        for (text, wanted) in [
            ("GET /api/json/reply/X", "X by Json"),
            ("GET /api/JSON/Reply/X/more", "X by Json"),
            ("GET /api/xml/oneway/X[]", "X[] by Xml"),
            ("GET /api/jsv/reply/", " by Jsv"),
            ("GET /api/xml/reply", " by Xml"),
            ("GET /api/json/syncreply/X", "404"),
            ("GET /api/soap11/reply/X", "404"),
            ("GET /api/api/X", "X by Json"),
            ("GET /api/api/a/X.xml", "X by Xml"),
            ("GET /api/api/X.yaml", "X by nothing"),
            ("OPTIONS /api/api/X", "404"),
            ("GET /api/API/X", "404"),
            ("GET /api/api/", "404"),
        ] {
            assert_eq!(target(text, &settings), wanted, "{text}");
        }
        let without = Settings {
            predefined_routes: false,
            ..Settings::default()
        };
        assert_eq!(target("GET /api/json/reply/X", &without), "404");
        assert_eq!(target("GET /api/api/X", &without), "404");
    }

    #[test]
    fn the_handler_itself_redirects() {
        let settings = Settings::default();
        for (text, wanted) in [
            ("GET /aeservices30/api\nHost: h:1", "http://h:1/metadata"),
            (
                "GET /aeServices30/api/\nHost: h",
                "http://h/aeServices30/api/metadata",
            ),
            ("GET /api?a=b\nHost: h", "http://h/api/metadata"),
            ("GET /api/", "http://127.0.0.1/api/metadata"),
        ] {
            assert_eq!(target(text, &settings), wanted, "{text}");
        }
    }

    #[test]
    fn the_catch_all_answers_the_rest() {
        let settings = Settings {
            fallback: true,
            ..Settings::default()
        };
        for (text, wanted) in [
            ("GET /api", "Fallback"),
            ("GET /api/", "Fallback"),
            ("GET /api/Nope", r#"Fallback "Nope""#),
            ("PUT /api/a//b/", r#"Fallback "a/b""#),
            ("GET /api/Nope.xml", r#"Fallback as Xml "Nope.xml""#),
            ("GET /api/metadata", "metadata"),
            ("GET /api/json/reply/Nope", "Nope by Json"),
            ("GET /api/GetContractDetails", "GetContractDetails"),
            ("GET /elsewhere", "404"),
        ] {
            assert_eq!(target(text, &settings), wanted, "{text}");
        }
    }

    #[test]
    fn services_are_found_by_their_requests() {
        let settings = Settings::default();
        let http = request("GET /api");
        let incoming = Incoming::new(Schema::embedded(), &http, &settings);
        let found = |name: &str| by_request(name, &incoming).map(|operation| operation.name);
        let details = "GetContractDetails";
        assert_eq!(found("getcontractdetailsREQUEST"), Some(details));
        assert_eq!(found("GetContractDetails"), None);
        assert_eq!(found(""), None);
        assert_eq!(found("FallbackRequest"), None);
    }
}

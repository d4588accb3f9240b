//! The address of a merchant's server, read from several spellings.

use std::net::IpAddr;

use reqwest::Url;

/// The vendor's own host, the document's default.
const VENDOR_HOST: &str = "active-ewebservice.biz";
/// The vendor's own host serves the application under this path.
const VENDOR_PATH: &str = "/aeservices30";

/// The vendor's central address, which the document names as its server.
pub(crate) const DEFAULT: &str = "https://active-ewebservice.biz/aeservices30";

/// Returns the address to which the document's paths are appended: without
/// `/api`, without a trailing slash, and with the vendor's application path if
/// only the vendor's own host was given.
pub(crate) fn normalize(text: &str, allow_http: bool) -> Result<String, &'static str> {
    const FORM: &str =
        "it is not the url of a server; write for example https://10846.active-e.net:7890";
    let url = Url::parse(text.trim()).map_err(|_| FORM)?;
    let host = url.host_str().ok_or(FORM)?;
    match url.scheme() {
        "https" => {}
        "http" if allow_http || is_loopback(host) => {}
        "http" => {
            return Err(
                "http would send keys and card data in the clear; use https, or allow_http for a network that you trust",
            );
        }
        _ => return Err(FORM),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it carries a user name or password; credentials go into Credentials");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("it carries a query or fragment; give the address alone");
    }
    let mut path = url.path().trim_end_matches('/');
    if let Some(start) = path.len().checked_sub("/api".len())
        && let Some((before, last)) = path.split_at_checked(start)
        && last.eq_ignore_ascii_case("/api")
    {
        path = before.trim_end_matches('/');
    }
    if path.is_empty() && host.eq_ignore_ascii_case(VENDOR_HOST) {
        path = VENDOR_PATH;
    }
    Ok(format!("{}{path}", url.origin().ascii_serialization()))
}

pub(crate) fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::normalize;

    #[test]
    fn spellings_of_an_address_are_normalized() {
        for (given, expected) in [
            ("https://active-ewebservice.biz", super::DEFAULT),
            ("https://ACTIVE-eWebService.biz/", super::DEFAULT),
            (
                "https://active-ewebservice.biz/aeservices30",
                super::DEFAULT,
            ),
            (
                "https://active-ewebservice.biz/aeservices30/api/",
                super::DEFAULT,
            ),
            (
                "https://active-ewebservice.biz/aeServices30/Api",
                "https://active-ewebservice.biz/aeServices30",
            ),
            (
                "https://10846.active-e.net:7890",
                "https://10846.active-e.net:7890",
            ),
            (
                "https://10846.active-e.net:7890/Api/",
                "https://10846.active-e.net:7890",
            ),
            (
                " https://10846.active-e.net:443//",
                "https://10846.active-e.net",
            ),
            (
                "https://shop.example/deep/path/api",
                "https://shop.example/deep/path",
            ),
            ("https://shop.example/myapi", "https://shop.example/myapi"),
            (
                "http://127.0.0.1:8080/aeservices30",
                "http://127.0.0.1:8080/aeservices30",
            ),
            ("http://[::1]:8080/api", "http://[::1]:8080"),
            ("http://localhost:1", "http://localhost:1"),
        ] {
            assert_eq!(normalize(given, false).as_deref(), Ok(expected), "{given}");
        }
    }

    #[test]
    fn addresses_that_would_leak_or_cannot_work_are_refused() {
        for given in [
            "",
            "active-ewebservice.biz",
            "ftp://active-ewebservice.biz",
            "http://active-ewebservice.biz",
            "http://127.0.0.1.example.com",
            "https://user@active-ewebservice.biz",
            "https://u:p@active-ewebservice.biz",
            "https://active-ewebservice.biz/?ApiKey=k",
            "https://active-ewebservice.biz/#x",
            "https://exa mple.com",
            "https://",
        ] {
            let refused = normalize(given, false);
            assert!(refused.is_err(), "{given} became {refused:?}");
        }
        assert_eq!(
            normalize("http://shop.lan", true).as_deref(),
            Ok("http://shop.lan")
        );
    }
}

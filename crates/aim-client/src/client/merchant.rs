//! The merchant's address, as the server gives it: credentials go there next,
//! so it is taken only from a host that is expected.

use std::net::IpAddr;

use reqwest::Url;

use crate::client::base_url::is_loopback;

/// Where the vendor's merchants live: below this name, and not at it.
const DOMAIN: &str = ".active-e.net";

/// The longest name that DNS has.
const LONGEST_HOST: usize = 253;

/// Checks a host that `allow_host` names, and returns it as addresses are
/// compared with it.
pub(crate) fn allowed_host(text: &str) -> Result<String, &'static str> {
    let host = text.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(address.to_string());
    }
    if is_name(text) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(
            "`allow_host` takes one host alone, such as aim.shop.example: no scheme, port, path or \
             wildcard",
        )
    }
}

/// The base URL in an answer with the members `NewEndpointDomain` and
/// `NewEndpoint`.
///
/// Callers put the former before `/api`. The latter is of an unknown form and
/// not used; if it names a host, it is the same one.
///
/// # Errors
///
/// A sentence that names the host, and nothing else of the address.
pub(crate) fn address(domain: &str, endpoint: &str, allowed: &[String]) -> Result<String, String> {
    let domain = domain.trim();
    if domain.is_empty() {
        return Err(
            "it gives no address (`NewEndpointDomain`): have the vendor check ApiKey and AppId"
                .to_owned(),
        );
    }
    let (url, host) = parsed(domain).ok_or("`NewEndpointDomain` is not the url of a host")?;
    let host = host.as_str();
    if !is_plain(domain, &url) {
        return Err(format!(
            "`NewEndpointDomain`, with the host {}, is more or other than https, a host, a port \
             and a plain path",
            shown(host)
        ));
    }
    let is_named = allowed.iter().any(|allowed| allowed == host);
    let is_below = host
        .strip_suffix(DOMAIN)
        .is_some_and(|below| is_name(below) && is_name(host));
    if !is_named && !is_below {
        return Err(format!(
            "the host {} is neither below active-e.net nor named by `allow_host`; no credential \
             was sent to it",
            shown(host)
        ));
    }
    match url.scheme() {
        "https" => {}
        "http" if is_named && is_loopback(host) => {}
        _ => {
            return Err(format!(
                "the address of the host {} is not https",
                shown(host)
            ));
        }
    }
    match parsed(endpoint.trim()) {
        Some((_, other)) if other != host => Err(format!(
            "`NewEndpointDomain` names the host {} and `NewEndpoint` the host {}",
            shown(host),
            shown(&other)
        )),
        _ => Ok(url.to_string()),
    }
}

/// A URL with its host: in lower case, an address without brackets.
fn parsed(text: &str) -> Option<(Url, String)> {
    let url = Url::parse(text).ok()?;
    let host = url.host_str().filter(|host| !host.is_empty())?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let host = host.to_ascii_lowercase();
    Some((url, host))
}

/// Whether a person reads the same in a text as the URL's parser, which mends
/// what it can: other letters, backslashes, addresses in octal, `..`.
fn is_plain(text: &str, url: &Url) -> bool {
    let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || b":/.-_~[]".contains(&byte);
    let Some((scheme, rest)) = text
        .split_once("://")
        .filter(|_| text.bytes().all(is_usual))
    else {
        return false;
    };
    let (authority, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let host = url.host_str().unwrap_or_default();
    let is_host = authority
        .get(..host.len())
        .is_some_and(|begin| begin.eq_ignore_ascii_case(host));
    let port = authority.get(host.len()..).unwrap_or_default();
    let is_port = port.is_empty()
        || port
            .strip_prefix(':')
            .and_then(|port| port.parse::<u16>().ok())
            .is_some_and(|port| Some(port) == url.port_or_known_default());
    let path = path.trim_end_matches('/');
    url.scheme().eq_ignore_ascii_case(scheme)
        && is_host
        && is_port
        && path == url.path().trim_end_matches('/')
        && !path.contains("//")
}

/// Whether a text is a host's name in ASCII, without a dot at the end: labels of
/// letters, digits and hyphens, none of them encoded (`xn--`).
fn is_name(text: &str) -> bool {
    let is_label = |label: &str| {
        let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !label.is_empty()
            && label.bytes().all(is_usual)
            && !label.starts_with('-')
            && !label.ends_with('-')
            && !label.to_ascii_lowercase().starts_with("xn--")
    };
    text.len() <= LONGEST_HOST && text.split('.').all(is_label)
}

/// A host as an error may show it; the server wrote it.
fn shown(host: &str) -> &str {
    host.get(..LONGEST_HOST).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GOOD: &str = "https://10846.active-e.net:7890";

    /// What is said of an address, with the hosts of the test named.
    #[rustfmt::skip]
    const HOSTS: &[(&str, Result<&str, &str>)] = &[
        // As public callers have seen them.
        (GOOD, Ok(GOOD)),
        ("https://sandbox.active-e.net", Ok("https://sandbox.active-e.net/")),
        // Other spellings of such an address.
        (" https://10846.active-e.net/ ", Ok("https://10846.active-e.net/")),
        ("HTTPS://A.b.Active-E.Net:443", Ok("https://a.b.active-e.net/")),
        ("https://a.active-e.net:65535/aeServices30/Api/", Ok("https://a.active-e.net:65535/aeServices30/Api/")),
        // Named by the user.
        ("https://AIM.shop.example:8443", Ok("https://aim.shop.example:8443/")),
        ("https://203.0.113.7", Ok("https://203.0.113.7/")),
        ("http://127.0.0.1:8080/aeservices30", Ok("http://127.0.0.1:8080/aeservices30")),
        ("http://[::1]:8080", Ok("http://[::1]:8080/")),
        ("http://localhost:1", Ok("http://localhost:1/")),
        // Plain http, also where it is named.
        ("http://10846.active-e.net", Err("the address of the host 10846.active-e.net is not https")),
        ("http://aim.shop.example", Err("the address of the host aim.shop.example is not https")),
        ("http://203.0.113.7", Err("the address of the host 203.0.113.7 is not https")),
        ("ftp://10846.active-e.net", Err("the address of the host 10846.active-e.net is not https")),
        // Hosts that look like it.
        ("https://active-e.net", Err("the host active-e.net is neither")),
        ("https://evil-active-e.net", Err("the host evil-active-e.net is neither")),
        ("https://active-e.net.evil.com", Err("the host active-e.net.evil.com is neither")),
        ("https://10846.active-e.net.evil.com", Err("the host 10846.active-e.net.evil.com is neither")),
        ("https://10846.active-e.net.", Err("the host 10846.active-e.net. is neither")),
        ("https://10846.active-e.network", Err("the host 10846.active-e.network is neither")),
        ("https://10846.active-e.biz", Err("the host 10846.active-e.biz is neither")),
        ("https://.active-e.net", Err("the host .active-e.net is neither")),
        ("https://a..active-e.net", Err("the host a..active-e.net is neither")),
        ("https://-a.active-e.net", Err("the host -a.active-e.net is neither")),
        ("https://a_b.active-e.net", Err("the host a_b.active-e.net is neither")),
        ("https://xn--e1afmkfd.active-e.net", Err("the host xn--e1afmkfd.active-e.net is neither")),
        ("https://a.xn--e1afmkfd.net", Err("the host a.xn--e1afmkfd.net is neither")),
        ("https://x.aim.shop.example", Err("the host x.aim.shop.example is neither")),
        ("https://10.0.0.1", Err("the host 10.0.0.1 is neither")),
        ("https://[fd00::1]", Err("the host fd00::1 is neither")),
        ("https://[::ffff:127.0.0.1]", Err("`NewEndpointDomain`, with the host ::ffff:7f00:1, is more")),
        // What a parser mends, and what is more than an address.
        ("https://user@10846.active-e.net", Err("`NewEndpointDomain`, with the host 10846.active-e.net, is more")),
        ("https://10846.active-e.net@evil.com", Err("`NewEndpointDomain`, with the host evil.com, is more")),
        ("https://10846.active-e.net:7890@evil.com", Err("`NewEndpointDomain`, with the host evil.com, is more")),
        ("https://10846.active-e.net\\@evil.com", Err("`NewEndpointDomain`, with the host 10846.active-e.net, is more")),
        ("https://evil.com\\.active-e.net", Err("`NewEndpointDomain`, with the host evil.com, is more")),
        ("https://evil.com#.active-e.net", Err("`NewEndpointDomain`, with the host evil.com, is more")),
        ("https://evil.com?.active-e.net", Err("`NewEndpointDomain`, with the host evil.com, is more")),
        ("https://evil.com/.active-e.net", Err("the host evil.com is neither")),
        ("https://10846.active-e.net?a=b", Err("`NewEndpointDomain`, with the host 10846.active-e.net, is more")),
        ("https://10846.active-e.net/#a", Err("`NewEndpointDomain`, with the host 10846.active-e.net, is more")),
        ("https://10846.active-e.net/a/../b", Err("`NewEndpointDomain`, with the host 10846.active-e.net, is more")),
        ("https://10846.active-e.net/%2e%2e/b", Err("`NewEndpointDomain`, with the host 10846.active-e.net, is more")),
        ("https://10846.active-e.net/a//b", Err("`NewEndpointDomain`, with the host 10846.active-e.net, is more")),
        ("https://10846.active\u{2010}e.net", Err("`NewEndpointDomain`, with the host ")),
        ("https://10846.active-e\u{ff0e}net", Err("`NewEndpointDomain`, with the host 10846.active-e.net, is more")),
        ("https://10846.\u{430}ctive-e.net", Err("`NewEndpointDomain`, with the host 10846.xn--ctive-e-")),
        ("https://10846%2eactive-e.net", Err("`NewEndpointDomain`, with the host 10846.active-e.net, is more")),
        ("https://10846.acti\tve-e.net", Err("`NewEndpointDomain`, with the host 10846.active-e.net, is more")),
        ("https:10846.active-e.net", Err("`NewEndpointDomain`, with the host 10846.active-e.net, is more")),
        ("https:///10846.active-e.net", Err("`NewEndpointDomain`, with the host 10846.active-e.net, is more")),
        ("https://0x7f.1", Err("`NewEndpointDomain`, with the host 127.0.0.1, is more")),
        ("https://2130706433", Err("`NewEndpointDomain`, with the host 127.0.0.1, is more")),
        ("http://[0:0::1]", Err("`NewEndpointDomain`, with the host ::1, is more")),
        ("https://10846.active-e.net:", Err("`NewEndpointDomain`, with the host 10846.active-e.net, is more")),
        // No address.
        ("", Err("it gives no address")),
        (" ", Err("it gives no address")),
        ("10846.active-e.net", Err("`NewEndpointDomain` is not the url of a host")),
        ("10846.active-e.net:7890", Err("`NewEndpointDomain` is not the url of a host")),
        ("//10846.active-e.net", Err("`NewEndpointDomain` is not the url of a host")),
        ("https://10846.active-e.net:99999", Err("`NewEndpointDomain` is not the url of a host")),
        ("file:///etc/passwd", Err("`NewEndpointDomain` is not the url of a host")),
        ("data:,x", Err("`NewEndpointDomain` is not the url of a host")),
    ];

    fn named(hosts: &[&str]) -> Vec<String> {
        hosts
            .iter()
            .map(|host| allowed_host(host).unwrap())
            .collect()
    }

    #[test]
    fn credentials_go_to_expected_hosts_alone() {
        let named = named(&[
            "aim.Shop.example",
            "203.0.113.7",
            "127.0.0.1",
            "[::1]",
            "localhost",
        ]);
        for &(given, expected) in HOSTS {
            let found = address(given, "", &named);
            match (&found, expected) {
                (Ok(found), Ok(expected)) => {
                    assert_eq!(found.trim_end_matches('/'), expected.trim_end_matches('/'));
                }
                (Err(reason), Err(expected)) => {
                    assert!(reason.starts_with(expected), "{given}: {reason}");
                    let is_secret = |word: &&str| reason.contains(*word);
                    let shown = ["user", "a=b", "/b", "passwd"].into_iter().find(is_secret);
                    assert_eq!(shown, None, "{given}: {reason}");
                }
                _ => panic!("{given} became {found:?}"),
            }
            // Nobody but the vendor is expected unless somebody is named.
            if address(given, "", &[]).is_ok() {
                assert!(found.unwrap().contains(".active-e.net"), "{given}");
            }
        }
        assert!(address("http://127.0.0.1:8080", "", &[]).is_err());
    }

    /// What a text like an address is made of.
    const PIECES: &[&str] = &[
        "https://",
        "http://",
        "HTTPS://",
        "//",
        "/",
        "\\",
        "@",
        ":",
        "?",
        "#",
        ".",
        "..",
        "-",
        "%2e",
        "%40",
        "\t",
        "\n",
        " ",
        "\u{ff0e}",
        "\u{430}",
        "xn--",
        "[",
        "]",
        "::1",
        "7890",
        "user",
        "10846",
        "active-e.net",
        ".active-e.net",
        "evil.com",
        "127.0.0.1",
        "0x7f.1",
    ];

    proptest! {
        /// Whatever the text, the request that is made of it goes to a merchant.
        #[test]
        fn what_is_taken_is_a_merchants_address(
            before in proptest::collection::vec(proptest::sample::select(PIECES), 0..3),
            after in proptest::collection::vec(proptest::sample::select(PIECES), 0..3),
        ) {
            let text = format!("https://{}.active-e.net{}", before.concat(), after.concat());
            if let Ok(taken) = address(&text, "", &[]) {
                let url = Url::parse(&taken).unwrap();
                let host = url.host_str().unwrap();
                prop_assert!(host.ends_with(".active-e.net"), "{text}");
                prop_assert!(text.to_ascii_lowercase().contains(&format!("://{host}")), "{text}");
                let plain = format!("{}{}", url.origin().ascii_serialization(), url.path());
                prop_assert_eq!(taken, plain);
                prop_assert_eq!(url.scheme(), "https");
            }
        }
    }

    #[test]
    fn both_addresses_name_one_host() {
        for (endpoint, expected) in [
            ("https://10846.active-e.net:7890/Api/", true),
            ("https://10846.ACTIVE-E.net/other", true),
            // Unused, so of whatever form.
            ("", true),
            ("/Api/", true),
            ("10846.active-e.net/Api", true),
            ("https://10847.active-e.net:7890/Api/", false),
            ("https://10846.active-e.net@evil.com/Api/", false),
            ("http://evil.com", false),
        ] {
            let found = address(GOOD, endpoint, &[]);
            assert_eq!(found.is_ok(), expected, "{endpoint}: {found:?}");
        }
    }

    #[test]
    fn a_host_is_named_alone() {
        for text in [
            "",
            "https://aim.shop.example",
            "aim.shop.example:8443",
            "aim.shop.example/api",
            "*.shop.example",
            ".shop.example",
            "aim.shop.example.",
            "user@aim.shop.example",
            "\u{430}im.shop.example",
            "[aim.shop.example]",
        ] {
            assert!(allowed_host(text).is_err(), "{text}");
        }
    }
}

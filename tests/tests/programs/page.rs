//! The fake's own page, used as somebody without a mouse uses it.

use std::time::{Duration, Instant};

use aim_fake::{AimFake, FaultKind};
use aim_tests::browser::Browser;
use aim_tests::raw::Raw;
use serde_json::{Value, json};

use crate::pages::keep_picture;

/// Runs before the page's script: what goes wrong is remembered, and the page
/// asks ten times as often.
const WATCH: &str = "
    window.problems = [];
    const wait = setTimeout;
    window.setTimeout = (then, pause) => wait(then, pause / 10);
    for (const name of ['error', 'unhandledrejection', 'securitypolicyviolation']) {
        addEventListener(name, event => problems.push(`${name}: ${event.message ?? event.reason ?? event.blockedURI}`));
    }
    if (location.search === '?unanswered') fetch = () => new Promise(() => {});
    console.error = console.warn = (...what) => problems.push(what.join(' '));
";

/// The texts that are too pale for what is behind them (WCAG AA), and what of
/// the page is wider than its window.
const LOOK: &str = r"(() => {
    const numbers = text => text.match(/[\d.]+/g).map(Number);
    const light = text => numbers(text).slice(0, 3).map(part => part / 255)
        .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
    const behind = element => {
        for (let at = element; at; at = at.parentElement) {
            const color = getComputedStyle(at).backgroundColor;
            if ((numbers(color)[3] ?? 1) > 0) return color;
        }
    };
    const wrong = [];
    for (const element of document.body.querySelectorAll(':not(script, option)')) {
        const has = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
        const { color, display } = getComputedStyle(element);
        if (!has || element.matches(':disabled, tr.new *') || display === 'none') continue;
        const [low, high] = [light(color), light(behind(element))].sort((one, other) => one - other);
        const contrast = (high + 0.05) / (low + 0.05);
        if (contrast < 4.5) wrong.push(`${contrast.toFixed(1)}: ${element.outerHTML.slice(0, 80)}`);
    }
    const width = document.documentElement.scrollWidth;
    if (width > innerWidth) wrong.push(`${width} wide`);
    return wrong;
})()";

pub(crate) fn check(browser: &mut Browser, fake: &AimFake) {
    let watch = json!({ "source": WATCH });
    browser.call("Page.enable", json!({})).unwrap();
    browser
        .call("Page.addScriptToEvaluateOnNewDocument", watch)
        .unwrap();
    let url = format!("http://{}/", fake.address());
    nothing_stands_there_unread(browser, &format!("{url}?unanswered#faults"));
    browser.open(&format!("{url}#settings")).unwrap();
    let has = |text: &str| {
        format!(
            "!!document.body && document.body.innerText.includes({})",
            json!(text)
        )
    };
    browser
        .wait_for(&has("Live: what happens appears by itself."))
        .unwrap();
    let base_url = browser
        .evaluate("document.querySelector('#base-url').textContent")
        .unwrap();
    assert_eq!(base_url, fake.base_url());
    let is_there =
        "Math.abs(document.querySelector('#settings').getBoundingClientRect().top) < 100";
    assert_eq!(browser.evaluate(is_there).unwrap(), true);
    everything_is_offered(browser, fake);

    // What clients send is shown as text, and their secrets are not.
    let evil = "<img src=x onerror=problems.push(1)>";
    post(fake, json!({"RefNumber": "WEB-1"}));
    post(fake, json!({"RefNumber": "WEB-1"}));
    post(
        fake,
        json!({"RefNumber": evil, "Nmae": 1, "CcInfo": {"TokenStr": "CANARY"}}),
    );
    browser.wait_for(&has("Duplicate of 1")).unwrap();
    let page = "document.body.textContent";
    for text in ["Nmae: no member has this name", evil, "ST-", "WEB-1"] {
        browser
            .wait_for(&format!("{page}.includes({})", json!(text)))
            .unwrap();
    }
    let bookings =
        "[...document.querySelectorAll('#bookings tbody tr')].map(row => row.cells[4].textContent)";
    assert_eq!(
        browser.evaluate(bookings).unwrap(),
        json!(["Not a duplicate", "Duplicate of 1", "Not a duplicate"])
    );
    let seen = "document.images.length === 0 && !document.body.textContent.includes('CANARY')";
    assert_eq!(browser.evaluate(seen).unwrap(), true);
    let news = browser.evaluate("document.querySelector('[role=log]').textContent");
    let news = news.unwrap();
    assert!(
        news.as_str()
            .unwrap()
            .ends_with("PostServiceTicket, status 200, carried out."),
        "{news}"
    );

    a_fault_is_set(browser, fake);
    an_answer_is_set(browser, fake);
    a_setting_is_changed(browser, fake);
    for (width, scheme) in [
        (360, "light"),
        (360, "dark"),
        (1280, "dark"),
        (1280, "light"),
    ] {
        browser.evaluate("scrollTo(0, 0)").unwrap();
        keep_picture(browser, "page", width, scheme);
        assert_eq!(
            browser.evaluate(LOOK).unwrap(),
            json!([]),
            "{width} {scheme}"
        );
    }
    everything_has_a_name(browser);

    // The page is in no record, and nothing went wrong on it.
    assert_eq!(fake.requests().len(), 4);
    assert_eq!(browser.evaluate("problems").unwrap(), json!([]));

    // It stops when it is told to and while nobody sees it, and shows afterwards
    // what it has missed.
    let asked = "performance.getEntriesByType('resource').length";
    let stands_still = |browser: &mut Browser| {
        browser.wait_for("!isAsking").unwrap();
        let before = browser.evaluate(asked).unwrap();
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(browser.evaluate(asked).unwrap(), before);
    };
    let hide = |browser: &mut Browser, is_hidden: bool| {
        let hide = format!(
            "Object.defineProperty(document, 'hidden', {{ value: {is_hidden}, configurable: true }}); \
             document.dispatchEvent(new Event('visibilitychange'))"
        );
        browser.evaluate(&hide).unwrap();
    };
    hide(browser, true);
    stands_still(browser);
    hide(browser, false);
    go_to(browser, "pause");
    browser.press("Space").unwrap();
    browser.wait_for(&has("Paused.")).unwrap();
    stands_still(browser);
    fake.forget_requests();
    browser.press("Enter").unwrap();
    browser
        .wait_for(&has("None yet. Give your client"))
        .unwrap();
}

/// Before the first answer of the fake, the page says nothing of it.
fn nothing_stands_there_unread(browser: &mut Browser, url: &str) {
    browser.open(url).unwrap();
    browser
        .wait_for("!!document.body && document.body.innerText.includes('Reading …') && isAsking")
        .unwrap();
    let text = browser.evaluate("document.body.innerText").unwrap();
    let text = text.as_str().unwrap();
    assert!(text.ends_with("Reading …"), "{text}");
    assert!(!text.contains("Base URL"), "{text}");
    assert_eq!(browser.evaluate(LOOK).unwrap(), json!([]));
}

/// A new setting or fault appears in the forms by itself.
fn everything_is_offered(browser: &mut Browser, fake: &AimFake) {
    let faults = "[...document.querySelectorAll('#fault option')].map(one => one.value)";
    assert_eq!(browser.evaluate(faults).unwrap(), json!(FaultKind::NAMES));
    let settings = json!(fake.settings());
    let fields = "[...document.querySelectorAll('#setting-fields > .field')]\
        .map(one => one.querySelector('code').textContent)";
    let fields = browser.evaluate(fields).unwrap();
    assert_eq!(
        fields.as_array().unwrap().len(),
        settings.as_object().unwrap().len()
    );
    // Every setting shows what it is: nothing is about to be changed.
    let changed = "document.querySelectorAll('.changed').length";
    assert_eq!(browser.evaluate(changed).unwrap(), 0);
}

fn a_fault_is_set(browser: &mut Browser, fake: &AimFake) {
    go_to(browser, "fault");
    for letter in ["h", "t", "m", "l"] {
        browser.press(letter).unwrap();
    }
    go_to(browser, "fault-operation");
    for letter in ["P", "o", "s"] {
        browser.press(letter).unwrap();
    }
    // The control interface refuses this one, and its words stand at the field.
    go_to(browser, "fault-status");
    browser.write("204").unwrap();
    browser.press("Enter").unwrap();
    refused(
        browser,
        "fault-status",
        "200 or a status from 400 to 599 is expected",
    );
    assert!(fake.faults().is_empty());
    browser.evaluate("document.activeElement.select()").unwrap();
    browser.write("502").unwrap();
    browser.press("Enter").unwrap();
    browser
        .wait_for(
            "document.querySelector('#fault-form [role=status]').textContent === 'Fault 1 is set.'",
        )
        .unwrap();
    browser
        .wait_for("document.querySelector('#faults tbody').innerText.includes('At the next call of PostServiceTicket, once')")
        .unwrap();
    assert_eq!(post(fake, json!({"RefNumber": "WEB-3"})), 502);
    browser
        .wait_for(
            "document.querySelector('#requests tbody tr').innerText.includes('Fault html_error')",
        )
        .unwrap();
    browser
        .wait_for("!document.querySelector('#no-faults').hidden")
        .unwrap();
}

fn an_answer_is_set(browser: &mut Browser, fake: &AimFake) {
    go_to(browser, "fault");
    for letter in ["r", "a", "w"] {
        browser.press(letter).unwrap();
    }
    go_to(browser, "fault-body");
    browser.write("Gone").unwrap();
    go_to(browser, "fault-headers");
    browser.write("Retry-After: 30\nContent-Type").unwrap();
    go_to(browser, "fault-status");
    browser.press("Enter").unwrap();
    refused(browser, "fault-headers", "expected is a string");
    assert!(fake.faults().is_empty());
    browser.write(": text/plain").unwrap();
    go_to(browser, "fault-status");
    browser.press("Enter").unwrap();
    let row = "body=Gone, headers={\"Content-Type\":\"text/plain\",\"Retry-After\":\"30\"}";
    browser
        .wait_for(&format!(
            "document.querySelector('#faults tbody').innerText.includes({})",
            json!(row)
        ))
        .unwrap();
    assert_eq!(
        fake.faults()[0]["headers"],
        json!({"Content-Type": "text/plain", "Retry-After": "30"})
    );
    fake.remove_faults();
}

fn a_setting_is_changed(browser: &mut Browser, fake: &AimFake) {
    go_to(browser, "find");
    browser.write("zone").unwrap();
    go_to(browser, "setting-time_zone");
    browser.write("Mars/North").unwrap();
    browser.press("Enter").unwrap();
    refused(
        browser,
        "setting-time_zone",
        "an IANA name is expected, as America/New_York",
    );
    browser.evaluate("document.activeElement.select()").unwrap();
    browser.write("Europe/Paris").unwrap();
    browser.press("Enter").unwrap();
    browser
        .wait_for("document.querySelector('#settings-form [role=status]').textContent.startsWith('Saved: time_zone.')")
        .unwrap();
    assert_eq!(json!(fake.settings())["time_zone"], "Europe/Paris");
    go_to(browser, "find");
    browser.evaluate("document.activeElement.select()").unwrap();
    browser.write("_").unwrap();
    go_to(browser, "setting-ignored_header");
    browser.press("Space").unwrap();
    browser.press("Enter").unwrap();
    let until = Instant::now() + Duration::from_secs(10);
    while fake.settings().ignored_header {
        assert!(Instant::now() < until);
        std::thread::sleep(Duration::from_millis(10));
    }
    // What another program changes appears, too.
    fake.patch_settings(&json!({"error_code": "77"})).unwrap();
    browser
        .wait_for("document.querySelector('#setting-error_code').value === '77'")
        .unwrap();
}

/// The words of the control interface stand at the field, which has the focus.
fn refused(browser: &mut Browser, id: &str, words: &str) {
    browser
        .wait_for(&format!(
            "document.activeElement.id === '{id}' && \
             document.activeElement.getAttribute('aria-invalid') === 'true' && \
             document.getElementById('{id}-error').textContent.startsWith({})",
            json!(words)
        ))
        .unwrap();
}

/// Presses Tab until the focus is there.
fn go_to(browser: &mut Browser, id: &str) {
    for _ in 0..150 {
        browser.press("Tab").unwrap();
        if browser.evaluate("document.activeElement.id").unwrap() == id {
            return;
        }
    }
    panic!("Tab does not lead to {id}");
}

/// A screen reader has a name for whatever can be used, and for each table.
fn everything_has_a_name(browser: &mut Browser) {
    let tree = browser
        .call("Accessibility.getFullAXTree", json!({}))
        .unwrap();
    let mut count = 0;
    for node in tree["nodes"].as_array().unwrap() {
        let role = node["role"]["value"].as_str().unwrap_or_default();
        let is_used = [
            "button",
            "checkbox",
            "combobox",
            "link",
            "region",
            "searchbox",
            "table",
            "textbox",
        ];
        if node["ignored"] == true || !is_used.contains(&role) {
            continue;
        }
        count += 1;
        let name = node["name"]["value"].as_str().unwrap_or_default();
        assert!(!name.trim().is_empty(), "{node}");
    }
    assert!(count > 50, "{count}");
}

/// Posts a ticket and gives the status of the answer.
fn post(fake: &AimFake, ticket: Value) -> u16 {
    let headers = [
        ("ApiKey", "key"),
        ("AppId", "app"),
        ("Accept", "application/json"),
        ("Content-Type", "application/json"),
    ];
    let mut raw = Raw::connect(fake.address()).unwrap();
    let body = ticket.to_string();
    let target = "/aeservices30/api/PostServiceTicket";
    raw.send("POST", target, &headers, Some(body.as_bytes()))
        .unwrap()
        .status
}

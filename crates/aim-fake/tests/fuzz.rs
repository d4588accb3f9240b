//! The fake answers any bytes or closes the connection, and never panics.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "that is how a test fails"
)]

#[allow(dead_code, reason = "other tests take the rest")]
#[path = "fake/raw.rs"]
mod raw;

use std::net::Shutdown;
use std::sync::atomic::{AtomicUsize, Ordering};

use aim_fake::AimFake;
use raw::{End, Raw, booking, control, send};
use serde_json::json;

/// Pseudo-random numbers, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        // Knuth's multiplier; the low bits are the weak ones.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }

    fn of<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len())]
    }
}

/// A request that is more or less valid.
fn request(numbers: &mut Numbers) -> Vec<u8> {
    let method = numbers.of(&[
        "GET", "POST", "PUT", "HEAD", "OPTIONS", "get", "B-R", "PRI", "",
    ]);
    let target = numbers.of(&[
        "/aeservices30/api/C2BPostContract",
        "/aeServices30/API/GetContractDetails.json?Ref=1&Sub=2",
        "/api/json/reply/ContractFulfillmentRequest[]?x=%",
        "/aeservices30/api/GetContractDetails?format=xml&callback=%ff&jsconfig=edv,",
        "/aeservices30/api/C2BPostContract?CustomerInfo={Name:%22,Addr1:[{{&AccessoryIdList=1,,2",
        "/aeservices30/api/%c3%28/../..//?&&==&?",
        "/_aim/settings",
        "/_aim/answers",
        "/_aim/faults/",
        "/_aim/state",
        "http://x/aeservices30/api/CustomerAccessToken",
        "*",
        "//",
    ]);
    let accept = numbers.of(&[
        "application/json",
        "application/xml",
        "text/csv;q=x,,",
        "*/*",
        "",
    ]);
    let kind = numbers.of(&[
        "application/json",
        "application/xml; charset=utf-7",
        "text/jsv",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=a",
        "multipart/form-data",
        "text/jsonl",
        "\u{fffd}",
    ]);
    let body = numbers.of(&[
        r#"{"RefNumber":"R","CustomerInfo":{"Name":"a","WebId":1e3},"AccessoryIdList":[1,"2",{}]}"#,
        "[[[[[[[[[[[[[[[[[[[[[[[[[{",
        "{\"Notes\":\"\\ud800\\u00\",\"Price\":1e999999999,\"Delivery\":\"/Date(99999999999999999)/\"",
        "{Ref:\"\"a\"\",Sub:[,],CcInfo:{{}}",
        "<GetContractDetailsRequest xmlns=\"x\"><Ref>&#0;&lol;<![CDATA[</Ref>",
        "--a\r\nContent-Disposition: form-data; name=\"Ref\"\r\n\r\nx\r\n--a",
        "Ref=%&=&&Ref[]=1&Notes=%ff%00",
        "{\"fault\":{},\"operation\":[],\"answer\":{\"kind\":{}}}",
        "\u{feff}null",
        "",
    ]);
    let length = match numbers.below(5) {
        0 => numbers
            .of(&["-1", "99999999999999999999", "0", "7", "x"])
            .to_owned(),
        _ => body.len().to_string(),
    };
    let extra = numbers.of(&[
        "",
        "Transfer-Encoding: chunked\r\n",
        "Content-Encoding: gzip\r\n",
        "X-Http-Method-Override: PUT\r\n",
        "Expect: 100-continue\r\n",
        "Host: \u{0}\r\n",
    ]);
    let mut bytes = format!(
        "{method} {target} HTTP/1.1\r\nHost: a\r\nApiKey: a\r\nAppId: b\r\nAccept: {accept}\r\n\
         Content-Type: {kind}\r\n{extra}Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes();
    // Half of them are damaged somewhere.
    if numbers.below(2) == 0 {
        for _ in 0..=numbers.below(8) {
            let at = numbers.below(bytes.len());
            match numbers.below(3) {
                0 => bytes[at] = numbers.byte(),
                1 => bytes.insert(at, numbers.byte()),
                _ => bytes.truncate(at.max(1)),
            }
        }
    }
    bytes
}

#[tokio::test]
async fn anything_is_answered_or_closed_and_nothing_panics() {
    static PANICS: AtomicUsize = AtomicUsize::new(0);
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        hook(info);
    }));
    let fake = AimFake::start().await.unwrap();
    fake.patch_settings(&json!({"request_validation": true, "fallback": true}))
        .unwrap();
    let mut numbers = Numbers(7);
    for round in 0..3000 {
        let bytes = match round % 10 {
            // Noise.
            0 => (0..=numbers.below(300)).map(|_| numbers.byte()).collect(),
            _ => request(&mut numbers),
        };
        let mut raw = Raw::new(fake.address());
        use std::io::Write as _;
        // The fake may close before all is sent.
        let _ = raw.0.write_all(&bytes);
        let _ = raw.0.shutdown(Shutdown::Write);
        let answer = raw.read();
        let text = String::from_utf8_lossy(&bytes);
        assert_ne!(answer.end, End::Silence, "{text}");
        assert_eq!(PANICS.load(Ordering::Relaxed), 0, "{text}");
    }
    assert_eq!(control(fake.address(), "POST", "/_aim/reset", "").0, 200);
    assert_eq!(send(fake.address(), &booking()).status(), 200);
    assert_eq!(PANICS.load(Ordering::Relaxed), 0);
}

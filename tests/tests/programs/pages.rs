//! Tests the pages of the fake in a real browser.
//!
//! Runs where `AIM_TEST_BROWSER` names a Chromium; `.ci/run` sets it.

use std::fs;
use std::path::Path;

use aim_fake::AimFake;
use aim_tests::browser::Browser;
use aim_tests::fixture;

use crate::{docs, page};

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_pages_work_in_a_browser() {
    let Some(program) = Browser::program() else {
        return;
    };
    let fake = AimFake::start().await.unwrap();
    let visits = tokio::task::spawn_blocking(move || {
        let mut browser = Browser::start(&program).unwrap();
        page::check(&mut browser, &fake);
        docs::check(&mut browser, &fake);
    });
    visits.await.unwrap();
}

/// Puts a picture of the page beside what the tests build, for people.
pub(crate) fn keep_picture(browser: &mut Browser, name: &str, width: u32, scheme: &str) {
    let picture = browser.picture(width, scheme).unwrap();
    let name = format!("{name}-{width}-{scheme}.png");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(target, fixture::base64(&picture)).unwrap();
}

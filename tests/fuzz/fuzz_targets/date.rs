#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| aim_tests::fuzz::date(data));

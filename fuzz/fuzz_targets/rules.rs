//! A rule with arbitrary text.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    factloom_fuzz::use_dataset(&[("rules/back.rq", &String::from_utf8_lossy(data))]);
});

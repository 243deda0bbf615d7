//! A fact file with arbitrary content, as a JSON document or as JSON Lines.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((first, text)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(text);
    match first % 2 {
        0 => factloom_fuzz::use_dataset(&[("facts.json", &text)]),
        _ => factloom_fuzz::use_dataset(&[("facts.json", "[]"), ("facts.jsonl", &text)]),
    };
});

//! A style sheet with arbitrary content, with which diagrams are drawn.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Some((dataset, _, store)) = factloom_fuzz::use_dataset(&[("style.json", &String::from_utf8_lossy(data))]) {
        factloom_fuzz::draw(&store, &dataset.language);
    }
});

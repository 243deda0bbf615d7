//! A manifest, a list of entities or a vocabulary with arbitrary content.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((first, text)) = data.split_first() else { return };
    let file = ["factloom.json", "entities.json", "vocabulary.ttl"][usize::from(*first) % 3];
    if let Some((dataset, _, store)) = factloom_fuzz::use_dataset(&[(file, &String::from_utf8_lossy(text))]) {
        factloom_fuzz::draw(&store, &dataset.language);
    }
});

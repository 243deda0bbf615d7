//! A lock with arbitrary content, in place of the text that it stands for.
#![no_main]

use factloom_fuzz::FILES;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    // Without the text, the quotes can only be found in the lock.
    let manifest = FILES[0].1.replace("\"text\": \"s.txt\"", "\"url\": \"https://f.example/s\"");
    let Some((_, checked, _)) = factloom_fuzz::use_dataset(&[("factloom.json", &manifest), ("factloom.lock", &text)])
    else {
        return;
    };
    assert_eq!(checked.evidence.verified, 0, "a quote is verified without a text");
});

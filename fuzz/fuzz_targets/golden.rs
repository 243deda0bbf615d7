//! A golden file with arbitrary content, in each format.
#![no_main]

use factloom::report::golden_text;
use libfuzzer_sys::fuzz_target;

const EXTENSIONS: [&str; 6] = ["csv", "tsv", "srj", "srx", "ttl", "bool"];

fuzz_target!(|data: &[u8]| {
    let Some((first, text)) = data.split_first() else { return };
    let file = format!("golden/all.{}", EXTENSIONS[usize::from(*first) % EXTENSIONS.len()]);
    let root = factloom_fuzz::root(&[(&file, &String::from_utf8_lossy(text))]);
    if let Ok(report) = factloom::testing::run(&root, &[]) {
        golden_text(&report, &mut Vec::new()).expect("a vector accepts all output");
    }
});

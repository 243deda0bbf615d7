//! A quote and a text, on the first line and the others. The span of a quote that is found must contain the letters and digits of
//! the quote, in their order.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::json;
use unicode_normalization::UnicodeNormalization;

fn letters_and_digits(text: impl Iterator<Item = char>) -> String {
    text.nfc().filter(|c| c.is_alphanumeric()).collect()
}

fuzz_target!(|data: &[u8]| {
    let data = String::from_utf8_lossy(data);
    let Some((quote, text)) = data.split_once('\n') else { return };
    let facts = json!([{ "id": "f", "subject": "a", "predicate": "made", "object": "b",
        "evidence": [{ "source": "s", "quote": quote, "nth": 1 }] }]);
    let facts = facts.to_string();
    let files = [("facts.json", facts.as_str()), ("s.txt", text)];
    let Some((_, checked, _)) = factloom_fuzz::use_dataset(&files) else { return };
    for statement in checked.statements.iter() {
        let [evidence] = &statement.evidence[..] else { continue };
        let Some(span) = &evidence.span else { continue };
        let text: Vec<char> = text.chars().collect();
        let found = span.parts().iter().flat_map(|part| text[part.start as usize..part.end as usize].iter().copied());
        assert_eq!(letters_and_digits(found), letters_and_digits(quote.chars()), "{quote:?} in {text:?}");
    }
});

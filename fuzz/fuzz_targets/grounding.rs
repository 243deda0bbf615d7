//! A quote and a text, on the first line and the others. The span of a quote that is found must contain the letters and digits of
//! the quote, in their order, apart from letter case, presentation forms and the names of Greek letters.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::json;
use unicode_normalization::UnicodeNormalization;

const GREEK: [(char, &str); 24] = [
    ('α', "alpha"), ('β', "beta"), ('γ', "gamma"), ('δ', "delta"), ('ε', "epsilon"), ('ζ', "zeta"), ('η', "eta"), ('θ', "theta"),
    ('ι', "iota"), ('κ', "kappa"), ('λ', "lambda"), ('μ', "μ"), ('ν', "nu"), ('ξ', "xi"), ('ο', "ο"), ('π', "pi"), ('ρ', "rho"),
    ('σ', "sigma"), ('τ', "tau"), ('υ', "upsilon"), ('φ', "phi"), ('χ', "chi"), ('ψ', "psi"), ('ω', "omega"),
];

fn letters_and_digits(text: impl Iterator<Item = char>) -> String {
    let lower = text.nfkc().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric());
    let named = lower.map(|c| match GREEK.iter().find(|(letter, _)| *letter == c) {
        Some((_, name)) => (*name).to_owned(),
        None => c.to_string(),
    });
    named.collect()
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
        // Spans refer to the text without a byte order mark and with LF as line end.
        let text = text.trim_start_matches('\u{FEFF}').replace("\r\n", "\n").replace('\r', "\n");
        let text: Vec<char> = text.chars().collect();
        let found = span.parts().iter().flat_map(|part| text[part.start as usize..part.end as usize].iter().copied());
        assert_eq!(letters_and_digits(found), letters_and_digits(quote.chars()), "{quote:?} in {text:?}");
    }
});

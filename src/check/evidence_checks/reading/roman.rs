//! Roman numerals.

const LETTERS: [(&str, u32); 13] = [
    ("M", 1000),
    ("CM", 900),
    ("D", 500),
    ("CD", 400),
    ("C", 100),
    ("XC", 90),
    ("L", 50),
    ("XL", 40),
    ("X", 10),
    ("IX", 9),
    ("V", 5),
    ("IV", 4),
    ("I", 1),
];

/// What may follow a numeral: `XVIIIe`.
const AFFIXES: [&str; 10] = ["e", "er", "ème", "eme", "ième", "th", "st", "nd", "rd", "re"];

/// The value of a Roman numeral in capital letters, in its usual form. `I` and words such as `MIX` are not numerals: those below 40 have
/// one or more of the letters `I`, `V` and `X`, and others at least four letters.
pub(super) fn roman(word: &str) -> Option<u32> {
    let end = word.find(|c: char| !c.is_ascii_uppercase()).unwrap_or(word.len());
    let (numeral, affix) = word.split_at(end);
    if numeral.is_empty() || numeral.len() > 15 || !affix.is_empty() && !AFFIXES.contains(&affix) {
        return None;
    }
    let (mut value, mut rest) = (0, numeral);
    for (letters, of_letters) in LETTERS {
        // At most three, or one if letters are subtracted.
        let max = if letters.len() == 1 && matches!(of_letters, 1 | 10 | 100 | 1000) { 3 } else { 1 };
        for _ in 0..max {
            let Some(shorter) = rest.strip_prefix(letters) else { break };
            (value, rest) = (value + of_letters, shorter);
        }
    }
    let is_usual = rest.is_empty() && (value < 40 || numeral.len() > 3) && (word != "I");
    is_usual.then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_numeral_is_in_its_usual_form() {
        for (word, value) in [
            ("XIV", Some(14)),
            ("VIII", Some(8)),
            ("XXe", Some(20)),
            ("Ier", Some(1)),
            ("XIXème", Some(19)),
            ("MCMXC", Some(1990)),
            ("MCMXXIV", Some(1924)),
            ("I", None),
            ("DVD", None),
            ("CIVIC", None),
            ("MIX", None),
            ("CD", None),
            ("Le", None),
            ("IIII", None),
            ("VX", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(roman(word), value, "{word}");
        }
    }
}

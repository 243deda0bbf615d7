//! The figures of a note.

use super::cues::Cues;
use super::reading::{TokenKind, is_range_separator, readings, split_fields, tokens};
use super::words::comparable;
use oxsdatatypes::Decimal;

/// A number in digits.
pub(super) struct Figure {
    /// As the note has it.
    pub written: String,
    /// What it may be: for a range, one of its ends.
    pub readings: Vec<Decimal>,
}

/// Longer digits are not the figures of a text.
const MAX_LENGTH: usize = 40;

/// The figures of a note, except days such as `2026-11-30`, those of addresses and codes such as `G7`, and those after words such as
/// `page`. Takes linear time.
pub(super) fn figures(note: &str, cues: Option<&Cues>) -> Vec<Figure> {
    let mut found = Vec::new();
    let mut fields = Vec::new();
    let mut follows_reference = false;
    for token in tokens(note, 0) {
        match token.kind {
            TokenKind::Digits => {
                let is_reference = follows_reference || is_code(note, token.start, token.end());
                if is_reference || token.text.len() > MAX_LENGTH {
                    continue;
                }
                split_fields(token.text, &mut fields);
                let is_date =
                    fields.len() == 3 && fields[1].separator != ',' && fields.iter().any(|field| field.length == 4);
                let segments = fields.chunk_by(|_, next| !is_range_separator(next.separator));
                let readings: Vec<Decimal> = segments.flat_map(readings).flatten().collect();
                if !is_date && !readings.is_empty() {
                    found.push(Figure { written: token.text.to_owned(), readings });
                }
            }
            TokenKind::Word => {
                let is_reference = |cues: &Cues| cues.references.contains(&comparable(token.text));
                let joins = |cues: &Cues| {
                    let meaning = cues.lexicon.meaning(note, &token);
                    meaning.is_some_and(|(meaning, _)| meaning.is_conjunction || meaning.is_connector)
                };
                follows_reference = cues.is_some_and(|cues| is_reference(cues) || follows_reference && joins(cues));
            }
            TokenKind::Mark('.' | ',' | '&' | '-' | '–') => {}
            TokenKind::Fraction(..) | TokenKind::Mark(_) => follows_reference = false,
        }
    }
    found
}

/// Whether some bytes are next to letters, or in an address.
fn is_code(note: &str, start: usize, end: usize) -> bool {
    let is_part = |c: char| !c.is_whitespace();
    let before = &note[start
        - note[..start].chars().rev().take_while(|c| is_part(*c)).take(100).map(char::len_utf8).sum::<usize>()
        ..start];
    let after = note[end..].chars().next();
    let last = before.trim_end_matches(['-', '–']).chars().next_back();
    last.is_some_and(char::is_alphabetic)
        || after.is_some_and(char::is_alphabetic)
        || before.contains("//")
        || before.starts_with("www.")
}

#[cfg(test)]
mod tests {
    use super::super::cues::AllCues;
    use super::*;

    #[test]
    fn references_and_codes_are_not_figures() {
        let cues = AllCues::built_in().get("en");
        for (note, expected) in [
            ("Of 500, half; from 1971–73.", &["500", "1971–73"][..]),
            ("See pages 12 and 14; 15 men.", &["15"]),
            ("See page 12, footnote 4, section 3.2 and pp. 5–7.", &[]),
            ("Verified on 2026-11-30: G7, COVID-19, H2O, https://e.org/2024/11, ISBN 978-3-16-148410-0.", &[]),
            ("The 2nd edition has £1,200.50.", &["1,200.50"]),
        ] {
            let found: Vec<_> = figures(note, cues).into_iter().map(|figure| figure.written).collect();
            assert_eq!(found, expected, "{note}");
        }
        assert!(figures(&format!("Of 1{}", "-1".repeat(50_000)), cues).is_empty());
    }
}

//! The differences between a quote and a passage, beyond those that folding removes.

use super::boundary::is_word_character;
use super::fold::Folded;
use crate::escape::single_line;
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::ops::Range;
use unicode_security::skeleton;

/// What a quote has in place of something in a passage. Either may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub quote: String,
    pub source: String,
}

/// What kind of differences there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DifferenceKind {
    /// Characters that are not visible, or look like others.
    Appearance,
    Case,
    Punctuation,
    CaseAndPunctuation,
    Number,
    /// This number of words.
    Words(usize),
}

/// The words and punctuation marks of a text and its folded form.
struct Tokens {
    original: Vec<char>,
    folded: Folded,
    ranges: Vec<Range<usize>>,
}

impl Tokens {
    fn new(text: &str) -> Self {
        let folded = Folded::new(text);
        let mut ranges: Vec<Range<usize>> = Vec::new();
        let mut is_in_word = false;
        for (at, c) in folded.text().char_indices() {
            let range = at..at + c.len_utf8();
            let is_word = is_word_character(c);
            match ranges.last_mut() {
                Some(last) if is_word && is_in_word && last.end == at => last.end = range.end,
                _ if c != ' ' => ranges.push(range),
                _ => {}
            }
            is_in_word = is_word;
        }
        Self { original: text.chars().collect(), folded, ranges }
    }

    fn folded(&self) -> Vec<&str> {
        self.ranges.iter().map(|range| &self.folded.text()[range.clone()]).collect()
    }

    /// The original text of consecutive tokens, on one line.
    fn original(&self, tokens: Range<usize>) -> String {
        if tokens.is_empty() {
            return String::new();
        }
        let bytes = self.ranges[tokens.start].start..self.ranges[tokens.end - 1].end;
        let points = self.folded.original(bytes);
        let original: String = self.original[points.start as usize..points.end as usize].iter().collect();
        single_line(&original).into_owned()
    }
}

/// The differences between a quote and a passage, in their order. Takes time that grows with the product of their lengths if they have
/// nothing in common.
pub(super) fn differences(quote: &str, passage: &str) -> Vec<Difference> {
    let (quote, passage) = (Tokens::new(quote), Tokens::new(passage));
    let ops = capture_diff_slices(Algorithm::Myers, &quote.folded(), &passage.folded());
    let changed = ops.iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
    let difference =
        |op: &DiffOp| Difference { quote: quote.original(op.old_range()), source: passage.original(op.new_range()) };
    changed.map(difference).collect()
}

impl DifferenceKind {
    /// The kind of one or more differences.
    pub(super) fn of(differences: &[Difference]) -> Self {
        let all = |is_kind: fn(&Difference) -> bool| differences.iter().all(is_kind);
        match () {
            () if all(Difference::is_hidden) => Self::Appearance,
            () if all(Difference::is_case) => Self::Case,
            () if all(Difference::is_punctuation) => Self::Punctuation,
            () if all(Difference::is_case_and_punctuation) => Self::CaseAndPunctuation,
            () if all(Difference::is_number) => Self::Number,
            () => Self::Words(differences.iter().filter(|one| !one.is_punctuation()).count()),
        }
    }

    /// A clause for a message.
    pub(super) fn clause(self) -> String {
        match self {
            Self::Appearance => "characters that look alike or are invisible differ".to_owned(),
            Self::Case => "upper and lower case differ".to_owned(),
            Self::Punctuation => "the punctuation differs".to_owned(),
            Self::CaseAndPunctuation => "upper and lower case and the punctuation differ".to_owned(),
            Self::Number => "a number differs".to_owned(),
            Self::Words(1) => "a word differs".to_owned(),
            Self::Words(_) => "words differ".to_owned(),
        }
    }
}

impl Difference {
    /// A sentence about the difference. Characters that look the same are named.
    pub(super) fn describe(&self) -> String {
        let show = |text: &str| match self.is_hidden() {
            true => format!("`{text}` ({})", named_characters(text)),
            false => format!("`{text}`"),
        };
        match (self.quote.as_str(), self.source.as_str()) {
            (quote, "") => format!("the quote has {}, the source does not", show(quote)),
            ("", source) => format!("the source has {}, the quote does not", show(source)),
            (quote, source) => format!("the quote has {}, the source has {}", show(quote), show(source)),
        }
    }

    /// Whether both look the same.
    fn is_hidden(&self) -> bool {
        visible_skeleton(&self.quote) == visible_skeleton(&self.source)
    }

    fn is_case(&self) -> bool {
        self.quote.to_lowercase() == self.source.to_lowercase()
    }

    fn is_punctuation(&self) -> bool {
        !self.quote.chars().chain(self.source.chars()).any(is_word_character)
    }

    fn is_case_and_punctuation(&self) -> bool {
        let letters = |text: &str| text.to_lowercase().chars().filter(|c| is_word_character(*c)).collect::<String>();
        letters(&self.quote) == letters(&self.source)
    }

    fn is_number(&self) -> bool {
        let is_number = |text: &str| text.chars().any(char::is_numeric) && !text.chars().any(char::is_alphabetic);
        is_number(&self.quote) && is_number(&self.source)
    }
}

/// The skeleton of a text ([UTS #39](https://www.unicode.org/reports/tr39/#Confusable_Detection)) without invisible characters.
fn visible_skeleton(text: &str) -> String {
    skeleton(text).filter(|c| invisible_name(*c).is_none()).collect()
}

/// The characters of a text that are invisible or not ASCII, with their code points.
fn named_characters(text: &str) -> String {
    let all_ascii = text.is_ascii();
    let named = text.chars().filter(|c| all_ascii || !c.is_ascii()).map(|c| match invisible_name(c) {
        Some(name) => format!("U+{:04X} {name}", u32::from(c)),
        None => format!("{c} U+{:04X}", u32::from(c)),
    });
    named.collect::<Vec<_>>().join(", ")
}

/// The name of an invisible character.
fn invisible_name(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{34F}' => "combining grapheme joiner",
        '\u{200C}' => "zero-width non-joiner",
        '\u{200D}' => "zero-width joiner",
        '\u{180B}'..='\u{180D}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' => "variation selector",
        '\u{2061}'..='\u{2064}' => "invisible operator",
        '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' => "Hangul filler",
        '\u{FFF9}'..='\u{FFFB}' => "interlinear annotation",
        c if c.is_control() => "control character",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn differences_are_classified_and_described() {
        use DifferenceKind as Kind;
        for (quote, source, kind, descriptions) in [
            ("Built in 1973", "built in 1973", Kind::Case, &["the quote has `Built`, the source has `built`"][..]),
            ("built in 1973,", "built in 1973.", Kind::Punctuation, &["the quote has `,`, the source has `.`"]),
            ("the mill, closed", "the mill closed", Kind::Punctuation, &["the quote has `,`, the source does not"]),
            (
                "the mill closed",
                "the mill (old) closed",
                Kind::Words(1),
                &["the source has `(old)`, the quote does not"],
            ),
            (
                "in 1937 and 1938",
                "in 1973 and 1983",
                Kind::Number,
                &["the quote has `1937`, the source has `1973`", "the quote has `1938`, the source has `1983`"],
            ),
            ("re-fit it", "re-\ndo it", Kind::Words(1), &["the quote has `re-fit`, the source has `re- do`"]),
            ("Mill: old", "mill, old", Kind::CaseAndPunctuation, &["the quote has `Mill:`, the source has `mill,`"]),
            (
                "“the mіll”",
                "'the mill'",
                Kind::Appearance,
                &["the quote has `mіll` (і U+0456), the source has `mill` (m U+006D, i U+0069, l U+006C, l U+006C)"],
            ),
            (
                "می\u{200C}رود",
                "میرود",
                Kind::Appearance,
                &[
                    "the quote has `می\u{200C}رود` (م U+0645, ی U+06CC, U+200C zero-width non-joiner, ر U+0631, و U+0648, د U+062F), the source has `میرود` (م U+0645, ی U+06CC, ر U+0631, و U+0648, د U+062F)",
                ],
            ),
        ] {
            let found = differences(quote, source);
            let described: Vec<String> = found.iter().map(Difference::describe).collect();
            assert_eq!(
                (DifferenceKind::of(&found), &described[..]),
                (kind, &descriptions.iter().map(|d| (*d).to_owned()).collect::<Vec<_>>()[..]),
                "{quote}"
            );
        }
        assert_eq!(differences("the “mill’s” end…", "the \"mill's\" end..."), []);
    }

    proptest! {
        /// Texts with the same folded words and marks have no differences, others have, and each side of a difference is part of its text.
        #[test]
        fn differences_are_parts_of_both(quote in "[ab1.,’]{0,3}( [ab1.,]{1,3}){0,5}", passage in "[ab1.,']{0,3}( [ab1.,]{1,3}){0,5}") {
            let found = differences(&quote, &passage);
            prop_assert_eq!(found.is_empty(), Tokens::new(&quote).folded() == Tokens::new(&passage).folded());
            for difference in found {
                prop_assert!(quote.contains(&difference.quote) && passage.contains(&difference.source));
                prop_assert!(difference.quote != difference.source);
            }
        }
    }
}

//! The quoted and the excluded words of a text, as runs that do not overlap.

use crate::check::{CoveringQuote, QuotePurpose};
use std::ops::Range;

/// Words that are marked in the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// The code points.
    pub points: Range<u32>,
    /// Whether a statement quotes them; else they are excluded.
    pub is_quoted: bool,
}

/// The runs of the words of quotes, in their order. What is quoted is not excluded. Takes O(n log n) time.
pub(super) fn runs(quotes: &[CoveringQuote]) -> Vec<Run> {
    // Where the numbers of quotes over the text change.
    let mut changes: Vec<(u32, bool, i32)> = Vec::new();
    for quote in quotes {
        let is_quoted = matches!(quote.purpose, QuotePurpose::Evidence(_));
        for part in quote.span.parts() {
            changes.extend([(part.start, is_quoted, 1), (part.end, is_quoted, -1)]);
        }
    }
    changes.sort_unstable();
    let (mut runs, mut quoted, mut excluded): (Vec<Run>, i32, i32) = (Vec::new(), 0, 0);
    for at in changes.chunk_by(|(a, ..), (b, ..)| a == b) {
        let point = at[0].0;
        if let Some(last) = runs.last_mut().filter(|last| last.points.end == u32::MAX) {
            last.points.end = point;
        }
        for (_, is_quoted, change) in at {
            *if *is_quoted { &mut quoted } else { &mut excluded } += change;
        }
        if quoted > 0 || excluded > 0 {
            let is_quoted = quoted > 0;
            match runs.last_mut() {
                Some(last) if last.points.end == point && last.is_quoted == is_quoted => last.points.end = u32::MAX,
                _ => runs.push(Run { points: point..u32::MAX, is_quoted }),
            }
        }
    }
    runs
}

/// The code points after which the numbers of quotes are shown, with the quotes: where their last parts end. In their order.
pub(super) fn ends(quotes: &[CoveringQuote]) -> Vec<(u32, usize)> {
    let mut ends: Vec<(u32, usize)> =
        quotes.iter().enumerate().map(|(number, quote)| (quote.span.end(), number)).collect();
    ends.sort_unstable();
    ends
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Span;
    use proptest::prelude::*;

    fn quote(parts: Vec<Range<u32>>, is_evidence: bool) -> CoveringQuote {
        let purpose = match is_evidence {
            true => QuotePurpose::Evidence(vec![(0, 0)]),
            false => QuotePurpose::Excluded(String::new()),
        };
        CoveringQuote { span: Span::new(parts, 1, 1).unwrap(), words: Vec::new(), purpose }
    }

    #[test]
    fn overlapping_quotes_are_one_run_and_quoted_words_are_not_excluded() {
        let quotes = [quote(vec![2..6, 8..9], true), quote(vec![4..7], true), quote(vec![6..12], false)];
        let found: Vec<_> = runs(&quotes).into_iter().map(|run| (run.points, run.is_quoted)).collect();
        assert_eq!(found, [(2..7, true), (7..8, false), (8..9, true), (9..12, false)]);
        assert_eq!(ends(&quotes), [(7, 1), (9, 0), (12, 2)]);
    }

    proptest! {
        #[test]
        fn each_code_point_has_the_mark_of_its_quotes(
            quotes in proptest::collection::vec((0_u32..20, 1_u32..6, any::<bool>()), 0..8),
        ) {
            let all: Vec<CoveringQuote> =
                quotes.iter().map(|(start, length, is_evidence)| quote(vec![*start..start + length], *is_evidence)).collect();
            let runs = runs(&all);
            for point in 0..30 {
                let has = |wanted| all.iter().zip(&quotes).any(|(one, q)| q.2 == wanted && one.span.parts()[0].contains(&point));
                let expected = if has(true) { Some(true) } else { has(false).then_some(false) };
                let found: Vec<bool> =
                    runs.iter().filter(|run| run.points.contains(&point)).map(|run| run.is_quoted).collect();
                prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
            }
            prop_assert!(runs.windows(2).all(|two| two[0].points.end <= two[1].points.start));
        }
    }
}

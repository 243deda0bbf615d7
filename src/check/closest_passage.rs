//! Finds the passage of a text that is closest to a quote that the text does not contain.

use super::alignment::Step;
use super::comparison::{Comparison, Tokenized};
use super::difference_kind::{Difference, DifferenceKind, shortened_to};
use super::differences::differences;
use super::fold::Folded;
use super::word_index::{QuoteTokens, WordIndex};
use crate::model::{CodePointIndex, Span};
use std::ops::Range;

/// How many tokens of a quote are compared at once.
pub(super) const MAX_TOKENS: usize = 150;
/// How many equal tokens before the first difference of a long quote are compared with those after it.
const MARGIN: usize = 12;
/// The share of the weight of a quote, in percent, that a score has with which no other passage is compared.
const GOOD: i32 = 70;
/// How many tokens of the text may be omitted next to the words that locate a passage: at first, and if tokens of the quote are missing.
pub(super) const NEAR: usize = 16;
pub(super) const FAR: usize = 150;
/// How many tokens of the quote must be missing for that.
const MIN_ADDED: usize = 2;
/// How many words around a passage are shown.
const CONTEXT: usize = 6;
/// The longest passage that is shown as a whole, in characters.
const MAX_PASSAGE: usize = 1_000;
/// How many omitted words are proposed to be quoted, too: so few may hide a negation.
const MAX_RESTORED: usize = 2;

/// An index of the words of a text.
pub(super) struct Passages<'a> {
    pub(super) text: &'a str,
    pub(super) folded: &'a Folded,
    pub(super) index: WordIndex,
    line_starts: Vec<usize>,
    code_points: CodePointIndex,
}

/// A passage that corresponds to a quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Passage {
    /// The byte offset of the passage in the text.
    pub start: usize,
    /// The passage with a few words of its line before and after it, which the ellipses stand for where the line goes on.
    pub shown: String,
    /// How the quote differs from the passage.
    pub differences: Vec<Difference>,
    /// Whether only a part of a long quote was compared.
    pub is_partial: bool,
    /// The words to quote, with ellipses where the quote omits words.
    pub with_ellipses: String,
    /// All words of the passage.
    pub whole: String,
    /// Whether words are omitted across the end of a paragraph.
    pub spans_paragraphs: bool,
}

impl<'a> Passages<'a> {
    /// Indexes a text, in linear time.
    pub(super) fn new(text: &'a str, folded: &'a Folded) -> Self {
        let line_starts = [0].into_iter().chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let code_points = CodePointIndex::new(text);
        Self { text, folded, index: WordIndex::new(folded), line_starts, code_points }
    }

    /// The line and the column of a byte, counted from 1.
    pub(super) fn line_and_column(&self, byte: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|start| *start <= byte);
        (line, self.text[self.line_starts[line - 1]..byte].chars().count() + 1)
    }

    /// The text of a range of code points.
    pub(super) fn slice(&self, points: Range<u32>) -> &'a str {
        &self.text[self.bytes(&points)]
    }

    /// The bytes of a range of code points.
    pub(super) fn bytes(&self, points: &Range<u32>) -> Range<usize> {
        self.byte(points.start)..self.byte(points.end)
    }

    /// The byte of a code point.
    fn byte(&self, code_point: u32) -> usize {
        self.code_points.byte(self.text, code_point).unwrap_or(self.text.len())
    }

    /// The words of the text at a span, to quote them, with `…` between its parts.
    pub(super) fn words(&self, span: &Span) -> String {
        let parts: Vec<String> = span.parts().iter().map(|part| self.on_one_line(self.slice(part.clone()))).collect();
        parts.join(" … ")
    }

    /// Words of the text on one line.
    pub(super) fn on_one_line(&self, words: &str) -> String {
        self.folded.on_one_line(words)
    }

    /// About sixty characters after a code point, within its line.
    pub(super) fn continuation(&self, code_point: u32) -> &'a str {
        let rest = self.text[self.byte(code_point)..].lines().next().unwrap_or_default();
        let end = rest.char_indices().nth(60).map_or(rest.len(), |(at, _)| at);
        match rest[..end].rfind(' ') {
            Some(space) if end < rest.len() => &rest[..space],
            _ => &rest[..end],
        }
    }

    /// About sixty characters of the line around a code point.
    pub(super) fn context(&self, code_point: u32) -> String {
        let from = code_point.saturating_sub(20);
        let shown: String = self.text[self.byte(from)..].chars().take(60).collect();
        let here: usize = shown.chars().take((code_point - from) as usize).map(char::len_utf8).sum();
        let start = shown[..here].rfind('\n').map_or(0, |at| at + 1);
        let end = shown[here..].find('\n').map_or(shown.len(), |at| here + at);
        let before = if start == 0 && from > 0 { "…" } else { "" };
        let after = if end == shown.len() { "…" } else { "" };
        format!("“{before}{}{after}”", shown[start..end].trim())
    }

    pub(super) fn tokenized(&self) -> Tokenized<'_> {
        let Self { text, folded, index: WordIndex { tokens, forms, .. }, code_points, .. } = self;
        Tokenized { text, folded, tokens, forms, code_points }
    }

    /// The comparison of a quote with the text.
    pub(super) fn comparison<'q>(&'q self, quote: &'q QuoteTokens<'_>) -> Comparison<'q> {
        let QuoteTokens { text, folded, tokens, forms, weights, code_points } = quote;
        let quote = Tokenized { text, folded, tokens, forms, code_points };
        Comparison { quote, source: self.tokenized(), weights }
    }

    /// The first of the passages closest to a quote; `None` if the text contains nothing similar.
    ///
    /// The rare words of the quote locate passages of the text, with which the quote is aligned. The work per call is bounded.
    pub(super) fn closest(&self, quote: &str) -> Option<Passage> {
        let quote = self.index.quote(quote);
        let QuoteTokens { tokens, forms, weights, .. } = &quote;
        let comparison = self.comparison(&quote);
        let compared = 0..tokens.len().min(MAX_TOKENS);
        let anchors = self.index.anchors(&quote, compared.clone());
        let known = compared.clone().filter(|token| self.index.has(forms[*token]));
        let good = known.map(|token| weights[token]).sum::<i32>() * GOOD / 100;
        let mut best: Option<(i32, Vec<Step>, (usize, usize))> = None;
        for anchor in &anchors {
            let (score, steps) = comparison.align(compared.clone(), *anchor, NEAR);
            if best.as_ref().is_none_or(|(best, ..)| score > *best) {
                best = Some((score, steps, *anchor));
            }
            if score >= good {
                break;
            }
        }
        let (_, mut steps, anchor) = best?;
        if steps.iter().filter(|step| matches!(step, Step::Added(_))).count() >= MIN_ADDED {
            // What is missing nearby may be farther away.
            steps = comparison.align(compared.clone(), anchor, FAR).1;
        }
        let steps = comparison.trim(&steps).filter(|steps| comparison.is_similar(steps));
        let mut steps = steps.or_else(|| anchors.into_iter().find_map(|anchor| comparison.reordered(anchor)))?;
        let is_long = tokens.len() > MAX_TOKENS;
        if is_long && steps.iter().all(|step| matches!(*step, Step::Pair(q, s) if comparison.is_same(q, s))) {
            steps = self.continued(&comparison, &steps)?;
        }
        Some(self.passage(&comparison, &steps, is_long))
    }

    /// The steps around the first difference after the start of a long quote, which is the same in the text.
    fn continued(&self, comparison: &Comparison<'_>, start: &[Step]) -> Option<Vec<Step>> {
        let Some(Step::Pair(mut q, mut s)) = start.last().copied() else { return None };
        let (quoted, length) = (comparison.quote.tokens.len(), self.index.tokens.len());
        while q + 1 < quoted && s + 1 < length && comparison.is_same(q + 1, s + 1) {
            (q, s) = (q + 1, s + 1);
        }
        let from = q.saturating_sub(MARGIN);
        let end = (from + MAX_TOKENS).min(quoted);
        let mut steps = comparison.trim(&comparison.align(from..end, (q, s), FAR).1)?;
        if end < quoted {
            // What follows the tokens that were compared may be in the text.
            let last = steps.iter().rposition(|step| matches!(step, Step::Pair(..)))?;
            steps.truncate(last + 1);
        }
        Some(steps)
    }

    /// The passage of the text that corresponds to a quote.
    fn passage(&self, comparison: &Comparison<'_>, steps: &[Step], is_partial: bool) -> Passage {
        let differences = differences(comparison, steps);
        let source = &comparison.source;
        let tokens = source_tokens(steps);
        let gaps = gaps(&differences);
        let spans_paragraphs =
            gaps.iter().any(|gap| (gap.start.saturating_sub(1)..gap.end).any(|token| source.ends_paragraph(token)));
        let segments = segments(source, tokens.clone(), &gaps);
        let segments: Vec<String> =
            segments.into_iter().map(|segment| self.on_one_line(&self.text[source.bytes(segment)])).collect();
        let bytes = source.bytes(tokens.clone());
        Passage {
            start: bytes.start,
            shown: self.shown(tokens),
            differences,
            is_partial,
            with_ellipses: segments.join(" … "),
            whole: self.on_one_line(&self.text[bytes]),
            spans_paragraphs,
        }
    }

    /// A passage with a few words of its line before and after it.
    fn shown(&self, tokens: Range<usize>) -> String {
        let source = self.tokenized();
        let bytes = source.bytes(tokens.clone());
        let line = |byte: usize| self.line_starts.partition_point(|start| *start <= byte);
        let line_start = self.line_starts[line(bytes.start) - 1];
        let line_end = self.line_starts.get(line(bytes.end)).map_or(self.text.len(), |start| start - 1);
        let is_word = |token: &usize| !self.index.tokens[*token].is_mark();
        let before = (tokens.start.saturating_sub(4 * CONTEXT)..tokens.start).rev().filter(is_word).nth(CONTEXT - 1);
        let after =
            (tokens.end..(tokens.end + 4 * CONTEXT).min(self.index.tokens.len())).filter(is_word).nth(CONTEXT - 1);
        let from = before.map_or(line_start, |token| source.bytes(token..token + 1).start.max(line_start));
        let to = after.map_or(line_end, |token| source.bytes(token..token + 1).end.min(line_end));
        let (from, to) = (from.min(bytes.start), to.max(bytes.end));
        let before = if from > line_start { "… " } else { "" };
        let after = if to < line_end { " …" } else { "" };
        format!("{before}{}{after}", shortened_to(&self.text[from..to], MAX_PASSAGE))
    }
}

/// The tokens of the text from the first that corresponds to a quote to the last.
pub(super) fn source_tokens(steps: &[Step]) -> Range<usize> {
    let mut tokens = steps.iter().filter_map(|step| match *step {
        Step::Pair(_, s) | Step::Omitted(s) => Some(s),
        Step::Added(_) => None,
    });
    let first = tokens.next().unwrap_or(0);
    first..tokens.next_back().unwrap_or(first) + 1
}

/// The tokens of the text for which an ellipsis is proposed: runs of several words that a quote omits.
pub(super) fn gaps(differences: &[Difference]) -> Vec<Range<usize>> {
    let is_gap = |one: &&Difference| match one.kind {
        DifferenceKind::OmittedWords | DifferenceKind::Words => {
            one.source_words > MAX_RESTORED.max(one.quote_words + 2)
        }
        _ => false,
    };
    differences.iter().filter(is_gap).map(|one| one.source_tokens.clone()).collect()
}

/// Whether a mark ends the words before it.
pub(super) fn ends_words(mark: &str) -> bool {
    matches!(mark, "." | "," | ";" | ":" | "!" | "?" | ")")
}

/// The tokens between gaps, without marks that end what a gap omits, before which a space would be odd.
pub(super) fn segments(source: &Tokenized<'_>, tokens: Range<usize>, gaps: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut segments = Vec::new();
    let mut start = tokens.start;
    for gap in gaps {
        if start < gap.start {
            segments.push(start..gap.start);
        }
        start = gap.end;
        while start < tokens.end && ends_words(source.token(start)) {
            start += 1;
        }
    }
    if start < tokens.end {
        segments.push(start..tokens.end);
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str =
        "The old mill stood by the river. It was built in 1973 with help from abroad, and it closed in 2015.";

    fn closest(text: &str, quote: &str) -> Option<Passage> {
        Passages::new(text, &Folded::new(text)).closest(quote)
    }

    fn closest_to(quote: &str) -> String {
        closest(TEXT, quote).unwrap().whole
    }

    #[test]
    fn the_passage_corresponds_to_the_quote_and_is_shown_with_more_words() {
        let passage = closest(TEXT, "built in 1937 with help").unwrap();
        assert_eq!(passage.whole, "built in 1973 with help");
        assert_eq!(
            passage.shown,
            "… stood by the river. It was built in 1973 with help from abroad, and it closed in …"
        );
        assert_eq!(passage.start, TEXT.find("built").unwrap());
        for (quote, expected) in [
            ("Built in 1973", "built in 1973"),
            ("closed down in 2015", "closed in 2015"),
            ("from abroad.", "from abroad,"),
            ("the river. It built", "the river. It was built"),
            ("The windmill stood by the river", "The old mill stood by the river"),
        ] {
            assert_eq!(closest_to(quote), expected);
        }
    }

    #[test]
    fn a_few_common_words_are_not_similar() {
        for quote in ["the sea has many colours, with waves", "It is in the house by the sea", "xylophone", "…"] {
            assert_eq!(closest(TEXT, quote), None, "{quote}");
        }
        assert_eq!(closest("", "x"), None);
    }

    #[test]
    fn a_single_word_is_compared_by_its_letters() {
        assert_eq!(closest_to("rivre"), "river");
        assert_eq!(closest("It was about time.", "labour"), None);
    }

    #[test]
    fn the_first_difference_of_a_long_quote_is_found() {
        let words: Vec<String> = (0..1000).map(|number| format!("w{number}")).collect();
        let text = words.join(" ");
        let quote = text.replace("w700", "w7000");
        let passage = closest(&text, &quote).unwrap();
        let described: Vec<String> = passage.differences.iter().map(Difference::describe).collect();
        assert_eq!(
            (passage.is_partial, &described[..]),
            (true, &["the quote has `w7000`, the source has `w700`".into()][..])
        );
    }

    #[test]
    fn a_match_is_shown_with_its_context() {
        let text = "one\n".repeat(1000) + "two three\n" + &"four ".repeat(100);
        let folded = Folded::new(&text);
        let passages = Passages::new(&text, &folded);
        assert_eq!(passages.context(4004), "“two three”");
        assert_eq!(passages.context(4100), "“…four four four four four four four four four four four four…”");
        assert_eq!(passages.line_and_column(4004), (1001, 5));
        assert_eq!((passages.slice(4004..4009), passages.continuation(4495)), ("three", "four four four "));
    }

    proptest! {
        #[test]
        fn a_passage_is_part_of_the_text(text in "([abAB1][ab]?[ .,\n]){0,20}", quote in "([abAB1][ab]?[ .,]){0,6}") {
            if let Some(passage) = closest(&text, &quote) {
                let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
                prop_assert!(!passage.whole.is_empty() && line(&text[passage.start..]).starts_with(&passage.whole));
                for difference in passage.differences {
                    prop_assert!(quote.contains(&difference.quote) && text.contains(&difference.source));
                    prop_assert!(difference.quote != difference.source);
                }
            }
        }
    }
}

//! The words of a source at the positions of quotes, and the context that tells them from equal words in the same text.

use super::browser_text::BrowserText;
use super::fold::{Folded, fold};
use super::ground::quote_parts;
use crate::escape::text_fragment::{Terms, terms};
use crate::model::{CodePointIndex, Selector, SourceWords, Span};
use rustc_hash::FxHashSet;
use std::ops::Range;

/// A quote with its position in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct FoundQuote<'a> {
    pub quote: &'a str,
    pub selector: &'a Selector,
    pub span: &'a Span,
}

/// The greatest number of words before and after a passage, in total and on either side, that distinguish it from equal ones.
const MAX_CONTEXT_WORDS: usize = 6;
/// The greatest number of letters on either side.
const MAX_CONTEXT_LENGTH: usize = 60;

/// Finds the words of a text at the positions of quotes. If the source has a web page, and a browser would find the words of a quote
/// elsewhere on it as well, adds the least number of words before and after them that make the passage unique, if a few suffice.
///
/// Takes O((t + q) log t) time for a text of t bytes and quotes of q bytes in total, unless many quotes of different lengths begin alike:
/// after a number of steps that is proportional to both, no more context is searched for.
pub(super) fn source_words(text: &str, has_page: bool, quotes: &[FoundQuote<'_>]) -> Vec<Option<Box<SourceWords>>> {
    if quotes.is_empty() {
        return Vec::new();
    }
    let code_points = CodePointIndex::new(text);
    let byte = |code_point| code_points.byte(text, code_point).unwrap_or(text.len());
    let parts: Vec<Vec<Range<usize>>> = quotes
        .iter()
        .map(|quote| quote.span.parts().iter().map(|part| byte(part.start)..byte(part.end)).collect())
        .collect();
    let mut words: Vec<SourceWords> = quotes
        .iter()
        .zip(&parts)
        .map(|(quote, parts)| SourceWords { exact: exact(text, parts, quote.quote), ..SourceWords::default() })
        .collect();
    let has_selector = |selector: &Selector| selector.prefix.is_some() || selector.suffix.is_some();
    if has_page || quotes.iter().any(|quote| has_selector(quote.selector)) {
        add_contexts(text, has_page, quotes, &parts, &mut words);
    }
    words.into_iter().map(|words| (words != SourceWords::default()).then(|| Box::new(words))).collect()
}

/// The words of the text, if they differ from those of the quote.
fn exact(text: &str, parts: &[Range<usize>], quote: &str) -> Option<String> {
    let words: Vec<&str> = parts.iter().map(|part| text.get(part.clone()).unwrap_or_default()).collect();
    let is_same = if words.len() == 1 { words == [quote] } else { words == quote_parts(quote) };
    (!is_same).then(|| words.join(SourceWords::SEPARATOR))
}

/// Adds the words before and after quotes: those that the selectors name, and those that distinguish the quotes.
fn add_contexts(
    text: &str,
    has_page: bool,
    quotes: &[FoundQuote<'_>],
    parts: &[Vec<Range<usize>>],
    words: &mut [SourceWords],
) {
    let compared = BrowserText::new(text);
    let all = quotes.iter().zip(parts);
    let mut passages: Vec<Passage> =
        all.map(|(quote, parts)| Passage::new(text, quote.selector, parts, &compared)).collect();
    if has_page {
        let size: usize = text.len() + quotes.iter().map(|quote| quote.quote.len()).sum::<usize>();
        let mut steps = MIN_CONTEXT_STEPS + CONTEXT_STEPS_PER_BYTE * size;
        find_prefixes(&mut passages, &compared, &mut steps);
        for passage in &mut passages {
            passage.find_suffix(&compared, &mut steps);
        }
    }
    for ((quote, passage), words) in quotes.iter().zip(passages).zip(words) {
        let context = |bytes: Range<usize>, written: &Option<String>| {
            let words = text.get(bytes).filter(|words| !words.trim().is_empty())?;
            (written.as_deref() != Some(words)).then(|| words.to_owned())
        };
        let Range { start, end } = passage.bytes;
        let before = compared.start_of(passage.context.start).min(start)..start;
        let after = end..compared.end_of(passage.context.end).max(end);
        words.prefix = context(before, &quote.selector.prefix);
        words.suffix = context(after, &quote.selector.suffix);
    }
}

/// How many steps searches may take for each byte of the text and the quotes, and in any case.
const CONTEXT_STEPS_PER_BYTE: usize = 16;
const MIN_CONTEXT_STEPS: usize = 1_000_000;

/// A quoted passage, its text fragment, and its context.
struct Passage {
    /// The bytes from the first part of the quote to the last.
    bytes: Range<usize>,
    /// The units from the first part to the last.
    units: Range<usize>,
    /// The units of the only or the first term.
    start: Range<usize>,
    /// The units of the last term, if there are two.
    end: Option<Range<usize>>,
    /// The units with the context: at first what the curator wrote, and what is needed to begin and to end with whole words.
    context: Range<usize>,
}

impl Passage {
    fn new(text: &str, selector: &Selector, parts: &[Range<usize>], compared: &BrowserText<'_>) -> Self {
        let (first, last) = (parts[0].clone(), parts[parts.len() - 1].clone());
        let units = compared.units(first.start..last.end);
        let words: Vec<&str> = parts.iter().map(|part| text.get(part.clone()).unwrap_or_default()).collect();
        let moved = |bytes: Range<usize>, by: usize| compared.units(bytes.start + by..bytes.end + by);
        let (start, end) = match terms(&words) {
            Some(Terms { start, end }) => (moved(start, first.start), end.map(|end| moved(end, last.start))),
            None => (units.clone(), None),
        };
        let mut context = units.clone();
        if let Some(prefix) = &selector.prefix {
            let written = prefix_start(text, first.start, prefix).unwrap_or(first.start);
            let written = compared.units(written..first.start).start;
            let line = (written + 1..units.start).rev().find(|unit| compared.is_line_start(*unit));
            context.start = line.unwrap_or(written);
        }
        if let Some(suffix) = &selector.suffix {
            let written = suffix_end(text, last.end, suffix).unwrap_or(last.end);
            let written = compared.units(last.end..written).end;
            let line = (units.end + 1..written).find(|unit| compared.is_line_start(*unit));
            context.end = line.unwrap_or(written);
        }
        if !compared.is_word_edge(compared.start_of(context.start)) {
            let start = compared.word_start_before(context.start, units.start, MAX_CONTEXT_LENGTH);
            context.start = start.unwrap_or(context.start);
        }
        if !compared.is_word_edge(compared.end_of(context.end)) {
            let end = compared.word_end_after(context.end, units.end, MAX_CONTEXT_LENGTH);
            context.end = end.unwrap_or(context.end);
        }
        Self { bytes: first.start..last.end, units, start, end, context }
    }

    /// The units that must be unique: the only term with the context, or the first one with what precedes it.
    fn unique_term(&self) -> Range<usize> {
        self.context.start..if self.end.is_some() { self.start.end } else { self.context.end }
    }

    /// Where the context may start: with no more words than it has, with one more, and so on.
    fn starts(&self, compared: &BrowserText<'_>) -> Vec<usize> {
        let before = |unit: &usize| compared.word_start_before(*unit, self.units.start, MAX_CONTEXT_LENGTH);
        std::iter::successors(Some(self.context.start), before).take(MAX_CONTEXT_WORDS + 1).collect()
    }

    /// Where the context may end: with no more words than it has, with one more, and so on.
    fn ends(&self, compared: &BrowserText<'_>) -> Vec<usize> {
        let after = |unit: &usize| compared.word_end_after(*unit, self.units.end, MAX_CONTEXT_LENGTH);
        std::iter::successors(Some(self.context.end), after).take(MAX_CONTEXT_WORDS + 1).collect()
    }

    /// Where the context may start and end.
    fn candidates(&self, compared: &BrowserText<'_>) -> (Vec<usize>, Vec<usize>) {
        match self.end {
            None => (self.starts(compared), self.ends(compared)),
            // Words after the last term do not tell the first one from others.
            Some(_) => (self.starts(compared), vec![self.start.end]),
        }
    }

    /// Makes the last term the first that a browser finds after the first one.
    fn find_suffix(&mut self, compared: &BrowserText<'_>, steps: &mut usize) {
        let Some(term) = &self.end else { return };
        for end in self.ends(compared) {
            match compared.is_found_earlier(&(term.start..end), self.start.end, steps) {
                None => return,
                Some(true) => {}
                Some(false) => {
                    self.context.end = end;
                    return;
                }
            }
        }
    }
}

/// Makes the first terms of passages unique, by words before them, or after those that have only one.
fn find_prefixes(passages: &mut [Passage], compared: &BrowserText<'_>, steps: &mut usize) {
    let terms: Vec<Range<usize>> = passages.iter().map(Passage::unique_term).collect();
    let Some(are_unique) = compared.are_unique(&terms, steps) else { return };
    let mut repeated: Vec<usize> = (0..passages.len()).filter(|index| !are_unique[*index]).collect();
    // One or two words are usually enough.
    for counts in [1..=2, 3..=MAX_CONTEXT_WORDS] {
        let mut contexts: Vec<(usize, Range<usize>)> = Vec::new();
        for index in &repeated {
            let (starts, ends) = passages[*index].candidates(compared);
            for count in counts.clone() {
                let both = |before: usize| Some(*starts.get(before)?..*ends.get(count - before)?);
                contexts.extend((0..=count).rev().filter_map(both).map(|range| (*index, range)));
            }
        }
        let ranges: Vec<Range<usize>> = contexts.iter().map(|(_, range)| range.clone()).collect();
        let Some(are_unique) = compared.are_unique(&ranges, steps) else { return };
        let unique =
            contexts.into_iter().zip(are_unique).filter_map(|(context, is_unique)| is_unique.then_some(context));
        let mut found: FxHashSet<usize> = FxHashSet::default();
        for (index, range) in unique {
            // The first is the shortest.
            if found.insert(index) {
                let passage = &mut passages[index];
                passage.context.start = range.start;
                passage.context.end = if passage.end.is_none() { range.end } else { passage.context.end };
            }
        }
        repeated.retain(|index| !found.contains(index));
        if repeated.is_empty() {
            return;
        }
    }
}

/// Where words start that directly precede a byte and are equal to `prefix` apart from typography.
fn prefix_start(text: &str, byte: usize, prefix: &str) -> Option<usize> {
    let sought = fold(prefix);
    let reach = reach(&sought);
    let from = text[..byte].char_indices().rev().take(reach).last().map_or(byte, |(at, _)| at);
    let folded = Folded::new(&text[from..byte]);
    let before = folded.text().trim_end_matches(' ');
    let start = before.strip_suffix(&*sought).filter(|_| !sought.is_empty())?.len();
    let code_point = folded.original(start..before.len()).start;
    text[from..byte].char_indices().nth(code_point as usize).map(|(at, _)| from + at)
}

/// Where words end that directly follow a byte and are equal to `suffix` apart from typography.
fn suffix_end(text: &str, byte: usize, suffix: &str) -> Option<usize> {
    let sought = fold(suffix);
    let reach = reach(&sought);
    let to = text[byte..].char_indices().nth(reach).map_or(text.len(), |(at, _)| byte + at);
    let folded = Folded::new(&text[byte..to]);
    let start = folded.text().len() - folded.text().trim_start_matches(' ').len();
    let is_next = !sought.is_empty() && folded.text()[start..].starts_with(&*sought);
    let code_point = is_next.then(|| folded.original(start..start + sought.len()).end)?;
    let after = text[byte..to].char_indices().nth(code_point as usize);
    Some(after.map_or(to, |(at, _)| byte + at))
}

/// In how many characters of a text a folded string is searched for.
fn reach(folded: &str) -> usize {
    4 * folded.chars().count() + 64
}

#[cfg(test)]
mod tests;

//! Compares the quotes in a text with those in the lock, and makes new lock entries.

use super::evidence::{Explanation, LockStatus, QuoteRequest, QuoteResult};
use super::explain::{MAX_PROPOSED, unlocated};
use super::fold::fold;
use super::lock::{LockedQuote, LockedSentence, LockedSource, sha256, sha256_of_words};
use super::sentence_index::SentenceIndex;
use crate::dataset::{HashedText, Source};
use crate::diagnostic::{Code, Finding};
use crate::escape::single_line;
use crate::model::{SourceWords, Span};
use rustc_hash::FxHashMap;
use std::cell::{OnceCell, RefCell};
use std::ops::Range;

/// The warnings that the lock records: those about how a quote differs from the text.
const RECORDED: [Code; 3] = [Code::QuoteCutsWord, Code::QuoteChangesCase, Code::QuoteAddsFullStop];

/// The comparison of the quotes in a text with those in the lock.
pub(super) struct LockComparison<'a> {
    text: &'a str,
    locked: Option<&'a LockedSource>,
    /// Whether the text has another hash than the lock.
    pub has_changed: bool,
    /// Whether the lock is about the normalised text, so that positions can be compared.
    has_same_positions: bool,
    sentences: OnceCell<HashedSentences<'a>>,
}

impl<'a> LockComparison<'a> {
    pub(super) fn new(text: &'a HashedText<'_>, locked: Option<&'a LockedSource>) -> Self {
        let is_locked = |sha256: &String| locked.is_some_and(|locked| locked.sha256 == *sha256);
        let is_same = is_locked(&text.sha256);
        // A lock of version 1 is about the text before it was normalised.
        let is_same_unnormalized = !is_same && is_locked(&text.unnormalized_sha256);
        Self {
            text: &text.text,
            locked,
            has_changed: locked.is_some() && !is_same && !is_same_unnormalized,
            has_same_positions: !is_same_unnormalized,
            sentences: OnceCell::new(),
        }
    }

    pub(super) fn locked(&self, request: &QuoteRequest<'_>) -> Option<&'a LockedQuote> {
        self.locked?.quotes.get(&request.key())
    }

    /// Whether the lock has another length of the same text.
    pub(super) fn has_other_length(&self) -> bool {
        let is_same = self.has_same_positions && !self.has_changed;
        self.locked.is_some_and(|locked| is_same && locked.length as usize != self.text.chars().count())
    }

    pub(super) fn status(&self, request: &QuoteRequest<'_>, span: &Span) -> LockStatus {
        let Some(before) = self.locked(request) else { return LockStatus::NotLocked };
        let has_moved = self.has_same_positions && before.span != *span;
        let has_other_words = |before: &LockedSentence| {
            let sentences = self.sentences.get_or_init(|| HashedSentences::new(self.text));
            sentences.around(span).is_none_or(|sentence| sentence.sha256 != before.sha256)
        };
        let has_other_sentence = self.has_changed && before.sentence.as_ref().is_some_and(has_other_words);
        match has_moved || has_other_sentence {
            true => LockStatus::Changed { has_moved, has_other_sentence },
            false => LockStatus::Same,
        }
    }
}

/// The lock entry of a source.
pub(super) fn locked_source(
    text: &HashedText<'_>,
    requests: &[QuoteRequest<'_>],
    results: &[QuoteResult],
) -> LockedSource {
    let HashedText { text, sha256: hash, .. } = text;
    let sentences = HashedSentences::new(text);
    let quotes = requests.iter().zip(results).filter_map(|(request, result)| {
        let QuoteResult::Found { span, words, warnings, .. } = result else { return None };
        let mut warnings: Vec<Code> = warnings.iter().filter_map(Explanation::code).collect();
        warnings.retain(|code| RECORDED.contains(code));
        let locked = LockedQuote {
            sha256: sha256_of_words(request.quote, span, words.as_deref()),
            span: span.clone(),
            words: words.clone(),
            sentence: sentences.around(span),
            warnings,
        };
        Some((request.key(), locked))
    });
    LockedSource {
        sha256: hash.clone(),
        length: sentences.index.length(),
        sentences: Some(sentences.index.positions().cloned().collect()),
        quotes: quotes.collect(),
        ..LockedSource::default()
    }
}

/// The sentences of a text. Each is hashed only once, although many quotes may be from the same long one.
struct HashedSentences<'a> {
    index: SentenceIndex<'a>,
    hashes: RefCell<FxHashMap<Range<u32>, String>>,
}

impl<'a> HashedSentences<'a> {
    fn new(text: &'a str) -> Self {
        Self { index: SentenceIndex::new(text), hashes: RefCell::default() }
    }

    /// The sentences around a quote, hashed so that only other words change the hash.
    fn around(&self, span: &Span) -> Option<LockedSentence> {
        let (points, sentence) = self.index.around(span)?;
        let Range { start, end } = points;
        let mut hashes = self.hashes.borrow_mut();
        let sha256 = hashes.entry(points).or_insert_with(|| sha256(&fold(sentence))).clone();
        Some(LockedSentence { start, end, sha256 })
    }
}

/// A warning about a quote that the lock records, if the text is unavailable.
pub(super) fn locked_warning(source: &Source, code: Code, words: Option<&SourceWords>) -> Finding {
    let difference = match code {
        Code::QuoteCutsWord => "cuts a word in",
        Code::QuoteChangesCase => "begins with another letter case than",
        Code::QuoteAddsFullStop => "ends with a full stop that is not in",
        _ => "differs from",
    };
    let finding = unlocated(code, format!("the quote {difference} `{}`", source.id));
    let finding = finding.label("found when the text was locked");
    match words.and_then(|words| words.exact.as_deref()) {
        Some(exact) if code != Code::QuoteCutsWord && exact.len() <= MAX_PROPOSED => {
            finding.help(format!("quote “{}”", single_line(exact)))
        }
        _ => finding.help("add the text of the source to see its words"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::evidence_checks::Observation;
    use super::*;
    use crate::model::Selector;

    #[test]
    fn quotes_from_a_long_sentence_are_locked_in_linear_time() {
        let text = "word ".repeat(200_000);
        let count = text.len() as u32;
        let hashed = HashedText { text: (&*text).into(), sha256: String::new(), unnormalized_sha256: String::new() };
        let quotes: Vec<String> =
            (1..3_000).map(|number| format!("word{} … word", " word".repeat(number % 50))).collect();
        let selectors: Vec<Selector> =
            (1..3_000).map(|nth| Selector { nth: Some(nth), ..Selector::default() }).collect();
        let request = |(quote, selector)| QuoteRequest { quote, selector, supported: None };
        let requests: Vec<QuoteRequest<'_>> = quotes.iter().map(String::as_str).zip(&selectors).map(request).collect();
        let found = |number: u32| QuoteResult::Found {
            span: Span::new(vec![5 * number..5 * number + 4, count - 5..count - 1], 1, 5 * number + 1).unwrap(),
            words: None,
            lock: LockStatus::Same,
            warnings: Vec::new(),
            observation: Observation::default(),
        };
        let results: Vec<QuoteResult> = (1..3_000).map(found).collect();
        let started = std::time::Instant::now();
        let locked = locked_source(&hashed, &requests, &results);
        assert_eq!(locked.quotes.len(), 2_999);
        // Hashing the sentence for each quote takes minutes.
        assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
    }
}

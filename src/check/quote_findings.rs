//! Reports the findings about quotes. A quote that its source does not contain may be in another source.

use super::closest_passage::{Passage, Passages};
use super::difference_kind::shortened_to;
use super::evidence::{Explanation, Loss, QuoteResult};
use super::explain::{MAX_PROPOSED, has_nothing_similar};
use super::fold::Folded;
use super::ground::{ANY, Quote, ground_in, quote_parts};
use super::quotes::{CheckedFile, Texts};
use crate::dataset::{Dataset, Source};
use crate::diagnostic::{Code, FileId, Finding, Findings};
use crate::model::{Span, nfc};
use aho_corasick::AhoCorasick;
use rayon::prelude::*;
use std::collections::BTreeMap;
use unicode_segmentation::UnicodeSegmentation;

/// The most quotes that are searched for in other sources.
const MAX_QUOTES: usize = 1_000;

/// The fewest words of a quote that is searched for in other sources: fewer may be there by chance.
const MIN_WORDS: usize = 2;

/// The most quotes that similar passages of other sources are searched for, and the fewest words for each difference of one.
const MAX_COMPARED: usize = 10;
const MIN_WORDS_PER_DIFFERENCE: usize = 4;

/// Reports quotes that were not found, and quotes that were found but differ from the text, those that the manifest excludes among them.
///
/// A lost quote is searched for in the other texts in each check, as its result depends on all of them.
pub(super) fn report(dataset: &Dataset, files: &[CheckedFile], texts: &Texts, findings: &mut Findings) {
    let mut lost: Vec<LostQuote<'_>> = Vec::new();
    let mut others: Vec<(FileId, &Explanation)> = Vec::new();
    for file in files {
        let quotes = &file.facts.quotes;
        for ((fact, piece), (source, loss)) in &quotes.lost {
            let quote = file.facts.evidence(*fact, *piece).and_then(|evidence| evidence.quote.as_deref());
            match quote.and_then(|quote| LostQuote::new(quote, *source as usize, loss)) {
                Some(quote) => lost.push(quote),
                None => others.push((file.file, &loss.explanation)),
            }
        }
        others.extend(quotes.warnings.values().flat_map(|(_, all)| all).map(|warning| (file.file, warning)));
    }
    for (excluded, result) in texts.excluded(dataset) {
        let file = excluded.location.0;
        match result {
            QuoteResult::Lost(loss) => {
                let source = dataset.source_number(excluded.source.as_str());
                match source.and_then(|source| LostQuote::new(&excluded.quote, source, loss)) {
                    Some(quote) => lost.push(quote),
                    None => others.push((file, &loss.explanation)),
                }
            }
            QuoteResult::Found { warnings: all, .. } => others.extend(all.iter().map(|warning| (file, warning))),
            QuoteResult::Cited => {}
        }
    }
    for (lost, found) in lost.iter().zip(find(dataset, &lost)) {
        let own = &dataset.sources[lost.source];
        findings.push(match found {
            // The text that had the quote when it was locked has changed.
            Some(found) if lost.is_locked => match found.difference {
                None => lost.finding.clone().note(format!(
                    "`{}` contains the quote at {}",
                    found.source.id,
                    found.position()
                )),
                Some(_) => lost.finding.clone(),
            },
            Some(found) => in_other_source(lost.finding, own, &found),
            None => lost.finding.clone(),
        });
    }
    for (file, explanation) in others {
        explanation.report(file, findings);
    }
}

/// A quote that another source may have.
struct LostQuote<'a> {
    quote: &'a str,
    /// The number of the source.
    source: usize,
    /// Whether the lock has the quote from this source.
    is_locked: bool,
    finding: &'a Finding,
}

impl<'a> LostQuote<'a> {
    /// `None` if its own source has the words, or if the finding is not stored.
    fn new(quote: &'a str, source: usize, loss: &'a Loss) -> Option<Self> {
        let (true, Explanation::Finding(finding)) = (loss.is_absent, &loss.explanation) else { return None };
        Some(Self { quote, source, is_locked: loss.is_locked, finding })
    }
}

/// Where another source has a quote.
struct FoundElsewhere<'a> {
    source: &'a Source,
    line: usize,
    column: usize,
    /// A clause about how the quote differs, and the words to quote in its place.
    difference: Option<(String, String)>,
}

impl FoundElsewhere<'_> {
    fn position(&self) -> String {
        format!("{}:{}:{}", self.source.id, self.line, self.column)
    }
}

/// The first other source that contains each quote, or else the first with a similar passage if its own has none.
///
/// Each text is read and searched once. Only the first thousand quotes are searched for, and ten compared with passages.
fn find<'a>(dataset: &'a Dataset, lost: &[LostQuote<'_>]) -> Vec<Option<FoundElsewhere<'a>>> {
    let is_searched = |lost: &LostQuote<'_>| lost.quote.unicode_words().nth(MIN_WORDS - 1).is_some();
    let searched: Vec<usize> = (0..lost.len()).filter(|number| is_searched(&lost[*number])).take(MAX_QUOTES).collect();
    let mut found: Vec<Option<FoundElsewhere<'_>>> = lost.iter().map(|_| None).collect();
    if searched.is_empty() {
        return found;
    }
    let is_compared = |number: &usize| {
        let LostQuote { quote, finding, .. } = lost[*number];
        has_nothing_similar(finding) && quote_parts(quote).len() == 1
    };
    let compared: Vec<usize> = searched.iter().copied().filter(is_compared).take(MAX_COMPARED).collect();
    let words = CharacteristicWords::new(searched.iter().map(|quote| lost[*quote].quote));
    let search = |(number, source): (usize, &'a Source)| {
        let is_other = |quote: &usize| lost[*quote].source != number;
        let Ok(Some(text)) = dataset.text(source) else { return Vec::new() };
        let folded = Folded::new(&text);
        let possible = words.possible(folded.text());
        let others = searched.iter().zip(possible).filter(|(_, is_possible)| *is_possible).map(|(quote, _)| *quote);
        let others: Vec<usize> = others.filter(is_other).collect();
        let quotes: Vec<Quote<'_>> =
            others.iter().map(|quote| Quote { text: lost[*quote].quote, selector: &ANY }).collect();
        // A selector belongs to the source that the evidence names, and differences that are only warnings do not count.
        let spans = ground_in(&folded, &quotes).into_iter().map(|outcome| outcome.into_spans().into_iter().next());
        let at = |span: Span| {
            let (line, column) = (span.line() as usize, span.column() as usize);
            FoundElsewhere { source, line, column, difference: None }
        };
        let mut found: Vec<(usize, FoundElsewhere<'_>)> =
            others.into_iter().zip(spans).filter_map(|(quote, span)| Some((quote, at(span?)))).collect();
        let compared: Vec<usize> = compared.iter().copied().filter(is_other).collect();
        if !compared.is_empty() {
            let passages = Passages::new(&text, &folded);
            let similar = |number: usize| {
                let quote = lost[number].quote;
                let passage = passages.closest(quote).filter(|passage| is_similar(quote, passage))?;
                let (line, column) = passages.line_and_column(passage.start);
                let difference = passage.differences.iter().min_by_key(|difference| difference.kind)?.describe();
                Some((number, FoundElsewhere { source, line, column, difference: Some((difference, passage.whole)) }))
            };
            found.extend(compared.into_iter().filter_map(similar));
        }
        found
    };
    let in_sources: Vec<Vec<(usize, FoundElsewhere<'_>)>> =
        dataset.sources.par_iter().enumerate().map(search).collect();
    for (quote, place) in in_sources.into_iter().flatten() {
        if found[quote].as_ref().is_none_or(|known| known.difference.is_some() && place.difference.is_none()) {
            found[quote] = Some(place);
        }
    }
    found
}

/// The longest word of each quote. Most texts have none of them, so that the quotes need not be searched for there.
struct CharacteristicWords {
    automaton: Option<AhoCorasick>,
    /// The index of the word of each quote in the automaton; `None` for a quote without a word of ASCII letters.
    words: Vec<Option<usize>>,
}

impl CharacteristicWords {
    fn new<'a>(quotes: impl Iterator<Item = &'a str>) -> Self {
        // Each word once, so that one that many quotes share is found once.
        let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
        let words = quotes.map(|quote| {
            // As in a folded text, letters with accents are one character.
            let quote = nfc(quote);
            let words = quote.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() > 1);
            // The first letter may have another case.
            let longest = words.map(|word| &word[1..]).max_by_key(|word| word.len())?;
            let next = numbers.len();
            Some(*numbers.entry(longest.to_owned()).or_insert(next))
        });
        let words = words.collect();
        let mut all: Vec<(String, usize)> = numbers.into_iter().collect();
        all.sort_unstable_by_key(|(_, number)| *number);
        Self { automaton: AhoCorasick::new(all.iter().map(|(word, _)| word)).ok(), words }
    }

    /// Whether a folded text may have each quote.
    fn possible(&self, text: &str) -> Vec<bool> {
        let Some(automaton) = &self.automaton else { return vec![true; self.words.len()] };
        let mut occurs = vec![false; automaton.patterns_len()];
        for found in automaton.find_overlapping_iter(text) {
            occurs[found.pattern().as_usize()] = true;
        }
        self.words.iter().map(|word| word.is_none_or(|word| occurs[word])).collect()
    }
}

/// Whether a quote has only a few errors in the words of a passage.
fn is_similar(quote: &str, passage: &Passage) -> bool {
    let words = MIN_WORDS_PER_DIFFERENCE * passage.differences.len();
    let has_words = words > 0 && quote.unicode_words().nth(words - 1).is_some();
    !passage.is_partial && has_words && passage.differences.iter().all(|one| one.quote_words.max(one.source_words) <= 1)
}

/// The finding about a quote that another source contains, in place of the one that its own does not.
fn in_other_source(lost: &Finding, own: &Source, found: &FoundElsewhere<'_>) -> Finding {
    let other = &found.source.id;
    let position = found.position();
    let (message, label, help) = match &found.difference {
        None => (
            format!("the quote is in `{other}`, not in `{}`", own.id),
            format!("found at {position}"),
            format!("name the source `{other}`, or quote words of `{}`", own.id),
        ),
        Some((difference, words)) => (
            format!("a similar passage is in `{other}`, and none in `{}`", own.id),
            format!("at {position}, {difference}"),
            format!("name the source `{other}`, and quote “{}”", shortened_to(words, MAX_PROPOSED)),
        ),
    };
    Finding { code: Code::QuoteInOtherSource, message, label, help, notes: Vec::new(), fix: None, ..lost.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_the_longest_word_of_a_quote_is_not_searched() {
        let text = Folded::new("The Guild built the caf\u{e9} in a re-\nmarkable way, with \u{fb01}ne stones.");
        let quotes = [
            "the guild",
            "caf\u{e9}s",
            "cafe\u{301}",
            "remarkable way",
            "\u{fb01}ne",
            "1873",
            "the mill",
            "with stones",
        ];
        let possible = CharacteristicWords::new(quotes.into_iter()).possible(text.text());
        assert_eq!(possible, [true, true, true, true, true, true, false, true]);
    }
}

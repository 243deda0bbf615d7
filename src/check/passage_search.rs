//! Finds passages of a text from words that a person remembers, and the quotes with which a check finds these passages.

use super::closest_passage::Passages;
use super::evidence_checks::{CueLocation, SourceChecks};
use super::fold::Folded;
use super::ground::{ANY, Alteration, Failure, Outcome, Quote, ground_in, quote_parts};
use super::similar_passages::{SimilarPassage, Spelling};
use super::tokens::Token;
use crate::model::{Selector, Span};
use std::ops::Range;

/// A text in which passages are searched for.
pub(crate) struct PassageSearch<'a> {
    folded: &'a Folded,
    passages: Passages<'a>,
}

/// The quote and the selector with which a check finds a passage, and no other one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Quotation {
    pub quote: String,
    pub selector: Selector,
    pub span: Span,
    /// Whether it omits words that show that the source does not state what the quote seems to state.
    pub omits_cue: bool,
}

/// The score of a passage that has the words as they are, and of one in which they end inside words, or differ in the case of their first
/// letter.
pub(crate) const EXACT: u32 = 1_000;
const ALTERED: u32 = 990;

/// How many words of context a quote may have in its selector, on either side.
const MAX_CONTEXT: usize = 6;

/// How often a quote is changed until a check finds it.
const MAX_CHANGES: usize = 16;

impl<'a> PassageSearch<'a> {
    /// Takes linear time.
    pub(crate) fn new(text: &'a str, folded: &'a Folded) -> Self {
        Self { folded, passages: Passages::new(text, folded) }
    }

    /// The passages that have some words in the order of the text, then those with similar words in the order of their scores. Takes linear
    /// time.
    pub(crate) fn find(&self, words: &str, spelling: Spelling) -> Vec<SimilarPassage> {
        let outcome = ground_in(self.folded, &[Quote { text: words, selector: &ANY }]).pop();
        let (score, spans) = match outcome {
            None => (0, Vec::new()),
            Some(Outcome::Altered(span, alterations)) => (ALTERED, vec![whole_words(alterations).unwrap_or(span)]),
            Some(outcome) => (EXACT, outcome.into_spans()),
        };
        let exact = |span: Span| SimilarPassage {
            score,
            parts: span.parts().to_vec(),
            differences: Vec::new(),
            is_partial: false,
        };
        let mut found: Vec<SimilarPassage> = spans.into_iter().map(exact).collect();
        let similar = self.passages.similar(&quote_parts(words), spelling).into_iter();
        let is_other = |passage: &SimilarPassage| {
            let range = extent(&passage.parts);
            found
                .iter()
                .map(|known| extent(&known.parts))
                .all(|known| range.end <= known.start || known.end <= range.start)
        };
        let others: Vec<SimilarPassage> = similar.filter(is_other).collect();
        found.extend(others);
        found
    }

    /// The quote for the words at some code points, with more words if it would cut a word or a number, or if there is a cue before them
    /// or in an ellipsis. `None` if a check would find no such quote.
    ///
    /// Takes linear time.
    pub(crate) fn quotation(&self, parts: &[Range<u32>], checks: Option<&SourceChecks<'_>>) -> Option<Quotation> {
        let mut parts = parts.to_vec();
        let mut found: Option<Quotation> = None;
        for _ in 0..MAX_CHANGES {
            let span = self.span(&parts)?;
            let quote = self.passages.words(&span);
            let wider = match self.selected(&quote, &span) {
                Ok((selector, span)) => {
                    let bytes: Vec<Range<usize>> = span.parts().iter().map(|part| self.passages.bytes(part)).collect();
                    let cue = checks.and_then(|checks| checks.omitted_cue(&bytes));
                    let quotation = Quotation { quote, selector, span, omits_cue: cue.is_some() };
                    match cue {
                        None => return Some(quotation),
                        Some(location) => {
                            found.get_or_insert(quotation);
                            match location {
                                CueLocation::BeforeQuote => self.with_word_before(&parts),
                                CueLocation::Ellipsis => Some(vec![extent(&parts)]),
                            }
                        }
                    }
                }
                Err(wider) => Some(wider).filter(|wider| !wider.is_empty()).or_else(|| self.wider(&parts)),
            };
            match wider {
                Some(wider) if wider != parts => parts = wider,
                _ => break,
            }
        }
        found
    }

    /// The selector with which a check finds a quote at a span and the span that it finds, or else the words to quote in its place, if they
    /// are known.
    fn selected(&self, quote: &str, span: &Span) -> Result<(Selector, Span), Vec<Range<u32>>> {
        let ground = |selector: &Selector| ground_in(self.folded, &[Quote { text: quote, selector }]).pop();
        let is_here = |found: &Span| found.start() == span.start() && found.end() == span.end();
        let matches = match ground(&ANY) {
            Some(Outcome::Found(found)) if is_here(&found) => return Ok((ANY.clone(), found)),
            Some(Outcome::Failed(Failure::Ambiguous(spans))) => spans,
            Some(outcome) => return Err(whole(outcome)),
            None => return Err(Vec::new()),
        };
        let mut selectors = self.contexts(span);
        let nth = matches.iter().position(is_here).and_then(|number| u32::try_from(number + 1).ok());
        selectors.extend(nth.map(|nth| Selector { nth: Some(nth), ..Selector::default() }));
        let quotes: Vec<Quote<'_>> = selectors.iter().map(|selector| Quote { text: quote, selector }).collect();
        let mut outcomes = ground_in(self.folded, &quotes);
        let selected = outcomes.iter().position(|outcome| matches!(outcome, Outcome::Found(found) if is_here(found)));
        match selected {
            Some(number) => match outcomes.swap_remove(number) {
                Outcome::Found(found) => Ok((selectors.swap_remove(number), found)),
                Outcome::Altered(..) | Outcome::Failed(_) => Err(Vec::new()),
            },
            // Several matches cut the same word.
            None => Err(outcomes.pop().map(whole).unwrap_or_default()),
        }
    }

    /// Selectors with words before and after a span in its paragraph, the shortest first.
    fn contexts(&self, span: &Span) -> Vec<Selector> {
        let (before, after) = (self.words_before(span.start()), self.words_after(span.end()));
        let prefix = |number: usize| before.get(number).cloned();
        let suffix = |number: usize| after.get(number).cloned();
        let mut selectors = Vec::new();
        for number in 0..MAX_CONTEXT {
            selectors.push(Selector { prefix: prefix(number), ..Selector::default() });
            selectors.push(Selector { suffix: suffix(number), ..Selector::default() });
        }
        for number in 0..MAX_CONTEXT {
            selectors.push(Selector { nth: None, prefix: prefix(number), suffix: suffix(number) });
        }
        selectors.retain(|selector| *selector != ANY);
        selectors
    }

    /// The last word before a code point of its paragraph, the last two, and so on.
    fn words_before(&self, point: u32) -> Vec<String> {
        let tokens = &self.passages.index.tokens;
        let first = self.token_at(point);
        let paragraph = tokens.get(first).map_or(0, |token| self.folded.paragraph_start(token.bytes().start));
        let words = (0..first).rev().take(4 * MAX_CONTEXT).map(|number| &tokens[number]);
        let words = words.take_while(|token| token.bytes().start >= paragraph).filter(|token| !token.is_mark());
        let start = |bytes: Range<usize>| self.folded.original(bytes).start;
        let words = words.take(MAX_CONTEXT).map(|token| self.line(start(token.bytes())..point));
        words.collect()
    }

    /// The first word after a code point of its paragraph, the first two, and so on.
    fn words_after(&self, point: u32) -> Vec<String> {
        let tokens = &self.passages.index.tokens;
        let next = self.token_at(point);
        let last = next.checked_sub(1).map_or(0, |last| tokens[last].bytes().start);
        let paragraph = self.folded.paragraph_end(last);
        let words = tokens.iter().skip(next).take(4 * MAX_CONTEXT);
        let words = words.take_while(|token| token.bytes().end <= paragraph).filter(|token| !token.is_mark());
        let end = |bytes: Range<usize>| self.folded.original(bytes).end;
        words.take(MAX_CONTEXT).map(|token| self.line(point..end(token.bytes()))).collect()
    }

    /// The words at some code points on one line.
    fn line(&self, points: Range<u32>) -> String {
        self.passages.on_one_line(self.passages.slice(points)).trim().to_owned()
    }

    /// The number of the first token that begins at a code point or after it.
    fn token_at(&self, point: u32) -> usize {
        let starts_before = |bytes: Range<usize>| self.folded.original(bytes).start < point;
        self.passages.index.tokens.partition_point(|token| starts_before(token.bytes()))
    }

    /// The passage with a word before it, in its paragraph.
    fn with_word_before(&self, parts: &[Range<u32>]) -> Option<Vec<Range<u32>>> {
        let tokens = &self.passages.index.tokens;
        let first = self.token_at(parts.first()?.start);
        let paragraph = self.folded.paragraph_start(tokens.get(first)?.bytes().start);
        let before = tokens[..first].iter().rev().find(|token| !token.is_mark())?;
        let start = self.folded.original(before.bytes()).start;
        (before.bytes().start >= paragraph).then(|| {
            let mut parts = parts.to_vec();
            parts[0].start = start;
            parts
        })
    }

    /// The passage without ellipses, or with a token on either side.
    fn wider(&self, parts: &[Range<u32>]) -> Option<Vec<Range<u32>>> {
        let range = extent(parts);
        if parts.len() > 1 {
            return Some(vec![range]);
        }
        let tokens = &self.passages.index.tokens;
        let (first, next) = (self.token_at(range.start), self.token_at(range.end));
        let paragraph = self.folded.paragraph_start(tokens.get(first)?.bytes().start);
        let before = first.checked_sub(1).map(|before| tokens[before].bytes()).filter(|bytes| bytes.start >= paragraph);
        let end = self.folded.paragraph_end(tokens.get(first)?.bytes().start);
        let after = tokens.get(next).map(Token::bytes).filter(|bytes| bytes.end <= end);
        let start = before.map_or(range.start, |bytes| self.folded.original(bytes).start);
        let end = after.map_or(range.end, |bytes| self.folded.original(bytes).end);
        Some(vec![start..end])
    }

    fn span(&self, parts: &[Range<u32>]) -> Option<Span> {
        let (line, column) = self.folded.line_and_column(parts.first()?.start);
        Span::new(parts.to_vec(), line, column)
    }
}

/// The code points from the first part to the last.
fn extent(parts: &[Range<u32>]) -> Range<u32> {
    parts.first().map_or(0, |part| part.start)..parts.last().map_or(0, |part| part.end)
}

/// The whole words and numbers of a quote that cuts some; empty for other outcomes.
fn whole(outcome: Outcome) -> Vec<Range<u32>> {
    match outcome {
        Outcome::Failed(Failure::NotFound { cut_number: Some(whole), .. }) => whole.parts().to_vec(),
        Outcome::Altered(_, alterations) => {
            whole_words(alterations).map(|whole| whole.parts().to_vec()).unwrap_or_default()
        }
        Outcome::Found(_) | Outcome::Failed(_) => Vec::new(),
    }
}

/// The whole words that a quote cuts, if it cuts some.
fn whole_words(alterations: Vec<Alteration>) -> Option<Span> {
    alterations.into_iter().find_map(|alteration| match alteration {
        Alteration::CutsWord(whole) => Some(whole),
        Alteration::FirstLetterCase(_) | Alteration::AddedFullStop(_) => None,
    })
}

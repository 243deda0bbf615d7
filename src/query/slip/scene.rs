//! A text with the token at which the parser can go no further, and what would mend it.

use super::place::stuck;
use super::tokens::{Token, TokenKind, tokenize};
use crate::model::Namespaces;
use crate::store::Store;
use std::ops::Range;

/// A text with the token at which the parser can go no further.
pub(super) struct Scene<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Token],
    /// The number of that token; that of all tokens where more should follow.
    pub(super) at: usize,
    pub(super) names: &'a Namespaces,
    pub(super) store: Option<&'a Store>,
}

/// What may have been meant.
pub(super) struct Proposal {
    /// Bytes of the text and what to put there, in the order of the text.
    pub(super) edits: Vec<(Range<usize>, String)>,
    /// What to say of it.
    pub(super) help: String,
}

impl Scene<'_> {
    /// The words of a token; nothing behind the last one.
    pub(super) fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &self.text[token.span.clone()])
    }

    /// The words of the token before the place.
    pub(super) fn before(&self) -> &str {
        self.at.checked_sub(1).map_or("", |at| self.word(at))
    }

    /// The token at the place.
    pub(super) fn here(&self) -> &str {
        self.word(self.at)
    }

    pub(super) fn kind(&self, at: usize) -> Option<TokenKind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// The bytes of a token; the end of the text behind the last one.
    pub(super) fn span(&self, at: usize) -> Range<usize> {
        self.tokens.get(at).map_or(self.text.len()..self.text.len(), |token| token.span.clone())
    }

    /// The end of the token before the place.
    pub(super) fn end_before(&self) -> usize {
        self.at.checked_sub(1).map_or(0, |at| self.span(at).end)
    }

    /// The brackets that are open before the place, the outermost first.
    pub(super) fn open(&self) -> Vec<&str> {
        let mut open = Vec::new();
        for at in 0..self.at {
            match self.word(at) {
                bracket @ ("(" | "{" | "[" | "<<(" | "<<" | "{|") => open.push(bracket),
                ")" | "}" | "]" | ")>>" | ">>" | "|}" => drop(open.pop()),
                _ => {}
            }
        }
        open
    }

    /// Whether the place is between SELECT and the pattern.
    pub(super) fn in_select(&self) -> bool {
        let words = (0..self.at).rev().map(|at| self.word(at));
        let mut words = words.take_while(|word| !matches!(*word, "{" | "}") && !word.eq_ignore_ascii_case("where"));
        words.any(|word| word.eq_ignore_ascii_case("select"))
    }

    /// The first proposal that makes a query of the text, with the query, or else the one that gets furthest.
    pub(super) fn best(&self, proposals: Vec<Proposal>) -> Option<(Proposal, Option<String>)> {
        let mut best: Option<(usize, Proposal)> = None;
        for proposal in proposals {
            let text = apply(self.text, &proposal.edits);
            let Err(error) = self.names.parse_query(&text) else { return Some((proposal, Some(text))) };
            let tokens = tokenize(&text);
            let Some(at) = stuck(&text, &tokens, &error, self.names) else { continue };
            let left = tokens.len() - at;
            // What stands behind the place must have come one token nearer to its end; an end that is too early has none.
            let further = left > 0 && left + self.at < self.tokens.len();
            if further && best.as_ref().is_none_or(|(least, _)| left < *least) {
                best = Some((left, proposal));
            }
        }
        best.map(|(_, proposal)| (proposal, None))
    }
}

/// A text with other words in some places.
fn apply(text: &str, edits: &[(Range<usize>, String)]) -> String {
    let mut edited = String::with_capacity(text.len() + 16);
    let mut last = 0;
    for (range, words) in edits {
        edited.push_str(&text[last..range.start]);
        edited.push_str(words);
        last = range.end;
    }
    edited + &text[last..]
}

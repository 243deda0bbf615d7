//! Where parts of quotes that were not found occur, to explain why the quotes were not.

use super::fold::Folded;
use super::ground::{ANY, Outcome, Quote, ground_across_paragraphs, ground_in, quote_parts};
use crate::model::Span;
use unicode_segmentation::UnicodeSegmentation;

/// What is known about a quote that was not found.
#[derive(Debug, Default)]
pub(super) struct Clues {
    /// The positions of the parts between ellipses, if there are several.
    pub parts: Vec<Vec<Span>>,
    /// Whether the parts follow each other, in one paragraph or several.
    are_in_order: bool,
    /// The quote with ellipses between its sentences, and where it is found.
    pub with_ellipses: Option<(String, Span)>,
}

impl Clues {
    /// The clues about quotes that a text does not contain, in their order. Searches for all parts in one pass.
    pub(super) fn find(text: &Folded, quotes: &[&str]) -> Vec<Self> {
        let parts: Vec<Vec<&str>> = quotes.iter().map(|quote| quote_parts(quote)).collect();
        let with_ellipses: Vec<Option<String>> = parts.iter().map(|parts| with_ellipses(parts)).collect();
        let requested = parts.iter().filter(|parts| parts.len() > 1).flatten().copied();
        let requested = requested.chain(with_ellipses.iter().flatten().map(String::as_str));
        let requested: Vec<Quote<'_>> = requested.map(|text| Quote { text, selector: &ANY }).collect();
        if requested.is_empty() {
            return parts.iter().map(|_| Self::default()).collect();
        }
        let mut outcomes = ground_in(text, &requested).into_iter().map(Outcome::into_spans);
        let with_parts = parts.iter().zip(quotes).filter(|(parts, _)| parts.len() > 1);
        let with_parts: Vec<Quote<'_>> = with_parts.map(|(_, text)| Quote { text, selector: &ANY }).collect();
        let mut in_text = ground_across_paragraphs(text, &with_parts).into_iter().map(Outcome::into_spans);
        let mut clues: Vec<Self> = parts
            .iter()
            .map(|parts| match parts.len() {
                0 | 1 => Self::default(),
                count => Self {
                    parts: outcomes.by_ref().take(count).collect(),
                    are_in_order: in_text.next().is_some_and(|spans| !spans.is_empty()),
                    with_ellipses: None,
                },
            })
            .collect();
        for (clues, quote) in clues.iter_mut().zip(with_ellipses) {
            clues.with_ellipses = quote.and_then(|quote| Some((quote, outcomes.next()?.into_iter().next()?)));
        }
        clues
    }

    /// Whether the parts follow each other in the order of the quote, in one paragraph or several.
    pub(super) fn are_in_order(&self) -> bool {
        self.are_in_order
    }
}

/// A quote of several sentences with ellipses between them.
fn with_ellipses(parts: &[&str]) -> Option<String> {
    let [quote] = parts else { return None };
    let sentences: Vec<&str> = quote.split_sentence_bounds().map(str::trim).filter(|one| !one.is_empty()).collect();
    (sentences.len() > 1).then(|| sentences.join(" … "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_sentences_are_found_by_themselves() {
        let text = "It was old. Nobody knew why. It closed in 2015.\n\nA farmer came.";
        let quotes = ["It closed … was old", "was old … farmer", "It was old. It closed in 2015.", "no such words"];
        let clues = Clues::find(&Folded::new(text), &quotes);
        let starts = |clues: &Clues| {
            clues.parts.iter().map(|spans| spans.iter().map(Span::start).collect::<Vec<_>>()).collect::<Vec<_>>()
        };
        assert_eq!((starts(&clues[0]), clues[0].are_in_order()), (vec![vec![29], vec![3]], false));
        assert_eq!((starts(&clues[1]), clues[1].are_in_order()), (vec![vec![3], vec![51]], true));
        let (proposed, span) = clues[2].with_ellipses.as_ref().unwrap();
        assert_eq!((proposed.as_str(), span.start()), ("It was old. … It closed in 2015.", 0));
        assert!(clues[3].parts.is_empty() && clues[3].with_ellipses.is_none());
    }

    #[test]
    fn the_order_of_parts_depends_on_all_their_matches() {
        let text = "a b ".repeat(31) + "\n\nthe start here.\n\na b";
        let clues = Clues::find(&Folded::new(&text), &["the start … a b", "here … the start"]);
        assert!(clues[0].are_in_order() && !clues[1].are_in_order());
    }
}

//! Explains why `prefix`, `suffix` and `nth` select no match of a quote.

use super::closest_passage::Passages;
use super::difference_kind::shortened;
use super::evidence::QuoteRequest;
use super::explain::{position, times, unlocated};
use super::fold::Folded;
use super::ground::{ANY, Failure, MAX_MATCHES, Outcome, Quote, ground_in};
use crate::dataset::Source;
use crate::diagnostic::{Code, Finding, Findings, Fix};
use crate::model::{Selector, Span};
use std::collections::HashMap;

/// The matches of a quote whose selector selects none: the first ones, and one more if there are more.
#[derive(Debug, Default)]
pub(super) struct SelectorMatches {
    /// Those with the prefix and the suffix.
    pub in_context: Vec<Span>,
    pub anywhere: Vec<Span>,
}

/// The matches of the quotes that the text contains, but not as their selectors state, by the indices of the quotes. Searches for all of
/// them at once.
pub(super) fn selector_matches(
    text: &Folded,
    requests: &[QuoteRequest<'_>],
    outcomes: &[Outcome],
) -> HashMap<usize, SelectorMatches> {
    let is_unselected = |outcome: &Outcome| matches!(outcome, Outcome::Failed(Failure::NotFound { matches: 1.., .. }));
    let unselected = (0..outcomes.len()).filter(|number| is_unselected(&outcomes[*number]));
    let unselected: Vec<usize> = unselected.take(Findings::MAX_PER_CODE).collect();
    if unselected.is_empty() {
        return HashMap::new();
    }
    let without_nth = |number: &usize| Selector { nth: None, ..requests[*number].selector.clone() };
    let contexts: Vec<Selector> = unselected.iter().map(without_nth).collect();
    let both = |(number, context): (usize, _)| {
        let text = requests[number].quote;
        [Quote { text, selector: context }, Quote { text, selector: &ANY }]
    };
    let quotes: Vec<Quote<'_>> = unselected.iter().copied().zip(&contexts).flat_map(both).collect();
    let mut spans = ground_in(text, &quotes).into_iter().map(Outcome::into_spans);
    let mut matches =
        || SelectorMatches { in_context: spans.next().unwrap_or_default(), anywhere: spans.next().unwrap_or_default() };
    unselected.into_iter().map(|number| (number, matches())).collect()
}

/// Explains why a selector selects none of the matches. Names only the members that are wrong.
pub(super) fn explain_selector(
    source: &Source,
    selector: &Selector,
    matches: &SelectorMatches,
    passages: &Passages<'_>,
) -> Finding {
    let SelectorMatches { in_context, anywhere } = matches;
    let Selector { nth, prefix, suffix } = selector;
    let names: Vec<&str> = [("`prefix`", prefix), ("`suffix`", suffix)]
        .into_iter()
        .filter_map(|(name, value)| value.as_ref().map(|_| name))
        .collect();
    let names = names.join(" and ");
    let (spans, wrong, label, help) = match (nth, &in_context[..]) {
        (Some(nth), [_, ..]) => {
            let context =
                if names.is_empty() { String::new() } else { format!(" with this {}", names.replace('`', "")) };
            let label = format!("`nth` is {nth}, but the quote occurs {}{context}", times(in_context.len()));
            let help = match in_context.len() {
                1 => "remove `nth`".to_owned(),
                count @ ..=MAX_MATCHES => format!("use a number from 1 to {count}"),
                _ => "use a smaller number, or quote more words".to_owned(),
            };
            (in_context, "`nth`", label, help)
        }
        _ => {
            let trimmed = |words: &Option<String>| words.as_deref().map(shortened);
            let place = match (trimmed(prefix), trimmed(suffix)) {
                (Some(prefix), Some(suffix)) => format!("between “{prefix}” and “{suffix}”"),
                (Some(prefix), None) => format!("directly after “{prefix}”"),
                (None, Some(suffix)) => format!("directly before “{suffix}”"),
                (None, None) => "here".to_owned(),
            };
            let label = format!("the quote occurs {}, but not {place}", times(anywhere.len()));
            let help = match anywhere.len() {
                1 => format!("remove {names}"),
                _ => format!("correct {names}, or quote more words"),
            };
            (anywhere, &*names, label, help)
        }
    };
    let select = if wrong.contains(" and ") { "select" } else { "selects" };
    let message = format!("{wrong} {select} no match in `{}`", source.id);
    let fix = (nth.is_some() && spans.len() == 1 && wrong == "`nth`").then_some(Fix::Nth(1));
    let finding = unlocated(Code::QuoteNotFound, message).label(label).help(help).fix(fix);
    spans.iter().take(MAX_MATCHES).enumerate().fold(finding, |finding, (index, span)| {
        let context = passages.context(span.start());
        finding.note(format!("match {} at {}: {context}", index + 1, position(source, span)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Dataset, DatasetRoot};

    const TEXT: &str = "One bank here. Two bank here. The old mill. One bank there.";

    /// The message, the label, the help and the notes about a selector.
    fn explained(quote: &str, selector: &Selector) -> (String, String, String, Vec<String>) {
        let manifest = r#"{ "base": "https://e.example/", "sources": [{ "id": "s", "content": "" }] }"#;
        let dataset = Dataset::open(DatasetRoot::memory([("factloom.json", manifest)]), None).dataset.unwrap();
        let request = QuoteRequest { quote, selector, supported: None };
        let text = Folded::new(TEXT);
        let outcomes = ground_in(&text, &[Quote { text: quote, selector }]);
        let matches = selector_matches(&text, &[request], &outcomes).remove(&0).expect("the quote is in the text");
        let found = explain_selector(&dataset.sources[0], selector, &matches, &Passages::new(TEXT, &text));
        (found.message, found.label, found.help, found.notes)
    }

    fn selector(nth: Option<u32>, prefix: &str, suffix: &str) -> Selector {
        let words = |words: &str| Some(words.to_owned()).filter(|words| !words.is_empty());
        Selector { nth, prefix: words(prefix), suffix: words(suffix) }
    }

    #[test]
    fn only_the_wrong_members_are_named() {
        for (quote, selector, message, label, help, count) in [
            (
                "bank",
                selector(Some(9), "", ""),
                "`nth` selects",
                "`nth` is 9, but the quote occurs 3 times",
                "use a number from 1 to 3",
                3,
            ),
            (
                "mill",
                selector(Some(2), "", ""),
                "`nth` selects",
                "`nth` is 2, but the quote occurs once",
                "remove `nth`",
                1,
            ),
            (
                "bank",
                selector(Some(7), "One", ""),
                "`nth` selects",
                "`nth` is 7, but the quote occurs twice with this prefix",
                "use a number from 1 to 2",
                2,
            ),
            (
                "bank",
                selector(Some(1), "Three ", ""),
                "`prefix` selects",
                "the quote occurs 3 times, but not directly after “Three”",
                "correct `prefix`, or quote more words",
                3,
            ),
            (
                "mill",
                selector(None, "", "was"),
                "`suffix` selects",
                "the quote occurs once, but not directly before “was”",
                "remove `suffix`",
                1,
            ),
            (
                "bank",
                selector(None, "Two", "there"),
                "`prefix` and `suffix` select",
                "the quote occurs 3 times, but not between “Two” and “there”",
                "correct `prefix` and `suffix`, or quote more words",
                3,
            ),
        ] {
            let (found, found_label, found_help, notes) = explained(quote, &selector);
            assert_eq!(found, format!("{message} no match in `s`"));
            assert_eq!((found_label.as_str(), found_help.as_str(), notes.len()), (label, help, count));
        }
        let (.., notes) = explained("bank", &selector(None, "Three", ""));
        assert!(notes[1].starts_with("match 2 at s:1:20: “"), "{notes:?}");
    }

    #[test]
    fn a_number_of_matches_that_were_not_all_counted_gives_no_range() {
        let text = "a mill\n\n".repeat(50);
        let selector = Selector { nth: Some(60), ..Selector::default() };
        let request = QuoteRequest { quote: "mill", selector: &selector, supported: None };
        let folded = Folded::new(&text);
        let outcomes = ground_in(&folded, &[Quote { text: "mill", selector: &selector }]);
        let matches = &selector_matches(&folded, &[request], &outcomes)[&0];
        assert_eq!(matches.in_context.len(), MAX_MATCHES + 1);
        let manifest = r#"{ "base": "https://e.example/", "sources": [{ "id": "s", "content": "" }] }"#;
        let dataset = Dataset::open(DatasetRoot::memory([("factloom.json", manifest)]), None).dataset.unwrap();
        let found = explain_selector(&dataset.sources[0], &selector, matches, &Passages::new(&text, &folded));
        assert_eq!(found.label, "`nth` is 60, but the quote occurs more than 20 times");
        assert_eq!(found.help, "use a smaller number, or quote more words");
    }
}

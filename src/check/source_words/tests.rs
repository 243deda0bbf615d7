//! The links to quotes, followed by a naive implementation of the algorithm in the specification.

use super::*;
use crate::check::{Outcome, Quote, ground};
use crate::escape::text_fragment::directive;
use proptest::prelude::*;
use std::collections::BTreeSet;
use unicode_segmentation::UnicodeSegmentation;

/// A page with a block for each line: the lower-case characters, with one space for white space, and the byte of each.
struct Page {
    blocks: Vec<Vec<(char, usize)>>,
    /// The bytes at which words begin or end by UAX #29.
    boundaries: BTreeSet<usize>,
    length: usize,
}

fn normalized(text: &str, from: usize) -> Vec<(char, usize)> {
    let mut all: Vec<(char, usize)> = Vec::new();
    for (at, c) in text.char_indices() {
        match (c.is_whitespace(), all.last()) {
            (true, None | Some((' ', _))) => {}
            (true, _) => all.push((' ', from + at)),
            (false, _) => all.extend(c.to_lowercase().map(|c| (c, from + at))),
        }
    }
    while all.last().is_some_and(|(c, _)| *c == ' ') {
        all.pop();
    }
    all
}

impl Page {
    fn new(text: &str) -> Self {
        let mut at = 0;
        let blocks = text.split_inclusive('\n').map(|line| {
            at += line.len();
            normalized(line, at - line.len())
        });
        let blocks = blocks.collect();
        let boundaries = text.split_word_bound_indices().map(|(at, _)| at).chain([text.len()]).collect();
        Self { blocks, boundaries, length: text.len() }
    }

    /// “Find a string in range”: the first match at or after a byte. `bounds` tell whether it starts and ends at word boundaries.
    fn find(&self, words: &str, from: usize, bounds: [bool; 2]) -> Option<Range<usize>> {
        let words: Vec<char> = normalized(words, 0).into_iter().map(|(c, _)| c).collect();
        for block in &self.blocks {
            for (number, window) in block.windows(words.len()).enumerate() {
                let start = window[0].1;
                let end = block.get(number + words.len()).map_or_else(|| self.end_of(block), |(_, at)| *at);
                if start >= from
                    && window.iter().map(|(c, _)| *c).eq(words.iter().copied())
                    && (!bounds[0] || self.boundaries.contains(&start))
                    && (!bounds[1] || self.boundaries.contains(&end))
                {
                    return Some(start..end);
                }
            }
        }
        None
    }

    fn end_of(&self, block: &[(char, usize)]) -> usize {
        let last = block[block.len() - 1].1;
        self.boundaries.range(last + 1..).next().copied().unwrap_or(self.length)
    }

    /// The first character at or after a byte that is not white space.
    fn next_character(&self, from: usize) -> Option<usize> {
        self.blocks.iter().flatten().find(|(c, at)| *at >= from && *c != ' ').map(|(_, at)| *at)
    }

    /// “Find a range from a text directive”.
    fn follow(&self, directive: &str) -> Option<Range<usize>> {
        let decode = |term: &str| percent_decoded(term);
        let mut terms: Vec<&str> = directive.strip_prefix("text=")?.split(',').collect();
        let prefix = terms[0].strip_suffix('-').map(decode);
        let suffix = terms[terms.len() - 1].strip_prefix('-').map(decode);
        terms.drain(..usize::from(prefix.is_some()));
        terms.truncate(terms.len() - usize::from(suffix.is_some()));
        let (start, end) = (decode(terms[0]), terms.get(1).map(|end| decode(end)));
        let must_end = end.is_some() || suffix.is_none();
        let mut from = 0;
        loop {
            let found = match &prefix {
                Some(prefix) => {
                    let before = self.find(prefix, from, [true, false])?;
                    from = before.start + 1;
                    let next = self.next_character(before.end)?;
                    let found = self.find(&start, next, [false, must_end])?;
                    if found.start != next {
                        continue;
                    }
                    found
                }
                None => {
                    let found = self.find(&start, from, [true, must_end])?;
                    from = found.start + 1;
                    found
                }
            };
            let (first, mut found_end) = (found.start, found.end);
            loop {
                if let Some(end) = &end {
                    found_end = self.find(end, found_end, [true, suffix.is_none()])?.end;
                }
                let Some(suffix) = &suffix else { return Some(first..found_end) };
                let next = self.next_character(found_end)?;
                if self.find(suffix, next, [false, true])?.start == next {
                    return Some(first..found_end);
                }
                if end.is_none() {
                    break;
                }
            }
        }
    }
}

fn percent_decoded(term: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = term.as_bytes();
    while let [first, after @ ..] = rest {
        if *first == b'%' {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&after[..2]).unwrap(), 16).unwrap());
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// The words of a source for a quote, the directive of its link, and the words that a browser finds.
struct Linked {
    words: SourceWords,
    directive: String,
    found: Option<Range<usize>>,
}

fn linked(text: &str, quote: &str, selector: &Selector, span: &Span) -> Linked {
    let words = source_words(text, true, &[FoundQuote { quote, selector, span }]).remove(0);
    let words = words.map_or_else(SourceWords::default, |words| *words);
    let parts = words.parts(span).unwrap_or_else(|| match span.parts().len() {
        1 => vec![quote],
        _ => quote_parts(quote),
    });
    let Terms { start, end } = terms(&parts).expect("the quote has words");
    let end = end.map(|end| &parts[parts.len() - 1][end]);
    let (prefix, suffix) =
        (words.prefix.clone().or(selector.prefix.clone()), words.suffix.clone().or(selector.suffix.clone()));
    let directive = directive(prefix.as_deref(), &parts[0][start], end, suffix.as_deref());
    let found = Page::new(text).follow(&directive);
    Linked { words, directive, found }
}

/// The link to a quote that is found, after checking that a browser finds it there.
fn link(text: &str, quote: &str, selector: &Selector) -> String {
    let Outcome::Found(span) = ground(text, &[Quote { text: quote, selector }]).remove(0) else { panic!("{quote}") };
    let bytes = |code_point: u32| text.char_indices().nth(code_point as usize).map_or(text.len(), |(at, _)| at);
    let Linked { directive, found, .. } = linked(text, quote, selector, &span);
    assert_eq!(found, Some(bytes(span.start())..bytes(span.end())), "{directive}");
    directive
}

fn selector(nth: Option<u32>, prefix: Option<&str>, suffix: Option<&str>) -> Selector {
    Selector { nth, prefix: prefix.map(str::to_owned), suffix: suffix.map(str::to_owned) }
}

#[test]
fn a_link_leads_to_the_selected_match() {
    let text = "One bank here. Two bank here. Three bank here again.";
    let link = |nth, prefix, suffix| link(text, "bank here", &selector(nth, prefix, suffix));
    assert_eq!(link(None, Some("Two"), None), "text=Two-,bank%20here");
    assert_eq!(link(None, None, Some("again")), "text=bank%20here,-again");
    assert_eq!(link(Some(2), None, None), "text=Two-,bank%20here");
    assert_eq!(link(Some(3), None, None), "text=Three-,bank%20here");
    // A part of a word becomes the whole word.
    assert_eq!(link(None, Some("wo"), None), "text=Two-,bank%20here");
    assert_eq!(link(None, None, Some("ag")), "text=bank%20here,-again");
}

#[test]
fn context_is_added_only_if_whole_words_are_repeated() {
    let any = Selector::default();
    assert_eq!(link("a million mills near the mill", "the mill", &any), "text=the%20mill");
    assert_eq!(link("a million, a mill", "mill", &any), "text=mill");
    // Letter case and accents do not count for browsers.
    assert_eq!(link("The RÉSUMÉ. A résumé.", "résumé", &any), "text=A-,r%C3%A9sum%C3%A9");
    assert_eq!(
        link("the old mill and the mill, the old mill was", "the old mill was", &any),
        "text=the%20old%20mill%20was"
    );
    // One word after the quote is less than two before it.
    assert_eq!(link("in a mill x. in a mill y. by mill y", "mill", &selector(Some(2), None, None)), "text=a-,mill,-y");
    assert_eq!(link("in a mill x. in a mill y.", "mill", &selector(Some(2), None, None)), "text=mill,-y");
}

#[test]
fn terms_that_are_repeated_get_context_on_their_side() {
    let text = "It ran. Then it was built by them, and it ran dry; it was built later.";
    let any = Selector::default();
    assert_eq!(
        link(text, "it was built … dry", &selector(None, Some("Then"), None)),
        "text=Then-,it%20was%20built,dry"
    );
    assert_eq!(link(text, "by them … ran dry", &any), "text=by%20them,ran%20dry");
    assert_eq!(
        link("so it was, as It was, as it is", "it was … it", &selector(None, Some("so"), Some("is"))),
        "text=so-,it%20was,it,-is"
    );
    assert_eq!(link("one two\nthree two\nfour", "two\nfour", &any), "text=three-,two,four");
}

#[test]
fn words_that_a_line_end_divides_are_not_in_a_link() {
    let any = Selector::default();
    let text = "The U.S. market was re-\nopened by A. B. and C. A market re-\nvived by A. B.";
    let directive = |quote: &str, nth| {
        let selector = selector(nth, None, None);
        let Outcome::Found(span) = ground(text, &[Quote { text: quote, selector: &selector }]).remove(0) else {
            panic!()
        };
        linked(text, quote, &selector, &span).directive
    };
    assert_eq!(
        directive("U.S. market was reopened by A. B. and C", None),
        "text=U.S.%20market%20was,by%20A.%20B.%20and%20C"
    );
    // Neither `opened by` nor `re` is on a page that has the whole words.
    assert_eq!(directive("by A. B", Some(1)), "text=by%20A.%20B,-.%20and");
    assert_eq!(directive("market", Some(2)), "text=A-,market");
    let parts = ["re-\nopened by A. B."];
    assert_eq!(terms(&parts), None);
    let Outcome::Found(span) = ground(text, &[Quote { text: "reopened by A. B.", selector: &any }]).remove(0) else {
        panic!()
    };
    let words = source_words(text, true, &[FoundQuote { quote: "reopened by A. B.", selector: &any, span: &span }]);
    assert_eq!(words[0].as_ref().and_then(|words| words.exact.as_deref()), Some(parts[0]));
}

#[test]
fn the_words_are_those_of_the_source() {
    let text = "“Two” rail\u{AD}road mills — really.\nThe “Two” mills.";
    let any = Selector::default();
    let exact = |quote: &str| {
        let Outcome::Found(span) = ground(text, &[Quote { text: quote, selector: &any }]).remove(0) else { panic!() };
        linked(text, quote, &any, &span).words.exact
    };
    assert_eq!(exact("railroad mills - really").as_deref(), Some("rail\u{AD}road mills — really"));
    assert_eq!(exact("really. The \"Two\"").as_deref(), Some("really.\nThe “Two”"));
    assert_eq!(exact("railroad … really").as_deref(), Some("rail\u{AD}road … really"));
    assert_eq!(exact("… really …").as_deref(), Some("really"));
    assert_eq!((exact("mills … really"), exact("mills.")), (None, None));
    let prefix = selector(None, Some("\"Two\""), None);
    let span = Span::new(vec![6..20], 1, 7).unwrap();
    assert_eq!(linked(text, "railroad mills", &prefix, &span).words.prefix.as_deref(), Some("“Two” "));
}

#[test]
fn context_is_only_searched_for_if_the_source_has_a_page() {
    let (text, span) = ("a “mill”, a mill", Span::new(vec![12..16], 1, 13).unwrap());
    let words = |selector: &Selector, has_page| {
        source_words(text, has_page, &[FoundQuote { quote: "mill", selector, span: &span }]).remove(0)
    };
    assert_eq!(words(&Selector::default(), false), None);
    assert_eq!(words(&Selector::default(), true).unwrap().prefix.as_deref(), Some("a "));
    let written = selector(None, Some("\"mill\", a"), None);
    assert_eq!(words(&written, false).unwrap().prefix.as_deref(), Some("“mill”, a "));
}

#[test]
fn context_is_short_and_on_one_line() {
    let repeated = "the mill was closed by them in spring\n".repeat(3);
    let span = Span::new(vec![51..57], 2, 14).unwrap();
    let Linked { words, .. } = linked(&repeated, "closed", &Selector::default(), &span);
    assert_eq!(words, SourceWords::default());
    let distant = format!("first {} mill\nsecond {} mill", "word ".repeat(20), "word ".repeat(20));
    let at = distant.len() as u32;
    let Linked { words, .. } =
        linked(&distant, "mill", &Selector::default(), &Span::new(vec![at - 4..at], 2, 1).unwrap());
    assert_eq!(words, SourceWords::default());
}

#[test]
fn hostile_quotes_take_linear_time() {
    let text = "a ".repeat(200_000);
    let quotes: Vec<String> = (1..400).map(|length| "a ".repeat(length).trim().to_owned()).collect();
    let spans: Vec<Span> = quotes.iter().map(|quote| Span::new(vec![0..quote.len() as u32], 1, 1).unwrap()).collect();
    let any = Selector::default();
    let found: Vec<FoundQuote<'_>> =
        quotes.iter().zip(&spans).map(|(quote, span)| FoundQuote { quote, selector: &any, span }).collect();
    assert_eq!(source_words(&text, true, &found).len(), 399);
    let far = Span::new(vec![0..1, 399_998..399_999], 1, 1).unwrap();
    let many: Vec<FoundQuote<'_>> = vec![FoundQuote { quote: "a … a", selector: &any, span: &far }; 20_000];
    assert_eq!(source_words(&text, true, &many).len(), 20_000);
}

const WORDS: &[&str] =
    &["mill", "Mill", "a", "A", "built,", "“mill”", "résumé", "the", "mill-a", "x.", "鋼", "a鋼", "2.5", "2", "\n"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    /// A browser that follows the link to a quote finds the quoted words, if words around them on their lines are unique.
    #[test]
    fn the_first_match_of_a_link_is_the_quote(
        words in proptest::collection::vec(prop::sample::select(WORDS), 2..40),
        from in any::<prop::sample::Index>(),
        lengths in (1_usize..4, 0_usize..4, 0_usize..3),
    ) {
        let words: Vec<&str> = words.into_iter().collect();
        let mut text = String::new();
        let mut starts = Vec::new();
        for word in &words {
            text.push_str(if text.is_empty() || text.ends_with('\n') { "" } else { " " });
            starts.push(text.len());
            text.push_str(word);
        }
        let first = from.index(words.len());
        let end_of = |number: usize| starts[number] + words[number].len();
        let last = (first + lengths.0 - 1).min(words.len() - 1);
        let mut parts = vec![starts[first]..end_of(last)];
        let second = last + lengths.1 + 1;
        if lengths.2 > 0 && second < words.len() {
            parts.push(starts[second]..end_of((second + lengths.2 - 1).min(words.len() - 1)));
        }
        // White space at the ends is not part of a match.
        for part in &mut parts {
            let trimmed = text[part.clone()].trim_end();
            part.end = part.start + trimmed.len();
            part.start = part.end - trimmed.trim_start().len();
        }
        prop_assume!(parts.iter().all(|part| !part.is_empty()));
        let code_points = |byte: usize| text[..byte].chars().count() as u32;
        let span = Span::new(parts.iter().map(|p| code_points(p.start)..code_points(p.end)).collect(), 1, 1).unwrap();
        let quoted: Vec<&str> = parts.iter().map(|part| &text[part.clone()]).collect();
        let quote = quoted.join(" … ");
        let Linked { words, directive, found } = linked(&text, &quote, &Selector::default(), &span);
        let (start, end) = (parts[0].start, parts[parts.len() - 1].end);
        if found != Some(start..end) {
            // Then no context of six words is unique.
            let Terms { start: first, end: last } = terms(&quoted).unwrap();
            let stripped = |text: &str| text.split_whitespace().collect::<String>().to_lowercase().replace('é', "e");
            let page = stripped(&text);
            let is_unique = |words: &str| {
                let words = stripped(words);
                (0..page.len()).filter(|at| page.as_bytes()[*at..].starts_with(words.as_bytes())).count() == 1
            };
            let line_start = text[..start].trim_end().rfind('\n').map_or(0, |at| at + 1);
            let line_end = text[end..].trim_start().find('\n').map_or(text.len(), |at| text.len() - text[end..].trim_start().len() + at);
            let before: Vec<usize> = std::iter::once(start).chain(starts.iter().rev().copied().filter(|at| *at < start && *at >= line_start)).take(3).collect();
            let after: Vec<usize> = std::iter::once(end).chain((0..starts.len()).map(end_of).filter(|at| *at > end && *at <= line_end)).take(3).collect();
            match last {
                None => for before in &before {
                    for after in &after {
                        prop_assert!(!is_unique(&text[*before..*after]), "{directive}: {found:?}, {words:?}, not {:?}", &text[*before..*after]);
                    }
                },
                Some(last) => {
                    let first_end = parts[0].start + first.end;
                    let last_start = parts[parts.len() - 1].start + last.start;
                    let has_prefix = before.iter().any(|before| is_unique(&text[*before..first_end]));
                    let has_suffix = after.iter().any(|after| is_unique(&text[last_start..*after]));
                    // The search for the last term continues after its previous match.
                    let (at, term) = (stripped(&text[..last_start]).len(), stripped(&text[last_start..end]));
                    let overlaps = (1..term.len().min(at)).any(|by| page.as_bytes()[at - by..].starts_with(term.as_bytes()));
                    prop_assert!(!has_prefix || !has_suffix || overlaps, "{directive}: {found:?}, {words:?}");
                }
            }
        }
    }
}

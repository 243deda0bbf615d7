//! Tests of grounding.

use super::*;
use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

fn one(text: &str, quote: &str) -> Outcome {
    ground(text, &[Quote { text: quote, selector: &Selector::default() }]).remove(0)
}

fn parts_of(outcome: &Outcome) -> Vec<Range<u32>> {
    match outcome {
        Outcome::Found(span) => span.parts().to_vec(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_quote_found_twice_is_ambiguous() {
    let Outcome::Ambiguous(spans) = one("a mill\nand a mill", "a mill") else { panic!() };
    assert_eq!(spans.iter().map(|s| (s.line(), s.column())).collect::<Vec<_>>(), [(1, 1), (2, 5)]);
}

#[test]
fn an_ellipsis_stays_within_one_paragraph() {
    let text = "one two three\nfour five";
    assert_eq!(parts_of(&one(text, "one … three")), [0..3, 8..13]);
    for (quote, missing_part) in
        [("one … four", None), ("… one … six", Some(1)), ("three … one", None), ("six", Some(0))]
    {
        assert_eq!(one(text, quote), Outcome::NotFound { matches: 0, missing_part, cut_number: None }, "{quote}");
    }
    assert_eq!(parts_of(&one("one two\nthree\n\nfour", "one [...] three")), [0..3, 8..13]);
}

#[test]
fn the_nearest_occurrence_of_the_next_part_is_taken() {
    assert_eq!(parts_of(&one("a b x c x", "b ... x")), [2..3, 4..5]);
    let Outcome::Ambiguous(spans) = one("a x a y y", "a … y") else { panic!() };
    assert_eq!(spans[0].parts(), [0..1, 6..7]);
    assert_eq!(spans[1].parts(), [4..5, 6..7]);
}

#[test]
fn a_literal_match_takes_precedence_over_ellipses() {
    assert_eq!(parts_of(&one("wait … what, wait then what", "wait … what")), [0..11]);
    assert_eq!(parts_of(&one("so [...] on", "so […] on")), [0..11]);
    assert_eq!(parts_of(&one("so it goes on", "so [.....] on")), [0..2, 11..13]);
}

#[test]
fn ellipses_at_the_ends_match_nothing() {
    assert_eq!(parts_of(&one("the mill closed", "… mill …")), [4..8]);
    assert_eq!(one("the mill", "…"), Outcome::Empty);
    assert_eq!(one("the mill", " \n "), Outcome::Empty);
}

#[test]
fn a_divided_word_is_found_with_and_without_its_hyphen() {
    let text = "The infra-\nstructure bank. We recover, they re-\ncover.";
    for quote in ["infra-structure bank", "infrastructure bank", "they re-cover", "they recover"] {
        assert!(matches!(one(text, quote), Outcome::Found(_)), "{quote}");
    }
    // Only a line end explains the hyphen.
    let missing = Outcome::NotFound { matches: 0, missing_part: Some(0), cut_number: None };
    assert_eq!(one(text, "We re-cover"), missing);
}

#[test]
fn selectors_choose_among_equal_quotes() {
    let text = "old mill, new mill; new mill";
    let with = |nth, prefix: Option<&str>, suffix: Option<&str>| {
        let selector = Selector { nth, prefix: prefix.map(str::to_owned), suffix: suffix.map(str::to_owned) };
        ground(text, &[Quote { text: "mill", selector: &selector }]).remove(0)
    };
    assert_eq!(parts_of(&with(None, Some("old"), None)), [4..8]);
    assert_eq!(parts_of(&with(None, None, Some(" ;"))), [14..18]);
    assert_eq!(parts_of(&with(Some(2), Some("new "), None)), [24..28]);
    let not_found = |matches| Outcome::NotFound { matches, missing_part: None, cut_number: None };
    assert_eq!(with(Some(4), None, None), not_found(3));
    assert_eq!(with(Some(0), None, None), not_found(3));
}

#[test]
fn search_time_is_not_the_product_of_quotes_and_text() {
    // A hundred thousand quotes with a hundred thousand occurrences of their first part would take an hour.
    let text = "the mill by the river\n".repeat(50_000) + "at last";
    let quotes: Vec<String> = (0..100_000).map(|n| format!("the … {}", ["last", "lost", "mill"][n % 3])).collect();
    let selector = Selector::default();
    let quotes: Vec<Quote<'_>> = quotes.iter().map(|q| Quote { text: q, selector: &selector }).collect();
    let found = |o: &Outcome| matches!(o, Outcome::NotFound { matches: 0, .. } | Outcome::Ambiguous(_));
    assert!(ground(&text, &quotes).iter().all(found));
}

/// With comparisons at each position, or lists of all occurrences, each of these would take minutes or gigabytes.
#[test]
fn hostile_quotes_take_linear_time() {
    let repeated = "工".repeat(200_000);
    let distant = format!("口{}", "工".repeat(20_000));
    let nested: Vec<String> = (1..200).map(|length| "工".repeat(length)).collect();
    let any = Selector::default();
    let context =
        |prefix: &str, suffix: &str| Selector { nth: None, prefix: Some(prefix.into()), suffix: Some(suffix.into()) };
    let (long, late) = (context(&"工".repeat(20_000), ""), context("", "口"));
    let not_found = |missing_part| Outcome::NotFound { matches: 0, missing_part, cut_number: None };
    for (text, quote, selector, expected) in [
        (&repeated, "工".repeat(20_000) + "口", &any, Some(not_found(Some(0)))),
        (&repeated, "…工".repeat(20_000), &any, None),
        (&repeated, nested.join("…"), &any, None),
        (&repeated, "工".repeat(10_000), &long, None),
        (&distant, "工…".repeat(1_000), &late, Some(Outcome::TooManyMatches)),
        (&"工\n".repeat(20_000), "工 … 工".into(), &any, Some(not_found(None))),
    ] {
        let outcome = ground(text, &[Quote { text: &quote, selector }]).remove(0);
        match expected {
            Some(expected) => assert_eq!(outcome, expected),
            None => assert!(matches!(outcome, Outcome::Ambiguous(_)), "{outcome:?}"),
        }
    }
    // All occurrences cut a word.
    let letters = "a".repeat(200_000);
    assert!(matches!(
        ground(&letters, &[Quote { text: "a … a", selector: &any }])[..],
        [Outcome::Ambiguous(_) | Outcome::TooManyMatches]
    ));
    let many = (0..20_000).map(|number| format!("工…口{number}…工")).collect::<Vec<_>>();
    let many: Vec<Quote<'_>> = many.iter().map(|text| Quote { text, selector: &any }).collect();
    assert!(ground(&repeated, &many).iter().all(|outcome| *outcome == not_found(Some(1))));
}

proptest! {
    /// Any range of graphemes of a text is found, or is among the ambiguous matches.
    #[test]
    fn any_words_of_a_text_are_found_at_their_position(
        text in proptest::collection::vec(prop_oneof![
            4 => prop::sample::select(vec!["mill ", "built", " ", "\n", "\n\n", "…", "—", "“", "é", "e\u{301}", "स्टील", "مل",
                "鋼", "\u{AD}", "한", "\u{1112}\u{1161}\u{11AB}", "...", "🏭", "👩‍🔧", "\r\n", "\u{2126} ", "[...]"]),
            1 => any::<char>().prop_map(|c| c.to_string().leak() as &str),
        ], 1..30),
        from in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
    ) {
        let text = text.concat();
        let graphemes: Vec<(usize, &str)> = text.grapheme_indices(true).collect();
        let (a, b) = (from.index(graphemes.len()), to.index(graphemes.len()));
        let (a, b) = (a.min(b), a.max(b));
        let words = &text[graphemes[a].0..graphemes[b].0 + graphemes[b].1.len()];
        // A part of a run of dots is the same as the run.
        prop_assume!(!fold(words).is_empty() && !words.starts_with(['.', '…']) && !words.ends_with(['.', '…']));
        let start = text[..graphemes[a].0].chars().count() as u32;
        let all = start..start + words.chars().count() as u32;
        // White space and what is dropped at the ends are not part of the match.
        let is_ignored = |c: &char| c.is_whitespace() || fold(&c.to_string()).is_empty();
        let expected = all.start + words.chars().take_while(is_ignored).count() as u32
            ..all.end - words.chars().rev().take_while(is_ignored).count() as u32;
        // Adjacent dots and quotation marks are one, so a match may have more of them.
        // A quote that cuts a word here may have whole words elsewhere.
        let folded = Folded::new(&text);
        let starts_at = |point: u32| (0..folded.text().len()).find(|at| folded.text().is_char_boundary(*at) && folded.original(*at..at + folded.text()[*at..].chars().next().map_or(0, char::len_utf8)).start >= point);
        let is_cut = starts_at(expected.start).is_some_and(|at| cut(&folded, at, Side::Start).is_some())
            || starts_at(expected.end).is_some_and(|at| cut(&folded, at, Side::End).is_some());
        let is_expected = |span: &Span| is_cut || span.start() <= expected.start && expected.end <= span.end();
        match one(&text, words) {
            Outcome::Found(span) | Outcome::Altered(span, _) => prop_assert!(is_expected(&span), "{span:?} {expected:?}"),
            Outcome::Ambiguous(spans) => prop_assert!(
                spans.len() > MAX_MATCHES || spans.iter().any(is_expected), "{spans:?} {expected:?}"
            ),
            Outcome::NotFound { cut_number: Some(span), .. } => prop_assert!(is_expected(&span), "{span:?} {expected:?}"),
            other => prop_assert!(false, "{other:?} {words:?}"),
        }
    }
}

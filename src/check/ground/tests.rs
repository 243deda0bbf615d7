//! Tests of grounding.

use super::super::fold::fold;
use super::*;
use proptest::prelude::*;
use std::time::{Duration, Instant};
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
    let Outcome::Failed(Failure::Ambiguous(spans)) = one("a mill\nand a mill", "a mill") else { panic!() };
    assert_eq!(spans.iter().map(|s| (s.line(), s.column())).collect::<Vec<_>>(), [(1, 1), (2, 5)]);
}

#[test]
fn an_ellipsis_has_several_forms() {
    let text = "one two three four";
    for quote in [
        "one … three",
        "one ⋯ three",
        "one... three",
        "one . . . three",
        "one [ … ] three",
        "one (…) three",
        "one ( ... ) three",
    ] {
        assert_eq!(parts_of(&one(text, quote)), [0..3, 8..13], "{quote}");
    }
}

#[test]
fn a_word_that_is_cut_on_both_sides_of_an_ellipsis_is_cut() {
    let text = "It was unlawful to close in 1234.";
    for quote in ["was un … lawful to", "was un…lawful to"] {
        let Outcome::Altered(_, alterations) = one(text, quote) else { panic!("{quote}") };
        let whole = Span::new(vec![3..18], 1, 4).unwrap();
        assert_eq!(alterations, [Alteration::CutsWord(whole)], "{quote}");
    }
    let Outcome::Failed(Failure::NotFound { cut_number: Some(whole), .. }) = one(text, "in 12 … 34") else {
        panic!()
    };
    assert_eq!(whole.parts(), [25..32]);
}

#[test]
fn many_numbers_of_matches_are_found_in_linear_time() {
    let text = "a b. ".repeat(20_000);
    let selectors: Vec<Selector> =
        (1..=20_000).rev().map(|nth| Selector { nth: Some(nth), ..Selector::default() }).collect();
    let quotes: Vec<Quote<'_>> = selectors.iter().map(|selector| Quote { text: "a b", selector }).collect();
    let found = ground(&text, &quotes);
    for (number, outcome) in found.iter().rev().enumerate() {
        let start = 5 * number as u32;
        assert_eq!(parts_of(outcome), [start..start + 3]);
    }
}

#[test]
fn an_ellipsis_stays_within_one_paragraph() {
    let text = "one two three\nfour five";
    assert_eq!(parts_of(&one(text, "one … three")), [0..3, 8..13]);
    for (quote, missing_part) in
        [("one … four", None), ("… one … six", Some(1)), ("three … one", None), ("six", Some(0))]
    {
        assert_eq!(
            one(text, quote),
            Outcome::Failed(Failure::NotFound { matches: 0, missing_part, cut_number: None }),
            "{quote}"
        );
    }
    assert_eq!(parts_of(&one("one two\nthree\n\nfour", "one [...] three")), [0..3, 8..13]);
}

#[test]
fn the_nearest_occurrence_of_the_next_part_is_taken() {
    assert_eq!(parts_of(&one("a b x c x", "b ... x")), [2..3, 4..5]);
    let Outcome::Failed(Failure::Ambiguous(spans)) = one("a x a y y", "a … y") else { panic!() };
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
    assert_eq!(one("the mill", "…"), Outcome::Failed(Failure::Empty));
    assert_eq!(one("the mill", " \n "), Outcome::Failed(Failure::Empty));
}

#[test]
fn a_divided_word_is_found_with_and_without_its_hyphen() {
    let text = "The infra-\nstructure bank. We recover, they re-\ncover.";
    for quote in ["infra-structure bank", "infrastructure bank", "they re-cover", "they recover"] {
        assert!(matches!(one(text, quote), Outcome::Found(_)), "{quote}");
    }
    let text = text.to_owned() + " It was the well-known a-\nb c-\nd e-\nf well-\nknown x; un-\nsuc-\ncessful";
    for quote in ["the well-known a-b c-d e-f well-known x", "well-known ab c-d ef wellknown x", "un-suc-cessful"] {
        assert!(matches!(one(&text, quote), Outcome::Found(_)), "{quote}");
    }
    let missing = Outcome::Failed(Failure::NotFound { matches: 0, missing_part: Some(0), cut_number: None });
    for quote in ["wellknown a-b", "the well-known a-bc-d", "we-ll-known a-b"] {
        assert_eq!(one(&text, quote), missing, "{quote}");
    }
    // Only a line end explains the hyphen.
    assert_eq!(one(&text, "We re-cover"), missing);
}

#[test]
fn a_quote_may_end_at_the_hyphen_of_a_divided_word() {
    let text = "He was un-\nsuccessful in the well-\nknown mill. It un-loaded.";
    for (quote, expected, whole) in [
        ("He was un-", &["cuts word"][..], Some(0..21)),
        ("-successful in", &["cuts word"], Some(7..24)),
        ("was un- … mill", &["cuts word"], Some(3..45)),
        ("the well-", &[], None),
        ("the well", &[], None),
        ("known mill", &[], None),
        ("It un-", &[], None),
        ("-loaded", &[], None),
        ("It un", &[], None),
        ("It un- … loaded", &[], None),
        ("It un- … -loaded", &["not found"], None),
        ("He was u-", &["not found"], None),
        ("He- was", &["not found"], None),
        ("Well-known mill", &["case"], None),
        ("Well-known mill. it", &["not found"], None),
    ] {
        assert_eq!(alterations(text, quote), (expected.to_vec(), whole), "{quote}");
    }
}

#[test]
fn the_context_of_a_quote_may_be_divided() {
    let text = "a re-\nbuilt mill; a re-built mill; the rebuilt mill, un-\nused";
    let with = |quote: &str, prefix: Option<&str>, suffix: Option<&str>| {
        let selector = Selector { nth: None, prefix: prefix.map(str::to_owned), suffix: suffix.map(str::to_owned) };
        match ground(text, &[Quote { text: quote, selector: &selector }]).remove(0) {
            Outcome::Found(span) | Outcome::Altered(span, _) => Some(span.start()),
            Outcome::Failed(_) => None,
        }
    };
    assert_eq!(with("mill", Some("the rebuilt"), None), Some(47));
    assert_eq!(with("mill", Some("the re-\nbuilt"), None), Some(47));
    assert_eq!(with("mill", Some("; a re-built"), None), Some(29));
    assert_eq!(with("mill", Some("; a rebuilt"), None), None);
    assert_eq!(with("mill", None, Some(", un-used")), Some(47));
    assert_eq!(with("un", None, Some("-used")), Some(53));
    assert_eq!(with("used", Some("un-"), None), Some(57));
    assert_eq!(with("-used", Some("mill, un"), None), Some(57));
    assert_eq!(with("-built", Some("mill, un"), None), None);
    assert_eq!(with("built", Some("; a re-"), None), Some(23));
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
    let not_found = |matches| Outcome::Failed(Failure::NotFound { matches, missing_part: None, cut_number: None });
    assert_eq!(with(Some(4), None, None), not_found(3));
    assert_eq!(with(Some(0), None, None), not_found(3));
}

/// The alterations of the only match, and the code points of a match with whole words or numbers.
fn alterations(text: &str, quote: &str) -> (Vec<&'static str>, Option<Range<u32>>) {
    let range = |span: &Span| span.start()..span.end();
    match one(text, quote) {
        Outcome::Found(_) => (Vec::new(), None),
        Outcome::Altered(_, alterations) => {
            let whole = alterations.iter().find_map(|alteration| match alteration {
                Alteration::CutsWord(whole) => Some(range(whole)),
                Alteration::FirstLetterCase(_) | Alteration::AddedFullStop(_) => None,
            });
            let names = alterations.iter().map(|alteration| match alteration {
                Alteration::CutsWord(_) => "cuts word",
                Alteration::FirstLetterCase(0) => "case",
                Alteration::FirstLetterCase(_) => "case of a further part",
                Alteration::AddedFullStop(_) => "full stop",
            });
            (names.collect(), whole)
        }
        Outcome::Failed(Failure::NotFound { cut_number: Some(whole), .. }) => {
            (vec!["cuts number"], Some(range(&whole)))
        }
        Outcome::Failed(Failure::NotFound { matches: 0, .. }) => (vec!["not found"], None),
        other @ Outcome::Failed(_) => panic!("{other:?}"),
    }
}

#[test]
fn the_letter_case_may_change_only_at_the_start_of_a_part() {
    let text = "The mill closed. Then it reopened.";
    for (quote, expected) in [
        ("The mill closed", &[][..]),
        ("the mill closed", &["case"]),
        ("“the mill", &["not found"]),
        ("Mill closed", &["case"]),
        ("the mill … then it", &["case", "case of a further part"]),
        ("The mill … Reopened", &["case of a further part"]),
        ("THE mill", &["not found"]),
        ("tHe mill", &["not found"]),
        ("The Mill", &["not found"]),
    ] {
        assert_eq!(alterations(text, quote).0, expected, "{quote}");
    }
    assert_eq!(alterations("the “Old mill” closed", "“old mill”").0, ["case"]);
}

#[test]
fn a_full_stop_may_be_added_at_the_end_if_it_changes_no_number() {
    for (text, quote, expected) in [
        ("the mill closed in May", "the mill closed.", "full stop"),
        ("the mill closed 5 years later", "the mill closed.", "full stop"),
        ("the mill closed!", "the mill closed.", "full stop"),
        ("the mill closed… and", "the mill closed.", "full stop"),
        ("the mill closed... and", "the mill closed.", "full stop"),
        ("closed in 1973 for good", "closed in 1973.", "full stop"),
        ("the mill closed", "the mill closed!", "not found"),
        ("rose by 5 000", "rose by 5.", "not found"),
        ("closed in 1973 5 people", "closed in 1973.", "not found"),
        ("rose by 5 %", "rose by 5.", "not found"),
        ("rose by 5‰", "rose by 5.", "not found"),
        ("rose by 5.7 mm", "rose by 5.", "cuts number"),
        ("rose by 5,7 mm", "rose by 5.", "cuts number"),
    ] {
        assert_eq!(alterations(text, quote).0, [expected], "{text}: {quote}");
    }
}

#[test]
fn cut_words_and_numbers_are_found_with_the_whole_ones() {
    for (text, quote, expected, whole) in [
        ("it was unlawful here", "lawful", &["cuts word"][..], Some(7..15)),
        ("it was unlawful here", "it was un", &["cuts word"], Some(0..15)),
        ("it was unlawful here", "was … lawf", &["cuts word"], Some(3..15)),
        ("it was unlawful here", "Lawful.", &["case", "full stop", "cuts word"], Some(7..15)),
        ("about 1 200 people", "200 people", &["cuts word"], Some(6..18)),
        ("அவர் கா", "அவர் க", &["cuts word"], Some(0..7)),
        ("it was 0.5 percent of", "5 percent", &["cuts number"], Some(7..18)),
        ("it was 0.5 percent of", "was 0", &["cuts number"], Some(3..10)),
        ("it was 0.5 percent of", "5 percent.", &["cuts number"], Some(7..18)),
        ("it was 0.5 percent of", "It was 0", &["cuts number"], Some(0..10)),
        ("it was –5 percent of", "5 percent", &["cuts number"], Some(7..17)),
        ("it was 3’000 Franken", "000 Franken", &["cuts number"], Some(7..20)),
        ("the q\u{301} letter", "the q", &["not found"], None),
        ("with p <= 0.05 in", "= 0.05 in", &["not found"], None),
        ("with p ≤ 0.05 in", "with p <", &["not found"], None),
    ] {
        assert_eq!(alterations(text, quote), (expected.to_vec(), whole), "{text}: {quote}");
    }
}

#[test]
fn whole_words_take_precedence_and_only_they_are_counted() {
    let text = "unlawful, lawful; lawful";
    let nth = |text: &str, nth| {
        let selector = Selector { nth: Some(nth), ..Selector::default() };
        ground(text, &[Quote { text: "lawful", selector: &selector }]).remove(0)
    };
    assert_eq!(parts_of(&one("unlawful, lawful", "lawful")), [10..16]);
    assert_eq!(parts_of(&nth(text, 1)), [10..16]);
    assert_eq!(parts_of(&nth(text, 2)), [18..24]);
    assert_eq!(nth(text, 3), Outcome::Failed(Failure::NotFound { matches: 2, missing_part: None, cut_number: None }));
    assert!(matches!(one(text, "lawful"), Outcome::Failed(Failure::Ambiguous(spans)) if spans.len() == 2));
    assert!(matches!(nth("unlawful; unlawful", 2), Outcome::Altered(span, _) if span.start() == 12));
}

#[test]
fn search_time_is_not_the_product_of_quotes_and_text() {
    // A hundred thousand quotes with a hundred thousand occurrences of their first part would take an hour.
    let text = "the mill by the river\n".repeat(50_000) + "at last";
    let quotes: Vec<String> = (0..100_000).map(|n| format!("the … {}", ["last", "lost", "mill"][n % 3])).collect();
    let selector = Selector::default();
    let quotes: Vec<Quote<'_>> = quotes.iter().map(|q| Quote { text: q, selector: &selector }).collect();
    let found =
        |o: &Outcome| matches!(o, Outcome::Failed(Failure::NotFound { matches: 0, .. } | Failure::Ambiguous(_)));
    assert!(ground(&text, &quotes).iter().all(found));
}

/// With comparisons at each position, or lists of all occurrences, these would take an hour and gigabytes. They take seconds without
/// optimization.
#[test]
fn hostile_quotes_take_linear_time() {
    let start = Instant::now();
    let repeated = "工".repeat(200_000);
    let distant = format!("口{}", "工".repeat(20_000));
    let nested: Vec<String> = (1..200).map(|length| "工".repeat(length)).collect();
    let any = Selector::default();
    let context =
        |prefix: &str, suffix: &str| Selector { nth: None, prefix: Some(prefix.into()), suffix: Some(suffix.into()) };
    let (long, late) = (context(&"工".repeat(20_000), ""), context("", "口"));
    let not_found = |missing_part| Outcome::Failed(Failure::NotFound { matches: 0, missing_part, cut_number: None });
    for (text, quote, selector, expected) in [
        (&repeated, "工".repeat(20_000) + "口", &any, Some(not_found(Some(0)))),
        (&repeated, "…工".repeat(20_000), &any, None),
        (&repeated, nested.join("…"), &any, None),
        (&repeated, "工".repeat(10_000), &long, None),
        (&distant, "工…".repeat(1_000), &late, Some(Outcome::Failed(Failure::TooManyMatches))),
        (&"工\n".repeat(20_000), "工 … 工".into(), &any, Some(not_found(None))),
    ] {
        let outcome = ground(text, &[Quote { text: &quote, selector }]).remove(0);
        match expected {
            Some(expected) => assert_eq!(outcome, expected),
            None => assert!(matches!(outcome, Outcome::Failed(Failure::Ambiguous(_))), "{outcome:?}"),
        }
    }
    // All occurrences have other hyphens.
    let hyphenated = "a-".repeat(100_000) + "aa-\na";
    let almost = "a-".repeat(10_000) + "a-\na";
    assert!(matches!(
        ground(&hyphenated, &[Quote { text: &almost.replace("-\n", ""), selector: &any }])[..],
        [Outcome::Failed(Failure::TooManyMatches | Failure::NotFound { matches: 0, .. })]
    ));
    // All occurrences cut a word.
    let letters = "a".repeat(200_000);
    assert!(matches!(
        ground(&letters, &[Quote { text: "a … a", selector: &any }])[..],
        [Outcome::Failed(Failure::Ambiguous(_) | Failure::TooManyMatches)]
    ));
    let many = (0..20_000).map(|number| format!("工…口{number}…工")).collect::<Vec<_>>();
    let many: Vec<Quote<'_>> = many.iter().map(|text| Quote { text, selector: &any }).collect();
    assert!(ground(&repeated, &many).iter().all(|outcome| *outcome == not_found(Some(1))));
    assert!(start.elapsed() < Duration::from_secs(120), "{:?}", start.elapsed());
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
        // A sign belongs to the number that follows it, and the mark of inches to the one that precedes it.
        let (before, after) = (&text[..graphemes[a].0], &text[graphemes[b].0 + graphemes[b].1.len()..]);
        prop_assume!(!(after.starts_with(char::is_numeric) && fold(words).ends_with(['-', '+', ','])));
        prop_assume!(!(before.trim_end().ends_with(char::is_numeric) && fold(&format!("0{}", words.trim_start())).starts_with("0\"")));
        let start = text[..graphemes[a].0].chars().count() as u32;
        let all = start..start + words.chars().count() as u32;
        // White space and what is dropped at the ends are not part of the match.
        let is_ignored = |c: &char| c.is_whitespace() || fold(&c.to_string()).is_empty();
        let expected = all.start + words.chars().take_while(is_ignored).count() as u32
            ..all.end - words.chars().rev().take_while(is_ignored).count() as u32;
        // Adjacent dots and quotation marks are one, so a match may have more of them.
        let folded = Folded::new(&text);
        let starts_at = |point: u32| (0..folded.text().len()).find(|at| folded.text().is_char_boundary(*at) && folded.original(*at..at + folded.text()[*at..].chars().next().map_or(0, char::len_utf8)).start >= point);
        let is_cut = |range: &Range<u32>| {
            starts_at(range.start).is_some_and(|at| cut(&folded, at, Side::Start).is_some())
                || starts_at(range.end).is_some_and(|at| cut(&folded, at, Side::End).is_some())
        };
        let letters = |text: &str| fold(text).to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        // A quote that cuts a word here may have whole words elsewhere.
        let is_elsewhere = |span: &Span| {
            let range = span.start()..span.end();
            let found: String = text.chars().skip(range.start as usize).take(range.len()).collect();
            is_cut(&expected) && !is_cut(&range) && letters(&found) == letters(words)
        };
        let is_expected =
            |span: &Span| span.start() <= expected.start && expected.end <= span.end() || is_elsewhere(span);
        match one(&text, words) {
            Outcome::Found(span) | Outcome::Altered(span, _) => prop_assert!(is_expected(&span), "{span:?} {expected:?}"),
            Outcome::Failed(Failure::Ambiguous(spans)) => prop_assert!(
                spans.len() > MAX_MATCHES || spans.iter().any(is_expected), "{spans:?} {expected:?}"
            ),
            Outcome::Failed(Failure::NotFound { cut_number: Some(span), .. }) => prop_assert!(is_expected(&span), "{span:?} {expected:?}"),
            other @ Outcome::Failed(_) => prop_assert!(false, "{other:?} {words:?}"),
        }
    }
}

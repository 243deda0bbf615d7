//! Tests of explanations.

use super::super::ground::ANY;
use super::*;
use crate::dataset::{SourceKind, SourceText};
use crate::model::{Selector, SourceId};
use proptest::prelude::*;

const TEXT: &str = "The Harrow Railway opened on 3 May 1904. Its first line ran from Elm Junction to Tarn Head, a distance of 11.5 miles (18.5 km). \
The line’s engineer, Dr. Strand, called it “the cheapest mile in the county”. Two engines, “Heron” and “Kestrel,” were built by Pike & Sons \
of Leeds in 1903. In 1912 the railway carried 41,300 passengers, a rise of 70.8 %; the fare was 4d. Mr. Holt, the general manager, \
blamed “the motor-bus.” The council is not opposed to the plan.

| 1934 | 2,775 | 0 |

The last train ran on 30 September 1934. Goods trains ran until 14 March 1937, when the viaduct at Crag Ford was found to be \
unsafe. The rails were sold to Dunmore Metals Ltd. for £3,120. Heron was scrapped in 1938. Merlin went to a sugar mill in Cuba. It was \
restored by an inter-
national team, said its chairman. The old mill made sugar for Pike & Sons.";

fn explain_with(text: &str, quote: &str, selector: &Selector) -> Vec<Finding> {
    let source = Source {
        id: SourceId::new("s").unwrap(),
        title: None,
        kind: SourceKind::Article,
        language: None,
        text: SourceText::None,
        redistributable: None,
        url: None,
        publisher: None,
        published: None,
        accessed: None,
        location: (FileId(0), Location::File),
    };
    let folded = Folded::new(text);
    let outcomes = ground_in(&folded, &[Quote { text: quote, selector }]);
    let mut explanations =
        explain_all(&source, (text, &folded), &[QuoteRequest { quote, selector, supported: None }], &outcomes);
    let explanations = explanations.remove(&0).unwrap_or_default();
    explanations.into_iter().filter_map(|mut explanation| explanation.finding_mut().cloned()).collect()
}

/// The quote that a finding proposes.
fn proposed(finding: &Finding) -> Option<String> {
    serde_json::from_str(finding.help.strip_prefix("quote ")?).ok()
}

/// Checks the cause, the label and the proposed quote of the finding about a quote.
fn check(quote: &str, cause: &str, label: &str, proposal: &str) {
    let findings = explain_with(TEXT, quote, &ANY);
    let finding = &findings[0];
    let message = finding.message.strip_prefix("quote not found in `s`: ").unwrap_or(&finding.message);
    let found = proposed(finding).unwrap_or_default();
    assert_eq!((message, &finding.label[..], &found[..]), (cause, label, proposal), "{quote}");
}

#[test]
fn omitted_words_are_named_and_an_ellipsis_is_proposed() {
    for (quote, cause, label, proposal) in [
        (
            "Goods trains ran until the viaduct at Crag Ford was found to be unsafe",
            "words are omitted without an ellipsis",
            "the quote omits `14 March 1937, when`",
            "Goods trains ran until … the viaduct at Crag Ford was found to be unsafe",
        ),
        (
            "Two engines were built by Pike & Sons of Leeds",
            "words are omitted without an ellipsis",
            "the quote omits `, “Heron” and “Kestrel,”`",
            "Two engines … were built by Pike & Sons of Leeds",
        ),
        (
            "The rails were sold for £3,120",
            "words are omitted without an ellipsis",
            "the quote omits `to Dunmore Metals Ltd.`",
            "The rails were sold … for £3,120",
        ),
        // So few words may hide a negation.
        (
            "The council is opposed to the plan",
            "a word is omitted without an ellipsis",
            "the quote omits `not`",
            "The council is not opposed to the plan",
        ),
        (
            "The last train ran on 30 September 1934. The rails were sold to Dunmore Metals",
            "words are omitted without an ellipsis",
            "the quote omits `Goods trains ran until 14 March 1937, … at Crag Ford was found to be unsafe.`",
            "The last train ran on 30 September 1934. … The rails were sold to Dunmore Metals",
        ),
    ] {
        check(quote, cause, label, proposal);
    }
}

#[test]
fn what_is_not_in_the_source_is_named_and_not_replaced_by_other_text() {
    for (quote, cause, label, proposal) in [
        (
            "Heron was scrapped in 1938 at Leeds",
            "words are added",
            "the quote adds `at Leeds`",
            "Heron was scrapped in 1938",
        ),
        (
            "In the end, Heron was scrapped in 1938",
            "words are added",
            "the quote adds `In the end,`",
            "Heron was scrapped in 1938",
        ),
        ("The last ever train ran", "a word is added", "the quote adds `ever`", "The last train ran"),
        ("\"Heron was scrapped\"", "the punctuation differs", "the quote adds `\"`", "Heron was scrapped"),
        (
            "Goods trains ran until 14 April 1937",
            "a word differs",
            "the quote has `April`, the source has `March`",
            "Goods trains ran until 14 March 1937",
        ),
        (
            "ran from Elm Junction to Tarn Hill",
            "a word differs",
            "the quote has `Hill`, the source has `Head`",
            "ran from Elm Junction to Tarn Head",
        ),
        (
            "It ran form Elm Juncton to Tarn Head",
            "words differ",
            "the quote has `It`, the source has `line`",
            "line ran from Elm Junction to Tarn Head",
        ),
    ] {
        check(quote, cause, label, proposal);
    }
    for quote in [
        "The moon landing was watched by millions of people",
        "labour",
        "A new law was passed by the house",
        "Elephants trumpet",
    ] {
        check(quote, "nothing similar is in the source", "not in the source", "");
    }
}

#[test]
fn a_number_is_named_with_its_sign_separators_and_unit() {
    for (quote, cause, label, proposal) in [
        ("a rise of 71.8 %", "a number differs", "the quote has `71.8 %`, the source has `70.8 %`", "a rise of 70.8 %"),
        (
            "a rise of -70.8 %",
            "the sign or unit of a number differs",
            "the quote has `-70.8 %`, the source has `70.8 %`",
            "a rise of 70.8 %",
        ),
        (
            "carried 41300 passengers",
            "the punctuation of a number differs",
            "the quote has `41300`, the source has `41,300`",
            "carried 41,300 passengers",
        ),
        (
            "carried 41 passengers",
            "a number differs",
            "the quote has `41`, the source has `41,300`",
            "carried 41,300 passengers",
        ),
        ("the fare was 7d.", "a number differs", "the quote has `7d`, the source has `4d`", "the fare was 4d."),
        (
            "sold to Dunmore Metals Ltd. for $3,120",
            "the sign or unit of a number differs",
            "the quote has `$3,120`, the source has `£3,120`",
            "sold to Dunmore Metals Ltd. for £3,120",
        ),
        (
            "| 1934 | 2,757 | 0 |",
            "a number differs",
            "the quote has `2,757`, the source has `2,775`",
            "| 1934 | 2,775 | 0 |",
        ),
        (
            "a distance of 11.6 miles",
            "a number differs",
            "the quote has `11.6`, the source has `11.5`",
            "a distance of 11.5 miles",
        ),
        ("11.5 miles (18", "the number there is `18.5`", "cuts a number", "11.5 miles (18.5"),
        ("8 %", "the number there is `70.8 %`", "cuts a number", "70.8 %"),
    ] {
        check(quote, cause, label, proposal);
    }
}

#[test]
fn punctuation_spaces_case_and_order_are_told_apart() {
    for (quote, cause, label, proposal) in [
        (
            "The lines engineer",
            "the punctuation differs",
            "the quote has `lines`, the source has `line’s`",
            "The line’s engineer",
        ),
        ("the motor bus", "the punctuation differs", "the quote omits `-`", "the motor-bus"),
        (
            "last train ran on 30 September 1934?",
            "the punctuation differs",
            "the quote has `?`, the source has `.`",
            "last train ran on 30 September 1934.",
        ),
        (
            "Goodstrains ran until",
            "a space is missing",
            "the quote has `Goodstrains`, the source has `Goods trains`",
            "Goods trains ran until",
        ),
        (
            "was scrap ped in 1938",
            "a space is added",
            "the quote has `scrap ped`, the source has `scrapped`",
            "was scrapped in 1938",
        ),
        (
            "The Last train ran",
            "upper and lower case differ",
            "the quote has `Last`, the source has `last`",
            "The last train ran",
        ),
        (
            "[t]he viaduct at Crag Ford",
            "the punctuation differs",
            "the quote has `[t]he`, the source has `the`",
            "the viaduct at Crag Ford",
        ),
        (
            "\"Heron\" and \"Kestrel\", were",
            "the punctuation is in another order",
            "the quote has `\",`, the source has `,”`",
            "“Heron” and “Kestrel,” were",
        ),
        (
            "blamed “the motor-bus”.",
            "the punctuation is in another order",
            "the quote has `”.`, the source has `.”`",
            "blamed “the motor-bus.”",
        ),
        (
            "line ran from Junction Elm to Tarn",
            "words are in another order",
            "the quote has `Junction Elm`, the source has `Elm Junction`",
            "line ran from Elm Junction to Tarn",
        ),
    ] {
        check(quote, cause, label, proposal);
    }
}

#[test]
fn characters_that_look_alike_or_are_invisible_are_named() {
    let cause = "characters that look alike or are invisible differ";
    for (quote, label, proposal) in [
        (
            "Нeron was scrapped",
            "the quote has `Нeron` (Н U+041D Cyrillic letter), the source has `Heron` (H U+0048 Latin letter)",
            "Heron was scrapped",
        ),
        (
            "for £3,12O",
            "the quote has `£3,12O` (O U+004F Latin letter), the source has `£3,120` (0 U+0030 digit)",
            "for £3,120",
        ),
        (
            "Heron was\u{200D}scrapped",
            "the quote has `was\u{200D}scrapped` (U+200D zero-width joiner), the source has `was scrapped` (U+0020 space)",
            "Heron was scrapped",
        ),
    ] {
        check(quote, cause, label, proposal);
    }
}

#[test]
fn each_missing_part_is_explained() {
    check(
        "The rail were sold … Heron was scraped in 1938",
        "words differ",
        "the quote has `rail`, the source has `rails`",
        "The rails were sold … Heron was scrapped in 1938",
    );
    let label = "`by the Duke of Wellington` is not in the source";
    check("The rails were sold … by the Duke of Wellington", "nothing similar is in the source", label, "");
    let label = "the parts do not occur in one paragraph";
    check("The railway carried … its chairman", "its parts are in different paragraphs", label, "");
}

#[test]
fn an_ambiguous_proposal_is_not_made() {
    let findings = explain_with(TEXT, "Pike % Sons", &ANY);
    assert_eq!(findings[0].help, "copy the words from the source");
    let second = Selector { nth: Some(2), ..Selector::default() };
    assert_eq!(proposed(&explain_with(TEXT, "Pike % Sons", &second)[0]).as_deref(), Some("Pike & Sons"));
}

#[test]
fn warnings_name_the_part() {
    let messages = |quote: &str| {
        let findings = explain_with(TEXT, quote, &ANY);
        findings
            .iter()
            .map(|finding| (finding.message.clone(), proposed(finding).unwrap_or_default()))
            .collect::<Vec<_>>()
    };
    for (quote, message) in [
        ("The rails were sold. … Heron", "part 1 of the quote ends with a full stop that is not in `s`"),
        ("The rails were sold … heron", "part 2 of the quote begins with another letter case than `Heron` in `s`"),
    ] {
        assert_eq!(messages(quote), [(message.to_owned(), "The rails were sold … Heron".to_owned())]);
    }
    assert_eq!(messages("The rails . . . Heron"), []);
    assert_eq!(
        messages("restored by an inter-"),
        [("the quote cuts the word `international` in `s`".to_owned(), "restored by an international".to_owned())]
    );
    assert_eq!(
        messages("-national team"),
        [("the quote cuts the word `international` in `s`".to_owned(), "international team".to_owned())]
    );
    let compound = explain_with("The well-\nknown mill; a steam-\npowered mill", "known mill; a steam", &ANY);
    let cut = "the quote cuts the word `steampowered` in `s`";
    assert_eq!(
        (&compound[0].message[..], proposed(&compound[0]).as_deref()),
        (cut, Some("known mill; a steampowered"))
    );
    assert_eq!(
        messages("Heron was scrapped … to a sugar mill in Cub"),
        [(
            "the quote cuts the word `Cuba` in `s`".to_owned(),
            "Heron was scrapped … to a sugar mill in Cuba".to_owned()
        )]
    );
}

#[test]
fn findings_are_short_and_their_notes_have_no_line_ends() {
    let long = "a".repeat(20_000);
    let digits = "1".repeat(20_000);
    let look_alike = "аеосрх".repeat(3_000);
    let parts = vec!["no\nsuch"; 30].join(" … ");
    let order = format!("b … {long}");
    let spaces = format!("a{}x .", " ".repeat(20_000));
    let text = format!("x {long} y. {digits} z. {spaces} {look_alike}. b no\nsuch c");
    for (quote, selector) in [
        (&format!("x {long}b y"), &ANY),
        (&long[1..].to_owned(), &ANY),
        (&format!("x {}", &long[1..]), &ANY),
        (&digits[1..].to_owned(), &ANY),
        (&format!("A{}", &long[1..]), &ANY),
        (&look_alike.replace('а', "a"), &ANY),
        (&"a y".to_owned(), &ANY),
        (&parts, &ANY),
        (&order, &ANY),
        (&format!("{long} … {long}"), &ANY),
        (&long, &Selector { prefix: Some(format!("q\n{long}")), ..Selector::default() }),
        (&long, &Selector { nth: Some(3), suffix: Some(long.clone()), ..Selector::default() }),
    ] {
        let findings = explain_with(&text, quote, selector);
        assert!(!findings.is_empty());
        for finding in findings {
            let all = [&finding.message, &finding.label, &finding.help].into_iter().chain(&finding.notes);
            assert!(all.clone().map(String::len).sum::<usize>() < 4_000, "{finding:?}");
            assert!(all.clone().all(|text| !text.contains(['\n', '\r'])), "{finding:?}");
        }
    }
}

/// The words in random texts.
const WORDS: [&str; 24] = [
    "the",
    "the",
    "of",
    "was",
    "not",
    "old",
    "mill",
    "Mill",
    "river",
    "guild",
    "built",
    "closed,",
    "Leeds.",
    "“Heron”",
    "(18.5",
    "km)",
    "41,300",
    "£900",
    "1973",
    "inter-\nnational",
    "motor-bus",
    "…",
    "said:",
    "4d.",
];

fn words(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(prop::sample::select(&WORDS[..]), count)
}

/// A change to a quote at one of its words.
fn edit(quote: &mut Vec<String>, at: usize, kind: usize, words: &[&str]) {
    let at = at % quote.len();
    match kind {
        0 => drop(quote.drain(at..(at + 1 + words.len()).min(quote.len()))),
        1 => quote.insert(at, words.join(" ")),
        2 => quote[at] = words.concat(),
        3 => quote[at] = quote[at].to_uppercase(),
        4 => drop(quote[at].pop()),
        5 => quote[at].insert(0, '.'),
        6 => quote.swap(at, 0),
        7 => quote[at] = quote[at].replace(['1', 'e'], "7"),
        _ => quote[at] += ",",
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// A proposed quote is found, with a warning at most.
    #[test]
    fn a_proposed_quote_is_found(
        mut text in words(1..60),
        breaks in prop::collection::vec(0_usize..60, 0..3),
        (from, length) in (0_usize..60, 1_usize..20),
        edits in prop::collection::vec((0_usize..20, 0_usize..9, words(1..4)), 1..4),
        nth in prop::option::of(1_u32..3),
    ) {
        for at in breaks {
            text.insert(at % text.len(), "\n\n");
        }
        let from = from % text.len();
        let mut quote: Vec<String> =
            text[from..(from + length).min(text.len())].iter().map(|word| (*word).to_owned()).collect();
        for (at, kind, words) in &edits {
            if !quote.is_empty() {
                edit(&mut quote, *at, *kind, words);
            }
        }
        let (text, quote) = (text.join(" "), quote.join(" "));
        let selector = Selector { nth, ..Selector::default() };
        for finding in explain_with(&text, &quote, &selector) {
            prop_assert!(!finding.help.is_empty());
            if let Some(proposed) = proposed(&finding) {
                let outcome = ground_in(&Folded::new(&text), &[Quote { text: &proposed, selector: &selector }]).remove(0);
                prop_assert!(matches!(outcome, Outcome::Found(_) | Outcome::Altered(..)), "{proposed}: {outcome:?}");
            }
        }
    }
}

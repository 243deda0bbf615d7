//! Tests of folding.

use super::*;
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

fn find_original(original: &str, words: &str) -> Option<String> {
    let folded = Folded::new(original);
    let words = fold(words);
    let at = folded.text().find(&words)?;
    let span = folded.original(at..at + words.len());
    let chars = original.chars().skip(span.start as usize).take((span.end - span.start) as usize);
    Some(chars.collect())
}

#[test]
fn typographic_variants_are_found_and_mapped_back() {
    for (original, words, found) in [
        ("one\n\n  two\u{A0}three", "one two three", "one\n\n  two\u{A0}three"),
        ("the “mill’s” end", "\"mill's\"", "“mill’s”"),
        ("the “mill” end", "'mill'", "“mill”"),
        ("the ''mill'' end", "\"mill\"", "''mill''"),
        ("in ''1973'' it", "\"1973\"", "''1973''"),
        ("rail\u{2014}link", "rail-link", "rail\u{2014}link"),
        ("in 1973 \u{2014} or", "in 1973 - or", "in 1973 \u{2014} or"),
        ("rail \u{2013} link", "rail-link", "rail \u{2013} link"),
        ("in\u{AD}dus\u{AD}try x", "industry", "in\u{AD}dus\u{AD}try"),
        ("cafe\u{301} noir", "café", "cafe\u{301}"),
        ("café noir", "cafe\u{301}", "café"),
        ("a\u{323}\u{307}b", "\u{1EA1}\u{307}b", "a\u{323}\u{307}b"),
        ("5\u{2126}6", "Ω6", "\u{2126}6"),
        ("\u{1112}\u{1161}\u{11AB}글", "한글", "\u{1112}\u{1161}\u{11AB}글"),
        ("क़लम", "\u{915}\u{93C}लम", "क़लम"),
        ("the ﬁrst oﬃce", "first office", "ﬁrst oﬃce"),
        ("\u{FE91}\u{FEE8}\u{FEDA} x", "بنك", "\u{FE91}\u{FEE8}\u{FEDA}"),
        ("the \u{200F}بنك\u{200F} paid", "the بنك paid", "the \u{200F}بنك\u{200F} paid"),
        ("zero\u{200B}width", "zerowidth", "zero\u{200B}width"),
        ("5 ± 2 mm", "5+/-2 mm", "5 ± 2 mm"),
        ("p ⩽ 0.05", "p<=0.05", "p ⩽ 0.05"),
        ("5 µg of it", "5 μg", "5 µg"),
        ("a rate of 3·5", "3.5", "3·5"),
        ("TNFα and β-blockers", "TNFalpha and beta-blockers", "TNFα and β-blockers"),
        ("so ….. on", "so … on", "so ….. on"),
        ("so . . . on", "so ... on", "so . . . on"),
        ("said ( again ) , twice", "said (again), twice", "said ( again ) , twice"),
        ("built in 1973 . It", "built in 1973.", "built in 1973 ."),
        ("page\u{C}end", "page end", "page\u{C}end"),
        ("one\rtwo\u{2028}three\u{85}four", "one two three four", "one\rtwo\u{2028}three\u{85}four"),
        ("infra-\nstructure x", "infrastructure", "infra-\nstructure"),
        ("infra\u{AD}\nstructure x", "infra structure", "infra\u{AD}\nstructure"),
        ("1990-\n1995", "1990-1995", "1990-\n1995"),
    ] {
        assert_eq!(find_original(original, words).as_deref(), Some(found), "{original:?}");
    }
}

#[test]
fn what_changes_the_meaning_is_significant() {
    for (original, words) in [
        ("Mill", "mill"),
        ("end.", "end!"),
        ("e\u{301}", "e"),
        ("it’s", "its"),
        ("5' tall", "5\" tall"),
        ("5 mg", "5mg"),
        ("3 .5", "3.5"),
        ("3. 5", "3.5"),
        ("5 -3", "5-3"),
        ("by -5", "by-5"),
        ("by - 5", "by -5"),
        ("-5", "+5"),
        ("±5", "-5 "),
        ("5 μg", "5 mug"),
        ("3·m", "3.m"),
        ("10 (5)", "10 5"),
        ("5 %", "5"),
        ("a < b", "a <= b"),
        ("λόγος", "lambdaόγος"),
        ("re-cover", "recover"),
        ("mill. Closed", "mill Closed"),
        ("می\u{200C}رود", "میرود"),
    ] {
        let (original, words) = (fold(original), fold(words));
        assert_ne!(original, words);
    }
}

#[test]
fn paragraphs_end_at_blank_lines_if_there_are_any() {
    let ends = |text: &str| {
        let folded = Folded::new(text);
        folded.paragraphs.iter().map(|b| folded.text()[..*b as usize].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ends("a\nb\n \nc\n\n"), ["a b "]);
    assert_eq!(ends("a\r\nb\rc\n\n"), ["a ", "a b "]);
    assert_eq!(ends("a.\nb"), ["a."]);
    assert_eq!(ends("\na"), Vec::<String>::new());
}

#[test]
fn lines_and_columns_count_from_one() {
    let folded = Folded::new("ab\r\ncd\n\ne\rf");
    let positions: Vec<_> = [0, 1, 4, 5, 8, 10].map(|at| folded.line_and_column(at)).to_vec();
    assert_eq!(positions, [(1, 1), (1, 2), (2, 1), (2, 2), (4, 1), (5, 1)]);
}

const PIECES: [&str; 44] = [
    "mill",
    "Mill",
    "a",
    "b",
    "5",
    "12",
    "3.5",
    "-",
    "–",
    "+",
    "±",
    "%",
    "<",
    "≤",
    "=",
    "(",
    ")",
    "[",
    ".",
    ",",
    "…",
    "...",
    "'",
    "\"",
    "“",
    "’",
    "·",
    "µ",
    "μ",
    "α",
    "β",
    "λόγος",
    "ﬁ",
    "بنك",
    "\u{AD}",
    "\u{200B}",
    "-\n",
    " ",
    " ",
    "\n",
    "\n\n",
    "\r\n",
    "e\u{301}",
    "鋼",
];

fn any_text() -> impl Strategy<Value = String> {
    proptest::collection::vec(prop::sample::select(&PIECES[..]), 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    /// Splitting the text into runs must not change the result of normalization.
    #[test]
    fn normalizing_runs_equals_normalizing_the_text(
        text in proptest::collection::vec(prop_oneof![
            any::<char>(),
            prop::char::range('\u{300}', '\u{345}'),
            prop::char::range('\u{1100}', '\u{11FF}'),
            prop::char::range('\u{F71}', '\u{F81}'),
            prop::sample::select(vec!['a', 'e', 'Ω', '\u{2126}', '\u{AD}', ' ', '\n', '가', 'क', '\u{93C}', '\u{0DD9}', '\u{0DCF}']),
        ], 0..40)
    ) {
        let text: String = text.into_iter().collect();
        let mut runs = String::new();
        normalize(&text, |piece| match piece {
            Piece::Word { text, .. } => runs.push_str(text),
            Piece::Character { c, .. } => runs.push(c),
        });
        prop_assert_eq!(runs, text.nfc().collect::<String>());
    }

    /// Letters, digits, signs, brackets and their order survive folding.
    #[test]
    fn folding_preserves_what_has_a_meaning(text in any_text()) {
        // Independent of the order and the conditions of the rules: each sign as one of its class.
        let meaning = |text: &str| {
            let expanded = text.replace('≤', "<=").replace('±', "+/-").replace(['µ', 'μ'], "m").replace('ﬁ', "fi");
            let expanded = expanded.replace('α', "alpha").replace('β', "beta");
            let chars = expanded.nfc().filter(|c| c.is_alphanumeric() || "+<=%()[]".contains(*c));
            chars.collect::<String>()
        };
        prop_assert_eq!(meaning(&fold(&text)), meaning(&text), "{:?} {:?}", text, fold(&text));
    }

    /// Folding the folded text changes nothing, except that a quotation mark may now follow a digit or another one.
    #[test]
    fn folding_twice_equals_folding_once(text in any_text()) {
        let once = fold(&text);
        prop_assert_eq!(fold(&once).replace(['"', '\''], ""), once.replace(['"', '\''], ""));
    }

    /// Texts and quotes are folded alike, and each folded character maps to code points in order.
    #[test]
    fn texts_are_folded_as_quotes(text in any_text()) {
        let folded = Folded::new(&text);
        prop_assert_eq!(folded.text(), fold(&text));
        prop_assert_eq!(folded.starts.len(), folded.text.len());
        prop_assert!(folded.starts.is_sorted() && folded.lengths.is_sorted() && folded.joins.is_sorted());
        prop_assert!(folded.paragraphs.iter().all(|at| folded.text.is_char_boundary(*at as usize)));
        let count = text.chars().count() as u32;
        for (at, c) in folded.text.char_indices() {
            let range = folded.original(at..at + c.len_utf8());
            prop_assert!(range.start < range.end && range.end <= count || c == ' ', "{:?} {:?} {:?}", text, folded.text, range);
        }
    }
}

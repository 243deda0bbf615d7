//! Tests of folding.

use super::characters::is_presentation_form;
use super::hyphenation::on_one_line;
use super::normalize::{Piece, normalize};
use super::*;
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::decompose_compatible;

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
        ("infra\u{AD}\nstructure x", "infrastructure", "infra\u{AD}\nstructure"),
        ("infra\u{AD}\u{200B} \r\n structure x", "infrastructure", "infra\u{AD}\u{200B} \r\n structure"),
        ("say \u{FE83} here", "say أ here", "say \u{FE83} here"),
        ("say \u{FE8D}\u{654} here", "say أ here", "say \u{FE8D}\u{654} here"),
        ("\u{FE8B}\u{FE90} x", "ئب", "\u{FE8B}\u{FE90}"),
        ("அவர் கா", "அவர் க", "அவர் க"),
        ("க\u{BC6}\u{BBE} x", "க", "க"),
        ("q\u{307}-\nq\u{307} x", "q\u{307}q\u{307}", "q\u{307}-\nq\u{307}"),
        ("1990-\n1995", "1990-1995", "1990-\n1995"),
        ("mill -\na ruin", "mill - a ruin", "mill -\na ruin"),
        ("led צה״ל in", "צה\"ל", "צה״ל"),
        ("the ג׳ורג׳ x", "ג'ורג'", "ג׳ורג׳"),
        ("the ❝old❞ mill", "\"old\"", "❝old❞"),
        ("the ❛old❜ mill", "'old'", "❛old❜"),
        ("in Hawaiʻi x", "Hawai'i", "Hawaiʻi"),
        ("増加，（那）　5％！", "増加,(那) 5%!", "増加，（那）　5％！"),
        ("＂old＂ － ３．５", "\"old\" - ３.５", "＂old＂ － ３．５"),
        ("at 20 ℃ or 68℉", "20 °C or 68 °F", "20 ℃ or 68℉"),
        ("at 20 ºC, no", "20 °C", "20 ºC"),
        ("the 1º of it", "1°", "1º"),
        ("lived 1926 – 1981 in", "1926–1981", "1926 – 1981"),
        ("lived 1926–1981 in", "1926 - 1981", "1926–1981"),
        ("lived 1926 -- 1981 in", "1926–1981", "1926 -- 1981"),
        ("from -5 to -3 - 2", "-5 to -3-2", "-5 to -3 - 2"),
        ("the mill—which", "mill--which", "mill—which"),
        ("the mill -- which", "mill — which", "mill -- which"),
        ("the “mill”---which", "\"mill\" — which", "“mill”---which"),
        ("in 1973--the year", "1973—the year", "1973--the year"),
        ("the mill--\nwhich", "mill—which", "mill--\nwhich"),
        ("it is 5 ″ long", "5 \" long", "5 ″ long"),
        ("it is 5 '' long", "5 ″ long", "5 '' long"),
        ("it is 5 ′ long", "5 ' long", "5 ′ long"),
        ("it is 5 ″, no", "5 \",", "5 ″,"),
        ("in 1973 “the mill”", "1973 'the mill'", "1973 “the mill”"),
        ("in 1973 ''the mill''", "1973 \"the mill\"", "1973 ''the mill''"),
        ("en 1973 « le moulin »", "1973 \"le moulin\"", "1973 « le moulin »"),
        ("the pre-\nand post-war mill", "pre- and post-war", "pre-\nand post-war"),
        ("two-\nor three-fold", "two- or three-fold", "two-\nor three-fold"),
        ("x\u{2011}\ny z", "x-y", "x\u{2011}\ny"),
        ("COVID\u{2011}\n19 x", "COVID-19", "COVID\u{2011}\n19"),
        ("COVID-\n19 and 5-\n10 men", "COVID-19 and 5-10", "COVID-\n19 and 5-\n10"),
        ("COVID-\n19 and", "COVID- 19", "COVID-\n19"),
        ("a pri-\nor one", "prior", "pri-\nor"),
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
        ("قال ﴾نص﴿ هنا", "قال نص هنا"),
        ("he said ﷽ here", "he said here"),
        ("infra\u{AD}\nstructure", "infra structure"),
        ("infra\u{AD}\nstructure", "infra-structure"),
        ("infra\u{AD}\n\nstructure", "infrastructure"),
        ("infra\u{AD} structure", "infrastructure"),
        ("the mill -\na ruin", "the milla ruin"),
        ("(infra)\u{AD}\nstructure", "(infra)-structure"),
        ("5 -3", "5 - 3"),
        ("5 -3", "5–3"),
        ("p - 5", "p -5"),
        ("p - 5", "p-5"),
        ("p - 5", "p- 5"),
        ("p -5", "p- 5"),
        ("p-\n\n5", "p-5"),
        ("x --5", "x -5"),
        ("x--5", "x-5"),
        ("5--3", "5-3"),
        ("x ---5", "x -5"),
        ("the --option", "the -option"),
        ("the --option", "the — option"),
        ("a----b", "a-b"),
        ("5，10", "5,10"),
        ("５％", "5％"),
        ("20 ℃", "20 C"),
        ("５．３", "５３"),
        ("5 ″ long", "5 ′ long"),
        ("5 \" long", "5 ' long"),
        ("5 '' long", "5 ' long"),
        ("3 ·5", "3.5"),
        ("3· 5", "3.5"),
        ("3 · 5", "3.5"),
        ("pre-\nand post-war", "preand post-war"),
        ("Haupt-\nund Nebensache", "Hauptund Nebensache"),
        ("два-\nи трёхлетний", "дваи трёхлетний"),
        ("two-\nor three-fold", "twoor three-fold"),
        ("x\u{2011}\ny", "xy"),
        ("mill--\nwhich", "millwhich"),
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
    assert_eq!(ends("a\nb\n\u{200B}\nc\n\n"), ["a b "]);
    assert_eq!(ends("5\n.x\n, 6"), ["5", "5.x"]);
    assert_eq!(ends("infra-\nstructure\nb\n"), ["infrastructure "]);
    assert_eq!(ends("infra-\u{AD}\nstruc\u{200B}\u{AD}\nture\nb\n"), ["infrastructure "]);
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

#[test]
fn only_ignored_characters_are_dropped() {
    let planes =
        ('\0'..='\u{3FFFF}').chain('\u{E0000}'..='\u{E0FFF}').filter(|c| !is_ignored(*c) && !matches!(c, 'x' | 'y'));
    let text: String = planes.flat_map(|c| ['x', c, 'y', ' ']).collect();
    let folded = Folded::new(&text);
    let dropped = folded.text().match_indices("xy").map(|(at, _)| folded.original(at..at + 2));
    let dropped: Vec<String> =
        dropped.map(|range| text.chars().skip(range.start as usize + 1).take(1).collect()).collect();
    assert_eq!(dropped, Vec::<String>::new());
}

#[test]
fn words_are_on_one_line() {
    for (words, text, expected) in [
        (" an inter-\nnational-\n\n team\tof 1-\n2 ", "", "an international- team of 1-2"),
        ("infra\u{AD}\r\nstructure", "", "infrastructure"),
        ("COVID-\n19 x\u{2011}\ny -\nz", "", "COVID-19 x\u{2011}y - z"),
        ("the pre-\nand post-war", "", "the pre- and post-war"),
        ("a Well-\nknown mill", "", "a Well-known mill"),
        ("a steam-\npowered", "steam-\npowered, Steam-powered", "a steam-powered"),
        ("a steam-\npowered", "steam-\npowered, steam", "a steampowered"),
    ] {
        let folded = Folded::new(text);
        let line = on_one_line(words, &folded.compounds);
        assert_eq!(line, expected);
    }
}

const PIECES: [&str; 56] = [
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
    "\u{FE83}",
    "﴾",
    "\u{AD}",
    "\u{AD}\n",
    "\u{200B}",
    "-\n",
    " ",
    " ",
    "\n",
    "\n\n",
    "\r\n",
    "e\u{301}",
    "鋼",
    "--",
    "″",
    "´",
    "״",
    "，",
    "％",
    "℃",
    "and",
    "\u{2011}\n",
];

fn any_text() -> impl Strategy<Value = String> {
    proptest::collection::vec(prop::sample::select(&PIECES[..]), 0..14).prop_map(|pieces| pieces.concat())
}

/// What has a meaning in a text, independent of the order and the conditions of the rules: each character as one of its class, without
/// white space, and with one mark for a run of quotation marks or of hyphens, and three dots for a longer run.
fn meaning(text: &str) -> String {
    let expanded = text.replace('≤', "<=").replace('±', "+/-").replace(['µ', 'μ'], "m").replace('ﬁ', "fi");
    let expanded = expanded.replace('℃', "°C").replace(['″', '´'], "'");
    let expanded = expanded.replace('α', "alpha").replace('β', "beta").replace('…', "...");
    let mut meaning = String::new();
    for c in expanded.nfkc() {
        let class = match c {
            '"' | '“' | '’' | '״' => '\'',
            '–' | '\u{2010}' => '-',
            '·' => '.',
            c => c,
        };
        let is_repeated =
            matches!(class, '\'' | '-') && meaning.ends_with(class) || class == '.' && meaning.ends_with("...");
        if !is_repeated && (class.is_alphanumeric() || "+<=%°()[]-/.,'﴾".contains(class)) {
            meaning.push(class);
        }
    }
    meaning
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
        normalize(&text, |piece, _| match piece {
            Piece::Word { text, .. } => runs.push_str(text),
            Piece::Character { c, .. } => runs.push(c),
        });
        let mut expanded = String::new();
        for c in text.chars() {
            match is_presentation_form(c) {
                true => decompose_compatible(c, |c| expanded.push(c)),
                false => expanded.push(c),
            }
        }
        prop_assert_eq!(runs, expanded.nfc().collect::<String>());
    }

    /// Letters, digits, signs, punctuation and their order survive folding. Only hyphens at line ends do not.
    #[test]
    fn folding_preserves_what_has_a_meaning(text in any_text()) {
        let FoldedQuote { text: folded, joins } = fold_quote(&text);
        let without_dashes = |text: &str| meaning(text).replace('-', "");
        prop_assert_eq!(without_dashes(&folded), without_dashes(&text), "{:?} {:?}", text, folded);
        let dashes = |text: &str| meaning(text).matches('-').count();
        prop_assert_eq!(dashes(&folded) + joins.len(), dashes(&text), "{:?} {:?}", text, folded);
    }

    #[test]
    fn folding_preserves_the_dashes_of_a_line(text in any_text()) {
        let line = text.replace(['\n', '\r'], " ");
        prop_assert_eq!(meaning(&fold(&line)), meaning(&line), "{:?} {:?}", line, fold(&line));
    }

    /// Matching and sentences have the same paragraphs.
    #[test]
    fn paragraphs_start_where_those_of_the_original_do(text in any_text()) {
        let folded = Folded::new(&text);
        let starts = paragraph_starts(&text).into_iter().filter_map(|start| {
            folded.text.char_indices().map(|(at, _)| at).find(|at| folded.starts[*at] >= start)
        });
        prop_assert_eq!(&folded.paragraphs, &starts.map(|at| at as u32).collect::<Vec<_>>(), "{:?}", text);
    }

    /// Folding the folded text changes nothing, except that a quotation mark may now follow a digit or another one, and that a hyphen may
    /// now be adjacent to another one or to a word, as in `COVID- 19`.
    #[test]
    fn folding_twice_equals_folding_once(text in any_text()) {
        let once = fold(&text);
        let without = |text: &str| text.replace(['"', '\''], "").replace("---", "-").replace("--", "-").replace("- ", "-");
        prop_assert_eq!(without(&fold(&once)), without(&once));
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

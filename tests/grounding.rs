//! Quotes in many scripts, compared with their known positions and with a naive search.

use factloom::check::{CheckOptions, check};
use factloom::dataset::{Dataset, DatasetRoot};
use factloom::diagnostic::{Code, Location, Severity};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;

/// Pieces of texts, with soft hyphens, combining marks and composed letters.
const PIECES: &[&str] = &[
    "The mill",
    "the “guild”",
    "it’s",
    "cafe\u{301}",
    "café",
    "naïve",
    "Straße",
    "Ångström",
    "\u{212B}",
    "5 \u{2126}",
    "co\u{AD}op\u{AD}er\u{AD}ate",
    "1914–1918",
    "rail—link",
    "a\u{A0}b",
    "x\u{2009}y",
    "مصنع الحديد",
    "الصُّلب",
    "בית־חרושת",
    "שָׁלוֹם",
    "इस्पात",
    "कारख़ाना",
    "क\u{93C}लम",
    "க்ஷி",
    "製鉄所",
    "「鋼」",
    "한국어",
    "\u{1112}\u{1161}\u{11AB}글",
    "โรงงาน",
    "น้ำ",
    "👩🏽‍🏭",
    "🇵🇰🇷🇺",
    "👍🏿",
    "e\u{323}\u{301}",
    "\u{1EB9}\u{301}",
    "ﬁne",
    "ʼn",
    "\u{200F}ב\u{200E}",
    "q\u{307}\u{323}",
    "!",
    ",",
];

/// Separators between pieces.
const SEPARATORS: &[&str] = &[" ", " ", " ", "\u{A0}", "\u{3000}", "  ", "\t", "\n", "\n\n", "\u{2028}", " \u{AD}"];

/// A text as its pieces and separators.
type Pieces = Vec<(&'static str, &'static str)>;

fn pieces() -> impl Strategy<Value = Pieces> {
    prop::collection::vec((prop::sample::select(PIECES), prop::sample::select(SEPARATORS)), 1..24)
}

fn concat(pieces: &[(&str, &str)]) -> String {
    pieces.iter().flat_map(|(piece, separator)| [*piece, *separator]).collect()
}

/// A typographic variant of a quote.
#[derive(Clone, Copy, Debug)]
enum Typing {
    Copied,
    Decomposed,
    Composed,
    Plain,
    Spread,
}

fn typed(words: &str, typing: Typing) -> String {
    let plain = |c: char| match c {
        '“' | '”' | '「' | '」' => Some('"'),
        '’' => Some('\''),
        '–' | '—' | '־' => Some('-'),
        '\u{A0}' | '\u{2009}' | '\u{3000}' | '\u{2028}' => Some(' '),
        '\u{AD}' => None,
        c => Some(c),
    };
    match typing {
        Typing::Copied => words.to_owned(),
        Typing::Decomposed => words.nfd().collect(),
        Typing::Composed => words.nfc().collect(),
        Typing::Plain => words.chars().filter_map(plain).collect(),
        Typing::Spread => words.replace(' ', " \n\t ").replace('-', "\u{2011}"),
    }
}

/// What two pieces have in common if they differ only in their typography.
fn key(piece: &str) -> String {
    let folded = piece.nfc().filter(|c| !matches!(c, '\u{AD}' | '\u{200E}' | '\u{200F}') && !c.is_whitespace());
    let folded = folded.map(|c| match c {
        '“' | '”' | '「' | '」' | '’' | 'ʼ' => '\'',
        '–' | '—' | '־' => '-',
        c => c,
    });
    folded.collect()
}

/// A quote of whole pieces, their number, and the code points of the first position.
#[derive(Clone, Debug)]
struct Cut {
    words: String,
    /// How often the pieces follow each other in the text.
    occurrences: usize,
    position: Range<usize>,
}

/// Takes a quote of consecutive pieces from a text.
fn cut(pieces: &Pieces, from: prop::sample::Index, length: usize, typing: Typing) -> Cut {
    let from = from.index(pieces.len());
    let until = (from + length).min(pieces.len());
    let quoted: Vec<String> = pieces[from..until].iter().map(|(piece, _)| key(piece)).collect();
    let all: Vec<String> = pieces.iter().map(|(piece, _)| key(piece)).collect();
    let occurrences = all.windows(quoted.len()).filter(|window| **window == quoted[..]).count();
    let before = concat(&pieces[..from]).chars().count();
    let words = concat(&pieces[from..until]);
    let is_dropped = |c: char| c.is_whitespace() || matches!(c, '\u{AD}' | '\u{200E}' | '\u{200F}');
    let words = words.trim_end_matches(is_dropped);
    let trimmed = words.trim_start_matches(is_dropped);
    let start = before + words.chars().count() - trimmed.chars().count();
    Cut { words: typed(trimmed, typing), occurrences, position: start..start + trimmed.chars().count() }
}

fn typing() -> impl Strategy<Value = Typing> {
    prop::sample::select(vec![Typing::Copied, Typing::Decomposed, Typing::Composed, Typing::Plain, Typing::Spread])
}

const VOCABULARY: &str = "@prefix v: <https://scripts.example/vocabulary/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
v:Thing a owl:Class . v:tells a owl:ObjectProperty .
";

/// The span of each quote, or the code of its error, by the number of the fact.
fn find(texts: &[String], quotes: &[(usize, String)]) -> BTreeMap<usize, Result<Vec<Range<usize>>, Code>> {
    let json = |value: &serde_json::Value| format!("{value}\n");
    let sources = texts.iter().enumerate();
    let sources: String =
        sources.map(|(n, t)| json(&serde_json::json!({ "id": format!("s{n}"), "content": t }))).collect();
    let facts = quotes.iter().enumerate();
    let facts: String = facts
        .map(|(n, (source, quote))| {
            let evidence = [serde_json::json!({ "source": format!("s{source}"), "quote": quote })];
            json(&serde_json::json!({ "id": format!("f{n}"), "subject": "a", "predicate": "tells", "object": "b", "evidence": evidence }))
        })
        .collect();
    let manifest = r#"{ "base": "https://scripts.example/", "sources": "sources.jsonl" }"#;
    let entities = r#"[{ "id": "a", "type": "Thing", "label": "A" }, { "id": "b", "type": "Thing", "label": "B" }]"#;
    let directory = crate::scratch::temp_dir(&[
        ("factloom.json", manifest),
        ("vocabulary.ttl", VOCABULARY),
        ("entities.json", entities),
        ("sources.jsonl", &sources),
        ("facts.jsonl", &facts),
    ]);
    let opened = Dataset::open(DatasetRoot::Directory(directory.path().to_owned()), None);
    assert_eq!(opened.findings[..], []);
    let mut findings = factloom::diagnostic::Findings::new();
    let checked = check(&opened.dataset.expect("the manifest can be read"), &CheckOptions::default(), &mut findings);
    let mut result = BTreeMap::new();
    for statement in checked.statements.iter() {
        let span = statement.evidence[0].span.as_ref().expect("the quote was found");
        let number = statement.id.as_str()[1..].parse().expect("a number");
        result.insert(number, Ok(span.parts().iter().map(|p| p.start as usize..p.end as usize).collect()));
    }
    let starts: Vec<usize> = facts.match_indices('\n').map(|(at, _)| at + 1).collect();
    for finding in findings.iter().filter(|f| f.code.severity() == Severity::Error) {
        let Location::Text(range) = &finding.location else { panic!("{finding:?}") };
        result.insert(starts.iter().take_while(|start| **start <= range.bytes().start).count(), Err(finding.code));
    }
    result
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_quote_is_found_at_its_position_or_is_ambiguous(
        texts in prop::collection::vec(pieces(), 1..5),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 1_usize..6, typing()), 1..12),
    ) {
        let take = |(source, from, length, typing): &(prop::sample::Index, prop::sample::Index, usize, Typing)| {
            let source = source.index(texts.len());
            (source, cut(&texts[source], *from, *length, *typing))
        };
        let requests: Vec<(usize, Cut)> = cuts.iter().map(take).collect();
        let quotes: Vec<(usize, String)> = requests.iter().map(|(source, cut)| (*source, cut.words.clone())).collect();
        let contents: Vec<String> = texts.iter().map(|pieces| concat(pieces)).collect();
        let found = find(&contents, &quotes);
        for (number, (source, cut)) in requests.iter().enumerate() {
            match &found[&number] {
                // Adjacent quotation marks are one, so the span may have more of them.
                Ok(span) if cut.occurrences == 1 => prop_assert!(
                    span[0].start <= cut.position.start && cut.position.end <= span[0].end, "{span:?} {cut:?} {:?}", contents[*source]
                ),
                Err(Code::QuoteAmbiguous) if cut.occurrences > 1 => {}
                other => prop_assert!(false, "{other:?} {cut:?} in {:?}", contents[*source]),
            }
        }
    }

    #[test]
    fn the_parts_of_a_quote_with_an_ellipsis_are_found(
        words in prop::collection::vec("[a-zé]{2,6}", 8..20),
        omitted in 1_usize..6,
        ellipsis in prop::sample::select(vec!["…", " … ", "[…]", " ... ", " [...] "]),
    ) {
        // Numbers make each word unique.
        let words: Vec<String> = words.iter().enumerate().map(|(n, w)| format!("{w}{n:02}")).collect();
        let text = words.join(" ");
        let (first, last) = (words[..2].join(" "), words[2 + omitted..].join(" "));
        let quote = format!("{first}{ellipsis}{last}");
        let length = |t: &str| t.chars().count();
        let expected = vec![0..length(&first), length(&text) - length(&last)..length(&text)];
        prop_assert_eq!(&find(std::slice::from_ref(&text), &[(0, quote)])[&0], &Ok(expected));
        let swapped = format!("{last}{ellipsis}{first}");
        prop_assert_eq!(&find(&[text], &[(0, swapped)])[&0], &Err(Code::QuoteNotFound));
    }
}

#[test]
fn a_quote_with_one_changed_letter_is_not_found() {
    for (text, quote) in [
        ("The mill closed.", "The mall closed"),
        ("مصنع الحديد والصلب", "مصنع الحديث"),
        ("製鉄所が閉鎖された", "製鉄場が閉鎖"),
        ("इस्पात कारखाना", "इस्पत कारखाना"),
        ("café", "cafè"),
        ("한국어", "한국아"),
    ] {
        assert_eq!(find(&[text.to_owned()], &[(0, quote.to_owned())])[&0], Err(Code::QuoteNotFound), "{quote}");
    }
}

#[test]
fn spans_count_code_points() {
    let text = "👩🏽‍🏭 e\u{301}tait la\n\n«\u{A0}製鉄所\u{A0}»\u{AD}!";
    for (quote, span) in
        [("était", 5..11), ("la", 12..14), ("\" 製鉄所 \"", 16..23), ("👩🏽‍🏭", 0..4), ("\" 製鉄所 \"!", 16..25)]
    {
        assert_eq!(find(&[text.to_owned()], &[(0, quote.to_owned())])[&0], Ok(vec![span]), "{quote}");
    }
}

//! Quotes in many scripts, found at places that are known beforehand, and judged by a slow search that knows nothing of the
//! program's own.

use factloom::check::{CheckOptions, check};
use factloom::dataset::{Dataset, DatasetRoot};
use factloom::diagnostic::{Code, Location, Severity};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// What texts are made of. Soft hyphens, marks that combine, and letters that compose stand among them.
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
    ".",
    "!",
    ",",
];

/// What stands between them.
const GAPS: &[&str] =
    &[" ", " ", " ", "\u{A0}", "\u{3000}", "  ", "\t", "\n", "\r\n", "\n\n", "\r\n\r\n", "", "\u{2028}", " \u{AD}"];

fn text() -> impl Strategy<Value = String> {
    let piece = (prop::sample::select(PIECES), prop::sample::select(GAPS));
    prop::collection::vec(piece, 1..24).prop_map(|pieces| pieces.into_iter().flat_map(|(a, b)| [a, b]).collect())
}

/// How a quote is typed again by somebody with another keyboard.
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

/// A character of the folded text, and the code points that it came from.
type Folded = Vec<(char, Range<usize>)>;

/// Folds a text as the design says, one cluster of characters after the other.
fn fold(text: &str) -> Folded {
    let mut folded: Folded = Vec::new();
    let chars: Vec<char> = text.chars().collect();
    let mut at = 0;
    while at < chars.len() {
        // A run that may compose: up to the next character at which the composed whole can be cut.
        let mut end = at + 1;
        while end < chars.len() && !cuts(&chars[at..], end - at) {
            end += 1;
        }
        let composed: Vec<char> = chars[at..end].iter().copied().nfc().collect();
        let alone = composed[..] == chars[at..end];
        for (offset, c) in composed.into_iter().enumerate() {
            let from = if alone { at + offset..at + offset + 1 } else { at..end };
            let c = match c {
                '\u{AD}' => continue,
                '“' | '”' | '「' | '」' => '"',
                '’' | 'ʼ' => '\'',
                '–' | '—' | '־' | '\u{2011}' => '-',
                c if c.is_whitespace() => ' ',
                c => c,
            };
            match folded.last_mut() {
                Some((' ', last)) if c == ' ' => last.end = from.end,
                _ => folded.push((c, from)),
            }
        }
        at = end;
    }
    folded
}

/// Whether normalizing what stands before a place and behind it apart is normalizing the whole.
fn cuts(chars: &[char], at: usize) -> bool {
    let near = &chars[..chars.len().min(at + 8)];
    let apart = near[..at].iter().copied().nfc().chain(near[at..].iter().copied().nfc());
    apart.eq(near.iter().copied().nfc()) && unicode_normalization::char::canonical_combining_class(chars[at]) == 0
}

/// The places of words in a text, by trying each.
fn places(text: &Folded, words: &str) -> Vec<Range<usize>> {
    let words: Vec<char> = fold(words).into_iter().map(|(c, _)| c).collect();
    let start = words.iter().take_while(|c| **c == ' ').count();
    let words =
        &words[start..words.len() - words.iter().rev().take_while(|c| **c == ' ').count().min(words.len() - start)];
    if words.is_empty() {
        return Vec::new();
    }
    let matches = text.windows(words.len()).filter(|w| w.iter().map(|(c, _)| c).eq(words));
    let mut found: Vec<Range<usize>> = matches.map(|w| w[0].1.start..w[w.len() - 1].1.end).collect();
    found.dedup();
    found
}

/// A quote cut from a text.
#[derive(Clone, Debug)]
struct Cut {
    words: String,
    place: Range<usize>,
}

/// Cuts a quote on the boundaries of what readers see as characters; `None` where nothing would be left of it.
fn cut(text: &str, from: prop::sample::Index, length: usize, typing: Typing) -> Option<Cut> {
    let clusters: Vec<(usize, &str)> = text.grapheme_indices(true).collect();
    let from = from.index(clusters.len());
    let until = (from + length).min(clusters.len());
    let start = clusters[from].0;
    let end = clusters.get(until).map_or(text.len(), |(at, _)| *at);
    let words = text[start..end].trim_matches(|c: char| c.is_whitespace() || c == '\u{AD}');
    let start = start + text[start..end].find(words)?;
    let place = text[..start].chars().count()..text[..start + words.len()].chars().count();
    let holds_dots = words.contains("...") || words.contains('…');
    (!words.is_empty() && !holds_dots).then(|| Cut { words: typed(words, typing), place })
}

fn typing() -> impl Strategy<Value = Typing> {
    prop::sample::select(vec![Typing::Copied, Typing::Decomposed, Typing::Composed, Typing::Plain, Typing::Spread])
}

const VOCABULARY: &str = "@prefix v: <https://scripts.example/vocabulary/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
v:Thing a owl:Class . v:tells a owl:ObjectProperty .
";

/// Where the program finds each quote, by the number of the fact; what it does not find is told by its code.
fn found(texts: &[String], quotes: &[(usize, String)]) -> BTreeMap<usize, Result<Vec<Range<usize>>, Code>> {
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
    let folder = crate::scratch::temp_dir(&[
        ("factloom.json", manifest),
        ("vocabulary.ttl", VOCABULARY),
        ("entities.json", entities),
        ("sources.jsonl", &sources),
        ("facts.jsonl", &facts),
    ]);
    let opened = Dataset::open(DatasetRoot::Directory(folder.path().to_owned()), None);
    assert_eq!(opened.findings, []);
    let mut findings = Vec::new();
    let checked =
        check(&mut opened.dataset.expect("the manifest can be read"), &CheckOptions::default(), &mut findings);
    let mut result = BTreeMap::new();
    for statement in &checked.statements {
        let span = statement.evidence[0].span.as_ref().expect("the quote was found");
        let number = statement.id.as_str()[1..].parse().expect("a number");
        result.insert(number, Ok(span.parts().iter().map(|p| p.start as usize..p.end as usize).collect()));
    }
    // Records of a file of lines are told by the byte at which they begin.
    let starts: Vec<usize> = facts.match_indices('\n').map(|(at, _)| at + 1).collect();
    for finding in findings.iter().filter(|f| f.code.severity() == Severity::Error) {
        let Location::Value { record, .. } = &finding.location else { panic!("{finding:?}") };
        result.insert(starts.iter().take_while(|s| **s <= *record).count(), Err(finding.code));
    }
    result
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_quote_is_found_where_it_was_cut_from_or_is_ambiguous(
        texts in prop::collection::vec(text(), 1..5),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 1_usize..40, typing()), 1..12),
    ) {
        let cut_of = |(source, from, length, typing): &(prop::sample::Index, prop::sample::Index, usize, Typing)| {
            let source = source.index(texts.len());
            Some((source, cut(&texts[source], *from, *length, *typing)?))
        };
        let wanted: Vec<(usize, Cut)> = cuts.iter().filter_map(cut_of).collect();
        let quotes: Vec<(usize, String)> = wanted.iter().map(|(source, cut)| (*source, cut.words.clone())).collect();
        let found = found(&texts, &quotes);
        for (number, (source, cut)) in wanted.iter().enumerate() {
            let judged = places(&fold(&texts[*source]), &cut.words);
            match &judged[..] {
                [only] => {
                    prop_assert_eq!(&found[&number], &Ok(vec![only.clone()]), "{:?} in {:?}", cut, &texts[*source]);
                    // Characters that the folding joins may make the place larger, and never smaller.
                    prop_assert!(only.start <= cut.place.start && cut.place.end <= only.end, "{only:?} {cut:?} {:?}", &texts[*source]);
                }
                [] => prop_assert!(matches!(found[&number], Err(Code::QuoteNotFound | Code::MissingEvidence)), "{:?} {:?} {:?}", cut, &texts[*source], found[&number]),
                _ => prop_assert_eq!(&found[&number], &Err(Code::QuoteAmbiguous), "{:?} in {:?}", cut, &texts[*source]),
            }
        }
    }

    #[test]
    fn words_left_out_leave_the_parts_at_their_places(
        words in prop::collection::vec("[a-zé]{2,6}", 8..20),
        left_out in 1_usize..6,
        mark in prop::sample::select(vec!["…", " … ", "[…]", " ... ", " [...] "]),
    ) {
        // Numbered, each word stands once.
        let words: Vec<String> = words.iter().enumerate().map(|(n, w)| format!("{w}{n:02}")).collect();
        let text = words.join(" ");
        let (first, last) = (words[..2].join(" "), words[2 + left_out..].join(" "));
        let quote = format!("{first}{mark}{last}");
        let length = |t: &str| t.chars().count();
        let expected = vec![0..length(&first), length(&text) - length(&last)..length(&text)];
        prop_assert_eq!(&found(std::slice::from_ref(&text), &[(0, quote)])[&0], &Ok(expected));
        let turned = format!("{last}{mark}{first}");
        prop_assert_eq!(&found(&[text], &[(0, turned)])[&0], &Err(Code::QuoteNotFound));
    }
}

#[test]
fn one_letter_changed_is_not_found_in_any_script() {
    for (text, quote) in [
        ("The mill closed.", "The mall closed"),
        ("مصنع الحديد والصلب", "مصنع الحديث"),
        ("製鉄所が閉鎖された", "製鉄場が閉鎖"),
        ("इस्पात कारखाना", "इस्पत कारखाना"),
        ("café", "cafè"),
        ("한국어", "한국아"),
    ] {
        assert_eq!(found(&[text.to_owned()], &[(0, quote.to_owned())])[&0], Err(Code::QuoteNotFound), "{quote}");
    }
}

#[test]
fn spans_count_code_points_and_not_bytes_or_characters_seen() {
    let text = "👩🏽‍🏭 e\u{301}tait la\r\n«\u{A0}製鉄所\u{A0}»\u{AD}!";
    for (quote, place) in
        [("était", 5..11), ("la", 12..14), ("\" 製鉄所 \"", 16..23), ("👩🏽‍🏭", 0..4), ("\" 製鉄所 \"!", 16..25)]
    {
        assert_eq!(found(&[text.to_owned()], &[(0, quote.to_owned())])[&0], Ok(vec![place]), "{quote}");
    }
}

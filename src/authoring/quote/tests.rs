use super::*;
use crate::check::{CheckOptions, check};
use crate::dataset::{Dataset, DatasetRoot};
use crate::diagnostic::{Code, Finding};
use proptest::prelude::*;
use serde_json::{Value, json};

const VOCABULARY: &str = "@prefix v: <https://e.org/vocabulary/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
    v:T a owl:Class . v:made a owl:ObjectProperty .";

/// A dataset whose sources have these texts, with a fact for each piece of evidence.
fn dataset(texts: &[&str], evidence: &[Value]) -> Dataset {
    let source = |(number, text): (usize, &&str)| json!({ "id": format!("s{number}"), "content": text });
    let sources: Vec<Value> = texts.iter().enumerate().map(source).collect();
    let manifest = json!({ "base": "https://e.org/", "language": "en", "sources": sources }).to_string();
    let fact = |(number, evidence): (usize, &Value)| json!({ "id": format!("f{number}"), "subject": "a", "predicate": "made", "object": "a", "evidence": [evidence] });
    let facts = Value::Array(evidence.iter().enumerate().map(fact).collect()).to_string();
    let files = [
        ("factloom.json", &*manifest),
        ("vocabulary.ttl", VOCABULARY),
        ("entities.json", r#"[{ "id": "a", "type": "T", "label": "A" }]"#),
        ("facts.json", &*facts),
    ];
    Dataset::open(DatasetRoot::memory(files), None).dataset.unwrap()
}

fn found(texts: &[&str], words: &str) -> QuoteSearch {
    search_quotes(&dataset(texts, &[]), words, &QuoteSearchOptions::default())
}

/// The quotes, with `nth`, `prefix` and `suffix`.
fn quotes(texts: &[&str], words: &str) -> Vec<String> {
    let shown = |candidate: &QuoteCandidate| {
        let Selector { nth, prefix, suffix } = &candidate.selector;
        let nth = nth.map(|nth| format!("#{nth}"));
        let prefix = prefix.as_ref().map(|words| format!("[{words}-]"));
        let suffix = suffix.as_ref().map(|words| format!("[-{words}]"));
        [prefix, Some(candidate.quote.clone()), suffix, nth].into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    found(texts, words).candidates.iter().map(shown).collect()
}

/// The findings of a check about proposed quotes in facts, and where the quotes were found.
fn checked(texts: &[&str], search: &QuoteSearch) -> (Vec<Finding>, Vec<Span>) {
    let evidence: Vec<Value> =
        search.candidates.iter().map(|one| serde_json::to_value(json::evidence(one)).unwrap()).collect();
    let dataset = dataset(texts, &evidence);
    let mut findings = crate::diagnostic::Findings::new();
    let checked = check(&dataset, &CheckOptions::default(), &mut findings);
    let about_facts = [Code::DuplicateStatement, Code::QuoteOffTopic, Code::UnusedEntity, Code::EmptyDataset];
    let findings = findings.iter().filter(|finding| !about_facts.contains(&finding.code)).cloned().collect();
    let spans = checked.statements.iter().flat_map(|statement| &statement.evidence);
    (findings, spans.filter_map(|evidence| evidence.span.clone()).collect())
}

const TEXT: &str = "The old mill stood by the river.\nThe guild built it in 1873 with help from the “coun-\ncil”, and it closed in 2015.
\nThe council did not pay for the mill. The old mill closed, and the new mill opened.";

#[test]
fn a_passage_is_found_in_spite_of_case_punctuation_line_ends_and_typos() {
    for (words, expected) in [
        ("the guild built it in 1873", "The guild built it in 1873"),
        ("THE GUILD BUILT IT", "The guild built it"),
        ("gild buitl it in 1873", "guild built it in 1873"),
        ("with help from the \"council\" and it closed", "with help from the “council”, and it closed"),
        ("guild built in 1873", "guild built it in 1873"),
        ("guild built … it closed in 2015", "guild built … it closed in 2015"),
        ("guild built it closed in 2015", "guild built it … closed in 2015"),
        ("giuld buitl wiht hlep", "guild built … with help"),
    ] {
        assert_eq!(quotes(&[TEXT], words).first().map(String::as_str), Some(expected), "{words}");
    }
}

#[test]
fn equal_passages_have_a_context_or_a_number() {
    assert_eq!(quotes(&["One bank here. Two bank here."], "bank here"), ["[One-] bank here", "[Two-] bank here"]);
    assert_eq!(quotes(&["ha ha ha"], "ha"), ["ha [-ha ha]", "[ha-] ha [-ha]", "[ha ha-] ha"]);
    assert_eq!(quotes(&["ha\nha"], "ha"), ["ha #1", "ha #2"]);
}

#[test]
fn whole_words_and_numbers_are_quoted() {
    for (words, expected) in
        [("ouncil did not pa", "council did not pay"), ("in 187", "in 1873"), ("closed in 201", "closed in 2015")]
    {
        let found = quotes(&[TEXT], words);
        assert!(found.first().is_some_and(|found| found.contains(expected)), "{words}: {found:?}");
    }
}

#[test]
fn a_negation_next_to_the_words_is_quoted_too() {
    assert_eq!(quotes(&[TEXT], "pay for the mill"), ["not pay for the mill"]);
    assert_eq!(quotes(&[TEXT], "the council … pay for the mill"), ["The council did not pay for the mill"]);
}

#[test]
fn the_best_of_several_sources_comes_first() {
    let search = found(&["The gild built a mull.", "The guild built a mill.", "Nothing."], "guild built a mill");
    let sources: Vec<&str> = search.candidates.iter().map(|one| one.source.as_str()).collect();
    assert_eq!(sources, ["s1"]);
    let search = found(&["The guild built a mill in May.", "The guild built a mall."], "guild built a mell");
    let sources: Vec<&str> = search.candidates.iter().map(|one| one.source.as_str()).collect();
    assert_eq!(sources, ["s0", "s1"]);
}

#[test]
fn a_number_that_differs_is_shown() {
    let search = found(&[TEXT], "The guild built it in 1837");
    let differences: Vec<&str> = search.candidates[0].differences.iter().map(|one| one.description.as_str()).collect();
    assert_eq!(differences, ["the quote has `1837`, the source has `1873`"]);
    assert!(search.candidates[0].differences[0].is_important && !search.candidates[0].is_exact());
}

#[test]
fn the_nearest_passage_is_known_if_nothing_is_similar() {
    let search = found(&[TEXT], "the guild sold all of its wooden bridges to the king in winter");
    assert!(search.candidates.is_empty());
    assert!(search.nearest.is_some_and(|nearest| nearest.quote.contains("guild")));
    assert!(found(&[TEXT], "xylophone").nearest.is_none());
}

#[test]
fn locked_quotes_are_searched_if_the_text_is_unavailable() {
    let files = |text: Option<&'static str>, lock: String| {
        let manifest = json!({ "base": "https://e.org/", "sources": [{ "id": "s0", "text": "s.txt" }, { "id": "n" }] });
        let facts = r#"[{ "id": "f", "subject": "a", "predicate": "made", "object": "a",
            "evidence": [{ "source": "s0", "quote": "The guild built it" }] }]"#;
        let mut files = vec![
            ("factloom.json".to_owned(), manifest.to_string()),
            ("vocabulary.ttl".to_owned(), VOCABULARY.to_owned()),
            ("entities.json".to_owned(), r#"[{ "id": "a", "type": "T", "label": "A" }]"#.to_owned()),
            ("facts.json".to_owned(), facts.to_owned()),
            ("factloom.lock".to_owned(), lock),
        ];
        files.extend(text.map(|text| ("s.txt".to_owned(), text.to_owned())));
        Dataset::open(DatasetRoot::memory(files.iter().map(|(n, t)| (n.as_str(), t.as_str()))), None).dataset.unwrap()
    };
    let options = CheckOptions { lock: crate::check::LockUse::Update, ..CheckOptions::default() };
    let mut lock = Vec::new();
    let with_text = files(Some(TEXT), String::new());
    check(&with_text, &options, &mut crate::diagnostic::Findings::new()).lock.write(&mut lock).unwrap();
    let without_text = files(None, String::from_utf8(lock).unwrap());
    let search = search_quotes(&without_text, "gild built it", &QuoteSearchOptions::default());
    assert_eq!((search.candidates[0].quote.as_str(), search.candidates[0].is_locked), ("The guild built it", true));
    assert_eq!((search.candidates[0].span.line(), &search.candidates[0].context), (2, &None));
    let ids = |sources: &[SourceId]| sources.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!((ids(&search.unavailable), ids(&search.without_text)), (vec!["s0".to_owned()], vec!["n".to_owned()]));
}

/// Words of several scripts, with numbers, signs, abbreviations and negations.
const WORDS: &[&str] = &[
    "the",
    "mill",
    "guild",
    "built",
    "not",
    "never",
    "did",
    "5",
    "0.5",
    "1,200",
    "-3",
    "%",
    "1873",
    "in",
    "“old”",
    "it’s",
    "co\u{AD}op",
    "re-opened",
    "Dr.",
    "U.S.",
    "…",
    "(",
    ")",
    ",",
    ".",
    "—",
    "café",
    "Straße",
    "مصنع",
    "الحديد",
    "製鉄所",
    "工場は",
    "한국어",
    "mill",
    "the",
    "inter-\nnational",
    "ﬁne",
    "v2.5",
    "a",
    "e\u{301}te",
    "+/-",
    "<=",
    "5 000",
    "\u{200F}ב",
];

const GAPS: &[&str] = &[" ", " ", " ", "", "\n", "\n\n", "  ", "\u{A0}"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// For cuts of a random text with changes of case, typos, and missing words.
    #[test]
    fn a_check_finds_each_proposed_quote_at_its_position(
        pieces in proptest::collection::vec((prop::sample::select(WORDS), prop::sample::select(GAPS)), 1..40),
        cut in (0_usize..300, 1_usize..60),
        typo in proptest::option::of((0_usize..60, prop::sample::select(vec!['x', 'E', '7', ' ', '.']))),
        dropped in proptest::option::of(0_usize..10),
        case in 0_u8..3,
    ) {
        let text: String = pieces.iter().flat_map(|(word, gap)| [*word, *gap]).collect();
        let mut words: Vec<char> = text.chars().skip(cut.0 % text.chars().count()).take(cut.1).collect();
        if let Some((at, letter)) = typo {
            let at = at % words.len().max(1);
            words[at] = letter;
        }
        let mut words: String = words.into_iter().collect();
        if let Some(number) = dropped {
            words = words.split(' ').enumerate().filter(|(at, _)| *at != number).map(|(_, word)| word).collect::<Vec<_>>().join(" ");
        }
        words = match case {
            0 => words,
            1 => words.to_uppercase(),
            _ => words.to_lowercase(),
        };
        prop_assume!(!crate::check::quote_parts(&words).is_empty());
        let texts = [text.as_str(), "The guild built the mill in 1873. It was 5 m high."];
        let search = found(&texts, &words);
        let (findings, spans) = checked(&texts, &search);
        let doubtful = search.candidates.iter().filter(|one| one.omits_cue).count();
        let (cues, others): (Vec<_>, Vec<_>) = findings.into_iter().partition(|one| one.code == Code::NegatedContext);
        prop_assert!(others.is_empty() && cues.len() <= doubtful, "{words:?} in {text:?}: {others:#?} {cues:#?}");
        let expected: Vec<Span> = search.candidates.iter().map(|one| one.span.clone()).collect();
        prop_assert_eq!(spans, expected);
    }

    /// Without changes, something is found.
    #[test]
    fn words_of_a_text_are_found(
        pieces in proptest::collection::vec(prop::sample::select(WORDS), 1..40),
        cut in (0_usize..40, 1_usize..8),
    ) {
        let text = pieces.join(" ");
        let first = cut.0 % pieces.len();
        let words = pieces[first..(first + cut.1).min(pieces.len())].join(" ");
        prop_assume!(words.chars().any(char::is_alphanumeric));
        let search = found(&[&text], &words);
        prop_assert!(!search.candidates.is_empty(), "{words:?} in {text:?}: {:?}", search.nearest);
    }
}

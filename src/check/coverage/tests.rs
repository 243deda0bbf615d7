use super::*;
use crate::check::{CheckOptions, LockUse, check};
use crate::dataset::DatasetRoot;
use proptest::prelude::*;
use serde_json::{Value, json};

const VOCABULARY: &str = "@prefix v: <https://e.org/vocabulary/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
    v:T a owl:Class . v:made a owl:ObjectProperty .";

const TEXT: &str = "A mill\n\nOne made it. Two and three saw\nit. Four left.\n\nFive. Six came.\n";

/// The files of a dataset with a source, quotes of facts, and excluded quotes.
fn files(quotes: &[&str], excluded: &[&str]) -> Vec<(String, String)> {
    let excluded: Vec<Value> =
        excluded.iter().map(|quote| json!({ "source": "s", "quote": quote, "reason": "why" })).collect();
    let sources = json!([{ "id": "s", "text": "s.txt", "redistributable": true }, { "id": "n" }]);
    let fact = |(number, quote): (usize, &&str)| {
        json!({ "id": format!("f{number}"), "subject": "a", "predicate": "made", "object": "a",
            "evidence": [{ "source": "s", "quote": quote }, { "source": "n", "quote": "elsewhere" }] })
    };
    let facts: Vec<Value> = quotes.iter().enumerate().map(fact).collect();
    [
        ("factloom.json", json!({ "base": "https://e.org/", "sources": sources, "excluded": excluded }).to_string()),
        ("vocabulary.ttl", VOCABULARY.to_owned()),
        ("entities.json", r#"[{ "id": "a", "type": "T", "label": "A" }]"#.to_owned()),
        ("facts.json", Value::from(facts).to_string()),
    ]
    .map(|(name, text)| (name.to_owned(), text))
    .into()
}

fn covered(files: &[(String, String)]) -> Vec<SourceCoverage> {
    let files = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let dataset = Dataset::open(DatasetRoot::memory(files), None).dataset.unwrap();
    let checked = check(&dataset, &CheckOptions::default(), &mut Findings::new());
    coverage(&dataset, &checked, &[])
}

/// The coverage with the text, and from the lock without it.
fn both(quotes: &[&str], excluded: &[&str]) -> [Vec<SourceCoverage>; 2] {
    let mut with_text = files(quotes, excluded);
    with_text.push(("s.txt".to_owned(), TEXT.to_owned()));
    let dataset = Dataset::open(DatasetRoot::memory(with_text.iter().map(|(n, t)| (n.as_str(), t.as_str()))), None);
    let options = CheckOptions { lock: LockUse::Update, ..CheckOptions::default() };
    let mut lock = Vec::new();
    check(&dataset.dataset.unwrap(), &options, &mut Findings::new()).lock.write(&mut lock).unwrap();
    let mut without_text = files(quotes, excluded);
    without_text.push(("factloom.lock".to_owned(), String::from_utf8(lock).unwrap()));
    [covered(&with_text), covered(&without_text)]
}

#[test]
fn sentences_are_quoted_excluded_or_open_with_and_without_the_text() {
    let [with_text, without_text] = both(&["One made it", "Two … saw it", "saw it. Four"], &["A mill", "three", "Six"]);
    assert_eq!(with_text[0].basis, CoverageBasis::Text);
    assert_eq!(without_text[0].basis, CoverageBasis::Lock);
    for source in [&with_text[0], &without_text[0]] {
        let statuses: Vec<&str> = source.sentences.iter().map(|sentence| sentence.status.as_str()).collect();
        assert_eq!(statuses, ["excluded", "quoted", "quoted", "quoted", "open", "excluded"]);
        let quotes: Vec<&[usize]> = source.sentences.iter().map(|sentence| &sentence.quotes[..]).collect();
        assert_eq!(quotes, [&[0][..], &[1], &[2, 3, 4], &[4], &[], &[5]]);
        assert_eq!(source.counts(), CoverageCounts { quoted: 3, excluded: 2, open: 1 });
        assert_eq!(source.quotes[2].words, ["Two", "saw\nit"]);
        assert_eq!(source.quotes[2].purpose, QuotePurpose::Evidence(vec![(1, 1)]));
        assert_eq!(source.quotes[3].purpose, QuotePurpose::Excluded("why".to_owned()));
        assert!(source.is_redistributable);
    }
    assert_eq!(with_text[0].sentences, without_text[0].sentences);
    assert_eq!((with_text[1].basis, with_text[1].counts()), (CoverageBasis::NoText, CoverageCounts::default()));
}

#[test]
fn omitted_words_are_not_covered() {
    let [source, _] = both(&["One … Four left"], &[]);
    let statuses: Vec<&str> = source[0].sentences.iter().map(|sentence| sentence.status.as_str()).collect();
    assert_eq!(statuses, ["open", "quoted", "open", "quoted", "open", "open"]);
}

#[test]
fn without_a_text_and_a_lock_the_coverage_is_unknown() {
    let source = &covered(&files(&[], &[]))[0];
    assert_eq!((source.basis, source.counts().per_mille()), (CoverageBasis::Unknown, None));
}

#[test]
fn a_share_is_rounded_down() {
    let share = |quoted, open| CoverageCounts { quoted, excluded: 0, open }.per_mille();
    assert_eq!(
        [share(9_999, 1), share(2, 1), share(0, 3), share(3, 0), share(0, 0)],
        [Some(999), Some(666), Some(0), Some(1000), None]
    );
}

#[test]
fn many_quotes_of_a_sentence_are_counted() {
    let text = "word ".repeat(20_000) + ".";
    let positions = sentences(&text);
    assert_eq!(positions.len(), 1);
    let quote = |number: u32| CoveringQuote {
        span: Span::new(vec![5 * number..5 * number + 4, 99_000..99_004], 1, 1).unwrap(),
        words: Vec::new(),
        purpose: QuotePurpose::Evidence(vec![(0, 0)]),
    };
    let quotes: Vec<CoveringQuote> = (0..10_000).map(quote).collect();
    let found = covered_sentences(positions, &quotes);
    assert_eq!((found[0].quotes.len(), found[0].more), (MAX_LISTED, 10_000 - MAX_LISTED));
}

proptest! {
    #[test]
    fn a_sentence_has_the_quotes_with_a_part_in_it(
        parts in proptest::collection::vec((0_u32..60, 1_u32..25, proptest::option::of((1_u32..20, 1_u32..5)), any::<bool>()), 0..12),
    ) {
        let text = "Aaa bb. Ccc. D ee ff. Gg hhh. Iiii jj kk. Llll mm nn. Oo.";
        let quotes: Vec<CoveringQuote> = parts.iter().map(|(start, length, second, is_evidence)| {
            let end = start + length;
            let second = second.map(|(gap, length)| end + gap..end + gap + length);
            let span = Span::new([Some(*start..end), second].into_iter().flatten().collect(), 1, 1).unwrap();
            let purpose = if *is_evidence { QuotePurpose::Evidence(vec![]) } else { QuotePurpose::Excluded(String::new()) };
            CoveringQuote { span, words: Vec::new(), purpose }
        }).collect();
        let found = covered_sentences(sentences(text), &quotes);
        prop_assert_eq!(found.len(), 7);
        for sentence in found {
            let range = &sentence.position.range;
            let has = |quote: &CoveringQuote| quote.span.parts().iter().any(|part| part.start < range.end && range.start < part.end);
            let expected: Vec<usize> = (0..quotes.len()).filter(|number| has(&quotes[*number])).collect();
            let is_quoted = expected.iter().any(|number| matches!(quotes[*number].purpose, QuotePurpose::Evidence(_)));
            let status = match (is_quoted, expected.is_empty()) {
                (true, _) => SentenceStatus::Quoted,
                (false, false) => SentenceStatus::Excluded,
                (false, true) => SentenceStatus::Open,
            };
            prop_assert_eq!((sentence.quotes, sentence.status, sentence.more), (expected, status, 0));
        }
    }
}

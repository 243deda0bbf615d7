//! Tests of corrections.

use super::*;
use proptest::prelude::*;

const TEXT: &str = "The guild built the old mill in 1873. The mill was sold in 1901. The mill closed.";

const MANIFEST: &str = "{\r\n  // Of mills.\r\n  \"base\": \"https://e.org/\", \"language\": \"en\",\r\n  \"sources\": [{ \"id\": \"chronicle\", \"text\": \"mill.txt\" }]\r\n}";

const VOCABULARY: &str = "@prefix v: <https://e.org/vocabulary/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .\n\
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n\
    v:Building a owl:Class . v:Guild a owl:Class .\n\
    v:built a owl:ObjectProperty ; rdfs:domain v:Guild ; rdfs:range v:Building .\n\
    v:motto a owl:DatatypeProperty .\n";

const ENTITIES: &str = "[\n\t{ \"id\": \"guild\", \"type\": \"Guild\", \"label\": \"guild\" }, // one\n\t{ \"id\": \"old-mill\", \"type\": \"Building\", \"label\": \"mill\" },\n\t{ \"id\": \"guilds\", \"type\": \"Guild\", \"label\": \"guilds\" }\n]";

fn dataset(fact: &str) -> BTreeMap<String, String> {
    let facts = format!("[\n  // A comment.\n  {fact}\n]\n");
    [
        ("factloom.json", MANIFEST),
        ("vocabulary.ttl", VOCABULARY),
        ("entities.json", ENTITIES),
        ("mill.txt", TEXT),
        ("facts.json", &facts),
    ]
    .map(|(name, text)| (name.to_owned(), text.to_owned()))
    .into()
}

fn root(files: &BTreeMap<String, String>) -> DatasetRoot {
    DatasetRoot::memory(files.iter().map(|(name, text)| (name, text.as_str())))
}

fn fixed(files: &BTreeMap<String, String>) -> (BTreeMap<String, String>, Fixes) {
    let fixes = fix(&root(files), &FixOptions::default(), &|_| {}).unwrap();
    let mut after = files.clone();
    after.extend(fixes.files.iter().map(|file| (file.name.clone(), file.text.clone())));
    (after, fixes)
}

/// The fact after the corrections, and the codes of what was corrected.
fn corrected(fact: &str) -> (String, Vec<&'static str>) {
    let (after, fixes) = fixed(&dataset(fact));
    let line = after["facts.json"].lines().nth(2).unwrap_or_default().trim().to_owned();
    let (again, more) = fixed(&after);
    assert_eq!((again, more.fixed.len()), (after, 0), "nothing is proposed after the corrections");
    (line, fixes.fixed.iter().map(|one| one.diagnostic.code.as_str()).collect())
}

const RIGHT: &str = r#"{ "id": "f",	"subject": "guild", "predicate": "built", "object": "old-mill", "evidence": [{ "source": "chronicle", "quote": "guild built the old mill" }] }"#;

#[test]
fn names_with_one_candidate_are_corrected() {
    for (from, to, codes) in [
        ("\"old-mill\"", "\"old-mil\"", &["unknown-entity"][..]),
        ("\"built\"", "\"builtt\"", &["unknown-predicate"]),
        ("\"chronicle\"", "\"cronicle\"", &["unknown-source"]),
    ] {
        assert_eq!(corrected(&RIGHT.replace(from, to)), (RIGHT.to_owned(), codes.to_vec()), "{to}");
    }
    let all = RIGHT.replace("old-mill\",", "old-mil\",").replace("\"built\"", "\"builtt\"").replace("chron", "cron");
    assert_eq!(corrected(&all).0, RIGHT);
    let claim = RIGHT.replace("\"evidence\"", "\"claim\": { \"status\": \"plannd\" }, \"evidence\"");
    assert_eq!(corrected(&claim).0, claim.replace("plannd", "planned"));
}

#[test]
fn names_with_several_candidates_or_other_digits_stay() {
    for (from, to) in [("\"guild\"", "\"guildz\""), ("\"old-mill\"", "\"old-mill2\""), ("\"guild\"", "\"town\"")] {
        let fact = RIGHT.replace(from, to);
        assert_eq!(corrected(&fact), (fact, Vec::new()));
    }
}

#[test]
fn a_candidate_that_contradicts_the_vocabulary_is_not_used() {
    // The only similar name is that of a building, which does not build.
    let fact = RIGHT.replace("\"subject\": \"guild\"", "\"subject\": \"old-mil\"");
    let wrong_and_right = fact.replace("\"built\"", "\"builtt\"");
    assert_eq!(corrected(&fact), (fact.clone(), Vec::new()));
    assert_eq!(corrected(&wrong_and_right), (fact, vec!["unknown-predicate"]));
}

#[test]
fn quotes_get_the_words_of_the_source() {
    let quote = |quote: &str| RIGHT.replace("guild built the old mill", quote);
    let whole = quote("The guild built the old mill");
    for (wrong, right, code) in [
        ("The guild built the old mi", &whole, "quote-cuts-word"),
        ("Guild built the old mill", &quote("guild built the old mill"), "quote-changes-case"),
        ("The guild built the old mill.", &whole, "quote-adds-full-stop"),
        ("The guild built the oldmill", &whole, "quote-not-found"),
    ] {
        assert_eq!(corrected(&quote(wrong)), (right.clone(), vec![code]), "{wrong}");
    }
    for wrong in ["The guild built the new mill", "The guild built the old mill in 1874", "The mill"] {
        assert_eq!(corrected(&quote(wrong)), (quote(wrong), Vec::new()), "{wrong}");
    }
}

#[test]
fn a_number_of_a_match_that_has_only_one_meaning_is_corrected() {
    let with = |nth: &str| RIGHT.replace("\" }] }", &format!("\", \"nth\": {nth} }}] }}"));
    assert_eq!(corrected(&with("3")), (with("1"), vec!["quote-not-found"]));
    assert_eq!(corrected(&with("\"1\"")), (with("1"), vec!["invalid-value"]));
    let several = with("7").replace("guild built the old mill", "mill");
    assert_eq!(corrected(&several), (several, Vec::new()));
}

#[test]
fn a_moved_text_gets_a_new_lock_unless_a_sentence_has_changed() {
    let mut files = dataset(RIGHT);
    let mut project = Project::open(root(&files), ProjectOptions::default());
    let options = CheckOptions { lock: LockUse::Update, ..CheckOptions::default() };
    let mut lock = Vec::new();
    project.check(&options, &|_| {}).dataset.unwrap().1.lock.write(&mut lock).unwrap();
    files.insert(LOCK.to_owned(), String::from_utf8(lock).unwrap());
    assert_eq!(fixed(&files).0, files);
    files.insert("mill.txt".to_owned(), format!("A preface. {TEXT}"));
    let (after, fixes) = fixed(&files);
    assert_eq!(fixes.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), [LOCK]);
    assert_eq!((fixes.fixed[0].diagnostic.code, fixed(&after).1.files.len()), (Code::SourceChanged, 0));
    files.insert("mill.txt".to_owned(), TEXT.replace("in 1873", "in 1874"));
    assert!(fixed(&files).1.files.is_empty());
}

#[test]
fn only_the_chosen_codes_are_corrected_and_left() {
    let files = dataset(&RIGHT.replace("chronicle", "cronicle").replace("\"built\"", "\"builtt\""));
    let options = FixOptions { codes: vec![Code::UnknownSource], ..FixOptions::default() };
    let fixes = fix(&root(&files), &options, &|_| {}).unwrap();
    assert_eq!((fixes.fixed.len(), fixes.left.len()), (1, 0));
    assert!(fixes.files[0].text.contains(&RIGHT.replace("\"built\"", "\"builtt\"")), "{}", fixes.files[0].text);
    assert_eq!(fixes.files[0].diff.lines().filter(|line| line.starts_with('+')).count(), 2);
}

#[test]
fn the_bundled_datasets_do_not_change() {
    for files in [crate::BUNDLED, crate::authoring::TUTORIAL] {
        let fixes = fix(&DatasetRoot::Bundled(files), &FixOptions::default(), &|_| {}).unwrap();
        assert_eq!((fixes.files, fixes.fixed), (Vec::new(), Vec::new()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn after_the_corrections_there_are_no_more(
        position in 0..RIGHT.len(),
        replaced in 0_usize..3,
        new in "[a-z\"1. ]{0,2}",
    ) {
        let end = (position + replaced).min(RIGHT.len());
        prop_assume!(RIGHT.is_char_boundary(position) && RIGHT.is_char_boundary(end));
        let mut fact = RIGHT.to_owned();
        fact.replace_range(position..end, &new);
        let (after, _) = fixed(&dataset(&fact));
        let (again, fixes) = fixed(&after);
        prop_assert_eq!(&again, &after);
        prop_assert!(fixes.fixed.is_empty());
        // Only the fact changes.
        let changed: Vec<String> =
            dataset(&fact).into_iter().filter(|(name, text)| after[name] != *text).map(|(name, _)| name).collect();
        prop_assert!(changed.iter().all(|name| name == "facts.json"), "{:?}", changed);
    }
}

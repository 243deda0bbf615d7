//! Repeated checks of a changing dataset have the results of a check from scratch.

use factloom::check::{CheckOptions, Checked, Checker, EvidenceCounts, LockUse, check};
use factloom::dataset::{Dataset, DatasetRoot, OpenOutcome, locate};
use factloom::diagnostic::{Code, Diagnostic, Findings, Location, Policy};
use factloom::model::{Span, Statement};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The files of a dataset that changes.
#[derive(Clone, Debug)]
struct Edited(BTreeMap<String, String>);

const VOCABULARY: &str = "
@prefix v: <https://c.example/vocabulary/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
v:Thing a owl:Class . v:made a owl:ObjectProperty ; rdfs:subPropertyOf v:touched .
v:touched a owl:ObjectProperty . v:broke a owl:ObjectProperty ; owl:propertyDisjointWith v:made .
v:size a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:range xsd:integer .
v:year a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:range xsd:gYear .";

impl Edited {
    fn new() -> Self {
        let sources = r#""sources": ["sources.json", { "id": "bg", "kind": "background" }, { "id": "web", "url": "https://w.example/" }]"#;
        let excluded = r#""excluded": [{ "source": "s0", "quote": "word 3 of", "reason": "a repetition" }]"#;
        let manifest = format!(r#"{{ "base": "https://c.example/", "facts": "facts/*", {sources}, {excluded} }}"#);
        let files = [
            ("factloom.json", manifest.as_str()),
            ("vocabulary.ttl", VOCABULARY),
            (
                "sources.json",
                r#"[{ "id": "s0", "text": "s0.txt" }, { "id": "s1", "text": "s1.txt" }, { "id": "s2", "content": "word 1 of two. Word 2." }]"#,
            ),
            ("s0.txt", "word 1 of s0. word 2 of s0.\nword 3 of s0. word 4 of s0."),
            ("s1.txt", "word 1 of s1. word 2 of s1. word 2 of s1."),
        ];
        let mut edited = Self(files.map(|(name, text)| (name.to_owned(), text.to_owned())).into());
        edited.set("entities.json", &entities(3));
        for file in 0..3 {
            edited.set(
                &format!("facts/{file}.jsonl"),
                &format!("{}\n", fact("a", "made", r#""b""#, "s0", "word 1 of", file)),
            );
        }
        edited.set("facts/last.json", "[]");
        edited
    }

    fn set(&mut self, name: &str, text: &str) {
        self.0.insert(name.to_owned(), text.to_owned());
    }

    fn root(&self) -> DatasetRoot {
        DatasetRoot::memory(self.0.iter().map(|(name, content)| (name, content.as_str())))
    }
}

fn entities(count: usize) -> String {
    let entity = |id: &str| format!(r#"{{ "id": "{id}", "type": "Thing", "label": "{id}" }}"#);
    format!("[{}]", ["a", "b", "c", "d"][..count].iter().map(|id| entity(id)).collect::<Vec<_>>().join(","))
}

fn fact(subject: &str, predicate: &str, object: &str, source: &str, quote: &str, id: usize) -> String {
    // Some facts have no id, and some have several pieces of evidence, whose order depends on their positions.
    let id = if id < 4 { format!(r#""id": "f{id}", "#) } else { String::new() };
    let others = match quote {
        "word 2 of" => {
            format!(r#", {{ "source": "{source}", "quote": "word 1 of" }}, {{ "source": "bg", "note": "known" }}"#)
        }
        "word 3 … s0" => format!(r#", {{ "source": "{source}", "quote": "{quote}" }}"#),
        _ => String::new(),
    };
    let evidence = format!(r#"[{{ "source": "{source}", "quote": "{quote}" }}{others}]"#);
    format!(
        r#"{{ {id}"subject": "{subject}", "predicate": "{predicate}", "object": {object}, "evidence": {evidence} }}"#
    )
}

/// One edit of a file.
#[derive(Clone, Debug)]
enum Edit {
    Facts { file: usize, lines: Vec<String>, is_broken: bool },
    LastFacts(Vec<String>),
    Text { source: usize, words: Vec<usize> },
    RemovedText(usize),
    Entities(usize),
    Manifest(bool),
    Lock,
    RemovedLock,
    Nothing,
}

fn facts() -> impl Strategy<Value = Vec<String>> {
    let word = |words: &'static [&'static str]| prop::sample::select(words);
    let statement = prop_oneof![
        4 => (word(&["made", "touched", "broke"]), word(&["\"a\"", "\"b\"", "\"c\"", "\"x\""])),
        1 => (word(&["size", "year", "siez"]), word(&["1973", "\"1974\"", "\"old\""])),
    ];
    let quote =
        (word(&["s0", "s1", "s2", "web", "s9"]), word(&["word 1 of", "word 2 of", "word 3 … s0", "word 7", "…"]));
    let claim = word(&["", "", "", r#", "claim": { "status": "denied" }"#, r#", "claim": { "status": "planed" }"#]);
    let line = (word(&["a", "b", "c", "d"]), statement, quote, 0_usize..8, claim).prop_map(
        |(subject, (predicate, object), (source, quote), id, claim)| {
            let fact = fact(subject, predicate, object, source, quote, id);
            fact[..fact.len() - 2].to_owned() + claim + " }"
        },
    );
    proptest::collection::vec(line, 0..6)
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        6 => (0_usize..3, facts(), prop::bool::weighted(0.1))
            .prop_map(|(file, lines, is_broken)| Edit::Facts { file, lines, is_broken }),
        1 => facts().prop_map(Edit::LastFacts),
        2 => (0_usize..2, proptest::collection::vec(1_usize..5, 0..6)).prop_map(|(source, words)| Edit::Text { source, words }),
        1 => (0_usize..2).prop_map(Edit::RemovedText),
        1 => (2_usize..5).prop_map(Edit::Entities),
        1 => any::<bool>().prop_map(Edit::Manifest),
        1 => Just(Edit::Lock),
        1 => Just(Edit::RemovedLock),
        1 => Just(Edit::Nothing),
    ]
}

impl Edited {
    /// Applies an edit, and returns the name of the changed file.
    fn apply(&mut self, edit: &Edit) -> String {
        let name = match edit {
            Edit::Facts { file, .. } => format!("facts/{file}.jsonl"),
            Edit::LastFacts(_) => "facts/last.json".to_owned(),
            Edit::Text { source, .. } | Edit::RemovedText(source) => format!("s{source}.txt"),
            Edit::Entities(_) => "entities.json".to_owned(),
            Edit::Manifest(_) => "factloom.json".to_owned(),
            Edit::Lock | Edit::RemovedLock => "factloom.lock".to_owned(),
            Edit::Nothing => "facts/0.jsonl".to_owned(),
        };
        match edit {
            Edit::Facts { lines, is_broken, .. } => {
                self.set(&name, &(lines.join("\n") + if *is_broken { "\n{\"id\": " } else { "\n" }));
            }
            Edit::LastFacts(facts) => self.set(&name, &format!("[ // facts\n{}]", facts.join(",\n"))),
            Edit::Text { source, words } => {
                let words: Vec<String> = words.iter().map(|word| format!("word {word} of s{source}.")).collect();
                self.set(&name, &words.join(" "));
            }
            Edit::RemovedText(_) | Edit::RemovedLock => drop(self.0.remove(&name)),
            Edit::Entities(count) => self.set(&name, &entities(*count)),
            Edit::Manifest(with_space) => {
                let manifest = self.0[&name].trim_end().to_owned() + if *with_space { "  " } else { "" };
                self.set(&name, &manifest);
            }
            Edit::Lock => {
                let options = CheckOptions { lock: LockUse::Update, ..CheckOptions::default() };
                let dataset = Dataset::open(self.root(), None).dataset.expect("the manifest is valid");
                let mut lock = Vec::new();
                check(&dataset, &options, &mut Findings::new())
                    .lock
                    .write(&mut lock)
                    .expect("a vector accepts everything");
                self.set(&name, &String::from_utf8(lock).expect("the lock is UTF-8"));
            }
            Edit::Nothing => {}
        }
        name
    }
}

type Outcome = (Vec<Statement>, Findings, Vec<Diagnostic>, [usize; 2], EvidenceCounts, Vec<Option<Span>>, Vec<u8>);

/// All that a check returns.
fn outcome(
    opened: &OpenOutcome,
    options: &CheckOptions<'_>,
    check: impl FnOnce(&Dataset, &CheckOptions<'_>, &mut Findings) -> Checked,
) -> Outcome {
    let mut findings = opened.findings.clone();
    let dataset = opened.dataset.as_ref().expect("the manifest is valid");
    let checked = check(dataset, options, &mut findings);
    for finding in &findings {
        let related = finding.related.iter().map(|related| &related.location);
        for location in [&finding.location].into_iter().chain(related) {
            assert!(matches!(location, Location::File | Location::Text(_)), "{finding:?}");
        }
    }
    let mut lock = Vec::new();
    checked.lock.write(&mut lock).expect("a vector accepts everything");
    let diagnostics = locate(findings.clone(), &opened.files, &Policy::default());
    let counts = [checked.omitted, checked.unlocked];
    let statements = checked.statements.iter().cloned().collect();
    (statements, findings, diagnostics, counts, checked.evidence, checked.excluded, lock)
}

#[test]
fn only_what_has_changed_is_read_and_searched_for_again() {
    let mut files = Edited::new();
    let mut opened = Dataset::open(files.root(), None);
    let mut checker = Checker::default();
    // The statements of the first two files, and how many sources were searched.
    let mut check = |opened: &OpenOutcome| {
        let searched = AtomicUsize::new(0);
        let on_source = || {
            searched.fetch_add(1, Ordering::Relaxed);
        };
        let options = CheckOptions { on_source: Some(&on_source), ..CheckOptions::default() };
        let dataset = opened.dataset.as_ref().expect("the manifest is valid");
        let checked = checker.check(dataset, &options, &mut Findings::new());
        assert_eq!(checked.statements.len(), 3);
        let address = |index: usize| std::ptr::from_ref(&checked.statements[index]).addr();
        let addresses = [address(0), address(1)];
        (checked, addresses, searched.into_inner())
    };
    let (_first, before, searched) = check(&opened);
    assert_eq!(searched, 5);
    let (_second, same, searched) = check(&opened);
    assert_eq!((same, searched), (before, 0));

    // Another quote: its file and its source.
    let changed = fact("a", "made", r#""b""#, "s1", "word 1 of", 1);
    files.set("facts/1.jsonl", &changed);
    opened.update(files.root(), &["facts/1.jsonl"]);
    let (_third, [first, second], searched) = check(&opened);
    assert!(first == before[0] && second != before[1]);
    assert_eq!(searched, 1);

    // The same quotes at other positions in the file.
    files.set("facts/1.jsonl", &format!("\n{changed}"));
    opened.update(files.root(), &["facts/1.jsonl"]);
    assert_eq!(check(&opened).2, 0);

    // A text that one file quotes.
    let text = "A word 1 of s1.";
    files.set("s1.txt", text);
    opened.update(files.root(), &["s1.txt"]);
    let (_fourth, [first, _], searched) = check(&opened);
    assert_eq!((first, searched), (before[0], 1));

    // A dataset that is opened again has the same content.
    opened = Dataset::open(files.root(), None);
    let (_fifth, [first, _], searched) = check(&opened);
    // Sources without a text in a file are looked up again, because that costs nothing.
    assert_eq!((first, searched), (before[0], 2));

    // Entities can change the meaning of facts, but not their quotes.
    files.set("entities.json", &entities(4));
    opened.update(files.root(), &["entities.json"]);
    let (_sixth, [first, _], searched) = check(&opened);
    assert!(first != before[0]);
    assert_eq!(searched, 2);
}

#[test]
fn a_text_that_changes_unnoticed_is_searched_for_all_its_quotes_as_soon_as_it_is_read() {
    let mut files = Edited::new();
    files.set("facts/0.jsonl", &fact("a", "made", r#""b""#, "s1", "word 1 of", 0));
    let directory = tempfile::tempdir().expect("a temporary directory");
    for (name, text) in &files.0 {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().expect("a directory")).expect("it can be created");
        fs::write(path, text).expect("it can be written");
    }
    let root = DatasetRoot::Directory(directory.path().to_owned());
    let mut opened = Dataset::open(root.clone(), None);
    let mut checker = Checker::default();
    let options = CheckOptions::default();
    outcome(&opened, &options, |dataset, options, findings| checker.check(dataset, options, findings));
    fs::write(directory.path().join("s1.txt"), "Now, word 2 of s1 is before word 1 of s1.").expect("it can be written");
    let other = fact("a", "made", r#""c""#, "s1", "word 2 of s1 is", 1);
    opened.update(root.clone().with_buffers([("facts/1.jsonl", other.as_str())]), &["facts/1.jsonl"]);
    let repeated = outcome(&opened, &options, |dataset, options, findings| checker.check(dataset, options, findings));
    let scratch = Dataset::open(root.with_buffers([("facts/1.jsonl", other)]), None);
    assert_eq!(repeated, outcome(&scratch, &options, check));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn repeated_checks_of_an_edited_dataset_equal_checks_from_scratch(
        edits in proptest::collection::vec((edit(), 0_u8..8), 1..12),
    ) {
        let mut files = Edited::new();
        let mut opened = Dataset::open(files.root(), None);
        let mut checker = Checker::default();
        for (edit, options) in edits {
            let name = files.apply(&edit);
            opened.update(files.root(), &[&name]);
            // Usually the same options.
            let lock = if options == 0 { LockUse::Update } else { LockUse::Verify };
            let opt_in: &[Code] = if options < 6 { &[Code::SingleSource] } else { &[] };
            let options = CheckOptions { lock, opt_in, require_text: options == 7, ..CheckOptions::default() };
            let repeated = outcome(&opened, &options, |dataset, options, findings| checker.check(dataset, options, findings));
            let scratch = outcome(&Dataset::open(files.root(), None), &options, check);
            prop_assert_eq!(repeated, scratch, "{:?}", edit);
        }
    }
}

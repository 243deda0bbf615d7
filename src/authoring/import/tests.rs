//! Tests of the import: reading, names, and what is written.

mod judgement;

use super::*;
use crate::authoring::TUTORIAL;
use crate::dataset::Layout;
use Verdict::{Accepted, AddsEvidence, Duplicate, Invalid};

const MANIFEST: &str = r#"{ "base": "https://e.org/", "prefixes": { "wd": "http://www.wikidata.org/entity/" }, "sources": [
    { "id": "chronicle", "title": "Chronicle", "content": "The guild built the old mill in 1873. Jane Doe praised the old mill. The guild built the new mill in 1901." },
    { "id": "letters", "content": "As I wrote, the guild built the old mill in 1873, and it was a joy." } ] }"#;

const VOCABULARY: &str = "@prefix v: <https://e.org/vocabulary/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    v:Mill a owl:Class . v:Group a owl:Class .
    v:built a owl:ObjectProperty ; rdfs:label \"has built\" ; rdfs:domain v:Group ; rdfs:range v:Mill .
    v:praised a owl:ObjectProperty . v:year a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:range xsd:gYear .";

const ENTITIES: &str = r#"[
    { "id": "guild", "type": "Group", "label": "The guild", "aliases": ["Guild"], "sameAs": ["wd:Q1"] },
    { "id": "jane", "type": "Group", "label": "Jane Doe" }, { "id": "jane-2", "type": "Group", "label": "Jane Doe" },
    { "id": "old-mill", "type": "Mill", "label": "old mill" }, { "id": "new-mill", "type": "Mill", "label": "new mill" } ]"#;

const FACTS: &str = r#"[
  // Comments stay.
  { "id": "guild-built-old-mill", "subject": "guild", "predicate": "built", "object": "old-mill",
    "evidence": [ { "source": "chronicle", "quote": "The guild built the old mill" } ] }, // here, too
]
"#;

fn root(facts: &str) -> DatasetRoot {
    let files = [
        ("factloom.json", MANIFEST),
        ("vocabulary.ttl", VOCABULARY),
        ("entities.json", ENTITIES),
        ("facts.json", facts),
    ];
    DatasetRoot::memory(files)
}

fn file(name: &str, text: &str) -> ProposalFile {
    let format = ProposalFormat::of_file(std::path::Path::new(name)).expect("a known extension");
    ProposalFile { name: name.to_owned(), text: text.to_owned(), format }
}

fn imported(root: DatasetRoot, name: &str, text: &str) -> Import {
    import(root, ReadOptions::default(), vec![file(name, text)], &ImportOptions::default()).unwrap()
}

fn verdicts(import: &Import) -> Vec<Verdict> {
    import.judgements.iter().map(|judgement| judgement.verdict).collect()
}

/// A proposal about the new mill with other members.
fn proposal(members: &str) -> String {
    let evidence = r#""evidence": [{ "source": "chronicle", "quote": "The guild built the new mill in 1901" }]"#;
    format!("{{ {members}, {evidence} }}")
}

const NEW_MILL: &str = r#""subject": "guild", "predicate": "built", "object": "new-mill""#;

/// The file with a name after the edits.
fn edited(import: &Import, destination: &str) -> String {
    let plan = import.plan(destination).unwrap();
    assert_eq!(plan.files.len(), 1, "{plan:?}");
    plan.files[0].text.clone()
}

#[test]
fn labels_aliases_and_iris_stand_for_ids_if_only_one_entity_has_them() {
    for (subject, note) in [
        ("guild", None),
        ("The guild", Some("`The guild` is the label of `guild`")),
        ("Guild", Some("`Guild` is the name of `guild`")),
        ("wd:Q1", Some("`wd:Q1` is in `sameAs` of `guild`")),
        ("https://e.org/entity/guild", Some("`https://e.org/entity/guild` is the IRI of `guild`")),
    ] {
        let text = proposal(&format!(r#""subject": "{subject}", "predicate": "has built", "object": "new mill""#));
        let import = imported(root(FACTS), "a.json", &text);
        assert_eq!(verdicts(&import), [Verdict::Accepted], "{subject}: {:?}", import.judgements);
        let notes: Vec<&str> = import.judgements[0].notes.iter().map(String::as_str).collect();
        assert!(note.is_none_or(|note| notes.contains(&note)), "{subject}: {notes:?}");
        assert_eq!(notes.len(), 2 + usize::from(note.is_some()), "{notes:?}");
        let written = edited(&import, "facts.json");
        assert!(written.contains(r#""subject": "guild", "predicate": "built", "object": "new-mill""#), "{written}");
    }
    let text = proposal(r#""subject": "Jane Doe", "predicate": "built", "object": "NEW MILL""#);
    let import = imported(root(FACTS), "a.json", &text);
    assert_eq!(verdicts(&import), [Verdict::UnknownName]);
    let other = imported(root(FACTS), "a.json", &text.replace("NEW MILL", "the old mill museum"));
    let notes: Vec<&String> = other.judgements[0].reasons.iter().flat_map(|reason| &reason.notes).collect();
    assert_eq!(notes[1], "with a part of the name: `old-mill` (old mill)");
    let notes: Vec<&String> = import.judgements[0].reasons.iter().flat_map(|reason| &reason.notes).collect();
    assert_eq!(
        notes,
        [
            "several entities are named `Jane Doe`: `jane` (Jane Doe), `jane-2` (Jane Doe)",
            "in another letter case: `new-mill` (new mill)"
        ]
    );
}

#[test]
fn unknown_members_are_counted_and_set_aside() {
    let text = r#"[{ "subject": "guild", "predicate": "built", "object": "new-mill", "confidence": 0.9,
        "claim": { "status": "planned", "why": "x" },
        "evidence": [{ "source": "chronicle", "quote": "The guild built the new mill", "page": 3 }] }, { "confidence": 1 }]"#;
    let import = imported(root(FACTS), "a.json", text);
    let set_aside: Vec<(&str, usize)> = import.set_aside.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    assert_eq!(set_aside, [("claim.why", 1), ("confidence", 2), ("evidence.page", 1)]);
    assert_eq!(verdicts(&import), [Verdict::Accepted, Verdict::Invalid]);
}

#[test]
fn a_proposal_cannot_acknowledge_findings_about_itself() {
    let text = r#"{ "subject": "guild", "predicate": "built", "object": "new-mill",
        "allow": [{ "code": "quote-cuts-word", "reason": "trust me" }],
        "evidence": [{ "source": "chronicle", "quote": "The guild built the new mil" }] }"#;
    let import = imported(root(FACTS), "a.json", text);
    assert_eq!(verdicts(&import), [Verdict::CutsWord]);
    assert!(import.judgements[0].notes.iter().any(|note| note.starts_with("`allow` was set aside")));
    let options = ImportOptions { accept_allow: true, ..ImportOptions::default() };
    let import = super::import(root(FACTS), ReadOptions::default(), vec![file("a.json", text)], &options).unwrap();
    assert_eq!(verdicts(&import), [Verdict::Accepted]);
    let options = ImportOptions { allow: vec![Code::QuoteCutsWord], ..ImportOptions::default() };
    let import = super::import(root(FACTS), ReadOptions::default(), vec![file("a.json", text)], &options).unwrap();
    assert_eq!((verdicts(&import), import.judgements[0].reasons.len()), (vec![Verdict::Accepted], 1));
}

#[test]
fn evidence_is_added_to_known_statements_and_everything_else_stays() {
    let text = [
        r#"{ "subject": "guild", "predicate": "built", "object": "old-mill", "evidence": [
            { "source": "chronicle", "quote": "The guild built the old mill" },
            { "source": "letters", "quote": "the guild built the old mill in 1873" }] }"#
            .replace('\n', " "),
        proposal(NEW_MILL),
        r#"{ "subject": "guild", "predicate": "built", "object": "new-mill", "evidence": [
            { "source": "chronicle", "quote": "guild built the new mill" }] }"#
            .replace('\n', " "),
        r#"{ "subject": "guild", "predicate": "built", "object": "old-mill", "evidence": [
            { "source": "letters", "quote": "the guild built the old mill in 1873" }] }"#
            .replace('\n', " "),
    ];
    let import = imported(root(FACTS), "a.jsonl", &text.join("\n"));
    assert_eq!(verdicts(&import), [AddsEvidence, Accepted, AddsEvidence, Duplicate], "{:?}", import.judgements);
    let expected = r#"[
  // Comments stay.
  { "id": "guild-built-old-mill", "subject": "guild", "predicate": "built", "object": "old-mill",
    "evidence": [ { "source": "chronicle", "quote": "The guild built the old mill" }, { "source": "letters", "quote": "the guild built the old mill in 1873" } ] }, // here, too
  { "id": "guild-built-new-mill", "subject": "guild", "predicate": "built", "object": "new-mill", "proposedBy": "a.jsonl",
    "evidence": [{ "source": "chronicle", "quote": "The guild built the new mill in 1901" }, { "source": "chronicle", "quote": "guild built the new mill" }] },
]
"#;
    assert_eq!(edited(&import, "facts.json"), expected);
    let after = imported(root(expected), "a.jsonl", &text.join("\n"));
    assert_eq!(verdicts(&after), [Duplicate; 4]);
    assert_eq!(after.plan("facts.json").unwrap().files, []);
}

#[test]
fn proposals_are_compared_with_each_other() {
    let year = |year: &str, quote: &str| {
        format!(
            r#"{{ "subject": "old-mill", "predicate": "year", "object": "{year}", "evidence": [{{ "source": "chronicle", "quote": "{quote}" }}] }}"#
        )
    };
    let text = [
        year("1873", "The guild built the old mill in 1873"),
        year("1901", "the old mill. The guild built the new mill in 1901"),
        year("1873", "guild built the old mill in 1873"),
    ];
    let import = imported(root(FACTS), "a.jsonl", &text.join("\n"));
    assert_eq!(
        verdicts(&import),
        [Verdict::Accepted, Verdict::Conflict, Verdict::AddsEvidence],
        "{:?}",
        import.judgements
    );
    assert!(import.judgements[0].reasons[0].message.contains("a later proposal contradicts this one"));
    // A proposal that is rejected contradicts nothing.
    let text = [year("1901", "old mill in 1874"), year("1873", "The guild built the old mill in 1873")];
    assert_eq!(
        verdicts(&imported(root(FACTS), "a.jsonl", &text.join("\n"))),
        [Verdict::QuoteNotFound, Verdict::Accepted]
    );
}

#[test]
fn ids_are_made_of_names_and_are_unique() {
    let praise = |id: &str, quote: &str, more: &str| {
        format!(
            r#"{{ {id}"subject": "jane", "predicate": "praised", "object": "old-mill", {more} "evidence": [{{ "source": "chronicle", "quote": "{quote}" }}] }}"#
        )
    };
    let claim = |status: &str| format!(r#""claim": {{ "status": "{status}" }},"#);
    let quote = "Jane Doe praised the old mill";
    let text = [
        praise("", quote, ""),
        praise("\"id\": \"jane-praised-old-mill\", ", quote, &claim("planned")),
        praise("", quote, &claim("possible")),
        praise("\"id\": \"guild-built-old-mill\", ", quote, &claim("alleged")),
        praise("\"id\": \"not valid\", ", quote, &claim("disputed")),
    ];
    let import = imported(root(FACTS), "a.jsonl", &text.join("\n"));
    assert_eq!(verdicts(&import), [Accepted, Accepted, Accepted, Invalid, Invalid], "{:?}", import.judgements);
    let written = edited(&import, "facts.json");
    for id in ["jane-praised-old-mill", "jane-praised-old-mill-2", "jane-praised-old-mill-3"] {
        assert!(written.contains(&format!("\"id\": \"{id}\"")), "{id}\n{written}");
    }
}

#[test]
fn json_is_read_in_the_forms_of_people_scripts_and_models() {
    let one = proposal(NEW_MILL);
    for (name, text, lines) in [
        ("a.json", format!("[{one}]"), vec![1]),
        ("a.json", format!("\u{feff}// comment\n[\n {one}, // comment\n]"), vec![3]),
        ("a.json", format!("{{ \"model\": \"m\", \"facts\": [\n{one}\n] }}"), vec![2]),
        ("a.json", format!("{one}\n{one}"), vec![1, 2]),
        ("a.jsonl", format!("\n{one}\r\n// comment\n{one}\n"), vec![2, 4]),
        ("a.md", format!("Here are the facts:\n```json\n[{one},\n{one}]\n```\nAnything else?"), vec![3, 4]),
        ("a.txt", format!("```jsonl\n{one}\n```\nand\n```\n{one}\n```"), vec![2, 6]),
    ] {
        let import = imported(root(FACTS), name, &text);
        let found: Vec<usize> = import.judgements.iter().map(|one| one.origin.line).collect();
        assert_eq!(found, lines, "{text}");
        assert_eq!(verdicts(&import)[0], Verdict::Accepted, "{text}: {:?}", import.judgements);
        assert!(verdicts(&import)[1..].iter().all(|verdict| *verdict == Verdict::Duplicate), "{text}");
    }
}

#[test]
fn a_broken_list_is_read_as_far_as_possible() {
    let one = proposal(NEW_MILL);
    let broken = one.replace("\"guild\"", "guild");
    for (text, expected) in [
        (format!("[\n  {broken},\n  {one}\n]"), vec![Invalid, Accepted]),
        (format!("[\n  {one},\n  {broken},\n  {one}\n]"), vec![Accepted, Invalid, Duplicate]),
        (format!("[\n  {one}\n  {one}\n]"), vec![Accepted, Duplicate]),
        (format!("[\n  {one},\n  {}", &one[..60]), vec![Accepted, Invalid]),
        (format!("[\n  {one},"), vec![Accepted, Invalid]),
        (format!("[{one}] and more"), vec![Accepted, Invalid]),
        (format!("[{one}, 7]"), vec![Accepted, Invalid]),
    ] {
        let import = imported(root(FACTS), "a.json", &text);
        assert_eq!(verdicts(&import), expected, "{text}\n{:?}", import.judgements);
    }
}

#[test]
fn tables_have_a_proposal_in_each_row() {
    let header = "\u{feff}subject;predicate;object;qualifier:year;pointInTime;status;by;source;quote;page";
    let rows = [
        "guild;built;new-mill;;1901;;;chronicle;The guild built the new mill in 1901;7",
        "guild;built;new-mill;;1901;planned;guild;chronicle;\"The guild\nbuilt the new mill\nin 1901\";",
        "guild;built;new-mill;1901;;;;chronicle;The guild built the new mill in 1901;",
        "guild;built;new-mill;1;2;3;4;5;6;7;8",
    ];
    let import = imported(root(FACTS), "a.csv", &format!("{header}\n{}\n", rows.join("\n")));
    assert_eq!(verdicts(&import), [Accepted, Accepted, Accepted, Invalid], "{:?}", import.judgements);
    let lines: Vec<usize> = import.judgements.iter().map(|one| one.origin.line).collect();
    assert_eq!((lines, import.set_aside["page"]), (vec![2, 3, 6, 7], 1));
    let written = edited(&import, "facts.json");
    for part in [
        r#""qualifiers": { "pointInTime": "1901" }"#,
        r#""claim": { "status": "planned", "by": "guild" }"#,
        r#""quote": "The guild\nbuilt the new mill\nin 1901""#,
        r#""qualifiers": { "year": "1901" }"#,
    ] {
        assert!(written.contains(part), "{part}\n{written}");
    }
    let typed = "subject,predicate,object,object.type,source,quote\nold-mill,year,1873,xsd:gYear,chronicle,the old mill in 1873\n";
    assert_eq!(verdicts(&imported(root(FACTS), "a.csv", typed)), [Accepted]);
    let import = imported(root(FACTS), "a.csv", "who,what\na,b\n");
    assert_eq!((verdicts(&import), import.judgements[0].origin.line), (vec![Invalid], 1));
}

/// The statements of the tutorial as RDF.
fn exported(is_rdf11: bool) -> String {
    let (dataset, store) = crate::project::build(DatasetRoot::Bundled(TUTORIAL)).unwrap();
    let triples = store.triples().unwrap();
    let triples = if is_rdf11 { crate::triples::to_rdf11(triples, &dataset.namespaces) } else { triples };
    triples.iter().map(ToString::to_string).collect::<Vec<_>>().join(" .\n") + " .\n"
}

#[test]
fn exported_statements_are_duplicates_and_can_be_imported_into_an_empty_dataset() {
    for is_rdf11 in [false, true] {
        let text = exported(is_rdf11);
        let import = imported(DatasetRoot::Bundled(TUTORIAL), "a.nt", &text);
        assert_eq!(verdicts(&import), [Verdict::Duplicate; 11], "{:?}", import.judgements);
        assert!(import.notes[0].contains("3 inferences and entailments"), "{:?}", import.notes);
        let empty = DatasetRoot::Bundled(TUTORIAL).with_buffers([("facts.json", "")]);
        let import = imported(empty.clone(), "a.nt", &text);
        assert_eq!(verdicts(&import), [Verdict::Accepted; 11], "{:?}", import.judgements);
        let written = edited(&import, "facts.json");
        let (_, before) = crate::project::build(DatasetRoot::Bundled(TUTORIAL)).unwrap();
        let (_, after) = crate::project::build(empty.with_buffers([("facts.json", written)])).unwrap();
        let statements = |store: &crate::store::Store| -> Vec<crate::model::Statement> {
            store.statements().map(|one| crate::model::Statement { proposed_by: None, ..one.unwrap() }).collect()
        };
        assert_eq!(statements(&before), statements(&after));
        assert!(after.statements().all(|one| {
            let one = one.unwrap();
            one.kind.derivation().is_some() || one.proposed_by.as_deref() == Some("a.nt")
        }));
    }
}

#[test]
fn rdf_of_others_may_have_blank_nodes_and_annotations() {
    let prefixes = "@prefix e: <https://e.org/entity/> . @prefix v: <https://e.org/vocabulary/> .
        @prefix fl: <https://factloom.example/ns#> . @prefix oa: <http://www.w3.org/ns/oa#> . @prefix src: <https://e.org/source/> .
        @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix wd: <http://www.wikidata.org/entity/> .\n";
    let evidence = "fl:evidence [ oa:hasSource src:chronicle ; oa:exact \"The guild built the new mill in 1901\" ]";
    for turtle in [
        format!("e:guild v:built e:new-mill {{| {evidence} |}} ."),
        format!("wd:Q1 v:built e:new-mill {{| {evidence} |}} ."),
        format!(
            "[] a rdf:Statement ; rdf:subject e:guild ; rdf:predicate v:built ; rdf:object e:new-mill ; {evidence} ."
        ),
        format!(
            "<http://x.org/s> rdf:reifies <<( e:guild v:built e:new-mill )>> ; fl:status fl:planned ; {evidence} ."
        ),
    ] {
        let import = imported(root(FACTS), "a.ttl", &format!("{prefixes}{turtle}"));
        assert_eq!(verdicts(&import), [Verdict::Accepted], "{turtle}\n{:?}", import.judgements);
        assert!(edited(&import, "facts.json").contains("\"id\": \"guild-built-new-mill\""));
    }
    let bad = format!("{prefixes}e:guild v:built e:new-mill {{| fl:evidence [ oa:exact \"x\" ] |}} .");
    assert_eq!(verdicts(&imported(root(FACTS), "a.ttl", &bad)), [Verdict::Invalid]);
    assert_eq!(verdicts(&imported(root(FACTS), "a.ttl", "e:a e:b")), [Verdict::Invalid]);
    let import = imported(root(FACTS), "a.ttl", &format!("{prefixes}e:guild v:built e:new-mill ."));
    assert!(import.judgements.is_empty() && import.notes[0].contains("has no statements"));
}

#[test]
fn rejects_are_read_again_after_correction() {
    let wrong = proposal(&NEW_MILL.replace("\"guild\"", "\"gild\""));
    let broken = proposal(NEW_MILL).replace("\"subject\"", "subject");
    let right = proposal(NEW_MILL).replace(" in 1901", "");
    let text = format!("{wrong}\n{broken}\n{right}\n");
    let import = imported(root(FACTS), "a.jsonl", &text);
    assert_eq!(verdicts(&import), [Verdict::UnknownName, Verdict::Invalid, Verdict::Accepted]);
    let rejects = import.rejects(Rejects::Keep(""));
    assert_eq!(rejects.lines().count(), 2);
    assert!(rejects.contains("did you mean `guild`?") && rejects.contains("\"from\": \"a.jsonl:2\""), "{rejects}");
    // The same proposals are not added twice.
    assert_eq!(import.rejects(Rejects::Keep(&rejects)), rejects);
    let again = imported(root(FACTS), "rejected.jsonl", &rejects);
    assert_eq!((verdicts(&again), again.set_aside.len()), (vec![Verdict::UnknownName, Verdict::Invalid], 0));
    assert_eq!(again.rejects(Rejects::Replace), rejects);
    let corrected = rejects
        .replace("\"gild\"", "\"guild\"")
        .replace("subject\\\"", "\\\"subject\\\"")
        .replace("{ subject", "{ \\\"subject\\\"");
    let again = imported(root(FACTS), "rejected.jsonl", &corrected);
    assert_eq!(verdicts(&again), [Verdict::Accepted, Verdict::Duplicate], "{corrected}\n{:?}", again.judgements);
    assert_eq!(again.rejects(Rejects::Replace), "");
    assert!(edited(&again, "facts.json").contains("\"proposedBy\": \"a.jsonl\""));
}

#[test]
fn the_destination_must_be_a_file_of_facts() {
    let import = imported(root(FACTS), "a.json", &proposal(NEW_MILL));
    assert_eq!(import.default_destination(), "facts.json");
    for (name, problem) in [("other.json", "not a file of facts"), ("factloom.json", "not a file of facts")] {
        let error = import.plan(name).unwrap_err();
        assert!(error.to_string().contains(problem), "{error}");
    }
    let plan = import.plan("facts.jsonl").unwrap();
    assert!(plan.files[0].text.starts_with("{ \"subject\": \"guild\""), "{plan:?}");
    assert_eq!(Layout::of(&plan.destination), Layout::Lines);
}

#[test]
fn a_source_without_its_text_gives_no_accepted_quote() {
    let manifest = MANIFEST.replace("\"content\": \"As I wrote", "\"text\": \"missing.txt\", \"title\": \"As I wrote");
    let root = root(FACTS).with_buffers([("factloom.json", manifest)]);
    let text = proposal(NEW_MILL).replace("chronicle", "letters");
    let import = imported(root, "a.json", &text);
    assert_eq!(verdicts(&import), [Verdict::Unverifiable], "{:?}", import.judgements);
    assert_eq!(
        import.judgements[0].reasons[0].message,
        "the quote cannot be verified: the text of `letters` is unavailable"
    );
}

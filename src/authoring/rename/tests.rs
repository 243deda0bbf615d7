//! Tests of renames.

use super::*;
use crate::BUNDLED;

fn bundled() -> BTreeMap<String, String> {
    BUNDLED.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

fn root(files: &BTreeMap<String, String>) -> DatasetRoot {
    DatasetRoot::memory(files.iter().map(|(name, text)| (name, text.as_str())))
}

/// Renames in files, and returns the new ones.
fn renamed(
    files: &BTreeMap<String, String>,
    old: &str,
    new: &str,
    kind: Option<NameKind>,
) -> Result<BTreeMap<String, String>, RenameError> {
    let options = RenameOptions { kind, ..RenameOptions::default() };
    let rename = rename(&root(files), old, new, &options, &|_| {})?;
    let mut files = files.clone();
    files.extend(rename.files.into_iter().map(|file| (file.name, file.text)));
    Ok(files)
}

/// All names of the bundled dataset with their kinds.
fn all_names(files: &BTreeMap<String, String>) -> Vec<(NameKind, String)> {
    let dataset = Dataset::open(root(files), None).dataset.unwrap();
    let own = dataset.namespaces.vocabulary();
    let local = |iri: &str| iri.strip_prefix(&own).map(str::to_owned);
    let predicates = dataset.vocabulary.predicates().filter_map(|predicate| local(predicate.iri.as_str()));
    let classes = dataset.vocabulary.classes().filter_map(|class| local(class.as_str()));
    let facts = fact_texts(&dataset).unwrap();
    let entities = dataset.entities.iter().map(|entity| (NameKind::Entity, entity.id.to_string()));
    let sources = dataset.sources.iter().map(|source| (NameKind::Source, source.id.to_string()));
    let mut names: Vec<(NameKind, String)> = entities.chain(sources).collect();
    names.extend(predicates.map(|name| (NameKind::Predicate, name)));
    names.extend(classes.map(|name| (NameKind::Class, name)));
    names.extend(all_statement_ids(&facts).into_iter().map(|id| (NameKind::Statement, id)));
    names
}

/// Renames some of the names of the bundled dataset and back.
fn assert_renamed_and_back(step: usize) {
    let files = bundled();
    let names = all_names(&files);
    assert!(names.len() > 300, "{}", names.len());
    for (number, (kind, old)) in names.iter().enumerate().step_by(step) {
        // A name that is sorted before the others, or after them.
        let new = if number % 2 == 0 { format!("zz-{old}") } else { format!("Aa_{old}_x") };
        let after = renamed(&files, old, &new, Some(*kind)).unwrap_or_else(|error| panic!("{kind} {old}: {error:?}"));
        assert_ne!(after, files, "{kind} {old}");
        let back = renamed(&after, &new, old, Some(*kind)).unwrap_or_else(|error| panic!("{kind} {old}: {error:?}"));
        let changed: Vec<&String> = files.keys().filter(|name| files[*name] != back[*name]).collect();
        assert!(changed.is_empty(), "{kind} {old}: {changed:?}");
    }
}

#[test]
fn names_of_the_bundled_dataset_are_renamed_and_back() {
    assert_renamed_and_back(61);
}

#[test]
#[ignore = "takes several minutes"]
fn every_name_of_the_bundled_dataset_is_renamed_and_back() {
    assert_renamed_and_back(1);
}

const MANIFEST: &str = "{\r\n\t// The mill, of mill.\r\n\t\"title\": \"mill\", \"base\": \"https://e.org/\",\r\n\t\"sources\": [ { \"id\": \"mill\", \"title\": \"mill\", \"text\": \"mill.txt\" } ],\r\n\t\"allow\": [ { \"code\": \"unused-entity\", \"ids\": \"طاحونة\", \"reason\": \"طاحونة\" } ]\r\n}\r\n";

const VOCABULARY: &str = "# v:made is not v:made-of.\n@prefix v: <https://e.org/vocabulary/> . @prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n\
    <vocabulary/Thing> a owl:Class ; rdfs:label \"v:Thing\"@en .\n\
    v:made a owl:ObjectProperty ; rdfs:domain v:Thing ; rdfs:range <https://e.org/vocabulary/Thing> .\n\
    v:name a owl:DatatypeProperty .\n";

const ENTITIES: &str = "[\r\n\t{ \"id\": \"mill\", \"type\": \"Thing\", \"label\": \"mill\", \"aliases\": [\"the mill\"] }, // mill\r\n\t{ \"id\": \"mill-2\", \"type\": \"v:Thing\", \"label\": \"mill 2\", \"sameAs\": [\"e:other\"] },\r\n\t{ \"id\": \"طاحونة\", \"type\": \"Thing\", \"label\": \"طاحونة قديمة\" }\r\n]\r\n";

const FACTS: &str = "\u{feff}{\"id\":\"mill\",\"subject\":\"mill\",\"predicate\":\"made\",\"object\":\"mill-2\",\"evidence\":[{\"source\":\"mill\",\"quote\":\"mill made mill 2\"}]}\r\n\
    {\"id\":\"b\",\"subject\":\"mill\",\"predicate\":\"name\",\"object\":\"mill\",\"evidence\":[{\"source\":\"mill\",\"quote\":\"The mill\",\"note\":\"mill\"}]}\r\n";

const QUERY: &str = "#+ summary: \"mill\"\r\n#+ defaults:\r\n#+   - what: mill\r\n#+   - word: mill\r\n#+ cases:\r\n#+   other: { what: mill-2, word: mill }\r\n# e:mill\r\n\
    PREFIX t: <https://e.org/entity/>\r\nSELECT ?x ?id { VALUES ?x { e:mill t:mill-2 <https://e.org/entity/mill> } ?_what_iri a v:Thing BIND(STRAFTER(STR(?x), \"entity/\") AS ?id) FILTER(?_word != \"the mill\") } ORDER BY ?x\r\n";

const GOLDEN: &str = "x,id\r\nhttps://e.org/entity/mill,mill\r\nhttps://e.org/entity/mill,\"mill\"\r\nhttps://e.org/entity/mill-2,mill-2\r\n";

/// A dataset in which an entity, a source, a statement, labels and words of texts have the same name.
fn mills() -> BTreeMap<String, String> {
    let style = "{ /* v:Thing */ \"class\": { \"v:Thing\": { \"color\": \"red\" } }, \"predicate\": { \"made\": {} } }";
    let lock = "{\"version\":2}\n";
    let reviews = "{\"statement\":\"mill\",\"by\":\"mill\"}\n";
    [
        ("factloom.json", MANIFEST),
        ("vocabulary.ttl", VOCABULARY),
        ("entities.json", ENTITIES),
        ("facts.jsonl", FACTS),
        ("mill.txt", "The mill made mill 2."),
        ("queries/q.rq", QUERY),
        ("tests/queries/q.csv", GOLDEN),
        ("tests/queries/q.other.csv", GOLDEN),
        ("style.json", style),
        ("factloom.lock", lock),
        ("reviews.jsonl", reviews),
    ]
    .map(|(name, text)| (name.to_owned(), text.to_owned()))
    .into()
}

/// The changed lines of a rename, without the unchanged ones.
fn changed_lines(old: &str, new: &str, kind: NameKind) -> Vec<String> {
    let files = mills();
    let after = renamed(&files, old, new, Some(kind)).unwrap();
    let back = renamed(&after, new, old, Some(kind)).unwrap();
    assert_eq!(back, files, "{kind} {old}");
    let mut changed = Vec::new();
    for (name, text) in &after {
        let (before, now) = (files[name].split_inclusive('\n'), text.split_inclusive('\n'));
        assert_eq!(before.clone().count(), now.clone().count(), "{name}");
        changed.extend(before.zip(now).filter(|(a, b)| a != b).map(|(_, line)| format!("{name}: {}", line.trim_end())));
    }
    changed
}

#[test]
fn only_references_change() {
    let expected = [
        "entities.json: \t{ \"id\": \"windmill\", \"type\": \"Thing\", \"label\": \"mill\", \"aliases\": [\"the mill\"] }, // mill",
        "facts.jsonl: \u{feff}{\"id\":\"mill\",\"subject\":\"windmill\",\"predicate\":\"made\",\"object\":\"mill-2\",\"evidence\":[{\"source\":\"mill\",\"quote\":\"mill made mill 2\"}]}",
        "facts.jsonl: {\"id\":\"b\",\"subject\":\"windmill\",\"predicate\":\"name\",\"object\":\"mill\",\"evidence\":[{\"source\":\"mill\",\"quote\":\"The mill\",\"note\":\"mill\"}]}",
        "queries/q.rq: #+   - what: windmill",
        "queries/q.rq: SELECT ?x ?id { VALUES ?x { e:windmill t:mill-2 <https://e.org/entity/windmill> } ?_what_iri a v:Thing BIND(STRAFTER(STR(?x), \"entity/\") AS ?id) FILTER(?_word != \"the mill\") } ORDER BY ?x",
        "tests/queries/q.csv: https://e.org/entity/mill-2,mill-2",
        "tests/queries/q.csv: https://e.org/entity/windmill,windmill",
        "tests/queries/q.csv: https://e.org/entity/windmill,\"windmill\"",
        "tests/queries/q.other.csv: https://e.org/entity/mill-2,mill-2",
        "tests/queries/q.other.csv: https://e.org/entity/windmill,windmill",
        "tests/queries/q.other.csv: https://e.org/entity/windmill,\"windmill\"",
    ];
    assert_eq!(changed_lines("mill", "windmill", NameKind::Entity), expected);
    let statement = changed_lines("mill", "made-it", NameKind::Statement);
    assert_eq!(statement[1], "reviews.jsonl: {\"statement\":\"made-it\",\"by\":\"mill\"}");
    assert_eq!(statement.len(), 2);
    let source = changed_lines("mill", "chronicle", NameKind::Source);
    let files: Vec<&str> = source.iter().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(files, ["factloom.json", "facts.jsonl", "facts.jsonl"]);
}

#[test]
fn names_of_the_vocabulary_are_renamed_in_each_form() {
    let class = changed_lines("Thing", "شيء", NameKind::Class);
    assert!(class.contains(&"vocabulary.ttl: <vocabulary/شيء> a owl:Class ; rdfs:label \"v:Thing\"@en .".to_owned()));
    assert!(
        class.iter().any(|line| line.starts_with("style.json: { /* v:Thing */ \"class\": { \"v:شيء\"")),
        "{class:#?}"
    );
    let predicate = changed_lines("v:made", "<https://e.org/vocabulary/built>", NameKind::Predicate);
    let files: Vec<&str> = predicate.iter().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(files, ["facts.jsonl", "style.json", "vocabulary.ttl"]);
    let entity = changed_lines("طاحونة", "مصنع", NameKind::Entity);
    assert_eq!(entity.len(), 2, "{entity:#?}");
}

#[test]
fn strings_of_queries_and_a_file_with_the_old_name_are_noted() {
    let notes = |kind| {
        let options = RenameOptions { kind: Some(kind), ..RenameOptions::default() };
        rename(&root(&mills()), "mill", "new", &options, &|_| {}).unwrap().notes
    };
    assert_eq!(notes(NameKind::Entity), ["queries/q.rq:9 has `mill` in a string, which stays as it is"]);
    assert!(notes(NameKind::Source)[0].starts_with("the text keeps its file `mill.txt`"));
}

#[test]
fn unknown_ambiguous_invalid_and_used_names_are_refused() {
    let message = |old: &str, new: &str, kind: Option<NameKind>| {
        let error = renamed(&mills(), old, new, kind).unwrap_err();
        format!("{error}; {}", error.help().unwrap_or_default())
    };
    for (old, new, kind, expected) in [
        (
            "mill",
            "new",
            None,
            "`mill` is the name of several things: entity, source, statement; choose with --kind entity, source or statement",
        ),
        ("mil", "new", Some(NameKind::Source), "unknown source `mil`; did you mean the source `mill`?"),
        ("e:mills", "new", None, "unknown entity `e:mills`; did you mean the entity `mill`?"),
        ("mill-2", "mill", None, "the entity `mill` exists already; choose another name"),
        ("made", "Thing", None, "the class `Thing` exists already; choose another name"),
        ("made", "pointInTime", None, "`pointInTime` stands for `fl:pointInTime` already; choose another name"),
        (
            "mill-2",
            "a mill",
            None,
            "`a mill` is not a valid id: invalid character ' ' in an id; use only letters, digits, `-` and `_`, such as `old-mill`",
        ),
        (
            "mill-2",
            "",
            None,
            "`` is not a valid id: empty id; use only letters, digits, `-` and `_`, such as `old-mill`",
        ),
        (
            "b",
            "i-0123456789abcdef",
            None,
            "`i-0123456789abcdef` is not a valid id: invalid id: `i-` with 16 hexadecimal digits is reserved for inferences and entailments; choose an id other than `i-` and 16 hexadecimal digits",
        ),
        (
            "mill-2",
            "v:x",
            None,
            "`v:x` has the prefix of the kind `predicate`, not `entity`; write the new id without a prefix",
        ),
        ("mill-2", "mill-2", None, "the name is `mill-2` already; choose another name"),
        (
            "rdfs:label",
            "x",
            None,
            "`rdfs:label` is not a name of this dataset; only ids, and names below the `base` of the manifest, can be renamed",
        ),
    ] {
        assert_eq!(message(old, new, kind), expected);
    }
}

#[test]
fn a_rename_that_changes_results_is_refused() {
    let mut files = mills();
    let query = "SELECT ?x { ?x a v:Thing FILTER(STRENDS(STR(?x), \"mill\")) }";
    files.insert("queries/ends.rq".to_owned(), query.to_owned());
    files.insert("tests/queries/ends.csv".to_owned(), "x\nhttps://e.org/entity/mill\n".to_owned());
    let error = renamed(&files, "mill", "plant", Some(NameKind::Entity)).unwrap_err();
    let RenameError::Results(report) = error else { panic!("{error:?}") };
    assert_eq!(report.failures().map(|test| test.query.as_str()).collect::<Vec<_>>(), ["ends"]);
    // A test that failed before may fail again.
    files.insert("tests/queries/ends.csv".to_owned(), "x\nhttps://e.org/entity/other\n".to_owned());
    assert!(renamed(&files, "mill", "plant", Some(NameKind::Entity)).is_ok());
}

#[test]
fn a_rename_that_changes_inferences_is_refused() {
    let mut files = mills();
    let rule = "CONSTRUCT { ?x v:made ?x } WHERE { ?x a v:Thing FILTER(STRENDS(STR(?x), \"mill\")) }";
    files.insert("rules/ends.rq".to_owned(), rule.to_owned());
    let error = renamed(&files, "mill", "plant", Some(NameKind::Entity)).unwrap_err();
    assert!(matches!(error, RenameError::Graph { .. }), "{error:?}");
    assert!(renamed(&files, "mill", "windmill", Some(NameKind::Entity)).is_ok());
}

#[test]
fn golden_files_of_other_formats_are_renamed() {
    let mut files = mills();
    let select = "SELECT ?x ?id { VALUES ?x { e:mill } BIND(STRAFTER(STR(?x), \"entity/\") AS ?id) }";
    for (name, text) in [
        ("queries/rows.rq", select),
        ("tests/queries/rows.tsv", "?x\t?id\n<https://e.org/entity/mill>\t\"mill\"\n"),
        ("queries/graph.rq", "CONSTRUCT { ?x v:made ?y } WHERE { ?x v:made ?y }"),
        (
            "tests/queries/graph.ttl",
            "PREFIX n: <https://e.org/entity/>\nn:mill <https://e.org/vocabulary/made> n:mill-2 .\n",
        ),
    ] {
        files.insert(name.to_owned(), text.to_owned());
    }
    let after = renamed(&files, "mill", "plant", Some(NameKind::Entity)).unwrap();
    assert_eq!(after["tests/queries/rows.tsv"], "?x\t?id\n<https://e.org/entity/plant>\t\"plant\"\n");
    assert!(after["tests/queries/graph.ttl"].contains("\nn:plant <https://e.org/vocabulary/made> n:mill-2 ."));
    assert_eq!(renamed(&after, "plant", "mill", Some(NameKind::Entity)).unwrap(), files);
}

#[test]
fn the_base_may_contain_the_name() {
    let with_base = |text: &str| text.replace("https://e.org/", "https://e.org/mill/");
    let files: BTreeMap<String, String> = mills().into_iter().map(|(name, text)| (name, with_base(&text))).collect();
    let after = renamed(&files, "mill", "windmill", Some(NameKind::Entity)).unwrap();
    assert!(after["tests/queries/q.csv"].ends_with("https://e.org/mill/entity/windmill,\"windmill\"\r\n"));
    assert_eq!(renamed(&after, "windmill", "mill", Some(NameKind::Entity)).unwrap(), files);
}

#[test]
fn a_dataset_with_errors_is_renamed_without_its_tests() {
    let mut files = mills();
    files.insert("facts.jsonl".to_owned(), format!("{FACTS}{{\"id\":\"c\",\"subject\":\"mill\"}}\n"));
    let options = RenameOptions { kind: Some(NameKind::Entity), ..RenameOptions::default() };
    let rename = rename(&root(&files), "mill", "plant", &options, &|_| {}).unwrap();
    assert!(rename.notes.iter().any(|note| note.starts_with("the dataset has errors")), "{:?}", rename.notes);
    let facts = rename.files.iter().find(|file| file.name == "facts.jsonl").unwrap();
    assert!(facts.text.ends_with("{\"id\":\"c\",\"subject\":\"plant\"}\n"));
}

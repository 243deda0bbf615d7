//! The W3C's test suites of RDF 1.1, RDF 1.2 and JSON-LD 1.1, in the library and in the program.

use super::{Outcome, in_parallel, suites};
use crate::files_below;
use crate::program::factloom;
use crate::scratch::temp_dir;
use factloom::model::Namespaces;
use factloom::store::{DocumentOptions, GraphBuilder, GraphMetadata, Store};
use oxigraph::io::{JsonLdProfileSet, RdfFormat, RdfParser};
use oxigraph::model::dataset::CanonicalizationAlgorithm;
use oxigraph::model::vocab::rdf;
use oxigraph::model::{Dataset, Graph, NamedNode, NamedOrBlankNodeRef, Quad, TermRef, Triple};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

const BASE: &str = "https://w3c.github.io/rdf-tests/rdf/";
const MANIFEST: &str = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#";
const RDF_TEST: &str = "http://www.w3.org/ns/rdftest#";
const JSON_LD_BASE: &str = "https://w3c.github.io/json-ld-api/tests/";

/// The tests that fail, and why.
pub const DEVIATIONS: [(&str, &str); 23] = [
    (
        "json-ld/toRdf#t0118",
        "requires generalised RDF (option `produceGeneralizedRdf`), which has blank nodes as predicates",
    ),
    ("json-ld/toRdf#te075", "requires generalised RDF (option `produceGeneralizedRdf`) and JSON-LD 1.0"),
    ("json-ld/toRdf#tc029", "requires JSON-LD 1.0 (option `processingMode`)"),
    ("json-ld/toRdf#te014", "is for JSON-LD 1.0 (`specVersion`)"),
    ("json-ld/toRdf#te026", "is for JSON-LD 1.0 (`specVersion`)"),
    ("json-ld/toRdf#te071", "is for JSON-LD 1.0 (`specVersion`)"),
    ("json-ld/toRdf#te115", "is for JSON-LD 1.0 (`specVersion`)"),
    ("json-ld/toRdf#te116", "is for JSON-LD 1.0 (`specVersion`)"),
    ("json-ld/toRdf#tep02", "requires JSON-LD 1.0 (option `processingMode`)"),
    ("json-ld/toRdf#ter21", "requires JSON-LD 1.0 (option `processingMode`)"),
    ("json-ld/toRdf#ter24", "is for JSON-LD 1.0 (`specVersion`)"),
    ("json-ld/toRdf#ter32", "is for JSON-LD 1.0 (`specVersion`)"),
    ("json-ld/toRdf#ter42", "requires JSON-LD 1.0 (option `processingMode`)"),
    ("json-ld/toRdf#ttn01", "requires JSON-LD 1.0 (option `processingMode`)"),
    ("json-ld/toRdf#te077", "requires a context that is not in the document (option `expandContext`)"),
    ("json-ld/toRdf#tdi09", "is not normative: option `rdfDirection`"),
    ("json-ld/toRdf#tdi10", "is not normative: option `rdfDirection`"),
    ("json-ld/toRdf#tdi11", "is not normative: option `rdfDirection`"),
    ("json-ld/toRdf#tdi12", "is not normative: option `rdfDirection`"),
    ("json-ld/toRdf#tdi02", "expects RDF 1.1, which has no base directions; factloom keeps them, as RDF 1.2 does"),
    ("json-ld/toRdf#tdi04", "expects RDF 1.1, which has no base directions; factloom keeps them, as RDF 1.2 does"),
    ("json-ld/toRdf#tdi05", "expects RDF 1.1, which has no base directions; factloom keeps them, as RDF 1.2 does"),
    ("json-ld/toRdf#tdi06", "expects RDF 1.1, which has no base directions; factloom keeps them, as RDF 1.2 does"),
];

/// What a test requires of its document.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Requirement {
    /// It is accepted.
    Accepted,
    /// It is refused.
    Refused,
    /// It has the quads of another document.
    Quads,
    /// Its canonical form is another document.
    Canonical,
}

struct Test {
    suite: String,
    name: String,
    requirement: Requirement,
    format: RdfFormat,
    document: PathBuf,
    base: String,
    expected: Option<(PathBuf, String)>,
}

fn format_of(path: &Path) -> RdfFormat {
    let extension = path.extension().and_then(|extension| extension.to_str()).expect("files have an extension");
    RdfFormat::from_extension(extension).unwrap_or_else(|| panic!("{} is not an RDF file", path.display()))
}

/// All tests.
fn tests() -> Vec<Test> {
    let root = suites();
    let manifests = files_below(&root).into_iter().filter(|path| path.ends_with("manifest.ttl"));
    let manifests = manifests.filter(|path| path.starts_with("rdf11") || path.starts_with("rdf12"));
    let mut tests: Vec<Test> = manifests.flat_map(|manifest| tests_in_manifest(&root, &manifest)).collect();
    // A document of another suite is missing.
    tests.extend(json_ld_tests(&root).into_iter().filter(|test| test.document.exists()));
    tests.sort_by(|a, b| a.name.cmp(&b.name));
    tests
}

fn tests_in_manifest(root: &Path, manifest: &Path) -> Vec<Test> {
    let iri = format!("{BASE}{}", manifest.display());
    let parser = RdfParser::from_format(RdfFormat::Turtle).with_base_iri(&iri).expect("an IRI");
    let text = fs::read(root.join(manifest)).expect("the manifest can be read");
    let graph: Graph = parser.for_slice(&text).map(|quad| Triple::from(quad.expect("a valid manifest"))).collect();
    let object = |subject: NamedOrBlankNodeRef<'_>, name: &str| {
        let predicate = NamedNode::new_unchecked(format!("{MANIFEST}{name}"));
        let objects = graph.objects_for_subject_predicate(subject, &predicate);
        objects.into_iter().find_map(|o| if let TermRef::NamedNode(node) = o { Some(node.into_owned()) } else { None })
    };
    let assumed_base = NamedNode::new_unchecked(format!("{MANIFEST}assumedTestBase"));
    let assumed_base = graph.triples_for_predicate(&assumed_base).next().map(|triple| triple.object.to_string());
    let directory = iri.strip_suffix("manifest.ttl").expect("the name of the manifest");
    let suite: PathBuf = manifest.components().take(2).collect();
    let mut tests = Vec::new();
    for triple in graph.triples_for_predicate(rdf::TYPE) {
        let TermRef::NamedNode(kind) = triple.object else { continue };
        let Some(kind) = kind.as_str().strip_prefix(RDF_TEST) else { continue };
        let Some(document) = object(triple.subject, "action") else { continue };
        // Some tests are obsolete.
        if graph.triples_for_object(triple.subject).all(|listing| listing.predicate != rdf::FIRST) {
            continue;
        }
        let path = |iri: &NamedNode| root.join(iri.as_str().strip_prefix(BASE).expect("a file of the suite"));
        let requirement = match kind {
            kind if kind.ends_with("NegativeSyntax") => Requirement::Refused,
            kind if kind.ends_with("C14N") => Requirement::Canonical,
            kind if kind.ends_with("Eval") => Requirement::Quads,
            _ => Requirement::Accepted,
        };
        let base = match &assumed_base {
            Some(base) => {
                let file = document.as_str().strip_prefix(directory).expect("a file next to the manifest");
                format!("{}{file}", base.trim_matches(['<', '>']))
            }
            None => document.as_str().to_owned(),
        };
        let name = triple.subject.to_string();
        let name = name.trim_matches(['<', '>']).trim_start_matches(BASE).to_owned();
        let expected = object(triple.subject, "result").map(|iri| (path(&iri), iri.into_string()));
        let (document, suite) = (path(&document), suite.display().to_string());
        tests.push(Test { suite, name, requirement, format: format_of(&document), document, base, expected });
    }
    tests
}

fn json_ld_tests(root: &Path) -> Vec<Test> {
    let directory = root.join("json-ld");
    let manifest = fs::read(directory.join("toRdf-manifest.jsonld")).expect("the manifest can be read");
    let manifest: Value = serde_json::from_slice(&manifest).expect("the manifest is JSON");
    let read = |test: &Value| {
        let string = |key: &str| test[key].as_str().map(str::to_owned);
        let kinds = test["@type"].to_string();
        let input = string("input").expect("a test has an input");
        let base = test["option"]["base"].as_str().map_or_else(|| format!("{JSON_LD_BASE}{input}"), str::to_owned);
        let requirement = match kinds {
            kinds if kinds.contains("Negative") => Requirement::Refused,
            kinds if kinds.contains("PositiveEvaluation") => Requirement::Quads,
            _ => Requirement::Accepted,
        };
        Test {
            suite: "json-ld/toRdf".to_owned(),
            name: format!("json-ld/toRdf{}", string("@id").expect("a test has an id")),
            requirement,
            format: RdfFormat::JsonLd { profile: JsonLdProfileSet::empty() },
            document: directory.join(&input),
            base,
            expected: string("expect").map(|file| (directory.join(&file), format!("{JSON_LD_BASE}{file}"))),
        }
    };
    manifest["sequence"].as_array().expect("a list of tests").iter().map(read).collect()
}

fn canonical(quads: impl IntoIterator<Item = Quad>) -> Dataset {
    let mut dataset: Dataset = quads.into_iter().collect();
    dataset.canonicalize(CanonicalizationAlgorithm::Unstable);
    dataset
}

impl Test {
    /// Why the result of reading the document is wrong; `None` if it is right.
    fn failure(&self, read: Result<Vec<Quad>, String>) -> Option<String> {
        match (self.requirement, read) {
            (Requirement::Refused, Err(_)) | (Requirement::Accepted, Ok(_)) => None,
            (Requirement::Refused, Ok(_)) => Some("accepted".to_owned()),
            (_, Err(error)) => Some(error),
            (Requirement::Canonical, Ok(quads)) => {
                let (expected, _) = self.expected.as_ref().expect("a test has a result");
                let expected = fs::read_to_string(expected).expect("the result can be read");
                let mut expected: Vec<&str> = expected.lines().collect();
                expected.sort_unstable();
                let mut lines: Vec<String> = quads.iter().map(|quad| format!("{quad} .")).collect();
                lines.sort();
                (lines != expected).then(|| format!("{lines:?}\n{expected:?}"))
            }
            (Requirement::Quads, Ok(quads)) => {
                let (path, base) = self.expected.as_ref().expect("a test has a result");
                let parser = RdfParser::from_format(format_of(path)).with_base_iri(base).expect("an IRI");
                let text = fs::read(path).expect("the result can be read");
                match parser.for_slice(&text).collect::<Result<Vec<_>, _>>() {
                    Ok(expected) => {
                        let (found, expected) = (canonical(quads), canonical(expected));
                        (found != expected).then(|| format!("found:\n{found}expected:\n{expected}"))
                    }
                    Err(error) => Some(format!("the result is not RDF: {error}")),
                }
            }
        }
    }

    /// The quads of the document in the library.
    fn read(&self) -> Result<Vec<Quad>, String> {
        let text = fs::read(&self.document).map_err(|e| e.to_string())?;
        let directory = suites().join("json-ld");
        let contexts = |iri: &str| {
            let path = iri.strip_prefix(JSON_LD_BASE).ok_or("it is not in the suite")?;
            fs::read(directory.join(path)).map_err(|e| e.to_string())
        };
        let options = DocumentOptions { base: Some(&self.base), contexts: Some(&contexts) };
        let mut builder = GraphBuilder::new();
        builder.read_with(self.format, &options, &text[..]).map_err(|e| e.to_string())?;
        let store = Store::build(builder, GraphMetadata::new(Namespaces::standard())).map_err(|e| e.to_string())?;
        store.quads().map_err(|e| e.to_string())
    }

    /// The quads of the document in the program.
    fn run_program(&self) -> Result<Vec<Quad>, String> {
        let directory = temp_dir(&[]);
        let document = self.document.to_str().expect("the path is UTF-8");
        let arguments = ["export", "--data", document, "--base", &self.base, "--format", "nquads"];
        let output = factloom(directory.path(), &arguments);
        match output.status {
            Some(0) => {
                let quads = RdfParser::from_format(RdfFormat::NQuads).for_slice(&output.stdout);
                quads.collect::<Result<_, _>>().map_err(|e| format!("the output is not valid: {e}"))
            }
            Some(2) => Err(output.stderr),
            status => panic!("{}: exit status {status:?}: {}", self.name, output.stderr),
        }
    }
}

/// The outcomes of all tests in the library.
pub fn outcomes() -> Vec<Outcome> {
    outcomes_of(Test::read)
}

fn outcomes_of(read: impl Fn(&Test) -> Result<Vec<Quad>, String> + Sync) -> Vec<Outcome> {
    let tests = tests();
    in_parallel(&tests, |test| {
        let failure = test.failure(read(test));
        Outcome { suite: test.suite.clone(), name: test.name.clone(), failure }
    })
}

/// All tests pass, except for the known deviations.
fn check(outcomes: &[Outcome]) {
    let is_known = |name: &str| DEVIATIONS.iter().any(|(known, _)| *known == name);
    let failures = outcomes.iter().filter(|o| o.failure.is_some() != is_known(&o.name));
    let failures: Vec<String> = failures
        .map(|o| format!("{}: {}", o.name, o.failure.as_deref().unwrap_or("passes, but is a known deviation")))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(outcomes.len() > 1_500, "only {} tests", outcomes.len());
}

fn documents_of_the_w3c_are_read_as_the_standards_say() {
    check(&outcomes());
}
external!(Need::Suites, documents_of_the_w3c_are_read_as_the_standards_say);

fn the_program_reads_the_documents_of_the_w3c_as_the_standards_say() {
    check(&outcomes_of(Test::run_program));
}
external!(Need::Suites, the_program_reads_the_documents_of_the_w3c_as_the_standards_say);

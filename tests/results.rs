//! Results in the W3C's formats: other parsers read them back, and rows are written without being collected.

use crate::program::{command, factloom, python, stdout_of};
use factloom::dataset::DatasetRoot;
use factloom::output::{OutputError, ResultsFormat, TermDisplay, write_results};
use factloom::store::{Labels, Store};
use oxigraph::model::{
    BaseDirection, BlankNode, GraphName, Literal, NamedNode, NamedOrBlankNode, Term, Triple, Variable,
};
use oxigraph::sparql::results::{
    QueryResultsFormat, QueryResultsParser, QueryResultsSerializer, ReaderQueryResultsParserOutput,
};
use oxigraph::sparql::{QueryResults, QuerySolutionIter, SparqlEvaluator};
use proptest::prelude::*;
use std::fs;
use std::io::Read;
use std::process::Stdio;
use std::sync::Arc;

/// The columns of the rows. The first has a value in each row, because some CSV readers skip a row with only an empty cell.
const COLUMNS: [&str; 3] = ["row", "a", "b"];
const STANDARD: [QueryResultsFormat; 4] =
    [QueryResultsFormat::Csv, QueryResultsFormat::Tsv, QueryResultsFormat::Json, QueryResultsFormat::Xml];

pub type Row = Vec<Option<Term>>;

/// Rows with their number in the first column.
pub fn with_numbers(rows: &[[Option<Term>; 2]]) -> Vec<Row> {
    let number = |index: usize| Some(Literal::from(index as u64).into());
    rows.iter().enumerate().map(|(index, [a, b])| vec![number(index), a.clone(), b.clone()]).collect()
}

/// The bundled dataset and its store.
pub struct Bundled {
    store: Store,
}

impl Bundled {
    pub fn new() -> Self {
        let (_, store) =
            factloom::build(DatasetRoot::Bundled(factloom::BUNDLED)).expect("the bundled dataset is valid");
        Self { store }
    }

    /// Rows in a format.
    pub fn write(
        &self,
        rows: &[Row],
        format: ResultsFormat,
        iris: bool,
        width: Option<u16>,
    ) -> Result<String, OutputError> {
        let labels = Labels::new(&self.store, "en");
        let reading = TermDisplay { labels: &labels, iris, width, title: None };
        let variables: Arc<[Variable]> = COLUMNS.iter().map(|name| Variable::new_unchecked(*name)).collect();
        let solutions = QuerySolutionIter::from_tuples(variables, rows.iter().cloned().map(Ok));
        let mut out = Vec::new();
        write_results(solutions, format, &reading, &mut out)?;
        Ok(String::from_utf8(out).expect("results are UTF-8"))
    }
}

/// Reads rows with Oxigraph's parser.
fn read(text: &str, format: QueryResultsFormat) -> Vec<Row> {
    let parsed = QueryResultsParser::from_format(format).for_reader(text.as_bytes());
    let ReaderQueryResultsParserOutput::Solutions(solutions) = parsed.unwrap_or_else(|e| panic!("{e}\n{text}")) else {
        panic!("no rows: {text}")
    };
    solutions.map(|s| s.unwrap_or_else(|e| panic!("{e}\n{text:?}")).values().to_vec()).collect()
}

/// A term in the standard's CSV format, which does not define triple terms.
fn in_csv(term: &Term) -> String {
    match term {
        Term::NamedNode(iri) => iri.as_str().to_owned(),
        Term::BlankNode(blank) => blank.to_string(),
        Term::Literal(literal) => literal.value().to_owned(),
        Term::Triple(triple) => {
            let subject = in_csv(&triple.subject.clone().into());
            format!("{subject} {} {}", triple.predicate.as_str(), in_csv(&triple.object))
        }
    }
}

fn characters() -> impl Strategy<Value = String> {
    let odd: Vec<char> =
        "\"'\\\n\r\t ,;<>&|?#^@{}[]_%\0\u{1}\u{8}\u{b}\u{1f}\u{7f}\u{85}\u{2028}\u{202e}\u{fffe}\u{ffff}é漢😀"
            .chars()
            .collect();
    prop::collection::vec(prop_oneof![4 => prop::sample::select(odd), 1 => any::<char>()], 0..8)
        .prop_map(|characters| characters.into_iter().collect())
}

fn iris() -> impl Strategy<Value = NamedNode> {
    prop::sample::select(vec!["", "a", "Washington,_D.C.", "é漢", "?q='1'&b=(2)", "#x;y", "%22%0A", "a+b*c$d!e~f"])
        .prop_map(|rest| NamedNode::new(format!("http://e.org/{rest}")).expect("an IRI"))
}

fn literals() -> impl Strategy<Value = Literal> {
    let language = prop::sample::select(vec!["en", "de-at", "zh-hant"]);
    let numbers = ["1", "-0.5", "1e6", "true", "+7", "INF", ""];
    let types = ["integer", "decimal", "double", "boolean", "string", "date"];
    let datatype = prop::sample::select(types.to_vec())
        .prop_map(|t| NamedNode::new_unchecked(format!("http://www.w3.org/2001/XMLSchema#{t}")));
    let direction = prop::bool::ANY.prop_map(|ltr| if ltr { BaseDirection::Ltr } else { BaseDirection::Rtl });
    prop_oneof![
        characters().prop_map(Literal::new_simple_literal),
        (characters(), language.clone())
            .prop_map(|(text, tag)| Literal::new_language_tagged_literal(text, tag).expect("a tag")),
        (characters(), language, direction).prop_map(|(text, tag, direction)| {
            Literal::new_directional_language_tagged_literal(text, tag, direction).expect("a tag")
        }),
        (characters(), iris()).prop_map(|(text, datatype)| Literal::new_typed_literal(text, datatype)),
        (prop::sample::select(numbers.to_vec()), datatype)
            .prop_map(|(text, datatype)| Literal::new_typed_literal(text, datatype)),
    ]
}

fn terms() -> impl Strategy<Value = Term> {
    let blank = prop::sample::select(vec!["b", "b1", "x_é"]).prop_map(|label| BlankNode::new(label).expect("a label"));
    let subject = prop_oneof![iris().prop_map(NamedOrBlankNode::from), blank.clone().prop_map(NamedOrBlankNode::from)];
    let leaf = prop_oneof![
        iris().prop_map(Term::from),
        blank.prop_map(Term::from),
        literals().prop_map(Term::from),
        literals().prop_map(Term::from)
    ];
    leaf.prop_recursive(2, 4, 1, move |inner| {
        (subject.clone(), iris(), inner)
            .prop_map(|(subject, predicate, object)| Triple { subject, predicate, object }.into())
    })
}

/// Whether XML 1.0 has a way to write each character of a term.
fn fits_xml(term: &Term) -> bool {
    let allowed = |c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
    match term {
        Term::NamedNode(_) | Term::BlankNode(_) => true,
        Term::Literal(literal) => literal.value().chars().all(allowed),
        Term::Triple(triple) => fits_xml(&triple.object),
    }
}

#[test]
fn every_term_is_read_back_unchanged_from_every_format() {
    let bundled = Bundled::new();
    let write = |rows: &[Row], format| bundled.write(rows, ResultsFormat::Standard(format), false, None);
    let row = || [proptest::option::weighted(0.9, terms()), proptest::option::weighted(0.9, terms())];
    proptest!(ProptestConfig::with_cases(1_000), |(rows in prop::collection::vec(row(), 1..4))| {
        let rows = with_numbers(&rows);
        for format in [QueryResultsFormat::Json, QueryResultsFormat::Tsv] {
            prop_assert_eq!(&read(&write(&rows, format)?, format), &rows, "{:?}", format);
        }
        let json: serde_json::Value = serde_json::from_str(&write(&rows, QueryResultsFormat::Json)?)?;
        let lines = bundled.write(&rows, ResultsFormat::JsonLines, false, None)?;
        let lines = lines.lines().map(serde_json::from_str).collect::<Result<Vec<serde_json::Value>, _>>()?;
        prop_assert_eq!(serde_json::Value::from(lines), json["results"]["bindings"].clone());
        let in_xml = write(&rows, QueryResultsFormat::Xml);
        if rows.iter().flatten().flatten().all(fits_xml) {
            prop_assert_eq!(&read(&in_xml?, QueryResultsFormat::Xml), &rows);
        } else {
            prop_assert!(matches!(in_xml, Err(OutputError::XmlCharacter(..))));
        }
        let csv = write(&rows, QueryResultsFormat::Csv)?;
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        prop_assert_eq!(reader.headers()?.iter().collect::<Vec<_>>(), COLUMNS);
        let cells: Vec<Vec<String>> =
            reader.records().map(|r| r.map(|r| r.iter().map(str::to_owned).collect())).collect::<Result<_, _>>()?;
        let expected: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.iter().map(|term| term.as_ref().map(in_csv).unwrap_or_default()).collect())
            .collect();
        prop_assert_eq!(cells, expected);
    });
}

/// Reads `rows.{json,xml,tsv,csv}` in a directory, and prints the parts of each term as JSON.
const RDFLIB: &str = r#"
import json, os, sys
import rdflib
from rdflib.query import Result
rdflib.NORMALIZE_LITERALS = False
def parts(term):
    if term is None: return None
    if isinstance(term, rdflib.Literal):
        return ["literal", str(term), str(term.language or ""), str(term.datatype or "")]
    return ["iri" if isinstance(term, rdflib.URIRef) else "blank", str(term)]
out = {}
for form in ["json", "xml", "tsv", "csv"]:
    with open(os.path.join(sys.argv[1], "rows." + form), "rb") as file:
        result = Result.parse(file, format=form)
    out[form] = [[parts(row.get(v)) for v in result.vars] for row in result.bindings]
json.dump(out, sys.stdout)
"#;

/// A term as the script above prints it. A string has no datatype.
fn parts(term: &Term) -> serde_json::Value {
    match term {
        Term::NamedNode(iri) => serde_json::json!(["iri", iri.as_str()]),
        Term::Literal(literal) => {
            let typed = literal.language().is_none()
                && literal.datatype().as_str() != "http://www.w3.org/2001/XMLSchema#string";
            let datatype = if typed { literal.datatype().as_str() } else { "" };
            serde_json::json!(["literal", literal.value(), literal.language().unwrap_or_default(), datatype])
        }
        Term::BlankNode(_) | Term::Triple(_) => unreachable!("the rows contain no such terms"),
    }
}

/// rdflib shares no code with Oxigraph. It does not support triple terms and base directions, and renames blank nodes.
fn rdflib_reads_the_same_rows_from_every_format() {
    let texts = [
        "",
        " a ",
        "\"quoted\"",
        "a,b;c",
        "line\nline\r\nline\rline",
        "\n \n::error::\n###vso[x]\n",
        "tab\ttab",
        "back\\slash \\n \\u0041",
        "<&>]]>",
        "é漢😀",
        "'",
    ];
    let mut rows: Vec<[Option<Term>; 2]> = Vec::new();
    for text in texts {
        let tagged = Literal::new_language_tagged_literal(text, "de-at").expect("a tag");
        rows.push([Some(Literal::new_simple_literal(text).into()), Some(tagged.into())]);
        let datatype = NamedNode::new_unchecked("http://e.org/type");
        rows.push([Some(Literal::new_typed_literal(text, datatype).into()), None]);
    }
    for iri in ["http://e.org/Washington,_D.C.", "http://e.org/?a='b'&c=(d)#é"] {
        rows.push([Some(NamedNode::new(iri).expect("an IRI").into()), Some(Literal::from(-1.5).into())]);
    }
    let rows = with_numbers(&rows);
    let bundled = Bundled::new();
    let directory = tempfile::tempdir().expect("a temporary directory");
    for (name, format) in ["csv", "tsv", "json", "xml"].into_iter().zip(STANDARD) {
        let text = bundled.write(&rows, ResultsFormat::Standard(format), false, None).expect("they can be written");
        fs::write(directory.path().join(format!("rows.{name}")), text).expect("it can be written");
    }
    let path = directory.path().to_str().expect("a path in UTF-8");
    let stdout = python(RDFLIB, &[path], b"").stdout;
    let found: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    let all: Vec<Vec<_>> = rows.iter().map(|row| row.iter().map(|t| t.as_ref().map(parts)).collect()).collect();
    for format in ["json", "xml", "tsv"] {
        assert_eq!(found[format], serde_json::json!(all), "{format}");
    }
    // CSV does not distinguish IRIs from strings, and has no datatypes or language tags.
    let plain = |value: &serde_json::Value| value.get(1).and_then(|text| text.as_str()).unwrap_or_default().to_owned();
    let cells = |rows: &serde_json::Value| -> Vec<Vec<String>> {
        let rows = rows.as_array().expect("rows");
        rows.iter().map(|row| row.as_array().expect("a row").iter().map(plain).collect()).collect()
    };
    assert_eq!(cells(&found["csv"]), cells(&serde_json::json!(all)), "csv");
}
external!(Need::Python("rdflib"), rdflib_reads_the_same_rows_from_every_format);

#[test]
fn results_of_stored_queries_have_the_bytes_that_oxigraph_writes() {
    let store = Bundled::new().store;
    let reference = oxigraph::store::Store::new().expect("a store in memory");
    for triple in store.triples().expect("the store is valid") {
        reference.insert(&triple.in_graph(GraphName::DefaultGraph)).expect("a store in memory accepts quads");
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let mut compared = 0;
    for query in &store.metadata().queries {
        let parsed = crate::queries::with_defaults(&store, query);
        for (name, format) in ["csv", "tsv", "json", "xml"].into_iter().zip(STANDARD) {
            let serializer = QueryResultsSerializer::from_format(format);
            let results = SparqlEvaluator::new().for_query(parsed.clone()).on_store(&reference).execute();
            let expected = match results.expect("a stored query runs") {
                QueryResults::Boolean(answer) => serializer.serialize_boolean_to_writer(Vec::new(), answer),
                QueryResults::Solutions(rows) => {
                    let variables = rows.variables().to_vec();
                    let mut writer = serializer.serialize_solutions_to_writer(Vec::new(), variables).expect("memory");
                    for row in rows {
                        writer.serialize(&row.expect("a row")).expect("memory accepts everything");
                    }
                    writer.finish()
                }
                QueryResults::Graph(_) => continue,
            };
            let expected = String::from_utf8(expected.expect("memory accepts everything")).expect("UTF-8");
            let found = stdout_of(directory.path(), &["query", &query.name, "--format", name]);
            assert_eq!(found, expected, "{} in {name}", query.name);
            compared += 1;
        }
    }
    assert!(compared >= 4 * 10);
}

/// A query with a million rows from some hundreds of triples.
const PAIRS: &str = "SELECT * { ?a ?p ?b . ?c ?q ?d }";

/// Each row computes two new terms.
const COMPUTED: &str = "SELECT (CONCAT(STR(?a), ' ', STR(?b), ' ', STR(?c), ' ', STR(?d), ' ', STR(?q)) AS ?x)
    { ?a ?p ?b . ?c ?q ?d FILTER (!sameTerm(CONCAT(STR(?a), STR(?b), STR(?c), STR(?d)), 'x')) }";

/// The number of bytes that a command writes, and its peak memory meanwhile, in KiB.
fn peak_memory(args: &[&str]) -> (usize, u64) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let mut child =
        command(directory.path()).args(args).stdout(Stdio::piped()).spawn().expect("the program can be run");
    let mut pipe = child.stdout.take().expect("stdout is a pipe");
    let status = format!("/proc/{}/status", child.id());
    let (mut written, mut most, mut block) = (0, 0, vec![0; 1 << 16]);
    loop {
        // The unread output keeps the program running while its memory is read.
        let memory = fs::read_to_string(&status).ok().and_then(|text| {
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        });
        most = most.max(memory.unwrap_or(0));
        match pipe.read(&mut block).expect("the pipe can be read") {
            0 => break,
            more => written += more,
        }
    }
    assert!(child.wait().expect("it ends").success(), "{args:?}");
    assert!(most > 0, "the peak memory is reported");
    (written, most)
}

fn rows_are_written_without_being_collected() {
    let formats = ["csv", "tsv", "json", "xml", "table", "markdown"];
    for (format, query) in formats.map(|format| (format, PAIRS)).into_iter().chain([("csv", COMPUTED)]) {
        let peak = |rows: &str| peak_memory(&["query", "-e", query, "--format", format, "--limit", rows]);
        let ((few_bytes, few), (many_bytes, many)) = (peak("4000"), peak("60000"));
        assert!(many_bytes > 10 * few_bytes && many_bytes > 4 << 20, "{format}: {many_bytes} bytes");
        assert!(many < few + 2048, "{format}: {few} KiB for 4,000 rows, and {many} KiB for 60,000");
    }
}
external!(Need::PeakMemory, rows_are_written_without_being_collected);

/// The elements of a page without its style and its script.
fn elements(page: &str) -> String {
    let (before, rest) = page.split_once("<style>").expect("a style");
    let (_, rest) = rest.split_once("</style>\n").expect("its end");
    let (body, rest) = rest.split_once("<script>").expect("a script");
    let (_, after) = rest.split_once("</script>\n").expect("its end");
    let policy = before.lines().find(|line| line.contains("Content-Security-Policy")).expect("a policy");
    let scripts_and_styles = policy.matches("'sha256-").count();
    assert!(policy.contains("default-src 'none'") && scripts_and_styles == 2, "{policy}");
    [before.replace(policy, "<!-- the policy -->").as_str(), body, after].concat()
}

#[test]
fn a_page_has_the_rows_with_links_and_notes() {
    let directory = crate::scratch::dataset(&[]);
    let query = "SELECT ?who ?what (1973 AS ?year) ('2025-07'^^xsd:gYearMonth AS ?month) (<urn:x> AS ?iri) ?none {
        ?who v:built ?what }";
    let page = stdout_of(directory.path(), &["query", "--cite", "-f", "html", query]);
    insta::assert_snapshot!(elements(&page));
    let file = ["query", "--cite=footnotes", "-o", "page.html", query];
    assert_eq!(factloom(directory.path(), &file).status, Some(0));
    assert_eq!(fs::read_to_string(directory.path().join("page.html")).expect("it is written"), page);
    let boolean = stdout_of(directory.path(), &["query", "-f", "html", "ASK { ?s v:built ?o }"]);
    assert!(elements(&boolean).contains("<p>true</p>"), "{boolean}");
}

#[test]
fn the_title_of_a_page_is_the_summary_of_the_query() {
    let query = "#+ summary: \"Who <built>?\"\nSELECT ?who { ?who v:built ?what }";
    let directory = crate::scratch::dataset(&[("queries/builders.rq", query)]);
    let page = stdout_of(directory.path(), &["query", "builders", "-f", "html"]);
    assert!(page.contains("<h1 dir=\"auto\">Who &lt;built&gt;?</h1>"), "{page}");
}

/// The tags of a page, without the values of their attributes.
fn tags(page: &str) -> Vec<String> {
    let mut tags = Vec::new();
    for piece in elements(page).split('<').skip(1) {
        let (tag, _) = piece.split_once('>').expect("text contains no angle bracket");
        tags.push(tag.split('"').step_by(2).collect::<Vec<_>>().join("\"\""));
    }
    tags
}

#[test]
fn no_text_is_an_element_of_a_page() {
    let bundled = Bundled::new();
    let page = |text: &str| {
        let language = Literal::new_language_tagged_literal(text, "en").expect("a tag").into();
        let blank = Term::from(BlankNode::new("b").expect("a label"));
        let rows = with_numbers(&[[Some(Literal::from(text).into()), Some(language)], [Some(blank), None]]);
        bundled.write(&rows, ResultsFormat::Html, false, None).expect("HTML has any text")
    };
    let plain = page("text");
    for text in [
        "<script>alert(1)</script>",
        "</td></tr></table><img src=x onerror=alert(1)>",
        "\" onmouseover=\"alert(1)",
        "</style><!--",
        "&lt;b&gt;&#60;",
        "]]><![CDATA[",
        "\0\u{1b}[31m\u{9b}\u{202e}",
    ] {
        let hostile = page(text);
        assert_eq!(tags(&hostile), tags(&plain), "{text}");
        assert!(!text.contains('<') || !hostile.contains(text), "{text}");
    }
    for address in ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "urn:x"] {
        let iri = NamedNode::new(address).expect("an IRI");
        let written = bundled.write(&with_numbers(&[[Some(iri.into()), None]]), ResultsFormat::Html, false, None);
        assert!(!elements(&written.expect("a page")).contains("href"), "{address}");
    }
}

#[test]
fn a_query_that_fails_at_once_writes_no_header() {
    let directory = crate::scratch::dataset(&[]);
    let slow = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(CONCAT(STR(?a), STR(?d), STR(?g), STR(?j)) = 'none') }";
    let large = "SELECT DISTINCT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?c";
    for format in ["table", "markdown", "html", "csv", "tsv", "json", "jsonl", "xml"] {
        for args in [["--timeout", "1ms", slow], ["--max-memory", "32M", large]] {
            let output = factloom(directory.path(), &[&["query", "-f", format][..], &args[..]].concat());
            assert_eq!((output.status, output.stdout.as_str()), (Some(2), ""), "{format} {args:?} {}", output.stderr);
        }
    }
}

fn directory() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

#[test]
fn a_limit_keeps_the_first_rows_and_triples() {
    let directory = directory();
    let lines = |args: &[&str]| -> Vec<String> {
        stdout_of(directory.path(), &[&["query"], args].concat()).lines().map(str::to_owned).collect()
    };
    for query in ["who-helped-build-psm", "neighbourhood-of-psm"] {
        let format = if query.starts_with("who") { "csv" } else { "ntriples" };
        let all = lines(&[query, "--format", format]);
        let head = usize::from(format == "csv");
        for count in [1, 3, 10_000] {
            let limit = count.to_string();
            let limited = lines(&[query, "--format", format, "--limit", &limit]);
            assert_eq!(limited, all[..(count + head).min(all.len())], "{query} {count}");
        }
    }
    let query = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 5 OFFSET 2";
    let all = lines(&["-e", query]);
    assert_eq!(all.len(), 6);
    assert_eq!(lines(&["-e", query, "--limit", "3"]), all[..4]);
    assert_eq!(lines(&["-e", query, "--limit", "30"]), all);
    assert_eq!(lines(&["-e", "ASK {}", "--limit", "1"]), ["true"]);
    // Cited rows are limited in the same way, and so is the evidence of a graph.
    let cited = lines(&["who-helped-build-psm", "--cite", "--limit", "2"]);
    assert_eq!(cited[1..].iter().filter(|line| line.contains("psm")).count(), 2, "{cited:#?}");
    let graph = |limit: &str| {
        let text = lines(&["neighbourhood-of-psm", "--cite", "--limit", limit, "--format", "ntriples"]);
        text.iter().filter(|line| line.contains("22-rdf-syntax-ns#reifies")).count()
    };
    assert!(graph("1") < graph("1000"));
    let output = factloom(directory.path(), &["query", "-e", "ASK {}", "--limit", "0"]);
    assert_eq!(output.status, Some(2), "{}", output.stderr);
}

#[test]
fn ask_status_turns_the_result_of_an_ask_query_into_the_exit_status() {
    let directory = directory();
    for (query, result, status) in [("ASK {}", "true", 0), ("ASK { e:no e:such e:thing }", "false", 1)] {
        for more in [&[][..], &["--cite"], &["--format", "json"]] {
            let args = [&["query", "-e", query, "--ask-status"], more].concat();
            let output = factloom(directory.path(), &args);
            assert_eq!(output.status, Some(status), "{args:?}: {}", output.stderr);
            assert!(output.stdout.contains(result), "{args:?}: {}", output.stdout);
        }
        let output = factloom(directory.path(), &["query", "-e", query]);
        assert_eq!((output.status, output.stdout.trim()), (Some(0), result));
        // There is nothing to cite for a false result.
        let output = factloom(directory.path(), &["query", "-e", query, "--cite"]);
        assert_eq!(output.stderr.contains("absence of solutions, which cannot be cited"), result == "false");
        assert_eq!(output.stderr.contains("--why-empty explains why it is false"), result == "false");
    }
    let output = factloom(directory.path(), &["query", "who-helped-build-psm", "--ask-status"]);
    assert_eq!((output.status, output.stdout.as_str()), (Some(2), ""));
    assert!(output.stderr.contains("--ask-status requires an ASK query"), "{}", output.stderr);
}

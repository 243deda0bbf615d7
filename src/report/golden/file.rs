//! Golden files: their names, and the results that they contain.

use crate::dataset::GoldenFile;
use crate::escape::terminal;
use crate::model::{Namespaces, has_deep_terms};
use crate::output::{GraphFormat, OutputError, RdfVersion, csv_text, write_graph, write_standard};
use crate::report::results::{ResultKind, ResultSet, Row, canonical_number, is_number};
use crate::store::{GraphError, check_xml};
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::vocab::xsd;
use oxigraph::model::{BlankNode, Literal, NamedNode, NamedOrBlankNode, Term, Triple, Variable};
use oxigraph::sparql::QuerySolutionIter;
use oxigraph::sparql::results::{
    QueryResultsFormat, QueryResultsParser, QueryResultsSerializer, ReaderQueryResultsParserOutput,
};
use std::collections::HashSet;

/// The format of a golden file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// `true` or `false`.
    Boolean,
    Results(QueryResultsFormat),
    Graph(RdfFormat),
}

const EXTENSIONS: [(&str, Format); 7] = [
    ("csv", Format::Results(QueryResultsFormat::Csv)),
    ("tsv", Format::Results(QueryResultsFormat::Tsv)),
    ("srj", Format::Results(QueryResultsFormat::Json)),
    ("srx", Format::Results(QueryResultsFormat::Xml)),
    ("ttl", Format::Graph(RdfFormat::Turtle)),
    ("nt", Format::Graph(RdfFormat::NTriples)),
    ("bool", Format::Boolean),
];

impl Format {
    pub(super) fn of_extension(extension: &str) -> Option<Self> {
        EXTENSIONS.iter().find(|(known, _)| *known == extension).map(|(_, format)| *format)
    }
}

/// The parts of a golden file's name: `QUERY.EXTENSION` or `QUERY.CASE.EXTENSION`.
pub(super) struct FileName<'a> {
    pub(super) query: &'a str,
    pub(super) case: Option<&'a str>,
    /// `None` if the extension is unknown.
    pub(super) format: Option<Format>,
}

impl<'a> FileName<'a> {
    pub(super) fn of(file: &'a GoldenFile) -> Self {
        let name = file.name.rsplit('/').next().unwrap_or(&file.name);
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let (query, case) = stem.split_once('.').map_or((stem, None), |(query, case)| (query, Some(case)));
        Self { query, case, format: Format::of_extension(extension) }
    }
}

/// The extension for a new golden file: that of the simplest format that preserves the results.
pub(super) fn default_extension(results: &ResultSet) -> &'static str {
    match results.kind {
        ResultKind::Boolean => "bool",
        ResultKind::Graph => "ttl",
        // Triple terms cannot be read back from CSV.
        ResultKind::Rows if results.rows.iter().flatten().any(|cell| matches!(cell, Some(Term::Triple(_)))) => "srj",
        ResultKind::Rows => "csv",
    }
}

/// Reads a golden file. Returns its results and the actual ones in a form in which they can be compared: since CSV has no
/// datatypes, both are then without.
///
/// # Errors
///
/// Returns a message if the file is malformed.
pub(super) fn read(format: Format, text: &str, actual: &ResultSet) -> Result<(ResultSet, ResultSet), String> {
    check_nesting(format, text)?;
    let boolean = match text.trim() {
        "true" => Some(ResultSet::boolean(true)),
        "false" => Some(ResultSet::boolean(false)),
        _ => None,
    };
    let expected = match (format, boolean) {
        (Format::Boolean, None) => return Err("expected `true` or `false`".to_owned()),
        (Format::Boolean, Some(boolean)) => boolean,
        (Format::Results(QueryResultsFormat::Csv | QueryResultsFormat::Tsv), Some(boolean))
            if actual.kind == ResultKind::Boolean =>
        {
            boolean
        }
        (Format::Results(QueryResultsFormat::Csv), _) => return read_csv(text, actual),
        (Format::Results(format), _) => read_results(format, text).map_err(|e| e.to_string())?,
        (Format::Graph(format), _) => {
            let quads = RdfParser::from_format(format).for_slice(text.as_bytes());
            let triples = quads.map(|quad| quad.map(Triple::from)).collect::<Result<_, _>>();
            ResultSet::graph(triples.map_err(|e| e.to_string())?)
        }
    };
    Ok((expected, actual.clone()))
}

/// The maximum number of brackets that are open at one position of a JSON file.
const MAX_JSON_DEPTH: usize = 1_000;

/// Returns an error if a file is nested so deeply that parsers, or dropping the terms that they build, would recurse too far.
fn check_nesting(format: Format, text: &str) -> Result<(), String> {
    match format {
        Format::Results(QueryResultsFormat::Xml) => check_xml(text).map_err(|e| e.to_string()),
        Format::Results(QueryResultsFormat::Json) if json_depth(text) > MAX_JSON_DEPTH => {
            Err(format!("it is nested more than {MAX_JSON_DEPTH} levels deep"))
        }
        Format::Graph(_) | Format::Results(QueryResultsFormat::Tsv) if has_deep_terms(text) => {
            Err(GraphError::TooDeep.to_string())
        }
        Format::Boolean | Format::Graph(_) | Format::Results(_) => Ok(()),
    }
}

/// The largest number of brackets that are open at one position, outside of strings.
fn json_depth(text: &str) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if std::mem::take(&mut escaped) => {}
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

fn read_results(format: QueryResultsFormat, text: &str) -> Result<ResultSet, Box<dyn std::error::Error>> {
    Ok(match QueryResultsParser::from_format(format).for_reader(text.as_bytes())? {
        ReaderQueryResultsParserOutput::Boolean(result) => ResultSet::boolean(result),
        ReaderQueryResultsParserOutput::Solutions(solutions) => {
            let columns = solutions.variables().iter().cloned().map(Variable::into_string).collect();
            let rows = solutions.map(|solution| solution.map(|solution| solution.values().to_vec()));
            ResultSet { kind: ResultKind::Rows, columns, rows: rows.collect::<Result<_, _>>()?, ranks: None }
        }
    })
}

/// The rows of a CSV file and the actual ones, both without datatypes. A cell is a number if it reads as one and the actual
/// results do not contain the same string. Empty cells are unbound.
fn read_csv(text: &str, actual: &ResultSet) -> Result<(ResultSet, ResultSet), String> {
    let (header, records) = csv_cells(text)?;
    let columns: Vec<String> = header.iter().map(|name| name.trim_start_matches('?').to_owned()).collect();
    if let Some(invalid) = columns.iter().find(|name| Variable::new(*name).is_err()) {
        return Err(format!("`{invalid}` in the first line is not a valid variable name"));
    }
    let mut actual = actual.clone();
    let mut strings: Vec<HashSet<String>> = vec![HashSet::new(); header.len()];
    for row in &mut actual.rows {
        *row = without_datatypes(std::mem::take(row));
        for (strings, cell) in strings.iter_mut().zip(row.iter()) {
            if let Some(Term::Literal(literal)) = cell
                && literal.datatype() == xsd::STRING
            {
                strings.insert(literal.value().to_owned());
            }
        }
    }
    let term = |(column, cell): (usize, String)| -> Option<Term> {
        let is_string = strings[column].contains(&cell);
        match cell.strip_prefix("_:").map(BlankNode::new) {
            _ if cell.is_empty() => None,
            _ if is_string => Some(Literal::from(cell).into()),
            Some(Ok(blank)) => Some(blank.into()),
            _ if canonical_number(&cell).is_some() => Some(Literal::new_typed_literal(cell, xsd::DOUBLE).into()),
            _ => Some(Literal::from(cell).into()),
        }
    };
    let rows = records.into_iter().map(|record| record.into_iter().enumerate().map(term).collect()).collect();
    Ok((ResultSet { kind: ResultKind::Rows, columns, rows, ranks: None }, actual))
}

/// The header and the records of CSV, with line ends of any system.
fn csv_cells(text: &str) -> Result<(Vec<String>, Vec<Vec<String>>), String> {
    // The reader skips empty lines, but each is a row if there is one column. With `\n` as the terminator, a `\r` before it
    // becomes part of the last cell, and no line is empty.
    let text = text.replace("\r\n", "\n").replace('\n', "\r\n");
    let mut builder = csv::ReaderBuilder::new();
    let mut reader = builder.has_headers(false).terminator(csv::Terminator::Any(b'\n')).from_reader(text.as_bytes());
    let mut records = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| e.to_string())?;
        let mut cells: Vec<String> = record.iter().map(str::to_owned).collect();
        if let Some(last) = cells.last_mut().filter(|last| last.ends_with('\r')) {
            last.pop();
        }
        records.push(cells.into_iter().map(|cell| cell.replace("\r\n", "\n")).collect());
    }
    if records.is_empty() {
        return Err("expected a first line with the names of the columns".to_owned());
    }
    Ok((records.remove(0), records))
}

/// A row as CSV represents it, except that numbers keep their datatypes.
pub(super) fn without_datatypes(row: Row) -> Row {
    let cell = |term: Term| {
        let text = match term {
            Term::BlankNode(_) => return Some(term),
            Term::Literal(literal) if is_number(&literal) => return Some(literal.into()),
            Term::Literal(literal) => literal.value().replace("\r\n", "\n"),
            other => csv_text(other.as_ref()).into_owned(),
        };
        (!text.is_empty()).then(|| Literal::from(text).into())
    };
    row.into_iter().map(|term| term.and_then(cell)).collect()
}

/// The contents of a golden file with these results; `None` if the format cannot represent them.
pub(super) fn contents(
    results: &ResultSet,
    format: Format,
    namespaces: &Namespaces,
) -> Result<Option<Vec<u8>>, OutputError> {
    let mut out = Vec::new();
    match (results.as_boolean(), format) {
        (Some(result), Format::Boolean) => out = format!("{result}\n").into_bytes(),
        (Some(result), Format::Results(format)) => {
            QueryResultsSerializer::from_format(format).serialize_boolean_to_writer(&mut out, result)?;
        }
        (None, Format::Results(format)) if results.kind == ResultKind::Rows => {
            let variables: Vec<Variable> = results.columns.iter().map(Variable::new_unchecked).collect();
            let rows = results.rows.iter().cloned().map(Ok);
            write_standard(QuerySolutionIter::from_tuples(variables.into(), rows), format, &mut out)?;
            if format == QueryResultsFormat::Csv {
                // Line ends as in a repository.
                out = String::from_utf8_lossy(&out).replace("\r\n", "\n").into_bytes();
            }
        }
        (None, Format::Graph(format)) if results.kind == ResultKind::Graph => {
            let triples = results.rows.iter().filter_map(row_triple).collect();
            write_graph(triples, GraphFormat(format), RdfVersion::V12, namespaces, &mut out)?;
        }
        _ => return Ok(None),
    }
    Ok(Some(out))
}

fn row_triple(row: &Row) -> Option<Triple> {
    let [Some(subject), Some(Term::NamedNode(predicate)), Some(object)] = &row[..] else { return None };
    let subject: NamedOrBlankNode = match subject {
        Term::NamedNode(iri) => iri.clone().into(),
        Term::BlankNode(blank) => blank.clone().into(),
        Term::Literal(_) | Term::Triple(_) => return None,
    };
    Some(Triple::new(subject, predicate.clone(), object.clone()))
}

/// A row as text, with prefixed names and with line breaks escaped.
pub(super) fn row_text(row: &Row, namespaces: &Namespaces, is_typed: bool) -> String {
    let cell = |term: &Option<Term>| match term {
        None => String::new(),
        Some(Term::Literal(literal)) if !is_typed => {
            let iri = NamedNode::new(literal.value()).ok();
            let prefixed = iri.and_then(|iri| namespaces.compact(iri.as_ref()));
            prefixed.unwrap_or_else(|| literal.value().to_owned())
        }
        Some(term) => namespaces.shorten(&term.to_string()),
    };
    let cells: Vec<String> = row.iter().map(cell).collect();
    let line = cells.join(" | ").replace('\n', "\\n").replace('\r', "\\r");
    terminal::line(&line).trim_end().to_owned()
}

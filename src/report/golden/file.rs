//! Golden files: their names, and answers read from them and written for them.

use crate::dataset::GoldenFile;
use crate::model::Namespaces;
use crate::output::{GraphFormat, RdfVersion, ResultsError, standard, write_graph};
use crate::report::answer::{Answer, Row, Rows, is_number, number};
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::vocab::xsd;
use oxigraph::model::{BlankNode, Literal, NamedNode, Term, Triple, Variable};
use oxigraph::sparql::QuerySolutionIter;
use oxigraph::sparql::results::{
    QueryResultsFormat, QueryResultsParser, QueryResultsSerializer, ReaderQueryResultsParserOutput,
};
use std::collections::HashSet;

/// How a golden file is written, which its ending says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// `true` or `false`.
    Boolean,
    /// Rows, or true and false.
    Results(QueryResultsFormat),
    /// A graph.
    Graph(RdfFormat),
}

const ENDINGS: [(&str, Format); 7] = [
    ("csv", Format::Results(QueryResultsFormat::Csv)),
    ("tsv", Format::Results(QueryResultsFormat::Tsv)),
    ("srj", Format::Results(QueryResultsFormat::Json)),
    ("srx", Format::Results(QueryResultsFormat::Xml)),
    ("ttl", Format::Graph(RdfFormat::Turtle)),
    ("nt", Format::Graph(RdfFormat::NTriples)),
    ("bool", Format::Boolean),
];

/// What the name of a golden file says: `NAME.EXT`, or `NAME.CASE.EXT`.
pub(super) struct Named<'a> {
    pub(super) query: &'a str,
    pub(super) case: Option<&'a str>,
    /// `None` where the ending is that of no format.
    pub(super) format: Option<Format>,
}

impl<'a> Named<'a> {
    pub(super) fn of(file: &'a GoldenFile) -> Self {
        let name = file.name.rsplit('/').next().unwrap_or(&file.name);
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        let (query, case) = stem.split_once('.').map_or((stem, None), |(query, case)| (query, Some(case)));
        Self { query, case, format: format_of(ending) }
    }
}

/// The ending of a new golden file: the plainest format that loses nothing of an answer that matters.
pub(super) fn ending(answer: &Answer) -> &'static str {
    match answer {
        Answer::Boolean(_) => "bool",
        Answer::Graph(_) => "ttl",
        // CSV has no way to write a triple term that can be read again.
        Answer::Rows(rows) if rows.rows.iter().flatten().any(|cell| matches!(cell, Some(Term::Triple(_)))) => "srj",
        Answer::Rows(_) => "csv",
    }
}

/// Reads a golden file to be compared with an answer. CSV has values without types, and those of the answer are then given
/// without theirs, too; true and false are the same in all formats.
///
/// # Errors
///
/// Where the file is malformed: how.
pub(super) fn read(format: Format, text: &str, actual: &Answer) -> Result<(Answer, Answer), String> {
    let whole = |answer| Ok((answer, actual.clone()));
    let boolean = match text.trim() {
        "true" => Some(Answer::Boolean(true)),
        "false" => Some(Answer::Boolean(false)),
        _ => None,
    };
    match (format, boolean) {
        (Format::Boolean, None) => Err("it holds neither `true` nor `false`".to_owned()),
        (Format::Boolean, Some(answer)) => whole(answer),
        (Format::Results(QueryResultsFormat::Csv | QueryResultsFormat::Tsv), Some(answer))
            if matches!(actual, Answer::Boolean(_)) =>
        {
            whole(answer)
        }
        (Format::Results(QueryResultsFormat::Csv), _) => csv(text, actual),
        (Format::Results(format), _) => whole(results(format, text).map_err(|e| e.to_string())?),
        (Format::Graph(format), _) => whole(graph(format, text).map_err(|e| e.to_string())?),
    }
}

fn results(format: QueryResultsFormat, text: &str) -> Result<Answer, Box<dyn std::error::Error>> {
    Ok(match QueryResultsParser::from_format(format).for_reader(text.as_bytes())? {
        ReaderQueryResultsParserOutput::Boolean(answer) => Answer::Boolean(answer),
        ReaderQueryResultsParserOutput::Solutions(solutions) => {
            let variables = solutions.variables().to_vec();
            let rows = solutions.map(|solution| solution.map(|solution| solution.values().to_vec()));
            Answer::Rows(Rows { variables, rows: rows.collect::<Result<_, _>>()?, places: None })
        }
    })
}

fn graph(format: RdfFormat, text: &str) -> Result<Answer, Box<dyn std::error::Error>> {
    let quads = RdfParser::from_format(format).for_slice(text.as_bytes());
    let triples = quads.map(|quad| quad.map(Triple::from));
    let mut triples = triples.collect::<Result<Vec<_>, _>>()?;
    triples.sort_by_cached_key(ToString::to_string);
    triples.dedup();
    Ok(Answer::Graph(triples))
}

/// Rows of CSV, and those of an answer, both without types: a cell is a number where it is one of the answer's, and else the
/// text that CSV has for a term. An unbound cell is an empty one.
fn csv(text: &str, actual: &Answer) -> Result<(Answer, Answer), String> {
    let (header, records) = cells(text)?;
    let variables = header.iter().map(|name| Variable::new(name.trim_start_matches('?'))).collect::<Result<_, _>>();
    let variables: Vec<Variable> = variables.map_err(|e| format!("its first line names no variables: {e}"))?;
    let mut actual = actual.clone();
    let mut texts: Vec<HashSet<String>> = vec![HashSet::new(); header.len()];
    if let Answer::Rows(rows) = &mut actual {
        for row in &mut rows.rows {
            for (column, cell) in row.iter_mut().enumerate() {
                *cell = cell.take().and_then(plain);
                if let (Some(texts), Some(Term::Literal(text))) = (texts.get_mut(column), &cell)
                    && text.datatype() == xsd::STRING
                {
                    texts.insert(text.value().to_owned());
                }
            }
        }
    }
    let term = |(column, cell): (usize, String)| -> Option<Term> {
        // Where the answer has this very text, it is no number and no blank node, whatever it looks like.
        let is_text = texts[column].contains(&cell);
        match cell.strip_prefix("_:").map(BlankNode::new) {
            _ if cell.is_empty() => None,
            _ if is_text => Some(Literal::from(cell).into()),
            Some(Ok(blank)) => Some(blank.into()),
            _ if number(&cell).is_some() => Some(Literal::new_typed_literal(cell, xsd::DOUBLE).into()),
            _ => Some(Literal::from(cell).into()),
        }
    };
    let rows = records.into_iter().map(|record| record.into_iter().enumerate().map(term).collect()).collect();
    Ok((Answer::Rows(Rows { variables, rows, places: None }), actual))
}

/// The header and the records of CSV. Line ends may be those of any system, in cells, too.
fn cells(text: &str) -> Result<(Vec<String>, Vec<Vec<String>>), String> {
    // The reader passes over empty lines, each of which is a row where there is one column: a line's end is made a part of
    // its last cell.
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
        return Err("it has no line with the names of the columns".to_owned());
    }
    let header = records.remove(0);
    Ok((header, records))
}

/// A term as CSV has it, but for numbers, which keep their worth.
pub(super) fn plain(term: Term) -> Option<Term> {
    let text = match term {
        Term::BlankNode(_) => return Some(term),
        Term::Literal(literal) if is_number(&literal) => return Some(literal.into()),
        Term::Literal(literal) => literal.value().replace("\r\n", "\n"),
        other => csv_text(&other),
    };
    (!text.is_empty()).then(|| Literal::from(text).into())
}

/// What CSV writes for a term, in one cell.
fn csv_text(term: &Term) -> String {
    match term {
        Term::NamedNode(iri) => iri.as_str().to_owned(),
        Term::BlankNode(blank) => blank.to_string(),
        Term::Literal(literal) => literal.value().to_owned(),
        Term::Triple(triple) => {
            let subject = csv_text(&triple.subject.clone().into());
            format!("{subject} {} {}", triple.predicate.as_str(), csv_text(&triple.object))
        }
    }
}

/// Writes an answer as a golden file of a format, which `None` says cannot hold it.
pub(super) fn written(answer: &Answer, format: Format, names: &Namespaces) -> Result<Option<Vec<u8>>, ResultsError> {
    let mut out = Vec::new();
    match (answer, format) {
        (Answer::Boolean(answer), Format::Boolean) => out = format!("{answer}\n").into_bytes(),
        (Answer::Boolean(answer), Format::Results(format)) => {
            QueryResultsSerializer::from_format(format).serialize_boolean_to_writer(&mut out, *answer)?;
        }
        (Answer::Rows(rows), Format::Results(format)) => {
            let all = rows.rows.iter().cloned().map(Ok);
            standard(QuerySolutionIter::from_tuples(rows.variables.clone().into(), all), format, &mut out)?;
            if format == QueryResultsFormat::Csv {
                // Ends of lines as a repository keeps them; the reader takes either.
                out = String::from_utf8_lossy(&out).replace("\r\n", "\n").into_bytes();
            }
        }
        (Answer::Graph(triples), Format::Graph(format)) => {
            write_graph(triples.clone(), GraphFormat(format), RdfVersion::V12, names, &mut out)?;
        }
        _ => return Ok(None),
    }
    Ok(Some(out))
}

/// The format of an ending.
pub(super) fn format_of(ending: &str) -> Option<Format> {
    ENDINGS.iter().find(|(known, _)| *known == ending).map(|(_, format)| *format)
}

/// A row for people: cells with prefixed names, between bars.
pub(super) fn shown(row: &Row, names: &Namespaces, typed: bool) -> String {
    let cell = |term: &Option<Term>| match term {
        None => String::new(),
        Some(Term::Literal(literal)) if !typed => {
            let iri = NamedNode::new(literal.value()).ok();
            let short = iri.and_then(|iri| names.compact(iri.as_ref()));
            short.unwrap_or_else(|| literal.value().to_owned())
        }
        Some(Term::NamedNode(iri)) => names.compact(iri.as_ref()).unwrap_or_else(|| iri.to_string()),
        Some(term) => names.shorten(&term.to_string()),
    };
    let cells: Vec<String> = row.iter().map(cell).collect();
    let line = cells.join(" | ").replace('\n', "\\n").replace('\r', "\\r");
    // Nothing in a cell speaks to the terminal.
    line.chars().filter(|c| !c.is_control()).collect::<String>().trim_end().to_owned()
}

//! Citations as members of SPARQL's JSON results that other readers pass over.

use crate::output::{JsonStatement, statement_json};
use crate::output::{ResultsError, StatementText};
use crate::query::{Citation, CitationReport, CitedTriple, TripleOrigin};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Members<'a> {
    /// One for each row, in their order; one for a boolean.
    citations: Vec<JsonCitation<'a>>,
    /// By id, as `factloom facts --format json` writes them.
    statements: BTreeMap<&'a str, JsonStatement<'a>>,
    not_cited: Vec<String>,
}

#[derive(Serialize)]
struct JsonCitation<'a> {
    statements: Vec<&'a str>,
    given: Vec<JsonGiven<'a>>,
}

#[derive(Serialize)]
struct JsonGiven<'a> {
    triple: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
}

/// Writes an answer that is a JSON object, with more members before its own.
pub(super) fn members(
    results: &CitationReport,
    text: &StatementText<'_>,
    answer: &str,
    out: &mut impl Write,
) -> Result<(), ResultsError> {
    let mut statements = BTreeMap::new();
    for (id, statement) in &results.statements {
        statements.insert(id.as_str(), statement_json(statement, text)?);
    }
    let members = Members {
        citations: results.results.citations().into_iter().map(citation).collect(),
        statements,
        not_cited: results.gaps.iter().map(ToString::to_string).collect(),
    };
    let members = serde_json::to_string(&members).map_err(io::Error::from)?;
    // Both are objects: the first loses its brace at the end, the second that at its beginning. Some readers pass over what
    // stands before the answer and refuse what stands behind it.
    writeln!(out, "{},{}", &members[..members.len() - 1], answer.trim_start_matches('{').trim_end())?;
    Ok(())
}

fn citation(citation: &Citation) -> JsonCitation<'_> {
    JsonCitation {
        statements: citation.statements.iter().map(crate::model::StatementId::as_str).collect(),
        given: citation.declared.iter().map(given).collect(),
    }
}

fn given(given: &CitedTriple) -> JsonGiven<'_> {
    let triple = given.triple.to_string();
    let unknown = JsonGiven { triple, file: None, line: None, source: None, rule: None };
    match &given.origin {
        TripleOrigin::File { file, line } => JsonGiven { file: Some(file), line: Some(*line), ..unknown },
        TripleOrigin::Source(source) => JsonGiven { source: Some(source.as_str()), ..unknown },
        TripleOrigin::Rule(rule) => JsonGiven { rule: Some(rule), ..unknown },
        TripleOrigin::Unknown => unknown,
    }
}

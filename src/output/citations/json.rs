//! Citations as additional members of SPARQL JSON results.

use crate::model::StatementId;
use crate::output::{JsonStatement, OutputError, StatementText, statement_json};
use crate::query::{Citation, CitationReport, CitedTriple, TripleOrigin};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{self, Write};

#[derive(Serialize)]
struct Members<'a> {
    /// One per row, in the order of the rows; one for a boolean.
    citations: Vec<JsonCitation<'a>>,
    /// By id, in the form of `factloom facts --format json`.
    statements: BTreeMap<&'a str, JsonStatement<'a>>,
    gaps: Vec<String>,
}

#[derive(Serialize)]
struct JsonCitation<'a> {
    statements: Vec<&'a str>,
    declared: Vec<JsonDeclaredTriple>,
}

#[derive(Serialize)]
struct JsonDeclaredTriple {
    triple: String,
    #[serde(flatten)]
    origin: Value,
}

/// Writes results that are a JSON object, with additional members.
pub(super) fn write_with_members(
    report: &CitationReport,
    text: &StatementText<'_>,
    results: &str,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    let mut statements = BTreeMap::new();
    for (id, statement) in &report.statements {
        statements.insert(id.as_str(), statement_json(statement, text)?);
    }
    let members = Members {
        citations: report.results.citations().into_iter().map(citation).collect(),
        statements,
        gaps: report.gaps.iter().map(ToString::to_string).collect(),
    };
    let members = serde_json::to_string(&members).map_err(io::Error::from)?;
    // Joins two objects. The additional members come first: some readers ignore members before the results, but reject
    // members after them.
    writeln!(out, "{},{}", &members[..members.len() - 1], results.trim_start_matches('{').trim_end())?;
    Ok(())
}

fn citation(citation: &Citation) -> JsonCitation<'_> {
    JsonCitation {
        statements: citation.statements.iter().map(StatementId::as_str).collect(),
        declared: citation.declared.iter().map(declared).collect(),
    }
}

fn declared(declared: &CitedTriple) -> JsonDeclaredTriple {
    let origin = match &declared.origin {
        TripleOrigin::File { file, line } => json!({ "file": file, "line": line }),
        TripleOrigin::Source(source) => json!({ "source": source.as_str() }),
        TripleOrigin::Rule(rule) => json!({ "rule": rule }),
        TripleOrigin::Unknown => json!({}),
    };
    JsonDeclaredTriple { triple: declared.triple.to_string(), origin }
}

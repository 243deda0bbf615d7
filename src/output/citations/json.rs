//! Citations as additional members of SPARQL JSON results.

use crate::escape::json::EscapeControls;
use crate::model::{StatementId, vocab};
use crate::output::{OutputError, StatementText, statement_json};
use crate::query::{Citation, CitationReport, CitedTriple, TripleOrigin};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;

/// Writes results that are a JSON object, with additional members: `citations`, one per row, or one for a boolean;
/// `statements` by id, in the form of `factloom facts --format json`; and `gaps`.
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
    let members = json!({
        "citations": report.results.citations().into_iter().map(citation).collect::<Vec<_>>(),
        "statements": statements,
        "gaps": report.gaps.iter().map(ToString::to_string).collect::<Vec<_>>(),
    });
    let members = members.to_string();
    // Joins two objects. The additional members come first: some readers ignore members before the results, but reject
    // members after them.
    let out = &mut EscapeControls(out);
    writeln!(out, "{},{}", &members[..members.len() - 1], results.trim_start_matches('{').trim_end())?;
    Ok(())
}

fn citation(citation: &Citation) -> Value {
    let ids: Vec<&str> = citation.statements.iter().map(StatementId::as_str).collect();
    json!({ "statements": ids, "declared": citation.declared.iter().map(declared).collect::<Vec<_>>() })
}

fn declared(declared: &CitedTriple) -> Value {
    let mut json = match &declared.origin {
        TripleOrigin::File { file, line } => json!({ "file": file, "line": line }),
        TripleOrigin::Source(source) => json!({ "source": source.as_str() }),
        TripleOrigin::Status(status) => json!({ "status": status.as_str() }),
        TripleOrigin::Rule(rule) => json!({ "rule": rule }),
        TripleOrigin::OwnTerms => json!({ "namespace": vocab::fl::NAMESPACE }),
        TripleOrigin::Unknown => json!({}),
    };
    json["triple"] = declared.triple.to_string().into();
    json
}

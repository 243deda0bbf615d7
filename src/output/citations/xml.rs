//! Citations as attributes on the elements of SPARQL XML results, in factloom's namespace.
//!
//! Some readers reject elements of other namespaces; all known readers accept attributes.

use super::{ids, quotes};
use crate::escape::xml;
use crate::model::vocab;
use crate::output::{OutputError, StatementText};
use crate::query::{Citation, CitationReport, CitedTriple, TripleOrigin};
use std::io::Write;

/// Writes results that are an XML document, with additional attributes.
pub(super) fn write_with_attributes(
    report: &CitationReport,
    text: &StatementText<'_>,
    results: &str,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    let (before, mut rest) = results.split_once("<sparql").unwrap_or(("", results));
    write!(out, "{before}<sparql xmlns:fl=\"{}\"", vocab::fl::NAMESPACE)?;
    let gaps: Vec<String> = report.gaps.iter().map(ToString::to_string).collect();
    write_attribute("gaps", &gaps.join(" | "), out)?;
    // Text contains no unescaped angle brackets, so these are the elements.
    let tags = ["<result>", "<boolean>"];
    for citation in report.results.citations() {
        let Some((at, tag)) = tags.iter().filter_map(|tag| Some((rest.find(tag)?, tag))).min() else { break };
        let (before, after) = rest.split_at(at + tag.len() - 1);
        write!(out, "{before}")?;
        write_attribute("statements", &ids(citation), out)?;
        write_attribute("quotes", &quotes(report, citation, text)?.join(" | "), out)?;
        write_attribute("declared", &declared(citation), out)?;
        rest = after;
    }
    writeln!(out, "{rest}")?;
    Ok(())
}

fn write_attribute(name: &str, value: &str, out: &mut impl Write) -> Result<(), OutputError> {
    if !value.is_empty() {
        write!(out, " fl:{name}=\"{}\"", xml::attribute(value)?)?;
    }
    Ok(())
}

fn declared(citation: &Citation) -> String {
    let with_origin = |declared: &CitedTriple| match &declared.origin {
        TripleOrigin::File { file, line } => format!("{} ({file}:{line})", declared.triple),
        TripleOrigin::Source(source) => format!("{} (source {source})", declared.triple),
        TripleOrigin::Status(status) => format!("{} (status {status})", declared.triple),
        TripleOrigin::Rule(rule) => format!("{} (rule {rule})", declared.triple),
        TripleOrigin::OwnTerms => format!("{} (<{}>)", declared.triple, vocab::fl::NAMESPACE),
        TripleOrigin::Unknown => declared.triple.to_string(),
    };
    citation.declared.iter().map(with_origin).collect::<Vec<_>>().join(" | ")
}

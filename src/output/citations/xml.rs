//! Citations as attributes of factloom's own namespace on the elements of SPARQL's XML results.
//!
//! Elements of another namespace are refused by some readers, attributes by none that we know of.

use super::{ids, quotes};
use crate::model::vocab;
use crate::output::ResultsError;
use crate::query::{Citation, CitationReport, CitedTriple, TripleOrigin};
use quick_xml::escape::escape;
use std::io::Write;

/// Writes an answer that is an XML document, with attributes more.
pub(super) fn attributes(results: &CitationReport, answer: &str, out: &mut impl Write) -> Result<(), ResultsError> {
    let namespace = vocab::fl::FACT.as_str().trim_end_matches("Fact");
    let (before, mut rest) = answer.split_once("<sparql").unwrap_or(("", answer));
    write!(out, "{before}<sparql xmlns:fl=\"{namespace}\"")?;
    let uncited: Vec<String> = results.gaps.iter().map(ToString::to_string).collect();
    attribute("notCited", &uncited.join(" | "), out)?;
    // Texts have no angle brackets of their own, so that these are the elements.
    let tags = ["<result>", "<boolean>"];
    for citation in results.results.citations() {
        let Some((at, tag)) = tags.iter().filter_map(|tag| Some((rest.find(tag)?, tag))).min() else { break };
        let (before, behind) = rest.split_at(at + tag.len() - 1);
        write!(out, "{before}")?;
        attribute("statements", &ids(citation), out)?;
        attribute("quotes", &quotes(results, citation).join(" | "), out)?;
        attribute("given", &given(citation), out)?;
        rest = behind;
    }
    writeln!(out, "{rest}")?;
    Ok(())
}

fn attribute(name: &str, value: &str, out: &mut impl Write) -> Result<(), ResultsError> {
    if !value.is_empty() {
        // A line break in an attribute would be read as a space.
        write!(out, " fl:{name}=\"{}\"", escape(value).replace('\n', "&#10;"))?;
    }
    Ok(())
}

fn given(citation: &Citation) -> String {
    let one = |given: &CitedTriple| match &given.origin {
        TripleOrigin::File { file, line } => format!("{} ({file}:{line})", given.triple),
        TripleOrigin::Source(source) => format!("{} (source {source})", given.triple),
        TripleOrigin::Rule(rule) => format!("{} (rule {rule})", given.triple),
        TripleOrigin::Unknown => given.triple.to_string(),
    };
    citation.declared.iter().map(one).collect::<Vec<_>>().join(" | ")
}

//! Evidence as Web Annotations. <https://www.w3.org/TR/annotation-model/>

use crate::escape::json::EscapeControls;
use crate::model::{Evidence, Stance, StatementId, evidence_id, vocab};
use crate::output::evidence::{quote_context, source_parts};
use crate::output::{OutputError, StatementText};
use crate::store::StoreError;
use crate::view::View;
use oxigraph::model::{NamedNode, NamedOrBlankNode};
use rustc_hash::FxHashSet;
use serde_json::{Value as Json, json};
use std::io::{self, Write};

const CONTEXT: &str = "http://www.w3.org/ns/anno.jsonld";

/// Writes a JSON-LD collection with an annotation for each piece of evidence. The target is the quote in its source; the
/// bodies are the statements that it supports or disputes, as an IRI and as a sentence.
///
/// A quote with an ellipsis has a target for each of its parts, with the words of the source. Positions count code points from 0.
///
/// # Errors
///
/// Returns an error if the store cannot be read or the output cannot be written.
pub fn annotations(
    title: &str,
    view: &View,
    text: &StatementText<'_>,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    let out = &mut EscapeControls(out);
    let namespaces = text.labels().namespaces();
    let selected: FxHashSet<&StatementId> = view.statements().map(|edge| &edge.statement).collect();
    let id = format!("{}annotations", namespaces.base());
    write!(
        out,
        "{{\"@context\":[{},{{\"fl\":{}}}],\n\"id\":{},\"type\":\"AnnotationCollection\",\"label\":{},\n\
         \"first\":{{\"id\":{},\"type\":\"AnnotationPage\",\"startIndex\":0,\"items\":[",
        json!(CONTEXT),
        json!(vocab::fl::NAMESPACE),
        json!(id),
        json!(title),
        json!(format!("{id}/1"))
    )?;
    // Statements may share evidence.
    let mut written = FxHashSet::default();
    for edge in view.statements() {
        for evidence in text.store().require_statement(&edge.statement)?.evidence {
            let id = namespaces.evidence(&evidence_id(&evidence, namespaces));
            if written.contains(&id) {
                continue;
            }
            out.write_all(if written.is_empty() { b"\n" } else { b",\n" })?;
            let annotation = annotation(&id, &evidence, &selected, text)?;
            serde_json::to_writer(&mut *out, &annotation).map_err(io::Error::from)?;
            written.insert(id);
        }
    }
    Ok(writeln!(out, "\n]}},\n\"total\":{}}}", written.len())?)
}

fn annotation(
    id: &NamedNode,
    evidence: &Evidence,
    selected: &FxHashSet<&StatementId>,
    text: &StatementText<'_>,
) -> Result<Json, StoreError> {
    let (namespaces, store) = (text.labels().namespaces(), text.store());
    let statements = store.subjects(vocab::fl::EVIDENCE, id.as_ref().into())?;
    let ids = statements.iter().filter_map(|node| match node {
        NamedOrBlankNode::NamedNode(node) => namespaces.statement_id(node.as_ref()),
        NamedOrBlankNode::BlankNode(_) => None,
    });
    let mut ids: Vec<StatementId> = ids.filter(|id| selected.contains(id)).collect();
    ids.sort();
    let mut bodies = Vec::new();
    for id in &ids {
        let statement = store.require_statement(id)?;
        bodies.push(json!({
            "type": "SpecificResource", "source": namespaces.statement(id).as_str(), "purpose": "linking",
            "fl:kind": statement.kind.as_str(), "fl:sentence": text.sentence(&statement.triple)?,
        }));
    }
    if let Some(note) = &evidence.note {
        bodies.push(json!({ "type": "TextualBody", "value": note, "purpose": "commenting" }));
    }
    let motivation = match evidence.stance {
        Stance::Supports => "linking",
        Stance::Disputes => "questioning",
    };
    Ok(json!({
        "id": id.as_str(), "type": "Annotation", "motivation": motivation, "body": bodies,
        "target": targets(evidence, text)?,
    }))
}

fn targets(evidence: &Evidence, text: &StatementText<'_>) -> Result<Json, StoreError> {
    let iri = text.labels().namespaces().source(&evidence.source);
    let address = text.address(&evidence.source)?;
    let source =
        json!({ "source": address.as_deref().unwrap_or(iri.as_str()), "dcterms:source": { "id": iri.as_str() } });
    if evidence.quote.is_none() {
        return Ok(source);
    }
    let spans = evidence.span.as_ref().map_or(&[][..], |span| span.parts());
    let (parts, (prefix, suffix)) = (source_parts(evidence), quote_context(evidence));
    let targets = parts.iter().enumerate().map(|(number, part)| {
        let mut quoted = json!({ "type": "TextQuoteSelector", "exact": part });
        if let Some(prefix) = prefix.filter(|_| number == 0) {
            quoted["prefix"] = json!(prefix);
        }
        if let Some(suffix) = suffix.filter(|_| number + 1 == parts.len()) {
            quoted["suffix"] = json!(suffix);
        }
        let mut selectors = vec![quoted];
        if spans.len() == parts.len() {
            let span = &spans[number];
            selectors.push(json!({ "type": "TextPositionSelector", "start": span.start, "end": span.end }));
        }
        let mut target = source.clone();
        target["selector"] = json!(selectors);
        target
    });
    Ok(targets.collect())
}

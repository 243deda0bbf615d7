//! Evidence as Web Annotations. <https://www.w3.org/TR/annotation-model/>

use crate::check::quote_parts;
use crate::model::{Evidence, Stance, Statement, StatementId, evidence_id, vocab};
use crate::output::{ResultsError, StatementText};
use crate::store::StoreError;
use crate::view::View;
use oxigraph::model::{NamedNode, NamedOrBlankNode};
use rustc_hash::FxHashSet;
use serde_json::{Value as Json, json};
use std::io::{self, Write};

/// Writes a collection of annotations in JSON-LD, one for each piece of evidence: its target is the quote in its source, and
/// its bodies are the statements that it supports, or disputes, as IRI and as a sentence.
///
/// A quote that leaves words out has a target for each run of words that it gives. Positions count code points from 0.
///
/// # Errors
///
/// Those of the writer and of the store.
pub fn annotations(
    title: &str,
    view: &View,
    text: &StatementText<'_>,
    out: &mut impl Write,
) -> Result<(), ResultsError> {
    let names = text.labels().names();
    let writer = Annotations { text, selected: view.statements().map(|edge| &edge.statement).collect() };
    let id = format!("{}annotations", names.base());
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
    // Statements may share a piece of evidence.
    let mut written = FxHashSet::default();
    for edge in view.statements() {
        for evidence in text.store().require_statement(&edge.statement)?.evidence {
            let id = names.evidence(&evidence_id(&evidence, names));
            if written.contains(&id) {
                continue;
            }
            out.write_all(if written.is_empty() { b"\n" } else { b",\n" })?;
            serde_json::to_writer(&mut *out, &writer.annotation(&id, &evidence)?).map_err(io::Error::from)?;
            written.insert(id);
        }
    }
    Ok(writeln!(out, "\n]}},\n\"total\":{}}}", written.len())?)
}

const CONTEXT: &str = "http://www.w3.org/ns/anno.jsonld";

struct Annotations<'a> {
    text: &'a StatementText<'a>,
    selected: FxHashSet<&'a StatementId>,
}

impl Annotations<'_> {
    fn annotation(&self, id: &NamedNode, evidence: &Evidence) -> Result<Json, StoreError> {
        let (names, store) = (self.text.labels().names(), self.text.store());
        let statements = store.subjects(vocab::fl::EVIDENCE, id.as_ref().into())?;
        let mut on_it: Vec<StatementId> = statements
            .iter()
            .filter_map(|node| match node {
                NamedOrBlankNode::NamedNode(node) => names.statement_id(node.as_ref()),
                NamedOrBlankNode::BlankNode(_) => None,
            })
            .filter(|id| self.selected.contains(id))
            .collect();
        on_it.sort();
        let mut bodies = Vec::new();
        for id in &on_it {
            bodies.push(self.body(&store.require_statement(id)?)?);
        }
        if let Some(note) = &evidence.note {
            bodies.push(json!({ "type": "TextualBody", "value": note, "purpose": "commenting" }));
        }
        let motivation = match evidence.stance {
            Stance::Supports => "linking",
            Stance::Disputes => "questioning",
        };
        Ok(json!({
            "id": id.as_str(), "type": "Annotation", "motivation": motivation, "body": bodies, "target": self.targets(evidence)?,
        }))
    }

    fn body(&self, statement: &Statement) -> Result<Json, StoreError> {
        let id = self.text.labels().names().statement(&statement.id);
        Ok(json!({
            "type": "SpecificResource", "source": id.as_str(), "purpose": "linking",
            "fl:kind": statement.kind.as_str(), "fl:sentence": self.text.sentence(statement)?,
        }))
    }

    fn targets(&self, evidence: &Evidence) -> Result<Json, StoreError> {
        let own = self.text.labels().names().source(&evidence.source);
        let address = self.text.address(&evidence.source)?;
        let source = json!({ "source": address.as_deref().unwrap_or(own.as_str()), "dcterms:source": reference(&own) });
        let Some(quote) = &evidence.quote else { return Ok(source) };
        let spans = evidence.span.as_ref().map_or(&[][..], |span| span.parts());
        // A quote may hold what stands for words left out as a part of the text itself, which its span knows.
        let parts = if spans.len() == 1 { vec![quote.as_str()] } else { quote_parts(quote) };
        let (prefix, suffix) = (&evidence.selector.prefix, &evidence.selector.suffix);
        let targets = parts.iter().enumerate().map(|(number, part)| {
            let mut quoted = json!({ "type": "TextQuoteSelector", "exact": part });
            if let Some(prefix) = prefix.as_ref().filter(|_| number == 0) {
                quoted["prefix"] = json!(prefix);
            }
            if let Some(suffix) = suffix.as_ref().filter(|_| number + 1 == parts.len()) {
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
}

fn reference(node: &NamedNode) -> Json {
    json!({ "id": node.as_str() })
}

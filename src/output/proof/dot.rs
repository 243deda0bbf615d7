//! A proof as a DOT diagram: edges lead from premises to rules, and from rules to conclusions.

use super::{details, kind, reference};
use crate::output::diagram::attributes;
use crate::output::{Diagram, DiagramEdge, DiagramNode, OutputError, StatementText, dot};
use crate::rules::Proof;
use std::io::Write;

/// Writes a proof in DOT. Each step is a node with its quotes: solid for facts, rounded and dashed for inferences and entailments,
/// dotted for declared triples. Each rule has edges from its premises and an edge to its conclusion.
///
/// # Errors
///
/// Returns an error if the store cannot be read or the output cannot be written.
pub fn proof_dot(proof: &Proof, text: &StatementText<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    let mut diagram = Diagram::default();
    if let Some(step) = proof.steps.first() {
        diagram.title = text.sentence(&step.triple)?;
    }
    diagram.graph = attributes(&[("rankdir", "BT"), ("fontname", "Helvetica")]);
    for step in &proof.steps {
        let mut label = text.sentence(&step.triple)?;
        label.extend(["\n", &kind(step, text)?]);
        for detail in details(step, text)? {
            label.extend(["\n", &detail.to_string()]);
        }
        let style = match (step.inference(), step.asserted().next()) {
            (Some(_), _) => "rounded,dashed",
            (None, Some(_)) => "solid",
            (None, None) => "dotted",
        };
        diagram.nodes.push(DiagramNode {
            name: reference(step),
            label,
            tooltip: step.triple.to_string(),
            attributes: attributes(&[("shape", "box"), ("style", style), ("fontname", "Helvetica")]).into(),
            ..DiagramNode::default()
        });
    }
    for (index, step) in proof.steps.iter().enumerate() {
        for (number, derivation) in step.derivations.iter().enumerate() {
            let rule = diagram.nodes.len();
            diagram.nodes.push(DiagramNode {
                name: format!("rule {number} of {}", reference(step)),
                label: derivation.rule.clone(),
                tooltip: format!("rule {}", derivation.rule),
                attributes: attributes(&[("shape", "plain"), ("fontname", "Helvetica-Oblique")]).into(),
                ..DiagramNode::default()
            });
            let edge = |from, to| DiagramEdge { from, to, ..DiagramEdge::default() };
            diagram.edges.extend(derivation.premises.iter().map(|premise| edge(*premise, rule)));
            diagram.edges.push(edge(rule, index));
        }
    }
    Ok(dot::write(&diagram, out)?)
}

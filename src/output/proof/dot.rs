//! A proof as a diagram: premises lead through rules to what follows.

use super::{evidence, kind, reference};
use crate::output::{Attributes, Diagram, DiagramEdge, DiagramNode, ResultsError, StatementText, dot};
use crate::rules::Proof;
use std::io::Write;

/// Writes a proof in DOT: a box for each step, solid for facts, rounded and dashed for inferences, dotted for what is given,
/// with its quotes; and between them the rules, each with arrows from its premises and to what it derives.
///
/// # Errors
///
/// Those of the writer and of the store.
pub fn proof_dot(proof: &Proof, text: &StatementText<'_>, out: &mut impl Write) -> Result<(), ResultsError> {
    let attributes = |list: &[(&str, &str)]| -> Attributes {
        list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let mut diagram = Diagram::default();
    if let Some(step) = proof.steps.first() {
        diagram.title = text.triple(&step.triple)?;
    }
    diagram.graph = attributes(&[("rankdir", "BT"), ("fontname", "Helvetica")]);
    for step in &proof.steps {
        let mut label = text.triple(&step.triple)?;
        label.extend(["\n", &kind(step, text)?]);
        for line in evidence(step, text)? {
            let whole = format!("{}  {}", line.left, line.right);
            label.extend(["\n", whole.trim()]);
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
    for (at, step) in proof.steps.iter().enumerate() {
        for (number, reason) in step.derivations.iter().enumerate() {
            let rule = diagram.nodes.len();
            diagram.nodes.push(DiagramNode {
                name: format!("rule {number} of {}", reference(step)),
                label: reason.rule.clone(),
                tooltip: format!("rule {}", reason.rule),
                attributes: attributes(&[("shape", "plain"), ("fontname", "Helvetica-Oblique")]).into(),
                ..DiagramNode::default()
            });
            let edge = |from, to| DiagramEdge { from, to, ..DiagramEdge::default() };
            diagram.edges.extend(reason.premises.iter().map(|premise| edge(*premise, rule)));
            diagram.edges.push(edge(rule, at));
        }
    }
    Ok(dot::write(&diagram, out)?)
}

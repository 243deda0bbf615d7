//! Plans basic patterns: triples, triple terms, paths and VALUES, which may be joined in any order.

use super::bindings::{add_always_bound, always_bound_slots};
use super::join_order::join_order;
use super::path::Path;
use super::plan::{Context, NO_TERM, Operator, PatternTerm, Pipeline, PlannedStep, Slot, Step};
use super::planner::{Planner, Result};
use super::variables::{self, Variables};
use crate::model::path_text;
use crate::store::compiled::Id;
use oxigraph::model::vocab::rdf;
use oxigraph::model::{NamedNode, Triple};
use spargebra::algebra::{GraphPattern, PropertyPathExpression};
use spargebra::term::{GroundTerm, TermPattern, TriplePattern};
use std::collections::BTreeSet;

/// Up to this many rows of VALUES are compared one by one; more are joined by a table if they have keys.
const MAX_COMPARED_VALUES: usize = 8;

impl Planner<'_> {
    /// Adds the steps of a pattern and returns true if they may be joined in any order.
    pub(super) fn reorderable_steps(&mut self, pattern: &GraphPattern, out: &mut Vec<Step>) -> Result<bool> {
        match pattern {
            GraphPattern::Bgp { patterns } => {
                for pattern in patterns {
                    let terms = self.triple(pattern, out)?;
                    out.push(Step::Triple { terms, graph: self.graph_name, used: [true; 3], by_subject: false });
                }
            }
            GraphPattern::Path { subject, path, object } => {
                let (subject, object) = (self.path_end(subject, out)?, self.path_end(object, out)?);
                out.push(Step::Path {
                    subject,
                    path: self.path(path)?,
                    object,
                    graph: self.graph_name,
                    text: path_text(path),
                });
            }
            GraphPattern::Values { variables, bindings } => {
                let slots = variables.iter().map(|v| self.slot(v.as_str())).collect();
                let rows = bindings.iter().map(|row| self.values_row(row)).collect::<Result<_>>()?;
                out.push(Step::Values { slots, rows });
            }
            GraphPattern::Join { left, right } => {
                let before = out.len();
                if !(self.reorderable_steps(left, out)? && self.reorderable_steps(right, out)?) {
                    out.truncate(before);
                    return Ok(false);
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn values_row(&mut self, row: &[Option<GroundTerm>]) -> Result<Vec<Id>> {
        let id = |term: &Option<GroundTerm>| match term {
            Some(term) => self.term_id(term.clone().into()),
            None => Ok(0),
        };
        row.iter().map(id).collect()
    }

    /// Adds steps to a pipeline in the best order.
    pub(super) fn add_in_order(&mut self, steps: Vec<Step>, bound: &Variables, out: &mut Pipeline) -> Result<()> {
        let mut bound_slots = always_bound_slots(out);
        bound_slots.extend(self.slots(bound));
        let order = join_order(self.graph, &steps, &bound_slots)?;
        let rows_before = self.rows_after(out);
        let mut steps: Vec<Option<Step>> = steps.into_iter().map(Some).collect();
        for (index, rows) in order {
            let step = match steps[index].take() {
                Some(Step::Values { slots, rows }) => self.values(slots, rows, out),
                Some(step) => step,
                None => continue,
            };
            let label = self.label(&step)?;
            out.push(PlannedStep { step, estimate: rows * rows_before, label });
        }
        Ok(())
    }

    fn values(&mut self, slots: Vec<Slot>, rows: Vec<Vec<Id>>, before: &[PlannedStep]) -> Step {
        let count = rows.len();
        let step = Step::Values { slots, rows };
        let mut always_bound = BTreeSet::new();
        add_always_bound(&step, &mut always_bound);
        let keys: Vec<Slot> = (&always_bound & &self.bound_after(before)).into_iter().collect();
        if count <= MAX_COMPARED_VALUES || keys.is_empty() {
            return step;
        }
        let values = PlannedStep { step, estimate: count as f64, label: values_label(count) };
        self.join_step(Operator::pipeline(vec![values]), keys, always_bound.into_iter().collect(), Context::new())
    }

    /// The label of a step in explanations.
    pub(super) fn label(&self, step: &Step) -> Result<String> {
        let mut names = Vec::new();
        for term in step.terms() {
            names.push(match term {
                PatternTerm::Slot(slot) if self.slot_names[slot].starts_with("_:") => self.slot_names[slot].clone(),
                PatternTerm::Slot(slot) => format!("?{}", self.slot_names[slot]),
                PatternTerm::Constant(NO_TERM) => "(in no triple)".to_owned(),
                PatternTerm::Constant(id) => self.computed.term(self.graph, id)?.to_string(),
            });
        }
        if let (Step::Triple { .. } | Step::TripleTerm { .. }, Some(predicate)) = (step, names.get_mut(1))
            && *predicate == rdf::TYPE.to_string()
        {
            "a".clone_into(predicate);
        }
        Ok(match (step, names.as_slice()) {
            (Step::Triple { .. }, [s, p, o, graph]) => format!("{s} {p} {o} in {graph}"),
            (Step::TripleTerm { .. }, [s, p, o, term]) => format!("{term} is <<( {s} {p} {o} )>>"),
            (Step::Path { text, .. }, [subject, object]) => format!("{subject} {text} {object}"),
            (Step::Path { text, .. }, [subject, object, graph]) => format!("{subject} {text} {object} in {graph}"),
            (Step::Values { rows, .. }, _) => values_label(rows.len()),
            (Step::Join { .. }, _) => "join with a table".to_owned(),
            _ => names.join(" "),
        })
    }

    /// The terms of a triple pattern. Adds steps that match its triple terms.
    pub(super) fn triple(&mut self, pattern: &TriplePattern, out: &mut Vec<Step>) -> Result<[PatternTerm; 3]> {
        let subject = self.pattern_term(&pattern.subject, out)?;
        let predicate = self.name(&pattern.predicate)?;
        Ok([subject, predicate, self.pattern_term(&pattern.object, out)?])
    }

    /// An end of a path. A path of length zero also matches a term that the graph does not contain.
    fn path_end(&mut self, pattern: &TermPattern, out: &mut Vec<Step>) -> Result<PatternTerm> {
        let term = match pattern {
            TermPattern::NamedNode(node) => node.clone().into(),
            TermPattern::Literal(literal) => literal.clone().into(),
            TermPattern::Triple(triple) => match Triple::try_from((**triple).clone()) {
                Ok(triple) => triple.into(),
                Err(()) => return self.pattern_term(pattern, out),
            },
            TermPattern::Variable(_) | TermPattern::BlankNode(_) => return self.pattern_term(pattern, out),
        };
        Ok(PatternTerm::Constant(self.term_id(term)?))
    }

    fn pattern_term(&mut self, pattern: &TermPattern, out: &mut Vec<Step>) -> Result<PatternTerm> {
        Ok(match pattern {
            TermPattern::NamedNode(node) => self.constant(node.as_ref().into())?,
            TermPattern::Literal(literal) => self.constant(literal.as_ref().into())?,
            TermPattern::Variable(variable) => PatternTerm::Slot(self.slot(variable.as_str())),
            TermPattern::BlankNode(node) => PatternTerm::Slot(self.slot(&variables::blank_node_name(node.as_str()))),
            TermPattern::Triple(triple) => {
                let mut names = Variables::new();
                variables::add_from_triple(triple, &mut names);
                if names.is_empty()
                    && let Ok(triple) = Triple::try_from((**triple).clone())
                {
                    return self.constant((&triple).into());
                }
                let components = self.triple(triple, out)?;
                let term = PatternTerm::Slot(self.new_slot(format!("_:term{}", self.slot_names.len())));
                out.push(Step::TripleTerm { term, components });
                term
            }
        })
    }

    fn path(&self, path: &PropertyPathExpression) -> Result<Path> {
        use PropertyPathExpression as P;
        let predicate = |node: &NamedNode| self.graph.id_of(node.as_ref().into()).map(|id| id.unwrap_or(NO_TERM));
        let boxed = |inner: &PropertyPathExpression| self.path(inner).map(Box::new);
        Ok(match path {
            P::NamedNode(node) => Path::Predicate(predicate(node)?),
            P::Reverse(inner) => Path::Reverse(boxed(inner)?),
            P::Sequence(a, b) => Path::Sequence(boxed(a)?, boxed(b)?),
            P::Alternative(a, b) => Path::Alternative(boxed(a)?, boxed(b)?),
            P::ZeroOrMore(inner) => Path::ZeroOrMore(boxed(inner)?),
            P::OneOrMore(inner) => Path::OneOrMore(boxed(inner)?),
            P::ZeroOrOne(inner) => Path::ZeroOrOne(boxed(inner)?),
            P::NegatedPropertySet(nodes) => {
                Path::Negated(nodes.iter().map(predicate).collect::<std::result::Result<_, _>>()?)
            }
        })
    }
}

fn values_label(rows: usize) -> String {
    format!("{rows} rows of VALUES")
}

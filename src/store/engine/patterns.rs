//! Basic patterns: triples, triple terms, paths and listed rows, put in order and made steps.

use super::build::{Planner, Result, Unplanned, sure_of, sure_slots};
use super::order::{Unit, order};
use super::path::Path;
use super::plan::{Chain, In, NOTHING, Node, Op, Place, Slot, Step};
use super::scope::{self, Names};
use crate::store::compiled::Id;
use oxigraph::model::{Term, Triple};
use spargebra::algebra::{GraphPattern, PropertyPathExpression};
use spargebra::term::{GroundTerm, NamedNodePattern, TermPattern, TriplePattern};
use std::collections::BTreeSet;

/// Up to so many listed rows are compared one by one.
const FEW: usize = 8;

impl Planner<'_> {
    /// Takes a pattern apart into units that may be joined in any order; `false` where it holds something else.
    pub(super) fn units(&mut self, pattern: &GraphPattern, out: &mut Vec<Unit>) -> Result<bool> {
        match pattern {
            // It holds if there is such a graph.
            GraphPattern::Bgp { patterns }
                if patterns.is_empty() && matches!(self.current, In::Named(Place::Fixed(_))) =>
            {
                Err(Unplanned::Unknown("an empty pattern within GRAPH"))
            }
            GraphPattern::Bgp { patterns } => {
                for pattern in patterns {
                    self.triple(pattern, out)?;
                }
                Ok(true)
            }
            GraphPattern::Path { subject, path, object } => {
                if self.current != In::Default {
                    return Err(Unplanned::Unknown("a path within GRAPH"));
                }
                let (subject, object) = (self.node(subject, out)?, self.node(object, out)?);
                let path = self.path(path)?;
                out.push(Unit::Path { subject, path, object });
                Ok(true)
            }
            GraphPattern::Values { variables, bindings } => {
                let slots = variables.iter().map(|v| self.slot(v.as_str())).collect();
                let rows = bindings.iter().map(|row| self.values(row)).collect::<Result<_>>()?;
                out.push(Unit::Values { slots, rows });
                Ok(true)
            }
            GraphPattern::Join { left, right } => {
                let before = out.len();
                if self.units(left, out)? && self.units(right, out)? {
                    return Ok(true);
                }
                out.truncate(before);
                Ok(false)
            }
            _ => Ok(false),
        }
    }

    fn values(&mut self, row: &[Option<GroundTerm>]) -> Result<Vec<Id>> {
        let id = |term: &Option<GroundTerm>| match term {
            Some(term) => self.term_id(term.clone().into()),
            None => Ok(0),
        };
        row.iter().map(id).collect()
    }

    /// Puts units in order and adds their steps.
    pub(super) fn ordered(&mut self, units: Vec<Unit>, seeds: &Names, out: &mut Vec<Node>) -> Result<()> {
        let mut bound: BTreeSet<Slot> = sure_slots(out);
        bound.extend(self.slots(seeds));
        let order = order(self.graph, self.current, &units, &bound)?;
        let before = self.expected(out);
        let mut units: Vec<Option<Unit>> = units.into_iter().map(Some).collect();
        for (index, rows) in order {
            let Some(unit) = units[index].take() else { continue };
            let step = match unit {
                Unit::Triple(places) => Step::Triple { places, graph: self.current, needed: [true; 3] },
                Unit::TripleTerm { whole, parts } => Step::TripleTerm { whole, parts },
                Unit::Path { subject, path, object } => Step::Path { subject, path, object },
                Unit::Values { slots, rows } => self.listed(slots, rows, out),
            };
            let label = self.label(&step)?;
            out.push(Node { step, estimate: rows * before, label });
        }
        Ok(())
    }

    /// The step that joins with listed rows: one after the other, or by hashing where there are many, and the steps before give
    /// values to something that all of them list.
    fn listed(&mut self, slots: Vec<Slot>, rows: Vec<Vec<Id>>, before: &[Node]) -> Step {
        let count = rows.len();
        let step = Step::Values { slots, rows };
        let mut sure = BTreeSet::new();
        sure_of(&step, &mut sure);
        let keys: Vec<Slot> = sure.intersection(&self.bound(before)).copied().collect();
        if count <= FEW || keys.is_empty() {
            return step;
        }
        let node = Node { step, estimate: count as f64, label: format!("{count} listed rows") };
        let op = Box::new(Op::Chain(Chain { nodes: vec![node] }));
        Step::Table { table: self.new_table(), slots: op.all_slots(), op, keys, sure: sure.into_iter().collect() }
    }

    /// What a step does that gives rows, in the words of SPARQL.
    pub(super) fn label(&self, step: &Step) -> Result<String> {
        let name = |place: &Place| -> Result<String> {
            Ok(match place {
                Place::Slot(slot) if self.slot_names[*slot].starts_with("_:") => self.slot_names[*slot].clone(),
                Place::Slot(slot) => format!("?{}", self.slot_names[*slot]),
                Place::Fixed(NOTHING) => "(in no triple)".to_owned(),
                Place::Fixed(id) => self.computed.term(self.graph, *id)?.to_string(),
            })
        };
        let all = |places: &[Place]| Ok::<_, Unplanned>(places.iter().map(name).collect::<Result<Vec<_>>>()?.join(" "));
        Ok(match step {
            Step::Triple { places, graph: In::Named(graph), .. } => format!("{} in {}", all(places)?, name(graph)?),
            Step::Triple { places, graph: In::Default, .. } => all(places)?,
            Step::TripleTerm { whole, parts } => format!("{} is <<( {} )>>", name(whole)?, all(parts)?),
            Step::Path { subject, object, .. } => format!("{} path {}", name(subject)?, name(object)?),
            Step::Values { rows, .. } => format!("{} listed rows", rows.len()),
            Step::Table { .. } => "join with a table".to_owned(),
            _ => String::new(),
        })
    }

    pub(super) fn triple(&mut self, pattern: &TriplePattern, out: &mut Vec<Unit>) -> Result<()> {
        let subject = self.node(&pattern.subject, out)?;
        let predicate = match &pattern.predicate {
            NamedNodePattern::NamedNode(node) => self.fixed(node.as_ref().into())?,
            NamedNodePattern::Variable(variable) => Place::Slot(self.slot(variable.as_str())),
        };
        let object = self.node(&pattern.object, out)?;
        out.push(Unit::Triple([subject, predicate, object]));
        Ok(())
    }

    /// The place of a node; for a triple term with variables, a slot of its own and a unit that takes it apart.
    fn node(&mut self, pattern: &TermPattern, out: &mut Vec<Unit>) -> Result<Place> {
        match pattern {
            TermPattern::NamedNode(node) => self.fixed(node.as_ref().into()),
            TermPattern::Literal(literal) => self.fixed(literal.as_ref().into()),
            TermPattern::Variable(variable) => Ok(Place::Slot(self.slot(variable.as_str()))),
            TermPattern::BlankNode(node) => Ok(Place::Slot(self.slot(&scope::blank_name(node.as_str())))),
            TermPattern::Triple(triple) => {
                let mut names = Names::new();
                scope::triple(triple, &mut names);
                if names.is_empty()
                    && let Some(triple) = ground(triple)
                {
                    return self.fixed(triple.as_ref());
                }
                let subject = self.node(&triple.subject, out)?;
                let predicate = match &triple.predicate {
                    NamedNodePattern::NamedNode(node) => self.fixed(node.as_ref().into())?,
                    NamedNodePattern::Variable(variable) => Place::Slot(self.slot(variable.as_str())),
                };
                let object = self.node(&triple.object, out)?;
                self.slot_names.push(format!("_:term{}", self.slot_names.len()));
                let whole = Place::Slot(self.slot_names.len() - 1);
                out.push(Unit::TripleTerm { whole, parts: [subject, predicate, object] });
                Ok(whole)
            }
        }
    }

    fn path(&mut self, path: &PropertyPathExpression) -> Result<Path> {
        use PropertyPathExpression as P;
        let predicate = |this: &Self, node: &oxigraph::model::NamedNode| -> Result<Id> {
            Ok(this.graph.id_of(node.as_ref().into())?.unwrap_or(NOTHING))
        };
        Ok(match path {
            P::NamedNode(node) => Path::Predicate(predicate(self, node)?),
            P::Reverse(inner) => Path::Reverse(Box::new(self.path(inner)?)),
            P::Sequence(a, b) => Path::Sequence(Box::new(self.path(a)?), Box::new(self.path(b)?)),
            P::Alternative(a, b) => Path::Alternative(Box::new(self.path(a)?), Box::new(self.path(b)?)),
            P::ZeroOrMore(inner) => Path::ZeroOrMore(Box::new(self.path(inner)?)),
            P::OneOrMore(inner) => Path::OneOrMore(Box::new(self.path(inner)?)),
            P::ZeroOrOne(inner) => Path::ZeroOrOne(Box::new(self.path(inner)?)),
            P::NegatedPropertySet(nodes) => {
                Path::Negated(nodes.iter().map(|node| predicate(self, node)).collect::<Result<_>>()?)
            }
        })
    }
}

/// A triple term without variables.
fn ground(triple: &TriplePattern) -> Option<Term> {
    let subject = match &triple.subject {
        TermPattern::NamedNode(node) => node.clone(),
        _ => return None,
    };
    let NamedNodePattern::NamedNode(predicate) = &triple.predicate else { return None };
    let object = match &triple.object {
        TermPattern::NamedNode(node) => node.clone().into(),
        TermPattern::Literal(literal) => literal.clone().into(),
        TermPattern::Triple(triple) => ground(triple)?,
        TermPattern::BlankNode(_) | TermPattern::Variable(_) => return None,
    };
    Some(Triple::new(subject, predicate.clone(), object).into())
}

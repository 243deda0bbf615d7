//! The parts of a rewritten pattern, each of which a solution may rest on.

use crate::query::algebra::{term_variables, triple_variables};
use oxigraph::model::Variable;
use spargebra::algebra::{GraphPattern, PropertyPathExpression};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A rewritten pattern, and what of a solution is to be cited.
pub(super) struct Recipe {
    pub(super) pattern: GraphPattern,
    pub(super) parts: Vec<Part>,
}

/// A part of a pattern that a solution may rest on.
pub(super) struct Part {
    /// Bound where the solution came by this part; `None` where all do.
    pub(super) guard: Option<Variable>,
    pub(super) kind: PartKind,
}

pub(super) enum PartKind {
    Triple(TriplePattern),
    Path {
        subject: TermPattern,
        path: PropertyPathExpression,
        object: TermPattern,
    },
    /// What satisfied a condition: the solutions of the inner recipe for the values of the keys.
    Exists {
        keys: Vec<Variable>,
        inner: Rc<Group>,
    },
    /// What went into a group: the solutions of the inner recipe that have the values of the keys in common.
    Group {
        keys: Vec<Variable>,
        inner: Rc<Group>,
    },
}

/// Solutions that one solution outside stands for.
pub(super) struct Group {
    /// Tells groups of one query apart.
    pub(super) number: usize,
    /// The keys, as they are named inside.
    pub(super) keys: Vec<Variable>,
    pub(super) recipe: Recipe,
}

impl Part {
    /// The variables whose values are needed to tell what was matched.
    pub(super) fn variables(&self) -> BTreeSet<Variable> {
        let mut all: BTreeSet<Variable> = self.guard.iter().cloned().collect();
        match &self.kind {
            PartKind::Triple(pattern) => triple_variables(pattern, &mut all),
            PartKind::Path { subject, object, .. } => {
                term_variables(subject, &mut all);
                term_variables(object, &mut all);
            }
            PartKind::Group { keys, .. } | PartKind::Exists { keys, .. } => all.extend(keys.iter().cloned()),
        }
        all
    }

    /// Changes the names of variables, where the query inside which they are shows others.
    pub(super) fn rename(&mut self, names: &BTreeMap<Variable, Variable>) {
        match &mut self.kind {
            PartKind::Triple(pattern) => rename_triple(pattern, names),
            PartKind::Path { subject, object, .. } => {
                rename_term(subject, names);
                rename_term(object, names);
            }
            PartKind::Group { keys, .. } | PartKind::Exists { keys, .. } => {
                for key in keys {
                    rename(key, names);
                }
            }
        }
    }
}

fn rename(variable: &mut Variable, names: &BTreeMap<Variable, Variable>) {
    if let Some(name) = names.get(variable) {
        variable.clone_from(name);
    }
}

fn rename_term(term: &mut TermPattern, names: &BTreeMap<Variable, Variable>) {
    match term {
        TermPattern::Variable(variable) => rename(variable, names),
        TermPattern::Triple(triple) => rename_triple(triple, names),
        TermPattern::NamedNode(_) | TermPattern::Literal(_) | TermPattern::BlankNode(_) => {}
    }
}

fn rename_triple(pattern: &mut TriplePattern, names: &BTreeMap<Variable, Variable>) {
    rename_term(&mut pattern.subject, names);
    if let NamedNodePattern::Variable(variable) = &mut pattern.predicate {
        rename(variable, names);
    }
    rename_term(&mut pattern.object, names);
}

impl Recipe {
    /// The variables that must be asked for, beside others.
    pub(super) fn variables(&self, with: &[Variable]) -> Vec<Variable> {
        let mut all: Vec<Variable> = with.to_vec();
        let hidden: BTreeSet<Variable> = self.parts.iter().flat_map(Part::variables).collect();
        all.extend(hidden.into_iter().filter(|variable| !with.contains(variable)));
        all
    }
}

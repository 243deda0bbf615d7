//! A pattern that keeps track of what each of its solutions matched.

use crate::query::algebra::{term_variables, triple_variables};
use oxigraph::model::Variable;
use spargebra::algebra::{GraphPattern, PropertyPathExpression};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::{BTreeMap, BTreeSet};

/// A rewritten pattern with the parts of it that a solution can cite.
pub(super) struct TracedPattern {
    pub(super) pattern: GraphPattern,
    pub(super) matches: Vec<Match>,
}

/// A part of a pattern that a solution may have matched.
pub(super) struct Match {
    /// Bound if the solution matched this part; `None` if every solution matches it.
    pub(super) guard: Option<Variable>,
    pub(super) kind: MatchKind,
}

pub(super) enum MatchKind {
    Triple(TriplePattern),
    Path {
        subject: TermPattern,
        path: PropertyPathExpression,
        object: TermPattern,
    },
    /// A condition: it is supported by the solutions of the inner pattern for the values of the keys.
    Exists {
        keys: Vec<Variable>,
        inner: Subpattern,
    },
    /// A group: it is supported by the solutions of the inner pattern with the same values of the keys.
    Group {
        keys: Vec<Variable>,
        inner: Subpattern,
    },
}

/// A pattern with several solutions that support one solution of the outer pattern.
pub(super) struct Subpattern {
    /// Unique in the query.
    pub(super) number: usize,
    /// The keys, as they are named inside.
    pub(super) keys: Vec<Variable>,
    pub(super) traced: TracedPattern,
}

impl Match {
    /// The variables that identify what was matched.
    pub(super) fn variables(&self) -> BTreeSet<Variable> {
        let mut all: BTreeSet<Variable> = self.guard.iter().cloned().collect();
        match &self.kind {
            MatchKind::Triple(pattern) => triple_variables(pattern, &mut all),
            MatchKind::Path { subject, object, .. } => {
                term_variables(subject, &mut all);
                term_variables(object, &mut all);
            }
            MatchKind::Group { keys, .. } | MatchKind::Exists { keys, .. } => all.extend(keys.iter().cloned()),
        }
        all
    }

    /// Renames variables that are renamed where a subquery ends.
    pub(super) fn rename(&mut self, names: &BTreeMap<Variable, Variable>) {
        match &mut self.kind {
            MatchKind::Triple(pattern) => rename_triple(pattern, names),
            MatchKind::Path { subject, object, .. } => {
                rename_term(subject, names);
                rename_term(object, names);
            }
            MatchKind::Group { keys, .. } | MatchKind::Exists { keys, .. } => {
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

impl TracedPattern {
    /// Some variables, and those that identify what was matched.
    pub(super) fn variables(&self, variables: &[Variable]) -> Vec<Variable> {
        let hidden: BTreeSet<Variable> = self.matches.iter().flat_map(Match::variables).collect();
        let hidden = hidden.into_iter().filter(|variable| !variables.contains(variable));
        variables.iter().cloned().chain(hidden).collect()
    }
}

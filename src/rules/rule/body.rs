//! The alternatives that a rule's pattern stands for.

use super::UnsupportedRule;
use super::expression::{Slot, slots_of};
use oxigraph::model::Term;
use spargebra::algebra::Expression;
use std::collections::{BTreeMap, BTreeSet};

/// A component of a triple pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::rules) enum Node {
    Slot(Slot),
    Term(Term),
}

impl Node {
    pub(in crate::rules) fn slot(&self) -> Option<Slot> {
        match self {
            Self::Slot(slot) => Some(*slot),
            Self::Term(_) => None,
        }
    }
}

/// A triple pattern: subject, predicate and object.
pub(in crate::rules) type Atom = [Node; 3];

/// Rows of values.
#[derive(Clone, Debug)]
pub(in crate::rules) struct Table {
    pub(in crate::rules) slots: Vec<Slot>,
    pub(in crate::rules) rows: Vec<Vec<Term>>,
}

/// An alternative. Its solutions are the matches of the triple patterns that meet all other conditions.
#[derive(Clone, Debug, Default)]
pub(in crate::rules) struct Body {
    /// The triple patterns, in the order written.
    pub(in crate::rules) atoms: Vec<Atom>,
    /// Expressions that must be true. [`variable`](super::expression::variable) names their variables.
    pub(in crate::rules) tests: Vec<Expression>,
    pub(in crate::rules) binds: Vec<(Slot, Expression)>,
    pub(in crate::rules) tables: Vec<Table>,
    /// Bodies that must not match.
    pub(in crate::rules) absent: Vec<Body>,
    /// The numbers of the OPTIONAL patterns that this alternative includes.
    pub(super) with: Vec<usize>,
    /// The numbers of the OPTIONAL patterns that it excludes, and the bodies that must not match.
    pub(super) without: Vec<(usize, Vec<Body>)>,
}

impl Body {
    /// The slots that have a value in every solution.
    pub(super) fn always_bound(&self) -> BTreeSet<Slot> {
        let atoms = self.atoms.iter().flatten().filter_map(Node::slot);
        atoms.chain(self.tables.iter().flat_map(|table| table.slots.iter().copied())).collect()
    }

    /// The slots that have a value in some solution. A BIND may fail.
    pub(in crate::rules) fn bound(&self) -> BTreeSet<Slot> {
        let mut slots = self.always_bound();
        slots.extend(self.binds.iter().map(|(slot, _)| *slot));
        slots
    }

    /// All slots except those that occur only in bodies that must not match.
    pub(super) fn mentioned(&self) -> BTreeSet<Slot> {
        let mut slots = self.bound();
        for expression in self.tests.iter().chain(self.binds.iter().map(|(_, expression)| expression)) {
            slots.extend(slots_of(expression));
        }
        slots
    }

    fn and(&self, other: &Self) -> Self {
        let mut both = self.clone();
        let Self { atoms, tests, binds, tables, absent, with, without } = other.clone();
        both.atoms.extend(atoms);
        both.tests.extend(tests);
        both.binds.extend(binds);
        both.tables.extend(tables);
        both.absent.extend(absent);
        both.with.extend(with);
        both.without.extend(without);
        both
    }

    /// The number of bodies, including those that must not match.
    fn size(&self) -> usize {
        let absent = self.absent.iter().chain(self.without.iter().flat_map(|(_, absent)| absent));
        1 + absent.map(Self::size).sum::<usize>()
    }
}

/// The maximum number of bodies of a rule.
const MAX_BODIES: usize = 256;

/// Returns an error if there are more than [`MAX_BODIES`].
pub(super) fn limited(bodies: Vec<Body>) -> Result<Vec<Body>, UnsupportedRule> {
    match bodies.iter().map(Body::size).sum() {
        0..=MAX_BODIES => Ok(bodies),
        _ => Err(UnsupportedRule::feature(
            "more than 256 combinations of UNION, OPTIONAL and EXISTS",
            &["UNION", "OPTIONAL", "EXISTS"],
            "split the rule into several rules",
        )),
    }
}

/// Combines each left body with each right body.
pub(super) fn product(left: &[Body], right: &[Body]) -> Result<Vec<Body>, UnsupportedRule> {
    limited(left.iter().flat_map(|left| right.iter().map(|right| left.and(right))).collect())
}

/// Groups the rows of VALUES into tables without UNDEF.
pub(super) fn tables(slots: &[Slot], rows: Vec<Vec<Option<Term>>>) -> Vec<Table> {
    let mut tables: BTreeMap<Vec<bool>, Table> = BTreeMap::new();
    for row in rows {
        let defined: Vec<bool> = row.iter().map(Option::is_some).collect();
        let slots = || slots.iter().zip(&defined).filter(|(_, defined)| **defined).map(|(slot, _)| *slot).collect();
        let table = tables.entry(defined.clone()).or_insert_with(|| Table { slots: slots(), rows: Vec::new() });
        table.rows.push(row.into_iter().flatten().collect());
    }
    tables.into_values().collect()
}

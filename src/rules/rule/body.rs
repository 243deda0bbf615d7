//! One alternative of a rule.

use super::UnsupportedRule;
use super::expression::{Slot, slots_of};
use oxigraph::model::Term;
use spargebra::algebra::Expression;
use std::collections::{BTreeMap, BTreeSet};

/// What stands in a triple pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::rules) enum Node {
    /// A variable.
    Slot(Slot),
    /// A term.
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

/// One alternative. Its solutions are those of the triple patterns for which the rest holds.
#[derive(Clone, Debug, Default)]
pub(in crate::rules) struct Body {
    /// In the order in which they are written.
    pub(in crate::rules) atoms: Vec<Atom>,
    /// Expressions that must be true. Their variables are named by [`variable`](super::expression::variable).
    pub(in crate::rules) tests: Vec<Expression>,
    pub(in crate::rules) binds: Vec<(Slot, Expression)>,
    pub(in crate::rules) tables: Vec<Table>,
    /// What must not match.
    pub(in crate::rules) absent: Vec<Body>,
    /// The optional parts that it has.
    pub(super) with: Vec<usize>,
    /// The optional parts that it is without, and what must not match then.
    pub(super) without: Vec<(usize, Vec<Body>)>,
}

impl Body {
    /// The slots that every solution has values for.
    pub(super) fn certain(&self) -> BTreeSet<Slot> {
        let atoms = self.atoms.iter().flatten().filter_map(Node::slot);
        atoms.chain(self.tables.iter().flat_map(|table| table.slots.iter().copied())).collect()
    }

    /// The slots that some solution has values for: all but for those of BIND, which may fail, are certain.
    pub(in crate::rules) fn bound(&self) -> BTreeSet<Slot> {
        let atoms = self.atoms.iter().flatten().filter_map(Node::slot);
        let tables = self.tables.iter().flat_map(|table| table.slots.iter().copied());
        atoms.chain(tables).chain(self.binds.iter().map(|(slot, _)| *slot)).collect()
    }

    /// All slots that it speaks of, but for those that only what must not match does.
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

    /// How many alternatives it is made of: itself, and those that must not match.
    fn size(&self) -> usize {
        let absent = self.absent.iter().chain(self.without.iter().flat_map(|(_, absent)| absent));
        1 + absent.map(Self::size).sum::<usize>()
    }
}

/// More alternatives than this, with what must not match, are no rule that anybody wrote by hand.
const MAX_BODIES: usize = 256;

/// Refuses more alternatives than a rule may stand for. Whatever multiplies them asks this before it goes on.
pub(super) fn limited(bodies: Vec<Body>) -> Result<Vec<Body>, UnsupportedRule> {
    match bodies.iter().map(Body::size).sum() {
        0..=MAX_BODIES => Ok(bodies),
        _ => Err(UnsupportedRule::Pattern(
            "so many UNIONs, OPTIONALs and EXISTS that they stand for more than 256 alternatives",
        )),
    }
}

/// Each of some alternatives with each of others.
pub(super) fn product(left: &[Body], right: &[Body]) -> Result<Vec<Body>, UnsupportedRule> {
    limited(left.iter().flat_map(|left| right.iter().map(|right| left.and(right))).collect())
}

/// Rows of values as tables in which all have the same variables open, which are then none of the table's.
pub(super) fn tables(slots: &[Slot], rows: Vec<Vec<Option<Term>>>) -> Vec<Table> {
    let mut tables: BTreeMap<Vec<bool>, Table> = BTreeMap::new();
    for row in rows {
        let given: Vec<bool> = row.iter().map(Option::is_some).collect();
        let slots = || slots.iter().zip(&given).filter(|(_, given)| **given).map(|(slot, _)| *slot).collect();
        let table = tables.entry(given.clone()).or_insert_with(|| Table { slots: slots(), rows: Vec::new() });
        table.rows.push(row.into_iter().flatten().collect());
    }
    tables.into_values().collect()
}

//! Rules over ids: what the fixpoint and the search for derivations evaluate.

use super::terms::Terms;
use crate::rules::Rule;
use crate::rules::rule::{Atom, Body, Node, Slot, Table, slots_of, variable};
use crate::store::{GraphError, Id};
use oxigraph::model::{Term, Variable};
use spareval::QueryEvaluator;
use spargebra::algebra::{Expression, GraphPattern};
use std::collections::BTreeSet;

/// What stands in a triple pattern: a variable or a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rules) enum Place {
    Slot(Slot),
    Id(Id),
}

impl Place {
    /// The id that stands here under a solution; 0 where the variable has no value.
    pub(in crate::rules) fn under(self, row: &[Id]) -> Id {
        match self {
            Self::Slot(slot) => row[slot],
            Self::Id(id) => id,
        }
    }

    pub(in crate::rules) fn slot(self) -> Option<Slot> {
        match self {
            Self::Slot(slot) => Some(slot),
            Self::Id(_) => None,
        }
    }
}

/// A triple pattern.
pub(in crate::rules) type Places = [Place; 3];

/// The triple of a pattern under a solution.
pub(in crate::rules) fn under(places: Places, row: &[Id]) -> [Id; 3] {
    places.map(|place| place.under(row))
}

/// An expression, and the slots whose values it takes.
#[derive(Clone)]
pub(in crate::rules) struct Formula {
    pub(in crate::rules) slots: Vec<Slot>,
    names: Vec<Variable>,
    expression: sparopt::algebra::Expression,
    /// Whether it says that two variables are not the same, which is true at once of two IRIs.
    differ: Option<(Slot, Slot)>,
}

impl Formula {
    fn new(expression: &Expression) -> Self {
        let slots: Vec<Slot> = slots_of(expression).into_iter().collect();
        let differ = match expression {
            Expression::Not(inner) => match &**inner {
                Expression::Equal(a, b) => match (&**a, &**b) {
                    (Expression::Variable(_), Expression::Variable(_)) if slots.len() == 2 => {
                        Some((slots[0], slots[1]))
                    }
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        };
        let inner = Box::new(GraphPattern::Bgp { patterns: Vec::new() });
        let result = Variable::new_unchecked("result");
        // The only public way from the parser's algebra to the evaluator's.
        let pattern = GraphPattern::Extend { inner, variable: result, expression: expression.clone() };
        let expression = match sparopt::algebra::GraphPattern::from(&pattern) {
            sparopt::algebra::GraphPattern::Extend { expression, .. } => expression,
            // What the optimiser has found to be an error is one for every solution.
            _ => sparopt::algebra::Expression::Variable(Variable::new_unchecked("unbound")),
        };
        Self { names: slots.iter().map(|slot| variable(*slot)).collect(), slots, expression, differ }
    }

    fn values<'a>(&'a self, row: &[Id], terms: &Terms<'_>) -> Result<Vec<(&'a Variable, Term)>, GraphError> {
        let known = self.slots.iter().zip(&self.names).filter(|(slot, _)| row[**slot] != 0);
        known.map(|(slot, name)| Ok((name, terms.term(row[*slot])?))).collect()
    }

    /// Whether it is true under a solution.
    pub(in crate::rules) fn holds(
        &self,
        row: &[Id],
        terms: &Terms<'_>,
        by: &QueryEvaluator,
    ) -> Result<bool, GraphError> {
        if let Some((a, b)) = self.differ
            && row[a] != 0
            && row[b] != 0
            && terms.is_iri(row[a])?
            && terms.is_iri(row[b])?
        {
            return Ok(row[a] != row[b]);
        }
        let values = self.values(row, terms)?;
        Ok(by.evaluate_effective_boolean_value_expression(&self.expression, values).unwrap_or(false))
    }

    /// Its value under a solution, where it has one.
    pub(in crate::rules) fn value(
        &self,
        row: &[Id],
        terms: &Terms<'_>,
        by: &QueryEvaluator,
    ) -> Result<Option<Term>, GraphError> {
        Ok(by.evaluate_expression(&self.expression, self.values(row, terms)?))
    }
}

/// What must hold together.
#[derive(Clone, Default)]
pub(in crate::rules) struct Condition {
    pub(in crate::rules) atoms: Vec<Places>,
    pub(in crate::rules) tests: Vec<Formula>,
    pub(in crate::rules) binds: Vec<(Slot, Formula)>,
    pub(in crate::rules) tables: Vec<(Vec<Slot>, Vec<Vec<Id>>)>,
    /// What must not match.
    pub(in crate::rules) absent: Vec<Condition>,
}

impl Condition {
    fn new(body: &Body, terms: &mut Terms<'_>) -> Result<Self, GraphError> {
        let table = |Table { slots, rows }: &Table, terms: &mut Terms<'_>| {
            let rows = rows.iter().map(|row| row.iter().map(|term| terms.id(term.clone())).collect());
            Ok((slots.clone(), rows.collect::<Result<Vec<Vec<Id>>, GraphError>>()?))
        };
        Ok(Self {
            atoms: body.atoms.iter().map(|atom| places(atom, terms)).collect::<Result<_, _>>()?,
            tests: body.tests.iter().map(Formula::new).collect(),
            binds: body.binds.iter().map(|(slot, value)| (*slot, Formula::new(value))).collect(),
            tables: body.tables.iter().map(|t| table(t, terms)).collect::<Result<_, GraphError>>()?,
            absent: body.absent.iter().map(|body| Self::new(body, terms)).collect::<Result<_, _>>()?,
        })
    }

    /// The slots that may have values where it holds.
    pub(in crate::rules) fn bound(&self) -> BTreeSet<Slot> {
        let atoms = self.atoms.iter().flatten().filter_map(|place| place.slot());
        let tables = self.tables.iter().flat_map(|(slots, _)| slots.iter().copied());
        atoms.chain(tables).chain(self.binds.iter().map(|(slot, _)| *slot)).collect()
    }

    /// Puts values in the place of variables of the triple patterns.
    fn substitute(&mut self, row: &[Id]) {
        for place in self.atoms.iter_mut().flatten() {
            if let Place::Slot(slot) = *place
                && row[slot] != 0
            {
                *place = Place::Id(row[slot]);
            }
        }
        self.absent.iter_mut().for_each(|absent| absent.substitute(row));
    }
}

fn places(atom: &Atom, terms: &mut Terms<'_>) -> Result<Places, GraphError> {
    let mut place = |node: &Node| match node {
        Node::Slot(slot) => Ok(Place::Slot(*slot)),
        Node::Term(term) => Ok(Place::Id(terms.id(term.clone())?)),
    };
    let [s, p, o] = atom;
    Ok([place(s)?, place(p)?, place(o)?])
}

/// One triple that one alternative of a rule derives.
#[derive(Clone)]
pub(in crate::rules) struct Clause {
    /// Which of the rules, which are sorted by name.
    pub(in crate::rules) rule: usize,
    pub(in crate::rules) head: Places,
    pub(in crate::rules) condition: Condition,
    /// The triple patterns that are known to match, since they were matched when the clause was made. They are premises,
    /// and need not be looked for.
    pub(in crate::rules) settled: Vec<bool>,
    /// What is known of the variables since then; 0 for the others.
    pub(in crate::rules) row: Vec<Id>,
    /// What the variables are called in the rule.
    pub(in crate::rules) names: std::sync::Arc<[String]>,
}

impl Clause {
    /// The triple patterns that are still to be matched, by their number.
    pub(in crate::rules) fn open(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.condition.atoms.len()).filter(|at| !self.settled[*at])
    }

    /// The premises under a solution: what the triple patterns match, in the order in which they are written.
    pub(in crate::rules) fn premises(&self, row: &[Id]) -> Vec<[Id; 3]> {
        self.condition.atoms.iter().map(|atom| under(*atom, row)).collect()
    }

    /// The clause for one solution of some of its triple patterns.
    pub(in crate::rules) fn specialized(&self, settled: &[usize], row: &[Id]) -> Self {
        let mut clause = self.clone();
        for at in settled {
            clause.settled[*at] = true;
        }
        clause.condition.substitute(row);
        for place in &mut clause.head {
            if let Place::Slot(slot) = *place
                && row[slot] != 0
            {
                *place = Place::Id(row[slot]);
            }
        }
        for (known, value) in clause.row.iter_mut().zip(row) {
            if *value != 0 {
                *known = *value;
            }
        }
        clause
    }
}

/// The clauses of rules, in the order of the rules.
pub(in crate::rules) fn clauses(rules: &[Rule], terms: &mut Terms<'_>) -> Result<Vec<Clause>, GraphError> {
    let mut clauses = Vec::new();
    for (number, rule) in rules.iter().enumerate() {
        let names: std::sync::Arc<[String]> = rule.names.clone().into();
        for (body, heads) in &rule.bodies {
            let condition = Condition::new(body, terms)?;
            for head in heads {
                clauses.push(Clause {
                    rule: number,
                    head: places(head, terms)?,
                    settled: vec![false; condition.atoms.len()],
                    condition: condition.clone(),
                    row: vec![0; rule.names.len()],
                    names: names.clone(),
                });
            }
        }
    }
    Ok(clauses)
}

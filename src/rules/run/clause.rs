//! Rules over term ids.

use super::evaluation::Evaluation;
use super::terms::Terms;
use crate::rules::Rule;
use crate::rules::rule::{Atom, Body, Node, Slot, Table, slots_of, variable};
use crate::store::{GraphError, Id, limit_strings};
use oxigraph::model::{Term, Variable};
use spargebra::algebra::{Expression, GraphPattern};
use std::collections::BTreeSet;

/// A component of a triple pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rules) enum Component {
    Slot(Slot),
    Id(Id),
}

impl Component {
    /// The id in a solution; 0 if the variable is unbound.
    pub(in crate::rules) fn value(self, row: &[Id]) -> Id {
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

    pub(in crate::rules) fn id(self) -> Option<Id> {
        match self {
            Self::Slot(_) => None,
            Self::Id(id) => Some(id),
        }
    }

    /// Replaces a bound slot by its value.
    fn substitute(&mut self, row: &[Id]) {
        if self.value(row) != 0 {
            *self = Self::Id(self.value(row));
        }
    }
}

/// A triple pattern.
pub(in crate::rules) type Pattern = [Component; 3];

/// The triple of a pattern in a solution.
pub(in crate::rules) fn instantiate(pattern: Pattern, row: &[Id]) -> [Id; 3] {
    pattern.map(|component| component.value(row))
}

/// An expression over slots.
#[derive(Clone)]
pub(in crate::rules) struct Formula {
    pub(in crate::rules) slots: Vec<Slot>,
    names: Vec<Variable>,
    expression: sparopt::algebra::Expression,
    /// The slots of an expression of the form `?a != ?b`, which is evaluated directly for IRIs.
    not_equal: Option<(Slot, Slot)>,
}

impl Formula {
    fn new(expression: &Expression) -> Self {
        let slots: Vec<Slot> = slots_of(expression).into_iter().collect();
        let is_inequality = matches!(expression, Expression::Not(inner) if matches!(&**inner, Expression::Equal(a, b)
            if matches!((&**a, &**b), (Expression::Variable(_), Expression::Variable(_)))));
        let not_equal = (is_inequality && slots.len() == 2).then(|| (slots[0], slots[1]));
        let mut expression = expression.clone();
        limit_strings(&mut expression);
        let inner = Box::new(GraphPattern::Bgp { patterns: Vec::new() });
        let result = Variable::new_unchecked("result");
        // The only public conversion from the algebra of the parser to that of the evaluator.
        let pattern = GraphPattern::Extend { inner, variable: result, expression };
        let expression = match sparopt::algebra::GraphPattern::from(&pattern) {
            sparopt::algebra::GraphPattern::Extend { expression, .. } => expression,
            // The optimizer found that the expression is always an error.
            _ => sparopt::algebra::Expression::Variable(Variable::new_unchecked("unbound")),
        };
        Self { names: slots.iter().map(|slot| variable(*slot)).collect(), slots, expression, not_equal }
    }

    fn values<'a>(&'a self, row: &[Id], terms: &Terms<'_>) -> Result<Vec<(&'a Variable, Term)>, GraphError> {
        let known = self.slots.iter().zip(&self.names).filter(|(slot, _)| row[**slot] != 0);
        known.map(|(slot, name)| Ok((name, terms.term(row[*slot])?))).collect()
    }

    /// Whether the expression is true for a solution.
    pub(in crate::rules) fn holds(
        &self,
        row: &[Id],
        terms: &Terms<'_>,
        evaluation: &Evaluation,
    ) -> Result<bool, GraphError> {
        if let Some((a, b)) = self.not_equal
            && row[a] != 0
            && row[b] != 0
            && terms.is_iri(row[a])?
            && terms.is_iri(row[b])?
        {
            return Ok(row[a] != row[b]);
        }
        let values = self.values(row, terms)?;
        let bytes = literal_bytes(&values);
        let value = evaluation.evaluator.evaluate_effective_boolean_value_expression(&self.expression, values);
        evaluation.count_expression(bytes)?;
        Ok(value.unwrap_or(false))
    }

    /// The value of the expression for a solution, if it has one.
    pub(in crate::rules) fn value(
        &self,
        row: &[Id],
        terms: &Terms<'_>,
        evaluation: &Evaluation,
    ) -> Result<Option<Term>, GraphError> {
        let values = self.values(row, terms)?;
        let bytes = literal_bytes(&values);
        let value = evaluation.evaluator.evaluate_expression(&self.expression, values);
        evaluation.count_expression(bytes)?;
        Ok(value)
    }
}

fn literal_bytes(values: &[(&Variable, Term)]) -> usize {
    let bytes = |term: &Term| if let Term::Literal(literal) = term { literal.value().len() } else { 0 };
    values.iter().map(|(_, term)| bytes(term)).sum()
}

/// The conditions of a clause.
#[derive(Clone, Default)]
pub(in crate::rules) struct Condition {
    pub(in crate::rules) atoms: Vec<Pattern>,
    pub(in crate::rules) tests: Vec<Formula>,
    pub(in crate::rules) binds: Vec<(Slot, Formula)>,
    pub(in crate::rules) tables: Vec<(Vec<Slot>, Vec<Vec<Id>>)>,
    /// Conditions that must not have a solution.
    pub(in crate::rules) absent: Vec<Condition>,
}

impl Condition {
    fn new(body: &Body, terms: &mut Terms<'_>) -> Result<Self, GraphError> {
        let table = |Table { slots, rows }: &Table, terms: &mut Terms<'_>| {
            let rows = rows.iter().map(|row| row.iter().map(|term| terms.id(term.clone())).collect());
            Ok((slots.clone(), rows.collect::<Result<Vec<Vec<Id>>, GraphError>>()?))
        };
        Ok(Self {
            atoms: body.atoms.iter().map(|atom| id_pattern(atom, terms)).collect::<Result<_, _>>()?,
            tests: body.tests.iter().map(Formula::new).collect(),
            binds: body.binds.iter().map(|(slot, value)| (*slot, Formula::new(value))).collect(),
            tables: body.tables.iter().map(|t| table(t, terms)).collect::<Result<_, GraphError>>()?,
            absent: body.absent.iter().map(|body| Self::new(body, terms)).collect::<Result<_, _>>()?,
        })
    }

    /// The slots that may be bound in a solution.
    pub(in crate::rules) fn bound(&self) -> BTreeSet<Slot> {
        let atoms = self.atoms.iter().flatten().filter_map(|component| component.slot());
        let tables = self.tables.iter().flat_map(|(slots, _)| slots.iter().copied());
        atoms.chain(tables).chain(self.binds.iter().map(|(slot, _)| *slot)).collect()
    }

    /// Replaces bound slots in the triple patterns by their values.
    fn substitute(&mut self, row: &[Id]) {
        self.atoms.iter_mut().flatten().for_each(|component| component.substitute(row));
        self.absent.iter_mut().for_each(|absent| absent.substitute(row));
    }
}

fn id_pattern(atom: &Atom, terms: &mut Terms<'_>) -> Result<Pattern, GraphError> {
    let mut component = |node: &Node| match node {
        Node::Slot(slot) => Ok(Component::Slot(*slot)),
        Node::Term(term) => Ok(Component::Id(terms.id(term.clone())?)),
    };
    let [s, p, o] = atom;
    Ok([component(s)?, component(p)?, component(o)?])
}

/// An alternative of a rule that derives one triple per solution.
#[derive(Clone)]
pub(in crate::rules) struct Clause {
    /// The index of the rule. Rules are sorted by name.
    pub(in crate::rules) rule: usize,
    pub(in crate::rules) head: Pattern,
    pub(in crate::rules) condition: Condition,
    /// The atoms that were matched when the clause was specialized. They are premises but need not be matched again.
    pub(in crate::rules) matched: Vec<bool>,
    /// The values of the slots that were bound by specialization; 0 for the others.
    pub(in crate::rules) row: Vec<Id>,
    /// The names of the slots in the rule.
    pub(in crate::rules) names: std::sync::Arc<[String]>,
}

impl Clause {
    /// The indices of the atoms to match.
    pub(in crate::rules) fn open_atoms(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.condition.atoms.len()).filter(|at| !self.matched[*at])
    }

    /// The premises of a solution: the matches of the atoms, in the order written.
    pub(in crate::rules) fn premises(&self, row: &[Id]) -> Vec<[Id; 3]> {
        self.condition.atoms.iter().map(|atom| instantiate(*atom, row)).collect()
    }

    /// Specializes the clause for a solution of some of its atoms.
    pub(in crate::rules) fn specialized(&self, matched: &[usize], row: &[Id]) -> Self {
        let mut clause = self.clone();
        for at in matched {
            clause.matched[*at] = true;
        }
        clause.condition.substitute(row);
        clause.head.iter_mut().for_each(|component| component.substitute(row));
        for (known, value) in clause.row.iter_mut().zip(row) {
            if *value != 0 {
                *known = *value;
            }
        }
        clause
    }
}

/// The clauses of all rules, in the order of the rules.
pub(in crate::rules) fn clauses(rules: &[Rule], terms: &mut Terms<'_>) -> Result<Vec<Clause>, GraphError> {
    let mut clauses = Vec::new();
    for (number, rule) in rules.iter().enumerate() {
        let names: std::sync::Arc<[String]> = rule.names.clone().into();
        for (body, heads) in &rule.bodies {
            let condition = Condition::new(body, terms)?;
            for head in heads {
                clauses.push(Clause {
                    rule: number,
                    head: id_pattern(head, terms)?,
                    matched: vec![false; condition.atoms.len()],
                    condition: condition.clone(),
                    row: vec![0; rule.names.len()],
                    names: names.clone(),
                });
            }
        }
    }
    Ok(clauses)
}

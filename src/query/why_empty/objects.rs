//! Other objects of a triple pattern that may have been meant.

use super::comparisons::TimeComparison;
use super::names::NAMES;
use super::repair::{Repair, working};
use super::steps::{bgp, join};
use super::suggestions::{HintsResult, Suggester};
use super::terms::{Alternative, Operator, alternatives, is_date, year_of};
use crate::store::{Labels, StoreError, fold_name};
use oxigraph::model::{Literal, NamedNodeRef, Term, Variable};
use spargebra::algebra::{Expression, Function, GraphPattern};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::BTreeMap;

impl Suggester<'_> {
    /// The objects that the graph has in place of the one that the pattern, or the triple term in it, names.
    pub(super) fn hints_for_objects(&self, pattern: &TriplePattern) -> HintsResult {
        let runner = self.runner;
        let variable = runner.fresh("object");
        let Some((object, open)) = with_object(pattern, &variable.clone().into()) else { return Ok(Vec::new()) };
        let mut values = runner.values(&join(self.before, bgp(&open)), &variable)?;
        if values.is_empty() {
            values = runner.values(&bgp(&open), &variable)?;
        }
        let hints = working(runner, self.repairs_of_object(pattern, &object, &values)?)?;
        if !hints.is_empty() || values.is_empty() || values.contains_key(&object.to_string()) {
            return Ok(hints);
        }
        Ok(vec![format!("instead of `{}`, the graph has {}", runner.show(&object), runner.show_values(&values))])
    }

    /// The pattern with other objects that may have been meant, where the graph has these ones.
    fn repairs_of_object(
        &self,
        pattern: &TriplePattern,
        object: &TermPattern,
        values: &BTreeMap<String, Term>,
    ) -> Result<Vec<Repair>, StoreError> {
        let runner = self.runner;
        let repair = |Alternative { reason, constant }: Alternative| {
            let object = TermPattern::from(constant);
            let (_, replaced) = with_object(pattern, &object)?;
            let replaced = bgp(&replaced);
            let whole = self.whole_query(pattern, &replaced);
            Some(Repair::new(reason, runner.show(&object), join(self.before, replaced)).with_query(whole))
        };
        let mut repairs = Vec::new();
        match object {
            TermPattern::Literal(literal) => {
                let found = alternatives(runner, literal, Operator::Equal, values.values())?;
                repairs.extend(found.into_iter().filter_map(repair));
                repairs.extend(self.repair_with_year(pattern, literal, values));
                repairs.extend(self.repairs_with_other_name(pattern, literal)?);
            }
            TermPattern::NamedNode(iri) if values.values().all(Term::is_literal) => {
                let store = runner.store();
                if let Some(label) = Labels::new(&store, &store.metadata().language).get(iri)? {
                    let label = Literal::new_simple_literal(&*label);
                    for found in alternatives(runner, &label, Operator::Equal, values.values())? {
                        let reason = "the objects are literals, not IRIs".to_owned();
                        repairs.extend(repair(Alternative { reason, ..found }));
                    }
                }
            }
            _ => {}
        }
        Ok(repairs)
    }

    /// The pattern with a condition on the year of its object, if the literal is a year and the graph has dates.
    fn repair_with_year(
        &self,
        pattern: &TriplePattern,
        literal: &Literal,
        values: &BTreeMap<String, Term>,
    ) -> Option<Repair> {
        let year = year_of(literal.value())?.parse::<i64>().ok()?;
        values.values().find(|value| is_date(value))?;
        let are_all = values.values().all(is_date);
        let date = self.runner.variable_of_repair("date");
        let (_, open) = with_object(pattern, &date.clone().into())?;
        let of_date = Expression::FunctionCall(Function::Year, vec![date.into()]);
        let condition = Operator::Equal.compare(of_date, Expression::Literal(year.into()));
        let shown = format!("{} . FILTER{}", self.runner.show(&open), self.runner.show(&condition));
        let inner = Box::new(join(self.before, bgp(&open)));
        let repaired = GraphPattern::Filter { expr: condition.clone(), inner };
        let alone = GraphPattern::Filter { expr: condition, inner: Box::new(bgp(&open)) };
        let reason = if are_all { "the objects are dates, not years" } else { "some objects are dates, not years" };
        Some(Repair::new(reason, shown, repaired).with_query(self.whole_query(pattern, &alone)))
    }

    /// The pattern with another predicate of names, whose object has the same name: a label, an alias or the title of a source.
    fn repairs_with_other_name(
        &self,
        own_pattern: &TriplePattern,
        literal: &Literal,
    ) -> Result<Vec<Repair>, StoreError> {
        let runner = self.runner;
        let mut repairs = Vec::new();
        let is_own =
            |(name, _): &&(NamedNodeRef<'_>, _)| own_pattern.predicate == NamedNodePattern::from(name.into_owned());
        let own = NAMES.iter().find(is_own);
        let Some(own) = own else { return Ok(repairs) };
        for other in NAMES.iter().filter(|other| *other != own) {
            let pattern = TriplePattern { predicate: other.0.into_owned().into(), ..own_pattern.clone() };
            let variable = runner.fresh("object");
            let open = TriplePattern { object: variable.clone().into(), ..pattern.clone() };
            let values = runner.values(&join(self.before, bgp(&open)), &variable)?;
            let reason = format!("“{}” is {}, not {}", literal.value(), other.1, own.1);
            let is_same = |name: &&Literal| fold_name(name.value()) == fold_name(literal.value());
            let literals =
                values.values().filter_map(|term| if let Term::Literal(name) = term { Some(name) } else { None });
            for name in literals.filter(is_same) {
                let replaced = TriplePattern { object: name.clone().into(), ..pattern.clone() };
                let repair = Repair::new(&*reason, runner.show(&replaced), join(self.before, bgp(&replaced)));
                repairs.push(repair.with_query(self.whole_query(own_pattern, &bgp(&replaced))));
            }
        }
        Ok(repairs)
    }

    /// The pattern with another predicate of names, if its subject has no name of this kind.
    pub(super) fn hints_for_unnamed(&self, pattern: &TriplePattern) -> HintsResult {
        let own = NAMES.iter().find(|(name, _)| pattern.predicate == NamedNodePattern::from(name.into_owned()));
        let (Some(own), TermPattern::Variable(_)) = (own, &pattern.object) else { return Ok(Vec::new()) };
        let repairs = NAMES.iter().filter(|other| *other != own).map(|other| {
            let repaired = TriplePattern { predicate: other.0.into_owned().into(), ..pattern.clone() };
            let reason = format!("it has {}, not {}", other.1, own.1);
            Repair::new(reason, self.runner.show(&repaired), join(self.before, bgp(&repaired)))
        });
        working(self.runner, repairs)
    }

    /// A comparison in place of the object, a variable that is bound before to times of another type than those of the objects.
    pub(super) fn hints_for_bound_object(&self, pattern: &TriplePattern) -> HintsResult {
        let TermPattern::Variable(bound) = &pattern.object else { return Ok(Vec::new()) };
        let runner = self.runner;
        let date = runner.variable_of_repair("date");
        let open = TriplePattern { object: date.clone().into(), ..pattern.clone() };
        let before = join(self.before, bgp(&open));
        self.hints_for_times(&before, &runner.show(&open), &date, bound)
    }

    /// A comparison with VALUES in place of a join with them, if they are times of another type.
    pub(super) fn hints_for_joined_values(&self, values: &GraphPattern) -> HintsResult {
        let GraphPattern::Values { variables, bindings } = values else { return Ok(Vec::new()) };
        let [bound] = &variables[..] else { return Ok(Vec::new()) };
        let value = self.runner.variable_of_repair("value");
        let renamed = GraphPattern::Values { variables: vec![value.clone()], bindings: bindings.clone() };
        let shown = self.runner.show_pattern(&renamed);
        self.hints_for_times(&join(self.before, renamed), &shown, bound, &value)
    }

    fn hints_for_times(&self, before: &GraphPattern, shown: &str, left: &Variable, right: &Variable) -> HintsResult {
        let runner = self.runner;
        let (left_values, right_values) = (runner.values(before, left)?, runner.values(before, right)?);
        let comparison = TimeComparison {
            operator: Operator::Equal,
            left: (&left.clone().into(), &left_values),
            right: (&right.clone().into(), &right_values),
        };
        let repairs = comparison.conversions(runner).into_iter().map(|(reason, condition)| {
            let shown = format!("{shown} . FILTER{}", runner.show(&condition));
            Repair::new(reason, shown, GraphPattern::Filter { expr: condition, inner: Box::new(before.clone()) })
        });
        working(runner, repairs)
    }
}

/// The object that a pattern, or the triple term in it, names, and the pattern with another term in its place.
fn with_object(pattern: &TriplePattern, term: &TermPattern) -> Option<(TermPattern, TriplePattern)> {
    match &pattern.object {
        TermPattern::Literal(_) | TermPattern::NamedNode(_) => {
            Some((pattern.object.clone(), TriplePattern { object: term.clone(), ..pattern.clone() }))
        }
        TermPattern::Triple(inner) => {
            let (object, inner) = with_object(inner, term)?;
            Some((object, TriplePattern { object: TermPattern::Triple(Box::new(inner)), ..pattern.clone() }))
        }
        TermPattern::Variable(_) | TermPattern::BlankNode(_) => None,
    }
}

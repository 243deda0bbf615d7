//! Hints about a pattern that matches nothing.

use super::graphs;
use super::hierarchy::hints_for_hierarchy;
use super::iris::{in_pattern, in_triple, iri_hints};
use super::repair::{Repair, replace_in_pattern, replace_in_triple, working};
use super::rewrites::{replace_triples, with_change};
use super::runner::PatternRunner;
use super::steps::{bgp, join};
use super::synonyms::synonyms;
use crate::model::{subpatterns, vocab};
use crate::query::algebra::in_scope;
use crate::store::StoreError;
use oxigraph::model::{NamedNode, Term, Variable};
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use spargebra::term::{GroundTerm, NamedNodePattern, TermPattern, TriplePattern};
use std::collections::{BTreeMap, BTreeSet};

pub(super) type HintsResult = Result<Vec<String>, StoreError>;

/// Finds hints about a pattern that does not match together with the patterns before it.
pub(super) struct Suggester<'a> {
    pub(super) runner: &'a PatternRunner<'a>,
    pub(super) before: &'a GraphPattern,
}

impl Suggester<'_> {
    /// Hints about a triple pattern.
    pub(super) fn hints_for_triple(&self, pattern: &TriplePattern) -> HintsResult {
        let runner = self.runner;
        let mut hints = iri_hints(runner, in_triple(pattern), &|replacements| {
            let mut replaced = pattern.clone();
            replace_in_triple(&mut replaced, replacements);
            runner.has_solution(&join(self.before, bgp(&replaced)))
        })?;
        if !hints.is_empty() {
            return Ok(hints);
        }
        hints.extend(self.hints_for_literal_subject(pattern)?);
        hints.extend(self.hints_for_values(pattern)?);
        hints.extend(hints_for_hierarchy(runner, self.before, pattern)?);
        if hints.is_empty() {
            hints.extend(self.hints_for_swapped_triple(pattern)?);
        }
        hints.extend(match pattern.predicate == NamedNodePattern::from(vocab::rdf::REIFIES.into_owned()) {
            true => self.hints_for_other_statements(pattern)?,
            false => self.hints_for_claims(pattern)?,
        });
        if hints.is_empty() {
            hints = self.hints_for_objects(pattern)?;
        }
        if hints.is_empty() {
            hints = self.hints_for_bound_object(pattern)?;
        }
        if hints.is_empty() {
            hints = self.hints_for_unnamed(pattern)?;
        }
        if hints.is_empty() {
            hints = self.hints_for_synonyms(pattern)?;
        }
        let NamedNodePattern::NamedNode(predicate) = &pattern.predicate else { return Ok(hints) };
        if !hints.is_empty() {
            return Ok(hints);
        }
        if runner.store().count(predicate.as_ref(), None)? == 0 {
            hints.push(format!("no triple has the predicate `{}`", runner.show(predicate)));
        } else if runner.has_solution(&bgp(pattern))? {
            hints = self.hints_for_incompatible_pattern(&bgp(pattern))?;
        } else if let TermPattern::NamedNode(subject) = &pattern.subject {
            let triples = runner.store().triples_with_subject(subject.as_ref())?.into_iter();
            let predicates: BTreeMap<String, Term> =
                triples.map(|t| (t.predicate.to_string(), t.predicate.into())).collect();
            let subject = runner.show(subject);
            hints.push(match predicates.is_empty() {
                true => format!("no triple has the subject `{subject}`"),
                false => format!("`{subject}` has these predicates: {}", runner.show_values(&predicates)),
            });
        }
        Ok(hints)
    }

    /// Hints about a path, VALUES or another pattern.
    pub(super) fn hints_for_pattern(&self, pattern: &GraphPattern) -> HintsResult {
        let mut hints = iri_hints(self.runner, in_pattern(pattern), &|replacements| {
            let mut replaced = pattern.clone();
            replace_in_pattern(&mut replaced, replacements);
            self.runner.has_solution(&join(self.before, replaced))
        })?;
        if let GraphPattern::Graph { name, inner } = pattern {
            hints.extend(graphs::hints_for_graph(self.runner, self.before, name, inner)?);
        }
        if let GraphPattern::Path { subject, path, object } = pattern
            && hints.is_empty()
            && ![subject, object].iter().any(|end| matches!(end, TermPattern::BlankNode(_)))
        {
            let swapped = GraphPattern::Path { subject: object.clone(), path: path.clone(), object: subject.clone() };
            hints = self.hints_for_swapped_pattern(&swapped)?;
        }
        hints.extend(self.hints_for_joined_values(pattern)?);
        hints.extend(self.hints_for_incompatible_pattern(pattern)?);
        Ok(hints)
    }

    /// The query with another pattern in place of a triple pattern; `None` if that is in an EXISTS.
    pub(super) fn whole_query(&self, triple: &TriplePattern, other: &GraphPattern) -> Option<Query> {
        let mut is_found = false;
        let query = with_change(&self.runner.query, |whole| {
            replace_triples(whole, &mut |found| {
                is_found |= found == triple;
                (found == triple).then(|| other.clone())
            });
        });
        is_found.then_some(query)
    }

    /// The pattern with a predicate of another vocabulary.
    fn hints_for_synonyms(&self, pattern: &TriplePattern) -> HintsResult {
        let NamedNodePattern::NamedNode(predicate) = &pattern.predicate else { return Ok(Vec::new()) };
        let repairs = synonyms(predicate).into_iter().map(|synonym| {
            let shown = self.runner.show(&synonym);
            let repaired = TriplePattern { predicate: synonym.into(), ..pattern.clone() };
            Repair::new("", shown, join(self.before, bgp(&repaired)))
        });
        working(self.runner, repairs)
    }

    /// The entity whose name is written in place of a subject.
    fn hints_for_literal_subject(&self, pattern: &TriplePattern) -> HintsResult {
        let TermPattern::Literal(literal) = &pattern.subject else { return Ok(Vec::new()) };
        let Some(entity) = self.runner.entity(literal.value())? else { return Ok(Vec::new()) };
        let reason = format!("“{}” is the name of an entity", literal.value());
        let shown = self.runner.show(&entity);
        let repaired = TriplePattern { subject: entity.into(), ..pattern.clone() };
        working(self.runner, [Repair::new(reason, shown, join(self.before, bgp(&repaired)))])
    }

    /// The hint that the pattern matches with subject and object swapped, or with those of the triple term in it swapped.
    fn hints_for_swapped_triple(&self, pattern: &TriplePattern) -> HintsResult {
        let swap = |TriplePattern { subject, predicate, object }: &TriplePattern| TriplePattern {
            subject: object.clone(),
            predicate: predicate.clone(),
            object: subject.clone(),
        };
        let (subject, object) = match &pattern.object {
            TermPattern::Triple(inner) => (&inner.subject, &inner.object),
            object => (&pattern.subject, object),
        };
        let is_constant = |term: &TermPattern| matches!(term, TermPattern::NamedNode(_) | TermPattern::Literal(_));
        // Two variables match what an earlier pattern with the same predicate has matched in the other direction.
        if !is_constant(subject) && !is_constant(object) && has_predicate(self.before, &pattern.predicate) {
            return Ok(Vec::new());
        }
        let cannot_be_subject = |term: &TermPattern| matches!(term, TermPattern::Literal(_) | TermPattern::Triple(_));
        let swapped = match &pattern.object {
            TermPattern::Triple(inner) if !cannot_be_subject(&inner.object) => {
                TriplePattern { object: TermPattern::Triple(Box::new(swap(inner))), ..pattern.clone() }
            }
            object if cannot_be_subject(object) || matches!(pattern.subject, TermPattern::Triple(_)) => {
                return Ok(Vec::new());
            }
            // A class is not an instance of its instances.
            _ if pattern.predicate == NamedNodePattern::from(vocab::rdf::TYPE.into_owned()) => return Ok(Vec::new()),
            _ => swap(pattern),
        };
        self.hints_for_swapped_pattern(&bgp(&swapped))
    }

    fn hints_for_swapped_pattern(&self, swapped: &GraphPattern) -> HintsResult {
        let matches = self.runner.has_solution(&join(self.before, swapped.clone()))?;
        let swapped = self.runner.show(swapped);
        let hint = format!("it matches with subject and object swapped: `{}`", swapped.trim_end_matches(" ."));
        Ok(matches.then_some(hint).into_iter().collect())
    }

    /// Hints for the IRIs that the variables of the pattern have before it, for example in VALUES, and that are not in the graph.
    fn hints_for_values(&self, pattern: &TriplePattern) -> HintsResult {
        let mut hints = Vec::new();
        for variable in shared_variables(self.before, &bgp(pattern)) {
            let values = self.runner.values(self.before, &variable)?.into_values().take(10);
            let iris = values.filter_map(|term| if let Term::NamedNode(iri) = term { Some(iri) } else { None });
            hints.extend(iri_hints(self.runner, iris.collect(), &|replacements| {
                let iri = |iri: &NamedNode| Some(GroundTerm::NamedNode(iri.clone()));
                let bindings = replacements.values().map(|replacement| vec![iri(replacement)]).collect();
                let values = GraphPattern::Values { variables: vec![variable.clone()], bindings };
                self.runner.has_solution(&join(&values, bgp(pattern)))
            })?);
        }
        Ok(hints)
    }

    /// Hints about a pattern that matches on its own, but not together with the patterns before it.
    pub(super) fn hints_for_incompatible_pattern(&self, pattern: &GraphPattern) -> HintsResult {
        let (runner, before) = (self.runner, self.before);
        let shared = shared_variables(before, pattern);
        if shared.is_empty() || !runner.has_solution(pattern)? || !runner.has_solution(before)? {
            return Ok(Vec::new());
        }
        let mut hints = vec!["it matches on its own, but not with the patterns before it".to_owned()];
        for variable in shared {
            let (first, second) = (runner.values(before, &variable)?, runner.values(pattern, &variable)?);
            if !first.is_empty() && !second.is_empty() && !first.keys().any(|value| second.contains_key(value)) {
                let (first, second) = (runner.show_values(&first), runner.show_values(&second));
                hints.push(format!("`{variable}` is {first} in the earlier patterns, but {second} in this one"));
            }
        }
        Ok(hints)
    }
}

/// Whether a pattern has a predicate, or matches any.
fn has_predicate(pattern: &GraphPattern, predicate: &NamedNodePattern) -> bool {
    if !matches!(predicate, NamedNodePattern::NamedNode(_)) {
        return true;
    }
    let (mut open, mut found) = (vec![pattern], false);
    while let Some(next) = open.pop() {
        found |= match next {
            GraphPattern::Bgp { patterns } => patterns.iter().any(|triple| {
                triple.predicate == *predicate || matches!(triple.predicate, NamedNodePattern::Variable(_))
            }),
            GraphPattern::Path { .. } => true,
            _ => false,
        };
        open.extend(subpatterns(next));
    }
    found
}

fn shared_variables(before: &GraphPattern, pattern: &GraphPattern) -> Vec<Variable> {
    let (mut first, mut second) = (BTreeSet::new(), BTreeSet::new());
    in_scope(before, &mut first);
    in_scope(pattern, &mut second);
    first.intersection(&second).cloned().collect()
}

//! Hints about a pattern that matches nothing.

use super::iris::{in_pattern, in_triple, unknown_iri_hints};
use super::runner::PatternRunner;
use super::steps::join;
use crate::diagnostic::closest;
use crate::model::{Kind, Statement, vocab};
use crate::query::algebra::in_scope;
use crate::store::{Labels, StoreError};
use oxigraph::model::{Literal, Term, Variable};
use spargebra::algebra::GraphPattern;
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::{BTreeMap, BTreeSet};

type HintsResult = Result<Vec<String>, StoreError>;

/// Finds hints about a pattern that does not match together with the patterns before it.
pub(super) struct Suggester<'a> {
    pub(super) runner: &'a PatternRunner<'a>,
    pub(super) before: &'a GraphPattern,
}

impl Suggester<'_> {
    /// Hints about a triple pattern.
    pub(super) fn hints_for_triple(&self, pattern: &TriplePattern) -> HintsResult {
        let runner = self.runner;
        let mut hints = unknown_iri_hints(runner, in_triple(pattern))?;
        if !hints.is_empty() {
            return Ok(hints);
        }
        hints.extend(self.hints_for_values(pattern)?);
        hints.extend(self.hints_for_swapped_triple(pattern)?);
        hints.extend(match pattern.predicate == NamedNodePattern::from(vocab::rdf::REIFIES.into_owned()) {
            true => self.hints_for_other_statements(pattern)?,
            false => self.hints_for_claims(pattern)?,
        });
        if hints.is_empty() {
            hints = self.hints_for_objects(pattern)?;
        }
        let NamedNodePattern::NamedNode(predicate) = &pattern.predicate else { return Ok(hints) };
        if !hints.is_empty() {
            return Ok(hints);
        }
        if runner.store.count(predicate.as_ref(), None)? == 0 {
            hints.push(format!("no triple has the predicate `{}`", runner.show(predicate)));
        } else if runner.has_solution(&bgp(pattern))? {
            hints = self.hints_for_incompatible_pattern(&bgp(pattern))?;
        } else if let TermPattern::NamedNode(subject) = &pattern.subject {
            let triples = runner.store.triples_with_subject(subject.as_ref())?.into_iter();
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
        let mut hints = unknown_iri_hints(self.runner, in_pattern(pattern))?;
        if let GraphPattern::Path { subject, path, object } = pattern
            && hints.is_empty()
        {
            let swapped = GraphPattern::Path { subject: object.clone(), path: path.clone(), object: subject.clone() };
            hints = self.hints_for_swapped_pattern(&swapped)?;
        }
        hints.extend(self.hints_for_incompatible_pattern(pattern)?);
        Ok(hints)
    }

    /// The hint that the pattern matches with subject and object swapped, or with those of the triple term in it swapped.
    fn hints_for_swapped_triple(&self, pattern: &TriplePattern) -> HintsResult {
        let swap = |TriplePattern { subject, predicate, object }: &TriplePattern| TriplePattern {
            subject: object.clone(),
            predicate: predicate.clone(),
            object: subject.clone(),
        };
        let cannot_be_subject = |term: &TermPattern| matches!(term, TermPattern::Literal(_) | TermPattern::Triple(_));
        let swapped = match &pattern.object {
            TermPattern::Triple(inner) if !cannot_be_subject(&inner.object) => {
                TriplePattern { object: TermPattern::Triple(Box::new(swap(inner))), ..pattern.clone() }
            }
            object if cannot_be_subject(object) || matches!(pattern.subject, TermPattern::Triple(_)) => {
                return Ok(Vec::new());
            }
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
            hints.extend(unknown_iri_hints(self.runner, iris.collect())?);
        }
        Ok(hints)
    }

    /// Statements about the triple of a `rdf:reifies` pattern other than those that the patterns before it match.
    fn hints_for_other_statements(&self, pattern: &TriplePattern) -> HintsResult {
        let TermPattern::Variable(variable) = &pattern.subject else { return Ok(Vec::new()) };
        let found = statements(self.runner, &bgp(pattern), variable)?;
        found
            .iter()
            .map(|found| Ok(format!("only another statement states this: {}", sentence(self.runner, found)?)))
            .collect()
    }

    /// Claims about the triple of a pattern, which do not assert it.
    fn hints_for_claims(&self, pattern: &TriplePattern) -> HintsResult {
        let runner = self.runner;
        if matches!(pattern.subject, TermPattern::Literal(_) | TermPattern::Triple(_)) {
            return Ok(Vec::new());
        }
        let claim = runner.fresh("claim");
        let about_claim = |predicate: oxigraph::model::NamedNodeRef<'_>, object: TermPattern| TriplePattern {
            subject: claim.clone().into(),
            predicate: predicate.into_owned().into(),
            object,
        };
        let patterns = vec![
            about_claim(vocab::rdf::TYPE, vocab::fl::CLAIM.into_owned().into()),
            about_claim(vocab::rdf::REIFIES, TermPattern::Triple(Box::new(pattern.clone()))),
        ];
        let claimed = GraphPattern::Bgp { patterns };
        let mut found = statements(runner, &join(self.before, claimed.clone()), &claim)?;
        if found.is_empty() && !runner.has_solution(&bgp(pattern))? {
            found = statements(runner, &claimed, &claim)?;
        }
        let mut hints = Vec::new();
        for claim in &found {
            hints.push(format!("only a claim states this: {}", sentence(runner, claim)?));
        }
        if !found.is_empty() {
            let triple = runner.show(pattern);
            hints.push(format!("to find claims, use `?claim a fl:Claim ; rdf:reifies <<( {triple} )>>`"));
        }
        Ok(hints)
    }

    /// The objects that the graph has in place of the one that the pattern, or the triple term in it, names.
    fn hints_for_objects(&self, pattern: &TriplePattern) -> HintsResult {
        let runner = self.runner;
        let variable = runner.fresh("object");
        let Some((object, open)) = with_open_object(pattern, &variable) else { return Ok(Vec::new()) };
        let mut values = runner.values(&join(self.before, bgp(&open)), &variable)?;
        if values.is_empty() {
            values = runner.values(&bgp(&open), &variable)?;
        }
        if values.is_empty() || values.contains_key(&object.to_string()) {
            return Ok(Vec::new());
        }
        let labels = Labels::new(runner.store, &runner.store.metadata().language);
        let hint = match &object {
            TermPattern::Literal(literal) => {
                let labelled = labels.find(literal.value()).ok().filter(|_| values.values().any(Term::is_named_node));
                similar_literal(runner, literal, values.values()).or_else(|| {
                    let entity = runner.show(&labelled?);
                    Some(format!("`{}` is the label of an entity; did you mean `{entity}`?", runner.show(literal)))
                })
            }
            TermPattern::NamedNode(iri) if values.values().all(Term::is_literal) => {
                let label = labels.get(iri)?.map(|label| Literal::new_simple_literal(&*label));
                let similar = label.and_then(|label| similar_literal(runner, &label, values.values()));
                similar.map(|hint| format!("the objects are literals, not IRIs; {hint}"))
            }
            _ => None,
        };
        let found = || format!("instead of `{}`, the graph has {}", runner.show(&object), runner.show_values(&values));
        Ok(vec![hint.unwrap_or_else(found)])
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

fn bgp(pattern: &TriplePattern) -> GraphPattern {
    GraphPattern::Bgp { patterns: vec![pattern.clone()] }
}

fn shared_variables(before: &GraphPattern, pattern: &GraphPattern) -> Vec<Variable> {
    let (mut first, mut second) = (BTreeSet::new(), BTreeSet::new());
    in_scope(before, &mut first);
    in_scope(pattern, &mut second);
    first.intersection(&second).cloned().collect()
}

/// Up to three statements among the values of a variable.
fn statements(
    runner: &PatternRunner<'_>,
    pattern: &GraphPattern,
    variable: &Variable,
) -> Result<Vec<Statement>, StoreError> {
    let mut found = Vec::new();
    for value in runner.values(pattern, variable)?.into_values() {
        let Term::NamedNode(node) = value else { continue };
        let id = runner.store.namespaces().statement_id(node.as_ref());
        found.extend(id.map(|id| runner.store.statement(&id)).transpose()?.flatten());
        if found.len() == 3 {
            break;
        }
    }
    Ok(found)
}

/// A statement as a sentence, with its kind and id.
fn sentence(runner: &PatternRunner<'_>, statement: &Statement) -> Result<String, StoreError> {
    let labels = Labels::new(runner.store, &runner.store.metadata().language);
    let kind = match &statement.kind {
        Kind::Claim(claim) => format!("claim, {}", labels.status(&claim.status)?),
        Kind::Inference(derivation) => format!("inference, rule {}", derivation.rule),
        Kind::Fact => "fact".to_owned(),
    };
    Ok(format!("“{}” ({kind}, `{}`)", labels.sentence(&statement.triple)?, statement.id))
}

/// The object that a pattern, or the triple term in it, names, and the pattern with a variable in its place.
fn with_open_object(pattern: &TriplePattern, variable: &Variable) -> Option<(TermPattern, TriplePattern)> {
    match &pattern.object {
        TermPattern::Literal(_) | TermPattern::NamedNode(_) => {
            let open = TriplePattern { object: variable.clone().into(), ..pattern.clone() };
            Some((pattern.object.clone(), open))
        }
        TermPattern::Triple(inner) => {
            let (object, inner) = with_open_object(inner, variable)?;
            Some((object, TriplePattern { object: TermPattern::Triple(Box::new(inner)), ..pattern.clone() }))
        }
        TermPattern::Variable(_) | TermPattern::BlankNode(_) => None,
    }
}

/// A hint about a literal of the graph that is similar to one of the query.
pub(super) fn similar_literal<'a>(
    runner: &PatternRunner<'_>,
    literal: &Literal,
    terms: impl Iterator<Item = &'a Term>,
) -> Option<String> {
    let known: Vec<&Literal> =
        terms.filter_map(|term| if let Term::Literal(known) = term { Some(known) } else { None }).collect();
    if known.contains(&literal) {
        return None;
    }
    if let Some(same) = known.iter().find(|known| known.value() == literal.value()) {
        let what = if same.language() == literal.language() { "datatype" } else { "language tag" };
        return Some(format!("the graph has `{}`, with another {what}", runner.show(same)));
    }
    let folded = literal.value().to_lowercase();
    if let Some(same) = known.iter().find(|known| known.value().to_lowercase() == folded) {
        return Some(format!("the graph has `{}`, in another letter case", runner.show(same)));
    }
    if literal.value().parse::<f64>().is_ok() {
        // Numbers are not misspelt.
        return None;
    }
    let similar = closest(literal.value(), known.iter().map(|known| known.value()))?;
    let similar = known.iter().find(|known| known.value() == similar)?;
    Some(format!("did you mean `{}`?", runner.show(similar)))
}

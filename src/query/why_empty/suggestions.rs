//! What a pattern that matches nothing may have meant.

use super::iris::{in_pattern, in_triple, unknown};
use super::probe::Probe;
use super::steps::join;
use crate::diagnostic::closest;
use crate::model::{Kind, Statement, vocab};
use crate::query::algebra::in_scope;
use crate::store::{Labels, StoreError};
use oxigraph::model::{Literal, Term, Variable};
use spargebra::algebra::GraphPattern;
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::{BTreeMap, BTreeSet};

type Hints = Result<Vec<String>, StoreError>;

/// Finds hints about a pattern that does not match together with the patterns before it.
pub(super) struct Suggester<'a> {
    pub(super) probe: &'a Probe<'a>,
    pub(super) before: &'a GraphPattern,
}

impl Suggester<'_> {
    /// Hints about a triple pattern.
    pub(super) fn triple(&self, pattern: &TriplePattern) -> Hints {
        let probe = self.probe;
        let mut hints = unknown(probe, in_triple(pattern))?;
        if !hints.is_empty() {
            return Ok(hints);
        }
        hints.extend(self.unknown_values(pattern)?);
        hints.extend(self.swapped_triple(pattern)?);
        hints.extend(match pattern.predicate == NamedNodePattern::from(vocab::rdf::REIFIES.into_owned()) {
            true => self.other_statements(pattern)?,
            false => self.claims(pattern)?,
        });
        if hints.is_empty() {
            hints = self.other_objects(pattern)?;
        }
        let NamedNodePattern::NamedNode(predicate) = &pattern.predicate else { return Ok(hints) };
        if !hints.is_empty() {
            return Ok(hints);
        }
        if probe.store.count(predicate.as_ref(), None)? == 0 {
            hints.push(format!("no triple has the predicate `{}`", probe.show(predicate)));
        } else if probe.has_solution(&bgp(pattern))? {
            hints = self.incompatible(&bgp(pattern))?;
        } else if let TermPattern::NamedNode(subject) = &pattern.subject {
            let triples = probe.store.triples_with_subject(subject.as_ref())?.into_iter();
            let predicates: BTreeMap<String, Term> =
                triples.map(|t| (t.predicate.to_string(), t.predicate.into())).collect();
            let subject = probe.show(subject);
            hints.push(match predicates.is_empty() {
                true => format!("no triple has the subject `{subject}`"),
                false => format!("`{subject}` has these predicates: {}", probe.show_values(&predicates)),
            });
        }
        Ok(hints)
    }

    /// Hints about a path, VALUES or another pattern.
    pub(super) fn pattern(&self, pattern: &GraphPattern) -> Hints {
        let mut hints = unknown(self.probe, in_pattern(pattern))?;
        if let GraphPattern::Path { subject, path, object } = pattern
            && hints.is_empty()
        {
            let swapped = GraphPattern::Path { subject: object.clone(), path: path.clone(), object: subject.clone() };
            hints = self.swapped(&swapped)?;
        }
        hints.extend(self.incompatible(pattern)?);
        Ok(hints)
    }

    /// The hint that the pattern matches with subject and object swapped, or with those of the triple term in it swapped.
    fn swapped_triple(&self, pattern: &TriplePattern) -> Hints {
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
        self.swapped(&bgp(&swapped))
    }

    fn swapped(&self, swapped: &GraphPattern) -> Hints {
        let matches = self.probe.has_solution(&join(self.before, swapped.clone()))?;
        let swapped = self.probe.show(swapped);
        let hint = format!("it matches with subject and object swapped: `{}`", swapped.trim_end_matches(" ."));
        Ok(matches.then_some(hint).into_iter().collect())
    }

    /// Hints for the IRIs that the variables of the pattern have before it, for example in VALUES, and that are not in the graph.
    fn unknown_values(&self, pattern: &TriplePattern) -> Hints {
        let mut hints = Vec::new();
        for variable in shared_variables(self.before, &bgp(pattern)) {
            let values = self.probe.values(self.before, &variable)?.into_values().take(10);
            let iris = values.filter_map(|term| if let Term::NamedNode(iri) = term { Some(iri) } else { None });
            hints.extend(unknown(self.probe, iris.collect())?);
        }
        Ok(hints)
    }

    /// Statements about the triple of a `rdf:reifies` pattern other than those that the patterns before it match.
    fn other_statements(&self, pattern: &TriplePattern) -> Hints {
        let TermPattern::Variable(variable) = &pattern.subject else { return Ok(Vec::new()) };
        let found = statements(self.probe, &bgp(pattern), variable)?;
        found
            .iter()
            .map(|found| Ok(format!("only another statement states this: {}", sentence(self.probe, found)?)))
            .collect()
    }

    /// Claims about the triple of a pattern, which do not assert it.
    fn claims(&self, pattern: &TriplePattern) -> Hints {
        let probe = self.probe;
        if matches!(pattern.subject, TermPattern::Literal(_) | TermPattern::Triple(_)) {
            return Ok(Vec::new());
        }
        let claim = probe.fresh("claim");
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
        let mut found = statements(probe, &join(self.before, claimed.clone()), &claim)?;
        if found.is_empty() && !probe.has_solution(&bgp(pattern))? {
            found = statements(probe, &claimed, &claim)?;
        }
        let mut hints = Vec::new();
        for claim in &found {
            hints.push(format!("only a claim states this: {}", sentence(probe, claim)?));
        }
        if !found.is_empty() {
            hints
                .push(format!("to find claims, use `?claim a fl:Claim ; rdf:reifies <<( {} )>>`", probe.show(pattern)));
        }
        Ok(hints)
    }

    /// The objects that the graph has in place of the one that the pattern, or the triple term in it, names.
    fn other_objects(&self, pattern: &TriplePattern) -> Hints {
        let probe = self.probe;
        let variable = probe.fresh("object");
        let Some((object, open)) = with_open_object(pattern, &variable) else { return Ok(Vec::new()) };
        let mut values = probe.values(&join(self.before, bgp(&open)), &variable)?;
        if values.is_empty() {
            values = probe.values(&bgp(&open), &variable)?;
        }
        if values.is_empty() || values.contains_key(&object.to_string()) {
            return Ok(Vec::new());
        }
        let labels = Labels::new(probe.store, &probe.store.metadata().language);
        let hint = match &object {
            TermPattern::Literal(literal) => {
                let labelled = labels.find(literal.value()).ok().filter(|_| values.values().any(Term::is_named_node));
                similar_literal(probe, literal, values.values()).or_else(|| {
                    let entity = probe.show(&labelled?);
                    Some(format!("`{}` is the label of an entity; did you mean `{entity}`?", probe.show(literal)))
                })
            }
            TermPattern::NamedNode(iri) if values.values().all(Term::is_literal) => {
                let label = labels.get(iri)?.map(|label| Literal::new_simple_literal(&*label));
                let similar = label.and_then(|label| similar_literal(probe, &label, values.values()));
                similar.map(|hint| format!("the objects are literals, not IRIs; {hint}"))
            }
            _ => None,
        };
        let found = || format!("instead of `{}`, the graph has {}", probe.show(&object), probe.show_values(&values));
        Ok(vec![hint.unwrap_or_else(found)])
    }

    /// Hints about a pattern that matches on its own, but not together with the patterns before it.
    pub(super) fn incompatible(&self, pattern: &GraphPattern) -> Hints {
        let (probe, before) = (self.probe, self.before);
        let shared = shared_variables(before, pattern);
        if shared.is_empty() || !probe.has_solution(pattern)? || !probe.has_solution(before)? {
            return Ok(Vec::new());
        }
        let mut hints = vec!["it matches on its own, but not with the patterns before it".to_owned()];
        for variable in shared {
            let (first, second) = (probe.values(before, &variable)?, probe.values(pattern, &variable)?);
            if !first.is_empty() && !second.is_empty() && !first.keys().any(|value| second.contains_key(value)) {
                let (first, second) = (probe.show_values(&first), probe.show_values(&second));
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
fn statements(probe: &Probe<'_>, pattern: &GraphPattern, variable: &Variable) -> Result<Vec<Statement>, StoreError> {
    let mut found = Vec::new();
    for value in probe.values(pattern, variable)?.into_values() {
        let Term::NamedNode(node) = value else { continue };
        let id = probe.store.names().statement_id(node.as_ref());
        found.extend(id.map(|id| probe.store.statement(&id)).transpose()?.flatten());
        if found.len() == 3 {
            break;
        }
    }
    Ok(found)
}

/// A statement as a sentence, with its kind and id.
fn sentence(probe: &Probe<'_>, statement: &Statement) -> Result<String, StoreError> {
    let labels = Labels::new(probe.store, &probe.store.metadata().language);
    let kind = match &statement.kind {
        Kind::Claim(claim) => format!("claim, {}", claim.status.as_str()),
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
    probe: &Probe<'_>,
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
        return Some(format!("the graph has `{}`, with another {what}", probe.show(same)));
    }
    let folded = literal.value().to_lowercase();
    if let Some(same) = known.iter().find(|known| known.value().to_lowercase() == folded) {
        return Some(format!("the graph has `{}`, in another letter case", probe.show(same)));
    }
    if literal.value().parse::<f64>().is_ok() {
        // Numbers are not misspelt.
        return None;
    }
    let similar = closest(literal.value(), known.iter().map(|known| known.value()))?;
    let similar = known.iter().find(|known| known.value() == similar)?;
    Some(format!("did you mean `{}`?", probe.show(similar)))
}

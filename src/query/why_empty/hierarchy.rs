//! Classes and predicates that match only by their subclasses and subproperties.

use super::repair::{Repair, working};
use super::rewrites::{MAX_RUNS, replace_triples, triples, with_change, without_projection};
use super::runner::PatternRunner;
use super::steps::join;
use super::suggestions::HintsResult;
use crate::model::{pattern_of, vocab};
use crate::store::StoreError;
use oxigraph::model::{NamedNode, NamedNodeRef, Term, Variable};
use spargebra::algebra::{GraphPattern, PropertyPathExpression};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::BTreeMap;

/// What a triple pattern states of a class or of a predicate, which has narrower ones.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Class,
    Predicate,
}

impl Level {
    fn narrower_by(self) -> NamedNodeRef<'static> {
        match self {
            Self::Class => vocab::rdfs::SUB_CLASS_OF,
            Self::Predicate => vocab::rdfs::SUB_PROPERTY_OF,
        }
    }

    /// The class or the predicate of a triple pattern.
    fn wider(self, triple: &TriplePattern) -> Option<TermPattern> {
        match self {
            Self::Class if is_type(triple) => Some(triple.object.clone()),
            Self::Predicate if !is_type(triple) => Some(triple.predicate.clone().into()),
            Self::Class | Self::Predicate => None,
        }
        .filter(|wider| matches!(wider, TermPattern::NamedNode(_) | TermPattern::Variable(_)))
    }

    /// The pattern with a narrower class or predicate in place of the one in it.
    fn narrowed(self, triple: &TriplePattern, wider: &TermPattern, narrower: &Variable) -> GraphPattern {
        let used = match self {
            Self::Class => TriplePattern { object: narrower.clone().into(), ..triple.clone() },
            Self::Predicate => TriplePattern { predicate: narrower.clone().into(), ..triple.clone() },
        };
        let hierarchy = GraphPattern::Path {
            subject: narrower.clone().into(),
            path: any_number(self.narrower_by().into_owned()),
            object: wider.clone(),
        };
        let used = GraphPattern::Bgp { patterns: vec![used] };
        GraphPattern::Join { left: Box::new(used), right: Box::new(hierarchy) }
    }

    /// The pattern as it is written with all narrower classes or predicates.
    fn shown(self, runner: &PatternRunner<'_>, triple: &TriplePattern, wider: &TermPattern) -> String {
        let (subject, object) = (runner.show(&triple.subject), runner.show(&triple.object));
        let (wider, path) = (runner.show(wider), format!("{}*", runner.show(&self.narrower_by())));
        match self {
            Self::Class => match before_in_path(runner, &triple.subject) {
                Some(before) => {
                    let (start, step) = (runner.show(&before.subject), runner.show(&before.predicate));
                    format!("{start} {step}/a/{path} {object}")
                }
                None => format!("{subject} a/{path} {object}"),
            },
            Self::Predicate => {
                let narrower = runner.variable_of_repair("predicate");
                format!("{subject} {narrower} {object} . {narrower} {path} {wider}")
            }
        }
    }

    /// Why a pattern with a class or a predicate, or with a variable for it, may match only by narrower ones. `has_own`: the class has instances
    /// that are not in subclasses.
    fn reason(self, runner: &PatternRunner<'_>, wider: &TermPattern, has_own: bool) -> String {
        let shown = runner.show(wider);
        match (self, wider, has_own) {
            (Self::Class, TermPattern::NamedNode(_), false) => format!("only subclasses of `{shown}` have instances"),
            (Self::Class, ..) => format!("only instances of subclasses of `{shown}` match"),
            (Self::Predicate, ..) => format!("only subproperties of `{shown}` match"),
        }
    }
}

fn is_type(triple: &TriplePattern) -> bool {
    triple.predicate == NamedNodePattern::from(vocab::rdf::TYPE.into_owned())
}

fn any_number(predicate: NamedNode) -> PropertyPathExpression {
    PropertyPathExpression::ZeroOrMore(Box::new(predicate.into()))
}

/// The effect of the entailment `rdfs`, to which the statements themselves are not subject.
fn effect_of_entailment(wider: &TermPattern) -> &'static str {
    match wider {
        TermPattern::NamedNode(wider) if wider.as_str().starts_with(vocab::fl::NAMESPACE) => "",
        _ => " The entailment `rdfs` has the same effect",
    }
}

/// A class whose instances that satisfy the rest of the query are in subclasses.
pub(super) fn subclasses(runner: &PatternRunner<'_>) -> Result<Option<String>, StoreError> {
    correction(runner, Level::Class)
}

/// A predicate that matches the rest of the query only by subproperties.
pub(super) fn subproperties(runner: &PatternRunner<'_>) -> Result<Option<String>, StoreError> {
    correction(runner, Level::Predicate)
}

/// The query with narrower classes or predicates in place of those of one kind, or else of all of them.
fn correction(runner: &PatternRunner<'_>, level: Level) -> Result<Option<String>, StoreError> {
    let mut found = Vec::new();
    for triple in triples(pattern_of(&runner.query)) {
        found.extend(level.wider(triple).filter(|wider| !found.contains(wider)));
    }
    let mut suspects = Vec::new();
    for wider in found {
        let has_narrower = match &wider {
            TermPattern::NamedNode(iri) => {
                let narrower = runner.store().subjects(level.narrower_by(), iri.into())?;
                narrower.into_iter().any(|other| other != iri.clone().into())
            }
            _ => runner.store().count(level.narrower_by(), None)? > 0,
        };
        if has_narrower {
            suspects.push(wider);
        }
    }
    let single = suspects.iter().map(|wider| vec![wider.clone()]);
    let all = Some(suspects.clone()).filter(|all| all.len() > 1);
    for widers in single.take(MAX_RUNS).chain(all) {
        if let Some(hint) = with_narrower(runner, level, &widers)? {
            return Ok(Some(hint));
        }
    }
    Ok(None)
}

/// A pattern whose class or predicate is replaced by narrower ones.
struct Narrowed {
    triple: TriplePattern,
    wider: TermPattern,
    /// Each pattern may match by another class.
    narrower: Variable,
}

/// The hint at narrower classes or predicates in place of some, in as few patterns as give the query results.
fn with_narrower(
    runner: &PatternRunner<'_>,
    level: Level,
    widers: &[TermPattern],
) -> Result<Option<String>, StoreError> {
    let mut narrowed: Vec<Narrowed> = Vec::new();
    for triple in triples(pattern_of(&runner.query)) {
        let Some(wider) = level.wider(triple).filter(|wider| widers.contains(wider)) else { continue };
        if !narrowed.iter().any(|other| other.triple == *triple) {
            let narrower = runner.fresh(&format!("narrower{}", narrowed.len()));
            narrowed.push(Narrowed { triple: triple.clone(), wider, narrower });
        }
    }
    let with = |narrowed: &[&Narrowed]| {
        with_change(&runner.query, |pattern| {
            replace_triples(pattern, &mut |triple| {
                let Narrowed { wider, narrower, .. } = narrowed.iter().find(|other| other.triple == *triple)?;
                Some(level.narrowed(triple, wider, narrower))
            });
        })
    };
    let mut needed: Vec<&Narrowed> = narrowed.iter().collect();
    if !runner.has_results(&with(&needed))? {
        return Ok(None);
    }
    for candidate in narrowed.iter().take(MAX_RUNS).filter(|_| narrowed.len() > 1) {
        let others: Vec<&Narrowed> = needed.iter().copied().filter(|other| other.triple != candidate.triple).collect();
        if !others.is_empty() && runner.has_results(&with(&others))? {
            needed = others;
        }
    }
    let query = with(&needed);
    let (mut reasons, mut shown) = (Vec::<String>::new(), Vec::new());
    for Narrowed { triple, wider, narrower } in &needed {
        let has_own = runner.has_solution(&GraphPattern::Bgp { patterns: vec![open(triple, level)] })?;
        let mut reason = level.reason(runner, wider, has_own);
        if let TermPattern::NamedNode(_) = wider {
            let names = runner.values(without_projection(pattern_of(&query)), narrower)?;
            reason += &examples(runner, names, wider);
        }
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
        shown.push(format!("`{}`", level.shown(runner, triple, wider)));
    }
    let effects = needed.iter().map(|Narrowed { wider, .. }| effect_of_entailment(wider));
    // The shortest one, as the effect on one of them is not enough.
    let effect = effects.min_by_key(|effect| effect.len()).unwrap_or_default();
    Ok(Some(format!("{}; did you mean {}?{effect}", reasons.join(", "), shown.join(" and "))))
}

/// Some of the narrower classes or predicates that match.
fn examples(runner: &PatternRunner<'_>, mut names: BTreeMap<String, Term>, wider: &TermPattern) -> String {
    names.remove(&wider.to_string());
    if names.is_empty() { String::new() } else { format!(", such as {}", runner.show_values(&names)) }
}

/// The step of a path before the one that starts at a blank node.
fn before_in_path(runner: &PatternRunner<'_>, node: &TermPattern) -> Option<TriplePattern> {
    let TermPattern::BlankNode(_) = node else { return None };
    let all = triples(pattern_of(&runner.query));
    let mut steps_before = all.iter().filter(|triple| triple.object == *node);
    let (Some(before), None) = (steps_before.next(), steps_before.next()) else { return None };
    let is_path = all.iter().filter(|triple| triple.subject == *node).count() == 1
        && !matches!(before.subject, TermPattern::BlankNode(_));
    is_path.then(|| (*before).clone())
}

/// The pattern with another variable for its subject, so that it matches any instance of its class.
fn open(triple: &TriplePattern, level: Level) -> TriplePattern {
    match (level, &triple.subject) {
        (Level::Class, TermPattern::Variable(_)) | (Level::Predicate, _) => triple.clone(),
        (Level::Class, _) => TriplePattern { subject: Variable::new_unchecked("instance").into(), ..triple.clone() },
    }
}

/// The pattern with the subclasses of its class, or with the subproperties of its predicate.
pub(super) fn hints_for_hierarchy(
    runner: &PatternRunner<'_>,
    before: &GraphPattern,
    pattern: &TriplePattern,
) -> HintsResult {
    for level in [Level::Class, Level::Predicate] {
        let Some(wider @ TermPattern::NamedNode(_)) = level.wider(pattern) else { continue };
        let narrower = runner.fresh("narrower");
        let repaired = join(before, level.narrowed(pattern, &wider, &narrower));
        let names = runner.values(&repaired, &narrower)?;
        let has_own = runner.has_solution(&GraphPattern::Bgp { patterns: vec![open(pattern, level)] })?;
        let reason = level.reason(runner, &wider, has_own) + &examples(runner, names, &wider);
        let shown = level.shown(runner, pattern, &wider);
        let hints = working(runner, [Repair::new(reason, shown, repaired)])?;
        let effect = effect_of_entailment(&wider);
        return Ok(hints.into_iter().map(|hint| hint + effect).collect());
    }
    Ok(Vec::new())
}

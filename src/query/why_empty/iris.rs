//! IRIs that are not in the graph, or that identify an entity elsewhere, and those that may have been meant.

use super::repair::{IriReplacements, replace_in_query};
use super::rewrites::with_change;
use super::runner::{MAX_COUNTED, PatternRunner};
use super::suggestions::HintsResult;
use super::synonyms::synonyms;
use crate::diagnostic::closest_name;
use crate::model::{all_subexpressions, pattern_of, split_iri, subpatterns, vocab};
use crate::query::vocabulary_terms;
use crate::store::StoreError;
use oxigraph::model::{NamedNode, NamedNodeRef, NamedOrBlankNode, Variable};
use spargebra::algebra::{Expression, GraphPattern, PropertyPathExpression};
use spargebra::term::{GroundTerm, NamedNodePattern, TermPattern, TriplePattern};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// An IRI of the query, and those that may have been meant, the most likely first.
struct Suspect {
    iri: NamedNode,
    is_known: bool,
    candidates: Vec<NamedNode>,
}

impl Suspect {
    /// `known` are the IRIs that can be suggested, once they are needed.
    fn new(
        runner: &PatternRunner<'_>,
        iri: NamedNode,
        known: &mut Option<BTreeSet<NamedNode>>,
    ) -> Result<Self, StoreError> {
        let is_known = is_known_iri(runner, &iri)?;
        let mut candidates = exact_matches(runner, &iri)?;
        if !is_known {
            for form in other_forms(iri.as_str()) {
                candidates.extend(exact_matches(runner, &form)?);
                candidates.extend(is_known_iri(runner, &form)?.then_some(form));
            }
        }
        if !is_known && candidates.is_empty() {
            for synonym in synonyms(&iri) {
                candidates.extend(is_known_iri(runner, &synonym)?.then_some(synonym));
            }
            let known = match known {
                Some(known) => known,
                None => known.insert(all_known(runner)?),
            };
            candidates.extend(similar(runner, &iri, known)?);
        }
        Ok(Self { iri, is_known, candidates })
    }
}

/// Why an IRI of a query is suspected, and the IRIs that may have been meant, the most likely first.
pub(super) fn other_iris(
    runner: &PatternRunner<'_>,
    iri: &NamedNode,
    known: &mut Option<BTreeSet<NamedNode>>,
) -> Result<(String, Vec<NamedNode>), StoreError> {
    let Suspect { is_known, candidates, .. } = Suspect::new(runner, iri.clone(), known)?;
    let problem = if is_known { "the exact match of an entity" } else { "not in the graph" };
    Ok((format!("`{}` is {problem}", runner.show(iri)), candidates))
}

/// Hints about IRIs of a step: those that are not in the graph, and those that are the exact match of an entity. `has_solution` tells
/// whether the step has a solution with other IRIs in their place; only those are suggested.
pub(super) fn iri_hints(
    runner: &PatternRunner<'_>,
    iris: Vec<NamedNode>,
    has_solution: &dyn Fn(&IriReplacements) -> Result<bool, StoreError>,
) -> HintsResult {
    let mut suspects = Vec::new();
    let mut seen = BTreeSet::new();
    let mut known = None;
    for iri in iris.into_iter().filter(|iri| seen.insert(iri.clone())) {
        let suspect = Suspect::new(runner, iri, &mut known)?;
        if !suspect.is_known || !suspect.candidates.is_empty() {
            suspects.push(suspect);
        }
    }
    let replacements = replacements(&suspects, has_solution)?;
    let hint = |Suspect { iri, is_known, .. }: &Suspect| match (replacements.get(iri), is_known) {
        (Some(entity), true) => {
            let shown = runner.show(iri);
            Some(format!("`{shown}` is the exact match of an entity; did you mean `{}`?", runner.show(entity)))
        }
        (Some(similar), false) => Some(not_in_graph(runner, iri, similar)),
        (None, true) => None,
        (None, false) => Some(format!("`{}` is not in the graph", runner.show(iri))),
    };
    Ok(suspects.iter().filter_map(hint).collect())
}

/// The IRIs with which the step has a solution: all of the most likely ones together, or else one of them.
fn replacements(
    suspects: &[Suspect],
    has_solution: &dyn Fn(&IriReplacements) -> Result<bool, StoreError>,
) -> Result<IriReplacements, StoreError> {
    let first = |suspect: &Suspect| Some((suspect.iri.clone(), suspect.candidates.first()?.clone()));
    let all: IriReplacements = suspects.iter().filter_map(first).collect();
    if all.len() > 1 && has_solution(&all)? {
        return Ok(all);
    }
    for Suspect { iri, candidates, .. } in suspects {
        for candidate in candidates {
            let one = IriReplacements::from([(iri.clone(), candidate.clone())]);
            if has_solution(&one)? {
                return Ok(one);
            }
        }
    }
    // Each may need another candidate than the most likely one.
    let mut combined = vec![IriReplacements::new()];
    for Suspect { iri, candidates, .. } in suspects.iter().filter(|suspect| !suspect.candidates.is_empty()) {
        let with_each = |partial: &IriReplacements| -> Vec<IriReplacements> {
            let with = |candidate: &NamedNode| {
                let mut replacements = partial.clone();
                replacements.insert(iri.clone(), candidate.clone());
                replacements
            };
            candidates.iter().map(with).collect()
        };
        combined = combined.iter().flat_map(with_each).take(MAX_COMBINED).collect();
    }
    for replacements in combined.into_iter().filter(|replacements| replacements.len() > 1 && *replacements != all) {
        if has_solution(&replacements)? {
            return Ok(replacements);
        }
    }
    Ok(IriReplacements::new())
}

/// The most combinations of candidates that are tried.
const MAX_COMBINED: usize = 16;

/// The hint about an unknown IRI with a similar one. It shows the namespace if a prefix of the query may be wrong.
fn not_in_graph(runner: &PatternRunner<'_>, iri: &NamedNode, similar: &NamedNode) -> String {
    let (written, shown) = (runner.show(iri), runner.show(similar));
    let is_other_form = || exact_matches_of_forms(runner, iri).is_ok_and(|entities| entities.contains(similar));
    let is_renamed = || split_iri(iri.as_str()).1 != split_iri(similar.as_str()).1 && synonyms(iri).contains(similar);
    if !runner.prefixes.is_suspected(iri, similar, runner.store().namespaces()) || is_renamed() {
        format!("`{written}` is not in the graph; did you mean `{shown}`?")
    } else if is_other_form() {
        format!(
            "`{written}` is not in the graph; it is an address of the exact match of an entity; did you mean `{shown}`?"
        )
    } else {
        let meant = match shown.split_once(':').filter(|_| !shown.starts_with('<')) {
            Some((prefix, _)) => format!(": `{prefix}:` is `<{}>`", split_iri(similar.as_str()).0),
            None => String::new(),
        };
        format!("`{iri}` is not in the graph; did you mean `{shown}`? Check the PREFIX of the query{meant}")
    }
}

/// The predicates by which an entity is identified in another dataset.
const SAME: [NamedNodeRef<'static>; 3] = [vocab::skos::EXACT_MATCH, vocab::owl::SAME_AS, vocab::schema::SAME_AS];

/// The entities whose exact match in another dataset is an IRI.
fn exact_matches(runner: &PatternRunner<'_>, iri: &NamedNode) -> Result<Vec<NamedNode>, StoreError> {
    let mut entities = Vec::new();
    for predicate in SAME {
        let subjects = runner.store().subjects(predicate, iri.into())?.into_iter();
        entities.extend(subjects.filter_map(|subject| match subject {
            NamedOrBlankNode::NamedNode(entity) => Some(entity),
            NamedOrBlankNode::BlankNode(_) => None,
        }));
    }
    Ok(entities)
}

/// The entities in place of all IRIs of a query that are their exact matches, if there are several and the query has results with them.
pub(super) fn correction(runner: &PatternRunner<'_>) -> Result<Option<String>, StoreError> {
    let mut replacements = IriReplacements::new();
    let mut shown = Vec::new();
    for iri in in_query(runner) {
        if replacements.contains_key(&iri) {
            continue;
        }
        let mut entities = exact_matches(runner, &iri)?;
        if entities.is_empty() && !is_known_iri(runner, &iri)? {
            entities = exact_matches_of_forms(runner, &iri)?;
        }
        if let Some(entity) = entities.into_iter().next() {
            shown.push((runner.show(&iri), runner.show(&entity)));
            replacements.insert(iri, entity);
        }
    }
    if shown.len() < 2 {
        return Ok(None);
    }
    let query = with_change(&runner.query, |pattern| replace_in_query(pattern, &replacements));
    if !runner.has_results(&query)? {
        return Ok(None);
    }
    let list = |names: Vec<String>| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let (written, entities) = shown.into_iter().unzip();
    Ok(Some(format!("{} are exact matches of entities; did you mean {}?", list(written), list(entities))))
}

/// The entities whose exact match is another form of an IRI.
fn exact_matches_of_forms(runner: &PatternRunner<'_>, iri: &NamedNode) -> Result<Vec<NamedNode>, StoreError> {
    let mut found = Vec::new();
    for form in other_forms(iri.as_str()) {
        found.extend(exact_matches(runner, &form)?);
    }
    Ok(found)
}

/// Other IRIs for what an address of Wikidata or DBpedia describes, and the IRI with another scheme or without a final slash.
fn other_forms(iri: &str) -> Vec<NamedNode> {
    let Some((scheme, rest)) = iri.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https")) else {
        return Vec::new();
    };
    let mut forms = Vec::new();
    let mut push = |scheme: &str, rest: &str| {
        let form = format!("{scheme}://{rest}");
        forms.extend(NamedNode::new(form).ok().filter(|form| form.as_str() != iri));
    };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let name = path.rsplit('/').next().unwrap_or_default();
    match host.trim_start_matches("www.").trim_start_matches("m.") {
        "wikidata.org" if !name.is_empty() => {
            push("http", &format!("www.wikidata.org/entity/{}", name.trim_start_matches("Item:").to_ascii_uppercase()));
        }
        "dbpedia.org" if !name.is_empty() => push("http", &format!("dbpedia.org/resource/{name}")),
        _ => {}
    }
    let other_scheme = if scheme == "http" { "https" } else { "http" };
    for scheme in [scheme, other_scheme] {
        push(scheme, rest);
        push(scheme, rest.trim_end_matches('/'));
    }
    forms
}

/// Whether an IRI is a subject, a predicate or an object.
fn is_known_iri(runner: &PatternRunner<'_>, iri: &NamedNode) -> Result<bool, StoreError> {
    let (s, p, o) = (runner.fresh("s"), runner.fresh("p"), runner.fresh("o"));
    for triple in [
        TriplePattern { subject: iri.clone().into(), predicate: p.clone().into(), object: o.clone().into() },
        TriplePattern { subject: s.clone().into(), predicate: iri.clone().into(), object: o.into() },
        TriplePattern { subject: s.into(), predicate: p.into(), object: iri.clone().into() },
    ] {
        if runner.has_solution(&GraphPattern::Bgp { patterns: vec![triple] })? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The IRIs that can be suggested: entities, terms of the vocabulary, predicates, classes, and all IRIs of a small graph.
fn all_known(runner: &PatternRunner<'_>) -> Result<BTreeSet<NamedNode>, StoreError> {
    let mut all: BTreeSet<NamedNode> = runner.store().entities()?.into_iter().collect();
    all.extend(vocabulary_terms(&runner.store()));
    let (s, p, o) = (runner.fresh("s"), runner.fresh("p"), runner.fresh("o"));
    let triples = |predicate: NamedNodePattern| GraphPattern::Bgp {
        patterns: vec![TriplePattern { subject: s.clone().into(), predicate, object: o.clone().into() }],
    };
    let project = |inner: GraphPattern, variable: &Variable| GraphPattern::Project {
        inner: Box::new(inner),
        variables: vec![variable.clone()],
    };
    let first = GraphPattern::Slice {
        inner: Box::new(project(triples(p.clone().into()), &p)),
        start: 0,
        length: Some(100 * MAX_COUNTED),
    };
    let predicates = GraphPattern::Distinct { inner: Box::new(project(first, &p)) };
    let typed = triples(vocab::rdf::TYPE.into_owned().into());
    let classes = GraphPattern::Distinct { inner: Box::new(project(typed, &o)) };
    let every = triples(p.clone().into());
    let mut patterns = vec![(&predicates, &p), (&classes, &o)];
    // Of a part of the IRIs, the most similar one may not be what was meant.
    if runner.store().len()? <= MAX_COUNTED {
        patterns.extend([(&every, &s), (&every, &o)]);
    }
    for (pattern, variable) in patterns {
        let values = runner.values(pattern, variable)?.into_values();
        all.extend(values.filter_map(|term| NamedNode::try_from(term).ok()));
    }
    Ok(all)
}

/// IRIs that may have been meant by an unknown one, the most likely first: with the same local name in the most similar namespaces, or a
/// similar local name in the same namespace, or of an entity with this label.
fn similar(
    runner: &PatternRunner<'_>,
    iri: &NamedNode,
    known: &BTreeSet<NamedNode>,
) -> Result<Vec<NamedNode>, StoreError> {
    runner.check_time()?;
    let (namespace, local) = split_iri(iri.as_str());
    let mut found: Vec<NamedNode> =
        known.iter().filter(|other| split_iri(other.as_str()).1.eq_ignore_ascii_case(local)).cloned().collect();
    found.sort_by_cached_key(|other| Reverse(similarity(namespace, split_iri(other.as_str()).0, runner)));
    if let Some(first) = found.first()
        && without_scheme(namespace) == without_scheme(split_iri(first.as_str()).0)
    {
        // The namespace is only written in another way.
        found.truncate(1);
        return Ok(found);
    }
    found.truncate(MAX_CANDIDATES);
    let siblings = known.iter().map(|other| split_iri(other.as_str())).filter(|(other, _)| *other == namespace);
    let siblings: Vec<&str> = siblings.map(|(_, local)| local).collect();
    let longer =
        siblings.iter().filter(|name| local.len() > 2 && name.starts_with(local)).min_by_key(|name| name.len());
    let sibling = closest_name(local, siblings.iter().copied()).or(longer.copied());
    let sibling = sibling.map(|similar| NamedNode::new_unchecked(format!("{namespace}{similar}")));
    found.splice(0..0, sibling);
    found.extend(runner.entity(local)?);
    Ok(found)
}

/// The most IRIs with the same local name that are tried.
const MAX_CANDIDATES: usize = 3;

/// How similar a namespace is to that of an IRI: whether it is the same except for the scheme, letter case and the last character; then
/// the length of what both begin with; then whether it is below the base of the dataset.
fn similarity(namespace: &str, other: &str, runner: &PatternRunner<'_>) -> (bool, usize, bool) {
    let (first, second) = (without_scheme(namespace), without_scheme(other));
    let common = first.chars().zip(second.chars()).take_while(|(a, b)| a == b).count();
    (first == second, common, other.starts_with(runner.store().namespaces().base()))
}

/// A namespace in lower case, without its scheme and a final `/` or `#`.
fn without_scheme(namespace: &str) -> String {
    let rest = namespace.split_once("://").map_or(namespace, |(_, rest)| rest);
    rest.trim_end_matches(['/', '#']).to_lowercase()
}

/// The IRIs of a triple pattern, including those of nested triple terms.
pub(super) fn in_triple(pattern: &TriplePattern) -> Vec<NamedNode> {
    let mut found = in_term(&pattern.subject);
    if let NamedNodePattern::NamedNode(iri) = &pattern.predicate {
        found.push(iri.clone());
    }
    found.extend(in_term(&pattern.object));
    found
}

fn in_term(pattern: &TermPattern) -> Vec<NamedNode> {
    match pattern {
        TermPattern::NamedNode(iri) => vec![iri.clone()],
        TermPattern::Triple(triple) => in_triple(triple),
        TermPattern::Literal(_) | TermPattern::BlankNode(_) | TermPattern::Variable(_) => Vec::new(),
    }
}

/// The IRIs of a basic graph pattern, a path or VALUES, and of the BIND around it.
pub(super) fn in_pattern(pattern: &GraphPattern) -> Vec<NamedNode> {
    match pattern {
        GraphPattern::Bgp { patterns } => patterns.iter().flat_map(in_triple).collect(),
        GraphPattern::Path { subject, path, object } => {
            let mut found = in_term(subject);
            in_path(path, &mut found);
            found.extend(in_term(object));
            found
        }
        GraphPattern::Values { bindings, .. } => {
            let terms = bindings.iter().flatten().flatten();
            terms
                .filter_map(|term| if let GroundTerm::NamedNode(iri) = term { Some(iri.clone()) } else { None })
                .collect()
        }
        GraphPattern::Extend { inner, expression, .. } => {
            let mut found = in_pattern(inner);
            found.extend(in_expression(expression));
            found
        }
        GraphPattern::Project { inner, .. } => in_pattern(inner),
        _ => Vec::new(),
    }
}

/// The IRIs of a query, in the order of its patterns, without those inside EXISTS.
fn in_query(runner: &PatternRunner<'_>) -> Vec<NamedNode> {
    let (mut found, mut open) = (Vec::new(), vec![pattern_of(&runner.query)]);
    while let Some(next) = open.pop() {
        match next {
            GraphPattern::Filter { expr, .. } => found.extend(in_expression(expr)),
            GraphPattern::Extend { expression, .. } => found.extend(in_expression(expression)),
            GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => {
                found.extend(in_pattern(next));
            }
            _ => {}
        }
        open.extend(subpatterns(next).into_iter().rev());
    }
    found
}

/// The IRIs that an expression compares with.
pub(super) fn in_expression(expression: &Expression) -> Vec<NamedNode> {
    let parts = all_subexpressions(expression).into_iter();
    parts.filter_map(|part| if let Expression::NamedNode(iri) = part { Some(iri.clone()) } else { None }).collect()
}

fn in_path(path: &PropertyPathExpression, found: &mut Vec<NamedNode>) {
    use PropertyPathExpression as P;
    match path {
        P::NamedNode(iri) => found.push(iri.clone()),
        P::Reverse(inner) | P::ZeroOrMore(inner) | P::OneOrMore(inner) | P::ZeroOrOne(inner) => in_path(inner, found),
        P::Sequence(first, second) | P::Alternative(first, second) => {
            in_path(first, found);
            in_path(second, found);
        }
        P::NegatedPropertySet(_) => {}
    }
}

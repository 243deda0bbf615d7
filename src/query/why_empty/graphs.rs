//! Why GRAPH or FROM select nothing.

use super::repair::{Repair, working};
use super::runner::PatternRunner;
use super::steps::join;
use super::suggestions::HintsResult;
use crate::diagnostic::closest;
use crate::model::{pattern_of, pattern_of_mut, subpatterns, subpatterns_mut, without_dataset};
use crate::store::StoreError;
use oxigraph::model::{NamedNode, Term};
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use spargebra::term::{NamedNodePattern, TriplePattern};
use std::collections::BTreeMap;

/// Hints about `GRAPH`: the pattern outside of it, or in another graph.
pub(super) fn hints_for_graph(
    runner: &PatternRunner<'_>,
    before: &GraphPattern,
    name: &NamedNodePattern,
    inner: &GraphPattern,
) -> HintsResult {
    let shown = runner.show(inner);
    let outside = (format!("{{ {shown} }}"), join(before, inner.clone()));
    let names = names(runner)?;
    let repairs = match name {
        _ if names.is_empty() => vec![Repair::new("the data have no named graphs", outside.0, outside.1)],
        NamedNodePattern::Variable(_) => {
            vec![Repair::new("it matches in the default graph only", outside.0, outside.1)]
        }
        NamedNodePattern::NamedNode(name) => {
            let reason = match names.contains_key(&name.to_string()) {
                true => format!("the graph `{}` has no match", runner.show(name)),
                false => format!("no graph is named `{}`", runner.show(name)),
            };
            let mut repairs = Vec::new();
            if let Some(other) = other_name(name, &names) {
                let pattern = GraphPattern::Graph { name: other.clone().into(), inner: Box::new(inner.clone()) };
                let shown = format!("GRAPH {} {{ {shown} }}", runner.show(&other));
                repairs.push(Repair::new(&*reason, shown, join(before, pattern)));
            }
            repairs.push(Repair::new(reason, outside.0, outside.1));
            repairs
        }
    };
    working(runner, repairs)
}

/// The patterns of GRAPH outside of it, if the data have no named graphs and the query has results with them.
pub(super) fn correction(runner: &PatternRunner<'_>) -> Result<Option<String>, StoreError> {
    let mut inners = Vec::new();
    let mut open = vec![pattern_of(&runner.query)];
    while let Some(next) = open.pop() {
        if let GraphPattern::Graph { inner, .. } = next {
            let shown = format!("`{{ {} }}`", runner.show(&**inner));
            inners.extend(Some(shown).filter(|shown| !inners.contains(shown)));
        }
        open.extend(subpatterns(next).into_iter().rev());
    }
    if inners.is_empty() || !names(runner)?.is_empty() || !runner.has_results(&without_graphs(&runner.query))? {
        return Ok(None);
    }
    Ok(Some(format!("the data have no named graphs; did you mean {}?", inners.join(" and "))))
}

/// The step and the hints of a query that has results only without its FROM and FROM NAMED, or with another graph in their place.
pub(super) fn hints_for_dataset(
    runner: &PatternRunner<'_>,
    query: &Query,
) -> Result<Option<(String, Vec<String>)>, StoreError> {
    let Some(dataset) = query.dataset() else { return Ok(None) };
    let store = runner.store();
    let whole = PatternRunner::without_dataset(&store, query);
    let names = names(&whole)?;
    let from = |keyword: &str, names: &[NamedNode]| -> Vec<String> {
        names.iter().map(|name| format!("{keyword} {}", runner.show(name))).collect()
    };
    let mut clauses = from("FROM", &dataset.default);
    clauses.extend(from("FROM NAMED", dataset.named.as_deref().unwrap_or_default()));
    let shown = clauses.join(" ");
    let unknown = dataset.default.iter().chain(dataset.named.iter().flatten());
    let unknown: Vec<&NamedNode> = unknown.filter(|name| !names.contains_key(&name.to_string())).collect();
    if unknown.is_empty() {
        return Ok(None);
    }
    let mut hints = Vec::new();
    for name in &unknown {
        if let Some(other) = other_name(name, &names) {
            let replaced = replace_graph(query, name, &other);
            if runner.has_results(&replaced)? {
                hints.push(format!(
                    "no graph is named `{}`; did you mean `{}`?",
                    runner.show(*name),
                    runner.show(&other)
                ));
            }
        }
    }
    let reason = match names.is_empty() {
        true => "the data have no named graphs".to_owned(),
        false => format!("no graph is named `{}`", runner.show(unknown[0])),
    };
    if hints.is_empty() && runner.has_results(&without_dataset(query))? {
        hints.push(format!("{reason}; the query has results without `{shown}`"));
    }
    if hints.is_empty() && runner.has_results(&without_graphs(query))? {
        hints.push(format!("{reason}; the query has results without `{shown}` and without GRAPH"));
    }
    Ok((!hints.is_empty()).then_some((shown, hints)))
}

/// The names of graphs, by their N-Triples.
fn names(runner: &PatternRunner<'_>) -> Result<BTreeMap<String, Term>, StoreError> {
    let [graph, s, p, o] = ["graph", "s", "p", "o"].map(|name| runner.fresh(name));
    let any = TriplePattern { subject: s.into(), predicate: p.into(), object: o.into() };
    let inner = Box::new(GraphPattern::Bgp { patterns: vec![any] });
    runner.values(&GraphPattern::Graph { name: graph.clone().into(), inner }, &graph)
}

/// The most similar name, or else the only one.
fn other_name(name: &NamedNode, names: &BTreeMap<String, Term>) -> Option<NamedNode> {
    let iris = || names.values().filter_map(|term| if let Term::NamedNode(iri) = term { Some(iri) } else { None });
    let close = closest(name.as_str(), iris().filter(|other| *other != name).map(NamedNode::as_str));
    let close = close.map(NamedNode::new_unchecked);
    close.or_else(|| iris().next().filter(|other| names.len() == 1 && *other != name).cloned())
}

/// The query without FROM and FROM NAMED, and with the patterns of GRAPH matched in the default graph.
fn without_graphs(query: &Query) -> Query {
    let mut query = without_dataset(query);
    let mut open = vec![pattern_of_mut(&mut query)];
    while let Some(next) = open.pop() {
        while let GraphPattern::Graph { inner, .. } = next {
            *next = std::mem::take(&mut **inner);
        }
        open.extend(subpatterns_mut(next));
    }
    query
}

fn replace_graph(query: &Query, name: &NamedNode, other: &NamedNode) -> Query {
    let mut query = query.clone();
    if let Some(dataset) = query.dataset_mut() {
        for graph in dataset.default.iter_mut().chain(dataset.named.iter_mut().flatten()) {
            if graph == name {
                graph.clone_from(other);
            }
        }
    }
    query
}

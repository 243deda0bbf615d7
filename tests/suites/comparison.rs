//! Comparing results with those that the W3C expects, some of which are graphs.

use crate::result_sets::{PermittedDifferences, ResultSet, Row};
use oxigraph::model::vocab::rdf;
use oxigraph::model::{
    Graph, GraphName, NamedNode, NamedOrBlankNode, NamedOrBlankNodeRef, Quad, Term, TermRef, Variable,
};
use oxigraph::sparql::QuerySolutionIter;
use oxigraph::store::Store;
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use std::collections::BTreeMap;

const RESULT_SET: &str = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#";

/// The results in a graph, in the vocabulary of the suites of SPARQL 1.0. The terms are as stored.
pub fn result_set(graph: &Graph, found: &ResultSet) -> Option<ResultSet> {
    let name = |name: &str| NamedNode::new_unchecked(format!("{RESULT_SET}{name}"));
    let object = |subject: NamedOrBlankNodeRef<'_>, predicate: &str| {
        graph.object_for_subject_predicate(subject, &name(predicate)).map(TermRef::into_owned)
    };
    let node = |term: TermRef<'_>| NamedOrBlankNode::try_from(term.into_owned()).ok();
    let set = graph.subject_for_predicate_object(rdf::TYPE, &name("ResultSet"))?;
    let ResultSet::Solutions { variables, .. } = found else {
        let Term::Literal(boolean) = object(set, "boolean")? else { return None };
        return Some(ResultSet::Boolean(boolean.value() == "true"));
    };
    let mut solutions = Vec::new();
    for solution in graph.objects_for_subject_predicate(set, &name("solution")).filter_map(node) {
        let mut row = vec![None; variables.len()];
        for binding in graph.objects_for_subject_predicate(&solution, &name("binding")).filter_map(node) {
            let Term::Literal(variable) = object(binding.as_ref(), "variable")? else { return None };
            let column = variables.iter().position(|known| known == variable.value())?;
            row[column] = Some(as_stored(object(binding.as_ref(), "value")?));
        }
        let index = match object(solution.as_ref(), "index") {
            Some(Term::Literal(index)) => index.value().parse().unwrap_or(0),
            _ => 0,
        };
        solutions.push((index, row));
    }
    solutions.sort_by_key(|(index, _): &(u32, _)| *index);
    let variables = variables.iter().map(Variable::new_unchecked).collect();
    let rows = solutions.into_iter().map(|(_, row)| Ok(row));
    ResultSet::of(Ok::<_, String>(QuerySolutionIter::from_tuples(variables, rows).into())).ok()
}

/// The sort keys of the rows. REDUCED may return some of them less often.
pub fn order(results: &ResultSet, permitted: &PermittedDifferences) -> Vec<Row> {
    let mut keys = results.keys(&permitted.order);
    if permitted.reduced {
        keys.dedup();
    }
    keys
}

/// The query without REDUCED.
pub fn unreduced(query: &Query) -> Query {
    let mut query = query.clone();
    if let Query::Select { pattern, .. } = &mut query {
        let mut current = pattern;
        loop {
            match current {
                GraphPattern::Slice { inner, .. } => current = inner,
                GraphPattern::Reduced { inner } => {
                    *current = std::mem::take(&mut **inner);
                    break;
                }
                _ => break,
            }
        }
    }
    query
}

/// Whether rows are a result of REDUCED: the expected ones, with any multiplicity from one to that without REDUCED.
pub fn is_reduced(found: &ResultSet, expected: &ResultSet, unreduced: &Result<ResultSet, String>) -> bool {
    let distinct = |results: &ResultSet| match results {
        ResultSet::Solutions { variables, .. } => {
            let mut rows: Vec<Row> = results.sorted().into_iter().cloned().collect();
            rows.dedup();
            ResultSet::Solutions { variables: variables.clone(), rows }
        }
        other => other.clone(),
    };
    let counts = |results: &ResultSet| {
        let mut counts = BTreeMap::<&Row, usize>::new();
        results.rows().iter().for_each(|row| *counts.entry(row).or_default() += 1);
        let mut counts: Vec<usize> = counts.into_values().collect();
        counts.sort_unstable();
        counts
    };
    distinct(found).is_isomorphic_to(&distinct(expected))
        && unreduced.as_ref().is_ok_and(|all| {
            let (found, all) = (counts(found), counts(all));
            found.len() == all.len() && found.iter().zip(&all).all(|(found, all)| found <= all)
        })
}

/// A term in the form in which Oxigraph's store returns it.
pub fn as_stored(term: Term) -> Term {
    let store = Store::new().expect("a store in memory");
    let quad = Quad::new(rdf::TYPE, rdf::TYPE, term, GraphName::DefaultGraph);
    store.insert(&quad).expect("a store in memory takes quads");
    store.iter().next().and_then(Result::ok).expect("the quad is there").object
}

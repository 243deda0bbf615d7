//! Chooses the order in which the first step of a plan reads its triples.
//!
//! The triples of a predicate are sorted by object. If the next step looks up the same subjects, it then jumps through a graph that
//! is larger than the caches of the processor. In the order of subjects, the triples of one subject are next to each other.

use super::plan::{Operator, OperatorKind, PatternTerm, Step};
use crate::store::GraphError;
use crate::store::compiled::CompiledGraph;

/// From this number of triples on, a graph does not fit in the caches. Unit tests have small graphs.
const MIN_TRIPLES: usize = if cfg!(test) { 20 } else { 200_000 };

/// A predicate is read by subject if it has at least one triple for this number of ids.
const MAX_IDS_PER_TRIPLE: usize = 16;

/// Marks the first step if all its rows are needed, the next step looks up its subjects, and both predicates are frequent.
pub(super) fn read_by_subject(operator: &mut Operator, graph: &CompiledGraph) -> Result<(), GraphError> {
    if graph.orders().len() < MIN_TRIPLES {
        return Ok(());
    }
    let mut needs_all_rows = false;
    let mut current = operator;
    loop {
        match &mut current.kind {
            OperatorKind::Group { .. } | OperatorKind::Sort { .. } => needs_all_rows = true,
            OperatorKind::Pipeline(pipeline) if needs_all_rows && current.input.is_none() => {
                if let [first, second, ..] = pipeline.as_mut_slice()
                    && let Step::Triple { terms: first, graph: None, by_subject, .. } = &mut first.step
                    && let Step::Triple { terms: second, graph: None, .. } = &second.step
                {
                    *by_subject = is_star(first, second) && is_frequent(graph, first)? && is_frequent(graph, second)?;
                }
            }
            _ => {}
        }
        match &mut current.input {
            Some(input) => current = input,
            None => return Ok(()),
        }
    }
}

/// Whether two patterns have the same variable as subject, and the first also another one as object.
fn is_star(first: &[PatternTerm; 3], second: &[PatternTerm; 3]) -> bool {
    let ([subject, _, object], [other, ..]) = (first, second);
    subject.slot().is_some() && object.slot().is_some() && subject != object && subject == other
}

fn is_frequent(graph: &CompiledGraph, [_, predicate, object]: &[PatternTerm; 3]) -> Result<bool, GraphError> {
    let (Some(predicate), None) = (predicate.constant(), object.constant()) else { return Ok(false) };
    let row = graph.orders().of_predicate(predicate)?;
    Ok(row.is_some_and(|row| row.range.len() * MAX_IDS_PER_TRIPLE >= graph.id_bound()))
}

#[cfg(test)]
mod tests {
    use super::super::scan::TripleScan;
    use super::*;
    use crate::model::Namespaces;
    use crate::store::QueryLimits;
    use crate::store::compiled::{GraphBuilder, Id};
    use oxigraph::io::RdfFormat;
    use oxigraph::model::NamedNode;
    use proptest::prelude::*;

    fn graph(triples: impl IntoIterator<Item = (usize, usize, usize)>) -> CompiledGraph {
        let lines = triples.into_iter().map(|(s, p, o)| format!("<urn:{s}> <urn:p{p}> <urn:{o}> .\n"));
        let mut builder = GraphBuilder::new();
        builder.read(RdfFormat::NTriples, None, lines.collect::<String>().as_bytes()).unwrap();
        builder.finish().unwrap()
    }

    fn rows(graph: &CompiledGraph, mut scan: TripleScan) -> Vec<[Id; 2]> {
        let (mut row, mut rows) = ([0; 2], Vec::new());
        while scan.next(graph, &mut row).unwrap() > 0 {
            rows.push(row);
        }
        assert_eq!(row, [0; 2], "the slots are unbound again");
        rows
    }

    proptest! {
        #[test]
        fn a_scan_by_subject_has_all_matches_in_order(
            triples in prop::collection::vec((0_usize..12, 0_usize..3, 0_usize..12), 1..60),
        ) {
            let graph = graph(triples);
            let Some(predicate) = graph.id_of(NamedNode::new_unchecked("urn:p0").as_ref().into()).unwrap() else { return Ok(()) };
            let (subject, object) = (PatternTerm::Slot(0), PatternTerm::Slot(1));
            let terms = [subject, PatternTerm::Constant(predicate), object];
            let mut expected = rows(&graph, TripleScan::new(&graph, terms, None, [true; 3], &[0; 2]).unwrap());
            expected.sort_unstable();
            prop_assert_eq!(rows(&graph, TripleScan::by_subject(&graph, subject, predicate, object)), expected);
        }
    }

    #[test]
    fn only_a_first_step_whose_rows_are_all_needed_is_read_by_subject() {
        let graph = graph((0..40).flat_map(|s| [(s, 0, s % 7), (s, 1, s % 5), (s % 5, 2, s)]));
        for (query, is_by_subject) in [
            ("SELECT ?a (COUNT(*) AS ?n) { ?s <urn:p0> ?a ; <urn:p1> ?b } GROUP BY ?a", true),
            ("SELECT ?s ?a { ?s <urn:p0> ?a ; <urn:p1> ?b } ORDER BY ?s", true),
            ("SELECT ?s ?a { ?s <urn:p0> ?a ; <urn:p1> ?b }", false),
            ("SELECT ?a (COUNT(*) AS ?n) { ?s <urn:p0> ?a . ?a <urn:p1> ?b } GROUP BY ?a", false),
            ("SELECT ?a (COUNT(*) AS ?n) { ?s <urn:p0> ?a ; <urn:p1> <urn:3> } GROUP BY ?a", false),
            ("SELECT ?a (COUNT(*) AS ?n) { ?s <urn:p0> ?a } GROUP BY ?a", false),
        ] {
            let parsed = Namespaces::standard().parse_query(query).unwrap();
            let explanation = graph.explain(&parsed, &QueryLimits::default()).unwrap();
            let marked = explanation.steps.iter().any(|step| step.label.contains("by subject"));
            assert_eq!(marked, is_by_subject, "{query}");
        }
    }
}

//! Notes to the reader of a diagram or of an analysis: what it omits.

use crate::query::SelectedStatements;
use crate::view::Subgraph;

/// Notes on the limits of a subgraph, and on undated statements in it.
pub fn subgraph_notes(subgraph: &Subgraph) -> Vec<String> {
    let (entities, statements) = (subgraph.view.graph().node_count(), subgraph.view.graph().edge_count());
    let mut notes = Vec::new();
    if (entities, statements) != subgraph.size_before_limits {
        let (all_entities, all_statements) = subgraph.size_before_limits;
        notes.push(format!(
            "showing {entities} of {all_entities} entities, those with the most statements, and {statements} of \
             {all_statements} statements between them"
        ));
    }
    match subgraph.undated {
        0 => {}
        1 => notes.push("1 undated statement is included".to_owned()),
        undated => notes.push(format!("{undated} undated statements are included")),
    }
    if subgraph.incomplete {
        notes.push("the search for paths reached its limit, so some statements on them may be missing".to_owned());
    }
    notes
}

/// A note on the results of a query that are not statements.
pub fn unmatched_results_note(selected: &SelectedStatements, query: &str) -> Option<String> {
    match selected.unmatched {
        0 => None,
        1 => Some(format!("1 result of `{query}` is not a statement")),
        unmatched => Some(format!("{unmatched} results of `{query}` are not statements")),
    }
}

//! What there is to say of what is shown.

use crate::query::SelectedStatements;
use crate::view::Subgraph;

/// What there is to say of a part of the graph.
pub fn subgraph_notes(part: &Subgraph) -> Vec<String> {
    let (entities, statements) = (part.view.graph().node_count(), part.view.graph().edge_count());
    let mut notes = Vec::new();
    if (entities, statements) != part.size_before_limits {
        let (of_entities, of_statements) = part.size_before_limits;
        notes.push(format!(
            "{entities} of {of_entities} entities, those with the most statements, and {statements} of {of_statements} \
             statements between them"
        ));
    }
    if part.undated > 0 {
        notes.push(match part.undated {
            1 => "1 statement says no time and was kept".to_owned(),
            undated => format!("{undated} statements say no time and were kept"),
        });
    }
    if part.incomplete {
        notes.push("the search for paths was given up: statements on some of them may be missing".to_owned());
    }
    notes
}

/// What there is to say of what a query chose: how much of its answer is no statement.
pub fn selection_remark(selected: &SelectedStatements, query: &str) -> Option<String> {
    match selected.unmatched {
        0 => None,
        1 => Some(format!("1 result of `{query}` is no statement")),
        unmatched => Some(format!("{unmatched} results of `{query}` are no statement")),
    }
}

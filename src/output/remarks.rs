//! What there is to say of what is shown.

use crate::query::Chosen;
use crate::view::Part;

/// What there is to say of a part of the graph.
pub fn part_remarks(part: &Part) -> Vec<String> {
    let (entities, statements) = (part.view.graph().node_count(), part.view.graph().edge_count());
    let mut remarks = Vec::new();
    if (entities, statements) != part.unlimited {
        let (of_entities, of_statements) = part.unlimited;
        remarks.push(format!(
            "{entities} of {of_entities} entities, those with the most statements, and {statements} of {of_statements} \
             statements between them"
        ));
    }
    if part.undated > 0 {
        remarks.push(match part.undated {
            1 => "1 statement says no time and was kept".to_owned(),
            undated => format!("{undated} statements say no time and were kept"),
        });
    }
    if part.given_up {
        remarks.push("the search for paths was given up: statements on some of them may be missing".to_owned());
    }
    remarks
}

/// What there is to say of what a query chose: how much of its answer is no statement.
pub fn chosen_remark(chosen: &Chosen, query: &str) -> Option<String> {
    match chosen.untold {
        0 => None,
        1 => Some(format!("1 result of `{query}` is no statement")),
        untold => Some(format!("{untold} results of `{query}` are no statement")),
    }
}

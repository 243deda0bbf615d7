//! The statements that a query gives.

use super::failure::Failure;
use super::query::{refused, stored_text};
use crate::model::StatementId;
use crate::output::unmatched_results_note;
use crate::query::{self, ParameterValues, QueryTemplate, SelectStatementsError, statements_of};
use crate::store::Labels;
use std::collections::HashSet;

/// The statements that a query gives, which is stored by that name or is that text: for a CONSTRUCT query those of its triples, for a
/// SELECT query those in its rows. What no statement states is not taken, and a remark says how much that is.
pub(super) fn statements_of_query(
    written: &str,
    labels: &Labels<'_>,
    notes: &mut Vec<String>,
) -> Result<HashSet<StatementId>, Failure> {
    let store = labels.store();
    let is_text = written.contains(|c: char| c.is_whitespace() || c == '{');
    let (name, text) = if is_text { ("query", written) } else { (written, stored_text(store.metadata(), written)?) };
    let parsed = query::parse(text, store.names()).map_err(|error| refused(text, name, &error, store))?;
    let stored = QueryTemplate::new(name, text, parsed, store.names())
        .map_err(|error| Failure::new(format!("`{name}` is no stored query: {error}")))?;
    let asked = match is_text {
        true => stored.bind_available(&ParameterValues::new(), labels),
        false => stored.bind(&ParameterValues::new(), labels),
    };
    let asked = asked.map_err(|error| {
        Failure::new(format!("`{name}` cannot select: {error}"))
            .help("a query that selects has no parameters, or defaults for all of them; give its text instead")
    })?;
    let chosen = statements_of(store, &asked).map_err(|error| match error {
        SelectStatementsError::Store(error) => error.into(),
        SelectStatementsError::Ask => Failure::new(format!("`{name}` answers yes or no, and gives no statement"))
            .help("select by a CONSTRUCT or a SELECT query"),
    })?;
    notes.extend(unmatched_results_note(&chosen, name));
    Ok(chosen.statements)
}

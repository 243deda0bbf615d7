//! The statements that a query selects.

use super::failure::Failure;
use super::query::{is_sparql, report_syntax_error, stored_query};
use crate::model::StatementId;
use crate::output::unmatched_results_note;
use crate::query::{self, ParameterValues, QueryTemplate, SelectStatementsError, statements_of};
use crate::store::Labels;
use std::collections::HashSet;

/// The statements that a query selects: a CONSTRUCT query by its triples, a SELECT query by its rows. The argument is SPARQL or
/// the name of a stored query. A note says how many triples belong to no statement.
pub(super) fn statements_of_query(
    argument: &str,
    labels: &Labels<'_>,
    notes: &mut Vec<String>,
) -> Result<HashSet<StatementId>, Failure> {
    let store = labels.store();
    let is_text = is_sparql(argument, store.metadata());
    let (name, text) =
        if is_text { ("query", argument) } else { (argument, stored_query(store.metadata(), argument)?) };
    let parsed = query::parse(text, store.namespaces()).map_err(|e| report_syntax_error(text, name, &e, store))?;
    let template = QueryTemplate::new(name, text, parsed, store.namespaces())
        .map_err(|error| Failure::new(format!("invalid stored query `{name}`: {error}")))?;
    let values = ParameterValues::new();
    let bound = if is_text { template.bind_available(&values, labels) } else { template.bind(&values, labels) };
    let bound = bound.map_err(|error| {
        Failure::new(format!("`{name}` cannot select statements: {error}"))
            .help("add a default for each parameter, or write the query itself as SPARQL")
    })?;
    let selected = statements_of(store, &bound).map_err(|error| match error {
        SelectStatementsError::Store(error) => error.into(),
        SelectStatementsError::Ask => Failure::new(format!("`{name}` is an ASK query, which selects no statements"))
            .help("use a CONSTRUCT or SELECT query"),
    })?;
    notes.extend(unmatched_results_note(&selected, name));
    Ok(selected.statements)
}

//! The statements that a query gives.

use super::failure::Failure;
use super::opening::count;
use super::query::{refused, stored_text};
use crate::model::StatementId;
use crate::query::{self, Stored, Values};
use crate::store::{Labels, Store};
use oxigraph::model::{Term, Triple};
use oxigraph::sparql::{QueryResults, QuerySolution};
use std::collections::HashSet;

/// The statements that a query gives, which is stored by that name or is that text: for a CONSTRUCT query those of its triples, for a
/// SELECT query those in its rows. What no statement states is not taken, and a remark says how much that is.
pub(super) fn by_query(
    written: &str,
    labels: &Labels<'_>,
    remarks: &mut Vec<String>,
) -> Result<HashSet<StatementId>, Failure> {
    let store = labels.store();
    let is_text = written.contains(|c: char| c.is_whitespace() || c == '{');
    let (name, text) = if is_text { ("query", written) } else { (written, stored_text(store.context(), written)?) };
    let parsed = query::parse(text, store.names()).map_err(|error| refused(text, name, &error, store))?;
    let stored = Stored::of(name, text, parsed, store.names())
        .map_err(|error| Failure::new(format!("`{name}` is no stored query: {error}")))?;
    let asked = match is_text {
        true => stored.ask_open(&Values::new(), labels),
        false => stored.ask(&Values::new(), labels),
    };
    let asked = asked.map_err(|error| {
        Failure::new(format!("`{name}` cannot select: {error}"))
            .help("a query that selects has no parameters, or defaults for all of them; give its text instead")
    })?;
    let (mut found, mut unstated) = (HashSet::new(), 0);
    let what = match store.query(&asked)? {
        QueryResults::Graph(triples) => {
            let triples = triples.collect::<Result<HashSet<Triple>, _>>()?;
            for triple in &triples {
                let statements = store.ids_of_triple(triple)?;
                unstated += usize::from(statements.is_empty());
                found.extend(statements);
            }
            "triple"
        }
        QueryResults::Solutions(rows) => {
            for row in rows {
                let statements = statements_in(&row?, store);
                unstated += usize::from(statements.is_empty());
                found.extend(statements);
            }
            "row"
        }
        QueryResults::Boolean(_) => {
            let message = format!("`{name}` answers yes or no, and gives no statement");
            return Err(Failure::new(message).help("select by a CONSTRUCT or a SELECT query"));
        }
    };
    if unstated > 0 {
        let are = if unstated == 1 { "is" } else { "are" };
        remarks.push(format!("{} of `{name}` {are} no statement", count(unstated, what)));
    }
    Ok(found)
}

/// The statements that a row names.
fn statements_in(row: &QuerySolution, store: &Store) -> Vec<StatementId> {
    let statement = |term: &Term| match term {
        Term::NamedNode(iri) => store.names().statement_id(iri.as_ref()),
        _ => None,
    };
    row.iter().filter_map(|(_, term)| statement(term)).collect()
}

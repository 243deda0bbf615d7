//! The statements that a query selects, for example for a diagram.

use crate::model::StatementId;
use crate::store::{Store, StoreError};
use oxigraph::model::{Term, Triple};
use oxigraph::sparql::QueryResults;
use spargebra::Query;
use std::collections::HashSet;

/// The statements in the results of a query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SelectedStatements {
    /// The statements.
    pub statements: HashSet<StatementId>,
    /// The number of triples or rows without a statement, such as labels and classes.
    pub unmatched: usize,
}

/// Why a query selects no statements.
#[derive(Debug, thiserror::Error)]
pub enum SelectStatementsError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It is an ASK query.
    #[error("an ASK query selects no statements")]
    Ask,
}

/// Runs a query and collects the statements in its results.
///
/// A CONSTRUCT or DESCRIBE query selects the statements, of any kind, that state one of its triples, and those that are the
/// subject of one. A SELECT query selects the statements in its rows, and those of the triple terms in them.
///
/// One lookup for each distinct triple or value in the results.
///
/// # Errors
///
/// Returns an error if the query is an ASK query or cannot be evaluated.
///
/// ```
/// use factloom::query::{self, statements_of};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let text = "CONSTRUCT { ?who v:helpedBuild ?what } WHERE { ?who v:helpedBuild ?what }";
/// let selected = statements_of(&store, &query::parse(text, &dataset.namespaces)?)?;
/// assert!(selected.statements.iter().any(|id| id.as_str() == "soviet-union-helped-build-psm"));
/// assert_eq!(selected.unmatched, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn statements_of(store: &Store, query: &Query) -> Result<SelectedStatements, SelectStatementsError> {
    let mut selection = Selection { store, selected: SelectedStatements::default(), seen: HashSet::new() };
    match store.query(query)? {
        QueryResults::Boolean(_) => return Err(SelectStatementsError::Ask),
        QueryResults::Graph(triples) => {
            for triple in triples {
                let triple = triple.map_err(StoreError::from)?;
                let subject = Term::from(triple.subject.clone());
                let matched = selection.add_term(&subject)? | selection.add_triple(&triple)?;
                selection.selected.unmatched += usize::from(!matched);
            }
        }
        QueryResults::Solutions(rows) => {
            for row in rows {
                let row = row.map_err(StoreError::from)?;
                let mut matched = false;
                for (_, value) in row.iter() {
                    matched |= selection.add_term(value)?;
                }
                selection.selected.unmatched += usize::from(!matched);
            }
        }
    }
    Ok(selection.selected)
}

struct Selection<'a> {
    store: &'a Store,
    selected: SelectedStatements,
    /// The triples that have been looked up.
    seen: HashSet<Triple>,
}

impl Selection<'_> {
    /// Adds the statement with an IRI, or the statements of a triple term; false if there are none.
    fn add_term(&mut self, term: &Term) -> Result<bool, SelectStatementsError> {
        match term {
            Term::NamedNode(node) => {
                let Some(id) = self.store.namespaces().statement_id(node.as_ref()) else { return Ok(false) };
                let exists = self.selected.statements.contains(&id) || self.store.statement(&id)?.is_some();
                if exists {
                    self.selected.statements.insert(id);
                }
                Ok(exists)
            }
            Term::Triple(triple) => self.add_triple(triple),
            Term::BlankNode(_) | Term::Literal(_) => Ok(false),
        }
    }

    /// Adds the statements of a triple; false if there are none, but only the first time, so that repetitions are not counted.
    fn add_triple(&mut self, triple: &Triple) -> Result<bool, SelectStatementsError> {
        if !self.seen.insert(triple.clone()) {
            return Ok(true);
        }
        let statements = self.store.statement_ids_of_triple(triple)?;
        let exists = !statements.is_empty();
        self.selected.statements.extend(statements);
        Ok(exists)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::DatasetRoot;

    fn select(text: &str) -> Result<SelectedStatements, SelectStatementsError> {
        let (dataset, store) = crate::build(DatasetRoot::Bundled(crate::BUNDLED)).unwrap();
        statements_of(&store, &crate::query::parse(text, &dataset.namespaces).unwrap())
    }

    fn ids(selected: &SelectedStatements) -> Vec<&str> {
        selected.statements.iter().map(StatementId::as_str).collect()
    }

    #[test]
    fn a_triple_selects_its_statements_and_declared_triples_are_counted() {
        let text = "CONSTRUCT { e:soviet-union v:helpedBuild ?what ; a ?class } \
                    WHERE { e:soviet-union v:helpedBuild ?what ; a ?class }";
        let found = select(text).unwrap();
        assert!(ids(&found).contains(&"soviet-union-helped-build-psm"), "{found:?}");
        assert_eq!(found.unmatched, 1);
    }

    #[test]
    fn a_row_selects_its_statements_and_those_of_its_triple_terms() {
        let by_id = select("SELECT ?s { ?s a fl:Claim ; fl:status fl:planned }").unwrap();
        let by_term = select("SELECT ?t { ?s a fl:Claim ; fl:status fl:planned ; rdf:reifies ?t }").unwrap();
        assert!(!by_id.statements.is_empty() && by_id.statements.is_subset(&by_term.statements));
        assert_eq!((by_id.unmatched, by_term.unmatched), (0, 0));
    }

    #[test]
    fn a_triple_about_a_statement_selects_that_statement() {
        let found = select("CONSTRUCT { ?s fl:status ?status } { ?s fl:status ?status }").unwrap();
        assert_eq!(found, select("SELECT ?s { ?s fl:status ?status }").unwrap());
    }

    #[test]
    fn rows_without_statements_are_counted_and_an_ask_query_is_rejected() {
        let found = select("SELECT ?who { ?who v:helpedBuild e:pakistan-steel-mills }").unwrap();
        assert!(found.statements.is_empty() && found.unmatched > 0);
        assert!(matches!(select("ASK {}"), Err(SelectStatementsError::Ask)));
    }
}

//! The statements that a query chooses, as for a diagram.

use crate::model::StatementId;
use crate::store::{Store, StoreError};
use oxigraph::model::{NamedOrBlankNode, Term, Triple};
use oxigraph::sparql::QueryResults;
use spargebra::Query;
use std::collections::HashSet;

/// The statements that the answer of a query speaks of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SelectedStatements {
    /// The statements.
    pub statements: HashSet<StatementId>,
    /// How many triples, or rows, of the answer no statement stands behind: labels and classes, say, which the dataset gives.
    pub unmatched: usize,
}

/// Why a query chooses no statements.
#[derive(Debug, thiserror::Error)]
pub enum SelectStatementsError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It is an ASK query.
    #[error("an ASK query chooses no statements: ask with CONSTRUCT, or SELECT statements")]
    Ask,
}

/// Asks a query, and takes the statements that its answer speaks of.
///
/// Of a CONSTRUCT or DESCRIBE query: those that state one of its triples, whatever their kind, and those that its triples
/// have as their subject. Of a SELECT query: those that a row names, and those of the triple terms in it.
///
/// As many lookups as there are distinct triples or values in the answer.
///
/// # Errors
///
/// Where the query is of another form, or cannot be evaluated.
///
/// ```
/// use factloom::query::{self, statements_of};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let text = "CONSTRUCT { ?who v:helpedBuild ?what } WHERE { ?who v:helpedBuild ?what }";
/// let chosen = statements_of(&store, &query::parse(text, &dataset.names)?)?;
/// assert!(chosen.statements.iter().any(|id| id.as_str() == "soviet-union-helped-build-psm"));
/// assert_eq!(chosen.unmatched, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn statements_of(store: &Store, query: &Query) -> Result<SelectedStatements, SelectStatementsError> {
    let mut choosing = Choosing { store, chosen: SelectedStatements::default(), known: HashSet::new() };
    match store.query(query)? {
        QueryResults::Boolean(_) => return Err(SelectStatementsError::Ask),
        QueryResults::Graph(triples) => {
            for triple in triples {
                let triple = triple.map_err(StoreError::from)?;
                let told = choosing.take_subject(&triple)? | choosing.take_triple(&triple)?;
                choosing.count(told);
            }
        }
        QueryResults::Solutions(rows) => {
            for row in rows {
                let row = row.map_err(StoreError::from)?;
                let mut told = false;
                for (_, value) in row.iter() {
                    told |= choosing.take_term(value)?;
                }
                choosing.count(told);
            }
        }
    }
    Ok(choosing.chosen)
}

struct Choosing<'a> {
    store: &'a Store,
    chosen: SelectedStatements,
    /// The triples whose statements have been taken.
    known: HashSet<Triple>,
}

impl Choosing<'_> {
    fn count(&mut self, told: bool) {
        self.chosen.unmatched += usize::from(!told);
    }

    fn take_subject(&mut self, triple: &Triple) -> Result<bool, SelectStatementsError> {
        match &triple.subject {
            NamedOrBlankNode::NamedNode(subject) => self.take_term(&subject.clone().into()),
            NamedOrBlankNode::BlankNode(_) => Ok(false),
        }
    }

    fn take_term(&mut self, term: &Term) -> Result<bool, SelectStatementsError> {
        match term {
            Term::NamedNode(node) => {
                let Some(id) = self.store.names().statement_id(node.as_ref()) else { return Ok(false) };
                let told = self.chosen.statements.contains(&id) || self.store.statement(&id)?.is_some();
                if told {
                    self.chosen.statements.insert(id);
                }
                Ok(told)
            }
            Term::Triple(triple) => self.take_triple(triple),
            Term::BlankNode(_) | Term::Literal(_) => Ok(false),
        }
    }

    /// Takes the statements of a triple; false where there are none, but once for each triple: what repeats is not unmatched anew.
    fn take_triple(&mut self, triple: &Triple) -> Result<bool, SelectStatementsError> {
        if !self.known.insert(triple.clone()) {
            return Ok(true);
        }
        let statements = self.store.statement_ids_of_triple(triple)?;
        let told = !statements.is_empty();
        self.chosen.statements.extend(statements);
        Ok(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::DatasetRoot;

    fn chosen(text: &str) -> Result<SelectedStatements, SelectStatementsError> {
        let (dataset, store) = crate::build(DatasetRoot::Bundled(crate::BUNDLED)).unwrap();
        statements_of(&store, &crate::query::parse(text, &dataset.names).unwrap())
    }

    fn ids(chosen: &SelectedStatements) -> Vec<&str> {
        chosen.statements.iter().map(StatementId::as_str).collect()
    }

    #[test]
    fn a_triple_chooses_the_statements_of_it_and_what_the_dataset_gives_is_counted() {
        let text = "CONSTRUCT { e:soviet-union v:helpedBuild ?what ; a ?class } \
                    WHERE { e:soviet-union v:helpedBuild ?what ; a ?class }";
        let found = chosen(text).unwrap();
        assert!(ids(&found).contains(&"soviet-union-helped-build-psm"), "{found:?}");
        assert_eq!(found.unmatched, 1);
    }

    #[test]
    fn a_row_chooses_the_statements_and_the_triple_terms_in_it() {
        let by_id = chosen("SELECT ?s { ?s a fl:Claim ; fl:status fl:planned }").unwrap();
        let by_term = chosen("SELECT ?t { ?s a fl:Claim ; fl:status fl:planned ; rdf:reifies ?t }").unwrap();
        assert!(!by_id.statements.is_empty() && by_id.statements.is_subset(&by_term.statements));
        assert_eq!((by_id.unmatched, by_term.unmatched), (0, 0));
    }

    #[test]
    fn a_constructed_triple_whose_subject_is_a_statement_chooses_that_statement() {
        let found = chosen("CONSTRUCT { ?s fl:status ?status } { ?s fl:status ?status }").unwrap();
        assert_eq!(found, chosen("SELECT ?s { ?s fl:status ?status }").unwrap());
    }

    #[test]
    fn rows_without_statements_are_counted_and_an_ask_query_is_refused() {
        let found = chosen("SELECT ?who { ?who v:helpedBuild e:pakistan-steel-mills }").unwrap();
        assert!(found.statements.is_empty() && found.unmatched > 0);
        assert!(matches!(chosen("ASK {}"), Err(SelectStatementsError::Ask)));
    }
}

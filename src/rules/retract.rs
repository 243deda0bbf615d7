//! Rebuilds a graph without some of its statements.

use super::{Assembly, Rule, RuleOptions};
use crate::model::StatementId;
use crate::query::vocabulary_of;
use crate::store::{Store, StoreError};
use crate::triples::defines_own_term;
use oxigraph::model::{NamedOrBlankNode, Triple};

/// Rebuilds the graph of a store without some facts or claims, and runs the rules again.
///
/// Takes as long as building the graph, and memory for its triples.
///
/// # Errors
///
/// Returns an error if the store fails.
///
/// ```
/// use factloom::model::StatementId;
/// use factloom::rules::without_statements;
///
/// let (_, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let continues = StatementId::new("russia-continues-soviet-union")?;
/// let rebuilt = without_statements(&store, &[continues.clone()])?;
/// assert!(rebuilt.statement(&continues)?.is_none());
/// assert!(rebuilt.statements().count() < store.statements().count() - 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn without_statements(store: &Store, retracted: &[StatementId]) -> Result<Store, StoreError> {
    let context = store.metadata();
    let namespaces = store.namespaces();
    let vocabulary = vocabulary_of(context)?;
    let rules = Rule::of_store(store, &vocabulary);
    let mut declared: Vec<Triple> = vocabulary.triples().iter().map(|declared| declared.triple.clone()).collect();
    let mut described: Vec<Triple> = Vec::new();
    for triple in store.triples()? {
        let NamedOrBlankNode::NamedNode(subject) = &triple.subject else { continue };
        if defines_own_term(&triple) {
            continue;
        }
        if namespaces.source_id(subject.as_ref()).is_some() || namespaces.status_id(subject.as_ref()).is_some() {
            described.push(triple);
        } else if !namespaces.is_about_statements(subject.as_ref()) && store.find_assertion(&triple)?.is_none() {
            declared.push(triple);
        }
    }
    let mut statements = Vec::new();
    for statement in store.statements() {
        let statement = statement?;
        if statement.kind.derivation().is_none() && !retracted.contains(&statement.id) {
            statements.push(statement);
        }
    }
    let assembly = Assembly {
        declared: &|sink| declared.iter().for_each(|triple| sink(triple.as_ref())),
        described: &|sink| described.iter().for_each(|triple| sink(triple.as_ref())),
        entities: &store.entities_in_id_order()?,
        statements: statements.iter().collect(),
        rules: &rules,
        vocabulary: &vocabulary,
        namespaces,
        rule_options: &RuleOptions { cancellation: store.cancellation().clone(), ..RuleOptions::default() },
    };
    Ok(assembly.store(|entities, statements| context.with_counts(entities, statements))?.0)
}

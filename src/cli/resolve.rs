//! The entities, predicates, classes and sources that arguments name.

use super::failure::Failure;
use crate::dataset::Dataset;
use crate::diagnostic::did_you_mean;
use crate::model::{BuiltInStatus, ClaimStatus, SourceId, StatusId, nfc, vocab};
use crate::query::vocabulary_of;
use crate::report::{Description, EntityReport, TermReport, search};
use crate::store::{FindError, Labels, Store, StoreError};
use crate::view::View;
use oxigraph::model::{NamedNode, NamedOrBlankNode};
use petgraph::graph::NodeIndex;
use std::collections::BTreeSet;

/// The entity that an argument names.
pub(super) fn entity(labels: &Labels<'_>, written: &str) -> Result<NamedNode, Failure> {
    let failure = |error| {
        Ok::<_, StoreError>(match error {
            FindError::Store(e) => e.into(),
            FindError::Several(ids) => {
                let message = format!("several entities have the label `{written}`");
                Failure::new(message).help(format!("use an id: {}", ids.join(", ")))
            }
            FindError::Unknown(suggestion) => {
                let help = match suggestion {
                    Some(suggestion) => format!("did you mean `{suggestion}`?"),
                    None => search_help(labels.store(), written)?.unwrap_or_else(|| {
                        "use the id or the label of an entity, as `factloom facts` shows it".to_owned()
                    }),
                };
                Failure::new(format!("unknown entity `{written}`")).help(help)
            }
        })
    };
    labels.find(written).or_else(|error| Err(failure(error)?))
}

/// How to find words that are not the name of an entity but occur in a quote, a title or a note.
fn search_help(store: &Store, written: &str) -> Result<Option<String>, StoreError> {
    let hits = search(store, written, 1)?.hits;
    let is_found = hits.iter().any(|hit| hit.corrections.is_empty());
    // Other characters might need quotation marks in a shell.
    let is_plain = written.chars().all(|c| c.is_alphanumeric() || c == ' ');
    Ok((is_found && is_plain).then(|| format!("`factloom search {written}` shows where these words occur")))
}

/// The entity or term that an argument names. Entities come first.
pub(super) fn description(labels: &Labels<'_>, written: &str) -> Result<Description, Failure> {
    let store = labels.store();
    if let Err(FindError::Unknown(_)) = labels.find(written) {
        let mut terms = TermReport::find(store, written)?;
        if terms.len() > 1 {
            let names: Vec<String> = terms.iter().map(|term| store.namespaces().display(term)).collect();
            let message = format!("several terms have the name `{written}`");
            return Err(Failure::new(message).help(format!("use one of {}", names.join(", "))));
        }
        if let Some(term) = terms.pop()
            && let Some(report) = TermReport::new(store, term)?
        {
            return Ok(Description::Term(report));
        }
    }
    Ok(Description::Entity(EntityReport::new(store, entity(labels, written)?)?))
}

/// The entities that arguments name.
pub(super) fn entities(labels: &Labels<'_>, written: &[String]) -> Result<Vec<NamedNode>, Failure> {
    written.iter().map(|written| entity(labels, written)).collect()
}

/// The node of the entity that an argument names.
pub(super) fn node(view: &View, labels: &Labels<'_>, written: &str) -> Result<NodeIndex, Failure> {
    let entity = entity(labels, written)?;
    view.node(&entity).ok_or_else(|| Failure::new(format!("no statement mentions `{written}`")))
}

/// The predicates of the vocabulary that arguments name.
pub(super) fn predicates(written: &[String], store: &Store) -> Result<Vec<NamedNode>, Failure> {
    let vocabulary = vocabulary_of(store.metadata())?;
    let predicate = |written: &String| match vocabulary.predicate(written, store.namespaces()) {
        Ok(predicate) => Ok(predicate.iri.clone()),
        Err(help) => Err(Failure::new(format!("unknown predicate `{written}`")).help(help)),
    };
    written.iter().map(predicate).collect()
}

/// The classes of the vocabulary that arguments name.
pub(super) fn classes(written: &[String], store: &Store) -> Result<Vec<NamedNode>, Failure> {
    let vocabulary = vocabulary_of(store.metadata())?;
    let unknown = |written: &str, help| Failure::new(format!("unknown class `{written}`")).help(help);
    written
        .iter()
        .map(|written| vocabulary.class(written, store.namespaces()).map_err(|help| unknown(written, help)))
        .collect()
}

/// Returns an error unless the dataset declares all statuses that are not built in.
pub(super) fn require_statuses(statuses: &[ClaimStatus], store: &Store) -> Result<(), Failure> {
    let declared = || store.metadata().statuses.iter().map(|status| &status.id);
    let unknown = statuses.iter().find_map(|status| match status {
        ClaimStatus::Declared(id) if declared().all(|known| known != id) => Some(id.as_str()),
        ClaimStatus::BuiltIn(_) | ClaimStatus::Declared(_) => None,
    });
    let Some(unknown) = unknown else { return Ok(()) };
    let names: Vec<&str> = BuiltInStatus::NAMES.iter().copied().chain(declared().map(StatusId::as_str)).collect();
    let all = format!("the statuses are {}", names.join(", "));
    Err(Failure::new(format!("unknown status `{unknown}`")).help(did_you_mean(unknown, names, all)))
}

/// The sources that arguments name.
pub(super) fn sources(written: &[String], store: &Store) -> Result<Vec<SourceId>, Failure> {
    written.iter().map(|written| source(written, store)).collect()
}

fn source(written: &str, store: &Store) -> Result<SourceId, Failure> {
    if let Ok(id) = SourceId::new(&nfc(written))
        && !store.objects(store.namespaces().source(&id).as_ref(), vocab::fl::KIND)?.is_empty()
    {
        return Ok(id);
    }
    let known = store.triples_with_predicate(vocab::fl::KIND)?.into_iter().filter_map(|triple| match triple.subject {
        NamedOrBlankNode::NamedNode(node) => store.namespaces().source_id(node.as_ref()),
        NamedOrBlankNode::BlankNode(_) => None,
    });
    let ids: BTreeSet<SourceId> = known.collect();
    Err(unknown_source(written, ids.iter()))
}

fn unknown_source<'a>(written: &str, ids: impl Iterator<Item = &'a SourceId> + Clone) -> Failure {
    let ids = ids.map(SourceId::as_str);
    let all = format!("the sources are {}", ids.clone().take(20).collect::<Vec<_>>().join(", "));
    Failure::new(format!("unknown source `{written}`")).help(did_you_mean(written, ids, all))
}

/// The sources of a dataset that arguments name.
pub(super) fn sources_of(written: &[String], dataset: &Dataset) -> Result<Vec<SourceId>, Failure> {
    let source = |written: &String| match dataset.source(written) {
        Some(source) => Ok(source.id.clone()),
        None => Err(unknown_source(written, dataset.sources.iter().map(|source| &source.id))),
    };
    written.iter().map(source).collect()
}

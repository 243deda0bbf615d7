//! The things that arguments name, or a message with the nearest name.

use super::failure::Failure;
use crate::diagnostic::closest;
use crate::model::{EntityId, SourceId, vocab};
use crate::store::{FindError, Labels, Store};
use crate::view::View;
use oxigraph::model::{NamedNode, NamedOrBlankNode};
use petgraph::graph::NodeIndex;
use std::collections::BTreeSet;

/// The entity that an argument names.
pub(super) fn entity(labels: &Labels<'_>, written: &str) -> Result<NamedNode, Failure> {
    labels.find(written).map_err(|e| match e {
        FindError::Store(e) => e.into(),
        FindError::Several(ids) => {
            let message = format!("several entities are called `{written}`");
            Failure::new(message).help(format!("name one by its id: {}", ids.join(", ")))
        }
        FindError::Unknown(near) => {
            let help = match (near, EntityId::new(written)) {
                (Some(near), _) => format!("did you mean `{near}`?"),
                (None, Ok(_)) => "`factloom facts` shows what the graph speaks of".to_owned(),
                (None, Err(_)) => "name an entity by its id or its label".to_owned(),
            };
            Failure::new(format!("no entity is called `{written}`")).help(help)
        }
    })
}

/// The node of the entity that an argument names.
pub(super) fn node(view: &View, labels: &Labels<'_>, written: &str) -> Result<NodeIndex, Failure> {
    let entity = entity(labels, written)?;
    view.node(&entity).ok_or_else(|| Failure::new(format!("no statement has `{written}` as its subject or object")))
}

/// The predicates of the vocabulary that arguments name.
pub(super) fn predicates(written: &[String], store: &Store) -> Result<Vec<NamedNode>, Failure> {
    let vocabulary = store.metadata().vocabulary()?;
    let predicate = |written: &String| match vocabulary.predicate(written, store.names()) {
        Ok(predicate) => Ok(predicate.iri.clone()),
        Err(help) => Err(Failure::new(format!("the vocabulary defines no predicate `{written}`")).help(help)),
    };
    written.iter().map(predicate).collect()
}

/// The classes of the vocabulary that arguments name.
pub(super) fn classes(written: &[String], store: &Store) -> Result<Vec<NamedNode>, Failure> {
    let vocabulary = store.metadata().vocabulary()?;
    let class = |written: &String| {
        vocabulary
            .class(written, store.names())
            .map_err(|help| Failure::new(format!("the vocabulary defines no class `{written}`")).help(help))
    };
    written.iter().map(class).collect()
}

/// The sources that arguments name.
pub(super) fn sources(written: &[String], store: &Store) -> Result<Vec<SourceId>, Failure> {
    written.iter().map(|written| source(written, store)).collect()
}

fn source(written: &str, store: &Store) -> Result<SourceId, Failure> {
    if let Ok(id) = SourceId::new(written)
        && !store.objects(store.names().source(&id).as_ref(), vocab::fl::KIND)?.is_empty()
    {
        return Ok(id);
    }
    let known = store.triples_with_predicate(vocab::fl::KIND)?.into_iter().filter_map(|triple| match triple.subject {
        NamedOrBlankNode::NamedNode(node) => store.names().source_id(node.as_ref()),
        NamedOrBlankNode::BlankNode(_) => None,
    });
    let ids: BTreeSet<SourceId> = known.collect();
    let ids = ids.iter().map(SourceId::as_str);
    let near = closest(written, ids.clone()).map(|near| format!("did you mean `{near}`?"));
    let all = || format!("the sources are {}", ids.take(20).collect::<Vec<_>>().join(", "));
    Err(Failure::new(format!("no source has the id `{written}`")).help(near.unwrap_or_else(all)))
}

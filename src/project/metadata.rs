//! The metadata of a dataset's graph.

use crate::dataset::{Dataset, QueryFile, Status, VocabularyTriple};
use crate::model::DeclaredStatus;
use crate::store::{DeclaredTriple, GraphMetadata, StoredQuery};

/// The metadata of a dataset's graph with the given numbers of entities and statements.
pub(super) fn metadata(dataset: &Dataset, entities: u32, statements: u32) -> GraphMetadata {
    let query = |query: &QueryFile| StoredQuery { name: query.name.clone(), text: query.text.clone() };
    let declared = |declared: &VocabularyTriple| DeclaredTriple {
        file: dataset.files.name(declared.file).to_owned(),
        line: declared.number,
        triple: format!("{} .", declared.triple),
    };
    let mut metadata = GraphMetadata::new(dataset.namespaces.clone());
    metadata.title.clone_from(&dataset.title);
    metadata.language.clone_from(&dataset.language);
    metadata.queries = dataset.queries.iter().map(query).collect();
    metadata.rules = dataset.rules.iter().map(query).collect();
    metadata.style = serde_json::to_value(&dataset.style).expect("strings can be written as JSON");
    let status = |status: &Status| DeclaredStatus { id: status.id.clone(), line: status.line };
    metadata.statuses = dataset.statuses.declared().iter().map(status).collect();
    metadata.vocabulary = dataset.vocabulary.triples().iter().map(declared).collect();
    metadata.entity_locations = dataset.entity_locations();
    metadata.entities = entities;
    metadata.statements = statements;
    metadata
}

//! Writes query results, statements, graphs and diagrams; one file per format.
//!
//! Invariant: the output depends only on the value that is written. This module does not print, open files or run queries.

mod analysis;
mod citations;
mod colour;
mod compose;
mod context;
mod diagram;
pub mod dot;
mod evidence;
pub mod exchange;
mod format;
mod highlights;
mod html;
mod json;
mod layout;
pub mod mermaid;

mod notes;
#[cfg(feature = "png")]
pub mod png;
mod proof;
mod rdf;
mod rdf_xml;
mod render_style;
mod solutions;
mod statements;
pub mod svg;
mod text_metrics;

pub use analysis::{
    Connectivity, connectivity_json, connectivity_text, paths_json, paths_text, ranking_json, ranking_text,
};
pub use citations::{CitationStyle, cited_triples, write_cited};
pub use compose::{DiagramOptions, Overrides, diagram};
pub(crate) use context::QuoteContext;
pub use context::SourceTexts;
pub use diagram::{
    Attributes, Cluster, Diagram, DiagramEdge, DiagramNode, Footnote, FootnoteQuote, LegendEntry, LegendSymbol,
    RankDir, Row,
};
pub use evidence::evidence_location;
pub(crate) use evidence::{StatementDetail, evidence_position};
pub use format::{DiagramFormat, ExchangeFormat, GraphFormat, NamedFormat, ResultsFormat};
pub use highlights::Highlights;
pub(crate) use html::PageAssets;
pub use json::{JsonLayout, RecordWriter};
pub(crate) use json::{write_document, write_records};
pub use notes::{subgraph_notes, unmatched_results_note};
pub(crate) use proof::triple_json;
pub use proof::{absence_json, absence_text, proof_dot, proof_json, proof_markdown, proof_text};
use rdf::serializer;
pub use rdf::{RdfVersion, write_graph, write_quads, write_sorted};
pub use solutions::{TermDisplay, write_boolean, write_results};
pub(crate) use solutions::{csv_text, write_standard};
pub(crate) use statements::premise_id;
pub use statements::{StatementText, statement_json, statements_json, statements_text};

use crate::escape::xml::UnsupportedCharacter;
use crate::store::StoreError;
use oxigraph::sparql::QueryEvaluationError;
use std::io;

/// The reason why a value could not be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The output cannot be written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A row cannot be computed.
    #[error("the query failed: {0}")]
    Evaluation(#[from] QueryEvaluationError),
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A value contains a character that XML 1.0 cannot represent: the value, which may be shortened, and the character.
    #[error("the value `{0}` contains U+{code:04X}, which XML cannot represent", code = u32::from(*.1))]
    XmlCharacter(String, char),
    /// RDF/XML cannot represent a predicate: the predicate, and the reason.
    #[error("RDF/XML cannot represent the predicate {0}: {1}")]
    RdfXmlPredicate(String, &'static str),
    /// RDF 1.1 cannot represent a literal with a base direction.
    #[error("RDF 1.1 cannot represent the base direction of {0}")]
    Direction(String),
    /// A value contains the character that separates the items of a list.
    #[error("a value contains U+{:04X}, which separates the items of a list", u32::from(*.0))]
    ListSeparator(char),
}

impl OutputError {
    /// The error of the store that is the reason, or the error itself.
    pub(crate) fn into_store_error(self) -> Result<StoreError, Self> {
        match self {
            Self::Evaluation(error) => Ok(error.into()),
            Self::Store(error) => Ok(error),
            other => Err(other),
        }
    }
}

impl From<UnsupportedCharacter> for OutputError {
    fn from(UnsupportedCharacter { character, excerpt }: UnsupportedCharacter) -> Self {
        Self::XmlCharacter(excerpt, character)
    }
}

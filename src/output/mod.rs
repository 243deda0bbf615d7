//! Writing results, graphs and diagrams: one file a format.
//!
//! Invariant: what is written depends on the value alone. Nothing here prints, opens a file, or evaluates a query.

mod analysis;
mod citations;
mod colour;
mod compose;
mod diagram;
pub mod dot;
pub mod exchange;
mod format;
mod highlights;
mod layout;
pub mod mermaid;

mod notes;
pub mod png;
mod proof;
mod rdf;
mod render_style;
mod solutions;
mod statements;
pub mod svg;
mod text_metrics;
mod xml;

pub use analysis::{
    Connectivity, connectivity_json, connectivity_text, paths_json, paths_text, ranking_json, ranking_text,
};
pub use citations::{CitationStyle, cited_triples, write_cited};
pub use compose::{DiagramOptions, Overrides, diagram};
pub use diagram::{
    Attributes, Cluster, Diagram, DiagramEdge, DiagramNode, Footnote, FootnoteQuote, LegendEntry, LegendSymbol,
    RankDir, Row,
};
pub use format::{DiagramFormat, ExchangeFormat, GraphFormat, NamedFormat, ResultsFormat};
pub use highlights::Highlights;
pub use notes::{subgraph_notes, unmatched_results_note};
pub use proof::{absence_json, absence_text, proof_dot, proof_json, proof_markdown, proof_text};
use rdf::serializer;
pub use rdf::{RdfVersion, write_graph, write_quads, write_sorted, write_subgraph};
pub use solutions::{ResultsError, TermDisplay, write_boolean, write_results};
pub(crate) use solutions::{escape_markdown, standard};
pub use statements::{
    JsonStatement, StatementText, evidence_location, statement_json, statements_json, statements_text,
};

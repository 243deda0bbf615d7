//! Writing results, graphs and diagrams: one file a format.
//!
//! Invariant: what is written depends on the value alone. Nothing here prints, opens a file, or evaluates a query.

mod analysis;
mod citations;
mod diagram;
pub mod dot;
mod format;
mod layout;
mod metrics;
mod paint;
mod proof;
mod rdf;
mod solutions;
mod statements;
mod styled;
pub mod svg;

pub use analysis::{Parts, parts_json, parts_text, paths_json, paths_text, ranking_json, ranking_text};
pub use citations::{CitationStyle, cited_triples, write_cited};
pub use diagram::{
    Attributes, Cluster, Diagram, DiagramEdge, DiagramNode, Footnote, FootnoteQuote, LegendEntry, RankDir, Row, Sample,
};
pub use format::{DiagramFormat, GraphFormat, NamedFormat, ResultsFormat};
pub use proof::{absence_json, absence_text, proof_dot, proof_json, proof_markdown, proof_text};
pub use rdf::{RdfVersion, write_graph, write_quads, write_sorted};
pub use solutions::{Reading, ResultsError, write_answer, write_results};
pub(crate) use solutions::{escape_markdown, standard};
pub use statements::{JsonStatement, StatementText, evidence_place, statement_json, statements_json, statements_text};
pub use styled::{DiagramOptions, Overrides, Paint, diagram};

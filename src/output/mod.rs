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
mod layout;
mod look;
pub mod mermaid;
mod metrics;
mod paint;
pub mod png;
mod proof;
mod rdf;
mod remarks;
mod solutions;
mod statements;
pub mod svg;
mod xml;

pub use analysis::{Parts, parts_json, parts_text, paths_json, paths_text, ranking_json, ranking_text};
pub use citations::{CitationStyle, cited_triples, write_cited};
pub use compose::{DiagramOptions, Overrides, Paint, Parallel, diagram};
pub use diagram::{
    Attributes, Cluster, Diagram, DiagramEdge, DiagramNode, Footnote, FootnoteQuote, LegendEntry, RankDir, Row, Sample,
};
pub use format::{DiagramFormat, ExchangeFormat, GraphFormat, NamedFormat, ResultsFormat};
pub use proof::{absence_json, absence_text, proof_dot, proof_json, proof_markdown, proof_text};
use rdf::serializer;
pub use rdf::{RdfVersion, write_graph, write_part, write_quads, write_sorted};
pub use remarks::{chosen_remark, part_remarks};
pub use solutions::{Reading, ResultsError, write_answer, write_results};
pub(crate) use solutions::{escape_markdown, standard};
pub use statements::{JsonStatement, StatementText, evidence_place, statement_json, statements_json, statements_text};

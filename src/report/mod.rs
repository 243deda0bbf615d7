//! Reports: golden tests, differences between graphs, conflicts between sources, the impact of removing a statement,
//! the coverage of sources, searches, descriptions and counts.

mod conflicts;
mod coverage;
mod dependents;
mod description;
mod diff;
mod entity;
mod golden;
mod impact;
mod named;
mod results;
mod search;
mod summary;
mod term;

pub use conflicts::{
    SourceConflict, SourceConflictKind, SourceConflictSide, conflicts_json, conflicts_markdown, conflicts_text,
    source_conflicts,
};
pub use coverage::{CoverageReport, coverage_figure, coverage_html, coverage_json, coverage_text};
pub use description::{Description, description_text, descriptions_json};
pub use diff::{
    ChangeCounts, ChangeKind, ComparedGraph, Comparison, DiagramChange, Diff, Field, QueryChange, QueryChangeKind,
    ResourceChange, ResourceKind, ResultsChange, RowSet, RuleChange, SkippedQuery, StatementChange, StatementChanges,
    change_text, diff_json, diff_markdown, diff_text, statement_changes,
};
pub use entity::EntityReport;
pub use golden::{
    CitedStatement, GoldenError, GoldenReport, GoldenTest, Mismatch, Outcome, UnexpectedRow, UnknownQuery, golden,
    golden_github, golden_json, golden_junit, golden_tap, golden_text,
};
pub use impact::{ChangedQuery, DependentInference, RemovalImpact, impact, impact_json, impact_text};
pub use named::{NamedDiagram, NamedDiagramError, draw_named_diagrams, named_diagrams};
pub(crate) use results::canonical_number;
pub use results::{Difference, ResultKind, ResultSet, Row, difference};
pub use search::{Correction, Found, SearchField, SearchHit, SearchResults, search, search_json, search_text};
pub use summary::Summary;
pub use term::{TermReport, TermUsage};

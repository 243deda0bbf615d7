//! What queries answer and must answer, what a build or a change amounts to, what the sources disagree on, and what a impact costs.

mod answer;
mod conflicts;
mod diff;
mod golden;
mod impact;
mod named;
mod summary;
mod threads;

pub use answer::{Answer, Difference, Row, Rows, difference};
pub use conflicts::{
    Disagreement, DisagreementKind, DisagreementSide, disagreements, disagreements_json, disagreements_markdown,
    disagreements_text,
};
pub use diff::{
    AnswerChange, AnswerPart, ChangeCounts, ChangedStatement, ComparedGraph, Comparison, DiagramChange, Diff,
    FieldChange, QueryChange, QueryChangeKind, ResourceChange, ResourceKind, RuleChange, SkippedQuery, StatementChange,
    StatementChanges, change_text, diff_json, diff_markdown, diff_text, statement_changes,
};
pub use golden::{
    CitedStatement, GoldenReport, GoldenTest, Mismatch, Outcome, UnexpectedRow, UnknownQuery, golden, golden_github,
    golden_junit, golden_tap, golden_text,
};
pub use impact::{ChangedQuery, DependentInference, RemovalImpact, impact, impact_json, impact_text};
pub use named::{NamedDiagram, NamedDiagramError, named_diagrams};
pub use summary::Summary;

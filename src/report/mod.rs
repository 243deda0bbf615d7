//! What queries answer and must answer, what a build or a change amounts to, what the sources disagree on, and what a retraction costs.

mod answer;
mod conflicts;
mod diff;
mod golden;
mod named;
mod retraction;
mod summary;
mod threads;

pub use answer::{Answer, Difference, Row, Rows, difference};
pub use conflicts::{
    Disagreement, DisagreementKind, DisagreementSide, disagreements, disagreements_json, disagreements_markdown,
    disagreements_text,
};
pub use diff::{
    AnswerChange, AnswerPart, Aspect, ChangedStatement, DiagramChange, Diff, QueryChange, QueryChangeKind, RuleChange,
    Side, Sides, StatementChange, StatementChanges, Tally, ThingChange, ThingKind, Unasked, change_text, diff_json,
    diff_markdown, diff_text, statement_changes,
};
pub use golden::{
    Cited, Extra, Failing, GoldenReport, GoldenTest, Outcome, UnknownQuery, golden, golden_github, golden_junit,
    golden_tap, golden_text,
};
pub use named::{NamedDiagram, NamedDiagramError, named_diagrams};
pub use retraction::{ChangedAnswer, Resting, Retraction, retraction, retraction_json, retraction_text};
pub use summary::Summary;

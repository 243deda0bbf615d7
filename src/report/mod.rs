//! What a build or a change amounts to, and what the sources disagree on.

mod conflicts;
mod summary;

pub use conflicts::{
    Disagreement, DisagreementKind, DisagreementSide, disagreements, disagreements_json, disagreements_markdown,
    disagreements_text,
};
pub use summary::Summary;

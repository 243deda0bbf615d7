//! Creating and editing datasets.
//!
//! Invariant: an existing file is never overwritten without being asked for.

mod edit;
mod fact_json;
mod fix;
mod import;
mod init;
mod prompt;
mod quote;
mod rename;
mod schema;
mod source;

pub use edit::ChangedFile;
pub use fix::{FixError, FixOptions, FixedFinding, Fixes, fix};
pub use import::{
    Import, ImportError, ImportOptions, Judgement, Origin, ProposalFile, ProposalFormat, Reason, Rejects, Verdict,
    WritePlan, import, write_json, write_jsonl, write_text,
};
pub use init::{InitError, TUTORIAL, find_manifest, init};
pub use prompt::{Prompt, UnknownSource, prompt};
pub use quote::{
    QuoteCandidate, QuoteSearch, QuoteSearchOptions, nearest_text, quotes_json, quotes_text, search_quotes,
};
pub use rename::{NameKind, Rename, RenameError, RenameOptions, rename};
pub use schema::FileSchema;
pub use source::{
    AddSourceError, NewSource, SourceAddition, SourceDescription, TextFormat, TextLocation, UnreadableText, add_source,
};

//! The values that all stages share: ids, namespaces, spans, evidence, statements. Constructors validate them.
//!
//! Invariant: nothing here reads a file, knows a file format, or imports another module of this crate.

mod blank;
mod choice;
mod code_points;
mod corroboration;
mod depth;
mod entailment;
mod entity_locations;
mod evidence;
mod expression;
mod hash;
mod id;
mod iri;
mod keywords;
pub mod literal;
mod namespaces;
mod nesting;
mod path_text;
mod source_kind;
mod span;
mod sparql;
mod statement;
mod status;
mod term_nesting;
mod time;
mod tokens;
pub mod vocab;

pub(crate) use blank::is_blank;
pub(crate) use choice::choices;
pub use choice::{ClusterBy, RankDir, UnknownChoice};
pub(crate) use code_points::{CodePointIndex, floor_char_boundary};
pub use corroboration::{Publisher, independent_sources};
pub(crate) use depth::{MAX_EVALUATION_DEPTH, depth, has_room, join_depth, on_deep_stack, on_stack_for};
pub use entailment::Entailment;
pub use entity_locations::EntityLocations;
pub use evidence::{Evidence, Selector, SourceWords, Stance, evidence_id};
pub(crate) use expression::{
    all_subexpressions, conjuncts, has_exists, pattern_of, pattern_of_mut, subexpressions, subexpressions_mut,
    subpatterns, subpatterns_mut, union_branches, without_dataset,
};
pub use hash::{inference_id, statement_hash, triple_hash};
pub(crate) use id::nfc;
pub use id::{EntityId, EvidenceId, InvalidId, SourceId, StatementId, StatusId};
pub use iri::InvalidIri;
pub(crate) use keywords::SPARQL_KEYWORDS;
pub use namespaces::{NamespaceError, Namespaces};
pub(crate) use namespaces::{local_name, split_iri};
pub(crate) use path_text::path_text;
pub use source_kind::SourceKind;
pub use span::Span;
pub use sparql::{MAX_DEPTH, MAX_LENGTH, MAX_NESTING, MAX_VARIABLES, SparqlError};
pub use statement::{Claim, Derivation, Kind, Premise, Qualifier, Statement};
pub use status::{BuiltInStatus, ClaimLine, ClaimStatus, DeclaredStatus};
pub(crate) use term_nesting::{MAX_TERM_DEPTH, TermNesting, has_deep_terms};
pub use time::{Day, InvalidTime, Period, TimeValue, literal_text};
pub(crate) use time::{ascii_digit, days_since_1970, time_correction};
pub use tokens::{Token, TokenKind, tokenize};

//! Rules: CONSTRUCT queries that derive triples until nothing new is found.
//!
//! Rules match the triples of facts, entities and the vocabulary, and derived triples. They do not match claims, so a plan or
//! a rumour never leads to an inference.
//!
//! Invariant: each inference records its rule and its premises, independent of the order of evaluation.

mod assemble;
mod entail;
mod options;
mod retract;
mod rule;
mod run;
mod why;

pub use assemble::{Assembly, TripleSink};
pub use entail::with_entailment;
pub use options::{MAX_INFERENCES, MAX_ROUNDS, MAX_ROWS, MAX_TERM_BYTES, RuleOptions};
pub use retract::without_statements;
pub use rule::{Rule, UnsupportedRule};
pub use run::{Inferences, infer};
pub use why::{Absence, Attempt, Explainer, MAX_STEPS, Missing, PatternTerm, Proof, ProofDerivation, ProofStep};

use crate::dataset::Dataset;
use crate::diagnostic::{Code, Finding};
use crate::store::{GraphError, MAX_STRING_BYTES, StoreError};
use oxigraph::model::{NamedNode, Triple};
use rule::{find_token, is_keyword, matches_iri};

/// Why the rules could not be run to completion.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A rule derives a triple that does not fit the vocabulary.
    #[error("the rule `{rule}` derives an invalid triple: {reason}")]
    InvalidDerivation {
        /// The rule.
        rule: String,
        /// The triple.
        triple: Box<Triple>,
        /// Why the triple is invalid.
        reason: &'static str,
    },
    /// A rule reaches a limit.
    #[error("the rule `{rule}` {limit}")]
    LimitReached {
        /// The rule.
        rule: String,
        /// The limit.
        limit: RuleLimit,
    },
    /// A rule negates a predicate that depends on what the rule derives.
    #[error("the rule `{}` negates a predicate that depends on the rule", rules.first().map_or("", String::as_str))]
    NegationCycle {
        /// The negated predicate; `None` if it is a variable.
        predicate: Option<NamedNode>,
        /// The rules of the cycle, starting with the negating one.
        rules: Vec<String>,
    },
}

/// A limit on what rules derive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleLimit {
    /// [`MAX_INFERENCES`].
    #[error("still derives new triples after {MAX_INFERENCES} inferences")]
    Inferences,
    /// [`MAX_ROUNDS`].
    #[error("still derives new terms after {MAX_ROUNDS} rounds")]
    Rounds,
    /// [`MAX_TERM_BYTES`].
    #[error("still derives new terms after {} MiB of them", MAX_TERM_BYTES >> 20)]
    TermBytes,
    /// [`RuleOptions::max_rows`].
    #[error("examines more than {0} rows")]
    Rows(u64),
    /// [`MAX_STRING_BYTES`].
    #[error("computes a string of more than {} MiB", MAX_STRING_BYTES >> 20)]
    StringBytes,
}

impl From<GraphError> for RuleError {
    fn from(error: GraphError) -> Self {
        Self::Store(error.into())
    }
}

impl RuleError {
    fn limit(rule: &Rule, limit: RuleLimit) -> Self {
        Self::LimitReached { rule: rule.name.clone(), limit }
    }

    /// The error of a rule that reached a limit of the store, instead of that of the store.
    fn in_rule(self, rule: &Rule) -> Self {
        match self {
            Self::Store(StoreError::Graph(error)) => Self::of_rule(rule, error),
            other => other,
        }
    }

    /// What an error means for the rule that was run.
    fn of_rule(rule: &Rule, error: GraphError) -> Self {
        match error {
            GraphError::RowLimit(rows) => Self::limit(rule, RuleLimit::Rows(rows)),
            GraphError::StringTooLong => Self::limit(rule, RuleLimit::StringBytes),
            GraphError::TooLarge(run::terms::CREATED_TERMS) => Self::limit(rule, RuleLimit::TermBytes),
            other => other.into(),
        }
    }

    /// The name of the rule that failed.
    pub fn rule(&self) -> Option<&str> {
        match self {
            Self::Store(_) => None,
            Self::InvalidDerivation { rule, .. } | Self::LimitReached { rule, .. } => Some(rule),
            Self::NegationCycle { rules, .. } => rules.first().map(String::as_str),
        }
    }

    /// The finding at the rule in its dataset.
    pub fn finding(&self, dataset: &Dataset) -> Finding {
        let namespaces = &dataset.namespaces;
        let failed = dataset.rules.iter().find(|rule| Some(rule.name.as_str()) == self.rule());
        let (file, text) = failed.map_or((dataset.lock_file, ""), |rule| (rule.file, rule.text.as_str()));
        let finding = |code, message: String, is_at: &dyn Fn(&str) -> bool| {
            Finding::new(code, file, find_token(text, is_at), message)
        };
        match self {
            Self::Store(e) => finding(Code::UnreadableFile, e.to_string(), &|_| false).help("run the command again"),
            Self::InvalidDerivation { rule, triple, reason } => {
                let message = format!("the rule `{rule}` derives an invalid triple");
                finding(Code::InvalidDerivation, message, &|token| matches_iri(token, &triple.predicate, namespaces))
                    .label(*reason)
                    .note(format!("the triple is {triple}"))
                    .help("correct the template of the rule")
            }
            Self::LimitReached { limit, .. } => {
                let (label, help) = match limit {
                    RuleLimit::Inferences => {
                        ("does not terminate", "add patterns or filters that restrict the solutions")
                    }
                    RuleLimit::Rounds | RuleLimit::TermBytes | RuleLimit::StringBytes => {
                        ("does not terminate", "add a FILTER that limits the computed values")
                    }
                    RuleLimit::Rows(_) => ("matches too much", "join each pattern to the others by a variable"),
                };
                finding(Code::RuleLimit, self.to_string(), &|_| false).label(label).help(help)
            }
            Self::NegationCycle { predicate, rules } => {
                let predicate = predicate
                    .as_ref()
                    .map_or("any predicate".to_owned(), |iri| format!("`{}`", namespaces.display(iri)));
                let first = &rules[0];
                let message = format!("the rule `{first}` negates {predicate}, which depends on the rule");
                let cycle: Vec<String> = rules.iter().chain([first]).map(|rule| format!("`{rule}`")).collect();
                finding(Code::NegationCycle, message, &|token| is_keyword(token, &["NOT", "MINUS", "OPTIONAL"]))
                    .label("negation in a cycle of rules")
                    .note(format!("each rule depends on the next: {}", cycle.join(" → ")))
                    .help("remove one negation in the cycle, or derive another predicate")
            }
        }
    }
}

//! How rules are run, and their limits.

use oxigraph::sparql::CancellationToken;
use std::fmt;

/// The maximum number of inferences.
pub const MAX_INFERENCES: usize = 10_000_000;
/// The maximum number of rounds in which a rule may create new terms.
pub const MAX_ROUNDS: u32 = 1_000;
/// The maximum total size of the terms that rules create.
pub const MAX_TERM_BYTES: usize = 1 << 26;

/// The default of [`RuleOptions::max_rows`].
pub const MAX_ROWS: u64 = 100_000_000;

/// How rules are run.
///
/// ```
/// use factloom::check::{CheckOptions, check};
/// use factloom::dataset::{Dataset, DatasetRoot};
/// use factloom::diagnostic::Findings;
/// use factloom::rules::RuleOptions;
///
/// let dataset = Dataset::open(DatasetRoot::Bundled(factloom::BUNDLED), None).dataset.unwrap();
/// let mut findings = Findings::new();
/// let checked = check(&dataset, &CheckOptions::default(), &mut findings);
/// let options = RuleOptions { max_rows: 3, ..RuleOptions::default() };
/// factloom::compile(&dataset, &checked, &options, &mut findings)?;
/// assert!(findings.iter().any(|finding| finding.message.ends_with("examines more than 3 rows")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct RuleOptions {
    /// Cancels the rules.
    pub cancellation: CancellationToken,
    /// How many rows a rule may examine: each triple and each row of `VALUES` that one of its patterns is matched with, in all
    /// rounds. Of a rule of the form `?x p ?m . ?m q ?y`, only the matches of one pattern count.
    /// 64 bytes of the strings that an expression reads or builds count as a row, and a regular expression that is not constant as
    /// 1,000.
    pub max_rows: u64,
}

impl Default for RuleOptions {
    fn default() -> Self {
        Self { cancellation: CancellationToken::new(), max_rows: MAX_ROWS }
    }
}

impl fmt::Debug for RuleOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cancellation, max_rows } = self;
        let is_cancelled = cancellation.is_cancelled();
        f.debug_struct("RuleOptions").field("is_cancelled", &is_cancelled).field("max_rows", max_rows).finish()
    }
}

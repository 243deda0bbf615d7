//! Fingerprints of query results, to compare those of several engines.

use super::queries::Comparison;
use oxigraph::model::Term;
use oxigraph::sparql::{QueryEvaluationError, QueryResults};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The number of rows of a result, and a hash of them.
#[derive(Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// The number of rows.
    pub rows: u64,
    hash: u64,
}

/// Reads all rows.
pub fn fingerprint(results: QueryResults<'_>, comparison: Comparison) -> Result<Fingerprint, QueryEvaluationError> {
    let mut fingerprint = Fingerprint { rows: 0, hash: 0 };
    let mut add = |hasher: &DefaultHasher| {
        fingerprint.rows += 1;
        fingerprint.hash = match comparison {
            Comparison::Rows => fingerprint.hash.wrapping_add(hasher.finish()),
            Comparison::Sequence => fingerprint.hash.wrapping_mul(31).wrapping_add(hasher.finish()),
            Comparison::Count => 0,
        };
    };
    match results {
        QueryResults::Boolean(boolean) => {
            let mut hasher = DefaultHasher::new();
            boolean.hash(&mut hasher);
            add(&hasher);
        }
        QueryResults::Solutions(solutions) => {
            for solution in solutions {
                // The engines return the variables in different orders.
                let solution = solution?;
                let mut bound: Vec<(&str, &Term)> = solution.iter().map(|(name, term)| (name.as_str(), term)).collect();
                bound.sort_unstable_by_key(|&(name, _)| name);
                let mut hasher = DefaultHasher::new();
                bound.hash(&mut hasher);
                add(&hasher);
            }
        }
        QueryResults::Graph(triples) => {
            // An engine may return a triple several times.
            let mut distinct = HashSet::new();
            for triple in triples {
                distinct.insert(triple?);
            }
            for triple in distinct {
                let mut hasher = DefaultHasher::new();
                triple.hash(&mut hasher);
                add(&hasher);
            }
        }
    }
    Ok(fingerprint)
}

//! Answers of several engines, held against each other.

use super::queries::Compared;
use oxigraph::model::Term;
use oxigraph::sparql::{QueryEvaluationError, QueryResults};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// What is left of an answer when it is held against another.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// How many rows it has.
    pub rows: u64,
    hash: u64,
}

/// Takes all rows, and keeps of them what is compared.
///
/// # Errors
///
/// Where a row cannot be had.
pub fn answer(results: QueryResults<'_>, compared: Compared) -> Result<Answer, QueryEvaluationError> {
    let mut answer = Answer { rows: 0, hash: 0 };
    let mut add = |hasher: &DefaultHasher| {
        answer.rows += 1;
        answer.hash = match compared {
            Compared::Rows => answer.hash.wrapping_add(hasher.finish()),
            Compared::Sequence => answer.hash.wrapping_mul(31).wrapping_add(hasher.finish()),
            Compared::Count => 0,
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
                // The order of the variables is not that of the rows' values in every engine.
                let solution = solution?;
                let mut bound: Vec<(&str, &Term)> = solution.iter().map(|(name, term)| (name.as_str(), term)).collect();
                bound.sort_unstable_by_key(|&(name, _)| name);
                let mut hasher = DefaultHasher::new();
                bound.hash(&mut hasher);
                add(&hasher);
            }
        }
        QueryResults::Graph(triples) => {
            // The same triple may come more than once.
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
    Ok(answer)
}

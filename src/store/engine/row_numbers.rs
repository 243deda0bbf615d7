//! Numbers for distinct rows.

use super::budget::{Budget, row_bytes};
use crate::store::GraphError;
use crate::store::compiled::Id;
use rustc_hash::FxHashMap;

/// Numbers rows by their values in some columns, in the order of their first occurrence. A single column needs no allocation for each row.
#[derive(Clone)]
pub(super) enum RowNumbers {
    Single(FxHashMap<Id, u32>),
    Multiple(FxHashMap<Box<[Id]>, u32>),
}

impl RowNumbers {
    /// Without rows of `width` columns.
    pub(super) fn new(width: usize) -> Self {
        if width == 1 { Self::Single(FxHashMap::default()) } else { Self::Multiple(FxHashMap::default()) }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Single(numbers) => numbers.len(),
            Self::Multiple(numbers) => numbers.len(),
        }
    }

    /// The number of a row, and whether it is new.
    pub(super) fn number(&mut self, row: &[Id], columns: &[usize], budget: &Budget) -> Result<(u32, bool), GraphError> {
        let next = self.len();
        let new = u32::try_from(next).map_err(|_| GraphError::TooLarge("the distinct rows"))?;
        let number = match self {
            Self::Single(numbers) => *numbers.entry(row[columns[0]]).or_insert(new),
            Self::Multiple(numbers) => *numbers.entry(values(row, columns)).or_insert(new),
        };
        let is_new = self.len() > next;
        if is_new {
            budget.reserve(self.bytes_of_row(columns.len()))?;
        }
        Ok((number, is_new))
    }

    /// Adds a row. Returns whether it is new.
    pub(super) fn insert(&mut self, row: &[Id], columns: &[usize], budget: &Budget) -> Result<bool, GraphError> {
        Ok(self.number(row, columns, budget)?.1)
    }

    /// The number of a row; `None` if it has none.
    pub(super) fn get(&self, row: &[Id], columns: &[usize]) -> Option<u32> {
        match self {
            Self::Single(numbers) => numbers.get(&row[columns[0]]).copied(),
            Self::Multiple(numbers) => numbers.get(&values(row, columns)).copied(),
        }
    }

    /// What a row takes in memory.
    fn bytes_of_row(&self, width: usize) -> usize {
        match self {
            Self::Single(_) => 4 * size_of::<Id>(),
            Self::Multiple(_) => row_bytes(width) + size_of::<u32>(),
        }
    }
}

fn values(row: &[Id], columns: &[usize]) -> Box<[Id]> {
    columns.iter().map(|column| row[*column]).collect()
}

#[cfg(test)]
mod tests {
    use super::super::budget::QueryLimits;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn equal_rows_have_the_number_of_the_first(rows in prop::collection::vec([0_u32..4, 0_u32..4, 0_u32..4], 0..60), width in 0_usize..4) {
            let columns: Vec<usize> = (0..width).collect();
            let budget = Budget::new(QueryLimits::default());
            let (mut numbers, mut distinct) = (RowNumbers::new(width), Vec::new());
            for row in &rows {
                let known = distinct.iter().position(|other: &&[u32]| **other == row[..width]);
                prop_assert_eq!(numbers.get(row, &columns), known.map(|number| number as u32));
                let expected = known.unwrap_or(distinct.len()) as u32;
                prop_assert_eq!(numbers.number(row, &columns, &budget).unwrap(), (expected, known.is_none()));
                if known.is_none() {
                    distinct.push(&row[..width]);
                }
            }
            prop_assert_eq!(numbers.len(), distinct.len());
        }
    }
}

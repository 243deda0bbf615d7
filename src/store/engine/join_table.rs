//! The rows of a standalone operator, indexed to be joined with other rows.

use super::budget::Budget;
use super::operator::OperatorState;
use super::plan::{Operator, Slot};
use super::row_numbers::RowNumbers;
use crate::store::GraphError;
use crate::store::compiled::Id;
use std::ops::Range;

pub(super) struct JoinTable {
    slots: Vec<Slot>,
    /// The slots that are bound in every row, both here and on the other side of the join.
    keys: Vec<Slot>,
    values: Vec<Id>,
    len: u32,
    /// The numbers of the distinct keys.
    groups: RowNumbers,
    /// Where the rows of each key start in `order`, and the end of the last.
    starts: Vec<u32>,
    /// The rows, sorted by the numbers of their keys.
    order: Vec<u32>,
    /// The values that the operator started with.
    pub(super) context: Vec<(Slot, Id)>,
    /// The memory that it takes.
    pub(super) bytes: usize,
    /// The state of the operator after its last row, if the query is explained.
    pub(super) operator_state: Option<OperatorState>,
}

impl JoinTable {
    pub(super) fn new(operator: &Operator, keys: &[Slot]) -> Self {
        Self {
            slots: operator.slots(),
            keys: keys.to_vec(),
            values: Vec::new(),
            len: 0,
            groups: RowNumbers::new(keys.len()),
            starts: Vec::new(),
            order: Vec::new(),
            context: Vec::new(),
            bytes: 0,
            operator_state: None,
        }
    }

    pub(super) fn push(&mut self, row: &[Id], budget: &Budget) -> Result<(), GraphError> {
        budget.reserve(2 * self.slots.len() * size_of::<Id>())?;
        self.values.extend(self.slots.iter().map(|slot| row[*slot]));
        self.len = self.len.checked_add(1).ok_or(GraphError::TooLarge("the rows of a subquery"))?;
        Ok(())
    }

    /// The table with its index.
    pub(super) fn indexed(mut self, budget: &Budget) -> Result<Self, GraphError> {
        let columns: Vec<usize> = self.keys.iter().filter_map(|key| self.slots.binary_search(key).ok()).collect();
        budget.reserve(2 * self.len as usize * size_of::<u32>())?;
        let mut groups = RowNumbers::new(columns.len());
        let mut numbers = Vec::with_capacity(self.len as usize);
        for row in 0..self.len {
            budget.check()?;
            let (number, is_new) = groups.number(self.row(row), &columns, budget)?;
            if is_new {
                budget.reserve(2 * size_of::<u32>())?;
            }
            numbers.push(number);
        }
        // A counting sort keeps the rows of a key together, in their order, without a list for each key.
        let mut starts = vec![0; groups.len() + 1];
        for number in &numbers {
            starts[*number as usize + 1] += 1;
        }
        for group in 1..starts.len() {
            starts[group] += starts[group - 1];
        }
        let (mut next, mut order) = (starts.clone(), vec![0; numbers.len()]);
        for (row, number) in numbers.into_iter().enumerate() {
            let slot = &mut next[number as usize];
            order[*slot as usize] = row as u32;
            *slot += 1;
        }
        (self.groups, self.starts, self.order) = (groups, starts, order);
        Ok(self)
    }

    /// The positions of the table's rows with the same keys as a row.
    pub(super) fn candidates(&self, row: &[Id]) -> Range<usize> {
        match self.groups.get(row, &self.keys) {
            Some(group) => self.starts[group as usize] as usize..self.starts[group as usize + 1] as usize,
            None => 0..0,
        }
    }

    /// The row at a position.
    pub(super) fn row_at(&self, position: usize) -> &[Id] {
        self.row(self.order[position])
    }

    fn row(&self, number: u32) -> &[Id] {
        let width = self.slots.len();
        &self.values[number as usize * width..][..width]
    }

    /// Whether a row of the table is compatible with a row, and shares one of the `shared` slots with it.
    pub(super) fn has_compatible(&self, row: &[Id], shared: &[Slot]) -> bool {
        self.candidates(row).any(|position| {
            let values = self.slots.iter().zip(self.row_at(position));
            let common = values.filter(|(slot, value)| shared.contains(slot) && **value != 0 && row[**slot] != 0);
            let mut common = common.peekable();
            common.peek().is_some() && common.all(|(slot, value)| *value == row[*slot])
        })
    }
}

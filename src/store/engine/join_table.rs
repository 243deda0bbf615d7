//! The rows of a standalone operator, indexed to be joined with other rows.

use super::budget::{Budget, row_bytes};
use super::operator::OperatorState;
use super::plan::{Operator, Slot};
use crate::store::GraphError;
use crate::store::compiled::Id;
use rustc_hash::FxHashMap;
use std::rc::Rc;

pub(super) struct JoinTable {
    slots: Vec<Slot>,
    /// The slots that are bound in every row, both here and on the other side of the join.
    keys: Vec<Slot>,
    values: Vec<Id>,
    len: u32,
    index: FxHashMap<Vec<Id>, Rc<[u32]>>,
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
            index: FxHashMap::default(),
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
        let mut index: FxHashMap<Vec<Id>, Vec<u32>> = FxHashMap::default();
        for number in 0..self.len {
            budget.check()?;
            let row = self.row(number);
            let keys = index.len();
            index.entry(columns.iter().map(|column| row[*column]).collect()).or_default().push(number);
            let entry =
                if index.len() > keys { row_bytes(columns.len()) + size_of::<(Vec<Id>, Vec<u32>)>() } else { 0 };
            budget.reserve(entry + 3 * size_of::<u32>())?;
        }
        self.index = index.into_iter().map(|(key, rows)| (key, rows.into())).collect();
        Ok(self)
    }

    /// The rows with the same keys as a row.
    pub(super) fn candidates(&self, row: &[Id]) -> Rc<[u32]> {
        let key: Vec<Id> = self.keys.iter().map(|slot| row[*slot]).collect();
        self.index.get(&key).cloned().unwrap_or_default()
    }

    pub(super) fn row(&self, number: u32) -> &[Id] {
        let width = self.slots.len();
        &self.values[number as usize * width..][..width]
    }

    /// Whether a row of the table is compatible with a row, and shares one of the `shared` slots with it.
    pub(super) fn has_compatible(&self, row: &[Id], shared: &[Slot]) -> bool {
        self.candidates(row).iter().any(|number| {
            let values = self.slots.iter().zip(self.row(*number));
            let common = values.filter(|(slot, value)| shared.contains(slot) && **value != 0 && row[**slot] != 0);
            let mut common = common.peekable();
            common.peek().is_some() && common.all(|(slot, value)| *value == row[*slot])
        })
    }
}

//! Rows that were found on their own, to be joined with others.

use super::operators::Running;
use super::plan::{Op, Slot};
use super::stop::Stop;
use crate::store::GraphError;
use crate::store::compiled::Id;
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// Rows over some slots, found by the values of those that all of them have.
pub(super) struct Table {
    slots: Vec<Slot>,
    /// Slots that have a value in every row, here and where the rows are joined.
    keys: Vec<Slot>,
    values: Vec<Id>,
    rows: usize,
    index: FxHashMap<Vec<Id>, Rc<[u32]>>,
    /// What gave the rows, where that is to be explained.
    pub(super) given_by: Option<Running>,
}

impl Table {
    pub(super) fn new(op: &Op, keys: &[Slot]) -> Self {
        Self {
            slots: op.all_slots(),
            keys: keys.to_vec(),
            values: Vec::new(),
            rows: 0,
            index: FxHashMap::default(),
            given_by: None,
        }
    }

    pub(super) fn push(&mut self, row: &[Id]) {
        self.values.extend(self.slots.iter().map(|slot| row[*slot]));
        self.rows += 1;
    }

    /// The table, ready to be searched.
    pub(super) fn indexed(mut self, stop: &Stop) -> Result<Self, GraphError> {
        let places: Vec<usize> = self.keys.iter().filter_map(|key| self.slots.binary_search(key).ok()).collect();
        let mut index: FxHashMap<Vec<Id>, Vec<u32>> = FxHashMap::default();
        for at in 0..self.rows as u32 {
            stop.check()?;
            let row = self.row(at);
            index.entry(places.iter().map(|place| row[*place]).collect()).or_default().push(at);
        }
        self.index = index.into_iter().map(|(key, rows)| (key, rows.into())).collect();
        Ok(self)
    }

    /// The rows that agree with a row on the keys.
    pub(super) fn candidates(&self, row: &[Id]) -> Rc<[u32]> {
        let key: Vec<Id> = self.keys.iter().map(|slot| row[*slot]).collect();
        self.index.get(&key).cloned().unwrap_or_default()
    }

    pub(super) fn row(&self, at: u32) -> &[Id] {
        let width = self.slots.len();
        &self.values[at as usize * width..(at as usize + 1) * width]
    }

    /// Whether a row of the table agrees with a row on all `shared` slots that both have values for, and there is one.
    pub(super) fn agrees(&self, row: &[Id], shared: &[Slot]) -> bool {
        self.candidates(row).iter().any(|at| {
            let values = self.row(*at);
            let mut common = false;
            for (slot, value) in self.slots.iter().zip(values) {
                if shared.contains(slot) && *value != 0 && row[*slot] != 0 {
                    if *value != row[*slot] {
                        return false;
                    }
                    common = true;
                }
            }
            common
        })
    }
}

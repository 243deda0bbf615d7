//! The dictionary while it grows: assigns ids to terms.

use super::GraphError;
use super::blocks::{Bytes, Words};
use super::dictionary::{BLANK, Dictionary, GROUP_SIZE, Id, MAX_DEPTH, TRIPLE, encode, slot, table_size, triple_ids};
use oxigraph::model::TermRef;
use xxhash_rust::xxh3::xxh3_64;
use zerocopy::little_endian::U32;

/// The first id of the terms that queries compute. They have half of all ids, because a query may compute a term for each row.
pub(in crate::store) const FIRST_COMPUTED: Id = 1 << 31;

/// Distinct terms, numbered in the order in which they were first inserted.
pub(super) struct Interner {
    bytes: Vec<u8>,
    groups: Vec<u64>,
    offsets: Vec<U32>,
    /// Open addressing with linear probing from [`slot`] on. An entry is the upper half of the hash, then the id.
    table: Vec<u64>,
    triple_terms: Vec<Id>,
    scratch: Vec<Vec<u8>>,
}

impl Default for Interner {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            groups: vec![0],
            offsets: vec![U32::new(0), U32::new(0)],
            table: vec![0; 1 << 10],
            triple_terms: Vec::new(),
            scratch: Vec::new(),
        }
    }
}

impl Interner {
    /// An interner with the terms of a dictionary.
    pub(super) fn resume(dictionary: &Dictionary) -> Result<Self, GraphError> {
        let mut interner = Self::default();
        for id in 1..=dictionary.len() as Id {
            let encoded = dictionary.encoded(id)?;
            if interner.intern_encoded(encoded, xxh3_64(encoded))? != id {
                return Err(GraphError::Corrupt("a term occurs twice"));
            }
        }
        Ok(interner)
    }

    /// The bytes of the terms.
    pub(super) fn byte_len(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// The number of terms.
    pub(super) fn len(&self) -> usize {
        self.offsets.len() - 2
    }

    /// The labels of the blank nodes.
    pub(super) fn blank_labels(&self) -> impl Iterator<Item = &str> {
        let encoded = (1..=self.len() as Id).map(|id| self.encoded(id));
        encoded.filter_map(|encoded| std::str::from_utf8(encoded.strip_prefix(&[BLANK])?).ok())
    }

    /// The triple terms with the ids of their components, ascending.
    pub(super) fn triple_terms(&self) -> impl Iterator<Item = Result<(Id, [Id; 3]), GraphError>> + '_ {
        self.triple_terms.iter().map(|id| Ok((*id, triple_ids(&self.encoded(*id)[1..], *id)?)))
    }

    fn start(&self, index: usize) -> usize {
        (self.groups[index / GROUP_SIZE] + u64::from(self.offsets[index].get())) as usize
    }

    /// The encoding of a term.
    pub(super) fn encoded(&self, id: Id) -> &[u8] {
        let index = id as usize;
        &self.bytes[self.start(index)..self.start(index + 1)]
    }

    /// The slot of a term, given its encoding and the hash of it. The slot is empty if the term is new.
    fn probe(&self, encoded: &[u8], hash: u64) -> usize {
        let mask = self.table.len() - 1;
        let mut at = slot(hash, self.table.len());
        loop {
            let entry = self.table[at];
            if entry == 0 || (entry >> 32 == hash >> 32 && self.encoded(entry as Id) == encoded) {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    /// The id of a term, given its encoding and the hash of it. A new term gets the next id.
    pub(super) fn intern_encoded(&mut self, encoded: &[u8], hash: u64) -> Result<Id, GraphError> {
        let at = self.probe(encoded, hash);
        if self.table[at] != 0 {
            return Ok(self.table[at] as Id);
        }
        let id = Id::try_from(self.len() + 1)
            .ok()
            .filter(|id| *id < FIRST_COMPUTED)
            .ok_or(GraphError::TooLarge("the terms"))?;
        self.bytes.extend_from_slice(encoded);
        // The offset of the next term, which may begin a group.
        let next = id as usize + 1;
        if next.is_multiple_of(GROUP_SIZE) {
            self.groups.push(self.bytes.len() as u64);
        }
        let offset = self.bytes.len() as u64 - self.groups[next / GROUP_SIZE];
        self.offsets
            .push(U32::new(u32::try_from(offset).map_err(|_| GraphError::TooLarge("the strings of the terms"))?));
        if encoded[0] == TRIPLE {
            self.triple_terms.push(id);
        }
        self.table[at] = hash >> 32 << 32 | u64::from(id);
        if self.len() * 4 > self.table.len() * 3 {
            self.grow();
        }
        Ok(id)
    }

    fn grow(&mut self) {
        let size = self.table.len() * 2;
        self.table = Vec::new();
        let mut table = vec![0; size];
        for id in 1..=self.len() as Id {
            let hash = xxh3_64(self.encoded(id));
            let mut at = slot(hash, size);
            while table[at] != 0 {
                at = (at + 1) & (size - 1);
            }
            table[at] = hash >> 32 << 32 | u64::from(id);
        }
        self.table = table;
    }

    /// The id of a term. A new term gets the next id.
    pub(super) fn intern(&mut self, term: TermRef<'_>) -> Result<Id, GraphError> {
        self.intern_within(term, 0)
    }

    fn intern_within(&mut self, term: TermRef<'_>, depth: usize) -> Result<Id, GraphError> {
        if depth > MAX_DEPTH {
            return Err(GraphError::TooDeep);
        }
        let mut encoded = self.scratch.pop().unwrap_or_default();
        encoded.clear();
        let mut intern = |inner: TermRef<'_>| self.intern_within(inner, depth + 1).map(Some);
        encode(term, &mut encoded, &mut intern)?;
        let id = self.intern_encoded(&encoded, xxh3_64(&encoded))?;
        self.scratch.push(encoded);
        Ok(id)
    }

    /// The table of the dictionary, without hashes and smaller. The entries are nearly in the order of their new slots, so memory
    /// is written almost sequentially.
    fn compact_table(&self) -> Vec<U32> {
        let size = table_size(self.len());
        let mut table = vec![U32::new(0); size];
        for entry in self.table.iter().filter(|entry| **entry != 0) {
            let mut at = slot(*entry, size);
            while table[at].get() != 0 {
                at = (at + 1) % size;
            }
            table[at] = U32::new(*entry as u32);
        }
        table
    }

    /// The finished dictionary.
    pub(super) fn finish(mut self) -> Dictionary {
        self.bytes.shrink_to_fit();
        self.offsets.shrink_to_fit();
        let groups = self.groups.iter().flat_map(|g| [U32::new(*g as u32), U32::new((*g >> 32) as u32)]).collect();
        let table = self.compact_table();
        Dictionary {
            groups: Words::Owned(groups),
            offsets: Words::Owned(self.offsets),
            bytes: Bytes::Owned(self.bytes),
            table: Words::Owned(table),
        }
    }
}

//! Duplicate statements and ids.

use super::quotes::CheckedFile;
use super::statements::Statements;
use crate::diagnostic::{Code, FileId, Finding, Findings, Location, PathSegment};
use crate::model::Statement;
use fixedbitset::FixedBitSet;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A file, and a fact in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FactNumber {
    pub file: u32,
    pub fact: u32,
}

impl FactNumber {
    pub(super) fn statement(self, files: &[CheckedFile]) -> &Statement {
        &files[self.file as usize].facts.statements[self.fact as usize]
    }

    /// The location of a value in the fact.
    pub(super) fn location(self, files: &[CheckedFile], path: Vec<PathSegment>) -> (FileId, Location) {
        let file = &files[self.file as usize];
        let record = file.facts.facts[self.fact as usize].record;
        (file.file, Location::Value { record, path, key: false })
    }
}

/// Statements with unique ids.
pub(super) struct UniqueStatements {
    pub statements: Statements,
    /// The valid facts that are not among the statements, because their ids are in use.
    pub omitted: Vec<FactNumber>,
    /// How many statements without an id were merged with an identical one.
    pub merged: usize,
}

/// The statements without errors. Statements with an id that is in use are omitted; those and duplicates are reported.
pub(super) fn unique_statements(files: &[CheckedFile], findings: &mut Findings) -> UniqueStatements {
    let complete = || files.iter().flat_map(|file| &file.facts.facts).filter_map(|fact| Some((fact.id, fact.content?)));
    let repeated_ids = Repeated::new(|| complete().map(|(id, _)| id));
    let repeated_contents = Repeated::new(|| complete().map(|(_, content)| content));
    let (mut ids, mut contents) = (FxHashMap::default(), FxHashMap::default());
    let mut unique = UniqueStatements { statements: Statements::default(), omitted: Vec::new(), merged: 0 };
    let location = |here: FactNumber, field: Option<&str>| {
        here.location(files, field.map(PathSegment::from).into_iter().collect())
    };
    for (file, number) in files.iter().zip(0..) {
        let mut kept: Option<Vec<u32>> = None;
        for (fact, index) in file.facts.facts.iter().zip(0..) {
            let here = FactNumber { file: number, fact: index };
            let mut is_kept = fact.is_valid();
            if let Some(content) = fact.content {
                let has_same_content = |other: FactNumber| {
                    let (a, b) = (here.statement(files), other.statement(files));
                    (&a.triple, &a.kind, &a.qualifiers, &a.evidence) == (&b.triple, &b.kind, &b.qualifiers, &b.evidence)
                };
                if repeated_contents.may_contain(content)
                    && let Some(twin) = find_or_insert(&mut contents, content, here, has_same_content)
                {
                    let ((file, duplicate), (first_file, first)) = (location(here, None), location(twin, None));
                    findings.push(
                        Finding::new(Code::DuplicateStatement, file, duplicate, "duplicate statement")
                            .label("same triple, qualifiers and evidence as another statement")
                            .help("remove one of the two statements")
                            .related("first stated", first_file, first),
                    );
                }
                let has_same_id = |other: FactNumber| here.statement(files).id == other.statement(files).id;
                if repeated_ids.may_contain(fact.id)
                    && let Some(first) = find_or_insert(&mut ids, fact.id, here, has_same_id)
                {
                    if fact.has_id {
                        let ((file, id), (first_file, first)) =
                            (location(here, Some("id")), location(first, Some("id")));
                        let message = format!("duplicate statement id `{}`", here.statement(files).id);
                        findings.push(
                            Finding::new(Code::DuplicateId, file, id, message)
                                .label("already used")
                                .help("choose another id, or remove one of the two")
                                .related("first used", first_file, first),
                        );
                    } else {
                        unique.merged += 1;
                    }
                    if is_kept {
                        unique.omitted.push(here);
                        is_kept = false;
                    }
                }
            }
            match (&mut kept, is_kept) {
                (Some(kept), true) => kept.push(index),
                (None, false) => kept = Some((0..index).collect()),
                (Some(_), false) | (None, true) => {}
            }
        }
        unique.statements.push(&file.facts.statements, kept.map(Arc::from));
    }
    unique
}

/// The hashes that may occur more than once: a filter with one hash function (Bloom, 1970). It fits into the processor's cache,
/// unlike a table of all facts.
struct Repeated {
    /// The number of low bits of a hash that are ignored.
    shift: u32,
    twice: FixedBitSet,
}

impl Repeated {
    fn new<I: Iterator<Item = u64>>(hashes: impl Fn() -> I) -> Self {
        let bits = (16 * hashes().count()).next_power_of_two().max(2);
        let mut repeated = Self { shift: u64::BITS - bits.trailing_zeros(), twice: FixedBitSet::with_capacity(bits) };
        let mut once = FixedBitSet::with_capacity(bits);
        for hash in hashes() {
            let bit = repeated.bit(hash);
            if once.put(bit) {
                repeated.twice.insert(bit);
            }
        }
        repeated
    }

    fn bit(&self, hash: u64) -> usize {
        (hash >> self.shift) as usize
    }

    fn may_contain(&self, hash: u64) -> bool {
        self.twice.contains(self.bit(hash))
    }
}

/// The first fact with the same property, whose hash this is, if it is not the first itself.
fn find_or_insert(
    facts: &mut FxHashMap<u64, FactNumber>,
    mut hash: u64,
    here: FactNumber,
    is_same: impl Fn(FactNumber) -> bool,
) -> Option<FactNumber> {
    loop {
        let first = *facts.entry(hash).or_insert(here);
        if first == here {
            return None;
        }
        if is_same(first) {
            return Some(first);
        }
        // On a hash collision, the next number is tried.
        hash = hash.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_repeated_hash_is_recognized_and_few_others() {
        let hash = |number: u64| number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let hashes = || (0..10_000).map(hash).chain((0..10).map(hash));
        let repeated = Repeated::new(hashes);
        assert!((0..10).all(|number| repeated.may_contain(hash(number))));
        assert!(hashes().filter(|hash| repeated.may_contain(*hash)).count() < 2_000);
        assert!(!Repeated::new(std::iter::empty::<u64>).may_contain(7));
    }
}

//! Which statements may conflict, and the findings about them, as far as they are not known from an earlier check.

use super::findings::findings;
use super::{Denied, Exclusions, denies};
use crate::check::duplicates::FactNumber;
use crate::check::quotes::CheckedFile;
use crate::dataset::Dataset;
use crate::diagnostic::Finding;
use crate::model::Kind;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::HashMap;

/// The findings about conflicts, by the statements that may conflict with each other: the [serial
/// numbers](crate::check::facts::FileFacts::serial) of their files, and their indices in these.
#[derive(Default)]
pub(in crate::check) struct ConflictFindings(HashMap<Vec<(u64, u32)>, Vec<Finding>>);

impl ConflictFindings {
    /// The findings about the conflicts among the valid facts, in the order of the files.
    ///
    /// Statements that have something in common, directly or by other statements, are compared with each other. The result is
    /// known if an earlier check compared the same statements of unchanged files.
    pub(in crate::check) fn update(
        &mut self,
        exclusions: &Exclusions,
        dataset: &Dataset,
        files: &mut [CheckedFile],
        valid: &[FactNumber],
    ) -> Vec<Finding> {
        for file in files.iter_mut().filter(|file| file.is_new) {
            let statements = (0..).zip(file.facts.statements.iter());
            let groups = statements.flat_map(|(number, statement)| {
                exclusions.group_hashes(statement).into_iter().map(move |hash| (hash, number))
            });
            file.facts.conflict_groups = groups.collect();
        }
        let files = &*files;
        let (mut known, mut located) = (std::mem::take(&mut self.0), Vec::new());
        for facts in components(&shared_groups(exclusions, files, valid)) {
            let key: Vec<(u64, u32)> =
                facts.iter().map(|fact| (files[fact.file as usize].facts.serial, fact.fact)).collect();
            let found = known.remove(&key).unwrap_or_else(|| {
                let mut found = findings(exclusions, dataset, files, &facts);
                dataset.files.resolve_locations(&mut found);
                found
            });
            located.extend(found.iter().cloned());
            self.0.insert(key, found);
        }
        located
    }
}

/// The groups of at least two valid facts: pairs of a hash and a fact, in the order of the facts.
fn shared_groups(exclusions: &Exclusions, files: &[CheckedFile], valid: &[FactNumber]) -> Vec<(u64, FactNumber)> {
    if files.iter().all(|file| file.facts.conflict_groups.is_empty()) {
        return Vec::new();
    }
    let is_valid: FxHashSet<(u32, u32)> = valid.iter().map(|fact| (fact.file, fact.fact)).collect();
    let mut groups: Vec<(u64, FactNumber)> = Vec::new();
    for (file, number) in files.iter().zip(0..) {
        let groups_of_valid = file.facts.conflict_groups.iter().filter(|(_, fact)| is_valid.contains(&(number, *fact)));
        groups.extend(groups_of_valid.map(|(hash, fact)| (*hash, FactNumber { file: number, fact: *fact })));
    }
    // The denials form groups, to which the facts that they deny belong.
    let denials = groups.iter().map(|(_, fact)| fact.statement(files)).filter(|statement| denies(statement));
    let denied: Denied<'_> = denials.map(|statement| &statement.triple).collect();
    if !denied.is_empty() {
        for fact in valid {
            let statement = fact.statement(files);
            if statement.kind == Kind::Fact {
                let predicates = denied.entailed(&statement.triple, exclusions);
                groups.extend(predicates.map(|predicate| (Exclusions::denial_hash(statement, predicate), *fact)));
            }
        }
    }
    let mut sizes: FxHashMap<u64, u32> = FxHashMap::default();
    for (hash, _) in &groups {
        *sizes.entry(*hash).or_default() += 1;
    }
    groups.retain(|(hash, _)| sizes[hash] > 1);
    groups
}

/// The facts that are connected by groups, each component in the order of the files, and the components in the order of their
/// first facts.
fn components(groups: &[(u64, FactNumber)]) -> Vec<Vec<FactNumber>> {
    let mut facts: Vec<FactNumber> = groups.iter().map(|(_, fact)| *fact).collect();
    facts.sort_unstable();
    facts.dedup();
    let mut parents: Vec<usize> = (0..facts.len()).collect();
    let mut first_of_group: FxHashMap<u64, usize> = FxHashMap::default();
    for (hash, fact) in groups {
        let Ok(index) = facts.binary_search(fact) else { continue };
        let first = *first_of_group.entry(*hash).or_insert(index);
        let (a, b) = (root(&mut parents, first), root(&mut parents, index));
        // The root is the first fact of its component.
        parents[a.max(b)] = a.min(b);
    }
    let mut numbers: FxHashMap<usize, usize> = FxHashMap::default();
    let mut components: Vec<Vec<FactNumber>> = Vec::new();
    for (index, fact) in facts.iter().enumerate() {
        let root = root(&mut parents, index);
        let number = *numbers.entry(root).or_insert(components.len());
        match components.get_mut(number) {
            Some(component) => component.push(*fact),
            None => components.push(vec![*fact]),
        }
    }
    components
}

/// The root of a tree of a disjoint-set forest, with path halving (Tarjan and van Leeuwen, 1984).
fn root(parents: &mut [usize], mut index: usize) -> usize {
    while parents[index] != index {
        parents[index] = parents[parents[index]];
        index = parents[index];
    }
    index
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_connected_by_common_groups() {
        let fact = |fact| FactNumber { file: 0, fact };
        let groups = [(7, fact(4)), (7, fact(1)), (8, fact(0)), (9, fact(1)), (9, fact(5)), (8, fact(3))];
        assert_eq!(components(&groups), [vec![fact(0), fact(3)], vec![fact(1), fact(4), fact(5)]]);
        assert_eq!(components(&[]), Vec::<Vec<FactNumber>>::new());
    }
}

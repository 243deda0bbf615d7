//! Repairs of the conditions of a group, which all of its solutions satisfy together.

use super::filters::{Change, Filter, filtered};
use super::repair::{MAX_RUNS, Repair, Working, find_working, working};
use super::rewrites::with_change;
use super::runner::PatternRunner;
use super::steps::{Condition, filter_keyword, join};
use super::suggestions::HintsResult;
use crate::model::{conjuncts, subpatterns_mut};
use crate::store::StoreError;
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::TriplePattern;

/// The most conditions of a group that are changed together.
const MAX_CHANGED: usize = 8;

/// The conditions of a group. One of them excludes every solution.
pub(super) struct Conjunction<'a> {
    pub(super) runner: &'a PatternRunner<'a>,
    /// The patterns before the condition: those of the group, with the conditions before it.
    before: &'a GraphPattern,
    pub(super) condition: &'a Condition,
    /// The patterns before all conditions.
    patterns: &'a GraphPattern,
}

/// Changes of conditions, by their index in the group.
type Changes<'c> = Vec<(usize, &'c Change)>;

impl<'a> Conjunction<'a> {
    pub(super) fn new(runner: &'a PatternRunner<'a>, before: &'a GraphPattern, condition: &'a Condition) -> Self {
        let mut patterns = before;
        for _ in 0..condition.index {
            let GraphPattern::Filter { inner, .. } = patterns else { break };
            patterns = inner;
        }
        Self { runner, before, condition, patterns }
    }

    /// Other conditions that satisfy all of the group: one change, then changes of several conditions.
    pub(super) fn repairs(&self) -> Result<Working, StoreError> {
        let (runner, index) = (self.runner, self.condition.index);
        let own = self.changes(index, self.before)?;
        let found = find_working(runner, own.iter().map(|change| self.repair(&vec![(index, change)])))?;
        let group = self.condition.group.len();
        if group == 1 || group > MAX_CHANGED || own.is_empty() || !found.is_empty() {
            return Ok(found);
        }
        let others = self.changes_of_others()?;
        find_working(runner, self.combined(&own, &others).iter().map(|changes| self.repair(changes)))
    }

    /// The hints at conditions that satisfy all of the group, or else at one that only satisfies the conditions before it.
    pub(super) fn hints_for_step(&self, of_group: Vec<String>) -> HintsResult {
        if !of_group.is_empty() || self.condition.group.len() == 1 {
            return Ok(of_group);
        }
        let own = self.changes(self.condition.index, self.before)?;
        working(self.runner, own.iter().map(|change| self.repair_of_step(change)))
    }

    fn changes(&self, index: usize, before: &GraphPattern) -> Result<Vec<Change>, StoreError> {
        Filter { runner: self.runner, before, condition: &self.condition.group[index] }.changes()
    }

    /// The changes of each other condition, and whether no solution of the patterns satisfies it as it is.
    fn changes_of_others(&self) -> Result<Vec<(usize, bool, Vec<Change>)>, StoreError> {
        let mut others = Vec::new();
        for (index, condition) in self.condition.group.iter().enumerate() {
            if index != self.condition.index {
                let is_excluding = !self.runner.has_solution(&filtered(self.patterns.clone(), condition.clone()))?;
                others.push((index, is_excluding, self.changes(index, self.patterns)?));
            }
        }
        Ok(others)
    }

    /// Each change of the condition with changes for the same reason of the others: of those that exclude every solution, then of all,
    /// then with each change of one of them.
    fn combined<'c>(&self, own: &'c [Change], others: &'c [(usize, bool, Vec<Change>)]) -> Vec<Changes<'c>> {
        let own_index = self.condition.index;
        let (mut excluding, mut all, mut single) = (Vec::new(), Vec::new(), Vec::new());
        for (position, change) in own.iter().enumerate().take(MAX_RUNS) {
            let is_same = |other: &&Change| kind(&other.reason) == kind(&change.reason);
            let rank = own[..position].iter().filter(is_same).count();
            let similar = |changes: &'c [Change]| {
                let mut same = changes.iter().filter(is_same);
                same.clone().nth(rank).or_else(|| same.next()).or_else(|| changes.first())
            };
            let with_others = |only_excluding: bool| -> Changes<'c> {
                let others = others.iter().filter(|(_, is_excluding, _)| *is_excluding || !only_excluding);
                let others = others.filter_map(|(index, _, changes)| Some((*index, similar(changes)?)));
                let mut changes: Changes<'c> = others.chain([(own_index, change)]).collect();
                changes.sort_by_key(|(index, _)| *index);
                changes
            };
            excluding.push(with_others(true));
            all.push(with_others(false));
            for (index, _, changes) in others {
                single.extend(changes.iter().take(MAX_RUNS).map(|other| vec![(own_index, change), (*index, other)]));
            }
        }
        // No more are run.
        excluding.into_iter().chain(all).chain(single).take(MAX_RUNS).collect()
    }

    /// The conditions of the group with changes. If there is only one change, its condition alone is shown.
    fn repair(&self, changes: &Changes<'_>) -> Repair {
        let mut conditions = self.condition.group.to_vec();
        let (mut reasons, mut patterns) = (Vec::<&str>::new(), Vec::<&TriplePattern>::new());
        for (index, change) in changes {
            conditions[*index].clone_from(&change.condition);
            if !reasons.contains(&&*change.reason) {
                reasons.push(&change.reason);
            }
            patterns.extend(change.pattern.as_ref().filter(|pattern| !patterns.contains(pattern)));
        }
        reasons.retain(|reason| !reason.is_empty());
        let shown = match &changes[..] {
            [(_, change)] => self.shown(&patterns, &[&change.condition]),
            _ => self.shown(&patterns, &conditions.iter().collect::<Vec<_>>()),
        };
        let whole = self.whole_query(&conditions, &patterns);
        let inner = with_patterns(self.patterns, &patterns);
        Repair::new(reasons.join(", "), shown, conditions.into_iter().fold(inner, filtered)).with_query(whole)
    }

    /// The condition with a change after the conditions before it.
    fn repair_of_step(&self, change: &Change) -> Repair {
        let patterns: Vec<&TriplePattern> = change.pattern.iter().collect();
        let shown = self.shown(&patterns, &[&change.condition]);
        let inner = with_patterns(self.before, &patterns);
        Repair::new(&*change.reason, shown, filtered(inner, change.condition.clone()))
    }

    /// Patterns and the filter after them, as they are written.
    fn shown(&self, patterns: &[&TriplePattern], conditions: &[&Expression]) -> String {
        let conditions: Vec<String> = conditions
            .iter()
            .map(|condition| {
                let shown = self.runner.show(*condition);
                let is_alone = conditions.len() == 1;
                match condition {
                    Expression::Or(..) if !is_alone => shown,
                    condition if is_in_parentheses(condition) => shown[1..shown.len() - 1].to_owned(),
                    _ => shown,
                }
            })
            .collect();
        let filter = format!("{}({})", filter_keyword(self.patterns), conditions.join(" && "));
        let patterns = patterns.iter().map(|pattern| self.runner.show(*pattern));
        patterns.chain([filter]).collect::<Vec<_>>().join(" . ")
    }

    /// The query with other conditions and further patterns in the group; `None` if the group is in an EXISTS.
    pub(super) fn whole_query(&self, conditions: &[Expression], patterns: &[&TriplePattern]) -> Option<Query> {
        let changed = conditions.iter().cloned().reduce(|a, b| Expression::And(Box::new(a), Box::new(b)))?;
        let mut is_found = false;
        let query = with_change(&self.runner.query, |pattern| {
            let mut open = vec![pattern];
            while let Some(next) = open.pop() {
                if let GraphPattern::Filter { expr, inner } = next
                    && conjuncts(expr).into_iter().eq(self.condition.group.iter())
                {
                    expr.clone_from(&changed);
                    **inner = with_patterns(inner, patterns);
                    is_found = true;
                }
                open.extend(subpatterns_mut(next));
            }
        });
        is_found.then_some(query)
    }
}

/// A reason without the terms of the query in it.
fn kind(reason: &str) -> String {
    reason.split('`').step_by(2).collect()
}

fn with_patterns(inner: &GraphPattern, patterns: &[&TriplePattern]) -> GraphPattern {
    match patterns {
        [] => inner.clone(),
        _ => join(inner, GraphPattern::Bgp { patterns: patterns.iter().map(|pattern| (*pattern).clone()).collect() }),
    }
}

/// Whether an expression is displayed in parentheses.
fn is_in_parentheses(expression: &Expression) -> bool {
    use Expression as E;
    matches!(
        expression,
        E::Or(..)
            | E::And(..)
            | E::Equal(..)
            | E::Less(..)
            | E::LessOrEqual(..)
            | E::Greater(..)
            | E::GreaterOrEqual(..)
            | E::In(..)
    )
}

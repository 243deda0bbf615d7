//! Which statements of a graph came, went, or say something else, by their ids.

use crate::model::{
    Derivation, Evidence, Kind, Namespaces, Premise, Qualifier, Statement, StatementId, statement_hash,
};
use crate::store::{Store, StoreError};
use itertools::{EitherOrBoth, Itertools};
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::hash::Hash;

/// What became of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatementChange {
    /// It came.
    Added(Statement),
    /// It went.
    Removed(Statement),
    /// It says something else, or has another id.
    Changed(Box<ChangedStatement>),
}

/// A statement that says something else than before, or has another id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedStatement {
    /// What it was.
    pub before: Statement,
    /// What it is.
    pub after: Statement,
    /// In what the two differ; never empty.
    pub aspects: Vec<FieldChange>,
}

/// Something in which a statement differs from what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldChange {
    /// Its id, as the curator wrote it.
    Id,
    /// Its subject.
    Subject,
    /// Its predicate.
    Predicate,
    /// Its object.
    Object,
    /// Whether it is a fact or a claim.
    Kind,
    /// The status of a claim.
    Status,
    /// Who claims it.
    By,
    /// A qualifier: both sides where it has another value.
    Qualifier(Option<Qualifier>, Option<Qualifier>),
    /// Evidence: both sides where something in it differs, be it that the quote lies elsewhere in its source.
    Evidence(Option<Evidence>, Option<Evidence>),
    /// The rule that derived an inference.
    Rule,
    /// What an inference rests on: what it no longer rests on, or what it rests on now.
    Premise(Option<Premise>, Option<Premise>),
}

/// What became of the statements of a graph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatementChanges {
    /// Facts and claims, in the order of their ids.
    pub curated: Vec<StatementChange>,
    /// Inferences, in the order of their ids. One is changed where it rests on something else.
    pub inferences: Vec<StatementChange>,
}

impl StatementChange {
    /// The statement as it is now, or else as it was last.
    pub fn statement(&self) -> &Statement {
        match self {
            Self::Added(statement) | Self::Removed(statement) => statement,
            Self::Changed(changed) => &changed.after,
        }
    }
}

impl StatementChanges {
    /// Whether nothing has changed.
    pub fn is_empty(&self) -> bool {
        self.curated.is_empty() && self.inferences.is_empty()
    }
}

/// Finds out which statements came, went, or say something else.
///
/// A statement that says the same under another id was renamed. One that was given no id, and has another hash for one since
/// something else in it changed, is told by its triple. Whether a text was at hand is no difference.
///
/// Both graphs are gone through once, side by side; what has changed is kept in memory.
///
/// # Errors
///
/// Where a store fails.
///
/// ```
/// use factloom::report::statement_changes;
///
/// let (_, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// assert!(statement_changes(&store, &store)?.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn statement_changes(before: &Store, after: &Store) -> Result<StatementChanges, StoreError> {
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    let (mut curated, mut inferences, mut derived) = (Vec::new(), Vec::new(), Vec::new());
    // An error comes at once, whatever the other side has.
    let order = |a: &Result<Statement, _>, b: &Result<Statement, _>| match (a, b) {
        (Ok(a), Ok(b)) => a.id.cmp(&b.id),
        (Err(_), _) => Ordering::Less,
        (_, Err(_)) => Ordering::Greater,
    };
    for next in before.statements().merge_join_by(after.statements(), order) {
        match next {
            EitherOrBoth::Left(before) => match before? {
                inference if is_inference(&inference) => inferences.push(StatementChange::Removed(inference)),
                statement => removed.push(statement),
            },
            EitherOrBoth::Right(after) => match after? {
                inference if is_inference(&inference) => inferences.push(StatementChange::Added(inference)),
                statement => added.push(statement),
            },
            EitherOrBoth::Both(before, after) => match (before?, after?) {
                (before, after) if before == after => {}
                (before, after) if is_inference(&before) && is_inference(&after) => derived.push((before, after)),
                (before, after) => curated.extend(changed(before, after, aspects)),
            },
        }
    }
    rejoin(removed, added, (before.names(), after.names()), &mut curated);
    curated.sort_by(by_id);
    let renamed = renamed(&curated);
    let rests_on = |before: &Statement, after: &Statement| derivation_aspects(before, after, &renamed);
    inferences.extend(derived.into_iter().filter_map(|(before, after)| changed(before, after, rests_on)));
    inferences.sort_by(by_id);
    Ok(StatementChanges { curated, inferences })
}

fn is_inference(statement: &Statement) -> bool {
    matches!(statement.kind, Kind::Inference(_))
}

fn by_id(a: &StatementChange, b: &StatementChange) -> Ordering {
    a.statement().id.cmp(&b.statement().id)
}

fn changed(
    before: Statement,
    after: Statement,
    differ: impl Fn(&Statement, &Statement) -> Vec<FieldChange>,
) -> Option<StatementChange> {
    let aspects = differ(&before, &after);
    (!aspects.is_empty()).then(|| StatementChange::Changed(Box::new(ChangedStatement { before, after, aspects })))
}

/// Finds among those that went and came the ones that are the same under another id; the others went and came.
fn rejoin(
    removed: Vec<Statement>,
    added: Vec<Statement>,
    names: (&Namespaces, &Namespaces),
    out: &mut Vec<StatementChange>,
) {
    let hashed = |statements: Vec<Statement>, names: &Namespaces| -> Vec<(StatementId, Statement)> {
        statements.into_iter().map(|statement| (statement_hash(&statement, names), statement)).collect()
    };
    let (removed, added) = (hashed(removed, names.0), hashed(added, names.1));
    let (same, removed, added) = matched(removed, added, |(hash, _)| Some(hash.clone()));
    out.extend(same.into_iter().filter_map(|((_, before), (_, after))| changed(before, after, aspects)));
    let unnamed =
        |(hash, statement): &(StatementId, Statement)| (*hash == statement.id).then(|| statement.triple.clone());
    let (same, removed, added) = matched(removed, added, unnamed);
    let but_id = |before: &Statement, after: &Statement| {
        let mut aspects = aspects(before, after);
        aspects.retain(|aspect| *aspect != FieldChange::Id);
        aspects
    };
    out.extend(same.into_iter().filter_map(|((_, before), (_, after))| changed(before, after, but_id)));
    out.extend(removed.into_iter().map(|(_, statement)| StatementChange::Removed(statement)));
    out.extend(added.into_iter().map(|(_, statement)| StatementChange::Added(statement)));
}

/// The pairs of two lists that have a key in common, in order; and what is left of each list.
fn matched<T, K: Eq + Hash>(
    before: Vec<T>,
    after: Vec<T>,
    key: impl Fn(&T) -> Option<K>,
) -> (Vec<(T, T)>, Vec<T>, Vec<T>) {
    let mut open: HashMap<K, VecDeque<usize>> = HashMap::new();
    for (at, one) in after.iter().enumerate() {
        if let Some(key) = key(one) {
            open.entry(key).or_default().push_back(at);
        }
    }
    let mut after: Vec<Option<T>> = after.into_iter().map(Some).collect();
    let (mut pairs, mut left) = (Vec::new(), Vec::new());
    for one in before {
        let at = key(&one).and_then(|key| open.get_mut(&key)?.pop_front());
        match at.and_then(|at| after[at].take()) {
            Some(other) => pairs.push((one, other)),
            None => left.push(one),
        }
    }
    (pairs, left, after.into_iter().flatten().collect())
}

/// The new ids of statements that have one.
fn renamed(curated: &[StatementChange]) -> BTreeMap<StatementId, StatementId> {
    let renamed = curated.iter().filter_map(|change| match change {
        StatementChange::Changed(changed) if changed.before.id != changed.after.id => {
            Some((changed.before.id.clone(), changed.after.id.clone()))
        }
        _ => None,
    });
    renamed.collect()
}

/// In what two statements differ.
fn aspects(before: &Statement, after: &Statement) -> Vec<FieldChange> {
    // Destructured, so that a field that is no aspect has to be left out on purpose.
    let Statement { id, triple, kind, qualifiers, evidence } = after;
    let (status, by) = match (&before.kind, kind) {
        (Kind::Claim(before), Kind::Claim(after)) => (before.status != after.status, before.by != after.by),
        _ => (false, false),
    };
    let plain = [
        (FieldChange::Id, before.id != *id),
        (FieldChange::Subject, before.triple.subject != triple.subject),
        (FieldChange::Predicate, before.triple.predicate != triple.predicate),
        (FieldChange::Object, before.triple.object != triple.object),
        (FieldChange::Kind, before.kind.as_str() != kind.as_str()),
        (FieldChange::Status, status),
        (FieldChange::By, by),
    ];
    let mut aspects: Vec<FieldChange> =
        plain.into_iter().filter_map(|(aspect, differs)| differs.then_some(aspect)).collect();
    let pairs = paired(&before.qualifiers, qualifiers, |qualifier| qualifier, |qualifier| &qualifier.predicate);
    aspects.extend(pairs.map(|(before, after)| FieldChange::Qualifier(before.cloned(), after.cloned())));
    let says = |e: &Evidence| (e.source.clone(), e.stance, e.quote.clone(), e.note.clone(), e.selector.clone());
    let pairs = paired(&before.evidence, evidence, says, |evidence| &evidence.source);
    aspects.extend(pairs.map(|(before, after)| FieldChange::Evidence(before.cloned(), after.cloned())));
    aspects
}

/// In what the derivations of two inferences of a triple differ, but for new ids of what they rest on.
fn derivation_aspects(
    before: &Statement,
    after: &Statement,
    renamed: &BTreeMap<StatementId, StatementId>,
) -> Vec<FieldChange> {
    let (Kind::Inference(before), Kind::Inference(after)) = (&before.kind, &after.kind) else { return Vec::new() };
    let Derivation { rule, premises } = after;
    let mut aspects: Vec<FieldChange> = (before.rule != *rule).then_some(FieldChange::Rule).into_iter().collect();
    let known = before.premises.iter().map(|premise| match premise {
        Premise::Statement(id) => Premise::Statement(renamed.get(id).unwrap_or(id).clone()),
        Premise::Declared(triple) => Premise::Declared(triple.clone()),
    });
    let known: Vec<Premise> = known.collect();
    let name = |premise: &Premise| match premise {
        Premise::Statement(id) => id.to_string(),
        Premise::Declared(triple) => triple.to_string(),
    };
    let pairs = paired(&known, premises, name, name);
    aspects.extend(pairs.map(|(before, after)| FieldChange::Premise(before.cloned(), after.cloned())));
    aspects
}

/// What differs between two lists without repetition. What is the same by `name` and yet not equal is a pair, and so are, in
/// their order, those left over that belong together by `group`.
fn paired<'a, T: PartialEq, N: Eq + Hash, G: Eq + Hash>(
    before: &'a [T],
    after: &'a [T],
    name: impl Fn(&'a T) -> N,
    group: impl Fn(&'a T) -> G,
) -> impl Iterator<Item = (Option<&'a T>, Option<&'a T>)> {
    let now: HashMap<N, &T> = after.iter().map(|one| (name(one), one)).collect();
    let known: HashSet<N> = before.iter().map(&name).collect();
    let mut pairs: Vec<(Option<&T>, Option<&T>)> = Vec::new();
    let mut open: HashMap<G, VecDeque<usize>> = HashMap::new();
    for one in before {
        match now.get(&name(one)) {
            Some(same) if *same == one => {}
            Some(other) => pairs.push((Some(one), Some(other))),
            None => {
                open.entry(group(one)).or_default().push_back(pairs.len());
                pairs.push((Some(one), None));
            }
        }
    }
    for one in after.iter().filter(|one| !known.contains(&name(one))) {
        match open.get_mut(&group(one)).and_then(VecDeque::pop_front) {
            Some(at) => pairs[at].1 = Some(one),
            None => pairs.push((None, Some(one))),
        }
    }
    pairs.into_iter()
}

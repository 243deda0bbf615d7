//! Added, removed and changed statements.

use super::ChangeKind;
use super::matching::{Matches, match_by};
use crate::model::{Evidence, Kind, Namespaces, Premise, Statement, StatementId, statement_hash};
use crate::store::{Store, StoreError};
use itertools::{EitherOrBoth, Itertools};
use serde::Serialize;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};
use std::hash::Hash;

/// A statement that differs between two graphs. At least one version exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementChange {
    /// The old version; `None` if the statement is new.
    pub before: Option<Statement>,
    /// The new version; `None` if the statement was removed.
    pub after: Option<Statement>,
    /// The fields that differ, if both versions exist.
    pub fields: Vec<Field>,
}

/// A field of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Field {
    /// The id.
    Id,
    /// The subject.
    Subject,
    /// The predicate.
    Predicate,
    /// The object.
    Object,
    /// Whether it is a fact, a claim or an inference.
    Kind,
    /// The status of a claim.
    Status,
    /// The speaker of a claim.
    By,
    /// The qualifiers.
    Qualifiers,
    /// The evidence, with the positions of quotes.
    Evidence,
    /// The rule of an inference.
    Rule,
    /// The premises of an inference.
    Premises,
}

/// The statements that differ between two graphs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatementChanges {
    /// Facts and claims, sorted by id.
    pub curated: Vec<StatementChange>,
    /// Inferences, sorted by id. A changed inference has another rule or other premises.
    pub inferences: Vec<StatementChange>,
}

impl StatementChange {
    fn added(statement: Statement) -> Self {
        Self { before: None, after: Some(statement), fields: Vec::new() }
    }

    fn removed(statement: Statement) -> Self {
        Self { before: Some(statement), after: None, fields: Vec::new() }
    }

    /// The change between two versions; `None` if no field differs.
    fn changed(before: Statement, after: Statement, fields: Vec<Field>) -> Option<Self> {
        (!fields.is_empty()).then_some(Self { before: Some(before), after: Some(after), fields })
    }

    /// The kind of change.
    pub fn kind(&self) -> ChangeKind {
        match (&self.before, &self.after) {
            (None, _) => ChangeKind::Added,
            (Some(_), None) => ChangeKind::Removed,
            (Some(_), Some(_)) => ChangeKind::Changed,
        }
    }

    /// The id of the new version, or of the old one if the statement was removed.
    pub fn id(&self) -> Option<&StatementId> {
        self.after.as_ref().or(self.before.as_ref()).map(|statement| &statement.id)
    }
}

impl StatementChanges {
    /// Whether there are no changes.
    pub fn is_empty(&self) -> bool {
        self.curated.is_empty() && self.inferences.is_empty()
    }
}

/// Finds the statements that differ between two graphs.
///
/// An equal statement with another id was renamed. A statement without an id in the dataset has a hash instead, which any
/// edit changes; its versions are matched by their triple. Whether source texts are available makes no difference. Entailments are
/// not compared, as they follow from the other statements and the vocabulary.
///
/// Reads both graphs once, in parallel, and keeps the changes in memory.
///
/// # Errors
///
/// Returns an error if a store cannot be read.
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
    let (mut curated, mut inferences, mut rederived) = (Vec::new(), Vec::new(), Vec::new());
    // Errors come first.
    let order = |a: &Result<Statement, _>, b: &Result<Statement, _>| match (a, b) {
        (Ok(a), Ok(b)) => a.id.cmp(&b.id),
        (Err(_), _) => Ordering::Less,
        (_, Err(_)) => Ordering::Greater,
    };
    // Entailments follow from what is compared.
    let is_compared = |statement: &Result<Statement, StoreError>| {
        !matches!(statement, Ok(Statement { kind: Kind::Entailment(_), .. }))
    };
    let versions = before.statements().filter(is_compared);
    for versions in versions.merge_join_by(after.statements().filter(is_compared), order) {
        match versions {
            EitherOrBoth::Left(before) => match before? {
                inference if is_inference(&inference) => inferences.push(StatementChange::removed(inference)),
                statement => removed.push(statement),
            },
            EitherOrBoth::Right(after) => match after? {
                inference if is_inference(&inference) => inferences.push(StatementChange::added(inference)),
                statement => added.push(statement),
            },
            EitherOrBoth::Both(before, after) => match (before?, after?) {
                (before, after) if before == after => {}
                (before, after) if is_inference(&before) && is_inference(&after) => rederived.push((before, after)),
                (before, after) => {
                    let fields = changed_fields(&before, &after);
                    curated.extend(StatementChange::changed(before, after, fields));
                }
            },
        }
    }
    match_renamed(removed, added, [before.namespaces(), after.namespaces()], &mut curated);
    curated.sort_by(|a, b| a.id().cmp(&b.id()));
    let renamed = renamed_ids(&curated);
    for (before, after) in rederived {
        let fields = changed_derivation(&before, &after, &renamed);
        inferences.extend(StatementChange::changed(before, after, fields));
    }
    inferences.sort_by(|a, b| a.id().cmp(&b.id()));
    Ok(StatementChanges { curated, inferences })
}

fn is_inference(statement: &Statement) -> bool {
    statement.kind.derivation().is_some()
}

/// Matches removed and added statements that are equal except for their ids, and those without ids by their triples.
fn match_renamed(
    removed: Vec<Statement>,
    added: Vec<Statement>,
    namespaces: [&Namespaces; 2],
    changes: &mut Vec<StatementChange>,
) {
    let with_hashes = |statements: Vec<Statement>, namespaces: &Namespaces| -> Vec<(StatementId, Statement)> {
        statements.into_iter().map(|statement| (statement_hash(&statement, namespaces), statement)).collect()
    };
    let (removed, added) = (with_hashes(removed, namespaces[0]), with_hashes(added, namespaces[1]));
    let renamed = match_by(removed, added, |(hash, _)| Some(hash.clone()));
    let without_id = match_by(renamed.before, renamed.after, |(hash, statement)| {
        (*hash == statement.id).then(|| statement.triple.clone())
    });
    for ((_, before), (_, after)) in renamed.pairs {
        let fields = changed_fields(&before, &after);
        changes.extend(StatementChange::changed(before, after, fields));
    }
    for ((_, before), (_, after)) in without_id.pairs {
        let fields = changed_fields(&before, &after).into_iter().filter(|field| *field != Field::Id).collect();
        changes.extend(StatementChange::changed(before, after, fields));
    }
    let Matches { before: removed, after: added, .. } = without_id;
    changes.extend(removed.into_iter().map(|(_, statement)| StatementChange::removed(statement)));
    changes.extend(added.into_iter().map(|(_, statement)| StatementChange::added(statement)));
}

/// The new ids of renamed statements, by their old ids.
fn renamed_ids(changes: &[StatementChange]) -> BTreeMap<StatementId, StatementId> {
    let versions = changes.iter().filter_map(|change| Some((change.before.as_ref()?, change.after.as_ref()?)));
    versions.filter(|(a, b)| a.id != b.id).map(|(before, after)| (before.id.clone(), after.id.clone())).collect()
}

fn changed_fields(before: &Statement, after: &Statement) -> Vec<Field> {
    // Destructured, so that every new field is considered. Who proposed a statement does not change what it states.
    let Statement { id, triple, kind, qualifiers, evidence, proposed_by: _ } = after;
    let (has_new_status, has_new_speaker) = match (&before.kind, kind) {
        (Kind::Claim(before), Kind::Claim(after)) => (before.status != after.status, before.by != after.by),
        _ => (false, false),
    };
    let differs = [
        (Field::Id, before.id != *id),
        (Field::Subject, before.triple.subject != triple.subject),
        (Field::Predicate, before.triple.predicate != triple.predicate),
        (Field::Object, before.triple.object != triple.object),
        (Field::Kind, before.kind.as_str() != kind.as_str()),
        (Field::Status, has_new_status),
        (Field::By, has_new_speaker),
        (Field::Qualifiers, !is_same_set(&before.qualifiers, qualifiers)),
        (Field::Evidence, !is_same_set(&without_source_words(&before.evidence), &without_source_words(evidence))),
    ];
    differs.into_iter().filter_map(|(field, differs)| differs.then_some(field)).collect()
}

/// The fields that differ between two derivations, apart from new ids of premises.
fn changed_derivation(
    before: &Statement,
    after: &Statement,
    renamed: &BTreeMap<StatementId, StatementId>,
) -> Vec<Field> {
    let (Some(before), Some(after)) = (before.kind.derivation(), after.kind.derivation()) else { return Vec::new() };
    let key = |premise: &Premise, renamed: Option<&BTreeMap<_, StatementId>>| match premise {
        Premise::Statement(id) => renamed.and_then(|renamed| renamed.get(id)).unwrap_or(id).to_string(),
        Premise::Declared(triple) => triple.to_string(),
    };
    let premises_before: Vec<String> = before.premises.iter().map(|premise| key(premise, Some(renamed))).collect();
    let premises_after: Vec<String> = after.premises.iter().map(|premise| key(premise, None)).collect();
    let differs =
        [(Field::Rule, before.rule != after.rule), (Field::Premises, !is_same_set(&premises_before, &premises_after))];
    differs.into_iter().filter_map(|(field, differs)| differs.then_some(field)).collect()
}

/// What the dataset states. The words of a source depend on whether its text is available.
fn without_source_words(evidence: &[Evidence]) -> Vec<Evidence> {
    evidence.iter().map(Evidence::without_source_words).collect()
}

fn is_same_set<T: Eq + Hash>(a: &[T], b: &[T]) -> bool {
    a.iter().collect::<HashSet<_>>() == b.iter().collect::<HashSet<_>>()
}

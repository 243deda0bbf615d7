//! Conflicts: facts that cannot all hold according to the vocabulary.

mod compare;
mod components;
mod findings;
mod moments;

pub(super) use components::ConflictFindings;

use crate::dataset::{Hierarchy, Vocabulary};
use crate::model::{ClaimStatus, Kind, Statement, StatementId, choices, vocab};
use compare::{Compared, Object, conflicting_sides};
use oxigraph::model::{NamedNode, NamedOrBlankNode, Term, Triple};
use std::borrow::Borrow;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeSet, HashMap};
use std::hash::{Hash, Hasher};

choices!(
    /// The reason for a conflict.
    ConflictKind {
        /// A subject has several values of a functional predicate.
        Values "values",
        /// A triple has several values of a functional qualifier.
        Qualifiers "qualifiers",
        /// Two disjoint predicates hold between the same entities.
        Predicates "predicates",
        /// A claim denies a fact, or what a fact entails by a superproperty.
        Denial "denial",
    }
);

/// Statements that cannot all hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The reason.
    pub kind: ConflictKind,
    /// The functional predicate or qualifier; `None` for the other kinds.
    pub predicate: Option<NamedNode>,
    /// Two or more sides, sorted by value. Each side excludes at least one other. A denial comes second.
    pub sides: Vec<Side>,
}

/// One side of a conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// The value, or the disjoint predicate; `None` for [`ConflictKind::Denial`].
    pub value: Option<Term>,
    /// The indices of the statements on this side, ascending.
    pub statements: Vec<usize>,
}

/// The functional and the disjoint predicates of a vocabulary.
///
/// Subproperties inherit both characteristics.
///
/// ```
/// use factloom::check::{ConflictKind, Exclusions};
/// use factloom::model::Statement;
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let statements: Vec<Statement> = store.statements().collect::<Result<_, _>>()?;
/// let conflicts = Exclusions::new(&dataset.vocabulary).conflicts(&statements);
/// assert!(conflicts.iter().any(|conflict| conflict.kind == ConflictKind::Qualifiers));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Exclusions {
    functional_predicates: Vec<NamedNode>,
    /// The indices of the functional predicates among each predicate and its superproperties.
    functional: HashMap<NamedNode, Vec<u32>>,
    /// The disjoint pairs that each predicate takes part in.
    disjoint: HashMap<NamedNode, Vec<Half>>,
    pairs: Vec<Pair>,
    hierarchy: Hierarchy,
    /// A predicate that exceeds [`MAX_INHERITED`].
    overloaded: Option<NamedNode>,
}

/// How many functional predicates, and how many disjoint pairs, a predicate may inherit from its superproperties or declare.
pub(super) const MAX_INHERITED: usize = 100;

/// Two disjoint predicates.
#[derive(Clone, Debug)]
struct Pair {
    predicates: [Term; 2],
    /// Whether one of them is symmetric, so that subject and object can be swapped.
    is_symmetric: bool,
}

/// How a predicate takes part in a disjoint pair.
#[derive(Clone, Copy, Debug)]
struct Half {
    pair: u32,
    /// The index of the predicate, or of its superproperty, in the pair.
    which: u8,
    /// Whether a symmetric superproperty entails the predicate of the pair in both directions.
    both_ways: bool,
}

/// What conflicting statements have in common.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Group<'a> {
    Values(&'a NamedOrBlankNode, &'a NamedNode),
    Qualifiers(Parts<'a>, &'a NamedNode),
    Predicates(u32, Compared, Compared),
    Denial(Parts<'a>),
}

/// The subject, predicate and object of a triple.
type Parts<'a> = (&'a NamedOrBlankNode, &'a NamedNode, Object<'a>);

struct Member<'a> {
    hash: u64,
    group: Group<'a>,
    value: Option<&'a Term>,
    statement: usize,
}

impl Exclusions {
    /// Reads the characteristics of predicates from a vocabulary. A predicate that is disjoint with itself is ignored.
    ///
    /// Takes time linear in the vocabulary: of the functional and disjoint predicates above each predicate, at most a hundred count.
    pub fn new(vocabulary: &Vocabulary) -> Self {
        let (mut functional, mut symmetric, mut pairs) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for declared in vocabulary.triples() {
            let Triple { subject: NamedOrBlankNode::NamedNode(subject), predicate, object: Term::NamedNode(object) } =
                &declared.triple
            else {
                continue;
            };
            if *predicate == vocab::rdf::TYPE && *object == vocab::owl::FUNCTIONAL_PROPERTY {
                functional.insert(subject);
            } else if *predicate == vocab::rdf::TYPE && *object == vocab::owl::SYMMETRIC_PROPERTY {
                symmetric.insert(subject);
            } else if *predicate == vocab::owl::PROPERTY_DISJOINT_WITH && subject != object {
                pairs.insert(if subject < object { (subject, object) } else { (object, subject) });
            }
        }
        let hierarchy = vocabulary.predicate_hierarchy();
        let mut exclusions = Self { hierarchy: hierarchy.clone(), ..Self::default() };
        for (number, predicate) in (0..).zip(&functional) {
            hierarchy.visit_descendants([*predicate], |below| {
                push_inherited(&mut exclusions.functional, below, number, &mut exclusions.overloaded)
            });
        }
        exclusions.functional_predicates = functional.into_iter().cloned().collect();
        for (pair, (one, other)) in (0..).zip(&pairs) {
            for (which, member) in (0..).zip([*one, *other]) {
                let half = Half { pair, which, both_ways: false };
                let mut symmetric_below = Vec::new();
                hierarchy.visit_descendants([member], |below| {
                    symmetric_below.extend(symmetric.get(below).copied());
                    push_inherited(&mut exclusions.disjoint, below, half, &mut exclusions.overloaded)
                });
                hierarchy.visit_descendants(symmetric_below, |below| {
                    let halves = exclusions.disjoint.get_mut(below);
                    let half = halves
                        .and_then(|halves| halves.last_mut().filter(|half| half.pair == pair && half.which == which));
                    half.map(|half| half.both_ways = true).is_some()
                });
            }
        }
        let pair = |(one, other): (&NamedNode, &NamedNode)| Pair {
            predicates: [one.clone().into(), other.clone().into()],
            is_symmetric: symmetric.contains(one) || symmetric.contains(other),
        };
        exclusions.pairs = pairs.into_iter().map(pair).collect();
        exclusions
    }

    /// A predicate with so many functional or disjoint superproperties that not all of them count.
    pub(super) fn overloaded(&self) -> Option<&NamedNode> {
        self.overloaded.as_ref()
    }

    /// Whether a statement with a predicate states the one with another predicate, too: it is the same or a superproperty.
    pub fn entails(&self, predicate: &NamedNode, other: &NamedNode) -> bool {
        self.hierarchy.is_below(predicate, other)
    }

    /// Whether a statement can take part in a conflict by itself: a fact with a functional or disjoint predicate, or a denial.
    /// A fact that a claim denies can take part in any case.
    pub fn may_conflict(&self, statement: &Statement) -> bool {
        match &statement.kind {
            Kind::Fact => {
                let predicate = &statement.triple.predicate;
                self.functional.contains_key(predicate)
                    || self.disjoint.contains_key(predicate)
                    || statement.qualifiers.iter().any(|q| self.functional.contains_key(&q.predicate))
            }
            Kind::Claim(_) | Kind::Inference(_) | Kind::Entailment(_) => denies(statement),
        }
    }

    /// The conflicts among statements: one for each subject with several values of a functional predicate, each triple with
    /// several values of a functional qualifier, each pair of entities with disjoint predicates, and each denied triple that
    /// a fact states or entails by a superproperty.
    ///
    /// Only facts and denials take part, not inferences or other claims. Times are intervals, and exclude each other if they
    /// have no moment in common, in any time zone if one has none. Numbers are compared by value. Strings exclude each other only if
    /// they have the same language. A value that excludes no other is not a side. The order depends only on the ids of the statements.
    ///
    /// Takes O(n log n) time for n statements and qualifiers.
    pub fn conflicts<S: Borrow<Statement>>(&self, statements: &[S]) -> Vec<Conflict> {
        let statements: Vec<&Statement> = statements.iter().map(Borrow::borrow).collect();
        let statements = &statements[..];
        let mut members: Vec<Member<'_>> = Vec::new();
        let denials = statements.iter().filter(|statement| denies(statement));
        let denied: Denied<'_> = denials.map(|statement| &statement.triple).collect();
        for (number, statement) in statements.iter().enumerate() {
            self.groups(statement, &denied, |group, value| {
                members.push(Member { hash: hash_of(&group), group, value, statement: number });
            });
        }
        members.sort_by_key(|member| (member.hash, member.statement));
        let mut conflicts = Vec::new();
        for chunk in members.chunk_by(|a, b| a.hash == b.hash).filter(|chunk| chunk.len() > 1) {
            // Several groups may have the same hash.
            let mut rest: Vec<&Member<'_>> = chunk.iter().collect();
            while let Some(first) = rest.first().copied() {
                let (group, others): (Vec<_>, Vec<_>) =
                    rest.into_iter().partition(|member| member.group == first.group);
                add_conflicts(&first.group, &group, statements, &mut conflicts);
                rest = others;
            }
        }
        // If a predicate and its superproperty are both functional, the conflict of the superproperty is a duplicate.
        let is_inherited = |conflict: &Conflict| {
            let uses_predicate = |number: &usize| {
                let statement = &statements[*number];
                let qualifiers = statement.qualifiers.iter().map(|qualifier| &qualifier.predicate);
                let mut used = [&statement.triple.predicate].into_iter().chain(qualifiers);
                used.any(|predicate| Some(predicate) == conflict.predicate.as_ref())
            };
            !conflict.sides.iter().flat_map(|side| &side.statements).all(uses_predicate)
        };
        conflicts.sort_by_cached_key(|conflict| {
            let ids = |side: &Side| side.statements.iter().map(|n| statements[*n].id.clone()).collect();
            let ids: Vec<BTreeSet<StatementId>> = conflict.sides.iter().map(ids).collect();
            let values = conflict.sides.iter().map(|side| side.value.as_ref().map(ToString::to_string));
            (conflict.kind, ids, values.collect::<Vec<_>>(), is_inherited(conflict), conflict.predicate.clone())
        });
        conflicts.dedup_by(|b, a| (a.kind, &a.sides) == (b.kind, &b.sides));
        conflicts
    }

    /// The hash of what a fact and a denial of its triple, or of what it entails, have in common.
    pub(super) fn denial_hash(fact: &Statement, denied: &NamedNode) -> u64 {
        hash_of(&Group::Denial((&fact.triple.subject, denied, Object::new(&fact.triple.object))))
    }

    /// Hashes of what statements in conflict with this one have in common with it, except for denials of facts.
    pub(super) fn group_hashes(&self, statement: &Statement) -> Vec<u64> {
        let mut hashes = Vec::new();
        if self.may_conflict(statement) {
            self.groups(statement, &Denied::default(), |group, _| hashes.push(hash_of(&group)));
        }
        hashes
    }

    /// Calls `member` with each group of a statement and its value in the group.
    fn groups<'a>(
        &'a self,
        statement: &'a Statement,
        denied: &Denied<'a>,
        mut member: impl FnMut(Group<'a>, Option<&'a Term>),
    ) {
        let triple = &statement.triple;
        let parts = |predicate: &'a NamedNode| (&triple.subject, predicate, Object::new(&triple.object));
        if statement.kind != Kind::Fact {
            if denies(statement) {
                member(Group::Denial(parts(&triple.predicate)), None);
            }
            return;
        }
        for predicate in denied.entailed(triple, self) {
            member(Group::Denial(parts(predicate)), None);
        }
        for number in self.functional.get(&triple.predicate).into_iter().flatten() {
            let predicate = &self.functional_predicates[*number as usize];
            member(Group::Values(&triple.subject, predicate), Some(&triple.object));
        }
        for Half { pair, which, both_ways } in self.disjoint.get(&triple.predicate).into_iter().flatten() {
            let Pair { predicates, is_symmetric } = &self.pairs[*pair as usize];
            let value = Some(&predicates[usize::from(*which)]);
            let (one, other) = (Compared::Other(triple.subject.to_string()), Compared::new(&triple.object));
            // With a symmetric predicate, both directions belong to one group.
            let swapped = *is_symmetric && other < one;
            let (one, other) = if swapped { (other, one) } else { (one, other) };
            if *both_ways && !is_symmetric && one != other {
                member(Group::Predicates(*pair, other.clone(), one.clone()), value);
            }
            member(Group::Predicates(*pair, one, other), value);
        }
        for qualifier in &statement.qualifiers {
            for number in self.functional.get(&qualifier.predicate).into_iter().flatten() {
                let predicate = &self.functional_predicates[*number as usize];
                member(Group::Qualifiers(parts(&triple.predicate), predicate), Some(&qualifier.value));
            }
        }
    }
}

/// Adds what a predicate inherits. Returns whether there was room for it; the predicates below inherit all of it, too.
fn push_inherited<T>(
    inherited: &mut HashMap<NamedNode, Vec<T>>,
    predicate: &NamedNode,
    value: T,
    overloaded: &mut Option<NamedNode>,
) -> bool {
    let values = inherited.entry(predicate.clone()).or_default();
    if values.len() == MAX_INHERITED {
        overloaded.get_or_insert_with(|| predicate.clone());
        return false;
    }
    values.push(value);
    true
}

/// Adds the conflicts in a group.
fn add_conflicts(group: &Group<'_>, members: &[&Member<'_>], statements: &[&Statement], conflicts: &mut Vec<Conflict>) {
    let values = members.iter().filter_map(|member| Some((member.value?, member.statement)));
    let (kind, predicate, sides) = match group {
        Group::Values(_, predicate) => (ConflictKind::Values, Some(predicate), conflicting_sides(values)),
        Group::Qualifiers(_, predicate) => (ConflictKind::Qualifiers, Some(predicate), conflicting_sides(values)),
        Group::Predicates(..) => (ConflictKind::Predicates, None, conflicting_sides(values)),
        Group::Denial(_) => {
            let numbers = members.iter().map(|member| member.statement);
            let (stated, denied): (Vec<_>, Vec<_>) = numbers.partition(|n| statements[*n].kind == Kind::Fact);
            let side = |statements| Side { value: None, statements };
            let both = !stated.is_empty() && !denied.is_empty();
            let sides = both.then(|| vec![side(stated), side(denied)]);
            (ConflictKind::Denial, None, sides.into_iter().collect())
        }
    };
    let predicate = predicate.map(|predicate| (*predicate).clone());
    conflicts.extend(sides.into_iter().map(|sides| Conflict { kind, predicate: predicate.clone(), sides }));
}

/// The triples that claims deny: the predicates by subject and object.
#[derive(Clone, Debug, Default)]
pub struct Denied<'a>(HashMap<(&'a NamedOrBlankNode, Object<'a>), BTreeSet<&'a NamedNode>>);

impl<'a> FromIterator<&'a Triple> for Denied<'a> {
    fn from_iter<I: IntoIterator<Item = &'a Triple>>(triples: I) -> Self {
        let mut denied = Self::default();
        for triple in triples {
            denied.0.entry((&triple.subject, Object::new(&triple.object))).or_default().insert(&triple.predicate);
        }
        denied
    }
}

impl<'a> Denied<'a> {
    /// Whether nothing is denied.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The denied predicates that a triple entails between its subject and its object.
    pub fn entailed<'b>(
        &'b self,
        triple: &'b Triple,
        exclusions: &'b Exclusions,
    ) -> impl Iterator<Item = &'a NamedNode> + use<'a, 'b> {
        // Most datasets have few denials, and comparing a literal takes longer than finding a term.
        let key = (!self.is_empty()).then(|| (&triple.subject, Object::new(&triple.object)));
        let denied = key.and_then(|key| self.0.get(&key)).into_iter().flatten();
        denied.copied().filter(|predicate| exclusions.entails(&triple.predicate, predicate))
    }
}

fn hash_of(group: &Group<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    group.hash(&mut hasher);
    hasher.finish()
}

/// Whether a statement is a claim that denies its triple.
pub(super) fn denies(statement: &Statement) -> bool {
    statement.kind.status().is_some_and(ClaimStatus::is_denial)
}

#[cfg(test)]
mod tests;

//! Facts that cannot both hold, by what the vocabulary says.

mod compare;
mod days;
mod findings;

pub(super) use findings::report;

use crate::dataset::Vocabulary;
use crate::model::{ClaimStatus, Kind, Statement, StatementId, vocab};
use compare::{Compared, clashing};
use oxigraph::model::{NamedNode, NamedOrBlankNode, Term, Triple};
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{Hash, Hasher};

/// Why statements cannot all hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConflictKind {
    /// A predicate of which a subject has one value at most, with several.
    Values,
    /// A qualifier of which a triple has one value at most, with several.
    Qualifiers,
    /// Two predicates that never hold between the same two things, and do.
    Predicates,
    /// A fact, and a claim that denies it or what follows from it by a super-property.
    Denial,
}

impl ConflictKind {
    /// The kind's name in documents: `values`, `qualifiers`, `predicates` or `denial`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Values => "values",
            Self::Qualifiers => "qualifiers",
            Self::Predicates => "predicates",
            Self::Denial => "denial",
        }
    }
}

/// Statements that cannot all hold, by sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Why they cannot.
    pub kind: ConflictKind,
    /// The functional predicate or qualifier; `None` for the other kinds.
    pub predicate: Option<NamedNode>,
    /// The sides, two or more, each of which excludes at least one other. Sorted by what they say; a denial comes second.
    pub sides: Vec<Side>,
}

/// One side of a conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// What it says: the value, or which of the two predicates; `None` in a denial.
    pub says: Option<Term>,
    /// The statements that say so, by their numbers, ascending.
    pub statements: Vec<usize>,
}

/// What a vocabulary says cannot both hold: functional predicates, and predicates that are disjoint.
///
/// Both are inherited by whatever is an `rdfs:subPropertyOf` them.
///
/// ```
/// use factloom::check::{ConflictKind, Exclusions};
/// use factloom::model::Statement;
///
/// let (dataset, store) = factloom::build(factloom::dataset::Folder::Bundled(factloom::BUNDLED))?;
/// let statements: Vec<Statement> = store.statements().collect::<Result<_, _>>()?;
/// let conflicts = Exclusions::new(&dataset.vocabulary).conflicts(&statements);
/// assert!(conflicts.iter().any(|conflict| conflict.kind == ConflictKind::Qualifiers));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Exclusions {
    /// For each predicate those that follow from it, itself included, of which there is one value at most.
    functional: HashMap<NamedNode, Vec<NamedNode>>,
    /// For each predicate the pairs that it belongs to.
    disjoint: HashMap<NamedNode, Vec<Half>>,
    pairs: Vec<Pair>,
    /// For each predicate those that follow from it, where there are others than itself.
    follow: HashMap<NamedNode, Vec<NamedNode>>,
}

/// Two predicates that are disjoint.
#[derive(Clone, Debug)]
struct Pair {
    predicates: [Term; 2],
    /// Whether one of them holds both ways, so that the other one holds neither way.
    is_symmetric: bool,
}

/// How a predicate belongs to a pair.
#[derive(Clone, Copy, Debug)]
struct Half {
    pair: usize,
    /// Which of the two it is.
    which: usize,
    /// Whether it makes that one hold both ways, be it only by way of a symmetric predicate that follows from it.
    both_ways: bool,
}

/// What statements must have in common to exclude each other.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Group<'a> {
    Values(&'a NamedOrBlankNode, &'a NamedNode),
    Qualifiers(&'a Triple, &'a NamedNode),
    Predicates(usize, Compared, Compared),
    Denial(Parts<'a>),
}

/// A triple, without the need of one: its subject, predicate and object.
type Parts<'a> = (&'a NamedOrBlankNode, &'a NamedNode, &'a Term);

struct Member<'a> {
    hash: u64,
    group: Group<'a>,
    says: Option<&'a Term>,
    statement: usize,
}

impl Exclusions {
    /// Reads off a vocabulary what it excludes. A predicate that is said to be disjoint with itself is passed over.
    ///
    /// Linear in the vocabulary, times the depth of its hierarchy of predicates.
    pub fn new(vocabulary: &Vocabulary) -> Self {
        let (mut functional, mut symmetric, mut pairs) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for given in vocabulary.triples() {
            let Triple { subject: NamedOrBlankNode::NamedNode(subject), predicate, object: Term::NamedNode(object) } =
                &given.triple
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
        let mut exclusions = Self::default();
        let named = pairs.iter().flat_map(|(one, other)| [*one, *other]);
        let predicates = vocabulary.predicates().map(|predicate| &predicate.iri);
        let known: BTreeSet<&NamedNode> = predicates.chain(functional.iter().copied()).chain(named).collect();
        for predicate in known {
            let follow = with_ancestors(predicate, vocabulary);
            let single: Vec<NamedNode> =
                follow.iter().filter(|iri| functional.contains(*iri)).map(|iri| (*iri).clone()).collect();
            if !single.is_empty() {
                exclusions.functional.insert(predicate.clone(), single);
            }
            let both_ways: BTreeSet<&NamedNode> =
                follow.intersection(&symmetric).flat_map(|iri| with_ancestors(iri, vocabulary)).collect();
            for (pair, (one, other)) in pairs.iter().enumerate() {
                for (half, member) in [*one, *other].into_iter().enumerate() {
                    if follow.contains(member) {
                        let both_ways = both_ways.contains(member);
                        let halves = exclusions.disjoint.entry(predicate.clone()).or_default();
                        halves.push(Half { pair, which: half, both_ways });
                    }
                }
            }
            if follow.len() > 1 {
                let others = follow.into_iter().filter(|iri| *iri != predicate).cloned().collect();
                exclusions.follow.insert(predicate.clone(), others);
            }
        }
        let pair = |(one, other): (&NamedNode, &NamedNode)| Pair {
            predicates: [one.clone().into(), other.clone().into()],
            is_symmetric: symmetric.contains(one) || symmetric.contains(other),
        };
        exclusions.pairs = pairs.into_iter().map(pair).collect();
        exclusions
    }

    /// A predicate, and all that follow from it as `rdfs:subPropertyOf` says.
    pub fn with_ancestors<'a>(&'a self, predicate: &'a NamedNode) -> impl Iterator<Item = &'a NamedNode> {
        [predicate].into_iter().chain(self.follow.get(predicate).into_iter().flatten())
    }

    /// Whether a fact can conflict with another one; whether a claim denies something. Where a fact is denied, or
    /// what follows from it, it can conflict although this says no.
    pub fn may_conflict(&self, statement: &Statement) -> bool {
        match &statement.kind {
            Kind::Fact => {
                let predicate = &statement.triple.predicate;
                self.functional.contains_key(predicate)
                    || self.disjoint.contains_key(predicate)
                    || statement.qualifiers.iter().any(|q| self.functional.contains_key(&q.predicate))
            }
            Kind::Claim(_) | Kind::Inference(_) => denies(statement),
        }
    }

    /// The conflicts among statements: one for each subject with too many values of a functional predicate, each triple
    /// with too many of a functional qualifier, each two things between which disjoint predicates hold, and each triple
    /// that a claim denies and facts state, or entail by a super-property.
    ///
    /// Only facts conflict, but for the claims that deny them; inferences rest on facts and are passed over. Times are
    /// intervals, and exclude each other where they share no day; numbers are compared by value; texts in different
    /// languages, or with a language and without, do not exclude each other. A value that is at one with all others is no
    /// side. The order depends on the statements' ids alone.
    ///
    /// For n statements and their qualifiers O(n log n), however many there are of one subject.
    pub fn conflicts(&self, statements: &[Statement]) -> Vec<Conflict> {
        let mut members: Vec<Member<'_>> = Vec::new();
        let denied = denied(statements);
        for (number, statement) in statements.iter().enumerate() {
            self.groups(statement, &denied, |group, says| {
                let mut hasher = DefaultHasher::new();
                group.hash(&mut hasher);
                members.push(Member { hash: hasher.finish(), group, says, statement: number });
            });
        }
        members.sort_by_key(|member| (member.hash, member.statement));
        let mut conflicts = Vec::new();
        for alike in members.chunk_by(|a, b| a.hash == b.hash).filter(|alike| alike.len() > 1) {
            // As a rule it is one group; several may have the same hash.
            let mut rest: Vec<&Member<'_>> = alike.iter().collect();
            while let Some(first) = rest.first().copied() {
                let (group, others): (Vec<_>, Vec<_>) =
                    rest.into_iter().partition(|member| member.group == first.group);
                of_group(&first.group, &group, statements, &mut conflicts);
                rest = others;
            }
        }
        // What a predicate and one that follows from it are both functional for is one conflict: that of the nearer one.
        let is_farther = |conflict: &Conflict| {
            let used = |number: &usize| {
                let statement = &statements[*number];
                let of_qualifiers = || statement.qualifiers.iter().map(|qualifier| &qualifier.predicate);
                let mut used = [&statement.triple.predicate].into_iter().chain(of_qualifiers());
                used.any(|predicate| Some(predicate) == conflict.predicate.as_ref())
            };
            !conflict.sides.iter().flat_map(|side| &side.statements).all(used)
        };
        conflicts.sort_by_cached_key(|conflict| {
            let ids = |side: &Side| side.statements.iter().map(|n| statements[*n].id.clone()).collect();
            let ids: Vec<BTreeSet<StatementId>> = conflict.sides.iter().map(ids).collect();
            let says = conflict.sides.iter().map(|side| side.says.as_ref().map(ToString::to_string));
            (conflict.kind, ids, says.collect::<Vec<_>>(), is_farther(conflict), conflict.predicate.clone())
        });
        conflicts.dedup_by(|b, a| (a.kind, &a.sides) == (b.kind, &b.sides));
        conflicts
    }

    /// Hands out the groups that a statement belongs to, and what it says there.
    fn groups<'a>(
        &'a self,
        statement: &'a Statement,
        denied: &HashSet<Parts<'a>>,
        mut member: impl FnMut(Group<'a>, Option<&'a Term>),
    ) {
        let triple = &statement.triple;
        let is_fact = statement.kind == Kind::Fact;
        let parts = |predicate: &'a NamedNode| (&triple.subject, predicate, &triple.object);
        if !is_fact {
            if denies(statement) {
                member(Group::Denial(parts(&triple.predicate)), None);
            }
            return;
        }
        if !denied.is_empty() {
            for predicate in
                self.with_ancestors(&triple.predicate).filter(|predicate| denied.contains(&parts(predicate)))
            {
                member(Group::Denial(parts(predicate)), None);
            }
        }
        for predicate in self.functional.get(&triple.predicate).into_iter().flatten() {
            member(Group::Values(&triple.subject, predicate), Some(&triple.object));
        }
        for Half { pair, which, both_ways } in self.disjoint.get(&triple.predicate).into_iter().flatten() {
            let Pair { predicates, is_symmetric } = &self.pairs[*pair];
            let says = Some(&predicates[*which]);
            let (one, other) = (Compared::Other(triple.subject.to_string()), Compared::new(&triple.object));
            // The two things are the same two either way, and in one order for all.
            let swapped = *is_symmetric && other < one;
            let (one, other) = if swapped { (other, one) } else { (one, other) };
            if *both_ways && !is_symmetric && one != other {
                member(Group::Predicates(*pair, other.clone(), one.clone()), says);
            }
            member(Group::Predicates(*pair, one, other), says);
        }
        for qualifier in &statement.qualifiers {
            for predicate in self.functional.get(&qualifier.predicate).into_iter().flatten() {
                member(Group::Qualifiers(triple, predicate), Some(&qualifier.value));
            }
        }
    }
}

/// Adds the conflicts in a group.
fn of_group(group: &Group<'_>, members: &[&Member<'_>], statements: &[Statement], conflicts: &mut Vec<Conflict>) {
    let said = members.iter().filter_map(|member| Some((member.says?, member.statement)));
    let (kind, predicate, sides) = match group {
        Group::Values(_, predicate) => (ConflictKind::Values, Some(predicate), clashing(said)),
        Group::Qualifiers(_, predicate) => (ConflictKind::Qualifiers, Some(predicate), clashing(said)),
        Group::Predicates(..) => (ConflictKind::Predicates, None, clashing(said)),
        Group::Denial(_) => {
            let numbers = members.iter().map(|member| member.statement);
            let (stated, denied): (Vec<_>, Vec<_>) = numbers.partition(|n| statements[*n].kind == Kind::Fact);
            let side = |statements| Side { says: None, statements };
            let both = !stated.is_empty() && !denied.is_empty();
            let sides = both.then(|| vec![side(stated), side(denied)]);
            (ConflictKind::Denial, None, sides.into_iter().collect())
        }
    };
    let predicate = predicate.map(|predicate| (*predicate).clone());
    conflicts.extend(sides.into_iter().map(|sides| Conflict { kind, predicate: predicate.clone(), sides }));
}

/// The triples that claims deny.
fn denied(statements: &[Statement]) -> HashSet<Parts<'_>> {
    let triples = statements.iter().filter(|statement| denies(statement)).map(|statement| &statement.triple);
    triples.map(|triple| (&triple.subject, &triple.predicate, &triple.object)).collect()
}

/// Whether a statement is a claim that denies its triple.
fn denies(statement: &Statement) -> bool {
    matches!(&statement.kind, Kind::Claim(claim) if claim.status == ClaimStatus::Denied)
}

/// A predicate and all that follow from it.
fn with_ancestors<'a>(predicate: &'a NamedNode, vocabulary: &'a Vocabulary) -> BTreeSet<&'a NamedNode> {
    let mut found = BTreeSet::from([predicate]);
    let mut open = vec![predicate];
    while let Some(next) = open.pop() {
        for parent in vocabulary.predicate_by_iri(next).into_iter().flat_map(|predicate| &predicate.parents) {
            if found.insert(parent) {
                open.push(parent);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;

//! Rows with blank nodes, written so that the labels of the nodes do not matter.
//!
//! Rows that share blank nodes belong together. Of such a group the nodes are coloured by what the rows say of them, until
//! the colours settle; nodes that still look alike are told apart by trying each of them as the first, and the smallest
//! outcome is the group's name. This is what graph canonicalization does (McKay and Piperno, "Practical graph isomorphism, II",
//! 2014), for the small groups that answers have.

use super::Row;
use oxigraph::model::{BlankNode, NamedOrBlankNode, Term, Triple};
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Colours settle within so many rounds, but for chains of nodes that all look alike. What is farther away from a node than
/// this does not tell it from others.
const ROUNDS: usize = 64;

/// So many ways of telling nodes apart are tried, fewer in large groups. In a group that has more, nodes of
/// one colour count as one and the same.
const TRIALS: usize = 200;

/// So many rows are gone through in all trials.
const ROWS: usize = 20_000;

/// A group of rows that share blank nodes.
pub(super) struct Group {
    /// The rows, by their numbers.
    pub(super) rows: Vec<usize>,
    /// Equal for groups that differ in labels only.
    pub(super) name: String,
    /// What each row is in the group: equal for rows whose nodes have equal colours.
    pub(super) parts: Vec<String>,
}

/// The groups of those rows that have blank nodes, in the order of their first rows.
pub(super) fn groups(rows: &[Row]) -> Vec<Group> {
    let mut sets = Sets::default();
    let mut of_rows = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let mut first = None;
        each_blank(row, &mut |blank| {
            let blank = sets.node(blank.as_str());
            match first {
                None => first = Some(blank),
                Some(first) => sets.join(first, blank),
            }
        });
        of_rows.extend(first.map(|node| (number, node)));
    }
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut of_root: HashMap<usize, usize> = HashMap::new();
    for (number, node) in of_rows {
        let group = *of_root.entry(sets.root(node)).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push(number);
    }
    let group = |numbers: Vec<usize>| {
        let of_group: Vec<&Row> = numbers.iter().map(|&number| &rows[number]).collect();
        let colours = settled(&of_group, Colours::new());
        let parts = of_group.iter().map(|row| written(row, &colours)).collect();
        let mut trials = TRIALS.min(ROWS / of_group.len());
        let name = smallest(&of_group, &colours, &mut trials).unwrap_or_else(|| whole(&of_group, &colours));
        Group { rows: numbers, name, parts }
    };
    groups.into_iter().map(group).collect()
}

type Colours = BTreeMap<String, u64>;

/// The smallest way to write rows under any choice of which of the nodes that look alike come first; `None` where there are
/// more than can be tried.
fn smallest(rows: &[&Row], colours: &Colours, trials: &mut usize) -> Option<String> {
    *trials = trials.checked_sub(1)?;
    let mut classes: BTreeMap<u64, Vec<&String>> = BTreeMap::new();
    for (node, colour) in colours {
        classes.entry(*colour).or_default().push(node);
    }
    let Some((colour, alike)) = classes.iter().find(|(_, nodes)| nodes.len() > 1) else {
        return Some(whole(rows, colours));
    };
    let mut least: Option<String> = None;
    for node in alike {
        let mut chosen = colours.clone();
        chosen.insert((*node).clone(), hash(&(colour, "chosen")));
        let name = smallest(rows, &settled(rows, chosen), trials)?;
        least = Some(least.map_or(name.clone(), |least| least.min(name)));
    }
    least
}

/// Colours each node anew by the rows that it is in, until no more nodes are told apart.
fn settled(rows: &[&Row], mut colours: Colours) -> Colours {
    let mut distinct = 0;
    for _ in 0..ROUNDS {
        let mut seen: BTreeMap<String, Vec<(u64, usize)>> = BTreeMap::new();
        for row in rows {
            let row_hash = hash(&written(row, &colours));
            let mut at = 0;
            each_blank(row, &mut |blank| {
                seen.entry(blank.as_str().to_owned()).or_default().push((row_hash, at));
                at += 1;
            });
        }
        let colour = |(node, mut places): (String, Vec<(u64, usize)>)| {
            places.sort_unstable();
            let colour = hash(&(colours.get(&node), places));
            (node, colour)
        };
        let next: Colours = seen.into_iter().map(colour).collect();
        let mut kinds: Vec<u64> = next.values().copied().collect();
        kinds.sort_unstable();
        kinds.dedup();
        let more = kinds.len() > distinct;
        (colours, distinct) = (next, kinds.len());
        if !more || distinct == colours.len() {
            break;
        }
    }
    colours
}

/// The rows of a group, sorted, with colours in place of labels.
fn whole(rows: &[&Row], colours: &Colours) -> String {
    let mut lines: Vec<String> = rows.iter().map(|row| written(row, colours)).collect();
    lines.sort_unstable();
    lines.join("\n")
}

/// A row with colours in place of labels. A node that has none yet is marked where it stands first in the row.
fn written(row: &Row, colours: &Colours) -> String {
    let mut own: Vec<String> = Vec::new();
    let mut label = |blank: &BlankNode| match colours.get(blank.as_str()) {
        Some(colour) => format!("c{colour:016x}"),
        None => {
            let at = own.iter().position(|known| known == blank.as_str()).unwrap_or_else(|| {
                own.push(blank.as_str().to_owned());
                own.len() - 1
            });
            format!("n{at}")
        }
    };
    let cell =
        |term: &Option<Term>| term.as_ref().map_or(String::new(), |term| relabelled(term, &mut label).to_string());
    row.iter().map(cell).collect::<Vec<_>>().join("\t")
}

fn relabelled(term: &Term, label: &mut impl FnMut(&BlankNode) -> String) -> Term {
    match term {
        Term::BlankNode(blank) => BlankNode::new_unchecked(label(blank)).into(),
        Term::Triple(triple) => {
            let subject: NamedOrBlankNode = match &triple.subject {
                NamedOrBlankNode::BlankNode(blank) => BlankNode::new_unchecked(label(blank)).into(),
                iri @ NamedOrBlankNode::NamedNode(_) => iri.clone(),
            };
            Triple::new(subject, triple.predicate.clone(), relabelled(&triple.object, label)).into()
        }
        Term::NamedNode(_) | Term::Literal(_) => term.clone(),
    }
}

/// Calls something with each blank node of a row, as often as it stands there.
fn each_blank<'a>(row: &'a Row, call: &mut impl FnMut(&'a BlankNode)) {
    for mut term in row.iter().flatten() {
        while let Term::Triple(triple) = term {
            if let NamedOrBlankNode::BlankNode(blank) = &triple.subject {
                call(blank);
            }
            term = &triple.object;
        }
        if let Term::BlankNode(blank) = term {
            call(blank);
        }
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Which blank nodes belong together.
#[derive(Default)]
struct Sets<'a> {
    numbers: HashMap<&'a str, usize>,
    parents: Vec<usize>,
}

impl<'a> Sets<'a> {
    fn node(&mut self, label: &'a str) -> usize {
        let next = self.parents.len();
        let number = *self.numbers.entry(label).or_insert(next);
        if number == next {
            self.parents.push(next);
        }
        number
    }

    fn root(&mut self, mut node: usize) -> usize {
        while self.parents[node] != node {
            self.parents[node] = self.parents[self.parents[node]];
            node = self.parents[node];
        }
        node
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.parents[one.max(other)] = one.min(other);
    }
}

//! Rows with blank nodes in a form that does not depend on the labels of the nodes.
//!
//! Rows that share blank nodes form a group. The nodes of a group are coloured by the rows that they occur in, until the
//! colours no longer change. Nodes with equal colours are distinguished by trying each of them as the first; the smallest
//! outcome is the key of the group. This is canonical labelling of graphs (McKay and Piperno, "Practical graph isomorphism,
//! II", 2014) for small groups.

use super::Row;
use oxigraph::model::{BlankNode, NamedOrBlankNode, Term, Triple};
use petgraph::unionfind::UnionFind;
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

/// The maximum number of rounds of colouring. Only long chains of similar nodes need more, and then nodes may get equal
/// colours in spite of distant differences.
const MAX_ROUNDS: usize = 64;

/// The maximum number of attempts to distinguish nodes of equal colour. In groups that need more, such nodes are equal.
const MAX_ATTEMPTS: usize = 200;

/// The maximum number of rows in all attempts.
const MAX_ROWS: usize = 20_000;

/// Rows that share blank nodes.
pub(super) struct Group {
    /// The indexes of the rows.
    pub(super) rows: Vec<usize>,
    /// Equal for groups that differ only in labels.
    pub(super) key: String,
    /// A key for each row: equal for rows whose nodes have equal colours.
    pub(super) row_keys: Vec<String>,
}

/// The groups of rows with blank nodes, in the order of their first rows.
pub(super) fn groups(rows: &[Row]) -> Vec<Group> {
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut nodes = UnionFind::new_empty();
    let mut first_nodes = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let mut first = None;
        for_each_blank_node(row, &mut |blank| {
            let node = *numbers.entry(blank.as_str()).or_insert_with(|| nodes.new_set());
            nodes.union(*first.get_or_insert(node), node);
        });
        first_nodes.extend(first.map(|node| (index, node)));
    }
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut group_of: HashMap<usize, usize> = HashMap::new();
    for (index, node) in first_nodes {
        let group = *group_of.entry(nodes.find_mut(node)).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push(index);
    }
    let group = |indexes: Vec<usize>| {
        let rows: Vec<&Row> = indexes.iter().map(|&index| &rows[index]).collect();
        let colours = refined(&rows, Colours::new());
        let row_keys = rows.iter().map(|row| row_key(row, &colours)).collect();
        let mut attempts = MAX_ATTEMPTS.min(MAX_ROWS / rows.len());
        let key = smallest_key(&rows, &colours, &mut attempts).unwrap_or_else(|| group_key(&rows, &colours));
        Group { rows: indexes, key, row_keys }
    };
    groups.into_iter().map(group).collect()
}

type Colours = BTreeMap<String, u64>;

/// The smallest key under any choice of the first among nodes of equal colour; `None` if there are too many choices.
fn smallest_key(rows: &[&Row], colours: &Colours, attempts: &mut usize) -> Option<String> {
    *attempts = attempts.checked_sub(1)?;
    let mut classes: BTreeMap<u64, Vec<&String>> = BTreeMap::new();
    for (node, colour) in colours {
        classes.entry(*colour).or_default().push(node);
    }
    let Some((colour, similar)) = classes.iter().find(|(_, nodes)| nodes.len() > 1) else {
        return Some(group_key(rows, colours));
    };
    let mut smallest: Option<String> = None;
    for node in similar {
        let mut chosen = colours.clone();
        chosen.insert((*node).clone(), hash(&(colour, "chosen")));
        let key = smallest_key(rows, &refined(rows, chosen), attempts)?;
        smallest = Some(smallest.map_or(key.clone(), |smallest| smallest.min(key)));
    }
    smallest
}

/// Colours each node by the rows that it occurs in, until the number of colours no longer grows.
fn refined(rows: &[&Row], mut colours: Colours) -> Colours {
    let mut distinct = 0;
    for _ in 0..MAX_ROUNDS {
        let mut occurrences: BTreeMap<String, Vec<(u64, usize)>> = BTreeMap::new();
        for row in rows {
            let row_hash = hash(&row_key(row, &colours));
            let mut position = 0;
            for_each_blank_node(row, &mut |blank| {
                occurrences.entry(blank.as_str().to_owned()).or_default().push((row_hash, position));
                position += 1;
            });
        }
        let recolour = |(node, mut occurrences): (String, Vec<(u64, usize)>)| {
            occurrences.sort_unstable();
            let colour = hash(&(colours.get(&node), occurrences));
            (node, colour)
        };
        let next: Colours = occurrences.into_iter().map(recolour).collect();
        let mut values: Vec<u64> = next.values().copied().collect();
        values.sort_unstable();
        values.dedup();
        let has_grown = values.len() > distinct;
        (colours, distinct) = (next, values.len());
        if !has_grown || distinct == colours.len() {
            break;
        }
    }
    colours
}

/// The rows of a group, sorted, with colours in place of labels.
fn group_key(rows: &[&Row], colours: &Colours) -> String {
    let mut keys: Vec<String> = rows.iter().map(|row| row_key(row, colours)).collect();
    keys.sort_unstable();
    keys.join("\n")
}

/// A row with colours in place of labels. A node without a colour is numbered by its first occurrence in the row.
fn row_key(row: &Row, colours: &Colours) -> String {
    let mut uncoloured: Vec<String> = Vec::new();
    let mut label = |blank: &BlankNode| match colours.get(blank.as_str()) {
        Some(colour) => format!("c{colour:016x}"),
        None => {
            let known = uncoloured.iter().position(|known| known == blank.as_str());
            let number = known.unwrap_or_else(|| {
                uncoloured.push(blank.as_str().to_owned());
                uncoloured.len() - 1
            });
            format!("n{number}")
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

/// Calls a function with each occurrence of a blank node in a row.
fn for_each_blank_node<'a>(row: &'a Row, call: &mut impl FnMut(&'a BlankNode)) {
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

//! Which diagrams of a graph look otherwise.

use crate::output::{Diagram, DiagramEdge, DiagramOptions, Overrides, StatementText, diagram};
use crate::query::{DiagramSettings, SelectStatementsError};
use crate::report::{NamedDiagramError, named_diagrams};
use crate::store::{Labels, Store, StoreError};
use crate::view::View;
use std::collections::{BTreeMap, BTreeSet};

/// A diagram that looks otherwise than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiagramChange {
    /// The name of its file, without an ending.
    pub name: String,
    /// Its boxes.
    pub nodes: ChangeCounts,
    /// Its lines.
    pub edges: ChangeCounts,
    /// Whether what is drawn besides boxes and lines is something else: its title, its look, its legend, its footnotes.
    pub frame: bool,
}

/// How many parts of a diagram changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChangeCounts {
    /// Those that are no longer there.
    pub lost: usize,
    /// Those that are new.
    pub gained: usize,
    /// Those that are labelled or drawn otherwise.
    pub changed: usize,
}

/// Compares the diagrams of two graphs: the one that `build` writes, of the whole graph, and the named ones. A named diagram
/// that only one of them has is compared with an empty one.
///
/// Linear in the statements and entities for each diagram, but for sorting.
pub(super) fn diagram_changes(before: &Store, after: &Store) -> Result<Vec<DiagramChange>, StoreError> {
    let (mut was, mut is) = (named(before)?, named(after)?);
    let names: BTreeSet<String> = was.keys().chain(is.keys()).cloned().collect();
    let mut changes: Vec<DiagramChange> = compared("graph", &whole(before)?, &whole(after)?).into_iter().collect();
    for name in names {
        let (before, after) = (was.remove(&name).unwrap_or_default(), is.remove(&name).unwrap_or_default());
        changes.extend(compared(&name, &before, &after));
    }
    Ok(changes)
}

/// The named diagrams of a graph. One that cannot be drawn, as another change may have it, is as none.
fn named(store: &Store) -> Result<BTreeMap<String, Diagram>, StoreError> {
    let mut drawn = BTreeMap::new();
    for named in named_diagrams(store) {
        match named.draw(store, DiagramSettings::default(), Overrides::default()) {
            Ok(diagram) => drop(drawn.insert(named.name().to_owned(), diagram)),
            Err(NamedDiagramError::Store(error) | NamedDiagramError::Chosen(SelectStatementsError::Store(error))) => {
                return Err(error);
            }
            Err(NamedDiagramError::Parameter(_) | NamedDiagramError::Chosen(SelectStatementsError::Ask)) => {}
        }
    }
    Ok(drawn)
}

fn whole(store: &Store) -> Result<Diagram, StoreError> {
    let context = store.metadata();
    let labels = Labels::new(store, &context.language);
    let view = View::new(store, &labels)?;
    diagram(&context.title, &view, &StatementText::new(store, &labels), &DiagramOptions::default())
}

/// What became of a diagram; `None` where it is the same.
fn compared(name: &str, before: &Diagram, after: &Diagram) -> Option<DiagramChange> {
    if before == after {
        return None;
    }
    let (lines_before, lines_after) = (lines(before), lines(after));
    Some(DiagramChange {
        name: name.to_owned(),
        nodes: tally(&before.nodes, &after.nodes, |node| node.name.as_str()),
        edges: tally(&lines_before, &lines_after, |line| line.statement),
        frame: frame(before) != frame(after),
    })
}

/// What is drawn besides boxes and lines.
fn frame(diagram: &Diagram) -> impl PartialEq + '_ {
    let Diagram { title, rankdir, graph, clusters, nodes: _, edges: _, legend, footnotes, notes } = diagram;
    (title, rankdir, graph, clusters, legend, footnotes, notes)
}

/// A line, with the names of its ends: their places in the list shift with others.
struct Line<'a> {
    statement: &'a str,
    ends: [&'a str; 2],
    edge: &'a DiagramEdge,
}

fn lines(diagram: &Diagram) -> Vec<Line<'_>> {
    let name = |node: usize| diagram.nodes[node].name.as_str();
    let line =
        diagram.edges.iter().map(|edge| Line { statement: &edge.id, ends: [name(edge.from), name(edge.to)], edge });
    line.collect()
}

impl PartialEq for Line<'_> {
    fn eq(&self, other: &Self) -> bool {
        let drawn = |line: &Self| (line.ends, &line.edge.label, &line.edge.tooltip, &line.edge.attributes);
        drawn(self) == drawn(other)
    }
}

fn tally<'a, T: PartialEq>(before: &'a [T], after: &'a [T], name: impl Fn(&'a T) -> &'a str) -> ChangeCounts {
    let was: BTreeMap<&str, &T> = before.iter().map(|part| (name(part), part)).collect();
    let mut tally = ChangeCounts { lost: was.len(), ..ChangeCounts::default() };
    for part in after {
        match was.get(name(part)) {
            Some(same) => {
                tally.lost -= 1;
                tally.changed += usize::from(*same != part);
            }
            None => tally.gained += 1,
        }
    }
    tally
}

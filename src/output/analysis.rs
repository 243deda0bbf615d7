//! What an analysis of a view found: tables for people, and one JSON object a line for programs.

use super::statements::one_line;
use super::{ResultsError, StatementText, statement_json, statements_text};
use crate::model::Statement;
use crate::store::StoreError;
use crate::view::{Bridge, Degree, Measure, Path, Ranked, Ranking, View};
use comfy_table::{CellAlignment, Table, presets};
use petgraph::graph::NodeIndex;
use serde_json::{Value, json};
use std::io::Write;

/// What a view falls into, or what holds it together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Connectivity {
    /// Components: the largest first.
    Components(Vec<Vec<NodeIndex>>),
    /// Bridges.
    Bridges(Vec<Bridge>),
    /// Articulation points.
    ArticulationPoints(Vec<NodeIndex>),
}

/// So many entities of a component are named in a table.
const NAMED: usize = 5;

/// Writes a ranking as a table.
///
/// # Errors
///
/// Those of the writer.
pub fn ranking_text(view: &View, ranking: &Ranking, out: &mut dyn Write) -> Result<(), ResultsError> {
    let score = |score: f64| match ranking.by {
        Measure::Degree => score.to_string(),
        Measure::PageRank | Measure::Betweenness | Measure::Closeness => format!("{score:.6}"),
    };
    let rows = ranking.rows.iter().map(|row| {
        let [label, id] = named(view, row.node);
        vec![label, id, row.degree.incoming.to_string(), row.degree.outgoing.to_string(), score(row.score)]
    });
    table(&["entity", "id", "in", "out", ranking.by.as_str()], rows, &[2, 3, 4], out)
}

/// Writes a ranking for programs: the id and the label of each entity, how many lead to it and from it, and its score.
///
/// # Errors
///
/// Those of the writer.
pub fn ranking_json(view: &View, ranking: &Ranking, out: &mut dyn Write) -> Result<(), ResultsError> {
    let object = |row: &Ranked| {
        let [label, id] = named(view, row.node);
        let Degree { incoming, outgoing } = row.degree;
        json!({ "id": id, "label": label, "in": incoming, "out": outgoing, ranking.by.as_str(): row.score })
    };
    lines(ranking.rows.iter().map(object), out)
}

/// Writes what a view falls into, or what holds it together, as a table.
///
/// # Errors
///
/// Those of the writer.
pub fn connectivity_text(view: &View, parts: &Connectivity, out: &mut dyn Write) -> Result<(), ResultsError> {
    let label = |node: &NodeIndex| named(view, *node)[0].clone();
    match parts {
        Connectivity::Components(components) => {
            let rows = components.iter().enumerate().map(|(at, nodes)| {
                let mut names: Vec<String> = nodes.iter().take(NAMED).map(label).collect();
                match nodes.len().saturating_sub(NAMED) {
                    0 => {}
                    more => names.push(format!("and {more} more")),
                }
                vec![(at + 1).to_string(), nodes.len().to_string(), names.join(", ")]
            });
            table(&["component", "entities", ""], rows, &[0, 1], out)
        }
        Connectivity::Bridges(bridges) => {
            let rows = bridges.iter().map(|bridge| {
                let [one, other] = bridge.ends.map(|end| label(&end));
                vec![one, other, statements(view, bridge).join(", ")]
            });
            table(&["entity", "entity", "statements"], rows, &[], out)
        }
        Connectivity::ArticulationPoints(points) => {
            let rows = points.iter().map(|point| named(view, *point).to_vec());
            table(&["entity", "id"], rows, &[], out)
        }
    }
}

/// Writes what a view falls into, or what holds it together, for programs.
///
/// # Errors
///
/// Those of the writer.
pub fn connectivity_json(view: &View, parts: &Connectivity, out: &mut dyn Write) -> Result<(), ResultsError> {
    let id = |node: &NodeIndex| view.graph()[*node].id.as_str();
    match parts {
        Connectivity::Components(components) => {
            let ids = |nodes: &[NodeIndex]| nodes.iter().map(id).collect::<Vec<_>>();
            let object = |(at, nodes): (usize, &Vec<NodeIndex>)| json!({ "component": at + 1, "size": nodes.len(), "entities": ids(nodes) });
            lines(components.iter().enumerate().map(object), out)
        }
        Connectivity::Bridges(bridges) => {
            let object = |bridge: &Bridge| json!({ "entities": bridge.ends.each_ref().map(id), "statements": statements(view, bridge) });
            lines(bridges.iter().map(object), out)
        }
        Connectivity::ArticulationPoints(points) => {
            let object = |point: &NodeIndex| {
                let [label, id] = named(view, *point);
                json!({ "id": id, "label": label })
            };
            lines(points.iter().map(object), out)
        }
    }
}

/// Writes paths for people: the statements of each, and where there are several paths a heading.
///
/// # Errors
///
/// Those of the writer and of the store.
pub fn paths_text(
    view: &View,
    paths: &[Path],
    text: &StatementText<'_>,
    mut out: &mut dyn Write,
) -> Result<(), ResultsError> {
    for (at, path) in paths.iter().enumerate() {
        if paths.len() > 1 {
            let length = path.steps.len();
            writeln!(out, "path {}: {length} statement{}\n", at + 1, if length == 1 { "" } else { "s" })?;
        }
        statements_text(of_path(view, path, text)?.into_iter().map(Ok), text, &mut out)?;
    }
    Ok(())
}

/// Writes paths for programs: the ids of the entities that each visits, and its statements, as
/// [`statements_json`](super::statements_json) writes them.
///
/// # Errors
///
/// Those of the writer and of the store.
pub fn paths_json(
    view: &View,
    paths: &[Path],
    text: &StatementText<'_>,
    out: &mut dyn Write,
) -> Result<(), ResultsError> {
    for path in paths {
        let statements = of_path(view, path, text)?;
        let statements: Vec<_> = statements.iter().map(|s| statement_json(s, text)).collect::<Result<_, _>>()?;
        let entities: Vec<&str> = path.nodes.iter().map(|node| view.graph()[*node].id.as_str()).collect();
        lines([json!({ "entities": entities, "statements": statements })].into_iter(), out)?;
    }
    Ok(())
}

fn of_path(view: &View, path: &Path, text: &StatementText<'_>) -> Result<Vec<Statement>, StoreError> {
    let ids = path.steps.iter().map(|step| &view.graph()[step.edge].statement);
    ids.filter_map(|id| text.store().statement(id).transpose()).collect()
}

/// The label and the id of an entity.
fn named(view: &View, node: NodeIndex) -> [String; 2] {
    let node = &view.graph()[node];
    [one_line(&node.label), node.id.clone()]
}

fn statements<'a>(view: &'a View, bridge: &Bridge) -> Vec<&'a str> {
    bridge.edges.iter().map(|edge| view.graph()[*edge].statement.as_str()).collect()
}

fn table(
    head: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
    numbers: &[usize],
    out: &mut dyn Write,
) -> Result<(), ResultsError> {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(head).add_rows(rows);
    for (at, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if numbers.contains(&at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    writeln!(out, "{}", table.trim_fmt())?;
    Ok(())
}

fn lines(objects: impl Iterator<Item = Value>, out: &mut dyn Write) -> Result<(), ResultsError> {
    for object in objects {
        writeln!(out, "{object}")?;
    }
    Ok(())
}

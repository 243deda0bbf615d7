//! The results of analyses of a view, as tables and as JSON.

use super::{JsonLayout, OutputError, StatementText, statement_json, statements_text, write_records};
use crate::escape::{single_line, terminal};
use crate::model::Statement;
use crate::store::StoreError;
use crate::view::{Bridge, Measure, Path, Ranking, View};
use comfy_table::{CellAlignment, Table, presets};
use petgraph::graph::NodeIndex;
use serde_json::{Value, json};
use std::io::Write;

/// The connectivity of a view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Connectivity {
    /// Components, the largest first.
    Components(Vec<Vec<NodeIndex>>),
    /// Bridges.
    Bridges(Vec<Bridge>),
    /// Articulation points.
    ArticulationPoints(Vec<NodeIndex>),
}

/// The number of entities of a component that a table names.
const NAMED_ENTITIES: usize = 5;

/// Writes a ranking as a table.
pub fn ranking_text(view: &View, ranking: &Ranking, out: &mut dyn Write) -> Result<(), OutputError> {
    let rows = ranking.rows.iter().map(|row| {
        let [label, id] = names(view, row.node);
        let score = match ranking.by {
            Measure::Degree => row.score.to_string(),
            Measure::PageRank | Measure::Betweenness | Measure::Closeness => format!("{:.6}", row.score),
        };
        vec![label, id, row.degree.incoming.to_string(), row.degree.outgoing.to_string(), score]
    });
    table(&["entity", "id", "in", "out", ranking.by.as_str()], rows, &[2, 3, 4], out)
}

/// Writes the id and the label of each entity, the number of its neighbours, and its score.
pub fn ranking_json(
    view: &View,
    ranking: &Ranking,
    layout: JsonLayout,
    out: &mut dyn Write,
) -> Result<(), OutputError> {
    let objects = ranking.rows.iter().map(|row| {
        let [label, id] = names(view, row.node);
        let (incoming, outgoing) = (row.degree.incoming, row.degree.outgoing);
        let by = ranking.by.as_str();
        Ok::<_, OutputError>(json!({ "id": id, "label": label, "in": incoming, "out": outgoing, by: row.score }))
    });
    write_records(objects, layout, out)
}

/// Writes components, bridges or articulation points as a table.
pub fn connectivity_text(view: &View, connectivity: &Connectivity, out: &mut dyn Write) -> Result<(), OutputError> {
    let label = |node: &NodeIndex| names(view, *node)[0].clone();
    match connectivity {
        Connectivity::Components(components) => {
            let rows = components.iter().enumerate().map(|(index, nodes)| {
                let mut labels: Vec<String> = nodes.iter().take(NAMED_ENTITIES).map(label).collect();
                if nodes.len() > NAMED_ENTITIES {
                    labels.push(format!("and {} more", nodes.len() - NAMED_ENTITIES));
                }
                vec![(index + 1).to_string(), nodes.len().to_string(), labels.join(", ")]
            });
            table(&["component", "size", "entities"], rows, &[0, 1], out)
        }
        Connectivity::Bridges(bridges) => {
            let rows = bridges.iter().map(|bridge| {
                let [one, other] = bridge.ends.each_ref().map(label);
                vec![one, other, statement_ids(view, bridge).join(", ")]
            });
            table(&["entity", "entity", "statements"], rows, &[], out)
        }
        Connectivity::ArticulationPoints(points) => {
            let rows = points.iter().map(|point| names(view, *point).to_vec());
            table(&["entity", "id"], rows, &[], out)
        }
    }
}

/// Writes components, bridges or articulation points with the ids of their entities and statements.
pub fn connectivity_json(
    view: &View,
    connectivity: &Connectivity,
    layout: JsonLayout,
    out: &mut dyn Write,
) -> Result<(), OutputError> {
    let id = |node: &NodeIndex| view.graph()[*node].id.as_str();
    let objects: Vec<Value> = match connectivity {
        Connectivity::Components(components) => {
            let object = |(index, nodes): (usize, &Vec<NodeIndex>)| {
                let ids: Vec<&str> = nodes.iter().map(id).collect();
                json!({ "component": index + 1, "size": nodes.len(), "entities": ids })
            };
            components.iter().enumerate().map(object).collect()
        }
        Connectivity::Bridges(bridges) => {
            let object = |bridge: &Bridge| {
                let ends = bridge.ends.each_ref().map(id);
                json!({ "entities": ends, "statements": statement_ids(view, bridge) })
            };
            bridges.iter().map(object).collect()
        }
        Connectivity::ArticulationPoints(points) => {
            points.iter().map(|point| json!({ "id": id(point), "label": names(view, *point)[0] })).collect()
        }
    };
    write_records(objects.into_iter().map(Ok::<_, OutputError>), layout, out)
}

/// Writes the statements of paths as text. If there are several paths, each has a heading.
pub fn paths_text(
    view: &View,
    paths: &[Path],
    text: &StatementText<'_>,
    mut out: &mut dyn Write,
) -> Result<(), OutputError> {
    for (index, path) in paths.iter().enumerate() {
        if paths.len() > 1 {
            let length = path.edges.len();
            writeln!(out, "path {}: {length} statement{}\n", index + 1, if length == 1 { "" } else { "s" })?;
        }
        statements_text(statements(view, path, text)?.into_iter().map(Ok), text, &mut out)?;
    }
    Ok(())
}

/// Writes the ids of the entities that each path visits, and its statements as in [`statements_json`](super::statements_json).
pub fn paths_json(
    view: &View,
    paths: &[Path],
    text: &StatementText<'_>,
    layout: JsonLayout,
    out: &mut dyn Write,
) -> Result<(), OutputError> {
    let records = paths.iter().map(|path| -> Result<Value, StoreError> {
        let statements = statements(view, path, text)?;
        let statements: Vec<_> = statements.iter().map(|s| statement_json(s, text)).collect::<Result<_, _>>()?;
        let entities: Vec<&str> = path.nodes.iter().map(|node| view.graph()[*node].id.as_str()).collect();
        Ok(json!({ "entities": entities, "statements": statements }))
    });
    write_records(records, layout, out)
}

fn statements(view: &View, path: &Path, text: &StatementText<'_>) -> Result<Vec<Statement>, StoreError> {
    let ids = path.edges.iter().map(|edge| &view.graph()[*edge].statement);
    ids.filter_map(|id| text.store().statement(id).transpose()).collect()
}

/// The label and the id of an entity.
fn names(view: &View, node: NodeIndex) -> [String; 2] {
    let node = &view.graph()[node];
    [single_line(&node.label).into_owned(), node.id.clone()]
}

fn statement_ids<'a>(view: &'a View, bridge: &Bridge) -> Vec<&'a str> {
    bridge.edges.iter().map(|edge| view.graph()[*edge].statement.as_str()).collect()
}

fn table(
    header: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
    numeric_columns: &[usize],
    out: &mut dyn Write,
) -> Result<(), OutputError> {
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_header(header)
        .add_rows(rows.map(|row| row.into_iter().map(|cell| terminal::line(&cell))));
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if numeric_columns.contains(&index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    writeln!(out, "{}", table.trim_fmt())?;
    Ok(())
}

//! The sections and items of a report, independent of its format.
//!
//! Invariant: each version is described with the labels of the same version.

use super::lines::{DiffLine, VersionLine, changed_lines, detail_lines, main_lines};
use super::{
    ChangeCounts, ChangeKind, ComparedGraph, Comparison, DiagramChange, Diff, QueryChange, QueryChangeKind,
    ResourceChange, ResourceKind, ResultsChange, RowSet, RuleChange, StatementChange,
};
use crate::model::vocab;
use crate::query::Decorators;
use crate::store::StoreError;
use itertools::Itertools;
use oxigraph::model::{NamedNode, Term, Triple};
use std::collections::HashSet;

/// The maximum number of rows of a query.
const MAX_ROWS: usize = 20;

/// The changes of one kind of item.
pub(super) struct Section<'a> {
    pub(super) title: &'static str,
    pub(super) counts: ChangeCounts,
    pub(super) length: usize,
    pub(super) items: Box<dyn Iterator<Item = Result<Item, StoreError>> + 'a>,
}

/// An item that differs.
pub(super) struct Item {
    pub(super) kind: ChangeKind,
    /// A sentence or a name.
    pub(super) title: String,
    /// The kind of item and its id, or the summary of a query.
    pub(super) subtitle: String,
    pub(super) lines: Vec<DiffLine>,
    pub(super) rows: Option<ShownRows>,
}

/// Rows that were removed and added.
pub(super) struct ShownRows {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<(ChangeKind, Vec<String>)>,
    /// The number of rows that are not shown.
    pub(super) omitted: usize,
}

/// The sections with items.
pub(super) fn sections<'a>(diff: &'a Diff, comparison: &'a Comparison<'a>) -> Vec<Section<'a>> {
    let Diff { statements, resources, rules, queries, skipped_queries: _, diagrams } = diff;
    let statement = |change| statement_item(change, comparison);
    let resource = |change| resource_item(change, comparison);
    let of_kind = |kind| resources.iter().filter(move |change| change.kind == kind);
    let all = [
        section("statements", statements.curated.iter(), StatementChange::kind, statement),
        section("inferences", statements.inferences.iter(), StatementChange::kind, statement),
        section("entities", of_kind(ResourceKind::Entity), |change| change.change, resource),
        section("sources", of_kind(ResourceKind::Source), |change| change.change, resource),
        section("statuses", of_kind(ResourceKind::Status), |change| change.change, resource),
        section("vocabulary", of_kind(ResourceKind::Term), |change| change.change, resource),
        section("rules", rules.iter(), |change| change.change, |change| Ok(rule_item(change))),
        section("queries", queries.iter(), QueryChange::kind, |change| query_item(change, comparison)),
        section("diagrams", diagrams.iter(), |_| ChangeKind::Changed, |change| Ok(diagram_item(change))),
    ];
    all.into_iter().filter(|section| section.length > 0).collect()
}

fn section<'a, T: 'a>(
    title: &'static str,
    changes: impl Iterator<Item = &'a T> + Clone + 'a,
    kind: impl Fn(&T) -> ChangeKind,
    item: impl Fn(&'a T) -> Result<Item, StoreError> + 'a,
) -> Section<'a> {
    let counts = changes.clone().map(kind).collect();
    Section { title, counts, length: changes.clone().count(), items: Box::new(changes.map(item)) }
}

pub(super) fn statement_item(change: &StatementChange, comparison: &Comparison<'_>) -> Result<Item, StoreError> {
    let Comparison { before: old_graph, after: new_graph } = comparison;
    let unmarked = |lines: Vec<VersionLine>| lines.into_iter().map(|line| line.into_line(None)).collect();
    let (statement, graph, lines) = match (&change.before, &change.after) {
        (Some(old), Some(new)) => {
            let lines = |statement, graph| -> Result<Vec<VersionLine>, StoreError> {
                Ok([main_lines(statement, graph)?, detail_lines(statement, graph)?].into_iter().flatten().collect())
            };
            (new, new_graph, changed_lines(lines(old, old_graph)?, lines(new, new_graph)?))
        }
        (Some(old), None) => (old, old_graph, unmarked(detail_lines(old, old_graph)?)),
        (None, Some(new)) => (new, new_graph, unmarked(detail_lines(new, new_graph)?)),
        (None, None) => {
            let (title, subtitle, lines) = (String::new(), String::new(), Vec::new());
            return Ok(Item { kind: change.kind(), title, subtitle, lines, rows: None });
        }
    };
    let subtitle = format!("{} · {}", graph.text.kind(statement)?, statement.id);
    Ok(Item { kind: change.kind(), title: graph.text.sentence(&statement.triple)?, subtitle, lines, rows: None })
}

fn resource_item(change: &ResourceChange, comparison: &Comparison<'_>) -> Result<Item, StoreError> {
    let ResourceChange { kind, iri, change, removed, added } = change;
    let graph = if *change == ChangeKind::Removed { &comparison.before } else { &comparison.after };
    let lines = |triples: &[Triple], graph| triples.iter().map(|triple| triple_line(triple, graph)).collect();
    let (old, new): (Result<Vec<_>, _>, Result<Vec<_>, _>) =
        (lines(removed, &comparison.before), lines(added, &comparison.after));
    let mut lines = changed_lines(old?, new?);
    if *change != ChangeKind::Changed {
        for line in &mut lines {
            line.kind = None;
        }
    }
    let namespaces = graph.text.store().namespaces();
    let id = match kind {
        ResourceKind::Entity => namespaces.entity_id(iri.as_ref()).map(|id| id.to_string()),
        ResourceKind::Source => namespaces.source_id(iri.as_ref()).map(|id| id.to_string()),
        ResourceKind::Status => namespaces.status_id(iri.as_ref()).map(|id| id.to_string()),
        ResourceKind::Term => namespaces.compact(iri.as_ref()),
    };
    let subtitle = format!("{} · {}", kind.as_str(), id.unwrap_or_else(|| iri.to_string()));
    let source_title = match kind {
        ResourceKind::Source => graph.text.store().objects(iri.as_ref(), vocab::dcterms::TITLE)?,
        ResourceKind::Entity | ResourceKind::Status | ResourceKind::Term => Vec::new(),
    };
    let title = match source_title.first() {
        Some(Term::Literal(title)) => title.value().to_owned(),
        _ => graph.text.labels().name(iri)?.to_string(),
    };
    Ok(Item { kind: *change, title, subtitle, lines, rows: None })
}

/// A declared triple as a field of the dataset's files.
fn triple_line(triple: &Triple, graph: &ComparedGraph<'_>) -> Result<VersionLine, StoreError> {
    let field = field_name(&triple.predicate, graph)?;
    let mut value = graph.cell(&triple.object)?;
    if let Term::Literal(literal) = &triple.object
        && let Some(language) = literal.language()
    {
        value = format!("{value} ({language})");
    }
    let exact = format!("{field}: {}", graph.exact(&triple.object));
    Ok(VersionLine::new(triple.predicate.as_str(), exact, format!("{field}: {value}")))
}

fn field_name(predicate: &NamedNode, graph: &ComparedGraph<'_>) -> Result<String, StoreError> {
    Ok(match predicate.as_ref() {
        vocab::rdf::TYPE => "class".to_owned(),
        vocab::rdfs::LABEL => "label".to_owned(),
        vocab::skos::ALT_LABEL => "alias".to_owned(),
        vocab::skos::EXACT_MATCH => "same as".to_owned(),
        vocab::skos::NOTE => "note".to_owned(),
        _ => graph.text.labels().name(predicate)?.to_string(),
    })
}

fn rule_item(change: &RuleChange) -> Item {
    let RuleChange { name, change } = change;
    Item { kind: *change, title: name.clone(), subtitle: "rule".to_owned(), lines: Vec::new(), rows: None }
}

fn diagram_item(change: &DiagramChange) -> Item {
    let DiagramChange { name, nodes, edges, decoration } = change;
    let counts = [("nodes", nodes.to_string()), ("edges", edges.to_string())];
    let counts = counts.iter().filter(|(_, counts)| !counts.is_empty());
    let mut lines: Vec<DiffLine> =
        counts.map(|(what, counts)| DiffLine::unmarked(format!("{what}: {counts}"))).collect();
    if *decoration {
        lines.push(DiffLine::unmarked("title, style, legend or footnotes changed"));
    }
    Item { kind: ChangeKind::Changed, title: name.clone(), subtitle: "diagram".to_owned(), lines, rows: None }
}

impl QueryChange {
    /// The kind of change.
    pub fn kind(&self) -> ChangeKind {
        match self.kind {
            QueryChangeKind::Added => ChangeKind::Added,
            QueryChangeKind::Removed => ChangeKind::Removed,
            _ => ChangeKind::Changed,
        }
    }
}

/// The name of a query with its test case.
pub(super) fn query_title(name: &str, case: Option<&str>) -> String {
    case.map_or(name.to_owned(), |case| format!("{name} ({case})"))
}

fn query_item(change: &QueryChange, comparison: &Comparison<'_>) -> Result<Item, StoreError> {
    let graph = if change.kind == QueryChangeKind::Removed { &comparison.before } else { &comparison.after };
    let mut rows = None;
    let lines = match &change.kind {
        QueryChangeKind::Added | QueryChangeKind::Removed => Vec::new(),
        QueryChangeKind::Text => vec!["the text changed, the results did not".to_owned()],
        QueryChangeKind::NowFails(reason) => vec![format!("now fails: {reason}")],
        QueryChangeKind::NoLongerFails(reason) => vec![format!("failed before: {reason}")],
        QueryChangeKind::Results(results) => {
            rows = shown_rows(results, comparison)?;
            let text = results.text_changed.then(|| "the text changed".to_owned());
            text.into_iter().chain([results.summary.clone()]).collect()
        }
    };
    let stored = graph.text.store().metadata().queries.iter().find(|query| query.name == change.name);
    let summary = stored.and_then(|query| Decorators::parse(&query.text).ok()?.summary);
    Ok(Item {
        kind: change.kind(),
        title: query_title(&change.name, change.case.as_deref()),
        subtitle: summary.unwrap_or_default(),
        lines: lines.into_iter().map(DiffLine::unmarked).collect(),
        rows,
    })
}

/// The first rows that were removed and added, with the columns of both versions.
fn shown_rows(results: &ResultsChange, comparison: &Comparison<'_>) -> Result<Option<ShownRows>, StoreError> {
    let ResultsChange { removed, added, .. } = results;
    let total = removed.rows.len() + added.rows.len();
    if total == 0 {
        return Ok(None);
    }
    let columns: Vec<String> = removed.columns.iter().chain(&added.columns).unique().cloned().collect();
    let shown_removed = removed.rows.len().min(MAX_ROWS.saturating_sub(added.rows.len()).max(MAX_ROWS / 2));
    let shown_added = added.rows.len().min(MAX_ROWS - shown_removed);
    let cells = |exact| -> Result<_, StoreError> {
        let removed = cells(removed, shown_removed, &columns, &comparison.before, exact)?;
        Ok((removed, cells(added, shown_added, &columns, &comparison.after, exact)?))
    };
    let (mut removed, mut added) = cells(false)?;
    // Different terms may have equal labels.
    let seen: HashSet<&Vec<String>> = removed.iter().collect();
    if added.iter().any(|row| seen.contains(row)) {
        (removed, added) = cells(true)?;
    }
    let omitted = total - removed.len() - added.len();
    let removed = removed.into_iter().map(|row| (ChangeKind::Removed, row));
    let rows = removed.chain(added.into_iter().map(|row| (ChangeKind::Added, row))).collect();
    Ok(Some(ShownRows { columns, rows, omitted }))
}

/// The cells of the first rows, in the order of `columns`.
fn cells(
    set: &RowSet,
    number: usize,
    columns: &[String],
    graph: &ComparedGraph<'_>,
    exact: bool,
) -> Result<Vec<Vec<String>>, StoreError> {
    let index = |column| set.columns.iter().position(|own| own == column);
    let indexes: Vec<Option<usize>> = columns.iter().map(index).collect();
    let rows = set.rows.iter().take(number).map(|row| {
        let cells = indexes.iter().map(|index| match index.and_then(|index| row.get(index)?.as_ref()) {
            None => Ok(String::new()),
            Some(term) if exact => Ok(graph.exact(term)),
            Some(term) => graph.cell(term),
        });
        cells.collect()
    });
    rows.collect()
}

//! The order of rows under ORDER BY.

use super::numbers::with_canonical_numbers;
use super::{ResultSet, Row};
use oxigraph::model::{BlankNode, Term, Variable};
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern, OrderExpression};

/// The sort keys of a query.
pub(super) struct SortKeys {
    /// The query with its sort keys as additional columns; `None` if DISTINCT prevents that.
    pub(super) query: Option<Query>,
    /// The sort keys that are columns of the query.
    columns: Vec<String>,
    /// The number of additional columns.
    added: usize,
}

/// The modifiers around ORDER BY.
#[derive(Default)]
struct Modifiers {
    /// The columns of the query.
    projected: Option<Vec<Variable>>,
    /// Whether equal rows are merged, so that additional columns would give more rows.
    distinct: bool,
}

impl SortKeys {
    /// The sort keys of a query; `None` if it has no ORDER BY.
    pub(super) fn of(query: &Query) -> Option<Self> {
        let Query::Select { dataset, pattern, base_iri } = query else { return None };
        let mut pattern = pattern.clone();
        let mut keys = Self { query: None, columns: Vec::new(), added: 0 };
        if keys.add_columns(&mut pattern, &mut Modifiers::default())? {
            keys.query = Some(Query::Select { dataset: dataset.clone(), pattern, base_iri: base_iri.clone() });
        }
        Some(keys)
    }

    /// Adds the sort keys to a pattern as columns. Returns `None` without ORDER BY, and false if DISTINCT prevents it.
    fn add_columns(&mut self, pattern: &mut GraphPattern, modifiers: &mut Modifiers) -> Option<bool> {
        match pattern {
            GraphPattern::Slice { inner, .. } => self.add_columns(inner, modifiers),
            GraphPattern::Distinct { inner } | GraphPattern::Reduced { inner } => {
                modifiers.distinct = true;
                self.add_columns(inner, modifiers)
            }
            // A second projection belongs to a subquery, and the order of its rows does not matter.
            GraphPattern::Project { inner, variables } if modifiers.projected.is_none() => {
                modifiers.projected = Some(variables.clone());
                let is_added = self.add_columns(inner, modifiers)?;
                if is_added {
                    variables.extend((0..self.added).map(key_column));
                }
                Some(is_added)
            }
            GraphPattern::OrderBy { inner, expression } => {
                let projected = modifiers.projected.as_deref().unwrap_or_default();
                for OrderExpression::Asc(key) | OrderExpression::Desc(key) in expression {
                    match key {
                        Expression::Variable(variable) if projected.contains(variable) => {
                            self.columns.push(variable.as_str().to_owned());
                        }
                        _ if modifiers.distinct => return Some(false),
                        key => {
                            let ordered = std::mem::replace(&mut **inner, GraphPattern::Bgp { patterns: Vec::new() });
                            **inner = GraphPattern::Extend {
                                inner: Box::new(ordered),
                                variable: key_column(self.added),
                                expression: key.clone(),
                            };
                            self.added += 1;
                        }
                    }
                }
                Some(true)
            }
            _ => None,
        }
    }

    /// Ranks the rows, and removes the additional columns.
    pub(super) fn rank(&self, mut results: ResultSet) -> ResultSet {
        if self.query.is_none() {
            return ResultSet { ranks: Some((0..results.rows.len()).collect()), ..results };
        }
        let width = results.columns.len() - self.added;
        let index = |name: &String| results.columns.iter().position(|column| column == name);
        let keys: Vec<usize> = self.columns.iter().filter_map(index).chain(width..results.columns.len()).collect();
        let mut ranks = Vec::with_capacity(results.rows.len());
        let (mut rank, mut previous) = (0, None);
        for row in &mut results.rows {
            let key: Row = keys.iter().map(|&column| row[column].as_ref().map(sort_key)).collect();
            rank += usize::from(previous.as_ref().is_some_and(|previous| *previous != key));
            ranks.push(rank);
            previous = Some(key);
            row.truncate(width);
        }
        results.columns.truncate(width);
        ResultSet { ranks: Some(ranks), ..results }
    }
}

/// The column of a sort key. The space prevents a clash with variables of the query.
fn key_column(number: usize) -> Variable {
    Variable::new_unchecked(format!("sort key {number}"))
}

/// A term as a sort key: blank nodes have no order.
fn sort_key(term: &Term) -> Term {
    match term {
        Term::BlankNode(_) => BlankNode::new_unchecked("b").into(),
        other => with_canonical_numbers(other),
    }
}

//! The order of rows: which of them a query puts in order, and which may come in any.

use super::{Row, Rows, by_value};
use oxigraph::model::{Term, Variable};
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern, OrderExpression};

/// A query that orders its rows.
pub(super) struct Keyed {
    /// The query with its sort keys as more columns behind its own; `None` where they cannot be asked along.
    pub(super) query: Option<Query>,
    /// The sort keys that are columns of its own.
    columns: Vec<Variable>,
    /// How many columns were added.
    added: usize,
}

/// What a query does to its rows once they are in order.
#[derive(Default)]
struct Seen {
    /// The columns that are kept.
    columns: Option<Vec<Variable>>,
    /// Whether equal rows become one, so that more columns would make more rows.
    distinct: bool,
}

impl Keyed {
    /// `None` for a query that leaves the order of its rows open.
    pub(super) fn of(query: &Query) -> Option<Self> {
        let Query::Select { dataset, pattern, base_iri } = query else { return None };
        let mut pattern = pattern.clone();
        let mut keyed = Self { query: None, columns: Vec::new(), added: 0 };
        let asked = keyed.extend(&mut pattern, &mut Seen::default())?;
        keyed.query = asked.then(|| Query::Select { dataset: dataset.clone(), pattern, base_iri: base_iri.clone() });
        Some(keyed)
    }

    /// Puts the sort keys into a pattern. `None` where nothing is ordered; false where the keys cannot be asked along.
    fn extend(&mut self, pattern: &mut GraphPattern, seen: &mut Seen) -> Option<bool> {
        match pattern {
            GraphPattern::Slice { inner, .. } => self.extend(inner, seen),
            GraphPattern::Distinct { inner } | GraphPattern::Reduced { inner } => {
                seen.distinct = true;
                self.extend(inner, seen)
            }
            // Behind the second projection there is another query, whose order is nobody's concern.
            GraphPattern::Project { inner, variables } if seen.columns.is_none() => {
                seen.columns = Some(variables.clone());
                let asked = self.extend(inner, seen)?;
                if asked {
                    variables.extend((0..self.added).map(key));
                }
                Some(asked)
            }
            GraphPattern::OrderBy { inner, expression } => {
                for by in expression {
                    let (OrderExpression::Asc(by) | OrderExpression::Desc(by)) = by;
                    match by {
                        Expression::Variable(variable) if seen.columns.iter().flatten().any(|c| c == variable) => {
                            self.columns.push(variable.clone());
                        }
                        _ if seen.distinct => return Some(false),
                        other => {
                            let ordered = std::mem::replace(&mut **inner, GraphPattern::Bgp { patterns: Vec::new() });
                            **inner = GraphPattern::Extend {
                                inner: Box::new(ordered),
                                variable: key(self.added),
                                expression: other.clone(),
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

    /// Takes the added columns off the rows, and gives each row its place.
    pub(super) fn placed(&self, mut answer: Rows) -> Rows {
        if self.query.is_none() {
            return Rows { places: Some((0..answer.rows.len()).collect()), ..answer };
        }
        let own = answer.variables.len() - self.added;
        let at = |variable: &Variable| answer.variables.iter().position(|v| v == variable);
        let columns: Vec<usize> = self.columns.iter().filter_map(at).chain(own..answer.variables.len()).collect();
        let mut places = Vec::with_capacity(answer.rows.len());
        let (mut place, mut before) = (0, None);
        for row in &mut answer.rows {
            let keys: Row = columns.iter().map(|&column| row[column].as_ref().map(sort_key)).collect();
            place += usize::from(before.as_ref().is_some_and(|before| *before != keys));
            places.push(place);
            before = Some(keys);
            row.truncate(own);
        }
        answer.variables.truncate(own);
        Rows { places: Some(places), ..answer }
    }
}

/// The column of a sort key. No query has a variable of this name: it holds a character that SPARQL has no place for.
fn key(number: usize) -> Variable {
    Variable::new_unchecked(format!("sort key {number}"))
}

/// What counts of a term that rows are ordered by: of a blank node nothing but that it is one.
fn sort_key(term: &Term) -> Term {
    match term {
        Term::BlankNode(_) => oxigraph::model::BlankNode::new_unchecked("b").into(),
        other => by_value(other),
    }
}

//! Rewriting a pattern so that its solutions tell which triples they matched.
//!
//! Blank nodes become variables. Each part that a solution need not match (OPTIONAL, a branch of UNION) gets a variable that is
//! bound if it did. These variables have names that the query does not use, and subqueries return them, so that one evaluation
//! yields them with each row.

use super::CitationGap;
use super::traced_pattern::{Match, MatchKind, Subpattern, TracedPattern};
use crate::model::{conjuncts, has_exists, subexpressions};
use crate::query::algebra::{in_scope, unused_prefix};
use oxigraph::model::{Literal, Variable};
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::{TermPattern, TriplePattern};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The pattern of a query without its solution modifiers, and whether one of them was DISTINCT or REDUCED.
pub(super) fn without_modifiers(mut pattern: &GraphPattern) -> (&GraphPattern, bool) {
    let mut merged = false;
    loop {
        match pattern {
            GraphPattern::Slice { inner, .. } | GraphPattern::OrderBy { inner, .. } => pattern = inner,
            GraphPattern::Distinct { inner } | GraphPattern::Reduced { inner } => {
                merged = true;
                pattern = inner;
            }
            _ => return (pattern, merged),
        }
    }
}

/// Rewrites the patterns of one query.
pub(super) struct Rewriter {
    /// A prefix that no variable of the query has.
    prefix: String,
    /// The number of variables and subpatterns so far.
    counter: usize,
    blanks: HashMap<String, Variable>,
    /// Whether the solutions must come in the order of the query.
    in_order: bool,
    /// The variables that a condition sees from the patterns around it.
    outer_scope: BTreeSet<Variable>,
    pub(super) gaps: BTreeSet<CitationGap>,
}

impl Rewriter {
    pub(super) fn new(query: &Query) -> Self {
        Self {
            prefix: unused_prefix(query, "cited"),
            counter: 0,
            blanks: HashMap::new(),
            in_order: false,
            outer_scope: BTreeSet::new(),
            gaps: BTreeSet::new(),
        }
    }

    fn fresh(&mut self) -> Variable {
        self.counter += 1;
        Variable::new_unchecked(format!("{}{}", self.prefix, self.counter))
    }

    pub(super) fn trace(&mut self, pattern: &GraphPattern) -> TracedPattern {
        let mut matches = Vec::new();
        let pattern = self.pattern(pattern, &mut matches);
        TracedPattern { pattern, matches }
    }

    /// Rewrites a pattern so that its solutions come in the order of the query.
    pub(super) fn trace_in_order(&mut self, pattern: &GraphPattern) -> TracedPattern {
        self.in_order = true;
        let traced = self.trace(pattern);
        self.in_order = false;
        traced
    }

    fn pattern(&mut self, pattern: &GraphPattern, matches: &mut Vec<Match>) -> GraphPattern {
        match pattern {
            GraphPattern::Bgp { patterns } => {
                let patterns: Vec<TriplePattern> = patterns.iter().map(|pattern| self.triple(pattern)).collect();
                matches.extend(patterns.iter().cloned().map(|t| Match { guard: None, kind: MatchKind::Triple(t) }));
                GraphPattern::Bgp { patterns }
            }
            GraphPattern::Path { subject, path, object } => {
                let (subject, object) = (self.term(subject), self.term(object));
                let kind = MatchKind::Path { subject: subject.clone(), path: path.clone(), object: object.clone() };
                matches.push(Match { guard: None, kind });
                GraphPattern::Path { subject, path: path.clone(), object }
            }
            GraphPattern::Join { left, right } => {
                GraphPattern::Join { left: self.boxed(left, matches), right: self.boxed(right, matches) }
            }
            GraphPattern::Lateral { left, right } => {
                GraphPattern::Lateral { left: self.boxed(left, matches), right: self.boxed(right, matches) }
            }
            GraphPattern::LeftJoin { left, right, expression } => {
                if let Some(condition) = expression {
                    self.record_gaps(condition);
                }
                let left = self.boxed(left, matches);
                let right = Box::new(self.guarded(right, matches));
                GraphPattern::LeftJoin { left, right, expression: expression.clone() }
            }
            GraphPattern::Union { left, right } => {
                let (left, right) = (self.guarded(left, matches), self.guarded(right, matches));
                GraphPattern::Union { left: Box::new(left), right: Box::new(right) }
            }
            GraphPattern::Filter { expr, inner } => {
                let rewritten = self.boxed(inner, matches);
                for condition in conjuncts(expr) {
                    match condition {
                        Expression::Exists(condition) => matches.push(self.exists(inner, condition)),
                        other => self.record_gaps(other),
                    }
                }
                GraphPattern::Filter { expr: expr.clone(), inner: rewritten }
            }
            GraphPattern::Extend { inner, variable, expression } => {
                self.record_gaps(expression);
                let inner = self.boxed(inner, matches);
                GraphPattern::Extend { inner, variable: variable.clone(), expression: expression.clone() }
            }
            GraphPattern::Minus { left, right } => {
                self.gaps.insert(CitationGap::Absence);
                GraphPattern::Minus { left: self.boxed(left, matches), right: right.clone() }
            }
            GraphPattern::Values { .. } => pattern.clone(),
            GraphPattern::OrderBy { inner, .. } => self.pattern(inner, matches),
            GraphPattern::Project { inner, variables } => self.project(inner, variables, matches),
            GraphPattern::Group { inner, variables, .. } => {
                let traced = self.trace(inner);
                matches.push(self.group(variables.clone(), traced));
                pattern.clone()
            }
            GraphPattern::Slice { .. } | GraphPattern::Distinct { .. } | GraphPattern::Reduced { .. } => {
                if has_slice(pattern) {
                    self.gaps.insert(CitationGap::SlicedSubquery);
                }
                let mut keys = BTreeSet::new();
                in_scope(pattern, &mut keys);
                let traced = self.trace(without_modifiers(pattern).0);
                matches.push(self.group(keys.into_iter().collect(), traced));
                pattern.clone()
            }
            GraphPattern::Graph { .. } => {
                self.gaps.insert(CitationGap::NamedGraph);
                pattern.clone()
            }
            GraphPattern::Service { .. } => {
                self.gaps.insert(CitationGap::Service);
                pattern.clone()
            }
        }
    }

    fn boxed(&mut self, pattern: &GraphPattern, matches: &mut Vec<Match>) -> Box<GraphPattern> {
        Box::new(self.pattern(pattern, matches))
    }

    fn group(&mut self, keys: Vec<Variable>, traced: TracedPattern) -> Match {
        let inner = self.subpattern(&keys, traced);
        Match { guard: None, kind: MatchKind::Group { keys, inner } }
    }

    fn subpattern(&mut self, keys: &[Variable], traced: TracedPattern) -> Subpattern {
        self.counter += 1;
        Subpattern { number: self.counter, keys: keys.to_vec(), traced }
    }

    /// Rewrites a part that not every solution matches, and binds its guard if it does.
    fn guarded(&mut self, pattern: &GraphPattern, matches: &mut Vec<Match>) -> GraphPattern {
        let mut inside = Vec::new();
        let inner = self.boxed(pattern, &mut inside);
        if inside.iter().all(|part| part.guard.is_some()) {
            matches.append(&mut inside);
            return *inner;
        }
        let variable = self.fresh();
        for part in inside.iter_mut().filter(|part| part.guard.is_none()) {
            part.guard = Some(variable.clone());
        }
        matches.append(&mut inside);
        GraphPattern::Extend { inner, variable, expression: Expression::Literal(Literal::from(true)) }
    }

    /// Rewrites a subquery so that it also returns its hidden variables, renamed because the outer query may use their names.
    fn project(&mut self, inner: &GraphPattern, shown: &[Variable], matches: &mut Vec<Match>) -> GraphPattern {
        let mut inside = Vec::new();
        let order = match inner {
            GraphPattern::OrderBy { expression, .. } if std::mem::take(&mut self.in_order) => Some(expression.clone()),
            _ => None,
        };
        // The order of subqueries has no effect.
        self.in_order = false;
        let mut inner = self.pattern(inner, &mut inside);
        let mut variables = shown.to_vec();
        let mut names = BTreeMap::new();
        let used: BTreeSet<Variable> = inside.iter().flat_map(Match::variables).collect();
        for variable in used.into_iter().filter(|variable| !shown.contains(variable)) {
            if variable.as_str().starts_with(&self.prefix) {
                variables.push(variable);
                continue;
            }
            let name = self.fresh();
            variables.push(name.clone());
            let expression = Expression::Variable(variable.clone());
            inner = GraphPattern::Extend { inner: Box::new(inner), variable: name.clone(), expression };
            names.insert(variable, name);
        }
        for part in &mut inside {
            part.rename(&names);
        }
        matches.append(&mut inside);
        if let Some(expression) = order {
            inner = GraphPattern::OrderBy { inner: Box::new(inner), expression };
        }
        GraphPattern::Project { inner: Box::new(inner), variables }
    }

    /// The match of an EXISTS: the solutions of its pattern for each solution of the pattern that it filters.
    fn exists(&mut self, inner: &GraphPattern, condition: &GraphPattern) -> Match {
        let mut scope = self.outer_scope.clone();
        in_scope(inner, &mut scope);
        // Only variables that the condition mentions matter. Too many keys do no harm, so the text is precise enough.
        let text = condition.to_string();
        let keys: Vec<Variable> = scope.iter().filter(|key| text.contains(&key.to_string())).cloned().collect();
        let outer_scope = std::mem::replace(&mut self.outer_scope, scope);
        let mut filters = Vec::new();
        let mut core = condition;
        while let GraphPattern::Filter { expr, inner } = core {
            filters.push(expr);
            core = inner;
        }
        let joinable = is_joinable(core) && !filters.iter().any(|filter| has_exists(filter));
        let mut matches = Vec::new();
        let left = Box::new(GraphPattern::default());
        let pattern = if joinable {
            let joined = GraphPattern::Join { left, right: self.boxed(core, &mut matches) };
            filters
                .into_iter()
                .rev()
                .fold(joined, |inner, filter| GraphPattern::Filter { expr: filter.clone(), inner: Box::new(inner) })
        } else {
            GraphPattern::Lateral { left, right: self.boxed(condition, &mut matches) }
        };
        self.outer_scope = outer_scope;
        let inner = self.subpattern(&keys, TracedPattern { pattern, matches });
        Match { guard: None, kind: MatchKind::Exists { keys, inner } }
    }

    /// Records that the patterns within an expression are not cited.
    fn record_gaps(&mut self, expression: &Expression) {
        let mut pending = vec![expression];
        while let Some(next) = pending.pop() {
            match next {
                Expression::Not(inner) if matches!(**inner, Expression::Exists(_)) => {
                    self.gaps.insert(CitationGap::Absence);
                }
                Expression::Exists(_) => drop(self.gaps.insert(CitationGap::NestedExists)),
                other => pending.extend(subexpressions(other)),
            }
        }
    }

    fn triple(&mut self, pattern: &TriplePattern) -> TriplePattern {
        TriplePattern {
            subject: self.term(&pattern.subject),
            predicate: pattern.predicate.clone(),
            object: self.term(&pattern.object),
        }
    }

    fn term(&mut self, pattern: &TermPattern) -> TermPattern {
        match pattern {
            TermPattern::BlankNode(blank) => {
                if let Some(known) = self.blanks.get(blank.as_str()) {
                    return known.clone().into();
                }
                let variable = self.fresh();
                self.blanks.insert(blank.as_str().to_owned(), variable.clone());
                variable.into()
            }
            TermPattern::Triple(triple) => TermPattern::Triple(Box::new(self.triple(triple))),
            other => other.clone(),
        }
    }
}

/// Whether joining a pattern to the outer solutions is the same as evaluating it for each of them.
fn is_joinable(pattern: &GraphPattern) -> bool {
    match pattern {
        GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => true,
        GraphPattern::Join { left, right } | GraphPattern::Union { left, right } => {
            is_joinable(left) && is_joinable(right)
        }
        _ => false,
    }
}

fn has_slice(mut pattern: &GraphPattern) -> bool {
    loop {
        match pattern {
            GraphPattern::Slice { .. } => return true,
            GraphPattern::Distinct { inner } | GraphPattern::Reduced { inner } => pattern = inner,
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Namespaces;

    fn rewritten(text: &str) -> (Query, TracedPattern, BTreeSet<CitationGap>) {
        let query = Namespaces::standard().parse_query(text).unwrap();
        let mut rewriter = Rewriter::new(&query);
        let traced = rewriter.trace(crate::model::pattern_of(&query));
        (query, traced, rewriter.gaps)
    }

    #[test]
    fn hidden_variables_have_names_that_the_query_does_not_use() {
        let (_, traced, _) = rewritten("SELECT ?cited1 { ?cited1 ?cited_2 [] OPTIONAL { ?cited1 ?p ?o } }");
        let GraphPattern::Project { variables, .. } = &traced.pattern else { panic!() };
        assert_eq!(variables[0].as_str(), "cited1");
        assert!(variables[1..].iter().all(|variable| variable.as_str().starts_with("cited__")), "{variables:?}");
    }

    #[test]
    fn hidden_variables_of_a_subquery_are_renamed() {
        let (_, traced, _) = rewritten("SELECT * { ?s ?p ?o { SELECT ?o { ?o ?p ?x } } }");
        let triples: Vec<String> = traced
            .matches
            .iter()
            .map(|part| match &part.kind {
                MatchKind::Triple(triple) => triple.to_string(),
                _ => panic!("there are triple patterns only"),
            })
            .collect();
        assert_eq!(triples[0], "?s ?p ?o");
        assert!(triples[1].starts_with("?o ?cited") && !triples[1].contains("?x"), "{triples:?}");
    }

    #[test]
    fn only_optional_parts_are_guarded() {
        let (_, traced, gaps) = rewritten("ASK { ?s ?p ?o OPTIONAL { ?o ?q ?x } MINUS { ?x ?y ?z } }");
        let guarded: Vec<bool> = traced.matches.iter().map(|part| part.guard.is_some()).collect();
        assert_eq!(guarded, [false, true]);
        assert_eq!(gaps, BTreeSet::from([CitationGap::Absence]));
    }
}

//! Rewriting a pattern so that its solutions tell which triples they matched.
//!
//! Blank nodes of patterns become variables, and each branch that a solution may have come by without gets a variable that
//! says that it did. All of these have names that the query does not use, and are handed up through the queries inside the
//! query, so that one evaluation gives them with each row.

use super::CitationGap;
use super::part::{Group, Part, PartKind, Recipe};
use crate::model::{all_subexpressions, conjuncts, subexpressions};
use crate::query::algebra::in_scope;
use oxigraph::model::{Literal, Variable};
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::{TermPattern, TriplePattern};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

/// The pattern of a query without what only chooses among its rows or orders them, and whether rows were made one.
pub(super) fn body(mut pattern: &GraphPattern) -> (&GraphPattern, bool) {
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
    /// Begins the names that the query does not use.
    prefix: String,
    made: usize,
    blanks: HashMap<String, Variable>,
    /// Whether the order of the solutions is that of the query.
    in_order: bool,
    /// What a condition sees of the patterns around it.
    outside: BTreeSet<Variable>,
    pub(super) uncited: BTreeSet<CitationGap>,
}

impl Rewriter {
    pub(super) fn new(query: &Query) -> Self {
        let text = query.to_string();
        let mut prefix = "cited".to_owned();
        while text.contains(&prefix) {
            prefix.push('_');
        }
        Self {
            prefix,
            made: 0,
            blanks: HashMap::new(),
            in_order: false,
            outside: BTreeSet::new(),
            uncited: BTreeSet::new(),
        }
    }

    fn fresh(&mut self) -> Variable {
        self.made += 1;
        Variable::new_unchecked(format!("{}{}", self.prefix, self.made))
    }

    pub(super) fn recipe(&mut self, pattern: &GraphPattern) -> Recipe {
        let mut parts = Vec::new();
        let pattern = self.pattern(pattern, &mut parts);
        Recipe { pattern, parts }
    }

    /// A recipe whose solutions come in the order of the query.
    pub(super) fn recipe_in_order(&mut self, pattern: &GraphPattern) -> Recipe {
        self.in_order = true;
        let recipe = self.recipe(pattern);
        self.in_order = false;
        recipe
    }

    fn pattern(&mut self, pattern: &GraphPattern, parts: &mut Vec<Part>) -> GraphPattern {
        match pattern {
            GraphPattern::Bgp { patterns } => {
                let patterns: Vec<TriplePattern> = patterns.iter().map(|pattern| self.triple(pattern)).collect();
                parts.extend(patterns.iter().cloned().map(|t| Part { guard: None, kind: PartKind::Triple(t) }));
                GraphPattern::Bgp { patterns }
            }
            GraphPattern::Path { subject, path, object } => {
                let (subject, object) = (self.term(subject), self.term(object));
                let kind = PartKind::Path { subject: subject.clone(), path: path.clone(), object: object.clone() };
                parts.push(Part { guard: None, kind });
                GraphPattern::Path { subject, path: path.clone(), object }
            }
            GraphPattern::Join { left, right } => {
                let (left, right) = (self.boxed(left, parts), self.boxed(right, parts));
                GraphPattern::Join { left, right }
            }
            GraphPattern::Lateral { left, right } => {
                let (left, right) = (self.boxed(left, parts), self.boxed(right, parts));
                GraphPattern::Lateral { left, right }
            }
            GraphPattern::LeftJoin { left, right, expression } => {
                if let Some(condition) = expression {
                    self.say_conditions(condition);
                }
                let left = self.boxed(left, parts);
                let right = Box::new(self.marked(right, parts));
                GraphPattern::LeftJoin { left, right, expression: expression.clone() }
            }
            GraphPattern::Union { left, right } => {
                let (left, right) = (self.marked(left, parts), self.marked(right, parts));
                GraphPattern::Union { left: Box::new(left), right: Box::new(right) }
            }
            GraphPattern::Filter { expr, inner } => {
                let rewritten = self.boxed(inner, parts);
                for condition in conjuncts(expr) {
                    match condition {
                        Expression::Exists(wanted) => parts.push(self.existing(inner, wanted)),
                        other => self.say_conditions(other),
                    }
                }
                GraphPattern::Filter { expr: expr.clone(), inner: rewritten }
            }
            GraphPattern::Extend { inner, variable, expression } => {
                self.say_conditions(expression);
                let inner = self.boxed(inner, parts);
                GraphPattern::Extend { inner, variable: variable.clone(), expression: expression.clone() }
            }
            GraphPattern::Minus { left, right } => {
                self.uncited.insert(CitationGap::Absence);
                GraphPattern::Minus { left: self.boxed(left, parts), right: right.clone() }
            }
            GraphPattern::Values { .. } => pattern.clone(),
            GraphPattern::OrderBy { inner, .. } => self.pattern(inner, parts),
            GraphPattern::Project { inner, variables } => self.project(inner, variables, parts),
            GraphPattern::Group { inner, variables, .. } => {
                let recipe = self.recipe(inner);
                parts.push(self.group(variables.clone(), recipe));
                pattern.clone()
            }
            GraphPattern::Slice { .. } | GraphPattern::Distinct { .. } | GraphPattern::Reduced { .. } => {
                if has_slice(pattern) {
                    self.uncited.insert(CitationGap::Chosen);
                }
                let mut keys = BTreeSet::new();
                in_scope(pattern, &mut keys);
                let recipe = self.recipe(body(pattern).0);
                parts.push(self.group(keys.into_iter().collect(), recipe));
                pattern.clone()
            }
            GraphPattern::Graph { .. } => {
                self.uncited.insert(CitationGap::NamedGraph);
                pattern.clone()
            }
            GraphPattern::Service { .. } => {
                self.uncited.insert(CitationGap::Service);
                pattern.clone()
            }
        }
    }

    fn boxed(&mut self, pattern: &GraphPattern, parts: &mut Vec<Part>) -> Box<GraphPattern> {
        Box::new(self.pattern(pattern, parts))
    }

    fn group(&mut self, keys: Vec<Variable>, recipe: Recipe) -> Part {
        self.made += 1;
        let inner = Rc::new(Group { number: self.made, keys: keys.clone(), recipe });
        Part { guard: None, kind: PartKind::Group { keys, inner } }
    }

    /// A pattern that not every solution has come by: those that have say so.
    fn marked(&mut self, pattern: &GraphPattern, parts: &mut Vec<Part>) -> GraphPattern {
        let mut inside = Vec::new();
        let inner = self.boxed(pattern, &mut inside);
        if inside.iter().all(|part| part.guard.is_some()) {
            parts.append(&mut inside);
            return *inner;
        }
        let variable = self.fresh();
        for part in inside.iter_mut().filter(|part| part.guard.is_none()) {
            part.guard = Some(variable.clone());
        }
        parts.append(&mut inside);
        GraphPattern::Extend { inner, variable, expression: Expression::Literal(Literal::from(true)) }
    }

    /// Hands up what a query inside a query does not show, under other names: what is outside may use the same ones.
    fn project(&mut self, inner: &GraphPattern, shown: &[Variable], parts: &mut Vec<Part>) -> GraphPattern {
        let mut inside = Vec::new();
        let order = match inner {
            GraphPattern::OrderBy { expression, .. } if std::mem::take(&mut self.in_order) => Some(expression.clone()),
            _ => None,
        };
        // Of queries inside the query the order means nothing.
        self.in_order = false;
        let mut inner = self.pattern(inner, &mut inside);
        let mut variables = shown.to_vec();
        let mut names = BTreeMap::new();
        let used: BTreeSet<Variable> = inside.iter().flat_map(Part::variables).collect();
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
        parts.append(&mut inside);
        if let Some(expression) = order {
            inner = GraphPattern::OrderBy { inner: Box::new(inner), expression };
        }
        GraphPattern::Project { inner: Box::new(inner), variables }
    }

    /// What satisfied `EXISTS`: the solutions of its pattern for those of the pattern that it is asked about.
    fn existing(&mut self, inner: &GraphPattern, wanted: &GraphPattern) -> Part {
        let mut seen = self.outside.clone();
        in_scope(inner, &mut seen);
        // Values that it does not ask for make no difference; to take too many for asked makes none, either.
        let text = wanted.to_string();
        let keys: Vec<Variable> = seen.iter().filter(|key| text.contains(&key.to_string())).cloned().collect();
        let outside = std::mem::replace(&mut self.outside, seen);
        let mut conditions = Vec::new();
        let mut core = wanted;
        while let GraphPattern::Filter { expr, inner } = core {
            conditions.push(expr);
            core = inner;
        }
        let apart = is_plain(core) && !conditions.iter().any(|condition| asks_patterns(condition));
        let mut parts = Vec::new();
        let left = Box::new(GraphPattern::default());
        let pattern = if apart {
            let joined = GraphPattern::Join { left, right: self.boxed(core, &mut parts) };
            conditions.into_iter().rev().fold(joined, |inner, condition| GraphPattern::Filter {
                expr: condition.clone(),
                inner: Box::new(inner),
            })
        } else {
            GraphPattern::Lateral { left, right: self.boxed(wanted, &mut parts) }
        };
        self.outside = outside;
        self.made += 1;
        let inner = Rc::new(Group { number: self.made, keys: keys.clone(), recipe: Recipe { pattern, parts } });
        Part { guard: None, kind: PartKind::Exists { keys, inner } }
    }

    /// Remembers that patterns within an expression are not cited.
    fn say_conditions(&mut self, expression: &Expression) {
        let mut open = vec![expression];
        while let Some(next) = open.pop() {
            match next {
                Expression::Not(inner) if matches!(**inner, Expression::Exists(_)) => {
                    self.uncited.insert(CitationGap::Absence);
                }
                Expression::Exists(_) => drop(self.uncited.insert(CitationGap::Condition)),
                other => open.extend(subexpressions(other)),
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

/// Whether a pattern has the same solutions with what is outside of it, whether this is joined to it or seen inside.
fn is_plain(pattern: &GraphPattern) -> bool {
    match pattern {
        GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => true,
        GraphPattern::Join { left, right } | GraphPattern::Union { left, right } => is_plain(left) && is_plain(right),
        _ => false,
    }
}

fn asks_patterns(condition: &Expression) -> bool {
    all_subexpressions(condition).into_iter().any(|part| matches!(part, Expression::Exists(_)))
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

    fn rewritten(text: &str) -> (Query, Recipe, BTreeSet<CitationGap>) {
        let query = Namespaces::standard().parse_query(text).unwrap();
        let mut rewriter = Rewriter::new(&query);
        let recipe = rewriter.recipe(crate::query::algebra::pattern_of(&query));
        (query, recipe, rewriter.uncited)
    }

    #[test]
    fn hidden_variables_have_names_that_the_query_does_not_use() {
        let (_, recipe, _) = rewritten("SELECT ?cited1 { ?cited1 ?cited_2 [] OPTIONAL { ?cited1 ?p ?o } }");
        let GraphPattern::Project { variables, .. } = &recipe.pattern else { panic!() };
        assert_eq!(variables[0].as_str(), "cited1");
        assert!(variables[1..].iter().all(|variable| variable.as_str().starts_with("cited__")), "{variables:?}");
    }

    #[test]
    fn what_a_query_inside_does_not_show_gets_a_name_of_its_own() {
        let (_, recipe, _) = rewritten("SELECT * { ?s ?p ?o { SELECT ?o { ?o ?p ?x } } }");
        let triples: Vec<String> = recipe
            .parts
            .iter()
            .map(|part| match &part.kind {
                PartKind::Triple(triple) => triple.to_string(),
                _ => panic!("there are triple patterns only"),
            })
            .collect();
        assert_eq!(triples[0], "?s ?p ?o");
        assert!(triples[1].starts_with("?o ?cited") && !triples[1].contains("?x"), "{triples:?}");
    }

    #[test]
    fn only_branches_are_guarded() {
        let (_, recipe, uncited) = rewritten("ASK { ?s ?p ?o OPTIONAL { ?o ?q ?x } MINUS { ?x ?y ?z } }");
        let guarded: Vec<bool> = recipe.parts.iter().map(|part| part.guard.is_some()).collect();
        assert_eq!(guarded, [false, true]);
        assert_eq!(uncited, BTreeSet::from([CitationGap::Absence]));
    }
}

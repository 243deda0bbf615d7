//! Random queries.

use super::random::{Random, Text, text};
use super::terms::{GRAPHS, NODES, PREDICATES, Terms};
use oxigraph::model::{GraphName, NamedNode, Quad, Term};

/// Generates one query.
pub struct Queries {
    pub random: Random,
    pub terms: Terms,
    /// Whether this is inside EXISTS, which is not nested.
    pub in_exists: bool,
    /// Whether MINUS is allowed here. Inside EXISTS, and inside GRAPH with a variable, Oxigraph substitutes values from outside
    /// in both of its sides, which then share more variables.
    pub allows_minus: bool,
    /// The graph on which the query will run.
    quads: Vec<Quad>,
    /// The name of the graph that patterns should match at the current position.
    graph: GraphName,
    /// The terms that the variables have replaced in patterns, so that these patterns join.
    replaced_terms: Vec<Term>,
    /// How many more triple patterns the query may have.
    patterns: usize,
    fresh: usize,
}

/// A graph with more quads only gets basic graph patterns.
pub const LARGE: usize = 100;

const VARIABLES: &[&str] = &["?a", "?b", "?c", "?d", "?e", "?f"];

impl Queries {
    pub fn new(random: Random, terms: Terms, quads: Vec<Quad>) -> Self {
        // Large graphs get short queries, so that none takes long.
        let patterns = [8, 6, 4, 3][(quads.len() / 16).min(3)];
        Self {
            random,
            terms,
            in_exists: false,
            allows_minus: true,
            quads,
            graph: GraphName::DefaultGraph,
            replaced_terms: Vec::new(),
            patterns,
            fresh: 0,
        }
    }

    pub fn query(&mut self) -> Text {
        let dataset = self.dataset();
        // A third of the queries are plain basic graph patterns.
        let depth = if self.quads.len() > LARGE || self.random.one_in(3) { 0 } else { 3 };
        match self.random.below(24) {
            0 | 1 => text!["ASK", dataset, self.group(depth)],
            2 | 3 => text!["CONSTRUCT {", self.template(), "}", dataset, text!["WHERE", self.group(depth)]],
            4 => text!["DESCRIBE", self.variable(), dataset, text!["WHERE", self.group(depth)]],
            5..12 => self.aggregate(dataset, depth),
            _ => self.select(dataset, depth),
        }
    }

    fn dataset(&mut self) -> Text {
        if !self.random.one_in(8) {
            return Vec::new().into();
        }
        let mut clauses = Vec::new();
        for _ in 0..=self.random.below(3) {
            let (from, name) = (self.random.pick(&["FROM", "FROM NAMED"]), self.random.pick(GRAPHS));
            if from == "FROM" {
                self.graph = NamedNode::new_unchecked(name.trim_matches(['<', '>'])).into();
            }
            clauses.push(Text::from(format!("{from} {name}")));
        }
        clauses.into()
    }

    fn select(&mut self, dataset: Text, depth: usize) -> Text {
        let modifier = self.random.pick(&["", "", "", "DISTINCT", "REDUCED"]);
        let projection: Text = match self.random.below(3) {
            0 => "*".into(),
            1 => text![self.variable(), text!["(", self.value(2), format!("AS {}", self.fresh()), ")"]],
            _ => self.some_variables().into(),
        };
        let body = text!["WHERE", self.group(depth)];
        text!["SELECT", modifier, projection, dataset, body, self.order(), self.slice()]
    }

    fn some_variables(&mut self) -> Vec<Text> {
        let start = self.random.below(VARIABLES.len());
        let end = start + 1 + self.random.below(VARIABLES.len() - start);
        VARIABLES[start..end].iter().map(|v| Text::leaf(*v)).collect()
    }

    fn order(&mut self) -> Text {
        if !self.random.one_in(3) {
            return Vec::new().into();
        }
        let key = |queries: &mut Self| -> Text {
            let variable = queries.variable();
            match queries.random.below(8) {
                0..3 => format!("DESC({variable})").into(),
                3 | 4 => format!("ASC({variable})").into(),
                5 => text!["DESC(", queries.value(1), ")"],
                _ => variable.into(),
            }
        };
        let keys: Vec<Text> = (0..=self.random.below(3)).map(|_| key(self)).collect();
        text!["ORDER BY", keys]
    }

    fn slice(&mut self) -> Text {
        match self.random.below(12) {
            0 | 1 => format!("LIMIT {}", self.random.below(12)).into(),
            2 => format!("OFFSET {}", self.random.below(3)).into(),
            3 => format!("LIMIT {} OFFSET {}", self.random.below(8), self.random.below(3)).into(),
            _ => Vec::new().into(),
        }
    }

    fn aggregate(&mut self, dataset: Text, depth: usize) -> Text {
        let body = text!["WHERE", self.group(depth)];
        let mut keys: Vec<String> = VARIABLES[..self.random.below(3)].iter().map(ToString::to_string).collect();
        let mut groups: Vec<Text> = keys.iter().map(|k| k.as_str().into()).collect();
        if self.random.one_in(8) {
            let key = self.fresh();
            groups.push(text!["(", self.value(1), format!("AS {key}"), ")"]);
            keys.push(key);
        }
        let mut names = Vec::new();
        let mut aggregates = Vec::new();
        for _ in 0..=self.random.below(2) {
            let name = self.fresh();
            aggregates.push(text!["(", self.aggregate_of(&keys), format!("AS {name}"), ")"]);
            names.push(name);
        }
        let group = if keys.is_empty() { Text::from(Vec::new()) } else { text!["GROUP BY", groups] };
        let having = match self.random.one_in(6) {
            true => {
                text!["HAVING (", self.aggregate_of(&keys), self.random.pick(&[">", "<=", "!="]), self.constant(), ")"]
            }
            false => Vec::new().into(),
        };
        let order = match self.random.below(6) {
            0 if !keys.is_empty() => format!("ORDER BY {}", keys[0]).into(),
            1 => format!("ORDER BY DESC({})", names[0]).into(),
            2 if !keys.is_empty() => format!("ORDER BY {} DESC({})", names[0], keys[0]).into(),
            _ => Text::from(Vec::new()),
        };
        let modifier = self.random.pick(&["", "", "", "DISTINCT"]);
        let columns: Vec<Text> = keys.iter().map(|k| k.as_str().into()).collect();
        text!["SELECT", modifier, columns, aggregates, dataset, body, group, having, order, self.slice()]
    }

    fn aggregate_of(&mut self, keys: &[String]) -> Text {
        let distinct = self.random.pick(&["", "DISTINCT "]);
        // Sums of quotients would depend on the order, because of rounding.
        let computed = self.terms != Terms::ExactSums && self.random.one_in(5);
        let argument = if computed { self.value(1) } else { self.variable().into() };
        match self.random.below(9) {
            0 | 1 => format!("COUNT({distinct}*)").into(),
            4 if self.terms != Terms::Any => text![format!("SUM({distinct}"), argument, ")"],
            5 if self.terms != Terms::Any => text![format!("AVG({distinct}"), argument, ")"],
            6 if self.terms == Terms::TotallyOrdered => text!["MIN(", argument, ")"],
            7 if self.terms == Terms::TotallyOrdered => text!["MAX(", argument, ")"],
            // All members of the group have the same key, so the choice and the order do not matter.
            8 if !keys.is_empty() => format!("SAMPLE({})", keys[0]).into(),
            4 if !keys.is_empty() => format!("GROUP_CONCAT({distinct}{}; SEPARATOR='|')", keys[0]).into(),
            // Oxigraph's COUNT fails if a computed argument is an error, instead of not counting it.
            _ if computed => text![format!("COUNT({distinct} COALESCE("), argument, ",", self.constant(), "))"],
            _ => text![format!("COUNT({distinct}"), argument, ")"],
        }
    }

    /// A group graph pattern.
    pub fn group(&mut self, depth: usize) -> Text {
        let mut parts = vec![self.triples()];
        for _ in 0..self.random.below(depth + 1) {
            let part = self.part(depth.saturating_sub(1));
            // Any part may come first, and filters may be anywhere.
            let at = if self.random.one_in(6) { 0 } else { parts.len() };
            parts.insert(at, part);
        }
        text!["{", Text::from(parts), "}"]
    }

    fn part(&mut self, depth: usize) -> Text {
        match self.random.below(20) {
            0..3 => text!["OPTIONAL", self.group(depth)],
            3 | 4 => text![self.group(depth), text!["UNION", self.group(depth)]],
            5 if self.allows_minus => text!["MINUS", self.group(depth)],
            6..10 => text!["FILTER(", self.condition(2), ")"],
            10 => text!["BIND(", self.value(2), format!("AS {}", self.fresh()), ")"],
            11 => self.values(),
            12 | 13 => self.in_graph(depth),
            14 => self.sub_select(depth),
            15 => text![self.random.pick(&["", "", "LATERAL"]), self.group(depth)],
            16 | 17 => self.path_pattern(),
            _ => self.triples(),
        }
    }

    fn in_graph(&mut self, depth: usize) -> Text {
        let named: Vec<Quad> = self.quads.iter().filter(|q| !q.graph_name.is_default_graph()).cloned().collect();
        if named.is_empty() || self.random.one_in(6) {
            let name = if self.random.one_in(2) { self.variable() } else { self.random.pick(GRAPHS).to_owned() };
            return text![format!("GRAPH {name}"), self.group_in(&name, depth)];
        }
        let graph = named[self.random.below(named.len())].graph_name.clone();
        let name = match &graph {
            GraphName::NamedNode(name) if self.random.one_in(2) => name.to_string(),
            GraphName::NamedNode(name) => self.generalized(&name.clone().into()),
            _ => self.variable(),
        };
        let outer = std::mem::replace(&mut self.graph, graph);
        let group = self.group_in(&name, depth);
        self.graph = outer;
        text![format!("GRAPH {name}"), group]
    }

    fn group_in(&mut self, graph: &str, depth: usize) -> Text {
        let outside = self.allows_minus;
        self.allows_minus &= !graph.starts_with('?');
        let group = self.group(depth);
        self.allows_minus = outside;
        group
    }

    fn sub_select(&mut self, depth: usize) -> Text {
        let projection = self.some_variables();
        let all: Vec<String> = projection.iter().map(ToString::to_string).collect();
        match self.random.below(3) {
            0 => {
                let keys = VARIABLES[0];
                let aggregate = self.aggregate_of(&[keys.to_owned()]);
                let fresh = self.fresh();
                text![
                    "{ SELECT",
                    keys,
                    "(",
                    aggregate,
                    format!("AS {fresh} ) WHERE"),
                    self.group(depth),
                    format!("GROUP BY {keys} }}")
                ]
            }
            // In a total order of all columns, LIMIT selects the same rows.
            1 if self.terms == Terms::TotallyOrdered => {
                let limit = self.random.below(5);
                let order = format!("ORDER BY {} LIMIT {limit} }}", all.join(" "));
                text!["{ SELECT", projection, "WHERE", self.group(depth), order]
            }
            _ => {
                let modifier = self.random.pick(&["", "DISTINCT"]);
                text!["{ SELECT", modifier, projection, "WHERE", self.group(depth), "}"]
            }
        }
    }

    fn values(&mut self) -> Text {
        let row = |queries: &mut Self| -> Text {
            let cell =
                |queries: &mut Self| if queries.random.one_in(4) { "UNDEF".to_owned() } else { queries.constant() };
            format!("({} {})", cell(queries), cell(queries)).into()
        };
        let (a, b) = (self.random.below(4), self.random.below(3));
        let second = VARIABLES[if b < a { b } else { b + 1 }];
        let rows: Vec<Text> = (0..self.random.below(4)).map(|_| row(self)).collect();
        text![format!("VALUES ({} {second}) {{", VARIABLES[a]), rows, "}"]
    }

    /// Triple patterns: most are triples of the graph with variables in place of some terms. The others share a variable with
    /// those before.
    fn triples(&mut self) -> Text {
        let count = [1, 1, 1, 2, 2, 3, 5][self.random.below(7)].min(self.patterns).max(1);
        self.patterns = self.patterns.saturating_sub(count);
        let mut link = self.variable();
        let mut patterns = Vec::new();
        for _ in 0..count {
            if self.random.one_in(14) {
                let (subject, predicate, object) = (self.node(), self.predicate(), self.object(2));
                let pattern = match self.random.one_in(2) {
                    true => format!("{link} {predicate} {object} ."),
                    false => format!("{subject} {predicate} {link} ."),
                };
                link =
                    [object, subject, link].into_iter().find(|t| t.starts_with('?')).unwrap_or_else(|| self.variable());
                patterns.push(pattern.into());
            } else {
                patterns.push(self.matching_pattern().into());
            }
        }
        patterns.into()
    }

    fn matching_pattern(&mut self) -> String {
        let in_graph: Vec<Quad> = self.quads.iter().filter(|q| q.graph_name == self.graph).cloned().collect();
        let quads = if self.random.one_in(25) || in_graph.is_empty() { &self.quads } else { &in_graph };
        let quad = quads[self.random.below(quads.len())].clone();
        let subject = self.generalized(&quad.subject.into());
        let predicate = match self.random.one_in(4) {
            true => self.generalized(&quad.predicate.into()),
            false => quad.predicate.to_string(),
        };
        format!("{subject} {predicate} {} .", self.generalized(&quad.object))
    }

    /// A term of the graph, or a variable in its place.
    fn generalized(&mut self, term: &Term) -> String {
        match term {
            Term::Triple(triple) if !self.random.one_in(4) => {
                let subject = self.generalized(&triple.subject.clone().into());
                let predicate = self.generalized(&triple.predicate.clone().into());
                format!("<<( {subject} {predicate} {} )>>", self.generalized(&triple.object))
            }
            Term::NamedNode(_) | Term::Literal(_) if self.random.one_in(4) => term.to_string(),
            _ => {
                if let Some(known) = self.replaced_terms.iter().position(|replaced| replaced == term) {
                    return VARIABLES[known].to_owned();
                }
                if self.replaced_terms.len() == VARIABLES.len() {
                    return if matches!(term, Term::NamedNode(_) | Term::Literal(_)) {
                        term.to_string()
                    } else {
                        self.blank_node()
                    };
                }
                self.replaced_terms.push(term.clone());
                VARIABLES[self.replaced_terms.len() - 1].to_owned()
            }
        }
    }

    fn template(&mut self) -> Text {
        let line = |queries: &mut Self| -> Text {
            let subject = if queries.random.one_in(6) { "_:made".to_owned() } else { queries.variable() };
            format!("{subject} {} {} .", queries.predicate(), queries.object(1)).into()
        };
        (0..=self.random.below(2)).map(|_| line(self)).collect::<Vec<_>>().into()
    }

    fn path_pattern(&mut self) -> Text {
        let subject = if self.random.one_in(3) { self.node() } else { self.variable() };
        let object = if self.random.one_in(3) { self.object(0) } else { self.variable() };
        let path = self.path(2);
        let pattern = text![subject, path.clone(), object, "."];
        // Oxigraph returns a negated property set once if both ends are bound, and once for each matching triple otherwise, so
        // the number of solutions depends on the order of joins.
        match path.to_string().contains('!') {
            true => text!["{ SELECT DISTINCT * {", pattern, "} }"],
            false => pattern,
        }
    }

    fn path(&mut self, depth: usize) -> Text {
        let predicate = self.random.pick(PREDICATES);
        if depth == 0 {
            return predicate.into();
        }
        let inner = self.path(depth - 1);
        match self.random.below(8) {
            0 => text!["^(", inner, ")"],
            1 => text!["(", inner, "/", self.path(depth - 1), ")"],
            2 => text!["(", inner, "|", self.path(depth - 1), ")"],
            3 => text!["(", inner, ")*"],
            4 => text!["(", inner, ")+"],
            5 => text!["(", inner, ")?"],
            6 => format!("!({predicate}|^{})", self.random.pick(PREDICATES)).into(),
            _ => format!("!({predicate}|{})", self.random.pick(PREDICATES)).into(),
        }
    }

    /// A blank node of a query: a variable that is not projected.
    fn blank_node(&mut self) -> String {
        self.fresh += 1;
        format!("_:any{}", self.fresh)
    }

    fn node(&mut self) -> String {
        match self.random.below(12) {
            0..3 => self.random.pick(NODES).to_owned(),
            3 => self.blank_node(),
            _ => self.variable(),
        }
    }

    fn predicate(&mut self) -> String {
        if self.random.one_in(3) { self.variable() } else { self.random.pick(PREDICATES).to_owned() }
    }

    fn object(&mut self, depth: usize) -> String {
        match self.random.below(12) {
            0 => self.random.pick(NODES).to_owned(),
            1 => self.terms.literal(&mut self.random).to_owned(),
            2 | 3 if depth > 0 => {
                let subject = if self.random.one_in(3) { self.random.pick(NODES).to_owned() } else { self.variable() };
                format!("<<( {subject} {} {} )>>", self.predicate(), self.object(depth - 1))
            }
            _ => self.variable(),
        }
    }

    /// A term that is not a blank node.
    pub fn constant(&mut self) -> String {
        match self.random.below(8) {
            0 => self.random.pick(NODES).to_owned(),
            1 | 2 if !self.replaced_terms.is_empty() => {
                let term = &self.replaced_terms[self.random.below(self.replaced_terms.len())];
                // A blank node in a query is not a constant.
                if term.to_string().contains("_:") { r#""a""#.to_owned() } else { term.to_string() }
            }
            3 => {
                let (subject, predicate) = (self.random.pick(NODES), self.random.pick(PREDICATES));
                format!("<<( {subject} {predicate} {} )>>", self.terms.literal(&mut self.random))
            }
            _ => self.terms.literal(&mut self.random).to_owned(),
        }
    }

    pub fn variable(&mut self) -> String {
        self.random.pick(VARIABLES).to_owned()
    }

    fn fresh(&mut self) -> String {
        self.fresh += 1;
        format!("?new{}", self.fresh)
    }
}

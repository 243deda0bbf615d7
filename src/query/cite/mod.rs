//! Which statements the rows of an answer rest on.
//!
//! A query is asked twice: as it is, for the rows and their order, and rewritten so that each solution tells which triples
//! its patterns matched (`recipe`). The two are brought together by the values of the rows, and the triples are traced to
//! statements, and those to facts (`grounds`).
//!
//! Invariant: the rows are those of the plain query, in its order.

mod grounds;
mod part;
mod path;
mod placing;
mod recipe;
mod tracing;

use super::algebra::{instantiate, pattern_of, triple_variables};
use crate::model::{SourceId, Statement, StatementId, vocab};
use crate::store::{Store, StoreError};
use grounds::{Gathered, Grounds};
use oxigraph::model::{BlankNode, NamedOrBlankNode, Term, Triple, Variable};
use oxigraph::sparql::{QueryEvaluationError, QueryResults, QuerySolution};
use placing::Placing;
use recipe::{Rewriter, body};
use spargebra::Query;
use spargebra::term::TriplePattern;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use tracing::Tracing;

/// An answer with what it rests on.
#[derive(Debug)]
pub struct CitationReport {
    /// The answer, which is that of the plain query.
    pub results: CitedQueryResults,
    /// All statements that are cited, by id.
    pub statements: BTreeMap<StatementId, Statement>,
    /// What could not be cited.
    pub gaps: BTreeSet<CitationGap>,
}

/// An answer, each part of it with its citation.
#[derive(Debug)]
pub enum CitedQueryResults {
    /// The rows of a SELECT query.
    Solutions {
        /// The columns.
        variables: Vec<Variable>,
        /// The rows, in their order.
        rows: Vec<(QuerySolution, Citation)>,
    },
    /// The answer of an ASK query, with what the first solution rests on.
    Boolean(bool, Citation),
    /// The triples of a CONSTRUCT or DESCRIBE query, sorted by their N-Triples, without repetition.
    Graph(Vec<(Triple, Citation)>),
}

/// What a row rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Citation {
    /// Statements, sorted by id. An inference comes with all that it rests on, down to facts.
    pub statements: Vec<StatementId>,
    /// Triples that no statement states, sorted by their N-Triples.
    pub declared: Vec<DeclaredTriple>,
}

/// A triple that no statement states, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredTriple {
    /// The triple.
    pub triple: Triple,
    /// What gives it.
    pub origin: TripleOrigin,
}

/// What gives a triple that no statement states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TripleOrigin {
    /// A file of the dataset, relative to the manifest, and a line in it, counted from 1.
    File {
        /// The file.
        file: String,
        /// The line.
        line: u32,
    },
    /// The manifest, which describes a source.
    Source(SourceId),
    /// A rule that describes itself, by its name.
    Rule(String),
    /// The graph does not say.
    Unknown,
}

/// What could not be cited, or only roughly. Shown as a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CitationGap {
    /// The graph holds no statements.
    NoStatements,
    /// That something is not there.
    Absence,
    /// What an EXISTS within a larger condition found.
    Condition,
    /// What was matched in a named graph.
    NamedGraph,
    /// What another server answered.
    Service,
    /// Which rows a query inside the query has chosen by LIMIT or OFFSET: they are cited by all that gives such a row.
    Chosen,
    /// So many rows or triples did not come again when they were asked for with their citations.
    Lost(usize),
    /// So many rows or triples rest on no statement.
    Unfounded(usize),
}

impl fmt::Display for CitationGap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = |count: usize| if count == 1 { "1 row".to_owned() } else { format!("{count} rows") };
        match self {
            Self::NoStatements => f.write_str("the graph holds no statements, so there is nothing to cite"),
            Self::Absence => f.write_str("what is absent (NOT EXISTS, MINUS) cannot be cited"),
            Self::Condition => f.write_str("what an EXISTS within a larger condition found is not cited"),
            Self::NamedGraph => f.write_str("what GRAPH matched is not cited: statements are in the default graph"),
            Self::Service => f.write_str("what SERVICE answered is not cited: it comes from another server"),
            Self::Chosen => f.write_str(
                "a query inside the query has LIMIT or OFFSET: its rows are cited by all that gives such a row",
            ),
            Self::Lost(count) => write!(
                f,
                "{} could not be traced to what was matched: asked again, the query gives other values, or fails",
                rows(*count)
            ),
            Self::Unfounded(count) => {
                let (rest, them) = if *count == 1 { ("rests", "it") } else { ("rest", "them") };
                write!(
                    f,
                    "{} {rest} on no statement: what is given (the vocabulary, entities, sources, rules) or the query \
                     itself is enough for {them}",
                    rows(*count)
                )
            }
        }
    }
}

/// Asks a query, and finds for each row the statements that its triple patterns matched.
///
/// A triple is cited by all facts that state it; where none does, by the inference, with all that this rests on, down to
/// facts. A triple about a statement is cited by that statement, one about evidence by the statements that have it. What no
/// statement states is *given*. A property path is cited by the statements along one shortest path; a row of a group, or one
/// that DISTINCT has made of several, by the statements of all that went into it.
///
/// Takes about twice as long as the query, where that has no LIMIT, and then a lookup for each triple that was matched.
///
/// # Errors
///
/// Where the query cannot be evaluated, or the store fails.
///
/// ```
/// use factloom::query::{self, CitedQueryResults};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let query = query::parse("SELECT ?who { ?who v:continues e:soviet-union }", &dataset.names)?;
/// let results = query::cite(&store, &query)?;
/// let CitedQueryResults::Solutions { rows, .. } = &results.answer else { panic!() };
/// let (_, citation) = &rows[0];
/// let fact = &results.statements[&citation.statements[0]];
/// assert_eq!(fact.kind.as_str(), "fact");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn cite(store: &Store, query: &Query) -> Result<CitationReport, StoreError> {
    let mut rewriter = Rewriter::new(query);
    // Without statements there is nothing to trace, however long it would take.
    let stated = store.count(vocab::rdf::REIFIES, None)? > 0;
    let nothing = |count: usize| vec![Citation::default(); count];
    let mut citing = Citing { store, grounds: Grounds::new(store), lost: 0, unfounded: 0, uncited: BTreeSet::new() };
    let answer = match store.query(query)? {
        QueryResults::Solutions(solutions) => {
            let variables = solutions.variables().to_vec();
            let rows = solutions.collect::<Result<Vec<_>, _>>()?;
            let citations = match stated {
                true => citing.rows(query, &variables, &rows, &mut rewriter)?,
                false => nothing(rows.len()),
            };
            CitedQueryResults::Solutions { variables, rows: rows.into_iter().zip(citations).collect() }
        }
        QueryResults::Boolean(answer) => {
            let citation = if answer && stated { citing.first(query, &mut rewriter)? } else { Citation::default() };
            CitedQueryResults::Boolean(answer, citation)
        }
        QueryResults::Graph(triples) => {
            let mut triples = triples.collect::<Result<Vec<Triple>, _>>()?;
            triples.sort_by_cached_key(ToString::to_string);
            triples.dedup();
            let citations = match stated {
                true => citing.triples(query, &triples, &mut rewriter)?,
                false => nothing(triples.len()),
            };
            CitedQueryResults::Graph(triples.into_iter().zip(citations).collect())
        }
    };
    let mut uncited = rewriter.uncited;
    if stated {
        uncited.append(&mut citing.uncited);
        uncited.extend((citing.lost > 0).then_some(CitationGap::Lost(citing.lost)));
        uncited.extend((citing.unfounded > 0).then_some(CitationGap::Unfounded(citing.unfounded)));
    } else {
        uncited = BTreeSet::from([CitationGap::NoStatements]);
    }
    let statements = citing.statements_of(&answer)?;
    Ok(CitationReport { results: answer, statements, gaps: uncited })
}

impl CitationReport {
    /// Keeps the first so many triples of a graph, and the statements that they rest on. Rows stay: a query that asks for
    /// fewer has fewer.
    pub fn truncate(&mut self, most: usize) {
        let CitedQueryResults::Graph(triples) = &mut self.results else { return };
        triples.truncate(most);
        let cited: BTreeSet<&StatementId> = triples.iter().flat_map(|(_, citation)| &citation.statements).collect();
        self.statements.retain(|id, _| cited.contains(id));
    }
}

impl CitedQueryResults {
    /// The citations, in the order of rows or triples.
    pub fn citations(&self) -> Vec<&Citation> {
        match self {
            Self::Solutions { rows, .. } => rows.iter().map(|(_, citation)| citation).collect(),
            Self::Boolean(_, citation) => vec![citation],
            Self::Graph(triples) => triples.iter().map(|(_, citation)| citation).collect(),
        }
    }
}

struct Citing<'a> {
    store: &'a Store,
    grounds: Grounds<'a>,
    lost: usize,
    unfounded: usize,
    /// What tracing could not cite.
    uncited: BTreeSet<CitationGap>,
}

impl Citing<'_> {
    /// The citations of rows: those of the solutions that have the same values. Each solution goes to one row, but where
    /// rows were made one, all of them go to it.
    fn rows(
        &mut self,
        query: &Query,
        variables: &[Variable],
        rows: &[QuerySolution],
        rewriter: &mut Rewriter,
    ) -> Result<Vec<Citation>, StoreError> {
        let (pattern, merged) = body(pattern_of(query));
        let recipe = if merged { rewriter.recipe(pattern) } else { rewriter.recipe_in_order(pattern) };
        let mut placing = Placing::new(pattern_of(query), variables, rows, merged);
        let mut tracing = Tracing::new(self.store, query);
        survived(placing.fill(&recipe, &mut tracing, &mut self.grounds))?;
        self.uncited.append(&mut tracing.uncited);
        placing.gathered.into_iter().map(|found| self.citation(found)).collect()
    }

    /// What the first solution of a pattern rests on.
    fn first(&mut self, query: &Query, rewriter: &mut Rewriter) -> Result<Citation, StoreError> {
        let recipe = rewriter.recipe(body(pattern_of(query)).0);
        let mut tracing = Tracing::new(self.store, query);
        let mut first = None;
        survived(tracing.first(&recipe, &mut self.grounds).map(|found| first = found))?;
        self.uncited.append(&mut tracing.uncited);
        self.citation(first)
    }

    /// The citations of the triples of a graph.
    fn triples(
        &mut self,
        query: &Query,
        triples: &[Triple],
        rewriter: &mut Rewriter,
    ) -> Result<Vec<Citation>, StoreError> {
        let Query::Construct { template, pattern, .. } = query else {
            // What describes a thing are triples of the graph.
            let found = triples.iter().map(|triple| Ok(Some((*self.grounds.of(triple)?).clone())));
            let found = found.collect::<Result<Vec<_>, StoreError>>()?;
            return found.into_iter().map(|found| self.citation(found)).collect();
        };
        let mut given_by: HashMap<String, Gathered> = HashMap::new();
        let made: Vec<String> = triples.iter().map(skeleton).collect();
        let known: BTreeSet<&String> = made.iter().collect();
        let mut variables = BTreeSet::new();
        for pattern in template {
            triple_variables(pattern, &mut variables);
        }
        let variables: Vec<Variable> = variables.into_iter().collect();
        let recipe = rewriter.recipe(body(pattern).0);
        let instance = |pattern: &TriplePattern, solution: &QuerySolution| {
            instantiate(pattern, solution).map(|triple| skeleton(&triple)).filter(|text| known.contains(text))
        };
        let mut tracing = Tracing::new(self.store, query);
        survived(tracing.each(&recipe, &variables, &mut self.grounds, &mut |solution, found| {
            for text in template.iter().filter_map(|pattern| instance(pattern, solution)) {
                given_by.entry(text).or_default().add(&found);
            }
        }))?;
        self.uncited.append(&mut tracing.uncited);
        made.iter().map(|text| self.citation(given_by.get(text).cloned())).collect()
    }

    fn citation(&mut self, found: Option<Gathered>) -> Result<Citation, StoreError> {
        let Some(mut found) = found else {
            self.lost += 1;
            return Ok(Citation::default());
        };
        self.grounds.settle(&mut found)?;
        if found.statements.is_empty() {
            self.unfounded += 1;
        }
        let given = found.given.into_values().collect();
        Ok(Citation { statements: found.statements.into_iter().collect(), declared: given })
    }

    fn statements_of(&mut self, answer: &CitedQueryResults) -> Result<BTreeMap<StatementId, Statement>, StoreError> {
        let ids: BTreeSet<&StatementId> = answer.citations().into_iter().flat_map(|c| &c.statements).collect();
        let mut all = BTreeMap::new();
        for id in ids {
            if let Some(statement) = self.grounds.statement(id)? {
                all.insert(id.clone(), (*statement).clone());
            }
        }
        Ok(all)
    }
}

/// Passes over the failure of an evaluation whose like has succeeded: the order of joins decides whether a term is met that
/// the engine refuses. What is then missing counts as lost.
fn survived(traced: Result<(), StoreError>) -> Result<(), StoreError> {
    match traced {
        Err(StoreError::Evaluation(error))
            if !matches!(error, QueryEvaluationError::Dataset(_) | QueryEvaluationError::Cancelled) =>
        {
            Ok(())
        }
        other => other,
    }
}

/// A triple without the labels of its blank nodes, which are others each time.
fn skeleton(triple: &Triple) -> String {
    let blank = || BlankNode::new_unchecked("b");
    let mut triple = triple.clone();
    if matches!(triple.subject, NamedOrBlankNode::BlankNode(_)) {
        triple.subject = blank().into();
    }
    match &triple.object {
        Term::BlankNode(_) => triple.object = blank().into(),
        Term::Triple(inner) => return format!("{} {} <<( {} )>>", triple.subject, triple.predicate, skeleton(inner)),
        Term::NamedNode(_) | Term::Literal(_) => {}
    }
    triple.to_string()
}
